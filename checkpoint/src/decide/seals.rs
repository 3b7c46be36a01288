//! Seals: what the papers name against what was read and found (Code of the Republic of Kazakhstan on customs affairs (2010), art. 198, 248.2).
//!
//! A seal that the papers name is missing once the vehicle has passed the reader, or was presented, and it was not read; or when an
//! officer says so. If the reader is out, nobody knows: look at it.

use super::Refusal;
use super::alarms::Reason;
use super::arrivals::Spot;
use super::draft::Draft;
use crate::event::{AlarmCause, Event, SealVerdict};
use crate::identifiers::normalised_seal;
use crate::ids::{ReadingId, VisitId};
use crate::input::observation::{ScanChecked, ScanKind, ScanReading, SealCondition, SealReading};
use crate::input::order::SealFinding;
use crate::law::edition::SealArticles;
use crate::site::Family;
use crate::state::visit::{SealAct, Visit};

/// Seals that papers of one vehicle can name, or officers inspect on it.
const MOST_SEALS: usize = 100;
/// Seals of one vehicle that nobody named and that are judged all the same: a reader may see seals everywhere.
const MOST_STRANGE: usize = 100;

/// How far the seal reader has got with a vehicle.
enum Reading {
    /// The lane has none, or the vehicle is not past it: nothing can be said of a seal that was not read.
    Open,
    /// The vehicle is past it.
    Done,
    /// The vehicle is past it, and it is out.
    Failed,
}

