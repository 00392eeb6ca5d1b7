//! The running server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::SimulatorError;
use crate::app::App;
use crate::portal::{Gate, no_foreign_page};
use crate::socket::{Cut, Door};
use crate::{control, partner, portal};

/// How long a stop waits for requests that are being answered.
const PATIENCE: Duration = Duration::from_secs(1);

/// How to start a simulator.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The address to listen on; port 0 takes any free one. Keep it on loopback: the control API asks
    /// nobody for a password, and the portal opens nowhere else.
    pub bind: SocketAddr,
    /// A clock that starts here (milliseconds since 1970) and moves only when `/control/clock` moves it;
    /// `None` for the system's clock.
    pub start_ms: Option<u64>,
    /// The first posting's number; the others count on from it. A program that starts a simulator again beside a
    /// platform that remembers earlier postings gives another one, so that no id comes twice.
    pub first_posting: u64,
}

impl SimulatorConfig {
    /// Where postings are counted from, when nothing else is said.
    pub const FIRST_POSTING: u64 = 1_200_001;
}

impl Default for SimulatorConfig {
    fn default() -> SimulatorConfig {
        SimulatorConfig {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            start_ms: None,
            first_posting: SimulatorConfig::FIRST_POSTING,
        }
    }
}

/// A running simulator. Dropping it stops it.
#[derive(Debug)]
pub struct Simulator {
    url: String,
    shutdown: Option<oneshot::Sender<()>>,
    server: JoinHandle<Result<(), SimulatorError>>,
}

impl Simulator {
    /// Binds the address and serves on the current Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be bound, or no HTTP client can be made.
    pub async fn start(config: SimulatorConfig) -> Result<Simulator, SimulatorError> {
        let (listener, url, gate) = bind(config.bind).await?;
        let app = App::new(url.clone(), config.start_ms, config.first_posting)?;
        let (shutdown, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(listener, app, gate, async move {
            // A sender that was dropped means the same as one that was used.
            let _ = stopped.await;
        }));
        Ok(Simulator {
            url,
            shutdown: Some(shutdown),
            server,
        })
    }

    /// Where it is reached: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Stops listening. Requests that wait (a delay, an answer held until release) are waited for a
    /// second at most.
    pub async fn stop(mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            // It fails only when the server has ended already.
            let _ = shutdown.send(());
        }
        // The server's own result was reported by `run`; here it was asked to stop.
        let _ = (&mut self.server).await;
    }
}

/// Serves until `shutdown` resolves; for a program of its own. The URL is logged; a program that wants to
/// print it uses [`Simulator::start`] and [`Simulator::url`].
///
/// # Errors
/// As [`Simulator::start`], or when the server itself fails.
pub async fn run(
    config: SimulatorConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), SimulatorError> {
    let (listener, url, gate) = bind(config.bind).await?;
    let app = App::new(url.clone(), config.start_ms, config.first_posting)?;
    tracing::info!(url, "the simulator is ready");
    serve(listener, app, gate, shutdown).await
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, String, Gate), SimulatorError> {
    let failed = |source| SimulatorError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let mut local = listener.local_addr().map_err(failed)?;
    let gate = Gate::new(local.ip());
    // "Any address" is no address to connect to.
    if local.ip().is_unspecified() {
        local.set_ip(match local.ip() {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    Ok((listener, format!("http://{local}"), gate))
}

/// A path that nobody has: a page for a person, JSON for a program.
async fn nothing_here(request: Request) -> Response {
    if request.uri().path().starts_with("/portal") {
        portal::nowhere(request).await
    } else {
        control::unknown().await.into_response()
    }
}

async fn serve(
    listener: TcpListener,
    app: App,
    gate: Gate,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), SimulatorError> {
    let router: Router = Router::new()
        .merge(partner::routes())
        .merge(control::routes().layer(from_fn_with_state(gate.clone(), no_foreign_page)))
        .merge(portal::routes(gate))
        .fallback(nothing_here)
        .with_state(app.clone());
    let service = router.into_make_service_with_connect_info::<Cut>();
    let (asked, asking) = oneshot::channel::<()>();
    // Gracefully, because a kept-alive connection would otherwise be served on after the stop.
    let server = axum::serve(Door(listener), service).with_graceful_shutdown(async move {
        shutdown.await;
        // Nobody hears it only when the server has ended already.
        let _ = asked.send(());
    });
    let patience = async move {
        if asking.await.is_ok() {
            tokio::time::sleep(PATIENCE).await;
        }
    };
    tokio::select! {
        served = async { server.await } => served.map_err(SimulatorError::Serve),
        () = app.run_schedule() => Ok(()),
        () = patience => Ok(()),
    }
}
