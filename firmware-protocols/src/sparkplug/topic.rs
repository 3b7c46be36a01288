//! Topics of Sparkplug: who is spoken of, and what kind of message it is.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::limits;

/// The name space of Sparkplug B.
const SPACE: &str = "spBv1.0";

/// What a topic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// A message of or to a node.
    Node(Verb, Address),
    /// The state of a host.
    State(String),
}

/// A node, or a device behind it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The group of the node.
    pub group: String,
    /// The node.
    pub node: String,
    /// The device, if it is one.
    pub device: Option<String>,
}

/// Kinds of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// A node or device tells everything it has.
    Birth,
    /// It tells what changed.
    Data,
    /// It is gone.
    Death,
    /// It is told something.
    Command,
}

/// Whether a text may be the id of a group, a node, a device or a host (tck-id-intro-group-id-chars and its like).
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= limits::TEXT_CHARS
        && !text.contains(['/', '+', '#'])
        && !text.chars().any(char::is_control)
}

impl Topic {
    /// Reads a topic. `None` if it is none of Sparkplug.
    pub fn parse(topic: &str) -> Option<Topic> {
        let mut levels = topic.split('/');
        if levels.next()? != SPACE {
            return None;
        }
        let group = levels.next().filter(|level| is_id(level))?;
        let verb = levels.next().filter(|level| is_id(level))?;
        if group == "STATE" {
            return levels.next().is_none().then(|| Topic::State(verb.to_owned()));
        }
        let node = levels.next().filter(|level| is_id(level))?;
        let device = levels.next();
        if levels.next().is_some() || device.is_some_and(|device| !is_id(device)) {
            return None;
        }
        let (of, what) = verb.split_at_checked(1)?;
        let verb = match what {
            "BIRTH" => Verb::Birth,
            "DATA" => Verb::Data,
            "DEATH" => Verb::Death,
            "CMD" => Verb::Command,
            _ => return None,
        };
        if !matches!((of, device), ("N", None) | ("D", Some(_))) {
            return None;
        }
        let address = Address {
            group: group.to_owned(),
            node: node.to_owned(),
            device: device.map(ToOwned::to_owned),
        };
        Some(Topic::Node(verb, address))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::State(host) => write!(f, "{SPACE}/STATE/{host}"),
            Topic::Node(verb, Address { group, node, device }) => {
                let of = if device.is_some() { "D" } else { "N" };
                write!(f, "{SPACE}/{group}/{of}{verb}/{node}")?;
                device.as_ref().map_or(Ok(()), |device| write!(f, "/{device}"))
            }
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verb::Birth => "BIRTH",
            Verb::Data => "DATA",
            Verb::Death => "DEATH",
            Verb::Command => "CMD",
        })
    }
}

impl Address {
    /// Reads `group/node` or `group/node/device`.
    pub fn parse(text: &str) -> Option<Address> {
        let mut parts = text.split('/');
        let (group, node, device) = (parts.next()?, parts.next()?, parts.next());
        let sound = parts.next().is_none()
            && is_id(group)
            && group != "STATE"
            && is_id(node)
            && device.is_none_or(is_id);
        sound.then(|| Address {
            group: group.to_owned(),
            node: node.to_owned(),
            device: device.map(ToOwned::to_owned),
        })
    }

    /// The node itself.
    pub fn of_node(&self) -> Address {
        Address { device: None, ..self.clone() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.as_ref().map(|device| format!("/{device}")).unwrap_or_default();
        write!(f, "{}/{}{device}", self.group, self.node)
    }
}
