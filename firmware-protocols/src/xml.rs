//! XML documents of devices, laid out flat in room that is kept: once it has grown, reading a document allocates nothing.
//!
//! ```text
//! <a><b c="1">x</b><d/></a>        a 0..3   b 1..2 "x" c=1   d 2..3        an element, and how far it reaches: its children are the elements in between
//! ```
//!
//! What is laid out is well-formed: tags that match, one root, attributes that come once, prefixes and entities that are known. Anything else is
//! refused with its line and column. The text of an element is what stands before its first child, references and line ends resolved. Namespaces
//! are checked; names are given without their prefix, because devices differ in them.
//!
//! Deliberately absent: DTDs (a document with one is refused), comments, processing instructions, and text behind a first child: no device says
//! anything in them.

mod layout;
mod names;
mod reader;
mod scan;
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use self::layout::{Attribute, Open, Piece, Placed};

/// How much of a document is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The most nodes: elements, texts between tags, comments and processing instructions, and the document itself.
    pub(crate) nodes: u32,
    /// The most levels of elements.
    pub(crate) depth: usize,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotXml {
    /// The line where that shows, from 1.
    pub(crate) line: u32,
    /// What was found and where, or what is missing.
    pub(crate) detail: String,
}

/// The room for one document after the other.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// In the order of their start tags.
    elements: Vec<Placed>,
    /// Of all elements, one behind the other.
    attributes: Vec<Attribute>,
    /// Texts that do not stand in the document as they are meant: with references or line ends resolved.
    written: String,
    /// The elements that are not closed.
    open: Vec<Open>,
    /// Prefixes in force, the innermost last; an empty one for the namespace of names without a prefix.
    bindings: Vec<(Piece, Piece)>,
    /// The namespace of the root.
    namespace: Option<Piece>,
}

impl Layout {
    /// Lays out a document. What was laid out before is forgotten.
    pub(crate) fn read<'a>(
        &'a mut self,
        source: &'a str,
        bounds: Bounds,
    ) -> Result<Document<'a>, NotXml> {
        self.clear();
        reader::read(self, source, bounds)?;
        Ok(Document { layout: self, source })
    }
}

/// A document that was read; it has a root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a> {
    layout: &'a Layout,
    source: &'a str,
}

impl<'a> Document<'a> {
    /// The root.
    pub(crate) fn root(self) -> Element<'a> {
        Element { document: self, at: 0 }
    }

    /// The namespace of the root, if it has one.
    pub(crate) fn namespace(self) -> Option<&'a str> {
        self.layout.namespace.map(|piece| self.piece(piece)).filter(|uri| !uri.is_empty())
    }

    fn piece(self, piece: Piece) -> &'a str {
        piece.of(self.source, &self.layout.written)
    }
}

/// An element where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    document: Document<'a>,
    at: usize,
}

impl<'a> Element<'a> {
    fn placed(self) -> &'a Placed {
        self.document.layout.elements.get(self.at).unwrap_or(&Placed::NOWHERE)
    }

    fn is(self, name: &str) -> bool {
        self.placed().name.len() == name.len() && self.name() == name
    }

    /// Its name, without a prefix.
    pub(crate) fn name(self) -> &'a str {
        self.document.piece(self.placed().name)
    }

    /// What stands before its first child; `None` if nothing does.
    pub(crate) fn text(self) -> Option<&'a str> {
        self.placed().text.map(|text| self.document.piece(text))
    }

    /// The value of its first attribute of this name, whatever the prefix.
    pub(crate) fn attribute(self, name: &str) -> Option<&'a str> {
        let (first, behind) = self.placed().attributes;
        let own = self.document.layout.attributes.get(first as usize..behind as usize)?;
        let found = own.iter().find(|one| self.document.piece(one.name) == name)?;
        Some(self.document.piece(found.value))
    }

    /// The elements right below it.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'a>> + Clone {
        let end = self.placed().end as usize;
        let first = Some(self.at + 1).filter(|first| *first < end);
        let below = move |at: usize| Element { document: self.document, at };
        core::iter::successors(first, move |at| {
            Some(below(*at).placed().end as usize).filter(|next| *next < end)
        })
        .map(below)
    }

    /// The elements of this name right below it.
    pub(crate) fn named(self, name: &'a str) -> impl Iterator<Item = Element<'a>> + Clone {
        self.children().filter(move |child| child.is(name))
    }

    /// The first element of this name right below it.
    pub(crate) fn child(self, name: &str) -> Option<Element<'a>> {
        self.children().find(|child| child.is(name))
    }

    /// It, and all elements in it, in the order of their start tags.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Element<'a>> {
        let end = self.placed().end as usize;
        (self.at..end).map(move |at| Element { document: self.document, at })
    }

    /// It, what it is in, and so on to the root.
    pub(crate) fn ancestors(self) -> impl Iterator<Item = Element<'a>> {
        core::iter::successors(Some(self), |element| {
            let parent = element.placed().parent?;
            Some(Element { document: element.document, at: parent as usize })
        })
    }

    /// The line of its start tag, from 1.
    pub(crate) fn line(self) -> u32 {
        layout::line(self.document.source, self.placed().start as usize)
    }
}

#[cfg(test)]
mod tests;
