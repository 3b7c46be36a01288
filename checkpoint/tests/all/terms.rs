//! The worked examples W1 to W28 of the law's specification (`docs/law.md`), as a table: each row is a rule, a body and a trigger, and what must come out.

use std::fmt::Write as _;

use checkpoint::law::term::{self, Computation, Stated, TermError, TermRule, Trigger};
use checkpoint::law::{Calendar, Readings, Timetable};
use expect_test::expect;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::world::World;

mod clocks;
mod properties;
pub(crate) mod readings;
mod refusals;

const BODIES: [(&str, &str); 4] = [
    ("24x7", include_str!("../data/timetables/road-24x7.toml")),
    ("DAY", include_str!("../data/timetables/road-day.toml")),
    ("5D", include_str!("../data/timetables/inland-5d.toml")),
    ("6D", include_str!("../data/timetables/port-6d.toml")),
];

/// Days off of the worked examples.
pub(crate) fn calendar() -> Calendar {
    Calendar::parse(include_str!("../data/calendar.toml"), "calendar.toml").unwrap()
}

pub(crate) fn timetable(text: &str) -> Timetable {
    let known = BODIES.iter().find(|(name, _)| *name == text);
    Timetable::parse(known.map_or(text, |(_, file)| file), "timetable.toml").unwrap()
}

pub(crate) fn almaty() -> TimeZone {
    TimeZone::get("Asia/Almaty").unwrap()
}

/// `2025-03-12T10:00` at Almaty; `+06:00` after it where it matters; `stated 2025-03-14`, `stated 2025-03-14T10:00`, `km 4500` after it.
pub(crate) fn trigger(text: &str) -> Trigger {
    let instant = |text: &str| {
        let parsed =
            Trigger::parse(text).or_else(|_| Trigger::parse(&format!("{text}[Asia/Almaty]")));
        parsed.unwrap().at
    };
    let mut words = text.split_whitespace();
    let mut trigger = Trigger::at(instant(words.next().unwrap()));
    while let Some(word) = words.next() {
        let value = words.next().unwrap();
        trigger = match word {
            "stated" if value.contains('T') => trigger.stated(Stated::Instant(instant(value))),
            "stated" => trigger.stated(Stated::Day(value.parse().unwrap())),
            "km" => trigger.distance(value.parse().unwrap()),
            other => panic!("{other:?} is nothing that comes with a trigger"),
        };
    }
    trigger
}

/// Computes `rule` (an inline table without braces) at a body.
pub(crate) fn compute_with(
    rule: &str,
    body: &str,
    at: &str,
    calendar: &Calendar,
    readings: &Readings,
) -> Result<Computation, TermError> {
    let rule = TermRule::parse(&format!("{{ {rule} }}")).unwrap();
    let (zone, timetable) = (almaty(), timetable(body));
    let body = term::Body { zone: &zone, timetable: &timetable, calendar };
    term::compute(&rule, &trigger(at), body, readings)
}

fn compute(rule: &str, body: &str, at: &str) -> Result<Computation, TermError> {
    compute_with(rule, body, at, &calendar(), &Readings::default())
}

/// Midnight is told as 24:00 of the day that it ends.
fn local(at: Timestamp) -> String {
    let at = at.to_zoned(almaty());
    if at.time() == jiff::civil::Time::midnight() {
        let day = at.date().yesterday().unwrap();
        return format!("{} 24:00", day.strftime("%a %F"));
    }
    let seconds = if at.second() == 0 { "" } else { ":%S" };
    at.strftime(&format!("%a %F %H:%M{seconds}")).to_string()
}

/// `due; latest, if later; nominal -> last day; (flags)`.
pub(crate) fn told(found: &Result<Computation, TermError>) -> String {
    let found = match found {
        Ok(found) => found,
        Err(error) => return format!("refused: {error}"),
    };
    let mut told = local(found.due_at);
    if found.latest_at != found.due_at {
        write!(told, "; at the latest {}", local(found.latest_at)).unwrap();
    }
    if found.nominal_day != found.last_day {
        write!(told, "; nominally {}", found.nominal_day.unwrap().strftime("%a %F")).unwrap();
    }
    if !found.flags.is_empty() {
        write!(told, " ({})", found.flags.join(", ")).unwrap();
    }
    told
}

