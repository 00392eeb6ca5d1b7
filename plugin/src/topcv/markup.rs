//! The simple HTML that TopCV's long texts may hold.
//!
//! One pass over the text. What is kept is written anew, so the result is balanced, has no attributes, and cleaning it again
//! changes nothing. Formatting and blocks are written only when text follows, so that nothing empty is left.

mod entities;
mod lines;
mod tokens;
mod writer;

use crate::vietnam::masking::is_invisible;
use tokens::{Token, Tokens};
use writer::{Format, Writer};

pub use lines::shown;

/// Elements that are kept.
pub const ALLOWED: [&str; 9] = ["p", "br", "ul", "ol", "li", "b", "strong", "i", "em"];

/// Elements that are removed together with what is in them: it is not text for people.
const WITH_CONTENT: [&str; 14] = [
    "script", "style", "title", "textarea", "iframe", "noscript", "template", "object", "svg",
    "math", "select", "audio", "video", "xmp",
];

/// Removed elements that stand on lines of their own.
const LINES: [&str; 26] = [
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "tr",
    "td",
    "th",
    "section",
    "article",
    "header",
    "footer",
    "blockquote",
    "pre",
    "hr",
    "dl",
    "dt",
    "dd",
    "body",
    "main",
];

/// What ends a line in plain text; word processors paste more than `\n`.
const LINE_ENDS: [char; 6] = ['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// Begins a line that is an item of a list, with white space after it. Not `-`: very many texts at the board are paragraphs that begin with one.
const BULLET: char = '•';

/// Most names of removed elements that are reported.
const MOST_REPORTED: usize = 10;

/// A cleaned text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// Simple HTML: paragraphs and lists of formatted text. Empty when there was no text.
    pub html: String,
    /// Names of the elements that were removed, each once, in order of appearance.
    pub removed: Vec<String>,
}

/// Keeps the [`ALLOWED`] elements, without attributes. Lines of a text without block elements become paragraphs, those that begin with
/// `BULLET` items of a list.
pub fn clean(text: &str) -> Clean {
    read(text, Breaks::Kept)
}

/// What a text says, for comparing: two with the same content say the same, though one breaks a line where the other begins a paragraph.
pub fn content(text: &str) -> String {
    read(text, Breaks::Paragraphs).html
}

/// What becomes of a line break in a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Kept,
    Paragraphs,
}

fn read(text: &str, breaks: Breaks) -> Clean {
    let by_lines = !Tokens::new(text).any(|token| match token {
        Token::Open(name) | Token::Close(name) => {
            matches!(name.as_str(), "p" | "br" | "ul" | "ol" | "li") || is(&LINES, &name)
        }
        Token::Text(_) => false,
    });
    let mut writer = Writer::default();
    let mut lines = Lines::default();
    let mut removed: Vec<String> = Vec::new();
    for token in Tokens::new(text) {
        let (name, opens) = match token {
            Token::Text(raw) => {
                let text = entities::decode(raw);
                if by_lines {
                    lines.write(&mut writer, &text);
                } else {
                    writer.text(&text);
                }
                continue;
            }
            Token::Open(name) => (name, true),
            Token::Close(name) => (name, false),
        };
        match (name.as_str(), opens) {
            ("br", _) if breaks == Breaks::Paragraphs && writer.is_in_paragraph() => {
                writer.line_end();
            }
            ("br", _) => writer.line_break(),
            ("p", true) => writer.open_paragraph(),
            ("p", false) => writer.close_paragraph(),
            ("ul" | "ol", true) => writer.open_list(name == "ol"),
            ("ul" | "ol", false) => writer.close_list(),
            ("li", true) => writer.open_item(),
            ("li", false) => writer.close_item(),
            ("b", _) => writer.format(Format::B, opens),
            ("strong", _) => writer.format(Format::Strong, opens),
            ("i", _) => writer.format(Format::I, opens),
            ("em", _) => writer.format(Format::Em, opens),
            (other, _) => {
                if is(&LINES, other) {
                    writer.line_end();
                }
                let name: String = other.chars().take(30).collect();
                if opens && removed.len() < MOST_REPORTED && !removed.contains(&name) {
                    removed.push(name);
                }
            }
        }
    }
    Clean {
        html: writer.finish(),
        removed,
    }
}

fn is(names: &[&str], name: &str) -> bool {
    names.contains(&name)
}

/// Plain text, line by line; formatting may stand between its pieces.
#[derive(Default)]
struct Lines {
    /// The present line has text.
    has_text: bool,
}

impl Lines {
    fn write(&mut self, writer: &mut Writer, text: &str) {
        for (index, line) in text.split(LINE_ENDS).enumerate() {
            if index > 0 {
                writer.line_end();
                self.has_text = false;
            }
            let visible = without_start(line);
            if self.has_text || visible.is_empty() {
                writer.text(line);
                continue;
            }
            self.has_text = true;
            match item(visible) {
                Some(rest) => {
                    writer.open_item();
                    writer.text(rest);
                }
                None => {
                    writer.close_list();
                    writer.text(line);
                }
            }
        }
    }
}

/// The text of a line that is an item.
fn item(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(BULLET)?;
    let rest = rest.trim_start_matches(|c: char| is_invisible(c) && !c.is_whitespace());
    rest.starts_with(char::is_whitespace).then_some(rest)
}

fn without_start(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests;
