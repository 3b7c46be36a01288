//! What is written is read again, of the dialects whose own stories do not say it at random: comma strings, cameras, JSON, X-ray results, machine readable
//! zones, environment boards, registers of Yantar, documents of the RS-350, daily files of spectroscopic portals, states of Jointech seals.

use firmware_protocols::plate::{
    CameraMessage, Country, Picture, Plate, Sighting, hikvision, openalpr,
};
use firmware_protocols::portal::aspect::{self, Profile};
use firmware_protocols::portal::environment::{self, Board};
use firmware_protocols::portal::spectroscopic::{self, Light, Line, Spectrum};
use firmware_protocols::portal::{Channel, Direction, Level, Measured, Snapshot};
use firmware_protocols::scanner::{mrz, xray};
use firmware_protocols::seal::{Housing, Message, Position, SealEvent, Trip, jointech};
use firmware_protocols::weighbridge::comma::{self, Flavour};
use firmware_protocols::weighbridge::{Checksum, Display, Flags, Kind, Stability, Weighing};
use firmware_protocols::{Raw, Reading, json};
use jiff::Timestamp;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use units::{MassUnit, Microdegrees, MillimetresPerSecond, Percent};

fn moment() -> impl Strategy<Value = Timestamp> {
    // 2001 to 2099, whole seconds.
    (980_000_000..4_080_000_000_i64).prop_map(|second| Timestamp::from_second(second).unwrap())
}

/// Words of a camera, with the signs that XML and JSON have for themselves.
fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z<>&\"'\\\\/;,а-яА-Я][a-z0-9<>& ]{0,8}[a-z0-9]"
}

fn percent() -> impl Strategy<Value = Percent> {
    (0..=100_u8).prop_map(|number| Percent::new(number).unwrap())
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let plate = prop_oneof![
        Just(Plate::NotRead),
        (
            "[A-Z0-9]{2,10}",
            of("[a-z0-9]{2,10}"),
            of(percent()),
            prop::collection::vec(percent(), 0..9)
        )
            .prop_map(|(text, original, confidence_percent, each)| Plate::Read {
                text,
                original,
                confidence_percent,
                character_confidence_percent: each,
            })
    ];
    let pictures = prop::collection::vec(
        (word(), word(), of(word())).prop_map(|(file_name, kind, id)| Picture {
            file_name,
            kind,
            id,
            sent: None,
        }),
        0..3,
    );
    let country = (1..260_u16).prop_map(Country::from_index);
    let told = (of(word()), of(word()), of(word()), of(word()));
    let camera = of("10\\.0\\.0\\.[1-9](/[1-9])?");
    (
        (of(word()), of(moment()), plate, country, of(any::<u16>())),
        told,
        (any::<bool>(), any::<bool>(), pictures, camera),
    )
        .prop_map(|((id, device_time, plate, country, lane), told, rest)| Sighting {
            id,
            device_time,
            plate,
            country,
            lane,
            direction: told.0,
            vehicle_type: told.1,
            dangerous_goods: told.2,
            container: told.3,
            more_follows: rest.0,
            retransmitted: rest.1,
            pictures: rest.2,
            camera: rest.3,
        })
}

fn weighing() -> impl Strategy<Value = Weighing> {
    let value = (-9_999_999_i64..=9_999_999, 0..=3_u32)
        .prop_map(|(figures, decimals)| Display::Value(Decimal::new(figures, decimals)));
    let display = prop_oneof![
        3 => value,
        1 => select(vec![Display::Overload, Display::Underload, Display::OutOfRange, Display::Blank, Display::Withheld]),
    ];
    let unit = select(vec![MassUnit::Kilogram, MassUnit::Gram, MassUnit::Tonne, MassUnit::Pound]);
    (
        display,
        select(vec![Kind::Gross, Kind::Net, Kind::Tare, Kind::Unknown]),
        select(vec![Stability::Stable, Stability::Moving, Stability::Unknown]),
        of(unit),
        (any::<bool>(), any::<bool>(), of(1..=3_u8)),
    )
        .prop_map(|(display, kind, stability, unit, (not_zeroed, hold, range))| Weighing {
            display,
            kind,
            stability,
            unit,
            address: None,
            flags: Flags { not_zeroed, hold, range, ..Flags::default() },
            checksum: Checksum::Absent,
            raw: Raw(Vec::new()),
        })
}

