//! One way in for every page behind the sign-in: who is it, may the form be trusted, then the page, then the frame around it.

use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::behind;
use super::lang::Lang;
use super::layout::{self, Frame, Page};
use super::pages::notices::gather;
use super::{session, trouble};
use crate::application::sign_in::Proof;
use crate::application::{AppError, Platform};
use crate::domain::user::User;
use crate::http::endpoint::{COOKIE, MOST_BODY_BYTES, read_body};
use crate::store::Page as Rows;

/// The cookie that holds the token which every form gives back. Scripts cannot read it; the server writes it into the forms.
pub const CSRF_COOKIE: &str = "csrf";

/// Rows of one page of a long list.
pub const ROWS: u32 = 50;

/// What a page does with a sound call.
pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Result<Answer, AppError>> + Send>>;

/// One address and its page.
pub struct Door {
    /// `GET` or `POST`.
    pub method: Method,
    /// With names in braces.
    pub path: &'static str,
    /// What it does.
    pub handler: Handler,
}

/// Names and values, in order; a name may repeat.
pub type Pairs = Vec<(String, String)>;

/// What a page answers with.
pub enum Answer {
    /// A page.
    Page(Page),
    /// Something was done: go there. Reloading the page that follows repeats nothing.
    Go(String),
    /// Anything else.
    Raw(Response),
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// A call that was found sound.
pub struct Call {
    /// The platform.
    pub platform: Platform,
    /// Who calls.
    pub user: User,
    /// In which language to answer.
    pub lang: Lang,
    /// The token for the forms of the answer.
    pub csrf: String,
    path: Pairs,
    query: Pairs,
    /// What the form sent.
    pub form: Pairs,
}

impl Call {
    /// One of two texts.
    pub fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        self.lang.t(vi, en)
    }

    /// A number in the path. What is no number names nothing.
    pub fn id(&self, name: &'static str) -> Result<i64, AppError> {
        self.word(name)?
            .parse()
            .ok()
            .filter(|id| *id > 0)
            .ok_or(AppError::NoSuch("page"))
    }

    /// A word in the path.
    pub fn word(&self, name: &'static str) -> Result<&str, AppError> {
        first(&self.path, name).ok_or(AppError::NoSuch("page"))
    }

    /// A value of the query, unless it is empty.
    pub fn asked(&self, name: &str) -> Option<&str> {
        first(&self.query, name).filter(|value| !value.is_empty())
    }

    /// A number of the query.
    pub fn asked_number(&self, name: &str) -> Option<i64> {
        self.asked(name)?.parse().ok()
    }

