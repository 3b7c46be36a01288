//! Recording an act: what it is about, whether it may be, what follows.
//!
//! The edition says which acts there are, what each must say and what it does. An act that lacks what the law names is refused with the
//! list of what is missing; an act is never changed, a further one puts it right. Nothing here detains by itself: a protocol is an
//! officer's act, on one of the grounds that the edition lists (Code of the Republic of Kazakhstan on customs affairs (2010), art. 237.1).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::prelude::ToPrimitive;

use super::Refusal;
use super::alarms::Reason;
use super::draft::Draft;
use super::terms::Happening;
use super::weighing::AXLES_COUNTED;
use crate::event::{ActEffect, ActFacts, AlarmCause, Event, RadiationVerdict, Validity};
use crate::identifiers::normalised_seal;
use crate::ids::{ActId, ConsignmentNo, VisitId};
use crate::input::observation::Radiation;
use crate::input::order::{ActTarget, Answer};
use crate::law::act::{About, ActRule, EffectRule, listed};
use crate::law::course::{Ground, Step};
use crate::law::term::{Stated, Trigger};
use crate::law::words::Moment;
use crate::site::Mode;
use crate::state::Bearer;
use crate::state::MOST_ACTS;
use crate::state::act::Act;
use crate::state::visit::Visit;

/// Answers of one act, and characters of one answer.
const MOST_ANSWERS: usize = 200;
const LONGEST_ANSWER: usize = 20_000;
/// The field in which an act states the end of a term, and the one with the distance that the goods go.
const UNTIL: &str = "until";
const DISTANCE_KM: &str = "distance_km";
/// Seals that one act can name.
const MOST_SEALS: usize = 100;
/// How long ago an act that is recorded now can have happened: outages last days, not years.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(24 * 366);

/// An act as an officer wants to record it.
pub(super) struct Recording<'a> {
    pub(super) about: &'a ActTarget,
    pub(super) act: &'a str,
    pub(super) as_of: Option<Timestamp>,
    pub(super) answers: &'a BTreeMap<String, Answer>,
    pub(super) corrects: Option<ActId>,
}

/// What an act is about, once it is known to be there.
struct Target {
    visit: Option<VisitId>,
    consignments: Vec<ConsignmentNo>,
}

impl Target {
    fn each(&self) -> Vec<Option<ConsignmentNo>> {
        match self.consignments[..] {
            [] => vec![None],
            _ => self.consignments.iter().copied().map(Some).collect(),
        }
    }
}

