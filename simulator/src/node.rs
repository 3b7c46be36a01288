//! A node of Sparkplug B: what the devices behind it say, as births and data of metrics, and what such nodes are known to do.
//!
//! The devices speak our own contract (JSON); a node knows which metric is what. It knows no broker: it is told what comes and what time it is,
//! and gives what is to be published. Births, aliases, the one sequence and the will are [`EdgeNode`]'s, as the specification wants them. A node that
//! has a primary host ([`Hosts::Primary`]) says nothing where its host is not, and leaves for the next broker.

mod primary;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use firmware_protocols::plate::{CameraMessage, Country, Plate};
use firmware_protocols::seal::Housing;
use firmware_protocols::sparkplug::{
    DataType, EdgeNode, Metrics, Publish, Topic, Wire, decode, encode,
};
use firmware_protocols::weighbridge::{Display, Stability};
use firmware_protocols::{Reading, json};
use rust_decimal::prelude::ToPrimitive;

use crate::apparatus::spells::{Kind, Spells};
use crate::cast::Behind;
use crate::story::Act;

use primary::Primary;

/// What nodes are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// What it publishes is numbered and does not arrive.
    LosesMessages,
    /// Of two messages the later arrives first.
    SwapsMessages,
    /// It came back and says no birth, not even when it is asked.
    NoBirth,
    /// Its aliases are not those of its birth.
    StaleAliases,
    /// It is started anew, without a goodbye.
    Restarts,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] = &[
        (Quirk::LosesMessages, "loses-messages"),
        (Quirk::SwapsMessages, "swaps-messages"),
        (Quirk::NoBirth, "no-birth"),
        (Quirk::StaleAliases, "stale-aliases"),
        (Quirk::Restarts, "restarts"),
    ];
}

/// How a node can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// It speaks whoever hears it.
    Any,
    /// It speaks where its primary host is, and nowhere else.
    Primary,
}

impl Kind for Hosts {
    const ALL: &'static [(Hosts, &'static str)] =
        &[(Hosts::Any, "any-host"), (Hosts::Primary, "primary-host")];
}

/// What befalls a node, and not the device behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeAct {
    /// It does what nodes are known to do.
    Misbehaves {
        /// What.
        how: Quirk,
        /// For how long.
        time: Duration,
    },
    /// Somebody sets it otherwise.
    SetTo(Hosts),
}

impl NodeAct {
    /// Nothing if the act is none of a node.
    pub(crate) fn of(act: &Act) -> Option<NodeAct> {
        if let Act::Misbehaves { how, time } = act {
            Quirk::of(how).map(|how| NodeAct::Misbehaves { how, time: *time })
        } else if let Act::SetTo { form } = act {
            Hosts::of(form).map(NodeAct::SetTo)
        } else {
            None
        }
    }
}

/// Documents that are kept while there is no connection; the oldest goes.
const MOST_KEPT: usize = 256;
/// An alias that no birth told.
const STALE: u64 = 1000;

/// One node.
#[derive(Debug)]
pub struct Node {
    edge: EdgeNode,
    /// By their names in the configuration.
    devices: BTreeMap<String, Behind>,
    spells: Spells<Quirk>,
    /// It may speak: it is connected, and its primary host is there if it has one.
    connected: bool,
    /// The id of the host that it can have for its primary one.
    host: String,
    /// How it is set.
    hosts: Hosts,
    /// Its primary host on this connection, if it has one.
    primary: Option<Primary>,
    /// Said while there was no connection.
    kept: VecDeque<(String, Vec<u8>)>,
    /// Waits until a later one has gone.
    overtaken: Option<Publish>,
}

/// A moment: on the clock that never goes back, and in milliseconds since 1970.
pub type Moment = (Duration, u64);

impl Node {
    /// The node of these devices, which was never connected. All of them are behind the same one. `host` is the id of the host that can be its
    /// primary one, if it is set so.
    pub fn new(devices: BTreeMap<String, Behind>, host: &str, now_ms: u64) -> Node {
        let node = devices.values().next().map(|behind| &behind.address);
        let mut edge = node.map_or_else(
            || EdgeNode::new("", ""),
            |address| EdgeNode::new(&address.group, &address.node),
        );
        for behind in devices.values() {
            for (name, datatype, value) in at_first(&behind.metrics) {
                edge.metric(behind.address.device.as_deref(), name, datatype, value, now_ms);
            }
        }
        Node {
            edge,
            devices,
            spells: Spells::none(),
            connected: false,
            host: host.to_owned(),
            hosts: Hosts::Any,
            primary: None,
            kept: VecDeque::new(),
            overtaken: None,
        }
    }

