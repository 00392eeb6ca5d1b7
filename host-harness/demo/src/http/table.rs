//! Every endpoint of the API, with what it takes.

use axum::http::Method;

use super::endpoint::{Endpoint, Handler};
use super::handlers::{connections, jobs, people, postings, privacy, session, traffic};
use super::schema::{Field, ID, Kind, optional, required};
use crate::domain::erasure::Reason;
use crate::domain::stage::Stage;

/// A handler as a value: a function whose future is boxed.
macro_rules! run {
    ($handler:path) => {
        |call| Box::pin($handler(call))
    };
}

const NOTHING: &[Field] = &[];
const REQUEST_ID: Kind = Kind::Word(128);
const PAGE_OF_CONNECTION: &[Field] = &[
    optional("connection", ID),
    optional("before", ID),
    optional("limit", Kind::Number(200)),
];

const fn get(path: &'static str, query: &'static [Field], handler: Handler) -> Endpoint {
    Endpoint {
        method: Method::GET,
        path,
        open: false,
        body: NOTHING,
        query,
        handler,
    }
}

const fn taking(
    method: Method,
    path: &'static str,
    body: &'static [Field],
    handler: Handler,
) -> Endpoint {
    Endpoint {
        method,
        path,
        open: false,
        body,
        query: NOTHING,
        handler,
    }
}

/// The API.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        method: Method::POST,
        path: "/api/login",
        open: true,
        body: &[
            required("login", Kind::Line(128)),
            required("password", Kind::Line(128)),
            optional("cookie", Kind::Truth),
        ],
        query: NOTHING,
        handler: run!(session::login),
    },
    taking(Method::POST, "/api/logout", NOTHING, run!(session::logout)),
    get("/api/me", NOTHING, run!(session::me)),
    get("/api/connections", NOTHING, run!(connections::list)),
    taking(
        Method::POST,
        "/api/connections",
        &[required("name", Kind::Line(200))],
        run!(connections::create),
    ),
    get("/api/connections/{id}", NOTHING, run!(connections::get)),
    taking(
        Method::PUT,
        "/api/connections/{id}/settings",
        &[
            required("settings", Kind::Values),
            optional("accept_other_account", Kind::Truth),
        ],
        run!(connections::configure),
    ),
    taking(
        Method::POST,
        "/api/connections/{id}/check",
        NOTHING,
        run!(connections::check),
    ),
    taking(
        Method::POST,
        "/api/connections/{id}/disconnect",
        NOTHING,
        run!(connections::disconnect),
    ),
    taking(
        Method::POST,
        "/api/connections/{id}/reconcile",
        NOTHING,
        run!(connections::reconcile),
    ),
    get(
        "/api/connections/{id}/linkable",
        &[optional("cursor", Kind::Line(1_000))],
        run!(connections::linkable),
    ),
    get("/api/jobs", NOTHING, run!(jobs::list)),
    taking(
        Method::POST,
        "/api/jobs",
        &[
            required("title", Kind::Line(500)),
            optional("details", Kind::Values),
            optional("owner", ID),
        ],
        run!(jobs::create),
    ),
    get("/api/jobs/{id}", NOTHING, run!(jobs::get)),
    taking(
        Method::PATCH,
        "/api/jobs/{id}",
        &[
            optional("title", Kind::Line(500)),
            optional("details", Kind::Values),
        ],
        run!(jobs::change),
    ),
    get("/api/jobs/{id}/pipeline", NOTHING, run!(jobs::pipeline)),
    get("/api/jobs/{id}/sources", NOTHING, run!(jobs::sources)),
    taking(
        Method::POST,
        "/api/jobs/{id}/form",
        &[required("connection", ID), optional("posting", REQUEST_ID)],
        run!(jobs::form),
    ),
    taking(
        Method::POST,
        "/api/jobs/{id}/postings",
        &[
            required("connection", ID),
            required("values", Kind::Values),
            optional("request_id", REQUEST_ID),
            optional("allow_second", Kind::Truth),
        ],
        run!(postings::publish),
    ),
    get("/api/jobs/{id}/postings", NOTHING, run!(postings::of_job)),
    taking(
        Method::POST,
        "/api/jobs/{id}/links",
        &[
            required("connection", ID),
            required("board_posting", Kind::Line(2_000)),
            optional("request_id", REQUEST_ID),
        ],
        run!(postings::link),
    ),
    get(
        "/api/postings/{id}",
        &[optional("refresh", Kind::Truth)],
        run!(postings::get),
    ),
    taking(
        Method::PUT,
        "/api/postings/{id}",
        &[
            required("expected_version", Kind::Line(200)),
            required("values", Kind::Values),
        ],
        run!(postings::update),
    ),
    taking(
        Method::POST,
        "/api/postings/{id}/close",
        NOTHING,
        run!(postings::close),
    ),
    taking(
        Method::POST,
        "/api/postings/{id}/reopen",
        &[
            optional("request_id", REQUEST_ID),
            optional("new_deadline", Kind::Day),
        ],
        run!(postings::reopen),
    ),
    taking(
        Method::POST,
        "/api/postings/{id}/unlink",
        NOTHING,
        run!(postings::unlink),
    ),
    taking(
        Method::POST,
        "/api/postings/{id}/resolve",
        &[
            optional("adopt", Kind::Line(200)),
            optional("not_created", Kind::Truth),
        ],
        run!(postings::resolve),
    ),
    get(
        "/api/posted-jobs",
        &[
            optional("job", ID),
            optional("before", ID),
            optional("limit", Kind::Number(200)),
        ],
        run!(postings::log),
    ),
    get(
        "/api/notifications",
        &[
            optional("unread", Kind::Truth),
            optional("before", ID),
            optional("limit", Kind::Number(200)),
        ],
        run!(people::notices),
    ),
    taking(
        Method::POST,
        "/api/notifications/{id}/read",
        NOTHING,
        run!(people::read_notice),
    ),
    get("/api/candidates/{id}", NOTHING, run!(people::get)),
    taking(
        Method::POST,
        "/api/candidates/{id}/stage",
        &[
            required("stage", Kind::OneOf(&Stage::CODES)),
            optional("application", ID),
        ],
        run!(people::stage),
    ),
    taking(
        Method::DELETE,
        "/api/candidates/{id}",
        &[required("reason", Kind::OneOf(&Reason::CODES))],
        run!(privacy::forget),
    ),
    get(
        "/api/erasures",
        &[optional("before", ID), optional("limit", Kind::Number(200))],
        run!(privacy::erasures),
    ),
    get("/api/candidates/{id}/cvs/{cv}", NOTHING, run!(people::cv)),
    Endpoint {
        method: Method::POST,
        path: "/api/cvs/retry",
        open: false,
        body: NOTHING,
        query: &[optional("all", Kind::Truth)],
        handler: run!(people::retry_cvs),
    },
    get(
        "/api/deliveries",
        PAGE_OF_CONNECTION,
        run!(traffic::deliveries),
    ),
    get(
        "/api/quarantine",
        PAGE_OF_CONNECTION,
        run!(traffic::quarantine),
    ),
    taking(
        Method::POST,
        "/api/quarantine/{id}/reprocess",
        NOTHING,
        run!(traffic::reprocess),
    ),
    taking(
        Method::POST,
        "/api/quarantine/reprocess",
        &[required("connection", ID)],
        run!(traffic::reprocess_all),
    ),
    get(
        "/api/unmatched",
        PAGE_OF_CONNECTION,
        run!(traffic::unmatched),
    ),
];
