//! That something changed, for pages that are open.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::Platform;
use crate::domain::id::TenantId;

/// How often something was committed that somebody of a tenant may want to see. Counted from the start of the process.
#[derive(Clone, Default)]
pub struct News(Arc<watch::Sender<HashMap<TenantId, u64>>>);

impl News {
    fn count(&self, tenant: TenantId) -> u64 {
        self.0.borrow().get(&tenant).copied().unwrap_or(0)
    }
}

impl Platform {
    /// Says that something of the tenant's was committed.
    pub(super) fn tell(&self, tenant: TenantId) {
        self.news.0.send_modify(|counts| {
            let count = counts.entry(tenant).or_default();
            *count = count.wrapping_add(1);
        });
    }

    /// Wakes whoever waits for changes, also for those of other tenants. Says no more than that: who listens looks for themselves.
    pub fn changes(&self) -> watch::Receiver<HashMap<TenantId, u64>> {
        self.news.0.subscribe()
    }

    /// Differs from an earlier answer when something of the tenant's has changed in between.
    #[must_use]
    pub fn revision(&self, tenant: TenantId) -> u64 {
        self.news.count(tenant)
    }
}
