//! Composes what the hub shows out of what its desks know. Pure: desks and a moment in, pages out.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use checkpoint::event::{Event, Priority};
use checkpoint::ids::{AlarmId, CheckpointId, VisitId};
use checkpoint::law::Edition;
use checkpoint::view::{AlarmView, ClockState, JournalLine, Snapshot, VisitView};

use crate::board::Shown;
use crate::fold::understood;
use crate::moment::ms;
use crate::overview::{
    Arrival, CheckpointCard, CheckpointPage, Deadline, HubAlarm, Link, Overview, RawEntry,
};
use crate::store::chains::{ChainState, StoredEntry};

/// Arrivals on the first page.
const ARRIVALS: usize = 100;
/// Deadlines on the first page.
const DEADLINES: usize = 50;
/// Alarms on the first page, of all checkpoints together. More than anybody can read; the cards count all.
const ALARMS: usize = 500;

/// The editions of the law that this hub knows, by id. Only the articles of holds come from here; all else is in the entries.
#[derive(Debug, Clone)]
pub struct Editions {
    built_in: Edition,
    others: BTreeMap<String, Edition>,
}

impl Editions {
    /// The built-in edition and others.
    pub fn new(built_in: Edition, others: impl IntoIterator<Item = Edition>) -> Editions {
        let others = others.into_iter().map(|edition| (edition.id.clone(), edition)).collect();
        Editions { built_in, others }
    }

    /// The edition with this id, else the built-in one.
    fn of(&self, id: &str) -> &Edition {
        self.others.get(id).unwrap_or(&self.built_in)
    }
}

/// Everything on the first page.
pub fn overview<'a>(
    all: impl IntoIterator<Item = (&'a CheckpointId, &'a Shown)>,
    editions: &Editions,
    now_us: i64,
) -> Overview {
    let mut overview = Overview {
        ts_ms: ms(now_us),
        checkpoints: Vec::new(),
        alarms: Vec::new(),
        arrivals: Vec::new(),
        deadlines: Vec::new(),
    };
    for (id, shown) in all {
        let (card, snapshot, alarms) = one(id, shown, editions, now_us);
        overview.checkpoints.push(card);
        overview.alarms.extend(alarms);
        overview.arrivals.extend(shown.fold.arrivals.iter().map(|arrived| Arrival {
            checkpoint: id.to_string(),
            visit: arrived.visit,
            number: arrived.number.clone(),
            plate: arrived.plate.clone(),
            lane: arrived.lane.clone(),
            at_ms: ms(arrived.at_us),
            recorded_ms: ms(arrived.at_us),
            received_ms: ms(arrived.received_us),
        }));
        overview.deadlines.extend(snapshot.visits.into_iter().filter_map(|visit| {
            let clock = visit.clock.clone().filter(|clock| match clock.state {
                ClockState::Running | ClockState::Expired => true,
                ClockState::Provisional | ClockState::Stopped => false,
            })?;
            Some(Deadline { checkpoint: id.to_string(), visit, clock })
        }));
    }
    overview.alarms.sort_by_key(|it| (it.alarm.priority, it.alarm.since_ms, it.alarm.id));
    overview.alarms.truncate(ALARMS);
    overview.arrivals.sort_by_key(|it| Reverse((it.at_ms, it.visit)));
    overview.arrivals.truncate(ARRIVALS);
    overview.deadlines.sort_by_key(|it| (it.clock.due_ms, it.visit.id));
    overview.deadlines.truncate(DEADLINES);
    overview
}

/// One checkpoint with its board.
pub fn page(id: &CheckpointId, shown: &Shown, editions: &Editions, now_us: i64) -> CheckpointPage {
    let (card, snapshot, _) = one(id, shown, editions, now_us);
    CheckpointPage { card, snapshot }
}

/// All about one visit.
pub fn visit(shown: &Shown, visit: VisitId, editions: &Editions) -> Option<VisitView> {
    shown.fold.checkpoint.visit(visit, editions.of(&shown.fold.edition))
}

