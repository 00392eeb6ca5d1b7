//! The one validator: form values in, TopCV's body or every problem at once out.

use serde_json::{Value as Json, json};

use super::Body;
use super::fields::{Empty, FIELDS, Kind, LONGEST_EXTRA, NEGOTIABLE, Spec, spec};
use super::values::read;
use super::wire;
use crate::contract::types::{FieldProblem, NamedValue, Value};
use crate::failure::problem;
use crate::name_map::NameMap;
use crate::topcv::catalogue::Catalogue;
use crate::topcv::markup;

const SALARY: [&str; 3] = [NEGOTIABLE, "salary_from", "salary_to"];

/// Checks a new posting's values and answers the whole body.
pub(super) fn new(
    values: &[NamedValue],
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    let mut check = Check::begin(values, catalogue, today, None);
    for spec in FIELDS.iter().filter(|spec| !SALARY.contains(&spec.id)) {
        match check.read(spec.id, spec.kind) {
            Read::Given(value) => check.set(spec.id, value),
            Read::Absent | Read::Cleared => check.fill(spec),
            Read::Wrong | Read::AsItStands => {}
        }
    }
    if !check.body.contains_key("position_title")
        && let Some(title) = check.body.get("title").cloned()
        && !check.is_wrong("position_title")
    {
        check.set("position_title", title);
    }
    check.salary();
    check.extra(catalogue);
    check.end()
}

/// Checks the given values against what stands at the board, and answers only the keys that they decide.
///
/// A value that is the board's own, as the form shows it, is no problem whatever it is: the board has it already.
pub(super) fn change(
    values: &[NamedValue],
    present: &Body,
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    let mut check = Check::begin(values, catalogue, today, Some(present));
    for spec in FIELDS.iter().filter(|spec| !SALARY.contains(&spec.id)) {
        match check.read(spec.id, spec.kind) {
            Read::Given(value) => check.set(spec.id, value),
            Read::Cleared => check.fill(spec),
            Read::AsItStands => check.keep(spec.id),
            Read::Absent | Read::Wrong => {}
        }
    }
    if check.given.contains_key("position_title")
        && !check.body.contains_key("position_title")
        && !check.is_wrong("position_title")
    {
        let title = check.body.get("title").or_else(|| present.get("title"));
        if let Some(title) = title.cloned() {
            check.set("position_title", title);
        }
    }
    check.salary();
    check.extra(catalogue);
    check.end()
}

enum Read {
    Absent,
    /// Given, and empty.
    Cleared,
    Given(Json),
    /// Given as the board has it.
    AsItStands,
    Wrong,
}

struct Check<'a> {
    given: NameMap<&'a Value>,
    /// What stands at the board, and the form's values for it.
    present: Option<(&'a Body, NameMap<Value>)>,
    today: &'a str,
    body: Body,
    problems: Vec<FieldProblem>,
}

impl<'a> Check<'a> {
    fn begin(
        values: &'a [NamedValue],
        catalogue: &Catalogue,
        today: &'a str,
        present: Option<&'a Body>,
    ) -> Self {
        let shown = |body: &Body| {
            let mut shown = NameMap::new();
            for named in wire::present(body) {
                shown.insert(named.name, named.value);
            }
            for key in &catalogue.extra_fields {
                if let Some(value) = wire::extra(body, key) {
                    shown.insert(key.clone(), value);
                }
            }
            shown
        };
        let mut check = Self {
            given: NameMap::new(),
            present: present.map(|body| (body, shown(body))),
            today,
            body: Body::new(),
            problems: Vec::new(),
        };
        for named in values {
            let name = named.name.as_str();
            if spec(name).is_none() && !catalogue.extra_fields.contains(&named.name) {
                check.problems.push(unknown_field(name));
            } else if check.given.insert(name.to_owned(), &named.value).is_some()
                && !check.is_wrong_with(name, "duplicate")
            {
                check.problems.push(problem(
                    name,
                    "duplicate",
                    "Trường này được gửi hai lần.",
                    "This field was sent twice.",
                ));
            }
        }
        check
    }

    fn read(&mut self, id: &str, kind: Kind) -> Read {
        let Some(value) = self.given.get(id) else {
            return Read::Absent;
        };
        if let Some((_, shown)) = &self.present
            && shown
                .get(id)
                .is_some_and(|shown| is_same(kind, shown, value))
        {
            return Read::AsItStands;
        }
        match read(id, kind, value, self.today) {
            Ok(Some(wire)) => Read::Given(wire),
            Ok(None) => match &self.present {
                Some((_, shown)) if !shown.contains_key(id) => Read::Absent,
                _ => Read::Cleared,
            },
            Err(problem) => {
                self.problems.push(problem);
                Read::Wrong
            }
        }
    }

