//! The table of fields: what TopCV's form asks, in the order in which to show it.

use crate::contract::forms::Limits;
use crate::contract::types::{NamedValue, Text, Value};
use crate::failure::{named, text};
use crate::topcv::markup;

/// Stands before the amounts and decides over both; it is no key of TopCV's.
pub(super) const NEGOTIABLE: &str = "salary_negotiable";

/// The largest amount: ten digits. Assumed, as all limits here.
pub(super) const MOST_MONEY: i64 = 9_999_999_999;
/// Most contact addresses.
pub(super) const MOST_EMAILS: usize = 5;
/// Most characters of a long text, as HTML.
pub(super) const LONGEST_MARKUP: usize = 20_000;
/// Most characters of a field that the operator added.
pub(super) const LONGEST_EXTRA: usize = 1_000;
/// Most options of one list field.
pub(super) const MOST_ITEMS: usize = 100;

/// How a field is entered, checked and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One line of at most so many characters.
    Line(usize),
    /// A telephone number, one line.
    Phone,
    /// Simple HTML.
    Markup,
    /// One option, sent as an integer.
    Option,
    /// One option, sent as text: a code, or TopCV's own words.
    Code,
    /// Several options, sent as integers.
    Options,
    /// Several ids that no list offers, sent as integers.
    Ids,
    /// A whole number, inclusive.
    Integer(i64, i64),
    /// A whole amount; 0 is none.
    Money,
    /// A day that is not over.
    Day,
    /// Addresses.
    Emails,
    /// Yes or no, sent as 1 or 0.
    Switch,
}

impl Kind {
    /// The contract's word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Line(_) | Self::Phone => "text",
            Self::Markup => "markup",
            Self::Option | Self::Code => "choice",
            Self::Options => "choices",
            Self::Ids => "texts",
            Self::Integer(..) => "integer",
            Self::Money => "money",
            Self::Day => "day",
            Self::Emails => "emails",
            Self::Switch => "switch",
        }
    }

    /// How a person enters it, with an example: what somebody reads who entered something else.
    pub(super) fn how_to_enter(self) -> (&'static str, &'static str) {
        match self {
            Self::Line(_) => (
                "Nhập một dòng chữ, ví dụ: Kế toán tổng hợp.",
                "Enter one line of text, for example: “Kế toán tổng hợp” (general accountant).",
            ),
            Self::Phone => (
                "Nhập số điện thoại, ví dụ 0912 345 678.",
                "Enter a telephone number, for example 0912 345 678.",
            ),
            Self::Markup => (
                "Nhập văn bản, mỗi ý một dòng, ví dụ: Lập báo cáo thuế hằng tháng.",
                "Enter text, one point a line, for example: “Lập báo cáo thuế hằng tháng” (prepare the monthly tax return).",
            ),
            Self::Option | Self::Code => (
                "Chọn một mục trong danh sách, ví dụ “Nhân viên” ở Cấp bậc.",
                "Choose one entry of the list, for example “Nhân viên” (staff) for the level.",
            ),
            Self::Options => (
                "Chọn một hoặc nhiều mục trong danh sách, ví dụ “Hà Nội” và “Hồ Chí Minh”.",
                "Choose one or more entries of the list, for example “Hà Nội” and “Hồ Chí Minh”.",
            ),
            Self::Ids => (
                "Nhập mã số do TopCV cung cấp, mỗi dòng một mã, ví dụ 12.",
                "Enter numbers that TopCV gave you, one a line, for example 12.",
            ),
            Self::Integer(..) => (
                "Nhập một số nguyên bằng chữ số, ví dụ 3.",
                "Enter a whole number in digits, for example 3.",
            ),
            Self::Money => (
                "Nhập số tiền bằng chữ số, ví dụ 20000000.",
                "Enter the amount in digits, for example 20000000.",
            ),
            Self::Day => (
                "Chọn một ngày, ví dụ 2026-12-31.",
                "Choose a day, for example 2026-12-31.",
            ),
            Self::Emails => (
                "Nhập địa chỉ email, mỗi dòng một địa chỉ, ví dụ tuyendung@congty.vn.",
                "Enter e-mail addresses, one a line, for example tuyendung@congty.vn.",
            ),
            Self::Switch => (
                "Chọn bật hoặc tắt, ví dụ: bật.",
                "Choose on or off, for example: on.",
            ),
        }
    }

    /// What a value of it must keep to.
    pub(super) fn limits(self, today: &str) -> Limits {
        let mut limits = Limits {
            minimum: None,
            maximum: None,
            max_length: None,
            max_items: None,
            allowed_markup: Vec::new(),
            extra: Vec::new(),
        };
        let count = |number: usize| u32::try_from(number).ok();
        match self {
            Self::Line(most) => limits.max_length = count(most),
            Self::Markup => {
                limits.max_length = count(LONGEST_MARKUP);
                limits.allowed_markup = markup::ALLOWED.map(String::from).to_vec();
            }
            Self::Integer(least, most) => {
                limits.minimum = Some(least);
                limits.maximum = Some(most);
            }
            Self::Money => {
                limits.minimum = Some(0);
                limits.maximum = Some(MOST_MONEY);
            }
            Self::Day => limits.extra.push(named("not-before", today)),
            Self::Emails => limits.max_items = count(MOST_EMAILS),
            Self::Options | Self::Ids => limits.max_items = count(MOST_ITEMS),
            Self::Phone | Self::Option | Self::Code | Self::Switch => {}
        }
        limits
    }
}

