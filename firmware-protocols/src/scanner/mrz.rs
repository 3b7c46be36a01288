//! Dialect `mrz`: the machine readable zone of passports, identity cards and visas (ICAO 9303), as swipe readers and page readers send it.
//!
//! ```text
//! P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< CR        two lines of 44 (TD3, MRV-A) or 36 (TD2, MRV-B), or three of 30 (TD1);
//! L898902C36UTO7408122F1204159ZE184226B<<<<<10 CR        some readers send them as one line without a break
//! ```
//!
//! A zone with a check digit that does not fit is a fault that names the field, and not one letter of it becomes a reading: a form is never filled from
//! it. Names, sex and country have no check digit; they are as they were read. A fault of this dialect shows two characters of a line and
//! no more, for a zone names a person.
//!
//! Deliberately absent: the chip, pictures, and spelling names back into another alphabet. Sources and trust: `docs/protocols/mrz.md`.
//!
//! Assumed: all lines without a break are one zone; births are not in the future, expiries within 50 years.

mod begun;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::codec::{Codec, Item, Settings};
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;
use begun::Begun;

/// The zone of one document. Every check digit that its form has fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravelDocument {
    /// The form of the zone.
    pub form: Form,
    /// One or two letters: `P` a passport, `V` a visa, `I`, `A`, `C` a card.
    pub code: String,
    /// Who issued it: three letters, or fewer.
    pub issuer: String,
    /// The first part of the name.
    pub surname: String,
    /// The rest of the name, with blanks between.
    pub given_names: String,
    /// The name fills its field: it may have been cut.
    pub name_fills_field: bool,
    /// The number of the document.
    pub number: String,
    /// Nationality: three letters, or fewer.
    pub nationality: String,
    /// Birth, `YYMMDD`; parts that are not known are `<`.
    pub birth: String,
    /// Sex, if it is stated.
    pub sex: Option<char>,
    /// The last day on which it is valid, `YYMMDD`.
    pub expiry: String,
    /// What the issuer added, without fillers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub optional: Vec<String>,
}

/// The forms of ICAO 9303.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Cards: three lines of 30.
    Td1,
    /// Cards: two lines of 36.
    Td2,
    /// Passports: two lines of 44.
    Td3,
    /// Visas: two lines of 44.
    MrvA,
    /// Visas: two lines of 36.
    MrvB,
}

/// Decodes what one reader sends.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
    begun: Begun,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::MRZ_LINE_BYTES), begun: Begun::default() }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let begun = &mut self.begun;
        self.lines.push(bytes, |line| match line {
            Ok(line) => begun.line(line, out),
            Err(fault) => {
                out.extend(begun.given_up().map(Err));
                out.push(Err(discreet(fault)));
            }
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        let unfinished = self.lines.cut();
        match (self.begun.given_up(), unfinished) {
            (Some(lines), Some(rest)) => {
                Some(Fault { bytes: lines.bytes.saturating_add(rest.bytes), ..lines })
            }
            (lines, rest) => lines.or(rest.map(discreet)),
        }
    }

    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        self.push(message, out);
        self.push(b"\n", out);
        out.extend(self.cut().map(Err));
    }
}

/// Without all but the beginning of what a zone says: whom it names stands in no log.
pub(super) fn discreet(fault: Fault) -> Fault {
    let excerpt = crate::Raw::cut(&fault.excerpt.0, 2);
    Fault { excerpt, ..fault }
}

fn fault(kind: FaultKind, detail: String, line: &[u8]) -> Fault {
    discreet(Fault::new(kind, detail, line))
}

/// Whether a text has the shape of a line of a zone, or of a whole one: the lengths of ICAO 9303 parts 4 to 7, with fillers.
pub(super) fn is_shaped_like_a_zone(text: &[u8]) -> bool {
    matches!(text.len(), 30 | 36 | 44 | 72 | 88 | 90) && text.contains(&b'<') && is_zone(text)
}

/// Whether these are capitals, digits and fillers.
fn is_zone(characters: &[u8]) -> bool {
    every(characters, |byte| byte.is_ascii_uppercase() | byte.is_ascii_digit() | (byte == b'<'))
}

fn has_digit(characters: &[u8]) -> bool {
    !every(characters, |byte| !byte.is_ascii_digit())
}

/// Looks at all of them even if the first is otherwise: so many can be looked at at a time.
fn every(characters: &[u8], is: impl Fn(u8) -> bool) -> bool {
    characters.iter().fold(true, |every, byte| every & is(*byte))
}

/// Reads one zone: its lines behind each other, without line ends.
pub fn decode(zone: &[u8]) -> Result<TravelDocument, Fault> {
    read(zone).map_err(|(kind, detail)| fault(kind, detail, zone))
}

type Refusal = (FaultKind, String);

