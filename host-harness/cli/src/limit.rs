//! `--limit NAME=VALUE`: what one call of a plugin may use, what a connection may keep, and how much the engine takes.
//!
//! The limits are the library's; here they get names, units and the range in which they make sense. `docs/operator-guide.md` has the same table.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Result, ensure};
use job_board_host::{EngineConfig, Limits, TICK};

/// All limits of a platform.
#[derive(Clone, Debug, Default)]
pub struct OperatorLimits {
    /// Of each call and connection.
    pub calls: Limits,
    /// Of the process.
    pub engine: EngineConfig,
}

impl OperatorLimits {
    /// The defaults with these changes. A name that is given twice has its last value.
    ///
    /// # Errors
    /// When two of them do not go together.
    pub fn with(settings: &[LimitSetting]) -> Result<Self> {
        let mut limits = Self::default();
        for LimitSetting { limit, value } in settings {
            (limit.set)(&mut limits, *value);
        }
        let (calls, instances) = (limits.calls.concurrent_calls, limits.engine.max_instances);
        ensure!(
            calls <= instances,
            "--limit concurrent-calls={calls} is more than the {instances} instances that there are; lower it, or raise --limit instances"
        );
        Ok(limits)
    }
}

/// What a limit counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds; written as `500ms`, `2s` or `2m`.
    Time,
    /// Bytes; written as `65536`, `64KiB`, `64MiB` or `1GiB`.
    Bytes,
    /// Things; written as a number.
    Count,
}

/// A limit that the operator can set.
#[derive(Debug)]
pub struct Limit {
    /// As it is written in `--limit`.
    pub name: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// Less stops the plugins that there are.
    pub least: u64,
    /// More protects nobody.
    pub most: u64,
    /// What holds when it is not set; `None`: the contract's table, by export.
    pub default: Option<u64>,
    /// What it bounds, and why the default is what it is.
    pub reason: &'static str,
    set: fn(&mut OperatorLimits, u64),
}

const MS_OF_A_TICK: u64 = TICK.as_millis() as u64;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Every limit, in the order of the operator's guide.
pub static LIMITS: [Limit; 15] = [
    Limit {
        name: "computing-time",
        unit: Unit::Time,
        least: 100,
        most: 60_000,
        default: Some(Limits::CPU_TICKS * MS_OF_A_TICK),
        reason: "of a call, in steps of 10 ms, waiting not counted; a healthy call needs less than 50 ms",
        set: |to, value| to.calls.cpu_ticks = value.div_ceil(MS_OF_A_TICK),
    },
    Limit {
        name: "call-time",
        unit: Unit::Time,
        least: 1_000,
        most: 120_000,
        default: None,
        reason: "of a call by the clock, waiting counted; caps the contract's table, which says 1 s to 120 s by export",
        set: |to, value| to.calls.wall_clock = Some(Duration::from_millis(value)),
    },
    Limit {
        name: "memory",
        unit: Unit::Bytes,
        least: 8 * MIB,
        most: GIB,
        default: Some(Limits::MEMORY_BYTES as u64),
        reason: "of a call; a file of 16 MiB in the few copies that fetching it takes",
        set: |to, value| {
            to.calls.memory_bytes = size(value);
            // The pool is made for the default's fourfold; more needs larger places.
            to.engine.max_memory_bytes = to.engine.max_memory_bytes.max(size(value));
        },
    },
    Limit {
        name: "requests",
        unit: Unit::Count,
        least: 1,
        most: 10_000,
        default: Some(Limits::HTTP_REQUESTS as u64),
        reason: "to the board in a call; a reconcile of some dozens of postings with paging",
        set: |to, value| to.calls.http_requests = count(value),
    },
    Limit {
        name: "bytes-sent",
        unit: Unit::Bytes,
        least: 256 * KIB,
        most: 256 * MIB,
        default: Some(Limits::HTTP_BYTES_OUT),
        reason: "to the board in a call; a posting is some kilobytes",
        set: |to, value| to.calls.http_bytes_out = value,
    },
    Limit {
        name: "bytes-received",
        unit: Unit::Bytes,
        least: MIB,
        most: GIB,
        default: Some(Limits::HTTP_BYTES_IN),
        reason: "from the board in a call; one large file with a retry",
        set: |to, value| to.calls.http_bytes_in = value,
    },
    Limit {
        name: "storage-operations",
        unit: Unit::Count,
        least: 100,
        most: 1_000_000,
        default: Some(Limits::STORAGE_OPERATIONS as u64),
        reason: "of a call, on records and secrets; listing some thousand postings",
        set: |to, value| to.calls.storage_operations = count(value),
    },
    Limit {
        name: "log-lines",
        unit: Unit::Count,
        least: 0,
        most: 100_000,
        default: Some(Limits::LOG_LINES as u64),
        reason: "of a call; they tell any story. What is beyond is dropped, and that is said",
        set: |to, value| to.calls.log_lines = count(value),
    },
    Limit {
        name: "transfer",
        unit: Unit::Bytes,
        least: MIB,
        most: 512 * MIB,
        default: Some(Limits::TRANSFER_BYTES as u64),
        reason: "between plugin and host at once; a file of 16 MiB and what stands around it",
        set: |to, value| to.calls.transfer_bytes = size(value),
    },
    Limit {
        name: "concurrent-calls",
        unit: Unit::Count,
        least: 1,
        most: 1_000,
        default: Some(Limits::CONCURRENT_CALLS as u64),
        reason: "of one connection; an eighth of all instances, so that a board that hangs leaves room for others",
        set: |to, value| to.calls.concurrent_calls = count(value),
    },
    Limit {
        name: "storage-records",
        unit: Unit::Count,
        least: 10_000,
        most: 10_000_000,
        default: Some(Limits::STORAGE_KEYS),
        reason: "of a connection; five thousand postings. The contract promises plugins the least",
        set: |to, value| to.calls.storage_keys = value,
    },
    Limit {
        name: "storage-bytes",
        unit: Unit::Bytes,
        least: 64 * MIB,
        most: 64 * GIB,
        default: Some(Limits::STORAGE_BYTES),
        reason: "of a connection's records; some kilobytes for each posting. The contract promises plugins the least",
        set: |to, value| to.calls.storage_bytes = value,
    },
    Limit {
        name: "instances",
        unit: Unit::Count,
        least: 1,
        most: 1_000,
        default: Some(EngineConfig::MAX_INSTANCES as u64),
        reason: "calls of all connections at once; a call mostly waits for the board. Each reserves about 4 GiB of address space, not memory",
        set: |to, value| to.engine.max_instances = count(value),
    },
    Limit {
        name: "resident-memory",
        unit: Unit::Bytes,
        least: 0,
        most: 64 * MIB,
        default: Some(EngineConfig::KEEP_RESIDENT_BYTES as u64),
        reason: "that each instance keeps for the next call; about what a delivery touches. More is faster",
        set: |to, value| to.engine.keep_resident_bytes = size(value),
    },
    Limit {
        name: "component",
        unit: Unit::Bytes,
        least: MIB,
        most: 256 * MIB,
        default: Some(EngineConfig::MAX_COMPONENT_BYTES as u64),
        reason: "length of a plugin's file; thirty times a plugin in Rust. Compiling takes time and memory in proportion",
        set: |to, value| to.engine.max_component_bytes = size(value),
    },
];

