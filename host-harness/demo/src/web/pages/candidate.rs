//! A candidate: contact, applications, files, and what does not agree.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use maud::{Markup, html};

use super::job::{display_name, statement};
use crate::application::people::Profile;
use crate::application::{AppError, Problem};
use crate::domain::contact::Statement;
use crate::domain::id::{ApplicationId, CandidateId, CvId};
use crate::domain::stage::Stage;
use crate::domain::value::FieldValue;
use crate::http::reply::Reply;
use crate::store::candidates::StoredApplication;
use crate::store::cvs::Cv;
use crate::web::door::{Answer, Call};
use crate::web::format;
use crate::web::layout::{Page, Section};
use crate::web::parts;

/// What a browser may show in the page. Everything else is saved, never shown.
const DOCUMENTS: [&str; 1] = ["application/pdf"];
const PICTURES: [&str; 2] = ["image/png", "image/jpeg"];

fn id(call: &Call) -> Result<CandidateId, AppError> {
    call.id("id").map(CandidateId)
}

/// `GET /candidates/{id}`
pub async fn show(call: Call) -> Result<Answer, AppError> {
    let profile = call.platform.candidate(&call.user, id(&call)?).await?;
    let contact = &profile.candidate.contact;
    let name = display_name(&call, contact.full_name.as_ref());
    let mut trail = vec![(
        call.t("Tin tuyển dụng", "Jobs").to_owned(),
        "/jobs".to_owned(),
    )];
    let mut applications = Vec::new();
    for (application, cvs) in &profile.applications {
        let job = call.platform.job(&call.user, application.job).await?;
        if trail.len() == 1 {
            trail.push((job.title.clone(), format!("/jobs/{}", job.id.0)));
        }
        applications.push(self::application(
            &call,
            &profile,
            application,
            cvs,
            &job.title,
        ));
    }
    let trail: Vec<(&str, String)> = trail
        .iter()
        .map(|(label, href)| (label.as_str(), href.clone()))
        .collect();
    let body = html! {
        (parts::crumbs(call.lang, &trail))
        h1 { (parts::said(&name)) }
        div.candidate #candidate data-live {
            div.side-column {
                (contact_panel(&call, &profile))
                (differing(&call, &profile))
                (alike(&call, &profile))
                @if call.user.role.administers() {
                    p.rare-link { a.danger-text href={ "/candidates/" (profile.candidate.id.0) "/erase" } { (call.t("Xóa dữ liệu của ứng viên", "Erase this candidate's data")) } }
                }
            }
            div.main-column { @for application in applications { (application) } }
        }
    };
    let mut page = Page::new(Section::Jobs, parts::plain(&name), body);
    page.frames = true;
    Ok(page.into())
}

fn contact_panel(call: &Call, profile: &Profile) -> Markup {
    let contact = &profile.candidate.contact;
    let board = &call.platform.manifest().board_name;
    let rows = [
        (call.t("Họ và tên", "Name"), &contact.full_name),
        (call.t("Điện thoại", "Phone"), &contact.phone),
        (call.t("Email", "E-mail"), &contact.email),
        (call.t("Giới tính", "Gender"), &contact.gender),
    ];
    html! {
        section.panel aria-labelledby="contact" {
            h2 #contact { (call.t("Liên hệ", "Contact")) }
            dl.facts-table {
                @for (label, known) in rows {
                    div {
                        dt { (label) }
                        dd {
                            @match known {
                                Some(known) => { (statement(call, known)) " " (signed(call, known)) },
                                None => { span.quiet { (call.t("chưa có", "not given")) } },
                            }
                        }
                    }
                }
            }
            p.help {
                "“" (board) (call.t(" xác nhận”: giá trị nằm trong chữ ký số của ", " confirms it”: the value is covered by the digital signature of ")) (board)
                (call.t(", không ai sửa được trên đường đi. Phần chưa xác nhận vẫn là do họ gửi, nhưng hãy kiểm tra khi liên hệ.", ", so nobody can have changed it on its way. The rest came with it, and is worth a check when you call."))
            }
            @if contact.phone.iter().chain(&contact.email).any(|known| known.masked) {
                p.help { (call.t("Mạng tuyển dụng đang ẩn liên hệ. Khi bạn mở liên hệ ở đó, thông tin đầy đủ sẽ về đúng ứng viên này.", "The job board hides the contact. When you open it there, the whole of it arrives at this candidate.")) }
            }
        }
    }
}

/// Whether a value could have been changed on its way.
fn signed(call: &Call, known: &Statement) -> Markup {
    let board = &call.platform.manifest().board_name;
    html! {
        @if known.signed {
            span.tag.is-good { (board) (call.t(" xác nhận", " confirms it")) }
        } @else {
            span.tag { (board) (call.t(" chưa xác nhận", " does not confirm it")) }
        }
    }
}

