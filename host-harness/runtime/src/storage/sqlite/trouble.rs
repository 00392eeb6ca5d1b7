//! What SQLite's errors mean, and what the operator does about them.

use rusqlite::ErrorCode;

/// One line for the operator: which file, what SQLite says, the next step.
///
/// A guest can read it too, so `file` is a name without its folder and no value of a record stands in it.
pub(super) fn explain(file: &str, error: &rusqlite::Error) -> String {
    let (what, step) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            "its disk or quota is full",
            "make room; writing then works again without a restart",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => (
            "it cannot be opened for writing",
            "let the host's user write to the file and its folder, on a file system that is not read-only",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            "the file is damaged or no database",
            "stop every host that uses it, keep a copy of it, and put back the last backup",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            "another process holds it",
            "call again; when that does not help, look for a process that has it open",
        ),
        Some(ErrorCode::SystemIoFailure) => (
            "its disk does not work as it should",
            "look for disk errors and limits of size in the system's log",
        ),
        _ => (
            "an error that was not foreseen",
            "call again; when that does not help, report it with this text",
        ),
    };
    format!("database {file}: {what} (SQLite: {}); {step}", plain(error))
}

/// SQLite's own words without the statement.
fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
