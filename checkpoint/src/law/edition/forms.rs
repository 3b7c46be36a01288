//! Submissions of an edition, as its file writes them: arrival notices by mode, what departure changes, papers that are filed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::{Edition, Label};
use crate::input::order::{PapersKind, Purpose};
use crate::law::notice::{FieldRule, Form};
use crate::law::source::{LawError, Source};
use crate::site::Mode;

/// Languages of papers (art. 250.4, 274.5, AMB-13).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Languages {
    /// Languages whose papers are taken as they are, by the first part of their tag.
    pub without_translation: Vec<String>,
}

impl Languages {
    /// Whether a paper in this language needs a translation of its data; no if nobody said which language it is.
    pub fn need_translation(&self, language: &str) -> bool {
        let language = language.split('-').next().unwrap_or_default().trim();
        !language.is_empty()
            && !self.without_translation.iter().any(|known| known.eq_ignore_ascii_case(language))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormRows {
    article: String,
    #[serde(default)]
    empty_vehicle_flag: String,
    rows: Vec<Spanned<FieldRule>>,
}

/// What departure changes in the notice of every mode.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepartureRows {
    /// Rows in front.
    before: Vec<Spanned<FieldRule>>,
    /// Rows of the arrival that are not asked.
    without: Vec<Spanned<String>>,
    /// Rows behind.
    after: Vec<Spanned<FieldRule>>,
}

/// Words that rows need.
pub(super) struct Words<'a> {
    pub(super) fields: &'a BTreeMap<String, Label>,
    pub(super) flags: &'a BTreeMap<String, Label>,
}

pub(super) fn form(
    rows: FormRows,
    words: &Words<'_>,
    source: &Source<'_>,
) -> Result<Form, LawError> {
    let fields = checked(rows.rows, words, source)?;
    Ok(Form { article: rows.article, empty_vehicle_flag: rows.empty_vehicle_flag, fields })
}

/// The notices of goods that leave: those of goods that come, with the changes.
pub(super) fn departures(
    arrivals: &BTreeMap<Mode, Form>,
    rows: DepartureRows,
    words: &Words<'_>,
    source: &Source<'_>,
) -> Result<BTreeMap<Mode, Form>, LawError> {
    for left_out in &rows.without {
        let known = |form: &Form| form.fields.iter().any(|rule| rule.id == *left_out.get_ref());
        if !arrivals.values().any(known) {
            let problem = format!("no notice has a row {:?}", left_out.get_ref());
            return Err(source.error(left_out.span(), problem));
        }
    }
    let before = checked(rows.before, words, source)?;
    let after = checked(rows.after, words, source)?;
    let stays = |rule: &&FieldRule| !rows.without.iter().any(|id| *id.get_ref() == rule.id);
    let departure = |form: &Form| {
        let kept = form.fields.iter().filter(stays);
        let fields = before.iter().chain(kept).chain(&after).cloned().collect();
        Form { fields, ..form.clone() }
    };
    Ok(arrivals.iter().map(|(mode, form)| (*mode, departure(form))).collect())
}

fn checked(
    rows: Vec<Spanned<FieldRule>>,
    words: &Words<'_>,
    source: &Source<'_>,
) -> Result<Vec<FieldRule>, LawError> {
    let ids: BTreeSet<String> = rows.iter().map(|row| row.get_ref().id.clone()).collect();
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for row in rows {
        let span = row.span();
        let field = row.into_inner();
        let unknown_flag = field
            .when
            .iter()
            .chain(&field.unless)
            .find(|flag| !words.flags.contains_key(*flag))
            // Another row that is answered with yes is a flag as well.
            .or_else(|| {
                let known = |id: &&String| words.flags.contains_key(*id) || ids.contains(*id);
                field.also_when.iter().find(|id| !known(id))
            });
        let problem = if !seen.insert(field.id.clone()) {
            Some(format!("field {:?} is there twice", field.id))
        } else if !words.fields.contains_key(&field.id) {
            Some(format!("field {:?} has no words: add [field.{}]", field.id, field.id))
        } else {
            unknown_flag.map(|flag| format!("flag {flag:?} has no words: add [flag.{flag}]"))
        };
        if let Some(problem) = problem {
            return Err(source.error(span, problem));
        }
        fields.push(field);
    }
    Ok(fields)
}

impl Edition {
    /// The notice of a mode for goods that come or leave.
    pub fn notice(&self, mode: Mode, purpose: Purpose) -> Option<&Form> {
        match purpose {
            Purpose::Arrival => self.notices.get(&mode),
            Purpose::Departure => self.departures.get(&mode),
        }
    }

    /// What papers of this kind are to say.
    pub fn submission(&self, papers: PapersKind) -> Option<&Form> {
        self.submissions.get(&papers)
    }
}
