//! What a story expects, held against what the checkpoint knows then.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::line::{date, instant, parts, texts};
use super::report::{ClockStands, Picture};
use crate::ids::ConsignmentNo;

/// An expectation, and what must be so.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expectation {
    /// The fact above was refused for this reason.
    Refused { code: String },
    /// The last clock of this rule stands so.
    Clock { rule: String, goods: Option<ConsignmentNo>, stands: Stands },
    /// It bears this remark.
    Flagged { rule: String, goods: Option<ConsignmentNo>, flag: String },
    /// Exactly these reasons hold the exit permission; none, if it is free.
    Held { reasons: BTreeSet<String> },
    /// Exactly these rows are missing, in the law's order.
    Missing { fields: Vec<String> },
    /// Where prior information stands, or in which rows the notice differs from it: these and no others.
    Prior { prior: u64, standing: Option<String>, differs_in: Option<Vec<String>> },
    /// Where the goods stand.
    Goods { goods: ConsignmentNo, state: String },
    /// What is true of the goods, or of the vehicle.
    Flag { goods: Option<ConsignmentNo>, flag: String, has: bool },
    /// Where the visit stands.
    Stage { stage: String },
}

/// How a clock stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stands {
    /// It runs until this moment.
    RunningUntil(Timestamp),
    /// It runs, or is a task without a number, and nothing has ended it.
    Open,
    /// Filed, not registered.
    Provisional,
    /// It was stopped; as of this moment, if one is named.
    Stopped(Option<Timestamp>),
    /// It ran out.
    Expired,
    /// It does not apply any more.
    Withdrawn,
    /// There is none.
    None,
}

impl Expectation {
    pub(super) fn parse(text: &str, today: Date, zone: &TimeZone) -> Result<Self, String> {
        let parts = parts(text)?;
        let (first, rest) = parts.split_first().ok_or("what is expected?")?;
        let words = texts(first);
        let listed = |head: &[&str]| {
            let mut all: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
            all.extend(rest.iter().flatten().map(|word| word.text.clone()));
            all
        };
        match words.as_slice() {
            ["exit", "held", "by", reasons @ ..] => {
                return Ok(Self::Held { reasons: listed(reasons).into_iter().collect() });
            }
            ["prior", "information", number, "differs", "in", fields @ ..] => {
                let fields = match fields {
                    ["nothing"] => Vec::new(),
                    fields => listed(fields),
                };
                let prior = prior(number)?;
                return Ok(Self::Prior { prior, standing: None, differs_in: Some(fields) });
            }
            ["missing", "nothing"] if rest.is_empty() => {
                return Ok(Self::Missing { fields: Vec::new() });
            }
            ["missing", fields @ ..] => return Ok(Self::Missing { fields: listed(fields) }),
            _ => {}
        }
        if let Some(more) = rest.first() {
            return Err(format!(
                "{:?} is too much: one expectation on a line",
                texts(more).join(" ")
            ));
        }
        match words.as_slice() {
            ["refused", code] => Ok(Self::Refused { code: (*code).to_owned() }),
            ["exit", "free"] => Ok(Self::Held { reasons: BTreeSet::new() }),
            ["stage", stage] => Ok(Self::Stage { stage: (*stage).to_owned() }),
            ["prior", "information", number, "is", standing] => Ok(Self::Prior {
                prior: prior(number)?,
                standing: Some((*standing).to_owned()),
                differs_in: None,
            }),
            ["consignment", number, "is", state @ ..] => {
                Ok(Self::Goods { goods: goods(number)?, state: state.join("_") })
            }
            ["consignment", number, has @ ("has" | "lacks"), flag] => Ok(Self::Flag {
                goods: Some(goods(number)?),
                flag: (*flag).to_owned(),
                has: *has == "has",
            }),
            ["vehicle", has @ ("has" | "lacks"), flag] => {
                Ok(Self::Flag { goods: None, flag: (*flag).to_owned(), has: *has == "has" })
            }
            [rule, "of", "consignment", number, stands @ ..] if is_rule(rule) => {
                clock(rule, Some(goods(number)?), stands, today, zone)
            }
            [rule, stands @ ..] if is_rule(rule) => clock(rule, None, stands, today, zone),
            other => Err(format!(
                "{:?} is nothing that can be expected: refused CODE, CLOCK [of consignment N] running until TIME (open, provisional, stopped, expired, \
                 withdrawn, none, flagged FLAG), exit held by REASONS, exit free, missing FIELDS, consignment N is STATE, consignment N has FLAG, stage STAGE, \
                 prior information N is STANDING, prior information N differs in FIELDS",
                other.join(" ")
            )),
        }
    }

