//! What every [`Storage`](job_board_host::Storage) must do. The rules are those of `storage` in the WIT.
//!
//! | what a store must bear | cases |
//! |---|---|
//! | one key at a time | `reads-what-was-written`, `preconditions-of-put`, `preconditions-of-delete`, `sizes`, `scopes-apart`, `usage` |
//! | many at once | `one-winner-of-8-threads`, `no-lost-update-of-8-threads`, `one-winner-of-processes`, `no-lost-update-of-processes` |
//! | versions | `versions-never-repeat`, `versions-never-repeat-after-reopening`; across processes in `no-lost-update-of-processes` |
//! | lists | `pages-of-any-size`, `list-while-keys-come-and-go`, `foreign-cursors` |
//! | several handles | `handles-see-each-other`, `processes-see-each-other` |
//! | the end of a process | `durable-after-reopening`, `killed-writer` |
//!
//! Over-large values and malformed keys never reach a store: the host refuses them before.

mod expect;
mod keys;
mod lists;
mod parallel;
mod processes;
mod sqlite;
mod under_test;
mod versions;
mod worker;

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use crate::report::{CaseReport, Outcome, Report};
use expect::{Stop, Verdict};

pub use sqlite::SqliteUnderTest;
pub use under_test::{MemoryUnderTest, StorageUnderTest};
pub use worker::{WorkerError, work};

/// How long one case may take before its store counts as one that does not answer. The slowest takes some seconds on a slow disk.
const CASE_TIMEOUT: Duration = Duration::from_secs(300);

type Running<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

struct Case {
    name: &'static str,
    promise: &'static str,
    run: for<'a> fn(&'a dyn StorageUnderTest) -> Running<'a>,
}

const CASES: [Case; 19] = [
    Case {
        name: "reads-what-was-written",
        promise: "a key holds the last value that was written, whatever its bytes, until it is deleted",
        run: |store| Box::pin(keys::reads_what_was_written(store)),
    },
    Case {
        name: "preconditions-of-put",
        promise: "a put happens exactly when its precondition holds, and one that fails changes nothing",
        run: |store| Box::pin(keys::preconditions_of_put(store)),
    },
    Case {
        name: "preconditions-of-delete",
        promise: "a delete happens exactly when its precondition holds, and one that fails changes nothing",
        run: |store| Box::pin(keys::preconditions_of_delete(store)),
    },
    Case {
        name: "sizes",
        promise: "the longest key, the longest connection id and the largest sealed value are kept whole",
        run: |store| Box::pin(keys::sizes(store)),
    },
    Case {
        name: "scopes-apart",
        promise: "no connection reads, lists, overwrites or deletes what another has",
        run: |store| Box::pin(keys::scopes_apart(store)),
    },
    Case {
        name: "usage",
        promise: "keys and bytes of a connection are counted, through replacing and deleting",
        run: |store| Box::pin(keys::usage(store)),
    },
    Case {
        name: "versions-never-repeat",
        promise: "no version comes twice for a key, also not after a delete, so a stale one never fits again",
        run: |store| Box::pin(versions::never_repeat(store)),
    },
    Case {
        name: "versions-never-repeat-after-reopening",
        promise: "no version comes twice for a key when the store was closed between, with the key deleted or not",
        run: |store| Box::pin(versions::never_repeat_after_reopening(store)),
    },
    Case {
        name: "pages-of-any-size",
        promise: "following the cursors gives every key of the prefix and no other, in pages of at most the limit",
        run: |store| Box::pin(lists::pages_of_any_size(store)),
    },
    Case {
        name: "list-while-keys-come-and-go",
        promise: "a key that exists from the first page to the last appears at least once",
        run: |store| Box::pin(lists::while_keys_come_and_go(store)),
    },
    Case {
        name: "foreign-cursors",
        promise: "a cursor that the store did not give is a place in the order of keys, never an error and never a way to another prefix",
        run: |store| Box::pin(lists::foreign_cursors(store)),
    },
    Case {
        name: "handles-see-each-other",
        promise: "what one handle has written is read by every other at once",
        run: |store| Box::pin(parallel::handles_see_each_other(store)),
    },
    Case {
        name: "one-winner-of-8-threads",
        promise: "of many writes and deletes with one precondition exactly one succeeds, and its value stands",
        run: |store| Box::pin(parallel::one_winner(store)),
    },
    Case {
        name: "no-lost-update-of-8-threads",
        promise: "a counter that many raise by version holds the sum",
        run: |store| Box::pin(parallel::no_lost_update(store)),
    },
    Case {
        name: "one-winner-of-processes",
        promise: "of many processes that write an absent key exactly one succeeds, and its value stands",
        run: |store| Box::pin(processes::one_winner(store)),
    },
    Case {
        name: "no-lost-update-of-processes",
        promise: "a counter that several processes raise by version holds the sum, and none of them ever got a version of another",
        run: |store| Box::pin(processes::no_lost_update(store)),
    },
    Case {
        name: "processes-see-each-other",
        promise: "what one process has written or deleted is seen by a process that starts afterwards and by one that was there",
        run: |store| Box::pin(processes::see_each_other(store)),
    },
    Case {
        name: "durable-after-reopening",
        promise: "what was acknowledged is there, with its version, after every handle was closed",
        run: |store| Box::pin(versions::durable_after_reopening(store)),
    },
    Case {
        name: "killed-writer",
        promise: "after a writing process was killed every write that it had acknowledged is there, and no write by halves",
        run: |store| Box::pin(processes::killed_writer(store)),
    },
];

/// Runs every case, each on a store of its own name. Takes some seconds.
///
/// Cases that begin several threads or processes wait for conditions, never for a time, so a slow machine changes nothing.
/// A store that panics or never answers fails the case and the others still run. Call it on a [`tokio`] runtime with time and I/O.
pub async fn run(under_test: &dyn StorageUnderTest) -> Report {
    let mut report = Report::new("storage");
    for case in &CASES {
        let outcome = match tokio::time::timeout(CASE_TIMEOUT, caught((case.run)(under_test))).await
        {
            Ok(Ok(())) => Outcome::Passed,
            Ok(Err(Stop::Failed { expected, saw })) => Outcome::Failed { expected, saw },
            Ok(Err(Stop::NotRun(reason))) => Outcome::NotRun {
                reason: reason.to_owned(),
            },
            Err(_) => Outcome::Failed {
                expected: format!("an end within {CASE_TIMEOUT:?}"),
                saw: "none".to_owned(),
            },
        };
        report.add(CaseReport {
            name: case.name,
            promise: case.promise,
            outcome,
        });
    }
    report
}

/// Turns a panic of the store's into a failure of the case.
async fn caught(mut case: Running<'_>) -> Verdict {
    poll_fn(move |context| {
        catch_unwind(AssertUnwindSafe(|| case.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Err(Stop::failed("an answer", "a panic"))))
    })
    .await
}
