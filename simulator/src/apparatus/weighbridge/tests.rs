//! Every way to speak at the other end of our own codec: what stands on the scale is what is heard, and nothing that is no number is one.

use std::time::Duration;

use firmware_protocols::modbus::{Field, Function, Map, Means, NumberKind, StatusBit, WordOrder};
use firmware_protocols::weighbridge::{Display, Kind, Stability, Weighing};
use firmware_protocols::{Dialect, Family, FaultKind, Item, Reading, Settings};
use rust_decimal::Decimal;
use units::MassUnit;

use super::super::ear::player;
use super::super::tests::{heard, listen, seconds};
use crate::apparatus::manner::{Form, Misbehaviour};
use crate::story::{Act, Key};

/// Every weighing dialect; the contract of our own is played by cameras and seals, and does not weigh.
fn scales() -> impl Iterator<Item = Dialect> {
    Dialect::ALL.iter().copied().filter(|dialect| dialect.families() == [Family::Weighbridge])
}

/// Indicators that tell everything on the scale, whatever their display shows.
const GROSS_ALWAYS: [Dialect; 4] =
    [Dialect::Xk3190, Dialect::Xk3190Command, Dialect::TensoM, Dialect::FlintecBsi];

fn map(number: NumberKind, order: WordOrder, unit: MassUnit) -> Map {
    let bit = |bit, means| StatusBit { bit, means, when_zero: false };
    Map {
        function: Function::Holding,
        weight: Field { register: 7, number, order },
        net: false,
        decimals: 0,
        decimals_register: Some(10),
        unit,
        status_register: Some(9),
        status: vec![
            StatusBit { bit: 0, means: Means::Moving, when_zero: true },
            bit(1, Means::Overload),
            bit(2, Means::Underload),
            bit(3, Means::Net),
        ],
        least: Decimal::from(-1000),
        most: Decimal::from(70_000),
    }
}

fn settings(dialect: Dialect) -> Settings {
    let registers = matches!(dialect, Dialect::ModbusRtu | Dialect::ModbusTcp)
        .then(|| map(NumberKind::I32, WordOrder::Abcd, MassUnit::Kilogram));
    Settings { modbus: registers, ..Settings::default() }
}

fn set_to(form: Form) -> Act {
    Act::SetTo { form: form.word().to_owned() }
}

fn misbehaves(how: Misbehaviour, time: u64) -> Act {
    Act::Misbehaves { how: how.word().to_owned(), time: seconds(time) }
}

fn loaded(at: u64, kg: u32, time: u64) -> (Duration, Act) {
    (seconds(at), Act::Load { gross_kg: kg.into(), time: seconds(time) })
}

fn weighings(items: &[Item]) -> impl DoubleEndedIterator<Item = &Weighing> {
    items.iter().flatten().filter_map(|reading| match reading {
        Reading::Weight(weighing) => Some(weighing),
        Reading::Portal(_)
        | Reading::Passage(_)
        | Reading::Seal(_)
        | Reading::SealReader(_)
        | Reading::Plate(_)
        | Reading::Scan(_) => None,
    })
}

fn kilograms(weighing: &Weighing) -> Option<Decimal> {
    weighing.mass(MassUnit::Kilogram).map(|mass| mass.0)
}

#[track_caller]
fn check(dialect: Dialect, settings: &Settings, acts: &[(Duration, Act)], kind: Kind, kg: u32) {
    let time = acts.iter().map(|(at, _)| *at).max().unwrap_or_default() + seconds(8);
    let heard = heard(dialect, settings, acts, time);
    let last = weighings(&heard).next_back();
    let last = last.unwrap_or_else(|| panic!("{dialect} says nothing: {heard:?}"));
    assert_eq!(kilograms(last), Some(kg.into()), "{dialect} {acts:?}: {last:?}");
    assert_ne!(last.stability, Stability::Moving, "{dialect} {acts:?}: {last:?}");
    assert!([kind, Kind::Unknown].contains(&last.kind), "{dialect} {acts:?}: {last:?}");
    // A device may not know the first question, however often it has to say so; the first number of a stream may be the rest of one, and who speaks
    // unasked may speak into an answer. Nothing else goes wrong.
    let speaks_unasked = acts.iter().any(|(_, act)| *act == set_to(Form::OwnInitiative));
    let faults = heard.iter().filter_map(|item| item.as_ref().err());
    let mut faults = faults.skip_while(|fault| fault.kind == FaultKind::Refused);
    let first =
        faults.next().filter(|fault| !matches!(fault.kind, FaultKind::Noise | FaultKind::Unasked));
    assert_eq!(first, None, "{dialect} {acts:?}");
    let then = faults.find(|fault| !(speaks_unasked && fault.kind == FaultKind::Unasked));
    assert_eq!(then, None, "{dialect} {acts:?}");
}

