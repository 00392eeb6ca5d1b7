//! The kinds of faults as a person reads them, in groups.

/// A parameter of a kind.
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) vi: &'static str,
    pub(super) en: &'static str,
    /// What the form offers.
    pub(super) default: &'static str,
    pub(super) number: bool,
}

/// A kind: its name at the control API, what it does, and its parameters.
pub(super) struct KindText {
    pub(super) name: &'static str,
    pub(super) vi: &'static str,
    pub(super) en: &'static str,
    pub(super) params: &'static [Param],
    /// The one operation that it is for.
    pub(super) only: Option<&'static str>,
}

/// Kinds that belong together.
pub(super) struct Group {
    pub(super) vi: &'static str,
    pub(super) en: &'static str,
    pub(super) kinds: &'static [KindText],
}

const fn kind(name: &'static str, vi: &'static str, en: &'static str) -> KindText {
    KindText {
        name,
        vi,
        en,
        params: &[],
        only: None,
    }
}

const fn with(
    name: &'static str,
    vi: &'static str,
    en: &'static str,
    params: &'static [Param],
) -> KindText {
    KindText {
        params,
        ..kind(name, vi, en)
    }
}

const fn only(
    operation: &'static str,
    name: &'static str,
    vi: &'static str,
    en: &'static str,
) -> KindText {
    KindText {
        only: Some(operation),
        ..kind(name, vi, en)
    }
}

const fn number(
    name: &'static str,
    vi: &'static str,
    en: &'static str,
    default: &'static str,
) -> Param {
    Param {
        name,
        vi,
        en,
        default,
        number: true,
    }
}

const fn words(
    name: &'static str,
    vi: &'static str,
    en: &'static str,
    default: &'static str,
) -> Param {
    Param {
        name,
        vi,
        en,
        default,
        number: false,
    }
}

const MS: Param = number("ms", "Mili giây", "Milliseconds", "3000");

#[rustfmt::skip]
pub(super) const GROUPS: [Group; 5] = [
    Group { vi: "Mạng và máy chủ", en: "Network and server", kinds: &[
        kind("drop_connection", "Đứt kết nối, không có phản hồi", "The connection breaks without an answer"),
        with("delay", "Trả lời đúng nhưng trễ", "The right answer, late", &[MS]),
        kind("status_500", "Lỗi máy chủ 500", "Server error 500"),
        kind("status_502", "Lỗi máy chủ 502", "Server error 502"),
        kind("status_503", "Lỗi máy chủ 503", "Server error 503"),
        with("slow_drip", "Trả lời nhỏ giọt", "The answer drips slowly", &[number("bytes_per_s", "Byte mỗi giây", "Bytes per second", "10")]),
        with("huge_answer", "Trả lời khổng lồ", "A huge answer", &[number("bytes", "Số byte", "Bytes", "1000000")]),
        with("redirect", "Chuyển hướng", "A redirect", &[
            words("to", "Đến địa chỉ", "To", "https://example.com/"), number("status", "Mã trạng thái", "Status", "302")]),
    ] },
    Group { vi: "Tường chắn CDN và giới hạn tốc độ", en: "CDN challenge and rate limits", kinds: &[
        kind("challenge_403", "Trang thử thách, mã 403", "Challenge page, status 403"),
        kind("challenge_429", "Trang thử thách, mã 429", "Challenge page, status 429"),
        kind("challenge_503", "Trang thử thách, mã 503", "Challenge page, status 503"),
        kind("challenge_200", "Trang thử thách, mã 200", "Challenge page, status 200"),
        with("rate_limited", "Quá giới hạn, có Retry-After", "Rate limited, with Retry-After", &[words("retry_after", "Retry-After", "Retry-After", "1")]),
        with("too_fast", "Thông báo “quá nhanh”", "The message “quá nhanh” (too fast)", &[number("status", "Mã trạng thái", "Status", "400")]),
    ] },
    Group { vi: "Từ chối của TopCV", en: "Refusals by TopCV", kinds: &[
        kind("session_timeout", "SESSION_TIMEOUT trong phản hồi 200", "SESSION_TIMEOUT inside a 200"),
        kind("invalid_token", "INVALID_TOKEN trong phản hồi 200", "INVALID_TOKEN inside a 200"),
        kind("unauthorized_401", "Sai khóa (401)", "Wrong keys (401)"),
        kind("forbidden_403", "Chưa mở dịch vụ (403)", "Service not opened (403)"),
        kind("not_found_404", "Không tìm thấy tin (404)", "Posting not found (404)"),
        with("validation_422", "Lỗi một mục của tin (422)", "A field is refused (422)", &[
            words("field", "Mục", "Field", "title"), words("message", "Thông báo", "Message", "Tiêu đề không hợp lệ.")]),
        with("no_credit_402", "Hết credit", "No credit left", &[number("status", "Mã trạng thái", "Status", "402")]),
    ] },
    Group { vi: "Phản hồi hỏng", en: "Damaged answers", kinds: &[
        kind("malformed_json", "JSON sai cú pháp", "Malformed JSON"),
        kind("truncated_json", "JSON bị cắt", "Truncated JSON"),
        kind("wrong_types", "Sai kiểu dữ liệu", "Wrong types"),
        kind("hostile_texts", "Tên và thông báo chứa mã script", "Script in names and messages"),
    ] },
    Group { vi: "Tạo tin và tải CV", en: "Creating and CV files", kinds: &[
        KindText { params: &[MS], ..only("create", "create_late", "Không trả lời, tin xuất hiện sau", "No answer, and the posting appears later") },
        only("create", "create_answer_delay_until_release", "Trả lời tạo tin chờ đến khi bấm Gửi ở trang Webhook", "The answer waits until Send is pressed on the webhook page"),
        only("create", "webhooks_before_create_answer", "Webhook đến trước phản hồi tạo tin", "Webhooks arrive before the create's answer"),
        only("download", "cv_html_200", "CV là trang HTML", "The CV is an HTML page"),
        only("download", "cv_expired_422", "CV không còn khả dụng", "The CV has expired"),
        only("download", "cv_wrong_magic", "CV sai định dạng", "The CV's first bytes are wrong"),
        only("download", "cv_plain_zip", "CV là tệp ZIP thường", "The CV is a plain ZIP"),
    ] },
];

/// Operations: (name at the control API, Vietnamese, English).
pub(super) const OPERATIONS: [(&str, &str, &str); 12] = [
    ("any", "Mọi lời gọi", "Any call"),
    ("connect", "Kết nối", "Connect"),
    ("disconnect", "Ngắt kết nối", "Disconnect"),
    ("check", "Kiểm tra kết nối", "Check the connection"),
    ("metadata", "Danh mục", "Metadata"),
    ("create", "Tạo tin", "Create"),
    ("edit", "Sửa tin", "Edit"),
    ("publish", "Đăng tin", "Publish"),
    ("stop", "Dừng tin", "Stop"),
    ("detail", "Xem tin", "Detail"),
    ("list", "Danh sách tin", "List"),
    ("download", "Tải CV", "Download a CV"),
];

/// The kind of that name.
pub(super) fn find(name: &str) -> Option<&'static KindText> {
    GROUPS
        .iter()
        .flat_map(|group| group.kinds)
        .find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Kind;

    #[test]
    fn every_kind_of_fault_has_a_text() {
        let mut shown: Vec<&str> = GROUPS
            .iter()
            .flat_map(|group| group.kinds)
            .map(|kind| kind.name)
            .collect();
        let mut known = Kind::NAMES.to_vec();
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known);
    }
}
