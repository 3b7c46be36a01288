//! What is remembered of a document: places in its text, and no text.

use alloc::format;
use core::fmt::Display;

use super::{Layout, NotXml};

/// Elements and attributes, and bytes of written text, whose room is kept from one document to the next: a document of a device has some hundred.
/// What a larger one took is given back.
const KEPT: usize = 1024;

/// A piece of the document, or of what was written out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Piece {
    start: u32,
    end: u32,
    written: bool,
}

/// An element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Its `<`.
    pub(super) start: u32,
    /// Its name, without the prefix.
    pub(super) name: Piece,
    /// The element it is in.
    pub(super) parent: Option<u32>,
    /// The first element behind it and all that is in it.
    pub(super) end: u32,
    /// Its first attribute, and the first that is not its own.
    pub(super) attributes: (u32, u32),
    /// What stands before its first child.
    pub(super) text: Option<Piece>,
}

impl Placed {
    /// An element that is nowhere: it has no name and nothing in it.
    pub(super) const NOWHERE: Placed = {
        let nothing = Piece { start: 0, end: 0, written: false };
        Placed { start: 0, name: nothing, parent: None, end: 0, attributes: (0, 0), text: None }
    };
}

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub(super) prefix: Piece,
    pub(super) name: Piece,
    pub(super) value: Piece,
}

/// An element that is not closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    /// Its place among the elements.
    pub(super) element: u32,
    pub(super) prefix: Piece,
    /// Whether it has a child already, be it a text.
    pub(super) has_child: bool,
    /// How many prefixes were in force before it.
    pub(super) bindings: usize,
}

impl Piece {
    /// A text as it stands in the document.
    pub(super) fn standing((start, end): (usize, usize)) -> Piece {
        Piece { start: place(start), end: place(end), written: false }
    }

    /// A text that was written out.
    pub(super) fn written((start, end): (usize, usize)) -> Piece {
        Piece { start: place(start), end: place(end), written: true }
    }

    /// Where it begins.
    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Where it was written, if it was.
    pub(super) fn written_from(self) -> Option<usize> {
        self.written.then_some(self.start as usize)
    }

    pub(super) fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// What it says.
    #[inline]
    pub(super) fn of<'a>(self, source: &'a str, written: &'a str) -> &'a str {
        let text = if self.written { written } else { source };
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A place; documents are smaller than 4 GiB.
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Layout {
    /// Forgets the document.
    pub(super) fn clear(&mut self) {
        self.elements.clear();
        self.attributes.clear();
        self.written.clear();
        self.open.clear();
        self.bindings.clear();
        self.namespace = None;
        self.elements.shrink_to(KEPT);
        self.attributes.shrink_to(KEPT);
        self.written.shrink_to(KEPT);
    }

    /// What a piece of the document says.
    pub(super) fn says<'a>(&'a self, source: &'a str, piece: Piece) -> &'a str {
        piece.of(source, &self.written)
    }
}

impl NotXml {
    /// What is wrong, and where.
    pub(super) fn at(source: &str, at: usize, what: impl Display) -> NotXml {
        let line = line(source, at);
        let before = source.get(..at).unwrap_or(source);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        NotXml { line, detail: format!("{what} at {line}:{column}") }
    }
}

/// The line of a place in a text, from 1.
pub(super) fn line(source: &str, at: usize) -> u32 {
    let ends = source.bytes().take(at).filter(|byte| *byte == b'\n').count();
    place(ends).saturating_add(1)
}
