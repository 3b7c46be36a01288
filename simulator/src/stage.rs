//! The other ends of the cables: TCP servers and clients, datagrams, pseudo-terminals, MQTT clients, HTTP posts.
//!
//! A line takes bytes and never makes the player wait: what nobody reads is lost, as on a real cable. A line can be cut and made whole
//! again; then connections close, the pseudo-terminal is gone, the MQTT session breaks off without a goodbye.

mod caller;
mod mqtt;
mod pty;
mod push;
mod sparkplug;
mod tcp;
mod udp;

use std::collections::BTreeMap;
use std::time::Duration;

use firmware_protocols::sparkplug::Address;
use tokio::sync::mpsc;

use crate::apparatus::turns_away;
use crate::cast::{Behind, Cast, Line};
use crate::expected::Expectation;
use crate::node::NodeAct;
use crate::play::now;
use crate::traffic::Traffic;

/// Why the stage cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A port or path cannot be had.
    #[error("device {device}: failed to offer {place}")]
    Offer {
        /// Which device.
        device: String,
        /// Which address or path.
        place: String,
        /// Why.
        source: std::io::Error,
    },
    /// The cast speaks MQTT or posts over HTTP, and nobody told where to.
    #[error("device {device}: the configuration has no {missing}")]
    Missing {
        /// Which device.
        device: String,
        /// What is missing.
        missing: &'static str,
    },
}

/// Every line of a cast.
#[derive(Debug)]
pub struct Stage {
    lines: BTreeMap<String, Wire>,
    heard: mpsc::Receiver<(String, Inbound)>,
    log: Option<Traffic>,
    /// Held so that listening never ends.
    _ear: mpsc::Sender<(String, Inbound)>,
}

/// What comes from the other end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    /// The other end has opened the line.
    Opened,
    /// It said this.
    Bytes(Vec<u8>),
    /// It set its end of a serial line to this speed, in bits per second.
    Speed(u32),
}

/// Said by other ends and not yet taken; more is lost.
const MOST_UNHEARD: usize = 1024;

/// Where a line tells what comes from its other end.
#[derive(Debug, Clone)]
struct Ear {
    device: String,
    to: mpsc::Sender<(String, Inbound)>,
}

impl Ear {
    fn opened(&self) {
        self.tell(Inbound::Opened);
    }

    fn bytes(&self, bytes: &[u8]) {
        self.tell(Inbound::Bytes(bytes.to_vec()));
    }

    fn speed(&self, baud: u32) {
        self.tell(Inbound::Speed(baud));
    }

    fn tell(&self, inbound: Inbound) {
        if self.to.try_send((self.device.clone(), inbound)).is_err() {
            tracing::warn!(device = self.device, "it is told more than it can take in");
        }
    }
}

#[derive(Debug)]
enum Wire {
    Tcp(tcp::Server),
    Listen(caller::Caller),
    Udp(udp::Sender),
    Pty(pty::Terminal),
    Mqtt(mqtt::Publisher),
    Sparkplug(sparkplug::Device),
    Push(push::Poster),
}

impl Stage {
    /// Sets the stage: opens every line of the cast.
    pub async fn set(cast: &Cast) -> Result<Stage, StageError> {
        let mut lines = BTreeMap::new();
        let (to, heard) = mpsc::channel(MOST_UNHEARD);
        for device in &cast.devices {
            let id = device.id.clone();
            let offer = |place: String| {
                let device = id.clone();
                move |source| StageError::Offer { device, place, source }
            };
            let missing = |missing| StageError::Missing { device: device.id.clone(), missing };
            let ear = Ear { device: id.clone(), to: to.clone() };
            let wire = match &device.line {
                Line::Tcp(address) => {
                    let turned_away = turns_away(device.dialect, now());
                    let server = tcp::Server::listen(address, ear, turned_away).await;
                    Wire::Tcp(server.map_err(offer(address.clone()))?)
                }
                Line::Listen(address) => Wire::Listen(caller::Caller::new(address, ear)),
                Line::Udp(address) => {
                    let sender = udp::Sender::new(address, ear).await;
                    Wire::Udp(sender.map_err(offer(address.clone()))?)
                }
                Line::Serial { path, baud } => {
                    let terminal = pty::Terminal::offer(path, *baud, ear);
                    Wire::Pty(terminal.map_err(offer(path.display().to_string()))?)
                }
                Line::Mqtt(topic) => {
                    let broker = cast.broker.as_deref().ok_or_else(|| missing("[mqtt] broker"))?;
                    Wire::Mqtt(mqtt::Publisher::new(
                        &device.id,
                        broker,
                        topic,
                        device.status_topic.as_deref(),
                    ))
                }
                // The devices behind one node have one connection: below.
                Line::Sparkplug(_) => continue,
                Line::HttpPush => {
                    let push = cast.push.as_deref().ok_or_else(|| missing("[ingest] listen"))?;
                    Wire::Push(push::Poster::new(&device.id, push))
                }
            };
            lines.insert(device.id.clone(), wire);
        }
        for devices in nodes(cast).into_values() {
            let first = devices.keys().next().cloned().unwrap_or_default();
            let missing = || StageError::Missing { device: first, missing: "[mqtt] broker" };
            let broker = cast.broker.clone().ok_or_else(missing)?;
            let brokers = [vec![broker], cast.other_brokers.clone()].concat();
            let host = cast.sparkplug_host.as_deref().unwrap_or_default();
            for device in sparkplug::node(brokers, host, devices) {
                lines.insert(device.id().to_owned(), Wire::Sparkplug(device));
            }
        }
        Ok(Stage { lines, heard, log: None, _ear: to })
    }

