//! Credentials and signing keys. The rules are those of `secrets` in the WIT.

mod encrypted;
mod key_file;
#[cfg(test)]
mod key_file_tests;
mod key_ring;
mod master_key;
mod reseal;
#[cfg(test)]
mod tests;

use async_trait::async_trait;

pub use encrypted::EncryptedSecrets;
pub use key_file::{KeyFile, RotationBegun};
pub use key_ring::{HeldKeys, KeyRing};
pub use master_key::{KeyId, MasterKey, MasterKeyError};
pub use reseal::{Census, Resealed};

use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, Precondition, StorageError, Version};

crate::never_printed!(
    MasterKey,
    KeyRing,
    HeldKeys,
    key_file::Shared,
    EncryptedSecrets
);

/// Compiles only for what is overwritten when it is dropped: the bytes of a key, and the cipher that holds them once more.
const fn overwritten<T: zeroize::ZeroizeOnDrop>() {}
const _: () = overwritten::<master_key::KeyBytes>();
const _: () = overwritten::<chacha20poly1305::XChaCha20Poly1305>();

/// As [`Storage`](crate::Storage), for values that must not be readable in a copy of the database. No list.
///
/// An implementation writes no value to a log, a trace, a metric or an error.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Reads one secret. `None` also when it can no longer be decrypted.
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError>;

    /// Writes one secret and answers its new version.
    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError>;

    /// Removes one secret, and makes the old value unreadable.
    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError>;
}
