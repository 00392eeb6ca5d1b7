//! A rehearsal of tomorrow's release: postings whose stored form changed its meaning. Only in builds with `rehearse-next-release`.
//!
//! In schema 2 a posting has `review`: `done` counts the reviews *before* the present one, so 0 is the first, and `by` says who asked for it. Schema 1
//! has `round`, from 1. A build of today that took the one for the other would give two verdicts the same event id. `by` is new: in schema 1 it
//! stands beside the known members, as `review_by`, and a build of today has to leave it there.

use serde_json::{Value as Json, json};

#[cfg(feature = "rehearse-next-release")]
use super::PostingRecord;
#[cfg(feature = "rehearse-next-release")]
use crate::state::{fields::Field as _, record::Record};

/// Who asked for a review, where nothing else is said.
const BY_US: &str = "plugin";

/// From schema 1.
pub(in crate::state) fn upgraded(mut data: Json) -> Json {
    if let Json::Object(posting) = &mut data {
        let round = posting.remove("round").and_then(|it| it.as_u64());
        let by = posting.remove("review_by").unwrap_or(json!(BY_US));
        // Without a round it is no posting, in either schema.
        if let Some(round) = round {
            let done = round.saturating_sub(1);
            posting.insert("review".to_owned(), json!({ "done": done, "by": by }));
        }
    }
    data
}

/// To schema 1.
pub(in crate::state) fn downgraded(mut data: Json) -> Json {
    if let Json::Object(posting) = &mut data
        && let Some(review) = posting.remove("review")
        && let Some(done) = review.get("done").and_then(Json::as_u64)
    {
        posting.insert("round".to_owned(), json!(done + 1));
        if review["by"] != BY_US {
            posting.insert("review_by".to_owned(), review["by"].clone());
        }
    }
    data
}

#[cfg(feature = "rehearse-next-release")]
impl Record for PostingRecord {
    const SCHEMA: u32 = 2;
    const SINCE: u32 = 2;

    fn upgrade(_from: u32, data: Json) -> Json {
        upgraded(data)
    }

    fn downgrade(data: Json) -> Json {
        downgraded(data)
    }

    fn from_stored(data: Json) -> Option<Self> {
        Self::read(&downgraded(data))
    }

    fn to_stored(&self) -> Json {
        upgraded(self.write())
    }
}
