//! The elements of a document of 2012 and their fixed order, as far as portals use them.
//!
//! From the schema of NIST (n42.xsd, version 0.0.54), section by section.

use alloc::string::{String, ToString};

use crate::xml::Element;

/// Children of an element, in the order of the schema. `!` marks those that have to be there.
const ORDER: &[(&str, &[&str])] = &[
    (
        "RadInstrumentInformation",
        &[
            "Remark",
            "RadInstrumentManufacturerName!",
            "RadInstrumentIdentifier",
            "RadInstrumentModelName!",
            "RadInstrumentDescription",
            "RadInstrumentClassCode!",
            "RadInstrumentVersion!",
            "RadInstrumentQualityControl",
            "RadInstrumentCharacteristics",
            "RadInstrumentInformationExtension",
        ],
    ),
    (
        "RadInstrumentVersion",
        &["Remark", "RadInstrumentComponentName!", "RadInstrumentComponentVersion!"],
    ),
    (
        "RadDetectorInformation",
        &[
            "Remark",
            "RadDetectorName",
            "RadDetectorCategoryCode!",
            "RadDetectorKindCode!",
            "RadDetectorDescription",
            "RadDetectorLengthValue",
            "RadDetectorWidthValue",
            "RadDetectorDepthValue",
            "RadDetectorDiameterValue",
            "RadDetectorVolumeValue",
            "RadDetectorCharacteristics",
            "RadDetectorInformationExtension",
        ],
    ),
    (
        "RadMeasurement",
        &[
            "Remark",
            "MeasurementClassCode!",
            "StartDateTime!",
            "RealTimeDuration!",
            "Spectrum",
            "GrossCounts",
            "DoseRate",
            "TotalDose",
            "ExposureRate",
            "TotalExposure",
            "RadInstrumentState",
            "RadDetectorState",
            "RadItemState",
            "OccupancyIndicator",
            "RadMeasurementExtension",
        ],
    ),
    ("Spectrum", &["Remark", "LiveTimeDuration!", "ChannelData!", "SpectrumExtension"]),
    ("GrossCounts", &["Remark", "LiveTimeDuration!", "CountData!", "TotalCountData"]),
    (
        "RadAlarm",
        &[
            "Remark",
            "RadAlarmDateTime",
            "RadAlarmCategoryCode!",
            "RadAlarmDescription",
            "AlarmAudibleIndicator",
            "RadAlarmLightColor",
            "RadAlarmEnergyWindowIndices",
            "RadAlarmExtension",
        ],
    ),
    (
        "Fault",
        &["Remark", "FaultCodeValue!", "FaultDescription!", "FaultSeverityCode!", "FaultExtension"],
    ),
    (
        "AnalysisResults",
        &[
            "Remark",
            "AnalysisStartDateTime",
            "AnalysisComputationDuration",
            "AnalysisAlgorithmName",
            "AnalysisAlgorithmCreatorName",
            "AnalysisAlgorithmDescription",
            "AnalysisAlgorithmVersion",
            "AnalysisAlgorithmSetting",
            "AnalysisResultStatusCode",
            "AnalysisConfidenceValue",
            "AnalysisResultDescription",
            "RadAlarm",
            "NuclideAnalysisResults",
            "SpectrumPeakAnalysisResults",
            "GrossCountAnalysisResults",
            "DoseAnalysisResults",
            "ExposureAnalysisResults",
            "Fault",
            "AnalysisResultsExtension",
        ],
    ),
];

/// The head of the root; what follows may come in any order, an extension last.
const HEAD: &[&str] = &[
    "Remark",
    "RadInstrumentDataCreatorName",
    "RadInstrumentInformation!",
    "RadDetectorInformation!",
    "RadItemInformation",
];

fn order_of(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "RadInstrumentData" => Some(HEAD),
        _ => ORDER.iter().find(|(parent, _)| *parent == name).map(|(_, children)| *children),
    }
}

fn rank(order: &[&str], name: &str) -> Option<usize> {
    order.iter().position(|child| child.trim_end_matches('!') == name)
}

/// Each element that comes after one that the schema has behind it: parent, child.
pub(super) fn out_of_order<'a>(root: Element<'a>) -> impl Iterator<Item = (String, String)> + 'a {
    root.descendants().flat_map(|parent| {
        let order = order_of(parent.name()).unwrap_or_default();
        let is_root = parent.name() == "RadInstrumentData";
        let mut highest = 0;
        parent.children().filter_map(move |child| {
            let name = child.name();
            // What the head does not name belongs behind it.
            let behind = if is_root { Some(order.len()) } else { None };
            let rank = rank(order, name).or(behind)?;
            let late = rank < highest;
            highest = highest.max(rank);
            late.then(|| (parent.name().to_string(), name.to_string()))
        })
    })
}

/// Each element that the schema demands and the document lacks: parent, child.
pub(super) fn missing<'a>(root: Element<'a>) -> impl Iterator<Item = (Element<'a>, String)> {
    root.descendants().flat_map(|parent| {
        let order = order_of(parent.name()).unwrap_or_default();
        order.iter().filter_map(|child| child.strip_suffix('!')).filter_map(move |name| {
            let there = parent.child(name).is_some();
            (!there).then(|| (parent, name.to_string()))
        })
    })
}

/// Each element that the schema does not allow where it stands: parent, child.
pub(super) fn strangers<'a>(root: Element<'a>) -> impl Iterator<Item = (Element<'a>, String)> {
    root.descendants().flat_map(|parent| {
        let order = ORDER.iter().find(|(name, _)| *name == parent.name());
        parent.children().filter_map(move |child| {
            let (_, order) = order?;
            let name = child.name();
            rank(order, name).is_none().then(|| (child, name.to_string()))
        })
    })
}
