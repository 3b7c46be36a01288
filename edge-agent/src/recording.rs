//! What an engineer does with tapes: sees what there is, cuts a part out, makes a test of it, takes out of it what is nobody else's business.
//!
//! Tapes are only read, so all of it works while the agent records: a file that is being written is read up to its last flush, and a file
//! that rolls off meanwhile is passed over. What is made is made under another name first, and is never put in the place of something else.
//!
//! Deliberately absent: evidence. The minutes around an alarm are kept by the agent, and the journal is the truth about them; a cut or an
//! anonymised tape is neither.

pub mod anonymise;
pub mod export;
pub mod listing;

use std::io;
use std::path::{Path, PathBuf};

use firmware_protocols::{Dialect, UnknownDialect};

use crate::tape::{self, Header, Record, TapeError, TapeReader, tapes_of};

/// The tape files of one device that speaks one dialect, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// What the files say of themselves.
    pub header: Header,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// What was met while files were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Files that end before their end: the agent is writing them, or the power went.
    pub cut_off: usize,
    /// Files that had rolled off before they were read.
    pub gone: usize,
}

/// Tapes that cannot be used as is asked.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// A file cannot be read, or the new one not be written.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// A folder cannot be read.
    #[error("failed to look for tapes in {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No tape is there.
    #[error("{}: no tape; a tape is a file that the agent recorded, a device's folder of them, or the folder `tapes` of them all", path.display())]
    None {
        /// Where.
        path: PathBuf,
    },
    /// No tape of this device.
    #[error("no tape of {device}; there are tapes of {known}")]
    NoDevice {
        /// Which was asked for.
        device: String,
        /// Which there are.
        known: String,
    },
    /// Several devices where one is meant.
    #[error("tapes of {known}: name one with --device")]
    Several {
        /// Which there are.
        known: String,
    },
    /// One device that spoke several dialects.
    #[error(
        "the tapes of {device} are of several dialects ({known}): name the files of one instead of their folder"
    )]
    Dialects {
        /// The device.
        device: String,
        /// Which there are.
        known: String,
    },
    /// The tape is of a dialect that this program does not know.
    #[error("the tape of {device} is of the dialect {dialect:?}: {known}")]
    Dialect {
        /// Whose tape.
        device: String,
        /// What it says.
        dialect: String,
        /// Which there are.
        known: UnknownDialect,
    },
    /// A moment beyond what can be told.
    #[error("the tape of {device} has a moment of {at_us} us, which is none")]
    Moment {
        /// Whose tape.
        device: String,
        /// The number.
        at_us: i64,
    },
    /// More than fits the memory of a small machine.
    #[error(
        "the tape of {device} has more than {} MB there: cut a smaller part (`edge-agent tape cut --from .. --to ..`)",
        LOADED_BYTES / 1_000_000
    )]
    TooMuch {
        /// Whose tape.
        device: String,
    },
    /// The new file would take the place of another.
    #[error("{} is there already: name another file, or move it", path.display())]
    There {
        /// Which.
        path: PathBuf,
    },
}

impl Recording {
    /// The recordings at a path: of one file, of a device's folder, of a folder of devices' folders.
    pub fn find(path: &Path) -> Result<Vec<Recording>, RecordingError> {
        let mut found = Vec::new();
        if path.is_dir() {
            Recording::of_folder(path, &mut found)?;
            let fail = |source| RecordingError::Folder { path: path.to_owned(), source };
            let mut folders = Vec::new();
            for item in std::fs::read_dir(path).map_err(fail)? {
                folders.push(item.map_err(fail)?.path());
            }
            folders.sort();
            for folder in folders.iter().filter(|folder| folder.is_dir()) {
                Recording::of_folder(folder, &mut found)?;
            }
        } else {
            let header = TapeReader::open(path)?.header().clone();
            found.push(Recording { header, files: vec![path.to_owned()] });
        }
        if found.is_empty() {
            return Err(RecordingError::None { path: path.to_owned() });
        }
        Ok(found)
    }

