//! The lookup index: plate, container, seal, waybill, document and act numbers, and the visits they belong to.
//!
//! It promises that a number as an officer types it (lower case, with blanks, with a Cyrillic В for a Latin B) finds
//! every visit of the journal that bears it, newest first; and that it never stands in anybody's way. It is a copy: no
//! fact lives in it alone (`docs/decisions/0004-the-index-may-be-lost.md`). Missing, damaged, stale, of another journal, or not closed
//! in order, it is thrown away and filled again from the journal, on a thread of its own, while lookups answer
//! with what is there and say how far it has come.
//!
//! It deliberately knows no event (a function that the caller supplies reads numbers from a body), removes nothing
//! (when retention has moved on it is made anew, so that it names nothing that is gone), and reports no error to
//! a lane: what is broken is rebuilt, and what cannot be rebuilt is told in [`Progress`].

mod filling;
mod key;
mod tree;

use std::{
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError, RwLock},
    thread::{self, JoinHandle},
};

use checkpoint::ids::VisitId;

pub use self::key::{Kind, fold};
use self::{filling::Filling, key::Key, tree::Tree};
use crate::journal::Reader;

/// Reads the numbers that an entry's body connects with visits.
pub type NumbersOf = Box<dyn Fn(&[u8]) -> Vec<Number> + Send>;

/// A number and the visit it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What kind of number it is.
    pub kind: Kind,
    /// The number, written as one likes; what comes out of a lookup is folded (see [`fold`]).
    pub text: String,
    /// The visit.
    pub visit: VisitId,
}

/// What a lookup found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Numbers that begin with what was looked for: kind by kind, exact ones first, then in order of their text, the
    /// newest visit first.
    pub numbers: Vec<Number>,
    /// How much of the journal the answer covers.
    pub progress: Progress,
}

/// How far the index has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Everything up to this entry can be found.
    pub indexed_seq: u64,
    /// The journal's last entry when this was last looked at.
    pub head_seq: u64,
    /// Why it was thrown away when it was opened, if it was.
    pub rebuilt: Option<String>,
    /// Why it cannot be filled, if it cannot: lookups then find nothing new.
    pub failed: Option<String>,
}

/// The index of one journal. Letting go of it closes it in order.
pub struct Index {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What lookups and the filling thread share.
struct Shared {
    /// Nothing while it is opened or thrown away.
    tree: RwLock<Option<Tree>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    progress: Progress,
    /// The journal has new entries.
    nudged: bool,
    /// A lookup met damage.
    damaged: Option<String>,
    closing: bool,
}

impl Index {
    /// Opens the index in `folder`, or makes it anew, on a thread of its own: this returns at once.
    ///
    /// `folder` belongs to the index alone and is emptied without asking. `cache_bytes` bounds what the store keeps in
    /// memory.
    pub fn open(
        folder: PathBuf,
        cache_bytes: u64,
        journal: Reader,
        numbers_of: NumbersOf,
    ) -> Result<Index, std::io::Error> {
        let shared = Arc::new(Shared {
            tree: RwLock::new(None),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let filling = Filling::new(folder, cache_bytes, journal, numbers_of, Arc::clone(&shared));
        let thread =
            thread::Builder::new().name("index".to_owned()).spawn(move || filling.run())?;
        Ok(Index { shared, thread: Some(thread) })
    }

    /// Says that the journal has new durable entries. It costs nothing and may be called for each of them.
    pub fn nudge(&self) {
        self.shared.update(|state| state.nudged = true);
    }

    /// Up to `limit` numbers that begin with `text`, of one kind or of all.
    pub fn find(&self, kind: Option<Kind>, text: &str, limit: usize) -> Found {
        let limit = limit.min(FIND_LIMIT);
        let tree = self.shared.tree.read().unwrap_or_else(PoisonError::into_inner);
        // The store panics on some damaged pages; that must not take a screen down.
        let found = tree.as_ref().map_or(Ok(Ok(Vec::new())), |tree| {
            panic::catch_unwind(AssertUnwindSafe(|| tree.find(&Key::prefixes(kind, text), limit)))
        });
        let damage = match found {
            Ok(Ok(numbers)) => return Found { numbers, progress: self.progress() },
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the store panicked at a lookup".to_owned(),
        };
        self.shared.update(|state| state.damaged = Some(damage));
        Found { numbers: Vec::new(), progress: self.progress() }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.shared.lock().progress.clone()
    }

    /// Waits until everything up to `seq` can be found; `false` if that will not happen.
    pub fn wait_for(&self, seq: u64) -> bool {
        self.nudge();
        let behind = |state: &mut State| {
            state.progress.indexed_seq < seq && state.progress.failed.is_none() && !state.closing
        };
        let state = self.shared.changed.wait_while(self.shared.lock(), behind);
        state.unwrap_or_else(PoisonError::into_inner).progress.indexed_seq >= seq
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.shared.update(|state| state.closing = true);
        if let Some(thread) = self.thread.take() {
            // A panic in there left the index unclosed, and the next opening rebuilds it.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

/// More lines than anybody reads.
pub const FIND_LIMIT: usize = 1000;

#[cfg(test)]
mod tests;