#[test]
fn a_load_is_heard_in_the_steps_of_the_display() {
    for dialect in scales() {
        check(dialect, &settings(dialect), &[loaded(2, 38_247, 30)], Kind::Gross, 38_240);
    }
}

#[test]
fn a_tare_is_taken_off_where_the_display_is_told_and_forgotten_again() {
    for dialect in scales() {
        let settings = settings(dialect);
        let key = |at, key| (seconds(at), Act::Presses(key));
        let mut acts = vec![
            key(1, Key::Tare), // nothing stands there: it is refused
            loaded(2, 15_000, 90),
            key(3, Key::Tare), // it moves: it is refused
            key(9, Key::Tare),
            loaded(10, 5_000, 90),
        ];
        if GROSS_ALWAYS.contains(&dialect) {
            check(dialect, &settings, &acts, Kind::Gross, 20_000);
        } else {
            check(dialect, &settings, &acts, Kind::Net, 5_000);
        }
        acts.push(key(18, Key::Clear));
        check(dialect, &settings, &acts, Kind::Gross, 20_000);
    }
}

#[test]
fn zero_is_set_near_zero_only() {
    for dialect in scales() {
        let settings = settings(dialect);
        let drifts = |kg: u32| (seconds(1), Act::Drifts { by_kg: kg.into() });
        let zero = (seconds(2), Act::Presses(Key::Zero));
        check(dialect, &settings, &[drifts(1_000)], Kind::Gross, 1_000);
        check(dialect, &settings, &[drifts(1_000), zero.clone()], Kind::Gross, 0);
        check(dialect, &settings, &[drifts(1_400), zero], Kind::Gross, 1_400);
    }
}

#[test]
fn what_is_too_much_or_too_little_is_no_number() {
    let cases = [
        ("more than Max + 9 e", loaded(0, 60_200, 60)),
        ("far below zero", (seconds(0), Act::Drifts { by_kg: (-500).into() })),
    ];
    for dialect in scales() {
        let forms = Form::ALL.iter().map(|form| set_to(*form));
        let forms = forms.filter(|form| player(dialect, &settings(dialect)).can(form).is_ok());
        for form in forms.map(Some).chain([None]) {
            for (name, act) in &cases {
                let acts: Vec<(Duration, Act)> = form
                    .clone()
                    .map(|form| (seconds(0), form))
                    .into_iter()
                    .chain([act.clone()])
                    .collect();
                let heard = heard(dialect, &settings(dialect), &acts, seconds(9));
                let last: Vec<&Weighing> = weighings(&heard).rev().take(5).collect();
                assert_eq!(last.len(), 5, "{dialect} {form:?} {name}: {heard:?}");
                let number = last.iter().find(|weighing| weighing.display.value().is_some());
                assert_eq!(number, None, "{dialect} {form:?} {name}");
            }
        }
        check(dialect, &settings(dialect), &[loaded(0, 60_180, 60)], Kind::Gross, 60_180);
    }
}

#[test]
fn a_scale_that_shakes_does_not_stand_still() {
    for dialect in scales() {
        let shakes = (seconds(7), Act::Shakes { time: seconds(60) });
        let acts = [loaded(0, 20_000, 60), shakes];
        let heard = heard(dialect, &settings(dialect), &acts, seconds(13));
        let last: Vec<&Weighing> = weighings(&heard).rev().take(10).collect();
        let tells = |weighing: &&Weighing| weighing.stability != Stability::Unknown;
        let still = last.iter().find(|weighing| weighing.stability == Stability::Stable);
        assert_eq!(still, None, "{dialect}");
        let swings = last.iter().any(|weighing| kilograms(weighing) != Some(20_000.into()));
        assert!(last.iter().all(tells) || swings, "{dialect}: {last:?}");
    }
}

#[test]
fn every_form_that_can_be_set_is_understood() {
    let mut forms = 0;
    for dialect in scales() {
        for form in Form::ALL {
            let set = set_to(*form);
            if player(dialect, &settings(dialect)).can(&set).is_ok() {
                let acts = [(seconds(0), set), loaded(1, 28_000, 60)];
                check(dialect, &settings(dialect), &acts, Kind::Gross, 28_000);
                forms += 1;
            }
        }
    }
    assert_eq!(forms, 19);
}

