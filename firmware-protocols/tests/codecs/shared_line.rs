//! Lines on which more is heard than the answer: the question itself, which a line of two wires gives back, and questions of another master.

use firmware_protocols::conversation::Moment;
use firmware_protocols::weighbridge::{flintec, sics, sma};
use firmware_protocols::{Dialect, FaultKind, Item};

use crate::late::{UNNUMBERED, answer, settings};

/// Asks for a second a device that answers after 40 ms; `between` comes 10 ms after each question, itself given back if `echoes`. What was heard,
/// and how often was asked.
fn heard(dialect: Dialect, echoes: bool, between: &[&[u8]]) -> (Vec<Item>, usize) {
    let mut asker = dialect.asker(&settings()).unwrap();
    let (mut heard, mut asked) = (Vec::new(), 0);
    let mut coming: Vec<(u64, Vec<u8>)> = Vec::new();
    asker.opened(Moment::ZERO);
    for now in 0..1_000 {
        let at = Moment::from_millis(now);
        while coming.first().is_some_and(|(due, _)| *due <= now) {
            asker.decode(at, &coming.remove(0).1, &mut heard);
        }
        asker.time_passed(at, &mut heard);
        while let Some(question) = asker.poll_transmit(at) {
            asked += 1;
            let answer = answer(dialect, &question, 40_000);
            coming.extend(echoes.then_some((now + 1, question)));
            coming.extend(between.iter().map(|bytes| (now + 10, bytes.to_vec())));
            coming.push((now + 40, answer));
        }
    }
    (heard, asked)
}

#[test]
fn a_line_that_gives_back_each_question_weighs_as_one_that_does_not() {
    for dialect in UNNUMBERED {
        let (quiet, asked) = heard(dialect, false, &[]);
        assert!(quiet.iter().filter(|item| item.is_ok()).count() >= 3, "{dialect}: {quiet:?}");
        let (echoed, again) = heard(dialect, true, &[]);
        let readings = |items: &[Item]| items.iter().flatten().cloned().collect::<Vec<_>>();
        assert_eq!(readings(&echoed), readings(&quiet), "{dialect}");
        assert_eq!(again, asked, "{dialect}: the echo is no reason to ask again");
        let faults = |items: &[Item]| items.iter().filter(|item| item.is_err()).count();
        assert_eq!(faults(&echoed), faults(&quiet), "{dialect}: {echoed:?}");
    }
}

#[test]
fn questions_of_another_master_are_counted_and_disturb_nothing() {
    let cases: [(Dialect, &[&[u8]]); 4] = [
        (Dialect::FlintecBsi, &[b"02B5C\r\n", b"01T4B\r\n"]),
        (Dialect::Sma, &[b"\nP\r", b"\nZ\r", b"\n\x1b\r"]),
        (Dialect::MtSics, &[b"SIR\r\n", b"@\r\n", b"TA\r\n", b"I4\r\n"]),
        (Dialect::Xk3190Command, &[b"\x02BB00\x03"]),
    ];
    for (dialect, foreign) in cases {
        let (quiet, asked) = heard(dialect, false, &[]);
        let (disturbed, again) = heard(dialect, false, foreign);
        assert_eq!(again, asked, "{dialect}");
        let weights = |items: &[Item]| items.iter().filter(|item| item.is_ok()).count();
        assert_eq!(weights(&disturbed), weights(&quiet), "{dialect}: {disturbed:?}");
        let told = disturbed.iter().filter_map(|item| item.as_ref().err());
        let told = told.filter(|fault| fault.kind == FaultKind::NotDecoded).count();
        assert!(told >= weights(&quiet) * foreign.len(), "{dialect}: {disturbed:?}");
    }
}

#[test]
fn a_question_alone_is_told_as_one_and_never_as_an_answer_that_is_broken() {
    let kinds = [
        flintec::decode(b"01B5D", true).unwrap_err().kind,
        flintec::decode(b"B", false).unwrap_err().kind,
        sma::decode(b"\nW\r").unwrap_err().kind,
        sics::decode(b"SI").unwrap_err().kind,
        sics::decode(b"S").unwrap_err().kind,
    ];
    assert_eq!(kinds, [FaultKind::NotDecoded; 5]);
}
