//! One rich example of each event: every field filled, every kind of number beyond its easy range.

mod directives;
mod prior;

use std::collections::BTreeMap;

use checkpoint::event::*;
use checkpoint::ids::*;
use checkpoint::input::observation::*;
use checkpoint::input::order::*;
use checkpoint::law::course::{Ground, Step};
use checkpoint::retention::Purge;
use checkpoint::site::*;
use jiff::{SignedDuration, Timestamp, civil};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, Kilograms};

/// An inspection by X-rays as the first release with scans wrote it.
pub(super) fn inspection() -> ScanReading {
    ScanReading {
        read_as: Some("X-OOO123".into()),
        conclusion: Some(ScanConclusion::Suspicious),
        judged_by: Some("op-7".into()),
        remark: Some("dense block".into()),
        image_sha256: Some("9f86d081".into()),
        image_uri: Some("https://xr-1.example/1.uff".into()),
        ..ScanReading::new(ScanKind::Inspection, "X-000123".into(), ScanChecked::Nothing)
    }
}

/// One of each.
pub(super) fn every_event() -> Vec<Event> {
    let mut events = agent();
    events.extend(devices());
    events.extend(vehicles());
    events.extend(papers());
    events.extend(prior::information());
    events.extend(clocks());
    events.extend(alarms());
    events.extend([Event::OfficerSignedIn, Event::OfficerSignedOut]);
    events.extend(directives::directives());
    events
}

/// An alarm with this cause.
pub(super) fn alarm(cause: AlarmCause) -> Event {
    Event::AlarmRaised {
        alarm: AlarmId(12),
        facts: Box::new(AlarmFacts {
            cause,
            priority: Priority::P1,
            since: at("2026-11-21T03:12:06.000001Z"),
            lane: Some(lane()),
            device: Some(device("portal-1")),
            visit: Some(VisitId(7)),
            plate: Some("123ABC02".into()),
            basis: "192.4".into(),
            must_be_decided: true,
            holds_exit: true,
            numbers: BTreeMap::from([("z".into(), "9.41".into()), ("sum".into(), "1402".into())]),
        }),
    }
}

/// Every cause of an alarm.
pub(super) fn every_cause() -> Vec<AlarmCause> {
    vec![
        AlarmCause::Radiation { radiation: Radiation::Neutron },
        AlarmCause::Background,
        AlarmCause::Tamper,
        AlarmCause::Weight,
        AlarmCause::Seal { verdict: SealVerdict::DuplicateNumber, seal: "K448812".into() },
        AlarmCause::TermNear { clock: ClockId(3) },
        AlarmCause::TermOver { clock: ClockId(3) },
        AlarmCause::DeviceSilent,
        AlarmCause::LaneUnguarded,
        AlarmCause::HubAway,
        AlarmCause::ClockDoubtful,
        AlarmCause::RecordingSlow,
        AlarmCause::Scan { inspection: "X-000123".into() },
    ]
}