impl Draft<'_> {
    pub(super) fn seal_observed(&mut self, spot: &Spot, seal: &SealReading) {
        let number = normalised_seal(&seal.number);
        if number.is_empty() {
            return;
        }
        let known = self.visit_with_seal(spot, &number);
        let found = if seal.late {
            // Nobody stands there because of what was so long ago; the seal is that of the vehicle on which it was read, wherever that is.
            known.or_else(|| self.only_holder(&number))
        } else {
            known.or_else(|| self.standing_at(spot)).or_else(|| self.open_visit(&spot.lane))
        };
        let Some(visit) = found else {
            if seal.late {
                self.seal_of_nobody(spot, number, seal);
            }
            return;
        };
        if self.is_seal_repeated(visit, spot, &number, seal) {
            return;
        }
        let read = Event::SealRead {
            reading: self.next_reading(),
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            seal: seal.clone(),
        };
        if seal.late {
            self.happened(read);
        } else {
            self.notice(spot, visit, read);
        }
        for other in self.holders(&number) {
            self.judge_seals(other);
        }
    }

    /// A seal of no vehicle that is here was told late. That it was broken is a violation, whoever had it; anything else is told of the device.
    fn seal_of_nobody(&mut self, spot: &Spot, number: String, seal: &SealReading) {
        if !is_broken(seal.condition) {
            return self.came_too_late(spot, "seal");
        }
        let verdict = SealVerdict::Damaged;
        let cause = AlarmCause::Seal { verdict, seal: number.clone() };
        let mut reason = Reason::new(cause, self.now)
            .lane(&spot.lane)
            .device(&spot.device)
            .number("seal", number);
        if let Some(time) = &seal.device_time {
            reason = reason.number("device_time", time);
        }
        reason.basis = Some(article(&self.rules.edition.seals, verdict).to_owned());
        self.raise(reason);
    }

    /// Something that a device kept is of no vehicle that is here. What it was stays on the tape: the faults of a device are for those who see no vehicles.
    pub(super) fn came_too_late(&mut self, spot: &Spot, what: &str) {
        self.happened(Event::DeviceFaulted {
            device: spot.device.clone(),
            fault: "too-late".to_owned(),
            detail: format!("a {what} that was kept and sent late is of no vehicle that is here"),
            count: 1,
        });
    }

    /// The number of a seal that was scanned is a reading of it, as if the seal had told it: the number alone, and nothing of its integrity.
    ///
    /// Neither ISO 17712 nor any paper gives such a number a shape, so a code is one where the reader scans nothing else, where it begins with a
    /// maker's letters, or where papers of a vehicle here name it. Where nobody is, it stays what it is, a scan: nobody comes or goes by it.
    pub(super) fn seal_scanned(
        &mut self,
        spot: &Spot,
        scan: &ScanReading,
        present: Option<VisitId>,
    ) {
        let can_be_one = match scan.what {
            ScanKind::Seal | ScanKind::Code | ScanKind::Gs1 | ScanKind::Plate => true,
            ScanKind::Declaration
            | ScanKind::Container
            | ScanKind::Url
            | ScanKind::TravelDocument
            | ScanKind::Inspection => false,
        };
        let number = normalised_seal(&scan.value);
        if !can_be_one || number.is_empty() {
            return;
        }
        let named = self.visit_with_seal(spot, &number);
        let marked =
            scan.checked == ScanChecked::Nothing || number.starts_with(char::is_alphabetic);
        let is_seal = named.is_some() || (scan.what == ScanKind::Seal && marked);
        let Some(visit) = named.or(present).filter(|_| is_seal) else { return };
        let seal = SealReading::of_number(&scan.value);
        if self.is_seal_repeated(visit, spot, &number, &seal) {
            return;
        }
        self.happened(Event::SealRead {
            reading: self.next_reading(),
            lane: spot.lane.clone(),
            device: spot.device.clone(),
            visit,
            seal,
        });
        for other in self.holders(&number) {
            self.judge_seals(other);
        }
    }

    /// Readings of a seal that were made of this scan; they go where it goes, unless the number was scanned twice.
    pub(super) fn seals_of_scan(&self, visit: VisitId, scan: ReadingId) -> Vec<ReadingId> {
        let Some(visit) = self.state.visit_state(visit) else { return Vec::new() };
        let Some(scanned) = visit.scans.get(&scan) else { return Vec::new() };
        let number = normalised_seal(&scanned.scan.value);
        let twice = visit.scans.iter().any(|(reading, other)| {
            *reading != scan
                && other.device == scanned.device
                && normalised_seal(&other.scan.value) == number
        });
        let reads = visit.seals_read.iter().filter(|(_, read)| {
            !twice && read.device == scanned.device && read.normalised == number
        });
        reads.map(|(reading, _)| *reading).collect()
    }

    /// The one visit whose papers name the seal, or the vehicle in this lane on which it was read before.
    fn visit_with_seal(&self, spot: &Spot, number: &str) -> Option<VisitId> {
        let range = || (number.to_owned(), VisitId(0))..=(number.to_owned(), VisitId(u64::MAX));
        let named: Vec<VisitId> =
            self.state.seals_expected.range(range()).map(|(_, id)| *id).collect();
        let in_lane = |id: &VisitId| self.queue(&spot.lane).iter().any(|one| one.visit == *id);
        if let [only] = named[..] {
            let elsewhere = self.state.visit_state(only).is_some_and(|visit| {
                visit.lane != spot.lane
                    && self.queue(&visit.lane).iter().any(|one| one.visit == only)
            });
            // Papers do not move a vehicle out of the lane it stands in: the seal is on the one that is here.
            if !(elsewhere && self.standing_at(spot).is_some()) {
                return Some(only);
            }
        }
        named.into_iter().find(in_lane).or_else(|| self.holders(number).into_iter().find(in_lane))
    }

    /// The one visit here on which the seal was read; none if there are several.
    fn only_holder(&self, number: &str) -> Option<VisitId> {
        match self.holders(number)[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Visits here on which the seal was read.
    fn holders(&self, number: &str) -> Vec<VisitId> {
        let range = (number.to_owned(), VisitId(0))..=(number.to_owned(), VisitId(u64::MAX));
        self.state.seals_read.range(range).map(|(_, visit)| *visit).collect()
    }

    fn is_seal_repeated(
        &self,
        visit: VisitId,
        spot: &Spot,
        number: &str,
        seal: &SealReading,
    ) -> bool {
        let Some(state) = self.state.visit_state(visit) else { return false };
        let mut same_reader = state.seals_read.values().filter(|read| read.device == spot.device);
        match &seal.message {
            Some(message) => same_reader.any(|read| {
                read.normalised == number && read.seal.message.as_ref() == Some(message)
            }),
            None => {
                let last = same_reader.rfind(|read| read.normalised == number);
                last.is_some_and(|read| {
                    let what =
                        |seal: &SealReading| (seal.condition, seal.event_class, seal.maker_event);
                    what(&read.seal) == what(seal)
                })
            }
        }
    }

    pub(super) fn expect_seals(&mut self, visit: VisitId, seals: &[String]) -> Result<(), Refusal> {
        self.visit_here(visit)?;
        if seals.len() > MOST_SEALS {
            return Err(Refusal::new("too_many_seals", format!("at most {MOST_SEALS} seals")));
        }
        let mut numbers: Vec<String> = Vec::new();
        for seal in seals.iter().map(|seal| normalised_seal(seal)) {
            if seal.is_empty() {
                return Err(Refusal::new(
                    "empty_seal",
                    "a seal number has at least one letter or digit",
                ));
            }
            if !numbers.contains(&seal) {
                numbers.push(seal);
            }
        }
        self.happened(Event::SealsExpected { visit, seals: numbers });
        self.judge_seals(visit);
        Ok(())
    }

    pub(super) fn inspect_seal(
        &mut self,
        visit: VisitId,
        seal: &str,
        found: SealFinding,
    ) -> Result<(), Refusal> {
        let inspected = &self.visit_here(visit)?.seals_inspected;
        let seal = normalised_seal(seal);
        if inspected.size() >= MOST_SEALS && !inspected.contains_key(&seal) {
            return Err(Refusal::new("too_many_seals", format!("at most {MOST_SEALS} seals")));
        }
        if seal.is_empty() {
            return Err(Refusal::new(
                "empty_seal",
                "a seal number has at least one letter or digit",
            ));
        }
        self.happened(Event::SealInspected { visit, seal, found });
        self.judge_seals(visit);
        Ok(())
    }

    /// Judges every seal of a visit that can be judged by now; says only what is new.
    pub(super) fn judge_seals(&mut self, id: VisitId) {
        let Some(visit) = self.state.visit_state(id).filter(|visit| visit.is_here()) else {
            return;
        };
        let expected = visit.seals_expected.iter().flatten();
        let read = visit.seals_read.values().map(|read| &read.normalised);
        let known = visit.seals_inspected.keys().chain(visit.seal_acts.keys());
        let mut numbers: Vec<String> = Vec::new();
        for number in expected.chain(read).chain(known) {
            if !numbers.contains(number) {
                numbers.push(number.clone());
            }
        }
        for number in numbers {
            if !self.is_one_too_many(id, &number) {
                self.judge_seal(id, &number);
            }
        }
    }

    fn is_one_too_many(&self, id: VisitId, seal: &str) -> bool {
        let Some(visit) = self.state.visit_state(id) else { return false };
        let is_strange = |number: &String| {
            !visit.seals_expected.iter().flatten().any(|expected| expected == number)
                && !visit.seals_inspected.contains_key(number)
        };
        is_strange(&seal.to_owned())
            && !visit.seals_judged.contains_key(seal)
            && visit.seals_judged.keys().filter(|number| is_strange(number)).count() >= MOST_STRANGE
    }

    fn judge_seal(&mut self, id: VisitId, seal: &str) {
        let Some(visit) = self.state.visit_state(id) else { return };
        let Some((verdict, reading)) = self.verdict(id, visit, seal) else { return };
        let before = visit.seals_judged.get(seal).copied();
        if before == Some(verdict) {
            return;
        }
        let lane = visit.lane.clone();
        let article = article(&self.rules.edition.seals, verdict).to_owned();
        self.happened(Event::SealJudged {
            visit: id,
            seal: seal.to_owned(),
            verdict,
            article: article.clone(),
        });
        if let Some(before) = before {
            self.end_of_visit(AlarmCause::Seal { verdict: before, seal: seal.to_owned() }, id);
        }
        if is_alarming(verdict) {
            let cause = AlarmCause::Seal { verdict, seal: seal.to_owned() };
            let mut reason =
                Reason::new(cause, self.now).lane(&lane).visit(id).number("seal", seal);
            reason.basis = Some(article);
            if let Some(reading) = reading {
                reason = reason.number("reading", reading);
            }
            self.raise(reason);
        }
    }

    /// An officer's eyes count first, then the seal's electronics, then other vehicles, then the papers.
    fn verdict(
        &self,
        id: VisitId,
        visit: &Visit,
        seal: &str,
    ) -> Option<(SealVerdict, Option<ReadingId>)> {
        let read = || visit.seals_read.iter().filter(|(_, read)| read.normalised == seal);
        // A number that was scanned says nothing against what the electronics said.
        // Nor does what was so long ago against what is so now.
        let told = |late| {
            read().rfind(|(_, read)| !self.is_scanner(&read.device) && read.seal.late == late)
        };
        let last = told(false).or_else(|| told(true)).or_else(|| read().next_back());
        let last = last.map(|(reading, read)| (*reading, read.seal.condition));
        let broken =
            read().find(|(_, read)| is_broken(read.seal.condition)).map(|(reading, _)| *reading);
        let named = visit.seals_expected.as_ref().map(|seals| seals.iter().any(|one| one == seal));
        // What an act says of a seal stands above what is read of it: it is gone, and everybody knows why.
        match visit.seal_acts.get(seal) {
            Some(SealAct::Removed) => return Some((SealVerdict::RemovedByPermission, None)),
            Some(SealAct::GivenUp) => return Some((SealVerdict::ThreatExceptionClaimed, None)),
            Some(SealAct::Applied | SealAct::Replacing) | None => {}
        }
        match visit.seals_inspected.get(seal) {
            Some(SealFinding::Damaged) => return Some((SealVerdict::Damaged, None)),
            Some(SealFinding::Missing) => return Some((SealVerdict::Missing, None)),
            Some(SealFinding::Intact) => return Some((by_papers(visit, seal, named)?, None)),
            None => {}
        }
        // Whatever is read later, a seal that was broken once was broken.
        if broken.is_some() || visit.seals_judged.get(seal) == Some(&SealVerdict::Damaged) {
            return Some((SealVerdict::Damaged, broken));
        }
        let Some((reading, condition)) = last else {
            return match (named, self.reading_of(id, visit)) {
                (Some(true), Reading::Done) => Some((SealVerdict::Missing, None)),
                (Some(true), Reading::Failed) => Some((SealVerdict::UnreadableDevice, None)),
                (Some(true), Reading::Open) | (Some(false) | None, _) => None,
            };
        };
        if self.holders(seal).iter().any(|other| *other != id) {
            return Some((SealVerdict::DuplicateNumber, Some(reading)));
        }
        match condition {
            SealCondition::Intact => Some((by_papers(visit, seal, named)?, Some(reading))),
            // The number was read, the integrity was not: a matching seal has to be looked at.
            SealCondition::Unknown if named == Some(true) => {
                Some((SealVerdict::UnreadableDevice, Some(reading)))
            }
            SealCondition::Unknown => Some((by_papers(visit, seal, named)?, Some(reading))),
            SealCondition::Opened | SealCondition::HousingOpened => {
                Some((SealVerdict::Damaged, Some(reading)))
            }
        }
    }

    fn reading_of(&self, id: VisitId, visit: &Visit) -> Reading {
        let readers = || {
            self.state
                .devices
                .values()
                .filter(|one| one.lane == visit.lane && one.family == Family::SealReader)
        };
        let Some(last) = readers().map(|reader| reader.order).max() else { return Reading::Open };
        let in_lane = self.queue(&visit.lane).iter().find(|one| one.visit == id);
        let presented = visit.consignments.values().any(|one| one.presented.is_some());
        let passed = in_lane.is_none_or(|one| one.passed > last);
        if !(passed || presented) {
            Reading::Open
        } else if readers().all(|reader| reader.is_out()) {
            Reading::Failed
        } else {
            Reading::Done
        }
    }
}

/// What the papers say of a seal that is there and whole; nothing if nobody has looked at them.
fn by_papers(visit: &Visit, seal: &str, named: Option<bool>) -> Option<SealVerdict> {
    let replacing = visit.seal_acts.get(seal) == Some(&SealAct::Replacing);
    named.map(|named| match (named, replacing) {
        (true, true) => SealVerdict::ReplacedWithAct,
        (true, false) => SealVerdict::IntactMatch,
        (false, _) => SealVerdict::IntactMismatch,
    })
}

fn is_broken(condition: SealCondition) -> bool {
    match condition {
        SealCondition::Opened | SealCondition::HousingOpened => true,
        SealCondition::Intact | SealCondition::Unknown => false,
    }
}

/// Violations (248.2), and a number that is on two vehicles: possibly a forged seal (4.1(46)).
fn is_alarming(verdict: SealVerdict) -> bool {
    match verdict {
        SealVerdict::IntactMismatch
        | SealVerdict::Damaged
        | SealVerdict::Missing
        | SealVerdict::DuplicateNumber => true,
        SealVerdict::IntactMatch
        | SealVerdict::UnreadableDevice
        | SealVerdict::ReplacedWithAct
        | SealVerdict::RemovedByPermission
        | SealVerdict::ThreatExceptionClaimed => false,
    }
}

fn article(articles: &SealArticles, verdict: SealVerdict) -> &str {
    match verdict {
        SealVerdict::IntactMatch => &articles.intact_match,
        SealVerdict::IntactMismatch => &articles.intact_mismatch,
        SealVerdict::Damaged => &articles.damaged,
        SealVerdict::Missing => &articles.missing,
        SealVerdict::DuplicateNumber => &articles.duplicate_number,
        SealVerdict::UnreadableDevice => &articles.unreadable_device,
        SealVerdict::ReplacedWithAct => &articles.replaced_with_act,
        SealVerdict::RemovedByPermission => &articles.removed_by_permission,
        SealVerdict::ThreatExceptionClaimed => &articles.threat_exception_claimed,
    }
}
