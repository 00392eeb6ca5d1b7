use super::*;

#[test]
fn the_boards_values_and_the_forms_are_a_round_trip() {
    let body = new(&whole()).unwrap();
    assert_eq!(present(&body), whole());
    for (switch, from, to) in [
        (true, None, None),
        (false, Some(5), None),
        (false, None, Some(6)),
    ] {
        let mut values = whole();
        values.retain(|value| value.name != "salary_from" && value.name != "salary_to");
        let place = values
            .iter()
            .position(|value| value.name == "salary_negotiable")
            .unwrap();
        values[place].value = Value::Truth(switch);
        let amounts = [("salary_from", from), ("salary_to", to)];
        let amounts = amounts
            .into_iter()
            .filter_map(|(name, amount)| Some(value(name, Value::Integer(amount?))));
        values.splice(place + 1..place + 1, amounts);
        assert_eq!(present(&new(&values).unwrap()), values);
    }
}

#[test]
fn the_boards_other_ways_to_write_are_read() {
    let fields = json!({
        "title": " Kỹ  sư ",
        "main_category": [10015],
        "skills": [{"id": 201, "name": "Rust"}, "214"],
        "locations": "1,2",
        "salary_from": "15000000.00",
        "salary_to": null,
        "experience": "2 năm",
        "gender": "Nữ",
        "deadline": "2026-12-31 00:00:00",
        "quantity": "2",
        "contact_email": "a@b.vn; c@d.vn",
        "create_recruitment_campaign": true,
        "skills_text": "other",
    });
    let Json::Object(fields) = fields else {
        unreachable!()
    };
    let expected = vec![
        named("title", "Kỹ sư"),
        named("main_category", "10015"),
        texts("skills", &["201", "214"]),
        texts("locations", &["1", "2"]),
        named("experience", "2-0"),
        value("quantity", Value::Integer(2)),
        named("gender", "1"),
        named("deadline", "2026-12-31"),
        value("salary_negotiable", Value::Truth(false)),
        value("salary_from", Value::Integer(15_000_000)),
        texts("contact_email", &["a@b.vn", "c@d.vn"]),
        value("create_recruitment_campaign", Value::Truth(true)),
    ];
    assert_eq!(present(&fields), expected);
}

#[test]
fn equal_content_is_equal_however_it_is_written() {
    for (key, left, right) in [
        ("title", json!("Kỹ sư"), json!(" Ky\u{303} su\u{31b}\u{a0}")),
        ("title", json!(2026), json!("2026")),
        ("title", json!(null), json!("")),
        ("salary_from", json!("15000000"), json!(15_000_000)),
        ("salary_from", json!("15000000.00"), json!(15_000_000.0)),
        ("salary_to", json!(null), json!(0)),
        ("salary_level", json!("0"), json!(null)),
        ("main_category", json!([10015]), json!("10015")),
        (
            "main_category",
            json!({"id": 10015, "name": "x"}),
            json!(10015),
        ),
        ("skills", json!([2, 1, 1]), json!(["1", "2"])),
        ("skills", json!([]), json!(null)),
        ("locations", json!([{"id": 2}, {"id": 1}]), json!([1, 2])),
        (
            "contact_email",
            json!(["B@x.vn", "a@x.vn"]),
            json!(["a@x.vn", "b@x.vn"]),
        ),
        (
            "contact_phone",
            json!("+84 912.345.678"),
            json!("0912345678"),
        ),
        ("experience", json!("Dưới 1 năm"), json!("0-1")),
        ("gender", json!("Không yêu cầu"), json!(null)),
        ("gender", json!(2), json!("Nam")),
        (
            "deadline",
            json!("2026-12-31 00:00:00"),
            json!("2026-12-31"),
        ),
        (
            "job_benefit",
            json!("<P class='x'>a&nbsp;b</P>\n"),
            json!("<p>a b</p>"),
        ),
        ("job_benefit", json!("<p></p>"), json!(null)),
        (
            "job_benefit",
            json!("<p>a<br>b</p><ul><li>c</li></ul>"),
            json!("a\nb\n• c"),
        ),
        ("create_recruitment_campaign", json!(true), json!(1)),
        ("address", json!("12"), json!(12)),
        ("address", json!([]), json!("  ")),
    ] {
        assert_eq!(
            canonical(key, &left),
            canonical(key, &right),
            "{key} {left} {right}"
        );
    }
    for (key, left, right) in [
        ("title", json!("Kỹ sư"), json!("Ky su")),
        ("salary_from", json!(1), json!(10)),
        ("quantity", json!(0), json!(null)),
        ("skills", json!([1]), json!([1, 2])),
        ("experience", json!("0-1"), json!("1-0")),
        ("contact_phone", json!("0912345678"), json!("0912345679")),
        (
            "job_benefit",
            json!("<p>a</p><p>b</p>"),
            json!("<p>a b</p>"),
        ),
        (
            "job_benefit",
            json!("<p>a</p>"),
            json!("<ul><li>a</li></ul>"),
        ),
        ("job_benefit", json!("<p>a</p>"), json!("<p><b>a</b></p>")),
        ("education", json!({"a": 1}), json!({"a": 2})),
    ] {
        assert_ne!(
            canonical(key, &left),
            canonical(key, &right),
            "{key} {left} {right}"
        );
    }
}

