//! The other ends of the cables: TCP servers and clients, datagrams, pseudo-terminals, MQTT clients, HTTP posts.
//!
//! A line takes bytes and never makes the player wait: what nobody reads is lost, as on a real cable. A line can be cut and made whole
//! again; then connections close, the pseudo-terminal is gone, the MQTT session breaks off without a goodbye.

mod caller;
mod mqtt;
mod pty;
mod push;
mod tcp;
mod udp;

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use crate::apparatus::turns_away;
use crate::cast::{Cast, Line};
use crate::play::now;

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
                Line::Serial(path) => {
                    let terminal = pty::Terminal::offer(path, ear);
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
                Line::HttpPush => {
                    let push = cast.push.as_deref().ok_or_else(|| missing("[ingest] listen"))?;
                    Wire::Push(push::Poster::new(&device.id, push))
                }
            };
            lines.insert(device.id.clone(), wire);
        }
        Ok(Stage { lines, heard, _ear: to })
    }

    /// What comes next from the other end of any line.
    pub async fn hears(&mut self) -> (String, Inbound) {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await, // a sender is held: this is never reached
        }
    }

    /// A device sends `bytes`.
    pub fn send(&mut self, device: &str, bytes: &[u8]) {
        match self.lines.get_mut(device) {
            Some(Wire::Tcp(server)) => server.send(bytes),
            Some(Wire::Listen(caller)) => caller.send(bytes),
            Some(Wire::Udp(sender)) => sender.send(bytes),
            Some(Wire::Pty(terminal)) => terminal.send(bytes),
            Some(Wire::Mqtt(publisher)) => publisher.send(bytes),
            Some(Wire::Push(poster)) => poster.send(bytes),
            None => tracing::warn!(device, "no such line"),
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