    /// A value of the form, without white space around it, unless it is empty then.
    pub fn given(&self, name: &str) -> Option<&str> {
        first(&self.form, name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// A value of the form or else of the query.
    pub fn either(&self, name: &str) -> Option<&str> {
        self.given(name).or_else(|| self.asked(name))
    }

    /// Where the form wants to go afterwards, when that is on this site.
    pub fn next_or(&self, otherwise: String) -> String {
        let wanted = self.given("next").and_then(session::local_target);
        wanted.unwrap_or(otherwise)
    }

    /// Which rows of a long list the query asks for.
    pub fn rows(&self) -> Rows {
        Rows {
            before: self.asked_number("before"),
            limit: ROWS,
        }
    }
}

fn first<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut pairs = pairs.iter();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Runs a page for a request.
pub async fn serve(platform: Platform, door: &'static Door, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let lang = Lang::of_request(&parts.headers);
    let here = parts
        .uri
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    let form = if door.method == Method::POST {
        match read_form(&platform, &parts, body).await {
            Ok(form) => form,
            Err(refused) => return refused.page(lang),
        }
    } else {
        Pairs::new()
    };
    let asked = parts.uri.path().to_owned();
    let shown = if door.method == Method::POST {
        behind::page(parts.uri.path(), &form)
    } else {
        here.clone()
    };
    let user = match identify(&platform, &parts, &form).await {
        Ok(user) => user,
        Err(Refusal::SignedOut) => return session::go_and_sign_in(&parts, &here),
        Err(refused) => return refused.page(lang),
    };
    let path = match RawPathParams::from_request_parts(&mut parts, &()).await {
        Ok(raw) => raw
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        Err(_) => Pairs::new(),
    };
    let call = Call {
        platform: platform.clone(),
        user: user.clone(),
        lang,
        csrf: cookie(&parts.headers, CSRF_COOKIE).unwrap_or_default(),
        path,
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form,
    };
    let frame = Frame {
        lang,
        csrf: call.csrf.clone(),
        here: shown,
        done: call.asked("done").map(str::to_owned),
        unread: unread(&platform, &user).await,
        revision: platform.revision(user.tenant),
        user,
    };
    // A task of its own: a browser that goes away must not stop a paid call half-way.
    let answered = tokio::spawn((door.handler)(call)).await;
    match answered {
        Ok(Ok(Answer::Page(page))) => layout::render(&frame, page),
        Ok(Ok(Answer::Go(target))) => see_other(&target),
        Ok(Ok(Answer::Raw(response))) => response,
        Ok(Err(error)) => {
            let page = trouble::page(lang, &asked, &frame.user, error);
            layout::render(&frame, page)
        }
        Err(stopped) => {
            tracing::error!(%stopped, "a page's task ended before its answer");
            layout::render(&frame, trouble::ended(lang))
        }
    }
}

/// For addresses that no page has. Says nothing to who is not signed in.
pub async fn nothing_here(platform: Platform, request: Request<Body>) -> Response {
    static NOTHING: Door = Door {
        method: Method::GET,
        path: "",
        handler: |_| Box::pin(async { Err(AppError::NoSuch("page")) }),
    };
    serve(platform, &NOTHING, request).await
}

/// Unread notifications as their page lists them, several applicants of one job being one line, as far as the counter counts.
async fn unread(platform: &Platform, user: &User) -> usize {
    let rows = Rows {
        before: None,
        limit: 100,
    };
    match platform.notices(user, true, rows).await {
        Ok(notices) => gather(&notices).len(),
        Err(error) => {
            tracing::error!(%error, "unread notifications cannot be counted");
            0
        }
    }
}

/// Why a request does not get as far as its page.
pub enum Refusal {
    /// Nobody is signed in.
    SignedOut,
    /// The form came from another site, or from a page of an earlier session.
    OldForm,
    /// Too large, incomplete, or not a form.
    Unreadable(StatusCode),
}

impl Refusal {
    /// The page that says so, without a frame: nobody is known yet.
    pub fn page(self, lang: Lang) -> Response {
        let (status, heading, message) = match self {
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                lang.t("Bạn chưa đăng nhập", "You are not signed in"),
                lang.t("Hãy đăng nhập rồi thử lại.", "Sign in and try again."),
            ),
            Self::OldForm => (
                StatusCode::FORBIDDEN,
                lang.t("Biểu mẫu này đã cũ", "This form is too old"),
                lang.t(
                    "Trang được mở từ phiên đăng nhập khác, hoặc yêu cầu đến từ trang web khác. Chưa có gì thay đổi. Hãy mở lại trang rồi làm lại.",
                    "It was opened in another session, or sent by another site. Nothing was changed. Open the page again and repeat what you did.",
                ),
            ),
            Self::Unreadable(status) => (
                status,
                lang.t("Không đọc được biểu mẫu", "The form cannot be read"),
                lang.t(
                    "Nội dung quá lớn hoặc không được gửi trọn vẹn. Chưa có gì thay đổi. Hãy thử lại.",
                    "It is too large, or did not arrive whole. Nothing was changed. Try again.",
                ),
            ),
        };
        layout::bare(lang, status, heading, message)
    }
}

/// The form's pairs, when it came from this site.
pub async fn read_form(platform: &Platform, parts: &Parts, body: Body) -> Result<Pairs, Refusal> {
    if !is_same_origin(&parts.headers, platform.public_base_url()) {
        return Err(Refusal::OldForm);
    }
    let declared = parts.headers.get(header::CONTENT_TYPE);
    let media = declared.and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = media.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::Unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    match read_body(parts, body, MOST_BODY_BYTES).await {
        Ok(bytes) => Ok(pairs(&bytes)),
        Err(error) => Err(Refusal::Unreadable(error.status())),
    }
}

/// A browser says where a form comes from, in one of two headers. Who sends neither is no browser, and has the token to prove.
fn is_same_origin(headers: &HeaderMap, own: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text("origin") else {
        return true;
    };
    let host = text("host").unwrap_or_default();
    origin == own
        || origin
            .split_once("://")
            .is_some_and(|(_, rest)| rest == host)
}

async fn identify(platform: &Platform, parts: &Parts, form: &Pairs) -> Result<User, Refusal> {
    let Some(token) = cookie(&parts.headers, COOKIE) else {
        return Err(Refusal::SignedOut);
    };
    // Signed in for the API, and not here: the forms would have no token.
    if cookie(&parts.headers, CSRF_COOKIE).is_none() {
        return Err(Refusal::SignedOut);
    }
    let changes = parts.method == Method::POST;
    let proof = |reads: bool| Proof::Cookie {
        token: token.clone(),
        csrf: first(form, "csrf").map(str::to_owned),
        reads,
    };
    let known = |found: Result<Option<User>, AppError>| {
        found.map_err(|_| Refusal::Unreadable(StatusCode::INTERNAL_SERVER_ERROR))
    };
    if let Some(user) = known(platform.identify(proof(!changes)).await)? {
        return Ok(user);
    }
    let signed_in = changes && known(platform.identify(proof(true)).await)?.is_some();
    Err(if signed_in {
        Refusal::OldForm
    } else {
        Refusal::SignedOut
    })
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

fn pairs(bytes: &[u8]) -> Pairs {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// "Look there now", with GET.
pub fn see_other(target: &str) -> Response {
    match header::HeaderValue::from_str(target) {
        Ok(target) => (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

job_board_host::never_printed!(Call);

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(given: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, header::HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_form_of_another_site_is_known_by_what_the_browser_says() {
        let own = "https://ats.example";
        for (given, wanted) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "same-site")], false),
            (
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://ats.example"),
                ],
                false,
            ),
            (
                vec![("origin", "https://ats.example"), ("host", "10.0.0.7:8470")],
                true,
            ),
            (
                vec![
                    ("origin", "http://127.0.0.1:8470"),
                    ("host", "127.0.0.1:8470"),
                ],
                true,
            ),
            (
                vec![
                    ("origin", "http://127.0.0.1:8480"),
                    ("host", "127.0.0.1:8470"),
                ],
                false,
            ),
            (vec![("origin", "null"), ("host", "127.0.0.1:8470")], false),
            (vec![], true),
        ] {
            assert_eq!(is_same_origin(&headers(&given), own), wanted, "{given:?}");
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&[("cookie", "xcsrf=1; lang=en"), ("cookie", "csrf=2")]);
        assert_eq!(cookie(&headers, "csrf").as_deref(), Some("2"));
        assert_eq!(cookie(&headers, "lang").as_deref(), Some("en"));
        assert_eq!(cookie(&headers, "ang"), None);
    }
}
