//! Webhooks: signatures over literals, masks, holding, releasing, sending again.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use support::{DAY_MS, World, applicant};

fn hmac(key: &str, text: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn with(more: Value) -> Value {
    let mut body = applicant();
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

/// Sends an application as text, so that number literals are exactly these.
async fn apply_text(world: &World, job_id: u64, text: &str) -> String {
    let path = format!("/control/postings/{job_id}/apply");
    let reply = world.send(Method::POST, &path, &[], text.to_owned()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text()
}

#[tokio::test]
async fn signatures_are_over_the_literals_that_were_sent() {
    let world = World::start().await;
    let receiver = world.listen().await;
    let job_id = world.create().await;
    let cases = [
        (
            r#""candidate_id":42,"phone":"0912345678""#,
            "0912345678",
            "42",
        ),
        (
            r#""candidate_id":"42","phone":"+84 912.345.678""#,
            "+84 912.345.678",
            "42",
        ),
        (
            r#""candidate_id":123456789012345678901234567890,"phone":"09""#,
            "09",
            "123456789012345678901234567890",
        ),
        (
            r#""candidate_id":1.50e3,"phone":912345678"#,
            "912345678",
            "1.50e3",
        ),
        (r#""candidate_id":"a&b=c","phone":null"#, "", "a&b=c"),
        (r#""candidate_id":null,"phone":"09""#, "09", ""),
        (r#""omit_candidate_id":true,"phone":"09""#, "09", ""),
        (
            r#""candidate_id":"Hòa \u0048","phone":"09","ascii_escape":true"#,
            "09",
            "Hòa H",
        ),
    ];
    for (index, (fields, phone, candidate)) in cases.into_iter().enumerate() {
        let text = format!(r#"{{"name":"Lê Hòa 😀","email":"a@b.vn",{fields}}}"#);
        apply_text(&world, job_id, &text).await;
        let body = receiver.texts()[index].clone();
        let event: Value = serde_json::from_str(&body).unwrap();
        let signed = format!(
            "event_type=apply&job_id={job_id}&candidate_phone={phone}&candidate_id={candidate}"
        );
        assert_eq!(
            event["signature"],
            hmac(&world.session, &signed),
            "{fields}"
        );
        assert_eq!(event["candidate_name"], "Lê Hòa 😀");
        assert_eq!(body.is_ascii(), fields.contains("ascii_escape"), "{body}");
        assert_eq!(event.get("candidate_id").is_none(), fields.contains("omit"));
    }
    assert!(receiver.texts()[2].contains(r#""candidate_id":123456789012345678901234567890,"#));
    assert!(receiver.texts()[3].contains(r#""candidate_id":1.50e3,"#));
    let ledger = world
        .send(Method::GET, "/control/ledger", &[], "")
        .await
        .text();
    assert!(ledger.contains(r#""candidate_id":123456789012345678901234567890,"#));
}

#[tokio::test]
async fn the_secret_key_signs_when_the_account_says_so_and_verdicts_have_their_own_text() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world.patch_employer(json!({"signing_key": "secret"})).await;
    let job_id = world.create().await;
    let campaign = world.detail(job_id).await["recruitment_campaign_id"].clone();
    let reject = format!("/control/postings/{job_id}/reject");
    world
        .post(&reject, json!({"reason": "Thiếu mức lương"}))
        .await;
    world.post(&reject, json!({"reason": "Sai địa chỉ"})).await;
    let events = receiver.events();
    let signed =
        format!("event_type=job_rejected&job_id={job_id}&recruitment_campaign_id={campaign}");
    assert_eq!(events[0]["signature"], hmac(&world.secret, &signed));
    assert_eq!(events[0]["signature"], events[1]["signature"]);
    assert_eq!(events[1]["reject_reason"], "Sai địa chỉ");
    let detail = world.detail(job_id).await;
    assert_eq!(detail["reject_reason"], "Sai địa chỉ");
    assert_eq!(detail["approval_status"], "rejected");
}

#[tokio::test]
async fn the_newest_session_signs() {
    let mut world = World::start().await;
    let receiver = world.listen().await;
    let job_id = world.create().await;
    world.connect().await;
    world.apply(job_id, with(json!({"candidate_id": 1}))).await;
    let signed =
        format!("event_type=apply&job_id={job_id}&candidate_phone=0987654321&candidate_id=1");
    assert_eq!(
        receiver.events()[0]["signature"],
        hmac(&world.session, &signed)
    );
}

#[tokio::test]
async fn held_webhooks_wait_for_their_release() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world.patch_employer(json!({"hold_webhooks": true})).await;
    let job_id = world.create().await;
    let approved = world
        .post(&format!("/control/postings/{job_id}/approve"), Value::Null)
        .await;
    assert_eq!(approved["delivery"]["state"], "held");
    world.apply(job_id, applicant()).await;
    assert_eq!(receiver.kinds().len(), 0);
    let release = format!("/control/employers/{}/release", world.employer);
    let released = world.post(&release, json!({"order": "reverse"})).await;
    assert_eq!(released["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(receiver.kinds(), ["apply", "job_approved"]);
    world.patch_employer(json!({"hold_webhooks": false})).await;
    world.apply(job_id, with(json!({"hold": true}))).await;
    assert_eq!(receiver.kinds().len(), 2);
    world.post(&release, Value::Null).await;
    assert_eq!(receiver.kinds().len(), 3);
}

#[tokio::test]
async fn copies_and_resends_are_the_same_bytes() {
    let world = World::start().await;
    let receiver = world.listen().await;
    let job_id = world.create().await;
    receiver.answer_next(500);
    let applied = world.apply(job_id, with(json!({"count": 3}))).await;
    let statuses: Vec<&Value> = applied["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["status"])
        .collect();
    assert_eq!(statuses, [500, 200, 200]);
    let id = &applied["deliveries"][0]["id"];
    let again = world
        .post(&format!("/control/deliveries/{id}/resend"), Value::Null)
        .await;
    assert_eq!(again["delivery"]["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(again["delivery"]["status"], 200);
    let texts: BTreeSet<String> = receiver.texts().into_iter().collect();
    assert_eq!((receiver.texts().len(), texts.len()), (4, 1));
    let listed = world
        .get(&format!(
            "/control/deliveries?employer_id={}",
            world.employer
        ))
        .await;
    assert_eq!(listed["deliveries"].as_array().unwrap().len(), 3);
    assert_eq!(listed["deliveries"][0]["url"], receiver.url);
    assert_eq!(listed["deliveries"][0]["attempts"][0]["status"], 500);
}

#[tokio::test]
async fn retries_happen_only_when_the_account_has_them() {
    let world = World::start().await;
    let receiver = world.listen().await;
    let job_id = world.create().await;
    receiver.answer_next(503);
    world.apply(job_id, applicant()).await;
    assert_eq!(receiver.texts().len(), 1);
    world.patch_employer(json!({"webhook_retries": 2})).await;
    receiver.answer_next(503);
    let applied = world.apply(job_id, applicant()).await;
    assert_eq!(receiver.texts().len(), 3);
    assert_eq!(applied["deliveries"][0]["status"], 200);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_told() {
    let world = World::start().await;
    let job_id = world.create().await;
    let nowhere = world.apply(job_id, applicant()).await;
    assert_eq!(nowhere["deliveries"][0]["state"], "no_webhook_url");
    world
        .patch_employer(json!({"webhook_url": "http://127.0.0.1:1/x"}))
        .await;
    let refused = world.apply(job_id, applicant()).await;
    assert_eq!(refused["deliveries"][0]["status"], Value::Null);
    assert_eq!(refused["deliveries"][0]["error"], "could not connect");
}

#[tokio::test]
async fn masked_contacts_arrive_masked_and_open_later_under_the_same_application() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world.patch_employer(json!({"masked_contacts": true})).await;
    let job_id = world.create().await;
    let masked = world.apply(job_id, with(json!({"candidate_id": 9}))).await;
    let opened = world
        .apply(job_id, with(json!({"candidate_id": 9, "masked": false})))
        .await;
    let empty = world
        .apply(job_id, with(json!({"candidate_id": 9, "masked": "empty"})))
        .await;
    assert_eq!(masked["application_id"], opened["application_id"]);
    assert_eq!(masked["application_id"], empty["application_id"]);
    let events = receiver.events();
    assert_eq!(events[0]["candidate_name"], "T*** T*** B***");
    assert_eq!(events[0]["candidate_phone"], "098*****21");
    assert_eq!(events[0]["candidate_email"], "b***@***");
    assert_eq!(events[1]["candidate_phone"], "0987654321");
    assert_eq!(events[2]["candidate_phone"], "");
    let signed =
        format!("event_type=apply&job_id={job_id}&candidate_phone=098*****21&candidate_id=9");
    assert_eq!(events[0]["signature"], hmac(&world.session, &signed));
    let applications = world.ledger().await["applications"].clone();
    assert_eq!(applications.as_array().unwrap().len(), 1);
    assert_eq!(applications[0]["phone"], "0987654321");
    assert_eq!(applications[0]["times"], 3);
}

#[tokio::test]
async fn raw_deliveries_are_sent_as_they_are() {
    let world = World::start().await;
    let receiver = world.listen().await;
    let send = async |body: Value| world.post("/control/deliveries/raw", body).await;
    let employer = world.employer;
    send(json!({"employer_id": employer, "body_text": "{not json"})).await;
    send(json!({"employer_id": employer, "body_text": ""})).await;
    let odd =
        send(json!({"employer_id": employer, "body_base64": "/w==", "headers": {"X-A": "b"}}))
            .await;
    assert_eq!(odd["delivery"]["body_base64"], "/w==");
    let fields =
        json!({"event_type": "apply", "job_id": 5, "candidate_phone": "09", "candidate_id": 7});
    send(json!({"employer_id": employer, "sign": {"fields": fields},
        "body_text": r#"{"event_type":"apply","signature":"{{signature}}","job_id":5}"#}))
    .await;
    send(json!({"employer_id": employer, "sign": fields, "body_text": r#"{"job_id":5}"#})).await;
    let mut keyed = fields.clone();
    keyed["key_text"] = json!("k");
    send(json!({"employer_id": employer, "sign": keyed, "body_text": "{}"})).await;
    let texts = receiver.texts();
    assert_eq!(texts[0], "{not json");
    assert_eq!(texts[1], "");
    let signed = "event_type=apply&job_id=5&candidate_phone=09&candidate_id=7";
    let signature = hmac(&world.session, signed);
    assert_eq!(
        texts[3],
        format!(r#"{{"event_type":"apply","signature":"{signature}","job_id":5}}"#)
    );
    assert_eq!(
        texts[4],
        format!(r#"{{"job_id":5,"signature":"{signature}"}}"#)
    );
    assert_eq!(
        texts[5],
        format!(r#"{{"signature":"{}"}}"#, hmac("k", signed))
    );
}

#[tokio::test]
async fn cv_links_live_a_day_and_carry_the_given_file() {
    let world = World::start().await;
    let job_id = world.create().await;
    let cv = json!({"file_name": "Hồ sơ \"An\".docx", "content_base64": "UEsDBGFiYw=="});
    let applied = world
        .apply(job_id, with(json!({"cv": cv, "one_time": false})))
        .await;
    let link = applied["download_url"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let file = world.send(Method::GET, &link, &[], "").await;
        assert_eq!(file.bytes, b"PK\x03\x04abc");
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert!(
            disposition.contains("filename=\"H_ s_ _An_.docx\""),
            "{disposition}"
        );
        assert!(disposition.contains("filename*=UTF-8''H%E1%BB%93%20s%C6%A1%20%22An%22.docx"));
    }
    world
        .post("/control/clock", json!({"advance_ms": DAY_MS}))
        .await;
    assert_eq!(world.send(Method::GET, &link, &[], "").await.status, 422);
    let unknown = format!("{}/cv/nope", world.simulator.url());
    assert_eq!(world.send(Method::GET, &unknown, &[], "").await.status, 422);
    let none = world.apply(job_id, with(json!({"no_cv": true}))).await;
    assert_eq!(none["download_url"], "");
}
