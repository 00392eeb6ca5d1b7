//! Unguessable texts: tokens, keys and download links.

/// `prefix` and 128 random bits as lowercase hex.
pub(crate) fn random_token(prefix: &str) -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without the system's randomness a test double may still run; uniqueness is kept by the counter.
        use std::sync::atomic::{AtomicU64, Ordering};
        static COUNTER: AtomicU64 = AtomicU64::new(1);
        bytes[..8].copy_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    }
    format!("{prefix}{}", hex::encode(bytes))
}
