//! What everybody may read: the place, its working hours for eight days, the restrictions, the law in force (art. 23.1, 248.3, 254.2).
//!
//! It is shown on a board at the checkpoint, without signing in. Nothing of vehicles, goods or people is in it, nor of how the agent is.

use axum::Json;
use axum::extract::State;
use checkpoint::law::{Calendar, Timetable};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;

/// What everybody may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicView {
    /// The checkpoint, as people call it.
    pub title: String,
    /// Five digits of the customs office.
    pub office_code: String,
    /// Working hours of the body: today, and the seven days that follow.
    pub days: Vec<PublicDay>,
    /// Restrictions, as the site words them.
    pub notice: Option<String>,
    /// The edition of the law in force.
    pub edition: String,
    /// Its title.
    pub edition_title: String,
}

/// The working hours of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicDay {
    /// The day, as `2026-03-21`.
    pub date: String,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i8,
    /// When the body works, in the checkpoint's own time; none when it is closed.
    pub hours: Vec<PublicHours>,
    /// Whether the timetable has hours for this very day.
    pub is_exception: bool,
    /// What the calendar calls this day: a holiday, or a weekend that was declared working.
    pub named: Option<String>,
    /// Whether a holiday would close the body and no calendar tells if this is one.
    pub may_be_holiday: bool,
}

/// From and to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicHours {
    /// As `09:00`.
    pub from: String,
    /// As `18:00`; `24:00` is the end of the day, and what is not after `from` is on the next day.
    pub to: String,
}

/// What everybody may read about this checkpoint. Nobody needs to be signed in.
#[utoipa::path(get, path = "/api/public", responses(
    (status = 200, body = PublicView), (status = 503, body = Problem)
))]
pub(super) async fn public(State(terminal): State<Terminal>) -> Result<Json<PublicView>, Denied> {
    let checkpoint = std::sync::Arc::clone(&terminal.board.borrow());
    let unknown = || Denied::Unavailable("the checkpoint is not known yet".to_owned());
    let site = checkpoint.site().ok_or_else(unknown)?;
    let zone = TimeZone::get(&site.zone).map_err(|error| Denied::Unavailable(error.to_string()))?;
    let (Some(timetable), Some(calendar)) = (checkpoint.timetable(), checkpoint.calendar()) else {
        return Err(unknown());
    };
    Ok(Json(PublicView {
        title: site.title.clone(),
        office_code: site.office_code.clone(),
        days: days(timetable, calendar, &zone, terminal.clock.now()),
        notice: terminal.public_notice.as_deref().map(str::to_owned),
        edition: terminal.edition.id.clone(),
        edition_title: terminal.edition.title.clone(),
    }))
}

/// Days that are shown.
const DAYS: usize = 8;

fn days(
    timetable: &Timetable,
    calendar: &Calendar,
    zone: &TimeZone,
    now: Timestamp,
) -> Vec<PublicDay> {
    let today = now.to_zoned(zone.clone()).date();
    let shown = today.series(jiff::Span::new().days(1)).take(DAYS);
    shown.map(|date| day(timetable, calendar, zone, date)).collect()
}

fn day(timetable: &Timetable, calendar: &Calendar, zone: &TimeZone, date: Date) -> PublicDay {
    let holiday = calendar.holidays.get(&date).map(|holiday| holiday.name.clone());
    let working = || calendar.working_days.get(&date).map(|day| day.name.clone());
    let is_covered = calendar.covers.from <= date && date <= calendar.covers.through;
    let is_exception = timetable.has_own_hours(date);
    let hours = timetable.intervals(date, calendar, zone);
    let may_be_holiday = timetable.is_closed_on_holidays() && !is_exception && !is_covered;
    PublicDay {
        date: date.to_string(),
        weekday: date.weekday().to_monday_one_offset(),
        may_be_holiday: may_be_holiday && !hours.is_empty(),
        hours: hours.into_iter().map(|(from, to)| between(date, zone, from, to)).collect(),
        is_exception,
        named: holiday.or_else(working),
    }
}

fn between(date: Date, zone: &TimeZone, from: Timestamp, to: Timestamp) -> PublicHours {
    let shown = |at: &Zoned| at.strftime("%H:%M").to_string();
    let (from, to) = (from.to_zoned(zone.clone()), to.to_zoned(zone.clone()));
    let ends_with_the_day = to.date() > date && shown(&to) == "00:00";
    PublicHours {
        from: shown(&from),
        to: if ends_with_the_day { "24:00".to_owned() } else { shown(&to) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMETABLE: &str = "version = \"1\"
title = \"Day\"
issued = \"2025-01-01\"
closed_on_holidays = true
[weekly]
wed = [[\"09:00\", \"13:00\"], [\"14:00\", \"18:00\"]]
thu = [[\"00:00\", \"24:00\"]]
fri = [[\"09:00\", \"18:00\"]]
sat = [[\"22:00\", \"06:00\"]]
[exceptions]
\"2025-03-16\" = [[\"10:00\", \"12:00\"]]
";

    const CALENDAR: &str = "version = \"1\"
source = \"test\"
issued = \"2025-01-01\"
covers = { from = \"2025-01-01\", through = \"2025-03-17\" }
[[holiday]]
date = \"2025-03-14\"
kind = \"holiday\"
name = \"Feast\"
";

    #[test]
    fn a_board_shows_today_and_seven_days_with_what_is_special_about_them() {
        let timetable = Timetable::parse(TIMETABLE, "test").unwrap();
        let calendar = Calendar::parse(CALENDAR, "test").unwrap();
        let zone = TimeZone::get("Asia/Almaty").unwrap();
        // Still the 11th in UTC, and the 12th, a Wednesday, at the checkpoint.
        let now = "2025-03-11T20:00:00Z".parse().unwrap();
        let mut board = String::new();
        for day in days(&timetable, &calendar, &zone, now) {
            let hours: Vec<String> =
                day.hours.iter().map(|hours| format!("{}-{}", hours.from, hours.to)).collect();
            let own = if day.is_exception { " own" } else { "" };
            let doubtful = if day.may_be_holiday { " may be a holiday" } else { "" };
            let named = day.named.map(|name| format!(" {name}")).unwrap_or_default();
            let hours = if hours.is_empty() { "closed".to_owned() } else { hours.join(" ") };
            board += &format!("{} {} {hours}{own}{named}{doubtful}\n", day.date, day.weekday);
        }
        expect_test::expect![[r#"
            2025-03-12 3 09:00-13:00 14:00-18:00
            2025-03-13 4 00:00-24:00
            2025-03-14 5 closed Feast
            2025-03-15 6 22:00-06:00
            2025-03-16 7 10:00-12:00 own
            2025-03-17 1 closed
            2025-03-18 2 closed
            2025-03-19 3 09:00-13:00 14:00-18:00 may be a holiday
        "#]]
        .assert_eq(&board);
    }
}
