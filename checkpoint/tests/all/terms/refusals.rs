//! What cannot be computed is refused with a sentence, and what is doubtful bears a flag; nothing is guessed.

use checkpoint::law::term::{self, Body, TermRule, Trigger};
use checkpoint::law::{Calendar, Edition, Readings, Timetable};
use checkpoint::site::Mode;
use expect_test::expect;
use jiff::tz::TimeZone;

use crate::world::{World, site};

use super::{almaty, calendar, compute, compute_with, timetable, told, trigger};

#[test]
fn a_trigger_without_an_offset_is_no_instant() {
    let told: Vec<String> = [
        "2025-03-12T10:00:00+05:00",
        "2025-03-12T05:00:00Z",
        "2025-03-12T10:00:00+05:00[Asia/Almaty]",
        "2025-03-12T10:00[Asia/Almaty]",
        "2024-02-29T23:30+06:00[Asia/Almaty]",
        "2024-02-29T23:30+05:00[Asia/Almaty]",
        "2024-02-29T23:30[Asia/Almaty]",
        "2024-03-31T02:30[Europe/Berlin]",
        "2025-03-12T10:00:00",
        "2025-03-12",
        "2025-03-12T10:00:00+06:00[Asia/Almaty]",
        "2025-02-30T10:00:00+05:00",
        "yesterday",
    ]
    .iter()
    .map(|text| match Trigger::parse(text) {
        Ok(trigger) => format!("{text} is {}", trigger.at),
        Err(error) => error.to_string(),
    })
    .collect();
    expect![[r#"
        2025-03-12T10:00:00+05:00 is 2025-03-12T05:00:00Z
        2025-03-12T05:00:00Z is 2025-03-12T05:00:00Z
        2025-03-12T10:00:00+05:00[Asia/Almaty] is 2025-03-12T05:00:00Z
        2025-03-12T10:00[Asia/Almaty] is 2025-03-12T05:00:00Z
        2024-02-29T23:30+06:00[Asia/Almaty] is 2024-02-29T17:30:00Z
        2024-02-29T23:30+05:00[Asia/Almaty] is 2024-02-29T18:30:00Z
        "2024-02-29T23:30[Asia/Almaty]" is no instant (error converting datetime to instant in time zone Asia/Almaty: datetime is ambiguous since it falls into a fold between offsets +06 and +05): write one such as 2025-03-12T10:00:00+05:00
        "2024-03-31T02:30[Europe/Berlin]" is no instant (error converting datetime to instant in time zone Europe/Berlin: datetime is ambiguous since it falls into a gap between offsets +01 and +02): write one such as 2025-03-12T10:00:00+05:00
        "2025-03-12T10:00:00" does not say where on the earth it is so late: write an offset, such as 2025-03-12T10:00:00+05:00, or the zone as well, such as 2025-03-12T10:00:00+05:00[Asia/Almaty]
        "2025-03-12" does not say where on the earth it is so late: write an offset, such as 2025-03-12T10:00:00+05:00, or the zone as well, such as 2025-03-12T10:00:00+05:00[Asia/Almaty]
        "2025-03-12T10:00:00+06:00[Asia/Almaty]" is no instant (datetime could not resolve to a timestamp since `reject` conflict resolution was chosen, and because datetime has offset `+06`, but the time zone `Asia/Almaty` for the given datetime unambiguously has offset `+05`): write one such as 2025-03-12T10:00:00+05:00
        "2025-02-30T10:00:00+05:00" is no instant (parsed date is not valid: parameter 'day' for `2025-02` is invalid, must be in range `1..=28`): write one such as 2025-03-12T10:00:00+05:00
        "yesterday" is no instant (failed to parse four digit integer as year: invalid digit, expected 0-9 but got y): write one such as 2025-03-12T10:00:00+05:00"#]].assert_eq(&told.join("\n"));
}

#[test]
fn a_trigger_out_of_all_time_is_refused() {
    let at = |text: &str| told(&compute("count = \"hours\", amount = 3", "24x7", text));
    let rows = [
        at("1991-12-31T23:59:59Z"),
        at("1992-01-01T00:00:00Z"),
        at("2200-12-31T23:59:59Z"),
        at("2201-01-01T00:00:00Z"),
    ];
    expect![[r#"
        refused: the trigger 1991-12-31T23:59:59Z is not between 1992-01-01 and 2200-12-31: look at its year
        Wed 1992-01-01 08:00
        Thu 2201-01-01 07:59:59
        refused: the trigger 2201-01-01T00:00:00Z is not between 1992-01-01 and 2200-12-31: look at its year"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn a_trigger_before_the_edition_is_refused_by_the_edition() {
    let edition = Edition::built_in().unwrap();
    let (zone, hours, calendar) = (almaty(), timetable("5D"), calendar());
    let body = Body { zone: &zone, timetable: &hours, calendar: &calendar };
    let rule = edition.clock("ARR-1").unwrap();
    let on = |day: &str| told(&edition.compute(rule, Mode::Road, &trigger(day), body));
    let rows = [on("2010-06-30T23:59"), on("2010-07-01T00:00")];
    expect![[r#"
        refused: the trigger is of 2010-06-30, and edition KZ-CC-2010 applies from 2010-07-01: take the edition of that day
        Thu 2010-07-01 03:00 (outside_working_time)"#]].assert_eq(&rows.join("\n"));
}

const NEVER: &str = "version = \"never\"\ntitle = \"t\"\nissued = \"2025-01-01\"\nclosed_on_holidays = false\n[weekly]\n";

#[test]
fn a_body_that_never_opens_has_no_next_working_day() {
    let rows = [
        "count = \"next_working_day_end\"",
        "count = \"hours_in_working_time\", amount = 1, from_opening = 2",
        "count = \"hours_before_closing\", amount = 4",
        // These ask the body for its closing hour only.
        "count = \"hours\", amount = 3",
        "count = \"days\", amount = 3",
        "count = \"body_working_days\", amount = 1",
    ]
    .map(|rule| format!("{rule}: {}", told(&compute(rule, NEVER, "2025-04-18T12:00"))));
    expect![[r#"
        count = "next_working_day_end": refused: timetable never names no working time in the 366 days after 2025-04-19: correct the timetable
        count = "hours_in_working_time", amount = 1, from_opening = 2: refused: timetable never names no working time in the 366 days after 2025-04-18: correct the timetable
        count = "hours_before_closing", amount = 4: refused: timetable never names no working time in the 366 days after 2025-04-18: correct the timetable
        count = "hours", amount = 3: Fri 2025-04-18 15:00 (outside_working_time)
        count = "days", amount = 3: Mon 2025-04-21 24:00 (no_working_time_on_last_day)
        count = "body_working_days", amount = 1: Mon 2025-04-21 24:00 (no_working_time_on_last_day)"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn a_clock_whose_end_cannot_be_computed_is_shown_and_runs_out_for_nobody() {
    let mut world = World::open(site(), Edition::built_in().unwrap(), timetable(NEVER));
    world.tell("10:00 bekov: open rail\n10:01 bekov: rail notice 1 100\n10:02 bekov: present 1");
    let told = world.tell("+1 10:00 bekov: file 1 1 storage");
    assert!(!told.contains("clock_expired clock=2"), "{told}");
    let arrival = |world: &World| {
        let mut clocks = world.state.clock_states();
        let (_, clock) = clocks.find(|(_, clock)| clock.facts.rule == "ARR-2").unwrap();
        (clock.is_open(), clock.expired, clock.facts.flags.clone())
    };
    assert_eq!(arrival(&world), (true, false, vec!["not_computed".to_owned()]));
}

/// A calendar that holds for these days, all of them off if `off`.
fn closed(from: &str, through: &str) -> Calendar {
    let head = format!(
        "version = \"c\"\nsource = \"s\"\nissued = \"2025-01-01\"\ncovers = {{ from = \"{from}\", through = \"{through}\" }}\n"
    );
    let mut calendar = Calendar::parse(&head, "calendar.toml").unwrap();
    let mut day = calendar.covers.from;
    while day <= calendar.covers.through {
        let name = "off".to_owned();
        let kind = checkpoint::law::calendar::HolidayKind::Holiday;
        calendar.holidays.insert(day, checkpoint::law::calendar::Holiday { kind, name });
        day = day.tomorrow().unwrap();
    }
    calendar
}

#[test]
fn a_country_that_never_works_is_a_wrong_calendar() {
    let calendar = closed("2025-01-01", "2027-12-31");
    let on =
        |rule| told(&compute_with(rule, "5D", "2025-04-18T12:00", &calendar, &Readings::default()));
    let rows = [
        on("count = \"days\", amount = 3"),
        on("count = \"working_days\", amount = 3"),
        on("count = \"body_working_days\", amount = 3"),
    ];
    expect![[r#"
        refused: calendar c names no working day in the 366 days after 2025-04-21: correct the calendar
        refused: calendar c names no working day in the 366 days after 2025-04-19: correct the calendar
        refused: calendar c names no working day in the 366 days after 2025-04-19: correct the calendar"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn a_term_that_outlives_its_calendar_says_so() {
    let calendar = calendar();
    let on = |rule, at| told(&compute_with(rule, "5D", at, &calendar, &Readings::default()));
    let rows = [
        on("count = \"months\", amount = 2", "2026-01-30T12:00"),
        on("count = \"months\", amount = 2", "2026-02-02T12:00"),
        on("count = \"body_working_days\", amount = 1", "2026-03-31T12:00"),
        on("count = \"working_days\", amount = 1", "2023-12-28T12:00"),
        // Hours ask no calendar.
        on("count = \"hours\", amount = 3", "2026-05-20T12:00"),
    ];
    expect![[r#"
        Mon 2026-03-30 18:00; at the latest Mon 2026-03-30 24:00
        Thu 2026-04-02 18:00; at the latest Thu 2026-04-02 24:00 (calendar_ends_before_term)
        Wed 2026-04-01 18:00 (calendar_ends_before_term)
        Fri 2023-12-29 18:00; at the latest Fri 2023-12-29 24:00 (calendar_begins_later)
        Wed 2026-05-20 15:00"#]]
    .assert_eq(&rows.join("\n"));
}

#[test]
fn what_the_law_leaves_to_somebody_must_be_stated() {
    let at = |rule: &str, text: &str| format!("{text}: {}", told(&compute(rule, "5D", text)));
    let (stated, cap) = ("count = \"stated\"", "count = \"transit_cap\", km = 2000, months = 1");
    let port = "count = \"stated_or_next_working_day_end\"";
    let pass = "count = \"calendar_year\"";
    let rows = [
        at(stated, "2025-04-18T12:00"),
        at(stated, "2025-04-18T12:00 stated 2025-04-19T10:00"),
        at(stated, "2025-04-18T12:00 stated 2025-04-19"),
        at(stated, "2025-04-18T12:00 stated 2025-04-18T11:59"),
        at(stated, "2025-04-18T12:00 stated 2025-04-17"),
        at(port, "2025-04-18T12:00"),
        at(port, "2025-04-18T12:00 stated 2025-04-18T15:00"),
        at(port, "2025-04-18T12:00 stated 2025-04-21T19:00"),
        at(port, "2025-04-18T12:00 stated 2025-04-22T00:01"),
        at(port, "2025-04-18T12:00 stated 2025-04-19"),
        at(port, "2025-04-18T12:00 stated 2025-04-17"),
        at(cap, "2025-04-18T12:00"),
        at(cap, "2025-04-18T12:00 km 0"),
        at(cap, "2025-04-18T12:00 km 1"),
        at(cap, "2025-04-18T12:00 km 2000"),
        at(cap, "2025-04-18T12:00 km 4500"),
        at(pass, "2025-04-18T12:00"),
        at(pass, "2025-04-18T12:00 stated 2025-12-31"),
        at(pass, "2025-04-18T12:00 stated 2026-06-01"),
        at("count = \"none\"", "2025-04-18T12:00"),
        at("count = \"immediately\"", "2025-04-18T12:00"),
    ];
    expect![[r#"
        2025-04-18T12:00: refused: the law leaves this term to be set: state an instant or a day with the trigger
        2025-04-18T12:00 stated 2025-04-19T10:00: Sat 2025-04-19 10:00
        2025-04-18T12:00 stated 2025-04-19: Mon 2025-04-21 18:00; at the latest Mon 2025-04-21 24:00; nominally Sat 2025-04-19
        2025-04-18T12:00 stated 2025-04-18T11:59: refused: the stated end 2025-04-18T06:59:00Z lies before the trigger 2025-04-18T07:00:00Z
        2025-04-18T12:00 stated 2025-04-17: refused: the stated end 2025-04-17 lies before the trigger 2025-04-18T07:00:00Z
        2025-04-18T12:00: Mon 2025-04-21 18:00 (nothing_stated)
        2025-04-18T12:00 stated 2025-04-18T15:00: Fri 2025-04-18 15:00
        2025-04-18T12:00 stated 2025-04-21T19:00: Mon 2025-04-21 18:00 (stated_too_late)
        2025-04-18T12:00 stated 2025-04-22T00:01: Mon 2025-04-21 18:00 (stated_too_late)
        2025-04-18T12:00 stated 2025-04-19: Mon 2025-04-21 18:00; nominally Sat 2025-04-19
        2025-04-18T12:00 stated 2025-04-17: refused: the stated end 2025-04-17 lies before the trigger 2025-04-18T07:00:00Z
        2025-04-18T12:00: refused: the cap of transit depends on the distance: state it with the trigger, in kilometres, at least 1
        2025-04-18T12:00 km 0: refused: the cap of transit depends on the distance: state it with the trigger, in kilometres, at least 1
        2025-04-18T12:00 km 1: Mon 2025-04-21 18:00; at the latest Mon 2025-04-21 24:00; nominally Sat 2025-04-19
        2025-04-18T12:00 km 2000: Mon 2025-05-19 18:00; at the latest Mon 2025-05-19 24:00; nominally Sun 2025-05-18
        2025-04-18T12:00 km 4500: Thu 2025-06-26 18:00; at the latest Thu 2025-06-26 24:00
        2025-04-18T12:00: Sat 2026-04-18 24:00
        2025-04-18T12:00 stated 2025-12-31: Wed 2025-12-31 24:00
        2025-04-18T12:00 stated 2026-06-01: Sat 2026-04-18 24:00 (stated_too_late)
        2025-04-18T12:00: refused: the law sets no term here
        2025-04-18T12:00: Fri 2025-04-18 12:00 (immediately)"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn hours_are_counted_on_the_utc_line_and_days_in_the_bodys_zone() {
    // Almaty went from +06:00 to +05:00 on 1 March 2024: 23:00 to 24:00 of 29 February came twice.
    let night = "version = \"n\"\ntitle = \"t\"\nissued = \"2024-01-01\"\nclosed_on_holidays = false\n[weekly]\nthu = [[\"20:00\", \"23:30\"]]\nfri = [[\"09:00\", \"18:00\"]]\n";
    let rows = [
        told(&compute("count = \"hours\", amount = 3", "24x7", "2024-02-29T22:30+06:00")),
        told(&compute("count = \"hours\", amount = 3", "24x7", "2024-02-29T23:30+06:00")),
        told(&compute("count = \"hours\", amount = 3", "24x7", "2024-02-29T23:30+05:00")),
        told(&compute("count = \"next_working_day_end\"", "24x7", "2024-02-29T23:30+05:00")),
        told(&compute("count = \"next_working_day_end\"", "24x7", "2024-02-28T12:00+06:00")),
        // A body that closes at an hour that came twice closes the second time.
        told(&compute("count = \"next_working_day_end\"", night, "2024-02-28T12:00+06:00")),
        told(&compute("count = \"days\", amount = 1", "24x7", "2024-02-28T18:30Z")),
    ];
    expect![[r#"
        Fri 2024-03-01 00:30
        Fri 2024-03-01 01:30
        Fri 2024-03-01 02:30
        Fri 2024-03-01 24:00
        Thu 2024-02-29 24:00
        Thu 2024-02-29 23:30
        Fri 2024-03-01 24:00"#]]
    .assert_eq(&rows.join("\n"));
    let march = TimeZone::get("Asia/Almaty")
        .unwrap()
        .to_timestamp(jiff::civil::date(2024, 3, 1).at(0, 0, 0, 0))
        .unwrap();
    assert_eq!(march.to_string(), "2024-02-29T19:00:00Z");
}

#[test]
fn every_step_can_be_followed() {
    let hours =
        Timetable::parse(include_str!("../../data/timetables/inland-5d.toml"), "t").unwrap();
    let (zone, calendar) = (almaty(), calendar());
    let body = Body { zone: &zone, timetable: &hours, calendar: &calendar };
    let steps = |rule: &str, at: &str| {
        let rule = TermRule::parse(rule).unwrap();
        let found = term::compute(&rule, &trigger(at), body, &Readings::default()).unwrap();
        found.steps.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
    };
    let rows = [
        steps("{ count = \"months\", amount = 2 }", "2024-12-31T12:00"),
        steps("{ count = \"months\", amount = 2 }", "2025-01-22T12:00"),
        steps("{ count = \"body_working_days\", amount = 2 }", "2025-04-30T12:00"),
        steps("{ count = \"days\", amount = 3, from = \"day_of_detention\" }", "2025-04-14T18:00"),
        steps("{ count = \"hours_before_closing\", amount = 4 }", "2025-04-16T14:00:01"),
    ];
    expect![[r#"
        triggered at 2024-12-31T12:00:00+05:00
          the first day is 2025-01-01
          the month has no day 31: its last is 2025-02-28
          the last day falls on 2025-02-28
          the last day is 2025-02-28
          the body closes at 2025-02-28T18:00:00+05:00
          24:00 of the last day is 2025-03-01T00:00:00+05:00
        triggered at 2025-01-22T12:00:00+05:00
          the first day is 2025-01-23
          the last day falls on 2025-03-22
          2025-03-22 does not work (day off): the next day
          2025-03-23 does not work (day off): the next day
          2025-03-24 does not work (day off): the next day
          2025-03-25 does not work (day off): the next day
          the last day is 2025-03-26
          the body closes at 2025-03-26T18:00:00+05:00
          24:00 of the last day is 2025-03-27T00:00:00+05:00
        triggered at 2025-04-30T12:00:00+05:00
          the first day is 2025-05-01
          2025-05-01 is not counted: day off
          2025-05-02 is working day 1
          2025-05-03 is not counted: Saturday
          2025-05-04 is not counted: Sunday
          2025-05-05 is working day 2
          the last day is 2025-05-05
          the body closes at 2025-05-05T18:00:00+05:00
        triggered at 2025-04-14T18:00:00+05:00
          for information: 72 h are over at 2025-04-17T18:00:00+05:00
          the first day is 2025-04-15
          the last day falls on 2025-04-17
          the last day is 2025-04-17
          the body closes at 2025-04-17T18:00:00+05:00
          24:00 of the last day is 2025-04-18T00:00:00+05:00
        triggered at 2025-04-16T14:00:01+05:00
          counted from the next opening, 2025-04-17T09:00:00+05:00
          4 h later it is 2025-04-17T13:00:00+05:00"#]]
    .assert_eq(&rows.join("\n"));
}
