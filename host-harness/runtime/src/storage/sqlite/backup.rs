//! A copy of the database while it is in use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Map, SqliteStorage, create_private, file_name, trouble, wait_for_turn};
use crate::secrets::KeyId;

/// A backup could not be made. There is then no file at its place, or the one that was there before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Something stands at the place.
    #[error("{path} exists already and is not overwritten; choose another name", path = .0.display())]
    Exists(PathBuf),
    /// The copy could not be written, or not read from the original.
    #[error("cannot back up to {path}: {reason}", path = path.display())]
    Failed {
        /// Where the copy was to stand.
        path: PathBuf,
        /// Why, with the next step.
        reason: String,
    },
}

impl SqliteStorage {
    /// Copies the whole file, records and sealed secrets, as it is at one moment. Reading and writing go on meanwhile, also in other processes.
    ///
    /// The copy is written beside `path` under another name and moved there when it is whole and on disk. Only its owner can read it, and nothing of what was
    /// deleted is in it. Without the master key its secrets are noise: keep the two apart. To restore, stop all hosts, put the copy in the place of the
    /// database and remove the files that end in `-wal` and `-shm` beside it; every version that is given out afterwards is new.
    ///
    /// # Errors
    /// [`BackupError::Exists`] instead of overwriting anything; [`BackupError::Failed`] when a disk or the original refuses.
    pub async fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), BackupError> {
        let (from, to) = (self.path.to_path_buf(), path.as_ref().to_path_buf());
        let place = to.clone();
        tokio::task::spawn_blocking(move || copy(&from, &to))
            .await
            .unwrap_or_else(|error| {
                Err(BackupError::Failed {
                    path: place,
                    reason: error.to_string(),
                })
            })
    }
}

/// Under which keys the secrets of a copy are, so that whoever keeps it knows which to keep. Opens nothing and changes nothing.
///
/// # Errors
/// [`BackupError::Failed`] when the copy cannot be read.
pub fn keys_of_backup(copy: impl AsRef<Path>) -> Result<Vec<KeyId>, BackupError> {
    let copy = copy.as_ref();
    let read = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(copy, flags)?;
        let mut statement =
            database.prepare("SELECT DISTINCT substr(value, 1, 9) FROM entry WHERE map = ?1")?;
        let found = statement.query_map([Map::Secrets.name()], |row| row.get::<_, Vec<u8>>(0))?;
        found.collect::<rusqlite::Result<Vec<_>>>()
    };
    let found = read().map_err(|error| BackupError::Failed {
        path: copy.to_owned(),
        reason: trouble::explain(&file_name(copy), &error),
    })?;
    let mut ids: Vec<_> = found
        .iter()
        .filter_map(|prefix| KeyId::of(prefix))
        .collect();
    ids.sort();
    Ok(ids)
}

fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let draft = draft(to)?;
    let made = write(from, &draft)
        .and_then(|()| put_in_place(&draft, to).map_err(|error| error.to_string()));
    // The link at the place keeps the file; a draft that failed is of no use.
    let _ = fs::remove_file(&draft);
    made.map_err(|reason| match to.symlink_metadata() {
        Ok(_) => BackupError::Exists(to.to_owned()),
        Err(_) => BackupError::Failed {
            path: to.to_owned(),
            reason,
        },
    })
}

/// A name beside the place that nobody else uses.
fn draft(to: &Path) -> Result<PathBuf, BackupError> {
    let mut suffix = [0; 8];
    getrandom::fill(&mut suffix).map_err(|error| BackupError::Failed {
        path: to.to_owned(),
        reason: format!("the system has no random bytes: {error}"),
    })?;
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(format!(".draft-{}", hex::encode(suffix)));
    Ok(to.with_file_name(name))
}

/// Writes the copy through a connection of its own, so that the store's calls do not wait.
fn write(from: &Path, draft: &Path) -> Result<(), String> {
    // SQLite writes into an empty file that is there, and keeps its mode.
    create_private(draft).map_err(|error| error.to_string())?;
    let target = draft
        .to_str()
        .ok_or("the path is not UTF-8; choose another name")?;
    // Not the flags that `open` has: they would make an empty database where there is none.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut original = Connection::open_with_flags(from, flags).map_err(explained(from))?;
    original
        .busy_handler(Some(wait_for_turn))
        .and_then(|()| original.execute("VACUUM INTO ?1", [target]))
        .map_err(explained(from))?;
    let mark = Connection::open(draft).and_then(|copy| {
        copy.execute("INSERT INTO backup_mark VALUES (1)", [])?;
        copy.close().map_err(|(_, error)| error)
    });
    mark.map_err(explained(draft))
}

fn explained(path: &Path) -> impl Fn(rusqlite::Error) -> String {
    let name = file_name(path);
    move |error| trouble::explain(&name, &error)
}

/// Makes the copy durable and gives it its name, unless somebody else has taken that meanwhile.
fn put_in_place(draft: &Path, to: &Path) -> io::Result<()> {
    fs::File::open(draft)?.sync_all()?;
    fs::hard_link(draft, to)?;
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Without this a power cut could take the name away again. Where folders cannot be opened, the system has its own way.
    fs::File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}
