//! What is said when something went wrong: what happened, and the next step.

use axum::http::StatusCode;
use job_board_host::contract::types::{Disposition, Value};
use maud::{Markup, html};
use serde::Deserialize;

use super::input::anchor;
use super::lang::Lang;
use super::layout::{Page, Section};
use crate::application::{AppError, Problem};
use crate::domain::user::User;
use crate::http::error::ApiError;
use crate::http::views::app_problem;

/// An error, ready to be shown.
pub struct Trouble {
    /// The HTTP status.
    pub status: StatusCode,
    /// What happened, in the reader's language.
    pub message: String,
    /// What is wrong with single fields.
    pub problems: Vec<Problem>,
    /// What to do, when there is a page for it.
    pub next: Option<(String, &'static str)>,
    /// Stable reason code.
    pub code: String,
    /// Postings at the board that stand in the way.
    pub candidates: Vec<Candidate>,
    /// Whether only somebody who may change the connection's settings can mend it.
    pub concerns_settings: bool,
}

/// What is wrong with one field.
struct ProblemLine<'a> {
    /// A link to it and its label, when the reader sees it.
    field: Option<(String, String)>,
    /// Empty when the message above says it already.
    text: &'a str,
}

/// A posting at the board that a failure names, as the contract's `candidates` spell it.
#[derive(Debug, Deserialize)]
pub struct Candidate {
    /// The board's id.
    pub id: String,
    /// Its title there.
    pub title: String,
    /// Its page there.
    pub url: Option<String>,
}

