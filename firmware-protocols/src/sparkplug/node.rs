//! A node as the specification wants it: births before data, one sequence, aliases, rebirth on demand, a will that fits its birth.
//!
//! For the simulator and the tests. Times come in with each call.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::host::Publish;
use super::payload::{DataType, Metric, Payload, Wire, decode, encode};
use super::topic::{Address, Topic, Verb};

/// The metric with which a node is told to tell everything again.
pub(super) const REBIRTH: &str = "Node Control/Rebirth";
/// The metric that ties a death to its birth.
pub(super) const BD_SEQ: &str = "bdSeq";

/// One node and its devices.
#[derive(Debug)]
pub struct EdgeNode {
    address: Address,
    /// Metrics of the node (under `None`) and of its devices, by name.
    metrics: BTreeMap<Option<String>, BTreeMap<String, Known>>,
    bd_seq: u64,
    seq: u8,
}

#[derive(Debug, Clone)]
struct Known {
    alias: u64,
    datatype: DataType,
    value: Wire,
    timestamp: u64,
}

impl EdgeNode {
    /// A node that was never connected.
    pub fn new(group: &str, node: &str) -> EdgeNode {
        EdgeNode {
            address: Address { group: group.to_string(), node: node.to_string(), device: None },
            metrics: BTreeMap::from([(None, BTreeMap::new())]),
            bd_seq: 255,
            seq: 0,
        }
    }

    /// Adds a metric, of the node or of a device, before the next birth.
    pub fn metric(
        &mut self,
        device: Option<&str>,
        name: &str,
        datatype: DataType,
        value: Wire,
        now_ms: u64,
    ) {
        let alias =
            1 + u64::try_from(self.metrics.values().map(BTreeMap::len).sum::<usize>()).unwrap_or(0);
        let known = Known { alias, datatype, value, timestamp: now_ms };
        self.metrics.entry(device.map(str::to_string)).or_default().insert(name.to_string(), known);
    }

    /// The will of the next connection. To be called once for each.
    pub fn will(&mut self, now_ms: u64) -> Publish {
        self.bd_seq = (self.bd_seq + 1) % 256;
        self.goodbye(now_ms)
    }

    /// What the will of this connection says, before it is ended in order (tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath).
    pub fn goodbye(&self, now_ms: u64) -> Publish {
        let payload = Payload {
            timestamp: Some(now_ms),
            metrics: [self.bd_seq_metric(now_ms)].into(),
            seq: None,
        };
        self.message(Verb::Death, None, 1, &payload)
    }

    /// Births of the node and of all its devices: after connecting, and when it is asked for them.
    pub fn births(&mut self, now_ms: u64) -> Vec<Publish> {
        self.seq = 0;
        let devices: Vec<Option<String>> = self.metrics.keys().cloned().collect();
        devices.iter().map(|device| self.birth(device.as_deref(), now_ms)).collect()
    }

    /// The birth of the node, or of a device that came back.
    pub fn birth(&mut self, device: Option<&str>, now_ms: u64) -> Publish {
        let mut metrics = Vec::new();
        if device.is_none() {
            metrics.push(self.bd_seq_metric(now_ms));
            metrics.push(Metric::named(REBIRTH, DataType::BOOLEAN, Wire::Boolean(false), now_ms));
        }
        let known = self.metrics.get(&device.map(str::to_string)).into_iter().flatten();
        metrics.extend(known.map(|(name, known)| Metric {
            alias: Some(known.alias),
            ..Metric::named(name, known.datatype, known.value.clone(), known.timestamp)
        }));
        self.numbered(Verb::Birth, device, metrics, now_ms)
    }

    /// A value changed, or is told late (`historical`). It is told by its alias alone.
    pub fn data(
        &mut self,
        device: Option<&str>,
        name: &str,
        value: Wire,
        at_ms: u64,
        historical: bool,
    ) -> Option<Publish> {
        self.data_together(device, [(name, value)], at_ms, historical)
    }

    /// As [`EdgeNode::data`], of several metrics that belong together, in one message. `None` if one of them is not known.
    pub fn data_together<'a>(
        &mut self,
        device: Option<&str>,
        values: impl IntoIterator<Item = (&'a str, Wire)>,
        at_ms: u64,
        historical: bool,
    ) -> Option<Publish> {
        let all = self.metrics.get_mut(&device.map(str::to_string))?;
        let mut metrics = Vec::new();
        for (name, value) in values {
            let known = all.get_mut(name)?;
            if !historical {
                known.value = value.clone();
                known.timestamp = at_ms;
            }
            metrics.push(Metric {
                alias: Some(known.alias),
                timestamp: Some(at_ms),
                historical,
                value: Some(value),
                ..Metric::default()
            });
        }
        Some(self.numbered(Verb::Data, device, metrics, at_ms))
    }

    /// A device is gone.
    pub fn device_lost(&mut self, device: &str, now_ms: u64) -> Publish {
        self.numbered(Verb::Death, Some(device), Vec::new(), now_ms)
    }

    /// A message came; answers with births if it asks for them.
    pub fn heard(&mut self, topic: &str, payload: &[u8], now_ms: u64) -> Vec<Publish> {
        let mine = Topic::Node(Verb::Command, self.address.clone());
        let asked = Topic::parse(topic) == Some(mine)
            && decode(payload).is_ok_and(|payload| {
                payload.metrics.iter().any(|metric| {
                    metric.name.as_deref() == Some(REBIRTH)
                        && metric.value == Some(Wire::Boolean(true))
                })
            });
        if asked { self.births(now_ms) } else { Vec::new() }
    }

    /// Where commands to it come.
    pub fn commands(&self) -> String {
        format!("{}", Topic::Node(Verb::Command, self.address.clone()))
    }

    fn bd_seq_metric(&self, now_ms: u64) -> Metric {
        Metric::named(BD_SEQ, DataType::INT64, Wire::Long(self.bd_seq), now_ms)
    }

    fn numbered(
        &mut self,
        verb: Verb,
        device: Option<&str>,
        metrics: Vec<Metric>,
        now_ms: u64,
    ) -> Publish {
        let payload = Payload { timestamp: Some(now_ms), metrics, seq: Some(u64::from(self.seq)) };
        self.seq = self.seq.wrapping_add(1);
        self.message(verb, device, 0, &payload)
    }

    fn message(&self, verb: Verb, device: Option<&str>, qos: u8, payload: &Payload) -> Publish {
        let address = Address { device: device.map(str::to_string), ..self.address.clone() };
        Publish {
            topic: Topic::Node(verb, address).to_string(),
            payload: encode(payload),
            qos,
            retain: false,
        }
    }
}
