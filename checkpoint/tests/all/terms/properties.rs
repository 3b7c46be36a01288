//! What holds of every term, whatever its trigger, body and calendar.

use checkpoint::law::calendar::{Calendar, Holiday, HolidayKind};
use checkpoint::law::term::{Body, Computation, Stated, TermRule, Trigger, compute};
use checkpoint::law::{Readings, Timetable};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;

/// Every way of counting that needs nothing stated, with numbers as the law has them.
const RULES: [&str; 15] = [
    "count = \"hours\", amount = 3",
    "count = \"hours_in_working_time\", amount = 1, from_opening = 2",
    "count = \"hours_before_closing\", amount = 4",
    "count = \"next_working_day_end\"",
    "count = \"days\", amount = 1",
    "count = \"days\", amount = 30",
    "count = \"days\", amount = 3, from = \"day_of_detention\"",
    "count = \"body_working_days\", amount = 1",
    "count = \"body_working_days\", amount = 10",
    "count = \"working_days\", amount = 3",
    "count = \"months\", amount = 2",
    "count = \"years\", amount = 5",
    "count = \"years_after_year_end\", amount = 5",
    "count = \"day_of_next_month\", day = 10",
    "count = \"transit_cap\", km = 2000, months = 1",
];

/// Bodies of every habit: round the clock, days, holidays off, a break at noon, shifts over midnight, short days, only weekends.
const BODIES: [&str; 7] = [
    "closed_on_holidays = false\n[weekly]\nmon = [[\"00:00\", \"24:00\"]]\ntue = [[\"00:00\", \"24:00\"]]\nwed = [[\"00:00\", \"24:00\"]]\nthu = [[\"00:00\", \"24:00\"]]\nfri = [[\"00:00\", \"24:00\"]]\nsat = [[\"00:00\", \"24:00\"]]\nsun = [[\"00:00\", \"24:00\"]]\n",
    "closed_on_holidays = true\n[weekly]\nmon = [[\"09:00\", \"18:00\"]]\ntue = [[\"09:00\", \"18:00\"]]\nwed = [[\"09:00\", \"18:00\"]]\nthu = [[\"09:00\", \"18:00\"]]\nfri = [[\"09:00\", \"18:00\"]]\n",
    "closed_on_holidays = true\n[weekly]\nmon = [[\"08:00\", \"20:00\"]]\ntue = [[\"08:00\", \"20:00\"]]\nwed = [[\"08:00\", \"20:00\"]]\nthu = [[\"08:00\", \"20:00\"]]\nfri = [[\"08:00\", \"20:00\"]]\nsat = [[\"08:00\", \"20:00\"]]\n",
    "closed_on_holidays = true\n[weekly]\nmon = [[\"09:00\", \"13:00\"], [\"14:00\", \"18:00\"]]\ntue = [[\"09:00\", \"13:00\"], [\"14:00\", \"18:00\"]]\nthu = [[\"09:00\", \"13:00\"], [\"14:00\", \"18:00\"]]\n",
    "closed_on_holidays = false\n[weekly]\nmon = [[\"20:00\", \"08:00\"]]\nwed = [[\"20:00\", \"08:00\"]]\nsat = [[\"20:00\", \"08:00\"]]\n",
    "closed_on_holidays = false\n[weekly]\nmon = [[\"10:00\", \"12:00\"]]\ntue = [[\"10:00\", \"12:00\"]]\nfri = [[\"10:00\", \"12:00\"]]\n",
    "closed_on_holidays = true\n[weekly]\nsat = [[\"09:00\", \"18:00\"]]\nsun = [[\"09:00\", \"18:00\"]]\n",
];

const ZONES: [&str; 4] = ["Asia/Almaty", "Asia/Qyzylorda", "Europe/Berlin", "America/New_York"];

#[derive(Debug)]
struct Case {
    zone: TimeZone,
    timetable: Timetable,
    calendar: Calendar,
}

