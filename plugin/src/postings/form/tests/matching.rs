use super::super::matching::{Match, Options};
use super::*;

/// `=` sure, `~` near, `?` several, `-` none; ids behind it.
fn found(field: &str, word: &str) -> String {
    match Options::of(field, catalogue().choices(field)).find(word) {
        Match::Sure(id) => format!("={id}"),
        Match::Near(id) => format!("~{id}"),
        Match::Several(choices) => {
            let ids: Vec<_> = choices.into_iter().map(|choice| choice.id).collect();
            format!("?{}", ids.join(" "))
        }
        Match::None => "-".to_owned(),
    }
}

#[test]
fn words_find_their_options() {
    for (field, word, expected) in [
        ("main_category", "Công nghệ thông tin", "=10015"),
        ("main_category", "CONG NGHE THONG TIN", "=10015"),
        (
            "main_category",
            "Co\u{302}ng nghe\u{323}\u{302} tho\u{302}ng tin",
            "=10015",
        ),
        ("main_category", "kinh doanh - bán hàng", "=10003"),
        ("main_category", "Kinh doanh", "~10003"),
        ("main_category", "công nghệ", "?10015 10072"),
        ("main_category", "Nhân viên công nghệ thông tin", "~10015"),
        ("main_category", "Nấu ăn", "-"),
        ("main_category", "10030", "=10030"),
        ("main_category", "424242", "=424242"),
        ("skills", "rust", "=201"),
        ("skills", "Node.js", "=209"),
        ("skills", "C", "=213"),
        ("skills", "c++", "=214"),
        ("skills", "C#", "=215"),
        ("skills", "Bán hàng", "=256"),
        ("skills", "Hàn", "=279"),
        ("skills", "tieng han", "=274"),
        ("skills", "Dạy học", "=290"),
        ("skills", "day hoc", "?290 291"),
        ("skills", "dáy học", "?290 291"),
        ("skills", "học", "?290 291"),
        ("skills", "---", "-"),
        ("job_type", "Full-time", "~1"),
        ("job_type", "toan thoi gian", "=1"),
        ("job_type", "thời gian", "?1 2"),
        ("job_type", "internship", "~3"),
        ("employee_level", "Nhân viên", "=1"),
        ("employee_level", "Trưởng phòng", "~3"),
        ("employee_level", "Giám đốc", "=30"),
        ("employee_level", "Manager", "~10"),
        ("employee_level", "quản lý", "~10"),
        ("employee_level", "Thực tập", "~50"),
        ("gender", "nữ", "=1"),
        ("gender", "Nam/Nữ", "~0"),
        ("gender", "female", "~1"),
        ("gender", "khong yeu cau", "=0"),
        ("salary_currency", "vnd", "~VND"),
        ("salary_currency", "VNĐ", "~VND"),
        ("salary_currency", "USD", "=USD"),
    ] {
        assert_eq!(found(field, word), expected, "{field}: {word}");
    }
}

#[test]
fn provinces_are_found_by_old_and_new_names() {
    for (word, expected) in [
        ("Hồ Chí Minh", "=2"),
        ("ho chi minh", "=2"),
        ("TP.HCM", "=2"),
        ("Sài Gòn", "=2"),
        ("Thành phố Hồ Chí Minh", "=2"),
        ("Hoà Bình", "=30"),
        ("Hòa Bình", "=30"),
        ("Ho\u{300}a Bi\u{300}nh", "=30"),
        ("Tỉnh Bình Dương", "=11"),
        ("Huế", "=57"),
        ("Lâm Đồng", "=36"),
        // Old provinces that this list does not have.
        ("Bà Rịa - Vũng Tàu", "?2 11"),
        ("Phú Thọ", "~30"),
        ("Vĩnh Phúc", "~30"),
        ("Quảng Nam", "~17"),
        ("Cầu Giấy, Hà Nội", "~1"),
        ("Hà Nội hoặc Đà Nẵng", "?1 17"),
        ("Thanh Hóa", "-"),
        ("Cầu Giấy", "-"),
    ] {
        assert_eq!(found("locations", word), expected, "{word}");
    }
}

#[test]
fn a_list_with_the_new_names_takes_the_old_ones() {
    let new_names = Catalogue {
        lists: [(
            "locations".to_owned(),
            list(&[
                ("1", "Thành phố Hồ Chí Minh"),
                ("2", "Lâm Đồng"),
                ("3", "Huế"),
            ]),
        )]
        .into_iter()
        .collect(),
        ..Catalogue::default()
    };
    let options = Options::of("locations", new_names.choices("locations"));
    for (word, expected) in [
        ("Bình Dương", Match::Near("1".into())),
        ("Đắk Nông", Match::Near("2".into())),
        ("Thừa Thiên Huế", Match::Sure("3".into())),
        ("HCM", Match::Sure("1".into())),
    ] {
        assert_eq!(options.find(word), expected, "{word}");
    }
}

#[test]
fn years_are_read_as_people_write_them() {
    for (word, expected) in [
        ("2 năm", "=2-0"),
        ("2 nam kinh nghiem", "=2-0"),
        ("5 years", "~5-0"),
        ("Dưới 1 năm", "=0-1"),
        ("duoi 1 nam", "=0-1"),
        ("Trên 5 năm", "=6-0"),
        ("hơn 5 năm", "~6-0"),
        ("10 năm", "~6-0"),
        ("không yêu cầu", "=0-0"),
        ("Không yêu cầu kinh nghiệm", "~0-0"),
        ("no experience", "~0-0"),
        ("0 năm", "~0-0"),
        ("6 tháng", "~0-1"),
        ("24 tháng", "~2-0"),
        ("ít nhất 3 năm", "~3-0"),
        ("3 năm trở lên", "~3-0"),
        ("3+ năm", "~3-0"),
        ("trên 3 năm", "~3-0"),
        ("1-2 năm", "?1-0 2-0"),
        ("1 - 2 năm kinh nghiệm", "?1-0 2-0"),
        ("0-1 năm", "?0-1 1-0"),
        ("dưới 3 năm", "?0-1 1-0 2-0"),
        ("từ 3 đến 10 năm", "?3-0 4-0 5-0 6-0"),
        ("2-0", "=2-0"),
        ("lâu năm", "-"),
        ("từ 99999999999999999999 năm", "-"),
    ] {
        assert_eq!(found("experience", word), expected, "{word}");
    }
}
