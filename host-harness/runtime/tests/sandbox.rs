//! A guest that misbehaves is stopped, told apart, and harms no later call.
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use common::{Answers, allow, connect, grants, guest_bytes, plugin, tell};
use job_board_host::contract::http::{HttpError, Response};
use job_board_host::{
    CallError, ConnectionId, EngineConfig, Export, HostError, HttpClient, Limits, OutboundRequest,
    PluginEngine,
};

const EXPORT: Export = Export::HandleWebhook;

/// Long enough for any machine, so that only the limit under test can end a call.
const GENEROUS: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_ends_at_the_cpu_limit() {
    let mut grants = grants();
    grants.limits = Limits {
        cpu_ticks: 3,
        ..Limits::default()
    };
    let connection = connect("spin", grants);
    assert_eq!(
        tell(&connection, "spin", "").await,
        Err(CallError::CpuLimit { export: EXPORT })
    );
    assert_eq!(
        tell(&connection, "echo", "still here").await.unwrap(),
        "still here"
    );
}

#[tokio::test(flavor = "current_thread")]
async fn an_endless_loop_lets_other_tasks_run_and_ends_at_the_deadline() {
    let mut grants = grants();
    grants.limits = Limits {
        cpu_ticks: u64::MAX,
        wall_clock: Some(Duration::from_millis(200)),
        ..Limits::default()
    };
    let connection = connect("spin-for-ever", grants);
    let other = connect("other", common::grants());
    // One thread: the second call gets its turn only because the first one yields.
    let (spun, echoed) = tokio::join!(
        tell(&connection, "spin", ""),
        tell(&other, "echo", "me too")
    );
    assert!(matches!(spun, Err(CallError::Deadline { .. })), "{spun:?}");
    assert_eq!(echoed.unwrap(), "me too");
}

