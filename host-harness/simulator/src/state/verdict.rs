//! What TopCV's moderators do to a posting, and the two ways in which it ends.

use bytes::Bytes;
use jiff::ToSpan;
use serde_json::json;

use super::{Approval, Run, World};
use crate::clock::local_day;
use crate::input::InputError;
use crate::webhooks::Message;

impl World {
    /// Approves and returns the delivery. Approving again sends the same webhook again.
    pub(crate) fn approve(&mut self, job_id: u64) -> Result<u64, InputError> {
        self.judge(job_id, Approval::Approved, None)
    }

    /// Rejects with a reason and returns the delivery.
    pub(crate) fn reject(&mut self, job_id: u64, reason: String) -> Result<u64, InputError> {
        self.judge(job_id, Approval::Rejected, Some(reason))
    }

    fn judge(
        &mut self,
        job_id: u64,
        verdict: Approval,
        reason: Option<String>,
    ) -> Result<u64, InputError> {
        let now = self.now_ms();
        let posting = self.live_posting(job_id)?;
        if posting.run == Run::Draft {
            return Err(InputError::conflict(
                "job_id",
                "a draft is not reviewed: publish it first",
            ));
        }
        let (event, type_name) = match verdict {
            Approval::Rejected => ("rejected", "job_rejected"),
            _ => ("approved", "job_approved"),
        };
        posting.approval = verdict;
        posting.reject_reason = reason.clone();
        posting.note(now, event, reason.clone());
        let employer_id = posting.employer_id;
        let mut message = Message::new(type_name)
            .number("job_id", job_id)
            .number("recruitment_campaign_id", posting.campaign_id);
        if let Some(reason) = reason {
            message = message.text("reject_reason", reason);
        }
        let body = message.signed_json(self.employer(employer_id)?.signing_secret(), false);
        Ok(self.add_delivery(
            employer_id,
            type_name,
            Some(job_id),
            Bytes::from(body),
            false,
        ))
    }

    /// Ends a posting's time: its last day was yesterday. No webhook tells it.
    pub(crate) fn expire(&mut self, job_id: u64) -> Result<(), InputError> {
        let now = self.now_ms();
        let yesterday = local_day(now).saturating_sub(1.day());
        let posting = self.live_posting(job_id)?;
        posting
            .fields
            .insert("deadline".to_owned(), json!(yesterday.to_string()));
        posting.run = Run::Expired;
        posting.updated_ms = now;
        posting.note(now, "expired", Some("control".to_owned()));
        Ok(())
    }

    /// Deletes a posting at TopCV's site: the partner API no longer knows it.
    pub(crate) fn delete(&mut self, job_id: u64) -> Result<(), InputError> {
        let now = self.now_ms();
        let posting = self.live_posting(job_id)?;
        posting.deleted = true;
        posting.note(now, "deleted", None);
        Ok(())
    }

    fn live_posting(&mut self, job_id: u64) -> Result<&mut super::Posting, InputError> {
        let posting = self.posting_mut(job_id)?;
        if posting.deleted {
            return Err(InputError::conflict("job_id", "the posting was deleted"));
        }
        Ok(posting)
    }
}
