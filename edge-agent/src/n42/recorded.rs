//! A recording of a portal, heard again: passages with every interval, piece by piece, however long the recording is.
//!
//! Silence between two pieces ends what it ended when they came. Deliberately absent: the loss of a line, of which a recording knows nothing.

use firmware_protocols::n42::{Lines, Recorder};
use firmware_protocols::portal::{Occupancy, PortalSettings};
use firmware_protocols::{Decoder, Dialect, Fault, Reading, Settings};
use jiff::Timestamp;

use crate::config::DeviceLine;
use crate::tape;

/// How the portal of a recording speaks and is set.
#[derive(Debug, Clone)]
pub struct Source {
    /// How it speaks.
    pub dialect: Dialect,
    /// How that is set.
    pub settings: Settings,
    /// What is assumed of it until it tells its own settings.
    pub portal: PortalSettings,
    /// Whether each piece is a message of its own; if not, the piece itself may show that it is one.
    pub whole_messages: bool,
}

impl Source {
    /// A portal of which nobody says more.
    pub fn new(dialect: Dialect, settings: Settings) -> Source {
        Source { dialect, settings, portal: PortalSettings::default(), whole_messages: false }
    }

    /// The portal of a site.
    pub fn of(line: &DeviceLine) -> Source {
        Source {
            dialect: line.dialect,
            settings: line.settings.clone(),
            portal: line.portal.clone(),
            whole_messages: line.says_whole_messages(),
        }
    }
}

/// One vehicle between the pillars, and the intervals that were heard of it.
pub type Passage = (Box<Occupancy>, Lines);

/// A recording that is being heard again.
pub struct Recorded {
    recorder: Recorder,
    decoder: Decoder,
    dialect: Dialect,
    whole_messages: bool,
    /// When silence ends what the portal is saying, of one that ends it with nothing else.
    ends_at: Option<Timestamp>,
    last: Option<Timestamp>,
    understood: u64,
    faults: u64,
}

impl Recorded {
    /// Of a portal of which nothing was heard.
    pub fn new(source: &Source) -> Recorded {
        Recorded {
            recorder: Recorder::new(source.portal.clone()),
            decoder: Decoder::with(source.dialect, &source.settings),
            dialect: source.dialect,
            whole_messages: source.whole_messages,
            ends_at: None,
            last: None,
            understood: 0,
            faults: 0,
        }
    }

    /// The next piece, in the order in which they came, and its moment. Answers what ended before it or with it.
    pub fn piece(&mut self, at: Timestamp, bytes: &[u8]) -> Vec<Passage> {
        let mut ended = self.until(at);
        self.last = Some(at);
        let items = if self.whole_messages || tape::is_message(self.dialect, bytes) {
            self.decoder.document(bytes)
        } else {
            let items = self.decoder.decode(bytes);
            self.ends_at = self.decoder.pause().and_then(|pause| at.checked_add(pause).ok());
            items
        };
        self.items(items, at, &mut ended);
        ended
    }

    /// Nothing came until this moment.
    pub fn until(&mut self, moment: Timestamp) -> Vec<Passage> {
        let mut ended = Vec::new();
        if let Some(at) = self.ends_at.take_if(|at| *at <= moment) {
            let items = self.decoder.paused();
            self.items(items, at, &mut ended);
        }
        // A deadline that ends one thing may leave another; one that ends nothing is not asked again.
        let mut before = None;
        while let Some(at) = self.recorder.deadline().filter(|at| *at <= moment)
            && before.replace(at) != Some(at)
        {
            ended.extend(self.recorder.time_passed(at));
        }
        ended
    }

    /// The recording is over: a passage that goes on ends with its last piece.
    pub fn over(&mut self) -> Vec<Passage> {
        self.last.map(|at| self.recorder.link_lost(at)).unwrap_or_default()
    }

    /// How many records of a portal were understood.
    pub fn understood(&self) -> u64 {
        self.understood
    }

    /// How much was not.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    fn items(
        &mut self,
        items: Vec<Result<Reading, Fault>>,
        at: Timestamp,
        ended: &mut Vec<Passage>,
    ) {
        for item in items {
            match item {
                Ok(Reading::Portal(record)) => {
                    self.understood += 1;
                    ended.extend(self.recorder.record(&record, at));
                }
                // What is no portal's is as wrong here as what is nothing.
                Ok(_) => self.faults += 1,
                Err(_) => {
                    self.faults += 1;
                    ended.extend(self.recorder.unreadable_line(at));
                }
            }
        }
    }
}