pub(super) fn agent() -> Vec<Event> {
    vec![
        Event::AgentStarted {
            version: "0.1.0".into(),
            config_digest: "9f86d081884c7d65".into(),
            edition: "kz-2010".into(),
            limits: "demo-1".into(),
        },
        Event::SiteDescribed {
            site: Box::new(Site {
                checkpoint: "nur-zholy".parse().unwrap(),
                title: "Нұр жолы".into(),
                office_code: "55302".into(),
                zone: "Asia/Almaty".into(),
                lanes: vec![Lane {
                    id: lane(),
                    title: "Жол 1".into(),
                    direction: Direction::Inbound,
                    mode: Mode::Road,
                }],
                devices: vec![Device {
                    id: device("scale-1"),
                    lane: lane(),
                    family: Family::Weighbridge,
                    dialect: "toledo".into(),
                    title: "Таразы".into(),
                }],
            }),
        },
        Event::ClockStepped { by_ms: -3_600_000 },
        Event::ClockSyncChanged { synchronised: true },
        Event::HubLinkChanged { up: true },
        Event::RecordingSlowed { slow: true, worst_ms: 5_000_000_000 },
        Event::JournalPurged(Purge {
            through_seq: 5_000_000_000,
            through_hash: "0a".repeat(32),
            kept_from: civil::date(2026, 11, 21),
            rule: "REC-1".into(),
            article: "187.5/1".into(),
            edition: "KZ-CC-2010".into(),
        }),
        Event::LimitsSet {
            limits: Box::new(Limits {
                version: "2026-11".into(),
                weight: limit(WeightTolerance {
                    percent: number("2.50"),
                    at_least: kilograms("200"),
                    instrument_error: kilograms("20"),
                }),
                background_depressed_below: limit(number("0.85")),
                vehicle_gap: limit(SignedDuration::from_secs(90)),
                escalation_after: limit(SignedDuration::from_millis(60_500)),
                hub_away_after: limit(SignedDuration::from_hours(1)),
                plate_confidence_percent: limit(number("70")),
                clock_warnings: limit(vec![
                    SignedDuration::from_mins(60),
                    SignedDuration::from_mins(15),
                ]),
                clock_leads: None,
                scans: None,
                immediately_open: None,
                vehicle_mass: None,
            }),
        },
    ]
}

fn devices() -> Vec<Event> {
    vec![
        Event::DeviceHealthChanged {
            device: device("portal-1"),
            health: Health::Mismatch,
            detail: "40 faults in a row".into(),
        },
        Event::DeviceFaulted {
            device: device("portal-1"),
            fault: "checksum".into(),
            detail: "expected 3A, found 3B".into(),
            count: u32::MAX,
        },
        Event::PortalSetUp {
            device: device("portal-1"),
            setup: PortalSetup {
                n_sigma: number("5.0"),
                intervals: 255,
                algorithm: "1010".into(),
                background_time_s: u16::MAX,
                firmware: Some("A2.11.1".into()),
                assumed: true,
            },
        },
        Event::BackgroundChanged {
            device: device("portal-1"),
            background: Background {
                state: BackgroundState::NeutronHigh,
                gamma: rates([411, 0, 409, 418]),
                recent_median: Some(CountsPerSecond(1657)),
            },
        },
        Event::TamperChanged { device: device("portal-1"), open: true },
        Event::LaneControlChanged {
            lane: lane(),
            control: LaneControl::Manual,
            reason: "the portal is silent".into(),
        },
    ]
}

