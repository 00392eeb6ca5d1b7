//! The folder with everything that a platform keeps: made, private, and really ours, before anything is opened in it.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// What a platform's folder holds. One of them is enough: a start may have been interrupted.
const OURS: [&str; 5] = [
    "platform.db",
    "plugin.db",
    "master.key",
    "running.lock",
    "compiled",
];

/// Makes the folder when it is missing, and closes it to other users.
///
/// # Errors
/// When it is a file, cannot be written, or holds something other than a platform's data: the message names the cause and the next step.
pub fn prepare(folder: &Path) -> Result<()> {
    let shown = folder.display();
    ensure!(
        !folder.exists() || folder.is_dir(),
        "{shown} is a file; --data-dir takes a folder, which is made when it is missing"
    );
    make(folder).with_context(|| {
        format!("the folder {shown} cannot be made; name another --data-dir, or make it and give it to this user")
    })?;
    if let Err(error) = tempfile::tempfile_in(folder) {
        bail!(
            "this user cannot write to {shown} ({error}); give the folder to this user (`chown`, `chmod 700`), or name another --data-dir"
        );
    }
    ensure!(
        is_ours(folder)?,
        "{shown} holds other things than a platform's data; name an empty or a new folder with --data-dir"
    );
    close(folder).with_context(|| format!("{shown} cannot be closed to other users"))
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A home folder or `/tmp` given by mistake is neither filled nor closed to others.
fn is_ours(folder: &Path) -> Result<bool> {
    let unreadable = || format!("{} cannot be listed", folder.display());
    let mut entries = std::fs::read_dir(folder).with_context(unreadable)?;
    if entries.next().is_none() {
        return Ok(true);
    }
    for name in OURS {
        match std::fs::symlink_metadata(folder.join(name)) {
            Ok(_) => return Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(unreadable),
        }
    }
    Ok(false)
}

/// The databases are made with the user's ordinary mode: the folder keeps others out.
#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(folder)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    tracing::warn!(folder = %folder.display(), "the data folder was open to other users (mode {mode:o}) and is now 700");
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(folder: &Path) -> String {
        format!("{:#}", prepare(folder).unwrap_err())
    }

    #[test]
    fn a_missing_folder_is_made_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        prepare(&folder).unwrap();
        assert!(folder.is_dir());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = || std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o700);
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
            prepare(&folder).unwrap();
            assert_eq!(mode(), 0o700);
        }
    }

    #[test]
    fn a_file_is_no_data_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = refused(file.path());
        assert!(error.contains("is a file"), "{error}");
        assert!(error.contains("--data-dir"), "{error}");
    }

    #[test]
    fn somebody_elses_folder_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("letter.txt"), "x").unwrap();
        let error = refused(root.path());
        assert!(error.contains("holds other things"), "{error}");
        std::fs::write(root.path().join("platform.db"), "").unwrap();
        prepare(root.path()).unwrap();
    }

    /// Not even root writes to the kernel's folders.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_written_is_told_from_one_that_cannot_be_made() {
        let error = refused(Path::new("/proc/self"));
        assert!(error.contains("cannot write to /proc/self"), "{error}");
        assert!(error.contains("chown"), "{error}");
        let error = refused(Path::new("/proc/self/data"));
        assert!(error.contains("cannot be made"), "{error}");
        assert!(error.contains("--data-dir"), "{error}");
    }
}
