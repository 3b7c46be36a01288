//! What births and data say: names and types are learned, values kept, readings told.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::metrics::{Metrics, Side};
use super::super::payload::{Metric, Payload, Value};
use super::super::topic::Address;
use super::{Host, Part, Told, timestamp};
use crate::conversation::Moment;
use crate::fault::{Fault, FaultKind};

impl Host {
    pub(super) fn birth(
        &mut self,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        let mut part = Part { born: true, ..Part::default() };
        for metric in &payload.metrics {
            let Some(name) = metric.name.as_deref() else { continue };
            // One of the tried nodes writes `DATA/` before each name of a birth and not before those of data.
            let name = name.strip_prefix("DATA/").unwrap_or(name).to_owned();
            if let Some(alias) = metric.alias {
                node.aliases.insert(alias, (address.device.clone(), name.clone()));
            }
            part.types.insert(name.clone(), metric.datatype);
            if let Ok(value) = metric.read(None)
                && !metric.historical
            {
                part.values.insert(name, value);
            }
        }
        node.parts.insert(address.device.clone(), part);
        for device in self.at(address) {
            out.push(Told::Online(device));
            let Some((metrics, part)) = self.watched(device) else { continue };
            let missing: Vec<&str> =
                metrics.names().filter(|name| !part.types.contains_key(*name)).collect();
            if !missing.is_empty() {
                let detail = format!("the birth has no metric {}", missing.join(", "));
                out.push(Told::Fault(device, Fault::new(FaultKind::BadField, detail, bytes)));
            }
            if metrics.is_state() {
                self.tell(device, payload.timestamp, bytes, out);
            }
        }
    }

    pub(super) fn data(
        &mut self,
        now: Moment,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        let Some(part) = node.parts.get_mut(&address.device).filter(|part| part.born) else {
            return self.ask(address, now, out);
        };
        let mut changed: BTreeSet<String> = BTreeSet::new();
        let mut late: Vec<(String, Metric, Value)> = Vec::new();
        let mut wrong: Vec<String> = Vec::new();
        let mut unknown = false;
        for metric in &payload.metrics {
            let name = match (&metric.name, metric.alias) {
                (Some(name), _) => Some(name.strip_prefix("DATA/").unwrap_or(name).to_owned()),
                (None, Some(alias)) => node
                    .aliases
                    .get(&alias)
                    .filter(|(device, _)| *device == address.device)
                    .map(|(_, name)| name.clone()),
                (None, None) => None,
            };
            let Some(name) = name.filter(|name| part.types.contains_key(name)) else {
                unknown = true;
                continue;
            };
            match metric.read(part.types.get(&name).copied().flatten()) {
                Ok(value) if metric.historical => late.push((name, metric.clone(), value)),
                Ok(value) => {
                    part.values.insert(name.clone(), value);
                    changed.insert(name);
                }
                Err(detail) => {
                    part.values.remove(&name);
                    wrong.push(format!("{name}: {detail}"));
                }
            }
        }
        for detail in wrong {
            self.fault(address, Fault::new(FaultKind::BadField, detail, bytes), out);
        }
        for device in self.at(address) {
            let Some((metrics, _)) = self.watched(device) else { continue };
            let main = metrics.main().is_some_and(|name| changed.contains(name));
            let beside = metrics.is_state() && metrics.names().any(|name| changed.contains(name));
            let stored: Vec<(Metrics, String, Metric, Value)> = late
                .iter()
                .filter(|(name, ..)| metrics.main() == Some(name) && metrics.plate.is_some())
                .map(|(name, metric, value)| {
                    (metrics.clone(), name.clone(), metric.clone(), value.clone())
                })
                .collect();
            for (metrics, name, metric, value) in stored {
                let values = Side::from([(name, value)]);
                let at = timestamp(metric.timestamp.or(payload.timestamp));
                match metrics.reading(&values, at, true, bytes) {
                    Ok(reading) => {
                        out.extend(reading.map(|reading| Told::Reading(device, reading.into())));
                    }
                    Err(detail) => out
                        .push(Told::Fault(device, Fault::new(FaultKind::BadField, detail, bytes))),
                }
            }
            if main || beside {
                self.tell(device, payload.timestamp, bytes, out);
            }
        }
        if unknown {
            self.ask(address, now, out);
        }
    }

    /// Tells what a device's metrics say together.
    pub(super) fn tell(&self, device: usize, at: Option<u64>, bytes: &[u8], out: &mut Vec<Told>) {
        let Some((metrics, part)) = self.watched(device) else { return };
        match metrics.reading(&part.values, timestamp(at), false, bytes) {
            Ok(reading) => out.extend(reading.map(|reading| Told::Reading(device, reading.into()))),
            Err(detail) => {
                out.push(Told::Fault(device, Fault::new(FaultKind::BadField, detail, bytes)));
            }
        }
    }

    pub(super) fn watched(&self, device: usize) -> Option<(&Metrics, &Part)> {
        let watched = self.settings.watched.get(device)?;
        let part =
            self.nodes.get(&watched.address.of_node())?.parts.get(&watched.address.device)?;
        Some((&watched.metrics, part))
    }

    /// The devices that count at this address.
    pub(super) fn at(&self, address: &Address) -> Vec<usize> {
        let watched = self.settings.watched.iter().enumerate();
        watched
            .filter(|(_, watched)| watched.address == *address)
            .map(|(device, _)| device)
            .collect()
    }

    /// A fault of a device, or of the node that all its devices share.
    pub(super) fn fault(&self, address: &Address, fault: Fault, out: &mut Vec<Told>) {
        let here = self.at(address);
        let here = if here.is_empty() {
            let watched = self.settings.watched.iter().enumerate();
            let node =
                watched.filter(|(_, watched)| watched.address.of_node() == address.of_node());
            node.map(|(device, _)| device).take(1).collect()
        } else {
            here
        };
        out.extend(here.into_iter().map(|device| Told::Fault(device, fault.clone())));
    }
}
