//! One document: a declaration, one root, and what may stand around them.

use alloc::format;
use alloc::string::{String, ToString};

use super::layout::{Open, Piece, Placed, place};
use super::scan::{Cursor, Name, not_allowed};
use super::{Bounds, Layout, NotXml};

/// Texts that follow one another are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The last thing was no text.
    None,
    /// It belongs to the text of the innermost element.
    Kept,
    /// It stands behind a child, and nobody reads it.
    Passed,
}

pub(super) struct Reader<'a, 'l> {
    pub(super) cursor: Cursor<'a>,
    pub(super) layout: &'l mut Layout,
    pub(super) run: Run,
    bounds: Bounds,
    nodes: u32,
}

/// Lays out a document in empty room.
pub(super) fn read(layout: &mut Layout, source: &str, bounds: Bounds) -> Result<(), NotXml> {
    if let Some((at, character)) = not_allowed(source) {
        return Err(NotXml::at(source, at, format_args!("a non-XML character {character:?}")));
    }
    let cursor = Cursor { source, at: 0 };
    // The document itself is the first node.
    let mut reader = Reader { cursor, layout, run: Run::None, bounds, nodes: 1 };
    reader.declaration()?;
    reader.around()?;
    if reader.cursor.is_at("<!DOCTYPE") {
        return Err(reader.cursor.wrong("a DTD, which is not read,"));
    }
    if reader.cursor.is_at("<") {
        reader.start_tag()?;
        while !reader.layout.open.is_empty() {
            reader.content()?;
        }
    }
    reader.around()?;
    if !reader.cursor.is_at_end() {
        return Err(reader.cursor.wrong("unknown token"));
    }
    if reader.layout.elements.is_empty() {
        return Err(reader.cursor.wrong("the document does not have a root"));
    }
    Ok(())
}

