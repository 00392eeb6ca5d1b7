//! Making and changing a job of the platform. These fields are the platform's own, by the names that the contract lists for every plugin.

use job_board_host::contract::forms::Choice;
use job_board_host::contract::types::Text;
use maud::{Markup, html};

use super::job::{Tab, head};
use crate::application::{AppError, Problem};
use crate::domain::id::JobId;
use crate::domain::job::Job;
use crate::domain::value::{FieldValue, Values};
use crate::web::door::{Answer, Call};
use crate::web::input::read::{Blank, values};
use crate::web::input::{Input, anchor};
use crate::web::layout::{Page, Section};
use crate::web::parts;

type Both = (&'static str, &'static str);

struct Field {
    name: &'static str,
    kind: &'static str,
    label: Both,
    help: Both,
}

const fn field(name: &'static str, kind: &'static str, label: Both, help: Both) -> Field {
    Field {
        name,
        kind,
        label,
        help,
    }
}

const NO_HELP: Both = ("", "");
const LINES: Both = ("Mỗi ý một dòng.", "One line for each point.");

#[rustfmt::skip]
const GROUPS: &[(Both, &[Field])] = &[
    (("Công việc", "The job"), &[
        field("title", "text", ("Tiêu đề", "Title"), NO_HELP),
        field("cities", "texts", ("Nơi làm việc", "Places"), ("Tỉnh, thành phố; mỗi nơi một dòng.", "Provinces or cities, one a line.")),
        field("category", "text", ("Ngành nghề", "Category"), NO_HELP),
        field("skills", "texts", ("Kỹ năng", "Skills"), NO_HELP),
        field("job-type", "text", ("Hình thức", "Job type"), ("Ví dụ: Toàn thời gian.", "For example: “Toàn thời gian” (full time).")),
        field("level", "text", ("Cấp bậc", "Level"), ("Ví dụ: Nhân viên.", "For example: “Nhân viên” (staff).")),
        field("experience", "text", ("Kinh nghiệm", "Experience"), ("Ví dụ: 2 năm.", "For example: “2 năm” (2 years).")),
        field("gender", "text", ("Giới tính", "Gender"), ("Chỉ khi pháp luật cho phép; nếu không: Không yêu cầu.", "Only where the law allows it; otherwise: Không yêu cầu.")),
        field("quantity", "integer", ("Số lượng", "People"), NO_HELP),
        field("deadline", "day", ("Hạn nộp hồ sơ", "Deadline"), NO_HELP),
    ]),
    (("Mức lương", "Salary"), &[
        field("salary-negotiable", "switch", ("Thỏa thuận", "Negotiable"), NO_HELP),
        field("salary-from", "money", ("Từ", "From"), NO_HELP),
        field("salary-to", "money", ("Đến", "To"), NO_HELP),
        field("salary-currency", "choice", ("Đơn vị tiền", "Currency"), NO_HELP),
    ]),
    (("Nội dung", "Content"), &[
        field("description", "lines", ("Mô tả công việc", "Description"), LINES),
        field("requirements", "lines", ("Yêu cầu", "Requirements"), LINES),
        field("benefits", "lines", ("Quyền lợi", "Benefits"), LINES),
    ]),
    (("Liên hệ", "Contact"), &[
        field("contact-name", "text", ("Người liên hệ", "Contact person"), NO_HELP),
        field("contact-phone", "text", ("Điện thoại", "Phone"), NO_HELP),
        field("contact-email", "text", ("Email", "E-mail"), NO_HELP),
    ]),
];

fn currencies() -> Vec<Choice> {
    ["VND", "USD"]
        .map(|code| Choice {
            id: code.to_owned(),
            label: Text {
                vi: code.to_owned(),
                en: code.to_owned(),
            },
            group: None,
        })
        .to_vec()
}

fn form(call: &Call, action: &str, given: &Values, problems: &[Problem], button: &str) -> Markup {
    let choices = currencies();
    html! {
        form.stack method="post" action=(action) {
            (parts::csrf(&call.csrf))
            @for (heading, fields) in GROUPS {
                section.group {
                    h2 { (call.t(heading.0, heading.1)) }
                    @for field in *fields {
                        @let input = Input {
                            id: field.name,
                            label: call.t(field.label.0, field.label.1),
                            help: call.t(field.help.0, field.help.1),
                            kind: field.kind,
                            required: field.name == "title",
                            value: given.get(field.name).cloned(),
                            origin: None,
                            choices: if field.kind == "choice" { &choices } else { &[] },
                            questions: &[],
                            limits: None,
                            problems: Vec::new(),
                            placeholder: None,
                        };
                        (input.with_problems(call.lang, problems).show(call.lang))
                    }
                }
            }
            div.actions { button.primary { (button) } }
        }
    }
}

