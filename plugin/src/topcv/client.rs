//! Calls to TopCV: one function an operation of the protocol table, and the session that they share.

use serde_json::{Map, Value as Json, json};

use super::errors::BoardError;
use super::protocol::Protocol;
use super::sign_in::sign_in;
use super::wire::{self, BoardPosting};
use crate::contract::http::{Header, Request};
use crate::failure::Failure;
use crate::never_printed::never_printed;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::CredentialsRecord;

/// Answers of the API are small; a list of options is the largest.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

never_printed!(Client<'static>);

/// A configured connection's calls.
pub struct Client<'a> {
    ports: Ports<'a>,
    protocol: Protocol,
    secret_key: String,
    session: Option<String>,
    account: u32,
    /// False for credentials on trial: renewing would silently use the stored ones, of perhaps another account. And after one renewal: a board
    /// that refuses a session which it has just given will refuse the next one too.
    renewable: bool,
}

/// One page of the account's postings.
pub struct ListPage {
    /// As the list shows them; fewer fields than a detail.
    pub postings: Vec<BoardPosting>,
    /// Whether another page follows.
    pub more: bool,
}

impl<'a> Client<'a> {
    /// For the stored credentials. Fails with `not-configured` when there are none, with `credentials-lost` when there were some.
    pub fn open(ports: Ports<'a>) -> Result<Self, Failure> {
        let (connection, _) = ConnectionRecord::load(ports)?;
        let credentials = CredentialsRecord::in_use(ports, &connection)?.value;
        Ok(Self {
            account: credentials.account,
            renewable: true,
            ports,
            protocol: protocol_of(&connection),
            secret_key: credentials.secret_key,
            session: credentials.session,
        })
    }

    /// For credentials that are not stored yet, with the session that connect has just answered.
    pub fn with_session(
        ports: Ports<'a>,
        protocol: Protocol,
        secret_key: &str,
        session: &str,
    ) -> Self {
        Self {
            ports,
            protocol,
            secret_key: secret_key.to_owned(),
            session: Some(session.to_owned()),
            account: 0,
            renewable: false,
        }
    }

    /// The table in force.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The account number of the connection.
    pub fn account(&self) -> u32 {
        self.account
    }

    /// Creates a posting and answers its id and page. **Costs money**: the caller has stored its intent, and has looked whether it is there.
    ///
    /// The one call that is not repeated in a new session: that the end of a session is noticed before anything is done is only likely.
    /// The session is renewed all the same, and `SessionOver` says so: the caller looks again before it tries again.
    pub fn create(&mut self, body: &Map<String, Json>) -> Result<BoardPosting, BoardError> {
        let url = self.protocol.url("path.jobs", &[]);
        let session = self.session()?;
        let answer = match self.exchange("POST", &url, Some(&Json::Object(body.clone())), &session)
        {
            Err(BoardError::SessionOver | BoardError::Unauthorised) if self.renewable => {
                self.renew(Some(&session))?;
                return Err(BoardError::SessionOver);
            }
            other => other?,
        };
        self.posting(answer).ok_or_else(|| BoardError::Lost {
            status: Some(200),
            detail: "the answer to create has no job_id".into(),
        })
    }

    /// Replaces a posting's content. TopCV takes the whole body.
    pub fn edit(&mut self, id: &str, body: &Map<String, Json>) -> Result<(), BoardError> {
        let url = self.protocol.url("path.job", &[("id", id)]);
        self.ask("PUT", &url, Some(&Json::Object(body.clone())))
            .map(drop)
    }

    /// Makes a posting visible.
    pub fn publish(&mut self, id: &str) -> Result<(), BoardError> {
        let url = self.protocol.url("path.publish", &[("id", id)]);
        self.ask("POST", &url, Some(&json!({}))).map(drop)
    }

    /// Stops a posting.
    pub fn stop(&mut self, id: &str) -> Result<(), BoardError> {
        let url = self.protocol.url("path.stop", &[("id", id)]);
        self.ask("POST", &url, Some(&json!({}))).map(drop)
    }

