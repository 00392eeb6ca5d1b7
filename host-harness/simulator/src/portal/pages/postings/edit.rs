//! Changing a posting as TopCV's own user would: the other keys stay, and it goes back to review.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::labels;
use crate::app::App;
use crate::control;
use crate::control::http::{Id, Input};
use crate::input::{Fields, InputError};
use crate::portal::pages::own_posting;
use crate::portal::web::{At, Form, Tab, Visit, employer_page, plain};
use crate::posting::{Entry, entries, text_of, value_of};
use crate::state::{Posting, World};

/// The moment of the posting's last change, as the form was made.
const SEEN: &str = "seen";

/// `GET …/postings/{item}/edit`.
pub(in crate::portal) async fn form(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, &at));
    visit.answer(page)
}

/// `POST …/postings/{item}/edit`: only what was changed is sent.
pub(in crate::portal) async fn edit(State(app): State<App>, visit: Visit, at: At) -> Response {
    let to = format!("/portal/{}/postings/{}", at.employer, at.item);
    let changed = app.with(|world| {
        let posting = own_posting(world, at.employer, at.item)?;
        changes(posting, &visit.form)
    });
    let outcome = match changed {
        Err(error) => Err(error),
        Ok(changed) if changed.is_empty() => {
            return Redirect::to(&format!("{to}?done=unchanged")).into_response();
        }
        Ok(changed) => {
            let input = Input(Fields::from_values(changed));
            control::postings::change(State(app.clone()), Id(at.item), input).await
        }
    };
    visit.after(&app, outcome, ("edited", to), |world, visit| {
        page(world, visit, &at)
    })
}

/// The fields whose text is no longer that of the posting.
fn changes(posting: &Posting, form: &Form) -> Result<Map<String, Value>, InputError> {
    // Everything that was not touched holds the text of the form's moment: on a posting that was changed
    // since, it would undo that change.
    if form.text(SEEN) != posting.updated_ms.to_string() {
        return Err(InputError::new(
            409,
            "changed_meanwhile",
            "job_id",
            "the posting was changed after this form was opened",
        ));
    }
    let mut changed = Map::new();
    for (name, entry) in entries() {
        let Some(typed) = typed(form, name, &entry) else {
            continue;
        };
        let present = posting.fields.get(name).map(text_of).unwrap_or_default();
        if !same(&entry, &typed, &present) {
            changed.insert(name.to_owned(), value_of(name, &typed));
        }
    }
    Ok(changed)
}

/// Whether nobody touched the field. A list comes back in the order of its choices, and a browser takes line
/// ends out of a single line.
fn same(entry: &Entry, typed: &str, present: &str) -> bool {
    match entry {
        Entry::Several(_) => sorted(typed) == sorted(present),
        Entry::Line => typed == present.replace(['\r', '\n'], ""),
        _ => typed == lines(present),
    }
}

fn sorted(list: &str) -> Vec<&str> {
    let mut items: Vec<&str> = list.split(", ").collect();
    items.sort_unstable();
    items
}

/// What stands in the form under that key. A list in which nothing is chosen sends nothing, so a marker says
/// that it was there.
fn typed(form: &Form, name: &str, entry: &Entry) -> Option<String> {
    match entry {
        Entry::Several(_) => {
            form.optional(&format!("{name}.shown"))?;
            let chosen: Vec<&str> = form.all(name).collect();
            Some(chosen.join(", "))
        }
        _ => form.optional(name).map(lines),
    }
}

/// Browsers send line ends as CR LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn page(world: &World, visit: &Visit, at: &At) -> Result<Markup, InputError> {
    let employer = world.employer(at.employer)?;
    let posting = own_posting(world, at.employer, at.item)?;
    let here = format!("/portal/{}/postings/{}", at.employer, at.item);
    let title = format!("{} #{}", visit.t("Sửa tin", "Change posting"), at.item);
    let fields = html! {
        input type="hidden" name=(SEEN) value=(visit.form.optional(SEEN).unwrap_or(&posting.updated_ms.to_string()));
        div class="edit-fields" {
            @for (name, entry) in entries() { (field(visit, posting, name, &entry)) }
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Lưu trên TopCV", "Save at TopCV")) }
            a class="button secondary" href=(here) { (visit.t("Thôi", "Cancel")) }
        }
    };
    let content = html! {
        p class="crumb" {
            a href=(format!("/portal/{}/postings", at.employer)) { (visit.t("Tin tuyển dụng", "Postings")) }
            " › " a href=(here) { "#" (at.item) } " › " (visit.t("Sửa", "Change"))
        }
        p class="hint" {
            (visit.t(
                "Như nhà tuyển dụng sửa trực tiếp trên TopCV. Chỉ mục đã sửa được lưu; tin trở lại hàng chờ duyệt.",
                "As the employer would directly at TopCV. Only what you change is saved; the posting goes back to review.",
            ))
        }
        section class="panel" { (visit.form(&format!("{here}/edit"), &fields)) }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Postings,
        &title,
        &content,
    ))
}

fn field(visit: &Visit, posting: &Posting, name: &str, entry: &Entry) -> Markup {
    let present = posting.fields.get(name).map(text_of).unwrap_or_default();
    let value = typed(&visit.form, name, entry).unwrap_or(present);
    let (vi, en) = labels::of(name).unwrap_or(("", ""));
    let wide = matches!(entry, Entry::Long | Entry::Several(_));
    html! {
        div class=(if wide { "field wide" } else { "field" }) {
            label for=(name) { (visit.t(vi, en)) " " code { (name) } }
            @match entry {
                Entry::Long => { textarea id=(name) name=(name) rows="5" { "\n" (value) } }
                Entry::Line => { input id=(name) name=(name) value=(value); }
                Entry::Number => { input id=(name) name=(name) inputmode="numeric" value=(value); }
                Entry::Day => { input id=(name) name=(name) type="date" value=(value); }
                Entry::Choice(choices) => (choice(name, choices, &value)),
                Entry::Several(choices) => (several(visit, name, choices, &value)),
            }
        }
    }
}

/// The present value is offered even if it is not among the choices: nothing is lost by opening the form.
fn choice(name: &str, choices: &[(String, String)], value: &str) -> Markup {
    html! {
        select id=(name) name=(name) {
            @if !choices.iter().any(|(code, _)| code == value) {
                option value=(value) selected { (plain(value)) }
            }
            @for (code, label) in choices {
                option value=(code) selected[code == value] { (label) }
            }
        }
    }
}

fn several(visit: &Visit, name: &str, choices: &[(String, String)], value: &str) -> Markup {
    let chosen: Vec<&str> = value.split(", ").filter(|id| !id.is_empty()).collect();
    let unknown = chosen
        .iter()
        .filter(|id| !choices.iter().any(|(code, _)| code == **id));
    let hint = format!("{name}-hint");
    html! {
        input type="hidden" name=(format!("{name}.shown")) value="1";
        select id=(name) name=(name) multiple size="6" aria-describedby=(hint) {
            @for id in unknown { option value=(id) selected { (plain(id)) } }
            @for (code, label) in choices {
                option value=(code) selected[chosen.contains(&code.as_str())] { (label) }
            }
        }
        p class="hint" id=(hint) {
            (visit.t("Giữ Ctrl để chọn nhiều mục.", "Hold Ctrl to choose several."))
        }
    }
}
