//! What can go wrong outside the contract: loading a plugin, and a call that the sandbox ended.

use std::path::PathBuf;
use std::time::Duration;

use crate::limits::Export;

/// The engine could not start, or a file is no plugin of this contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The engine's configuration does not work on this machine.
    #[error(
        "the WebAssembly engine could not start: {0}. On a machine with little address space, lower EngineConfig::max_instances"
    )]
    Engine(String),
    /// The plugin's file could not be read.
    #[error("cannot read the plugin {path}: {source}", path = path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is longer than [`EngineConfig::max_component_bytes`](crate::EngineConfig::max_component_bytes). Nothing of it was compiled.
    #[error(
        "the plugin is larger than {limit} bytes, the most that this host compiles; use a smaller build, or raise EngineConfig::max_component_bytes"
    )]
    TooLarge {
        /// The most that is taken.
        limit: usize,
    },
    /// The bytes are not a component, or not one that this engine can compile.
    #[error("not a component that this host can run: {0}")]
    NotAComponent(String),
    /// The component imports what the contract does not offer.
    #[error("the plugin asks for more than the contract offers: {}; it was not loaded", .0.join(", "))]
    ForeignImports(Vec<String>),
    /// The component lacks an import or export, or their types are those of another version of the contract.
    #[error(
        "the plugin does not fit hiring:job-board@0.1.0 as this host knows it: {0}. Build the plugin with this host's wit/ folder, or use the release of the host that it was built for"
    )]
    WrongContract(String),
    /// `describe` did not answer, or its answer makes no sense.
    #[error("the plugin's manifest cannot be used: {0}")]
    Manifest(String),
    /// A host's name for a connection breaks the rule of [`ConnectionId`](crate::ConnectionId).
    #[error("a connection id has 1 to 128 ASCII letters, digits, `.`, `_`, `-` or `:`")]
    InvalidConnectionId,
}

/// The sandbox ended a call, so there is no answer of the plugin's.
///
/// The instance is gone and the next call gets a fresh one. Every export may be called again with the same arguments (see the WIT's world).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The export's wall-clock time was over, most likely in a wait for the board or for storage.
    #[error("{export} was stopped after {limit:?}; call again with the same arguments")]
    Deadline {
        /// The export.
        export: Export,
        /// How long it was given.
        limit: Duration,
    },
    /// The guest computed for longer than [`Limits::cpu_ticks`](crate::Limits::cpu_ticks).
    #[error("{export} used up its computing time; report it to the plugin's author")]
    CpuLimit {
        /// The export.
        export: Export,
    },
    /// The guest needed more than [`Limits::memory_bytes`](crate::Limits::memory_bytes).
    #[error("{export} needed more memory than it may have; report it to the plugin's author")]
    MemoryLimit {
        /// The export.
        export: Export,
    },
    /// One import's arguments or the result were larger than [`Limits::transfer_bytes`](crate::Limits::transfer_bytes).
    #[error("{export} handed over more data at once than it may; report it to the plugin's author")]
    TransferLimit {
        /// The export.
        export: Export,
    },
    /// The guest crashed.
    #[error("{export} crashed: {message}; report it to the plugin's author")]
    Trap {
        /// The export.
        export: Export,
        /// The engine's description. Holds no values of the guest.
        message: String,
    },
    /// The connection's own earlier calls did not end before the export's wall-clock time was over.
    #[error(
        "{export} did not start: {calls} calls of this connection were running already; call again, or raise Limits::concurrent_calls"
    )]
    ConnectionBusy {
        /// The export.
        export: Export,
        /// How many may run at once.
        calls: u32,
    },
    /// No instance became free before the export's wall-clock time was over.
    #[error(
        "{export} did not start: all {instances} instances were busy; call again, or raise EngineConfig::max_instances"
    )]
    Busy {
        /// The export.
        export: Export,
        /// How many there are.
        instances: u32,
    },
}
