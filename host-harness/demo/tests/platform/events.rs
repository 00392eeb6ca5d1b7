//! What events do: upsert, matching, notifications, files.

use std::time::Duration;

use crate::support::*;
use crate::world::*;
use job_board_demo::application::Platform;
use job_board_host::contract::events::{Happening, PostingState};
use job_board_host::contract::types::Disposition;

async fn unmatched(platform: &Platform, world: &World) -> usize {
    platform
        .unmatched(&world.owner, None, PAGE)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn events_that_overtake_the_answer_wait_and_are_attached_with_the_posting() {
    let world = World::new().await;
    let early = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![early]).await;
    let approved = event("e2", "77", Happening::PostingApproved);
    world.happen("approved", vec![approved]).await;
    let elsewhere = event("e3", "78", Happening::PostingApproved);
    world.happen("elsewhere", vec![elsewhere]).await;
    assert_eq!(unmatched(&world.platform, &world).await, 3);
    assert!(world.notices().await.is_empty());

    world.publish("r1", "77").await;
    assert_eq!(world.notices().await, ["application", "posting-approved"]);
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(world.state_of("r1").await, "live");
    assert_eq!(unmatched(&world.platform, &world).await, 1);

    // They are not new when they come again.
    world.deliver("apply").await;
    world.deliver("approved").await;
    assert_eq!(world.notices().await.len(), 2);
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test]
async fn an_event_that_names_the_request_tells_the_boards_id() {
    let world = World::new().await;
    let waiting = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![waiting]).await;
    let submitting = posting("r1", world.job, None, PostingState::Submitting);
    world
        .board
        .with(|script| script.postings.push_back(Ok(submitting)));
    let order = world.order("r1");
    world
        .platform
        .publish(&world.owner, world.job, order)
        .await
        .ok()
        .unwrap();
    assert_eq!(world.candidates().await.len(), 0);

    let mut approved = event("e2", "77", Happening::PostingApproved);
    approved.posting = Some("r1".into());
    world.happen("approved", vec![approved]).await;
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(world.notices().await, ["application", "posting-approved"]);
}

#[tokio::test]
async fn linking_attaches_what_waited() {
    let world = World::new().await;
    let waiting = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![waiting]).await;
    let linked = posting("r9", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.postings.push_back(Ok(linked)));
    world
        .platform
        .link(
            &world.owner,
            world.job,
            world.connection,
            "77".into(),
            Some("r9".into()),
        )
        .await
        .ok()
        .unwrap();
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(unmatched(&world.platform, &world).await, 0);
}

#[tokio::test]
async fn after_unlinking_events_wait_again() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let unlinked = posting("r1", world.job, Some("77"), PostingState::Unlinked);
    world
        .board
        .with(|script| script.postings.push_back(Ok(unlinked)));
    world
        .platform
        .unlink(&world.owner, "r1")
        .await
        .ok()
        .unwrap();
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![event]).await;
    assert_eq!(world.candidates().await.len(), 0);
    assert_eq!(unmatched(&world.platform, &world).await, 1);
}

#[tokio::test]
async fn a_fresh_link_in_a_seen_event_is_added() {
    let world = World::new().await;
    let first = applied("e1", "77", application("a1", "Nguyễn An"));
    let with_link = |id: &str| {
        let mut again = first.clone();
        if let Happening::Application(application) = &mut again.happening {
            application.attachments = vec![link("a1", id)];
        }
        again
    };
    world.happen("1", vec![first.clone()]).await;
    world.happen("2", vec![with_link("second")]).await;
    world.publish("r1", "77").await;
    let cvs = |world: &World| {
        let platform = world.platform.clone();
        let owner = world.owner.clone();
        let job = world.job;
        async move {
            let stages = platform.pipeline(&owner, job).await.unwrap();
            stages[0].1[0].cvs.len()
        }
    };
    assert_eq!(
        cvs(&world).await,
        2,
        "the one that waited and its fresh link"
    );
    world.happen("3", vec![with_link("third")]).await;
    world.happen("3", vec![with_link("third")]).await;
    assert_eq!(cvs(&world).await, 3);
    assert_eq!(world.notices().await, ["application"]);
}

