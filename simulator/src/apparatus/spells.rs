//! Times in which a device does what devices of its dialect are known to do, and should not.

use std::time::Duration;

use crate::story::Act;

/// Kinds of misbehaviour of one dialect: a closed list, each with its word in a story.
pub(crate) trait Kind: Copy + PartialEq + std::fmt::Debug + 'static {
    /// Every kind.
    const ALL: &'static [(Self, &'static str)];

    /// The kind of this word.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// Whether the act is one of these.
    fn has(act: &Act) -> bool {
        matches!(act, Act::Misbehaves { how, .. } if Self::of(how).is_some())
    }
}

/// Which kinds last, and until when.
#[derive(Debug)]
pub(crate) struct Spells<K> {
    until: Vec<(K, Duration)>,
}

impl<K: Kind> Spells<K> {
    pub(crate) fn none() -> Spells<K> {
        Spells { until: Vec::new() }
    }

    /// The kind that begins with this act, if one does.
    pub(crate) fn befalls(&mut self, at: Duration, act: &Act) -> Option<K> {
        let Act::Misbehaves { how, time } = act else { return None };
        let kind = K::of(how)?;
        self.begin(kind, at + *time);
        Some(kind)
    }

    /// This kind lasts until then.
    pub(crate) fn begin(&mut self, kind: K, until: Duration) {
        self.until.retain(|(known, _)| *known != kind);
        self.until.push((kind, until));
    }

    /// When this kind ends, if it lasts.
    pub(crate) fn until(&self, kind: K, at: Duration) -> Option<Duration> {
        let (_, until) = self.until.iter().find(|(known, _)| *known == kind)?;
        Some(*until).filter(|until| at < *until)
    }

    pub(crate) fn last(&self, kind: K, at: Duration) -> bool {
        self.until(kind, at).is_some()
    }
}