    /// Reads a posting. An answer that names no id is taken for the posting that was asked for; one that names another is not.
    pub fn detail(&mut self, id: &str) -> Result<BoardPosting, BoardError> {
        let url = self.protocol.url("path.job", &[("id", id)]);
        let unusable = |detail: &str| BoardError::Lost {
            status: Some(200),
            detail: detail.to_owned(),
        };
        let Json::Object(mut fields) = wire::data(self.ask("GET", &url, None)?) else {
            return Err(unusable("the detail is not an object"));
        };
        if !fields.contains_key("job_id") && !fields.contains_key("id") {
            fields.insert("job_id".into(), json!(id));
        }
        BoardPosting::read(&self.protocol, fields)
            .filter(|posting| posting.id == id)
            .ok_or_else(|| unusable("the detail is not the posting that was asked for"))
    }

    /// Reads one page of the account's postings, from 1.
    pub fn list(&mut self, page: u64) -> Result<ListPage, BoardError> {
        let limit = self.protocol.number("list.limit");
        let url = format!(
            "{}?page={page}&limit={limit}",
            self.protocol.url("path.jobs", &[])
        );
        let mut answer = self.ask("GET", &url, None)?;
        let mut last_page = answer.get("last_page").and_then(Json::as_u64);
        // Laravel wraps the paginator itself in `data` in some projects; both shapes are read.
        if answer.get("data").is_some_and(Json::is_object) {
            answer = wire::data(answer);
            last_page = last_page.or_else(|| answer.get("last_page").and_then(Json::as_u64));
        }
        let Json::Array(items) = wire::data(answer) else {
            return Err(BoardError::Lost {
                status: Some(200),
                detail: "the list has no data".into(),
            });
        };
        let more = last_page.map_or(items.len() as u64 >= limit, |last| page < last);
        let postings = items
            .into_iter()
            .filter_map(|item| match item {
                Json::Object(fields) => BoardPosting::read(&self.protocol, fields),
                _ => None,
            })
            .collect();
        Ok(ListPage { postings, more })
    }

    /// Reads one list of options as pairs of id and name.
    pub fn metadata(&mut self, kind: &str) -> Result<Vec<(String, String)>, BoardError> {
        let url = self.protocol.url("path.metadata", &[("type", kind)]);
        let answer = self.ask("GET", &url, None)?;
        let Json::Array(items) = wire::data(answer) else {
            return Err(BoardError::Lost {
                status: Some(200),
                detail: "the list of options has no data".into(),
            });
        };
        Ok(items
            .iter()
            .filter_map(|item| {
                Some((
                    wire::literal(item.get("id")?)?,
                    wire::literal(item.get("name")?)?,
                ))
            })
            .collect())
    }

    /// Asks whether the connection stands. `false`: TopCV says that it does not.
    pub fn check(&mut self) -> Result<bool, BoardError> {
        let url = self.protocol.url("path.check", &[]);
        let answer = self.call("GET", &url, None)?;
        if answer.is_null() {
            return Err(BoardError::Lost {
                status: Some(200),
                detail: "the answer to check is empty".into(),
            });
        }
        match wire::data(answer.clone()).get("connected") {
            Some(connected) => Ok(*connected != json!(false) && *connected != json!(0)),
            None => wire::agreed(answer).map(|_| true),
        }
    }

    fn posting(&self, answer: Json) -> Option<BoardPosting> {
        match wire::data(answer) {
            Json::Object(fields) => BoardPosting::read(&self.protocol, fields),
            _ => None,
        }
    }

    /// As [`Self::call`], for what costs nothing: a no that comes as a success is a refusal. A create's may still have worked.
    fn ask(&mut self, method: &str, url: &str, body: Option<&Json>) -> Result<Json, BoardError> {
        self.call(method, url, body).and_then(wire::agreed)
    }

    /// One call with the session; signs in again when TopCV says that the session is over, once for all calls of this client.
    fn call(&mut self, method: &str, url: &str, body: Option<&Json>) -> Result<Json, BoardError> {
        let session = self.session()?;
        match self.exchange(method, url, body, &session) {
            Err(BoardError::SessionOver | BoardError::Unauthorised) if self.renewable => {
                let renewed = self.renew(Some(&session))?;
                self.exchange(method, url, body, &renewed)
            }
            other => other,
        }
    }

