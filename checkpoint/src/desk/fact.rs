//! What can happen in a story, from its words. Which order it becomes is decided in [`super::tell`].

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::complete::NoticeWords;
use super::line::{Word, date, instant, parts, split_target, texts};
use super::prior::PriorFact;
use super::story::written;
use crate::ids::ConsignmentNo;
use crate::input::order::{PapersKind, SealFinding};

/// A fact.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fact {
    /// Only that.
    TimePasses,
    /// A vehicle stopped at the checkpoint.
    Arrives { plate: String },
    /// An arrival notice was registered.
    Notice(NoticeWords),
    /// Something about prior information.
    Prior(PriorFact),
    /// Goods were shown.
    Presented { goods: Vec<ConsignmentNo> },
    /// Papers were filed, registered or refused.
    Papers { goods: Vec<ConsignmentNo>, papers: PapersKind, what: PapersFact },
    /// Goods were released; under what is registered, if nothing is said.
    Released { goods: Vec<ConsignmentNo>, procedure: Option<PapersKind> },
    /// An act of the edition was recorded.
    Act(ActWords),
    /// A consignment is several.
    Split { goods: Vec<ConsignmentNo>, parts: u16, reason: String },
    /// Consignments are one.
    Merged { goods: Vec<ConsignmentNo>, reason: String },
    /// The papers name these seals.
    SealsExpected { seals: Vec<String> },
    /// A seal was looked at.
    SealFound { seal: String, found: SealFinding },
    /// The vehicle may leave.
    ExitPermitted,
    /// The vehicle left.
    Left,
    /// Other days off hold.
    Calendar { file: String },
    /// Other working hours hold.
    Timetable { file: String },
}

/// What was done with papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PapersFact {
    /// Filed, under this reference.
    Filed { reference: Option<String> },
    /// Registered, under this number.
    Registered { number: Option<String> },
    /// Refused, on this ground of the law's list, for this reason.
    Refused { code: Option<String>, ground: String },
}

/// An act, as its answers were written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ActWords {
    pub(super) goods: Vec<ConsignmentNo>,
    pub(super) act: String,
    pub(super) since: Option<Timestamp>,
    pub(super) corrects: Option<u64>,
    pub(super) answers: Vec<(String, Vec<Word>)>,
}

/// What a fact may begin with, for a word that is none.
const FACTS: &str = "vehicle … arrives, prior information, notice, goods presented, consignment N: …, storage papers, declaration, transit declaration, released, act, \
seals expected, seal … found, exit permitted, vehicle left, calendar applied, timetable applied, time passes";

impl Fact {
    /// Reads one. `today` is the day of the fact: times without a day are of it.
    pub(super) fn parse(text: &str, today: Date, zone: &TimeZone) -> Result<Fact, String> {
        let (goods, text) = match split_target(text) {
            Some((target, rest)) => (consignments(target)?, rest),
            None => (Vec::new(), text),
        };
        let parts = parts(text)?;
        let (first, rest) = parts.split_first().ok_or("what happened?")?;
        let words = texts(first);
        if let ["act", act] = words.as_slice() {
            return act_words(goods, act, rest, today, zone).map(Fact::Act);
        }
        if let Some((papers, verb)) = papers(&words) {
            return papers_fact(goods, papers, verb, rest);
        }
        let fact = match words.as_slice() {
            ["presented"] | ["goods", "presented"] => Fact::Presented { goods },
            ["released", under @ ..] | ["goods", "released", under @ ..] => {
                Fact::Released { goods, procedure: procedure(under)? }
            }
            ["split", "into", number] => {
                let parts = number
                    .parse::<u16>()
                    .ok()
                    .filter(|parts| *parts >= 2)
                    .ok_or_else(|| format!("{number:?} is no number of parts: at least 2"))?;
                return Ok(Fact::Split { goods, parts, reason: reason(rest, "the split")? });
            }
            ["merged"] => return Ok(Fact::Merged { goods, reason: reason(rest, "the merger")? }),
            _ if !goods.is_empty() => {
                return Err(format!(
                    "{:?} does not happen to a consignment: presented, storage papers filed (registered, refused), declaration …, transit declaration …, \
                     released, act …, split into N, merged",
                    words.join(" ")
                ));
            }
            ["prior", "information", what @ ..] => {
                return PriorFact::parse(what, rest, today, zone).map(Fact::Prior);
            }
            ["notice", what @ ..] => return NoticeWords::parse(what, rest).map(Fact::Notice),
            ["seals", "expected", seals @ ..] => {
                let mut all: Vec<String> = seals.iter().map(|seal| (*seal).to_owned()).collect();
                all.extend(rest.iter().flatten().map(|seal| seal.text.clone()));
                return Ok(Fact::SealsExpected { seals: all });
            }
            ["time", "passes"] => Fact::TimePasses,
            ["vehicle", plate, "arrives" | "comes"] => Fact::Arrives { plate: (*plate).to_owned() },
            ["vehicle", "left"] => Fact::Left,
            ["exit", "permitted"] => Fact::ExitPermitted,
            ["seal", seal, "found", found] => {
                Fact::SealFound { seal: (*seal).to_owned(), found: finding(found)? }
            }
            ["calendar", "applied", file] => Fact::Calendar { file: (*file).to_owned() },
            ["timetable", "applied", file] => Fact::Timetable { file: (*file).to_owned() },
            _ => {
                return Err(format!(
                    "{:?} is nothing that can happen here: {FACTS}",
                    written(first)
                ));
            }
        };
        match rest.first() {
            None => Ok(fact),
            Some(more) => {
                Err(format!("{:?} is too much after {:?}", written(more), written(first)))
            }
        }
    }
}

