//! The recorder: one thread per device that writes the rolling files and copies out what is to be kept.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use super::{
    Header, LONGEST_FILE_S, Limits, Record, TapeError,
    file::TapeFile,
    kept::{copy_between, tapes_of},
};

/// The tape of one device. Letting go of it writes what waits and closes the file.
pub struct Tape {
    sender: Option<SyncSender<Task>>,
    counts: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What a tape has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pieces that were taken.
    pub written: u64,
    /// Pieces that were dropped because the queue was full or the disk refused.
    pub dropped: u64,
    /// Why the disk last refused, if it did.
    pub failure: Option<String>,
}

#[derive(Default)]
struct Shared {
    written: AtomicU64,
    dropped: AtomicU64,
    failure: Mutex<Option<String>>,
}

enum Task {
    Write(Record),
    Keep { from_us: i64, to_us: i64, into: PathBuf, done: SyncSender<Result<u64, TapeError>> },
    Flush { done: SyncSender<Result<(), TapeError>> },
}

impl Tape {
    /// Begins to record into `folder`, which belongs to this device alone; older files in it stay until their time
    /// has come.
    pub fn open(folder: PathBuf, header: Header, limits: Limits) -> Result<Tape, TapeError> {
        fs::create_dir_all(&folder)
            .map_err(|source| TapeError::new("make the folder of", &folder, source))?;
        let (sender, tasks) = mpsc::sync_channel(limits.queue);
        let counts = Arc::new(Shared::default());
        let recorder = Recorder {
            folder: folder.clone(),
            header,
            limits,
            file: None,
            counts: Arc::clone(&counts),
        };
        let thread = thread::Builder::new()
            .name("tape".to_owned())
            .spawn(move || recorder.run(&tasks))
            .map_err(|source| TapeError::new("start the thread of", folder, source))?;
        Ok(Tape { sender: Some(sender), counts, thread: Some(thread) })
    }

