//! Which entries go to the hub ahead of the others.
//!
//! After a week without a line a million entries may wait; what somebody at the hub has to see now must not stand behind
//! them. It deliberately is a property of the kind of event alone, so that both ends and every release agree on it.

use checkpoint::event::Event;

/// How an entry travels to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// In order, with everything else.
    Bulk,
    /// Ahead of everything else; it comes again in order.
    Express,
}

/// How an entry with this event travels: alarms with all that becomes of them, terms that are near or over, the line itself,
/// and whether devices and clocks can be relied on go ahead.
pub fn class(event: &Event) -> Class {
    match event {
        Event::AlarmRaised { .. }
        | Event::AlarmRepeated { .. }
        | Event::AlarmAssessed { .. }
        | Event::AlarmEnded { .. }
        | Event::AlarmAcknowledged { .. }
        | Event::AlarmEscalated { .. }
        | Event::AlarmDecided { .. }
        | Event::ClockNearing { .. }
        | Event::ClockStillOpen { .. }
        | Event::ClockExpired { .. }
        | Event::HubLinkChanged { .. }
        | Event::DeviceHealthChanged { .. }
        | Event::LaneControlChanged { .. }
        | Event::ClockStepped { .. }
        | Event::ClockSyncChanged { .. }
        | Event::RecordingSlowed { .. } => Class::Express,

        Event::AgentStarted { .. }
        | Event::SiteDescribed { .. }
        | Event::LimitsSet { .. }
        | Event::JournalPurged(_)
        | Event::DeviceFaulted { .. }
        | Event::PortalSetUp { .. }
        | Event::BackgroundChanged { .. }
        | Event::TamperChanged { .. }
        | Event::VisitOpened { .. }
        | Event::PassageBegan { .. }
        | Event::VehicleScreened { .. }
        | Event::PlateRead { .. }
        | Event::VehicleIdentified { .. }
        | Event::VehicleWeighed { .. }
        | Event::WeighingBegan(_)
        | Event::WeighingEnded(_)
        | Event::WeighingRefused(_)
        | Event::SealRead { .. }
        | Event::Scanned(_)
        | Event::ScanRepeated(_)
        | Event::ScanAssigned(_)
        | Event::ReadingAssigned { .. }
        | Event::SealsExpected { .. }
        | Event::SealInspected { .. }
        | Event::SealJudged { .. }
        | Event::TareRecorded { .. }
        | Event::WeightCompared { .. }
        | Event::VehicleMassCompared { .. }
        | Event::NoticeRegistered { .. }
        | Event::ConsignmentRecorded { .. }
        | Event::GoodsPresented { .. }
        | Event::PapersFiled { .. }
        | Event::PapersContentChecked(_)
        | Event::PapersRegistered { .. }
        | Event::PapersRefused(_)
        | Event::PriorInformationRecorded { .. }
        | Event::PriorInformationLinked { .. }
        | Event::PriorInformationUnlinked { .. }
        | Event::PriorInformationCompared(_)
        | Event::PriorInformationWithdrawn { .. }
        | Event::GoodsReleased { .. }
        | Event::ActRecorded { .. }
        | Event::ConsignmentSplit(_)
        | Event::ConsignmentsMerged { .. }
        | Event::ClockStarted { .. }
        | Event::ClockStoppedProvisionally { .. }
        | Event::ClockStopped { .. }
        | Event::ClockRestored { .. }
        | Event::SoundSilenced { .. }
        | Event::OfficerSignedIn
        | Event::OfficerSignedOut
        | Event::ExitPermitted { .. }
        | Event::VehicleLeft { .. }
        | Event::ScaleEmptied { .. }
        | Event::LaneLeft { .. }
        | Event::CalendarApplied { .. }
        | Event::TimetableApplied { .. }
        | Event::DirectiveAnswered(_)
        | Event::DirectiveDistrusted(_)
        | Event::ClockRecomputed { .. }
        | Event::ClocksRecomputedThrough(_)
        | Event::ClockWithdrawn { .. } => Class::Bulk,
    }
}
