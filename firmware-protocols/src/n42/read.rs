//! Reading a document, of 2012 or of 2006, whatever the device made of the schema.
//!
//! Tolerated, and told: elements in another order, times without an offset or with one that lacks its colon, a missing namespace, missing
//! ids. Not tolerated: XML that is not well-formed, a DTD, more than the limits allow, another root element, numbers that are none.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::document::{
    Alarm, Analysis, Detector, Document, DoseRate, Fault, GrossCounts, Group, Instrument,
    Measurement, Severity, Spectrum, Windows,
};
use super::fields::{Passed, Refused, text};
use super::parts::{
    AlarmPart, FaultPart, MeasurementPart, SpectrumPart, alarms, class, class_code, coefficients,
    detects, faults, rates, texts, windows, written,
};
use super::{NAMESPACE, elements, parts, read_2006};
use crate::fault::{Fault as Wrong, FaultKind};
use crate::limits;
use crate::xml::{Bounds, Element, Layout};

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What it says.
    pub document: Document,
    /// The year of the standard: 2012 or 2006.
    pub edition: u16,
    /// What was not as it should be and was passed over, a sentence each, each once.
    pub passed_over: Vec<String>,
}

/// How much of a file is read.
pub(super) const BOUNDS: Bounds = Bounds { nodes: limits::N42_NODES, depth: limits::N42_DEPTH };

/// Reads a document.
pub fn read(bytes: &[u8]) -> Result<Read, Wrong> {
    let mut layout = Layout::default();
    parse(bytes, &mut layout).map_err(|(kind, detail)| Wrong::new(kind, detail, bytes))
}

/// A document that is laid out and not read yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened<'a> {
    pub(crate) root: Element<'a>,
    /// The year of the standard: 2012 or 2006.
    pub(crate) edition: u16,
    namespace: Option<&'a str>,
}

