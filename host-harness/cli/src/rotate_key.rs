//! `job-board rotate-key`: a new master key while platforms run, and which key is needed for what.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use job_board_demo::{KeyUse, Rotation};
use job_board_host::{Census, KeyId};

use crate::progress;

/// Exchanges the master key of the platforms on `data_dir`, or finishes what was begun. Answers what to tell the operator.
///
/// # Errors
/// When it could not be done to the end: the message says why. Running it again goes on.
pub async fn rotate(data_dir: &Path) -> Result<String> {
    let shown = progress::spinner(format!("exchanging the key of {}", data_dir.display()));
    let done = job_board_demo::rotate_key(data_dir)
        .await
        .with_context(|| {
            format!(
                "the key of {} was not exchanged to the end; run it again, it goes on where it was",
                data_dir.display()
            )
        })?;
    shown.finish_and_clear();
    let Rotation {
        key,
        continued,
        moved,
        retired,
        census,
    } = done;
    let mut text = String::new();
    if continued {
        writeln!(text, "an earlier rotation was cut off; it is finished now")?;
    }
    writeln!(text, "key {key} encrypts; {moved} values were moved to it")?;
    for old in &retired {
        writeln!(
            text,
            "key {old} is out of use: nothing here is under it; backups made before now still need it"
        )?;
    }
    unreadable(&mut text, &census)?;
    writeln!(
        text,
        "Copy {0} to where you keep it. The old key is in {0}.retired; once no backup needs it:\n  job-board rotate-key --data-dir {1} --forget-retired",
        data_dir.join("master.key").display(),
        data_dir.display()
    )?;
    Ok(text)
}

/// Says which keys there are and what is under each.
///
/// # Errors
/// When the folder cannot be read.
pub async fn show(data_dir: &Path) -> Result<String> {
    let KeyUse {
        in_use,
        retired,
        census,
    } = job_board_demo::key_use(data_dir)
        .await
        .with_context(|| format!("the keys of {} cannot be shown", data_dir.display()))?;
    let mut text = String::new();
    let mut line = |key: &KeyId, role: &str| {
        writeln!(
            text,
            "key {key}  {role:<9}  {:>8} values",
            census.under(*key)
        )
    };
    for (place, key) in in_use.iter().enumerate() {
        line(key, if place == 0 { "encrypts" } else { "decrypts" })?;
    }
    for key in retired.iter().filter(|key| !in_use.contains(key)) {
        line(key, "retired")?;
    }
    if in_use.len() > 1 {
        writeln!(
            text,
            "A rotation is under way or was cut off; rotate-key finishes it."
        )?;
    }
    unreadable(&mut text, &census)?;
    Ok(text)
}

/// Removes the retired keys, when nothing here needs them.
///
/// # Errors
/// When something does.
pub async fn forget_retired(data_dir: &Path) -> Result<String> {
    let forgotten = job_board_demo::forget_retired_keys(data_dir)
        .await
        .with_context(|| format!("no key of {} was removed", data_dir.display()))?;
    let mut text = String::new();
    for key in &forgotten {
        writeln!(text, "key {key} is gone; what is under it stays closed")?;
    }
    if forgotten.is_empty() {
        writeln!(text, "there is no retired key")?;
    }
    Ok(text)
}

fn unreadable(text: &mut String, census: &Census) -> Result<()> {
    for (key, count) in &census.unreadable {
        writeln!(
            text,
            "{count} values name the key {key} and cannot be opened: it is not here, or they are damaged"
        )?;
    }
    if census.shapeless > 0 {
        writeln!(text, "{} values are damaged", census.shapeless)?;
    }
    Ok(())
}
