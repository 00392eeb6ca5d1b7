//! The worker process for `SqliteStorage`, and the pattern for another store's: `sqlite-storage-worker FOLDER records|secrets`, and then what the suite adds.

use std::process::ExitCode;

use job_board_conformance::storage::{SqliteUnderTest, WorkerError, work};

#[tokio::main]
async fn main() -> ExitCode {
    match worked().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn worked() -> Result<(), WorkerError> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_default();
    let mut under_test = SqliteUnderTest::new(folder);
    if arguments.next().as_deref() == Some("secrets") {
        under_test = under_test.secrets();
    }
    work(&under_test, arguments).await
}
