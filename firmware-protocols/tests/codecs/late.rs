//! Answers that come late, twice, broken or not at all, on lines whose answers do not name their question: none is ever taken for the answer to
//! a later question, and the line recovers.
//!
//! Virtual time. The device answers in the order in which it was asked, and each answer has the moment of its question in it: the
//! milliseconds since the beginning, as kilograms.

use firmware_protocols::conversation::Moment;
use firmware_protocols::modbus::{
    Field, Function, Map, NumberKind, Read, Registers, Station, Wire, WordOrder,
};
use firmware_protocols::weighbridge::{
    Display, Kind, Stability, Weighing, flintec, nci, sics, sma, tenso, tenso643, toledo8217,
    xk3190_command,
};
use firmware_protocols::{Dialect, FaultKind, Reading, Settings};
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use units::MassUnit;

/// Every weighing dialect that is asked and whose answers have no number: the mt-sics line is asked with `SI`, tenso-m with B8.
pub(crate) const UNNUMBERED: [Dialect; 9] = [
    Dialect::ModbusRtu,
    Dialect::TensoM,
    Dialect::TensoM643,
    Dialect::Xk3190Command,
    Dialect::MtSics,
    Dialect::Sma,
    Dialect::Nci,
    Dialect::Toledo8217,
    Dialect::FlintecBsi,
];

const ANSWER_MS: u64 = 300;
const TRIES: u64 = 3;
/// What is promised: an answer may come so long after its question.
const LATEST_MS: u64 = ANSWER_MS * TRIES;

pub(crate) fn settings() -> Settings {
    Settings {
        address: Some(1),
        poll_ms: Some(200),
        answer_ms: Some(ANSWER_MS as u32),
        tries: Some(TRIES as u8),
        // Shorter than a late answer: it must not be this wait that saves the line.
        again_ms: Some(10),
        modbus: Some(Map {
            function: Function::Holding,
            weight: Field { register: 7, number: NumberKind::I32, order: WordOrder::Abcd },
            net: false,
            decimals: 0,
            decimals_register: None,
            unit: MassUnit::Kilogram,
            status_register: None,
            status: Vec::new(),
            least: Decimal::from(-1_000),
            most: Decimal::from(10_000_000),
        }),
        ..Settings::default()
    }
}

struct Tagged(u32);

impl Registers for Tagged {
    fn read(&self, _: Read, words: &mut Vec<u16>) -> Option<Result<(), u8>> {
        words.extend([(self.0 >> 16) as u16, self.0 as u16]);
        Some(Ok(()))
    }
}

/// What the device answers to a question, showing this.
pub(crate) fn answer(dialect: Dialect, question: &[u8], kg: u32) -> Vec<u8> {
    let shown = Weighing {
        display: Display::Value(kg.into()),
        kind: Kind::Gross,
        stability: Stability::Stable,
        unit: Some(MassUnit::Kilogram),
        address: Some(1),
        ..sics::decode(b"S S 0 kg").unwrap()
    };
    let bytes = match dialect {
        Dialect::ModbusRtu => {
            let mut said = Vec::new();
            Station::new(Wire::Rtu).hear(question, &Tagged(kg), |bytes| said.extend(bytes), |_| {});
            Some(said)
        }
        // The fixed gross weight has its own command, which the frame of the gross weight is turned into.
        Dialect::TensoM => {
            let pair = |place: u32| (kg / place % 100 / 10 * 16 + kg / place % 10) as u8;
            Some(tenso::frame(1, 0xb8, &[pair(1), pair(100), pair(10_000), 0x10], true))
        }
        Dialect::TensoM643 if question == [0x10] => tenso643::encode(&shown),
        Dialect::TensoM643 => Some(vec![0xff]),
        Dialect::Xk3190Command => xk3190_command::encode(&shown),
        Dialect::MtSics => sics::encode(&shown),
        Dialect::Sma if question == b"\nW\r" => sma::encode(&shown),
        Dialect::Sma => Some(b"\n?\r".to_vec()),
        Dialect::Nci => nci::encode(&shown),
        Dialect::Toledo8217 => toledo8217::encode(&shown),
        Dialect::FlintecBsi => flintec::encode(&shown, true),
        other => panic!("{other} is not asked, or its answers have numbers"),
    };
    bytes.unwrap()
}

/// What becomes of one answer.
#[derive(Debug, Clone, Copy)]
struct Fate {
    /// Whole so many milliseconds after its question, unless the one before it is later.
    after_ms: u64,
    lost: bool,
    /// One bit is turned, so that no dialect takes it for a number.
    broken: bool,
    /// It comes in two pieces, so many milliseconds apart.
    torn_ms: u64,
}

const PROMPT: Fate = Fate { after_ms: 40, lost: false, broken: false, torn_ms: 0 };

/// What was heard: when, and the moment of the question that was answered, or the fault.
type Heard = (u64, Result<u64, FaultKind>);