/// The page for a new job.
fn new_page(call: &Call, given: &Values, problems: &[Problem]) -> Page {
    let body = html! {
        (parts::crumbs(call.lang, &[(call.t("Tin tuyển dụng", "Jobs"), "/jobs".to_owned())]))
        h1 { (call.t("Tạo tin tuyển dụng", "New job")) }
        (summary(call, problems))
        (form(call, "/jobs/new", given, problems, call.t("Tạo tin", "Create the job")))
    };
    Page::new(Section::Jobs, call.t("Tạo tin tuyển dụng", "New job"), body)
}

fn summary(call: &Call, problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.banner.is-bad role="alert" {
                ul { @for problem in problems { li { a href={ "#" (anchor(&problem.field)) } { (call.lang.of(&problem.message)) } } } }
            }
        }
    }
}

/// `GET /jobs/new`
pub async fn show_new(call: Call) -> Result<Answer, AppError> {
    let given = Values::from([(
        "salary-currency".to_owned(),
        FieldValue::Text("VND".to_owned()),
    )]);
    Ok(new_page(&call, &given, &[]).into())
}

/// The title and the rest, or what is wrong.
fn read(call: &Call) -> Result<(String, Values), (Values, Vec<Problem>)> {
    let mut details = values(&call.form, Blank::LeftOut);
    let mut problems = Vec::new();
    for (name, kind) in GROUPS
        .iter()
        .flat_map(|(_, fields)| fields.iter())
        .map(|field| (field.name, field.kind))
    {
        let typed = matches!(details.get(name), Some(FieldValue::Text(_)));
        if typed && matches!(kind, "integer" | "money") {
            problems.push(Problem::new(
                name,
                "wrong-kind",
                "Hãy nhập một số nguyên.",
                "Enter a whole number.",
            ));
        }
    }
    let title = match details.get("title") {
        Some(FieldValue::Text(title)) => title.clone(),
        _ => String::new(),
    };
    if title.is_empty() {
        problems.push(Problem::new(
            "title",
            "required",
            "Hãy nhập tiêu đề.",
            "Enter a title.",
        ));
    } else if title.chars().count() > 250 {
        problems.push(Problem::new(
            "title",
            "too-long",
            "Tiêu đề tối đa 250 ký tự.",
            "The title has at most 250 characters.",
        ));
    }
    if !problems.is_empty() {
        return Err((details, problems));
    }
    details.remove("title");
    if details.get("salary-negotiable") == Some(&FieldValue::Truth(false)) {
        details.remove("salary-negotiable");
    }
    Ok((title, details))
}

/// `POST /jobs/new`
pub async fn create(call: Call) -> Result<Answer, AppError> {
    let (title, details) = match read(&call) {
        Ok(read) => read,
        Err((given, problems)) => {
            let page = new_page(&call, &given, &problems);
            return Ok(page
                .with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
                .into());
        }
    };
    let user = &call.user;
    let job = call
        .platform
        .add_job(user.tenant, user.id, title, details)
        .await?;
    Ok(Answer::Go(format!("/jobs/{}?done=job-added", job.id.0)))
}

/// A job as its form shows it: one place is a list of one.
fn shown(job: &Job) -> Values {
    let mut given = job.details.clone();
    given.insert("title".to_owned(), FieldValue::Text(job.title.clone()));
    if let Some(FieldValue::Text(city)) = given.remove("city") {
        given
            .entry("cities".to_owned())
            .or_insert(FieldValue::Texts(vec![city]));
    }
    given
}

async fn edit_page(
    call: &Call,
    job: &Job,
    given: &Values,
    problems: &[Problem],
) -> Result<Page, AppError> {
    let action = format!("/jobs/{}/edit", job.id.0);
    let body = html! {
        (head(call, job, Tab::Content).await?)
        (summary(call, problems))
        (form(call, &action, given, problems, call.t("Lưu lại", "Save")))
    };
    Ok(Page::new(Section::Jobs, parts::plain(&job.title), body))
}

/// `GET /jobs/{id}/edit`
pub async fn show_edit(call: Call) -> Result<Answer, AppError> {
    let job = call.platform.job(&call.user, JobId(call.id("id")?)).await?;
    Ok(edit_page(&call, &job, &shown(&job), &[]).await?.into())
}

/// `POST /jobs/{id}/edit`: details that the form does not have stay as they are.
pub async fn save(call: Call) -> Result<Answer, AppError> {
    let job = call.platform.job(&call.user, JobId(call.id("id")?)).await?;
    let (title, given) = match read(&call) {
        Ok(read) => read,
        Err((given, problems)) => {
            let page = edit_page(&call, &job, &given, &problems).await?;
            return Ok(page
                .with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
                .into());
        }
    };
    let ours = |name: &str| {
        let mut fields = GROUPS.iter().flat_map(|(_, fields)| fields.iter());
        name == "city" || fields.any(|field| field.name == name)
    };
    let mut details = job.details.clone();
    details.retain(|name, _| !ours(name));
    details.extend(given);
    call.platform
        .change_job(&call.user, job.id, Some(title), Some(details))
        .await?;
    Ok(Answer::Go(format!("/jobs/{}?done=job-saved", job.id.0)))
}
