//! The frame around every page: head, navigation, messages, footer; and the headers that keep a browser from doing anything else.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::flash;
use super::lang::Lang;
use crate::domain::user::{Role, User};

/// Nothing but this site's own style sheet, script, images and forms; no inline script or style anywhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for a page that shows a document in a frame: the document is this site's own too, under a policy of its own.
const POLICY_WITH_FRAME: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The parts of the site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Jobs, their pipelines and candidates.
    Jobs,
    /// Postings at boards.
    Postings,
    /// Messages.
    Notices,
    /// Accounts at boards.
    Connections,
    /// What boards sent.
    Traffic,
    /// None of them.
    Other,
}

/// A page without its frame.
pub struct Page {
    /// For the tab and the heading of screen readers.
    pub title: String,
    /// Where in the navigation it stands.
    pub section: Section,
    /// HTTP status.
    pub status: StatusCode,
    /// Whether it shows a document in a frame.
    pub frames: bool,
    /// What stands in the middle.
    pub body: Markup,
}

impl Page {
    /// A page that was found.
    pub fn new(section: Section, title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            section,
            status: StatusCode::OK,
            frames: false,
            body,
        }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// What the frame shows of the request.
pub struct Frame {
    /// The reader's language.
    pub lang: Lang,
    /// For the forms in the frame.
    pub csrf: String,
    /// Path and query of the page.
    pub here: String,
    /// What was done just before, as a word of [`flash`].
    pub done: Option<String>,
    /// Unread notifications.
    pub unread: usize,
    /// Of the tenant's data, before the page was made.
    pub revision: u64,
    /// Who reads.
    pub user: User,
}

const NAVIGATION: [(Section, &str, &str, &str); 5] = [
    (Section::Jobs, "/jobs", "Tin tuyển dụng", "Jobs"),
    (Section::Postings, "/postings", "Tin đã đăng", "Postings"),
    (
        Section::Notices,
        "/notifications",
        "Thông báo",
        "Notifications",
    ),
    (
        Section::Connections,
        "/connections",
        "Mạng tuyển dụng",
        "Job boards",
    ),
    (
        Section::Traffic,
        "/deliveries",
        "Dữ liệu nhận về",
        "Deliveries",
    ),
];

/// A page in its frame.
pub fn render(frame: &Frame, page: Page) -> Response {
    let lang = frame.lang;
    let body = html! {
        a.skip href="#main" { (lang.t("Đến nội dung chính", "Skip to the content")) }
        header.top {
            div.top-inner {
                a.brand href="/jobs" {
                    span.brand-mark aria-hidden="true" {}
                    span { (lang.t("Tuyển dụng", "Hiring")) }
                }
                nav.sections aria-label=(lang.t("Chính", "Main")) {
                    ul {
                        @for (section, path, vi, en) in NAVIGATION {
                            li {
                                a href=(path) aria-current=[(section == page.section).then_some("page")] {
                                    (lang.t(vi, en))
                                    @if section == Section::Notices {
                                        " " (unread_badge(lang, frame.unread))
                                    }
                                }
                            }
                        }
                    }
                }
                div.account {
                    (language_form(lang, &without_done(&frame.here)))
                    details.menu {
                        summary {
                            span.avatar aria-hidden="true" { (initial(&frame.user.name)) }
                            span.who { (frame.user.name) }
                        }
                        div.menu-body {
                            p { strong { (frame.user.name) } br; span.quiet { (role(lang, frame.user.role)) } }
                            @if frame.user.role.administers() {
                                a href="/erasures" { (lang.t("Biên bản xóa dữ liệu", "Record of erasures")) }
                            }
                            form method="post" action="/logout" {
                                input type="hidden" name="csrf" value=(frame.csrf);
                                button.plain { (lang.t("Đăng xuất", "Sign out")) }
                            }
                        }
                    }
                }
            }
        }
        main #main tabindex="-1" {
            @if let Some(done) = frame.done.as_deref().and_then(|code| flash::text(lang, code)) {
                div #done.banner.is-good role="status" { (done) }
            }
            (page.body)
        }
        div #live.live role="status" aria-live="polite" hidden {
            span.live-text {}
            " "
            a href=(frame.here) { (lang.t("Xem", "Show")) }
        }
        footer.bottom {
            p { (lang.t("Giờ hiển thị theo múi giờ Việt Nam.", "All times are Vietnam's.")) }
        }
    };
    let policy = if page.frames {
        POLICY_WITH_FRAME
    } else {
        POLICY
    };
    document(
        lang,
        page.status,
        &page.title,
        policy,
        Some(frame.revision),
        &body,
    )
}

