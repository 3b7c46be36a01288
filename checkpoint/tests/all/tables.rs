//! The lives of alarms and clocks as tables, printed from what the code does.

use checkpoint::Checkpoint;
use checkpoint::ids::{AlarmId, ClockId};
use checkpoint::state::clock::Stand;
use expect_test::{Expect, expect};

use crate::world::World;

fn alarm_state(state: &Checkpoint) -> String {
    let alarm = state.alarm_state(AlarmId(1)).unwrap();
    let condition = if alarm.is_active() { "active" } else { "ended" };
    let seen = if alarm.acknowledged.is_some() { "ack" } else { "unack" };
    let decided = if alarm.is_decided() { " decided" } else { "" };
    let closed = if alarm.is_closed() { " CLOSED" } else { "" };
    let holds = if alarm.holds_exit() { " holds exit" } else { "" };
    format!("{condition} {seen}{decided}{closed}{holds} x{}", alarm.count)
}

fn clock_state(state: &Checkpoint) -> String {
    let clock = state.clock_state(ClockId(2)).unwrap();
    let stand = match clock.stand {
        Stand::Running => "running",
        Stand::Provisional { .. } => "provisional",
        Stand::Stopped { .. } => "stopped",
        Stand::Expired => "expired",
        Stand::Withdrawn { .. } => "withdrawn",
    };
    let late = if clock.expired { " (ran out)" } else { "" };
    format!("{stand}{late}")
}

/// From the state after each beginning, what each further line makes of it.
fn table(
    beginnings: &[&str],
    acts: &[(&str, &str)],
    look: fn(&Checkpoint) -> String,
    expected: Expect,
) {
    let mut rows = Vec::new();
    for beginning in beginnings {
        let mut world = World::new();
        world.tell(beginning);
        rows.push(look(&world.state));
        for (name, act) in acts {
            let mut world = World::new();
            world.tell(beginning);
            let told = world.tell(act);
            let refused = told
                .lines()
                .find_map(|line| line.trim().strip_prefix("! "))
                .and_then(|line| line.split(':').next());
            let refused = refused.map(|code| format!(" [{code}]")).unwrap_or_default();
            rows.push(format!("    {name:<12} -> {}{refused}", look(&world.state)));
        }
    }
    expected.assert_eq(&rows.join("\n"));
}

