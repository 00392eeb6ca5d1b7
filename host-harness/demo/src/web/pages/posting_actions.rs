//! What is done to a posting: asking again, closing, reopening, unlinking, answering what became of it.

use axum::http::StatusCode;
use maud::html;

use super::posting::{path, title};
use crate::application::{AppError, Problem, token};
use crate::domain::posting::{Posting, PostingState};
use crate::domain::value::FieldValue;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::input::Input;
use crate::web::input::read::{Blank, values};
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

async fn known(call: &Call) -> Result<Posting, AppError> {
    call.platform
        .posting(&call.user, call.word("id")?, false)
        .await
}

fn back(posting: &Posting, done: &str) -> Answer {
    Answer::Go(format!("{}?done={done}", path(posting)))
}

/// `POST /postings/{id}/refresh`
pub async fn refresh(call: Call) -> Result<Answer, AppError> {
    let posting = call
        .platform
        .posting(&call.user, call.word("id")?, true)
        .await?;
    Ok(back(&posting, "refreshed"))
}

/// `POST /postings/{id}/resolve`
pub async fn resolve(call: Call) -> Result<Answer, AppError> {
    let adopt = call.given("adopt").map(str::to_owned);
    if adopt.is_none() && call.given("not_created").is_none() {
        return Err(AppError::Input(vec![Problem::new(
            "adopt",
            "required",
            "Hãy nhập mã tin.",
            "Enter the posting's id.",
        )]));
    }
    let posting = call
        .platform
        .resolve(&call.user, call.word("id")?, adopt)
        .await?;
    // Without the posting itself there is no page of it to go back to.
    Ok(if posting.state != PostingState::Unlinked {
        back(&posting, "resolved")
    } else {
        Answer::Go(format!("/jobs/{}/postings?done=not-created", posting.job.0))
    })
}

/// A page that asks before it is done.
async fn confirm(
    call: &Call,
    posting: &Posting,
    heading: &str,
    text: &str,
    action: &str,
    button: &str,
) -> Result<Page, AppError> {
    let name = title(call, posting).await?;
    let path = path(posting);
    let body = html! {
        (parts::crumbs(call.lang, &[(&name, path.clone())]))
        h1 { (heading) }
        p { strong { (parts::said(&name)) } " " (parts::state(call.lang, posting.state)) }
        p { (text) }
        form method="post" action={ (path) (action) } data-slow=(call.t("Đang gửi…", "Sending…")) {
            (parts::csrf(&call.csrf))
            div.actions {
                button.danger { (button) }
                a.button href=(path) { (call.t("Không", "No")) }
            }
        }
    };
    Ok(Page::new(Section::Postings, heading, body))
}

/// `GET /postings/{id}/close`
pub async fn ask_close(call: Call) -> Result<Answer, AppError> {
    let posting = known(&call).await?;
    let page = confirm(
        &call,
        &posting,
        call.t("Dừng tin này?", "Close this posting?"),
        call.t("Ứng viên sẽ không còn thấy tin. Ứng viên đã nộp hồ sơ vẫn ở đây. Mở lại về sau có thể tốn phí.", "Candidates no longer see it. Those who applied stay here. Reopening it later may cost money."),
        "/close",
        call.t("Dừng tin", "Close"),
    );
    Ok(page.await?.into())
}

/// `POST /postings/{id}/close`
pub async fn close(call: Call) -> Result<Answer, AppError> {
    let posting = call.platform.close(&call.user, call.word("id")?).await?;
    Ok(back(&posting, "closed"))
}

/// `GET /postings/{id}/unlink`
pub async fn ask_unlink(call: Call) -> Result<Answer, AppError> {
    let posting = known(&call).await?;
    let text = if posting.state == PostingState::Live {
        call.t("Tin vẫn hiển thị trên mạng tuyển dụng, nhưng ứng viên mới của tin sẽ không về tin tuyển dụng này nữa. Ứng viên đã có ở lại. Bạn có thể liên kết lại bất cứ lúc nào.", "It stays visible at the job board, but its new applicants no longer come to this job. Those who are here stay. It can be linked again at any time.")
    } else {
        call.t("Trên mạng tuyển dụng tin giữ nguyên như hiện nay. Những gì xảy ra với tin từ nay sẽ không về tin tuyển dụng này nữa. Ứng viên đã có ở lại. Bạn có thể liên kết lại bất cứ lúc nào.", "At the job board it stays as it is now. What happens to it from now on no longer comes to this job. Candidates who are here stay. It can be linked again at any time.")
    };
    let page = confirm(
        &call,
        &posting,
        call.t("Bỏ liên kết tin này?", "Unlink this posting?"),
        text,
        "/unlink",
        call.t("Bỏ liên kết", "Unlink"),
    );
    Ok(page.await?.into())
}

