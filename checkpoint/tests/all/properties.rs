//! What holds in every history, drawn at random from words of the trade.

use std::collections::BTreeMap;
use std::fmt::Debug;

use checkpoint::decide::exit;
use checkpoint::event::{Author, Entry, Event};
use checkpoint::ids::VisitId;
use checkpoint::input::{ClockQuality, Input};
use checkpoint::law::Edition;
use checkpoint::site::{Direction, Mode};
use checkpoint::state::{KEPT_HERE, KEPT_READINGS, LANE_HOLDS};
use checkpoint::view::Snapshot;
use checkpoint::{Checkpoint, decide};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::{World, time};

const LINES: &[(&str, &str)] = &[
    ("camera-1", "plate 111AAA01 98%"),
    ("camera-1", "plate 222BBB02 97%"),
    ("camera-1", "plate 222BBB02 40%"),
    ("camera-2", "plate 111AAA01 99%"),
    ("camera-2", "plate 333CCC03 99% late"),
    ("camera-9", "plate 111AAA01 99%"),
    ("portal-1", "began"),
    ("portal-1", "gamma device"),
    ("portal-1", "neutron own"),
    ("portal-1", "ended gamma=agree"),
    ("portal-1", "ended"),
    ("portal-2", "began"),
    ("portal-2", "ended gamma=own nobackground"),
    ("portal-1", "offline"),
    ("portal-1", "online"),
    ("portal-1", "background high"),
    ("portal-1", "background normal"),
    ("portal-1", "cabinet open"),
    ("scale-1", "weigh 31000"),
    ("scale-1", "weigh 20000"),
    ("scale-1", "empty"),
    ("scale-1", "overload"),
    ("seals-1", "seal K1 intact"),
    ("seals-1", "seal K2 opened"),
    ("seals-2", "seal K1 intact"),
    ("seals-1", "silent"),
    ("agent", "hub down"),
    ("agent", "hub up"),
    ("agent", "clock free"),
    ("agent", "clock synchronised"),
    ("agent", "started"),
    ("bekov", "acknowledge 1"),
    ("bekov", "acknowledge 2"),
    ("bekov", "acknowledge 3"),
    ("bekov", "decide 1 innocent"),
    ("bekov", "decide 2 false"),
    ("bekov", "decide 3 real sadykova"),
    ("bekov", "decide 4 other"),
    ("bekov", "open 2 444DDD04"),
    ("bekov", "identify 1 555EEE05"),
    ("bekov", "assign 1 to 2"),
    ("bekov", "assign 2 to 1"),
    ("bekov", "assign 3 to 2"),
    ("bekov", "notice 1 20000"),
    ("bekov", "notice 1 12000 3000"),
    ("bekov", "notice 2 empty"),
    ("bekov", "prior 111AAA01 /;gross_weight_kg=#20000"),
    ("bekov", "prior 222BBB02,333CCC03,-CSQU3054383 /;consignee_name=Alpha;//;hs_code=3104"),
    ("bekov", "link 1 to 1"),
    ("bekov", "link 2 to 1"),
    ("bekov", "unlink 1"),
    ("bekov", "withdraw 2"),
    ("bekov", "seals 1 K1 K2 K3"),
    ("bekov", "inspect 1 K3 intact"),
    ("bekov", "inspect 1 K1 damaged"),
    ("bekov", "tare 1 10000"),
    ("bekov", "present 1"),
    ("bekov", "file 1 1 declaration"),
    ("bekov", "file 1 1 storage"),
    ("bekov", "register 1 1 declaration"),
    ("bekov", "register 1 1 storage"),
    ("bekov", "refuse 1 1 declaration"),
    ("bekov", "release 1 1 declaration"),
    ("bekov", "permit 1"),
    ("bekov", "permit 2"),
    ("bekov", "exit 1"),
    ("bekov", "exit 2"),
    ("bekov", "control 1 manual"),
    ("bekov", "control 1 automatic"),
    ("bekov", "silence"),
    ("bekov", "again 1 silence"),
];

/// A line, and seconds since the one before.
fn lines() -> impl Strategy<Value = Vec<(usize, i64)>> {
    let gap = prop_oneof![4 => 0..20_i64, 2 => 20..600_i64, 1 => 600..14_000_i64];
    prop::collection::vec((0..LINES.len(), gap), 1..80)
}

/// Answers every deadline up to `now`, with a limit against deadlines that do not move.
fn answer_deadlines(world: &mut World, now: Timestamp) {
    for _ in 0..1000 {
        let Some(due) = world.state.next_deadline().filter(|due| *due <= now) else { return };
        let decision = world.put(&Input::TimePassed, due);
        assert!(!decision.events.is_empty(), "a deadline is answered by an event");
        assert!(
            world.state.next_deadline().is_none_or(|next| next > due),
            "{due} was not answered"
        );
    }
    panic!("deadlines do not end");
}