pub(super) fn vehicles() -> Vec<Event> {
    let visit = VisitId(7);
    vec![
        Event::VisitOpened {
            visit,
            number: "55302/2026/0000007".into(),
            lane: lane(),
            mode: Mode::Rail,
            direction: Direction::Outbound,
        },
        Event::PassageBegan {
            passage: PassageId(8),
            lane: lane(),
            device: device("portal-1"),
            visit,
        },
        Event::VehicleScreened {
            reading: ReadingId(31),
            passage: PassageId(8),
            lane: lane(),
            device: device("portal-1"),
            visit,
            verdict: RadiationVerdict::AboveBackground,
            screening: Box::new(Screening {
                began: at("2026-11-21T03:12:05.8Z"),
                ended: at("2026-11-21T03:12:14.2Z"),
                ended_by: "gx".into(),
                device_counter: Some(4411),
                missed_before: 1,
                gamma_lines: 42,
                gamma_alarm_lines: 11,
                neutron_lines: 8,
                neutron_alarm_lines: 0,
                gamma_background: Some(rates([411, 405, 409, 418])),
                neutron_background_cps: Some(number("6.683")),
                max_sum: Some(Counts(1402)),
                max_z: Some(number("-0.120")),
                gamma: Agreement::DeviceOnly,
                neutron: Agreement::Neither,
                n_sigma: number("5.00"),
                speed_mm_s: Some(1355),
                quality: vec!["background_depressed".into(), "speed_high".into()],
            }),
        },
        Event::PlateRead {
            reading: ReadingId(32),
            lane: lane(),
            device: device("camera-1"),
            visit,
            normalised: "123ABC02".into(),
            plate: PlateReading {
                text: "123 АВС 02".into(),
                country: Some("KZ".into()),
                confidence_percent: Some(number("98.0")),
                direction: Some("approach".into()),
                event: Some("e-1".into()),
                late: true,
                pictures: Vec::new(),
            },
        },
        Event::Scanned(Scanned {
            lane: lane(),
            device: device("xray-1"),
            visit: Some(visit),
            scan: Box::new(inspection()),
            reading: None,
        }),
        Event::ScanRepeated(ScanRepeated {
            reading: ReadingId(36),
            lane: lane(),
            device: device("scanner-1"),
            visit: Some(visit),
            times: 3,
            last: None,
        }),
        Event::ScanAssigned(ScanAssigned { reading: ReadingId(36), lane: lane(), visit }),
        Event::VehicleIdentified {
            visit,
            plate: "123ABC02".into(),
            original: "123 АВС 02".into(),
            country: Some("KZ".into()),
        },
        Event::VehicleWeighed {
            reading: ReadingId(33),
            lane: lane(),
            device: device("scale-1"),
            visit,
            weight: Weight {
                gross: kilograms("42180.50"),
                stable_by: "device".into(),
                raw: b"\x02)0 \xff".to_vec(),
                dialect: None,
                at: None,
                axles: None,
            },
        },
        Event::WeighingBegan(WeighingBegun {
            lane: lane(),
            device: device("scale-1"),
            visit,
            resumed: true,
        }),
        Event::WeighingEnded(WeighingEnd {
            lane: lane(),
            device: device("scale-1"),
            visit,
            outcome: WeighingOutcome::Counted,
            reason: "the last axle stays on the plate".into(),
        }),
        Event::WeighingRefused(WeighingRefusal {
            lane: lane(),
            device: device("scale-1"),
            visit: Some(visit),
            refusal: WeightRefusal::Underload,
            axles: None,
        }),
        Event::SealRead {
            reading: ReadingId(34),
            lane: lane(),
            device: device("seal-1"),
            visit,
            seal: SealReading {
                number: "K448812".into(),
                condition: SealCondition::HousingOpened,
                battery_percent: Some(0),
                device_time: Some("2026-02-30 25:00".into()),
                message: Some("17".into()),
                event_class: None,
                maker_event: None,
                late: false,
            },
        },
        Event::ReadingAssigned { reading: ReadingId(34), from: visit, to: VisitId(u64::MAX) },
        Event::SealsExpected { visit, seals: vec!["K448812".into(), "K448813".into()] },
        Event::SealInspected { visit, seal: "K448813".into(), found: SealFinding::Missing },
        Event::SealJudged {
            visit,
            seal: "K448812".into(),
            verdict: SealVerdict::UnreadableDevice,
            article: "255".into(),
        },
        Event::TareRecorded {
            visit,
            tare: kilograms("14800"),
            source: "registration paper".into(),
        },
        Event::WeightCompared {
            visit,
            comparison: WeightComparison {
                reading: ReadingId(33),
                measured_gross: kilograms("42180"),
                tare: kilograms("14800"),
                declared: kilograms("28000.125"),
                difference: kilograms("-620.125"),
                allowed: kilograms("580.0"),
                limits: "2026-11".into(),
                beyond: true,
                instrument_error: None,
                no_matter: None,
            },
        },
        Event::VehicleMassCompared { visit, comparison: Box::new(super::later::mass_comparison()) },
        Event::ExitPermitted { visit },
        Event::VehicleLeft { visit },
        Event::ScaleEmptied { lane: lane(), device: device("scale-1") },
        Event::LaneLeft { lane: lane(), visit },
    ]
}

