//! Reading a document, of 2012 or of 2006, whatever the device made of the schema.
//!
//! Tolerated, and told: elements in another order, times without an offset or with one that lacks its colon, a missing namespace, missing
//! ids. Not tolerated: XML that is not well-formed, a DTD, more than the limits allow, another root element, numbers that are none.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use roxmltree::{Document as Tree, Node, ParsingOptions};
use rust_decimal::Decimal;

use super::document::{
    Alarm, Analysis, Category, Class, CountRates, Detector, Document, DoseRate, Fault, GrossCounts,
    Group, Instrument, Measurement, Severity, Spectrum, Stamp, Windows,
};
use super::{NAMESPACE, elements, read_2006};
use crate::fault::{Fault as Wrong, FaultKind};
use crate::limits;

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

/// Notes what is passed over, each once.
#[derive(Debug, Default)]
pub(super) struct Passed(pub(super) Vec<String>);

impl Passed {
    pub(super) fn over(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.0.len() < limits::N42_REMARKS && !self.0.contains(&what) {
            self.0.push(what);
        }
    }
}

/// Why a document cannot be read, as a sentence.
pub(super) type Refused = String;

/// Reads a document.
pub fn read(bytes: &[u8]) -> Result<Read, Wrong> {
    parse(bytes).map_err(|(kind, detail)| Wrong::new(kind, detail, bytes))
}

fn parse(bytes: &[u8]) -> Result<Read, (FaultKind, String)> {
    if bytes.len() > limits::N42_BYTES {
        let detail = format!("an N42 document has at most {} bytes", limits::N42_BYTES);
        return Err((FaultKind::TooLong, detail));
    }
    let text = core::str::from_utf8(bytes)
        .map_err(|_| (FaultKind::NotText, "the document is not UTF-8".to_owned()))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: limits::N42_NODES,
        ..ParsingOptions::default()
    };
    let tree = Tree::parse_with_options(text.trim_start_matches('\u{feff}'), options)
        .map_err(|error| (FaultKind::Malformed, error.to_string()))?;
    if elements::deeper_than(tree.root_element(), limits::N42_DEPTH) {
        let detail = format!("elements are nested deeper than {}", limits::N42_DEPTH);
        return Err((FaultKind::Malformed, detail));
    }
    let mut passed = Passed::default();
    let root = tree.root_element();
    let (document, edition) = match root.tag_name().name() {
        "RadInstrumentData" => {
            match root.tag_name().namespace() {
                Some(NAMESPACE) => {}
                Some(other) => passed.over(format!("the namespace is {other} and not {NAMESPACE}")),
                None => passed.over("there is no namespace"),
            }
            (document(root, &mut passed), 2012)
        }
        "N42InstrumentData" => (read_2006::document(root, &mut passed), 2006),
        other => {
            let detail =
                format!("the root is `{other}`, RadInstrumentData or N42InstrumentData expected");
            return Err((FaultKind::Malformed, detail));
        }
    };
    let document = document.map_err(|detail| (FaultKind::BadField, detail))?;
    Ok(Read { document, edition, passed_over: passed.0 })
}

fn document(root: Node<'_, '_>, passed: &mut Passed) -> Result<Document, Refused> {
    for (parent, child) in elements::out_of_order(root).take(limits::N42_REMARKS) {
        passed.over(format!("{child} comes too late in {parent}"));
    }
    let mut document = Document {
        uuid: attribute(root, "n42DocUUID"),
        written: root
            .attribute("n42DocDateTime")
            .map(|text| stamp("n42DocDateTime", text, passed))
            .transpose()?,
        remarks: texts(root, "Remark"),
        creator: text(root, "RadInstrumentDataCreatorName"),
        ..Document::default()
    };
    for node in root.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "RadInstrumentInformation" => document.instrument = instrument(node),
            "RadDetectorInformation" => document.detectors.push(detector(node)),
            "RadItemInformation" => document.items.extend(attribute(node, "id")),
            "EnergyWindows" => document.windows.push(Windows {
                id: id(node),
                starts: numbers(node, "WindowStartEnergyValues")?,
                ends: numbers(node, "WindowEndEnergyValues")?,
            }),
            "EnergyCalibration" => {
                document.calibrations.push((id(node), numbers(node, "CoefficientValues")?));
            }
            "RadMeasurementGroup" => document
                .groups
                .push(Group { id: id(node), uuid: attribute(node, "radMeasurementGroupUUID") }),
            "RadMeasurement" => document.measurements.push(measurement(node, passed)?),
            "DerivedData" => document.derived = true,
            "AnalysisResults" => document.analyses.push(analysis(node, passed)?),
            _ => {}
        }
    }
    Ok(document)
}