#[test]
fn life_of_an_alarm_that_must_be_decided() {
    table(
        &[
            "10:00 portal-1: gamma agree",
            "10:00 portal-1: gamma agree\n10:01 bekov: acknowledge 1",
            "10:00 portal-1: gamma agree\n10:00:10 portal-1: ended gamma=agree",
            "10:00 portal-1: gamma agree\n10:00:10 portal-1: ended gamma=agree\n10:01 bekov: acknowledge 1",
            "10:00 portal-1: gamma agree\n10:00:10 portal-1: ended gamma=agree\n10:01 bekov: decide 1 innocent",
        ],
        &[
            ("ends", "10:01:30 portal-1: ended gamma=agree"),
            ("acknowledged", "10:01:30 bekov: acknowledge 1"),
            ("decided", "10:01:30 bekov: decide 1 false"),
        ],
        alarm_state,
        expect![[r#"
            active unack holds exit x1
                ends         -> ended unack holds exit x1
                acknowledged -> active ack holds exit x1
                decided      -> active ack decided CLOSED x1
            active ack holds exit x1
                ends         -> ended ack holds exit x1
                acknowledged -> active ack holds exit x1 [already_acknowledged]
                decided      -> active ack decided CLOSED x1
            ended unack holds exit x1
                ends         -> ended unack holds exit x1
                acknowledged -> ended ack holds exit x1
                decided      -> ended ack decided CLOSED x1
            ended ack holds exit x1
                ends         -> ended ack holds exit x1
                acknowledged -> ended ack holds exit x1 [already_acknowledged]
                decided      -> ended ack decided CLOSED x1
            ended ack decided CLOSED x1
                ends         -> ended ack decided CLOSED x1
                acknowledged -> ended ack decided CLOSED x1 [already_acknowledged]
                decided      -> ended ack decided CLOSED x1"#]],
    );
}

#[test]
fn life_of_an_alarm_that_closes_by_itself() {
    table(
        &[
            "10:00 portal-1: background high",
            "10:00 portal-1: background high\n10:01 bekov: acknowledge 1",
            "10:00 portal-1: background high\n10:01 portal-1: background normal",
            "10:00 portal-1: background high\n10:01 portal-1: background normal\n10:01 bekov: acknowledge 1",
        ],
        &[
            ("ends", "10:01:30 portal-1: background normal"),
            ("comes again", "10:01:30 portal-1: background high"),
            ("acknowledged", "10:01:30 bekov: acknowledge 1"),
            ("decided", "10:01:30 bekov: decide 1 false"),
        ],
        alarm_state,
        expect![[r#"
            active unack x1
                ends         -> ended unack x1
                comes again  -> active unack x1
                acknowledged -> active ack x1
                decided      -> active unack x1 [no_decision_needed]
            active ack x1
                ends         -> ended ack CLOSED x1
                comes again  -> active ack x1
                acknowledged -> active ack x1 [already_acknowledged]
                decided      -> active ack x1 [no_decision_needed]
            ended unack x1
                ends         -> ended unack x1
                comes again  -> active unack x2
                acknowledged -> ended ack CLOSED x1
                decided      -> ended unack x1 [no_decision_needed]
            ended ack CLOSED x1
                ends         -> ended ack CLOSED x1
                comes again  -> ended ack CLOSED x1
                acknowledged -> ended ack CLOSED x1 [already_acknowledged]
                decided      -> ended ack CLOSED x1 [no_decision_needed]"#]],
    );
}

#[test]
fn life_of_a_clock() {
    const PRESENTED: &str =
        "10:00 bekov: open 1\n10:10 bekov: notice 1 20000\n10:20 bekov: present 1\n";
    let filed = format!("{PRESENTED}10:30 bekov: file 1 1 declaration");
    let registered = format!("{filed}\n10:40 bekov: register 1 1 declaration");
    let overdue = format!("{PRESENTED}13:30 -");
    let late = format!("{overdue}\n13:31 bekov: file 1 1 declaration");
    let late_registered = format!("{late}\n13:35 bekov: register 1 1 declaration");
    table(
        &[PRESENTED, &filed, &registered, &overdue, &late, &late_registered],
        &[
            ("filed", "13:40 bekov: file 1 1 declaration"),
            ("registered", "13:40 bekov: register 1 1 declaration"),
            ("refused", "13:40 bekov: refuse 1 1 declaration"),
            ("due", "13:40 -"),
        ],
        clock_state,
        expect![[r#"
            running
                filed        -> provisional (ran out)
                registered   -> expired (ran out) [not_filed]
                refused      -> expired (ran out) [not_filed]
                due          -> expired (ran out)
            provisional
                filed        -> provisional [already_filed]
                registered   -> stopped
                refused      -> expired (ran out)
                due          -> provisional
            stopped
                filed        -> stopped [already_filed]
                registered   -> stopped [not_filed]
                refused      -> stopped [not_filed]
                due          -> stopped
            expired (ran out)
                filed        -> provisional (ran out)
                registered   -> expired (ran out) [not_filed]
                refused      -> expired (ran out) [not_filed]
                due          -> expired (ran out)
            provisional (ran out)
                filed        -> provisional (ran out) [already_filed]
                registered   -> stopped (ran out)
                refused      -> expired (ran out)
                due          -> provisional (ran out)
            stopped (ran out)
                filed        -> stopped (ran out) [already_filed]
                registered   -> stopped (ran out) [not_filed]
                refused      -> stopped (ran out) [not_filed]
                due          -> stopped (ran out)"#]],
    );
}
