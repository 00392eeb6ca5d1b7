//! The manifest: what the plugin is and asks for. Calls no import.

use crate::contract::connection::{HostNeed, Manifest};
use crate::contract::forms::{Audience, Limits, Setting};
use crate::contract::types::Value;
use crate::failure::text;
use crate::state::format;

use super::settings;

/// What the plugin is. Always the same answer.
pub fn describe() -> Manifest {
    Manifest {
        id: "topcv".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        board_name: "TopCV".into(),
        board_site: "https://www.topcv.vn".into(),
        settings: vec![access_token(), secret_key(), protocol(), record_format()],
        hosts: vec![
            HostNeed {
                pattern: "partner.topcv.vn".into(),
                reason: text(
                    "Kết nối, đăng và cập nhật tin tuyển dụng qua API đối tác của TopCV.",
                    "Connects, publishes and updates postings through TopCV's partner API.",
                ),
                required: true,
            },
            HostNeed {
                pattern: "*.topcv.vn".into(),
                reason: text(
                    "Tải CV của ứng viên từ liên kết mà TopCV gửi kèm hồ sơ.",
                    "Fetches applicants' CVs from the links that TopCV sends with an application.",
                ),
                required: false,
            },
            HostNeed {
                pattern: "topcv.vn".into(),
                reason: text(
                    "Tải CV của ứng viên từ liên kết mà TopCV gửi kèm hồ sơ.",
                    "Fetches applicants' CVs from the links that TopCV sends with an application.",
                ),
                required: false,
            },
        ],
        features: [
            "publish",
            "update",
            "close",
            "reopen",
            "link",
            "list-linkable",
            "reconcile",
            "fetch-cv",
        ]
        .map(String::from)
        .to_vec(),
        extra: Vec::new(),
    }
}

fn limits(max_length: u32) -> Limits {
    Limits {
        minimum: None,
        maximum: None,
        max_length: Some(max_length),
        max_items: None,
        allowed_markup: Vec::new(),
        extra: Vec::new(),
    }
}

fn access_token() -> Setting {
    Setting {
        id: settings::ACCESS_TOKEN.into(),
        label: text("Employer API Key", "Employer API Key"),
        help: text(
            "Access Token trên TopCV: Cài đặt tài khoản > Kết nối API > sao chép Access Token.",
            "TopCV calls it Access Token: Cài đặt tài khoản > Kết nối API > copy Access Token.",
        ),
        kind: "secret".into(),
        audience: Audience::Recruiter,
        secret: true,
        required: true,
        default_value: None,
        choices: Vec::new(),
        limits: limits(settings::MOST_CHARACTERS),
    }
}

fn secret_key() -> Setting {
    Setting {
        id: settings::SECRET_KEY.into(),
        label: text("Secret Key", "Secret Key"),
        help: text(
            "Secret Key trên TopCV: Cài đặt tài khoản > Kết nối API > sao chép Secret Key.",
            "On TopCV: Cài đặt tài khoản > Kết nối API > copy Secret Key.",
        ),
        ..access_token()
    }
}

fn protocol() -> Setting {
    Setting {
        id: settings::PROTOCOL.into(),
        label: text(
            "Điều chỉnh giao thức TopCV",
            "Corrections to TopCV's protocol",
        ),
        help: text(
            "Một đối tượng JSON: tên dòng trong bảng giao thức và giá trị thay thế, ví dụ {\"base_url\": \"https://partner.topcv.vn\", \"signing_key\": \"auto\"}. Quyết định Secret Key được gửi tới đâu: chỉ người vận hành hệ thống được sửa.",
            "One JSON object: row names of the protocol table with their new values, such as {\"base_url\": \"https://partner.topcv.vn\", \"signing_key\": \"auto\"}. Decides where the Secret Key is sent: for the operator only.",
        ),
        kind: "json".into(),
        audience: Audience::Operator,
        secret: false,
        required: false,
        default_value: Some(Value::Json("{}".into())),
        choices: Vec::new(),
        limits: limits(settings::LONGEST_PROTOCOL as u32),
    }
}

fn record_format() -> Setting {
    Setting {
        id: settings::RECORD_FORMAT.into(),
        label: text("Định dạng bản ghi", "Format of records"),
        help: text(
            format!(
                "Sau khi nâng cấp và chắc chắn không quay lại phiên bản trước, hãy đặt thành {}. Cho tới lúc đó plugin vẫn ghi định dạng của phiên bản trước.",
                format::NEWEST
            ),
            format!(
                "After an upgrade, when nobody will go back to the version before, set it to {}. Until then the plugin goes on writing the format of the version before.",
                format::NEWEST
            ),
        ),
        kind: "integer".into(),
        default_value: Some(Value::Integer(i64::from(format::OLDEST))),
        limits: Limits {
            minimum: Some(i64::from(format::OLDEST)),
            maximum: Some(i64::from(format::NEWEST)),
            max_length: None,
            ..limits(0)
        },
        ..protocol()
    }
}
