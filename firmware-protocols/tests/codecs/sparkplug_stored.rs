//! Sparkplug: what a node stored while its network was away comes late, in the order of its times, and changes nothing that is live.

use firmware_protocols::sparkplug::{
    DataType, EdgeNode, Metric, Metrics, Publish, Wire, decode, encode,
};

use crate::sparkplug::{ASKED, WALL_MS, born, hear, host, node, s, scale};

#[test]
fn what_was_stored_is_history_and_changes_nothing_live() {
    let (mut host, mut node) = born();
    let stored =
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(12.0), WALL_MS, true).unwrap();
    assert_eq!(
        hear(&mut host, 2, &stored),
        "0: not-decoded: 1 stored values of a scale are passed over: a weight holds while its vehicle stands there"
    );
    let stored = node.data(Some("CAM-1"), "Plate", Wire::Text("1".into()), WALL_MS, true).unwrap();
    assert!(hear(&mut host, 2, &stored).contains(r#""retransmitted":true"#));
    let stable =
        node.data(Some("SCALE-1"), "Weight/Stable", Wire::Boolean(true), WALL_MS, false).unwrap();
    assert!(hear(&mut host, 2, &stable).contains(r#""value":"0""#), "not 12");
}

/// Data of one device, each value with its name, its time behind the beginning in seconds, and whether it was stored.
pub(crate) fn data(
    node: &mut EdgeNode,
    device: &str,
    values: &[(&str, Option<Wire>, u64, bool)],
) -> Publish {
    let mut data =
        node.data(Some(device), values[0].0, Wire::Boolean(true), WALL_MS, false).unwrap();
    let mut payload = decode(&data.payload).unwrap();
    payload.metrics = values
        .iter()
        .map(|(name, value, second, historical)| Metric {
            name: Some((*name).to_owned()),
            value: value.clone(),
            timestamp: Some(WALL_MS + second * 1000),
            historical: *historical,
            ..Metric::default()
        })
        .collect();
    data.payload = encode(&payload);
    data
}

fn text(text: &str) -> Option<Wire> {
    Some(Wire::Text(text.into()))
}

#[test]
fn seals_that_were_stored_come_late_in_the_order_of_their_times_and_change_nothing_live() {
    let (mut host, mut node) = born();
    let stored = data(
        &mut node,
        "SEALS-1",
        &[
            ("Locked", Some(Wire::Boolean(false)), 30, true),
            ("Seal", text("KZ2"), 20, true),
            ("Locked", Some(Wire::Boolean(true)), 20, true),
            ("Locked", Some(Wire::Boolean(true)), 10, true),
            ("Seal", text("KZ1"), 10, true),
        ],
    );
    let told = hear(&mut host, 2, &stored);
    // The last one tells no number: it is about the seal that was told before it.
    assert_eq!(
        told.split("; ").collect::<Vec<_>>(),
        [
            r#"2: {"v":1,"seal":"KZ1","ts":"2026-05-21T11:00:10Z","state":{"locked":true},"retransmitted":true}"#,
            r#"2: {"v":1,"seal":"KZ2","ts":"2026-05-21T11:00:20Z","state":{"locked":true},"retransmitted":true}"#,
            r#"2: {"v":1,"seal":"KZ2","ts":"2026-05-21T11:00:30Z","state":{"locked":false},"retransmitted":true}"#,
        ]
    );
    let live = node.data(Some("SEALS-1"), "Seal", text("KZ3").unwrap(), WALL_MS, false).unwrap();
    assert!(hear(&mut host, 3, &live).contains(r#""locked":true"#), "as in the birth");
}

#[test]
fn two_seals_that_were_stored_at_one_moment_are_two() {
    let (mut host, mut node) = born();
    let values = [
        ("Seal", text("KZ1"), 10, true),
        ("Locked", Some(Wire::Boolean(true)), 10, true),
        ("Seal", text("KZ2"), 10, true),
        ("Locked", Some(Wire::Boolean(false)), 10, true),
    ];
    let told = hear(&mut host, 2, &data(&mut node, "SEALS-1", &values));
    let of = |told: &str, seal: &str, locked: bool| {
        told.split("; ")
            .any(|one| one.contains(seal) && one.contains(&format!(r#""locked":{locked}"#)))
    };
    assert!(of(&told, "KZ1", true) && of(&told, "KZ2", false), "{told}");
}

#[test]
fn a_lock_that_was_stored_without_its_seal_is_a_fault_and_not_nothing() {
    let (mut host, mut node) = born();
    let stored = data(&mut node, "SEALS-1", &[("Locked", Some(Wire::Boolean(false)), 10, true)]);
    assert_eq!(
        hear(&mut host, 2, &stored),
        "2: bad-field: stored at 2026-05-21T11:00:10Z without Seal, so that nobody knows what it is about: Locked"
    );
}

#[test]
fn a_plate_that_was_stored_keeps_what_was_stored_with_it() {
    let (mut host, mut node) = born();
    let values =
        [("Confidence", Some(Wire::Int(61)), 10, true), ("Plate", text("123ABC02"), 10, true)];
    assert_eq!(
        hear(&mut host, 2, &data(&mut node, "CAM-1", &values)),
        r#"1: {"v":1,"plate":"123ABC02","ts":"2026-05-21T11:00:10Z","confidence_pct":61,"retransmitted":true}"#
    );
}

#[test]
fn what_was_stored_and_cannot_be_read_leaves_the_live_value() {
    let (mut host, mut node) = born();
    let values = [("Weight/Gross", Some(Wire::Double(f64::NAN)), 10, true)];
    assert!(hear(&mut host, 2, &data(&mut node, "SCALE-1", &values)).contains("bad-field"));
    let stable = node.data(Some("SCALE-1"), "Weight/Stable", Wire::Boolean(true), WALL_MS, false);
    assert!(hear(&mut host, 2, &stable.unwrap()).contains(r#""value":"0""#));
}

#[test]
fn a_switch_that_is_named_and_not_known_permits_no_number() {
    let metrics = Metrics { overload: Some("Weight/Overload".into()), ..scale() };
    let mut host = host(&[("KZ/EDGE-1/SCALE-1", metrics)]);
    host.connected(s(0));
    // The birth has no overload.
    let mut node = node();
    let told: String = node.births(WALL_MS).iter().map(|one| hear(&mut host, 1, one)).collect();
    assert!(told.contains("the birth has no metric Weight/Overload"), "{told}");
    assert!(told.contains(r#""condition":"withheld""#) && !told.contains(r#""value""#), "{told}");
    node.metric(
        Some("SCALE-1"),
        "Weight/Overload",
        DataType::BOOLEAN,
        Wire::Boolean(false),
        WALL_MS,
    );
    for birth in node.births(WALL_MS) {
        hear(&mut host, 2, &birth);
    }
    let mut say = |values: &[(&str, Option<Wire>, u64, bool)]| {
        hear(&mut host, 3, &data(&mut node, "SCALE-1", values))
    };
    let number = || ("Weight/Gross", Some(Wire::Double(65000.0)), 0, false);
    assert!(say(&[number()]).contains(r#""value":"65000""#));
    // Null, and what is no switch at all.
    for unknown in [None, Some(Wire::Bytes(vec![1]))] {
        let told = say(&[("Weight/Overload", unknown.clone(), 0, false), number()]);
        assert!(!told.contains(r#""value""#), "{unknown:?}: {told}");
        let told = say(&[("Weight/Overload", Some(Wire::Boolean(false)), 0, false)]);
        assert!(told.contains(r#""value":"65000""#), "{unknown:?}: {told}");
    }
    let told = say(&[("Weight/Stable", None, 0, false), number()]);
    assert!(told.contains(r#""stable":false"#), "{told}");
}

#[test]
fn the_aliases_of_a_device_end_with_it() {
    let (mut host, mut node) = born();
    let say = |node: &mut EdgeNode| {
        node.data(Some("SCALE-1"), "Weight/Gross", Wire::Double(5.0), WALL_MS, false).unwrap()
    };
    let weigh = say(&mut node);
    assert!(hear(&mut host, 20, &weigh).contains(r#""value":"5""#));
    let mut payload = decode(&weigh.payload).unwrap();
    payload.metrics.clear();
    payload.seq = payload.seq.map(|seq| (seq + 1) % 256);
    let death = Publish {
        topic: "spBv1.0/KZ/DDEATH/EDGE-1/SCALE-1".into(),
        payload: encode(&payload),
        ..weigh.clone()
    };
    assert!(hear(&mut host, 20, &death).contains("its node lost it"));
    let mut payload = decode(&weigh.payload).unwrap();
    payload.seq = payload.seq.map(|seq| (seq + 2) % 256);
    let again = Publish { payload: encode(&payload), ..weigh };
    assert_eq!(hear(&mut host, 20, &again), ASKED, "it has to be born first");
}
