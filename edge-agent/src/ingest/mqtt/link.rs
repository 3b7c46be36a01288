//! The client of either MQTT, seen alike: connected, a message, an error.

use std::time::Duration;

use checkpoint::ids::DeviceId;
use firmware_protocols::sparkplug::Publish;
use rumqttc::v5;

use crate::config::{Mqtt, MqttProtocol};

/// A client of the broker.
pub(super) enum Link {
    V4(rumqttc::AsyncClient, Box<rumqttc::EventLoop>),
    V5(v5::AsyncClient, Box<v5::EventLoop>),
}

/// What acknowledges messages; a copy is the same client.
#[derive(Clone)]
pub(super) enum Acks {
    V4(rumqttc::AsyncClient),
    V5(v5::AsyncClient),
}

/// A message as its acknowledgement needs it.
pub(super) enum Ack {
    V4(rumqttc::Publish),
    V5(Box<v5::mqttbytes::v5::Publish>),
}

/// What a client says.
pub(super) enum Said {
    Connected,
    Message {
        topic: String,
        payload: Vec<u8>,
        dup: bool,
        /// It was kept by the broker for whoever subscribes, since nobody knows when. What is published while we listen is not marked so.
        retain: bool,
        ack: Ack,
    },
    /// Something that we published is with the broker.
    Acknowledged,
    Other,
}

impl Link {
    /// A client of the broker that listens to one device, under a name and with a lasting session of its own.
    pub(super) fn of_device(broker: &Mqtt, device: &DeviceId) -> (Link, Acks) {
        // Never that of the host of Sparkplug, whatever the device is called.
        let client_id = format!("{}.{device}", broker.client_id);
        match broker.protocol {
            MqttProtocol::V4 => {
                let mut options = rumqttc::MqttOptions::new(client_id, &broker.host, broker.port);
                options
                    .set_keep_alive(KEEP_ALIVE)
                    .set_clean_session(false)
                    .set_manual_acks(true)
                    .set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
                if let Some((user, password)) = &broker.login {
                    options.set_credentials(user, password);
                }
                let (client, events) = rumqttc::AsyncClient::new(options, REQUESTS);
                let acks = Acks::V4(client.clone());
                (Link::V4(client, Box::new(events)), acks)
            }
            MqttProtocol::V5 => {
                let mut options = v5::MqttOptions::new(client_id, &broker.host, broker.port);
                options
                    .set_keep_alive(KEEP_ALIVE)
                    .set_clean_start(false)
                    .set_session_expiry_interval(Some(u32::MAX))
                    .set_manual_acks(true)
                    .set_max_packet_size(u32::try_from(PACKET_BYTES).ok());
                if let Some((user, password)) = &broker.login {
                    options.set_credentials(user, password);
                }
                let (client, events) = v5::AsyncClient::new(options, REQUESTS);
                let acks = Acks::V5(client.clone());
                (Link::V5(client, Box::new(events)), acks)
            }
        }
    }

    /// A client of the broker whose session begins anew and whose will is this: a host of Sparkplug, under a name of its own.
    pub(super) fn of_host(broker: &Mqtt, will: &Publish) -> Link {
        let client_id = format!("{}-sparkplug", broker.client_id);
        match broker.protocol {
            MqttProtocol::V4 => {
                let mut options = rumqttc::MqttOptions::new(client_id, &broker.host, broker.port);
                let will = rumqttc::LastWill::new(
                    &will.topic,
                    will.payload.clone(),
                    v4_qos(will.qos),
                    will.retain,
                );
                options
                    .set_keep_alive(KEEP_ALIVE)
                    .set_clean_session(true)
                    .set_last_will(will)
                    .set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
                if let Some((user, password)) = &broker.login {
                    options.set_credentials(user, password);
                }
                let (client, events) = rumqttc::AsyncClient::new(options, REQUESTS);
                Link::V4(client, Box::new(events))
            }
            MqttProtocol::V5 => {
                let mut options = v5::MqttOptions::new(client_id, &broker.host, broker.port);
                let will = v5::mqttbytes::v5::LastWill::new(
                    &will.topic,
                    will.payload.clone(),
                    v5_qos(will.qos),
                    will.retain,
                    None,
                );
                options
                    .set_keep_alive(KEEP_ALIVE)
                    .set_clean_start(true)
                    .set_session_expiry_interval(Some(0))
                    .set_last_will(will)
                    .set_max_packet_size(u32::try_from(PACKET_BYTES).ok());
                if let Some((user, password)) = &broker.login {
                    options.set_credentials(user, password);
                }
                let (client, events) = v5::AsyncClient::new(options, REQUESTS);
                Link::V5(client, Box::new(events))
            }
        }
    }

