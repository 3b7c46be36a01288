//! An act's answers, from the words of a story. A name that the edition does not know is a slip of the pen and an error of the story; an
//! answer that the law does not take, such as a ground that is none, is left to the law.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fact::ActWords;
use super::line::{Word, date, instant};
use super::story::written;
use super::table::local;
use crate::input::order::Answer;
use crate::law::Edition;
use crate::law::act::{ActFieldKind, ActRule};

/// The act of these words in the edition.
pub(super) fn rule<'a>(edition: &'a Edition, words: &ActWords) -> Result<&'a ActRule, String> {
    edition.act(&words.act).ok_or_else(|| {
        let known = edition.acts.iter().map(|rule| rule.id.as_str());
        format!("{} has no act {:?}: {}", edition.id, words.act, nearest(&words.act, known))
    })
}

/// The answers, as the fields of the act take them.
pub(super) fn answers(
    rule: &ActRule,
    words: &ActWords,
    today: Date,
    zone: &TimeZone,
) -> Result<BTreeMap<String, Answer>, String> {
    let mut answers = BTreeMap::new();
    for (field, answer) in &words.answers {
        let kind = match rule.field(field) {
            Some(known) => known.kind,
            None if is_flag(rule, field) => ActFieldKind::Flag,
            None => return Err(unknown(rule, field)),
        };
        let answer = self::answer(kind, answer, today, zone)
            .map_err(|what| format!("{field} of {}: {what}", rule.id))?;
        answers.insert(field.clone(), answer);
    }
    Ok(answers)
}

/// A flag on which a field of the act depends.
fn is_flag(rule: &ActRule, name: &str) -> bool {
    rule.fields
        .iter()
        .any(|field| field.when.as_deref() == Some(name) || field.unless.as_deref() == Some(name))
}

fn unknown(rule: &ActRule, field: &str) -> String {
    let fields: Vec<&str> = rule.fields.iter().map(|known| known.id.as_str()).collect();
    let fields = if fields.is_empty() { "none".to_owned() } else { fields.join(", ") };
    format!("{} (art. {}) has no field {field:?}; its fields: {fields}", rule.id, rule.article)
}

fn answer(
    kind: ActFieldKind,
    words: &[Word],
    today: Date,
    zone: &TimeZone,
) -> Result<Answer, String> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    if let [Word { quoted: false, text }] = words
        && text == "nothing"
    {
        return Ok(Answer::Nil);
    }
    match kind {
        ActFieldKind::Text | ActFieldKind::Choice => Ok(Answer::Text(texts.join(" "))),
        ActFieldKind::Papers => {
            Ok(Answer::Papers(texts.iter().map(|text| (*text).to_owned()).collect()))
        }
        ActFieldKind::Flag => match texts.as_slice() {
            ["yes"] => Ok(Answer::Flag(true)),
            ["no"] => Ok(Answer::Flag(false)),
            _ => Err(format!("{:?}: answer yes or no", written(words))),
        },
        ActFieldKind::Number => match texts.as_slice() {
            [number] => {
                number.parse().map(Answer::Number).map_err(|_| format!("{number:?} is no number"))
            }
            _ => Err(format!("{:?} is no number", written(words))),
        },
        ActFieldKind::Date => match texts.as_slice() {
            [day] => Ok(Answer::Text(date(day)?.to_string())),
            _ => Err(format!("{:?} is no day: 2025-03-12", written(words))),
        },
        ActFieldKind::Instant => {
            let at = match texts.as_slice() {
                [clock] => instant(today, clock, zone)?,
                [day, clock] => instant(date(day)?, clock, zone)?,
                _ => {
                    return Err(format!(
                        "{:?} is no moment: 18:10, or 2025-03-12 18:10",
                        written(words)
                    ));
                }
            };
            Ok(Answer::Text(local(at, zone)))
        }
    }
}

/// The names most like this one, for a message.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut known: Vec<(usize, &str)> = known.map(|other| (distance(name, other), other)).collect();
    known.sort_unstable();
    let near: Vec<&str> = known.iter().take(3).map(|(_, other)| *other).collect();
    if near.is_empty() {
        "it has none".to_owned()
    } else {
        format!("the nearest are {}", near.join(", "))
    }
}

/// How many letters differ, at least (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut before = place;
        let mut next = vec![place + 1];
        for (column, known) in other.iter().enumerate() {
            let above = row.get(column + 1).copied().unwrap_or(usize::MAX);
            let left = next.last().copied().unwrap_or(usize::MAX);
            let changed = before + usize::from(letter != *known);
            before = above;
            next.push(changed.min(above.saturating_add(1)).min(left.saturating_add(1)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
