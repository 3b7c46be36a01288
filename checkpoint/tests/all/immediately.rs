//! What the law wants done immediately (AMB-21): a task at once, without a number; announced when it stays open for longer than the site lets it.

use std::sync::Arc;

use checkpoint::ids::VisitId;
use checkpoint::site::Limits;
use checkpoint::view::ClockState;
use expect_test::{Expect, expect};

use crate::world::{World, limits};

const FOUND: &str = "08:00 bekov: open 1 123ABC02
    08:01 bekov: notice 1 20000
    08:02 bekov: present 1
    08:10 bekov: act 1 1 prohibited_goods_found prohibition_basis=list";

/// Lines about clocks and alarms.
fn check(world: &mut World, story: &str, expected: Expect) {
    let told = world.tell(story);
    assert!(!told.contains('!'), "{told}");
    let shown = told.lines().filter(|line| {
        ["clock_still_open", "alarm_", "clock_stopped", "clock_expired", "clock_nearing"]
            .iter()
            .any(|kind| line.trim().starts_with(kind))
            || (line.contains("clock_started") && line.contains("immediately"))
            || line.ends_with(" -")
    });
    expected.assert_eq(&shown.map(str::trim).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_task_without_a_number_is_there_at_once_and_first() {
    let mut world = World::new();
    world.tell(FOUND);
    let row = world.state.visit_row(VisitId(1), &world.rules.edition).unwrap();
    let clock = row.clock.unwrap();
    assert_eq!((clock.rule.as_str(), clock.state), ("ARR-3", ClockState::Running));
    assert!(clock.flags.iter().any(|flag| flag == "immediately"));
}

/// Once: no term is over, so the alarm is that of the lowest priority, and it ends with the task.
#[test]
fn what_stays_open_is_announced_once() {
    check(
        &mut World::new(),
        &format!(
            "{FOUND}
             08:40 -
             08:45 bekov: act 1 1 removal_impossible removal_failure=impossible"
        ),
        expect![[r#"
            08:05:00 -
            clock_started visit 1 consignment 1 ARR-3 art. 244.2 due 08:10:00 (immediately)
            08:25:00 -
            clock_still_open clock=3 open_minutes=15
            alarm_raised visit 1 alarm=1 cause=term_near lane=1 priority=p3
            08:40 -
            clock_stopped as_of=08:45:00 clock=3
            alarm_ended alarm=1"#]],
    );
}

#[test]
fn what_is_done_in_time_is_not_announced() {
    check(
        &mut World::new(),
        &format!(
            "{FOUND}
             08:20 bekov: act 1 1 removal_impossible removal_failure=impossible
             08:40 -"
        ),
        expect![[r#"
            08:05:00 -
            clock_started visit 1 consignment 1 ARR-3 art. 244.2 due 08:10:00 (immediately)
            clock_stopped as_of=08:20:00 clock=3
            08:40 -"#]],
    );
}

/// A journal from before there was such a limit tells of none: nothing is due.
#[test]
fn without_a_limit_nothing_is_announced() {
    let mut world = World::new();
    world.rules.limits = Arc::new(Limits { immediately_open: None, ..limits() });
    world.tell("06:30 agent: started");
    check(
        &mut world,
        &format!("{FOUND}\n08:40 -"),
        expect![[r#"
        08:05:00 -
        clock_started visit 1 consignment 1 ARR-3 art. 244.2 due 08:10:00 (immediately)
        08:40 -"#]],
    );
}
