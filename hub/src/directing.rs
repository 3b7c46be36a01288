//! Directives: calendars and timetables that the hub sends down, from the file that somebody wrote to what each checkpoint did with it.
//!
//! It promises: what is kept can be read by a checkpoint of this release, was signed for that checkpoint and no other, and has a number
//! that this checkpoint has not answered. It deliberately does not judge whether a file may stand above the one in force there: the
//! checkpoint does, and says so.
//!
//! The key is a file that only its owner can read; it is made when the first directive is signed, and a hub that merely serves never
//! opens it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use checkpoint::ids::CheckpointId;
use checkpoint::input::directive::Subject;
use checkpoint::law::{Calendar, LONGEST_TEXT, LawError, Timetable};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::chain::{Hash, SigningKey};
use wire::directive::Statement;

use crate::moment::ms;
use crate::store::directives::{Outcome, StoredAnswer, StoredDirective};
use crate::store::{Store, StoreError};

/// A directive that cannot be given.
#[derive(Debug, thiserror::Error)]
pub enum DirectingError {
    /// The file is no calendar or no timetable.
    #[error(transparent)]
    Law(#[from] LawError),
    /// The file is too long for an entry.
    #[error("{file} has {length} bytes: a calendar or a timetable has at most {LONGEST_TEXT}")]
    TooLong {
        /// Which file.
        file: String,
        /// How long it is.
        length: usize,
    },
    /// The key cannot be read or made.
    #[error("failed to {step} the key {}: {source}", path.display())]
    Key {
        /// What was being done.
        step: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The key's file holds something else.
    #[error("{} holds no key: 64 hexadecimal digits would be one", path.display())]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
    /// Somebody else could direct.
    #[error("others than its owner may read or write {} (mode {mode:o}): `chmod 600` it", path.display())]
    OpenKey {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Others give directives all the time.
    #[error(
        "no number could be had for a directive to {checkpoint}: others give directives as well; try again"
    )]
    NoNumber {
        /// To whom.
        checkpoint: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The key in this file; it is made if there is none.
pub fn key(path: &Path) -> Result<SigningKey, DirectingError> {
    let fail = |step, source| DirectingError::Key { step, path: path.to_owned(), source };
    match fs::read_to_string(path) {
        Ok(text) => {
            let metadata = fs::metadata(path).map_err(|source| fail("look at", source))?;
            let mode = metadata.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(DirectingError::OpenKey { path: path.to_owned(), mode });
            }
            // The cause is left out: it would show the key.
            let Ok(Hash(bytes)) = text.trim().parse() else {
                return Err(DirectingError::NoKey { path: path.to_owned() });
            };
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut bytes = [0; 32];
            rand::rng().fill_bytes(&mut bytes);
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|source| fail("make", source))?;
            writeln!(file, "{}", Hash(bytes))
                .and_then(|()| file.sync_all())
                .map_err(|source| fail("write", source))?;
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(source) => Err(fail("read", source)),
    }
}

/// The half of a key that everybody may know, as 64 hexadecimal digits.
pub fn public(key: &SigningKey) -> String {
    Hash(key.verifying_key().to_bytes()).to_string()
}

/// Reads a file as a checkpoint will, and says what it is: `calendar kz-2027, issued 2026-11-20`.
pub fn check(subject: Subject, text: &str, file: &str) -> Result<String, DirectingError> {
    if text.len() > LONGEST_TEXT {
        return Err(DirectingError::TooLong { file: file.to_owned(), length: text.len() });
    }
    Ok(match subject {
        Subject::Calendar => {
            let read = Calendar::parse(text, file)?;
            format!("calendar {}, issued {}", read.version, read.issued)
        }
        Subject::Timetable => {
            let read = Timetable::parse(text, file)?;
            format!("timetable {}, issued {}", read.version, read.issued)
        }
    })
}

/// Signs and keeps a file that was checked as the next directive to a checkpoint; answers its number.
pub async fn direct(
    store: &Store,
    key: &SigningKey,
    checkpoint: &CheckpointId,
    subject: Subject,
    text: &str,
    now_us: i64,
) -> Result<u64, DirectingError> {
    for _ in 0..TRIES {
        let number = store.next_directive(checkpoint.as_str()).await?;
        let subject = subject.name();
        let statement = Statement { checkpoint: checkpoint.as_str(), number, subject, text };
        let directive = StoredDirective {
            number,
            subject: subject.to_owned(),
            text: text.to_owned(),
            digest: statement.digest().to_string(),
            signature: statement.sign(key).to_vec(),
            public_key: key.verifying_key().to_bytes().to_vec(),
            made_us: now_us,
        };
        if store.keep_directive(checkpoint.as_str(), &directive).await? {
            return Ok(number);
        }
    }
    Err(DirectingError::NoNumber { checkpoint: checkpoint.to_string() })
}

/// How often a number that somebody else took is looked for again.
const TRIES: usize = 8;

/// What became of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectiveState {
    /// The checkpoint has not answered, or its answer has not come.
    Waiting,
    /// It holds there, or held until a later one.
    Applied,
    /// The checkpoint did not follow it, and says why.
    Refused,
    /// The checkpoint trusts another key.
    Distrusted,
    /// The checkpoint had answered another text under this number, or a later number, before it came: give it again.
    PassedOver,
}

/// A directive and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectiveView {
    /// Its number at this checkpoint.
    pub number: u64,
    /// What it is about: `calendar`, `timetable`.
    pub subject: String,
    /// The version that the file bears.
    pub version: String,
    /// When it was given.
    pub given_ms: i64,
    /// What became of it.
    pub state: DirectiveState,
    /// Why it was not followed, in the checkpoint's words; empty otherwise.
    pub words: String,
    /// When the checkpoint answered, by its clock.
    pub answered_ms: Option<i64>,
    /// SHA-256 of the text.
    pub digest: String,
}

