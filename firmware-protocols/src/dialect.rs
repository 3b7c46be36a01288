//! The dialects this crate speaks: a closed list, and one decoder for whichever a device is configured with.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{plate, portal, seal, weighbridge};

/// One vendor's way to speak a family's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// `tsa`: Rapiscan/TSA portals, ASCII lines.
    Tsa,
    /// `xk3190`: Yaohua XK3190 indicators, continuous output `tF = 0`.
    Xk3190,
    /// `cas`: comma strings of CAS, A&D, Dini Argeo and the many imitators.
    Cas,
    /// `jointech-text`: navigation seals Jointech JT600/JT701, text form.
    JointechText,
    /// `hikvision-anpr`: plate cameras, ISAPI event documents.
    HikvisionAnpr,
    /// `json`: our own documented contract for seals, plates and weighings.
    Json,
}

/// A family of devices: readings of one family look alike whatever the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Radiation portals.
    Portal,
    /// Weighbridges.
    Weighbridge,
    /// Navigation seals.
    Seal,
    /// Plate cameras.
    Plate,
}

/// What a device said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// A line of a radiation portal.
    Portal(portal::Record),
    /// A frame of a weighing indicator.
    Weight(weighbridge::Weighing),
    /// A message of a seal.
    Seal(seal::Message),
    /// A message of a plate camera.
    Plate(plate::CameraMessage),
}

/// A name that is no dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownDialect;

impl Dialect {
    /// Every dialect, in the order in which they are listed to people.
    pub const ALL: [Dialect; 6] = [
        Dialect::Tsa,
        Dialect::Xk3190,
        Dialect::Cas,
        Dialect::JointechText,
        Dialect::HikvisionAnpr,
        Dialect::Json,
    ];

    /// The name in configuration files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Tsa => "tsa",
            Dialect::Xk3190 => "xk3190",
            Dialect::Cas => "cas",
            Dialect::JointechText => "jointech-text",
            Dialect::HikvisionAnpr => "hikvision-anpr",
            Dialect::Json => "json",
        }
    }

    /// The families whose readings a device with this dialect can send.
    pub fn families(self) -> &'static [Family] {
        match self {
            Dialect::Tsa => &[Family::Portal],
            Dialect::Xk3190 | Dialect::Cas => &[Family::Weighbridge],
            Dialect::JointechText => &[Family::Seal],
            Dialect::HikvisionAnpr => &[Family::Plate],
            Dialect::Json => &[Family::Weighbridge, Family::Seal, Family::Plate],
        }
    }
}

impl Family {
    /// The name in configuration files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Family::Portal => "portal",
            Family::Weighbridge => "weighbridge",
            Family::Seal => "seal",
            Family::Plate => "plate",
        }
    }
}

impl Reading {
    /// The family that speaks so.
    pub fn family(&self) -> Family {
        match self {
            Reading::Portal(_) => Family::Portal,
            Reading::Weight(_) => Family::Weighbridge,
            Reading::Seal(_) => Family::Seal,
            Reading::Plate(_) => Family::Plate,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Dialect, UnknownDialect> {
        Dialect::ALL.into_iter().find(|dialect| dialect.name() == name).ok_or(UnknownDialect)
    }
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown dialect; known are")?;
        for (index, dialect) in Dialect::ALL.into_iter().enumerate() {
            write!(f, "{} {dialect}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownDialect {}

impl Serialize for Dialect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Dialect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Dialect, D::Error> {
        let name = alloc::string::String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}
