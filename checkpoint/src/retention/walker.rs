//! The walk through a journal: told every entry in order, it remembers what the oldest days tell of, and answers what may go.
//!
//! The oldest days are those whose entries are older than the keeping term. While they last, the walk folds the state along with them;
//! afterwards only acts, exits, alarms and the ends of terms matter, because whatever else happens later is younger than the term.

use jiff::{Timestamp, civil};

use super::subjects::{OpenAlarm, Proceedings, Running, Subjects, ValidAct, Vehicle, named_visit};
use super::{
    Answer, Free, KeepUntil, Keeping, KeepingError, MOST_OBSTACLES, Obstacle, PROCEEDINGS_OPENED,
    UnknownEnd, Why, Young,
};
use crate::Checkpoint;
use crate::event::{ActEffect, ActFacts, Entry, Event, ScanAssigned, Scanned};
use crate::ids::{ActId, AlarmId, VisitId};
use crate::state::visit::Visit;
use crate::view::JournalLine;

/// Reads a journal from its first entry and answers what of it may go.
pub struct Walker<'a> {
    keeping: &'a Keeping,
    now: Timestamp,
    before: Timestamp,
    through_seq: u64,
    /// The state after the last entry of the oldest days so far.
    state: Checkpoint,
    days: Vec<Day>,
    young: Option<Young>,
    /// The term of the day that was asked about last.
    asked: Option<(civil::Date, KeepUntil)>,
    subjects: Subjects,
}

/// A day of which all entries are older than the keeping term.
struct Day {
    date: civil::Date,
    last_seq: u64,
    rule: KeepUntil,
}

