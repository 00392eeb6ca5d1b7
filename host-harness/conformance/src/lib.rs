//! Conformance suites: what an implementation of one of the host's ports must do, as named cases that run on any of them.
//!
//! A platform engineer who keeps plugin records in a database of their own implements [`Storage`](job_board_host::Storage), describes it to
//! [`storage::run`], and reads the [`Report`]:
//!
//! ```no_run
//! use job_board_conformance::storage::{self, SqliteUnderTest};
//!
//! # async fn check() {
//! // Instead of this one: yours.
//! let under_test = SqliteUnderTest::new("empty-folder").with_worker("target/debug/sqlite-storage-worker", ["empty-folder"]);
//! let report = storage::run(&under_test).await;
//! println!("{report}");
//! assert!(report.passed());
//! # }
//! ```
//!
//! Every case runs, whatever became of the ones before. A case that needs what the implementation does not offer (several processes for a store in memory) is
//! reported as not run, with the reason, and never as passed.

mod report;
pub mod storage;

pub use report::{CaseReport, Outcome, Report};
