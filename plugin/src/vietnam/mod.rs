//! What Vietnam does its own way: phones, names, calendar days.

pub mod compose;
pub mod email;
pub mod fold;
pub mod lower_case;
pub mod masking;
pub mod person_name;
pub mod phone;
pub mod province;
pub mod time;
