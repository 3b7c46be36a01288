//! What a scale makes of its loads, in the checkpoint's words: whole vehicles, and vehicles weighed axle by axle.
//!
//! Every mass goes with the frame that it was read from. What is no number goes as what it is, and never as a mass.

use checkpoint::input::observation::{AxleLoad, AxleSession, Said, Weight, WeightRefusal};
use firmware_protocols::Dialect;
use firmware_protocols::weighbridge::{
    self, Axle, AxleEvent, Display, EndedBy, Settled, SettlingEvent, StableBy, Unfit,
};

use crate::terminal::messages::NoNumber;

pub(super) fn of_vehicle(
    events: Vec<SettlingEvent>,
    dialect: Dialect,
) -> impl Iterator<Item = Said> {
    events.into_iter().flat_map(move |event| match event {
        SettlingEvent::ScaleEmpty { .. } => vec![Said::ScaleEmpty],
        SettlingEvent::Settled(settled) | SettlingEvent::Changed { now: settled, .. } => {
            vec![Said::WeightSettled(weight(settled, dialect))]
        }
        SettlingEvent::Moving { .. }
        | SettlingEvent::Overload { .. }
        | SettlingEvent::Underload { .. }
        | SettlingEvent::NotFit { .. }
        | SettlingEvent::NotGross { .. } => no_number(event),
    })
}

/// What is told of single axles is told at the end, with all of them.
pub(super) fn of_axles(events: Vec<AxleEvent>, dialect: Dialect) -> impl Iterator<Item = Said> {
    events.into_iter().flat_map(move |event| match event {
        AxleEvent::Began { .. } => vec![Said::AxlesBegan],
        AxleEvent::Weighed(_) | AxleEvent::Changed { .. } | AxleEvent::Missed { .. } => Vec::new(),
        AxleEvent::NoNumber(event) => no_number(event),
        AxleEvent::Ended(ended) => vec![Said::AxlesWeighed(session(ended, dialect))],
    })
}

/// What the display shows, if that is no number.
pub(super) fn no_number_shown(display: Display) -> Option<NoNumber> {
    match display {
        Display::Value(_) => None,
        Display::Overload => Some(NoNumber::Overload),
        Display::Underload => Some(NoNumber::Underload),
        Display::OutOfRange => Some(NoNumber::OutOfRange),
        Display::Blank => Some(NoNumber::Blank),
        Display::Withheld => Some(NoNumber::Withheld),
    }
}

/// Whether the number on the display stands still and counts.
pub(super) fn is_settled(event: &SettlingEvent) -> bool {
    matches!(event, SettlingEvent::Settled(_) | SettlingEvent::Changed { .. })
}

/// The same of an axle.
pub(super) fn is_axle(event: &AxleEvent) -> bool {
    matches!(event, AxleEvent::Weighed(_) | AxleEvent::Changed { .. })
}

/// Why there is no number, if that is to be told.
fn no_number(event: SettlingEvent) -> Vec<Said> {
    let fault =
        |kind: &str, detail: String| Said::Fault { kind: kind.to_owned(), detail, count: 1 };
    match event {
        SettlingEvent::ScaleEmpty { .. }
        | SettlingEvent::Moving { .. }
        | SettlingEvent::Settled(_)
        | SettlingEvent::Changed { .. } => Vec::new(),
        SettlingEvent::Overload { .. } => vec![Said::WeightRefused(WeightRefusal::Overload)],
        SettlingEvent::Underload { .. } => vec![Said::WeightRefused(WeightRefusal::Underload)],
        // For the officer, who waits for a weight, and with its frame for the technician, who has to zero the indicator or to have it repaired.
        SettlingEvent::NotFit { raw, why, .. } => vec![
            Said::WeightRefused(unfit(why)),
            fault(why.name(), format!("the indicator shows a number that is no record: {raw}")),
        ],
        // The indicator is set to show net or tare: for the technician, not for the vehicle.
        SettlingEvent::NotGross { raw, .. } => {
            vec![fault("not-gross", format!("the indicator shows no gross weight: {raw}"))]
        }
    }
}

fn unfit(why: Unfit) -> WeightRefusal {
    match why {
        Unfit::NotZeroed => WeightRefusal::NotZeroed,
        Unfit::ZeroError => WeightRefusal::ZeroError,
        Unfit::HighResolution => WeightRefusal::HighResolution,
        Unfit::Held => WeightRefusal::Held,
        Unfit::OffStep => WeightRefusal::OffStep,
    }
}

fn weight(settled: Settled, dialect: Dialect) -> Weight {
    Weight {
        gross: settled.gross_kg,
        stable_by: stable_by(settled.stable_by).to_owned(),
        raw: settled.raw.0,
        dialect: Some(dialect.name().to_owned()),
        at: Some(settled.at),
        axles: None,
    }
}

fn session(ended: weighbridge::AxleSession, dialect: Dialect) -> AxleSession {
    let ended_by = match ended.ended_by {
        EndedBy::Operator => "operator",
        EndedBy::NoWeight => "no_weight",
        EndedBy::TooManyAxles => "too_many_axles",
    };
    AxleSession {
        whole: ended.is_whole(),
        began: ended.began,
        ended: ended.ended,
        ended_by: ended_by.to_owned(),
        dialect: dialect.name().to_owned(),
        missed: ended.missed.into(),
        interruptions: ended.interruptions.into(),
        axles: ended.axles.into_iter().map(axle).collect(),
    }
}

fn axle(axle: Axle) -> AxleLoad {
    let Axle { number: _, settled, came_to_rest_again } = axle;
    AxleLoad {
        mass: settled.gross_kg,
        at: settled.at,
        stable_by: stable_by(settled.stable_by).to_owned(),
        raw: settled.raw.0,
        again: came_to_rest_again,
    }
}

fn stable_by(by: StableBy) -> &'static str {
    match by {
        StableBy::Device => "device",
        StableBy::Own => "agent",
    }
}
