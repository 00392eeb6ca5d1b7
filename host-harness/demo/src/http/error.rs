//! Errors as answers: one JSON shape, in both languages, with the status that fits.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use job_board_host::contract::types::{Disposition, Failure};
use serde_json::{Value, json};

use super::schema::problem;
use super::strict_json::JsonDefect;
use super::views;
use crate::application::{AppError, Problem};
use crate::domain::text::Text;
use crate::store::StoreError;

/// An error, ready to be answered.
pub struct ApiError {
    status: StatusCode,
    code: String,
    message: Text,
    problems: Vec<Problem>,
    details: Vec<(&'static str, Value)>,
    retry_after_ms: Option<u64>,
}

impl ApiError {
    /// An error without details.
    pub fn new(status: StatusCode, code: &str, vi: &str, en: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: Text::new(vi, en),
            problems: Vec::new(),
            details: Vec::new(),
            retry_after_ms: None,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened, and the next step.
    pub fn message(&self) -> &Text {
        &self.message
    }

    fn about(self, problems: Vec<Problem>) -> Self {
        Self { problems, ..self }
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.details.push((name, value));
        self
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed-out",
            "Hãy đăng nhập.",
            "Sign in: POST /api/login, then send the token as `Authorization: Bearer`.",
        )
    }

    /// There is no such path.
    pub fn no_such_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no-such-path",
            "Không có địa chỉ này. Hãy kiểm tra lại đường dẫn; API bắt đầu bằng /api.",
            "There is no such path. Check its spelling; the API's begin with /api.",
        )
    }

    /// The path does not know this method.
    pub fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong-method",
            "Địa chỉ này không nhận phương thức đó. Các phương thức được nhận nằm trong header Allow.",
            "This path does not take that method. The header Allow names those that it takes.",
        )
    }

    /// The body is over the limit.
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Nội dung gửi lên quá lớn. Hãy rút gọn dưới số byte nêu ở `limit`.",
            "The body is too large. Keep it below the number of bytes in `limit`.",
        )
        .with("limit", json!(limit))
    }

    /// The body did not arrive whole, or not in time.
    pub fn incomplete() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "incomplete-body",
            "Nội dung gửi lên không đầy đủ. Hãy gửi lại.",
            "The body did not arrive whole. Send it again.",
        )
    }

    /// The body is not declared as JSON.
    pub fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "Chỉ nhận JSON. Hãy gửi kèm Content-Type: application/json.",
            "Only JSON is taken. Send it with Content-Type: application/json.",
        )
    }
}

impl From<JsonDefect> for ApiError {
    fn from(defect: JsonDefect) -> Self {
        let refused = |code, vi, en| Self::new(StatusCode::BAD_REQUEST, code, vi, en);
        match defect {
            JsonDefect::NotUtf8 => refused(
                "not-utf8",
                "Nội dung không phải UTF-8. Hãy mã hóa lại rồi gửi.",
                "The body is not UTF-8. Encode it so and send it again.",
            ),
            JsonDefect::Malformed => refused(
                "malformed-json",
                "Nội dung không phải JSON. Hãy kiểm tra dấu ngoặc và dấu phẩy.",
                "The body is not JSON. Check quotes, brackets and commas.",
            ),
            JsonDefect::DuplicateKey(field) => refused(
                "duplicate-key",
                "Một mục xuất hiện hai lần. Hãy giữ lại một.",
                "A name stands twice. Keep one of them.",
            )
            .about(vec![problem(&field, "duplicate-key")]),
            JsonDefect::TooDeep(field) => refused(
                "too-deep",
                "Dữ liệu lồng nhau quá sâu. Hãy làm phẳng mục được nêu.",
                "The body is nested too deeply. Flatten the field that is named.",
            )
            .about(vec![problem(&field, "too-deep")]),
        }
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let simple = Self::new;
        match error {
            AppError::NoSuch(what) => simple(
                StatusCode::NOT_FOUND,
                "not-found",
                "Không tìm thấy. Có thể đã bị xóa; hãy mở lại danh sách.",
                "There is no such thing. It may have been removed; look at the list again.",
            )
            .with("what", json!(what)),
            AppError::WrongCredentials => simple(
                StatusCode::UNAUTHORIZED,
                "wrong-credentials",
                "Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại; mật khẩu được in ra ở lần khởi động đầu tiên.",
                "Login or password is wrong. Try again; passwords were printed at the platform's first start.",
            ),
            AppError::TooManyAttempts { retry_after_ms } => Self {
                retry_after_ms: Some(retry_after_ms),
                ..simple(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-attempts",
                    "Đăng nhập sai quá nhiều lần từ địa chỉ này. Hãy đợi rồi thử lại.",
                    "Too many sign-ins from this address have failed. Wait, then try again.",
                )
            },
            AppError::Forbidden(problem) => simple(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Vai trò của bạn không được làm việc này. Hãy nhờ quản trị viên hoặc người vận hành.",
                "Your role may not do this. Ask an administrator or the operator.",
            )
            .about(problem.into_iter().collect()),
            AppError::Input(problems) => simple(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-input",
                "Dữ liệu gửi lên chưa đúng. Xem từng mục.",
                "What was sent is wrong; see each problem.",
            )
            .about(problems),
            AppError::RequestIdReused => simple(
                StatusCode::CONFLICT,
                "request-id-reused",
                "Mã yêu cầu này đã dùng cho việc khác. Hãy gửi lại với mã mới.",
                "This request id was used for something else. Send it again with a new one.",
            )
            .about(vec![problem("request_id", "request-id-reused")]),
            AppError::Board {
                failure,
                request_id,
            } => of_failure(*failure, request_id),
            AppError::Stopped { why, request_id } => {
                tracing::error!(%why, "a call to the plugin was ended");
                simple(
                    StatusCode::BAD_GATEWAY,
                    "plugin-stopped",
                    "Plugin đã dừng trước khi trả lời. Hãy thử lại với cùng mã yêu cầu.",
                    "The plugin was stopped before it answered. Try again with the same request id.",
                )
                .with("request_id", json!(request_id))
            }
            AppError::Store(error @ StoreError::Sealed { .. }) => {
                tracing::error!(%error, "something sealed does not open");
                simple(
                    StatusCode::GONE,
                    "sealed-unreadable",
                    "Nội dung này được mã hóa bằng một khóa không còn nữa nên không đọc được. Khôi phục tệp khóa nếu còn bản lưu.",
                    "This was encrypted with a key that is gone, so it cannot be read. Put the key file back if there is a copy.",
                )
            }
            AppError::Store(error) => {
                tracing::error!(%error, "the store failed");
                simple(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store-failed",
                    "Hệ thống gặp lỗi lưu trữ. Không có gì thay đổi. Hãy thử lại; nếu vẫn lỗi, báo người vận hành.",
                    "The platform's store failed. Nothing was changed. Try again; if it stays so, tell the operator.",
                )
            }
        }
    }
}

