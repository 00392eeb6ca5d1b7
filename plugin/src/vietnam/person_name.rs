//! Names of people: one field, family name first, never split.

use super::compose::nfc;
use super::lower_case::lower_case;
use super::masking::{is_deceptive, is_invisible, is_masked_text};

/// The name (or any other short text) as people may see it: as written, without characters that deceive the eye and without
/// white space at the ends. Composition and case stay as they came.
pub fn display(raw: &str) -> String {
    // A line end within a name separates two words all the same.
    let visible: String = raw
        .chars()
        .map(|c| {
            if matches!(c, '\t' | '\n' | '\r') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !is_deceptive(*c))
        .collect();
    visible.trim().to_owned()
}

/// Two spellings of one name have one key: composed or not, in any case, "Hoà" or "Hòa", with any blanks between the words.
/// Diacritics count, since "Dũng" and "Dung" are two names. `None`: masked.
pub fn compare_key(raw: &str) -> Option<String> {
    if is_masked(raw) {
        return None;
    }
    let seen: String = display(raw).chars().filter(|c| !is_invisible(*c)).collect();
    let words: Vec<String> = lower_case(&nfc(&seen))
        .split_whitespace()
        .map(with_tone_on_first_vowel)
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether the board hides the name or part of it. An empty one is hidden.
pub fn is_masked(raw: &str) -> bool {
    is_masked_text(&display(raw))
}

/// Open syllables in oa, oe, uy are written with the tone on either vowel ("Hoà", "Hòa"); everywhere else its place is fixed.
fn with_tone_on_first_vowel(word: &str) -> String {
    const PAIRS: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    for (on_second, on_first) in PAIRS {
        if let Some(start) = word.strip_suffix(on_second) {
            return format!("{start}{on_first}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::compose::nfd;
    use super::*;

    #[test]
    fn composed_and_decomposed_names_are_the_same() {
        let composed = "Nguyễn Thị Hoà";
        let decomposed: String = nfd(composed);
        assert_ne!(composed, decomposed);
        assert_eq!(compare_key(composed), compare_key(&decomposed));
        assert_eq!(display(&decomposed), decomposed);
    }

    #[test]
    fn old_and_new_tone_placement_are_the_same() {
        for (one, other) in [
            ("Trần Hoà", "Trần Hòa"),
            ("Lê Thúy", "Lê Thuý"),
            ("Vũ Loé", "Vũ Lóe"),
            ("Quý", "Qúy"),
        ] {
            assert_eq!(compare_key(one), compare_key(other), "{one}");
        }
        assert_eq!(compare_key("HOÀN").as_deref(), Some("hoàn"));
    }

    #[test]
    fn different_names_stay_different() {
        for (one, other) in [
            ("Dũng", "Dung"),
            ("Nguyễn Văn An", "Nguyễn An Văn"),
            ("Đạt", "Dạt"),
        ] {
            assert_ne!(compare_key(one), compare_key(other), "{one}");
        }
    }

    #[test]
    fn what_nobody_sees_is_removed_and_the_rest_is_whole() {
        assert_eq!(
            display("\u{202E} Nguyễn\u{0000}\u{200B} Văn A 😀\u{0007} "),
            "Nguyễn Văn A 😀"
        );
        assert_eq!(
            compare_key(" nguyễn   VĂN\tA ").as_deref(),
            Some("nguyễn văn a")
        );
    }

    #[test]
    fn emoji_that_are_joined_stay_whole() {
        assert_eq!(display("Nguyễn A 👩\u{200D}💻"), "Nguyễn A 👩\u{200D}💻");
        assert_eq!(compare_key("Nguyễn\u{200C} A"), compare_key("Nguyễn A"));
    }

    #[test]
    fn masked_names_are_told_from_people_called_an() {
        for raw in [
            "",
            "Nguyễn V** A",
            "N•••",
            "Ứng viên ẩn danh",
            "Ứng viên ẩn",
            "Thông tin đã ẩn",
        ] {
            assert!(is_masked(raw), "{raw}");
            let decomposed: String = nfd(raw);
            assert!(is_masked(&decomposed), "{raw} decomposed");
            assert_eq!(compare_key(raw), None);
        }
        assert!(!is_masked("Nguyễn Văn Ẩn"));
    }
}
