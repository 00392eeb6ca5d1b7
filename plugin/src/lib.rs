//! The TopCV job-board plugin: publishes a hiring platform's jobs on TopCV and receives the applicants, as one sandboxed component.
//!
//! The plugin decides and the platform acts: what the plugin touches stands in [`ports`], what the platform must do is returned as data. The clock is a
//! port, ids come from the platform, and nothing personal is stored.
//!
//! # The story of a publish
//!
//! [`postings::prepare_job`] fills TopCV's form in from the platform's job: words are matched to TopCV's lists ([`topcv::catalogue`]), what fits several options becomes a
//! question, what is missing is listed. [`postings::publish_job`] checks the same fields with the same validator, stores its *intent* under the platform's request id, and only then asks
//! TopCV ([`topcv::client`]). A lost answer is never repeated: the posting is `unknown` until a look-up finds exactly this content, or a person says what happened
//! ([`postings::resolve_unknown`]). Each edit that TopCV reviews begins a new *review round* before it is sent, since a verdict can overtake its answer.
//!
//! # The story of a delivery
//!
//! [`deliveries::handle_webhook`] takes the literals as they came ([`deliveries::raw`]), since those are what is signed ([`topcv::signature`]), and tries every key that was valid at the
//! time of receipt ([`state::credentials`]). Then it reads: an application becomes an event whose id is a hash of what TopCV said ([`deliveries::identity`]), a verdict one whose id counts the review
//! round. The same delivery gives the same events, on any host and after any crash; the platform's unique index decides what is new. The CV is fetched later, by
//! [`deliveries::fetch_cv`].
//!
//! # Rooms
//!
//! [`topcv`] holds all that is known of the board and nothing else does; [`vietnam`] phones, names, provinces and local time; [`state`] the stored records. `component` and `abi` exist for the
//! wasm build: they join exports to use cases and ports to imports, without a decision of their own.

#[cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, reason = "natively only its tests use it")
)]
mod abi;
pub mod address;
#[cfg(target_family = "wasm")]
mod component;
pub mod connection;
pub mod contract;
pub mod deliveries;
pub mod digest;
pub mod failure;
pub mod lease;
pub mod name_map;
mod never_printed;
pub mod ports;
pub mod postings;
pub mod privacy;
pub mod state;
pub mod topcv;
pub mod vietnam;

#[cfg(test)]
#[allow(dead_code, reason = "shared by the tests of all rooms")]
pub(crate) mod testing;
