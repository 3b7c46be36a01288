//! The parts of a document of 2012 where they stand: their fields are read, nothing is kept.
//!
//! [`super::read`] keeps all of them, `portal::rs350` takes a few. Both refuse the same documents: whoever does not keep a document asks [`check`].

use rust_decimal::Decimal;

use super::document::{Category, Class, CountRates, Stamp};
use super::fields::{
    Numbers, Passed, Refused, boolean, number_in, own_text, seconds_in, stamp, stamp_in, text,
};
use crate::xml::Element;

/// Whether every field of a document can be read that [`super::read`] would keep.
pub(crate) fn check(root: Element<'_>) -> Result<(), Refused> {
    let untold = &mut Passed::untold();
    written(root, untold)?;
    for part in root.children() {
        match part.name() {
            "EnergyWindows" => {
                let (starts, ends) = windows(part);
                starts.check()?;
                ends.check()?;
            }
            "EnergyCalibration" => coefficients(part).check()?,
            "RadMeasurement" => {
                let measurement = MeasurementPart::of(part, untold)?;
                measurement.spectra().try_for_each(|spectrum| spectrum?.channels.check())?;
                measurement.counts().try_for_each(|counts| counts?.counts.check())?;
                measurement.dose_rates().try_for_each(|dose| dose.map(drop))?;
                measurement.speed_m_s()?;
            }
            "AnalysisResults" => {
                for alarm in alarms(part) {
                    alarm.at(untold)?;
                }
                rates(part)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// When the document was written.
pub(super) fn written(root: Element<'_>, passed: &mut Passed) -> Result<Option<Stamp>, Refused> {
    let name = "n42DocDateTime";
    root.attribute(name).map(|text| stamp(name, text, passed)).transpose()
}

/// Where energy windows begin, and where they end.
pub(super) fn windows(part: Element<'_>) -> (Numbers<'_>, Numbers<'_>) {
    let numbers = |name| Numbers::of(part, name);
    (numbers("WindowStartEnergyValues"), numbers("WindowEndEnergyValues"))
}

/// The coefficients of an energy calibration.
pub(super) fn coefficients(part: Element<'_>) -> Numbers<'_> {
    Numbers::of(part, "CoefficientValues")
}

/// What a code says of a detector or an alarm.
pub(crate) fn category(code: Option<&str>) -> Category {
    match code {
        Some("Gamma") => Category::Gamma,
        Some("Neutron") => Category::Neutron,
        Some(_) | None => Category::Other,
    }
}

/// What a detector detects.
pub(crate) fn detects(detector: Element<'_>) -> Category {
    category(text(detector, "RadDetectorCategoryCode"))
}

/// The id of a part; empty if it has none.
pub(crate) fn id(part: Element<'_>) -> &str {
    part.attribute("id").unwrap_or_default()
}

/// The code of a measurement's class.
pub(super) fn class_code(measurement: Element<'_>) -> &str {
    text(measurement, "MeasurementClassCode").unwrap_or_default()
}

/// The class of a measurement; `None` for a code that the schema does not have.
pub(crate) fn class(measurement: Element<'_>) -> Option<Class> {
    let code = class_code(measurement);
    Class::ALL.into_iter().find(|class| class.code() == code)
}

/// `RadMeasurement`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MeasurementPart<'a> {
    element: Element<'a>,
    pub(crate) start: Option<Stamp>,
    pub(crate) real_time_s: Option<Decimal>,
    pub(crate) occupied: Option<bool>,
}

impl<'a> MeasurementPart<'a> {
    pub(super) fn of(element: Element<'a>, passed: &mut Passed) -> Result<Self, Refused> {
        Ok(MeasurementPart {
            element,
            start: stamp_in(element, "StartDateTime", passed)?,
            real_time_s: seconds_in(element, "RealTimeDuration")?,
            occupied: text(element, "OccupancyIndicator").map(boolean).transpose()?,
        })
    }

    /// The same, where nobody asks for remarks.
    pub(crate) fn untold(element: Element<'a>) -> Result<Self, Refused> {
        MeasurementPart::of(element, &mut Passed::untold())
    }

    pub(super) fn spectra(self) -> impl Iterator<Item = Result<SpectrumPart<'a>, Refused>> {
        self.element.named("Spectrum").map(SpectrumPart::of)
    }

    pub(crate) fn counts(self) -> impl Iterator<Item = Result<CountsPart<'a>, Refused>> {
        self.element.named("GrossCounts").map(CountsPart::of)
    }

    /// Those that have a value, with it: microsieverts per hour.
    pub(crate) fn dose_rates(
        self,
    ) -> impl Iterator<Item = Result<(Element<'a>, Decimal), Refused>> {
        self.element.named("DoseRate").filter_map(|dose| {
            let value = number_in(dose, "DoseRateValue").transpose()?;
            Some(value.map(|usv_h| (dose, usv_h)))
        })
    }

    /// The faults of the instrument.
    pub(crate) fn faults(self) -> impl Iterator<Item = FaultPart<'a>> {
        self.element.named("RadInstrumentState").flat_map(faults)
    }

    /// The speed that the last state of the thing measured tells.
    pub(super) fn speed_m_s(self) -> Result<Option<Decimal>, Refused> {
        let mut speed = None;
        for state in self.element.named("RadItemState") {
            let mut vectors = state.named("StateVector");
            let told = vectors.find(|at| text(*at, "SpeedValue").is_some());
            speed = told.map_or(Ok(None), |at| number_in(at, "SpeedValue"))?;
        }
        Ok(speed)
    }
}

/// `Spectrum`.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpectrumPart<'a> {
    pub(super) element: Element<'a>,
    pub(super) live_time_s: Option<Decimal>,
    pub(super) channels: Numbers<'a>,
    /// Whether a zero stands for a run of them.
    pub(super) compressed: bool,
}

