//! The second look at a configuration: what is right by itself and wrong beside the rest. It looks at everything before it complains.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkpoint::site::{Device, Family, Lane, Limit, Limits, Site, WeightTolerance};
use firmware_protocols::portal::{Algorithm, PortalSettings, SettingsOrigin};
use firmware_protocols::weighbridge::SettlingSettings;
use firmware_protocols::{Dialect, Family as Spoken};
use jiff::SignedDuration;
use rust_decimal::Decimal;
use toml::Spanned;
use units::{Kilograms, MilliSigma};
use wire::chain::Hash;

use super::{
    Config, Connect, DeviceLine, Finding, Hub, JournalSettings, Mqtt, SerialLine, TapeSettings,
    written,
};
use crate::terminal::session::Account;

/// Collects what is wrong.
#[derive(Default)]
struct Look {
    findings: Vec<Finding>,
}

impl Look {
    fn at<T>(&mut self, place: &Spanned<T>, wrong: impl Into<String>, right: impl Into<String>) {
        self.findings.push(Finding {
            span: Some(place.span()),
            wrong: wrong.into(),
            right: right.into(),
        });
    }
}

pub(super) fn check(
    file: written::File,
    folder: &Path,
    text: &str,
) -> Result<Config, Vec<Finding>> {
    let mut look = Look::default();
    let lanes = lanes(&mut look, &file.lanes);
    let lines = devices(&mut look, &file, &lanes);
    let limits = limits(&mut look, file.limits);
    let officers = officers(&mut look, file.officers);
    let mqtt = file.mqtt.and_then(|mqtt| broker(&mut look, mqtt, folder));
    let terminal = listen(&mut look, "terminal.listen", &file.terminal.listen);
    let ingest = listen(&mut look, "ingest.listen", &file.ingest.listen);
    let hub = file.hub.and_then(|hub| self::hub(&mut look, hub, folder));
    let written::Checkpoint {
        id,
        title,
        office_code,
        zone,
        edition,
        calendar,
        timetable,
        data_dir,
    } = file.checkpoint;
    if office_code.get_ref().len() != 5
        || !office_code.get_ref().bytes().all(|b| b.is_ascii_digit())
    {
        let code = office_code.get_ref();
        look.at(
            &office_code,
            format!("office_code: {code:?}"),
            "the five digits of the customs office, such as \"55301\"",
        );
    }
    if jiff::tz::TimeZone::get(zone.get_ref()).is_err() {
        let name = zone.get_ref();
        look.at(
            &zone,
            format!("zone: no time zone is called {name:?}"),
            "an IANA name, such as \"Asia/Almaty\"",
        );
    }
    let mut beside = |key: &str, file: Option<Spanned<PathBuf>>| {
        file.map(|file| {
            let path = folder.join(file.get_ref());
            if !path.is_file() {
                let shown = file.get_ref().display();
                look.at(
                    &file,
                    format!("{key}: there is no file {shown} beside this one"),
                    "a path relative to this file, or no key for what the program carries",
                );
            }
            path
        })
    };
    let edition = beside("edition", edition);
    let calendar = beside("calendar", calendar);
    let timetable = beside("timetable", timetable);
    if *file.journal.snapshot_every.get_ref() == 0 {
        look.at(&file.journal.snapshot_every, "snapshot_every: 0", "at least 1 entry");
    }
    if *file.tape.max_mb.get_ref() == 0 {
        look.at(
            &file.tape.max_mb,
            "max_mb: 0",
            "at least 1 megabyte; a day of a busy portal takes about one, compressed",
        );
    }
    let (Some(limits), Some(terminal), Some(ingest)) = (limits, terminal, ingest) else {
        return Err(look.findings);
    };
    if !look.findings.is_empty() {
        return Err(look.findings);
    }
    let site = Site {
        checkpoint: id,
        title,
        office_code: office_code.into_inner(),
        zone: zone.into_inner(),
        lanes,
        devices: lines.iter().map(|line| line.device.clone()).collect(),
    };
    Ok(Config {
        site,
        limits,
        edition,
        calendar,
        timetable,
        data_dir: folder.join(data_dir),
        lines,
        mqtt,
        officers,
        terminal,
        ingest: (ingest != terminal).then_some(ingest),
        hub,
        synchronised_file: file.clock.synchronised_file,
        journal: JournalSettings { snapshot_every: file.journal.snapshot_every.into_inner() },
        tape: TapeSettings {
            max_mb: file.tape.max_mb.into_inner(),
            max_days: file.tape.max_days.into_inner(),
        },
        digest: Hash::of(text.as_bytes()).to_string(),
    })
}