#[tokio::test]
async fn the_same_candidate_again_is_one_candidate_with_two_files() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let first = application("a1", "Nguyễn An");
    let mut second = first.clone();
    second.applied_at = Some(START + 86_400_000);
    second.attachments = vec![link("a1", "second")];
    world.happen("1", vec![applied("e1", "77", first)]).await;
    world.happen("2", vec![applied("e2", "77", second)]).await;
    world.board.with(|script| {
        script.files.push_back(Ok(file(b"%PDF first")));
        script.files.push_back(Ok(file(b"%PDF second")));
    });
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        2
    );
    let candidates = world.candidates().await;
    assert_eq!(candidates.len(), 1);
    let (application, cvs) = &candidates[0].applications[0];
    assert_eq!(application.times, 2);
    assert_eq!(application.applied_at, Some(START));
    assert_eq!(application.last_applied_at, Some(START + 86_400_000));
    assert_eq!(cvs.len(), 2);
    assert_eq!(world.notices().await, ["application", "application-again"]);
    let (cv, content) = world
        .platform
        .cv(&world.owner, candidates[0].candidate.id, cvs[1].id)
        .await
        .unwrap();
    assert_eq!(content.as_slice(), b"%PDF second");
    assert_eq!(cv.name.as_deref(), Some("CV Nguyễn An.pdf"));
}

#[tokio::test]
async fn the_same_bytes_are_one_file() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let mut twice = application("a1", "Nguyễn An");
    twice.attachments.push(link("a1", "another-link"));
    world.happen("1", vec![applied("e1", "77", twice)]).await;
    world.board.with(|script| {
        script.files.push_back(Ok(file(b"%PDF same")));
        script.files.push_back(Ok(file(b"%PDF same")));
    });
    world.platform.fetch_cvs(None, false).await.unwrap();
    assert_eq!(world.candidates().await[0].applications[0].1.len(), 1);
}

#[tokio::test]
async fn a_masked_contact_is_completed_and_stays_open() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let mut hidden = application("a1", "");
    hidden.full_name = masked("Ng*** A*");
    hidden.phone = masked("");
    let mut open = hidden.clone();
    open.full_name = said("Nguyễn An");
    open.phone = phone("0912345678");
    world
        .happen("1", vec![applied("e1", "77", hidden.clone())])
        .await;
    world.happen("2", vec![applied("e2", "77", open)]).await;
    world.happen("3", vec![applied("e3", "77", hidden)]).await;
    let candidates = world.candidates().await;
    assert_eq!(candidates.len(), 1);
    let contact = &candidates[0].candidate.contact;
    assert_eq!(contact.full_name.as_ref().unwrap().value, "Nguyễn An");
    assert_eq!(contact.phone.as_ref().unwrap().value, "0912345678");
    assert!(candidates[0].candidate.differing.is_empty());
    assert_eq!(world.notices().await, ["application", "contact-opened"]);
}

#[tokio::test]
async fn what_differs_stands_beside_the_first_once() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let replayed = application("a1", "Kẻ Mạo Danh");
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    world
        .happen("2", vec![applied("e2", "77", replayed.clone())])
        .await;
    world.happen("3", vec![applied("e3", "77", replayed)]).await;
    let candidates = world.candidates().await;
    let candidate = &candidates[0].candidate;
    assert_eq!(
        candidate.contact.full_name.as_ref().unwrap().value,
        "Nguyễn An"
    );
    assert_eq!(candidate.differing.len(), 1);
    assert_eq!(candidate.differing[0].statement.value, "Kẻ Mạo Danh");
}

