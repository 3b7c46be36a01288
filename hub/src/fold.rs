//! What the hub knows of one checkpoint: the same fold as at the edge, and beside it what only the hub can know.
//!
//! `Checkpoint::after` makes the state out of the contiguous entries, so the hub shows what the officer saw. Entries that came ahead
//! of the backlog are folded onto a copy, from which only the alarms are shown; as the backlog reaches them, the copy is dropped.
//! Entries of a newer edge are passed over and counted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use checkpoint::Checkpoint;
use checkpoint::event::{Entry, Event};
use checkpoint::ids::{AlarmId, LaneId, VisitId};
use serde::{Deserialize, Serialize};
use wire::chain::{Epoch, Hash};
use wire::entry::{Decoded, decode};

use crate::store::chains::StoredEntry;
use crate::store::snapshots::KeptState;

/// Arrivals of one checkpoint that are remembered.
pub const KEPT_ARRIVALS: usize = 100;
/// Alarms of one checkpoint of which the time of receipt is remembered.
const KEPT_RECEIPTS: usize = 500;

/// A vehicle that came, as one checkpoint tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// Which visit.
    pub visit: VisitId,
    /// The number that people write.
    pub number: String,
    /// Its plate, once it is known.
    pub plate: Option<String>,
    /// Where.
    pub lane: LaneId,
    /// When it was recorded at the edge, in microseconds since 1970.
    pub at_us: i64,
    /// When the hub received the entry, in microseconds since 1970.
    pub received_us: i64,
}

/// An entry that came ahead of the backlog.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressCopy {
    /// The hash of its body.
    pub hash: Hash,
    /// When it came, in microseconds since 1970.
    pub received_us: i64,
    /// What it says; none if this program does not know it.
    pub entry: Option<Entry>,
}

impl ExpressCopy {
    /// Of an entry as it is stored.
    pub fn of(stored: &StoredEntry) -> ExpressCopy {
        ExpressCopy {
            hash: stored.hash,
            received_us: stored.received_us,
            entry: understood(stored),
        }
    }
}

/// Entries ahead of the backlog, by number.
pub type Copies = BTreeMap<u64, Arc<ExpressCopy>>;

/// What is known of one epoch of one checkpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fold {
    /// What its officers know.
    pub checkpoint: Checkpoint,
    /// The last entry in here, those that were passed over included.
    pub seq: u64,
    /// Edition of the law in force there, as its agent last said.
    pub edition: String,
    /// The last vehicles that came, oldest first.
    pub arrivals: VecDeque<Arrived>,
    /// When alarms came here, in microseconds since 1970.
    pub received: BTreeMap<AlarmId, i64>,
    /// Entries that were passed over because this program does not know what they say.
    pub unknown: u64,
    /// How long the newest entry was on its way, in microseconds.
    pub lag_us: Option<i64>,
}

impl Fold {
    /// Before the first entry.
    pub fn begin() -> Fold {
        Fold {
            checkpoint: Checkpoint::default(),
            seq: 0,
            edition: String::new(),
            arrivals: VecDeque::new(),
            received: BTreeMap::new(),
            unknown: 0,
            lag_us: None,
        }
    }

    /// Follows one stored entry, the very next.
    pub fn follow(&mut self, stored: &StoredEntry) {
        assert!(
            stored.seq == self.seq + 1,
            "entry {} cannot follow entry {}",
            stored.seq,
            self.seq
        );
        self.seq = stored.seq;
        self.lag_us = Some(stored.received_us.saturating_sub(stored.at_us));
        match understood(stored) {
            Some(entry) => {
                self.checkpoint.follow(&entry);
                self.remember(&entry, stored);
            }
            None => self.unknown += 1,
        }
    }

    /// The checkpoint with what came ahead of the backlog folded onto it, for its alarms; none if nothing came ahead.
    pub fn ahead(&self, copies: &Copies) -> Option<Checkpoint> {
        let entries = copies.range(self.seq + 1..).filter_map(|(_, copy)| copy.entry.as_ref());
        let mut entries = entries.peekable();
        entries.peek()?;
        Some(self.checkpoint.after_all(entries))
    }

    /// As it is kept in the store; none if it cannot be written, which costs a slow start and nothing else.
    pub fn keep(&self, epoch: Epoch) -> Option<KeptState> {
        let state = serde_json::to_vec(self)
            .inspect_err(|error| tracing::warn!(%error, "a folded state cannot be kept"))
            .ok()?;
        Some(KeptState { epoch, seq: self.seq, made_by: MADE_BY.to_owned(), state })
    }

    /// The kept state, if this program made it of this epoch.
    pub fn of(kept: &KeptState, epoch: Epoch) -> Option<Fold> {
        if kept.epoch != epoch || kept.made_by != MADE_BY {
            return None;
        }
        serde_json::from_slice(&kept.state)
            .inspect_err(|error| tracing::warn!(%error, "a kept state cannot be read; the entries are folded again"))
            .ok()
    }

    fn remember(&mut self, entry: &Entry, stored: &StoredEntry) {
        if let Event::VisitOpened { visit, number, lane, .. } = &entry.event {
            self.arrivals.push_back(Arrived {
                visit: *visit,
                number: number.clone(),
                plate: None,
                lane: lane.clone(),
                at_us: stored.at_us,
                received_us: stored.received_us,
            });
            if self.arrivals.len() > KEPT_ARRIVALS {
                self.arrivals.pop_front();
            }
        }
        if let Event::PlateRead { visit, normalised: plate, .. }
        | Event::VehicleIdentified { visit, plate, .. } = &entry.event
            && let Some(arrived) = self.arrivals.iter_mut().rev().find(|it| it.visit == *visit)
            // What an officer or a sure camera said stands; a mere reading fills only what is empty.
            && (arrived.plate.is_none() || matches!(entry.event, Event::VehicleIdentified { .. }))
        {
            arrived.plate = Some(plate.clone());
        }
        if let Event::AgentStarted { edition, .. } = &entry.event {
            edition.clone_into(&mut self.edition);
        }
        if let Event::AlarmRaised { alarm, .. } = &entry.event {
            self.received.insert(*alarm, stored.received_us);
            if self.received.len() > KEPT_RECEIPTS {
                self.received.pop_first();
            }
        }
    }
}

/// A kept state is read only by the program that wrote it: folding again is always right, and a state of another shape never is.
const MADE_BY: &str = concat!("hub ", env!("CARGO_PKG_VERSION"));

/// What an entry says; none if this program does not know it.
pub fn understood(stored: &StoredEntry) -> Option<Entry> {
    match decode(&stored.body) {
        Ok(Decoded::Entry(entry)) => Some(*entry),
        Ok(Decoded::Newer { .. }) => None,
        Err(error) => {
            tracing::warn!(seq = stored.seq, %error, "an entry is stored and not shown");
            None
        }
    }
}
