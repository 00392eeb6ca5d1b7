//! The contract's types, as generated from `wit/`: one module an interface. The WIT explains each.
//!
//! They have `serde` implementations that follow the Rust names (fields in `snake_case`, cases in `CamelCase`); a public API of a platform
//! should have a shape of its own. The generated types print everything with `{:?}`: do not log settings, deliveries or events.

use crate::bindings::{exports, hiring};

/// `hiring:job-board/types`: text for people, named values, failures.
pub mod types {
    pub use super::hiring::job_board::types::{
        Disposition, Failure, FieldProblem, NamedValue, Text, Value,
    };
}

/// `hiring:job-board/forms`: settings and posting forms as data.
pub mod forms {
    pub use super::hiring::job_board::forms::{
        Audience, Choice, Field, Form, Limits, Origin, Question, Setting,
    };
}

/// `hiring:job-board/events`: what happened at the board.
pub mod events {
    pub use super::hiring::job_board::events::{
        Application, Attachment, Event, Happening, OtherEvent, PostingChange, PostingState,
        Rejection, Statement,
    };
}

/// `hiring:job-board/connection`: the manifest and the tenant's account at the board.
pub mod connection {
    pub use super::exports::hiring::job_board::connection::{
        ConnectionState, ConnectionStatus, HostNeed, Manifest, PostingMention,
    };
}

/// `hiring:job-board/postings`: jobs as postings.
pub mod postings {
    pub use super::exports::hiring::job_board::postings::{
        BoardPage, BoardPosting, Change, Job, Posting, PostingPage, ReconcilePage, Resolution,
    };
}

/// `hiring:job-board/deliveries`: what arrives from the board.
pub mod deliveries {
    pub use super::exports::hiring::job_board::deliveries::{
        Delivery, File, Outcome, Verdict, WebResponse,
    };
    pub use super::hiring::job_board::http::Header;
}

/// `hiring:job-board/privacy`: erasure.
pub mod privacy {
    pub use super::exports::hiring::job_board::privacy::{Erasure, Receipt};
}

/// `hiring:job-board/http`: what [`crate::HttpClient`] answers with.
pub mod http {
    pub use super::hiring::job_board::http::{
        ErrorCode, Header, HttpError, Reach, Request, Response,
    };
}

/// `hiring:job-board/storage`: what [`crate::Storage`] and [`crate::Secrets`] speak.
pub mod storage {
    pub use super::hiring::job_board::storage::{
        Entry, KeyPage, Precondition, StorageError, Version,
    };
}

/// `hiring:job-board/log`: what a guest reports.
pub mod log {
    pub use super::hiring::job_board::log::{Field, Level};
}
