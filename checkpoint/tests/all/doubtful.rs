//! Doubtful places of the law: every switch of `[readings]` changes what the engine does, in a case of `data/readings.toml`; and what the switches
//! about presentation, filing and parking change, told as stories.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use checkpoint::input::order::PapersKind;
use checkpoint::law::term::{Body, TermRule, compute_ceiling};
use checkpoint::law::{Calendar, Edition, Readings, notice};
use checkpoint::site::Mode;
use expect_test::{Expect, expect, expect_file};
use serde::Deserialize;

use crate::notices::{draft, said};
use crate::submissions::{original, read_otherwise};
use crate::terms;
use crate::world::World;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    reading: String,
    term: Option<Term>,
    ceiling: Option<Term>,
    story: Option<String>,
    #[serde(default)]
    shows: Vec<String>,
    notice: Option<Notice>,
    storage: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    rule: String,
    body: String,
    at: String,
    days_off: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    mode: Mode,
    says: String,
    in_russian: Option<String>,
}

impl Case {
    /// What the engine makes of the case under this law.
    fn outcome(&self, edition: Edition) -> String {
        if let Some(term) = &self.term {
            let calendar = term.calendar();
            let found =
                terms::compute_with(&term.rule, &term.body, &term.at, &calendar, &edition.readings);
            return terms::told(&found);
        }
        if let Some(term) = &self.ceiling {
            let (zone, timetable, calendar) =
                (terms::almaty(), terms::timetable(&term.body), term.calendar());
            let body = Body { zone: &zone, timetable: &timetable, calendar: &calendar };
            let rule = TermRule::parse(&format!("{{ {} }}", term.rule)).unwrap();
            let trigger = terms::trigger(&term.at);
            return terms::told(&compute_ceiling(&rule, &trigger, body, &edition.readings));
        }
        if let Some(story) = &self.story {
            let told = World::under(edition).tell(story);
            let shown = told
                .lines()
                .filter(|line| self.shows.iter().any(|word| line.trim_start().contains(word)));
            // The story itself is no outcome of it.
            let shown = shown.filter(|line| line.starts_with("  "));
            return shown.map(str::trim).collect::<Vec<_>>().join("\n");
        }
        if let Some(notice) = &self.notice {
            let mut draft = draft(notice.mode, &notice.says);
            draft.originals = notice.in_russian.iter().map(|field| original(field, "ru")).collect();
            return said(&notice::check(&edition, &draft));
        }
        let storage = draft(Mode::Road, self.storage.as_deref().expect("a case says something"));
        said(&notice::check_papers(&edition, PapersKind::Storage, &storage).unwrap())
    }
}

impl Term {
    fn calendar(&self) -> Calendar {
        match self.days_off.as_deref() {
            Some("moved") => Calendar::parse(terms::readings::MOVED, "moved.toml").unwrap(),
            Some(other) => panic!("no days off are called {other:?}"),
            None => terms::calendar(),
        }
    }
}

#[test]
fn every_option_of_every_switch_changes_an_outcome() {
    let cases: Cases = toml::from_str(include_str!("../data/readings.toml")).unwrap();
    let switches = Readings::default().table();
    let mut told = String::new();
    let mut differ: BTreeSet<(&str, &str)> = BTreeSet::new();
    for case in &cases.case {
        let switch = switches.iter().find(|one| one.key == case.reading);
        let switch = switch.unwrap_or_else(|| panic!("there is no switch {}", case.reading));
        writeln!(told, "{} {}", switch.ambiguity, switch.key).unwrap();
        let recommended = case.outcome(read_otherwise(switch.key, switch.options[0]));
        for word in switch.options {
            let outcome = case.outcome(read_otherwise(switch.key, word));
            if outcome != recommended {
                differ.insert((switch.key, word));
            }
            writeln!(told, "  {word}:").unwrap();
            outcome.lines().for_each(|line| writeln!(told, "    {line}").unwrap());
        }
    }
    let options = switches
        .iter()
        .flat_map(|switch| switch.options.iter().skip(1).map(|option| (switch.key, *option)));
    let idle: Vec<_> = options.filter(|option| !differ.contains(option)).collect();
    assert!(idle.is_empty(), "nothing changes, in no case, by {idle:?}");
    expect_file!["../golden/readings.txt"].assert_eq(&told);
}

