//! Terms in hours, and those that end with the body's next working day.

use std::mem;

use jiff::Timestamp;

use super::body::{add_hours, next_day};
use super::{Counting, End, IMMEDIATELY, NOTHING_STATED, OUTSIDE_WORKING_TIME};
use super::{STATED_TOO_LATE, Stated, Step, TermError};
use crate::law::readings::{
    HourTermEndsWhileClosed, HourTermsBegin, ImmediatelyIs, NextWorkingDay,
    TransitPapersAfterClosing,
};

impl Counting<'_> {
    /// Hours as they pass (AMB-01, AMB-02).
    pub(super) fn hours(&mut self, amount: u32) -> Result<End, TermError> {
        let start = match self.readings.hour_terms_begin {
            HourTermsBegin::AtTheInstant => self.trigger.at,
            HourTermsBegin::NextDay => self.midnight_after(self.date)?,
        };
        let at = self.local(start);
        self.steps.push(Step::CountedFrom { at });
        let literal = self.add(start, amount)?;
        if self.is_open_until(literal) {
            return Ok(End::at(literal));
        }
        let due_at = match self.readings.hour_term_ends_while_closed {
            HourTermEndsWhileClosed::Literal => literal,
            HourTermEndsWhileClosed::ClipToClosing => self.last_closing(literal).unwrap_or(literal),
            HourTermEndsWhileClosed::ShiftToOpening => self.next_opening(literal)?,
        };
        Ok(self.moved("AMB-02", literal, due_at))
    }

    /// Hours from the trigger, or from the next opening (329.3/2).
    pub(super) fn hours_in_working_time(
        &mut self,
        amount: u32,
        from_opening: u32,
    ) -> Result<End, TermError> {
        if !self.is_working_time(self.trigger.at) {
            return self.after_opening(self.trigger.at, from_opening);
        }
        let literal = self.add(self.trigger.at, amount)?;
        if self.is_open_until(literal) {
            return Ok(End::at(literal));
        }
        let due_at = match self.readings.transit_papers_after_closing {
            TransitPapersAfterClosing::Literal => literal,
            TransitPapersAfterClosing::ClipToClosing => {
                self.last_closing(literal).unwrap_or(literal)
            }
            TransitPapersAfterClosing::FromNextOpening => {
                return self.after_opening(literal, from_opening);
            }
        };
        Ok(self.moved("AMB-17", literal, due_at))
    }

    fn after_opening(&mut self, at: Timestamp, hours: u32) -> Result<End, TermError> {
        let opening = self.next_opening(at)?;
        self.carried(opening, hours)
    }

    fn carried(&mut self, opening: Timestamp, hours: u32) -> Result<End, TermError> {
        let at = self.local(opening);
        self.steps.push(Step::CarriedToOpening { at });
        let due_at = self.add(opening, hours)?;
        self.remark_if_closed(due_at);
        Ok(End::at(due_at))
    }

    /// Hours from the trigger, or from the beginning of the next working day if fewer are left (297.1/2). A break in the middle of the day
    /// closes nothing: "the end of working time" is the day's.
    pub(super) fn hours_before_closing(&mut self, amount: u32) -> Result<End, TermError> {
        let at = self.trigger.at;
        let needed = add_hours(at, amount)?;
        let mut closes: Option<Timestamp> = None;
        for day in self.date.yesterday().into_iter().chain([self.date]) {
            let Some((opens, closing)) = self.span(day) else { continue };
            if opens <= at && at < closing {
                closes = closes.max(Some(closing));
            }
        }
        if let Some(closes) = &mut closes {
            // A body that opens at the moment at which it closes does not close: round the clock nothing is ever carried over.
            let mut day = self.date;
            while *closes < needed && day <= self.day_of(*closes) {
                if let Some((opens, later)) = self.span(day)
                    && opens <= *closes
                {
                    *closes = later.max(*closes);
                }
                day = next_day(day)?;
            }
            if needed <= *closes {
                let due_at = self.add(at, amount)?;
                self.remark_if_closed(due_at);
                return Ok(End::at(due_at));
            }
        }
        let beginning = self.next_beginning(closes.unwrap_or(at))?;
        self.carried(beginning, amount)
    }

    /// Until the body closes on its next working day (252.4/2, AMB-07).
    pub(super) fn next_working_day_end(&mut self) -> Result<End, TermError> {
        let first = next_day(self.date)?;
        self.steps.push(Step::FirstDay { day: first });
        let day = match self.readings.next_working_day {
            NextWorkingDay::OfTheTimetable => self.search_days(first, |counting, day| {
                let opens = counting.opens_on(day);
                if !opens {
                    counting.skip(day, "the body does not work".to_owned());
                }
                opens.then_some(day)
            })?,
            NextWorkingDay::OfTheStatute => self.next_statutory(first)?,
        };
        self.steps.push(Step::LastDay { day });
        self.end_of_working_day(day)
    }

    /// "Immediately" (AMB-21).
    pub(super) fn immediately(&mut self) -> Result<End, TermError> {
        self.steps.push(Step::Immediately);
        match self.readings.immediately {
            ImmediatelyIs::WithoutNumber => {
                self.flag(IMMEDIATELY);
                Ok(End::at(self.trigger.at))
            }
            ImmediatelyIs::UntilEndOfDay => {
                let midnight = self.midnight_after(self.date)?;
                let at = self.local(midnight);
                self.steps.push(Step::MovedByReading { reading: "AMB-21".to_owned(), at });
                Ok(End { days: Some((self.date, self.date)), ..End::at(midnight) })
            }
        }
    }

    /// What is stated, but not later than the end of the next working day (329.3/3). A stated date is one of 5.1: it moves on as others do.
    pub(super) fn stated_or_next_working_day_end(&mut self) -> Result<End, TermError> {
        let limit = self.next_working_day_end()?;
        let Some(stated) = self.trigger.stated else {
            self.flag(NOTHING_STATED);
            return Ok(limit);
        };
        // Remarks are on the end that is taken.
        let remarks = mem::take(&mut self.flags);
        let end = self.stated()?;
        if end.due_at > limit.due_at {
            self.flags = remarks;
            self.flag(STATED_TOO_LATE);
            self.steps.push(Step::StatedTooLate { stated: stated.to_string() });
            return Ok(limit);
        }
        Ok(End { latest_at: end.latest_at.min(limit.latest_at), ..end })
    }

    pub(super) fn not_before_trigger(&self, stated: Stated) -> Result<(), TermError> {
        let is_before = match stated {
            Stated::Instant(at) => at < self.trigger.at,
            Stated::Day(day) => day < self.date,
        };
        if is_before {
            let (stated, trigger) = (stated.to_string(), self.trigger.at);
            return Err(TermError::StatedBeforeTrigger { stated, trigger });
        }
        Ok(())
    }

    fn add(&mut self, start: Timestamp, hours: u32) -> Result<Timestamp, TermError> {
        let end = add_hours(start, hours)?;
        let at = self.local(end);
        self.steps.push(Step::HoursAdded { hours, at });
        Ok(end)
    }

    fn remark_if_closed(&mut self, at: Timestamp) {
        if !self.is_open_until(at) {
            self.flag(OUTSIDE_WORKING_TIME);
        }
    }

    fn moved(&mut self, reading: &str, literal: Timestamp, due_at: Timestamp) -> End {
        if due_at != literal {
            let at = self.local(due_at);
            self.steps.push(Step::MovedByReading { reading: reading.to_owned(), at });
        }
        self.remark_if_closed(due_at);
        End::at(due_at)
    }
}
