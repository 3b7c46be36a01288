//! Days in a row, made by stepping from one to the next. Promises what a paper calendar promises: which day follows, what number it has, what weekday
//! it is. Knows nothing of adding months or of how the code under test counts.

use std::fmt;
use std::sync::LazyLock;

/// Monday 1990-01-01, the first day of the row, in seconds of the UTC line.
const FIRST_S: i64 = 631_152_000;

pub(super) const DAY_S: i64 = 86_400;

/// The leaf of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaf {
    year: i16,
    month: i8,
    number: i8,
}

static LEAVES: LazyLock<Vec<Leaf>> = LazyLock::new(|| {
    let mut leaf = Leaf { year: 1990, month: 1, number: 1 };
    let mut leaves = Vec::new();
    while leaf.year < 2210 {
        leaves.push(leaf);
        leaf = leaf.turned();
    }
    leaves
});

impl Leaf {
    fn turned(self) -> Leaf {
        let leap = self.year % 400 == 0 || (self.year % 4 == 0 && self.year % 100 != 0);
        let last = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if self.number < last {
            return Leaf { number: self.number + 1, ..self };
        }
        if self.month < 12 {
            return Leaf { month: self.month + 1, number: 1, ..self };
        }
        Leaf { year: self.year + 1, month: 1, number: 1 }
    }
}

/// A day, by its place in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Day(usize);

impl Day {
    pub(super) fn new(year: i16, month: i8, number: i8) -> Day {
        let wanted = (year, month, number);
        Day(LEAVES.partition_point(|leaf| (leaf.year, leaf.month, leaf.number) < wanted))
    }

    /// The day of a local clock that shows these seconds since 1970-01-01 00:00, and the second of that day.
    pub(super) fn of_local(local_s: i64) -> (Day, i64) {
        let since = local_s - FIRST_S;
        (Day(usize::try_from(since.div_euclid(DAY_S)).unwrap()), since.rem_euclid(DAY_S))
    }

    /// What a local clock counts at the beginning of this day.
    pub(super) fn local_s(self) -> i64 {
        FIRST_S + i64::try_from(self.0).unwrap() * DAY_S
    }

    pub(super) fn next(self) -> Day {
        Day(self.0 + 1)
    }

    pub(super) fn before(self) -> Day {
        Day(self.0 - 1)
    }

    pub(super) fn year(self) -> i16 {
        LEAVES[self.0].year
    }

    pub(super) fn month(self) -> i8 {
        LEAVES[self.0].month
    }

    pub(super) fn number(self) -> i8 {
        LEAVES[self.0].number
    }

    /// Monday is 0.
    pub(super) fn weekday(self) -> usize {
        self.0 % 7
    }

    pub(super) fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.number())
    }
}
