//! One posting: both statuses, every field, what may be done, and what was told about it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::{address, labels, verdict};
use crate::app::App;
use crate::input::InputError;
use crate::portal::pages::own_posting;
use crate::portal::pages::webhooks;
use crate::portal::web::{
    At, Tab, Visit, approval_badge, badge, employer_page, number, run_badge, short, text, time,
};
use crate::posting::{entries, shown};
use crate::state::{Approval, Note, Posting, Run, World};

/// Fields that take the whole width.
const LONG_TEXTS: [&str; 3] = ["job_description", "job_requirement", "job_benefit"];

/// `GET /portal/{employer}/postings/{item}`.
pub(in crate::portal) async fn show(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| {
        world.settle();
        page(world, &visit, at.employer, at.item)
    });
    visit.answer(page)
}

/// `GET /viec-lam/{slug}/{id}.html`: the address that the partner API gives out leads to the posting's page.
pub(in crate::portal) async fn public(
    State(app): State<App>,
    visit: Visit,
    Path((_, file)): Path<(String, String)>,
) -> Response {
    let id = file.strip_suffix(".html").and_then(|id| id.parse().ok());
    let found = app.with(|world| {
        let posting = id.and_then(|id: u64| world.postings.get(&id));
        posting.filter(|posting| !posting.deleted).map(address)
    });
    match found {
        Some(path) => Redirect::to(&path).into_response(),
        None => visit.refused(InputError::not_found("job_id", file)),
    }
}

pub(super) fn page(
    world: &World,
    visit: &Visit,
    employer_id: u64,
    job_id: u64,
) -> Result<Markup, InputError> {
    let employer = world.employer(employer_id)?;
    let posting = own_posting(world, employer_id, job_id)?;
    let title = format!("{} #{job_id}", visit.t("Tin", "Posting"));
    let content = html! {
        p class="crumb" {
            a href=(format!("/portal/{employer_id}/postings")) { (visit.t("Tin tuyển dụng", "Postings")) } " › #" (job_id)
        }
        (summary(world, visit, posting))
        div class="columns uneven" {
            section class="panel" {
                div class="panel-head" {
                    h2 { (visit.t("Nội dung tin", "Fields")) }
                    @if !posting.deleted {
                        a class="button secondary" href=(format!("{}/edit", address(posting))) {
                            (visit.t("Sửa trên TopCV", "Change at TopCV"))
                        }
                    }
                }
                (field_list(visit, posting))
            }
            div {
                section class="panel" {
                    h2 { "Webhook" }
                    (webhooks::of_posting(world, visit, posting))
                }
                section class="panel" {
                    h2 { (visit.t("Lịch sử", "History")) }
                    ol class="history" {
                        @for note in posting.history.iter().rev().take(50) { (history_row(visit, note)) }
                    }
                }
            }
        }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Postings,
        &title,
        &content,
    ))
}

fn summary(world: &World, visit: &Visit, posting: &Posting) -> Markup {
    let applicants = world
        .applications
        .values()
        .filter(|application| application.job_id == posting.id)
        .count();
    html! {
        section class="panel" {
            h2 class="posting-title" { (text(posting.title())) }
            p class="badges" {
                (run_badge(visit.lang, posting.run))
                (approval_badge(visit.lang, posting.approval))
                @if posting.deleted { (badge("bad", visit.t("Đã xóa", "Deleted"))) }
                @if !posting.paid { (badge("quiet", visit.t("Chưa trừ credit", "No credit spent yet"))) }
            }
            @if let Some(reason) = &posting.reject_reason {
                div class="message problem" {
                    p { strong { (visit.t("Lý do từ chối", "Reason of the rejection")) } }
                    div class="long" { (text(reason)) }
                }
            }
            dl class="facts wide-facts" {
                dt { (visit.t("Nguồn", "Made")) }
                dd {
                    @if posting.origin == "api" { (visit.t("qua API", "by the API")) }
                    @else { (visit.t("trên trang TopCV", "at TopCV's site")) }
                }
                dt { (visit.t("Lần duyệt", "Review round")) } dd { (posting.review_round) }
                dt { (visit.t("Chiến dịch", "Campaign")) } dd { (posting.campaign_id) }
                dt { (visit.t("Tạo lúc", "Made at")) } dd { (time(posting.created_ms)) }
                dt { (visit.t("Sửa lúc", "Changed at")) } dd { (time(posting.updated_ms)) }
                dt { (visit.t("Hồ sơ", "Applicants")) }
                dd {
                    a href=(format!("/portal/{}/applications?posting={}", posting.employer_id, posting.id)) {
                        (number(applicants))
                    }
                }
            }
            @if !posting.deleted { (actions(visit, posting)) }
        }
    }
}

