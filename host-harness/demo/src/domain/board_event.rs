//! What happened at the board, in the shape in which the platform keeps it while the posting is not known yet.

use serde::{Deserialize, Serialize};

use super::contact::Contact;
use super::posting::{Change, Rejection};
use super::text::Text;
use super::value::Values;

/// One event of the contract.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardEvent {
    /// The same happening has the same id.
    pub id: String,
    /// What happened.
    pub happening: Happening,
    /// The board's id of the posting; empty where it names none.
    pub board_posting: String,
    /// The request id of the posting, when the plugin knows it.
    pub posting: Option<String>,
    /// Which review a verdict belongs to.
    pub review_round: Option<u32>,
    /// The board's own time of it.
    pub board_time: Option<u64>,
    /// When the delivery came in.
    pub received_at: u64,
}

impl BoardEvent {
    /// Whether the board's signature stands behind it. An event without a shape never is, nor is an unsigned profile.
    pub fn is_verified(&self) -> bool {
        match &self.happening {
            Happening::Application(application) => application.verified,
            Happening::Approved | Happening::Rejected(_) | Happening::Changed(_) => true,
            Happening::Other(_) => false,
        }
    }

    /// Whether the board, or an operator who allowed unsigned profiles, stands behind it. An event of an unknown kind is anybody's word.
    pub fn is_vouched_for(&self) -> bool {
        !matches!(self.happening, Happening::Other(_))
    }
}

/// What happened.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// Somebody applied.
    Application(Box<Application>),
    /// The posting was published by the board.
    Approved,
    /// The posting was refused by the board.
    Rejected(Rejection),
    /// Its state was seen.
    Changed(Change),
    /// Something that has no shape; reported, never acted upon.
    Other(Other),
}

impl Happening {
    /// The word under which people see it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Application(_) => "application",
            Self::Approved => "posting-approved",
            Self::Rejected(_) => "posting-rejected",
            Self::Changed(_) => "posting-changed",
            Self::Other(_) => "other",
        }
    }
}

/// One person's application to one posting.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// The same for the same person and posting.
    pub id: String,
    /// The board's id of the person.
    pub board_candidate: Option<String>,
    /// What the board said about the person.
    pub contact: Contact,
    /// When the person applied, by the board.
    pub applied_at: Option<u64>,
    /// Whether a signature was verified at all.
    pub verified: bool,
    /// For the statistics of sources.
    pub source: Text,
    /// Files, still at the board.
    pub attachments: Vec<Attachment>,
    /// Everything else that the board said.
    pub extra: Values,
}

/// A file at the board. Its link may be a permission: stored encrypted, never logged.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Stable for this application and link.
    pub id: String,
    /// The application's id.
    pub application_id: String,
    /// `cv`, or another word.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// A page rather than the file itself.
    pub fallback_url: Option<String>,
    /// After this moment another try is unlikely to help.
    pub expires_at: Option<u64>,
    /// Covered by the board's signature.
    pub signed: bool,
}

/// A happening without a shape of its own.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// The board's own name for it.
    pub kind: String,
    /// What it said. May be personal.
    pub json: String,
    /// What can be told to people.
    pub note: Option<Text>,
}
