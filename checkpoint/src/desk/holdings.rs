//! What a file of the law holds, in a few lines: the edition's clocks, notices, readings and words, a calendar's days, a timetable's hours.
//!
//! A file that cannot be read is a [`crate::law::LawError`] with its line and key; this is what can be said of one that can.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::table::mode_name;
use super::unnamed::no_days_off;
use crate::law::edition::Label;
use crate::law::{Calendar, Edition, Timetable};
use crate::site::Mode;

/// What an edition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditionHoldings {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its first day.
    pub applies_from: String,
    /// Ids of its clocks, in its order.
    pub clocks: Vec<String>,
    /// Of these, the clocks that never run, because the law sets no term.
    pub without_term: Vec<String>,
    /// Ids of its acts, in its order.
    pub acts: Vec<String>,
    /// Rows of its arrival notices, by mode.
    pub notice_rows: BTreeMap<Mode, usize>,
    /// Reasons that hold an exit.
    pub holds: Vec<String>,
    /// Grounds of detention.
    pub detention_grounds: Vec<String>,
    /// Grounds of refusing papers.
    pub refusal_grounds: Vec<String>,
    /// Switches of doubtful places.
    pub readings: usize,
    /// Of these, those that are not read as recommended: `key = reading`.
    pub readings_changed: Vec<String>,
    /// Words that no lawyer has confirmed.
    pub words_in_review: usize,
    /// All words.
    pub words: usize,
}

/// What an edition holds.
pub fn edition(edition: &Edition) -> EditionHoldings {
    let never = |rule: &&crate::law::edition::ClockRule| {
        rule.modes.iter().all(|mode| !rule.term_for(*mode).runs())
    };
    let readings = edition.readings.table();
    let changed = readings.iter().filter(|one| one.options.first() != Some(&one.chosen));
    let grounds = edition.detention_grounds.iter().map(|ground| &ground.label);
    let refusals = edition.refusal_grounds.iter().map(|ground| &ground.label);
    let acts = edition.acts.iter().map(|rule| &rule.title);
    let known = edition.labels.values().chain(edition.flags.values());
    let words: Vec<&Label> =
        known.chain(edition.choices.values()).chain(grounds).chain(refusals).chain(acts).collect();
    EditionHoldings {
        id: edition.id.clone(),
        title: edition.title.clone(),
        applies_from: edition.applies_from.to_string(),
        clocks: edition.clocks.iter().map(|rule| rule.id.clone()).collect(),
        without_term: edition.clocks.iter().filter(never).map(|rule| rule.id.clone()).collect(),
        acts: edition.acts.iter().map(|rule| rule.id.clone()).collect(),
        notice_rows: edition
            .notices
            .iter()
            .map(|(mode, notice)| (*mode, notice.fields.len()))
            .collect(),
        holds: edition.holds.keys().cloned().collect(),
        detention_grounds: edition.detention_grounds.iter().map(|one| one.id.clone()).collect(),
        refusal_grounds: edition.refusal_grounds.iter().map(|one| one.id.clone()).collect(),
        readings_changed: changed.map(|one| format!("{} = {}", one.key, one.chosen)).collect(),
        readings: readings.len(),
        words_in_review: words.iter().filter(|label| label.review).count(),
        words: words.len(),
    }
}

impl fmt::Display for EditionHoldings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |words: &[String]| {
            if words.is_empty() { "none".to_owned() } else { words.join(" ") }
        };
        writeln!(f, "{}, {}, from {}", self.id, self.title, self.applies_from)?;
        writeln!(f, "{} clocks: {}", self.clocks.len(), list(&self.clocks))?;
        if !self.without_term.is_empty() {
            writeln!(f, "without a term of the law: {}", list(&self.without_term))?;
        }
        writeln!(f, "{} acts: {}", self.acts.len(), list(&self.acts))?;
        let rows = self.notice_rows.iter();
        let rows: Vec<String> =
            rows.map(|(mode, rows)| format!("{} {rows}", mode_name(*mode))).collect();
        writeln!(f, "arrival notices, rows: {}", rows.join(", "))?;
        writeln!(f, "{} reasons hold an exit: {}", self.holds.len(), list(&self.holds))?;
        writeln!(
            f,
            "{} grounds of detention: {}",
            self.detention_grounds.len(),
            list(&self.detention_grounds)
        )?;
        let (count, grounds) = (self.refusal_grounds.len(), list(&self.refusal_grounds));
        writeln!(f, "{count} grounds of refusing papers: {grounds}")?;
        match self.readings_changed.as_slice() {
            [] => writeln!(f, "{} readings, all as recommended", self.readings)?,
            changed => writeln!(
                f,
                "{} readings, {} not as recommended: {}",
                self.readings,
                changed.len(),
                changed.join(", ")
            )?,
        }
        writeln!(f, "{} words, {} of them in review", self.words, self.words_in_review)
    }
}

