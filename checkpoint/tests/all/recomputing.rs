//! Days off that change while more terms run than one step computes again. Told on Wednesday, 12 March 2025, at a body that works from Monday
//! to Friday, 09:00 to 18:00; 140 vehicles came by rail, each with a term until the body closes on its next working day, Thursday.

use std::collections::BTreeMap;

use checkpoint::Checkpoint;
use checkpoint::event::Event;
use checkpoint::ids::ClockId;
use checkpoint::input::Input;
use checkpoint::law::{Edition, Timetable};
use jiff::Timestamp;

use crate::world::{World, local, site, time};

const FIVE_DAYS: &str = include_str!("../../../config/timetables/five-days.toml");
const VEHICLES: u64 = 140;
const RULE: &str = "ARR-2";
/// The directive's own entries, four for each of a hundred terms, and how far it has come.
const MOST_AT_ONCE: usize = 2 + 4 * 100 + 1;

fn world() -> World {
    let long_ago = FIVE_DAYS.replace("2026-01-01", "2025-01-01");
    let timetable = Timetable::parse(&long_ago, "five-days.toml").unwrap();
    let mut world = World::open(site(), Edition::built_in().unwrap(), timetable);
    for visit in 1..=VEHICLES {
        put(&mut world, "10:00", "bekov", "open rail");
        put(&mut world, "10:00", "bekov", &format!("present {visit}"));
    }
    // They drive on from where they stopped.
    steps(&mut world, "10:20");
    world
}

fn put(world: &mut World, at: &str, who: &str, what: &str) {
    let input = world.input(who, what, time(at));
    let decision = world.put(&input, time(at));
    assert_eq!(decision.refusal, None, "{what}");
    assert!(decision.events.len() <= MOST_AT_ONCE, "{} at once", decision.events.len());
}

/// One step, if one is left.
fn step(world: &mut World, now: Timestamp) -> bool {
    let Some(due) = world.state.next_deadline().filter(|due| *due <= now) else { return false };
    let decision = world.put(&Input::TimePassed, due);
    assert!((1..=MOST_AT_ONCE).contains(&decision.events.len()), "a step of bounded size");
    assert!(world.state.next_deadline().is_none_or(|next| next > due), "answered");
    true
}

/// All that are left, a moment later.
fn steps(world: &mut World, now: &str) -> usize {
    std::iter::from_fn(|| step(world, time(now)).then_some(())).count()
}

/// The terms of the rule that moved since this entry: clock, new end, why.
fn moved(world: &World, from: usize) -> Vec<(ClockId, String, String)> {
    let events = world.entries[from..].iter().map(|entry| &entry.event);
    let moved = events.filter_map(|event| {
        let Event::ClockRecomputed { clock, because, .. } = event else { return None };
        let of_rule = clock.rule == RULE;
        of_rule.then(|| (clock.clock, local(clock.due_at), because.clone()))
    });
    moved.collect()
}

fn clocks(moved: &[(ClockId, String, String)]) -> Vec<ClockId> {
    moved.iter().map(|(clock, ..)| *clock).collect()
}

/// How many open terms of the rule end when.
fn ends(state: &Checkpoint) -> BTreeMap<String, usize> {
    let mut ends = BTreeMap::new();
    let open = state.clock_states().filter(|(_, clock)| clock.is_open());
    for (_, clock) in open.filter(|(_, clock)| clock.facts.rule == RULE) {
        *ends.entry(local(clock.facts.due_at)).or_default() += 1;
    }
    ends
}

fn all(state: &Checkpoint) -> Vec<ClockId> {
    let of_rule = state.clock_states().filter(|(_, clock)| clock.facts.rule == RULE);
    of_rule.map(|(id, _)| id).collect()
}

fn all_end(at: &str) -> BTreeMap<String, usize> {
    BTreeMap::from([(at.to_owned(), VEHICLES as usize)])
}

const THURSDAY: &str = "2025-03-13 18:00:00";
const FRIDAY: &str = "2025-03-14 18:00:00";
const MONDAY: &str = "2025-03-17 18:00:00";

