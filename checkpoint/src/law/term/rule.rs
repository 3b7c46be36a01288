//! How a term is counted, as an edition writes it: one inline table such as `{ count = "hours", amount = 3 }`.
//!
//! Every key is checked against its way of counting when the edition is read: a key that means nothing there is an error, because a
//! misspelt exception would be no exception. Nothing is computed here.

use serde::{Deserialize, Serialize};

use crate::law::source::{LawError, Source};

/// A way to count a term (art. 5), with its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub enum TermRule {
    /// Hours as they pass, on the UTC line (AMB-01, AMB-02).
    Hours {
        /// How many.
        amount: u32,
    },
    /// Hours from the trigger; from the next opening if the trigger is outside working time (329.3/2, AMB-17).
    HoursInWorkingTime {
        /// How many from a trigger in working time.
        amount: u32,
        /// How many from the next opening.
        from_opening: u32,
    },
    /// Hours from the trigger; from the next working day's opening if fewer are left until the body closes (297.1/2).
    HoursBeforeClosing {
        /// How many, from either.
        amount: u32,
    },
    /// Until the body closes on the next day on which it works (252.4/2, AMB-07).
    NextWorkingDayEnd,
    /// Calendar days; a last day that does not work moves on (5.3, 5.6).
    Days {
        /// How many.
        amount: u32,
        /// On which day they begin.
        from: FirstDay,
    },
    /// Days counted as working days of the body that acts itself (5.8/2, AMB-06, AMB-22); they do not move on.
    BodyWorkingDays {
        /// How many.
        amount: u32,
        /// On which day they begin.
        from: FirstDay,
    },
    /// Working days of persons: from Monday to Friday, days off left out (5.8/1).
    WorkingDays {
        /// How many.
        amount: u32,
        /// On which day they begin.
        from: FirstDay,
    },
    /// Months (5.5, AMB-03).
    Months {
        /// How many.
        amount: u32,
    },
    /// Years (5.4, AMB-04).
    Years {
        /// How many.
        amount: u32,
    },
    /// Years after the end of the calendar year in which the trigger lies (187.5/2).
    YearsAfterYearEnd {
        /// How many.
        amount: u32,
    },
    /// One calendar year of a pass (186.4(3)/2, AMB-15): it may be stated shorter, and never moves on.
    CalendarYear,
    /// A day of the month that follows the trigger's (298.1(2)).
    DayOfNextMonth {
        /// Which day.
        day: u8,
    },
    /// "Immediately": the law sets no number (AMB-21).
    Immediately,
    /// What the body or the parties set; it comes with the trigger (323.1, 187.2).
    Stated,
    /// What is stated, but not later than the end of the body's next working day (329.3/3).
    StatedOrNextWorkingDayEnd,
    /// The most that transit may take: a distance for each time (323.2, AMB-14).
    TransitCap {
        /// Kilometres for each such time.
        km: u32,
        /// The time, in months.
        months: u32,
        /// Days that a whole distance is worth when a part of it is left over.
        rest_days: u32,
    },
    /// The law sets no term here; the row explains why, and never runs.
    None,
}

/// On which day a term in days begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// The day after the trigger (5.3).
    #[default]
    DayAfter,
    /// The law says "from the day of" (283.3, 42.4): AMB-25.
    DayOf,
    /// The law says "three days from the day of detention" (238.2, 238.3): AMB-09.
    DayOfDetention,
}

/// Days that a whole distance is worth where an edition does not say: of the reading AMB-14, the Code has no such number.
const REST_DAYS: u32 = 30;

/// The longest terms that an edition may name. Beyond them a number is a slip of the pen, and dates leave the years that are computed.
const MOST: [(&str, u32); 4] =
    [("hours", 24 * 366), ("days", 366 * 10), ("months", 12 * 50), ("years", 100)];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Count {
    Hours,
    HoursInWorkingTime,
    HoursBeforeClosing,
    NextWorkingDayEnd,
    Days,
    BodyWorkingDays,
    WorkingDays,
    Months,
    Years,
    YearsAfterYearEnd,
    CalendarYear,
    DayOfNextMonth,
    Immediately,
    Stated,
    StatedOrNextWorkingDayEnd,
    TransitCap,
    None,
}

