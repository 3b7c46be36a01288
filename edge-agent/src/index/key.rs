//! How a number is written in the index, so that it is found however it was typed.
//!
//! ```text
//!   kind (1 byte) | folded text, upper case | 0 | visit, inverted, highest byte first (8 bytes)
//! ```
//!
//! The zero puts an exact match before longer numbers; the inversion puts the newest visit first.

use checkpoint::ids::VisitId;

use super::Number;

/// What a number is the number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A vehicle's or trailer's registration plate.
    Plate,
    /// A freight container, ISO 6346.
    Container,
    /// A seal.
    Seal,
    /// A waybill.
    Waybill,
    /// A declaration, permit or any other document.
    Document,
    /// An act that was drawn up here.
    Act,
}

const KINDS: [(Kind, u8); 6] = [
    (Kind::Plate, 1),
    (Kind::Container, 2),
    (Kind::Seal, 3),
    (Kind::Waybill, 4),
    (Kind::Document, 5),
    (Kind::Act, 6),
];

/// A number as it is compared: upper case, letters and digits only, and the Cyrillic letters that look like Latin
/// ones turned into those. A plate is read by cameras and typed by people, and neither knows which В it is.
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            'А' => 'A',
            'В' => 'B',
            'Е' => 'E',
            'К' => 'K',
            'М' => 'M',
            'Н' => 'H',
            'О' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Т' => 'T',
            'У' => 'Y',
            'Х' => 'X',
            other => other,
        })
        .take(TEXT_LIMIT)
        .collect()
}

/// A key of the index, or the beginning of some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) Vec<u8>);

impl Key {
    /// The key of a number; none if nothing of its text is left after folding.
    pub(super) fn of(number: &Number) -> Option<Key> {
        let text = fold(&number.text);
        if text.is_empty() {
            return None;
        }
        let mut key = vec![byte_of(number.kind)];
        key.extend_from_slice(text.as_bytes());
        key.push(0);
        key.extend_from_slice(&(!number.visit.0).to_be_bytes());
        Some(Key(key))
    }

    /// The beginnings of all keys that a lookup means; none for an empty text.
    pub(super) fn prefixes(kind: Option<Kind>, text: &str) -> Vec<Key> {
        let text = fold(text);
        let wanted = |of: &Kind| !text.is_empty() && kind.is_none_or(|kind| kind == *of);
        KINDS
            .iter()
            .filter(|(of, _)| wanted(of))
            .map(|(_, byte)| Key([&[*byte], text.as_bytes()].concat()))
            .collect()
    }

    /// The number that a key stands for; none if it is not a key of this form.
    pub(super) fn read(key: &[u8]) -> Option<Number> {
        let (byte, rest) = key.split_first()?;
        let (rest, visit) = rest.split_last_chunk()?;
        let (zero, text) = rest.split_last()?;
        let (kind, _) = KINDS.iter().find(|(_, of)| of == byte)?;
        let text = std::str::from_utf8(text).ok().filter(|_| *zero == 0)?.to_owned();
        Some(Number { kind: *kind, text, visit: VisitId(!u64::from_be_bytes(*visit)) })
    }
}

fn byte_of(kind: Kind) -> u8 {
    match kind {
        Kind::Plate => 1,
        Kind::Container => 2,
        Kind::Seal => 3,
        Kind::Waybill => 4,
        Kind::Document => 5,
        Kind::Act => 6,
    }
}

/// Longer numbers are compared by their beginning.
const TEXT_LIMIT: usize = 64;
