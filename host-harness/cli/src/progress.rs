//! Signs of life for what takes longer than a second. Nothing is drawn where standard error is no terminal.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::ProgressBar;

/// How often the sign moves.
const TICK: Duration = Duration::from_millis(100);

/// A sign that moves until it is finished or dropped.
pub(crate) fn spinner(what: impl Into<Cow<'static, str>>) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(TICK);
    bar
}
