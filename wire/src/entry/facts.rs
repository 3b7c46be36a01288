//! The messages inside events: sites, measurements, clocks, alarms, and who is behind them.

use checkpoint::event::{
    AlarmCause, AlarmFacts, Author, ClockFacts, MassComparison, WeightComparison,
};
use checkpoint::input::observation::{
    AxleLoad, AxleSession, Background, Picture, PlateReading, PortalSetup, ScanClaim, ScanDocument,
    ScanElement, ScanInspection, ScanReading, ScanRegion, Screening, SealReading, Weight,
};
use checkpoint::input::order::{AlarmDecision, Handheld};
use checkpoint::site::{
    ClockLead, Device, GrossLimit, Lane, Limit, Limits, ScanLimits, Site, VehicleMass,
    WeightTolerance,
};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use units::CountsPerSecond;

use super::field::{self, Field, Misread, messages, read, required, write};
use crate::generated::entry as proto;
use proto::alarm_cause::{Cause, Plain, Seal};
use proto::author;

// Protobuf has no generics: each kind of limit is a message.
type WeightLimit = Limit<WeightTolerance>;
type VehicleMassLimit = Limit<VehicleMass>;
type DecimalLimit = Limit<Decimal>;
type TimeLimit = Limit<SignedDuration>;
type TimesLimit = Limit<Vec<SignedDuration>>;
type ClockLeadsLimit = Limit<Vec<ClockLead>>;
type ScansLimit = Limit<ScanLimits>;

messages! {
    Site as Site { checkpoint, title, office_code, zone, lanes, devices }
    Lane as Lane { id, title, direction, mode }
    Device as Device { id, lane, family, dialect, title }

    Limits as Limits {
        version, weight, background_depressed_below, vehicle_gap, escalation_after, hub_away_after,
        plate_confidence_percent, clock_warnings, clock_leads, immediately_open, vehicle_mass,
        scans
    }
    WeightLimit as WeightLimit { value, author, approval }
    WeightTolerance as WeightTolerance {
        percent; at_least => at_least_kg, instrument_error => instrument_error_kg
    }
    VehicleMassLimit as VehicleMassLimit { value, author, approval }
    VehicleMass as VehicleMass { source, gross; axle => axle_kg }
    GrossLimit as GrossLimit { axles, or_more; limit => limit_kg }
    DecimalLimit as DecimalLimit { value, author, approval }
    TimeLimit as TimeLimit { author, approval; value => value_ms }
    TimesLimit as TimesLimit { author, approval; value => value_ms }
    ClockLeadsLimit as ClockLeadsLimit { value, author, approval }
    ClockLead as ClockLead { ; from => from_ms, before => before_ms }
    ScansLimit as ScansLimit { value, author, approval }
    ScanLimits as ScanLimits { alarming; repeated_within => repeated_within_ms, waits => waits_ms, stays => stays_ms }

    PortalSetup as PortalSettings { n_sigma, intervals, algorithm, background_time_s, firmware, assumed }
    Background as Background { state; gamma => gamma_cps, recent_median => recent_median_cps }
    Screening as Screening {
        ended_by, device_counter, missed_before, gamma_lines, gamma_alarm_lines, neutron_lines, neutron_alarm_lines,
        gamma_background, neutron_background_cps, max_sum, max_z, gamma, neutron, n_sigma, speed_mm_s, quality;
        began => began_us, ended => ended_us
    }
    PlateReading as PlateReading {
        text, country, confidence_percent, direction, event, late, pictures
    }
    Picture as Picture { kind, file_name, media_type, bytes, sha256 }
    SealReading as SealReading {
        number, condition, battery_percent, device_time, message, event_class, maker_event, late
    }
    Weight as Weight { stable_by, raw, dialect, axles; gross => gross_kg, at => at_us }
    AxleSession as AxleSession {
        ended_by, dialect, axles, missed, interruptions, whole; began => began_us, ended => ended_us
    }
    AxleLoad as AxleLoad { stable_by, raw, again; mass => mass_kg, at => at_us }
    ScanReading as ScanReading {
        what, value, checked, read_as, conclusion, judged_by, remark, image_sha256, image_uri, also, text, elements,
        document, inspection
    }
    ScanClaim as ScanClaim { what, value, checked, read_as }
    ScanElement as ScanElement { ai, value }
    ScanDocument as ScanDocument { kind, issuer, number, expires }
    ScanInspection as ScanInspection {
        scanner, operator, direction, vehicle, containers, image, image_bytes, judge, regions;
        started => started_us, ended => ended_us, judged_at => judged_at_us
    }
    ScanRegion as ScanRegion { left, top, width, height, remark }
    WeightComparison as WeightComparison {
        reading, limits, beyond, no_matter;
        measured_gross => measured_gross_kg, tare => tare_kg, declared => declared_kg, difference => difference_kg,
        allowed => allowed_kg, instrument_error => instrument_error_kg
    }
    MassComparison as MassComparison {
        reading, axles, beyond, source, limits;
        measured_gross => measured_gross_kg, gross_limit => gross_limit_kg, heaviest_axle => heaviest_axle_kg,
        axle_limit => axle_limit_kg, instrument_error => instrument_error_kg, over => over_kg
    }

    ClockFacts as Clock {
        clock, rule, article, obliged, edition, visit, consignment, trigger, nominal_day, calendar, timetable, flags,
        stated, distance_km;
        triggered_at => triggered_at_us, due_at => due_at_us, latest_at => latest_at_us
    }

    AlarmFacts as Alarm {
        cause, priority, lane, device, visit, plate, basis, must_be_decided, holds_exit, numbers; since => since_us
    }
    AlarmDecision as Decision { outcome, cause, note, handheld, secondary, second_officer }
    Handheld as Handheld { instrument, dose_rate_usv_h, background_usv_h, distance_cm }
}

