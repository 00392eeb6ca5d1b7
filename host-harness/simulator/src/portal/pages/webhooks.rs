//! Webhook: what was sent, what came back, and sending it again.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::MOST_ROWS;
use crate::app::App;
use crate::control::deliveries as control;
use crate::control::http::{Answered, Id, OptionalInput};
use crate::input::{Fields, InputError};
use crate::portal::web::{
    At, Tab, Visit, delivery_badge, employer_page, fields, short, text, time,
};
use crate::state::{Attempt, Delivery, DeliveryState, Employer, Posting, World};

/// Most characters of a body that a page shows.
const BODY_SHOWN: usize = 20_000;

/// `GET /portal/{employer}/webhooks`.
pub(in crate::portal) async fn list(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| list_page(world, &visit, at.employer));
    visit.answer(page)
}

/// `GET /portal/{employer}/webhooks/{item}`.
pub(in crate::portal) async fn show(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, at.employer, at.item));
    visit.answer(page)
}

/// `POST …/webhooks/{item}/resend`: the same bytes once more.
pub(in crate::portal) async fn resend(State(app): State<App>, visit: Visit, at: At) -> Response {
    let owned = app.with(|world| own_delivery(world, at.employer, at.item).map(|_| ()));
    let outcome: Answered = match owned {
        Ok(()) => {
            let nothing = OptionalInput(Fields::empty());
            control::resend(State(app.clone()), Id(at.item), nothing).await
        }
        Err(error) => Err(error),
    };
    let to = format!("/portal/{}/webhooks/{}", at.employer, at.item);
    visit.after(&app, outcome, ("resent", to), |world, visit| {
        page(world, visit, at.employer, at.item)
    })
}

/// `POST …/webhooks/release`: sends what is held.
pub(in crate::portal) async fn release(State(app): State<App>, visit: Visit, at: At) -> Response {
    let input = OptionalInput(fields([("order", json!(visit.form.text("order")))]));
    let outcome = control::release(State(app.clone()), Id(at.employer), input).await;
    let to = format!("/portal/{}/webhooks", at.employer);
    visit.after(&app, outcome, ("released", to), |world, visit| {
        list_page(world, visit, at.employer)
    })
}

fn own_delivery(world: &World, employer_id: u64, id: u64) -> Result<&Delivery, InputError> {
    let found = world.deliveries.get(&id);
    found
        .filter(|delivery| delivery.employer_id == employer_id)
        .ok_or_else(|| InputError::not_found("delivery_id", id))
}

fn list_page(world: &World, visit: &Visit, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let all = world.deliveries.values().rev();
    let mine = all.filter(|delivery| delivery.employer_id == id);
    let rows: Vec<&Delivery> = mine.take(MOST_ROWS).collect();
    let content = html! {
        p class="lead" {
            @if let Some(url) = &employer.webhook_url {
                (visit.t("Gửi đến ", "Sent to ")) code class="wrap" { (text(url)) }
            } @else {
                (visit.t("Chưa có Webhook URL. ", "There is no webhook URL. "))
                a href=(format!("/portal/{id}/connection")) { (visit.t("Dán vào trang Kết nối API", "Paste it on the API connection page")) }
            }
        }
        (held(world, visit, employer))
        @if rows.is_empty() {
            p class="empty" {
                (visit.t(
                    "Chưa có webhook nào. Duyệt một tin hoặc nộp một hồ sơ để gửi webhook đầu tiên.",
                    "There is none yet. Approve a posting or apply to send the first.",
                ))
            }
        } @else { (table(visit, &rows)) }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Webhooks,
        "Webhook",
        &content,
    ))
}

fn held(world: &World, visit: &Visit, employer: &Employer) -> Markup {
    let count = world
        .deliveries
        .values()
        .filter(|d| d.employer_id == employer.id && d.state == DeliveryState::Held)
        .count();
    let orders = html! {
        div class="field" {
            label for="order" { (visit.t("Thứ tự", "Order")) }
            select id="order" name="order" {
                option value="fifo" { (visit.t("Cũ trước", "Oldest first")) }
                option value="reverse" { (visit.t("Mới trước", "Newest first")) }
            }
        }
        button type="submit" class="primary" { (visit.t("Gửi", "Send")) }
    };
    html! {
        section class="panel" {
            h2 { (visit.t("Đang giữ", "Held back")) " (" (count) ")" }
            p class="hint" {
                (visit.t(
                    "Bấm Gửi để gửi các webhook đang giữ và trả lời các lệnh tạo tin đang chờ.",
                    "Send releases the webhooks that are held, and the creates whose answers wait.",
                ))
            }
            form class="inline" method="post" action=(format!("/portal/{}/webhooks/release", employer.id)) {
                (visit.token_field())
                (orders)
            }
        }
    }
}

