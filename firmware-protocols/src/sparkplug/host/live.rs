//! What births and data say: names and types are learned, values kept, readings told.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::metrics::Metrics;
use super::super::payload::Payload;
use super::super::topic::Address;
use super::late::Late;
use super::{Host, Part, Told, timestamp};
use crate::conversation::Moment;
use crate::fault::{Fault, FaultKind};

/// One of the tried nodes writes `DATA/` before each name of a birth and not before those of data.
fn plain(name: &str) -> &str {
    name.strip_prefix("DATA/").unwrap_or(name)
}

impl Host {
    pub(super) fn birth(
        &mut self,
        address: &Address,
        payload: &Payload,
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let named = self.named(address);
        // A device that nobody watches is no more than its place in the sequence of its node.
        if named.is_empty() {
            return;
        }
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        let mut part = Part { born: true, ..Part::default() };
        for metric in &payload.metrics {
            let Some(name) = metric.name.as_deref().map(plain) else { continue };
            let counts = named.contains(name);
            if let Some(alias) = metric.alias {
                part.aliases.insert(alias, counts.then(|| name.to_owned()));
            }
            if !counts {
                continue;
            }
            part.types.insert(name.to_owned(), metric.datatype);
            if let Ok(value) = metric.read(None)
                && !metric.historical
            {
                part.values.insert(name.to_owned(), value);
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
        let named = self.named(address);
        let Some(node) = self.nodes.get_mut(&address.of_node()) else { return };
        if named.is_empty() && node.born {
            return;
        }
        let Some(part) = node.parts.get_mut(&address.device).filter(|part| part.born) else {
            if payload.metrics.iter().any(|metric| metric.historical) {
                let detail =
                    "stored values came before the birth that tells what they are: they are lost";
                self.fault(address, Fault::new(FaultKind::Unasked, detail, bytes), out);
            }
            return self.ask(address, now, out);
        };
        let mut changed: BTreeSet<String> = BTreeSet::new();
        let mut late: Vec<Late> = Vec::new();
        let mut wrong: Vec<String> = Vec::new();
        let mut unknown = false;
        for metric in &payload.metrics {
            let name = match (metric.name.as_deref().map(plain), metric.alias) {
                (Some(name), _) if !named.contains(name) => continue,
                (Some(name), _) => Some(name.to_owned()),
                (None, Some(alias)) => match part.aliases.get(&alias) {
                    // It is none of those that count.
                    Some(None) => continue,
                    known => known.cloned().flatten(),
                },
                (None, None) => None,
            };
            let Some(name) = name.filter(|name| part.types.contains_key(name)) else {
                unknown = true;
                continue;
            };
            match metric.read(part.types.get(&name).copied().flatten()) {
                Ok(value) if metric.historical => {
                    late.push(Late { at: metric.timestamp.or(payload.timestamp), name, value });
                }
                Ok(value) => {
                    part.values.insert(name.clone(), value);
                    changed.insert(name);
                }
                Err(detail) => {
                    wrong.push(format!("{name}: {detail}"));
                    // What it was is no longer so, and nobody knows what is.
                    if !metric.historical {
                        part.values.remove(&name);
                        changed.insert(name);
                    }
                }
            }
        }
        for detail in wrong {
            self.fault(address, Fault::new(FaultKind::BadField, detail, bytes), out);
        }
        for device in self.at(address) {
            self.tell_late(device, &late, bytes, out);
            let Some((metrics, _)) = self.watched(device) else { continue };
            let main = metrics.main().is_some_and(|name| changed.contains(name));
            let beside = metrics.is_state() && metrics.names().any(|name| changed.contains(name));
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

    /// The metrics that a site names at this address.
    fn named(&self, address: &Address) -> BTreeSet<String> {
        let watched = self.settings.watched.iter().filter(|one| one.address == *address);
        watched.flat_map(|one| one.metrics.names()).map(str::to_owned).collect()
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
