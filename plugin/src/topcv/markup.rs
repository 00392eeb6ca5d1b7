//! Simple HTML.
