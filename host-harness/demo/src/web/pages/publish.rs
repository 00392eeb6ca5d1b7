//! Tạo nguồn > Mạng tuyển dụng > Đăng tin mới.

use axum::http::StatusCode;
use job_board_host::contract::forms::Form;
use job_board_host::contract::types::Disposition;
use maud::{Markup, html};

use super::carry_over::{Carried, carry_over};
use super::posting::path;
use super::posting_form::{self, Attempt};
use super::standing::Standings;
use super::which_connection;
use crate::application::publish::Order;
use crate::application::{AppError, token};
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::job::Job;
use crate::domain::ordered::Ordered;
use crate::domain::posting::{Posting, PostingState};
use crate::domain::value::Values;
use crate::http::views::app_problem;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::input::read::{Blank, values};
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

/// The conflicts that the contract's `allow-second` lifts: a person has seen what stands there and wants another one.
const LIFTED: [&str; 2] = [ALREADY_POSTED, "similar-at-board"];

/// The job has a posting here that is not over.
const ALREADY_POSTED: &str = "already-posted";

/// Where the job is to be posted.
struct Place {
    job: Job,
    connection: ConnectionId,
    /// The posting that is posted anew, if one is.
    repost: Option<Posting>,
    standings: Standings,
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
    let repost = match call.either("repost") {
        Some(id) => Some(call.platform.posting(&call.user, id, false).await?),
        None => None,
    };
    Ok(Place {
        // Another job's content does not become this one's.
        repost: repost.filter(|posting| posting.job == job.id && posting.connection == connection),
        standings: Standings::look(call).await?,
        job,
        connection,
        request,
    })
}

fn heading(call: &Call, place: &Place) -> String {
    let board = &call.platform.manifest().board_name;
    let start = if place.repost.is_some() {
        call.t(
            "Đăng lại thành tin mới tại",
            "Post again as a new posting at",
        )
    } else {
        call.t(
            "Đăng tin mới tại mạng tuyển dụng",
            "Publish a new posting at",
        )
    };
    format!("{start} {board}")
}

fn page(
    call: &Call,
    place: &Place,
    prepared: &Prepared,
    attempt: Option<&Attempt>,
    trouble: Option<&Trouble>,
    present: &[Posting],
) -> Page {
    let Place {
        job,
        connection,
        request,
        repost,
        standings,
    } = place;
    let form = &prepared.form;
    let heading = heading(call, place);
    let base = format!("/jobs/{}", job.id.0);
    let second = trouble.is_some_and(|trouble| LIFTED.contains(&trouble.code.as_str()));
    let buttons = html! {
        @if second {
            // The first one is what the Enter key presses: it must not be the one that pays for a second posting.
            button { (call.t("Thử lại với nội dung đã sửa", "Try again with what I changed")) }
            button name="second" value="1" { (call.t("Vẫn đăng thêm một tin nữa", "Publish a second posting all the same")) }
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
        @match repost {
            Some(last) => { (reposting(call, last, prepared)) },
            None => { p.lead {
            (call.t("Những gì tin tuyển dụng đã có được điền sẵn; mỗi mục ghi rõ lấy từ đâu. Bạn chỉ cần bổ sung phần còn thiếu.", "What the job says is filled in already, and each field says where it came from. Only what is missing is left to you."))
            } },
        }
        @if let Some(trouble) = trouble { (posting_form::trouble(call, form, trouble)) }
        @match trouble {
            Some(trouble) => { (standing(call, place, trouble, present)) },
            None => { (standings.before_sending(call, *connection)) },
        }
        (posting_form::notices(call, form))
        form method="post" action={ (base) "/publish" } data-slow=(call.t("Đang gửi tin…", "Sending…")) {
            (parts::csrf(&call.csrf))
            input type="hidden" name="connection" value=(connection.0);
            input type="hidden" name="request" value=(request);
            @if let Some(last) = repost { input type="hidden" name="repost" value=(last.request_id); }
            (posting_form::fields(call, form, attempt, &buttons))
        }
    };
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    Page::new(Section::Jobs, heading, body).with_status(status)
}

/// What is posted again, and what its posting said otherwise than the job does.
fn reposting(call: &Call, last: &Posting, prepared: &Prepared) -> Markup {
    let lang = call.lang;
    html! {
        p.lead {
            (call.t("Đây là tin mới, được duyệt lại và tính phí như một lần đăng mới. Tin trước: ", "This is a new posting: it is reviewed again, and costs what publishing costs. The last one: "))
            a href=(path(last)) { (parts::said(&last.facts.title)) }
            " " (parts::state(lang, last.state)) "."
        }
        @match &prepared.carried {
            None => {
                div.banner.is-wait role="status" { p { (call.t("Không đọc được nội dung tin trước trên mạng tuyển dụng: biểu mẫu lấy từ tin tuyển dụng.", "What the last posting said cannot be read at the job board: the form is filled in from the job.")) } }
            },
            Some(carried) if !carried.is_empty() => {
                details.notes open {
                    summary { (call.t("Điền sẵn như tin trước, khác với tin tuyển dụng", "Filled in as in the last posting, unlike the job")) " (" (carried.len()) ")" }
                    table.differences {
                        thead { tr {
                            th scope="col" { (call.t("Mục", "Field")) }
                            th scope="col" { (call.t("Tin tuyển dụng", "The job")) }
                            th scope="col" { (call.t("Tin trước (đã điền)", "The last posting (filled in)")) }
                        } }
                        tbody {
                            @for it in carried {
                                @if let Some(field) = prepared.form.fields.iter().find(|field| field.id == it.id) {
                                    tr {
                                        th scope="row" { a href=(posting_form::to_field(&it.id)) { (lang.said(&field.label)) } }
                                        td.was data-label=(call.t("Tin tuyển dụng", "The job")) { (posting_form::reading(lang, field, it.of_job.as_ref())) }
                                        td.will data-label=(call.t("Tin trước", "The last posting")) { (posting_form::reading(lang, field, Some(&it.of_posting))) }
                                    }
                                }
                            }
                        }
                    }
                }
            },
            Some(_) => {},
        }
    }
}

/// What stands at the board already, each to be linked with one click instead of being paid for again; and what the job has here.
fn standing(call: &Call, place: &Place, trouble: &Trouble, present: &[Posting]) -> Markup {
    let link = format!("/jobs/{}/link", place.job.id.0);
    let connection = place.connection.0.to_string();
    html! {
        @if !present.is_empty() {
            section.panel.attention aria-labelledby="present" {
                h2 #present { (call.t("Tin đã đăng của tin tuyển dụng này", "This job's postings")) }
                ul.rows {
                    @for posting in present {
                        li.line {
                            div.grow {
                                p { a.strong href=(path(posting)) { (parts::said(posting_name(place, posting))) } " " (parts::state(call.lang, posting.state)) }
                                @if let Some(id) = &posting.board_posting { ul.facts { li { (call.t("Mã ", "Id ")) (parts::said(id)) } } }
                            }
                            a.button.primary href=(path(posting)) { (call.t("Xem tin này", "Look at it")) }
                        }
                    }
                }
            }
        }
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
                            (parts::button(&call.csrf, &link, call.t("Liên kết tin này", "Link this one"), "primary", &[("connection", &connection), ("board_posting", &candidate.id)]))
                        }
                    }
                }
            }
        }
    }
}

