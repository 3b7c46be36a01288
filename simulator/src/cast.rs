//! Who is on stage: the devices of an agent's configuration, as the simulator has to play them.
//!
//! The agent's file is read for what concerns the other end of the cables and nothing else; what the agent itself would refuse is for
//! the agent to say.

use std::path::{Path, PathBuf};

use firmware_protocols::sparkplug::{Address, Metrics};
use firmware_protocols::{Dialect, Settings, UnknownDialect};
use serde::Deserialize;

/// The devices, and where the agent is.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Every device of the configuration.
    pub devices: Vec<Device>,
    /// Address of the MQTT broker, `host:port`.
    pub broker: Option<String>,
    /// Other MQTT brokers, `host:port`: nodes of Sparkplug know them, and the agent does not.
    pub other_brokers: Vec<String>,
    /// The id under which nodes of Sparkplug look for the agent.
    pub sparkplug_host: Option<String>,
    /// Address of the agent's terminal, `host:port`.
    pub terminal: Option<String>,
    /// Address to which cameras push, `host:port`.
    pub push: Option<String>,
    /// Address of the hub's line for agents, `host:port`.
    pub hub: Option<String>,
}

/// A device to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Its name in the configuration.
    pub id: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// How it is set: a device that is asked is set as whoever asks believes it to be.
    pub settings: Settings,
    /// How the agent reaches it.
    pub line: Line,
    /// For MQTT: where it says that it is there, and its last will that it is not.
    pub status_topic: Option<String>,
}

/// The agent's end of a cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The agent connects here; the simulator listens.
    Tcp(String),
    /// The agent listens here; the simulator connects.
    Listen(String),
    /// The agent listens here; the simulator sends datagrams.
    Udp(String),
    /// The agent opens this port; the simulator puts a pseudo-terminal there.
    Serial {
        /// Under which name.
        path: PathBuf,
        /// At which speed, in bits per second.
        baud: u32,
    },
    /// The agent subscribes to this topic; the simulator publishes.
    Mqtt(String),
    /// The agent hears nodes of Sparkplug; the simulator is one.
    Sparkplug(Box<Behind>),
    /// The agent listens; the simulator posts.
    HttpPush,
}

/// A device behind a node of Sparkplug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The node and the device, or the node alone if it is one itself.
    pub address: Address,
    /// Which of its metrics mean what.
    pub metrics: Metrics,
}

/// Why a configuration gives no cast.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no configuration.
    #[error("{}: {source}", path.display())]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A device speaks nothing that is known.
    #[error("device {device}: {source}")]
    Dialect {
        /// Which device.
        device: String,
        /// What would be right.
        source: UnknownDialect,
    },
    /// A device has no cable.
    #[error(
        "device {device}: connect names none of tcp, listen, udp, serial, mqtt, sparkplug, http_push"
    )]
    NoLine {
        /// Which device.
        device: String,
    },
    /// A device is said to be behind a node of Sparkplug, and no node is named.
    #[error("device {device}: {place:?} is no group/node or group/node/device")]
    NoNode {
        /// Which device.
        device: String,
        /// What was written.
        place: String,
    },
}

#[derive(Deserialize)]
struct File {
    #[serde(default, rename = "device")]
    devices: Vec<FileDevice>,
    mqtt: Option<FileMqtt>,
    terminal: Option<FileListen>,
    ingest: Option<FileListen>,
    hub: Option<FileHub>,
}

#[derive(Deserialize)]
struct FileDevice {
    id: String,
    dialect: String,
    #[serde(default)]
    settings: Settings,
    connect: FileConnect,
}

#[derive(Deserialize)]
struct FileConnect {
    tcp: Option<String>,
    listen: Option<String>,
    udp: Option<String>,
    serial: Option<PathBuf>,
    #[serde(default = "usual_baud")]
    baud: u32,
    mqtt: Option<String>,
    status_topic: Option<String>,
    sparkplug: Option<String>,
    metrics: Option<Metrics>,
    http_push: Option<bool>,
}

/// Where a configuration names none, which the agent refuses.
fn usual_baud() -> u32 {
    9600
}

#[derive(Deserialize)]
struct FileMqtt {
    broker: String,
    client_id: Option<String>,
    sparkplug_host_id: Option<String>,
}

#[derive(Deserialize)]
struct FileHub {
    url: String,
}

#[derive(Deserialize)]
struct FileListen {
    listen: String,
}

impl Cast {
    /// Reads an agent's configuration.
    pub fn read(path: &Path) -> Result<Cast, CastError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CastError::Read { path: path.to_owned(), source })?;
        Cast::parse(path, &text)
    }

    /// Understands the text of an agent's configuration; `path` names it in errors.
    pub fn parse(path: &Path, text: &str) -> Result<Cast, CastError> {
        let file: File = toml::from_str(text).map_err(|source| CastError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let devices =
            file.devices.into_iter().map(device).collect::<Result<Vec<Device>, CastError>>()?;
        let mqtt = file.mqtt.as_ref();
        let broker = mqtt.map(|mqtt| mqtt.broker.trim_start_matches("mqtt://").to_owned());
        let sparkplug_host = mqtt
            .and_then(|mqtt| mqtt.sparkplug_host_id.as_ref().or(mqtt.client_id.as_ref()).cloned());
        let terminal = file.terminal.map(|terminal| terminal.listen);
        let push = file.ingest.map(|ingest| ingest.listen).or_else(|| terminal.clone());
        let hub = file.hub.map(|hub| {
            hub.url.trim_start_matches("http://").trim_start_matches("https://").to_owned()
        });
        let other_brokers = Vec::new();
        Ok(Cast { devices, broker, other_brokers, sparkplug_host, terminal, push, hub })
    }

    /// The device of this name.
    pub fn device(&self, id: &str) -> Option<&Device> {
        self.devices.iter().find(|device| device.id == id)
    }
}

fn device(device: FileDevice) -> Result<Device, CastError> {
    let FileDevice { id, dialect, settings, connect } = device;
    let dialect = match dialect.parse() {
        Ok(dialect) => dialect,
        Err(source) => return Err(CastError::Dialect { device: id, source }),
    };
    let status_topic = connect.status_topic.clone();
    let line = match connect {
        FileConnect { tcp: Some(address), .. } => Line::Tcp(address),
        FileConnect { listen: Some(address), .. } => Line::Listen(address),
        FileConnect { udp: Some(address), .. } => Line::Udp(address),
        FileConnect { serial: Some(path), baud, .. } => Line::Serial { path, baud },
        FileConnect { mqtt: Some(topic), .. } => Line::Mqtt(topic),
        FileConnect { sparkplug: Some(place), metrics, .. } => match Address::parse(&place) {
            Some(address) => {
                Line::Sparkplug(Box::new(Behind { address, metrics: metrics.unwrap_or_default() }))
            }
            None => return Err(CastError::NoNode { device: id, place }),
        },
        FileConnect { http_push: Some(true), .. } => Line::HttpPush,
        FileConnect { .. } => return Err(CastError::NoLine { device: id }),
    };
    Ok(Device { id, dialect, settings, line, status_topic })
}