    fn session(&mut self) -> Result<String, BoardError> {
        match &self.session {
            Some(session) => Ok(session.clone()),
            None => self.renew(None),
        }
    }

    /// Whether the session can still be renewed once.
    pub fn is_renewable(&self) -> bool {
        self.renewable
    }

    fn renew(&mut self, stale: Option<&str>) -> Result<String, BoardError> {
        let session = sign_in(self.ports, &self.protocol, stale)
            .map_err(|failure| BoardError::SignIn(Box::new(failure)))?;
        self.renewable = false;
        self.session = Some(session.clone());
        Ok(session)
    }

    fn exchange(
        &self,
        method: &str,
        url: &str,
        body: Option<&Json>,
        session: &str,
    ) -> Result<Json, BoardError> {
        let bearer = Header {
            name: self.protocol.get("header.session").to_owned(),
            value: format!("Bearer {session}"),
        };
        exchange(
            self.ports,
            &self.protocol,
            method,
            url,
            &self.secret_key,
            vec![bearer],
            body,
        )
    }
}

/// Signs in with the given credentials and answers the new session token. Stores nothing.
pub fn connect(
    ports: Ports<'_>,
    protocol: &Protocol,
    access_token: &str,
    secret_key: &str,
) -> Result<String, BoardError> {
    let url = protocol.url("path.connect", &[]);
    let body = json!({ "employer_api_key": access_token });
    let answer = exchange(
        ports,
        protocol,
        "POST",
        &url,
        secret_key,
        Vec::new(),
        Some(&body),
    )?;
    wire::data(wire::agreed(answer)?)
        .get("access_token")
        .and_then(wire::literal)
        .ok_or_else(|| BoardError::Lost {
            status: Some(200),
            detail: "the answer to connect has no access_token".into(),
        })
}

/// Tells TopCV that the connection ends. No second try: the credentials are forgotten either way.
pub fn disconnect(
    ports: Ports<'_>,
    protocol: &Protocol,
    credentials: &CredentialsRecord,
) -> Result<(), BoardError> {
    let url = protocol.url("path.disconnect", &[]);
    let body = json!({ "employer_api_key": credentials.access_token });
    let bearer = credentials.session.iter().map(|session| Header {
        name: protocol.get("header.session").to_owned(),
        value: format!("Bearer {session}"),
    });
    exchange(
        ports,
        protocol,
        "PUT",
        &url,
        &credentials.secret_key,
        bearer.collect(),
        Some(&body),
    )
    .and_then(wire::agreed)
    .map(drop)
}

/// The table with the connection's corrections. Stored corrections were checked when they were set.
pub fn protocol_of(connection: &ConnectionRecord) -> Protocol {
    Protocol::with_overrides(connection.protocol.clone()).unwrap_or_default()
}

fn exchange(
    ports: Ports<'_>,
    protocol: &Protocol,
    method: &str,
    url: &str,
    secret_key: &str,
    mut headers: Vec<Header>,
    body: Option<&Json>,
) -> Result<Json, BoardError> {
    headers.push(Header {
        name: protocol.get("header.secret").to_owned(),
        value: secret_key.to_owned(),
    });
    headers.push(Header {
        name: "Accept".into(),
        value: "application/json".into(),
    });
    if body.is_some() {
        headers.push(Header {
            name: "Content-Type".into(),
            value: "application/json".into(),
        });
    }
    let timeout = if method == "GET" {
        "timeout.read_ms"
    } else {
        "timeout.write_ms"
    };
    let request = Request {
        method: method.to_owned(),
        url: url.to_owned(),
        headers,
        body: body.map(|body| body.to_string().into_bytes()),
        timeout_ms: u32::try_from(protocol.number(timeout)).unwrap_or(u32::MAX),
        max_response_bytes: MOST_BYTES,
    };
    wire::interpret(&ports.http.send(&request)?, ports.clock.now())
}
