//! The two languages of the page.

use axum::http::HeaderMap;
use job_board_host::contract::types;

use super::door::cookie;
use crate::domain::text::Text;

/// The name of the cookie that remembers the choice.
pub const COOKIE: &str = "lang";

/// In which language a page is written. Vietnamese unless the reader chose English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Lang {
    /// As the reader chose it.
    pub fn of_request(headers: &HeaderMap) -> Self {
        match cookie(headers, COOKIE).as_deref() {
            Some("en") => Self::En,
            _ => Self::Vi,
        }
    }

    /// The language's code, for `lang` and the cookie.
    pub fn code(self) -> &'static str {
        self.t("vi", "en")
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }

    /// One of two texts of the page's own.
    pub fn t<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// A text of the platform.
    pub fn of(self, text: &Text) -> &str {
        self.t(&text.vi, &text.en)
    }

    /// A text of a plugin.
    pub fn said(self, text: &types::Text) -> &str {
        self.t(&text.vi, &text.en)
    }
}
