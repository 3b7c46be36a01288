//! The queue between the loop and the writer's thread: bounded, in order, and it knows when waiting any longer is wrong.

use std::{
    collections::VecDeque,
    future::IntoFuture,
    mem,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;
use wire::chain::{Head, SignedHead};

use super::{Cause, Cursor, Entry, Grouping, JournalError, Snapshot, Urgency};

/// An answer that comes when the work is durable. Whoever does not care lets it go.
#[must_use = "what was asked for is durable only when this has answered; drop it explicitly if nobody waits"]
#[derive(Debug)]
pub struct Pending<T> {
    answer: oneshot::Receiver<Result<T, JournalError>>,
    path: PathBuf,
}

impl<T> Pending<T> {
    /// Blocks this thread until the answer is there. Not for a thread that runs futures: `.await` it there.
    pub fn wait(self) -> Result<T, JournalError> {
        self.answer.blocking_recv().unwrap_or_else(|_| Err(closed(&self.path)))
    }
}

impl<T: Send + 'static> IntoFuture for Pending<T> {
    type Output = Result<T, JournalError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.answer.await.unwrap_or_else(|_| Err(closed(&self.path))) })
    }
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, JournalError>>;

/// What goes into the next transaction.
pub(super) enum Work {
    Append { entries: Vec<Entry>, done: Answer<Head> },
    Acknowledge { cursor: Cursor, seq: u64, done: Answer<u64> },
    Snapshot { snapshot: Snapshot, done: Answer<()> },
    Sign { head: SignedHead, done: Answer<()> },
}

/// What is done in small steps when no transaction is due.
pub(super) enum Chore {
    /// Remove the entries before `before`; `removed` so far.
    Trim(Trim),
    /// Give free pages back to the file system.
    Vacuum { done: Option<Answer<()>> },
    /// Move the log into the file.
    Checkpoint,
}

/// What retention asked for, and how far it has come.
pub(super) struct Trim {
    /// The first entry that stays.
    pub(super) before: u64,
    /// The state after the last entry that goes.
    pub(super) base: Option<Snapshot>,
    /// How many have gone.
    pub(super) removed: u64,
    pub(super) done: Answer<u64>,
}

/// What the writer's thread does next.
pub(super) enum Turn {
    Commit(Vec<Work>),
    Chore(Chore),
    End,
}

pub(super) struct Queue {
    path: PathBuf,
    grouping: Grouping,
    waiting: Mutex<Waiting>,
    /// Something came for the writer.
    work: Condvar,
    /// The writer took something.
    room: Condvar,
}

#[derive(Default)]
struct Waiting {
    work: VecDeque<Work>,
    entries: usize,
    bytes: usize,
    urgent: bool,
    chores: VecDeque<Chore>,
    closing: bool,
    failed: Option<JournalError>,
}

impl Queue {
    pub(super) fn new(path: &Path, grouping: Grouping) -> Queue {
        Queue {
            path: path.to_owned(),
            grouping,
            waiting: Mutex::default(),
            work: Condvar::new(),
            room: Condvar::new(),
        }
    }

    pub(super) fn pending<T>(&self) -> (Answer<T>, Pending<T>) {
        let (done, answer) = oneshot::channel();
        (done, Pending { answer, path: self.path.clone() })
    }

    /// Puts work at the end; waits while the queue is full, but for positions and signatures: they are small, there are few for each
    /// batch that the hub takes, and who brings them must not stand still with the disk.
    pub(super) fn push(&self, work: Work, urgency: Urgency) -> Result<(), JournalError> {
        let (entries, bytes) = match &work {
            Work::Append { entries, .. } => {
                (entries.len(), entries.iter().map(|entry| entry.body().len()).sum())
            }
            Work::Snapshot { snapshot, .. } => (1, snapshot.state.len()),
            Work::Acknowledge { .. } | Work::Sign { .. } => (1, 0),
        };
        let limit = match urgency {
            Urgency::MayWait => self.grouping.queue_entries,
            Urgency::AtOnce => self.grouping.queue_entries.saturating_mul(2),
        };
        let patient = matches!(work, Work::Append { .. } | Work::Snapshot { .. });
        let full = |waiting: &mut Waiting| {
            patient && waiting.entries > 0 && waiting.entries + entries > limit && !waiting.ended()
        };
        let mut waiting =
            self.room.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        waiting.open(&self.path)?;
        waiting.work.push_back(work);
        waiting.entries += entries;
        waiting.bytes += bytes;
        waiting.urgent |= urgency == Urgency::AtOnce;
        self.work.notify_one();
        Ok(())
    }

