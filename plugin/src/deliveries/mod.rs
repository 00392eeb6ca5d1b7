//! What TopCV sends: webhooks, and the files that they point to.
//!
//! A delivery passes through [`raw`] (the literals as they came, since those are what is signed), [`crate::topcv::signature`], and
//! only then through the readers of its kind. Nothing here remembers what was answered before: ids come from `identity` alone.

pub mod raw;
pub mod rejection;
