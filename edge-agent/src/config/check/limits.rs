//! Limits: each with its unit, its author and its approval.

use checkpoint::input::observation::ScanConclusion;
use checkpoint::site::{
    ClockLead, GrossLimit, Limit, Limits, ScanLimits, VehicleMass, WeightTolerance,
};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use toml::Spanned;
use units::Kilograms;

use super::Look;
use crate::config::written;

pub(super) fn limits(look: &mut Look, written: written::Limits) -> Option<Limits> {
    let written::Weight { percent, at_least_kg, instrument_error_kg, author, approval } =
        written.weight;
    if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(percent.get_ref()) {
        look.at(
            &percent,
            format!("limits.weight: percent: {}", percent.get_ref()),
            "0 to 100 percent of the declared gross weight",
        );
    }
    for kilograms in [&at_least_kg, &instrument_error_kg] {
        if *kilograms.get_ref() < Kilograms::ZERO {
            look.at(kilograms, "limits.weight: a negative mass", "0 kg or more");
        }
    }
    let tolerance = WeightTolerance {
        percent: percent.into_inner(),
        at_least: at_least_kg.into_inner(),
        instrument_error: instrument_error_kg.into_inner(),
    };
    let weight = answered(look, "weight", tolerance, author, approval);
    let written::Share { share, author, approval } = written.background_depressed_below;
    if !(Decimal::ZERO..=Decimal::ONE).contains(share.get_ref()) {
        look.at(
            &share,
            format!("limits.background_depressed_below: share: {}", share.get_ref()),
            "a share of the recent median, 0 to 1",
        );
    }
    let background_depressed_below =
        answered(look, "background_depressed_below", share.into_inner(), author, approval);
    let vehicle_gap = seconds(look, "vehicle_gap", written.vehicle_gap);
    let escalation_after = seconds(look, "escalation_after", written.escalation_after);
    let hub_away_after = seconds(look, "hub_away_after", written.hub_away_after);
    let written::Percent { percent, author, approval } = written.plate_confidence;
    if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(percent.get_ref()) {
        look.at(
            &percent,
            format!("limits.plate_confidence: percent: {}", percent.get_ref()),
            "0 to 100",
        );
    }
    let plate_confidence_percent =
        answered(look, "plate_confidence", percent.into_inner(), author, approval);
    let written::Minutes { minutes, author, approval } = written.clock_warnings;
    if minutes.get_ref().is_empty()
        || !minutes.get_ref().is_sorted_by(|a, b| a > b)
        || minutes.get_ref().contains(&0)
    {
        look.at(
            &minutes,
            format!("limits.clock_warnings: minutes: {:?}", minutes.get_ref()),
            "minutes before the end of a term, longest first, such as [60, 30, 10]",
        );
    }
    let warnings =
        minutes.into_inner().into_iter().map(|m| SignedDuration::from_mins(i64::from(m))).collect();
    let clock_warnings = answered(look, "clock_warnings", warnings, author, approval);
    let clock_leads = match written.clock_leads {
        Some(written) => leads(look, written)?,
        None => assumed_leads(),
    };
    let immediately_open = match written.immediately_open {
        Some(written) => immediately_open(look, written),
        None => Some(IMMEDIATELY_OPEN.limit()),
    };
    let scans = match written.scans {
        Some(written) => scans(look, written),
        None => Some(assumed_scans()),
    };
    let vehicle_mass = written.vehicle_mass.map(|written| vehicle_mass(look, written));
    Some(Limits {
        version: written.version,
        weight: weight?,
        background_depressed_below: background_depressed_below?,
        vehicle_gap: vehicle_gap?,
        escalation_after: escalation_after?,
        hub_away_after: hub_away_after?,
        plate_confidence_percent: plate_confidence_percent?,
        clock_warnings: clock_warnings?,
        clock_leads: Some(clock_leads),
        immediately_open: Some(immediately_open?),
        vehicle_mass: match vehicle_mass {
            Some(limit) => Some(limit?),
            None => None,
        },
        scans: Some(scans?),
    })
}

/// The longest time within which the same content is the same scan: two vehicles may well carry the same code.
const MOST_REPEATED_WITHIN_S: u32 = 60;
/// The longest time that a scan waits for its vehicle, or a vehicle for its scans: after that it would be given to a stranger.
const MOST_WAITS_S: u32 = 3600;

