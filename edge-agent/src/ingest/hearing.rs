//! When each device was heard last, and how often: for the page of devices, from the devices' tasks. None of it is evidence, and none is kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use checkpoint::ids::DeviceId;
use jiff::Timestamp;

use crate::config::DeviceLine;

/// Of every device of the site. A copy is the same.
#[derive(Debug, Clone)]
pub struct Hearings(Arc<HashMap<DeviceId, Arc<Hearing>>>);

/// Of one device, since the agent began.
#[derive(Debug)]
pub struct Hearing {
    /// Milliseconds since 1970 UTC; [`NEVER`] before anything came.
    bytes_ms: AtomicI64,
    reading_ms: AtomicI64,
    readings: AtomicU64,
}

const NEVER: i64 = i64::MIN;

impl Hearings {
    /// Of devices of which nothing was heard yet.
    pub fn new(lines: &[DeviceLine]) -> Hearings {
        let of = |line: &DeviceLine| (line.device.id.clone(), Arc::new(Hearing::default()));
        Hearings(Arc::new(lines.iter().map(of).collect()))
    }

    /// Of this device.
    pub fn of(&self, device: &DeviceId) -> Arc<Hearing> {
        self.0.get(device).map(Arc::clone).unwrap_or_default()
    }
}

impl Default for Hearing {
    fn default() -> Hearing {
        let never = || AtomicI64::new(NEVER);
        Hearing { bytes_ms: never(), reading_ms: never(), readings: AtomicU64::new(0) }
    }
}

impl Hearing {
    pub(super) fn bytes(&self, at: Timestamp) {
        self.bytes_ms.store(at.as_millisecond(), Ordering::Relaxed);
    }

    pub(super) fn readings(&self, at: Timestamp, count: usize) {
        self.reading_ms.store(at.as_millisecond(), Ordering::Relaxed);
        self.readings.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
    }

    /// When bytes came last, milliseconds since 1970 UTC.
    pub fn bytes_ms(&self) -> Option<i64> {
        Some(self.bytes_ms.load(Ordering::Relaxed)).filter(|ms| *ms != NEVER)
    }

    /// When a reading came last that made sense, milliseconds since 1970 UTC.
    pub fn reading_ms(&self) -> Option<i64> {
        Some(self.reading_ms.load(Ordering::Relaxed)).filter(|ms| *ms != NEVER)
    }

    /// Readings that made sense.
    pub fn count(&self) -> u64 {
        self.readings.load(Ordering::Relaxed)
    }
}
