//! The form for a job, filled in as far as possible.

use crate::contract::forms::Form;
use crate::contract::postings::Job;
use crate::failure::Failure;
use crate::ports::Ports;

/// The form for a new posting of the job, or for an edit of `posting`.
pub fn prepare_job(ports: Ports<'_>, job: &Job, posting: Option<&str>) -> Result<Form, Failure> {
    let _ = (ports, job, posting);
    Ok(Form {
        fields: Vec::new(),
        missing: Vec::new(),
        problems: Vec::new(),
        version: None,
        choices_as_of: None,
        choices_stale: false,
        cost: None,
        notes: Vec::new(),
    })
}
