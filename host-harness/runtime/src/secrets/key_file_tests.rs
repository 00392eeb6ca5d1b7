//! The key file under hands that take it at once.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;

struct Folder {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        Self {
            _folder: folder,
            path,
        }
    }

    /// As another process has it.
    fn ring(&self) -> KeyRing {
        KeyRing::from_file_or_create(&self.path).ok().unwrap()
    }

    fn file(&self) -> KeyFile {
        KeyFile::at(&self.path)
    }

    fn names(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.path.parent().unwrap()).unwrap();
        let mut names: Vec<_> = folder
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn new_key(begun: Result<RotationBegun, MasterKeyError>) -> KeyId {
    match begun.unwrap() {
        RotationBegun::NewKey(id) => id,
        RotationBegun::Unfinished(_) => panic!("an unfinished rotation"),
    }
}

#[test]
fn a_ring_that_was_opened_before_writes_with_the_new_key_and_reads_what_others_wrote_with_it() {
    let folder = Folder::new();
    let [first, second] = [folder.ring(), folder.ring()];
    let before = first.seal(&["x"], b"before").unwrap();
    let new = new_key(folder.file().begin_rotation());
    let after = {
        let _held = first.hold();
        first.seal(&["x"], b"after").unwrap()
    };
    assert_eq!(KeyId::of(&after), Some(new));
    assert_eq!(*second.open(&["x"], &after).unwrap(), b"after");
    assert_eq!(*first.open(&["x"], &before).unwrap(), b"before");
    assert!(!first.is_current(&before) && first.is_current(&after));
}

#[test]
fn a_rotation_that_was_cut_off_goes_on_with_the_same_key() {
    let folder = Folder::new();
    folder.ring();
    let new = new_key(folder.file().begin_rotation());
    let again = folder.file().begin_rotation().unwrap();
    assert_eq!(again, RotationBegun::Unfinished(new));
    assert_eq!(folder.ring().ids()[0], new);
    assert_eq!(folder.file().retire_older().unwrap().len(), 1);
    assert_eq!(folder.file().retire_older().unwrap(), []);
    assert_ne!(new_key(folder.file().begin_rotation()), new);
}

#[test]
fn a_retired_key_still_opens_until_it_is_forgotten_and_encrypts_nothing() {
    let folder = Folder::new();
    let ring = folder.ring();
    let old = ring.ids()[0];
    let before = ring.seal(&["x"], b"before").unwrap();
    let new = new_key(folder.file().begin_rotation());
    assert_eq!(folder.file().retire_older().unwrap(), [old]);
    let lines = std::fs::read_to_string(&folder.path).unwrap();
    assert_eq!(
        lines.trim().len(),
        64,
        "one key, as an older release reads it"
    );
    let later = folder.ring();
    assert_eq!(later.ids(), [new, old]);
    assert_eq!(*later.open(&["x"], &before).unwrap(), b"before");
    folder.file().forget_retired().unwrap();
    folder.file().forget_retired().unwrap();
    assert!(folder.ring().open(&["x"], &before).is_none());
    assert_eq!(folder.names(), ["master.key"]);
}

#[test]
fn a_key_that_is_added_to_the_retired_ones_is_found_by_who_runs_already() {
    let folder = Folder::new();
    let ring = folder.ring();
    let other = MasterKey::from_env_value(&"c".repeat(64)).unwrap();
    let sealed = KeyRing::new(other.clone()).seal(&["x"], b"old").unwrap();
    assert!(ring.open(&["x"], &sealed).is_none());
    folder
        .file()
        .add_retired(vec![other.clone(), other.clone()])
        .unwrap();
    folder.file().add_retired(vec![other]).unwrap();
    assert_eq!(folder.file().retired().unwrap().len(), 1);
    assert_eq!(*ring.open(&["x"], &sealed).unwrap(), b"old");
    let fresh = ring.seal(&["x"], b"new").unwrap();
    assert!(ring.is_current(&fresh));
}

