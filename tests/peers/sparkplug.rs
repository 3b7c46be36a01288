//! Edge nodes of other people behind a real broker: the agent hears them from birth to death, and they hear the agent.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use checkpoint::view::JournalLine;
use edge_agent::config::Config;
use edge_agent::journal::Reader;
use edge_agent::running::{Running, start};
use expect_test::expect;
use firmware_protocols::sparkplug::{DataType, EdgeNode, Publish, Wire};
use stories::post::repository;
use tempfile::TempDir;
use wire::entry::Decoded;

use super::{PATIENCE, Peer};

/// Debian puts daemons where not every path leads.
const MOSQUITTO: &str = "/usr/sbin/mosquitto";

/// A broker and an agent with a scale and a camera behind a node; nothing else of the demo's checkpoint.
struct Site {
    folder: TempDir,
    broker: Child,
    port: u16,
    agent: Option<Running>,
}

impl Site {
    /// `None`, and one line that says what is skipped, where no broker is installed.
    async fn begin(node: &str) -> Option<Site> {
        if !Path::new(MOSQUITTO).exists() {
            println!("skipped: nodes of Sparkplug need {MOSQUITTO}");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let conf = folder.path().join("mosquitto.conf");
        let settings = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(&conf, settings).unwrap();
        let broker = Command::new(MOSQUITTO)
            .arg("-c")
            .arg(conf)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut site = Site { folder, broker, port, agent: None };
        site.agent = Some(start(site.config(node)).await.unwrap());
        Some(site)
    }

    fn config(&self, node: &str) -> Config {
        let demo = std::fs::read_to_string(repository().join("config/demo/checkpoint.toml"));
        let mut config: toml::Table = toml::from_str(&demo.unwrap()).unwrap();
        config.remove("hub");
        // Without a portal there is no passage to write.
        config.remove("n42");
        config["checkpoint"]["data_dir"] = self.data().display().to_string().into();
        config["terminal"]["listen"] = "127.0.0.1:0".into();
        config["ingest"]["listen"] = "127.0.0.1:0".into();
        let devices: toml::Table = toml::from_str(&format!(
            r#"
            [[device]]
            id = "scale"
            lane = "lane-1"
            title = "Scale"
            dialect = "json"
            family = "weighbridge"
            connect = {{ sparkplug = "KZ/{node}/SCALE", metrics = {{ weight = "Weight/Gross", unit = "kg", stable = "Weight/Stable" }} }}
            silence_limit_s = 86400
            [[device]]
            id = "camera"
            lane = "lane-1"
            title = "Camera"
            dialect = "json"
            family = "plate_camera"
            connect = {{ sparkplug = "KZ/{node}/CAMERA", metrics = {{ plate = "Plate" }} }}
            silence_limit_s = 86400
            [mqtt]
            broker = "mqtt://127.0.0.1:{}"
            client_id = "beket-test"
            sparkplug_host_id = "beket"
            "#,
            self.port
        ))
        .unwrap();
        config.extend(devices);
        let path = self.folder.path().join("checkpoint.toml");
        Config::parse(&path, &toml::to_string(&config).unwrap())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn journal(&self) -> Vec<JournalLine> {
        let entries =
            Reader::open(&self.data().join("journal.db")).unwrap().scan(1, 10_000).unwrap();
        let decoded = entries.iter().map(|entry| wire::entry::decode(entry.body()).unwrap());
        decoded
            .filter_map(|decoded| match decoded {
                Decoded::Entry(entry) => Some(JournalLine::of(&entry)),
                Decoded::Newer { .. } => None,
            })
            .collect()
    }

    /// Waits until the journal has `count` lines of this kind; what they say under `key`.
    async fn wait_for(&self, kind: &str, count: usize, key: &str) -> Vec<String> {
        let told = |journal: &[JournalLine]| -> Vec<String> {
            let lines = journal.iter().filter(|line| line.kind == kind);
            lines.map(|line| line.with.get(key).cloned().unwrap_or_default()).collect()
        };
        let found = tokio::time::timeout(PATIENCE, async {
            while told(&self.journal()).len() < count {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let found = found.await;
        let journal = self.journal();
        assert!(found.is_ok(), "no {count} lines of {kind} in {journal:#?}");
        told(&journal)
    }

    async fn stop(&mut self) {
        self.agent.take().unwrap().stop().await.unwrap();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.broker.kill();
        let _ = self.broker.wait();
    }
}

/// The whole life of a node, in its own words.
async fn lives_and_dies(script: &str, answers_rebirth: bool) {
    let node = "EDGE";
    let Some(mut site) = Site::begin(node).await else { return };
    let arguments = [site.port.to_string(), node.to_owned()];
    let Some(mut peer) = Peer::start(script, &arguments) else { return };
    // The scale tells its weight in its birth; the camera's plate was read at another time.
    assert_eq!(peer.line(), "STATE online");
    assert_eq!(site.wait_for("device_health_changed", 1, "health").await, ["online"]);
    // Data names metrics by their alias, and has a number that follows.
    peer.tell("plate 123ABC02");
    assert_eq!(site.wait_for("plate_read", 1, "plate").await, ["123ABC02"]);
    peer.tell("weigh");
    site.wait_for("vehicle_weighed", 1, "").await;
    // A message is lost: what comes after it is believed, and the node is asked to tell everything again.
    peer.tell("skip");
    peer.tell("plate 777KZA13");
    assert_eq!(site.wait_for("plate_read", 2, "plate").await[1], "777KZA13");
    assert_eq!(peer.line().to_lowercase(), "ncmd node control/rebirth true");
    peer.tell("plate 900ZZZ05");
    assert_eq!(site.wait_for("plate_read", 3, "plate").await[2], "900ZZZ05");
    // A node that did so is asked again for the next loss; one that did not is left in peace for a while.
    if answers_rebirth {
        peer.tell("skip");
        peer.tell("plate 321QWE02");
        assert_eq!(peer.line(), "NCMD Node Control/Rebirth true");
    } else {
        peer.tell("plate 321QWE02");
    }
    assert_eq!(site.wait_for("plate_read", 4, "plate").await[3], "321QWE02");
    // It dies without a word: its will takes both devices.
    peer.tell("die");
    let health = site.wait_for("device_health_changed", 4, "health").await;
    assert_eq!(health, ["online", "online", "offline", "offline"]);
    drop(peer);
    // It comes back, and leaves in order.
    let mut peer = Peer::start(script, &arguments).unwrap();
    assert_eq!(peer.line(), "STATE online");
    site.wait_for("device_health_changed", 5, "health").await;
    peer.tell("plate 001AAA01");
    site.wait_for("plate_read", 5, "plate").await;
    site.wait_for("device_health_changed", 6, "health").await;
    peer.tell("leave");
    let health = site.wait_for("device_health_changed", 8, "health").await;
    assert_eq!(health[4..], ["online", "online", "offline", "offline"]);
    // Whoever waits for this host learns that it went.
    let peer = Peer::start(script, &arguments).unwrap();
    assert_eq!(peer.line(), "STATE online");
    site.wait_for("device_health_changed", 9, "health").await;
    site.stop().await;
    assert_eq!(peer.line(), "STATE offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_pysparkplug_lives_and_dies() {
    lives_and_dies("sparkplug_node.py", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_sparkplug_client_lives_and_dies() {
    lives_and_dies("sparkplug_node.mjs", true).await;
}

/// The births of our own node, in hex: a value of each type, at the ends of what it holds.
fn births() -> Vec<String> {
    const NOW_MS: u64 = 1_779_361_200_000;
    let mut node = EdgeNode::new("KZ", "EDGE");
    let values = [
        ("int8", DataType::INT8, Wire::Int((-5_i32).cast_unsigned())),
        ("int32", DataType::INT32, Wire::Int((-20_i32).cast_unsigned())),
        ("int64", DataType::INT64, Wire::Long(u64::MAX)),
        ("uint32", DataType(7), Wire::Long(u32::MAX.into())),
        ("uint64", DataType::UINT64, Wire::Long(u64::MAX)),
        ("float", DataType::FLOAT, Wire::Float(1.5)),
        ("double", DataType::DOUBLE, Wire::Double(38_400.25)),
        ("boolean", DataType::BOOLEAN, Wire::Boolean(true)),
        ("string", DataType::STRING, Wire::Text("Қорғас".to_owned())),
    ];
    for (name, datatype, value) in values {
        node.metric(Some("SCALE"), name, datatype, value, NOW_MS);
    }
    let _ = node.will(NOW_MS);
    let hex = |message: Publish| message.payload.iter().map(|byte| format!("{byte:02x}")).collect();
    node.births(NOW_MS).into_iter().map(hex).collect()
}

#[test]
fn births_of_our_own_node_are_read_by_sparkplug_payload() {
    let Some(peer) = Peer::start("sparkplug_payload.mjs", &births()) else { return };
    expect![[r#"
        seq 0
        - bdSeq 0
        - Node Control/Rebirth false
        seq 1
        8 boolean true
        7 double 38400.25
        6 float 1.5
        2 int32 -20
        3 int64 -1
        1 int8 -5
        9 string Қорғас
        4 uint32 4294967295
        5 uint64 18446744073709551615"#]]
    .assert_eq(&peer.lines().join("\n"));
}

#[test]
fn births_of_our_own_node_are_read_by_pysparkplug() {
    let Some(peer) = Peer::start("sparkplug_payload.py", &births()) else { return };
    // A fault of pysparkplug 0.6.1: it takes the 32 bits of an Int8, in which the specification sends it, for eight.
    expect![[r#"
        seq 0
        - bdSeq 0
        - Node Control/Rebirth False
        seq 1
        8 boolean True
        7 double 38400.25
        6 float 1.5
        2 int32 -20
        3 int64 -1
        1 int8 OverflowError
        9 string Қорғас
        4 uint32 4294967295
        5 uint64 18446744073709551615"#]]
    .assert_eq(&peer.lines().join("\n"));
}