fn lanes(look: &mut Look, written: &[written::Lane]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for lane in written {
        let id = lane.id.get_ref();
        if lanes.iter().any(|known| known.id == *id) {
            look.at(
                &lane.id,
                format!("lane {id}: there are two of this name"),
                "a name for each lane",
            );
            continue;
        }
        lanes.push(Lane {
            id: id.clone(),
            title: lane.title.clone(),
            direction: lane.direction,
            mode: lane.mode,
        });
    }
    lanes
}

fn devices(look: &mut Look, file: &written::File, lanes: &[Lane]) -> Vec<DeviceLine> {
    let mut lines: Vec<DeviceLine> = Vec::new();
    let mut taken: HashMap<String, String> = HashMap::new();
    for device in &file.devices {
        let id = device.id.get_ref();
        if lines.iter().any(|line| line.device.id == *id) {
            look.at(
                &device.id,
                format!("device {id}: there are two of this name"),
                "a name for each device",
            );
        }
        if !lanes.iter().any(|lane| lane.id == *device.lane.get_ref()) {
            let known = listed(lanes.iter().map(|lane| lane.id.as_str()));
            let lane = device.lane.get_ref();
            look.at(
                &device.lane,
                format!("device {id}: lane: there is no lane {lane}"),
                format!("one of {known}"),
            );
        }
        let spoken = dialect_and_family(look, device);
        let connect = connect(look, device, file.mqtt.is_some(), &mut taken);
        let silence_s = *device.silence_limit_s.get_ref();
        if silence_s == 0 {
            look.at(
                &device.silence_limit_s,
                format!("device {id}: silence_limit_s: 0"),
                "three periods of the device: 15 for a portal that sends its background every 5 s",
            );
        }
        let portal = portal(look, device, spoken.map(|(_, family)| family));
        let scale = scale(look, device, spoken.map(|(_, family)| family));
        if let (Some((dialect, family)), Some(connect)) = (spoken, connect) {
            let described = Device {
                id: id.clone(),
                lane: device.lane.get_ref().clone(),
                family,
                dialect: dialect.name().to_owned(),
                title: device.title.clone(),
            };
            let silence_limit = Duration::from_secs(u64::from(silence_s));
            lines.push(DeviceLine {
                device: described,
                dialect,
                connect,
                silence_limit,
                portal,
                scale,
            });
        }
    }
    lines
}

fn dialect_and_family(look: &mut Look, device: &written::Device) -> Option<(Dialect, Family)> {
    let (id, name) = (device.id.get_ref(), device.dialect.get_ref());
    let Ok(dialect) = name.parse::<Dialect>() else {
        let known = listed(Dialect::ALL.iter().map(|dialect| dialect.name()));
        look.at(
            &device.dialect,
            format!("device {id}: dialect: {name:?} is not known"),
            format!("one of {known}"),
        );
        return None;
    };
    let families: Vec<Family> =
        dialect.families().iter().map(|family| family_of(*family)).collect();
    match (&device.family, families.as_slice()) {
        (Some(family), _) if families.contains(family.get_ref()) => {
            Some((dialect, *family.get_ref()))
        }
        (None, [family]) => Some((dialect, *family)),
        (Some(family), _) => {
            let said = family_name(*family.get_ref());
            let known = listed(families.iter().map(|family| family_name(*family)));
            look.at(
                family,
                format!("device {id}: family: no {said} speaks {name}"),
                format!("{name} is spoken by: {known}"),
            );
            None
        }
        (None, _) => {
            let known = listed(families.iter().map(|family| family_name(*family)));
            look.at(
                &device.dialect,
                format!("device {id}: family is missing: {name} is spoken by several"),
                format!("family = one of {known}"),
            );
            None
        }
    }
}

