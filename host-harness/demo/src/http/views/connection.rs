//! Connections.

use job_board_host::contract::connection::{
    ConnectionState, ConnectionStatus, Manifest, PostingMention,
};
use job_board_host::contract::forms::{Audience, Setting};
use job_board_host::contract::types::Failure;
use serde_json::{Value, json};

use super::form::{choices, limits};
use super::{app_problem, disposition, problem};
use crate::application::connections::ConnectionView;
use crate::board::PluginError;
use crate::board::convert;
use crate::domain::text::Text;
use crate::domain::user::User;
use crate::store::errands::ErrandLine;

/// A connection with its settings form. Operator settings are shown to operators alone.
pub fn connection(manifest: &Manifest, user: &User, view: ConnectionView) -> Value {
    let shown = manifest
        .settings
        .iter()
        .filter(|setting| setting.audience == Audience::Recruiter || user.role.operates());
    json!({
        "id": view.connection.id,
        "name": view.connection.name,
        "created_at": view.connection.created_at,
        "broken_since": view.connection.broken_since,
        "broken": view.connection.broken.map(|broken| json!({ "code": broken.code, "message": broken.message })),
        "silent_since": view.counters.silent_since,
        "reconciled": view.reconciled.map(reconciled),
        "board": {
            "plugin": manifest.id,
            "version": manifest.version,
            "name": manifest.board_name,
            "site": manifest.board_site,
            "features": manifest.features,
        },
        "webhook_url": view.webhook_url,
        "status": status_or_trouble(view.status),
        "schema": shown.cloned().map(setting).collect::<Vec<_>>(),
        "counters": {
            "last_delivery_at": view.counters.last_delivery_at,
            "quarantined": view.counters.quarantined,
            "unmatched": view.counters.unmatched,
            "not_kept": view.counters.not_kept,
        },
    })
}

/// How reconciling stands: what the last run had to say, and why the last try failed, if it did.
fn reconciled(line: ErrandLine) -> Value {
    json!({
        "at": line.done_at,
        "next_at": line.due_at,
        "notes": line.notes,
        "problem": line.trouble.map(|trouble| json!({ "code": trouble.code, "message": trouble.message })),
    })
}

fn status_or_trouble(status: Result<ConnectionStatus, PluginError>) -> Value {
    match status {
        Ok(status) => connection_status(status),
        Err(PluginError::Failure(failure)) => json!({
            "state": "unavailable",
            "label": Text::new("Không đọc được trạng thái", "Status unavailable"),
            "problem": self::failure(*failure),
        }),
        Err(PluginError::Stopped(_)) => json!({
            "state": "unavailable",
            "label": Text::new("Không đọc được trạng thái", "Status unavailable"),
            "problem": { "code": "plugin-stopped" },
        }),
    }
}

/// What a plugin says about its connection.
pub fn connection_status(status: ConnectionStatus) -> Value {
    let (state, label) = state(status.state);
    json!({
        "state": state,
        "label": label,
        "webhook_url": status.webhook_url,
        "settings": convert::values(status.settings),
        "problem": status.problem.map(failure),
        "signed_in_at": status.signed_in_at,
        "signature_key": status.signature_key,
        "affected": status.affected.into_iter().map(mention).collect::<Vec<_>>(),
        "board_told": status.board_told,
        "extra": convert::values(status.extra),
    })
}

fn state(state: ConnectionState) -> (&'static str, Text) {
    match state {
        ConnectionState::NotConfigured => (
            "not-configured",
            Text::new("Chưa cấu hình", "Not configured"),
        ),
        ConnectionState::Configured => ("configured", Text::new("Đã cấu hình", "Configured")),
        ConnectionState::Broken => (
            "broken",
            Text::new("Đã cấu hình, nhưng bị từ chối", "Configured, but refused"),
        ),
    }
}

fn mention(mention: PostingMention) -> Value {
    let state = convert::state(mention.state);
    json!({
        "posting": mention.posting,
        "board_posting": mention.board_posting,
        "job": mention.job,
        "title": mention.title,
        "state": state,
        "state_label": state.label(),
    })
}

fn failure(failure: Failure) -> Value {
    let problems = failure.problems.into_iter().map(app_problem);
    json!({
        "code": failure.code,
        "disposition": disposition(failure.disposition),
        "message": convert::text(failure.message),
        "problems": problems.map(|found| problem(&found)).collect::<Vec<_>>(),
        "board_status": failure.board_status,
        "extra": convert::values(failure.extra),
    })
}

fn setting(setting: Setting) -> Value {
    json!({
        "id": setting.id,
        "label": convert::text(setting.label),
        "help": convert::text(setting.help),
        "kind": setting.kind,
        "audience": match setting.audience {
            Audience::Recruiter => "recruiter",
            Audience::Operator => "operator",
        },
        "secret": setting.secret,
        "required": setting.required,
        "default": setting.default_value.map(convert::value),
        "choices": choices(setting.choices),
        "limits": limits(setting.limits),
    })
}
