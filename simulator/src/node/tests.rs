//! A node at the other end of our own host: what its devices say is what the host tells, and what it does wrong is told or harmless.

use expect_test::expect;
use firmware_protocols::sparkplug::{Address, Host, HostSettings, Told, Watched};

use super::*;

mod brokers;

const WEIGHS: &str = r#"{ weight = "Weight/Gross", unit = "kg", stable = "Weight/Stable", overload = "Weight/Overload" }"#;
const SEALS: &str =
    r#"{ seal = "Seal/Number", locked = "Seal/Locked", battery_pct = "Seal/Battery" }"#;

fn devices() -> BTreeMap<String, Behind> {
    let metrics = |text: &str| {
        #[derive(serde::Deserialize)]
        struct Keys {
            metrics: Metrics,
        }
        toml::from_str::<Keys>(&format!("metrics = {text}")).unwrap().metrics
    };
    let behind = |device: &str, text: &str| Behind {
        address: Address::parse(&format!("post/plc/{device}")).unwrap(),
        metrics: metrics(text),
    };
    BTreeMap::from([
        ("scale-1".to_owned(), behind("scale", WEIGHS)),
        ("seal-1".to_owned(), behind("seals", SEALS)),
    ])
}

/// The host, the node and the broker between them, which loses nothing.
struct Between {
    host: Host,
    node: Node,
    /// What the broker publishes when the connection breaks off.
    will: Option<Publish>,
    told: Vec<String>,
}

const MS: u64 = 1_700_000_000_000;

fn moment(s: u64) -> Moment {
    (Duration::from_secs(s), MS + s * 1000)
}

fn host() -> Host {
    let watched = devices()
        .into_values()
        .map(|behind| Watched { address: behind.address, metrics: behind.metrics })
        .collect();
    Host::new(HostSettings {
        id: "beket".to_owned(),
        reorder: Duration::from_secs(2),
        ask_again: Duration::from_secs(10),
        watched,
    })
}

impl Between {
    fn new() -> Between {
        let host = host();
        let mut between =
            Between { host, node: Node::new(devices(), "beket", MS), will: None, told: Vec::new() };
        let told = between.host.connected(Duration::ZERO);
        between.tells(0, told);
        between.connects(0);
        between
    }

    /// The node's connection is made, after the one before was broken off.
    fn connects(&mut self, s: u64) {
        let will = self.will.replace(self.node.will(moment(s).1));
        self.arrive(s, will.into_iter().collect());
        let births = self.node.connected(moment(s));
        self.arrive(s, births);
    }

    fn arrive(&mut self, s: u64, published: Vec<Publish>) {
        for publish in published {
            let told = self.host.message(moment(s).0, &publish.topic, &publish.payload, false);
            self.tells(s, told);
        }
    }

    fn tells(&mut self, s: u64, told: Vec<Told>) {
        for told in told {
            match told {
                Told::Publish(publish) if publish.topic.contains("NCMD") => {
                    self.told.push(format!("{s} asks for a birth"));
                    let births = self.node.hears(&publish.topic, &publish.payload, moment(s));
                    self.arrive(s, births);
                }
                Told::Publish(_) => {}
                Told::Reading(device, reading) => {
                    let said = json::encode(&reading).unwrap_or_default();
                    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
                    let said = said.get("weight").or_else(|| said.get("seal")).unwrap().clone();
                    let state = said.get("value").unwrap_or(&said).clone();
                    self.told.push(format!("{s} {device}: {state}"));
                }
                Told::Fault(device, fault) => {
                    self.told.push(format!("{s} {device}: fault {:?}", fault.kind));
                }
                Told::Online(device) => self.told.push(format!("{s} {device}: here")),
                Told::Offline(device, _) => self.told.push(format!("{s} {device}: gone")),
            }
        }
    }