impl Field<proto::Rates> for Vec<CountsPerSecond> {
    fn write(&self) -> proto::Rates {
        proto::Rates { cps: write(self) }
    }

    fn read(kept: proto::Rates) -> Result<Self, Misread> {
        read(kept.cps, "cps")
    }
}

required!(Author as Author);

impl Field<proto::Author> for Author {
    fn write(&self) -> proto::Author {
        let author = match self {
            Author::Agent => author::Author::Agent(author::Agent {}),
            Author::Device { device } => author::Author::Device(write(device)),
            Author::Officer { officer, workplace, request } => {
                author::Author::Officer(author::Officer {
                    officer: write(officer),
                    workplace: write(workplace),
                    request: write(request),
                })
            }
        };
        proto::Author { author: Some(author) }
    }

    fn read(kept: proto::Author) -> Result<Self, Misread> {
        let author = kept.author.ok_or_else(|| Misread::newer("a case that is not known"))?;
        Ok(match author {
            author::Author::Agent(author::Agent {}) => Author::Agent,
            author::Author::Device(device) => Author::Device { device: read(device, "device")? },
            author::Author::Officer(author::Officer { officer, workplace, request }) => {
                Author::Officer {
                    officer: read(officer, "officer.officer")?,
                    workplace: read(workplace, "officer.workplace")?,
                    request: read(request, "officer.request")?,
                }
            }
        })
    }
}

required!(AlarmCause as AlarmCause);

impl Field<proto::AlarmCause> for AlarmCause {
    fn write(&self) -> proto::AlarmCause {
        let cause = match self {
            AlarmCause::Radiation { radiation } => Cause::Radiation(write(radiation)),
            AlarmCause::Background => Cause::Background(Plain {}),
            AlarmCause::Tamper => Cause::Tamper(Plain {}),
            AlarmCause::Weight => Cause::Weight(Plain {}),
            AlarmCause::Seal { verdict, seal } => {
                Cause::Seal(Seal { verdict: write(verdict), seal: write(seal) })
            }
            AlarmCause::Scan { inspection } => Cause::Scan(write(inspection)),
            AlarmCause::TermNear { clock } => Cause::TermNear(write(clock)),
            AlarmCause::TermOver { clock } => Cause::TermOver(write(clock)),
            AlarmCause::DeviceSilent => Cause::DeviceSilent(Plain {}),
            AlarmCause::LaneUnguarded => Cause::LaneUnguarded(Plain {}),
            AlarmCause::HubAway => Cause::HubAway(Plain {}),
            AlarmCause::ClockDoubtful => Cause::ClockDoubtful(Plain {}),
            AlarmCause::RecordingSlow => Cause::RecordingSlow(Plain {}),
        };
        proto::AlarmCause { cause: Some(cause) }
    }

    fn read(kept: proto::AlarmCause) -> Result<Self, Misread> {
        let cause = kept.cause.ok_or_else(|| Misread::newer("a case that is not known"))?;
        Ok(match cause {
            Cause::Radiation(radiation) => {
                AlarmCause::Radiation { radiation: read(radiation, "radiation")? }
            }
            Cause::Background(Plain {}) => AlarmCause::Background,
            Cause::Tamper(Plain {}) => AlarmCause::Tamper,
            Cause::Weight(Plain {}) => AlarmCause::Weight,
            Cause::Seal(Seal { verdict, seal }) => AlarmCause::Seal {
                verdict: read(verdict, "seal.verdict")?,
                seal: read(seal, "seal.seal")?,
            },
            Cause::Scan(inspection) => AlarmCause::Scan { inspection: read(inspection, "scan")? },
            Cause::TermNear(clock) => AlarmCause::TermNear { clock: read(clock, "term_near")? },
            Cause::TermOver(clock) => AlarmCause::TermOver { clock: read(clock, "term_over")? },
            Cause::DeviceSilent(Plain {}) => AlarmCause::DeviceSilent,
            Cause::LaneUnguarded(Plain {}) => AlarmCause::LaneUnguarded,
            Cause::HubAway(Plain {}) => AlarmCause::HubAway,
            Cause::ClockDoubtful(Plain {}) => AlarmCause::ClockDoubtful,
            Cause::RecordingSlow(Plain {}) => AlarmCause::RecordingSlow,
        })
    }
}
