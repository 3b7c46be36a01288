//! From a device's bytes to the checkpoint's words: decoder, occupancy or settling, observation. Pure: bytes and moments come in.
//!
//! The same pipeline serves live lines and `edge-agent replay`, so what is decided again is what was decided.

use std::time::Duration;

use checkpoint::ids::{DeviceId, LaneId};
use checkpoint::input::Observation;
use checkpoint::input::observation::{
    Background, BackgroundState, Picture, PlateReading, PortalSetup, Said,
};
use checkpoint::site::Family;
use firmware_protocols::conversation::HangUp;
use firmware_protocols::plate::{CameraMessage, Country, Plate, Sighting};
use firmware_protocols::portal::{
    BackgroundLevel, Level, Measured, Occupancies, PortalEvent, Sample, SettingsOrigin, Shown,
};
use firmware_protocols::seal::ReaderMessage;
use firmware_protocols::weighbridge::{Axles, Settling, Stability, Weighing};
use firmware_protocols::{Conversation, Decoder, Dialect, Fault, FaultKind, Reading};
use jiff::Timestamp;
use rust_decimal::Decimal;
use units::{CountsPerSecond, Kilograms, MilliSigma};

use super::repetitions::Repetitions;
use super::{scanning, screening, seals, weighing};
use crate::clock::Moment;
use crate::config::{DeviceLine, Scale};
use crate::terminal::messages::{Frame, NoNumber, PortalFrame, WeighbridgeFrame};

/// One device's pipeline.
#[derive(Debug)]
pub struct Pipeline {
    device: DeviceId,
    lane: LaneId,
    dialect: Dialect,
    ear: Ear,
    meaning: Meaning,
    /// What was scanned lately.
    repetitions: Repetitions,
    /// Whether somebody holds a code under it.
    is_scanner: bool,
    /// When silence ends what is held, of a device that ends what it says with nothing else.
    ends_at: Option<Timestamp>,
    /// What the last background line said of the background, so that only a change is told.
    background: Option<BackgroundState>,
    /// The last background of all detectors, for the live plot.
    background_sum: Option<CountsPerSecond>,
}

/// Who makes readings of the bytes.
#[derive(Debug)]
enum Ear {
    /// The device speaks unasked, or its bytes are played again.
    Listens(Decoder),
    /// The device has to be asked.
    Asks(Box<dyn Conversation>),
}

/// What gives readings their meaning in time.
#[derive(Debug)]
enum Meaning {
    Portal(Box<Occupancies>),
    Scale(Settling),
    Axles(Box<Axles>),
    /// Each reading stands for itself.
    Itself,
}

/// What bytes amounted to.
#[derive(Debug, Default)]
pub struct Heard {
    /// How many valid frames they completed.
    pub valid: usize,
    /// What is to be told to the loop, in order.
    pub said: Vec<Said>,
    /// What is to be shown live, and is never evidence.
    pub frames: Vec<Frame>,
    /// What made no sense.
    pub faults: Vec<Fault>,
}

impl Pipeline {
    /// A device of which nothing was heard yet, and whose bytes come from a recording: nobody is asked.
    pub fn of_recording(line: &DeviceLine) -> Pipeline {
        let decoder = Decoder::with(line.dialect, &line.settings);
        Pipeline { ear: Ear::Listens(decoder), ..Pipeline::new(line) }
    }

    /// A device of which nothing was heard yet.
    pub fn new(line: &DeviceLine) -> Pipeline {
        let meaning = match line.device.family {
            Family::Portal => Meaning::Portal(Box::new(Occupancies::new(line.portal.clone()))),
            Family::Weighbridge => match &line.scale {
                Scale::Vehicles(settings) => Meaning::Scale(Settling::new(settings.clone())),
                Scale::Axles(settings) => Meaning::Axles(Box::new(Axles::new(settings))),
            },
            Family::SealReader | Family::PlateCamera | Family::Scanner => Meaning::Itself,
        };
        Pipeline {
            device: line.device.id.clone(),
            lane: line.device.lane.clone(),
            dialect: line.dialect,
            // Where there is no way to answer, whoever is in between does.
            ear: match line.dialect.asker(&line.settings).filter(|_| line.connect.is_both_ways()) {
                Some(asker) => Ear::Asks(asker),
                None => Ear::Listens(Decoder::with(line.dialect, &line.settings)),
            },
            meaning,
            repetitions: Repetitions::new(line.repeated_within),
            is_scanner: line.device.family == Family::Scanner,
            ends_at: None,
            background: None,
            background_sum: None,
        }
    }

