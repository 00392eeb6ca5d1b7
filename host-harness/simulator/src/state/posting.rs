//! A posting at TopCV, with its two separate statuses.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization;

use super::{World, next};
use crate::clock::{local_time_text, read_day};
use crate::input::InputError;
use crate::posting::Rules;

/// Run status. That there is one is evidence, its values are assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Run {
    Draft,
    Running,
    Stopped,
    Expired,
}

/// Approval status. That there is one is evidence, its values are assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Approval {
    Pending,
    Approved,
    Rejected,
}

/// One thing that happened to a posting.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Note {
    pub(crate) at_ms: i64,
    pub(crate) event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
}

/// A posting.
pub(crate) struct Posting {
    pub(crate) id: u64,
    pub(crate) employer_id: u64,
    /// Every key with its value: the 25, the web form's four and whatever else was put there.
    pub(crate) fields: Map<String, Value>,
    pub(crate) campaign_id: u64,
    pub(crate) run: Run,
    pub(crate) approval: Approval,
    pub(crate) reject_reason: Option<String>,
    /// How often a review began.
    pub(crate) review_round: u64,
    /// Whether a credit was spent on it.
    pub(crate) paid: bool,
    pub(crate) deleted: bool,
    /// `api` or `web_form`.
    pub(crate) origin: &'static str,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    pub(crate) history: Vec<Note>,
}

impl Posting {
    pub(crate) fn title(&self) -> &str {
        self.text("title")
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or("")
    }

    /// A posting is shown until the end of its last day.
    pub(crate) fn deadline_passed(&self, today: Date) -> bool {
        read_day(self.text("deadline")).is_some_and(|day| day < today)
    }

    pub(crate) fn note(&mut self, at_ms: i64, event: &'static str, detail: Option<String>) {
        self.history.push(Note {
            at_ms,
            event,
            detail,
        });
    }

    pub(crate) fn url(&self, base_url: &str) -> String {
        format!(
            "{base_url}/viec-lam/{}/{}.html",
            slug(self.title()),
            self.id
        )
    }

    /// The `data` of the detail: every field, the statuses and the times in Vietnam.
    pub(crate) fn detail(&self, base_url: &str) -> Map<String, Value> {
        let mut detail = self.fields.clone();
        for (name, value) in [
            ("job_id", json!(self.id)),
            ("job_url", json!(self.url(base_url))),
            ("recruitment_campaign_id", json!(self.campaign_id)),
            ("run_status", json!(self.run)),
            ("approval_status", json!(self.approval)),
            ("reject_reason", json!(self.reject_reason)),
            ("created_at", json!(local_time_text(self.created_ms))),
            ("updated_at", json!(local_time_text(self.updated_ms))),
        ] {
            detail.insert(name.to_owned(), value);
        }
        detail
    }

    /// One row of the list.
    pub(crate) fn row(&self, base_url: &str) -> Value {
        json!({
            "job_id": self.id,
            "title": self.title(),
            "job_url": self.url(base_url),
            "run_status": self.run,
            "approval_status": self.approval,
            "deadline": self.text("deadline"),
            "recruitment_campaign_id": self.campaign_id,
            "created_at": local_time_text(self.created_ms),
        })
    }
}

/// The title without marks, as it stands in an address.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for character in title.to_lowercase().replace('đ', "d").nfd() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if character.is_ascii() && !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "tin-tuyen-dung".to_owned()
    } else {
        slug.chars().take(80).collect()
    }
}

impl World {
    /// What a body of this employer is checked against; `job_id` is the posting that it changes, if any.
    pub(crate) fn rules(
        &self,
        employer_id: u64,
        job_id: Option<u64>,
    ) -> Result<Rules<'_>, InputError> {
        let employer = self.employer(employer_id)?;
        let present = job_id
            .and_then(|id| self.postings.get(&id))
            .map_or_else(BTreeSet::new, |posting| {
                posting.fields.keys().cloned().collect()
            });
        Ok(Rules {
            today: crate::clock::local_day(self.now_ms()),
            campaigns: &employer.campaigns,
            demanded: &employer.required_fields,
            present,
        })
    }

    /// Stores a checked posting without spending anything.
    pub(crate) fn add_posting(
        &mut self,
        employer_id: u64,
        fields: Map<String, Value>,
        run: Run,
        origin: &'static str,
    ) -> u64 {
        let now = self.now_ms();
        let campaign_id = self.campaign_of(employer_id, &fields);
        let id = next(&mut self.last_ids.posting);
        let mut posting = Posting {
            id,
            employer_id,
            fields,
            campaign_id,
            run,
            approval: Approval::Pending,
            reject_reason: None,
            review_round: 0,
            paid: false,
            deleted: false,
            origin,
            created_ms: now,
            updated_ms: now,
            history: Vec::new(),
        };
        posting.note(now, "created", Some(origin.to_owned()));
        self.postings.insert(id, posting);
        self.begin_review(id);
        id
    }

    /// The campaign that a body names, or a new one when it asks for that.
    pub(crate) fn campaign_of(&mut self, employer_id: u64, fields: &Map<String, Value>) -> u64 {
        let number = |name: &str| fields.get(name).and_then(Value::as_u64).unwrap_or(0);
        match (
            number("recruitment_campaign_id"),
            number("create_recruitment_campaign"),
        ) {
            (0, 1) => self.new_campaign(employer_id),
            (id, _) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_plain_ascii() {
        assert_eq!(slug("Kỹ sư Điện / C++ (Đà Nẵng)"), "ky-su-dien-c-da-nang");
        assert_eq!(slug("日本"), "tin-tuyen-dung");
    }
}
