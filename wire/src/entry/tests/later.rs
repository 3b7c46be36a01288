//! Known events with the fields that came after their golden files were written, and facts that are new.

use checkpoint::event::*;
use checkpoint::ids::*;
use checkpoint::input::observation::*;
use checkpoint::input::order::{PapersKind, WeighingOutcome};
use checkpoint::site::*;
use jiff::SignedDuration;
use units::Counts;

use super::examples::{agent, at, inspection, kilograms, limit, vehicles};

pub(super) fn mass_comparison() -> MassComparison {
    MassComparison {
        reading: ReadingId(33),
        measured_gross: kilograms("42180"),
        axles: Some(5),
        gross_limit: Some(kilograms("38000")),
        heaviest_axle: Some(kilograms("10250.5")),
        axle_limit: Some(kilograms("10000")),
        instrument_error: kilograms("20"),
        over: kilograms("4180"),
        beyond: true,
        source: "order 5 of 2025".into(),
        limits: "2026-11".into(),
    }
}

fn scanned(scan: ScanReading) -> Event {
    Event::Scanned(Scanned {
        lane: "1".parse().unwrap(),
        device: "scanner-1".parse().unwrap(),
        visit: None,
        scan: Box::new(scan),
        reading: Some(ReadingId(36)),
    })
}

fn inspected() -> ScanReading {
    let told = ScanInspection {
        scanner: Some("XR-1".into()),
        operator: Some("op-3".into()),
        started: Some(at("2026-05-21T11:00:00Z")),
        ended: Some(at("2026-05-21T11:01:10Z")),
        direction: Some("inbound".into()),
        vehicle: Some("123ABC02".into()),
        containers: vec!["CSQU3054383".into()],
        image: Some(ScanImage::Uff3),
        image_bytes: Some(48_211_333),
        judge: Some(ScanJudge::Operator),
        judged_at: Some(at("2026-05-21T11:03:00Z")),
        regions: vec![ScanRegion {
            left: 120,
            top: 300,
            width: 80,
            height: 90,
            remark: Some("block".into()),
        }],
    };
    ScanReading { inspection: Some(Box::new(told)), ..inspection() }
}

fn passport() -> ScanReading {
    let document = ScanDocument {
        kind: DocumentKind::Passport,
        issuer: "UTO".into(),
        number: "L898902C3".into(),
        expires: Some(jiff::civil::date(2030, 4, 15)),
    };
    let value = "UTO L898902C3".to_owned();
    let read = ScanReading::new(ScanKind::TravelDocument, value, ScanChecked::CheckDigit);
    ScanReading { document: Some(Box::new(document)), ..read }
}

fn codes() -> ScanReading {
    ScanReading {
        also: vec![ScanClaim {
            what: ScanKind::Container,
            value: "CSQU3054383".into(),
            checked: ScanChecked::CheckDigit,
            read_as: Some("CSQU30S4383".into()),
        }],
        text: Some("55302/200126/0012345;CSQU30S4383".into()),
        elements: vec![ScanElement { ai: "01".into(), value: "04870000000013".into() }],
        ..ScanReading::new(ScanKind::Container, "CSQU3054384".into(), ScanChecked::WrongDigit)
    }
}

