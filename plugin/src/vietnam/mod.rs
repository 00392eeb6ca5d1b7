//! What Vietnam does its own way: phones, names, calendar days.

pub mod fold;
pub mod province;
pub mod time;
