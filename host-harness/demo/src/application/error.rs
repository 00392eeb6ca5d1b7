//! How a use case ends when it does not succeed.

use job_board_host::contract::types::{Disposition, Failure};

use crate::board::PluginError;
use crate::domain::text::Text;
use crate::domain::value::Values;
use crate::store::StoreError;

/// One thing that is wrong with one field of what was sent.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// Stable reason code, lowercase with `-`.
    pub code: String,
    /// What is wrong and what to do.
    pub message: Text,
    /// Values that explain it.
    pub values: Values,
}

impl Problem {
    /// A problem without explaining values.
    pub fn new(field: impl Into<String>, code: &str, vi: &str, en: &str) -> Self {
        Self {
            field: field.into(),
            code: code.to_owned(),
            message: Text::new(vi, en),
            values: Values::new(),
        }
    }
}

/// How a use case ends when it does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is none, or it is another tenant's: the two are not told apart.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// Login or password is wrong; which of them is not told.
    #[error("login or password is wrong")]
    WrongCredentials,
    /// Too many sign-ins of this sender have failed; this one was not looked at.
    #[error("too many failed sign-ins")]
    TooManyAttempts {
        /// How long to wait.
        retry_after_ms: u64,
    },
    /// The user's role does not allow it. With the field that is to blame, if one is.
    #[error("not allowed for this role")]
    Forbidden(Option<Problem>),
    /// What was sent is wrong.
    #[error("the input is wrong")]
    Input(Vec<Problem>),
    /// The request id stands for something else already.
    #[error("the request id was used for something else")]
    RequestIdReused,
    /// The plugin's failure. With the request id of the posting that was asked for, so that the caller can repeat the call.
    #[error("the board's plugin answered {}", .failure.code)]
    Board {
        /// What the plugin says.
        failure: Box<Failure>,
        /// The posting.
        request_id: Option<String>,
    },
    /// The plugin did not answer.
    #[error("the board's plugin was stopped: {why}")]
    Stopped {
        /// For the operator.
        why: String,
        /// The posting.
        request_id: Option<String>,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for AppError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<PluginError> for AppError {
    fn from(error: PluginError) -> Self {
        Self::of_posting(error, None)
    }
}

impl AppError {
    /// A plugin's error about a posting.
    pub fn of_posting(error: PluginError, request_id: Option<String>) -> Self {
        match error {
            PluginError::Failure(failure) => Self::Board {
                failure,
                request_id,
            },
            PluginError::Stopped(why) => Self::Stopped { why, request_id },
        }
    }
}

/// Whether the failure means that the connection does not work until a person mends it.
pub(super) fn breaks_connection(failure: &Failure) -> bool {
    failure.disposition == Disposition::SignInAgain
        || (failure.disposition == Disposition::NotEntitled && failure.code == "service-not-open")
}

#[cfg(test)]
mod tests {
    use super::*;
    use job_board_host::contract::types::Text;

    fn failure(disposition: Disposition, code: &str) -> Failure {
        Failure {
            disposition,
            code: code.to_owned(),
            message: Text {
                vi: String::new(),
                en: String::new(),
            },
            problems: Vec::new(),
            retry_after_ms: None,
            board_status: None,
            extra: Vec::new(),
        }
    }

    #[test]
    fn a_code_that_is_not_known_breaks_no_connection_by_itself() {
        let unknown = |disposition| failure(disposition, "a-code-of-a-later-version");
        assert!(breaks_connection(&unknown(Disposition::SignInAgain)));
        for disposition in [
            Disposition::NotEntitled,
            Disposition::FixSettings,
            Disposition::Internal,
        ] {
            assert!(!breaks_connection(&unknown(disposition)), "{disposition:?}");
        }
        let closed = failure(Disposition::NotEntitled, "service-not-open");
        assert!(breaks_connection(&closed));
    }
}