/// Within what time the same content at the same reader is the same scan.
pub(super) fn repeated_within(written: &written::Limits) -> SignedDuration {
    written.scans.as_ref().map_or(assumed_scans().value.repeated_within, |scans| {
        SignedDuration::from_secs(i64::from(*scans.repeated_within_s.get_ref()))
    })
}

fn scans(look: &mut Look, written: written::Scans) -> Option<Limit<ScanLimits>> {
    let written::Scans { repeated_within_s, waits_s, stays_s, alarming, author, approval } =
        written;
    for (key, seconds, right) in [
        ("repeated_within_s", &repeated_within_s, 1..=MOST_REPEATED_WITHIN_S),
        ("waits_s", &waits_s, 0..=MOST_WAITS_S),
        ("stays_s", &stays_s, 0..=MOST_WAITS_S),
    ] {
        if !right.contains(seconds.get_ref()) {
            let problem = format!("limits.scans: {key}: {}", seconds.get_ref());
            look.at(seconds, problem, format!("{} to {} seconds", right.start(), right.end()));
        }
    }
    let seconds =
        |seconds: Spanned<u32>| SignedDuration::from_secs(i64::from(seconds.into_inner()));
    let value = ScanLimits {
        repeated_within: seconds(repeated_within_s),
        waits: seconds(waits_s),
        stays: seconds(stays_s),
        alarming,
    };
    answered(look, "scans", value, author, approval)
}

/// What holds where a site says nothing. Only what the X-ray system itself calls an alarm rings: no paper says what an operator's suspicion is.
fn assumed_scans() -> Limit<ScanLimits> {
    Limit {
        value: ScanLimits {
            repeated_within: SignedDuration::from_secs(5),
            waits: SignedDuration::from_mins(2),
            stays: SignedDuration::from_mins(15),
            alarming: vec![ScanConclusion::Alarm],
        },
        author: "Beket".to_owned(),
        approval: "assumed: the configuration sets no limits.scans".to_owned(),
    }
}

/// What holds where a site says nothing: the law says "immediately" and sets no number (AMB-21).
struct Assumed {
    minutes: i64,
    approval: &'static str,
}

const IMMEDIATELY_OPEN: Assumed =
    Assumed { minutes: 15, approval: "assumed: the Code sets no number (244.2, 249.1)" };

impl Assumed {
    fn limit(&self) -> Limit<SignedDuration> {
        let value = SignedDuration::from_mins(self.minutes);
        Limit { value, author: "default".to_owned(), approval: self.approval.to_owned() }
    }
}

fn immediately_open(
    look: &mut Look,
    written: written::OpenMinutes,
) -> Option<Limit<SignedDuration>> {
    let written::OpenMinutes { minutes, author, approval } = written;
    if *minutes.get_ref() == 0 {
        let right = "at least 1 minute: the task itself is shown at once";
        look.at(&minutes, "limits.immediately_open: minutes: 0", right);
    }
    let value = SignedDuration::from_mins(i64::from(minutes.into_inner()));
    answered(look, "immediately_open", value, author, approval)
}

