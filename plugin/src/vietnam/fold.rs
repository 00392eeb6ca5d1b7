//! Text as people mean it: two spellings of one word are one text.

use super::compose::nfd;
use super::lower_case::lower;

/// Words in lower case without diacritics (đ is d too), separated by single spaces; punctuation is a space.
///
/// `+` and `#` are kept: without them C, C++ and C# would be one skill.
pub fn fold(text: &str) -> String {
    words(text, false)
}

/// As [`fold`], with diacritics. The tone mark stands at the end of its word, so that Hoà and Hòa are one name.
pub fn spelling(text: &str) -> String {
    words(text, true)
}

/// Whether `part` stands in `whole` as whole words. Both are folded already.
pub fn has_words(whole: &str, part: &str) -> bool {
    !part.is_empty()
        && whole.match_indices(part).any(|(start, _)| {
            let before = whole[..start].chars().next_back();
            let after = whole[start + part.len()..].chars().next();
            before.is_none_or(|c| c == ' ') && after.is_none_or(|c| c == ' ')
        })
}

fn words(text: &str, marks: bool) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut tone = None;
    let mut gap = false;
    for c in nfd(text).chars().map(lower) {
        match c {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' if !gap => {
                tone = marks.then_some(c);
            }
            '\u{300}'..='\u{36f}' => {
                if marks && !gap {
                    folded.push(c);
                }
            }
            _ if c.is_alphanumeric() || c == '+' || c == '#' => {
                if gap && !folded.is_empty() {
                    folded.push(' ');
                }
                gap = false;
                folded.push(if c == 'đ' && !marks { 'd' } else { c });
            }
            _ => {
                folded.extend(tone.take());
                gap = true;
            }
        }
    }
    folded.extend(tone);
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_fold_to_one_text() {
        for (text, folded) in [
            ("Hồ Chí Minh", "ho chi minh"),
            ("HO  CHI\u{a0}MINH", "ho chi minh"),
            ("Ho\u{302}\u{300} Chi\u{301} Minh", "ho chi minh"),
            ("TP.HCM", "tp hcm"),
            ("Đà Nẵng", "da nang"),
            ("ĐẮK LẮK", "dak lak"),
            ("Bà Rịa - Vũng Tàu", "ba ria vung tau"),
            ("  ", ""),
            ("C++ / C#", "c++ c#"),
            (".NET", "net"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn the_place_of_a_tone_mark_does_not_matter_but_the_mark_does() {
        assert_eq!(spelling("Hoà Bình"), spelling("Hòa Bình"));
        assert_eq!(spelling("Hoà Bình"), spelling("HO\u{300}A BI\u{300}NH"));
        assert_eq!(spelling("thuý"), spelling("thúy"));
        assert_ne!(spelling("Dạy học"), spelling("Dày học"));
        assert_ne!(spelling("Hàn"), spelling("Hân"));
        assert_ne!(spelling("Đà"), spelling("Dà"));
    }

    #[test]
    fn a_part_counts_only_as_whole_words() {
        assert!(has_words("cau giay ha noi", "ha noi"));
        assert!(has_words("han tig", "han"));
        assert!(!has_words("nhan vien", "han"));
        assert!(!has_words("ha noi", ""));
    }
}