/// `name | rule | body | trigger` a line.
fn table(rows: &str) -> String {
    let mut told_rows = String::new();
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [name, rule, body, at] = cells[..] else { panic!("four cells in {row:?}") };
        writeln!(told_rows, "{name}: {}", told(&compute(rule, body, at))).unwrap();
    }
    told_rows
}

#[test]
fn worked_examples_of_the_law() {
    let rows = r#"
        W1 252.4/1      | count = "hours", amount = 3 | 24x7 | 2025-03-12T10:00
        W2 252.4/1      | count = "hours", amount = 3 | 24x7 | 2025-03-15T23:15
        W3 252.4/1      | count = "hours", amount = 3 | DAY  | 2025-03-12T18:30
        W4 252.4/1      | count = "hours", amount = 3 | 24x7 | 2024-02-29T22:30+06:00
        W5 252.4/2      | count = "next_working_day_end" | 5D   | 2025-04-18T17:59
        W6 252.4/2      | count = "next_working_day_end" | 24x7 | 2025-04-18T23:50
        W7 252.4/2      | count = "next_working_day_end" | 5D   | 2025-03-20T12:00
        W8 268          | count = "months", amount = 2 | 5D | 2024-12-31T12:00
        W9 268          | count = "months", amount = 2 | 5D | 2023-12-31T12:00
        W10 238.1       | count = "months", amount = 1 | 5D | 2025-01-31T12:00
        W10 238.1 leap  | count = "months", amount = 1 | 5D | 2024-01-31T12:00
        W11 238.1       | count = "months", amount = 1 | 5D | 2025-02-28T12:00
        W12 268         | count = "months", amount = 2 | 5D | 2025-01-22T12:00
        W13 268.2       | count = "months", amount = 4 | 5D | 2025-01-10T12:00
        W14 268.2/2     | count = "months", amount = 6 | 5D | 2025-08-31T12:00
        W15 291.7       | count = "days", amount = 30 | 5D | 2025-03-06T12:00
        W16 291.7       | count = "days", amount = 30 | 5D | 2025-02-19T12:00
        W17 297.1/1     | count = "body_working_days", amount = 1 | 5D   | 2025-04-18T12:00
        W17 297.1/1     | count = "body_working_days", amount = 1 | 6D   | 2025-04-18T12:00
        W17 297.1/1     | count = "body_working_days", amount = 1 | 24x7 | 2025-04-18T12:00
        W18 297.4       | count = "body_working_days", amount = 10 | 5D   | 2025-04-21T12:00
        W18 297.4       | count = "body_working_days", amount = 10 | 6D   | 2025-04-21T12:00
        W18 297.4       | count = "body_working_days", amount = 10 | 24x7 | 2025-04-21T12:00
        W19 297.1/2     | count = "hours_before_closing", amount = 4 | 5D   | 2025-04-16T14:00
        W19 297.1/2     | count = "hours_before_closing", amount = 4 | 5D   | 2025-04-16T14:00:01
        W19 297.1/2     | count = "hours_before_closing", amount = 4 | 5D   | 2025-04-18T15:00
        W19 297.1/2     | count = "hours_before_closing", amount = 4 | 24x7 | 2025-04-16T15:00
        W20 329.3/2     | count = "hours_in_working_time", amount = 1, from_opening = 2 | 5D | 2025-04-14T10:00
        W20 329.3/2     | count = "hours_in_working_time", amount = 1, from_opening = 2 | 5D | 2025-04-14T21:00
        W20 329.3/2     | count = "hours_in_working_time", amount = 1, from_opening = 2 | 5D | 2025-04-12T12:00
        W21 238.3       | count = "hours", amount = 24 | 24x7 | 2025-04-18T16:20
        W22 238.2       | count = "days", amount = 3, from = "day_of_detention" | 24x7 | 2025-04-14T18:00
        W23 238.2       | count = "days", amount = 3, from = "day_of_detention" | 24x7 | 2025-04-16T18:00
        W24 187.5/1     | count = "years", amount = 5 | 5D | 2024-02-29T12:00
        W25 187.5/2     | count = "years_after_year_end", amount = 5 | 5D | 2025-06-15T12:00
        W26 298.1(2)    | count = "day_of_next_month", day = 10 | 5D | 2025-07-31T12:00
        W27 324.4       | count = "days", amount = 1 | 5D | 2025-04-18T12:00
        W28 268         | count = "months", amount = 2 | 5D | 2025-06-30T12:00
    "#;
    expect![[r#"
        W1 252.4/1: Wed 2025-03-12 13:00
        W2 252.4/1: Sun 2025-03-16 02:15
        W3 252.4/1: Wed 2025-03-12 21:30 (outside_working_time)
        W4 252.4/1: Fri 2024-03-01 00:30
        W5 252.4/2: Mon 2025-04-21 18:00
        W6 252.4/2: Sat 2025-04-19 24:00
        W7 252.4/2: Wed 2025-03-26 18:00
        W8 268: Fri 2025-02-28 18:00; at the latest Fri 2025-02-28 24:00
        W9 268: Thu 2024-02-29 18:00; at the latest Thu 2024-02-29 24:00
        W10 238.1: Fri 2025-02-28 18:00; at the latest Fri 2025-02-28 24:00
        W10 238.1 leap: Thu 2024-02-29 18:00; at the latest Thu 2024-02-29 24:00
        W11 238.1: Fri 2025-03-28 18:00; at the latest Fri 2025-03-28 24:00
        W12 268: Wed 2025-03-26 18:00; at the latest Wed 2025-03-26 24:00; nominally Sat 2025-03-22
        W13 268.2: Mon 2025-05-12 18:00; at the latest Mon 2025-05-12 24:00; nominally Sat 2025-05-10
        W14 268.2/2: Mon 2026-03-02 18:00; at the latest Mon 2026-03-02 24:00; nominally Sat 2026-02-28
        W15 291.7: Mon 2025-04-07 18:00; at the latest Mon 2025-04-07 24:00; nominally Sat 2025-04-05
        W16 291.7: Wed 2025-03-26 18:00; at the latest Wed 2025-03-26 24:00; nominally Fri 2025-03-21
        W17 297.1/1: Mon 2025-04-21 18:00
        W17 297.1/1: Sat 2025-04-19 20:00
        W17 297.1/1: Sat 2025-04-19 24:00
        W18 297.4: Tue 2025-05-06 18:00
        W18 297.4: Sat 2025-05-03 20:00
        W18 297.4: Thu 2025-05-01 24:00
        W19 297.1/2: Wed 2025-04-16 18:00
        W19 297.1/2: Thu 2025-04-17 13:00
        W19 297.1/2: Mon 2025-04-21 13:00
        W19 297.1/2: Wed 2025-04-16 19:00
        W20 329.3/2: Mon 2025-04-14 11:00
        W20 329.3/2: Tue 2025-04-15 11:00
        W20 329.3/2: Mon 2025-04-14 11:00
        W21 238.3: Sat 2025-04-19 16:20
        W22 238.2: Thu 2025-04-17 24:00
        W23 238.2: Mon 2025-04-21 24:00; nominally Sat 2025-04-19
        W24 187.5/1: Wed 2029-02-28 18:00; at the latest Wed 2029-02-28 24:00 (calendar_ends_before_term)
        W25 187.5/2: Tue 2030-12-31 18:00; at the latest Tue 2030-12-31 24:00 (calendar_ends_before_term)
        W26 298.1(2): Mon 2025-08-11 18:00; at the latest Mon 2025-08-11 24:00; nominally Sun 2025-08-10
        W27 324.4: Mon 2025-04-21 18:00; at the latest Mon 2025-04-21 24:00; nominally Sat 2025-04-19
        W28 268: Tue 2025-09-02 18:00; at the latest Tue 2025-09-02 24:00; nominally Sat 2025-08-30
    "#]].assert_eq(&table(rows));
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
    let night = "version = \"n\"\ntitle = \"night\"\nissued = \"2025-01-01\"\nclosed_on_holidays = false\n[weekly]\ntue = [[\"20:00\", \"08:00\"]]\n";
    let found = compute("count = \"next_working_day_end\"", night, "2025-04-14T12:00");
    assert_eq!(told(&found), "Wed 2025-04-16 08:00");
    assert_eq!(found.unwrap().last_day.unwrap().to_string(), "2025-04-15");
}
