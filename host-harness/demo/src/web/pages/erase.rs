//! Erasing a candidate, on the person's word or for a mistake, and the record of it, which names nobody.

use maud::{Markup, html};

use super::job::display_name;
use crate::application::{AppError, Problem};
use crate::domain::erasure::Reason;
use crate::domain::id::CandidateId;
use crate::store::erasures::Erasure;
use crate::web::door::{Answer, Call};
use crate::web::lang::Lang;
use crate::web::layout::{Page, Section};
use crate::web::parts;

fn administers(call: &Call) -> Result<(), AppError> {
    if call.user.role.administers() {
        Ok(())
    } else {
        Err(AppError::Forbidden(None))
    }
}

fn reason(lang: Lang, code: &str) -> &str {
    match code {
        "request" => lang.t("Ứng viên yêu cầu", "The person asked for it"),
        "consent-withdrawn" => lang.t(
            "Ứng viên rút lại sự đồng ý",
            "The person took the consent back",
        ),
        "mistake" => lang.t(
            "Nhập nhầm, thử nghiệm hoặc giả mạo",
            "A mistake, a test or a forgery",
        ),
        "retention" => lang.t("Hết thời hạn lưu giữ", "Kept for long enough"),
        "restored" => lang.t(
            "Đã xóa trước khi khôi phục bản sao lưu",
            "Erased before a backup was restored",
        ),
        other => other,
    }
}

/// `GET /candidates/{id}/erase`
pub async fn ask(call: Call) -> Result<Answer, AppError> {
    administers(&call)?;
    let id = CandidateId(call.id("id")?);
    let profile = call.platform.candidate(&call.user, id).await?;
    let name = display_name(&call, profile.candidate.contact.full_name.as_ref());
    let here = format!("/candidates/{}", id.0);
    let heading = call.t("Xóa dữ liệu của ứng viên?", "Erase this candidate's data?");
    let body = html! {
        (parts::crumbs(call.lang, &[(&name, here.clone())]))
        h1 { (heading) }
        p { strong { (parts::said(&name)) } }
        p { (call.t("Mọi thứ hệ thống lưu về người này sẽ bị xóa hẳn: liên hệ, hồ sơ, CV, thông báo, dữ liệu đang chờ. Không thể khôi phục. Bản tại mạng tuyển dụng phải xóa ở đó.", "Everything that is kept of this person goes for good: contact, applications, CVs, notifications, deliveries that wait. It cannot be undone. What the job board keeps has to be erased there.")) }
        @if !profile.alike.is_empty() {
            div.banner.is-wait {
                p { (call.t("Những hồ sơ sau có cùng liên hệ và không bị xóa theo:", "These have the same contact, and are not erased with it:")) }
                ul.mentions { @for other in &profile.alike { li { a href={ "/candidates/" (other.id.0) } { (parts::said(&display_name(&call, other.contact.full_name.as_ref()))) } } } }
            }
        }
        form.stack.narrow method="post" action={ (here) "/erase" } data-slow=(call.t("Đang xóa…", "Erasing…")) {
            (parts::csrf(&call.csrf))
            div.field {
                label for="reason" { (call.t("Lý do", "Reason")) }
                select #reason name="reason" required {
                    option value="" { (call.t("— Chọn —", "— Choose —")) }
                    @for code in Reason::CODES { option value=(code) { (reason(call.lang, code)) } }
                }
            }
            div.actions {
                button.danger { (call.t("Xóa hẳn", "Erase for good")) }
                a.button href=(here) { (call.t("Không", "No")) }
            }
        }
    };
    Ok(Page::new(Section::Jobs, heading, body).into())
}

/// `POST /candidates/{id}/erase`
pub async fn submit(call: Call) -> Result<Answer, AppError> {
    let id = CandidateId(call.id("id")?);
    let reason = call.given("reason").and_then(Reason::from_code);
    let reason = reason.ok_or_else(|| {
        AppError::Input(vec![Problem::new(
            "reason",
            "required",
            "Hãy chọn lý do.",
            "Choose a reason.",
        )])
    })?;
    call.platform.forget(&call.user, id, reason).await?;
    Ok(Answer::Go("/erasures?done=erased".to_owned()))
}

/// `GET /erasures`
pub async fn list(call: Call) -> Result<Answer, AppError> {
    let found = call.platform.erasures(&call.user, call.rows()).await?;
    let people = call.platform.colleagues(&call.user).await?;
    let title = call.t("Biên bản xóa dữ liệu", "Record of erasures");
    let body = html! {
        h1 { (title) }
        p.lead { (call.t("Mỗi lần xóa để lại một biên bản không nêu tên ai.", "Each erasure leaves a record that names nobody.")) }
        @if found.is_empty() {
            (parts::empty(call.t("Chưa xóa ai", "Nobody was erased yet"), call.t("Mở một ứng viên rồi chọn Xóa dữ liệu.", "Open a candidate and choose to erase the data."), None))
        }
        ul.rows.joined {
            @for erasure in &found {
                @let who = erasure.user.and_then(|id| people.iter().find(|user| user.id == id));
                (row(&call, erasure, who.map(|user| user.name.as_str())))
            }
        }
        (parts::older(call.lang, "/erasures", found.last().map(|erasure| erasure.id.0), found.len()))
    };
    Ok(Page::new(Section::Other, title, body).into())
}

fn row(call: &Call, erasure: &Erasure, who: Option<&str>) -> Markup {
    let erased = &erasure.erased;
    let counts = [
        (erased.applications, call.t("hồ sơ", "applications")),
        (erased.files, call.t("tệp", "files")),
        (erased.notices, call.t("thông báo", "notifications")),
        (erased.deliveries, call.t("dữ liệu nhận về", "deliveries")),
    ];
    html! {
        li.line {
            div.grow {
                p { strong { (call.t("Ứng viên số ", "Candidate no. ")) (erasure.candidate.0) } " · " (reason(call.lang, &erasure.reason)) }
                p.meta {
                    (parts::moment(erasure.at))
                    @if let Some(who) = who { " · " (who) }
                    @for (count, what) in counts { @if count > 0 { " · " (count) " " (what) } }
                    @if !erasure.told { " · " (call.t("đang báo cho plugin", "plugins are being told")) }
                }
                @for note in erasure.receipts.iter().flat_map(|receipt| &receipt.notes) { p.help { (call.lang.of(note)) } }
            }
        }
    }
}
