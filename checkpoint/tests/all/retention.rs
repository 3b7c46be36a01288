//! Stories of what may go from a journal (art. 187.5, 188): each obstacle alone, the days around the moment, and any history.

use std::fmt::Write as _;

use checkpoint::Checkpoint;
use checkpoint::event::{Author, ClockFacts, Entry, Event};
use checkpoint::ids::{ClockId, VisitId};
use checkpoint::input::ClockQuality;
use checkpoint::retention::{Answer, Keeper, Keeping, UnknownEnd, Walker};
use checkpoint::view::JournalLine;
use expect_test::{Expect, expect};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::world::World;

/// An export: control ends when the vehicle leaves.
const EXPORT: &str = "10:00 bekov: open 9 777XYZ01
    10:10 bekov: notice 1 20000
    10:15 bekov: present 1
    10:20 bekov: file 1 1 declaration
    10:30 bekov: register 1 1 declaration
    10:40 bekov: release 1 1 declaration
    10:45 bekov: act 1 1 departure_papers_submitted never_left_the_place=no export_document=D-1 restrictions_apply=no
    10:46 bekov: act 1 1 departure_marks never_left_the_place=no marked_export_document=D-1 marked_transport_documents=CMR-1
    10:47 bekov: act 1 1 departure_permitted
    10:50 bekov: permit 1
    11:00 bekov: exit 1";

/// A vehicle that goes on under transit: nobody here is told when control ends.
const TRANSIT: &str = "10:00 bekov: open 1 123ABC02
    10:10 bekov: notice 1 20000
    10:20 bekov: present 1
    10:30 bekov: file 1 1 transit
    10:40 bekov: register 1 1 transit
    10:50 bekov: release 1 1 transit
    11:00 bekov: permit 1
    11:10 bekov: exit 1";

/// The term of 12 March 2025 is over at this moment: the last day is 12 March 2030.
const OVER: &str = "2030-03-13T00:00:00+05:00";

/// A journal that was told, of which parts may be moved to other days.
struct Journal {
    world: World,
}

impl Journal {
    fn of(story: &str) -> Journal {
        let mut world = World::new();
        let told = world.tell(story);
        assert!(!told.contains('!'), "{told}");
        Journal { world }
    }

    /// Tells more, on a day that lies so far behind.
    fn later(mut self, days: i64, story: &str) -> Journal {
        let first = self.world.entries.len();
        let told = self.world.tell(story);
        assert!(!told.contains('!'), "{told}");
        let moved = SignedDuration::from_hours(24 * days);
        for entry in &mut self.world.entries[first..] {
            entry.at += moved;
            if let Event::ActRecorded { act } = &mut entry.event {
                act.as_of += moved;
            }
        }
        self
    }

    /// The whole journal, begun on another day.
    fn begun(mut self, days: i64) -> Journal {
        let moved = SignedDuration::from_hours(24 * days);
        self.world.entries.iter_mut().for_each(|entry| entry.at += moved);
        self
    }

    fn present(&self) -> Checkpoint {
        Checkpoint::default().after_all(&self.world.entries)
    }

    fn asked(&self, now: &str, unknown_end: UnknownEnd) -> Answer {
        self.asked_before(now, Timestamp::MAX, unknown_end)
    }

    fn asked_before(&self, now: &str, before: Timestamp, unknown_end: UnknownEnd) -> Answer {
        let keeping = keeping(&self.world, Keeper::Body, unknown_end);
        walk(&keeping, &self.world.entries, now.parse().unwrap(), before, &self.present())
    }
}

fn keeping(world: &World, keeper: Keeper, unknown_end: UnknownEnd) -> Keeping {
    Keeping::new(world.rules.clone(), &world.state, keeper, unknown_end).unwrap()
}

fn walk(
    keeping: &Keeping,
    entries: &[Entry],
    now: Timestamp,
    before: Timestamp,
    present: &Checkpoint,
) -> Answer {
    let mut walker = Walker::new(keeping, Checkpoint::default(), now, before, u64::MAX);
    for entry in entries {
        walker.follow(entry).unwrap();
    }
    walker.finish(present).unwrap()
}

