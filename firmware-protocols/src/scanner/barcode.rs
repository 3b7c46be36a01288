//! Dialect `barcode`: hand-held readers on a serial line or a USB port that behaves as one.
//!
//! ```text
//! [STX] [prefix] [ ]cm ] data [suffix] [ETX] CR | LF | CR LF          ]cm: AIM identifier, if it is switched on
//! ```
//!
//! A frame ends with CR, LF or both (`terminator` is `line`, as delivered); or stands between STX and ETX, and may then have line ends inside (`stx_etx`);
//! or with nothing but a pause (`none`). The data is kept byte for byte. What it could be stands beside it as claims; nothing of it is
//! repaired or looked up.
//!
//! Where a reader scans nothing but seals (`seals`), what it reads is the number of a seal ([`crate::seal::scanned`]), whatever else it could be.
//!
//! Deliberately absent: readers that pretend to be a keyboard. They lose control characters, and with them the GS1 separator and STX.
//! Sources and trust: `docs/protocols/barcode.md`.
//!
//! Assumed: a line end ends a code (`terminator`), or 100 ms of silence where nothing does (`pause_ms`); separators are not passed on until a code shows it
//! (`group_separator`); what the number of a seal looks like, where a reader is said to read seals (`seals`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Scan;
use super::claims::{self, Claim};
use super::gs1::{self, Gs1};
use super::mrz;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::excerpt::Raw;
use crate::fault::{Fault, FaultKind};
use crate::frames::{Frames, Look};
use crate::limits;
use crate::lines::Lines;
use crate::seal;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// How a reader ends what it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terminator {
    /// CR, LF or both. STX before and ETX after the data are passed over.
    #[default]
    Line,
    /// STX before, ETX behind; line ends between are data, those outside are passed over.
    StxEtx,
    /// Nothing: a pause ends it.
    None,
}

/// One scanned code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The kind of code, if the reader tells.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub symbology: Option<Symbology>,
    /// The AIM identifier as sent, such as `]C1`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aim: Option<String>,
    /// The data as text. `None` if it is not UTF-8; then it is in `raw` alone.
    pub text: Option<String>,
    /// The elements, of a code that says it is GS1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gs1: Option<Gs1>,
    /// What it could be.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub claims: Vec<Claim>,
    /// The frame as sent, without its end.
    pub raw: Raw,
}

/// Kinds of codes, by the letter of the AIM identifier. The digit behind it differs between makers and is not read, except for GS1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// `]A`.
    Code39,
    /// `]C`.
    Code128,
    /// `]E`.
    Ean,
    /// `]F`.
    Codabar,
    /// `]G`.
    Code93,
    /// `]I`.
    Interleaved2Of5,
    /// `]L`.
    Pdf417,
    /// `]Q`.
    Qr,
    /// `]d`.
    DataMatrix,
    /// `]e`.
    Gs1DataBar,
    /// `]z`.
    Aztec,
    /// Another letter.
    Other(char),
}

/// Decodes what one reader sends.
#[derive(Debug)]
pub struct Decoder {
    framing: Framing,
    options: Options,
    pause_ms: u32,
}

#[derive(Debug)]
enum Framing {
    Lines(Lines),
    Wrapped(Frames),
    Held(Vec<u8>),
}

/// How a reader is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// What it puts before the data, STX apart.
    pub prefix: String,
    /// What it puts behind the data, ETX and line end apart.
    pub suffix: String,
    /// Whether it is known to pass the GS1 separator on.
    pub group_separator: bool,
    /// Whether it scans nothing but seals.
    pub seals: bool,
}