    fn set(&mut self, key: &str, value: Json) {
        self.body.insert(key.to_owned(), value);
    }

    /// Takes the board's own value.
    fn keep(&mut self, key: &str) {
        let value = self.present.as_ref().and_then(|(body, _)| body.get(key));
        if let Some(value) = value.cloned() {
            self.set(key, value);
        }
    }

    /// What an empty field becomes.
    fn fill(&mut self, spec: &Spec) {
        match spec.empty {
            Empty::Number(number) => self.set(spec.id, json!(number)),
            Empty::Text(text) => self.set(spec.id, json!(text)),
            Empty::List => self.set(spec.id, json!([])),
            Empty::Refused => self.problems.push(required(spec.id)),
            Empty::AsTitle | Empty::WithSalary => {}
        }
    }

    /// The switch and the two amounts are checked together. Negotiable is both amounts 0, an open end is 0 on its side (assumed).
    fn salary(&mut self) {
        let is_new = self.present.is_none();
        let reads = SALARY.map(|id| self.read(id, spec(id).map_or(Kind::Money, |spec| spec.kind)));
        if reads.iter().any(|read| matches!(read, Read::Wrong)) {
            return;
        }
        let untouched = |read: &Read| matches!(read, Read::Absent | Read::AsItStands);
        if !is_new && reads.iter().all(untouched) {
            for (id, read) in SALARY.iter().zip(&reads).skip(1) {
                if matches!(read, Read::AsItStands) {
                    self.keep(id);
                }
            }
            return;
        }
        let [switch, from, to] = reads;
        let negotiable = match &switch {
            Read::Given(on) => *on == json!(1),
            Read::AsItStands => self.given.get(NEGOTIABLE) == Some(&&Value::Truth(true)),
            _ => false,
        };
        let final_amount = |read: &Read, key: &str| match read {
            Read::Given(amount) => amount.as_i64().unwrap_or(0),
            Read::Cleared => 0,
            _ => self
                .present
                .as_ref()
                .map_or(0, |(body, _)| wire::amount(body, key)),
        };
        let (mut low, mut high) = (
            final_amount(&from, "salary_from"),
            final_amount(&to, "salary_to"),
        );
        if negotiable {
            (low, high) = (0, 0);
        } else if low == 0 && high == 0 {
            self.problems.push(problem(
                "salary_from",
                "required",
                "Hãy nhập mức lương, hoặc chọn Lương thỏa thuận.",
                "Enter an amount, or choose negotiable.",
            ));
        } else if high != 0 && low > high {
            self.problems.push(problem(
                "salary_to",
                "salary-order",
                "Lương đến phải lớn hơn hoặc bằng lương từ.",
                "The upper amount must not be below the lower one.",
            ));
        }
        // What was not given stays as it stands.
        let decides = |read: &Read| is_new || negotiable || !matches!(read, Read::Absent);
        if decides(&from) {
            self.set("salary_from", json!(low));
        }
        if decides(&to) {
            self.set("salary_to", json!(high));
        }
    }

    /// The fields that the operator added go through as text.
    fn extra(&mut self, catalogue: &Catalogue) {
        for key in &catalogue.extra_fields {
            match self.read(key, Kind::Line(LONGEST_EXTRA)) {
                Read::Given(value) => self.set(key, value),
                Read::AsItStands => self.keep(key),
                Read::Cleared if self.present.is_some() => self.set(key, json!("")),
                Read::Cleared | Read::Absent | Read::Wrong => {}
            }
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }

    fn is_wrong_with(&self, field: &str, code: &str) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.field == field && problem.code == code)
    }

    fn end(self) -> Result<Body, Vec<FieldProblem>> {
        if self.problems.is_empty() {
            Ok(self.body)
        } else {
            Err(self.problems)
        }
    }
}

/// Whether a value says what the form shows. A text may come as lines or as markup, whatever the form had.
fn is_same(kind: Kind, shown: &Value, given: &Value) -> bool {
    match (kind, shown, given) {
        _ if shown == given => true,
        (Kind::Markup, Value::Text(shown), Value::Text(given)) => {
            markup::clean(given).removed.is_empty()
                && markup::content(given) == markup::content(shown)
        }
        _ => false,
    }
}

fn required(field: &str) -> FieldProblem {
    problem(
        field,
        "required",
        "Trường này là bắt buộc.",
        "This field is required.",
    )
}

fn unknown_field(name: &str) -> FieldProblem {
    let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    problem(
        &name,
        "unknown-field",
        "Biểu mẫu không có trường này. Nếu TopCV đòi hỏi, người quản trị hệ thống có thể thêm trường.",
        "The form has no such field. If TopCV demands it, the operator can add it.",
    )
}