fn written(answer: &Answer) -> String {
    let mut text = String::new();
    match &answer.free {
        Some(free) => writeln!(
            text,
            "through {} may go, kept from {} ({} art. {})",
            free.through_seq, free.kept_from, free.rule, free.article
        )
        .unwrap(),
        None => text.push_str("nothing may go\n"),
    }
    for obstacle in &answer.obstacles {
        write!(text, "entry {}: {}", obstacle.seq, obstacle.why.name()).unwrap();
        if let Some(visit) = &obstacle.visit {
            write!(text, " {visit}").unwrap();
        }
        if let Some(consignment) = obstacle.consignment {
            write!(text, " consignment {consignment}").unwrap();
        }
        if let Some(name) = &obstacle.name {
            write!(text, " {name}").unwrap();
        }
        write!(text, " art. {}", obstacle.article).unwrap();
        if let Some(until) = obstacle.until {
            write!(text, " until {until}").unwrap();
        }
        text.push('\n');
    }
    if let Some(young) = &answer.young {
        write!(text, "entry {} is younger", young.seq).unwrap();
        if let Some(until) = &young.until {
            write!(text, ": {} art. {} until {}", until.rule, until.article, until.at).unwrap();
        }
        text.push('\n');
    }
    text
}

fn check(journal: &Journal, now: &str, expected: Expect) {
    expected.assert_eq(&written(&journal.asked(now, UnknownEnd::Stay)));
}

