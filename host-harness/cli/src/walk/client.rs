//! A small JSON client with which a step talks to both sides, as a browser and a moderator would.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method};
use serde_json::Value;

/// Longer than any call of the platform may take; a step fails rather than waits for ever.
const TIMEOUT: Duration = Duration::from_secs(150);

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The request, for messages.
    asked: String,
    /// HTTP status.
    pub status: u16,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON; an empty body is `null`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn json(&self) -> Result<Value> {
        if self.bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.bytes).with_context(|| format!("{self} is not JSON"))
    }

    /// The body of a success.
    ///
    /// # Errors
    /// When the status is not 2xx.
    pub fn ok(&self) -> Result<Value> {
        ensure!((200..300).contains(&self.status), "{self}");
        self.json()
    }

    /// The platform's error under this status and code.
    ///
    /// # Errors
    /// When it is another answer.
    pub fn refused(&self, status: u16, code: &str) -> Result<Value> {
        let error = self.json()?["error"].clone();
        ensure!(
            self.status == status && error["code"] == code,
            "expected {status} `{code}`, but {self}"
        );
        Ok(error)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.bytes);
        let short: String = body.chars().take(1_000).collect();
        write!(
            formatter,
            "{} answered {}: {short}",
            self.asked, self.status
        )
    }
}

/// One side's address, with what every request to it carries.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: String,
    bearer: Option<String>,
}

impl Api {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(base: &str) -> Result<Self> {
        // A second one finds the first installed, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .context("cannot make an HTTP client")?;
        Ok(Self {
            client,
            base: base.to_owned(),
            bearer: None,
        })
    }

    /// The same side, as somebody who is signed in.
    #[must_use]
    pub fn signed_in(&self, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The session's token, when somebody is signed in.
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Where it is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// One request; a `null` body is none. A path that is a whole URL is taken as it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Reply> {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.send_bytes(method, path, bytes).await
    }

    /// As [`Api::send`], with any body, said to be JSON.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send_bytes(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Reply> {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let asked = format!("{method} {path}");
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if !body.is_empty() {
            request = request
                .header("Content-Type", "application/json")
                .body(body);
        }
        let response = request
            .send()
            .await
            .with_context(|| format!("no answer to {asked}"))?;
        let status = response.status().as_u16();
        let bytes = response
            .bytes()
            .await
            .with_context(|| format!("half an answer to {asked}"))?
            .to_vec();
        Ok(Reply {
            asked,
            status,
            bytes,
        })
    }

    /// # Errors
    /// When the answer is no success.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, &Value::Null).await?.ok()
    }

    /// # Errors
    /// When the answer is no success.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::POST, path, body).await?.ok()
    }

    /// # Errors
    /// When the answer is no success.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::PUT, path, body).await?.ok()
    }

    /// # Errors
    /// When the answer is no success.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(Method::PATCH, path, body).await?.ok()
    }
}

job_board_host::never_printed!(Api);
