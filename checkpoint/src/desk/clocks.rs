//! What if: the end of a term, had its trigger been then, with the steps by which it is computed. Nothing runs and nothing is recorded.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::table::{Table, day_time, local, mode_name};
use crate::law::Edition;
use crate::law::edition::{BearerKind, ClockRule};
use crate::law::prolongation::{self, NotProlonged};
use crate::law::term::{
    Body, Computation, Stated, Step, TermError, TermRule, Trigger, compute_ceiling,
};
use crate::law::words::Moment;
use crate::site::{Direction, Mode};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// How the goods moved.
    pub mode: Mode,
    /// Which clock; every clock of the mode, if none is named.
    pub rule: Option<String>,
    /// What started it.
    pub trigger: Trigger,
    /// Until when it was prolonged, if it was.
    pub prolonged: Option<Stated>,
}

/// The answer: one row for each clock that was asked for, in the order of the edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockAnswers {
    /// The edition.
    pub edition: String,
    /// How the goods moved.
    pub mode: Mode,
    /// IANA name of the body's zone.
    pub zone: String,
    /// The trigger in that zone, such as `2025-03-12T10:00:00+05:00`.
    pub trigger: String,
    /// Version of the calendar that was at hand.
    pub calendar: String,
    /// Version of the timetable that was at hand.
    pub timetable: String,
    /// The clocks.
    pub clocks: Vec<ClockAnswer>,
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClockAnswer {
    /// Its id, such as `ARR-1`.
    pub rule: String,
    /// The article.
    pub article: String,
    /// Whom it binds.
    pub obliged: String,
    /// Whose it is: `consignment`, `vehicle` or `act`.
    pub bearer: String,
    /// Directions in which it runs; both if none is named.
    pub directions: Vec<Direction>,
    /// Moments that start it.
    pub starts: Vec<String>,
    /// Moments that end it, for good or until they are confirmed.
    pub ends: Vec<String>,
    /// What its end means.
    pub on_expiry: String,
    /// What a reader should know, if the edition says anything.
    pub note: Option<String>,
    /// The end.
    pub computed: Option<Computed>,
    /// Why there is none.
    pub not_computed: Option<String>,
    /// With whom that lies.
    pub fault: Option<Fault>,
    /// What may prolong it, and until when at most.
    pub prolongations: Vec<ProlongationAnswer>,
    /// The end after the prolongation that was asked for.
    pub prolonged: Option<Computed>,
    /// Why it cannot be prolonged so.
    pub not_prolonged: Option<String>,
}

/// With whom it lies that there is no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The question: it lacks something, or asks of another time.
    Question,
    /// A calendar or a timetable that names no working day.
    File,
    /// The law sets no term.
    Law,
}

/// The end of a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Computed {
    /// When it must be done, in the body's zone.
    pub due_at: String,
    /// The same in milliseconds since 1970 UTC.
    pub due_ms: i64,
    /// The last moment for an electronic filing, in the body's zone.
    pub latest_at: String,
    /// The same in milliseconds since 1970 UTC.
    pub latest_ms: i64,
    /// The last day before it moved on.
    pub nominal_day: Option<String>,
    /// The last day.
    pub last_day: Option<String>,
    /// Whether the last day moved on because it does not work (5.6).
    pub rolled: bool,
    /// Version of the calendar, if it was asked.
    pub calendar: Option<String>,
    /// Version of the timetable, if it was asked.
    pub timetable: Option<String>,
    /// Remarks by name.
    pub flags: Vec<String>,
    /// How it came about.
    pub steps: Vec<StepAnswer>,
}

/// One step of a computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepAnswer {
    /// Its name, such as `hours_added`.
    pub step: String,
    /// Its values by name.
    pub with: BTreeMap<String, String>,
    /// In English.
    pub text: String,
}

