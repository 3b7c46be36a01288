//! The agent's own hand: one document for each passage through a portal that is durable in the journal, whether a vehicle was known or not.
//!
//! ```text
//!   journal: entry 594, a vehicle was screened ----> alarms, background, sums, quality --+
//!   tape of the portal, two minutes before it on --> every interval ---------------------+--> 20260521T050023Z-portal-1-594.n42
//! ```
//!
//! It promises: whatever is in the journal becomes a document, also after a kill or a time without the folder, and becomes it once; a
//! document is whole or not there; and it disturbs nobody. It works on a thread of its own, behind the journal, and what it cannot
//! write is told in the status line of every page and tried again. Nothing waits for it but the end of the agent, and that for one document.
//!
//! Deliberately absent: evidence. Documents are made from the journal and go when they are old or many; the journal is the truth.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use checkpoint::event::{Entry, Event};
use checkpoint::ids::DeviceId;
use firmware_protocols::n42::write;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wire::entry::Decoded;

use super::folder::{Folder, Position, name_of, oldest};
use super::taped::taped;
use super::{About, Source, of_screening};
use crate::clock::Clock;
use crate::config::{Config, Instrument, N42Settings};
use crate::ingest::Tapes;
use crate::journal::{Entry as Kept, JournalError, Reader};
use crate::terminal::gauges::Gauges;
use crate::terminal::messages::Documents;

/// The thread that writes documents. Letting go of it ends the thread after the document that it is at.
pub struct Writing {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The journal has new entries.
    nudged: bool,
    closing: bool,
}

/// What is needed to write documents.
pub struct Parts {
    /// Where, and how many are kept.
    pub settings: N42Settings,
    /// The site's time.
    pub zone: TimeZone,
    /// How each portal speaks, and what is said of it.
    pub portals: HashMap<DeviceId, (Source, Instrument)>,
    /// The journal.
    pub journal: Reader,
    /// The tapes.
    pub tapes: Tapes,
    /// The folder of the tapes, with one for each device.
    pub taped: PathBuf,
    /// Where it is told how it does.
    pub gauges: Gauges,
    /// The clock.
    pub clock: Clock,
}

impl Parts {
    /// Those of a site that has documents written.
    pub fn of(
        config: &Config,
        settings: &N42Settings,
        journal: Reader,
        tapes: &Tapes,
        gauges: &Gauges,
        clock: &Clock,
    ) -> Parts {
        let portal = |line: &crate::config::DeviceLine| {
            (line.device.id.clone(), (Source::of(line), line.instrument.clone()))
        };
        Parts {
            settings: settings.clone(),
            // The zone was looked up when the configuration was checked.
            zone: TimeZone::get(&config.site.zone).unwrap_or(TimeZone::UTC),
            portals: config.lines.iter().map(portal).collect(),
            journal,
            tapes: Arc::clone(tapes),
            taped: config.data_dir.join("tapes"),
            gauges: gauges.clone(),
            clock: clock.clone(),
        }
    }
}

impl Writing {
    /// Begins with what the journal has and the folder has not, on a thread of its own: this returns at once.
    pub fn start(parts: Parts) -> io::Result<Writing> {
        let shared = Arc::new(Shared::default());
        let folder = Folder::new(parts.settings.folder.clone());
        if parts.settings.is_made
            && let Err(error) = std::fs::create_dir_all(folder.path())
        {
            // Told again, on every page, by whoever writes there.
            tracing::error!(%error, folder = %folder.path().display(), "no folder for the documents of passages");
        }
        parts.gauges.set_documents(Documents::Ok);
        let hand = Hand {
            parts,
            folder,
            position: None,
            since_look: None,
            written: 0,
            shared: Arc::clone(&shared),
        };
        let gauges = hand.parts.gauges.clone();
        let thread = std::thread::Builder::new().name("n42".to_owned()).spawn(move || {
            if std::panic::catch_unwind(AssertUnwindSafe(|| hand.run())).is_err() {
                tracing::error!(
                    "what writes documents of passages broke down; the next start goes on with it"
                );
                gauges.set_documents(Documents::Failed);
            }
        })?;
        Ok(Writing { shared, thread: Some(thread) })
    }

