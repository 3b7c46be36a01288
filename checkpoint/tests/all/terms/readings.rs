//! Each reading of a doubtful place changes exactly what it is about: the recommended one and the others, side by side on the same case.

use checkpoint::law::{Calendar, Edition, Readings};
use expect_test::{Expect, expect};

use super::{calendar, compute_with, timetable, told, trigger};

/// A site that reads one place otherwise.
fn read_as(key: &str, word: &str) -> Readings {
    toml_readings(&format!("{key} = \"{word}\""))
}

fn toml_readings(rows: &str) -> Readings {
    let (file, text) = checkpoint::law::BUILT_IN_EDITION;
    let begins = text.find("[readings]").unwrap() + "[readings]\n".len();
    let ends = begins + text[begins..].find("\n# ---").unwrap();
    let text = format!("{}{rows}\n{}", &text[..begins], &text[ends..]);
    Edition::parse(&text, file).unwrap().readings
}

/// Every option of this switch on these cases, `rule | body | trigger` a line; the others of the case stay as recommended.
fn check(key: &str, cases: &[(&str, &str, &str)], expected: Expect) {
    check_in(&calendar(), key, cases, expected);
}

fn check_in(calendar: &Calendar, key: &str, cases: &[(&str, &str, &str)], expected: Expect) {
    let table = Readings::default().table();
    let reading = table.iter().find(|one| one.key == key).unwrap();
    let mut rows = Vec::new();
    for (rule, body, at) in cases {
        rows.push(format!("{rule} {at}"));
        for word in reading.options {
            let found = compute_with(rule, body, at, calendar, &read_as(key, word));
            rows.push(format!("  {word}: {}", told(&found)));
        }
    }
    expected.assert_eq(&rows.join("\n"));
}

const HOURS: &str = "count = \"hours\", amount = 3";
const MONTHS: &str = "count = \"months\", amount = 2";
const DAYS: &str = "count = \"days\", amount = 30";
const DETAINED: &str = "count = \"days\", amount = 3, from = \"day_of_detention\"";

