//! One tape file: the header, the records, and reading them although the end may be missing.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use super::TapeError;

/// What a tape file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The device's name in the configuration.
    pub device: String,
    /// The dialect that the device speaks, by its name in the configuration.
    pub dialect: String,
}

impl Header {
    fn write(&self) -> Vec<u8> {
        let Header { device, dialect } = self;
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        format!("{MAGIC}device {}\ndialect {}\n\n", line(device), line(dialect)).into_bytes()
    }

    fn read(from: &mut impl Read) -> Result<Header, io::Error> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let mut text = Vec::new();
        while !text.ends_with(b"\n\n") {
            if text.len() == HEADER_LIMIT {
                return Err(wrong("its header does not end"));
            }
            let mut byte = [0];
            from.read_exact(&mut byte)?;
            text.push(byte[0]);
            if text.len() == MAGIC.len() && text != MAGIC.as_bytes() {
                return Err(wrong("it does not begin with `BEKET TAPE 1`"));
            }
        }
        let text = String::from_utf8(text).map_err(|_| wrong("its header is not text"))?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.map(str::to_owned).ok_or_else(|| wrong(&format!("its header names no {name}")))
        };
        Ok(Header { device: value("device")?, dialect: value("dialect")? })
    }
}

/// Bytes that came together, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When they came, in microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
    /// What came.
    pub bytes: Vec<u8>,
}

/// A file that is being written.
pub(super) struct TapeFile {
    out: GzEncoder<File>,
    pub(super) path: PathBuf,
    /// Bytes before compression.
    pub(super) bytes: u64,
    pub(super) first_us: i64,
    pub(super) last_us: i64,
    pub(super) flushed_us: i64,
}

impl TapeFile {
    /// Begins a file, which must not exist.
    pub(super) fn begin(path: PathBuf, header: &Header, at_us: i64) -> Result<TapeFile, TapeError> {
        let begun = File::create_new(&path).and_then(|file| {
            let mut out = GzEncoder::new(file, Compression::fast());
            out.write_all(&header.write())?;
            Ok(out)
        });
        match begun {
            Ok(out) => {
                let bytes = 0;
                Ok(TapeFile {
                    out,
                    path,
                    bytes,
                    first_us: at_us,
                    last_us: at_us,
                    flushed_us: at_us,
                })
            }
            Err(source) => Err(TapeError::new("begin", path, source)),
        }
    }

    pub(super) fn write(&mut self, record: &Record) -> Result<(), TapeError> {
        for together in record.bytes.chunks(RECORD_LIMIT) {
            let mut pieces = together.chunks(PIECE_LIMIT).peekable();
            while let Some(bytes) = pieces.next() {
                // A piece is at most PIECE_LIMIT long, which fits.
                let length = u32::try_from(bytes.len()).unwrap_or(PIECE_LENGTH);
                let goes_on = if pieces.peek().is_some() { GOES_ON } else { 0 };
                self.out
                    .write_all(&record.at_us.to_le_bytes())
                    .and_then(|()| self.out.write_all(&(length | goes_on).to_le_bytes()))
                    .and_then(|()| self.out.write_all(bytes))
                    .map_err(|source| TapeError::new("write", &self.path, source))?;
                self.bytes += RECORD_HEAD + u64::from(length);
            }
        }
        self.last_us = self.last_us.max(record.at_us);
        Ok(())
    }

    /// Makes everything that was written readable to others.
    pub(super) fn flush(&mut self) -> Result<(), TapeError> {
        self.flushed_us = self.last_us;
        self.out.flush().map_err(|source| TapeError::new("flush", &self.path, source))
    }

    pub(super) fn finish(self) -> Result<(), TapeError> {
        let TapeFile { out, path, .. } = self;
        out.finish().map(drop).map_err(|source| TapeError::new("finish", path, source))
    }
}

/// The records of one tape file, in the order in which they were written.
///
/// A file that ends in the middle of a record, or in the middle of the compressed stream, yields what is whole and then
/// ends: that is how a power cut leaves it. [`TapeReader::was_cut`] tells.
pub struct TapeReader {
    from: BufReader<GzDecoder<Box<dyn BufRead + Send>>>,
    path: PathBuf,
    header: Header,
    ended: bool,
    cut: bool,
}

impl TapeReader {
    /// Opens a tape file and reads its header.
    pub fn open(path: &Path) -> Result<TapeReader, TapeError> {
        let file = File::open(path).map_err(|source| TapeError::new("open", path, source))?;
        TapeReader::read_from(path, BufReader::new(file))
    }

    /// Reads a tape from somewhere else, such as standard input, and its header. `name` is by what it is known to people.
    pub fn read_from(
        name: &Path,
        from: impl BufRead + Send + 'static,
    ) -> Result<TapeReader, TapeError> {
        let mut from = BufReader::new(GzDecoder::new(Box::new(from) as Box<dyn BufRead + Send>));
        let header =
            Header::read(&mut from).map_err(|source| TapeError::new("open", name, source))?;
        Ok(TapeReader { from, path: name.to_owned(), header, ended: false, cut: false })
    }

    /// What the file says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the file ended before its end; known once the iterator has ended.
    pub fn was_cut(&self) -> bool {
        self.cut
    }

    fn read(&mut self) -> Result<Option<Record>, io::Error> {
        let mut bytes = Vec::new();
        loop {
            let mut head = [0; 12];
            let got = read_up_to(&mut self.from, &mut head)?;
            if got == 0 && bytes.is_empty() {
                return Ok(None);
            }
            if got < head.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let [at @ .., l0, l1, l2, l3] = head;
            let word = u32::from_le_bytes([l0, l1, l2, l3]);
            let length = usize::try_from(word & !GOES_ON).unwrap_or(usize::MAX);
            let before = bytes.len();
            if length > PIECE_LIMIT || before + length > RECORD_LIMIT {
                let what = "a record is longer than any can be";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            bytes.resize(before + length, 0);
            self.from.read_exact(bytes.get_mut(before..).unwrap_or_default())?;
            if word & GOES_ON == 0 {
                return Ok(Some(Record { at_us: i64::from_le_bytes(at), bytes }));
            }
        }
    }
}

impl Iterator for TapeReader {
    type Item = Result<Record, TapeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended = !matches!(read, Ok(Some(_)));
        match read {
            Ok(record) => record.map(Ok),
            Err(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
                self.cut = true;
                None
            }
            Err(source) => Some(Err(TapeError::new("read", &self.path, source))),
        }
    }
}

fn read_up_to(from: &mut impl Read, into: &mut [u8]) -> Result<usize, io::Error> {
    let mut got = 0;
    while got < into.len() {
        match from.read(&mut into[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

const MAGIC: &str = "BEKET TAPE 1\n";
const HEADER_LIMIT: usize = 1024;
/// What came together is one record: the body of a camera with its pictures is the longest ([`crate::ingest`] takes no longer one in). What is longer
/// becomes several records of the same moment.
const RECORD_LIMIT: usize = 8 * 1024 * 1024;
/// A record stands in the file in pieces, so that a length that is none is known as that before room is made for it.
const PIECE_LIMIT: usize = 64 * 1024;
const PIECE_LENGTH: u32 = 64 * 1024;
/// Set in the length of a piece that another one of the same record follows.
const GOES_ON: u32 = 1 << 31;
const RECORD_HEAD: u64 = 12;