fn connect(
    look: &mut Look,
    device: &written::Device,
    has_broker: bool,
    taken: &mut HashMap<String, String>,
) -> Option<Connect> {
    let id = device.id.get_ref();
    let written = device.connect.get_ref();
    let ways = [
        written.tcp.is_some(),
        written.serial.is_some(),
        written.mqtt.is_some(),
        written.http_push.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        look.at(&device.connect, format!("device {id}: connect names {} ways", ways.iter().filter(|way| **way).count()),
            "exactly one of: tcp = \"host:port\", serial = \"/dev/..\", mqtt = \"topic\", http_push = true");
        return None;
    }
    if written.serial.is_none() {
        let baud = written.baud.as_ref().map(Spanned::span);
        let bits = written
            .data_bits
            .as_ref()
            .map(Spanned::span)
            .or(written.stop_bits.as_ref().map(Spanned::span));
        let parity = written.parity.as_ref().map(Spanned::span);
        if let Some(span) = baud.or(bits).or(parity) {
            look.at(
                &Spanned::new(span, ()),
                format!("device {id}: connect: speed, bits and parity belong to serial lines"),
                "leave it out",
            );
        }
    }
    if let (None, Some(status)) = (&written.mqtt, &written.status_topic) {
        look.at(
            status,
            format!("device {id}: connect: status_topic belongs to mqtt"),
            "leave it out",
        );
    }
    let (place, address, connect) = if let Some(tcp) = &written.tcp {
        let address = tcp.get_ref();
        let port = address
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        if !port.is_some_and(|(host, port)| !host.is_empty() && port > 0) {
            look.at(
                tcp,
                format!("device {id}: tcp: {address:?}"),
                "host and port, such as \"192.168.10.21:1600\"",
            );
        }
        (tcp, address.clone(), Connect::Tcp(address.clone()))
    } else if let Some(serial) = &written.serial {
        let path = serial.get_ref();
        (serial, path.clone(), Connect::Serial(serial_line(look, device, path.clone())?))
    } else if let Some(mqtt) = &written.mqtt {
        let topic = mqtt.get_ref();
        if !has_broker {
            look.at(
                mqtt,
                format!("device {id}: mqtt: no broker is named"),
                "add a table [mqtt] with broker and client_id",
            );
        }
        if topic.is_empty() || topic.len() > TOPIC_BYTES || topic.contains(['#', '+']) {
            look.at(
                mqtt,
                format!("device {id}: mqtt: {topic:?}"),
                format!(
                    "one topic without # and +, at most {TOPIC_BYTES} bytes: a device has its own"
                ),
            );
        }
        let status_topic = written.status_topic.as_ref().map(|status| status.get_ref().clone());
        (mqtt, format!("topic {topic}"), Connect::Mqtt { topic: topic.clone(), status_topic })
    } else if let Some(push) = &written.http_push {
        if !push.get_ref() {
            look.at(
                push,
                format!("device {id}: http_push: false"),
                "true, or another way to connect",
            );
        }
        return Some(Connect::HttpPush);
    } else {
        return None;
    };
    if let Some(other) = taken.insert(address.clone(), id.to_string()) {
        look.at(
            place,
            format!("device {id}: connect: {address} is already used by device {other}"),
            "a port, an address, a topic for each device",
        );
    }
    Some(connect)
}

fn serial_line(look: &mut Look, device: &written::Device, path: String) -> Option<SerialLine> {
    use tokio_serial::{DataBits, Parity, StopBits};
    let id = device.id.get_ref();
    let written = device.connect.get_ref();
    if path.is_empty() {
        look.at(
            &device.connect,
            format!("device {id}: serial: \"\""),
            "a path such as \"/dev/serial/by-id/usb-FTDI_..\"",
        );
    }
    let Some(baud) = &written.baud else {
        look.at(
            &device.connect,
            format!("device {id}: serial without baud"),
            "baud = the speed that the device is set to, such as 9600",
        );
        return None;
    };
    if !(50..=4_000_000).contains(baud.get_ref()) {
        look.at(baud, format!("device {id}: baud: {}", baud.get_ref()), "50 to 4000000");
    }
    let data_bits = match written.data_bits.as_ref().map_or(8, |bits| *bits.get_ref()) {
        7 => DataBits::Seven,
        8 => DataBits::Eight,
        other => {
            look.at(&device.connect, format!("device {id}: data_bits: {other}"), "7 or 8");
            return None;
        }
    };
    let stop_bits = match written.stop_bits.as_ref().map_or(1, |bits| *bits.get_ref()) {
        1 => StopBits::One,
        2 => StopBits::Two,
        other => {
            look.at(&device.connect, format!("device {id}: stop_bits: {other}"), "1 or 2");
            return None;
        }
    };
    let parity =
        match written.parity.as_ref().map_or(written::Parity::None, |parity| *parity.get_ref()) {
            written::Parity::None => Parity::None,
            written::Parity::Odd => Parity::Odd,
            written::Parity::Even => Parity::Even,
        };
    Some(SerialLine { path, baud: *baud.get_ref(), data_bits, parity, stop_bits })
}

