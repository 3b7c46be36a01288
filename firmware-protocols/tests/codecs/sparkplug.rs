//! Sparkplug B from the host's side. Names of tests end with the numbers of the specification's statements that they are about, without `tck-id-`.

use std::time::Duration;

use firmware_protocols::sparkplug::{
    Address, DataType, EdgeNode, Host, HostSettings, Metric, Metrics, Payload, Publish, Told,
    Watched, Wire, decode, encode,
};
use firmware_protocols::weighbridge::Kind;
use firmware_protocols::{Reading, json};
use proptest::prelude::*;
use units::MassUnit;

use crate::check::recording;
use crate::sparkplug_stored::data;

pub(crate) const WALL_MS: u64 = 1_779_361_200_000;

pub(crate) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn scale() -> Metrics {
    Metrics {
        weight: Some("Weight/Gross".into()),
        unit: Some(MassUnit::Kilogram),
        stable: Some("Weight/Stable".into()),
        ..Metrics::default()
    }
}

pub(crate) fn camera() -> Metrics {
    Metrics {
        plate: Some("Plate".into()),
        confidence_pct: Some("Confidence".into()),
        ..Metrics::default()
    }
}

pub(crate) fn seals() -> Metrics {
    Metrics { seal: Some("Seal".into()), locked: Some("Locked".into()), ..Metrics::default() }
}

pub(crate) fn host(watched: &[(&str, Metrics)]) -> Host {
    let watched = watched.iter().map(|(address, metrics)| Watched {
        address: Address::parse(address).unwrap(),
        metrics: metrics.clone(),
    });
    Host::new(HostSettings {
        id: "beket".into(),
        reorder: s(2),
        ask_again: s(10),
        watched: watched.collect(),
    })
}

/// A node with a scale, a camera and a reader of seals.
pub(crate) fn node() -> EdgeNode {
    let mut node = EdgeNode::new("KZ", "EDGE-1");
    node.metric(None, "Uptime", DataType::INT64, Wire::Long(1), WALL_MS);
    node.metric(Some("SCALE-1"), "Weight/Gross", DataType::DOUBLE, Wire::Double(0.0), WALL_MS);
    node.metric(Some("SCALE-1"), "Weight/Stable", DataType::BOOLEAN, Wire::Boolean(true), WALL_MS);
    node.metric(Some("CAM-1"), "Plate", DataType::STRING, Wire::Text("OLD".into()), WALL_MS);
    node.metric(Some("CAM-1"), "Confidence", DataType(5), Wire::Int(98), WALL_MS);
    node.metric(Some("SEALS-1"), "Seal", DataType::STRING, Wire::Text("OLD".into()), WALL_MS);
    node.metric(Some("SEALS-1"), "Locked", DataType::BOOLEAN, Wire::Boolean(true), WALL_MS);
    node
}

pub(crate) fn all() -> Host {
    host(&[
        ("KZ/EDGE-1/SCALE-1", scale()),
        ("KZ/EDGE-1/CAM-1", camera()),
        ("KZ/EDGE-1/SEALS-1", seals()),
    ])
}

pub(crate) fn hear(host: &mut Host, at: u64, message: &Publish) -> String {
    said(&host.message(s(at), &message.topic, &message.payload, false))
}

/// What was told, in short; readings as our own JSON.
pub(crate) fn said(told: &[Told]) -> String {
    let told = told.iter().map(|told| match told {
        Told::Reading(device, reading) => format!("{device}: {}", json::encode(reading).unwrap()),
        Told::Fault(device, fault) => format!("{device}: {}: {}", fault.kind.name(), fault.detail),
        Told::Online(device) => format!("{device} online"),
        Told::Offline(device, why) => format!("{device} offline: {why}"),
        Told::Publish(publish) => match decode(&publish.payload) {
            Ok(payload) if publish.topic.contains("CMD") => {
                format!("{} {}", publish.topic, payload.metrics[0].name.as_deref().unwrap())
            }
            _ => format!("{} {}", publish.topic, String::from_utf8_lossy(&publish.payload)),
        },
    });
    told.collect::<Vec<_>>().join("; ")
}

pub(crate) const ASKED: &str = "spBv1.0/KZ/NCMD/EDGE-1 Node Control/Rebirth";

