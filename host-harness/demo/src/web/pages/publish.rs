//! Tạo nguồn > Mạng tuyển dụng > Đăng tin mới.

use axum::http::StatusCode;
use job_board_host::contract::forms::Form;
use job_board_host::contract::types::Disposition;
use maud::{Markup, html};

use super::posting_form::{self, Attempt};
use super::which_connection;
use crate::application::publish::Order;
use crate::application::{AppError, token};
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::job::Job;
use crate::domain::ordered::Ordered;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::value::Values;
use crate::web::door::{Answer, Call};
use crate::web::input::read::{Blank, values};
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

/// The conflicts that the contract's `allow-second` lifts: a person has seen what stands there and wants another one.
const LIFTED: [&str; 2] = ["already-posted", "similar-at-board"];

/// Where the job is to be posted.
struct Place {
    job: Job,
    connection: ConnectionId,
    /// Made when the form is shown for the first time: a double click or a reload asks for the same posting again.
    request: String,
}

async fn place(call: &Call) -> Result<Place, AppError> {
    let job = call.platform.job(&call.user, JobId(call.id("id")?)).await?;
    let connection = which_connection::named_or_only(call).await?;
    let request = match call.either("request") {
        Some(given) => given.to_owned(),
        None => token::request_id()?,
    };
    Ok(Place {
        job,
        connection,
        request,
    })
}

fn page(
    call: &Call,
    place: &Place,
    form: &Form,
    attempt: Option<&Attempt>,
    trouble: Option<&Trouble>,
) -> Page {
    let Place {
        job,
        connection,
        request,
    } = place;
    let board = &call.platform.manifest().board_name;
    let heading = format!(
        "{} {board}",
        call.t(
            "Đăng tin mới tại mạng tuyển dụng",
            "Publish a new posting at"
        )
    );
    let base = format!("/jobs/{}", job.id.0);
    let second = trouble.is_some_and(|trouble| LIFTED.contains(&trouble.code.as_str()));
    let buttons = html! {
        @if second {
            button.primary name="second" value="1" { (call.t("Vẫn đăng thêm một tin nữa", "Publish a second posting all the same")) }
        } @else {
            button.primary { (call.t("Đăng tin", "Publish")) }
        }
        a.button href=(base) { (call.t("Hủy", "Cancel")) }
    };
    let body = html! {
        (parts::crumbs(call.lang, &[
            (call.t("Tin tuyển dụng", "Jobs"), "/jobs".to_owned()),
            (&job.title, base.clone()),
        ]))
        h1 { (heading) }
        p.lead {
            (call.t("Những gì tin tuyển dụng đã có được điền sẵn; mỗi mục ghi rõ lấy từ đâu. Bạn chỉ cần bổ sung phần còn thiếu.", "What the job says is filled in already, and each field says where it came from. Only what is missing is left to you."))
        }
        @if let Some(trouble) = trouble { (posting_form::trouble(call, form, trouble)) }
        @if let Some(trouble) = trouble { (standing(call, place, trouble)) }
        (posting_form::notices(call, form))
        form method="post" action={ (base) "/publish" } data-slow=(call.t("Đang gửi tin…", "Sending…")) {
            (parts::csrf(&call.csrf))
            input type="hidden" name="connection" value=(connection.0);
            input type="hidden" name="request" value=(request);
            (posting_form::fields(call, form, attempt, &buttons))
        }
    };
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    Page::new(Section::Jobs, heading, body).with_status(status)
}

/// What stands at the board already, each to be linked with one click instead of being paid for again.
fn standing(call: &Call, place: &Place, trouble: &Trouble) -> Markup {
    let link = format!("/jobs/{}/link", place.job.id.0);
    let connection = place.connection.0.to_string();
    html! {
        @if !trouble.candidates.is_empty() {
            section.panel.attention aria-labelledby="standing" {
                h2 #standing { (call.t("Đang có trên mạng tuyển dụng", "At the job board already")) }
                ul.rows {
                    @for candidate in &trouble.candidates {
                        li.line {
                            div.grow {
                                p { strong { (parts::said(&candidate.title)) } }
                                ul.facts {
                                    li { (call.t("Mã ", "Id ")) (parts::said(&candidate.id)) }
                                    @if let Some(url) = &candidate.url { li { (parts::link_out(call.lang, url, call.t("Xem tin", "Look at it"))) } }
                                }
                            }
                            (parts::button(&call.csrf, &link, call.t("Liên kết tin này", "Link this one"), "", &[("connection", &connection), ("board_posting", &candidate.id)]))
                        }
                    }
                }
            }
        }
    }
}

