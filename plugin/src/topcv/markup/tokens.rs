//! Splits text into tags and what stands between them, forgiving as a browser but never losing text.

use super::WITH_CONTENT;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag's name in lower case; attributes are gone.
    Open(String),
    /// An end tag's name in lower case.
    Close(String),
    /// Text, entities not decoded yet.
    Text(&'a str),
}

/// The pieces of a text, in order. Comments, declarations, and the content of [`WITH_CONTENT`] elements are left out.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// There is no further end of a tag or comment: without this, text full of `<` would be read again and again.
    only_text: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            only_text: false,
        }
    }

    fn text(&mut self, length: usize) -> Token<'a> {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        Token::Text(text)
    }

    fn skip_content(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(found) = self.rest[from..].find("</") {
            let start = from + found + 2;
            let end = start + name.len();
            if bytes
                .get(start..end)
                .is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
                && bytes
                    .get(end)
                    .is_none_or(|byte| !byte.is_ascii_alphanumeric())
            {
                self.rest = &self.rest[start - 2..];
                return;
            }
            from = start;
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if self.only_text {
                return Some(self.text(self.rest.len()));
            }
            match self.rest.find('<') {
                Some(0) => {}
                Some(start) => return Some(self.text(start)),
                None => return Some(self.text(self.rest.len())),
            }
            let after = &self.rest[1..];
            if let Some(comment) = after.strip_prefix("!--") {
                match comment.find("-->") {
                    Some(end) => self.rest = &comment[end + 3..],
                    None => self.only_text = true,
                }
                continue;
            }
            let (name_start, closes) = match after.strip_prefix('/') {
                Some(name) => (name, true),
                None => (after, false),
            };
            let declares = after.starts_with(['!', '?']);
            if !declares && !name_start.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some(self.text(1));
            }
            let inside = match end_of_tag(after) {
                End::At(end) => {
                    self.rest = &after[end + 1..];
                    &name_start[..end - usize::from(closes)]
                }
                End::Never => {
                    self.only_text = true;
                    continue;
                }
                End::NoTag => return Some(self.text(1)),
            };
            if declares {
                continue;
            }
            let name = inside
                .split(|c: char| c.is_whitespace() || c == '/')
                .next()
                .unwrap_or("")
                .to_ascii_lowercase();
            if closes {
                return Some(Token::Close(name));
            }
            if WITH_CONTENT.contains(&name.as_str()) {
                self.skip_content(&name);
            }
            return Some(Token::Open(name));
        }
    }
}

enum End {
    At(usize),
    /// Another `<` comes first: this one was a plain sign, as in "lương <b và <p>".
    NoTag,
    Never,
}

fn end_of_tag(text: &str) -> End {
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return End::At(index),
            (None, b'<') => return End::NoTag,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    End::Never
}