fn instrument(node: Node<'_, '_>) -> Instrument {
    Instrument {
        id: id(node),
        manufacturer: text(node, "RadInstrumentManufacturerName").unwrap_or_default(),
        identifier: text(node, "RadInstrumentIdentifier"),
        model: text(node, "RadInstrumentModelName").unwrap_or_default(),
        description: text(node, "RadInstrumentDescription"),
        class: text(node, "RadInstrumentClassCode").unwrap_or_default(),
        versions: children(node, "RadInstrumentVersion")
            .map(|version| {
                let name = text(version, "RadInstrumentComponentName").unwrap_or_default();
                (name, text(version, "RadInstrumentComponentVersion").unwrap_or_default())
            })
            .collect(),
    }
}

fn detector(node: Node<'_, '_>) -> Detector {
    Detector {
        id: id(node),
        name: text(node, "RadDetectorName"),
        category: category(text(node, "RadDetectorCategoryCode").as_deref()),
        kind: text(node, "RadDetectorKindCode").unwrap_or_default(),
        description: text(node, "RadDetectorDescription"),
    }
}

pub(super) fn category(code: Option<&str>) -> Category {
    match code {
        Some("Gamma") => Category::Gamma,
        Some("Neutron") => Category::Neutron,
        Some(_) | None => Category::Other,
    }
}

fn measurement(node: Node<'_, '_>, passed: &mut Passed) -> Result<Measurement, Refused> {
    let code = text(node, "MeasurementClassCode").unwrap_or_default();
    let class = Class::ALL.into_iter().find(|class| class.code() == code);
    if class.is_none() {
        passed.over(format!("MeasurementClassCode `{code}` is taken for NotSpecified"));
    }
    let mut measurement = Measurement {
        id: id(node),
        groups: ids(node, "radMeasurementGroupReferences"),
        items: ids(node, "radItemInformationReferences"),
        remarks: texts(node, "Remark"),
        class: class.unwrap_or_default(),
        start: text(node, "StartDateTime")
            .map(|text| stamp("StartDateTime", &text, passed))
            .transpose()?,
        real_time_s: seconds_in(node, "RealTimeDuration")?,
        spectra: Vec::new(),
        counts: Vec::new(),
        dose_rates: Vec::new(),
        faults: Vec::new(),
        speed_m_s: None,
        occupied: text(node, "OccupancyIndicator").map(|text| boolean(&text)).transpose()?,
    };
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "Spectrum" => measurement.spectra.push(spectrum(child, passed)?),
            "GrossCounts" => measurement.counts.push(GrossCounts {
                id: id(child),
                detector: attribute(child, "radDetectorInformationReference").unwrap_or_default(),
                windows: attribute(child, "energyWindowsReference"),
                live_time_s: seconds_in(child, "LiveTimeDuration")?,
                counts: numbers(child, "CountData")?,
            }),
            "DoseRate" => {
                if let Some(value) = text(child, "DoseRateValue") {
                    measurement.dose_rates.push(DoseRate {
                        id: id(child),
                        detector: attribute(child, "radDetectorInformationReference")
                            .unwrap_or_default(),
                        usv_h: number("DoseRateValue", &value)?,
                    });
                }
            }
            "RadInstrumentState" => measurement.faults.extend(faults(child)),
            "RadItemState" => {
                let speed = children(child, "StateVector").find_map(|at| text(at, "SpeedValue"));
                measurement.speed_m_s =
                    speed.map(|speed| number("SpeedValue", &speed)).transpose()?;
            }
            _ => {}
        }
    }
    if let (Some(real), Some(live)) = (
        measurement.real_time_s,
        measurement.counts.iter().filter_map(|counts| counts.live_time_s).max(),
    ) && live > real
    {
        passed.over("a live time is longer than the real time");
    }
    Ok(measurement)
}

