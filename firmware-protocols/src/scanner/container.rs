//! Numbers of freight containers by ISO 6346: four letters, six digits, a check digit: `CSQU3054383`.
//!
//! Letters count from 10 and leave out 11, 22 and 33; the n-th character counts two to the power n; the sum modulo 11 is the check digit, and a
//! remainder of 10 is written 0 (trust: H). A letter where a digit belongs is repaired in one way at most (O is 0, I is 1, S is 5, B is 8, Z is 2; trust: A),
//! and only if the check digit then fits; what is repaired is told as suggested, never as read.
//!
//! Deliberately absent: repairs of digits, and of letters in the owner's code. More than one of them would always fit.

use alloc::string::String;

/// What a text is as the number of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Container {
    /// The number, without blanks and dashes; its check digit fits.
    Sound(String),
    /// Read so, and with letters taken for digits its check digit fits.
    Suggested(String),
    /// It has the shape of one, and its check digit would be this.
    WrongDigit(u8),
    /// Something else.
    Other,
}

/// Looks at a text of at most one number.
pub fn look(text: &str) -> Container {
    let mut number = [0_u8; 11];
    let mut length = 0;
    for character in text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')) {
        let Some(place) = number.get_mut(length) else { return Container::Other };
        *place = character.to_ascii_uppercase();
        length += 1;
    }
    let [o1, o2, o3, category, digits @ ..] = number;
    let owner = [o1, o2, o3].iter().all(u8::is_ascii_uppercase);
    if length != 11 || !owner || !matches!(category, b'U' | b'J' | b'Z') {
        return Container::Other;
    }
    let as_read = digits.iter().all(u8::is_ascii_digit);
    let mut repaired = number;
    for digit in repaired.iter_mut().skip(4) {
        match repair(*digit) {
            Some(better) => *digit = better,
            None => return Container::Other,
        }
    }
    let right = check_digit(&repaired);
    let fits = repaired.last() == Some(&(b'0' + right));
    let text = || String::from_utf8_lossy(&repaired).into_owned();
    match (as_read, fits) {
        (true, true) => Container::Sound(text()),
        (false, true) => Container::Suggested(text()),
        (true, false) => Container::WrongDigit(right),
        (false, false) => Container::Other,
    }
}

/// The digit that a character in a digit's place stands for.
fn repair(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character),
        b'O' => Some(b'0'),
        b'I' => Some(b'1'),
        b'S' => Some(b'5'),
        b'B' => Some(b'8'),
        b'Z' => Some(b'2'),
        _ => None,
    }
}

/// The check digit over the first ten characters, capitals and digits.
pub fn check_digit(number: &[u8]) -> u8 {
    let value = |character: u8| match char::from(character).to_digit(36) {
        Some(digit) if digit < 10 => digit,
        Some(place) => place + (place - 1) / 10,
        None => 0,
    };
    let sum: u32 = number
        .iter()
        .take(10)
        .zip(0_u32..)
        .map(|(character, place)| value(*character) << place)
        .sum();
    u8::try_from(sum % 11 % 10).unwrap_or(0)
}
