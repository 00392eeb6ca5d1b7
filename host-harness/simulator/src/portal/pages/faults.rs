//! Lỗi: each fault on and off, with its parameters and for how many calls; and the simulator's clock.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::fault_texts::{GROUPS, KindText, OPERATIONS, Param, find};
use crate::app::App;
use crate::control::faults as control;
use crate::control::http::{Answered, Id, Input};
use crate::faults::{Fault, When};
use crate::input::{Fields, InputError};
use crate::portal::web::{At, Form, Tab, Visit, badge, employer_page, fields, short, time};
use crate::state::World;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// `GET /portal/{employer}/faults`.
pub(in crate::portal) async fn list(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, at.employer));
    visit.answer(page)
}

/// `POST /portal/{employer}/faults`: for the calls of this employer.
pub(in crate::portal) async fn create(State(app): State<App>, visit: Visit, at: At) -> Response {
    let input = Input(input(&visit.form, at.employer));
    let outcome = control::create(State(app.clone()), input).await;
    after(&app, visit, &at, outcome, "fault-on")
}

/// `POST …/faults/{item}/off`.
pub(in crate::portal) async fn remove(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = control::remove(State(app.clone()), Id(at.item)).await;
    after(&app, visit, &at, outcome, "fault-off")
}

/// `POST …/faults/clear`: all of them, of every employer.
pub(in crate::portal) async fn clear(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = control::clear(State(app.clone())).await;
    after(&app, visit, &at, outcome, "faults-off")
}

/// `POST /portal/{employer}/clock`: forward by hours.
pub(in crate::portal) async fn move_clock(
    State(app): State<App>,
    visit: Visit,
    at: At,
) -> Response {
    let hours = visit.form.number("hours");
    // Anything but a number goes on as it is, for the check to refuse.
    let advance = hours
        .as_i64()
        .map_or(hours.clone(), |hours| json!(hours.saturating_mul(HOUR_MS)));
    let input = Input(fields([("advance_ms", advance)]));
    let outcome = crate::control::clock::change(State(app.clone()), input).await;
    after(&app, visit, &at, outcome, "clock-moved")
}

fn after(app: &App, visit: Visit, at: &At, outcome: Answered, notice: &'static str) -> Response {
    let (id, to) = (at.employer, format!("/portal/{}/faults", at.employer));
    visit.after(app, outcome, (notice, to), |world, visit| {
        page(world, visit, id)
    })
}

fn input(form: &Form, employer_id: u64) -> Fields {
    let kind = form.text("kind");
    fields([
        ("employer_id", json!(employer_id)),
        ("operation", json!(form.text("operation"))),
        ("kind", json!(kind)),
        ("times", form.number("times")),
        ("when", json!(form.text("when"))),
        (
            "params",
            find(kind).map_or(Value::Null, |kind| params(form, kind)),
        ),
    ])
}

fn params(form: &Form, kind: &KindText) -> Value {
    if kind.name == "validation_422" {
        // The control API takes messages by field; one of each is enough for a person.
        let (field, message) = (form.text("field"), form.text("message"));
        return json!({"errors": {field: [message]}});
    }
    let mut params = Map::new();
    for param in kind.params {
        let value = if param.number {
            form.number(param.name)
        } else {
            json!(form.text(param.name))
        };
        params.insert(param.name.to_owned(), value);
    }
    Value::Object(params)
}

fn page(world: &World, visit: &Visit, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let title = visit.t("Lỗi", "Faults");
    let content = html! {
        p class="lead" {
            (visit.t(
                "Bật một lỗi để xem nền tảng tuyển dụng xử lý ra sao. Lỗi bật trước được dùng trước.",
                "Switch a fault on and see how the hiring platform takes it. The oldest one that fits a call is used.",
            ))
        }
        (active(world, visit, id))
        section aria-labelledby="kinds" {
            h2 id="kinds" { (visit.t("Bật lỗi", "Switch a fault on")) }
            @for group in &GROUPS {
                h3 class="group" { (visit.t(group.vi, group.en)) }
                div class="kinds" {
                    @for kind in group.kinds { (offer(visit, id, kind)) }
                }
            }
        }
        (clock(world, visit, id))
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Faults,
        title,
        &content,
    ))
}

fn active(world: &World, visit: &Visit, id: u64) -> Markup {
    let mine = world.faults.iter();
    let rows: Vec<&Fault> = mine
        .filter(|fault| fault.employer_id.is_none_or(|of| of == id))
        .collect();
    html! {
        section aria-labelledby="on" {
            h2 id="on" { (visit.t("Đã bật", "Switched on")) }
            @if rows.is_empty() {
                p class="empty" { (visit.t("Không có lỗi nào: TopCV giả lập chạy bình thường.", "There is none: the simulated TopCV works as it should.")) }
            } @else {
                ul class="rows panel" {
                    @for fault in rows { (active_row(visit, id, fault)) }
                }
                (visit.button(&format!("/portal/{id}/faults/clear"), visit.t("Tắt mọi lỗi", "Switch all off"), "secondary"))
            }
        }
    }
}

