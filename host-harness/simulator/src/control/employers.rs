//! Employers: their accounts, credentials and settings at TopCV.

use std::collections::BTreeSet;

use axum::extract::State;
use serde_json::{Value, json};

use super::http::{Answered, Id, Input, OptionalInput, ok};
use super::views;
use crate::app::App;
use crate::input::{Fields, InputError};
use crate::state::{Employer, Moderation, SigningKey, World};
use crate::webhooks::Reply;

/// Most credits that an account may have.
const MOST_CREDITS: i64 = 1_000_000;

/// Settings to change; absent ones stay.
#[derive(Default)]
struct Change {
    name: Option<String>,
    contract: Option<bool>,
    credits: Option<i64>,
    /// The outer option: whether to change it; the inner one: the URL, or none.
    webhook_url: Option<Option<String>>,
    moderation: Option<Moderation>,
    masked_contacts: Option<bool>,
    signing_key: Option<SigningKey>,
    access_token: Option<String>,
    secret_key: Option<String>,
    publish_required: Option<bool>,
    reopen_costs: Option<bool>,
    hold_webhooks: Option<bool>,
    webhook_retries: Option<u32>,
    one_time_links: Option<bool>,
    webhooks_before_create_answer: Option<bool>,
    required_fields: Option<BTreeSet<String>>,
    expire_sessions: bool,
}

impl Change {
    fn read(fields: &mut Fields) -> Result<Change, InputError> {
        let signing_keys = [
            ("session", SigningKey::Session),
            ("secret", SigningKey::Secret),
        ];
        let retries = fields.optional_integer("webhook_retries", 0, 10)?;
        Ok(Change {
            name: fields.optional_text("name", 255)?,
            contract: fields.optional_bool("contract")?,
            credits: fields.optional_integer("credits", 0, MOST_CREDITS)?,
            webhook_url: webhook_url(fields)?,
            moderation: moderation(fields)?,
            masked_contacts: fields.optional_bool("masked_contacts")?,
            signing_key: fields.optional_choice("signing_key", &signing_keys)?,
            access_token: fields.optional_text("access_token", 500)?,
            secret_key: fields.optional_text("secret_key", 500)?,
            publish_required: fields.optional_bool("publish_required")?,
            reopen_costs: fields.optional_bool("reopen_costs")?,
            hold_webhooks: fields.optional_bool("hold_webhooks")?,
            webhook_retries: retries.and_then(|number| u32::try_from(number).ok()),
            one_time_links: fields.optional_bool("one_time_links")?,
            webhooks_before_create_answer: fields.optional_bool("webhooks_before_create_answer")?,
            required_fields: fields
                .optional_texts("required_fields", 50)?
                .map(BTreeSet::from_iter),
            expire_sessions: fields.optional_bool("expire_sessions")?.unwrap_or(false),
        })
    }

    /// Rotated credentials end the sessions that were made with the old ones (assumed).
    fn apply(self, employer: &mut Employer) {
        if self.expire_sessions || self.access_token.is_some() || self.secret_key.is_some() {
            employer.expire_sessions();
        }
        set(&mut employer.name, self.name);
        set(&mut employer.contract, self.contract);
        set(&mut employer.credits, self.credits);
        set(&mut employer.webhook_url, self.webhook_url);
        set(&mut employer.moderation, self.moderation);
        set(&mut employer.masked_contacts, self.masked_contacts);
        set(&mut employer.signing_key, self.signing_key);
        set(&mut employer.access_token, self.access_token);
        set(&mut employer.secret_key, self.secret_key);
        set(&mut employer.publish_required, self.publish_required);
        set(&mut employer.reopen_costs, self.reopen_costs);
        set(&mut employer.hold_webhooks, self.hold_webhooks);
        set(&mut employer.webhook_retries, self.webhook_retries);
        set(&mut employer.one_time_links, self.one_time_links);
        let before = self.webhooks_before_create_answer;
        set(&mut employer.webhooks_before_create_answer, before);
        set(&mut employer.required_fields, self.required_fields);
    }
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn webhook_url(fields: &mut Fields) -> Result<Option<Option<String>>, InputError> {
    if fields.take_null("webhook_url") {
        return Ok(Some(None));
    }
    let Some(text) = fields.optional_text("webhook_url", 2_000)? else {
        return Ok(None);
    };
    let usable = reqwest::Url::parse(&text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !usable {
        return Err(InputError::bad_value("webhook_url", "an http or https URL"));
    }
    Ok(Some(Some(text)))
}

fn moderation(fields: &mut Fields) -> Result<Option<Moderation>, InputError> {
    if !fields.has_object("moderation") {
        return fields.optional_choice("moderation", &[("manual", Moderation::Manual)]);
    }
    let Some(mut inner) = fields.optional_fields("moderation")? else {
        return Ok(None);
    };
    let after = inner.integer("auto_after_ms", 0, 1_000_000_000)?;
    inner.finish()?;
    Ok(Some(Moderation::AutoAfter(
        u64::try_from(after).unwrap_or(0),
    )))
}

/// `POST /control/employers`: the only answer that shows the credentials.
pub(crate) async fn create(State(app): State<App>, Input(mut fields): Input) -> Answered {
    let name = fields.text("name", 255)?;
    let change = Change::read(&mut fields)?;
    fields.finish()?;
    let body = app.with(|world| -> Result<Value, InputError> {
        let id = world.add_employer(
            name,
            change.access_token.clone(),
            change.secret_key.clone(),
            change.contract.unwrap_or(true),
            change.credits.unwrap_or(10),
        )?;
        let employer = world.employer_mut(id)?;
        change.apply(employer);
        Ok(json!({
            "employer_id": id,
            "access_token": employer.access_token,
            "secret_key": employer.secret_key,
        }))
    })?;
    ok(&body)
}

/// `PATCH /control/employers/{id}`.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id,
    Input(mut fields): Input,
) -> Answered {
    let change = Change::read(&mut fields)?;
    fields.finish()?;
    let body = app.with(|world| -> Result<Value, InputError> {
        world.employer(id)?;
        if let Some(token) = &change.access_token {
            world.check_token_free(token, Some(id))?;
        }
        change.apply(world.employer_mut(id)?);
        shown(world, id)
    })?;
    ok(&body)
}

/// `POST /control/employers/{id}/check-webhook`: one GET to the webhook URL; any answer is shown as it came.
pub(crate) async fn check_webhook(
    State(app): State<App>,
    Id(id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    ok(&webhook_sign_of_life(&app, id).await?)
}

/// What the webhook URL answers to a GET.
pub(crate) async fn webhook_sign_of_life(app: &App, id: u64) -> Result<Reply, InputError> {
    let url = app.with(|world| {
        let url = world.employer(id)?.webhook_url.clone();
        url.ok_or_else(|| InputError::conflict("webhook_url", "no webhook URL was pasted yet"))
    })?;
    Ok(app.probe(&url).await)
}

/// `GET /control/employers/{id}`.
pub(crate) async fn show(State(app): State<App>, Id(id): Id) -> Answered {
    let body = app.with(|world| shown(world, id))?;
    ok(&body)
}

/// `GET /control/employers`.
pub(crate) async fn list(State(app): State<App>) -> Answered {
    let employers: Vec<Value> = app.with(|world| {
        let all = world.employers.values();
        all.map(|employer| views::employer(world, employer))
            .collect()
    });
    ok(&json!({"employers": employers}))
}

fn shown(world: &World, id: u64) -> Result<Value, InputError> {
    Ok(views::employer(world, world.employer(id)?))
}
