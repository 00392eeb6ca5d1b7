//! The suite finds what it is there to find: stores that are broken on purpose fail the case that says so, and the other cases still run.
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use job_board_conformance::Report;
use job_board_conformance::storage::{self, SqliteUnderTest, StorageUnderTest};
use job_board_host::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};
use job_board_host::{ConnectionId, SqliteStorage, Storage};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Defect {
    /// Nothing: the skeleton itself must conform, or the tests below show nothing.
    None,
    IgnoresPreconditions,
    /// Counts versions for each key, from the start after a delete.
    RepeatsVersions,
    /// Keeps on disk all but the last write.
    LosesTheLastWrite,
    IgnoresScopes,
    /// Looks and writes in two steps.
    IsNotAtomic,
    DropsTheLastPage,
    /// Its cursor is a number of keys to skip.
    SkipsByNumber,
    CutsValues,
    Panics,
}

/// What is "on disk", and the state of one store.
#[derive(Clone, Default)]
struct State {
    entries: BTreeMap<(String, String), Entry>,
    writes: u64,
}

struct Broken {
    defect: Defect,
    disk: Mutex<BTreeMap<String, Arc<Mutex<State>>>>,
}

/// A handle. What it writes is on disk at once, except that the last write may stay in `pending`.
struct Handle {
    defect: Defect,
    disk: Arc<Mutex<State>>,
    pending: Mutex<Option<State>>,
}

#[async_trait]
impl StorageUnderTest for Broken {
    async fn open(&self, name: &str) -> Result<Arc<dyn Storage>, String> {
        let disk = self
            .disk
            .lock()
            .unwrap()
            .entry(name.to_owned())
            .or_default()
            .clone();
        Ok(Arc::new(Handle {
            defect: self.defect,
            disk,
            pending: Mutex::default(),
        }))
    }

    fn durable(&self) -> bool {
        true
    }
}

impl Handle {
    fn place(&self, scope: &ConnectionId, key: &str) -> (String, String) {
        let scope = match self.defect {
            Defect::IgnoresScopes => "",
            _ => scope.as_str(),
        };
        (scope.to_owned(), key.to_owned())
    }

    fn state(&self) -> State {
        let pending = self.pending.lock().unwrap();
        pending
            .clone()
            .unwrap_or_else(|| self.disk.lock().unwrap().clone())
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        if self.defect != Defect::LosesTheLastWrite {
            return work(&mut self.disk.lock().unwrap());
        }
        let mut pending = self.pending.lock().unwrap();
        let mut state = match pending.take() {
            Some(state) => {
                *self.disk.lock().unwrap() = state.clone();
                state
            }
            None => self.disk.lock().unwrap().clone(),
        };
        let answer = work(&mut state);
        *pending = Some(state);
        answer
    }

    fn refuses(&self, state: &State, place: &(String, String), asked: &Precondition) -> bool {
        let present = state.entries.get(place).map(|entry| &entry.version);
        match asked {
            _ if self.defect == Defect::IgnoresPreconditions => false,
            Precondition::Any => false,
            Precondition::Absent => present.is_some(),
            Precondition::Version(version) => present != Some(version),
        }
    }

    fn write(&self, state: &mut State, place: (String, String), mut value: Vec<u8>) -> Version {
        state.writes += 1;
        let number = match (self.defect, state.entries.get(&place)) {
            (Defect::RepeatsVersions, None) => 1,
            (Defect::RepeatsVersions, Some(entry)) => entry.version.parse::<u64>().unwrap() + 1,
            _ => state.writes,
        };
        if self.defect == Defect::CutsValues {
            value.truncate(65_535);
        }
        let version = number.to_string();
        let entry = Entry {
            value,
            version: version.clone(),
        };
        state.entries.insert(place, entry);
        version
    }
}

#[async_trait]
impl Storage for Handle {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        let place = self.place(scope, key);
        Ok(self.state().entries.get(&place).cloned())
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let place = self.place(scope, key);
        if self.defect == Defect::IsNotAtomic {
            if self.refuses(&self.state(), &place, &precondition) {
                return Err(StorageError::PreconditionFailed);
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            return Ok(self.change(|state| self.write(state, place, value)));
        }
        self.change(|state| {
            if self.refuses(state, &place, &precondition) {
                return Err(StorageError::PreconditionFailed);
            }
            Ok(self.write(state, place, value))
        })
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        let place = self.place(scope, key);
        self.change(|state| {
            if self.refuses(state, &place, &precondition) {
                return Err(StorageError::PreconditionFailed);
            }
            state.entries.remove(&place);
            Ok(())
        })
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        assert!(self.defect != Defect::Panics, "told to");
        let (scope, _) = self.place(scope, "");
        let all: Vec<String> = self
            .state()
            .entries
            .into_keys()
            .filter(|(owner, key)| *owner == scope && key.starts_with(prefix))
            .map(|(_, key)| key)
            .collect();
        let by_number = self.defect == Defect::SkipsByNumber;
        let start = match cursor {
            None => 0,
            Some(cursor) if by_number => cursor.parse().unwrap_or(0).min(all.len()),
            Some(cursor) => all.partition_point(|key| key.as_str() <= cursor),
        };
        let end = all.len().min(start + limit as usize);
        let keys = all[start..end].to_vec();
        let full = end - start == limit as usize;
        let next = match self.defect {
            _ if end == all.len() => None,
            Defect::DropsTheLastPage if !full || end + limit as usize >= all.len() => None,
            Defect::SkipsByNumber => Some(end.to_string()),
            _ => keys.last().cloned(),
        };
        Ok(KeyPage { keys, next })
    }
}

