//! What every storage must do, run by each implementation's tests.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Storage;
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Precondition, StorageError};

/// Runs everything on an empty store.
pub(crate) async fn conforms(storage: Arc<dyn Storage>) {
    reads_what_was_written(&*storage).await;
    keeps_preconditions(&*storage).await;
    never_repeats_a_version(&*storage).await;
    keeps_scopes_apart(&*storage).await;
    lists_every_key_once_there(&*storage).await;
    lets_exactly_one_of_many_win(storage.clone()).await;
    loses_no_update(storage).await;
}

fn scope(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

async fn reads_what_was_written(storage: &dyn Storage) {
    let scope = scope("reads");
    assert_eq!(storage.get(&scope, "a").await.unwrap(), None);
    let large = vec![7; super::MAX_VALUE_BYTES];
    let values: [&[u8]; 3] = [b"", b"\0\xff", &large];
    for value in values {
        let version = storage
            .put(&scope, "a", value.to_vec(), Precondition::Any)
            .await
            .unwrap();
        let entry = storage.get(&scope, "a").await.unwrap().unwrap();
        assert_eq!((entry.value.as_slice(), entry.version), (value, version));
    }
    storage
        .delete(&scope, "a", Precondition::Any)
        .await
        .unwrap();
    assert_eq!(storage.get(&scope, "a").await.unwrap(), None);
}

async fn keeps_preconditions(storage: &dyn Storage) {
    let scope = scope("preconditions");
    let failed = Err(StorageError::PreconditionFailed);
    let stale = || Precondition::Version("no-such-version".to_owned());

    // Absent key.
    assert_eq!(
        storage.put(&scope, "a", vec![1], stale()).await,
        failed.clone()
    );
    assert_eq!(
        storage.delete(&scope, "a", stale()).await,
        Err(StorageError::PreconditionFailed)
    );
    storage
        .delete(&scope, "a", Precondition::Any)
        .await
        .unwrap();
    storage
        .delete(&scope, "a", Precondition::Absent)
        .await
        .unwrap();
    let first = storage
        .put(&scope, "a", vec![1], Precondition::Absent)
        .await
        .unwrap();

    // Present key.
    assert_eq!(
        storage
            .put(&scope, "a", vec![2], Precondition::Absent)
            .await,
        failed.clone()
    );
    assert_eq!(
        storage.put(&scope, "a", vec![2], stale()).await,
        failed.clone()
    );
    assert_eq!(
        storage.delete(&scope, "a", Precondition::Absent).await,
        Err(StorageError::PreconditionFailed)
    );
    assert_eq!(
        storage.delete(&scope, "a", stale()).await,
        Err(StorageError::PreconditionFailed)
    );
    let entry = storage.get(&scope, "a").await.unwrap().unwrap();
    assert_eq!(
        (entry.value, entry.version),
        (vec![1], first.clone()),
        "a failed precondition changed nothing"
    );
    let second = storage
        .put(&scope, "a", vec![2], Precondition::Version(first.clone()))
        .await
        .unwrap();
    assert_eq!(
        storage
            .put(&scope, "a", vec![3], Precondition::Version(first))
            .await,
        failed
    );
    storage
        .delete(&scope, "a", Precondition::Version(second))
        .await
        .unwrap();
    assert_eq!(storage.get(&scope, "a").await.unwrap(), None);
}

async fn never_repeats_a_version(storage: &dyn Storage) {
    let scope = scope("versions");
    let mut seen = BTreeSet::new();
    for round in 0..20 {
        let version = storage
            .put(&scope, "a", b"same".to_vec(), Precondition::Any)
            .await
            .unwrap();
        assert!(seen.insert(version.clone()), "{version} came twice");
        if round % 3 == 0 {
            storage
                .delete(&scope, "a", Precondition::Any)
                .await
                .unwrap();
        }
    }
}

async fn keeps_scopes_apart(storage: &dyn Storage) {
    // Names that would meet if scope and key were joined.
    let (one, two) = (scope("t"), scope("t:a"));
    storage
        .put(&one, "a/b", vec![1], Precondition::Any)
        .await
        .unwrap();
    assert_eq!(storage.get(&two, "b").await.unwrap(), None);
    assert_eq!(storage.get(&two, "a/b").await.unwrap(), None);
    storage
        .delete(&two, "a/b", Precondition::Any)
        .await
        .unwrap();
    assert!(
        storage
            .list_keys(&two, "", None, 10)
            .await
            .unwrap()
            .keys
            .is_empty()
    );
    assert!(storage.get(&one, "a/b").await.unwrap().is_some());
}

async fn lists_every_key_once_there(storage: &dyn Storage) {
    let scope = scope("list");
    let mut expected = BTreeSet::new();
    for number in 0..25 {
        let key = format!("p/{number}");
        storage
            .put(&scope, &key, vec![], Precondition::Any)
            .await
            .unwrap();
        expected.insert(key);
    }
    for outside in ["o", "p", "p.x", "p0", "q/1"] {
        storage
            .put(&scope, outside, vec![], Precondition::Any)
            .await
            .unwrap();
    }
    for limit in [1, 7, 25, 1_000] {
        let mut found = BTreeSet::new();
        let mut cursor = None;
        loop {
            let page = storage
                .list_keys(&scope, "p/", cursor.as_deref(), limit)
                .await
                .unwrap();
            assert!(page.keys.len() <= limit as usize);
            found.extend(page.keys);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "pages of {limit}");
    }
    assert_eq!(
        storage
            .list_keys(&scope, "", None, 1_000)
            .await
            .unwrap()
            .keys
            .len(),
        30
    );
}

async fn lets_exactly_one_of_many_win(storage: Arc<dyn Storage>) {
    for round in 0..20 {
        let key = format!("race/{round}");
        let racers: Vec<_> = (0..8)
            .map(|racer| {
                let (storage, key) = (storage.clone(), key.clone());
                tokio::spawn(async move {
                    storage
                        .put(&scope("race"), &key, vec![racer], Precondition::Absent)
                        .await
                })
            })
            .collect();
        let mut winners = Vec::new();
        for (racer, task) in racers.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(_) => winners.push(racer as u8),
                Err(error) => assert_eq!(error, StorageError::PreconditionFailed),
            }
        }
        let [winner] = winners[..] else {
            panic!("{winners:?} all won")
        };
        assert_eq!(
            storage
                .get(&scope("race"), &key)
                .await
                .unwrap()
                .unwrap()
                .value,
            [winner]
        );
    }
}

async fn loses_no_update(storage: Arc<dyn Storage>) {
    const TASKS: u64 = 8;
    const TURNS: u64 = 25;
    let scope = scope("counter");
    storage
        .put(&scope, "n", 0_u64.to_be_bytes().to_vec(), Precondition::Any)
        .await
        .unwrap();
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let (storage, scope) = (storage.clone(), scope.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while done < TURNS {
                    let entry = storage.get(&scope, "n").await.unwrap().unwrap();
                    let count = u64::from_be_bytes(entry.value.try_into().unwrap()) + 1;
                    let precondition = Precondition::Version(entry.version);
                    match storage
                        .put(&scope, "n", count.to_be_bytes().to_vec(), precondition)
                        .await
                    {
                        Ok(_) => done += 1,
                        Err(error) => assert_eq!(error, StorageError::PreconditionFailed),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let entry = storage.get(&scope, "n").await.unwrap().unwrap();
    assert_eq!(
        u64::from_be_bytes(entry.value.try_into().unwrap()),
        TASKS * TURNS
    );
}
