//! The folder of documents: one file for each passage, put there whole or not at all, and how far the journal is written.
//!
//! A file's name is the beginning of the passage, the portal, and the entry that it was made of: `20260521T050023Z-portal-1-594.n42`. The
//! same entry has the same name, so a document is never there twice; names sort as time does. Beside them `.written` names the last entry
//! of which everything before is there. Whoever fetches documents may take them away: they do not come again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use checkpoint::ids::DeviceId;
use jiff::{SignedDuration, Timestamp};
use wire::chain::Epoch;

/// The name of the document of this entry.
pub fn name_of(device: &DeviceId, began: Timestamp, seq: u64) -> String {
    format!("{}-{device}-{seq}.n42", began.strftime(MOMENT))
}

/// How far a journal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which journal.
    pub epoch: Epoch,
    /// The last entry of which everything before is there.
    pub seq: u64,
}

/// A folder of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// A document that is there.
struct Kept {
    name: String,
    began: Timestamp,
    bytes: u64,
}

impl Folder {
    /// The folder at a path, which need not be there.
    pub fn new(path: PathBuf) -> Folder {
        Folder(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Whether it is there, as an error if it is not.
    pub fn is_there(&self) -> io::Result<()> {
        fs::read_dir(&self.0).map(drop)
    }

    /// Puts a document there: all of it, durable, under a name that nothing has yet. A name that is taken has this document already.
    /// Answers how many bytes came to it.
    pub fn put(&self, name: &str, xml: &str) -> io::Result<u64> {
        if self.0.join(name).try_exists()? {
            return Ok(0);
        }
        self.replace(name, xml.as_bytes())?;
        Ok(u64::try_from(xml.len()).unwrap_or(u64::MAX))
    }

    /// A document, if it is there.
    pub fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            // A folder that is not there is another matter than a document that is not there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.is_there().map(|()| None),
            Err(error) => Err(error),
        }
    }

    /// How far the journal is written; nothing if nobody has said, or what is said makes no sense.
    pub fn position(&self) -> io::Result<Option<Position>> {
        let text = match fs::read_to_string(self.0.join(POSITION)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let said = text.trim().split_once(' ').and_then(|(epoch, seq)| {
            Some(Position { epoch: epoch.parse().ok()?, seq: seq.parse().ok()? })
        });
        if said.is_none() {
            tracing::warn!(folder = %self.0.display(), text, "how far documents are written is not readable");
        }
        Ok(said)
    }

    /// Says how far the journal is written.
    pub fn keep_position(&self, position: Position) -> io::Result<()> {
        let Position { epoch, seq } = position;
        self.replace(POSITION, format!("{epoch} {seq}\n").as_bytes())
    }

    /// Removes documents of passages before `oldest`, then the oldest of the others until all together have `bytes` at most; and what a
    /// power cut left half written. Answers how many bytes stay.
    pub fn forget(&self, oldest: Timestamp, bytes: u64) -> io::Result<u64> {
        let mut kept = Vec::new();
        for item in fs::read_dir(&self.0)? {
            let item = item?;
            let name = item.file_name().into_string().unwrap_or_default();
            if name.strip_suffix(DRAFT).is_some_and(|name| began_of(name).is_some()) {
                fs::remove_file(item.path())?;
            } else if let Some(began) = began_of(&name) {
                kept.push(Kept { name, began, bytes: item.metadata()?.len() });
            }
        }
        kept.sort_by(|a, b| (a.began, &a.name).cmp(&(b.began, &b.name)));
        let mut total: u64 = kept.iter().map(|one| one.bytes).sum();
        for one in kept {
            if one.began >= oldest && total <= bytes {
                break;
            }
            fs::remove_file(self.0.join(&one.name))?;
            total = total.saturating_sub(one.bytes);
        }
        Ok(total)
    }

    /// Under another name first, so that nobody ever sees half of it.
    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (path, draft) = (self.0.join(name), self.0.join(format!("{name}{DRAFT}")));
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        let placed = written
            .and_then(|()| fs::rename(&draft, &path))
            .and_then(|()| File::open(&self.0)?.sync_all());
        if placed.is_err() {
            // On a full disk half a document is in the way; where it cannot be removed either, the next start does it.
            let _ = fs::remove_file(&draft);
        }
        placed
    }
}

