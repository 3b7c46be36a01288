//! Lines to zones: a reader sends the lines of a zone one after another, and any of them can get lost.
//!
//! The lines stand behind each other in one buffer, which is used again. A first line tells how many follow. What cannot be one, and what is followed
//! by a line of another length, is given up, and the lines behind it are looked at anew.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{fault, has_digit, is_zone, read};
use crate::codec::Item;
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::scanner::Scan;

/// A zone that is not complete: its first lines, behind each other.
#[derive(Debug, Default)]
pub(super) struct Begun {
    /// They are all of one length, and the first of them begins a zone of more lines.
    lines: Vec<u8>,
    /// This length.
    width: usize,
}

impl Begun {
    /// Takes the next line and tells the zone if it is complete by it.
    pub(super) fn line(&mut self, line: &[u8], out: &mut Vec<Item>) {
        // What readers put around a line, and blanks within it.
        let is_other = |byte: &u8| matches!(byte, 2 | 3 | b' ');
        let length = line.iter().filter(|byte| !is_other(byte)).count();
        if length == 0 {
            return;
        }
        while !self.lines.is_empty() && length != self.width {
            let place = self.lines.len() / self.width + 1;
            let detail = format!("line {place} of the zone has another length than its first");
            self.lose(self.width, FaultKind::WrongLength, detail, out);
            self.settle(out);
        }
        line.split(is_other).for_each(|kept| self.lines.extend_from_slice(kept));
        self.width = length;
        self.settle(out);
    }

    /// Tells what is complete, and gives up what begins no zone.
    fn settle(&mut self, out: &mut Vec<Item>) {
        while let Some(first) = self.lines.get(..self.width).filter(|first| !first.is_empty()) {
            let Some(wanted) = lines_of(first) else {
                let detail = format!(
                    "{} characters that are no first line of a zone: 30, 36 or 44 capitals, digits and `<`, or all lines in one",
                    first.len()
                );
                self.lose(self.width, FaultKind::Malformed, detail, out);
                continue;
            };
            let Some(zone) = self.lines.get(..wanted * self.width) else { return };
            match read(zone) {
                Ok(document) => {
                    out.push(Ok(Reading::Scan(Scan::TravelDocument(document.into()))));
                    self.lines.drain(..wanted * self.width);
                }
                Err((kind, detail)) => {
                    // A first line that lost its second is followed by the next first line.
                    let mut after = zone.chunks(self.width).skip(1);
                    let next = after.position(|line| lines_of(line).is_some());
                    let lost = next.map_or(wanted, |at| at + 1);
                    self.lose(lost * self.width, kind, detail, out);
                }
            }
        }
    }

    /// Gives up the first so many bytes.
    fn lose(&mut self, bytes: usize, kind: FaultKind, detail: String, out: &mut Vec<Item>) {
        let lost = self.lines.get(..bytes).unwrap_or(&self.lines);
        out.push(Err(fault(kind, detail, lost)));
        self.lines.drain(..lost.len());
    }

    /// Gives up the lines that are held and will not be complete.
    pub(super) fn given_up(&mut self) -> Option<Fault> {
        let detail = "the zone has more lines than came";
        let fault = (!self.lines.is_empty())
            .then(|| fault(FaultKind::CutOff, detail.to_owned(), &self.lines));
        self.lines.clear();
        fault
    }
}

/// How many lines a zone has that begins with this one. `None` if none does.
fn lines_of(line: &[u8]) -> Option<usize> {
    let letter = *line.first()?;
    let name = |characters: usize| !has_digit(line.get(..characters).unwrap_or_default());
    let lines = match (line.len(), letter) {
        // The first line of a card has at least the check digit of its number; the third has no digit.
        (30, b'A' | b'C' | b'I') if has_digit(line) => 3,
        // The first line of the others has the name, and no digit.
        (36, b'A' | b'C' | b'I' | b'P' | b'V') if name(36) => 2,
        (44, b'A' | b'C' | b'I' | b'P' | b'V') if name(44) => 2,
        (72, b'A' | b'C' | b'I' | b'P' | b'V') if name(36) => 1,
        (88, b'P' | b'V') if name(44) => 1,
        (90, b'A' | b'C' | b'I') => 1,
        _ => return None,
    };
    let issuer = line.get(2..5).unwrap_or_default();
    (is_zone(line) && !has_digit(issuer)).then_some(lines)
}