fn portal(look: &mut Look, device: &written::Device, family: Option<Family>) -> PortalSettings {
    let id = device.id.get_ref();
    let Some(table) = &device.portal else { return PortalSettings::default() };
    if family.is_some_and(|family| family != Family::Portal) {
        look.at(table, format!("device {id}: portal: this is no portal"), "leave the table out");
    }
    let written = table.get_ref();
    let milli = written
        .n_sigma
        .checked_mul(Decimal::ONE_THOUSAND)
        .and_then(|sigma| i32::try_from(sigma).ok());
    let Some(n_sigma_milli) = milli.filter(|sigma| (1..=100_000).contains(sigma)) else {
        look.at(
            table,
            format!("device {id}: n_sigma: {}", written.n_sigma),
            "standard deviations, above 0 and at most 100",
        );
        return PortalSettings::default();
    };
    if !(1..=50).contains(written.intervals.get_ref()) {
        look.at(
            &written.intervals,
            format!("device {id}: intervals: {}", written.intervals.get_ref()),
            "1 to 50 intervals of 0.2 s",
        );
    }
    let digits = written.algorithm.get_ref().as_bytes();
    let algorithm = match digits {
        [sum, horizontal, vertical, single]
            if digits.iter().all(|digit| matches!(digit, b'0' | b'1')) =>
        {
            Algorithm {
                sum: *sum == b'1',
                horizontal: *horizontal == b'1',
                vertical: *vertical == b'1',
                single: *single == b'1',
            }
        }
        _ => {
            let said = written.algorithm.get_ref();
            look.at(
                &written.algorithm,
                format!("device {id}: algorithm: {said:?}"),
                "four digits 0 or 1: sum, horizontal, vertical, single; such as \"1010\"",
            );
            Algorithm::default()
        }
    };
    PortalSettings {
        n_sigma_milli: MilliSigma(n_sigma_milli),
        intervals: *written.intervals.get_ref(),
        hold_in_intervals: written.hold_in_intervals,
        algorithm,
        background_time_s: written.background_time_s,
        neutron_max_intervals: written.neutron_max_intervals,
        neutron_upper: written.neutron_upper,
        neutron_lower: written.neutron_lower,
        origin: SettingsOrigin::Assumed,
    }
}

fn scale(look: &mut Look, device: &written::Device, family: Option<Family>) -> SettlingSettings {
    let id = device.id.get_ref();
    let Some(table) = &device.scale else { return SettlingSettings::default() };
    if family.is_some_and(|family| family != Family::Weighbridge) {
        look.at(
            table,
            format!("device {id}: scale: this is no weighbridge"),
            "leave the table out",
        );
    }
    let written = table.get_ref();
    if *written.increment_kg.get_ref() <= Kilograms::ZERO {
        look.at(
            &written.increment_kg,
            format!("device {id}: increment_kg is not above 0"),
            "the scale interval d of the indicator, such as \"20\"",
        );
    }
    if *written.window_readings.get_ref() < 2 {
        look.at(
            &written.window_readings,
            format!("device {id}: window_readings: {}", written.window_readings.get_ref()),
            "at least 2: one reading cannot agree with itself",
        );
    }
    SettlingSettings {
        empty_below_kg: written.empty_below_kg,
        increment_kg: *written.increment_kg.get_ref(),
        window_readings: *written.window_readings.get_ref(),
        window_ms: written.window_ms,
        gap_ms: written.gap_ms,
        unit_if_silent: written.unit_if_silent,
    }
}

