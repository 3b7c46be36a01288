//! The worked examples W1 to W7 of the law's specification (`docs/law.md`), as a table.

use std::fmt::Write as _;

use checkpoint::law::{Calendar, Edition, Timetable, term};
use checkpoint::site::Mode;
use expect_test::expect;
use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::world::World;

const ROUND_THE_CLOCK: &str = include_str!("../../../config/timetables/round-the-clock.toml");
const DAY: &str = include_str!("../../../config/timetables/day.toml");
const FIVE_DAYS: &str = include_str!("../../../config/timetables/five-days.toml");

fn row(name: &str, rule: &str, mode: Mode, timetable: &str, presented: &str) -> String {
    let edition = Edition::built_in().unwrap();
    let calendar = Calendar::parse(include_str!("../data/calendar.toml"), "calendar.toml").unwrap();
    let timetable = Timetable::parse(timetable, "timetable.toml").unwrap();
    let zone = TimeZone::get("Asia/Almaty").unwrap();
    let body = term::Body { zone: &zone, timetable: &timetable, calendar: &calendar };
    let at: Zoned = presented.parse().unwrap();
    let found = term::term(edition.clock(rule).unwrap(), mode, at.timestamp(), body).unwrap();
    let local = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%a %F %T%:z").to_string();
    let mut row = format!("{name} {rule} {} -> {}", local(at.timestamp()), local(found.due_at));
    if found.latest_at != found.due_at {
        write!(row, ", at the latest {}", local(found.latest_at)).unwrap();
    }
    if let Some(day) = found.nominal_day {
        write!(row, ", day {day}").unwrap();
    }
    if !found.flags.is_empty() {
        write!(row, " ({})", found.flags.join(", ")).unwrap();
    }
    row
}

#[test]
fn worked_examples_of_the_law() {
    let rows = [
        row("W1", "ARR-1", Mode::Road, ROUND_THE_CLOCK, "2025-03-12T10:00[Asia/Almaty]"),
        row("W2", "ARR-1", Mode::Road, ROUND_THE_CLOCK, "2025-03-15T23:15[Asia/Almaty]"),
        row("W3", "ARR-1", Mode::Road, DAY, "2025-03-12T18:30[Asia/Almaty]"),
        row("W4", "ARR-1", Mode::Road, ROUND_THE_CLOCK, "2024-02-29T22:30+06:00[Asia/Almaty]"),
        row("W5", "ARR-2", Mode::Rail, FIVE_DAYS, "2025-04-18T17:59[Asia/Almaty]"),
        row("W6", "ARR-2", Mode::Rail, ROUND_THE_CLOCK, "2025-04-18T23:50[Asia/Almaty]"),
        row("W7", "ARR-2", Mode::Rail, FIVE_DAYS, "2025-03-20T12:00[Asia/Almaty]"),
        row("air", "ARR-1", Mode::Air, DAY, "2025-03-12T10:00[Asia/Almaty]"),
        row("water", "ARR-2", Mode::Water, DAY, "2025-03-12T10:00[Asia/Almaty]"),
        row("parking by water", "PRK-1", Mode::Water, DAY, "2025-03-12T10:00[Asia/Almaty]"),
    ];
    expect![[r#"
        W1 ARR-1 Wed 2025-03-12 10:00:00+05:00 -> Wed 2025-03-12 13:00:00+05:00
        W2 ARR-1 Sat 2025-03-15 23:15:00+05:00 -> Sun 2025-03-16 02:15:00+05:00
        W3 ARR-1 Wed 2025-03-12 18:30:00+05:00 -> Wed 2025-03-12 21:30:00+05:00 (outside_working_time)
        W4 ARR-1 Thu 2024-02-29 22:30:00+06:00 -> Fri 2024-03-01 00:30:00+05:00
        W5 ARR-2 Fri 2025-04-18 17:59:00+05:00 -> Mon 2025-04-21 18:00:00+05:00, at the latest Tue 2025-04-22 00:00:00+05:00, day 2025-04-21
        W6 ARR-2 Fri 2025-04-18 23:50:00+05:00 -> Sun 2025-04-20 00:00:00+05:00, day 2025-04-19
        W7 ARR-2 Thu 2025-03-20 12:00:00+05:00 -> Wed 2025-03-26 18:00:00+05:00, at the latest Thu 2025-03-27 00:00:00+05:00, day 2025-03-26
        air ARR-1 Wed 2025-03-12 10:00:00+05:00 -> Wed 2025-03-12 13:00:00+05:00
        water ARR-2 Wed 2025-03-12 10:00:00+05:00 -> Thu 2025-03-13 20:00:00+05:00, at the latest Fri 2025-03-14 00:00:00+05:00, day 2025-03-13
        parking by water PRK-1 Wed 2025-03-12 10:00:00+05:00 -> Wed 2025-03-12 18:00:00+05:00"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn a_clock_names_the_versions_that_it_was_computed_with() {
    let mut world = World::new();
    world.tell("10:00 bekov: open rail\n10:01 bekov: rail notice 1 100\n10:02 bekov: present 1");
    let (_, clock) =
        world.state.clock_states().find(|(_, clock)| clock.facts.rule == "ARR-2").unwrap();
    let clock = &clock.facts;
    assert_eq!(clock.calendar.as_deref(), Some("examples"));
    assert_eq!(clock.timetable.as_deref(), Some("day-1"));
    assert_eq!(clock.edition, "KZ-CC-2010");
}

#[test]
fn a_shift_over_midnight_belongs_to_the_day_on_which_it_starts() {
    let night = "version = \"n\"\ntitle = \"night\"\nclosed_on_holidays = false\n[weekly]\ntue = [[\"20:00\", \"08:00\"]]\n";
    let at = row("night", "ARR-2", Mode::Rail, night, "2025-04-14T12:00[Asia/Almaty]");
    expect![
        "night ARR-2 Mon 2025-04-14 12:00:00+05:00 -> Wed 2025-04-16 08:00:00+05:00, day 2025-04-15"
    ]
    .assert_eq(&at);
}