/// The story under the built-in law with one place read otherwise.
fn check(key: &str, word: &str, story: &str, expected: Expect) {
    expected.assert_eq(&World::under(read_otherwise(key, word)).tell(story));
}

/// Goods that the notice names are presented by it; goods that nobody has named yet may still be shown.
#[test]
fn a_notice_may_be_the_presentation() {
    check(
        "presentation",
        "notice",
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: present 1 2
         09:00 bekov: notice 1 20000 5000
         09:10 bekov: notice 1 20000 5000 100
         10:00 bekov: open 9 777XYZ01
         10:01 bekov: notice 2 20000",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: present 1 2
              consignment_recorded visit 1 consignment=2
              goods_presented visit 1 consignment=2
              clock_started visit 1 consignment 2 ARR-1 art. 252.4/1 due 11:01:00
            08:05:00 -
              lane_left visit 1 lane=1
            09:00 bekov: notice 1 20000 5000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=5000
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 12:00:00
            09:10 bekov: notice 1 20000 5000 100
              notice_registered visit 1 missing=41 number=57402-N-000001 revision=2
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=5000
              consignment_recorded visit 1 consignment=3 gross_kg=100
              goods_presented visit 1 consignment=3
              clock_started visit 1 consignment 3 ARR-1 art. 252.4/1 due 12:10:00
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:00 bekov: open 9 777XYZ01
              visit_opened visit 2 lane=9 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 2 plate=777XYZ01
            10:01:00 -
              clock_nearing clock=2 minutes_left=60
            10:01 bekov: notice 2 20000
              notice_registered visit 2 missing=20 number=57402-N-000002 revision=1
              consignment_recorded visit 2 consignment=1 gross_kg=20000
        "#]],
    );
}

/// Nobody knows of goods at the arrival; once they are named, their term runs from there, over already if it is.
#[test]
fn the_arrival_may_be_the_presentation() {
    check(
        "presentation",
        "arrival",
        "08:00 bekov: open 1 123ABC02
         08:30 bekov: notice 1 20000
         08:40 bekov: file 1 1 declaration
         09:00 bekov: open 2 456ABC02
         12:30 bekov: notice 2 300
         12:31 -
         13:00 bekov: open 1 789ABC02
         13:01 bekov: notice 3 empty
         13:02 bekov: permit 3",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:05:00 -
              lane_left visit 1 lane=1
            08:30 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              goods_presented visit 1 as_of=08:00:00 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:00:00
            08:40 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_stopped_provisionally as_of=08:40:00 clock=2
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 10:40:00
            09:00 bekov: open 2 456ABC02
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 12:00:00 (performance_only)
              vehicle_identified visit 2 plate=456ABC02
            09:05:00 -
              lane_left visit 2 lane=2
            09:40:00 -
              clock_nearing clock=3 minutes_left=60
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:10:00 -
              clock_nearing clock=3 minutes_left=30
            10:30:00 -
              clock_nearing clock=1 minutes_left=30
              clock_nearing clock=3 minutes_left=10
            10:40:00 -
              clock_expired clock=3
              alarm_raised visit 1 alarm=1 cause=term_over lane=1 priority=p3
            10:50:00 -
              clock_nearing clock=1 minutes_left=10
            11:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=2 cause=term_over lane=1 priority=p3
              clock_nearing clock=4 minutes_left=60
            11:30:00 -
              clock_nearing clock=4 minutes_left=30
            11:50:00 -
              clock_nearing clock=4 minutes_left=10
            12:00:00 -
              clock_expired clock=4
              alarm_raised visit 2 alarm=3 cause=term_over lane=2 priority=p3
            12:30 bekov: notice 2 300
              notice_registered visit 2 missing=19 number=57402-N-000002 revision=1
              consignment_recorded visit 2 consignment=1 gross_kg=300
              goods_presented visit 2 as_of=09:00:00 consignment=1
              clock_started visit 2 consignment 1 ARR-1 art. 252.4/1 due 12:00:00
            11:00:00 -
              clock_expired clock=5
              alarm_raised visit 2 alarm=4 cause=term_over lane=2 priority=p2
            12:31 -
            13:00 bekov: open 1 789ABC02
              visit_opened visit 3 lane=1 number=57402-2025-000003
              clock_started visit 3 PRK-1 art. 453.2 due 16:00:00 (performance_only)
              vehicle_identified visit 3 plate=789ABC02
            13:01 bekov: notice 3 empty
              notice_registered visit 3 missing=4 number=57402-N-000003 revision=1
            13:02 bekov: permit 3
              exit_permitted visit 3
              clock_stopped as_of=13:02:00 clock=6
        "#]],
    );
}

