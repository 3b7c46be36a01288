//! The host: who is there, in which order messages belong, what names and types they leave out, and what follows.
//!
//! Messages of one node are numbered, its devices' with it. One that comes early waits until the missing one came, or until the reorder time is over; then
//! those that waited are taken, and the node is asked to tell everything again. The same is asked when a node, a device or an alias is not
//! known; at most once in a while, for a node that cannot would be asked for ever.
//!
//! A death whose number is not that of the last birth is an old will and is ignored, says the specification; but two of the tried nodes never number
//! them alike. So such a death is doubted: the node is asked, and if it stays silent for the reorder time it is gone.

mod late;
mod live;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;

use super::metrics::{Metrics, Side};
use super::node::{BD_SEQ, REBIRTH};
use super::payload::{DataType, Metric, Payload, Value, Wire, decode, encode};
use super::topic::{Address, Topic, Verb};
use crate::conversation::Moment;
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;

/// How a host is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSettings {
    /// Its id, under which nodes look for it.
    pub id: String,
    /// How long a message may be late (tck-id-operational-behavior-host-reordering-param).
    pub reorder: Duration,
    /// How long a node that was asked to tell everything again is not asked once more.
    pub ask_again: Duration,
    /// The devices that count.
    pub watched: Vec<Watched>,
}

/// One device that counts, or a node that is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Where it is.
    pub address: Address,
    /// What its metrics mean.
    pub metrics: Metrics,
}

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// 0 or 1.
    pub qos: u8,
    /// Whether the broker keeps it.
    pub retain: bool,
}

/// What the host tells. Devices are numbered as in [`HostSettings::watched`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A device said something.
    Reading(usize, Box<Reading>),
    /// Something was wrong.
    Fault(usize, Fault),
    /// A device is there.
    Online(usize),
    /// A device is gone, and why.
    Offline(usize, String),
    /// This is to be published.
    Publish(Publish),
}

/// A Sparkplug host application.
#[derive(Debug)]
pub struct Host {
    settings: HostSettings,
    nodes: BTreeMap<Address, Node>,
    /// The time in the will of this connection; its birth has the same.
    state_ms: u64,
    /// When this connection began.
    connected_at: Moment,
}

/// What is known of a node.
#[derive(Debug, Default)]
struct Node {
    born: bool,
    bd_seq: Option<i64>,
    /// The number that comes next, once one was heard.
    next: Option<u8>,
    /// Messages that came early, by how far ahead they are of `next`.
    early: BTreeMap<u8, (Address, Verb, Payload, Vec<u8>)>,
    /// Since when one is missing.
    missing_since: Option<Moment>,
    asked_at: Option<Moment>,
    /// A death that may be an old one was heard then.
    doubted_since: Option<Moment>,
    /// Devices are to be born again until the reorder time after this.
    born_at: Option<Moment>,
    /// The node itself under `None`, and its devices: those that count, and no others.
    parts: BTreeMap<Option<String>, Part>,
}

/// A node itself, or one of its devices. Holds what its last birth said, so that nothing grows from birth to birth.
#[derive(Debug, Default)]
struct Part {
    born: bool,
    /// The metrics of its birth by their alias; only those that a site names have their name here.
    aliases: BTreeMap<u64, Option<String>>,
    /// Of the metrics that a site names.
    types: BTreeMap<String, Option<DataType>>,
    values: Side,
}

impl Host {
    /// A host that is not connected.
    pub fn new(settings: HostSettings) -> Host {
        let nodes = settings
            .watched
            .iter()
            .map(|watched| (watched.address.of_node(), Node::default()))
            .collect();
        Host { settings, nodes, state_ms: 0, connected_at: Moment::ZERO }
    }

    /// What to subscribe to, each with QoS 1: its own state first (tck-id-host-topic-phid-birth-sub-required).
    pub fn subscriptions(&self) -> Vec<String> {
        let mut topics = Vec::from([Topic::State(self.settings.id.clone()).to_string()]);
        for address in self.nodes.keys() {
            let devices = Address { device: Some("+".to_owned()), ..address.clone() };
            for verb in [Verb::Birth, Verb::Data, Verb::Death] {
                topics.push(Topic::Node(verb, address.clone()).to_string());
                topics.push(Topic::Node(verb, devices.clone()).to_string());
            }
        }
        topics
    }

