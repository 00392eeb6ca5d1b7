//! The kinds of faults with their parameters.

use crate::input::{Fields, InputError, Literal};
use crate::partner::Operation;
use crate::posting::FieldErrors;

/// Most milliseconds, bytes and so on that a parameter may say.
const MOST: i64 = 4_000_000_000;

/// How a call goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An error page of the server itself: 500, 502 or 503.
    ServerError(u16),
    /// The connection is closed without a byte of an answer.
    DropConnection,
    /// The right answer, late.
    Delay {
        ms: u64,
    },
    /// The CDN's challenge page, with this status.
    Challenge(u16),
    /// 429 with `Retry-After`.
    RateLimited {
        retry_after: String,
    },
    /// The message with "quá nhanh".
    TooFast {
        status: u16,
    },
    SessionTimeout,
    InvalidToken,
    Unauthorized,
    Forbidden,
    NotFound,
    Validation {
        errors: FieldErrors,
    },
    NoCredit {
        status: u16,
    },
    MalformedJson,
    TruncatedJson,
    WrongTypes,
    /// What people read in the answer (names, titles, messages) stands inside script.
    HostileTexts,
    HugeAnswer {
        bytes: u64,
    },
    SlowDrip {
        per_second: u32,
    },
    Redirect {
        to: String,
        status: u16,
    },
    CvHtml,
    CvExpired,
    CvWrongMagic,
    CvPlainZip,
    /// The connection is closed at once; the posting comes into being later.
    CreateLate {
        ms: u64,
    },
    /// The posting is created; the answer waits for a release.
    CreateAnswerDelayUntilRelease,
    /// The posting is created, approved and applied to, all told by webhook, before the answer is sent.
    WebhooksBeforeCreateAnswer,
}

impl Kind {
    /// The names of all kinds.
    #[cfg(test)]
    pub(crate) const NAMES: [&'static str; 32] = [
        "status_500",
        "status_502",
        "status_503",
        "drop_connection",
        "delay",
        "challenge_200",
        "challenge_403",
        "challenge_429",
        "challenge_503",
        "rate_limited",
        "too_fast",
        "session_timeout",
        "invalid_token",
        "unauthorized_401",
        "forbidden_403",
        "not_found_404",
        "validation_422",
        "no_credit_402",
        "malformed_json",
        "truncated_json",
        "wrong_types",
        "hostile_texts",
        "huge_answer",
        "slow_drip",
        "redirect",
        "cv_html_200",
        "cv_expired_422",
        "cv_wrong_magic",
        "cv_plain_zip",
        "create_late",
        "create_answer_delay_until_release",
        "webhooks_before_create_answer",
    ];

