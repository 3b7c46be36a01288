//! The configuration of a site: one TOML file, read once, into types that cannot be wrong.
//!
//! What is refused is refused before anything starts, with the file, the line, the key, what stands there, and what would be right;
//! everything that is wrong is told at once. `config/checkpoint.example.toml` documents every key with its shipped value.
//!
//! Deliberately absent: defaults from the environment. No variable changes a decision.

mod check;
mod error;
mod written;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkpoint::retention::{Keeper, UnknownEnd};
use checkpoint::site::{Limits, Site};
use firmware_protocols::portal::PortalSettings;
use firmware_protocols::sparkplug::Watched;
use firmware_protocols::weighbridge::{AxleSettings, SettlingSettings};
use firmware_protocols::{Dialect, Settings};
use jiff::SignedDuration;

pub use error::{ConfigError, Finding};

use crate::terminal::session::Account;

/// What a site sets.
#[derive(Clone)]
pub struct Config {
    /// The checkpoint as its entries describe it.
    pub site: Site,
    /// Numbers that rules compare with.
    pub limits: Limits,
    /// The edition of the law, if not the one that the program carries.
    pub edition: Option<PathBuf>,
    /// The days off, if not none.
    pub calendar: Option<PathBuf>,
    /// The working hours of the body, if not round the clock.
    pub timetable: Option<PathBuf>,
    /// Restrictions that everybody may read (art. 248.3), if there are any.
    pub public_notice: Option<String>,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// How each device of the site is reached, in the same order.
    pub lines: Vec<DeviceLine>,
    /// The broker of devices that speak MQTT.
    pub mqtt: Option<Mqtt>,
    /// Officers' accounts.
    pub officers: Vec<Account>,
    /// Where the terminal listens.
    pub terminal: SocketAddr,
    /// Where devices push over HTTP, if not at the terminal's address alone.
    pub ingest: Option<SocketAddr>,
    /// The hub, if there is one.
    pub hub: Option<Hub>,
    /// A file that is there while the machine's clock is synchronised.
    pub synchronised_file: Option<PathBuf>,
    /// How the journal is kept.
    pub journal: JournalSettings,
    /// How tapes are kept.
    pub tape: TapeSettings,
    /// Where each passage through a portal is written as a document, if it is.
    pub n42: Option<N42Settings>,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
}

/// How one device is reached and understood.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceLine {
    /// The device.
    pub device: checkpoint::site::Device,
    /// How it speaks.
    pub dialect: Dialect,
    /// How it is set.
    pub settings: Settings,
    /// Where it is.
    pub connect: Connect,
    /// Silent for so long, it is not relied on.
    pub silence_limit: Duration,
    /// What is assumed of a portal until it has told its own settings.
    pub portal: PortalSettings,
    /// What a document says of a portal.
    pub instrument: Instrument,
    /// How a scale weighs.
    pub scale: Scale,
    /// The same content at the same reader within this time is the same scan.
    pub repeated_within: SignedDuration,
}

/// What people know of a portal, for it does not tell: a document says it, or that it is not stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instrument {
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The version of its software.
    pub firmware: Option<String>,
}

impl DeviceLine {
    /// Whether each piece on its tape is a message of its own.
    pub fn says_whole_messages(&self) -> bool {
        // A datagram of a device that is spoken with is a piece of the conversation.
        let spoken_with =
            self.connect.is_both_ways() && self.dialect.asker(&self.settings).is_some();
        self.connect.keeps_messages_apart() && !spoken_with
    }
}

/// How a scale weighs.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Whole vehicles.
    Vehicles(SettlingSettings),
    /// It is shorter than a vehicle: axle by axle.
    Axles(AxleSettings),
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq)]
pub enum Connect {
    /// It listens; we connect.
    Tcp(String),
    /// We listen at this address; it connects. The newest connection counts.
    Listen(SocketAddr),
    /// We listen at this address; it sends datagrams, each a whole message.
    Udp(SocketAddr),
    /// On a serial line.
    Serial(SerialLine),
    /// It publishes to the broker.
    Mqtt {
        /// Where it publishes what it says.
        topic: String,
        /// Where its last will says that it is gone, if it does.
        status_topic: Option<String>,
    },
    /// It stands behind a node of Sparkplug B that publishes to the broker.
    Sparkplug(Box<Watched>),
    /// It posts to `/push/<device>`.
    HttpPush,
}

