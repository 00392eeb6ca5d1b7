//! Chưa khớp tin: what came in for postings that are connected with no job, and the way to connect them.
//!
//! Applicants are shown by name: whoever may open this page sees every candidate of the tenant in the pipelines, and somebody who waits here is
//! one that the board's webhook missed its place for. What is shown is opened for the one answer, and stays sealed where it is stored.

use maud::{Markup, html};

use super::job::display_name;
use crate::application::AppError;
use crate::application::unmatched::Waiting;
use crate::domain::board_event::{BoardEvent, Happening};
use crate::domain::id::ConnectionId;
use crate::domain::value::FieldValue;
use crate::web::collation;
use crate::web::door::{Answer, Call};
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// Names under which boards are known to tell a posting's title beside an application. A hint for people: nothing is decided by it.
const TITLES: [&str; 2] = ["job_title", "title"];

/// What people call a kind of event.
pub fn kind(call: &Call, word: &str) -> &'static str {
    let (vi, en) = match word {
        "application" => ("Ứng viên", "Applicant"),
        "posting-approved" => ("Tin được duyệt", "Posting approved"),
        "posting-rejected" => ("Tin bị từ chối", "Posting rejected"),
        "posting-changed" => ("Trạng thái tin", "State of a posting"),
        _ => ("Sự kiện khác", "Another event"),
    };
    call.lang.t(vi, en)
}

/// The title of the posting, as the event itself tells it.
fn title(event: &BoardEvent) -> Option<&str> {
    let Happening::Application(application) = &event.happening else {
        return None;
    };
    let told = TITLES.iter().find_map(|name| application.extra.get(*name));
    match told {
        Some(FieldValue::Text(title)) => Some(title.trim()).filter(|title| !title.is_empty()),
        _ => None,
    }
}

/// Who applied.
fn name(call: &Call, event: &BoardEvent) -> Option<String> {
    match &event.happening {
        Happening::Application(application) => {
            Some(display_name(call, application.contact.full_name.as_ref()))
        }
        _ => None,
    }
}

/// The list, for the tab of `GET /deliveries`.
pub async fn list(
    call: &Call,
    connection: Option<ConnectionId>,
    path: &str,
) -> Result<Markup, AppError> {
    let found = call
        .platform
        .waiting(&call.user, connection, call.rows())
        .await?;
    Ok(html! {
        p.help { (call.t("Những dữ liệu này nói về tin chưa liên kết với tin tuyển dụng nào ở đây. Liên kết tin một lần: mọi ứng viên đang chờ của tin đó vào giai đoạn đầu tiên, với thời điểm ban đầu.", "These are about postings that are linked with no job here. Link the posting once: everybody who waits for it comes into the first stage, with the original time.")) }
        @if found.is_empty() {
            (parts::empty(call.t("Không có gì đang chờ", "Nothing is waiting"), call.t("Mọi dữ liệu đều khớp với một tin đã đăng.", "Everything fits a posting."), None))
        }
        ul.rows.joined { @for waiting in &found { (row(call, waiting)) } }
        (parts::older(call.lang, path, found.last().map(|waiting| waiting.line.id), found.len()))
    })
}

fn row(call: &Call, waiting: &Waiting) -> Markup {
    let line = &waiting.line;
    let title = waiting.event.as_ref().and_then(title);
    let name = waiting.event.as_ref().and_then(|event| name(call, event));
    html! {
        li.line {
            div.grow {
                p {
                    (kind(call, &line.kind))
                    @if let Some(name) = &name { ": " strong { (parts::said(name)) } }
                    " · " (parts::moment(line.received_at))
                }
                ul.facts {
                    @if let Some(title) = title { li { (call.t("Tin “", "Posting “")) (parts::said(title)) "”" } }
                    @if !line.board_posting.is_empty() { li { (call.t("Mã tin ", "Posting id ")) (parts::said(&line.board_posting)) } }
                    @if waiting.event.is_none() { li { (call.t("không đọc được nội dung đã lưu: hãy báo người vận hành", "what is stored cannot be read: tell the operator")) } }
                }
            }
            @if !line.board_posting.is_empty() {
                a.button href=(choose_path(line.connection, &line.board_posting, title)) {
                    (call.t("Liên kết với tin tuyển dụng…", "Link with a job…"))
                    span.hidden-text { " " (parts::plain(&line.board_posting)) }
                }
            }
        }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn choose_path(connection: ConnectionId, board_posting: &str, title: Option<&str>) -> String {
    let title = title.map(|title| format!("&title={}", encoded(title)));
    format!(
        "/deliveries/link?connection={}&board_posting={}{}",
        connection.0,
        encoded(board_posting),
        title.unwrap_or_default()
    )
}

/// `GET /deliveries/link`: which job a posting of the board belongs to.
pub async fn choose(call: Call) -> Result<Answer, AppError> {
    const NONE: AppError = AppError::NoSuch("posting");
    let connection = call
        .asked_number("connection")
        .map(ConnectionId)
        .ok_or(NONE)?;
    let wanted = call.asked("board_posting").ok_or(NONE)?;
    let title = call.asked("title");
    let folded = title.map(collation::folded);
    let mut jobs = call.platform.jobs(&call.user).await?;
    let is_same = |job: &crate::domain::job::Job| {
        folded
            .as_ref()
            .is_some_and(|folded| collation::folded(&job.title) == *folded)
    };
    jobs.sort_by_key(|job| !is_same(job));
    let heading = call.t(
        "Tin này thuộc tin tuyển dụng nào?",
        "Which job is this posting for?",
    );
    let link = |job: i64| {
        format!(
            "/jobs/{job}/link?connection={}&board_posting={}",
            connection.0,
            encoded(wanted)
        )
    };
    let body = html! {
        (parts::crumbs(call.lang, &[
            (call.t("Dữ liệu nhận về", "Deliveries"), "/deliveries".to_owned()),
            (call.t("Chưa khớp tin", "Unmatched"), "/deliveries?show=unmatched".to_owned()),
        ]))
        h1 { (heading) }
        p.lead {
            (call.t("Mã tin ", "Posting id ")) strong { (parts::said(wanted)) }
            @if let Some(title) = title { " · “" (parts::said(title)) "”" }
        }
        @if jobs.is_empty() {
            (parts::empty(
                call.t("Chưa có tin tuyển dụng nào", "There are no jobs yet"),
                call.t("Tạo tin tuyển dụng trước, rồi quay lại đây để liên kết.", "Make the job first, then come back to link it."),
                Some(("/jobs/new", call.t("Tạo tin tuyển dụng", "New job"))),
            ))
        }
        ul.rows.joined {
            @for job in &jobs {
                li.line {
                    div.grow {
                        p { a.strong href={ "/jobs/" (job.id.0) } { (parts::said(&job.title)) } @if is_same(job) { " " span.tag.is-good { (call.t("cùng tiêu đề", "same title")) } } }
                    }
                    a.button href=(link(job.id.0)) {
                        (call.t("Chọn", "Choose")) span.hidden-text { " " (parts::plain(&job.title)) }
                    }
                }
            }
        }
    };
    Ok(Page::new(Section::Traffic, heading, body).into())
}
