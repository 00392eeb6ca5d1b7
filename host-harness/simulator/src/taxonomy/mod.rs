//! What `GET /api/metadata/{type}` answers. That the operation exists is evidence; the type names, the ids
//! and most of the names are assumed.

mod categories;
mod cities;
mod skills;

use serde_json::{Value, json};

/// One entry of a taxonomy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
}

/// A list with number ids that a posting refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taxonomy {
    Categories,
    Skills,
    Cities,
    JobTypes,
    EmployeeLevels,
}

impl Taxonomy {
    pub(crate) fn terms(self) -> &'static [Term] {
        match self {
            Taxonomy::Categories => categories::CATEGORIES,
            Taxonomy::Skills => skills::SKILLS,
            Taxonomy::Cities => cities::CITIES,
            Taxonomy::JobTypes => JOB_TYPES,
            Taxonomy::EmployeeLevels => EMPLOYEE_LEVELS,
        }
    }

    pub(crate) fn has(self, id: i64) -> bool {
        self.terms().iter().any(|term| i64::from(term.id) == id)
    }
}

/// 1 is full time (evidence); the others are assumed.
#[rustfmt::skip]
const JOB_TYPES: &[Term] = &[
    Term { id: 1, name: "Toàn thời gian" },
    Term { id: 2, name: "Bán thời gian" },
    Term { id: 3, name: "Thực tập" },
    Term { id: 4, name: "Thời vụ" },
    Term { id: 5, name: "Làm việc tự do" },
];

/// Evidence.
#[rustfmt::skip]
const EMPLOYEE_LEVELS: &[Term] = &[
    Term { id: 1, name: "Nhân viên" },
    Term { id: 2, name: "Trưởng nhóm" },
    Term { id: 3, name: "Trưởng/Phó phòng" },
    Term { id: 10, name: "Quản lý/Giám sát" },
    Term { id: 20, name: "Trưởng chi nhánh" },
    Term { id: 25, name: "Phó giám đốc" },
    Term { id: 30, name: "Giám đốc" },
    Term { id: 50, name: "Thực tập sinh" },
];

/// Evidence: the codes and what they stand for.
pub(crate) const EXPERIENCES: &[(&str, &str)] = &[
    ("0-0", "Không yêu cầu"),
    ("0-1", "Dưới 1 năm"),
    ("1-0", "1 năm"),
    ("2-0", "2 năm"),
    ("3-0", "3 năm"),
    ("4-0", "4 năm"),
    ("5-0", "5 năm"),
    ("6-0", "Trên 5 năm"),
];

/// Evidence.
pub(crate) const GENDERS: &[(&str, &str)] = &[("0", "Không yêu cầu"), ("1", "Nữ"), ("2", "Nam")];

/// The answer for one metadata type, or `None` when there is no such type.
pub(crate) fn metadata(kind: &str) -> Option<Value> {
    let numbered = |taxonomy: Taxonomy| -> Value {
        let entry = |term: &Term| json!({"id": term.id, "name": term.name});
        taxonomy.terms().iter().map(entry).collect()
    };
    let coded = |terms: &[(&str, &str)]| -> Value {
        let entry = |(id, name): &(&str, &str)| json!({"id": id, "name": name});
        terms.iter().map(entry).collect()
    };
    match kind {
        "categories" => Some(numbered(Taxonomy::Categories)),
        "skills" => Some(numbered(Taxonomy::Skills)),
        "cities" => Some(numbered(Taxonomy::Cities)),
        "job_types" => Some(numbered(Taxonomy::JobTypes)),
        "employee_levels" => Some(numbered(Taxonomy::EmployeeLevels)),
        "experiences" => Some(coded(EXPERIENCES)),
        "genders" => Some(coded(GENDERS)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_large_and_their_ids_unique() {
        let sizes = [
            (Taxonomy::Categories, 40),
            (Taxonomy::Skills, 60),
            (Taxonomy::Cities, 63),
            (Taxonomy::JobTypes, 5),
            (Taxonomy::EmployeeLevels, 8),
        ];
        for (taxonomy, least) in sizes {
            let ids: std::collections::BTreeSet<u32> =
                taxonomy.terms().iter().map(|term| term.id).collect();
            assert_eq!(ids.len(), taxonomy.terms().len(), "{taxonomy:?}");
            assert!(ids.len() >= least, "{taxonomy:?}");
        }
        assert_eq!(Taxonomy::Cities.terms().len(), 63);
        assert_eq!(Taxonomy::Cities.terms()[0].name, "Hà Nội");
        assert_eq!(Taxonomy::Cities.terms()[1].name, "Hồ Chí Minh");
    }
}
