//! Readers of tags: what is in their field.

use expect_test::expect;
use firmware_protocols::Dialect;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "a tag comes and goes",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: a tag comes and goes
                2.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "a tag whose loop was opened, one whose loop is whole, and one without a loop",
            dialect: Dialect::Llrp,
            settings: r#"tamper_chip = "nxp-g2il""#,
            story: r#"
0:00:02 d tags E20000172211014418901234 opened E2801160600002054CC0A5D1 intact 30340000 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: a tag whose loop was opened, one whose loop is whole, and one without a loop
                2.0 tag E20000172211014418901234, open, antenna 1, -54 dBm, timed
                2.0 tag E2801160600002054CC0A5D1, locked, antenna 1, -54 dBm, timed
                2.0 tag 30340000, antenna 1, -54 dBm, timed
                8.8 tag 30340000, antenna 1, -54 dBm, timed, gone
                8.8 tag E20000172211014418901234, open, antenna 1, -54 dBm, timed, gone
                8.8 tag E2801160600002054CC0A5D1, locked, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "an antenna is lost and back",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:02 d antenna 1 off
0:00:03 d tags E20000172211014418901234 for 3 s
0:00:04 d antenna 2 off
0:00:05 d antenna 1 on
0:00:12 expect end
"#,
            heard: expect![[r#"
                llrp: an antenna is lost and back
                2.0 antenna 1 off
                3.0 tag E20000172211014418901234, antenna 2, -54 dBm, timed
                4.0 antenna 2 off
                5.0 antenna 1 on
                5.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 2, -54 dBm, timed, gone
                10.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "another client owns it for a while",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d cut for 1 s
0:00:00 d misbehaves owned for 30 s
0:01:02 d tags E20000172211014418901234 for 3 s
0:01:10 expect end
"#,
            heard: expect![[r#"
                llrp: another client owns it for a while
                1.0 fault Refused: another client owns the reader
                62.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                69.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "reports without strength and time",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves bare-reports for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: reports without strength and time
                2.0 tag E20000172211014418901234
                8.8 tag E20000172211014418901234, gone
            "#]],
        },
        Case {
            name: "a maker's own parameters are passed over",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves custom-parameters for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: a maker's own parameters are passed over
                2.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "parameters with a length that nobody knows are passed over",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves unknown-tlv for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: parameters with a length that nobody knows are passed over
                2.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "a parameter without a length that nobody knows makes a report unreadable, and the next is read",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves unknown-tv for 3 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: a parameter without a length that nobody knows makes a report unreadable, and the next is read
                2.0 fault NotDecoded: unknown_tv: parameter 99 has no length, so the report cannot be read on (4 times)
                3.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "it says 1.1 in its headers",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves version-1-1 for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: it says 1.1 in its headers
                2.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "it refuses to delete what is not there",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:00 d misbehaves refuses-delete for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                llrp: it refuses to delete what is not there
                2.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                8.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "it is silent for longer than three keepalives, and heard again",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:02 d silent for 8 s
0:00:30 d tags E20000172211014418901234 for 2 s
0:00:38 expect end
"#,
            heard: expect![[r#"
                llrp: it is silent for longer than three keepalives, and heard again
                6.1 fault NoAnswer: the reader missed three keepalives
                12.1 fault NoAnswer: the reader did not say whom it serves
                30.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                36.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "the line is cut and whole again",
            dialect: Dialect::Llrp,
            settings: "",
            story: r#"
0:00:02 d cut for 5 s
0:00:10 d tags E20000172211014418901234 for 2 s
0:00:18 expect end
"#,
            heard: expect![[r#"
                llrp: the line is cut and whole again
                6.1 fault NoAnswer: the reader missed three keepalives
                10.0 tag E20000172211014418901234, antenna 1, -54 dBm, timed
                16.8 tag E20000172211014418901234, antenna 1, -54 dBm, timed, gone
            "#]],
        },
        Case {
            name: "no tag, one, and more than one answer holds",
            dialect: Dialect::UhfReader18,
            settings: "poll_ms = 1000",
            story: r#"
0:00:02 d tags E20000172211014418901234 for 1 s
0:00:05 d tags E20000172211014418901234 E2801160600002054CC0A5D1 3034 3035 3036 for 1 s
0:00:12 expect end
"#,
            heard: expect![[r#"
                uhfreader18: no tag, one, and more than one answer holds
                0.1 no tag (2 times)
                2.1 tag E20000172211014418901234
                3.2 no tag (2 times)
                5.3 tag E2801160600002054CC0A5D1
                5.3 tag 3034
                5.3 tag 3035
                5.3 tag 3036
                6.3 no tag (4 times)
                10.3 tag 3034, gone
                10.3 tag 3035, gone
                10.3 tag 3036, gone
                10.3 tag E20000172211014418901234, gone
                10.3 tag E2801160600002054CC0A5D1, gone
                10.6 no tag (7 times)
            "#]],
        },
        Case {
            name: "tags are told unasked",
            dialect: Dialect::UhfReader18,
            settings: "poll_ms = 5000",
            story: r#"
0:00:01 d misbehaves unasked for 10 s
0:00:02 d tags E20000172211014418901234 for 1 s
0:00:10 expect end
"#,
            heard: expect![[r#"
                uhfreader18: tags are told unasked
                0.1 no tag
                2.0 tag E20000172211014418901234
                5.1 no tag
                7.8 tag E20000172211014418901234, gone
                10.2 no tag
            "#]],
        },
        Case {
            name: "check sums that do not fit are faults, and it is heard again",
            dialect: Dialect::UhfReader18,
            settings: "poll_ms = 1000",
            story: r#"
0:00:02 d misbehaves wrong-checksums for 3 s
0:00:08 d tags E20000172211014418901234 for 2 s
0:00:16 expect end
"#,
            heard: expect![[r#"
                uhfreader18: check sums that do not fit are faults, and it is heard again
                0.1 no tag (2 times)
                2.1 fault WrongChecksum: the check sum of these bytes is 3DF2 (2 times)
                2.3 fault NoAnswer: asked 2 times, no answer within 3000 ms; asked again in 2000 ms
                8.3 tag E20000172211014418901234
                10.4 no tag (4 times)
                14.3 tag E20000172211014418901234, gone
                14.6 no tag (7 times)
            "#]],
        },
        Case {
            name: "it knows the command for one tag only",
            dialect: Dialect::UhfReader18,
            settings: "poll_ms = 1000",
            story: r#"
0:00:00 d misbehaves one-tag-only for 30 s
0:00:02 d tags E20000172211014418901234 for 2 s
0:00:10 expect end
"#,
            heard: expect![[r#"
                uhfreader18: it knows the command for one tag only
                0.1 fault Refused: command 01h: the reader does not know the command, or is set to scan
                1.1 no tag
                2.1 tag E20000172211014418901234
                4.2 no tag (4 times)
                8.2 tag E20000172211014418901234, gone
                8.4 no tag (7 times)
            "#]],
        },
        Case {
            name: "it has an address of its own",
            dialect: Dialect::UhfReader18,
            settings: "address = 3
poll_ms = 1000",
            story: r#"
0:00:02 d tags E20000172211014418901234 for 1 s
0:00:08 expect end
"#,
            heard: expect![[r#"
                uhfreader18: it has an address of its own
                0.1 no tag (2 times)
                2.1 tag E20000172211014418901234
                3.2 no tag (4 times)
                7.2 tag E20000172211014418901234, gone
                7.4 no tag (6 times)
            "#]],
        },
        Case {
            name: "no tag, one, and several",
            dialect: Dialect::M100,
            settings: "poll_ms = 500",
            story: r#"
0:00:02 d tags E20000172211014418901234 for 1 s
0:00:05 d tags E20000172211014418901234 E2801160600002054CC0A5D1 3034 for 2 s
0:00:14 expect end
"#,
            heard: expect![[r#"
                m100: no tag, one, and several
                0.0 no tag (4 times)
                2.1 tag E20000172211014418901234, -55 dBm
                3.2 no tag (4 times)
                5.3 tag 3034, -55 dBm
                6.4 tag E2801160600002054CC0A5D1, -55 dBm
                7.5 no tag (7 times)
                10.9 tag E20000172211014418901234, -55 dBm, gone
                11.2 no tag
                11.4 tag E2801160600002054CC0A5D1, -55 dBm, gone
                11.7 no tag
                11.9 tag 3034, -55 dBm, gone
                12.2 no tag (13 times)
            "#]],
        },
        Case {
            name: "tags are told unasked",
            dialect: Dialect::M100,
            settings: "poll_ms = 5000",
            story: r#"
0:00:01 d misbehaves unasked for 10 s
0:00:02 d tags E20000172211014418901234 for 1 s
0:00:10 expect end
"#,
            heard: expect![[r#"
                m100: tags are told unasked
                0.0 no tag
                2.0 tag E20000172211014418901234, -55 dBm
                5.1 no tag
                7.8 tag E20000172211014418901234, -55 dBm, gone
                10.1 no tag
            "#]],
        },
        Case {
            name: "sums that do not fit are faults, and it is heard again",
            dialect: Dialect::M100,
            settings: "poll_ms = 500",
            story: r#"
0:00:02 d misbehaves wrong-checksums for 3 s
0:00:08 d tags E20000172211014418901234 for 2 s
0:00:16 expect end
"#,
            heard: expect![[r#"
                m100: sums that do not fit are faults, and it is heard again
                0.0 no tag (4 times)
                2.1 fault WrongChecksum: the sum of these bytes is 16 (2 times)
                2.3 fault NoAnswer: asked 2 times, no answer within 500 ms; asked again in 2000 ms
                4.3 fault WrongChecksum: the sum of these bytes is 16 (2 times)
                4.5 fault NoAnswer: asked 2 times, no answer within 500 ms; asked again in 2000 ms
                6.5 no tag (3 times)
                8.1 tag E20000172211014418901234, -55 dBm
                10.2 no tag (9 times)
                14.7 tag E20000172211014418901234, -55 dBm, gone
                15.0 no tag (12 times)
            "#]],
        },
    ]
}
