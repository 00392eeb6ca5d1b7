//! What the portal says after an action succeeded, by the code that the next page's address carries.

const NOTICES: [(&str, &str, &str); 23] = [
    (
        "created",
        "Đã mở tài khoản nhà tuyển dụng.",
        "The employer's account is open.",
    ),
    ("saved", "Đã lưu.", "Saved."),
    (
        "rotated",
        "Đã cấp khóa mới; các phiên cũ hết hạn.",
        "New keys were issued; earlier sessions have timed out.",
    ),
    (
        "sessions-ended",
        "Mọi phiên đăng nhập đã hết hạn.",
        "All sessions have timed out.",
    ),
    (
        "webhook-saved",
        "Đã lưu Webhook URL.",
        "The webhook URL is saved.",
    ),
    (
        "webhook-cleared",
        "Đã xóa Webhook URL.",
        "The webhook URL is removed.",
    ),
    (
        "posted",
        "Đã đăng tin trên trang TopCV.",
        "The posting was made at TopCV's site.",
    ),
    (
        "approved",
        "Đã duyệt tin và gửi webhook.",
        "Approved; the webhook was sent.",
    ),
    (
        "rejected",
        "Đã từ chối tin và gửi webhook.",
        "Rejected; the webhook was sent.",
    ),
    (
        "edited",
        "Đã sửa tin; tin trở lại hàng chờ duyệt.",
        "Changed; the posting is back in review.",
    ),
    ("unchanged", "Không có gì thay đổi.", "Nothing was changed."),
    ("stopped", "Đã dừng tin.", "The posting is stopped."),
    ("expired", "Tin đã hết hạn.", "The posting has expired."),
    (
        "deleted",
        "Đã xóa tin khỏi TopCV.",
        "The posting was deleted at TopCV.",
    ),
    (
        "applied",
        "Đã nộp hồ sơ và gửi webhook.",
        "Applied; the webhook was sent.",
    ),
    (
        "applied-again",
        "Ứng viên đã ứng tuyển lại.",
        "The candidate has applied again.",
    ),
    (
        "contact-opened",
        "Đã mở liên hệ và gửi lại hồ sơ đầy đủ.",
        "The contact is open; the full application was sent.",
    ),
    ("fault-on", "Đã bật lỗi.", "The fault is on."),
    ("fault-off", "Đã tắt lỗi.", "The fault is off."),
    ("faults-off", "Đã tắt mọi lỗi.", "All faults are off."),
    ("clock-moved", "Đã chỉnh đồng hồ.", "The clock was moved."),
    ("resent", "Đã gửi lại.", "Sent again."),
    (
        "released",
        "Đã gửi các webhook đang giữ.",
        "The held webhooks were sent.",
    ),
];

/// The texts for a code, in Vietnamese and English.
pub(super) fn find(code: &str) -> Option<(&'static str, &'static str)> {
    let found = NOTICES.iter().find(|(known, _, _)| *known == code);
    found.map(|(_, vi, en)| (*vi, *en))
}
