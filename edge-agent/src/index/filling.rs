//! The thread that fills the index from the journal: at start whatever is missing, then whatever is new.

use std::{
    fs, io,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

use super::{
    NumbersOf, Shared,
    tree::{Coverage, Tree},
};
use crate::journal::{JournalError, Reader};

pub(super) struct Filling {
    folder: PathBuf,
    cache_bytes: u64,
    journal: Reader,
    numbers_of: NumbersOf,
    shared: Arc<Shared>,
}

/// Why filling stopped.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// The tree is not to be believed: throw it away and begin again.
    #[error("{0}")]
    Damaged(String),
    /// Retention took the beginning of the journal away: what is left is taken in anew, so that nothing names what is gone.
    #[error("retention has moved on since it was made")]
    Shortened,
    /// The journal cannot be read; the index can do nothing about that.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The folder cannot be emptied or written.
    #[error("failed to make the lookup index in {}: {source}", folder.display())]
    Folder { folder: PathBuf, source: io::Error },
}

impl From<sled::Error> for Stop {
    fn from(error: sled::Error) -> Stop {
        Stop::Damaged(error.to_string())
    }
}

impl Filling {
    pub(super) fn new(
        folder: PathBuf,
        cache_bytes: u64,
        journal: Reader,
        numbers_of: NumbersOf,
        shared: Arc<Shared>,
    ) -> Filling {
        Filling { folder, cache_bytes, journal, numbers_of, shared }
    }

    /// Works until the index is closed. A tree that fails again and again is given up.
    pub(super) fn run(self) {
        let mut anew = false;
        let mut damages = 0;
        while damages < ATTEMPTS {
            // sled panics on some damage instead of answering with an error.
            let ended = panic::catch_unwind(AssertUnwindSafe(|| self.work(anew)));
            let why = match ended {
                Ok(Ok(())) => return,
                Ok(Err(stop @ Stop::Shortened)) => {
                    tracing::info!(folder = %self.folder.display(), "the lookup index is made anew: retention has moved on");
                    self.begin_anew(stop.to_string());
                    anew = true;
                    continue;
                }
                Ok(Err(Stop::Damaged(why))) => why,
                Ok(Err(stop)) => return self.give_up(&in_full(&stop)),
                Err(_) => "the store panicked".to_owned(),
            };
            tracing::warn!(folder = %self.folder.display(), why, "the lookup index is rebuilt");
            self.begin_anew(why);
            anew = true;
            damages += 1;
        }
        self.give_up("it was damaged again each time that it was rebuilt");
    }

    fn begin_anew(&self, why: String) {
        self.shared.update(|state| {
            state.progress.rebuilt = Some(why);
            state.progress.indexed_seq = 0;
            state.damaged = None;
        });
    }

    fn give_up(&self, why: &str) {
        tracing::error!(folder = %self.folder.display(), why, "the lookup index cannot be filled");
        self.close_tree();
        self.shared.update(|state| state.progress.failed = Some(why.to_owned()));
    }

    /// Opens or makes the tree, follows the journal until the index is closed, and closes the tree in order.
    fn work(&self, anew: bool) -> Result<(), Stop> {
        self.close_tree();
        if anew {
            self.throw_away()?;
        }
        let new = !self.folder.join(TREE).exists();
        let tree = self.open_tree()?;
        let covered = tree.begin()?;
        let stats = self.journal.stats()?;
        let mut coverage = match covered {
            Some(covered) if covered.epoch != stats.head.epoch => {
                return Err(Stop::Damaged("it belongs to another journal".to_owned()));
            }
            Some(covered) if covered.last_seq > stats.head.seq => {
                return Err(Stop::Damaged("it knows more than the journal".to_owned()));
            }
            Some(covered) if covered.first_seq != stats.first_seq => {
                return Err(Stop::Shortened);
            }
            Some(covered) => covered,
            None if new => Coverage {
                epoch: stats.head.epoch,
                first_seq: stats.first_seq,
                last_seq: stats.first_seq.saturating_sub(1),
            },
            None => return Err(Stop::Damaged("it was not closed in order".to_owned())),
        };
        self.shared.update(|state| state.nudged = true);
        *self.shared.tree.write().unwrap_or_else(PoisonError::into_inner) = Some(tree);
        while self.wait_for_news()? {
            self.catch_up(&mut coverage)?;
        }
        self.with_tree(|tree| tree.end(&coverage))?;
        self.close_tree();
        Ok(())
    }