fn play(lines: &[(usize, i64)], after_the_second: SignedDuration) -> World {
    let mut world = World::new();
    let mut now = time("08:00").checked_add(after_the_second).unwrap();
    for (line, gap) in lines {
        now = now.checked_add(SignedDuration::from_secs(*gap)).unwrap();
        answer_deadlines(&mut world, now);
        let (who, what) = LINES[*line];
        let input = world.input(who, what, now);
        let before = world.state.clone();
        let decision = world.put(&input, now);
        for event in &decision.events {
            if let Event::ExitPermitted { visit } = event {
                let holds = exit::holds(&before, &world.rules.edition, *visit);
                assert!(holds.is_empty(), "an exit was permitted although {holds:?}");
                let open = before.alarm_states().any(|(_, alarm)| {
                    alarm.visit == Some(*visit)
                        && alarm.facts.must_be_decided
                        && !alarm.is_decided()
                });
                assert!(!open, "an exit was permitted with an undecided alarm");
            }
        }
        assert!(
            decision.refusal.is_none() || decision.events.is_empty(),
            "a refusal changes nothing"
        );
    }
    world
}

#[test]
fn what_is_kept_of_the_past_has_a_limit() {
    let mut world = World::new();
    let mut now = time("08:00");
    for visit in 1..=250 {
        now = now.checked_add(SignedDuration::from_secs(1)).unwrap();
        let lines =
            ["open 9 123ABC02".to_owned(), format!("permit {visit}"), format!("exit {visit}")];
        for line in lines {
            let input = world.input("bekov", &line, now);
            let decision = world.put(&input, now);
            assert!(decision.refusal.is_none(), "{line}: {:?}", decision.refusal);
        }
    }
    let kept: Vec<u64> = world.state.visit_states().map(|(id, _)| id.0).collect();
    assert_eq!((kept.len(), kept[0]), (200, 51), "the last that left are kept");
    assert_eq!(world.state.clock_states().count(), 200, "clocks go with their visits");
    for _ in 0..600 {
        for line in ["background high", "background normal"] {
            let input = world.input("portal-1", line, now);
            world.put(&input, now);
        }
        let alarm = world.state.alarm_states().last().unwrap().0;
        let input = world.input("bekov", &format!("acknowledge {alarm}"), now);
        world.put(&input, now);
    }
    assert_eq!(world.state.alarm_states().count(), 500, "the last closed alarms are kept");
    for _ in 0..10_000 {
        let input = world.input("bekov", "sign in", now);
        world.put(&input, now);
    }
    let first = world.input("bekov", "again 1 sign in", now);
    assert_eq!(world.put(&first, now).already, None, "the oldest request is forgotten");
    let latest = world.input("bekov", "again 11000 sign in", now);
    assert!(world.put(&latest, now).already.is_some(), "a recent one is not");
}

/// Rows of a board, by what they are about.
type Rows = BTreeMap<String, String>;

fn rows(name: &str, all: impl IntoIterator<Item = (impl Debug, impl Debug)>) -> Rows {
    all.into_iter().map(|(id, row)| (format!("{name} {id:?}"), format!("{row:?}"))).collect()
}

fn shown(board: &Snapshot) -> Rows {
    let mut shown = rows("lane", board.lanes.iter().map(|row| (&row.id, row)));
    shown.extend(rows("device", board.devices.iter().map(|row| (&row.id, row))));
    shown.extend(rows("alarm", board.alarms.iter().map(|row| (row.id, row))));
    shown.extend(rows("visit", board.visits.iter().map(|row| (row.id, row))));
    shown
}

/// A screen that only hears changes shows what a reload would show.
fn check_changes(entries: &[Entry], edition: &Edition) {
    let mut state = Checkpoint::default();
    let mut screen = Rows::new();
    for entry in entries {
        state = state.after(entry);
        let changes = state.changes(entry, edition);
        screen.extend(rows("lane", changes.lanes.iter().map(|row| (&row.id, row))));
        screen.extend(rows("device", changes.devices.iter().map(|row| (&row.id, row))));
        screen.extend(rows("alarm", changes.alarms.iter().map(|row| (row.id, row))));
        screen.extend(rows("visit", changes.visits.iter().map(|row| (row.id, row))));
        for (name, row) in shown(&state.snapshot(edition)) {
            assert_eq!(screen.get(&name), Some(&row), "{name} after {:?}", entry.event);
        }
    }
}

/// The journal keeps microseconds: nothing that is read again may differ from what was decided.
fn check_times(entries: &[Entry]) {
    for entry in entries {
        let text = serde_json::to_string(&entry.event).unwrap();
        for word in text.split('"') {
            let Ok(at) = word.parse::<Timestamp>() else { continue };
            assert_eq!(at.subsec_nanosecond() % 1000, 0, "{at} in {text}");
        }
    }
}

