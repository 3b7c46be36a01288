//! Every way to count a term, counted a second time on fingers. Chance draws bodies, days off, rules, readings and triggers; the reference walks from
//! day to day (`walk`), the code under test computes, and both must say the same. On a disagreement the smallest case is printed in full.
//!
//! The reference was written from the law's specification alone. It does not know how the code under test counts, and must never be made to.

mod body;
mod chance;
mod days;
mod draw;
mod files;
mod question;
mod shrink;
mod walk;

use std::num::NonZero;
use std::thread;

use checkpoint::law::term::{self, TermRule};
use checkpoint::law::{Calendar, Readings, Timetable};
use jiff::Timestamp;

use body::Body;
use chance::Chance;
use question::{Answer, First, Found, Rule, Stated, Trigger};
use walk::Walk;

const BODIES: usize = 500;
const CASES_OF_A_BODY: usize = 200;

/// A case: everything that the end of a term depends on.
#[derive(Debug, Clone)]
struct Case {
    body: Body,
    rule: Rule,
    trigger: Trigger,
    readings: question::Readings,
    is_ceiling: bool,
}

impl Case {
    fn reference(&self) -> Found {
        let walk = Walk { body: &self.body, readings: &self.readings, is_ceiling: self.is_ceiling };
        walk.answer(self.rule, self.trigger)
    }

    /// The code under test, from the files.
    fn computed(&self) -> Found {
        let files = Files::of(&self.body);
        let rule = TermRule::parse(&written(self.rule)).unwrap();
        files.compute(&rule, &self.trigger, &read(&self.readings), self.is_ceiling)
    }
}

/// A body as the code under test sees it.
struct Files {
    zone: jiff::tz::TimeZone,
    calendar: Calendar,
    timetable: Timetable,
}

impl Files {
    fn of(body: &Body) -> Files {
        Files {
            zone: body.zone.clone(),
            calendar: Calendar::parse(&body.calendar_file(), "calendar.toml").unwrap(),
            timetable: Timetable::parse(&body.timetable_file(), "timetable.toml").unwrap(),
        }
    }

    fn compute(
        &self,
        rule: &TermRule,
        trigger: &Trigger,
        readings: &Readings,
        is_ceiling: bool,
    ) -> Found {
        let body =
            term::Body { zone: &self.zone, timetable: &self.timetable, calendar: &self.calendar };
        let mut told = term::Trigger::at(Timestamp::from_second(trigger.at).unwrap());
        told.stated = trigger.stated.map(|stated| match stated {
            Stated::Instant(at) => term::Stated::Instant(Timestamp::from_second(at).unwrap()),
            Stated::Day(day) => term::Stated::Day(date(day)),
        });
        told.distance_km = trigger.km.map(|km| km.try_into().unwrap());
        let compute = if is_ceiling { term::compute_ceiling } else { term::compute };
        let found = compute(rule, &told, body, readings).ok()?;
        let in_days = found.nominal_day.is_some();
        let day = |date: jiff::civil::Date| days::Day::new(date.year(), date.month(), date.day());
        Some(Answer {
            due: found.due_at.as_second(),
            latest: found.latest_at.as_second(),
            nominal: found.nominal_day.map(day),
            last: found.last_day.map(day),
            // How far the calendar knows is counted for terms in days only: which days the hours of a shift depend on is nobody's business.
            flags: (found.flags.iter().map(|flag| known_flag(flag)))
                .filter(|flag| in_days || *flag != term::CALENDAR_ENDS_BEFORE_TERM)
                .collect(),
        })
    }
}

fn date(day: days::Day) -> jiff::civil::Date {
    jiff::civil::date(day.year(), day.month(), day.number())
}

fn known_flag(name: &str) -> &'static str {
    let known = [
        term::OUTSIDE_WORKING_TIME,
        term::NON_WORKING_DAY,
        term::NO_WORKING_TIME_ON_LAST_DAY,
        term::CALENDAR_ENDS_BEFORE_TERM,
        term::IMMEDIATELY,
        term::STATED_TOO_LATE,
        term::NOTHING_STATED,
    ];
    known.into_iter().find(|known| *known == name).unwrap_or("another flag")
}

