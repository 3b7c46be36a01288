//! Dialect `mt-sics`: the Mettler-Toledo Standard Interface Command Set, levels 0 and 1.
//!
//! ```text
//! asked:    SI CR LF
//! answered: S S      40000 kg CR LF      stable; `S D` moving, `S I` not now, `S +` overload, `S -` underload
//!           ES, ET, EL CR LF             unknown command, error of transmission, not possible
//!           I4 A "B123456789" CR LF      a name: the instrument was switched on, or somebody asked
//! ```
//!
//! Lines are split at blanks and not at columns: devices differ by one. The first word tells what a line answers, so lines of a stream
//! (`SIR`) that come before the answer to a question are read as what they are. `S I` means that it is busy, and is no lost device.
//!
//! [`Master`] asks with `SI`, and with `S` where the device says twice in a row that it does not know it; on a link that is opened anew it begins
//! with `SI` again. Nothing that tares, zeroes or resets is ever sent. Sources:
//! `docs/protocols/mt-sics.md`.
//!
//! Assumed: six or more nines are no weight; times of the conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use units::MassUnit;

use super::asking::{Asker, Asks, OneQuestion};
use super::number::{Wrong, ascii, bad, column, displayed, split_unit};
use super::{Display, Kind, Stability, Weighing};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;

/// What a line says that was sent to an instrument, and not by it. Those of level 0 and 1.
const QUESTIONS: [&str; 16] =
    ["@", "I0", "I1", "I2", "I3", "I4", "S", "SI", "SIR", "SR", "T", "TA", "TAC", "TI", "Z", "ZI"];
/// So often in a row an instrument has to say that it does not know a question: once it may have heard the rest of another one before it.
const UNKNOWN: u8 = 2;

/// Decodes the lines of one instrument.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::WEIGHING_LINE_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| out.push(line.and_then(decode).map(Reading::Weight)));
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }
}

/// Reads one line, without its end. Whatever is no weight is a fault that says what it is.
pub fn decode(line: &[u8]) -> Result<Weighing, Fault> {
    read(line).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

fn read(line: &[u8]) -> Result<Weighing, Wrong> {
    let (command, behind) = first_word(ascii(line)?);
    let (status, rest) = first_word(behind);
    let (status, rest) = (Some(status).filter(|status| !status.is_empty()), rest.trim_ascii());
    match (command, status) {
        ("ES", None) => {
            Err((FaultKind::Refused, "the device does not know the command".to_owned()))
        }
        ("EL", None) => {
            Err((FaultKind::Refused, "the device cannot do this with these values".to_owned()))
        }
        ("ET", None) => {
            Err((FaultKind::Malformed, "the device heard the question broken".to_owned()))
        }
        (command, None) if QUESTIONS.contains(&command) => {
            Err((FaultKind::NotDecoded, "a question, and no answer".to_owned()))
        }
        ("S" | "SI" | "SR" | "SIR", Some(status)) => weight(line, status, rest),
        ("T" | "TI", Some("S" | "D")) | ("TA", Some("A")) => {
            let (display, unit) = number(rest)?;
            Ok(Weighing { kind: Kind::Tare, unit, ..Weighing::shown(display, line) })
        }
        (_, Some("A" | "B")) if rest.contains('"') => {
            let name = rest.trim_matches('"');
            let detail = format!("{command}, asked by nobody here: the device says `{name}`");
            Err((FaultKind::NotDecoded, detail))
        }
        ("Z" | "ZI" | "T" | "TI" | "TA" | "TAC", Some(_)) => {
            let detail = "an answer to a command that zeroes or tares, which nobody here sent";
            Err((FaultKind::NotDecoded, detail.to_owned()))
        }
        _ => Err(bad("a line begins with S and S, D, I, + or -")),
    }
}

/// The first word of a text, and what stands behind it.
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_ascii_start();
    text.split_at(text.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(text.len()))
}

