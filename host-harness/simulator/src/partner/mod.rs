//! The partner API under `/api`, and the CV links: TopCV as the plugin sees it.
//!
//! Every operation is a plain function from the world and a [`Call`] to an [`Executed`]; [`serve`] alone
//! knows HTTP, faults and waiting.

mod answer;
mod auth;
mod call;
mod connection;
mod download;
mod execute;
mod postings;
mod reads;
mod serve;

pub(crate) use answer::{Answer, Content};
pub(crate) use call::{Call, Operation};
pub(crate) use download::media_type;
pub(crate) use execute::{Executed, execute};
pub(crate) use serve::routes;
