//! Master keys, where they come from, and the encryption that they do.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// First byte of everything sealed: the layout `1 | key id | nonce | ciphertext with tag`.
const LAYOUT: u8 = 1;
const KEY_BYTES: usize = 32;
const KEY_ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

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
        "the master key in {origin} has {found} instead of 64 hexadecimal digits; put back your own copy of the key. Without one, remove it and start with a          new key (`openssl rand -hex 32`): what was encrypted stays unreadable, and the credentials must be entered again"
    )]
    Malformed {
        /// Where it came from.
        origin: String,
        /// What was found there, without repeating it.
        found: String,
    },
    /// The operating system gave no random bytes.
    #[error("the system has no random bytes: {0}")]
    NoRandomness(String),
}

/// 256 bits that encrypt everything that a host keeps secret. Whoever has it and the database has the credentials; keep it away from database back-ups.
#[derive(Clone)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    id: [u8; KEY_ID_BYTES],
}

impl MasterKey {
    fn from_bytes(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let digest = Sha256::new()
            .chain_update(b"job-board-host key id")
            .chain_update(bytes.as_slice())
            .finalize();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        Self { bytes, id }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
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

    /// Reads the key from a file, or makes the file with a new key, readable by its owner alone. Two processes that start at once get the same key.
    ///
    /// # Errors
    /// When the file cannot be used, is open to others, or holds no key.
    pub fn from_file_or_create(path: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        let path = path.as_ref();
        match Self::from_file(path) {
            Err(MasterKeyError::File { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Self::generate()?.create_file(path)?;
                Self::from_file(path)
            }
            other => other,
        }
    }

    fn from_file(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File {
            path: path.to_owned(),
            source,
        };
        refuse_open_file(path)?;
        let bytes = Zeroizing::new(fs::read(path).map_err(failed)?);
        Self::parse(&bytes, || path.display().to_string())
    }

    /// Takes the key from the value of an environment variable or a secret manager: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`].
    pub fn from_env_value(value: &str) -> Result<Self, MasterKeyError> {
        Self::parse(value.as_bytes(), || "the environment".to_owned())
    }

    fn parse(text: &[u8], origin: impl FnOnce() -> String) -> Result<Self, MasterKeyError> {
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

    /// Writes beside the place and links there, so that the file is whole from its first moment and an existing one is never replaced.
    fn create_file(&self, path: &Path) -> Result<(), MasterKeyError> {
        let failed = |source| MasterKeyError::File {
            path: path.to_owned(),
            source,
        };
        let mut suffix = [0; 8];
        random(&mut suffix)?;
        let draft = path.with_extension(format!("draft-{}", hex::encode(suffix)));
        let text = Zeroizing::new(format!("{}\n", hex::encode(self.bytes.as_slice())));
        let written = new_private_file(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
            // Somebody was faster: theirs counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        });
        let _ = fs::remove_file(&draft);
        linked.map_err(failed)
    }
}

#[cfg(unix)]
fn new_private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn new_private_file(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
}

#[cfg(unix)]
fn refuse_open_file(path: &Path) -> Result<(), MasterKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = fs::metadata(path).map_err(|source| MasterKeyError::File {
        path: path.to_owned(),
        source,
    })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(MasterKeyError::TooOpen {
        path: path.to_owned(),
        mode,
    })
}

#[cfg(not(unix))]
fn refuse_open_file(_: &Path) -> Result<(), MasterKeyError> {
    // There are no mode bits to look at.
    Ok(())
}

/// The key that encrypts, and others that only decrypt.
///
/// To change the master key while hosts run, in this order, each step on every host before the next begins:
///
/// 1. The old key encrypts, and the new one is there to decrypt: `KeyRing::new(old).with_older(new)`. A single host can leave this out.
/// 2. The new key encrypts: `KeyRing::new(new).with_older(old)`. Values move to it as they are written.
/// 3. [`EncryptedSecrets::reseal_all`](crate::EncryptedSecrets::reseal_all) moves those that nobody writes. For data of its own a platform asks
///    [`KeyRing::is_current`].
/// 4. When nothing is left under the old key: `KeyRing::new(new)`, and the old key can be destroyed, with the backups that need it.
#[derive(Clone)]
pub struct KeyRing {
    primary: MasterKey,
    older: Vec<MasterKey>,
}

impl KeyRing {
    /// How many bytes longer than the plain value a sealed one is.
    pub const OVERHEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

    /// A ring of one key.
    #[must_use]
    pub fn new(primary: MasterKey) -> Self {
        Self {
            primary,
            older: Vec::new(),
        }
    }

    /// Adds a key that only decrypts.
    #[must_use]
    pub fn with_older(mut self, key: MasterKey) -> Self {
        self.older.push(key);
        self
    }

    /// Encrypts, and binds the result to `context`: [`KeyRing::open`] needs the same words. A platform can use it for its own data too;
    /// the first word should then say what for.
    ///
    /// # Errors
    /// [`MasterKeyError::NoRandomness`].
    pub fn seal(&self, context: &[&str], plain: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let cipher = self.primary.cipher();
        let bound = bind(context);
        let payload = Payload {
            msg: plain,
            aad: &bound,
        };
        // Fails only beyond 256 GB.
        let encrypted = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| {
            MasterKeyError::NoRandomness("the value is too large to encrypt".to_owned())
        })?;
        let mut sealed = Vec::with_capacity(1 + KEY_ID_BYTES + NONCE_BYTES + encrypted.len());
        sealed.push(LAYOUT);
        sealed.extend_from_slice(&self.primary.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&encrypted);
        Ok(sealed)
    }

    /// Whether this was encrypted with the ring's first key, so that it outlives the others.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed
            .strip_prefix(&[LAYOUT])
            .is_some_and(|rest| rest.starts_with(&self.primary.id))
    }

    /// Decrypts what [`KeyRing::seal`] made under the same context. `None`: unknown key, other context, or changed bytes.
    #[must_use]
    pub fn open(&self, context: &[&str], sealed: &[u8]) -> Option<Vec<u8>> {
        let (&LAYOUT, rest) = sealed.split_first()? else {
            return None;
        };
        let (id, rest) = rest.split_first_chunk::<KEY_ID_BYTES>()?;
        let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let key = std::iter::once(&self.primary)
            .chain(&self.older)
            .find(|key| key.id == *id)?;
        let cipher = key.cipher();
        let payload = Payload {
            msg: encrypted,
            aad: &bind(context),
        };
        cipher.decrypt(&XNonce::from(*nonce), payload).ok()
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

fn random(bytes: &mut [u8]) -> Result<(), MasterKeyError> {
    getrandom::fill(bytes).map_err(|error| MasterKeyError::NoRandomness(error.to_string()))
}
