//! Devices: one task for each, from its line to observations in the loop's inbox.
//!
//! It promises that one device's trouble stays its own: a panic in its decoder restarts that device, a line that fails is opened
//! again, a flood waits at its own line. Time of arrival is read once for each piece of bytes, here, and goes with it from then on.
//!
//! Deliberately absent: any opinion about what a reading means for a vehicle.

pub mod calls;
mod datagrams;
pub mod device;
mod flood;
pub mod health;
pub mod hearing;
mod mailbox;
mod mqtt;
pub mod observe;
mod push;
mod repetitions;
mod scanning;
mod screening;
mod seals;
mod stream;
mod weighing;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use checkpoint::ids::DeviceId;
use checkpoint::input::Observation;
use checkpoint::input::observation::{Health, Said};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use mailbox::{Delivery, Mailbox};
pub use push::routes as push_routes;

use crate::agent::Inbox;
use crate::clock::Clock;
use crate::config::{Connect, DeviceLine, Mqtt};
use crate::tape::Tape;
use crate::terminal::live::Live;
use calls::Calls;
use device::Device;
use hearing::Hearings;

/// What every device's task needs of the agent; a copy is the same.
#[derive(Clone)]
pub struct Surroundings {
    /// Where observations go.
    pub inbox: Inbox,
    /// Where live frames go.
    pub live: Live,
    /// The clock of the agent.
    pub clock: Clock,
    /// What officers order of its task.
    pub calls: Calls,
    /// When each device was heard.
    pub hearings: Hearings,
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
    let mut nodes = Vec::new();
    for line in lines {
        let id = line.device.id.clone();
        let tape = tapes.get(&id).map(Arc::clone);
        let make = {
            let (line, surroundings) = (line.clone(), surroundings.clone());
            move || Device::new(&line, surroundings.clone(), tape.clone())
        };
        match line.connect {
            Connect::Tcp(address) => {
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    stream::hear(make(), stream::Source::Tcp(address.clone()))
                }));
            }
            Connect::Listen(address) => {
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    stream::hear(make(), stream::Source::Listen(address))
                }));
            }
            Connect::Udp(address) => {
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    datagrams::hear(make(), address)
                }));
            }
            Connect::Serial(serial) => {
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    stream::hear(make(), stream::Source::Serial(serial.clone()))
                }));
            }
            Connect::Mqtt { topic, status_topic } => {
                let (mailbox, letters) = mailbox::mailbox();
                if let Some(broker) = &broker {
                    let subscription = mqtt::Subscription { topic, status_topic, mailbox };
                    let (broker, id, stop) = (broker.clone(), id.clone(), stop.clone());
                    tasks.spawn(async move { mqtt::listen(broker, &id, subscription, stop).await });
                }
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    mailbox::read(make(), letters.clone())
                }));
            }
            Connect::Sparkplug(watched) => {
                let (mailbox, letters) = mailbox::mailbox();
                nodes.push(mqtt::sparkplug::Subscription { watched: *watched, mailbox });
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    mailbox::read(make(), letters.clone())
                }));
            }
            Connect::HttpPush => {
                let (mailbox, letters) = mailbox::mailbox();
                mailbox.tell_link(Ok(()));
                pushes.insert(id.clone(), mailbox);
                tasks.spawn(supervised(id, surroundings.clone(), stop.clone(), move || {
                    mailbox::read(make(), letters.clone())
                }));
            }
        }
    }
    if let Some(broker) = &broker
        && !nodes.is_empty()
    {
        let (broker, clock, stop) = (broker.clone(), surroundings.clock.clone(), stop.clone());
        tasks.spawn(async move { mqtt::sparkplug::listen(broker, nodes, clock, stop).await });
    }
    Devices { tasks, pushes: Arc::new(pushes), tapes }
}

/// Runs a device's task and, should it panic, tells so and begins it again, slower each time that it does not last.
async fn supervised<F>(
    id: DeviceId,
    surroundings: Surroundings,
    mut stop: watch::Receiver<bool>,
    begin: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut backoff = Backoff::default();
    loop {
        let mut task = tokio::spawn(begin());
        let lasts = tokio::time::sleep(LASTS);
        tokio::pin!(lasts);
        let ended = loop {
            tokio::select! {
                ended = &mut task => break ended,
                () = &mut lasts, if !lasts.is_elapsed() => backoff.worked(),
                _ = stop.wait_for(|stop| *stop) => {
                    task.abort();
                    return;
                }
            }
        };
        match ended {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(device = %id, %error, "a device's task panicked; it is begun again");
                // What it knew of a vehicle under way is gone with it, as it is when a line is lost.
                let said = Said::Health(Health::Offline, BROKE_DOWN.to_owned());
                let at = surroundings.clock.now();
                let observation = Observation { device: id.clone(), at, said };
                if surroundings.inbox.observed(observation).await.is_err() {
                    return;
                }
            }
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

/// A task that runs for so long has recovered; its next trouble is a new one.
const LASTS: Duration = Duration::from_secs(60);
/// What is told of a device whose task panicked.
const BROKE_DOWN: &str = "what reads it broke down and is begun again";

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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use wire::chain::Epoch;

    use super::*;
    use crate::agent::Told;
    use crate::config::Config;

    const SITE: &str = "[checkpoint]
id = \"test\"
title = \"Test\"
office_code = \"55301\"
zone = \"Asia/Almaty\"
data_dir = \"data\"
[[lane]]
id = \"1\"
title = \"Lane 1\"
direction = \"inbound\"
mode = \"road\"
[[device]]
id = \"camera-1\"
lane = \"1\"
title = \"Camera\"
dialect = \"hikvision-anpr\"
connect = { http_push = true }
silence_limit_s = 1
";

    #[tokio::test]
    async fn a_task_that_broke_down_is_told_and_the_next_one_misses_a_silent_device() {
        let limits = include_str!("../tests/agent/limits.toml");
        let config = Config::parse(Path::new("site.toml"), &format!("{SITE}{limits}")).unwrap();
        let line = config.lines.first().unwrap().clone();
        let (inbox, mut incoming) = Inbox::new();
        let live = Live::new(Epoch([1; 16]), 0);
        let calls = Calls::new(&config.lines, &checkpoint::Checkpoint::default());
        let surroundings = Surroundings {
            inbox,
            live,
            clock: Clock::new(None),
            calls,
            hearings: Hearings::new(&config.lines),
        };
        let (mailbox, letters) = mailbox::mailbox();
        mailbox.tell_link(Ok(()));
        let (_stop, stopping) = watch::channel(false);
        let broke = Arc::new(AtomicBool::new(false));
        let begin = {
            let surroundings = surroundings.clone();
            move || {
                let reading = mailbox::read(
                    Device::new(&line, surroundings.clone(), None),
                    Arc::clone(&letters),
                );
                let broke = Arc::clone(&broke);
                async move {
                    if broke.swap(true, Ordering::Relaxed) {
                        return reading.await;
                    }
                    let _ = tokio::time::timeout(Duration::from_millis(100), reading).await;
                    panic!("as a decoder would");
                }
            }
        };
        let id = DeviceId::try_from("camera-1".to_owned()).unwrap();
        tokio::spawn(supervised(id, surroundings, stopping, begin));
        let mut told = Vec::new();
        while told.len() < 2 {
            if let Some(Told::Observed { observation, .. }) = incoming.recv().await
                && let Said::Health(health, _) = observation.said
            {
                told.push(health);
            }
        }
        assert_eq!(told, [Health::Offline, Health::Silent]);
    }
}
