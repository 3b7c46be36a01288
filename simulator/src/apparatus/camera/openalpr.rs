//! A camera with the JSON of OpenALPR.

use std::time::Duration;

use firmware_protocols::plate::openalpr;
use serde_json::json;

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying, Start};
use super::Eye;
use crate::cast::Device;
use crate::story::Act;

/// What programs of this family are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// Between the events it says that it is there.
    OtherEvents,
    /// It tells a vehicle once, from all its pictures, and not each picture.
    Groups,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] =
        &[(Quirk::OtherEvents, "other-events"), (Quirk::Groups, "groups")];
}

/// One camera.
#[derive(Debug)]
pub(in crate::apparatus) struct Openalpr {
    start: Start,
    eye: Eye,
    spells: Spells<Quirk>,
    next_other: Duration,
}

/// Between two signs of life.
const OTHER: Duration = Duration::from_secs(5);

impl Openalpr {
    pub(in crate::apparatus) fn new(device: &Device, start: Start) -> Openalpr {
        Openalpr {
            start,
            eye: Eye::new(device, start),
            spells: Spells::none(),
            next_other: Duration::ZERO,
        }
    }

    fn ms(&self, at: Duration) -> i64 {
        self.start.clock(at).as_millisecond()
    }
}

impl Apparatus for Openalpr {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Reads { .. }) {
            Ok(())
        } else {
            Err("a plate camera reads plates; it misbehaves: other-events, groups")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        if self.spells.befalls(at, act) == Some(Quirk::OtherEvents) {
            self.next_other = at;
        }
        let Some(sighting) = self.eye.sees(at, act) else { return };
        let document = openalpr::encode(&sighting);
        let document = if self.spells.last(Quirk::Groups, at) {
            document.and_then(|document| grouped(&document))
        } else {
            document
        };
        out.extend(document.map(|document| (at, line(document))));
    }

    fn says(&mut self, horizon: Duration) -> Option<Saying> {
        let at = self.next_other;
        if at > horizon || !self.spells.last(Quirk::OtherEvents, at) {
            return None;
        }
        self.next_other = at + OTHER;
        let alive = json!({ "version": 2, "data_type": "heartbeat", "epoch_time": self.ms(at) });
        Some((at, line(alive.to_string())))
    }
}

/// With a line end, for those that speak over a line.
fn line(document: String) -> Vec<u8> {
    (document + "\n").into_bytes()
}

/// What a vehicle's only picture says, as the form for all its pictures says it.
fn grouped(picture: &str) -> Option<String> {
    let picture: serde_json::Value = serde_json::from_str(picture).ok()?;
    let best = picture.get("results")?.get(0)?;
    let group = json!({
        "version": 2,
        "data_type": "alpr_group",
        "epoch_start": picture.get("epoch_time"),
        "best_uuid": picture.get("uuid"),
        "camera_id": picture.get("camera_id"),
        "best_plate": best,
        "best_region": best.get("region"),
        "vehicle": { "body_type": [{ "name": "truck", "confidence": 88 }] },
    });
    Some(group.to_string())
}
