//! An edition of the law: its clocks, its notice, its alarms, its reasons, as its file writes them.
//!
//! Nothing is checked twice: what this module has read is complete, and the interpreters take it as it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::accounting::Accounting;
use super::act::ActRule;
use super::notice::Form;
use super::readings::Readings;
use super::source::{LawError, Source};
use super::term::{Body, Computation, TermError, TermRule, Trigger, compute};
use super::words::{CauseName, Moment};
use crate::event::{AlarmCause, Priority};
use crate::identifiers::IdentifierKind;
use crate::input::order::PapersKind;
use crate::site::{Direction, Mode};

mod acts;
mod forms;
mod index;
mod screen;

use index::Index;

pub use forms::Languages;
pub use screen::{
    ClockRuleView, EditionView, FieldStatus, FieldView, FlagView, FormView, GroundView, ModeView,
    PartView, RefusalGroundView,
};

/// An edition of the law.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// Such as `KZ-CC-2010`; named in everything that was computed by it.
    pub id: String,
    /// For people.
    pub title: String,
    /// The first day on which it applies.
    pub applies_from: civil::Date,
    /// How its doubtful places are read.
    pub readings: Readings,
    /// Its terms, in the order of the file.
    pub clocks: Vec<ClockRule>,
    /// Its arrival notices.
    pub notices: BTreeMap<Mode, Form>,
    /// Its notices of goods that leave.
    pub departures: BTreeMap<Mode, Form>,
    /// What filed papers say.
    pub submissions: BTreeMap<PapersKind, Form>,
    /// What a number is, by the id under which it is told.
    pub identifiers: BTreeMap<String, IdentifierKind>,
    /// What is kept back of notices.
    pub confidential: Confidential,
    /// Languages of papers.
    pub languages: Languages,
    /// Its table of alarms; one row for every cause.
    pub alarms: BTreeMap<CauseName, AlarmRule>,
    /// What it says of a seal, by verdict.
    pub seals: SealArticles,
    /// Its reasons that hold an exit, by code.
    pub holds: BTreeMap<String, HoldRule>,
    /// What the accounting of goods under control shows.
    pub accounting: Accounting,
    /// The closed list of grounds of detention.
    pub detention_grounds: Vec<Ground>,
    /// The closed lists of grounds on which papers are refused; papers that none is about are refused in words.
    pub refusal_grounds: Vec<RefusalGround>,
    /// What officers record, in the order of the file.
    pub acts: Vec<ActRule>,
    /// Words of what can be chosen, by id.
    pub choices: BTreeMap<String, Label>,
    /// Words of the fields, by id.
    pub labels: BTreeMap<String, Label>,
    /// Words of the flags, by id.
    pub flags: BTreeMap<String, Label>,
    /// Where its rows are.
    index: Index,
}

/// A legal term.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Such as `ARR-1`.
    pub id: String,
    /// The article.
    pub article: String,
    /// What must be done, in a few words.
    pub title: Label,
    /// Modes in which it runs.
    pub modes: Vec<Mode>,
    /// Directions in which it runs; both if none is named.
    #[serde(default)]
    pub directions: Vec<Direction>,
    /// Whose it is.
    pub bearer: BearerKind,
    /// What starts it; nothing, if the law sets no term.
    #[serde(default)]
    pub start: Vec<Moment>,
    /// What stops it for good.
    #[serde(default)]
    pub stop: Vec<Moment>,
    /// What stops it until the body has answered.
    #[serde(default)]
    pub stop_provisionally: Vec<Moment>,
    /// What confirms a provisional stop as of its own moment.
    #[serde(default)]
    pub confirm: Vec<Moment>,
    /// What undoes a provisional stop.
    #[serde(default)]
    pub restore: Vec<Moment>,
    /// Whether filing may not stop it at all: the switch `arrival_term_stops` says so (AMB-11).
    #[serde(default)]
    pub filing_is_doubtful: bool,
    /// Flags that goods must have: it runs for those that have one of them, or for all if none is named.
    #[serde(default)]
    pub when: Vec<String>,
    /// Flags that goods must not have.
    #[serde(default)]
    pub unless: Vec<String>,
    /// How it is counted.
    pub term: TermRule,
    /// How it is counted in these modes instead.
    #[serde(default)]
    pub term_by_mode: BTreeMap<Mode, TermRule>,
    /// What prolongs it, and how far at most.
    #[serde(default)]
    pub prolong: Vec<Prolongation>,
    /// Whom it binds.
    pub obliged: String,
    /// What its end means, for people: no rule acts on it.
    pub on_expiry: String,
    /// What a reader of the table should know, for people.
    #[serde(default)]
    pub note: Option<String>,
    /// Remarks that every clock of this rule bears, such as `performance_only`.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Row of the table of alarms in which its end is: `term_over` for people's terms, another priority for management.
    #[serde(default)]
    pub over_priority: Option<PriorityNumber>,
    /// An alarm is raised when this many minutes are left; none if none.
    #[serde(default)]
    pub near_minutes: Option<u32>,
}

