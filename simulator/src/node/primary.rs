//! The host without which a node says nothing, as the node sees it at one broker.
//!
//! A host tells at each of its brokers whether it is there, and its will tells when it is gone; the broker keeps the last of both. A node that has a
//! primary host waits for it and leaves when it goes, for the next broker if it knows one. A state that is older than the last one is an old will,
//! delivered late.

use std::time::Duration;

use serde::Deserialize;

/// A broker at which nothing is known of the host is left after this time (assumed: the specification names none).
const PATIENCE: Duration = Duration::from_secs(3);

/// What a host says of itself.
#[derive(Debug, Deserialize)]
struct State {
    online: bool,
    /// Milliseconds since 1970.
    timestamp: u64,
}

/// The host, on one connection.
#[derive(Debug)]
pub(super) struct Primary {
    /// When the connection stood.
    since: Duration,
    last: Option<State>,
}

impl Primary {
    /// Nothing was heard of it on this connection, which stands since then.
    pub(super) fn unknown(since: Duration) -> Primary {
        Primary { since, last: None }
    }

    /// It says of itself whether it is there. What is no state, or an old one, changes nothing (tck-id-message-flow-edge-node-birth-publish-phid-offline).
    pub(super) fn says(&mut self, payload: &[u8]) {
        let Ok(state) = serde_json::from_slice::<State>(payload) else { return };
        if self.last.as_ref().is_none_or(|last| last.timestamp <= state.timestamp) {
            self.last = Some(state);
        }
    }

    pub(super) fn is_there(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.online)
    }

    /// When the node leaves if nothing more is heard; at once if the host has said that it is gone.
    pub(super) fn left_at(&self) -> Option<Duration> {
        match &self.last {
            Some(State { online: true, .. }) => None,
            Some(State { online: false, .. }) => Some(self.since),
            None => Some(self.since + PATIENCE),
        }
    }
}
