use super::*;

#[test]
fn a_whole_form_becomes_all_keys_with_topcvs_types() {
    let body = new(&whole()).unwrap();
    assert_eq!(
        Json::Object(body),
        json!({
            "title": "Kỹ sư phần mềm",
            "position_title": "Kỹ sư",
            "main_category": 10015,
            "skills": [201, 214],
            "locations": [1, 2],
            "salary_level": 0,
            "salary_from": 15_000_000,
            "salary_to": 25_000_000,
            "salary_currency": "VND",
            "job_type": 1,
            "employee_level": 10,
            "experience": "2-0",
            "quantity": 3,
            "gender": "0",
            "job_description": "<p>Viết mã.</p>",
            "job_requirement": "<ul><li>Rust</li></ul>",
            "job_benefit": "<p><b>Lương</b> &amp; thưởng</p>",
            "deadline": "2026-12-31",
            "contact_name": "Nguyễn Thị Ánh",
            "contact_phone": "0912 345 678",
            "contact_email": ["anh@example.vn", "hr@example.vn"],
            "publish_request_days": 30,
            "job_tag_ids": [7],
            "recruitment_campaign_id": 0,
            "create_recruitment_campaign": 0,
        })
    );
}

#[test]
fn what_has_a_default_may_be_absent_and_every_key_is_sent() {
    let optional = [
        "position_title",
        "skills",
        "quantity",
        "gender",
        "salary_currency",
        "salary_level",
        "salary_negotiable",
        "publish_request_days",
        "job_tag_ids",
        "recruitment_campaign_id",
        "create_recruitment_campaign",
    ];
    let mut values = whole();
    values.retain(|value| !optional.contains(&value.name.as_str()));
    let body = new(&values).unwrap();
    assert!(KEYS.iter().all(|key| body.contains_key(*key)) && body.len() == 25);
    for (key, expected) in [
        ("position_title", json!("Kỹ sư phần mềm")),
        ("skills", json!([])),
        ("quantity", json!(1)),
        ("gender", json!("0")),
        ("salary_currency", json!("VND")),
        ("publish_request_days", json!(30)),
        ("recruitment_campaign_id", json!(0)),
    ] {
        assert_eq!(body[key], expected, "{key}");
    }
}

#[test]
fn everything_missing_is_told_at_once() {
    let missing = new(&[]).unwrap_err();
    let expected = [
        "title",
        "main_category",
        "locations",
        "job_type",
        "employee_level",
        "experience",
        "deadline",
        "job_description",
        "job_requirement",
        "job_benefit",
        "contact_name",
        "contact_phone",
        "contact_email",
        "salary_from",
    ];
    let expected: Vec<_> = expected
        .iter()
        .flat_map(|field| one(field, "required"))
        .collect();
    assert_eq!(missing, expected);
}