/// What prolongs a term.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prolongation {
    /// The act.
    pub by: Moment,
    /// The most, from the trigger; none if the law sets no ceiling.
    #[serde(default)]
    pub max: Option<TermRule>,
    /// The article, if it is not the clock's.
    #[serde(default)]
    pub article: Option<String>,
    /// For goods with one of these flags only.
    #[serde(default)]
    pub when: Vec<String>,
}

impl ClockRule {
    /// How it is counted in this mode.
    pub fn term_for(&self, mode: Mode) -> TermRule {
        self.term_by_mode.get(&mode).copied().unwrap_or(self.term)
    }
}

/// Whose a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BearerKind {
    /// One for each consignment.
    Consignment,
    /// One for the vehicle.
    Vehicle,
    /// One for an act: how long a pass is valid, how long papers are kept. Computed, and never a running clock of a visit.
    Act,
}

/// A row of the table of alarms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmRule {
    /// Which cause.
    pub cause: CauseName,
    /// How urgent.
    pub priority: PriorityNumber,
    /// Whether it stays until an officer has decided it.
    pub must_be_decided: bool,
    /// Whether it holds the exit permission.
    pub holds_exit: bool,
    /// The article or the limit behind it.
    pub basis: String,
}

/// A priority as files write it: 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct PriorityNumber(pub Priority);

impl TryFrom<u8> for PriorityNumber {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(Self(Priority::P1)),
            2 => Ok(Self(Priority::P2)),
            3 => Ok(Self(Priority::P3)),
            other => Err(format!("priority {other}: use 1, 2 or 3")),
        }
    }
}

/// The article behind each verdict on a seal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealArticles {
    /// As the papers say.
    pub intact_match: String,
    /// Another number than in the papers.
    pub intact_mismatch: String,
    /// Damaged.
    pub damaged: String,
    /// Gone.
    pub missing: String,
    /// The same number on two vehicles.
    pub duplicate_number: String,
    /// The reader failed.
    pub unreadable_device: String,
    /// Put on in the place of another, with an act.
    pub replaced_with_act: String,
    /// Taken off by the body or with its permission.
    pub removed_by_permission: String,
    /// Given up because the goods were in danger.
    pub threat_exception_claimed: String,
}

/// A reason that holds the exit permission.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRule {
    /// Its code.
    pub id: String,
    /// The article.
    pub article: String,
    /// Code of the act that lifts it.
    pub lifted_by: String,
}

/// A ground of detention.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its code.
    pub id: String,
    /// The article.
    pub article: String,
    /// Words.
    pub label: Label,
}

/// A ground of refusing to register papers (art. 288.4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalGround {
    /// Its code.
    pub id: String,
    /// The article.
    pub article: String,
    /// Papers that it is about.
    pub papers: Vec<PapersKind>,
    /// Words.
    pub label: Label,
}

