//! Every page opens, in both languages, says that it is a simulator, and shows hostile text as text.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{World, applicant};

/// Page, and what must stand on it in Vietnamese and in English.
const PAGES: [(&str, &[&str], &[&str]); 10] = [
    (
        "/portal",
        &["Chọn nhà tuyển dụng", "Công ty An", "Mở tài khoản mới"],
        &["Choose an employer", "Open a new account"],
    ),
    (
        "/portal/101/connection",
        &[
            "Kết nối API",
            "Access Token",
            "Secret Key",
            "Webhook URL",
            "Đã ký hợp đồng",
            "Credit còn lại",
            "Sao chép",
        ],
        &["API connection", "Has the contract", "Credits left", "Copy"],
    ),
    (
        "/portal/101/postings",
        &[
            "Hàng chờ duyệt",
            "Tất cả tin",
            "Kế toán",
            "Đang chạy",
            "Bị từ chối",
            "31/03/2026",
        ],
        &["Moderation queue", "All postings", "Running", "Rejected"],
    ),
    (
        "/portal/101/postings/1200002",
        &[
            "Lái xe",
            "Lý do từ chối",
            "Mô tả quá ngắn",
            "Bị từ chối",
            "Nội dung tin",
            "Kinh doanh / Bán hàng (10003)",
            "Hà Nội (1)",
            "10.000.000",
            "working_time",
            "Lịch sử",
            "Dừng tin",
            "Cho hết hạn",
            "job_rejected",
        ],
        &[
            "Reason of the rejection",
            "Fields",
            "History",
            "Stop",
            "Let it expire",
        ],
    ),
    (
        "/portal/101/postings/1200001/edit",
        &["Sửa tin", "Tiêu đề tin", "Hồ Chí Minh", "Lưu trên TopCV"],
        &["Change posting", "Title", "Save at TopCV"],
    ),
    (
        "/portal/101/applications",
        &[
            "Nộp hồ sơ như một ứng viên",
            "Tệp CV",
            "Trần Thị Bích",
            "Liên hệ bị che",
            "Mở liên hệ",
            "Ứng tuyển lại",
        ],
        &[
            "Apply as a candidate",
            "CV file",
            "Contact masked",
            "Open the contact",
            "Apply again",
        ],
    ),
    (
        "/portal/101/webhooks",
        &["apply", "job_rejected", "200", "Gửi lại"],
        &["Send again", "Attempts"],
    ),
    (
        "/portal/101/webhooks/1",
        &[
            "Nội dung đã gửi",
            "job_rejected",
            "&quot;signature&quot;",
            "received",
        ],
        &["Body as sent"],
    ),
    (
        "/portal/101/faults",
        &[
            "Đã bật",
            "còn 2",
            "Tạo tin · thao tác vẫn diễn ra",
            "quá nhanh",
            "Đồng hồ",
        ],
        &["Switched on", "the operation happens", "Clock"],
    ),
    (
        "/portal/101/ledger",
        &[
            "Credit đã trừ",
            "Lời gọi đã đến",
            "Kết nối",
            "Đã làm",
            "Không diễn ra",
            "Lỗi máy chủ 503",
        ],
        &[
            "Credits spent",
            "Calls that arrived",
            "Done",
            "Not done",
            "Server error 503",
        ],
    ),
];

async fn scene() -> World {
    let world = World::start().await;
    let receiver = world.listen().await;
    for title in ["Kế toán", "Lái xe"] {
        world
            .post("/control/employers/101/postings", json!({"title": title}))
            .await;
    }
    world
        .post(
            "/control/postings/1200002/reject",
            json!({"reason": "Mô tả quá ngắn"}),
        )
        .await;
    let mut masked = applicant();
    masked["masked"] = json!(true);
    world.apply(1_200_001, masked).await;
    world
        .fault("list", "status_503", json!({"employer_id": 101}))
        .await;
    world.api(Method::GET, "/api/jobs", Value::Null).await;
    let twice = json!({"employer_id": 101, "times": 2, "when": "after"});
    world.fault("create", "drop_connection", twice).await;
    drop(receiver);
    world
}

#[tokio::test]
async fn every_page_opens_in_vietnamese_and_one_click_away_in_english() {
    let world = scene().await;
    for (path, vietnamese, english) in PAGES {
        let html = world.html(path).await;
        assert!(html.contains("<html lang=\"vi\">"), "{path}");
        assert!(
            html.contains("TRANG GIẢ LẬP") && html.contains("đây không phải TopCV thật"),
            "{path}"
        );
        for text in vietnamese {
            assert!(html.contains(text), "{path}: no {text} in {html}");
        }
        let switch = format!("/portal/language?to=en&amp;back={path}");
        assert!(html.contains(&switch), "{path}");
        let reply = world.page(&switch.replace("&amp;", "&")).await;
        assert_eq!(
            (reply.status, reply.headers["location"].to_str().unwrap()),
            (303, path)
        );
        let cookie = reply.headers["set-cookie"].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        let cookie = cookie.split(';').next().unwrap();
        let reply = world
            .send(Method::GET, path, &[("Cookie", cookie)], "")
            .await;
        let html = reply.text();
        assert!(html.contains("<html lang=\"en\">"), "{path}");
        assert!(
            html.contains("SIMULATOR") && html.contains("this is not the real TopCV"),
            "{path}"
        );
        for text in english {
            assert!(html.contains(text), "{path}: no {text} in {html}");
        }
    }
}

