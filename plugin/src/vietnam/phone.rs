//! Phone numbers in the spellings that people in Vietnam use.

use super::compose::nfc;
use super::lower_case::lower_case;
use super::masking::{is_invisible, is_masked_text};

/// The number as `+` and digits (E.164). `None`: masked, or not one number that can be dialled.
///
/// Vietnamese mobiles and landlines come with `0`, `84`, `+84`, `0084` or (as JSON numbers do) without the leading zero;
/// 11-digit mobiles from before September 2018 become their present numbers. Foreign numbers need `+` or `00`.
pub fn normalise(raw: &str) -> Option<String> {
    if is_masked(raw) {
        return None;
    }
    let compact: String = raw
        .chars()
        .map(narrow)
        .filter(|c| !is_invisible(*c) && !is_separator(*c))
        .collect();
    let (international, digits) = match compact.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => match compact.strip_prefix("00") {
            Some(rest) => (true, rest),
            None => (false, compact.as_str()),
        },
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if international {
        return match digits.strip_prefix("84") {
            // "+84 (0) 912 345 678" is seen often; no national number begins with 0.
            Some(rest) => vietnamese(rest.strip_prefix('0').unwrap_or(rest)),
            None => foreign(digits),
        };
    }
    if let Some(national) = digits.strip_prefix('0') {
        return vietnamese(national);
    }
    if digits.len() == 9 {
        return vietnamese(digits);
    }
    let national = digits.strip_prefix("84")?;
    vietnamese(national.strip_prefix('0').unwrap_or(national))
}

/// Whether the board hides the number or part of it. An empty one is hidden.
pub fn is_masked(raw: &str) -> bool {
    let lower = lower_case(&nfc(raw));
    is_masked_text(raw)
        // No number has letters, so here the bare word is enough.
        || ["ẩn", "xx", "##", "××", "__"].iter().any(|mask| lower.contains(mask))
}

/// `national`: without country code and leading zero.
fn vietnamese(national: &str) -> Option<String> {
    let mobile = |number: &str| number.starts_with(['3', '5', '7', '8', '9']);
    match national.len() {
        9 if mobile(national) => Some(format!("+84{national}")),
        10 if national.starts_with('2') => Some(format!("+84{national}")),
        10 => {
            let (old, rest) = national.split_at_checked(3)?;
            PREFIXES_OF_2018
                .iter()
                .find(|(before, _)| *before == old)
                .map(|(_, now)| format!("+84{now}{rest}"))
        }
        _ => None,
    }
}

fn foreign(digits: &str) -> Option<String> {
    ((7..=15).contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

/// East Asian keyboards write digits and signs as wide as their letters.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '-' | '(' | ')' | '[' | ']' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

/// Mobile prefixes that lost a digit in September 2018 (Ministry of Information and Communications' plan).
const PREFIXES_OF_2018: [(&str, &str); 21] = [
    ("162", "32"),
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("120", "70"),
    ("121", "79"),
    ("122", "77"),
    ("126", "76"),
    ("128", "78"),
    ("123", "83"),
    ("124", "84"),
    ("125", "85"),
    ("127", "81"),
    ("129", "82"),
    ("186", "56"),
    ("188", "58"),
    ("199", "59"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mobile_in_all_its_spellings() {
        for raw in [
            "0912345678",
            "091 234 5678",
            "091.234.5678",
            "091-234-5678",
            "(091) 234-5678",
            "+84912345678",
            "+84 91 234 56 78",
            "+84 (0) 912 345 678",
            "(+84) 912.345.678",
            "84912345678",
            "840912345678",
            "0084 912 345 678",
            "912345678",
            "091\u{00A0}234\u{2011}5678",
            "\u{202A}0912345678\u{202C}",
            "０９１２３４５６７８",
            "\t0912345678\n",
        ] {
            assert_eq!(normalise(raw).as_deref(), Some("+84912345678"), "{raw:?}");
        }
    }

    #[test]
    fn mobiles_from_before_2018_become_their_present_numbers() {
        for (old, now) in [
            ("01689123456", "+84389123456"),
            ("0120 123 4567", "+84701234567"),
            ("+84 123 456 7890", "+84834567890"),
            ("84199 1234567", "+84591234567"),
            ("0186.1234567", "+84561234567"),
        ] {
            assert_eq!(normalise(old).as_deref(), Some(now), "{old}");
        }
        assert_eq!(normalise("01611234567"), None);
    }

    #[test]
    fn landlines_and_foreign_numbers() {
        assert_eq!(normalise("024 3825 1234").as_deref(), Some("+842438251234"));
        assert_eq!(
            normalise("+84 225 3 747 474").as_deref(),
            Some("+842253747474")
        );
        assert_eq!(
            normalise("+1 (415) 555-0100").as_deref(),
            Some("+14155550100")
        );
        assert_eq!(
            normalise("0081 3 1234 5678").as_deref(),
            Some("+81312345678")
        );
    }

    #[test]
    fn what_is_not_one_number_has_no_normal_form() {
        for raw in [
            "",
            "091234567",
            "09123456789",
            "0412345678",
            "1900 1234",
            "0912345678/0987654321",
            "0912345678 ext 2",
            "số của tôi",
            "+",
            "+0123456789",
            "+12345",
            "+1234567890123456",
            "4155550100",
            "09+12345678",
            "٠٩١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(normalise(raw), None, "{raw}");
        }
    }

    #[test]
    fn masks_are_seen_and_never_normalised() {
        for raw in [
            "",
            "  ",
            "0912***678",
            "0912•••678",
            "09xxxxx678",
            "0912XXX678",
            "0912...678",
            "0912…",
            "Đã ẩn",
            "Số điện thoại ẩn",
            "***",
            "091########",
        ] {
            assert!(is_masked(raw), "{raw}");
            assert_eq!(normalise(raw), None, "{raw}");
        }
        assert!(!is_masked("091.234.5678"));
    }
}
