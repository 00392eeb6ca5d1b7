//! Proof that the audit can fail: it is shown a database in which something was broken on purpose.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::ValueEnum;
use rusqlite::Connection;

use super::plan::FORGED;
use super::world::PLATFORM_DATABASE;

/// What to break in a copy of the platform's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Break {
    /// One application is gone
    Lose,
    /// One notification is there twice
    Double,
    /// A forged delivery became an application
    Forge,
    /// A verdict of one review round was never told
    LoseVerdict,
    /// One candidate has two applications for the same job
    DoubleApplication,
    /// An unsigned field was taken from a forged copy
    ForgeContact,
}

/// A copy in `folder`, broken.
pub(super) fn broken_copy(data: &Path, folder: &Path, how: Break) -> Result<PathBuf> {
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if shown.starts_with(PLATFORM_DATABASE) && !shown.ends_with("-shm") {
            std::fs::copy(entry.path(), folder.join(&name))?;
        }
    }
    let file = folder.join(PLATFORM_DATABASE);
    let database = Connection::open(&file)?;
    database.pragma_update(None, "foreign_keys", "OFF")?;
    let first = "(SELECT min(candidate_id) FROM applications)";
    // Whatever columns there are.
    let another = format!(
        "CREATE TEMP TABLE another AS SELECT * FROM applications WHERE candidate_id = {first};
         UPDATE another SET id = 1000000, board_application = 'another';"
    );
    let sql = match how {
        Break::Lose => format!("DELETE FROM applications WHERE candidate_id = {first}"),
        Break::Double => format!(
            "INSERT INTO notices (tenant_id, user_id, at, kind, vi, en, job_id, candidate_id, request_id)
             SELECT tenant_id, user_id, at, kind, vi, en, job_id, candidate_id, request_id
             FROM notices WHERE kind = 'application' AND candidate_id = {first}"
        ),
        Break::Forge => format!(
            "{another}
             CREATE TEMP TABLE somebody AS SELECT * FROM candidates WHERE id = {first};
             UPDATE somebody SET id = 1000000, contact = json_set(contact, '$.full_name.value', '{FORGED}');
             INSERT INTO candidates SELECT * FROM somebody;
             UPDATE another SET candidate_id = 1000000;
             INSERT INTO applications SELECT * FROM another"
        ),
        Break::LoseVerdict => "DELETE FROM notices WHERE id =
             (SELECT min(id) FROM notices WHERE kind IN ('posting-approved', 'posting-rejected'))"
            .to_owned(),
        Break::DoubleApplication => {
            format!("{another} INSERT INTO applications SELECT * FROM another")
        }
        Break::ForgeContact => format!(
            "UPDATE candidates SET contact = replace(contact, 'nguoi.', 'gia.mao.') WHERE id = {first}"
        ),
    };
    database.execute_batch(&sql)?;
    ensure!(database.total_changes() > 0, "nothing was there to break");
    Ok(file)
}