/// Filing does not stop the term then, so a refusal has nothing to restore.
#[test]
fn only_registration_may_stop_the_term() {
    check(
        "arrival_term_stops",
        "with_registration",
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: present 1
         08:03 bekov: file 1 1 declaration
         08:10 bekov: refuse 1 1 declaration
         08:20 bekov: file 1 1 storage
         11:03 bekov: register 1 1 storage",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:03 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 10:03:00
            08:05:00 -
              lane_left visit 1 lane=1
            08:10 bekov: refuse 1 1 declaration
              papers_refused visit 1 article=288.4(4) consignment=1 ground=not signed papers=declaration refused_on=ART_288_4_4
              clock_stopped as_of=08:10:00 clock=3
            08:20 bekov: file 1 1 storage
              papers_filed visit 1 consignment=1 papers=storage reference=D-1
              clock_started visit 1 consignment 1 TS-1 art. 267.2 due 09:20:00
            08:50:00 -
              clock_nearing clock=4 minutes_left=30
            09:10:00 -
              clock_nearing clock=4 minutes_left=10
            09:20:00 -
              clock_expired clock=4
              alarm_raised visit 1 alarm=1 cause=term_over lane=1 priority=p3
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:02:00 -
              clock_nearing clock=2 minutes_left=60
            10:30:00 -
              clock_nearing clock=1 minutes_left=30
            10:32:00 -
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=2 cause=term_near lane=1 priority=p3
            10:50:00 -
              clock_nearing clock=1 minutes_left=10
            10:52:00 -
              clock_nearing clock=2 minutes_left=10
            11:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=3 cause=term_over lane=1 priority=p3
            11:02:00 -
              clock_expired clock=2
              alarm_ended alarm=2
              alarm_raised visit 1 alarm=4 cause=term_over lane=1 priority=p2
            11:03 bekov: register 1 1 storage
              papers_registered visit 1 consignment=1 number=R-1 papers=storage
              clock_stopped as_of=11:03:00 clock=2
              alarm_ended alarm=4
              clock_stopped as_of=11:03:00 clock=4
              alarm_ended alarm=1
              clock_started visit 1 consignment 1 TS-2 art. 268 due 2025-05-12 20:00:00
        "#]],
    );
}

/// The cap goes on after the permission, and its exceptions lift it as before (453.2).
#[test]
fn the_leaving_may_end_the_parking() {
    check(
        "parking_ends",
        "with_departure",
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 empty
         10:30 bekov: permit 1
         11:30 bekov: exit 1",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 empty
              notice_registered visit 1 missing=4 number=57402-N-000001 revision=1
            08:05:00 -
              lane_left visit 1 lane=1
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:30:00 -
              clock_nearing clock=1 minutes_left=30
            10:30 bekov: permit 1
              exit_permitted visit 1
            10:50:00 -
              clock_nearing clock=1 minutes_left=10
            11:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=1 priority=p3
            11:30 bekov: exit 1
              vehicle_left visit 1
              clock_stopped as_of=11:30:00 clock=1
              alarm_ended alarm=1
        "#]],
    );
}