    /// The will of the next connection. `wall_ms` is milliseconds since 1970.
    pub fn will(&mut self, wall_ms: u64) -> Publish {
        self.state_ms = wall_ms;
        self.state(false)
    }

    fn state(&self, online: bool) -> Publish {
        Publish {
            topic: Topic::State(self.settings.id.clone()).to_string(),
            payload: format!("{{\"online\":{online},\"timestamp\":{}}}", self.state_ms)
                .into_bytes(),
            qos: 1,
            retain: true,
        }
    }

    /// The connection stands and the subscriptions are made: tells its own birth, and asks every node for its.
    pub fn connected(&mut self, now: Moment) -> Vec<Told> {
        self.connected_at = now;
        let mut out = Vec::from([Told::Publish(self.state(true))]);
        let nodes: Vec<Address> = self.nodes.keys().cloned().collect();
        for address in nodes {
            self.nodes.insert(address.clone(), Node::default());
            self.ask(&address, now, &mut out);
        }
        out
    }

    /// The connection is to be ended in order: what to publish before (tck-id-operational-behavior-host-application-termination).
    pub fn leaving(&mut self, wall_ms: u64) -> Publish {
        self.state_ms = wall_ms;
        self.state(false)
    }

    /// The connection is gone: nobody can be heard.
    pub fn disconnected(&mut self, why: &str) -> Vec<Told> {
        for node in self.nodes.values_mut() {
            *node = Node::default();
        }
        (0..self.settings.watched.len())
            .map(|device| Told::Offline(device, why.to_owned()))
            .collect()
    }

    /// A message came.
    pub fn message(
        &mut self,
        now: Moment,
        topic: &str,
        payload: &[u8],
        retained: bool,
    ) -> Vec<Told> {
        let mut out = Vec::new();
        match Topic::parse(topic) {
            Some(Topic::State(host)) if host == self.settings.id => {
                // An old will of ours, delivered late: whoever waits for this host must not take it for gone.
                if !is_online(payload) {
                    out.push(Told::Publish(self.state(true)));
                }
            }
            Some(Topic::Node(verb, address)) if verb != Verb::Command => {
                if self.nodes.contains_key(&address.of_node()) {
                    self.heard(now, verb, &address, payload, retained, &mut out);
                }
            }
            Some(Topic::State(_) | Topic::Node(..)) | None => {}
        }
        out
    }

    fn heard(
        &mut self,
        now: Moment,
        verb: Verb,
        address: &Address,
        bytes: &[u8],
        retained: bool,
        out: &mut Vec<Told>,
    ) {
        if retained {
            let detail = "a message that the broker kept: Sparkplug keeps none, and nobody knows how old it is";
            self.fault(address, Fault::new(FaultKind::Refused, detail, bytes), out);
            return;
        }
        let payload = match decode(bytes) {
            Ok(payload) => payload,
            Err(fault) => return self.fault(address, fault, out),
        };
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        if !(verb == Verb::Death && address.device.is_none()) {
            node.doubted_since = None;
        }
        match (verb, &address.device) {
            (Verb::Birth, None) => self.node_birth(now, address, &payload, bytes, out),
            (Verb::Death, None) => self.node_death(now, address, &payload, bytes, out),
            _ => self.numbered(now, verb, address, payload, bytes, out),
        }
    }

    fn node_birth(
        &mut self,
        now: Moment,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some(node) = self.nodes.get_mut(address) else { return };
        node.born = true;
        node.born_at = Some(now);
        node.asked_at = None;
        node.missing_since = None;
        node.early.clear();
        node.bd_seq = bd_seq(payload);
        node.next = payload.seq.map(following);
        for part in node.parts.values_mut() {
            part.born = false;
        }
        self.birth(address, payload, bytes, out);
    }

