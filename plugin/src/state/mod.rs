//! What outlives a call: records, each with its schema version. They are types of their own, since storage outlives
//! contract versions. None holds personal data: contact fields are kept as digests.

pub mod catalogue;
pub mod connection;
pub mod credentials;
pub mod fields;
pub mod format;
pub mod keys;
pub mod posting;
pub mod record;
pub mod webhook;

#[cfg(test)]
mod tests;
