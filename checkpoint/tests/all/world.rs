//! A checkpoint that is told a story. One line is one input; what happened is printed under it.
//!
//! A line is `HH:MM[:SS] WHO: WHAT`, on 12 March 2025 in Asia/Almaty (`+1` before the time is the next day). WHO is a device of the site
//! below, an officer, `agent`, or `hub`. `HH:MM -` only lets time pass. Between two lines time passes as in the shell: every deadline is answered
//! at its moment. `!` marks a refusal.

use std::fmt::Write as _;

use checkpoint::event::{Author, ClockFacts, Entry, Event};
use checkpoint::ids::{DeviceId, RequestId};
use checkpoint::input::{ClockQuality, Condition, Input, Observation, Order};
use checkpoint::law::{Calendar, Edition, Timetable};
use checkpoint::site::{
    Device, Direction, Family, Lane, Limit, Limits, Mode, Site, WeightTolerance,
};
use checkpoint::view::JournalLine;
use checkpoint::{Checkpoint, Decision, Rules, decide};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use rust_decimal::Decimal;
use units::Kilograms;

mod files;
pub(crate) mod orders;
mod readings;

pub(crate) use files::file;

/// The checkpoint of the stories, and what has happened there.
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) state: Checkpoint,
    pub(crate) entries: Vec<Entry>,
    presses: u32,
}

/// Plays a story and gives it back with what happened.
pub(crate) fn told(story: &str) -> String {
    let mut world = World::new();
    world.tell(story)
}

impl World {
    /// A checkpoint whose agent has just started.
    pub(crate) fn new() -> World {
        World::under(Edition::built_in().unwrap())
    }

    /// The same under another law.
    pub(crate) fn under(edition: Edition) -> World {
        let timetable = include_str!("../../../config/timetables/day.toml");
        let timetable = Timetable::parse(timetable, "day.toml").unwrap();
        World::open(site(), edition, timetable)
    }

    /// The same with other lanes and hours.
    pub(crate) fn open(site: Site, edition: Edition, timetable: Timetable) -> World {
        let calendar =
            Calendar::parse(include_str!("../data/calendar.toml"), "calendar.toml").unwrap();
        let rules = Rules::new(site, limits(), edition, calendar, timetable).unwrap();
        let rules = rules.with_officers(["sadykova".parse().unwrap()]);
        let mut world =
            World { rules, state: Checkpoint::default(), entries: Vec::new(), presses: 0 };
        let started = Condition::Started { version: "1".into(), config_digest: "00".into() };
        world.put(&Input::Noticed(started), time("06:00"));
        world
    }

