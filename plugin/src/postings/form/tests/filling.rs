use super::super::build::{for_job, for_posting};
use super::*;
use crate::contract::forms::{Field, Form, Origin};
use crate::contract::postings::Job;

fn job(details: Vec<NamedValue>) -> Job {
    Job {
        id: "job-1".into(),
        title: "Kỹ sư phần mềm".into(),
        details,
    }
}

fn form(details: Vec<NamedValue>) -> Form {
    for_job(&job(details), &catalogue(), TODAY)
}

fn field<'a>(form: &'a Form, id: &str) -> &'a Field {
    form.fields.iter().find(|field| field.id == id).unwrap()
}

fn values(form: &Form) -> Vec<NamedValue> {
    form.fields
        .iter()
        .filter_map(|field| Some(value(&field.id, field.value.clone()?)))
        .collect()
}

fn rich() -> Vec<NamedValue> {
    vec![
        named("description", "Viết mã.\nĐọc mã."),
        named("requirements", "<ul><li>Rust</li></ul>"),
        named("benefits", "Lương tháng 13"),
        texts("cities", &["TP.HCM", "ha noi"]),
        named("category", "cong nghe thong tin"),
        texts("skills", &["Rust", "C++"]),
        named("job-type", "Toàn thời gian"),
        named("level", "Nhân viên"),
        named("experience", "2 năm"),
        named("gender", "Không yêu cầu"),
        value("salary-from", Value::Integer(15_000_000)),
        value("salary-to", Value::Integer(25_000_000)),
        named("salary-currency", "VND"),
        value("quantity", Value::Integer(2)),
        named("deadline", "2026-12-31"),
        named("contact-name", "Nguyễn Thị Ánh"),
        named("contact-phone", "0912345678"),
        named("contact-email", "anh@example.vn"),
        named("hiring-manager", "not for TopCV"),
    ]
}

#[test]
fn a_job_that_says_everything_gives_a_form_that_can_be_sent_as_it_is() {
    let form = form(rich());
    assert_eq!(
        (form.missing.len(), form.problems.len()),
        (0, 0),
        "{:?}",
        form.problems
    );
    assert!(form.fields.iter().all(|field| field.questions.is_empty()));
    let body = new(&values(&form)).unwrap();
    assert_eq!(body["locations"], json!([2, 1]));
    assert_eq!(body["experience"], json!("2-0"));
    assert_eq!(
        body["job_description"],
        json!("<p>Viết mã.</p><p>Đọc mã.</p>")
    );
    assert_eq!(body["position_title"], body["title"]);
    for (id, origin) in [
        ("title", Origin::Job),
        ("position_title", Origin::Suggestion),
        ("locations", Origin::Job),
        ("salary_negotiable", Origin::Suggestion),
        ("publish_request_days", Origin::BoardDefault),
        ("job_tag_ids", Origin::Empty),
    ] {
        assert_eq!(field(&form, id).origin, origin, "{id}");
    }
    assert_eq!(form.choices_as_of, Some(1));
    assert_eq!(form.version, None);
}

#[test]
fn an_empty_job_lists_everything_that_is_missing() {
    let form = form(vec![]);
    assert_eq!(
        form.missing,
        [
            "main_category",
            "locations",
            "job_type",
            "employee_level",
            "experience",
            "deadline",
            "salary_from",
            "job_description",
            "job_requirement",
            "job_benefit",
            "contact_name",
            "contact_phone",
            "contact_email",
        ]
    );
    assert!(form.problems.is_empty());
    assert!(
        form.missing
            .iter()
            .all(|id| field(&form, id).required && field(&form, id).value.is_none())
    );
    assert_eq!(field(&form, "quantity").value, Some(Value::Integer(1)));
    assert_eq!(field(&form, "gender").value, text_value("0"));
    assert_eq!(form.fields.len(), 27);
    for field in &form.fields {
        assert!(
            !field.label.vi.is_empty() && !field.help.en.is_empty() && !field.group.vi.is_empty()
        );
    }
    let choices = &field(&form, "employee_level").choices;
    assert_eq!((choices.len(), choices[0].label.en.as_str()), (8, "Staff"));
    assert_eq!(field(&form, "job_benefit").limits.allowed_markup.len(), 9);
    assert_eq!(
        field(&form, "deadline").limits.extra,
        [named("not-before", TODAY)]
    );
    assert_eq!(field(&form, "working_time").kind, "text");
}

#[test]
fn a_word_that_fits_several_options_is_asked_about_and_one_that_fits_none_is_named() {
    let form = form(vec![
        named("category", "công nghệ"),
        texts("skills", &["Rust", "day hoc", "nấu ăn"]),
        named("city", "Bà Rịa - Vũng Tàu"),
        named("experience", "1-2 năm"),
        named("level", "Manager"),
        named("gender", "khác"),
    ]);
    for (id, asked, candidates) in [
        ("main_category", "công nghệ", 2),
        ("skills", "day hoc", 2),
        ("locations", "Bà Rịa - Vũng Tàu", 2),
        ("experience", "1-2 năm", 2),
    ] {
        let question = &field(&form, id).questions[0];
        assert_eq!(
            (question.asked.as_str(), question.candidates.len()),
            (asked, candidates),
            "{id}"
        );
    }
    assert_eq!(field(&form, "main_category").value, None);
    assert_eq!(field(&form, "main_category").origin, Origin::Empty);
    assert!(form.missing.contains(&"main_category".to_owned()));
    assert_eq!(
        field(&form, "skills").value,
        Some(Value::Texts(vec!["201".into()]))
    );
    assert_eq!(field(&form, "employee_level").origin, Origin::Suggestion);
    let none: Vec<_> = form
        .problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code.as_str()))
        .collect();
    assert_eq!(none, [("skills", "no-match"), ("gender", "no-match")]);
    assert!(form.problems[0].values.contains(&named("word", "nấu ăn")));
    assert_eq!(field(&form, "gender").value, None);
    assert!(form.missing.contains(&"gender".to_owned()) && field(&form, "gender").required);
}

