//! Lower case for Latin letters as Vietnamese and its neighbours write them. Other scripts stay as they are: std's tables for all
//! of them are 12 KB.

/// The text in lower case.
pub fn lower_case(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// The letter in lower case. `İ`, which becomes two characters in Unicode, stays.
pub fn lower(c: char) -> char {
    let code = u32::from(c);
    let lower = match code {
        0x41..=0x5A | 0xC0..=0xD6 | 0xD8..=0xDE | 0xFF21..=0xFF3A => code + 0x20,
        // In these blocks the two cases stand side by side, the capital on an even place ...
        0x100..=0x12F
        | 0x132..=0x137
        | 0x14A..=0x177
        | 0x1A0..=0x1A5
        | 0x1E00..=0x1E95
        | 0x1EA0..=0x1EFF => code | 1,
        // ... or on an odd one.
        0x139..=0x148 | 0x179..=0x17E | 0x1AF..=0x1B0 => code + code % 2,
        0x178 => 0xFF,
        _ => code,
    };
    char::from_u32(lower).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_agree_with_unicode() {
        let known = ('\0'..='\u{17F}')
            .chain('\u{1A0}'..='\u{1A5}')
            .chain('\u{1AF}'..='\u{1B0}')
            .chain('\u{300}'..='\u{36F}')
            .chain('\u{1E00}'..='\u{1EFF}')
            .chain('\u{2000}'..='\u{20FF}')
            .chain('\u{FF00}'..='\u{FFEF}');
        for c in known.filter(|c| !matches!(c, 'İ' | 'ẞ')) {
            assert_eq!(
                lower_case(&c.to_string()),
                c.to_lowercase().to_string(),
                "{c}"
            );
        }
    }

    #[test]
    fn whole_texts() {
        assert_eq!(
            lower_case("ĐẠI HỌC Bách Khoa – HƯỚNG"),
            "đại học bách khoa – hướng"
        );
        assert_eq!(lower_case("ЖИЗНЬ"), "ЖИЗНЬ");
    }
}
