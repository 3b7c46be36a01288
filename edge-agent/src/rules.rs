//! What the agent decides by: the site's configuration, the edition of the law, calendar and timetable, put together once at the start.

use std::path::{Path, PathBuf};

use checkpoint::decide::{Rules, UnknownZone};
use checkpoint::law::{Calendar, Edition, LONGEST_TEXT, LawError, Timetable};

use crate::config::Config;

/// Rules that cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A file that the configuration names cannot be read.
    #[error("failed to read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the law is not as it should be.
    #[error(transparent)]
    Law(#[from] LawError),
    /// A file is longer than an entry can hold.
    #[error("{} has {length} bytes: a calendar or a timetable has at most {LONGEST_TEXT}", path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
        /// How long it is, in bytes.
        length: usize,
    },
    /// The zone is unknown.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}

/// The rules of a site.
pub fn rules(config: &Config) -> Result<Rules, RulesError> {
    let edition = match &config.edition {
        Some(path) => Edition::parse(&read(path)?, &path.display().to_string())?,
        None => Edition::built_in()?,
    };
    let calendar = match &config.calendar {
        Some(path) => Calendar::parse(&read_kept(path)?, &path.display().to_string())?,
        None => Calendar::parse(BUILT_IN_CALENDAR.1, BUILT_IN_CALENDAR.0)?,
    };
    let timetable = match &config.timetable {
        Some(path) => Timetable::parse(&read_kept(path)?, &path.display().to_string())?,
        None => Timetable::parse(BUILT_IN_TIMETABLE.1, BUILT_IN_TIMETABLE.0)?,
    };
    let officers: Vec<_> = config.officers.iter().map(|officer| officer.id.clone()).collect();
    Ok(Rules::new(config.site.clone(), config.limits.clone(), edition, calendar, timetable)?
        .with_officers(officers)
        .with_hub_key(config.hub.as_ref().and_then(|hub| hub.directive_key.clone())))
}

/// No day is a day off, and every term in days says that nobody knows better. Anything that is issued stands above it.
const BUILT_IN_CALENDAR: (&str, &str) = (
    "(built in)",
    "version = \"none\"
source = \"no calendar is configured\"
issued = \"1992-01-01\"
covers = { from = \"1992-01-01\", through = \"1992-01-01\" }
",
);

/// A border post that never closes. Anything that is issued stands above it.
const BUILT_IN_TIMETABLE: (&str, &str) = (
    "(built in)",
    "version = \"round-the-clock\"
title = \"Round the clock\"
issued = \"1992-01-01\"
closed_on_holidays = false
[weekly]
mon = [[\"00:00\", \"24:00\"]]
tue = [[\"00:00\", \"24:00\"]]
wed = [[\"00:00\", \"24:00\"]]
thu = [[\"00:00\", \"24:00\"]]
fri = [[\"00:00\", \"24:00\"]]
sat = [[\"00:00\", \"24:00\"]]
sun = [[\"00:00\", \"24:00\"]]
",
);

fn read(path: &Path) -> Result<String, RulesError> {
    std::fs::read_to_string(path)
        .map_err(|source| RulesError::File { path: path.to_owned(), source })
}

/// A file whose text an entry will hold.
fn read_kept(path: &Path) -> Result<String, RulesError> {
    let text = read(path)?;
    if text.len() > LONGEST_TEXT {
        return Err(RulesError::TooLong { path: path.to_owned(), length: text.len() });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_can_be_read() {
        Calendar::parse(BUILT_IN_CALENDAR.1, BUILT_IN_CALENDAR.0).unwrap();
        Timetable::parse(BUILT_IN_TIMETABLE.1, BUILT_IN_TIMETABLE.0).unwrap();
    }
}
