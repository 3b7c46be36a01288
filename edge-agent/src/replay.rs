//! Plays captures and tapes through the production pipeline: the same decoders, the same occupancies, the same `decide` and `after`, in
//! the time of the recording.
//!
//! The same recording under the same configuration gives the same entries, on every machine, at every speed: nothing here reads a clock
//! or draws a number. It writes no journal and tells no hub.

mod traffic;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use checkpoint::Checkpoint;
use checkpoint::decide::{Rules, decide};
use checkpoint::event::Entry;
use checkpoint::ids::DeviceId;
use checkpoint::input::observation::{Health, Said};
use checkpoint::input::{ClockQuality, Condition, Input};
use firmware_protocols::portal::daily::{FileDay, lines, split_daily_line};
use jiff::{SignedDuration, Timestamp};

use crate::clock::Moment;
use crate::config::DeviceLine;
use crate::daily::Misread;
use crate::ingest::health::FaultCount;
use crate::ingest::observe::{Heard, Pipeline};
use crate::tape::{Record, TapeError, TapeReader};

/// Bytes of one device, and when they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// When.
    pub at: Timestamp,
    /// From whom.
    pub device: DeviceId,
    /// What.
    pub bytes: Vec<u8>,
}

/// A recording that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The tape cannot be read.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// The log of what was said and heard has a line that is none.
    #[error("{}:{line}: {why}; such a line is {{\"at\":\"2026-05-21T05:00:00Z\",\"device\":\"seal-1\",\"way\":\"said\",\"bytes\":\"2838\"}}", path.display())]
    Traffic {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A moment beyond what can be told.
    #[error("{}: a moment of {at_us} us is none", path.display())]
    Moment {
        /// Which file.
        path: PathBuf,
        /// The number.
        at_us: i64,
    },
    /// The configuration has no such device.
    #[error("the configuration has no device {device}; it has {known}")]
    NoDevice {
        /// Which was asked for.
        device: String,
        /// Which there are.
        known: String,
    },
}

/// Reads a tape, a daily file of a portal, or what this device said of a log of traffic, and answers which lines of it were not understood. A tape
/// names its device; a daily file does not, and one whose lines tell the time of day only needs its day.
pub fn pieces(
    path: &Path,
    device: &DeviceId,
    day: Option<FileDay>,
) -> Result<(Vec<Piece>, Misread), RecordingError> {
    if is_tape(path)? {
        let records = TapeReader::open(path)?;
        let pieces = records
            .map(|record| piece(path, device, record?))
            .collect::<Result<_, RecordingError>>()?;
        return Ok((pieces, Misread::default()));
    }
    let file = std::fs::read(path)
        .map_err(|source| RecordingError::File { path: path.to_owned(), source })?;
    if file.starts_with(b"{") {
        return Ok((traffic::said_by(path, &file, device)?, Misread::default()));
    }
    let (mut pieces, mut misread) = (Vec::new(), Misread::default());
    for (number, line) in lines(&file) {
        match split_daily_line(line, day) {
            Ok((at, live)) => {
                let bytes = [live, b"\r\n"].concat();
                pieces.push(Piece { at, device: device.clone(), bytes });
            }
            Err(fault) => misread.add(number, line, day, &fault),
        }
    }
    Ok((pieces, misread))
}

/// The piece that a record of a tape is.
pub fn piece(path: &Path, device: &DeviceId, record: Record) -> Result<Piece, RecordingError> {
    let at = Timestamp::from_microsecond(record.at_us)
        .map_err(|_| RecordingError::Moment { path: path.to_owned(), at_us: record.at_us })?;
    Ok(Piece { at, device: device.clone(), bytes: record.bytes })
}

/// Whether a recording is a tape, by its beginning.
pub fn is_tape(path: &Path) -> Result<bool, RecordingError> {
    let mut begin = [0; 2];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut begin));
    let read = read.map_err(|source| RecordingError::File { path: path.to_owned(), source })?;
    // Tapes are gzip files, and a daily file is text.
    Ok(read == 2 && begin == [0x1f, 0x8b])
}

/// Plays pieces to a checkpoint of its own.
pub struct Player {
    rules: Rules,
    checkpoint: Checkpoint,
    pipelines: BTreeMap<DeviceId, (Pipeline, FaultCount)>,
    /// Whose pieces are whole messages, because their transport keeps messages apart.
    messages: BTreeSet<DeviceId>,
    now: Timestamp,
}

impl Player {
    /// A checkpoint that begins at `begin`, with all its devices online.
    pub fn new(rules: Rules, lines: &[DeviceLine], begin: Timestamp) -> Player {
        let pipelines = lines
            .iter()
            .map(|line| {
                (line.device.id.clone(), (Pipeline::of_recording(line), FaultCount::default()))
            })
            .collect();
        let messages = lines
            .iter()
            .filter(|line| line.says_whole_messages())
            .map(|line| line.device.id.clone())
            .collect();
        Player { rules, checkpoint: Checkpoint::default(), pipelines, messages, now: begin }
    }

