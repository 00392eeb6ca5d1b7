//! Sổ cái: what really happened, counted and in order.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::MOST_ROWS;
use super::faults::{fault_name, operation_label};
use crate::app::App;
use crate::control::ledger as control;
use crate::input::InputError;
use crate::ledger::{Entry, Outcome};
use crate::portal::web::{At, Tab, Visit, badge, employer_page, number, time};
use crate::state::World;

/// `GET /portal/{employer}/ledger`.
pub(in crate::portal) async fn show(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, at.employer));
    visit.answer(page)
}

fn page(world: &World, visit: &Visit, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let ledger = control::view(world, Some(id));
    let title = visit.t("Sổ cái", "Ledger");
    let effects = [
        ("Tin đã tạo", "Creates", ledger.tally.creates),
        ("Lần sửa", "Edits", ledger.tally.edits),
        ("Lần đăng", "Publishes", ledger.tally.publishes),
        ("Lần dừng", "Stops", ledger.tally.stops),
        ("Credit đã trừ", "Credits spent", ledger.tally.credits_spent),
        ("Lần kết nối", "Connects", ledger.tally.connects),
        ("Lần ngắt", "Disconnects", ledger.tally.disconnects),
    ];
    let arrivals = [
        ("Mọi lời gọi", "All calls", ledger.requests),
        ("Lời gọi ghi", "Writing calls", ledger.writes),
        ("Danh mục", "Metadata", ledger.metadata),
        ("Xem tin", "Details", ledger.details),
        ("Danh sách", "Lists", ledger.lists),
        ("Tải CV", "Downloads", ledger.downloads),
    ];
    let content = html! {
        p class="lead" {
            (visit.t(
                "Điều đã thật sự xảy ra qua API, kể cả khi người gọi không nhận được phản hồi.",
                "What really happened through the API, also where the caller got no answer.",
            ))
        }
        h2 { (visit.t("Kết quả", "Effects")) }
        dl class="tiles" {
            @for (vi, en, count) in effects { (tile(visit.t(vi, en), &number(count))) }
            (tile(visit.t("Credit còn lại", "Credits left"), &number(employer.credits)))
        }
        h2 { (visit.t("Lời gọi đã đến", "Calls that arrived")) }
        dl class="tiles" {
            @for (vi, en, count) in arrivals { (tile(visit.t(vi, en), &number(count))) }
        }
        h2 id="entries" { (visit.t("Từng lời gọi, mới nhất trước", "Each call, the newest first")) }
        (entries(world, visit, &ledger.entries))
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Ledger,
        title,
        &content,
    ))
}

fn tile(label: &str, count: &str) -> Markup {
    html! { div class="tile" { dt { (label) } dd { (count) } } }
}

fn entries(world: &World, visit: &Visit, entries: &[&Entry]) -> Markup {
    html! {
        @if entries.is_empty() {
            p class="empty" {
                (visit.t(
                    "Chưa có lời gọi nào. Kết nối từ nền tảng tuyển dụng để bắt đầu.",
                    "There was no call yet. Connect from the hiring platform to begin.",
                ))
            }
        } @else {
            div class="scroll" tabindex="0" role="region" aria-labelledby="entries" {
                table {
                    thead {
                        tr {
                            th scope="col" class="end" { "#" }
                            th scope="col" { (visit.t("Lúc", "At")) }
                            th scope="col" { (visit.t("Lời gọi", "Call")) }
                            th scope="col" { (visit.t("Tin", "Posting")) }
                            th scope="col" { (visit.t("Kết quả", "Outcome")) }
                            th scope="col" class="end" { (visit.t("Mã", "Status")) }
                            th scope="col" { (visit.t("Lỗi đã bật", "Fault")) }
                        }
                    }
                    tbody {
                        @for entry in entries.iter().rev().take(MOST_ROWS) { (row(world, visit, entry)) }
                    }
                }
            }
        }
    }
}

fn row(world: &World, visit: &Visit, entry: &Entry) -> Markup {
    // A call may name a posting that there is not, or another employer's.
    let posting = entry.job_id.and_then(|id| world.postings.get(&id));
    let own = posting.filter(|posting| Some(posting.employer_id) == entry.employer_id);
    let operation = json!(entry.operation);
    html! {
        tr {
            td class="end mono" { (entry.seq) }
            td { (time(entry.at_ms)) }
            td { (operation_label(visit, operation.as_str().unwrap_or(""))) }
            td {
                @match (own, entry.job_id) {
                    (Some(posting), _) => {
                        a href=(format!("/portal/{}/postings/{}", posting.employer_id, posting.id)) { "#" (posting.id) }
                    }
                    (None, Some(job_id)) => { "#" (job_id) }
                    (None, None) => "—",
                }
            }
            td { (outcome(visit, entry.outcome)) }
            td class="end mono" { @if let Some(status) = entry.status { (status) } @else { "—" } }
            td { @if let Some(fault) = entry.fault { (fault_name(visit, fault)) } @else { "—" } }
        }
    }
}

fn outcome(visit: &Visit, outcome: Outcome) -> Markup {
    let (tone, vi, en) = match outcome {
        Outcome::InProgress => ("wait", "Đang xử lý", "In progress"),
        Outcome::Done => ("good", "Đã làm", "Done"),
        Outcome::NoChange => ("quiet", "Không đổi", "No change"),
        Outcome::Refused => ("bad", "Từ chối", "Refused"),
        Outcome::NotDone => ("bad", "Không diễn ra", "Not done"),
        Outcome::DoneLate => ("wait", "Làm trễ", "Done late"),
    };
    badge(tone, visit.t(vi, en))
}