    /// What is said and heard from now on is logged.
    pub fn log(&mut self, log: Option<Traffic>) {
        self.log = log;
    }

    /// What an agent should record of what befalls the devices now is logged.
    pub fn expects(&mut self, expected: Vec<Expectation>) {
        if let Some(log) = &mut self.log {
            expected.iter().for_each(|one| log.expected(one));
        }
    }

    /// What comes next from the other end of any line.
    pub async fn hears(&mut self) -> (String, Inbound) {
        let Some((device, inbound)) = self.heard.recv().await else {
            return std::future::pending().await; // a sender is held: this is never reached
        };
        if let Some(log) = &mut self.log {
            match &inbound {
                Inbound::Opened => log.opened(&device),
                Inbound::Bytes(bytes) => log.heard(&device, bytes),
                Inbound::Speed(_) => {}
            }
        }
        (device, inbound)
    }

    /// A device sends `bytes`.
    pub fn send(&mut self, device: &str, bytes: &[u8]) {
        if let Some(log) = &mut self.log {
            log.said(device, bytes);
        }
        match self.lines.get_mut(device) {
            Some(Wire::Tcp(server)) => server.send(bytes),
            Some(Wire::Listen(caller)) => caller.send(bytes),
            Some(Wire::Udp(sender)) => sender.send(bytes),
            Some(Wire::Pty(terminal)) => terminal.send(bytes),
            Some(Wire::Mqtt(publisher)) => publisher.send(bytes),
            Some(Wire::Sparkplug(device)) => device.send(bytes),
            Some(Wire::Push(poster)) => poster.send(bytes),
            None => tracing::warn!(device, "no such line"),
        }
    }

    /// Something befalls the node before a device, in the time of the stage.
    pub fn befalls_node(&mut self, device: &str, act: NodeAct) {
        if let Some(Wire::Sparkplug(behind)) = self.lines.get(device) {
            behind.befalls(act);
        }
    }

    /// What a device posts goes slowly for so long.
    pub fn slows(&mut self, device: &str, time: Duration) {
        if let Some(Wire::Push(poster)) = self.lines.get_mut(device) {
            poster.slows(time);
        }
    }

    /// A device's line is cut, or whole again.
    pub async fn line(&mut self, device: &str, up: bool) {
        let outcome = match self.lines.get_mut(device) {
            Some(Wire::Tcp(server)) => server.line(up).await,
            Some(Wire::Listen(caller)) => {
                caller.line(up);
                Ok(())
            }
            Some(Wire::Udp(sender)) => {
                sender.line(up);
                Ok(())
            }
            Some(Wire::Pty(terminal)) => terminal.line(up),
            Some(Wire::Mqtt(publisher)) => {
                publisher.line(up);
                Ok(())
            }
            Some(Wire::Sparkplug(device)) => {
                device.line(up);
                Ok(())
            }
            Some(Wire::Push(poster)) => {
                poster.line(up);
                Ok(())
            }
            None => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::warn!(device, %error, "the line cannot be made whole");
        }
    }
}

/// The nodes of a cast, each with the devices behind it.
fn nodes(cast: &Cast) -> BTreeMap<Address, BTreeMap<String, Behind>> {
    let mut nodes: BTreeMap<Address, BTreeMap<String, Behind>> = BTreeMap::new();
    for device in &cast.devices {
        if let Line::Sparkplug(behind) = &device.line {
            let node = Address { device: None, ..behind.address.clone() };
            nodes.entry(node).or_default().insert(device.id.clone(), Behind::clone(behind));
        }
    }
    nodes
}
