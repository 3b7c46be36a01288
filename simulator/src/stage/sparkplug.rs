//! A node of Sparkplug and the devices behind it, at a real broker: one connection, with a will of its own each time.
//!
//! A node that has a primary host and finds it gone goes to the next broker of its list, and from the last to the first.

use std::collections::BTreeMap;
use std::time::Duration;

use firmware_protocols::sparkplug::Publish;
use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, QoS};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::cast::Behind;
use crate::node::{Moment, Node, NodeAct};
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
    Befalls(NodeAct),
    Line { up: bool },
}

/// A node of these devices, by their names in the configuration, that begins at the first of these brokers.
pub(super) fn node(
    brokers: Vec<String>,
    host: &str,
    devices: BTreeMap<String, Behind>,
) -> Vec<Device> {
    let (told, hears) = mpsc::channel(MOST_WAITING);
    let names: Vec<String> = devices.keys().cloned().collect();
    let began = instant();
    let node = Node::new(devices, host, wall_ms());
    tokio::spawn(run(brokers, node, hears, began));
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

    pub(super) fn befalls(&self, act: NodeAct) {
        self.tell(Told::Befalls(act));
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
async fn run(brokers: Vec<String>, mut node: Node, mut told: mpsc::Receiver<Told>, began: Instant) {
    let mut up = true;
    let mut place = 0;
    loop {
        if up {
            let Some(broker) = brokers.get(place) else { return };
            match connection(broker, &mut node, &mut told, began).await {
                Ended::Nobody => return,
                Ended::Cut => up = false,
                Ended::Anew => {}
                Ended::Lost => {
                    // Who needs a host looks for it elsewhere; others wait for their broker.
                    let walks = usize::from(node.host_state().is_some());
                    place = (place + walks) % brokers.len();
                    tokio::time::sleep(AGAIN).await;
                }
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
            Some(Told::Befalls(act)) => {
                befalls(&mut node, act, moment(began));
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
    /// The broker was lost, or left because the node's primary host is not there.
    Lost,
}

/// Whether the connection is to be broken off and made anew.
fn befalls(node: &mut Node, act: NodeAct, now: Moment) -> bool {
    match act {
        NodeAct::Misbehaves { how, time } => node.misbehaves(how, time, now.0),
        NodeAct::SetTo(hosts) => {
            node.set_to(hosts);
            true
        }
    }
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
        let leaves = node.leaves_at().map_or(began + NEVER, |at| began + at);
        let published = tokio::select! {
            () = tokio::time::sleep_until(leaves) => {
                if let Some(goodbye) = node.goodbye(wall_ms()) {
                    publish(&client, goodbye);
                }
                farewell(&client, &mut events).await;
                return Ended::Lost;
            }
            event = events.poll() => match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    for topic in std::iter::once(node.commands()).chain(node.host_state()) {
                        let _ = client.try_subscribe(topic, QoS::AtLeastOnce);
                    }
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
                Some(Told::Befalls(act)) => {
                    if befalls(node, act, moment(began)) {
                        return Ended::Anew;
                    }
                    Vec::new()
                }
            },
        };
        for message in published {
            publish(&client, message);
        }
    }
}

/// No story lasts so long.
const NEVER: Duration = Duration::from_secs(60 * 60 * 24 * 400);
/// A broker that does not take a goodbye in this time does not get one.
const GOODBYE: Duration = Duration::from_secs(2);

fn publish(client: &AsyncClient, message: Publish) {
    let Publish { topic, payload, qos, retain } = message;
    let _ = client.try_publish(topic, quality(qos), retain, payload); // what does not fit is lost, and missed by its number
}

/// Ends the connection in order, behind everything that was said: the broker sends no will.
async fn farewell(client: &AsyncClient, events: &mut EventLoop) {
    let _ = client.try_disconnect(); // a full queue is a broker that takes nothing any more
    let gone = async {
        while let Ok(event) = events.poll().await {
            if event == Event::Outgoing(Outgoing::Disconnect) {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(GOODBYE, gone).await;
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
