//! Devices that speak our own documented contract: plates, seals, weighings and vehicles weighed in motion as documents of JSON
//! (docs/protocols/json.md).

use std::collections::VecDeque;
use std::time::Duration;

use firmware_protocols::plate::CameraMessage;
use firmware_protocols::seal::{Housing, Message};
use firmware_protocols::{Reading, json};

use super::camera::{Eye, message_id};
use super::seal::{Locks, Quirk, Report};
use super::spells::{Kind, Spells};
use super::{Apparatus, Instead, Saying, Start};
use crate::cast::Device;
use crate::indicator::{Indicator, Scale};
use crate::story::Act;

/// Whatever the contract can say.
#[derive(Debug)]
pub(super) struct Contract {
    name: String,
    start: Start,
    eye: Eye,
    locks: Locks,
    spells: Spells<Quirk>,
    messages: u64,
    indicator: Indicator,
    /// The scale says what it shows until then: a document is no frame, and an empty scale has nothing to tell.
    weighs_until: Duration,
    next_weighing: Duration,
    /// By the time at which they are said.
    later: VecDeque<Saying>,
}

/// Between two documents of a scale.
const WEIGHS: Duration = Duration::from_millis(500);
/// The scale tells that it is empty again for so long.
const EMPTY: Duration = Duration::from_secs(4);

impl Contract {
    pub(super) fn new(device: &Device, start: Start) -> Contract {
        Contract {
            name: device.id.clone(),
            start,
            eye: Eye::new(device, start),
            locks: Locks::new(),
            spells: Spells::none(),
            messages: 0,
            indicator: Indicator::new(start.seed, Scale::default()),
            weighs_until: Duration::ZERO,
            next_weighing: Duration::ZERO,
            later: VecDeque::new(),
        }
    }

    fn message(&mut self, report: Report) -> Reading {
        self.messages += 1;
        let clock = self.start.clock(report.clock);
        let mut message = Message::new(report.seal.clone(), "json");
        message.message_id = Some(message_id(&self.name, self.messages, clock));
        message.device_time = Some(clock);
        message.relayed_at = report.is_late().then(|| self.start.clock(report.said_at));
        message.event = report.event;
        message.locked = Some(report.lock.locked());
        message.housing =
            Some(if report.lock.housing_opened { Housing::Open } else { Housing::Ok });
        message.battery_percent = Some(report.lock.battery);
        message.position = report.lock.position();
        message.trip = report.lock.trip;
        Reading::Seal(message)
    }

    fn later(&mut self, at: Duration, reading: &Reading) {
        let Some(mut text) = json::encode(reading) else { return };
        // With a line end, for those that speak over a line.
        text.push('\n');
        let place = self.later.partition_point(|(known, _)| *known <= at);
        self.later.insert(place, (at, text.into_bytes()));
    }

    /// What the scale shows next, not later than `horizon`, while somebody is on it.
    fn weighs(&mut self, horizon: Duration) -> Option<(Duration, Reading)> {
        let at = self.next_weighing;
        if at > horizon || at >= self.weighs_until {
            return None;
        }
        self.next_weighing = at + WEIGHS;
        Some((at, Reading::Weight(self.indicator.shows(at).gross())))
    }
}

impl Apparatus for Contract {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        let said = matches!(act, Act::Reads { .. } | Act::Seal { .. } | Act::Load { .. });
        if said || Quirk::has(act) {
            Ok(())
        } else {
            Err(
                "it reads plates, seals report and scales are loaded; it misbehaves: no-fix, future-clock, buffers, says-twice",
            )
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        self.locks.befalls(at, act);
        if let Act::Load { gross_kg, time } = act {
            self.indicator.load(at, *time, *gross_kg);
            self.weighs_until = self.weighs_until.max(at + *time + EMPTY);
            self.next_weighing = self.next_weighing.max(at);
        }
        if let Some(mut sighting) = self.eye.sees(at, act) {
            let kept = self.spells.until(Quirk::Buffers, at);
            sighting.retransmitted = kept.is_some();
            let reading = Reading::Plate(CameraMessage::Sighting(sighting));
            if self.spells.last(Quirk::SaysTwice, at) {
                self.later(kept.unwrap_or(at), &reading);
            }
            self.later(kept.unwrap_or(at), &reading);
        }
        out.extend(std::iter::from_fn(|| self.says(at)));
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        loop {
            let first = self.later.front().map_or(horizon, |(at, _)| horizon.min(*at));
            if let Some((at, weighed)) = self.weighs(first) {
                self.later(at, &weighed);
            } else if let Some(report) = self.locks.says(first) {
                let (at, twice) = (report.said_at, report.twice);
                let message = self.message(report);
                self.later(at, &message);
                if twice {
                    self.later(at, &message);
                }
            } else {
                return self.later.pop_front_if(|(at, _)| *at <= horizon);
            }
        }
    }
}