/// The inline table as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    count: Count,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_opening: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<FirstDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    km: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    months: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest_days: Option<u32>,
}

impl TermRule {
    /// Reads one inline table, such as `{ count = "days", amount = 30 }`.
    pub fn parse(text: &str) -> Result<TermRule, LawError> {
        #[derive(Deserialize)]
        struct File {
            term: TermRule,
        }
        let text = format!("term = {text}");
        let source = Source { text: &text, file: "term" };
        source.read::<File>().map(|file| file.term)
    }

    /// Whether a clock under this rule ever runs.
    pub fn runs(self) -> bool {
        self != TermRule::None
    }
}

impl Row {
    fn of(count: Count) -> Row {
        Row {
            count,
            amount: None,
            from_opening: None,
            from: None,
            day: None,
            km: None,
            months: None,
            rest_days: None,
        }
    }

    /// The keys that are written, `count` aside.
    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let keys = [
            ("amount", self.amount.is_some()),
            ("from_opening", self.from_opening.is_some()),
            ("from", self.from.is_some()),
            ("day", self.day.is_some()),
            ("km", self.km.is_some()),
            ("months", self.months.is_some()),
            ("rest_days", self.rest_days.is_some()),
        ];
        keys.into_iter().filter(|(_, there)| *there).map(|(key, _)| key)
    }
}

impl Count {
    /// Keys that belong to this way of counting: those that must be there, then those that may.
    fn keys(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Count::Hours
            | Count::HoursBeforeClosing
            | Count::Months
            | Count::Years
            | Count::YearsAfterYearEnd => (&["amount"], &[]),
            Count::HoursInWorkingTime => (&["amount", "from_opening"], &[]),
            Count::Days | Count::BodyWorkingDays | Count::WorkingDays => (&["amount"], &["from"]),
            Count::DayOfNextMonth => (&["day"], &[]),
            Count::TransitCap => (&["km", "months"], &["rest_days"]),
            Count::NextWorkingDayEnd
            | Count::CalendarYear
            | Count::Immediately
            | Count::Stated
            | Count::StatedOrNextWorkingDayEnd
            | Count::None => (&[], &[]),
        }
    }

    /// In what the amount is counted.
    fn unit(self) -> &'static str {
        match self {
            Count::Hours | Count::HoursInWorkingTime | Count::HoursBeforeClosing => "hours",
            Count::Months | Count::TransitCap => "months",
            Count::Years | Count::YearsAfterYearEnd => "years",
            Count::Days
            | Count::BodyWorkingDays
            | Count::WorkingDays
            | Count::NextWorkingDayEnd
            | Count::CalendarYear
            | Count::DayOfNextMonth
            | Count::Immediately
            | Count::Stated
            | Count::StatedOrNextWorkingDayEnd
            | Count::None => "days",
        }
    }
}

fn within(key: &str, number: Option<u32>, unit: &str) -> Result<u32, String> {
    let number = number.unwrap_or_default();
    let most = MOST.iter().find(|(name, _)| *name == unit).map_or(u32::MAX, |(_, most)| *most);
    if (1..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("`{key} = {number}`: use a number of {unit} from 1 to {most}"))
    }
}

impl TryFrom<Row> for TermRule {
    type Error = String;