    /// The will of the next connection. To be called once for each.
    pub fn will(&mut self, now_ms: u64) -> Publish {
        self.connected = false;
        self.primary = None;
        self.overtaken = None;
        self.edge.will(now_ms)
    }

    /// Where commands to it come: to be subscribed to before anything is published.
    pub fn commands(&self) -> String {
        self.edge.commands()
    }

    /// Where its primary host says whether it is there, if it has one: to be subscribed to as well.
    pub fn host_state(&self) -> Option<String> {
        (self.hosts == Hosts::Primary).then(|| Topic::State(self.host.clone()).to_string())
    }

    /// The connection stands.
    pub fn connected(&mut self, now: Moment) -> Vec<Publish> {
        if self.hosts == Hosts::Primary {
            self.primary = Some(Primary::unknown(now.0));
            return Vec::new();
        }
        self.speaks(now)
    }

    /// Somebody hears it now: it says everything.
    fn speaks(&mut self, now: Moment) -> Vec<Publish> {
        self.connected = true;
        if self.spells.last(Quirk::NoBirth, now.0) {
            return Vec::new();
        }
        let births = self.edge.births(now.1);
        self.delivers(births, now)
    }

    /// When it leaves the broker because its primary host is not there, if it does: now, if that time has come.
    pub fn leaves_at(&self) -> Option<Duration> {
        self.primary.as_ref()?.left_at()
    }

    /// What it says before it leaves: its death, if it was born here.
    pub fn goodbye(&self, now_ms: u64) -> Option<Publish> {
        self.connected.then(|| self.edge.goodbye(now_ms))
    }

    /// Somebody sets it otherwise. Its next connection begins so.
    pub fn set_to(&mut self, hosts: Hosts) {
        self.hosts = hosts;
    }

    /// A message came.
    pub fn hears(&mut self, topic: &str, payload: &[u8], now: Moment) -> Vec<Publish> {
        if let Some(primary) = &mut self.primary {
            if Topic::parse(topic) == Some(Topic::State(self.host.clone())) {
                primary.says(payload);
                let begins = primary.is_there() && !self.connected;
                return if begins { self.speaks(now) } else { Vec::new() };
            }
            if !self.connected {
                return Vec::new();
            }
        }
        if self.spells.last(Quirk::NoBirth, now.0) {
            return Vec::new();
        }
        let births = self.edge.heard(topic, payload, now.1);
        if births.is_empty() { births } else { self.delivers(births, now) }
    }

    /// Births, and behind them what was kept.
    fn delivers(&mut self, mut births: Vec<Publish>, now: Moment) -> Vec<Publish> {
        let kept = std::mem::take(&mut self.kept);
        births.extend(
            kept.iter().filter_map(|(device, document)| self.data(device, document, now.1, true)),
        );
        births
    }

    /// A device says a document of our contract.
    pub fn says(&mut self, device: &str, document: &[u8], now: Moment) -> Vec<Publish> {
        if !self.connected {
            if self.kept.len() >= MOST_KEPT {
                self.kept.pop_front();
            }
            self.kept.push_back((device.to_owned(), document.to_vec()));
            return Vec::new();
        }
        let Some(mut data) = self.data(device, document, now.1, false) else { return Vec::new() };
        if self.spells.last(Quirk::LosesMessages, now.0) {
            return Vec::new();
        }
        if self.spells.last(Quirk::StaleAliases, now.0) {
            data.payload = with_other_aliases(&data.payload);
        }
        match self.overtaken.take() {
            Some(before) => vec![data, before],
            None if self.spells.last(Quirk::SwapsMessages, now.0) => {
                self.overtaken = Some(data);
                Vec::new()
            }
            None => vec![data],
        }
    }

    /// It misbehaves from now on. Whether its connection is to be broken off and made anew.
    pub fn misbehaves(&mut self, how: Quirk, time: Duration, now: Duration) -> bool {
        self.spells.begin(how, now + time);
        matches!(how, Quirk::NoBirth | Quirk::Restarts)
    }