    pub(super) fn push_chore(&self, chore: Chore) -> Result<(), JournalError> {
        let mut waiting = self.lock();
        waiting.open(&self.path)?;
        waiting.chores.push_back(chore);
        self.work.notify_one();
        Ok(())
    }

    /// A chore that has steps left goes before the others. Only the writer's thread calls this.
    pub(super) fn put_back(&self, chore: Chore) {
        self.lock().chores.push_front(chore);
    }

    /// Waits for the next turn. After a commit, a chore may take one step even if work is waiting, so that retention
    /// gets on while entries keep coming; it never goes before anything urgent.
    ///
    /// A commit takes all that waits, not only a group's worth: so an urgent entry never stands behind two commits.
    pub(super) fn next(&self, after_commit: bool) -> Turn {
        let nothing = |waiting: &mut Waiting| {
            waiting.work.is_empty() && waiting.chores.is_empty() && !waiting.closing
        };
        let mut waiting =
            self.work.wait_while(self.lock(), nothing).unwrap_or_else(PoisonError::into_inner);
        let chore_first = waiting.work.is_empty() || after_commit && !waiting.urgent;
        if chore_first
            && !waiting.closing
            && let Some(chore) = waiting.chores.pop_front()
        {
            return Turn::Chore(chore);
        }
        if waiting.work.is_empty() {
            return Turn::End;
        }
        let can_wait = |waiting: &mut Waiting| {
            !waiting.urgent
                && !waiting.closing
                && waiting.entries < self.grouping.entries
                && waiting.bytes < self.grouping.bytes
        };
        (waiting, _) = self
            .work
            .wait_timeout_while(waiting, self.grouping.wait, can_wait)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.entries = 0;
        waiting.bytes = 0;
        waiting.urgent = false;
        let work = mem::take(&mut waiting.work);
        self.room.notify_all();
        Turn::Commit(work.into())
    }

    /// Whether the loop still has work to give; the writer ends when all that was given is done.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.wake();
    }

    /// From now on everything is refused with this error. The first one stays.
    pub(super) fn fail(&self, error: &JournalError) {
        self.lock().failed.get_or_insert_with(|| error.clone());
        self.refuse_the_rest(error);
    }

    /// The writer's thread has done what it was given, and ends. A chore that has steps left is refused: retention
    /// goes on where it stopped when it is asked again.
    pub(super) fn finish(&self) {
        self.lock().closing = true;
        self.refuse_the_rest(&closed(&self.path));
    }

    fn refuse_the_rest(&self, error: &JournalError) {
        let (work, chores) = {
            let mut waiting = self.lock();
            (mem::take(&mut waiting.work), mem::take(&mut waiting.chores))
        };
        for work in work {
            work.refuse(error);
        }
        for chore in chores {
            match chore {
                Chore::Trim(trim) => drop(trim.done.send(Err(error.clone()))),
                Chore::Vacuum { done: Some(done) } => drop(done.send(Err(error.clone()))),
                Chore::Vacuum { done: None } | Chore::Checkpoint => {}
            }
        }
        self.wake();
    }

    pub(super) fn failure(&self) -> Option<JournalError> {
        self.lock().failed.clone()
    }

    fn wake(&self) {
        self.work.notify_all();
        self.room.notify_all();
    }

    /// A thread that panicked while it held the lock left plain numbers behind; they are as good as before.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn ended(&self) -> bool {
        self.closing || self.failed.is_some()
    }

    fn open(&self, path: &Path) -> Result<(), JournalError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None if self.closing => Err(closed(path)),
            None => Ok(()),
        }
    }
}

impl Work {
    /// Tells whoever waits that it did not happen. Nobody may be waiting any more, and that is fine.
    pub(super) fn refuse(self, error: &JournalError) {
        let _ = match self {
            Work::Append { done, .. } => done.send(Err(error.clone())).is_ok(),
            Work::Acknowledge { done, .. } => done.send(Err(error.clone())).is_ok(),
            Work::Snapshot { done, .. } | Work::Sign { done, .. } => {
                done.send(Err(error.clone())).is_ok()
            }
        };
    }
}

fn closed(path: &Path) -> JournalError {
    JournalError::new("use", path, Cause::Closed)
}
