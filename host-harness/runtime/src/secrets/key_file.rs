//! The file with the master keys: read by every host, exchanged by who holds it alone.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::master_key::{KeyId, MasterKey, MasterKeyError, random};

/// What stands behind the name of the file with the keys that are out of use.
const RETIRED: &str = ".retired";

/// What stands behind the name of the gate at which those who come wait while somebody waits to hold the file alone: otherwise holders who
/// relieve each other would never let it go.
const GATE: &str = ".gate";

/// What stands behind the name of a file that is being written.
const DRAFT: &str = ".draft-";

/// How long an exchange waits for those who write under the present key, each of whom takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);

/// A file of master keys, a line of 64 hexadecimal digits for each. The first key encrypts, the others only decrypt.
///
/// Beside it may stand a second one, its name ending in `.retired`: keys under which nothing that is in use was encrypted any more when they went there. They
/// still open what is restored from an old backup.
///
/// The file is never changed, only exchanged for another under its name, by a process that holds it alone. Whoever encrypts holds it together with others
/// from before the key is chosen until the value is stored ([`KeyRing::hold`](super::KeyRing::hold)). So once an exchange is done, nothing comes under the
/// key that was first before: what is under it can be counted. The file itself carries the lock, and the system lets go of it when a process dies. All
/// hosts must be on one machine.
///
/// A key stands in one of the two files from before its first use until after its last: whoever meets a value under a key that it does not know
/// reads both again.
#[derive(Clone)]
pub struct KeyFile {
    path: PathBuf,
}

/// What [`KeyFile::begin_rotation`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationBegun {
    /// There is a new key, and it encrypts from now on.
    NewKey(KeyId),
    /// An earlier rotation was not finished: this key is its new one.
    Unfinished(KeyId),
}

/// The file, held together with others. While it lives, the first key stays the first.
pub(super) struct Shared {
    _file: File,
    pub(super) keys: Vec<MasterKey>,
}

/// Shut while it lives.
struct Gate {
    _file: File,
    path: PathBuf,
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl KeyFile {
    /// The file of this name. Nothing is read yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes the file with a new key, readable by its owner alone, where there is none. Two processes that do so at once get the same key.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create_if_missing(&self) -> Result<(), MasterKeyError> {
        if self.path.try_exists().map_err(|e| self.failed(e))? {
            return Ok(());
        }
        let draft = self.draft(&self.path, &[MasterKey::generate()?])?;
        // A link is whole from its first moment and never replaces what is there.
        let linked = fs::hard_link(&draft, &self.path);
        let _ = fs::remove_file(&draft);
        match linked {
            // Somebody was faster: theirs counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other.map_err(|e| self.failed(e)),
        }
    }

    /// The keys in use; the first encrypts.
    ///
    /// # Errors
    /// When the file cannot be read, is open to others, or holds no key.
    pub fn keys(&self) -> Result<Vec<MasterKey>, MasterKeyError> {
        let file = File::open(&self.path).map_err(|e| self.failed(e))?;
        read(&self.path, &file)
    }

