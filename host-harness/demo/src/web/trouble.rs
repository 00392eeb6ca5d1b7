//! What is said when something went wrong: what happened, and the next step.

use axum::http::StatusCode;
use job_board_host::contract::types::{Disposition, Value};
use maud::{Markup, html};
use serde::Deserialize;

use super::input::anchor;
use super::lang::Lang;
use super::layout::{Page, Section};
use crate::application::{AppError, Problem};
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
        let error = ApiError::from(error);
        Self {
            status: error.status(),
            message: lang.of(error.message()).to_owned(),
            problems,
            next,
            code,
            candidates,
        }
    }

    /// Above a form: the message, and links to the fields that the form shows itself.
    pub fn banner(&self, lang: Lang, shown: impl Fn(&str) -> Option<String>) -> Markup {
        html! {
            div.banner.is-bad role="alert" {
                p { strong { (self.message) } }
                @if !self.problems.is_empty() {
                    ul {
                        @for problem in &self.problems {
                            li {
                                @match shown(&problem.field) {
                                    Some(label) => {
                                        a href={ "#" (anchor(&problem.field)) } { (label) } ": "
                                    },
                                    None => {},
                                }
                                (lang.of(&problem.message))
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

fn next_step(lang: Lang, error: &AppError) -> Option<(String, &'static str)> {
    let AppError::Board {
        failure,
        request_id,
    } = error
    else {
        return None;
    };
    let settings = || {
        Some((
            "/connections".to_owned(),
            lang.t("Mở thiết lập mã truy cập", "Open the connection's settings"),
        ))
    };
    match failure.disposition {
        // What an account is not entitled to is bought at the board, not entered here: the message says so.
        Disposition::FixSettings | Disposition::SignInAgain => settings(),
        Disposition::OutcomeUnknown | Disposition::InProgress => request_id.as_ref().map(|id| {
            (
                format!("/postings/{id}"),
                lang.t("Xem tin này", "Look at the posting"),
            )
        }),
        _ => None,
    }
}

/// A page of its own for an error.
pub fn page(lang: Lang, error: AppError) -> Page {
    let found = !matches!(error, AppError::NoSuch(_));
    let trouble = Trouble::of(lang, error);
    let heading = if found {
        lang.t("Chưa làm được", "That did not work")
    } else {
        lang.t("Không tìm thấy", "Not found")
    };
    let body = html! {
        h1 { (heading) }
        @if found {
            (trouble.banner(lang, |_| None))
            p.quiet { (lang.t("Bạn có thể quay lại trang trước và thử lại.", "You can go back to the page before and try again.")) }
        } @else {
            p { (lang.t("Trang hoặc mục này không có, hoặc không thuộc công ty của bạn.", "There is no such page or item, or it does not belong to your company.")) }
            p { a.button href="/jobs" { (lang.t("Về danh sách tin tuyển dụng", "To the list of jobs")) } }
        }
    };
    Page::new(Section::Other, heading, body).with_status(trouble.status)
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