impl Connect {
    /// Whether there is a way to say something to the device.
    pub fn is_both_ways(&self) -> bool {
        match self {
            Connect::Tcp(_) | Connect::Listen(_) | Connect::Udp(_) | Connect::Serial(_) => true,
            Connect::Mqtt { .. } | Connect::Sparkplug(_) | Connect::HttpPush => false,
        }
    }

    /// Whether what comes is whole messages, and nothing is continued in the next.
    pub fn keeps_messages_apart(&self) -> bool {
        match self {
            Connect::Udp(_) | Connect::Mqtt { .. } | Connect::Sparkplug(_) | Connect::HttpPush => {
                true
            }
            Connect::Tcp(_) | Connect::Listen(_) | Connect::Serial(_) => false,
        }
    }
}

/// A serial line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialLine {
    /// Such as `/dev/serial/by-id/..`.
    pub path: String,
    /// Bits a second.
    pub baud: u32,
    /// Bits of a character.
    pub data_bits: tokio_serial::DataBits,
    /// Parity.
    pub parity: tokio_serial::Parity,
    /// Stop bits.
    pub stop_bits: tokio_serial::StopBits,
}

/// The broker.
#[derive(Clone, PartialEq, Eq)]
pub struct Mqtt {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Which MQTT.
    pub protocol: MqttProtocol,
    /// Under this name, with that of a device behind it, the broker keeps our sessions; no other client has it.
    pub client_id: String,
    /// The id under which nodes of Sparkplug look for us.
    pub sparkplug_host: String,
    /// Name and password, if the broker wants them.
    pub login: Option<(String, String)>,
}

/// Which MQTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub enum MqttProtocol {
    /// 3.1.1.
    #[serde(rename = "3.1.1")]
    V4,
    /// 5.0.
    #[serde(rename = "5")]
    V5,
}

/// The hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// `http://` on one machine, `https://` elsewhere.
    pub url: String,
    /// The authority that signed the hub's certificate.
    pub ca: Option<PathBuf>,
    /// Our certificate and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The only key whose directives are followed, as 64 hexadecimal digits; none if it is the first that is met.
    pub directive_key: Option<String>,
}

/// How the journal is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalSettings {
    /// A snapshot of the state after so many entries.
    pub snapshot_every: u64,
    /// What becomes of entries whose keeping term is over.
    pub purge: PurgeSettings,
}

/// What becomes of entries whose keeping term is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeSettings {
    /// Whether the agent removes them by itself, once a day.
    pub by_itself: bool,
    /// Whose terms hold.
    pub keeper: Keeper,
    /// What is taken for the end of control that nobody told.
    pub unknown_end: UnknownEnd,
}

/// How tapes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeSettings {
    /// All tapes together are no larger.
    pub max_mb: u32,
    /// No tape is older.
    pub max_days: u32,
}

/// How documents of passages are written and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct N42Settings {
    /// Where.
    pub folder: PathBuf,
    /// Whether the folder is made at the start. One outside of the agent's data has to be there: it may be the place of a disk that is not mounted.
    pub is_made: bool,
    /// No document of an older passage is kept.
    pub max_days: u32,
    /// All documents together are no larger.
    pub max_mb: u32,
    /// Whether gamma counts are repeated as spectra of eight channels.
    pub spectra: bool,
}

impl Config {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::unreadable(path, &source))?;
        Config::parse(path, &text)
    }

    /// Checks a text that stands in the file `path`; other files are named relative to its folder.
    pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let written: written::File =
            toml::from_str(text).map_err(|error| ConfigError::not_toml(path, text, &error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        check::check(written, folder, text)
            .map_err(|findings| ConfigError::new(path, text, findings))
    }
}
