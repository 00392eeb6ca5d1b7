//! From bytes to a plugin: what it imports and exports, and what it says about itself.

use std::sync::{Arc, PoisonError};

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder};

use super::state::CallState;
use super::{Inner, Plugin};
use crate::bindings::{self, PluginPre};
use crate::contract::connection::Manifest;
use crate::engine::PluginEngine;
use crate::error::HostError;
use crate::http::AllowList;
use crate::limits::{Export, Limits, TICK};

/// Everything that the contract offers to a component. The first five have functions, the others only types.
const OFFERED: [&str; 8] = [
    "hiring:job-board/http@0.1.0",
    "hiring:job-board/storage@0.1.0",
    "hiring:job-board/secrets@0.1.0",
    "hiring:job-board/clock@0.1.0",
    "hiring:job-board/log@0.1.0",
    "hiring:job-board/types@0.1.0",
    "hiring:job-board/forms@0.1.0",
    "hiring:job-board/events@0.1.0",
];

impl Plugin {
    pub(crate) fn load(engine: &PluginEngine, bytes: &[u8]) -> Result<Self, HostError> {
        let (component, digest) = engine.component(bytes)?;
        let shape = component.component_type();
        let imports: Vec<String> = shape
            .imports(engine.wasmtime())
            .map(|(name, _)| name.to_owned())
            .collect();
        let exports: Vec<String> = shape
            .exports(engine.wasmtime())
            .map(|(name, _)| name.to_owned())
            .collect();
        let foreign: Vec<String> = imports
            .iter()
            .filter(|name| !OFFERED.contains(&name.as_str()))
            .cloned()
            .collect();
        if !foreign.is_empty() {
            return Err(HostError::ForeignImports(foreign));
        }
        let pre = link(engine, &component)
            .map_err(|error| HostError::WrongContract(format!("{error:#}")))?;
        let manifest = describe(engine, &component)
            .map_err(|error| HostError::Manifest(format!("`describe` failed: {error:#}")))?;
        let asked = hosts(&manifest)?;
        let size = bytes.len();
        Ok(Self {
            inner: Arc::new(Inner {
                engine: engine.clone(),
                pre,
                manifest,
                asked,
                digest,
                size,
                imports,
                exports,
            }),
        })
    }
}

/// Resolves imports and checks the types of both sides, once for all instances.
fn link(engine: &PluginEngine, component: &Component) -> wasmtime::Result<PluginPre<CallState>> {
    let mut linker = Linker::new(engine.wasmtime());
    bindings::Plugin::add_to_linker::<_, HasSelf<CallState>>(&mut linker, |state| state)?;
    PluginPre::new(linker.instantiate_pre(component)?)
}

/// Asks for the manifest. Every import is a trap here: the contract says that `describe` calls none, and nothing was granted yet.
fn describe(engine: &PluginEngine, component: &Component) -> wasmtime::Result<Manifest> {
    let _only_one = engine
        .loading()
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let limits = StoreLimitsBuilder::new()
        .memory_size(Limits::MEMORY_BYTES)
        .build();
    let mut store: Store<StoreLimits> = Store::new(engine.wasmtime(), limits);
    store.limiter(|limits| limits);
    store.set_hostcall_fuel(Limits::TRANSFER_BYTES);
    store.set_epoch_deadline(ticks_of_describe());
    let mut linker = Linker::new(engine.wasmtime());
    linker.define_unknown_imports_as_traps(component)?;
    let instance = linker.instantiate(&mut store, component)?;
    let interface = instance
        .get_export_index(&mut store, None, "hiring:job-board/connection@0.1.0")
        .ok_or_else(|| wasmtime::format_err!("the interface `connection` is not exported"))?;
    let function = instance
        .get_export_index(&mut store, Some(&interface), "describe")
        .ok_or_else(|| wasmtime::format_err!("`describe` is not exported"))?;
    let function = instance.get_typed_func::<(), (Manifest,)>(&mut store, &function)?;
    let (manifest,) = function.call(&mut store, ())?;
    Ok(manifest)
}

fn ticks_of_describe() -> u64 {
    let ticks = Export::Describe.deadline().as_millis() / TICK.as_millis();
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// The hosts that a manifest asks for. A pattern there is a bare host: scheme and port are the operator's to decide.
fn hosts(manifest: &Manifest) -> Result<AllowList, HostError> {
    let patterns: Vec<&str> = manifest
        .hosts
        .iter()
        .map(|need| need.pattern.as_str())
        .collect();
    if let Some(pattern) = patterns.iter().find(|pattern| pattern.contains("://")) {
        return Err(HostError::Manifest(format!(
            "`{pattern}` asks for a scheme; a manifest names hosts only"
        )));
    }
    AllowList::parse(&patterns).map_err(|error| HostError::Manifest(error.to_string()))
}
