//! Where the lines go that guests write.

use crate::connection_id::ConnectionId;
use crate::contract::log::Level;
use crate::limits::Export;

/// One line of a guest's, with the host's facts added. Lengths are limited and control characters replaced before it gets here.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Whose.
    pub connection: ConnectionId,
    /// The plugin's id, from its manifest.
    pub plugin: String,
    /// In which export.
    pub export: Export,
    /// Numbers the calls of this process, so that lines of one call can be found.
    pub call: u64,
    /// How much attention it wants.
    pub level: Level,
    /// A stable name such as `publish.unknown`.
    pub event: String,
    /// Named details.
    pub fields: Vec<(String, String)>,
}

/// Takes the lines of guests.
pub trait LogSink: Send + Sync {
    /// Takes one line. Must not wait.
    fn write(&self, line: LogLine);
}

/// Hands each line to [`tracing`], target `job_board_host::guest`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingLog;

impl LogSink for TracingLog {
    fn write(&self, line: LogLine) {
        const TARGET: &str = "job_board_host::guest";
        let fields = line
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect::<Vec<_>>()
            .join(" ");
        let LogLine {
            connection,
            plugin,
            export,
            call,
            level,
            event,
            ..
        } = line;
        match level {
            Level::Debug => {
                tracing::debug!(target: TARGET, %connection, %plugin, %export, call, %event, %fields);
            }
            Level::Info => {
                tracing::info!(target: TARGET, %connection, %plugin, %export, call, %event, %fields);
            }
            Level::Warn => {
                tracing::warn!(target: TARGET, %connection, %plugin, %export, call, %event, %fields);
            }
            Level::Error => {
                tracing::error!(target: TARGET, %connection, %plugin, %export, call, %event, %fields);
            }
        }
    }
}
