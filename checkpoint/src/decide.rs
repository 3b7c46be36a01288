//! What a checkpoint decides: inputs in, events out. Pure and total; it reads no clock and refuses only orders.
//!
//! Each rule follows its own events before it decides further: [`Draft`] folds what it has said so far.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Checkpoint;
use crate::event::{Author, Event};
use crate::ids::OfficerId;
use crate::input::Input;
use crate::law::act::ActProblem;
use crate::law::term::Body;
use crate::law::{Calendar, Edition, Timetable};
use crate::site::{Limits, Site};
use crate::state::whole_microseconds;
use crate::view::Hold;

pub mod exit;

mod acts;
mod alarms;
mod arrivals;
mod axles;
mod conditions;
mod deadlines;
mod devices;
mod directives;
mod draft;
mod notice;
mod orders;
mod papers;
mod parts;
pub(crate) mod prior;
mod radiation;
mod recomputing;
mod revision;
mod scans;
mod seals;
mod terms;
mod weighing;

use draft::Draft;

/// What rules compare with: the site, its limits, the law.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The site.
    pub site: Arc<Site>,
    /// Its limits.
    pub limits: Arc<Limits>,
    /// The law in force.
    pub edition: Arc<Edition>,
    /// Days off.
    pub calendar: Arc<Calendar>,
    /// Working hours of the body.
    pub timetable: Arc<Timetable>,
    /// Officers with an account, for second signatures; whoever gave an order here before is known anyway.
    pub officers: BTreeSet<OfficerId>,
    /// The only key whose directives are followed, as 64 hexadecimal digits; if none is named, the first that is met.
    pub hub_key: Option<String>,
    zone: TimeZone,
}

/// A zone that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{zone:?} is no time zone: use an IANA name such as `Asia/Almaty`")]
pub struct UnknownZone {
    zone: String,
}

impl Rules {
    /// Everything that rules compare with. Fails if the site's zone is unknown.
    pub fn new(
        site: Site,
        limits: Limits,
        edition: Edition,
        calendar: Calendar,
        timetable: Timetable,
    ) -> Result<Rules, UnknownZone> {
        let zone = zone(&site.zone).ok_or_else(|| UnknownZone { zone: site.zone.clone() })?;
        Ok(Rules {
            site: Arc::new(site),
            limits: Arc::new(limits),
            edition: Arc::new(edition),
            calendar: Arc::new(calendar),
            timetable: Arc::new(timetable),
            officers: BTreeSet::new(),
            hub_key: None,
            zone,
        })
    }

    /// The same with these officers.
    #[must_use]
    pub fn with_officers(mut self, officers: impl IntoIterator<Item = OfficerId>) -> Rules {
        self.officers = officers.into_iter().collect();
        self
    }

    /// The same with the hub's key, as 64 hexadecimal digits.
    #[must_use]
    pub fn with_hub_key(mut self, key: Option<String>) -> Rules {
        self.hub_key = key;
        self
    }

    /// A body in this zone with these hours and days off.
    pub(crate) fn body<'a>(&'a self, hours: &'a Hours) -> Body<'a> {
        Body { zone: &self.zone, timetable: &hours.timetable, calendar: &hours.calendar }
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// What terms are computed with: the days off and the working hours in force.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) timetable: Arc<Timetable>,
}

/// The zone of this name, from the database that is built in.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// What follows from one input. All events of one decision are one append.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// Why an order was not followed. Then there are no events.
    pub refusal: Option<Refusal>,
    /// The first entry that followed from the same button press before. Then there are no events.
    pub already: Option<u64>,
}

/// Why an order was not followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// For programs, such as `already_acknowledged`.
    pub code: String,
    /// For people who read logs, in English.
    pub message: String,
    /// What holds the exit permission, if that was asked for.
    pub holds: Vec<Hold>,
    /// What is wrong with the answers of an act.
    pub fields: Vec<ActProblem>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Refusal {
        Refusal {
            code: code.to_owned(),
            message: message.into(),
            holds: Vec::new(),
            fields: Vec::new(),
        }
    }
}

impl Input {
    /// Whose name stands under the entries that follow from this.
    pub fn author(&self) -> Author {
        match self {
            Input::Observed(observation) => Author::Device { device: observation.device.clone() },
            Input::Ordered(order) => Author::Officer {
                officer: order.officer.clone(),
                workplace: order.workplace.clone(),
                request: order.request.clone(),
            },
            // What the hub directs, the agent does: the entries name the directive.
            Input::Directed(_) | Input::Noticed(_) | Input::TimePassed => Author::Agent,
        }
    }
}

/// What follows from an input. `now` never lies before the last entry: the journal does not go back. What is finer than a
/// microsecond is cut from every moment: the journal keeps no more.
pub fn decide(checkpoint: &Checkpoint, rules: &Rules, input: &Input, now: Timestamp) -> Decision {
    if let Input::Ordered(order) = input
        && let Some(seq) = checkpoint.answered(&order.request)
    {
        return Decision { already: Some(seq), ..Decision::default() };
    }
    if let Input::Directed(directive) = input
        && let Some(answer) = checkpoint.directives().answers.get(&directive.number)
        && answer.digest == directive.digest
    {
        return Decision { already: Some(answer.seq), ..Decision::default() };
    }
    let now = whole_microseconds(checkpoint.at().map_or(now, |last| last.max(now)));
    let state = match input {
        Input::TimePassed => checkpoint.clone(),
        Input::Observed(_) | Input::Ordered(_) | Input::Directed(_) | Input::Noticed(_) => {
            checkpoint.clone().without_deadlines()
        }
    };
    let mut draft = Draft::new(state, rules, input.author(), now);
    let refusal = match input {
        Input::Observed(observation) => {
            draft.observed(observation);
            None
        }
        Input::Ordered(order) => draft.ordered(order).err(),
        Input::Directed(directive) => {
            draft.directed(directive);
            None
        }
        Input::Noticed(condition) => {
            draft.noticed(condition);
            None
        }
        Input::TimePassed => {
            draft.time_passed();
            None
        }
    };
    match refusal {
        Some(refusal) => Decision { refusal: Some(refusal), ..Decision::default() },
        None => Decision { events: draft.into_events(), ..Decision::default() },
    }
}
