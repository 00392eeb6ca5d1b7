//! Updating a posting: edit, look at the differences, send.
//!
//! Three versions are compared, field by field: what the form showed when it was opened, what was typed, and what stands at the board now.
//! A field that the recruiter did not touch is not sent. One that was changed on both sides is shown with both values, and a person chooses.

use axum::http::StatusCode;
use job_board_host::contract::forms::{Field, Form};
use job_board_host::contract::types::Disposition;
use maud::{Markup, html};

use super::posting::{path, title};
use super::posting_form::{self, Attempt, same};
use super::standing::Standings;
use crate::application::AppError;
use crate::domain::posting::Posting;
use crate::domain::value::Values;
use crate::web::door::{Answer, Call};
use crate::web::input::read::{Blank, values};
use crate::web::layout::{Page, Section};
use crate::web::parts;
use crate::web::trouble::Trouble;

/// The choice between two values, by field.
const MINE: &str = "mine";

async fn opened(call: &Call) -> Result<(Posting, Form), AppError> {
    let posting = call
        .platform
        .posting(&call.user, call.word("id")?, false)
        .await?;
    let form = call
        .platform
        .form(
            &call.user,
            posting.job,
            posting.connection,
            Some(posting.request_id.clone()),
        )
        .await?;
    Ok((posting, form))
}

fn heading(call: &Call) -> &'static str {
    match call.lang {
        crate::web::lang::Lang::Vi => "Cập nhật tin đã đăng",
        crate::web::lang::Lang::En => "Update the posting",
    }
}

/// `GET /postings/{id}/update`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    match opened(&call).await {
        Ok((posting, form)) => Ok(edit(&call, &posting, &form, None, None).await?.into()),
        Err(error @ AppError::Board { .. }) => {
            let posting = call
                .platform
                .posting(&call.user, call.word("id")?, false)
                .await?;
            let standings = Standings::look(&call).await?;
            if standings.of(posting.connection).works() {
                return Err(error);
            }
            let trail = [(title(&call, &posting).await?, path(&posting))];
            Ok(standings
                .instead_of_form(
                    &call,
                    Section::Postings,
                    heading(&call),
                    &trail,
                    posting.connection,
                )
                .into())
        }
        Err(error) => Err(error),
    }
}

async fn edit(
    call: &Call,
    posting: &Posting,
    form: &Form,
    attempt: Option<&Attempt>,
    trouble: Option<&Trouble>,
) -> Result<Page, AppError> {
    let path = path(posting);
    let name = title(call, posting).await?;
    let buttons = html! {
        button.primary { (call.t("Xem thay đổi", "Look at the changes")) }
        a.button href=(path) { (call.t("Hủy", "Cancel")) }
    };
    let body = html! {
        (parts::crumbs(call.lang, &[(&name, path.clone())]))
        h1 { (heading(call)) }
        p.lead { (call.t("Biểu mẫu cho thấy nội dung đang đăng. Trước khi gửi, bạn xem lại những gì sẽ thay đổi.", "The form shows what stands at the job board. Before anything is sent you see what will change.")) }
        @if let Some(rejection) = &posting.facts.rejection {
            div.banner.is-bad {
                p { strong { (call.t("Lý do từ chối: ", "Why it was rejected: ")) } (parts::said(&rejection.reason)) }
                p { (call.lang.of(&rejection.advice)) }
                @if let Some(field) = &rejection.field && let Some(label) = posting_form::label_of(call.lang, form, field) {
                    p { a href=(posting_form::to_field(field)) { (call.t("Đến mục ", "To ")) (label) } }
                }
            }
        }
        @if let Some(trouble) = trouble { (posting_form::trouble(call, form, trouble)) }
        (posting_form::notices(call, form))
        form method="post" action={ (path) "/update" } data-slow=(call.t("Đang so sánh…", "Comparing…")) {
            (parts::csrf(&call.csrf))
            (kept(form))
            (posting_form::fields(call, form, attempt, &buttons))
        }
    };
    let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status);
    Ok(Page::new(Section::Postings, heading(call), body).with_status(status))
}