fn posting_name<'a>(place: &'a Place, posting: &'a Posting) -> &'a str {
    if posting.facts.title.is_empty() {
        &place.job.title
    } else {
        &posting.facts.title
    }
}

/// `GET /jobs/{id}/publish`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let place = place(&call).await?;
    let prepared = match prepare(&call, &place).await {
        Err(AppError::Board { .. }) if !place.standings.of(place.connection).works() => {
            let trail = [
                (
                    call.t("Tin tuyển dụng", "Jobs").to_owned(),
                    "/jobs".to_owned(),
                ),
                (place.job.title.clone(), format!("/jobs/{}", place.job.id.0)),
            ];
            let heading = heading(&call, &place);
            let page = place.standings.instead_of_form(
                &call,
                Section::Jobs,
                &heading,
                &trail,
                place.connection,
            );
            return Ok(page.into());
        }
        prepared => prepared?,
    };
    let attempt = prepared.attempt();
    Ok(page(&call, &place, &prepared, attempt.as_ref(), None, &[]).into())
}

/// The form, and what an earlier posting brought into it.
struct Prepared {
    form: Form,
    /// Absent: nothing is posted again, or what was posted cannot be read.
    carried: Option<Vec<Carried>>,
}

impl Prepared {
    fn earlier(&self) -> Values {
        let carried = self.carried.iter().flatten();
        carried
            .map(|it| (it.id.clone(), it.of_posting.clone()))
            .collect()
    }

    /// As if what was carried over had been typed: the form shows it, and where it came from.
    fn attempt(&self) -> Option<Attempt> {
        let earlier = self.earlier();
        if earlier.is_empty() {
            return None;
        }
        let of_job = self.form.problems.iter();
        let problems = of_job
            .filter(|problem| !earlier.contains_key(&problem.field))
            .cloned()
            .map(app_problem)
            .collect();
        Some(Attempt {
            given: earlier.clone(),
            complete: false,
            problems,
            earlier,
        })
    }
}

async fn prepare(call: &Call, place: &Place) -> Result<Prepared, AppError> {
    let (user, job, connection) = (&call.user, place.job.id, place.connection);
    let form = call.platform.form(user, job, connection, None).await?;
    let carried = match &place.repost {
        Some(last) => {
            let id = Some(last.request_id.clone());
            let before = call.platform.form(user, job, connection, id).await;
            let today = format::day_of(call.platform.now());
            before.ok().map(|before| carry_over(&form, &before, &today))
        }
        None => None,
    };
    Ok(Prepared { form, carried })
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
        repost: None,
        standings: Standings::look(&call).await?,
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
    let prepared = prepare(call, place).await?;
    let attempt = Attempt {
        given,
        complete: true,
        problems: trouble.problems.clone(),
        earlier: prepared.earlier(),
    };
    let present = if trouble.code == ALREADY_POSTED {
        call.platform.postings_of(&call.user, place.job.id).await?
    } else {
        Vec::new()
    };
    let in_the_way: Vec<Posting> = present
        .into_iter()
        .filter(|it| it.stands_in_the_way())
        .collect();
    Ok(page(
        call,
        place,
        &prepared,
        Some(&attempt),
        Some(&trouble),
        &in_the_way,
    )
    .into())
}
