//! Our own contract: whatever it can say.

use expect_test::expect;
use firmware_protocols::Dialect;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "every event of the classifier",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:02 d reports KZ00012345 intact
0:00:03 d reports KZ00012345 opened
0:00:04 d reports KZ00012345 housing-opened
0:00:05 d reports KZ00012345 off-route
0:00:06 d reports KZ00012345 malfunction
0:00:07 d reports KZ00012345 low-battery
0:00:08 d reports KZ00012345 silent
0:00:09 d reports KZ00012345 unauthorised
"#,
            heard: expect![[r#"
                json: every event of the classifier
                2.0 json KZ00012345, locked, 87 %, no fix, of 2 s
                3.0 json KZ00012345, ElementViolated, open, 87 %, no fix, of 3 s
                4.0 json KZ00012345, HousingViolated, open, housing open, 87 %, no fix, of 4 s
                5.0 json KZ00012345, OffRoute, open, housing open, 87 %, no fix, of 5 s
                6.0 json KZ00012345, Malfunction, open, housing open, 87 %, no fix, of 6 s
                7.0 json KZ00012345, LowBattery, open, housing open, 14 %, no fix, of 7 s
                8.0 json KZ00012345, Silent, open, housing open, 14 %, no fix, of 8 s
                9.0 json KZ00012345, Unauthorised, open, housing open, 14 %, no fix, of 9 s
            "#]],
        },
        Case {
            name: "it is armed for a declaration, says where it is, and is disarmed",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:01 d moves KZ00012345 to 44.1234 80.4321
0:00:02 d arms KZ00012345 every 10 s, declaration 55302/200126/0012345
0:00:25 d moves KZ00012345 out of sight
0:00:35 d disarms KZ00012345
0:00:50 expect end
"#,
            heard: expect![[r#"
                json: it is armed for a declaration, says where it is, and is disarmed
                1.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                2.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 2 s, 55302/200126/0012345
                12.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 12 s, 55302/200126/0012345
                22.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 22 s, 55302/200126/0012345
                25.0 json KZ00012345, locked, 87 %, no fix, of 25 s, 55302/200126/0012345
                32.0 json KZ00012345, locked, 87 %, no fix, of 32 s, 55302/200126/0012345
                35.0 json KZ00012345, open, 87 %, no fix, of 35 s, 55302/200126/0012345
            "#]],
        },
        Case {
            name: "it has no fix for a while",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:01 d moves KZ00012345 to 44.1234 80.4321
0:00:02 d misbehaves no-fix for 10 s
0:00:04 d reports KZ00012345 intact
0:00:20 d reports KZ00012345 intact
"#,
            heard: expect![[r#"
                json: it has no fix for a while
                1.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 1 s
                4.0 json KZ00012345, locked, 87 %, no fix, of 4 s
                20.0 json KZ00012345, locked, 87 %, at 44.123400 deg, 80.432100 deg, of 20 s
            "#]],
        },
        Case {
            name: "its clock is a day ahead",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:02 d misbehaves future-clock for 10 s
0:00:04 d reports KZ00012345 intact
0:00:20 d reports KZ00012345 intact
"#,
            heard: expect![[r#"
                json: its clock is a day ahead
                4.0 json KZ00012345, locked, 87 %, no fix, of 86404 s
                20.0 json KZ00012345, locked, 87 %, no fix, of 20 s
            "#]],
        },
        Case {
            name: "it had no network, and it is told when its messages came",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:02 d misbehaves buffers for 20 s
0:00:04 d reports KZ00012345 intact
0:00:08 d reports KZ00012345 opened
0:00:10 d reads 123ABC02 KZ
0:00:30 expect end
"#,
            heard: expect![[r#"
                json: it had no network, and it is told when its messages came
                22.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98), replayed
                22.0 json KZ00012345, locked, 87 %, no fix, of 4 s, relayed at 22 s
                22.0 json KZ00012345, ElementViolated, open, 87 %, no fix, of 8 s, relayed at 22 s
            "#]],
        },
        Case {
            name: "it says everything twice",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:02 d misbehaves says-twice for 10 s
0:00:04 d reports KZ00012345 intact
0:00:05 d reads 123ABC02 KZ
0:00:20 d reports KZ00012345 intact
"#,
            heard: expect![[r#"
                json: it says everything twice
                4.0 json KZ00012345, locked, 87 %, no fix, of 4 s (2 times)
                5.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98) (2 times)
                20.0 json KZ00012345, locked, 87 %, no fix, of 20 s
            "#]],
        },
        Case {
            name: "a vehicle is weighed, and one that is too heavy",
            dialect: Dialect::Json,
            settings: "",
            story: r#"
0:00:02 d load 38240 kg for 6 s
0:00:20 d load 90000 kg for 4 s
0:00:30 expect end
"#,
            heard: expect![[r#"
                json: a vehicle is weighed, and one that is too heavy
                2.0 moving (9 times)
                6.5 38240 kg (4 times)
                8.5 moving (2 times)
                9.5 0 kg (5 times)
                20.0 moving (3 times)
                21.5 Overload (6 times)
                24.5 moving (2 times)
                25.5 0 kg (5 times)
            "#]],
        },
    ]
}
