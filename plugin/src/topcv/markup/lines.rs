//! Simple HTML as the plain lines that people write, where lines can say all of it.

use super::tokens::{Token, Tokens};
use super::{BULLET, clean, content, entities};

/// Cleaned HTML as a page shows it: plain lines where [`clean`] makes the same [`content`] of them, else the HTML itself.
///
/// Paragraphs, breaks and lists without lists in them become lines. What only markup can say (bold, numbered or nested lists, text that looks like a
/// tag) stays markup, whole.
pub fn shown(text: &str) -> String {
    let html = clean(text).html;
    match lines(&html) {
        Some(lines) if content(&lines) == content(&html) => lines,
        _ => html,
    }
}

/// The lines, as far as they can be told; whether they say the same is for the caller to compare.
fn lines(html: &str) -> Option<String> {
    let mut lines = String::new();
    for token in Tokens::new(html) {
        match token {
            Token::Text(raw) => lines.push_str(&entities::decode(raw)),
            Token::Open(name) if matches!(name.as_str(), "p" | "br") => end_line(&mut lines),
            Token::Open(name) if name == "li" => {
                end_line(&mut lines);
                lines.push(BULLET);
                lines.push(' ');
            }
            Token::Open(name) | Token::Close(name) => {
                if !matches!(name.as_str(), "p" | "br" | "ul" | "li") {
                    return None;
                }
            }
        }
    }
    Some(lines)
}

fn end_line(lines: &mut String) {
    if !lines.is_empty() && !lines.ends_with('\n') {
        lines.push('\n');
    }
}
