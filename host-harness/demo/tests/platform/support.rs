//! A board that does what a test tells it. No component, no network.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use job_board_demo::board::{Answer, Board, BoardPlugin, PluginError};
use job_board_demo::domain::delivery::Incoming;
use job_board_demo::domain::id::{ConnectionId, JobId};
use job_board_host::contract::connection::{ConnectionState, ConnectionStatus, Manifest};
use job_board_host::contract::deliveries::{Delivery, File, Outcome, Verdict, WebResponse};
use job_board_host::contract::events::{
    Application, Attachment, Event, Happening, PostingState, Rejection, Statement,
};
use job_board_host::contract::forms::{Audience, Field, Form, Limits, Origin, Setting};
use job_board_host::contract::postings::{
    BoardPage, Change, Job, Posting, PostingPage, ReconcilePage, Resolution,
};
use job_board_host::contract::privacy::{Erasure, Receipt};
use job_board_host::contract::types::{Disposition, Failure, NamedValue, Text, Value};
use tokio::sync::Notify;

/// 2026-01-05T02:00:00Z.
pub const START: u64 = 1_767_578_400_000;
pub const BOARD_NAME: &str = "Sàn Việc";

type OnWebhook = Box<dyn FnMut(&Delivery) -> Answer<Outcome> + Send>;

#[derive(Default)]
pub struct Script {
    /// What a delivery leads to; by default events are read from `events`.
    pub on_webhook: Option<OnWebhook>,
    /// Events by the delivery's body.
    pub events: HashMap<Vec<u8>, Vec<Event>>,
    /// Answers of publish, link, update, close, reopen, unlink and resolve, in order.
    pub postings: VecDeque<Answer<Posting>>,
    /// What `get-posting` and `list-postings` know.
    pub known: HashMap<String, Posting>,
    pub files: VecDeque<Answer<File>>,
    pub configure: VecDeque<Answer<ConnectionStatus>>,
    pub status: Option<ConnectionStatus>,
    pub reconcile: VecDeque<Answer<ReconcilePage>>,
    pub settings_seen: Vec<Vec<NamedValue>>,
    pub deliveries_seen: Vec<Delivery>,
    pub calls: Vec<String>,
    /// What publish and link were asked for.
    pub orders: Vec<String>,
    /// `list-postings` fails.
    pub unlisted: bool,
    /// Calls of this name do not answer before they are told to.
    pub hang: Option<&'static str>,
    /// Answers of forget, in order; then a receipt.
    pub forget: VecDeque<Answer<Receipt>>,
    /// The ids of each forget.
    pub forgotten: Vec<Vec<String>>,
    /// The form of a new posting, and those of postings by their id; empty where nothing stands.
    pub forms: HashMap<String, Form>,
    /// Forms fail.
    pub formless: Option<PluginError>,
    /// Forms of postings fail.
    pub formless_postings: Option<PluginError>,
}

#[derive(Clone)]
pub struct ScriptedBoard {
    manifest: Arc<Manifest>,
    pub script: Arc<Mutex<Script>>,
    pub entered: Arc<Notify>,
    /// Lets one call that hangs go on.
    pub resume: Arc<Notify>,
}

impl ScriptedBoard {
    pub fn new() -> Self {
        Self {
            manifest: Arc::new(manifest()),
            script: Arc::default(),
            entered: Arc::default(),
            resume: Arc::default(),
        }
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.script.lock().unwrap())
    }

    pub fn calls(&self, name: &str) -> usize {
        self.with(|script| script.calls.iter().filter(|call| *call == name).count())
    }

    async fn enter(&self, name: &'static str) {
        let hangs = self.with(|script| {
            script.calls.push(name.to_owned());
            script.hang == Some(name)
        });
        if hangs {
            self.entered.notify_one();
            self.resume.notified().await;
        }
    }

    fn next_posting(&self) -> Answer<Posting> {
        self.with(|script| {
            let answer = script.postings.pop_front().unwrap_or_else(unscripted);
            if let Ok(posting) = &answer {
                script.known.insert(posting.id.clone(), posting.clone());
            }
            answer
        })
    }
}

