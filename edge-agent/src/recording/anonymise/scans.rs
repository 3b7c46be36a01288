//! Codes and travel documents: the letters are replaced in their places, and every check digit is computed anew.

use std::iter::once;

use firmware_protocols::scanner::gs1::{self, Element, Gs1};
use firmware_protocols::scanner::mrz::{Form, TravelDocument, check_digit, encode};
use firmware_protocols::scanner::{Code, Scan, Terminator, barcode, claims};
use firmware_protocols::{Reading, Settings};

use super::substitutes::{Substitutes, What};

/// A code of a hand-held reader, with the prefix, the identifier and the end that its reader gives it.
pub(super) fn code(
    readings: &[Reading],
    settings: &Settings,
    with: &mut Substitutes,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for reading in readings {
        let Reading::Scan(Scan::Code(code)) = reading else { return None };
        bytes.extend(one_code(code, settings, with)?);
    }
    Some(bytes)
}

fn one_code(code: &Code, settings: &Settings, with: &mut Substitutes) -> Option<Vec<u8>> {
    let text = code.text.as_deref()?;
    let said = match &code.gs1 {
        Some(Gs1::Elements(elements)) => elements_of(text, elements, with)?,
        // Where it cannot be told what is an identifier and what a value, neither can be kept.
        Some(Gs1::NotSplit(_)) => return None,
        None => match text.split_once("://") {
            Some((scheme, rest)) => format!("{scheme}://{}", with.text(What::Code, rest)?),
            None => parts_of(text, code, with)?,
        },
    };
    let prefix = settings.prefix.as_deref().unwrap_or_default();
    let suffix = settings.suffix.as_deref().unwrap_or_default();
    let aim = format!("{prefix}{}", code.aim.as_deref().unwrap_or_default());
    let terminator = settings.terminator.unwrap_or(Terminator::Line);
    Some(barcode::encode(&format!("{said}{suffix}"), &aim, terminator))
}

/// A text with several numbers in it has each replaced; one that is a number as a whole is replaced so that it claims to be the same.
fn parts_of(text: &str, code: &Code, with: &mut Substitutes) -> Option<String> {
    let separates =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|' | '\u{1d}');
    if text.trim().contains(separates) {
        let mut said = String::new();
        for part in text.split_inclusive(separates) {
            said += &with.text(What::Code, part)?;
        }
        return Some(said);
    }
    let claimed = |text: &str| -> Vec<_> {
        claims::of(text, &[]).iter().map(|claim| (claim.kind, claim.checked)).collect()
    };
    let before = claimed(text);
    with.text_that(what(code), text, |text| claimed(text) == before)
}

fn what(code: &Code) -> What {
    match code.claims.first().map(|claim| claim.kind) {
        Some(claims::ClaimKind::Declaration) => What::Declaration,
        Some(claims::ClaimKind::Container) => What::Container,
        Some(claims::ClaimKind::Plate) => What::Plate,
        Some(claims::ClaimKind::Seal) => What::Seal,
        Some(claims::ClaimKind::Gs1 | claims::ClaimKind::Url) | None => What::Code,
    }
}

/// Identifiers and days stay; values are replaced, and their check digits fit.
fn elements_of(text: &str, elements: &[Element], with: &mut Substitutes) -> Option<String> {
    let mut said = String::new();
    let mut rest = text;
    for element in elements {
        let whole = format!("{}{}", element.ai, element.value);
        let (before, after) = rest.split_once(&whole)?;
        said += before;
        said += &element.ai;
        said += &match element.ai.as_str() {
            "11" | "12" | "13" | "15" | "16" | "17" => element.value.clone(),
            _ if element.check_digit => with.text_that(What::Code, &element.value, |value| {
                gs1::has_check_digit(value.as_bytes())
            })?,
            _ => with.text(What::Code, &element.value)?,
        };
        rest = after;
    }
    Some(said + rest)
}

