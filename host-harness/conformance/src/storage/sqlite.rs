//! The host's own SQLite storage, as an example of a description.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use job_board_host::{SqliteStorage, Storage};

use super::StorageUnderTest;

/// [`SqliteStorage`]: a file for each store in one folder, which should be empty at first.
pub struct SqliteUnderTest {
    folder: PathBuf,
    secrets: bool,
    worker: Option<(OsString, Vec<OsString>)>,
}

impl SqliteUnderTest {
    /// In this folder, which exists.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            secrets: false,
            worker: None,
        }
    }

    /// The map for secrets instead of the one for records.
    #[must_use]
    pub fn secrets(mut self) -> Self {
        self.secrets = true;
        self
    }

    /// The program that works on the same folder and map, see [`StorageUnderTest::worker`].
    #[must_use]
    pub fn with_worker<A: Into<OsString>>(
        mut self,
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        self.worker = Some((program.into(), arguments));
        self
    }
}

#[async_trait]
impl StorageUnderTest for SqliteUnderTest {
    async fn open(&self, name: &str) -> Result<Arc<dyn Storage>, String> {
        let file = self.folder.join(format!("{name}.db"));
        let storage = SqliteStorage::open(file).map_err(|error| error.to_string())?;
        Ok(Arc::new(if self.secrets {
            storage.secrets_map()
        } else {
            storage
        }))
    }

    fn durable(&self) -> bool {
        true
    }

    fn worker(&self) -> Option<Command> {
        let (program, arguments) = self.worker.as_ref()?;
        let mut command = Command::new(program);
        command.args(arguments);
        Some(command)
    }
}