/// What may prolong a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProlongationAnswer {
    /// The act.
    pub by: String,
    /// The article.
    pub article: String,
    /// For goods with one of these flags only; for all, if none is named.
    pub when: Vec<String>,
    /// The most, in the body's zone; none if the law sets no ceiling.
    pub at_most: Option<String>,
}

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// The edition has no such clock.
    #[error("{edition} has no clock {rule:?}; those by {} are {known}", mode_name(*mode))]
    UnknownRule {
        /// What was asked for.
        rule: String,
        /// The mode that was asked for.
        mode: Mode,
        /// The edition.
        edition: String,
        /// What can be asked for.
        known: String,
    },
    /// The clock does not run by this mode.
    #[error("{rule} (art. {article}) does not run by {}: only by {modes}", mode_name(*mode))]
    OtherMode {
        /// The clock.
        rule: String,
        /// Its article.
        article: String,
        /// The mode that was asked for.
        mode: Mode,
        /// Its modes.
        modes: String,
    },
}

/// Computes the clock that was asked for, or all of the mode.
pub fn clocks(
    edition: &Edition,
    body: Body<'_>,
    question: &Question,
) -> Result<ClockAnswers, QuestionError> {
    let rules: Vec<&ClockRule> = match &question.rule {
        Some(id) => vec![asked_for(edition, id, question.mode)?],
        None => by_mode(edition, question.mode).collect(),
    };
    Ok(ClockAnswers {
        edition: edition.id.clone(),
        mode: question.mode,
        zone: body.zone.iana_name().unwrap_or("UTC").to_owned(),
        trigger: local(question.trigger.at, body.zone),
        calendar: body.calendar.version.clone(),
        timetable: body.timetable.version.clone(),
        clocks: rules.into_iter().map(|rule| answer(edition, rule, body, question)).collect(),
    })
}

fn by_mode(edition: &Edition, mode: Mode) -> impl Iterator<Item = &ClockRule> {
    edition.clocks.iter().filter(move |rule| rule.modes.contains(&mode))
}

fn asked_for<'a>(
    edition: &'a Edition,
    id: &str,
    mode: Mode,
) -> Result<&'a ClockRule, QuestionError> {
    let Some(rule) = edition.clocks.iter().find(|rule| rule.id.eq_ignore_ascii_case(id)) else {
        let known: Vec<&str> = by_mode(edition, mode).map(|rule| rule.id.as_str()).collect();
        return Err(QuestionError::UnknownRule {
            rule: id.to_owned(),
            mode,
            edition: edition.id.clone(),
            known: known.join(", "),
        });
    };
    if rule.modes.contains(&mode) {
        return Ok(rule);
    }
    let modes: Vec<String> = rule.modes.iter().map(|mode| mode_name(*mode).to_owned()).collect();
    Err(QuestionError::OtherMode {
        rule: rule.id.clone(),
        article: rule.article.clone(),
        mode,
        modes: modes.join(", "),
    })
}

