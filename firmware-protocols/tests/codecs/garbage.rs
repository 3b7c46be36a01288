//! Values at random: what is written is read again, whatever it is, and the machines above the codecs stay whole. Bytes at random: `noise.rs`.

use firmware_protocols::codec::Framing;
use firmware_protocols::plate::{CameraMessage, Country, Plate, Sighting};
use firmware_protocols::portal::{Level, Occupancies, PortalSettings, Record, tsa};
use firmware_protocols::seal::{Message, Position, SealEvent, jointech};
use firmware_protocols::weighbridge::comma::{self, Flavour};
use firmware_protocols::weighbridge::{
    Display, Kind, Settling, SettlingSettings, Stability, xk3190,
};
use firmware_protocols::{Decoder, Dialect, Fault, Reading, json};
use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MassUnit, Microdegrees, MilliCountsPerSecond, Percent};

use crate::good::Good;

/// The first good frame of a dialect.
fn good(dialect: Dialect) -> Vec<u8> {
    Good::first(dialect)
}

fn readings(items: &[Result<Reading, Fault>]) -> usize {
    items.iter().filter(|item| item.is_ok()).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_portal_record_survives_the_wire(record in records()) {
        let line = tsa::encode(&record).unwrap();
        prop_assert_eq!(tsa::decode(line.trim_ascii_end_bytes()).unwrap(), record);
    }

    #[test]
    fn every_weight_survives_the_wire(mantissa in -999_999_i64..=999_999, decimals in 0..=4_u32) {
        let value = Decimal::new(mantissa, decimals);
        // Six nines are what an overload looks like, and are never a weight.
        let nines = value.mantissa().abs() == 999_999;
        let frame = xk3190::encode(value).unwrap();
        let read = xk3190::decode(&frame).unwrap().display;
        prop_assert!(nines || read == Display::Value(value), "{:?}", read);
        let line = comma::encode(Flavour::Cas, Display::Value(value), Kind::Net, Stability::Moving, MassUnit::Tonne);
        if let Some(line) = line {
            let read = comma::decode(&line[..line.len() - 2]).unwrap();
            prop_assert!(nines || read.display == Display::Value(value), "{:?}", read);
        }
    }

    #[test]
    fn every_seal_message_survives_the_wire(message in seal_messages()) {
        let bytes = jointech::encode_event(&message).unwrap();
        prop_assert_eq!(jointech::decode(&bytes).unwrap(), message);
    }

    #[test]
    fn every_plate_survives_json(plate in "[A-Z0-9]{1,10}", confidence in 0..=100_u8, lane in any::<u16>()) {
        let sighting = Reading::Plate(CameraMessage::Sighting(Sighting {
            id: Some("u".into()),
            device_time: None,
            plate: Plate::Read {
                text: plate,
                original: None,
                confidence_percent: Percent::new(confidence),
                character_confidence_percent: Vec::new(),
            },
            country: Country::from_index(30),
            lane: Some(lane),
            direction: None,
            vehicle_type: None,
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: false,
            pictures: Vec::new(),
            camera: None,
        }));
        prop_assert_eq!(json::decode(json::encode(&sighting).unwrap().as_bytes()).unwrap(), sighting);
    }

    #[test]
    fn any_records_at_any_time_leave_the_machine_whole(
        story in prop::collection::vec((records(), -5_000_i64..20_000, 0..20_u8), 0..200),
    ) {
        let mut portal = Occupancies::new(PortalSettings::default());
        let (mut began, mut ended, mut at) = (0_i32, 0_i32, 1_779_000_000_000_i64);
        for (record, step, other) in story {
            at += step;
            let now = Timestamp::from_millisecond(at).unwrap();
            let events = match other {
                0 => portal.link_lost(now),
                1 => portal.time_passed(now),
                2 => portal.unreadable_line(now),
                _ => portal.record(&record, now),
            };
            for event in events {
                match event {
                    firmware_protocols::portal::PortalEvent::Began { .. } => began += 1,
                    firmware_protocols::portal::PortalEvent::Ended(_) => ended += 1,
                    _ => {}
                }
                prop_assert!((0..=1).contains(&(began - ended)));
            }
            prop_assert_eq!(portal.is_occupied(), began > ended);
            prop_assert_eq!(portal.deadline().is_some(), portal.is_occupied());
        }
    }

    #[test]
    fn any_weighings_at_any_time_settle_at_most_once_for_each_load(
        story in prop::collection::vec((prop_oneof![Just(0_i64), Just(40_000), -1000_i64..60_000], 0..400_i64), 0..300),
    ) {
        let mut scale = Settling::new(SettlingSettings::default());
        let (mut settled, mut at) = (false, 1_779_000_000_000_i64);
        for (weight, step) in story {
            at += step;
            let weighing = xk3190::decode(&xk3190::encode(Decimal::from(weight)).unwrap()).unwrap();
            for event in scale.weighing(&weighing, Timestamp::from_millisecond(at).unwrap()) {
                match event {
                    firmware_protocols::weighbridge::SettlingEvent::ScaleEmpty { .. } => settled = false,
                    firmware_protocols::weighbridge::SettlingEvent::Settled(_) => {
                        prop_assert!(!settled);
                        settled = true;
                    }
                    firmware_protocols::weighbridge::SettlingEvent::Changed { .. } => prop_assert!(settled),
                    _ => {}
                }
            }
        }
    }
}

