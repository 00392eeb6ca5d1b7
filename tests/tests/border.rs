//! Every kind of result as it comes over the component's border: the plugin lays results out in memory itself (docs/decisions/0009), so each is read
//! here up to its last field.
// A panic is the failure.
#![allow(clippy::unwrap_used, clippy::panic)]

use job_board_host::contract::connection::ConnectionState;
use job_board_host::contract::deliveries::Verdict;
use job_board_host::contract::events::{Attachment, Happening, PostingState};
use job_board_host::contract::types::{Disposition, Value};
use system_tests::{Rig, START_MS, named};

#[tokio::test]
async fn the_manifest() {
    let rig = Rig::start().await;
    let manifest = rig.connection.describe().await.unwrap();
    assert_eq!(manifest.id, "topcv");
    let secret = &manifest.settings[0];
    assert!(secret.secret && secret.required && secret.default_value.is_none());
    assert!(!secret.label.vi.is_empty() && !secret.help.en.is_empty());
    assert!(
        manifest
            .settings
            .iter()
            .any(|setting| !setting.choices.is_empty() || setting.kind == "json")
    );
    assert!(
        manifest
            .hosts
            .iter()
            .all(|host| !host.pattern.is_empty() && !host.reason.en.is_empty())
    );
    assert!(
        manifest
            .features
            .iter()
            .any(|feature| feature == "reconcile")
    );
}

#[tokio::test]
async fn a_status() {
    let rig = Rig::start().await;
    let status = rig.connection.status().await.unwrap().unwrap();
    assert_eq!(status.state, ConnectionState::Configured);
    assert!(status.webhook_url.unwrap().starts_with("http://127.0.0.1"));
    assert!(status.problem.is_none() && status.signed_in_at.is_some());
    assert!(status.affected.is_empty() && status.board_told.is_none());
    let token = status
        .settings
        .iter()
        .find(|setting| setting.name == "access-token");
    assert_eq!(token.unwrap().value, Value::Truth(true));
    let gone = rig.connection.disconnect().await.unwrap().unwrap();
    assert_eq!(gone.state, ConnectionState::NotConfigured);
    assert_eq!(gone.affected[0].posting, rig.posting.id);
    assert_eq!(gone.affected[0].job, rig.job.id);
    assert_eq!(gone.board_told, Some(true));
}

#[tokio::test]
async fn a_form_for_an_edit() {
    let rig = Rig::start().await;
    let form = rig
        .connection
        .prepare_job(&rig.job, Some(&rig.posting.id))
        .await
        .unwrap()
        .unwrap();
    let title = form
        .fields
        .iter()
        .find(|field| field.id == "title")
        .unwrap();
    assert_eq!(title.value, Some(Value::Text(rig.job.title.clone())));
    assert!(title.limits.max_length.is_some() && !title.group.vi.is_empty());
    assert!(form.fields.iter().any(|field| field.choices.len() > 1));
    assert!(form.version.is_some() && form.choices_as_of.is_some());
    assert!(form.notes.iter().all(|note| !note.vi.is_empty()));
}

#[tokio::test]
async fn postings_and_their_pages() {
    let rig = Rig::start().await;
    let id = &rig.posting.id;
    let posting = rig
        .connection
        .get_posting(id, false)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(posting.id, rig.posting.id);
    assert_eq!(posting.job, rig.job.id);
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(posting.board_posting, rig.posting.board_posting);
    assert_eq!((posting.created_at, posting.linked), (START_MS, false));
    assert!(posting.rejection.is_none() && posting.candidates.is_empty());

    let page = rig
        .connection
        .list_postings(None, None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(page.postings.len(), 1);
    assert_eq!(page.postings[0].version, posting.version);
    assert_eq!(page.next, None);

    let page = rig.connection.list_linkable(None).await.unwrap().unwrap();
    assert_eq!(Some(&page.postings[0].id), posting.board_posting.as_ref());
    assert_eq!(page.postings[0].linked_as.as_ref(), Some(id));

    let values = [named("title", Value::Text("Kỹ sư Rust bậc cao".into()))];
    let change = rig
        .connection
        .update_job(id, &posting.version, &values)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(change.changed, ["title"]);
    assert_eq!(change.posting.review_round, 2);
    assert!(change.review);

    let failure = rig
        .connection
        .get_posting("nobody", true)
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(failure.disposition, Disposition::NotFound);
    assert_eq!(failure.code, "posting-not-found");
    assert!(failure.problems.is_empty() && failure.retry_after_ms.is_none());
}

#[tokio::test]
async fn present_states_as_events() {
    let rig = Rig::start().await;
    let page = rig.connection.reconcile(None).await.unwrap().unwrap();
    let event = &page.events[0];
    assert_eq!(event.id.len(), 64);
    let Happening::PostingChanged(change) = &event.happening else {
        panic!("{:?}", event.happening);
    };
    assert_eq!(change.state, PostingState::PendingReview);
    assert!(change.approval_status.is_some() && change.rejection.is_none());
    assert_eq!(
        Some(&event.board_posting),
        rig.posting.board_posting.as_ref()
    );
    assert_eq!(event.posting.as_ref(), Some(&rig.posting.id));
    assert_eq!(event.job.as_ref(), Some(&rig.job.id));
    assert_eq!((event.review_round, event.received_at), (Some(1), START_MS));
    assert!(page.next.is_none() && !page.notes.is_empty());
}

#[tokio::test]
async fn outcomes_files_and_receipts() {
    let rig = Rig::start().await;
    let outcome = rig.deliver(b"[]".to_vec()).await;
    let Verdict::Refused(failure) = &outcome.verdict else {
        panic!("{:?}", outcome.verdict);
    };
    assert!(!failure.message.vi.is_empty());
    assert_eq!(outcome.response.status, 400);
    assert!(outcome.response.body.starts_with(b"{"));
    assert!(outcome.events.is_empty());

    let attachment = Attachment {
        id: "a".into(),
        application_id: "b".into(),
        kind: "cv".into(),
        url: "https://elsewhere.example/cv".into(),
        fallback_url: Some("https://elsewhere.example/page".into()),
        expires_at: Some(START_MS),
        signed: true,
    };
    let refused = rig.connection.fetch_cv(&attachment).await.unwrap();
    assert_eq!(refused.unwrap_err().code, "url-refused");

    let ids = ["application".to_owned(), "candidate".to_owned()];
    let forgotten = rig.connection.forget(&ids).await.unwrap().unwrap();
    let purged = rig.connection.purge(START_MS).await.unwrap().unwrap();
    for receipt in [forgotten, purged] {
        assert_eq!(receipt.at, START_MS);
        assert!(receipt.erased.iter().all(|erasure| erasure.count == 0));
        assert!(!receipt.notes[0].en.is_empty());
    }
}
