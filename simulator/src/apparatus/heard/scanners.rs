//! Scanners: what is held before them.

use expect_test::expect;
use firmware_protocols::Dialect;

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "codes with and without an identifier",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:02 d scans "CSQU3054383"
0:00:03 d scans "KZ0012345" as ]C0
0:00:04 d scans "010487000000001217290101<GS>10AB12" as ]C1
"#,
            heard: expect![[r#"
                barcode: codes with and without an identifier
                2.0 code "CSQU3054383"
                3.0 code "KZ0012345" as ]C0
                4.0 code "010487000000001217290101\u{1d}10AB12" as ]C1 (01)04870000000012 (17)290101 (10)AB12
            "#]],
        },
        Case {
            name: "nothing but a pause ends a code",
            dialect: Dialect::Barcode,
            settings: r#"terminator = "none""#,
            story: r#"
0:00:02 d scans "CSQU3054383"
0:00:03 d scans "KZ0012345"
"#,
            heard: expect![[r#"
                barcode: nothing but a pause ends a code
                2.1 code "CSQU3054383"
                3.1 code "KZ0012345"
            "#]],
        },
        Case {
            name: "a code stands between STX and ETX",
            dialect: Dialect::Barcode,
            settings: r#"terminator = "stx_etx""#,
            story: r#"
0:00:02 d scans "CSQU3054383"
"#,
            heard: expect![[r#"
                barcode: a code stands between STX and ETX
                2.0 code "CSQU3054383"
            "#]],
        },
        Case {
            name: "a reader with a prefix and a suffix",
            dialect: Dialect::Barcode,
            settings: r#"prefix = "<"
suffix = ">""#,
            story: r#"
0:00:02 d scans "CSQU3054383" as ]Q1
"#,
            heard: expect![[r#"
                barcode: a reader with a prefix and a suffix
                2.0 code "CSQU3054383" as ]Q1
            "#]],
        },
        Case {
            name: "a trigger reads twice",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:01 d misbehaves scans-twice for 10 s
0:00:02 d scans "CSQU3054383"
0:00:20 d scans "KZ0012345"
"#,
            heard: expect![[r#"
                barcode: a trigger reads twice
                2.0 code "CSQU3054383" (2 times)
                20.0 code "KZ0012345"
            "#]],
        },
        Case {
            name: "the separator of GS1 is kept",
            dialect: Dialect::Barcode,
            settings: "group_separator = true",
            story: r#"
0:00:02 d scans "10AB12<GS>0104870000000012" as ]C1
"#,
            heard: expect![[r#"
                barcode: the separator of GS1 is kept
                2.0 code "10AB12\u{1d}0104870000000012" as ]C1 (10)AB12 (01)04870000000012
            "#]],
        },
        Case {
            name: "the separator of GS1 is lost",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:01 d misbehaves loses-separator for 10 s
0:00:02 d scans "10AB12<GS>0104870000000012" as ]C1
0:00:20 d scans "KZ0012345"
"#,
            heard: expect![[r#"
                barcode: the separator of GS1 is lost
                2.0 code "10AB120104870000000012" as ]C1 not split: MissingSeparator
                20.0 code "KZ0012345"
            "#]],
        },
        Case {
            name: "a line breaks off",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:01 d misbehaves cuts-lines for 10 s
0:00:02 d scans "CSQU3054383"
0:00:20 d scans "KZ0012345"
0:00:22 d scans "KZ0012346"
"#,
            heard: expect![[r#"
                barcode: a line breaks off
                20.0 code "CSQU30KZ0012345"
                22.0 code "KZ0012346"
            "#]],
        },
        Case {
            name: "lines end with CR",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:01 d misbehaves cr-only for 10 s
0:00:02 d scans "CSQU3054383"
0:00:20 d scans "KZ0012345"
"#,
            heard: expect![[r#"
                barcode: lines end with CR
                2.0 code "CSQU3054383"
                20.0 code "KZ0012345"
            "#]],
        },
        Case {
            name: "lines end with LF",
            dialect: Dialect::Barcode,
            settings: "",
            story: r#"
0:00:01 d misbehaves lf-only for 10 s
0:00:02 d scans "CSQU3054383"
0:00:20 d scans "KZ0012345"
"#,
            heard: expect![[r#"
                barcode: lines end with LF
                2.0 code "CSQU3054383"
                20.0 code "KZ0012345"
            "#]],
        },
        Case {
            name: "passports, cards and visas",
            dialect: Dialect::Mrz,
            settings: "",
            story: r#"
0:00:02 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
0:00:03 d scans card N01234560 KAZ "SERIKOV, AIDAR MURAT"
0:00:04 d scans small-card N01234561 KAZ "SERIKOV, AIDAR MURAT"
0:00:05 d scans visa N01234562 KAZ "SERIKOV, AIDAR MURAT"
0:00:06 d scans small-visa N01234563 KAZ "SERIKOV, AIDAR MURAT"
"#,
            heard: expect![[r#"
                mrz: passports, cards and visas
                2.0 Td3 N01234567 KAZ SERIKOV, AIDAR; born 850312, expires 310101
                3.0 Td1 N01234560 KAZ SERIKOV, AIDAR MURAT; born 800101, expires 340101
                4.0 Td2 N01234561 KAZ SERIKOV, AIDAR MURAT; born 800101, expires 340101
                5.0 MrvA N01234562 KAZ SERIKOV, AIDAR MURAT; born 800101, expires 340101
                6.0 MrvB N01234563 KAZ SERIKOV, AIDAR MURAT; born 800101, expires 340101
            "#]],
        },
        Case {
            name: "a zone comes as one line",
            dialect: Dialect::Mrz,
            settings: "",
            story: r#"
0:00:01 d misbehaves one-line for 10 s
0:00:02 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
0:00:20 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
"#,
            heard: expect![[r#"
                mrz: a zone comes as one line
                2.0 Td3 N01234567 KAZ SERIKOV, AIDAR; born 850312, expires 310101 (2 times)
            "#]],
        },
        Case {
            name: "a digit is misread",
            dialect: Dialect::Mrz,
            settings: "",
            story: r#"
0:00:01 d misbehaves misreads for 10 s
0:00:02 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
0:00:20 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
"#,
            heard: expect![[r#"
                mrz: a digit is misread
                2.0 fault WrongChecksum: the check digit of the whole does not fit
                20.0 Td3 N01234567 KAZ SERIKOV, AIDAR; born 850312, expires 310101
            "#]],
        },
        Case {
            name: "a page is pulled away",
            dialect: Dialect::Mrz,
            settings: "",
            story: r#"
0:00:01 d misbehaves cuts-lines for 10 s
0:00:02 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
0:00:20 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
0:00:22 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
"#,
            heard: expect![[r#"
                mrz: a page is pulled away
                20.0 fault WrongChecksum: the check digit of the number does not fit
                20.0 Td3 N01234567 KAZ SERIKOV, AIDAR; born 850312, expires 310101 (2 times)
            "#]],
        },
        Case {
            name: "a document lies there and is read twice",
            dialect: Dialect::Mrz,
            settings: "",
            story: r#"
0:00:01 d misbehaves scans-twice for 10 s
0:00:02 d scans passport N01234567 KAZ "SERIKOV, AIDAR" born 850312 expires 310101
"#,
            heard: expect![[r#"
                mrz: a document lies there and is read twice
                2.0 Td3 N01234567 KAZ SERIKOV, AIDAR; born 850312, expires 310101 (2 times)
            "#]],
        },
        Case {
            name: "an inspection, and its conclusion",
            dialect: Dialect::Xray,
            settings: "",
            story: r#"
0:00:02 d hands over inspection X-000123 of 123ABC02
0:00:08 d hands over inspection X-000123 of 123ABC02 suspicious by op-7
"#,
            heard: expect![[r#"
                xray: an inspection, and its conclusion
                2.0 inspection X-000123 of 123ABC02, None
                8.0 inspection X-000123 of 123ABC02, Some((Suspicious, Some("op-7")))
            "#]],
        },
        Case {
            name: "it hands over twice",
            dialect: Dialect::Xray,
            settings: "",
            story: r#"
0:00:01 d misbehaves says-twice for 10 s
0:00:02 d hands over inspection X-000123 of 123ABC02 clear by op-7
"#,
            heard: expect![[r#"
                xray: it hands over twice
                2.0 inspection X-000123 of 123ABC02, Some((Clear, Some("op-7"))) (2 times)
            "#]],
        },
        Case {
            name: "it had no network",
            dialect: Dialect::Xray,
            settings: "",
            story: r#"
0:00:01 d misbehaves buffers for 10 s
0:00:02 d hands over inspection X-000123 of 123ABC02 clear by op-7
0:00:20 d hands over inspection X-000124 of 124ABC02
"#,
            heard: expect![[r#"
                xray: it had no network
                11.0 inspection X-000123 of 123ABC02, Some((Clear, Some("op-7")))
                20.0 inspection X-000124 of 124ABC02, None
            "#]],
        },
    ]
}