fn read(zone: &[u8]) -> Result<TravelDocument, Refusal> {
    if !is_zone(zone) {
        return Err((FaultKind::NotText, "capitals, digits and `<` expected".to_owned()));
    }
    let visa = zone.first() == Some(&b'V');
    match (zone.len(), visa) {
        (90, _) => card(zone),
        (72, false) => two_lines(Form::Td2, zone, 36),
        (72, true) => two_lines(Form::MrvB, zone, 36),
        (88, false) => two_lines(Form::Td3, zone, 44),
        (88, true) => two_lines(Form::MrvA, zone, 44),
        (length, _) => {
            Err((FaultKind::WrongLength, format!("{length} characters; a zone has 72, 88 or 90")))
        }
    }
}

/// Characters `from` to `to`, counted from 1 as the papers do.
fn at(line: &[u8], from: usize, to: usize) -> &[u8] {
    line.get(from - 1..to).unwrap_or_default()
}

fn two_lines(form: Form, zone: &[u8], width: usize) -> Result<TravelDocument, Refusal> {
    let (first, second) = zone.split_at_checked(width).unwrap_or_default();
    let optional = match form {
        Form::Td2 => at(second, 29, 35),
        Form::Td3 => at(second, 29, 42),
        Form::MrvA | Form::MrvB | Form::Td1 => at(second, 29, width),
    };
    let number = match form {
        Form::Td2 => number(at(second, 1, 9), at(second, 10, 10), optional)?,
        Form::Td1 | Form::Td3 | Form::MrvA | Form::MrvB => {
            verify("the number", at(second, 1, 9), at(second, 10, 10))?;
            (text(at(second, 1, 9)), text(optional))
        }
    };
    verify("the date of birth", at(second, 14, 19), at(second, 20, 20))?;
    verify("the date of expiry", at(second, 22, 27), at(second, 28, 28))?;
    if form == Form::Td3 {
        // An empty personal number may have a filler for its check digit.
        let empty = optional.iter().all(|byte| *byte == b'<');
        if !(empty && at(second, 43, 43) == b"<") {
            verify("the personal number", optional, at(second, 43, 43))?;
        }
        let all = [at(second, 1, 10), at(second, 14, 20), at(second, 22, 43)];
        verify_all("the whole", &all, at(second, 44, 44))?;
    }
    if form == Form::Td2 {
        let all = [at(second, 1, 10), at(second, 14, 20), at(second, 22, 35)];
        verify_all("the whole", &all, at(second, 36, 36))?;
    }
    let dates = (at(second, 14, 19), at(second, 22, 27));
    document(
        form,
        first,
        at(first, 6, width),
        number,
        at(second, 11, 13),
        dates,
        at(second, 21, 21),
    )
}

fn card(zone: &[u8]) -> Result<TravelDocument, Refusal> {
    let (first, rest) = zone.split_at_checked(30).unwrap_or_default();
    let (second, third) = rest.split_at_checked(30).unwrap_or_default();
    let (number, more) = number(at(first, 6, 14), at(first, 15, 15), at(first, 16, 30))?;
    verify("the date of birth", at(second, 1, 6), at(second, 7, 7))?;
    verify("the date of expiry", at(second, 9, 14), at(second, 15, 15))?;
    let all = [at(first, 6, 30), at(second, 1, 7), at(second, 9, 15), at(second, 19, 29)];
    verify_all("the whole", &all, at(second, 30, 30))?;
    let dates = (at(second, 1, 6), at(second, 9, 14));
    let mut document = document(
        Form::Td1,
        first,
        third,
        (number, more),
        at(second, 16, 18),
        dates,
        at(second, 8, 8),
    )?;
    document.optional.extend(Some(text(at(second, 19, 29))).filter(|text| !text.is_empty()));
    Ok(document)
}

/// The number, and what is left of the optional field. A number of more than nine characters has `<` for its check digit; the rest of it and
/// the check digit stand in the optional field, up to the first filler.
fn number(field: &[u8], check: &[u8], optional: &[u8]) -> Result<(String, String), Refusal> {
    let end = optional.iter().position(|byte| *byte == b'<').unwrap_or(optional.len());
    let (rest, after) = optional.split_at_checked(end).unwrap_or_default();
    match rest.split_last() {
        Some((digit, more)) if check == b"<" && !field.contains(&b'<') => {
            verify_all("the number", &[field, more], &[*digit])?;
            Ok((ascii([field, more].concat()), text(after)))
        }
        _ => {
            verify("the number", field, check)?;
            Ok((text(field), text(optional)))
        }
    }
}

fn document(
    form: Form,
    first: &[u8],
    name: &[u8],
    (number, optional): (String, String),
    nationality: &[u8],
    (birth, expiry): (&[u8], &[u8]),
    sex: &[u8],
) -> Result<TravelDocument, Refusal> {
    if number.is_empty() {
        return Err((FaultKind::BadField, "the document has no number".to_owned()));
    }
    for (what, date) in [("the date of birth", birth), ("the date of expiry", expiry)] {
        if !is_date(date) {
            return Err((FaultKind::BadField, format!("{what} is no day")));
        }
    }
    let fills = name.last() != Some(&b'<');
    let end = name.windows(2).position(|pair| pair == b"<<").unwrap_or(name.len());
    let (surname, given) = name.split_at_checked(end).unwrap_or_default();
    Ok(TravelDocument {
        form,
        code: text(at(first, 1, 2)),
        issuer: text(at(first, 3, 5)),
        surname: words(surname),
        given_names: words(given),
        name_fills_field: fills,
        number,
        nationality: text(nationality),
        birth: ascii(birth.to_vec()),
        sex: sex
            .first()
            .filter(|sex| matches!(sex, b'F' | b'M' | b'X'))
            .map(|sex| char::from(*sex)),
        expiry: ascii(expiry.to_vec()),
        optional: Some(optional).filter(|text| !text.is_empty()).into_iter().collect(),
    })
}

