//! Captures: the forms in which what a device said is kept in files, and what each says of itself.
//!
//! A capture is read as it comes, so that a line can be piped in and followed, but for the two forms of text, which are read to their end
//! first. A tape names its dialect; escaped text may say how its device is set. Nothing else does.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use firmware_protocols::portal::daily::{FileDay, split_daily_line, tells_time_only};
use firmware_protocols::{Dialect, NotEscaped, Raw, Settings};

use crate::tape::{TapeError, TapeReader};

/// How a capture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The bytes as the device sent them.
    Raw,
    /// A daily file of a portal: each line ends with the moment of its arrival.
    Daily,
    /// Hexadecimal digits, two a byte; white space, commas, colons and `0x` between them are passed over.
    Hex,
    /// Printable bytes for themselves, others as `\xNN`, a doubled backslash; line ends are none of the bytes. A line that begins with `# ` is a
    /// remark, and the remark `# settings {..}` says how the device is set.
    Escaped,
    /// A tape of the agent.
    Tape,
}

/// A capture that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The file, or standard input, cannot be read.
    #[error("failed to read {}", name.display())]
    Unreadable {
        /// Which.
        name: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The tape cannot be read.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// A tape of a dialect that this program does not know.
    #[error("{}: a tape of the dialect {dialect:?}; {known}", name.display())]
    Dialect {
        /// Which tape.
        name: PathBuf,
        /// What it says.
        dialect: String,
        /// Which there are.
        known: firmware_protocols::UnknownDialect,
    },
    /// Text that is no hexadecimal digits.
    #[error("{}:{line}: {found:?} where two hexadecimal digits of a byte belong", name.display())]
    NotHex {
        /// Which file.
        name: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// Text with a broken escape.
    #[error("{}:{line}: no escaped bytes", name.display())]
    NotEscaped {
        /// Which file.
        name: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is expected.
        #[source]
        source: NotEscaped,
    },
    /// A remark that names settings which are none.
    #[error("{}:{line}: no settings of a device", name.display())]
    NoSettings {
        /// Which file.
        name: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with them.
        #[source]
        source: serde_json::Error,
    },
}

/// A capture that is open.
pub struct Capture {
    /// The dialect that it names.
    pub dialect: Option<Dialect>,
    /// How it says that its device is set.
    pub settings: Option<Settings>,
    /// The day of a daily file whose lines tell the time of day only. The file does not say it: it is for the caller to set.
    pub day: Option<FileDay>,
    pub(super) content: Content,
    name: PathBuf,
}

/// What a capture is made of.
pub(super) enum Content {
    Stream(Box<dyn BufRead>),
    Daily(Box<dyn BufRead>),
    Bytes(Vec<u8>),
    Tape(Box<TapeReader>),
}

impl Capture {
    /// Opens what is read `from`, under the name by which people know it. Where nobody says its form, its beginning tells a tape and, of a `tsa` portal, a
    /// daily file; anything else is taken for the bytes themselves.
    pub fn open(
        name: &Path,
        from: impl Read + Send + 'static,
        dialect: Option<Dialect>,
        form: Option<Form>,
    ) -> Result<Capture, CaptureError> {
        let unreadable = |source| CaptureError::Unreadable { name: name.to_owned(), source };
        let mut from = BufReader::new(from);
        let form = match form {
            Some(form) => form,
            None => form_of(dialect, from.fill_buf().map_err(unreadable)?),
        };
        let (mut named, mut settings) = (None, None);
        let mut text = || {
            let mut text = String::new();
            from.read_to_string(&mut text).map(|_| text).map_err(unreadable)
        };
        let content = match form {
            Form::Hex => Content::Bytes(hex(name, &text()?)?),
            Form::Escaped => {
                let (bytes, set) = escaped(name, &text()?)?;
                settings = set;
                Content::Bytes(bytes)
            }
            Form::Raw => Content::Stream(Box::new(from)),
            Form::Daily => Content::Daily(Box::new(from)),
            Form::Tape => {
                let tape = TapeReader::read_from(name, from)?;
                named = Some(dialect_of(name, &tape)?);
                Content::Tape(Box::new(tape))
            }
        };
        Ok(Capture { dialect: named, settings, day: None, content, name: name.to_owned() })
    }

    /// That the rest of it cannot be read.
    pub(super) fn unreadable(name: &Path, source: io::Error) -> CaptureError {
        CaptureError::Unreadable { name: name.to_owned(), source }
    }

    pub(super) fn into_parts(self) -> (PathBuf, Content) {
        (self.name, self.content)
    }
}

/// The dialect of a tape, by its header.
fn dialect_of(name: &Path, tape: &TapeReader) -> Result<Dialect, CaptureError> {
    let dialect = &tape.header().dialect;
    dialect.parse().map_err(|known| CaptureError::Dialect {
        name: name.to_owned(),
        dialect: dialect.clone(),
        known,
    })
}

/// By its beginning. Tapes are gzip files; of the portals, only a daily file ends its first line with a moment.
fn form_of(dialect: Option<Dialect>, beginning: &[u8]) -> Form {
    if beginning.starts_with(&[0x1f, 0x8b]) {
        return Form::Tape;
    }
    let first = beginning.split(|byte| matches!(byte, b'\r' | b'\n')).find(|line| !line.is_empty());
    let timed =
        first.is_some_and(|line| split_daily_line(line, None).is_ok() || tells_time_only(line));
    if dialect == Some(Dialect::Tsa) && timed { Form::Daily } else { Form::Raw }
}

/// The bytes of hexadecimal text.
fn hex(name: &Path, text: &str) -> Result<Vec<u8>, CaptureError> {
    let mut bytes = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let separates = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ':');
        for word in text.split(separates) {
            let wrong = || CaptureError::NotHex {
                name: name.to_owned(),
                line,
                found: word.chars().take(SHOWN_CHARS).collect(),
            };
            let digits = word.strip_prefix("0x").or(word.strip_prefix("0X")).unwrap_or(word);
            for pair in digits.as_bytes().chunks(2) {
                let [high, low] = pair else { return Err(wrong()) };
                let digit = |digit: &u8| char::from(*digit).to_digit(16).ok_or_else(wrong);
                let byte = digit(high)? * 16 + digit(low)?;
                bytes.push(u8::try_from(byte).map_err(|_| wrong())?);
            }
        }
    }
    Ok(bytes)
}

/// The bytes of escaped text, and the settings that a remark names.
fn escaped(name: &Path, text: &str) -> Result<(Vec<u8>, Option<Settings>), CaptureError> {
    let (mut bytes, mut settings) = (Vec::new(), None);
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(remark) = text.strip_prefix("# ") {
            if let Some(json) = remark.strip_prefix("settings ") {
                let read = serde_json::from_str(json).map_err(|source| {
                    CaptureError::NoSettings { name: name.to_owned(), line, source }
                })?;
                settings = Some(read);
            }
            continue;
        }
        let raw: Raw = text.parse().map_err(|source| CaptureError::NotEscaped {
            name: name.to_owned(),
            line,
            source,
        })?;
        bytes.extend(raw.0);
    }
    Ok((bytes, settings))
}

/// So much of what stands where it should not is shown.
const SHOWN_CHARS: usize = 20;
