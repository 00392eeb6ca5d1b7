//! See `src/checks/form.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topcv_fuzz::checks::form::run(data));
