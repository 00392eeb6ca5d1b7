//! `job-board backup` and `restore`: copies of a data folder, and putting one back.

use std::path::Path;

use anyhow::{Context, Result};
use job_board_demo::{BackupOptions, Manifest, RestoreOptions};
use job_board_host::{Clock, KeyRing, SystemClock};

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
            "The master key is not in it. Keep a copy of {} in another place ({}): without it credentials, CVs and deliveries that wait stay closed.",
            data_dir.join("master.key").display(),
            names(&manifest)
        )
    };
    Ok(format!(
        "backup of {} in {}\n{}{key}\n",
        manifest.made_at_utc,
        to.display(),
        files(&manifest)
    ))
}

/// The keys that the backup needs.
fn names(manifest: &Manifest) -> String {
    match manifest.keys.as_slice() {
        [] => "nothing is encrypted yet".to_owned(),
        [key] => format!("key {key}"),
        keys => format!("keys {}", keys.join(", ")),
    }
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
    let key = missing_keys(data_dir, &manifest)?;
    Ok(format!(
        "the backup of {} is in {}\n{}{key}Start the platform: it looks at TopCV for what was posted since, before anything is published again.\n",
        manifest.made_at_utc,
        data_dir.display(),
        files(&manifest)
    ))
}

/// What to do about keys that the backup needs and the folder does not have.
fn missing_keys(data_dir: &Path, manifest: &Manifest) -> Result<String> {
    let file = data_dir.join("master.key");
    if !file.exists() {
        return Ok(format!(
            "Put the master key there before you start the platform, with mode 600 (it is named {}); without it the employers' keys must be entered again.\n",
            manifest.keys.join(", ")
        ));
    }
    let there: Vec<String> = KeyRing::from_file(&file)?
        .ids()
        .iter()
        .map(ToString::to_string)
        .collect();
    let missing: Vec<&str> = manifest
        .keys
        .iter()
        .filter(|key| !there.contains(key))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        "This backup needs another master key ({}). Add its line to {}.retired, mode 600, before you start the platform; without it the employers' keys must be entered again.\n",
        missing.join(", "),
        file.display()
    ))
}

fn files(manifest: &Manifest) -> String {
    let files = manifest.files.iter();
    files
        .map(|file| format!("  {:<12} {:>10} bytes\n", file.name, file.bytes))
        .collect()
}
