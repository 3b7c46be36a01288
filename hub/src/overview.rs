//! What the hub shows of all checkpoints: cards, alarms, arrivals, nearest deadlines.
//!
//! Three times stand beside each other: when something happened and was recorded at the edge (the edge's clock, the legal one,
//! art. 288.2), and when the hub received it. Instants are milliseconds since 1970 UTC.

use checkpoint::ids::{LaneId, VisitId};
use checkpoint::view::{AlarmView, ClockView, JournalLine, Snapshot, VisitRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::chains::ChainState;

/// Everything on the first page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// The hub's clock when this was composed.
    pub ts_ms: i64,
    /// Every checkpoint that has ever reported, by name.
    pub checkpoints: Vec<CheckpointCard>,
    /// Open alarms of all of them, most urgent first, then oldest.
    pub alarms: Vec<HubAlarm>,
    /// The last 100 vehicles that came, newest first.
    pub arrivals: Vec<Arrival>,
    /// The 50 clocks that run out soonest.
    pub deadlines: Vec<Deadline>,
}

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckpointCard {
    /// Its name.
    pub id: String,
    /// The name that people read.
    pub title: String,
    /// Whether it is heard.
    pub link: Link,
    /// When it was last heard, by the hub's clock.
    pub last_seen_ms: i64,
    /// The epoch in force, 32 hexadecimal digits; empty before the first.
    pub epoch: String,
    /// How many epochs this checkpoint has begun; more than one means a journal that was begun anew.
    pub epochs: u32,
    /// The last entry in the store.
    pub stored_seq: u64,
    /// The last entry in what is shown.
    pub folded_seq: u64,
    /// Entries waiting at the edge, as it last said.
    pub waiting: u64,
    /// When the oldest of them was recorded there.
    pub oldest_waiting_ms: Option<i64>,
    /// How long the newest stored entry took from the edge's journal to the hub's store, in milliseconds.
    pub lag_ms: Option<i64>,
    /// Whether the edge's clock is synchronised.
    pub clock_synchronised: bool,
    /// Version of the agent.
    pub version: String,
    /// Edition of the law in force there.
    pub edition: String,
    /// Open alarms by priority P1, P2, P3, those ahead of the backlog included.
    pub open_alarms: [u32; 3],
    /// Vehicles that are there.
    pub visits: u32,
    /// Whether its history is whole.
    pub chain: ChainState,
    /// What is wrong with it or what should be known about it, in a sentence; empty if nothing.
    pub chain_detail: String,
    /// The key with which this checkpoint signs the heads of its journal, 64 hexadecimal digits; none if it never has. It is the first
    /// that came: compare it with `site.pub` at the checkpoint.
    pub site_key: Option<String>,
    /// Entries that this hub does not understand because the edge is newer; stored, not shown.
    pub unknown_entries: u64,
}

/// Whether a checkpoint is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Heard within the last minute.
    Online,
    /// Heard within the last five minutes: values are not fresh.
    Late,
    /// Not heard for longer: a stop of a clock may not have arrived.
    Offline,
}

/// A checkpoint heard this long ago is late, in microseconds.
const LATE_AFTER_US: i64 = 60 * 1_000_000;
/// A checkpoint heard this long ago is offline, in microseconds.
const OFFLINE_AFTER_US: i64 = 5 * 60 * 1_000_000;

impl Link {
    /// The state of a line on which something was last heard at `last_seen_us`.
    pub fn of(last_seen_us: i64, now_us: i64) -> Link {
        match now_us.saturating_sub(last_seen_us) {
            age if age <= LATE_AFTER_US => Link::Online,
            age if age <= OFFLINE_AFTER_US => Link::Late,
            _ => Link::Offline,
        }
    }
}

/// An open alarm of a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HubAlarm {
    /// Which checkpoint.
    pub checkpoint: String,
    /// True while it is ahead of the backlog: what it belongs to may not have arrived.
    pub express: bool,
    /// The alarm.
    pub alarm: AlarmView,
    /// When the hub received it, if that was since it began to watch.
    pub received_ms: Option<i64>,
}

/// A vehicle that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Arrival {
    /// At which checkpoint.
    pub checkpoint: String,
    /// Which visit.
    pub visit: VisitId,
    /// The number that people write.
    pub number: String,
    /// Its plate, once it is known.
    pub plate: Option<String>,
    /// Where.
    pub lane: LaneId,
    /// When it was seen, by the edge's clock.
    pub at_ms: i64,
    /// When the entry was recorded, by the edge's clock.
    pub recorded_ms: i64,
    /// When the hub received the entry.
    pub received_ms: i64,
}

/// A running clock of some checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deadline {
    /// At which checkpoint.
    pub checkpoint: String,
    /// Whose.
    pub visit: VisitRow,
    /// Which.
    pub clock: ClockView,
}

/// One checkpoint with its board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckpointPage {
    /// As on the first page.
    pub card: CheckpointCard,
    /// What its officers see.
    pub snapshot: Snapshot,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RawEntry {
    /// Its number.
    pub seq: u64,
    /// The hash of its body, 64 hexadecimal digits.
    pub hash: String,
    /// When it was recorded, by the edge's clock.
    pub at_ms: i64,
    /// When the hub received it.
    pub received_ms: i64,
    /// What happened; `unknown` for an event that this hub does not know.
    pub kind: String,
    /// For people; none for an event that this hub does not know.
    pub line: Option<JournalLine>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_grows_old_at_one_minute_and_at_five() {
        let cases = [
            (0, Link::Online),
            (60_000_000, Link::Online),
            (60_000_001, Link::Late),
            (300_000_000, Link::Late),
            (300_000_001, Link::Offline),
            (-5, Link::Online),
        ];
        for (age_us, expected) in cases {
            assert_eq!(Link::of(1_000, 1_000 + age_us), expected, "{age_us} us");
        }
    }
}
