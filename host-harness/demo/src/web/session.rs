//! Signing in and out, and the choice of language: what works without a session.

use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use maud::html;

use super::door::{CSRF_COOKIE, Pairs, cookie, read_form, see_other};
use super::lang::{self, Lang};
use super::layout;
use crate::application::sign_in::{Proof, SESSION_MS};
use crate::application::{AppError, Platform};
use crate::http::endpoint::COOKIE;
use crate::http::sender;

/// A year: the choice of language is no secret.
const LANGUAGE_SECONDS: u64 = 31_536_000;

/// An address on this site, or nothing: a link must not make the sign-in lead elsewhere.
pub fn local_target(target: &str) -> Option<String> {
    let plain = target.starts_with('/')
        && !target.starts_with("//")
        && !target
            .chars()
            .any(|c| c == '\\' || c.is_control() || c.is_whitespace())
        && target.is_ascii()
        && !target.starts_with("/login")
        && !target.starts_with("/logout");
    plain.then(|| target.to_owned())
}

fn get<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// Sends who is not signed in to the sign-in, and remembers where they wanted to go.
pub fn go_and_sign_in(parts: &Parts, here: &str) -> Response {
    let wanted = if parts.method == Method::GET {
        Some(here.to_owned())
    } else {
        // What a form would have changed cannot be repeated by a link: back to the page that it stood on.
        let referer = parts.headers.get(header::REFERER);
        referer
            .and_then(|value| value.to_str().ok()?.parse::<Uri>().ok())
            .and_then(|uri| uri.path_and_query().map(ToString::to_string))
    };
    let over = parts.method == Method::POST;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(next) = wanted.as_deref().and_then(local_target)
        && next != "/"
    {
        query.append_pair("next", &next);
    }
    if over {
        query.append_pair("over", "1");
    }
    let query = query.finish();
    see_other(&if query.is_empty() {
        "/login".to_owned()
    } else {
        format!("/login?{query}")
    })
}

/// `GET /login`
pub async fn show(State(platform): State<Platform>, headers: HeaderMap, uri: Uri) -> Response {
    let query: Pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    let next = local_target(get(&query, "next")).unwrap_or_else(|| "/".to_owned());
    if let (Some(token), Some(_)) = (cookie(&headers, COOKIE), cookie(&headers, CSRF_COOKIE)) {
        let proof = Proof::Cookie {
            token,
            csrf: None,
            reads: true,
        };
        if let Ok(Some(_)) = platform.identify(proof).await {
            return see_other(&next);
        }
    }
    let lang = Lang::of_request(&headers);
    let notice = (get(&query, "over") == "1").then(|| {
        lang.t(
            "Phiên đăng nhập đã hết. Việc vừa rồi chưa được thực hiện; hãy đăng nhập rồi làm lại.",
            "Your session is over. What you just did was not carried out: sign in and repeat it.",
        )
    });
    page(lang, StatusCode::OK, &next, "", notice)
}