/// The contract's dispositions as statuses. Never 401: that is for the platform's own sign-in.
fn status_of(disposition: Disposition) -> StatusCode {
    match disposition {
        Disposition::FixInput => StatusCode::UNPROCESSABLE_ENTITY,
        Disposition::FixSettings
        | Disposition::SignInAgain
        | Disposition::InProgress
        | Disposition::Conflict => StatusCode::CONFLICT,
        Disposition::NotEntitled => StatusCode::PAYMENT_REQUIRED,
        Disposition::RetryLater => StatusCode::SERVICE_UNAVAILABLE,
        Disposition::NotFound => StatusCode::NOT_FOUND,
        Disposition::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
        Disposition::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Disposition::Internal => StatusCode::BAD_GATEWAY,
    }
}

fn of_failure(failure: Failure, request_id: Option<String>) -> ApiError {
    let problems = failure
        .problems
        .into_iter()
        .map(views::app_problem)
        .collect();
    let error = ApiError {
        status: status_of(failure.disposition),
        code: failure.code,
        message: crate::board::convert::text(failure.message),
        problems,
        details: Vec::new(),
        retry_after_ms: failure.retry_after_ms,
    };
    error
        .with(
            "disposition",
            json!(views::disposition(failure.disposition)),
        )
        .with("board_status", json!(failure.board_status))
        .with("extra", json!(crate::board::convert::values(failure.extra)))
        .with("request_id", json!(request_id))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "problems": self.problems.iter().map(views::problem).collect::<Vec<_>>(),
        });
        for (name, value) in self.details {
            error[name] = value;
        }
        if let Some(wait) = self.retry_after_ms {
            error["retry_after_ms"] = json!(wait);
        }
        let mut response = (self.status, axum::Json(json!({ "error": error }))).into_response();
        if let Some(wait) = self.retry_after_ms {
            let seconds = HeaderValue::from(wait.div_ceil(1_000));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_is_wrong_and_then_what_to_do() {
        let refusals = [
            ApiError::no_such_path(),
            ApiError::wrong_method(),
            ApiError::too_large(1),
            ApiError::incomplete(),
            ApiError::not_json(),
            JsonDefect::NotUtf8.into(),
            JsonDefect::Malformed.into(),
            JsonDefect::DuplicateKey("a".into()).into(),
            JsonDefect::TooDeep("a".into()).into(),
            AppError::NoSuch("job").into(),
            AppError::WrongCredentials.into(),
            AppError::TooManyAttempts { retry_after_ms: 1 }.into(),
            AppError::Forbidden(None).into(),
            AppError::Input(Vec::new()).into(),
            AppError::RequestIdReused.into(),
        ];
        for ApiError { code, message, .. } in refusals {
            for text in [&message.vi, &message.en] {
                let sentences = text
                    .split(['.', ';'])
                    .filter(|part| !part.trim().is_empty());
                assert!(sentences.count() >= 2, "{code}: {text}");
            }
        }
    }
}