    /// Says that the journal has new durable entries. It costs nothing and may be called for each of them.
    pub fn nudge(&self) {
        self.shared.lock().nudged = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It does not panic: what breaks down in there is told.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closing(&self) -> bool {
        self.lock().closing
    }

    /// Waits for new entries, or for the time to look by itself.
    fn wait(&self) {
        let idle = |state: &mut State| !state.nudged && !state.closing;
        let waited = self.changed.wait_timeout_while(self.lock(), LOOK_EVERY, idle);
        waited.unwrap_or_else(PoisonError::into_inner).0.nudged = false;
    }

    /// Waits, whatever the journal has, unless the agent ends.
    fn pause(&self, long: Duration) {
        let goes_on = |state: &mut State| !state.closing;
        // Whether it ended early is looked at by whoever goes on.
        drop(self.changed.wait_timeout_while(self.lock(), long, goes_on));
    }
}

/// Why nothing is written.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The folder.
    #[error("failed to {step} in {}", folder.display())]
    Folder { step: &'static str, folder: PathBuf, source: io::Error },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Trouble {
    /// As a page tells it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a page tells what an officer can pass on; the log tells the rest"
    )]
    fn told(&self) -> Documents {
        match self {
            Trouble::Journal(_) => Documents::Failed,
            Trouble::Folder { source, .. } => match source.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => Documents::NoFolder,
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Documents::NoSpace,
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    Documents::NotAllowed
                }
                _ => Documents::Failed,
            },
        }
    }
}

struct Hand {
    parts: Parts,
    folder: Folder,
    /// How far the journal is written; not known before the folder was looked at.
    position: Option<Position>,
    /// Bytes that came to the folder since old documents were looked for, and when that was; never yet in this life of the agent.
    since_look: Option<(u64, Timestamp)>,
    /// Passages that have their documents in this life of the agent.
    written: u64,
    shared: Arc<Shared>,
}

impl Hand {
    fn run(mut self) {
        let mut told = Documents::Ok;
        while !self.shared.is_closing() {
            let state = match self.catch_up() {
                Ok(()) => Documents::Ok,
                Err(trouble) => {
                    // The folder may be another one when it is back.
                    (self.position, self.since_look) = (None, None);
                    let state = trouble.told();
                    if state != told {
                        let why = anyhow::Error::from(trouble);
                        tracing::error!("documents of passages are not written: {why:#}");
                    }
                    state
                }
            };
            if state == Documents::Ok && told != state {
                tracing::info!("documents of passages are written again");
            }
            told = state;
            self.parts.gauges.set_documents(state);
            if state == Documents::Ok {
                self.shared.wait();
            } else {
                self.shared.pause(TRY_AGAIN);
            }
        }
    }

    /// Writes what the journal has and the folder has not.
    fn catch_up(&mut self) -> Result<(), Trouble> {
        self.in_folder("look", Folder::is_there)?;
        let mut position = self.position()?;
        self.forget()?;
        while !self.shared.is_closing() {
            let entries = self.parts.journal.scan(position.seq.saturating_add(1), SCAN)?;
            if entries.is_empty() {
                break;
            }
            let before = self.written;
            let done = entries.iter().try_for_each(|entry| self.entry(entry, &mut position));
            // Said once for many, also of those before what could not be written; a kill in between costs nothing: names are there.
            if self.written != before {
                self.in_folder("say how far documents are written", |folder| {
                    folder.keep_position(position)
                })?;
            }
            done?;
            self.position = Some(position);
        }
        Ok(())
    }

    /// Writes what is to be written of an entry, and goes on behind it, unless the agent ends.
    fn entry(&mut self, entry: &Kept, position: &mut Position) -> Result<(), Trouble> {
        if self.shared.is_closing() {
            return Ok(());
        }
        match wire::entry::decode(entry.body()) {
            Ok(Decoded::Entry(entry)) => self.document(&entry, *position)?,
            // What a newer release wrote is no passage that this one knows.
            Ok(Decoded::Newer { .. }) => {}
            Err(error) => {
                tracing::error!(seq = entry.seq(), %error, "an entry cannot be read, and has no document");
            }
        }
        position.seq = entry.seq();
        Ok(())
    }

