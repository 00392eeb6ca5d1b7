//! The only way out of the sandbox: one HTTP exchange at a time, to hosts that were granted.

mod allow_list;
mod client;
mod resolve;

#[cfg(test)]
mod any_input_tests;
/// The check of the fuzz target `addresses`, which includes the allow-list's file as this includes its.
#[cfg(test)]
#[path = "../../../../fuzz/src/granted.rs"]
#[allow(unreachable_pub, reason = "a part of the fuzz crate too")]
mod granted;

use std::time::Duration;

use async_trait::async_trait;
use url::Url;

pub(crate) use allow_list::Gate;
pub use allow_list::{AllowList, AllowListError, HostPattern};
pub use client::{WebClient, WebClientError};
pub use resolve::AddressPolicy;

use crate::contract::http::{Header, HttpError, Response};

/// The methods that a guest may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // HTTP's own names.
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// From its name in capitals, as HTTP writes it. Anything else: `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => return None,
        })
    }

    /// Its name in capitals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A guest's request after all checks: its URL is granted, its headers are acceptable, the call's budgets allow it.
///
/// Has no `Debug`: headers and body hold credentials.
pub struct OutboundRequest {
    /// The method.
    pub method: Method,
    /// Absolute, `http` or `https`, without user name, password and fragment.
    pub url: Url,
    /// In this order.
    pub headers: Vec<Header>,
    /// `None`: no body. `Some` and empty: a body of length 0.
    pub body: Option<Vec<u8>>,
    /// For the whole exchange, up to the last byte of the answer.
    pub timeout: Duration,
    /// A longer body is [`ErrorCode::ResponseTooLarge`](crate::contract::http::ErrorCode::ResponseTooLarge).
    pub max_response_bytes: u64,
}

crate::never_printed!(OutboundRequest);

/// Carries out one request. [`WebClient`] is the real one; a test may script answers.
///
/// It never repeats a request and never follows a redirect. Its errors are honest about the request's reach:
/// [`Reach::NotSent`](crate::contract::http::Reach::NotSent) only when no connection was made. A paid action is repeated on the strength of that answer.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends one request and waits for the whole answer. Every status is a success.
    async fn send(&self, request: OutboundRequest) -> Result<Response, HttpError>;
}