/// Lays out a document of one of the standards.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    layout: &'a mut Layout,
) -> Result<Opened<'a>, (FaultKind, String)> {
    if bytes.len() > limits::N42_BYTES {
        let detail = format!("an N42 document has at most {} bytes", limits::N42_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    let text = core::str::from_utf8(bytes)
        .map_err(|_| (FaultKind::NotText, "the document is not UTF-8".to_owned()))?;
    let document = layout
        .read(text.trim_start_matches('\u{feff}'), BOUNDS)
        .map_err(|error| (FaultKind::Malformed, error.detail))?;
    let root = document.root();
    let edition = match root.name() {
        "RadInstrumentData" => 2012,
        "N42InstrumentData" => 2006,
        other => {
            let detail =
                format!("the root is `{other}`, RadInstrumentData or N42InstrumentData expected");
            return Err((FaultKind::Malformed, detail));
        }
    };
    Ok(Opened { root, edition, namespace: document.namespace() })
}

fn parse(bytes: &[u8], layout: &mut Layout) -> Result<Read, (FaultKind, String)> {
    let Opened { root, edition, namespace } = open(bytes, layout)?;
    let mut passed = Passed::told();
    let document = if edition == 2012 {
        match namespace {
            Some(NAMESPACE) => {}
            Some(other) => {
                passed.over(format_args!("the namespace is {other} and not {NAMESPACE}"));
            }
            None => passed.over(format_args!("there is no namespace")),
        }
        document(root, &mut passed)
    } else {
        read_2006::document(root, &mut passed)
    };
    let document = document.map_err(|detail| (FaultKind::BadField, detail))?;
    Ok(Read { document, edition, passed_over: passed.remarks() })
}

fn document(root: Element<'_>, passed: &mut Passed) -> Result<Document, Refused> {
    for (parent, child) in elements::out_of_order(root).take(limits::N42_REMARKS) {
        passed.over(format_args!("{child} comes too late in {parent}"));
    }
    let mut document = Document {
        uuid: attribute(root, "n42DocUUID"),
        written: written(root, passed)?,
        remarks: remarks(root),
        creator: owned(root, "RadInstrumentDataCreatorName"),
        ..Document::default()
    };
    for part in root.children() {
        match part.name() {
            "RadInstrumentInformation" => document.instrument = instrument(part),
            "RadDetectorInformation" => document.detectors.push(detector(part)),
            "RadItemInformation" => document.items.extend(attribute(part, "id")),
            "EnergyWindows" => {
                let (starts, ends) = windows(part);
                let (starts, ends) = (starts.all()?, ends.all()?);
                document.windows.push(Windows { id: id(part), starts, ends });
            }
            "EnergyCalibration" => {
                document.calibrations.push((id(part), coefficients(part).all()?));
            }
            "RadMeasurementGroup" => document
                .groups
                .push(Group { id: id(part), uuid: attribute(part, "radMeasurementGroupUUID") }),
            "RadMeasurement" => document.measurements.push(measurement(part, passed)?),
            "DerivedData" => document.derived = true,
            "AnalysisResults" => document.analyses.push(analysis(part, passed)?),
            _ => {}
        }
    }
    Ok(document)
}

fn instrument(part: Element<'_>) -> Instrument {
    Instrument {
        id: id(part),
        manufacturer: owned(part, "RadInstrumentManufacturerName").unwrap_or_default(),
        identifier: owned(part, "RadInstrumentIdentifier"),
        model: owned(part, "RadInstrumentModelName").unwrap_or_default(),
        description: owned(part, "RadInstrumentDescription"),
        class: owned(part, "RadInstrumentClassCode").unwrap_or_default(),
        versions: part
            .named("RadInstrumentVersion")
            .map(|version| {
                let name = owned(version, "RadInstrumentComponentName").unwrap_or_default();
                (name, owned(version, "RadInstrumentComponentVersion").unwrap_or_default())
            })
            .collect(),
    }
}

fn detector(part: Element<'_>) -> Detector {
    Detector {
        id: id(part),
        name: owned(part, "RadDetectorName"),
        category: detects(part),
        kind: owned(part, "RadDetectorKindCode").unwrap_or_default(),
        description: owned(part, "RadDetectorDescription"),
    }
}

fn measurement(part: Element<'_>, passed: &mut Passed) -> Result<Measurement, Refused> {
    let class = class(part);
    if class.is_none() {
        let code = class_code(part);
        passed.over(format_args!("MeasurementClassCode `{code}` is taken for NotSpecified"));
    }
    let read = MeasurementPart::of(part, passed)?;
    let measurement = Measurement {
        id: id(part),
        groups: ids(part, "radMeasurementGroupReferences"),
        items: ids(part, "radItemInformationReferences"),
        remarks: remarks(part),
        class: class.unwrap_or_default(),
        start: read.start,
        real_time_s: read.real_time_s,
        spectra: read.spectra().map(|one| spectrum(one?, passed)).collect::<Result<_, _>>()?,
        counts: read.counts().map(|one| counts(one?)).collect::<Result<_, _>>()?,
        dose_rates: read.dose_rates().map(|one| one.map(dose_rate)).collect::<Result<_, _>>()?,
        faults: read.faults().map(fault).collect(),
        speed_m_s: read.speed_m_s()?,
        occupied: read.occupied,
    };
    if let (Some(real), Some(live)) = (
        measurement.real_time_s,
        measurement.counts.iter().filter_map(|counts| counts.live_time_s).max(),
    ) && live > real
    {
        passed.over(format_args!("a live time is longer than the real time"));
    }
    Ok(measurement)
}

fn spectrum(part: SpectrumPart<'_>, passed: &mut Passed) -> Result<Spectrum, Refused> {
    let values = part.channels.all()?;
    Ok(Spectrum {
        id: id(part.element),
        detector: attribute(part.element, "radDetectorInformationReference"),
        calibration: attribute(part.element, "energyCalibrationReference"),
        live_time_s: part.live_time_s,
        channels: if part.compressed { expand(&values, passed) } else { values },
    })
}

fn counts(part: parts::CountsPart<'_>) -> Result<GrossCounts, Refused> {
    Ok(GrossCounts {
        id: part.id().to_owned(),
        detector: part.detector.to_owned(),
        windows: attribute(part.element, "energyWindowsReference"),
        live_time_s: part.live_time_s,
        counts: part.counts.all()?,
    })
}

fn dose_rate((part, usv_h): (Element<'_>, Decimal)) -> DoseRate {
    let detector = attribute(part, "radDetectorInformationReference").unwrap_or_default();
    DoseRate { id: id(part), detector, usv_h }
}

/// Counted zeroes: a zero is followed by how many there are.
pub(super) fn expand(values: &[Decimal], passed: &mut Passed) -> Vec<Decimal> {
    let mut channels = Vec::new();
    let mut values = values.iter();
    while let Some(value) = values.next() {
        if !value.is_zero() {
            channels.push(*value);
            continue;
        }
        let zeroes = values.next().and_then(|count| usize::try_from(*count).ok());
        let room = limits::N42_CHANNELS.saturating_sub(channels.len());
        let Some(zeroes) = zeroes.filter(|zeroes| *zeroes <= room) else {
            passed.over(format_args!(
                "a spectrum ends in a run of zeroes without a length, or is too long"
            ));
            break;
        };
        channels.resize(channels.len() + zeroes, Decimal::ZERO);
    }
    channels
}

fn fault(part: FaultPart<'_>) -> Fault {
    Fault {
        code: part.code().to_owned(),
        description: part.description().to_owned(),
        severity: match part.severity() {
            Some("Fatal") => Severity::Fatal,
            Some("Error") => Severity::Error,
            Some(_) | None => Severity::Warning,
        },
    }
}

fn alarm(part: AlarmPart<'_>, passed: &mut Passed) -> Result<Alarm, Refused> {
    Ok(Alarm {
        detectors: ids(part.0, "radDetectorInformationReferences"),
        at: part.at(passed)?,
        category: part.category(),
        description: part.description().map(ToOwned::to_owned),
    })
}

fn analysis(part: Element<'_>, passed: &mut Passed) -> Result<Analysis, Refused> {
    let pair = |part: Element<'_>, name: &str, version: &str| {
        (owned(part, name).unwrap_or_default(), owned(part, version).unwrap_or_default())
    };
    let setting = |part: Element<'_>| {
        ["Name", "Value", "Units"]
            .map(|word| owned(part, &format!("AnalysisAlgorithmSetting{word}")).unwrap_or_default())
    };
    Ok(Analysis {
        groups: ids(part, "radMeasurementGroupReferences"),
        remarks: remarks(part),
        algorithm: owned(part, "AnalysisAlgorithmName"),
        versions: part
            .named("AnalysisAlgorithmVersion")
            .map(|one| {
                pair(one, "AnalysisAlgorithmComponentName", "AnalysisAlgorithmComponentVersion")
            })
            .collect(),
        settings: part.named("AnalysisAlgorithmSetting").map(setting).collect(),
        description: owned(part, "AnalysisResultDescription"),
        alarms: alarms(part).map(|one| alarm(one, passed)).collect::<Result<_, _>>()?,
        rates: rates(part)?,
        faults: faults(part).map(fault).collect(),
    })
}

/// The text of the first child of this name, kept.
pub(super) fn owned(part: Element<'_>, name: &str) -> Option<String> {
    text(part, name).map(ToOwned::to_owned)
}

pub(super) fn remarks(part: Element<'_>) -> Vec<String> {
    texts(part, "Remark").map(ToOwned::to_owned).collect()
}

pub(super) fn attribute(part: Element<'_>, name: &str) -> Option<String> {
    part.attribute(name).map(ToOwned::to_owned)
}

fn id(part: Element<'_>) -> String {
    parts::id(part).to_owned()
}

fn ids(part: Element<'_>, name: &str) -> Vec<String> {
    let list = part.attribute(name).unwrap_or_default();
    list.split_ascii_whitespace().map(ToOwned::to_owned).collect()
}
