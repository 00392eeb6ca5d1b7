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
    assert_eq!(*keys.open(&["inbox", "ab", "c"], &sealed).unwrap(), b"body");
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
                    KeyRing::from_file_or_create(&path)
                        .ok()
                        .unwrap()
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
    let keys = KeyRing::from_file_or_create(&path).ok().unwrap();
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
    KeyRing::from_file_or_create(&path).ok().unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for mode in [0o640, 0o604, 0o620, 0o666] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = KeyRing::from_file_or_create(&path).err().unwrap();
        assert!(matches!(error, MasterKeyError::TooOpen { .. }), "{error}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyRing::from_file_or_create(&path).is_ok());
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated_in_the_error() {
    for text in ["", "abc", &"a".repeat(63), &"a".repeat(66), &"z".repeat(64)] {
        let error = MasterKey::from_env_value(text).err().unwrap().to_string();
        assert!(text.len() < 4 || !error.contains(text), "{error}");
    }
    assert!(MasterKey::from_env_value(&format!(" {}\n", "A".repeat(64))).is_ok());
}

#[test]
fn a_damaged_key_file_is_named_with_the_next_step_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    for (bytes, found) in [
        (b"".to_vec(), "nothing"),
        (b"\n".to_vec(), "nothing"),
        (b"abcd".repeat(15), "60 characters"),
        (b"abcd".repeat(17), "68 characters"),
        (b"wxyz".repeat(16), "characters that are no digits"),
        (vec![0xff; 64], "characters that are no digits"),
    ] {
        let _ = std::fs::remove_file(&path);
        let mut options = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.write(true).create_new(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let error = KeyRing::from_file_or_create(&path).err().unwrap();
        assert!(matches!(error, MasterKeyError::Malformed { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(path.to_str().unwrap()), "{text}");
        assert!(text.contains(found), "{text}");
        assert!(text.contains("put back your own copy"), "{text}");
        assert!(text.contains("credentials must be entered again"), "{text}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "left as it was");
    }
}

#[tokio::test]
async fn a_connection_cannot_flood_the_secrets_and_others_do_not_notice() {
    let map = Arc::new(MemoryStorage::new());
    let (secrets, _) = over(&map, KeyRing::new(key('a')));
    let put = async |scope: &str, name: String, bytes: usize| {
        secrets
            .put(&id(scope), &name, vec![0; bytes], Precondition::Any)
            .await
    };
    for number in 0..100 {
        put("many", number.to_string(), 1).await.unwrap();
    }
    assert_eq!(
        put("many", "100".to_owned(), 1).await,
        Err(StorageError::Quota)
    );
    put("many", "7".to_owned(), 1)
        .await
        .expect("what is there is replaced");
    for number in 0..15 {
        put("large", number.to_string(), 65_536).await.unwrap();
    }
    assert_eq!(
        put("large", "15".to_owned(), 65_536).await,
        Err(StorageError::Quota)
    );
    put("other", "token".to_owned(), 65_536).await.unwrap();
}

/// Everything under the old key, in two connections, and one secret that no key opens.
async fn before_rotation(map: &Arc<MemoryStorage>) {
    let (old, _) = over(map, KeyRing::new(key('a')));
    for (scope, name) in [("one", "token"), ("one", "keys"), ("two", "token")] {
        old.put(
            &id(scope),
            name,
            format!("{scope}/{name}").into_bytes(),
            Precondition::Any,
        )
        .await
        .unwrap();
    }
    let (lost, _) = over(map, KeyRing::new(key('f')));
    lost.put(&id("two"), "lost", b"x".to_vec(), Precondition::Any)
        .await
        .unwrap();
}

#[tokio::test]
async fn after_resealing_the_old_key_can_be_dropped() {
    let map = Arc::new(MemoryStorage::new());
    before_rotation(&map).await;
    let connections = [id("one"), id("two"), id("none")];
    let (both, _) = over(&map, KeyRing::new(key('b')).with_older(key('a')));
    both.put(&id("one"), "keys", b"one/keys".to_vec(), Precondition::Any)
        .await
        .unwrap();
    assert_eq!(
        both.reseal_all(&connections).await.unwrap(),
        Resealed {
            moved: 2,
            current: 1,
            unreadable: 1
        }
    );
    assert_eq!(
        both.reseal_all(&connections).await.unwrap(),
        Resealed {
            moved: 0,
            current: 3,
            unreadable: 1
        }
    );
    let (new, audit) = over(&map, KeyRing::new(key('b')));
    for (scope, name) in [("one", "token"), ("one", "keys"), ("two", "token")] {
        let entry = new.get(&id(scope), name).await.unwrap().unwrap();
        assert_eq!(entry.value, format!("{scope}/{name}").into_bytes());
    }
    assert!(audit.0.lock().unwrap().is_empty());
    let (old, _) = over(&map, KeyRing::new(key('a')));
    assert_eq!(old.get(&id("one"), "token").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn other_hosts_read_and_write_while_the_key_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let open = |keys: KeyRing| {
        let storage = crate::SqliteStorage::open(&path).unwrap();
        EncryptedSecrets::new(Arc::new(storage.secrets_map()), keys)
    };
    let first = open(KeyRing::new(key('a')));
    for number in 0..40 {
        first
            .put(
                &id("t"),
                &format!("k/{number}"),
                0_u64.to_be_bytes().to_vec(),
                Precondition::Any,
            )
            .await
            .unwrap();
    }
    // A host that still encrypts with the old key and knows the new one, as in the first step; it raises every counter over and over.
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let other = {
        let (other, stop) = (
            open(KeyRing::new(key('a')).with_older(key('b'))),
            stop.clone(),
        );
        tokio::spawn(async move {
            let mut raised = vec![0_u64; 40];
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                for (number, raised) in raised.iter_mut().enumerate() {
                    let name = format!("k/{number}");
                    let entry = other.get(&id("t"), &name).await.unwrap();
                    let entry = entry.expect("readable throughout");
                    let count = u64::from_be_bytes(entry.value.try_into().unwrap());
                    assert_eq!(count, *raised, "an acknowledged write was lost");
                    let next = (count + 1).to_be_bytes().to_vec();
                    let unchanged = Precondition::Version(entry.version);
                    match other.put(&id("t"), &name, next, unchanged).await {
                        Ok(_) => *raised += 1,
                        Err(error) => assert_eq!(error, StorageError::PreconditionFailed),
                    }
                }
            }
            raised
        })
    };
    let new = open(KeyRing::new(key('b')).with_older(key('a')));
    for _ in 0..5 {
        let done = new.reseal_all(&[id("t")]).await.unwrap();
        assert_eq!((done.moved + done.current, done.unreadable), (40, 0));
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let raised = other.await.unwrap();
    // That host has its new key now, so nothing comes under the old one any more.
    new.reseal_all(&[id("t")]).await.unwrap();
    let last = open(KeyRing::new(key('b')));
    for (number, raised) in raised.into_iter().enumerate() {
        let entry = last.get(&id("t"), &format!("k/{number}")).await.unwrap();
        assert_eq!(entry.unwrap().value, raised.to_be_bytes());
    }
}

/// A map in which somebody writes between the first look at a key and what follows.
struct Interrupted {
    map: Arc<MemoryStorage>,
    newer: Mutex<Option<Vec<u8>>>,
}

#[async_trait]
impl Storage for Interrupted {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        let found = self.map.get(scope, key).await;
        let newer = self.newer.lock().unwrap().take();
        if let Some(newer) = newer {
            self.map.put(scope, key, newer, Precondition::Any).await?;
        }
        found
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        self.map.put(scope, key, value, precondition).await
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.map.delete(scope, key, precondition).await
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<crate::contract::storage::KeyPage, StorageError> {
        self.map.list_keys(scope, prefix, cursor, limit).await
    }
}

#[tokio::test]
async fn a_secret_that_is_written_while_it_is_resealed_keeps_the_newer_value() {
    let map = Arc::new(MemoryStorage::new());
    let (old, _) = over(&map, KeyRing::new(key('a')));
    old.put(&id("t"), "token", b"older".to_vec(), Precondition::Any)
        .await
        .unwrap();
    let newer = old.encrypt(&id("t"), "token", b"newer").unwrap();
    let interrupted = Interrupted {
        map: map.clone(),
        newer: Mutex::new(Some(newer)),
    };
    let ring = KeyRing::new(key('b')).with_older(key('a'));
    let done = EncryptedSecrets::new(Arc::new(interrupted), ring)
        .reseal_all(&[id("t")])
        .await
        .unwrap();
    assert_eq!(done.moved, 1);
    let (new, _) = over(&map, KeyRing::new(key('b')));
    let entry = new.get(&id("t"), "token").await.unwrap().unwrap();
    assert_eq!(entry.value, b"newer");
}
