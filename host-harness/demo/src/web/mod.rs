//! The page that a recruiter uses: server-rendered, works without script, knows no board.
//!
//! Whatever a board asks, is called or offers comes from its plugin as data (manifest, forms, texts) and is shown by [`input`].
//!
//! | file | |
//! |---|---|
//! | [`door`] | the one way in: who is it, may this form be trusted, then the page, then the frame around it |
//! | [`table`], `behind` | every address with its page; which page stands behind an address that only forms lead to |
//! | [`pages`] | one page or one group of pages a file: use cases in, markup out |
//! | [`input`] | a field of a form, by its kind, and back into a value |
//! | [`layout`], [`trouble`] | the frame, and what is said when something went wrong |
//! | [`lang`], [`format`](mod@format), [`collation`] | languages, dates and money, the order of names |

pub mod assets;
mod behind;
pub mod collation;
pub mod door;
pub mod flash;
pub mod format;
pub mod input;
pub mod lang;
pub mod layout;
pub mod pages;
pub mod parts;
pub mod session;
pub mod table;
pub mod trouble;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request};
use axum::response::Response;
use axum::routing::{MethodFilter, get, on, post};

use crate::application::Platform;
use door::Door;

/// Every address of the page.
pub fn router() -> Router<Platform> {
    let mut router = Router::new()
        .route("/login", get(session::show).post(session::sign_in))
        .route("/logout", post(session::sign_out))
        .route("/language", post(session::choose_language))
        .route("/assets/{version}/{name}", get(assets::serve))
        .route("/live", get(pages::live::stream));
    for door in table::DOORS {
        router = router.route(door.path, route(door));
    }
    router
}

fn route(door: &'static Door) -> axum::routing::MethodRouter<Platform> {
    let filter = if door.method == Method::POST {
        MethodFilter::POST
    } else {
        MethodFilter::GET
    };
    on(
        filter,
        move |State(platform): State<Platform>,
              request: Request<Body>|
              -> std::pin::Pin<Box<dyn Future<Output = Response> + Send>> {
            Box::pin(door::serve(platform, door, request))
        },
    )
}
