//! What must be answered when, earliest first.
//!
//! Found by its moment, to the microsecond that the journal keeps, and among what is due at that moment by its number: terms in days all
//! end when the body closes, thousands at once. Kept and read as a plain list in that order. What is due, and when, is computed in `deadline`.

use jiff::Timestamp;
use rpds::RedBlackTreeSetSync;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::deadline::Deadline;
use super::numbered::Numbered;

type Pair = (Timestamp, Deadline);

/// Every deadline that is not answered yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Due {
    /// By moment, in microseconds.
    by_moment: Numbered<u64, Together>,
    /// Nobody will ask: nothing is put in or taken off.
    unasked: bool,
}

/// What is due at one moment.
#[derive(Debug, Clone, PartialEq)]
struct Together {
    /// What has a number, by what is due and that.
    numbered: Numbered<u64, Pair>,
    /// What has none, and comes after the others.
    rest: RedBlackTreeSetSync<Pair>,
}

/// A number that is greater for a later moment.
fn moment(at: Timestamp) -> u64 {
    at.as_microsecond().cast_unsigned() ^ (1 << 63)
}

/// A number that orders deadlines of one moment as [`Deadline`] does.
fn number(deadline: &Deadline) -> Option<u64> {
    const KIND: u32 = 62;
    match deadline {
        Deadline::ClockExpiry(clock) => Some(clock.0),
        Deadline::ClockWarning(clock) => Some(1 << KIND | clock.0),
        Deadline::Escalation(alarm) => Some(2 << KIND | alarm.0),
        Deadline::HubAway | Deadline::VehicleGap(..) | Deadline::Recomputing => None,
    }
}

impl Together {
    fn of(pair: Pair) -> Together {
        let mut together =
            Together { numbered: Numbered::default(), rest: RedBlackTreeSetSync::new_sync() };
        together.insert(pair);
        together
    }

    fn insert(&mut self, pair: Pair) {
        match number(&pair.1) {
            Some(number) => self.numbered.insert_mut(number, pair),
            None => self.rest.insert_mut(pair),
        }
    }

    fn first(&self) -> Option<&Pair> {
        self.numbered.first().map(|(_, pair)| pair).or_else(|| self.rest.first())
    }

    fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.numbered.iter().map(|(_, pair)| pair).chain(self.rest.iter())
    }
}

impl Due {
    /// In a copy that is thrown away before anybody asks what is due: to keep deadlines is a third of the work of following an event.
    pub(crate) fn unasked() -> Due {
        Due { by_moment: Numbered::default(), unasked: true }
    }

    pub(crate) fn first(&self) -> Option<&Pair> {
        self.by_moment.first().and_then(|(_, together)| together.first())
    }

    pub(super) fn insert_mut(&mut self, pair: Pair) {
        if self.unasked {
            return;
        }
        let moment = moment(pair.0);
        match self.by_moment.get_mut(&moment) {
            Some(together) => together.insert(pair),
            None => self.by_moment.insert_mut(moment, Together::of(pair)),
        }
    }

    pub(super) fn remove_mut(&mut self, pair: &Pair) {
        if self.unasked {
            return;
        }
        let moment = moment(pair.0);
        let Some(together) = self.by_moment.get_mut(&moment) else { return };
        match number(&pair.1) {
            Some(number) => together.numbered.remove_mut(&number),
            None => together.rest.remove_mut(pair),
        };
        if together.first().is_none() {
            self.by_moment.remove_mut(&moment);
        }
    }
}

impl FromIterator<Pair> for Due {
    fn from_iter<I: IntoIterator<Item = Pair>>(pairs: I) -> Self {
        let mut due = Due::default();
        for pair in pairs {
            due.insert_mut(pair);
        }
        due
    }
}

impl Serialize for Due {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.by_moment.iter().flat_map(|(_, together)| together.iter());
        serializer.collect_seq(all)
    }
}

impl<'de> Deserialize<'de> for Due {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AlarmId, ClockId, VisitId};

    #[test]
    fn the_earliest_is_first_and_what_is_read_again_is_the_same() {
        let pair = |at: &str, clock| (at.parse().unwrap(), Deadline::ClockExpiry(ClockId(clock)));
        let gap = || Deadline::VehicleGap("1".parse().unwrap(), VisitId(1));
        let late = "2025-03-12T19:00:00Z".parse().unwrap();
        let in_order = [
            pair("1969-12-31T23:59:59.999998Z", 6),
            pair("1969-12-31T23:59:59.999999Z", 5),
            pair("2025-03-12T18:59:59.999999Z", 4),
            pair("2025-03-12T19:00:00Z", 2),
            pair("2025-03-12T19:00:00Z", 3),
            (late, Deadline::ClockWarning(ClockId(1))),
            (late, Deadline::Escalation(AlarmId(1))),
            (late, Deadline::HubAway),
            (late, gap()),
            (late, Deadline::Recomputing),
            (Timestamp::MAX, gap()),
        ];
        assert!(in_order.is_sorted(), "as a plain list is sorted");
        let mut due: Due = in_order.iter().rev().cloned().collect();
        let text = serde_json::to_string(&due).unwrap();
        assert_eq!(serde_json::from_str::<Due>(&text).unwrap(), due);
        for pair in in_order {
            assert_eq!(due.first(), Some(&pair));
            due.remove_mut(&pair);
        }
        assert_eq!(due, Due::default());
    }
}