/// What a field that was left empty becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// It must not be empty.
    Refused,
    /// This number; 1 and 0 for a switch.
    Number(i64),
    /// This text.
    Text(&'static str),
    /// An empty list.
    List,
    /// What the title is.
    AsTitle,
    /// The amounts and the switch before them decide together.
    WithSalary,
}

/// One field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// The form's id; the wire key too, but for [`NEGOTIABLE`].
    pub(super) id: &'static str,
    pub(super) kind: Kind,
    pub(super) empty: Empty,
    group: (&'static str, &'static str),
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
}

impl Spec {
    pub(super) fn label(&self) -> Text {
        text(self.label.0, self.label.1)
    }

    pub(super) fn help(&self) -> Text {
        text(self.help.0, self.help.1)
    }

    pub(super) fn group(&self) -> Text {
        text(self.group.0, self.group.1)
    }

    pub(super) fn is_required(&self) -> bool {
        self.empty == Empty::Refused
    }

    /// The board's default as a form value.
    pub(super) fn default_value(&self) -> Option<NamedValue> {
        let value = match (self.kind, self.empty) {
            (Kind::Switch, Empty::Number(number)) => Value::Truth(number != 0),
            (_, Empty::Number(number)) => Value::Integer(number),
            (_, Empty::Text(text)) => Value::Text(text.to_owned()),
            _ => return None,
        };
        Some(NamedValue {
            name: self.id.to_owned(),
            value,
        })
    }
}

/// The field of an id.
pub(super) fn spec(id: &str) -> Option<&'static Spec> {
    FIELDS.iter().find(|spec| spec.id == id)
}

type Both = (&'static str, &'static str);

const fn field(
    id: &'static str,
    kind: Kind,
    empty: Empty,
    group: Both,
    label: Both,
    help: Both,
) -> Spec {
    Spec {
        id,
        kind,
        empty,
        group,
        label,
        help,
    }
}

const JOB: Both = ("Thông tin chung", "The job");
const SALARY: Both = ("Mức lương", "Salary");
const CONTENT: Both = ("Nội dung tin", "Content");
const CONTACT: Both = ("Liên hệ", "Contact");
const BOARD: Both = ("Tùy chọn của TopCV", "TopCV's options");
/// Heading of the fields that the operator added.
pub(super) const EXTRA: Both = ("TopCV yêu cầu thêm", "Also demanded by TopCV");

const SIMPLE: Both = (
    "Viết từng dòng; dòng bắt đầu bằng “• ” là một mục của danh sách. Cũng nhận HTML đơn giản: đoạn, danh sách, chữ đậm, chữ nghiêng.",
    "Plain lines; a line that begins with “• ” is an item of a list. Simple HTML is taken too: paragraphs, lists, bold, italic.",
);