    /// Second for second: the scale says its number, and every other second a seal is read.
    fn passes(&mut self, from_s: u64, to_s: u64) {
        for s in from_s..to_s {
            let told = self.host.time_passed(moment(s).0);
            self.tells(s, told);
            let scale = format!(
                r#"{{"v":1,"weight":{{"value":"{}","unit":"kg","stable":true}}}}"#,
                s * 100
            );
            let published = self.node.says("scale-1", scale.as_bytes(), moment(s));
            self.arrive(s, published);
            if s % 2 == 0 {
                let seal = format!(r#"{{"v":1,"seal":"KZ{s}","state":{{"locked":true}}}}"#);
                let published = self.node.says("seal-1", seal.as_bytes(), moment(s));
                self.arrive(s, published);
            }
        }
    }
}

fn told(how: Quirk) -> Vec<String> {
    let mut between = Between::new();
    between.passes(1, 3);
    between.told.clear();
    if between.node.misbehaves(how, Duration::from_secs(4), moment(3).0) {
        between.connects(3);
    }
    between.passes(3, 16);
    let told = between.told.clone();
    between.passes(20, 22);
    let after = ["20 0: \"2000\"", "20 1: \"KZ20\"", "21 0: \"2100\""];
    assert_eq!(between.told.get(told.len()..).unwrap(), after, "{how:?}: it is heard again");
    told
}

#[test]
fn what_a_node_does_wrong_is_told_or_harmless_and_it_is_heard_again() {
    // Device 0 is the scale, device 1 the seals. For four seconds after the third the node misbehaves.
    let cases = [
        // What does not arrive is missed by its number, and everything is told again.
        (
            Quirk::LosesMessages,
            expect![[r#"
            9 0: fault NoAnswer
            9 0: "700"
            9 0: "800"
            9 1: "KZ8"
            9 asks for a birth
            9 0: here
            9 0: "800"
            9 1: here
            9 0: "900"
            10 0: "1000"
            10 1: "KZ10"
            11 0: "1100"
            12 0: "1200"
            12 1: "KZ12"
            13 0: "1300"
            14 0: "1400"
            14 1: "KZ14"
            15 0: "1500"
        "#]],
        ),
        // What comes in another order is put in order.
        (
            Quirk::SwapsMessages,
            expect![[r#"
            4 0: "300"
            4 0: "400"
            5 1: "KZ4"
            5 0: "500"
            6 0: "600"
            6 1: "KZ6"
            7 0: "700"
            8 0: "800"
            8 1: "KZ8"
            9 0: "900"
            10 0: "1000"
            10 1: "KZ10"
            11 0: "1100"
            12 0: "1200"
            12 1: "KZ12"
            13 0: "1300"
            14 0: "1400"
            14 1: "KZ14"
            15 0: "1500"
        "#]],
        ),
        // A node without a birth is asked for it until it says it.
        (
            Quirk::NoBirth,
            expect![[r#"
            3 0: gone
            3 1: gone
            3 asks for a birth
            13 asks for a birth
            13 0: here
            13 0: "1300"
            13 1: here
            14 0: "1400"
            14 1: "KZ14"
            15 0: "1500"
        "#]],
        ),
        // Aliases that no birth told are no values.
        (
            Quirk::StaleAliases,
            expect![[r#"
            3 asks for a birth
            3 0: here
            3 0: "300"
            3 1: here
            4 asks for a birth
            4 0: here
            4 0: "400"
            4 1: here
            4 asks for a birth
            4 0: here
            4 0: "400"
            4 1: here
            5 asks for a birth
            5 0: here
            5 0: "500"
            5 1: here
            6 asks for a birth
            6 0: here
            6 0: "600"
            6 1: here
            6 asks for a birth
            6 0: here
            6 0: "600"
            6 1: here
            7 0: "700"
            8 0: "800"
            8 1: "KZ8"
            9 0: "900"
            10 0: "1000"
            10 1: "KZ10"
            11 0: "1100"
            12 0: "1200"
            12 1: "KZ12"
            13 0: "1300"
            14 0: "1400"
            14 1: "KZ14"
            15 0: "1500"
        "#]],
        ),
        // A node that is started anew is heard anew.
        (
            Quirk::Restarts,
            expect![[r#"
            3 0: gone
            3 1: gone
            3 0: here
            3 0: "200"
            3 1: here
            3 0: "300"
            4 0: "400"
            4 1: "KZ4"
            5 0: "500"
            6 0: "600"
            6 1: "KZ6"
            7 0: "700"
            8 0: "800"
            8 1: "KZ8"
            9 0: "900"
            10 0: "1000"
            10 1: "KZ10"
            11 0: "1100"
            12 0: "1200"
            12 1: "KZ12"
            13 0: "1300"
            14 0: "1400"
            14 1: "KZ14"
            15 0: "1500"
        "#]],
        ),
    ];
    assert_eq!(cases.len(), Quirk::ALL.len());
    for (how, expected) in cases {
        expected.assert_eq(&(told(how).join("\n") + "\n"));
    }
}