    /// The keys that are out of use.
    ///
    /// # Errors
    /// As [`KeyFile::keys`]; a missing file holds none.
    pub fn retired(&self) -> Result<Vec<MasterKey>, MasterKeyError> {
        let path = beside(&self.path, RETIRED);
        match File::open(&path) {
            Ok(file) => read(&path, &file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(at(&path, error)),
        }
    }

    /// Puts a new key in the first place, where no rotation is under way. From then on every host encrypts with it, and has the earlier one to decrypt.
    ///
    /// # Errors
    /// When the file cannot be exchanged; then nothing has changed.
    pub fn begin_rotation(&self) -> Result<RotationBegun, MasterKeyError> {
        let (_alone, mut keys) = self.hold_alone()?;
        self.remove_drafts();
        if let [first, _, ..] = keys.as_slice() {
            return Ok(RotationBegun::Unfinished(first.id()));
        }
        let new = MasterKey::generate()?;
        let id = new.id();
        keys.insert(0, new);
        self.exchange(&self.path, &keys)?;
        Ok(RotationBegun::NewKey(id))
    }

    /// Takes all keys but the first out of use, and answers them. To be called when nothing is left under them.
    ///
    /// # Errors
    /// When a file cannot be exchanged; then they are still in use, and perhaps among the retired ones too, which does no harm.
    pub fn retire_older(&self) -> Result<Vec<KeyId>, MasterKeyError> {
        let (_alone, mut keys) = self.hold_alone()?;
        let older = keys.split_off(1);
        if older.is_empty() {
            return Ok(Vec::new());
        }
        let ids = older.iter().map(MasterKey::id).collect();
        self.add_retired(older)?;
        self.exchange(&self.path, &keys)?;
        Ok(ids)
    }

    /// Adds keys that only decrypt: those of a backup that was restored. Those that are known already are left out.
    ///
    /// # Errors
    /// When a file cannot be read or exchanged.
    pub fn add_retired(&self, keys: Vec<MasterKey>) -> Result<(), MasterKeyError> {
        let mut retired = self.retired()?;
        let known = retired.len();
        for key in keys {
            if retired.iter().all(|known| known.id() != key.id()) {
                retired.push(key);
            }
        }
        if retired.len() == known {
            return Ok(());
        }
        self.exchange(&beside(&self.path, RETIRED), &retired)
    }

    /// Removes the keys that are out of use, for good. What is still under them, such as old backups, stays closed.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn forget_retired(&self) -> Result<(), MasterKeyError> {
        let path = beside(&self.path, RETIRED);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path, error)),
            _ => self.sync_folder(),
        }
    }

    /// Makes the file with these keys, where there is none.
    ///
    /// # Errors
    /// When there is one, or it cannot be made.
    pub fn create_with(&self, keys: &[MasterKey]) -> Result<(), MasterKeyError> {
        let draft = self.draft(&self.path, keys)?;
        let linked = fs::hard_link(&draft, &self.path);
        let _ = fs::remove_file(&draft);
        linked.map_err(|e| self.failed(e))?;
        self.sync_folder()
    }

    /// Holds the file together with others who encrypt. Waits while it is exchanged.
    pub(super) fn hold(&self) -> Result<Shared, MasterKeyError> {
        loop {
            self.wait_at_gate()?;
            let file = File::open(&self.path).map_err(|e| self.failed(e))?;
            file.lock_shared().map_err(|e| self.failed(e))?;
            if self.is_in_place(&file)? {
                let keys = read(&self.path, &file)?;
                return Ok(Shared { _file: file, keys });
            }
        }
    }

    /// Returns at once where there is no gate, or one that a killed process has left behind.
    fn wait_at_gate(&self) -> Result<(), MasterKeyError> {
        let path = beside(&self.path, GATE);
        match File::open(&path) {
            Ok(gate) => gate.lock_shared().map_err(|error| at(&path, error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(at(&path, error)),
        }
    }

    fn shut_gate(&self) -> Result<Gate, MasterKeyError> {
        let path = beside(&self.path, GATE);
        let failed = |error| at(&path, error);
        let file = match new_private_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(&path),
            made => made,
        };
        let file = file.map_err(failed)?;
        self.keep_owner(&file).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Gate { _file: file, path })
    }

    fn hold_alone(&self) -> Result<(File, Vec<MasterKey>), MasterKeyError> {
        let begun = Instant::now();
        let _gate = self.shut_gate()?;
        loop {
            let file = File::open(&self.path).map_err(|e| self.failed(e))?;
            match file.try_lock() {
                Ok(()) if self.is_in_place(&file)? => {
                    let keys = read(&self.path, &file)?;
                    return Ok((file, keys));
                }
                Ok(()) => {}
                Err(TryLockError::Error(error)) => return Err(self.failed(error)),
                Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => {
                    let path = self.path.clone();
                    return Err(MasterKeyError::Busy { path });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Whether the name still leads to this file: it may have been exchanged between opening and locking.
    #[cfg(unix)]
    fn is_in_place(&self, file: &File) -> Result<bool, MasterKeyError> {
        use std::os::unix::fs::MetadataExt;
        let held = file.metadata().map_err(|e| self.failed(e))?;
        let named = fs::metadata(&self.path).map_err(|e| self.failed(e))?;
        Ok((held.dev(), held.ino()) == (named.dev(), named.ino()))
    }

    #[cfg(not(unix))]
    fn is_in_place(&self, _: &File) -> Result<bool, MasterKeyError> {
        // A file that is open cannot be replaced there.
        Ok(true)
    }

    /// Puts these keys under the name, in one step.
    fn exchange(&self, path: &Path, keys: &[MasterKey]) -> Result<(), MasterKeyError> {
        let draft = self.draft(path, keys)?;
        fs::rename(&draft, path).map_err(|error| at(path, error))?;
        self.sync_folder()
    }

    /// Writes these keys into a file beside the path, for the same owner as the key file's.
    fn draft(&self, path: &Path, keys: &[MasterKey]) -> Result<PathBuf, MasterKeyError> {
        let mut suffix = [0; 8];
        random(&mut suffix)?;
        let draft = beside(path, &format!("{DRAFT}{}", hex::encode(suffix)));
        let mut text = Zeroizing::new(String::with_capacity(keys.len() * 65));
        for key in keys {
            text.push_str(&key.text());
            text.push('\n');
        }
        let written = new_private_file(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            self.keep_owner(&file)?;
            file.sync_all()
        });
        match written {
            Ok(()) => Ok(draft),
            Err(error) => {
                let _ = fs::remove_file(&draft);
                Err(at(&draft, error))
            }
        }
    }

    /// An administrator who rotates must not shut the service out.
    #[cfg(unix)]
    fn keep_owner(&self, draft: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, fchown};
        let Ok(present) = fs::metadata(&self.path) else {
            return Ok(());
        };
        let made = draft.metadata()?;
        if (present.uid(), present.gid()) == (made.uid(), made.gid()) {
            return Ok(());
        }
        fchown(draft, Some(present.uid()), Some(present.gid()))
    }

    #[cfg(not(unix))]
    fn keep_owner(&self, _: &File) -> io::Result<()> {
        Ok(())
    }

    /// What an exchange that was cut off has left: keys that were never used.
    fn remove_drafts(&self) {
        let Some(name) = self.path.file_name() else {
            return;
        };
        let name = name.to_string_lossy();
        let folder = fs::read_dir(folder_of(&self.path)).into_iter().flatten();
        for file in folder.flatten() {
            let found = file.file_name();
            let draft = found
                .to_string_lossy()
                .strip_prefix(&*name)
                .is_some_and(|rest| rest.contains(DRAFT));
            if draft {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    fn sync_folder(&self) -> Result<(), MasterKeyError> {
        let folder = folder_of(&self.path);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| at(folder, error))
    }

    fn failed(&self, source: io::Error) -> MasterKeyError {
        at(&self.path, source)
    }
}

fn at(path: &Path, source: io::Error) -> MasterKeyError {
    MasterKeyError::File {
        path: path.to_owned(),
        source,
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn read(path: &Path, mut file: &File) -> Result<Vec<MasterKey>, MasterKeyError> {
    refuse_open_file(path, file)?;
    let mut text = Zeroizing::new(Vec::with_capacity(4_096));
    file.read_to_end(&mut text)
        .map_err(|error| at(path, error))?;
    let lines = text.trim_ascii().split(|byte| *byte == b'\n');
    lines
        .map(|line| MasterKey::parse(line, || path.display().to_string()))
        .collect()
}

#[cfg(unix)]
fn new_private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn new_private_file(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
}

#[cfg(unix)]
fn refuse_open_file(path: &Path, file: &File) -> Result<(), MasterKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file.metadata().map_err(|error| at(path, error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(MasterKeyError::TooOpen {
        path: path.to_owned(),
        mode,
    })
}

#[cfg(not(unix))]
fn refuse_open_file(_: &Path, _: &File) -> Result<(), MasterKeyError> {
    // There are no mode bits to look at.
    Ok(())
}