fn actions(visit: &Visit, posting: &Posting) -> Markup {
    let at = address(posting);
    html! {
        @if posting.run == Run::Draft {
            p class="hint" {
                (visit.t(
                    "Tin nháp chưa được duyệt: nền tảng phải gọi đăng tin (publish) trước.",
                    "A draft is not reviewed: the platform has to call publish first.",
                ))
            }
        } @else {
            @if posting.approval != Approval::Pending {
                p class="hint" {
                    (visit.t(
                        "Duyệt hoặc từ chối lần nữa sẽ gửi thêm một webhook.",
                        "Another verdict sends another webhook.",
                    ))
                }
            }
            (verdict(visit, posting))
        }
        div class="actions" {
            @if posting.run == Run::Running {
                (visit.button(&format!("{at}/stop"), visit.t("Dừng tin", "Stop"), "secondary"))
            }
            @if posting.run != Run::Expired {
                (visit.button(&format!("{at}/expire"), visit.t("Cho hết hạn", "Let it expire"), "secondary"))
            }
            (visit.button(&format!("{at}/delete"), visit.t("Xóa khỏi TopCV", "Delete at TopCV"), "danger-quiet"))
        }
    }
}

/// The form's fields in its order, then whatever else the posting has.
fn field_list(visit: &Visit, posting: &Posting) -> Markup {
    let mut names: Vec<&str> = entries().into_iter().map(|(name, _)| name).collect();
    for name in posting.fields.keys() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    html! {
        dl class="field-list" {
            @for name in names {
                div class=[LONG_TEXTS.contains(&name).then_some("wide")] {
                    dt {
                        @if let Some((vi, en)) = labels::of(name) { (visit.t(vi, en)) " " }
                        code { (short(name, 60)) }
                    }
                    dd { (value(visit, name, posting.fields.get(name))) }
                }
            }
        }
    }
}

fn value(visit: &Visit, name: &str, value: Option<&Value>) -> Markup {
    let shown = value.map_or_else(String::new, |value| shown(name, value));
    let amount = matches!(name, "salary_from" | "salary_to").then(|| shown.parse::<u64>().ok());
    let shown = amount.flatten().map_or(shown, number);
    html! {
        @if value.is_none() {
            span class="quiet-text" { (visit.t("không có", "absent")) }
        } @else if shown.is_empty() {
            span class="quiet-text" { (visit.t("để trống", "empty")) }
        } @else {
            div class="long" { (text(&shown)) }
        }
    }
}

fn history_row(visit: &Visit, note: &Note) -> Markup {
    let (vi, en) = match note.event {
        "created" => ("Tạo", "Made"),
        "edited" => ("Sửa", "Changed"),
        "approved" => ("Duyệt", "Approved"),
        "rejected" => ("Từ chối", "Rejected"),
        "published" => ("Đăng", "Published"),
        "stopped" => ("Dừng", "Stopped"),
        "expired" => ("Hết hạn", "Expired"),
        "deleted" => ("Xóa", "Deleted"),
        _ => ("Khác", "Other"),
    };
    html! {
        li {
            (time(note.at_ms)) " " strong { (visit.t(vi, en)) }
            @match note.detail.as_deref() {
                None => {}
                Some("api") => { " " (visit.t("qua API", "by the API")) }
                Some("web_form") => { " " (visit.t("trên trang TopCV", "at TopCV's site")) }
                Some("control") => { " " (visit.t("ngay lập tức", "at once")) }
                Some(detail) => { ": " (short(detail, 300)) }
            }
        }
    }
}