    /// Takes bytes that came at `at_us` (microseconds since 1970-01-01T00:00:00Z). It never waits: if too much is
    /// waiting for the disk already, the bytes are dropped and counted.
    pub fn write(&self, at_us: i64, bytes: &[u8]) {
        let task = Task::Write(Record { at_us, bytes: bytes.to_owned() });
        let Some(sender) = &self.sender else { return };
        let counter = match sender.try_send(task) {
            Ok(()) => &self.counts.written,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => &self.counts.dropped,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Copies what came between two moments, both included, out of the rolling files into the new file `into`, and
    /// answers how many records there were. What was written before this call is included.
    ///
    /// The answer comes over a channel: a lane asks and goes on.
    pub fn keep(
        &self,
        from_us: i64,
        to_us: i64,
        into: PathBuf,
    ) -> Receiver<Result<u64, TapeError>> {
        let (done, answer) = mpsc::sync_channel(1);
        if let Some(sender) = &self.sender
            && let Err(TrySendError::Full(Task::Keep { into, done, .. })) =
                sender.try_send(Task::Keep { from_us, to_us, into, done })
        {
            let full = std::io::Error::other("too much is waiting for the disk; ask again");
            // The channel has room for one answer, and this is it.
            let _ = done.try_send(Err(TapeError::new("keep a part of", into, full)));
        }
        answer
    }

    /// Makes what was taken before this call readable to others, and answers when it is. An answer that never comes means that too much
    /// is waiting for the disk.
    pub fn flush(&self) -> Receiver<Result<(), TapeError>> {
        let (done, answer) = mpsc::sync_channel(1);
        if let Some(sender) = &self.sender {
            // A full queue drops the question, and with it the way of its answer.
            let _ = sender.try_send(Task::Flush { done });
        }
        answer
    }

    /// What the tape has done so far.
    pub fn counts(&self) -> Counts {
        Counts {
            written: self.counts.written.load(Ordering::Relaxed),
            dropped: self.counts.dropped.load(Ordering::Relaxed),
            failure: self.counts.failure.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Recorder {
    folder: PathBuf,
    header: Header,
    limits: Limits,
    file: Option<TapeFile>,
    counts: Arc<Shared>,
}

impl Recorder {
    fn run(mut self, tasks: &Receiver<Task>) {
        for task in tasks {
            match task {
                Task::Write(record) => {
                    if let Err(error) = self.write(&record) {
                        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
                        self.note(&error);
                        // The next piece begins a new file, and so tries again.
                        self.file = None;
                    }
                }
                Task::Keep { from_us, to_us, into, done } => {
                    let flushed = self.file.as_mut().map_or(Ok(()), TapeFile::flush);
                    let kept = flushed.and_then(|()| {
                        copy_between(&self.folder, &self.header, from_us, to_us, into)
                    });
                    // Whoever asked may have gone; the file is there all the same.
                    let _ = done.try_send(kept);
                }
                Task::Flush { done } => {
                    let flushed = self.file.as_mut().map_or(Ok(()), TapeFile::flush);
                    // Whoever asked may have gone.
                    let _ = done.try_send(flushed);
                }
            }
        }
        if let Some(file) = self.file.take()
            && let Err(error) = file.finish()
        {
            self.note(&error);
        }
    }

    fn write(&mut self, record: &Record) -> Result<(), TapeError> {
        let at_us = record.at_us;
        let longest = us(self.limits.file_s.min(LONGEST_FILE_S));
        // A clock that was set back begins a file as well: no file holds what came before the moment in its name.
        let is_over = |file: &TapeFile| {
            file.bytes >= self.limits.file_bytes
                || at_us.saturating_sub(file.first_us) >= longest
                || at_us < file.first_us
        };
        if let Some(file) = self.file.take_if(|file| is_over(file)) {
            file.finish()?;
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => {
                let file = self.begin(at_us)?;
                self.forget(&file, at_us)?;
                file
            }
        };
        file.write(record)?;
        if at_us.saturating_sub(file.flushed_us) >= us(self.limits.flush_s) {
            file.flush()?;
        }
        self.file = Some(file);
        Ok(())
    }

    /// Begins the next file. Its name is the moment of its first byte, so that names sort as time does; when the clock
    /// was set back, a number behind it keeps two files apart.
    fn begin(&self, at_us: i64) -> Result<TapeFile, TapeError> {
        let mut attempt = 0;
        loop {
            let path = self.folder.join(format!("{at_us:020}-{attempt}.tape.gz"));
            attempt += 1;
            if path.exists() && attempt < NAME_ATTEMPTS {
                continue;
            }
            return TapeFile::begin(path, &self.header, at_us);
        }
    }

    /// Removes the oldest files until what is left is within its bounds. The file that is being written stays.
    fn forget(&self, current: &TapeFile, now_us: i64) -> Result<(), TapeError> {
        let mut files = tapes_of(&self.folder)?;
        files.retain(|file| file.path != current.path);
        let mut total: u64 = files.iter().map(|file| file.disk_bytes).sum();
        // The next file's first byte is the latest that a file's last byte can be.
        let ends: Vec<_> =
            files.iter().skip(1).map(|file| file.first_us).chain([current.first_us]).collect();
        for (file, end_us) in files.iter().zip(ends) {
            let old = now_us.saturating_sub(end_us) > us(self.limits.age_s);
            if total <= self.limits.total_bytes && !old {
                continue;
            }
            fs::remove_file(&file.path)
                .map_err(|source| TapeError::new("remove", &file.path, source))?;
            total = total.saturating_sub(file.disk_bytes);
        }
        Ok(())
    }

    fn note(&self, error: &TapeError) {
        let text = format!("{error}: {}", error.source);
        tracing::warn!(device = self.header.device, error = text, "the tape is not complete");
        *self.counts.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

fn us(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000_000
}

const NAME_ATTEMPTS: u32 = 1000;
