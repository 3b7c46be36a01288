//! What a text could be: a declaration, a container, a plate, a seal, a GS1 key, an address. Each is a claim, with what was checked of it.
//!
//! No barcode of the papers of Kazakhstan has a public description (the vehicle certificate, the consignment note, the declaration form), so the text is
//! kept as it is and looked at in every way. Several claims about one text are normal: eight digits are a shape of many things. None of
//! them fills a form; an officer takes one over, or does not.
//!
//! Sources: registration numbers of declarations (Decision of the Collegium of the Eurasian Economic Commission, order of numbering: 2 digits Armenia, 5 Kazakhstan, Kyrgyzstan, Belarus, 8
//! Russia; trust: H), ISO 6346 (H), GS1 (H), plates (M). A seal's number has no standard shape (A).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::container::{self, Container};
use super::gs1::{self, Element};
use crate::few::Few;
use crate::limits;

/// What a text, or a part of it, could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it could be.
    pub kind: ClaimKind,
    /// Written for comparing: capitals, without blanks.
    pub value: String,
    /// What was checked. Nothing beyond this is known.
    pub checked: Checked,
    /// What was read, if `value` is a repair of it: then the claim is only suggested.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suggested_for: Option<String>,
}

/// What a text could be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// The registration number of a customs declaration.
    Declaration,
    /// The number of a container.
    Container,
    /// A registration plate.
    Plate,
    /// The number of a seal.
    Seal,
    /// A key of GS1: an article, a logistic unit, a place.
    Gs1,
    /// An address in a network. It is never opened.
    Url,
}

/// What was checked of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// A check digit fits.
    CheckDigit,
    /// The shape, and that the date within it is a day.
    Date,
    /// The shape alone.
    Shape,
}

/// Everything that a text could be, at most [`limits::CLAIMS`].
pub fn of(text: &str, elements: &[Element]) -> Vec<Claim> {
    let keys = elements.iter().filter(|element| element.check_digit).take(limits::CLAIMS);
    let mut claims = Vec::with_capacity(keys.clone().count());
    claims.extend(keys.map(|key| claim(ClaimKind::Gs1, key.value.clone(), Checked::CheckDigit)));
    let whole = text.trim();
    if let Some(url) = url(whole) {
        claims.push(claim(ClaimKind::Url, url.to_owned(), Checked::Shape));
        claims.truncate(limits::CLAIMS);
        return claims;
    }
    let mut parts = whole.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | '|' | '\u{1d}')
    });
    while claims.len() < limits::CLAIMS
        && let Some(part) = parts.next()
    {
        if let Some(found) = declaration(part).or_else(|| container_number(part)) {
            let room = limits::CLAIMS - claims.len();
            if claims.len() == claims.capacity() {
                claims.reserve_exact(room.min(1 + parts.clone().take(room).count()));
            }
            claims.push(found);
        }
    }
    if claims.is_empty() {
        claims.extend(container_number(whole));
    }
    if claims.is_empty()
        && elements.is_empty()
        && !is_misread_container(whole)
        && let Some(folded) = folded(whole)
    {
        let text = folded.as_slice();
        let shapes = [
            (is_article(text), ClaimKind::Gs1, Checked::CheckDigit),
            (is_plate(text), ClaimKind::Plate, Checked::Shape),
            (is_seal(text), ClaimKind::Seal, Checked::Shape),
        ];
        claims.extend(shapes.into_iter().filter(|(is, ..)| *is).map(|(_, kind, checked)| {
            claim(kind, String::from_utf8_lossy(text).into_owned(), checked)
        }));
    }
    claims
}

fn claim(kind: ClaimKind, value: String, checked: Checked) -> Claim {
    Claim { kind, value, checked, suggested_for: None }
}

/// Thirteen digits of an EAN, or eight.
fn is_article(text: &[u8]) -> bool {
    matches!(text.len(), 8 | 13 | 14) && gs1::has_check_digit(text)
}

fn url(text: &str) -> Option<&str> {
    let scheme = ["http://", "https://", "HTTP://", "HTTPS://"];
    let rest = scheme.iter().find_map(|scheme| text.strip_prefix(scheme))?;
    (!rest.is_empty() && !text.contains(char::is_whitespace) && text.len() <= limits::URI_CHARS)
        .then_some(text)
}