/// Every field.
#[rustfmt::skip]
pub(super) const FIELDS: &[Spec] = &[
    field("title", Kind::Line(255), Empty::Refused, JOB, ("Tiêu đề tin", "Title"), ("Ứng viên thấy tiêu đề này trên TopCV.", "What candidates see on TopCV.")),
    field("position_title", Kind::Line(255), Empty::AsTitle, JOB, ("Vị trí tuyển dụng", "Position"), ("Để trống thì giống tiêu đề.", "Left empty it is the title.")),
    field("main_category", Kind::Option, Empty::Refused, JOB, ("Ngành nghề chính", "Main category"), ("Một ngành nghề trong danh sách của TopCV.", "One category of TopCV's list.")),
    field("skills", Kind::Options, Empty::List, JOB, ("Kỹ năng", "Skills"), ("Các kỹ năng trong danh sách của TopCV.", "Skills of TopCV's list.")),
    field("locations", Kind::Options, Empty::Refused, JOB, ("Địa điểm làm việc", "Locations"), ("Tỉnh, thành phố theo cách gọi của TopCV; có thể là tên trước tháng 7/2025.", "Provinces as TopCV names them, perhaps still by their names of before July 2025.")),
    field("job_type", Kind::Option, Empty::Refused, JOB, ("Hình thức làm việc", "Job type"), ("Toàn thời gian, bán thời gian…", "Full time, part time, …")),
    field("employee_level", Kind::Option, Empty::Refused, JOB, ("Cấp bậc", "Level"), ("Cấp bậc của vị trí.", "The position's level.")),
    field("experience", Kind::Code, Empty::Refused, JOB, ("Kinh nghiệm", "Experience"), ("Số năm kinh nghiệm cần có.", "Years of experience that are asked for.")),
    field("quantity", Kind::Integer(1, 9_999), Empty::Number(1), JOB, ("Số lượng tuyển", "Number of people"), ("Ít nhất 1.", "At least 1.")),
    field("gender", Kind::Code, Empty::Text("0"), JOB, ("Giới tính", "Gender"), ("Chỉ chọn khi pháp luật cho phép.", "Choose one only where the law allows it.")),
    field("deadline", Kind::Day, Empty::Refused, JOB, ("Hạn nộp hồ sơ", "Deadline"), ("Ngày cuối cùng nhận hồ sơ, hết ngày theo giờ Việt Nam.", "The last day for applications; it ends at midnight in Vietnam.")),
    field(NEGOTIABLE, Kind::Switch, Empty::WithSalary, SALARY, ("Lương thỏa thuận", "Salary negotiable"), ("Khi chọn, hai mức lương bên dưới không được gửi đi.", "When on, the two amounts below are not sent.")),
    field("salary_from", Kind::Money, Empty::WithSalary, SALARY, ("Lương từ", "Salary from"), ("Để trống nếu chỉ có mức tối đa.", "Leave it empty when there is only an upper limit.")),
    field("salary_to", Kind::Money, Empty::WithSalary, SALARY, ("Lương đến", "Salary to"), ("Để trống nếu chỉ có mức tối thiểu.", "Leave it empty when there is only a lower limit.")),
    field("salary_currency", Kind::Code, Empty::Text("VND"), SALARY, ("Đơn vị tiền", "Currency"), ("VND hoặc USD.", "VND or USD.")),
    field("job_description", Kind::Markup, Empty::Refused, CONTENT, ("Mô tả công việc", "Description"), SIMPLE),
    field("job_requirement", Kind::Markup, Empty::Refused, CONTENT, ("Yêu cầu ứng viên", "Requirements"), SIMPLE),
    field("job_benefit", Kind::Markup, Empty::Refused, CONTENT, ("Quyền lợi", "Benefits"), SIMPLE),
    field("contact_name", Kind::Line(255), Empty::Refused, CONTACT, ("Người liên hệ", "Contact person"), ("Người nhận hồ sơ.", "Who receives the applications.")),
    field("contact_phone", Kind::Phone, Empty::Refused, CONTACT, ("Điện thoại liên hệ", "Contact phone"), ("Số di động hoặc cố định ở Việt Nam.", "A mobile or landline number in Vietnam.")),
    field("contact_email", Kind::Emails, Empty::Refused, CONTACT, ("Email nhận hồ sơ", "Contact e-mails"), ("Từ 1 đến 5 địa chỉ.", "One to five addresses.")),
    field("publish_request_days", Kind::Integer(1, 365), Empty::Number(30), BOARD, ("Số ngày đăng", "Days to publish"), ("Số ngày hiển thị yêu cầu TopCV đăng.", "For how many days TopCV is asked to show it.")),
    field("job_tag_ids", Kind::Ids, Empty::List, BOARD, ("Nhãn của tin", "Tags"), ("Để trống, trừ khi TopCV cung cấp mã số của nhãn cho bạn.", "Leave it empty unless TopCV gave you the numbers of tags.")),
    field("salary_level", Kind::Integer(0, 1_000_000), Empty::Number(0), BOARD, ("Khoảng lương của TopCV", "TopCV's salary band"), ("Giữ 0, trừ khi TopCV cung cấp mã số của khoảng lương cho bạn.", "Keep 0 unless TopCV gave you the number of a salary band.")),
    field("recruitment_campaign_id", Kind::Integer(0, i64::MAX), Empty::Number(0), BOARD, ("Mã chiến dịch tuyển dụng", "Recruitment campaign"), ("0: không thuộc chiến dịch nào.", "0: none.")),
    field("create_recruitment_campaign", Kind::Switch, Empty::Number(0), BOARD, ("Tạo chiến dịch tuyển dụng mới", "Make a new campaign"), ("TopCV tạo một chiến dịch mới cho tin này.", "TopCV makes a new campaign for this posting.")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topcv::enumerations::KEYS;

    #[test]
    fn every_wire_key_is_one_field() {
        assert_eq!(FIELDS.len(), KEYS.len() + 1);
        for key in KEYS {
            assert_eq!(
                FIELDS.iter().filter(|spec| spec.id == key).count(),
                1,
                "{key}"
            );
        }
        for spec in FIELDS {
            for text in [spec.label(), spec.help(), spec.group()] {
                assert!(!text.vi.is_empty() && !text.en.is_empty(), "{}", spec.id);
            }
        }
    }
}
