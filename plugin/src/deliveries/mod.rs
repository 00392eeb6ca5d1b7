//! What TopCV sends: webhooks, and the files that they point to.
//!
//! A delivery passes through [`raw`] (the literals as they came, since those are what is signed), [`crate::topcv::signature`], and
//! only then through the reader of its kind. Nothing here remembers what was answered before: ids come from [`identity`] alone.

mod answer;
mod application;
mod fetch_cv;
mod handle_webhook;
pub mod identity;
pub mod raw;
pub mod rejection;
pub mod verdict;

pub use fetch_cv::fetch_cv;
pub use handle_webhook::handle_webhook;

#[cfg(test)]
mod tests;
