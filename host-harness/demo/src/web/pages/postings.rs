//! Danh sách tin đã đăng: of one job and of all, with the log of what was done.

use maud::{Markup, html};

use super::job::{Tab, head};
use super::posting::{at_the_end, expiring, path};
use super::standing::Standings;
use crate::application::AppError;
use crate::domain::id::JobId;
use crate::domain::posting::{Posting, PostingState};
use crate::store::posted_jobs::Line;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// Days before the deadline from which a posting counts as expiring soon.
const SOON_DAYS: i64 = 7;

/// What can be looked for in the list of all postings.
const FILTERS: [(&str, &str, &str); 4] = [
    ("", "Tất cả", "All"),
    ("live", "Đang hiển thị", "Live"),
    ("attention", "Cần xử lý", "Needs attention"),
    ("soon", "Sắp hết hạn", "Expiring soon"),
];

fn days_left(call: &Call, posting: &Posting) -> Option<i64> {
    let day = posting.facts.deadline.as_deref()?;
    format::days_left(day, call.platform.now())
}

fn fits(call: &Call, filter: &str, posting: &Posting) -> bool {
    use PostingState as S;
    match filter {
        "live" => posting.state == S::Live,
        "attention" => matches!(
            posting.state,
            S::Unknown | S::Rejected | S::Submitting | S::OtherAccount
        ),
        "soon" => {
            matches!(posting.state, S::Live | S::PendingReview)
                && days_left(call, posting).is_some_and(|left| (0..=SOON_DAYS).contains(&left))
        }
        _ => true,
    }
}

/// `GET /postings`
pub async fn all(call: Call) -> Result<Answer, AppError> {
    let postings = call.platform.all_postings(&call.user).await?;
    let jobs = call.platform.jobs(&call.user).await?;
    let filter = call.asked("show").unwrap_or_default().to_owned();
    let title = call.t("Tin đã đăng", "Postings");
    let shown: Vec<&Posting> = postings
        .iter()
        .filter(|posting| fits(&call, &filter, posting))
        .collect();
    let standings = Standings::look(&call).await?;
    let job_title = |id: JobId| {
        let job = jobs.iter().find(|job| job.id == id);
        job.map(|job| job.title.clone()).unwrap_or_default()
    };
    let body = html! {
        div.head { h1 { (title) } a.button href="/postings/log" { (call.t("Nhật ký đăng tin", "Posting log")) } }
        nav.tabs aria-label=(call.t("Lọc", "Filter")) {
            ul {
                @for (word, vi, en) in FILTERS {
                    @let count = postings.iter().filter(|posting| fits(&call, word, posting)).count();
                    li { a href={ "/postings" (if word.is_empty() { String::new() } else { format!("?show={word}") }) } aria-current=[(filter == word).then_some("page")] { (call.t(vi, en)) " " span.count { (count) } } }
                }
            }
        }
        div #postings data-live {
            (standings.banners(&call, shown.iter().copied()))
            @if shown.is_empty() {
                (parts::empty(
                    call.t("Không có tin nào ở đây", "There are no postings here"),
                    call.t("Mở một tin tuyển dụng rồi chọn Tạo nguồn để đăng tin.", "Open a job and choose “Add a source” to publish one."),
                    Some(("/jobs", call.t("Đến tin tuyển dụng", "To the jobs"))),
                ))
            } @else { (list(&call, &shown, &standings, Some(&job_title))) }
        }
    };
    Ok(Page::new(Section::Postings, title, body).into())
}

/// `GET /jobs/{id}/postings`
pub async fn of_job(call: Call) -> Result<Answer, AppError> {
    let id = JobId(call.id("id")?);
    let job = call.platform.job(&call.user, id).await?;
    let postings = call.platform.postings_of(&call.user, id).await?;
    let log = call
        .platform
        .posted_jobs(&call.user, Some(id), call.rows())
        .await?;
    let shown: Vec<&Posting> = postings.iter().collect();
    let standings = Standings::look(&call).await?;
    let body = html! {
        (head(&call, &job, Tab::Postings).await?)
        div #postings data-live {
            (standings.banners(&call, &postings))
            @if shown.is_empty() {
                (parts::empty(
                    call.t("Tin này chưa được đăng ở đâu", "This job is not posted anywhere yet"),
                    call.t("Chọn Tạo nguồn để đăng tin mới, hoặc thêm tin đã đăng sẵn.", "Choose “Add a source” to publish it, or to add a posting that is there already."),
                    None,
                ))
            } @else { (list(&call, &shown, &standings, None)) }
            @if !log.is_empty() {
                h2 { (call.t("Nhật ký", "Log")) }
                (lines(&call, &log, false).await?)
                (parts::older(call.lang, &format!("/jobs/{}/postings", id.0), log.last().map(|(id, _)| *id), log.len()))
            }
        }
    };
    Ok(Page::new(Section::Jobs, parts::plain(&job.title), body).into())
}

