//! Vietnamese order of names: by the given name, which is the last word, then by the rest.
//!
//! Letters come first, in the order of the Vietnamese alphabet, where `ă`, `â`, `đ`, `ê`, `ô`, `ơ`, `ư` are letters of their own;
//! tone marks decide between words of the same letters, in the order of the school-books: level, huyền, hỏi, ngã, sắc, nặng.

use unicode_normalization::UnicodeNormalization;

/// The alphabet, with the four Latin letters that Vietnamese borrows where dictionaries put them.
const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// A sort key: equal keys are the same name, whatever its spelling in Unicode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameKey {
    hidden: bool,
    given: WordKey,
    rest: Vec<WordKey>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct WordKey {
    letters: Vec<u32>,
    tones: Vec<u8>,
}

/// The key of a full name. Who has none comes last.
pub fn name_key(name: Option<&str>) -> NameKey {
    let mut words: Vec<WordKey> = name
        .unwrap_or_default()
        .split_whitespace()
        .map(word_key)
        .collect();
    let given = words.pop();
    NameKey {
        hidden: given.is_none(),
        given: given.unwrap_or_default(),
        rest: words,
    }
}

/// A text for searching: without marks and capitals, `đ` as `d`, white space single.
pub fn folded(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let lower: String = word.chars().flat_map(char::to_lowercase).collect();
            lower
                .nfd()
                .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
                .map(|c| if c == 'đ' { 'd' } else { c })
                .collect()
        })
        .collect();
    words.join(" ")
}

fn word_key(word: &str) -> WordKey {
    let mut key = WordKey::default();
    let lower: String = word.nfc().flat_map(char::to_lowercase).collect();
    let mut pending = String::new();
    for c in lower.nfd() {
        if let Some(tone) = tone(c) {
            if let Some(last) = key.tones.last_mut() {
                *last = tone;
            }
            continue;
        }
        let modified = matches!(c, '\u{302}' | '\u{306}' | '\u{31b}');
        if modified && !pending.is_empty() {
            // The letter was taken without its hat or horn: take it again with it.
            pending.push(c);
            key.letters.pop();
            key.letters.push(rank(&pending));
            continue;
        }
        pending.clear();
        pending.push(c);
        key.letters.push(rank(&pending));
        key.tones.push(0);
    }
    key
}

fn rank(letter: &str) -> u32 {
    let composed: String = letter.nfc().collect();
    let first = composed.chars().next().unwrap_or('\u{0}');
    let place = ALPHABET.chars().position(|known| known == first);
    // What is no letter of the alphabet comes after it.
    place
        .and_then(|place| u32::try_from(place).ok())
        .unwrap_or_else(|| 1_000 + u32::from(first))
}

fn tone(mark: char) -> Option<u8> {
    Some(match mark {
        '\u{300}' => 1,
        '\u{309}' => 2,
        '\u{303}' => 3,
        '\u{301}' => 4,
        '\u{323}' => 5,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(names: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort_by_key(|name| name_key(Some(name)));
        names
    }

    #[test]
    fn names_stand_by_given_name_in_the_order_of_the_alphabet() {
        let wanted = [
            "Vũ Thị An",
            "Lê Ái",
            "Trần Ân",
            "Phạm Quốc Dũng",
            "Bùi Minh Đức",
            "Hồ Em",
            "Nguyễn Ôn",
            "Nguyễn Ơn",
            "Đỗ Tuấn",
            "Đỗ Tư",
        ];
        let mut given = wanted.to_vec();
        given.reverse();
        // "Ái" has one letter more than "An" has before it differs: a-i comes before a-n.
        let mut expected = wanted.to_vec();
        expected.swap(0, 1);
        assert_eq!(sorted(&given), expected);
    }

    #[test]
    fn tones_decide_only_between_the_same_letters() {
        assert_eq!(
            sorted(&["Mạ", "Má", "Mã", "Mả", "Mà", "Ma", "Mẹ", "Mai"]),
            ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai", "Mẹ"]
        );
        // The family names decide among those with one given name.
        assert_eq!(
            sorted(&["Trần Hòa", "Lê Hòa", "Đặng Hòa", "Bùi Hòa"]),
            ["Bùi Hòa", "Đặng Hòa", "Lê Hòa", "Trần Hòa"]
        );
    }

    #[test]
    fn spelling_in_unicode_and_case_make_no_difference() {
        let decomposed: String = "Nguyễn Thị Ướt".nfd().collect();
        assert_eq!(
            name_key(Some(&decomposed)),
            name_key(Some("NGUYỄN  thị ướt"))
        );
        // A tone written before the horn is the same letter, too.
        assert_eq!(name_key(Some("U\u{301}\u{31b}")), name_key(Some("Ứ")));
    }

    #[test]
    fn a_search_finds_words_without_their_marks() {
        assert_eq!(folded("Kế  TOÁN Đà Nẵng"), "ke toan da nang");
    }

    #[test]
    fn who_has_no_name_comes_last() {
        let mut keys = [name_key(None), name_key(Some("Zét")), name_key(Some(" "))];
        keys.sort();
        assert_eq!(keys[0], name_key(Some("Zét")));
    }
}
