//! What can go wrong below the use cases.

/// The platform's database, or something in it, cannot be used. Names nothing personal.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the platform's database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored record cannot be read.
    #[error("a stored {what} cannot be read; restore the database from a copy")]
    Corrupt {
        /// Which kind of record.
        what: &'static str,
    },
    /// A sealed value does not open: another key file, or a changed row.
    #[error("a sealed {what} does not open; was the key file replaced?")]
    Sealed {
        /// Which kind of record.
        what: &'static str,
    },
    /// The database's file cannot be made.
    #[error("the platform's database file cannot be opened: {0}")]
    File(std::io::Error),
    /// The key file.
    #[error("the key file: {0}")]
    Key(String),
    /// The operating system's random source.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The database was written by a later version of this crate.
    #[error(
        "the database has schema {found}, this program knows up to {known}; use the program that wrote it"
    )]
    TooNew {
        /// Stored.
        found: i64,
        /// Known.
        known: i64,
    },
    /// The worker thread ended before it answered.
    #[error("a database call was abandoned")]
    Abandoned,
}
