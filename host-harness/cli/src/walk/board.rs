//! The other side: the simulated board's moderators, candidates and the employer's own visits there, through its control API.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::check::{list, number, text};
use super::client::Api;

/// An employer's account at the board.
#[derive(Clone)]
pub struct Employer {
    /// The account.
    pub id: u64,
    /// What a recruiter copies from the board's settings page.
    pub access_token: String,
    /// The same.
    pub secret_key: String,
}

/// The simulated board.
#[derive(Clone)]
pub struct Board {
    api: Api,
}

impl Board {
    /// The board at this address, with its control API.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str) -> Result<Self> {
        Ok(Self {
            api: Api::new(url)?,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.api.base()
    }

    /// Opens an account.
    pub async fn employer(&self, name: &str) -> Result<Employer> {
        let made = self
            .api
            .post("/control/employers", &json!({ "name": name }))
            .await?;
        Ok(Employer {
            id: number(&made, "employer_id")?,
            access_token: text(&made, "access_token")?,
            secret_key: text(&made, "secret_key")?,
        })
    }

    /// Changes an account's settings, such as the webhook URL that the employer pastes.
    pub async fn set(&self, employer: &Employer, settings: Value) -> Result<Value> {
        let path = format!("/control/employers/{}", employer.id);
        self.api.patch(&path, &settings).await
    }

    /// Makes new credentials for the account, as its settings page does.
    pub async fn rotate(&self, employer: &Employer) -> Result<Employer> {
        let renewed = Employer {
            access_token: format!("{}-renewed", employer.access_token),
            secret_key: format!("{}-renewed", employer.secret_key),
            ..employer.clone()
        };
        let settings = json!({
            "access_token": renewed.access_token,
            "secret_key": renewed.secret_key,
        });
        self.set(employer, settings).await?;
        Ok(renewed)
    }

    /// What the board was asked for by this employer, and what came of it.
    pub async fn ledger(&self, employer: &Employer) -> Result<Value> {
        let path = format!("/control/ledger?employer_id={}", employer.id);
        self.api.get(&path).await
    }

    /// One count of the ledger.
    pub async fn count(&self, employer: &Employer, what: &str) -> Result<u64> {
        number(&self.ledger(employer).await?, what)
    }

    /// A posting made at the board's own web form.
    pub async fn post_by_hand(&self, employer: &Employer, fields: Value) -> Result<Value> {
        let path = format!("/control/employers/{}/postings", employer.id);
        self.api.post(&path, &fields).await
    }

    /// A posting with everything that the board knows about it.
    pub async fn posting(&self, id: &str) -> Result<Value> {
        self.api.get(&format!("/control/postings/{id}")).await
    }

    /// The employer edits a posting at the board's own site.
    pub async fn edit(&self, id: &str, fields: Value) -> Result<Value> {
        self.api
            .patch(&format!("/control/postings/{id}"), &fields)
            .await
    }

    /// A moderator approves; answers the webhook's delivery.
    pub async fn approve(&self, id: &str) -> Result<Value> {
        let path = format!("/control/postings/{id}/approve");
        Ok(self.api.post(&path, &Value::Null).await?["delivery"].take())
    }

    /// A moderator rejects; answers the webhook's delivery.
    pub async fn reject(&self, id: &str, reason: &str) -> Result<Value> {
        let path = format!("/control/postings/{id}/reject");
        let body = json!({ "reason": reason });
        Ok(self.api.post(&path, &body).await?["delivery"].take())
    }

    /// Somebody applies; answers the application with its deliveries.
    pub async fn apply(&self, id: &str, application: Value) -> Result<Value> {
        let path = format!("/control/postings/{id}/apply");
        self.api.post(&path, &application).await
    }

    /// As [`Board::apply`], when there is one delivery and it must have been answered so.
    pub async fn apply_answered(&self, id: &str, application: Value, status: u16) -> Result<Value> {
        let applied = self.apply(id, application).await?;
        let deliveries = list(&applied, "deliveries")?;
        let statuses: Vec<_> = deliveries.iter().map(|one| one["status"].clone()).collect();
        ensure!(
            statuses == [json!(status)],
            "the application's delivery was answered {statuses:?}, wanted {status}: {}",
            deliveries.first().unwrap_or(&Value::Null)["response_body"]
        );
        Ok(applied)
    }

    /// Sends the very bytes of a delivery again; answers the new attempt.
    pub async fn resend(&self, delivery: &Value) -> Result<Value> {
        let path = format!("/control/deliveries/{}/resend", number(delivery, "id")?);
        Ok(self.api.post(&path, &Value::Null).await?["delivery"].take())
    }

    /// The last delivery to this employer.
    pub async fn last_delivery(&self, employer: &Employer) -> Result<Value> {
        let path = format!("/control/deliveries?employer_id={}", employer.id);
        let found = self.api.get(&path).await?;
        let last = list(&found, "deliveries")?.last();
        last.cloned().context("the board has sent nothing yet")
    }

    /// Sends what was held back.
    pub async fn release(&self, employer: &Employer) -> Result<Value> {
        let path = format!("/control/employers/{}/release", employer.id);
        self.api.post(&path, &Value::Null).await
    }

    /// Lets calls of one operation go wrong.
    pub async fn fault(&self, operation: &str, kind: &str, more: Value) -> Result<()> {
        let mut fault = json!({ "operation": operation, "kind": kind });
        if let (Value::Object(fault), Value::Object(more)) = (&mut fault, more) {
            fault.extend(more);
        }
        self.api.post("/control/faults", &fault).await.map(drop)
    }

    /// Ends all faults.
    pub async fn mend(&self) -> Result<()> {
        self.api
            .send(reqwest::Method::DELETE, "/control/faults", &Value::Null)
            .await?
            .ok()
            .map(drop)
    }

    pub(super) async fn set_time(&self, now: u64) -> Result<()> {
        let body = json!({ "set_ms": now });
        self.api.post("/control/clock", &body).await.map(drop)
    }
}

job_board_host::never_printed!(Employer);
