//! What devices say, as words.

use checkpoint::input::observation::{
    Agreement, AxleLoad, AxleSession, Background, BackgroundState, DocumentKind, Health, Picture,
    PlateReading, Radiation, RadiationSeen, Said, ScanChecked, ScanConclusion, ScanDocument,
    ScanInspection, ScanKind, ScanReading, Screening, SealCondition, SealReading, Weight,
    WeightRefusal,
};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, Kilograms};

/// `began`, `gamma agree`, `ended gamma=agree`, `weigh 42180`, `seal K1 intact`, `plate 123ABC02 98%`, …
pub(crate) fn said(words: &[&str], at: Timestamp) -> Said {
    match words {
        ["began"] => Said::OccupancyBegan,
        ["gamma", by] => Said::RadiationSeen(seen(Radiation::Gamma, agreement(by))),
        ["neutron", by] => Said::RadiationSeen(seen(Radiation::Neutron, agreement(by))),
        ["ended", rest @ ..] => Said::OccupancyEnded(screening(rest, at)),
        ["weigh", kg] => Said::WeightSettled(Weight {
            gross: Kilograms(kg.parse().unwrap()),
            stable_by: "device".to_owned(),
            raw: kg.as_bytes().to_vec(),
            dialect: Some("toledo".to_owned()),
            at: Some(at),
            axles: None,
        }),
        ["axles"] => Said::AxlesBegan,
        ["no", "axles"] => Said::NoAxles,
        ["axles", loads @ ..] => Said::AxlesWeighed(axles(loads, at)),
        ["empty"] => Said::ScaleEmpty,
        ["overload"] => Said::WeightRefused(WeightRefusal::Overload),
        ["seal", number, condition, rest @ ..] => Said::Seal(SealReading {
            condition: match *condition {
                "intact" => SealCondition::Intact,
                "opened" => SealCondition::Opened,
                "housing" => SealCondition::HousingOpened,
                "unknown" => SealCondition::Unknown,
                other => panic!("no condition {other:?}"),
            },
            message: rest.first().filter(|word| !word.contains('=')).map(|id| (*id).to_owned()),
            event_class: rest.iter().find_map(|word| word.strip_prefix("event=")?.parse().ok()),
            device_time: rest
                .iter()
                .find_map(|word| word.strip_prefix("late="))
                .map(|time| format!("2026-05-21T{time}Z")),
            late: rest.iter().any(|word| word.starts_with("late=")),
            ..SealReading::of_number(*number)
        }),
        ["scan", what, value, checked, "times", times, "last", last] => Said::ScanRepeated {
            scan: scan(what, value, checked),
            times: times.parse().unwrap(),
            last: super::time(last),
        },
        ["scan", what, value, checked] => Said::Scan(scan(what, value, checked)),
        ["plate", text, confidence, rest @ ..] => Said::Plate(PlateReading {
            text: (*text).to_owned(),
            country: None,
            confidence_percent: Some(confidence.trim_end_matches('%').parse().unwrap()),
            direction: None,
            event: rest.iter().find_map(|word| word.strip_prefix("event=")).map(str::to_owned),
            late: rest.contains(&"late"),
            pictures: rest
                .iter()
                .filter_map(|word| word.strip_prefix("picture="))
                .map(picture)
                .collect(),
        }),
        ["inspection", id, rest @ ..] => Said::Scan(inspection(id, rest)),
        ["passport", number] => Said::Scan(passport(number)),
        ["online"] => Said::Health(Health::Online, "frames come".to_owned()),
        ["offline"] => Said::Health(Health::Offline, "port gone".to_owned()),
        ["silent"] => Said::Health(Health::Silent, "nothing for 15 s".to_owned()),
        ["fault", kind] => {
            Said::Fault { kind: (*kind).to_owned(), detail: "bytes".to_owned(), count: 1 }
        }
        ["background", state] => Said::Background(Background {
            state: match *state {
                "normal" => BackgroundState::Normal,
                "high" => BackgroundState::High,
                "low" => BackgroundState::Low,
                "neutron-high" => BackgroundState::NeutronHigh,
                "depressed" => BackgroundState::Depressed,
                other => panic!("no background {other:?}"),
            },
            gamma: vec![CountsPerSecond(250); 4],
            recent_median: Some(CountsPerSecond(1000)),
        }),
        ["cabinet", "open"] => Said::Tamper { open: true },
        ["cabinet", "closed"] => Said::Tamper { open: false },
        other => panic!("no device says {other:?}"),
    }
}