async fn judged(defect: Defect) -> Report {
    storage::run(&Broken {
        defect,
        disk: Mutex::default(),
    })
    .await
}

/// The cases that this defect fails.
async fn failed(defect: Defect) -> BTreeSet<&'static str> {
    let report = judged(defect).await;
    assert!(!report.passed(), "{defect:?} was not found");
    assert_eq!(report.cases().len(), 19, "every case ran");
    report.failed().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_defect_the_skeleton_conforms() {
    let report = judged(Defect::None).await;
    assert!(report.passed(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_ignores_preconditions_is_found() {
    let failed = failed(Defect::IgnoresPreconditions).await;
    for case in [
        "preconditions-of-put",
        "preconditions-of-delete",
        "one-winner-of-8-threads",
    ] {
        assert!(failed.contains(case), "{case} not in {failed:?}");
    }
    assert!(!failed.contains("pages-of-any-size"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_repeats_versions_after_a_delete_is_found() {
    assert_eq!(
        failed(Defect::RepeatsVersions).await,
        [
            "versions-never-repeat",
            "versions-never-repeat-after-reopening"
        ]
        .into()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_loses_the_last_acknowledged_write_is_found() {
    let failed = failed(Defect::LosesTheLastWrite).await;
    assert!(failed.contains("durable-after-reopening"), "{failed:?}");
    assert!(failed.contains("handles-see-each-other"), "{failed:?}");
    assert!(!failed.contains("preconditions-of-put"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_looks_and_writes_in_two_steps_is_found() {
    let failed = failed(Defect::IsNotAtomic).await;
    assert!(failed.contains("one-winner-of-8-threads"), "{failed:?}");
    assert!(failed.contains("no-lost-update-of-8-threads"), "{failed:?}");
    assert!(!failed.contains("preconditions-of-put"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_that_mix_scopes_cut_values_or_lose_pages_are_found() {
    for (defect, case) in [
        (Defect::IgnoresScopes, "scopes-apart"),
        (Defect::CutsValues, "sizes"),
        (Defect::DropsTheLastPage, "pages-of-any-size"),
        (Defect::SkipsByNumber, "list-while-keys-come-and-go"),
        (Defect::Panics, "pages-of-any-size"),
    ] {
        let failed = failed(defect).await;
        assert!(failed.contains(case), "{defect:?}: {failed:?}");
        assert!(!failed.contains("preconditions-of-put"), "{failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_other_processes_do_not_share_is_found() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let there = there.path().to_str().unwrap();
    let under_test = SqliteUnderTest::new(here.path()).with_worker(
        env!("CARGO_BIN_EXE_sqlite-storage-worker"),
        [there, "records"],
    );
    let report = storage::run(&under_test).await;
    assert_eq!(
        report.failed().collect::<BTreeSet<_>>(),
        [
            "one-winner-of-processes",
            "no-lost-update-of-processes",
            "processes-see-each-other",
            "killed-writer"
        ]
        .into(),
        "{report}"
    );
}

/// One acknowledged record is cut to a half behind the suite's back, after the first kill.
#[tokio::test(flavor = "multi_thread")]
async fn a_writer_whose_acknowledged_records_are_changed_behind_it_is_found() {
    struct Tampered(SqliteUnderTest, tempfile::TempDir, Mutex<u32>);

    #[async_trait]
    impl StorageUnderTest for Tampered {
        async fn open(&self, name: &str) -> Result<Arc<dyn Storage>, String> {
            let opened = self.0.open(name).await?;
            if name == "killed-writer" {
                *self.2.lock().unwrap() += 1;
                let scope = ConnectionId::new("connection").unwrap();
                let half = match opened.get(&scope, "slot/3").await {
                    Ok(Some(entry)) => entry.value[..entry.value.len() / 2].to_vec(),
                    other => return Err(format!("{other:?}")),
                };
                let path = self.1.path().join("killed-writer.db");
                SqliteStorage::open(path)
                    .map_err(|error| error.to_string())?
                    .put(&scope, "slot/3", half, Precondition::Any)
                    .await
                    .map_err(|error| format!("{error:?}"))?;
            }
            Ok(opened)
        }

        fn durable(&self) -> bool {
            true
        }

        fn worker(&self) -> Option<std::process::Command> {
            self.0.worker()
        }
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let worker = env!("CARGO_BIN_EXE_sqlite-storage-worker");
    let sqlite = SqliteUnderTest::new(&path).with_worker(worker, [path.as_str(), "records"]);
    let tampered = Tampered(sqlite, folder, Mutex::default());
    let report = storage::run(&tampered).await;
    assert_eq!(report.failed().collect::<Vec<_>>(), ["killed-writer"]);
    assert_eq!(*tampered.2.lock().unwrap(), 1, "found after the first kill");
}
