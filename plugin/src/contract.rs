//! The types of the WIT contract, generated. They are the plugin's domain types, natively too.
//!
//! A native call of an imported *function* panics, so nothing outside `component` calls one: everything else goes through
//! [`crate::ports`].

#[allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    clippy::all,
    reason = "generated; the WIT files hold the documentation"
)]
pub(crate) mod generated {
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin",
        additional_derives: [PartialEq],
    });
}

pub use generated::exports::hiring::job_board::{connection, deliveries, postings, privacy};
pub use generated::hiring::job_board::{clock, events, forms, http, log, secrets, storage, types};
