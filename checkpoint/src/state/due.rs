//! What must be answered when, earliest first.
//!
//! Found by its moment, then among what is due at that moment: terms in days all end when the body closes. Kept and read as a plain list in that
//! order. What is due, and when, is computed in `deadline`.

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
    by_moment: Numbered<u64, RedBlackTreeSetSync<Pair>>,
}

/// A number that is greater for a later moment; moments of one microsecond share it.
fn number(at: Timestamp) -> u64 {
    at.as_microsecond().cast_unsigned() ^ (1 << 63)
}

impl Due {
    pub(crate) fn first(&self) -> Option<&Pair> {
        self.by_moment.first().and_then(|(_, pairs)| pairs.first())
    }

    pub(super) fn insert_mut(&mut self, pair: Pair) {
        let moment = number(pair.0);
        match self.by_moment.get_mut(&moment) {
            Some(pairs) => pairs.insert_mut(pair),
            None => {
                let mut pairs = RedBlackTreeSetSync::new_sync();
                pairs.insert_mut(pair);
                self.by_moment.insert_mut(moment, pairs);
            }
        }
    }

    pub(super) fn remove_mut(&mut self, pair: &Pair) {
        let moment = number(pair.0);
        let Some(pairs) = self.by_moment.get_mut(&moment) else { return };
        pairs.remove_mut(pair);
        if pairs.is_empty() {
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
        let all = self.by_moment.iter().flat_map(|(_, pairs)| pairs.iter());
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
    use crate::ids::ClockId;

    #[test]
    fn the_earliest_is_first_and_what_is_read_again_is_the_same() {
        let pair = |at: &str, clock| (at.parse().unwrap(), Deadline::ClockExpiry(ClockId(clock)));
        let pairs = [
            pair("2025-03-12T19:00:00Z", 3),
            pair("1969-12-31T23:59:59.9999994Z", 5),
            pair("2025-03-12T19:00:00Z", 2),
            pair("1969-12-31T23:59:59.9999991Z", 6),
            (Timestamp::MAX, Deadline::HubAway),
            pair("2025-03-12T18:59:59.999999999Z", 4),
        ];
        let mut due: Due = pairs.clone().into_iter().collect();
        let text = serde_json::to_string(&due).unwrap();
        assert_eq!(serde_json::from_str::<Due>(&text).unwrap(), due);
        let mut in_order = pairs.to_vec();
        in_order.sort();
        for pair in in_order {
            assert_eq!(due.first(), Some(&pair));
            due.remove_mut(&pair);
        }
        assert_eq!(due, Due::default());
    }
}
