//! The platform's jobs as postings at TopCV, one use case a file.

mod absorb;
mod before_create;
mod close;
mod edit;
pub mod form;
mod get;
mod link;
mod list;
mod lookup;
mod merge;
mod prepare_job;
mod publish;
mod reconcile;
mod reopen;
mod resolve;
mod saga;
mod search;
mod sent;
mod update;
pub mod version;
mod view;

pub use close::close_job;
pub use get::get_posting;
pub use link::{link_job, list_linkable, unlink_job};
pub use list::list_postings;
pub use prepare_job::prepare_job;
pub use publish::publish_job;
pub use reconcile::reconcile;
pub use reopen::reopen_job;
pub use resolve::resolve_unknown;
pub use update::update_job;
pub use view::{each_record, state_of};

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
