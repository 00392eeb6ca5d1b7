//! The simple HTML of the three long texts: a few tags without attributes.

/// Tags that the board keeps.
const ALLOWED: [&str; 9] = ["p", "br", "ul", "ol", "li", "b", "strong", "i", "em"];

/// The first piece of markup that is not allowed, or `None` when the text is fine.
pub(super) fn forbidden_markup(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let name_start = after.strip_prefix('/').unwrap_or(after);
        let opens_tag = name_start.starts_with(|c: char| c.is_ascii_alphabetic());
        if !opens_tag && !after.starts_with(['!', '?', '/']) {
            // A bare "<", as in "lương < 20 triệu".
            rest = after;
            continue;
        }
        let end = after.find('>').unwrap_or(after.len());
        let inside = name_start.get(..end.saturating_sub(after.len() - name_start.len()));
        let name = inside
            .unwrap_or("")
            .trim_end_matches('/')
            .trim()
            .to_ascii_lowercase();
        if !ALLOWED.contains(&name.as_str()) {
            return Some(after.chars().take(20).collect());
        }
        rest = &after[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_tags_pass_and_everything_else_is_named() {
        for fine in [
            "<p>Một<br>hai<br/></p>",
            "<ul><li><b>a</b></li></ul>",
            "lương < 20",
            "a<3",
            "<P>x</P>",
        ] {
            assert_eq!(forbidden_markup(fine), None, "{fine}");
        }
        for bad in [
            "<script>x</script>",
            "<p onclick=x>",
            "<a href=''>x</a>",
            "<!-- x -->",
            "<p>a</div>",
            "<img",
        ] {
            assert!(forbidden_markup(bad).is_some(), "{bad}");
        }
    }
}