/// The candidates in a failure's `extra`. What is not spelled as the contract says is as if it were not there.
fn candidates(error: &AppError) -> Vec<Candidate> {
    let AppError::Board { failure, .. } = error else {
        return Vec::new();
    };
    let named = failure.extra.iter().find(|it| it.name == "candidates");
    match named.map(|it| &it.value) {
        Some(Value::Json(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

impl Trouble {
    /// Of a use case's error.
    pub fn of(lang: Lang, error: AppError) -> Self {
        let next = next_step(lang, &error);
        let code = match &error {
            AppError::Board { failure, .. } => failure.code.clone(),
            AppError::RequestIdReused => "request-id-reused".to_owned(),
            _ => String::new(),
        };
        let problems = match &error {
            AppError::Board { failure, .. } => {
                failure.problems.iter().cloned().map(app_problem).collect()
            }
            AppError::Input(problems) => problems.clone(),
            AppError::Forbidden(problem) => problem.iter().cloned().collect(),
            _ => Vec::new(),
        };
        let candidates = candidates(&error);
        let concerns_settings = concerns_settings(&error);
        let error = ApiError::from(error);
        Self {
            status: error.status(),
            message: lang.of(error.message()).to_owned(),
            problems,
            next,
            code,
            candidates,
            concerns_settings,
        }
    }

    /// What is said of single fields. A field that the reader does not see has no name here, and nothing is said twice.
    fn lines<'a>(
        &'a self,
        lang: Lang,
        shown: impl Fn(&str) -> Option<String>,
    ) -> Vec<ProblemLine<'a>> {
        let mut lines: Vec<ProblemLine<'a>> = Vec::new();
        for problem in &self.problems {
            let said = lang.of(&problem.message);
            let field =
                shown(&problem.field).map(|label| (format!("#{}", anchor(&problem.field)), label));
            let known = said == self.message
                || (field.is_none() && lines.iter().any(|line| line.text == said));
            let line = ProblemLine {
                field,
                text: if known { "" } else { said },
            };
            if line.field.is_some() || !line.text.is_empty() {
                lines.push(line);
            }
        }
        lines
    }

    /// Above a form: the message, and links to the fields that the form shows itself.
    pub fn banner(&self, lang: Lang, shown: impl Fn(&str) -> Option<String>) -> Markup {
        let lines = self.lines(lang, shown);
        html! {
            div.banner.is-bad role="alert" {
                p { strong { (self.message) } }
                @if !lines.is_empty() {
                    ul {
                        @for line in &lines {
                            li {
                                @if let Some((href, label)) = &line.field {
                                    a href=(href) { (label) } @if !line.text.is_empty() { ": " }
                                }
                                (line.text)
                            }
                        }
                    }
                }
                @if let Some((href, label)) = &self.next {
                    p { a href=(href) { (label) } }
                }
            }
        }
    }
}

fn concerns_settings(error: &AppError) -> bool {
    use Disposition as D;
    let AppError::Board { failure, .. } = error else {
        return false;
    };
    // What an account is not entitled to is bought at the board, not entered here: the message says so.
    matches!(failure.disposition, D::FixSettings | D::SignInAgain)
}

fn next_step(lang: Lang, error: &AppError) -> Option<(String, &'static str)> {
    let AppError::Board {
        failure,
        request_id,
    } = error
    else {
        return None;
    };
    if concerns_settings(error) {
        return Some((
            "/connections".to_owned(),
            lang.t("Mở thiết lập mã truy cập", "Open the connection's settings"),
        ));
    }
    match failure.disposition {
        Disposition::OutcomeUnknown | Disposition::InProgress => request_id.as_ref().map(|id| {
            (
                format!("/postings/{id}"),
                lang.t("Xem tin này", "Look at the posting"),
            )
        }),
        _ => None,
    }
}

/// The part of the site that an address belongs to, and the page that one came from or would look at next.
fn origin(lang: Lang, here: &str) -> (Section, String, &'static str) {
    let path = here.split('?').next().unwrap_or_default();
    let mut words = path.split('/').filter(|word| !word.is_empty());
    let (part, id) = (words.next().unwrap_or_default(), words.next());
    // The page itself is what failed: one goes back to its list.
    let id = id.filter(|_| words.next().is_some());
    match (part, id) {
        ("postings", Some(id)) => (
            Section::Postings,
            format!("/postings/{id}"),
            lang.t("Về tin đã đăng", "Back to the posting"),
        ),
        ("postings", None) => (
            Section::Postings,
            "/postings".to_owned(),
            lang.t("Về danh sách tin đã đăng", "To the list of postings"),
        ),
        ("jobs", Some(id)) => (
            Section::Jobs,
            format!("/jobs/{id}"),
            lang.t("Về tin tuyển dụng", "Back to the job"),
        ),
        ("candidates", Some(id)) => (
            Section::Jobs,
            format!("/candidates/{id}"),
            lang.t("Về ứng viên", "Back to the candidate"),
        ),
        ("connections", _) => (
            Section::Connections,
            "/connections".to_owned(),
            lang.t("Về các kết nối", "Back to the connections"),
        ),
        ("deliveries", _) => (
            Section::Traffic,
            "/deliveries".to_owned(),
            lang.t("Về dữ liệu nhận về", "Back to the deliveries"),
        ),
        ("notifications", _) => (
            Section::Notices,
            "/notifications".to_owned(),
            lang.t("Về thông báo", "Back to the notifications"),
        ),
        _ => (
            Section::Jobs,
            "/jobs".to_owned(),
            lang.t("Về danh sách tin tuyển dụng", "To the list of jobs"),
        ),
    }
}

/// A page of its own for an error. `here` is the address that was asked for.
pub fn page(lang: Lang, here: &str, user: &User, error: AppError) -> Page {
    let found = !matches!(error, AppError::NoSuch(_));
    let trouble = Trouble::of(lang, error);
    let heading = if found {
        lang.t("Chưa làm được", "That did not work")
    } else {
        lang.t("Không tìm thấy", "Not found")
    };
    let (section, back, label) = origin(lang, here);
    let for_administrators = trouble.concerns_settings && !user.role.administers();
    let body = html! {
        h1 { (heading) }
        @if found {
            (trouble.banner(lang, |_| None))
            @if for_administrators { p { (lang.t("Hãy báo người quản trị tuyển dụng: chỉ họ cập nhật được mã truy cập.", "Tell an administrator: only they can update the access code.")) } }
        } @else {
            p { (lang.t("Trang hoặc mục này không có, hoặc không thuộc công ty của bạn.", "There is no such page or item, or it does not belong to your company.")) }
        }
        @if !found {
            p { a.button href="/jobs" { (lang.t("Về danh sách tin tuyển dụng", "To the list of jobs")) } }
        } @else {
            p { a.button href=(back) { (label) } }
        }
    };
    Page::new(if found { section } else { Section::Other }, heading, body)
        .with_status(trouble.status)
}

/// When the page itself failed.
pub fn ended(lang: Lang) -> Page {
    let heading = lang.t("Hệ thống gặp lỗi", "The platform has a problem");
    let body = html! {
        h1 { (heading) }
        div.banner.is-bad role="alert" {
            p { (lang.t("Trang này bị dừng giữa chừng. Hãy tải lại để xem điều gì đã được thực hiện.", "This page was stopped half-way. Load it again to see what was carried out.")) }
        }
    };
    Page::new(Section::Other, heading, body).with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
