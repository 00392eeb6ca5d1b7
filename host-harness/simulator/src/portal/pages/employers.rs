//! `/portal`: whose account to open. There is no password: this is a simulator on loopback.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::json;

use super::present_postings;
use crate::app::App;
use crate::control;
use crate::control::http::Input;
use crate::input::InputError;
use crate::portal::web::{Visit, badge, fields, number, plain_page, text};
use crate::state::{Employer, World};

/// `GET /portal`.
pub(in crate::portal) async fn show(State(app): State<App>, visit: Visit) -> Response {
    let page = app.with(|world| page(world, &visit));
    visit.answer(page)
}

/// `POST /portal`: opens an account; TopCV makes its keys.
pub(in crate::portal) async fn create(State(app): State<App>, visit: Visit) -> Response {
    let input = fields([
        ("name", json!(visit.form.text("name"))),
        ("credits", visit.form.number("credits")),
        ("contract", json!(visit.form.ticked("contract"))),
    ]);
    let outcome = control::employers::create(State(app.clone()), Input(input)).await;
    let then = ("created", "/portal".to_owned());
    visit.after(&app, outcome, then, |world, visit| page(world, visit))
}

fn page(world: &World, visit: &Visit) -> Result<Markup, InputError> {
    let title = visit.t("Chọn nhà tuyển dụng", "Choose an employer");
    let content = html! {
        p class="lead" {
            (visit.t(
                "Bạn vào vai nhà tuyển dụng, người duyệt tin của TopCV và ứng viên. Không cần mật khẩu: bộ giả lập chỉ mở trên máy này.",
                "You play the employer, TopCV's moderators and the candidates. There is no password: the simulator opens only on this machine.",
            ))
        }
        @if world.employers.is_empty() {
            p class="empty" {
                (visit.t(
                    "Chưa có nhà tuyển dụng nào. Hãy mở tài khoản đầu tiên bên dưới.",
                    "There is no employer yet. Open the first account below.",
                ))
            }
        }
        ul class="cards" {
            @for employer in world.employers.values() { (card(world, visit, employer)) }
        }
        section class="panel" {
            h2 { (visit.t("Mở tài khoản mới", "Open a new account")) }
            (visit.form("/portal", &new_account(visit)))
        }
    };
    Ok(plain_page(visit, title, &content))
}

fn card(world: &World, visit: &Visit, employer: &Employer) -> Markup {
    html! {
        li class="panel card" {
            h2 {
                a href=(format!("/portal/{}/connection", employer.id)) { (text(&employer.name)) }
            }
            p class="badges" {
                @if employer.connected { (badge("good", visit.t("Đang kết nối", "Connected"))) }
                @else { (badge("quiet", visit.t("Chưa kết nối", "Not connected"))) }
                @if !employer.contract {
                    (badge("bad", visit.t("Chưa ký hợp đồng", "No contract")))
                }
            }
            dl class="facts" {
                dt { (visit.t("Mã", "Id")) } dd { (employer.id) }
                dt { (visit.t("Tin", "Postings")) } dd { (number(present_postings(world, employer).count())) }
                dt { (visit.t("Credit còn lại", "Credits left")) } dd { (number(employer.credits)) }
            }
        }
    }
}

fn new_account(visit: &Visit) -> Markup {
    let credits = visit.form.optional("credits").unwrap_or("10");
    html! {
        div class="fields" {
            div class="field" {
                label for="name" { (visit.t("Tên công ty", "Company")) }
                input id="name" name="name" required maxlength="255" autocomplete="off" value=(visit.form.text("name"));
            }
            div class="field narrow" {
                label for="credits" { (visit.t("Số credit", "Credits")) }
                input id="credits" name="credits" type="number" min="0" max="1000000" value=(credits);
            }
        }
        label class="check" {
            input type="checkbox" name="contract" value="1" checked;
            (visit.t("Đã ký hợp đồng kết nối API", "Has the contract for the API connection"))
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Mở tài khoản", "Open the account")) }
        }
    }
}
