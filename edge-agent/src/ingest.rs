//! Devices: one task for each, from its line to observations in the loop's inbox.
//!
//! It promises that one device's trouble stays its own: a panic in its decoder restarts that device, a line that fails is opened
//! again, a flood waits at its own line. Time of arrival is read once for each piece of bytes, here, and goes with it from then on.
//!
//! Deliberately absent: any opinion about what a reading means for a vehicle.

pub mod device;
pub mod health;
mod mailbox;
mod mqtt;
pub mod observe;
mod push;
mod screening;
mod stream;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkpoint::ids::DeviceId;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use mailbox::{Delivery, Mailbox};
pub use push::routes as push_routes;

use crate::agent::Inbox;
use crate::clock::Clock;
use crate::config::{Connect, DeviceLine, Mqtt};
use crate::tape::Tape;
use crate::terminal::live::Live;
use device::Device;

/// What every device's task needs of the agent; a copy is the same.
#[derive(Clone)]
pub struct Surroundings {
    /// Where observations go.
    pub inbox: Inbox,
    /// Where live frames go.
    pub live: Live,
    /// The clock of the agent.
    pub clock: Clock,
}

/// The devices of a site, running.
pub struct Devices {
    /// Tasks; none ends before the agent does.
    pub tasks: JoinSet<()>,
    /// Where devices that push over HTTP put their documents.
    pub pushes: Pushes,
    /// The tapes, by device.
    pub tapes: Tapes,
}

/// The mailboxes of devices that push over HTTP.
pub type Pushes = Arc<HashMap<DeviceId, Mailbox>>;

/// The tapes of all devices.
pub type Tapes = Arc<HashMap<DeviceId, Arc<Tape>>>;

/// Starts every device of the site; they end when `stop` says so.
pub fn start(
    lines: Vec<DeviceLine>,
    broker: Option<Mqtt>,
    tapes: Tapes,
    surroundings: &Surroundings,
    stop: &watch::Receiver<bool>,
) -> Devices {
    let mut tasks = JoinSet::new();
    let mut pushes = HashMap::new();
    let mut topics = Vec::new();
    for line in lines {
        let id = line.device.id.clone();
        let tape = tapes.get(&id).map(Arc::clone);
        let make = {
            let (line, surroundings) = (line.clone(), surroundings.clone());
            move || Device::new(&line, surroundings.clone(), tape.clone())
        };
        match line.connect {
            Connect::Tcp(address) => {
                tasks.spawn(supervised(id, stop.clone(), move || {
                    stream::hear(make(), stream::Source::Tcp(address.clone()))
                }));
            }
            Connect::Serial(serial) => {
                tasks.spawn(supervised(id, stop.clone(), move || {
                    stream::hear(make(), stream::Source::Serial(serial.clone()))
                }));
            }
            Connect::Mqtt { topic, status_topic } => {
                let (mailbox, letters) = mailbox::mailbox();
                topics.push(mqtt::Subscription { topic, status_topic, mailbox });
                tasks.spawn(supervised(id, stop.clone(), move || {
                    mailbox::read(make(), letters.clone())
                }));
            }
            Connect::HttpPush => {
                let (mailbox, letters) = mailbox::mailbox();
                mailbox.tell_link(Ok(()));
                pushes.insert(id.clone(), mailbox);
                tasks.spawn(supervised(id, stop.clone(), move || {
                    mailbox::read(make(), letters.clone())
                }));
            }
        }
    }
    if let Some(broker) = broker
        && !topics.is_empty()
    {
        let stop = stop.clone();
        tasks.spawn(async move { mqtt::listen(broker, topics, stop).await });
    }
    Devices { tasks, pushes: Arc::new(pushes), tapes }
}

/// Runs a device's task and, should it panic, begins it again, slower each time.
async fn supervised<F>(
    id: DeviceId,
    mut stop: watch::Receiver<bool>,
    begin: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut backoff = Backoff::default();
    loop {
        let mut task = tokio::spawn(begin());
        let ended = tokio::select! {
            ended = &mut task => ended,
            _ = stop.wait_for(|stop| *stop) => {
                task.abort();
                return;
            }
        };
        match ended {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(device = %id, %error, "a device's task panicked; it is begun again");
            }
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

/// 1, 2, 5, 10, and then always 30 seconds.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    step: usize,
}

impl Backoff {
    /// How long to wait before the next try.
    pub(crate) fn next(&mut self) -> Duration {
        const SECONDS: [u64; 5] = [1, 2, 5, 10, 30];
        let seconds = SECONDS.get(self.step).or(SECONDS.last()).copied().unwrap_or(30);
        self.step = self.step.saturating_add(1);
        Duration::from_secs(seconds)
    }

    /// It worked; the next trouble is a new one.
    pub(crate) fn worked(&mut self) {
        self.step = 0;
    }
}

/// Opens the tapes of all devices under `folder`. A tape that cannot be opened is told and gone without: bytes still count.
pub fn open_tapes(
    lines: &[DeviceLine],
    folder: &std::path::Path,
    limits: crate::tape::Limits,
) -> Tapes {
    let mut tapes = HashMap::new();
    for line in lines {
        let id = &line.device.id;
        let header =
            crate::tape::Header { device: id.to_string(), dialect: line.dialect.name().to_owned() };
        let path: PathBuf = folder.join(id.as_str());
        match Tape::open(path, header, limits) {
            Ok(tape) => {
                tapes.insert(id.clone(), Arc::new(tape));
            }
            Err(error) => tracing::error!(device = %id, %error, "no tape for this device"),
        }
    }
    Arc::new(tapes)
}
