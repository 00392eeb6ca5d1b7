//! The layouts of the contract's types, in the order of their WIT declarations.

use super::lower::{Lower, Out, enumeration, number, record, variant};
use super::{Layout, cases, fields};
use crate::contract::connection::{
    ConnectionState, ConnectionStatus, HostNeed, Manifest, PostingMention,
};
use crate::contract::deliveries::{File, Outcome, Verdict, WebResponse};
use crate::contract::events::{
    Application, Attachment, Event, Happening, OtherEvent, PostingChange, PostingState, Rejection,
    Statement,
};
use crate::contract::forms::{Audience, Choice, Field, Form, Limits, Origin, Question, Setting};
use crate::contract::http::Header;
use crate::contract::postings::{
    BoardPage, BoardPosting, Change, Posting, PostingPage, ReconcilePage,
};
use crate::contract::privacy::{Erasure, Receipt};
use crate::contract::types::{Disposition, Failure, FieldProblem, NamedValue, Text, Value};

enumeration! { Audience ConnectionState Disposition Origin PostingState }

record!(Text {
    vi: String,
    en: String
});

variant!(Value {
    Text(text: String),
    Integer(number: i64),
    Truth(truth: bool),
    Texts(texts: Vec<String>),
    Json(json: String),
});

record!(NamedValue {
    name: String,
    value: Value
});

record!(FieldProblem {
    field: String,
    code: String,
    message: Text,
    values: Vec<NamedValue>,
});

record!(Failure {
    disposition: Disposition,
    code: String,
    message: Text,
    problems: Vec<FieldProblem>,
    retry_after_ms: Option<u64>,
    board_status: Option<u16>,
    extra: Vec<NamedValue>,
});

record!(Choice { id: String, label: Text, group: Option<Text> });

record!(Limits {
    minimum: Option<i64>,
    maximum: Option<i64>,
    max_length: Option<u32>,
    max_items: Option<u32>,
    allowed_markup: Vec<String>,
    extra: Vec<NamedValue>,
});

record!(Setting {
    id: String,
    label: Text,
    help: Text,
    kind: String,
    audience: Audience,
    secret: bool,
    required: bool,
    default_value: Option<Value>,
    choices: Vec<Choice>,
    limits: Limits,
});

record!(Question { asked: String, candidates: Vec<Choice> });

record!(Field {
    id: String,
    label: Text,
    help: Text,
    kind: String,
    required: bool,
    value: Option<Value>,
    origin: Origin,
    choices: Vec<Choice>,
    limits: Limits,
    questions: Vec<Question>,
    group: Text,
});

record!(Form {
    fields: Vec<Field>,
    missing: Vec<String>,
    problems: Vec<FieldProblem>,
    version: Option<String>,
    choices_as_of: Option<u64>,
    choices_stale: bool,
    cost: Option<Text>,
    notes: Vec<Text>,
});

record!(Statement {
    value: String,
    normalised: Option<String>,
    signed: bool,
    masked: bool,
});

record!(Attachment {
    id: String,
    application_id: String,
    kind: String,
    url: String,
    fallback_url: Option<String>,
    expires_at: Option<u64>,
    signed: bool,
});

record!(Application {
    id: String,
    board_candidate: Option<String>,
    full_name: Option<Statement>,
    email: Option<Statement>,
    phone: Option<Statement>,
    gender: Option<Statement>,
    applied_at: Option<u64>,
    verified: bool,
    source: Text,
    attachments: Vec<Attachment>,
    extra: Vec<NamedValue>,
});

record!(Rejection {
    reason: String,
    code: Option<String>,
    field: Option<String>,
    advice: Text,
});

record!(PostingChange {
    state: PostingState,
    run_status: Option<String>,
    approval_status: Option<String>,
    rejection: Option<Rejection>,
});

record!(OtherEvent { kind: String, json: String, note: Option<Text> });

variant!(Happening {
    Application(application: Application),
    PostingApproved(),
    PostingRejected(rejection: Rejection),
    PostingChanged(change: PostingChange),
    Other(other: OtherEvent),
});

record!(Event {
    id: String,
    happening: Happening,
    board_posting: String,
    posting: Option<String>,
    job: Option<String>,
    review_round: Option<u32>,
    board_time: Option<u64>,
    received_at: u64,
    extra: Vec<NamedValue>,
});

record!(HostNeed {
    pattern: String,
    reason: Text,
    required: bool
});

record!(Manifest {
    id: String,
    version: String,
    board_name: String,
    board_site: String,
    settings: Vec<Setting>,
    hosts: Vec<HostNeed>,
    features: Vec<String>,
    extra: Vec<NamedValue>,
});

record!(PostingMention {
    posting: String,
    board_posting: Option<String>,
    job: String,
    title: String,
    state: PostingState,
});

record!(ConnectionStatus {
    state: ConnectionState,
    webhook_url: Option<String>,
    settings: Vec<NamedValue>,
    problem: Option<Failure>,
    signed_in_at: Option<u64>,
    signature_key: Option<String>,
    affected: Vec<PostingMention>,
    board_told: Option<bool>,
    extra: Vec<NamedValue>,
});

record!(BoardPosting {
    id: String,
    title: String,
    url: Option<String>,
    state: PostingState,
    deadline: Option<String>,
    created_at: Option<u64>,
    linked_as: Option<String>,
});

record!(Posting {
    id: String,
    job: String,
    board_posting: Option<String>,
    url: Option<String>,
    title: String,
    state: PostingState,
    run_status: Option<String>,
    approval_status: Option<String>,
    version: String,
    review_round: u32,
    deadline: Option<String>,
    created_at: u64,
    changed_at: u64,
    linked: bool,
    rejection: Option<Rejection>,
    advice: Option<Text>,
    candidates: Vec<BoardPosting>,
    extra: Vec<NamedValue>,
});

record!(Change {
    posting: Posting,
    changed: Vec<String>,
    kept: Vec<String>,
    review: bool,
});

record!(PostingPage { postings: Vec<Posting>, next: Option<String>, notes: Vec<Text> });

record!(BoardPage { postings: Vec<BoardPosting>, next: Option<String> });

record!(ReconcilePage {
    events: Vec<Event>,
    next: Option<String>,
    notes: Vec<Text>,
});

record!(Header {
    name: String,
    value: String
});

record!(WebResponse {
    status: u16,
    headers: Vec<Header>,
    body: Vec<u8>,
});

variant!(Verdict {
    Accepted(),
    NoEffect(),
    Refused(failure: Failure),
    TryAgain(failure: Failure),
});

record!(Outcome {
    verdict: Verdict,
    response: WebResponse,
    events: Vec<Event>,
    extra: Vec<NamedValue>,
});

record!(File {
    name: String,
    media_type: String,
    sha256: String,
    content: Vec<u8>,
});

record!(Erasure {
    kind: String,
    count: u64
});

record!(Receipt {
    at: u64,
    erased: Vec<Erasure>,
    notes: Vec<Text>,
});