    /// What is known by now.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The agent starts and its devices come online.
    pub fn begin(&mut self) -> Vec<Entry> {
        let started = Condition::Started {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            config_digest: String::new(),
        };
        let mut entries = self.decided(&Input::Noticed(started));
        let devices: Vec<DeviceId> = self.pipelines.keys().cloned().collect();
        for device in devices {
            entries.extend(
                self.said(&device, vec![Said::Health(Health::Online, "replayed".to_owned())]),
            );
        }
        entries
    }

    /// What follows from one piece, and from the time that passed before it. Pieces come in the order of their moments.
    pub fn play(&mut self, piece: &Piece) -> Vec<Entry> {
        let mut entries = self.until(piece.at);
        self.now = self.now.max(piece.at);
        let Some((pipeline, faults)) = self.pipelines.get_mut(&piece.device) else {
            return entries;
        };
        let now = Moment::recorded(self.now);
        let heard = if self.messages.contains(&piece.device) {
            pipeline.document(now, &piece.bytes)
        } else {
            pipeline.bytes(now, &piece.bytes)
        };
        let said = with_faults(heard, faults, self.now);
        entries.extend(self.said(&piece.device, said));
        entries
    }

    /// What follows from time alone, up to `moment`.
    pub fn until(&mut self, moment: Timestamp) -> Vec<Entry> {
        let mut entries = Vec::new();
        // A deadline that nothing answers must not hold the recording up.
        for _ in 0..MOST_DEADLINES {
            let pipeline = self
                .pipelines
                .iter()
                .filter_map(|(device, (pipeline, _))| Some((pipeline.deadline()?, device.clone())))
                .min();
            let rule = self.checkpoint.next_deadline();
            let next = pipeline.as_ref().map(|(at, _)| *at).into_iter().chain(rule).min();
            let Some(next) = next.filter(|next| *next <= moment) else { return entries };
            self.now = self.now.max(next);
            match pipeline.filter(|(at, _)| *at == next) {
                Some((_, device)) => {
                    let now = self.now;
                    let Some((pipeline, faults)) = self.pipelines.get_mut(&device) else {
                        return entries;
                    };
                    let said =
                        with_faults(pipeline.time_passed(Moment::recorded(now)), faults, now);
                    entries.extend(self.said(&device, said));
                }
                None => {
                    let followed = self.decided(&Input::TimePassed);
                    if followed.is_empty() && self.checkpoint.next_deadline() == rule {
                        return entries;
                    }
                    entries.extend(followed);
                }
            }
        }
        entries
    }

    fn said(&mut self, device: &DeviceId, said: Vec<Said>) -> Vec<Entry> {
        let now = self.now;
        let observe = |said| {
            Input::Observed(checkpoint::input::Observation {
                device: device.clone(),
                at: now,
                said,
            })
        };
        let inputs: Vec<Input> = said.into_iter().map(observe).collect();
        inputs.iter().flat_map(|input| self.decided(input)).collect()
    }

    fn decided(&mut self, input: &Input) -> Vec<Entry> {
        let at = self.checkpoint.at().map_or(self.now, |last| last.max(self.now));
        let events = decide(&self.checkpoint, &self.rules, input, self.now).events;
        let mut entries = Vec::with_capacity(events.len());
        for (seq, event) in (self.checkpoint.seq().saturating_add(1)..).zip(events) {
            let entry =
                Entry { seq, at, clock: ClockQuality::Unknown, author: input.author(), event };
            self.checkpoint.follow(&entry);
            entries.push(entry);
        }
        entries
    }
}

fn with_faults(heard: Heard, faults: &mut FaultCount, now: Timestamp) -> Vec<Said> {
    let mut said = heard.said;
    for fault in heard.faults {
        faults.add(fault);
    }
    said.extend(faults.due(now).map(|(kind, detail, count)| Said::Fault { kind, detail, count }));
    said
}

/// Pieces of several recordings in the order of their moments; those of one moment in the order of the recordings.
pub fn merged(recordings: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut queues: Vec<VecDeque<Piece>> = recordings.into_iter().map(VecDeque::from).collect();
    let mut all = Vec::new();
    loop {
        let next = queues
            .iter_mut()
            .filter(|queue| !queue.is_empty())
            .min_by_key(|queue| queue.front().map(|p| p.at));
        let Some(piece) = next.and_then(VecDeque::pop_front) else { return all };
        all.push(piece);
    }
}

/// How long the agent goes on after the last piece, so that what is open may end.
pub const AFTERWARDS: SignedDuration = SignedDuration::from_secs(10);
/// Deadlines between two pieces of a recording.
const MOST_DEADLINES: usize = 10_000;
