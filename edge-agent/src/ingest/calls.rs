//! What officers order of a device's task, from the journal to the task: that a weighing is over.
//!
//! It promises that a task hears of an order only when it is durable, and hears of it though it was begun again meanwhile, or the agent
//! itself. Nothing is sent to a device by it.

use std::collections::HashMap;
use std::sync::Arc;

use checkpoint::Checkpoint;
use checkpoint::event::{Entry, Event};
use checkpoint::ids::DeviceId;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::config::DeviceLine;

/// The tasks that can be called. A copy calls the same.
#[derive(Debug, Clone)]
pub struct Calls(Arc<HashMap<DeviceId, Line>>);

#[derive(Debug)]
struct Line {
    ordered: watch::Sender<Option<Timestamp>>,
    /// Copied for each task; it has seen nothing yet.
    hears: watch::Receiver<Option<Timestamp>>,
}

/// What a task hears.
#[derive(Debug, Clone)]
pub(super) struct Called(watch::Receiver<Option<Timestamp>>);

impl Calls {
    /// Of these devices. A weighing that was ended before the agent began anew, and of which nothing more was heard, is called out again.
    pub fn new(lines: &[DeviceLine], checkpoint: &Checkpoint) -> Calls {
        let line = |line: &DeviceLine| {
            let (ordered, hears) = watch::channel(None);
            let state = checkpoint.device_state(&line.device.id);
            let ended = state.and_then(|state| state.axles).filter(|open| open.ended.is_some());
            if let Some(open) = ended {
                ordered.send_replace(Some(open.began));
            }
            (line.device.id.clone(), Line { ordered, hears })
        };
        Calls(Arc::new(lines.iter().map(line).collect()))
    }

    /// An entry is durable: calls the task that it is for.
    pub fn note(&self, entry: &Entry) {
        if let Event::WeighingEnded(end) = &entry.event
            && let Some(line) = self.0.get(&end.device)
        {
            line.ordered.send_replace(Some(entry.at));
        }
    }

    pub(super) fn of(&self, device: &DeviceId) -> Called {
        match self.0.get(device) {
            Some(line) => Called(line.hears.clone()),
            None => Called(watch::channel(None).1),
        }
    }
}

impl Called {
    /// Waits until there is something to take; for ever, if nobody can call any more.
    pub(super) async fn wait(mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// When an officer ended the weighing, if one did and this was not taken yet.
    pub(super) fn take(&mut self) -> Option<Timestamp> {
        if !self.0.has_changed().unwrap_or(false) {
            return None;
        }
        *self.0.borrow_and_update()
    }
}
