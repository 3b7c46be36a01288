//! LLRP readers: the recorded session, what is asked byte for byte, refusals, owners, lost keepalives, loops that were opened, and tags that are told twice.

use std::time::Duration;

use expect_test::expect;
use firmware_protocols::conversation::Moment;
use firmware_protocols::seal::llrp::report::{ReadResult, TAMPER_OPERATION, Tag};
use firmware_protocols::seal::llrp::{
    ConnectionAttempt, Notification, Reader, Session, decode as message, encode, kind, parameter,
    reader,
};
use firmware_protocols::seal::tag::TamperChip;
use firmware_protocols::{
    Conversation, Dialect, Fault, FaultKind, Item, Raw, Reading, Settings, limits,
};
use jiff::Timestamp;

use crate::check::{check, cut_everywhere, decode, decode_with, recording, text};

fn at() -> Timestamp {
    "2026-05-21T11:00:00Z".parse().unwrap()
}

pub(crate) fn tag(epc: u8) -> Tag {
    Tag { epc: vec![0xe2, 0x80, 0x11, epc], antenna: Some(1), ..Tag::default() }
}

fn with_word(tag: Tag, result: u8, words: &[u16]) -> Tag {
    let read = ReadResult { result, operation: TAMPER_OPERATION, words: words.to_vec() };
    Tag { read: vec![read], ..tag }
}

pub(crate) fn chip() -> Settings {
    Settings { tamper_chip: Some(TamperChip::NxpG2il), ..Settings::default() }
}

pub(crate) fn hello() -> Vec<u8> {
    reader::encode_notification(1, at(), &Notification::Connection(ConnectionAttempt::Success))
}

fn answer(request: &[u8], code: u16) -> Vec<u8> {
    let request = message(request).unwrap();
    let text = if code == 0 { "" } else { "no" };
    let status = reader::Status { code, text: text.to_owned() };
    reader::encode_answer(1, kind::answer_to(request.kind), request.id, &status)
}

/// A reader on a table: it answers every request, some of them with an error, and the minutes pass as told.
struct Table<C> {
    conversation: C,
    now: Moment,
    refuses: Vec<u16>,
    sent: Vec<Vec<u8>>,
    heard: Vec<Item>,
}

impl<C: Conversation> Table<C> {
    fn new(conversation: C, refuses: &[u16]) -> Table<C> {
        let mut table = Table {
            conversation,
            now: Moment::from_secs(100),
            refuses: refuses.to_vec(),
            sent: Vec::new(),
            heard: Vec::new(),
        };
        assert_eq!(table.conversation.opened(table.now), None);
        table
    }

    /// Connected, and everything asked and answered.
    fn served(conversation: C, refuses: &[u16]) -> Table<C> {
        let mut table = Table::new(conversation, refuses);
        table.says(&hello());
        table
    }

    fn says(&mut self, bytes: &[u8]) {
        self.conversation.decode(self.now, bytes, &mut self.heard);
        self.answers();
    }

    fn answers(&mut self) {
        while let Some(request) = self.conversation.poll_transmit(self.now) {
            let kind = message(&request).unwrap().kind;
            self.sent.push(request.clone());
            let silent = matches!(kind, kind::KEEPALIVE_ACK | kind::ENABLE_EVENTS_AND_REPORTS);
            if self.refuses.contains(&kind) {
                let id = message(&request).unwrap().id;
                let status = reader::Status { code: 101, text: "no".to_owned() };
                let refusal = if silent {
                    reader::encode_answer(1, kind::ERROR_MESSAGE, id, &status)
                } else {
                    answer(&request, 101)
                };
                self.conversation.decode(self.now, &refusal, &mut self.heard);
            } else if !silent {
                self.conversation.decode(self.now, &answer(&request, 0), &mut self.heard);
            }
        }
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        while let Some(due) = self.conversation.next_timeout().filter(|due| *due <= until) {
            assert!(due > self.now, "what is due is done");
            self.now = due;
            self.conversation.time_passed(self.now, &mut self.heard);
            self.answers();
        }
        self.now = until;
        self.conversation.time_passed(self.now, &mut self.heard);
    }