/// The zone of a travel document. Its form, its issuer, the nationality and the sex stay.
pub(super) fn zone(frame: &[u8], readings: &[Reading], with: &mut Substitutes) -> Option<Vec<u8>> {
    let [Reading::Scan(Scan::TravelDocument(document))] = readings else { return None };
    let letters: Vec<u8> = frame
        .iter()
        .copied()
        .filter(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<'))
        .collect();
    let length = match document.form {
        Form::Td1 => 90,
        Form::Td2 | Form::MrvB => 72,
        Form::Td3 | Form::MrvA => 88,
    };
    let mut zone = Zone(letters.get(letters.len().checked_sub(length)?..)?.to_vec());
    match document.form {
        Form::Td1 => zone.card(with)?,
        Form::Td2 | Form::MrvB => zone.two_lines(document, 36, with)?,
        Form::Td3 | Form::MrvA => zone.two_lines(document, 44, with)?,
    }
    Some(encode(std::str::from_utf8(&zone.0).ok()?).into_bytes())
}

/// The characters of a zone, counted from 0 over all its lines.
struct Zone(Vec<u8>);

impl Zone {
    fn two_lines(
        &mut self,
        document: &TravelDocument,
        width: usize,
        with: &mut Substitutes,
    ) -> Option<()> {
        let second = |at: usize| width + at;
        let optional = match document.form {
            Form::Td2 => second(28)..second(35),
            Form::Td3 => second(28)..second(42),
            Form::MrvA | Form::MrvB | Form::Td1 => second(28)..second(width),
        };
        self.words(5..width, What::Person, with)?;
        self.number(second(0), second(9), optional.clone(), document.form == Form::Td2, with)?;
        self.day(second(13), false, with)?;
        self.day(second(21), true, with)?;
        if document.form == Form::Td3 {
            let empty = self.at(optional.clone())?.iter().all(|byte| *byte == b'<');
            if !(empty && self.0.get(second(42)) == Some(&b'<')) {
                self.check(once(optional), second(42))?;
            }
            let all = [second(0)..second(10), second(13)..second(20), second(21)..second(43)];
            self.check(all, second(43))?;
        } else if document.form == Form::Td2 {
            let all = [second(0)..second(10), second(13)..second(20), second(21)..second(35)];
            self.check(all, second(35))?;
        }
        Some(())
    }

    fn card(&mut self, with: &mut Substitutes) -> Option<()> {
        self.number(5, 14, 15..30, true, with)?;
        self.day(30, false, with)?;
        self.day(38, true, with)?;
        self.words(48..59, What::Document, with)?;
        self.words(60..90, What::Person, with)?;
        self.check([5..30, 30..37, 38..45, 48..59], 59)
    }

    /// The number, its check digit, and the optional field, into which a long number continues with its check digit.
    fn number(
        &mut self,
        from: usize,
        check: usize,
        optional: std::ops::Range<usize>,
        may_continue: bool,
        with: &mut Substitutes,
    ) -> Option<()> {
        let field = self.at(from..check)?.to_vec();
        let more = self.at(optional.clone())?;
        let end = more.iter().position(|byte| *byte == b'<').unwrap_or(more.len());
        let continues =
            may_continue && end > 0 && self.0.get(check) == Some(&b'<') && !field.contains(&b'<');
        if continues {
            let digit = optional.start + end - 1;
            let whole = [field.as_slice(), self.at(optional.start..digit)?].concat();
            let drawn = with.text(What::Document, std::str::from_utf8(&whole).ok()?)?;
            let (first, rest) = drawn.as_bytes().split_at_checked(field.len())?;
            self.put(from, first)?;
            self.put(optional.start, rest)?;
            self.check([from..check, optional.start..digit], digit)?;
            return self.words(digit + 1..optional.end, What::Document, with);
        }
        let length = field.iter().rposition(|byte| *byte != b'<').map_or(0, |at| at + 1);
        self.words(from..from + length, What::Document, with)?;
        if length > 0 {
            self.check(once(from..check), check)?;
        }
        self.words(optional, What::Document, with)
    }

    /// A day and its check digit.
    fn day(&mut self, from: usize, keep_year: bool, with: &mut Substitutes) -> Option<()> {
        let day = String::from_utf8(self.at(from..from + 6)?.to_vec()).ok()?;
        let drawn = with.day(&day, keep_year);
        self.put(from, drawn.as_bytes())?;
        if self.0.get(from + 6) == Some(&b'<') {
            return Some(());
        }
        self.check(once(from..from + 6), from + 6)
    }

    /// Every run of letters and digits between fillers.
    fn words(
        &mut self,
        field: std::ops::Range<usize>,
        what: What,
        with: &mut Substitutes,
    ) -> Option<()> {
        let text = String::from_utf8(self.at(field.clone())?.to_vec()).ok()?;
        let words: Option<Vec<String>> =
            text.split('<').map(|word| with.text(what, word)).collect();
        self.put(field.start, words?.join("<").as_bytes())
    }

    fn check(
        &mut self,
        fields: impl IntoIterator<Item = std::ops::Range<usize>>,
        at: usize,
    ) -> Option<()> {
        let mut summed = Vec::new();
        for field in fields {
            summed.extend_from_slice(self.at(field)?);
        }
        self.put(at, &[b'0' + check_digit(&summed)])
    }

    fn at(&self, field: std::ops::Range<usize>) -> Option<&[u8]> {
        self.0.get(field)
    }

    fn put(&mut self, from: usize, bytes: &[u8]) -> Option<()> {
        self.0.get_mut(from..from + bytes.len())?.copy_from_slice(bytes);
        Some(())
    }
}
