//! What stands for what: for each number, name and place of a person, a vehicle, a consignment, another of the same shape.
//!
//! One original has one substitute wherever it occurs, however it is written (capitals, blanks, dashes), so that what belonged together still
//! does. Two originals never share one, and none is an original itself. A check digit of a container fits again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use firmware_protocols::scanner::container::{self, Container};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use units::Microdegrees;

/// What kind of thing is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// Registration plates.
    Plate,
    /// Numbers of containers.
    Container,
    /// Numbers of seals and of their terminals.
    Seal,
    /// EPCs of tags.
    Tag,
    /// Cards that were held to locks.
    Card,
    /// Numbers of declarations.
    Declaration,
    /// Names of people.
    Person,
    /// Numbers of travel documents, and what their issuers added.
    Document,
    /// Days of birth and of expiry.
    Day,
    /// Places on the globe.
    Place,
    /// What was scanned.
    Code,
    /// Names of files, pictures, messages, cameras, operators, and words that people wrote.
    Name,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::Plate => "plates",
            What::Container => "containers",
            What::Seal => "seals",
            What::Tag => "tags",
            What::Card => "cards",
            What::Declaration => "declarations",
            What::Person => "persons' names",
            What::Document => "document numbers",
            What::Day => "days of documents",
            What::Place => "places",
            What::Code => "codes",
            What::Name => "names and words",
        })
    }
}

/// Draws substitutes and remembers them.
#[derive(Debug)]
pub struct Substitutes {
    random: StdRng,
    texts: HashMap<String, String>,
    days: HashMap<String, String>,
    places: HashMap<(i32, i32), (i32, i32)>,
    /// No two originals share one.
    drawn: HashSet<String>,
    /// Folded, and as they were written.
    originals: BTreeSet<String>,
    /// How many there were of each.
    pub counts: BTreeMap<What, u64>,
}

impl Substitutes {
    /// Substitutes that are not among `originals`, as far as these are known. The same seed draws the same ones.
    pub fn new(seed: u64, originals: BTreeSet<String>) -> Substitutes {
        Substitutes {
            random: StdRng::seed_from_u64(seed),
            texts: HashMap::new(),
            days: HashMap::new(),
            places: HashMap::new(),
            drawn: HashSet::new(),
            originals,
            counts: BTreeMap::new(),
        }
    }

    /// Everything that was replaced, folded and as it was written, in capitals.
    pub fn originals(&self) -> &BTreeSet<String> {
        &self.originals
    }

    /// Whether a substitute that was drawn early turned out to be an original.
    pub fn collided(&self) -> bool {
        self.drawn.iter().any(|drawn| self.originals.contains(drawn))
    }

    /// A text of the same shape. `None` if there is no other of this shape left.
    pub fn text(&mut self, what: What, original: &str) -> Option<String> {
        self.text_that(what, original, |_| true)
    }

    /// A text of the same shape that is accepted.
    pub fn text_that(
        &mut self,
        what: What,
        original: &str,
        accept: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let folded = fold(original);
        if folded.is_empty() {
            return Some(original.to_owned());
        }
        self.originals.insert(original.trim().to_uppercase());
        if let Some(known) = self.texts.get(&folded) {
            let text = laid_out(original, known);
            return accept(&text).then_some(text);
        }
        self.originals.insert(folded.clone());
        let kept = kept(original, &folded);
        for _ in 0..TRIES {
            let drawn = self.drawn_like(&folded, &kept);
            let text = laid_out(original, &drawn);
            if self.is_free(&folded, &drawn) && accept(&text) {
                self.remember(what, folded, drawn);
                return Some(text);
            }
        }
        None
    }

    /// A number of as many digits.
    pub fn number(&mut self, what: What, original: u32) -> Option<u32> {
        let is_number = |text: &str| text.parse::<u32>().is_ok_and(|n| n.to_string() == text);
        self.text_that(what, &original.to_string(), is_number)?.parse().ok()
    }

    /// As many bytes; the first stays, for it tells what kind of number follows.
    pub fn bytes(&mut self, what: What, original: &[u8]) -> Option<Vec<u8>> {
        let folded: String = original.iter().map(|byte| format!("{byte:02X}")).collect();
        if !self.texts.contains_key(&folded) {
            self.originals.insert(folded.clone());
            let (first, rest) = folded.split_at_checked(2)?;
            let mut tries = 0..TRIES;
            let drawn = loop {
                tries.next()?;
                let drawn: String = rest
                    .chars()
                    .map(|_| char::from_digit(self.random.random_range(0..16), 16).unwrap_or('0'))
                    .collect();
                let drawn = format!("{first}{}", drawn.to_ascii_uppercase());
                if self.is_free(&folded, &drawn) {
                    break drawn;
                }
            };
            self.remember(what, folded.clone(), drawn);
        }
        unhex(self.texts.get(&folded)?)
    }

