//! Ứng tuyển: candidates apply, apply again, and the employer opens a masked contact.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{MOST_ROWS, own_posting, present_postings};
use crate::app::App;
use crate::control::applications as control;
use crate::control::http::{Answered, CvInput, Id, OptionalInput};
use crate::input::{Fields, InputError};
use crate::partner::media_type;
use crate::portal::web::{
    At, Form, Tab, Visit, badge, delivery_badge, employer_page, local_time, plain, short,
};
use crate::state::{Application, Delivery, Employer, Mask, Run, World};

/// Most bytes of a CV: written as base64 it stays within the control API's 5 MB.
const CV_CAP: usize = 3 * 1024 * 1024;

/// How the contact arrives: (value, Vietnamese, English).
const MASKS: [(&str, &str, &str); 4] = [
    ("", "Theo tài khoản", "As the account says"),
    ("open", "Mở đầy đủ", "In full"),
    ("stars", "Che bằng dấu *", "Masked with asterisks"),
    ("empty", "Để trống", "Left empty"),
];

/// `GET /portal/{employer}/applications?posting=`: the form offers that posting first.
pub(in crate::portal) async fn list(State(app): State<App>, visit: Visit, at: At) -> Response {
    let page = app.with(|world| page(world, &visit, at.employer));
    visit.answer(page)
}

/// `GET /xem-cv/{item}`: the address that a webhook names leads to the employer's applications.
pub(in crate::portal) async fn cv_page(State(app): State<App>, visit: Visit, at: At) -> Response {
    let employer = app.with(|world| owner(world, at.item));
    match employer {
        Ok(id) => Redirect::to(&format!("/portal/{id}/applications")).into_response(),
        Err(error) => visit.refused(error),
    }
}

/// `POST /portal/{employer}/applications`: with a file, a small PDF with the candidate's name, or none.
pub(in crate::portal) async fn apply(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match input(&app, &visit.form, at.employer) {
        Ok((id, input)) => control::apply(State(app.clone()), Id(id), CvInput(input)).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "applied")
}

/// `POST …/applications/{item}/again`.
pub(in crate::portal) async fn again(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::again(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "applied-again")
}

/// `POST …/applications/{item}/open`.
pub(in crate::portal) async fn open(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::open(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "contact-opened")
}

fn after(app: &App, visit: Visit, at: &At, outcome: Answered, notice: &'static str) -> Response {
    let (id, to) = (at.employer, format!("/portal/{}/applications", at.employer));
    visit.after(app, outcome, (notice, to), |world, visit| {
        page(world, visit, id)
    })
}

fn owner(world: &World, application_id: u64) -> Result<u64, InputError> {
    let found = world.applications.get(&application_id);
    found
        .map(|application| application.employer_id)
        .ok_or_else(|| InputError::not_found("application_id", application_id))
}

fn own(app: &App, at: &At) -> Result<(Id, OptionalInput), InputError> {
    let owner = app.with(|world| owner(world, at.item))?;
    if owner != at.employer {
        return Err(InputError::not_found("application_id", at.item));
    }
    Ok((Id(at.item), OptionalInput(Fields::empty())))
}

/// The posting applied to, and the control API's input.
fn input(app: &App, form: &Form, employer_id: u64) -> Result<(u64, Fields), InputError> {
    let job_id = form.text("posting").parse().unwrap_or(0);
    app.with(|world| own_posting(world, employer_id, job_id).map(|_| ()))?;
    let mut input = serde_json::Map::new();
    for name in ["name", "email", "phone"] {
        input.insert(name.to_owned(), json!(form.text(name)));
    }
    if !form.text("gender").is_empty() {
        input.insert("gender".to_owned(), json!(form.text("gender")));
    }
    let masked = match form.text("masked") {
        "" => Value::Null,
        "open" => json!(false),
        style => json!(style),
    };
    input.insert("masked".to_owned(), masked);
    input.insert("no_cv".to_owned(), json!(form.ticked("no_cv")));
    input.insert("count".to_owned(), form.number("count"));
    if let Some(cv) = cv(form)? {
        input.insert("cv".to_owned(), cv);
    }
    Ok((job_id, Fields::from_values(input)))
}