    /// A device whose dialect was changed meanwhile has a recording for each.
    fn of_folder(folder: &Path, found: &mut Vec<Recording>) -> Result<(), RecordingError> {
        let first = found.len();
        for file in tapes_of(folder)? {
            let Some(tape) = opened(&file.path)? else { continue };
            let header = tape.header();
            let of_this = found.iter_mut().skip(first).find(|one| one.header == *header);
            match of_this {
                Some(recording) => recording.files.push(file.path),
                None => found.push(Recording { header: header.clone(), files: vec![file.path] }),
            }
        }
        Ok(())
    }

    /// The one recording of a device, or the only one there is.
    pub fn of_device(path: &Path, device: Option<&str>) -> Result<Recording, RecordingError> {
        let found = Recording::find(path)?;
        let known = || {
            let named = |one: &Recording| format!("{} ({})", one.header.device, one.header.dialect);
            found.iter().map(named).collect::<Vec<_>>().join(", ")
        };
        let mut fitting =
            found.iter().filter(|one| device.is_none_or(|device| one.header.device == device));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one.clone()),
            (None, _) => Err(RecordingError::NoDevice {
                device: device.unwrap_or_default().to_owned(),
                known: known(),
            }),
            (Some(one), Some(other)) if one.header.device == other.header.device => {
                let device = one.header.device.clone();
                Err(RecordingError::Dialects { device, known: known() })
            }
            (Some(_), Some(_)) => Err(RecordingError::Several { known: known() }),
        }
    }

    /// The dialect that it is of.
    pub fn dialect(&self) -> Result<Dialect, RecordingError> {
        self.header.dialect.parse().map_err(|known| RecordingError::Dialect {
            device: self.header.device.clone(),
            dialect: self.header.dialect.clone(),
            known,
        })
    }

    /// Reads every record that came between two moments, both included.
    pub fn read(
        &self,
        from_us: i64,
        to_us: i64,
        mut each: impl FnMut(Record) -> Result<(), RecordingError>,
    ) -> Result<Met, RecordingError> {
        let mut met = Met::default();
        for file in &self.files {
            let Some(mut tape) = opened(file)? else {
                met.gone += 1;
                continue;
            };
            for record in tape.by_ref() {
                let record = record?;
                if (from_us..=to_us).contains(&record.at_us) {
                    each(record)?;
                }
            }
            met.cut_off += usize::from(tape.was_cut());
        }
        Ok(met)
    }

    /// When the first bytes came; nothing of a recording in which there are none.
    pub fn first_us(&self) -> Result<Option<i64>, RecordingError> {
        for file in &self.files {
            if let Some(first) = opened(file)?.and_then(|mut tape| tape.next()) {
                return Ok(Some(first?.at_us));
            }
        }
        Ok(None)
    }

    /// The same recording file by file, for whoever has something to do between two of them.
    pub fn by_file(&self) -> impl Iterator<Item = Recording> {
        let one =
            |file: &PathBuf| Recording { header: self.header.clone(), files: vec![file.clone()] };
        self.files.iter().map(one)
    }

    /// Everything that came between two moments, both included, at once.
    pub fn load(&self, from_us: i64, to_us: i64) -> Result<(Vec<Record>, Met), RecordingError> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        let met = self.read(from_us, to_us, |record| {
            bytes += record.bytes.len();
            if bytes > LOADED_BYTES {
                return Err(RecordingError::TooMuch { device: self.header.device.clone() });
            }
            records.push(record);
            Ok(())
        })?;
        Ok((records, met))
    }

    /// Copies what came between two moments, both included, into a new tape. Answers how many records there were.
    pub fn cut(&self, from_us: i64, to_us: i64, into: &Path) -> Result<(u64, Met), RecordingError> {
        free(into)?;
        let (records, met) = self.load(from_us, to_us)?;
        Ok((tape::write(into, &self.header, records)?, met))
    }
}

/// Opens a tape. None for one that rolled off, and for one of whose header nothing had reached the disk.
fn opened(path: &Path) -> Result<Option<TapeReader>, TapeError> {
    match TapeReader::open(path) {
        Ok(tape) => Ok(Some(tape)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotFound) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether nothing is there that would be lost.
pub fn free(path: &Path) -> Result<(), RecordingError> {
    if path.exists() { Err(RecordingError::There { path: path.to_owned() }) } else { Ok(()) }
}

/// What is read at once, so that a year of tapes does not fill the memory.
const LOADED_BYTES: usize = 256_000_000;
