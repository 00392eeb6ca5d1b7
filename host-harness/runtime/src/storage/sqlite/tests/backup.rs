//! Copies of a database that is in use.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;

fn number(entry: Option<Entry>) -> u64 {
    entry.map_or(0, |entry| {
        u64::from_be_bytes(entry.value.try_into().unwrap())
    })
}

fn integrity(path: &Path) -> String {
    Connection::open(path)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap()
}

/// Raises `first/N` and then `second/N`, again and again, and says how far each was acknowledged.
struct Writer {
    first: AtomicU64,
    second: AtomicU64,
}

async fn write_until(stop: &AtomicBool, storage: SqliteStorage, name: usize, writer: &Writer) {
    for turn in 1_u64.. {
        for (key, told) in [("first", &writer.first), ("second", &writer.second)] {
            let key = format!("{key}/{name}");
            let value = turn.to_be_bytes().to_vec();
            // With writers that never rest, one may wait for its turn for longer than the time-out: then the same again.
            while let Err(error) = storage
                .put(&scope(), &key, value.clone(), Precondition::Any)
                .await
            {
                assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
            }
            told.store(turn, Ordering::SeqCst);
        }
        if stop.load(Ordering::SeqCst) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_made_while_four_write_is_one_moment_of_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let storage = SqliteStorage::open(&path).unwrap();
    // Enough that copying takes a while.
    for filler in 0..200 {
        storage
            .put(
                &scope(),
                &format!("filler/{filler}"),
                vec![7; 60_000],
                Precondition::Any,
            )
            .await
            .unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<Arc<Writer>> = (0..4)
        .map(|_| {
            Arc::new(Writer {
                first: AtomicU64::new(0),
                second: AtomicU64::new(0),
            })
        })
        .collect();
    // Two of them as another process would: through a handle of their own.
    let handles = [
        storage.clone(),
        SqliteStorage::open(&path).unwrap(),
        storage.clone(),
        SqliteStorage::open(&path).unwrap(),
    ];
    let running: Vec<_> = writers
        .iter()
        .zip(handles)
        .enumerate()
        .map(|(name, (writer, storage))| {
            let (stop, writer) = (stop.clone(), writer.clone());
            tokio::spawn(async move { write_until(&stop, storage, name, &writer).await })
        })
        .collect();

    let mut copies = Vec::new();
    for copy in 0..4 {
        while writers
            .iter()
            .any(|writer| writer.second.load(Ordering::SeqCst) < 3 * (copy + 1))
        {
            assert!(
                !running.iter().any(tokio::task::JoinHandle::is_finished),
                "a writer has failed, see above"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let before: Vec<(u64, u64)> = writers
            .iter()
            .map(|writer| {
                let second = writer.second.load(Ordering::SeqCst);
                (writer.first.load(Ordering::SeqCst), second)
            })
            .collect();
        let place = folder.path().join(format!("copy-{copy}.db"));
        storage.backup_to(&place).await.unwrap();
        copies.push((place, before));
    }
    stop.store(true, Ordering::SeqCst);
    for writer in running {
        writer.await.unwrap();
    }

    for (place, before) in copies {
        assert_eq!(integrity(&place), "ok");
        let copy = SqliteStorage::open(&place).unwrap();
        for (name, (first_before, second_before)) in before.into_iter().enumerate() {
            let first = number(copy.get(&scope(), &format!("first/{name}")).await.unwrap());
            let second = number(copy.get(&scope(), &format!("second/{name}")).await.unwrap());
            let last = writers[name].first.load(Ordering::SeqCst);
            assert!(
                first_before <= first && first <= last,
                "{first_before} was acknowledged before, {first} is in the copy, {last} was the last"
            );
            assert!(second_before <= second, "{second_before} {second}");
            assert!(
                first == second || first == second + 1,
                "two moments in one copy: first {first}, second {second}"
            );
        }
        let filler = copy.get(&scope(), "filler/199").await.unwrap().unwrap();
        assert_eq!(filler.value, vec![7; 60_000]);
    }
    let drafts = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            name.to_string_lossy().contains("draft")
        })
        .count();
    assert_eq!(drafts, 0);
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_leaves_nothing_behind_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let there = folder.path().join("there.db");
    std::fs::write(&there, "yesterday's").unwrap();
    let error = storage.backup_to(&there).await.unwrap_err();
    assert!(matches!(&error, BackupError::Exists(path) if *path == there));
    assert!(error.to_string().contains("choose another name"), "{error}");
    assert_eq!(std::fs::read(&there).unwrap(), b"yesterday's");
    let own = storage.backup_to(folder.path().join("host.db")).await;
    assert!(matches!(own, Err(BackupError::Exists(_))));

    let error = storage
        .backup_to(folder.path().join("missing/copy.db"))
        .await
        .unwrap_err();
    assert!(matches!(error, BackupError::Failed { .. }), "{error}");
    assert!(error.to_string().contains("missing/copy.db"), "{error}");

    std::fs::remove_file(folder.path().join("host.db")).unwrap();
    let place = folder.path().join("copy.db");
    let gone = storage.backup_to(&place).await;
    assert!(matches!(gone, Err(BackupError::Failed { .. })), "{gone:?}");
    assert!(!place.exists());
    let files = std::fs::read_dir(folder.path()).unwrap();
    assert!(
        !files
            .map(|file| file.unwrap().file_name())
            .any(|name| name.to_string_lossy().contains("draft"))
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_is_its_owners_alone_and_holds_nothing_that_was_deleted() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    for text in ["deleted-person", "kept-text"] {
        storage
            .put(&scope(), text, text.as_bytes().to_vec(), Precondition::Any)
            .await
            .unwrap();
    }
    storage
        .delete(&scope(), "deleted-person", Precondition::Any)
        .await
        .unwrap();
    let copies = tempfile::tempdir().unwrap();
    let place = copies.path().join("copy.db");
    storage.backup_to(&place).await.unwrap();
    let mode = std::fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(on_disk(copies.path(), "kept-text"), "the search finds it");
    assert!(!on_disk(copies.path(), "deleted-person"));
    assert_eq!(
        std::fs::read_dir(copies.path()).unwrap().count(),
        1,
        "one file is the whole backup"
    );
}

#[tokio::test]
async fn a_restored_copy_never_gives_out_a_version_of_the_original_or_of_another_restore() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let mut seen = BTreeSet::new();
    let write = async |storage: &SqliteStorage| {
        storage
            .put(&scope(), "a", vec![1], Precondition::Any)
            .await
            .unwrap()
    };
    let at_backup = write(&storage).await;
    let backup = folder.path().join("backup.db");
    storage.backup_to(&backup).await.unwrap();
    for _ in 0..50 {
        seen.insert(write(&storage).await);
    }
    for restore in 0..3 {
        let place = folder.path().join(format!("restored-{restore}.db"));
        std::fs::copy(&backup, &place).unwrap();
        let restored = SqliteStorage::open(&place).unwrap();
        let entry = restored.get(&scope(), "a").await.unwrap().unwrap();
        assert_eq!(entry.version, at_backup, "what stands there is as it was");
        for _ in 0..50 {
            let version = write(&restored).await;
            assert!(seen.insert(version.clone()), "{version} came twice");
        }
        // Opening again is no second restore.
        let last: i64 = write(&restored).await.parse().unwrap();
        drop(restored);
        let next = write(&SqliteStorage::open(&place).unwrap()).await;
        assert_eq!(next.parse(), Ok(last + 1));
    }
}
