//! E-mail addresses, as far as comparing and masking need it.

use super::lower_case::lower_case;
use super::masking::{is_invisible, is_masked_text};

/// The longest address that can be delivered to, in bytes (RFC 5321).
const MOST_BYTES: usize = 254;

/// The address in lower case, without what surrounds it. `None`: masked, or not an address.
pub fn normalise(raw: &str) -> Option<String> {
    if is_masked(raw) {
        return None;
    }
    let address: String = raw.chars().filter(|c| !is_invisible(*c)).collect();
    let address = lower_case(address.trim());
    let (local, domain) = address.split_once('@')?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .contains(|c: char| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '<' | '>'))
    };
    let domain_stands =
        plain(domain) && domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    (plain(local) && domain_stands && address.len() <= MOST_BYTES).then_some(address)
}

/// Whether the board hides the address or part of it. An empty one is hidden.
pub fn is_masked(raw: &str) -> bool {
    is_masked_text(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_surroundings_do_not_matter() {
        for raw in [
            "An.Nguyen@Example.VN",
            "  an.nguyen@example.vn\n",
            "\u{202A}an.nguyen@example.vn\u{202C}",
        ] {
            assert_eq!(normalise(raw).as_deref(), Some("an.nguyen@example.vn"));
        }
    }

    #[test]
    fn what_is_no_address_has_no_normal_form() {
        for raw in [
            "",
            "an",
            "an@",
            "@example.vn",
            "an@example",
            "an@@example.vn",
            "an@example..vn",
            "an nguyen@example.vn",
            "a@x.vn, b@x.vn",
            "a***@gmail.com",
            "ng•••@gmail.com",
            "Đã ẩn",
        ] {
            assert_eq!(normalise(raw), None, "{raw}");
        }
        assert_eq!(normalise(&format!("{}@x.vn", "a".repeat(300))), None);
    }

    #[test]
    fn masks_are_seen() {
        assert!(is_masked("a***@gmail.com") && is_masked("n...@gmail.com") && is_masked(" "));
        assert!(!is_masked("foxx@example.vn"));
    }
}
