//! Every portal at the other end of our own codec and our own occupancies: the vehicle of the story is the one that is heard.

use std::time::Duration;

use firmware_protocols::portal::environment::Environment;
use firmware_protocols::portal::{
    Direction, Occupancies, Occupancy, PortalEvent, PortalSettings, Record, Snapshot,
};
use firmware_protocols::{Decoder, Dialect, FaultKind, Item, Reading, Settings};
use jiff::Timestamp;

use super::super::ear::player;
use super::super::manner::{Form, Misbehaviour};
use super::super::tests::{heard_at, seconds};
use crate::player::Player;
use crate::story::{Act, Vehicle};

/// Portals that tell vehicles, not boards.
const PORTALS: [Dialect; 5] =
    [Dialect::Tsa, Dialect::Aspect, Dialect::Rs350, Dialect::KromekD5, Dialect::SpectroscopicDaily];
/// Of these, the ones that have no sensor for vehicles: an alarm stands for one.
const BLIND: [Dialect; 2] = [Dialect::Rs350, Dialect::KromekD5];

const BEGAN: Timestamp = Timestamp::UNIX_EPOCH;

fn settings(dialect: Dialect) -> Settings {
    // Without a unit a portal is looked for from 1 on.
    let address = (dialect == Dialect::Aspect).then_some(4);
    Settings { address, ..Settings::default() }
}

fn vehicle(at: u64, gamma_times: f64, neutron_cps: f64) -> (Duration, Act) {
    let vehicle = Vehicle {
        time: seconds(9),
        shielding_percent: 40,
        gamma_times,
        gamma_at_percent: 50,
        gamma_width_percent: 20,
        gamma_beside: None,
        neutron_cps,
    };
    (seconds(at), Act::Vehicle(vehicle))
}

fn misbehaves(at: u64, how: Misbehaviour, time: u64) -> (Duration, Act) {
    (seconds(at), Act::Misbehaves { how: how.word().to_owned(), time: seconds(time) })
}