fn weight(line: &[u8], status: &str, rest: &str) -> Result<Weighing, Wrong> {
    let alone = |display| {
        let moving = Weighing { stability: Stability::Moving, ..Weighing::shown(display, line) };
        if rest.is_empty() { Ok(moving) } else { Err(bad("nothing stands behind I, + and -")) }
    };
    let stability = match status {
        "S" => Stability::Stable,
        "D" => Stability::Moving,
        "I" => return alone(Display::Withheld),
        "+" => return alone(Display::Overload),
        "-" => return alone(Display::Underload),
        _ => return Err(bad("behind the first word stands S, D, I, + or -")),
    };
    let (display, unit) = number(rest)?;
    Ok(Weighing { stability, unit, ..Weighing::shown(display, line) })
}

fn number(text: &str) -> Result<(Display, Option<MassUnit>), Wrong> {
    let (number, unit) = split_unit(text)?;
    match (displayed(number)?, unit) {
        (Display::Blank, _) => Err(bad("a number expected")),
        (_, None) => Err(bad("a unit behind the number expected")),
        (display, unit) => Ok((display, unit)),
    }
}

/// The line of an instrument that shows this, with CR LF. `None` if the number does not fit ten characters.
pub fn encode(weighing: &Weighing) -> Option<Vec<u8>> {
    let line = match weighing.display {
        Display::Value(value) => {
            let status = if weighing.stability == Stability::Stable { 'S' } else { 'D' };
            let unit = weighing.unit.unwrap_or(MassUnit::Kilogram);
            format!("S {status} {} {}\r\n", column(value, 10, ' ')?, unit.symbol())
        }
        Display::Overload | Display::OutOfRange => "S +\r\n".to_owned(),
        Display::Underload => "S -\r\n".to_owned(),
        Display::Blank | Display::Withheld => "S I\r\n".to_owned(),
    };
    Some(String::into_bytes(line))
}

/// Asks one instrument for its weight.
pub type Master = Asker<Weight>;

/// The weight of one instrument, as it is now.
#[derive(Debug)]
pub struct Weight {
    question: OneQuestion<Decoder>,
    /// Whether `S` is asked.
    at_rest_only: bool,
    /// How often in a row the device did not know the question.
    unknown: u8,
}

impl Asks for Weight {
    /// Assumed. `S` is answered when the scale stands still or gives up, so an answer has two seconds.
    const USUAL: Timing = Timing {
        period: Duration::from_millis(250),
        answer_within: Duration::from_millis(2000),
        tries: 3,
        again_after: Duration::from_millis(2000),
    };

    fn set(settings: &Settings) -> Weight {
        let question = OneQuestion::new(Decoder::new(settings), AT_ONCE.to_vec(), None);
        Weight { question, at_rest_only: false, unknown: 0 }
    }
}

const AT_ONCE: &[u8] = b"SI\r\n";
const AT_REST: &[u8] = b"S\r\n";

impl Weight {
    fn ask_at_rest_only(&mut self, at_rest_only: bool) {
        self.unknown = 0;
        self.at_rest_only = at_rest_only;
        self.question.ask_for(if at_rest_only { AT_REST } else { AT_ONCE });
    }
}

impl Questions for Weight {
    fn opened(&mut self) {
        self.ask_at_rest_only(false);
    }

    fn ask(&mut self, request: &mut Vec<u8>) {
        self.question.ask(request);
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let from = out.len();
        let heard = self.question.hear(bytes, out);
        for item in out.iter().skip(from) {
            match item {
                Err(fault) if fault.excerpt.0 == b"ES" => self.unknown += 1,
                Ok(_) => self.unknown = 0,
                Err(_) => {}
            }
        }
        if self.unknown >= UNKNOWN {
            self.ask_at_rest_only(!self.at_rest_only);
        }
        heard
    }

    fn overhear(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.question.overhear(bytes, out);
    }

    fn cut(&mut self) -> Option<Fault> {
        self.question.cut()
    }
}
