//! The five interfaces that a guest can call. Each operation is checked here and handed to the connection's grants; a refusal is an answer, never a trap.

use url::Url;

use super::budget::LogTurn;
use super::state::CallState;
use crate::audit::AuditEvent;
use crate::bindings::hiring::job_board::{
    clock, events, forms, http, log, secrets, storage, types,
};
use crate::contract::http::{ErrorCode, Header, HttpError, Reach, Request, Response};
use crate::contract::log::{Field, Level};
use crate::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};
use crate::http::{Method, OutboundRequest};
use crate::log::LogLine;
use crate::storage::{MAX_VALUE_BYTES, Quota, is_valid_key};
use crate::text::{AUDIT_CHARACTERS, clean};

impl types::Host for CallState {}
impl forms::Host for CallState {}
impl events::Host for CallState {}

impl clock::Host for CallState {
    async fn now(&mut self) -> u64 {
        self.connection.grants.clock.now()
    }
}

/// Headers that only the host may set: they decide where a request ends and who gets it.
const HEADERS_OF_THE_HOST: [&str; 4] =
    ["host", "content-length", "connection", "transfer-encoding"];

/// More than any board's interface asks for; servers refuse hundreds.
const MOST_HEADERS: usize = 100;

/// Bytes of all names and values together. Common servers take 8 to 64 KiB.
const MOST_HEADER_BYTES: usize = 64 << 10;

impl http::Host for CallState {
    async fn send(&mut self, request: Request) -> Result<Response, HttpError> {
        if !self.budget.take_request() {
            return Err(refusal(
                ErrorCode::BudgetSpent,
                "this call has made all its requests",
            ));
        }
        let sent = match self.outbound(request) {
            Ok(sent) => sent,
            Err(Refused { origin, error }) => {
                self.connection
                    .grants
                    .audit
                    .record(AuditEvent::HttpRefused {
                        connection: self.connection.id.clone(),
                        origin: clean(&origin, AUDIT_CHARACTERS),
                        code: error.code,
                        reason: clean(&error.detail, AUDIT_CHARACTERS),
                    });
                return Err(error);
            }
        };
        let most = sent.max_response_bytes;
        let answer = self.connection.grants.http.send(sent).await;
        self.budget.spend_bytes_in(match &answer {
            Ok(response) => received_bytes(response),
            // How much of the body had arrived is not known: the most that could have.
            Err(error)
                if matches!(
                    error.code,
                    ErrorCode::ResponseTooLarge | ErrorCode::Timeout | ErrorCode::ConnectionLost
                ) =>
            {
                most
            }
            Err(_) => 0,
        });
        answer
    }
}

/// Body and headers: an answer of headers alone is not free.
fn received_bytes(response: &Response) -> u64 {
    let headers = response.headers.iter();
    let headers: usize = headers
        .map(|header| header.name.len() + header.value.len())
        .sum();
    (headers + response.body.len()) as u64
}

/// A request that is not sent, for the guest and for the audit.
struct Refused {
    origin: String,
    error: HttpError,
}

fn refusal(code: ErrorCode, detail: impl Into<String>) -> HttpError {
    HttpError {
        code,
        reach: Reach::NotSent,
        detail: detail.into(),
    }
}

impl CallState {
    /// The request as it may be sent.
    fn outbound(&mut self, request: Request) -> Result<OutboundRequest, Refused> {
        let invalid = |origin: &str, detail: String| Refused {
            origin: origin.to_owned(),
            error: refusal(ErrorCode::InvalidRequest, detail),
        };
        let mut url = Url::parse(&request.url)
            .map_err(|error| invalid("(not a URL)", format!("the URL is malformed: {error}")))?;
        // Path and query may hold a token, so the audit sees the origin alone.
        let origin = url.origin().ascii_serialization();
        let Some(method) = Method::from_name(&request.method) else {
            return Err(invalid(
                &origin,
                "the method is not one of the contract's".to_owned(),
            ));
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid(
                &origin,
                "the URL is neither https nor http".to_owned(),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(
                &origin,
                "the URL holds a user name or password".to_owned(),
            ));
        }
        if let Some(header) = request.headers.iter().find(|header| !is_acceptable(header)) {
            return Err(invalid(
                &origin,
                format!("the header {:?} is the host's or malformed", header.name),
            ));
        }
        let header_bytes = size_of_headers(&request.headers);
        if request.headers.len() > MOST_HEADERS || header_bytes > MOST_HEADER_BYTES {
            return Err(invalid(
                &origin,
                format!(
                    "a request has at most {MOST_HEADERS} headers with {MOST_HEADER_BYTES} bytes"
                ),
            ));
        }
        url.set_fragment(None);
        self.connection.gate.admits(&url).map_err(|why| Refused {
            origin: origin.clone(),
            error: refusal(ErrorCode::Denied, why.reason()),
        })?;

        let spent = |detail: &str| Refused {
            origin: origin.clone(),
            error: refusal(ErrorCode::BudgetSpent, detail),
        };
        if self.budget.bytes_in_left() == 0 {
            return Err(spent("this call has received all its bytes"));
        }
        let size = url.as_str().len() + header_bytes + request.body.as_ref().map_or(0, Vec::len);
        if !self.budget.take_bytes_out(size as u64) {
            return Err(spent("this call has sent all its bytes"));
        }
        Ok(OutboundRequest {
            method,
            url,
            headers: request.headers,
            body: request.body,
            timeout: std::time::Duration::from_millis(request.timeout_ms.into())
                .min(self.time_for_import()),
            max_response_bytes: request.max_response_bytes.min(self.budget.bytes_in_left()),
        })
    }

