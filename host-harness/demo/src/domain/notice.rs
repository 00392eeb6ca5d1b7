//! Messages to users. The board's name comes from the plugin's manifest: nothing here names a board.

use super::posting::{PostingState, Rejection};
use super::text::Text;

/// A message, before it is addressed to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Stable word for the kind of message.
    pub kind: &'static str,
    /// What to read.
    pub text: Text,
}

fn notice(kind: &'static str, vi: String, en: String) -> Notice {
    Notice {
        kind,
        text: Text { vi, en },
    }
}

/// A posting was published by the board.
pub fn approved(board: &str, title: &str) -> Notice {
    notice(
        "posting-approved",
        format!("Tin “{title}” đã được {board} duyệt và đăng."),
        format!("{board} approved and published “{title}”."),
    )
}

/// A posting was refused by the board.
pub fn rejected(board: &str, title: &str, rejection: &Rejection) -> Notice {
    let Rejection { reason, advice, .. } = rejection;
    let reason = reason.trim_end_matches(['.', ' ']);
    notice(
        "posting-rejected",
        format!(
            "Tin “{title}” bị {board} từ chối. Lý do: {reason}. {}",
            advice.vi
        ),
        format!(
            "{board} rejected “{title}”. Reason: {reason}. {}",
            advice.en
        ),
    )
}

/// A posting was seen in another state than before.
pub fn changed(board: &str, title: &str, state: PostingState) -> Notice {
    let Text { vi, en } = state.label();
    notice(
        "posting-changed",
        format!("Tin “{title}” trên {board} nay ở trạng thái: {vi}."),
        format!("“{title}” at {board} is now: {en}."),
    )
}

/// Somebody applied for the first time.
pub fn applied(board: &str, title: &str, name: Option<&str>) -> Notice {
    notice(
        "application",
        format!(
            "{} vừa ứng tuyển “{title}” trên {board}.",
            name.unwrap_or("Một ứng viên chưa mở liên hệ")
        ),
        format!(
            "{} applied for “{title}” at {board}.",
            name.unwrap_or("A candidate whose contact is still hidden")
        ),
    )
}

/// The same person applied for the same job once more.
pub fn applied_again(board: &str, title: &str, name: Option<&str>) -> Notice {
    notice(
        "application-again",
        format!(
            "{} ứng tuyển lại “{title}” trên {board}. Hồ sơ mới được thêm vào ứng viên đã có.",
            name.unwrap_or("Một ứng viên chưa mở liên hệ")
        ),
        format!(
            "{} applied again for “{title}” at {board}. What is new was added to the same candidate.",
            name.unwrap_or("A candidate whose contact is still hidden")
        ),
    )
}

/// A hidden contact was opened.
pub fn contact_opened(board: &str, title: &str, name: Option<&str>) -> Notice {
    notice(
        "contact-opened",
        format!(
            "Đã có thông tin liên hệ của {} (“{title}”, {board}).",
            name.unwrap_or("ứng viên")
        ),
        format!(
            "The contact of {} is known now (“{title}”, {board}).",
            name.unwrap_or("the candidate")
        ),
    )
}

/// A connection no longer works. `why` is the plugin's own message.
pub fn connection_broken(board: &str, connection: &str, why: &Text) -> Notice {
    notice(
        "connection-broken",
        format!(
            "Kết nối “{connection}” với {board} không dùng được: {} Hãy mở phần thiết lập kết nối.",
            why.vi
        ),
        format!(
            "The connection “{connection}” to {board} does not work: {} Open its settings.",
            why.en
        ),
    )
}

/// A connection with live postings receives nothing.
pub fn connection_silent(board: &str, connection: &str, days: u64) -> Notice {
    notice(
        "connection-silent",
        format!(
            "Kết nối “{connection}” với {board} không nhận được gì trong {days} ngày, dù đang có tin hiển thị. Hãy kiểm tra Webhook URL đã dán ở {board} và xem hồ sơ trực tiếp trên {board}."
        ),
        format!(
            "The connection “{connection}” to {board} has received nothing for {days} days although postings are live. Check the webhook URL that was pasted at {board}, and look for applicants there."
        ),
    )
}

/// A posting that used to have applicants has none any more.
pub fn posting_silent(board: &str, title: &str, days: u64) -> Notice {
    notice(
        "posting-silent",
        format!(
            "Tin “{title}” trên {board} không có hồ sơ mới trong {days} ngày. Hãy xem tin và hồ sơ trực tiếp trên {board}."
        ),
        format!(
            "“{title}” at {board} has had no new applicant for {days} days. Look at the posting and its applicants there."
        ),
    )
}

/// The kind of [`deliveries_quarantined`].
pub const QUARANTINED: &str = "deliveries-quarantined";

/// Deliveries are being refused and wait in quarantine. `why` is the plugin's own message.
pub fn deliveries_quarantined(board: &str, connection: &str, why: &Text) -> Notice {
    notice(
        QUARANTINED,
        format!(
            "Có dữ liệu gửi tới kết nối “{connection}” ({board}) đang bị giữ lại để kiểm tra: {} Hãy mở mục cách ly.",
            why.vi
        ),
        format!(
            "Deliveries to the connection “{connection}” ({board}) are being set aside: {} Open the quarantine.",
            why.en
        ),
    )
}

/// The kind of [`applicants_unmatched`].
pub const UNMATCHED: &str = "applicants-unmatched";

/// Somebody applied to a posting that is connected with no job. It names nobody and counts nobody: it stands once, for all who wait.
pub fn applicants_unmatched(board: &str, connection: &str) -> Notice {
    notice(
        UNMATCHED,
        format!(
            "Có người ứng tuyển vào một tin tại {board} chưa liên kết với tin tuyển dụng nào (kết nối “{connection}”). Hãy mở Chưa khớp tin và liên kết: ứng viên sẽ vào đúng chỗ."
        ),
        format!(
            "Somebody applied to a posting at {board} that is linked with no job (connection “{connection}”). Open “Unmatched” and link it: the applicants find their place."
        ),
    )
}

/// The webhook URL can no longer be shown, since the encryption key was lost; there is a second one.
pub fn webhook_url_added(board: &str, connection: &str) -> Notice {
    notice(
        "webhook-url-added",
        format!(
            "Khóa mã hóa cũ đã mất nên Webhook URL của kết nối “{connection}” không hiển thị lại được. URL đã dán ở {board} vẫn nhận hồ sơ, không cần đổi. Nếu phải dán lại, hãy dùng URL mới đang hiển thị trong phần thiết lập."
        ),
        format!(
            "The encryption key was lost, so the webhook URL of “{connection}” cannot be shown again. The one that was pasted at {board} still receives: nothing needs to change. If you have to paste one anew, take the new one in the settings."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_is_named_as_its_manifest_names_it() {
        let Notice { text, .. } = approved("Sàn Việc", "Kế toán");
        assert_eq!(text.vi, "Tin “Kế toán” đã được Sàn Việc duyệt và đăng.");
        assert!(text.en.contains("Sàn Việc"));
    }
}
