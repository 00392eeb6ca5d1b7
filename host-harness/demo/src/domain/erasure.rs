//! Erasing a person: why, and what came of it.

use serde::{Deserialize, Serialize};

use super::text::Text;

/// Why somebody was erased. A closed list: a reason in somebody's own words could name the person again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The person asked for it.
    Request,
    /// The person took the consent back.
    ConsentWithdrawn,
    /// Entered by mistake, a test, a forgery.
    Mistake,
    /// Not hired, and nothing has happened for longer than the platform keeps such data.
    Retention,
    /// Erased before; a restored database had brought the person back.
    Restored,
}

impl Reason {
    /// The words that an administrator can choose from.
    pub const CODES: [&'static str; 3] = ["request", "consent-withdrawn", "mistake"];

    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::ConsentWithdrawn => "consent-withdrawn",
            Self::Mistake => "mistake",
            Self::Retention => "retention",
            Self::Restored => "restored",
        }
    }

    /// Reads an administrator's word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Request, Self::ConsentWithdrawn, Self::Mistake]
            .into_iter()
            .find(|reason| reason.code() == code)
    }

    /// Whether everything goes that speaks of the person, or only what belongs to the applications that are erased: somebody whose old
    /// application has come of age may be applying again at this moment, and after a restore the erasure log knows what had gone.
    pub fn concerns_the_whole_person(self) -> bool {
        match self {
            Self::Request | Self::ConsentWithdrawn | Self::Mistake => true,
            Self::Retention | Self::Restored => false,
        }
    }
}

/// How many rows of each kind were erased. Says nothing about anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Applications.
    pub applications: usize,
    /// Links to files, fetched or not.
    pub links: usize,
    /// Stored files.
    pub files: usize,
    /// Notifications.
    pub notices: usize,
    /// Events that waited for their posting.
    pub waiting: usize,
    /// Deliveries in the inbox and in quarantine.
    pub deliveries: usize,
}

/// What one connection's plugin answered when it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginReceipt {
    /// The connection.
    pub connection: i64,
    /// When, by the plugin.
    pub at: u64,
    /// What it erased: kind and count.
    pub erased: Vec<(String, u64)>,
    /// What a person should know, such as where a copy remains.
    pub notes: Vec<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_can_give_each_reason_that_is_offered_and_no_other() {
        for code in Reason::CODES {
            assert_eq!(Reason::from_code(code).map(Reason::code), Some(code));
        }
        assert_eq!(Reason::from_code(Reason::Retention.code()), None);
        assert_eq!(Reason::from_code(Reason::Restored.code()), None);
    }
}