    fn node_death(
        &mut self,
        now: Moment,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some(node) = self.nodes.get_mut(address) else { return };
        if !node.born {
            return;
        }
        if node.bd_seq.is_some() && node.bd_seq == bd_seq(payload) {
            return self.gone(address, "the node is gone", out);
        }
        node.doubted_since = Some(now);
        let detail =
            "a death of another birth than the last: the node is asked whether it is there";
        self.fault(address, Fault::new(FaultKind::Unasked, detail, bytes), out);
        if let Some(node) = self.nodes.get_mut(address) {
            node.asked_at = None;
        }
        self.ask(address, now, out);
    }

    /// The node and everything behind it is gone.
    fn gone(&mut self, address: &Address, why: &str, out: &mut Vec<Told>) {
        self.nodes.insert(address.of_node(), Node::default());
        for (device, watched) in self.settings.watched.iter().enumerate() {
            if watched.address.of_node() == address.of_node() {
                out.push(Told::Offline(device, why.to_owned()));
            }
        }
    }

    /// Messages that have a number, in their order.
    fn numbered(
        &mut self,
        now: Moment,
        verb: Verb,
        address: &Address,
        payload: Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        // Some nodes send deaths of devices without a number.
        let (Some(seq), Some(next)) = (payload.seq, node.next) else {
            if let Some(seq) = payload.seq {
                node.next = Some(following(seq));
            }
            return self.take(now, verb, address, &payload, bytes, out);
        };
        let ahead = number(seq).wrapping_sub(next);
        if ahead == 0 {
            node.next = Some(next.wrapping_add(1));
            self.take(now, verb, address, &payload, bytes, out);
            return self.settle(now, &address.of_node(), out);
        }
        if ahead >= 128 || node.early.len() >= limits::SPARKPLUG_EARLY {
            let detail = format!("number {seq} came late: {next} was expected");
            self.fault(address, Fault::new(FaultKind::Unasked, detail, bytes), out);
            return self.ask(address, now, out);
        }
        node.early.insert(number(seq), (address.clone(), verb, payload, bytes.to_vec()));
        node.missing_since.get_or_insert(now);
        if self.settings.reorder.is_zero() {
            self.give_up_missing(now, &address.of_node(), out);
        }
    }

    /// Takes what waited and is next.
    fn settle(&mut self, now: Moment, address: &Address, out: &mut Vec<Told>) {
        loop {
            let Some(node) = self.nodes.get_mut(address) else { return };
            if node.early.is_empty() {
                node.missing_since = None;
                return;
            }
            let Some(next) = node.next else { return };
            let Some((from, verb, payload, bytes)) = node.early.remove(&next) else { return };
            node.next = Some(next.wrapping_add(1));
            self.take(now, verb, &from, &payload, &bytes, out);
        }
    }

    /// The missing message did not come in time: what waited is taken, and the node is asked.
    fn give_up_missing(&mut self, now: Moment, address: &Address, out: &mut Vec<Told>) {
        let Some(node) = self.nodes.get_mut(address) else { return };
        let Some(next) = node.next else { return };
        node.missing_since = None;
        let mut early: Vec<_> = core::mem::take(&mut node.early).into_iter().collect();
        early.sort_by_key(|(seq, _)| seq.wrapping_sub(next));
        if let Some((seq, _)) = early.last() {
            node.next = Some(seq.wrapping_add(1));
        }
        let bytes = early.first().map(|(_, (_, _, _, bytes))| bytes.clone()).unwrap_or_default();
        let detail =
            format!("number {next} is missing: the node is asked to tell everything again");
        self.fault(address, Fault::new(FaultKind::NoAnswer, detail, &bytes), out);
        for (_, (from, verb, payload, bytes)) in early {
            self.take(now, verb, &from, &payload, &bytes, out);
        }
        self.ask(address, now, out);
    }