#[test]
fn each_limit_is_a_problem_of_its_field() {
    let text = |text: &str| Value::Text(text.to_owned());
    let several =
        |items: &[&str]| Value::Texts(items.iter().map(|item| (*item).to_owned()).collect());
    for (field, wrong, code) in [
        ("title", text(" \u{200b}\n"), "required"),
        ("title", text(&"ệ".repeat(256)), "too-long"),
        ("title", Value::Integer(1), "wrong-kind"),
        ("title", Value::Json("\"x\"".into()), "wrong-kind"),
        ("position_title", text(&"a".repeat(256)), "too-long"),
        ("main_category", text("công nghệ"), "bad-option"),
        ("main_category", text("-1"), "bad-option"),
        ("main_category", text("+1"), "bad-option"),
        ("main_category", text(&"9".repeat(41)), "bad-option"),
        ("main_category", several(&["1"]), "wrong-kind"),
        ("skills", several(&["201", "x"]), "bad-option"),
        ("skills", text("201"), "wrong-kind"),
        ("locations", several(&[]), "required"),
        ("locations", several(&[" "]), "required"),
        ("job_type", text(""), "required"),
        ("experience", text(&"1".repeat(101)), "too-long"),
        ("quantity", Value::Integer(0), "too-small"),
        ("quantity", Value::Integer(10_000), "too-large"),
        ("quantity", text("3"), "wrong-kind"),
        ("gender", Value::Truth(true), "wrong-kind"),
        ("deadline", text("2026-02-30"), "bad-day"),
        ("deadline", text("31/12/2026"), "bad-day"),
        ("deadline", text("2026-11-22"), "past-day"),
        ("salary_negotiable", text("yes"), "wrong-kind"),
        ("salary_from", Value::Integer(-1), "too-small"),
        ("salary_from", Value::Integer(10_000_000_000), "too-large"),
        ("salary_to", text("25000000"), "wrong-kind"),
        ("salary_to", Value::Integer(14_999_999), "salary-order"),
        ("salary_currency", text("EUR"), "unknown-option"),
        ("salary_level", Value::Integer(-1), "too-small"),
        ("job_description", text("<p> &nbsp; </p>"), "required"),
        ("job_description", text("<div>a</div>"), "markup-removed"),
        ("job_benefit", text(&"a".repeat(20_001)), "too-long"),
        ("contact_name", text(&"a".repeat(256)), "too-long"),
        ("contact_phone", text("12345"), "bad-phone"),
        ("contact_phone", text("gọi lễ tân"), "bad-phone"),
        (
            "contact_email",
            several(&["anh@example.vn", "khong phai"]),
            "bad-email",
        ),
        ("contact_email", several(&["a@b"]), "bad-email"),
        (
            "contact_email",
            several(&["a@b.vn", "b@b.vn", "c@b.vn", "d@b.vn", "e@b.vn", "f@b.vn"]),
            "too-many",
        ),
        ("contact_email", text("anh@example.vn"), "wrong-kind"),
        ("publish_request_days", Value::Integer(0), "too-small"),
        ("job_tag_ids", several(&["a"]), "bad-option"),
        ("recruitment_campaign_id", Value::Integer(-1), "too-small"),
        (
            "create_recruitment_campaign",
            Value::Integer(1),
            "wrong-kind",
        ),
        ("working_time", text(&"a".repeat(1_001)), "too-long"),
        ("khong_co", text("x"), "unknown-field"),
    ] {
        let shown = format!("{field} {wrong:?}");
        assert_eq!(
            new(&with(field, Some(wrong))),
            Err(one(field, code)),
            "{shown}"
        );
    }
}

#[test]
fn what_is_fine_at_the_edge_passes() {
    let text = |text: &str| Value::Text(text.to_owned());
    for (field, fine) in [
        ("title", text(&"ệ".repeat(255))),
        ("title", text(&"e\u{302}\u{323}".repeat(255))),
        ("main_category", text("424242")),
        ("experience", text("1-2 năm kinh nghiệm")),
        ("gender", text("Không yêu cầu")),
        ("deadline", text(TODAY)),
        ("salary_from", Value::Integer(9_999_999_999)),
        ("contact_phone", text("+84 (24) 3333-4444")),
        ("contact_phone", text("1900 1234")),
        ("job_description", text("dòng một\ndòng hai")),
        ("working_time", text("Thứ 2 - Thứ 6")),
    ] {
        let mut values = with(field, Some(fine));
        if field == "salary_from" {
            values.retain(|value| value.name != "salary_to");
        }
        assert!(new(&values).is_ok(), "{field} {:?}", new(&values));
    }
}

#[test]
fn several_problems_come_together_with_unknown_and_doubled_fields() {
    let mut values = with("title", text_value(&"a".repeat(300)));
    values.retain(|value| value.name != "contact_name");
    values.push(named("khong_co", "x"));
    values.push(named("gender", "1"));
    values.push(named("gender", "2"));
    values.push(value("quantity", Value::Truth(true)));
    let mut problems = new(&values).unwrap_err();
    problems.sort();
    let mut expected = [
        one("contact_name", "required"),
        one("gender", "duplicate"),
        one("khong_co", "unknown-field"),
        one("quantity", "duplicate"),
        one("quantity", "wrong-kind"),
        one("title", "too-long"),
    ]
    .concat();
    expected.sort();
    assert_eq!(problems, expected);
}