fn differing(call: &Call, profile: &Profile) -> Markup {
    let field = |name: &str| match name {
        "full_name" => call.t("Họ và tên", "Name"),
        "email" => call.t("Email", "E-mail"),
        "phone" => call.t("Điện thoại", "Phone"),
        _ => call.t("Giới tính", "Gender"),
    };
    html! {
        @if !profile.candidate.differing.is_empty() {
            section.panel.attention aria-labelledby="differs" {
                h2 #differs { (call.t("Thông tin không khớp", "Does not agree")) }
                p.help { (call.t("Một lần gửi khác cho cùng hồ sơ này nói khác đi. Hãy hỏi lại ứng viên.", "Another delivery about this very application says otherwise. Ask the candidate.")) }
                ul {
                    @for other in &profile.candidate.differing {
                        li { (field(&other.field)) ": " strong { (parts::said(&other.statement.value)) } " " (signed(call, &other.statement)) " · " (parts::moment(other.received_at)) }
                    }
                }
            }
        }
    }
}

fn alike(call: &Call, profile: &Profile) -> Markup {
    let mine = &profile.candidate.contact;
    let same = |one: &Option<Statement>, other: &Option<Statement>| {
        one.as_ref()
            .zip(other.as_ref())
            .is_some_and(|(one, other)| {
                one.normalised.is_some() && one.normalised == other.normalised
            })
    };
    html! {
        @if !profile.alike.is_empty() {
            section.panel.attention aria-labelledby="alike" {
                h2 #alike { (call.t("Có thể là cùng một người", "Perhaps the same person")) }
                ul {
                    @for other in &profile.alike {
                        @let contact = &other.contact;
                        li {
                            a href={ "/candidates/" (other.id.0) } { (parts::said(&display_name(call, contact.full_name.as_ref()))) }
                            ": "
                            @if same(&mine.phone, &contact.phone) { (call.t("cùng số điện thoại", "same phone")) }
                            @if same(&mine.phone, &contact.phone) && same(&mine.email, &contact.email) { ", " }
                            @if same(&mine.email, &contact.email) { (call.t("cùng email", "same e-mail")) }
                        }
                    }
                }
                p.help { (call.t("Hệ thống chỉ gợi ý, không tự gộp hồ sơ.", "This is a hint; nobody is merged by itself.")) }
            }
        }
    }
}

fn application(
    call: &Call,
    profile: &Profile,
    application: &StoredApplication,
    cvs: &[Cv],
    job: &str,
) -> Markup {
    let candidate = profile.candidate.id.0;
    let here = format!("/candidates/{candidate}");
    let anchor = format!("application-{}", application.id.0);
    html! {
        section.panel aria-labelledby=(anchor) {
            h2 id=(anchor) { (parts::said(job)) }
            form.move method="post" action={ (here) "/stage" } {
                (parts::csrf(&call.csrf))
                input type="hidden" name="application" value=(application.id.0);
                input type="hidden" name="next" value={ (here) "?done=moved" };
                select name="stage" aria-label=(call.t("Giai đoạn", "Stage")) {
                    @for stage in Stage::ALL {
                        @let label = stage.label();
                        option value=(stage.code()) selected[stage == application.stage] { (call.lang.of(&label)) }
                    }
                }
                button { (call.t("Chuyển", "Move")) }
            }
            dl.facts-table {
                div { dt { (call.t("Nguồn", "Source")) } dd { (parts::said(call.lang.of(&application.source))) " · " a href={ "/postings/" (application.posting) } { (call.t("tin đã đăng", "posting")) } } }
                @if let Some(at) = application.applied_at { div { dt { (call.t("Ứng tuyển lúc", "Applied")) } dd { (parts::moment(at)) } } }
                @if application.times > 1 && let Some(at) = application.last_applied_at {
                    div { dt { (call.t("Lần gần nhất", "Last time")) } dd { (parts::moment(at)) " (" (application.times) (call.t(" lần)", " times)")) } }
                }
                div { dt { (call.t("Nhận về lúc", "Received")) } dd { (parts::moment(application.received_at)) } }
                div { dt { (call.t("Cơ sở lưu giữ", "Basis")) } dd { (call.lang.of(&application.basis.label())) } }
                div {
                    dt { (call.t("Chữ ký của ", "Signature of ")) (call.platform.manifest().board_name) }
                    dd {
                        @if application.verified { span.tag.is-good { (call.t("hợp lệ", "valid")) } }
                        @else { span.tag.is-wait { (call.t("không có: hãy kiểm tra với ứng viên", "none: check with the candidate")) } }
                    }
                }
            }
            (extra(call, application))
            @if cvs.is_empty() { p.quiet { (call.t("Mạng tuyển dụng không gửi kèm CV.", "The job board sent no CV.")) } }
            @for cv in cvs { (file(call, &here, cv)) }
        }
    }
}

