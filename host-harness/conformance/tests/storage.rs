//! The host's own stores conform.

use job_board_conformance::storage::{self, MemoryUnderTest, SqliteUnderTest};

const WORKER: &str = env!("CARGO_BIN_EXE_sqlite-storage-worker");

#[tokio::test(flavor = "multi_thread")]
async fn memory_storage_conforms_as_far_as_one_process_goes() {
    let report = storage::run(&MemoryUnderTest::default()).await;
    println!("{report}");
    assert!(report.passed(), "{report}");
    assert_eq!(
        report.not_run().collect::<Vec<_>>(),
        [
            "versions-never-repeat-after-reopening",
            "one-winner-of-processes",
            "no-lost-update-of-processes",
            "processes-see-each-other",
            "durable-after-reopening",
            "killed-writer"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_storage_conforms_in_every_case() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let report =
        storage::run(&SqliteUnderTest::new(path).with_worker(WORKER, [path, "records"])).await;
    println!("{report}");
    assert!(report.passed(), "{report}");
    assert_eq!(report.not_run().count(), 0);
}

#[tokio::test]
async fn the_secrets_map_of_sqlite_conforms_too_and_on_one_thread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let under_test = SqliteUnderTest::new(path)
        .secrets()
        .with_worker(WORKER, [path, "secrets"]);
    let report = storage::run(&under_test).await;
    assert!(report.passed(), "{report}");
    assert_eq!(report.not_run().count(), 0);
}
