//! How far a term may be prolonged: until what was asked for, and no further than the law's ceiling (Code of the Republic of Kazakhstan on customs affairs (2010), art. 268.2, 297.4, AMB-24).

use jiff::Timestamp;

use super::Edition;
use super::edition::ClockRule;
use super::term::{
    Body, Computation, Stated, TermError, TermRule, Trigger, compute, compute_ceiling,
};

/// Why a term is not prolonged so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotProlonged {
    /// The law knows no prolongation of it.
    #[error("nothing prolongs {rule} (art. {article})")]
    Never {
        /// The rule.
        rule: String,
        /// Its article.
        article: String,
    },
    /// What was asked for lies behind the ceiling.
    #[error("{until} is later than {rule} may be prolonged to: {most} at most (art. {article})")]
    BeyondCeiling {
        /// The rule.
        rule: String,
        /// What was asked for.
        until: Stated,
        /// The last moment that the law allows.
        most: Timestamp,
        /// The article of the ceiling.
        article: String,
    },
    /// No end was asked for, and the law sets no ceiling that could be taken.
    #[error("{rule} has no ceiling (art. {article}): say until when it is prolonged")]
    NoEnd {
        /// The rule.
        rule: String,
        /// The article.
        article: String,
    },
    /// It cannot be computed.
    #[error(transparent)]
    Term(#[from] TermError),
}

/// The end of a prolonged term: what was asked for, or the furthest of the ceilings that hold for these goods.
pub fn prolonged(
    edition: &Edition,
    rule: &ClockRule,
    trigger: &Trigger,
    until: Option<Stated>,
    body: Body<'_>,
    has_flag: impl Fn(&str) -> bool,
) -> Result<Computation, NotProlonged> {
    let readings = &edition.readings;
    let rows = rule
        .prolong
        .iter()
        .filter(|row| row.when.is_empty() || row.when.iter().any(|flag| has_flag(flag)));
    let mut most: Option<(Computation, String)> = None;
    for row in rows {
        let article = row.article.clone().unwrap_or_else(|| rule.article.clone());
        let Some(max) = &row.max else {
            let until =
                until.ok_or_else(|| NotProlonged::NoEnd { rule: rule.id.clone(), article })?;
            return Ok(compute(&TermRule::Stated, &trigger.stated(until), body, readings)?);
        };
        let ceiling = compute_ceiling(max, trigger, body, readings)?;
        if most.as_ref().is_none_or(|(known, _)| known.latest_at < ceiling.latest_at) {
            most = Some((ceiling, article));
        }
    }
    let Some((ceiling, article)) = most else {
        return Err(NotProlonged::Never { rule: rule.id.clone(), article: rule.article.clone() });
    };
    let Some(until) = until else { return Ok(ceiling) };
    let stated = compute(&TermRule::Stated, &trigger.stated(until), body, readings)?;
    if stated.latest_at <= ceiling.latest_at {
        return Ok(stated);
    }
    let (rule, most) = (rule.id.clone(), ceiling.latest_at);
    Err(NotProlonged::BeyondCeiling { rule, until, most, article })
}