/// `POST /login`
pub async fn sign_in(State(platform): State<Platform>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let lang = Lang::of_request(&parts.headers);
    let form = match read_form(&platform, &parts, body).await {
        Ok(form) => form,
        Err(refused) => return refused.page(lang),
    };
    let (login, password) = (get(&form, "login").trim(), get(&form, "password"));
    let next = local_target(get(&form, "next")).unwrap_or_else(|| "/".to_owned());
    let session = platform
        .sign_in(
            login.to_owned(),
            password.trim().to_owned().into(),
            sender::of(&parts),
            true,
        )
        .await;
    match session {
        Ok(session) => {
            let mut response = see_other(&next);
            let seconds = SESSION_MS / 1_000;
            let csrf = session.csrf.unwrap_or_default();
            set_cookie(&platform, &mut response, COOKIE, &session.token, seconds);
            set_cookie(&platform, &mut response, CSRF_COOKIE, &csrf, seconds);
            response
        }
        Err(AppError::WrongCredentials) => {
            let wrong = lang.t(
                "Tên đăng nhập hoặc mật khẩu không đúng.",
                "Login or password is wrong.",
            );
            page(lang, StatusCode::UNAUTHORIZED, &next, login, Some(wrong))
        }
        Err(AppError::TooManyAttempts { retry_after_ms }) => {
            let wait = lang.t(
                "Đăng nhập sai quá nhiều lần từ địa chỉ này. Hãy đợi rồi thử lại.",
                "Too many sign-ins from this address have failed. Wait, then try again.",
            );
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = page(lang, status, &next, login, Some(wait));
            let seconds = HeaderValue::from(retry_after_ms.div_ceil(1_000));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
        Err(error) => {
            tracing::error!(%error, "nobody can sign in");
            let failed = lang.t(
                "Hệ thống đang gặp lỗi. Hãy thử lại sau ít phút.",
                "The platform has a problem. Try again in a few minutes.",
            );
            page(
                lang,
                StatusCode::INTERNAL_SERVER_ERROR,
                &next,
                login,
                Some(failed),
            )
        }
    }
}

/// `POST /logout`
pub async fn sign_out(State(platform): State<Platform>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let lang = Lang::of_request(&parts.headers);
    if let Err(refused) = read_form(&platform, &parts, body).await {
        return refused.page(lang);
    }
    if let Some(token) = cookie(&parts.headers, COOKIE)
        && let Err(error) = platform.sign_out(&token).await
    {
        tracing::error!(%error, "a session was not ended");
    }
    let mut response = see_other("/login");
    set_cookie(&platform, &mut response, COOKIE, "", 0);
    set_cookie(&platform, &mut response, CSRF_COOKIE, "", 0);
    response
}

/// `POST /language`
pub async fn choose_language(State(platform): State<Platform>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let lang = Lang::of_request(&parts.headers);
    let form = match read_form(&platform, &parts, body).await {
        Ok(form) => form,
        Err(refused) => return refused.page(lang),
    };
    let chosen = match get(&form, "to") {
        "en" => Lang::En,
        _ => Lang::Vi,
    };
    let next = get(&form, "next");
    // The sign-in page itself may be where the reader is.
    let next = if next.starts_with("/login?next=%2F") || next == "/login" {
        next.to_owned()
    } else {
        local_target(next).unwrap_or_else(|| "/".to_owned())
    };
    let mut response = see_other(&next);
    set_cookie(
        &platform,
        &mut response,
        lang::COOKIE,
        chosen.code(),
        LANGUAGE_SECONDS,
    );
    response
}

fn set_cookie(platform: &Platform, response: &mut Response, name: &str, value: &str, seconds: u64) {
    let secure = if platform.is_public_over_tls() {
        "; Secure"
    } else {
        ""
    };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn page(lang: Lang, status: StatusCode, next: &str, login: &str, notice: Option<&str>) -> Response {
    let here = if next == "/" {
        "/login".to_owned()
    } else {
        let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        format!("/login?next={query}")
    };
    let body = html! {
        div.sign-in {
            div.brand-mark aria-hidden="true" {}
            h1 { (lang.t("Đăng nhập", "Sign in")) }
            p.quiet { (lang.t("Tuyển dụng nhân sự của công ty bạn.", "Your company's hiring, in one place.")) }
            @if let Some(notice) = notice {
                div.banner.is-bad role="alert" { (notice) }
            }
            form method="post" action="/login" {
                input type="hidden" name="next" value=(next);
                div.field {
                    label for="login" { (lang.t("Tên đăng nhập", "Login")) }
                    input #login name="login" value=(login) autocomplete="username" autocapitalize="none" required autofocus[login.is_empty()] maxlength="128";
                }
                div.field {
                    label for="password" { (lang.t("Mật khẩu", "Password")) }
                    input #password name="password" type="password" autocomplete="current-password" required autofocus[!login.is_empty()] maxlength="128";
                }
                button.primary.wide { (lang.t("Đăng nhập", "Sign in")) }
            }
            (layout::language_form(lang, &here))
        }
    };
    layout::alone(lang, status, lang.t("Đăng nhập", "Sign in"), &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_stays_on_this_site() {
        for good in ["/", "/jobs/1?connection=2", "/postings/a-b_c?done=closed"] {
            assert_eq!(local_target(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "jobs",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nSet-Cookie: x",
            "/\t/evil.example",
            "/login?next=/login",
            "/é",
        ] {
            assert_eq!(local_target(bad), None, "{bad:?}");
        }
    }
}