#[tokio::test]
async fn the_root_leads_to_the_portal_and_the_boards_addresses_lead_to_their_pages() {
    let world = scene().await;
    let location = async |path: &str| {
        let reply = world.page(path).await;
        assert_eq!(reply.status, 303, "{path}");
        reply.headers["location"].to_str().unwrap().to_owned()
    };
    assert_eq!(location("/").await, "/portal");
    assert_eq!(location("/portal/101").await, "/portal/101/connection");
    let url = world.detail(1_200_001).await["job_url"].clone();
    assert_eq!(
        location(url.as_str().unwrap()).await,
        "/portal/101/postings/1200001"
    );
    assert_eq!(location("/xem-cv/70001").await, "/portal/101/applications");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let world = scene().await;
    for path in [
        "/portal/nowhere",
        "/portal/101/nowhere/at/all",
        "/portal/x/ledger",
        "/portal/999/connection",
        "/portal/999/ledger",
        "/portal/101/postings/1",
        "/portal/101/postings/-1",
        "/portal/101/postings/1/edit",
        "/portal/101/webhooks/99",
        "/portal/102/postings/1200001",
        "/portal/99999999999999999999999/ledger",
        "/viec-lam/x/1.html",
        "/viec-lam/x/evil",
        "/xem-cv/1",
        "/xem-cv/x",
    ] {
        let reply = world.page(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text().contains("TRANG GIẢ LẬP"), "{path}");
        assert!(reply.text().contains("Không tìm thấy."), "{path}");
    }
    // Programs keep their answers.
    assert_eq!(
        world.page("/nowhere").await.json()["error"]["code"],
        "unknown_route"
    );
}

#[tokio::test]
async fn labels_name_every_field_and_ids_stand_once() {
    let world = scene().await;
    for (path, _, _) in PAGES {
        let html = world.html(path).await;
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        for element in ["<input ", "<select ", "<textarea "] {
            for rest in html.split(element).skip(1) {
                let tag = rest.split('>').next().unwrap();
                if tag.contains("type=\"hidden\"") || tag.contains("type=\"checkbox\"") {
                    continue;
                }
                let id = tag
                    .split("id=\"")
                    .nth(1)
                    .unwrap_or_else(|| panic!("{path}: {tag}"));
                let label = format!("<label for=\"{}\"", id.split('"').next().unwrap());
                assert!(html.contains(&label), "{path}: no {label}");
            }
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{path}: an id stands twice");
        assert_eq!(html.matches("<h1>").count(), 1, "{path}");
    }
}

/// Markup, a way out of an attribute, direction marks, control characters, characters without width.
const HOSTILE: &str = "\"'>\u{202e}<script>alert(1)</script><img src=x onerror=alert(2)>&lt;\u{2066}\u{200b}\u{7}\u{1b}[31m";

#[tokio::test]
async fn hostile_text_is_shown_as_text_on_every_page() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world.patch_employer(json!({"name": HOSTILE, "webhook_url": format!("{}?x=<script>alert(3)</script>", receiver.url)})).await;
    let mut body = json!({"title": HOSTILE, "contact_name": HOSTILE, "address": HOSTILE});
    body["extra"] = json!({HOSTILE: HOSTILE});
    world.post("/control/employers/101/postings", body).await;
    let reason = HOSTILE.repeat(40);
    world
        .post(
            "/control/postings/1200001/reject",
            json!({"reason": reason}),
        )
        .await;
    let cv = json!({"file_name": HOSTILE, "content_base64": "JVBERi0="});
    let applicant = json!({"name": HOSTILE, "email": HOSTILE, "phone": HOSTILE, "candidate_id": HOSTILE, "cv": cv});
    world.apply(1_200_001, applicant).await;
    let raw = json!({"employer_id": 101, "body_text": HOSTILE.repeat(2_000)});
    world.post("/control/deliveries/raw", raw).await;
    let errors = json!({"params": {"errors": {HOSTILE: [HOSTILE]}}});
    world.fault("create", "validation_422", errors).await;

    let mut shown = 0;
    for path in [
        "/portal",
        "/portal/101/connection",
        "/portal/101/postings",
        "/portal/101/postings/1200001",
        "/portal/101/postings/1200001/edit",
        "/portal/101/applications",
        "/portal/101/webhooks",
        "/portal/101/webhooks/1",
        "/portal/101/webhooks/2",
        "/portal/101/webhooks/3",
        "/portal/101/faults",
        "/portal/101/ledger",
    ] {
        let html = world.html(path).await;
        assert!(
            !html.contains("<script>") && !html.contains("<img"),
            "{path}"
        );
        // In a field's value the characters stay as they are, or an edit would change them.
        let outside = without_values(&html);
        for acting in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{7}', '\u{1b}'] {
            assert!(!outside.contains(acting), "{path}: {acting:?}");
        }
        shown += usize::from(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && html.contains("⟨U+202E⟩"),
        );
        assert!(html.len() < 200_000, "{path}: {} bytes", html.len());
    }
    assert_eq!(shown, 12, "the employer's name stands on every page");
    // The page that refuses says what was typed as text, too.
    let token = world.token().await;
    let refused = world
        .post_form(
            "/portal/101/faults",
            &[("kind", HOSTILE), ("operation", HOSTILE)],
            &token,
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text().contains("<script>"));
}

/// The page without what stands in `value` attributes and in text areas.
fn without_values(html: &str) -> String {
    let mut out = String::new();
    for (index, part) in html.split(" value=\"").enumerate() {
        let kept = if index == 0 {
            part
        } else {
            part.split_once('"').unwrap().1
        };
        out.push_str(kept);
    }
    out
}