/// The counter beside "notifications"; the script keeps it up to date.
fn unread_badge(lang: Lang, unread: usize) -> Markup {
    let shown = if unread > 99 {
        "99+".to_owned()
    } else {
        unread.to_string()
    };
    html! {
        span.count data-unread hidden[unread == 0] {
            span.n { (shown) }
            span.hidden-text { " " (lang.t("chưa đọc", "unread")) }
        }
    }
}

fn initial(name: &str) -> String {
    let given = name.split_whitespace().last().unwrap_or("?");
    given.chars().take(1).flat_map(char::to_uppercase).collect()
}

fn role(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Recruiter => lang.t("Chuyên viên tuyển dụng", "Recruiter"),
        Role::Administrator => lang.t("Quản trị tuyển dụng", "Administrator"),
        Role::Operator => lang.t("Vận hành hệ thống", "Operator"),
    }
}

/// The message of the last action is not repeated when only the language changes.
fn without_done(here: &str) -> String {
    let Some((path, query)) = here.split_once('?') else {
        return here.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("done="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

/// The other language, one click away.
pub fn language_form(lang: Lang, here: &str) -> Markup {
    let other = lang.other();
    html! {
        form.language method="post" action="/language"
            data-lose=(lang.t("Những gì bạn đã nhập trên trang này sẽ mất khi đổi ngôn ngữ. Vẫn đổi?", "What you have entered on this page is lost when the language changes. Change it all the same?")) {
            input type="hidden" name="to" value=(other.code());
            input type="hidden" name="next" value=(here);
            button.plain lang=(other.code()) { (other.t("Tiếng Việt", "English")) }
        }
    }
}

/// A page outside the frame, with a body of its own.
pub fn alone(lang: Lang, status: StatusCode, title: &str, body: &Markup) -> Response {
    let body = html! { main #main.alone { (body) } };
    document(lang, status, title, POLICY, None, &body)
}

/// A page outside the frame that says one thing.
pub fn bare(lang: Lang, status: StatusCode, heading: &str, message: &str) -> Response {
    let body = html! {
        div.sign-in {
            h1 { (heading) }
            p { (message) }
            p { a href="/" { (lang.t("Về trang đầu", "To the first page")) } }
        }
    };
    alone(lang, status, heading, &body)
}

fn document(
    lang: Lang,
    status: StatusCode,
    title: &str,
    policy: &'static str,
    revision: Option<u64>,
    body: &Markup,
) -> Response {
    let product = lang.t("Tuyển dụng", "Hiring");
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (product) }
                link rel="icon" type="image/svg+xml" href=(assets::url("icon.svg"));
                link rel="stylesheet" href=(assets::url("app.css"));
                script src=(assets::url("app.js")) defer {}
            }
            body data-live=[revision.map(|_| "/live")] data-revision=[revision] { (body) }
        }
    };
    let mut response = (status, Html(markup.into_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    // With "no-referrer" a browser would send its own forms with the origin "null".
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_when_the_language_changes() {
        assert_eq!(without_done("/jobs/1?done=saved"), "/jobs/1");
        assert_eq!(without_done("/a?x=1&done=saved&y=2"), "/a?x=1&y=2");
        assert_eq!(without_done("/a"), "/a");
    }

    #[test]
    fn no_policy_allows_inline_or_foreign_code() {
        for policy in [POLICY, POLICY_WITH_FRAME] {
            assert!(policy.starts_with("default-src 'none'"));
            assert!(
                !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http")
            );
        }
    }
}
