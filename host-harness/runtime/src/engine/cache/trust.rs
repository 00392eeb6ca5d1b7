//! Whether a folder and a file in it can only have been written by this process's own user.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Makes the folder if it is missing. An error when it is not this user's alone.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // Without a slash at its end, which would lead through a link.
    let found = fs::symlink_metadata(folder.components().collect::<PathBuf>())?;
    judge(&found, own_user(folder)?, "folder")
}

/// Makes a file that only this user can read or write, or empties the one that is there.
pub(super) fn create(file: &Path) -> io::Result<File> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
}

/// Reads a file of the folder. An error when it is not this user's alone.
pub(super) fn read(place: &Path) -> io::Result<Vec<u8>> {
    let named = fs::symlink_metadata(place)?;
    let folder = place.parent().unwrap_or(Path::new("."));
    judge(&named, own_user(folder)?, "file")?;
    let mut file = File::open(place)?;
    let opened = file.metadata()?;
    if (named.dev(), named.ino()) != (opened.dev(), opened.ino()) {
        // Somebody has put another one there between the two looks.
        return Err(refusal("file", "it was exchanged while it was read"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn judge(found: &Metadata, own: u32, kind: &str) -> io::Result<()> {
    let mode = found.permissions().mode() & 0o777;
    if found.file_type().is_symlink() {
        Err(refusal(kind, "it is a symbolic link"))
    } else if found.uid() != own {
        let owner = found.uid();
        Err(refusal(
            kind,
            &format!("it belongs to user {owner}, and this process is user {own}"),
        ))
    } else if mode & 0o022 != 0 {
        Err(refusal(
            kind,
            &format!("other users can write to it (mode {mode:o})"),
        ))
    } else {
        Ok(())
    }
}

fn refusal(kind: &str, what: &str) -> io::Error {
    io::Error::other(format!(
        "the {kind} is not trusted with code to run: {what}; remove it, or name another folder in EngineConfig::cache_dir that only the host's user can write to"
    ))
}

/// The user that this process is, told by the owner of a file that it makes: the standard library has no other way.
fn own_user(folder: &Path) -> io::Result<u32> {
    let mut suffix = [0; 8];
    getrandom::fill(&mut suffix).map_err(|error| io::Error::other(error.to_string()))?;
    let probe = folder.join(format!("owner-{}", hex::encode(suffix)));
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&probe)
        .map_err(|error| refusal("folder", &format!("no file can be made in it ({error})")))?;
    let owner = made.metadata().map(|made| made.uid());
    fs::remove_file(&probe)?;
    owner
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(found: &Path, own: u32) -> String {
        judge(&fs::symlink_metadata(found).unwrap(), own, "file")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn links_and_what_others_own_or_can_write_are_refused_with_the_next_step() {
        let base = tempfile::tempdir().unwrap();
        let file = base.path().join("file");
        fs::write(&file, "code").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let own = own_user(base.path()).unwrap();
        assert_eq!(read(&file).unwrap(), b"code");

        let foreign = refused(&file, own + 1);
        assert!(
            foreign.contains(&format!("belongs to user {own}")),
            "{foreign}"
        );
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let error = read(&link).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        assert!(error.contains("EngineConfig::cache_dir"), "{error}");
        for mode in [0o620, 0o602, 0o666] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let error = read(&file).unwrap_err().to_string();
            assert!(error.contains(&format!("mode {mode:o}")), "{error}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&file).is_ok(), "reading does no harm");
    }

    #[test]
    fn a_linked_folder_is_refused_and_the_probe_is_gone() {
        let base = tempfile::tempdir().unwrap();
        let (real, link) = (base.path().join("real"), base.path().join("link"));
        prepare(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        for link in [link.clone(), link.join("")] {
            let error = prepare(&link).unwrap_err().to_string();
            assert!(
                error.contains("folder") && error.contains("symbolic link"),
                "{error}"
            );
        }
        assert_eq!(fs::read_dir(&real).unwrap().count(), 0);
    }
}
