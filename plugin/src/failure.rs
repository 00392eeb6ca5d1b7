//! Building the one failure shape of the contract.

use std::ops::{Deref, DerefMut};

use crate::contract::types::{self, Disposition, FieldProblem, Moment, NamedValue, Text, Value};

/// A failure on its way out. Boxed: it is large, and every `?` on the way moves it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure(Box<types::Failure>);

impl Failure {
    /// The same with something more said.
    pub fn with(mut self, say: impl FnOnce(&mut types::Failure)) -> Self {
        say(&mut self.0);
        self
    }
}

impl Deref for Failure {
    type Target = types::Failure;

    fn deref(&self) -> &types::Failure {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut types::Failure {
        &mut self.0
    }
}

impl From<Failure> for types::Failure {
    fn from(failure: Failure) -> Self {
        *failure.0
    }
}

/// A text in both languages. Neither may be empty.
pub fn text(vi: impl Into<String>, en: impl Into<String>) -> Text {
    Text {
        vi: vi.into(),
        en: en.into(),
    }
}

/// A named text value, for the open lists.
pub fn named(name: &str, value: impl Into<String>) -> NamedValue {
    NamedValue {
        name: name.into(),
        value: Value::Text(value.into()),
    }
}

/// A problem with one field, without explaining values.
pub fn problem(
    field: &str,
    code: &str,
    vi: impl Into<String>,
    en: impl Into<String>,
) -> FieldProblem {
    FieldProblem {
        field: field.into(),
        code: code.into(),
        message: text(vi, en),
        values: Vec::new(),
    }
}

/// A failure with nothing but what to do, why, and what to tell the recruiter.
pub fn failure(
    disposition: Disposition,
    code: &str,
    vi: impl Into<String>,
    en: impl Into<String>,
) -> Failure {
    Failure(Box::new(types::Failure {
        disposition,
        code: code.into(),
        message: text(vi, en),
        problems: Vec::new(),
        retry_after_ms: None,
        board_status: None,
        extra: Vec::new(),
    }))
}

/// All problems of one input at once.
pub fn invalid(problems: Vec<FieldProblem>) -> Failure {
    failure(
        Disposition::FixInput,
        "invalid-fields",
        "Một số thông tin chưa đúng. Hãy sửa các trường được đánh dấu rồi gửi lại.",
        "Some fields are not right yet. Correct the marked fields and send again.",
    )
    .with(|it| it.problems = problems)
}

/// Somebody else does the same thing until about `until`.
pub fn in_progress(code: &str, now: Moment, until: Moment) -> Failure {
    failure(
        Disposition::InProgress,
        code,
        "Một thao tác giống hệt đang chạy. Hãy thử lại sau ít phút.",
        "The same action is running right now. Try again in a moment.",
    )
    .with(|it| it.retry_after_ms = Some(until.saturating_sub(now).max(1_000)))
}

/// No credentials are stored.
pub fn not_configured() -> Failure {
    failure(
        Disposition::FixSettings,
        "not-configured",
        "TopCV chưa được cấu hình. Hãy nhập Employer API Key (Access Token của TopCV) và Secret Key trước.",
        "TopCV is not configured. Enter the Employer API Key (TopCV's Access Token) and the Secret Key first.",
    )
}

/// The connection was configured and its credentials are gone: the host's encryption key was lost, or their record is damaged.
pub fn credentials_lost() -> Failure {
    failure(
        Disposition::SignInAgain,
        "credentials-lost",
        "Không còn đọc được Employer API Key (Access Token của TopCV) và Secret Key đã lưu. Hãy nhập lại cả hai khóa; các tin đã đăng sẽ được nối lại.",
        "The stored Employer API Key (TopCV's Access Token) and Secret Key can no longer be read. Enter both keys again; the postings are then connected again.",
    )
    .with(|it| {
        let again = |field: &str| {
            problem(field, "required", "Hãy nhập lại.", "Enter it again.")
        };
        it.problems = vec![again("access-token"), again("secret-key")];
    })
}

/// No posting is stored under this id.
pub fn posting_not_found() -> Failure {
    failure(
        Disposition::NotFound,
        "posting-not-found",
        "Không có tin đăng nào với mã này trong kết nối này.",
        "This connection has no posting with this id.",
    )
}