#[test]
fn a_lane_and_a_vehicle_keep_the_latest_of_what_comes() {
    let mut world = World::new();
    let now = time("10:00");
    let say = |world: &mut World, who: &str, what: &str| {
        let input = world.input(who, what, now);
        world.put(&input, now);
    };
    for plate in 0..100 {
        say(&mut world, "camera-2", &format!("plate BLURRED{plate} 40%"));
    }
    let (id, blurred) = world.state.visit_states().next().unwrap();
    assert_eq!((id, blurred.plates_read.size()), (VisitId(1), KEPT_READINGS));
    for plate in 0..40 {
        say(&mut world, "camera-1", &format!("plate {plate}ABC02 80%"));
    }
    let queue = &world.state.lane_state(&"1".parse().unwrap()).unwrap().queue;
    assert_eq!((queue.len(), queue[0].visit), (LANE_HOLDS, VisitId(10)), "the first went on");
    let named = world.state.visit_states().filter(|(_, visit)| visit.plate.is_some()).count();
    assert_eq!(named, 40, "a plate at the limit of confidence names its vehicle");
}

#[test]
fn vehicles_that_nobody_lets_out_are_not_kept_for_ever() {
    let mut world = World::new();
    world.tell(
        "10:00 bekov: open 1 111AAA01
         10:00 bekov: notice 1 20000
         10:01 bekov: open 1 222BBB02
         10:01:30 portal-2: ended gamma=agree
         10:02 bekov: open 2 333CCC03
         14:00 -",
    );
    assert_eq!(world.state.alarm_states().count(), 5, "a gamma alarm, and every stay is too long");
    let opened = |visit: u64, seq| Entry {
        seq,
        at: time("14:01"),
        clock: ClockQuality::Synchronised,
        author: Author::Agent,
        event: Event::VisitOpened {
            visit: VisitId(visit),
            number: visit.to_string(),
            lane: "9".parse().unwrap(),
            mode: Mode::Road,
            direction: Direction::Outbound,
        },
    };
    let mut state = world.state.clone();
    for visit in 5.. {
        state = state.after(&opened(visit, state.seq() + 1));
        if visit == KEPT_HERE as u64 + 1 {
            break;
        }
    }
    let kept: Vec<u64> = state.visit_states().map(|(id, _)| id.0).collect();
    assert_eq!(kept.len(), KEPT_HERE, "one is forgotten for the one that came last");
    assert_eq!(kept[..3], [1, 3, 4], "the first of which nothing was recorded");
    assert_eq!(state.alarm_states().count(), 4, "its alarm goes along");
    assert_eq!(state.clock_states().count(), 3, "and its clock");
    let forgotten = world.input("bekov", "notice 2 empty", time("14:02"));
    let refusal = decide(&state, &world.rules, &forgotten, time("14:02")).refusal.unwrap();
    assert_eq!(refusal.code, "unknown_visit");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_decided_folded_and_kept(lines in lines()) {
        let world = play(&lines, SignedDuration::ZERO);
        world.keep();
        let again = Checkpoint::default().after_all(&world.entries);
        prop_assert_eq!(&again, &world.state);
    }

    #[test]
    fn a_history_with_holes_folds_as_well(lines in lines(), every in 2..7_usize) {
        let world = play(&lines, SignedDuration::ZERO);
        let with_holes = world.entries.iter().enumerate().filter(|(place, _)| place % every != 0);
        let state = Checkpoint::default().after_all(with_holes.map(|(_, entry)| entry));
        let _ = state.snapshot(&world.rules.edition);
        let backwards = Checkpoint::default().after_all(world.entries.iter().rev());
        let _ = backwards.snapshot(&world.rules.edition);
        // What is strange about a history must not keep the loop awake for ever.
        let mut world = world;
        world.state = state;
        answer_deadlines(&mut world, time("23:59"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_again_is_what_was_decided(lines in lines()) {
        let world = play(&lines, SignedDuration::from_nanos(1_234_567));
        check_times(&world.entries);
        let read = world.entries.iter().map(|entry| {
            let at = Timestamp::from_microsecond(entry.at.as_microsecond()).unwrap();
            Entry { at, ..entry.clone() }
        });
        let again = Checkpoint::default().after_all(&read.collect::<Vec<_>>());
        prop_assert_eq!(&again, &world.state);
    }

    #[test]
    fn a_screen_that_hears_changes_shows_what_a_reload_would(lines in lines()) {
        let world = play(&lines, SignedDuration::ZERO);
        check_changes(&world.entries, &world.rules.edition);
    }
}
