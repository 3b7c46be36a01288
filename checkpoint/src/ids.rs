//! Names and numbers of the things at a checkpoint.
//!
//! A name comes from the configuration (`LaneId`, `DeviceId`, `OfficerId`); a number is given by the checkpoint in the order of its
//! journal, and starts at one. Nothing here says what the thing is.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name that cannot be one: which, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no name: use 1 to {MAX_NAME} small letters, digits and hyphens, beginning with a letter or digit"
)]
pub struct BadName {
    text: String,
}

/// The longest name of a lane, device or officer.
const MAX_NAME: usize = 40;

fn checked(text: &str) -> Result<String, BadName> {
    let fits = (1..=MAX_NAME).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-');
    if fits { Ok(text.to_owned()) } else { Err(BadName { text: text.to_owned() }) }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as the configuration writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                checked(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                checked(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A checkpoint among all that report to one hub, such as `nur-zholy`.
    CheckpointId
}
name! {
    /// A lane: where one vehicle at a time is checked.
    LaneId
}
name! {
    /// A box with a cable.
    DeviceId
}
name! {
    /// A person who gives orders, as signed in.
    OfficerId
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u64))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number! {
    /// One vehicle's stay at the checkpoint.
    VisitId(u64)
}
number! {
    /// One vehicle's pass through a lane; for a portal, an occupancy.
    PassageId(u64)
}
number! {
    /// What one device said about one vehicle, once: a screening, a weighing, a seal or a plate.
    ReadingId(u64)
}
number! {
    /// A consignment within its visit, as the papers number it: 1, 2, …
    ConsignmentNo(u16)
}
number! {
    /// A running legal term.
    ClockId(u64)
}
number! {
    /// An alarm from raised to decided.
    AlarmId(u64)
}
number! {
    /// Prior information: what somebody told before the vehicle came.
    PriorId(u64)
}
number! {
    /// A recorded act: an inspection, a permit, a protocol.
    ActId(u64)
}

/// What a terminal invents for one press of a button, so that a repeated request has one effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

/// The longest request id that is taken.
const MAX_REQUEST_ID: usize = 64;

impl RequestId {
    /// The id as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = BadRequestId;
    fn from_str(text: &str) -> Result<Self, BadRequestId> {
        let fits = (8..=MAX_REQUEST_ID).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(BadRequestId) }
    }
}

impl TryFrom<String> for RequestId {
    type Error = BadRequestId;
    fn try_from(text: String) -> Result<Self, BadRequestId> {
        text.parse()
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

/// A request id that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a request id is 8 to {MAX_REQUEST_ID} letters, digits and hyphens")]
pub struct BadRequestId;