#[test]
fn a_scale_that_was_switched_off_is_weighed_again() {
    for dialect in scales() {
        let acts = [(seconds(2), Act::Restarts), loaded(10, 30_000, 60)];
        let heard = heard(dialect, &settings(dialect), &acts, seconds(30));
        let last = weighings(&heard).next_back().and_then(kilograms);
        assert_eq!(last, Some(30_000.into()), "{dialect}");
    }
}

/// What the device page says of a misbehaviour: the fault, or none.
fn fault_of(how: Misbehaviour, dialect: Dialect) -> Option<FaultKind> {
    match how {
        Misbehaviour::WrongCheckSum => Some(FaultKind::WrongChecksum),
        Misbehaviour::Refuses => Some(FaultKind::Refused),
        Misbehaviour::ForeignAddress if dialect == Dialect::ModbusRtu => Some(FaultKind::NoAnswer),
        Misbehaviour::ForeignAddress | Misbehaviour::WrongTransaction => Some(FaultKind::Unasked),
        Misbehaviour::WrongWordOrder => Some(FaultKind::BadField),
        Misbehaviour::ParityError => Some(FaultKind::Malformed),
        Misbehaviour::CutAnswers => Some(FaultKind::NoAnswer),
        Misbehaviour::Echoes
        | Misbehaviour::InconsistentHeader
        | Misbehaviour::Busy
        | Misbehaviour::OffStep
        | Misbehaviour::Message => None,
        Misbehaviour::NoEnd
        | Misbehaviour::FrozenCounter
        | Misbehaviour::CounterJumps
        | Misbehaviour::CounterWraps
        | Misbehaviour::SpeedFirst
        | Misbehaviour::ZeroSpeed
        | Misbehaviour::DoubleLineFeed
        | Misbehaviour::UnknownTags
        | Misbehaviour::DeadDetector
        | Misbehaviour::CutFirstLine
        | Misbehaviour::FailedSensor
        | Misbehaviour::NotReady
        | Misbehaviour::SecondAlarm
        | Misbehaviour::PowerFail
        | Misbehaviour::LowBattery
        | Misbehaviour::GoesBack
        | Misbehaviour::UnknownDirection => panic!("{how:?} is nothing that a scale does"),
    }
}

#[test]
fn each_misbehaviour_is_the_fault_of_its_page_and_the_scale_is_heard_again_afterwards() {
    let mut played = 0;
    for dialect in scales() {
        let settings = Settings { address: Some(7), ..settings(dialect) };
        for how in Misbehaviour::ALL.iter().copied() {
            let misbehaves = misbehaves(how, 6);
            if player(dialect, &settings).can(&misbehaves).is_err() {
                continue;
            }
            played += 1;
            let word = how.word();
            let acts = [loaded(0, 20_000, 60), (seconds(6), misbehaves)];
            let during = heard(dialect, &settings, &acts, seconds(11));
            let faults: Vec<FaultKind> = during
                .iter()
                .filter_map(|item| item.as_ref().err())
                .map(|fault| fault.kind)
                .collect();
            match fault_of(how, dialect) {
                Some(kind) => assert!(faults.contains(&kind), "{dialect} {word}: {faults:?}"),
                None => assert_eq!(faults, [], "{dialect} {word}"),
            }
            // A number off its interval is a number: what becomes of it is for whoever knows the interval.
            let off_step = Some(20_010.into());
            let shown = weighings(&during).any(|weighing| kilograms(weighing) == off_step);
            assert_eq!(shown, how == Misbehaviour::OffStep, "{dialect} {word}");
            let wrong = weighings(&during)
                .filter(|weighing| weighing.stability == Stability::Stable)
                .filter(|weighing| kilograms(weighing) != off_step)
                .find(|weighing| {
                    kilograms(weighing) != Some(20_000.into())
                        && weighing.display.value().is_some()
                        && kilograms(weighing) != Some(0.into())
                });
            assert_eq!(wrong, None, "{dialect} {word}: a number that is not there");
            check_last(dialect, &settings, &acts, word);
        }
    }
    assert!(played >= 20, "{played}");
}