fn seal() -> impl Strategy<Value = Message> {
    let fix =
        (-90_000_000..=90_000_000_i32, 1..=180_000_000_i32).prop_map(|(latitude, longitude)| {
            Position::Fix {
                latitude_microdeg: Microdegrees(latitude),
                longitude_microdeg: Microdegrees(longitude),
                speed_raw: None,
                course_deg: None,
            }
        });
    let trip = (of("[0-9]{5}/[0-9]{6}/[0-9]{7}"), of(word()), of(word()))
        .prop_map(|(declaration, vehicle, container)| Trip { declaration, vehicle, container });
    (
        ("[A-Z]{2}[0-9]{8}", of(word()), of(moment()), of(1..=9_u32)),
        (any::<Option<bool>>(), of(any::<bool>()), of(percent())),
        prop_oneof![Just(Position::NotSent), Just(Position::NoFix), fix],
        (of("[0-9]{10}"), of(trip)),
    )
        .prop_map(|((seal, id, at, event), (locked, open, battery), position, rest)| Message {
            message_id: id,
            device_time: at,
            event: event.map(SealEvent::from_class),
            locked,
            housing: open.map(|open| if open { Housing::Open } else { Housing::Ok }),
            battery_percent: battery,
            position,
            card: rest.0,
            trip: rest.1,
            ..Message::new(seal, "json")
        })
}

/// As it comes back: of what a document says the raw bytes are the document, and the command is its own.
fn without_raw(reading: Reading) -> Reading {
    match reading {
        Reading::Weight(weighing) => Reading::Weight(Weighing { raw: Raw(Vec::new()), ..weighing }),
        Reading::Seal(message) => Reading::Seal(Message { command: "json".into(), ..message }),
        other => other,
    }
}

fn board() -> impl Strategy<Value = Board> {
    let scaled = |from: i64, to: i64, places: u32| {
        of((from..=to).prop_map(move |number| Decimal::new(number, places)))
    };
    (
        (scaled(-600, 1500, 1), scaled(0, 1000, 1), scaled(50_000, 120_000, 2)),
        (scaled(-600, 1500, 1), of(0..4096_u32), of(0..4096_u32)),
        (scaled(0, 30_000, 2), of(0..800_i64), of(0..100_u32), any::<[u32; 3]>()),
    )
        .prop_map(|(first, second, third)| Board {
            temperature_c: first.0,
            humidity_percent: first.1,
            pressure_hpa: first.2,
            temperature_2_c: second.0,
            battery_raw: second.1,
            dc_raw: second.2,
            ac_a: third.0,
            thermocouple_c: third.1.map(|quarters| Decimal::new(quarters * 25, 2)),
            pillar_humidity_raw: third.2,
            unnamed: third.3,
        })
}

fn yantar() -> impl Strategy<Value = Snapshot> {
    let channel = (0..10_000_000_u32, 0..20_000_u32, any::<bool>(), any::<bool>(), 0..3_u8)
        .prop_map(|(counts, background, alarm, ready, level)| {
            let measured = |counts: Decimal| Some(Measured { counts, interval_ms: Some(1000) });
            Channel {
                counts: measured(counts.into()),
                background: measured(background.into()),
                alarm: Some(alarm),
                level: Some([Level::Normal, Level::High, Level::Low][usize::from(level)]),
                ready: Some(ready),
            }
        });
    (
        any::<bool>(),
        any::<u16>(),
        channel.clone(),
        channel,
        0..5000_u32,
        any::<bool>(),
        any::<u32>(),
        of(prop_oneof![Just(Direction::From0To1), Just(Direction::From1To0)]),
    )
        .prop_map(|(present, object, gamma, neutron, speed, open, time, direction)| {
            let alarms = [(&gamma, "gamma-alarm-1"), (&neutron, "neutron-alarm-1")];
            Snapshot {
                present: Some(present),
                object: Some(object),
                direction,
                identified: alarms
                    .iter()
                    .filter(|(channel, _)| channel.alarm == Some(true))
                    .map(|(_, name)| (*name).to_owned())
                    .collect(),
                gamma,
                neutron,
                speed: (speed > 0).then_some(MillimetresPerSecond(speed)),
                tamper: Some(open),
                device_time: Some(time.to_string()),
                ..Snapshot::default()
            }
        })
}

