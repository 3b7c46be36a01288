//! Every event, with its fields: one list for both directions.
//!
//! An event or a field that is missing here, on either side, does not compile.

use checkpoint::event::{
    DirectiveAnswer, DistrustedDirective, Event, PapersContent, PapersRefusal, PriorComparison,
    Reached, ScanAssigned, ScanRepeated, Scanned, Split, WeighingBegun, WeighingEnd,
    WeighingRefusal,
};
use checkpoint::retention::Purge;

use super::field::{self, Misread};
use crate::generated::entry as proto;
use proto::entry::Event as Kept;

/// An event with these fields: its own, or those of the facts that it holds. A pattern and an expression alike.
macro_rules! event {
    ($event:ident, , { $($fields:tt)* }) => { Event::$event { $($fields)* } };
    ($event:ident, $facts:ident, { $($fields:tt)* }) => { Event::$event($facts { $($fields)* }) };
}

macro_rules! events {
    ($($event:ident $(($facts:ident))? {
        $($field:ident),* $(; $($plain:ident => $with_unit:ident),*)?
    })*) => {
        /// The message of an event.
        pub(super) fn write(event: &Event) -> Kept {
            match event {$(
                event!($event, $($facts)?, { $($field,)* $($($plain),*)? }) => Kept::$event(proto::$event {
                    $($field: field::write($field),)*
                    $($($with_unit: field::write($plain)),*)?
                }),
            )*}
        }

        /// The event of a message.
        pub(super) fn read(kept: Kept) -> Result<Event, Misread> {
            match kept {$(
                Kept::$event(proto::$event { $($field,)* $($($with_unit),*)? }) => {
                    let event = || -> Result<Event, Misread> {
                        Ok(event!($event, $($facts)?, {
                            $($field: field::read($field, stringify!($field))?,)*
                            $($($plain: field::read($with_unit, stringify!($with_unit))?),*)?
                        }))
                    };
                    event().map_err(|misread| misread.within(stringify!($event)))
                }
            )*}
        }

        /// The names of all events.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($event)),*];
    };
}

events! {
    AgentStarted { version, config_digest, edition, limits }
    SiteDescribed { site }
    ClockStepped { by_ms }
    ClockSyncChanged { synchronised }
    HubLinkChanged { up }
    RecordingSlowed { slow, worst_ms }
    LimitsSet { limits }
    JournalPurged(Purge) { through_seq, through_hash, kept_from, rule, article, edition }

    DeviceHealthChanged { device, health, detail }
    DeviceFaulted { device, fault, detail, count }
    PortalSetUp { device, setup }
    BackgroundChanged { device, background }
    TamperChanged { device, open }
    LaneControlChanged { lane, control, reason }

    VisitOpened { visit, number, lane, mode, direction }
    PassageBegan { passage, lane, device, visit }
    VehicleScreened { reading, passage, lane, device, visit, verdict, screening }
    PlateRead { reading, lane, device, visit, normalised, plate }
    VehicleIdentified { visit, plate, original, country }
    VehicleWeighed { reading, lane, device, visit, weight }
    WeighingBegan(WeighingBegun) { lane, device, visit, resumed }
    WeighingEnded(WeighingEnd) { lane, device, visit, outcome, reason }
    WeighingRefused(WeighingRefusal) { lane, device, visit, refusal, axles }
    SealRead { reading, lane, device, visit, seal }
    Scanned(Scanned) { lane, device, visit, scan, reading }
    ScanRepeated(ScanRepeated) { reading, lane, device, visit, times; last => last_us }
    ScanAssigned(ScanAssigned) { reading, lane, visit }
    ReadingAssigned { reading, from, to }
    SealsExpected { visit, seals }
    SealInspected { visit, seal, found }
    SealJudged { visit, seal, verdict, article }
    TareRecorded { visit, source; tare => tare_kg }
    WeightCompared { visit, comparison }
    VehicleMassCompared { visit, comparison }
    ExitPermitted { visit }
    VehicleLeft { visit }
    ScaleEmptied { lane, device }
    LaneLeft { lane, visit }

    NoticeRegistered { visit, number, revision, notice, missing, warnings, edition }
    ConsignmentRecorded { visit, consignment; gross => gross_kg }
    GoodsPresented { visit, consignment; as_of => as_of_us }
    PapersFiled { visit, consignment, papers, reference }
    PapersRegistered { visit, consignment, papers, number }
    PapersRefused(PapersRefusal) { visit, consignment, papers, ground, listed }
    PapersContentChecked(PapersContent) { visit, consignment, papers, content, missing, warnings, edition }
    PriorInformationRecorded { information }
    PriorInformationLinked { visit, prior }
    PriorInformationUnlinked { visit, prior }
    PriorInformationCompared(PriorComparison) { visit, prior, revision, differences, more, edition }
    PriorInformationWithdrawn { prior, reason }
    GoodsReleased { visit, consignment, procedure }
    ActRecorded { act }
    ConsignmentSplit(Split) { visit, consignment, into, reason }
    ConsignmentsMerged { visit, consignments, into, reason }

    ClockStarted { clock }
    ClockNearing { clock, minutes_left }
    ClockStillOpen { clock, minutes }
    ClockStoppedProvisionally { clock; as_of => as_of_us }
    ClockStopped { clock; as_of => as_of_us }
    ClockRestored { clock }
    ClockExpired { clock }

    AlarmRaised { alarm, facts }
    AlarmRepeated { alarm, count }
    AlarmAssessed { alarm, agreement, z }
    AlarmEnded { alarm }
    AlarmAcknowledged { alarm }
    AlarmEscalated { alarm }
    AlarmDecided { alarm, decision }
    SoundSilenced { alarms }

    OfficerSignedIn { }
    OfficerSignedOut { }

    CalendarApplied { calendar, origin }
    TimetableApplied { timetable, origin }
    DirectiveAnswered(DirectiveAnswer) { number, subject, digest, signer, refused }
    DirectiveDistrusted(DistrustedDirective) { number, subject, digest, found }
    ClockRecomputed { clock, because; before => before_us }
    ClockWithdrawn { clock, because }
    ClocksRecomputedThrough(Reached) { clock, last, calendar, timetable }
}