/// What transport control lets a vehicle weigh. There is no default: the numbers are those of a paper in force, which the site names.
fn vehicle_mass(look: &mut Look, written: written::VehicleMass) -> Option<Limit<VehicleMass>> {
    let written::VehicleMass { source, gross, axle_kg, author, approval } = written;
    if source.get_ref().trim().is_empty() {
        let right = "the paper in force from which the numbers are";
        look.at(&source, "limits.vehicle_mass: source is empty", right);
    }
    if gross.is_empty() && axle_kg.is_none() {
        let right = "gross = [{ axles = .., kg = \"..\" }, ..], or axle_kg, from the paper that source names";
        look.at(&source, "limits.vehicle_mass: no mass is limited", right);
    }
    let mut rows: Vec<GrossLimit> = Vec::new();
    for row in gross {
        let written::GrossMass { axles, or_more, kg } = row.get_ref();
        let row_of = |axles: &Option<u32>| match axles {
            Some(axles) => format!("{axles} axles"),
            None => "any number of axles".to_owned(),
        };
        if *kg <= Kilograms::ZERO {
            look.at(&row, format!("limits.vehicle_mass: gross: {kg}"), "more than 0 kg");
        }
        if axles.is_some_and(|axles| axles < 2) || (axles.is_none() && *or_more) {
            let problem = format!("limits.vehicle_mass: gross: {}", row_of(axles));
            look.at(&row, problem, "2 axles or more; without axles, or_more says nothing");
        }
        if rows.iter().any(|known| known.axles == *axles) {
            let problem = format!("limits.vehicle_mass: gross: {} twice", row_of(axles));
            look.at(&row, problem, "one row for each number of axles");
        }
        rows.push(GrossLimit { axles: *axles, or_more: *or_more, limit: *kg });
    }
    if let Some(axle) = axle_kg.as_ref().filter(|axle| *axle.get_ref() <= Kilograms::ZERO) {
        look.at(axle, "limits.vehicle_mass: axle_kg", "more than 0 kg");
    }
    let value = VehicleMass {
        source: source.into_inner(),
        gross: rows,
        axle: axle_kg.map(Spanned::into_inner),
    };
    answered(look, "vehicle_mass", value, author, approval)
}

/// Days before the end of long terms. A row with the days of the term and those of its announcements, the announcements longest first.
fn leads(look: &mut Look, written: written::Leads) -> Option<Limit<Vec<ClockLead>>> {
    let written::Leads { terms, author, approval } = written;
    let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
    let mut leads: Vec<ClockLead> = Vec::new();
    for written::Lead { from_days, days_before } in terms.get_ref() {
        let (from, before) = (*from_days.get_ref(), days_before.get_ref());
        if leads.iter().any(|lead| lead.from == days(from)) {
            look.at(
                from_days,
                format!("limits.clock_leads: from_days: {from} is there twice"),
                "one row for each length of terms",
            );
        }
        let is_right = !before.is_empty()
            && before.is_sorted_by(|a, b| a > b)
            && before.iter().all(|before| (1..from).contains(before));
        if !is_right {
            look.at(
                days_before,
                format!("limits.clock_leads: days_before: {before:?}"),
                "whole days before the end, fewer than the term has, longest first, such as [10, 1]",
            );
        }
        let before = before.iter().map(|before| days(*before)).collect();
        leads.push(ClockLead { from: days(from), before });
    }
    answered(look, "clock_leads", leads, author, approval)
}

/// Nothing in the Code says how early; without a word of the site terms of months are announced ten days and a day before their end, and
/// other terms of days the day before. Five days leave out the end of a working day that a long weekend puts off.
fn assumed_leads() -> Limit<Vec<ClockLead>> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let lead = |from, before: &[i64]| ClockLead {
        from: days(from),
        before: before.iter().map(|before| days(*before)).collect(),
    };
    Limit {
        value: vec![lead(28, &[10, 1]), lead(5, &[1])],
        author: "Beket".to_owned(),
        approval: "assumed: the configuration sets no limits.clock_leads".to_owned(),
    }
}

fn seconds(
    look: &mut Look,
    name: &str,
    written: written::Seconds,
) -> Option<Limit<SignedDuration>> {
    let written::Seconds { seconds, author, approval } = written;
    if *seconds.get_ref() == 0 {
        look.at(&seconds, format!("limits.{name}: seconds: 0"), "at least 1 second");
    }
    let value = SignedDuration::from_secs(i64::from(seconds.into_inner()));
    answered(look, name, value, author, approval)
}

/// A limit, if somebody answers for it.
fn answered<T>(
    look: &mut Look,
    name: &str,
    value: T,
    author: Spanned<String>,
    approval: Spanned<String>,
) -> Option<Limit<T>> {
    let mut whole = true;
    for (key, said) in [("author", &author), ("approval", &approval)] {
        if said.get_ref().trim().is_empty() {
            whole = false;
            let right = if key == "author" {
                "who set the number"
            } else {
                "the paper that approved it, or why none is needed"
            };
            look.at(said, format!("limits.{name}: {key} is empty"), right);
        }
    }
    whole.then(|| Limit { value, author: author.into_inner(), approval: approval.into_inner() })
}
