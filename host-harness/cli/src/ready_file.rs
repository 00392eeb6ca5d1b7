//! The file that tells a supervisor or a test that a program serves now, and where.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// A place for the file. The file is there exactly while the program serves; only a killed program leaves it behind.
pub(crate) struct ReadyFile {
    path: PathBuf,
}

impl ReadyFile {
    /// Removes what an earlier, killed run left at this path, so that nobody takes it for the present one's.
    pub(crate) fn claim(path: PathBuf) -> Result<Self> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| not_usable(&path))
            }
            _ => Ok(Self { path }),
        }
    }

    /// Writes the file whole in one step, readable by its owner alone: it may hold tokens. `pid` tells this run's file from an earlier one's.
    pub(crate) fn write(&self, mut ready: Value) -> Result<()> {
        ready["pid"] = std::process::id().into();
        let folder = match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let write = || -> std::io::Result<()> {
            let mut draft = tempfile::NamedTempFile::new_in(folder)?;
            writeln!(draft, "{ready:#}")?;
            draft.persist(&self.path)?;
            Ok(())
        };
        write().with_context(|| not_usable(&self.path))
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn not_usable(path: &Path) -> String {
    format!(
        "{} cannot be written; name a file in a folder of yours with --ready-file",
        path.display()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_file_is_there_while_the_program_serves_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        std::fs::write(&path, "of a run that was killed").unwrap();
        let file = ReadyFile::claim(path.clone()).unwrap();
        assert!(!path.exists(), "the earlier run's file is still there");
        file.write(json!({ "url": "http://127.0.0.1:1" })).unwrap();
        let read: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(read["url"], "http://127.0.0.1:1");
        assert_eq!(read["pid"], std::process::id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_in_its_place_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let Err(error) = ReadyFile::claim(folder.path().to_owned()) else {
            panic!("a folder was taken")
        };
        let error = format!("{error:#}");
        assert!(
            error.contains(&folder.path().display().to_string()),
            "{error}"
        );
        assert!(error.contains("--ready-file"), "{error}");
    }
}
