//! Every weight goes to the lane with the frame that it was read from; a vehicle is weighed at once, or axle by axle.

use checkpoint::input::observation::{AxleSession, Said, Weight, WeightRefusal};
use firmware_protocols::weighbridge::{Display, Kind, Stability, comma, xk3190};
use units::{Kilograms, MassUnit};

use super::{Listened, listened};

const CAS: &str = "dialect = \"cas\"";

/// A frame of CAS: kilograms, and whether the indicator says that they stand still.
fn cas(kg: i64, stability: Stability) -> Vec<u8> {
    let display = Display::Value(kg.into());
    comma::encode(comma::Flavour::Cas, display, Kind::Gross, stability, MassUnit::Kilogram).unwrap()
}

fn overload() -> Vec<u8> {
    let flavour = comma::Flavour::Cas;
    let (kind, stability) = (Kind::Gross, Stability::Moving);
    comma::encode(flavour, Display::Overload, kind, stability, MassUnit::Kilogram).unwrap()
}

/// The one weight that comes of these frames, each `ms` after the one before.
#[track_caller]
fn weight(device: &str, ms: u32, frames: &[Vec<u8>]) -> Weight {
    let mut scale = listened(device);
    let said: Vec<Said> = frames.iter().flat_map(|frame| scale.hears(ms, frame)).collect();
    match &said[..] {
        [Said::WeightSettled(weight)] => weight.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_weight_carries_its_frame_its_dialect_and_its_moment() {
    // Text: the second frame is the one that stands still.
    let frames = [cas(41_980, Stability::Moving), cas(42_000, Stability::Stable)];
    let told = weight(CAS, 400, &frames);
    let line = frames[1].strip_suffix(b"\r\n").unwrap();
    assert_eq!((told.raw.as_slice(), told.dialect.as_deref()), (line, Some("cas")));
    assert_eq!(told.at.unwrap().to_string(), "2026-05-21T05:00:00.8Z");
    assert_eq!((told.gross, told.stable_by.as_str()), (Kilograms::whole(42_000), "device"));

    // Binary, without a flag for standing still: the frame that made the window full.
    let frames: Vec<Vec<u8>> = (0..6).map(|_| xk3190::encode(42_000.into()).unwrap()).collect();
    let told = weight("dialect = \"xk3190\"", 250, &frames);
    assert_eq!((told.raw.as_slice(), told.stable_by.as_str()), (frames[4].as_slice(), "agent"));
    assert_eq!(told.at.unwrap().to_string(), "2026-05-21T05:00:01.25Z");
}

#[test]
fn a_number_off_the_interval_that_the_site_has_named_is_told_to_the_officer_and_to_the_technician()
{
    let scale = "scale = { empty_below_kg = \"200\", increment_kg = \"20\", window_readings = 5, \
                 window_ms = 1000, gap_ms = 2000, unit_if_silent = \"kg\" }";
    let mut named = listened(&format!("{CAS}\n{scale}"));
    let said = named.hears(500, &cas(40_013, Stability::Stable));
    let [Said::WeightRefused(WeightRefusal::OffStep), Said::Fault { kind, .. }] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(kind, "off-step");
    assert_eq!(named.hears(500, &cas(40_013, Stability::Stable)), [], "told once");
    let settled = named.hears(500, &cas(40_020, Stability::Stable));
    assert!(matches!(settled[..], [Said::WeightSettled(_)]), "{settled:?}");
    // Where nobody has named an interval there is no judgement.
    let settled = listened(CAS).hears(500, &cas(40_013, Stability::Stable));
    assert!(matches!(settled[..], [Said::WeightSettled(_)]), "{settled:?}");
}

/// What is told of a vehicle whose axles weigh so: `OL` is an overload, `~` one that drives off before it stands still.
fn axles(scale: &mut Listened, story: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for word in story.split_whitespace() {
        let frame = match word {
            "OL" => overload(),
            "~" => cas(6_000, Stability::Moving),
            kg => cas(kg.parse().unwrap(), Stability::Stable),
        };
        said.extend(scale.hears(500, &frame));
        said.extend(scale.hears(500, &cas(0, Stability::Stable)));
    }
    said.extend(scale.waits(30_000));
    said
}

const BY_AXLES: &str = "dialect = \"cas\"\naxles = { no_weight_s = 20 }";

#[track_caller]
fn session(said: &[Said]) -> AxleSession {
    match said {
        [Said::AxlesBegan, .., Said::AxlesWeighed(session)] => session.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_vehicle_is_weighed_axle_by_axle_and_each_axle_carries_its_frame() {
    let mut scale = listened(BY_AXLES);
    let told = session(&axles(&mut scale, "7180 9200 9180"));
    assert!(told.whole);
    assert_eq!((told.sum(), told.dialect.as_str()), (Kilograms::whole(25_560), "cas"));
    assert_eq!(told.ended_by, "no_weight");
    for (axle, kg) in told.axles.iter().zip([7180, 9200, 9180]) {
        let frame = cas(kg, Stability::Stable);
        assert_eq!((axle.mass, axle.stable_by.as_str()), (Kilograms(kg.into()), "device"));
        assert_eq!(axle.raw, frame.strip_suffix(b"\r\n").unwrap());
    }
    // Nothing is told before the vehicle has gone but that it came, and the next one is another.
    let told = axles(&mut scale, "6000 8000");
    assert_eq!((told.len(), session(&told).sum()), (2, Kilograms::whole(14_000)));
}

#[test]
fn axles_that_gave_no_number_are_counted_and_the_sum_is_no_weight() {
    for (story, axles_weighed, missed) in
        [("7180 ~ 9180", 2, 1), ("7180 OL 9180", 2, 1), ("7180", 1, 0)]
    {
        let told = axles(&mut listened(BY_AXLES), story);
        let refused = told.contains(&Said::WeightRefused(WeightRefusal::Overload));
        assert_eq!(refused, story.contains("OL"), "{story}");
        let session = session(&told);
        let found = (session.axles.len(), session.missed, session.whole);
        assert_eq!(found, (axles_weighed, missed, false), "{story}");
    }
}

#[test]
fn a_line_that_is_lost_between_two_axles_is_told() {
    let mut scale = listened(BY_AXLES);
    let mut said = scale.hears(500, &cas(7180, Stability::Stable));
    said.extend(scale.hears(500, &cas(0, Stability::Stable)));
    scale.is_cut();
    said.extend(axles(&mut scale, "9200"));
    let told = session(&said);
    assert_eq!((told.axles.len(), told.interruptions, told.whole), (2, 1, false));
}

#[test]
fn an_officer_ends_the_weighing_that_runs_and_no_other() {
    let at = |scale: &Listened| scale.now.at;
    let mut scale = listened(BY_AXLES);
    assert_eq!(scale.is_ended(at(&scale)), [Said::NoAxles], "nothing runs");
    let mut said = scale.hears(500, &cas(7180, Stability::Stable));
    said.extend(scale.hears(500, &cas(0, Stability::Stable)));
    said.extend(scale.hears(500, &cas(9200, Stability::Stable)));
    let ordered = at(&scale);
    said.extend(scale.is_ended(ordered));
    let told = session(&said);
    assert!(told.whole, "each axle was weighed");
    assert_eq!((told.sum(), told.ended_by.as_str()), (Kilograms::whole(16_380), "operator"));
    // The last axle is still on the scale: it belongs to no other vehicle.
    assert_eq!(scale.hears(500, &cas(9200, Stability::Stable)), []);
    assert_eq!(scale.hears(500, &cas(0, Stability::Stable)), []);
    assert_eq!(scale.hears(500, &cas(6000, Stability::Stable)), [Said::AxlesBegan]);
    assert_eq!(scale.is_ended(ordered), [Said::NoAxles], "the order came before this vehicle");
    // An axle that does not come to rest is not weighed, whoever says that it is over.
    let mut scale = listened(BY_AXLES);
    let mut said = scale.hears(500, &cas(7180, Stability::Stable));
    said.extend(scale.hears(500, &cas(0, Stability::Stable)));
    said.extend(scale.hears(500, &cas(9200, Stability::Moving)));
    said.extend(scale.is_ended(at(&scale)));
    let told = session(&said);
    assert_eq!((told.axles.len(), told.missed, told.whole), (1, 1, false));
    // A scale for whole vehicles has no such weighing.
    let mut whole = listened("dialect = \"cas\"");
    assert_eq!(whole.is_ended(at(&whole)), [Said::NoAxles]);
}
