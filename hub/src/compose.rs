//! Composes what the hub shows out of what its desks know: desks and a moment in, pages out. It remembers what it made of entries,
//! and nothing else.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use checkpoint::event::{Event, Priority};
use checkpoint::ids::{AlarmId, CheckpointId, VisitId};
use checkpoint::law::Edition;
use checkpoint::view::{
    AlarmView, ClockState, GoodsFilter, GoodsUnderControl, JournalLine, LaneView, Snapshot,
    VisitView,
};
use wire::chain::Hash;

use crate::board::Shown;
use crate::fold::{Copies, Fold, understood};
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
    pub fn of(&self, id: &str) -> &Edition {
        self.others.get(id).unwrap_or(&self.built_in)
    }
}

/// What the entries of one checkpoint contribute to the first page. To make it costs a walk over all that is there.
#[derive(Debug)]
struct Share {
    alarms: Vec<HubAlarm>,
    open_alarms: [u32; 3],
    arrivals: Vec<Arrival>,
    deadlines: Vec<Deadline>,
    visits: u32,
    edition: String,
}

/// The shares of all checkpoints. One is made again only when entries have come: an agent that merely says that it lives, a line that
/// grows old, and every further reader of the first page cost nothing.
#[derive(Debug, Default)]
pub struct Shares(Mutex<BTreeMap<CheckpointId, Kept>>);

/// A share with what it was made of; both are replaced as a whole when they change.
#[derive(Debug)]
struct Kept {
    fold: Arc<Fold>,
    express: Arc<Copies>,
    share: Arc<Share>,
}

impl Shares {
    fn of(&self, id: &CheckpointId, shown: &Shown, editions: &Editions) -> Arc<Share> {
        // A share is put in whole: whoever panicked meanwhile has left none half made.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(id)
            && Arc::ptr_eq(&kept.fold, &shown.fold)
            && Arc::ptr_eq(&kept.express, &shown.express)
        {
            return kept.share.clone();
        }
        let share = Arc::new(share(id, shown, editions));
        let (fold, express) = (shown.fold.clone(), shown.express.clone());
        all.insert(id.clone(), Kept { fold, express, share: share.clone() });
        share
    }
}

/// Everything on the first page.
pub fn overview<'a>(
    all: impl IntoIterator<Item = (&'a CheckpointId, &'a Shown)>,
    shares: &Shares,
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
        let share = shares.of(id, shown, editions);
        overview.checkpoints.push(card(id, shown, &share, now_us));
        overview.alarms.extend_from_slice(&share.alarms);
        overview.arrivals.extend_from_slice(&share.arrivals);
        overview.deadlines.extend_from_slice(&share.deadlines);
    }
    most_urgent(&mut overview.alarms);
    overview.arrivals.sort_by_key(|it| Reverse((it.at_ms, it.visit)));
    overview.arrivals.truncate(ARRIVALS);
    soonest(&mut overview.deadlines);
    overview
}

fn most_urgent(alarms: &mut Vec<HubAlarm>) {
    alarms.sort_by_key(|it| (it.alarm.priority, it.alarm.since_ms, it.alarm.id));
    alarms.truncate(ALARMS);
}

fn soonest(deadlines: &mut Vec<Deadline>) {
    deadlines.sort_by_key(|it| (it.clock.due_ms, it.visit.id));
    deadlines.truncate(DEADLINES);
}

fn share(id: &CheckpointId, shown: &Shown, editions: &Editions) -> Share {
    let folded = &shown.fold.checkpoint;
    let snapshot = folded.snapshot(editions.of(&shown.fold.edition));
    let mut alarms = alarms(id, shown, &snapshot);
    let mut open_alarms = [0; 3];
    for open in &alarms {
        let place = match open.alarm.priority {
            Priority::P1 => 0,
            Priority::P2 => 1,
            Priority::P3 => 2,
        };
        open_alarms[place] += 1;
    }
    most_urgent(&mut alarms);
    let arrivals = shown.fold.arrivals.iter().map(|arrived| Arrival {
        checkpoint: id.to_string(),
        visit: arrived.visit,
        number: arrived.number.clone(),
        plate: arrived.plate.clone(),
        lane: arrived.lane.clone(),
        at_ms: ms(arrived.at_us),
        recorded_ms: ms(arrived.at_us),
        received_ms: ms(arrived.received_us),
    });
    let deadlines = snapshot.visits.into_iter().filter_map(|visit| {
        let clock = visit.clock.clone().filter(|clock| match clock.state {
            ClockState::Running | ClockState::Expired => true,
            ClockState::Provisional | ClockState::Stopped | ClockState::Withdrawn => false,
        })?;
        Some(Deadline { checkpoint: id.to_string(), visit, clock })
    });
    let mut deadlines: Vec<Deadline> = deadlines.collect();
    soonest(&mut deadlines);
    let visits = folded.visit_states().filter(|(_, visit)| visit.left.is_none()).count();
    Share {
        alarms,
        open_alarms,
        arrivals: arrivals.collect(),
        deadlines,
        visits: u32::try_from(visits).unwrap_or(u32::MAX),
        edition: snapshot.site.edition,
    }
}