/// The rule as an edition writes it.
fn written(rule: Rule) -> String {
    let from = |first: First| match first {
        First::TheDayAfter => "",
        First::ThatDay => ", from = \"day_of\"",
        First::OfDetention => ", from = \"day_of_detention\"",
    };
    let (count, keys) = match rule {
        Rule::Hours(amount) => ("hours", format!(", amount = {amount}")),
        Rule::HoursInWorkingTime(amount, from_opening) => {
            ("hours_in_working_time", format!(", amount = {amount}, from_opening = {from_opening}"))
        }
        Rule::HoursBeforeClosing(amount) => {
            ("hours_before_closing", format!(", amount = {amount}"))
        }
        Rule::NextWorkingDayEnd => ("next_working_day_end", String::new()),
        Rule::Days(amount, first) => ("days", format!(", amount = {amount}{}", from(first))),
        Rule::BodyWorkingDays(amount, first) => {
            ("body_working_days", format!(", amount = {amount}{}", from(first)))
        }
        Rule::WorkingDays(amount, first) => {
            ("working_days", format!(", amount = {amount}{}", from(first)))
        }
        Rule::Months(amount) => ("months", format!(", amount = {amount}")),
        Rule::Years(amount) => ("years", format!(", amount = {amount}")),
        Rule::YearsAfterYearEnd(amount) => ("years_after_year_end", format!(", amount = {amount}")),
        Rule::CalendarYear => ("calendar_year", String::new()),
        Rule::DayOfNextMonth(day) => ("day_of_next_month", format!(", day = {day}")),
        Rule::Immediately => ("immediately", String::new()),
        Rule::Stated => ("stated", String::new()),
        Rule::StatedOrNextWorkingDayEnd => ("stated_or_next_working_day_end", String::new()),
        Rule::TransitCap { km, months, rest_days } => {
            ("transit_cap", format!(", km = {km}, months = {months}, rest_days = {rest_days}"))
        }
    };
    format!("{{ count = \"{count}\"{keys} }}")
}

/// The readings as an edition writes them.
fn read(readings: &question::Readings) -> Readings {
    serde_json::from_value(serde_json::to_value(readings).unwrap()).unwrap()
}

/// What all bodies share: rules and readings, as both sides know them.
struct Drawn {
    rules: Vec<(Rule, TermRule)>,
    readings: Vec<(Readings, question::Readings)>,
}

/// Compares the cases of some bodies; the cases on which the two disagree, and how many must be refused.
fn compare(seeds: impl Iterator<Item = usize>, drawn: &Drawn) -> (Vec<Case>, usize) {
    let (mut differ, mut refused) = (Vec::new(), 0);
    for seed in seeds {
        let mut chance = Chance::new(seed);
        let body = draw::body(&mut chance);
        let files = Files::of(&body);
        for _ in 0..CASES_OF_A_BODY {
            let (rule, parsed) = chance.one_of(&drawn.rules);
            let (readings, words) = chance.one_of(&drawn.readings);
            let trigger = draw::trigger(&mut chance, &body, *rule);
            let is_ceiling = chance.once_in(8);
            let walk = Walk { body: &body, readings: words, is_ceiling };
            let expected = walk.answer(*rule, trigger);
            refused += usize::from(expected.is_none());
            if files.compute(parsed, &trigger, readings, is_ceiling) != expected {
                let readings = words.clone();
                differ.push(Case {
                    body: body.clone(),
                    rule: *rule,
                    trigger,
                    readings,
                    is_ceiling,
                });
            }
        }
    }
    (differ, refused)
}

#[test]
fn the_reference_counts_a_hundred_thousand_terms_the_same() {
    let mut chance = Chance::new(0);
    let table = Readings::default().table();
    let mut rule = || {
        let rule = draw::rule(&mut chance);
        (rule, TermRule::parse(&written(rule)).unwrap())
    };
    let rules = (0..600).map(|_| rule()).collect();
    let mut readings = || {
        let words = draw::readings(&mut chance, &table);
        (read(&words), words)
    };
    let readings = (0..300).map(|_| readings()).collect();
    let drawn = Drawn { rules, readings };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let found: Vec<_> = thread::scope(|scope| {
        let work = |worker| {
            let seeds = (1..=BODIES).skip(worker).step_by(workers);
            let drawn = &drawn;
            scope.spawn(move || compare(seeds, drawn))
        };
        let running: Vec<_> = (0..workers).map(work).collect();
        running.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let refused: usize = found.iter().map(|(_, refused)| refused).sum();
    shrink::tell(found.into_iter().flat_map(|(differ, _)| differ).collect());
    assert!(refused < BODIES * CASES_OF_A_BODY / 20, "{refused} cases say nothing: draw others");
}
