//! Publishing, connections, and who may see what.

use crate::support::*;
use crate::world::*;
use job_board_demo::application::AppError;
use job_board_demo::board::PluginError;
use job_board_demo::domain::value::{FieldValue, Values};
use job_board_host::contract::connection::ConnectionState;
use job_board_host::contract::events::{Happening, PostingState};
use job_board_host::contract::types::{Disposition, Value};

async fn results(world: &World) -> Vec<(String, String)> {
    let log = world
        .platform
        .posted_jobs(&world.owner, None, PAGE)
        .await
        .unwrap();
    let lines = log.into_iter().rev();
    lines.map(|(_, line)| (line.what, line.result)).collect()
}

#[tokio::test]
async fn the_request_id_is_stored_before_the_board_is_asked() {
    let mut world = World::new().await;
    world.board.with(|script| script.hang = Some("publish-job"));
    {
        let entered = std::sync::Arc::clone(&world.board.entered);
        let order = world.order("r1");
        tokio::select! {
            _ = world.platform.publish(&world.owner, world.job, order) => panic!("the plugin hangs"),
            () = entered.notified() => {}
        }
    }
    let known = world
        .platform
        .posting(&world.owner, "r1", false)
        .await
        .ok()
        .unwrap();
    assert_eq!(known.state.code(), "submitting");

    // Killed here; the plugin had created the posting.
    world.board.with(|script| {
        script.hang = None;
        let created = posting("r1", world.job, Some("77"), PostingState::PendingReview);
        script.known.insert("r1".into(), created);
    });
    world.restart().await;
    let known = world
        .platform
        .posting(&world.owner, "r1", false)
        .await
        .ok()
        .unwrap();
    assert_eq!(known.board_posting.as_deref(), Some("77"));
}

#[tokio::test]
async fn an_intent_that_never_reached_the_plugin_is_taken_back_at_the_next_start() {
    let mut world = World::new().await;
    world.board.with(|script| {
        script
            .postings
            .push_back(Err(PluginError::Stopped("killed".into())));
    });
    let order = world.order("r1");
    let stopped = world.platform.publish(&world.owner, world.job, order).await;
    assert!(matches!(stopped, Err(AppError::Stopped { request_id: Some(id), .. }) if id == "r1"));
    world.restart().await;
    // Another process on the same database could be about to send it.
    let kept = world.platform.posting(&world.owner, "r1", false).await;
    assert!(kept.is_ok());
    world.clock.advance(std::time::Duration::from_secs(600));
    world.restart().await;
    let gone = world.platform.posting(&world.owner, "r1", false).await;
    assert!(matches!(gone, Err(AppError::NoSuch("posting"))));
    let publish = |result: &str| ("publish".to_owned(), result.to_owned());
    assert_eq!(
        results(&world).await,
        [publish("plugin-stopped"), publish("not-sent")]
    );
}

#[tokio::test]
async fn what_was_cut_off_is_asked_for_again_word_for_word() {
    let mut world = World::new().await;
    let killed = || Err(PluginError::Stopped("killed".into()));
    world.board.with(|script| {
        script.postings.push_back(killed());
        script.postings.push_back(killed());
    });
    let mut order = world.order("r1");
    let title = FieldValue::Text("Kế toán\n(Hà Nội)".into());
    order.values = Values::from([("title".to_owned(), title)]);
    order.allow_second = true;
    let stopped = world.platform.publish(&world.owner, world.job, order).await;
    assert!(stopped.is_err());
    let url = "https://board.example/99".to_owned();
    let request = Some("r2".to_owned());
    let stopped = world
        .platform
        .link(&world.owner, world.job, world.connection, url, request)
        .await;
    assert!(stopped.is_err());

    world.restart().await;
    for (id, board) in [("r1", "77"), ("r2", "99")] {
        let created = posting(id, world.job, Some(board), PostingState::PendingReview);
        world
            .board
            .with(|script| script.postings.push_back(Ok(created)));
        let done = world.platform.repeat_order(&world.owner, id).await;
        assert_eq!(
            done.ok().flatten().unwrap().board_posting.as_deref(),
            Some(board)
        );
    }
    let orders = world.board.with(|script| script.orders.clone());
    assert_eq!(orders.len(), 4);
    assert!(
        orders[0].starts_with("publish r1") && orders[1].starts_with("link r2"),
        "{orders:?}"
    );
    assert_eq!(orders[..2], orders[2..]);

    // With an outcome nothing is asked any more, and the order is gone.
    let known = world.platform.repeat_order(&world.owner, "r1").await;
    assert!(known.ok().flatten().is_some());
    assert_eq!(world.board.with(|script| script.orders.len()), 4);
    let posting = world.platform.posting(&world.owner, "r1", false).await;
    let posting = posting.ok().unwrap();
    let kept = world.platform.ordered(&world.owner, &posting).await;
    assert_eq!(kept.ok().unwrap(), None);
}

