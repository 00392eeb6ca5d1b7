//! The page in a real browser: Chromium, driven through its own WebDriver.
//!
//! Without Chromium the tests are reported as skipped, by name; with `REQUIRE_BROWSER=1` they fail instead.
// Everything here runs inside tests: a panic is the failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod accessibility;
mod browser;
mod driver;
mod hostile;
mod lost_answer;
mod pictures;
mod sessions;
mod site;
mod story;
mod tabs;
mod ways_back;
mod ways_on;