/// What the form says that publishing costs.
pub const COST: &str = "one credit <each>";

fn unscripted<T>() -> Answer<T> {
    Err(failure(Disposition::Internal, "unscripted"))
}

impl Board for ScriptedBoard {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn connect(&self, _: ConnectionId) -> Answer<Arc<dyn BoardPlugin>> {
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl BoardPlugin for ScriptedBoard {
    async fn configure(
        &self,
        settings: Vec<NamedValue>,
        _: String,
        _: bool,
    ) -> Answer<ConnectionStatus> {
        self.enter("configure").await;
        self.with(|script| {
            script.settings_seen.push(settings);
            script
                .configure
                .pop_front()
                .unwrap_or_else(|| Ok(status(ConnectionState::Configured)))
        })
    }

    async fn status(&self) -> Answer<ConnectionStatus> {
        self.enter("status").await;
        let set = self.with(|script| script.status.clone());
        Ok(set.unwrap_or_else(|| status(ConnectionState::NotConfigured)))
    }

    async fn check(&self) -> Answer<ConnectionStatus> {
        self.enter("check").await;
        self.status().await
    }

    async fn disconnect(&self) -> Answer<ConnectionStatus> {
        self.enter("disconnect").await;
        Ok(status(ConnectionState::NotConfigured))
    }

    async fn prepare_job(&self, _: Job, posting: Option<String>) -> Answer<Form> {
        self.enter("prepare-job").await;
        if let Some(error) = self.with(|script| script.formless.clone()) {
            return Err(error);
        }
        if posting.is_some()
            && let Some(error) = self.with(|script| script.formless_postings.clone())
        {
            return Err(error);
        }
        let wanted = posting.unwrap_or_default();
        let set = self.with(|script| script.forms.get(&wanted).cloned());
        Ok(set.unwrap_or_else(|| Form {
            cost: Some(text(COST)),
            ..form(Vec::new())
        }))
    }

    async fn publish_job(
        &self,
        request_id: String,
        job: String,
        values: Vec<NamedValue>,
        second: bool,
    ) -> Answer<Posting> {
        let order = format!("publish {request_id} {job} {values:?} {second}");
        self.with(|script| script.orders.push(order));
        self.enter("publish-job").await;
        self.next_posting()
    }

    async fn resolve_unknown(&self, _: String, _: Resolution) -> Answer<Posting> {
        self.enter("resolve-unknown").await;
        self.next_posting()
    }

    async fn update_job(&self, _: String, _: String, _: Vec<NamedValue>) -> Answer<Change> {
        self.enter("update-job").await;
        let posting = self.next_posting()?;
        Ok(Change {
            posting,
            changed: vec!["title".into()],
            kept: Vec::new(),
            review: true,
        })
    }

    async fn close_job(&self, _: String) -> Answer<Posting> {
        self.enter("close-job").await;
        self.next_posting()
    }

    async fn reopen_job(&self, _: String, _: String, _: Option<String>) -> Answer<Posting> {
        self.enter("reopen-job").await;
        self.next_posting()
    }

    async fn link_job(&self, request_id: String, job: String, id: String) -> Answer<Posting> {
        let order = format!("link {request_id} {job} {id}");
        self.with(|script| script.orders.push(order));
        self.enter("link-job").await;
        self.next_posting()
    }

    async fn unlink_job(&self, _: String) -> Answer<Posting> {
        self.enter("unlink-job").await;
        self.next_posting()
    }

    async fn list_linkable(&self, _: Option<String>) -> Answer<BoardPage> {
        self.enter("list-linkable").await;
        Ok(BoardPage {
            postings: Vec::new(),
            next: None,
        })
    }

    async fn list_postings(&self, job: Option<String>, _: Option<String>) -> Answer<PostingPage> {
        self.enter("list-postings").await;
        if self.with(|script| script.unlisted) {
            return unscripted();
        }
        let postings = self.with(|script| {
            let wanted = |posting: &&Posting| job.as_ref().is_none_or(|job| posting.job == *job);
            script.known.values().filter(wanted).cloned().collect()
        });
        Ok(PostingPage {
            postings,
            next: None,
            notes: Vec::new(),
        })
    }

    async fn get_posting(&self, posting: String, _: bool) -> Answer<Posting> {
        self.enter("get-posting").await;
        let known = self.with(|script| script.known.get(&posting).cloned());
        known.ok_or_else(|| failure(Disposition::NotFound, "no-such-posting"))
    }

    async fn reconcile(&self, _: Option<String>) -> Answer<ReconcilePage> {
        self.enter("reconcile").await;
        self.with(|script| script.reconcile.pop_front().unwrap_or_else(unscripted))
    }

    async fn handle_webhook(&self, delivery: Delivery) -> Answer<Outcome> {
        self.enter("handle-webhook").await;
        self.with(|script| {
            script.deliveries_seen.push(delivery.clone());
            if let Some(answer) = &mut script.on_webhook {
                return answer(&delivery);
            }
            match script.events.get(&delivery.body) {
                Some(events) => Ok(accepted(events.clone())),
                None => Ok(outcome(Verdict::NoEffect, 200)),
            }
        })
    }

    async fn fetch_cv(&self, _: Attachment) -> Answer<File> {
        self.enter("fetch-cv").await;
        self.with(|script| script.files.pop_front().unwrap_or_else(unscripted))
    }

    async fn forget(&self, ids: Vec<String>) -> Answer<Receipt> {
        self.enter("forget").await;
        self.with(|script| {
            script.forgotten.push(ids);
            let receipt = Receipt {
                at: START,
                erased: vec![Erasure {
                    kind: "applications".into(),
                    count: 0,
                }],
                notes: vec![text("the board keeps a copy")],
            };
            script.forget.pop_front().unwrap_or(Ok(receipt))
        })
    }
}

pub fn form(fields: Vec<Field>) -> Form {
    let missing = fields
        .iter()
        .filter(|field| field.required && field.value.is_none());
    Form {
        missing: missing.map(|field| field.id.clone()).collect(),
        fields,
        problems: Vec::new(),
        version: None,
        choices_as_of: None,
        choices_stale: false,
        cost: None,
        notes: Vec::new(),
    }
}

/// A required field of a form.
pub fn field(group: &str, id: &str, kind: &str, value: Option<&str>) -> Field {
    Field {
        id: id.into(),
        label: text(&format!("label of {id}")),
        help: text(""),
        kind: kind.into(),
        required: true,
        value: value.map(|value| Value::Text(value.into())),
        origin: Origin::Job,
        choices: Vec::new(),
        limits: limits(),
        questions: Vec::new(),
        group: text(group),
    }
}

fn limits() -> Limits {
    Limits {
        minimum: None,
        maximum: None,
        max_length: None,
        max_items: None,
        allowed_markup: Vec::new(),
        extra: Vec::new(),
    }
}

pub fn text(text: &str) -> Text {
    Text {
        vi: text.into(),
        en: text.into(),
    }
}

pub fn plain_failure(disposition: Disposition, code: &str) -> Failure {
    Failure {
        disposition,
        code: code.into(),
        message: text(code),
        problems: Vec::new(),
        retry_after_ms: None,
        board_status: None,
        extra: Vec::new(),
    }
}

pub fn failure(disposition: Disposition, code: &str) -> PluginError {
    PluginError::Failure(Box::new(plain_failure(disposition, code)))
}

pub fn outcome(verdict: Verdict, status: u16) -> Outcome {
    Outcome {
        verdict,
        response: WebResponse {
            status,
            headers: Vec::new(),
            body: b"{}".to_vec(),
        },
        events: Vec::new(),
        extra: Vec::new(),
    }
}

pub fn accepted(events: Vec<Event>) -> Outcome {
    Outcome {
        events,
        ..outcome(Verdict::Accepted, 200)
    }
}

pub fn refused(code: &str, status: u16) -> Outcome {
    let failure = plain_failure(Disposition::FixSettings, code);
    outcome(Verdict::Refused(failure), status)
}

pub fn status(state: ConnectionState) -> ConnectionStatus {
    ConnectionStatus {
        state,
        webhook_url: None,
        settings: Vec::new(),
        problem: None,
        signed_in_at: None,
        signature_key: None,
        affected: Vec::new(),
        board_told: None,
        extra: Vec::new(),
    }
}

fn setting(id: &str, audience: Audience, secret: bool) -> Setting {
    Setting {
        id: id.into(),
        label: text(id),
        help: text(id),
        kind: "text".into(),
        audience,
        secret,
        required: false,
        default_value: None,
        choices: Vec::new(),
        limits: limits(),
    }
}

fn manifest() -> Manifest {
    Manifest {
        id: "scripted".into(),
        version: "0.0.1".into(),
        board_name: BOARD_NAME.into(),
        board_site: "https://board.example".into(),
        settings: vec![
            setting("token", Audience::Recruiter, true),
            setting("protocol", Audience::Operator, false),
        ],
        hosts: Vec::new(),
        features: Vec::new(),
        extra: Vec::new(),
    }
}

pub fn posting(id: &str, job: JobId, board: Option<&str>, state: PostingState) -> Posting {
    Posting {
        id: id.into(),
        job: job.0.to_string(),
        board_posting: board.map(str::to_owned),
        url: board.map(|board| format!("https://board.example/{board}")),
        title: "Kế toán".into(),
        state,
        run_status: None,
        approval_status: None,
        version: "v1".into(),
        review_round: 1,
        deadline: None,
        created_at: START,
        changed_at: START,
        linked: false,
        rejection: None,
        advice: None,
        candidates: Vec::new(),
        extra: Vec::new(),
    }
}

pub fn said(value: &str) -> Option<Statement> {
    Some(Statement {
        value: value.into(),
        normalised: None,
        signed: false,
        masked: false,
    })
}

pub fn phone(value: &str) -> Option<Statement> {
    said(value).map(|phone| Statement {
        normalised: Some(format!("+84{}", value.trim_start_matches('0'))),
        signed: true,
        ..phone
    })
}

pub fn masked(value: &str) -> Option<Statement> {
    said(value).map(|statement| Statement {
        masked: true,
        ..statement
    })
}

pub fn link(application: &str, id: &str) -> Attachment {
    Attachment {
        id: id.into(),
        application_id: application.into(),
        kind: "cv".into(),
        url: format!("https://files.board.example/one-time-{id}"),
        fallback_url: None,
        expires_at: Some(START + 86_400_000),
        signed: false,
    }
}

pub fn application(id: &str, name: &str) -> Application {
    Application {
        id: id.into(),
        board_candidate: Some(id.into()),
        full_name: said(name),
        email: None,
        phone: None,
        gender: None,
        applied_at: Some(START),
        verified: true,
        source: text("Sàn Việc"),
        attachments: vec![link(id, &format!("{id}-link"))],
        extra: Vec::new(),
    }
}

pub fn event(id: &str, board_posting: &str, happening: Happening) -> Event {
    Event {
        id: id.into(),
        happening,
        board_posting: board_posting.into(),
        posting: None,
        job: None,
        review_round: None,
        board_time: None,
        received_at: START,
        extra: Vec::new(),
    }
}

pub fn applied(event_id: &str, board_posting: &str, application: Application) -> Event {
    event(event_id, board_posting, Happening::Application(application))
}

pub fn rejection(reason: &str) -> Happening {
    Happening::PostingRejected(Rejection {
        reason: reason.into(),
        code: None,
        field: None,
        advice: text("Sửa tin"),
    })
}

pub fn file(content: &[u8]) -> File {
    File {
        name: "CV Nguyễn An.pdf".into(),
        media_type: "application/pdf".into(),
        sha256: "not the platform's business".into(),
        content: content.to_vec(),
    }
}

pub fn post(body: &str) -> Incoming {
    Incoming {
        method: "POST".into(),
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.as_bytes().to_vec(),
    }
}