#[test]
fn a_new_posting_says_what_it_costs_and_an_edit_costs_nothing_that_is_known() {
    let cost = form(vec![]).cost.unwrap();
    assert!(cost.vi.contains("một lượt đăng") && cost.en.contains("one credit"));
    assert!(
        cost.vi.contains("chưa xác nhận") && cost.en.contains("not confirmed"),
        "an assumption is called one"
    );
    let body = new(&whole()).unwrap();
    assert_eq!(for_posting(&body, &catalogue(), TODAY).cost, None);
}

#[test]
fn a_jobs_texts_are_shown_as_lines_where_lines_say_all() {
    let form = form(vec![
        named(
            "description",
            "<p>Lập báo cáo<br>Nộp thuế</p><ul><li>Đúng hạn</li></ul>",
        ),
        named("requirements", "- Cẩn thận\n- Trung thực"),
        named("benefits", "<p><strong>Lương</strong> tháng 13</p>"),
    ]);
    for (id, shown) in [
        ("job_description", "Lập báo cáo\nNộp thuế\n• Đúng hạn"),
        ("job_requirement", "- Cẩn thận\n- Trung thực"),
        ("job_benefit", "<p><strong>Lương</strong> tháng 13</p>"),
    ] {
        assert_eq!(field(&form, id).value, text_value(shown));
    }
}

#[test]
fn what_the_job_has_wrong_is_shown_and_named() {
    let form = form(vec![
        named("deadline", "2026-11-01"),
        value("salary-from", Value::Integer(30)),
        value("salary-to", Value::Integer(20)),
        named("quantity", "nhiều"),
        named("contact-phone", "12"),
        named("description", "<div>Việc</div>"),
        value("category", Value::Truth(true)),
        texts("contact-email", &["a@b.vn", "x"]),
    ]);
    let mut problems: Vec<_> = form
        .problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code.as_str()))
        .collect();
    problems.sort_unstable();
    assert_eq!(
        problems,
        [
            ("contact_email", "bad-email"),
            ("contact_phone", "bad-phone"),
            ("deadline", "past-day"),
            ("job_description", "markup-removed"),
            ("main_category", "wrong-kind"),
            ("quantity", "wrong-kind"),
            ("salary_to", "salary-order"),
        ]
    );
    assert_eq!(field(&form, "deadline").value, text_value("2026-11-01"));
    assert_eq!(field(&form, "job_description").value, text_value("Việc"));
}

#[test]
fn an_unknown_currency_is_asked_for_and_does_not_become_the_default() {
    let form = form(vec![
        value("salary-from", Value::Integer(3_000)),
        named("salary-currency", "EUR"),
    ]);
    assert_eq!(field(&form, "salary_currency").value, None);
    assert!(form.missing.contains(&"salary_currency".to_owned()));
    assert_eq!(form.problems[0].code, "no-match");
}

#[test]
fn a_negotiable_salary_leaves_the_amounts_out_and_says_what_is_assumed() {
    let form = form(vec![
        value("salary-negotiable", Value::Truth(true)),
        value("salary-from", Value::Integer(30)),
    ]);
    assert_eq!(
        field(&form, "salary_negotiable").value,
        Some(Value::Truth(true))
    );
    assert_eq!(field(&form, "salary_from").value, None);
    assert!(!form.missing.contains(&"salary_from".to_owned()));
    assert_eq!(form.notes.len(), 2);
}

#[test]
fn several_words_where_there_is_room_for_one_are_asked_about() {
    let form = form(vec![texts(
        "category",
        &["Công nghệ thông tin", "Kinh doanh"],
    )]);
    let category = field(&form, "main_category");
    assert_eq!(category.value, None);
    assert_eq!(category.questions[0].candidates.len(), 2);
}

#[test]
fn city_and_cities_and_commas_come_together() {
    let form = form(vec![
        named("city", "Hà Nội"),
        texts("cities", &["HN", "Đà Nẵng"]),
        named("skills", "rust, C#"),
        named("working-time", "Ca sáng"),
    ]);
    assert_eq!(
        field(&form, "locations").value,
        Some(Value::Texts(vec!["1".into(), "17".into()]))
    );
    assert_eq!(
        field(&form, "skills").value,
        Some(Value::Texts(vec!["201".into(), "215".into()]))
    );
    assert_eq!(field(&form, "working_time").value, text_value("Ca sáng"));
}

#[test]
fn an_edit_shows_what_stands_at_the_board() {
    let mut body = new(&with("deadline", text_value("2026-12-31"))).unwrap();
    body.insert("deadline".into(), json!("2026-01-01"));
    body.insert("main_category".into(), json!(424_242));
    body.insert("working_time".into(), json!("Thứ 2 - Thứ 6"));
    body.insert("education".into(), json!("not ours"));
    body.remove("contact_name");
    let form = for_posting(&body, &catalogue(), TODAY);
    assert_eq!(field(&form, "title").origin, Origin::BoardPosting);
    assert_eq!(field(&form, "main_category").value, text_value("424242"));
    assert_eq!(
        field(&form, "working_time").value,
        text_value("Thứ 2 - Thứ 6")
    );
    assert!(form.fields.iter().all(|field| field.id != "education"));
    assert_eq!(form.missing, ["contact_name"]);
    assert!(form.problems.is_empty());
    let unchanged = validate_change(&values(&form), &body, &catalogue(), TODAY).unwrap();
    assert!(unchanged.iter().all(|(key, value)| body[key] == *value));
}