#[tokio::test]
async fn people_who_look_alike_are_hinted_at_and_not_merged() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    for (id, number) in [
        ("a1", "0912345678"),
        ("a2", "0912345678"),
        ("a3", "0987654321"),
    ] {
        let mut person = application(id, "Nguyễn An");
        person.phone = phone(number);
        world.happen(id, vec![applied(id, "77", person)]).await;
    }
    let candidates = world.candidates().await;
    assert_eq!(candidates.len(), 3);
    let alike: Vec<_> = candidates
        .iter()
        .map(|profile| {
            profile
                .alike
                .iter()
                .map(|other| other.id)
                .collect::<Vec<_>>()
        })
        .collect();
    let [first, second] = [candidates[0].candidate.id, candidates[1].candidate.id];
    assert_eq!(alike, [vec![second], vec![first], vec![]]);
    let sources = world
        .platform
        .sources(&world.owner, world.job)
        .await
        .unwrap();
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].applications, 3);
}

#[tokio::test]
async fn each_verdict_is_told_and_logged() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    for (round, id, happening) in [
        (1, "e1", rejection("Số điện thoại trong mô tả")),
        (2, "e2", rejection("Lương không rõ")),
        (3, "e3", Happening::PostingApproved),
    ] {
        let mut verdict = event(id, "77", happening);
        verdict.review_round = Some(round);
        world.happen(id, vec![verdict]).await;
    }
    let notices = world
        .platform
        .notices(&world.owner, false, PAGE)
        .await
        .unwrap();
    let texts: Vec<_> = notices
        .iter()
        .rev()
        .map(|notice| notice.text.vi.as_str())
        .collect();
    assert_eq!(texts.len(), 3);
    assert!(
        texts[0].contains("bị Sàn Việc từ chối") && texts[0].contains("Số điện thoại trong mô tả")
    );
    assert!(texts[1].contains("Lương không rõ"));
    assert_eq!(texts[2], "Tin “Kế toán” đã được Sàn Việc duyệt và đăng.");
    assert!(
        world
            .platform
            .notices(&world.admin, false, PAGE)
            .await
            .unwrap()
            .is_empty()
    );

    let log = world
        .platform
        .posted_jobs(&world.owner, Some(world.job), PAGE)
        .await
        .unwrap();
    let what: Vec<_> = log
        .iter()
        .rev()
        .map(|(_, line)| line.what.as_str())
        .collect();
    assert_eq!(what, ["publish", "rejected", "rejected", "approved"]);
    assert_eq!(log[0].1.url.as_deref(), Some("https://board.example/77"));
}

#[tokio::test]
async fn a_file_that_fails_is_tried_again_with_patience_until_another_try_cannot_help() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    let challenge = || Err(failure(Disposition::RetryLater, "board-challenge"));
    world.board.with(|script| {
        script.files.extend([challenge(), challenge()]);
        script.files.push_back(Ok(file(b"%PDF at last")));
    });
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().failed,
        1
    );
    let cv = world.candidates().await[0].applications[0].1[0].clone();
    assert_eq!(
        (cv.state.as_str(), cv.code.as_deref()),
        ("failed", Some("board-challenge"))
    );
    assert_eq!(cv.next_try_at, Some(START + 60_000));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().tried,
        0
    );
    assert_eq!(
        world.platform.fetch_cvs(None, true).await.unwrap().failed,
        1
    );
    world.clock.advance(Duration::from_secs(121));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );

    world
        .happen(
            "2",
            vec![applied("e2", "77", application("a2", "Trần Bình"))],
        )
        .await;
    let expired = Err(failure(Disposition::NotFound, "file-expired"));
    world.board.with(|script| script.files.push_back(expired));
    world.platform.fetch_cvs(None, false).await.unwrap();
    let cv = world.candidates().await[1].applications[0].1[0].clone();
    assert_eq!((cv.state.as_str(), cv.next_try_at), ("failed", None));
    assert_eq!(world.platform.fetch_cvs(None, true).await.unwrap().tried, 0);
}