impl<'a> Walker<'a> {
    /// A walk that begins on `base`, the state before the first entry that is there. Entries from `before` on, and those after
    /// `through_seq`, are not asked about.
    pub fn new(
        keeping: &'a Keeping,
        base: Checkpoint,
        now: Timestamp,
        before: Timestamp,
        through_seq: u64,
    ) -> Walker<'a> {
        Walker {
            keeping,
            now,
            before,
            through_seq,
            state: base,
            days: Vec::new(),
            young: None,
            asked: None,
            subjects: Subjects::default(),
        }
    }

    /// Whether nothing that follows can change the answer: no entry is old enough.
    pub fn is_settled(&self) -> bool {
        self.young.is_some() && self.days.is_empty()
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    ///
    /// [`KeepingError`] if its term cannot be computed.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "every entry that names a visit is counted before; here stand those that end or open something"
    )]
    pub fn follow(&mut self, entry: &Entry) -> Result<(), KeepingError> {
        let old = self.is_old(entry.seq, entry.at)?;
        if old {
            self.state.follow(entry);
        }
        let visit = visit_of(entry, &self.state);
        if let Some(visit) = visit {
            self.mention(visit, entry, old);
        }
        match &entry.event {
            Event::VehicleLeft { visit } => {
                let known = self.state.visit_state(*visit).filter(|_| old);
                if let Some(vehicle) = self.subjects.vehicles.get_mut(visit) {
                    vehicle.leaves(known, entry.at);
                }
            }
            Event::ActRecorded { act } => self.act(entry, act, old),
            Event::PriorInformationRecorded { information } if old => {
                self.subjects.priors.insert(information.prior, entry.seq);
            }
            Event::Scanned(Scanned { visit: None, reading: Some(reading), .. }) if old => {
                self.subjects.scans.insert(*reading, entry.seq);
            }
            // What was scanned before the vehicle came is kept with it.
            Event::ScanAssigned(ScanAssigned { reading, visit, .. }) => {
                if let Some(scanned) = self.subjects.scans.remove(reading)
                    && let Some(vehicle) = self.subjects.vehicles.get_mut(visit)
                {
                    vehicle.first = vehicle.first.min(scanned);
                }
            }
            // What was told before the vehicle came is kept as long as the vehicle's papers.
            Event::PriorInformationLinked { visit, prior } => {
                if let Some(told) = self.subjects.priors.get(prior)
                    && let Some(vehicle) = self.subjects.vehicles.get_mut(visit)
                {
                    vehicle.first = vehicle.first.min(*told);
                }
            }
            Event::ClockStarted { clock } if old && clock.due_at > self.now => {
                let running = Running {
                    first: entry.seq,
                    visit: clock.visit,
                    consignment: clock.consignment,
                    rule: clock.rule.clone(),
                    article: clock.article.clone(),
                    due_at: clock.due_at,
                };
                self.subjects.terms.insert(clock.clock, running);
            }
            Event::ClockStopped { clock, .. } | Event::ClockWithdrawn { clock, .. } => {
                self.subjects.terms.remove(clock);
            }
            Event::ClockRecomputed { clock, .. } => {
                if let Some(running) = self.subjects.terms.get_mut(&clock.clock) {
                    running.due_at = clock.due_at;
                }
            }
            Event::AlarmRaised { alarm, facts } if old => {
                let open = OpenAlarm {
                    first: entry.seq,
                    visit: facts.visit,
                    basis: facts.basis.clone(),
                    raised_at: entry.at,
                };
                self.subjects.alarms.insert(*alarm, open);
            }
            Event::AlarmAcknowledged { alarm }
            | Event::AlarmEnded { alarm }
            | Event::AlarmDecided { alarm, .. }
                if old && self.state.alarm_state(*alarm).is_none_or(|state| state.is_closed()) =>
            {
                self.alarm_closed(*alarm, entry.at)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes in the place of an entry that this release cannot read: what it tells of is not known, so it stays.
    ///
    /// # Errors
    ///
    /// [`KeepingError`] if its term cannot be computed.
    pub fn pass_over(&mut self, seq: u64, at: Timestamp) -> Result<(), KeepingError> {
        if self.is_old(seq, at)? {
            self.subjects.unreadable.get_or_insert(seq);
        }
        Ok(())
    }

    /// Whether an entry belongs to the oldest days: none but older ones stand before it, and its own term is over.
    fn is_old(&mut self, seq: u64, at: Timestamp) -> Result<bool, KeepingError> {
        if self.young.is_some() {
            return Ok(false);
        }
        if at >= self.before || seq > self.through_seq {
            self.end_with(Young { seq, until: None }, at);
            return Ok(false);
        }
        let date = self.keeping.day(at);
        let until = match &self.asked {
            Some((asked, until)) if *asked == date => until.clone(),
            _ => self.keeping.until(at)?,
        };
        self.asked = Some((date, until.clone()));
        if until.at > self.now {
            self.end_with(Young { seq, until: Some(until) }, at);
            return Ok(false);
        }
        match self.days.last_mut() {
            Some(day) if day.date == date => day.last_seq = seq,
            _ => self.days.push(Day { date, last_seq: seq, rule: until }),
        }
        Ok(true)
    }

    /// The oldest days end here. A day of which a part is younger is no whole day.
    fn end_with(&mut self, young: Young, at: Timestamp) {
        self.young = Some(young);
        let date = self.keeping.day(at);
        if self.days.last().is_some_and(|day| day.date == date) {
            self.days.pop();
        }
    }

    fn mention(&mut self, visit: VisitId, entry: &Entry, old: bool) {
        if let Some(vehicle) = self.subjects.vehicles.get_mut(&visit) {
            vehicle.last_at = entry.at;
        } else if old {
            let number = if let Event::VisitOpened { number, .. } = &entry.event {
                number.clone()
            } else {
                self.state.visit_state(visit).map(|v| v.number.clone()).unwrap_or_default()
            };
            self.subjects.numbers.insert(number.clone(), visit);
            let (first, last_at) = (entry.seq, entry.at);
            self.subjects.vehicles.insert(visit, Vehicle { first, number, last_at, left: None });
        }
    }

    fn act(&mut self, entry: &Entry, act: &ActFacts, old: bool) {
        let named = named_visit(act).map(str::to_owned);
        let by_number = named.as_ref().and_then(|number| self.subjects.numbers.get(number));
        let visit = act.visit.or(by_number.copied());
        if let Some(vehicle) = visit.and_then(|visit| self.subjects.vehicles.get_mut(&visit)) {
            vehicle.follow(act);
        }
        // What was ended before it was put right stays ended.
        let corrected = act.corrects;
        let over = corrected.and_then(|id| self.subjects.acts.get(&id)?.over);
        let closed = corrected.and_then(|id| self.subjects.proceedings.get(&id)?.closed);
        if let Some(corrected) = corrected {
            self.stands_again(corrected);
            self.act_over(corrected, act.act, entry.at);
        }
        for effect in &act.effects {
            if let ActEffect::ActEnded { act: ended } = effect {
                self.act_over(*ended, act.act, entry.at);
            }
        }
        if let Some(validity) = act.validity.as_ref().filter(|_| old) {
            let valid = ValidAct {
                first: entry.seq,
                number: act.number.clone(),
                article: act.article.clone(),
                until: validity.until,
                over,
            };
            self.subjects.acts.insert(act.act, valid);
        }
        if act.kind == PROCEEDINGS_OPENED {
            let open = Proceedings {
                closed,
                seq: entry.seq,
                number: act.number.clone(),
                article: act.article.clone(),
                visit,
                visit_number: named,
            };
            self.subjects.proceedings.insert(act.act, open);
        }
    }

    /// An act was ended or put right by another: it holds no longer than until now.
    fn act_over(&mut self, act: ActId, by: ActId, at: Timestamp) {
        if let Some(open) = self.subjects.proceedings.get_mut(&act) {
            open.closed = Some(by);
        }
        if let Some(valid) = self.subjects.acts.get_mut(&act) {
            valid.over = Some((by, at));
        }
    }

    /// An act is put right: what it ended holds again, unless the correction ends it as well.
    fn stands_again(&mut self, corrected: ActId) {
        for open in self.subjects.proceedings.values_mut() {
            open.closed.take_if(|by| *by == corrected);
        }
        for valid in self.subjects.acts.values_mut() {
            valid.over.take_if(|(by, _)| *by == corrected);
        }
    }

    fn alarm_closed(&mut self, alarm: AlarmId, at: Timestamp) -> Result<(), KeepingError> {
        let Some(open) = self.subjects.alarms.remove(&alarm) else { return Ok(()) };
        // An alarm about a vehicle is kept with the vehicle.
        if open.visit.is_none() && self.keeping.until(at)?.at > self.now {
            self.subjects.closed_alarms.insert(open.first, (alarm, at, open.basis));
        }
        Ok(())
    }

    /// What may go, and what stands in the way. `present` is the state after the last entry.
    ///
    /// # Errors
    ///
    /// [`KeepingError`] if a term cannot be computed.
    pub fn finish(self, present: &Checkpoint) -> Result<Answer, KeepingError> {
        let mut obstacles = self.obstacles(present)?;
        let last = self.days.last().map_or(0, |day| day.last_seq);
        obstacles.retain(|obstacle| obstacle.seq <= last);
        obstacles.sort();
        let first = obstacles.first().map_or(u64::MAX, |obstacle| obstacle.seq);
        let whole = self.days.iter().rfind(|day| day.last_seq < first);
        let free = whole.map(|day| Free {
            through_seq: day.last_seq,
            kept_from: day.date.tomorrow().unwrap_or(day.date),
            rule: day.rule.rule.clone(),
            article: day.rule.article.clone(),
        });
        let more = obstacles.len().saturating_sub(MOST_OBSTACLES);
        obstacles.truncate(MOST_OBSTACLES);
        Ok(Answer { free, obstacles, more, young: self.young })
    }

    fn obstacles(&self, present: &Checkpoint) -> Result<Vec<Obstacle>, KeepingError> {
        let mut found = Vec::new();
        for (id, vehicle) in &self.subjects.vehicles {
            let here = present.visit_state(*id).is_some_and(Visit::is_here);
            self.of_vehicle(vehicle, here, &mut found)?;
        }
        for (id, alarm) in &self.subjects.alarms {
            self.of_alarm(*id, alarm, present, &mut found)?;
        }
        for (first, (alarm, at, basis)) in &self.subjects.closed_alarms {
            let until = self.keeping.until(*at)?.at;
            let name = Some(alarm.to_string());
            found.push(Obstacle { name, until: Some(until), ..why(*first, Why::Kept, basis) });
        }
        for term in self.subjects.terms.values() {
            found.push(Obstacle {
                visit: self.number(term.visit),
                consignment: term.consignment,
                name: Some(term.rule.clone()),
                until: Some(term.due_at),
                ..why(term.first, Why::TermRuns, &term.article)
            });
        }
        for act in self.subjects.acts.values() {
            let name = act.number.clone();
            let ends = act.ends();
            if ends > self.now {
                let until = Some(ends);
                found.push(Obstacle { name, until, ..why(act.first, Why::ActValid, &act.article) });
            } else {
                let until = self.keeping.until(ends)?;
                if until.at > self.now {
                    let (until, kept) = (Some(until.at), why(act.first, Why::Kept, &until.article));
                    found.push(Obstacle { name, until, ..kept });
                }
            }
        }
        for open in self.subjects.proceedings.values().filter(|open| open.closed.is_none()) {
            let vehicle = open.visit.and_then(|visit| self.subjects.vehicles.get(&visit));
            let firsts = vehicle.map(|vehicle| vehicle.first).into_iter().chain([open.seq]);
            let number = vehicle.map(|vehicle| vehicle.number.clone());
            found.push(Obstacle {
                visit: number.or_else(|| open.visit_number.clone()),
                name: open.number.clone(),
                ..why(firsts.min().unwrap_or(open.seq), Why::ProceedingsOpen, &open.article)
            });
        }
        if let Some(seq) = self.subjects.unreadable {
            found.push(why(seq, Why::Unreadable, ""));
        }
        Ok(found)
    }

    fn of_vehicle(
        &self,
        vehicle: &Vehicle,
        here: bool,
        found: &mut Vec<Obstacle>,
    ) -> Result<(), KeepingError> {
        let visit = Some(vehicle.number.clone());
        if here {
            found.push(Obstacle { visit, ..why(vehicle.first, Why::VisitHere, "186.6") });
            return Ok(());
        }
        let (open, ended) = vehicle.ends();
        if self.keeping.unknown_end == UnknownEnd::Stay {
            for consignment in open {
                let control = why(vehicle.first, Why::ControlNotEnded, "185.2");
                let (visit, consignment) = (visit.clone(), Some(consignment));
                found.push(Obstacle { visit, consignment, ..control });
            }
        }
        // A vehicle that devices noticed and nobody let out was forgotten: it ends with the last that was told of it.
        let until = self.keeping.until(ended.unwrap_or(vehicle.last_at))?;
        if until.at > self.now {
            let kept = why(vehicle.first, Why::Kept, &until.article);
            found.push(Obstacle { visit, until: Some(until.at), ..kept });
        }
        Ok(())
    }

    fn of_alarm(
        &self,
        id: AlarmId,
        alarm: &OpenAlarm,
        present: &Checkpoint,
        found: &mut Vec<Obstacle>,
    ) -> Result<(), KeepingError> {
        let visit = alarm.visit.and_then(|visit| self.number(visit));
        let name = Some(id.to_string());
        match present.alarm_state(id) {
            Some(state) if !state.is_closed() => {
                found.push(Obstacle {
                    visit,
                    name,
                    ..why(alarm.first, Why::AlarmOpen, &alarm.basis)
                });
            }
            // Closed when younger entries were written, or forgotten with a vehicle that nobody let out.
            Some(_) | None if alarm.visit.is_none() => {
                let closed = present.alarm_state(id).and_then(|state| {
                    let decided = state.decisions.last().map(|decided| decided.at);
                    decided.or(state.acknowledged.as_ref().map(|signature| signature.at))
                });
                let until = self.keeping.until(closed.unwrap_or(alarm.raised_at))?;
                if until.at > self.now {
                    let kept = why(alarm.first, Why::Kept, &until.article);
                    found.push(Obstacle { name, until: Some(until.at), ..kept });
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn number(&self, visit: VisitId) -> Option<String> {
        Some(self.subjects.vehicles.get(&visit)?.number.clone())
    }
}

fn why(seq: u64, why: Why, article: &str) -> Obstacle {
    Obstacle {
        seq,
        why,
        visit: None,
        consignment: None,
        name: None,
        article: article.to_owned(),
        until: None,
    }
}

/// The visit that an entry tells of: the one that it names, or that of its term or its alarm.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "an event that names its visit is read from its line; only those about a term or an alarm are looked up"
)]
fn visit_of(entry: &Entry, state: &Checkpoint) -> Option<VisitId> {
    let named = JournalLine::of(entry).visit;
    named.or_else(|| match &entry.event {
        Event::ClockNearing { clock, .. }
        | Event::ClockStoppedProvisionally { clock, .. }
        | Event::ClockStopped { clock, .. }
        | Event::ClockRestored { clock }
        | Event::ClockWithdrawn { clock, .. }
        | Event::ClockExpired { clock } => Some(state.clock_state(*clock)?.facts.visit),
        Event::AlarmRepeated { alarm, .. }
        | Event::AlarmAssessed { alarm, .. }
        | Event::AlarmEnded { alarm }
        | Event::AlarmAcknowledged { alarm }
        | Event::AlarmEscalated { alarm }
        | Event::AlarmDecided { alarm, .. } => state.alarm_state(*alarm)?.visit,
        _ => None,
    })
}