fn list(
    call: &Call,
    postings: &[&Posting],
    standings: &Standings,
    job_title: Option<&dyn Fn(JobId) -> String>,
) -> Markup {
    html! {
        ul.rows {
            @for posting in postings {
                @let frozen = standings.is_frozen(posting);
                @let title = if posting.facts.title.is_empty() { call.t("(chưa có tiêu đề)", "(no title yet)") } else { &posting.facts.title };
                li.line {
                    div.grow {
                        p {
                            a.strong href=(path(posting)) { (parts::said(title)) }
                            " " (parts::state(call.lang, posting.state))
                            @if frozen { " " (at_the_end(call)) }
                            " " @if matches!(posting.state, PostingState::Live | PostingState::PendingReview) { (expiring(call, days_left(call, posting))) }
                        }
                        ul.facts {
                            @if let Some(job_title) = job_title {
                                li { a href={ "/jobs/" (posting.job.0) } { (parts::said(&job_title(posting.job))) } }
                            }
                            @if let Some(id) = &posting.board_posting { li { (call.t("Mã ", "Id ")) (parts::said(id)) } }
                            @if let Some(day) = &posting.facts.deadline { li { (call.t("Hạn ", "Until ")) (format::day(day)) } }
                            @if posting.facts.created_at > 0 { li { (call.t("Tạo ", "Made ")) (parts::moment(posting.facts.created_at)) } }
                            @if let Some(url) = &posting.facts.url { li { (parts::link_out(call.lang, url, call.t("Xem tin", "Look at it"))) } }
                        }
                        @if let Some(rejection) = &posting.facts.rejection {
                            p.reason { (call.t("Lý do: ", "Reason: ")) (parts::said(&rejection.reason)) }
                        }
                    }
                    (quick_action(call, posting, frozen))
                }
            }
        }
    }
}

fn quick_action(call: &Call, posting: &Posting, frozen: bool) -> Markup {
    use PostingState as S;
    let (to, label) = match posting.state {
        _ if frozen => ("", call.t("Xem", "Open")),
        S::Live | S::PendingReview => ("/update", call.t("Cập nhật", "Update")),
        S::Rejected => ("/update", call.t("Sửa", "Correct")),
        S::Closed | S::Expired => ("/reopen", call.t("Mở lại", "Reopen")),
        _ => ("", call.t("Xem", "Open")),
    };
    html! { a.button.small href={ (path(posting)) (to) } { (label) } }
}

/// `GET /postings/log`
pub async fn log(call: Call) -> Result<Answer, AppError> {
    let log = call
        .platform
        .posted_jobs(&call.user, None, call.rows())
        .await?;
    let title = call.t("Nhật ký đăng tin", "Posting log");
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Tin đã đăng", "Postings"), "/postings".to_owned())]))
        h1 { (title) }
        @if log.is_empty() {
            (parts::empty(call.t("Chưa có gì", "Nothing yet"), call.t("Mọi lần đăng, cập nhật, duyệt và từ chối sẽ được ghi ở đây.", "Every publishing, update, approval and rejection is recorded here."), None))
        }
        (lines(&call, &log, true).await?)
        (parts::older(call.lang, "/postings/log", log.last().map(|(id, _)| *id), log.len()))
    };
    Ok(Page::new(Section::Postings, title, body).into())
}

async fn lines(call: &Call, log: &[(i64, Line)], with_job: bool) -> Result<Markup, AppError> {
    let people = call.platform.colleagues(&call.user).await?;
    let jobs = call.platform.jobs(&call.user).await?;
    let board = &call.platform.manifest().board_name;
    Ok(html! {
        ol.timeline {
            @for (_, line) in log {
                @let who = line.user.and_then(|id| people.iter().find(|user| user.id == id));
                @let job = jobs.iter().find(|job| job.id == line.job);
                li {
                    p {
                        @if let Some(job) = job.filter(|_| with_job) { a href={ "/jobs/" (job.id.0) } { (parts::said(&job.title)) } " — " }
                        a.still href={ "/postings/" (line.request_id) } { (parts::said(call.lang.of(&line.message))) }
                    }
                    p.meta {
                        (parts::moment(line.at)) " · "
                        @match who { Some(user) => { (user.name) }, None => { (board) } }
                    }
                }
            }
        }
    })
}