/// The tables' largest values fit wherever the program runs.
fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn count(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// One limit as it was set.
#[derive(Clone, Debug)]
pub struct LimitSetting {
    limit: &'static Limit,
    value: u64,
}

impl FromStr for LimitSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || LIMITS.each_ref().map(|limit| limit.name).join(", ");
        let Some((name, given)) = text.split_once('=') else {
            return Err(format!("write NAME=VALUE; there are {}", names()));
        };
        let Some(limit) = LIMITS.iter().find(|limit| limit.name == name) else {
            return Err(format!("there is no limit `{name}`; there are {}", names()));
        };
        let range = || {
            let [least, most] = [limit.least, limit.most].map(|value| limit.unit.written(value));
            format!("{least} to {most}")
        };
        let Some(value) = limit.unit.read(given) else {
            let examples = limit.unit.examples();
            return Err(format!(
                "`{name}` cannot be `{given}`; write it as {examples}, from {}",
                range()
            ));
        };
        if !(limit.least..=limit.most).contains(&value) {
            return Err(format!("`{name}` cannot be {given}; it takes {}", range()));
        }
        Ok(Self { limit, value })
    }
}

impl Unit {
    /// Largest first, so that what is written is short.
    const fn suffixes(self) -> &'static [(&'static str, u64)] {
        match self {
            Self::Time => &[("m", 60_000), ("s", 1_000), ("ms", 1)],
            Self::Bytes => &[("GiB", GIB), ("MiB", MIB), ("KiB", KIB), ("", 1)],
            Self::Count => &[("", 1)],
        }
    }

    const fn examples(self) -> &'static str {
        match self {
            Self::Time => "500ms, 2s or 2m",
            Self::Bytes => "65536, 64KiB, 64MiB or 1GiB",
            Self::Count => "a whole number",
        }
    }

    fn read(self, text: &str) -> Option<u64> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let suffix = &text[digits.len()..];
        let (_, factor) = self.suffixes().iter().find(|(known, _)| *known == suffix)?;
        // A sign or a blank is no digit.
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u64>().ok().filter(|_| plain)?;
        number.checked_mul(*factor)
    }

    /// A value as it can be set.
    #[must_use]
    pub fn written(self, value: u64) -> String {
        let whole = |(_, factor): &&(&str, u64)| value >= *factor && value.is_multiple_of(*factor);
        match self.suffixes().iter().find(whole) {
            Some((suffix, factor)) => format!("{}{suffix}", value / factor),
            None => value.to_string(),
        }
    }
}

#[cfg(test)]
#[path = "limit_tests.rs"]
mod tests;