fn table(visit: &Visit, rows: &[&Delivery]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(visit.t("Các webhook", "Webhooks")) {
            table {
                thead {
                    tr {
                        th scope="col" { (visit.t("Mã", "Id")) }
                        th scope="col" { (visit.t("Sự kiện", "Event")) }
                        th scope="col" { (visit.t("Tin", "Posting")) }
                        th scope="col" { (visit.t("Kết quả", "Result")) }
                        th scope="col" class="end" { (visit.t("Số lần gửi", "Attempts")) }
                        th scope="col" { (visit.t("Lần cuối", "Last")) }
                        th scope="col" { span class="hidden-text" { (visit.t("Gửi lại", "Send again")) } }
                    }
                }
                tbody {
                    @for delivery in rows {
                        tr {
                            td { a href=(address(delivery)) { "#" (delivery.id) } }
                            td class="mono" { (short(&delivery.event_type, 60)) }
                            td { (posting_link(delivery)) }
                            td { (delivery_badge(visit.lang, delivery)) }
                            td class="end" { (delivery.attempts.len()) }
                            td { @if let Some(attempt) = delivery.attempts.last() { (time(attempt.at_ms)) } @else { "—" } }
                            td { (again(visit, delivery)) }
                        }
                    }
                }
            }
        }
    }
}

fn address(delivery: &Delivery) -> String {
    format!("/portal/{}/webhooks/{}", delivery.employer_id, delivery.id)
}

fn again(visit: &Visit, delivery: &Delivery) -> Markup {
    let action = format!("{}/resend", address(delivery));
    visit.button(&action, visit.t("Gửi lại", "Send again"), "secondary small")
}

fn posting_link(delivery: &Delivery) -> Markup {
    html! {
        @if let Some(job_id) = delivery.job_id {
            a href=(format!("/portal/{}/postings/{job_id}", delivery.employer_id)) { "#" (job_id) }
        } @else { "—" }
    }
}

/// What was told about one posting: its newest webhooks with their results.
pub(super) fn of_posting(world: &World, visit: &Visit, posting: &Posting) -> Markup {
    let all = world.deliveries.values().rev();
    let mine = all.filter(|delivery| delivery.job_id == Some(posting.id));
    let rows: Vec<&Delivery> = mine.take(20).collect();
    html! {
        @if rows.is_empty() {
            p class="empty" {
                (visit.t("Chưa gửi webhook nào về tin này.", "No webhook was sent about this posting yet."))
            }
        }
        ul class="rows" {
            @for delivery in rows {
                li {
                    a href=(address(delivery)) { "#" (delivery.id) " " code { (short(&delivery.event_type, 60)) } }
                    " " (delivery_badge(visit.lang, delivery))
                    @if let Some(attempt) = delivery.attempts.last() {
                        " " span class="quiet-text" { (time(attempt.at_ms)) }
                    }
                }
            }
        }
    }
}

fn page(world: &World, visit: &Visit, employer_id: u64, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(employer_id)?;
    let delivery = own_delivery(world, employer_id, id)?;
    let body = String::from_utf8_lossy(&delivery.body);
    let title = format!("Webhook #{id}");
    let content = html! {
        p class="crumb" { a href=(format!("/portal/{employer_id}/webhooks")) { "Webhook" } " › #" (id) }
        section class="panel" {
            p class="badges" { (delivery_badge(visit.lang, delivery)) code { (short(&delivery.event_type, 60)) } }
            dl class="facts" {
                dt { (visit.t("Tin", "Posting")) } dd { (posting_link(delivery)) }
                dt { (visit.t("Kích thước", "Size")) } dd { (delivery.body.len()) " byte" }
            }
            h2 { (visit.t("Nội dung đã gửi", "Body as sent")) }
            pre tabindex="0" { (short(&body, BODY_SHOWN)) }
            (again(visit, delivery))
        }
        section class="panel" {
            h2 { (visit.t("Các lần gửi", "Attempts")) }
            @if delivery.attempts.is_empty() {
                p class="empty" { (visit.t("Chưa gửi lần nào.", "It was not sent yet.")) }
            }
            ol class="history" {
                @for attempt in delivery.attempts.iter().rev().take(50) { (attempt_row(visit, attempt)) }
            }
        }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Webhooks,
        &title,
        &content,
    ))
}

fn attempt_row(visit: &Visit, attempt: &Attempt) -> Markup {
    html! {
        li {
            (time(attempt.at_ms)) " "
            strong {
                @if let Some(status) = attempt.status { (status) }
                @else { (visit.t("Không có phản hồi", "No answer")) }
            }
            @if let Some(error) = &attempt.error { " — " (text(error)) }
            div class="quiet-text wrap" { (short(&attempt.url, 300)) }
            @if !attempt.response_body.is_empty() {
                pre tabindex="0" { (short(&attempt.response_body, 4_000)) }
            }
        }
    }
}
