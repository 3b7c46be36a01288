//! LLRP at random: every tag survives the wire, and a reader that says anything at any time leaves the session whole.

use std::time::Duration;

use firmware_protocols::Conversation;
use firmware_protocols::conversation::Moment;
use firmware_protocols::seal::llrp::report::{ReadResult, Tag};
use firmware_protocols::seal::llrp::{Reader, decode as message, kind, reader, report};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::llrp::{chip, hello, tag};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_tag_survives_the_wire(
        epc in prop::collection::vec(any::<u8>(), 1..=62),
        (antenna, rssi_dbm, times) in any::<(Option<u16>, Option<i8>, Option<u16>)>(),
        (first, last) in (any::<Option<u32>>(), any::<Option<u32>>()),
        words in prop::collection::vec(any::<u16>(), 0..4),
        (result, operation) in any::<(u8, u16)>(),
        version in 1..=2_u8,
    ) {
        let moment = |seconds: Option<u32>| seconds.filter(|seconds| *seconds > 0).map(|seconds| Timestamp::from_second(seconds.into()).unwrap());
        let tag = Tag {
            epc, antenna, rssi_dbm, times,
            first_seen: moment(first),
            last_seen: moment(last),
            read: vec![ReadResult { result, operation, words }],
        };
        let bytes = reader::encode_report(version, 3, &[tag.clone(), tag.clone()]);
        let one = message(&bytes).unwrap();
        prop_assert_eq!((one.version, one.kind, one.id), (version, kind::RO_ACCESS_REPORT, 3));
        prop_assert_eq!(report::decode(one.body).unwrap(), [tag.clone(), tag]);
    }

    #[test]
    fn a_reader_that_says_anything_at_any_time_leaves_the_session_whole(
        story in prop::collection::vec((prop_oneof![
            Just(hello()),
            Just(reader::encode_keepalive(1, 5)),
            Just(reader::encode_report(1, 0, &[tag(1)])),
            (1..=64_u16, 0..20_u32, 0..3_u16).prop_map(|(kind, id, code)| reader::encode_answer(1, kind, id, &reader::Status { code, text: String::new() })),
            prop::collection::vec(any::<u8>(), 0..40),
        ], 0..4000_u64), 0..60),
    ) {
        let mut reader = Reader::new(&chip());
        let (mut now, mut out) = (Moment::ZERO, Vec::new());
        reader.opened(now);
        for (bytes, step) in story {
            now += Duration::from_millis(step);
            reader.time_passed(now, &mut out);
            reader.decode(now, &bytes, &mut out);
            while reader.poll_transmit(now).is_some() {}
            if reader.hang_up().is_some() {
                reader.opened(now);
            }
            prop_assert!(reader.next_timeout().is_none_or(|due| due > now));
        }
    }
}