#[tokio::test]
async fn no_two_fetchers_use_one_link_and_after_a_restart_it_is_taken_up() {
    let mut world = World::new().await;
    world.publish("r1", "77").await;
    world
        .happen(
            "1",
            vec![applied("e1", "77", application("a1", "Nguyễn An"))],
        )
        .await;
    world.board.with(|script| script.hang = Some("fetch-cv"));
    {
        let entered = std::sync::Arc::clone(&world.board.entered);
        tokio::select! {
            _ = world.platform.fetch_cvs(None, false) => panic!("the plugin hangs"),
            () = entered.notified() => {}
        }
    }
    let second = world.platform.fetch_cvs(None, true);
    let second = tokio::time::timeout(Duration::from_secs(60), second).await;
    assert_eq!(second.unwrap().unwrap().tried, 0, "it is claimed");
    world.board.with(|script| {
        script.hang = None;
        script.files.push_back(Ok(file(b"%PDF")));
    });
    world.restart().await;
    // Another process may be at it: a start takes no claim away.
    assert_eq!(world.platform.fetch_cvs(None, true).await.unwrap().tried, 0);
    world.clock.advance(Duration::from_secs(5 * 60));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );
}

/// A first report without what a second one has.
fn thin(id: &str) -> job_board_host::contract::events::Application {
    let mut thin = application(id, "Nguyễn An");
    thin.board_candidate = None;
    thin.applied_at = None;
    thin.verified = false;
    thin
}

#[tokio::test]
async fn a_second_report_completes_a_thin_first_one() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let named = |name: &str, value: &str| job_board_host::contract::types::NamedValue {
        name: name.into(),
        value: job_board_host::contract::types::Value::Text(value.into()),
    };
    let mut first = thin("a1");
    first.extra = vec![named("campaign", "5")];
    let mut second = application("a1", "Nguyễn An");
    second.extra = vec![named("campaign", "6"), named("job_title", "Kế toán")];
    world.happen("1", vec![applied("e1", "77", first)]).await;
    world.happen("2", vec![applied("e2", "77", second)]).await;
    let candidates = world.candidates().await;
    let (known, _) = &candidates[0].applications[0];
    assert_eq!(known.board_candidate.as_deref(), Some("a1"));
    assert_eq!(
        (known.applied_at, known.last_applied_at),
        (Some(START), Some(START))
    );
    assert!(known.verified);
    let text = |name: &str| known.extra.get(name).cloned();
    use job_board_demo::FieldValue::Text;
    assert_eq!(
        text("campaign"),
        Some(Text("5".into())),
        "what stood there stays"
    );
    assert_eq!(text("job_title"), Some(Text("Kế toán".into())));
    assert_eq!(known.times, 1);
    assert_eq!(
        world.notices().await,
        ["application"],
        "no second application"
    );

    // A thin report takes nothing away.
    world
        .happen("3", vec![applied("e3", "77", thin("a1"))])
        .await;
    let (known, _) = &world.candidates().await[0].applications[0];
    assert!(known.verified && known.board_candidate.is_some());
    assert_eq!((known.applied_at, known.times), (Some(START), 1));
}

#[tokio::test]
async fn applications_that_come_in_out_of_order_have_the_right_first_and_last_time() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    for (id, time) in [("e2", 2_000), ("e1", 1_000), ("e3", 3_000), ("e4", 2_000)] {
        let mut report = application("a1", "Nguyễn An");
        report.applied_at = Some(START + time);
        report.attachments.clear();
        world.happen(id, vec![applied(id, "77", report)]).await;
    }
    let (known, _) = &world.candidates().await[0].applications[0];
    assert_eq!(known.applied_at, Some(START + 1_000));
    assert_eq!(known.last_applied_at, Some(START + 3_000));
}