#[track_caller]
fn check_last(dialect: Dialect, settings: &Settings, acts: &[(Duration, Act)], word: &str) {
    let heard = heard(dialect, settings, acts, seconds(18));
    let last = weighings(&heard).next_back().expect("it speaks");
    assert_eq!(kilograms(last), Some(20_000.into()), "{dialect} {word}");
    assert_ne!(last.stability, Stability::Moving, "{dialect} {word}");
}

#[test]
fn a_comma_string_that_contradicts_itself_does_not_stand_still() {
    let how = Misbehaviour::InconsistentHeader;
    let acts = [loaded(0, 20_000, 60), (seconds(6), misbehaves(how, 60))];
    let heard = heard(Dialect::Cas, &Settings::default(), &acts, seconds(9));
    let last: Vec<Stability> = weighings(&heard).rev().take(5).map(|it| it.stability).collect();
    assert_eq!(last, [Stability::Moving; 5]);
}

#[test]
fn registers_are_written_as_the_map_of_the_site_says() {
    for number in [NumberKind::I32, NumberKind::U32, NumberKind::F32, NumberKind::Bcd] {
        for order in [WordOrder::Abcd, WordOrder::Cdab, WordOrder::Badc, WordOrder::Dcba] {
            for unit in [MassUnit::Kilogram, MassUnit::Tonne] {
                let modbus = Some(map(number, order, unit));
                for dialect in [Dialect::ModbusRtu, Dialect::ModbusTcp] {
                    let address = Some(17);
                    let settings =
                        Settings { modbus: modbus.clone(), address, ..Settings::default() };
                    check(dialect, &settings, &[loaded(0, 42_380, 60)], Kind::Gross, 42_380);
                }
            }
        }
    }
}

#[test]
fn instruments_answer_as_they_are_set() {
    let address = Some(0x12);
    for checksum in [None, Some(true), Some(false)] {
        for equals_last in [None, Some(true)] {
            for dialect in scales() {
                let settings = Settings { address, checksum, equals_last, ..settings(dialect) };
                check(dialect, &settings, &[loaded(0, 42_380, 60)], Kind::Gross, 42_380);
            }
        }
    }
}

/// What others on the line of an instrument ask it, and what it says thereupon.
#[track_caller]
fn conversation(dialect: Dialect, acts: &[(Duration, Act)], asked: &[(u64, &str, &str)]) {
    let mut player = player(dialect, &settings(dialect));
    let mut acts = acts.iter().peekable();
    for (at, question, answer) in asked {
        let at = seconds(*at);
        while let Some((when, act)) = acts.next_if(|(when, _)| *when <= at) {
            player.befalls(*when, act);
        }
        player.hears(at, question.as_bytes());
        let mut said = Vec::new();
        while player.speaks_at(at + Duration::from_millis(1900)).is_some() {
            said.extend(player.speaks().unwrap().1);
        }
        assert_eq!(&String::from_utf8_lossy(&said), answer, "{dialect} {question:?} at {at:?}");
    }
}

#[test]
fn mt_sics_waits_for_rest_and_refuses_zero_while_it_moves() {
    let acts = [loaded(10, 20_000, 20), (seconds(40), Act::Shakes { time: seconds(10) })];
    conversation(
        Dialect::MtSics,
        &acts,
        &[
            (0, "@\r\n", "I4 A \"B123456789\"\r\n"),
            (2, "S\r\n", "S S          0 kg\r\n"),
            (4, "Z\r\n", "Z A\r\n"),
            (16, "T\r\n", "T S      20000 kg\r\n"),
            (18, "TA\r\n", "TA A      20000 kg\r\n"),
            (20, "SI\r\n", "S S          0 kg\r\n"),
            (22, "TAC\r\n", "TAC A\r\n"),
            (24, "Z\r\n", "Z +\r\n"),
            (41, "Z\r\n", "Z I\r\n"),
            (43, "S\r\n", "S I\r\n"),
            (47, "XYZ\r\n", "ES\r\n"),
        ],
    );
}

#[test]
fn a_stream_of_mt_sics_ends_with_the_next_question_and_hides_no_answer() {
    let mut player = player(Dialect::MtSics, &Settings::default());
    player.hears(Duration::ZERO, b"SIR\r\n");
    let acts = [loaded(0, 20_000, 60)];
    let heard = listen(&mut player, Dialect::MtSics, &Settings::default(), &acts, seconds(9));
    let last = weighings(&heard).next_back().unwrap();
    assert_eq!(kilograms(last), Some(20_000.into()));
    assert!(heard.iter().all(Result::is_ok), "{heard:?}");
}

