//! What is kept of a posting: enough to never pay twice, to merge three ways, and to tell review rounds apart.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::fields::{record, words};
use super::record::Record;

words! {
    /// How far a publish has come. Decides what a later call may do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Stage {
        /// The intent is stored; the board has certainly not been asked.
        Reserved = "reserved",
        /// The board may have been asked to create it.
        Sending = "sending",
        /// The board's answer was lost; a look-up or a person decides.
        Unknown = "unknown",
        /// It exists at the board; the second call, which makes it visible, is not done yet.
        Created = "created",
        /// Nothing of the publish is left to do.
        Done = "done",
    }
}

words! {
    /// What the board was last known to say.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum Standing {
        /// Waiting for the review.
        #[default]
        Pending = "pending",
        /// Approved and running.
        Live = "live",
        /// Refused by the review.
        Rejected = "rejected",
        /// Stopped.
        Closed = "closed",
        /// Past its last day, by the board's own word.
        Expired = "expired",
    }
}

record! {
    /// A paid second life of a closed posting, under its own request id.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Reopening {
        /// The host's id for it.
        pub request_id: String,
        /// Digest of posting and deadline: binds the request id to them.
        pub content: String = String::new(),
        /// Until when its caller, or the board after a lost answer, may still be at work.
        pub lease_until: u64,
    }
}

record! {
    /// A reopening that came true: its message may come again.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Reopened {
        /// The host's id for it.
        pub request_id: String,
        /// As in [`Reopening::content`].
        pub content: String,
    }
}

record! {
    /// What the board said when it created a posting and refused to make it visible.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Refusal {
        /// The failure's code.
        pub code: String,
        /// For the recruiter, in Vietnamese.
        pub vi: String,
        /// The same in English.
        pub en: String,
    }
}

record! {
    /// An edit that may have been sent: settled by the next reading of the posting.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PendingEdit {
        /// The fields as they were wanted, kept as in [`PostingRecord::sent`].
        pub sent: BTreeMap<String, Json>,
        /// The review round before it.
        pub round_before: u32,
        /// How the posting stood before it.
        pub standing_before: Standing = Standing::default(),
        /// Until when its caller may still be at work.
        pub lease_until: u64,
    }
}

record! {
    /// Stored under [`super::keys::posting`].
    #[derive(Debug, Clone, PartialEq)]
    pub struct PostingRecord {
        /// The request id that published or linked it.
        pub id: String,
        /// The platform's job.
        pub job: String,
        /// Account number of the connection ([`super::connection::ConnectionRecord::account`]) that it belongs to.
        pub account: u32,
        /// The board's id, once known.
        pub board_id: Option<String>,
        /// Its page at the board.
        pub url: Option<String>,
        /// For lists.
        pub title: String,
        /// How far the publish has come.
        pub stage: Stage,
        /// What the board was last known to say.
        pub standing: Standing,
        /// The board's own word for its run status.
        pub run_status: Option<String>,
        /// The board's own word for its approval status.
        pub approval_status: Option<String>,
        /// The board's reason, while rejected.
        pub reason: Option<String>,
        /// Disconnected from its job by a person.
        pub unlinked: bool,
        /// Found at the board rather than published from here.
        pub linked: bool,
        /// Counts the contents sent from here.
        pub revision: u64,
        /// Counts the board's reviews, from 1.
        pub round: u32,
        /// Last day, `YYYY-MM-DD`, in Vietnam.
        pub deadline: Option<String>,
        /// When the intent was stored.
        pub created_at: u64,
        /// When the board was first asked to create it: the look-up's window begins here. 0: it never was, and candidates stood there before.
        pub sent_at: u64,
        /// When anything here last changed.
        pub changed_at: u64,
        /// Digest of job and values: binds the request id to its content.
        pub request_digest: String,
        /// The fields as last sent, by wire key. Contact fields and long texts as `{"digest": …}`.
        pub sent: BTreeMap<String, Json>,
        /// Until when the present caller of publish may still be at work.
        pub lease_until: u64,
        /// An edit whose outcome is not settled.
        pub edit: Option<PendingEdit>,
        /// A reopening that is under way or whose outcome is in doubt.
        pub reopening: Option<Reopening>,
        /// The latest reopenings that came true, oldest first.
        pub reopened: Vec<Reopened> = Vec::new(),
        /// Why it is not visible yet, at [`Stage::Created`].
        pub refusal: Option<Refusal>,
        /// What was found at the board that could be this posting, while unknown.
        pub candidates: Vec<Candidate>,
        /// The request id of the link that ended the doubt, so that the same request again finds its answer.
        pub resolved_by: Option<String>,
    }
}

record! {
    /// A posting at the board that could be one whose creation is in doubt.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Candidate {
        /// The board's id.
        pub id: String,
        /// Its title there.
        pub title: String,
        /// Its page there.
        pub url: Option<String>,
    }
}

#[cfg(not(feature = "rehearse-next-release"))]
impl Record for PostingRecord {
    const SCHEMA: u32 = 1;
}

record! {
    /// Stored under [`super::keys::job`]: the posting ids of one job. What makes two publishes of one job see each other.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct JobRecord {
        /// Posting ids in the order in which they were reserved.
        pub postings: Vec<String>,
        /// Postings at the board of which a person said that they are not this job's, latest last.
        pub declined: Vec<String> = Vec::new(),
    }
}

impl Record for JobRecord {
    const SCHEMA: u32 = 1;
}

record! {
    /// Stored under [`super::keys::board`]: whose a posting at the board is. What makes two links of one posting see each other.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct BoardRecord {
        /// The posting id here.
        pub posting: String,
        /// The posting id that it was linked as before: its review rounds go on.
        pub previous: Option<String>,
    }
}

impl Record for BoardRecord {
    const SCHEMA: u32 = 1;
}

record! {
    /// Stored under [`super::keys::request`]: what a reopening's request id is bound to. A publish and a link are bound by their posting's record.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RequestRecord {
        /// The posting id here.
        pub posting: String,
    }
}

impl Record for RequestRecord {
    const SCHEMA: u32 = 1;
}

#[cfg(any(test, feature = "rehearse-next-release"))]
pub(super) mod next_release;
