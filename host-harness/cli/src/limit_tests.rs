//! Names, units, ranges, and the page that lists them.

use super::*;

fn read(text: &str) -> Result<LimitSetting, String> {
    text.parse()
}

fn with(settings: &[&str]) -> Result<OperatorLimits> {
    let settings: Vec<_> = settings.iter().map(|text| read(text).unwrap()).collect();
    OperatorLimits::with(&settings)
}

#[test]
fn nothing_set_is_the_librarys_defaults() {
    let limits = with(&[]).unwrap();
    assert_eq!(limits.calls, Limits::default());
    assert_eq!(limits.engine.max_instances, EngineConfig::MAX_INSTANCES);
    // Set to what the table says, nothing changes: the table's defaults are the library's.
    let defaults: Vec<_> = LIMITS
        .iter()
        .filter_map(|limit| {
            let value = limit.default?;
            Some(format!("{}={}", limit.name, limit.unit.written(value)))
        })
        .collect();
    assert_eq!(defaults.len(), LIMITS.len() - 1);
    let defaults: Vec<_> = defaults.iter().map(String::as_str).collect();
    let same = with(&defaults).unwrap();
    assert_eq!(same.calls, Limits::default());
    assert_eq!(format!("{:?}", same.engine), format!("{:?}", limits.engine));
}

#[test]
fn each_name_sets_its_own_limit_and_nothing_else() {
    let default = OperatorLimits::default();
    let mut seen = std::collections::BTreeSet::new();
    for limit in &LIMITS {
        let before = format!("{default:?}");
        let mut changed = default.clone();
        (limit.set)(&mut changed, limit.most);
        let after = format!("{changed:?}");
        assert_ne!(before, after, "{}", limit.name);
        assert!(
            seen.insert(after),
            "{} sets what another one sets",
            limit.name
        );
    }
    let limits = with(&[
        "computing-time=500ms",
        "call-time=1m",
        "memory=512MiB",
        "requests=7",
        "bytes-sent=256KiB",
        "bytes-received=1048576",
        "storage-records=10000",
        "log-lines=0",
        "instances=4",
        "concurrent-calls=8",
        "concurrent-calls=2",
    ])
    .unwrap();
    assert_eq!(limits.calls.cpu_ticks, 50);
    assert_eq!(limits.calls.wall_clock, Some(Duration::from_secs(60)));
    assert_eq!(limits.calls.memory_bytes, 512 << 20);
    assert_eq!(limits.engine.max_memory_bytes, 512 << 20);
    assert_eq!(limits.calls.http_requests, 7);
    assert_eq!(limits.calls.http_bytes_out, 256 << 10);
    assert_eq!(limits.calls.http_bytes_in, 1 << 20);
    assert_eq!(limits.calls.storage_keys, 10_000);
    assert_eq!(limits.calls.log_lines, 0);
    assert_eq!(limits.engine.max_instances, 4);
    assert_eq!(limits.calls.concurrent_calls, 2, "the last one counts");
}

#[test]
fn what_cannot_be_a_limit_names_it_the_value_and_the_range() {
    for (text, wanted) in [
        ("memory=7MiB", &["`memory`", "7MiB", "8MiB to 1GiB"][..]),
        ("memory=2GiB", &["`memory`", "2GiB", "8MiB to 1GiB"]),
        (
            "memory=64MB",
            &["`memory`", "64MB", "64MiB", "8MiB to 1GiB"],
        ),
        ("memory=-1", &["`memory`", "-1"]),
        ("memory=+9000000", &["`memory`", "+9000000"]),
        ("memory= 64MiB", &["`memory`", "64KiB"]),
        ("memory=", &["`memory`", "8MiB to 1GiB"]),
        ("memory=99999999999999999999", &["`memory`", "8MiB to 1GiB"]),
        (
            "memory=18446744073709551615GiB",
            &["`memory`", "8MiB to 1GiB"],
        ),
        (
            "computing-time=0s",
            &["`computing-time`", "0s", "100ms to 1m"],
        ),
        ("computing-time=2", &["`computing-time`", "500ms, 2s or 2m"]),
        ("call-time=2h", &["`call-time`", "2h", "1s to 2m"]),
        (
            "requests=1e3",
            &["`requests`", "a whole number", "1 to 10000"],
        ),
        ("requests=10001", &["`requests`", "10001", "1 to 10000"]),
        ("storage-records=9999", &["10000 to 10000000"]),
        (
            "Memory=64MiB",
            &["no limit `Memory`", "computing-time", "component"],
        ),
        ("=64MiB", &["no limit ``", "memory"]),
        ("memory", &["NAME=VALUE", "memory, requests"]),
    ] {
        let error = read(text).err().unwrap_or_else(|| panic!("{text} passes"));
        for words in wanted {
            assert!(error.contains(words), "{text}: no {words:?} in {error}");
        }
    }
    for text in ["memory=8MiB", "memory=1GiB", "requests=1", "log-lines=0"] {
        assert!(read(text).is_ok(), "{text}: the ends of the range fit");
    }
    let error = with(&["instances=4"]).unwrap_err().to_string();
    for words in ["concurrent-calls=8", "4 instances", "--limit instances"] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn the_operators_guide_lists_every_limit_as_it_is() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operator-guide.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    for limit in &LIMITS {
        let written = |value| limit.unit.written(value);
        let default = limit.default.map_or("by export".to_owned(), written);
        let row = format!(
            "| `{}` | {default} | {} to {} | {} |",
            limit.name,
            written(limit.least),
            written(limit.most),
            limit.reason
        );
        assert!(guide.contains(&row), "docs/operator-guide.md lacks:\n{row}");
    }
}
