//! The whole story, and everything that goes wrong: then all that was said is searched.

use std::sync::Arc;

use job_board_cli::walk::{STEPS, Stage, Step, World};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::needles::Needles;
use crate::places::{PLATFORM_FILES, PLUGIN_FILES, look_into, look_into_columns};
use crate::{capture, trouble};

/// How many steps play at once.
const AT_ONCE: usize = 4;

/// Plays a step, searches what is stored, and answers secrets and people.
async fn play(step: &Step, stage: &Stage) -> [Needles; 2] {
    let mut world = World::start(stage).await.unwrap();
    let [mut secrets, mut people] = [Needles::default(), contact_of_jobs()];
    secrets.add_world(&world);
    let line = (step.run)(&mut world).await;
    line.unwrap_or_else(|error| panic!("{}: {error:#}", step.name));
    secrets.add_world(&world);
    secrets.add_board(&world, &mut people).await;
    let both = secrets.clone().and(&people);
    look_into(&world, &PLUGIN_FILES, &both);
    look_into(&world, &PLATFORM_FILES, &secrets);
    look_into_columns(&world, &people);
    world.stop().await;
    [secrets, people]
}

/// Whom the jobs of the story name.
fn contact_of_jobs() -> Needles {
    let mut people = Needles::default();
    people.add_text("contact", "Chị Bình");
    people.add_phone("contact", "0912 345 678");
    people.add_text("contact", "tuyendung@example.com");
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_and_nobody_stands_where_it_must_not() {
    capture::listen();
    let stage = system_tests::component().with_file_name("compiled");
    let stage = Arc::new(Stage::set_in(&system_tests::component(), stage).unwrap());
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for step in STEPS {
        let (stage, turns) = (Arc::clone(&stage), Arc::clone(&turns));
        playing.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            play(step, &stage).await
        });
    }
    let mut needles = Needles::default();
    for found in playing.join_all().await {
        needles.extend(found[0].clone().and(&found[1]));
    }
    needles.extend(trouble::everything_that_goes_wrong().await);
    assert!(needles.len() > 500, "{} needles", needles.len());

    let said = capture::so_far();
    let text = String::from_utf8_lossy(&said);
    // Both the platform and the plugin were heard, down to the lowest level, and the panic too.
    for expected in ["TRACE", "job_board_host", "job_board_demo", "panic: "] {
        assert!(text.contains(expected), "`{expected}` was never said");
    }
    drop(text);
    let found = needles.found_in(&said);
    assert!(
        found.is_empty(),
        "{} leaks: {:#?}",
        found.len(),
        &found[..found.len().min(10)]
    );

    // It would have been found: in a trace, in a panic, by another spelling.
    tracing::trace!(phone = "+84987654321", "planted");
    let planted = tokio::spawn(async { panic!("planted: {}", "TRẦN THỊ BÍCH") });
    assert!(planted.await.is_err());
    let found = needles.found_in(&capture::so_far()).join("\n");
    assert!(found.contains("phone") && found.contains("name"), "{found}");
}
