//! The portal's files: one stylesheet, one small script for copying, one icon.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const FILES: [(&str, &str, &str); 3] = [
    (
        "portal.css",
        "text/css; charset=utf-8",
        include_str!("assets/portal.css"),
    ),
    (
        "copy.js",
        "text/javascript; charset=utf-8",
        include_str!("assets/copy.js"),
    ),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// `GET /portal/assets/{name}`.
pub(super) async fn serve(Path(name): Path<String>) -> Response {
    let file = FILES.iter().find(|(known, _, _)| *known == name);
    match file {
        Some((_, media_type, text)) => {
            ([(header::CONTENT_TYPE, *media_type)], *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
