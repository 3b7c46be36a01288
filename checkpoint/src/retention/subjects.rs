//! What the oldest days of a journal tell of: vehicles with their goods, alarms, terms, acts, proceedings.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::event::{ActEffect, ActFacts};
use crate::ids::{ActId, AlarmId, ClockId, ConsignmentNo, PriorId, ReadingId, VisitId};
use crate::input::order::Answer;
use crate::law::course::Course;
use crate::retention::{CONSIGNMENT_NUMBER, CONTROL_END_REPORTED, CONTROL_ENDED, VISIT_NUMBER};
use crate::state::visit::Visit;

/// A vehicle of which the oldest days tell.
pub(super) struct Vehicle {
    /// The first entry about it.
    pub(super) first: u64,
    /// The number that people write.
    pub(super) number: String,
    /// The last moment at which anything was told of it.
    pub(super) last_at: Timestamp,
    /// When it left, and its goods as they were then.
    pub(super) left: Option<(Timestamp, BTreeMap<ConsignmentNo, Goods>)>,
}

/// Goods whose vehicle has left.
pub(super) struct Goods {
    course: Course,
    ended: Option<End>,
}

/// Who told the end of control, and when it was.
struct End {
    at: Timestamp,
    by: Option<ActId>,
}

impl Vehicle {
    /// The vehicle left: from here on only acts say what becomes of its goods.
    pub(super) fn leaves(&mut self, visit: Option<&Visit>, at: Timestamp) {
        let goods = visit.into_iter().flat_map(|visit| visit.consignments.iter());
        let goods = goods.map(|(number, state)| {
            let ended = (!state.course.is_under_control()).then_some(End { at, by: None });
            (*number, Goods { course: state.course, ended })
        });
        self.left = Some((at, goods.collect()));
    }

    /// An act about goods whose vehicle has left.
    pub(super) fn follow(&mut self, act: &ActFacts) {
        let Some((_, goods)) = &mut self.left else { return };
        let named = consignments(act);
        for (number, goods) in goods {
            if let Some(corrected) = act.corrects
                && goods.ended.as_ref().is_some_and(|end| end.by == Some(corrected))
            {
                goods.ended = None;
            }
            if named.is_empty() || named.contains(number) {
                goods.follow(act);
            }
        }
    }

    /// The goods of which nobody told the end of control, and the last end that was told.
    pub(super) fn ends(&self) -> (Vec<ConsignmentNo>, Option<Timestamp>) {
        let Some((left, goods)) = &self.left else { return (Vec::new(), None) };
        let open = goods.iter().filter(|(_, goods)| goods.ended.is_none());
        let last = goods.values().filter_map(|goods| Some(goods.ended.as_ref()?.at)).max();
        (open.map(|(number, _)| *number).collect(), last.max(Some(*left)))
    }
}

impl Goods {
    fn follow(&mut self, act: &ActFacts) {
        for effect in &act.effects {
            if let ActEffect::Step { step } = effect
                && let Ok(course) = self.course.next(*step)
            {
                // Control that was taken to have ended goes on: the goods never crossed the border (257.1).
                let goes_on = !self.course.is_under_control() && course.is_under_control();
                self.ended.take_if(|_| goes_on);
                self.course = course;
            }
        }
        let told = act.kind == CONTROL_ENDED || act.kind == CONTROL_END_REPORTED;
        if self.ended.is_none() && (told || !self.course.is_under_control()) {
            self.ended = Some(End { at: act.as_of, by: Some(act.act) });
        }
    }
}

/// The consignments that an act names; all if none.
fn consignments(act: &ActFacts) -> Vec<ConsignmentNo> {
    let written = match act.answers.get(CONSIGNMENT_NUMBER) {
        Some(Answer::Number(number)) => u16::try_from(*number).ok().map(ConsignmentNo),
        _ => None,
    };
    act.consignments.iter().copied().chain(written).collect()
}

/// The visit that an act about the checkpoint names.
pub(super) fn named_visit(act: &ActFacts) -> Option<&str> {
    match act.answers.get(VISIT_NUMBER) {
        Some(Answer::Text(number)) => Some(number.trim()),
        _ => None,
    }
}

/// An alarm of the oldest days that nobody has closed yet.
pub(super) struct OpenAlarm {
    pub(super) first: u64,
    pub(super) visit: Option<VisitId>,
    pub(super) basis: String,
    pub(super) raised_at: Timestamp,
}

/// A term that runs beyond now.
pub(super) struct Running {
    pub(super) first: u64,
    pub(super) visit: VisitId,
    pub(super) consignment: Option<ConsignmentNo>,
    pub(super) rule: String,
    pub(super) article: String,
    pub(super) due_at: Timestamp,
}

/// An act with a validity.
pub(super) struct ValidAct {
    pub(super) first: u64,
    pub(super) number: Option<String>,
    pub(super) article: String,
    pub(super) until: Timestamp,
    /// The act by which it holds no more, and since when.
    pub(super) over: Option<(ActId, Timestamp)>,
}

impl ValidAct {
    /// Until when it holds: its validity, or its end if that came first.
    pub(super) fn ends(&self) -> Timestamp {
        self.over.map_or(self.until, |(_, at)| self.until.min(at))
    }
}

/// Proceedings that were opened.
pub(super) struct Proceedings {
    /// The act that closed them.
    pub(super) closed: Option<ActId>,
    pub(super) seq: u64,
    pub(super) number: Option<String>,
    pub(super) article: String,
    /// The visit, by id or by the number that people write.
    pub(super) visit: Option<VisitId>,
    pub(super) visit_number: Option<String>,
}

/// Everything that the oldest days tell of and that may still matter.
#[derive(Default)]
pub(super) struct Subjects {
    pub(super) vehicles: BTreeMap<VisitId, Vehicle>,
    pub(super) numbers: BTreeMap<String, VisitId>,
    pub(super) alarms: BTreeMap<AlarmId, OpenAlarm>,
    pub(super) closed_alarms: BTreeMap<u64, (AlarmId, Timestamp, String)>,
    pub(super) terms: BTreeMap<ClockId, Running>,
    pub(super) acts: BTreeMap<ActId, ValidAct>,
    pub(super) proceedings: BTreeMap<ActId, Proceedings>,
    /// The entries of prior information, for the vehicles that it is about.
    pub(super) priors: BTreeMap<PriorId, u64>,
    /// The entries of scans that waited for their vehicle.
    pub(super) scans: BTreeMap<ReadingId, u64>,
    pub(super) unreadable: Option<u64>,
}
