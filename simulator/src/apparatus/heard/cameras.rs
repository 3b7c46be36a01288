//! Plate cameras: what they see.

use expect_test::expect;
use firmware_protocols::Dialect;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "plates that are read, and one that is not",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:02 d reads 123ABC02 KZ 98%
0:00:03 d reads 01KG123ABC KG 71%
0:00:04 d reads nothing
"#,
            heard: expect![[r#"
                hikvision-anpr: plates that are read, and one that is not
                2.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                3.0 plate 01KG123ABC Known(Iso2([75, 71])) Some(71)
                4.0 plate not read
            "#]],
        },
        Case {
            name: "other events stand between",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves other-events for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: other events stand between
                1.0 event videoloss
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                6.0 event videoloss, over (2 times)
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "plates that are read, and one that is not",
            dialect: Dialect::Openalpr,
            settings: "",
            story: r#"
0:00:02 d reads 123ABC02 KZ 98%
0:00:03 d reads 01KG123ABC KG 71%
0:00:04 d reads nothing
"#,
            heard: expect![[r#"
                openalpr: plates that are read, and one that is not
                2.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                3.0 plate 01KG123ABC Known(Iso2([75, 71])) Some(71)
                4.0 plate not read
            "#]],
        },
        Case {
            name: "other events stand between",
            dialect: Dialect::Openalpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves other-events for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                openalpr: other events stand between
                1.0 event heartbeat
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                6.0 event heartbeat (2 times)
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "a vehicle is told once, from all its pictures",
            dialect: Dialect::Openalpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves groups for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                openalpr: a vehicle is told once, from all its pictures
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "pictures come behind the document",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves pictures for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: pictures come behind the document
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98), 2 pictures
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "an event comes in two stages",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves two-stages for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: an event comes in two stages
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98), more follows
                3.8 plate 123ABC02 Known(Iso2([75, 90])) Some(98), 2 pictures
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "what it saw without a network is a replay",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves buffers for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: what it saw without a network is a replay
                13.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98), replayed
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "elements have a prefix",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves prefix for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: elements have a prefix
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98)
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
        Case {
            name: "a slow body holds the same",
            dialect: Dialect::HikvisionAnpr,
            settings: "",
            story: r#"
0:00:01 d misbehaves slow-body for 12 s
0:00:03 d reads 123ABC02 KZ
0:00:20 d reads 124ABC02 KZ
"#,
            heard: expect![[r#"
                hikvision-anpr: a slow body holds the same
                3.0 plate 123ABC02 Known(Iso2([75, 90])) Some(98), 2 pictures
                20.0 plate 124ABC02 Known(Iso2([75, 90])) Some(98)
            "#]],
        },
    ]
}
