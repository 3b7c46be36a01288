//! Retention: what may go from the journal is asked of the law, recorded, and then removed, in whole days from its beginning.
//!
//! ```text
//!   journal ──every entry──▶ Walker (checkpoint::retention) ──▶ what may go, what stands in the way
//!                                                                 │ only what the hub has
//!   JournalPurged is appended and durable ◀───────────────────────┘
//!        │
//!        └──▶ the prefix is trimmed in small steps, the state after it kept, free pages given back
//! ```
//!
//! It promises that nothing goes before the entry that says so is durable, and that a kill at any moment leaves a journal that is whole
//! from its first entry on: the next purge finishes what this one began. It deliberately decides nothing about the law, keeps nothing
//! in memory but the survey, and never hurries: an agent asks once a day.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use checkpoint::Checkpoint;
use checkpoint::decide::Rules;
use checkpoint::input::{Condition, Input};
use checkpoint::retention::{Answer, Keeping, KeepingError, Purge, Walker};
use jiff::{Timestamp, civil};
use tokio::sync::watch;

use crate::agent::{Agent, Inbox, OpenError, Opened, STATE_FORMAT, open, save_state};
use crate::clock::Clock;
use crate::config::PurgeSettings;
use crate::history::{self, HistoryError};
use crate::index::Index;
use crate::journal::{Errands, Grouping, JournalError, Reader, Snapshot};
use crate::terminal::live::Live;

/// What a look at a journal found.
#[derive(Debug)]
pub struct Survey {
    /// The first entry that is there.
    pub first_seq: u64,
    /// What the law says.
    pub answer: Answer,
    /// The last entry that the hub has; nothing after it was asked about.
    pub acknowledged: u64,
    /// What may go now, with the state after it; none if nothing may.
    pub free: Option<(Purge, Snapshot)>,
}

/// Retention that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PurgeError {
    /// The law or its computation.
    #[error(transparent)]
    Keeping(#[from] KeepingError),
    /// The journal's past.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be opened for writing.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The state cannot be written down.
    #[error("failed to write down the state after entry {seq}")]
    State {
        /// Which entry.
        seq: u64,
        /// Why.
        source: std::io::Error,
    },
    /// A day that no clock ever shows.
    #[error("{day} is no day that can be asked about")]
    Day {
        /// Which.
        day: civil::Date,
    },
}