fn scan(what: &str, value: &str, checked: &str) -> ScanReading {
    let what = match what {
        "code" => ScanKind::Code,
        "container" => ScanKind::Container,
        "seal" => ScanKind::Seal,
        other => panic!("nothing is scanned that is called {other:?}"),
    };
    let checked = match checked {
        "digit" => ScanChecked::CheckDigit,
        "shape" => ScanChecked::Shape,
        "none" => ScanChecked::Nothing,
        other => panic!("nobody checks {other:?}"),
    };
    ScanReading::new(what, value.to_owned(), checked)
}

fn picture(kind: &str) -> Picture {
    Picture {
        kind: kind.to_owned(),
        file_name: format!("{kind}.jpg"),
        media_type: Some("image/jpeg".to_owned()),
        bytes: 1024,
        sha256: kind.to_owned(),
    }
}

/// `7180 9200 missed`: what each axle weighs, and `missed` for one that drove off.
fn axles(words: &[&str], at: Timestamp) -> AxleSession {
    let load = |kg: &&str| {
        let mass = Kilograms(kg.parse().ok()?);
        let (stable_by, raw) = ("device".to_owned(), kg.as_bytes().to_vec());
        Some(AxleLoad { mass, at, stable_by, raw, again: false })
    };
    let axles: Vec<AxleLoad> = words.iter().filter_map(load).collect();
    AxleSession {
        began: at,
        ended: at,
        ended_by: "no_weight".to_owned(),
        dialect: "toledo".to_owned(),
        missed: u32::try_from(words.len() - axles.len()).unwrap(),
        interruptions: 0,
        whole: axles.len() == words.len(),
        axles,
    }
}

/// `inspection X-1 123ABC02 suspicious`: who knows no plate says `-`, or nothing; the image comes with the first document.
fn inspection(id: &str, rest: &[&str]) -> ScanReading {
    let vehicle = rest.first().filter(|word| **word != "-").map(|word| (*word).to_owned());
    let conclusion = rest.get(1).map(|word| match *word {
        "clear" => ScanConclusion::Clear,
        "suspicious" => ScanConclusion::Suspicious,
        "alarm" => ScanConclusion::Alarm,
        other => panic!("nobody concludes {other:?}"),
    });
    let told = ScanInspection { vehicle: vehicle.clone(), ..ScanInspection::default() };
    ScanReading {
        conclusion,
        image_sha256: vehicle.map(|_| "9f".repeat(32)),
        inspection: Some(Box::new(told)),
        ..ScanReading::new(ScanKind::Inspection, id.to_owned(), ScanChecked::Nothing)
    }
}

fn passport(number: &str) -> ScanReading {
    let document = ScanDocument {
        kind: DocumentKind::Passport,
        issuer: "UTO".to_owned(),
        number: number.to_owned(),
        expires: Some(jiff::civil::date(2030, 4, 15)),
    };
    let value = format!("UTO {number}");
    let read = ScanReading::new(ScanKind::TravelDocument, value, ScanChecked::CheckDigit);
    ScanReading { document: Some(Box::new(document)), ..read }
}

fn agreement(word: &str) -> Agreement {
    match word {
        "neither" => Agreement::Neither,
        "agree" => Agreement::Agree,
        "device" => Agreement::DeviceOnly,
        "own" => Agreement::OwnOnly,
        other => panic!("no agreement {other:?}"),
    }
}

fn seen(radiation: Radiation, agreement: Agreement) -> RadiationSeen {
    RadiationSeen {
        radiation,
        agreement,
        z: Some(Decimal::new(7120, 3)),
        threshold: Decimal::from(6),
        sum: Some(Counts(1240)),
        background: Some(CountsPerSecond(1000)),
    }
}

/// `gamma=agree neutron=device nobackground nosum by=link_lost`
fn screening(words: &[&str], at: Timestamp) -> Screening {
    let value = |name: &str| words.iter().find_map(|word| word.strip_prefix(name));
    let found = |name: &str| value(name).map_or(Agreement::Neither, agreement);
    let background = !words.contains(&"nobackground");
    Screening {
        began: at.checked_sub(SignedDuration::from_secs(8)).unwrap(),
        ended: at,
        ended_by: value("by=").unwrap_or("gx").to_owned(),
        device_counter: None,
        missed_before: 0,
        gamma_lines: 40,
        gamma_alarm_lines: 0,
        neutron_lines: 8,
        neutron_alarm_lines: 0,
        gamma_background: background.then(|| vec![CountsPerSecond(250); 4]),
        neutron_background_cps: None,
        max_sum: (!words.contains(&"nosum")).then_some(Counts(1300)),
        max_z: background.then(|| Decimal::new(9480, 3)),
        gamma: found("gamma="),
        neutron: found("neutron="),
        n_sigma: Decimal::from(6),
        speed_mm_s: None,
        quality: Vec::new(),
    }
}