#[tokio::test]
async fn a_failed_publish_frees_its_request_id_only_when_the_plugin_knows_nothing_under_it() {
    let world = World::new().await;
    let created = |id: &str, state| posting(id, world.job, None, state);
    for (disposition, code, record) in [
        (Disposition::FixInput, "invalid", None),
        (Disposition::NotEntitled, "no-credit", None),
        (Disposition::FixSettings, "not-configured", None),
        (Disposition::RetryLater, "a-code-of-tomorrow", None),
        (
            Disposition::InProgress,
            "publishing",
            Some(PostingState::Submitting),
        ),
        (
            Disposition::OutcomeUnknown,
            "lost",
            Some(PostingState::Unknown),
        ),
        // Whatever the failure calls itself: there is a record.
        (
            Disposition::FixInput,
            "sounds-definite",
            Some(PostingState::Unknown),
        ),
    ] {
        let id = format!("r-{code}");
        world.board.with(|script| {
            script.postings.push_back(Err(failure(disposition, code)));
            if let Some(state) = record {
                script.known.insert(id.clone(), created(&id, state));
            }
        });
        let order = world.order(&id);
        let answer = world.platform.publish(&world.owner, world.job, order).await;
        assert!(matches!(answer, Err(AppError::Board { .. })));
        let known = world.platform.posting(&world.owner, &id, false).await;
        assert_eq!(known.is_ok(), record.is_some(), "{code}");
    }
}

#[tokio::test]
async fn a_failed_publish_whose_posting_an_event_has_named_already_is_kept() {
    let world = World::new().await;
    world.board.with(|script| {
        script
            .postings
            .push_back(Err(PluginError::Stopped("time-out".into())));
    });
    let order = world.order("r1");
    let stopped = world.platform.publish(&world.owner, world.job, order).await;
    assert!(stopped.is_err());
    let mut approved = event("e1", "77", Happening::PostingApproved);
    approved.posting = Some("r1".into());
    world.happen("approved", vec![approved]).await;
    let refused = Err(failure(Disposition::FixInput, "invalid"));
    world
        .board
        .with(|script| script.postings.push_back(refused));
    let order = world.order("r1");
    let refused = world.platform.publish(&world.owner, world.job, order).await;
    assert!(refused.is_err());
    let kept = world.platform.posting(&world.owner, "r1", false).await;
    assert_eq!(kept.ok().unwrap().board_posting.as_deref(), Some("77"));
}

#[tokio::test]
async fn a_request_id_stands_for_one_job_at_one_connection() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let other = world
        .platform
        .add_job(
            world.owner.tenant,
            world.owner.id,
            "Khác".into(),
            Values::new(),
        )
        .await
        .unwrap();
    let order = world.order("r1");
    let answer = world.platform.publish(&world.owner, other.id, order).await;
    assert!(matches!(answer, Err(AppError::RequestIdReused)));
    assert_eq!(world.board.calls("publish-job"), 1);
}

#[tokio::test]
async fn a_link_that_resolves_an_unknown_publish_keeps_that_ones_id() {
    let world = World::new().await;
    let lost = posting("r1", world.job, None, PostingState::Unknown);
    world
        .board
        .with(|script| script.postings.push_back(Ok(lost)));
    let order = world.order("r1");
    world
        .platform
        .publish(&world.owner, world.job, order)
        .await
        .ok()
        .unwrap();
    let found = posting("r1", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.postings.push_back(Ok(found)));
    let linked = world
        .platform
        .link(
            &world.owner,
            world.job,
            world.connection,
            "77".into(),
            Some("r2".into()),
        )
        .await
        .ok()
        .unwrap();
    assert_eq!(linked.request_id, "r1");
    let postings = world
        .platform
        .postings_of(&world.owner, world.job)
        .await
        .unwrap();
    assert_eq!(postings.len(), 1);
    assert_eq!(results(&world).await[0].1, "waiting");
}

