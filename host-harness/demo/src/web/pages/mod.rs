//! The pages: one, or one group that belongs together, a file. Use cases in, markup out; no decisions that another view would have to repeat.

pub mod candidate;
pub mod carry_over;
pub mod connections;
pub mod credentials;
pub mod disconnect;
pub mod erase;
pub mod job;
pub mod job_form;
pub mod jobs;
pub mod link;
pub mod live;
pub mod notices;
pub mod posting;
pub mod posting_actions;
pub mod posting_form;
pub mod postings;
pub mod probe;
pub mod publish;
pub mod standing;
pub mod traffic;
pub mod unmatched;
pub mod update;
mod which_connection;