/// A host that heard the births of a node.
pub(crate) fn born() -> (Host, EdgeNode) {
    let (mut host, mut node) = (all(), node());
    host.will(WALL_MS);
    host.connected(s(0));
    node.will(WALL_MS);
    for birth in node.births(WALL_MS) {
        hear(&mut host, 1, &birth);
    }
    (host, node)
}

#[test]
fn a_host_says_that_it_is_there_before_anything_else_host_topic_phid_birth_message_connect_will() {
    let mut host = all();
    let will = host.will(WALL_MS);
    assert_eq!((will.topic.as_str(), will.qos, will.retain), ("spBv1.0/STATE/beket", 1, true));
    assert_eq!(will.payload, br#"{"online":false,"timestamp":1779361200000}"#);
    assert_eq!(host.subscriptions().first().unwrap(), "spBv1.0/STATE/beket");
    assert_eq!(host.subscriptions().len(), 7, "one node, however many devices");
    let told = host.connected(s(0));
    let Some(Told::Publish(birth)) = told.first() else { panic!("{told:?}") };
    assert_eq!((birth.topic.as_str(), birth.qos, birth.retain), ("spBv1.0/STATE/beket", 1, true));
    assert_eq!(
        birth.payload, br#"{"online":true,"timestamp":1779361200000}"#,
        "the time of the will"
    );
    let Some(Told::Publish(ask)) = told.get(1) else { panic!("{told:?}") };
    assert_eq!((ask.qos, ask.retain), (0, false), "topics-ncmd-mqtt");
    let payload = decode(&ask.payload).unwrap();
    assert_eq!((payload.seq, payload.timestamp.is_some()), (None, true), "topics-ncmd-timestamp");
    assert_eq!(payload.metrics[0].value, Some(Wire::Boolean(true)));
    // A later connection has a later time.
    host.will(WALL_MS + 5);
    assert!(
        said(&host.connected(s(5)))
            .starts_with(r#"spBv1.0/STATE/beket {"online":true,"timestamp":1779361200005}"#)
    );
    assert_eq!(
        host.leaving(WALL_MS + 9).payload,
        br#"{"online":false,"timestamp":1779361200009}"#,
        "host-application-termination"
    );
}

#[test]
fn an_old_will_of_ours_is_answered_and_another_host_is_none_of_ours() {
    let mut host = all();
    host.will(WALL_MS);
    let own = "spBv1.0/STATE/beket";
    let says = |host: &mut Host, topic: &str, payload: &str| {
        said(&host.message(s(1), topic, payload.as_bytes(), true))
    };
    assert!(says(&mut host, own, r#"{"online":false,"timestamp":1}"#).contains(r#""online":true"#));
    assert_eq!(says(&mut host, own, r#"{"online":true,"timestamp":1}"#), "");
    assert_eq!(says(&mut host, "spBv1.0/STATE/other", r#"{"online":false,"timestamp":1}"#), "");
}

#[test]
fn births_bring_devices_and_state_but_nothing_that_was_read_long_ago() {
    let (mut host, mut node) = (all(), node());
    host.connected(s(0));
    let told: Vec<String> =
        node.births(WALL_MS).iter().map(|birth| hear(&mut host, 1, birth)).collect();
    assert_eq!(
        told,
        [
            "",
            "1 online",
            r#"0 online; 0: {"v":1,"weight":{"value":"0","unit":"kg","kind":"gross","stable":true}}"#,
            "2 online",
        ]
    );
}

#[test]
fn data_is_told_by_alias_alone_in_the_words_of_each_family() {
    let (mut host, mut node) = born();
    let mut say = |device: &str, name: &str, value: Wire| {
        let message = node.data(Some(device), name, value, WALL_MS + 1000, false).unwrap();
        hear(&mut host, 2, &message)
    };
    assert_eq!(
        say("SCALE-1", "Weight/Gross", Wire::Double(40000.5)),
        r#"0: {"v":1,"weight":{"value":"40000.5","unit":"kg","kind":"gross","stable":true}}"#
    );
    // Only what changed is sent: the number is the one of before.
    assert_eq!(
        say("SCALE-1", "Weight/Stable", Wire::Boolean(false)),
        r#"0: {"v":1,"weight":{"value":"40000.5","unit":"kg","kind":"gross","stable":false}}"#
    );
    assert_eq!(say("CAM-1", "Confidence", Wire::Int(61)), "", "a confidence alone is no vehicle");
    assert_eq!(
        say("CAM-1", "Plate", Wire::Text("123ABC02".into())),
        r#"1: {"v":1,"plate":"123ABC02","ts":"2026-05-21T11:00:01Z","confidence_pct":61}"#
    );
    assert_eq!(
        say("SEALS-1", "Seal", Wire::Text("KZ00012345".into())),
        r#"2: {"v":1,"seal":"KZ00012345","ts":"2026-05-21T11:00:01Z","state":{"locked":true}}"#
    );
    assert_eq!(say("CAM-1", "Plate", Wire::Text(String::new())), "", "nothing was read");
    assert!(
        say("SCALE-1", "Weight/Gross", Wire::Double(f64::NAN))
            .starts_with("0: bad-field: Weight/Gross: NaN")
    );
}

#[test]
fn a_message_that_came_early_waits_for_the_one_before_it_host_reordering_start_success() {
    let (mut host, mut node) = born();
    let mut weigh = |kg: f64| {
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(kg), WALL_MS, false).unwrap()
    };
    let (one, two, three) = (weigh(1.0), weigh(2.0), weigh(3.0));
    assert_eq!(hear(&mut host, 2, &two), "");
    assert_eq!(hear(&mut host, 3, &three), "");
    assert_eq!(host.next_timeout(), Some(s(3)), "the births may still come until then");
    let told = hear(&mut host, 3, &one);
    let order: Vec<usize> = ["\"1\"", "\"2\"", "\"3\""].map(|kg| told.find(kg).unwrap()).to_vec();
    assert!(order.is_sorted() && !told.contains("NCMD"), "{told}");
    assert_eq!(said(&host.time_passed(s(60))), "");
    assert_eq!(host.next_timeout(), None);
}

#[test]
fn a_message_that_never_comes_costs_a_rebirth_and_nothing_that_came_host_reordering_rebirth() {
    let (mut host, mut node) = born();
    let mut weigh = |kg: f64| {
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(kg), WALL_MS, false).unwrap()
    };
    let (lost, two, three, four) = (weigh(1.0), weigh(2.0), weigh(3.0), weigh(4.0));
    hear(&mut host, 20, &two);
    hear(&mut host, 20, &three);
    assert_eq!(said(&host.time_passed(s(21))), "");
    let told = said(&host.time_passed(s(22)));
    assert!(told.contains("no-answer: number 4 is missing") && told.ends_with(ASKED), "{told}");
    assert!(told.contains(r#""value":"2""#) && told.contains(r#""value":"3""#), "{told}");
    assert!(hear(&mut host, 23, &four).contains(r#""value":"4""#));
    assert!(
        hear(&mut host, 23, &lost).contains("came late"),
        "and is asked for no more: it was just asked"
    );
    // The node answers, with the number of its will (rebirth-action-3).
    let births: Vec<String> = node
        .heard(&node.commands(), &ask(), WALL_MS)
        .iter()
        .map(|birth| hear(&mut host, 24, birth))
        .collect();
    assert_eq!(births.len(), 4);
    assert!(births.concat().contains("0 online"));
}

/// The command that a host sends.
fn ask() -> Vec<u8> {
    let told = all().connected(s(0));
    let Some(Told::Publish(ask)) = told.last() else { panic!("{told:?}") };
    ask.payload.clone()
}

#[test]
fn numbers_run_over_from_255_to_0_payloads_sequence_num_incrementing() {
    let (mut host, mut node) = born();
    for kg in 0..600 {
        let message = node
            .data(Some("SCALE-1"), "Weight/Gross", Wire::Double(f64::from(kg)), WALL_MS, false)
            .unwrap();
        assert!(hear(&mut host, 2, &message).contains(&format!(r#""value":"{kg}""#)));
    }
}

#[test]
fn who_is_not_known_is_asked_once_in_a_while_and_an_alias_too() {
    let (mut host, mut node) = (all(), node());
    node.births(WALL_MS);
    for (at, told) in [(1, ASKED), (5, ""), (11, ASKED)] {
        let weigh =
            node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false).unwrap();
        assert_eq!(hear(&mut host, at, &weigh), told, "after {at} s");
    }

    let (mut host, mut node) = born();
    node.metric(Some("SCALE-1"), "New", DataType::DOUBLE, Wire::Double(1.0), WALL_MS);
    let new = node.data(Some("SCALE-1"), "New", Wire::Double(2.0), WALL_MS, false).unwrap();
    assert_eq!(hear(&mut host, 2, &new), ASKED);
}

#[test]
fn a_death_takes_the_node_and_all_its_devices_edge_node_termination_host_action_ndeath() {
    let (mut host, mut node) = born();
    let will = Publish { payload: node_will(0), ..node.will(WALL_MS) };
    let gone =
        "0 offline: the node is gone; 1 offline: the node is gone; 2 offline: the node is gone";
    assert_eq!(hear(&mut host, 2, &will), gone);
    assert_eq!(hear(&mut host, 2, &will), "", "it is gone already");
    let weigh =
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false).unwrap();
    assert_eq!(hear(&mut host, 20, &weigh), ASKED, "it has to be born first");
}

/// The payload of a will with this number.
fn node_will(bd_seq: u64) -> Vec<u8> {
    let metric = Metric::named("bdSeq", DataType::INT64, Wire::Long(bd_seq), WALL_MS);
    encode(&Payload { timestamp: Some(WALL_MS), metrics: vec![metric], seq: None })
}

#[test]
fn a_death_of_another_birth_is_doubted_and_a_living_node_stays() {
    let (mut host, mut node) = born();
    let old = Publish { payload: node_will(254), ..node.will(WALL_MS) };
    let told = hear(&mut host, 2, &old);
    assert!(told.contains("a death of another birth") && told.ends_with(ASKED), "{told}");
    let alive =
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false).unwrap();
    assert!(hear(&mut host, 3, &alive).contains("weight"));
    assert_eq!(said(&host.time_passed(s(60))), "");
    // One that stays silent is gone.
    hear(&mut host, 100, &old);
    assert!(
        said(&host.time_passed(s(102)))
            .contains("0 offline: a death came, and the node gives no sign of life")
    );
}

#[test]
fn a_device_goes_and_comes_back_alone_edge_node_termination_host_action_ddeath() {
    let (mut host, mut node) = born();
    assert_eq!(
        hear(&mut host, 2, &node.device_lost("SCALE-1", WALL_MS)),
        "0 offline: its node lost it"
    );
    let weigh =
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false).unwrap();
    assert_eq!(hear(&mut host, 20, &weigh), ASKED, "no data before its birth");
    assert!(hear(&mut host, 21, &node.birth(Some("SCALE-1"), WALL_MS)).starts_with("0 online"));
}

#[test]
fn a_device_that_is_not_born_again_with_its_node_is_gone() {
    let (mut host, mut node) = born();
    let births = node.births(WALL_MS);
    hear(&mut host, 10, &births[0]);
    hear(&mut host, 10, &births[1]);
    let told = said(&host.time_passed(s(12)));
    assert_eq!(
        told,
        "0 offline: its node was born again without it; 2 offline: its node was born again without it"
    );
}

#[test]
fn what_the_broker_kept_is_old_and_refused() {
    let (mut host, mut node) = (all(), node());
    let birth = node.births(WALL_MS).swap_remove(0);
    let told = said(&host.message(s(1), &birth.topic, &birth.payload, true));
    assert!(told.contains("refused: a message that the broker kept"), "{told}");
}

#[test]
fn a_lost_connection_takes_everybody() {
    let (mut host, _) = born();
    assert_eq!(
        said(&host.disconnected("broker lost")),
        "0 offline: broker lost; 1 offline: broker lost; 2 offline: broker lost"
    );
    assert_eq!(host.next_timeout(), None);
}

#[test]
fn the_faults_of_real_nodes_are_understood() {
    let (mut host, _) = (all(), ());
    let birth = |topic: &str, metrics: Vec<Metric>, seq: Option<u64>| Publish {
        topic: topic.into(),
        payload: encode(&Payload { timestamp: Some(WALL_MS), metrics, seq }),
        qos: 0,
        retain: false,
    };
    let weight =
        |name: &str, value: Wire, datatype: DataType| Metric::named(name, datatype, value, WALL_MS);
    // A device is born without its node; its metrics have a prefix that its data has not.
    let alone = birth(
        "spBv1.0/KZ/DBIRTH/EDGE-1/SCALE-1",
        vec![
            weight("DATA/Weight/Gross", Wire::Int(5), DataType::INT8),
            weight("DATA/Weight/Stable", Wire::Boolean(true), DataType::BOOLEAN),
        ],
        Some(7),
    );
    let told = hear(&mut host, 1, &alone);
    assert!(
        told.starts_with("0 online") && told.contains(r#""value":"5""#) && told.ends_with(ASKED),
        "{told}"
    );
    // A small number in eight bits, in thirty-two, and as ten bytes of a sign.
    for (bits, expected) in [(251, "-5"), (0xffff_fffb, "-5"), (100, "100")] {
        let data = birth(
            "spBv1.0/KZ/DDATA/EDGE-1/SCALE-1",
            vec![Metric {
                datatype: None,
                ..weight("Weight/Gross", Wire::Int(bits), DataType::INT8)
            }],
            None,
        );
        let told = hear(&mut host, 2, &data);
        assert!(told.contains(&format!(r#""value":"{expected}""#)), "{told}");
    }
    let wide = birth(
        "spBv1.0/KZ/DDATA/EDGE-1/SCALE-1",
        vec![weight("Weight/Gross", Wire::Int(300), DataType::INT8)],
        None,
    );
    assert!(hear(&mut host, 2, &wide).contains("300 does not fit 8 bits"));
    // The number of a birth is UInt64 instead of Int64, and the death of a device has none.
    let node_birth = birth(
        "spBv1.0/KZ/NBIRTH/EDGE-1",
        vec![weight("bdSeq", Wire::Long(3), DataType::UINT64)],
        Some(200),
    );
    hear(&mut host, 3, &node_birth);
    let death =
        birth("spBv1.0/KZ/NDEATH/EDGE-1", vec![weight("bdSeq", Wire::Int(3), DataType(7))], None);
    assert!(hear(&mut host, 4, &death).contains("the node is gone"));
    // A birth that lacks a metric says which.
    let lacking = birth("spBv1.0/KZ/DBIRTH/EDGE-1/CAM-1", vec![], Some(9));
    let told = hear(&mut host, 5, &lacking);
    assert!(told.contains("the birth has no metric Plate, Confidence"), "{told}");
}

#[test]
fn a_session_of_a_public_package_is_read() {
    let Some(file) = recording("devices/spb_live.txt") else { return };
    let metrics = Metrics {
        weight: Some("Weight/Gross".into()),
        unit: Some(MassUnit::Kilogram),
        kind: Some(Kind::Gross),
        ..Metrics::default()
    };
    let mut host = host(&[("KZ/EDGE-1/SCALE-1", metrics)]);
    host.will(WALL_MS);
    let mut told = Vec::new();
    for line in String::from_utf8(file).unwrap().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [at, topic, _, _, payload] = fields[..] else { continue };
        let payload: Vec<u8> = (0..payload.len() / 2)
            .map(|byte| u8::from_str_radix(&payload[byte * 2..byte * 2 + 2], 16).unwrap())
            .collect();
        assert_eq!(
            encode(&decode(&payload).unwrap()),
            payload,
            "what is read is written byte for byte: {topic}"
        );
        let now = Duration::from_secs_f64(at.parse().unwrap());
        told.push(format!(
            "{} {}",
            topic.split('/').nth(2).unwrap(),
            said(&host.message(now, topic, &payload, false))
        ));
    }
    let expected = [
        "NBIRTH ",
        r#"DBIRTH 0 online; 0: {"v":1,"weight":{"value":"40000","unit":"kg","kind":"gross"}}"#,
        r#"DDATA 0: {"v":1,"weight":{"value":"-20","unit":"kg","kind":"gross"}}"#,
        "NDATA ",
        "NCMD ",
        "DDEATH 0 offline: its node lost it",
        // It numbers its deaths differently from its births: it is doubted, and asked.
        "NDEATH 0: unasked: a death of another birth than the last: the node is asked whether it is there; spBv1.0/KZ/NCMD/EDGE-1 Node Control/Rebirth",
        "NBIRTH ",
        "NDEATH 0: unasked: a death of another birth than the last: the node is asked whether it is there; spBv1.0/KZ/NCMD/EDGE-1 Node Control/Rebirth",
    ];
    assert_eq!(told, expected);
}

#[test]
fn hostile_payloads_are_refused_within_bounds() {
    let many = |count: usize| {
        encode(&Payload { metrics: vec![Metric::default(); count], ..Payload::default() })
    };
    assert!(decode(&many(4096)).is_ok());
    assert!(decode(&many(4097)).is_err());
    assert!(decode(&vec![0; 256 * 1024 + 1]).is_err());
    let text = |bytes: usize| {
        let metric = Metric { name: Some("x".repeat(bytes)), ..Metric::default() };
        decode(&encode(&Payload { metrics: vec![metric], ..Payload::default() }))
    };
    assert!(text(64 * 1024).is_ok());
    assert!(text(64 * 1024 + 1).is_err());
    for bytes in [
        &[0x12, 0xff, 0xff, 0xff, 0xff, 0x0f][..],
        &[0x08],
        &[0xff; 11],
        &[0x0b],
        &[0x12, 0x02, 0x0a, 0xff],
    ] {
        assert!(decode(bytes).is_err(), "{bytes:?}");
    }
    // A group of messages that all came early is bounded.
    let (mut host, mut node) = born();
    node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false);
    let mut told = String::new();
    for _ in 0..100 {
        let message =
            node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.0), WALL_MS, false).unwrap();
        told += &hear(&mut host, 2, &message);
    }
    assert!(told.contains("came late"), "{told}");
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), topic in "spBv1.0/KZ/(N|D)(BIRTH|DATA|DEATH)/EDGE-1(/SCALE-1)?") {
        let (mut host, mut node) = born();
        host.message(s(2), &topic, &bytes, false);
        host.time_passed(s(9));
        for birth in node.births(WALL_MS) {
            hear(&mut host, 20, &birth);
        }
        let weigh = node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(1.5), WALL_MS, false).unwrap();
        prop_assert!(hear(&mut host, 21, &weigh).contains("1.5"));
    }

    #[test]
    fn messages_in_any_order_within_the_window_are_told_in_theirs(order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let (mut host, mut node) = born();
        let messages: Vec<Publish> = (0..6).map(|kg| node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(f64::from(kg)), WALL_MS, false).unwrap()).collect();
        let mut told = Vec::new();
        for at in order {
            told.extend(host.message(s(2), &messages[at].topic, &messages[at].payload, false));
        }
        let kilograms: Vec<String> = told.iter().filter_map(|told| match told {
            Told::Reading(_, reading) => match &**reading {
                    Reading::Weight(weighing) => Some(format!("{:?}", weighing.display)),
                    _ => None,
                },
                _ => None,
        }).collect();
        prop_assert_eq!(kilograms, ["Value(0)", "Value(1)", "Value(2)", "Value(3)", "Value(4)", "Value(5)"]);
    }
}

#[test]
fn devices_that_nobody_watches_and_births_without_end_leave_nothing_behind() {
    let (mut host, mut node) = born();
    let room = |host: &Host| format!("{host:?}").len();
    let before = room(&host);
    for number in 0..50_u64 {
        let stranger = format!("STRANGER-{number}");
        node.metric(
            Some(&stranger),
            "Value",
            DataType::STRING,
            Wire::Text("x".repeat(500)),
            WALL_MS,
        );
    }
    // Every node is born again and again, each time with other aliases.
    for round in 0..20_u64 {
        for mut birth in node.births(WALL_MS) {
            let mut payload = decode(&birth.payload).unwrap();
            for metric in &mut payload.metrics {
                metric.alias = metric.alias.map(|alias| alias + round * 1000);
            }
            birth.payload = encode(&payload);
            hear(&mut host, 2, &birth);
        }
    }
    assert!(room(&host) < before + 200, "{} after {before}", room(&host));
    let unwatched =
        node.data(Some("STRANGER-7"), "Value", Wire::Text("y".into()), WALL_MS, false).unwrap();
    assert_eq!(
        hear(&mut host, 2, &unwatched),
        "",
        "it counts for the sequence, and for nothing else"
    );
    let mut live =
        data(&mut node, "SCALE-1", &[("Weight/Gross", Some(Wire::Double(7.0)), 0, false)]);
    live.topic = "spBv1.0/KZ/DDATA/EDGE-1/SCALE-1".into();
    assert!(hear(&mut host, 2, &live).contains(r#""value":"7""#));
}