/// The last directives to a checkpoint with what became of them, the newest first.
pub async fn list(store: &Store, checkpoint: &str) -> Result<Vec<DirectiveView>, StoreError> {
    let given = store.directives(checkpoint).await?;
    let answers = store.directive_answers(checkpoint).await?;
    Ok(given.iter().map(|directive| view(directive, &answers)).collect())
}

fn view(directive: &StoredDirective, answers: &[StoredAnswer]) -> DirectiveView {
    let StoredDirective { number, subject, text, digest, made_us, .. } = directive;
    let own = answers.iter().find(|answer| answer.number == *number);
    let later = answers
        .iter()
        .any(|answer| answer.number > *number && answer.outcome != Outcome::Distrusted);
    let (state, answer) = match own {
        Some(answer) if answer.digest == *digest => match answer.outcome {
            Outcome::Applied => (DirectiveState::Applied, Some(answer)),
            Outcome::Refused => (DirectiveState::Refused, Some(answer)),
            Outcome::Distrusted => (DirectiveState::Distrusted, Some(answer)),
        },
        Some(answer) if answer.outcome != Outcome::Distrusted => (DirectiveState::PassedOver, None),
        Some(_) | None if later => (DirectiveState::PassedOver, None),
        Some(_) | None => (DirectiveState::Waiting, None),
    };
    let version = match Subject::named(subject) {
        Some(Subject::Calendar) => Calendar::parse(text, subject).map(|read| read.version),
        Some(Subject::Timetable) => Timetable::parse(text, subject).map(|read| read.version),
        None => Ok(String::new()),
    };
    DirectiveView {
        number: *number,
        subject: subject.clone(),
        version: version.unwrap_or_default(),
        given_ms: ms(*made_us),
        state,
        words: answer.map(|answer| answer.words.clone()).unwrap_or_default(),
        answered_ms: answer.map(|answer| ms(answer.at_us)),
        digest: digest.clone(),
    }
}
