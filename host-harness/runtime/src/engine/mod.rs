//! The WebAssembly engine: one for a process.

mod cache;
mod turns;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::sync::Semaphore;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::connection_id::ConnectionId;
use crate::error::HostError;
use crate::limits::{Limits, TICK};
use crate::plugin::Plugin;
use turns::Turns;

/// How the engine is set up.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where compiled plugins are kept. `None`: compiled again at every start (about 100 ms for a plugin).
    ///
    /// The folder holds machine code that is run: only the host's user may write to it. It is made with mode 0700 when it is missing. A folder or file in it
    /// that is a symbolic link, belongs to another user or can be written by others is not used; a warning of [`tracing`] says so and what to do.
    pub cache_dir: Option<PathBuf>,
    /// How many calls can be inside plugins at once; further ones wait. Each instance reserves address space (not memory): about 4 GiB.
    pub max_instances: u32,
    /// Most linear memory that any instance can have; [`Limits::memory_bytes`] can only be less.
    pub max_memory_bytes: usize,
    /// Linear memory of an instance that stays mapped for the next one. More is faster and costs `max_instances` times as much memory.
    pub keep_resident_bytes: usize,
    /// Longest component that is compiled. Compiling takes time and memory in proportion, and no other limit bounds it.
    pub max_component_bytes: usize,
}

impl EngineConfig {
    /// 64 at once: a call waits for the board most of the time.
    pub const MAX_INSTANCES: u32 = 64;
    /// Four times what a call has by default, for an operator who allows more to one connection.
    pub const MAX_MEMORY_BYTES: usize = 4 * Limits::MEMORY_BYTES;
    /// 1 MiB: about what handling a delivery touches.
    pub const KEEP_RESIDENT_BYTES: usize = 1 << 20;
    /// 16 MiB: thirty times a plugin in Rust, with room for one that brings an interpreter.
    pub const MAX_COMPONENT_BYTES: usize = 16 << 20;
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            cache_dir: None,
            max_instances: Self::MAX_INSTANCES,
            max_memory_bytes: Self::MAX_MEMORY_BYTES,
            keep_resident_bytes: Self::KEEP_RESIDENT_BYTES,
            max_component_bytes: Self::MAX_COMPONENT_BYTES,
        }
    }
}

/// Compiles plugins and runs their instances. Cheap to clone; make one for a process.
#[derive(Clone)]
pub struct PluginEngine {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    config: EngineConfig,
    /// One permit for each instance of the pool, so that a call waits instead of failing.
    slots: Arc<Semaphore>,
    turns: Turns,
    /// Loading uses the one instance that the pool has beyond the permits.
    loading: Mutex<()>,
}

/// A plugin's component has its module and two small ones that connect it; some room for other tools' components.
const CORE_INSTANCES_EACH: u32 = 8;
/// The small ones have no memory of their own. Each memory of the pool is 4 GiB of address space.
const MEMORIES_EACH: u32 = 1;
const TABLES_EACH: u32 = 4;
/// Component and core instance metadata; a plugin of this contract needs less than a tenth.
const INSTANCE_BYTES: usize = 4 << 20;
/// Tables hold the functions that are called indirectly; a large plugin has some thousands.
const TABLE_ELEMENTS: usize = 100_000;

impl PluginEngine {
    /// Starts an engine and its ticker, a thread that ends with the engine.
    ///
    /// # Errors
    /// [`HostError::Engine`] when this machine cannot offer what `config` asks for.
    pub fn new(config: EngineConfig) -> Result<Self, HostError> {
        let failed = |error: wasmtime::Error| HostError::Engine(format!("{error:#}"));
        let engine = Engine::new(&wasmtime_config(&config)).map_err(failed)?;
        start_ticker(&engine).map_err(|error| HostError::Engine(error.to_string()))?;
        let slots = Arc::new(Semaphore::new(config.max_instances as usize));
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                config,
                slots,
                turns: Turns::default(),
                loading: Mutex::new(()),
            }),
        })
    }

    /// Loads a plugin from a file. Takes about 100 ms when it must be compiled, and blocks: call it at start, or with `spawn_blocking`.
    ///
    /// # Errors
    /// When the file cannot be read, is longer than [`EngineConfig::max_component_bytes`], or is no plugin of this contract.
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<Plugin, HostError> {
        let path = path.as_ref();
        // One byte too many is enough to refuse it, and a device or a pipe has no length that could be asked for.
        let most = (self.max_component_bytes() as u64).saturating_add(1);
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(most).read_to_end(&mut bytes))
            .map_err(|source| HostError::Read {
                path: path.to_owned(),
                source,
            })?;
        self.load_bytes(&bytes)
    }

    /// Loads a plugin from a component's bytes. Blocks as [`PluginEngine::load_file`] does.
    ///
    /// # Errors
    /// When the bytes are no plugin of this contract.
    pub fn load_bytes(&self, bytes: &[u8]) -> Result<Plugin, HostError> {
        Plugin::load(self, bytes)
    }

    /// The component, from the cache or compiled. Also its digest.
    pub(crate) fn component(&self, bytes: &[u8]) -> Result<(Component, String), HostError> {
        cache::component(
            &self.inner.engine,
            self.inner.config.cache_dir.as_deref(),
            bytes,
        )
    }

    pub(crate) fn wasmtime(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn slots(&self) -> &Arc<Semaphore> {
        &self.inner.slots
    }

    pub(crate) fn turns(&self, connection: &ConnectionId, at_once: u32) -> Arc<Semaphore> {
        self.inner.turns.of(connection, at_once)
    }

    pub(crate) fn loading(&self) -> &Mutex<()> {
        &self.inner.loading
    }

    pub(crate) fn max_component_bytes(&self) -> usize {
        self.inner.config.max_component_bytes
    }

    pub(crate) fn max_instances(&self) -> u32 {
        self.inner.config.max_instances
    }
}

fn wasmtime_config(config: &EngineConfig) -> Config {
    let count = config.max_instances.saturating_add(1);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(count)
        .total_core_instances(count.saturating_mul(CORE_INSTANCES_EACH))
        .total_memories(count.saturating_mul(MEMORIES_EACH))
        .total_tables(count.saturating_mul(TABLES_EACH))
        .total_stacks(count)
        .max_core_instances_per_component(CORE_INSTANCES_EACH)
        .max_memories_per_component(MEMORIES_EACH)
        .max_tables_per_component(TABLES_EACH)
        .max_component_instance_size(INSTANCE_BYTES)
        .max_core_instance_size(INSTANCE_BYTES)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(config.max_memory_bytes)
        .linear_memory_keep_resident(config.keep_resident_bytes);
    let mut engine = Config::new();
    engine
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // The contract's addresses have 32 bits, and each larger memory needs a check at every access.
        .wasm_memory64(false)
        // The contract has no async functions; without the support an instance starts in half the time.
        .concurrency_support(false);
    engine
}

/// Raises the engine's epoch every [`TICK`]; the calls count how often they see that.
fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    thread::Builder::new()
        .name("job-board-epoch".to_owned())
        .spawn(move || {
            loop {
                thread::sleep(TICK);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        })?;
    Ok(())
}
