//! Takes out of a tape whose vehicle, seal, document and place it was, so that what a device said can be handed to somebody else.
//!
//! What is replaced has another value of the same shape, everywhere the same ([`Substitutes`]), and check digits and check sums fit, so that the
//! tape decodes to as many readings of the same kinds. Masses, radiation and the moments at which bytes came are not touched.
//!
//! It keeps nothing that it does not understand. What no decoder reads is dropped and counted; a frame that cannot be said again is dropped and
//! counted; a dialect whose documents hold more than is read here is refused ([`Treatment`]). At the end what was written is decoded and compared,
//! and searched for every original; if anything does not hold, nothing is written.
//!
//! Deliberately absent: a promise that nobody can be found. Times stay, and who has the journal of the checkpoint can put a passage to a time.

mod documents;
mod scans;
mod seals;
mod spans;
mod substitutes;
mod treatment;

use std::collections::{BTreeMap, BTreeSet};

use firmware_protocols::{Decoder, Dialect, Reading, Settings};
use serde_json::Value;

use self::spans::Span;
pub(crate) use self::substitutes::unhex;
pub use self::substitutes::{Substitutes, What};
pub use self::treatment::Treatment;
use crate::tape::Record;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Readings, as many before as after.
    pub readings: u64,
    /// How many of each were replaced by another.
    pub replaced: BTreeMap<What, u64>,
    /// What no decoder read, by the kind of its fault.
    pub faults: BTreeMap<&'static str, u64>,
    /// Bytes of that.
    pub undecoded_bytes: u64,
    /// Readings that could not be said again, and were dropped.
    pub dropped: u64,
}

/// A tape that cannot be anonymised. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnonymiseError {
    /// Its dialect holds more than is read here.
    #[error("a tape of {dialect} is not anonymised: {why}")]
    Refused {
        /// Which.
        dialect: Dialect,
        /// What would stay in it.
        why: &'static str,
    },
    /// What came out does not say the same.
    #[error(
        "{dialect}: what would be written does not decode to the same readings, from reading {reading} on; nothing was written"
    )]
    Changed {
        /// Of which dialect.
        dialect: Dialect,
        /// Which reading, from 1.
        reading: usize,
    },
    /// An original is in what came out. It is not shown.
    #[error(
        "{dialect}: an original of {length} characters would still be in what is written; nothing was written"
    )]
    Leak {
        /// Of which dialect.
        dialect: Dialect,
        /// Its length.
        length: usize,
    },
    /// There are more originals of a shape than that shape has texts.
    #[error(
        "too many short numbers: there are not enough others of their shape; nothing was written"
    )]
    NoneLeft,
}

/// A tape and how its device is set.
#[derive(Debug)]
pub struct Tape<'a> {
    /// How it speaks.
    pub dialect: Dialect,
    /// How it is set.
    pub settings: &'a Settings,
    /// What came.
    pub records: &'a [Record],
}

