//! Dialect `sma`: the protocol of the Scale Manufacturers Association (Cardinal, Rice Lake, Sartorius, B-TEK).
//!
//! ```text
//! asked:    LF W CR
//! answered: LF  Z 1 G M _  ______7.650  kg_  CR      state, range, gross or net, motion, reserved, ten characters, unit of three
//!           LF ? CR   LF ! CR                        unknown command; the scale heard a wrong parity
//!           LF CAP:kg:6000:1:0 CR                    unit, capacity, step and decimals: the scale interval d
//! ```
//!
//! The printed examples of one maker lack the reserved character, so the number is read from the end. [`Master`] asks once for what the scale
//! tells of itself (`I`, then `N`), so that each weight carries its interval, and then for the weight. Lines of that kind give no reading.
//! Sources: `docs/protocols/sma.md`.
//!
//! Assumed: the last field of `CAP:` is the decimals of the step; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use rust_decimal::Decimal;
use units::MassUnit;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, ascii, bad, column, displayed, unit};
use super::{Display, Flags, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look, enclosed};

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
/// A command too: whoever sends it wants no answer any more.
const ESC: u8 = 0x1b;
/// The longest line: a list of commands.
const LONGEST: usize = 96;
/// The most lines that a scale may tell of itself.
const MOST_TOLD: u8 = 24;