fn answer(edition: &Edition, rule: &ClockRule, body: Body<'_>, question: &Question) -> ClockAnswer {
    let names = |moments: &[Moment]| -> Vec<String> {
        moments.iter().map(|moment| moment.name().to_owned()).collect()
    };
    let trigger = &question.trigger;
    let computation = edition.compute(rule, question.mode, trigger, body);
    let ceilings = |max: &TermRule| compute_ceiling(max, trigger, body, &edition.readings);
    let prolongations = rule.prolong.iter().map(|row| ProlongationAnswer {
        by: row.by.name().to_owned(),
        article: row.article.clone().unwrap_or_else(|| rule.article.clone()),
        when: row.when.clone(),
        at_most: row.max.as_ref().and_then(|max| {
            let ceiling = ceilings(max).ok()?;
            Some(local(ceiling.due_at, body.zone))
        }),
    });
    let prolonged = question.prolonged.map(|until| prolonged(edition, rule, body, trigger, until));
    let (prolonged, not_prolonged) = match prolonged {
        None => (None, None),
        Some(Ok(computation)) => (Some(computed(computation, body.zone)), None),
        Some(Err(why)) => (None, Some(why)),
    };
    let not_computed = computation.as_ref().err().map(ToString::to_string);
    let fault = computation.as_ref().err().map(Fault::of);
    ClockAnswer {
        rule: rule.id.clone(),
        article: rule.article.clone(),
        obliged: rule.obliged.clone(),
        bearer: match rule.bearer {
            BearerKind::Consignment => "consignment",
            BearerKind::Vehicle => "vehicle",
            BearerKind::Act => "act",
        }
        .to_owned(),
        directions: rule.directions.clone(),
        starts: names(&rule.start),
        ends: [names(&rule.stop), names(&rule.stop_provisionally)].concat(),
        on_expiry: rule.on_expiry.clone(),
        note: rule.note.clone(),
        computed: computation.ok().map(|mut computation| {
            let remarks = rule.remarks.iter().cloned();
            computation.flags.splice(0..0, remarks);
            computed(computation, body.zone)
        }),
        not_computed,
        fault,
        prolongations: prolongations.collect(),
        prolonged,
        not_prolonged,
    }
}

/// The end that was stated with a prolongation. Which flags the goods have is not known here: each prolongation may hold.
fn prolonged(
    edition: &Edition,
    rule: &ClockRule,
    body: Body<'_>,
    trigger: &Trigger,
    until: Stated,
) -> Result<Computation, String> {
    prolongation::prolonged(edition, rule, trigger, Some(until), body, |_| true).map_err(|error| {
        match error {
            NotProlonged::BeyondCeiling { rule, until, most, .. } => {
                let most = local(most, body.zone);
                format!("{until} is later than {rule} may be prolonged to: {most} at most")
            }
            NotProlonged::Never { .. } | NotProlonged::NoEnd { .. } | NotProlonged::Term(_) => {
                error.to_string()
            }
        }
    })
}

fn computed(computation: Computation, zone: &TimeZone) -> Computed {
    let Computation { due_at, latest_at, nominal_day, last_day, .. } = computation;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    Computed {
        due_at: local(due_at, zone),
        due_ms: due_at.as_millisecond(),
        latest_at: local(latest_at, zone),
        latest_ms: latest_at.as_millisecond(),
        nominal_day: day(nominal_day),
        last_day: day(last_day),
        rolled: nominal_day != last_day,
        calendar: computation.calendar,
        timetable: computation.timetable,
        flags: computation.flags,
        steps: computation.steps.iter().map(step).collect(),
    }
}

fn step(step: &Step) -> StepAnswer {
    let mut with: BTreeMap<String, String> = BTreeMap::new();
    if let Ok(toml::Value::Table(table)) = toml::Value::try_from(step) {
        with = table
            .into_iter()
            .map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (key, text)
            })
            .collect();
    }
    let name = with.remove("step").unwrap_or_default();
    StepAnswer { step: name, with, text: step.to_string() }
}

impl Fault {
    fn of(error: &TermError) -> Fault {
        match error {
            TermError::NoOffset { .. }
            | TermError::NoInstant { .. }
            | TermError::TriggerOutOfRange { .. }
            | TermError::BeforeEdition { .. }
            | TermError::OutOfRange { .. }
            | TermError::NotStated
            | TermError::StatedBeforeTrigger { .. }
            | TermError::NoDistance => Fault::Question,
            TermError::NeverOpen { .. } | TermError::NeverWorks { .. } => Fault::File,
            TermError::NoTerm => Fault::Law,
        }
    }
}

