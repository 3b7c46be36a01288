//! What is shown: the last state of every desk, for screens to read without waiting for a desk.
//!
//! Desks put in, screens take out; nobody waits for anybody. A screen may miss a state between two, never the last one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use checkpoint::ids::CheckpointId;
use tokio::sync::watch;

use crate::fold::{Copies, Fold};
use crate::store::chains::StoredChain;
use crate::store::checkpoints::KnownCheckpoint;

/// One checkpoint as its desk last left it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What the edge says about itself.
    pub known: KnownCheckpoint,
    /// The chain in force; none before the first Hello that was accepted.
    pub chain: Option<StoredChain>,
    /// How many epochs there have been.
    pub epochs: u32,
    /// What is known.
    pub fold: Arc<Fold>,
    /// Entries ahead of the backlog.
    pub express: Arc<Copies>,
    /// The key by which it is known, if it signs.
    pub key: Option<[u8; 32]>,
}

/// All checkpoints as they are shown.
#[derive(Debug)]
pub struct Board {
    shown: RwLock<BTreeMap<CheckpointId, Arc<Shown>>>,
    changes: watch::Sender<u64>,
}

impl Default for Board {
    fn default() -> Board {
        Board { shown: RwLock::default(), changes: watch::Sender::new(0) }
    }
}

impl Board {
    /// Shows a checkpoint like this from now.
    pub fn show(&self, id: CheckpointId, shown: Shown) {
        // A writer only inserts: whoever panicked meanwhile has left no half-made map.
        let mut all = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(id, Arc::new(shown));
        drop(all);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Every checkpoint, by name.
    pub fn all(&self) -> Vec<(CheckpointId, Arc<Shown>)> {
        let all = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(id, shown)| (id.clone(), shown.clone())).collect()
    }

    /// One checkpoint.
    pub fn one(&self, id: &CheckpointId) -> Option<Arc<Shown>> {
        let all = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        all.get(id).cloned()
    }

    /// Tells when something is shown that was not.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
