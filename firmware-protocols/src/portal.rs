//! Radiation portals: what they say ([`Record`]), what a vehicle between the pillars amounts to ([`Occupancies`]), and what our own
//! arithmetic makes of the counts ([`evaluation`]).
//!
//! Detectors are numbered 1 to 4 as on the wire. {1, 2} are one pillar and {3, 4} the other; which of a pair hangs higher is
//! contradictory between sources, so nothing here says upper or lower.
//!
//! Deliberately absent: any judgement. A portal's alarm flag is reported, compared with our evaluation, and never suppressed.

pub mod aspect;
pub mod daily;
pub mod environment;
pub mod evaluation;
mod event;
pub mod kromek_d5;
mod occupancy;
mod record;
pub mod rs350;
mod settings;
mod snapshot;
pub mod spectroscopic;
pub mod tsa;

pub use event::{
    Agreement, AlarmSeen, Background, BackgroundLevel, EndedBy, Given, GivenChannel, Measure,
    Occupancy, PortalEvent, Presence, Quality, Sample, SeenBy, Shown,
};
pub use occupancy::Occupancies;
pub use record::{
    AdvancedAlarm, Level, Record, SetupGamma1, SetupGamma2, SetupGamma3, SetupNeutron1,
    SetupNeutron2, Speed,
};
pub use settings::{Algorithm, PortalSettings, SettingsOrigin};
pub use snapshot::{Channel, Direction, Measured, Snapshot};
