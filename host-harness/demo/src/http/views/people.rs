//! Candidates, their files, notifications.

use serde_json::{Value, json};

use super::stage_label;
use crate::application::jobs::Card;
use crate::application::people::Profile;
use crate::store::candidates::{Candidate, StoredApplication};
use crate::store::cvs::Cv;
use crate::store::notices::StoredNotice;

fn person(candidate: &Candidate) -> Value {
    json!({
        "id": candidate.id,
        "contact": candidate.contact,
        "differing": candidate.differing,
        "created_at": candidate.created_at,
    })
}

fn application(application: &StoredApplication, cvs: &[Cv]) -> Value {
    json!({
        "id": application.id,
        "job": application.job,
        "connection": application.connection,
        "posting": application.posting,
        "stage": stage_label(application.stage),
        "applied_at": application.applied_at,
        "last_applied_at": application.last_applied_at,
        "received_at": application.received_at,
        "times": application.times,
        "verified": application.verified,
        "source": application.source,
        "basis": {
            "code": application.basis,
            "text": application.basis.label(),
            "at": application.basis_at,
        },
        "extra": application.extra,
        "cvs": cvs.iter().map(cv).collect::<Vec<_>>(),
    })
}

fn cv(cv: &Cv) -> Value {
    json!({
        "id": cv.id,
        "kind": cv.kind,
        "received_at": cv.received_at,
        "state": cv.state,
        "attempts": cv.attempts,
        "retry": cv.next_try_at.is_some(),
        "next_try_at": cv.next_try_at,
        "code": cv.code,
        "message": cv.message,
        "name": cv.name,
        "media_type": cv.media_type,
        "sha256": cv.sha256,
        "bytes": cv.bytes,
        "stored_at": cv.stored_at,
    })
}

/// One application in a pipeline.
pub fn card(card: &Card) -> Value {
    json!({
        "candidate": person(&card.candidate),
        "application": application(&card.application, &card.cvs),
    })
}

/// A candidate with everything that is known.
pub fn candidate(profile: &Profile) -> Value {
    let mut view = person(&profile.candidate);
    view["applications"] = profile
        .applications
        .iter()
        .map(|(known, cvs)| application(known, cvs))
        .collect();
    view["alike"] = profile.alike.iter().map(person).collect();
    view
}

/// A notification.
pub fn notice(notice: &StoredNotice) -> Value {
    json!({
        "id": notice.id,
        "at": notice.at,
        "kind": notice.kind,
        "text": notice.text,
        "job": notice.about.job,
        "candidate": notice.about.candidate,
        "posting": notice.about.posting,
        "read_at": notice.read_at,
    })
}
