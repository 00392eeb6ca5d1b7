//! Systems without owners and mode bits: the folder's own rights are all there is.

use std::fs;
use std::io;
use std::path::Path;

/// Makes the folder.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Makes a file, or empties the one that is there.
pub(super) fn create(file: &Path) -> io::Result<fs::File> {
    fs::File::create(file)
}

/// Reads a file.
pub(super) fn read(file: &Path) -> io::Result<Vec<u8>> {
    fs::read(file)
}
