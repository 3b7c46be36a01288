//! Calendars and timetables: from the hub by directive, from an officer by order, from the configuration at the start. One way for all three.
//!
//! A file is read, compared with what holds, and tried on every running term before anything happens; then it holds, and what it changed
//! is said. What cannot be followed changes nothing and says why. A directive is answered once: the same number again is passed over,
//! and so is one that comes after a later one. A directive that the trusted key has not signed is recorded and not followed.

use std::sync::Arc;

use super::draft::Draft;
use super::recomputing::News;
use super::{Hours, Refusal};
use crate::event::{DirectiveAnswer, DistrustedDirective, Event, Origin};
use crate::ids::ClockId;
use crate::input::Directive;
use crate::input::directive::{Signer, Subject};
use crate::law::{Calendar, LONGEST_TEXT, Timetable};

/// A file that holds from now, or is there already.
enum File {
    Calendar(Calendar),
    Timetable(Timetable),
}

impl Draft<'_> {
    /// Follows a directive of the hub, or says why not.
    pub(super) fn directed(&mut self, directive: &Directive) {
        let Directive { number, subject, digest, .. } = directive;
        let signer = match self.trusted(directive) {
            Ok(signer) => signer,
            Err(found) => {
                if !self.state.directives.is_distrusted(digest, &found) {
                    self.happened(Event::DirectiveDistrusted(DistrustedDirective {
                        number: *number,
                        subject: subject.clone(),
                        digest: digest.clone(),
                        found,
                    }));
                }
                return;
            }
        };
        if *number <= self.state.directives.last {
            return;
        }
        let origin = Origin::Directive { number: *number };
        let name = format!("directive {number}");
        let checked = match Subject::named(subject) {
            Some(Subject::Calendar) => self.calendar_of(&directive.text, &name),
            Some(Subject::Timetable) => self.timetable_of(&directive.text, &name),
            None => Err(Refusal::new(
                "unknown_subject",
                format!("this program knows no directive about {subject:?}"),
            )),
        };
        let applied = checked.and_then(|file| Ok((self.tried(&file)?, file)));
        let refused = applied.as_ref().err().map(|refusal| refusal.message.clone());
        self.happened(Event::DirectiveAnswered(DirectiveAnswer {
            number: *number,
            subject: subject.clone(),
            digest: digest.clone(),
            signer,
            refused,
        }));
        if let Ok((_, file)) = applied {
            self.apply(file, origin);
        }
    }

    /// The key behind a directive, or what was found instead.
    fn trusted(&self, directive: &Directive) -> Result<String, String> {
        let key = match &directive.signer {
            Signer::Key(key) => key,
            Signer::Nobody { found } => return Err(found.clone()),
        };
        let known = self.rules.hub_key.as_ref().or(self.state.directives.key.as_ref());
        match known {
            Some(known) if known != key => {
                Err(format!("signed with {key}, and the hub is known by {known}"))
            }
            Some(_) | None => Ok(key.clone()),
        }
    }

    pub(super) fn order_calendar(&mut self, text: &str) -> Result<(), Refusal> {
        let file = self.calendar_of(text, "calendar")?;
        self.ordered_file(file)
    }

    pub(super) fn order_timetable(&mut self, text: &str) -> Result<(), Refusal> {
        let file = self.timetable_of(text, "timetable")?;
        self.ordered_file(file)
    }

    fn ordered_file(&mut self, file: File) -> Result<(), Refusal> {
        if self.is_in_force(&file) {
            let message = format!("{} is in force already", file.name());
            return Err(Refusal::new("already_in_force", message));
        }
        self.tried(&file)?;
        self.apply(file, Origin::Officer);
        Ok(())
    }

    /// What the configuration names holds if nothing did, or if it was issued later than what does.
    pub(super) fn apply_configured(&mut self) {
        let calendar = &self.rules.calendar;
        if self.state.calendar().is_none_or(|held| held.issued < calendar.issued) {
            self.apply_if_possible(File::Calendar(calendar.as_ref().clone()));
        }
        let timetable = &self.rules.timetable;
        if self.state.timetable().is_none_or(|held| held.issued < timetable.issued) {
            self.apply_if_possible(File::Timetable(timetable.as_ref().clone()));
        }
    }

    /// Nobody is there to be refused: what terms cannot be computed with stays out, and the agent's log says that it does.
    fn apply_if_possible(&mut self, file: File) {
        if self.tried(&file).is_ok() {
            self.apply(file, Origin::Configuration);
        }
    }

    fn calendar_of(&self, text: &str, name: &str) -> Result<File, Refusal> {
        fits(text)?;
        let calendar = Calendar::parse(text, name)
            .map_err(|error| Refusal::new("bad_calendar", error.to_string()))?;
        if let Some(held) = self.state.calendar() {
            check_issue(
                (&calendar.version, calendar.issued, calendar.text()),
                (&held.version, held.issued, held.text()),
            )?;
        }
        Ok(File::Calendar(calendar))
    }

    fn timetable_of(&self, text: &str, name: &str) -> Result<File, Refusal> {
        fits(text)?;
        let timetable = Timetable::parse(text, name)
            .map_err(|error| Refusal::new("bad_timetable", error.to_string()))?;
        if let Some(held) = self.state.timetable() {
            check_issue(
                (&timetable.version, timetable.issued, timetable.text()),
                (&held.version, held.issued, held.text()),
            )?;
        }
        Ok(File::Timetable(timetable))
    }

    /// Whether running terms can be computed with it.
    fn tried(&self, file: &File) -> Result<(), Refusal> {
        let hours = self.hours_with(file);
        self.first_part(&hours).map(drop).map_err(|problem| {
            Refusal::new("not_computable", format!("with {}: {problem}", file.name()))
        })
    }

    fn hours_with(&self, file: &File) -> Hours {
        let held = self.hours();
        match file {
            File::Calendar(calendar) => Hours { calendar: Arc::new(calendar.clone()), ..held },
            File::Timetable(timetable) => Hours { timetable: Arc::new(timetable.clone()), ..held },
        }
    }

    fn is_in_force(&self, file: &File) -> bool {
        match file {
            File::Calendar(calendar) => self.state.calendar() == Some(calendar),
            File::Timetable(timetable) => self.state.timetable() == Some(timetable),
        }
    }

    /// From now on it holds.
    fn apply(&mut self, file: File, origin: Origin) {
        if self.is_in_force(&file) {
            return;
        }
        let last = ClockId(self.state.last.clock);
        // It was tried before it came here.
        let Ok(part) = self.first_part(&self.hours_with(&file)) else { return };
        // What was new to terms that are left is still.
        let left = self.state.recomputing.clone();
        let mut news = left.map_or_else(News::default, |left| News {
            calendar: left.reached.calendar,
            timetable: left.reached.timetable,
        });
        match &file {
            File::Calendar(calendar) => news.calendar = Some(calendar.version.clone()),
            File::Timetable(timetable) => news.timetable = Some(timetable.version.clone()),
        }
        self.happened(match file {
            File::Calendar(calendar) => {
                Event::CalendarApplied { calendar: Box::new(calendar), origin }
            }
            File::Timetable(timetable) => {
                Event::TimetableApplied { timetable: Box::new(timetable), origin }
            }
        });
        self.recompute(part, last, news);
    }
}

impl File {
    /// For people, such as `calendar kz-2026`.
    fn name(&self) -> String {
        match self {
            File::Calendar(calendar) => format!("calendar {}", calendar.version),
            File::Timetable(timetable) => format!("timetable {}", timetable.version),
        }
    }
}

fn fits(text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST_TEXT {
        let message = format!("{} bytes: at most {LONGEST_TEXT}", text.len());
        return Err(Refusal::new("too_large", message));
    }
    Ok(())
}

/// Version, day of issue, text of a file against those of the one in force.
fn check_issue(
    (version, issued, text): (&str, jiff::civil::Date, &str),
    (held, held_issued, held_text): (&str, jiff::civil::Date, &str),
) -> Result<(), Refusal> {
    if text == held_text {
        return Ok(());
    }
    if issued < held_issued {
        let message = format!(
            "{version} was issued on {issued}, and {held} of {held_issued} is in force: a correction is issued anew"
        );
        return Err(Refusal::new("older_issue", message));
    }
    if version == held {
        let message = format!(
            "{held} is in force with other words: every text has a version of its own, because terms name it"
        );
        return Err(Refusal::new("same_version", message));
    }
    Ok(())
}
