//! Navigation seals: what a lock does.

use expect_test::expect;
use firmware_protocols::Dialect;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "it is armed, says where it is, and is disarmed",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:01 d moves 8000632862 to 44.1234 80.4321
0:00:02 d arms 8000632862 every 10 s
0:00:15 d battery 8000632862 60%
0:00:35 d disarms 8000632862
0:00:50 expect end
"#,
            heard: expect![[r#"
                jointech-text: it is armed, says where it is, and is disarmed
                1.0 U01 8000632862, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                2.0 P45 8000632862, Maker(0), at 44.123400 deg, 80.432100 deg, of 2 s
                12.0 U01 8000632862, 87 %, at 44.123400 deg, 80.432100 deg, of 12 s
                15.0 U01 8000632862, 60 %, at 44.123400 deg, 80.432100 deg, of 15 s
                22.0 U01 8000632862, 60 %, at 44.123400 deg, 80.432100 deg, of 22 s
                32.0 U01 8000632862, 60 %, at 44.123400 deg, 80.432100 deg, of 32 s
                35.0 P45 8000632862, Maker(0), at 44.123400 deg, 80.432100 deg, of 35 s
            "#]],
        },
        Case {
            name: "its battery is low",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:02 d battery 8000632862 12%
0:00:04 d reports 8000632862 low-battery
0:00:06 expect end
"#,
            heard: expect![[r#"
                jointech-text: its battery is low
                2.0 U01 8000632862, 12 %, no fix, of 2 s
                4.0 U01 8000632862, 12 %, no fix, of 4 s
            "#]],
        },
        Case {
            name: "it has no fix for a while",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:01 d moves 8000632862 to 44.1234 80.4321
0:00:02 d misbehaves no-fix for 10 s
0:00:04 d battery 8000632862 50%
0:00:20 d battery 8000632862 49%
"#,
            heard: expect![[r#"
                jointech-text: it has no fix for a while
                1.0 U01 8000632862, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                4.0 U01 8000632862, 50 %, no fix, of 4 s
                20.0 U01 8000632862, 49 %, at 44.123400 deg, 80.432100 deg, of 20 s
            "#]],
        },
        Case {
            name: "its clock is a day ahead",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:02 d misbehaves future-clock for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 d reports 8000632862 intact
"#,
            heard: expect![[r#"
                jointech-text: its clock is a day ahead
                4.0 P45 8000632862, Maker(0), no fix, of 86404 s
                20.0 P45 8000632862, Maker(0), no fix, of 20 s
            "#]],
        },
        Case {
            name: "it had no network and says later what it kept",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:02 d misbehaves buffers for 20 s
0:00:04 d reports 8000632862 intact
0:00:08 d battery 8000632862 50%
0:00:30 expect end
"#,
            heard: expect![[r#"
                jointech-text: it had no network and says later what it kept
                22.0 P45 8000632862, Maker(0), no fix, of 4 s
                22.0 U01 8000632862, 50 %, no fix, of 8 s
            "#]],
        },
        Case {
            name: "it says everything twice",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:02 d misbehaves says-twice for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 d reports 8000632862 intact
"#,
            heard: expect![[r#"
                jointech-text: it says everything twice
                4.0 P45 8000632862, Maker(0), no fix, of 4 s (2 times)
                20.0 P45 8000632862, Maker(0), no fix, of 20 s
            "#]],
        },
        Case {
            name: "it is silent for two periods and more",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:01 d arms 8000632862 every 10 s
0:00:05 d silent for 25 s
0:01:20 expect end
"#,
            heard: expect![[r#"
                jointech-text: it is silent for two periods and more
                1.0 P45 8000632862, Maker(0), no fix, of 1 s
                41.0 U01 8000632862, 87 %, no fix, of 11 s
                41.0 U01 8000632862, 87 %, no fix, of 21 s
                41.0 U01 8000632862, 87 %, no fix, of 31 s
                41.0 U01 8000632862, 87 %, no fix, of 41 s
                51.0 U01 8000632862, 87 %, no fix, of 51 s
                61.0 U01 8000632862, 87 %, no fix, of 61 s
                71.0 U01 8000632862, 87 %, no fix, of 71 s
                81.0 U01 8000632862, 87 %, no fix, of 81 s
            "#]],
        },
        Case {
            name: "the line is cut while it has something to say",
            dialect: Dialect::JointechText,
            settings: "",
            story: r#"
0:00:02 d cut for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 expect end
"#,
            heard: expect![[r#"
                jointech-text: the line is cut while it has something to say
                12.0 P45 8000632862, Maker(0), no fix, of 4 s
            "#]],
        },
        Case {
            name: "it is armed, says where it is, and is disarmed",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:01 d moves 8000632862 to 44.1234 80.4321
0:00:02 d arms 8000632862 every 10 s
0:00:15 d battery 8000632862 60%
0:00:35 d disarms 8000632862
0:00:50 expect end
"#,
            heard: expect![[r#"
                jointech: it is armed, says where it is, and is disarmed
                1.0 $1911 8000632862, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                2.0 P45 8000632862, Maker(0), at 44.123400 deg, 80.432100 deg, of 2 s
                12.0 $1911 8000632862, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 12 s
                15.0 $1911 8000632862, locked, 60 %, at 44.123400 deg, 80.432100 deg, of 15 s
                22.0 $1911 8000632862, locked, 60 %, at 44.123400 deg, 80.432100 deg, of 22 s
                32.0 $1911 8000632862, locked, 60 %, at 44.123400 deg, 80.432100 deg, of 32 s
                35.0 P45 8000632862, Maker(0), at 44.123400 deg, 80.432100 deg, of 35 s
            "#]],
        },
        Case {
            name: "its battery is low",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d battery 8000632862 12%
0:00:04 d reports 8000632862 low-battery
0:00:06 expect end
"#,
            heard: expect![[r#"
                jointech: its battery is low
                2.0 $1911 8000632862, LowBattery, locked, 12 %, no fix, of 2 s
                4.0 $1911 8000632862, LowBattery, locked, 12 %, no fix, of 4 s
            "#]],
        },
        Case {
            name: "it has no fix for a while",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:01 d moves 8000632862 to 44.1234 80.4321
0:00:02 d misbehaves no-fix for 10 s
0:00:04 d battery 8000632862 50%
0:00:20 d battery 8000632862 49%
"#,
            heard: expect![[r#"
                jointech: it has no fix for a while
                1.0 $1911 8000632862, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                4.0 $1911 8000632862, locked, 50 %, no fix, of 4 s
                20.0 $1911 8000632862, locked, 49 %, at 44.123400 deg, 80.432100 deg, of 20 s
            "#]],
        },
        Case {
            name: "its clock is a day ahead",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d misbehaves future-clock for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 d reports 8000632862 intact
"#,
            heard: expect![[r#"
                jointech: its clock is a day ahead
                4.0 P45 8000632862, Maker(0), no fix, of 86404 s
                20.0 P45 8000632862, Maker(0), no fix, of 20 s
            "#]],
        },
        Case {
            name: "it had no network and says later what it kept",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d misbehaves buffers for 20 s
0:00:04 d reports 8000632862 intact
0:00:08 d battery 8000632862 50%
0:00:30 expect end
"#,
            heard: expect![[r#"
                jointech: it had no network and says later what it kept
                22.0 P45 8000632862, Maker(0), no fix, of 4 s
                22.0 $1911 8000632862, locked, 50 %, no fix, of 8 s
            "#]],
        },
        Case {
            name: "it says everything twice",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d misbehaves says-twice for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 d reports 8000632862 intact
"#,
            heard: expect![[r#"
                jointech: it says everything twice
                4.0 P45 8000632862, Maker(0), no fix, of 4 s (2 times)
                20.0 P45 8000632862, Maker(0), no fix, of 20 s
            "#]],
        },
        Case {
            name: "it is silent for two periods and more",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:01 d arms 8000632862 every 10 s
0:00:05 d silent for 25 s
0:01:20 expect end
"#,
            heard: expect![[r#"
                jointech: it is silent for two periods and more
                1.0 P45 8000632862, Maker(0), no fix, of 1 s
                31.0 $1911 8000632862, locked, 87 %, no fix, of 31 s
                41.0 $1911 8000632862, locked, 87 %, no fix, of 11 s
                41.0 $1911 8000632862, locked, 87 %, no fix, of 41 s
                51.0 $1911 8000632862, locked, 87 %, no fix, of 21 s
                51.0 $1911 8000632862, locked, 87 %, no fix, of 51 s
                61.0 $1911 8000632862, locked, 87 %, no fix, of 61 s
                71.0 $1911 8000632862, locked, 87 %, no fix, of 71 s
                81.0 $1911 8000632862, locked, 87 %, no fix, of 81 s
            "#]],
        },
        Case {
            name: "the line is cut while it has something to say",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d cut for 10 s
0:00:04 d reports 8000632862 intact
0:00:20 expect end
"#,
            heard: expect![[r#"
                jointech: the line is cut while it has something to say
                12.0 P45 8000632862, Maker(0), no fix, of 4 s
            "#]],
        },
        Case {
            name: "what was opened stays opened until it is armed anew",
            dialect: Dialect::Jointech,
            settings: "status_bits = true",
            story: r#"
0:00:02 d reports 8000632862 opened
0:00:03 d battery 8000632862 60%
0:00:04 d arms 8000632862 every 10 s
0:00:20 d reports 8000632862 housing-opened
0:00:22 expect end
"#,
            heard: expect![[r#"
                jointech: what was opened stays opened until it is armed anew
                2.0 $1911 8000632862, ElementViolated, open, 87 %, no fix, of 2 s
                3.0 $1911 8000632862, ElementViolated, open, 60 %, no fix, of 3 s
                4.0 P45 8000632862, Maker(0), no fix, of 4 s
                14.0 $1911 8000632862, locked, 60 %, no fix, of 14 s
                20.0 $1911 8000632862, HousingViolated, locked, housing open, 60 %, no fix, of 20 s
                24.0 $1911 8000632862, HousingViolated, locked, housing open, 60 %, no fix, of 24 s
            "#]],
        },
        Case {
            name: "bits that nobody believes say nothing",
            dialect: Dialect::Jointech,
            settings: "",
            story: r#"
0:00:02 d reports 8000632862 opened
"#,
            heard: expect![[r#"
                jointech: bits that nobody believes say nothing
                2.0 $1911 8000632862, 87 %, no fix, of 2 s
            "#]],
        },
        Case {
            name: "it introduces itself, is armed, says where it is, and is disarmed",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:01 d moves 133552 to 44.1234 80.4321
0:00:02 d arms 133552 every 10 s
0:00:35 d disarms 133552
0:00:50 expect end
"#,
            heard: expect![[r#"
                egts: it introduces itself, is armed, says where it is, and is disarmed
                1.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 1 s
                2.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 2 s
                12.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 12 s
                22.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 22 s
                32.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 32 s
                35.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 35 s
            "#]],
        },
        Case {
            name: "its housing is opened, and its loop",
            dialect: Dialect::Egts,
            settings: "seal_loop = 3",
            story: r#"
0:00:02 d reports 133552 intact
0:00:03 d reports 133552 housing-opened
0:00:04 d reports 133552 opened
0:00:05 d reports 133552 intact
"#,
            heard: expect![[r#"
                egts: its housing is opened, and its loop
                2.0 SR_POS_DATA 133552, locked, no fix, of 2 s
                3.0 SR_POS_DATA 133552, HousingViolated, locked, housing open, no fix, of 3 s
                4.0 SR_POS_DATA 133552, ElementViolated, open, no fix, of 4 s
                5.0 SR_POS_DATA 133552, ElementViolated, open, no fix, of 5 s
            "#]],
        },
        Case {
            name: "its battery runs down",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d battery 133552 5%
"#,
            heard: expect![[r#"
                egts: its battery runs down
                2.0 SR_POS_DATA 133552, no fix, of 2 s
            "#]],
        },
        Case {
            name: "two behind one line",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d reports 133552 intact
0:00:03 d reports 77 intact
"#,
            heard: expect![[r#"
                egts: two behind one line
                2.0 SR_POS_DATA 133552, no fix, of 2 s
                3.0 SR_POS_DATA 77, no fix, of 3 s
            "#]],
        },
        Case {
            name: "it has no fix for a while",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:01 d moves 133552 to 44.1234 80.4321
0:00:02 d misbehaves no-fix for 10 s
0:00:04 d reports 133552 intact
0:00:20 d reports 133552 intact
"#,
            heard: expect![[r#"
                egts: it has no fix for a while
                1.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 1 s
                4.0 SR_POS_DATA 133552, no fix, of 4 s
                20.0 SR_POS_DATA 133552, at 44.123400 deg, 80.432100 deg, of 20 s
            "#]],
        },
        Case {
            name: "its clock is a day ahead",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d misbehaves future-clock for 10 s
0:00:04 d reports 133552 intact
0:00:20 d reports 133552 intact
"#,
            heard: expect![[r#"
                egts: its clock is a day ahead
                4.0 SR_POS_DATA 133552, no fix, of 86404 s
                20.0 SR_POS_DATA 133552, no fix, of 20 s
            "#]],
        },
        Case {
            name: "it had no network and sends what it kept in one packet",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d misbehaves buffers for 20 s
0:00:04 d reports 133552 intact
0:00:08 d reports 133552 housing-opened
0:00:30 expect end
"#,
            heard: expect![[r#"
                egts: it had no network and sends what it kept in one packet
                22.0 SR_POS_DATA 133552, no fix, of 4 s, from memory
                22.0 SR_POS_DATA 133552, HousingViolated, housing open, no fix, of 8 s, from memory
            "#]],
        },
        Case {
            name: "it says everything twice",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d misbehaves says-twice for 10 s
0:00:04 d reports 133552 intact
0:00:20 d reports 133552 intact
"#,
            heard: expect![[r#"
                egts: it says everything twice
                4.0 SR_POS_DATA 133552, no fix, of 4 s (2 times)
                20.0 SR_POS_DATA 133552, no fix, of 20 s
            "#]],
        },
        Case {
            name: "the line is cut while it has something to say",
            dialect: Dialect::Egts,
            settings: "",
            story: r#"
0:00:02 d reports 133552 intact
0:00:03 d cut for 10 s
0:00:04 d reports 133552 housing-opened
0:00:20 expect end
"#,
            heard: expect![[r#"
                egts: the line is cut while it has something to say
                2.0 SR_POS_DATA 133552, no fix, of 2 s
                13.0 SR_POS_DATA 133552, HousingViolated, housing open, no fix, of 4 s
            "#]],
        },
    ]
}
