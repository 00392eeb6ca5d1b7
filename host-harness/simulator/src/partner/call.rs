//! One request of the partner API, taken off HTTP.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use bytes::Bytes;
use serde::Serialize;

use crate::input::InputError;

/// What the plugin can ask of TopCV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operation {
    Connect,
    Disconnect,
    Check,
    Metadata,
    Create,
    Edit,
    Publish,
    Stop,
    Detail,
    List,
    Download,
    /// A path that TopCV does not have.
    Unknown,
}

impl Operation {
    /// Operations that change a posting. Signing in and out are not among them.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Operation::Create | Operation::Edit | Operation::Publish | Operation::Stop
        )
    }

    /// Operations that change nothing, so that a fault in their answer may stand on the real answer.
    pub(crate) fn reads(self) -> bool {
        matches!(
            self,
            Operation::Check | Operation::Metadata | Operation::Detail | Operation::List
        )
    }
}

/// A request with everything that an operation looks at.
pub(crate) struct Call {
    pub(crate) operation: Operation,
    /// The path's variable part: a posting's id, a metadata type, a link's token.
    pub(crate) target: String,
    pub(crate) query: String,
    pub(crate) bearer: Option<String>,
    pub(crate) secret: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
    /// Headers that stood twice: refused.
    pub(crate) doubled_header: Option<&'static str>,
}

impl Call {
    pub(crate) fn new(operation: Operation, target: String, parts: &Parts, body: Bytes) -> Call {
        let headers = &parts.headers;
        let doubled = ["authorization", "secret-key", "content-type"]
            .into_iter()
            .find(|name| headers.get_all(*name).iter().count() > 1);
        Call {
            operation,
            target,
            query: parts.uri.query().unwrap_or("").to_owned(),
            bearer: text(headers, "authorization")
                .and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned)),
            secret: text(headers, "secret-key"),
            content_type: text(headers, "content-type"),
            body,
            doubled_header: doubled,
        }
    }

    /// The posting that the path names; a text that is no plain integer names none.
    pub(crate) fn job_id(&self) -> Option<u64> {
        let digits = self.target.bytes().all(|byte| byte.is_ascii_digit());
        if digits && !self.target.starts_with('0') {
            self.target.parse().ok()
        } else {
            None
        }
    }

    /// Refuses query parameters on an operation that has none.
    pub(crate) fn no_query(&self) -> Result<(), InputError> {
        match self.query.split(['=', '&']).next() {
            None | Some("") => Ok(()),
            Some(name) => Err(InputError::new(
                422,
                "unknown_parameter",
                name,
                format!("{name:?} is not a parameter of this operation"),
            )),
        }
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