    fn asked(&self) -> Vec<String> {
        self.sent.iter().map(|sent| kind::name(message(sent).unwrap().kind).into_owned()).collect()
    }

    fn faults(&self) -> Vec<&Fault> {
        self.heard.iter().filter_map(|item| item.as_ref().err()).collect()
    }

    /// What was told of tags: number, antenna, whether the loop is whole, how often seen, gone or not.
    fn tags(&mut self) -> Vec<String> {
        self.heard
            .drain(..)
            .filter_map(|item| match item {
                Ok(Reading::Seal(message)) => {
                    let tag = message.tag.unwrap();
                    let whole =
                        message.locked.map_or("?", |whole| if whole { "whole" } else { "opened" });
                    let gone = if tag.gone { " gone" } else { "" };
                    Some(format!(
                        "{}/{} {whole} {}{gone}",
                        message.seal,
                        tag.antenna.unwrap(),
                        tag.times
                    ))
                }
                _ => None,
            })
            .collect()
    }
}

#[test]
fn the_recorded_session_is_read_as_it_was() {
    let Some(file) = recording("devices/llrp_session.txt") else { return };
    let file = String::from_utf8(file).unwrap();
    let (mut said, mut asked) = (Vec::new(), Vec::new());
    for line in file.lines() {
        let mut words = line.split('\t').skip(1);
        let (who, hex) = (words.next().unwrap(), words.next().unwrap());
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect();
        let one = message(&bytes).unwrap();
        assert_eq!(encode(one.version, one.kind, one.id, one.body), bytes);
        if who == "R>C" { said.extend(bytes) } else { asked.push(bytes) }
    }
    let items = decode(Dialect::Llrp, &[&said]);
    let seals = items.iter().filter(|item| matches!(item, Ok(Reading::Seal(_)))).count();
    let refused = items
        .iter()
        .filter(|item| item.as_ref().is_err_and(|fault| fault.kind == FaultKind::Refused))
        .count();
    // The emulator has no ROSpec to delete, and says so.
    assert_eq!((seals, refused, items.len()), (10, 1, 21));
    expect![[r#"
        {"seal":{"seal":"E28011700000020B7A3C1D5E","command":"tag","device_time":"2026-11-21T19:30:37.516056Z","position":"not_sent","tag":{"antenna":1,"rssi_dbm":-49,"first_seen":"2026-11-21T19:30:37.516056Z","times":1}}}
        {"seal":{"seal":"E28011700000020B7A3C1D5E","command":"tag","device_time":"2026-11-21T19:30:37.767504Z","position":"not_sent","tag":{"antenna":1,"rssi_dbm":-48,"first_seen":"2026-11-21T19:30:37.767504Z","times":1}}}
    "#]]
    .assert_eq(&text(&items[8..10]));
    cut_everywhere(Dialect::Llrp, &said[700..1100], &decode(Dialect::Llrp, &[&said[700..1100]]));

    // What it was asked is what we ask, where both ask the same.
    let table = Table::served(
        Session::new(&Settings { keepalive_ms: Some(1000), ..Settings::default() }),
        &[kind::DELETE_ROSPEC],
    );
    let same = |recorded: &[u8], kind: u16, nth: usize| {
        let ours =
            table.sent.iter().filter(|sent| message(sent).unwrap().kind == kind).nth(nth).unwrap();
        assert_eq!(
            message(ours).unwrap().body,
            message(recorded).unwrap().body,
            "{}",
            kind::name(kind)
        );
    };
    same(&asked[0], kind::GET_READER_CAPABILITIES, 0);
    same(&asked[2], kind::SET_READER_CONFIG, 0);
    same(&asked[5], kind::ENABLE_ROSPEC, 0);
    same(&asked[6], kind::START_ROSPEC, 0);
    assert_eq!(table.sent[0], asked[0], "to the byte, its number included");
}

#[test]
fn what_is_asked_is_asked_in_this_order_with_these_bytes() {
    let table = Table::served(Session::new(&chip()), &[]);
    let sent: String = table
        .sent
        .iter()
        .map(|sent| {
            let one = message(sent).unwrap();
            format!(
                "{} {} {}\n",
                one.id,
                kind::name(one.kind),
                one.body.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
            )
        })
        .collect();
    expect![[r#"
        1 GET_READER_CAPABILITIES 00
        2 SET_READER_CONFIG 0000dc000901000007d0
        3 SET_READER_CONFIG 0000f4001200f5000700048000f50007000880
        4 DELETE_ROSPEC 00000000
        5 DELETE_ACCESSSPEC 00000000
        6 ADD_ROSPEC 00b1004600000001000000b2001200b300050000b60009000000000000b700180001000000b80009000000000000ba000700010100ed001202000100ee000b1fc0015c000500
        7 ADD_ACCESSSPEC 00cf003e00000001000001000000000100d0000700000000d100220152000f0153000b600000000000000155000f000100000000400020000100ef000500
        8 ENABLE_ACCESSSPEC 00000001
        9 ENABLE_ROSPEC 00000001
        10 START_ROSPEC 00000001
        11 ENABLE_EVENTS_AND_REPORTS 
    "#]]
    .assert_eq(&sent);
    assert!(table.conversation.hears() && table.faults().is_empty());
    let table = Table::served(Session::new(&Settings::default()), &[]);
    assert!(
        !table.asked().iter().any(|asked| asked == "ADD_ACCESSSPEC"),
        "no chip, no loop to read"
    );
}

#[test]
fn refusals_that_can_be_gone_on_with_are_gone_on_with() {
    let accepted = [
        kind::GET_READER_CAPABILITIES,
        kind::DELETE_ROSPEC,
        kind::DELETE_ACCESSSPEC,
        kind::ENABLE_EVENTS_AND_REPORTS,
    ];
    let table = Table::served(Session::new(&chip()), &accepted);
    assert!(table.conversation.hears() && table.faults().is_empty(), "{:?}", table.heard);

    let table = Table::served(Session::new(&chip()), &[kind::ADD_ACCESSSPEC]);
    assert!(table.conversation.hears());
    let [fault] = &table.faults()[..] else { panic!("{:?}", table.heard) };
    assert_eq!(fault.kind, FaultKind::Refused);
    assert_eq!(fault.detail, "ADD_ACCESSSPEC: status 101: no; loops of seals are not read");
    assert!(!table.asked().iter().any(|asked| asked == "ENABLE_ACCESSSPEC"));
}

#[test]
fn a_reader_that_refuses_its_set_up_is_given_up_for_a_while() {
    for refused in
        [kind::SET_READER_CONFIG, kind::ADD_ROSPEC, kind::ENABLE_ROSPEC, kind::START_ROSPEC]
    {
        let table = Table::served(Session::new(&Settings::default()), &[refused]);
        let hang_up = table.conversation.hang_up().unwrap();
        assert_eq!(
            (hang_up.reason, hang_up.wait.as_secs()),
            ("the reader refuses its set-up", 15),
            "{refused}"
        );
        assert_eq!(table.faults()[0].kind, FaultKind::Refused);
        assert_eq!(table.conversation.next_timeout(), None);
    }
}

#[test]
fn a_reader_that_another_client_owns_is_not_fought_over() {
    for (attempt, wait) in [
        (ConnectionAttempt::ClientConnectionExists, 60),
        (ConnectionAttempt::ReaderConnectionExists, 60),
        (ConnectionAttempt::Other(3), 15),
    ] {
        let mut table = Table::new(Session::new(&Settings::default()), &[]);
        table.says(&reader::encode_notification(1, at(), &Notification::Connection(attempt)));
        assert_eq!(table.sent, Vec::<Vec<u8>>::new());
        assert_eq!(table.conversation.hang_up().unwrap().wait.as_secs(), wait);
        assert_eq!(table.faults()[0].detail, attempt.words());
        assert_eq!(table.conversation.farewell(), None, "it never served us");
        // A new link is a new try.
        table.conversation.opened(table.now);
        assert_eq!(table.conversation.hang_up(), None);
        table.says(&hello());
        assert!(table.conversation.hears());
    }
    // Told to the one that is served: it is told on, and stays served.
    let mut table = Table::served(Session::new(&Settings::default()), &[]);
    table.says(&reader::encode_notification(
        1,
        at(),
        &Notification::Connection(ConnectionAttempt::AnotherAttempted),
    ));
    assert!(table.conversation.hears() && table.faults().len() == 1);
}

#[test]
fn keepalives_are_acknowledged_with_their_number_and_three_missed_end_the_link() {
    let mut table = Table::served(
        Session::new(&Settings { keepalive_ms: Some(1000), ..Settings::default() }),
        &[],
    );
    for id in [98, 99, 7] {
        table.wait(2900);
        table.says(&reader::encode_keepalive(1, id));
        assert_eq!(table.sent.last().unwrap(), &encode(1, kind::KEEPALIVE_ACK, id, &[]));
        assert_eq!(table.conversation.hang_up(), None);
    }
    table.wait(2999);
    assert_eq!(table.conversation.hang_up(), None);
    table.wait(1);
    assert_eq!(table.conversation.hang_up().unwrap().reason, "the reader missed three keepalives");
    assert_eq!(table.faults()[0].kind, FaultKind::NoAnswer);
    // What still comes on that link is not heard.
    table.heard.clear();
    table.says(&reader::encode_report(1, 0, &[tag(1)]));
    assert_eq!(table.heard, []);
}

#[test]
fn a_reader_that_says_nothing_or_does_not_answer_is_given_up() {
    let mut table = Table::new(Session::new(&Settings::default()), &[]);
    table.wait(4999);
    assert_eq!(table.conversation.hang_up(), None);
    table.wait(1);
    assert_eq!(
        table.conversation.hang_up().unwrap().reason,
        "the reader did not say whom it serves"
    );

    let mut session = Session::new(&Settings { answer_ms: Some(300), ..Settings::default() });
    let (now, mut out) = (Moment::from_secs(1), Vec::new());
    session.opened(now);
    session.decode(now, &hello(), &mut out);
    let request = session.poll_transmit(now).unwrap();
    // An answer with another number is not the awaited one.
    let other = reader::Status { code: 0, text: String::new() };
    session.decode(now, &reader::encode_answer(1, 11, 77, &other), &mut out);
    assert_eq!(session.poll_transmit(now), None);
    assert_eq!(session.next_timeout(), Some(now + Duration::from_millis(300)));
    session.time_passed(now + Duration::from_millis(300), &mut out);
    assert_eq!(session.hang_up().unwrap().reason, "a request was not answered");
    assert_eq!(out.last().unwrap().as_ref().unwrap_err().kind, FaultKind::NoAnswer);
    assert_eq!(message(&request).unwrap().kind, kind::GET_READER_CAPABILITIES);
}

#[test]
fn bytes_that_are_no_llrp_end_the_session() {
    for noise in [
        &b"HTTP/1.1 400 Bad Request"[..],
        b"\x04\x3e\x00\x00\x00\x09\x00\x00\x00\x01",
        b"\x04\x3d\x00\x20\x00\x00\x00\x00\x00\x01",
    ] {
        let mut table = Table::served(Session::new(&Settings::default()), &[]);
        table.says(noise);
        // Noise is told with the frame behind it.
        table.says(&reader::encode_keepalive(1, 1));
        assert_eq!(
            table.conversation.hang_up().unwrap().reason,
            "what comes is not LLRP",
            "{:?}",
            Raw(noise.to_vec())
        );
    }
}

#[test]
fn a_link_that_we_close_is_taken_leave_of() {
    let mut reader = Reader::new(&Settings::default());
    assert_eq!(reader.farewell(), None);
    let mut table = Table::served(reader, &[]);
    let last = message(table.sent.last().unwrap()).unwrap().id;
    assert_eq!(
        table.conversation.farewell(),
        Some(encode(1, kind::CLOSE_CONNECTION, last + 1, &[]))
    );
    assert_eq!(table.conversation.next_timeout(), None);
}

#[test]
fn antennas_and_troubles_are_told() {
    let bytes = [
        Notification::Antenna { antenna: 2, connected: false },
        Notification::Antenna { antenna: 2, connected: true },
        Notification::Exception("over temperature".to_owned()),
        Notification::Closed,
    ]
    .map(|notification| reader::encode_notification(2, at(), &notification))
    .concat();
    check(
        Dialect::Llrp,
        &bytes,
        &expect![[r#"
            {"seal_reader":{"antenna":{"antenna":2,"connected":false}}}
            {"seal_reader":{"antenna":{"antenna":2,"connected":true}}}
            {"fault":{"kind":"refused","detail":"the reader is in trouble: over temperature","excerpt":"\\x00\\xf6\\x00&\\x00\\x80\\x00\\x0c\\x00\\x06RQ\\xd0@\\xcc\\x00\\x00\\xfc\\x00\\x16\\x00\\x10over temperature","bytes":38}}
            {"seal_reader":{"alive":{"said":"READER_EVENT_NOTIFICATION"}}}
        "#]],
    );
    let mut table = Table::served(Session::new(&Settings::default()), &[]);
    table.says(&reader::encode_notification(1, at(), &Notification::Closed));
    assert_eq!(table.conversation.hang_up().unwrap().reason, "the reader closed the connection");
}

#[test]
fn the_word_of_the_loop_is_believed_only_if_it_was_read() {
    // result, words, what is known
    for (result, words, locked) in [
        (0, &[0x4040][..], Some(true)),
        (0, &[0xc040], Some(false)),
        (0, &[0x8040], Some(false)),
        (0, &[0x0000], Some(true)),
        (0, &[], None),
        (2, &[], None),
        (2, &[0x4040], None),
        (4, &[], None),
    ] {
        let bytes = reader::encode_report(1, 0, &[with_word(tag(1), result, words)]);
        let says = |settings: &Settings| {
            let items = decode_with(Dialect::Llrp, settings, &[&bytes]);
            let [Ok(Reading::Seal(message))] = &items[..] else { panic!("{items:?}") };
            message.locked
        };
        assert_eq!(says(&chip()), locked, "{result} {words:04x?}");
        assert_eq!(says(&Settings::default()), None, "no chip is set");
    }
    // The result of somebody else's operation is not ours.
    let mut other = with_word(tag(1), 0, &[0xc040]);
    other.read[0].operation = 9;
    let items = decode_with(Dialect::Llrp, &chip(), &[&reader::encode_report(1, 0, &[other])]);
    assert!(matches!(&items[..], [Ok(Reading::Seal(message))] if message.locked.is_none()));
}

#[test]
fn unknown_parameters_with_a_length_are_passed_over_and_without_one_reject_the_report() {
    let epc = parameter::tlv(241, b"\x00\x1c\xe2\x80\x11\x70");
    let known = parameter::tlv(
        240,
        &[epc.clone(), parameter::tlv(777, b"what"), parameter::tv(1, b"\x00\x03")].concat(),
    );
    let unknown = parameter::tlv(240, &[parameter::tv(99, b"\x01\x02"), epc].concat());
    let report = |body: &[u8]| encode(1, kind::RO_ACCESS_REPORT, 1, body);
    let bytes = [
        report(&[parameter::tlv(888, b"?"), known.clone()].concat()),
        report(&[known.clone(), unknown].concat()),
        report(&known[..known.len() - 1]),
        report(&parameter::tlv(240, &parameter::tv(1, b"\x00\x03"))),
        // A chip that was never written costs no other tag its place.
        report(&[parameter::tlv(240, &parameter::tlv(241, b"\x00\x00")), known.clone()].concat()),
        report(b""),
        report(&known),
    ]
    .concat();
    check(
        Dialect::Llrp,
        &bytes,
        &expect![[r#"
            {"seal":{"seal":"E2801170","command":"tag","position":"not_sent","tag":{"antenna":3,"times":1}}}
            {"fault":{"kind":"not-decoded","detail":"unknown_tv: parameter 99 has no length, so the report cannot be read on","excerpt":"\\x00\\xf0\\x00\\x19\\x00\\xf1\\x00\\x0a\\x00\\x1c\\xe2\\x80\\x11p\\x03\\x09\\x00\\x08what\\x81\\x00\\x03\\x00\\xf0\\x00\\x11\\xe3\\x01\\x02\\x00\\xf1\\x00\\x0a\\x00\\x1c\\xe2\\x80\\x11p","bytes":42}}
            {"fault":{"kind":"malformed","detail":"RO_ACCESS_REPORT of 34 bytes is not made of parameters","excerpt":"\\x04=\\x00\\x00\\x00\"\\x00\\x00\\x00\\x01\\x00\\xf0\\x00\\x19","bytes":14}}
            {"fault":{"kind":"noise","detail":"bytes between frames","excerpt":"\\x00\\xf1\\x00\\x0a\\x00\\x1c\\xe2\\x80\\x11p\\x03\\x09\\x00\\x08what\\x81\\x00","bytes":20}}
            {"fault":{"kind":"bad-field","detail":"1 tags without an EPC are passed over: blank chips","excerpt":"\\x00\\xf0\\x00\\x07\\x81\\x00\\x03","bytes":7}}
            {"seal":{"seal":"E2801170","command":"tag","position":"not_sent","tag":{"antenna":3,"times":1}}}
            {"fault":{"kind":"bad-field","detail":"1 tags without an EPC are passed over: blank chips","excerpt":"\\x00\\xf0\\x00\\x0a\\x00\\xf1\\x00\\x06\\x00\\x00\\x00\\xf0\\x00\\x19\\x00\\xf1\\x00\\x0a\\x00\\x1c\\xe2\\x80\\x11p\\x03\\x09\\x00\\x08what\\x81\\x00\\x03","bytes":35}}
            {"seal_reader":"no_tag"}
            {"seal":{"seal":"E2801170","command":"tag","position":"not_sent","tag":{"antenna":3,"times":1}}}
        "#]],
    );
}

#[test]
fn what_stands_before_the_parameters_is_known_of_every_message() {
    let status = parameter::tlv(287, &[0; 4]);
    // GET_SUPPORTED_VERSION_RESPONSE: the version that is spoken, and the highest that could be.
    let versions = encode(2, 56, 1, &[b"\x02\x02".as_slice(), &status].concat());
    // SET_READER_CONFIG begins with a bit, DELETE_ROSPEC is a number and nothing else.
    let config = encode(2, kind::SET_READER_CONFIG, 2, &[b"\x80", &*status].concat());
    let delete = encode(2, kind::DELETE_ROSPEC, 3, &[0, 0, 0, 9]);
    for message in [versions, config, delete] {
        let items = decode(Dialect::Llrp, &[&message]);
        assert!(matches!(items[..], [Ok(Reading::SealReader(_))]), "{items:?}");
        // One byte more belongs to nothing.
        let mut longer = message.clone();
        longer.push(0);
        longer[5] += 1;
        let items = decode(Dialect::Llrp, &[&longer, &message]);
        let read = items.iter().filter(|item| item.is_ok()).count();
        assert_eq!(read, 1, "{items:?}");
    }
}

#[test]
fn lengths_below_ten_and_above_the_limit_are_faults() {
    let items = decode(
        Dialect::Llrp,
        &[b"\x04\x3e\x00\x00\x00\x09\x00\x00\x00\x01", &encode(1, 62, 5, &[])],
    );
    let kinds: Vec<_> =
        items.iter().map(|item| item.as_ref().err().map(|fault| fault.kind)).collect();
    assert_eq!(kinds, [Some(FaultKind::WrongLength), Some(FaultKind::Noise), None]);
    let over = u32::try_from(limits::LLRP_MESSAGE_BYTES + 1).unwrap().to_be_bytes();
    let items =
        decode(Dialect::Llrp, &[&[&b"\x04\x0b"[..], &over].concat(), &encode(1, 62, 5, &[])]);
    assert_eq!(items[0].as_ref().unwrap_err().kind, FaultKind::TooLong);
    assert!(items.last().unwrap().is_ok());
    // A report of a megabyte is one.
    let tags: Vec<Tag> = (0..20_000).map(|_| Tag { epc: vec![7; 12], ..tag(1) }).collect();
    let large = reader::encode_report(1, 0, &tags);
    assert!(large.len() < limits::LLRP_REPORT_BYTES && large.len() > 300_000, "{}", large.len());
    assert_eq!(decode(Dialect::Llrp, &[&large]).len(), 20_000);
}

#[test]
fn a_tag_is_told_when_it_comes_when_its_loop_is_known_and_when_it_has_gone() {
    let mut table = Table::served(Reader::new(&Settings { hold_ms: Some(3000), ..chip() }), &[]);
    let says =
        |table: &mut Table<Reader>, tag: Tag| table.says(&reader::encode_report(1, 0, &[tag]));
    says(&mut table, tag(1));
    assert_eq!(table.tags(), ["E2801101/1 ? 1"]);
    for _ in 0..5 {
        table.wait(500);
        says(&mut table, tag(1));
    }
    assert_eq!(table.tags(), [""; 0]);
    says(&mut table, with_word(tag(1), 0, &[0x4040]));
    assert_eq!(table.tags(), ["E2801101/1 whole 6"]);
    // Not read this time: nothing is taken back.
    says(&mut table, with_word(tag(1), 2, &[]));
    says(&mut table, with_word(tag(1), 0, &[0x4040]));
    assert_eq!(table.tags(), [""; 0]);
    says(&mut table, with_word(tag(1), 0, &[0xc040]));
    assert_eq!(table.tags(), ["E2801101/1 opened 3"]);
    // Another antenna and another tag are others.
    says(&mut table, Tag { antenna: Some(2), ..tag(1) });
    says(&mut table, Tag { times: Some(40), ..tag(2) });
    assert_eq!(table.tags(), ["E2801101/2 ? 1", "E2801102/1 ? 40"]);
    for _ in 0..2 {
        table.wait(1500);
        says(&mut table, tag(2));
    }
    assert_eq!(table.tags(), ["E2801101/1 opened 0 gone", "E2801101/2 ? 0 gone"]);
    table.says(&reader::encode_keepalive(1, 1));
    table.wait(2999);
    assert_eq!(table.tags(), [""; 0]);
    table.wait(1);
    assert_eq!(table.tags(), ["E2801102/1 ? 2 gone"]);
    says(&mut table, tag(2));
    assert_eq!(table.tags(), ["E2801102/1 ? 1"]);
}

#[test]
fn tags_in_sight_are_bounded_and_the_oldest_goes_first() {
    let mut table = Table::served(Reader::new(&Settings::default()), &[]);
    for number in 0..=u16::try_from(limits::TAGS_IN_SIGHT).unwrap() {
        table.now += Duration::from_millis(1);
        let tag = Tag { epc: number.to_be_bytes().to_vec(), ..tag(1) };
        table.says(&reader::encode_report(1, 0, &[tag]));
    }
    let told = table.tags();
    assert_eq!(told.len(), limits::TAGS_IN_SIGHT + 2);
    assert_eq!(told[limits::TAGS_IN_SIGHT], "0000/1 ? 0 gone");
}

#[test]
fn a_link_that_breaks_inside_a_message_joins_nothing() {
    let mut table = Table::served(Session::new(&Settings::default()), &[]);
    let report = reader::encode_report(1, 0, &[tag(1)]);
    table.says(&report[..20]);
    let fault = table.conversation.opened(table.now).unwrap();
    assert_eq!(fault.kind, FaultKind::CutOff);
    table.heard.clear();
    table.says(&hello());
    table.says(&report);
    assert_eq!(table.tags().len(), 1);
    let ids: Vec<u32> = table.sent.iter().map(|sent| message(sent).unwrap().id).collect();
    assert!(ids.is_sorted(), "numbers are never used again: {ids:?}");
}