trait TrimEnd {
    fn trim_ascii_end_bytes(&self) -> &[u8];
}

impl TrimEnd for String {
    fn trim_ascii_end_bytes(&self) -> &[u8] {
        self.as_bytes().strip_suffix(b"\r\n").unwrap()
    }
}

fn four() -> impl Strategy<Value = [u32; 4]> {
    prop::array::uniform4(0..=999_999_u32)
}

fn records() -> impl Strategy<Value = Record> {
    let level = prop::sample::select(vec![Level::Normal, Level::High, Level::Low]);
    let decimal = |places: u32| {
        (-99_999_999_i64..=99_999_999).prop_map(move |mantissa| Decimal::new(mantissa, places))
    };
    prop_oneof![
        3 => (level, four()).prop_map(|(level, cps)| Record::GammaBackground { level, cps: cps.map(CountsPerSecond) }),
        1 => (any::<bool>(), four()).prop_map(|(high, cps)| Record::NeutronBackground {
            level: if high { Level::High } else { Level::Normal },
            cps: cps.map(CountsPerSecond),
        }),
        6 => (any::<bool>(), four()).prop_map(|(alarm, counts)| Record::GammaScan { alarm, counts: counts.map(Counts) }),
        2 => (any::<bool>(), four()).prop_map(|(alarm, counts)| Record::NeutronScan { alarm, counts: counts.map(Counts) }),
        2 => four().prop_map(|[counter, background, a, b]| Record::OccupancyEnd {
            counter,
            neutron_background: MilliCountsPerSecond(background),
            reserved: [a, b],
        }),
        1 => prop::array::uniform4(decimal(8)).prop_map(Record::NeutronBackgroundFine),
        1 => (decimal(8), decimal(8)).prop_map(|(per_second, per_count)| Record::NeutronTest { per_second, per_count }),
        1 => (decimal(8), decimal(8)).prop_map(|(upper, lower)| Record::NeutronLimits { upper, lower }),
        1 => four().prop_map(|counts| Record::WindowCounts(counts.map(Counts))),
        1 => Just(Record::TamperFault),
        1 => Just(Record::TamperCleared),
        1 => Just(Record::Unknown { tag: "ZZ".into(), raw: "ZZ,1".into() }),
    ]
}

fn seal_messages() -> impl Strategy<Value = Message> {
    let fix = (-9_000_000_i32..=9_000_000, 1..=18_000_000_i32, 0..=360_u16).prop_map(
        |(latitude, longitude, course)| {
            Position::Fix {
                // The text has five decimals.
                latitude_microdeg: Microdegrees(latitude * 10),
                longitude_microdeg: Microdegrees(longitude * 10),
                speed_raw: Some(Decimal::from(12)),
                course_deg: Some(course),
            }
        },
    );
    // 2001 to 2099, whole seconds.
    (
        prop_oneof![Just(Position::NoFix), fix],
        980_000_000..4_080_000_000_i64,
        any::<u16>(),
        0..1_000_000_u32,
    )
        .prop_map(|(position, seconds, event, index)| Message {
            seal: "8000632862".into(),
            command: "P45".into(),
            message_id: Some(jointech::message_id(Timestamp::from_second(seconds).ok(), index)),
            device_time: Some(Timestamp::from_second(seconds).unwrap()),
            retransmitted: false,
            relayed_at: None,
            event: Some(SealEvent::Maker(event.into())),
            locked: None,
            housing: None,
            battery_percent: None,
            position,
            card: Some("0000000007".into()),
            trip: None,
            tag: None,
            fields: ["0", "0", "0", "0"].map(String::from).to_vec(),
        })
}

#[test]
fn the_bytes_of_two_sessions_are_never_joined() {
    // Half of a barcode is a barcode; that its halves are two is shown where barcodes are.
    for &dialect in Dialect::ALL.iter().filter(|dialect| **dialect != Dialect::Barcode) {
        let good = good(dialect);
        for cut in 1..good.len() {
            let mut decoder = Decoder::new(dialect);
            let (first, second) = good.split_at(cut);
            let mut items = decoder.decode(first);
            items.extend(decoder.reset().map(Err));
            items.extend(decoder.decode(second));
            let whole_line =
                first.len() >= good.trim_ascii_end().len() && dialect.framing() == Framing::Lines;
            assert!(
                readings(&items) == 0 || whole_line && readings(&items) == 1,
                "{dialect} cut at {cut}: {items:?}"
            );
        }
    }
}

#[test]
fn every_dialect_is_found_by_its_name_and_no_other() {
    for &dialect in Dialect::ALL {
        assert_eq!(dialect.name().parse(), Ok(dialect));
        assert_eq!(Decoder::new(dialect).dialect(), dialect);
    }
    let unknown = "TSA".parse::<Dialect>().unwrap_err().to_string();
    assert!(unknown.starts_with("unknown dialect; known are tsa, tsa-environment, "), "{unknown}");
}
