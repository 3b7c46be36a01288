//! Dialect `rs350`: the backpack detector RS-350 of Radiation Solutions, which stands in for a portal.
//!
//! ```text
//! 02  <RadInstrumentData xmlns="http://physics.nist.gov/N42/2011/N42"> .. </RadInstrumentData>  03      once a second
//! STX            N42.42-2012, UTF-8                                                              ETX
//! ```
//!
//! The device only pushes: no acknowledgement, no check sum. XML cannot contain either mark, so a mark inside a document means that the document was
//! cut. Foreground comes with every document, background about every 30 s, an alarm as long as there is one. There is no vehicle sensor: an
//! alarm stands for a vehicle until ten seconds have passed without (see [`super::Occupancies`]).
//!
//! Deliberately absent: spectra, position, calibrations; the tape has them. Sources: `docs/protocols/rs350.md`.
//!
//! Assumed: categories other than gamma and neutron are gamma.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::record::Record;
use super::snapshot::{Channel, Measured, Snapshot};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::n42::{self, Category, Class, Document, Measurement};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// Decodes the documents of one detector.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
    /// Whether what is held began with STX. What did not is noise.
    inside: bool,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        for &byte in bytes {
            match byte {
                STX => {
                    let cut = "a document began before the last one ended";
                    out.extend(self.give_up(cut).map(Err));
                    self.inside = true;
                }
                ETX if self.inside && self.held.is_empty() => {
                    let detail = "nothing between the marks";
                    out.push(Err(Fault::new(FaultKind::Malformed, detail, &[STX, ETX])));
                    self.inside = false;
                }
                ETX if self.inside => {
                    let record = decode(&self.held);
                    out.push(
                        record.map(|state| Reading::Portal(Record::Snapshot(Box::new(state)))),
                    );
                    self.held.clear();
                    self.inside = false;
                }
                byte => {
                    self.held.push(byte);
                    self.limit(out);
                }
            }
        }
    }

    fn cut(&mut self) -> Option<Fault> {
        self.give_up("the link ended inside a document")
    }
}

impl Decoder {
    fn give_up(&mut self, cut: &str) -> Option<Fault> {
        let (kind, detail) = if self.inside {
            (FaultKind::CutOff, cut)
        } else {
            (FaultKind::Noise, "bytes between documents")
        };
        // A document that was cut behind its first byte is told by that byte.
        let fault = match (self.inside, self.held.is_empty()) {
            (true, true) => Some(Fault::new(kind, detail, &[STX])),
            (false, true) => None,
            (_, false) => Some(Fault::new(kind, detail, &self.held)),
        };
        self.held.clear();
        self.inside = false;
        fault
    }

    fn limit(&mut self, out: &mut Vec<Item>) {
        if self.inside && self.held.len() > limits::PORTAL_DOCUMENT_BYTES {
            let detail =
                format!("no end of document within {} bytes", limits::PORTAL_DOCUMENT_BYTES);
            out.push(Err(Fault::new(FaultKind::TooLong, detail, &self.held)));
            self.held.clear();
            self.inside = false;
        } else if !self.inside && self.held.len() >= limits::NOISE_BYTES {
            out.extend(self.give_up("").map(Err));
        }
    }
}

/// Reads one document, without its marks.
pub fn decode(document: &[u8]) -> Result<Snapshot, Fault> {
    let read = n42::read(document)?;
    let wrong = |detail: String| Fault::new(FaultKind::BadField, detail, document);
    if read.edition != 2012 {
        return Err(wrong(format!("a document of {}, one of 2012 expected", read.edition)));
    }
    state(&read.document).map_err(wrong)
}

fn state(document: &Document) -> Result<Snapshot, String> {
    let last = |class| document.measurements.iter().rev().find(|one| one.class == class);
    let (foreground, background) = (last(Class::Foreground), last(Class::Background));
    let alarms = || document.analyses.iter().flat_map(|analysis| &analysis.alarms);
    if foreground.is_none() && background.is_none() && alarms().next().is_none() {
        return Err("neither a Foreground nor a Background measurement".to_owned());
    }
    let alarm = |neutron| alarms().any(|alarm| (alarm.category == Category::Neutron) == neutron);
    let channel = |category, neutron| -> Result<Channel, String> {
        // Counts that make no sense are a fault, but never hide an alarm.
        let of = |measurement: Option<&Measurement>| {
            let read = measurement.map(|one| counts(document, one, category)).transpose();
            if alarms().next().is_some() { Ok(read.unwrap_or_default()) } else { read }
        };
        Ok(Channel {
            counts: of(foreground)?.flatten(),
            background: of(background)?.flatten(),
            alarm: Some(alarm(neutron)),
            level: None,
            ready: None,
        })
    };
    let nanosieverts =
        |dose: &n42::DoseRate| u32::try_from((dose.usv_h * Decimal::ONE_THOUSAND).round()).ok();
    Ok(Snapshot {
        gamma: channel(Category::Gamma, false)?,
        neutron: channel(Category::Neutron, true)?,
        identified: alarms()
            .filter_map(|alarm| alarm.description.clone())
            .take(limits::PORTAL_NAMES)
            .collect(),
        faults: foreground
            .iter()
            .flat_map(|one| &one.faults)
            .map(|fault| fault.code.clone())
            .take(limits::PORTAL_NAMES)
            .collect(),
        dose_rate_nsv_h: foreground.and_then(|one| one.dose_rates.first()).and_then(nanosieverts),
        device_time: foreground
            .or(background)
            .and_then(|one| one.start)
            .map(|start| start.to_string()),
        ..Snapshot::default()
    })
}

/// The counts of the one detector of this category. Several numbers are energy windows, which may overlap: they are not added up.
fn counts(
    document: &Document,
    measurement: &Measurement,
    category: Category,
) -> Result<Option<Measured>, String> {
    let place = |category| if category == Category::Neutron { 1 } else { 0 };
    let of_category = |id: &str| {
        let detector = document.detectors.iter().find(|detector| detector.id == id);
        detector.map(|detector| detector.category == category)
    };
    let named: Vec<_> = measurement
        .counts
        .iter()
        .enumerate()
        .filter(|(index, counts)| {
            // A detector that is not described is told by its place, as the public driver does.
            of_category(&counts.detector).unwrap_or(*index == place(category))
        })
        .map(|(_, counts)| counts)
        .collect();
    match named.as_slice() {
        [] => Ok(None),
        [one] => match *one.counts.as_slice() {
            [counts] if counts.is_sign_negative() && !counts.is_zero() => {
                Err(format!("GrossCounts {}: a negative count", one.id))
            }
            [counts] => {
                let length = one.live_time_s.or(measurement.real_time_s);
                let interval_ms = length
                    .and_then(|seconds| seconds.checked_mul(Decimal::ONE_THOUSAND))
                    .and_then(|ms| u32::try_from(ms.round()).ok())
                    .filter(|ms| *ms > 0);
                Ok(Some(Measured { counts, interval_ms }))
            }
            _ => Ok(None),
        },
        several => Err(format!("{} gross counts of one radiation in a measurement", several.len())),
    }
}

/// A document between its marks.
pub fn encode(document: &Document) -> Vec<u8> {
    let mut frame = alloc::vec![STX];
    frame.extend(n42::write(document).into_bytes());
    frame.push(ETX);
    frame
}