    /// An observation of this device.
    pub fn observation(&self, at: Timestamp, said: Said) -> Observation {
        Observation { device: self.device.clone(), at, said }
    }

    /// Bytes of a stream arrived.
    pub fn bytes(&mut self, at: Moment, bytes: &[u8]) -> Heard {
        let readings = match &mut self.ear {
            Ear::Listens(decoder) => {
                let readings = decoder.decode(bytes);
                let pause = decoder.pause();
                self.ends_at = pause.and_then(|pause| at.at.checked_add(pause).ok());
                readings
            }
            Ear::Asks(asker) => {
                let mut readings = Vec::new();
                asker.decode(at.since_start, bytes, &mut readings);
                readings
            }
        };
        self.readings(at.at, readings)
    }

    /// A whole message arrived, of a transport that keeps messages apart.
    pub fn document(&mut self, at: Moment, body: &[u8]) -> Heard {
        match &mut self.ear {
            Ear::Listens(decoder) => {
                let readings = decoder.document(body);
                self.readings(at.at, readings)
            }
            // A datagram of a device that is asked is a piece of the conversation.
            Ear::Asks(_) => self.bytes(at, body),
        }
    }

    /// The line is open: a device that has to be asked can be asked now.
    pub fn opened(&mut self, at: Moment) -> Heard {
        let mut heard = self.reopened(at.at);
        if let Ear::Asks(asker) = &mut self.ear {
            heard.faults.extend(asker.opened(at.since_start));
        }
        heard
    }

    /// What is to be sent to the device now, if it has to be asked. To be called until it answers `None`.
    pub fn to_send(&mut self, at: Moment) -> Option<Vec<u8>> {
        match &mut self.ear {
            Ear::Listens(_) => None,
            Ear::Asks(asker) => asker.poll_transmit(at.since_start),
        }
    }

    /// Whether the link is of no more use to the conversation.
    pub fn hang_up(&self) -> Option<HangUp> {
        match &self.ear {
            Ear::Listens(_) => None,
            Ear::Asks(asker) => asker.hang_up(),
        }
    }

    /// What to send before we close the link.
    pub fn farewell(&mut self) -> Option<Vec<u8>> {
        match &mut self.ear {
            Ear::Listens(_) => None,
            Ear::Asks(asker) => asker.farewell(),
        }
    }

    /// When the conversation with the device goes on by itself, on the monotonic clock.
    pub fn asks_at(&self) -> Option<Duration> {
        match &self.ear {
            Ear::Listens(_) => None,
            Ear::Asks(asker) => asker.next_timeout(),
        }
    }

    /// The line was lost or opened anew: bytes of two sessions are never joined.
    pub fn reopened(&mut self, at: Timestamp) -> Heard {
        let mut heard = Heard::default();
        if let Ear::Listens(decoder) = &mut self.ear {
            heard.faults.extend(decoder.reset());
        }
        match &mut self.meaning {
            Meaning::Portal(portal) => {
                let events = portal.link_lost(at);
                self.portal_events(events, &mut heard);
            }
            Meaning::Scale(scale) => scale.link_lost(),
            Meaning::Axles(axles) => axles.link_lost(),
            Meaning::Itself => self.repetitions.link_lost(at, &mut heard.said),
        }
        heard
    }

    /// An officer ended the weighing axle by axle at the moment `ordered`; a vehicle that came to the scale after it is another.
    pub fn end_weighing(&mut self, now: Timestamp, ordered: Timestamp) -> Heard {
        let mut heard = Heard::default();
        match &mut self.meaning {
            Meaning::Axles(axles) if axles.began().is_some_and(|began| began <= ordered) => {
                heard.said.extend(weighing::of_axles(axles.end(now), self.dialect));
            }
            Meaning::Axles(_) | Meaning::Portal(_) | Meaning::Scale(_) | Meaning::Itself => {
                heard.said.push(Said::NoAxles);
            }
        }
        heard
    }

