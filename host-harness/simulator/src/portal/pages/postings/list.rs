//! The queue, all postings, and making one at TopCV's own site.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{address, verdict};
use crate::app::App;
use crate::input::InputError;
use crate::portal::pages::{MOST_ROWS, present_postings};
use crate::portal::web::{
    At, Tab, Visit, approval_badge, employer_page, run_badge, short, text, time, vietnamese_day,
};
use crate::posting::{shown, text_of};
use crate::state::{Approval, Employer, Posting, Run, World};

/// `GET /portal/{employer}/postings`.
pub(in crate::portal) async fn list(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| {
        world.settle();
        page(world, &visit, at.employer)
    });
    visit.answer(page)
}

pub(super) fn page(world: &World, visit: &Visit, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let title = visit.t("Tin tuyển dụng", "Postings");
    let waiting: Vec<&Posting> = present_postings(world, employer)
        .filter(|posting| posting.approval == Approval::Pending && posting.run != Run::Draft)
        .collect();
    let content = html! {
        section aria-labelledby="queue" {
            h2 id="queue" { (visit.t("Hàng chờ duyệt", "Moderation queue")) " (" (waiting.len()) ")" }
            @if waiting.is_empty() {
                p class="empty" {
                    (visit.t(
                        "Không có tin nào chờ duyệt. Tin mới đăng hoặc vừa sửa sẽ hiện ở đây.",
                        "Nothing is waiting. A posting that was just made or changed appears here.",
                    ))
                }
            }
            ul class="cards" {
                @for posting in waiting.iter().take(MOST_ROWS) { (card(visit, posting)) }
            }
        }
        section {
            h2 id="all" { (visit.t("Tất cả tin", "All postings")) }
            (table(world, visit, employer))
        }
        section class="panel" {
            h2 { (visit.t("Đăng tin trên trang TopCV", "Post at TopCV's own site")) }
            p class="hint" {
                (visit.t(
                    "Như người dùng đăng trực tiếp trên TopCV: có thể liên kết từ nền tảng tuyển dụng. Các mục khác điền sẵn, sửa được sau.",
                    "As somebody would directly at TopCV: the hiring platform can link it. The other fields are filled in and can be changed later.",
                ))
            }
            (visit.form(&format!("/portal/{id}/postings"), &new_posting(visit)))
        }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Postings,
        title,
        &content,
    ))
}

fn card(visit: &Visit, posting: &Posting) -> Markup {
    let field = |name: &str| {
        posting
            .fields
            .get(name)
            .map_or_else(String::new, |value| shown(name, value))
    };
    html! {
        li class="panel card" {
            h3 { a href=(address(posting)) { (short(posting.title(), 120)) } }
            p class="badges" {
                (run_badge(visit.lang, posting.run))
                span class="quiet-text" {
                    "#" (posting.id) " · " (visit.t("lần duyệt ", "round ")) (posting.review_round)
                    " · " (time(posting.updated_ms))
                }
            }
            p class="quiet-text" { (short(&field("locations"), 120)) }
            (verdict(visit, posting))
        }
    }
}

fn table(world: &World, visit: &Visit, employer: &Employer) -> Markup {
    let postings: Vec<&Posting> = present_postings(world, employer).take(MOST_ROWS).collect();
    let applicants = |posting: &Posting| {
        let mine = world.applications.values();
        mine.filter(|application| application.job_id == posting.id)
            .count()
    };
    html! {
        @if postings.is_empty() {
            p class="empty" {
                (visit.t(
                    "Chưa có tin. Hãy đăng từ nền tảng tuyển dụng, hoặc ngay bên dưới.",
                    "There is none yet. Post from the hiring platform, or just below.",
                ))
            }
        } @else {
            div class="scroll" tabindex="0" role="region" aria-labelledby="all" {
                table {
                    thead {
                        tr {
                            th scope="col" { (visit.t("Mã", "Id")) }
                            th scope="col" { (visit.t("Tiêu đề", "Title")) }
                            th scope="col" { (visit.t("Trạng thái chạy", "Run status")) }
                            th scope="col" { (visit.t("Duyệt", "Approval")) }
                            th scope="col" { (visit.t("Hạn nộp", "Deadline")) }
                            th scope="col" class="end" { (visit.t("Hồ sơ", "Applicants")) }
                        }
                    }
                    tbody {
                        @for posting in postings {
                            tr {
                                td class="mono" { (posting.id) }
                                td class="grow" { a href=(address(posting)) { (short(posting.title(), 120)) } }
                                td { (run_badge(visit.lang, posting.run)) }
                                td { (approval_badge(visit.lang, posting.approval)) }
                                td { (text(&deadline(posting))) }
                                td class="end" { (applicants(posting)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `31/03/2026`.
fn deadline(posting: &Posting) -> String {
    let day = posting
        .fields
        .get("deadline")
        .map(text_of)
        .unwrap_or_default();
    vietnamese_day(&day)
}

fn new_posting(visit: &Visit) -> Markup {
    html! {
        div class="field" {
            label for="new-title" { (visit.t("Tiêu đề tin", "Title")) }
            input id="new-title" name="title" required maxlength="255" autocomplete="off" value=(visit.form.text("title"));
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Đăng tin", "Post")) }
        }
    }
}
