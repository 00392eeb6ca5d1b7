//! What became of the events of a delivery, once its body is gone.

use serde::{Deserialize, Serialize};

use super::id::CandidateId;

/// One event of a delivery that is done. It names rows of the platform and nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The kind of event.
    pub kind: String,
    /// Whether it was new.
    pub fresh: bool,
    /// The board's id of the posting; empty where the event names none.
    pub board_posting: String,
    /// The request id of the posting that it was about. Absent: the platform knew none at the time.
    pub posting: Option<String>,
    /// The candidate that it made or completed.
    pub candidate: Option<CandidateId>,
}