    /// When [`Pipeline::time_passed`] has something to say if nothing arrives before.
    pub fn deadline(&self) -> Option<Timestamp> {
        let meaning = match &self.meaning {
            Meaning::Portal(portal) => portal.deadline(),
            Meaning::Axles(axles) => axles.deadline(),
            Meaning::Scale(_) => None,
            Meaning::Itself => self.repetitions.deadline(),
        };
        [meaning, self.ends_at].into_iter().flatten().min()
    }

    /// Time passed: a deadline of ours or of the conversation may have come.
    pub fn time_passed(&mut self, now: Moment) -> Heard {
        let mut given_up = Vec::new();
        match &mut self.ear {
            Ear::Asks(asker) => asker.time_passed(now.since_start, &mut given_up),
            Ear::Listens(decoder) => {
                if self.ends_at.is_some_and(|ends_at| ends_at <= now.at) {
                    self.ends_at = None;
                    given_up = decoder.paused();
                }
            }
        }
        let mut heard = self.readings(now.at, given_up);
        match &mut self.meaning {
            Meaning::Portal(portal) => {
                let events = portal.time_passed(now.at);
                self.portal_events(events, &mut heard);
            }
            Meaning::Axles(axles) => {
                let events = axles.time_passed(now.at);
                heard.said.extend(weighing::of_axles(events, self.dialect));
            }
            Meaning::Scale(_) => {}
            Meaning::Itself => self.repetitions.time_passed(now.at, &mut heard.said),
        }
        heard
    }

    fn readings(&mut self, at: Timestamp, readings: Vec<Result<Reading, Fault>>) -> Heard {
        let mut heard = Heard::default();
        for reading in readings {
            match reading {
                Ok(reading) => {
                    heard.valid += 1;
                    self.reading(at, reading, &mut heard);
                }
                Err(fault) => {
                    if let Meaning::Portal(portal) = &mut self.meaning {
                        let events = match fault.kind {
                            FaultKind::NoAnswer | FaultKind::Refused => portal.unanswered(at),
                            // Said to somebody else: nothing of ours is missing.
                            FaultKind::Unasked => Vec::new(),
                            FaultKind::Noise
                            | FaultKind::TooLong
                            | FaultKind::WrongLength
                            | FaultKind::WrongChecksum
                            | FaultKind::NotText
                            | FaultKind::BadField
                            | FaultKind::Malformed
                            | FaultKind::NotDecoded
                            | FaultKind::CutOff => portal.unreadable_line(at),
                        };
                        self.portal_events(events, &mut heard);
                    }
                    heard.faults.push(fault);
                }
            }
        }
        heard
    }

    fn reading(&mut self, at: Timestamp, reading: Reading, heard: &mut Heard) {
        match (&mut self.meaning, reading) {
            (Meaning::Portal(portal), Reading::Portal(record)) => {
                let events = portal.record(&record, at);
                self.portal_events(events, heard);
            }
            (Meaning::Scale(scale), Reading::Weight(weighing)) => {
                let events = scale.weighing(&weighing, at);
                let settled = events.iter().any(weighing::is_settled);
                heard.frames.push(self.scale_frame(at, &weighing, settled));
                heard.said.extend(weighing::of_vehicle(events, self.dialect));
            }
            (Meaning::Axles(axles), Reading::Weight(weighing)) => {
                let events = axles.weighing(&weighing, at);
                let settled = events.iter().any(weighing::is_axle);
                heard.frames.push(self.scale_frame(at, &weighing, settled));
                heard.said.extend(weighing::of_axles(events, self.dialect));
            }
            // Weighing in motion is of another accuracy than a standing scale: for the live display, never the weight of the vehicle.
            (Meaning::Scale(_) | Meaning::Axles(_), Reading::Passage(passage)) => {
                let kg = passage.gross_kg.or_else(|| passage.sum_kg());
                heard.frames.push(self.live_weight(at, kg, None, false));
            }
            // A tag that has gone says when it was here last, which was before: the next vehicle may be standing there now.
            (Meaning::Itself, Reading::Seal(message))
                if message.tag.is_some_and(|tag| tag.gone) => {}
            (Meaning::Itself, Reading::Seal(message)) => {
                let seal = seals::said(message);
                let repeats = self.is_scanner
                    && !self.repetitions.is_new(at, &seal.as_scanned(), &mut heard.said);
                heard.said.extend((!repeats).then_some(Said::Seal(seal)));
            }
            // An antenna that is lost is a seal that is not seen.
            (
                Meaning::Itself,
                Reading::SealReader(ReaderMessage::Antenna { antenna, connected: false }),
            ) => heard.said.push(Said::Fault {
                kind: "antenna-lost".to_owned(),
                detail: format!("the reader has lost its antenna {antenna}"),
                count: 1,
            }),
            // That a reader lives, or sees no tag, says nothing about a vehicle.
            (Meaning::Itself, Reading::SealReader(_)) => {}
            (Meaning::Itself, Reading::Plate(CameraMessage::Sighting(sighting))) => {
                heard.said.extend(plate(sighting).map(Said::Plate));
            }
            // A heartbeat shows that the camera is there. Whatever else it says (its picture is lost, its housing was touched) is no vehicle, and is
            // counted as what other devices say and nobody decodes.
            (Meaning::Itself, Reading::Plate(message)) if message.is_sign_of_life() => {}
            (Meaning::Itself, Reading::Plate(CameraMessage::Other { event_type, .. })) => {
                let detail = format!("the camera says {event_type}");
                heard.faults.push(Fault::new(FaultKind::NotDecoded, detail, &[]));
            }
            (Meaning::Itself, Reading::Scan(scan)) => {
                let scan = scanning::said(at, scan);
                if self.repetitions.is_new(at, &scan, &mut heard.said) {
                    heard.said.push(Said::Scan(scan));
                }
            }
            (
                Meaning::Portal(_) | Meaning::Scale(_) | Meaning::Axles(_) | Meaning::Itself,
                reading,
            ) => {
                heard.valid -= 1;
                heard.said.push(Said::Fault {
                    kind: "wrong-family".to_owned(),
                    detail: format!(
                        "a {} reading came from a device of another family",
                        reading.family()
                    ),
                    count: 1,
                });
            }
        }
    }