impl Case {
    fn body(&self) -> Body<'_> {
        Body { zone: &self.zone, timetable: &self.timetable, calendar: &self.calendar }
    }

    fn compute(&self, rule: TermRule, at: Timestamp) -> Computation {
        let trigger = Trigger::at(at).distance(4500);
        compute(&rule, &trigger, self.body(), &Readings::default()).unwrap()
    }
}

fn timetable(rows: &str) -> Timetable {
    let text = format!("version = \"t\"\ntitle = \"t\"\nissued = \"2025-01-01\"\n{rows}");
    Timetable::parse(&text, "timetable.toml").unwrap()
}

fn rules() -> impl Strategy<Value = TermRule> {
    prop::sample::select(&RULES[..])
        .prop_map(|rule| TermRule::parse(&format!("{{ {rule} }}")).unwrap())
}

/// A body, and days off scattered over two years.
fn cases() -> impl Strategy<Value = Case> {
    let offs = prop::collection::btree_set(0_i64..900, 0..40);
    let (bodies, zones) = (prop::sample::select(&BODIES[..]), prop::sample::select(&ZONES[..]));
    (bodies, zones, offs).prop_map(|(body, zone, offs)| {
        let mut calendar = Calendar::default();
        for day in offs {
            let day = date(2023, 10, 1).checked_add(Span::new().days(day)).unwrap();
            let holiday = Holiday { kind: HolidayKind::Holiday, name: "off".to_owned() };
            calendar.holidays.insert(day, holiday);
        }
        Case { zone: TimeZone::get(zone).unwrap(), timetable: timetable(body), calendar }
    })
}

