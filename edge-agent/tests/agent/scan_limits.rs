//! What a site may write of scans, and what it is told when it writes something else.

use std::path::Path;

use checkpoint::site::ScanLimits;
use edge_agent::config::Config;
use expect_test::expect;

use crate::configuration::check;
use crate::world::site;

fn scans(rows: &str) -> String {
    site(&format!("[limits.scans]\n{rows}\nauthor = \"head\"\napproval = \"order 9\"\n"))
}

#[test]
fn times_of_scans_are_assumed_unless_the_site_sets_them_and_say_so() {
    let of = |text: &str| {
        let config = Config::parse(Path::new("site.toml"), text);
        config.unwrap_or_else(|error| panic!("{error}")).limits.scans.unwrap()
    };
    let assumed = of(&site(""));
    let seconds = |limit: &ScanLimits| {
        [limit.repeated_within, limit.waits, limit.stays].map(|time| time.as_secs())
    };
    assert_eq!(seconds(&assumed.value), [5, 120, 900]);
    assert!(assumed.approval.starts_with("assumed"), "{}", assumed.approval);
    let set = of(&scans(
        "repeated_within_s = 2\nwaits_s = 0\nstays_s = 60\nalarming = [\"alarm\", \"suspicious\"]",
    ));
    assert_eq!((seconds(&set.value), set.approval.as_str()), ([2, 0, 60], "order 9"));
}

#[test]
fn times_of_scans_are_whole_seconds_within_reason() {
    check(
        &scans("repeated_within_s = 0\nwaits_s = 3601\nstays_s = 86400\nalarming = []"),
        expect![[r#"
            site.toml:13: limits.scans: repeated_within_s: 0
               13 | repeated_within_s = 0
                  |                     ^
                    1 to 60 seconds
            site.toml:14: limits.scans: waits_s: 3601
               14 | waits_s = 3601
                  |           ^^^^
                    0 to 3600 seconds
            site.toml:15: limits.scans: stays_s: 86400
               15 | stays_s = 86400
                  |           ^^^^^
                    0 to 3600 seconds"#]],
    );
    check(
        &scans("repeated_within_s = 61\nwaits_s = 120\nstays_s = 900\nalarming = []"),
        expect![[r#"
            site.toml:13: limits.scans: repeated_within_s: 61
               13 | repeated_within_s = 61
                  |                     ^^
                    1 to 60 seconds"#]],
    );
}

#[test]
fn what_scans_are_told_apart_by_is_spelt_as_the_example_spells_it() {
    for (rows, expected) in [
        // A key of another unit, a misspelt one, one that is missing.
        (
            "repeated_within_ms = 5000\nwaits_s = 120\nstays_s = 900\nalarming = []",
            expect![[r#"
            site.toml:13: unknown field `repeated_within_ms`
               13 | repeated_within_ms = 5000
                  | ^^^^^^^^^^^^^^^^^^
                    expected one of `repeated_within_s`, `waits_s`, `stays_s`, `alarming`, `author`, `approval`"#]],
        ),
        (
            "repeated_within_s = 5\nwaits_s = 120\nalarming = []",
            expect![[r#"
            site.toml:12: missing field `stays_s`
               12 | [limits.scans]
                  | ^^^^^^^^^^^^^^"#]],
        ),
        // A value of another unit, of another type, below zero.
        (
            "repeated_within_s = \"5 s\"\nwaits_s = 120\nstays_s = 900\nalarming = []",
            expect![[r#"
                site.toml:13: invalid type: string "5 s"
                   13 | repeated_within_s = "5 s"
                      |                     ^^^^^
                        expected a whole number from 0, without quotes"#]],
        ),
        (
            "repeated_within_s = 0.5\nwaits_s = 120\nstays_s = 900\nalarming = []",
            expect![[r#"
                site.toml:13: invalid type: floating point `0.5`
                   13 | repeated_within_s = 0.5
                      |                     ^^^
                        expected a whole number from 0, without quotes"#]],
        ),
        (
            "repeated_within_s = 5\nwaits_s = -1\nstays_s = 900\nalarming = []",
            expect![[r#"
                site.toml:14: invalid value: integer `-1`
                   14 | waits_s = -1
                      |           ^^
                        expected a whole number from 0, without quotes"#]],
        ),
        // A conclusion that no system has.
        (
            "repeated_within_s = 5\nwaits_s = 120\nstays_s = 900\nalarming = [\"weapons\"]",
            expect![[r#"
                site.toml:16: unknown variant `weapons`
                   16 | alarming = ["weapons"]
                      |             ^^^^^^^^^
                        expected one of `clear`, `suspicious`, `alarm`, `not_inspectable`, `rescan`"#]],
        ),
    ] {
        check(&scans(rows), expected);
    }
    check(
        &site(
            "[limits.scans]\nrepeated_within_s = 5\nwaits_s = 120\nstays_s = 900\nalarming = []\nauthor = \" \"\napproval = \"\"\n",
        ),
        expect![[r#"
            site.toml:17: limits.scans: author is empty
               17 | author = " "
                  |          ^^^
                    who set the number
            site.toml:18: limits.scans: approval is empty
               18 | approval = ""
                  |            ^^
                    the paper that approved it, or why none is needed"#]],
    );
}