    fn portal_events(&mut self, events: Vec<PortalEvent>, heard: &mut Heard) {
        for event in events {
            match event {
                PortalEvent::Began { .. } => heard.said.push(Said::OccupancyBegan),
                PortalEvent::Sample(sample) => heard.frames.push(self.sample_frame(&sample)),
                PortalEvent::Shown(shown) => heard.frames.push(self.shown_frame(&shown)),
                PortalEvent::AlarmSeen(seen) => {
                    heard.said.push(Said::RadiationSeen(screening::seen(&seen)));
                }
                PortalEvent::Ended(occupancy) => {
                    heard.said.push(Said::OccupancyEnded(screening::screening(&occupancy)));
                }
                PortalEvent::Background(background) => {
                    // Empty where the portal tells no rate: then there is a state to tell, and nothing to plot.
                    if !background.gamma.is_empty() {
                        let sum = CountsPerSecond::sum(&background.gamma);
                        self.background_sum = Some(sum);
                        heard.frames.push(self.background_frame(background.at, sum));
                    }
                    let (state, recent_median) = background_state(&background);
                    if self.background.replace(state) != Some(state) {
                        let gamma = background.gamma.clone();
                        heard.said.push(Said::Background(Background {
                            state,
                            gamma,
                            recent_median,
                        }));
                    }
                }
                PortalEvent::Tamper { present, .. } => {
                    heard.said.push(Said::Tamper { open: present });
                }
                PortalEvent::Setup { settings, .. } => {
                    heard.said.push(Said::PortalSetup(PortalSetup {
                        n_sigma: sigma(settings.n_sigma_milli),
                        intervals: settings.intervals,
                        algorithm: screening::digits(settings.algorithm),
                        background_time_s: settings.background_time_s,
                        firmware: None,
                        assumed: settings.origin == SettingsOrigin::Assumed,
                    }));
                }
            }
        }
    }

    fn sample_frame(&self, sample: &Sample) -> Frame {
        let counts = sample.counts.map(|counts| counts.0);
        Frame::Portal(PortalFrame {
            lane: self.lane.clone(),
            device: self.device.clone(),
            t_ms: sample.at.as_millisecond(),
            gamma: Some(counts),
            sum_1s: sample.window_sum.map(|sum| sum.0),
            z: sample
                .distance
                .and_then(|distance| distance.largest())
                .map(|z| f64::from(z.0) / 1000.0),
            background: self.background_sum.map(|sum| sum.0),
            limit: sample.alarm_above.map(|limit| limit.0),
            neutron: sample.neutrons.map(|neutrons| neutrons.0),
            occupied: true,
        })
    }

