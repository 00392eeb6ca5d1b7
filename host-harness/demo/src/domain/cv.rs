//! Files of applicants.

/// How far the platform is with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CvState {
    /// Not fetched yet.
    Pending,
    /// Fetched, checked and stored.
    Stored,
    /// The last try failed. Whether there will be another stands beside it.
    Failed,
    /// Fetched, and the same bytes as another file of the application: nobody is shown it twice.
    Duplicate,
}

impl CvState {
    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Failed => "failed",
            Self::Duplicate => "duplicate",
        }
    }
}

/// Tries without a word from the board about when the link ends.
const MOST_ATTEMPTS: u32 = 20;

/// Whether another try makes sense after a failure that another try could mend.
///
/// After the link's end one try is still made (the end is the board's guess as much as ours), then no more.
pub fn try_again(attempts: u32, tried_at: u64, expires_at: Option<u64>) -> bool {
    attempts < MOST_ATTEMPTS && expires_at.is_none_or(|end| tried_at <= end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_end_with_the_link_or_after_many() {
        assert!(try_again(1, 10, Some(20)));
        assert!(!try_again(1, 21, Some(20)));
        assert!(try_again(19, 21, None));
        assert!(!try_again(20, 21, None));
    }
}