impl Draft<'_> {
    pub(super) fn record_act(&mut self, recording: &Recording<'_>) -> Result<(), Refusal> {
        let edition = self.rules.edition.clone();
        let rule = edition.act(recording.act).ok_or_else(|| {
            let message = format!("the edition {} has no act {:?}", edition.id, recording.act);
            Refusal::new("unknown_act", message)
        })?;
        check_size(recording.answers)?;
        let as_of = self.moment_of(recording)?;
        let target = self.target(rule, recording.about)?;
        self.check_correction(rule, &target, recording.corrects)?;
        self.check_answers(rule, &target, recording.answers)?;
        // What had to stand before the first act stood before it, and the control that it closed is closed.
        if recording.corrects.is_none() {
            self.check_needs(rule, &target)?;
        }
        let effects = self.effects(rule, &target, recording, as_of)?;
        let validity = self.validity(rule, as_of, recording.answers)?;
        self.happened(Event::ActRecorded {
            act: Box::new(ActFacts {
                act: self.next_act(),
                kind: rule.id.clone(),
                number: rule.number.as_ref().map(|prefix| self.paper_number(prefix)),
                article: rule.article.clone(),
                edition: edition.id.clone(),
                visit: target.visit,
                consignments: target.consignments.clone(),
                as_of,
                answers: recording.answers.clone(),
                effects: effects.clone(),
                validity,
                corrects: recording.corrects,
            }),
        });
        if let Some(visit) = target.visit {
            for consignment in target.each() {
                let bearer = Bearer { visit, consignment };
                let happening = happening(rule, bearer, as_of, recording.answers);
                self.prolong_by(&happening)?;
                self.follow(&happening);
            }
            self.consequences(rule, visit, &target, &effects);
            if rule.id == AXLES_COUNTED {
                self.compare_mass(visit);
            }
        }
        Ok(())
    }

    fn moment_of(&self, recording: &Recording<'_>) -> Result<Timestamp, Refusal> {
        let as_of = recording.as_of.unwrap_or(self.now);
        if as_of > self.now {
            let message = format!("{as_of} is still to come: record an act when it has happened");
            return Err(Refusal::new("in_future", message));
        }
        if self.now.duration_since(as_of) > LONGEST_DELAY {
            let message = format!("{as_of} is more than a year ago: check the date");
            return Err(Refusal::new("too_long_ago", message));
        }
        Ok(as_of)
    }

    fn target(&self, rule: &ActRule, about: &ActTarget) -> Result<Target, Refusal> {
        let Some(visit) = about.visit else {
            return match rule.about {
                About::Checkpoint => Ok(Target { visit: None, consignments: Vec::new() }),
                About::Consignment | About::Vehicle => {
                    let message =
                        format!("{} is about a vehicle or its goods: name the visit", rule.id);
                    Err(Refusal::new("no_visit", message))
                }
            };
        };
        let state = if rule.after_exit {
            self.state.visit_state(visit).ok_or_else(|| {
                Refusal::new(
                    "unknown_visit",
                    format!("there is no visit {visit}, or it left long ago"),
                )
            })?
        } else {
            self.visit_here(visit)?
        };
        if !rule.applies(state.mode, state.direction) {
            let message = format!(
                "{} is no act for goods by {:?}, {:?}",
                rule.id, state.mode, state.direction
            );
            return Err(Refusal::new("not_for_this_visit", message));
        }
        if state.acts.size() >= MOST_ACTS {
            return Err(Refusal::new(
                "too_many_acts",
                format!("at most {MOST_ACTS} acts of one visit"),
            ));
        }
        let consignments = match rule.about {
            About::Vehicle | About::Checkpoint => Vec::new(),
            About::Consignment => goods_named(state, visit, &about.consignments)?,
        };
        Ok(Target { visit: Some(visit), consignments })
    }

    fn check_correction(
        &self,
        rule: &ActRule,
        target: &Target,
        corrects: Option<ActId>,
    ) -> Result<(), Refusal> {
        let Some(id) = corrects else { return Ok(()) };
        let before = self.state.act_state(id).ok_or_else(|| {
            Refusal::new("unknown_act_number", format!("there is no act {id}, or it is too old"))
        })?;
        if before.facts.kind != rule.id || before.facts.visit != target.visit {
            let message = format!("act {id} is {} of another kind or vehicle", before.facts.kind);
            return Err(Refusal::new("not_the_same_act", message));
        }
        if let Some(later) = before.corrected_by {
            let message = format!("act {id} was put right by act {later}: correct that one");
            return Err(Refusal::new("already_corrected", message));
        }
        Ok(())
    }

    fn check_answers(
        &self,
        rule: &ActRule,
        target: &Target,
        answers: &BTreeMap<String, Answer>,
    ) -> Result<(), Refusal> {
        let grounds = self.rules.edition.ground_ids();
        let known = |flag: &str| {
            target.visit.is_some_and(|visit| {
                target.each().into_iter().any(|one| self.has_flag(visit, one, flag))
            })
        };
        let problems = rule.problems(answers, grounds, known);
        if problems.is_empty() {
            return Ok(());
        }
        let named: Vec<String> =
            problems.iter().map(|one| format!("{} ({})", one.field, one.code)).collect();
        let message = format!("{} under art. {}: {}", rule.id, rule.article, named.join(", "));
        Err(Refusal { fields: problems, ..Refusal::new("incomplete_act", message) })
    }

    /// Acts that must stand before, and the control that must be open, for each of the goods.
    fn check_needs(&self, rule: &ActRule, target: &Target) -> Result<(), Refusal> {
        for one in target.each() {
            for needed in &rule.needs {
                let is_it = |act: &Act| {
                    act.facts.kind == *needed && act.is_about(one) && act.holds_at(self.now)
                };
                let stands = match target.visit {
                    Some(visit) => self.state.acts_of(visit).any(|(_, act)| is_it(act)),
                    None => self.state.checkpoint_acts().any(|(_, act)| is_it(act)),
                };
                if !stands {
                    let article = self.rules.edition.act(needed).map(|act| act.article.clone());
                    let message = format!(
                        "{} needs {needed} (art. {}) first",
                        rule.id,
                        article.unwrap_or_default()
                    );
                    return Err(Refusal::new("act_missing_before", message));
                }
            }
            if let Some(control) = &rule.needs_control
                && !target.visit.is_some_and(|visit| self.is_open(visit, one, control))
            {
                let message = format!("{} ends {control}, and no such control is open", rule.id);
                return Err(Refusal::new("no_such_control", message));
            }
        }
        Ok(())
    }

    fn is_open(&self, visit: VisitId, one: Option<ConsignmentNo>, control: &str) -> bool {
        let Some(state) = self.state.visit_state(visit) else { return false };
        let on_goods = |number| {
            state.consignments.get(number).is_some_and(|goods| goods.controls.contains_key(control))
        };
        state.controls.contains_key(control) || one.as_ref().is_some_and(on_goods)
    }

    /// Whether this is true of the goods, or of the vehicle that carries them.
    pub(super) fn has_flag(&self, visit: VisitId, one: Option<ConsignmentNo>, flag: &str) -> bool {
        let Some(state) = self.state.visit_state(visit) else { return false };
        let on_goods =
            |number| state.consignments.get(number).is_some_and(|goods| goods.flags.contains(flag));
        state.flags.contains(flag) || one.as_ref().is_some_and(on_goods)
    }

    fn effects(
        &self,
        rule: &ActRule,
        target: &Target,
        recording: &Recording<'_>,
        as_of: Timestamp,
    ) -> Result<Vec<ActEffect>, Refusal> {
        let mut effects = Vec::new();
        for effect in &rule.effects {
            let is_correction = recording.corrects.is_some();
            let effect = match effect {
                // What went on in its course or was opened by the first act does not do so twice.
                EffectRule::Step { .. }
                | EffectRule::OpenControl { .. }
                | EffectRule::CloseControl { .. }
                    if is_correction =>
                {
                    continue;
                }
                EffectRule::Step { step } => {
                    self.check_step(target, *step)?;
                    ActEffect::Step { step: *step }
                }
                EffectRule::Detain { .. } if is_correction => continue,
                EffectRule::Detain { field } => {
                    let step = Step::Detained(ground(recording.answers.get(field))?);
                    self.check_step(target, step)?;
                    ActEffect::Step { step }
                }
                EffectRule::OpenControl { control } => {
                    ActEffect::ControlOpened { control: control.clone() }
                }
                EffectRule::CloseControl { control } => {
                    ActEffect::ControlClosed { control: control.clone() }
                }
                EffectRule::ApplySeals { field, replacing } => ActEffect::SealsApplied {
                    seals: seals(recording.answers, field)?,
                    replacing: *replacing,
                },
                EffectRule::RemoveSeals { field } => {
                    ActEffect::SealsRemoved { seals: seals(recording.answers, field)? }
                }
                EffectRule::GiveUpSeals { field } => {
                    ActEffect::SealsGivenUp { seals: seals(recording.answers, field)? }
                }
                EffectRule::SetFlag { flag, value } => {
                    ActEffect::FlagSet { flag: flag.clone(), value: *value }
                }
                EffectRule::SetFlagFrom { field } => match recording.answers.get(field) {
                    Some(Answer::Text(flag)) => {
                        effects.extend(self.no_longer(rule, target, field, flag));
                        ActEffect::FlagSet { flag: flag.clone(), value: true }
                    }
                    Some(Answer::Flag(value)) => {
                        ActEffect::FlagSet { flag: field.clone(), value: *value }
                    }
                    Some(Answer::Number(_) | Answer::Papers(_) | Answer::Nil) | None => continue,
                },
                EffectRule::Screen { field } => match verdict(recording.answers.get(field)) {
                    Some(verdict) => ActEffect::ScreenedByHand { verdict },
                    None => continue,
                },
                EffectRule::PresentSince => {
                    self.check_presented(target)?;
                    ActEffect::PresentedSince { at: as_of }
                }
                EffectRule::LiftTerm { rule } => ActEffect::TermLifted { rule: rule.clone() },
            };
            effects.push(effect);
        }
        if let Some(field) = &rule.ends {
            effects.push(ActEffect::ActEnded { act: self.ended(rule, target, recording, field)? });
        }
        Ok(effects)
    }

    /// Of a closed list one thing is true: what was chosen before is true no more.
    fn no_longer(
        &self,
        rule: &ActRule,
        target: &Target,
        field: &str,
        chosen: &str,
    ) -> Vec<ActEffect> {
        let Some(visit) = target.visit else { return Vec::new() };
        let options = rule.field(field).map(|field| field.options.as_slice()).unwrap_or_default();
        let holds =
            |flag: &str| target.each().into_iter().any(|one| self.has_flag(visit, one, flag));
        let before = options.iter().filter(|option| *option != chosen && holds(option));
        before.map(|flag| ActEffect::FlagSet { flag: flag.clone(), value: false }).collect()
    }

    fn check_step(&self, target: &Target, step: Step) -> Result<(), Refusal> {
        let Some(state) = target.visit.and_then(|visit| self.state.visit_state(visit)) else {
            return Ok(());
        };
        for number in &target.consignments {
            let Some(goods) = state.consignments.get(number) else { continue };
            if let Err(forbidden) = goods.course.next(step) {
                let message =
                    format!("consignment {number}: {} (art. {})", forbidden.why, forbidden.article);
                return Err(Refusal::new(forbidden.code, message));
            }
        }
        Ok(())
    }

    /// A correction of the presentation needs one (AMB-10).
    fn check_presented(&self, target: &Target) -> Result<(), Refusal> {
        let state = target.visit.and_then(|visit| self.state.visit_state(visit));
        let not_yet = target.consignments.iter().find(|number| {
            let goods = state.and_then(|state| state.consignments.get(*number));
            goods.is_none_or(|goods| goods.presented.is_none())
        });
        match not_yet {
            Some(number) => Err(Refusal::new(
                "not_presented",
                format!("consignment {number} was not presented: present it first"),
            )),
            None => Ok(()),
        }
    }

    /// The act that this one ends: by its local number, or by the number that people write.
    fn ended(
        &self,
        rule: &ActRule,
        target: &Target,
        recording: &Recording<'_>,
        field: &str,
    ) -> Result<ActId, Refusal> {
        let named = recording.answers.get(field).map(listed).unwrap_or_default();
        let is_named = |id: ActId, number: Option<&String>| {
            named.iter().any(|name| number == Some(name) || *name == id.to_string())
        };
        // What the corrected act ended holds no more by that act alone: the correction may end it as well.
        let stands = |act: &Act| {
            let by = act.ended_by.filter(|_| act.corrected_by.is_none());
            act.stands() || (by.is_some() && by == recording.corrects)
        };
        let of_visit = target.visit.into_iter().flat_map(|visit| self.state.acts_of(visit));
        let found = of_visit
            .chain(self.state.checkpoint_acts())
            .find(|(id, act)| stands(act) && is_named(*id, act.facts.number.as_ref()));
        found.map(|(id, _)| id).ok_or_else(|| {
            let message =
                format!("{}: no act that still stands has the number {}", rule.id, named.join(" "));
            Refusal::new("unknown_act_number", message)
        })
    }

    fn validity(
        &self,
        rule: &ActRule,
        as_of: Timestamp,
        answers: &BTreeMap<String, Answer>,
    ) -> Result<Option<Validity>, Refusal> {
        let Some(id) = &rule.validity else { return Ok(None) };
        let Some(clock) = self.rules.edition.clock(id) else { return Ok(None) };
        let hours = self.hours();
        let mode = Mode::Road; // the validity of an act is that of no goods: it is the same in every mode
        let term = self.rules.edition.compute(
            clock,
            mode,
            &trigger(as_of, answers),
            self.rules.body(&hours),
        );
        let term = term.map_err(|error| Refusal::new("term_not_computed", error.to_string()))?;
        Ok(Some(Validity { rule: id.clone(), until: term.due_at }))
    }

    /// What an act means beyond what the fold knows: seals are judged anew, a handheld alarm rings, terms are looked at again.
    fn consequences(
        &mut self,
        rule: &ActRule,
        visit: VisitId,
        target: &Target,
        effects: &[ActEffect],
    ) {
        for effect in effects {
            match effect {
                ActEffect::SealsApplied { .. }
                | ActEffect::SealsRemoved { .. }
                | ActEffect::SealsGivenUp { .. } => self.judge_seals(visit),
                ActEffect::ScreenedByHand { verdict: RadiationVerdict::AboveBackground } => {
                    self.ring_by_hand(rule, visit);
                }
                ActEffect::FlagSet { .. } => {
                    for one in target.each() {
                        self.qualify_terms(visit, one);
                    }
                    self.compare_weight(visit);
                }
                ActEffect::PresentedSince { at } => {
                    for one in &target.consignments {
                        self.present_since(visit, *one, *at);
                    }
                }
                ActEffect::TermLifted { rule } => {
                    for one in target.each() {
                        self.lift_term(visit, one, rule);
                    }
                }
                ActEffect::Step { .. }
                | ActEffect::ControlOpened { .. }
                | ActEffect::ControlClosed { .. }
                | ActEffect::ScreenedByHand {
                    verdict: RadiationVerdict::WithinBackground | RadiationVerdict::Indeterminate,
                }
                | ActEffect::ActEnded { .. } => {}
            }
        }
    }

    /// An officer found more than the background with a handheld instrument: the same alarm as a portal's.
    fn ring_by_hand(&mut self, rule: &ActRule, visit: VisitId) {
        let lane = self.state.visit_state(visit).map(|visit| visit.lane.clone());
        let act = self.state.last.act;
        let cause = AlarmCause::Radiation { radiation: Radiation::Gamma };
        let mut reason = Reason::new(cause, self.now).visit(visit).number("act", act);
        reason.lane = lane;
        reason.basis = Some(rule.article.clone());
        self.raise(reason);
    }

    /// Office, kind of paper, serial.
    fn paper_number(&self, prefix: &str) -> String {
        let serial = self.state.last.paper.saturating_add(1);
        format!("{}-{prefix}-{serial:06}", self.rules.site.office_code)
    }
}

