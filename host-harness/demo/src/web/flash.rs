//! What is said on the page that follows a change. The address carries a word; the text stands here.

use super::lang::Lang;

/// The message of a word. Words that are not known say nothing.
pub fn text(lang: Lang, code: &str) -> Option<&'static str> {
    let (vi, en) = match code {
        "configured" => (
            "Đã lưu và kiểm tra: mã truy cập dùng được.",
            "Saved and checked: the access code works.",
        ),
        "too-late" => (
            "Đã quá lâu kể từ khi nhập. Chưa có gì thay đổi: hãy nhập lại mã truy cập.",
            "Too much time has passed. Nothing was changed: enter the access code again.",
        ),
        "checked" => (
            "Kết nối hoạt động: mã truy cập vẫn dùng được.",
            "The connection works: the access code is still accepted.",
        ),
        "refused" => (
            "Mạng tuyển dụng không chấp nhận mã truy cập đã lưu. Hãy cập nhật mã truy cập.",
            "The job board does not accept the stored access code. Update it.",
        ),
        "disconnected" => (
            "Đã ngắt kết nối và xóa mã truy cập.",
            "Disconnected; the access code was erased.",
        ),
        "disconnected-alone" => (
            "Đã ngắt kết nối và xóa mã truy cập ở đây. Mạng tuyển dụng không trả lời: hãy gỡ kết nối trên trang của họ nữa.",
            "Disconnected and erased here. The job board did not answer: remove the connection on its site, too.",
        ),
        "reconciled" => (
            "Đã hỏi lại trạng thái của mọi tin.",
            "The present state of every posting was asked for.",
        ),
        "connection-added" => (
            "Đã thêm một kết nối. Hãy nhập mã truy cập.",
            "A connection was added. Enter its access code.",
        ),
        "job-added" => ("Đã tạo tin tuyển dụng.", "The job was created."),
        "job-saved" => (
            "Đã lưu tin tuyển dụng. Tin đã đăng giữ nguyên cho đến khi bạn cập nhật.",
            "The job was saved. Postings stay as they are until you update them.",
        ),
        "published" => ("Đã gửi tin đi.", "The posting was sent."),
        "waiting" => (
            "Yêu cầu đang được xử lý. Tin không bị đăng hai lần.",
            "The request is being worked on. Nothing is posted twice.",
        ),
        "reused" => (
            "Yêu cầu này đã được gửi trước đó với nội dung khác; đây là tin của lần gửi đó. Nội dung vừa nhập chưa được gửi: hãy dùng Cập nhật.",
            "This request was sent before with other content, and this is its posting. What you just entered was not sent: use “Update”.",
        ),
        "linked" => ("Đã liên kết tin.", "The posting was linked."),
        "updated" => ("Đã gửi thay đổi.", "The changes were sent."),
        "updated-review" => (
            "Đã gửi thay đổi. Mạng tuyển dụng sẽ duyệt lại tin.",
            "The changes were sent. The job board reviews the posting again.",
        ),
        "unchanged" => (
            "Không có gì khác với tin đang đăng, nên không gửi gì.",
            "Nothing differs from the posting, so nothing was sent.",
        ),
        "closed" => ("Đã dừng tin.", "The posting was closed."),
        "reopened" => ("Đã mở lại tin.", "The posting was reopened."),
        "unlinked" => (
            "Đã bỏ liên kết. Tin vẫn còn trên mạng tuyển dụng.",
            "Unlinked. The posting stays on the job board.",
        ),
        "resolved" => (
            "Đã ghi nhận câu trả lời của bạn.",
            "Your answer was recorded.",
        ),
        "not-created" => (
            "Đã ghi nhận: tin không có trên mạng tuyển dụng. Bạn có thể đăng lại.",
            "Recorded: there is no such posting. You can publish again.",
        ),
        "refreshed" => (
            "Đã hỏi lại mạng tuyển dụng.",
            "The job board was asked again.",
        ),
        "erased" => (
            "Đã xóa dữ liệu của ứng viên. Biên bản ở đầu danh sách dưới đây.",
            "The candidate's data were erased. The record stands first in the list below.",
        ),
        "moved" => ("Đã chuyển giai đoạn.", "Moved to another stage."),
        "read" => ("Đã đánh dấu là đã đọc.", "Marked as read."),
        "retried" => ("Đã thử tải lại tệp.", "The file was tried again."),
        "reprocessed" => (
            "Đã xử lý lại: dữ liệu được nhận.",
            "Processed again: accepted.",
        ),
        "still-refused" => (
            "Đã xử lý lại, nhưng vẫn chưa nhận được. Xem lý do bên dưới.",
            "Processed again, and still refused. See the reason below.",
        ),
        _ => return None,
    };
    Some(lang.t(vi, en))
}