/// One checkpoint with its board.
pub fn page(
    id: &CheckpointId,
    shown: &Shown,
    shares: &Shares,
    editions: &Editions,
    now_us: i64,
) -> CheckpointPage {
    let card = card(id, shown, &shares.of(id, shown, editions), now_us);
    let mut snapshot = shown.fold.checkpoint.snapshot(editions.of(&shown.fold.edition));
    // The edge's word about the line is old by nature: whether the hub answers is what the card says.
    snapshot.site.hub_up = None;
    snapshot.lanes = snapshot.lanes.into_iter().map(LaneView::without_confidential).collect();
    CheckpointPage { card, snapshot }
}

/// All about one visit, but for what is confidential: whoever reads a dashboard is not known by name (219.4).
pub fn visit(shown: &Shown, visit: VisitId, editions: &Editions) -> Option<VisitView> {
    let edition = editions.of(&shown.fold.edition);
    Some(shown.fold.checkpoint.visit(visit, edition)?.without_confidential(edition))
}

/// The accounting of goods under control (art. 209) at one checkpoint, as of the last entry in what is shown.
pub fn goods(shown: &Shown, filter: &GoodsFilter, editions: &Editions) -> Vec<GoodsUnderControl> {
    let fold = &shown.fold;
    fold.checkpoint.goods_under_control(editions.of(&fold.edition), filter, None)
}

/// An entry as it is stored; of a confidential act its line tells no more than that there was one.
pub fn raw_entry(stored: &StoredEntry, edition: &Edition) -> RawEntry {
    let line =
        understood(stored).map(|entry| JournalLine::of(&entry).without_confidential(edition));
    RawEntry {
        seq: stored.seq,
        hash: stored.hash.to_string(),
        at_ms: ms(stored.at_us),
        received_ms: ms(stored.received_us),
        kind: line.as_ref().map_or_else(|| "unknown".to_owned(), |line| line.kind.clone()),
        line,
    }
}

fn card(id: &CheckpointId, shown: &Shown, share: &Share, now_us: i64) -> CheckpointCard {
    let chain = shown.chain.as_ref();
    CheckpointCard {
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
        edition: share.edition.clone(),
        open_alarms: share.open_alarms,
        visits: share.visits,
        chain: chain.map_or(ChainState::Whole, |chain| chain.state),
        chain_detail: chain.map_or_else(String::new, |chain| chain.detail.clone()),
        site_key: shown.key.map(|key| Hash(key).to_string()),
        unknown_entries: shown.fold.unknown,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::checkpoints::KnownCheckpoint;

    fn shown() -> Shown {
        let known = KnownCheckpoint {
            checkpoint: "a".into(),
            title: "A".into(),
            agent_version: "1".into(),
            last_seen_us: 0,
            waiting: 0,
            oldest_at_us: None,
            clock_quality: "unknown".into(),
        };
        let (fold, express) = (Arc::new(Fold::begin()), Arc::default());
        Shown { known, chain: None, epochs: 0, fold, express, key: None }
    }

    #[test]
    fn a_share_is_made_again_when_entries_came_and_not_when_an_agent_merely_lives() {
        let editions = Editions::new(Edition::built_in().unwrap(), []);
        let (id, shares, mut shown) = ("a".parse().unwrap(), Shares::default(), shown());
        let first = shares.of(&id, &shown, &editions);
        shown.known.last_seen_us = 5;
        assert!(Arc::ptr_eq(&first, &shares.of(&id, &shown, &editions)));
        Arc::make_mut(&mut shown.fold).lag_us = Some(1);
        let second = shares.of(&id, &shown, &editions);
        assert!(!Arc::ptr_eq(&first, &second));
        Arc::make_mut(&mut shown.express).clear();
        assert!(!Arc::ptr_eq(&second, &shares.of(&id, &shown, &editions)));
    }

    #[test]
    fn a_line_grows_old_although_its_share_stays() {
        let editions = Editions::new(Edition::built_in().unwrap(), []);
        let (id, shares, shown) = ("a".parse().unwrap(), Shares::default(), shown());
        for (now_s, link) in [(1, Link::Online), (90, Link::Late), (900, Link::Offline)] {
            let overview = overview([(&id, &shown)], &shares, &editions, now_s * 1_000_000);
            assert_eq!(overview.checkpoints[0].link, link, "{now_s} s");
        }
    }
}
