//! Disk full, read-only, damaged: what the operator is told, and that nothing else happens.

use super::*;

fn unavailable<T: std::fmt::Debug>(answer: Result<T, StorageError>) -> String {
    match answer {
        Err(StorageError::Unavailable(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn pragma(storage: &SqliteStorage, name: &str, value: i64) {
    let database = storage.database.lock().unwrap();
    database
        .pragma_update_and_check(None, name, value, |_| Ok(()))
        .or_else(|error| match error {
            // Not every pragma answers.
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(other),
        })
        .unwrap();
}

fn pages(storage: &SqliteStorage) -> i64 {
    let database = storage.database.lock().unwrap();
    database
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap()
}

/// What stands under `a`, the list and the counts, which must not change by a write that fails.
async fn seen(storage: &SqliteStorage) -> (Option<Entry>, Vec<String>, Usage) {
    (
        storage.get(&scope(), "a").await.unwrap(),
        storage
            .list_keys(&scope(), "", None, 100)
            .await
            .unwrap()
            .keys,
        storage.usage(&scope()).await.unwrap(),
    )
}

#[tokio::test]
async fn on_a_full_disk_nothing_changes_reading_goes_on_and_writing_works_again_when_there_is_room()
{
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let put = async |key: &str, size: usize| {
        storage
            .put(&scope(), key, vec![7; size], Precondition::Any)
            .await
    };
    put("a", 10).await.unwrap();
    let before = seen(&storage).await;
    // SQLite answers the same SQLITE_FULL here as when the disk has no block left.
    pragma(&storage, "max_page_count", pages(&storage));
    for (key, size) in [("a", 60_000), ("b", 60_000)] {
        let text = unavailable(put(key, size).await);
        assert!(text.contains("database host.db"), "{text}");
        assert!(text.contains("full"), "{text}");
        assert!(text.contains("make room"), "{text}");
        assert!(
            !text.contains(folder.path().to_str().unwrap()),
            "a guest reads this: {text}"
        );
        assert_eq!(seen(&storage).await, before);
    }
    put("a", 10)
        .await
        .expect("what needs no new page is written");
    pragma(&storage, "max_page_count", 1_000_000);
    put("b", 60_000).await.unwrap();
    put("a", 60_000).await.unwrap();
    assert_eq!(seen(&storage).await.2.bytes, 120_002);
}

#[tokio::test]
async fn a_read_only_file_is_read_and_each_write_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let put = async || storage.put(&scope(), "a", vec![2], Precondition::Any).await;
    put().await.unwrap();
    let before = seen(&storage).await;
    // Root may write to anything, so the database itself is told to refuse: SQLite answers SQLITE_READONLY as on a read-only file system.
    pragma(&storage, "query_only", 1);
    for text in [
        unavailable(put().await),
        unavailable(storage.delete(&scope(), "a", Precondition::Any).await),
    ] {
        assert!(
            text.contains("readonly") || text.contains("read-only"),
            "{text}"
        );
        assert!(text.contains("let the host's user write"), "{text}");
    }
    assert_eq!(seen(&storage).await, before);
    pragma(&storage, "query_only", 0);
    put().await.unwrap();
}

#[tokio::test]
async fn of_a_damaged_file_the_damage_is_named_and_the_rest_is_read() {
    const RECORDS: usize = 200;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let value = |number: usize| format!("record-{number:03}-").repeat(150).into_bytes();
    let storage = SqliteStorage::open(&path).unwrap();
    for number in 0..RECORDS {
        storage
            .put(
                &scope(),
                &format!("k/{number:03}"),
                value(number),
                Precondition::Any,
            )
            .await
            .unwrap();
    }
    drop(storage);
    // The page on which one record in the middle stands, whole.
    let mut bytes = std::fs::read(&path).unwrap();
    let target = value(100);
    let place = bytes
        .windows(40)
        .position(|window| window == &target[..40])
        .unwrap();
    let page = place / 4_096 * 4_096;
    bytes[page..page + 4_096].fill(0xff);
    std::fs::write(&path, bytes).unwrap();

    let storage = SqliteStorage::open(&path).unwrap();
    let mut read = 0;
    let mut damaged = Vec::new();
    for number in 0..RECORDS {
        match storage.get(&scope(), &format!("k/{number:03}")).await {
            Ok(Some(entry)) => {
                assert_eq!(entry.value, value(number), "a record is right or refused");
                read += 1;
            }
            Ok(None) => panic!("record {number} is told to be absent"),
            Err(StorageError::Unavailable(text)) => damaged.push(text),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(read > RECORDS / 2, "{read} of {RECORDS} were read");
    assert!(!damaged.is_empty());
    for text in damaged {
        assert!(text.contains("database disk image is malformed"), "{text}");
        assert!(text.contains("damaged"), "{text}");
        assert!(text.contains("put back the last backup"), "{text}");
    }
    storage
        .put(&scope(), "z", vec![1], Precondition::Any)
        .await
        .expect("elsewhere in the file writing goes on");
}

#[tokio::test]
async fn a_database_that_somebody_holds_answers_and_works_again_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let storage = SqliteStorage::open(&path).unwrap();
    storage
        .database
        .lock()
        .unwrap()
        .busy_timeout(Duration::from_millis(20))
        .unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let put = async || {
        storage
            .put(&scope(), "a", vec![1], Precondition::Absent)
            .await
    };
    let text = unavailable(put().await);
    assert!(text.contains("another process holds it"), "{text}");
    assert_eq!(
        storage.get(&scope(), "a").await.unwrap(),
        None,
        "reading goes on meanwhile"
    );
    other.execute_batch("ROLLBACK").unwrap();
    put().await.unwrap();
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    std::fs::write(
        &path,
        "this is a text file, and long enough that SQLite looks at its header",
    )
    .unwrap();
    let error = SqliteStorage::open(&path).err().unwrap().to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert!(error.contains("no database"), "{error}");
    assert!(error.contains("put back the last backup"), "{error}");
    let missing = folder.path().join("missing/host.db");
    let error = SqliteStorage::open(missing).err().unwrap().to_string();
    assert!(error.contains("the folder must exist"), "{error}");
    assert!(
        SqliteStorage::open(folder.path()).is_err(),
        "a folder is no file"
    );
}