    /// Publishes. What cannot be asked of the client any more is told in the log: the connection is in trouble then, and everything begins anew with the next.
    pub(super) fn publish(&self, message: &Publish) {
        let Publish { topic, payload, qos, retain } = message;
        let asked = match self {
            Link::V4(client, _) => client
                .try_publish(topic, v4_qos(*qos), *retain, payload.clone())
                .map_err(|error| error.to_string()),
            Link::V5(client, _) => client
                .try_publish(topic, v5_qos(*qos), *retain, payload.clone())
                .map_err(|error| error.to_string()),
        };
        if let Err(error) = asked {
            tracing::error!(topic, error, "could not publish");
        }
    }

    /// Ends the connection in order.
    pub(super) fn disconnect(&self) {
        let _ = match self {
            Link::V4(client, _) => client.try_disconnect().map_err(|error| error.to_string()),
            Link::V5(client, _) => client.try_disconnect().map_err(|error| error.to_string()),
        };
    }

    /// Waits for what comes next. After an error, the next call connects anew.
    pub(super) async fn poll(&mut self) -> Result<Said, String> {
        match self {
            Link::V4(_, events) => {
                use rumqttc::{Event, Packet};
                match events.poll().await.map_err(|error| error.to_string())? {
                    Event::Incoming(Packet::ConnAck(_)) => Ok(Said::Connected),
                    Event::Incoming(Packet::Publish(publish)) => Ok(Said::Message {
                        topic: publish.topic.clone(),
                        payload: publish.payload.to_vec(),
                        dup: publish.dup,
                        retain: publish.retain,
                        ack: Ack::V4(publish),
                    }),
                    Event::Incoming(Packet::PubAck(_)) => Ok(Said::Acknowledged),
                    Event::Incoming(_) | Event::Outgoing(_) => Ok(Said::Other),
                }
            }
            Link::V5(_, events) => {
                use v5::Event;
                use v5::mqttbytes::v5::Packet;
                match events.poll().await.map_err(|error| error.to_string())? {
                    Event::Incoming(Packet::ConnAck(_)) => Ok(Said::Connected),
                    Event::Incoming(Packet::Publish(publish)) => Ok(Said::Message {
                        topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                        payload: publish.payload.to_vec(),
                        dup: publish.dup,
                        retain: publish.retain,
                        ack: Ack::V5(Box::new(publish)),
                    }),
                    Event::Incoming(Packet::PubAck(_)) => Ok(Said::Acknowledged),
                    Event::Incoming(_) | Event::Outgoing(_) => Ok(Said::Other),
                }
            }
        }
    }

    /// Subscribes to topics, each message at least once.
    pub(super) fn subscribe(&self, topics: &[String]) {
        for topic in topics {
            let asked = match self {
                Link::V4(client, _) => client
                    .try_subscribe(topic, rumqttc::QoS::AtLeastOnce)
                    .map_err(|error| error.to_string()),
                Link::V5(client, _) => client
                    .try_subscribe(topic, v5::mqttbytes::QoS::AtLeastOnce)
                    .map_err(|error| error.to_string()),
            };
            if let Err(error) = asked {
                tracing::error!(topic, error, "could not subscribe");
            }
        }
    }
}

fn v4_qos(qos: u8) -> rumqttc::QoS {
    if qos == 0 { rumqttc::QoS::AtMostOnce } else { rumqttc::QoS::AtLeastOnce }
}

fn v5_qos(qos: u8) -> v5::mqttbytes::QoS {
    if qos == 0 { v5::mqttbytes::QoS::AtMostOnce } else { v5::mqttbytes::QoS::AtLeastOnce }
}

impl Acks {
    pub(super) async fn send(&self, ack: Ack) {
        let sent = match (self, &ack) {
            (Acks::V4(client), Ack::V4(publish)) => {
                client.ack(publish).await.map_err(|error| error.to_string())
            }
            (Acks::V5(client), Ack::V5(publish)) => {
                client.ack(publish).await.map_err(|error| error.to_string())
            }
            (Acks::V4(_), Ack::V5(_)) | (Acks::V5(_), Ack::V4(_)) => Ok(()),
        };
        if let Err(error) = sent {
            tracing::debug!(
                error,
                "an acknowledgement could not be sent; the broker sends the message again"
            );
        }
    }
}

const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Larger packets end the connection; payloads are cut far below that.
const PACKET_BYTES: usize = 1024 * 1024;
/// Requests to the client that may wait: subscriptions of a site, and acknowledgements.
const REQUESTS: usize = 512;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What acknowledges, connected to nobody.
    pub(in super::super) fn acks() -> (Acks, rumqttc::EventLoop) {
        let options = rumqttc::MqttOptions::new("test", "127.0.0.1", 1);
        let (client, events) = rumqttc::AsyncClient::new(options, REQUESTS);
        (Acks::V4(client), events)
    }

    /// A message as its acknowledgement needs it.
    pub(in super::super) fn message(topic: &str) -> Ack {
        Ack::V4(rumqttc::Publish::new(topic, rumqttc::QoS::AtLeastOnce, ""))
    }
}
