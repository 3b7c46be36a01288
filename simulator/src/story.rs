//! Stories: what happens at a checkpoint, as text that people can write.
//!
//! One text serves three readers: the tests play it in virtual time through the real decoders and rules, `simulator play` plays it over
//! real lines at any speed, and an officer can read it. A line is a time, a subject and a verb:
//!
//! ```text
//! story: A lorry whose load sets the portal off
//! 0:00:03  camera-1  reads 123ABC02 KZ 98%
//! 0:00:05  portal-1  vehicle 9 s, shielding 45%, gamma 6x
//! 0:00:30  scale-1   load 38240 kg for 15 s
//! 0:00:55  seal-1    reports KZ00012345 intact
//! 0:01:10  officer bekov acknowledges gamma of 123ABC02
//! 0:01:40  officer bekov permits exit of 123ABC02, refused held
//! 0:01:41  expect holds of 123ABC02: not_presented
//! ```
//!
//! Commas are for the reader. A line that begins with white space continues the one above (the fields of a notice). An unknown verb, a
//! time that goes back, a number without its unit: refused, naming the file and the line. What an `expect` line means is decided by who
//! plays the story; the simulator only carries it.

mod order;
mod parse;
mod things;

use std::time::Duration;

use rust_decimal::Decimal;

pub use order::{AlarmWords, NoticeLines, Papers, Snapshot, StoryOrder, Subjects, Unresolved};
pub use parse::StoryError;
pub use things::{FieldTag, Place, Scanned, SealAct, SealState, Zone};

/// A story, in the order of its times.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Its title.
    pub title: String,
    /// Its lines.
    pub steps: Vec<Step>,
}

/// A line of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When, after the story began.
    pub at: Duration,
    /// Its line in the file, from 1.
    pub line: usize,
    /// What happens.
    pub what: What,
    /// The same in the words of the story, without its time.
    pub words: String,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Something befalls a device, named as in the agent's configuration.
    Device {
        /// Which.
        device: String,
        /// What.
        act: Act,
    },
    /// Something befalls the line of a device.
    Line {
        /// Which.
        device: String,
        /// What.
        trouble: Trouble,
    },
    /// An officer gives an order.
    Officer {
        /// Who.
        officer: String,
        /// What.
        order: StoryOrder,
        /// The code of the refusal that is expected, if one is.
        refused: Option<String>,
    },
    /// The hub is away.
    HubAway {
        /// For how long.
        time: Duration,
    },
    /// The broker is restarted.
    BrokerRestarts,
    /// The agent is killed and started again.
    AgentKilled,
    /// What must be true now, in the words of whoever plays the story.
    Expect {
        /// The words after `expect`.
        words: String,
    },
}

/// What can befall a device.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A camera sees a vehicle.
    Reads {
        /// The text on the plate; nothing if it cannot be read.
        plate: Option<String>,
        /// Two letters.
        country: Option<String>,
        /// How sure the camera is, in percent.
        confidence_percent: u8,
    },
    /// A vehicle drives through a portal.
    Vehicle(Vehicle),
    /// A portal plays a recording from here, if it is at hand; its `vehicle` lines stand in for it where it is not.
    Recording {
        /// Name of the file in the folder of recordings.
        file: String,
        /// How far into the recording it begins.
        from: Duration,
    },
    /// A vehicle stands on a scale.
    Load {
        /// Its mass, in kilograms.
        gross_kg: Decimal,
        /// How long it stands there.
        time: Duration,
    },
    /// A vehicle drives over a short scale, axle by axle.
    Axles {
        /// What each weighs, in kilograms, in their order.
        axles_kg: Vec<Decimal>,
        /// How long each stands there.
        time: Duration,
    },
    /// Somebody presses a key of an indicator.
    Presses(Key),
    /// The zero of a scale drifts, by dirt or cold.
    Drifts {
        /// By so many kilograms; less than nothing is below zero.
        by_kg: Decimal,
    },
    /// A scale shakes, by wind or somebody who walks on it.
    Shakes {
        /// For how long.
        time: Duration,
    },
    /// A device is switched off and on.
    Restarts,
    /// Somebody sets a device otherwise.
    SetTo {
        /// How: a word of the list that its apparatus has.
        form: String,
    },
    /// Somebody gives a device on a shared line another address.
    Addressed {
        /// Which.
        address: u8,
    },
    /// Something befalls a seal.
    Seal {
        /// Its number.
        seal: String,
        /// What.
        act: SealAct,
    },
    /// Tags are in the field of a reader.
    Tags {
        /// Which.
        tags: Vec<FieldTag>,
        /// For how long.
        time: Duration,
    },
    /// An antenna of a reader is lost, or back.
    Antenna {
        /// Its number, from 1.
        antenna: u16,
        /// Whether it is connected now.
        connected: bool,
    },
    /// Somebody holds something before a scanner, or an inspection is handed over.
    Scans(Scanned),
    /// The background of a portal sinks, as when something shields it though nobody is in the beam, or rises.
    Sags {
        /// To which share, in percent.
        to_percent: u16,
        /// For how long.
        time: Duration,
    },
    /// A portal's cabinet is opened or closed.
    Tamper {
        /// Whether it is open now.
        open: bool,
    },
    /// A device does what devices of its dialect are known to do, and should not.
    Misbehaves {
        /// Which of them: a word of the list that its apparatus has.
        how: String,
        /// For how long.
        time: Duration,
    },
}

