//! Character references, as editors for Vietnamese text write them.

use crate::vietnam::compose::compose;

/// Names that are not a letter with an accent.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("rarr", '→'),
    ("times", '×'),
    ("deg", '°'),
    ("le", '≤'),
    ("ge", '≥'),
    ("euro", '€'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
];

/// The accents of Latin-1's named letters, such as `&agrave;` and `&ocirc;`.
const ACCENTS: &[(&str, char)] = &[
    ("grave", '\u{300}'),
    ("acute", '\u{301}'),
    ("circ", '\u{302}'),
    ("tilde", '\u{303}'),
    ("uml", '\u{308}'),
];

/// No known name or number is longer.
const LONGEST: usize = 10;

/// Replaces known references by their characters; an unknown one stays as it was typed.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let name = after
            .bytes()
            .take(LONGEST + 1)
            .position(|byte| byte == b';')
            .and_then(|end| after.get(..end));
        match name.and_then(character) {
            Some(c) => {
                decoded.push(c);
                rest = &after[name.map_or(0, str::len) + 1..];
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        // A number that is no character stands for one that cannot be shown.
        return code
            .ok()
            .map(|code| char::from_u32(code).unwrap_or('\u{fffd}'));
    }
    let known = NAMED.iter().find(|(known, _)| *known == name);
    known.map(|(_, c)| *c).or_else(|| {
        let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
        let (_, accent) = ACCENTS.iter().find(|(known, _)| *known == &name[1..])?;
        compose(letter, *accent)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters_and_the_rest_stays() {
        for (text, decoded) in [
            ("R&amp;D &lt;3", "R&D <3"),
            ("c&ocirc;ng vi&ecirc;n &Agrave;", "công viên À"),
            ("&#7879; &#x1EC7;", "ệ ệ"),
            ("a&nbsp;b", "a b"),
            ("R&D; &copy &bogus; & &&amp;", "R&D; &copy &bogus; & &&"),
            ("&#xD800;", "\u{fffd}"),
            ("&#;&#x;&;", "&#;&#x;&;"),
            ("&ệt;&", "&ệt;&"),
        ] {
            assert_eq!(decode(text), decoded, "{text}");
        }
    }
}
