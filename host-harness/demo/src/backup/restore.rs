//! Putting a backup back.

use std::path::Path;

use job_board_host::KeyFile;

use super::manifest::{Manifest, copy_private};
use super::{BackupError, data_dir};
use crate::data_dir::{DataDirError, MASTER_KEY, PLATFORM_DB, PLUGIN_DB};

/// How a backup is put back.
#[derive(Clone, Copy, Debug, Default)]
pub struct RestoreOptions {
    /// Replaces what the folder holds. It is gone for good.
    pub force: bool,
}

/// Puts the backup in `from` into the data folder, whole or not at all: a restore that was interrupted is noticed by the next start.
///
/// Every file is checked against the manifest first. What the backup does not hold stays as it is: the log of erasures, and the master key where the
/// backup has none. A key that the folder has goes on encrypting; those of the backup are put among its retired keys, which only decrypt, so that
/// no old backup brings a key back into use that was exchanged for a reason.
///
/// Start the platform afterwards: it takes over what plugins know, and finds out what stands at the boards by itself.
///
/// # Errors
/// [`BackupError`]: a platform runs on the folder, the folder holds data and `force` is not set, the backup is not whole.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    options: &RestoreOptions,
) -> Result<Manifest, BackupError> {
    let manifest = Manifest::verified(from)?;
    for name in [PLATFORM_DB, PLUGIN_DB] {
        if !manifest.holds(name) {
            return Err(BackupError::NoBackup {
                path: from.to_owned(),
                why: format!("it has no {name}"),
            });
        }
    }
    data_dir::make_private(data_dir)?;
    let _alone = data_dir::seize(data_dir)?;
    let holds_data = [PLATFORM_DB, PLUGIN_DB]
        .iter()
        .any(|name| data_dir.join(name).exists());
    if holds_data && !options.force {
        return Err(BackupError::HoldsData(data_dir.to_owned()));
    }

    // Everything that can fail for want of space happens before anything is replaced.
    let names = [PLATFORM_DB, PLUGIN_DB];
    if manifest.holds(MASTER_KEY) {
        take_keys(from, data_dir)?;
    }
    for name in &names {
        let draft = data_dir.join(draft(name));
        remove(&draft)?;
        copy_private(&from.join(name), &draft)?;
    }
    data_dir::mark_unfinished(data_dir)?;
    for name in [PLATFORM_DB, PLUGIN_DB] {
        // A log of the old database must not be taken for one of the new.
        remove(&data_dir.join(format!("{name}-wal")))?;
        remove(&data_dir.join(format!("{name}-shm")))?;
    }
    for name in names {
        rename(data_dir, &draft(name), name)?;
    }
    data_dir::sync(data_dir)?;
    data_dir::mark_finished(data_dir)?;
    Ok(manifest)
}

fn draft(name: &str) -> String {
    format!("{name}.restoring")
}

/// Does no harm when nothing else is restored after it.
fn take_keys(from: &Path, data_dir: &Path) -> Result<(), BackupError> {
    let keys = KeyFile::at(from.join(MASTER_KEY)).keys()?;
    let file = KeyFile::at(data_dir.join(MASTER_KEY));
    if !data_dir.join(MASTER_KEY).exists() {
        file.create_with(&keys)?;
        return Ok(());
    }
    let present = file.keys()?;
    let others = keys
        .into_iter()
        .filter(|key| present.iter().all(|known| known.id() != key.id()))
        .collect();
    Ok(file.add_retired(others)?)
}

fn rename(folder: &Path, from: &str, to: &str) -> Result<(), BackupError> {
    std::fs::rename(folder.join(from), folder.join(to)).map_err(|source| {
        let what = format!("cannot rename {from} to {to} in {}", folder.display());
        DataDirError::io(what, source).into()
    })
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(DataDirError::io(format!("cannot remove {}", path.display()), source).into())
        }
        _ => Ok(()),
    }
}