#[test]
fn every_term_is_moved_once_and_in_order_though_one_step_does_not_reach_them_all() {
    let mut world = world();
    assert_eq!(ends(&world.state), all_end(THURSDAY));
    let from = world.entries.len();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    let first = moved(&world, from).len();
    assert!(first > 0 && first < all(&world.state).len(), "{first} in the first step");
    let at_once = world.state.next_deadline().unwrap().duration_since(time("10:30"));
    assert!(at_once.as_millis() < 1, "the next step is due at once");
    assert_eq!(steps(&mut world, "10:31"), 2, "280 terms are three steps of a hundred");
    let moved = moved(&world, from);
    assert_eq!(clocks(&moved), all(&world.state));
    assert!(moved.iter().all(|(_, _, because)| because == "calendar kz-2"));
    assert_eq!(ends(&world.state), all_end(FRIDAY));
    world.keep();
}

#[test]
fn a_restart_between_two_steps_loses_and_repeats_nothing() {
    let mut world = world();
    let from = world.entries.len();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    world.keep();
    let snapshot = serde_json::to_string(&world.state).unwrap();
    world.state = serde_json::from_str(&snapshot).unwrap();
    step(&mut world, time("10:31"));
    world.state = Checkpoint::default().after_all(&world.entries);
    put(&mut world, "10:32", "agent", "started");
    steps(&mut world, "10:33");
    assert_eq!(clocks(&moved(&world, from)), all(&world.state));
    assert_eq!(ends(&world.state), all_end(FRIDAY));
}

#[test]
fn what_comes_between_two_steps_is_decided_with_the_hours_that_hold() {
    let mut world = world();
    let from = world.entries.len();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    let before = all(&world.state);
    // The last vehicle's papers are registered before its turn comes; another vehicle arrives.
    let last = VEHICLES;
    put(&mut world, "10:30:01", "bekov", &format!("file {last} 1 storage"));
    put(&mut world, "10:30:01", "bekov", &format!("register {last} 1 storage"));
    put(&mut world, "10:30:02", "bekov", "open rail");
    put(&mut world, "10:30:02", "bekov", &format!("present {}", last + 1));
    assert!(step(&mut world, time("10:31")));
    put(&mut world, "10:31:01", "bekov", "open rail");
    put(&mut world, "10:31:01", "bekov", &format!("present {}", last + 2));
    steps(&mut world, "10:32");
    let moved = clocks(&moved(&world, from));
    assert_eq!(moved, before[..before.len() - 1], "a term that was stopped stays as it was");
    assert_eq!(ends(&world.state), BTreeMap::from([(FRIDAY.to_owned(), VEHICLES as usize + 1)]));
}

#[test]
fn a_second_calendar_between_two_steps_begins_again_at_the_first_term() {
    let mut world = world();
    let from = world.entries.len();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    let second = world.entries.len();
    let by_the_first = moved(&world, from);
    put(&mut world, "10:31", "hub", "2 calendar thursday-and-friday-off");
    assert_eq!(steps(&mut world, "10:32"), 2);
    let by_the_second = moved(&world, second);
    assert!(by_the_first.len() < by_the_second.len());
    assert_eq!(clocks(&by_the_second), all(&world.state));
    assert!(by_the_second.iter().all(|(_, _, because)| because == "calendar kz-3"));
    assert_eq!(ends(&world.state), all_end(MONDAY));
}

#[test]
fn a_second_calendar_that_undoes_the_first_moves_back_what_had_been_moved_and_nothing_else() {
    let mut world = world();
    let from = world.entries.len();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    assert!(step(&mut world, time("10:30:30")));
    let second = world.entries.len();
    let by_the_first = clocks(&moved(&world, from));
    put(&mut world, "10:31", "hub", "2 calendar nothing-off");
    steps(&mut world, "10:32");
    assert_eq!(clocks(&moved(&world, second)), by_the_first);
    assert_eq!(ends(&world.state), all_end(THURSDAY));
}

#[test]
fn other_hours_between_two_steps_are_named_beside_the_calendar() {
    let mut world = world();
    put(&mut world, "10:30", "hub", "1 calendar thursday-off");
    let second = world.entries.len();
    put(&mut world, "10:31", "hub", "2 timetable until-noon");
    steps(&mut world, "10:32");
    let moved = moved(&world, second);
    assert_eq!(clocks(&moved), all(&world.state));
    assert!(moved.iter().all(|(_, _, because)| because == "calendar kz-2, timetable until-noon"));
    assert_eq!(ends(&world.state), all_end("2025-03-14 12:00:00"));
}
