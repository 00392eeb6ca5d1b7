//! The SQLite store's own promises; what every store promises is in the crate `job-board-conformance`.

mod backup;
mod trouble;

use super::*;

fn scope() -> ConnectionId {
    ConnectionId::new("tenant").unwrap()
}

/// Whether the text stands anywhere in the database's files.
fn on_disk(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn records_and_secrets_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let secrets = storage.secrets_map();
    storage
        .put(&scope(), "k", vec![1], Precondition::Any)
        .await
        .unwrap();
    assert_eq!(secrets.get(&scope(), "k").await.unwrap(), None);
    assert_eq!(secrets.usage(&scope()).await.unwrap(), Usage::default());
    assert_eq!(storage.connections().await.unwrap(), [scope()]);
    assert_eq!(secrets.connections().await.unwrap(), []);
    storage
        .delete(&scope(), "k", Precondition::Any)
        .await
        .unwrap();
    assert_eq!(
        storage.connections().await.unwrap(),
        [],
        "nothing is left of it"
    );
}

#[tokio::test]
async fn a_file_from_before_usage_was_counted_is_counted_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let storage = SqliteStorage::open(&path).unwrap();
    for key in ["a", "b"] {
        storage
            .put(&scope(), key, vec![0; 9], Precondition::Any)
            .await
            .unwrap();
    }
    drop(storage);
    let old = Connection::open(&path).unwrap();
    old.execute_batch(
        "DROP TRIGGER entry_added; DROP TRIGGER entry_replaced; DROP TRIGGER entry_removed; DROP TABLE usage;",
    )
    .unwrap();
    old.execute(
        "INSERT INTO entry VALUES ('records', 'tenant', 'c', zeroblob(4), 99)",
        [],
    )
    .unwrap();
    drop(old);
    for _ in 0..2 {
        let storage = SqliteStorage::open(&path).unwrap();
        assert_eq!(
            storage.usage(&scope()).await.unwrap(),
            Usage { keys: 3, bytes: 25 }
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn two_openings_of_one_file_are_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let (one, two) = (
        SqliteStorage::open(&path).unwrap(),
        SqliteStorage::open(&path).unwrap(),
    );
    let racers: Vec<_> = (0..40)
        .map(|number| {
            let storage = if number % 2 == 0 {
                one.clone()
            } else {
                two.clone()
            };
            tokio::spawn(async move {
                storage
                    .put(&scope(), "k", vec![number], Precondition::Absent)
                    .await
            })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        won += u32::from(racer.await.unwrap().is_ok());
    }
    assert_eq!(won, 1);
    assert_eq!(
        one.get(&scope(), "k").await.unwrap(),
        two.get(&scope(), "k").await.unwrap()
    );
}

#[test]
fn processes_that_make_one_file_at_once_all_open_it() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.db");
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            let openers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        SqliteStorage::open(&path).map(drop)
                    })
                })
                .collect();
            for opener in openers {
                opener.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test]
async fn records_and_versions_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let storage = SqliteStorage::open(&path).unwrap();
    let first = storage
        .put(&scope(), "a", vec![1], Precondition::Any)
        .await
        .unwrap();
    let second = storage
        .put(&scope(), "b", vec![2], Precondition::Any)
        .await
        .unwrap();
    storage
        .delete(&scope(), "b", Precondition::Any)
        .await
        .unwrap();
    drop(storage);
    let storage = SqliteStorage::open(&path).unwrap();
    assert_eq!(
        storage.get(&scope(), "a").await.unwrap().unwrap().version,
        first
    );
    let third = storage
        .put(&scope(), "b", vec![2], Precondition::Absent)
        .await
        .unwrap();
    assert_ne!(
        third, second,
        "a version was used again after a delete and a restart"
    );
}

#[tokio::test]
async fn a_replaced_or_deleted_secret_leaves_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db"))
        .unwrap()
        .secrets_map();
    let put = async |text: &str| {
        storage
            .put(&scope(), "k", text.as_bytes().to_vec(), Precondition::Any)
            .await
            .unwrap()
    };
    put("first-old-value").await;
    assert!(
        on_disk(folder.path(), "first-old-value"),
        "the search finds what is there"
    );
    put("second-old-value").await;
    assert!(!on_disk(folder.path(), "first-old-value"));
    storage
        .delete(&scope(), "k", Precondition::Any)
        .await
        .unwrap();
    assert!(!on_disk(folder.path(), "second-old-value"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    storage
        .put(&scope(), "a", vec![1], Precondition::Any)
        .await
        .unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{:?}",
            file.path()
        );
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    std::fs::write(
        &path,
        "this is a text file, and long enough that SQLite looks at its header",
    )
    .unwrap();
    assert!(SqliteStorage::open(&path).is_err());
    assert!(SqliteStorage::open(folder.path().join("missing/host.db")).is_err());
}
