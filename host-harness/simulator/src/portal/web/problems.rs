//! Why something was not done, for the person who tried.

use maud::{Markup, html};

use super::{Lang, show};
use crate::input::InputError;

/// The reason in the visitor's language, and the exact words of the check below it.
pub(super) fn alert(lang: Lang, problem: &InputError) -> Markup {
    html! {
        div class="message problem" role="alert" {
            p { strong { (headline(lang, problem.code)) } }
            p class="detail" {
                @if !problem.field.is_empty() { code { (show::short(&problem.field, 100)) } ": " }
                (show::text(&problem.message))
            }
        }
    }
}

fn headline(lang: Lang, code: &str) -> &'static str {
    let (vi, en) = match code {
        "missing" => (
            "Chưa lưu: còn thiếu một mục.",
            "Not saved: something is missing.",
        ),
        "wrong_type" | "bad_value" => (
            "Chưa lưu: một giá trị không dùng được.",
            "Not saved: a value cannot be used.",
        ),
        "conflict" => (
            "Không làm được trong trạng thái hiện tại.",
            "That is not possible in the present state.",
        ),
        "changed_meanwhile" => (
            "Chưa lưu: tin đã được sửa ở nơi khác. Hãy xem lại rồi sửa tiếp.",
            "Not saved: the posting was changed elsewhere. Look at it again first.",
        ),
        "not_found" | "unknown_route" => ("Không tìm thấy.", "Not found."),
        "too_large" => (
            "Quá lớn: hãy chọn tệp nhỏ hơn.",
            "Too large: choose a smaller file.",
        ),
        "file_type" => (
            "Tệp này không phải PDF, DOC, DOCX, RTF, PNG hay JPG.",
            "This file is no PDF, DOC, DOCX, RTF, PNG or JPG.",
        ),
        "bad_token" => (
            "Trang đã cũ: hãy tải lại rồi làm lại. Chưa có gì thay đổi.",
            "This page is out of date: load it again and repeat. Nothing was changed.",
        ),
        "foreign_host" => (
            "Trang giả lập chỉ mở trên máy này (127.0.0.1 hoặc localhost).",
            "The simulator's pages open only on this machine (127.0.0.1 or localhost).",
        ),
        "foreign_origin" => (
            "Biểu mẫu đến từ trang khác nên bị từ chối. Chưa có gì thay đổi.",
            "The form came from another site and was refused. Nothing was changed.",
        ),
        "not_on_loopback" => (
            "Trang nhà tuyển dụng không mở khi bộ giả lập nghe ngoài máy này.",
            "The employer's pages stay shut while the simulator listens beyond this machine.",
        ),
        _ => ("Không thực hiện được.", "That did not work."),
    };
    lang.t(vi, en)
}