    fn data(&mut self, device: &str, document: &[u8], now_ms: u64, late: bool) -> Option<Publish> {
        let behind = self.devices.get(device)?;
        let reading = json::decode(document.trim_ascii_end()).ok()?;
        let values = values(&behind.metrics, &reading);
        let at_ms = when(&reading).filter(|_| late).unwrap_or(now_ms);
        self.edge.data_together(behind.address.device.as_deref(), values, at_ms, late)
    }
}

/// When a device says that it was so, in milliseconds since 1970.
fn when(reading: &Reading) -> Option<u64> {
    let at = match reading {
        Reading::Seal(message) => message.device_time,
        Reading::Plate(CameraMessage::Sighting(sighting)) => sighting.device_time,
        Reading::Plate(CameraMessage::Other { .. })
        | Reading::Portal(_)
        | Reading::Weight(_)
        | Reading::Passage(_)
        | Reading::SealReader(_)
        | Reading::Scan(_) => None,
    };
    u64::try_from(at?.as_millisecond()).ok()
}

/// Every metric that is named, and what it is before a device has said anything.
fn at_first(metrics: &Metrics) -> impl Iterator<Item = (&str, DataType, Wire)> {
    let text = || (DataType::STRING, Wire::Text(String::new()));
    let switch = |on| (DataType::BOOLEAN, Wire::Boolean(on));
    let number = || (DataType::INT32, Wire::Int(0));
    [
        (&metrics.weight, (DataType::DOUBLE, Wire::Double(0.0))),
        (&metrics.stable, switch(true)),
        (&metrics.overload, switch(false)),
        (&metrics.seal, text()),
        (&metrics.locked, switch(true)),
        (&metrics.housing_ok, switch(true)),
        (&metrics.battery_pct, number()),
        (&metrics.plate, text()),
        (&metrics.country, text()),
        (&metrics.confidence_pct, number()),
    ]
    .into_iter()
    .filter_map(|(name, (datatype, value))| Some((name.as_deref()?, datatype, value)))
}

/// What a reading says of each metric that is named.
fn values<'a>(metrics: &'a Metrics, reading: &Reading) -> Vec<(&'a str, Wire)> {
    let mut values: Vec<(&Option<String>, Option<Wire>)> = Vec::new();
    let text = |text: &str| Some(Wire::Text(text.to_owned()));
    match reading {
        Reading::Weight(weighing) => {
            let mass = match weighing.display {
                Display::Value(mass) => mass.to_f64().map(Wire::Double),
                Display::Overload
                | Display::Underload
                | Display::OutOfRange
                | Display::Blank
                | Display::Withheld => None,
            };
            let overload = weighing.display == Display::Overload;
            values.push((&metrics.weight, mass));
            values.push((
                &metrics.stable,
                Some(Wire::Boolean(weighing.stability == Stability::Stable)),
            ));
            values.push((&metrics.overload, Some(Wire::Boolean(overload))));
        }
        Reading::Seal(message) => {
            values.push((&metrics.locked, message.locked.map(Wire::Boolean)));
            let housing = message.housing.map(|housing| Wire::Boolean(housing == Housing::Ok));
            values.push((&metrics.housing_ok, housing));
            let battery = message.battery_percent.map(|charge| Wire::Int(charge.0.into()));
            values.push((&metrics.battery_pct, battery));
            values.push((&metrics.seal, text(&message.seal)));
        }
        Reading::Plate(CameraMessage::Sighting(sighting)) => {
            if let Plate::Read { text: plate, confidence_percent, .. } = &sighting.plate {
                let sure = confidence_percent.map(|sure| Wire::Int(sure.0.into()));
                values.push((&metrics.confidence_pct, sure));
                let country = match sighting.country {
                    Country::Known(letters) => letters.to_string(),
                    Country::NotRecognised | Country::Index(_) => String::new(),
                };
                values.push((&metrics.country, text(&country)));
                values.push((&metrics.plate, text(plate)));
            }
        }
        Reading::Plate(CameraMessage::Other { .. })
        | Reading::Portal(_)
        | Reading::Passage(_)
        | Reading::SealReader(_)
        | Reading::Scan(_) => {}
    }
    values.into_iter().filter_map(|(name, value)| Some((name.as_deref()?, value?))).collect()
}

fn with_other_aliases(payload: &[u8]) -> Vec<u8> {
    let Ok(mut payload) = decode(payload) else { return payload.to_vec() };
    for metric in &mut payload.metrics {
        metric.alias = metric.alias.map(|alias| alias + STALE);
    }
    encode(&payload)
}

#[cfg(test)]
mod tests;