fn papers() -> Vec<Event> {
    let (visit, consignment) = (VisitId(7), ConsignmentNo(2));
    let answers = BTreeMap::from([
        ("carrier".into(), Answer::Text("ТОО «Жол»".into())),
        ("gross_kg".into(), Answer::Number(number("28000.125"))),
        ("stores_on_board".into(), Answer::Flag(false)),
        ("waybill".into(), Answer::Papers(vec!["CMR 1".into(), "CMR 2".into()])),
        ("transit".into(), Answer::Nil),
    ]);
    vec![
        Event::NoticeRegistered {
            visit,
            number: "55302/2026/N1".into(),
            revision: 2,
            notice: Box::new(NoticeDraft {
                mode: Mode::Road,
                purpose: None,
                filed_by: FiledBy::Carrier,
                authority: "power of attorney 4".into(),
                answers: answers.clone(),
                consignments: vec![
                    ConsignmentDraft {
                        answers: answers.clone(),
                        goods: vec![answers, BTreeMap::new()],
                    },
                    ConsignmentDraft::default(),
                ],
                originals: Vec::new(),
            }),
            warnings: Vec::new(),
            missing: vec![MissingRow {
                field: "consignee_address".into(),
                article: "251.1(1)".into(),
                consignment: Some(consignment),
                item: Some(u16::MAX),
            }],
            edition: "kz-2010".into(),
        },
        Event::ActRecorded {
            act: Box::new(ActFacts {
                act: ActId(31),
                kind: "seal_replaced".into(),
                number: Some("55302-S-000031".into()),
                article: "198.4".into(),
                edition: "kz-2010".into(),
                visit: Some(visit),
                consignments: vec![consignment],
                as_of: at("2026-11-21T02:50:00Z"),
                answers: BTreeMap::from([("reason".to_owned(), Answer::Text("damaged".into()))]),
                effects: every_effect(),
                validity: Some(Validity {
                    rule: "ZON-1".into(),
                    until: at("2027-11-21T19:00:00Z"),
                }),
                corrects: Some(ActId(30)),
            }),
        },
        Event::ConsignmentSplit(Split {
            visit,
            consignment,
            into: vec![ConsignmentNo(8), ConsignmentNo(9)],
            reason: "two consignees".into(),
        }),
        Event::ConsignmentsMerged {
            visit,
            consignments: vec![ConsignmentNo(8), ConsignmentNo(9)],
            into: ConsignmentNo(10),
            reason: "one waybill".into(),
        },
        Event::ConsignmentRecorded { visit, consignment, gross: Some(kilograms("0")) },
        Event::GoodsPresented { visit, consignment, as_of: None },
        Event::PapersFiled {
            visit,
            consignment,
            papers: PapersKind::TransitDeclaration,
            reference: "TD-9".into(),
        },
        Event::PapersRegistered {
            visit,
            consignment,
            papers: PapersKind::Declaration,
            number: "55302/211126/0000001".into(),
        },
        Event::PapersRefused(PapersRefusal {
            visit,
            consignment,
            papers: PapersKind::Storage,
            ground: "288.4(2)".into(),
            listed: None,
        }),
        Event::GoodsReleased { visit, consignment, procedure: PapersKind::Declaration },
        Event::PapersContentChecked(PapersContent {
            visit,
            consignment,
            papers: PapersKind::TransitDeclaration,
            content: Box::new(NoticeDraft {
                purpose: Some(Purpose::Departure),
                filed_by: FiledBy::CustomsRepresentative,
                originals: vec![Original {
                    field: "transport_docs".into(),
                    name: "CMR 1.pdf".into(),
                    media_type: "application/pdf".into(),
                    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                        .parse()
                        .unwrap(),
                    language: "zh".into(),
                    size_bytes: 48_211,
                }],
                ..NoticeDraft::of(Mode::Rail)
            }),
            missing: vec![MissingRow {
                field: "hs_code".into(),
                article: "280.3(7)".into(),
                consignment: Some(ConsignmentNo(1)),
                item: Some(2),
            }],
            warnings: vec![Warning {
                field: "container_ids".into(),
                consignment: Some(consignment),
                item: Some(1),
                code: "container_check_digit".into(),
                detail: "CSQU3054384: the last digit would be 3".into(),
            }],
            edition: "kz-2010".into(),
        }),
    ]
}