impl fmt::Display for ClockAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} by {}, trigger {}, {}; calendar {}, timetable {}",
            self.edition,
            mode_name(self.mode),
            self.trigger,
            self.zone,
            self.calendar,
            self.timetable
        )?;
        match self.clocks.as_slice() {
            [one] => write!(f, "\n{one}"),
            many => {
                let mut table =
                    Table::new(&["clock", "article", "due", "latest", "moved from", "remarks"]);
                for clock in many {
                    table.row(clock.cells());
                }
                write!(f, "\n{table}")
            }
        }
    }
}

impl ClockAnswer {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.rule.clone(), self.article.clone()];
        match &self.computed {
            Some(computed) => {
                let moved = computed.nominal_day.clone().filter(|_| computed.rolled);
                let latest = (computed.latest_ms != computed.due_ms)
                    .then(|| day_time(&computed.latest_at, computed.last_day.as_deref()));
                cells.push(day_time(&computed.due_at, computed.last_day.as_deref()));
                cells.push(latest.unwrap_or_default());
                cells.push(moved.unwrap_or_default());
                cells.push(computed.flags.join(", "));
            }
            None => {
                let why = self.not_computed.clone().unwrap_or_default();
                cells.push("-".to_owned());
                cells.extend([String::new(), String::new(), why]);
            }
        }
        cells
    }
}

impl fmt::Display for ClockAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_nothing = |words: &[String]| {
            if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
        };
        writeln!(f, "{}, art. {}", self.rule, self.article)?;
        writeln!(f, "  binds       {}, one for each {}", self.obliged, self.bearer)?;
        writeln!(f, "  started by  {}", or_nothing(&self.starts))?;
        writeln!(f, "  ended by    {}", or_nothing(&self.ends))?;
        writeln!(f, "  its end     {}", self.on_expiry)?;
        if let Some(note) = &self.note {
            writeln!(f, "  note        {note}")?;
        }
        match (&self.computed, &self.not_computed) {
            (Some(computed), _) => computed.write(f, "due")?,
            (None, Some(why)) => writeln!(f, "  due         none: {why}")?,
            (None, None) => {}
        }
        for row in &self.prolongations {
            let by = &row.by;
            let when = if row.when.is_empty() {
                String::new()
            } else {
                format!(", for goods with {}", row.when.join(" or "))
            };
            match &row.at_most {
                Some(at) => writeln!(
                    f,
                    "  prolonged   by {by} (art. {}){when}, until {} at most",
                    row.article,
                    day_time(at, None)
                )?,
                None => writeln!(
                    f,
                    "  prolonged   by {by} (art. {}){when}, without a ceiling",
                    row.article
                )?,
            }
        }
        match (&self.prolonged, &self.not_prolonged) {
            (Some(computed), _) => computed.write(f, "prolonged"),
            (None, Some(why)) => writeln!(f, "  prolonged   no: {why}"),
            (None, None) => Ok(()),
        }
    }
}

impl Computed {
    fn write(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        let last = self.last_day.as_deref();
        writeln!(f, "  {name:<11} {}", day_time(&self.due_at, last))?;
        if self.latest_ms != self.due_ms {
            writeln!(f, "  latest      {} (electronic filing)", day_time(&self.latest_at, last))?;
        }
        if let (Some(nominal), Some(last)) = (&self.nominal_day, &self.last_day) {
            let moved =
                if self.rolled { format!("{nominal}, moved on to {last}") } else { last.clone() };
            writeln!(f, "  last day    {moved}")?;
        }
        if !self.flags.is_empty() {
            writeln!(f, "  remarks     {}", self.flags.join(", "))?;
        }
        let used: Vec<String> = [("calendar", &self.calendar), ("timetable", &self.timetable)]
            .into_iter()
            .filter_map(|(kind, version)| Some(format!("{kind} {}", version.as_ref()?)))
            .collect();
        if !used.is_empty() {
            writeln!(f, "  used        {}", used.join(", "))?;
        }
        for (step, number) in self.steps.iter().zip(1..) {
            writeln!(f, "  {number:>3}. {}", step.text)?;
        }
        Ok(())
    }
}
