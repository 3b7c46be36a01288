//! The occupancy of a spectroscopic daily file: it is over when it is told, so its events come at once.
//!
//! Seconds of the occupancy are collected until `GX` tells whether the portal alarmed. The light says that it did and not of what: it is told as a gamma alarm
//! with the last second, and what was identified stands beside it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::states::States;
use crate::limits;
use crate::portal::event::PortalEvent;
use crate::portal::settings::PortalSettings;
use crate::portal::snapshot::{Channel, Measured, Snapshot};
use crate::portal::spectroscopic::{Light, Line};

/// A slice of a time chunk, in milliseconds.
const SLICE_MS: u32 = 100;

/// What a file told of the occupancy that is not over.
#[derive(Debug, Default)]
pub(super) struct Collected {
    gamma: BTreeMap<u32, Decimal>,
    neutron: BTreeMap<u32, Decimal>,
    /// Slices of a chunk, if a neutron line told them.
    slices: Option<u32>,
    gamma_background: Option<Measured>,
    neutron_background: Option<Measured>,
    identified: Vec<alloc::string::String>,
}

impl Collected {
    /// Takes in a line; an end is told as the states of its seconds.
    pub(super) fn line(
        &mut self,
        line: &Line,
        settings: &PortalSettings,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        match line {
            Line::GammaSignal { chunk, spectrum } => add(&mut self.gamma, *chunk, spectrum.counts),
            Line::NeutronSignal { slices, chunk, counts } => {
                self.slices = Some(*slices);
                let sum = counts.iter().fold(Decimal::ZERO, |sum, one| sum.saturating_add(*one));
                add(&mut self.neutron, *chunk, sum);
            }
            Line::Analyzed { neutron, seconds, counts } => {
                let ms = seconds.checked_mul(Decimal::ONE_THOUSAND).map(|ms| ms.round());
                let interval_ms = ms.and_then(|ms| u32::try_from(ms).ok()).filter(|ms| *ms > 0);
                let background = Some(Measured { counts: *counts, interval_ms });
                if *neutron {
                    self.neutron_background = background;
                } else {
                    self.gamma_background = background;
                }
            }
            Line::Identified { nuclide, .. } if nuclide != "NONE" => {
                if self.identified.len() < limits::PORTAL_NAMES {
                    self.identified.push(nuclide.clone());
                }
            }
            Line::End { light, occupancy, .. } => {
                let collected = core::mem::take(self);
                collected.ended(*light, *occupancy, settings, at, events);
            }
            Line::Setup { .. }
            | Line::Deviations(_)
            | Line::GammaBackground(_)
            | Line::NeutronBackground { .. }
            | Line::BackgroundEnd(_)
            | Line::Identified { .. } => {}
        }
    }

    fn ended(
        self,
        light: Light,
        occupancy: u32,
        settings: &PortalSettings,
        at: Timestamp,
        events: &mut Vec<PortalEvent>,
    ) {
        let mut states = States::default();
        let interval_ms = self.slices.and_then(|slices| slices.checked_mul(SLICE_MS));
        let mut chunks: Vec<u32> = self.gamma.keys().chain(self.neutron.keys()).copied().collect();
        chunks.sort_unstable();
        chunks.dedup();
        // The light is of the whole occupancy: its last second carries it.
        let last = chunks.last().copied().unwrap_or(1);
        if chunks.is_empty() {
            chunks.push(last);
        }
        let alarm = light != Light::Green;
        for chunk in chunks {
            let measured = |of: &BTreeMap<u32, Decimal>| {
                of.get(&chunk).map(|counts| Measured { counts: *counts, interval_ms })
            };
            let state = Snapshot {
                present: Some(true),
                object: u16::try_from(occupancy).ok(),
                gamma: Channel {
                    counts: measured(&self.gamma),
                    background: self.gamma_background,
                    alarm: Some(alarm && chunk == last),
                    ..Channel::default()
                },
                neutron: Channel {
                    counts: measured(&self.neutron),
                    background: self.neutron_background,
                    ..Channel::default()
                },
                identified: if chunk == last { self.identified.clone() } else { Vec::new() },
                ..Snapshot::default()
            };
            states.state(&state, settings, false, at, events);
        }
        let vacant = Snapshot { present: Some(false), ..Snapshot::default() };
        states.state(&vacant, settings, false, at, events);
        // A number beyond sixteen bits is told whole.
        for event in events.iter_mut() {
            if let PortalEvent::Ended(ended) = event {
                let ended: &mut Box<_> = ended;
                ended.device_counter = Some(occupancy);
            }
        }
    }
}

fn add(to: &mut BTreeMap<u32, Decimal>, chunk: u32, counts: Decimal) {
    // A file without an end must not grow without one.
    if to.len() < limits::OCCUPANCY_LINES || to.contains_key(&chunk) {
        let sum = to.entry(chunk).or_default();
        *sum = sum.saturating_add(counts);
    }
}
