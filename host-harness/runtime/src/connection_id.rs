//! The host's name for one tenant's account at one board.

use std::fmt;

use crate::error::HostError;

/// Which connection's storage and secrets an instance sees. Chosen by the host; a guest never sees it.
///
/// Make it unique over all tenants and never use one again for another account: it is the scope of everything stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// Most bytes of an id.
    pub const MAX_LENGTH: usize = 128;

    /// 1 to 128 ASCII letters, digits, `.`, `_`, `-` or `:`.
    ///
    /// # Errors
    /// [`HostError::InvalidConnectionId`] for anything else.
    pub fn new(id: impl Into<String>) -> Result<Self, HostError> {
        let id = id.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
        if id.is_empty() || id.len() > Self::MAX_LENGTH || !id.bytes().all(allowed) {
            return Err(HostError::InvalidConnectionId);
        }
        Ok(Self(id))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_leave_their_scope_are_refused() {
        for id in ["", "a b", "a/b", "a\0b", "ứng", "a\n", &"x".repeat(129)] {
            assert!(ConnectionId::new(id).is_err(), "{id:?}");
        }
        for id in ["a", "tenant-1:topboard.2_x", &"x".repeat(128)] {
            assert_eq!(ConnectionId::new(id).unwrap().as_str(), id);
        }
    }
}
