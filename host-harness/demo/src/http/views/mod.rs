//! JSON shapes of what the API shows. Field names are in `snake_case`; words (states, kinds, codes) are the contract's own spelling.

pub mod connection;
pub mod form;
pub mod people;
pub mod postings;
pub mod privacy;
pub mod traffic;

pub use connection::{connection, connection_status};
pub use form::form;
pub use people::{candidate, card, notice};
pub use postings::{board_posting, job, log_line, posting, stage_label, update};
pub use privacy::erasure;
pub use traffic::{delivery, processed, unmatched};

use job_board_host::contract::types::{Disposition, FieldProblem};
use serde_json::{Value, json};

use crate::application::Problem;
use crate::board::convert;

/// A problem of the contract as the platform's own.
pub fn app_problem(problem: FieldProblem) -> Problem {
    Problem {
        field: problem.field,
        code: problem.code,
        message: convert::text(problem.message),
        values: convert::values(problem.values),
    }
}

/// One problem.
pub fn problem(problem: &Problem) -> Value {
    json!({
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
        "values": problem.values,
    })
}

/// A disposition's word.
pub fn disposition(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::FixInput => "fix-input",
        Disposition::FixSettings => "fix-settings",
        Disposition::SignInAgain => "sign-in-again",
        Disposition::NotEntitled => "not-entitled",
        Disposition::RetryLater => "retry-later",
        Disposition::InProgress => "in-progress",
        Disposition::Conflict => "conflict",
        Disposition::NotFound => "not-found",
        Disposition::OutcomeUnknown => "outcome-unknown",
        Disposition::Unsupported => "unsupported",
        Disposition::Internal => "internal",
    }
}