/// Known events with the fields that came after their golden files were written.
pub(super) fn with_later_fields() -> Vec<Event> {
    let (visit, consignment) = (VisitId(7), ConsignmentNo(2));
    let [Event::LimitsSet { limits }] = &agent()
        .into_iter()
        .filter(|event| matches!(event, Event::LimitsSet { .. }))
        .collect::<Vec<_>>()[..]
    else {
        panic!("no limits")
    };
    let mass = VehicleMass {
        source: "order 5 of 2025".into(),
        gross: vec![
            GrossLimit { axles: None, or_more: false, limit: kilograms("18000") },
            GrossLimit { axles: Some(6), or_more: true, limit: kilograms("44000.5") },
        ],
        axle: Some(kilograms("10000")),
    };
    let comparison = WeightComparison {
        reading: ReadingId(33),
        measured_gross: kilograms("42180"),
        tare: kilograms("14800"),
        declared: kilograms("27400"),
        difference: kilograms("-20"),
        allowed: kilograms("580.0"),
        limits: "2026-11".into(),
        beyond: false,
        instrument_error: Some(kilograms("20")),
        no_matter: Some("256.2".into()),
    };
    let screened = |max_sum: Option<Counts>| {
        let mut event = vehicles()
            .into_iter()
            .find(|event| matches!(event, Event::VehicleScreened { .. }))
            .expect("there is an example of every event");
        if let Event::VehicleScreened { screening, .. } = &mut event {
            screening.max_sum = max_sum;
        }
        event
    };
    let seal = SealReading {
        event_class: Some(7),
        maker_event: Some(u32::MAX),
        late: true,
        ..SealReading::of_number("K448812")
    };
    let (reading, lane, device) = (ReadingId(34), "1".parse().unwrap(), "seal-1".parse().unwrap());
    let axles = AxleSession {
        began: at("2026-11-21T02:10:00.000001Z"),
        ended: at("2026-11-21T02:12:00Z"),
        ended_by: "no_weight".into(),
        dialect: "tenso-m".into(),
        axles: vec![AxleLoad {
            mass: kilograms("7180.50"),
            at: at("2026-11-21T02:10:04Z"),
            stable_by: "agent".into(),
            raw: b"\xff\x01\x00".to_vec(),
            again: true,
        }],
        missed: u32::MAX,
        interruptions: 1,
        whole: true,
    };
    let weight = Weight {
        gross: kilograms("7180.50"),
        stable_by: "agent".into(),
        raw: Vec::new(),
        dialect: Some("tenso-m".into()),
        at: Some(at("2026-11-21T02:12:00Z")),
        axles: Some(Box::new(axles.clone())),
    };
    let plate = PlateReading {
        text: "123ABC02".into(),
        country: None,
        confidence_percent: None,
        direction: None,
        event: Some("e-1".into()),
        late: false,
        pictures: vec![Picture {
            kind: "licensePlatePicture".into(),
            file_name: "plate.jpg".into(),
            media_type: Some("image/jpeg".into()),
            bytes: u32::MAX,
            sha256: "9f".repeat(32),
        }],
    };
    let plate_read = Event::PlateRead {
        reading: ReadingId(36),
        lane: "1".parse().unwrap(),
        device: "camera-1".parse().unwrap(),
        visit,
        normalised: "123ABC02".into(),
        plate,
    };
    let scale = || "scale-1".parse().unwrap();
    vec![
        plate_read,
        Event::VehicleWeighed {
            reading: ReadingId(35),
            lane: "1".parse().unwrap(),
            device: scale(),
            visit,
            weight,
        },
        Event::WeighingRefused(WeighingRefusal {
            lane: "1".parse().unwrap(),
            device: scale(),
            visit: None,
            refusal: WeightRefusal::Incomplete,
            axles: Some(Box::new(AxleSession { whole: false, ..axles.clone() })),
        }),
        Event::WeighingEnded(WeighingEnd {
            lane: "1".parse().unwrap(),
            device: scale(),
            visit,
            outcome: WeighingOutcome::Discarded,
            reason: "another vehicle stood on it".into(),
        }),
        Event::WeighingRefused(WeighingRefusal {
            lane: "1".parse().unwrap(),
            device: scale(),
            visit: Some(visit),
            refusal: WeightRefusal::Discarded,
            axles: Some(Box::new(axles)),
        }),
        Event::ScanRepeated(ScanRepeated {
            reading: ReadingId(36),
            lane: "1".parse().unwrap(),
            device: "scanner-1".parse().unwrap(),
            visit: Some(visit),
            times: 36_000,
            last: Some(at("2026-05-21T11:10:00Z")),
        }),
        Event::SealRead { reading, lane, device, visit, seal },
        screened(None),
        // Nothing counted in a second is another thing than no second.
        screened(Some(Counts(0))),
        Event::LimitsSet {
            limits: Box::new(Limits {
                immediately_open: Some(limit(SignedDuration::from_mins(15))),
                vehicle_mass: Some(limit(mass)),
                scans: Some(limit(ScanLimits {
                    repeated_within: SignedDuration::from_secs(5),
                    waits: SignedDuration::from_mins(2),
                    stays: SignedDuration::from_mins(15),
                    alarming: vec![ScanConclusion::Alarm, ScanConclusion::Suspicious],
                })),
                ..limits.as_ref().clone()
            }),
        },
        Event::WeightCompared { visit, comparison },
        Event::VehicleMassCompared {
            visit,
            comparison: Box::new(MassComparison {
                axles: None,
                gross_limit: None,
                heaviest_axle: None,
                axle_limit: None,
                ..mass_comparison()
            }),
        },
        scanned(inspected()),
        scanned(passport()),
        scanned(codes()),
        Event::GoodsPresented { visit, consignment, as_of: Some(at("2026-11-21T02:10:00Z")) },
        Event::PapersRefused(PapersRefusal {
            visit,
            consignment,
            papers: PapersKind::Declaration,
            ground: String::new(),
            listed: Some(RefusedOn {
                code: "ART_288_4_3".into(),
                article: "288.4(3)".into(),
                edition: "kz-2010".into(),
            }),
        }),
    ]
}