    /// Where to go on. A folder that says nothing of this journal gets what it would have kept of it.
    fn position(&self) -> Result<Position, Trouble> {
        if let Some(position) = self.position {
            return Ok(position);
        }
        let stats = self.parts.journal.stats()?;
        let said = self.in_folder("read how far documents are written", Folder::position)?;
        if let Some(position) = said
            && position.epoch == stats.head.epoch
            && position.seq <= stats.head.seq
        {
            return Ok(position);
        }
        let oldest = oldest(self.parts.clock.now(), self.parts.settings.max_days).as_microsecond();
        // Entries stand in the order of time: half of what is left is passed over at each look.
        let (mut low, mut high) = (stats.first_seq, stats.head.seq.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.parts.journal.scan(middle, 1)?.first() {
                Some(entry) if entry.at_us() < oldest => low = middle + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(Position { epoch: stats.head.epoch, seq: low.saturating_sub(1) })
    }

    /// Writes the document of an entry, if it tells of a passage.
    fn document(&mut self, entry: &Entry, position: Position) -> Result<(), Trouble> {
        let Event::VehicleScreened { device, screening, .. } = &entry.event else { return Ok(()) };
        let began = screening.began;
        let name = name_of(device, began, entry.seq);
        let (source, instrument) = match self.parts.portals.get(device) {
            Some((source, instrument)) => (Some(source), instrument.clone()),
            // It is no part of the site any more: nobody knows how it spoke.
            None => (None, Instrument::default()),
        };
        let taped = source.and_then(|source| {
            let tape = self.parts.tapes.get(device).map(AsRef::as_ref);
            taped(tape, &self.parts.taped.join(device.as_str()), source, screening)
        });
        let zone = self.parts.zone.clone();
        let about = About { instrument, zone, spectra: self.parts.settings.spectra };
        let mut document = of_screening(device, screening, taped.as_ref(), &about);
        document.remarks.push(format!(
            "Alarms, background, sums and quality are those of entry {} of the journal {}.{}",
            entry.seq,
            position.epoch,
            if taped.as_ref().is_some_and(|(_, lines)| !lines.is_empty()) {
                " The intervals are those of the recording of the line."
            } else {
                ""
            },
        ));
        let bytes =
            self.in_folder("write a document", |folder| folder.put(&name, &write(&document)))?;
        self.written = self.written.saturating_add(1);
        if let Some((grown, _)) = &mut self.since_look {
            *grown = grown.saturating_add(bytes);
        }
        self.forget()?;
        // After a long time without the folder there is much to write, and the journal needs the disk first.
        self.shared.pause(REST);
        Ok(())
    }

    /// Removes what is too old or too much: at the start, once a day, and before the folder can have grown beyond its bound.
    fn forget(&mut self) -> Result<(), Trouble> {
        let now = self.parts.clock.now();
        let bound = u64::from(self.parts.settings.max_mb) * 1_000_000;
        let room = bound / ROOM;
        let is_due = self.since_look.is_none_or(|(grown, at)| {
            grown >= room || now.duration_since(at).abs() >= SignedDuration::from_hours(24)
        });
        if is_due {
            let oldest = oldest(now, self.parts.settings.max_days);
            self.in_folder("remove old documents", |folder| {
                folder.forget(oldest, bound.saturating_sub(room))
            })?;
            self.since_look = Some((0, now));
        }
        Ok(())
    }

    fn in_folder<T>(
        &self,
        step: &'static str,
        act: impl FnOnce(&Folder) -> io::Result<T>,
    ) -> Result<T, Trouble> {
        let folder = self.folder.path();
        act(&self.folder).map_err(|source| Trouble::Folder {
            step,
            folder: folder.to_owned(),
            source,
        })
    }
}

/// Without news the folder is looked at so often: one that is gone is told.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After trouble it is tried again so soon, and not at each of the entries that come meanwhile.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// Between two documents.
const REST: Duration = Duration::from_millis(20);
/// Entries that are read at once.
const SCAN: usize = 500;
/// The folder is cleared down to all but this part of its bound, so that it need not be looked through for each document.
const ROOM: u64 = 20;