/// Decodes the lines of one scale.
#[derive(Debug, Default)]
pub struct Decoder {
    frames: Frames,
    /// The scale interval, and the unit it is in, if the scale told.
    increment: Option<(MassUnit, Decimal)>,
    /// Lines that the scale told of itself, and whether the last of them came.
    told: u8,
    told_all: bool,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let Decoder { frames, increment, told, told_all } = self;
        frames.push(bytes, look, |frame| {
            let item = match frame {
                Ok([LF, line @ .., CR]) if is_told(line) => {
                    *told = told.saturating_add(1);
                    *told_all |= line.starts_with(b"END:");
                    if let Some(interval) = interval(line) {
                        *increment = Some(interval);
                    }
                    return;
                }
                Ok(frame) => decode(frame),
                Err(fault) => Err(fault),
            };
            out.push(item.map(|mut weighing| {
                weighing.flags.increment =
                    increment.filter(|(unit, _)| weighing.unit == Some(*unit)).map(|(_, d)| d);
                Reading::Weight(weighing)
            }));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.frames.cut()
    }
}

fn look(ahead: &[u8]) -> Look {
    enclosed(ahead, LF, CR, LONGEST)
}

/// `SMA:`, `TYP:`, `CAP:`, `CMD:`, `END:` and the like.
fn is_told(line: &[u8]) -> bool {
    matches!(line, [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z' | b'_', b':', ..])
}

/// `CAP:kg:6000:1:0`: unit, capacity, step, decimals.
fn interval(line: &[u8]) -> Option<(MassUnit, Decimal)> {
    let text = core::str::from_utf8(line).ok()?.strip_prefix("CAP:")?;
    let mut fields = text.split(':');
    let unit = unit(fields.next()?).ok()??;
    let (step, decimals) = (fields.nth(1)?, fields.next()?);
    let step: i64 = step.trim().parse().ok()?;
    let decimals: u32 = decimals.trim().parse().ok()?;
    (step > 0 && decimals <= 6).then(|| (unit, Decimal::new(step, decimals)))
}

/// Reads one answer, from LF to CR.
pub fn decode(frame: &[u8]) -> Result<Weighing, Fault> {
    read(frame).map_err(|(kind, detail)| Fault::new(kind, detail, frame))
}

fn read(frame: &[u8]) -> Result<Weighing, Wrong> {
    let [LF, line @ .., CR] = frame else { return Err(bad("a line stands between LF and CR")) };
    match line {
        b"?" => {
            return Err((FaultKind::Refused, "the scale does not know the command".to_owned()));
        }
        b"!" => {
            let detail = "the scale heard the question with a wrong parity";
            return Err((FaultKind::Malformed, detail.to_owned()));
        }
        [b'A'..=b'Z' | ESC] => {
            return Err((FaultKind::NotDecoded, "a question, and no answer".to_owned()));
        }
        _ => {}
    }
    let (state, range, net, motion, shown) = match line {
        [state, range, net, motion, shown @ ..] if shown.len() == 13 => {
            (*state, *range, *net, *motion, shown)
        }
        [state, range, net, motion, _, shown @ ..] if shown.len() == 13 => {
            (*state, *range, *net, *motion, shown)
        }
        _ => {
            let detail = format!("17 or 18 characters expected, not {}", line.len());
            return Err((FaultKind::WrongLength, detail));
        }
    };
    let (number, unit_word) = ascii(shown)?.split_at(10);
    let mut flags = Flags {
        range: range.is_ascii_digit().then(|| range - b'0'),
        high_resolution: matches!(net, b'g' | b'n'),
        ..Flags::default()
    };
    let display = match state {
        b'O' => Display::Overload,
        b'U' => Display::Underload,
        b' ' => displayed(number)?,
        b'Z' => {
            flags.center_of_zero = true;
            displayed(number)?
        }
        b'E' | b'I' => {
            flags.zero_error = true;
            displayed(number)?
        }
        b'T' => Display::Blank,
        _ => return Err(bad("the state is blank, Z, O, U, E, I or T")),
    };
    let kind = match net {
        b'G' | b'g' => Kind::Gross,
        b'N' | b'n' => Kind::Net,
        b'T' => Kind::Tare,
        _ => return Err(bad("the third character is G, N, T, g or n")),
    };
    let stability = match motion {
        b'M' => Stability::Moving,
        b' ' => Stability::Stable,
        _ => return Err(bad("the fourth character is M or blank")),
    };
    Ok(Weighing {
        kind,
        stability,
        unit: unit(unit_word)?,
        flags,
        ..Weighing::shown(display, frame)
    })
}

/// The answer of a scale that shows this, from LF to CR. `None` if the number does not fit ten characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let state = match weighing.display {
        Display::Overload | Display::OutOfRange => 'O',
        Display::Underload => 'U',
        Display::Value(_) | Display::Blank | Display::Withheld => {
            match (weighing.flags.zero_error, weighing.flags.center_of_zero) {
                (true, _) => 'E',
                (_, true) => 'Z',
                _ => ' ',
            }
        }
    };
    let number = match weighing.display {
        Display::Value(value) => column(value, 10, ' ')?,
        Display::Overload
        | Display::Underload
        | Display::OutOfRange
        | Display::Blank
        | Display::Withheld => " ".repeat(10),
    };
    let net = match (weighing.kind, weighing.flags.high_resolution) {
        (Kind::Gross | Kind::Unknown, false) => 'G',
        (Kind::Gross | Kind::Unknown, true) => 'g',
        (Kind::Net, false) => 'N',
        (Kind::Net, true) => 'n',
        (Kind::Tare, _) => 'T',
    };
    let motion = if weighing.stability == Stability::Stable { ' ' } else { 'M' };
    let unit = weighing.unit.unwrap_or(MassUnit::Kilogram).symbol();
    let range = weighing.flags.range.unwrap_or(1);
    Some(format!("\n{state}{range}{net}{motion} {number}{unit:<3}\r").into_bytes())
}

/// Asks one scale.
pub type Master = Asker<Weight>;

/// What a scale tells of itself, and then its weight.
#[derive(Debug)]
pub struct Weight {
    question: OneQuestion<Decoder>,
    told_all: bool,
}

impl Asks for Weight {
    /// Assumed: the standard gives no times.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(250),
        answer_within: Duration::from_millis(500),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> Weight {
        let question = OneQuestion::new(Decoder::new(settings), b"\nI\r".to_vec(), None);
        Weight { question, told_all: false }
    }
}

impl Weight {
    fn weigh(&mut self) {
        self.told_all = true;
        self.question.ask_for(b"\nW\r");
    }
}

impl Questions for Weight {
    fn ask(&mut self, request: &mut Vec<u8>) {
        self.question.ask(request);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let before = self.question.decoder().told;
        let heard = self.question.hear(bytes, out);
        if self.told_all {
            return heard;
        }
        let decoder = self.question.decoder();
        if heard == Heard::Answered || decoder.told_all || decoder.told >= MOST_TOLD {
            self.weigh();
            Heard::AskNext
        } else if decoder.told > before {
            self.question.ask_for(b"\nN\r");
            Heard::AskNext
        } else {
            heard
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.question.cut()
    }

    fn unanswered(&mut self) {
        self.weigh();
    }
}
