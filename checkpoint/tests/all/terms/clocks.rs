//! Every clock of the edition, computed once: for each mode in which it differs, from the same Friday afternoon at a body that works five days.

use std::fmt::Write as _;

use checkpoint::law::Edition;
use checkpoint::law::edition::{BearerKind, ClockRule};
use checkpoint::law::prolongation::prolonged;
use checkpoint::law::term::{Body, TermRule};
use checkpoint::law::words::Moment;
use expect_test::expect_file;

use crate::world::World;

use super::{almaty, calendar, timetable, told, trigger};

/// Friday before a weekend; the body closes at 18:00, so fewer than four hours are left.
const FRIDAY: &str = "2025-04-18T15:30 stated 2025-04-30 km 4500";

fn row(edition: &Edition, rule: &ClockRule) -> String {
    let (zone, hours, calendar) = (almaty(), timetable("5D"), calendar());
    let body = Body { zone: &zone, timetable: &hours, calendar: &calendar };
    let mut row = format!("{} art. {}", rule.id, rule.article);
    let mut before = None;
    for mode in &rule.modes {
        if before == Some(rule.term_for(*mode)) {
            continue;
        }
        before = Some(rule.term_for(*mode));
        let found = edition.compute(rule, *mode, &trigger(FRIDAY), body);
        let mode = format!("{mode:?}").to_lowercase();
        write!(row, "\n  {mode}: {}", told(&found)).unwrap();
    }
    for prolongation in &rule.prolong {
        let by = prolongation.by.name();
        let unstated = trigger("2025-04-18T15:30 km 4500");
        match prolonged(edition, rule, &unstated, None, body, |_| true) {
            Ok(most) => write!(row, "\n  {by}: at most {}", told(&Ok(most))).unwrap(),
            Err(refusal) => write!(row, "\n  {by}: {refusal}").unwrap(),
        }
    }
    row
}

#[test]
fn every_clock_of_the_law_ends_as_its_article_says() {
    let edition = Edition::built_in().unwrap();
    let rows: Vec<String> = edition.clocks.iter().map(|rule| row(&edition, rule)).collect();
    expect_file!["../../golden/clocks.txt"].assert_eq(&(rows.join("\n") + "\n"));
}

#[test]
fn the_clocks_of_the_specification_are_all_there() {
    let edition = Edition::built_in().unwrap();
    let series = [
        ("ARR", 1..=7),
        ("PRK", 1..=2),
        ("DUTY", 1..=1),
        ("TS", 1..=11),
        ("DEC", 1..=12),
        ("REL", 1..=8),
        ("EXP", 1..=3),
        ("SEC", 1..=1),
        ("TRN", 0..=13),
        ("DEP", 1..=3),
        ("DET", 1..=4),
        ("INS", 1..=6),
        ("REC", 1..=3),
        ("ZON", 1..=2),
        ("VEH", 1..=4),
    ];
    for (name, numbers) in series {
        for number in numbers {
            let id = format!("{name}-{number}");
            assert!(edition.clock(&id).is_some(), "no clock {id}");
        }
    }
    for rule in &edition.clocks {
        let title = [&rule.title.ru, &rule.title.en, &rule.title.kk];
        assert!(title.iter().all(|words| !words.is_empty()), "{} has no title", rule.id);
    }
}

#[test]
fn only_clocks_that_bind_somebody_warn_and_management_knows_later() {
    for rule in Edition::built_in().unwrap().clocks {
        let of_the_body = ["body", "expert"].contains(&rule.obliged.as_str());
        assert!(!(of_the_body && rule.near_minutes.is_some()), "{} warns the body", rule.id);
        let runs = rule.bearer != BearerKind::Act && rule.term != TermRule::None;
        assert_eq!(of_the_body && runs, rule.over_priority.is_some(), "priority of {}", rule.id);
    }
}

#[test]
fn a_clock_names_moments_that_are_known() {
    let edition = Edition::built_in().unwrap();
    for rule in &edition.clocks {
        let stops = rule.stop.iter().chain(&rule.stop_provisionally);
        let ends = stops.clone().count() > 0;
        let runs = rule.bearer != BearerKind::Act && rule.term != TermRule::None;
        assert!(!runs || ends, "nothing stops {}", rule.id);
        for moment in rule.start.iter().chain(stops).chain(&rule.confirm).chain(&rule.restore) {
            let name = moment.name();
            let known =
                Moment::BUILT_IN.contains(&name) || edition.acts.iter().any(|act| act.id == name);
            assert!(known, "{name} of {}", rule.id);
        }
    }
}

/// Clocks of release that a registered declaration starts for goods with this flag.
fn release_clocks(flag: &str) -> Vec<String> {
    let mut world = World::new();
    world.tell(&format!(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000 with {flag}
         10:20 bekov: present 1
         10:30 bekov: file 1 1 declaration
         10:40 bekov: register 1 1 declaration"
    ));
    let rules = world.state.clock_states().map(|(_, clock)| clock.facts.rule.clone());
    rules.filter(|rule| rule.starts_with("REL") || rule == "DEC-5").collect()
}

#[test]
fn release_follows_the_flags_of_the_goods() {
    assert_eq!(release_clocks("oversize_cargo"), ["REL-1"]);
    assert_eq!(release_clocks("export_without_duty"), ["REL-2"]);
    assert_eq!(release_clocks("prior_declaration"), ["REL-3"]);
    assert_eq!(release_clocks("documents_to_follow"), ["DEC-5", "REL-1"]);
}
