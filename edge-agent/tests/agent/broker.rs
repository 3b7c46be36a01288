//! Devices behind a real broker that is restarted: nothing is lost, and nothing is decided twice.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use checkpoint::view::JournalLine;
use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};

use crate::world::World;

const MOSQUITTO: &str = "/usr/sbin/mosquitto";

/// A broker of its own on a free port, which remembers across restarts.
pub(crate) struct Broker {
    folder: tempfile::TempDir,
    pub(crate) port: u16,
    child: Option<Child>,
}

impl Broker {
    /// Nothing where no broker is installed.
    pub(crate) fn new() -> Option<Broker> {
        if !Path::new(MOSQUITTO).exists() {
            println!("skipped: no {MOSQUITTO} on this machine");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\nautosave_interval 1\nautosave_on_changes true\nuser root\n",
            folder.path().display()
        );
        std::fs::write(folder.path().join("mosquitto.conf"), settings).unwrap();
        let mut broker = Broker { folder, port, child: None };
        broker.start();
        Some(broker)
    }

    pub(crate) fn start(&mut self) {
        let child = Command::new(MOSQUITTO)
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    pub(crate) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        // In order, so that it writes down what waits.
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
        child.wait().unwrap();
    }

    /// Publishes and waits for the broker's acknowledgements.
    async fn publish(&self, topic: &str, payloads: &[String]) {
        self.publish_so(topic, payloads, false).await;
    }

