//! What a checkpoint knows: the fold of its entries.
//!
//! A copy costs nothing (all maps are persistent), so a rule can follow its own events before it decides further. Any history folds:
//! an event about something unknown changes nothing but the counters. Bounded: see the limits below; what is dropped is dropped by the
//! same rule at the checkpoint and at the hub.

use std::sync::Arc;

use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};

use crate::event::{Author, Entry};
use crate::ids::{
    ActId, AlarmId, ClockId, ConsignmentNo, DeviceId, LaneId, OfficerId, ReadingId, RequestId,
    VisitId,
};
use crate::law::{Calendar, Timetable};
use crate::site::{Limits, Site};

pub mod act;
pub mod alarm;
pub mod clock;
pub mod consignment;
pub mod deadline;
pub mod device;
pub mod directives;
mod due;
mod fold;
mod numbered;
mod presses;
pub(crate) mod recomputing;
pub(crate) use fold::agreement_name;
pub mod lane;
pub mod prior;
pub mod scan;
pub mod visit;

use act::Act;
use alarm::{Alarm, AlarmObject};
use clock::Clock;
use device::DeviceState;
use directives::Directives;
use due::Due;
use lane::LaneState;
use numbered::Numbered;
use presses::Presses;
use prior::Priors;
use recomputing::Recomputing;
use visit::Visit;

/// Visits that left and are still shown; the journal and the lookup index keep all.
pub const KEPT_VISITS: usize = 200;
/// Visits that are here. Beyond that the first to come is forgotten, of which nothing was recorded and that no alarm holds: devices
/// notice vehicles that nobody lets out.
pub const KEPT_HERE: usize = 5_000;
/// Requests whose repetition is recognised.
pub const KEPT_REQUESTS: usize = 10_000;
/// Closed alarms that are still shown.
pub const KEPT_ALARMS: usize = 500;
/// Readings of one family that are kept of one visit; a parked vehicle may be read for days.
pub const KEPT_READINGS: usize = 64;
/// Acts of the checkpoint itself that are kept; passes hold for a year.
pub const KEPT_CHECKPOINT_ACTS: usize = 5_000;
/// Acts that can be recorded about one visit.
pub const MOST_ACTS: usize = 2_000;
/// Vehicles that can be in one lane at a time.
pub const LANE_HOLDS: usize = 32;

/// Who, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who.
    pub officer: OfficerId,
    /// When.
    pub at: Timestamp,
}

/// The line to the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HubLine {
    /// Nobody has said yet.
    #[default]
    Unknown,
    /// The hub answers.
    Up,
    /// The hub does not answer.
    Down {
        /// Since when.
        since: Timestamp,
        /// Whether that is an alarm already.
        announced: bool,
    },
}

/// The last number given of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastNumbers {
    /// Visits.
    pub visit: u64,
    /// Passages.
    pub passage: u64,
    /// Readings.
    pub reading: u64,
    /// Clocks.
    pub clock: u64,
    /// Alarms.
    pub alarm: u64,
    /// Arrival notices, without their revisions.
    pub notice: u64,
    /// Acts.
    #[serde(default)]
    pub act: u64,
    /// Acts that bear a number for people.
    #[serde(default)]
    pub paper: u64,
    /// Prior information.
    #[serde(default)]
    pub prior: u64,
}

