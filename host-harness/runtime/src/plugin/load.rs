//! From bytes to a plugin: what it imports and exports, and what it says about itself.

use std::sync::{Arc, PoisonError};

use wasmtime::component::{Component, HasSelf, Instance, Linker, TypedFunc};
use wasmtime::{Store, StoreLimits, StoreLimitsBuilder};

use super::state::CallState;
use super::{Inner, Plugin};
use crate::bindings::{self, PluginIndices, PluginPre};
use crate::contract::connection::Manifest;
use crate::engine::PluginEngine;
use crate::error::HostError;
use crate::http::AllowList;
use crate::limits::{Export, Limits, TICK};
use crate::text::{AUDIT_CHARACTERS, clean};

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
        let limit = engine.max_component_bytes();
        if bytes.len() > limit {
            return Err(HostError::TooLarge { limit });
        }
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
        let pre = link(engine, &component).map_err(|error| wrong_contract(&error))?;
        let manifest = describe(engine, &component)?;
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

/// Resolves imports, checks their types and finds the exports by name, once for all instances.
fn link(engine: &PluginEngine, component: &Component) -> wasmtime::Result<PluginPre<CallState>> {
    let mut linker = Linker::new(engine.wasmtime());
    bindings::Plugin::add_to_linker::<_, HasSelf<CallState>>(&mut linker, |state| state)?;
    PluginPre::new(linker.instantiate_pre(component)?)
}

/// Asks for the manifest, on an instance that serves nothing else. Every import is a trap here: the contract says that `describe` calls none, and nothing
/// was granted yet.
///
/// The instance also shows whether every export has the contract's types. The link knows only their names, and a component built for another version of the
/// contract would load, and then fail in each call.
fn describe(engine: &PluginEngine, component: &Component) -> Result<Manifest, HostError> {
    let failed = |error: wasmtime::Error| {
        let message = format!("`describe` failed: {error:#}");
        HostError::Manifest(clean(&message, AUDIT_CHARACTERS))
    };
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
    linker
        .define_unknown_imports_as_traps(component)
        .map_err(failed)?;
    let pre = linker.instantiate_pre(component).map_err(failed)?;
    let instance = pre.instantiate(&mut store).map_err(failed)?;
    PluginIndices::new(&pre)
        .and_then(|exports| exports.load(&mut store, &instance))
        .map_err(|error| wrong_contract(&error))?;
    let function = describe_of(&mut store, &instance).map_err(|error| wrong_contract(&error))?;
    let (manifest,) = function.call(&mut store, ()).map_err(failed)?;
    Ok(manifest)
}

/// The export `connection.describe`. The generated code can call it only asynchronously, and loading blocks.
fn describe_of(
    store: &mut Store<StoreLimits>,
    instance: &Instance,
) -> wasmtime::Result<TypedFunc<(), (Manifest,)>> {
    let interface = instance
        .get_export_index(&mut *store, None, "hiring:job-board/connection@0.1.0")
        .ok_or_else(|| wasmtime::format_err!("the interface `connection` is not exported"))?;
    let function = instance
        .get_export_index(&mut *store, Some(&interface), "describe")
        .ok_or_else(|| wasmtime::format_err!("`describe` is not exported"))?;
    instance.get_typed_func(store, function)
}

fn wrong_contract(error: &wasmtime::Error) -> HostError {
    // A component brings the names of its imports and exports along.
    HostError::WrongContract(clean(&format!("{error:#}"), AUDIT_CHARACTERS))
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