    /// A place somewhere else, on the same side of the equator and of Greenwich.
    pub fn place(
        &mut self,
        latitude: Microdegrees,
        longitude: Microdegrees,
    ) -> (Microdegrees, Microdegrees) {
        let original = (latitude.0, longitude.0);
        let (random, counts) = (&mut self.random, &mut self.counts);
        let (latitude, longitude) = *self.places.entry(original).or_insert_with(|| {
            *counts.entry(What::Place).or_default() += 1;
            let mut away = |from: i32, most: i32| {
                let size = random.random_range(10_000_000..most);
                if from < 0 { -size } else { size }
            };
            (away(original.0, 60_000_000), away(original.1, 170_000_000))
        });
        (Microdegrees(latitude), Microdegrees(longitude))
    }

    /// Another day, `YYMMDD`; parts that are not known stay so. Of a day in the future the year stays: whether a document is valid does not change.
    pub fn day(&mut self, original: &str, keep_year: bool) -> String {
        if let Some(known) = self.days.get(original) {
            return known.clone();
        }
        let part = |from: usize, drawn: i32, keep: bool| match original.get(from..from + 2) {
            Some(known) if keep || known == "<<" => known.to_owned(),
            _ => format!("{drawn:02}"),
        };
        let mut tries = 0..DAY_TRIES;
        let drawn = loop {
            let year = part(0, self.random.random_range(50..100), keep_year);
            let month = part(2, self.random.random_range(1..13), false);
            let drawn = [year, month, part(4, self.random.random_range(1..29), false)].concat();
            // Of a day of which nothing is known there is no other.
            if drawn != original || tries.next().is_none() {
                break drawn;
            }
        };
        *self.counts.entry(What::Day).or_default() += 1;
        self.days.insert(original.to_owned(), drawn.clone());
        drawn
    }

    fn is_free(&self, folded: &str, drawn: &str) -> bool {
        folded != drawn && !self.drawn.contains(drawn) && !self.originals.contains(drawn)
    }

    fn remember(&mut self, what: What, folded: String, drawn: String) {
        *self.counts.entry(what).or_default() += 1;
        self.drawn.insert(drawn.clone());
        self.texts.insert(folded, drawn);
    }

    fn drawn_like(&mut self, folded: &str, kept: &[bool]) -> String {
        let mut drawn: Vec<char> = folded
            .chars()
            .zip(kept)
            .map(|(character, kept)| match character {
                kept_one if *kept => kept_one,
                '0'..='9' => char::from_digit(self.random.random_range(0..10), 10).unwrap_or('0'),
                'A'..='Z' => self.random.random_range('A'..='Z'),
                // Another alphabet: at the border it is the Cyrillic one.
                _ => self.random.random_range('А'..='Я'),
            })
            .collect();
        if matches!(container::look(folded), Container::Sound(_)) {
            let text: String = drawn.iter().collect();
            let right = container::check_digit(text.as_bytes());
            drawn.pop();
            drawn.push(char::from_digit(right.into(), 10).unwrap_or('0'));
        }
        drawn.into_iter().collect()
    }
}

/// Capitals and digits alone: how a text is compared with others.
fn fold(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).map(capital).collect()
}

fn capital(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    }
}

/// The folded text in the layout of the original: its blanks and dashes, its small letters.
fn laid_out(original: &str, folded: &str) -> String {
    let mut letters = folded.chars();
    original
        .chars()
        .map(|there| match there.is_alphanumeric().then(|| letters.next()).flatten() {
            Some(letter) if there.is_lowercase() => letter.to_lowercase().next().unwrap_or(letter),
            Some(letter) => letter,
            None => there,
        })
        .collect()
}

/// What stays of a text, place by place: the first digit of a long number, the kind of a container, office and day of a declaration.
fn kept(original: &str, folded: &str) -> Vec<bool> {
    let length = folded.chars().count();
    let digits = folded.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = original.split('/').collect();
    let places = match parts.as_slice() {
        [office, day, _serial, ..] if digits && day.len() == 6 => 0..office.len() + day.len(),
        _ if matches!(container::look(folded), Container::Sound(_)) => 3..4,
        _ if digits && length >= LONG_NUMBER => 0..1,
        _ => 0..0,
    };
    (0..length).map(|place| places.contains(&place)).collect()
}

/// Bytes of hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    let byte = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    Some(digits.chunks_exact(2).map(byte).collect())
}

/// A shape for which nothing is found in so many draws has nothing left.
const TRIES: usize = 2000;
const DAY_TRIES: u32 = 20;
/// The first digit of a number as long as this tells its kind (a seal of the long form, the number of digits), and little of itself.
const LONG_NUMBER: usize = 4;
