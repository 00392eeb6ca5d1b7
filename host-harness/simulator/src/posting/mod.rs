//! The posting's body: which keys there are, of which type, and what the board refuses.

mod check;
mod form;
mod html;
mod keys;

pub(crate) use check::{FieldErrors, Rules, check_known, check_whole};
pub(crate) use form::{Entry, entries, shown, text_of, value_of};
pub(crate) use keys::web_form_posting;