/// An instant from October 2023 to the end of 2025, to the second: leap day, change of Almaty's offset and ends of years are among them.
fn instants() -> impl Strategy<Value = Timestamp> {
    (1_696_118_400_i64..1_767_225_600).prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_term_never_ends_before_its_trigger(case in cases(), rule in rules(), at in instants()) {
        let found = case.compute(rule, at);
        prop_assert!(found.due_at >= at);
        prop_assert!(found.latest_at >= found.due_at);
    }

    #[test]
    fn in_person_nothing_ends_after_midnight_but_a_shift_of_the_body(case in cases(), rule in rules(), at in instants()) {
        let found = case.compute(rule, at);
        let Some(last) = found.last_day else { return Ok(()) };
        let midnight = case.zone.to_timestamp(last.tomorrow().unwrap().at(0, 0, 0, 0)).unwrap();
        // The body's own working day ends with its shift, which may be on the next day (AMB-07).
        let own_day = matches!(rule, TermRule::NextWorkingDayEnd | TermRule::BodyWorkingDays { .. });
        prop_assert!(found.due_at <= midnight || own_day);
        prop_assert!(found.latest_at == midnight || (own_day && found.latest_at == found.due_at));
    }

    #[test]
    fn who_begins_later_ends_no_earlier(case in cases(), rule in rules(), at in instants(), later_s in 0_i64..400_000) {
        let later = at.checked_add(SignedDuration::from_secs(later_s)).unwrap();
        let (first, second) = (case.compute(rule, at), case.compute(rule, later));
        if let TermRule::HoursInWorkingTime { amount, from_opening } = rule {
            // Not so here, and by the letter of 329.3/2: who arrives before opening has two hours from the opening, who arrives just after it one hour
            // from then. What holds is weaker: nobody has less than one hour, and who waited for the opening has two.
            let granted = SignedDuration::from_hours(i64::from(amount.min(from_opening)));
            prop_assert!(second.due_at >= later.checked_add(granted).unwrap());
            let slack = SignedDuration::from_hours(i64::from(from_opening.abs_diff(amount)));
            prop_assert!(second.due_at.checked_add(slack).unwrap() >= first.due_at);
        } else {
            prop_assert!(second.due_at >= first.due_at);
            prop_assert!(second.latest_at >= first.latest_at);
        }
    }

    #[test]
    fn another_day_off_makes_no_term_shorter(case in cases(), rule in rules(), at in instants(), day in 0_i64..900) {
        let before = case.compute(rule, at);
        let mut more = Case { zone: case.zone.clone(), timetable: case.timetable.clone(), calendar: case.calendar.clone() };
        let day = date(2023, 10, 1).checked_add(Span::new().days(day)).unwrap();
        let holiday = Holiday { kind: HolidayKind::Holiday, name: "one more".to_owned() };
        more.calendar.holidays.insert(day, holiday);
        let after = more.compute(rule, at);
        if let TermRule::HoursInWorkingTime { amount, .. } = rule {
            // Here too the law gives an hour from the trigger or two from the opening; no day off takes the hour away.
            prop_assert!(after.due_at >= before.due_at || after.due_at >= at.checked_add(SignedDuration::from_hours(i64::from(amount))).unwrap());
        } else {
            prop_assert!(after.latest_at >= before.latest_at);
        }
    }

    #[test]
    fn months_keep_the_number_of_the_day_or_end_with_the_month(case in cases(), at in instants(), amount in 1_u32..=12) {
        let found = case.compute(TermRule::Months { amount }, at);
        let day = case.zone.to_datetime(at).date();
        let nominal = found.nominal_day.unwrap();
        prop_assert!(nominal.day() == day.day() || (nominal.day() < day.day() && nominal == nominal.last_of_month()));
        let months = i32::from(nominal.year() - day.year()) * 12 + i32::from(nominal.month() - day.month());
        prop_assert_eq!(months, i32::try_from(amount).unwrap());
    }

    #[test]
    fn a_last_day_works_unless_it_is_the_bodys_own(case in cases(), rule in rules(), at in instants()) {
        let found = case.compute(rule, at);
        let Some(last) = found.last_day else { return Ok(()) };
        let works = case.calendar.why_not_working(last, &Readings::default()).is_none();
        let opens = case.timetable.opens_on(last, &case.calendar);
        let of_the_body = matches!(rule, TermRule::BodyWorkingDays { .. }) && opens;
        let next_of_the_body = rule == TermRule::NextWorkingDayEnd;
        let is_last_day = if next_of_the_body { opens } else { works || of_the_body };
        prop_assert!(is_last_day, "the last day {} is one on which nobody works", last);
    }

    #[test]
    fn a_stated_limit_is_never_later_than_the_law(case in cases(), at in instants(), later_s in 0_i64..400_000) {
        let stated = Stated::Instant(at.checked_add(SignedDuration::from_secs(later_s)).unwrap());
        let rule = TermRule::StatedOrNextWorkingDayEnd;
        let trigger = Trigger::at(at).stated(stated);
        let found = compute(&rule, &trigger, case.body(), &Readings::default()).unwrap();
        let limit = case.compute(TermRule::NextWorkingDayEnd, at);
        prop_assert!(found.due_at <= limit.due_at && found.latest_at <= limit.latest_at);
    }

    #[test]
    fn a_computation_can_be_written_and_read(case in cases(), rule in rules(), at in instants()) {
        let found = case.compute(rule, at);
        let text = serde_json::to_string(&found).unwrap();
        prop_assert_eq!(serde_json::from_str::<Computation>(&text).unwrap(), found);
        let rule_text = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<TermRule>(&rule_text).unwrap(), rule);
    }
}

/// The machine's own zone plays no part: the worked examples are run again in processes of other zones.
#[test]
fn the_machines_own_zone_plays_no_part() {
    let this = std::env::current_exe().unwrap();
    for zone in ["UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Almaty"] {
        let run = std::process::Command::new(&this)
            .args(["--exact", "terms::worked_examples_of_the_law"])
            .env("TZ", zone)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && told.contains("1 passed"), "with TZ={zone}: {told}");
    }
}
