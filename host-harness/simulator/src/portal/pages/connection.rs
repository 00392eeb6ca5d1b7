//! Cài đặt tài khoản > Kết nối API: the keys, the webhook URL, and how the simulated account behaves.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::app::App;
use crate::control;
use crate::control::http::{Answered, Id, Input};
use crate::input::{Fields, InputError};
use crate::portal::web::{
    At, Form, Tab, Visit, badge, employer_page, fields, number, short, text, time,
};
use crate::state::{Employer, Moderation, SigningKey, World};
use crate::tokens::random_token;
use crate::webhooks::Reply;

/// Switches of the account: field, Vietnamese, English.
const SWITCHES: [(&str, &str, &str); 7] = [
    (
        "contract",
        "Đã ký hợp đồng kết nối API",
        "Has the contract for the API connection",
    ),
    (
        "masked_contacts",
        "Che liên hệ của ứng viên cho đến khi mở",
        "Candidates' contacts are masked until opened",
    ),
    (
        "one_time_links",
        "Liên kết CV chỉ tải được một lần",
        "A CV link works only once",
    ),
    (
        "publish_required",
        "Tạo tin xong phải gọi đăng tin (publish)",
        "A posting runs only after a publish call",
    ),
    (
        "reopen_costs",
        "Đăng lại tin đã dừng tốn một credit",
        "Reopening a stopped posting costs a credit",
    ),
    (
        "hold_webhooks",
        "Giữ webhook lại, gửi khi được bảo",
        "Webhooks are held until released",
    ),
    (
        "webhooks_before_create_answer",
        "Duyệt và ứng tuyển trước khi trả lời lệnh tạo tin",
        "Approval and an applicant arrive before a create is answered",
    ),
];

fn is_on(employer: &Employer, switch: &str) -> bool {
    match switch {
        "contract" => employer.contract,
        "masked_contacts" => employer.masked_contacts,
        "one_time_links" => employer.one_time_links,
        "publish_required" => employer.publish_required,
        "reopen_costs" => employer.reopen_costs,
        "hold_webhooks" => employer.hold_webhooks,
        _ => employer.webhooks_before_create_answer,
    }
}

/// `GET /portal/{employer}`.
pub(in crate::portal) async fn enter(at: At) -> Response {
    Redirect::to(&to(&at)).into_response()
}

/// `GET /portal/{employer}/connection`.
pub(in crate::portal) async fn show(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, at.employer, None));
    visit.answer(page)
}

/// `POST /portal/{employer}/account`.
pub(in crate::portal) async fn save(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = change(&app, &at, account_input(&visit.form)).await;
    after(&app, visit, &at, outcome, "saved")
}

/// `POST /portal/{employer}/keys`: a new Access Token and Secret Key.
pub(in crate::portal) async fn rotate(State(app): State<App>, visit: Visit, at: At) -> Response {
    let input = fields([
        ("access_token", json!(random_token("at_"))),
        ("secret_key", json!(random_token("sk_"))),
    ]);
    let outcome = change(&app, &at, input).await;
    after(&app, visit, &at, outcome, "rotated")
}

/// `POST /portal/{employer}/sessions`: every session times out.
pub(in crate::portal) async fn end_sessions(
    State(app): State<App>,
    visit: Visit,
    at: At,
) -> Response {
    let outcome = change(&app, &at, fields([("expire_sessions", json!(true))])).await;
    after(&app, visit, &at, outcome, "sessions-ended")
}

/// `POST /portal/{employer}/webhook`: an empty URL removes it.
pub(in crate::portal) async fn save_webhook(
    State(app): State<App>,
    visit: Visit,
    at: At,
) -> Response {
    let url = visit.form.text("webhook_url").trim().to_owned();
    let (value, notice) = if url.is_empty() {
        (Value::Null, "webhook-cleared")
    } else {
        (json!(url), "webhook-saved")
    };
    let outcome = change(&app, &at, fields([("webhook_url", value)])).await;
    after(&app, visit, &at, outcome, notice)
}

