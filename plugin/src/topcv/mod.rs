//! Everything that is known of TopCV, and nothing else: the protocol's table, its wire shapes, the calls, the signature, the errors.

pub mod catalogue;
pub mod client;
pub mod enumerations;
pub mod errors;
pub mod markup;
pub mod protocol;
mod retry_after;
pub mod sign_in;
pub mod signature;
pub mod wire;
