//! A name for the file that is safe on any system, from what the board calls it.

use crate::address::{Address, decoded};
use crate::contract::http::Header;
use crate::vietnam::compose::nfc;
use crate::vietnam::masking::is_invisible;

/// In characters, with the extension.
const MOST_CHARACTERS: usize = 120;

/// In bytes, with the extension: common file systems take 255.
const MOST_BYTES: usize = 240;

/// Used when the board names nothing usable.
const UNNAMED: &str = "cv";

/// Extensions that the recognised one replaces; any other stays part of the name.
const REPLACED: [&str; 7] = ["pdf", "doc", "docx", "rtf", "png", "jpg", "jpeg"];

/// The name by Content-Disposition, else by the link, else a plain one; with the extension of the recognised type.
pub(super) fn choose(headers: &[Header], url: &Address, extension: &str) -> String {
    let given = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-disposition"))
        .and_then(|header| from_disposition(&header.value))
        .or_else(|| from_link(url));
    safe(given.as_deref().unwrap_or(UNNAMED), extension)
}

/// `filename*` (RFC 5987) before `filename` (RFC 6266).
fn from_disposition(value: &str) -> Option<String> {
    let parameters = parameters(value);
    let of = |name: &str| {
        parameters
            .iter()
            .find(|(present, value)| present.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    };
    of("filename*")
        .and_then(extended)
        .or_else(|| of("filename").map(undo_latin_1))
}

/// The parameters after the disposition's type. A quoted value may hold `;` and `\"`.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = value.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches(|c: char| c.is_whitespace() || c == ';');
        let (value, after) = one_value(after.trim_start());
        found.push((name.to_owned(), value));
        rest = after;
    }
    found
}

/// A value, and what follows it.
fn one_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

/// `charset'language'percent-encoded`.
fn extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = decoded(encoded);
    if charset.eq_ignore_ascii_case("utf-8") {
        String::from_utf8(bytes).ok()
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        Some(bytes.into_iter().map(char::from).collect())
    } else {
        None
    }
}

/// Some hosts read every header byte as one character; UTF-8 that went through that is put together again.
fn undo_latin_1(value: &str) -> String {
    let bytes: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    bytes
        .filter(|bytes| !bytes.is_ascii())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| value.to_owned())
}

/// The last segment of the path, when it looks like a file's name: a segment without a known extension may be a token.
fn from_link(url: &Address) -> Option<String> {
    let segment = url.path().rsplit('/').next()?;
    let name = String::from_utf8(decoded(segment)).ok()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let is_token = stem.len() >= 32
        && stem
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (is_replaced(extension) && !is_token).then_some(name)
}

fn is_replaced(extension: &str) -> bool {
    REPLACED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension))
}

/// A name without path, without what a system or an eye could misread, within the limits.
fn safe(given: &str, extension: &str) -> String {
    let composed = nfc(given);
    let last = composed.rsplit(['/', '\\']).next().unwrap_or("");
    let cleaned: String = last
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    // Windows leaves dots and blanks at the end out: what is before them is the extension there.
    let cleaned = cleaned
        .trim()
        .trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = match cleaned.rsplit_once('.') {
        Some((stem, given)) if is_replaced(given) => stem,
        _ => cleaned,
    };
    let stem = stem
        .trim_start_matches(|c: char| c == '.' || c.is_whitespace())
        .trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let mut stem = if stem.is_empty() {
        UNNAMED.to_owned()
    } else {
        stem.to_owned()
    };
    if is_reserved(&stem) {
        stem.insert(0, '_');
    }
    format!("{}.{extension}", shortened(&stem, extension.len() + 1))
}

