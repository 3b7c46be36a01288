//! What may be speaking on a line: bytes that were heard for some seconds, and the dialects and line settings that they fit, ranked, with reasons.
//!
//! Nothing is ever sent: a wrong byte can tare or zero a scale. Every dialect's own decoder hears the bytes, and is judged by how many of them
//! it could explain, how often a check sum fitted, and how much it would believe anyway. What no decoder explains is held against what is known of the shape of
//! frames, and against what a line sounds like that is opened with the wrong parity or speed: that gives hints for a technician, and never a number.
//!
//! Two dialects that explain the bytes equally well stay equal, and are said to be so. A dialect in which devices only answer is heard as well
//! as another, if somebody else asks on the same line.

mod line;
mod shape;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::codec::{Item, Settings};
use crate::dialect::{Decoder, Dialect, Reading};
use crate::fault::FaultKind;
use crate::limits;
use crate::weighbridge::Checksum;

pub use line::{LineHint, Parity};

/// What was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recognition {
    /// How many bytes were looked at.
    pub bytes: usize,
    /// What may be speaking, the likeliest first.
    pub guesses: Vec<Guess>,
    /// What the bytes tell of the line, and what was seen that no dialect explains.
    pub hints: Vec<LineHint>,
}

/// One dialect that may be speaking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Guess {
    /// Which.
    pub dialect: Dialect,
    /// How the device is set, where that is not as usual.
    pub settings: Settings,
    /// Whether the top bit of every byte had to be taken for a parity.
    pub seven_bits: bool,
    /// How many frames were read.
    pub frames: u32,
    /// How many of them were protected by a check sum that fitted.
    pub checked: u32,
    /// How many faults there were, but for those at the beginning and at the end.
    pub faults: u32,
    /// Of a thousand bytes, how many are explained.
    pub explained_permille: u16,
    /// Whether it is as likely as the first.
    pub equal_to_first: bool,
    /// Why.
    pub reasons: Vec<String>,
}

/// What decides the order of two guesses, from what counts most.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Tenths of the bytes that are explained: a few lost bytes must not outweigh a check sum.
    tenths: u16,
    /// Whether most frames were protected by a check sum.
    checked: bool,
    /// Dialects that believe nearly anything come after those that do not.
    choosy: bool,
    permille: u16,
}

impl Guess {
    /// How likely it is next to guesses about other bytes: of two settings of one line, the one under which more is explained is the right one.
    ///
    /// Here a dialect that believes nearly anything comes after every other, however much it explains: a wrong speed makes texts as well.
    pub fn likelihood(&self) -> impl Ord + fmt::Debug + use<> {
        (self.is_choosy(), self.rank(), self.frames)
    }

    /// Whether the dialect refuses most of what is not its own.
    pub fn is_choosy(&self) -> bool {
        shape::is_choosy(self.dialect)
    }

    fn rank(&self) -> Rank {
        Rank {
            tenths: self.explained_permille / 100,
            checked: self.checked * 2 > self.frames,
            choosy: self.is_choosy(),
            permille: self.explained_permille,
        }
    }
}

/// Tells what may be speaking. At most the first [`limits::RECOGNISE_BYTES`] are looked at.
pub fn recognise(bytes: &[u8]) -> Recognition {
    let bytes = bytes.get(..limits::RECOGNISE_BYTES).unwrap_or(bytes);
    let mut guesses = guesses(bytes, false);
    let mut hints = Vec::new();
    if let Some((parity, stripped)) = line::seven_bits(bytes) {
        let likely = self::guesses(&stripped, true);
        let best = |guesses: &[Guess]| guesses.first().map(Guess::rank);
        if best(&likely) > best(&guesses) {
            hints.push(LineHint::SevenBits { parity });
            guesses = likely;
        }
    }
    if !guesses.iter().any(|guess| shape::is_choosy(guess.dialect)) {
        hints.extend(line::unexplained(bytes));
        hints.extend(shape::seen(bytes).into_iter().map(|seen| LineHint::Seen { seen }));
    }
    Recognition { bytes: bytes.len(), guesses, hints }
}

fn guesses(bytes: &[u8], seven_bits: bool) -> Vec<Guess> {
    let mut guesses: Vec<Guess> =
        Dialect::ALL.iter().filter_map(|dialect| guess(*dialect, bytes, seven_bits)).collect();
    // Stable: among equals the order in which dialects are listed to people.
    guesses.sort_by_key(|guess| core::cmp::Reverse(guess.rank()));
    if let Some(best) = guesses.first().map(Guess::rank) {
        for guess in &mut guesses {
            guess.equal_to_first = guess.rank() == best;
        }
    }
    guesses
}