    /// None if it is so; otherwise what came instead, in words.
    pub(super) fn met(&self, picture: &Picture) -> Option<(String, String)> {
        let differs = |about: String, expected: String, came: String| {
            (expected != came).then(|| (about, format!("expected {expected}, came {came}")))
        };
        let list = |words: Vec<String>| {
            if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
        };
        match self {
            // Compared where the refusal is known.
            Self::Refused { .. } => None,
            Self::Clock { rule, goods, stands } => {
                let about = named(rule, *goods);
                match picture.last_clock(rule, *goods) {
                    Some(clock) if !stands.is(clock) => {
                        let came = clock.words(&picture.zone());
                        Some((
                            about,
                            format!("expected {}, came {came}", stands.words(&picture.zone())),
                        ))
                    }
                    None if *stands != Stands::None => Some((
                        about,
                        format!("expected {}, came none", stands.words(&picture.zone())),
                    )),
                    Some(_) | None => None,
                }
            }
            Self::Flagged { rule, goods, flag } => {
                let about = named(rule, *goods);
                let flags = picture.last_clock(rule, *goods).map(|clock| clock.flags.clone());
                match flags {
                    Some(flags) if flags.contains(flag) => None,
                    Some(flags) => {
                        Some((about, format!("expected flag {flag}, came {}", list(flags))))
                    }
                    None => Some((about, format!("expected flag {flag}, came no such clock"))),
                }
            }
            Self::Held { reasons } => {
                let came: BTreeSet<String> =
                    picture.holds.iter().map(|hold| hold.reason.clone()).collect();
                let words = |reasons: &BTreeSet<String>| list(reasons.iter().cloned().collect());
                differs("exit held by".to_owned(), words(reasons), words(&came))
            }
            Self::Missing { fields } => {
                let came = picture.missing.as_ref().map_or("no notice".to_owned(), |rows| {
                    list(rows.iter().map(|row| row.field.clone()).collect())
                });
                differs("missing".to_owned(), list(fields.clone()), came)
            }
            Self::Prior { prior, standing, differs_in } => {
                let about = format!("prior information {prior}");
                let Some(came) = picture.prior.iter().find(|one| one.prior == *prior) else {
                    return Some((about, "there is none of this number".to_owned()));
                };
                match (standing, differs_in) {
                    (Some(standing), _) => differs(about, standing.clone(), came.standing.clone()),
                    (None, fields) => {
                        let words = |fields: &Option<Vec<String>>| {
                            fields.as_ref().map_or("nothing to compare".to_owned(), |fields| {
                                list(fields.clone())
                            })
                        };
                        differs(
                            format!("{about} differs in"),
                            words(fields),
                            words(&came.differs_in),
                        )
                    }
                }
            }
            Self::Goods { goods, state } => {
                let came = picture
                    .consignments
                    .iter()
                    .find(|one| one.number == *goods)
                    .map_or("none".to_owned(), |one| one.state.clone());
                differs(format!("consignment {goods}"), state.clone(), came)
            }
            Self::Flag { goods, flag, has } => {
                let flags = picture.flags_of(*goods);
                let about = goods.map_or("vehicle".to_owned(), |no| format!("consignment {no}"));
                let verb = if *has { "has" } else { "lacks" };
                (flags.contains(flag) != *has).then(|| {
                    (about, format!("expected that it {verb} {flag}, came {}", list(flags)))
                })
            }
            Self::Stage { stage } => {
                differs("stage".to_owned(), stage.clone(), picture.stage.clone())
            }
        }
    }
}

