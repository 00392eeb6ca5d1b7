//! What every page needs: who may call, what was typed, in which language, and the frame around it.

mod form;
mod guard;
mod lang;
mod layout;
mod notices;
mod problems;
mod show;
mod visit;

pub(super) use form::{Form, fields};
pub(crate) use guard::{Gate, no_foreign_page};
pub(super) use guard::{admit, answer_stranger};
pub(super) use lang::{Lang, switch};
pub(super) use layout::{Tab, employer_page, plain_page};
pub(super) use show::{
    approval_badge, badge, delivery_badge, local_time, number, plain, run_badge, short, text, time,
    vietnamese_day,
};
pub(super) use visit::{At, Visit};