fn clocks() -> Vec<Event> {
    let clock = ClockId(3);
    vec![
        Event::ClockStarted {
            clock: Box::new(ClockFacts {
                clock,
                rule: "ARR-1".into(),
                article: "252.4".into(),
                obliged: "carrier".into(),
                edition: "kz-2010".into(),
                visit: VisitId(7),
                consignment: Some(ConsignmentNo(u16::MAX)),
                trigger: "goods_presented".into(),
                triggered_at: at("1969-12-31T23:59:59.999999Z"),
                due_at: at("2026-11-21T06:30:00Z"),
                latest_at: at("2026-11-21T19:00:00Z"),
                nominal_day: Some(civil::date(2026, 11, 21)),
                calendar: Some("kz-2026".into()),
                timetable: Some("round-the-clock".into()),
                flags: vec!["outside_working_time".into()],
                stated: None,
                distance_km: None,
            }),
        },
        Event::ClockNearing { clock, minutes_left: 15 },
        Event::ClockStillOpen { clock, minutes: 15 },
        Event::ClockStoppedProvisionally { clock, as_of: at("2026-11-21T05:00:00.000123Z") },
        Event::ClockStopped { clock, as_of: at("2026-11-21T05:00:00Z") },
        Event::ClockRestored { clock },
        Event::ClockExpired { clock },
    ]
}

fn alarms() -> Vec<Event> {
    let number_of = AlarmId(12);
    vec![
        alarm(AlarmCause::Seal { verdict: SealVerdict::Damaged, seal: "K448812".into() }),
        Event::AlarmRepeated { alarm: number_of, count: 2 },
        Event::AlarmAssessed {
            alarm: number_of,
            agreement: Agreement::OwnOnly,
            z: Some(number("9.410")),
        },
        Event::AlarmEnded { alarm: number_of },
        Event::AlarmAcknowledged { alarm: number_of },
        Event::AlarmEscalated { alarm: number_of },
        Event::AlarmDecided {
            alarm: number_of,
            decision: Box::new(AlarmDecision {
                outcome: Outcome::Innocent,
                cause: "potassium fertiliser".into(),
                note: "as declared".into(),
                handheld: Some(Handheld {
                    instrument: "A-77".into(),
                    dose_rate_usv_h: number("0.31"),
                    background_usv_h: number("0.10"),
                    distance_cm: 10,
                }),
                secondary: Secondary::Done,
                second_officer: Some("serik".parse().unwrap()),
            }),
        },
        Event::SoundSilenced { alarms: vec![number_of, AlarmId(u64::MAX)] },
    ]
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn lane() -> LaneId {
    "lane-1".parse().unwrap()
}

fn device(name: &str) -> DeviceId {
    name.parse().unwrap()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn kilograms(text: &str) -> Kilograms {
    Kilograms(number(text))
}

fn rates(rates: [u32; 4]) -> Vec<CountsPerSecond> {
    rates.map(CountsPerSecond).to_vec()
}

pub(super) fn limit<T>(value: T) -> Limit<T> {
    Limit { value, author: "head of the post".into(), approval: "order 14 of 2026".into() }
}

/// One effect of each kind.
fn every_effect() -> Vec<ActEffect> {
    let seals = || vec!["K448812".to_owned(), "K448813".to_owned()];
    vec![
        ActEffect::Step { step: Step::Detained(Ground::Art244) },
        ActEffect::ControlOpened { control: "opening_inspection".into() },
        ActEffect::ControlClosed { control: "opening_inspection".into() },
        ActEffect::SealsApplied { seals: seals(), replacing: true },
        ActEffect::SealsRemoved { seals: seals() },
        ActEffect::SealsGivenUp { seals: seals() },
        ActEffect::FlagSet { flag: "perishable".into(), value: true },
        ActEffect::ScreenedByHand { verdict: RadiationVerdict::AboveBackground },
        ActEffect::PresentedSince { at: at("2026-11-21T02:40:00Z") },
        ActEffect::TermLifted { rule: "PRK-1".into() },
        ActEffect::ActEnded { act: ActId(29) },
    ]
}