#[test]
fn text_is_sent_composed_and_clean() {
    let body = new(&with(
        "title",
        text_value(" Ky\u{303}  su\u{31b}\n Rust\u{0}\u{202e} "),
    ))
    .unwrap();
    assert_eq!(body["title"], json!("Kỹ sư Rust"));
    let body = new(&with("job_description", text_value("Một\r\nA & B"))).unwrap();
    assert_eq!(body["job_description"], json!("<p>Một</p><p>A &amp; B</p>"));
    let body = new(&with("experience", text_value("Trên 5 năm"))).unwrap();
    assert_eq!(body["experience"], json!("6-0"));
    let body = new(&with("working_time", text_value("Ca  sáng"))).unwrap();
    assert_eq!(body["working_time"], json!("Ca sáng"));
    assert_eq!(body.len(), 26);
}

#[test]
fn removed_markup_is_named_and_the_cleaned_text_passes() {
    let values = with(
        "job_description",
        text_value("<h1>A</h1><script>x</script>b"),
    );
    let problems = validate_new(&values, &catalogue(), TODAY).unwrap_err();
    let cleaned = named("cleaned", "A\nb");
    assert!(
        problems[0]
            .values
            .contains(&named("elements", "h1, script"))
    );
    assert!(problems[0].values.contains(&cleaned));
    new(&with("job_description", Some(cleaned.value))).unwrap();
}

#[test]
fn negotiable_is_two_zeros_and_an_open_end_is_one() {
    let money = |amount: Option<i64>| amount.map(Value::Integer);
    for (switch, from, to, expected) in [
        (Some(true), None, None, Ok((0, 0))),
        (Some(true), Some(5), Some(6), Ok((0, 0))),
        (Some(false), Some(5), None, Ok((5, 0))),
        (None, None, Some(6), Ok((0, 6))),
        (None, Some(0), Some(6), Ok((0, 6))),
        (None, Some(5), Some(5), Ok((5, 5))),
        (None, None, None, Err("required")),
        (Some(false), Some(0), Some(0), Err("required")),
    ] {
        let mut values = whole();
        values.retain(|value| {
            !["salary_negotiable", "salary_from", "salary_to"].contains(&value.name.as_str())
        });
        values.extend(switch.map(|on| value("salary_negotiable", Value::Truth(on))));
        values.extend(money(from).map(|amount| value("salary_from", amount)));
        values.extend(money(to).map(|amount| value("salary_to", amount)));
        let sent = new(&values)
            .map(|body| {
                (
                    body["salary_from"].as_i64().unwrap(),
                    body["salary_to"].as_i64().unwrap(),
                )
            })
            .map_err(|problems| problems[0].1.clone());
        assert_eq!(
            sent,
            expected.map_err(String::from),
            "{switch:?} {from:?} {to:?}"
        );
    }
}

#[test]
fn a_change_decides_only_what_it_names() {
    let board = new(&whole()).unwrap();
    for (values, expected) in [
        (vec![], json!({})),
        (vec![named("title", "Khác")], json!({"title": "Khác"})),
        (
            vec![value("quantity", Value::Integer(5))],
            json!({"quantity": 5}),
        ),
        (vec![texts("skills", &[])], json!({"skills": []})),
        (vec![named("gender", "")], json!({"gender": "0"})),
        (
            vec![named("position_title", "")],
            json!({"position_title": "Kỹ sư phần mềm"}),
        ),
        (
            vec![value("salary_to", Value::Integer(30_000_000))],
            json!({"salary_to": 30_000_000}),
        ),
        (
            vec![value("salary_to", Value::Text(String::new()))],
            json!({"salary_to": 0}),
        ),
        (
            vec![value("salary_negotiable", Value::Truth(true))],
            json!({"salary_from": 0, "salary_to": 0}),
        ),
        (
            vec![value("salary_negotiable", Value::Truth(false))],
            json!({}),
        ),
        (
            vec![named("working_time", "Ca sáng")],
            json!({"working_time": "Ca sáng"}),
        ),
    ] {
        assert_eq!(change(&values, &board), Ok(expected), "{values:?}");
    }
    for (values, field, code) in [
        (vec![named("title", " ")], "title", "required"),
        (
            vec![value("salary_from", Value::Integer(26_000_000))],
            "salary_to",
            "salary-order",
        ),
        (
            vec![value("salary_to", Value::Integer(1))],
            "salary_to",
            "salary-order",
        ),
        (
            vec![named("deadline", "2026-11-22")],
            "deadline",
            "past-day",
        ),
        (vec![named("nope", "x")], "nope", "unknown-field"),
    ] {
        assert_eq!(change(&values, &board), Err(one(field, code)), "{values:?}");
    }
    let negotiable = new(&with("salary_negotiable", Some(Value::Truth(true)))).unwrap();
    let off = [value("salary_negotiable", Value::Truth(false))];
    assert_eq!(
        change(&off, &negotiable),
        Err(one("salary_from", "required"))
    );
}