/// Everything a checkpoint knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub(crate) seq: u64,
    pub(crate) at: Option<Timestamp>,
    pub(crate) site: Option<Arc<Site>>,
    pub(crate) limits: Option<Arc<Limits>>,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) hub: HubLine,
    pub(crate) clock_synchronised: bool,
    pub(crate) recording_slow: bool,
    pub(crate) last: LastNumbers,
    pub(crate) lanes: RedBlackTreeMapSync<LaneId, LaneState>,
    pub(crate) devices: RedBlackTreeMapSync<DeviceId, DeviceState>,
    pub(crate) visits: Numbered<VisitId, Visit>,
    pub(crate) clocks: Numbered<ClockId, Clock>,
    pub(crate) alarms: Numbered<AlarmId, Alarm>,
    pub(crate) acts: Numbered<ActId, Act>,
    /// Acts of the checkpoint itself, such as passes.
    pub(crate) checkpoint_acts: RedBlackTreeSetSync<ActId>,
    /// Whose a reading is.
    pub(crate) readings: Numbered<ReadingId, VisitId>,
    /// Everybody who ever gave an order here.
    pub(crate) officers: RedBlackTreeSetSync<OfficerId>,
    /// Visits here, by plate.
    pub(crate) plates: RedBlackTreeSetSync<(String, VisitId)>,
    /// Visits here, by seal that was read on them.
    pub(crate) seals_read: RedBlackTreeSetSync<(String, VisitId)>,
    /// Visits here, by seal that their papers name.
    pub(crate) seals_expected: RedBlackTreeSetSync<(String, VisitId)>,
    /// Alarms that want something, by what they are about.
    pub(crate) open_alarms: RedBlackTreeSetSync<(AlarmObject, AlarmId)>,
    /// Alarms that want nothing more, by the entry that closed them.
    pub(crate) closed_alarms: RedBlackTreeSetSync<(u64, AlarmId)>,
    /// Visits that left, by the entry that said so.
    pub(crate) left: RedBlackTreeSetSync<(u64, VisitId)>,
    /// What must be answered when, earliest first.
    pub(crate) deadlines: Due,
    /// The first entry that followed from a request.
    pub(crate) requests: Presses,
    /// The same by entry, for forgetting the oldest.
    pub(crate) requests_by_seq: Numbered<u64, RequestId>,

    /// The days off in force; none before the first release that recorded them.
    #[serde(default)]
    pub(crate) calendar: Option<Arc<Calendar>>,
    /// The working hours in force; as above.
    #[serde(default)]
    pub(crate) timetable: Option<Arc<Timetable>>,
    /// What became of the hub's directives.
    #[serde(default)]
    pub(crate) directives: Directives,
    /// Running terms that are still to be computed again.
    #[serde(default)]
    pub(crate) recomputing: Option<Recomputing>,
    /// What was told of vehicles before they came.
    #[serde(default)]
    pub(crate) priors: Priors,
}

impl Checkpoint {
    /// What is known after one more entry. Total: replaying any history cannot fail.
    #[must_use]
    pub fn after(&self, entry: &Entry) -> Checkpoint {
        let mut next = self.clone();
        next.follow(entry);
        next
    }

    /// The same in place: what nobody holds a copy of is changed where it lies, which is several times faster than to copy the way to it.
    pub fn follow(&mut self, entry: &Entry) {
        if let Author::Officer { officer, request, .. } = &entry.author {
            self.remember(officer, request, entry.seq);
        }
        self.suppose(entry);
    }

    /// The same for a decision that does not ask what is due.
    pub(crate) fn without_deadlines(mut self) -> Checkpoint {
        self.deadlines = Due::unasked();
        self
    }

    /// As [`Self::follow`], but nobody's button press is remembered: a decision that is being made is not asked whether it was made before.
    pub(crate) fn suppose(&mut self, entry: &Entry) {
        self.seq = entry.seq;
        self.at = self.at.max(Some(whole_microseconds(entry.at)));
        self.fold(entry);
    }

    /// What is known after a history.
    #[must_use]
    pub fn after_all<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> Checkpoint {
        let mut next = self.clone();
        for entry in entries {
            next.follow(entry);
        }
        next
    }