/// Names of devices on Windows, whatever follows the first dot.
fn is_reserved(stem: &str) -> bool {
    let device = stem
        .split('.')
        .next()
        .unwrap_or("")
        .trim_end()
        .to_ascii_uppercase();
    matches!(
        device.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || ["COM", "LPT"].iter().any(|port| {
        device.strip_prefix(port).is_some_and(|number| {
            matches!(
                number,
                "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
    })
}

fn shortened(stem: &str, reserved: usize) -> String {
    let mut short: String = stem
        .chars()
        .take(MOST_CHARACTERS.saturating_sub(reserved))
        .collect();
    while short.len() + reserved > MOST_BYTES {
        short.pop();
    }
    short
        .trim_end_matches(|c: char| c == '.' || c.is_whitespace())
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disposition(value: &str) -> String {
        let header = Header {
            name: "Content-Disposition".into(),
            value: value.into(),
        };
        choose(
            &[header],
            &Address::parse("https://topcv.vn/d/1").unwrap(),
            "pdf",
        )
    }

    fn link(link: &str) -> String {
        choose(&[], &Address::parse(link).unwrap(), "pdf")
    }

    #[test]
    fn the_extended_name_comes_first() {
        for value in [
            "attachment; filename=\"cv.pdf\"; filename*=UTF-8''Nguy%E1%BB%85n%20V%C4%83n%20A.pdf",
            "attachment; filename*=utf-8'vi'Nguy%E1%BB%85n%20V%C4%83n%20A.pdf; filename=cv.pdf",
            "inline;FILENAME*=UTF-8''Nguy%E1%BB%85n%20V%C4%83n%20A.PDF",
            "attachment; filename=\"Nguyễn Văn A.pdf\"",
            "attachment; filename=\"x\"; filename*=UTF-8''Nguye%CC%82%CC%83n%20Va%CC%86n%20A.pdf",
        ] {
            assert_eq!(disposition(value), "Nguyễn Văn A.pdf", "{value}");
        }
    }

    #[test]
    fn an_extended_name_that_cannot_be_read_gives_way() {
        assert_eq!(
            disposition("attachment; filename*=UTF-8''%FF%FE; filename=a.pdf"),
            "a.pdf"
        );
        assert_eq!(
            disposition("attachment; filename*=KOI8-R''%C1; filename=\"a.pdf\""),
            "a.pdf"
        );
        assert_eq!(
            disposition("attachment; filename*=ISO-8859-1''%E9t%E9.pdf"),
            "été.pdf"
        );
    }

    #[test]
    fn quotes_semicolons_and_raw_bytes() {
        assert_eq!(
            disposition(r#"attachment; filename="CV; An \(2\).pdf"; size=12"#),
            "CV; An (2).pdf"
        );
        assert_eq!(
            disposition("attachment; filename=cv-an.pdf;size=12"),
            "cv-an.pdf"
        );
        let latin: String = "Nguyễn.pdf".bytes().map(char::from).collect();
        assert_eq!(
            disposition(&format!("attachment; filename=\"{latin}\"")),
            "Nguyễn.pdf"
        );
        assert_eq!(
            disposition("attachment; filename=\"never closed.pdf"),
            "never closed.pdf"
        );
        for value in [
            "attachment",
            "",
            ";;;=",
            "attachment; filename=",
            "attachment; filename=\"\"",
            "\"",
            "a;=\"\\",
        ] {
            assert_eq!(disposition(value), "cv.pdf", "{value}");
        }
    }

    #[test]
    fn the_link_names_the_file_only_when_it_looks_like_a_name() {
        assert_eq!(
            link("https://topcv.vn/cv/Tr%E1%BA%A7n%20B.docx?token=1"),
            "Trần B.pdf"
        );
        assert_eq!(link("https://topcv.vn/download/0123456789abcdef"), "cv.pdf");
        assert_eq!(
            link("https://topcv.vn/d/0123456789abcdef0123456789abcdef.pdf"),
            "cv.pdf"
        );
        assert_eq!(link("https://topcv.vn/"), "cv.pdf");
    }

    #[test]
    fn unsafe_names_are_made_safe() {
        for (given, name) in [
            ("../../etc/passwd", "passwd.pdf"),
            ("..\\..\\boot.ini", "boot.ini.pdf"),
            ("/", "cv.pdf"),
            ("...", "cv.pdf"),
            (".htaccess", "htaccess.pdf"),
            ("cv\u{202E}fdp.exe", "cvfdp.exe.pdf"),
            ("cv.exe", "cv.exe.pdf"),
            ("cv.pdf", "cv.pdf"),
            ("cv.DOCX", "cv.pdf"),
            ("a<b>c:d\"e|f?g*h.pdf", "a_b_c_d_e_f_g_h.pdf"),
            ("con.pdf", "_con.pdf"),
            ("NUL", "_NUL.pdf"),
            ("lpt1.tar.pdf", "_lpt1.tar.pdf"),
            ("console.pdf", "console.pdf"),
            ("cv\r\nX-Evil: 1.pdf", "cvX-Evil_ 1.pdf"),
            ("cv\0.pdf", "cv.pdf"),
            ("  cv . .pdf", "cv.pdf"),
            ("cv.pdf. . ", "cv.pdf"),
            ("cv.exe...", "cv.exe.pdf"),
            ("Hoà 😀.pdf", "Hoà 😀.pdf"),
        ] {
            assert_eq!(safe(given, "pdf"), name, "{given:?}");
        }
    }

    #[test]
    fn length_is_bounded_in_characters_and_bytes() {
        let long = safe(&"a".repeat(500), "docx");
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with(".docx"));
        let very_long = safe(&format!("{}.pdf", "a.".repeat(5_000)), "pdf");
        assert!(very_long.chars().count() <= 120 && very_long.ends_with("a.pdf"));
        let wide = safe(&"ễ".repeat(500), "pdf");
        assert!(wide.len() <= 240 && wide.chars().count() <= 120 && wide.ends_with("ễ.pdf"));
    }
}
