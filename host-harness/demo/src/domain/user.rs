//! Who signs in.

use serde::Serialize;

use super::id::{TenantId, UserId};

/// What a user may do. A real platform has many more; the contract needs these to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Owns jobs, posts them and works with candidates.
    Recruiter,
    /// As a recruiter, and sets up connections; hears when one breaks.
    Administrator,
    /// Runs the platform: as an administrator, and the only one who sees and sets what the contract calls operator settings.
    Operator,
}

impl Role {
    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }

    /// Reads the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Recruiter, Self::Administrator, Self::Operator]
            .into_iter()
            .find(|role| role.code() == code)
    }

    /// Whether this user may change a connection.
    pub fn administers(self) -> bool {
        self != Self::Recruiter
    }

    /// Whether this user may see and set operator settings.
    pub fn operates(self) -> bool {
        self == Self::Operator
    }
}

/// A signed-in person.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// The row.
    pub id: UserId,
    /// Whose data the user sees.
    #[serde(skip)]
    pub tenant: TenantId,
    /// The name to sign in with; unique on the platform.
    pub login: String,
    /// For people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}
