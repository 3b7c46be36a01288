//! What has to hold of a document of 2012 and a schema cannot say, or would need the schema at hand to say.
//!
//! The rules of NIST's Schematron that matter for portals (section by section in `docs/protocols/n42.md`), the element order of the schema, and our
//! own: an offset with every time, ids that name the occupancy. For a document of another device each finding is a remark; for our own it is
//! a fault of the writer.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::fields::{Passed, stamp};
use super::{NAMESPACE, elements, names, read};
use crate::limits;
use crate::xml::{Document, Element, Layout};

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line of the file.
    pub line: u32,
    /// What is wrong there, and what would be right.
    pub what: String,
}

/// Checks a document. `now` is the moment that no time in it may exceed, if there is one. Empty: every rule holds.
pub fn check(xml: &str, now: Option<Timestamp>) -> Vec<Finding> {
    match Layout::default().read(xml, read::BOUNDS) {
        Ok(document) => {
            let mut check = Check { document, now, findings: Vec::new() };
            check.all();
            check.findings
        }
        Err(error) => alloc::vec![Finding { line: error.line, what: error.detail }],
    }
}

struct Check<'a> {
    document: Document<'a>,
    now: Option<Timestamp>,
    findings: Vec<Finding>,
}

/// Attributes that refer to elements, and the elements they may refer to.
const REFERENCES: &[(&str, &str)] = &[
    ("radMeasurementGroupReferences", "RadMeasurementGroup"),
    ("radMeasurementReferences", "RadMeasurement"),
    ("derivedDataReferences", "DerivedData"),
    ("radItemInformationReferences", "RadItemInformation"),
    ("radItemInformationReference", "RadItemInformation"),
    ("radDetectorInformationReferences", "RadDetectorInformation"),
    ("radDetectorInformationReference", "RadDetectorInformation"),
    ("radInstrumentInformationReference", "RadInstrumentInformation"),
    ("energyWindowsReference", "EnergyWindows"),
    ("energyCalibrationReference", "EnergyCalibration"),
];

/// Elements that hold a time.
const TIMES: &[&str] = &[
    "StartDateTime",
    "RadAlarmDateTime",
    "AnalysisStartDateTime",
    "CalibrationDateTime",
    "InspectionDateTime",
];