    /// Plays further lines.
    pub(crate) fn tell(&mut self, story: &str) -> String {
        let mut out = String::new();
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, rest) = line.split_once(' ').unwrap_or((line, "-"));
            let (at, rest) = if at == "+1" {
                let (at, rest) = rest.split_once(' ').unwrap();
                (time(at).checked_add(SignedDuration::from_hours(24)).unwrap(), rest)
            } else {
                (time(at), rest)
            };
            self.pass_time(at, &mut out);
            writeln!(out, "{line}").unwrap();
            if rest.trim() == "-" {
                continue;
            }
            let (who, what) =
                rest.split_once(": ").unwrap_or_else(|| panic!("{line:?} lacks `WHO: `"));
            let input = self.input(who.trim(), what, at);
            let decision = self.put(&input, at);
            if let Some(refusal) = &decision.refusal {
                writeln!(out, "  ! {}: {}", refusal.code, refusal.message).unwrap();
                for hold in &refusal.holds {
                    let alarm = hold.alarm.map(|id| format!(" alarm {id}")).unwrap_or_default();
                    let of =
                        hold.consignment.map(|no| format!(" consignment {no}")).unwrap_or_default();
                    writeln!(
                        out,
                        "    {}{alarm}{of}: art. {}, {}",
                        hold.reason, hold.article, hold.lifted_by
                    )
                    .unwrap();
                }
            }
            if let Some(seq) = decision.already {
                writeln!(out, "  = already entry {seq}").unwrap();
            }
            self.print(decision.events.len(), &mut out);
            self.keep();
        }
        out
    }

    pub(crate) fn pass_time(&mut self, until: Timestamp, out: &mut String) {
        while let Some(due) = self.state.next_deadline().filter(|due| *due <= until) {
            let decision = self.put(&Input::TimePassed, due);
            assert!(
                self.state.next_deadline().is_none_or(|next| next > due)
                    || decision.events.len() > 1,
                "the deadline {due} was not answered"
            );
            writeln!(out, "{} -", local(due)).unwrap();
            self.print(decision.events.len(), out);
        }
    }

    fn print(&self, last: usize, out: &mut String) {
        for entry in &self.entries[self.entries.len() - last..] {
            writeln!(out, "  {}", sentence(entry)).unwrap();
        }
    }

    /// Puts one input in, twice, and checks that the same comes out; then folds it.
    pub(crate) fn put(&mut self, input: &Input, now: Timestamp) -> Decision {
        let decision = decide(&self.state, &self.rules, input, now);
        assert_eq!(decision, decide(&self.state, &self.rules, input, now), "decide is pure");
        for event in &decision.events {
            self.fold(event.clone(), input.author(), now);
        }
        decision
    }

    /// This happened.
    pub(crate) fn fold(&mut self, event: Event, author: Author, now: Timestamp) {
        let entry = Entry {
            seq: self.state.seq() + 1,
            at: self.state.at().map_or(now, |last| last.max(now)),
            clock: ClockQuality::Synchronised,
            author,
            event,
        };
        let _ = self.state.changes(&entry, &self.rules.edition);
        self.state = self.state.after(&entry);
        self.entries.push(entry);
    }

    /// What a snapshot writes down is everything, and a board can be drawn from it.
    pub(crate) fn keep(&self) {
        let kept = serde_json::to_string(&self.state).unwrap();
        let read: Checkpoint = serde_json::from_str(&kept).unwrap();
        assert_eq!(read, self.state, "a snapshot keeps everything");
        let board = read.snapshot(&self.rules.edition);
        assert_eq!(board, self.state.snapshot(&self.rules.edition));
        for row in &board.visits {
            let view = read.visit(row.id, &self.rules.edition).unwrap();
            assert_eq!(&view.row, row);
        }
    }

    pub(crate) fn input(&mut self, who: &str, what: &str, at: Timestamp) -> Input {
        let words: Vec<&str> = what.split_whitespace().collect();
        if who == "agent" {
            return Input::Noticed(condition(&words));
        }
        if who == "hub" {
            return Input::Directed(files::directive(&words));
        }
        let device: Option<DeviceId> = who.parse().ok();
        let device = device.filter(|id| self.state.device_state(id).is_some());
        if let Some(device) = device {
            return Input::Observed(Observation { device, at, said: readings::said(&words, at) });
        }
        // A press that repeats names itself: `again 3 acknowledge 1`.
        let (press, words) = match words[..] {
            ["again", press, ref rest @ ..] => (press.parse().unwrap(), rest),
            ref rest => {
                self.presses += 1;
                (self.presses, rest)
            }
        };
        Input::Ordered(Order {
            officer: who.parse().unwrap(),
            workplace: "post-1".into(),
            request: request(press),
            kind: orders::kind(words),
        })
    }
}

fn request(press: u32) -> RequestId {
    format!("press-{press:04}").parse().unwrap()
}

fn condition(words: &[&str]) -> Condition {
    match words {
        ["hub", "up"] => Condition::HubLink { up: true },
        ["hub", "down"] => Condition::HubLink { up: false },
        ["clock", "synchronised"] => Condition::ClockSync { synchronised: true },
        ["clock", "free"] => Condition::ClockSync { synchronised: false },
        ["clock", "jumped", ms] => Condition::ClockStepped { by_ms: ms.parse().unwrap() },
        ["recording", "slow"] => Condition::RecordingSlow { slow: true, worst_ms: 900 },
        ["recording", "well"] => Condition::RecordingSlow { slow: false, worst_ms: 20 },
        ["started"] => Condition::Started { version: "2".into(), config_digest: "00".into() },
        other => panic!("no condition {other:?}"),
    }
}

/// `HH:MM[:SS]` of the day of the stories.
pub(crate) fn time(text: &str) -> Timestamp {
    let time: civil::Time = text.parse().unwrap_or_else(|_| panic!("{text:?} is no time"));
    let zone = TimeZone::get("Asia/Almaty").unwrap();
    civil::date(2025, 3, 12).to_datetime(time).to_zoned(zone).unwrap().timestamp()
}

