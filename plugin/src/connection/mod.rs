//! The tenant's account at TopCV: describe, configure, status, check, disconnect.

mod affected;
mod check;
mod configure;
mod describe;
mod disconnect;
pub mod settings;
mod status;

pub use check::check;
pub use configure::configure;
pub use describe::describe;
pub use disconnect::disconnect;
pub use status::status;

#[cfg(test)]
mod tests;
