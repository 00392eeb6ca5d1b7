//! Text that comes from a guest and is shown to an operator.

/// Most characters of a guest's text in one field of the audit: a host name or a header fits, a flood of text does not.
pub(crate) const AUDIT_CHARACTERS: usize = 200;

/// Shortened, and without characters that could forge a second line or turn the reader's terminal around.
pub(crate) fn clean(text: &str, most: usize) -> String {
    text.chars()
        .take(most)
        .map(|character| {
            if character.is_control() || is_unseen(character) {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

/// Has no picture of its own, or changes the direction of what stands around it.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_guest_stays_on_its_line_and_short() {
        assert_eq!(clean("Đơn vị", 200), "Đơn vị");
        assert_eq!(
            clean("a\nb\u{1b}[31m\u{202e}c\u{feff}", 200),
            "a\u{fffd}b\u{fffd}[31m\u{fffd}c\u{fffd}"
        );
        assert_eq!(clean(&"ế".repeat(500), 200), "ế".repeat(200));
    }
}
