//! Plate cameras: what was read on a vehicle that passed.
//!
//! A plate is a claim with a confidence. It is carried as the camera wrote it; normalising and comparing is the checkpoint's work.
//!
//! Deliberately absent: what pictures show. A picture that travels beside a document is a name, a kind, a size and a digest; nothing looks into it.

mod country;
pub mod hikvision;
pub mod openalpr;
mod parts;

use alloc::string::String;
use alloc::vec::Vec;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use units::Percent;

pub use country::{Country, Iso2};

/// What a camera says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "sightings are the rule and other events the exception"
)]
pub enum CameraMessage {
    /// A vehicle was seen.
    Sighting(Sighting),
    /// Another event of the camera, such as a heartbeat or loss of picture.
    Other {
        /// The camera's name for it.
        event_type: String,
        /// False where the camera says that there is nothing: an event that is over, a picture without a vehicle.
        active: bool,
        /// The camera's time.
        device_time: Option<Timestamp>,
    },
}

impl CameraMessage {
    /// Whether it says no more than that the camera is there.
    pub fn is_sign_of_life(&self) -> bool {
        match self {
            CameraMessage::Sighting(_) => false,
            CameraMessage::Other { event_type, active, .. } => {
                !active || event_type.eq_ignore_ascii_case("heartbeat")
            }
        }
    }
}

/// One vehicle, seen by a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What tells this sighting from others, and ties its messages together.
    pub id: Option<String>,
    /// The camera's time.
    pub device_time: Option<Timestamp>,
    /// What was read.
    pub plate: Plate,
    /// The country the camera recognised.
    pub country: Country,
    /// The camera's lane number, as configured in it.
    pub lane: Option<u16>,
    /// The direction, in the camera's word, such as `forward`.
    pub direction: Option<String>,
    /// The kind of vehicle, in the camera's word.
    pub vehicle_type: Option<String>,
    /// The dangerous-goods number on the orange plate.
    pub dangerous_goods: Option<String>,
    /// The number of a container.
    pub container: Option<String>,
    /// A second message with the same id follows, with pictures or a better result.
    pub more_follows: bool,
    /// A replay of something the camera could not deliver in time: history, not presence.
    pub retransmitted: bool,
    /// The pictures that travel beside the document.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pictures: Vec<Picture>,
    /// The camera, as it calls itself (an address and a channel).
    pub camera: Option<String>,
}

/// What was read on a plate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plate {
    /// A vehicle passed and no plate was read.
    NotRead,
    /// A plate, as the camera wrote it.
    Read {
        /// The text.
        text: String,
        /// The text before the camera's own corrections, if it differs.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        original: Option<String>,
        /// How sure the camera is of the whole.
        confidence_percent: Option<Percent>,
        /// How sure it is of each character.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        character_confidence_percent: Vec<Percent>,
    },
}

/// A picture that belongs to a sighting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The file name of its part.
    pub file_name: String,
    /// What it shows, in the camera's word.
    pub kind: String,
    /// The id of its part.
    pub id: Option<String>,
    /// The picture itself, if it came with the document.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sent: Option<SentPicture>,
}

/// A picture that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentPicture {
    /// Such as `image/jpeg`, if its part says so.
    pub media_type: Option<String>,
    /// Its size.
    pub bytes: u32,
    /// SHA-256 of it, 64 hexadecimal digits.
    pub sha256: String,
}
