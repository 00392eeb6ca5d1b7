//! `job-board backup` and `restore`: copies of a data folder, and putting one back.

use std::path::Path;

use anyhow::{Context, Result};
use job_board_demo::{BackupOptions, Manifest, RestoreOptions};
use job_board_host::{Clock, SystemClock};

use crate::{data_folder, progress};

/// Copies the data of the platform in `data_dir`, which may be running, into the new folder `to`. Answers what to tell the operator.
///
/// # Errors
/// When there is no platform's data, or the copy cannot be made.
pub fn back_up(data_dir: &Path, to: &Path, with_key: bool) -> Result<String> {
    let shown = progress::spinner(format!("copying {}", data_dir.display()));
    let options = BackupOptions {
        with_key,
        made_at: SystemClock.now(),
    };
    let manifest = job_board_demo::backup(data_dir, to, &options)
        .with_context(|| format!("no backup of {} was made", data_dir.display()))?;
    shown.finish_and_clear();
    let key = if with_key {
        "The master key is in it: whoever has this folder can open everything in it.".to_owned()
    } else {
        format!(
            "The master key is not in it. Keep a copy of {} in another place: without it credentials, CVs and deliveries that wait stay closed.",
            data_dir.join("master.key").display()
        )
    };
    Ok(format!(
        "backup of {} in {}\n{}{key}\n",
        manifest.made_at_utc,
        to.display(),
        files(&manifest)
    ))
}

/// Puts a backup into `data_dir`, on which no platform may run. Answers what to do next.
///
/// # Errors
/// When the backup is not whole, a platform runs, or the folder holds data and `force` is not set.
pub fn restore(data_dir: &Path, from: &Path, force: bool) -> Result<String> {
    data_folder::prepare(data_dir)?;
    let shown = progress::spinner(format!("checking and copying {}", from.display()));
    let manifest = job_board_demo::restore(from, data_dir, &RestoreOptions { force })
        .with_context(|| format!("nothing was restored into {}", data_dir.display()))?;
    shown.finish_and_clear();
    let key = if data_dir.join("master.key").exists() {
        ""
    } else {
        "Put the master key there before you start the platform, with mode 600; without it the employers' keys must be entered again.\n"
    };
    Ok(format!(
        "the backup of {} is in {}\n{}{key}Start the platform: it looks at TopCV for what was posted since, before anything is published again.\n",
        manifest.made_at_utc,
        data_dir.display(),
        files(&manifest)
    ))
}

fn files(manifest: &Manifest) -> String {
    let files = manifest.files.iter();
    files
        .map(|file| format!("  {:<12} {:>10} bytes\n", file.name, file.bytes))
        .collect()
}
