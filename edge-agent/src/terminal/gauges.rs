//! What the agent knows of its own state right now, for the status line of every page. None of it is evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use checkpoint::input::ClockQuality;
use tokio::sync::watch;

use super::messages::{
    AgentStatus, ClockStatus, Documents, HubState, HubStatus, IndexState, IndexStatus, Recording,
    RecordingStatus, StatusView,
};
use crate::clock::Clock;

/// The gauges. A copy is the same; each part of the agent sets its own.
#[derive(Debug, Clone)]
pub struct Gauges(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    epoch: String,
    head_seq: AtomicU64,
    durable_seq: AtomicU64,
    hub: watch::Sender<HubStatus>,
    recording: watch::Sender<Recording>,
    index: watch::Sender<IndexStatus>,
    documents: watch::Sender<Documents>,
}

impl Gauges {
    /// The gauges of an agent that has just opened its journal.
    pub fn new(clock: Clock, epoch: String, head_seq: u64) -> Gauges {
        let hub = HubStatus { state: HubState::Never, since_ms: None, waiting: 0, oldest_ms: None };
        Gauges(Arc::new(Inner {
            clock,
            epoch,
            head_seq: AtomicU64::new(head_seq),
            durable_seq: AtomicU64::new(head_seq),
            hub: watch::Sender::new(hub),
            recording: watch::Sender::new(Recording::Ok),
            index: watch::Sender::new(IndexStatus { state: IndexState::Unavailable, progress: 0 }),
            documents: watch::Sender::new(Documents::Off),
        }))
    }

    /// The last entry that was decided.
    pub fn set_head(&self, seq: u64) {
        self.0.head_seq.store(seq, Ordering::Relaxed);
    }

    /// The last entry that is on the disk.
    pub fn set_durable(&self, seq: u64) {
        self.0.durable_seq.store(seq, Ordering::Relaxed);
    }

    /// The line to the hub.
    pub fn set_hub(&self, status: HubStatus) {
        self.0.hub.send_replace(status);
    }

    /// The line to the hub.
    pub fn hub(&self) -> HubStatus {
        *self.0.hub.borrow()
    }

    /// How recording does. `Failed` is final.
    pub fn set_recording(&self, recording: Recording) {
        self.0.recording.send_if_modified(|now| {
            let changes = *now != Recording::Failed && *now != recording;
            if changes {
                *now = recording;
            }
            changes
        });
    }

    /// How recording does.
    pub fn recording(&self) -> Recording {
        *self.0.recording.borrow()
    }

    /// Where the lookup index stands.
    pub fn set_index(&self, status: IndexStatus) {
        self.0.index.send_replace(status);
    }

    /// How the writing of documents does.
    pub fn set_documents(&self, state: Documents) {
        self.0.documents.send_replace(state);
    }

    /// How the writing of documents does.
    pub fn documents(&self) -> Documents {
        *self.0.documents.borrow()
    }

    /// The machine's clock.
    pub fn clock(&self) -> ClockStatus {
        ClockStatus { synchronised: self.0.clock.quality() == ClockQuality::Synchronised }
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.0.clock.now().as_millisecond()
    }

    /// Everything, for the status page.
    pub fn status(&self) -> StatusView {
        StatusView {
            agent: AgentStatus {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                build: build().to_owned(),
                epoch: self.0.epoch.clone(),
                head_seq: self.0.head_seq.load(Ordering::Relaxed),
                durable_seq: self.0.durable_seq.load(Ordering::Relaxed),
            },
            hub: self.hub(),
            clock: self.clock(),
            recording: RecordingStatus { state: self.recording() },
            index: *self.0.index.borrow(),
            documents: self.documents(),
        }
    }
}

/// Which build this is; a package sets `BEKET_BUILD` when it is compiled.
pub fn build() -> &'static str {
    option_env!("BEKET_BUILD").unwrap_or(env!("CARGO_PKG_VERSION"))
}
