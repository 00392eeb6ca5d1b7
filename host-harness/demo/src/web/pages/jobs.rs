//! The list of jobs.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::application::AppError;
use crate::domain::id::JobId;
use crate::domain::job::Job;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::value::FieldValue;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// `GET /`
pub async fn home(_: Call) -> Result<Answer, AppError> {
    Ok(Answer::Go("/jobs".to_owned()))
}

/// `GET /jobs`
pub async fn list(call: Call) -> Result<Answer, AppError> {
    let jobs = call.platform.jobs(&call.user).await?;
    let mut postings: BTreeMap<JobId, Vec<Posting>> = BTreeMap::new();
    for posting in call.platform.all_postings(&call.user).await? {
        postings.entry(posting.job).or_default().push(posting);
    }
    let mut rows = Vec::with_capacity(jobs.len());
    for job in &jobs {
        let sources = call.platform.sources(&call.user, job.id).await?;
        let applications: u64 = sources.iter().map(|count| count.applications).sum();
        let of_job = postings.remove(&job.id).unwrap_or_default();
        rows.push(row(&call, job, &of_job, applications));
    }
    let body = html! {
        div.head {
            h1 { (call.t("Tin tuyển dụng", "Jobs")) }
            a.button.primary href="/jobs/new" { (call.t("Tạo tin tuyển dụng", "New job")) }
        }
        @if rows.is_empty() {
            (parts::empty(
                call.t("Chưa có tin tuyển dụng nào", "There are no jobs yet"),
                call.t("Tạo tin đầu tiên, rồi đăng lên mạng tuyển dụng để nhận ứng viên.", "Make the first one, then post it to a job board to receive applicants."),
                Some(("/jobs/new", call.t("Tạo tin tuyển dụng", "New job"))),
            ))
        } @else {
            ul.cards #jobs data-live { @for row in rows { (row) } }
        }
    };
    Ok(Page::new(Section::Jobs, call.t("Tin tuyển dụng", "Jobs"), body).into())
}

fn row(call: &Call, job: &Job, postings: &[Posting], applications: u64) -> Markup {
    let state = postings
        .iter()
        .map(|posting| posting.state)
        .min_by_key(|state| urgency(*state));
    html! {
        li.card.job-card {
            div.job-main {
                h2 { a href={ "/jobs/" (job.id.0) } { (parts::said(&job.title)) } }
                (facts(call, job))
            }
            div.job-figures {
                p.figure { strong { (applications) } " " (call.t("ứng viên", "applicants")) }
                @match state {
                    Some(state) => { a href={ "/jobs/" (job.id.0) "/postings" } { (parts::state(call.lang, state)) } },
                    None => { span.state.is-idle { (call.t("Chưa đăng", "Not posted")) } },
                }
            }
        }
    }
}

/// The state that somebody should hear of first.
fn urgency(state: PostingState) -> u8 {
    match state {
        PostingState::Unknown => 0,
        PostingState::Rejected => 1,
        PostingState::Submitting => 2,
        PostingState::PendingReview => 3,
        PostingState::Live => 4,
        PostingState::Expired => 5,
        PostingState::Closed => 6,
        PostingState::OtherAccount => 7,
        PostingState::Unlinked => 8,
    }
}

/// A job in one line: salary, place, number of people, deadline.
pub fn facts(call: &Call, job: &Job) -> Markup {
    let text = |name: &str| match job.details.get(name) {
        Some(FieldValue::Text(text)) => Some(text.clone()),
        Some(FieldValue::Texts(items)) if !items.is_empty() => Some(items.join(", ")),
        _ => None,
    };
    let quantity = match job.details.get("quantity") {
        Some(FieldValue::Integer(number)) => Some(*number),
        _ => None,
    };
    html! {
        ul.facts {
            @if let Some(salary) = format::salary(call.lang, &job.details) { li { (salary) } }
            @if let Some(place) = text("cities").or_else(|| text("city")) { li { (parts::said(&place)) } }
            @if let Some(quantity) = quantity {
                li { (quantity) " " (call.t("người", if quantity == 1 { "person" } else { "people" })) }
            }
            @if let Some(deadline) = text("deadline") {
                li { (call.t("Hạn ", "Until ")) (format::day(&deadline)) }
            }
        }
    }
}
