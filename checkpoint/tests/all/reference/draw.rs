//! What is drawn by chance: bodies with their days off and hours, rules, readings, and moments that are likely to be wrong.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint::law::readings::Reading;
use jiff::tz::TimeZone;

use super::body::{Body, Hours, KINDS, ZONES};
use super::chance::Chance;
use super::days::{DAY_S, Day};
use super::question::{First, Readings, Rule, Stated, Trigger};

pub(super) fn body(chance: &mut Chance) -> Body {
    let zone_name = *chance.one_of(&ZONES);
    let mut body = Body {
        zone_name,
        zone: TimeZone::get(zone_name).unwrap(),
        weekly: Default::default(),
        closed_on_holidays: !chance.once_in(3),
        exceptions: BTreeMap::new(),
        days_off: days_off(chance),
        working_weekends: BTreeMap::new(),
        through: Day::new(2199, 12, 31),
    };
    weekly(chance, &mut body);
    exceptions(chance, &mut body);
    for _ in 0..chance.within(0, 20) {
        let day = some_day(chance);
        if day.is_weekend() && !body.days_off.contains_key(&day) {
            body.working_weekends.insert(day, chance.once_in(2));
        }
    }
    if chance.once_in(4) {
        let through = Day::new(2024, 12, 31);
        body.days_off.retain(|day, _| *day <= through);
        body.working_weekends.retain(|day, _| *day <= through);
        body.through = through;
    }
    body
}

fn days_off(chance: &mut Chance) -> BTreeMap<Day, &'static str> {
    let fixed = [
        (1, 1),
        (1, 2),
        (1, 7),
        (3, 8),
        (3, 21),
        (3, 22),
        (3, 23),
        (5, 1),
        (5, 9),
        (12, 16),
        (12, 31),
    ];
    let mut days = BTreeSet::new();
    for year in 2018..=2032 {
        for (month, number) in fixed {
            if chance.once_in(2) {
                days.insert(Day::new(year, month, number));
            }
        }
        for _ in 0..chance.within(0, 6) {
            let month = i8::try_from(chance.within(1, 12)).unwrap();
            let mut day = Day::new(year, month, i8::try_from(chance.within(1, 28)).unwrap());
            let length = if chance.once_in(6) { chance.within(4, 14) } else { chance.within(1, 3) };
            for _ in 0..length {
                days.insert(day);
                day = day.next();
            }
        }
        if chance.once_in(3) {
            days.insert(Day::new(year, 3, 1).before());
        }
    }
    days.into_iter().map(|day| (day, *chance.one_of(&KINDS))).collect()
}

fn weekly(chance: &mut Chance, body: &mut Body) {
    let pattern = chance.within(1, 10);
    let usual = usual_hours(chance);
    for weekday in 0..7 {
        body.weekly[weekday] = match pattern {
            1 | 2 => vec![(0, 24 * 60)],
            3 if weekday < 5 => usual.clone(),
            4 | 5 if weekday < 6 => usual.clone(),
            6 => usual.clone(),
            7 => vec![(8 * 60, 8 * 60)],
            8 => usual_hours(chance),
            9 | 10 if !chance.once_in(3) => usual_hours(chance),
            _ => Vec::new(),
        };
    }
}

/// Hours of one day: a day shift, a split one, a night, to midnight, or round the clock.
fn usual_hours(chance: &mut Chance) -> Vec<Hours> {
    let minutes = [0, 0, 10, 30, 45];
    let opens = chance.within(1, 10) * 60 + chance.one_of(&minutes);
    let closes = chance.within(15, 23) * 60 + chance.one_of(&minutes);
    let noon = chance.within(11, 13) * 60;
    match chance.within(1, 11) {
        1 | 2 => vec![(opens, noon), (noon + chance.within(1, 10) * 10, closes)],
        3 => vec![(closes, opens)],
        4 => vec![(0, opens / 2), (opens, 24 * 60)],
        5 => vec![(opens, 24 * 60)],
        6 => vec![(0, 24 * 60)],
        7 => vec![(opens, noon), (closes, opens)],
        8 => vec![(0, opens)],
        _ => vec![(opens, closes)],
    }
}

fn exceptions(chance: &mut Chance, body: &mut Body) {
    for _ in 0..chance.within(0, 12) {
        let mut day = some_day(chance);
        let length = if chance.once_in(4) { chance.within(7, 45) } else { chance.within(1, 3) };
        let hours = if chance.once_in(2) { Vec::new() } else { usual_hours(chance) };
        for _ in 0..length {
            body.exceptions.insert(day, hours.clone());
            day = day.next();
        }
    }
}

