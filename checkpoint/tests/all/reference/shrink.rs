//! Makes a case on which the two disagree as small as it goes, and prints it in full.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::body::Body;
use super::question::{First, Found, Rule, Stated};
use super::{Case, written};

/// Panics with the smallest case of each way to count, if there are any.
pub(super) fn tell(differ: Vec<Case>) {
    let mut by_count: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in differ {
        let rule = written(case.rule);
        let count = rule.split('"').nth(1).unwrap_or(&rule).to_owned();
        by_count.entry(count).or_default().push(case);
    }
    let mut text = String::new();
    for (count, cases) in by_count {
        let differ = cases.len();
        let Some(case) = cases.into_iter().min_by_key(size).map(smallest) else { continue };
        writeln!(text, "{count}: {differ} cases differ, such as\n{}\n", told(&case)).unwrap();
    }
    assert!(text.is_empty(), "reference and computation disagree\n{text}");
}

fn size(case: &Case) -> usize {
    let body = case.body.days_off.len() / 10 + case.body.exceptions.len();
    let zone = usize::from(case.body.zone_name != "UTC") * 5;
    body + zone + case.readings.len() * 20 + usize::from(case.is_ceiling) * 20
}

fn smallest(mut case: Case) -> Case {
    while let Some(smaller) =
        simpler(&case).into_iter().find(|simpler| simpler.computed() != simpler.reference())
    {
        case = smaller;
    }
    case
}

/// The same case with one thing less.
fn simpler(case: &Case) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut simpler = case.clone();
        change(&mut simpler);
        cases.push(simpler);
    };
    for key in case.readings.keys() {
        with(&|case| {
            case.readings.remove(key);
        });
    }
    if case.is_ceiling {
        with(&|case| case.is_ceiling = false);
    }
    if case.trigger.stated.is_some() {
        with(&|case| case.trigger.stated = None);
    }
    if case.trigger.km.is_some() {
        with(&|case| case.trigger.km = None);
    }
    if case.trigger.at % 3600 != 0 {
        with(&|case| case.trigger.at -= case.trigger.at % 3600);
    }
    if case.body.zone_name != "UTC" {
        with(&|case| {
            case.body.zone_name = "UTC";
            case.body.zone = jiff::tz::TimeZone::UTC;
        });
    }
    if let Some(rule) = smaller_rule(case.rule) {
        with(&|case| case.rule = rule);
    }
    for part in [1, 2, 8] {
        let days: Vec<_> = case.body.days_off.keys().copied().collect();
        for days in days.chunks(days.len().div_ceil(part).max(1)) {
            with(&|case| case.body.days_off.retain(|day, _| !days.contains(day)));
        }
        let days: Vec<_> = case.body.exceptions.keys().copied().collect();
        for days in days.chunks(days.len().div_ceil(part).max(1)) {
            with(&|case| case.body.exceptions.retain(|day, _| !days.contains(day)));
        }
    }
    for day in case.body.working_weekends.keys() {
        with(&|case| {
            case.body.working_weekends.remove(day);
        });
    }
    if case.body.closed_on_holidays && case.body.days_off.is_empty() {
        with(&|case| case.body.closed_on_holidays = false);
    }
    for weekday in 0..7 {
        match case.body.weekly[weekday].as_slice() {
            [] => {}
            [(0, 1440)] => with(&|case| case.body.weekly[weekday].clear()),
            [_] => with(&|case| case.body.weekly[weekday] = vec![(0, 1440)]),
            _ => with(&|case| {
                case.body.weekly[weekday].pop();
            }),
        }
    }
    cases
}

fn smaller_rule(rule: Rule) -> Option<Rule> {
    let less = |amount: i64| (amount > 1).then(|| (amount / 2).max(1));
    match rule {
        Rule::Hours(amount) => less(amount).map(Rule::Hours),
        Rule::HoursBeforeClosing(amount) => less(amount).map(Rule::HoursBeforeClosing),
        Rule::Days(amount, first) => less(amount).map(|amount| Rule::Days(amount, first)),
        Rule::BodyWorkingDays(amount, First::ThatDay) => {
            Some(Rule::BodyWorkingDays(amount, First::TheDayAfter))
        }
        Rule::BodyWorkingDays(amount, first) => {
            less(amount).map(|amount| Rule::BodyWorkingDays(amount, first))
        }
        Rule::WorkingDays(amount, first) => {
            less(amount).map(|amount| Rule::WorkingDays(amount, first))
        }
        Rule::Months(amount) => less(amount).map(Rule::Months),
        Rule::Years(amount) => less(amount).map(Rule::Years),
        Rule::YearsAfterYearEnd(amount) => less(amount).map(Rule::YearsAfterYearEnd),
        Rule::HoursInWorkingTime(..)
        | Rule::NextWorkingDayEnd
        | Rule::CalendarYear
        | Rule::DayOfNextMonth(_)
        | Rule::Immediately
        | Rule::Stated
        | Rule::StatedOrNextWorkingDayEnd
        | Rule::TransitCap { .. } => None,
    }
}

fn told(case: &Case) -> String {
    let body = &case.body;
    let mut told = format!("rule      {}", written(case.rule));
    if case.is_ceiling {
        told.push_str(", as the most to which a term may be prolonged");
    }
    write!(told, "\nreadings  {:?}\ntrigger   {}", case.readings, local(body, case.trigger.at))
        .unwrap();
    match case.trigger.stated {
        None => {}
        Some(Stated::Instant(at)) => write!(told, ", stated {}", local(body, at)).unwrap(),
        Some(Stated::Day(day)) => write!(told, ", stated {day}").unwrap(),
    }
    if let Some(km) = case.trigger.km {
        write!(told, ", {km} km").unwrap();
    }
    let answer = |found: Found| match found {
        None => "refused".to_owned(),
        Some(found) => {
            let day =
                |day: Option<super::days::Day>| day.map_or("-".to_owned(), |day| day.to_string());
            format!(
                "due {}, latest {}, nominal {}, last {}, flags {:?}",
                local(body, found.due),
                local(body, found.latest),
                day(found.nominal),
                day(found.last),
                found.flags
            )
        }
    };
    write!(told, "\nreference {}", answer(case.reference())).unwrap();
    write!(told, "\ncomputed  {}", answer(case.computed())).unwrap();
    write!(told, "\nzone      {}", body.zone_name).unwrap();
    write!(told, "\ncalendar\n{}timetable\n{}", body.calendar_file(), body.timetable_file())
        .unwrap();
    told
}

fn local(body: &Body, at: i64) -> String {
    let at = jiff::Timestamp::from_second(at).unwrap().to_zoned(body.zone.clone());
    at.strftime("%a %F %T%:z").to_string()
}