/// `55302/200126/0012345`: the office, the day, the number of that year; a list number may follow.
fn declaration(part: &str) -> Option<Claim> {
    let mut fields = part.split('/');
    let (office, date, serial) = (fields.next()?, fields.next()?, fields.next()?);
    let list = fields.next();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let shape = fields.next().is_none()
        && matches!(office.len(), 2 | 5 | 8)
        && digits(office)
        && date.len() == 6
        && digits(date)
        && serial.len() <= 7
        && digits(serial)
        && list.is_none_or(|list| list.len() <= 3 && digits(list));
    let two = |from: usize| date.get(from..from + 2)?.parse::<i8>().ok();
    let is_day = |date: Option<(i8, i8, i8)>| {
        date.is_some_and(|(day, month, year)| Date::new(2000 + i16::from(year), month, day).is_ok())
    };
    let date = two(0).and_then(|day| Some((day, two(2)?, two(4)?)));
    (shape && is_day(date)).then(|| claim(ClaimKind::Declaration, part.to_owned(), Checked::Date))
}

fn container_number(text: &str) -> Option<Claim> {
    match container::look(text) {
        Container::Sound(number) => Some(claim(ClaimKind::Container, number, Checked::CheckDigit)),
        Container::Suggested(number) => Some(Claim {
            suggested_for: Some(text.to_owned()),
            ..claim(ClaimKind::Container, number, Checked::CheckDigit)
        }),
        Container::WrongDigit(_) | Container::Other => None,
    }
}

fn is_misread_container(text: &str) -> bool {
    matches!(container::look(text), Container::WrongDigit(_))
}

/// Capitals without blanks and dashes, with the Cyrillic letters of plates made Latin. `None` if other letters are left, or more characters than any
/// shape here has.
fn folded(text: &str) -> Option<Few<u8, LONGEST_SHAPE>> {
    let mut folded = Few::new();
    let letters = text.chars().take(limits::TEXT_CHARS);
    for letter in letters.filter(|letter| !letter.is_whitespace() && *letter != '-') {
        if letter.is_ascii() {
            folded.push(u8::try_from(letter).ok()?.to_ascii_uppercase());
            continue;
        }
        for capital in letter.to_uppercase() {
            folded.push(latin(capital)?);
        }
    }
    (!folded.is_over()).then_some(folded)
}

/// The Latin letter that looks like this capital.
fn latin(capital: char) -> Option<u8> {
    Some(match capital {
        'А' => b'A',
        'В' => b'B',
        'Е' => b'E',
        'К' => b'K',
        'М' => b'M',
        'Н' => b'H',
        'О' => b'O',
        'Р' => b'P',
        'С' => b'C',
        'Т' => b'T',
        'У' => b'Y',
        'Х' => b'X',
        other => u8::try_from(other).ok().filter(u8::is_ascii)?,
    })
}

/// Plates of Kazakhstan and its neighbours: `9` a digit, `A` a letter, anything else itself.
const PLATES: [&str; 17] = [
    "999AAA99",
    "999AA99",
    "99AAA99",
    "99AA99",
    "A999AAA",
    "A999AA",
    "A999999",
    "A999AA99",
    "A999AA999",
    "AA999999",
    "AA9999999",
    "99A999AA",
    "99999AAA",
    "99AA9999",
    "99KG999AAA",
    "99KG999AA",
    "9999AA99",
];

fn is_plate(text: &[u8]) -> bool {
    PLATES.iter().any(|shape| {
        shape.len() == text.len()
            && shape.bytes().zip(text).all(|(wanted, is)| match wanted {
                b'9' => is.is_ascii_digit(),
                b'A' => is.is_ascii_uppercase(),
                other => *is == other,
            })
    })
}

/// Letters and digits of what could be a seal.
const SEAL_LETTERS: usize = 5;
const SEAL_DIGITS: RangeInclusive<usize> = 5..=12;
/// The longest of these shapes is a seal's.
const LONGEST_SHAPE: usize = SEAL_LETTERS + *SEAL_DIGITS.end();

/// Up to five letters and five to twelve digits: what most numbers of seals look like (assumed; ISO 17712 fixes none).
fn is_seal(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (_, digits) = text.split_at(letters);
    letters <= SEAL_LETTERS
        && SEAL_DIGITS.contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
}
