//! Yantar portals: registers to a state, and states to occupancies.

use expect_test::{Expect, expect};
use firmware_protocols::portal::aspect::{self, Block, Profile};
use firmware_protocols::portal::{
    Channel, Direction, Level, Occupancies, PortalEvent, PortalSettings, Record,
};
use firmware_protocols::{Dialect, Item, Reading};
use jiff::{SignedDuration, Timestamp};

fn low_first(value: u32) -> [u16; 2] {
    [(value & 0xffff) as u16, (value >> 16) as u16]
}

/// A monitor block with these numbers, low word first.
pub(crate) fn block(
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
        Ok(told) => {
            assert_eq!(told.senseless, None);
            serde_json::to_string(&told.state).unwrap()
        }
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
            r#"{"present":true,"object":42,"direction":"0-1","gamma":{"counts":{"counts":"4711","interval_ms":null},"background":{"counts":"1528.5","interval_ms":null},"alarm":true,"level":"normal","ready":true},"neutron":{"counts":{"counts":"3","interval_ms":null},"background":{"counts":"2.25","interval_ms":null},"alarm":false,"level":"normal","ready":true},"speed":1480,"tamper":false,"identified":["gamma-alarm-1"],"device_time":"1000"}"#
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
    // Button and sensor say nothing of a vehicle.
    check(
        &block(0x0030, (0x80, 1, 1.0), (0x80, 0, 0.0), 0, 0),
        expect![[
            r#"{"present":false,"object":0,"gamma":{"counts":{"counts":"1","interval_ms":null},"background":{"counts":"1","interval_ms":null},"alarm":false,"level":"normal","ready":true},"neutron":{"counts":{"counts":"0","interval_ms":null},"background":{"counts":"0","interval_ms":null},"alarm":false,"level":"normal","ready":true},"tamper":false,"device_time":"1000"}"#
        ]],
    );
}

#[test]
fn words_in_the_other_order_are_never_read_as_numbers_and_hide_no_alarm() {
    // Seventy neutrons would be plausible garbage in the other order: 4 587 520.
    let mut swapped = block(0x0001, (0x81, 1530, 1528.5), (0x80, 70, 0.0), 42, 0);
    for at in [0, 4, 6, 11, 13] {
        swapped.swap(at, at + 1);
    }
    let told = aspect::state(&Profile::default(), &swapped).unwrap();
    let numbers = |channel: &Channel| (channel.counts, channel.background);
    assert_eq!([&told.state.gamma, &told.state.neutron].map(numbers), [(None, None); 2]);
    assert_eq!(told.state.gamma.alarm, Some(true));
    expect!["backgrounds make sense in the other order of words only: is `aspect.high_word_first` right? No number of two registers is believed"]
        .assert_eq(&told.senseless.unwrap());
    let told =
        aspect::state(&Profile { high_word_first: true, ..Profile::default() }, &swapped).unwrap();
    assert_eq!(told.state.gamma.counts.unwrap().counts.to_string(), "1530");
    assert_eq!(told.senseless, None);
}

#[test]
fn a_background_that_makes_no_sense_is_left_out_and_the_count_beside_it_is_not() {
    for background in [f32::NAN, f32::INFINITY, -1.0, 1e9, 1e-20, 5e-5] {
        let words = block(0, (0x80, 1, background), (0x80, 2, 2.25), 0, 0);
        let aspect::Told { state, senseless } = aspect::state(&Profile::default(), &words).unwrap();
        assert!(senseless.is_some() && state.gamma.background.is_none(), "{background}");
        assert!(state.gamma.counts.is_some() && state.neutron.background.is_some(), "{background}");
    }
}

#[test]
fn the_direction_is_told_and_both_bits_say_that_it_is_not_known() {
    for (inputs, direction) in [
        (0x0041, Some(Direction::From0To1)),
        (0x0081, Some(Direction::From1To0)),
        (0x00c1, None),
        (0x0001, None),
    ] {
        let words = block(inputs, (0x80, 1, 1.0), (0x80, 0, 0.0), 0, 0);
        let told = aspect::state(&Profile::default(), &words).unwrap();
        assert_eq!(told.state.direction, direction, "{inputs:04x}");
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
        let told = aspect::state(&Profile::default(), &words).unwrap();
        for profile in [Profile::default(), Profile { high_word_first: true, ..Profile::default() }]
        {
            let again = aspect::state(&profile, &aspect::registers(&profile, &told.state)).unwrap();
            assert_eq!(again, told);
        }
    }
}

/// A row of blocks, one each half second, through the machine of occupancies.
fn occupancies(profile: Profile, blocks: &[Vec<u16>]) -> Vec<PortalEvent> {
    let start: Timestamp = "2026-05-21T05:00:00Z".parse().unwrap();
    let mut portal = Occupancies::new(PortalSettings::default());
    let mut events = Vec::new();
    for (index, words) in blocks.iter().enumerate() {
        let at = start + SignedDuration::from_millis(500 * index as i64);
        let told = aspect::state(&profile, words).unwrap();
        events.extend(portal.record(&Record::Snapshot(Box::new(told.state)), at));
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

/// What the listener makes of an answer with this block, unit 4.
fn heard(words: &[u16]) -> Vec<Item> {
    let mut frame = vec![0, 9, 0, 0, 0, 45, 4, 3, 42];
    frame.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    crate::check::decode(Dialect::Aspect, &[&frame])
}

#[test]
fn a_number_that_makes_no_sense_is_left_out_and_hides_no_alarm() {
    // A neutron average that decays, a background that is none, and counts that were never set back.
    for (gamma, neutron) in [
        ((0x81, 4711, 1528.5), (0x80, 0, 5e-5)),
        ((0x81, 4711, f32::NAN), (0x80, 2, 2.25)),
        ((0x81, 12_000_000, 1528.5), (0x80, 2, 2.25)),
        ((0x80, 1530, 1528.5), (0x82, 11_000_000, -1.0)),
    ] {
        let items = heard(&block(0x0401, gamma, neutron, 42, 1480));
        let [Ok(Reading::Portal(Record::Snapshot(state))), Err(fault)] = items.as_slice() else {
            panic!("{gamma:?} {neutron:?}: {items:?}");
        };
        assert_eq!(fault.kind.name(), "bad-field");
        let alarms = [&state.gamma, &state.neutron].map(|channel| channel.alarm);
        assert_eq!(alarms, [Some(gamma.0 & 3 != 0), Some(neutron.0 & 3 != 0)]);
        assert_eq!((state.present, state.tamper, state.object), (Some(true), Some(true), Some(42)));
        let mut portal = Occupancies::new(PortalSettings::default());
        let events = portal.record(&Record::Snapshot(state.clone()), Timestamp::UNIX_EPOCH);
        let seen = |event: &PortalEvent| matches!(event, PortalEvent::AlarmSeen(_));
        assert!(events.iter().any(seen), "{events:?}");
    }
}

#[test]
fn a_passage_of_which_no_count_made_sense_was_not_measured() {
    let senseless =
        |inputs, object| block(inputs, (0x80, 12_000_000, 1528.5), (0x80, 2, 2.25), object, 0);
    let blocks = [passage()[0].clone(), senseless(1, 42), senseless(1, 42), passage()[4].clone()];
    let events = occupancies(Profile { counts_ms: Some(1000), ..Profile::default() }, &blocks);
    let [one] = ended(&events).try_into().unwrap();
    // What was measured on no line is indeterminate, whatever the background was.
    assert_eq!((one.gamma_lines, one.gamma_background.is_some()), (0, true));
}