/// The best that this dialect can make of the bytes, with any of the settings that devices are met with.
fn guess(dialect: Dialect, bytes: &[u8], seven_bits: bool) -> Option<Guess> {
    let mut best: Option<Guess> = None;
    for settings in settings(dialect) {
        let guess = heard(dialect, settings, bytes, seven_bits);
        if guess.frames > 0 && best.as_ref().is_none_or(|best| guess.rank() > best.rank()) {
            best = Some(guess);
        }
    }
    best.filter(|guess| guess.explained_permille >= LEAST_PERMILLE)
}

/// A dialect that explains less than that explains nothing: half of what is heard may be noise, but not nearly all of it.
const LEAST_PERMILLE: u16 = 300;

/// As usual first, then otherwise, where the bytes can tell.
fn settings(dialect: Dialect) -> Vec<Settings> {
    let usual = Settings::default();
    let mut all = Vec::from([usual.clone()]);
    if matches!(dialect, Dialect::TensoM | Dialect::FlintecBsi) {
        all.push(Settings { checksum: Some(false), ..usual });
    } else if dialect == Dialect::Xk3190Text {
        all.push(Settings { equals_last: Some(true), ..usual });
    }
    all
}

fn heard(dialect: Dialect, settings: Settings, bytes: &[u8], seven_bits: bool) -> Guess {
    let mut decoder = Decoder::with(dialect, &settings);
    let mut items = decoder.decode(bytes);
    // A link that was opened in the middle of a frame and closed in the middle of another is no fault of the dialect.
    let mut excused = decoder.reset().map_or(0, |fault| fault.bytes);
    let (mut frames, mut checked, mut faults, mut lost) = (0_u32, 0_u32, 0_u32, 0_u32);
    for (at, item) in items.drain(..).enumerate() {
        match item {
            Ok(reading) => {
                frames += 1;
                checked += u32::from(is_checked(&reading));
            }
            item if is_named(dialect, &item) => frames += 1,
            Err(fault) if at == 0 => excused += fault.bytes,
            Err(fault) => {
                faults += 1;
                lost += fault.bytes;
            }
        }
    }
    let whole = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_sub(excused.into());
    let explained = whole.saturating_sub(lost.into()).saturating_mul(1000);
    let permille = explained.checked_div(whole).unwrap_or_default();
    Guess {
        dialect,
        settings,
        seven_bits,
        frames,
        checked,
        faults,
        explained_permille: u16::try_from(permille).unwrap_or(1000),
        equal_to_first: false,
        reasons: reasons(dialect, frames, checked, faults),
    }
}

fn is_checked(reading: &Reading) -> bool {
    matches!(reading, Reading::Weight(weighing) if weighing.checksum == Checksum::Verified)
}

/// A frame of registers is known by its check or its header, though nothing can be read in it without the site's map.
fn is_named(dialect: Dialect, item: &Item) -> bool {
    matches!(dialect, Dialect::ModbusRtu | Dialect::ModbusTcp)
        && matches!(item, Err(fault) if matches!(fault.kind, FaultKind::BadField | FaultKind::Refused))
}

fn reasons(dialect: Dialect, frames: u32, checked: u32, faults: u32) -> Vec<String> {
    let mut reasons = Vec::from([format!("{frames} frames read, {faults} faults")]);
    if checked > 0 {
        reasons.push(format!("{checked} check sums fit"));
    }
    reasons.extend(shape::of(dialect).map(String::from));
    if dialect.asker(&Settings::default()).is_some() {
        reasons.push("devices of this dialect are asked: was somebody else asking?".into());
    }
    reasons
}

impl fmt::Display for Recognition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} bytes heard", self.bytes)?;
        for (at, guess) in self.guesses.iter().enumerate() {
            let equal =
                if at > 0 && guess.equal_to_first { ", as likely as the first" } else { "" };
            let Guess { dialect, explained_permille, .. } = guess;
            let (percent, tenth) = (explained_permille / 10, explained_permille % 10);
            write!(f, "{}. {dialect}: {percent}.{tenth} % explained{equal}", at + 1)?;
            if guess.settings.checksum == Some(false) {
                f.write_str(", with settings.checksum = false")?;
            }
            if guess.settings.equals_last == Some(true) {
                f.write_str(", with settings.equals_last = true")?;
            }
            writeln!(f, "; {}", guess.reasons.join("; "))?;
        }
        for hint in &self.hints {
            writeln!(f, "hint: {hint}")?;
        }
        Ok(())
    }
}
