//! What goes to every open page at once: durable changes with a ring of those just past, alarms that ring before they are on the
//! disk, and frames that may be dropped.
//!
//! It promises a page that comes back everything it missed, or tells it to begin anew; never a gap and never a repetition. A page
//! that reads too slowly is cut, because a page that comes back is right and a page that skipped is not.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use checkpoint::view::Changes;
use tokio::sync::broadcast;
use wire::chain::Epoch;

use super::messages::{AlarmRinging, Frame, Lost, Role};
use super::need;

/// The pages that listen. A copy is the same.
#[derive(Debug, Clone)]
pub struct Live {
    ring: Arc<Mutex<Ring>>,
    frames: broadcast::Sender<Arc<str>>,
}

#[derive(Debug)]
struct Ring {
    epoch: Epoch,
    /// The last durable entry.
    head: u64,
    kept: VecDeque<(u64, Told)>,
    /// Alarms that ring and whose entry, of that number, is not known to be durable.
    ringing: Vec<(u64, Told)>,
    lost: Option<Arc<str>>,
    listeners: broadcast::Sender<Message>,
}

/// JSON for those who may see everything, and for those who look after devices.
#[derive(Debug, Clone)]
pub struct Told {
    whole: Arc<str>,
    /// Nothing, where nothing of it is for them.
    of_devices: Option<Arc<str>>,
}

impl Told {
    /// What whoever has this role is told.
    pub fn to(&self, role: Role) -> Option<Arc<str>> {
        if need::sees_vehicles(role) {
            Some(Arc::clone(&self.whole))
        } else {
            self.of_devices.clone()
        }
    }
}

/// What an open page is told; each holds JSON.
#[derive(Debug, Clone)]
pub enum Message {
    /// An entry became durable.
    Change {
        /// Its number.
        seq: u64,
        /// [`Changes`].
        data: Told,
    },
    /// An alarm was decided just now: [`AlarmRinging`].
    Alarm(Told),
    /// Recording has failed: [`Lost`].
    Lost(Arc<str>),
}

/// Where a page stopped listening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In which life of the journal.
    pub epoch: Epoch,
    /// After which entry.
    pub seq: u64,
}

/// A page that begins to listen.
#[derive(Debug)]
pub struct Listening {
    /// The journal's epoch.
    pub epoch: Epoch,
    /// The last durable entry.
    pub head: u64,
    /// Whether what the page missed is not kept any more.
    pub reset: bool,
    /// What it missed.
    pub missed: Vec<Message>,
    /// What comes.
    pub messages: broadcast::Receiver<Message>,
    /// Live frames.
    pub frames: broadcast::Receiver<Arc<str>>,
}

impl Live {
    /// Nobody listens yet, and the journal ends at `head`.
    pub fn new(epoch: Epoch, head: u64) -> Live {
        let ring = Ring {
            epoch,
            head,
            kept: VecDeque::new(),
            ringing: Vec::new(),
            lost: None,
            listeners: broadcast::Sender::new(QUEUE_MESSAGES),
        };
        Live { ring: Arc::new(Mutex::new(ring)), frames: broadcast::Sender::new(QUEUE_FRAMES) }
    }

    /// Begins to listen, from where the page stopped if it did.
    pub fn listen(&self, last: Option<Place>) -> Listening {
        let ring = self.shared();
        let oldest = ring.kept.front().map_or(ring.head.saturating_add(1), |(seq, _)| *seq);
        let continues = last.filter(|place| {
            place.epoch == ring.epoch
                && place.seq <= ring.head
                && place.seq.saturating_add(1) >= oldest
        });
        let mut missed = Vec::new();
        if let Some(place) = continues {
            let later = ring.kept.iter().filter(|(seq, _)| *seq > place.seq);
            missed
                .extend(later.map(|(seq, data)| Message::Change { seq: *seq, data: data.clone() }));
        }
        missed.extend(ring.ringing.iter().map(|(_, data)| Message::Alarm(data.clone())));
        missed.extend(ring.lost.iter().map(|data| Message::Lost(Arc::clone(data))));
        Listening {
            epoch: ring.epoch,
            head: ring.head,
            reset: continues.is_none(),
            missed,
            messages: ring.listeners.subscribe(),
            frames: self.frames.subscribe(),
        }
    }

    /// An alarm was decided, as entry `seq`; it rings at once.
    pub fn ring(&self, seq: u64, alarm: &AlarmRinging) {
        let Some(whole) = json(alarm) else { return };
        let of_devices = need::ringing(alarm).and_then(|alarm| json(&alarm));
        let data = Told { whole, of_devices };
        let mut ring = self.shared();
        if seq > ring.head {
            ring.ringing.push((seq, data.clone()));
        }
        let _ = ring.listeners.send(Message::Alarm(data)); // an error only says that nobody listens
    }

    /// An entry is durable, and this is what it changed.
    pub fn publish(&self, changes: &Changes) {
        let Some(whole) = json(changes) else { return };
        let data = Told { whole, of_devices: json(&need::changes(changes)) };
        let seq = changes.seq;
        let mut ring = self.shared();
        ring.head = seq;
        ring.ringing.retain(|(waiting, _)| *waiting > seq);
        if ring.kept.len() == RING_ENTRIES {
            ring.kept.pop_front();
        }
        ring.kept.push_back((seq, data.clone()));
        let _ = ring.listeners.send(Message::Change { seq, data });
    }

    /// Recording has failed; whoever listens or will listen is told.
    pub fn tell_lost(&self, lost: &Lost) {
        let Some(data) = json(lost) else { return };
        let mut ring = self.shared();
        ring.lost = Some(Arc::clone(&data));
        let _ = ring.listeners.send(Message::Lost(data));
    }

    /// A live frame, for those who keep up.
    pub fn show(&self, frame: &Frame) {
        if self.frames.receiver_count() > 0
            && let Some(data) = json(frame)
        {
            let _ = self.frames.send(data);
        }
    }

    /// The journal's epoch.
    pub fn epoch(&self) -> Epoch {
        self.shared().epoch
    }

    /// The last durable entry that pages were told of.
    pub fn head(&self) -> u64 {
        self.shared().head
    }

    fn shared(&self) -> MutexGuard<'_, Ring> {
        // Every change of the ring is one push: a panic elsewhere leaves it whole.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// JSON of a message. Serialising fails only for maps with keys that are no text, which no message has.
pub(super) fn json<T: serde::Serialize>(message: &T) -> Option<Arc<str>> {
    serde_json::to_string(message)
        .inspect_err(|error| tracing::error!(%error, "a message could not be written as JSON"))
        .ok()
        .map(Arc::from)
}

/// How many changes a page can have missed and still continue.
pub const RING_ENTRIES: usize = 2000;
/// How many messages a page may lag before it is cut.
const QUEUE_MESSAGES: usize = 1024;
/// How many frames are kept for a page that lags, about a second of a large checkpoint.
const QUEUE_FRAMES: usize = 256;