impl Stands {
    fn is(&self, clock: &ClockStands) -> bool {
        match self {
            Stands::RunningUntil(at) => clock.is_running() && clock.due_at() == Some(*at),
            Stands::Open => clock.is_running(),
            Stands::Provisional => clock.state == "provisional",
            Stands::Stopped(None) => clock.state == "stopped",
            Stands::Stopped(Some(at)) => {
                clock.state == "stopped" && clock.stopped_at() == Some(*at)
            }
            Stands::Expired => clock.state == "expired",
            Stands::Withdrawn => clock.state == "withdrawn",
            Stands::None => false,
        }
    }

    fn words(&self, zone: &TimeZone) -> String {
        let local = |at: &Timestamp| super::report::minute(*at, zone);
        match self {
            Stands::RunningUntil(at) => format!("running until {}", local(at)),
            Stands::Open => "open".to_owned(),
            Stands::Provisional => "provisional".to_owned(),
            Stands::Stopped(None) => "stopped".to_owned(),
            Stands::Stopped(Some(at)) => format!("stopped as of {}", local(at)),
            Stands::Expired => "expired".to_owned(),
            Stands::Withdrawn => "withdrawn".to_owned(),
            Stands::None => "none".to_owned(),
        }
    }
}

fn named(rule: &str, goods: Option<ConsignmentNo>) -> String {
    goods.map_or(rule.to_owned(), |number| format!("{rule} of consignment {number}"))
}

fn prior(number: &str) -> Result<u64, String> {
    number.parse().map_err(|_| format!("{number:?} is no number of prior information: 1, 2, …"))
}

/// Such as `ARR-1`.
fn is_rule(word: &str) -> bool {
    word.contains('-') && word.starts_with(|c: char| c.is_ascii_uppercase())
}

fn goods(number: &str) -> Result<ConsignmentNo, String> {
    number
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .map(ConsignmentNo)
        .ok_or_else(|| format!("{number:?} is no number of a consignment: 1, 2, …"))
}

fn clock(
    rule: &str,
    goods: Option<ConsignmentNo>,
    words: &[&str],
    today: Date,
    zone: &TimeZone,
) -> Result<Expectation, String> {
    let moment = |words: &[&str]| match words {
        [clock] => instant(today, clock, zone),
        [day, clock] => instant(date(day)?, clock, zone),
        other => Err(format!("{:?} is no moment: 18:10, or 2025-03-12 18:10", other.join(" "))),
    };
    let stands = match words {
        ["running", "until", rest @ ..] => Stands::RunningUntil(moment(rest)?),
        ["running" | "open"] => Stands::Open,
        ["provisional"] => Stands::Provisional,
        ["stopped"] => Stands::Stopped(None),
        ["stopped", "as", "of", rest @ ..] => Stands::Stopped(Some(moment(rest)?)),
        ["expired"] => Stands::Expired,
        ["withdrawn"] => Stands::Withdrawn,
        ["none"] => Stands::None,
        ["flagged", flag] => {
            let flag = (*flag).to_owned();
            return Ok(Expectation::Flagged { rule: rule.to_owned(), goods, flag });
        }
        other => {
            return Err(format!(
                "{:?} is no way in which a clock stands: running until TIME, open, provisional, stopped [as of TIME], expired, withdrawn, none, flagged FLAG",
                other.join(" ")
            ));
        }
    };
    Ok(Expectation::Clock { rule: rule.to_owned(), goods, stands })
}