/// `consignment 1`, `consignments 1, 2`
fn consignments(target: &str) -> Result<Vec<ConsignmentNo>, String> {
    let (word, numbers) = target.trim().split_once(char::is_whitespace).unwrap_or((target, ""));
    if !matches!(word, "consignment" | "consignments") || numbers.trim().is_empty() {
        return Err(format!(
            "{target:?} stands before a colon: only consignments do, such as `consignment 1:` or `consignments 1, 2:`"
        ));
    }
    numbers
        .split([',', ' '])
        .filter(|number| !number.is_empty())
        .map(|number| match number.parse::<u16>() {
            Ok(number) if number > 0 => Ok(ConsignmentNo(number)),
            Ok(_) | Err(_) => Err(format!("{number:?} is no number of a consignment: 1, 2, …")),
        })
        .collect()
}

fn papers<'a>(words: &[&'a str]) -> Option<(PapersKind, &'a str)> {
    match words {
        ["storage", "papers", verb] => Some((PapersKind::Storage, verb)),
        ["transit", "declaration", verb] => Some((PapersKind::TransitDeclaration, verb)),
        ["declaration", verb] => Some((PapersKind::Declaration, verb)),
        _ => None,
    }
}

fn papers_fact(
    goods: Vec<ConsignmentNo>,
    papers: PapersKind,
    verb: &str,
    rest: &[Vec<Word>],
) -> Result<Fact, String> {
    let number = || match rest {
        [] => Ok(None),
        [part] => match texts(part).as_slice() {
            ["number" | "reference", number] => Ok(Some((*number).to_owned())),
            other => Err(format!("{:?}: write number and the number", other.join(" "))),
        },
        [_, more, ..] => Err(format!("{:?} is too much", written(more))),
    };
    let what = match verb {
        "filed" => PapersFact::Filed { reference: number()? },
        "registered" => PapersFact::Registered { number: number()? },
        "refused" => refused(rest)?,
        other => {
            return Err(format!(
                "{other:?} is nothing that papers are: filed, registered, refused"
            ));
        }
    };
    Ok(Fact::Papers { goods, papers, what })
}

/// The ground of the law's list, the reason in words, or both: `, ART_288_4_4, "no signature"`.
fn refused(rest: &[Vec<Word>]) -> Result<PapersFact, String> {
    let code = match rest.first().map(Vec::as_slice) {
        Some([word]) if !word.quoted => Some(word.text.clone()),
        Some(_) | None => None,
    };
    let words = rest.get(usize::from(code.is_some())..).unwrap_or_default();
    let ground = match words {
        [] if code.is_some() => String::new(),
        words => reason(words, "the refusal")?,
    };
    Ok(PapersFact::Refused { code, ground })
}

fn procedure(under: &[&str]) -> Result<Option<PapersKind>, String> {
    match under {
        [] => Ok(None),
        ["under", "declaration"] => Ok(Some(PapersKind::Declaration)),
        ["under" | "for", "transit"] => Ok(Some(PapersKind::TransitDeclaration)),
        other => Err(format!(
            "{:?}: goods are released under declaration, or for transit",
            other.join(" ")
        )),
    }
}

/// Words in quotation marks that say why.
pub(super) fn reason(rest: &[Vec<Word>], of: &str) -> Result<String, String> {
    match rest {
        [part] => match part.as_slice() {
            [word] if word.quoted => Ok(word.text.clone()),
            _ => Err(format!("the reason of {of} stands in quotation marks: , \"no signature\"")),
        },
        [] => Err(format!("say the reason of {of} in quotation marks: , \"no signature\"")),
        [_, more, ..] => Err(format!("{:?} is too much after the reason", written(more))),
    }
}

fn finding(word: &str) -> Result<SealFinding, String> {
    match word {
        "intact" => Ok(SealFinding::Intact),
        "damaged" => Ok(SealFinding::Damaged),
        "missing" => Ok(SealFinding::Missing),
        other => Err(format!("{other:?} is no finding at a seal: intact, damaged, missing")),
    }
}

fn act_words(
    goods: Vec<ConsignmentNo>,
    act: &str,
    rest: &[Vec<Word>],
    today: Date,
    zone: &TimeZone,
) -> Result<ActWords, String> {
    let mut words =
        ActWords { goods, act: act.to_owned(), since: None, corrects: None, answers: Vec::new() };
    for part in rest {
        match texts(part).as_slice() {
            ["since", clock] => words.since = Some(instant(today, clock, zone)?),
            ["since", day, clock] => words.since = Some(instant(date(day)?, clock, zone)?),
            ["corrects", "act", number] => {
                let number = number
                    .parse()
                    .map_err(|_| format!("{number:?} is no number of an act: corrects act 1"))?;
                words.corrects = Some(number);
            }
            [field] => {
                return Err(format!(
                    "{field:?} is not answered: a field and its answer, such as {field} yes"
                ));
            }
            [field, ..] => {
                if words.answers.iter().any(|(known, _)| known == field) {
                    return Err(format!("{field:?} is answered twice"));
                }
                let answer = part.get(1..).unwrap_or_default().to_vec();
                words.answers.push(((*field).to_owned(), answer));
            }
            [] => {}
        }
    }
    Ok(words)
}
