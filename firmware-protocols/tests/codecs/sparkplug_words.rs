//! Sparkplug's numbers, topics, and names of metrics; and that what is written is read.

use firmware_protocols::sparkplug::{
    Address, DataType, Metric, Metrics, Payload, Topic, Value, Verb, Wire, decode, encode, is_id,
};
use firmware_protocols::weighbridge::Kind;
use proptest::prelude::*;

use crate::sparkplug::{camera, scale, seals};

#[test]
fn numbers_of_every_type_are_read_topics_and_payloads() {
    let cases = [
        (Wire::Int(0xffff_ffec), DataType::INT8, "-20"),
        (Wire::Int(0xec), DataType::INT8, "-20"),
        (Wire::Int(0x8000), DataType::INT16, "-32768"),
        (Wire::Int(0xffff_ffff), DataType::INT32, "-1"),
        (Wire::Int(0xffff_ffff), DataType(7), "4294967295"),
        (Wire::Long(u64::MAX), DataType::INT64, "-1"),
        (Wire::Long(u64::MAX), DataType::UINT64, "18446744073709551615"),
        (Wire::Float(0.1), DataType::FLOAT, "0.1"),
        (Wire::Double(40000.05), DataType::DOUBLE, "40000.05"),
        (Wire::Double(-0.0), DataType::DOUBLE, "0"),
    ];
    for (wire, datatype, expected) in cases {
        let metric = Metric { value: Some(wire.clone()), ..Metric::default() };
        match metric.read(Some(datatype)) {
            Ok(Value::Number(number)) => assert_eq!(number.to_string(), expected, "{wire:?}"),
            other => panic!("{wire:?}: {other:?}"),
        }
    }
    for double in [f64::INFINITY, f64::NAN, 1e40] {
        assert!(
            Metric { value: Some(Wire::Double(double)), ..Metric::default() }.read(None).is_err()
        );
    }
}

#[test]
fn a_negative_number_of_8_bits_travels_as_32_and_lists_are_passed_over() {
    // The bytes of the specification's encoding: -20 as field 10.
    let metric = Metric {
        datatype: Some(DataType::INT8),
        value: Some(Wire::Int(0xffff_ffec)),
        ..Metric::default()
    };
    let bytes = encode(&Payload { metrics: vec![metric], ..Payload::default() });
    assert_eq!(bytes, [0x12, 8, 0x20, 1, 0x50, 0xec, 0xff, 0xff, 0xff, 0x0f]);
    let read = decode(&bytes).unwrap().metrics.remove(0).read(None);
    assert_eq!(read, Ok(Value::Number((-20).into())));
    for list in 22..=34 {
        let metric = Metric { value: Some(Wire::Bytes(vec![1, 2, 3, 4])), ..Metric::default() };
        assert_eq!(metric.read(Some(DataType(list))), Ok(Value::Other), "type {list}");
    }
}

#[test]
fn topics_and_ids_are_looked_at_closely() {
    for topic in [
        "spBv1.0/KZ/NBIRTH/E",
        "spBv1.0/KZ/DDATA/E/D",
        "spBv1.0/STATE/h",
        "spBv1.0/KZ/NCMD/E",
        "spBv1.0/КЗ/DDEATH/Э/Д",
    ] {
        assert_eq!(Topic::parse(topic).unwrap().to_string(), topic);
    }
    for topic in [
        "",
        "spAv1.0/KZ/NBIRTH/E",
        "spBv1.0/KZ/NBIRTH",
        "spBv1.0/KZ/NBIRTH/E/D",
        "spBv1.0/KZ/DBIRTH/E",
        "spBv1.0/KZ/DBIRTH/E/D/x",
        "spBv1.0/KZ/XBIRTH/E",
        "spBv1.0//NBIRTH/E",
        "spBv1.0/KZ/NBIRTH/",
        "spBv1.0/STATE/h/x",
        "spBv1.0/KZ/ЖBIRTH/E",
    ] {
        assert_eq!(Topic::parse(topic), None, "{topic}");
    }
    for (id, sound) in [
        ("EDGE-1", true),
        ("a/b", false),
        ("a+", false),
        ("#", false),
        ("", false),
        ("a\u{0}", false),
    ] {
        assert_eq!(is_id(id), sound, "{id:?}");
    }
    for (address, sound) in [
        ("KZ/EDGE-1", true),
        ("KZ/EDGE-1/S", true),
        ("KZ", false),
        ("KZ/E/S/x", false),
        ("STATE/E", false),
        ("KZ/+", false),
    ] {
        assert_eq!(Address::parse(address).is_some(), sound, "{address}");
    }
    assert_eq!(
        Topic::parse("spBv1.0/KZ/NDEATH/E"),
        Some(Topic::Node(Verb::Death, Address::parse("KZ/E").unwrap()))
    );
}

#[test]
fn metrics_of_one_family_are_named_and_a_weight_has_a_unit() {
    let cases = [
        (scale(), None),
        (camera(), None),
        (seals(), None),
        (Metrics::default(), Some("exactly one")),
        (Metrics { plate: Some("P".into()), ..scale() }, Some("exactly one")),
        (Metrics { locked: Some("L".into()), ..scale() }, Some("another family")),
        (Metrics { unit: None, ..scale() }, Some("the unit of the weight")),
        (Metrics { kind: Some(Kind::Net), ..camera() }, Some("belong to a weight")),
    ];
    for (metrics, complaint) in cases {
        match (metrics.family(), complaint) {
            (Ok(_), None) => {}
            (Err(detail), Some(complaint)) => assert!(detail.contains(complaint), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn every_payload_survives_the_wire(
        timestamp in any::<Option<u64>>(), seq in prop::option::of(0..256_u64), name in prop::option::of("\\PC{0,20}"), alias in any::<Option<u64>>(),
        value in prop_oneof![
            Just(None), any::<u32>().prop_map(|v| Some(Wire::Int(v))), any::<u64>().prop_map(|v| Some(Wire::Long(v))),
            (-1e9..1e9_f64).prop_map(|v| Some(Wire::Double(v))), any::<bool>().prop_map(|v| Some(Wire::Boolean(v))),
            "\\PC{0,20}".prop_map(|v| Some(Wire::Text(v))), prop::collection::vec(any::<u8>(), 0..20).prop_map(|v| Some(Wire::Bytes(v))),
        ],
        historical in any::<bool>(),
    ) {
        let metric = Metric { name, alias, value, historical, datatype: Some(DataType(9)), timestamp };
        let payload = Payload { timestamp, seq, metrics: vec![metric; 2] };
        prop_assert_eq!(decode(&encode(&payload)).unwrap(), payload);
    }
}
