//! The keys that a host has, and the encryption that they do.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use zeroize::Zeroizing;

use super::key_file::{KeyFile, Shared};
use super::master_key::{KEY_ID_BYTES, KeyId, MasterKey, MasterKeyError, random};

/// First byte of everything sealed: the layout `1 | key id | nonce | ciphertext with tag`.
const LAYOUT: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// The key that encrypts, and others that only decrypt. A clone is the same ring.
///
/// Hosts on one machine share a [`KeyFile`]: [`KeyRing::from_file_or_create`]. Such a ring follows its file, so that the key can be exchanged while hosts run:
///
/// 1. [`KeyFile::begin_rotation`]: the new key encrypts, the old one decrypts.
/// 2. [`EncryptedSecrets::reseal_all`](crate::EncryptedSecrets::reseal_all) moves what was encrypted before. For data of its own a platform asks
///    [`KeyRing::is_current`].
/// 3. When nothing is left under the old key, [`KeyFile::retire_older`].
///
/// Hosts that share no file do the same by hand, each step on every host before the next begins: the old key encrypts and the new one is there to decrypt,
/// `KeyRing::new(old).with_older(new)`; the new key encrypts, `KeyRing::new(new).with_older(old)`; everything is moved; `KeyRing::new(new)`.
#[derive(Clone)]
pub struct KeyRing {
    inner: Arc<Inner>,
}

struct Inner {
    /// The first one encrypts. Never empty.
    keys: RwLock<Vec<MasterKey>>,
    file: Option<KeyFile>,
}

/// While it lives, the key that encrypts is not exchanged. See [`KeyRing::hold`].
#[must_use = "the key may be exchanged as soon as this is dropped"]
pub struct HeldKeys {
    _file: Option<Shared>,
}

impl KeyRing {
    /// How many bytes longer than the plain value a sealed one is.
    pub const OVERHEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

    /// A ring of one key.
    #[must_use]
    pub fn new(primary: MasterKey) -> Self {
        Self::over(vec![primary], None)
    }

    /// A ring that follows this file, which is made with a new key where there is none.
    ///
    /// # Errors
    /// When the file cannot be used, is open to others, or holds no key.
    pub fn from_file_or_create(path: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        KeyFile::at(path.as_ref()).create_if_missing()?;
        Self::from_file(path)
    }