/// Anonymises tapes together, so that a plate that two devices saw is the same afterwards. The same seed gives the same tapes.
pub fn anonymise(
    tapes: &[Tape<'_>],
    seed: u64,
) -> Result<Vec<(Vec<Record>, Report)>, AnonymiseError> {
    for tape in tapes {
        if let Treatment::Refused(why) = Treatment::of(tape.dialect) {
            return Err(AnonymiseError::Refused { dialect: tape.dialect, why });
        }
    }
    // What is an original is known when all has been read: a substitute that was drawn before may be one.
    let mut known = BTreeSet::new();
    for attempt in 0..ATTEMPTS {
        let mut with = Substitutes::new(seed.wrapping_add(attempt), known);
        let mut done = Vec::new();
        for tape in tapes {
            let before = with.counts.clone();
            let (records, mut report) = tape.said_again(&mut with)?;
            report.replaced = since(&before, &with.counts);
            done.push((records, report));
        }
        if !with.collided() {
            for (tape, (records, _)) in tapes.iter().zip(&done) {
                tape.search(records, &with)?;
            }
            return Ok(done);
        }
        known = with.originals().clone();
    }
    Err(AnonymiseError::NoneLeft)
}

fn since(before: &BTreeMap<What, u64>, after: &BTreeMap<What, u64>) -> BTreeMap<What, u64> {
    let new = |(what, count): (&What, &u64)| {
        let count = count - before.get(what).copied().unwrap_or_default();
        (count > 0).then_some((*what, count))
    };
    after.iter().filter_map(new).collect()
}

impl Tape<'_> {
    fn said_again(&self, with: &mut Substitutes) -> Result<(Vec<Record>, Report), AnonymiseError> {
        let Tape { dialect, settings, records } = self;
        let (spans, mut report) = spans::spans(*dialect, settings, records);
        let mut said = Vec::new();
        let mut readings: Vec<Reading> = Vec::new();
        for span in spans {
            let count = u64::try_from(span.readings.len()).unwrap_or(u64::MAX);
            let frame = match Treatment::of(*dialect) {
                Treatment::Nothing => Some(span.bytes.clone()),
                Treatment::Replaced(_) => treatment::said_again(*dialect, settings, &span, with)
                    .filter(|frame| self.says_the_same(&span, frame)),
                Treatment::Refused(why) => {
                    return Err(AnonymiseError::Refused { dialect: *dialect, why });
                }
            };
            match frame {
                Some(frame) => {
                    report.readings += count;
                    said.push(Record { at_us: span.at_us, bytes: frame });
                    readings.extend(span.readings);
                }
                None => report.dropped += count,
            }
        }
        if Treatment::of(*dialect) == Treatment::Nothing && report.faults.is_empty() {
            return Ok((records.to_vec(), report));
        }
        self.compare(&said, &readings)?;
        Ok((said, report))
    }

    /// Whether a frame says by itself as much as the one it stands for. EGTS remembers who is at the other end, and is compared as a whole.
    fn says_the_same(&self, span: &Span, frame: &[u8]) -> bool {
        if self.dialect == Dialect::Egts {
            return true;
        }
        let mut decoder = Decoder::with(self.dialect, self.settings);
        let mut items = decoder.decode(frame);
        items.extend(decoder.paused());
        let outlines = |readings: &[Reading]| -> Vec<Value> {
            readings.iter().map(|reading| outline(self.dialect, reading)).collect()
        };
        let readings: Option<Vec<Reading>> = items.into_iter().map(Result::ok).collect();
        readings.is_some_and(|readings| outlines(&readings) == outlines(&span.readings))
            && decoder.reset().is_none()
    }

    /// What was written decodes to the same readings but for what was replaced, and to no fault.
    fn compare(&self, said: &[Record], readings: &[Reading]) -> Result<(), AnonymiseError> {
        let (spans, report) = spans::spans(self.dialect, self.settings, said);
        let again: Vec<&Reading> = spans.iter().flat_map(|span| &span.readings).collect();
        let same = |(one, other): (&&Reading, &Reading)| {
            outline(self.dialect, one) == outline(self.dialect, other)
        };
        let differs = again.iter().zip(readings).position(|pair| !same(pair));
        let reading = differs.or_else(|| {
            (again.len() != readings.len() || !report.faults.is_empty())
                .then(|| again.len().min(readings.len()))
        });
        match reading {
            Some(reading) => {
                Err(AnonymiseError::Changed { dialect: self.dialect, reading: reading + 1 })
            }
            None => Ok(()),
        }
    }

    /// Looks for originals in what was written: as they are written, as capitals and digits, and as the bytes that their digits stand for.
    fn search(&self, said: &[Record], with: &Substitutes) -> Result<(), AnonymiseError> {
        let bytes: Vec<u8> = said.iter().flat_map(|record| record.bytes.iter().copied()).collect();
        let capitals = String::from_utf8_lossy(&bytes).to_uppercase().into_bytes();
        let mut by_length: BTreeMap<usize, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for original in with.originals() {
            let digits = original.bytes().all(|byte| byte.is_ascii_digit());
            let telling = if digits { TELLING_DIGITS } else { TELLING_LETTERS };
            if original.chars().count() < telling {
                continue;
            }
            let packed = unhex(original).filter(|packed| packed.len() >= PACKED_BYTES);
            for needle in [Some(original.as_bytes().to_vec()), packed].into_iter().flatten() {
                by_length.entry(needle.len()).or_default().insert(needle);
            }
        }
        for (length, needles) in by_length {
            let found = |hay: &[u8]| hay.windows(length).any(|window| needles.contains(window));
            if found(&capitals) || found(&bytes) {
                return Err(AnonymiseError::Leak { dialect: self.dialect, length });
            }
        }
        Ok(())
    }
}

/// What must be the same before and after: of a dialect in which nothing is replaced, everything; else the kinds, numbers and switches, and that
/// there is a text where one was.
fn outline(dialect: Dialect, reading: &Reading) -> Value {
    // Readings have no keys that JSON has not.
    let mut value = serde_json::to_value(reading).unwrap_or_default();
    let whole = matches!(Treatment::of(dialect), Treatment::Nothing)
        || matches!(reading, Reading::Weight(_));
    draw(&mut value, whole);
    value
}

fn draw(value: &mut Value, whole: bool) {
    match value {
        Value::String(text) if !whole => text.clear(),
        Value::Array(values) => values.iter_mut().for_each(|value| draw(value, whole)),
        Value::Object(keys) => {
            // The frame as it came.
            keys.remove("raw");
            if !whole {
                REPLACED_KEYS.iter().for_each(|key| drop(keys.remove(*key)));
            }
            for (key, value) in keys.iter_mut() {
                draw(value, whole || KEPT_KEYS.contains(&key.as_str()));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Places, which are replaced; further fields and pictures, of which some go.
const REPLACED_KEYS: [&str; 4] = ["latitude_microdeg", "longitude_microdeg", "fields", "pictures"];
/// Moments, and words that say of what kind a thing is.
const KEPT_KEYS: [&str; 14] = [
    "device_time",
    "relayed_at",
    "first_seen",
    "started",
    "ended",
    "at",
    "kind",
    "checked",
    "form",
    "symbology",
    "aim",
    "ai",
    "command",
    "said",
];
/// So often the drawing begins anew because a substitute turned out to be an original.
const ATTEMPTS: u64 = 5;
/// A text with letters that is shorter is found everywhere, as `2A` is.
const TELLING_LETTERS: usize = 5;
/// A number that is shorter is found in times and masses.
const TELLING_DIGITS: usize = 8;
/// Digits packed into fewer bytes are found anywhere.
const PACKED_BYTES: usize = 5;
