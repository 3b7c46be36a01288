//! What the hub directs: a calendar, a timetable. Numbered by the hub, so that the same one twice has one effect.
//!
//! Who signed it was looked at by the shell, because this crate knows no cipher; whether that key is trusted is decided here, from what the
//! checkpoint remembers.

/// A directive as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The hub's number for it at this checkpoint: 1, 2, … A lower one than the last that was answered comes too late.
    pub number: u64,
    /// What it is, such as `calendar`; a newer hub may know more.
    pub subject: String,
    /// The file, as it was written.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// Who signed it.
    pub signer: Signer,
}

/// Whose signature a directive bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// The signature fits this key: 64 hexadecimal digits.
    Key(String),
    /// It fits no key, or there is none.
    Nobody {
        /// What was found, for people.
        found: String,
    },
}

/// What a directive can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The days off.
    Calendar,
    /// The working hours of the body.
    Timetable,
}

impl Subject {
    /// Everything that a directive can be about.
    pub const ALL: [Subject; 2] = [Subject::Calendar, Subject::Timetable];

    /// The name in directives and events.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Calendar => "calendar",
            Subject::Timetable => "timetable",
        }
    }

    /// The subject of this name; none if a newer hub invented it.
    pub fn named(name: &str) -> Option<Subject> {
        Subject::ALL.into_iter().find(|subject| subject.name() == name)
    }
}
