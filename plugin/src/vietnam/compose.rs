//! Composed and decomposed letters: Unicode's NFC and NFD for Latin script as Vietnamese and its neighbours write it.
//!
//! Known are the letters of Latin-1, Latin Extended-A, Ơ and Ư, and U+1EA0 to U+1EF9, in any order of their marks. Every other
//! character passes as it is; see docs/decisions/0006-own-composition-table.md.

/// A letter's code point, the letter without its last mark, and that mark.
type Letter = (u16, u16, u16);

/// For each mark: a letter, and the letter with the mark.
const ROWS: [(char, &str); 16] = [
    (
        '\u{300}',
        "AÀEÈIÌOÒUÙaàeèiìoòuùÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ",
    ),
    (
        '\u{301}',
        "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ",
    ),
    (
        '\u{302}',
        "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷẠẬạậẸỆẹệỌỘọộ",
    ),
    (
        '\u{303}',
        "AÃNÑOÕaãnñoõIĨiĩUŨuũÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ",
    ),
    ('\u{304}', "AĀaāEĒeēIĪiīOŌoōUŪuū"),
    ('\u{306}', "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭẠẶạặ"),
    ('\u{307}', "CĊcċEĖeėGĠgġIİZŻzż"),
    ('\u{308}', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸ"),
    (
        '\u{309}',
        "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ",
    ),
    ('\u{30A}', "AÅaåUŮuů"),
    ('\u{30B}', "OŐoőUŰuű"),
    ('\u{30C}', "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzž"),
    ('\u{31B}', "OƠoơUƯuư"),
    ('\u{323}', "AẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"),
    ('\u{327}', "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ"),
    ('\u{328}', "AĄaąEĘeęIĮiįUŲuų"),
];

const LETTERS: usize = 255;

/// [`ROWS`], sorted by letter.
static TABLE: [Letter; LETTERS] = table();

/// The text with letters and marks as one character where there is one.
pub fn nfc(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut composed: Vec<char> = Vec::with_capacity(text.len());
    let mut starter = None;
    let mut last = 0;
    for c in decomposed(text) {
        let class = class(c);
        // A mark of the same class in between would stand closer to the letter.
        if let Some(at) = starter.filter(|_| last < class)
            && let Some(letter) = compose(composed[at], c)
        {
            composed[at] = letter;
            continue;
        }
        if class == 0 {
            starter = Some(composed.len());
        }
        last = class;
        composed.push(c);
    }
    composed.into_iter().collect()
}

/// The text with letters and marks apart, the marks in Unicode's canonical order.
pub fn nfd(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    decomposed(text).into_iter().collect()
}

/// The letter with the mark as one character, if the table has it.
pub fn compose(letter: char, mark: char) -> Option<char> {
    let (letter, mark) = (u16::try_from(letter).ok()?, u16::try_from(mark).ok()?);
    TABLE
        .iter()
        .find(|known| known.1 == letter && known.2 == mark)
        .and_then(|known| char::from_u32(known.0.into()))
}

fn decomposed(text: &str) -> Vec<char> {
    let mut apart = Vec::with_capacity(text.len());
    for c in text.chars() {
        take_apart(c, &mut apart);
    }
    apart
}

fn take_apart(c: char, apart: &mut Vec<char>) {
    let known = u16::try_from(c)
        .ok()
        .and_then(|code| TABLE.binary_search_by_key(&code, |known| known.0).ok());
    if let Some((_, letter, mark)) = known.map(|at| TABLE[at]) {
        for part in [letter, mark] {
            // Both are code points of `ROWS`.
            take_apart(char::from_u32(part.into()).unwrap_or(c), apart);
        }
        return;
    }
    let class = class(c);
    let mut at = apart.len();
    while class > 0 && at > 0 && self::class(apart[at - 1]) > class {
        at -= 1;
    }
    apart.insert(at, c);
}

/// Unicode's canonical combining class. Marks of one class keep their order.
fn class(c: char) -> u8 {
    match c {
        '\u{334}'..='\u{338}' => 1,
        '\u{321}' | '\u{322}' | '\u{327}' | '\u{328}' => 202,
        '\u{31B}' => 216,
        '\u{316}'..='\u{319}'
        | '\u{31C}'..='\u{320}'
        | '\u{323}'..='\u{326}'
        | '\u{329}'..='\u{333}'
        | '\u{339}'..='\u{33C}'
        | '\u{347}'..='\u{349}'
        | '\u{34D}'
        | '\u{34E}'
        | '\u{353}'..='\u{356}'
        | '\u{359}'
        | '\u{35A}' => 220,
        '\u{315}' | '\u{31A}' | '\u{358}' => 232,
        '\u{35C}' | '\u{35F}' | '\u{362}' => 233,
        '\u{35D}' | '\u{35E}' | '\u{360}' | '\u{361}' => 234,
        '\u{345}' => 240,
        '\u{34F}' => 0,
        '\u{300}'..='\u{36F}' => 230,
        _ => 0,
    }
}

/// Built by the compiler, so that a wrong [`LETTERS`] or a broken row is an error there.
const fn table() -> [Letter; LETTERS] {
    let mut table = [(0, 0, 0); LETTERS];
    let mut length = 0;
    let mut row = 0;
    while row < ROWS.len() {
        let (mark, pairs) = ROWS[row];
        let pairs = pairs.as_bytes();
        let mut at = 0;
        while at < pairs.len() {
            let (letter, next) = code_point(pairs, at);
            let (marked, next) = code_point(pairs, next);
            let mut place = length;
            while place > 0 && table[place - 1].0 > marked {
                table[place] = table[place - 1];
                place -= 1;
            }
            table[place] = (marked, letter, mark as u16);
            length += 1;
            at = next;
        }
        row += 1;
    }
    assert!(length == LETTERS);
    table
}

/// The code point that begins at `at` in UTF-8 of at most three bytes, and where the next one begins.
const fn code_point(text: &[u8], at: usize) -> (u16, usize) {
    let first = text[at] as u16;
    if first < 0x80 {
        return (first, at + 1);
    }
    let second = (text[at + 1] & 0x3F) as u16;
    if first < 0xE0 {
        return ((first & 0x1F) << 6 | second, at + 2);
    }
    let third = (text[at + 2] & 0x3F) as u16;
    ((first & 0xF) << 12 | second << 6 | third, at + 3)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn letters() -> impl Iterator<Item = char> {
        ('\0'..='\u{17F}')
            .chain(['Ơ', 'ơ', 'Ư', 'ư'])
            .chain('\u{1EA0}'..='\u{1EF9}')
    }

    fn agrees(text: &str) {
        assert_eq!(nfd(text), text.nfd().collect::<String>(), "{text:?}");
        let composed: String = text.nfc().collect();
        // Ṍ and the like are not in the table.
        if !composed.contains(|c| {
            matches!(c, '\u{180}'..='\u{2FF}' | '\u{1E00}'..='\u{1E9F}') && !"ƠơƯư".contains(c)
        }) {
            assert_eq!(nfc(text), composed, "{text:?}");
        }
    }

    #[test]
    fn every_letter_agrees_with_unicode() {
        for letter in letters() {
            agrees(&letter.to_string());
            agrees(&format!("x{letter}y{letter}"));
        }
    }

    #[test]
    fn every_letter_takes_the_marks_of_vietnamese_in_any_order() {
        const MARKS: [char; 9] = [
            '\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{306}', '\u{309}', '\u{31B}', '\u{323}',
            '\u{34F}',
        ];
        for letter in "AEIOUYaeiouyÂÊÔĂƠƯâêôăơưĐđẠẹợựấÄ".chars() {
            for first in MARKS {
                agrees(&format!("{letter}{first}"));
                for second in MARKS {
                    agrees(&format!("{letter}{first}{second}"));
                    for third in MARKS {
                        agrees(&format!("{letter}{first}{second}{third}n"));
                    }
                }
            }
        }
    }

    #[test]
    fn every_mark_has_its_place() {
        // Their composed letters, or their decompositions, are of other scripts.
        let strange = |mark: char| matches!(mark, '\u{340}'..='\u{344}');
        for first in ('\u{300}'..='\u{36F}').filter(|mark| !strange(*mark)) {
            for second in ('\u{300}'..='\u{36F}').filter(|mark| !strange(*mark)) {
                // No letter composes with `đ`, so only the order shows.
                agrees(&format!("đ{first}{second}"));
            }
        }
    }

    #[test]
    fn what_is_not_in_the_table_passes_unchanged() {
        for text in ["", "日本 café", "한국어", "Ελλάδα", "🙂\u{FE0F}", "ﬁ ①"] {
            assert_eq!(nfd(&nfc(text)), nfd(text), "{text}");
            assert_eq!(nfc(text), text, "{text}");
        }
        assert_eq!(nfd("\u{1E47}"), "\u{1E47}");
    }
}