#[test]
fn what_stands_at_the_board_is_no_problem_when_it_comes_back() {
    let mut board = new(&whole()).unwrap();
    for (key, odd) in [
        ("deadline", json!("2020-01-01 00:00:00")),
        ("experience", json!("1-2 năm kinh nghiệm")),
        ("salary_from", json!("15000000")),
        ("contact_phone", json!("máy lẻ 12")),
        (
            "job_description",
            json!("<div class='x'><p style='y'>Viết mã.</p></div>"),
        ),
        ("main_category", json!("Ngành lạ")),
        (
            "contact_email",
            json!(["a@b.vn", "b@b.vn", "c@b.vn", "d@b.vn", "e@b.vn", "f@b.vn"]),
        ),
        ("skills", json!([{"id": 201, "name": "Rust"}])),
        ("gender", Json::Null),
    ] {
        board.insert(key.into(), odd);
    }
    let shown = present(&board);
    let answered = validate_change(&shown, &board, &catalogue(), TODAY).unwrap();
    for (key, value) in &answered {
        assert_eq!(value, &board[key], "{key} comes back as it was");
    }
    // A page that shows every field sends the empty ones too.
    let mut all = shown;
    all.push(named("gender", ""));
    all.retain(|value| value.name != "title");
    all.push(named("title", "Khác"));
    let answered = validate_change(&all, &board, &catalogue(), TODAY).unwrap();
    assert_eq!(answered["title"], json!("Khác"));
    assert!(!answered.contains_key("gender"));
}

#[test]
fn a_value_of_another_kind_is_answered_with_how_to_enter_it_and_an_example() {
    let problem = |id: &str, value: Value| {
        let problems = validate_new(&with(id, Some(value)), &catalogue(), TODAY).unwrap_err();
        problems.into_iter().find(|it| it.field == id).unwrap()
    };
    let money = problem("salary_from", Value::Text("20 triệu".into()));
    assert_eq!(
        money.message.vi,
        "Nhập số tiền bằng chữ số, ví dụ 20000000."
    );
    assert_eq!(
        money.message.en,
        "Enter the amount in digits, for example 20000000."
    );
    // An amount is an integer by the contract: a page takes the separators away, the plugin does not guess what they mean.
    assert_eq!(
        problem("salary_from", Value::Text("20.000.000".into())).code,
        "wrong-kind"
    );
    let mut kinds = Vec::new();
    for spec in super::super::fields::FIELDS {
        let problem = problem(spec.id, Value::Json("{}".into()));
        let kind = spec.kind.name();
        assert_eq!(problem.code, "wrong-kind", "{}", spec.id);
        assert_eq!(problem.values, [named("kind", kind)], "{}", spec.id);
        assert!(problem.message.vi.contains("ví dụ"), "{}", spec.id);
        assert!(problem.message.en.contains("for example"), "{}", spec.id);
        for text in [problem.message.vi, problem.message.en] {
            assert!(!text.contains("kiểu") && !text.contains(&format!("“{kind}”")));
        }
        kinds.push(kind);
    }
    for kind in [
        "text", "markup", "choice", "choices", "texts", "integer", "money", "day", "emails",
        "switch",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
}