/// When the passage of a document began, by its name; nothing for files of others, which are never touched.
fn began_of(name: &str) -> Option<Timestamp> {
    let (moment, rest) = name.strip_suffix(".n42")?.split_once('-')?;
    let (_, seq) = rest.rsplit_once('-')?;
    seq.parse::<u64>().ok()?;
    let civil = jiff::civil::DateTime::strptime(MOMENT, moment).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The first moment of which documents are kept.
pub(super) fn oldest(now: Timestamp, days: u32) -> Timestamp {
    let days = SignedDuration::from_hours(i64::from(days) * 24);
    now.checked_sub(days).unwrap_or(Timestamp::MIN)
}

/// How the beginning of a passage stands in a name, in UTC.
const MOMENT: &str = "%Y%m%dT%H%M%SZ";
/// Behind the name of what is not whole yet.
const DRAFT: &str = ".draft";
/// Where it stands how far the journal is written.
const POSITION: &str = ".written";

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().to_owned());
        (place, folder)
    }

    fn names(folder: &Folder) -> Vec<String> {
        let item =
            |item: io::Result<fs::DirEntry>| item.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder.path()).unwrap().map(item).collect();
        names.sort();
        names
    }

    fn name(began: &str, seq: u64) -> String {
        name_of(&"portal-1".parse().unwrap(), began.parse().unwrap(), seq)
    }

    #[test]
    fn a_document_is_put_once_and_whole() {
        let (_place, folder) = folder();
        let name = name("2026-05-21T05:00:23.4Z", 594);
        assert_eq!(name, "20260521T050023Z-portal-1-594.n42");
        assert_eq!(folder.put(&name, "<a/>").unwrap(), 4);
        assert_eq!(folder.put(&name, "<another/>").unwrap(), 0);
        assert_eq!(folder.get(&name).unwrap().unwrap(), b"<a/>");
        assert_eq!(names(&folder), [name.as_str()]);
        assert_eq!(folder.get("20260521T050023Z-portal-1-595.n42").unwrap(), None);
    }

    #[test]
    fn a_disk_that_is_full_leaves_nothing_half_written() {
        let (_place, folder) = folder();
        let name = name("2026-05-21T05:00:23Z", 594);
        std::os::unix::fs::symlink("/dev/full", folder.path().join(format!("{name}.draft")))
            .unwrap();
        let error = folder.put(&name, "<a/>").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(names(&folder), [""; 0]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_and_never_made() {
        let (place, _) = folder();
        let gone = Folder::new(place.path().join("gone"));
        let name = name("2026-05-21T05:00:23Z", 594);
        for error in [
            gone.put(&name, "<a/>").unwrap_err(),
            gone.get(&name).unwrap_err(),
            gone.is_there().unwrap_err(),
        ] {
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
        assert!(!gone.path().exists());
    }

    #[test]
    fn how_far_the_journal_is_written_is_kept() {
        let (_place, folder) = folder();
        assert_eq!(folder.position().unwrap(), None);
        let position = Position { epoch: Epoch([7; 16]), seq: 594 };
        folder.keep_position(position).unwrap();
        assert_eq!(folder.position().unwrap(), Some(position));
        fs::write(folder.path().join(POSITION), "half").unwrap();
        assert_eq!(folder.position().unwrap(), None);
    }

    #[test]
    fn the_oldest_documents_go_and_files_of_others_stay() {
        let (_place, folder) = folder();
        let [first, second, third] =
            [1, 2, 3].map(|day| name(&format!("2026-05-2{day}T05:00:23Z"), day));
        for name in [&first, &second, &third] {
            folder.put(name, "<ab/>").unwrap();
        }
        fs::write(folder.path().join("report.n42"), "of others").unwrap();
        fs::write(folder.path().join(format!("{third}.draft")), "half").unwrap();
        let oldest = |day: &str| day.parse().unwrap();
        assert_eq!(folder.forget(oldest("2026-05-22T00:00:00Z"), 100).unwrap(), 10);
        assert_eq!(names(&folder), [second.as_str(), third.as_str(), "report.n42"]);
        assert_eq!(folder.forget(oldest("2026-05-22T00:00:00Z"), 9).unwrap(), 5);
        assert_eq!(names(&folder), [third.as_str(), "report.n42"]);
    }
}
