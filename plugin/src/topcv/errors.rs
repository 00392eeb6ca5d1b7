//! What can go wrong with a call to TopCV, told apart as far as its answers allow, and what each means for the recruiter.

use crate::contract::http::{ErrorCode, HttpError, Reach};
use crate::contract::types::{Disposition, FieldProblem};
use crate::failure::{Failure, failure, problem};
use crate::name_map::NameMap;

/// A call that gave no usable answer.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardError {
    /// The request certainly did not reach TopCV.
    NotSent(HttpError),
    /// No answer, or none that can be read; TopCV may have acted.
    Lost {
        /// The answer's status, when there was one.
        status: Option<u16>,
        /// What happened, for the operator.
        detail: String,
    },
    /// A protection page of the CDN instead of an answer.
    Challenge {
        /// Its status.
        status: u16,
        /// As the page asked, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// Too many calls (429, or words that say so).
    RateLimited {
        /// As TopCV asked, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// 401: credentials or session not accepted.
    Unauthorised,
    /// 200 with `SESSION_TIMEOUT` or `INVALID_TOKEN`: the session is over.
    SessionOver,
    /// 403 as JSON: the service is not open for the account.
    Forbidden,
    /// 404.
    NotFound,
    /// 422: TopCV's own field errors, by wire key.
    Fields(NameMap<Vec<String>>),
    /// 402, or 400 with words about packages: no package or credit left.
    NoCredit,
    /// The session could not be renewed; the call itself was not made.
    SignIn(Box<Failure>),
    /// Any other definite refusal.
    Refused {
        /// Its status.
        status: u16,
    },
}

impl BoardError {
    /// Whether TopCV may have done what was asked. Decides whether a paid call may be repeated.
    pub fn may_have_happened(&self) -> bool {
        // A 503 can come from the CDN after the origin has worked; 403 and 429 are decided before it.
        matches!(self, Self::Lost { .. })
            || matches!(self, Self::Challenge { status, .. } if !matches!(status, 403 | 429))
    }

    /// The same error, as the contract's failure. `fields` turns TopCV's keys into form fields.
    pub fn into_failure(self) -> Failure {
        match self {
            Self::NotSent(error) => not_sent(&error),
            Self::Lost { status, .. } => failure(
                    Disposition::RetryLater,
                    "board-down",
                    "TopCV không trả lời được lúc này. Hãy thử lại sau ít phút.",
                    "TopCV does not answer properly right now. Try again in a few minutes.",
                ).with(|it| it.board_status = status),
            Self::Challenge { status, retry_after_ms } => failure(
                    Disposition::RetryLater,
                    "board-challenge",
                    "Lớp bảo vệ của TopCV đã chặn yêu cầu bằng một trang kiểm tra. Hãy thử lại sau; nếu còn lặp lại, đề nghị TopCV cho phép địa chỉ máy chủ của hệ thống.",
                    "TopCV's protection answered with a challenge page. Try again later; if it goes on, ask TopCV to allow this server's address.",
                ).with(|it| { it.board_status = Some(status); it.retry_after_ms = Some(retry_after_ms.unwrap_or(60_000)); }),
            Self::RateLimited { retry_after_ms } => failure(
                    Disposition::RetryLater,
                    "rate-limited",
                    "TopCV báo thao tác quá nhanh. Hệ thống sẽ thử lại sau.",
                    "TopCV says that requests come too fast. Try again later.",
                ).with(|it| { it.board_status = Some(429); it.retry_after_ms = Some(retry_after_ms.unwrap_or(60_000)); }),
            Self::SignIn(failure) => *failure,
            Self::Unauthorised => credentials_refused(Some(401)),
            Self::SessionOver => credentials_refused(Some(200)),
            Self::Forbidden => failure(
                    Disposition::NotEntitled,
                    "service-not-open",
                    "TopCV chưa mở dịch vụ kết nối API cho tài khoản này. Hãy liên hệ TopCV để ký hợp đồng và mở cổng kết nối.",
                    "TopCV has not opened the API service for this account. Contact TopCV to sign the contract and open the connection.",
                ).with(|it| it.board_status = Some(403)),
            Self::NotFound => failure(
                    Disposition::NotFound,
                    "not-at-board",
                    "TopCV không có tin này trong tài khoản đang kết nối.",
                    "TopCV has no such posting in the connected account.",
                ).with(|it| it.board_status = Some(404)),
            Self::Fields(fields) => failure(
                    Disposition::FixInput,
                    "board-refused-fields",
                    "TopCV không chấp nhận một số trường. Hãy sửa theo ghi chú của TopCV rồi gửi lại.",
                    "TopCV does not accept some fields. Correct them as TopCV says and send again.",
                ).with(|it| { it.board_status = Some(422); it.problems = fields
                    .into_iter()
                    .flat_map(|(key, messages)| board_problems(&key, messages))
                    .collect(); }),
            Self::NoCredit => failure(
                    Disposition::NotEntitled,
                    "no-credit",
                    "Tài khoản TopCV không còn gói hoặc lượt đăng tin. Hãy mua thêm trên TopCV, hoặc chọn một chiến dịch tuyển dụng còn lượt.",
                    "The TopCV account has no package or credit left. Buy more at TopCV, or choose a recruitment campaign that has some left.",
                ).with(|it| it.board_status = Some(402)),
            Self::Refused { status } => failure(
                    Disposition::FixInput,
                    "board-refused",
                    "TopCV từ chối yêu cầu mà không nêu lý do cụ thể. Hãy kiểm tra lại thông tin hoặc liên hệ TopCV.",
                    "TopCV refused the request without a usable reason. Check the details or contact TopCV.",
                ).with(|it| it.board_status = Some(status)),
        }
    }
}

/// TopCV refused the credentials; it does not say which, so both fields are named.
pub fn credentials_refused(board_status: Option<u16>) -> Failure {
    let both = |field: &str| {
        problem(
            field,
            "credentials-refused",
            "TopCV không chấp nhận. Hãy sao chép lại từ Cài đặt tài khoản > Kết nối API.",
            "TopCV does not accept it. Copy it again from Cài đặt tài khoản > Kết nối API.",
        )
    };
    failure(
        Disposition::SignInAgain,
        "credentials-refused",
        "TopCV không chấp nhận Employer API Key (Access Token của TopCV) hoặc Secret Key; TopCV không cho biết khóa nào sai.",
        "TopCV refuses the Employer API Key (TopCV's Access Token) or the Secret Key; it does not say which one.",
    )
    .with(|it| {
        it.board_status = board_status;
        it.problems = vec![both("access-token"), both("secret-key")];
    })
}

fn not_sent(error: &HttpError) -> Failure {
    match error.code {
        ErrorCode::Denied => failure(
            Disposition::FixSettings,
            "host-not-granted",
            "Hệ thống chưa được phép gọi tới máy chủ này của TopCV. Hãy báo người quản trị hệ thống cấp quyền.",
            "This platform was not granted access to that host. Ask the operator to allow it.",
        ),
        ErrorCode::InvalidRequest | ErrorCode::BudgetSpent => failure(
            Disposition::Internal,
            "request-not-accepted",
            "Hệ thống không gửi được yêu cầu. Hãy báo người quản trị hệ thống.",
            "The host did not accept the request. Tell the operator.",
        ),
        _ => failure(
            Disposition::RetryLater,
            "board-unreachable",
            "Không kết nối được tới TopCV. Hãy thử lại sau ít phút.",
            "TopCV cannot be reached. Try again in a few minutes.",
        ),
    }
}

fn board_problems(key: &str, messages: Vec<String>) -> Vec<FieldProblem> {
    messages
        .into_iter()
        .map(|message| {
            // A board's message may quote what was entered: it goes to the form, never to a log.
            let shown: String = message
                .chars()
                .filter(|c| !c.is_control())
                .take(300)
                .collect();
            problem(
                key,
                "board-refused",
                format!("TopCV: {shown}"),
                format!("TopCV: {shown}"),
            )
        })
        .collect()
}

impl From<HttpError> for BoardError {
    fn from(error: HttpError) -> Self {
        match error.reach {
            Reach::NotSent => Self::NotSent(error),
            Reach::MaybeSent => Self::Lost {
                status: None,
                detail: error.detail,
            },
        }
    }
}
