//! A loaded plugin and the connections that use it.

mod budget;
mod call;
mod connection;
mod imports;
mod load;
mod state;

use std::sync::Arc;

pub use connection::{Answer, Connection};

use crate::bindings::PluginPre;
use crate::connection_id::ConnectionId;
use crate::contract::connection::Manifest;
use crate::engine::PluginEngine;
use crate::grants::Grants;
use crate::http::AllowList;
use state::CallState;

/// A plugin, compiled, linked and asked for its manifest. Cheap to clone; one serves all tenants.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
}

struct Inner {
    engine: PluginEngine,
    pre: PluginPre<CallState>,
    manifest: Manifest,
    /// The manifest's hosts, parsed.
    asked: AllowList,
    digest: String,
    size: usize,
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Plugin {
    /// What the plugin says that it is and needs. Show its hosts with their reasons before granting them.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }

    /// SHA-256 of the component, lowercase hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    /// The component's size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.inner.size
    }

    /// The names of everything that the component imports, such as `hiring:job-board/http@0.1.0`.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.inner.imports
    }

    /// The names of everything that the component exports.
    #[must_use]
    pub fn exports(&self) -> &[String] {
        &self.inner.exports
    }

    /// A tenant's connection through this plugin. Costs nothing; make one whenever it is needed, or keep it.
    #[must_use]
    pub fn connection(&self, id: ConnectionId, grants: Grants) -> Connection {
        Connection::new(self.clone(), id, grants)
    }
}