/// `GET /jobs/{id}/publish`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let place = place(&call).await?;
    let form = form(&call, &place).await?;
    Ok(page(&call, &place, &form, None, None).into())
}

async fn form(call: &Call, place: &Place) -> Result<Form, AppError> {
    call.platform
        .form(&call.user, place.job.id, place.connection, None)
        .await
}

/// `POST /jobs/{id}/publish`
pub async fn submit(call: Call) -> Result<Answer, AppError> {
    let place = place(&call).await?;
    let given = values(&call.form, Blank::LeftOut);
    let order = Order {
        connection: place.connection,
        request_id: Some(place.request.clone()),
        values: given.clone(),
        allow_second: call.given("second").is_some(),
    };
    match call.platform.publish(&call.user, place.job.id, order).await {
        Ok(posting) => Ok(published(&posting)),
        Err(error) => refused(&call, &place, given, error).await,
    }
}

/// `POST /postings/{id}/finish`: what was cut off is asked for again, with what was entered at first.
pub async fn finish(call: Call) -> Result<Answer, AppError> {
    let known = call
        .platform
        .posting(&call.user, call.word("id")?, false)
        .await?;
    let ordered = call.platform.ordered(&call.user, &known).await?;
    let error = match call
        .platform
        .repeat_order(&call.user, &known.request_id)
        .await
    {
        Ok(Some(posting)) => return Ok(published(&posting)),
        Ok(None) => {
            return Ok(Answer::Go(format!(
                "/jobs/{}/publish?connection={}&request={}",
                known.job.0, known.connection.0, known.request_id
            )));
        }
        Err(error) => error,
    };
    let Some(Ordered::Publish { values, .. }) = ordered else {
        return Err(error);
    };
    let place = Place {
        job: call.platform.job(&call.user, known.job).await?,
        connection: known.connection,
        request: known.request_id,
    };
    refused(&call, &place, values, error).await
}

/// To the posting's page. It says itself what it is, so that nothing is called done that is in doubt.
fn published(posting: &Posting) -> Answer {
    let done = match posting.state {
        PostingState::Unknown | PostingState::Submitting => "",
        _ => "?done=published",
    };
    Answer::Go(format!("/postings/{}{done}", posting.request_id))
}

/// The form again, with what was entered and what is wrong with it, unless the posting's own page says more.
async fn refused(
    call: &Call,
    place: &Place,
    given: Values,
    error: AppError,
) -> Result<Answer, AppError> {
    // What came of it is not known, or is known already: the posting's own page says, and never this form again.
    let settled_elsewhere = match &error {
        AppError::Stopped { .. } => Some("waiting"),
        AppError::Board { failure, .. } => match failure.disposition {
            Disposition::InProgress | Disposition::OutcomeUnknown => Some("waiting"),
            _ if failure.code == "request-id-reused" => Some("reused"),
            _ => None,
        },
        AppError::RequestIdReused => Some("reused"),
        _ => None,
    };
    if let Some(done) = settled_elsewhere {
        return Ok(Answer::Go(format!(
            "/postings/{}?done={done}",
            place.request
        )));
    }
    if !matches!(error, AppError::Board { .. }) {
        return Err(error);
    }
    let trouble = Trouble::of(call.lang, error);
    let form = form(call, place).await?;
    let attempt = Attempt {
        given,
        complete: true,
        problems: trouble.problems.clone(),
    };
    Ok(page(call, place, &form, Some(&attempt), Some(&trouble)).into())
}