/// `POST /portal/{employer}/webhook/check`: one GET to the saved URL; its answer stands on the page.
pub(in crate::portal) async fn check_webhook(
    State(app): State<App>,
    mut visit: Visit,
    at: At,
) -> Response {
    match control::employers::webhook_sign_of_life(&app, at.employer).await {
        Ok(reply) => {
            // The answer is shown at once; a change of the language leads to the page itself.
            visit.path = to(&at);
            let page = app.with(|world| page(world, &visit, at.employer, Some(&reply)));
            visit.answer(page)
        }
        Err(error) => after(&app, visit, &at, Err(error), "saved"),
    }
}

async fn change(app: &App, at: &At, input: Fields) -> Answered {
    control::employers::change(State(app.clone()), Id(at.employer), Input(input)).await
}

fn after(app: &App, visit: Visit, at: &At, outcome: Answered, notice: &'static str) -> Response {
    let id = at.employer;
    visit.after(app, outcome, (notice, to(at)), |world, visit| {
        page(world, visit, id, None)
    })
}

fn to(at: &At) -> String {
    format!("/portal/{}/connection", at.employer)
}

fn account_input(form: &Form) -> Fields {
    let moderation = match form.text("moderation") {
        "auto" => json!({"auto_after_ms": form.number("auto_after_ms")}),
        other => json!(other),
    };
    let mut input = serde_json::Map::new();
    for (name, _, _) in SWITCHES {
        input.insert(name.to_owned(), json!(form.ticked(name)));
    }
    for name in ["credits", "webhook_retries"] {
        input.insert(name.to_owned(), form.number(name));
    }
    input.insert("moderation".to_owned(), moderation);
    input.insert("signing_key".to_owned(), json!(form.text("signing_key")));
    Fields::from_values(input)
}

fn page(
    world: &World,
    visit: &Visit,
    id: u64,
    reply: Option<&Reply>,
) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let title = visit.t("Kết nối API", "API connection");
    let content = html! {
        p class="crumb" { (visit.t("Cài đặt tài khoản › Kết nối API", "Account settings › API connection")) }
        @if let Some(reply) = reply { (sign_of_life(visit, reply)) }
        div class="columns" {
            div {
                (keys(world, visit, employer))
                (webhook(visit, employer))
            }
            section class="panel" {
                h2 { (visit.t("Tài khoản giả lập", "The simulated account")) }
                (visit.form(&format!("/portal/{id}/account"), &account(visit, employer)))
            }
        }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Connection,
        title,
        &content,
    ))
}

fn keys(world: &World, visit: &Visit, employer: &Employer) -> Markup {
    let id = employer.id;
    html! {
        section class="panel" {
            h2 { (visit.t("Khóa kết nối", "Connection keys")) }
            p class="badges" {
                @if employer.connected { (badge("good", visit.t("Đang kết nối", "Connected"))) }
                @else { (badge("quiet", visit.t("Chưa kết nối", "Not connected"))) }
                @if let Some(at) = employer.last_connected_ms {
                    span class="quiet-text" { (visit.t("lần gần nhất ", "last ")) (time(at)) }
                }
            }
            (copied(visit, "access-token", "Access Token", &employer.access_token))
            (copied(visit, "secret-key", "Secret Key", &employer.secret_key))
            (copied(visit, "api-address", visit.t("Địa chỉ API giả lập", "Address of the simulated API"), &world.base_url))
            p class="hint" {
                (visit.t(
                    "Dán Access Token vào ô Employer API Key và Secret Key vào ô Secret Key ở nền tảng tuyển dụng.",
                    "Paste the Access Token as Employer API Key and the Secret Key as Secret Key at the hiring platform.",
                ))
            }
            div class="actions" {
                (visit.button(&format!("/portal/{id}/keys"), visit.t("Cấp lại khóa", "Issue new keys"), "secondary"))
                (visit.button(&format!("/portal/{id}/sessions"), visit.t("Kết thúc mọi phiên", "End all sessions"), "secondary"))
            }
        }
    }
}

fn copied(visit: &Visit, id: &str, label: &str, value: &str) -> Markup {
    html! {
        div class="field" {
            label for=(id) { (label) }
            div class="copy" {
                input id=(id) class="mono" readonly value=(value);
                button type="button" class="secondary" hidden data-copy=(id)
                    data-copied=(visit.t("Đã chép", "Copied"))
                    aria-label=(format!("{} {label}", visit.t("Sao chép", "Copy"))) {
                    (visit.t("Sao chép", "Copy"))
                }
            }
        }
    }
}

