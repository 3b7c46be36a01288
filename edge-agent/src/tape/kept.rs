//! The files of one device in the order of time, and parts of them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Header, Record, TapeError, TapeReader, file::TapeFile};

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
/// A file that cannot be read to its end gives what can be read of it; one that cannot be read at all is an error.
pub fn read_between(
    folder: &Path,
    from_us: i64,
    to_us: i64,
    mut each: impl FnMut(Record) -> Result<(), TapeError>,
) -> Result<(), TapeError> {
    for found in tapes_of(folder)? {
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
    let draft = into.with_extension("draft");
    let fail = |source| TapeError::new("keep a part of", &into, source);
    if let Some(parent) = into.parent() {
        fs::create_dir_all(parent).map_err(fail)?;
    }
    match fs::remove_file(&draft) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(fail(source)),
        _ => {}
    }
    let mut copy = TapeFile::begin(draft.clone(), header, from_us)?;
    let mut records = 0;
    read_between(folder, from_us, to_us, |record| {
        records += 1;
        copy.write(&record)
    })?;
    copy.finish()?;
    fs::File::open(&draft)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&draft, &into))
        .map_err(fail)?;
    Ok(records)
}
