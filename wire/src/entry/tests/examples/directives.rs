//! Examples of what was set for the checkpoint, and of what followed for running terms.

use checkpoint::event::*;
use checkpoint::ids::*;
use checkpoint::law::term::Stated;
use checkpoint::law::{Calendar, Timetable};
use jiff::civil;

use super::{at, clocks};

/// What was set, by each of those who can.
pub(super) fn directives() -> Vec<Event> {
    let calendar = "# Decided in November.\nversion = \"kz-2027\"\nissued = \"2026-11-20\"\nsource = \"decree 1\"
covers = { from = \"2027-01-01\", through = \"2027-12-31\" }

[[holiday]]\ndate = \"2027-01-01\"\nkind = \"holiday\"\nname = \"New Year\"\n";
    let timetable = "version = \"winter-1\"\nissued = \"2026-11-01\"\ntitle = \"Winter\"\nclosed_on_holidays = true\n
[weekly]\nmon = [[\"09:00\", \"13:00\"], [\"14:00\", \"24:00\"]]\n\n[exceptions]\n\"2026-12-31\" = []\n";
    let number = u64::MAX;
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let key = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    let before = at("2026-11-21T06:30:00Z");
    let [Event::ClockStarted { clock }, ..] = &clocks()[..] else { panic!("no clock") };
    vec![
        Event::CalendarApplied {
            calendar: Box::new(Calendar::parse(calendar, "calendar").unwrap()),
            origin: Origin::Directive { number },
        },
        Event::TimetableApplied {
            timetable: Box::new(Timetable::parse(timetable, "timetable").unwrap()),
            origin: Origin::Officer,
        },
        Event::DirectiveAnswered(DirectiveAnswer {
            number,
            subject: "calendar".into(),
            digest: digest.into(),
            signer: key.into(),
            refused: Some("issued before the one in force".into()),
        }),
        Event::DirectiveDistrusted(DistrustedDirective {
            number,
            subject: "timetable".into(),
            digest: digest.into(),
            found: "the signature fits no key".into(),
        }),
        Event::ClockRecomputed {
            clock: Box::new(ClockFacts {
                stated: Some(Stated::Day(civil::date(2026, 11, 21))),
                distance_km: Some(4_100),
                ..clock.as_ref().clone()
            }),
            before,
            because: "calendar kz-2027".into(),
        },
        Event::ClocksRecomputedThrough(Reached {
            clock: clock.clock,
            last: ClockId(52_500),
            calendar: Some("kz-2027".into()),
            timetable: Some("winter".into()),
        }),
        Event::ClockWithdrawn { clock: clock.clock, because: "escort_applied".into() },
    ]
}