fn webhook(visit: &Visit, employer: &Employer) -> Markup {
    let id = employer.id;
    let saved = employer.webhook_url.as_deref().unwrap_or("");
    let shown = visit.form.optional("webhook_url").unwrap_or(saved);
    let field = html! {
        div class="field" {
            label for="webhook-url" { "Webhook URL" }
            input id="webhook-url" name="webhook_url" class="mono" inputmode="url" autocomplete="off"
                placeholder="https://…" value=(shown) aria-describedby="webhook-hint";
            p class="hint" id="webhook-hint" {
                (visit.t(
                    "Chép API Endpoint từ nền tảng tuyển dụng và dán vào đây. Để trống rồi lưu để xóa.",
                    "Copy the API Endpoint from the hiring platform and paste it here. Save it empty to remove it.",
                ))
            }
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Lưu Webhook URL", "Save the webhook URL")) }
        }
    };
    html! {
        section class="panel" {
            h2 { "Webhook" }
            (visit.form(&format!("/portal/{id}/webhook"), &field))
            @if employer.webhook_url.is_some() {
                (visit.button(&format!("/portal/{id}/webhook/check"), visit.t("Kiểm tra (gửi GET)", "Test it (sends a GET)"), "secondary"))
            }
        }
    }
}

fn sign_of_life(visit: &Visit, reply: &Reply) -> Markup {
    let alive = reply
        .status
        .is_some_and(|status| (200..300).contains(&status));
    html! {
        div class=(if alive { "message done" } else { "message problem" }) role="status" {
            p {
                @if let Some(status) = reply.status { (visit.t("Webhook URL trả lời ", "The webhook URL answered ")) strong { (status) } }
                @else { (visit.t("Webhook URL: không có phản hồi", "Webhook URL: no answer")) }
                @if let Some(error) = &reply.error { ": " (text(error)) }
            }
            @if !reply.body.is_empty() { pre { (short(&reply.body, 2_000)) } }
        }
    }
}

fn account(visit: &Visit, employer: &Employer) -> Markup {
    let auto = match employer.moderation {
        Moderation::Manual => None,
        Moderation::AutoAfter(ms) => Some(ms),
    };
    html! {
        fieldset {
            legend { (visit.t("Quyền và hành vi", "Rights and behaviour")) }
            @for (name, vi, en) in SWITCHES {
                label class="check" {
                    input type="checkbox" name=(name) value="1" checked[is_on(employer, name)];
                    (visit.t(vi, en))
                }
            }
        }
        div class="fields" {
            div class="field narrow" {
                label for="credits" { (visit.t("Credit còn lại", "Credits left")) }
                input id="credits" name="credits" type="number" min="0" max="1000000" required value=(employer.credits)
                    aria-describedby="credits-hint";
                p class="hint" id="credits-hint" {
                    (visit.t("Đã dùng qua API: ", "Spent by the API: ")) (number(employer.tally.credits_spent))
                }
            }
            div class="field narrow" {
                label for="webhook-retries" { (visit.t("Gửi lại webhook lỗi (lần)", "Retries of a failed webhook")) }
                input id="webhook-retries" name="webhook_retries" type="number" min="0" max="10" required
                    value=(employer.webhook_retries);
            }
            div class="field narrow" {
                label for="moderation" { (visit.t("Duyệt tin", "Moderation")) }
                select id="moderation" name="moderation" {
                    option value="manual" selected[auto.is_none()] { (visit.t("Bằng tay", "By hand")) }
                    option value="auto" selected[auto.is_some()] { (visit.t("Tự duyệt", "By itself")) }
                }
            }
            div class="field narrow" {
                label for="auto-after" { (visit.t("Tự duyệt sau (ms)", "Approves after (ms)")) }
                input id="auto-after" name="auto_after_ms" type="number" min="0" max="1000000000" required
                    value=(auto.unwrap_or(3_000));
            }
            div class="field narrow" {
                label for="signing-key" { (visit.t("Khóa ký webhook", "Webhooks are signed by")) }
                select id="signing-key" name="signing_key" {
                    option value="session" selected[employer.signing_key == SigningKey::Session] {
                        (visit.t("Token phiên", "Session token"))
                    }
                    option value="secret" selected[employer.signing_key == SigningKey::Secret] { "Secret Key" }
                }
            }
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Lưu tài khoản", "Save the account")) }
        }
    }
}
