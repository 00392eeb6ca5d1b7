//! The 25 keys of the partner API (evidence) with types (evidence where seen, else assumed), the web form's
//! four more, and a posting as somebody would fill it in at the web form.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::taxonomy::Taxonomy;

/// What a key's value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Plain text of at most that many characters.
    Text(usize),
    /// Simple HTML.
    Html,
    /// The id of one term.
    Term(Taxonomy),
    /// A list of ids of terms, with the least number of them.
    Terms(Taxonomy, usize),
    /// A whole number within bounds.
    Integer(i64, i64),
    /// An amount: an integer, or its digits as text; at most ten digits.
    Money,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A code, a name, or the text form "1-2 năm kinh nghiệm".
    Experience,
    /// A code or a name.
    Gender,
    /// `YYYY-MM-DD`, a day in Vietnam that has not ended.
    Deadline,
    /// A telephone number.
    Phone,
    /// One to five addresses.
    Emails,
    /// A list of whole numbers.
    Integers,
    /// 0, or a campaign of this employer.
    Campaign,
}

/// One key of the body.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Which keys may be left out is assumed.
    pub(super) required: bool,
    pub(super) kind: Kind,
}

const fn required(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        required: true,
        kind,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        required: false,
        kind,
    }
}

/// The 25 keys.
pub(super) const KEYS: [Key; 25] = [
    required("title", Kind::Text(255)),
    optional("position_title", Kind::Text(255)),
    required("main_category", Kind::Term(Taxonomy::Categories)),
    optional("skills", Kind::Terms(Taxonomy::Skills, 0)),
    required("locations", Kind::Terms(Taxonomy::Cities, 1)),
    optional("salary_level", Kind::Integer(0, i32::MAX as i64)),
    required("salary_from", Kind::Money),
    required("salary_to", Kind::Money),
    required("salary_currency", Kind::OneOf(&["VND", "USD"])),
    required("job_type", Kind::Term(Taxonomy::JobTypes)),
    required("employee_level", Kind::Term(Taxonomy::EmployeeLevels)),
    required("experience", Kind::Experience),
    required("quantity", Kind::Integer(1, 10_000)),
    optional("gender", Kind::Gender),
    required("job_description", Kind::Html),
    required("job_requirement", Kind::Html),
    required("job_benefit", Kind::Html),
    required("deadline", Kind::Deadline),
    required("contact_name", Kind::Text(255)),
    required("contact_phone", Kind::Phone),
    required("contact_email", Kind::Emails),
    optional("publish_request_days", Kind::Integer(1, 365)),
    optional("job_tag_ids", Kind::Integers),
    optional("recruitment_campaign_id", Kind::Campaign),
    optional("create_recruitment_campaign", Kind::Integer(0, 1)),
];

/// Keys that only TopCV's own web form asks for (evidence that they exist; their form is assumed).
pub(super) const WEB_FORM: [&str; 4] = ["working_time", "working_method", "education", "address"];

/// Keys of the detail that an edit may send back and that are then ignored.
pub(super) const READ_ONLY: [&str; 8] = [
    "job_id",
    "job_url",
    "run_status",
    "approval_status",
    "reject_reason",
    "created_at",
    "updated_at",
    "id",
];

/// A complete posting as the web form would have stored it.
pub(crate) fn web_form_posting(today: Date) -> Map<String, Value> {
    let deadline = today.saturating_add(30.days());
    let posting = json!({
        "title": "Nhân viên kinh doanh",
        "position_title": "Nhân viên kinh doanh",
        "main_category": 10_003,
        "skills": [256],
        "locations": [1],
        "salary_level": 0,
        "salary_from": "10000000",
        "salary_to": "15000000",
        "salary_currency": "VND",
        "job_type": 1,
        "employee_level": 1,
        "experience": "1-2 năm kinh nghiệm",
        "quantity": 2,
        "gender": "Không yêu cầu",
        "job_description": "<p>Tìm kiếm và chăm sóc khách hàng.</p>",
        "job_requirement": "<p>Tốt nghiệp cao đẳng trở lên.</p>",
        "job_benefit": "<p>Lương tháng 13, bảo hiểm đầy đủ.</p>",
        "deadline": deadline.to_string(),
        "contact_name": "Phòng nhân sự",
        "contact_phone": "0912345678",
        "contact_email": ["tuyendung@example.com"],
        "publish_request_days": 30,
        "job_tag_ids": [],
        "recruitment_campaign_id": 0,
        "create_recruitment_campaign": 0,
        "working_time": "Thứ 2 - Thứ 6, 08:30 - 17:30",
        "working_method": "Làm tại văn phòng",
        "education": "Cao đẳng trở lên",
        "address": "Tầng 3, 12 Duy Tân, Cầu Giấy, Hà Nội",
    });
    match posting {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
