//! Thêm mã truy cập, Cập nhật mã truy cập: the settings form, shown from the plugin's manifest.

use axum::http::StatusCode;
use job_board_host::contract::connection::ConnectionStatus;
use job_board_host::contract::forms::{Audience, Setting};
use maud::{Markup, html};

use super::connections::{endpoint, is_configured, state};
use crate::application::AppError;
use crate::application::connections::ConnectionView;
use crate::board::convert;
use crate::domain::id::ConnectionId;
use crate::domain::posting::Posting;
use crate::domain::value::{FieldValue, Values};
use crate::web::door::{Answer, Call};
use crate::web::input::Input;
use crate::web::input::read::{Blank, values};
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

/// Names the failure in which an account at the board is another one than before.
const OTHER_ACCOUNT: &str = "other-account";

/// `GET /connections/{id}/credentials`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let view = administered(&call).await?;
    Ok(page(&call, &view, None, None).await?.into())
}

async fn administered(call: &Call) -> Result<ConnectionView, AppError> {
    if !call.user.role.administers() {
        return Err(AppError::Forbidden(None));
    }
    let id = ConnectionId(call.id("id")?);
    call.platform.connection_view(&call.user, id).await
}

fn stored(status: Option<&ConnectionStatus>) -> Values {
    status.map_or_else(Values::new, |status| {
        convert::values(status.settings.clone())
    })
}

async fn page(
    call: &Call,
    view: &ConnectionView,
    given: Option<&Values>,
    trouble: Option<&Trouble>,
) -> Result<Page, AppError> {
    let configured = is_configured(view);
    let heading = if configured {
        call.t("Cập nhật mã truy cập", "Update the access code")
    } else {
        call.t("Thêm mã truy cập", "Add an access code")
    };
    let manifest = call.platform.manifest();
    let stored = stored(view.status.as_ref().ok());
    let (mine, operators): (Vec<&Setting>, Vec<&Setting>) = manifest
        .settings
        .iter()
        .partition(|setting| setting.audience == Audience::Recruiter);
    let input = |setting: &Setting| -> Markup {
        let kept = setting.secret && stored.get(&setting.id) == Some(&FieldValue::Truth(true));
        let value = given
            .and_then(|given| given.get(&setting.id))
            .or_else(|| stored.get(&setting.id))
            .cloned();
        let input = Input::of_setting(call.lang, setting, value, kept);
        let problems = trouble.map(|trouble| trouble.problems.as_slice());
        input
            .with_problems(call.lang, problems.unwrap_or_default())
            .show(call.lang)
    };
    let label = |id: &str| {
        let setting = manifest.settings.iter().find(|setting| setting.id == id)?;
        Some(call.lang.said(&setting.label).to_owned())
    };
    let action = format!("/connections/{}/credentials", view.connection.id.0);
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Mạng tuyển dụng", "Job boards"), "/connections".to_owned())]))
        div.head { h1 { (heading) ": " (manifest.board_name) } (state(call.lang, view)) }
        @if let Some(trouble) = trouble { (trouble.banner(call.lang, label)) }
        form.stack.narrow method="post" action=(action) data-slow=(call.t("Đang kiểm tra với mạng tuyển dụng…", "Checking with the job board…")) {
            (parts::csrf(&call.csrf))
            section.group {
                h2 { (call.t("Nhập mã truy cập", "Access code")) }
                @for setting in mine { (input(setting)) }
            }
            @if call.user.role.operates() && !operators.is_empty() {
                section.group {
                    h2 { (call.t("Dành cho người vận hành hệ thống", "For the platform's operator")) }
                    @for setting in operators { (input(setting)) }
                }
            }
            div.actions {
                button.primary { @if configured { (call.t("Cập nhật", "Update")) } @else { (call.t("Lưu lại", "Save")) } }
                a.button href="/connections" { (call.t("Hủy", "Cancel")) }
            }
        }
        @if configured {
            section.panel.narrow { (endpoint(call, view)) }
        }
    };
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    Ok(Page::new(Section::Connections, heading, body).with_status(status))
}

