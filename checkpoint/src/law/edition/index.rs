//! Where the rows of an edition are: made once, when it has been read, so that nothing that is decided reads through all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{ClockRule, Ground};
use crate::law::act::ActRule;
use crate::law::words::Moment;

/// Places in `Edition::clocks` and `Edition::acts`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    clocks: BTreeMap<String, usize>,
    acts: BTreeMap<String, usize>,
    started_by: BTreeMap<String, Vec<usize>>,
    prolonging: BTreeSet<String>,
    grounds: Vec<String>,
}

impl Index {
    pub(super) fn of(clocks: &[ClockRule], acts: &[ActRule], grounds: &[Ground]) -> Index {
        let mut started_by: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, rule) in clocks.iter().enumerate() {
            for moment in &rule.start {
                let started = started_by.entry(moment.name().to_owned()).or_default();
                if started.last() != Some(&place) {
                    started.push(place);
                }
            }
        }
        let prolonging = clocks.iter().flat_map(|rule| &rule.prolong);
        let places = |ids: Vec<&String>| -> BTreeMap<String, usize> {
            ids.into_iter().cloned().zip(0..).collect()
        };
        Index {
            clocks: places(clocks.iter().map(|rule| &rule.id).collect()),
            acts: places(acts.iter().map(|rule| &rule.id).collect()),
            started_by,
            prolonging: prolonging.map(|row| row.by.name().to_owned()).collect(),
            grounds: grounds.iter().map(|ground| ground.id.clone()).collect(),
        }
    }

    pub(super) fn clock(&self, id: &str) -> Option<usize> {
        self.clocks.get(id).copied()
    }

    pub(super) fn act(&self, id: &str) -> Option<usize> {
        self.acts.get(id).copied()
    }

    pub(super) fn started_by(&self, moment: &Moment) -> &[usize] {
        self.started_by.get(moment.name()).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn grounds(&self) -> &[String] {
        &self.grounds
    }

    pub(super) fn is_prolonging(&self, moment: &Moment) -> bool {
        self.prolonging.contains(moment.name())
    }
}