pub(crate) fn local(at: Timestamp) -> String {
    let zoned = at.to_zoned(TimeZone::get("Asia/Almaty").unwrap());
    let day = if zoned.date() == civil::date(2025, 3, 12) {
        String::new()
    } else {
        format!("{} ", zoned.date())
    };
    format!("{day}{}", zoned.strftime("%H:%M:%S"))
}

/// A journal line as text, instants as local time.
fn sentence(entry: &Entry) -> String {
    let line = JournalLine::of(entry);
    let mut text = line.kind.clone();
    if let Some(visit) = line.visit {
        write!(text, " visit {visit}").unwrap();
    }
    if let Event::ClockStarted { clock } = &entry.event {
        return text + &clock_words(clock);
    }
    if let Event::ClockRecomputed { clock, before, because } = &entry.event {
        let words = clock_words(clock);
        return format!("{text}{words}, not {}: {because}", local(*before));
    }
    for (name, value) in &line.with {
        let value = match (name.strip_suffix("_ms"), value.parse::<i64>()) {
            (Some(_), Ok(ms)) if ms > 1_000_000_000 => {
                local(Timestamp::from_millisecond(ms).unwrap())
            }
            _ => value.clone(),
        };
        if !value.is_empty() {
            write!(text, " {}={value}", name.trim_end_matches("_ms")).unwrap();
        }
    }
    text
}

fn clock_words(clock: &ClockFacts) -> String {
    let of = clock.consignment.map(|no| format!(" consignment {no}")).unwrap_or_default();
    let flags = if clock.flags.is_empty() {
        String::new()
    } else {
        format!(" ({})", clock.flags.join(", "))
    };
    format!("{of} {} art. {} due {}{flags}", clock.rule, clock.article, local(clock.due_at))
}

/// Two lanes in; a vehicle meets camera, portal, scale, seal reader. One lane out with a camera and a portal.
pub(crate) fn site() -> Site {
    let lane = |id: &str, direction, mode| Lane {
        id: id.parse().unwrap(),
        title: id.to_owned(),
        direction,
        mode,
    };
    let device = |id: &str, lane: &str, family| Device {
        id: id.parse().unwrap(),
        lane: lane.parse().unwrap(),
        family,
        dialect: "tsa".to_owned(),
        title: id.to_owned(),
    };
    let mut devices = Vec::new();
    for lane in ["1", "2"] {
        devices.push(device(&format!("camera-{lane}"), lane, Family::PlateCamera));
        devices.push(device(&format!("portal-{lane}"), lane, Family::Portal));
        devices.push(device(&format!("scale-{lane}"), lane, Family::Weighbridge));
        devices.push(device(&format!("seals-{lane}"), lane, Family::SealReader));
    }
    devices.push(device("scanner-1", "1", Family::Scanner));
    devices.push(device("camera-9", "9", Family::PlateCamera));
    devices.push(device("portal-9", "9", Family::Portal));
    devices.push(device("portal-r", "rail", Family::Portal));
    Site {
        checkpoint: "example".parse().unwrap(),
        title: "Example".to_owned(),
        office_code: "57402".to_owned(),
        zone: "Asia/Almaty".to_owned(),
        lanes: vec![
            lane("1", Direction::Inbound, Mode::Road),
            lane("2", Direction::Inbound, Mode::Road),
            lane("9", Direction::Outbound, Mode::Road),
            lane("rail", Direction::Inbound, Mode::Rail),
        ],
        devices,
    }
}

pub(crate) fn limits() -> Limits {
    fn limit<T>(value: T) -> Limit<T> {
        Limit { value, author: "shift lead".to_owned(), approval: "order 1".to_owned() }
    }
    let minutes = SignedDuration::from_mins;
    Limits {
        version: "limits-1".to_owned(),
        weight: limit(WeightTolerance {
            percent: Decimal::new(2, 0),
            at_least: Kilograms::whole(200),
            instrument_error: Kilograms::whole(40),
        }),
        background_depressed_below: limit(Decimal::new(8, 1)),
        vehicle_gap: limit(minutes(5)),
        escalation_after: limit(SignedDuration::from_secs(120)),
        hub_away_after: limit(minutes(15)),
        plate_confidence_percent: limit(Decimal::from(80)),
        clock_warnings: limit(vec![minutes(60), minutes(30), minutes(10)]),
        clock_leads: None,
        scans: None,
        immediately_open: Some(limit(minutes(15))),
        vehicle_mass: None,
    }
}
