//! SHA-256 over unambiguous text, for ids and for comparing without keeping.

use sha2::{Digest, Sha256};

/// 64 lowercase hexadecimal digits over the parts, each preceded by its length, so that
/// `["ab", "c"]` and `["a", "bc"]` differ.
pub fn of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

/// 64 lowercase hexadecimal digits over plain bytes, as `sha256sum` prints them.
pub fn of_bytes(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The first 32 digits of [`of`]: enough for a key, short enough for every store.
pub fn short(parts: &[&str]) -> String {
    let mut digest = of(parts);
    digest.truncate(32);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab"]), of(&["ab", ""]));
    }

    #[test]
    fn plain_bytes_are_hashed_as_everybody_does() {
        assert_eq!(
            of_bytes(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