/// What the form showed, to be given back with it.
fn kept(form: &Form) -> Markup {
    let base = serde_json::to_string(&posting_form::values(form)).unwrap_or_default();
    html! {
        input type="hidden" name="version" value=(form.version.as_deref().unwrap_or_default());
        input type="hidden" name="base" value=(base);
    }
}

/// What is to happen with the fields.
struct Comparison<'a> {
    /// Changed here alone.
    changes: Vec<&'a Field>,
    /// Changed on both sides, to different values.
    conflicts: Vec<&'a Field>,
    /// Changed at the board alone, and kept as they are there.
    kept: Vec<&'a Field>,
}

fn compare<'a>(form: &'a Form, base: &Values, typed: &Values) -> Comparison<'a> {
    let now = posting_form::values(form);
    let mut comparison = Comparison {
        changes: Vec::new(),
        conflicts: Vec::new(),
        kept: Vec::new(),
    };
    for field in &form.fields {
        let (before, mine, theirs) = (
            base.get(&field.id),
            typed.get(&field.id),
            now.get(&field.id),
        );
        let touched = typed.contains_key(&field.id) && !same(mine, before);
        let moved = !same(theirs, before);
        match (touched, moved) {
            (true, _) if same(mine, theirs) => {}
            (true, false) => comparison.changes.push(field),
            (true, true) => comparison.conflicts.push(field),
            (false, true) => comparison.kept.push(field),
            (false, false) => {}
        }
    }
    comparison
}

/// `POST /postings/{id}/update`: first a look at the differences; then, with `send`, the sending, or with `edit` the form again.
pub async fn submit(call: Call) -> Result<Answer, AppError> {
    let base: Values = call
        .given("base")
        .and_then(|base| serde_json::from_str(base).ok())
        .unwrap_or_default();
    let typed = values(&call.form, Blank::Said);
    match call.given("step") {
        Some("send") => {}
        Some("edit") => {
            let (posting, form) = opened(&call).await?;
            let attempt = Attempt {
                given: typed,
                complete: false,
                problems: Vec::new(),
                earlier: Values::new(),
            };
            let page = edit(&call, &posting, &form, Some(&attempt), None).await?;
            return Ok(page.into());
        }
        _ => return review(&call, &base, &typed, None).await,
    }
    let chosen = |id: &str| {
        let pick = call.given(&format!("pick:{id}"));
        pick.is_none_or(|pick| pick == MINE)
    };
    let mut wanted = typed.clone();
    wanted.retain(|id, _| chosen(id));
    let version = call.given("version").unwrap_or_default().to_owned();
    let request_id = call.word("id")?;
    let error = match call
        .platform
        .update(&call.user, request_id, version, wanted.clone())
        .await
    {
        Ok(update) => {
            let done = match (update.changed.is_empty(), update.review) {
                (true, _) => "unchanged",
                (false, true) => "updated-review",
                (false, false) => "updated",
            };
            return Ok(Answer::Go(format!("{}?done={done}", path(&update.posting))));
        }
        Err(error) => error,
    };
    let AppError::Board { failure, .. } = &error else {
        return Err(error);
    };
    let stands_differently = failure.disposition == Disposition::Conflict
        && matches!(failure.code.as_str(), "stale-version" | "changed-elsewhere");
    let trouble = Trouble::of(call.lang, error);
    if stands_differently {
        return review(&call, &base, &wanted, Some(trouble)).await;
    }
    let (posting, form) = opened(&call).await?;
    let attempt = Attempt {
        given: wanted,
        complete: false,
        earlier: Values::new(),
        problems: trouble.problems.clone(),
    };
    Ok(edit(&call, &posting, &form, Some(&attempt), Some(&trouble))
        .await?
        .into())
}

