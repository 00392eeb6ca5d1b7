//! Every address behind the sign-in, with its page.

use axum::http::Method;

use super::door::{Door, Handler};
use super::pages::{
    candidate, connections, credentials, disconnect, erase, job, job_form, jobs, link, notices,
    posting, posting_actions, postings, probe, publish, traffic, unmatched, update,
};

/// A handler as a value: a function whose future is boxed.
macro_rules! run {
    ($handler:path) => {
        |call| Box::pin($handler(call))
    };
}

const fn get(path: &'static str, handler: Handler) -> Door {
    Door {
        method: Method::GET,
        path,
        handler,
    }
}

const fn post(path: &'static str, handler: Handler) -> Door {
    Door {
        method: Method::POST,
        path,
        handler,
    }
}

/// The pages.
#[rustfmt::skip]
pub static DOORS: &[Door] = &[
    get("/", run!(jobs::home)),
    get("/jobs", run!(jobs::list)),
    get("/jobs/new", run!(job_form::show_new)),
    post("/jobs/new", run!(job_form::create)),
    get("/jobs/{id}", run!(job::pipeline)),
    get("/jobs/{id}/edit", run!(job_form::show_edit)),
    post("/jobs/{id}/edit", run!(job_form::save)),
    get("/jobs/{id}/postings", run!(postings::of_job)),
    get("/jobs/{id}/publish", run!(publish::show)),
    post("/jobs/{id}/publish", run!(publish::submit)),
    get("/jobs/{id}/link", run!(link::show)),
    post("/jobs/{id}/link", run!(link::submit)),
    get("/postings", run!(postings::all)),
    get("/postings/log", run!(postings::log)),
    get("/postings/{id}", run!(posting::show)),
    post("/postings/{id}/finish", run!(publish::finish)),
    post("/postings/{id}/refresh", run!(posting_actions::refresh)),
    post("/postings/{id}/resolve", run!(posting_actions::resolve)),
    get("/postings/{id}/close", run!(posting_actions::ask_close)),
    post("/postings/{id}/close", run!(posting_actions::close)),
    get("/postings/{id}/reopen", run!(posting_actions::ask_reopen)),
    post("/postings/{id}/reopen", run!(posting_actions::reopen)),
    get("/postings/{id}/unlink", run!(posting_actions::ask_unlink)),
    post("/postings/{id}/unlink", run!(posting_actions::unlink)),
    get("/postings/{id}/update", run!(update::show)),
    post("/postings/{id}/update", run!(update::submit)),
    get("/candidates/{id}", run!(candidate::show)),
    post("/candidates/{id}/stage", run!(candidate::stage)),
    get("/candidates/{id}/cvs/{cv}", run!(candidate::cv)),
    get("/candidates/{id}/erase", run!(erase::ask)),
    post("/candidates/{id}/erase", run!(erase::submit)),
    get("/erasures", run!(erase::list)),
    post("/cvs/retry", run!(candidate::retry)),
    get("/notifications", run!(notices::show)),
    post("/notifications/read", run!(notices::read)),
    get("/connections", run!(connections::list)),
    post("/connections", run!(connections::create)),
    get("/connections/{id}/credentials", run!(credentials::show)),
    post("/connections/{id}/credentials", run!(credentials::save)),
    post("/connections/{id}/check", run!(connections::check)),
    post("/connections/{id}/reconcile", run!(connections::reconcile)),
    post("/connections/{id}/probe", run!(probe::run)),
    get("/connections/{id}/disconnect", run!(disconnect::ask)),
    post("/connections/{id}/disconnect", run!(disconnect::submit)),
    get("/deliveries", run!(traffic::show)),
    get("/deliveries/link", run!(unmatched::choose)),
    post("/deliveries/{id}/reprocess", run!(traffic::reprocess)),
    post("/deliveries/reprocess", run!(traffic::reprocess_all)),
];
