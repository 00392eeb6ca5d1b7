//! What people do at the platform, through its API: recruiters, administrators and operators, each with a sign-in of their own.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::board::Employer;
use super::check::{list, number, same, text};
use super::client::Reply;
use super::world::World;

/// A posting that a step has made.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The platform's id: the request id that published or linked it.
    pub id: String,
    /// The board's id.
    pub board: String,
    /// The platform's job.
    pub job: u64,
}

/// A job that leaves nothing to ask.
pub(super) fn complete_job(title: &str) -> Value {
    json!({
        "title": title,
        "details": {
            "description": "<p>Thiết kế và phát triển dịch vụ thanh toán.</p>",
            "requirements": "<ul><li>Thành thạo Rust</li><li>Hiểu hệ phân tán</li></ul>",
            "benefits": "<p>Lương tháng 13, bảo hiểm đầy đủ.</p>",
            "city": "Hà Nội",
            "category": "Công nghệ thông tin",
            "skills": ["Rust", "PostgreSQL"],
            "job-type": "Toàn thời gian",
            "level": "Nhân viên",
            "experience": "2 năm",
            "gender": "Không yêu cầu",
            "salary-from": 20_000_000,
            "salary-to": 30_000_000,
            "salary-currency": "VND",
            "quantity": 2,
            "deadline": "2026-03-31",
            "contact-name": "Chị Bình",
            "contact-phone": "0912 345 678",
            "contact-email": ["tuyendung@example.com"],
        },
    })
}

/// The values of a form that has them.
pub(super) fn values_of(form: &Value) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for field in list(form, "fields")? {
        if !field["value"].is_null() {
            values.insert(text(field, "id")?, field["value"].clone());
        }
    }
    Ok(values)
}

/// One field of a form.
pub(super) fn field<'a>(form: &'a Value, id: &str) -> Result<&'a Value> {
    list(form, "fields")?
        .iter()
        .find(|field| field["id"] == id)
        .with_context(|| format!("the form has no field `{id}`"))
}

