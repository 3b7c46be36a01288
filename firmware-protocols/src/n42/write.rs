//! A document as XML of 2012: elements in the order of the schema, two blanks for each level, leaves on one line.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use rust_decimal::Decimal;

use super::document::{
    Analysis, Detector, Document, Fault, GrossCounts, Instrument, Measurement, Spectrum,
};
use super::{NAMESPACE, names};

/// The document as XML.
pub fn write(document: &Document) -> String {
    let mut xml =
        Xml { text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), depth: 0 };
    let uuid = document.uuid.clone();
    let written = document.written.map(|stamp| stamp.to_string());
    let attributes =
        [("xmlns", Some(NAMESPACE.to_string())), ("n42DocUUID", uuid), ("n42DocDateTime", written)];
    xml.inside("RadInstrumentData", &attributes, |xml| {
        xml.remarks(&document.remarks);
        document.creator.iter().for_each(|one| xml.name("RadInstrumentDataCreatorName", one));
        instrument(xml, &document.instrument);
        document.detectors.iter().for_each(|one| detector(xml, one));
        for item in &document.items {
            xml.empty("RadItemInformation", &[("id", Some(item.clone()))]);
        }
        for windows in &document.windows {
            xml.inside("EnergyWindows", &[("id", Some(windows.id.clone()))], |xml| {
                xml.leaf("WindowStartEnergyValues", list(&windows.starts));
                xml.leaf("WindowEndEnergyValues", list(&windows.ends));
            });
        }
        for (id, coefficients) in &document.calibrations {
            xml.inside("EnergyCalibration", &[("id", Some(id.clone()))], |xml| {
                xml.leaf("CoefficientValues", list(coefficients));
            });
        }
        for group in &document.groups {
            let attributes =
                [("id", Some(group.id.clone())), ("radMeasurementGroupUUID", group.uuid.clone())];
            xml.empty("RadMeasurementGroup", &attributes);
        }
        for one in &document.measurements {
            measurement(xml, one, document);
        }
        document.analyses.iter().for_each(|one| analysis(xml, one));
    });
    xml.text
}

fn instrument(xml: &mut Xml, instrument: &Instrument) {
    xml.inside("RadInstrumentInformation", &[("id", Some(instrument.id.clone()))], |xml| {
        xml.name("RadInstrumentManufacturerName", &instrument.manufacturer);
        instrument.identifier.iter().for_each(|one| xml.name("RadInstrumentIdentifier", one));
        xml.name("RadInstrumentModelName", &instrument.model);
        xml.leaf_if("RadInstrumentDescription", instrument.description.as_ref());
        xml.leaf("RadInstrumentClassCode", &instrument.class);
        for (name, version) in &instrument.versions {
            xml.inside("RadInstrumentVersion", &[], |xml| {
                xml.name("RadInstrumentComponentName", name);
                xml.name("RadInstrumentComponentVersion", version);
            });
        }
    });
}

fn detector(xml: &mut Xml, detector: &Detector) {
    xml.inside("RadDetectorInformation", &[("id", Some(detector.id.clone()))], |xml| {
        xml.leaf_if("RadDetectorName", detector.name.as_ref());
        xml.leaf("RadDetectorCategoryCode", detector.category.code());
        xml.leaf("RadDetectorKindCode", &detector.kind);
        xml.leaf_if("RadDetectorDescription", detector.description.as_ref());
    });
}

fn measurement(xml: &mut Xml, measurement: &Measurement, document: &Document) {
    let attributes = [
        ("id", Some(measurement.id.clone())),
        ("radMeasurementGroupReferences", references(&measurement.groups)),
        ("radItemInformationReferences", references(&measurement.items)),
    ];
    xml.inside("RadMeasurement", &attributes, |xml| {
        xml.remarks(&measurement.remarks);
        xml.leaf("MeasurementClassCode", measurement.class.code());
        // Required by the schema. A measurement without them was read from a file that lacks them, and is written as it was.
        xml.leaf_if("StartDateTime", measurement.start);
        xml.leaf_if("RealTimeDuration", measurement.real_time_s.map(duration));
        measurement.spectra.iter().for_each(|one| spectrum(xml, one));
        measurement.counts.iter().for_each(|one| gross_counts(xml, one));
        for dose in &measurement.dose_rates {
            let attributes = [
                ("id", Some(dose.id.clone())),
                ("radDetectorInformationReference", Some(dose.detector.clone())),
            ];
            xml.inside("DoseRate", &attributes, |xml| xml.leaf("DoseRateValue", dose.usv_h));
        }
        if !measurement.faults.is_empty() {
            let instrument = Some(document.instrument.id.clone());
            let attributes = [("radInstrumentInformationReference", instrument)];
            xml.inside("RadInstrumentState", &attributes, |xml| faults(xml, &measurement.faults));
        }
        if let (Some(speed), Some(item)) = (measurement.speed_m_s, measurement.items.first()) {
            let attributes = [("radItemInformationReference", Some(item.clone()))];
            xml.inside("RadItemState", &attributes, |xml| {
                xml.inside("StateVector", &[], |xml| xml.leaf("SpeedValue", speed));
            });
        }
        xml.leaf_if("OccupancyIndicator", measurement.occupied);
    });
}

