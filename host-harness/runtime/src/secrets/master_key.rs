//! A master key, and what it is called.

use std::fmt;
use std::io;
use std::path::PathBuf;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
/// Overwritten when they are dropped.
pub(super) type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;
pub(super) const KEY_ID_BYTES: usize = 8;

/// A master key could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// The file could not be read or made.
    #[error("cannot use the key file {path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than the owner may read or write the file.
    #[error("the key file {path} is open to other users (mode {mode:o}); run `chmod 600` on it, and think about who has read it", path = path.display())]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not 64 hexadecimal digits.
    #[error(
        "the master key in {origin} has {found} instead of 64 hexadecimal digits; put back your own copy of the key. Without one, remove it and start with a \
         new key (`openssl rand -hex 32`): what was encrypted stays unreadable, and the credentials must be entered again"
    )]
    Malformed {
        /// Where it came from.
        origin: String,
        /// What was found there, without repeating it.
        found: String,
    },
    /// Somebody has held the file for too long.
    #[error("the key file {path} is held by a process that does not let go of it; look for one that is stopped, and try again", path = path.display())]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// The operating system gave no random bytes.
    #[error("the system has no random bytes: {0}")]
    NoRandomness(String),
}

/// What a key is called: a part of its digest, in hexadecimal digits. It stands in front of everything that the key encrypted, and opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; KEY_ID_BYTES]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// 256 bits that encrypt everything that a host keeps secret. Whoever has it and the database has the credentials; keep it away from database back-ups.
#[derive(Clone)]
pub struct MasterKey {
    bytes: KeyBytes,
    id: KeyId,
}

impl MasterKey {
    fn from_bytes(bytes: KeyBytes) -> Self {
        let digest = Sha256::new()
            .chain_update(b"job-board-host key id")
            .chain_update(bytes.as_slice())
            .finalize();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        Self {
            bytes,
            id: KeyId(id),
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// As it stands in a file.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.bytes.as_slice()))
    }

    pub(super) fn cipher(&self) -> XChaCha20Poly1305 {
        let bytes: &[u8; KEY_BYTES] = &self.bytes;
        XChaCha20Poly1305::new(bytes.into())
    }

    /// A new random key.
    ///
    /// # Errors
    /// [`MasterKeyError::NoRandomness`].
    pub fn generate() -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        random(bytes.as_mut_slice())?;
        Ok(Self::from_bytes(bytes))
    }

    /// Takes the key from the value of an environment variable or a secret manager: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`].
    pub fn from_env_value(value: &str) -> Result<Self, MasterKeyError> {
        Self::parse(value.as_bytes(), || "the environment".to_owned())
    }

    pub(super) fn parse(
        text: &[u8],
        origin: impl FnOnce() -> String,
    ) -> Result<Self, MasterKeyError> {
        let text = text.trim_ascii();
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        let found = match hex::decode_to_slice(text, bytes.as_mut_slice()) {
            Ok(()) => return Ok(Self::from_bytes(bytes)),
            Err(_) if text.is_empty() => "nothing".to_owned(),
            Err(_) if text.len() != 2 * KEY_BYTES => format!("{} characters", text.len()),
            Err(_) => "characters that are no digits".to_owned(),
        };
        Err(MasterKeyError::Malformed {
            origin: origin(),
            found,
        })
    }
}

pub(super) fn random(bytes: &mut [u8]) -> Result<(), MasterKeyError> {
    getrandom::fill(bytes).map_err(|error| MasterKeyError::NoRandomness(error.to_string()))
}