/// Words in the languages of the screens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Russian, from the text of the law.
    pub ru: String,
    /// English, ours.
    pub en: String,
    /// Kazakh.
    pub kk: String,
    /// True while a lawyer has not confirmed the Kazakh words.
    #[serde(default)]
    pub review: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: String,
    applies_from: civil::Date,
    #[serde(default)]
    readings: Readings,
    clock: Vec<Spanned<ClockRule>>,
    notice: BTreeMap<Mode, forms::FormRows>,
    departure: forms::DepartureRows,
    submission: BTreeMap<PapersKind, forms::FormRows>,
    identifier: BTreeMap<String, IdentifierKind>,
    #[serde(default)]
    confidential: Confidential,
    languages: Languages,
    alarm: Spanned<Vec<AlarmRule>>,
    seal: SealArticles,
    hold: Spanned<Vec<HoldRule>>,
    accounting: Spanned<Accounting>,
    detention_ground: Vec<Ground>,
    #[serde(default)]
    refusal_ground: Vec<RefusalGround>,
    #[serde(default)]
    act: Vec<Spanned<ActRule>>,
    #[serde(default)]
    choice: BTreeMap<String, Label>,
    field: BTreeMap<String, Label>,
    flag: BTreeMap<String, Label>,
}

/// What officers at the checkpoint see, and exports and the hub's pages do not have (art. 16.2). Confidential acts and answers of acts say so themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidential {
    /// Answers of notices, by id.
    pub answers: Vec<String>,
}

/// Codes of reasons that the rules of the exit use; an edition names the article of each.
pub const HOLD_REASONS: [&str; 17] = [
    "control_open",
    "alarm_undecided",
    "notice_not_registered",
    "not_presented",
    "papers_not_filed",
    "papers_not_registered",
    "in_storage_only",
    "not_released",
    "papers_not_filed_after_transit",
    "release_refused",
    "must_leave_territory",
    "detained",
    "transit_not_completed",
    "departure_papers_missing",
    "departure_marks_missing",
    "not_allowed_to_leave",
    "exit_not_permitted",
];

impl Edition {
    /// Reads an edition. Errors name file, line and key.
    pub fn parse(text: &str, file_name: &str) -> Result<Edition, LawError> {
        let source = Source { text, file: file_name };
        let file: File = source.read()?;
        let mut clocks: Vec<ClockRule> = Vec::new();
        let acts: BTreeSet<&str> = file.act.iter().map(|row| row.get_ref().id.as_str()).collect();
        for row in file.clock {
            let span = row.span();
            let rule = row.into_inner();
            check_clock(&rule, &file.flag)
                .map_err(|problem| source.error(span.clone(), problem))?;
            if let Some(name) = acts::unknown_moment(&rule, &acts) {
                return Err(source.error_at(span, name, acts::no_moment(name)));
            }
            if clocks.iter().any(|known| known.id == rule.id) {
                return Err(source.error(span, format!("clock {} is there twice", rule.id)));
            }
            clocks.push(rule);
        }
        let known = acts::Known {
            clocks: &clocks,
            fields: &file.field,
            flags: &file.flag,
            choices: &file.choice,
        };
        let acts = acts::acts(file.act, &known, &source)?;
        let words = forms::Words { fields: &file.field, flags: &file.flag };
        let mut notices = BTreeMap::new();
        for (mode, rows) in file.notice {
            notices.insert(mode, forms::form(rows, &words, &source)?);
        }
        let departures = forms::departures(&notices, file.departure, &words, &source)?;
        let mut submissions = BTreeMap::new();
        for (papers, rows) in file.submission {
            submissions.insert(papers, forms::form(rows, &words, &source)?);
        }
        let span = file.alarm.span();
        let alarms: BTreeMap<CauseName, AlarmRule> =
            file.alarm.into_inner().into_iter().map(|rule| (rule.cause, rule)).collect();
        if let Some(cause) = CauseName::ALL.iter().find(|cause| !alarms.contains_key(cause)) {
            return Err(
                source.error(span, format!("no [[alarm]] for {cause:?}: every cause needs one"))
            );
        }
        let span = file.hold.span();
        let holds: BTreeMap<String, HoldRule> =
            file.hold.into_inner().into_iter().map(|rule| (rule.id.clone(), rule)).collect();
        if let Some(reason) = HOLD_REASONS.iter().find(|reason| !holds.contains_key(**reason)) {
            return Err(
                source.error(span, format!("no [[hold]] with id {reason:?}: it needs its article"))
            );
        }
        let span = file.accounting.span();
        let accounting = file.accounting.into_inner();
        if let Some(problem) = accounting.problem() {
            return Err(source.error(span, problem));
        }
        let index = Index::of(&clocks, &acts, &file.detention_ground);
        Ok(Edition {
            id: file.id,
            title: file.title,
            applies_from: file.applies_from,
            readings: file.readings,
            clocks,
            notices,
            departures,
            submissions,
            identifiers: file.identifier,
            confidential: file.confidential,
            languages: file.languages,
            alarms,
            seals: file.seal,
            holds,
            accounting,
            detention_grounds: file.detention_ground,
            refusal_grounds: file.refusal_ground,
            acts,
            choices: file.choice,
            labels: file.field,
            flags: file.flag,
            index,
        })
    }