/// Asks what may go. Only days before `before` are asked about, all if none is given. `present` is the state after the last entry; it is
/// folded if it is not at hand.
///
/// # Errors
///
/// [`PurgeError`] if the journal cannot be read or a term not be computed.
pub fn survey(
    reader: &Reader,
    rules: &Rules,
    settings: PurgeSettings,
    now: Timestamp,
    before: Option<civil::Date>,
    present: Option<&Checkpoint>,
) -> Result<Survey, PurgeError> {
    let (base, origin) = history::beginning(reader)?;
    let in_force = present.unwrap_or(&base);
    let keeping = Keeping::new(rules.clone(), in_force, settings.keeper, settings.unknown_end)?;
    let bound = match before {
        Some(day) => keeping.day_begins(day).ok_or(PurgeError::Day { day })?,
        None => Timestamp::MAX,
    };
    let acknowledged = reader.stats()?.acknowledged.hub;
    let mut walker = Walker::new(&keeping, base.clone(), now, bound, acknowledged);
    let mut folded = base.clone();
    let mut failed = None;
    history::each(reader, origin.seq, |kept, entry| {
        let followed = match entry {
            Some(entry) => {
                if present.is_none() {
                    folded.follow(entry);
                }
                walker.follow(entry)
            }
            None => walker.pass_over(kept.seq(), moment(kept.at_us())),
        };
        if let Err(error) = followed {
            failed = Some(error);
            return ControlFlow::Break(());
        }
        if walker.is_settled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let answer = walker.finish(present.unwrap_or(&folded))?;
    let free = match &answer.free {
        Some(free) => Some(purge(reader, base, origin.seq, free, &rules.edition.id)?),
        None => None,
    };
    Ok(Survey { first_seq: origin.seq.saturating_add(1), answer, acknowledged, free })
}

/// The prefix with the hash of its last entry, and the state after it.
fn purge(
    reader: &Reader,
    base: Checkpoint,
    origin: u64,
    free: &checkpoint::retention::Free,
    edition: &str,
) -> Result<(Purge, Snapshot), PurgeError> {
    let (mut state, mut hash) = (base, String::new());
    history::each(reader, origin, |kept, entry| {
        if let Some(entry) = entry {
            state.follow(entry);
        }
        if kept.seq() >= free.through_seq {
            hash = kept.hash().to_string();
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let seq = free.through_seq;
    let state = save_state(&state).map_err(|source| PurgeError::State { seq, source })?;
    let purge = Purge {
        through_seq: seq,
        through_hash: hash,
        kept_from: free.kept_from,
        rule: free.rule.clone(),
        article: free.article.clone(),
        edition: edition.to_owned(),
    };
    Ok((purge, Snapshot { seq, format: STATE_FORMAT, state }))
}

fn moment(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX)
}

/// What was removed.
#[derive(Debug)]
pub struct Done {
    /// What was found.
    pub survey: Survey,
    /// How many entries are gone.
    pub removed: u64,
}

/// Removes what may go from a journal that no agent has open.
///
/// # Errors
///
/// [`PurgeError`]; what is durable by then is a journal that is whole.
pub fn purge_closed(
    file: &Path,
    rules: &Arc<Rules>,
    settings: PurgeSettings,
    clock: &Clock,
    before: Option<civil::Date>,
) -> Result<Done, PurgeError> {
    let Opened { journal, checkpoint, head, .. } = open(file)?;
    let reader = journal.reader()?;
    let now = clock.now();
    let survey = survey(&reader, rules, settings, now, before, Some(&checkpoint))?;
    let Some((purge, base)) = &survey.free else { return Ok(Done { survey, removed: 0 }) };
    let (writer, errands) = journal.start(Grouping::default(), Box::new(|_| {}))?;
    keep_state(&errands, &checkpoint)?;
    let live = Live::new(head.epoch, head.seq);
    let mut agent = Agent::new(checkpoint, Arc::clone(rules), writer, live);
    let condition = Condition::JournalPurge(purge.clone());
    agent.step(now, clock.quality(), &Input::Noticed(condition))?;
    // Keeping the state comes after the entry in the same queue, so the entry is durable with it.
    keep_state(&errands, agent.checkpoint())?;
    let removed = errands.trim(purge.through_seq.saturating_add(1), Some(base.clone()))?.wait()?;
    errands.shrink()?.wait()?;
    agent.close()?;
    Ok(Done { survey, removed })
}

fn keep_state(errands: &Errands, checkpoint: &Checkpoint) -> Result<(), PurgeError> {
    let seq = checkpoint.seq();
    let state = save_state(checkpoint).map_err(|source| PurgeError::State { seq, source })?;
    Ok(errands.save_snapshot(Snapshot { seq, format: STATE_FORMAT, state })?.wait()?)
}

/// What the daily look needs.
pub(crate) struct Daily {
    pub(crate) reader: Reader,
    pub(crate) errands: Errands,
    pub(crate) rules: Arc<Rules>,
    pub(crate) settings: PurgeSettings,
    pub(crate) clock: Clock,
    pub(crate) inbox: Inbox,
    pub(crate) board: watch::Receiver<Arc<Checkpoint>>,
    /// It is told when entries are gone: nothing may be found that is not there.
    pub(crate) index: Option<Arc<Index>>,
}

/// Looks once a day, and removes what may go. What goes wrong is logged and tried again the next day.
pub(crate) async fn daily(mut daily: Daily) {
    tokio::time::sleep(FIRST).await;
    loop {
        let (back, looked) = match daily.look().await {
            Some(looked) => looked,
            None => return,
        };
        daily = back;
        match looked {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "entries whose keeping term is over were removed");
            }
            Err(error) => {
                let error = in_full(&error);
                tracing::warn!(error, "retention could not be done; it is tried again tomorrow");
            }
        }
        tokio::time::sleep(DAY).await;
    }
}

/// An error with its causes on one line.
fn in_full(error: &PurgeError) -> String {
    let mut text = error.to_string();
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        text = format!("{text}: {source}");
        cause = source;
    }
    text
}

impl Daily {
    /// One look; none if the agent is ending.
    async fn look(self) -> Option<(Daily, Result<u64, PurgeError>)> {
        let looked = tokio::task::spawn_blocking(move || {
            let present = Arc::clone(&self.board.borrow());
            let now = self.clock.now();
            let found = survey(&self.reader, &self.rules, self.settings, now, None, Some(&present));
            // What goes must be stood in for: an agent that was started lately may have kept no state yet.
            let found = found.and_then(|survey| {
                if survey.free.is_some() {
                    keep_state(&self.errands, &present)?;
                }
                Ok(survey)
            });
            (self, found)
        });
        let (daily, found) = looked.await.ok()?;
        let free = match found {
            Ok(survey) => survey.free,
            Err(error) => return Some((daily, Err(error))),
        };
        let Some((purge, base)) = free else { return Some((daily, Ok(0))) };
        let before = purge.through_seq.saturating_add(1);
        let recorded = daily.inbox.noticed_and_kept(Condition::JournalPurge(purge)).await.ok()?;
        // No answer means that recording has failed: then nothing may go.
        recorded.await.ok()?;
        let trimmed = match daily.errands.trim(before, Some(base)) {
            Ok(trimmed) => trimmed.await,
            Err(error) => Err(error),
        };
        if let Some(index) = &daily.index {
            index.nudge();
        }
        Some((daily, trimmed.map_err(PurgeError::from)))
    }
}

/// The first look waits until an agent that was just started has caught up with its devices and the hub.
const FIRST: Duration = Duration::from_secs(10 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests;
