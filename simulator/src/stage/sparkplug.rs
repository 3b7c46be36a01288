//! A node of Sparkplug and the devices behind it, at a real broker: one connection, with a will of its own each time.

use std::collections::BTreeMap;
use std::time::Duration;

use firmware_protocols::sparkplug::Publish;
use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::cast::Behind;
use crate::node::{Moment, Node, Quirk};
use crate::play::{instant, now};

/// What waits to be said, of all devices behind one node; more is lost.
const MOST_WAITING: usize = 256;
/// Between two tries to connect.
const AGAIN: Duration = Duration::from_millis(500);

/// One of the devices behind a node.
#[derive(Debug, Clone)]
pub(super) struct Device {
    id: String,
    node: mpsc::Sender<Told>,
}

/// What a node is told.
#[derive(Debug)]
enum Told {
    Document { device: String, bytes: Vec<u8> },
    Misbehaves { how: Quirk, time: Duration },
    Line { up: bool },
}

/// A node of these devices, by their names in the configuration.
pub(super) fn node(broker: &str, devices: BTreeMap<String, Behind>) -> Vec<Device> {
    let (told, hears) = mpsc::channel(MOST_WAITING);
    let names: Vec<String> = devices.keys().cloned().collect();
    let began = instant();
    let node = Node::new(devices, wall_ms());
    tokio::spawn(run(broker.to_owned(), node, hears, began));
    names.into_iter().map(|id| Device { id, node: told.clone() }).collect()
}

impl Device {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        self.tell(Told::Document { device: self.id.clone(), bytes: bytes.to_vec() });
    }

    /// The node has one line, for all the devices behind it.
    pub(super) fn line(&self, up: bool) {
        self.tell(Told::Line { up });
    }

    pub(super) fn misbehaves(&self, how: Quirk, time: Duration) {
        self.tell(Told::Misbehaves { how, time });
    }

    fn tell(&self, told: Told) {
        if self.node.try_send(told).is_err() {
            tracing::warn!(device = self.id, "a message is lost: the node's queue is full");
        }
    }
}

fn wall_ms() -> u64 {
    u64::try_from(now().as_millisecond()).unwrap_or_default()
}

fn moment(began: Instant) -> Moment {
    (instant().duration_since(began), wall_ms())
}

/// One connection after the other.
async fn run(broker: String, mut node: Node, mut told: mpsc::Receiver<Told>, began: Instant) {
    let mut up = true;
    loop {
        if up {
            match connection(&broker, &mut node, &mut told, began).await {
                Ended::Nobody => return,
                Ended::Cut => up = false,
                Ended::Anew => {}
                Ended::Lost => tokio::time::sleep(AGAIN).await,
            }
            continue;
        }
        match told.recv().await {
            None => return,
            Some(Told::Line { up: whole }) => up = whole,
            Some(Told::Document { device, bytes }) => {
                // Without a connection it is kept.
                drop(node.says(&device, &bytes, moment(began)));
            }
            Some(Told::Misbehaves { how, time }) => {
                node.misbehaves(how, time, moment(began).0);
            }
        }
    }
}

/// Why a connection ended.
enum Ended {
    /// There is nobody who could say anything any more.
    Nobody,
    /// The line was cut.
    Cut,
    /// The node was started anew.
    Anew,
    /// The broker was lost.
    Lost,
}

/// A connection that ends is broken off without a goodbye: the broker sends the will.
async fn connection(
    broker: &str,
    node: &mut Node,
    told: &mut mpsc::Receiver<Told>,
    began: Instant,
) -> Ended {
    let (client, mut events) = dial(broker, node);
    loop {
        let published = tokio::select! {
            event = events.poll() => match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    let _ = client.try_subscribe(node.commands(), QoS::AtLeastOnce);
                    node.connected(moment(began))
                }
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    node.hears(&message.topic, &message.payload, moment(began))
                }
                Ok(_) => Vec::new(),
                Err(_) => return Ended::Lost,
            },
            told = told.recv() => match told {
                None => return Ended::Nobody,
                Some(Told::Document { device, bytes }) => node.says(&device, &bytes, moment(began)),
                Some(Told::Line { up: true }) => Vec::new(),
                Some(Told::Line { up: false }) => return Ended::Cut,
                Some(Told::Misbehaves { how, time }) => {
                    if node.misbehaves(how, time, moment(began).0) {
                        return Ended::Anew;
                    }
                    Vec::new()
                }
            },
        };
        for Publish { topic, payload, qos, retain } in published {
            let _ = client.try_publish(topic, quality(qos), retain, payload); // what does not fit is lost, and missed by its number
        }
    }
}

fn dial(broker: &str, node: &mut Node) -> (AsyncClient, EventLoop) {
    let (host, port) = broker.rsplit_once(':').unwrap_or((broker, "1883"));
    let name = node.commands().replace('/', "-");
    let mut options = MqttOptions::new(name, host, port.parse().unwrap_or(1883));
    options.set_keep_alive(Duration::from_secs(5)).set_clean_session(true);
    let will = node.will(wall_ms());
    options.set_last_will(LastWill::new(will.topic, will.payload, quality(will.qos), will.retain));
    AsyncClient::new(options, MOST_WAITING)
}

fn quality(qos: u8) -> QoS {
    if qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce }
}