    fn take(
        &mut self,
        now: Moment,
        verb: Verb,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        match verb {
            Verb::Birth => {
                let born = self.nodes.get(&address.of_node()).is_some_and(|node| node.born);
                self.birth(address, payload, bytes, out);
                // A device that is born without its node: it names everything itself, so it is believed, and the node is asked.
                if !born {
                    self.ask(address, now, out);
                }
            }
            Verb::Death => {
                if let Some(node) = self.nodes.get_mut(&address.of_node()) {
                    node.parts.remove(&address.device);
                }
                for device in self.at(address) {
                    out.push(Told::Offline(device, "its node lost it".to_owned()));
                }
            }
            Verb::Data => self.data(now, address, payload, bytes, out),
            Verb::Command => {}
        }
    }

    /// Asks a node to tell everything again, unless it was asked a while ago.
    fn ask(&mut self, address: &Address, now: Moment, out: &mut Vec<Told>) {
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        if node.asked_at.is_some_and(|asked| now < asked.saturating_add(self.settings.ask_again)) {
            return;
        }
        node.asked_at = Some(now);
        let since = now.saturating_sub(self.connected_at).as_millis();
        let timestamp = self.state_ms.saturating_add(u64::try_from(since).unwrap_or(0));
        let metric = Metric::named(REBIRTH, DataType::BOOLEAN, Wire::Boolean(true), timestamp);
        let payload = Payload { timestamp: Some(timestamp), metrics: [metric].into(), seq: None };
        out.push(Told::Publish(Publish {
            topic: Topic::Node(Verb::Command, address.of_node()).to_string(),
            payload: encode(&payload),
            qos: 0,
            retain: false,
        }));
    }

    /// When [`Host::time_passed`] has something to do at the latest.
    pub fn next_timeout(&self) -> Option<Moment> {
        let since = |node: &Node| {
            [node.missing_since, node.doubted_since, node.born_at].into_iter().flatten().min()
        };
        let first = self.nodes.values().filter_map(since).min()?;
        Some(first.saturating_add(self.settings.reorder))
    }

    /// Time has passed.
    pub fn time_passed(&mut self, now: Moment) -> Vec<Told> {
        let mut out = Vec::new();
        let reorder = self.settings.reorder;
        let over =
            |since: Option<Moment>| since.is_some_and(|since| now >= since.saturating_add(reorder));
        let addresses: Vec<Address> = self.nodes.keys().cloned().collect();
        for address in addresses {
            let Some(node) = self.nodes.get_mut(&address) else { continue };
            if over(node.doubted_since) {
                self.gone(&address, "a death came, and the node gives no sign of life", &mut out);
                continue;
            }
            if over(node.born_at) {
                node.born_at = None;
                let unborn: Vec<Option<String>> = node
                    .parts
                    .iter()
                    .filter(|(_, part)| !part.born)
                    .map(|(device, _)| device.clone())
                    .collect();
                node.parts.retain(|_, part| part.born);
                for device in unborn {
                    for device in self.at(&Address { device, ..address.clone() }) {
                        out.push(Told::Offline(
                            device,
                            "its node was born again without it".to_owned(),
                        ));
                    }
                }
            }
            if self.nodes.get(&address).is_some_and(|node| over(node.missing_since)) {
                self.give_up_missing(now, &address, &mut out);
            }
        }
        out
    }
}

/// Numbers run from 0 to 255; a node that counts on is understood.
fn number(seq: u64) -> u8 {
    (seq & 0xff) as u8
}

fn following(seq: u64) -> u8 {
    number(seq).wrapping_add(1)
}

/// Of any integer type: the specification says Int64, nodes say UInt64 and others.
fn bd_seq(payload: &Payload) -> Option<i64> {
    let metric = payload.metrics.iter().find(|metric| metric.name.as_deref() == Some(BD_SEQ))?;
    match metric.read(Some(DataType::INT64)) {
        Ok(Value::Number(number)) => number.to_i64(),
        Ok(Value::Null | Value::Boolean(_) | Value::Text(_) | Value::Other) | Err(_) => None,
    }
}

fn timestamp(ms: Option<u64>) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(ms?).ok()?).ok()
}

fn is_online(payload: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct State {
        online: bool,
    }
    serde_json::from_slice(payload).is_ok_and(|State { online }| online)
}
