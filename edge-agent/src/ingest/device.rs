//! One device's task-side state: its pipeline, its watch, its tape, and the way of what it says into the loop.

use std::sync::Arc;
use std::time::Duration;

use checkpoint::input::observation::{Health, Said};
use firmware_protocols::Fault;
use firmware_protocols::conversation::HangUp;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::Surroundings;
use super::calls::Called;
use super::flood::Flood;
use super::health::{FaultCount, Watch};
use super::hearing::Hearing;
use super::observe::{Heard, Pipeline};
use crate::agent::Ended;
use crate::clock::Moment;
use crate::config::DeviceLine;
use crate::tape::Tape;

/// One device, as its task holds it.
pub struct Device {
    name: String,
    pipeline: Pipeline,
    watch: Watch,
    faults: FaultCount,
    flood: Flood,
    hearing: Arc<Hearing>,
    tape: Option<Arc<Tape>>,
    surroundings: Surroundings,
    called: Called,
    /// It forgets what it said as soon as it is answered.
    answered: bool,
}

/// Those who wait until what a message said is durable.
pub type Kept = Vec<oneshot::Receiver<()>>;

impl Device {
    /// A device of which nothing was heard yet.
    pub fn new(line: &DeviceLine, surroundings: Surroundings, tape: Option<Arc<Tape>>) -> Device {
        Device {
            name: format!("{} (lane {})", line.device.id, line.device.lane),
            pipeline: Pipeline::new(line),
            watch: Watch::new(line.silence_limit),
            faults: FaultCount::default(),
            flood: Flood::default(),
            hearing: surroundings.hearings.of(&line.device.id),
            tape,
            called: surroundings.calls.of(&line.device.id),
            surroundings,
            answered: line.dialect.is_answered() && line.connect.is_both_ways(),
        }
    }

    /// The device and its lane, for the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line is open.
    pub async fn opened(&mut self) -> Result<(), Ended> {
        let moment = self.surroundings.clock.moment();
        tracing::info!(device = self.name, "line open");
        let heard = self.pipeline.opened(moment);
        self.watch.opened(moment.at);
        self.heard(moment.at, heard).await
    }

    /// The line is gone, or did not open.
    pub async fn lost(&mut self, why: &str) -> Result<(), Ended> {
        let now = self.surroundings.clock.now();
        let heard = self.pipeline.reopened(now);
        self.heard(now, heard).await?;
        let changed = self.watch.lost(why);
        if changed.is_some() {
            tracing::warn!(device = self.name, why, "line lost");
        }
        self.health(now, changed).await
    }

    /// Bytes of a stream arrived, just now. Tells whether they may be answered: what a device forgets when it is answered is durable first.
    pub async fn bytes(&mut self, bytes: &[u8]) -> Result<bool, Ended> {
        let moment = self.arrived(bytes);
        let heard = self.pipeline.bytes(moment, bytes);
        self.judge(moment.at, &heard).await?;
        if !self.answered {
            self.heard(moment.at, heard).await?;
            return Ok(true);
        }
        let kept = self.keep(moment.at, heard).await?;
        Ok(self.may_answer(kept).await)
    }

    /// Waits until what a message said is durable, if the device forgets it when it is answered. False: it was not kept.
    pub async fn may_answer(&mut self, kept: Kept) -> bool {
        if self.answered {
            for one in kept {
                if one.await.is_err() {
                    return false;
                }
            }
        }
        true
    }

    /// Why the link is to be closed, and for how long, if the conversation with the device says so.
    pub fn hang_up(&self) -> Option<HangUp> {
        self.pipeline.hang_up()
    }

    /// What to send before we close the link.
    pub fn farewell(&mut self) -> Option<Vec<u8>> {
        self.pipeline.farewell()
    }

    /// What is to be sent to the device now, if it has to be asked. To be called until it answers `None`.
    pub fn to_send(&mut self) -> Option<Vec<u8>> {
        self.pipeline.to_send(self.surroundings.clock.moment())
    }

    /// A whole message arrived, just now. What it said is durable when all that is returned has answered.
    pub async fn document(&mut self, body: &[u8]) -> Result<Kept, Ended> {
        let moment = self.arrived(body);
        let heard = self.pipeline.document(moment, body);
        self.judge(moment.at, &heard).await?;
        self.keep(moment.at, heard).await
    }

    /// Another whole message came, and so many were turned away since the one before.
    pub fn counted(&mut self, turned_away: u32) {
        self.flood.message(self.surroundings.clock.now());
        self.flood.passed_over(turned_away);
    }

    async fn keep(&mut self, now: Timestamp, heard: Heard) -> Result<Kept, Ended> {
        let mut kept = Kept::new();
        let Heard { said, frames, faults, valid: _ } = heard;
        self.show(&frames);
        for said in said {
            let observation = self.pipeline.observation(now, said);
            kept.push(self.surroundings.inbox.observed_and_kept(observation).await?);
        }
        self.count(now, faults).await?;
        Ok(kept)
    }

