//! What a person asked for when a posting was begun.

use serde::{Deserialize, Serialize};

use super::value::Values;

/// The content of a call that makes a posting. It is kept until the outcome is known: a request id stands for this content alone, so a
/// call that was cut off is repeated with exactly this, and nobody types it a second time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ordered {
    /// A new posting.
    Publish {
        /// The form's values.
        values: Values,
        /// The person has seen what stands at the board and wants another one.
        allow_second: bool,
    },
    /// A connection with what stands at the board already.
    Link {
        /// Its id or URL, as it was entered.
        board_posting: String,
    },
}
