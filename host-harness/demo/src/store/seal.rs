//! Encryption of personal data at rest, with the same keys as the runtime's secrets.

use job_board_host::KeyRing;
use zeroize::Zeroizing;

use super::StoreError;

/// Seals and opens values. A clone has the same keys.
#[derive(Clone)]
pub struct Sealer {
    keys: KeyRing,
}

impl Sealer {
    /// Uses these keys.
    pub fn new(keys: KeyRing) -> Self {
        Self { keys }
    }

    /// The keys behind it.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Encrypts, inside the transaction that stores the result: [`Store::write`](super::Store::write) sees to it that the key is not exchanged
    /// before that has ended. `place` names the row to which the value belongs; [`Sealer::open`] needs the same, so that a value that was copied
    /// to another row does not open there.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.keys
            .seal(&["platform", place], plain)
            .map_err(|error| StoreError::Key(error.to_string()))
    }

    /// Decrypts what [`Sealer::seal`] made for the same place. `what` names the kind of record in the error.
    pub fn open(
        &self,
        what: &'static str,
        place: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.keys
            .open(&["platform", place], sealed)
            .ok_or(StoreError::Sealed { what })
    }
}

/// Where a connection's webhook path stands.
pub(crate) fn hook_place(tenant: crate::domain::id::TenantId) -> String {
    format!("hook/{}", tenant.0)
}

job_board_host::never_printed!(Sealer);