/// The uploaded file, if it is one that TopCV's form would take.
fn cv(form: &Form) -> Result<Option<Value>, InputError> {
    let Some(file) = &form.file else {
        return Ok(None);
    };
    if file.content.len() > CV_CAP {
        let message = format!("a CV has at most {CV_CAP} bytes");
        return Err(InputError::new(413, "too_large", "cv", message));
    }
    if media_type(&file.content).is_none() {
        let message = "a CV is a PDF, DOC, DOCX, RTF, PNG or JPG by its first bytes";
        return Err(InputError::new(422, "file_type", "cv", message));
    }
    Ok(Some(json!({
        "file_name": file.file_name,
        "content_base64": STANDARD.encode(&file.content),
    })))
}

fn page(world: &World, visit: &Visit, id: u64) -> Result<Markup, InputError> {
    let employer = world.employer(id)?;
    let title = visit.t("Ứng tuyển", "Applications");
    let content = html! {
        section class="panel" {
            h2 { (visit.t("Nộp hồ sơ như một ứng viên", "Apply as a candidate")) }
            @if present_postings(world, employer).next().is_none() {
                p class="empty" {
                    (visit.t("Chưa có tin nào để ứng tuyển. ", "There is no posting to apply to yet. "))
                    a href=(format!("/portal/{id}/postings")) { (visit.t("Đăng tin trước", "Make one first")) }
                }
            } @else {
                form method="post" action=(format!("/portal/{id}/applications")) enctype="multipart/form-data" {
                    (visit.token_field())
                    (apply_form(world, visit, employer))
                }
            }
        }
        section aria-labelledby="applicants" {
            h2 id="applicants" { (visit.t("Hồ sơ đã nhận", "Applications received")) }
            (table(world, visit, id))
        }
    };
    Ok(employer_page(
        world,
        visit,
        employer,
        Tab::Applications,
        title,
        &content,
    ))
}

fn apply_form(world: &World, visit: &Visit, employer: &Employer) -> Markup {
    let wanted = visit.query("posting");
    let chosen = visit.form.optional("posting").or(wanted).unwrap_or("");
    let field = |name: &'static str, label: &str, kind: &str, mode: &str| {
        html! {
            div class="field" {
                label for=(name) { (label) }
                input id=(name) name=(name) type=(kind) inputmode=(mode) maxlength="255" autocomplete="off"
                    value=(visit.form.text(name));
            }
        }
    };
    html! {
        div class="fields" {
            div class="field wide" {
                label for="posting" { (visit.t("Tin tuyển dụng", "Posting")) }
                select id="posting" name="posting" required {
                    @for posting in present_postings(world, employer).take(MOST_ROWS) {
                        option value=(posting.id) selected[posting.id.to_string() == chosen] {
                            "#" (posting.id) " " (plain(&posting.title().chars().take(80).collect::<String>()))
                            @if posting.run != Run::Running { " — " (visit.t("không chạy", "not running")) }
                        }
                    }
                }
            }
            (field("name", visit.t("Họ và tên", "Full name"), "text", "text"))
            (field("email", "E-mail", "text", "email"))
            (field("phone", visit.t("Số điện thoại", "Phone"), "text", "tel"))
            div class="field" {
                label for="gender" { (visit.t("Giới tính", "Gender")) }
                select id="gender" name="gender" {
                    option value="" { (visit.t("Không nói", "Not told")) }
                    @for (value, en) in [("Nữ", "Female"), ("Nam", "Male")] {
                        option value=(value) selected[visit.form.text("gender") == value] { (visit.t(value, en)) }
                    }
                }
            }
            div class="field" {
                label for="cv" { (visit.t("Tệp CV", "CV file")) }
                input id="cv" name="cv" type="file" accept=".pdf,.doc,.docx,.rtf,.png,.jpg,.jpeg" aria-describedby="cv-hint";
                p class="hint" id="cv-hint" {
                    (visit.t(
                        "PDF, DOC, DOCX, RTF, PNG, JPG; tối đa 3 MB. Không chọn thì dùng một PDF nhỏ có tên ứng viên.",
                        "PDF, DOC, DOCX, RTF, PNG, JPG; at most 3 MB. Without one a small PDF with the name is used.",
                    ))
                }
            }
            div class="field" {
                label for="masked" { (visit.t("Liên hệ", "Contact")) }
                select id="masked" name="masked" aria-describedby="masked-hint" {
                    @for (value, vi, en) in MASKS {
                        option value=(value) selected[visit.form.text("masked") == value] { (visit.t(vi, en)) }
                    }
                }
                p class="hint" id="masked-hint" {
                    (visit.t("Liên hệ bị che có thể mở sau trong danh sách.", "A masked contact can be opened later in the list."))
                }
            }
            div class="field narrow" {
                label for="count" { (visit.t("Gửi mấy lần", "Copies sent")) }
                input id="count" name="count" type="number" min="1" max="100" value=(visit.form.optional("count").unwrap_or("1"));
            }
        }
        label class="check" {
            input type="checkbox" name="no_cv" value="1" checked[visit.form.ticked("no_cv")];
            (visit.t("Không kèm CV", "Without a CV"))
        }
        p class="actions" {
            button type="submit" class="primary" { (visit.t("Nộp hồ sơ", "Apply")) }
        }
    }
}