fn spectrum(xml: &mut Xml, spectrum: &Spectrum) {
    let attributes = [
        ("id", Some(spectrum.id.clone())),
        ("radDetectorInformationReference", spectrum.detector.clone()),
        ("energyCalibrationReference", spectrum.calibration.clone()),
    ];
    xml.inside("Spectrum", &attributes, |xml| {
        xml.leaf_if("LiveTimeDuration", spectrum.live_time_s.map(duration));
        xml.leaf("ChannelData", list(&spectrum.channels));
    });
}

fn gross_counts(xml: &mut Xml, counts: &GrossCounts) {
    let attributes = [
        ("id", Some(counts.id.clone())),
        ("radDetectorInformationReference", Some(counts.detector.clone())),
        ("energyWindowsReference", counts.windows.clone()),
    ];
    xml.inside("GrossCounts", &attributes, |xml| {
        xml.leaf_if("LiveTimeDuration", counts.live_time_s.map(duration));
        xml.leaf("CountData", list(&counts.counts));
    });
}

fn faults(xml: &mut Xml, faults: &[Fault]) {
    for fault in faults {
        xml.inside("Fault", &[], |xml| {
            xml.leaf("FaultCodeValue", &fault.code);
            xml.leaf("FaultDescription", &fault.description);
            xml.leaf("FaultSeverityCode", fault.severity.code());
        });
    }
}

fn analysis(xml: &mut Xml, analysis: &Analysis) {
    let attributes = [("radMeasurementGroupReferences", references(&analysis.groups))];
    xml.inside("AnalysisResults", &attributes, |xml| {
        xml.remarks(&analysis.remarks);
        xml.leaf_if("AnalysisAlgorithmName", analysis.algorithm.as_ref());
        for (name, version) in &analysis.versions {
            xml.inside("AnalysisAlgorithmVersion", &[], |xml| {
                xml.name("AnalysisAlgorithmComponentName", name);
                xml.name("AnalysisAlgorithmComponentVersion", version);
            });
        }
        for [name, value, unit] in &analysis.settings {
            xml.inside("AnalysisAlgorithmSetting", &[], |xml| {
                xml.name("AnalysisAlgorithmSettingName", name);
                xml.name("AnalysisAlgorithmSettingValue", value);
                xml.name("AnalysisAlgorithmSettingUnits", unit);
            });
        }
        xml.leaf_if("AnalysisResultDescription", analysis.description.as_ref());
        for alarm in &analysis.alarms {
            let attributes = [("radDetectorInformationReferences", references(&alarm.detectors))];
            xml.inside("RadAlarm", &attributes, |xml| {
                xml.leaf_if("RadAlarmDateTime", alarm.at);
                xml.leaf("RadAlarmCategoryCode", alarm.category.code());
                xml.leaf_if("RadAlarmDescription", alarm.description.as_ref());
            });
        }
        if let Some(rates) = &analysis.rates {
            xml.inside("GrossCountAnalysisResults", &[], |xml| {
                xml.leaf_if("MaximumCountRateValue", rates.maximum);
                xml.leaf_if("BackgroundCountRateValue", rates.background);
            });
        }
        faults(xml, &analysis.faults);
    });
}

fn references(ids: &[String]) -> Option<String> {
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn list(numbers: &[Decimal]) -> String {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    texts.join(" ")
}

/// Seconds as an XML duration, such as `PT0.2S`.
fn duration(seconds: Decimal) -> String {
    format!("PT{}S", seconds.normalize())
}

struct Xml {
    text: String,
    depth: usize,
}

type Attribute<'a> = (&'a str, Option<String>);

impl Xml {
    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    fn begin(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            if let Some(value) = value {
                self.text.push_str(&format!(" {name}=\""));
                self.escape(value);
                self.text.push('"');
            }
        }
    }

    fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.begin(name, attributes);
        self.text.push_str("/>\n");
    }

    fn inside(&mut self, name: &str, attributes: &[Attribute<'_>], write: impl FnOnce(&mut Xml)) {
        self.begin(name, attributes);
        self.text.push_str(">\n");
        self.depth += 1;
        write(self);
        self.depth -= 1;
        self.indent();
        self.text.push_str(&format!("</{name}>\n"));
    }

    fn leaf(&mut self, name: &str, value: impl Display) {
        self.indent();
        self.text.push_str(&format!("<{name}>"));
        self.escape(&value.to_string());
        self.text.push_str(&format!("</{name}>\n"));
    }

    /// A leaf of those whose text the schema restricts.
    fn name(&mut self, name: &str, value: &str) {
        self.leaf(name, names::fitted(value));
    }

    fn leaf_if(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.leaf(name, value);
        }
    }

    fn remarks(&mut self, remarks: &[String]) {
        for remark in remarks {
            self.leaf("Remark", remark);
        }
    }

    /// Characters that XML cannot hold at all (control characters) become a blank.
    fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '&' => self.text.push_str("&amp;"),
                '"' => self.text.push_str("&quot;"),
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.text.push(' '),
                other => self.text.push(other),
            }
        }
    }
}
