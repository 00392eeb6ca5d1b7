//! What ends a program that serves: Ctrl-C, and on Unix also SIGTERM (a supervisor) and SIGHUP (a terminal that closes).

#[cfg(unix)]
use anyhow::Context;
use anyhow::Result;

/// Listens from the moment it is made, so that a signal during a slow start ends the program as cleanly as a later one.
pub(crate) struct Ending {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

impl Ending {
    /// Must be called inside the asynchronous runtime.
    #[cfg(unix)]
    pub(crate) fn watch() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let watch = |kind| signal(kind).context("cannot wait for signals");
        Ok(Self {
            signals: [
                watch(SignalKind::interrupt())?,
                watch(SignalKind::terminate())?,
                watch(SignalKind::hangup())?,
            ],
        })
    }

    /// Ends with the first signal.
    #[cfg(unix)]
    pub(crate) async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    /// Must be called inside the asynchronous runtime.
    #[cfg(not(unix))]
    pub(crate) fn watch() -> Result<Self> {
        Ok(Self {})
    }

    /// Ends with Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn asked(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot wait for Ctrl-C; end the process by its id");
            std::future::pending::<()>().await;
        }
    }
}
