//! Long terms are announced days before their end, by their length and as the site sets it; short ones as before.
#![expect(clippy::wildcard_enum_match_arm, reason = "a story looks only at the events it is about")]

use std::sync::Arc;

use checkpoint::event::Event;
use checkpoint::input::{Condition, Input};
use checkpoint::site::{ClockLead, Limit};
use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};

use crate::world::World;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// Ten days and a day before the end of terms of months, a day before that of other terms of days.
fn with_leads() -> World {
    let mut world = World::new();
    let lead = |from, before: &[i64]| ClockLead {
        from: days(from),
        before: before.iter().map(|before| days(*before)).collect(),
    };
    let limits = Arc::make_mut(&mut world.rules.limits);
    limits.version = "limits-2".to_owned();
    limits.clock_leads = Some(Limit {
        value: vec![lead(28, &[10, 1]), lead(5, &[1])],
        author: "shift lead".to_owned(),
        approval: "assumed".to_owned(),
    });
    let started = Condition::Started { version: "1".into(), config_digest: "01".into() };
    world.put(&Input::Noticed(started), "2025-03-12T02:00:00Z".parse().unwrap());
    world
}

/// Plays the story, lets time pass, and prints every announcement, alarm and end of this clock with its local time.
fn check(mut world: World, story: &str, rule: &str, until: &str, expected: Expect) {
    world.tell(story);
    world.pass_time(until.parse::<Timestamp>().unwrap(), &mut String::new());
    check_told(&world, rule, expected);
}

fn check_told(world: &World, rule: &str, expected: Expect) {
    let mut clocks = Vec::new();
    let mut alarms = Vec::new();
    let mut told = String::new();
    for entry in &world.entries {
        let what = match &entry.event {
            Event::ClockStarted { clock } if clock.rule == rule => {
                clocks.push(clock.clock);
                "started".to_owned()
            }
            Event::ClockNearing { clock, minutes_left } if clocks.contains(clock) => {
                format!("{minutes_left} minutes left")
            }
            Event::ClockExpired { clock } if clocks.contains(clock) => "ran out".to_owned(),
            Event::AlarmRaised { alarm, facts }
                if facts.numbers.get("rule").is_some_and(|of| of == rule) =>
            {
                alarms.push(*alarm);
                format!("  alarm {:?}", facts.priority)
            }
            Event::AlarmRepeated { alarm, count } if alarms.contains(alarm) => {
                format!("  again, {count}")
            }
            Event::AlarmEnded { alarm } if alarms.contains(alarm) => "  ended".to_owned(),
            _ => continue,
        };
        let at = entry.at.to_zoned(jiff::tz::TimeZone::get("Asia/Almaty").unwrap());
        told += &format!("{} {what}\n", at.strftime("%F %H:%M"));
    }
    expected.assert_eq(&told);
}

const STORED: &str = "08:00 bekov: open 1 123ABC02
    08:01 bekov: notice 1 20000
    08:02 bekov: present 1 1
    08:03 bekov: file 1 1 storage
    08:04 bekov: register 1 1 storage";

#[test]
fn a_term_of_months_is_announced_ten_days_and_a_day_before_and_rings_anew_in_its_last_hour() {
    check(
        with_leads(),
        STORED,
        "TS-2",
        "2025-06-01T00:00:00Z",
        expect![[r#"
            2025-03-12 08:04 started
            2025-05-02 20:00 14400 minutes left
            2025-05-02 20:00   alarm P3
            2025-05-11 20:00 1440 minutes left
            2025-05-12 19:00 60 minutes left
            2025-05-12 19:00   ended
            2025-05-12 19:00   again, 2
            2025-05-12 19:30 30 minutes left
            2025-05-12 19:50 10 minutes left
            2025-05-12 20:00 ran out
            2025-05-12 20:00   ended
            2025-05-12 20:00   alarm P2
        "#]],
    );
}

#[test]
fn what_was_acknowledged_ten_days_before_is_another_alarm_in_the_last_hour() {
    let mut world = with_leads();
    world.tell(STORED);
    world.pass_time("2025-05-03T00:00:00Z".parse().unwrap(), &mut String::new());
    let raised = world.entries.iter().rev().find_map(|entry| match &entry.event {
        Event::AlarmRaised { alarm, facts } if facts.numbers["rule"] == "TS-2" => Some(alarm.0),
        _ => None,
    });
    let acknowledge = world.input(
        "bekov",
        &format!("acknowledge {}", raised.unwrap()),
        "2025-05-03T00:00:00Z".parse().unwrap(),
    );
    let decision = world.put(&acknowledge, "2025-05-03T00:00:00Z".parse().unwrap());
    assert_eq!(decision.refusal, None);
    world.pass_time("2025-06-01T00:00:00Z".parse().unwrap(), &mut String::new());
    check_told(
        &world,
        "TS-2",
        expect![[r#"
        2025-03-12 08:04 started
        2025-05-02 20:00 14400 minutes left
        2025-05-02 20:00   alarm P3
        2025-05-11 20:00 1440 minutes left
        2025-05-12 19:00 60 minutes left
        2025-05-12 19:00   ended
        2025-05-12 19:00   alarm P3
        2025-05-12 19:30 30 minutes left
        2025-05-12 19:50 10 minutes left
        2025-05-12 20:00 ran out
        2025-05-12 20:00   ended
        2025-05-12 20:00   alarm P2
    "#]],
    );
}

#[test]
fn a_site_without_leads_announces_in_the_last_hour_alone() {
    check(
        World::new(),
        STORED,
        "TS-2",
        "2025-06-01T00:00:00Z",
        expect![[r#"
        2025-03-12 08:04 started
        2025-05-12 19:00 60 minutes left
        2025-05-12 19:00   alarm P3
        2025-05-12 19:30 30 minutes left
        2025-05-12 19:50 10 minutes left
        2025-05-12 20:00 ran out
        2025-05-12 20:00   ended
        2025-05-12 20:00   alarm P2
    "#]],
    );
}

#[test]
fn three_hours_are_announced_as_before() {
    let story = "08:00 bekov: open 1 123ABC02
        08:01 bekov: notice 1 20000
        08:02 bekov: present 1 1";
    check(
        with_leads(),
        story,
        "ARR-1",
        "2025-03-12T12:00:00Z",
        expect![[r#"
        2025-03-12 08:02 started
        2025-03-12 10:02 60 minutes left
        2025-03-12 10:32 30 minutes left
        2025-03-12 10:32   alarm P3
        2025-03-12 10:52 10 minutes left
        2025-03-12 11:02 ran out
        2025-03-12 11:02   ended
        2025-03-12 11:02   alarm P2
    "#]],
    );
}

#[test]
fn a_term_takes_the_lead_of_the_longest_length_that_it_reaches() {
    let limits = with_leads().rules.limits;
    let left = |length: SignedDuration| {
        let mut hours: Vec<i64> =
            limits.warnings_of(length).map(|before| before.as_hours()).collect();
        hours.sort_unstable();
        hours.retain(|hours| *hours > 1);
        hours
    };
    assert_eq!(left(SignedDuration::from_hours(3)), Vec::<i64>::new());
    assert_eq!(left(days(5) - SignedDuration::from_secs(1)), Vec::<i64>::new());
    assert_eq!(left(days(5)), [24]);
    assert_eq!(left(days(27)), [24]);
    assert_eq!(left(days(28)), [24, 240]);
}