fn line() -> impl Strategy<Value = Line> {
    let count = || (0..100_000_i64).prop_map(Decimal::from);
    let spectrum =
        || {
            ("[A-Z][a-z][1-9]", count(), 2..9_u32)
                .prop_map(|(detector, counts, channels)| Spectrum { detector, counts, channels })
        };
    let counts = || prop::collection::vec(count(), 1..5);
    prop_oneof![
        spectrum().prop_map(Line::GammaBackground),
        (count(), counts())
            .prop_map(|(seconds, counts)| Line::NeutronBackground { seconds, counts }),
        (0..1000_u32, spectrum())
            .prop_map(|(chunk, spectrum)| Line::GammaSignal { chunk, spectrum }),
        (1..100_u32, 0..1000_u32, counts())
            .prop_map(|(slices, chunk, counts)| Line::NeutronSignal { slices, chunk, counts }),
        (any::<bool>(), count(), count()).prop_map(|(neutron, seconds, counts)| Line::Analyzed {
            neutron,
            seconds,
            counts,
        }),
        ("[A-Z][a-z]-[0-9]{2,3}", prop::collection::vec("[A-Z][a-z][1-9]", 0..3))
            .prop_map(|(nuclide, from)| Line::Identified { nuclide, from }),
        (select(vec![Light::Red, Light::Yellow, Light::Green]), any::<u32>(), of(count()))
            .prop_map(|(light, occupancy, speed)| Line::End {
                light,
                occupancy,
                time: "2026-05-01T10:15:14".into(),
                file: "RPM.xml".into(),
                entry_speed: speed,
                exit_speed: speed,
            }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn comma_strings_of_every_maker(
        flavour in select(vec![Flavour::Cas, Flavour::Aandd, Flavour::DiniArgeo]),
        figures in -99_999_i64..=99_999,
        decimals in 0..=2_u32,
        kind in select(vec![Kind::Gross, Kind::Net, Kind::Tare]),
        stable in any::<bool>(),
        unit in select(vec![MassUnit::Kilogram, MassUnit::Gram, MassUnit::Tonne, MassUnit::Pound]),
    ) {
        let display = Display::Value(Decimal::new(figures, decimals));
        let stability = if stable { Stability::Stable } else { Stability::Moving };
        let line = comma::encode(flavour, display, kind, stability, unit).unwrap();
        let read = comma::decode(line.strip_suffix(b"\r\n").unwrap()).unwrap();
        prop_assert_eq!((read.display, read.kind, read.stability, read.unit), (display, kind, stability, Some(unit)));
    }

    #[test]
    fn sightings_of_hikvision(sighting in sighting()) {
        let message = CameraMessage::Sighting(sighting);
        let written = hikvision::encode(&message);
        prop_assert_eq!(hikvision::decode(written.as_bytes()).unwrap(), message, "{}", written);
    }

    #[test]
    fn sightings_of_openalpr(full in sighting()) {
        // What its pictures do not tell: lanes, directions, goods, single characters.
        let plate = match full.plate {
            Plate::Read { text, confidence_percent, .. } => Plate::Read {
                text,
                original: None,
                confidence_percent,
                character_confidence_percent: Vec::new(),
            },
            Plate::NotRead => Plate::NotRead,
        };
        let country = if matches!(full.country, Country::Index(_)) { Country::NotRecognised } else { full.country };
        let sighting = Sighting {
            plate,
            country,
            lane: None,
            direction: None,
            vehicle_type: None,
            dangerous_goods: None,
            container: None,
            more_follows: false,
            retransmitted: false,
            pictures: Vec::new(),
            ..full
        };
        let written = openalpr::encode(&sighting).unwrap();
        let read = openalpr::decode(written.as_bytes()).unwrap();
        prop_assert_eq!(read, [CameraMessage::Sighting(sighting)], "{}", written);
    }

    #[test]
    fn weighings_and_seals_as_json(weighing in weighing(), seal in seal()) {
        for reading in [Reading::Weight(weighing), Reading::Seal(seal)] {
            let written = json::encode(&reading).unwrap();
            let read = json::decode(written.as_bytes()).unwrap();
            prop_assert_eq!(without_raw(read), reading, "{}", written);
        }
    }

    #[test]
    fn inspections_by_x_ray(
        scan in word(),
        told in (of(word()), of(word()), of(word())),
        times in of((moment(), 0..7200_i64)),
        containers in prop::collection::vec("[A-Z]{4}[0-9]{7}", 0..3),
        file in of(("[0-9a-f]{64}", any::<u64>())),
        conclusion in of((select(vec![xray::ConclusionCode::Clear, xray::ConclusionCode::Alarm]), of(word()), 0..900_u16)),
    ) {
        let inspection = xray::Inspection {
            scan,
            scanner: told.0,
            operator: told.1,
            started: times.map(|(started, _)| started),
            ended: times.map(|(started, lasted)| started + jiff::SignedDuration::from_secs(lasted)),
            direction: told.2,
            vehicle: None,
            containers,
            file: file.map(|(sha256, bytes)| xray::ImageFile {
                kind: xray::ImageKind::Uff3,
                sha256,
                bytes,
                uri: "https://xr-1.example/scans/1.uff".into(),
            }),
            conclusion: conclusion.map(|(code, text, left)| xray::Conclusion {
                code,
                by: xray::Judge::Operator,
                who: Some("op-7".into()),
                at: None,
                text,
                regions: vec![xray::Region { left, top: 0, width: 100, height: 1000, remark: None }],
            }),
        };
        let written = xray::encode(&inspection).unwrap();
        prop_assert_eq!(xray::decode(written.as_bytes()).unwrap(), inspection, "{}", written);
    }

    #[test]
    fn zones_of_passports(
        number in "[A-Z0-9]{9}",
        day in (0..=99_u8, 1..=12_u8, 1..=28_u8),
        personal in "[A-Z0-9]{0,14}",
        sex in select(vec!['F', 'M', '<']),
    ) {
        let (birth, expiry) = (format!("{:02}{:02}{:02}", day.0, day.1, day.2), "310228");
        let digit = |field: &str| char::from(b'0' + mrz::check_digit(field.as_bytes()));
        let protected = |field: &str| format!("{field}{}", digit(field));
        let personal = format!("{personal:<<14}");
        let (number, birth, expiry, personal) =
            (protected(&number), protected(&birth), protected(expiry), protected(&personal));
        let whole = digit(&format!("{number}{birth}{expiry}{personal}"));
        let zone = format!(
            "{:<<44}{number}UTO{birth}{sex}{expiry}{personal}{whole}", "P<UTOERIKSSON<<ANNA<MARIA"
        );
        let read = mrz::decode(zone.as_bytes()).unwrap();
        prop_assert_eq!((&read.number, read.sex), (&number[..9].to_owned(), Some(sex).filter(|sex| *sex != '<')));
        // Every bit of the second line that is flipped is noticed, or is in a field that has no digit of its own.
        for bit in 0..44 * 8 {
            let mut flipped = zone.clone().into_bytes();
            flipped[44 + bit / 8] ^= 1 << (bit % 8);
            let column = bit / 8 + 1;
            let unprotected = (11..=13).contains(&column) || column == 21;
            if let Ok(other) = mrz::decode(&flipped) {
                prop_assert!(unprotected || other == read, "bit {} of column {column}: {:?}", bit % 8, other);
            }
        }
    }

    #[test]
    fn answers_of_environment_boards(board in board()) {
        let read = environment::decode(&environment::encode(&board)).unwrap();
        // Nothing below nothing: 65 535 is written for it, and read as it.
        prop_assert_eq!(read, board);
    }

    #[test]
    fn registers_of_yantar(state in yantar(), high_word_first in any::<bool>()) {
        let profile = Profile { high_word_first, counts_ms: Some(1000), ..Profile::default() };
        let words = aspect::registers(&profile, &state);
        let told = aspect::state(&profile, &words).unwrap();
        prop_assert_eq!(told, aspect::Told { state, senseless: None });
    }

    #[test]
    fn lines_of_spectroscopic_files(line in line()) {
        let written = spectroscopic::encode(&line);
        let read = spectroscopic::decode(written.strip_suffix("\r\n").unwrap().as_bytes()).unwrap();
        prop_assert_eq!(read, line, "{}", written);
    }

    #[test]
    fn states_of_jointech_seals(
        latitude in -89_999_999..=89_999_999_i32,
        longitude in 1..=179_999_999_i32,
        course in 0..=359_u16,
        battery in percent(),
        at in moment(),
        alarm in of(0..99_u32),
        bits in "[01]{14}",
    ) {
        let message = Message {
            device_time: Some(at),
            event: alarm.map(SealEvent::Maker),
            battery_percent: Some(battery),
            position: Position::Fix {
                latitude_microdeg: Microdegrees(latitude),
                longitude_microdeg: Microdegrees(longitude),
                speed_raw: Some(Decimal::from(12)),
                course_deg: Some(course),
            },
            fields: vec![bits, "0".into(), "0".into(), "0".into(), "0".into(), "7".into()],
            ..Message::new("3301210003", if alarm.is_some() { "U06" } else { "U01" })
        };
        let written = jointech::encode_status(&message).unwrap();
        let read = jointech::decode(&written).unwrap();
        prop_assert_eq!(Message { message_id: None, ..read }, message);
    }
}
