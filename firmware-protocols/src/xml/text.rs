//! Texts and values: as they stand where they stand as they are meant, else written out.

use super::NotXml;
use super::layout::Piece;
use super::reader::{Reader, Run};
use super::scan::{Cursor, is_allowed};

/// How a text is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// References are resolved, every line end becomes a line feed.
    Text,
    /// Every line end becomes a line feed.
    Cdata,
    /// References are resolved, line ends and tabs become a blank.
    Attribute,
}

impl Reader<'_, '_> {
    /// What stands up to the next tag.
    pub(super) fn text(&mut self) -> Result<(), NotXml> {
        let start = self.cursor.at;
        let rest = self.cursor.rest();
        let length = rest.find('<').unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        if text.contains('>')
            && let Some(end) = text.find("]]>")
        {
            return Err(self.cursor.wrong_at(start + end, "']]>' in a text"));
        }
        self.said((start, start + length), Kind::Text)?;
        self.cursor.at = start + length;
        Ok(())
    }

    /// `<![CDATA[text]]>`
    pub(super) fn cdata(&mut self) -> Result<(), NotXml> {
        if !self.cursor.take("<![CDATA[") {
            return Err(self.cursor.wrong("unknown token"));
        }
        let start = self.cursor.at;
        let text = self.cursor.up_to("]]>")?;
        self.said((start, start + text.len()), Kind::Cdata)
    }

    /// The next text of the innermost element.
    fn said(&mut self, places: (usize, usize), kind: Kind) -> Result<(), NotXml> {
        if self.run == Run::None {
            let kept = self.layout.open.last().is_some_and(|open| !open.has_child);
            self.node()?;
            self.run = if kept { Run::Kept } else { Run::Passed };
        }
        let element = self.layout.open.last().map(|open| open.element as usize);
        match (self.run, element) {
            (Run::Kept, Some(element)) => {
                let before = self.layout.elements.get(element).and_then(|placed| placed.text);
                let piece = self.written(before, places, kind)?;
                if let Some(placed) = self.layout.elements.get_mut(element) {
                    placed.text = Some(piece);
                }
            }
            // Nobody reads it, but what it refers to has to be known.
            _ => {
                let before = self.layout.written.len();
                self.written(None, places, kind)?;
                self.layout.written.truncate(before);
            }
        }
        Ok(())
    }

    /// What a text says, behind what was said before it: as it stands if that is all there is, else written out.
    pub(super) fn written(
        &mut self,
        before: Option<Piece>,
        (start, end): (usize, usize),
        kind: Kind,
    ) -> Result<Piece, NotXml> {
        let source = self.cursor.source;
        let text = source.get(start..end).unwrap_or_default();
        let stands = text.bytes().all(|byte| match kind {
            Kind::Text => byte != b'&' && byte != b'\r',
            Kind::Cdata => byte != b'\r',
            Kind::Attribute => !matches!(byte, b'&' | b'\r' | b'\n' | b'\t'),
        });
        if before.is_none() && stands {
            return Ok(Piece::standing((start, end)));
        }
        let from = match before {
            None => self.layout.written.len(),
            Some(before) => match before.written_from() {
                // It ends where the written text ends, for nothing was written in between.
                Some(from) => from,
                None => {
                    let from = self.layout.written.len();
                    self.layout.written.push_str(before.of(source, ""));
                    from
                }
            },
        };
        if stands {
            self.layout.written.push_str(text);
        } else {
            self.write_out(start, end, kind)?;
        }
        Ok(Piece::written((from, self.layout.written.len())))
    }

    fn write_out(&mut self, start: usize, end: usize, kind: Kind) -> Result<(), NotXml> {
        let source = self.cursor.source;
        let mut cursor = Cursor { source: source.get(..end).unwrap_or_default(), at: start };
        let written = &mut self.layout.written;
        while let Some(byte) = cursor.peek() {
            match byte {
                b'&' if kind != Kind::Cdata => written.push(reference(&mut cursor)?),
                b'\r' | b'\n' | b'\t' if kind == Kind::Attribute || byte == b'\r' => {
                    cursor.at += if cursor.is_at("\r\n") { 2 } else { 1 };
                    written.push(if kind == Kind::Attribute { ' ' } else { '\n' });
                }
                _ => {
                    let rest = cursor.rest();
                    // One of those that mean nothing here stands for itself.
                    let plain = rest
                        .char_indices()
                        .skip(1)
                        .find(|(_, one)| matches!(one, '&' | '\r' | '\n' | '\t'))
                        .map_or(rest.len(), |(length, _)| length);
                    written.push_str(rest.get(..plain).unwrap_or_default());
                    cursor.at += plain;
                }
            }
        }
        Ok(())
    }
}

/// `&amp;`, `&#65;` or `&#x41;`.
fn reference(cursor: &mut Cursor<'_>) -> Result<char, NotXml> {
    let start = *cursor;
    let malformed = || start.wrong("malformed entity reference");
    cursor.expect("&")?;
    let meant = if cursor.take("#") {
        let radix = if cursor.take("x") { 16 } else { 10 };
        let rest = cursor.rest();
        let length = rest.find(|one: char| !one.is_digit(radix)).unwrap_or(rest.len());
        let digits = rest.get(..length).unwrap_or_default();
        cursor.at += length;
        let number = u32::from_str_radix(digits, radix).map_err(|_| malformed())?;
        // A number that is no character stands for the sign of one that is missing.
        let meant = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
        if !is_allowed(meant) {
            return Err(malformed());
        }
        Ok(meant)
    } else {
        match cursor.name().map_err(|_| malformed())? {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            other => Err(start.wrong(format_args!("unknown entity reference '{other}'"))),
        }
    };
    if cursor.take(";") { meant } else { Err(malformed()) }
}