    /// The edition that is built in.
    pub fn built_in() -> Result<Edition, LawError> {
        let (file, text) = super::BUILT_IN_EDITION;
        Edition::parse(text, file)
    }

    /// Grounds on which papers of this kind are refused; none where the law leaves them to the body.
    pub fn refusal_grounds_of(&self, papers: PapersKind) -> Vec<&RefusalGround> {
        self.refusal_grounds.iter().filter(|ground| ground.papers.contains(&papers)).collect()
    }

    /// The rule of an act.
    pub fn act(&self, id: &str) -> Option<&ActRule> {
        self.acts.get(self.index.act(id)?).filter(|rule| rule.id == id)
    }

    /// The rule of a clock.
    pub fn clock(&self, id: &str) -> Option<&ClockRule> {
        self.clocks.get(self.index.clock(id)?).filter(|rule| rule.id == id)
    }

    /// The rules whose clocks a moment starts, in the order of the file.
    pub fn started_by(&self, moment: &Moment) -> impl Iterator<Item = &ClockRule> {
        self.index.started_by(moment).iter().filter_map(|place| self.clocks.get(*place))
    }

    /// Codes of the closed list of grounds of detention.
    pub fn ground_ids(&self) -> &[String] {
        self.index.grounds()
    }

    /// Whether there are clocks that an act may prolong.
    pub fn is_prolonging(&self, moment: &Moment) -> bool {
        self.index.is_prolonging(moment)
    }

    /// The end of the term of this rule in this mode. Fails if it cannot be computed, or if the edition did not yet apply.
    pub fn compute(
        &self,
        rule: &ClockRule,
        mode: Mode,
        trigger: &Trigger,
        body: Body<'_>,
    ) -> Result<Computation, TermError> {
        let day = body.zone.to_datetime(trigger.at).date();
        if day < self.applies_from {
            let (edition, applies_from) = (self.id.clone(), self.applies_from);
            return Err(TermError::BeforeEdition { day, edition, applies_from });
        }
        compute(&rule.term_for(mode), trigger, body, &self.readings)
    }

    /// The row of the table of alarms.
    pub fn alarm(&self, cause: &AlarmCause) -> Option<&AlarmRule> {
        self.alarms.get(&CauseName::of(cause))
    }

    /// The article and the lifting act of a reason.
    pub fn hold(&self, reason: &str) -> Option<&HoldRule> {
        self.holds.get(reason)
    }
}

fn check_clock(rule: &ClockRule, flags: &BTreeMap<String, Label>) -> Result<(), String> {
    if rule.modes.is_empty() {
        return Err(format!("clock {} needs `modes`", rule.id));
    }
    if let Some(mode) = rule.term_by_mode.keys().find(|mode| !rule.modes.contains(mode)) {
        return Err(format!(
            "clock {} counts {mode:?} in `term_by_mode`, which `modes` lacks",
            rule.id
        ));
    }
    let asked = rule.when.iter().chain(&rule.unless);
    let asked = asked.chain(rule.prolong.iter().flat_map(|prolongation| &prolongation.when));
    if let Some(flag) = asked.into_iter().find(|flag| !flags.contains_key(*flag)) {
        return Err(format!("flag {flag:?} has no words: add [flag.{flag}]"));
    }
    let runs = rule.modes.iter().any(|mode| rule.term_for(*mode).runs());
    let needs_start = runs && rule.bearer != BearerKind::Act;
    match (runs, needs_start && rule.start.is_empty(), &rule.note) {
        (true, true, _) => Err(format!("clock {} needs `start`", rule.id)),
        (false, _, None) => Err(format!("clock {} never runs: say why in its `note`", rule.id)),
        (true, false, _) | (false, _, Some(_)) => Ok(()),
    }
}