fn spectrum(node: Node<'_, '_>, passed: &mut Passed) -> Result<Spectrum, Refused> {
    let data = child(node, "ChannelData");
    let compressed = data
        .and_then(|data| data.attribute("compressionCode").or(data.attribute("Compression")))
        .is_some_and(|code| code.eq_ignore_ascii_case("CountedZeroes"));
    let values = numbers(node, "ChannelData")?;
    Ok(Spectrum {
        id: id(node),
        detector: attribute(node, "radDetectorInformationReference"),
        calibration: attribute(node, "energyCalibrationReference"),
        live_time_s: seconds_in(node, "LiveTimeDuration")?,
        channels: if compressed { expand(&values, passed) } else { values },
    })
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
            passed.over("a spectrum ends in a run of zeroes without a length, or is too long");
            break;
        };
        channels.resize(channels.len() + zeroes, Decimal::ZERO);
    }
    channels
}

fn faults(node: Node<'_, '_>) -> Vec<Fault> {
    children(node, "Fault")
        .map(|fault| Fault {
            code: text(fault, "FaultCodeValue").unwrap_or_default(),
            description: text(fault, "FaultDescription").unwrap_or_default(),
            severity: match text(fault, "FaultSeverityCode").as_deref() {
                Some("Fatal") => Severity::Fatal,
                Some("Error") => Severity::Error,
                Some(_) | None => Severity::Warning,
            },
        })
        .collect()
}

fn analysis(node: Node<'_, '_>, passed: &mut Passed) -> Result<Analysis, Refused> {
    let mut alarms = Vec::new();
    for alarm in children(node, "RadAlarm") {
        alarms.push(Alarm {
            detectors: ids(alarm, "radDetectorInformationReferences"),
            at: text(alarm, "RadAlarmDateTime")
                .map(|text| stamp("RadAlarmDateTime", &text, passed))
                .transpose()?,
            category: category(text(alarm, "RadAlarmCategoryCode").as_deref()),
            description: text(alarm, "RadAlarmDescription"),
        });
    }
    let pair = |node: Node<'_, '_>, name: &str, version: &str| {
        (text(node, name).unwrap_or_default(), text(node, version).unwrap_or_default())
    };
    let rate = |node: Node<'_, '_>, name: &'static str| {
        text(node, name).map(|value| number(name, &value)).transpose()
    };
    Ok(Analysis {
        groups: ids(node, "radMeasurementGroupReferences"),
        remarks: texts(node, "Remark"),
        algorithm: text(node, "AnalysisAlgorithmName"),
        versions: children(node, "AnalysisAlgorithmVersion")
            .map(|one| {
                pair(one, "AnalysisAlgorithmComponentName", "AnalysisAlgorithmComponentVersion")
            })
            .collect(),
        settings: children(node, "AnalysisAlgorithmSetting")
            .map(|one| {
                ["Name", "Value", "Units"].map(|part| {
                    text(one, &format!("AnalysisAlgorithmSetting{part}")).unwrap_or_default()
                })
            })
            .collect(),
        description: text(node, "AnalysisResultDescription"),
        alarms,
        rates: child(node, "GrossCountAnalysisResults")
            .map(|node| {
                Ok::<_, Refused>(CountRates {
                    maximum: rate(node, "MaximumCountRateValue")?,
                    background: rate(node, "BackgroundCountRateValue")?,
                })
            })
            .transpose()?,
        faults: faults(node),
    })
}

pub(super) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

pub(super) fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text of an element, blanks around it cut off, those before the place where it is too long as well; `None` if it is empty.
pub(super) fn own_text(node: Node<'_, '_>) -> Option<String> {
    let text = node.text().map(str::trim).filter(|text| !text.is_empty())?;
    let end = text.char_indices().nth(limits::TEXT_CHARS).map_or(text.len(), |(at, _)| at);
    text.get(..end).map(|text| text.trim_end().to_owned())
}

pub(super) fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).and_then(own_text)
}

fn texts(node: Node<'_, '_>, name: &str) -> Vec<String> {
    children(node, name).filter_map(own_text).collect()
}

pub(super) fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(ToOwned::to_owned)
}

fn id(node: Node<'_, '_>) -> String {
    attribute(node, "id").unwrap_or_default()
}