/// The usual pause that ends a code which nothing else ends.
const PAUSE_MS: u32 = 100;

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder {
            framing: match settings.terminator.unwrap_or_default() {
                Terminator::Line => Framing::Lines(Lines::new(limits::SCAN_BYTES)),
                Terminator::StxEtx => Framing::Wrapped(Frames::default()),
                Terminator::None => Framing::Held(Vec::new()),
            },
            options: Options {
                prefix: settings.prefix.clone().unwrap_or_default(),
                suffix: settings.suffix.clone().unwrap_or_default(),
                group_separator: settings.group_separator.unwrap_or_default(),
                seals: settings.seals.unwrap_or_default(),
            },
            pause_ms: settings.pause_ms.unwrap_or(PAUSE_MS),
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let options = &self.options;
        match &mut self.framing {
            Framing::Lines(lines) => {
                lines.push(bytes, |line| match line.map(unwrapped) {
                    // ETX behind the line end stands alone in a line of its own.
                    Ok(b"") => {}
                    Ok(line) => out.push(reading(line, options)),
                    Err(fault) => out.push(Err(fault)),
                });
            }
            Framing::Wrapped(frames) => frames.push(bytes, look, |frame| match frame {
                Ok([STX, data @ .., ETX]) => out.push(reading(data, options)),
                Ok(_) => {}
                Err(fault) => out.push(Err(fault)),
            }),
            Framing::Held(held) => {
                for &byte in bytes {
                    held.push(byte);
                    if held.len() > limits::SCAN_BYTES {
                        out.push(Err(too_long(held)));
                        held.clear();
                    }
                }
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        match &mut self.framing {
            Framing::Lines(lines) => lines.cut(),
            Framing::Wrapped(frames) => frames.cut(),
            Framing::Held(held) => {
                let fault = (!held.is_empty()).then(|| {
                    Fault::new(
                        FaultKind::CutOff,
                        "the link ended before the pause behind the code",
                        held,
                    )
                });
                held.clear();
                fault
            }
        }
    }

    /// A whole message is one code, whatever ends it on a line.
    fn document(&mut self, message: &[u8], out: &mut Vec<Item>) {
        let data = unwrapped(message.trim_ascii_end());
        out.push(if data.len() > limits::SCAN_BYTES {
            Err(too_long(data))
        } else {
            reading(data, &self.options)
        });
    }

    fn pause_ms(&self) -> Option<u32> {
        matches!(self.framing, Framing::Held(_)).then_some(self.pause_ms)
    }

    fn paused(&mut self, out: &mut Vec<Item>) {
        if let Framing::Held(held) = &mut self.framing
            && !held.is_empty()
        {
            out.push(reading(unwrapped(held), &self.options));
            held.clear();
        }
    }
}

fn too_long(bytes: &[u8]) -> Fault {
    let detail = format!("no end of the code within {} bytes", limits::SCAN_BYTES);
    Fault::new(FaultKind::TooLong, detail, bytes)
}

fn unwrapped(line: &[u8]) -> &[u8] {
    let mut line = line;
    while let [STX | ETX, rest @ ..] = line {
        line = rest;
    }
    line.strip_suffix(&[ETX]).unwrap_or(line)
}

/// Only the newest byte is looked at closely: the ones before it were, when they were the newest.
fn look(ahead: &[u8]) -> Look {
    match ahead {
        [b'\r' | b'\n', ..] => Look::Frame(1),
        [STX] => Look::More,
        [STX, between @ .., STX] => Look::Dropped(
            between.len() + 1,
            FaultKind::CutOff,
            "a code began before the last one ended".to_owned(),
        ),
        [STX, .., ETX] => Look::Frame(ahead.len()),
        [STX, between @ ..] if between.len() > limits::SCAN_BYTES => Look::Dropped(
            ahead.len(),
            FaultKind::TooLong,
            format!("no ETX within {} bytes", limits::SCAN_BYTES),
        ),
        [STX, ..] => Look::More,
        _ => Look::Noise,
    }
}

fn reading(data: &[u8], options: &Options) -> Item {
    let code = decode(data, options)?;
    let seal = code.text.as_deref().filter(|_| options.seals).and_then(seal::scanned);
    Ok(seal.map_or_else(|| Reading::Scan(Scan::Code(code.into())), Reading::Seal))
}

/// Reads one code, from behind STX to before ETX or the line end.
pub fn decode(frame: &[u8], options: &Options) -> Result<Code, Fault> {
    let fault = |kind, detail: &str| Fault::new(kind, detail, frame);
    let data = frame.strip_prefix(options.prefix.as_bytes()).ok_or_else(|| {
        fault(
            FaultKind::BadField,
            "the prefix of this reader is missing: a code cut at its beginning, or another reader",
        )
    })?;
    let data = data.strip_suffix(options.suffix.as_bytes()).ok_or_else(|| {
        fault(
            FaultKind::BadField,
            "the suffix of this reader is missing: a code cut at its end, or another reader",
        )
    })?;
    let (aim, data) = identifier(data);
    if data.is_empty() {
        return Err(fault(FaultKind::WrongLength, "a code without data"));
    }
    if mrz::is_shaped_like_a_zone(data) {
        let detail = "a line of a travel document's machine-readable zone, which tells of its holder: set a reader of documents up as `mrz`";
        return Err(mrz::discreet(Fault::new(FaultKind::BadField, detail, data)));
    }
    if data.iter().any(|byte| is_stray(*byte)) {
        return Err(fault(
            FaultKind::NotText,
            "control characters that no code has: check the speed and parity of the line",
        ));
    }
    let text = core::str::from_utf8(data).ok().map(ToOwned::to_owned);
    let is_gs1 = matches!(
        aim,
        Some([b']', b'C', b'1'] | [b']', b'd', b'2'] | [b']', b'Q', b'3'] | [b']', b'e', _])
    ) || data.first() == Some(&gs1::SEPARATOR);
    let gs1 = is_gs1.then(|| gs1::split(data, options.group_separator));
    let elements = match &gs1 {
        Some(Gs1::Elements(elements)) => elements.as_slice(),
        Some(Gs1::NotSplit(_)) | None => &[],
    };
    Ok(Code {
        symbology: aim.and_then(|aim| aim.get(1)).map(|letter| symbology(*letter)),
        aim: aim.map(|aim| String::from_utf8_lossy(aim).into_owned()),
        claims: text.as_deref().map(|text| claims::of(text, elements)).unwrap_or_default(),
        text,
        gs1,
        raw: Raw(frame.to_vec()),
    })
}

/// `]`, a letter, a letter or digit; then the data.
fn identifier(data: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match data {
        [b']', letter, modifier, rest @ ..]
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            (data.get(..3), rest)
        }
        _ => (None, data),
    }
}

