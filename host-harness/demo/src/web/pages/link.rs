//! Thêm tin đã đăng: connecting a job with a posting that stands at the board already.

use job_board_host::contract::postings::BoardPosting;
use maud::{Markup, html};

use super::standing::Standings;
use super::which_connection;
use crate::application::{AppError, token};
use crate::board::convert;
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::job::Job;
use crate::web::collation;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

/// How many of the board's pages are searched for a word.
const SEARCHED_PAGES: usize = 20;

struct Found {
    postings: Vec<BoardPosting>,
    next: Option<String>,
}

/// One page of the board's list; with a word, what fits it on the first pages.
async fn find(call: &Call, connection: ConnectionId) -> Result<Found, AppError> {
    let wanted = call.asked("q").map(collation::folded);
    let mut cursor = call.asked("cursor").map(str::to_owned);
    let mut postings = Vec::new();
    for _ in 0..SEARCHED_PAGES {
        let page = call
            .platform
            .linkable(&call.user, connection, cursor)
            .await?;
        cursor = page.next;
        match &wanted {
            None => {
                postings = page.postings;
                break;
            }
            Some(word) => postings.extend(page.postings.into_iter().filter(|posting| {
                posting.id == *word || collation::folded(&posting.title).contains(word)
            })),
        }
        if cursor.is_none() {
            break;
        }
    }
    Ok(Found {
        postings,
        next: cursor,
    })
}

/// `GET /jobs/{id}/link`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let job = call.platform.job(&call.user, JobId(call.id("id")?)).await?;
    let connection = which_connection::named_or_only(&call).await?;
    Ok(page(&call, &job, connection, None).await?.into())
}

async fn page(
    call: &Call,
    job: &Job,
    connection: ConnectionId,
    trouble: Option<&Trouble>,
) -> Result<Page, AppError> {
    // The board's list may be out of reach while an address can still be pasted.
    let found = find(call, connection).await;
    let board = &call.platform.manifest().board_name;
    let base = format!("/jobs/{}", job.id.0);
    let here = format!("{base}/link?connection={}", connection.0);
    let request = token::request_id()?;
    let standings = Standings::look(call).await?;
    let heading = call.t("Thêm tin đã đăng", "Add an existing posting");
    let body = html! {
        (parts::crumbs(call.lang, &[
            (call.t("Tin tuyển dụng", "Jobs"), "/jobs".to_owned()),
            (&job.title, base.clone()),
        ]))
        h1 { (heading) }
        p.lead {
            (call.t("Liên kết một tin đã có trên ", "Connect a posting that is already at ")) (board)
            (call.t(" với tin tuyển dụng này. Ứng viên của tin đó sẽ về đây.", " with this job. Its applicants arrive here from now on."))
        }
        @match trouble {
            Some(trouble) => { (trouble.banner(call.lang, |_| None)) },
            None => { (standings.before_sending(call, connection)) },
        }
        form.panel.row method="post" action={ (base) "/link" } data-slow=(call.t("Đang liên kết…", "Linking…")) {
            (parts::csrf(&call.csrf))
            input type="hidden" name="connection" value=(connection.0);
            input type="hidden" name="request" value={ (request) "-0" };
            div.field.grow {
                label for="board_posting" { (call.t("Mã tin hoặc đường dẫn của tin", "The posting's id or address")) }
                input #board_posting name="board_posting" value=(call.either("board_posting").unwrap_or_default()) required autocomplete="off";
            }
            button.primary { (call.t("Liên kết", "Link")) }
        }
        h2 { (call.t("Hoặc chọn trong danh sách", "Or choose from the list")) }
        form.row role="search" method="get" action={ (base) "/link" } {
            input type="hidden" name="connection" value=(connection.0);
            div.field.grow {
                label for="q" { (call.t("Tìm theo tiêu đề hoặc mã tin", "Search by title or id")) }
                input #q type="search" name="q" value=(call.asked("q").unwrap_or_default());
            }
            button { (call.t("Tìm", "Search")) }
        }
        @match found {
            Ok(found) => {
                @if found.postings.is_empty() {
                    (parts::empty(
                        call.t("Không có tin nào", "There are no postings"),
                        call.t("Hãy thử từ khác, hoặc dán đường dẫn của tin ở trên.", "Try another word, or paste the posting's address above."),
                        None,
                    ))
                }
                ul.rows {
                    @for (index, posting) in found.postings.iter().enumerate() {
                        (row(call, &base, connection, &format!("{request}-{}", index + 1), posting))
                    }
                }
                @if let Some(next) = found.next.filter(|_| call.asked("q").is_none()) {
                    @let cursor: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                    p.older { a.button href={ (here) "&cursor=" (cursor) } { (call.t("Xem tiếp", "More")) } }
                }
            },
            // Said above already when the connection itself is to blame.
            Err(AppError::Board { .. }) if trouble.is_none() && !standings.of(connection).works() => {},
            Err(error) => { (Trouble::of(call.lang, error).banner(call.lang, |_| None)) },
        }
    };
    let page = Page::new(Section::Jobs, heading, body);
    Ok(match trouble {
        Some(trouble) => page.with_status(trouble.status),
        None => page,
    })
}

fn row(
    call: &Call,
    base: &str,
    connection: ConnectionId,
    request: &str,
    posting: &BoardPosting,
) -> Markup {
    html! {
        li.line {
            div.grow {
                p { strong { (parts::said(&posting.title)) } " " (parts::state(call.lang, convert::state(posting.state))) }
                ul.facts {
                    li { (call.t("Mã ", "Id ")) (parts::said(&posting.id)) }
                    @if let Some(day) = &posting.deadline { li { (call.t("Hạn ", "Until ")) (format::day(day)) } }
                    @if let Some(at) = posting.created_at { li { (parts::moment(at)) } }
                    @if let Some(url) = &posting.url { li { (parts::link_out(call.lang, url, call.t("Xem tin", "Look at it"))) } }
                }
            }
            @match &posting.linked_as {
                Some(id) => { a href={ "/postings/" (id) } { (call.t("Đã liên kết", "Linked already")) } },
                None => {
                    form.inline method="post" action={ (base) "/link" } data-slow=(call.t("Đang liên kết…", "Linking…")) {
                        (parts::csrf(&call.csrf))
                        input type="hidden" name="connection" value=(connection.0);
                        input type="hidden" name="request" value=(request);
                        input type="hidden" name="board_posting" value=(posting.id);
                        button aria-label={ (call.t("Liên kết tin ", "Link ")) (parts::plain(&posting.title)) } { (call.t("Liên kết", "Link")) }
                    }
                },
            }
        }
    }
}

/// `POST /jobs/{id}/link`
pub async fn submit(call: Call) -> Result<Answer, AppError> {
    let job = call.platform.job(&call.user, JobId(call.id("id")?)).await?;
    let connection = which_connection::named_or_only(&call).await?;
    let wanted = call.given("board_posting").unwrap_or_default().to_owned();
    let request = call.given("request").map(str::to_owned);
    let linked = call
        .platform
        .link(&call.user, job.id, connection, wanted, request)
        .await;
    match linked {
        Ok(posting) => Ok(Answer::Go(format!(
            "/postings/{}?done=linked",
            posting.request_id
        ))),
        Err(error @ AppError::Board { .. }) => {
            let trouble = Trouble::of(call.lang, error);
            Ok(page(&call, &job, connection, Some(&trouble)).await?.into())
        }
        Err(error) => Err(error),
    }
}