#[test]
fn whoever_holds_the_keys_is_waited_for() {
    let folder = Folder::new();
    let ring = folder.ring();
    let old = ring.ids()[0];
    let held = ring.hold();
    let exchanged = Arc::new(AtomicBool::new(false));
    let exchanging = {
        let (file, exchanged) = (folder.file(), exchanged.clone());
        std::thread::spawn(move || {
            let new = new_key(file.begin_rotation());
            exchanged.store(true, Ordering::SeqCst);
            new
        })
    };
    // Long enough for one that does not wait.
    std::thread::sleep(Duration::from_millis(200));
    assert!(!exchanged.load(Ordering::SeqCst));
    let sealed = ring.seal(&["x"], b"held").unwrap();
    assert_eq!(KeyId::of(&sealed), Some(old));
    drop(held);
    let new = exchanging.join().unwrap();
    let _held = ring.hold();
    assert_eq!(
        KeyId::of(&ring.seal(&["x"], b"then").unwrap()),
        Some(new),
        "and then the new one counts"
    );
}

/// Ends the threads, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn once_the_key_is_exchanged_nobody_stores_anything_under_the_old_one() {
    let folder = Folder::new();
    folder.ring();
    // A store of values with the key that each is under; several hosts, each with two threads.
    let stored = Mutex::new(Vec::<Vec<u8>>::new());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let ring = folder.ring();
            for _ in 0..2 {
                let (ring, stored, stop) = (ring.clone(), &stored, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let _held = ring.hold();
                        let sealed = ring.seal(&["x"], b"value").unwrap();
                        std::thread::yield_now();
                        stored.lock().unwrap().push(sealed);
                    }
                });
            }
        }
        let _ends = Ends(&stop);
        for _ in 0..30 {
            let new = new_key(folder.file().begin_rotation());
            let before = stored.lock().unwrap().len();
            while stored.lock().unwrap().len() < before + 5 {
                std::thread::yield_now();
            }
            let late = stored.lock().unwrap()[before..].to_vec();
            assert!(late.iter().all(|sealed| KeyId::of(sealed) == Some(new)));
            folder.file().retire_older().unwrap();
        }
    });
    let ring = folder.ring();
    for sealed in stored.into_inner().unwrap() {
        assert!(ring.open(&["x"], &sealed).is_some());
    }
}

#[test]
fn two_who_rotate_at_once_make_one_new_key() {
    let folder = Folder::new();
    folder.ring();
    let begun: Vec<_> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| folder.file().begin_rotation().unwrap()))
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    let made = begun
        .iter()
        .filter(|begun| matches!(begun, RotationBegun::NewKey(_)));
    assert_eq!(made.count(), 1, "{begun:?}");
    assert_eq!(folder.file().keys().unwrap().len(), 2);
}

#[test]
fn what_a_killed_exchange_left_behind_is_removed_and_harms_nothing() {
    let folder = Folder::new();
    folder.ring();
    let draft = folder
        .path
        .with_file_name("master.key.draft-0011223344556677");
    std::fs::write(&draft, "half a key").unwrap();
    let other = folder.path.with_file_name("master.key.mine");
    std::fs::write(&other, "the operator's").unwrap();
    new_key(folder.file().begin_rotation());
    assert_eq!(folder.names(), ["master.key", "master.key.mine"]);
}

#[cfg(unix)]
#[test]
fn both_files_are_their_owners_alone_and_open_ones_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.ring();
    folder.file().begin_rotation().unwrap();
    folder.file().retire_older().unwrap();
    let retired = folder.path.with_file_name("master.key.retired");
    for path in [&folder.path, &retired] {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = KeyRing::from_file_or_create(&folder.path).err().unwrap();
        assert!(matches!(error, MasterKeyError::TooOpen { .. }), "{error}");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_host_whose_key_file_is_gone_goes_on_with_what_it_has() {
    let folder = Folder::new();
    let ring = folder.ring();
    let sealed = ring.seal(&["x"], b"before").unwrap();
    std::fs::remove_file(&folder.path).unwrap();
    let _held = ring.hold();
    let later = ring.seal(&["x"], b"later").unwrap();
    for sealed in [sealed, later] {
        assert!(ring.open(&["x"], &sealed).is_some());
    }
}
