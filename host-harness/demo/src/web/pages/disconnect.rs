//! Ngắt kết nối: first what it means, by name, then the deed.

use maud::html;

use super::credentials::mentions;
use crate::application::AppError;
use crate::domain::id::ConnectionId;
use crate::domain::posting::{Posting, PostingState};
use crate::web::door::{Answer, Call};
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// `GET /connections/{id}/disconnect`
pub async fn ask(call: Call) -> Result<Answer, AppError> {
    if !call.user.role.administers() {
        return Err(AppError::Forbidden(None));
    }
    let id = ConnectionId(call.id("id")?);
    call.platform.connection_view(&call.user, id).await?;
    let postings = call.platform.all_postings(&call.user).await?;
    let visible: Vec<&Posting> = postings
        .iter()
        .filter(|posting| {
            let seen = matches!(
                posting.state,
                PostingState::Live | PostingState::PendingReview
            );
            posting.connection == id && seen
        })
        .collect();
    let board = &call.platform.manifest().board_name;
    let heading = format!("{} {board}?", call.t("Ngắt kết nối", "Disconnect"));
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Mạng tuyển dụng", "Job boards"), "/connections".to_owned())]))
        h1 { (heading) }
        p { (call.t("Mã truy cập sẽ bị xóa ở đây, và mạng tuyển dụng được báo. Tin và ứng viên đã có ở lại. Khi kết nối lại cùng tài khoản, các liên kết trở lại.", "The access code is erased here, and the job board is told. Postings and candidates stay. When the same account is connected again, the links come back.")) }
        @if visible.is_empty() {
            p { (call.t("Không có tin nào đang hiển thị hoặc chờ duyệt.", "No posting is live or waiting for its review.")) }
        } @else {
            div.banner.is-wait {
                p { strong { (call.t("Ứng viên của các tin sau sẽ không về đây nữa:", "Applicants of these postings no longer arrive:")) } }
                (mentions(&call, &visible))
                p { (call.t("Tin vẫn hiển thị trên mạng tuyển dụng. Nếu không muốn nhận thêm hồ sơ, hãy dừng tin trước.", "They stay visible at the job board. Close them first if you want no more applications.")) }
            }
        }
        form method="post" action={ "/connections/" (id.0) "/disconnect" } data-slow=(call.t("Đang ngắt kết nối…", "Disconnecting…")) {
            (parts::csrf(&call.csrf))
            div.actions {
                button.danger { (call.t("Ngắt kết nối", "Disconnect")) }
                a.button href="/connections" { (call.t("Không", "No")) }
            }
        }
    };
    Ok(Page::new(Section::Connections, heading, body).into())
}

/// `POST /connections/{id}/disconnect`
pub async fn submit(call: Call) -> Result<Answer, AppError> {
    let id = ConnectionId(call.id("id")?);
    let status = call.platform.disconnect(&call.user, id).await?;
    let done = if status.board_told == Some(false) {
        "disconnected-alone"
    } else {
        "disconnected"
    };
    Ok(Answer::Go(format!("/connections?done={done}")))
}
