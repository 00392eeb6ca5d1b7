//! Compiled plugins on disk.
//!
//! A compiled plugin is machine code that runs outside of any sandbox, so whose file it is matters more than what stands in it.

#[cfg(unix)]
mod trust;
#[cfg(not(unix))]
#[path = "cache/no_trust.rs"]
mod trust;

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::HostError;

/// A cached file is the SHA-256 of what follows, and then the compiled code.
const DIGEST_BYTES: usize = 32;

/// The component of these bytes and their SHA-256 in hexadecimal. A cache that does not work costs time, never an answer.
pub(super) fn component(
    engine: &Engine,
    cache_dir: Option<&Path>,
    bytes: &[u8],
) -> Result<(Component, String), HostError> {
    let digest = hex::encode(Sha256::digest(bytes));
    let place = cache_dir.and_then(|folder| match trust::prepare(folder) {
        Ok(()) => Some(place(engine, folder, &digest)),
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "the cache of compiled plugins is not used");
            None
        }
    });
    if let Some(component) = place.as_deref().and_then(|place| read(engine, place)) {
        return Ok((component, digest));
    }
    let component = Component::from_binary(engine, bytes)
        .map_err(|error| HostError::NotAComponent(format!("{error:#}")))?;
    if let Some(place) = place
        && let Err(error) = write(&component, &place)
    {
        tracing::warn!(file = %place.display(), %error, "the compiled plugin could not be kept");
    }
    Ok((component, digest))
}

/// Named after the plugin, and after everything about this engine that the machine code depends on.
fn place(engine: &Engine, folder: &Path, digest: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    folder.join(format!("{digest}-{:016x}.compiled", hasher.finish()))
}

fn read(engine: &Engine, place: &Path) -> Option<Component> {
    let file = match trust::read(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(file = %place.display(), %error, "a compiled plugin is not used and is compiled again");
            return None;
        }
    };
    let (digest, code) = file.split_first_chunk::<DIGEST_BYTES>()?;
    if Sha256::digest(code).as_slice() != digest {
        tracing::warn!(file = %place.display(), "a compiled plugin is damaged and is compiled again");
        return None;
    }
    // SAFETY: the bytes are what `Component::serialize` gave for these very plugin bytes on an engine of this kind: the name says for which, the digest that
    // nothing was lost, and `prepare` that nobody but this user can have written the file. wasmtime checks version and settings again.
    #[allow(unsafe_code)]
    let component = unsafe { Component::deserialize(engine, code) };
    component.inspect_err(|error| tracing::warn!(file = %place.display(), %error, "a compiled plugin does not fit and is compiled again")).ok()
}

/// In one step, so that another process never reads half a file.
fn write(component: &Component, place: &Path) -> io::Result<()> {
    let code = component
        .serialize()
        .map_err(|error| io::Error::other(format!("{error:#}")))?;
    let draft = place.with_extension(format!("draft-{}", std::process::id()));
    let mut file = trust::create(&draft)?;
    file.write_all(&Sha256::digest(&code))?;
    file.write_all(&code)?;
    fs::rename(&draft, place)
}