    /// The last entry that is in here; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The time of the latest entry. Nothing is decided before it.
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }

    /// The site as last described.
    pub fn site(&self) -> Option<&Site> {
        self.site.as_deref()
    }

    /// The limits as last set.
    pub fn limits(&self) -> Option<&Limits> {
        self.limits.as_deref()
    }

    /// The days off in force, if an entry has named them.
    pub fn calendar(&self) -> Option<&Calendar> {
        self.calendar.as_deref()
    }

    /// The working hours in force, if an entry has named them.
    pub fn timetable(&self) -> Option<&Timetable> {
        self.timetable.as_deref()
    }

    /// What became of the hub's directives.
    pub fn directives(&self) -> &Directives {
        &self.directives
    }

    /// What was told of vehicles before they came.
    pub fn priors(&self) -> &Priors {
        &self.priors
    }

    /// When [`crate::Input::TimePassed`] must be put in at the latest. The answer always moves it.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// The first entry that followed from this button press, if one did.
    pub fn answered(&self, request: &RequestId) -> Option<u64> {
        self.requests.get(request)
    }

    /// A visit that is here, or left lately.
    pub fn visit_state(&self, visit: VisitId) -> Option<&Visit> {
        self.visits.get(&visit)
    }

    /// Visits that are here and the last that left, in the order in which they came.
    pub fn visit_states(&self) -> impl Iterator<Item = (VisitId, &Visit)> {
        self.visits.iter().map(|(id, visit)| (*id, visit))
    }

    /// An alarm that is open, or was closed lately.
    pub fn alarm_state(&self, alarm: AlarmId) -> Option<&Alarm> {
        self.alarms.get(&alarm)
    }

    /// Alarms that are open, and the last that were closed, in the order in which they were raised.
    pub fn alarm_states(&self) -> impl Iterator<Item = (AlarmId, &Alarm)> {
        self.alarms.iter().map(|(id, alarm)| (*id, alarm))
    }

    /// A clock of a visit that is known.
    pub fn clock_state(&self, clock: ClockId) -> Option<&Clock> {
        self.clocks.get(&clock)
    }

    /// Clocks of all known visits, in the order in which they started.
    pub fn clock_states(&self) -> impl Iterator<Item = (ClockId, &Clock)> {
        self.clocks.iter().map(|(id, clock)| (*id, clock))
    }

    /// An act about a visit that is known, or about the checkpoint itself.
    pub fn act_state(&self, act: ActId) -> Option<&Act> {
        self.acts.get(&act)
    }

    /// Acts of a visit in the order in which they were recorded.
    pub fn acts_of(&self, visit: VisitId) -> impl Iterator<Item = (ActId, &Act)> {
        let acts = self.visits.get(&visit).into_iter().flat_map(|visit| visit.acts.iter());
        acts.filter_map(|id| Some((*id, self.acts.get(id)?)))
    }

    /// Acts of the checkpoint itself in the order in which they were recorded.
    pub fn checkpoint_acts(&self) -> impl Iterator<Item = (ActId, &Act)> {
        self.checkpoint_acts.iter().filter_map(|id| Some((*id, self.acts.get(id)?)))
    }

    /// A lane of the site.
    pub fn lane_state(&self, lane: &LaneId) -> Option<&LaneState> {
        self.lanes.get(lane)
    }

    /// A device of the site.
    pub fn device_state(&self, device: &DeviceId) -> Option<&DeviceState> {
        self.devices.get(device)
    }

    fn remember(&mut self, officer: &OfficerId, request: &RequestId, seq: u64) {
        if !self.officers.contains(officer) {
            self.officers.insert_mut(officer.clone());
        }
        if self.requests.get(request).is_some() {
            return;
        }
        self.requests.insert(request.clone(), seq);
        self.requests_by_seq.insert_mut(seq, request.clone());
        while self.requests_by_seq.size() > KEPT_REQUESTS {
            let Some((oldest, request)) =
                self.requests_by_seq.first().map(|(seq, request)| (*seq, request.clone()))
            else {
                return;
            };
            self.requests_by_seq.remove_mut(&oldest);
            self.requests.remove(&request);
        }
    }
}

/// The moment as the journal keeps it: what is read again must be what was decided.
pub(crate) fn whole_microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// What a clock belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) visit: VisitId,
    pub(crate) consignment: Option<ConsignmentNo>,
}