/// What an act says about the terms that it starts: the end that it states, and how far the goods go.
fn trigger(as_of: Timestamp, answers: &BTreeMap<String, Answer>) -> Trigger {
    let mut trigger = Trigger::at(as_of);
    if let Some(Answer::Text(until)) = answers.get(UNTIL) {
        let stated = until.parse::<Timestamp>().map(Stated::Instant);
        let stated = stated.ok().or_else(|| until.parse::<Date>().ok().map(Stated::Day));
        trigger.stated = stated;
    }
    if let Some(Answer::Number(distance)) = answers.get(DISTANCE_KM) {
        trigger.distance_km = distance.to_u32();
    }
    trigger
}

fn happening(
    rule: &ActRule,
    bearer: Bearer,
    as_of: Timestamp,
    answers: &BTreeMap<String, Answer>,
) -> Happening {
    let Trigger { at, stated, distance_km } = trigger(as_of, answers);
    Happening { stated, distance_km, ..Happening::new(Moment::Act(rule.id.clone()), bearer, at) }
}

fn check_size(answers: &BTreeMap<String, Answer>) -> Result<(), Refusal> {
    let length = |answer: &Answer| match answer {
        Answer::Text(text) => text.len(),
        Answer::Papers(papers) => papers.iter().map(String::len).sum(),
        Answer::Number(_) | Answer::Flag(_) | Answer::Nil => 0,
    };
    if answers.len() > MOST_ANSWERS || answers.values().any(|one| length(one) > LONGEST_ANSWER) {
        let message = format!("at most {MOST_ANSWERS} answers of {LONGEST_ANSWER} bytes");
        return Err(Refusal::new("too_large", message));
    }
    Ok(())
}

