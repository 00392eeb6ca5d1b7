//! A vacancy.

use serde::Serialize;

use super::id::{JobId, UserId};
use super::value::Values;

/// A job of the platform: a title and whatever else the tenant knows about it, under open names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// The row; as text it is the contract's `job-id`.
    pub id: JobId,
    /// Who hears about its postings and applicants.
    pub owner: UserId,
    /// What it is called here.
    pub title: String,
    /// The names that `postings.job` of the contract lists, and any other.
    pub details: Values,
    /// Milliseconds since the Unix epoch.
    pub created_at: u64,
    /// Milliseconds since the Unix epoch.
    pub updated_at: u64,
}
