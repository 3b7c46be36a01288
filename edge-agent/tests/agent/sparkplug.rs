//! A node of Sparkplug behind a real broker: heard from its birth, asked when something is missing, and told that this host is there.

use std::time::Duration;

use firmware_protocols::sparkplug::{DataType, EdgeNode, Publish, Wire};
use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};

use crate::broker::Broker;
use crate::world::World;

fn devices(port: u16, protocol: &str) -> String {
    format!(
        "[[device]]
id = \"scale-1\"
lane = \"1\"
title = \"Scale\"
dialect = \"json\"
family = \"weighbridge\"
connect = {{ sparkplug = \"KZ/EDGE-1/SCALE-1\", metrics = {{ weight = \"Weight/Gross\", unit = \"kg\", stable = \"Weight/Stable\" }} }}
silence_limit_s = 86400
[[device]]
id = \"camera-1\"
lane = \"1\"
title = \"Camera\"
dialect = \"json\"
family = \"plate_camera\"
connect = {{ sparkplug = \"KZ/EDGE-1/CAM-1\", metrics = {{ plate = \"Plate\" }} }}
silence_limit_s = 86400
[mqtt]
broker = \"mqtt://127.0.0.1:{port}\"
client_id = \"beket-test\"
sparkplug_host_id = \"beket\"
protocol = \"{protocol}\"
"
    )
}

const NOW_MS: u64 = 1_779_361_200_000;

/// A node by hand: our own encoder behind a client of its own.
struct Node {
    node: EdgeNode,
    client: AsyncClient,
    events: EventLoop,
    /// What hosts said of themselves.
    states: Vec<String>,
}

impl Node {
    async fn connect(port: u16) -> Node {
        let mut node = EdgeNode::new("KZ", "EDGE-1");
        node.metric(Some("SCALE-1"), "Weight/Gross", DataType::DOUBLE, Wire::Double(0.0), NOW_MS);
        node.metric(
            Some("SCALE-1"),
            "Weight/Stable",
            DataType::BOOLEAN,
            Wire::Boolean(true),
            NOW_MS,
        );
        node.metric(Some("CAM-1"), "Plate", DataType::STRING, Wire::Text("OLD".into()), NOW_MS);
        let will = node.will(NOW_MS);
        let mut options = MqttOptions::new("edge-1", "127.0.0.1", port);
        options.set_last_will(LastWill::new(will.topic, will.payload, QoS::AtLeastOnce, false));
        let (client, events) = AsyncClient::new(options, 100);
        client.subscribe(node.commands(), QoS::AtLeastOnce).await.unwrap();
        client.subscribe("spBv1.0/STATE/beket", QoS::AtLeastOnce).await.unwrap();
        Node { node, client, events, states: Vec::new() }
    }

    async fn publish(&self, message: Publish) {
        let qos = if message.qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
        self.client.publish(message.topic, qos, message.retain, message.payload).await.unwrap();
    }

    async fn data(&mut self, device: &str, name: &str, value: Wire) {
        let message = self.node.data(Some(device), name, value, NOW_MS, false).unwrap();
        self.publish(message).await;
    }

    /// Hears what comes until `done` says so, and answers what asks for births; answers how often it was asked.
    async fn run(&mut self, done: impl Fn(&Node, usize) -> bool) -> usize {
        let mut asked = 0;
        while !done(self, asked) {
            match self.events.poll().await {
                Ok(Event::Incoming(Packet::Publish(message)))
                    if message.topic.contains("STATE") =>
                {
                    self.states.push(String::from_utf8_lossy(&message.payload).into_owned());
                }
                Ok(Event::Incoming(Packet::Publish(message))) => {
                    asked += 1;
                    for birth in self.node.heard(&message.topic, &message.payload, NOW_MS) {
                        self.publish(birth).await;
                    }
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        asked
    }

    /// Hears for a while, so that what was given to the client is sent.
    async fn for_a_while(&mut self) {
        let _ = tokio::time::timeout(Duration::from_millis(700), self.run(|_, _| false)).await;
    }
}

async fn heard_asked_and_gone(protocol: &str) {
    let Some(broker) = Broker::new() else { return };
    let mut node = Node::connect(broker.port).await;
    node.for_a_while().await;
    let mut world = World::begin(&devices(broker.port, protocol)).await;
    // The host says that it is there, and asks who is.
    node.run(|node, asked| asked > 0 && node.states.iter().any(|state| state.contains("true")))
        .await;
    node.for_a_while().await;
    let online = world.wait_for("device_health_changed", 1).await;
    assert_eq!(
        online[0].with.get("health").map(String::as_str),
        Some("online"),
        "the scale told its weight"
    );

    node.data("CAM-1", "Plate", Wire::Text("123ABC02".into())).await;
    node.data("SCALE-1", "Weight/Gross", Wire::Double(38_400.0)).await;
    node.for_a_while().await;
    for _ in 0..12 {
        node.data("SCALE-1", "Weight/Gross", Wire::Double(38_400.0)).await;
        let _ = tokio::time::timeout(Duration::from_millis(150), node.run(|_, _| false)).await;
    }
    let plates = world.wait_for("plate_read", 1).await;
    assert_eq!(
        plates[0].with.get("plate").map(String::as_str),
        Some("123ABC02"),
        "and not the one of the birth"
    );
    world.wait_for("vehicle_weighed", 1).await;

    // The node dies without a word: its will takes both devices.
    drop(node);
    world.wait_for("device_health_changed", 4).await;
    let offline = world.lines().into_iter().filter(|line| {
        line.kind == "device_health_changed"
            && line.with.get("health").is_some_and(|health| health == "offline")
    });
    assert_eq!(offline.count(), 2);

    // Whoever waits for this host learns that it went.
    let mut watcher = Node::connect(broker.port).await;
    watcher.run(|node, _| node.states.iter().any(|state| state.contains("true"))).await;
    world.stop().await;
    watcher.run(|node, _| node.states.iter().any(|state| state.contains("false"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_heard_asked_and_gone_over_mqtt_3() {
    heard_asked_and_gone("3.1.1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_heard_asked_and_gone_over_mqtt_5() {
    heard_asked_and_gone("5").await;
}