    /// Takes in what the journal has and the tree has not.
    fn catch_up(&self, coverage: &mut Coverage) -> Result<(), Stop> {
        let stats = self.journal.stats()?;
        if stats.first_seq != coverage.first_seq {
            return Err(Stop::Shortened);
        }
        let head_seq = stats.head.seq;
        loop {
            let entries = self.journal.scan(coverage.last_seq.saturating_add(1), STEP)?;
            if let Some(last) = entries.last() {
                let numbers: Vec<_> =
                    entries.iter().flat_map(|entry| (self.numbers_of)(entry.body())).collect();
                self.with_tree(|tree| tree.put(&numbers))?;
                coverage.last_seq = last.seq();
            }
            let mut stop = false;
            self.shared.update(|state| {
                state.progress.indexed_seq = coverage.last_seq;
                state.progress.head_seq = head_seq.max(coverage.last_seq);
                stop = state.closing || state.damaged.is_some();
            });
            if stop || entries.is_empty() {
                return Ok(());
            }
        }
    }

    /// Waits for new entries; `false` when the index is closed.
    fn wait_for_news(&self) -> Result<bool, Stop> {
        let mut state = self
            .shared
            .changed
            .wait_while(self.shared.lock(), |state| {
                !state.nudged && !state.closing && state.damaged.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        state.nudged = false;
        match state.damaged.take() {
            Some(why) => Err(Stop::Damaged(why)),
            None => Ok(!state.closing),
        }
    }

    fn with_tree<T>(&self, act: impl FnOnce(&Tree) -> Result<T, sled::Error>) -> Result<T, Stop> {
        let tree = self.shared.tree.read().unwrap_or_else(PoisonError::into_inner);
        match tree.as_ref() {
            Some(tree) => Ok(act(tree)?),
            None => Err(Stop::Damaged("it was closed while it was filled".to_owned())),
        }
    }

    fn close_tree(&self) {
        *self.shared.tree.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens the store. One that was closed a moment ago may keep its lock for a moment longer.
    fn open_tree(&self) -> Result<Tree, Stop> {
        let mut attempt = 0;
        loop {
            match Tree::open(&self.folder.join(TREE), self.cache_bytes) {
                Ok(tree) => return Ok(tree),
                Err(sled::Error::Io(source)) if attempt < LOCK_ATTEMPTS && is_lock(&source) => {
                    attempt += 1;
                    thread::sleep(Duration::from_millis(50));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn throw_away(&self) -> Result<(), Stop> {
        match fs::remove_dir_all(self.folder.join(TREE)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(Stop::Folder { folder: self.folder.clone(), source })
            }
            _ => Ok(()),
        }
    }
}

fn is_lock(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

fn in_full(stop: &Stop) -> String {
    let mut text = stop.to_string();
    let mut cause: &dyn std::error::Error = stop;
    while let Some(source) = cause.source() {
        text = format!("{text}: {source}");
        cause = source;
    }
    text
}

/// sled's own folder within ours: what is thrown away is this and nothing else.
const TREE: &str = "tree";
/// Entries that are read and put in at a time.
const STEP: usize = 500;
/// So many damages in the life of one process come from the disk, and rebuilding will not help.
const ATTEMPTS: usize = 3;
const LOCK_ATTEMPTS: usize = 100;