/// The words of a name with one blank between, however many fillers there are.
fn words(field: &[u8]) -> String {
    let mut words = Vec::with_capacity(unfilled(field).len());
    for word in field.split(|byte| *byte == b'<').filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(b' ');
        }
        words.extend_from_slice(word);
    }
    ascii(words)
}

/// Fillers at the end dropped, those between made blanks.
fn text(field: &[u8]) -> String {
    ascii(unfilled(field).iter().map(|byte| if *byte == b'<' { b' ' } else { *byte }).collect())
}

/// A field without the fillers at its end.
fn unfilled(field: &[u8]) -> &[u8] {
    let end = field.iter().rposition(|byte| *byte != b'<').map_or(0, |at| at + 1);
    field.get(..end).unwrap_or_default()
}

/// Characters of a zone, which are ASCII: nothing else comes here.
fn ascii(characters: Vec<u8>) -> String {
    String::from_utf8(characters).unwrap_or_default()
}

/// Whether a field is a day, as far as it is known.
fn is_date(field: &[u8]) -> bool {
    let within = |part: [u8; 2], range: RangeInclusive<u8>| match part {
        [b'<', b'<'] => true,
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            range.contains(&((tens - b'0') * 10 + (ones - b'0')))
        }
        _ => false,
    };
    match *field {
        [y1, y2, m1, m2, d1, d2] => {
            within([y1, y2], 0..=99) && within([m1, m2], 1..=12) && within([d1, d2], 1..=31)
        }
        _ => false,
    }
}

fn verify(what: &str, field: &[u8], check: &[u8]) -> Result<(), Refusal> {
    verify_all(what, &[field], check)
}

/// The same of fields behind each other.
fn verify_all(what: &str, fields: &[&[u8]], check: &[u8]) -> Result<(), Refusal> {
    let right = b'0' + check_digit_over(fields);
    // A filler stands for 0 only where nothing is checked.
    let empty = || fields.iter().all(|field| field.iter().all(|byte| *byte == b'<'));
    match check {
        [digit] if *digit == right => Ok(()),
        [b'<'] if empty() => Ok(()),
        _ => Err((FaultKind::WrongChecksum, format!("the check digit of {what} does not fit"))),
    }
}

/// Weights 7, 3, 1; digits count themselves, letters from 10, fillers nothing.
pub fn check_digit(field: &[u8]) -> u8 {
    check_digit_over(&[field])
}

fn check_digit_over(fields: &[&[u8]]) -> u8 {
    let value = |byte: u8| match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => 0,
    };
    let (mut sum, mut weight) = (0_u32, 7_u32);
    for byte in fields.iter().copied().flatten() {
        sum += u32::from(value(*byte)) * weight;
        weight = match weight {
            7 => 3,
            3 => 1,
            _ => 7,
        };
    }
    u8::try_from(sum % 10).unwrap_or(0)
}

impl TravelDocument {
    /// The day of birth, read on the day `today`: not later than it. `None` if it is not wholly known.
    pub fn born(&self, today: Date) -> Option<Date> {
        let date = full(&self.birth, century(today))?;
        if date > today { full(&self.birth, century(today) - 100) } else { Some(date) }
    }

    /// The last day on which it is valid, read on the day `today`: within 50 years of it (assumed; no document is valid for so long).
    pub fn expires(&self, today: Date) -> Option<Date> {
        let near = |date: &Date| (i32::from(date.year()) - i32::from(today.year())).abs() <= 50;
        [0, 100, -100]
            .into_iter()
            .find_map(|shift| full(&self.expiry, century(today) + shift).filter(near))
    }
}

fn century(today: Date) -> i16 {
    today.year() - today.year().rem_euclid(100)
}

fn full(yymmdd: &str, century: i16) -> Option<Date> {
    let two = |from: usize| yymmdd.get(from..from + 2)?.parse::<i8>().ok();
    Date::new(century + i16::from(two(0)?), two(2)?, two(4)?).ok()
}

/// What a reader sends for a zone: its lines, each with CR.
pub fn encode(zone: &str) -> String {
    let width = match zone.len() {
        90 => 30,
        72 => 36,
        _ => 44,
    };
    let mut lines = String::new();
    for (place, character) in zone.chars().enumerate() {
        if place > 0 && place % width == 0 {
            lines.push('\r');
        }
        lines.push(character);
    }
    lines + "\r"
}
