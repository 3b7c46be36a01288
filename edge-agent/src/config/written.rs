//! The configuration as it is written: one struct for each table. What toml itself can refuse is refused here: unknown keys, missing
//! keys, values of another type. What needs a second look is `Spanned`, so that the second look can name the line.

use std::path::PathBuf;

use checkpoint::ids::{CheckpointId, DeviceId, LaneId, OfficerId};
use checkpoint::input::observation::ScanConclusion;
use checkpoint::retention::{Keeper, UnknownEnd};
use checkpoint::site::{Direction, Family, Mode};
use firmware_protocols::Settings;
use firmware_protocols::sparkplug::Metrics;
use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;
use units::{Kilograms, MassUnit};

use super::MqttProtocol;
use crate::terminal::messages::Role;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) checkpoint: Checkpoint,
    #[serde(rename = "lane")]
    pub(super) lanes: Vec<Lane>,
    #[serde(rename = "device", default)]
    pub(super) devices: Vec<Device>,
    pub(super) limits: Limits,
    pub(super) mqtt: Option<Mqtt>,
    #[serde(rename = "officer", default)]
    pub(super) officers: Vec<Officer>,
    #[serde(default)]
    pub(super) terminal: Terminal,
    #[serde(default)]
    pub(super) ingest: Ingest,
    pub(super) hub: Option<Hub>,
    #[serde(default)]
    pub(super) clock: Clock,
    #[serde(default)]
    pub(super) journal: Journal,
    #[serde(default)]
    pub(super) tape: Tape,
    pub(super) n42: Option<N42>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkpoint {
    pub(super) id: CheckpointId,
    pub(super) title: String,
    pub(super) office_code: Spanned<String>,
    pub(super) zone: Spanned<String>,
    pub(super) edition: Option<Spanned<PathBuf>>,
    pub(super) calendar: Option<Spanned<PathBuf>>,
    pub(super) timetable: Option<Spanned<PathBuf>>,
    pub(super) public_notice: Option<Spanned<String>>,
    pub(super) data_dir: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lane {
    pub(super) id: Spanned<LaneId>,
    pub(super) title: String,
    pub(super) direction: Direction,
    pub(super) mode: Mode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) id: Spanned<DeviceId>,
    pub(super) lane: Spanned<LaneId>,
    pub(super) title: String,
    pub(super) family: Option<Spanned<Family>>,
    pub(super) dialect: Spanned<String>,
    pub(super) settings: Option<Spanned<Settings>>,
    pub(super) connect: Spanned<Connect>,
    pub(super) silence_limit_s: Spanned<u32>,
    pub(super) portal: Option<Spanned<Portal>>,
    pub(super) instrument: Option<Spanned<Instrument>>,
    pub(super) scale: Option<Spanned<Scale>>,
    pub(super) axles: Option<Spanned<Axles>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Connect {
    pub(super) tcp: Option<Spanned<String>>,
    pub(super) listen: Option<Spanned<String>>,
    pub(super) udp: Option<Spanned<String>>,
    pub(super) serial: Option<Spanned<String>>,
    pub(super) baud: Option<Spanned<u32>>,
    pub(super) data_bits: Option<Spanned<u8>>,
    pub(super) parity: Option<Spanned<Parity>>,
    pub(super) stop_bits: Option<Spanned<u8>>,
    pub(super) mqtt: Option<Spanned<String>>,
    pub(super) status_topic: Option<Spanned<String>>,
    pub(super) sparkplug: Option<Spanned<String>>,
    pub(super) metrics: Option<Spanned<Metrics>>,
    pub(super) http_push: Option<Spanned<bool>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum Parity {
    None,
    Odd,
    Even,
}

/// Keys as people say them; the codec counts in thousandths.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Portal {
    pub(super) n_sigma: Decimal,
    pub(super) intervals: Spanned<u8>,
    pub(super) hold_in_intervals: u8,
    pub(super) algorithm: Spanned<String>,
    pub(super) background_time_s: u16,
    pub(super) neutron_max_intervals: u8,
    pub(super) neutron_upper: Decimal,
    pub(super) neutron_lower: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instrument {
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) firmware: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scale {
    pub(super) empty_below_kg: Kilograms,
    pub(super) increment_kg: Spanned<Kilograms>,
    pub(super) window_readings: Spanned<u8>,
    pub(super) window_ms: u32,
    pub(super) gap_ms: u32,
    pub(super) unit_if_silent: MassUnit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Axles {
    pub(super) no_weight_s: Spanned<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) version: String,
    pub(super) weight: Weight,
    pub(super) background_depressed_below: Share,
    pub(super) vehicle_gap: Seconds,
    pub(super) escalation_after: Seconds,
    pub(super) hub_away_after: Seconds,
    pub(super) plate_confidence: Percent,
    pub(super) clock_warnings: Minutes,
    pub(super) clock_leads: Option<Leads>,
    pub(super) immediately_open: Option<OpenMinutes>,
    pub(super) vehicle_mass: Option<VehicleMass>,
    pub(super) scans: Option<Scans>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scans {
    pub(super) repeated_within_s: Spanned<u32>,
    pub(super) waits_s: Spanned<u32>,
    pub(super) stays_s: Spanned<u32>,
    pub(super) alarming: Vec<ScanConclusion>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenMinutes {
    pub(super) minutes: Spanned<u32>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleMass {
    pub(super) source: Spanned<String>,
    #[serde(default)]
    pub(super) gross: Vec<Spanned<GrossMass>>,
    pub(super) axle_kg: Option<Spanned<Kilograms>>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrossMass {
    pub(super) axles: Option<u32>,
    #[serde(default)]
    pub(super) or_more: bool,
    pub(super) kg: Kilograms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weight {
    pub(super) percent: Spanned<Decimal>,
    pub(super) at_least_kg: Spanned<Kilograms>,
    pub(super) instrument_error_kg: Spanned<Kilograms>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    pub(super) share: Spanned<Decimal>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seconds {
    pub(super) seconds: Spanned<u32>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Percent {
    pub(super) percent: Spanned<Decimal>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Minutes {
    pub(super) minutes: Spanned<Vec<u32>>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Leads {
    pub(super) terms: Spanned<Vec<Lead>>,
    pub(super) author: Spanned<String>,
    pub(super) approval: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lead {
    pub(super) from_days: Spanned<u16>,
    pub(super) days_before: Spanned<Vec<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mqtt {
    pub(super) broker: Spanned<String>,
    #[serde(default = "v4")]
    pub(super) protocol: MqttProtocol,
    pub(super) client_id: Spanned<String>,
    pub(super) sparkplug_host_id: Option<Spanned<String>>,
    pub(super) username: Option<Spanned<String>>,
    pub(super) password_file: Option<Spanned<PathBuf>>,
}

fn v4() -> MqttProtocol {
    MqttProtocol::V4
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Officer {
    pub(super) id: Spanned<OfficerId>,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) password_hash: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Terminal {
    pub(super) listen: Spanned<String>,
}

impl Default for Terminal {
    fn default() -> Terminal {
        Terminal { listen: Spanned::new(0..0, "127.0.0.1:8480".to_owned()) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Ingest {
    pub(super) listen: Spanned<String>,
}

impl Default for Ingest {
    fn default() -> Ingest {
        Ingest { listen: Spanned::new(0..0, "127.0.0.1:8481".to_owned()) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hub {
    pub(super) url: Spanned<String>,
    pub(super) ca: Option<Spanned<PathBuf>>,
    pub(super) certificate: Option<Spanned<PathBuf>>,
    pub(super) key: Option<Spanned<PathBuf>>,
    pub(super) directive_key: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Clock {
    pub(super) synchronised_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Journal {
    pub(super) snapshot_every: Spanned<u64>,
    pub(super) purge: Purge,
    pub(super) keeper: Keeper,
    pub(super) unknown_end: UnknownEnd,
}

/// Whether old entries go by themselves.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purge {
    #[default]
    Never,
    WhenLawful,
}

impl Default for Journal {
    fn default() -> Journal {
        Journal {
            snapshot_every: Spanned::new(0..0, 5000),
            purge: Purge::default(),
            keeper: Keeper::default(),
            unknown_end: UnknownEnd::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Tape {
    pub(super) max_mb: Spanned<u32>,
    pub(super) max_days: Spanned<u32>,
}

impl Default for Tape {
    fn default() -> Tape {
        Tape { max_mb: Spanned::new(0..0, 2048), max_days: Spanned::new(0..0, 30) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct N42 {
    pub(super) folder: Spanned<PathBuf>,
    #[serde(default = "n42_days")]
    pub(super) max_days: Spanned<u32>,
    #[serde(default = "n42_mb")]
    pub(super) max_mb: Spanned<u32>,
    #[serde(default)]
    pub(super) spectra: bool,
}

fn n42_days() -> Spanned<u32> {
    Spanned::new(0..0, 90)
}

fn n42_mb() -> Spanned<u32> {
    Spanned::new(0..0, 1024)
}