/// The consignments that were named, or all that are still whole.
fn goods_named(
    state: &Visit,
    visit: VisitId,
    named: &[ConsignmentNo],
) -> Result<Vec<ConsignmentNo>, Refusal> {
    if let Some(unknown) = named.iter().find(|number| !state.consignments.contains_key(*number)) {
        let message = format!("visit {visit} has no consignment {unknown}");
        return Err(Refusal::new("unknown_consignment", message));
    }
    let mut numbers: Vec<ConsignmentNo> = if named.is_empty() {
        let whole = state.consignments.iter().filter(|(_, goods)| !goods.is_replaced());
        whole.map(|(number, _)| *number).collect()
    } else {
        named.to_vec()
    };
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        let message =
            format!("visit {visit} has no consignment: register a notice, or present the goods");
        return Err(Refusal::new("no_consignment", message));
    }
    Ok(numbers)
}

fn seals(answers: &BTreeMap<String, Answer>, field: &str) -> Result<Vec<String>, Refusal> {
    let named = answers.get(field).map(listed).unwrap_or_default();
    let mut seals: Vec<String> = Vec::new();
    for seal in named.iter().map(|seal| normalised_seal(seal)) {
        if !seal.is_empty() && !seals.contains(&seal) {
            seals.push(seal);
        }
    }
    if seals.is_empty() || seals.len() > MOST_SEALS {
        let message = format!("{field} names 1 to {MOST_SEALS} seals by their numbers");
        return Err(Refusal::new("no_seals", message));
    }
    Ok(seals)
}

/// Goods are detained on a ground of the closed list, or not at all (237.1).
fn ground(answer: Option<&Answer>) -> Result<Ground, Refusal> {
    let code = match answer {
        Some(Answer::Text(code)) => code.as_str(),
        Some(Answer::Number(_) | Answer::Flag(_) | Answer::Papers(_) | Answer::Nil) | None => "",
    };
    Ground::of_code(code).ok_or_else(|| {
        let codes: Vec<&str> = Ground::ALL.into_iter().map(Ground::code).collect();
        let message =
            format!("{code:?} is no ground of detention (art. 237.1): {}", codes.join(", "));
        Refusal::new("no_ground", message)
    })
}

fn verdict(answer: Option<&Answer>) -> Option<RadiationVerdict> {
    let Some(Answer::Text(text)) = answer else { return None };
    match text.as_str() {
        "within_background" => Some(RadiationVerdict::WithinBackground),
        "above_background" => Some(RadiationVerdict::AboveBackground),
        "indeterminate" => Some(RadiationVerdict::Indeterminate),
        _ => None,
    }
}