/// SHA-256, lowercase hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl World {
    fn connection_path(&self, rest: &str) -> String {
        format!("/api/connections/{}{rest}", self.connection)
    }

    /// The connection as its page shows it.
    pub async fn connection(&self) -> Result<Value> {
        self.admin.get(&self.connection_path("")).await
    }

    /// An administrator saves the settings form.
    pub async fn save_settings(&self, settings: Value, accept_other: bool) -> Result<Reply> {
        let body = json!({ "settings": settings, "accept_other_account": accept_other });
        let path = self.connection_path("/settings");
        self.admin.send(Method::PUT, &path, &body).await
    }

    /// An administrator enters an employer's credentials.
    pub async fn enter(&self, employer: &Employer, accept_other: bool) -> Result<Reply> {
        let settings = json!({
            "access-token": employer.access_token,
            "secret-key": employer.secret_key,
        });
        self.save_settings(settings, accept_other).await
    }

    /// An operator corrects rows of the board's protocol, beside the base URL that every connection here has.
    pub async fn correct_protocol(&self, rows: Value) -> Result<Value> {
        let mut all = json!({ "base_url": self.board.url() });
        if let (Value::Object(all), Value::Object(rows)) = (&mut all, rows) {
            all.extend(rows);
        }
        let body = json!({ "settings": { "protocol": { "$json": all.to_string() } } });
        let path = self.connection_path("/settings");
        self.operator.put(&path, &body).await
    }

    /// Credentials entered, webhook URL pasted at the board.
    pub async fn configure(&self) -> Result<Value> {
        let status = self.enter(&self.employer, false).await?.ok()?;
        self.paste_webhook_url(&self.employer).await?;
        Ok(status)
    }

    /// The employer copies the webhook URL from the platform's form to the board's.
    pub async fn paste_webhook_url(&self, employer: &Employer) -> Result<String> {
        let url = text(&self.connection().await?, "webhook_url")?;
        self.board
            .set(employer, json!({ "webhook_url": url }))
            .await?;
        Ok(url)
    }

    /// An administrator asks whether the board still accepts the credentials.
    pub async fn check(&self) -> Result<Value> {
        let path = self.connection_path("/check");
        self.admin.post(&path, &Value::Null).await
    }

    /// An administrator ends the connection.
    pub async fn disconnect(&self) -> Result<Value> {
        let path = self.connection_path("/disconnect");
        self.admin.post(&path, &Value::Null).await
    }

    /// The owner makes a job.
    pub async fn add_job(&self, job: &Value) -> Result<u64> {
        number(&self.owner.post("/api/jobs", job).await?, "id")
    }

    /// The board's form for a job, or for a posting of it.
    pub async fn form(&self, job: u64, posting: Option<&str>) -> Result<Value> {
        let body = json!({ "connection": self.connection, "posting": posting });
        self.owner
            .post(&format!("/api/jobs/{job}/form"), &body)
            .await
    }

    /// The values with which a complete job can be published as its form stands.
    pub async fn ready_values(&self, job: u64) -> Result<Map<String, Value>> {
        let form = self.form(job, None).await?;
        same("missing fields", form["missing"].clone(), json!([]))?;
        same("problems of the form", form["problems"].clone(), json!([]))?;
        values_of(&form)
    }

    /// Asks for a posting; whatever comes back.
    pub async fn try_publish(
        &self,
        job: u64,
        values: &Map<String, Value>,
        request_id: Option<&str>,
    ) -> Result<Reply> {
        let body = json!({
            "connection": self.connection,
            "values": values,
            "request_id": request_id,
        });
        let path = format!("/api/jobs/{job}/postings");
        self.owner.send(Method::POST, &path, &body).await
    }

    /// A new job, published as its form stands.
    pub async fn publish(&self, title: &str) -> Result<Posted> {
        let job = self.add_job(&complete_job(title)).await?;
        let values = self.ready_values(job).await?;
        let posting = self.try_publish(job, &values, None).await?.ok()?;
        same("state", posting["state"].clone(), "pending-review")?;
        posted(&posting, job)
    }

    /// As [`World::publish`], and approved by the board.
    pub async fn publish_live(&self, title: &str) -> Result<Posted> {
        let posted = self.publish(title).await?;
        let delivery = self.board.approve(&posted.board).await?;
        same("answer to the approval", delivery["status"].clone(), 200)?;
        self.expect_state(&posted, "live").await?;
        Ok(posted)
    }

    /// Asks to connect a job with a posting at the board; whatever comes back.
    pub async fn try_link(&self, job: u64, board_posting: &str) -> Result<Reply> {
        let body = json!({ "connection": self.connection, "board_posting": board_posting });
        let path = format!("/api/jobs/{job}/links");
        self.owner.send(Method::POST, &path, &body).await
    }

    /// The posting as the platform shows it.
    pub async fn posting(&self, posting: &Posted) -> Result<Value> {
        self.owner
            .get(&format!("/api/postings/{}", posting.id))
            .await
    }

    /// Fails unless the platform shows this state; answers the posting.
    pub async fn expect_state(&self, posting: &Posted, state: &str) -> Result<Value> {
        let shown = self.posting(posting).await?;
        same("the posting's state", shown["state"].clone(), state)?;
        Ok(shown)
    }

    /// The owner saves an edit; whatever comes back.
    pub async fn try_update(
        &self,
        posting: &Posted,
        version: &str,
        values: Value,
    ) -> Result<Reply> {
        let body = json!({ "expected_version": version, "values": values });
        let path = format!("/api/postings/{}", posting.id);
        self.owner.send(Method::PUT, &path, &body).await
    }

    /// The owner saves an edit made on the posting as it is shown now.
    pub async fn update(&self, posting: &Posted, values: Value) -> Result<Value> {
        let version = text(&self.posting(posting).await?, "version")?;
        self.try_update(posting, &version, values).await?.ok()
    }

    /// `close`, `reopen` or `unlink`; whatever comes back.
    pub async fn act(&self, posting: &Posted, verb: &str, body: Value) -> Result<Reply> {
        let path = format!("/api/postings/{}/{verb}", posting.id);
        self.owner.send(Method::POST, &path, &body).await
    }

    /// The owner's notifications, oldest first.
    pub async fn notifications(&self) -> Result<Vec<Value>> {
        let found = self.owner.get("/api/notifications").await?;
        let mut notices = list(&found, "notifications")?.clone();
        notices.reverse();
        Ok(notices)
    }

    /// Fails unless the owner has had notifications of exactly these kinds, in this order; answers them.
    pub async fn expect_notices(&self, kinds: &[&str]) -> Result<Vec<Value>> {
        let notices = self.notifications().await?;
        same("notifications", super::check::each(&notices, "kind"), kinds)?;
        Ok(notices)
    }

    /// The job's applications that stand in the first stage. Fails when one stands in another.
    pub async fn first_stage(&self, job: u64) -> Result<Vec<Value>> {
        let pipeline = self.owner.get(&format!("/api/jobs/{job}/pipeline")).await?;
        let stages = list(&pipeline, "stages")?;
        let (first, later) = stages.split_first().context("the job has no stages")?;
        same(
            "the first stage",
            first["label"]["vi"].clone(),
            "Tiếp nhận hồ sơ",
        )?;
        for stage in later {
            ensure!(
                list(stage, "candidates")?.is_empty(),
                "somebody is in {stage}"
            );
        }
        Ok(list(first, "candidates")?.clone())
    }

    /// The one applicant of a job.
    pub async fn only_applicant(&self, job: u64) -> Result<Value> {
        let mut found = self.first_stage(job).await?;
        same("applicants in the first stage", found.len(), 1)?;
        found.pop().context("nobody applied")
    }

    /// Fetches the files that are due, as the platform's background does.
    pub async fn fetch_cvs(&self) -> Result<Value> {
        self.owner.post("/api/cvs/retry", &Value::Null).await
    }

    /// The bytes of a stored file, as a recruiter downloads them.
    pub async fn download(&self, applicant: &Value, cv: &Value) -> Result<Vec<u8>> {
        let path = format!(
            "/api/candidates/{}/cvs/{}",
            applicant["candidate"]["id"], cv["id"]
        );
        let reply = self.owner.send(Method::GET, &path, &Value::Null).await?;
        ensure!(reply.status == 200, "{reply}");
        Ok(reply.bytes)
    }

    /// Deliveries of the connection in quarantine.
    pub async fn quarantine(&self) -> Result<Vec<Value>> {
        let path = format!("/api/quarantine?connection={}", self.connection);
        let found = self.admin.get(&path).await?;
        Ok(list(&found, "deliveries")?.clone())
    }

    /// Events of the connection that wait for a posting.
    pub async fn unmatched(&self) -> Result<Vec<Value>> {
        let path = format!("/api/unmatched?connection={}", self.connection);
        let found = self.admin.get(&path).await?;
        Ok(list(&found, "unmatched")?.clone())
    }
}

/// What the platform answered to a publish or a link.
pub(super) fn posted(posting: &Value, job: u64) -> Result<Posted> {
    Ok(Posted {
        id: text(posting, "id")?,
        board: text(posting, "board_posting")?,
        job,
    })
}
