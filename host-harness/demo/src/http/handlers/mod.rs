//! From a sound call to a use case, and from its answer to JSON. No decisions here.

pub mod connections;
pub mod jobs;
pub mod people;
pub mod postings;
pub mod privacy;
pub mod session;
pub mod traffic;
