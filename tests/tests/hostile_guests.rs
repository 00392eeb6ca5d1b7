//! Plugins that attack the host. Each ends in a typed error within its limit, the same plugin serves the next call, and a tenant who calls all the while
//! notices nothing.
// A panic is the failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use job_board_host::contract::deliveries::Delivery;
use job_board_host::contract::http::{HttpError, Response};
use job_board_host::{
    AddressPolicy, AllowList, CallError, Connection, ConnectionId, EncryptedSecrets, EngineConfig,
    Export, Grants, HostError, HttpClient, KeyRing, Limits, LogLine, LogSink, ManualClock,
    MasterKey, MemoryStorage, OutboundRequest, Plugin, PluginEngine, SqliteStorage, Storage,
    WebClient,
};
use system_tests::guests::{hand_written, of_fields, on_command, wit};

const EXPORT: Export = Export::HandleWebhook;

/// Longer than any machine needs, so that only the limit under test can end a call.
const GENEROUS: Duration = Duration::from_secs(30);

fn engine() -> &'static PluginEngine {
    static ENGINE: OnceLock<PluginEngine> = OnceLock::new();
    ENGINE.get_or_init(|| PluginEngine::new(EngineConfig::default()).unwrap())
}

/// The guest that does what it is told.
fn obedient() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| engine().load_bytes(&on_command()).unwrap())
}

/// A board that never answers, and counts who asked.
#[derive(Default)]
struct Silent(AtomicU32);

#[async_trait]
impl HttpClient for Silent {
    async fn send(&self, _: OutboundRequest) -> Result<Response, HttpError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

/// A board that answers at once, and counts.
#[derive(Default)]
struct Prompt(AtomicU32);

#[async_trait]
impl HttpClient for Prompt {
    async fn send(&self, _: OutboundRequest) -> Result<Response, HttpError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        })
    }
}

/// Counts log lines and their characters.
#[derive(Default)]
struct Lines(Mutex<Vec<usize>>);

impl LogSink for Lines {
    fn write(&self, line: LogLine) {
        let fields = line
            .fields
            .iter()
            .map(|(name, value)| name.len() + value.len());
        self.0
            .lock()
            .unwrap()
            .push(line.event.len() + fields.sum::<usize>());
    }
}

fn grants_on(storage: Arc<dyn Storage>, secrets: Arc<dyn Storage>) -> Grants {
    let keys = KeyRing::new(MasterKey::generate().unwrap());
    let secrets = Arc::new(EncryptedSecrets::new(secrets, keys));
    let mut grants = Grants::new(storage, secrets, Arc::new(Silent::default()));
    grants.clock = Arc::new(ManualClock::new(1_700_000_000_000));
    grants.log = Arc::new(Lines::default());
    grants.limits.wall_clock = Some(GENEROUS);
    grants
}

fn grants() -> Grants {
    grants_on(
        Arc::new(MemoryStorage::new()),
        Arc::new(MemoryStorage::new()),
    )
}

fn limited(change: impl FnOnce(&mut Limits)) -> Grants {
    let mut grants = grants();
    change(&mut grants.limits);
    grants
}

fn connect(plugin: &Plugin, name: &str, grants: Grants) -> Connection {
    plugin.connection(ConnectionId::new(name).unwrap(), grants)
}

async fn tell(connection: &Connection, command: &str, argument: &str) -> Result<String, CallError> {
    let delivery = Delivery {
        method: command.to_owned(),
        headers: Vec::new(),
        body: argument.as_bytes().to_vec(),
        received_at: 0,
    };
    let outcome = connection.handle_webhook(&delivery).await?;
    Ok(String::from_utf8(outcome.response.body).unwrap())
}