fn ids(node: Node<'_, '_>, name: &str) -> Vec<String> {
    let list = node.attribute(name).unwrap_or_default();
    list.split_ascii_whitespace().map(ToOwned::to_owned).collect()
}

/// All numbers of a list; a spectrum is longer than a text may be.
pub(super) fn numbers(node: Node<'_, '_>, name: &str) -> Result<Vec<Decimal>, Refused> {
    let list = child(node, name).and_then(|node| node.text()).unwrap_or_default();
    let mut numbers = Vec::new();
    for text in list.split_ascii_whitespace() {
        if numbers.len() >= limits::N42_CHANNELS {
            return Err(format!("{name} has more than {} numbers", limits::N42_CHANNELS));
        }
        numbers.push(number(name, text)?);
    }
    Ok(numbers)
}

/// A number, with or without an exponent.
pub(super) fn number(name: &str, text: &str) -> Result<Decimal, Refused> {
    let plain = Decimal::from_str_exact(text).ok();
    let scientific = || Decimal::from_scientific(text).ok();
    // More digits than can be kept: rounded.
    let rounded = || text.parse().ok();
    plain
        .or_else(scientific)
        .or_else(rounded)
        .ok_or_else(|| format!("{name}: `{text}` is not a number"))
}

fn boolean(text: &str) -> Result<bool, Refused> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

fn seconds_in(node: Node<'_, '_>, name: &str) -> Result<Option<Decimal>, Refused> {
    text(node, name).map(|text| seconds(name, &text)).transpose()
}

/// An XML duration of days, hours, minutes and seconds, in seconds. Months have no length, so they are refused.
pub(super) fn seconds(name: &str, text: &str) -> Result<Decimal, Refused> {
    let refuse = || format!("{name}: `{text}` is not a duration such as PT0.2S");
    let mut rest = text.strip_prefix('P').ok_or_else(refuse)?;
    let (mut time, mut sum, mut parts) = (false, Decimal::ZERO, 0);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            time = true;
            rest = after;
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(refuse)?;
        let (value, after) = rest.split_at(length);
        let (unit, after) = after.split_at_checked(1).ok_or_else(refuse)?;
        let unit_s = match (time, unit) {
            (false, "D") => 86_400,
            (true, "H") => 3600,
            (true, "M") => 60,
            (true, "S") => 1,
            _ => return Err(refuse()),
        };
        let value = number(name, value).map_err(|_| refuse())?;
        let scaled = value.checked_mul(Decimal::from(unit_s)).ok_or_else(refuse)?;
        sum = sum.checked_add(scaled).ok_or_else(refuse)?;
        parts += 1;
        rest = after;
    }
    if parts == 0 { Err(refuse()) } else { Ok(sum) }
}

/// A time with its offset; one without any is taken for UTC, and that is told.
pub(super) fn stamp(name: &str, text: &str, passed: &mut Passed) -> Result<Stamp, Refused> {
    let refuse = || format!("{name}: `{text}` is not a time such as 2026-05-01T10:15:14.062+05:00");
    let (civil, offset) = split_offset(text);
    let civil: DateTime = civil.parse().map_err(|_| refuse())?;
    let offset = match offset {
        None => {
            passed.over(format!("{name} has no offset from UTC; UTC is taken"));
            Offset::UTC
        }
        Some("Z") => Offset::UTC,
        Some(written) => {
            if !written.contains(':') {
                passed.over(format!("the offset of {name} has no colon"));
            }
            offset_of(written).ok_or_else(refuse)?
        }
    };
    let at: Timestamp = offset.to_timestamp(civil).map_err(|_| refuse())?;
    Ok(Stamp { at, offset })
}

fn split_offset(text: &str) -> (&str, Option<&str>) {
    if let Some(civil) = text.strip_suffix('Z') {
        return (civil, Some("Z"));
    }
    let sign = text
        .find('T')
        .and_then(|t| text.get(t..).and_then(|time| time.find(['+', '-'])).map(|sign| t + sign));
    match sign.and_then(|sign| text.split_at_checked(sign)) {
        Some((civil, offset)) => (civil, Some(offset)),
        None => (text, None),
    }
}

fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let number = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() <= 2);
    let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
    let seconds = number(hours)? * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}