#[test]
fn what_may_go_is_told_with_every_obstacle() {
    let export = Journal::of(EXPORT);
    check(
        &export,
        OVER,
        expect![[r#"
            through 25 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
        "#]],
    );
    check(
        &export,
        "2030-03-12T23:59:59.999999+05:00",
        expect![[r#"
        nothing may go
        entry 1 is younger: REC-1 art. 187.5/1 until 2030-03-12T19:00:00Z
    "#]],
    );
    // Another vehicle of that day is still here.
    let here = Journal::of(&format!(
        "08:00 bekov: open 1 123ABC02\n08:05 bekov: notice 1 empty\n{}",
        EXPORT.replace(" 1", " 2").replace("2 2", "2 1")
    ));
    check(
        &here,
        OVER,
        expect![[r#"
        nothing may go
        entry 6: visit_here 57402-2025-000001 art. 186.6
        entry 19: alarm_open 57402-2025-000001 1 art. 453.2
        entry 24: alarm_open 57402-2025-000002 2 art. 453.2
    "#]],
    );
    // It came later that day than the other left, and a day is whole or stays.
    let after = Journal::of(&format!("{EXPORT}\n12:00 bekov: open 1 123ABC02"));
    check(
        &after,
        OVER,
        expect![[r#"
            nothing may go
            entry 26: visit_here 57402-2025-000002 art. 186.6
        "#]],
    );
    // It left a year later.
    let stayed = Journal::of("08:00 bekov: open 1 123ABC02\n08:05 bekov: notice 1 empty")
        .later(365, "10:00 bekov: permit 1\n10:01 bekov: exit 1");
    check(
        &stayed,
        OVER,
        expect![[r#"
        nothing may go
        entry 6: kept 57402-2025-000001 art. 187.5/1 until 2031-03-12T19:00:00Z
        entry 11 is younger: REC-1 art. 187.5/1 until 2031-03-12T19:00:00Z
    "#]],
    );
    // An alarm that nobody took.
    let alarm = Journal::of("09:00 agent: hub up\n09:01 agent: hub down\n09:30 -");
    check(
        &alarm,
        OVER,
        expect![[r#"
        nothing may go
        entry 8: alarm_open 1 art. limit hub_away_after
    "#]],
    );
    let seen = Journal::of(
        "09:00 agent: hub up\n09:01 agent: hub down\n09:30 bekov: acknowledge 1\n09:31 agent: hub up",
    );
    check(
        &seen,
        OVER,
        expect![[r#"
        through 11 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
    "#]],
    );
}

#[test]
fn a_term_that_runs_stays() {
    let mut running = Journal::of(EXPORT);
    let clock = running.world.entries.iter().find_map(|entry| {
        let Event::ClockStarted { clock } = &entry.event else { return None };
        Some(clock.clone())
    });
    let due_at = "2040-01-01T00:00:00Z".parse().unwrap();
    let facts = ClockFacts { clock: ClockId(99), rule: "LONG".into(), due_at, ..*clock.unwrap() };
    let last = running.world.entries.last().unwrap().clone();
    let entry = |seq, event| Entry { seq, event, ..last.clone() };
    let started = Event::ClockStarted { clock: Box::new(facts) };
    running.world.entries.push(entry(last.seq + 1, started));
    check(
        &running,
        OVER,
        expect![[r#"
            nothing may go
            entry 26: term_runs 57402-2025-000001 LONG art. 453.2 until 2040-01-01T00:00:00Z
        "#]],
    );
    let stopped = Event::ClockStopped { clock: ClockId(99), as_of: last.at };
    running.world.entries.push(entry(last.seq + 2, stopped));
    check(
        &running,
        OVER,
        expect![[r#"
            through 27 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
        "#]],
    );
}

/// A pass that holds longer than the entry that issued it is kept: nothing else stands in the way of its day.
#[test]
fn an_act_that_is_valid_stays_alone() {
    let issued = "08:00 bekov: act - - permanent_pass_issued holder=Kim organisation=post request_reference=1 pass_for=controlling_agency";
    let mut pass = Journal::of(issued);
    let until = "2032-03-12T19:00:00Z".parse().unwrap();
    for entry in &mut pass.world.entries {
        if let Event::ActRecorded { act } = &mut entry.event {
            act.validity.as_mut().unwrap().until = until;
        }
    }
    check(
        &pass,
        OVER,
        expect![[r#"
        nothing may go
        entry 6: act_valid 57402-PP-000001 art. 186.4(1), 186.4(3) until 2032-03-12T19:00:00Z
    "#]],
    );
    // Its own keeping term runs from the end of its validity; a pass that was withdrawn ends with the withdrawal.
    check(
        &pass,
        "2033-01-01T00:00:00+05:00",
        expect![[r#"
        nothing may go
        entry 6: kept 57402-PP-000001 art. 187.5/1 until 2037-03-13T19:00:00Z
    "#]],
    );
    let withdrawn =
        pass.later(0, "08:30 bekov: act - - pass_withdrawn pass_number=57402-PP-000001");
    check(
        &withdrawn,
        OVER,
        expect![[r#"
        through 7 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
    "#]],
    );
}

#[test]
fn five_years_from_the_29th_of_february_end_with_the_28th() {
    // W24: the goods left on 29 February 2024.
    let leap = Journal::of(EXPORT).begun(-377);
    check(
        &leap,
        "2029-02-28T23:59:59.999999+05:00",
        expect![[r#"
        nothing may go
        entry 1 is younger: REC-1 art. 187.5/1 until 2029-02-28T19:00:00Z
    "#]],
    );
    check(
        &leap,
        "2029-03-01T00:00:00+05:00",
        expect![[r#"
            through 25 may go, kept from 2024-03-01 (REC-1 art. 187.5/1)
        "#]],
    );
}

#[test]
fn proceedings_hold_what_they_need_until_they_are_closed() {
    let opened = "08:00 bekov: act - - proceedings_opened proceedings_reference=77/2029 visit_number=57402-2025-000001";
    let closed = "08:00 bekov: act - - proceedings_closed proceedings_number=57402-PR-000001";
    let open = Journal::of(EXPORT).later(4 * 365, &format!("+1 {opened}"));
    check(
        &open,
        OVER,
        expect![[r#"
            nothing may go
            entry 6: proceedings_open 57402-2025-000001 57402-PR-000001 art. 187.5, 188
            entry 26 is younger: REC-1 art. 187.5/1 until 2034-03-13T19:00:00Z
        "#]],
    );
    let over = open.later(4 * 365, &format!("+1 {}", closed.replace("08:00", "09:00")));
    check(
        &over,
        OVER,
        expect![[r#"
            through 25 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
            entry 26 is younger: REC-1 art. 187.5/1 until 2034-03-13T19:00:00Z
        "#]],
    );
}

/// Two proceedings, and the second is closed by mistake instead of the first: put right, the second holds again.
#[test]
fn proceedings_that_were_closed_by_mistake_hold_again() {
    let opened = |number: u32| {
        format!(
            "08:0{number} bekov: act - - proceedings_opened proceedings_reference={number}/2029 visit_number=57402-2025-000001\n"
        )
    };
    let closed = |number: u32| {
        format!(
            "08:1{number} bekov: act - - proceedings_closed proceedings_number=57402-PR-00000{number}"
        )
    };
    let both = format!("{}{}{}", opened(1), opened(2), closed(2));
    let held = |story: &str| {
        let journal = Journal::of(&format!(
            "{}\n{story}",
            EXPORT.replace("10:", "05:").replace("11:", "06:")
        ));
        let answer = journal.asked("2040-01-01T00:00:00Z", UnknownEnd::Stay);
        let held = answer.obstacles.iter().filter_map(|obstacle| obstacle.name.clone());
        held.collect::<Vec<_>>()
    };
    assert_eq!(held(&both), ["57402-PR-000001"]);
    let put_right = format!("{both}\n{} corrects=6", closed(1).replace("08:1", "08:2"));
    assert_eq!(held(&put_right), ["57402-PR-000002"]);
}

#[test]
fn goods_that_left_under_control_stay_until_its_end_is_told() {
    let transit = Journal::of(TRANSIT);
    check(
        &transit,
        "2040-01-01T00:00:00+05:00",
        expect![[r#"
        nothing may go
        entry 6: control_not_ended 57402-2025-000001 consignment 1 art. 185.2
    "#]],
    );
    expect![[r#"
        through 23 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
    "#]]
    .assert_eq(&written(&transit.asked(OVER, UnknownEnd::CountFromExit)));
    // Told by an act about the goods, a month later; and by one about the checkpoint, that names the visit.
    let told = "+1 08:00 bekov: act 1 1 control_ended end_of_control=actually_exported";
    let told = Journal::of(TRANSIT).later(30, told);
    check(
        &told,
        OVER,
        expect![[r#"
            nothing may go
            entry 6: kept 57402-2025-000001 art. 187.5/1 until 2030-04-12T19:00:00Z
            entry 24 is younger: REC-1 art. 187.5/1 until 2030-04-12T19:00:00Z
        "#]],
    );
    check(
        &told,
        "2030-04-13T00:00:00+05:00",
        expect![[r#"
            through 24 may go, kept from 2025-04-13 (REC-1 art. 187.5/1)
        "#]],
    );
    let reported = "+1 08:00 bekov: act - - control_end_reported visit_number=57402-2025-000001 end_of_control=actually_exported";
    let reported = Journal::of(TRANSIT).later(0, reported);
    check(
        &reported,
        "2030-03-14T00:00:00+05:00",
        expect![[r#"
            through 24 may go, kept from 2025-03-14 (REC-1 art. 187.5/1)
        "#]],
    );
}

/// The exit was taken for the crossing of the border; a report that the way there was broken off takes that back (257.1), and control goes on.
#[test]
fn goods_that_were_stopped_before_the_border_are_kept_until_they_are_out() {
    let report =
        "+1 08:00 bekov: act 1 1 departure_interrupted circumstances=accident goods_location=km~12";
    let stopped = Journal::of(EXPORT).later(0, report);
    check(
        &stopped,
        "2040-01-01T00:00:00+05:00",
        expect![[r#"
        nothing may go
        entry 6: control_not_ended 57402-2025-000001 consignment 1 art. 185.2
    "#]],
    );
    let out = "+1 09:00 bekov: act 1 1 brought_to_body brought_to=post
        +1 10:00 bekov: act 1 1 control_ended end_of_control=actually_exported";
    check(
        &stopped.later(0, out),
        "2040-01-01T00:00:00+05:00",
        expect![[r#"
        through 25 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
        entry 29: alarm_open 57402-2025-000001 1 art. 257.1
    "#]],
    );
}

#[test]
fn a_business_keeps_to_the_end_of_the_year() {
    let export = Journal::of(EXPORT);
    let keeping = keeping(&export.world, Keeper::Business, UnknownEnd::Stay);
    let at = export.world.entries[0].at;
    let until = keeping.until(at).unwrap();
    assert_eq!((until.rule.as_str(), until.article.as_str()), ("REC-2", "187.5/2"));
    assert_eq!(until.at, "2031-01-01T00:00:00+05:00".parse().unwrap());
}

#[test]
fn only_whole_days_before_the_day_that_is_asked_go() {
    let two = Journal::of(EXPORT).later(0, "+1 08:00 bekov: sign in\n+1 09:00 bekov: sign out");
    check(
        &two,
        OVER,
        expect![[r#"
            through 25 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
            entry 26 is younger: REC-1 art. 187.5/1 until 2030-03-13T19:00:00Z
        "#]],
    );
    check(
        &two,
        "2030-03-14T00:00:00+05:00",
        expect![[r#"
            through 27 may go, kept from 2025-03-14 (REC-1 art. 187.5/1)
        "#]],
    );
    let before = "2025-03-13T00:00:00+05:00".parse().unwrap();
    let asked = two.asked_before("2035-01-01T00:00:00Z", before, UnknownEnd::Stay);
    expect![[r#"
        through 25 may go, kept from 2025-03-13 (REC-1 art. 187.5/1)
        entry 26 is younger
    "#]]
    .assert_eq(&written(&asked));
}

#[test]
fn what_a_newer_release_wrote_stays() {
    let export = Journal::of(EXPORT);
    let keeping = keeping(&export.world, Keeper::Body, UnknownEnd::Stay);
    let now = OVER.parse().unwrap();
    let mut walker = Walker::new(&keeping, Checkpoint::default(), now, Timestamp::MAX, u64::MAX);
    for entry in &export.world.entries {
        if entry.seq == 3 {
            walker.pass_over(entry.seq, entry.at).unwrap();
        } else {
            walker.follow(entry).unwrap();
        }
    }
    expect![[r#"
        nothing may go
        entry 3: unreadable art. 
    "#]]
    .assert_eq(&written(&walker.finish(&export.present()).unwrap()));
}

/// One vehicle of a drawn history: the day on which it came, and the day on which it left, if it did.
type Stay = (i64, Option<i64>);

/// Entries of vehicles that come and go, in the order of time.
fn history(stays: &[Stay]) -> Vec<Entry> {
    let world = World::new();
    let day = |day: i64| world.entries[0].at + SignedDuration::from_hours(24 * day);
    let mut told: Vec<(i64, u64, Event)> = Vec::new();
    for (place, (came, left)) in stays.iter().enumerate() {
        let visit = VisitId(place as u64 + 1);
        let opened = Event::VisitOpened {
            visit,
            number: format!("57402-2025-{:06}", visit.0),
            lane: "9".parse().unwrap(),
            mode: checkpoint::site::Mode::Road,
            direction: checkpoint::site::Direction::Outbound,
        };
        told.push((*came, 0, opened));
        if let Some(stay) = left {
            told.push((came + stay, 1, Event::VehicleLeft { visit }));
        }
    }
    told.sort_by_key(|(day, order, _)| (*day, *order));
    let mut entries = world.entries.clone();
    for (at, _, event) in told {
        let (seq, at) = (entries.len() as u64 + 1, day(at));
        let (clock, author) = (ClockQuality::Synchronised, Author::Agent);
        entries.push(Entry { seq, at, clock, author, event });
    }
    entries
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes and goes: what may go tells of nothing that is here, or that left less than five years ago.
    #[test]
    fn no_freed_prefix_tells_of_a_vehicle_that_is_here(
        stays in prop::collection::vec((0_i64..3000, prop::option::of(0_i64..1500)), 0..30),
        after in 0_i64..2500,
    ) {
        let entries = history(&stays);
        let world = World::new();
        let keeping = keeping(&world, Keeper::Body, UnknownEnd::Stay);
        let present = Checkpoint::default().after_all(&entries);
        let now = entries.last().unwrap().at + SignedDuration::from_hours(24 * after);
        let answer = walk(&keeping, &entries, now, Timestamp::MAX, &present);
        let through = answer.free.map_or(0, |free| free.through_seq);
        for entry in entries.iter().filter(|entry| entry.seq <= through) {
            prop_assert!(keeping.until(entry.at).unwrap().at <= now);
            let Some(visit) = JournalLine::of(entry).visit else { continue };
            prop_assert!(!present.visit_state(visit).unwrap().is_here());
            let left = entries.iter().find(|one| one.event == Event::VehicleLeft { visit });
            prop_assert!(keeping.until(left.unwrap().at).unwrap().at <= now);
        }
        // And the next day stays for a reason.
        let next = entries.iter().find(|entry| entry.seq > through);
        prop_assert!(next.is_none() || !answer.obstacles.is_empty() || answer.young.is_some());
    }
}