fn limits(look: &mut Look, written: written::Limits) -> Option<Limits> {
    let written::Weight { percent, at_least_kg, instrument_error_kg, author, approval } =
        written.weight;
    if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(percent.get_ref()) {
        look.at(
            &percent,
            format!("limits.weight: percent: {}", percent.get_ref()),
            "0 to 100 percent of the declared gross weight",
        );
    }
    for kilograms in [&at_least_kg, &instrument_error_kg] {
        if *kilograms.get_ref() < Kilograms::ZERO {
            look.at(kilograms, "limits.weight: a negative mass", "0 kg or more");
        }
    }
    let tolerance = WeightTolerance {
        percent: percent.into_inner(),
        at_least: at_least_kg.into_inner(),
        instrument_error: instrument_error_kg.into_inner(),
    };
    let weight = answered(look, "weight", tolerance, author, approval);
    let written::Share { share, author, approval } = written.background_depressed_below;
    if !(Decimal::ZERO..=Decimal::ONE).contains(share.get_ref()) {
        look.at(
            &share,
            format!("limits.background_depressed_below: share: {}", share.get_ref()),
            "a share of the recent median, 0 to 1",
        );
    }
    let background_depressed_below =
        answered(look, "background_depressed_below", share.into_inner(), author, approval);
    let vehicle_gap = seconds(look, "vehicle_gap", written.vehicle_gap);
    let escalation_after = seconds(look, "escalation_after", written.escalation_after);
    let hub_away_after = seconds(look, "hub_away_after", written.hub_away_after);
    let written::Percent { percent, author, approval } = written.plate_confidence;
    if !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(percent.get_ref()) {
        look.at(
            &percent,
            format!("limits.plate_confidence: percent: {}", percent.get_ref()),
            "0 to 100",
        );
    }
    let plate_confidence_percent =
        answered(look, "plate_confidence", percent.into_inner(), author, approval);
    let written::Minutes { minutes, author, approval } = written.clock_warnings;
    if minutes.get_ref().is_empty()
        || !minutes.get_ref().is_sorted_by(|a, b| a > b)
        || minutes.get_ref().contains(&0)
    {
        look.at(
            &minutes,
            format!("limits.clock_warnings: minutes: {:?}", minutes.get_ref()),
            "minutes before the end of a term, longest first, such as [60, 30, 10]",
        );
    }
    let warnings =
        minutes.into_inner().into_iter().map(|m| SignedDuration::from_mins(i64::from(m))).collect();
    let clock_warnings = answered(look, "clock_warnings", warnings, author, approval);
    Some(Limits {
        version: written.version,
        weight: weight?,
        background_depressed_below: background_depressed_below?,
        vehicle_gap: vehicle_gap?,
        escalation_after: escalation_after?,
        hub_away_after: hub_away_after?,
        plate_confidence_percent: plate_confidence_percent?,
        clock_warnings: clock_warnings?,
    })
}

fn seconds(
    look: &mut Look,
    name: &str,
    written: written::Seconds,
) -> Option<Limit<SignedDuration>> {
    let written::Seconds { seconds, author, approval } = written;
    if *seconds.get_ref() == 0 {
        look.at(&seconds, format!("limits.{name}: seconds: 0"), "at least 1 second");
    }
    let value = SignedDuration::from_secs(i64::from(seconds.into_inner()));
    answered(look, name, value, author, approval)
}

/// A limit, if somebody answers for it.
fn answered<T>(
    look: &mut Look,
    name: &str,
    value: T,
    author: Spanned<String>,
    approval: Spanned<String>,
) -> Option<Limit<T>> {
    let mut whole = true;
    for (key, said) in [("author", &author), ("approval", &approval)] {
        if said.get_ref().trim().is_empty() {
            whole = false;
            let right = if key == "author" {
                "who set the number"
            } else {
                "the paper that approved it, or why none is needed"
            };
            look.at(said, format!("limits.{name}: {key} is empty"), right);
        }
    }
    whole.then(|| Limit { value, author: author.into_inner(), approval: approval.into_inner() })
}