/// Asks a device whose first answers have these fates and whose later ones come promptly. Fails if an answer is taken for that to a later question.
/// Answers what was heard, and when the last of the fates was over.
fn asked(dialect: Dialect, fates: &[Fate], until: u64) -> (Vec<Heard>, u64) {
    let mut asker = dialect.asker(&settings()).unwrap();
    let mut fates = fates.iter();
    let (mut heard, mut trouble_over) = (Vec::new(), 0);
    // What is on its way to us, in order.
    let mut coming: Vec<(u64, Vec<u8>)> = Vec::new();
    // Since when the question waits that was put last, and its bytes.
    let mut waits: Option<(u64, Vec<u8>)> = None;
    let mut now = 0;
    assert_eq!(asker.opened(Moment::ZERO), None);
    while now <= until {
        let at = Moment::from_millis(now);
        let mut out = Vec::new();
        while coming.first().is_some_and(|(due, _)| *due <= now) {
            asker.decode(at, &coming.remove(0).1, &mut out);
        }
        asker.time_passed(at, &mut out);
        for item in out {
            match item {
                Ok(Reading::Weight(weighing)) => {
                    let answered = weighing.display.value().and_then(|kg| kg.to_u64());
                    // The end of an answer that was torn by the question put again can look like a display without a number (nci).
                    if let (Some((asked, _)), Some(answered)) = (waits.take(), answered) {
                        assert!(
                            answered >= asked,
                            "{dialect}: asked at {asked} ms, and given the answer of {answered} ms at {now} ms"
                        );
                        heard.push((now, Ok(answered)));
                    }
                }
                Ok(reading) => panic!("{dialect}: {reading:?}"),
                Err(fault) => {
                    if matches!(fault.kind, FaultKind::NoAnswer | FaultKind::Refused) {
                        waits = None;
                    }
                    heard.push((now, Err(fault.kind)));
                }
            }
        }
        while let Some(question) = asker.poll_transmit(at) {
            let fate = fates.next().copied();
            if fate.is_some() {
                trouble_over = now;
            }
            let fate = fate.unwrap_or(PROMPT);
            let last = coming.last().map_or(0, |(due, _)| *due);
            if !fate.lost {
                let mut bytes = answer(dialect, &question, u32::try_from(now).unwrap());
                let middle = bytes.len() / 2;
                if fate.broken {
                    bytes[middle] ^= 0x80;
                }
                let due = last.max(now + fate.after_ms);
                let rest = bytes.split_off(middle);
                coming.push((last.max(due.saturating_sub(fate.torn_ms)).max(now), bytes));
                coming.push((due, rest));
            }
            match &waits {
                Some((_, asked)) if *asked == question => {}
                Some(_) | None => waits = Some((now, question)),
            }
        }
        let due = asker.next_timeout().map(|due| u64::try_from(due.as_millis()).unwrap());
        let next = due.into_iter().chain(coming.first().map(|(due, _)| *due)).min();
        now = next.expect("something is always due").max(now + 1);
    }
    (heard, trouble_over)
}

/// What a line needs at most to be in step again: what is still on its way, a question that is given up, and one more.
const RECOVERS_WITHIN_MS: u64 = 4 * LATEST_MS + 1_000;

#[track_caller]
fn check(dialect: Dialect, fates: &[Fate]) {
    let until = 40_000;
    let (heard, trouble_over) = asked(dialect, fates, until);
    let from = trouble_over + RECOVERS_WITHIN_MS;
    assert!(from + 2_000 < until, "{dialect}: the trouble lasts till {trouble_over} ms");
    let later: Vec<&Heard> = heard.iter().filter(|(at, _)| *at > from).collect();
    let wrong = later.iter().find(|(at, heard)| !heard.is_ok_and(|asked| asked + 40 == *at));
    assert_eq!(wrong, None, "{dialect}: after {trouble_over} ms all is well");
    assert!(later.len() as u64 >= (until - from) / 240 - 2, "{dialect}: {}", later.len());
}

#[test]
fn a_device_that_is_always_slow_answers_its_own_questions() {
    for dialect in UNNUMBERED {
        for tenths in [11, 15, 20, 25, 29] {
            for jitter in [0, 1, 7, 29] {
                let slow = |n: u64| Fate {
                    after_ms: ANSWER_MS * tenths / 10 + jitter * (n * 7 % 5) / 5,
                    ..PROMPT
                };
                let fates: Vec<Fate> = (0..40).map(slow).collect();
                let (heard, _) = asked(dialect, &fates, 8_000);
                let answered = heard.iter().filter(|(_, heard)| heard.is_ok()).count();
                assert!(answered >= 4, "{dialect} {tenths} {jitter}: {heard:?}");
                check(dialect, &fates);
            }
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    let after_ms = prop_oneof![1..ANSWER_MS, 1..LATEST_MS];
    (after_ms, prop::bool::weighted(0.25), prop::bool::weighted(0.1), 0..40_u64)
        .prop_map(|(after_ms, lost, broken, torn_ms)| Fate { after_ms, lost, broken, torn_ms })
}

/// A constant latency with some jitter; some answers are lost.
fn constant() -> impl Strategy<Value = Vec<Fate>> {
    let few = (0..60_u64, prop::bool::weighted(0.2));
    (1..LATEST_MS - 60, prop::collection::vec(few, 0..40)).prop_map(|(latency, answers)| {
        let fate = |(jitter, lost)| Fate { after_ms: latency + jitter, lost, ..PROMPT };
        answers.into_iter().map(fate).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_constant_latency_with_jitter_and_losses_pairs_no_answer_with_a_later_question(fates in constant()) {
        for dialect in UNNUMBERED {
            check(dialect, &fates);
        }
    }

    #[test]
    fn any_latencies_losses_and_broken_answers_pair_no_answer_with_a_later_question(
        fates in prop::collection::vec(fate(), 0..40),
    ) {
        for dialect in UNNUMBERED {
            check(dialect, &fates);
        }
    }
}
