//! Vietnamese, or English on request; a cookie remembers it.

use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

const COOKIE: &str = "topcv-simulator-language";

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Vi,
    En,
}

impl Lang {
    /// What the cookie says; Vietnamese without one.
    pub(super) fn of(headers: &HeaderMap) -> Lang {
        let cookies = headers.get_all(header::COOKIE).iter();
        let english = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .any(|pair| pair.trim().split_once('=') == Some((COOKIE, "en")));
        if english { Lang::En } else { Lang::Vi }
    }

    /// The text in this language.
    pub(crate) fn t(self, vi: &'static str, en: &'static str) -> &'static str {
        match self {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    /// As it stands in `lang` attributes and in the cookie.
    pub(crate) fn code(self) -> &'static str {
        self.t("vi", "en")
    }

    pub(super) fn other(self) -> Lang {
        match self {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Switch {
    #[serde(default)]
    to: String,
    #[serde(default)]
    back: String,
}

/// `GET /portal/language?to=en&back=/portal/101/postings`.
pub(crate) async fn switch(Query(wanted): Query<Switch>) -> Response {
    let lang = if wanted.to == "en" {
        Lang::En
    } else {
        Lang::Vi
    };
    let cookie = format!(
        "{COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
        lang.code()
    );
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::LOCATION, own_path(&wanted.back).to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Only a path of the portal is gone back to: anything else could lead to another site.
fn own_path(back: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_".contains(c);
    let ours = back == "/portal" || back.starts_with("/portal/");
    if ours && back.chars().all(plain) {
        back
    } else {
        "/portal"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_the_portal() {
        assert_eq!(own_path("/portal/101/postings"), "/portal/101/postings");
        for hostile in [
            "//evil.example",
            "https://evil.example",
            "/portal.evil.example",
            "/portal/\r\nSet-Cookie: a=b",
            "/portal/\\evil",
            "",
        ] {
            assert_eq!(own_path(hostile), "/portal", "{hostile:?}");
        }
    }

    #[test]
    fn only_the_portals_own_cookie_decides() {
        let of = |cookie: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            Lang::of(&headers)
        };
        assert_eq!(of("a=b; topcv-simulator-language=en"), Lang::En);
        assert_eq!(of("language=en; topcv-simulator-language=vi"), Lang::Vi);
    }
}