#[test]
fn hour_terms_begin_at_once_or_on_the_next_day() {
    check(
        "hour_terms_begin",
        &[(HOURS, "24x7", "2025-03-12T10:00")],
        expect![[r#"
        count = "hours", amount = 3 2025-03-12T10:00
          at_the_instant: Wed 2025-03-12 13:00
          next_day: Thu 2025-03-13 03:00"#]],
    );
}

#[test]
fn an_hour_term_may_end_while_the_body_is_closed() {
    let cases = [
        (HOURS, "DAY", "2025-03-12T18:30"),
        (HOURS, "DAY", "2025-03-12T17:00"),
        (HOURS, "5D", "2025-03-15T12:00"),
    ];
    check(
        "hour_term_ends_while_closed",
        &cases,
        expect![[r#"
        count = "hours", amount = 3 2025-03-12T18:30
          literal: Wed 2025-03-12 21:30 (outside_working_time)
          clip_to_closing: Wed 2025-03-12 20:00
          shift_to_opening: Thu 2025-03-13 08:00
        count = "hours", amount = 3 2025-03-12T17:00
          literal: Wed 2025-03-12 20:00
          clip_to_closing: Wed 2025-03-12 20:00
          shift_to_opening: Wed 2025-03-12 20:00
        count = "hours", amount = 3 2025-03-15T12:00
          literal: Sat 2025-03-15 15:00 (outside_working_time)
          clip_to_closing: Sat 2025-03-15 15:00 (outside_working_time)
          shift_to_opening: Mon 2025-03-17 09:00"#]],
    );
}

#[test]
fn months_end_on_the_number_of_the_trigger_or_of_the_day_after() {
    let cases = [(MONTHS, "24x7", "2025-01-10T12:00"), (MONTHS, "24x7", "2024-12-31T12:00")];
    check(
        "month_terms_end_on",
        &cases,
        expect![[r#"
        count = "months", amount = 2 2025-01-10T12:00
          trigger_date: Tue 2025-03-11 24:00; nominally Mon 2025-03-10
          first_counted_day: Tue 2025-03-11 24:00
        count = "months", amount = 2 2024-12-31T12:00
          trigger_date: Fri 2025-02-28 24:00
          first_counted_day: Mon 2025-03-03 24:00; nominally Sat 2025-03-01"#]],
    );
}

#[test]
fn years_from_29_february() {
    let cases = [
        ("count = \"years\", amount = 5", "24x7", "2024-02-29T12:00"),
        ("count = \"years\", amount = 4", "24x7", "2024-02-29T12:00"),
    ];
    check(
        "years_from_leap_day",
        &cases,
        expect![[r#"
        count = "years", amount = 5 2024-02-29T12:00
          last_of_february: Wed 2029-02-28 24:00 (calendar_ends_before_term)
          first_of_march: Thu 2029-03-01 24:00 (calendar_ends_before_term)
        count = "years", amount = 4 2024-02-29T12:00
          last_of_february: Tue 2028-02-29 24:00 (calendar_ends_before_term)
          first_of_march: Tue 2028-02-29 24:00 (calendar_ends_before_term)"#]],
    );
}

#[test]
fn a_last_day_moves_on_although_the_body_is_open() {
    let cases = [
        (MONTHS, "6D", "2025-02-05T12:00"),
        (MONTHS, "5D", "2025-02-05T12:00"),
        (MONTHS, "DAY", "2025-01-22T12:00"),
    ];
    check(
        "non_working_last_day",
        &cases,
        expect![[r#"
            count = "months", amount = 2 2025-02-05T12:00
              rolls_always: Mon 2025-04-07 20:00; at the latest Mon 2025-04-07 24:00; nominally Sat 2025-04-05
              stays_if_body_is_open: Sat 2025-04-05 20:00; at the latest Sat 2025-04-05 24:00 (non_working_day)
            count = "months", amount = 2 2025-02-05T12:00
              rolls_always: Mon 2025-04-07 18:00; at the latest Mon 2025-04-07 24:00; nominally Sat 2025-04-05
              stays_if_body_is_open: Mon 2025-04-07 18:00; at the latest Mon 2025-04-07 24:00; nominally Sat 2025-04-05
            count = "months", amount = 2 2025-01-22T12:00
              rolls_always: Wed 2025-03-26 20:00; at the latest Wed 2025-03-26 24:00; nominally Sat 2025-03-22
              stays_if_body_is_open: Sat 2025-03-22 20:00; at the latest Sat 2025-03-22 24:00 (non_working_day)"#]],
    );
}

#[test]
fn a_body_counts_the_days_on_which_it_works() {
    let rule = "count = \"body_working_days\", amount = 3";
    let cases = [
        (rule, "5D", "2025-04-18T12:00"),
        (rule, "6D", "2025-04-18T12:00"),
        (rule, "24x7", "2025-04-18T12:00"),
    ];
    check(
        "body_counts",
        &cases,
        expect![[r#"
            count = "body_working_days", amount = 3 2025-04-18T12:00
              days_it_is_open: Wed 2025-04-23 18:00
              all_non_working_days: Wed 2025-04-23 18:00
            count = "body_working_days", amount = 3 2025-04-18T12:00
              days_it_is_open: Tue 2025-04-22 20:00
              all_non_working_days: Mon 2025-04-21 20:00
            count = "body_working_days", amount = 3 2025-04-18T12:00
              days_it_is_open: Mon 2025-04-21 24:00
              all_non_working_days: Mon 2025-04-21 24:00"#]],
    );
}

#[test]
fn the_next_working_day_is_the_bodys_or_the_statutes() {
    let rule = "count = \"next_working_day_end\"";
    let cases = [
        (rule, "6D", "2025-04-18T12:00"),
        (rule, "24x7", "2025-04-18T12:00"),
        (rule, "DAY", "2025-03-20T12:00"),
    ];
    check(
        "next_working_day",
        &cases,
        expect![[r#"
            count = "next_working_day_end" 2025-04-18T12:00
              of_the_timetable: Sat 2025-04-19 20:00
              of_the_statute: Mon 2025-04-21 20:00
            count = "next_working_day_end" 2025-04-18T12:00
              of_the_timetable: Sat 2025-04-19 24:00
              of_the_statute: Mon 2025-04-21 24:00
            count = "next_working_day_end" 2025-03-20T12:00
              of_the_timetable: Fri 2025-03-21 20:00
              of_the_statute: Wed 2025-03-26 20:00"#]],
    );
}

#[test]
fn the_last_day_ends_when_the_body_closes_or_at_midnight() {
    let cases = [
        (MONTHS, "5D", "2025-01-10T12:00"),
        // The body's own working day and the next working day's end are not asked.
        ("count = \"next_working_day_end\"", "5D", "2025-01-10T12:00"),
        ("count = \"body_working_days\", amount = 1", "5D", "2025-01-10T12:00"),
    ];
    check(
        "last_day_ends",
        &cases,
        expect![[r#"
            count = "months", amount = 2 2025-01-10T12:00
              at_closing_hour: Tue 2025-03-11 18:00; at the latest Tue 2025-03-11 24:00; nominally Mon 2025-03-10
              at_midnight: Tue 2025-03-11 24:00; nominally Mon 2025-03-10
            count = "next_working_day_end" 2025-01-10T12:00
              at_closing_hour: Mon 2025-01-13 18:00
              at_midnight: Mon 2025-01-13 18:00
            count = "body_working_days", amount = 1 2025-01-10T12:00
              at_closing_hour: Mon 2025-01-13 18:00
              at_midnight: Mon 2025-01-13 18:00"#]],
    );
}

#[test]
fn three_days_from_the_day_of_detention() {
    let cases = [
        (DETAINED, "24x7", "2025-04-14T18:00"),
        (DETAINED, "24x7", "2025-04-16T18:00"),
        (DAYS, "24x7", "2025-04-14T18:00"),
    ];
    check(
        "detention_days",
        &cases,
        expect![[r#"
        count = "days", amount = 3, from = "day_of_detention" 2025-04-14T18:00
          begin_next_day: Thu 2025-04-17 24:00
          begin_that_day: Wed 2025-04-16 24:00
          by_the_hour: Thu 2025-04-17 18:00
        count = "days", amount = 3, from = "day_of_detention" 2025-04-16T18:00
          begin_next_day: Mon 2025-04-21 24:00; nominally Sat 2025-04-19
          begin_that_day: Fri 2025-04-18 24:00
          by_the_hour: Sat 2025-04-19 18:00
        count = "days", amount = 30 2025-04-14T18:00
          begin_next_day: Wed 2025-05-14 24:00
          begin_that_day: Wed 2025-05-14 24:00
          by_the_hour: Wed 2025-05-14 24:00"#]],
    );
}

#[test]
fn a_part_of_the_distance_gives_days_in_proportion() {
    let cap = "count = \"transit_cap\", km = 2000, months = 1";
    let cases = [
        (cap, "24x7", "2025-04-15T12:00 km 4500"),
        (cap, "24x7", "2025-04-15T12:00 km 500"),
        (cap, "24x7", "2025-04-15T12:00 km 4000"),
    ];
    check(
        "transit_cap_rest",
        &cases,
        expect![[r#"
        count = "transit_cap", km = 2000, months = 1 2025-04-15T12:00 km 4500
          in_proportion: Mon 2025-06-23 24:00
          as_a_whole: Tue 2025-07-15 24:00
          nothing: Mon 2025-06-16 24:00; nominally Sun 2025-06-15
        count = "transit_cap", km = 2000, months = 1 2025-04-15T12:00 km 500
          in_proportion: Wed 2025-04-23 24:00
          as_a_whole: Thu 2025-05-15 24:00
          nothing: Thu 2025-05-15 24:00
        count = "transit_cap", km = 2000, months = 1 2025-04-15T12:00 km 4000
          in_proportion: Mon 2025-06-16 24:00; nominally Sun 2025-06-15
          as_a_whole: Mon 2025-06-16 24:00; nominally Sun 2025-06-15
          nothing: Mon 2025-06-16 24:00; nominally Sun 2025-06-15"#]],
    );
}

#[test]
fn a_pass_for_one_calendar_year() {
    let pass = "count = \"calendar_year\"";
    check(
        "pass_year",
        &[(pass, "5D", "2025-04-18T12:00"), (pass, "5D", "2024-02-29T12:00")],
        expect![[r#"
            count = "calendar_year" 2025-04-18T12:00
              twelve_months: Sat 2026-04-18 24:00
              end_of_the_year: Wed 2025-12-31 24:00
            count = "calendar_year" 2024-02-29T12:00
              twelve_months: Fri 2025-02-28 24:00
              end_of_the_year: Tue 2024-12-31 24:00"#]],
    );
}

/// 7 January is a day off, Saturday 11 January works in exchange for Monday the 13th, and Saturday the 18th is said not to count.
pub(crate) const MOVED: &str = r#"
version = "moved"
source = "test"
issued = "2025-01-01"
covers = { from = "2025-01-01", through = "2025-12-31" }
[[holiday]]
date = "2025-01-01"
kind = "holiday"
name = "New Year"
[[holiday]]
date = "2025-01-07"
kind = "day_off"
name = "Orthodox Christmas"
[[holiday]]
date = "2025-01-13"
kind = "moved"
name = "for Saturday the 11th"
[[holiday]]
date = "2025-01-20"
kind = "substitute"
name = "for a holiday on Sunday"
[[working_day]]
date = "2025-01-11"
name = "for Monday the 13th"
counts = true
[[working_day]]
date = "2025-01-18"
name = "for nothing"
counts = false
"#;

#[test]
fn days_off_that_are_no_holidays_and_saturdays_that_work() {
    let moved = Calendar::parse(MOVED, "moved.toml").unwrap();
    let day = "count = \"days\", amount = 1";
    let cases = [
        (day, "24x7", "2025-01-06T12:00"),
        (day, "24x7", "2025-01-10T12:00"),
        (day, "24x7", "2025-01-12T12:00"),
        (day, "24x7", "2025-01-17T12:00"),
        (day, "24x7", "2025-01-19T12:00"),
    ];
    check_in(
        &moved,
        "days_off_beside_holidays",
        &cases,
        expect![[r#"
        count = "days", amount = 1 2025-01-06T12:00
          are_non_working: Wed 2025-01-08 24:00; nominally Tue 2025-01-07
          are_working: Tue 2025-01-07 24:00
        count = "days", amount = 1 2025-01-10T12:00
          are_non_working: Sat 2025-01-11 24:00
          are_working: Sat 2025-01-11 24:00
        count = "days", amount = 1 2025-01-12T12:00
          are_non_working: Tue 2025-01-14 24:00; nominally Mon 2025-01-13
          are_working: Mon 2025-01-13 24:00
        count = "days", amount = 1 2025-01-17T12:00
          are_non_working: Tue 2025-01-21 24:00; nominally Sat 2025-01-18
          are_working: Tue 2025-01-21 24:00; nominally Sat 2025-01-18
        count = "days", amount = 1 2025-01-19T12:00
          are_non_working: Tue 2025-01-21 24:00; nominally Mon 2025-01-20
          are_working: Tue 2025-01-21 24:00; nominally Mon 2025-01-20"#]],
    );
    check_in(
        &moved,
        "weekends_declared_working",
        &cases[1..4],
        expect![[r#"
        count = "days", amount = 1 2025-01-10T12:00
          as_the_calendar_says: Sat 2025-01-11 24:00
          never: Tue 2025-01-14 24:00; nominally Sat 2025-01-11
          always: Sat 2025-01-11 24:00
        count = "days", amount = 1 2025-01-12T12:00
          as_the_calendar_says: Tue 2025-01-14 24:00; nominally Mon 2025-01-13
          never: Tue 2025-01-14 24:00; nominally Mon 2025-01-13
          always: Tue 2025-01-14 24:00; nominally Mon 2025-01-13
        count = "days", amount = 1 2025-01-17T12:00
          as_the_calendar_says: Tue 2025-01-21 24:00; nominally Sat 2025-01-18
          never: Tue 2025-01-21 24:00; nominally Sat 2025-01-18
          always: Sat 2025-01-18 24:00"#]],
    );
}

#[test]
fn transit_that_arrives_before_closing() {
    let rule = "count = \"hours_in_working_time\", amount = 1, from_opening = 2";
    let cases = [
        (rule, "5D", "2025-04-14T17:30"),
        (rule, "5D", "2025-04-14T17:00"),
        (rule, "5D", "2025-04-14T18:00"),
        (rule, "5D", "2025-04-14T07:00"),
    ];
    check(
        "transit_papers_after_closing",
        &cases,
        expect![[r#"
        count = "hours_in_working_time", amount = 1, from_opening = 2 2025-04-14T17:30
          literal: Mon 2025-04-14 18:30 (outside_working_time)
          clip_to_closing: Mon 2025-04-14 18:00
          from_next_opening: Tue 2025-04-15 11:00
        count = "hours_in_working_time", amount = 1, from_opening = 2 2025-04-14T17:00
          literal: Mon 2025-04-14 18:00
          clip_to_closing: Mon 2025-04-14 18:00
          from_next_opening: Mon 2025-04-14 18:00
        count = "hours_in_working_time", amount = 1, from_opening = 2 2025-04-14T18:00
          literal: Tue 2025-04-15 11:00
          clip_to_closing: Tue 2025-04-15 11:00
          from_next_opening: Tue 2025-04-15 11:00
        count = "hours_in_working_time", amount = 1, from_opening = 2 2025-04-14T07:00
          literal: Mon 2025-04-14 11:00
          clip_to_closing: Mon 2025-04-14 11:00
          from_next_opening: Mon 2025-04-14 11:00"#]],
    );
}

#[test]
fn immediately_has_no_number() {
    check(
        "immediately",
        &[("count = \"immediately\"", "5D", "2025-04-14T17:30")],
        expect![[r#"
            count = "immediately" 2025-04-14T17:30
              without_number: Mon 2025-04-14 17:30 (immediately)
              until_end_of_day: Mon 2025-04-14 24:00"#]],
    );
}

#[test]
fn the_bodys_own_working_day_ends_when_it_closes() {
    let cases = [
        ("count = \"body_working_days\", amount = 1", "5D", "2025-04-18T12:00"),
        (MONTHS, "5D", "2025-04-18T12:00"),
    ];
    check(
        "body_working_day_ends",
        &cases,
        expect![[r#"
            count = "body_working_days", amount = 1 2025-04-18T12:00
              at_closing_hour: Mon 2025-04-21 18:00
              at_midnight: Mon 2025-04-21 24:00
            count = "months", amount = 2 2025-04-18T12:00
              at_closing_hour: Wed 2025-06-18 18:00; at the latest Wed 2025-06-18 24:00
              at_midnight: Wed 2025-06-18 18:00; at the latest Wed 2025-06-18 24:00"#]],
    );
}

#[test]
fn a_ceiling_moves_on_as_other_terms_do() {
    use checkpoint::law::term::{Body, TermRule, compute_ceiling};
    let (zone, hours, calendar) = (super::almaty(), timetable("5D"), calendar());
    let body = Body { zone: &zone, timetable: &hours, calendar: &calendar };
    let rule = TermRule::parse("{ count = \"months\", amount = 4 }").unwrap();
    let rows = ["roll", "stay_hard"].map(|word| {
        let readings = read_as("ceilings", word);
        format!(
            "{word}: {}",
            told(&compute_ceiling(&rule, &trigger("2025-01-10T12:00"), body, &readings))
        )
    });
    expect![[r#"
        roll: Mon 2025-05-12 18:00; at the latest Mon 2025-05-12 24:00; nominally Sat 2025-05-10
        stay_hard: Sat 2025-05-10 24:00 (non_working_day, no_working_time_on_last_day)"#]]
    .assert_eq(&rows.join("\n"));
}

#[test]
fn from_the_day_of_begins_on_the_next_day() {
    let day_of = "count = \"days\", amount = 30, from = \"day_of\"";
    let cases = [(day_of, "24x7", "2025-03-04T12:00"), (DAYS, "24x7", "2025-03-04T12:00")];
    check(
        "from_the_day_of",
        &cases,
        expect![[r#"
        count = "days", amount = 30, from = "day_of" 2025-03-04T12:00
          begins_next_day: Thu 2025-04-03 24:00
          begins_that_day: Wed 2025-04-02 24:00
        count = "days", amount = 30 2025-03-04T12:00
          begins_next_day: Thu 2025-04-03 24:00
          begins_that_day: Thu 2025-04-03 24:00"#]],
    );
}

#[test]
fn the_edition_names_every_reading_with_the_recommended_word() {
    let edition = Edition::built_in().unwrap();
    assert_eq!(edition.readings, Readings::default());
    let text = checkpoint::law::BUILT_IN_EDITION.1;
    let docs = include_str!("../../../../docs/law.md");
    for reading in edition.readings.table() {
        let row = format!("{} = \"{}\"", reading.key, reading.chosen);
        assert!(text.contains(&row), "the edition does not say {row}");
        assert_eq!(reading.options.first(), Some(&reading.chosen), "{}", reading.key);
        assert!(
            docs.contains(&format!("`{}`", reading.key)),
            "docs/law.md does not name {}",
            reading.key
        );
        assert!(
            docs.contains(reading.ambiguity),
            "docs/law.md does not name {}",
            reading.ambiguity
        );
    }
}

#[test]
fn a_misspelt_reading_is_refused() {
    let (file, text) = checkpoint::law::BUILT_IN_EDITION;
    let wrong =
        |from: &str, to: &str| Edition::parse(&text.replacen(from, to, 1), file).unwrap_err();
    let word = wrong("hour_terms_begin = \"at_the_instant\"", "hour_terms_begin = \"tomorrow\"");
    let key = wrong("hour_terms_begin =", "hour_terms_start =");
    assert_eq!(word.problem, "unknown variant `tomorrow`, expected `at_the_instant` or `next_day`");
    assert!(key.problem.starts_with("unknown field `hour_terms_start`"), "{key}");
}
