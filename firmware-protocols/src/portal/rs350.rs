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
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::record::Record;
use super::snapshot::{Channel, Measured, Snapshot};
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::n42::parts::{self, AlarmPart, MeasurementPart};
use crate::n42::{self, Category, Class, Document, Opened, Stamp};
use crate::xml::{Element, Layout};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// Decodes the documents of one detector.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
    /// Whether what is held began with STX. What did not is noise.
    inside: bool,
    layout: Layout,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder::default()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        let mut rest = bytes;
        while let [byte, behind @ ..] = rest {
            match *byte {
                STX => {
                    let cut = "a document began before the last one ended";
                    out.extend(self.give_up(cut).map(Err));
                    self.inside = true;
                    rest = behind;
                }
                ETX if self.inside => {
                    out.push(self.ended());
                    self.held.clear();
                    self.inside = false;
                    rest = behind;
                }
                _ => rest = self.hold(rest, out),
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

    fn ended(&mut self) -> Item {
        if self.held.is_empty() {
            let detail = "nothing between the marks";
            return Err(Fault::new(FaultKind::Malformed, detail, &[STX, ETX]));
        }
        let state = decode_in(&mut self.layout, &self.held)?;
        Ok(Reading::Portal(Record::Snapshot(Box::new(state))))
    }

    /// Holds what stands before the next mark, as far as the limit allows, and gives what is behind it. Between documents an ETX is noise.
    fn hold<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<Item>) -> &'a [u8] {
        let most =
            if self.inside { limits::PORTAL_DOCUMENT_BYTES + 1 } else { limits::NOISE_BYTES };
        let room = most.saturating_sub(self.held.len()).max(1);
        let near = bytes.get(..room).unwrap_or(bytes);
        let mark = if self.inside {
            near.iter().position(|byte| matches!(*byte, STX | ETX))
        } else {
            near.iter().position(|byte| *byte == STX)
        };
        let length = mark.unwrap_or(near.len());
        let (plain, behind) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(plain);
        if self.held.len() < most {
            return behind;
        }
        if self.inside {
            let detail =
                format!("no end of document within {} bytes", limits::PORTAL_DOCUMENT_BYTES);
            out.push(Err(Fault::new(FaultKind::TooLong, detail, &self.held)));
            self.held.clear();
            self.inside = false;
        } else {
            out.extend(self.give_up("").map(Err));
        }
        behind
    }
}

/// Reads one document, without its marks.
pub fn decode(document: &[u8]) -> Result<Snapshot, Fault> {
    decode_in(&mut Layout::default(), document)
}

/// The same, in room that is kept.
fn decode_in(layout: &mut Layout, document: &[u8]) -> Result<Snapshot, Fault> {
    read(layout, document).map_err(|(kind, detail)| Fault::new(kind, detail, document))
}

fn read(layout: &mut Layout, document: &[u8]) -> Result<Snapshot, (FaultKind, String)> {
    let Opened { root, edition, .. } = n42::open(document, layout)?;
    let wrong = |detail| (FaultKind::BadField, detail);
    if edition != 2012 {
        return Err(wrong(format!("a document of {edition}, one of 2012 expected")));
    }
    // What is not taken has to make sense as well: nothing else shows that a document came whole and undisturbed.
    parts::check(root).and_then(|()| state(root)).map_err(wrong)
}

fn state(root: Element<'_>) -> Result<Snapshot, String> {
    let last = |class| {
        let of_class = |part: &Element<'_>| parts::class(*part) == Some(class);
        root.named("RadMeasurement")
            .filter(of_class)
            .last()
            .map(MeasurementPart::untold)
            .transpose()
    };
    let (foreground, background) = (last(Class::Foreground)?, last(Class::Background)?);
    let alarms = || root.named("AnalysisResults").flat_map(parts::alarms);
    let alarming = alarms().next().is_some();
    if foreground.is_none() && background.is_none() && !alarming {
        return Err("neither a Foreground nor a Background measurement".to_owned());
    }
    let alarm = |neutron| alarms().any(|alarm| (alarm.category() == Category::Neutron) == neutron);
    let channel = |category, neutron| -> Result<Channel, String> {
        // Counts that make no sense are a fault, but never hide an alarm.
        let of = |measurement: Option<MeasurementPart<'_>>| {
            let read = measurement.map(|one| counts(root, one, category)).transpose();
            if alarming { Ok(read.unwrap_or_default()) } else { read }
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
        |usv_h: Decimal| u32::try_from(usv_h.checked_mul(Decimal::ONE_THOUSAND)?.round()).ok();
    let dose_rate = foreground.and_then(|one| one.dose_rates().next()).transpose()?;
    Ok(Snapshot {
        gamma: channel(Category::Gamma, false)?,
        neutron: channel(Category::Neutron, true)?,
        identified: alarms()
            .filter_map(AlarmPart::description)
            .take(limits::PORTAL_NAMES)
            .map(ToOwned::to_owned)
            .collect(),
        faults: foreground
            .into_iter()
            .flat_map(MeasurementPart::faults)
            .take(limits::PORTAL_NAMES)
            .map(|fault| fault.code().to_owned())
            .collect(),
        dose_rate_nsv_h: dose_rate.and_then(|(_, usv_h)| nanosieverts(usv_h)),
        device_time: foreground.or(background).and_then(|one| one.start).map(Stamp::text),
        ..Snapshot::default()
    })
}

/// The counts of the one detector of this category. Several numbers are energy windows, which may overlap: they are not added up.
fn counts(
    root: Element<'_>,
    measurement: MeasurementPart<'_>,
    category: Category,
) -> Result<Option<Measured>, String> {
    let place = if category == Category::Neutron { 1 } else { 0 };
    let of_category = |id: &str| {
        let detector = root.named("RadDetectorInformation").find(|part| parts::id(*part) == id);
        detector.map(|detector| parts::detects(detector) == category)
    };
    let (mut found, mut several) = (None, 0);
    for (index, counts) in measurement.counts().enumerate() {
        let counts = counts?;
        // A detector that is not described is told by its place, as the public driver does.
        if of_category(counts.detector).unwrap_or(index == place) {
            found = Some(counts);
            several += 1;
        }
    }
    let Some(one) = found else { return Ok(None) };
    if several > 1 {
        return Err(format!("{several} gross counts of one radiation in a measurement"));
    }
    let Some(counts) = one.only()? else { return Ok(None) };
    if counts.is_sign_negative() && !counts.is_zero() {
        return Err(format!("GrossCounts {}: a negative count", one.id()));
    }
    let length = one.live_time_s.or(measurement.real_time_s);
    let interval_ms = length
        .and_then(|seconds| seconds.checked_mul(Decimal::ONE_THOUSAND))
        .and_then(|ms| u32::try_from(ms.round()).ok())
        .filter(|ms| *ms > 0);
    Ok(Some(Measured { counts, interval_ms }))
}

/// A document between its marks.
pub fn encode(document: &Document) -> Vec<u8> {
    let mut frame = alloc::vec![STX];
    frame.extend(n42::write(document).into_bytes());
    frame.push(ETX);
    frame
}
