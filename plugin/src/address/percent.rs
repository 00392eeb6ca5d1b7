//! Percent-encoding (RFC 3986).

/// All but the characters that RFC 3986 leaves unreserved: servers that compare raw paths know no other spelling of those.
pub fn encoded(text: &str) -> String {
    escaped(text, |byte| {
        !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte)
    })
}

/// The bytes that a text stands for. A `%` without two hex digits after it stands for itself.
pub fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = match tail {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            bytes.push(high << 4 | low);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}

/// The text with letters beyond ASCII and the `forbidden` characters escaped, as browsers do it. Escapes that are there stay.
pub(super) fn repaired(text: &str, forbidden: &str) -> String {
    escaped(text, |byte| {
        !byte.is_ascii() || forbidden.as_bytes().contains(&byte)
    })
}

fn escaped(text: &str, is_escaped: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_escaped(byte) {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                escaped.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        } else {
            escaped.push(char::from(byte));
        }
    }
    escaped
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