fn table(world: &World, visit: &Visit, id: u64) -> Markup {
    let all = world.applications.values().rev();
    let rows: Vec<&Application> = all
        .filter(|application| application.employer_id == id)
        .take(MOST_ROWS)
        .collect();
    html! {
        @if rows.is_empty() {
            p class="empty" {
                (visit.t("Chưa có hồ sơ nào.", "There is no application yet."))
            }
        } @else {
            ul class="cards" {
                @for application in rows { (card(world, visit, application)) }
            }
        }
    }
}

fn card(world: &World, visit: &Visit, application: &Application) -> Markup {
    let at = format!(
        "/portal/{}/applications/{}",
        application.employer_id, application.application_id
    );
    let posting = world.postings.get(&application.job_id);
    html! {
        li class="panel card" {
            h3 { (short(application.name.signed_text(), 120)) }
            p class="badges" {
                @match application.mask {
                    Mask::Open => (badge("good", visit.t("Liên hệ mở", "Contact open"))),
                    Mask::Stars => (badge("wait", visit.t("Liên hệ bị che", "Contact masked"))),
                    Mask::Empty => (badge("wait", visit.t("Liên hệ để trống", "Contact left empty"))),
                }
                @if let Some(delivery) = newest_delivery(world, application) {
                    a href=(format!("/portal/{}/webhooks/{}", application.employer_id, delivery.id)) {
                        "webhook"
                    }
                    (delivery_badge(visit.lang, delivery))
                }
            }
            dl class="facts" {
                dt { (visit.t("Tin", "Posting")) }
                dd {
                    a href=(format!("/portal/{}/postings/{}", application.employer_id, application.job_id)) {
                        "#" (application.job_id)
                    }
                    @if let Some(posting) = posting { " " (short(posting.title(), 60)) }
                }
                dt { "E-mail" } dd { (short(application.email.signed_text(), 120)) }
                dt { (visit.t("Điện thoại", "Phone")) } dd { (short(application.phone.signed_text(), 120)) }
                dt { (visit.t("Mã ứng viên", "Candidate id")) }
                dd class="mono" {
                    @if let Some(id) = &application.candidate_id { (short(id.signed_text(), 60)) } @else { "—" }
                }
                dt { (visit.t("Ứng tuyển", "Applied")) }
                dd { (local_time(&application.apply_at)) @if application.times > 1 { " (×" (application.times) ")" } }
                dt { "CV" }
                dd { @if let Some(cv) = &application.cv { (short(&cv.file_name, 120)) } @else { "—" } }
            }
            div class="actions" {
                @if application.mask != Mask::Open {
                    (visit.button(&format!("{at}/open"), visit.t("Mở liên hệ", "Open the contact"), "primary"))
                }
                (visit.button(&format!("{at}/again"), visit.t("Ứng tuyển lại", "Apply again"), "secondary"))
            }
        }
    }
}

fn newest_delivery<'a>(world: &'a World, application: &Application) -> Option<&'a Delivery> {
    world.deliveries.get(&application.last_delivery)
}