#[test]
fn the_canonical_form_is_its_own() {
    let body = new(&whole()).unwrap();
    for (key, value) in &body {
        let once = canonical(key, value);
        assert_eq!(canonical(key, &once), once, "{key}");
    }
}

#[test]
fn an_id_beyond_64_bits_is_one_id() {
    let long = "123456789012345678901234567890";
    let body = new(&with("main_category", text_value(&format!("00{long}")))).unwrap();
    assert_eq!(body["main_category"].to_string(), long);
    assert_eq!(
        canonical("main_category", &body["main_category"]),
        canonical("main_category", &json!(long))
    );
    assert!(present(&body).contains(&named("main_category", long)));
}

#[test]
fn topcvs_keys_name_fields() {
    for key in KEYS {
        assert_eq!(field_of(key), key);
        assert_ne!(label(key).vi, key, "{key} has a label");
    }
    assert_eq!(field_of("locations.0"), "locations");
    assert_eq!(field_of("address"), "address");
    assert_eq!(label("address").en, "address");
    let contacts: Vec<_> = KEYS.into_iter().filter(|key| is_contact(key)).collect();
    assert_eq!(contacts, ["contact_name", "contact_phone", "contact_email"]);
}

#[test]
fn a_long_text_given_back_in_either_spelling_is_what_stands_at_the_board() {
    let html = "<p>Lập <br>báo cáo</p>\n<UL><LI>Thuế &amp; phí</UL>";
    let present_body = |html: &str| {
        let mut body = new(&whole()).unwrap();
        body.insert("job_description".into(), json!(html));
        body
    };
    let body = present_body(html);
    let lines = "Lập\nbáo cáo\n• Thuế & phí";
    assert!(present(&body).contains(&named("job_description", lines)));
    for spelling in [
        lines,
        "Lập\r\nbáo cáo\r\n\r\n• Thuế & phí\r\n",
        html,
        "<p>Lập</p><p>báo cáo</p><ul><li>Thuế &amp; phí</li></ul>",
    ] {
        let decided = change(&[named("job_description", spelling)], &body).unwrap();
        assert_eq!(decided, json!({ "job_description": html }), "{spelling:?}");
    }
    let decided = change(&[named("job_description", "Lập\nbáo cáo\n• Thuế")], &body).unwrap();
    assert_eq!(
        decided,
        json!({ "job_description": "<p>Lập</p><p>báo cáo</p><ul><li>Thuế</li></ul>" })
    );
    let problems = change(
        &[named("job_description", "<div>Lập</div>")],
        &present_body("<p>Lập</p>"),
    );
    assert_eq!(problems, Err(one("job_description", "markup-removed")));
}