#[test]
fn a_counter_finds_its_8217_and_foreign_commands_of_sma_are_unknown() {
    conversation(
        Dialect::Toledo8217,
        &[],
        &[(0, "Ehello", "\u{2}E\rhello"), (2, "W", "\u{2}000000\r")],
    );
    conversation(
        Dialect::Sma,
        &[],
        &[(0, "\nX\r", "\n?\r"), (2, "\nW\r", "\nZ1G           0kg \r")],
    );
    conversation(Dialect::Nci, &[], &[(0, "Q\r", "\n?\r\u{3}")]);
}

#[test]
fn sma_tells_its_interval_and_toledo_its_tare_and_its_print_key() {
    let heard_of = |dialect, acts: &[(Duration, Act)]| {
        let heard = heard(dialect, &Settings::default(), acts, seconds(9));
        weighings(&heard).next_back().unwrap().clone()
    };
    assert_eq!(heard_of(Dialect::Sma, &[]).flags.increment, Some(20.into()));
    let acts = [loaded(0, 20_000, 60), (seconds(6), Act::Presses(Key::Tare))];
    let toledo = heard_of(Dialect::Toledo, &acts);
    assert_eq!((toledo.flags.increment, toledo.flags.tare_active), (Some(20.into()), true));
    let printing = heard_of(Dialect::Toledo, &[(seconds(8), Act::Presses(Key::Print))]);
    assert!(printing.flags.print_request);
}

#[test]
fn tenso_m_whose_check_is_a_mark_is_heard() {
    // Somewhere among these masses the check is FF, which is sent as FF FE.
    let mut stuffed = 0;
    for kg in (1_000..21_000).step_by(20) {
        let data = [
            (kg % 100 / 10 * 16) as u8,
            (kg / 100 % 10 + kg / 1000 % 10 * 16) as u8,
            (kg / 10_000) as u8,
            0x10,
        ];
        let body = [&[1, 0xb8], &data[..]].concat();
        if firmware_protocols::weighbridge::tenso::crc(&body) == 0xff {
            stuffed += 1;
            check(Dialect::TensoM, &Settings::default(), &[loaded(0, kg, 60)], Kind::Gross, kg);
        }
    }
    assert!(stuffed > 0);
}

#[test]
fn a_vehicle_is_weighed_axle_by_axle() {
    let axles_kg = [7_200, 11_500, 11_000].map(Decimal::from).to_vec();
    let acts = [(seconds(1), Act::Axles { axles_kg: axles_kg.clone(), time: seconds(8) })];
    for dialect in scales() {
        let heard = heard(dialect, &settings(dialect), &acts, seconds(45));
        let mut rested: Vec<Decimal> = Vec::new();
        let numbers: Vec<Option<Decimal>> = weighings(&heard).map(kilograms).collect();
        for five in numbers.windows(5) {
            let same = five.iter().all(|kg| *kg == five[0]);
            if let (true, Some(kg)) = (same, five[0])
                && kg > Decimal::ZERO
                && rested.last() != Some(&kg)
            {
                rested.push(kg);
            }
        }
        assert_eq!(rested, axles_kg, "{dialect}");
    }
}

#[test]
fn what_a_scale_cannot_be_set_to_is_refused() {
    let scale = player(Dialect::Xk3190, &Settings::default());
    assert!(scale.can(&set_to(Form::Flintec)).is_err());
    let how = Misbehaviour::CounterWraps;
    assert!(scale.can(&misbehaves(how, 1)).is_err());
}

#[test]
fn a_display_that_stands_for_no_number_is_blank_where_it_is_a_message() {
    let how = Misbehaviour::Message;
    let acts = [loaded(0, 20_000, 60), (seconds(6), misbehaves(how, 60))];
    let heard = heard(Dialect::TensoM643, &Settings::default(), &acts, seconds(9));
    assert_eq!(weighings(&heard).next_back().unwrap().display, Display::Blank);
}

#[test]
fn a_scale_that_is_switched_on_under_a_load_says_that_it_found_no_zero() {
    let flags = |dialect, kg| {
        let acts = [loaded(0, kg, 90), (seconds(8), Act::Restarts)];
        let heard = heard(dialect, &settings(dialect), &acts, seconds(30));
        weighings(&heard).next_back().unwrap().flags
    };
    assert!(flags(Dialect::Toledo, 20_000).not_zeroed);
    assert!(!flags(Dialect::Toledo, 2_000).not_zeroed);
    assert!(flags(Dialect::Sma, 20_000).zero_error);
}
