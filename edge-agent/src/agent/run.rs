//! The loop's shell: it waits, reads the clock, and has no opinion.

use std::collections::VecDeque;
use std::time::Duration;

use checkpoint::input::{ClockQuality, Condition, Input};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::inbox::Incoming;
use super::opening::save_state;
use super::publisher::Durable;
use super::{Agent, Inbox, Outcome, Told};
use crate::clock::{Clock, Moment};
use crate::journal::{Errands, JournalError, Snapshot};
use crate::terminal::gauges::Gauges;
use crate::terminal::live::Live;
use crate::terminal::messages::{Lost, Recording};

/// The loop, before it runs.
pub struct Loop {
    agent: Agent,
    incoming: Incoming,
    surroundings: Timing,
    errands: Errands,
    durable: watch::Receiver<Durable>,
    slowness: Slowness,
    last_moment: Moment,
    last_quality: ClockQuality,
    snapshot_at: u64,
}

/// What the loop needs beside the agent.
#[derive(Clone)]
pub struct Timing {
    /// The clock.
    pub clock: Clock,
    /// How the agent is.
    pub gauges: Gauges,
    /// The pages.
    pub live: Live,
    /// Entries between two snapshots.
    pub snapshot_every: u64,
    /// Entries since the last snapshot: so many were folded at the start.
    pub folded: u64,
    /// Begins with this.
    pub started: Condition,
}

