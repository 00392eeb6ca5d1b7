//! What the form promises, by tables.

mod comparing;
mod filling;
mod matching;
mod validating;

use serde_json::{Value as Json, json};

use super::*;
use crate::contract::types::Value;
use crate::failure::named;
use crate::topcv::catalogue::Entry;

const TODAY: &str = "2026-11-23";

fn value(name: &str, value: Value) -> NamedValue {
    NamedValue {
        name: name.into(),
        value,
    }
}

fn texts(name: &str, items: &[&str]) -> NamedValue {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    value(name, Value::Texts(items))
}

fn list(entries: &[(&str, &str)]) -> Vec<Entry> {
    entries
        .iter()
        .map(|(id, name)| Entry {
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        })
        .collect()
}

fn catalogue() -> Catalogue {
    let lists = [
        (
            "main_category",
            list(&[
                ("10003", "Kinh doanh / Bán hàng"),
                ("10015", "Công nghệ thông tin"),
                ("10072", "Hóa học / Công nghệ sinh học"),
                ("10030", "Giáo dục / Đào tạo"),
            ]),
        ),
        (
            "skills",
            list(&[
                ("201", "Rust"),
                ("209", "NodeJS"),
                ("213", "C"),
                ("214", "C++"),
                ("215", "C#"),
                ("256", "Bán hàng"),
                ("257", "Bán hàng B2B"),
                ("274", "Tiếng Hàn"),
                ("279", "Hàn"),
                ("290", "Dạy học"),
                ("291", "Dày học"),
            ]),
        ),
        (
            "locations",
            list(&[
                ("1", "Hà Nội"),
                ("2", "Hồ Chí Minh"),
                ("11", "Bình Dương"),
                ("13", "Bình Thuận"),
                ("17", "Đà Nẵng"),
                ("19", "Đắk Nông"),
                ("30", "Hòa Bình"),
                ("36", "Lâm Đồng"),
                ("57", "Thừa Thiên Huế"),
            ]),
        ),
        (
            "job_type",
            list(&[
                ("1", "Toàn thời gian"),
                ("2", "Bán thời gian"),
                ("3", "Thực tập"),
            ]),
        ),
    ];
    Catalogue {
        lists: lists
            .into_iter()
            .map(|(field, list)| (field.to_owned(), list))
            .collect(),
        extra_fields: vec!["working_time".into()],
        as_of: Some(1),
        stale: false,
    }
}

/// A whole form, in the order and shape in which the board's values come back.
fn whole() -> Vec<NamedValue> {
    vec![
        named("title", "Kỹ sư phần mềm"),
        named("position_title", "Kỹ sư"),
        named("main_category", "10015"),
        texts("skills", &["201", "214"]),
        texts("locations", &["1", "2"]),
        named("job_type", "1"),
        named("employee_level", "10"),
        named("experience", "2-0"),
        value("quantity", Value::Integer(3)),
        named("gender", "0"),
        named("deadline", "2026-12-31"),
        value("salary_negotiable", Value::Truth(false)),
        value("salary_from", Value::Integer(15_000_000)),
        value("salary_to", Value::Integer(25_000_000)),
        named("salary_currency", "VND"),
        named("job_description", "Viết mã."),
        named("job_requirement", "• Rust"),
        named("job_benefit", "<p><b>Lương</b> &amp; thưởng</p>"),
        named("contact_name", "Nguyễn Thị Ánh"),
        named("contact_phone", "0912 345 678"),
        texts("contact_email", &["anh@example.vn", "hr@example.vn"]),
        value("publish_request_days", Value::Integer(30)),
        texts("job_tag_ids", &["7"]),
        value("salary_level", Value::Integer(0)),
        value("recruitment_campaign_id", Value::Integer(0)),
        value("create_recruitment_campaign", Value::Truth(false)),
    ]
}

/// [`whole`] with one field replaced; `None` leaves it out.
fn with(name: &str, other: Option<Value>) -> Vec<NamedValue> {
    let mut values = whole();
    values.retain(|value| value.name != name);
    values.extend(other.map(|other| value(name, other)));
    values
}

fn text_value(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

fn new(values: &[NamedValue]) -> Result<Body, Vec<(String, String)>> {
    validate_new(values, &catalogue(), TODAY).map_err(codes)
}

fn change(values: &[NamedValue], present: &Body) -> Result<Json, Vec<(String, String)>> {
    validate_change(values, present, &catalogue(), TODAY)
        .map(Json::Object)
        .map_err(codes)
}

fn codes(problems: Vec<FieldProblem>) -> Vec<(String, String)> {
    for problem in &problems {
        assert!(!problem.message.vi.is_empty() && !problem.message.en.is_empty());
    }
    problems
        .into_iter()
        .map(|problem| (problem.field, problem.code))
        .collect()
}

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}
