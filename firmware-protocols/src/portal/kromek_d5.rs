//! Dialect `kromek-d5`: the Kromek D5, which is asked once a second.
//!
//! ```text
//! C0 | 07 00  | 00   | 07        | C2     |         | 00 00 | C0        question: RadiometricsV1
//!      length   mode   component   report   payload   CRC               between the marks: C0 as DB DC, DB as DB DD
//! ```
//!
//! The length counts every byte between the marks before they were escaped, itself and the CRC included. An answer repeats component and report.
//! All numbers have their low byte first. The CRC is 0 in every public source and is looked at only where a site says so (`checksum`).
//!
//! A device of this kind has no vehicle sensor: an alarm stands for a vehicle (see [`super::Occupancies`]). Two reports are asked for in turn:
//! counts from one, alarms from the other.
//!
//! Deliberately absent: the spectrum, the position; the tape has them. Sources: `docs/protocols/kromek-d5.md`.
//!
//! Assumed: a dose alarm is gamma, and a flag that is neither 0 nor 1 an alarm; the CRC has its low byte first (`checksum`); times of the
//! conversation (`poll_ms`, `answer_ms`, `tries`, `again_ms`).

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use rust_decimal::Decimal;
use units::Counts;

use super::record::Record;
use super::snapshot::{Channel, Measured, Snapshot};
use crate::codec::{Codec, Item, Settings};
use crate::conversation::{Heard, Polling, Questions, Timing};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;

const MARK: u8 = 0xc0;
const ESCAPE: u8 = 0xdb;
const ESCAPED_MARK: u8 = 0xdc;
const ESCAPED_ESCAPE: u8 = 0xdd;
/// The bytes of a frame besides its payload.
const FRAME_BYTES: usize = 7;
/// Reports with these numbers acknowledge or refuse.
const ACKNOWLEDGED: [u8; 2] = [0xfe, 0xff];

/// A report: component and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Report(pub u8, pub u8);

/// Counts, live times, dose.
pub const RADIOMETRICS_V1: Report = Report(0x07, 0xc2);
/// Alarms, position.
pub const RADIOMETRIC_STATUS: Report = Report(0x08, 0x82);

/// The payload of [`RADIOMETRICS_V1`]: a head of 54 bytes and 4096 channels.
pub const RADIOMETRICS_BYTES: usize = 54 + 2 * 4096;
/// The least payload of [`RADIOMETRIC_STATUS`]; nuclides follow, six bytes each.
pub const STATUS_BYTES: usize = 17;
const NUCLIDE_BYTES: usize = 6;

/// One frame, unescaped and taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it reports.
    pub report: Report,
    /// Its payload.
    pub payload: &'a [u8],
}

/// Decodes the answers of one detector.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Unescaped bytes since the last mark.
    held: Vec<u8>,
    /// Whether a mark was seen at all.
    inside: bool,
    escaping: bool,
    /// Why what is held is no frame, if something was wrong.
    broken: bool,
    checked: bool,
}

impl Codec for Decoder {
    fn new(settings: &Settings) -> Decoder {
        Decoder { checked: settings.checksum == Some(true), ..Decoder::default() }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.frames(bytes, |frame| out.push(frame.and_then(|frame| read(&frame))));
    }

    fn cut(&mut self) -> Option<Fault> {
        let fault = (!self.held.is_empty()).then(|| self.left("the link ended inside a frame"));
        self.forget();
        self.inside = false;
        fault
    }
}

