//! What a backup consists of.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use job_board_host::KeyId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;
use crate::data_dir::{self, DataDirError};

/// The manifest's name in a backup.
pub(super) const NAME: &str = "backup.json";

/// The layout that this version writes and reads.
const FORMAT: u32 = 1;

/// What a backup consists of, as it stands in `backup.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of this file.
    pub format: u32,
    /// When it was made: milliseconds since the Unix epoch.
    pub made_at: u64,
    /// The same for people, RFC 3339, UTC.
    pub made_at_utc: String,
    /// The files, in the order in which they were copied.
    pub files: Vec<ManifestFile>,
    /// The master keys that it needs, by their names: whoever keeps the backup keeps these.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name in the folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, lowercase hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Describes these files of the folder, in a file beside them.
    pub(super) fn write(
        folder: &Path,
        names: &[&str],
        keys: &[KeyId],
        made_at: u64,
    ) -> Result<Self, BackupError> {
        let files = names
            .iter()
            .map(|name| describe(folder, name))
            .collect::<Result<_, _>>()?;
        let moment = i64::try_from(made_at)
            .ok()
            .and_then(|moment| jiff::Timestamp::from_millisecond(moment).ok());
        let manifest = Self {
            format: FORMAT,
            made_at,
            made_at_utc: moment.map(|moment| moment.to_string()).unwrap_or_default(),
            files,
            keys: keys.iter().map(KeyId::to_string).collect(),
        };
        let path = folder.join(NAME);
        let failed = |source| DataDirError::io(format!("cannot write {}", path.display()), source);
        let text = serde_json::to_string_pretty(&manifest).map_err(|error| failed(error.into()))?;
        let mut file = data_dir::new_private_file(&path)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        data_dir::sync(folder)?;
        Ok(manifest)
    }

    /// Reads a backup's manifest, and checks every file against it.
    pub(super) fn verified(folder: &Path) -> Result<Self, BackupError> {
        let no_backup = |why: String| BackupError::NoBackup {
            path: folder.to_owned(),
            why,
        };
        let text = std::fs::read_to_string(folder.join(NAME))
            .map_err(|error| no_backup(format!("{NAME} cannot be read ({error})")))?;
        let manifest: Self = serde_json::from_str(&text)
            .map_err(|error| no_backup(format!("{NAME} is damaged ({error})")))?;
        if manifest.format != FORMAT {
            let found = manifest.format;
            let why = format!("its format is {found}, this program knows {FORMAT}");
            return Err(no_backup(why));
        }
        for file in &manifest.files {
            // A name that is no plain name would reach outside the folder.
            if Path::new(&file.name).file_name() != Some(file.name.as_ref()) {
                return Err(no_backup(format!("{NAME} names the file {:?}", file.name)));
            }
            if describe(folder, &file.name)? != *file {
                return Err(BackupError::Changed(folder.join(&file.name)));
            }
        }
        Ok(manifest)
    }

    /// Whether a file is part of it.
    pub fn holds(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.name == name)
    }
}

fn describe(folder: &Path, name: &str) -> Result<ManifestFile, BackupError> {
    let path = folder.join(name);
    let failed = |source| DataDirError::io(format!("cannot read {}", path.display()), source);
    let mut file = File::open(&path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(failed)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hasher.update(&block[..read]);
    }
    Ok(ManifestFile {
        name: name.to_owned(),
        bytes,
        sha256: hex::encode(hasher.finalize()),
    })
}

/// Copies a file to a place where there is none, durably and for its owner alone.
pub(super) fn copy_private(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |source| {
        let what = format!("cannot copy {} to {}", from.display(), to.display());
        DataDirError::io(what, source)
    };
    let mut source = File::open(from).map_err(failed)?;
    let mut target = data_dir::new_private_file(to)?;
    std::io::copy(&mut source, &mut target)
        .and_then(|_| target.sync_all())
        .map_err(failed)?;
    Ok(())
}