/// An entry as it is stored.
pub fn raw_entry(stored: &StoredEntry) -> RawEntry {
    let line = understood(stored).map(|entry| JournalLine::of(&entry));
    RawEntry {
        seq: stored.seq,
        hash: stored.hash.to_string(),
        at_ms: ms(stored.at_us),
        received_ms: ms(stored.received_us),
        kind: line.as_ref().map_or_else(|| "unknown".to_owned(), |line| line.kind.clone()),
        line,
    }
}

/// The card, the board, and the open alarms, those ahead of the backlog among them.
fn one(
    id: &CheckpointId,
    shown: &Shown,
    editions: &Editions,
    now_us: i64,
) -> (CheckpointCard, Snapshot, Vec<HubAlarm>) {
    let folded = &shown.fold.checkpoint;
    let mut snapshot = folded.snapshot(editions.of(&shown.fold.edition));
    let alarms = alarms(id, shown, &snapshot);
    let mut open_alarms = [0; 3];
    for open in &alarms {
        let place = match open.alarm.priority {
            Priority::P1 => 0,
            Priority::P2 => 1,
            Priority::P3 => 2,
        };
        open_alarms[place] += 1;
    }
    let visits = folded.visit_states().filter(|(_, visit)| visit.left.is_none()).count();
    let chain = shown.chain.as_ref();
    let card = CheckpointCard {
        id: id.to_string(),
        title: shown.known.title.clone(),
        link: Link::of(shown.known.last_seen_us, now_us),
        last_seen_ms: ms(shown.known.last_seen_us),
        epoch: chain.map_or_else(String::new, |chain| chain.head.epoch.to_string()),
        epochs: shown.epochs,
        stored_seq: chain.map_or(0, |chain| chain.head.seq),
        folded_seq: shown.fold.seq,
        waiting: shown.known.waiting,
        oldest_waiting_ms: shown.known.oldest_at_us.map(ms),
        lag_ms: shown.fold.lag_us.map(ms),
        clock_synchronised: shown.known.clock_quality == "synchronised",
        version: shown.known.agent_version.clone(),
        edition: snapshot.site.edition.clone(),
        open_alarms,
        visits: u32::try_from(visits).unwrap_or(u32::MAX),
        chain: chain.map_or(ChainState::Whole, |chain| chain.state),
        chain_detail: chain.map_or_else(String::new, |chain| chain.detail.clone()),
        unknown_entries: shown.fold.unknown,
    };
    // The edge's word about the line is old by nature: whether the hub answers is what the card says.
    snapshot.site.hub_up = None;
    (card, snapshot, alarms)
}

fn alarms(id: &CheckpointId, shown: &Shown, snapshot: &Snapshot) -> Vec<HubAlarm> {
    let received = |alarm: &AlarmId| shown.fold.received.get(alarm).copied();
    let hub_alarm = |alarm: AlarmView, express: bool, received_us: Option<i64>| HubAlarm {
        checkpoint: id.to_string(),
        express,
        alarm,
        received_ms: received_us.map(ms),
    };
    let open = |alarm: &&AlarmView| !alarm.closed;
    let Some(ahead) = shown.fold.ahead(&shown.express) else {
        let folded = snapshot.alarms.iter().filter(open).cloned();
        return folded
            .map(|alarm| (received(&alarm.id), alarm))
            .map(|(at, it)| hub_alarm(it, false, at))
            .collect();
    };
    let mut received_ahead = BTreeMap::new();
    for copy in shown.express.values() {
        if let Some(Event::AlarmRaised { alarm, .. }) = copy.entry.as_ref().map(|it| &it.event) {
            received_ahead.insert(*alarm, copy.received_us);
        }
    }
    let folded: BTreeMap<AlarmId, &AlarmView> =
        snapshot.alarms.iter().map(|alarm| (alarm.id, alarm)).collect();
    ahead
        .alarm_states()
        .filter_map(|(id, _)| ahead.alarm(id))
        .filter(|alarm| open(&alarm))
        .map(|alarm| {
            let express = folded.get(&alarm.id).is_none_or(|folded| **folded != alarm);
            let at = received(&alarm.id).or_else(|| received_ahead.get(&alarm.id).copied());
            hub_alarm(alarm, express, at)
        })
        .collect()
}
