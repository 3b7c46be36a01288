//! A decision while it is being made: the events so far, and what would be known after them.

use jiff::Timestamp;

use super::Rules;
use crate::Checkpoint;
use crate::event::{Author, Entry, Event};
use crate::ids::{ActId, AlarmId, ClockId, PassageId, ReadingId, VisitId};
use crate::input::ClockQuality;

pub(super) struct Draft<'a> {
    pub(super) rules: &'a Rules,
    pub(super) now: Timestamp,
    pub(super) state: Checkpoint,
    author: Author,
    events: Vec<Event>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(state: Checkpoint, rules: &'a Rules, author: Author, now: Timestamp) -> Self {
        Draft { rules, now, state, author, events: Vec::new() }
    }

    /// This happened; what follows decides with it.
    pub(super) fn happened(&mut self, event: Event) {
        let entry = Entry {
            seq: self.state.seq().saturating_add(1),
            at: self.now,
            // How sure the time is changes no rule.
            clock: ClockQuality::Unknown,
            author: std::mem::replace(&mut self.author, Author::Agent),
            event,
        };
        self.state.suppose(&entry);
        self.author = entry.author;
        self.events.push(entry.event);
    }

    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub(super) fn next_visit(&self) -> VisitId {
        VisitId(self.state.last.visit.saturating_add(1))
    }

    pub(super) fn next_passage(&self) -> PassageId {
        PassageId(self.state.last.passage.saturating_add(1))
    }

    pub(super) fn next_reading(&self) -> ReadingId {
        ReadingId(self.state.last.reading.saturating_add(1))
    }

    pub(super) fn next_clock(&self) -> ClockId {
        ClockId(self.state.last.clock.saturating_add(1))
    }

    pub(super) fn next_act(&self) -> ActId {
        ActId(self.state.last.act.saturating_add(1))
    }

    pub(super) fn next_alarm(&self) -> AlarmId {
        AlarmId(self.state.last.alarm.saturating_add(1))
    }
}
