//! Putting a backup back.

use std::path::Path;

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
/// backup has none. Where it has one, and the folder another, the folder's is kept beside it under the name `master.key.replaced`.
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
    let mut names = vec![PLATFORM_DB, PLUGIN_DB];
    if manifest.holds(MASTER_KEY) {
        names.push(MASTER_KEY);
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
    keep_replaced_key(data_dir, &names)?;
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

fn keep_replaced_key(data_dir: &Path, names: &[&str]) -> Result<(), BackupError> {
    let present = std::fs::read(data_dir.join(MASTER_KEY)).ok();
    let coming = std::fs::read(data_dir.join(draft(MASTER_KEY))).ok();
    if names.contains(&MASTER_KEY) && present.is_some() && present != coming {
        rename(data_dir, MASTER_KEY, "master.key.replaced")?;
    }
    Ok(())
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