fn some_day(chance: &mut Chance) -> Day {
    let year = i16::try_from(chance.within(2019, 2028)).unwrap();
    let month = i8::try_from(chance.within(1, 12)).unwrap();
    Day::new(year, month, i8::try_from(chance.within(1, 28)).unwrap())
}

pub(super) fn rule(chance: &mut Chance) -> Rule {
    let first = if chance.once_in(3) { First::ThatDay } else { First::TheDayAfter };
    match chance.within(1, 22) {
        1 | 2 => Rule::Hours(chance.within(1, 60)),
        3 | 4 => Rule::HoursInWorkingTime(chance.within(1, 5), chance.within(1, 5)),
        5 | 6 => Rule::HoursBeforeClosing(chance.within(1, 12)),
        7 | 8 => Rule::NextWorkingDayEnd,
        9 => Rule::Days(chance.within(1, 5), First::OfDetention),
        10 | 11 => Rule::Days(chance.within(1, 100), first),
        12 | 13 => Rule::BodyWorkingDays(chance.within(1, 25), first),
        14 => Rule::WorkingDays(chance.within(1, 25), first),
        15 => Rule::Months(chance.within(1, 30)),
        16 => Rule::Years(chance.within(1, 7)),
        17 => Rule::YearsAfterYearEnd(chance.within(1, 7)),
        18 => Rule::CalendarYear,
        19 => Rule::DayOfNextMonth(i8::try_from(chance.within(1, 28)).unwrap()),
        20 => Rule::TransitCap {
            km: chance.within(1, 8) * 500,
            months: chance.within(1, 2),
            rest_days: chance.within(15, 60),
        },
        21 => *chance.one_of(&[Rule::Immediately, Rule::Stated]),
        _ => Rule::StatedOrNextWorkingDayEnd,
    }
}

/// The recommended readings, some of the others, or one of them alone.
pub(super) fn readings(chance: &mut Chance, table: &[Reading]) -> Readings {
    let mut readings = Readings::new();
    let how = chance.within(1, 3);
    let alone = chance.one_of(table).key;
    for switch in table {
        if (how == 2 && switch.key == alone) || (how == 3 && chance.once_in(4)) {
            readings.insert(switch.key, *chance.one_of(&switch.options[1..]));
        }
    }
    readings
}

pub(super) fn trigger(chance: &mut Chance, body: &Body, rule: Rule) -> Trigger {
    let mut at = moment(chance, body);
    if let (Rule::HoursBeforeClosing(hours) | Rule::Hours(hours), true) = (rule, chance.once_in(2))
    {
        at -= hours * 3600;
    }
    at += *chance.one_of(&[0, 0, -1, 1]);
    let stated = match chance.within(1, 5) {
        1 => None,
        2 => Some(Stated::Day(body.day(at + chance.within(-1, 5) * DAY_S))),
        3 if chance.once_in(2) => Some(Stated::Day(body.day(at + chance.within(0, 400) * DAY_S))),
        3 => Some(Stated::Instant(at + chance.within(-10, 400) * DAY_S)),
        _ => Some(Stated::Instant(moment(chance, body).clamp(at, at + 3 * DAY_S))),
    };
    let km = match chance.within(1, 6) {
        1 => chance.within(1, 4) * 2000,
        2 => chance.within(1, 20) * 500,
        3 => chance.within(1, 100),
        _ => chance.within(1, 9000),
    };
    Trigger { at, stated, km: (!chance.once_in(50)).then_some(km) }
}

/// A moment of the years 2019 to 2028: where the clocks change, where days, months and years end, where a body opens or closes, or anywhere.
fn moment(chance: &mut Chance, body: &Body) -> i64 {
    /// 2024-03-01 00:00+06:00, when Almaty and Qostanay went back an hour.
    const CHANGE: i64 = 1_709_229_600;
    let day = some_day(chance);
    match chance.within(1, 9) {
        1 => CHANGE + chance.within(-6, 6) * 1800,
        2 => CHANGE + chance.within(-3 * DAY_S, 3 * DAY_S),
        3 => body.begins(Day::new(day.year(), day.month(), 1)) + chance.within(-8, 8) * 900,
        4 => body.begins(Day::new(day.year(), 3, 1)) + chance.within(-40, 20) * 3600,
        5 => body.begins(Day::new(day.year(), 1, 1)) + chance.within(-40, 40) * 1800,
        6 | 7 => match body.working_day(day) {
            Some((opens, closes)) => *chance.one_of(&[opens, closes, closes, (opens + closes) / 2]),
            None => body.begins(day),
        },
        // Spring and autumn, where other countries change their clocks.
        8 => {
            body.begins(Day::new(day.year(), *chance.one_of(&[3, 9, 11]), 20))
                + chance.within(-20 * DAY_S, 12 * DAY_S)
        }
        _ => body.begins(day) + chance.within(0, DAY_S),
    }
}
