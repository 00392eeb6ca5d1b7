//! Versions, and what is still there after closing.

use std::collections::BTreeSet;

use job_board_host::contract::storage::Precondition;

use super::StorageUnderTest;
use super::expect::{Part, Stop, Verdict, done, equal, refused};

const NOT_DURABLE: Stop = Stop::NotRun("the store does not outlive its handles");

/// Takes each version once.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn take(&mut self, version: String, when: &str) -> Verdict {
        if self.0.insert(version.clone()) {
            return Ok(());
        }
        Err(Stop::failed(
            format!("a version that the key never had {when}"),
            format!("{version:?} again"),
        ))
    }
}

pub(super) async fn never_repeat(under_test: &dyn StorageUnderTest) -> Verdict {
    let part = Part::open(under_test, "versions-never-repeat").await?;
    let mut seen = Seen::default();
    for round in 0..30 {
        seen.take(
            part.write("a", b"same").await?,
            "after putting the same value",
        )?;
        match round % 3 {
            0 => {
                done("a delete", part.delete("a", Precondition::Any).await)?;
                let again = part.put("a", b"same", Precondition::Absent).await;
                seen.take(done("a put after a delete", again)?, "after a delete")?;
            }
            1 => drop(part.write("beside", b"same").await?),
            _ => {}
        }
    }
    let first = part.write("b", b"1").await?;
    done("a delete", part.delete("b", Precondition::Any).await)?;
    done("a put", part.put("b", b"1", Precondition::Absent).await)?;
    refused(
        "a put under the version of before a delete",
        part.put("b", b"2", Precondition::Version(first)).await,
    )
}

pub(super) async fn never_repeat_after_reopening(under_test: &dyn StorageUnderTest) -> Verdict {
    if !under_test.durable() {
        return Err(NOT_DURABLE);
    }
    let mut seen = Seen::default();
    for round in 0..6 {
        let part = Part::open(under_test, "versions-never-repeat-after-reopening").await?;
        for _ in 0..3 {
            seen.take(
                part.write("a", b"same").await?,
                "after the store was closed",
            )?;
        }
        if round % 2 == 0 {
            // The last thing before closing: a store that finds its next version from what is there finds too small a one.
            done("a delete", part.delete("a", Precondition::Any).await)?;
        }
    }
    Ok(())
}

pub(super) async fn durable_after_reopening(under_test: &dyn StorageUnderTest) -> Verdict {
    const NAME: &str = "durable-after-reopening";
    const KEYS: u8 = 50;
    if !under_test.durable() {
        return Err(NOT_DURABLE);
    }
    let mut written = Vec::new();
    let part = Part::open(under_test, NAME).await?;
    part.write("gone", b"").await?;
    done("a delete", part.delete("gone", Precondition::Any).await)?;
    for number in 0..KEYS {
        written.push(part.write(&format!("k/{number}"), &[number; 1_000]).await?);
    }
    drop(part);
    let part = Part::open(under_test, NAME).await?;
    for (number, version) in (0..KEYS).zip(written) {
        let entry = part.present(&format!("k/{number}")).await?;
        equal(
            "as the version after opening again",
            &entry.version,
            &version,
        )?;
        equal("after opening again", &entry.value, &vec![number; 1_000])?;
    }
    equal(
        "under a deleted key after opening again",
        &part.read("gone").await?,
        &None,
    )
}
