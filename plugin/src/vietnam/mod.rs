//! What Vietnam does its own way: phones, names, calendar days.

pub mod time;
