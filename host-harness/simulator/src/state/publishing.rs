//! What the employer does to postings: create, edit, publish, stop, and what each costs.

use serde_json::{Map, Value, json};

use super::{Approval, Run, World};
use crate::clock::local_day;
use crate::input::InputError;
use crate::posting::{FieldErrors, check_whole};
use crate::state::schedule::Due;

use super::employer::Moderation;

/// Why TopCV refused; nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 404: unknown, deleted, or another employer's.
    NotFound,
    /// 402: no credit left.
    NoCredit,
    /// 422: by field.
    Fields(FieldErrors),
}

impl Refusal {
    fn field(name: &str, message: &str) -> Refusal {
        Refusal::Fields(FieldErrors::from([(
            name.to_owned(),
            vec![message.to_owned()],
        )]))
    }
}

impl World {
    /// Creates a posting; spends a credit unless publishing is a step of its own.
    pub(crate) fn create(
        &mut self,
        employer_id: u64,
        body: Map<String, Value>,
    ) -> Result<u64, Refusal> {
        let rules = self
            .rules(employer_id, None)
            .map_err(|_| Refusal::NotFound)?;
        let fields = check_whole(body, &rules).map_err(Refusal::Fields)?;
        let employer = self
            .employers
            .get_mut(&employer_id)
            .ok_or(Refusal::NotFound)?;
        let paid = !employer.publish_required;
        if paid {
            spend(&mut employer.credits, &mut employer.tally.credits_spent)?;
        }
        employer.tally.creates += 1;
        let run = if paid { Run::Running } else { Run::Draft };
        let id = self.add_posting(employer_id, fields, run, "api");
        if let Some(posting) = self.postings.get_mut(&id) {
            posting.paid = paid;
        }
        Ok(id)
    }

    /// Replaces every field: what the body leaves out is gone. The posting goes back to review (assumed).
    pub(crate) fn edit(
        &mut self,
        employer_id: u64,
        job_id: u64,
        body: Map<String, Value>,
    ) -> Result<(), Refusal> {
        self.own(employer_id, job_id)?;
        let rules = self
            .rules(employer_id, Some(job_id))
            .map_err(|_| Refusal::NotFound)?;
        let fields = check_whole(body, &rules).map_err(Refusal::Fields)?;
        let names_one = fields
            .get("recruitment_campaign_id")
            .and_then(Value::as_u64)
            != Some(0);
        let present = self.postings.get(&job_id).map_or(0, |p| p.campaign_id);
        // An edit that names no campaign does not take the posting out of its own (assumed).
        let campaign_id = if present != 0 && !names_one {
            present
        } else {
            self.campaign_of(employer_id, &fields)
        };
        let now = self.now_ms();
        let posting = self.postings.get_mut(&job_id).ok_or(Refusal::NotFound)?;
        posting.fields = fields;
        posting.campaign_id = campaign_id;
        posting.updated_ms = now;
        posting.note(now, "edited", Some("api".to_owned()));
        self.begin_review(job_id);
        if let Some(employer) = self.employers.get_mut(&employer_id) {
            employer.tally.edits += 1;
        }
        Ok(())
    }

    /// Lets a draft, stopped or expired posting run. `false` when it was running already.
    pub(crate) fn publish(&mut self, employer_id: u64, job_id: u64) -> Result<bool, Refusal> {
        self.own(employer_id, job_id)?;
        let now = self.now_ms();
        let posting = self.postings.get_mut(&job_id).ok_or(Refusal::NotFound)?;
        let employer = self
            .employers
            .get_mut(&employer_id)
            .ok_or(Refusal::NotFound)?;
        if posting.run == Run::Running {
            return Ok(false);
        }
        if posting.deadline_passed(local_day(now)) {
            return Err(Refusal::field("deadline", "Hạn nộp hồ sơ đã qua."));
        }
        if !posting.paid || (posting.run != Run::Draft && employer.reopen_costs) {
            spend(&mut employer.credits, &mut employer.tally.credits_spent)?;
        }
        employer.tally.publishes += 1;
        posting.paid = true;
        posting.run = Run::Running;
        posting.updated_ms = now;
        posting.note(now, "published", None);
        self.schedule_moderation(job_id);
        Ok(true)
    }

    /// Stops a running posting. `false` when it was stopped already.
    pub(crate) fn stop(&mut self, employer_id: u64, job_id: u64) -> Result<bool, Refusal> {
        self.own(employer_id, job_id)?;
        let stopped = self.halt(job_id, None)?;
        if let (true, Some(employer)) = (stopped, self.employers.get_mut(&employer_id)) {
            employer.tally.stops += 1;
        }
        Ok(stopped)
    }

    /// Stops a posting at TopCV's site; the ledger counts only what the partner API did.
    pub(crate) fn stop_at_site(&mut self, job_id: u64) -> Result<bool, InputError> {
        let posting = self.posting_mut(job_id)?;
        if posting.deleted {
            return Err(InputError::conflict("job_id", "the posting was deleted"));
        }
        self.halt(job_id, Some("web_form".to_owned()))
            .map_err(|_| InputError::conflict("job_id", "only a running posting can be stopped"))
    }

    fn halt(&mut self, job_id: u64, by: Option<String>) -> Result<bool, Refusal> {
        let now = self.now_ms();
        let posting = self.postings.get_mut(&job_id).ok_or(Refusal::NotFound)?;
        match posting.run {
            Run::Stopped => return Ok(false),
            Run::Draft => return Err(Refusal::field("run_status", "Tin chưa được đăng.")),
            Run::Expired => return Err(Refusal::field("run_status", "Tin đã hết hạn.")),
            Run::Running => {}
        }
        posting.run = Run::Stopped;
        posting.updated_ms = now;
        posting.note(now, "stopped", by);
        Ok(true)
    }

    fn own(&self, employer_id: u64, job_id: u64) -> Result<(), Refusal> {
        match self.postings.get(&job_id) {
            Some(posting) if posting.employer_id == employer_id && !posting.deleted => Ok(()),
            _ => Err(Refusal::NotFound),
        }
    }

    /// A new review round: pending again, and approved by itself later if the employer's account is set so.
    pub(crate) fn begin_review(&mut self, job_id: u64) {
        if let Some(posting) = self.postings.get_mut(&job_id) {
            posting.review_round += 1;
            posting.approval = Approval::Pending;
            posting.reject_reason = None;
            posting.fields.insert(
                "recruitment_campaign_id".to_owned(),
                json!(posting.campaign_id),
            );
        }
        self.schedule_moderation(job_id);
    }

    fn schedule_moderation(&mut self, job_id: u64) {
        let now = self.now_ms();
        let Some(posting) = self.postings.get(&job_id) else {
            return;
        };
        let moderation = self
            .employers
            .get(&posting.employer_id)
            .map(|e| e.moderation);
        let reviewed = posting.run != Run::Draft && posting.approval == Approval::Pending;
        if let (true, Some(Moderation::AutoAfter(after_ms))) = (reviewed, moderation) {
            let due = Due::Approve {
                job_id,
                round: posting.review_round,
            };
            self.schedule.add(now, after_ms, due);
        }
    }
}

fn spend(credits: &mut i64, spent: &mut u64) -> Result<(), Refusal> {
    if *credits < 1 {
        return Err(Refusal::NoCredit);
    }
    *credits -= 1;
    *spent += 1;
    Ok(())
}