    fn try_from(row: Row) -> Result<TermRule, String> {
        let name = serde_name(row.count);
        let (needed, allowed) = row.count.keys();
        if let Some(lacking) = needed.iter().find(|key| !row.keys().any(|there| there == **key)) {
            return Err(format!("`count = \"{name}\"` needs `{lacking}`"));
        }
        if let Some(extra) = row.keys().find(|key| !needed.contains(key) && !allowed.contains(key))
        {
            return Err(format!("`{extra}` means nothing with `count = \"{name}\"`: take it out"));
        }
        let unit = row.count.unit();
        let amount = || within("amount", row.amount, unit);
        let from = row.from.unwrap_or_default();
        Ok(match row.count {
            Count::Hours => TermRule::Hours { amount: amount()? },
            Count::HoursInWorkingTime => TermRule::HoursInWorkingTime {
                amount: amount()?,
                from_opening: within("from_opening", row.from_opening, unit)?,
            },
            Count::HoursBeforeClosing => TermRule::HoursBeforeClosing { amount: amount()? },
            Count::NextWorkingDayEnd => TermRule::NextWorkingDayEnd,
            Count::Days => TermRule::Days { amount: amount()?, from },
            Count::BodyWorkingDays => TermRule::BodyWorkingDays { amount: amount()?, from },
            Count::WorkingDays => TermRule::WorkingDays { amount: amount()?, from },
            Count::Months => TermRule::Months { amount: amount()? },
            Count::Years => TermRule::Years { amount: amount()? },
            Count::YearsAfterYearEnd => TermRule::YearsAfterYearEnd { amount: amount()? },
            Count::CalendarYear => TermRule::CalendarYear,
            Count::DayOfNextMonth => match row.day {
                Some(day @ 1..=31) => TermRule::DayOfNextMonth { day },
                day => {
                    let day = day.unwrap_or_default();
                    return Err(format!("`day = {day}`: use a day from 1 to 31"));
                }
            },
            Count::Immediately => TermRule::Immediately,
            Count::Stated => TermRule::Stated,
            Count::StatedOrNextWorkingDayEnd => TermRule::StatedOrNextWorkingDayEnd,
            Count::TransitCap => {
                let km = row.km.unwrap_or_default();
                if km == 0 {
                    return Err("`km = 0`: a cap needs a distance".to_owned());
                }
                let months = within("months", row.months, unit)?;
                let rest_days = within("rest_days", row.rest_days.or(Some(REST_DAYS)), "days")?;
                TermRule::TransitCap { km, months, rest_days }
            }
            Count::None => TermRule::None,
        })
    }
}

impl From<TermRule> for Row {
    fn from(rule: TermRule) -> Row {
        let counted = |count, amount| Row { amount: Some(amount), ..Row::of(count) };
        let days = |count, amount, from: FirstDay| Row {
            amount: Some(amount),
            from: Some(from).filter(|from| *from != FirstDay::default()),
            ..Row::of(count)
        };
        match rule {
            TermRule::Hours { amount } => counted(Count::Hours, amount),
            TermRule::HoursInWorkingTime { amount, from_opening } => Row {
                from_opening: Some(from_opening),
                ..counted(Count::HoursInWorkingTime, amount)
            },
            TermRule::HoursBeforeClosing { amount } => counted(Count::HoursBeforeClosing, amount),
            TermRule::NextWorkingDayEnd => Row::of(Count::NextWorkingDayEnd),
            TermRule::Days { amount, from } => days(Count::Days, amount, from),
            TermRule::BodyWorkingDays { amount, from } => {
                days(Count::BodyWorkingDays, amount, from)
            }
            TermRule::WorkingDays { amount, from } => days(Count::WorkingDays, amount, from),
            TermRule::Months { amount } => counted(Count::Months, amount),
            TermRule::Years { amount } => counted(Count::Years, amount),
            TermRule::YearsAfterYearEnd { amount } => counted(Count::YearsAfterYearEnd, amount),
            TermRule::CalendarYear => Row::of(Count::CalendarYear),
            TermRule::DayOfNextMonth { day } => {
                Row { day: Some(day), ..Row::of(Count::DayOfNextMonth) }
            }
            TermRule::Immediately => Row::of(Count::Immediately),
            TermRule::Stated => Row::of(Count::Stated),
            TermRule::StatedOrNextWorkingDayEnd => Row::of(Count::StatedOrNextWorkingDayEnd),
            TermRule::TransitCap { km, months, rest_days } => Row {
                km: Some(km),
                months: Some(months),
                rest_days: Some(rest_days),
                ..Row::of(Count::TransitCap)
            },
            TermRule::None => Row::of(Count::None),
        }
    }
}

fn serde_name(count: Count) -> String {
    let mut name = String::new();
    for letter in format!("{count:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