async fn review(
    call: &Call,
    base: &Values,
    typed: &Values,
    trouble: Option<Trouble>,
) -> Result<Answer, AppError> {
    let (posting, form) = opened(call).await?;
    let comparison = compare(&form, base, typed);
    let path = path(&posting);
    if comparison.changes.is_empty() && comparison.conflicts.is_empty() {
        return Ok(Answer::Go(format!("{path}?done=unchanged")));
    }
    let name = title(call, &posting).await?;
    let now = posting_form::values(&form);
    let lang = call.lang;
    let conflict = !comparison.conflicts.is_empty();
    let body = html! {
        (parts::crumbs(lang, &[(&name, path.clone()), (heading(call), format!("{path}/update"))]))
        h1 { (call.t("Xem lại thay đổi", "Look at the changes")) }
        @if let Some(trouble) = trouble.as_ref().filter(|_| !conflict) {
            div.banner.is-wait role="alert" { p { (trouble.message) } }
        }
        @if conflict {
            div.banner.is-wait role="alert" {
                p {
                    strong { (call.t("Tin đã được thay đổi ở nơi khác trong lúc bạn sửa.", "The posting was changed elsewhere while you were editing.")) }
                    " " (call.t("Với mỗi mục dưới đây, hãy chọn giá trị đúng.", "For each field below, choose the right value."))
                }
            }
        }
        form.stack method="post" action={ (path) "/update" } data-slow=(call.t("Đang gửi thay đổi…", "Sending the changes…")) {
            (parts::csrf(&call.csrf))
            (kept(&form))
            @for field in &comparison.conflicts {
                (posting_form::hidden(field, typed.get(&field.id)))
                fieldset.conflict {
                    legend { (lang.said(&field.label)) }
                    div.sides {
                        label.side {
                            input type="radio" name={ "pick:" (field.id) } value="theirs" required;
                            span.side-name { (call.t("Đang đăng", "As posted now")) }
                            div.side-value { (posting_form::reading(lang, field, now.get(&field.id))) }
                        }
                        label.side {
                            input type="radio" name={ "pick:" (field.id) } value=(MINE) required;
                            span.side-name { (call.t("Bạn vừa nhập", "What you entered")) }
                            div.side-value { (posting_form::reading(lang, field, typed.get(&field.id))) }
                        }
                    }
                }
            }
            @if !comparison.changes.is_empty() {
                table.differences {
                    caption.hidden-text { (call.t("Những gì sẽ thay đổi", "What will change")) }
                    thead { tr {
                        th scope="col" { (call.t("Mục", "Field")) }
                        th scope="col" { (call.t("Đang đăng", "As posted")) }
                        th scope="col" { (call.t("Sẽ thành", "Will be")) }
                    } }
                    tbody {
                        @for field in &comparison.changes {
                            tr {
                                th scope="row" { (lang.said(&field.label)) (posting_form::hidden(field, typed.get(&field.id))) }
                                td.was data-label=(call.t("Đang đăng", "As posted")) { (posting_form::reading(lang, field, now.get(&field.id))) }
                                td.will data-label=(call.t("Sẽ thành", "Will be")) { (posting_form::reading(lang, field, typed.get(&field.id))) }
                            }
                        }
                    }
                }
            }
            @if !comparison.kept.is_empty() {
                p.quiet {
                    (call.t("Đã thay đổi ở nơi khác và giữ nguyên như vậy: ", "Changed elsewhere, and kept as it is there: "))
                    (comparison.kept.iter().map(|field| lang.said(&field.label)).collect::<Vec<_>>().join(", ")) "."
                }
            }
            div.actions {
                button.primary name="step" value="send" { (call.t("Gửi thay đổi", "Send the changes")) }
                button name="step" value="edit" formnovalidate data-quick { (call.t("Quay lại sửa", "Back to the form")) }
                a.button href=(path) { (call.t("Hủy", "Cancel")) }
            }
        }
    };
    let status = if conflict || trouble.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    Ok(Page::new(
        Section::Postings,
        call.t("Xem lại thay đổi", "Look at the changes"),
        body,
    )
    .with_status(status)
    .into())
}