impl Decoder {
    /// Takes in bytes and tells each frame and each fault, in order.
    fn frames(&mut self, bytes: &[u8], mut tell: impl FnMut(Result<Frame<'_>, Fault>)) {
        for &byte in bytes {
            if byte == MARK {
                if !self.inside {
                    if !self.held.is_empty() {
                        tell(Err(self.left("")));
                    }
                } else if self.broken || self.escaping {
                    let detail = "DB stands before DC or DD only";
                    tell(Err(Fault::new(FaultKind::Malformed, detail, &self.held)));
                } else if !self.held.is_empty() {
                    tell(decode(&self.held, self.checked));
                }
                self.forget();
                self.inside = true;
                continue;
            }
            match (self.inside && self.escaping, byte) {
                (true, ESCAPED_MARK) => self.unescaped(MARK),
                (true, ESCAPED_ESCAPE) => self.unescaped(ESCAPE),
                (true, other) => {
                    self.broken = true;
                    self.unescaped(other);
                }
                (false, ESCAPE) if self.inside => self.escaping = true,
                (false, other) => self.held.push(other),
            }
            let limit = if self.inside { limits::SLIP_FRAME_BYTES } else { limits::NOISE_BYTES };
            if self.held.len() >= limit {
                let fault = if self.inside {
                    let detail = format!("no end of frame within {limit} bytes");
                    Fault::new(FaultKind::TooLong, detail, &self.held)
                } else {
                    self.left("")
                };
                tell(Err(fault));
                self.forget();
                self.inside = false;
            }
        }
    }

    fn unescaped(&mut self, byte: u8) {
        self.held.push(byte);
        self.escaping = false;
    }

    fn left(&self, cut: &str) -> Fault {
        if self.inside {
            Fault::new(FaultKind::CutOff, cut, &self.held)
        } else {
            Fault::new(FaultKind::Noise, "bytes before the first mark", &self.held)
        }
    }

    fn forget(&mut self) {
        self.held.clear();
        self.escaping = false;
        self.broken = false;
    }
}

/// Takes apart what stands between two marks, unescaped.
pub fn decode(body: &[u8], checked: bool) -> Result<Frame<'_>, Fault> {
    let fault = |kind, detail: String| Fault::new(kind, detail, body);
    let &[low, high, mode, component, report, ref rest @ ..] = body else {
        let detail = format!("a frame has at least {FRAME_BYTES} bytes");
        return Err(fault(FaultKind::WrongLength, detail));
    };
    let told = usize::from(u16::from_le_bytes([low, high]));
    let Some((payload, crc)) = rest.split_last_chunk::<2>().filter(|_| told == body.len()) else {
        let detail = format!("the frame says {told} bytes and has {}", body.len());
        return Err(fault(FaultKind::WrongLength, detail));
    };
    if checked {
        let (own, told) = (crc16(&body[..body.len() - 2]), u16::from_le_bytes(*crc));
        if own != told {
            let detail = format!("the CRC is {told:04x}, {own:04x} expected");
            return Err(fault(FaultKind::WrongChecksum, detail));
        }
    }
    if mode != 0 {
        return Err(fault(FaultKind::BadField, format!("the mode is {mode}, 0 expected")));
    }
    Ok(Frame { report: Report(component, report), payload })
}

/// What a frame says.
fn read(frame: &Frame<'_>) -> Item {
    let Report(component, number) = frame.report;
    let state = match frame.report {
        RADIOMETRICS_V1 => radiometrics(frame.payload),
        RADIOMETRIC_STATUS => status(frame.payload),
        _ if ACKNOWLEDGED.contains(&number) => {
            let detail = format!("component {component:02x} answers {number:02x} and no report");
            return Err(Fault::new(FaultKind::Refused, detail, &[component, number]));
        }
        _ => {
            let detail = format!("report {component:02x} {number:02x} is not read");
            return Err(Fault::new(FaultKind::NotDecoded, detail, &[component, number]));
        }
    };
    state
        .map(|state| Reading::Portal(Record::Snapshot(Box::new(state))))
        .map_err(|(kind, detail)| Fault::new(kind, detail, frame.payload))
}

type Wrong = (FaultKind, String);

fn radiometrics(payload: &[u8]) -> Result<Snapshot, Wrong> {
    if payload.len() != RADIOMETRICS_BYTES {
        let detail =
            format!("RadiometricsV1 has {RADIOMETRICS_BYTES} bytes, this one {}", payload.len());
        return Err((FaultKind::WrongLength, detail));
    }
    let status = word(payload, 0);
    let channel = |live_at, counts_at| {
        let live_ms = word(payload, live_at);
        let counts = Measured::over(Counts(word(payload, counts_at)), live_ms);
        Channel {
            // Without live time there is no rate.
            counts: Some(Measured { interval_ms: (live_ms > 0).then_some(live_ms), ..counts }),
            ..Channel::default()
        }
    };
    let dose = f32::from_bits(word(payload, 16));
    let dose_rate_nsv_h = Decimal::from_f32_retain(dose)
        .and_then(|dose| dose.checked_mul(Decimal::ONE_THOUSAND))
        .and_then(|dose| u32::try_from(dose.round()).ok());
    if dose_rate_nsv_h.is_none() {
        return Err((FaultKind::BadField, format!("a dose rate of {dose} microsieverts per hour")));
    }
    Ok(Snapshot {
        gamma: channel(38, 42),
        neutron: channel(24, 28),
        dose_rate_nsv_h,
        faults: if status == 0 { Vec::new() } else { alloc::vec![format!("status-{status:08x}")] },
        ..Snapshot::default()
    })
}

