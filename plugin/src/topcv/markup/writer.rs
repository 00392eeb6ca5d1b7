//! Writes simple HTML that is balanced by construction.

use crate::vietnam::compose::nfc;
use crate::vietnam::masking::is_invisible;

/// Lists inside lists; deeper ones are flattened.
const DEEPEST: usize = 6;

/// A way to format text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    B,
    Strong,
    I,
    Em,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::B => "b",
            Self::Strong => "strong",
            Self::I => "i",
            Self::Em => "em",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Paragraph,
    Bullets,
    Numbers,
    Item,
}

impl Block {
    fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "p",
            Self::Bullets => "ul",
            Self::Numbers => "ol",
            Self::Item => "li",
        }
    }

    fn is_list(self) -> bool {
        matches!(self, Self::Bullets | Self::Numbers)
    }
}

/// The result so far. Blocks and formats are wanted first, and written when text comes.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
    blocks: Vec<Block>,
    /// How many of `blocks` are written.
    written: usize,
    wanted: Vec<Format>,
    open: Vec<Format>,
    /// White space, or line breaks, to be written before the next text.
    space: bool,
    breaks: usize,
    /// The innermost written block has text, and nothing closed after it.
    has_text: bool,
    flattened: usize,
}

impl Writer {
    pub(super) fn text(&mut self, text: &str) {
        let mut ready = false;
        for c in nfc(text).chars() {
            if c.is_whitespace() {
                self.space = true;
                ready = false;
                continue;
            }
            // U+0338 would compose with the `>` of a tag before it.
            if is_invisible(c) || c == '\u{338}' {
                continue;
            }
            if !ready {
                self.make_ready();
                ready = true;
            }
            match c {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                _ => self.out.push(c),
            }
        }
    }

    pub(super) fn format(&mut self, format: Format, on: bool) {
        self.wanted.retain(|wanted| *wanted != format);
        if on {
            self.wanted.push(format);
        }
    }

    pub(super) fn line_break(&mut self) {
        if self.stands_after_text() {
            self.breaks += 1;
        }
    }

    /// Text that comes now stands in a paragraph, perhaps one that begins with it.
    pub(super) fn is_in_paragraph(&self) -> bool {
        matches!(self.blocks.last(), None | Some(Block::Paragraph))
    }

    /// What follows stands on a line of its own.
    pub(super) fn line_end(&mut self) {
        match self.blocks.last() {
            Some(Block::Paragraph) => self.close_to(self.blocks.len() - 1),
            Some(Block::Item) if self.stands_after_text() => self.breaks = self.breaks.max(1),
            _ => {}
        }
    }

    pub(super) fn open_paragraph(&mut self) {
        self.line_end();
        if self.blocks.last().is_some_and(|block| block.is_list()) {
            self.blocks.push(Block::Item);
        }
        self.blocks.push(Block::Paragraph);
    }

    pub(super) fn close_paragraph(&mut self) {
        self.line_end();
    }

    pub(super) fn open_list(&mut self, numbered: bool) {
        self.line_end();
        if self.blocks.iter().filter(|block| block.is_list()).count() == DEEPEST {
            self.flattened += 1;
            return;
        }
        if self.blocks.last().is_some_and(|block| block.is_list()) {
            self.blocks.push(Block::Item);
        }
        self.blocks.push(if numbered {
            Block::Numbers
        } else {
            Block::Bullets
        });
    }

    pub(super) fn close_list(&mut self) {
        if self.flattened > 0 {
            self.flattened -= 1;
        } else if let Some(list) = self.innermost_list() {
            self.close_to(list);
        }
    }

    pub(super) fn open_item(&mut self) {
        match self.innermost_list() {
            Some(list) => self.close_to(list + 1),
            None => {
                self.line_end();
                self.blocks.push(Block::Bullets);
            }
        }
        self.blocks.push(Block::Item);
    }

    pub(super) fn close_item(&mut self) {
        if let Some(list) = self.innermost_list() {
            self.close_to(list + 1);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.close_to(0);
        nfc(&self.out)
    }

    fn innermost_list(&self) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.is_list())
    }

    fn stands_after_text(&self) -> bool {
        self.written == self.blocks.len() && self.has_text
    }

    fn close_to(&mut self, depth: usize) {
        while self.blocks.len() > depth {
            let Some(block) = self.blocks.pop() else {
                break;
            };
            if self.written > self.blocks.len() {
                self.written = self.blocks.len();
                self.close_formats(0);
                self.tag("</", block.name());
                self.has_text = false;
                (self.space, self.breaks) = (false, 0);
            }
        }
        // A block without text is not written; what stood on both its sides must not run together.
        if self.blocks.last() == Some(&Block::Item) && self.stands_after_text() {
            self.breaks = self.breaks.max(1);
        }
    }

    fn close_formats(&mut self, kept: usize) {
        while self.open.len() > kept {
            if let Some(format) = self.open.pop() {
                self.tag("</", format.name());
            }
        }
    }

    fn make_ready(&mut self) {
        match self.blocks.last() {
            None => self.blocks.push(Block::Paragraph),
            Some(block) if block.is_list() => self.blocks.push(Block::Item),
            Some(_) => {}
        }
        if self.written < self.blocks.len() {
            self.close_formats(0);
            for index in self.written..self.blocks.len() {
                self.tag("<", self.blocks[index].name());
            }
            self.written = self.blocks.len();
            self.has_text = false;
        }
        let kept = self
            .open
            .iter()
            .zip(&self.wanted)
            .take_while(|(open, wanted)| open == wanted)
            .count();
        self.close_formats(kept);
        if self.has_text && self.breaks > 0 {
            for _ in 0..self.breaks {
                self.out.push_str("<br>");
            }
        } else if self.has_text && self.space {
            self.out.push(' ');
        }
        (self.space, self.breaks, self.has_text) = (false, 0, true);
        for index in kept..self.wanted.len() {
            let format = self.wanted[index];
            self.tag("<", format.name());
            self.open.push(format);
        }
    }

    fn tag(&mut self, start: &str, name: &str) {
        self.out.push_str(start);
        self.out.push_str(name);
        self.out.push('>');
    }
}