/// Why the loop ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum LoopError {
    /// Nothing can be recorded, so nothing may be decided.
    #[error("recording has failed")]
    Recording(#[from] JournalError),
    /// The timer of the loop cannot be made.
    #[error("failed to start the loop")]
    Start(#[from] std::io::Error),
}

impl Loop {
    /// A loop and the way into it.
    pub fn new(
        agent: Agent,
        errands: Errands,
        durable: watch::Receiver<Durable>,
        surroundings: Timing,
    ) -> (Loop, Inbox) {
        let (inbox, incoming) = Inbox::new();
        let last_moment = surroundings.clock.moment();
        // A start that had to fold many entries keeps the state at once, so that the next one need not.
        let last_snapshot = agent.head().seq.saturating_sub(surroundings.folded);
        let snapshot_at = last_snapshot.saturating_add(surroundings.snapshot_every);
        let made = Loop {
            agent,
            incoming,
            surroundings,
            errands,
            durable,
            slowness: Slowness::default(),
            last_moment,
            last_quality: ClockQuality::Unknown,
            snapshot_at,
        };
        (made, inbox)
    }

    /// Runs on this thread until `stop` says so, or recording fails.
    pub fn run(self, stop: watch::Receiver<bool>) -> Result<(), LoopError> {
        let timer = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        timer.block_on(self.until(stop))
    }

    async fn until(mut self, mut stop: watch::Receiver<bool>) -> Result<(), LoopError> {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let started = Input::Noticed(self.surroundings.started.clone());
        let mut result = self.step(&started).map(|_| ());
        let mut idle_until: Option<Timestamp> = None;
        while result.is_ok() {
            let deadline = self.agent.checkpoint().next_deadline().max(idle_until.take());
            let wait = deadline.map(|deadline| self.until_moment(deadline));
            let due = async {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            result = tokio::select! {
                biased;
                changed = self.durable.changed() => self.settle(changed.is_err()),
                _ = second.tick() => self.second(),
                told = self.incoming.recv() => match told {
                    Some(told) => self.told(told),
                    None => break,
                },
                () = due => match self.step(&Input::TimePassed) {
                    // A deadline that nothing answers must not spin the loop; it is asked again in a second.
                    Ok(Outcome::Nothing) => {
                        let now = self.surroundings.clock.now();
                        idle_until = now.checked_add(jiff::SignedDuration::from_secs(1)).ok();
                        Ok(())
                    }
                    Ok(_) => Ok(()),
                    Err(error) => Err(error),
                },
                _ = stop.wait_for(|stop| *stop) => break,
            };
        }
        match result {
            Ok(()) => self.close(),
            Err(error) => Err(self.failed(error).await),
        }
    }

    fn told(&mut self, told: Told) -> Result<(), JournalError> {
        let durable = self.durable.borrow().head.seq;
        match told {
            Told::Observed { observation, kept } => {
                let outcome = self.step(&Input::Observed(*observation))?;
                if let Some(kept) = kept {
                    self.agent.answer_kept(&outcome, durable, kept);
                }
            }
            Told::Ordered { order, answer } => {
                let outcome = self.step(&Input::Ordered(*order))?;
                self.agent.answer_order(outcome, durable, answer);
            }
            Told::Directed(directive) => {
                self.step(&Input::Directed(*directive))?;
            }
            Told::Noticed(condition) => {
                self.step(&Input::Noticed(condition))?;
            }
            Told::NoticedAndKept { condition, kept } => {
                let outcome = self.step(&Input::Noticed(condition))?;
                self.agent.answer_kept(&outcome, durable, kept);
            }
        }
        Ok(())
    }

    fn step(&mut self, input: &Input) -> Result<Outcome, JournalError> {
        let moment = self.surroundings.clock.moment();
        let quality = self.surroundings.clock.quality();
        let outcome = self.agent.step(moment.at, quality, input)?;
        if let Outcome::Entries { last, .. } = outcome {
            self.surroundings.gauges.set_head(last);
            self.slowness.appended(last, moment);
            if last >= self.snapshot_at {
                self.snapshot(last);
            }
        }
        Ok(outcome)
    }

    /// The journal told something: entries are durable, or nothing will be any more.
    fn settle(&mut self, journal_is_gone: bool) -> Result<(), JournalError> {
        let Durable { head, failure } = self.durable.borrow_and_update().clone();
        if let Some(failure) = failure {
            return Err(failure);
        }
        debug_assert!(!journal_is_gone, "the journal's thread lives as long as its writer");
        self.agent.durable(head.seq);
        self.slowness.durable(head.seq, self.surroundings.clock.moment());
        Ok(())
    }

    /// What is looked at each second: the clock, the disk, and the watchdog, which is fed here and nowhere else.
    fn second(&mut self) -> Result<(), JournalError> {
        let _ = sd_notify::notify(false, &[sd_notify::NotifyState::Watchdog]);
        let moment = self.surroundings.clock.moment();
        let step = moment.stepped_since(&self.last_moment);
        self.last_moment = moment;
        if let Some(by) = step {
            let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            tracing::warn!(by_ms, "the wall clock was set");
            self.step(&Input::Noticed(Condition::ClockStepped { by_ms }))?;
        }
        let quality = self.surroundings.clock.quality();
        if quality != self.last_quality {
            self.last_quality = quality;
            let synchronised = quality == ClockQuality::Synchronised;
            if quality != ClockQuality::Unknown {
                self.step(&Input::Noticed(Condition::ClockSync { synchronised }))?;
            }
        }
        // The loop looks at inputs before deadlines: without this, devices that never pause would put deadlines off for ever.
        if self.agent.checkpoint().next_deadline().is_some_and(|deadline| deadline <= moment.at) {
            self.step(&Input::TimePassed)?;
        }
        if let Some((slow, worst)) = self.slowness.changed(moment) {
            let worst_ms = u64::try_from(worst.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(slow, worst_ms, "recording");
            self.surroundings.gauges.set_recording(if slow {
                Recording::Slow
            } else {
                Recording::Ok
            });
            self.step(&Input::Noticed(Condition::RecordingSlow { slow, worst_ms }))?;
        }
        Ok(())
    }

    fn until_moment(&self, deadline: Timestamp) -> Duration {
        let wait = deadline.duration_since(self.surroundings.clock.now());
        // Never longer than a minute: a clock that is set forward must not be slept through.
        Duration::try_from(wait).unwrap_or(Duration::ZERO).min(Duration::from_secs(60))
    }

    fn snapshot(&mut self, seq: u64) {
        self.snapshot_at = seq.saturating_add(self.surroundings.snapshot_every);
        let checkpoint = self.agent.checkpoint().clone();
        let errands = self.errands.clone();
        // A copy of the state costs nothing; writing it out is not the loop's work.
        std::thread::spawn(move || {
            let saved =
                save_state(&checkpoint).map_err(|error| error.to_string()).and_then(|state| {
                    let snapshot = Snapshot { seq, format: super::STATE_FORMAT, state };
                    errands
                        .save_snapshot(snapshot)
                        .and_then(super::super::journal::Pending::wait)
                        .map_err(|error| error.to_string())
                });
            match saved {
                Ok(()) => tracing::debug!(seq, "snapshot kept"),
                Err(error) => {
                    tracing::warn!(seq, error, "no snapshot was kept; the next start takes longer");
                }
            }
        });
    }

    fn close(mut self) -> Result<(), LoopError> {
        let seq = self.agent.head().seq;
        if let Ok(state) = save_state(self.agent.checkpoint())
            && let Ok(pending) =
                self.errands.save_snapshot(Snapshot { seq, format: super::STATE_FORMAT, state })
        {
            // Closing the journal writes it; nobody waits for this one alone.
            drop(pending);
        }
        self.incoming.close();
        let mut agent = self.agent;
        let waiting = std::mem::take(&mut agent.waiting);
        agent.close()?;
        for waiting in waiting {
            waiting.answer.give();
        }
        Ok(())
    }

    /// Tells everybody that recording has failed, gives pages the time to hear it, and ends.
    async fn failed(mut self, error: JournalError) -> LoopError {
        tracing::error!(error = ?error, "recording has failed: nothing is decided any more");
        self.surroundings.gauges.set_recording(Recording::Failed);
        self.surroundings.live.tell_lost(&Lost { reason: format!("{error}: {}", error.cause()) });
        self.agent.recording_failed();
        self.incoming.close();
        tokio::time::sleep(LAST_WORDS).await;
        LoopError::Recording(error)
    }
}

/// How long the disk takes, and whether that is worrying.
#[derive(Debug, Default)]
struct Slowness {
    /// Appended and not durable, with the moment of appending.
    waiting: VecDeque<(u64, Duration)>,
    worst: Duration,
    slow: bool,
    well_since: Option<Duration>,
}

impl Slowness {
    fn appended(&mut self, seq: u64, now: Moment) {
        self.waiting.push_back((seq, now.since_start));
    }

    fn durable(&mut self, seq: u64, now: Moment) {
        while let Some((waiting, since)) = self.waiting.front().copied() {
            if waiting > seq {
                return;
            }
            self.waiting.pop_front();
            self.worst = self.worst.max(now.since_start.saturating_sub(since));
        }
    }

    /// Whether it became slow, or is well again; with the longest wait.
    fn changed(&mut self, now: Moment) -> Option<(bool, Duration)> {
        let oldest = self
            .waiting
            .front()
            .map_or(Duration::ZERO, |(_, since)| now.since_start.saturating_sub(*since));
        let worst = std::mem::take(&mut self.worst).max(oldest);
        if worst > WORRYING {
            self.well_since = None;
            return (!std::mem::replace(&mut self.slow, true)).then_some((true, worst));
        }
        let well_since = *self.well_since.get_or_insert(now.since_start);
        let well = now.since_start.saturating_sub(well_since) >= WELL_AGAIN;
        (well && std::mem::replace(&mut self.slow, false)).then_some((false, worst))
    }
}

/// A commit that takes longer is worrying: a hundred times what it takes on a good disk.
const WORRYING: Duration = Duration::from_secs(1);
/// So long without a worrying commit, recording is well again.
const WELL_AGAIN: Duration = Duration::from_secs(30);
/// So long pages have to hear that recording has failed.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use checkpoint::input::Observation;
    use checkpoint::input::observation::{Agreement, Radiation, RadiationSeen, Said};
    use jiff::SignedDuration;
    use units::Counts;

    use super::super::{Opened, Publisher, open};
    use super::*;
    use crate::config::Config;
    use crate::journal::Grouping;

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
id = \"portal-1\"
lane = \"1\"
title = \"Portal\"
dialect = \"tsa\"
connect = { tcp = \"127.0.0.1:1\" }
silence_limit_s = 15
";

    #[test]
    fn an_alarm_that_nobody_took_escalates_though_devices_never_pause() {
        let folder = tempfile::tempdir().unwrap();
        let limits = include_str!("../../tests/agent/limits.toml");
        let config = Config::parse(Path::new("site.toml"), &format!("{SITE}{limits}")).unwrap();
        let rules = Arc::new(crate::rules::rules(&config).unwrap());
        let Opened { journal, checkpoint, head, .. } =
            open(&folder.path().join("journal.db")).unwrap();
        let (follower, _publisher, durable, _heads) = Publisher::new(head);
        let (writer, errands) = journal.start(Grouping::default(), follower).unwrap();
        let live = Live::new(head.epoch, head.seq);
        let mut agent = Agent::new(checkpoint, rules, writer, live.clone());
        let clock = Clock::new(None);
        let started = Condition::Started { version: String::new(), config_digest: String::new() };
        let hour_ago = clock.now().checked_sub(SignedDuration::from_hours(1)).unwrap();
        let seen = RadiationSeen {
            radiation: Radiation::Gamma,
            agreement: Agreement::Agree,
            z: None,
            threshold: 6.into(),
            sum: Some(Counts(900)),
            background: None,
        };
        let device = "portal-1".to_owned().try_into().unwrap();
        let said = Said::RadiationSeen(seen);
        let input = Input::Observed(Observation { device, at: hour_ago, said });
        agent.step(hour_ago, ClockQuality::Unknown, &Input::Noticed(started.clone())).unwrap();
        agent.step(hour_ago, ClockQuality::Unknown, &input).unwrap();
        let gauges = Gauges::new(clock.clone(), head.epoch.to_string(), head.seq);
        let surroundings =
            Timing { clock: clock.clone(), gauges, live, snapshot_every: 1000, folded: 0, started };
        let (mut looping, _inbox) = Loop::new(agent, errands, durable, surroundings);
        let overdue = |looping: &Loop| {
            let deadline = looping.agent.checkpoint().next_deadline();
            deadline.is_some_and(|deadline| deadline <= clock.now())
        };
        assert!(overdue(&looping));
        // The look of each second comes before what devices say.
        looping.second().unwrap();
        assert!(!overdue(&looping));
    }
}
