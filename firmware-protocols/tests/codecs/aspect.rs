//! Yantar portals: registers to a state, and how the portal is found and asked.

use expect_test::{Expect, expect};
use firmware_protocols::conversation::Moment;
use firmware_protocols::modbus::{Read, Registers, Station, Wire};
use firmware_protocols::portal::aspect::{self, Block, Profile};
use firmware_protocols::portal::{Level, Occupancies, PortalEvent, PortalSettings, Record};
use firmware_protocols::{Dialect, Reading, Settings};
use jiff::{SignedDuration, Timestamp};

fn low_first(value: u32) -> [u16; 2] {
    [(value & 0xffff) as u16, (value >> 16) as u16]
}

/// A monitor block with these numbers, low word first.
fn block(
    inputs: u16,
    gamma: (u16, u32, f32),
    neutron: (u16, u32, f32),
    object: u16,
    speed: u16,
) -> Vec<u16> {
    let channel = |(status, count, background): (u16, u32, f32)| {
        [&[status], &low_first(count)[..], &low_first(background.to_bits()), &[0, 0]].concat()
    };
    [&low_first(1000)[..], &[inputs], &channel(gamma), &channel(neutron), &[object, 0, speed, 0]]
        .concat()
}

#[track_caller]
fn check(words: &[u16], expected: Expect) {
    let told = match aspect::state(&Profile::default(), words) {
        Ok(state) => serde_json::to_string(&state).unwrap(),
        Err(detail) => detail,
    };
    expected.assert_eq(&told);
}

#[test]
fn a_vacant_lane_tells_counts_and_background_without_a_time() {
    check(
        &block(0, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 41, 0),
        expect![[
            r#"{"present":false,"object":41,"gamma":{"counts":{"counts":"1530","interval_ms":null},"background":{"counts":"1528.5","interval_ms":null},"alarm":false,"level":"normal","ready":true},"neutron":{"counts":{"counts":"2","interval_ms":null},"background":{"counts":"2.25","interval_ms":null},"alarm":false,"level":"normal","ready":true},"tamper":false,"device_time":"1000"}"#
        ]],
    );
}

#[test]
fn every_bit_says_what_it_says() {
    check(
        &block(0x0041, (0x81, 4711, 1528.5), (0x80, 3, 2.25), 42, 1480),
        expect![[
            r#"{"present":true,"object":42,"gamma":{"counts":{"counts":"4711","interval_ms":null},"background":{"counts":"1528.5","interval_ms":null},"alarm":true,"level":"normal","ready":true},"neutron":{"counts":{"counts":"3","interval_ms":null},"background":{"counts":"2.25","interval_ms":null},"alarm":false,"level":"normal","ready":true},"speed":1480,"tamper":false,"identified":["gamma-alarm-1"],"device_time":"1000"}"#
        ]],
    );
    check(
        &block(0x0008, (0x82, 4711, 1528.5), (0x83, 30, 2.25), 42, 0),
        expect![[
            r#"{"present":true,"object":42,"gamma":{"counts":{"counts":"4711","interval_ms":null},"background":{"counts":"1528.5","interval_ms":null},"alarm":true,"level":"normal","ready":true},"neutron":{"counts":{"counts":"30","interval_ms":null},"background":{"counts":"2.25","interval_ms":null},"alarm":true,"level":"normal","ready":true},"tamper":false,"identified":["gamma-alarm-2","neutron-alarm-1","neutron-alarm-2"],"device_time":"1000"}"#
        ]],
    );
    check(
        &block(0x8f00, (0x50, 0, 0.0), (0x20, 0, 0.0), 0, 0),
        expect![[
            r#"{"present":false,"object":0,"gamma":{"counts":{"counts":"0","interval_ms":null},"background":{"counts":"0","interval_ms":null},"alarm":false,"level":"low","ready":false},"neutron":{"counts":{"counts":"0","interval_ms":null},"background":{"counts":"0","interval_ms":null},"alarm":false,"level":"high","ready":false},"tamper":true,"faults":["power-fail","low-battery","error","reset","gamma-overload"],"device_time":"1000"}"#
        ]],
    );
    // Button, sensor and direction say nothing of a vehicle.
    check(
        &block(0x00f0, (0x80, 1, 1.0), (0x80, 0, 0.0), 0, 0),
        expect![[
            r#"{"present":false,"object":0,"gamma":{"counts":{"counts":"1","interval_ms":null},"background":{"counts":"1","interval_ms":null},"alarm":false,"level":"normal","ready":true},"neutron":{"counts":{"counts":"0","interval_ms":null},"background":{"counts":"0","interval_ms":null},"alarm":false,"level":"normal","ready":true},"tamper":false,"device_time":"1000"}"#
        ]],
    );
}

