//! Bad input at the plugin's exports, through the runtime: every field against every defect. Status or disposition, code and field are asserted,
//! and that nothing was stored and nothing was sent.
// A panic is the failure.
#![allow(clippy::unwrap_used, clippy::panic)]

mod arguments;
mod deliveries;