    /// What carries its messages could not make sense of one.
    pub async fn fault(&mut self, fault: Fault) -> Result<(), Ended> {
        let now = self.surroundings.clock.now();
        self.count(now, vec![fault]).await
    }

    /// Waits for `done`, such as a line that opens, and answers officers' orders meanwhile.
    pub async fn meanwhile<T>(&mut self, done: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::pin!(done);
        loop {
            let called = self.called.clone();
            tokio::select! {
                done = &mut done => return Ok(done),
                () = called.wait() => self.answer_call().await?,
            }
        }
    }

    /// Waits until [`Device::time_passed`] has something to do, or for `idle`, if nothing is expected.
    pub fn due(&self, idle: Option<Duration>) -> impl Future<Output = ()> + use<> {
        let wait = self.wait().or(idle);
        let called = self.called.clone();
        async move {
            let time = async {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = time => {}
                () = called.wait() => {}
            }
        }
    }

    /// How long until something is due; none if nothing is expected.
    fn wait(&self) -> Option<Duration> {
        let moment = self.surroundings.clock.moment();
        let deadlines = [
            self.pipeline.deadline(),
            self.watch.deadline(),
            self.faults.deadline(),
            self.flood.deadline(),
        ];
        let next = deadlines.into_iter().flatten().min();
        let wait = |next: Timestamp| {
            Duration::try_from(next.duration_since(moment.at)).unwrap_or(Duration::ZERO)
        };
        let asks = self.pipeline.asks_at().map(|at| at.saturating_sub(moment.since_start));
        let first = next.map(wait).into_iter().chain(asks).min()?;
        // A little later than exactly, so that the deadline has come when the task wakes.
        Some(first.saturating_add(Duration::from_millis(1)))
    }

    /// Something was due. Answers whether the line should be opened anew.
    pub async fn time_passed(&mut self) -> Result<bool, Ended> {
        let moment = self.surroundings.clock.moment();
        let now = moment.at;
        let heard = self.pipeline.time_passed(moment);
        self.heard(now, heard).await?;
        self.answer_call().await?;
        let changed = self.watch.time_passed(now);
        self.health(now, changed).await?;
        self.count(now, Vec::new()).await?;
        Ok(self.watch.is_given_up(now))
    }

    async fn answer_call(&mut self) -> Result<(), Ended> {
        let Some(ordered) = self.called.take() else { return Ok(()) };
        let now = self.surroundings.clock.now();
        let heard = self.pipeline.end_weighing(now, ordered);
        self.heard(now, heard).await
    }

    /// Whether the device has been silent for so long that its line should be opened anew.
    pub fn is_given_up(&self) -> bool {
        self.watch.is_given_up(self.surroundings.clock.now())
    }

    fn arrived(&self, bytes: &[u8]) -> Moment {
        let moment = self.surroundings.clock.moment();
        self.hearing.bytes(moment.at);
        if let Some(tape) = &self.tape {
            tape.write(moment.at.as_microsecond(), bytes);
        }
        moment
    }

    async fn judge(&mut self, now: Timestamp, heard: &Heard) -> Result<(), Ended> {
        if heard.valid > 0 {
            self.hearing.readings(now, heard.valid);
        }
        let changed = self.watch.heard(now, heard.valid, &heard.faults);
        self.health(now, changed).await
    }

    async fn heard(&mut self, now: Timestamp, heard: Heard) -> Result<(), Ended> {
        let Heard { said, frames, faults, valid: _ } = heard;
        for said in said {
            let observation = self.pipeline.observation(now, said);
            self.surroundings.inbox.observed(observation).await?;
        }
        self.show(&frames);
        self.count(now, faults).await
    }

    fn show(&self, frames: &[crate::terminal::messages::Frame]) {
        for frame in frames {
            self.surroundings.live.show(frame);
        }
    }

    async fn count(&mut self, now: Timestamp, faults: Vec<Fault>) -> Result<(), Ended> {
        for fault in faults {
            self.faults.add(fault);
        }
        for (kind, detail, count) in self.flood.due(now) {
            tracing::warn!(device = self.name, kind, detail, count, "too many messages");
            self.fault_told(now, kind.to_owned(), detail, count).await?;
        }
        let Some((kind, detail, count)) = self.faults.due(now) else { return Ok(()) };
        tracing::debug!(device = self.name, kind, detail, count, "fault");
        self.fault_told(now, kind, detail, count).await
    }

    async fn fault_told(
        &mut self,
        now: Timestamp,
        kind: String,
        detail: String,
        count: u32,
    ) -> Result<(), Ended> {
        let observation = self.pipeline.observation(now, Said::Fault { kind, detail, count });
        self.surroundings.inbox.observed(observation).await
    }

    async fn health(
        &mut self,
        now: Timestamp,
        changed: Option<(Health, String)>,
    ) -> Result<(), Ended> {
        let Some((health, detail)) = changed else { return Ok(()) };
        tracing::info!(device = self.name, ?health, detail, "device health");
        let observation = self.pipeline.observation(now, Said::Health(health, detail));
        self.surroundings.inbox.observed(observation).await
    }
}
