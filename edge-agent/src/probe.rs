//! `edge-agent probe`: listens on a line and tells what may be speaking there, and how the line is set.
//!
//! It never sends a byte: a wrong one can tare or zero a scale. A serial line is opened with one setting after another, a connection or a
//! recording is heard as it is; [`firmware_protocols::recognise`] judges what came. What is told is a guess with its reasons. It becomes a
//! device when a person has put it into the configuration, for which a block is made ready ([`Outcome::block`]).
//!
//! Deliberately absent: asking. A device that says nothing unasked is silent here, and the answer says which dialects are such.

mod block;
mod line;
mod port;

use std::io;
use std::time::Duration;

use firmware_protocols::recognise::{Guess, Recognition};
use firmware_protocols::{Dialect, limits, recognise};
use serde::Serialize;

pub use self::block::Block;
pub use self::line::{LineSettings, NoSettings, USUAL, settings_of};
pub use self::port::{NoPort, Open, Opener, Port};
use crate::clock::Clock;

/// What was heard with one setting of the line.
#[derive(Debug, Serialize)]
pub struct Heard {
    /// How the line was open; nothing for what is no serial line.
    pub line: Option<LineSettings>,
    /// What came, at most [`limits::RECOGNISE_BYTES`].
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// What that may be.
    pub recognition: Recognition,
}

/// What a listening came to.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// With each setting that was listened with, the likeliest first.
    pub heard: Vec<Heard>,
}

/// How it is listened.
#[derive(Debug, Clone)]
pub struct Patience {
    /// So long with each setting.
    pub listen: Duration,
    /// Whether it ends as soon as a guess is certain enough.
    pub until_certain: bool,
}

/// Listens with one setting after another. What is done is told to `progress`, in words.
pub fn listen(
    opener: &mut dyn Opener,
    lines: &[Option<LineSettings>],
    patience: &Patience,
    clock: &Clock,
    mut progress: impl FnMut(&str),
) -> io::Result<Outcome> {
    let (mut heard, mut refused) = (Vec::new(), None);
    for line in lines {
        if let Some(line) = line {
            progress(&format!("{line}: listening for {} s", patience.listen.as_secs()));
        }
        let bytes = match opener
            .open(line.as_ref())
            .and_then(|mut open| hear(&mut open, patience, clock))
        {
            Ok(bytes) => bytes,
            // An adapter may not have every speed; what was heard at others counts.
            Err(error) if line.is_some() && lines.len() > 1 => {
                progress(&format!("passed over: {error}"));
                refused = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        let recognition = recognise(&bytes);
        let best = recognition.guesses.first().map_or("no dialect", |guess| guess.dialect.name());
        let with = line.map(|line| format!("{line}: ")).unwrap_or_default();
        progress(&format!("{with}{} bytes, {best}", bytes.len()));
        let certain = is_certain(&recognition);
        heard.push(Heard { line: *line, bytes, recognition });
        if certain && patience.until_certain {
            break;
        }
    }
    if let Some(error) = refused.filter(|_| heard.is_empty()) {
        return Err(error);
    }
    // Stable: among settings that tell as much, the one that is met most.
    heard.sort_by_key(|heard| core::cmp::Reverse(heard.likelihood()));
    Ok(Outcome { heard })
}

fn hear(open: &mut Open, patience: &Patience, clock: &Clock) -> io::Result<Vec<u8>> {
    let began = clock.moment().since_start;
    let (mut bytes, mut judged) = (Vec::new(), 0);
    let mut buffer = [0; READ_BYTES];
    while bytes.len() < limits::RECOGNISE_BYTES {
        let passed = clock.moment().since_start.saturating_sub(began);
        if !open.ends && passed >= patience.listen {
            break;
        }
        match open.from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            Err(error) if is_pause(&error) => {}
            Err(error) => return Err(error),
        }
        // To judge is work: what has doubled is judged again.
        if patience.until_certain && !open.ends && bytes.len() >= (2 * judged).max(JUDGED_BYTES) {
            judged = bytes.len();
            if is_certain(&recognise(&bytes)) {
                break;
            }
        }
    }
    bytes.truncate(limits::RECOGNISE_BYTES);
    Ok(bytes)
}

/// Nothing came for a moment.
fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Whether the first guess needs no more bytes: it alone explains nearly all of them, and there are enough that chance does not.
pub fn is_certain(recognition: &Recognition) -> bool {
    let [first, others @ ..] = recognition.guesses.as_slice() else { return false };
    let alone = others.iter().all(|other| !other.equal_to_first);
    let enough = if first.checked * 2 > first.frames {
        first.frames >= CHECKED_FRAMES
    } else {
        first.frames >= UNCHECKED_FRAMES
    };
    alone && enough && first.is_choosy() && first.explained_permille >= NEARLY_ALL_PERMILLE
}

impl Heard {
    /// Something that a dialect explains, then something at all, then nothing.
    fn likelihood(&self) -> impl Ord + use<> {
        (self.recognition.guesses.first().map(Guess::likelihood), !self.bytes.is_empty())
    }

    /// How the line is to be set for this guess: with seven bits, if it needed them.
    fn line_for(&self, guess: &Guess) -> Option<LineSettings> {
        let line = self.line?;
        Some(if guess.seven_bits { line.with_seven_bits(&self.recognition.hints) } else { line })
    }
}

impl Outcome {
    /// Where most was explained, if anything came.
    pub fn best(&self) -> Option<&Heard> {
        self.heard.first().filter(|heard| !heard.bytes.is_empty())
    }

    /// The likeliest dialect.
    pub fn guess(&self) -> Option<&Guess> {
        self.best()?.recognition.guesses.first()
    }

    /// A device for the configuration, as far as the likeliest guess and the port tell it.
    pub fn block(&self, port: &Port) -> Option<Block> {
        let (best, guess) = (self.best()?, self.guess()?);
        Block::of(port, best.line_for(guess), guess)
    }
}

/// The dialects whose devices say nothing until they are asked.
pub fn asked() -> impl Iterator<Item = Dialect> {
    Dialect::ALL.iter().copied().filter(|dialect| dialect.has_to_be_asked())
}

/// Read at once.
const READ_BYTES: usize = 4096;
/// Fewer bytes are not judged before the time is over.
const JUDGED_BYTES: usize = 64;
/// Three check sums in a row do not fit by chance.
const CHECKED_FRAMES: u32 = 3;
/// Frames without a check sum prove less.
const UNCHECKED_FRAMES: u32 = 8;
const NEARLY_ALL_PERMILLE: u16 = 980;