impl<'a> Reader<'a, '_> {
    /// `<?xml version="1.0" encoding="UTF-8"?>`; what it says changes nothing.
    fn declaration(&mut self) -> Result<(), NotXml> {
        let cursor = &mut self.cursor;
        cursor.take("\u{feff}");
        if !cursor.is_at("<?xml ") {
            return Ok(());
        }
        cursor.expect("<?xml")?;
        cursor.blanks();
        for (word, needed) in [("version", true), ("encoding", false), ("standalone", false)] {
            if !cursor.take(word) {
                if needed {
                    cursor.expect(word)?;
                }
                continue;
            }
            cursor.value()?;
            if !cursor.is_at("?>") {
                cursor.expect_blanks()?;
            }
        }
        cursor.expect("?>")
    }

    /// Blanks, comments and processing instructions outside the root.
    fn around(&mut self) -> Result<(), NotXml> {
        loop {
            self.cursor.blanks();
            if self.cursor.is_at("<!--") {
                self.comment()?;
            } else if self.cursor.is_at("<?") {
                self.instruction()?;
            } else {
                return Ok(());
            }
        }
    }

    /// The next thing in the innermost element.
    fn content(&mut self) -> Result<(), NotXml> {
        let ahead = self.cursor.source.as_bytes().get(self.cursor.at..).unwrap_or_default();
        match ahead {
            [b'<', b'!', b'[', ..] => return self.cdata(),
            [] => return Err(self.cursor.wrong("the root was opened but never closed")),
            [b'<', ..] => self.run = Run::None,
            _ => return self.text(),
        }
        match ahead {
            [_, b'/', ..] => self.end_tag(),
            [_, b'!', b'-', b'-', ..] => self.comment(),
            [_, b'!', ..] => Err(self.cursor.wrong("unknown token")),
            [_, b'?', ..] => self.instruction(),
            _ => self.start_tag(),
        }
    }

    fn comment(&mut self) -> Result<(), NotXml> {
        let start = self.cursor.at;
        self.node()?;
        self.cursor.expect("<!--")?;
        let said = self.cursor.up_to("-->")?;
        if said.contains("--") || said.ends_with('-') {
            return Err(self.cursor.wrong_at(start, "a comment that contains '--'"));
        }
        Ok(())
    }

    fn instruction(&mut self) -> Result<(), NotXml> {
        if self.cursor.is_at("<?xml ") {
            return Err(self.cursor.wrong("unexpected XML declaration"));
        }
        self.node()?;
        self.cursor.expect("<?")?;
        self.cursor.name()?;
        self.cursor.up_to("?>").map(drop)
    }

    /// One more node, a child of the innermost element.
    pub(super) fn node(&mut self) -> Result<(), NotXml> {
        if self.nodes >= self.bounds.nodes {
            let most = self.bounds.nodes;
            return Err(self.cursor.wrong(format_args!("more than {most} nodes")));
        }
        self.nodes += 1;
        if let Some(open) = self.layout.open.last_mut() {
            open.has_child = true;
        }
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), NotXml> {
        let start = self.cursor.at;
        self.node()?;
        self.cursor.expect_byte(b'<')?;
        let name = self.cursor.qualified()?;
        let open = self.place_element(start, name)?;
        loop {
            let blanks = self.cursor.blanks();
            if self.cursor.take_byte(b'>') {
                self.names_are_known(open)?;
                self.layout.open.push(open);
                return Ok(());
            }
            if self.cursor.take_byte(b'/') {
                self.cursor.expect_byte(b'>')?;
                self.names_are_known(open)?;
                self.close(open);
                return Ok(());
            }
            if !blanks {
                return self.cursor.expect_blanks();
            }
            let name = self.cursor.qualified()?;
            let value = self.cursor.value()?;
            self.attribute(open, name, value)?;
        }
    }

    fn place_element(&mut self, start: usize, name: Name) -> Result<Open, NotXml> {
        if self.layout.open.len() >= self.bounds.depth {
            let most = self.bounds.depth;
            let detail = format_args!("elements are nested deeper than {most}");
            return Err(self.cursor.wrong_at(start, detail));
        }
        let prefix = Piece::standing(name.prefix());
        if self.says(prefix) == "xmlns" {
            return Err(self.cursor.wrong_at(start, "an element with the prefix 'xmlns'"));
        }
        let first = place(self.layout.attributes.len());
        let element = place(self.layout.elements.len());
        self.layout.elements.push(Placed {
            start: place(start),
            name: Piece::standing((name.local, name.end)),
            parent: self.layout.open.last().map(|open| open.element),
            end: element + 1,
            attributes: (first, first),
            text: None,
        });
        let bindings = self.layout.bindings.len();
        Ok(Open { element, prefix, has_child: false, bindings })
    }

    fn end_tag(&mut self) -> Result<(), NotXml> {
        let start = self.cursor.at;
        self.cursor.expect_byte(b'<')?;
        self.cursor.expect_byte(b'/')?;
        let name = self.cursor.qualified()?;
        self.cursor.blanks();
        self.cursor.expect_byte(b'>')?;
        let Some(open) = self.layout.open.pop() else {
            return Err(self.cursor.wrong_at(start, "an end tag without a start tag"));
        };
        let own = (self.says(open.prefix), self.says(self.placed(open).name));
        let named = |places| self.says(Piece::standing(places));
        let found = (named(name.prefix()), named((name.local, name.end)));
        if own != found {
            let (expected, found) = (qualified(own), qualified(found));
            let detail = format_args!("expected '{expected}' tag, not '{found}'");
            return Err(self.cursor.wrong_at(start, detail));
        }
        self.close(open);
        Ok(())
    }

    fn close(&mut self, open: Open) {
        self.layout.bindings.truncate(open.bindings);
        let end = place(self.layout.elements.len());
        if let Some(placed) = self.layout.elements.get_mut(open.element as usize) {
            placed.end = end;
        }
    }

    pub(super) fn placed(&self, open: Open) -> &Placed {
        self.layout.elements.get(open.element as usize).unwrap_or(&Placed::NOWHERE)
    }

    pub(super) fn says(&self, piece: Piece) -> &str {
        self.layout.says(self.cursor.source, piece)
    }
}

fn qualified((prefix, local): (&str, &str)) -> String {
    if prefix.is_empty() { local.to_string() } else { format!("{prefix}:{local}") }
}
