//! Random tokens, and the digests under which they are kept.

use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// 256 random bits in hexadecimal. Nobody guesses one, so a plain digest of it is safe to keep.
pub fn random() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// A new request id: 128 random bits in hexadecimal.
pub fn request_id() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// SHA-256 of the parts, each preceded by its length.
pub fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}
