//! Keys and encryption, on a map whose bytes the tests look at.

use std::sync::{Arc, Mutex};

use super::*;
use crate::audit::{Audit, AuditEvent};
use crate::storage::{MemoryStorage, Storage};

#[derive(Default)]
struct Kept(Mutex<Vec<AuditEvent>>);

impl Audit for Kept {
    fn record(&self, event: AuditEvent) {
        self.0.lock().unwrap().push(event);
    }
}

fn id(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

fn key(digit: char) -> MasterKey {
    MasterKey::from_env_value(&digit.to_string().repeat(64)).unwrap()
}

fn over(map: &Arc<MemoryStorage>, keys: KeyRing) -> (EncryptedSecrets, Arc<Kept>) {
    let audit = Arc::new(Kept::default());
    (
        EncryptedSecrets::new(map.clone(), keys).with_audit(audit.clone()),
        audit,
    )
}

#[tokio::test]
async fn values_come_back_and_are_not_in_the_map() {
    let map = Arc::new(MemoryStorage::new());
    let (secrets, audit) = over(&map, KeyRing::new(key('a')));
    let version = secrets
        .put(
            &id("t"),
            "token",
            b"hush-hush".to_vec(),
            Precondition::Absent,
        )
        .await
        .unwrap();
    let entry = secrets.get(&id("t"), "token").await.unwrap().unwrap();
    assert_eq!(
        (entry.value.as_slice(), &entry.version),
        (b"hush-hush".as_slice(), &version)
    );
    let stored = map.get(&id("t"), "token").await.unwrap().unwrap().value;
    assert!(!stored.windows(4).any(|window| window == b"hush"));
    // The same value looks different each time.
    secrets
        .put(
            &id("t"),
            "token",
            b"hush-hush".to_vec(),
            Precondition::Version(version),
        )
        .await
        .unwrap();
    assert_ne!(
        map.get(&id("t"), "token").await.unwrap().unwrap().value,
        stored
    );
    secrets
        .delete(&id("t"), "token", Precondition::Any)
        .await
        .unwrap();
    assert_eq!(secrets.get(&id("t"), "token").await.unwrap(), None);
    assert!(
        audit.0.lock().unwrap().is_empty(),
        "an absent secret is nothing to report"
    );
}

#[tokio::test]
async fn a_row_that_was_copied_or_changed_does_not_decrypt() {
    let map = Arc::new(MemoryStorage::new());
    let (secrets, audit) = over(&map, KeyRing::new(key('a')));
    secrets
        .put(&id("one"), "token", b"value".to_vec(), Precondition::Any)
        .await
        .unwrap();
    let sealed = map.get(&id("one"), "token").await.unwrap().unwrap().value;

    let mut changed = sealed.clone();
    *changed.last_mut().unwrap() ^= 1;
    let mut other_layout = sealed.clone();
    other_layout[0] = 9;
    let copies = [
        ("two", "token", sealed.clone()),
        ("one", "other", sealed.clone()),
        ("one", "changed", changed),
    ];
    let cut = [
        ("one", "short", sealed[..20].to_vec()),
        ("one", "empty", Vec::new()),
        ("one", "layout", other_layout),
    ];
    for (scope, name, bytes) in copies.into_iter().chain(cut) {
        map.put(&id(scope), name, bytes, Precondition::Any)
            .await
            .unwrap();
        assert_eq!(
            secrets.get(&id(scope), name).await.unwrap(),
            None,
            "{scope} {name}"
        );
        let expected = AuditEvent::SecretUnreadable {
            connection: id(scope),
            key: name.to_owned(),
        };
        assert_eq!(audit.0.lock().unwrap().pop(), Some(expected));
    }
    assert!(secrets.get(&id("one"), "token").await.unwrap().is_some());
}

#[tokio::test]
async fn after_a_lost_key_a_new_secret_can_be_written_by_one_host_only() {
    let map = Arc::new(MemoryStorage::new());
    over(&map, KeyRing::new(key('a')))
        .0
        .put(&id("t"), "token", b"old".to_vec(), Precondition::Any)
        .await
        .unwrap();
    let (secrets, audit) = over(&map, KeyRing::new(key('b')));
    assert_eq!(secrets.get(&id("t"), "token").await.unwrap(), None);
    assert_eq!(audit.0.lock().unwrap().len(), 1);
    secrets
        .put(&id("t"), "token", b"new".to_vec(), Precondition::Absent)
        .await
        .unwrap();
    assert_eq!(
        secrets.get(&id("t"), "token").await.unwrap().unwrap().value,
        b"new"
    );
    let again = secrets
        .put(&id("t"), "token", b"newer".to_vec(), Precondition::Absent)
        .await;
    assert_eq!(again, Err(StorageError::PreconditionFailed));
}

#[tokio::test]
async fn an_older_key_reads_and_the_primary_writes() {
    let map = Arc::new(MemoryStorage::new());
    over(&map, KeyRing::new(key('a')))
        .0
        .put(&id("t"), "token", b"value".to_vec(), Precondition::Any)
        .await
        .unwrap();
    let (both, _) = over(&map, KeyRing::new(key('b')).with_older(key('a')));
    assert_eq!(
        both.get(&id("t"), "token").await.unwrap().unwrap().value,
        b"value"
    );
    both.put(&id("t"), "token", b"value".to_vec(), Precondition::Any)
        .await
        .unwrap();
    let (new_only, _) = over(&map, KeyRing::new(key('b')));
    assert_eq!(
        new_only
            .get(&id("t"), "token")
            .await
            .unwrap()
            .unwrap()
            .value,
        b"value"
    );
}

#[test]
fn the_context_is_part_of_the_seal() {
    let keys = KeyRing::new(key('a'));
    let sealed = keys.seal(&["inbox", "ab", "c"], b"body").unwrap();
    assert_eq!(keys.open(&["inbox", "ab", "c"], &sealed).unwrap(), b"body");
    for other in [
        &["inbox", "a", "bc"][..],
        &["inbox", "abc"],
        &["inbox", "ab", "c", ""],
        &[],
    ] {
        assert!(keys.open(other, &sealed).is_none(), "{other:?}");
    }
}

#[test]
fn a_key_is_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let sealed: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    KeyRing::new(MasterKey::from_file_or_create(&path).ok().unwrap())
                        .seal(&[], b"x")
                        .unwrap()
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    let keys = KeyRing::new(MasterKey::from_file_or_create(&path).ok().unwrap());
    assert!(
        sealed.iter().all(|sealed| keys.open(&[], sealed).is_some()),
        "all racers got the same key"
    );
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "no drafts are left: {files:?}");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::from_file_or_create(&path).ok().unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for mode in [0o640, 0o604, 0o620, 0o666] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = MasterKey::from_file_or_create(&path).err().unwrap();
        assert!(matches!(error, MasterKeyError::TooOpen { .. }), "{error}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(MasterKey::from_file_or_create(&path).is_ok());
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated_in_the_error() {
    for text in ["", "abc", &"a".repeat(63), &"a".repeat(66), &"z".repeat(64)] {
        let error = MasterKey::from_env_value(text).err().unwrap().to_string();
        assert!(text.len() < 4 || !error.contains(text), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path)
        .unwrap();
    let error = MasterKey::from_file_or_create(&path).err().unwrap();
    assert!(
        matches!(error, MasterKeyError::Malformed { .. }),
        "an empty file is not silently replaced: {error}"
    );
    assert!(MasterKey::from_env_value(&format!(" {}\n", "A".repeat(64))).is_ok());
}
