//! An applicant, as a delivery describes one: signed or not, whole or masked, never dropped for a field that cannot be read.

use super::identity;
use super::raw::{Fields, Literal};
use crate::contract::events::{Application, Attachment, Event, Happening, Statement};
use crate::contract::types::{Moment, NamedValue, Value};
use crate::failure::{named, text};
use crate::state::posting::PostingRecord;
use crate::topcv::protocol::Protocol;
use crate::vietnam::{email, person_name, phone, time};

/// Bounds on what is passed on without being understood.
const MOST_EXTRA_FIELDS: usize = 32;
const MOST_EXTRA_NAME: usize = 64;
const MOST_EXTRA_VALUE: usize = 4_000;

/// Longer links are no links that anybody can fetch.
const MOST_URL: usize = 4_096;

const HOUR_MS: u64 = 60 * 60 * 1000;

/// A delivery that was found to describe an applicant.
pub(super) struct Incoming<'a> {
    /// Its members.
    pub(super) fields: &'a Fields,
    /// Its bytes.
    pub(super) body: &'a [u8],
    /// The posting, as the board names it.
    pub(super) board_posting: &'a str,
    /// The same posting here, when it is known.
    pub(super) posting: Option<&'a PostingRecord>,
    /// When the host had it.
    pub(super) received_at: Moment,
    /// Whether the signature was right. Without it nothing in the application counts as signed.
    pub(super) verified: bool,
}

/// The event that the delivery is.
pub(super) fn read(protocol: &Protocol, incoming: &Incoming<'_>) -> Event {
    let fields = incoming.fields;
    let id = identity::application(incoming.board_posting, fields, incoming.body);
    let zone = i32::try_from(protocol.number("time.zone_minutes")).unwrap_or(time::ZONE_MINUTES);
    let applied_at = fields
        .get("apply_at")
        .said()
        .and_then(|said| time::parse(said, zone));
    let attachments: Vec<_> = cv(protocol, incoming, &id).into_iter().collect();
    let application = Application {
        board_candidate: identity::candidate_id(fields).map(str::to_owned),
        full_name: contact(
            fields.get("candidate_name"),
            false,
            person_name::compare_key,
            person_name::is_masked,
        ),
        email: contact(
            fields.get("candidate_email"),
            false,
            email::normalise,
            email::is_masked,
        ),
        phone: contact(
            fields.get("candidate_phone"),
            incoming.verified,
            phone::normalise,
            phone::is_masked,
        ),
        gender: gender(fields),
        applied_at,
        verified: incoming.verified,
        source: text("TopCV (CV ứng tuyển)", "TopCV (application)"),
        extra: rest(fields, applied_at.is_some(), !attachments.is_empty()),
        attachments,
        id,
    };
    Event {
        id: identity::application_event(&application.id, fields),
        happening: Happening::Application(application),
        board_posting: incoming.board_posting.to_owned(),
        posting: incoming.posting.map(|posting| posting.id.clone()),
        job: incoming
            .posting
            .filter(|posting| !posting.unlinked)
            .map(|posting| posting.job.clone()),
        review_round: None,
        board_time: applied_at,
        received_at: incoming.received_at,
        extra: Vec::new(),
    }
}

/// A contact field. One that is there and empty is hidden by the board; one that is not there is simply not said.
fn contact(
    literal: &Literal,
    signed: bool,
    normalise: fn(&str) -> Option<String>,
    is_masked: fn(&str) -> bool,
) -> Option<Statement> {
    let raw = match literal {
        Literal::Absent | Literal::Other(_) => return None,
        Literal::Null => "",
        Literal::Text(raw) | Literal::Number(raw) => raw,
    };
    let value = person_name::display(raw);
    Some(Statement {
        normalised: normalise(&value),
        masked: is_masked(&value),
        value,
        signed,
    })
}

/// TopCV is reported to spell the key `genger`.
fn gender(fields: &Fields) -> Option<Statement> {
    let raw = ["gender", "genger"]
        .iter()
        .find_map(|name| fields.get(name).said())?;
    let value = person_name::display(raw);
    let normalised = match person_name::compare_key(&value)?.as_str() {
        "nam" | "male" => Some("male"),
        "nữ" | "nu" | "female" => Some("female"),
        _ => None,
    };
    Some(Statement {
        normalised: normalised.map(str::to_owned),
        masked: false,
        value,
        signed: false,
    })
}

/// The CV: the link to the file, and the page for people as the last resort (or alone, when there is no other).
fn cv(protocol: &Protocol, incoming: &Incoming<'_>, application: &str) -> Option<Attachment> {
    let download = link(incoming.fields.get("download_url"));
    let page = link(incoming.fields.get("cv_url"));
    let url = download.or(page)?;
    let lifetime = protocol.number("cv.lifetime_hours").saturating_mul(HOUR_MS);
    Some(Attachment {
        id: identity::attachment(application, url),
        application_id: application.to_owned(),
        kind: "cv".into(),
        url: url.to_owned(),
        fallback_url: page.filter(|page| *page != url).map(str::to_owned),
        expires_at: Some(incoming.received_at.saturating_add(lifetime)),
        signed: false,
    })
}

/// A web address. Anything else (`javascript:`, a path) is not passed on as a link: a platform may show it as one.
fn link(literal: &Literal) -> Option<&str> {
    literal.said().filter(|said| {
        let lower = said.get(..8).unwrap_or(said).to_ascii_lowercase();
        (lower.starts_with("https://") || lower.starts_with("http://"))
            && said.len() <= MOST_URL
            && !said.contains(|c: char| c.is_control() || c.is_whitespace())
    })
}

/// Whether a member found its place in the application itself.
fn is_placed(name: &str, literal: &Literal, time_is_read: bool, has_cv: bool) -> bool {
    match name {
        "event_type" | "signature" | "job_id" => true,
        "candidate_id" | "candidate_name" | "candidate_email" | "candidate_phone" | "gender"
        | "genger" => !matches!(literal, Literal::Other(_)),
        "apply_at" => time_is_read,
        // A link may carry a permission: one that was refused as a link is not passed on as text either.
        "download_url" | "cv_url" => has_cv || !matches!(literal, Literal::Other(_)),
        _ => false,
    }
}

fn rest(fields: &Fields, time_is_read: bool, has_cv: bool) -> Vec<NamedValue> {
    extra(fields, |name, literal| {
        is_placed(name, literal, time_is_read, has_cv)
    })
}

/// The members that were not understood, under the board's own names, within bounds.
pub(super) fn extra(
    fields: &Fields,
    is_placed: impl Fn(&str, &Literal) -> bool,
) -> Vec<NamedValue> {
    fields
        .iter()
        .filter(|(name, literal)| {
            !name.is_empty() && name.len() <= MOST_EXTRA_NAME && !is_placed(name, literal)
        })
        .filter_map(|(name, literal)| match literal {
            Literal::Absent | Literal::Null => None,
            Literal::Text(said) | Literal::Number(said) => Some(named(name, cut(said))),
            Literal::Other(json) => (json.len() <= MOST_EXTRA_VALUE).then(|| NamedValue {
                name: name.to_owned(),
                value: Value::Json(json.clone()),
            }),
        })
        .take(MOST_EXTRA_FIELDS)
        .collect()
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_EXTRA_VALUE).collect()
}