#[test]
fn words_in_the_other_order_are_refused_and_never_read_as_numbers() {
    let mut swapped = block(0x0001, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 42, 0);
    for at in [0, 4, 6, 11, 13] {
        swapped.swap(at, at + 1);
    }
    check(
        &swapped,
        expect![
            "gamma: a count of 100270080 or its background makes no sense: is the order of words right?"
        ],
    );
    let told =
        aspect::state(&Profile { high_word_first: true, ..Profile::default() }, &swapped).unwrap();
    assert_eq!(told.gamma.counts.unwrap().counts.to_string(), "1530");
    for background in [f32::NAN, f32::INFINITY, -1.0, 1e9, 1e-20] {
        let words = block(0, (0x80, 1, background), (0x80, 0, 0.0), 0, 0);
        assert!(aspect::state(&Profile::default(), &words).is_err(), "{background}");
    }
}

#[test]
fn a_block_that_is_too_short_is_refused() {
    check(&[0; 20], expect!["the monitor block has 21 registers, 20 came"]);
}

#[test]
fn the_description_says_where_the_block_is() {
    assert_eq!(
        aspect::description(&[7, 40, 1, 100, 21, 0, 0, 0]),
        Ok(Block { base: 100, count: 21 })
    );
    assert_eq!(
        aspect::description(&[7, 40, 1, 300, 32, 0, 0, 0]),
        Ok(Block { base: 300, count: 32 })
    );
    for wrong in [
        [7, 40, 1, 7, 21, 0, 0, 0],
        [7, 40, 1, 100, 20, 0, 0, 0],
        [7, 40, 1, 100, 126, 0, 0, 0],
        [7, 40, 1, 65_530, 21, 0, 0, 0],
        [0; 8],
    ] {
        let detail = aspect::description(&wrong).unwrap_err();
        assert!(detail.contains("21 to 125"), "{wrong:?}: {detail}");
    }
}

#[test]
fn what_is_read_is_written_back() {
    for words in [
        block(0x0001, (0x81, 4711, 1528.5), (0x82, 3, 2.25), 65_535, 1480),
        block(0x8f00, (0x60, 70_000, 0.0), (0x90, 0, 0.0), 0, 0),
    ] {
        let state = aspect::state(&Profile::default(), &words).unwrap();
        for profile in [Profile::default(), Profile { high_word_first: true, ..Profile::default() }]
        {
            let again = aspect::state(&profile, &aspect::registers(&profile, &state)).unwrap();
            assert_eq!(again, state);
        }
    }
}

/// A portal at a unit, whose monitor block is somewhere.
struct Yantar {
    unit: u8,
    base: u16,
    block: Vec<u16>,
}

impl Registers for Yantar {
    fn read(&self, read: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        if read.unit != self.unit {
            return None;
        }
        let registers: &[u16] = match read.first {
            0 => &[0x5941, 40, 1, self.base, 21, 0, 0, 0],
            first if first == self.base => &self.block,
            _ => return Some(Err(2)),
        };
        let Some(asked) = registers.get(..usize::from(read.count)) else { return Some(Err(2)) };
        words.extend_from_slice(asked);
        Some(Ok(()))
    }
}

/// What is asked (as hexadecimal) and told until a moment; answers come 10 ms later.
fn conversation(settings: &Settings, mut portal: Option<Yantar>, until_ms: u64) -> Vec<String> {
    let mut master = Dialect::Aspect.asker(settings).unwrap();
    let mut station = Station::new(Wire::Tcp);
    master.opened(Moment::ZERO);
    let (mut lines, mut now, mut pending) = (Vec::new(), Moment::ZERO, Vec::new());
    while now <= Moment::from_millis(until_ms) {
        let mut out = Vec::new();
        let arrived: Vec<u8> = core::mem::take(&mut pending);
        if !arrived.is_empty() {
            master.decode(now, &arrived, &mut out);
        }
        master.time_passed(now, &mut out);
        for item in out {
            lines.push(match item {
                Ok(Reading::Portal(Record::Snapshot(state))) => {
                    format!("{} object {:?}", now.as_millis(), state.object.unwrap())
                }
                Ok(other) => panic!("{other:?}"),
                Err(fault) => format!("{} {}", now.as_millis(), fault.kind.name()),
            });
        }
        while let Some(request) = master.poll_transmit(now) {
            lines.push(format!(
                "{} >{}",
                now.as_millis(),
                request.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
            ));
            if let Some(portal) = &mut portal {
                station.hear(
                    &request,
                    &*portal,
                    |answer| pending.extend(answer),
                    |fault| panic!("{fault}"),
                );
            }
        }
        now += Moment::from_millis(10);
    }
    lines
}

fn yantar(unit: u8, base: u16) -> Option<Yantar> {
    Some(Yantar { unit, base, block: block(0, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 41, 0) })
}

