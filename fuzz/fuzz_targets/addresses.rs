//! See `src/checks/addresses.rs` and `src/allow_list.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    topcv_fuzz::checks::addresses::run(data);
    topcv_fuzz::granted::run(data);
});