/// What can befall a line, whoever speaks on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The device says nothing, though the line is there.
    Silent {
        /// For how long.
        time: Duration,
    },
    /// The line is cut, or the plug is out.
    Cut {
        /// For how long.
        time: Duration,
    },
    /// Bytes that make no sense.
    Garbage {
        /// How many.
        bytes: usize,
    },
    /// What is said arrives garbled.
    Garbled {
        /// How.
        how: Garbling,
        /// For how long.
        time: Duration,
    },
    /// Somebody sets the device to another speed: until the other end runs at it too, neither understands the other.
    Speed {
        /// In bits per second.
        baud: u32,
    },
    /// What is said arrives late.
    Late {
        /// By how much.
        by: Duration,
        /// For how long.
        time: Duration,
    },
}

/// What a bad line does to what is said on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Garbling {
    /// Bytes that nobody sent stand between those that were.
    Noise,
    /// A byte of each saying is missing.
    LostBytes,
    /// A bit of each saying is turned, as a check sum should tell.
    FlippedBits,
    /// The other end listens at another speed: nothing is as it was.
    WrongSpeed,
    /// It comes in pieces, with pauses between.
    Torn,
    /// It comes twice.
    Repeated,
}

impl Garbling {
    /// Each, and its word in a story.
    pub const ALL: [(Garbling, &'static str); 6] = [
        (Garbling::Noise, "noise"),
        (Garbling::LostBytes, "lost-bytes"),
        (Garbling::FlippedBits, "flipped-bits"),
        (Garbling::WrongSpeed, "wrong-speed"),
        (Garbling::Torn, "torn-frames"),
        (Garbling::Repeated, "repeats"),
    ];
}

/// A vehicle in a portal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// How long it breaks the beam.
    pub time: Duration,
    /// How much of the background it takes away at its densest, in percent.
    pub shielding_percent: u8,
    /// Gamma radiation of its load at its strongest, as a multiple of the background.
    pub gamma_times: f64,
    /// Where the load is strongest along the vehicle, in percent of its length.
    pub gamma_at_percent: u8,
    /// How much of the vehicle the load takes up, in percent (one standard deviation).
    pub gamma_width_percent: u8,
    /// The pillar beside which the load is, if it is a point beside one: the other sees little of it. Of detectors with one sensor it means nothing.
    pub gamma_beside: Option<Pillar>,
    /// Neutrons of its load at its strongest, all detectors, in counts per second.
    pub neutron_cps: f64,
}

/// One of the two pillars of a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pillar {
    /// Detectors 1 and 2.
    First,
    /// Detectors 3 and 4.
    Second,
}

/// A key of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// What stands there becomes the tare.
    Tare,
    /// The tare is forgotten.
    Clear,
    /// What stands there becomes zero.
    Zero,
    /// The weight is printed.
    Print,
}

impl Key {
    /// Each, and its word in a story.
    pub const ALL: [(Key, &'static str); 4] =
        [(Key::Tare, "tare"), (Key::Clear, "clear"), (Key::Zero, "zero"), (Key::Print, "print")];
}

impl What {
    /// Reads a line of a story without its time.
    pub fn parse(words: &str) -> Result<What, String> {
        parse::what_happens(words.trim())
    }
}

impl Story {
    /// Reads a story. `file` names it in errors.
    pub fn parse(file: &str, text: &str) -> Result<Story, StoryError> {
        parse::story(file, text)
    }

    /// When its last line happens.
    pub fn length(&self) -> Duration {
        self.steps.last().map_or(Duration::ZERO, |step| step.at)
    }
}