    /// Checks what every operation on storage and secrets has in common.
    fn admit_operation(&mut self, key: &str, value_bytes: usize) -> Result<(), StorageError> {
        if !self.budget.take_storage_operation() {
            return Err(StorageError::Quota);
        }
        if !is_valid_key(key) {
            return Err(StorageError::InvalidKey);
        }
        if value_bytes > MAX_VALUE_BYTES {
            Err(StorageError::TooLarge)
        } else {
            Ok(())
        }
    }

    /// Looks whether the connection may keep this record.
    async fn admit_record(&self, key: &str, value_bytes: usize) -> Result<(), StorageError> {
        let limits = &self.connection.grants.limits;
        let quota = Quota {
            keys: limits.storage_keys,
            bytes: limits.storage_bytes,
        };
        let storage = &*self.connection.grants.storage;
        quota
            .admit(storage, &self.connection.id, key, value_bytes)
            .await
    }

    /// Tells the operator of a full connection, once a call.
    fn audit_quota(&mut self, key: &str, written: &Result<Version, StorageError>) {
        if matches!(written, Err(StorageError::Quota)) && self.budget.take_quota_report() {
            self.connection
                .grants
                .audit
                .record(AuditEvent::QuotaReached {
                    connection: self.connection.id.clone(),
                    key: clean(key, AUDIT_CHARACTERS),
                });
        }
    }
}

fn size_of_headers(headers: &[Header]) -> usize {
    headers
        .iter()
        .map(|header| header.name.len() + header.value.len())
        .sum()
}

/// A token for a name and no line end in the value: nothing that could become a second header or a second request.
fn is_acceptable(header: &Header) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let text = |character: char| character == '\t' || !character.is_control();
    !header.name.is_empty()
        && header.name.bytes().all(token)
        && header.value.chars().all(text)
        && !HEADERS_OF_THE_HOST
            .iter()
            .any(|reserved| header.name.eq_ignore_ascii_case(reserved))
}

impl storage::Host for CallState {
    async fn get(&mut self, key: String) -> Result<Option<Entry>, StorageError> {
        self.admit_operation(&key, 0)?;
        self.connection
            .grants
            .storage
            .get(&self.connection.id, &key)
            .await
    }

    async fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        self.admit_operation(&key, value.len())?;
        let written = match self.admit_record(&key, value.len()).await {
            Ok(()) => {
                let storage = &self.connection.grants.storage;
                storage
                    .put(&self.connection.id, &key, value, precondition)
                    .await
            }
            Err(error) => Err(error),
        };
        self.audit_quota(&key, &written);
        written
    }

    async fn delete(
        &mut self,
        key: String,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.admit_operation(&key, 0)?;
        self.connection
            .grants
            .storage
            .delete(&self.connection.id, &key, precondition)
            .await
    }

    async fn list_keys(
        &mut self,
        prefix: String,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        const MOST_KEYS: u32 = 1_000;
        if !self.budget.take_storage_operation() {
            return Err(StorageError::Quota);
        }
        let limit = limit.clamp(1, MOST_KEYS);
        self.connection
            .grants
            .storage
            .list_keys(&self.connection.id, &prefix, cursor.as_deref(), limit)
            .await
    }
}

impl secrets::Host for CallState {
    async fn get(&mut self, key: String) -> Result<Option<Entry>, StorageError> {
        self.admit_operation(&key, 0)?;
        self.connection
            .grants
            .secrets
            .get(&self.connection.id, &key)
            .await
    }

    async fn put(
        &mut self,
        key: String,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        self.admit_operation(&key, value.len())?;
        let secrets = &self.connection.grants.secrets;
        let written = secrets
            .put(&self.connection.id, &key, value, precondition)
            .await;
        self.audit_quota(&key, &written);
        written
    }

    async fn delete(
        &mut self,
        key: String,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.admit_operation(&key, 0)?;
        self.connection
            .grants
            .secrets
            .delete(&self.connection.id, &key, precondition)
            .await
    }
}

impl log::Host for CallState {
    async fn write(&mut self, level: Level, event: String, fields: Vec<Field>) {
        const MOST_FIELDS: usize = 20;
        const NAME_CHARACTERS: usize = 100;
        const VALUE_CHARACTERS: usize = 500;
        let (level, event, fields) = match self.budget.take_log_line() {
            LogTurn::Write => (level, event, fields),
            LogTurn::SayDropped => (Level::Warn, "host.log-lines-dropped".to_owned(), Vec::new()),
            LogTurn::Drop => return,
        };
        let fields = fields
            .iter()
            .take(MOST_FIELDS)
            .map(|field| {
                (
                    clean(&field.name, NAME_CHARACTERS),
                    clean(&field.value, VALUE_CHARACTERS),
                )
            })
            .collect();
        self.connection.grants.log.write(LogLine {
            connection: self.connection.id.clone(),
            plugin: self.connection.plugin.manifest().id.clone(),
            export: self.export,
            call: self.call,
            level,
            event: clean(&event, NAME_CHARACTERS),
            fields,
        });
    }
}
