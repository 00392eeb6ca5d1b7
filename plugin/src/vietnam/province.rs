//! The 63 provinces of before July 2025 and the 34 of since, matched both ways.
//!
//! Every new name but Huế is also the name of one of its old parts, so a name is an old province first, and its
//! merger's other parts are its relatives.

use super::fold::{fold, has_words};

/// The old provinces by the new one they became part of, folded; the part that gave its name comes first.
const MERGERS: [&[&str]; 34] = [
    &["an giang", "kien giang"],
    &["bac ninh", "bac giang"],
    &["ca mau", "bac lieu"],
    &["cao bang"],
    &["can tho", "soc trang", "hau giang"],
    &["da nang", "quang nam"],
    &["dak lak", "phu yen"],
    &["dien bien"],
    &["dong nai", "binh phuoc"],
    &["dong thap", "tien giang"],
    &["gia lai", "binh dinh"],
    &["ha noi"],
    &["ha tinh"],
    &["hai phong", "hai duong"],
    &["ho chi minh", "binh duong", "ba ria vung tau"],
    &["hue"],
    &["hung yen", "thai binh"],
    &["khanh hoa", "ninh thuan"],
    &["lai chau"],
    &["lang son"],
    &["lao cai", "yen bai"],
    &["lam dong", "dak nong", "binh thuan"],
    &["nghe an"],
    &["ninh binh", "ha nam", "nam dinh"],
    &["phu tho", "vinh phuc", "hoa binh"],
    &["quang ngai", "kon tum"],
    &["quang ninh"],
    &["quang tri", "quang binh"],
    &["son la"],
    &["tay ninh", "long an"],
    &["thai nguyen", "bac kan"],
    &["thanh hoa"],
    &["tuyen quang", "ha giang"],
    &["vinh long", "ben tre", "tra vinh"],
];

/// Other spellings, folded, and the name they stand for.
const ALIASES: &[(&str, &str)] = &[
    ("hcm", "ho chi minh"),
    ("tphcm", "ho chi minh"),
    ("tp hcm", "ho chi minh"),
    ("hcmc", "ho chi minh"),
    ("hochiminh", "ho chi minh"),
    ("sai gon", "ho chi minh"),
    ("saigon", "ho chi minh"),
    ("sg", "ho chi minh"),
    ("hn", "ha noi"),
    ("hanoi", "ha noi"),
    ("danang", "da nang"),
    ("haiphong", "hai phong"),
    ("cantho", "can tho"),
    ("thua thien hue", "hue"),
    ("tt hue", "hue"),
    ("vung tau", "ba ria vung tau"),
    ("brvt", "ba ria vung tau"),
    ("br vt", "ba ria vung tau"),
    ("dac lac", "dak lak"),
    ("dac lak", "dak lak"),
    ("daklak", "dak lak"),
    ("dac nong", "dak nong"),
    ("daknong", "dak nong"),
    ("bac can", "bac kan"),
    ("kontum", "kon tum"),
];

/// What may stand before or after a province's name, folded.
const BEFORE: [&str; 6] = [
    "thanh pho ",
    "tinh ",
    "tp ",
    "t p ",
    "province ",
    "city of ",
];
const AFTER: [&str; 2] = [" city", " province"];

/// A province, by its old name where it had one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    merger: usize,
    part: usize,
}

impl Province {
    /// The province that a text names, as a whole: with or without "Tỉnh" or "TP.", in any spelling.
    pub fn named(text: &str) -> Option<Self> {
        let folded = fold(text);
        Self::of_folded(&folded).or_else(|| Self::of_folded(bare(&folded)))
    }

    /// Every province whose name stands somewhere in the text, such as "Cầu Giấy, Hà Nội".
    pub fn mentioned(text: &str) -> Vec<Self> {
        let folded = fold(text);
        let aliases = ALIASES
            .iter()
            .filter_map(|(alias, name)| Some((Self::of_folded(name)?, *alias)));
        let mut found: Vec<Self> = Vec::new();
        for (province, spelling) in all().chain(aliases) {
            if has_words(&folded, spelling) && !found.contains(&province) {
                found.push(province);
            }
        }
        found
    }

