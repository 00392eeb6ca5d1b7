//! The portal's longer forms: changing a posting, applying with a file, and what they do with wrong input.
#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::browser::{FIRST, File, SECOND, Scene, state, token_in};
use support::{START_MS, applicant};

#[tokio::test]
async fn only_the_fields_that_were_changed_are_edited_and_the_posting_is_reviewed_again() {
    let Scene { world, receiver } = Scene::set().await;
    world
        .press(
            "/portal/101/postings/1200001",
            "/portal/101/postings/1200001/approve",
            &[],
        )
        .await;
    let (page, action) = (
        "/portal/101/postings/1200001/edit",
        "/portal/101/postings/1200001/edit",
    );
    let seen = START_MS.to_string();
    let before = world.get(&format!("/control/postings/{FIRST}")).await;
    let unchanged = world
        .press(
            page,
            action,
            &[
                ("seen", &seen),
                ("title", "Kế toán"),
                ("locations.shown", "1"),
                ("locations", "1"),
                ("job_description", "<p>Tìm kiếm và chăm sóc khách hàng.</p>"),
            ],
        )
        .await;
    assert!(unchanged.ends_with("?done=unchanged"));
    assert_eq!(
        world.get(&format!("/control/postings/{FIRST}")).await,
        before
    );
    world
        .post("/control/clock", json!({"advance_ms": 1_000}))
        .await;
    world
        .press(
            page,
            action,
            &[
                ("seen", &seen),
                ("title", "Kế toán <trưởng>"),
                ("quantity", "4"),
                ("locations.shown", "1"),
                ("locations", "2"),
                ("locations", "1"),
                ("job_benefit", "<p>Một</p>\r\n<p>Hai</p>"),
                ("contact_email", "a@b.vn, c@d.vn"),
                ("gender", "2"),
                ("address", ""),
            ],
        )
        .await;
    let after = world.get(&format!("/control/postings/{FIRST}")).await;
    for (name, value) in [
        ("title", json!("Kế toán <trưởng>")),
        ("quantity", json!(4)),
        ("locations", json!([2, 1])),
        ("job_benefit", json!("<p>Một</p>\n<p>Hai</p>")),
        ("contact_email", json!(["a@b.vn", "c@d.vn"])),
        ("gender", json!("2")),
        ("address", Value::Null),
        ("approval_status", json!("pending")),
        ("review_round", json!(2)),
        ("job_description", before["job_description"].clone()),
        ("working_time", before["working_time"].clone()),
    ] {
        assert_eq!(after[name], value, "{name}");
    }
    // The first form was made before that change.
    let late = world
        .submit(page, action, &[("seen", &seen), ("title", "Khác")])
        .await;
    assert_eq!(late.status, 409);
    assert!(
        late.text().contains("Tin đã được sửa ở nơi khác")
            || late.text().contains("tin đã được sửa")
    );
    assert_eq!(
        world.get(&format!("/control/postings/{FIRST}")).await,
        after
    );
    assert_eq!(receiver.kinds(), ["apply", "job_approved"]);
}

#[tokio::test]
async fn a_refused_form_shows_again_what_was_typed() {
    let Scene { world, .. } = Scene::set().await;
    let token = world.token().await;
    let long = "x".repeat(256);
    let fields = [
        ("posting", "1200001"),
        ("name", "Lê \"Hoà\""),
        ("email", "hoa@b.vn"),
        ("phone", long.as_str()),
    ];
    let reply = world
        .post_form("/portal/101/applications", &fields, &token)
        .await;
    assert_eq!(reply.status, 422);
    let html = reply.text();
    assert!(html.contains("value=\"Lê &quot;Hoà&quot;\""), "{html}");
    assert!(html.contains("value=\"hoa@b.vn\""));
    assert!(html.contains("<code><bdi>phone</bdi></code>"));
}