#[test]
fn a_named_unit_is_asked_for_its_description_and_then_for_its_block_byte_for_byte() {
    let settings = Settings { address: Some(4), ..Settings::default() };
    expect![[r#"
        0 >00 01 00 00 00 06 04 03 00 00 00 08
        10 >00 02 00 00 00 06 04 03 00 64 00 15
        20 object 41
        520 >00 03 00 00 00 06 04 03 00 64 00 15
        530 object 41"#]]
    .assert_eq(&conversation(&settings, yantar(4, 100), 600).join("\n"));
}

#[test]
fn an_unnamed_unit_is_looked_for_and_its_block_is_where_it_says() {
    let told = conversation(&Settings::default(), yantar(3, 300), 3600);
    expect![[r#"
        0 >00 01 00 00 00 06 01 03 00 00 00 08
        500 >00 01 00 00 00 06 01 03 00 00 00 08
        1000 no-answer
        1500 >00 02 00 00 00 06 02 03 00 00 00 08
        2000 >00 02 00 00 00 06 02 03 00 00 00 08
        2500 no-answer
        3000 >00 03 00 00 00 06 03 03 00 00 00 08
        3010 >00 04 00 00 00 06 03 03 01 2c 00 15
        3020 object 41
        3520 >00 05 00 00 00 06 03 03 01 2c 00 15
        3530 object 41"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn units_end_at_32_and_begin_anew() {
    let settings =
        Settings { answer_ms: Some(10), tries: Some(1), again_ms: Some(10), ..Settings::default() };
    let told = conversation(&settings, None, 700);
    let units: Vec<&str> = told
        .iter()
        .filter_map(|line| line.split_once('>'))
        .map(|(_, bytes)| &bytes[18..20])
        .collect();
    assert_eq!(&units[..4], ["01", "02", "03", "04"]);
    assert_eq!(&units[30..34], ["1f", "20", "01", "02"]);
}

#[test]
fn a_refused_block_is_looked_for_again() {
    let settings = Settings {
        address: Some(4),
        aspect: Some(Profile { base: Some(200), ..Profile::default() }),
        ..Settings::default()
    };
    let told = conversation(&settings, yantar(4, 100), 600).join("\n");
    expect![[r#"
        0 >00 01 00 00 00 06 04 03 00 00 00 08
        10 >00 02 00 00 00 06 04 03 00 c8 00 15
        20 refused
        520 >00 03 00 00 00 06 04 03 00 00 00 08
        530 >00 04 00 00 00 06 04 03 00 c8 00 15
        540 refused"#]]
    .assert_eq(&told);
}

/// A row of blocks, one each half second, through the machine of occupancies.
fn occupancies(profile: Profile, blocks: &[Vec<u16>]) -> Vec<PortalEvent> {
    let start: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
    let mut portal = Occupancies::new(PortalSettings::default());
    let mut events = Vec::new();
    for (index, words) in blocks.iter().enumerate() {
        let at = start + SignedDuration::from_millis(500 * index as i64);
        let state = aspect::state(&profile, words).unwrap();
        events.extend(portal.record(&Record::Snapshot(Box::new(state)), at));
    }
    events
}

fn passage() -> [Vec<u16>; 5] {
    [
        block(0, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 41, 0),
        block(1, (0x80, 1500, 1528.5), (0x80, 2, 2.25), 42, 1500),
        block(1, (0x81, 4000, 1528.5), (0x80, 2, 2.25), 42, 1480),
        block(2, (0x80, 1500, 1528.5), (0x80, 2, 2.25), 42, 1480),
        block(0, (0x80, 1530, 1528.5), (0x80, 2, 2.25), 42, 0),
    ]
}

fn ended(events: &[PortalEvent]) -> Vec<&firmware_protocols::portal::Occupancy> {
    events
        .iter()
        .filter_map(|event| if let PortalEvent::Ended(one) = event { Some(&**one) } else { None })
        .collect()
}

#[test]
fn a_passage_without_a_known_time_of_counting_has_the_devices_flag_and_no_evaluation() {
    let events = occupancies(Profile::default(), &passage());
    let [one] = ended(&events).try_into().unwrap();
    assert!(
        one.quality.interval_unknown
            && one.max_distance.is_none()
            && one.gamma_background.is_none()
    );
    assert_eq!((one.device_counter, one.gamma_alarm_lines, one.speeds.len()), (Some(42), 1, 2));
    assert_eq!(one.given.as_ref().unwrap().identified, ["gamma-alarm-1"]);
}

#[test]
fn a_site_that_says_the_time_of_counting_gets_an_evaluation() {
    let events = occupancies(Profile { counts_ms: Some(1000), ..Profile::default() }, &passage());
    let [one] = ended(&events).try_into().unwrap();
    assert!(!one.quality.interval_unknown);
    assert_eq!(one.max_distance.unwrap().sum.unwrap().0, 63_216);
    assert_eq!(one.gamma, firmware_protocols::portal::Agreement::Agree);
}

#[test]
fn a_count_that_is_too_low_for_the_portal_is_a_background_fault() {
    let blocks = [
        block(0, (0x90, 10, 12.0), (0x80, 0, 0.0), 1, 0),
        block(1, (0x90, 10, 12.0), (0x80, 0, 0.0), 2, 0),
        block(0, (0x90, 10, 12.0), (0x80, 0, 0.0), 2, 0),
    ];
    let events = occupancies(Profile::default(), &blocks);
    let told = events
        .iter()
        .find_map(|event| if let PortalEvent::Background(one) = event { Some(one) } else { None })
        .unwrap();
    assert_eq!((told.gamma_level, told.gamma.len()), (Level::Low, 0));
    assert!(ended(&events)[0].quality.background_fault);
}