    /// The same; `retain` asks the broker to keep the last for whoever subscribes later.
    async fn publish_so(&self, topic: &str, payloads: &[String], retain: bool) {
        let mut options = MqttOptions::new("device", "127.0.0.1", self.port);
        options.set_keep_alive(Duration::from_secs(5));
        let (client, mut events) = AsyncClient::new(options, 100);
        for payload in payloads {
            client.publish(topic, QoS::AtLeastOnce, retain, payload.clone()).await.unwrap();
        }
        let mut acknowledged = 0;
        while acknowledged < payloads.len() {
            match events.poll().await {
                Ok(Event::Incoming(Packet::PubAck(_))) => acknowledged += 1,
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        client.disconnect().await.unwrap();
        while events.poll().await.is_ok() {}
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn seals(port: u16, protocol: &str) -> String {
    format!(
        "[[device]]
id = \"seals-1\"
lane = \"1\"
title = \"Seals\"
dialect = \"json\"
family = \"seal_reader\"
connect = {{ mqtt = \"test/seals-1\", status_topic = \"test/seals-1/status\" }}
silence_limit_s = 86400
[mqtt]
broker = \"mqtt://127.0.0.1:{port}\"
client_id = \"beket-test\"
protocol = \"{protocol}\"
"
    )
}

fn seal(number: u32) -> String {
    format!(
        "{{\"v\":1,\"seal\":\"K{number:06}\",\"msg\":\"m-{number}\",\"state\":{{\"locked\":true,\"housing\":\"ok\"}}}}"
    )
}

async fn told_and_restarted(protocol: &str) {
    let Some(mut broker) = Broker::new() else { return };
    let mut world = World::begin(&seals(broker.port, protocol)).await;
    let batch = |from: u32| (from..from + 20).map(seal).collect::<Vec<String>>();
    world.wait_for("agent_started", 1).await;
    // The session must exist before anything is published: a broker keeps nothing for a stranger.
    tokio::time::sleep(Duration::from_secs(2)).await;
    broker.publish("test/seals-1", &batch(0)).await;
    world.wait_for("seal_read", 20).await;

    broker.stop();
    broker.start();
    broker.publish("test/seals-1", &batch(20)).await;
    world.wait_for("seal_read", 40).await;

    // What comes while the agent is away waits in the broker, also through its restart.
    world.stop().await;
    broker.publish("test/seals-1", &batch(40)).await;
    broker.stop();
    broker.start();
    world.start().await;
    world.wait_for("seal_read", 60).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut numbers: Vec<String> = world
        .lines()
        .into_iter()
        .filter(|line| line.kind == "seal_read")
        .filter_map(|line| line.with.get("seal").cloned())
        .collect();
    assert_eq!(numbers.len(), 60, "nothing twice");
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 60, "nothing lost");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_of_mqtt_3_is_restarted() {
    told_and_restarted("3.1.1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_of_mqtt_5_is_restarted() {
    told_and_restarted("5").await;
}

/// Publishes as fast as the broker takes it, for ever; nothing of it is ever read.
async fn floods(port: u16, topic: &'static str) {
    let mut options = MqttOptions::new("flooding", "127.0.0.1", port);
    options.set_inflight(100);
    let (client, mut events) = AsyncClient::new(options, 100);
    let publishes = async {
        for number in 0.. {
            client.publish(topic, QoS::AtLeastOnce, false, seal(number)).await.unwrap();
        }
    };
    let polls = async { while events.poll().await.is_ok() {} };
    tokio::join!(publishes, polls);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_floods_the_broker_costs_another_no_message_and_is_told() {
    for protocol in ["3.1.1", "5"] {
        let Some(broker) = Broker::new() else { return };
        let another = "[[device]]
id = \"seals-2\"
lane = \"1\"
title = \"Quiet\"
dialect = \"json\"
family = \"seal_reader\"
connect = { mqtt = \"test/seals-2\" }
silence_limit_s = 86400
";
        let devices = format!("{another}{}", seals(broker.port, protocol));
        let mut world = World::begin(&devices).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let flood = tokio::spawn(floods(broker.port, "test/seals-1"));
        // More in a row than a broker would send before it is answered; each waits in vain if it stands behind the other's.
        let quiet = |from: u32| (from..from + 50).map(|n| seal(900_000 + n)).collect::<Vec<_>>();
        let of_quiet = |world: &World| {
            let lines = world.lines().into_iter().filter(|line| line.kind == "seal_read");
            let quiet = lines
                .filter(|line| line.device.as_ref().is_some_and(|id| id.as_str() == "seals-2"));
            quiet.filter_map(|line| line.with.get("seal").cloned()).collect::<Vec<String>>()
        };
        for batch in 0..4 {
            broker.publish("test/seals-2", &quiet(batch * 50)).await;
            while of_quiet(&world).len() < usize::try_from(batch + 1).unwrap() * 50 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        let mut told = of_quiet(&world);
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 200, "{protocol}: nothing lost, nothing twice");
        let faults = world.wait_for("device_faulted", 1).await;
        flood.abort();
        let flooding =
            faults.iter().find(|line| line.with.get("fault").is_some_and(|kind| kind == "flood"));
        let flooding = flooding.unwrap_or_else(|| panic!("{protocol}: {faults:?}"));
        assert_eq!(flooding.device.as_ref().map(|id| id.as_str()), Some("seals-1"));
        world.stop().await;
    }
}

/// A device with a last will that the broker keeps, connected and known to be there. Whoever drops it cuts its line without a goodbye.
struct Device(AsyncClient, EventLoop);

impl Device {
    async fn comes(broker: &Broker) -> Device {
        let mut options = MqttOptions::new("seals-1", "127.0.0.1", broker.port);
        options.set_last_will(LastWill::new(STATUS, "offline", QoS::AtLeastOnce, true));
        let (client, events) = AsyncClient::new(options, 10);
        let mut device = Device(client, events);
        device.says(STATUS, "online", true).await;
        device
    }

    /// Publishes, and waits until the broker has it.
    async fn says(&mut self, topic: &str, words: &str, retain: bool) {
        self.0.publish(topic, QoS::AtLeastOnce, retain, words).await.unwrap();
        while !matches!(self.1.poll().await.unwrap(), Event::Incoming(Packet::PubAck(_))) {}
    }
}

/// What became of the device: its health, and for its being away the reason.
async fn health(world: &World, count: usize) -> Vec<String> {
    let lines = world.wait_for("device_health_changed", count).await;
    let word = |line: &JournalLine, key| line.with.get(key).cloned().unwrap_or_default();
    lines.iter().map(|line| format!("{}: {}", word(line, "health"), word(line, "detail"))).collect()
}

const STATUS: &str = "test/seals-1/status";
const HERE: &str = "online: valid frames come";
const GONE: &str = "offline: its status says \"offline\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_last_will_says_that_a_device_is_gone() {
    for protocol in ["3.1.1", "5"] {
        let Some(broker) = Broker::new() else { return };
        let mut world = World::begin(&seals(broker.port, protocol)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mut device = Device::comes(&broker).await;
        device.says("test/seals-1", &seal(1), false).await;
        assert_eq!(health(&world, 1).await, [HERE], "{protocol}");
        drop(device);
        assert_eq!(health(&world, 2).await, [HERE, GONE], "{protocol}");
        let mut device = Device::comes(&broker).await;
        device.says("test/seals-1", &seal(2), false).await;
        assert_eq!(health(&world, 3).await, [HERE, GONE, HERE], "{protocol}");
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_gone_before_the_agent_came_is_known_to_be_gone() {
    for protocol in ["3.1.1", "5"] {
        let Some(broker) = Broker::new() else { return };
        broker.publish_so(STATUS, &["offline".to_owned()], true).await;
        let mut world = World::begin(&seals(broker.port, protocol)).await;
        assert_eq!(health(&world, 1).await, [GONE], "{protocol}");
        let mut device = Device::comes(&broker).await;
        device.says("test/seals-1", &seal(1), false).await;
        assert_eq!(health(&world, 2).await, [GONE, HERE], "{protocol}");
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_the_broker_kept_from_yesterday_is_no_vehicle_of_today() {
    for protocol in ["3.1.1", "5"] {
        let Some(broker) = Broker::new() else { return };
        broker.publish_so("test/seals-1", &[seal(1)], true).await;
        let mut world = World::begin(&seals(broker.port, protocol)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        // A device that has each of its messages kept is heard all the same.
        broker.publish_so("test/seals-1", &[seal(2)], true).await;
        let lines = world.wait_for("seal_read", 1).await;
        let seals: Vec<Option<&str>> =
            lines.iter().map(|line| line.with.get("seal").map(String::as_str)).collect();
        assert_eq!(seals, [Some("K000002")], "{protocol}");
        world.stop().await;
    }
}