    /// As [`KeyRing::from_file_or_create`], for a file that must be there.
    ///
    /// # Errors
    /// When the file cannot be used, is open to others, or holds no key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        let file = KeyFile::at(path.as_ref());
        let mut keys = file.keys()?;
        keys.extend(file.retired()?);
        Ok(Self::over(keys, Some(file)))
    }

    fn over(keys: Vec<MasterKey>, file: Option<KeyFile>) -> Self {
        let keys = RwLock::new(keys);
        Self {
            inner: Arc::new(Inner { keys, file }),
        }
    }

    /// Adds a key that only decrypts.
    #[must_use]
    pub fn with_older(self, key: MasterKey) -> Self {
        self.keys_mut().push(key);
        self
    }

    /// The keys of this ring by their names; the first encrypts.
    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys().iter().map(MasterKey::id).collect()
    }

    /// The name of the key that encrypts.
    #[must_use]
    pub fn current(&self) -> KeyId {
        self.primary().id()
    }

    /// To be called before a value is sealed, and kept until it is stored: until then the key is not exchanged. Blocks while it just is, which takes some
    /// milliseconds.
    ///
    /// Where the file cannot be read any more, the keys in memory go on: what arrives must be stored. That is logged.
    pub fn hold(&self) -> HeldKeys {
        let Some(file) = &self.inner.file else {
            return HeldKeys { _file: None };
        };
        match file.hold() {
            Ok(held) => {
                self.take_over(|| Ok(held.keys.clone()), &held.keys);
                HeldKeys { _file: Some(held) }
            }
            Err(error) => {
                tracing::error!(%error, "the key file is not followed");
                HeldKeys { _file: None }
            }
        }
    }

    /// Encrypts, and binds the result to `context`: [`KeyRing::open`] needs the same words. A platform can use it for its own data too;
    /// the first word should then say what for. See [`KeyRing::hold`].
    ///
    /// # Errors
    /// [`MasterKeyError::NoRandomness`].
    pub fn seal(&self, context: &[&str], plain: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let primary = self.primary();
        let bound = bind(context);
        let payload = Payload {
            msg: plain,
            aad: &bound,
        };
        // Fails only beyond 256 GB.
        let encrypted = primary
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| {
                MasterKeyError::NoRandomness("the value is too large to encrypt".to_owned())
            })?;
        let mut sealed = Vec::with_capacity(1 + KEY_ID_BYTES + NONCE_BYTES + encrypted.len());
        sealed.push(LAYOUT);
        sealed.extend_from_slice(&primary.id().0);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&encrypted);
        Ok(sealed)
    }

    /// Whether this was encrypted with the ring's first key, so that it outlives the others.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        KeyId::of(sealed) == Some(self.current())
    }

    /// Decrypts what [`KeyRing::seal`] made under the same context. `None`: unknown key, other context, or changed bytes.
    #[must_use]
    pub fn open(&self, context: &[&str], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let id = KeyId::of(sealed)?;
        let rest = sealed.get(1 + KEY_ID_BYTES..)?;
        let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let key = self.find(id).or_else(|| {
            // Another process may have exchanged the key since.
            self.read_file();
            self.find(id)
        })?;
        let payload = Payload {
            msg: encrypted,
            aad: &bind(context),
        };
        let plain = key.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        Some(Zeroizing::new(plain))
    }

    fn primary(&self) -> MasterKey {
        self.keys()[0].clone()
    }

    fn find(&self, id: KeyId) -> Option<MasterKey> {
        self.keys().iter().find(|key| key.id() == id).cloned()
    }

    fn read_file(&self) {
        let Some(file) = &self.inner.file else {
            return;
        };
        let read = || {
            let mut keys = file.keys()?;
            keys.extend(file.retired()?);
            Ok::<_, MasterKeyError>(keys)
        };
        match read() {
            Ok(keys) => self.take_over(read, &keys),
            Err(error) => tracing::error!(%error, "the key file is not followed"),
        }
    }

    /// Takes over what the file says, if that is new. It is read again under the ring's own lock: what one thread read a while ago must not
    /// replace what another has read since.
    fn take_over(
        &self,
        read: impl Fn() -> Result<Vec<MasterKey>, MasterKeyError>,
        seen: &[MasterKey],
    ) {
        {
            let known = self.keys();
            let same_first = known.first().map(MasterKey::id) == seen.first().map(MasterKey::id);
            let has = |key: &MasterKey| known.iter().any(|known| known.id() == key.id());
            if same_first && seen.iter().all(has) {
                return;
            }
        }
        let mut known = self.keys_mut();
        let Ok(mut keys) = read() else {
            return;
        };
        // What was known stays until the process ends: a value that was read a moment ago may still be under it.
        for key in known.drain(..) {
            if keys.iter().all(|new| new.id() != key.id()) {
                keys.push(key);
            }
        }
        *known = keys;
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Vec<MasterKey>> {
        let keys = &self.inner.keys;
        keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys_mut(&self) -> std::sync::RwLockWriteGuard<'_, Vec<MasterKey>> {
        let keys = &self.inner.keys;
        keys.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyId {
    /// Under which key this was sealed. `None`: it is nothing that was sealed.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Option<Self> {
        let rest = sealed.strip_prefix(&[LAYOUT])?;
        rest.first_chunk::<KEY_ID_BYTES>().map(|id| Self(*id))
    }

    /// The first bytes of everything that was sealed under it: for a statement that looks for the rest.
    #[must_use]
    pub fn prefix(self) -> Vec<u8> {
        let mut prefix = vec![LAYOUT];
        prefix.extend_from_slice(&self.0);
        prefix
    }
}

/// The words with their lengths, so that moving a letter from one to the next makes another context.
fn bind(context: &[&str]) -> Vec<u8> {
    let mut bound = Vec::new();
    for word in context {
        bound.extend_from_slice(&(word.len() as u64).to_be_bytes());
        bound.extend_from_slice(word.as_bytes());
    }
    bound
}