fn officers(look: &mut Look, written: Vec<written::Officer>) -> Vec<Account> {
    let mut officers: Vec<Account> = Vec::new();
    for officer in written {
        let id = officer.id.get_ref();
        if officers.iter().any(|known| known.id == *id) {
            look.at(
                &officer.id,
                format!("officer {id}: there are two of this name"),
                "a name for each officer",
            );
        }
        let hash = officer.password_hash.get_ref();
        let usable = argon2::PasswordHash::new(hash)
            .is_ok_and(|hash| hash.algorithm.as_str() == "argon2id" && hash.hash.is_some());
        if !usable {
            look.at(
                &officer.password_hash,
                format!("officer {id}: password_hash is no hash of argon2id"),
                "what `edge-agent hash-password` prints; never the password itself",
            );
        }
        officers.push(Account {
            id: id.clone(),
            name: officer.name,
            role: officer.role,
            password_hash: officer.password_hash.into_inner(),
        });
    }
    officers
}

fn broker(look: &mut Look, written: written::Mqtt, folder: &Path) -> Option<Mqtt> {
    let address =
        written.broker.get_ref().strip_prefix("mqtt://").and_then(|rest| rest.rsplit_once(':'));
    let address =
        address.and_then(|(host, port)| Some((host.to_owned(), port.parse::<u16>().ok()?)));
    let Some((host, port)) = address.filter(|(host, port)| !host.is_empty() && *port > 0) else {
        let said = written.broker.get_ref();
        look.at(&written.broker, format!("mqtt.broker: {said:?}"), "such as \"mqtt://127.0.0.1:1883\"; the broker of a checkpoint stands in its own network");
        return None;
    };
    if written.client_id.get_ref().is_empty() {
        look.at(
            &written.client_id,
            "mqtt.client_id is empty",
            "a name that stays the same, so that the broker keeps what we have not taken",
        );
    }
    let login = match (written.username, written.password_file) {
        (None, None) => None,
        (Some(username), Some(file)) => {
            match std::fs::read_to_string(folder.join(file.get_ref())) {
                Ok(password) => Some((username.into_inner(), password.trim_end().to_owned())),
                Err(error) => {
                    let shown = file.get_ref().display();
                    look.at(
                        &file,
                        format!("mqtt.password_file: {shown} cannot be read: {error}"),
                        "a file that holds the password and that only the agent may read",
                    );
                    None
                }
            }
        }
        (Some(username), None) => {
            look.at(&username, "mqtt.username without password_file", "both or neither");
            None
        }
        (None, Some(file)) => {
            look.at(&file, "mqtt.password_file without username", "both or neither");
            None
        }
    };
    Some(Mqtt {
        host,
        port,
        protocol: written.protocol,
        client_id: written.client_id.into_inner(),
        login,
    })
}

fn hub(look: &mut Look, written: written::Hub, folder: &Path) -> Option<Hub> {
    let url = written.url.get_ref();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        look.at(
            &written.url,
            format!("hub.url: {url:?}"),
            "such as \"https://hub.example.org:8491\", or http:// on one machine",
        );
    }
    let mut file = |key: &str, path: Option<Spanned<PathBuf>>| {
        path.map(|path| {
            let full = folder.join(path.get_ref());
            if !full.is_file() {
                let shown = path.get_ref().display();
                look.at(
                    &path,
                    format!("hub.{key}: there is no file {shown}"),
                    "a file in PEM form, relative to this one",
                );
            }
            full
        })
    };
    let ca = file("ca", written.ca);
    let certificate = file("certificate", written.certificate);
    let key = file("key", written.key);
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            look.at(&written.url, "hub: certificate and key belong together", "both or neither");
            None
        }
    };
    Some(Hub { url: written.url.into_inner(), ca, identity })
}

fn listen(look: &mut Look, key: &str, address: &Spanned<String>) -> Option<SocketAddr> {
    let parsed = address.get_ref().parse::<SocketAddr>();
    if parsed.is_err() {
        let said = address.get_ref();
        look.at(
            address,
            format!("{key}: {said:?}"),
            "an address and a port, such as \"127.0.0.1:8480\"",
        );
    }
    parsed.ok()
}

/// The families of the codecs in the words of the checkpoint.
pub(super) fn family_of(spoken: Spoken) -> Family {
    match spoken {
        Spoken::Portal => Family::Portal,
        Spoken::Weighbridge => Family::Weighbridge,
        Spoken::Seal => Family::SealReader,
        Spoken::Plate => Family::PlateCamera,
    }
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::Portal => "portal",
        Family::Weighbridge => "weighbridge",
        Family::SealReader => "seal_reader",
        Family::PlateCamera => "plate_camera",
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The longest topic of a device.
const TOPIC_BYTES: usize = 128;