/// The occupancies that our own machine makes of what is heard, and the faults.
fn occupancies(
    dialect: Dialect,
    settings: &Settings,
    acts: &[(Duration, Act)],
    time: u64,
) -> (Vec<Occupancy>, Vec<FaultKind>) {
    let mut occupancies = Occupancies::new(PortalSettings::default());
    let (mut ended, mut faults, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for (at, item) in heard_at(dialect, settings, acts, seconds(time)) {
        let at = BEGAN.checked_add(at).unwrap();
        match item {
            Ok(Reading::Portal(record)) => events.extend(occupancies.record(&record, at)),
            Ok(other) => panic!("{dialect} says {other:?}"),
            Err(fault) => {
                events.extend(occupancies.unreadable_line(at));
                faults.push(fault.kind);
            }
        }
    }
    events.extend(occupancies.time_passed(BEGAN.checked_add(seconds(time + 60)).unwrap()));
    for event in events {
        if let PortalEvent::Ended(occupancy) = event {
            ended.push(*occupancy);
        }
    }
    (ended, faults)
}

fn alarms(occupancies: &[Occupancy]) -> Vec<bool> {
    let alarmed = |one: &Occupancy| one.gamma_alarm_lines + one.neutron_alarm_lines > 0;
    occupancies.iter().map(alarmed).collect()
}

#[test]
fn each_vehicle_of_a_story_is_one_occupancy_and_rings_where_it_carries_a_load() {
    let acts = [
        vehicle(10, 0.0, 0.0),
        vehicle(40, 3.0, 0.0),
        vehicle(80, 0.0, 0.0),
        vehicle(120, 0.0, 400.0),
    ];
    for dialect in PORTALS {
        let (told, faults) = occupancies(dialect, &settings(dialect), &acts, 180);
        let expected: &[bool] =
            if BLIND.contains(&dialect) { &[true, true] } else { &[false, true, false, true] };
        assert_eq!(alarms(&told), expected, "{dialect}");
        assert_eq!(faults, [], "{dialect}");
    }
}

#[test]
fn a_yantar_is_found_wherever_its_unit_and_its_block_are() {
    for address in [1, 17, 32] {
        let device = Settings { address: Some(address), ..Settings::default() };
        let form = Act::SetTo { form: Form::Base200.word().to_owned() };
        let acts = [(seconds(0), form), vehicle(40, 3.0, 0.0)];
        let (told, faults) = occupancies(Dialect::Aspect, &device, &acts, 70);
        assert_eq!(alarms(&told), [true], "unit {address}");
        assert_eq!(faults, [], "unit {address}");
    }
}

#[test]
fn what_a_yantar_tells_of_itself_is_heard() {
    let last = |acts: &[(Duration, Act)]| -> Snapshot {
        let heard = heard_at(Dialect::Aspect, &settings(Dialect::Aspect), acts, seconds(5));
        match heard.into_iter().filter_map(|(_, item)| item.ok()).next_back() {
            Some(Reading::Portal(Record::Snapshot(state))) => *state,
            other => panic!("{other:?}"),
        }
    };
    let plain = last(&[]);
    assert_eq!((plain.present, plain.object, plain.tamper), (Some(false), Some(0), Some(false)));
    assert_eq!(last(&[(seconds(1), Act::Tamper { open: true })]).tamper, Some(true));
    assert_eq!(last(&[misbehaves(1, Misbehaviour::NotReady, 9)]).gamma.ready, Some(false));
    assert_eq!(last(&[misbehaves(1, Misbehaviour::FailedSensor, 9)]).faults, ["error"]);
    assert_eq!(last(&[(seconds(3), Act::Restarts)]).faults, ["reset"]);
    assert_eq!(last(&[misbehaves(1, Misbehaviour::PowerFail, 9)]).faults, ["power-fail"]);
    assert_eq!(last(&[misbehaves(1, Misbehaviour::LowBattery, 9)]).faults, ["low-battery"]);
    let moving = last(&[vehicle(2, 0.0, 0.0)]);
    assert_eq!((moving.present, moving.object), (Some(true), Some(1)));
    assert_eq!(moving.speed.map(|speed| speed.0), Some(1833));
    assert_eq!(moving.direction, Some(Direction::From0To1));
    let going = |how| last(&[vehicle(2, 0.0, 0.0), misbehaves(1, how, 9)]).direction;
    assert_eq!(going(Misbehaviour::GoesBack), Some(Direction::From1To0));
    assert_eq!(going(Misbehaviour::UnknownDirection), None);
    // All along its way each of the four sensors sees the vehicle, and the one alarm or the other is one.
    let acts = [vehicle(10, 3.0, 0.0), misbehaves(1, Misbehaviour::SecondAlarm, 30)];
    let (told, _) = occupancies(Dialect::Aspect, &settings(Dialect::Aspect), &acts, 40);
    let [one] = told.as_slice() else { panic!("{told:?}") };
    let given = one.given.as_ref().unwrap();
    assert_eq!(given.identified, ["gamma-alarm-2"]);
    assert!(one.ended.duration_since(one.began).as_secs() >= 8, "{one:?}");
}

#[test]
fn numbers_that_jump_are_vehicles_that_were_missed_and_numbers_that_wrap_are_none() {
    let missed = |how| {
        let acts = [
            vehicle(10, 0.0, 0.0),
            misbehaves(30, how, 60),
            vehicle(40, 0.0, 0.0),
            vehicle(60, 0.0, 0.0),
        ];
        let (told, faults) = occupancies(Dialect::Aspect, &settings(Dialect::Aspect), &acts, 90);
        assert_eq!(faults, []);
        told.iter().map(|one| one.missed_before).collect::<Vec<_>>()
    };
    assert_eq!(missed(Misbehaviour::CounterJumps), [0, 3, 3]);
    assert_eq!(missed(Misbehaviour::CounterWraps), [0, 0, 0]);
}

/// What a misbehaviour is on the device's page: a fault, or harmless.
fn fault_of(how: Misbehaviour, dialect: Dialect) -> Option<FaultKind> {
    match (how, dialect) {
        (Misbehaviour::WrongWordOrder, _) => Some(FaultKind::BadField),
        (Misbehaviour::WrongTransaction | Misbehaviour::ForeignAddress, _) => {
            Some(FaultKind::Unasked)
        }
        (Misbehaviour::Refuses, _) => Some(FaultKind::Refused),
        (Misbehaviour::CutAnswers, Dialect::Rs350) => Some(FaultKind::CutOff),
        (Misbehaviour::CutAnswers, _) => Some(FaultKind::NoAnswer),
        (Misbehaviour::UnknownTags, Dialect::SpectroscopicDaily) => Some(FaultKind::BadField),
        _ => None,
    }
}

#[test]
fn each_misbehaviour_is_the_fault_of_its_page_and_the_next_vehicle_is_heard() {
    let mut played = 0;
    for dialect in PORTALS {
        for how in Misbehaviour::ALL.iter().copied() {
            let spell = misbehaves(20, how, 50);
            if player(dialect, &settings(dialect)).can(&spell.1).is_err() {
                continue;
            }
            played += 1;
            let acts = [spell, vehicle(40, 3.0, 0.0), vehicle(110, 3.0, 0.0)];
            let (told, faults) = occupancies(dialect, &settings(dialect), &acts, 150);
            match fault_of(how, dialect) {
                Some(kind) => {
                    assert!(faults.contains(&kind), "{dialect} {}: {faults:?}", how.word());
                }
                None => assert_eq!(faults, [], "{dialect} {}", how.word()),
            }
            let heard_again = told.last().is_some_and(|one| {
                one.gamma_alarm_lines > 0 && one.began >= BEGAN.checked_add(seconds(105)).unwrap()
            });
            assert!(heard_again, "{dialect} {}: {told:?}", how.word());
        }
    }
    assert!(played >= 15, "{played}");
}

#[test]
fn a_board_answers_and_says_which_sensor_failed() {
    let board = |how: Option<Misbehaviour>| -> Vec<Item> {
        let acts: Vec<_> = how.map(|how| misbehaves(0, how, 60)).into_iter().collect();
        let settings = Settings { poll_ms: Some(1000), ..Settings::default() };
        let heard = heard_at(Dialect::TsaEnvironment, &settings, &acts, seconds(5));
        heard.into_iter().map(|(_, item)| item).collect()
    };
    let temperature = |items: &[Item]| match items.last() {
        Some(Ok(Reading::Portal(Record::Environment(Environment::Board(board))))) => {
            board.temperature_c.is_some()
        }
        other => panic!("{other:?}"),
    };
    assert!(temperature(&board(None)));
    assert!(!temperature(&board(Some(Misbehaviour::FailedSensor))));
    assert!(board(Some(Misbehaviour::CutAnswers)).iter().all(Result::is_err));
}

/// What a TSA portal says within so many seconds, line by line.
fn lines(acts: &[(Duration, Act)], time: u64) -> Vec<String> {
    let mut portal = player(Dialect::Tsa, &Settings::default());
    let mut said = Vec::new();
    let mut says = |portal: &mut Player, until: Duration| {
        while portal.speaks_at(until).is_some() {
            said.extend(portal.speaks().unwrap().1);
        }
    };
    for (at, act) in acts {
        says(&mut portal, *at);
        portal.can(act).unwrap();
        portal.befalls(*at, act);
    }
    says(&mut portal, seconds(time));
    String::from_utf8(said).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_line_of_a_portal_has_thirty_characters_and_what_it_is_told_changes_nothing() {
    let vehicles = [vehicle(10, 0.0, 0.0), vehicle(40, 6.0, 0.0)];
    let mut told = player(Dialect::Tsa, &Settings::default());
    let mut deaf = player(Dialect::Tsa, &Settings::default());
    let mut said = [Vec::new(), Vec::new()];
    for second in 0..80 {
        told.hears(seconds(second), b"GX,000009,000000,000000,000000\r\n\xff\x00");
        for (portal, said) in [&mut told, &mut deaf].into_iter().zip(&mut said) {
            for (at, act) in &vehicles {
                if *at == seconds(second) {
                    portal.befalls(*at, act);
                }
            }
            while portal.speaks_at(seconds(second + 1)).is_some() {
                said.push(portal.speaks().unwrap());
            }
        }
    }
    let [told, deaf] = said;
    assert_eq!(told, deaf);
    assert!(told.len() > 100, "{}", told.len());
    // Older portals say nothing else; this one has longer lines besides.
    let base = ["GB", "NB", "GS", "GA", "NS", "NA", "GX", "SP", "SG1", "SG2", "SG3", "SN1", "SN2"];
    let is_base = |line: &[u8]| {
        let tag = line.split(|byte| *byte == b',').next();
        base.iter().any(|base| tag == Some(base.as_bytes()))
    };
    for (_, line) in told.iter().filter(|(_, line)| is_base(line)) {
        assert!(line.len() == 32 && line.ends_with(b"\r\n"), "{}", line.escape_ascii());
    }
}

#[test]
fn a_cabinet_that_is_opened_and_closed_is_told_once_each() {
    let acts =
        [(seconds(5), Act::Tamper { open: true }), (seconds(9), Act::Tamper { open: false })];
    let told: Vec<String> =
        lines(&acts, 20).into_iter().filter(|line| line.starts_with('T')).collect();
    let expected = ["TT,000000,000000,000000,000000", "TC,111111,111111,111111,111111"];
    assert_eq!(told, expected);
}

#[test]
fn a_line_that_is_cut_under_a_vehicle_ends_it_and_the_next_one_is_whole() {
    let mut portal = player(Dialect::Tsa, &Settings::default());
    let mut occupancies = Occupancies::new(PortalSettings::default());
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut events = Vec::new();
    for (at, act) in [vehicle(10, 0.0, 0.0), vehicle(60, 0.0, 0.0)] {
        portal.befalls(at, &act);
    }
    while portal.speaks_at(seconds(14)).is_some() {
        let (at, line) = portal.speaks().unwrap();
        for item in decoder.decode(&line) {
            let Ok(Reading::Portal(record)) = item else { panic!("{item:?}") };
            events.extend(occupancies.record(&record, BEGAN.checked_add(at).unwrap()));
        }
    }
    portal.troubled(seconds(14), &crate::story::Trouble::Cut { time: seconds(20) });
    events.extend(occupancies.link_lost(BEGAN.checked_add(seconds(14)).unwrap()));
    while portal.speaks_at(seconds(90)).is_some() {
        let (at, line) = portal.speaks().unwrap();
        assert!(at >= seconds(34), "{at:?}");
        for item in decoder.decode(&line) {
            let Ok(Reading::Portal(record)) = item else { panic!("{item:?}") };
            events.extend(occupancies.record(&record, BEGAN.checked_add(at).unwrap()));
        }
    }
    let ended: Vec<String> = events
        .into_iter()
        .filter_map(|event| {
            let PortalEvent::Ended(occupancy) = event else { return None };
            Some(format!("{:?} {:?}", occupancy.ended_by, occupancy.device_counter))
        })
        .collect();
    assert_eq!(ended, ["LinkLost None", "Device Some(2)"]);
}

#[test]
fn a_yantar_answers_its_unit_function_3_and_its_registers_and_nothing_else() {
    let mut portal = player(Dialect::Aspect, &settings(Dialect::Aspect));
    let mut asked = |unit: u8, function: u8, first: u16, count: u16| {
        let [high, low] = first.to_be_bytes();
        let question = [0, 7, 0, 0, 0, 6, unit, function, high, low, 0, count as u8];
        portal.hears(seconds(1), &question);
        let mut answer = Vec::new();
        while portal.speaks_at(seconds(2)).is_some() {
            answer.extend(portal.speaks().unwrap().1);
        }
        answer.get(6..9).map(<[u8]>::to_vec)
    };
    assert_eq!(asked(4, 3, 0, 8), Some(vec![4, 3, 16]), "the description");
    assert_eq!(asked(4, 3, 100, 21), Some(vec![4, 3, 42]), "the monitor block");
    assert_eq!(asked(4, 3, 50, 1), Some(vec![4, 0x83, 2]), "no such register");
    assert_eq!(asked(4, 3, 100, 22), Some(vec![4, 0x83, 2]), "beyond the block");
    assert_eq!(asked(4, 4, 100, 21), Some(vec![4, 0x84, 1]), "no such function");
    assert_eq!(asked(5, 3, 0, 8), None, "another unit");
}

#[test]
fn a_detector_repeats_the_report_that_it_is_asked_for_and_sends_all_of_it() {
    let mut detector = player(Dialect::KromekD5, &Settings::default());
    let mut asked = |at: u64, question: &[u8]| {
        detector.hears(seconds(at), question);
        let mut answer = Vec::new();
        while detector.speaks_at(seconds(at + 1)).is_some() {
            answer.extend(detector.speaks().unwrap().1);
        }
        answer
    };
    let unescaped = |frame: &[u8]| {
        let inner =
            frame.strip_prefix(&[0xc0]).and_then(|rest| rest.strip_suffix(&[0xc0])).unwrap();
        let escapes = inner.iter().filter(|byte| **byte == 0xdb).count();
        (inner.len() - escapes, inner[3], inner[4])
    };
    // 8253 bytes: two of length, one of mode, the report, 8246 of payload and the check (protocols of the maker's simulator).
    let radiometrics = asked(1, &[0xc0, 7, 0, 0, 0x07, 0xc2, 0, 0, 0xc0]);
    assert_eq!(unescaped(&radiometrics), (8253, 0x07, 0xc2));
    let status = asked(3, &[0xc0, 7, 0, 0, 0x08, 0x82, 0, 0, 0xc0]);
    assert_eq!(unescaped(&status), (24, 0x08, 0x82));
    assert_eq!(unescaped(&asked(5, &[0xc0, 7, 0, 0, 0x07, 0x99, 0, 0, 0xc0])), (7, 0x07, 0xff));
}

#[test]
fn a_background_that_is_too_high_or_too_low_is_told_by_other_tags() {
    let becomes = |to_percent: u16| {
        let sags = Act::Sags { to_percent, time: seconds(60) };
        let lines = lines(&[(seconds(0), sags)], 50);
        let told = lines.iter().rev().take(12);
        let tags: Vec<&str> = told.filter_map(|line| line.split(',').next()).collect();
        ["GB", "GL", "GH", "NB", "NH"].map(|tag| tags.contains(&tag))
    };
    assert_eq!(becomes(100), [true, false, false, true, false]);
    assert_eq!(becomes(10), [false, true, false, true, false]);
    assert_eq!(becomes(2_000), [false, false, true, false, true]);
}

#[test]
fn vehicles_are_counted_anew_after_the_setup_of_the_day_and_after_a_restart() {
    let counted = |acts: &[(Duration, Act)], time: u64| -> Vec<String> {
        let lines = lines(acts, time);
        let told = lines.iter().filter(|line| line.starts_with("GX") || line.starts_with("SG1"));
        told.map(|line| line.chars().take(9).collect()).collect()
    };
    let mut acts = vec![vehicle(10, 0.0, 0.0), vehicle(40, 0.0, 0.0), vehicle(86_450, 0.0, 0.0)];
    let day = ["SG1,00200", "GX,000001", "GX,000002", "SG1,00200", "GX,000001"];
    assert_eq!(counted(&acts, 86_500), day);
    acts.truncate(2);
    acts.push((seconds(80), Act::Restarts));
    acts.push(vehicle(100, 0.0, 0.0));
    assert_eq!(counted(&acts, 140), day);
}

#[test]
fn whoever_opens_the_line_in_the_middle_of_a_line_hears_the_next_one_whole() {
    let mut portal = player(Dialect::Tsa, &Settings::default());
    let (at, spell) = misbehaves(1, Misbehaviour::CutFirstLine, 60);
    portal.befalls(at, &spell);
    while portal.speaks_at(seconds(3)).is_some() {
        portal.speaks();
    }
    portal.opened(seconds(3));
    let mut decoder = Decoder::new(Dialect::Tsa);
    let mut heard = Vec::new();
    while portal.speaks_at(seconds(20)).is_some() {
        heard.extend(decoder.decode(&portal.speaks().unwrap().1));
    }
    let faults = heard.iter().filter(|item| item.is_err()).count();
    assert_eq!((faults, heard.first().is_some_and(Result::is_err)), (1, true), "{heard:?}");
}
