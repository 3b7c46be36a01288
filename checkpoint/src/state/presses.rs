//! Button presses that have had their effect, so that the same press again has none.
//!
//! Found by a digest of the name that the terminal invented, which is compared whole before it counts. Kept and read as a plain map from
//! names to entries. Nothing here decides how many are remembered.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::numbered::Numbered;
use crate::ids::RequestId;

/// The first entry that followed from each press.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Presses {
    /// By digest; names that share one stand beside each other.
    by_digest: Numbered<u64, Vec<(RequestId, u64)>>,
}

impl Presses {
    pub(crate) fn get(&self, press: &RequestId) -> Option<u64> {
        let named = self.by_digest.get(&digest(press))?.iter().find(|(name, _)| name == press)?;
        Some(named.1)
    }

    /// One that is not there.
    pub(super) fn insert(&mut self, press: RequestId, seq: u64) {
        let digest = digest(&press);
        match self.by_digest.get_mut(&digest) {
            Some(beside) => {
                beside.push((press, seq));
                // As they are read again.
                beside.sort();
            }
            None => self.by_digest.insert_mut(digest, vec![(press, seq)]),
        }
    }

    pub(super) fn remove(&mut self, press: &RequestId) {
        let digest = digest(press);
        let Some(beside) = self.by_digest.get_mut(&digest) else { return };
        beside.retain(|(name, _)| name != press);
        if beside.is_empty() {
            self.by_digest.remove_mut(&digest);
        }
    }
}

/// FNV-1a, 64 bits.
fn digest(press: &RequestId) -> u64 {
    press.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Serialize for Presses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.by_digest.iter().flat_map(|(_, beside)| beside);
        let by_name: BTreeMap<_, _> = all.map(|(press, seq)| (press, seq)).collect();
        by_name.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Presses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_name: BTreeMap<RequestId, u64> = BTreeMap::deserialize(deserializer)?;
        let mut all = Presses::default();
        for (press, seq) in by_name {
            all.insert(press, seq);
        }
        Ok(all)
    }
}
