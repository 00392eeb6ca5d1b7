//! Watching the platform's effects: for metrics, and for rehearsals of what goes wrong.
//!
//! An effect is what outlives the process: a record or a secret that a plugin writes, a request to a board, a commit of the platform's own
//! database. A watcher sees them all, and changes none of the platform's decisions.

use job_board_host::Grants;

/// Sees every effect of one platform. Every method has a default that does nothing.
pub trait Watch: Send + Sync {
    /// Called once, at the start, with what all plugins are given: a watcher puts its own storage, secrets or HTTP client around these.
    ///
    /// Only `storage`, `secrets` and `http` are meant to be wrapped; the allow-list is the operator's.
    fn grants(&self, grants: Grants) -> Grants {
        grants
    }

    /// A transaction of the platform's database is about to be committed. Called on a thread where blocking is allowed,
    /// while the database is locked: the database itself must not be used here.
    fn before_commit(&self) {}

    /// The commit has succeeded: it is on the disk. As [`Watch::before_commit`] otherwise.
    fn after_commit(&self) {}
}
