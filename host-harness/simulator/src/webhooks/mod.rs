//! Webhooks: what stands in them, how they are signed, how they are sent.

mod message;
mod sender;
mod signature;

pub(crate) use message::Message;
pub(crate) use sender::{Reply, Sender};
pub(crate) use signature::sign;
