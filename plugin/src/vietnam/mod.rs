//! What Vietnam does its own way: phones, names, calendar days.

pub mod fold;
pub mod province;
pub mod email;
pub mod masking;
pub mod person_name;
pub mod phone;
pub mod time;
