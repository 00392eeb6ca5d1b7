//! Where needles are looked for.

use std::path::{Path, PathBuf};

use job_board_cli::walk::World;
use rusqlite::types::ValueRef;

use crate::needles::Needles;

/// The columns of the platform's own database that hold personal data in the clear: all of them. A platform searches and shows these; the
/// rest is sealed or says nothing about anybody.
const PERSONAL: [(&str, &str); 10] = [
    // Who applied, as told and as compared.
    ("candidates", "contact"),
    ("candidates", "differing"),
    ("candidates", "email_normalised"),
    ("candidates", "phone_normalised"),
    // What the board said beside it.
    ("applications", "extra"),
    // Messages to recruiters name who applied.
    ("notices", "vi"),
    ("notices", "en"),
    // The recruiter whom applicants may call.
    ("jobs", "details"),
    // People who sign in.
    ("users", "name"),
    // A file's name, which people call after themselves.
    ("cvs", "name"),
];

/// What plugins store: records and secrets, with the write-ahead log.
pub(crate) const PLUGIN_FILES: [&str; 3] = ["plugin.db", "plugin.db-wal", "plugin.db-shm"];
/// The platform's own.
pub(crate) const PLATFORM_FILES: [&str; 4] = [
    "platform.db",
    "platform.db-wal",
    "platform.db-shm",
    "erasures.db",
];

/// Fails when a needle stands in one of these files of a world's data folder; a missing file holds nothing.
pub(crate) fn look_into(world: &World, names: &[&str], needles: &Needles) {
    for name in names {
        let file = world.config().data_dir.join(name);
        let found = needles.found_in(&std::fs::read(&file).unwrap_or_default());
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

/// Fails when somebody stands in a column that is not meant for it.
pub(crate) fn look_into_columns(world: &World, people: &Needles) {
    let db = rusqlite::Connection::open(world.config().data_dir.join("platform.db")).unwrap();
    let tables: Vec<String> = {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        let mut tables = db.prepare(sql).unwrap();
        let rows = tables.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    for table in tables {
        let mut all = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns: Vec<String> = all.column_names().map(Into::into).collect();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (number, column) in columns.iter().enumerate() {
                if PERSONAL.contains(&(&table, column)) {
                    continue;
                }
                let bytes = match row.get_ref(number).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
                    _ => continue,
                };
                let found = people.found_in(bytes);
                assert!(found.is_empty(), "{table}.{column}: {found:#?}");
            }
        }
    }
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
