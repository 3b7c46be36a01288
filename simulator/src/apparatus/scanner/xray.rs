//! An X-ray system that hands over its inspections, and the conclusion when there is one.

use std::time::Duration;

use firmware_protocols::scanner::xray::{
    Conclusion, ConclusionCode, ImageFile, ImageKind, Inspection, Judge, Region, encode,
};

use super::super::spells::{Kind, Spells};
use super::super::{Apparatus, Instead, Saying, Start};
use crate::cast::Device;
use crate::story::{Act, Scanned};

/// What such systems are known to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// It hands the same document over twice.
    SaysTwice,
    /// It had no network: what it has to hand over comes afterwards.
    Buffers,
}

impl Kind for Quirk {
    const ALL: &'static [(Quirk, &'static str)] =
        &[(Quirk::SaysTwice, "says-twice"), (Quirk::Buffers, "buffers")];
}

/// One system.
#[derive(Debug)]
pub(in crate::apparatus) struct Xray {
    name: String,
    start: Start,
    spells: Spells<Quirk>,
}

/// How long an inspection takes.
const TAKES: Duration = Duration::from_secs(70);
/// SHA-256 of no bytes: there is no picture.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

impl Xray {
    pub(in crate::apparatus) fn new(device: &Device, start: Start) -> Xray {
        Xray { name: device.id.clone(), start, spells: Spells::none() }
    }

    fn inspection(
        &self,
        at: Duration,
        scan: &str,
        vehicle: &str,
        conclusion: Option<&(ConclusionCode, String)>,
    ) -> Inspection {
        let ended = self.start.clock(at);
        Inspection {
            scan: scan.to_owned(),
            scanner: Some(self.name.clone()),
            operator: None,
            started: ended.checked_sub(TAKES).ok(),
            ended: Some(ended),
            direction: Some("forward".to_owned()),
            vehicle: Some(vehicle.to_owned()),
            containers: Vec::new(),
            file: Some(ImageFile {
                kind: ImageKind::Uff3,
                sha256: OF_NOTHING.to_owned(),
                bytes: 0,
                uri: format!("https://{}.example/scans/{scan}.uff", self.name),
            }),
            conclusion: conclusion.map(|(code, who)| Conclusion {
                code: *code,
                by: Judge::Operator,
                who: Some(who.clone()),
                at: Some(ended),
                text: None,
                regions: if *code == ConclusionCode::Clear {
                    Vec::new()
                } else {
                    vec![somewhere()]
                },
            }),
        }
    }
}

/// Behind the cab.
fn somewhere() -> Region {
    Region { left: 120, top: 300, width: 80, height: 90, remark: Some("block".to_owned()) }
}

impl Apparatus for Xray {
    fn can(&self, act: &Act) -> Result<(), Instead> {
        if Quirk::has(act) || matches!(act, Act::Scans(Scanned::Inspection { .. })) {
            Ok(())
        } else {
            Err("an X-ray system hands over inspections; it misbehaves: says-twice, buffers")
        }
    }

    fn befalls(&mut self, at: Duration, act: &Act, out: &mut Vec<Saying>) {
        self.spells.befalls(at, act);
        let Act::Scans(Scanned::Inspection { scan, vehicle, conclusion }) = act else { return };
        let inspection = self.inspection(at, scan, vehicle, conclusion.as_ref());
        let Some(document) = encode(&inspection) else { return };
        let bytes = (document + "\n").into_bytes();
        let said = self.spells.until(Quirk::Buffers, at).unwrap_or(at);
        if self.spells.last(Quirk::SaysTwice, at) {
            out.push((said, bytes.clone()));
        }
        out.push((said, bytes));
    }
}