/// Runs an attack while another tenant of the same engine calls without a pause. All of those calls must succeed, and some must end after the attack began.
async fn unnoticed<T>(attack: impl Future<Output = T>) -> T {
    static NEIGHBOURS: AtomicUsize = AtomicUsize::new(0);
    let name = format!("neighbour-{}", NEIGHBOURS.fetch_add(1, Ordering::SeqCst));
    let neighbour = connect(obedient(), &name, grants());
    let (calls, over) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let (counted, stop) = (Arc::clone(&calls), Arc::clone(&over));
    let running = tokio::spawn(async move {
        while !stop.load(Ordering::SeqCst) {
            let number = counted.load(Ordering::SeqCst).to_string();
            assert_eq!(tell(&neighbour, "echo", &number).await.unwrap(), number);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let further = async |from: usize| {
        while calls.load(Ordering::SeqCst) < from + 3 {
            assert!(!running.is_finished(), "the neighbour failed");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    further(0).await;
    let before = calls.load(Ordering::SeqCst);
    let (result, ()) = tokio::join!(attack, further(before));
    over.store(true, Ordering::SeqCst);
    running.await.unwrap();
    result
}

/// The guest on command answers again, on the very connection that attacked.
async fn lives_on(connection: &Connection) {
    assert_eq!(tell(connection, "echo", "next").await.unwrap(), "next");
}

#[tokio::test(flavor = "multi_thread")]
async fn loops_growth_crashes_and_large_answers_end_in_their_own_errors() {
    let cases: [(&str, &str, Grants, CallError); 4] = [
        (
            "spin",
            "",
            limited(|limits| limits.cpu_ticks = 5),
            CallError::CpuLimit { export: EXPORT },
        ),
        (
            "spin",
            "",
            limited(|limits| {
                limits.cpu_ticks = u64::MAX;
                limits.wall_clock = Some(Duration::from_millis(300));
            }),
            CallError::Deadline {
                export: EXPORT,
                limit: Duration::from_millis(300),
            },
        ),
        (
            "grow",
            "",
            limited(|limits| limits.memory_bytes = 8 << 20),
            CallError::MemoryLimit { export: EXPORT },
        ),
        (
            "answer",
            "2000000",
            limited(|limits| limits.transfer_bytes = 1_000_000),
            CallError::TransferLimit { export: EXPORT },
        ),
    ];
    for (number, (command, argument, grants, error)) in cases.into_iter().enumerate() {
        let attacker = connect(obedient(), &format!("attacker-{number}"), grants);
        let answer = unnoticed(tell(&attacker, command, argument)).await;
        assert_eq!(answer, Err(error), "{command}");
        lives_on(&attacker).await;
    }
    let crashing = connect(obedient(), "crashing", grants());
    let crashed = unnoticed(tell(&crashing, "trap", "")).await;
    assert!(
        matches!(crashed, Err(CallError::Trap { .. })),
        "{crashed:?}"
    );
    lives_on(&crashing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_what_it_says_is_a_typed_error_and_copies_nothing() {
    let plugin = engine().load_bytes(&hand_written("false-answers")).unwrap();
    let attacker = connect(&plugin, "false-answers", grants());
    for (attack, what) in [
        ("1", "four thousand million events"),
        ("333", "a body that ends behind the memory"),
        ("4444", "an address behind the memory"),
        ("55555", "an address that is not aligned"),
        ("666666", "a verdict that does not exist"),
    ] {
        let answer = unnoticed(tell(&attacker, "", attack)).await;
        assert!(
            matches!(
                answer,
                Err(CallError::Trap { .. } | CallError::TransferLimit { .. })
            ),
            "{what}: {answer:?}"
        );
        assert_eq!(tell(&attacker, "", "").await.unwrap(), "", "after {what}");
    }
    // All of this list is in the guest's memory; it is the host's that it would fill.
    assert_eq!(
        unnoticed(tell(&attacker, "", "22")).await,
        Err(CallError::TransferLimit { export: EXPORT })
    );
    assert_eq!(tell(&attacker, "", "").await.unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_memory_stop_growing_at_their_limits_and_the_guest_may_live_on() {
    for name in ["table-flood", "memory-flood"] {
        let plugin = engine().load_bytes(&hand_written(name)).unwrap();
        let flooding = connect(
            &plugin,
            name,
            limited(|limits| limits.memory_bytes = 8 << 20),
        );
        // The guest itself crashes when it was given more.
        assert_eq!(
            unnoticed(tell(&flooding, "", "x")).await.unwrap(),
            "",
            "{name}"
        );
        // The twin: with more allowed, it does get more.
        if name == "memory-flood" {
            let roomy = connect(
                &plugin,
                "roomy",
                limited(|limits| limits.memory_bytes = 9 << 20),
            );
            let crashed = tell(&roomy, "", "x").await;
            assert_eq!(crashed, Err(CallError::MemoryLimit { export: EXPORT }));
        }
        assert_eq!(tell(&flooding, "", "").await.unwrap(), "", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stack_and_a_call_from_where_none_is_allowed_are_traps() {
    for (name, attacks) in [
        ("deep-recursion", vec!["x"]),
        ("re-entry", vec!["7 bytes", "post"]),
    ] {
        let plugin = engine().load_bytes(&hand_written(name)).unwrap();
        let attacker = connect(&plugin, name, grants());
        for attack in attacks {
            let answer = unnoticed(tell(&attacker, "", attack)).await;
            assert!(
                matches!(answer, Err(CallError::Trap { .. })),
                "{name} {attack}: {answer:?}"
            );
            assert_eq!(tell(&attacker, "", "").await.unwrap(), "", "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_requests_reaches_the_board_as_often_as_the_limit_says() {
    let board = Arc::new(Prompt::default());
    let mut grants = limited(|limits| limits.http_requests = 7);
    grants.allow = AllowList::parse(&["api.board.example"]).unwrap();
    grants.http = board.clone();
    let attacker = connect(obedient(), "requests", grants);
    let last = unnoticed(tell(
        &attacker,
        "get-many",
        "https://api.board.example/ 5000",
    ))
    .await;
    assert_eq!(last.unwrap(), "ErrorCode::BudgetSpent Reach::NotSent");
    assert_eq!(board.0.load(Ordering::SeqCst), 7);
    lives_on(&attacker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_for_a_board_that_never_answers_ends_at_the_deadline() {
    let board = Arc::new(Silent::default());
    let limit = Duration::from_millis(300);
    let mut grants = limited(|limits| limits.wall_clock = Some(limit));
    grants.allow = AllowList::parse(&["api.board.example"]).unwrap();
    grants.http = board.clone();
    let attacker = connect(obedient(), "waiting", grants);
    let waited = unnoticed(tell(&attacker, "get", "https://api.board.example/")).await;
    assert_eq!(
        waited,
        Err(CallError::Deadline {
            export: EXPORT,
            limit
        })
    );
    assert_eq!(board.0.load(Ordering::SeqCst), 1);
    lives_on(&attacker).await;
}

/// A server that sends one byte after the other and is never done. Counts the bytes.
fn dripping() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), count) = (stream, Arc::clone(&count)) else {
                return;
            };
            std::thread::spawn(move || {
                // An answer that comes before the request is another defect.
                let _ = stream.read(&mut [0; 4096]);
                let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
                let _ = stream.write_all(head);
                // Until the client hangs up.
                while stream.write_all(b"x").is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
        }
    });
    (port, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_that_drips_is_cut_off_by_the_time_out_of_the_whole_exchange() {
    let (port, sent) = dripping();
    let mut grants = grants();
    grants.allow = AllowList::parse(&[format!("http://127.0.0.1:{port}")]).unwrap();
    grants.http = Arc::new(WebClient::new(AddressPolicy::AllowLoopback).unwrap());
    let attacker = connect(obedient(), "drip", grants);
    let command = format!("http://127.0.0.1:{port}/ 1000000 500");
    let cut = unnoticed(tell(&attacker, "get", &command)).await.unwrap();
    assert_eq!(cut, "ErrorCode::Timeout Reach::MaybeSent");
    // Bytes kept coming, so a time-out between two of them would never have ended it.
    assert!(sent.load(Ordering::SeqCst) > 1);
    lives_on(&attacker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_records_ends_at_the_connections_quota_and_the_neighbours_have_all_of_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let stores: [Arc<dyn Storage>; 2] = [Arc::new(MemoryStorage::new()), Arc::new(sqlite)];
    for storage in stores {
        let mut grants = grants_on(Arc::clone(&storage), Arc::new(MemoryStorage::new()));
        grants.limits.storage_keys = 10;
        grants.limits.storage_bytes = 50_000;
        let (many, large) = (
            connect(obedient(), "many", grants.clone()),
            connect(obedient(), "large", grants.clone()),
        );
        let flooded = unnoticed(tell(&many, "storage-flood", "500 1")).await;
        assert_eq!(flooded.unwrap(), "10 quota");
        let flooded = unnoticed(tell(&large, "storage-flood", "500 20000")).await;
        assert_eq!(flooded.unwrap(), "2 quota");
        for attacker in [&many, &large] {
            let usage = storage.usage(attacker.id()).await.unwrap();
            assert!(usage.keys <= 10 && usage.bytes <= 50_000, "{usage:?}");
            lives_on(attacker).await;
        }
        let other = connect(obedient(), "other", grants);
        assert_eq!(
            tell(&other, "storage-flood", "10 1")
                .await
                .unwrap()
                .split(' ')
                .next(),
            Some("10")
        );
    }
    // Operations are counted too, whether or not they write.
    let busy = connect(
        obedient(),
        "busy",
        limited(|limits| limits.storage_operations = 20),
    );
    let flooded = unnoticed(tell(&busy, "storage-flood", "500 1")).await;
    assert_eq!(flooded.unwrap(), "20 quota");
    assert_eq!(
        busy.grants().storage.usage(busy.id()).await.unwrap().keys,
        20
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_leads_out_of_the_connections_own_records_and_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let memory: [Arc<dyn Storage>; 2] = [
        Arc::new(MemoryStorage::new()),
        Arc::new(MemoryStorage::new()),
    ];
    let files: [Arc<dyn Storage>; 2] = [Arc::new(sqlite.clone()), Arc::new(sqlite.secrets_map())];
    for [records, secrets] in [memory, files] {
        let grants = grants_on(Arc::clone(&records), secrets);
        let victim = connect(obedient(), "victim", grants.clone());
        tell(&victim, "storage-put", "connection hush")
            .await
            .unwrap();
        tell(&victim, "secrets-put", "token hush").await.unwrap();
        let attacker = connect(obedient(), "attacker", grants);

        let longest = "k".repeat(256);
        for key in [
            "../victim/connection",
            "..",
            ".",
            "a/../../victim/connection",
            "/victim/connection",
            "victim//connection",
            "connection/",
            "..\\victim\\connection",
            "victim:connection",
            "victim\u{0}connection",
            "connection\u{0}",
            "%2e%2e/victim/connection",
            "．．/victim/connection",
            "ｃonnection",
            "CONNECTION",
            "c%nnection",
            "'or''='",
            "",
            longest.as_str(),
        ] {
            for command in [
                "storage-get",
                "storage-put",
                "storage-delete",
                "secrets-get",
                "secrets-put",
            ] {
                let answer = tell(&attacker, command, key).await.unwrap();
                assert_eq!(answer, "invalid-key", "{command} {key:?}");
            }
        }
        // Names that are in order, and another's.
        for key in [
            "connection",
            "token",
            "victim/connection",
            "victim/token",
            "session",
        ] {
            for command in ["storage-get", "secrets-get"] {
                assert_eq!(
                    tell(&attacker, command, key).await.unwrap(),
                    "none",
                    "{command} {key}"
                );
            }
        }
        for prefix in [
            "",
            "c",
            "../",
            "../victim/",
            "victim",
            "%",
            "_",
            "\u{0}",
            "*",
        ] {
            let listed = tell(&attacker, "storage-list", &format!("{prefix} 1000")).await;
            assert_eq!(listed.unwrap(), "", "{prefix:?}");
        }
        assert_eq!(records.usage(attacker.id()).await.unwrap().keys, 0);
        // The twin: the same names, asked by whom they belong to.
        assert_eq!(
            tell(&victim, "storage-get", "connection").await.unwrap(),
            "hush"
        );
        assert_eq!(tell(&victim, "secrets-get", "token").await.unwrap(), "hush");
        assert_eq!(
            tell(&victim, "storage-list", "c 1000").await.unwrap(),
            "connection"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_log_lines_is_cut_to_the_limit() {
    let lines = Arc::new(Lines::default());
    let mut grants = limited(|limits| limits.log_lines = 5);
    grants.log = lines.clone();
    let attacker = connect(obedient(), "log", grants);
    unnoticed(tell(&attacker, "log", "20000")).await.unwrap();
    let written = lines.0.lock().unwrap().clone();
    assert_eq!(
        written.len(),
        6,
        "five, and one that says that others are missing"
    );
    lives_on(&attacker).await;
}

fn refused(bytes: &[u8]) -> HostError {
    engine().load_bytes(bytes).err().expect("it must not load")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_loops_in_its_start_is_not_loaded() {
    let bytes = hand_written("start-loop");
    let loading = tokio::task::spawn_blocking(move || refused(&bytes));
    let error = unnoticed(loading).await.unwrap();
    assert!(matches!(error, HostError::Manifest(_)), "{error}");
}

#[test]
fn a_manifest_that_claims_more_than_there_is_is_not_loaded() {
    // A manifest at 2048 whose list of settings has four thousand million entries.
    let fields = r#"
        (data (i32.const 2080) "\00\10\00\00\ff\ff\ff\ff")
        (func (export "hiring:job-board/connection@0.1.0#describe") (result i32) (i32.const 2048))"#;
    let error = refused(&of_fields(fields, &wit()));
    assert!(matches!(error, HostError::Manifest(_)), "{error}");
}

#[test]
fn what_needs_more_than_a_plugin_may_have_is_not_loaded() {
    let whole = |fields: &str| of_fields(fields, &wit());
    // These cannot be made into a component of the contract: their module stands in one that exports nothing.
    let alone = |fields: &str| {
        wat::parse_str(format!("(component (core module {fields}))")).expect("it is WebAssembly")
    };
    for (what, bytes, cause) in [
        (
            "four gigabytes to begin with",
            whole("(memory (export \"memory\") 65536)"),
            "minimum byte size of 4294967296 which exceeds the limit",
        ),
        (
            "a huge table",
            whole("(table 10000000 funcref)"),
            "minimum element size of 10000000 which exceeds the limit of 100000",
        ),
        (
            "a second memory",
            whole("(memory 2) (memory (export \"memory\") 2)"),
            "defined memories count of 2 exceeds",
        ),
        (
            "memory of 64 bits",
            alone("(memory i64 2)"),
            "memory64 must be enabled",
        ),
        (
            "memory shared with threads",
            alone("(memory 1 1 shared)"),
            "threads must be enabled",
        ),
        (
            "a heap of the engine's",
            alone("(type (array i8))"),
            "when gc types are disabled",
        ),
    ] {
        let error = refused(&bytes);
        assert!(
            matches!(&error, HostError::NotAComponent(said) if said.contains(cause)),
            "{what}: {error}"
        );
    }
    // The twins: the kit's component as it is, and a lone module that asks for nothing lacks no more than the exports.
    engine().load_bytes(&whole("")).unwrap();
    let error = refused(&alone("(memory 2)"));
    assert!(matches!(error, HostError::WrongContract(_)), "{error}");
}

#[test]
fn a_file_that_is_no_component_is_refused_whatever_it_is() {
    let good = on_command();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let config = EngineConfig {
        cache_dir: Some(cache.clone()),
        max_instances: 1,
        ..EngineConfig::default()
    };
    PluginEngine::new(config)
        .unwrap()
        .load_bytes(&good)
        .unwrap();
    let file = fs::read_dir(cache).unwrap().next().unwrap().unwrap().path();
    let compiled = fs::read(file).unwrap();
    let machine_code = compiled
        .windows(4)
        .position(|bytes| bytes == b"\x7fELF")
        .expect("the engine keeps compiled code as ELF");
    for (what, bytes) in [
        ("nothing", &b""[..]),
        ("text", b"(component)"),
        ("a module", b"\0asm\x01\0\0\0"),
        ("a part", &good[..good.len() / 2]),
        ("a head", &good[..8]),
        // Loading this as it is would run whatever its author wrote, outside of the sandbox.
        ("machine code", &compiled[machine_code..]),
    ] {
        let error = refused(bytes);
        let expected = match what {
            "a head" => matches!(error, HostError::WrongContract(_)),
            _ => matches!(error, HostError::NotAComponent(_)),
        };
        assert!(expected, "{what}: {error}");
    }

    let huge = folder.path().join("huge.wasm");
    let most = EngineConfig::MAX_COMPONENT_BYTES;
    File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    let error = engine().load_file(&huge).err().unwrap();
    assert!(
        matches!(error, HostError::TooLarge { limit } if limit == most),
        "{error}"
    );
    #[cfg(unix)]
    assert!(matches!(
        engine().load_file("/dev/zero").err().unwrap(),
        HostError::TooLarge { .. }
    ));
    let tight = |limit| {
        let config = EngineConfig {
            max_instances: 1,
            max_component_bytes: limit,
            ..EngineConfig::default()
        };
        PluginEngine::new(config).unwrap().load_bytes(&good)
    };
    assert!(matches!(
        tight(good.len() - 1),
        Err(HostError::TooLarge { .. })
    ));
    assert!(tight(good.len()).is_ok(), "the limit itself fits");
}

#[test]
fn a_component_of_another_shape_of_the_contract_is_refused_when_it_is_loaded() {
    // Each is a contract that had a field or a case less, under the same names and version.
    for (file, line) in [
        ("privacy.wit", "    notes: list<text>,\n"),
        ("deliveries.wit", "    try-again(failure),\n"),
        ("types.wit", "    board-status: option<u16>,\n"),
        ("connection.wit", "    features: list<string>,\n"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(wit()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        let older = folder.path().join(file);
        let text = fs::read_to_string(&older).unwrap();
        assert!(
            text.contains(line),
            "{file} has no {line:?} any more: choose another line"
        );
        fs::write(&older, text.replace(line, "")).unwrap();
        let error = refused(&of_fields("", folder.path()));
        assert!(
            matches!(error, HostError::WrongContract(_)),
            "{file}: {error}"
        );
        assert!(
            error.to_string().contains("wit/ folder"),
            "it says what to do: {error}"
        );
    }
}
