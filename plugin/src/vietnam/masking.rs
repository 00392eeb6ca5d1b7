//! Contacts that a board shows only in part, or not at all, until the employer opens them.

use super::compose::nfc;
use super::lower_case::lower_case;

/// Whether the text holds characters that stand for hidden ones, or says in words that something is hidden.
pub(super) fn is_masked_text(raw: &str) -> bool {
    let text = lower_case(&nfc(raw));
    text.trim().is_empty()
        || text.contains(['*', '•', '●', '∙', '…', '█', '＊'])
        || text.contains("...")
        || SAID_IN_WORDS.iter().any(|words| text.contains(words))
}

/// Not the bare word "ẩn": it is a given name too.
const SAID_IN_WORDS: &[&str] = &[
    "ẩn danh",
    "đã ẩn",
    "bị ẩn",
    "được ẩn",
    "ứng viên ẩn",
    "thông tin ẩn",
    "ẩn thông tin",
    "chưa mở liên hệ",
    "mở liên hệ để",
    "hidden",
];

/// Characters that can hide or reorder what stands beside them, and are no part of any name: controls, direction marks,
/// line and paragraph separators, blanks without width. The joiners stay, since emoji are built with them.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'
                | '\u{2066}'..='\u{206F}'
                | '\u{FEFF}'
        )
}

/// [`is_deceptive`], and everything else that nobody sees. For what is compared: phones, addresses, keys, file names.
pub fn is_invisible(c: char) -> bool {
    is_deceptive(c)
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{180E}'
                | '\u{200C}'
                | '\u{200D}'
                | '\u{2061}'..='\u{2065}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}
