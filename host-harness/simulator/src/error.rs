//! Why the simulator could not run.

/// Why a simulator did not start or stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatorError {
    /// The address could not be bound.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for any free one")]
    Bind {
        /// The address that was asked for.
        address: std::net::SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The client that sends webhooks could not be made.
    #[error("cannot make the webhook client: {0}")]
    Client(String),
    /// The server ended with an error.
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
}