    /// The name by which a fault of this kind is asked for.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Kind::ServerError(502) => "status_502",
            Kind::ServerError(503) => "status_503",
            Kind::ServerError(_) => "status_500",
            Kind::DropConnection => "drop_connection",
            Kind::Delay { .. } => "delay",
            Kind::Challenge(200) => "challenge_200",
            Kind::Challenge(429) => "challenge_429",
            Kind::Challenge(503) => "challenge_503",
            Kind::Challenge(_) => "challenge_403",
            Kind::RateLimited { .. } => "rate_limited",
            Kind::TooFast { .. } => "too_fast",
            Kind::SessionTimeout => "session_timeout",
            Kind::InvalidToken => "invalid_token",
            Kind::Unauthorized => "unauthorized_401",
            Kind::Forbidden => "forbidden_403",
            Kind::NotFound => "not_found_404",
            Kind::Validation { .. } => "validation_422",
            Kind::NoCredit { .. } => "no_credit_402",
            Kind::MalformedJson => "malformed_json",
            Kind::TruncatedJson => "truncated_json",
            Kind::WrongTypes => "wrong_types",
            Kind::HostileTexts => "hostile_texts",
            Kind::HugeAnswer { .. } => "huge_answer",
            Kind::SlowDrip { .. } => "slow_drip",
            Kind::Redirect { .. } => "redirect",
            Kind::CvHtml => "cv_html_200",
            Kind::CvExpired => "cv_expired_422",
            Kind::CvWrongMagic => "cv_wrong_magic",
            Kind::CvPlainZip => "cv_plain_zip",
            Kind::CreateLate { .. } => "create_late",
            Kind::CreateAnswerDelayUntilRelease => "create_answer_delay_until_release",
            Kind::WebhooksBeforeCreateAnswer => "webhooks_before_create_answer",
        }
    }

    /// The kind of that name, with its parameters taken from `params`.
    pub(crate) fn read(name: &str, params: &mut Fields) -> Result<Kind, InputError> {
        Ok(match name {
            "status_500" => Kind::ServerError(500),
            "status_502" => Kind::ServerError(502),
            "status_503" => Kind::ServerError(503),
            "drop_connection" => Kind::DropConnection,
            "delay" => Kind::Delay {
                ms: amount(params, "ms", None)?,
            },
            "challenge_200" => Kind::Challenge(200),
            "challenge_403" => Kind::Challenge(403),
            "challenge_429" => Kind::Challenge(429),
            "challenge_503" => Kind::Challenge(503),
            "rate_limited" => Kind::RateLimited {
                retry_after: match params.optional_literal("retry_after")? {
                    None | Some(Literal::Null) => "1".to_owned(),
                    Some(literal) => literal.signed_text().to_owned(),
                },
            },
            "too_fast" => Kind::TooFast {
                status: status(params, 400)?,
            },
            "session_timeout" => Kind::SessionTimeout,
            "invalid_token" => Kind::InvalidToken,
            "unauthorized_401" => Kind::Unauthorized,
            "forbidden_403" => Kind::Forbidden,
            "not_found_404" => Kind::NotFound,
            "validation_422" => Kind::Validation {
                errors: field_errors(params)?,
            },
            "no_credit_402" => Kind::NoCredit {
                status: status(params, 402)?,
            },
            "malformed_json" => Kind::MalformedJson,
            "truncated_json" => Kind::TruncatedJson,
            "wrong_types" => Kind::WrongTypes,
            "hostile_texts" => Kind::HostileTexts,
            "huge_answer" => Kind::HugeAnswer {
                bytes: amount(params, "bytes", Some(64 * 1024 * 1024))?,
            },
            "slow_drip" => Kind::SlowDrip {
                per_second: u32::try_from(amount(params, "bytes_per_s", Some(10))?)
                    .unwrap_or(u32::MAX)
                    .max(1),
            },
            "redirect" => Kind::Redirect {
                to: params.text("to", 2_000)?,
                status: status(params, 302)?,
            },
            "cv_html_200" => Kind::CvHtml,
            "cv_expired_422" => Kind::CvExpired,
            "cv_wrong_magic" => Kind::CvWrongMagic,
            "cv_plain_zip" => Kind::CvPlainZip,
            "create_late" => Kind::CreateLate {
                ms: amount(params, "ms", None)?,
            },
            "create_answer_delay_until_release" => Kind::CreateAnswerDelayUntilRelease,
            "webhooks_before_create_answer" => Kind::WebhooksBeforeCreateAnswer,
            _ => {
                return Err(InputError::bad_value(
                    "kind",
                    "a kind of fault (see the crate's documentation)",
                ));
            }
        })
    }

    /// The one operation for which this kind makes sense, if there is only one.
    pub(crate) fn only_for(&self) -> Option<Operation> {
        match self {
            Kind::CvHtml | Kind::CvExpired | Kind::CvWrongMagic | Kind::CvPlainZip => {
                Some(Operation::Download)
            }
            Kind::CreateLate { .. }
            | Kind::CreateAnswerDelayUntilRelease
            | Kind::WebhooksBeforeCreateAnswer => Some(Operation::Create),
            _ => None,
        }
    }
}

fn amount(params: &mut Fields, name: &str, default: Option<u64>) -> Result<u64, InputError> {
    let given = params.optional_integer(name, 0, MOST)?;
    match (given.and_then(|number| u64::try_from(number).ok()), default) {
        (Some(number), _) | (None, Some(number)) => Ok(number),
        (None, None) => Err(InputError::missing(name)),
    }
}

fn status(params: &mut Fields, default: u16) -> Result<u16, InputError> {
    let given = params.optional_integer("status", 200, 599)?;
    Ok(given
        .and_then(|number| u16::try_from(number).ok())
        .unwrap_or(default))
}

fn field_errors(params: &mut Fields) -> Result<FieldErrors, InputError> {
    let errors = params
        .optional_fields("errors")?
        .ok_or_else(|| InputError::missing("errors"))?;
    serde_json::from_value(serde_json::Value::Object(errors.into_values()))
        .map_err(|_| InputError::wrong_type("errors", "an object of lists of texts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_its_own_name() {
        let text = r#"{"ms": 1, "to": "/", "errors": {"title": ["x"]}}"#;
        for name in Kind::NAMES {
            let mut params = crate::input::parse_object(text.as_bytes()).unwrap();
            assert_eq!(Kind::read(name, &mut params).unwrap().name(), name);
        }
    }
}