#[tokio::test]
async fn a_list_shows_what_the_plugin_knows_now() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        let expired = posting("r1", world.job, Some("77"), PostingState::Expired);
        script.known.insert("r1".into(), expired);
    });
    assert_eq!(world.state_of("r1").await, "expired");
}

#[tokio::test]
async fn administrators_hear_once_that_a_connection_broke() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let broken = || Err(failure(Disposition::SignInAgain, "credentials-refused"));
    for _ in 0..2 {
        world
            .board
            .with(|script| script.postings.push_back(broken()));
        assert!(world.platform.close(&world.owner, "r1").await.is_err());
    }
    let told = |user| world.platform.notices(user, false, PAGE);
    let kinds: Vec<_> = told(&world.admin)
        .await
        .unwrap()
        .into_iter()
        .map(|notice| notice.kind)
        .collect();
    assert_eq!(kinds, ["connection-broken"]);
    assert!(told(&world.owner).await.unwrap().is_empty());

    world
        .platform
        .configure(&world.admin, world.connection, Values::new(), false)
        .await
        .unwrap();
    world
        .board
        .with(|script| script.status = Some(status(ConnectionState::Configured)));
    world
        .board
        .with(|script| script.postings.push_back(broken()));
    assert!(world.platform.close(&world.owner, "r1").await.is_err());
    assert_eq!(told(&world.admin).await.unwrap().len(), 2, "it broke again");
}

#[tokio::test]
async fn refused_new_credentials_do_not_break_the_old_ones() {
    let world = World::new().await;
    let refused = Err(failure(Disposition::SignInAgain, "credentials-refused"));
    world
        .board
        .with(|script| script.configure.push_back(refused));
    let answer = world
        .platform
        .configure(&world.admin, world.connection, Values::new(), false)
        .await;
    assert!(matches!(answer, Err(AppError::Board { .. })));
    assert!(
        world
            .platform
            .notices(&world.admin, false, PAGE)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn operator_settings_are_the_operators() {
    let world = World::new().await;
    let protocol = Values::from([("protocol".to_owned(), FieldValue::Text("x".into()))]);
    let configure = |user, values| {
        world
            .platform
            .configure(user, world.connection, values, false)
    };
    let refused = configure(&world.admin, protocol.clone()).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(Some(problem))) if problem.field == "protocol")
    );
    let recruiter = configure(&world.owner, Values::new()).await;
    assert!(matches!(recruiter, Err(AppError::Forbidden(None))));
    assert_eq!(world.board.calls("configure"), 0);

    configure(&world.operator, protocol).await.unwrap();
    let token = Values::from([("token".to_owned(), FieldValue::Text("t".into()))]);
    configure(&world.admin, token).await.unwrap();
    let seen = world
        .board
        .with(|script| script.settings_seen.pop())
        .unwrap();
    let kept = seen.iter().find(|setting| setting.name == "protocol");
    assert!(matches!(&kept.unwrap().value, Value::Text(text) if text == "x"));

    let unknown = Values::from([("nonsense".to_owned(), FieldValue::Truth(true))]);
    let unknown = configure(&world.admin, unknown).await;
    assert!(
        matches!(unknown, Err(AppError::Input(problems)) if problems[0].code == "unknown-field")
    );
}

#[tokio::test]
async fn a_session_ends() {
    use job_board_demo::application::sign_in::{Proof, SESSION_MS};
    let world = World::new().await;
    let session = world
        .platform
        .begin_session(world.owner.clone(), false)
        .await
        .unwrap();
    let identify = || {
        world
            .platform
            .identify(Proof::Bearer(session.token.clone()))
    };
    assert!(identify().await.unwrap().is_some());
    world
        .clock
        .advance(std::time::Duration::from_millis(SESSION_MS));
    assert!(identify().await.unwrap().is_none());
}