/// `POST /postings/{id}/unlink`
pub async fn unlink(call: Call) -> Result<Answer, AppError> {
    let posting = call.platform.unlink(&call.user, call.word("id")?).await?;
    Ok(back(&posting, "unlinked"))
}

const NEW_DEADLINE: &str = "new-deadline";

/// `GET /postings/{id}/reopen`
pub async fn ask_reopen(call: Call) -> Result<Answer, AppError> {
    let posting = known(&call).await?;
    let request = token::request_id()?;
    Ok(reopen_page(&call, &posting, &request, None, None)
        .await?
        .into())
}

async fn reopen_page(
    call: &Call,
    posting: &Posting,
    request: &str,
    typed: Option<FieldValue>,
    trouble: Option<&Trouble>,
) -> Result<Page, AppError> {
    let name = title(call, posting).await?;
    let path = path(posting);
    let heading = call.t("Mở lại tin", "Reopen the posting");
    let today = format::day_of(call.platform.now());
    let over = posting
        .facts
        .deadline
        .as_deref()
        .and_then(|day| format::days_left(day, call.platform.now()))
        .is_some_and(|left| left < 0);
    let mut problems: Vec<Problem> = trouble
        .map(|trouble| trouble.problems.clone())
        .unwrap_or_default();
    // Whatever a board calls it, there is one thing to enter here.
    for problem in &mut problems {
        problem.field = NEW_DEADLINE.to_owned();
    }
    let input = Input {
        id: NEW_DEADLINE,
        label: call.t("Hạn nộp hồ sơ mới", "New deadline"),
        help: if over {
            call.t(
                "Hạn cũ đã qua, cần một ngày mới.",
                "The old day is over: a new one is needed.",
            )
        } else {
            call.t(
                "Để trống nếu giữ hạn cũ.",
                "Leave it empty to keep the old one.",
            )
        },
        kind: "day",
        required: over,
        value: typed,
        origin: None,
        choices: &[],
        questions: &[],
        limits: None,
        problems: Vec::new(),
        placeholder: None,
    };
    let body = html! {
        (parts::crumbs(call.lang, &[(&name, path.clone())]))
        h1 { (heading) }
        @if let Some(trouble) = trouble { (trouble.banner(call.lang, |_| None)) }
        p { strong { (parts::said(&name)) } " " (parts::state(call.lang, posting.state)) }
        @if let Some(day) = &posting.facts.deadline { p { (call.t("Hạn hiện tại: ", "Present deadline: ")) (format::day(day)) } }
        p { (call.t("Mở lại có thể tốn phí như đăng tin mới, tùy gói dịch vụ của bạn. Bấm hai lần cũng chỉ tính một lần.", "Reopening may cost what publishing costs, by your contract. A double click counts once.")) }
        form.stack method="post" action={ (path) "/reopen" } data-slow=(call.t("Đang gửi…", "Sending…")) {
            (parts::csrf(&call.csrf))
            input type="hidden" name="request" value=(request);
            p.quiet { (call.t("Hôm nay: ", "Today: ")) (format::day(&today)) }
            (input.with_problems(call.lang, &problems).show(call.lang))
            div.actions {
                button.primary { (call.t("Mở lại", "Reopen")) }
                a.button href=(path) { (call.t("Hủy", "Cancel")) }
            }
        }
    };
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    Ok(Page::new(Section::Postings, heading, body).with_status(status))
}

/// `POST /postings/{id}/reopen`
pub async fn reopen(call: Call) -> Result<Answer, AppError> {
    let typed = values(&call.form, Blank::LeftOut).remove(NEW_DEADLINE);
    let day = match &typed {
        Some(FieldValue::Text(day)) => Some(day.clone()),
        _ => None,
    };
    let request = match call.given("request") {
        Some(request) => request.to_owned(),
        None => token::request_id()?,
    };
    let reopened = call
        .platform
        .reopen(&call.user, call.word("id")?, Some(request.clone()), day)
        .await;
    match reopened {
        Ok(posting) => Ok(back(&posting, "reopened")),
        Err(error @ AppError::Board { .. }) => {
            let posting = known(&call).await?;
            let trouble = Trouble::of(call.lang, error);
            Ok(
                reopen_page(&call, &posting, &request, typed, Some(&trouble))
                    .await?
                    .into(),
            )
        }
        Err(error) => Err(error),
    }
}