/// Tab, line ends and the separators of ISO/IEC 15434 occur in codes; other control characters do not.
fn is_stray(byte: u8) -> bool {
    let usual = matches!(byte, b'\t' | b'\r' | b'\n' | 0x04 | 0x1c..=0x1f);
    byte == 0x7f || (byte < 0x20 && !usual)
}

fn symbology(letter: u8) -> Symbology {
    match letter {
        b'A' => Symbology::Code39,
        b'C' => Symbology::Code128,
        b'E' => Symbology::Ean,
        b'F' => Symbology::Codabar,
        b'G' => Symbology::Code93,
        b'I' => Symbology::Interleaved2Of5,
        b'L' => Symbology::Pdf417,
        b'Q' => Symbology::Qr,
        b'd' => Symbology::DataMatrix,
        b'e' => Symbology::Gs1DataBar,
        b'z' => Symbology::Aztec,
        other => Symbology::Other(char::from(other)),
    }
}

/// What a reader sends for `text`. `aim` is the identifier, or empty.
pub fn encode(text: &str, aim: &str, terminator: Terminator) -> Vec<u8> {
    let data = aim.to_string() + text;
    match terminator {
        Terminator::Line => (data + "\r\n").into_bytes(),
        Terminator::StxEtx => [&[STX], data.as_bytes(), &[ETX]].concat(),
        Terminator::None => data.into_bytes(),
    }
}