#[tokio::test(flavor = "multi_thread")]
async fn growing_memory_ends_at_the_memory_limit() {
    let connection = connect("grow", grants());
    assert_eq!(
        tell(&connection, "grow", "").await,
        Err(CallError::MemoryLimit { export: EXPORT })
    );
    assert_eq!(
        tell(&connection, "echo", "still here").await.unwrap(),
        "still here"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_a_trap_and_the_next_call_works() {
    let connection = connect("trap", grants());
    let crashed = tell(&connection, "trap", "").await;
    assert!(
        matches!(crashed, Err(CallError::Trap { export: EXPORT, .. })),
        "{crashed:?}"
    );
    assert_eq!(
        tell(&connection, "echo", "still here").await.unwrap(),
        "still here"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_in_an_import_ends_at_the_deadline() {
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.limits = Limits {
        wall_clock: Some(Duration::from_millis(100)),
        ..Limits::default()
    };
    let connection = connect("wait", grants.clone());
    let waited = tell(&connection, "get", "https://api.board.example/").await;
    assert_eq!(
        waited,
        Err(CallError::Deadline {
            export: EXPORT,
            limit: Duration::from_millis(100)
        })
    );
    grants.limits.wall_clock = Some(GENEROUS);
    assert_eq!(
        tell(&connect("wait", grants), "echo", "still here")
            .await
            .unwrap(),
        "still here"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_result_is_not_copied() {
    let mut grants = grants();
    grants.limits = Limits {
        transfer_bytes: 10_000,
        ..Limits::default()
    };
    let connection = connect("large", grants);
    assert_eq!(
        tell(&connection, "answer", "5000").await.unwrap().len(),
        5_000
    );
    assert_eq!(
        tell(&connection, "answer", "20000").await,
        Err(CallError::TransferLimit { export: EXPORT })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_never_gets_more_time_than_the_call_has_left() {
    let board = Arc::new(Answers::default());
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.http = board.clone();
    grants.limits = Limits {
        wall_clock: Some(Duration::from_secs(20)),
        ..Limits::default()
    };
    tell(
        &connect("time", grants),
        "get",
        "https://api.board.example/ 10 3600000",
    )
    .await
    .unwrap();
    let timeout = board.last.lock().unwrap().as_ref().unwrap().timeout;
    assert!(timeout <= Duration::from_secs(18), "{timeout:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_instances_wait_for_each_other() {
    let config = EngineConfig {
        max_instances: 2,
        ..EngineConfig::default()
    };
    let plugin = PluginEngine::new(config)
        .unwrap()
        .load_bytes(guest_bytes())
        .unwrap();
    let connection = plugin.connection(ConnectionId::new("many").unwrap(), grants());
    let calls: Vec<_> = (0..100)
        .map(|number| {
            let connection = connection.clone();
            tokio::spawn(async move { tell(&connection, "echo", &number.to_string()).await })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap().unwrap(), number.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_finds_no_instance_says_so() {
    let config = EngineConfig {
        max_instances: 1,
        ..EngineConfig::default()
    };
    let plugin = PluginEngine::new(config)
        .unwrap()
        .load_bytes(guest_bytes())
        .unwrap();
    let hanging = plugin.connection(
        ConnectionId::new("hanging").unwrap(),
        grants().with_allow(allow(&["api.board.example"])),
    );
    let hanging =
        tokio::spawn(async move { tell(&hanging, "get", "https://api.board.example/").await });
    let mut grants = grants();
    grants.limits = Limits {
        wall_clock: Some(Duration::from_millis(50)),
        ..Limits::default()
    };
    let waiting = plugin.connection(ConnectionId::new("waiting").unwrap(), grants);
    // Until the other one has the only instance, this one gets it.
    loop {
        match tell(&waiting, "echo", "x").await {
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => {
                break assert_eq!(
                    error,
                    CallError::Busy {
                        export: EXPORT,
                        instances: 1
                    }
                );
            }
        }
    }
    hanging.abort();
    assert!(hanging.await.unwrap_err().is_cancelled());
    // The dropped call has given its instance back.
    let free = plugin.connection(ConnectionId::new("free").unwrap(), common::grants());
    assert_eq!(tell(&free, "echo", "x").await.unwrap(), "x");
}

/// A board that hangs for ever and counts who waits for it.
#[derive(Default)]
struct Hangs(AtomicU32);

#[async_trait]
impl HttpClient for Hangs {
    async fn send(&self, _: OutboundRequest) -> Result<Response, HttpError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_board_hangs_leaves_instances_for_the_others() {
    let config = EngineConfig {
        max_instances: 4,
        ..EngineConfig::default()
    };
    let plugin = PluginEngine::new(config)
        .unwrap()
        .load_bytes(guest_bytes())
        .unwrap();
    let board = Arc::new(Hangs::default());
    let mut busy = grants().with_allow(allow(&["api.board.example"]));
    busy.http = board.clone();
    busy.limits.concurrent_calls = 3;
    let connect = |name: &str, grants| plugin.connection(ConnectionId::new(name).unwrap(), grants);
    // As a platform may do it: a new object for each call.
    let hanging: Vec<_> = (0..40)
        .map(|_| {
            let connection = connect("busy", busy.clone());
            tokio::spawn(
                async move { tell(&connection, "get", "https://api.board.example/").await },
            )
        })
        .collect();
    while board.0.load(Ordering::SeqCst) < 3 {
        tokio::task::yield_now().await;
    }
    for number in 0..20 {
        let mut grants = grants();
        grants.limits.wall_clock = Some(GENEROUS);
        let other = connect(&format!("other-{number}"), grants);
        assert_eq!(tell(&other, "echo", "x").await.unwrap(), "x");
    }
    assert_eq!(
        board.0.load(Ordering::SeqCst),
        3,
        "no more calls of the busy connection run than may"
    );

    // One more of its own waits until its time is over, and is told why; calls that are dropped make room.
    let mut impatient = busy.clone();
    impatient.limits.wall_clock = Some(Duration::from_millis(50));
    let late = connect("busy", impatient);
    assert_eq!(
        tell(&late, "echo", "x").await,
        Err(CallError::ConnectionBusy {
            export: EXPORT,
            calls: 3
        })
    );
    for call in hanging {
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
    }
    let free = connect("busy", busy);
    assert_eq!(tell(&free, "echo", "x").await.unwrap(), "x");
}

#[test]
fn the_manifest_and_the_imports_are_known_without_any_grant() {
    let plugin = plugin();
    assert_eq!(plugin.manifest().id, "test-guest");
    assert_eq!(plugin.manifest().hosts.len(), 3);
    assert_eq!(plugin.size(), guest_bytes().len());
    assert_eq!(plugin.digest().len(), 64);
    assert!(
        plugin
            .imports()
            .contains(&"hiring:job-board/http@0.1.0".to_owned()),
        "{:?}",
        plugin.imports()
    );
    assert!(
        plugin
            .imports()
            .iter()
            .all(|name| name.starts_with("hiring:job-board/")),
        "{:?}",
        plugin.imports()
    );
    assert!(
        plugin
            .exports()
            .contains(&"hiring:job-board/deliveries@0.1.0".to_owned()),
        "{:?}",
        plugin.exports()
    );
}

#[test]
fn what_is_no_plugin_of_this_contract_is_not_loaded() {
    let engine = PluginEngine::new(EngineConfig::default()).unwrap();
    let load = |text: &str| {
        engine
            .load_bytes(&wat::parse_str(text).unwrap())
            .err()
            .unwrap()
    };

    assert!(matches!(
        engine.load_bytes(b"no wasm").err().unwrap(),
        HostError::NotAComponent(_)
    ));
    assert!(matches!(load("(module)"), HostError::NotAComponent(_)));
    assert!(matches!(load("(component)"), HostError::WrongContract(_)));
    let reaches_out = r#"(component (import "wasi:cli/environment@0.2.0" (instance (export "get-environment" (func)))))"#;
    let error = load(reaches_out);
    assert!(
        matches!(&error, HostError::ForeignImports(names) if names == &["wasi:cli/environment@0.2.0"]),
        "{error}"
    );
    let other_types = r#"(component (import "hiring:job-board/clock@0.1.0" (instance (export "now" (func (result string))))))"#;
    assert!(matches!(load(other_types), HostError::WrongContract(_)));
    let missing = engine.load_file("/nonexistent/plugin.wasm").err().unwrap();
    assert!(matches!(missing, HostError::Read { .. }), "{missing}");
}