fn active_row(visit: &Visit, id: u64, fault: &Fault) -> Markup {
    let name = fault.kind.name();
    let text = find(name).map_or(name, |kind| visit.t(kind.vi, kind.en));
    let operation = fault.operation.map_or_else(
        || "any".to_owned(),
        |operation| json!(operation).as_str().unwrap_or("").to_owned(),
    );
    let off = format!("/portal/{id}/faults/{}/off", fault.id);
    html! {
        li class="row" {
            div {
                strong { (text) } " "
                @match fault.left {
                    None => (badge("bad", visit.t("đến khi tắt", "until switched off"))),
                    Some(0) => (badge("quiet", visit.t("đã dùng hết", "used up"))),
                    Some(left) => (badge("bad", &format!("{} {left}", visit.t("còn", "left:")))),
                }
                div class="quiet-text" {
                    (operation_name(visit, &operation)) " · "
                    @match fault.when {
                        When::Before => (visit.t("thao tác không diễn ra", "the operation does not happen")),
                        When::After => (visit.t("thao tác vẫn diễn ra", "the operation happens")),
                    }
                    " · " (visit.t("đã gặp ", "met ")) (fault.used)
                    @if fault.employer_id.is_none() { " · " (visit.t("mọi nhà tuyển dụng", "every employer")) }
                }
            }
            (visit.button(&off, visit.t("Tắt", "Switch off"), "secondary small"))
        }
    }
}

fn operation_name<'a>(visit: &Visit, operation: &'a str) -> &'a str {
    let found = OPERATIONS.iter().find(|(name, _, _)| *name == operation);
    found.map_or(operation, |(_, vi, en)| visit.t(vi, en))
}

fn offer(visit: &Visit, id: u64, kind: &KindText) -> Markup {
    // The form that was refused stays open with what was typed.
    let typed = visit.form.text("kind") == kind.name;
    let value = |name: &str, default: &'static str| -> String {
        let typed = typed.then(|| visit.form.optional(name)).flatten();
        typed.unwrap_or(default).to_owned()
    };
    let field_id = |name: &str| format!("{}-{name}", kind.name);
    let param = |param: &Param| {
        html! {
            div class="field" {
                label for=(field_id(param.name)) { (visit.t(param.vi, param.en)) }
                input id=(field_id(param.name)) name=(param.name) inputmode=(if param.number { "numeric" } else { "text" })
                    value=(value(param.name, param.default));
            }
        }
    };
    let form = html! {
        input type="hidden" name="kind" value=(kind.name);
        div class="fields" {
            @for one in kind.params { (param(one)) }
            @if let Some(only) = kind.only {
                input type="hidden" name="operation" value=(only);
            } @else {
                div class="field" {
                    label for=(field_id("operation")) { (visit.t("Lời gọi", "Call")) }
                    select id=(field_id("operation")) name="operation" {
                        @for (name, vi, en) in OPERATIONS {
                            option value=(name) selected[value("operation", "any") == name] { (visit.t(vi, en)) }
                        }
                    }
                }
            }
            div class="field" {
                label for=(field_id("times")) { (visit.t("Số lần (0: đến khi tắt)", "Times (0: until off)")) }
                input id=(field_id("times")) name="times" type="number" min="0" max="1000000" value=(value("times", "1"));
            }
            div class="field" {
                label for=(field_id("when")) { (visit.t("Thao tác", "The operation")) }
                select id=(field_id("when")) name="when" {
                    option value="before" { (visit.t("Không diễn ra", "Does not happen")) }
                    option value="after" selected[value("when", "before") == "after"] { (visit.t("Vẫn diễn ra", "Happens")) }
                }
            }
        }
        p class="actions" { button type="submit" class="primary" { (visit.t("Bật", "Switch on")) } }
    };
    html! {
        details class="panel" open[typed] {
            summary {
                (visit.t(kind.vi, kind.en)) " " code { (kind.name) }
                @if let Some(only) = kind.only { " " (badge("quiet", operation_name(visit, only))) }
            }
            (visit.form(&format!("/portal/{id}/faults"), &form))
        }
    }
}

fn clock(world: &World, visit: &Visit, id: u64) -> Markup {
    html! {
        section class="panel" {
            h2 { (visit.t("Đồng hồ của TopCV giả lập", "Clock of the simulated TopCV")) }
            p { (visit.t("Bây giờ: ", "Now: ")) strong { (time(world.now_ms())) } }
            form class="inline" method="post" action=(format!("/portal/{id}/clock")) {
                (visit.token_field())
                div class="field" {
                    label for="hours" { (visit.t("Tua tới (giờ)", "Forward by (hours)")) }
                    input id="hours" name="hours" type="number" min="0" max="100000" required value="24";
                }
                button type="submit" class="secondary" { (visit.t("Tua", "Move")) }
            }
            p class="hint" {
                (visit.t(
                    "Tin quá hạn sẽ hết hạn, liên kết CV cũ hơn 24 giờ sẽ hỏng. Đồng hồ không quay lui.",
                    "Postings past their deadline expire, CV links older than 24 hours stop working. It does not go back.",
                ))
            }
        }
    }
}

/// A fault's name as the ledger shows it.
pub(super) fn fault_name(visit: &Visit, name: &str) -> Markup {
    html! {
        @if let Some(kind) = find(name) { (visit.t(kind.vi, kind.en)) } @else { (short(name, 60)) }
    }
}

/// An operation's name as the ledger shows it.
pub(super) fn operation_label(visit: &Visit, operation: &str) -> Markup {
    html! { (operation_name(visit, operation)) }
}
