//! The files of one device in the order of time, and parts of them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Header, LONGEST_FILE_S, Record, TapeError, TapeReader, file::TapeFile};

/// A tape file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// When its first bytes came, in microseconds since 1970-01-01T00:00:00Z.
    pub first_us: i64,
    /// Its size on the disk.
    pub disk_bytes: u64,
}

/// The tape files of one device's folder, the oldest first. Other files are passed over.
pub fn tapes_of(folder: &Path) -> Result<Vec<Found>, TapeError> {
    let fail = |source| TapeError::new("list the files of", folder, source);
    let mut found = Vec::new();
    for item in fs::read_dir(folder).map_err(fail)? {
        let item = item.map_err(fail)?;
        let name = item.file_name();
        let Some(first_us) = name.to_str().and_then(first_us) else { continue };
        let disk_bytes = item.metadata().map_err(fail)?.len();
        found.push(Found { path: item.path(), first_us, disk_bytes });
    }
    found.sort_by(|a, b| (a.first_us, &a.path).cmp(&(b.first_us, &b.path)));
    Ok(found)
}

fn first_us(name: &str) -> Option<i64> {
    let (at, _) = name.strip_suffix(".tape.gz")?.split_once('-')?;
    at.parse().ok()
}

/// Everything in a device's folder that came between two moments, both included, in the order of writing.
///
/// A file that cannot be read to its end gives what can be read of it; one that cannot be read at all is an error. Files whose names say
/// that they hold nothing of that time are not opened.
pub fn read_between(
    folder: &Path,
    from_us: i64,
    to_us: i64,
    mut each: impl FnMut(Record) -> Result<(), TapeError>,
) -> Result<(), TapeError> {
    let longest_us = i64::from(LONGEST_FILE_S) * 1_000_000;
    let may_hold = |found: &Found| {
        found.first_us <= to_us && found.first_us.saturating_add(longest_us) >= from_us
    };
    for found in tapes_of(folder)?.into_iter().filter(may_hold) {
        let tape = match TapeReader::open(&found.path) {
            Ok(tape) => tape,
            // Nothing of its header had reached the disk when the power went.
            Err(error) if error.source.kind() == io::ErrorKind::UnexpectedEof => continue,
            Err(error) => return Err(error),
        };
        for record in tape {
            let record = record?;
            if (from_us..=to_us).contains(&record.at_us) {
                each(record)?;
            }
        }
    }
    Ok(())
}

/// Copies what came between two moments into a new file, whole under another name first, then renamed.
pub(super) fn copy_between(
    folder: &Path,
    header: &Header,
    from_us: i64,
    to_us: i64,
    into: PathBuf,
) -> Result<u64, TapeError> {
    let mut draft = Draft::begin(into, header)?;
    read_between(folder, from_us, to_us, |record| draft.write(&record))?;
    draft.finish()
}

/// Writes a tape of these records, whole under another name first, then renamed. Answers how many there were.
pub fn write(
    into: &Path,
    header: &Header,
    records: impl IntoIterator<Item = Record>,
) -> Result<u64, TapeError> {
    let mut draft = Draft::begin(into.to_owned(), header)?;
    for record in records {
        draft.write(&record)?;
    }
    draft.finish()
}

/// A tape that is put together under another name, and has its own when it is whole.
struct Draft {
    file: TapeFile,
    path: PathBuf,
    into: PathBuf,
    records: u64,
}

impl Draft {
    fn begin(into: PathBuf, header: &Header) -> Result<Draft, TapeError> {
        // Hidden, so that it is nobody's file but ours.
        let name = into.file_name().unwrap_or_default().to_string_lossy();
        let path = into.with_file_name(format!(".{name}.draft"));
        let fail = |source| TapeError::new("keep a part of", &into, source);
        if let Some(parent) = into.parent() {
            fs::create_dir_all(parent).map_err(fail)?;
        }
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(fail(source)),
            _ => {}
        }
        // The moment counts only in rolling files.
        Ok(Draft { file: TapeFile::begin(path.clone(), header, 0)?, path, into, records: 0 })
    }

    fn write(&mut self, record: &Record) -> Result<(), TapeError> {
        self.records += 1;
        self.file.write(record)
    }

    fn finish(self) -> Result<u64, TapeError> {
        let Draft { file, path, into, records } = self;
        file.finish()?;
        fs::File::open(&path)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&path, &into))
            .map_err(|source| TapeError::new("keep a part of", &into, source))?;
        Ok(records)
    }
}