impl<'a> SpectrumPart<'a> {
    fn of(element: Element<'a>) -> Result<Self, Refused> {
        let code = element
            .child("ChannelData")
            .and_then(|data| data.attribute("compressionCode").or(data.attribute("Compression")));
        Ok(SpectrumPart {
            element,
            live_time_s: seconds_in(element, "LiveTimeDuration")?,
            channels: Numbers::of(element, "ChannelData"),
            compressed: code.is_some_and(|code| code.eq_ignore_ascii_case("CountedZeroes")),
        })
    }
}

/// `GrossCounts`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountsPart<'a> {
    pub(super) element: Element<'a>,
    /// The detector; empty if none is named.
    pub(crate) detector: &'a str,
    pub(crate) live_time_s: Option<Decimal>,
    pub(super) counts: Numbers<'a>,
}

impl<'a> CountsPart<'a> {
    fn of(element: Element<'a>) -> Result<Self, Refused> {
        Ok(CountsPart {
            element,
            detector: element.attribute("radDetectorInformationReference").unwrap_or_default(),
            live_time_s: seconds_in(element, "LiveTimeDuration")?,
            counts: Numbers::of(element, "CountData"),
        })
    }

    pub(crate) fn id(self) -> &'a str {
        id(self.element)
    }

    /// The number, where there are no energy windows.
    pub(crate) fn only(self) -> Result<Option<Decimal>, Refused> {
        self.counts.only()
    }
}

/// `RadAlarm`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlarmPart<'a>(pub(super) Element<'a>);

/// The alarms of an analysis.
pub(crate) fn alarms<'a>(analysis: Element<'a>) -> impl Iterator<Item = AlarmPart<'a>> {
    analysis.named("RadAlarm").map(AlarmPart)
}

impl<'a> AlarmPart<'a> {
    /// When it began.
    pub(super) fn at(self, passed: &mut Passed) -> Result<Option<Stamp>, Refused> {
        stamp_in(self.0, "RadAlarmDateTime", passed)
    }

    /// What radiation it is about.
    pub(crate) fn category(self) -> Category {
        category(text(self.0, "RadAlarmCategoryCode"))
    }

    /// A sentence, or the name of a nuclide.
    pub(crate) fn description(self) -> Option<&'a str> {
        text(self.0, "RadAlarmDescription")
    }
}

/// The rates of an analysis.
pub(super) fn rates(analysis: Element<'_>) -> Result<Option<CountRates>, Refused> {
    let Some(part) = analysis.child("GrossCountAnalysisResults") else { return Ok(None) };
    Ok(Some(CountRates {
        maximum: number_in(part, "MaximumCountRateValue")?,
        background: number_in(part, "BackgroundCountRateValue")?,
    }))
}

/// `Fault`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FaultPart<'a>(Element<'a>);

/// The faults right below a part.
pub(super) fn faults<'a>(part: Element<'a>) -> impl Iterator<Item = FaultPart<'a>> {
    part.named("Fault").map(FaultPart)
}

impl<'a> FaultPart<'a> {
    /// Its code; empty if it has none.
    pub(crate) fn code(self) -> &'a str {
        text(self.0, "FaultCodeValue").unwrap_or_default()
    }

    pub(super) fn description(self) -> &'a str {
        text(self.0, "FaultDescription").unwrap_or_default()
    }

    pub(super) fn severity(self) -> Option<&'a str> {
        text(self.0, "FaultSeverityCode")
    }
}

/// The texts of all children of this name.
pub(super) fn texts<'a>(part: Element<'a>, name: &'a str) -> impl Iterator<Item = &'a str> {
    part.named(name).filter_map(own_text)
}