/// What a calendar holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarHoldings {
    /// Its version.
    pub version: String,
    /// Where its days come from.
    pub source: String,
    /// When it was issued.
    pub issued: String,
    /// From when it holds.
    pub covers_from: String,
    /// Until when.
    pub covers_through: String,
    /// Days off by year.
    pub days_off: BTreeMap<i16, usize>,
    /// Saturdays and Sundays that were declared working, by year.
    pub working_weekends: BTreeMap<i16, usize>,
}

/// What a calendar holds.
pub fn calendar(calendar: &Calendar) -> CalendarHoldings {
    let mut days_off = BTreeMap::new();
    for day in calendar.holidays.keys() {
        *days_off.entry(day.year()).or_default() += 1;
    }
    let mut working_weekends = BTreeMap::new();
    for day in calendar.working_days.keys() {
        *working_weekends.entry(day.year()).or_default() += 1;
    }
    CalendarHoldings {
        version: calendar.version.clone(),
        source: calendar.source.clone(),
        issued: calendar.issued.to_string(),
        covers_from: calendar.covers.from.to_string(),
        covers_through: calendar.covers.through.to_string(),
        days_off,
        working_weekends,
    }
}

impl fmt::Display for CalendarHoldings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_year = |days: &BTreeMap<i16, usize>| {
            let years: Vec<String> =
                days.iter().map(|(year, days)| format!("{days} in {year}")).collect();
            if years.is_empty() { "none".to_owned() } else { years.join(", ") }
        };
        writeln!(f, "calendar {}, issued {}: {}", self.version, self.issued, self.source)?;
        writeln!(f, "holds from {} through {}", self.covers_from, self.covers_through)?;
        writeln!(f, "days off: {}", by_year(&self.days_off))?;
        writeln!(f, "weekends declared working: {}", by_year(&self.working_weekends))
    }
}

/// What a timetable holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimetableHoldings {
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// When it was issued.
    pub issued: String,
    /// Whether a day off of the calendar closes the body.
    pub closed_on_holidays: bool,
    /// Hours of an ordinary week, Monday first, such as `08:00-20:00`; empty where the body is closed.
    pub week: Vec<Vec<String>>,
}

/// What a timetable holds.
pub fn timetable(timetable: &Timetable) -> TimetableHoldings {
    // A Monday with nothing about it: the calendar of this question knows no days off.
    let monday = date(1996, 1, 1);
    let calendar = no_days_off();
    let clock = |at: jiff::Timestamp, day: jiff::civil::Date| {
        let local = TimeZone::UTC.to_datetime(at);
        let is_next = local.date() != day && local.time() == jiff::civil::Time::midnight();
        if is_next { "24:00".to_owned() } else { local.strftime("%H:%M").to_string() }
    };
    let hours = |day: jiff::civil::Date| {
        let intervals = timetable.intervals(day, &calendar, &TimeZone::UTC);
        let written = intervals
            .into_iter()
            .map(|(opens, closes)| format!("{}-{}", clock(opens, day), clock(closes, day)));
        written.collect()
    };
    TimetableHoldings {
        version: timetable.version.clone(),
        title: timetable.title.clone(),
        issued: timetable.issued.to_string(),
        closed_on_holidays: timetable.is_closed_on_holidays(),
        week: monday.series(jiff::Span::new().days(1)).take(7).map(hours).collect(),
    }
}

impl fmt::Display for TimetableHoldings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "timetable {}, issued {}: {}", self.version, self.issued, self.title)?;
        let closed = if self.closed_on_holidays { "closed" } else { "open" };
        writeln!(f, "on days off: {closed}, unless a day has hours of its own")?;
        for (day, hours) in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().zip(&self.week)
        {
            let hours = if hours.is_empty() { "closed".to_owned() } else { hours.join(", ") };
            writeln!(f, "{day}  {hours}")?;
        }
        Ok(())
    }
}