    /// Whether both became parts of the same new province.
    pub fn is_merged_with(self, other: Self) -> bool {
        self.merger == other.merger
    }

    fn of_folded(folded: &str) -> Option<Self> {
        let name = ALIASES
            .iter()
            .find(|(alias, _)| *alias == folded)
            .map_or(folded, |(_, name)| name);
        all()
            .find(|(_, known)| *known == name)
            .map(|(province, _)| province)
    }
}

fn all() -> impl Iterator<Item = (Province, &'static str)> {
    MERGERS.iter().enumerate().flat_map(|(merger, parts)| {
        parts
            .iter()
            .enumerate()
            .map(move |(part, name)| (Province { merger, part }, *name))
    })
}

fn bare(folded: &str) -> &str {
    let start = BEFORE
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix))
        .unwrap_or(folded);
    AFTER
        .iter()
        .find_map(|suffix| start.strip_suffix(suffix))
        .unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_63_old_names_each_once() {
        let names: BTreeSet<&str> = all().map(|(_, name)| name).collect();
        assert_eq!((all().count(), names.len()), (63, 63));
        assert!(names.iter().all(|name| fold(name) == **name));
    }

    #[test]
    fn every_alias_stands_for_a_known_name() {
        for (alias, name) in ALIASES {
            assert_eq!(*alias, fold(alias));
            assert!(all().any(|(_, known)| known == *name), "{alias}");
            assert!(all().all(|(_, known)| known != *alias), "{alias}");
        }
    }

    #[test]
    fn all_spellings_of_a_province_are_one() {
        for (left, right) in [
            ("ho chi minh", "Hồ Chí Minh"),
            ("TP.HCM", "Thành phố Hồ Chí Minh"),
            ("TPHCM", "TP. Hồ Chí Minh"),
            ("Sài Gòn", "HCM"),
            ("Ho Chi Minh City", "HCMC"),
            ("Hoà Bình", "Tỉnh Hòa Bình"),
            ("Ho\u{300}a Bi\u{300}nh", "hoa binh"),
            ("HN", "Thủ đô Hà Nội".trim_start_matches("Thủ đô ")),
            ("Thành phố Huế", "Thừa Thiên - Huế"),
            ("Vũng Tàu", "Bà Rịa – Vũng Tàu"),
            ("Đắc Lắc", "Đắk Lắk"),
            ("ĐÀ NẴNG", "Da Nang"),
        ] {
            let province = Province::named(left);
            assert!(province.is_some(), "{left}");
            assert_eq!(province, Province::named(right), "{left} = {right}");
        }
        assert_eq!(Province::named("Paris"), None);
        assert_eq!(Province::named(""), None);
    }

    #[test]
    fn parts_of_one_new_province_are_relatives() {
        let named = |name| Province::named(name).unwrap();
        assert!(named("Bình Dương").is_merged_with(named("TP.HCM")));
        assert!(named("Đắk Nông").is_merged_with(named("Lâm Đồng")));
        assert!(!named("Hà Nam").is_merged_with(named("Hà Nội")));
    }

    #[test]
    fn a_province_is_found_in_an_address() {
        let named = |name| Province::named(name).unwrap();
        assert_eq!(
            Province::mentioned("Số 5, Cầu Giấy, Hà Nội"),
            [named("Hà Nội")]
        );
        assert_eq!(Province::mentioned("Quận 1, TP.HCM"), [named("HCM")]);
        assert_eq!(
            Province::mentioned("Hà Nội hoặc Đà Nẵng").len(),
            2,
            "both are named"
        );
        assert!(Province::mentioned("Cầu Giấy").is_empty());
    }
}