#[tokio::test]
async fn a_candidate_applies_with_a_file_and_it_is_the_one_that_is_downloaded() {
    let Scene { world, receiver } = Scene::set().await;
    let png = b"\x89PNG\r\n\x1a\n\r\n--not the boundary\0\xff";
    let fields = [
        ("posting", "1200001"),
        ("name", "Đặng Thị Ân"),
        ("email", "an@example.com"),
        ("phone", "0912 345 678"),
        ("gender", "Nữ"),
        ("masked", "stars"),
        ("count", "2"),
    ];
    let file = File {
        name: "CV Ân.png",
        content: png,
    };
    let reply = world.upload(&fields, file).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    let events = receiver.events();
    let event = &events[1];
    assert_eq!(events.len(), 3, "the scene's one and two copies");
    assert_eq!(events[1], events[2]);
    assert_eq!(event["candidate_name"], "Đ*** T*** Â***");
    assert_eq!(event["genger"], "Nữ");
    let cv = world.page(event["download_url"].as_str().unwrap()).await;
    assert_eq!((cv.status, cv.bytes.as_slice()), (200, png.as_slice()));
    assert_eq!(cv.headers["content-type"], "image/png");
    let named = cv.headers["content-disposition"].to_str().unwrap();
    assert!(named.ends_with("UTF-8''CV%20%C3%82n.png"), "{named}");

    // Opened later: the same application in full, with a fresh link to the same file.
    world
        .press(
            "/portal/101/applications",
            "/portal/101/applications/70002/open",
            &[],
        )
        .await;
    let opened = receiver.events()[3].clone();
    assert_eq!(opened["candidate_id"], event["candidate_id"]);
    assert_eq!(opened["apply_at"], event["apply_at"]);
    assert_eq!(opened["candidate_name"], "Đặng Thị Ân");
    assert_eq!(opened["candidate_phone"], "0912 345 678");
    assert_ne!(opened["download_url"], event["download_url"]);
    let fresh = world.page(opened["download_url"].as_str().unwrap()).await;
    assert_eq!(fresh.bytes, png);
    let applications = world.ledger().await["applications"].clone();
    assert_eq!(applications.as_array().unwrap().len(), 2);
    assert_eq!(
        (&applications[1]["mask"], &applications[1]["times"]),
        (&json!("open"), &json!(1))
    );
    // An open contact cannot be opened again.
    let html = world.html("/portal/101/applications").await;
    assert!(!html.contains("/applications/70002/open"));
    let token = token_in(&html);
    let again = world
        .post_form("/portal/101/applications/70002/open", &[], &token)
        .await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn an_applicant_without_a_candidate_id_stays_one_application_when_opened_or_applying_again() {
    let Scene { world, receiver } = Scene::set().await;
    let mut body = applicant();
    body["omit_candidate_id"] = json!(true);
    body["masked"] = json!("empty");
    let id = world.apply(SECOND, body).await["application_id"]
        .as_u64()
        .unwrap();
    world
        .post(&format!("/control/applications/{id}/open"), Value::Null)
        .await;
    world
        .post(&format!("/control/applications/{id}/again"), Value::Null)
        .await;
    let ledger = world.ledger().await;
    assert_eq!(ledger["applications"].as_array().unwrap().len(), 2);
    assert_eq!(ledger["applications"][1]["times"], 2);
    let events = receiver.events();
    assert_eq!(events[1]["candidate_name"], "");
    assert_eq!(events[2]["candidate_name"], "Trần Thị Bích");
    assert!(events[3].get("candidate_id").is_none());
}

#[tokio::test]
async fn files_that_topcv_would_not_take_are_refused_and_nobody_applied() {
    let Scene { world, receiver } = Scene::set().await;
    let fields = [
        ("posting", "1200001"),
        ("name", "A"),
        ("email", "a@b.vn"),
        ("phone", "09"),
    ];
    let before = state(&world).await;
    let mb = 1024 * 1024;
    let pdf = |size: usize| {
        let mut content = b"%PDF-1.4\n".to_vec();
        content.resize(size, b' ');
        content
    };
    let cases: [(&str, Vec<u8>, u16); 5] = [
        ("cv.pdf", b"<html>not a pdf</html>".to_vec(), 422),
        ("cv.exe", b"MZ\x90\0".to_vec(), 422),
        ("cv.pdf", Vec::new(), 422),
        ("cv.pdf", pdf(3 * mb + 1), 413),
        ("cv.pdf", pdf(6 * mb), 413),
    ];
    for (name, content, status) in cases {
        let size = content.len();
        let reply = world
            .upload(
                &fields,
                File {
                    name,
                    content: &content,
                },
            )
            .await;
        assert_eq!(reply.status, status, "{name} of {size}: {}", reply.text());
        assert!(reply.text().contains("role=\"alert\""));
        assert_eq!(state(&world).await, before, "{name} of {size}");
    }
    assert_eq!(receiver.kinds(), ["apply"]);
    for (name, content) in [
        ("cv.pdf", pdf(3 * mb)),
        ("cv.doc", b"\xd0\xcf\x11\xe0 old word".to_vec()),
        ("cv.docx", b"PK\x03\x04 new word".to_vec()),
        ("cv.jpg", b"\xff\xd8\xff\xe0 photo".to_vec()),
    ] {
        let reply = world
            .upload(
                &fields,
                File {
                    name,
                    content: &content,
                },
            )
            .await;
        assert_eq!(reply.status, 303, "{name}: {}", reply.text());
    }
    assert_eq!(receiver.kinds().len(), 5);
}

#[tokio::test]
async fn without_a_chosen_file_a_small_pdf_with_the_name_is_sent_and_none_on_request() {
    let Scene { world, receiver } = Scene::set().await;
    let mut fields = vec![
        ("posting", "1200001"),
        ("name", "Lê Ân"),
        ("email", ""),
        ("phone", "09"),
    ];
    let none = || File {
        name: "",
        content: b"",
    };
    assert_eq!(world.upload(&fields, none()).await.status, 303);
    fields.push(("no_cv", "1"));
    assert_eq!(world.upload(&fields, none()).await.status, 303);
    let events = receiver.events();
    let cv = world
        .page(events[1]["download_url"].as_str().unwrap())
        .await;
    assert!(cv.text().starts_with("%PDF-") && cv.text().contains("Lê Ân"));
    assert_eq!(events[2]["download_url"], "");
}

#[tokio::test]
async fn a_cv_sent_by_the_control_api_and_by_the_form_is_the_same_application() {
    let (clicked, called) = (Scene::set().await, Scene::set().await);
    let pdf = b"%PDF-1.4 mine";
    let fields = [
        ("posting", "1200002"),
        ("name", "A"),
        ("email", "a@b.vn"),
        ("phone", "09"),
        ("masked", "empty"),
    ];
    let reply = clicked
        .world
        .upload(
            &fields,
            File {
                name: "a.pdf",
                content: pdf,
            },
        )
        .await;
    assert_eq!(reply.status, 303);
    let body = json!({
        "name": "A", "email": "a@b.vn", "phone": "09", "masked": "empty",
        "cv": {"file_name": "a.pdf", "content_base64": STANDARD.encode(pdf)},
    });
    called.world.apply(SECOND, body).await;
    assert_eq!(state(&clicked.world).await, state(&called.world).await);
}
