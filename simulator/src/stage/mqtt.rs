//! A device that speaks MQTT: it publishes each message once, at least once acknowledged, and leaves a last will.

use std::time::Duration;

use rumqttc::{AsyncClient, LastWill, MqttOptions, QoS};
use tokio::task::AbortHandle;

/// Messages that wait while the broker is away; more are lost, as in a device with little memory.
const MOST_WAITING: usize = 256;

#[derive(Debug)]
pub(super) struct Publisher {
    device: String,
    broker: String,
    topic: String,
    status_topic: Option<String>,
    session: Option<(AsyncClient, AbortHandle)>,
}

impl Publisher {
    pub(super) fn new(
        device: &str,
        broker: &str,
        topic: &str,
        status_topic: Option<&str>,
    ) -> Publisher {
        // The configuration holds the filter to which the agent subscribes.
        let topic = topic.replace(['+', '#'], device);
        let mut publisher = Publisher {
            device: device.to_owned(),
            broker: broker.to_owned(),
            topic,
            status_topic: status_topic.map(str::to_owned),
            session: None,
        };
        publisher.line(true);
        publisher
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        if let Some((client, _)) = &self.session
            && client.try_publish(&self.topic, QoS::AtLeastOnce, false, bytes).is_err()
        {
            tracing::warn!(
                device = self.device,
                "a message is lost: the broker is away and the queue is full"
            );
        }
    }

    pub(super) fn line(&mut self, up: bool) {
        if let Some((_, task)) = self.session.take() {
            task.abort(); // without DISCONNECT: the broker sends the last will
        }
        if !up {
            return;
        }
        let (host, port) = self.broker.rsplit_once(':').unwrap_or((self.broker.as_str(), "1883"));
        let mut options = MqttOptions::new(
            format!("simulated-{}", self.device),
            host,
            port.parse().unwrap_or(1883),
        );
        options.set_keep_alive(Duration::from_secs(5)).set_clean_session(false);
        if let Some(topic) = &self.status_topic {
            options.set_last_will(LastWill::new(topic, "offline", QoS::AtLeastOnce, true));
        }
        let (client, mut events) = AsyncClient::new(options, MOST_WAITING);
        let greeting = client.clone();
        let status = self.status_topic.clone();
        let task = tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(rumqttc::Event::Incoming(rumqttc::Packet::ConnAck(_))) => {
                        if let Some(topic) = &status {
                            let _ = greeting.try_publish(topic, QoS::AtLeastOnce, true, "online");
                        }
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
                }
            }
        });
        self.session = Some((client, task.abort_handle()));
    }
}
