//! What TopCV lists nowhere: the keys of a posting, and options that are not in its metadata, with the words that platforms
//! use for them.

use crate::vietnam::fold::{fold, spelling};

/// The keys of a posting's body, in TopCV's order. Evidence.
pub const KEYS: [&str; 25] = [
    "title",
    "position_title",
    "main_category",
    "skills",
    "locations",
    "salary_level",
    "salary_from",
    "salary_to",
    "salary_currency",
    "job_type",
    "employee_level",
    "experience",
    "quantity",
    "gender",
    "job_description",
    "job_requirement",
    "job_benefit",
    "deadline",
    "contact_name",
    "contact_phone",
    "contact_email",
    "publish_request_days",
    "job_tag_ids",
    "recruitment_campaign_id",
    "create_recruitment_campaign",
];

/// One option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// TopCV's id or code.
    pub id: &'static str,
    /// TopCV's own words.
    pub vi: &'static str,
    /// For people who read English.
    pub en: &'static str,
    /// Other words for it, folded.
    pub words: &'static [&'static str],
}

const fn known(
    id: &'static str,
    vi: &'static str,
    en: &'static str,
    words: &'static [&'static str],
) -> Known {
    Known { id, vi, en, words }
}

/// Ids and names: evidence.
#[rustfmt::skip]
const EMPLOYEE_LEVELS: &[Known] = &[
    known("1", "Nhân viên", "Staff", &["employee", "junior", "chuyen vien", "officer"]),
    known("2", "Trưởng nhóm", "Team leader", &["team lead", "leader", "lead", "to truong"]),
    known("3", "Trưởng/Phó phòng", "Head or deputy head of department", &["truong phong", "pho phong", "head of department", "department head"]),
    known("10", "Quản lý/Giám sát", "Manager or supervisor", &["manager", "supervisor"]),
    known("20", "Trưởng chi nhánh", "Branch manager", &["giam doc chi nhanh", "head of branch"]),
    known("25", "Phó giám đốc", "Deputy director", &["vice director", "vice president"]),
    known("30", "Giám đốc", "Director", &["ceo", "chief executive officer", "tong giam doc"]),
    known("50", "Thực tập sinh", "Intern", &["thuc tap", "internship", "trainee"]),
];

/// Codes and names: evidence. That a posting takes the code: assumed.
#[rustfmt::skip]
const EXPERIENCES: &[Known] = &[
    known("0-0", "Không yêu cầu", "Not required", &["khong", "khong can", "khong yeu cau kinh nghiem", "khong can kinh nghiem", "chua co kinh nghiem", "no experience", "none", "fresher"]),
    known("0-1", "Dưới 1 năm", "Less than 1 year", &[]),
    known("1-0", "1 năm", "1 year", &[]),
    known("2-0", "2 năm", "2 years", &[]),
    known("3-0", "3 năm", "3 years", &[]),
    known("4-0", "4 năm", "4 years", &[]),
    known("5-0", "5 năm", "5 years", &[]),
    known("6-0", "Trên 5 năm", "More than 5 years", &[]),
];

/// Codes and names: evidence. That a posting takes the code: assumed.
#[rustfmt::skip]
const GENDERS: &[Known] = &[
    known("0", "Không yêu cầu", "Any", &["nam nu", "nam hoac nu", "khong phan biet", "khong yeu cau gioi tinh", "both", "all", "male female", "not required"]),
    known("1", "Nữ", "Female", &["woman", "women", "gioi tinh nu"]),
    known("2", "Nam", "Male", &["man", "men", "gioi tinh nam"]),
];

/// Evidence.
#[rustfmt::skip]
const CURRENCIES: &[Known] = &[
    known("VND", "VND (đồng)", "VND (dong)", &["vnd", "dong", "d", "viet nam dong"]),
    known("USD", "USD (đô la Mỹ)", "USD (US dollar)", &["usd", "do la", "dollar", "us dollar"]),
];

/// What is known without the metadata. Evidence; the other ids come from the metadata alone.
#[rustfmt::skip]
const FIRST_LOCATIONS: &[Known] = &[
    known("1", "Hà Nội", "Hà Nội", &[]),
    known("2", "Hồ Chí Minh", "Hồ Chí Minh", &[]),
];
const FIRST_JOB_TYPES: &[Known] = &[known("1", "Toàn thời gian", "Full time", &[])];

/// English words for job types, folded, and the Vietnamese name under which the metadata is likely to have them.
const JOB_TYPE_WORDS: &[(&str, &str)] = &[
    ("full time", "toan thoi gian"),
    ("fulltime", "toan thoi gian"),
    ("permanent", "toan thoi gian"),
    ("part time", "ban thoi gian"),
    ("parttime", "ban thoi gian"),
    ("intern", "thuc tap"),
    ("internship", "thuc tap"),
    ("seasonal", "thoi vu"),
    ("temporary", "thoi vu"),
    ("freelance", "lam viec tu do"),
    ("freelancer", "lam viec tu do"),
];

/// The whole list of a field whose options the board does not list.
pub fn fixed(field: &str) -> Option<&'static [Known]> {
    match field {
        "employee_level" => Some(EMPLOYEE_LEVELS),
        "experience" => Some(EXPERIENCES),
        "gender" => Some(GENDERS),
        "salary_currency" => Some(CURRENCIES),
        _ => None,
    }
}

/// The options that are known of a field before its metadata was ever read.
pub fn first(field: &str) -> &'static [Known] {
    match field {
        "locations" => FIRST_LOCATIONS,
        "job_type" => FIRST_JOB_TYPES,
        _ => &[],
    }
}

/// The code for a code or for TopCV's own words; other text stays as it is.
pub fn code_of<'a>(field: &str, text: &'a str) -> &'a str {
    let options = fixed(field).unwrap_or(&[]);
    let text = text.trim();
    if options.iter().any(|option| option.id == text) {
        return text;
    }
    let spelled = spelling(text);
    options
        .iter()
        .find(|option| spelling(option.vi) == spelled)
        .map_or(text, |option| option.id)
}

/// The ids of a fixed list's options for which people say the (folded) word.
pub fn said(field: &str, folded: &str) -> Vec<&'static str> {
    fixed(field)
        .unwrap_or(&[])
        .iter()
        .filter(|option| fold(option.en) == folded || option.words.contains(&folded))
        .map(|option| option.id)
        .collect()
}

/// The folded Vietnamese name for a folded English word for a job type.
pub fn job_type_name(folded: &str) -> Option<&'static str> {
    JOB_TYPE_WORDS
        .iter()
        .find(|(word, _)| *word == folded)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_ids_unique() {
        for field in ["employee_level", "experience", "gender", "salary_currency"] {
            let options = fixed(field).unwrap();
            for (index, option) in options.iter().enumerate() {
                assert!(
                    options[index + 1..]
                        .iter()
                        .all(|other| other.id != option.id)
                );
                assert!(
                    option.words.iter().all(|word| fold(word) == *word),
                    "{}",
                    option.id
                );
            }
        }
    }

    #[test]
    fn topcvs_own_words_and_codes_are_one() {
        assert_eq!(code_of("gender", "Không yêu cầu"), "0");
        assert_eq!(code_of("gender", "Nam "), "2");
        assert_eq!(code_of("experience", "2 năm"), "2-0");
        assert_eq!(
            code_of("experience", "1-2 năm kinh nghiệm"),
            "1-2 năm kinh nghiệm"
        );
    }
}
