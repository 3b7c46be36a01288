//! What a node stored while its network was away, and sends late.
//!
//! Each value has the time at which it was so. Values of one moment are one reading; readings are told in the order of their times, as retransmitted, and nothing of
//! what is so now is changed by them. A node that sends only what changed tells the number of a seal once: a lock that opens later, in the same message,
//! is that seal's. What nobody can say whose it is, is a fault: a tamper is not dropped without a word.
//!
//! Deliberately absent: weights. A weight holds while its vehicle stands on the scale, and that one has gone; that some came is told.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::metrics::{Metrics, Side};
use super::super::payload::Value;
use super::{Host, Told, timestamp};
use crate::fault::{Fault, FaultKind};

/// One value that was stored.
pub(super) struct Late {
    /// When it was so, in milliseconds since 1970.
    pub(super) at: Option<u64>,
    pub(super) name: String,
    pub(super) value: Value,
}

impl Host {
    /// Tells what of these belongs to a device.
    pub(super) fn tell_late(
        &self,
        device: usize,
        late: &[Late],
        bytes: &[u8],
        out: &mut Vec<Told>,
    ) {
        let Some((metrics, _)) = self.watched(device) else { return };
        let mine: Vec<&Late> =
            late.iter().filter(|one| metrics.names().any(|name| name == one.name)).collect();
        if mine.is_empty() {
            return;
        }
        let wrong = |kind, detail| Told::Fault(device, Fault::new(kind, detail, bytes));
        if metrics.is_state() {
            let detail = format!(
                "{} stored values of a scale are passed over: a weight holds while its vehicle stands there",
                mine.len()
            );
            return out.push(wrong(FaultKind::NotDecoded, detail));
        }
        let mut before: Option<(String, Value)> = None;
        for (at, mut values) in moments(&mine) {
            let main = metrics.main().and_then(|name| values.get_key_value(name));
            match (main, &before) {
                (Some((name, value)), _) => before = Some((name.clone(), value.clone())),
                (None, Some((name, value))) if metrics.seal.is_some() => {
                    values.insert(name.clone(), value.clone());
                }
                (None, _) => {
                    out.push(wrong(FaultKind::BadField, of_nobody(metrics, at, &values)));
                    continue;
                }
            }
            match metrics.reading(&values, timestamp(at), true, bytes) {
                Ok(Some(reading)) => out.push(Told::Reading(device, reading.into())),
                Ok(None) => {}
                Err(detail) => out.push(wrong(FaultKind::BadField, detail)),
            }
        }
    }
}

/// The values of each moment, in the order of time. Where a metric has two values at one moment, there are two moments.
fn moments(late: &[&Late]) -> Vec<(Option<u64>, Side)> {
    let mut moments: BTreeMap<Option<u64>, Vec<Side>> = BTreeMap::new();
    for Late { at, name, value } in late {
        let sides = moments.entry(*at).or_default();
        match sides.iter_mut().find(|side| !side.contains_key(name)) {
            Some(side) => {
                side.insert(name.clone(), value.clone());
            }
            None => sides.push(Side::from([(name.clone(), value.clone())])),
        }
    }
    moments
        .into_iter()
        .flat_map(|(at, sides)| sides.into_iter().map(move |side| (at, side)))
        .collect()
}

fn of_nobody(metrics: &Metrics, at: Option<u64>, values: &Side) -> String {
    let at = timestamp(at).map_or_else(|| "an unknown time".into(), |at| format!("{at}"));
    let names: Vec<&str> = values.keys().map(String::as_str).collect();
    format!(
        "stored at {at} without {}, so that nobody knows what it is about: {}",
        metrics.main().unwrap_or_default(),
        names.join(", ")
    )
}
