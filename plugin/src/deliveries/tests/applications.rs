use crate::vietnam::compose::nfd;

use super::*;
use crate::contract::events::Statement;
use crate::contract::types::Value;

fn whole() -> Delivery {
    apply(
        "job_id=9001&candidate_phone=0912 345 678&candidate_id=55",
        r#""job_id":9001,"candidate_id":55,"candidate_name":" Nguyễn Thị Hoà ","candidate_email":"Hoa.Nguyen@Example.vn",
        "candidate_phone":"0912 345 678","genger":"Nữ","apply_at":"2026-11-23 14:59:00","job_title":"Kế toán",
        "recruitment_campaign_id":77,"answers":{"q":[1,2]},"note":null,
        "download_url":"https://www.topcv.vn/cv/1?token=abc","cv_url":"https://www.topcv.vn/xem-cv/1""#,
    )
}

fn statement(
    value: &str,
    normalised: Option<&str>,
    signed: bool,
    masked: bool,
) -> Option<Statement> {
    Some(Statement {
        value: value.into(),
        normalised: normalised.map(str::to_owned),
        signed,
        masked,
    })
}

#[test]
fn a_whole_application() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Live));
    let event = accepted(&host, &whole());
    assert_eq!(event.board_posting, "9001");
    assert_eq!(event.posting.as_deref(), Some("request-1"));
    assert_eq!(event.job.as_deref(), Some("job-1"));
    assert_eq!(event.review_round, None);
    assert_eq!(event.received_at, NOW);
    assert_eq!(event.board_time, Some(NOW - 60_000));
    assert_eq!(event.id.len(), 64);
    let Happening::Application(application) = event.happening else {
        panic!()
    };
    assert_eq!(application.id.len(), 64);
    assert_eq!(application.board_candidate.as_deref(), Some("55"));
    assert_eq!(
        application.full_name,
        statement("Nguyễn Thị Hoà", Some("nguyễn thị hòa"), false, false)
    );
    assert_eq!(
        application.email,
        statement(
            "Hoa.Nguyen@Example.vn",
            Some("hoa.nguyen@example.vn"),
            false,
            false
        )
    );
    assert_eq!(
        application.phone,
        statement("0912 345 678", Some("+84912345678"), true, false)
    );
    assert_eq!(
        application.gender,
        statement("Nữ", Some("female"), false, false)
    );
    assert_eq!(application.applied_at, Some(NOW - 60_000));
    assert!(application.verified);
    let [cv] = &application.attachments[..] else {
        panic!()
    };
    assert_eq!(cv.kind, "cv");
    assert_eq!(cv.application_id, application.id);
    assert_eq!(cv.url, "https://www.topcv.vn/cv/1?token=abc");
    assert_eq!(
        cv.fallback_url.as_deref(),
        Some("https://www.topcv.vn/xem-cv/1")
    );
    assert_eq!(cv.expires_at, Some(NOW + 24 * 60 * 60 * 1000));
    assert!(!cv.signed);
    let extra: Vec<_> = application
        .extra
        .iter()
        .map(|named| (named.name.as_str(), named.value.clone()))
        .collect();
    assert_eq!(
        extra,
        [
            ("job_title", Value::Text("Kế toán".into())),
            ("recruitment_campaign_id", Value::Text("77".into())),
            ("answers", Value::Json(r#"{"q":[1,2]}"#.into())),
        ]
    );
    assert!(host.calls().is_empty());
}

#[test]
fn the_same_delivery_is_the_same_event_also_after_a_while_and_elsewhere() {
    let host = TestHost::configured();
    let first = accepted(&host, &whole());
    host.now.set(NOW + 1_000_000);
    assert_eq!(accepted(&host, &whole()), first);
    assert_eq!(accepted(&TestHost::configured(), &whole()), first);
}

#[test]
fn ids_as_numbers_text_and_beyond_64_bits() {
    let host = TestHost::configured();
    let of = |job: &str, candidate: &str, job_literal: &str, candidate_literal: &str| {
        let delivery = apply(
            &format!("job_id={job}&candidate_phone=&candidate_id={candidate}"),
            &format!(
                r#""job_id":{job_literal},"candidate_id":{candidate_literal},"candidate_phone":null"#
            ),
        );
        let event = accepted(&host, &delivery);
        assert_eq!(event.board_posting, job);
        match event.happening {
            Happening::Application(application) => {
                assert_eq!(application.board_candidate.as_deref(), Some(candidate));
                application.id
            }
            other => panic!("{other:?}"),
        }
    };
    let big = "123456789012345678901234567890";
    let bigger = "123456789012345678901234567891";
    assert_eq!(
        of("9001", "55", "9001", "55"),
        of("9001", "55", "\"9001\"", "\"55\"")
    );
    assert_eq!(
        of(big, "55", big, "55"),
        of(big, "55", &format!("\"{big}\""), "55")
    );
    assert_ne!(of("1", big, "1", big), of("1", bigger, "1", bigger));
    assert_ne!(of("1e3", "5", "1e3", "5"), of("1000", "5", "1000", "5"));
    assert_eq!(of("1", "-0", "1", "-0").len(), 64);
}

#[test]
fn names_composed_decomposed_escaped_and_with_emoji() {
    let host = TestHost::configured();
    let line = "job_id=1&candidate_phone=0912345678&candidate_id=5";
    let named = |name: &str| {
        let members = format!(
            r#""job_id":1,"candidate_id":5,"candidate_phone":"0912345678","candidate_name":"{name}""#
        );
        application(&host, &apply(line, &members))
            .full_name
            .unwrap()
    };
    let decomposed: String = nfd("Nguyễn Hoà");
    let escaped = "Nguy\\u1ec5n Ho\\u00e0";
    assert_eq!(named("Nguyễn Hoà").value, "Nguyễn Hoà");
    assert_eq!(named(&decomposed).value, decomposed, "as received");
    assert_eq!(named(escaped).value, "Nguyễn Hoà");
    let key = named("Nguyễn Hoà").normalised;
    assert!(key.is_some());
    for same in [&decomposed, escaped, "NGUYỄN HÒA", "nguyễn  hoà"] {
        assert_eq!(named(same).normalised, key, "{same}");
    }
    assert_eq!(named("Nguyễn A \\ud83d\\ude00").value, "Nguyễn A 😀");
    assert_eq!(named("\\u202eA\\u0000 B\\n").value, "A B");
}

#[test]
fn the_phone_is_signed_as_received_and_normalised_afterwards() {
    let host = TestHost::configured();
    let mut ids = Vec::new();
    for (signed, literal) in [
        ("0912345678", "\"0912345678\""),
        ("+84 912.345.678", "\"+84 912.345.678\""),
        ("(0912) 345-678", "\"(0912) 345-678\""),
        ("84912345678", "84912345678"),
        ("0912345678", "\"\\u0030912345678\""),
    ] {
        let delivery = apply(
            &format!("job_id=1&candidate_phone={signed}&candidate_id="),
            &format!(r#""job_id":1,"candidate_phone":{literal}"#),
        );
        let application = application(&host, &delivery);
        let phone = application.phone.unwrap();
        assert_eq!(phone.value, signed);
        assert_eq!(phone.normalised.as_deref(), Some("+84912345678"));
        assert!(phone.signed);
        ids.push(application.id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "one person");
}

#[test]
fn people_without_candidate_id_are_told_apart() {
    let host = TestHost::configured();
    let of = |phone: &str, name: &str| {
        let delivery = apply(
            &format!("job_id=1&candidate_phone={phone}&candidate_id="),
            &format!(
                r#""job_id":1,"candidate_phone":"{phone}","candidate_id":null,"candidate_name":"{name}""#
            ),
        );
        application(&host, &delivery).id
    };
    assert_ne!(of("0912345678", "A"), of("0912345679", "A"));
    assert_eq!(of("0912345678", "A"), of("0912345678", "A"));
    // Masked phones identify nobody, and neither do empty ones.
    assert_ne!(of("0912***678", "A"), of("0912***678", "B"));
    assert_ne!(of("", "A"), of("", "B"));
}

#[test]
fn the_same_candidate_again_with_a_new_time_and_cv_is_one_application_with_two_files() {
    let host = TestHost::configured();
    let of = |time: &str, token: &str| {
        accepted(
            &host,
            &apply(
                "job_id=1&candidate_phone=0912345678&candidate_id=5",
                &format!(
                    r#""job_id":1,"candidate_id":5,"candidate_phone":"0912345678","apply_at":"{time}","download_url":"https://topcv.vn/cv/5?token={token}""#
                ),
            ),
        )
    };
    let ids = |event: &Event| match &event.happening {
        Happening::Application(application) => (
            application.id.clone(),
            application.attachments[0].id.clone(),
        ),
        other => panic!("{other:?}"),
    };
    let first = of("2026-11-23 10:00:00", "a");
    let fresh_link = of("2026-11-23 10:00:00", "b");
    let again = of("2026-11-23 11:00:00", "c");
    assert_eq!(first.id, fresh_link.id, "the token alone is nothing new");
    assert_ne!(first.id, again.id);
    assert_eq!(ids(&first).0, ids(&again).0);
    assert_ne!(ids(&first).1, ids(&fresh_link).1);
    assert_ne!(ids(&first).1, ids(&again).1);
}

#[test]
fn one_person_in_two_postings_is_two_applications() {
    let host = TestHost::configured();
    let of = |job: &str| {
        let delivery = apply(
            &format!("job_id={job}&candidate_phone=0912345678&candidate_id=5"),
            &format!(r#""job_id":{job},"candidate_id":5,"candidate_phone":"0912345678""#),
        );
        application(&host, &delivery).id
    };
    assert_ne!(of("1"), of("2"));
}

#[test]
fn masked_and_opened_later_is_the_same_application() {
    let host = TestHost::configured();
    let of = |name: &str, email: &str, phone: &str, signed: &str| {
        application(
            &host,
            &apply(
                &format!("job_id=1&candidate_phone={signed}&candidate_id=5"),
                &format!(
                    r#""job_id":1,"candidate_id":5,"candidate_name":{name},"candidate_email":{email},"candidate_phone":{phone}"#
                ),
            ),
        )
    };
    let masked = of(
        "\"Nguyễn V** A\"",
        "\"a***@x.vn\"",
        "\"0912***678\"",
        "0912***678",
    );
    let empty = of("\"\"", "null", "null", "");
    let open = of(
        "\"Nguyễn Văn A\"",
        "\"an@x.vn\"",
        "\"0912345678\"",
        "0912345678",
    );
    assert_eq!(masked.id, open.id);
    assert_eq!(empty.id, open.id);
    for application in [&masked, &empty] {
        for contact in [
            &application.full_name,
            &application.email,
            &application.phone,
        ] {
            let contact = contact.as_ref().unwrap();
            assert!(contact.masked);
            assert_eq!(contact.normalised, None);
        }
    }
    assert_eq!(masked.phone.unwrap().value, "0912***678");
    assert_eq!(empty.phone.unwrap().value, "");
    assert!(!open.phone.unwrap().masked);
}

#[test]
fn what_the_board_does_not_say_is_absent_and_odd_kinds_are_kept_beside() {
    let host = TestHost::configured();
    let application = application(
        &host,
        &apply(
            "job_id=1&candidate_phone=&candidate_id=5",
            r#""job_id":1,"candidate_id":5,"candidate_email":{"work":"a@x.vn"},"apply_at":"hôm qua","download_url":"javascript:alert(1)","cv_url":[]"#,
        ),
    );
    assert_eq!(application.full_name, None);
    assert_eq!(application.email, None);
    assert_eq!(application.phone, None);
    assert_eq!(application.applied_at, None);
    assert!(application.attachments.is_empty());
    let names: Vec<_> = application
        .extra
        .iter()
        .map(|named| named.name.as_str())
        .collect();
    assert_eq!(names, ["candidate_email", "apply_at", "cv_url"]);
}

#[test]
fn extra_is_bounded() {
    let host = TestHost::configured();
    let many: String = (0..100)
        .map(|n| format!(r#","field_{n}":"{}""#, "ễ".repeat(500)))
        .collect();
    let long = format!(
        r#","long":"{}","{}":1"#,
        "x".repeat(50_000),
        "n".repeat(100)
    );
    let application = application(
        &host,
        &apply(
            "job_id=1&candidate_phone=&candidate_id=5",
            &format!(r#""job_id":1,"candidate_id":5{long}{many}"#),
        ),
    );
    assert_eq!(application.extra.len(), 32);
    assert!(application.extra.iter().all(|named| named.name.len() <= 64
        && matches!(&named.value, Value::Text(text) if text.chars().count() <= 4_000)));
}

#[test]
fn a_page_alone_is_the_file_and_the_correct_spelling_of_gender_counts_first() {
    let host = TestHost::configured();
    let application = application(
        &host,
        &apply(
            "job_id=1&candidate_phone=&candidate_id=5",
            r#""job_id":1,"candidate_id":5,"cv_url":"https://topcv.vn/xem/1","download_url":"","gender":"Nam","genger":"Nữ""#,
        ),
    );
    assert_eq!(application.attachments[0].url, "https://topcv.vn/xem/1");
    assert_eq!(application.attachments[0].fallback_url, None);
    assert_eq!(
        application.gender.unwrap().normalised.as_deref(),
        Some("male")
    );
}

#[test]
fn unlinked_and_foreign_postings() {
    let host = TestHost::configured();
    let unknown = accepted(&host, &whole());
    assert_eq!((unknown.posting, unknown.job), (None, None));

    let mut record = posting(1, Standing::Live);
    record.unlinked = true;
    store(&host, &record);
    let unlinked = accepted(&host, &whole());
    assert_eq!(unlinked.posting.as_deref(), Some("request-1"));
    assert_eq!(unlinked.job, None);

    let mut record = posting(1, Standing::Live);
    record.account = 7;
    store(&host, &record);
    assert_eq!(accepted(&host, &whole()).job.as_deref(), Some("job-1"));
    assert_eq!(
        unknown.id, unlinked.id,
        "the id does not depend on what is known here"
    );
}
