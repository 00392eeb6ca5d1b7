//! The pages, one area a file, and what several of them use.

pub(super) mod applications;
pub(super) mod connection;
pub(super) mod employers;
mod fault_texts;
pub(super) mod faults;
pub(super) mod ledger;
pub(super) mod postings;
pub(super) mod webhooks;

use crate::input::InputError;
use crate::state::{Employer, Posting, World};

/// Most rows that a list shows, the newest of them.
const MOST_ROWS: usize = 200;

/// The employer's posting; another employer's is as good as none.
fn own_posting(world: &World, employer_id: u64, job_id: u64) -> Result<&Posting, InputError> {
    let found = world.postings.get(&job_id);
    found
        .filter(|posting| posting.employer_id == employer_id)
        .ok_or_else(|| InputError::not_found("job_id", job_id))
}

/// The employer's postings that are not deleted, newest first.
fn present_postings<'a>(
    world: &'a World,
    employer: &Employer,
) -> impl Iterator<Item = &'a Posting> {
    let id = employer.id;
    let all = world.postings.values().rev();
    all.filter(move |posting| posting.employer_id == id && !posting.deleted)
}
