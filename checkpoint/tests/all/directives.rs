//! Stories of calendars and timetables that change while terms run. Told on Wednesday, 12 March 2025, at a body that works from Monday to
//! Friday, 09:00 to 18:00; the vehicle comes by rail, so that its term ends when the body closes on its next working day.

use checkpoint::event::{Author, Event};
use checkpoint::ids::ClockId;
use checkpoint::law::{Calendar, Edition, Timetable};
use expect_test::{Expect, expect};

use crate::world::{World, site, time};

const FIVE_DAYS: &str = include_str!("../../../config/timetables/five-days.toml");
const PRESENTED: &str = "10:00 bekov: open rail\n10:05 bekov: present 1";

fn world() -> World {
    let long_ago = FIVE_DAYS.replace("2026-01-01", "2025-01-01");
    let timetable = Timetable::parse(&long_ago, "five-days.toml").unwrap();
    World::open(site(), Edition::built_in().unwrap(), timetable)
}

/// What is told after the goods were presented.
fn check(story: &str, happened: Expect) {
    let mut world = world();
    world.tell(PRESENTED);
    happened.assert_eq(&world.tell(story));
}

#[test]
fn a_holiday_declared_for_tomorrow_moves_the_term_by_a_day_and_says_so() {
    check(
        "10:30 hub: 1 calendar thursday-off",
        expect![[r#"
            10:30 hub: 1 calendar thursday-off
              directive_answered directive=1 subject=calendar
              calendar_applied calendar=kz-2 directive=1 issued=2025-03-10 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
        "#]],
    );
}

#[test]
fn a_holiday_taken_away_brings_the_term_back() {
    check(
        "10:30 hub: 1 calendar thursday-and-friday-off
         11:00 hub: 2 calendar nothing-off",
        expect![[r#"
            10:30 hub: 1 calendar thursday-and-friday-off
              directive_answered directive=1 subject=calendar
              calendar_applied calendar=kz-3 directive=1 issued=2025-03-11 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-17 18:00:00, not 2025-03-13 18:00:00: calendar kz-3
            11:00 hub: 2 calendar nothing-off
              directive_answered directive=2 subject=calendar
              calendar_applied calendar=kz-4 directive=2 issued=2025-03-12 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 18:00:00, not 2025-03-17 18:00:00: calendar kz-4
        "#]],
    );
}

#[test]
fn a_body_that_closes_earlier_shortens_the_term_and_one_that_stays_open_lengthens_it() {
    check(
        "10:30 hub: 1 timetable until-noon
         10:40 hub: 2 timetable until-ten-tonight",
        expect![[r#"
            10:30 hub: 1 timetable until-noon
              directive_answered directive=1 subject=timetable
              timetable_applied directive=1 issued=2025-03-10 origin=directive timetable=until-noon
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only, outside_working_time), not 13:00:00: timetable until-noon
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 12:00:00, not 2025-03-13 18:00:00: timetable until-noon
            10:40 hub: 2 timetable until-ten-tonight
              directive_answered directive=2 subject=timetable
              timetable_applied directive=2 issued=2025-03-11 origin=directive timetable=until-ten
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only), not 13:00:00: timetable until-ten
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 22:00:00, not 2025-03-13 12:00:00: timetable until-ten
        "#]],
    );
}

#[test]
fn a_term_that_ran_out_and_now_ends_later_runs_again_and_its_alarm_ends() {
    check(
        "+1 18:30 bekov: acknowledge 2
         +1 18:40 hub: 1 timetable until-ten-tonight
         +1 22:30 -",
        expect![[r#"
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=rail priority=p3
            2025-03-13 17:00:00 -
              clock_nearing clock=2 minutes_left=60
            2025-03-13 17:30:00 -
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=2 cause=term_near lane=rail priority=p3
            2025-03-13 17:50:00 -
              clock_nearing clock=2 minutes_left=10
            2025-03-13 18:00:00 -
              clock_expired clock=2
              alarm_ended alarm=2
              alarm_raised visit 1 alarm=3 cause=term_over lane=rail priority=p2
            +1 18:30 bekov: acknowledge 2
              alarm_acknowledged alarm=2
            +1 18:40 hub: 1 timetable until-ten-tonight
              directive_answered directive=1 subject=timetable
              timetable_applied directive=1 issued=2025-03-11 origin=directive timetable=until-ten
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 22:00:00, not 2025-03-13 18:00:00: timetable until-ten
              alarm_ended alarm=3
            2025-03-13 21:00:00 -
              clock_nearing clock=2 minutes_left=60
            2025-03-13 21:30:00 -
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=4 cause=term_near lane=rail priority=p3
            2025-03-13 21:50:00 -
              clock_nearing clock=2 minutes_left=10
            2025-03-13 22:00:00 -
              clock_expired clock=2
              alarm_ended alarm=4
              alarm_repeated alarm=3 count=2
            +1 22:30 -
        "#]],
    );
}

#[test]
fn a_term_whose_end_now_lies_in_the_past_has_run_out() {
    check(
        "+1 13:00 hub: 1 timetable until-noon",
        expect![[r#"
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=rail priority=p3
            +1 13:00 hub: 1 timetable until-noon
              directive_answered directive=1 subject=timetable
              timetable_applied directive=1 issued=2025-03-10 origin=directive timetable=until-noon
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only, outside_working_time), not 13:00:00: timetable until-noon
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 12:00:00, not 2025-03-13 18:00:00: timetable until-noon
              clock_expired clock=2
              alarm_raised visit 1 alarm=2 cause=term_over lane=rail priority=p2
        "#]],
    );
}

#[test]
fn what_was_filed_in_time_or_late_is_so_by_the_hours_that_hold() {
    check(
        "+1 18:10 bekov: file 1 1 storage
         +1 18:20 hub: 1 timetable until-ten-tonight
         +1 18:30 bekov: refuse 1 1 storage",
        expect![[r#"
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=rail priority=p3
            2025-03-13 17:00:00 -
              clock_nearing clock=2 minutes_left=60
            2025-03-13 17:30:00 -
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=2 cause=term_near lane=rail priority=p3
            2025-03-13 17:50:00 -
              clock_nearing clock=2 minutes_left=10
            2025-03-13 18:00:00 -
              clock_expired clock=2
              alarm_ended alarm=2
              alarm_raised visit 1 alarm=3 cause=term_over lane=rail priority=p2
            +1 18:10 bekov: file 1 1 storage
              papers_filed visit 1 consignment=1 papers=storage reference=D-1
              clock_stopped_provisionally as_of=2025-03-13 18:10:00 clock=2
              alarm_ended alarm=3
              clock_started visit 1 consignment 1 TS-1 art. 267.2 due 2025-03-13 19:10:00 (outside_working_time)
            +1 18:20 hub: 1 timetable until-ten-tonight
              directive_answered directive=1 subject=timetable
              timetable_applied directive=1 issued=2025-03-11 origin=directive timetable=until-ten
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 22:00:00, not 2025-03-13 18:00:00: timetable until-ten
              clock_recomputed visit 1 consignment 1 TS-1 art. 267.2 due 2025-03-13 19:10:00, not 2025-03-13 19:10:00: timetable until-ten
            +1 18:30 bekov: refuse 1 1 storage
              papers_refused visit 1 consignment=1 ground=not signed papers=storage
              clock_restored clock=2
              clock_stopped as_of=2025-03-13 18:30:00 clock=3
        "#]],
    );
    check(
        "+1 13:00 bekov: file 1 1 storage
         +1 13:20 hub: 1 timetable until-noon
         +1 13:30 bekov: register 1 1 storage
         +1 13:40 hub: 2 timetable until-ten-tonight",
        expect![[r#"
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=rail priority=p3
            +1 13:00 bekov: file 1 1 storage
              papers_filed visit 1 consignment=1 papers=storage reference=D-1
              clock_stopped_provisionally as_of=2025-03-13 13:00:00 clock=2
              clock_started visit 1 consignment 1 TS-1 art. 267.2 due 2025-03-13 14:00:00
            +1 13:20 hub: 1 timetable until-noon
              directive_answered directive=1 subject=timetable
              timetable_applied directive=1 issued=2025-03-10 origin=directive timetable=until-noon
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only, outside_working_time), not 13:00:00: timetable until-noon
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 12:00:00, not 2025-03-13 18:00:00: timetable until-noon
              clock_expired clock=2
              clock_recomputed visit 1 consignment 1 TS-1 art. 267.2 due 2025-03-13 14:00:00 (outside_working_time), not 2025-03-13 14:00:00: timetable until-noon
            2025-03-13 13:30:00 -
              clock_nearing clock=3 minutes_left=30
            +1 13:30 bekov: register 1 1 storage
              papers_registered visit 1 consignment=1 number=R-1 papers=storage
              clock_stopped as_of=2025-03-13 13:00:00 clock=2
              clock_stopped as_of=2025-03-13 13:30:00 clock=3
              clock_started visit 1 consignment 1 TS-2 art. 268 due 2025-05-13 12:00:00
            +1 13:40 hub: 2 timetable until-ten-tonight
              directive_answered directive=2 subject=timetable
              timetable_applied directive=2 issued=2025-03-11 origin=directive timetable=until-ten
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only), not 13:00:00: timetable until-ten
              clock_recomputed visit 1 consignment 1 TS-2 art. 268 due 2025-05-13 22:00:00, not 2025-05-13 12:00:00: timetable until-ten
        "#]],
    );
}

#[test]
fn the_same_directive_again_and_one_that_comes_too_late_change_nothing() {
    check(
        "10:30 hub: 5 calendar thursday-off
         10:31 hub: 5 calendar thursday-off
         10:32 hub: 5 calendar nothing-off
         10:33 hub: 4 calendar nothing-off
         10:34 hub: 6 calendar thursday-off",
        expect![[r#"
            10:30 hub: 5 calendar thursday-off
              directive_answered directive=5 subject=calendar
              calendar_applied calendar=kz-2 directive=5 issued=2025-03-10 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
            10:31 hub: 5 calendar thursday-off
              = already entry 12
            10:32 hub: 5 calendar nothing-off
            10:33 hub: 4 calendar nothing-off
            10:34 hub: 6 calendar thursday-off
              directive_answered directive=6 subject=calendar
        "#]],
    );
}

#[test]
fn what_cannot_be_followed_is_refused_in_words_and_what_held_holds() {
    check(
        "10:30 hub: 1 calendar thursday-off
         10:31 hub: 2 calendar of-old
         10:32 hub: 3 calendar broken
         10:33 hub: 4 calendar thursday-off-again
         10:34 hub: 5 timetable thursday-off
         10:35 hub: 6 limits thursday-off
         10:36 hub: 7 calendar too-long",
        expect![[r#"
            10:30 hub: 1 calendar thursday-off
              directive_answered directive=1 subject=calendar
              calendar_applied calendar=kz-2 directive=1 issued=2025-03-10 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
            10:31 hub: 2 calendar of-old
              directive_answered directive=2 refused=kz-0 was issued on 1991-12-16, and kz-2 of 2025-03-10 is in force: a correction is issued anew subject=calendar
            10:32 hub: 3 calendar broken
              directive_answered directive=3 refused=directive 3:6: date: failed to parse four digit integer as year: invalid digit, expected 0-9 but got  ; write a date such as "2025-03-21" subject=calendar
            10:33 hub: 4 calendar thursday-off-again
              directive_answered directive=4 refused=kz-2 is in force with other words: every text has a version of its own, because terms name it subject=calendar
            10:34 hub: 5 timetable thursday-off
              directive_answered directive=5 refused=directive 5:4: covers: unknown field `covers`, expected one of `version`, `title`, `issued`, `closed_on_holidays`, `weekly`, `exceptions` subject=timetable
            10:35 hub: 6 limits thursday-off
              directive_answered directive=6 refused=this program knows no directive about "limits" subject=limits
            10:36 hub: 7 calendar too-long
              directive_answered directive=7 refused=32769 bytes: at most 32768 subject=calendar
        "#]],
    );
}

#[test]
fn what_the_hub_did_not_sign_is_recorded_once_and_does_not_use_up_its_number() {
    check(
        "10:30 hub: 1 calendar thursday-off unsigned
         10:31 hub: 1 calendar thursday-off unsigned
         10:32 hub: 1 calendar thursday-off
         10:33 hub: 2 calendar nothing-off by mallory
         10:34 hub: 2 calendar nothing-off by mallory
         10:35 hub: 2 calendar nothing-off",
        expect![[r#"
            10:30 hub: 1 calendar thursday-off unsigned
              directive_distrusted detail=the signature fits no key directive=1 subject=calendar
            10:31 hub: 1 calendar thursday-off unsigned
            10:32 hub: 1 calendar thursday-off
              directive_answered directive=1 subject=calendar
              calendar_applied calendar=kz-2 directive=1 issued=2025-03-10 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
            10:33 hub: 2 calendar nothing-off by mallory
              directive_distrusted detail=signed with mallory, and the hub is known by hub-key directive=2 subject=calendar
            10:34 hub: 2 calendar nothing-off by mallory
            10:35 hub: 2 calendar nothing-off
              directive_answered directive=2 subject=calendar
              calendar_applied calendar=kz-4 directive=2 issued=2025-03-12 origin=directive
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 18:00:00, not 2025-03-14 18:00:00: calendar kz-4
        "#]],
    );
}

#[test]
fn the_key_of_the_configuration_stands_above_the_one_that_was_met() {
    let mut world = world();
    world.tell("10:00 hub: 1 calendar thursday-off by old-key");
    world.rules = world.rules.clone().with_hub_key(Some("new-key".to_owned()));
    let happened = world.tell(
        "10:10 hub: 2 calendar thursday-and-friday-off by old-key
         10:20 hub: 2 calendar thursday-and-friday-off by new-key",
    );
    expect![[r#"
        10:10 hub: 2 calendar thursday-and-friday-off by old-key
          directive_distrusted detail=signed with old-key, and the hub is known by new-key directive=2 subject=calendar
        10:20 hub: 2 calendar thursday-and-friday-off by new-key
          directive_answered directive=2 subject=calendar
          calendar_applied calendar=kz-3 directive=2 issued=2025-03-11 origin=directive
    "#]]
    .assert_eq(&happened);
}

#[test]
fn an_officer_applies_a_file_and_hears_what_is_wrong_with_it() {
    check(
        "10:30 bekov: apply calendar thursday-off
         10:31 bekov: apply calendar thursday-off
         10:32 bekov: apply calendar of-old
         10:33 bekov: apply calendar broken
         10:34 bekov: apply timetable until-noon
         10:35 bekov: apply timetable too-long",
        expect![[r#"
            10:30 bekov: apply calendar thursday-off
              calendar_applied calendar=kz-2 issued=2025-03-10 origin=officer
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
            10:31 bekov: apply calendar thursday-off
              ! already_in_force: calendar kz-2 is in force already
            10:32 bekov: apply calendar of-old
              ! older_issue: kz-0 was issued on 1991-12-16, and kz-2 of 2025-03-10 is in force: a correction is issued anew
            10:33 bekov: apply calendar broken
              ! bad_calendar: calendar:6: date: failed to parse four digit integer as year: invalid digit, expected 0-9 but got  ; write a date such as "2025-03-21"
            10:34 bekov: apply timetable until-noon
              timetable_applied issued=2025-03-10 origin=officer timetable=until-noon
              clock_recomputed visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only, outside_working_time), not 13:00:00: timetable until-noon
              clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 12:00:00, not 2025-03-14 18:00:00: timetable until-noon
            10:35 bekov: apply timetable too-long
              ! too_large: 32769 bytes: at most 32768
        "#]],
    );
}

#[test]
fn the_configuration_holds_at_a_start_if_it_was_issued_later_and_else_changes_nothing() {
    let mut world = world();
    world.tell(PRESENTED);
    let start = |world: &mut World| world.tell("11:00 agent: started");
    let mut configure = |name: &str| {
        let text = crate::world::file(name);
        world.rules.calendar = Calendar::parse(&text, name).unwrap().into();
        start(&mut world)
    };
    let happened =
        ["thursday-off", "thursday-off", "thursday-and-friday-off", "of-old"].map(&mut configure);
    expect![[r#"
        11:00 agent: started
          agent_started edition=KZ-CC-2010 limits=limits-1 version=2
          calendar_applied calendar=kz-2 issued=2025-03-10 origin=configuration
          clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-14 18:00:00, not 2025-03-13 18:00:00: calendar kz-2
        11:00 agent: started
          agent_started edition=KZ-CC-2010 limits=limits-1 version=2
        11:00 agent: started
          agent_started edition=KZ-CC-2010 limits=limits-1 version=2
          calendar_applied calendar=kz-3 issued=2025-03-11 origin=configuration
          clock_recomputed visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-17 18:00:00, not 2025-03-14 18:00:00: calendar kz-3
        11:00 agent: started
          agent_started edition=KZ-CC-2010 limits=limits-1 version=2
    "#]]
    .assert_eq(&happened.concat());
}

#[test]
fn a_term_that_does_not_apply_any_more_is_neither_kept_nor_missed() {
    let mut world = world();
    world.tell(PRESENTED);
    let withdrawn =
        Event::ClockWithdrawn { clock: ClockId(2), because: "escort_applied".to_owned() };
    world.fold(withdrawn, Author::Agent, time("10:20"));
    let clock = world.state.clock_state(ClockId(2)).unwrap();
    assert!(!clock.is_open());
    expect![[r#"
        12:00:00 -
          clock_nearing clock=1 minutes_left=60
        12:30:00 -
          clock_nearing clock=1 minutes_left=30
        12:50:00 -
          clock_nearing clock=1 minutes_left=10
        13:00:00 -
          clock_expired clock=1
          alarm_raised visit 1 alarm=1 cause=term_over lane=rail priority=p3
        +1 19:00 -
        +1 19:01 hub: 1 calendar thursday-off
          directive_answered directive=1 subject=calendar
          calendar_applied calendar=kz-2 directive=1 issued=2025-03-10 origin=directive
    "#]]
    .assert_eq(&world.tell(
        "+1 19:00 -
         +1 19:01 hub: 1 calendar thursday-off",
    ));
}
