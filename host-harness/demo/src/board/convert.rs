//! Between the contract's types and the platform's own. No decisions here.

use job_board_host::contract::{events, postings, privacy, types};

use crate::domain::board_event::{Application, Attachment, BoardEvent, Happening, Other};
use crate::domain::contact::{Contact, Statement};
use crate::domain::erasure::PluginReceipt;
use crate::domain::id::ConnectionId;
use crate::domain::posting::{BoardCandidate, Change, Facts, PostingState, Rejection, Report};
use crate::domain::text::Text;
use crate::domain::value::{FieldValue, Values};

/// A text.
pub fn text(text: types::Text) -> Text {
    Text {
        vi: text.vi,
        en: text.en,
    }
}

/// One value.
pub fn value(value: types::Value) -> FieldValue {
    match value {
        types::Value::Text(text) => FieldValue::Text(text),
        types::Value::Integer(number) => FieldValue::Integer(number),
        types::Value::Truth(truth) => FieldValue::Truth(truth),
        types::Value::Texts(items) => FieldValue::Texts(items),
        types::Value::Json(json) => FieldValue::Json(json),
    }
}

/// Named values. The contract lets a name stand at most once.
pub fn values(named: Vec<types::NamedValue>) -> Values {
    named
        .into_iter()
        .map(|named| (named.name, value(named.value)))
        .collect()
}

/// Named values, for the plugin.
pub fn named_values(values: &Values) -> Vec<types::NamedValue> {
    values
        .iter()
        .map(|(name, value)| types::NamedValue {
            name: name.clone(),
            value: match value.clone() {
                FieldValue::Text(text) => types::Value::Text(text),
                FieldValue::Integer(number) => types::Value::Integer(number),
                FieldValue::Truth(truth) => types::Value::Truth(truth),
                FieldValue::Texts(items) => types::Value::Texts(items),
                FieldValue::Json(json) => types::Value::Json(json),
            },
        })
        .collect()
}

/// A posting's state.
pub fn state(state: events::PostingState) -> PostingState {
    match state {
        events::PostingState::Submitting => PostingState::Submitting,
        events::PostingState::Unknown => PostingState::Unknown,
        events::PostingState::PendingReview => PostingState::PendingReview,
        events::PostingState::Live => PostingState::Live,
        events::PostingState::Rejected => PostingState::Rejected,
        events::PostingState::Closed => PostingState::Closed,
        events::PostingState::Expired => PostingState::Expired,
        events::PostingState::Unlinked => PostingState::Unlinked,
        events::PostingState::OtherAccount => PostingState::OtherAccount,
    }
}

fn rejection(rejection: events::Rejection) -> Rejection {
    Rejection {
        reason: rejection.reason,
        code: rejection.code,
        field: rejection.field,
        advice: text(rejection.advice),
    }
}

/// What the plugin says about a posting; beside it, the job that it names.
pub fn report(posting: postings::Posting) -> (String, Report) {
    let report = Report {
        request_id: posting.id,
        board_posting: posting.board_posting,
        state: state(posting.state),
        facts: Facts {
            url: posting.url,
            title: posting.title,
            run_status: posting.run_status,
            approval_status: posting.approval_status,
            version: posting.version,
            review_round: posting.review_round,
            deadline: posting.deadline,
            created_at: posting.created_at,
            changed_at: posting.changed_at,
            linked: posting.linked,
            rejection: posting.rejection.map(rejection),
            advice: posting.advice.map(text),
            candidates: posting
                .candidates
                .into_iter()
                .map(|candidate| BoardCandidate {
                    id: candidate.id,
                    title: candidate.title,
                    url: candidate.url,
                    state: state(candidate.state),
                })
                .collect(),
            extra: values(posting.extra),
        },
    };
    (posting.job, report)
}

/// Longer than any name or address, in characters. A plugin passes on what its board says, however long, and pages and notices repeat it.
const MOST_OF_A_STATEMENT: usize = 500;

fn short(text: String) -> String {
    match text.char_indices().nth(MOST_OF_A_STATEMENT) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

fn statement(statement: events::Statement) -> Statement {
    Statement {
        value: short(statement.value),
        normalised: statement.normalised.map(short),
        signed: statement.signed,
        masked: statement.masked,
    }
}

fn application(application: events::Application) -> Application {
    Application {
        id: application.id,
        board_candidate: application.board_candidate,
        contact: Contact {
            full_name: application.full_name.map(statement),
            email: application.email.map(statement),
            phone: application.phone.map(statement),
            gender: application.gender.map(statement),
        },
        applied_at: application.applied_at,
        verified: application.verified,
        source: text(application.source),
        attachments: application
            .attachments
            .into_iter()
            .map(|attachment| Attachment {
                id: attachment.id,
                application_id: attachment.application_id,
                kind: attachment.kind,
                url: attachment.url,
                fallback_url: attachment.fallback_url,
                expires_at: attachment.expires_at,
                signed: attachment.signed,
            })
            .collect(),
        extra: values(application.extra),
    }
}

fn happening(happening: events::Happening) -> Happening {
    match happening {
        events::Happening::Application(said) => Happening::Application(Box::new(application(said))),
        events::Happening::PostingApproved => Happening::Approved,
        events::Happening::PostingRejected(said) => Happening::Rejected(rejection(said)),
        events::Happening::PostingChanged(change) => Happening::Changed(Change {
            state: state(change.state),
            run_status: change.run_status,
            approval_status: change.approval_status,
            rejection: change.rejection.map(rejection),
        }),
        events::Happening::Other(other) => Happening::Other(Other {
            kind: other.kind,
            json: other.json,
            note: other.note.map(text),
        }),
    }
}

/// An event.
pub fn event(event: events::Event) -> BoardEvent {
    BoardEvent {
        id: event.id,
        happening: happening(event.happening),
        board_posting: event.board_posting,
        posting: event.posting,
        review_round: event.review_round,
        board_time: event.board_time,
        received_at: event.received_at,
    }
}

/// A link, for the plugin to fetch.
pub fn attachment(attachment: &Attachment) -> events::Attachment {
    events::Attachment {
        id: attachment.id.clone(),
        application_id: attachment.application_id.clone(),
        kind: attachment.kind.clone(),
        url: attachment.url.clone(),
        fallback_url: attachment.fallback_url.clone(),
        expires_at: attachment.expires_at,
        signed: attachment.signed,
    }
}

/// What a plugin says that it erased.
pub fn receipt(connection: ConnectionId, receipt: privacy::Receipt) -> PluginReceipt {
    let erased = receipt.erased.into_iter();
    PluginReceipt {
        connection: connection.0,
        at: receipt.at,
        erased: erased.map(|one| (one.kind, one.count)).collect(),
        notes: receipt.notes.into_iter().map(text).collect(),
    }
}