/// Another account: which postings are left behind, and the word for it. What was entered waits sealed in the form.
async fn confirmation(call: &Call, view: &ConnectionView, given: Values) -> Result<Page, AppError> {
    let postings = call.platform.all_postings(&call.user).await?;
    let id = view.connection.id;
    let left: Vec<&Posting> = postings
        .iter()
        .filter(|posting| {
            posting.connection == id && posting.board_posting.is_some() && is_ours(posting)
        })
        .collect();
    let entered = call.platform.seal_entered(&call.user, id, given)?;
    let heading = call.t("Chuyển sang tài khoản khác?", "Change to another account?");
    let path = format!("/connections/{}/credentials", id.0);
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Mạng tuyển dụng", "Job boards"), "/connections".to_owned())]))
        h1 { (heading) }
        p { (call.t("Mã truy cập vừa nhập thuộc một tài khoản khác với tài khoản đang kết nối. Chưa có gì thay đổi.", "The access code that you entered belongs to another account than the connected one. Nothing was changed yet.")) }
        @if !left.is_empty() {
            p { (call.t("Các tin sau thuộc tài khoản cũ. Sau khi đổi, ứng viên của chúng không về đây nữa cho đến khi bạn kết nối lại tài khoản cũ:", "These postings belong to the old account. After the change their applicants no longer arrive, until you connect the old account again:")) }
            (mentions(call, &left))
        }
        form method="post" action=(path) data-slow=(call.t("Đang kiểm tra với mạng tuyển dụng…", "Checking with the job board…")) {
            (parts::csrf(&call.csrf))
            input type="hidden" name="entered" value=(entered);
            div.actions {
                button.danger { (call.t("Chuyển sang tài khoản khác", "Change to the other account")) }
                a.button href="/connections" { (call.t("Không, giữ tài khoản cũ", "No, keep the old one")) }
            }
        }
    };
    Ok(Page::new(Section::Connections, heading, body).with_status(StatusCode::CONFLICT))
}

fn is_ours(posting: &Posting) -> bool {
    use crate::domain::posting::PostingState as S;
    !matches!(posting.state, S::Unlinked | S::OtherAccount)
}

/// Postings named in passing.
pub fn mentions(call: &Call, postings: &[&Posting]) -> Markup {
    html! {
        ul.mentions {
            @for posting in postings {
                li {
                    a href={ "/postings/" (posting.request_id) } { (parts::said(&posting.facts.title)) }
                    " " (parts::state(call.lang, posting.state))
                }
            }
        }
    }
}

/// `POST /connections/{id}/credentials`
pub async fn save(call: Call) -> Result<Answer, AppError> {
    let view = administered(&call).await?;
    let id = view.connection.id;
    let page_of_connection = format!("/connections/{}/credentials", id.0);
    let (given, accept) = match call.given("entered") {
        Some(sealed) => match call.platform.open_entered(&call.user, id, sealed) {
            Some(entered) => (entered, true),
            None => return Ok(Answer::Go(format!("{page_of_connection}?done=too-late"))),
        },
        None => (values(&call.form, Blank::LeftOut), false),
    };
    let answer = call
        .platform
        .configure(&call.user, id, given.clone(), accept)
        .await;
    match answer {
        Ok(_) => Ok(Answer::Go(format!("{page_of_connection}?done=configured"))),
        Err(error @ (AppError::Board { .. } | AppError::Input(_))) => {
            let trouble = Trouble::of(call.lang, error);
            let page = if trouble.code == OTHER_ACCOUNT {
                confirmation(&call, &view, given).await?
            } else {
                page(&call, &view, Some(&given), Some(&trouble)).await?
            };
            Ok(page.into())
        }
        Err(error) => Err(error),
    }
}
