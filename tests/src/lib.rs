//! Whole-system tests: the real component, the real host, loopback HTTP.
//!
//! They need `target/component/topcv.wasm`. Without it they fail and say so; they never pass by skipping.
// Everything here runs inside tests: a panic is the failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod chaos;
pub mod crash;
pub mod doom;
pub mod guests;
pub mod host;
mod house;
mod rig;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use job_board_cli::walk::{self, STEPS, Stage, Topic, World};
use job_board_host::{EngineConfig, Plugin, PluginEngine};

pub use house::{House, People};
pub use rig::{Rig, START_MS, Snapshot, named, signed_with, text};

/// The built component.
///
/// # Panics
/// When it was not built.
pub fn component() -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/component/topcv.wasm");
    assert!(
        file.is_file(),
        "there is no target/component/topcv.wasm: run `cargo xtask build` first"
    );
    file
}

/// A build of tomorrow's release, whose records have another format.
///
/// # Panics
/// When it was not built.
pub fn next_component() -> PathBuf {
    let file = component().with_file_name("topcv-next.wasm");
    assert!(
        file.is_file(),
        "there is no target/component/topcv-next.wasm: run `cargo xtask build --rehearse-next-release` first"
    );
    file
}

/// Fails unless `docs/errors.md` has a row of this code.
///
/// # Panics
/// When it does not, or the page cannot be read.
pub fn expect_documented(code: &str) {
    static PAGE: OnceLock<String> = OnceLock::new();
    let page = PAGE.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
        std::fs::read_to_string(file).expect("the page can be read")
    });
    assert!(
        page.contains(&format!("\n| `{code}` | ")),
        "docs/errors.md does not say what `{code}` is"
    );
}

/// The component, compiled once for all tests of a file.
///
/// # Panics
/// When it cannot be loaded.
pub fn plugin() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| {
        let config = EngineConfig {
            cache_dir: Some(compiled()),
            ..EngineConfig::default()
        };
        let engine = PluginEngine::new(config).expect("the engine starts");
        engine.load_file(component()).expect("the plugin loads")
    })
}

fn compiled() -> PathBuf {
    component().with_file_name("compiled")
}

/// Plays one step of the story in a world of its own.
///
/// # Panics
/// When there is no such step, or it finds something other than it should.
pub async fn play(name: &str) {
    let step = STEPS
        .iter()
        .find(|step| step.name == name)
        .unwrap_or_else(|| panic!("the story has no step `{name}`"));
    match walk::run(step, stage()).await {
        Ok(line) => println!("{line}"),
        Err(error) => panic!("{error:#}"),
    }
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| Stage::set_in(&component(), compiled()).expect("the plugin can be used"))
}

/// A simulated board and a platform with the real component, for a test that tells its own story.
///
/// # Panics
/// When one of the two does not start.
pub async fn world() -> World {
    World::start(stage()).await.expect("both sides start")
}

/// The names of a topic's steps.
pub fn steps_of(topic: Topic) -> Vec<&'static str> {
    let all = STEPS.iter().filter(|step| step.topic == topic);
    all.map(|step| step.name).collect()
}

/// One test for each step of a topic, and one that none was forgotten.
#[macro_export]
macro_rules! story {
    ($topic:ident: $($step:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $step() {
                $crate::play(stringify!($step)).await;
            }
        )*

        #[test]
        fn every_step_of_the_topic_is_a_test() {
            let steps = $crate::steps_of(job_board_cli::walk::Topic::$topic);
            assert_eq!(steps, [$(stringify!($step)),*]);
        }
    };
}