fn status(payload: &[u8]) -> Result<Snapshot, Wrong> {
    let Some((&[dose, gamma, neutron, ..], nuclides)) = payload.split_at_checked(STATUS_BYTES)
    else {
        let detail = format!("RadiometricStatus has at least {STATUS_BYTES} bytes");
        return Err((FaultKind::WrongLength, detail));
    };
    let mut identified: Vec<String> = nuclides
        .chunks_exact(NUCLIDE_BYTES)
        .take(limits::PORTAL_NAMES)
        .filter_map(|nuclide| nuclide.first())
        .map(|kind| format!("nuclide-type-{kind}"))
        .collect();
    // A flag is 0 or 1 in every source; what else it may be is taken for an alarm (assumed), because an alarm is never passed over.
    let [dose, gamma, neutron] = [dose, gamma, neutron].map(|flag| flag != 0);
    if dose {
        identified.push("dose".to_owned());
    }
    let alarm = |alarm| Channel { alarm: Some(alarm), ..Channel::default() };
    Ok(Snapshot {
        // A dose alarm is an alarm of photons here: neutrons have a flag of their own.
        gamma: alarm(gamma || dose),
        neutron: alarm(neutron),
        identified,
        device_time: Some(format!("{}", word(payload, 11))),
        ..Snapshot::default()
    })
}

/// Four bytes, low byte first. The caller has looked at the length.
fn word(payload: &[u8], at: usize) -> u32 {
    payload
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The frame of a report, marks and escapes included. An empty payload asks for the report.
pub fn encode(report: Report, payload: &[u8], checked: bool) -> Vec<u8> {
    let length = u16::try_from(FRAME_BYTES + payload.len()).unwrap_or(u16::MAX);
    let mut body = length.to_le_bytes().to_vec();
    body.extend([0, report.0, report.1]);
    body.extend(payload);
    let crc = if checked { crc16(&body) } else { 0 };
    body.extend(crc.to_le_bytes());
    let mut frame = alloc::vec![MARK];
    for byte in body {
        match byte {
            MARK => frame.extend([ESCAPE, ESCAPED_MARK]),
            ESCAPE => frame.extend([ESCAPE, ESCAPED_ESCAPE]),
            other => frame.push(other),
        }
    }
    frame.push(MARK);
    frame
}

/// CRC-16 with the polynomial 1021, beginning with FFFF: as the constants of a public driver name it, which never uses it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// How patiently the detector is asked: the period is that of the public driver, the rest is assumed.
const TIMING: Timing = Timing {
    period: Duration::from_secs(1),
    answer_within: Duration::from_secs(1),
    tries: 3,
    again_after: Duration::from_secs(5),
};

/// Asks one detector for counts and alarms in turn.
#[derive(Debug)]
pub struct Master;

/// What the detector is asked, and how its answers are heard.
#[derive(Debug)]
pub struct Asking {
    decoder: Decoder,
    asked: Report,
}

impl Master {
    /// The conversation with a device that is set so.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the table of dialects makes conversations by `new`"
    )]
    pub fn new(settings: &Settings) -> Polling<Asking> {
        let asking = Asking { decoder: Codec::new(settings), asked: RADIOMETRIC_STATUS };
        Polling::new(asking, TIMING.set_by(settings))
    }
}

impl Questions for Asking {
    fn ask(&mut self, request: &mut Vec<u8>) {
        self.asked =
            if self.asked == RADIOMETRICS_V1 { RADIOMETRIC_STATUS } else { RADIOMETRICS_V1 };
        request.extend(encode(self.asked, &[], self.decoder.checked));
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<Item>) -> Heard {
        let asked = self.asked;
        let mut heard = Heard::NotYet;
        self.decoder.frames(bytes, |frame| match frame {
            Ok(frame) if frame.report == asked && heard != Heard::Answered => {
                out.push(read(&frame));
                heard = Heard::Answered;
            }
            // The component that was asked says no: asking again changes nothing.
            Ok(frame) if frame.report.0 == asked.0 && ACKNOWLEDGED.contains(&frame.report.1) => {
                out.push(read(&frame));
                heard = Heard::Answered;
            }
            Ok(Frame { report: Report(component, number), .. }) => {
                let detail = format!("report {component:02x} {number:02x} was not asked for");
                out.push(Err(Fault::new(FaultKind::Unasked, detail, &[component, number])));
            }
            Err(fault) => {
                out.push(Err(fault));
                if heard == Heard::NotYet {
                    heard = Heard::Broken;
                }
            }
        });
        // The status follows at once, so that counts and alarms are of the same second.
        if heard == Heard::Answered && asked == RADIOMETRICS_V1 { Heard::AskNext } else { heard }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.decoder.cut()
    }

    fn answers_name_their_question(&self) -> bool {
        true
    }
}