impl Check<'_> {
    fn find(&mut self, node: Element<'_>, what: String) {
        if self.findings.len() < limits::N42_REMARKS {
            self.findings.push(Finding { line: node.line(), what });
        }
    }

    fn all(&mut self) {
        let root = self.document.root();
        if root.name() != "RadInstrumentData" {
            let name = root.name();
            self.find(root, format!("the root is {name}: RadInstrumentData expected"));
            return;
        }
        if self.document.namespace() != Some(NAMESPACE) {
            self.find(root, format!("the namespace must be {NAMESPACE}"));
        }
        self.order(root);
        self.ids(root);
        for node in root.descendants() {
            match node.name() {
                "AnalysisResults" => self.analysis(node),
                "RadMeasurement" | "DerivedData" => self.one_detector_once(node),
                "EnergyWindows" => self.windows(node),
                "RadDetectorInformation" => self.detector(node),
                "RadAlarm" => {
                    let other = code(node, "RadAlarmCategoryCode") == "Other";
                    self.described(node, other, "RadAlarmDescription");
                }
                name if names::ELEMENTS.contains(&name) => {
                    let text = node.text().unwrap_or_default();
                    if !names::fits(text) {
                        self.find(node, format!("{name}: {text:?}: not blank, and with no blank between two punctuation marks"));
                    }
                }
                name if TIMES.contains(&name) => {
                    self.time(node, name, node.text().unwrap_or_default());
                }
                _ => {}
            }
        }
        if let Some(written) = root.attribute("n42DocDateTime") {
            self.time(root, "n42DocDateTime", written);
        }
    }

    fn order(&mut self, root: Element<'_>) {
        for (parent, child) in elements::out_of_order(root).take(limits::N42_REMARKS) {
            self.find(root, format!("{child} comes too late in {parent}: the order is fixed"));
        }
        for (parent, child) in elements::missing(root).take(limits::N42_REMARKS) {
            let name = parent.name();
            self.find(parent, format!("{name} lacks {child}"));
        }
        for (child, name) in elements::strangers(root).take(limits::N42_REMARKS) {
            self.find(child, format!("{name} is not allowed here"));
        }
    }

    /// Ids are unique, and each reference leads to an element of the right kind.
    fn ids(&mut self, root: Element<'_>) {
        let mut known: BTreeMap<&str, &str> = BTreeMap::new();
        for node in root.descendants() {
            if let Some(id) = node.attribute("id")
                && known.insert(id, node.name()).is_some()
            {
                self.find(node, format!("the id {id} is used twice"));
            }
        }
        for node in root.descendants() {
            for (attribute, kind) in REFERENCES {
                let list = node.attribute(attribute).unwrap_or_default();
                for id in list.split_ascii_whitespace() {
                    match known.get(id) {
                        Some(found) if found == kind => {}
                        Some(found) => self.find(
                            node,
                            format!("{attribute}: {id} is a {found}, a {kind} expected"),
                        ),
                        None => self.find(
                            node,
                            format!("{attribute}: there is no {kind} with the id {id}"),
                        ),
                    }
                }
            }
        }
    }

    fn analysis(&mut self, node: Element<'_>) {
        let references =
            ["radMeasurementGroupReferences", "radMeasurementReferences", "derivedDataReferences"];
        let given = references.iter().filter(|name| node.attribute(name).is_some()).count();
        if given != 1 {
            let expected = references.join(", ");
            self.find(
                node,
                format!("AnalysisResults has {given} references: exactly one of {expected}"),
            );
        }
    }

    fn one_detector_once(&mut self, node: Element<'_>) {
        let mut seen = BTreeSet::new();
        for counts in node.named("GrossCounts") {
            let detector = counts.attribute("radDetectorInformationReference").unwrap_or_default();
            if !seen.insert(detector) {
                let what =
                    format!("the detector {detector} has two GrossCounts in one measurement");
                self.find(counts, what);
            }
        }
    }

    fn windows(&mut self, node: Element<'_>) {
        let list = |name: &str| -> Vec<Option<Decimal>> {
            let text = node.child(name).and_then(Element::text).unwrap_or_default();
            text.split_ascii_whitespace().map(|number| number.parse().ok()).collect()
        };
        let (starts, ends) = (list("WindowStartEnergyValues"), list("WindowEndEnergyValues"));
        if starts.len() != ends.len() {
            self.find(node, "as many window starts as ends expected".to_owned());
        }
        for (start, end) in starts.iter().zip(&ends) {
            if start.is_none() || end.is_none() || start >= end {
                self.find(node, "each window must begin before it ends".to_owned());
            }
        }
        if starts.windows(2).any(|pair| pair[0] > pair[1]) {
            self.find(node, "windows must begin one behind the other".to_owned());
        }
    }

    fn detector(&mut self, node: Element<'_>) {
        let other = [code(node, "RadDetectorCategoryCode"), code(node, "RadDetectorKindCode")]
            .contains(&"Other");
        self.described(node, other, "RadDetectorDescription");
    }

    fn described(&mut self, node: Element<'_>, other: bool, description: &str) {
        if other && code(node, description).is_empty() {
            let name = node.name();
            self.find(node, format!("{name} with the code Other needs {description}"));
        }
    }

    fn time(&mut self, node: Element<'_>, name: &str, text: &str) {
        let mut passed = Passed::told();
        match stamp(name, text.trim(), &mut passed) {
            Err(what) => self.find(node, what),
            Ok(stamp) => {
                for what in passed.remarks() {
                    self.find(node, what);
                }
                if self.now.is_some_and(|now| stamp.at > now) {
                    self.find(node, format!("{name}: {text} is in the future"));
                }
            }
        }
    }
}

fn code<'a>(node: Element<'a>, name: &str) -> &'a str {
    node.child(name).and_then(Element::text).map(str::trim).unwrap_or_default()
}