/// Whatever else the board said, under the board's own names.
fn extra(call: &Call, application: &StoredApplication) -> Markup {
    let rows: Vec<(&str, String)> = application
        .extra
        .iter()
        .filter_map(|(name, value)| match value {
            FieldValue::Text(text) => Some((name.as_str(), text.clone())),
            FieldValue::Integer(number) => Some((name.as_str(), number.to_string())),
            _ => None,
        })
        .collect();
    let rows: Vec<(&str, &str)> = rows
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    parts::technical(call.lang, &rows)
}

fn file(call: &Call, here: &str, cv: &Cv) -> Markup {
    let name = cv.name.as_deref().unwrap_or("CV");
    let path = format!("{here}/cvs/{}", cv.id.0);
    let media = cv.media_type.as_deref().unwrap_or_default();
    html! {
        @if cv.state == "stored" {
            div.file {
                p.file-head {
                    strong { (parts::said(name)) }
                    @if let Some(bytes) = cv.bytes { span.quiet { " " (format::size(bytes)) } }
                    " " a href={ (path) "?save=1" } { (call.t("Tải về", "Save")) }
                }
                @if DOCUMENTS.contains(&media) {
                    iframe.document src={ (path) "#navpanes=0&view=FitH" } title={ (call.t("CV: ", "CV: ")) (parts::plain(name)) } loading="lazy" {}
                } @else if PICTURES.contains(&media) {
                    img.document src=(path) alt={ (call.t("CV: ", "CV: ")) (parts::plain(name)) } loading="lazy";
                } @else {
                    p.quiet { (call.t("Loại tệp này không xem được trong trang; hãy tải về.", "This kind of file cannot be shown in the page; save it.")) }
                }
            }
        } @else {
            div.file.not-there {
                p {
                    strong { @if cv.next_try_at.is_some() { (call.t("Đang tải CV", "Fetching the CV")) } @else { (call.t("Không tải được CV", "The CV could not be fetched")) } }
                    @if cv.attempts > 0 { " · " (cv.attempts) (call.t(" lần thử", if cv.attempts == 1 { " try" } else { " tries" })) }
                }
                @if let Some(message) = &cv.message { p { (call.lang.of(message)) } }
                @if let Some(at) = cv.next_try_at { p.meta { (call.t("Thử lại lúc ", "Next try at ")) (parts::moment(at)) } }
                @if cv.next_try_at.is_some() {
                    (parts::button(&call.csrf, "/cvs/retry", call.t("Thử lại ngay", "Try now"), "", &[("next", &format!("{here}?done=retried"))]))
                }
            }
        }
    }
}

/// `POST /candidates/{id}/stage`
pub async fn stage(call: Call) -> Result<Answer, AppError> {
    let id = id(&call)?;
    let stage = call
        .given("stage")
        .and_then(Stage::from_code)
        .ok_or_else(|| {
            AppError::Input(vec![Problem::new(
                "stage",
                "unknown-option",
                "Không có giai đoạn này.",
                "There is no such stage.",
            )])
        })?;
    let application = call
        .given("application")
        .and_then(|id| id.parse().ok())
        .map(ApplicationId);
    call.platform
        .move_to_stage(&call.user, id, application, stage)
        .await?;
    Ok(Answer::Go(
        call.next_or(format!("/candidates/{}?done=moved", id.0)),
    ))
}

/// `POST /cvs/retry`: the waits after failures are not waited for.
pub async fn retry(call: Call) -> Result<Answer, AppError> {
    call.platform
        .fetch_cvs(Some(call.user.tenant), true)
        .await?;
    Ok(Answer::Go(call.next_or("/jobs".to_owned())))
}

/// `GET /candidates/{id}/cvs/{cv}`: shown where that is safe, else saved.
pub async fn cv(call: Call) -> Result<Answer, AppError> {
    let (id, cv) = (id(&call)?, CvId(call.id("cv")?));
    let (cv, content) = call.platform.cv(&call.user, id, cv).await?;
    let media = cv.media_type.unwrap_or_default();
    let can_be_shown = DOCUMENTS.contains(&media.as_str()) || PICTURES.contains(&media.as_str());
    if !can_be_shown || call.asked("save").is_some() {
        let file = Reply::File {
            name: cv.name.unwrap_or_else(|| "cv".to_owned()),
            media_type: "application/octet-stream".to_owned(),
            content: content.to_vec(),
        };
        return Ok(Answer::Raw(file.into_response()));
    }
    let mut response = Response::new(Body::from(content.to_vec()));
    guard(response.headers_mut(), &media);
    Ok(Answer::Raw(response))
}

/// What a stranger's file may do in a frame of this site: be looked at there, load nothing, send nothing, run nothing.
///
/// No `sandbox`: browsers refuse to show a PDF in a sandboxed frame. Their viewers run it in a process of its own, without this site's cookies
/// or pages; `nosniff` and the type found by the file's own bytes keep it from being taken for a page.
fn guard(headers: &mut HeaderMap, media: &str) {
    if let Ok(media) = HeaderValue::from_str(media) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    headers.insert(
        header::X_FRAME_OPTIONS,
        HeaderValue::from_static("SAMEORIGIN"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline"),
    );
}