    /// Of a portal that tells its whole state at once: counts are plotted where they are of a second.
    fn shown_frame(&self, shown: &Shown) -> Frame {
        let of_a_second = |measured: Option<Measured>| {
            measured.and_then(|measured| measured.of_a_second()).map(|counts| counts.0)
        };
        Frame::Portal(PortalFrame {
            lane: self.lane.clone(),
            device: self.device.clone(),
            t_ms: shown.at.as_millisecond(),
            gamma: None,
            sum_1s: of_a_second(shown.gamma),
            z: shown.distance.map(|z| f64::from(z.0) / 1000.0),
            background: shown.background.map(|background| background.0.saturating_add(500) / 1000),
            limit: None,
            neutron: of_a_second(shown.neutron),
            occupied: shown.occupied,
        })
    }

    fn background_frame(&self, at: Timestamp, sum: CountsPerSecond) -> Frame {
        Frame::Portal(PortalFrame {
            lane: self.lane.clone(),
            device: self.device.clone(),
            t_ms: at.as_millisecond(),
            gamma: None,
            sum_1s: None,
            z: None,
            background: Some(sum.0),
            limit: None,
            neutron: None,
            occupied: false,
        })
    }

    fn scale_frame(&self, at: Timestamp, weighing: &Weighing, settled: bool) -> Frame {
        let kg = weighing.mass(units::MassUnit::Kilogram);
        let stable = settled || weighing.stability == Stability::Stable;
        self.live_weight(at, kg, weighing::no_number_shown(weighing.display), stable)
    }

    fn live_weight(
        &self,
        at: Timestamp,
        kg: Option<Kilograms>,
        instead: Option<NoNumber>,
        stable: bool,
    ) -> Frame {
        Frame::Weighbridge(WeighbridgeFrame {
            lane: self.lane.clone(),
            device: self.device.clone(),
            t_ms: at.as_millisecond(),
            kg: kg.map(|mass| mass.0.normalize().to_string()),
            instead,
            stable,
        })
    }
}

/// A sighting with a plate. A vehicle whose plate was not read is seen by the other devices of its lane.
fn plate(sighting: Sighting) -> Option<PlateReading> {
    let Plate::Read { text, confidence_percent, .. } = sighting.plate else { return None };
    let country = match sighting.country {
        Country::Known(letters) => Some(letters.to_string()),
        Country::NotRecognised | Country::Index(_) => None,
    };
    Some(PlateReading {
        text,
        country,
        confidence_percent: confidence_percent.map(|percent| Decimal::from(percent.0)),
        direction: sighting.direction,
        event: sighting.id,
        late: sighting.retransmitted,
        pictures: sighting.pictures.into_iter().filter_map(picture).collect(),
    })
}

/// A picture that came; one that is only listed is none.
fn picture(listed: firmware_protocols::plate::Picture) -> Option<Picture> {
    let sent = listed.sent?;
    Some(Picture {
        kind: listed.kind,
        file_name: listed.file_name,
        media_type: sent.media_type,
        bytes: sent.bytes,
        sha256: sent.sha256,
    })
}

/// The portal's own limits come first; depression is ours.
fn background_state(
    background: &firmware_protocols::portal::Background,
) -> (BackgroundState, Option<CountsPerSecond>) {
    let (depressed, median) = match background.depression {
        BackgroundLevel::Unknown => (false, None),
        BackgroundLevel::Usual { median } => (false, Some(median)),
        BackgroundLevel::Depressed { median } => (true, Some(median)),
    };
    let state = match (background.gamma_level, background.neutron_level) {
        (Level::High, _) => BackgroundState::High,
        (Level::Low, _) => BackgroundState::Low,
        (Level::Normal, Level::High) => BackgroundState::NeutronHigh,
        (Level::Normal, Level::Normal | Level::Low) if depressed => BackgroundState::Depressed,
        (Level::Normal, Level::Normal | Level::Low) => BackgroundState::Normal,
    };
    (state, median)
}

/// Thousandths of a standard deviation as a decimal with three places.
pub(super) fn sigma(milli: MilliSigma) -> Decimal {
    Decimal::new(i64::from(milli.0), 3)
}

#[cfg(test)]
mod tests;
