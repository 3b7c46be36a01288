//! Devices: how each speaks, where it is, how it is set.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use checkpoint::site::{Device, Family, Lane};
use firmware_protocols::portal::{Algorithm, PortalSettings, SettingsOrigin};
use firmware_protocols::weighbridge::{AxleSettings, SettlingSettings};
use firmware_protocols::{Dialect, Family as Spoken, Settings};
use rust_decimal::Decimal;
use toml::Spanned;
use units::{Kilograms, MilliSigma};

use super::limits::repeated_within;
use super::{Look, listed};
use crate::config::{Connect, DeviceLine, Instrument, Scale, SerialLine, written};

pub(super) fn devices(look: &mut Look, file: &written::File, lanes: &[Lane]) -> Vec<DeviceLine> {
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
        let settings =
            spoken.map(|(dialect, _)| settings(look, device, dialect)).unwrap_or_default();
        if let (Some((dialect, _)), Some(connect)) = (spoken, &connect) {
            can_be_asked(look, device, dialect, connect);
        }
        let silence_s = *device.silence_limit_s.get_ref();
        if silence_s == 0 {
            look.at(
                &device.silence_limit_s,
                format!("device {id}: silence_limit_s: 0"),
                "three periods of the device: 15 for a portal that sends its background every 5 s",
            );
        }
        let portal = portal(look, device, spoken.map(|(_, family)| family));
        let instrument = instrument(look, device, spoken.map(|(_, family)| family));
        let scale = weighs(look, device, spoken.map(|(_, family)| family));
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
                settings,
                connect,
                silence_limit,
                portal,
                instrument,
                scale,
                repeated_within: repeated_within(&file.limits),
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
        written.listen.is_some(),
        written.udp.is_some(),
        written.serial.is_some(),
        written.mqtt.is_some(),
        written.sparkplug.is_some(),
        written.http_push.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        look.at(&device.connect, format!("device {id}: connect names {} ways", ways.iter().filter(|way| **way).count()),
            "exactly one of: tcp = \"host:port\", listen = \"address:port\", udp = \"address:port\", serial = \"/dev/..\", mqtt = \"topic\", sparkplug = \"group/node/device\", http_push = true");
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
    if let (None, Some(metrics)) = (&written.sparkplug, &written.metrics) {
        look.at(
            metrics,
            format!("device {id}: connect: metrics belong to sparkplug"),
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
    } else if let Some(listen) = &written.listen {
        let address = listening(look, device, "listen", listen)?;
        (listen, format!("tcp port {}", address.port()), Connect::Listen(address))
    } else if let Some(udp) = &written.udp {
        let address = listening(look, device, "udp", udp)?;
        (udp, format!("udp port {}", address.port()), Connect::Udp(address))
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
    } else if let Some(sparkplug) = &written.sparkplug {
        let address = sparkplug.get_ref();
        if !has_broker {
            look.at(
                sparkplug,
                format!("device {id}: sparkplug: no broker is named"),
                "add a table [mqtt] with broker and client_id",
            );
        }
        let watched = super::nodes::watched(look, device, sparkplug)?;
        (sparkplug, format!("node {address}"), Connect::Sparkplug(Box::new(watched)))
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

/// An address of ours at which a device speaks to us.
fn listening(
    look: &mut Look,
    device: &written::Device,
    key: &str,
    written: &Spanned<String>,
) -> Option<SocketAddr> {
    let address = written.get_ref().parse::<SocketAddr>().ok().filter(|address| address.port() > 0);
    if address.is_none() {
        let id = device.id.get_ref();
        look.at(
            written,
            format!("device {id}: {key}: {:?}", written.get_ref()),
            "an address of this machine and a port, such as \"192.168.10.2:5010\"",
        );
    }
    address
}

/// What the site sets of the dialect: only keys that the dialect reads, and those that it cannot do without.
fn settings(look: &mut Look, device: &written::Device, dialect: Dialect) -> Settings {
    let id = device.id.get_ref();
    let known = dialect.settings();
    let Some(written) = &device.settings else {
        if known.contains(&"modbus") {
            look.at(
                &device.dialect,
                format!("device {id}: settings are missing: {dialect} does not say what its registers mean"),
                "a table settings.modbus, see docs/protocols/modbus.md",
            );
        }
        return Settings::default();
    };
    let settings = written.get_ref().clone();
    for key in settings.given() {
        if !known.contains(&key.as_str()) {
            let instead = if known.is_empty() {
                format!("leave it out: {dialect} is the same everywhere")
            } else {
                format!("of {}", listed(known.iter().copied()))
            };
            look.at(written, format!("device {id}: settings: {dialect} reads no {key}"), instead);
        }
    }
    if let Err(what) = settings.check(dialect) {
        look.at(written, format!("device {id}: settings: {what}"), "see docs/protocols");
    }
    settings
}

/// A device that says nothing unasked needs a line on which it can be asked.
fn can_be_asked(look: &mut Look, device: &written::Device, dialect: Dialect, connect: &Connect) {
    if dialect.has_to_be_asked() && !connect.is_both_ways() {
        look.at(
            &device.connect,
            format!(
                "device {}: {dialect} has to be asked, and there is no way to ask",
                device.id.get_ref()
            ),
            "tcp, listen, udp or serial",
        );
    }
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
    // Assumed where the site says nothing: 8N1, as most devices of a lane are delivered. The page of a dialect says where that is another.
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

/// What documents of its passages say of a portal.
fn instrument(look: &mut Look, device: &written::Device, family: Option<Family>) -> Instrument {
    let Some(table) = &device.instrument else { return Instrument::default() };
    let id = device.id.get_ref();
    if family.is_some_and(|family| family != Family::Portal) {
        look.at(
            table,
            format!("device {id}: instrument: this is no portal"),
            "leave the table out: only passages through portals become documents",
        );
    }
    let written::Instrument { manufacturer, model, firmware } = table.get_ref();
    for (key, value) in [("manufacturer", manufacturer), ("model", model), ("firmware", firmware)] {
        if value.as_ref().is_some_and(|value| value.trim().is_empty()) {
            look.at(
                table,
                format!("device {id}: instrument: {key} is empty"),
                "what stands on the portal, or no key: then the documents say that it is not stated",
            );
        }
    }
    Instrument {
        manufacturer: manufacturer.clone(),
        model: model.clone(),
        firmware: firmware.clone(),
    }
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

/// Whole vehicles, unless the site says that the scale is shorter than they are.
fn weighs(look: &mut Look, device: &written::Device, family: Option<Family>) -> Scale {
    let id = device.id.get_ref();
    let scale = scale(look, device, family);
    let Some(table) = &device.axles else { return Scale::Vehicles(scale) };
    if family.is_some_and(|family| family != Family::Weighbridge) {
        look.at(
            table,
            format!("device {id}: axles: this is no weighbridge"),
            "leave the table out",
        );
    }
    let no_weight_s = &table.get_ref().no_weight_s;
    if !NO_WEIGHT_S.contains(no_weight_s.get_ref()) {
        look.at(
            no_weight_s,
            format!("device {id}: no_weight_s: {}", no_weight_s.get_ref()),
            "3 to 600: longer than a driver needs from one axle to the next, shorter than until the next vehicle",
        );
    }
    let no_weight_ms = u32::from(*no_weight_s.get_ref()).saturating_mul(1000);
    Scale::Axles(AxleSettings { no_weight_ms, scale })
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
        increment_kg: Some(*written.increment_kg.get_ref()),
        window_readings: *written.window_readings.get_ref(),
        window_ms: written.window_ms,
        gap_ms: written.gap_ms,
        unit_if_silent: written.unit_if_silent,
    }
}

/// The families of the codecs in the words of the checkpoint.
pub(super) fn family_of(spoken: Spoken) -> Family {
    match spoken {
        Spoken::Portal => Family::Portal,
        Spoken::Weighbridge => Family::Weighbridge,
        Spoken::Seal => Family::SealReader,
        Spoken::Plate => Family::PlateCamera,
        Spoken::Scanner => Family::Scanner,
    }
}

pub(super) fn family_name(family: Family) -> &'static str {
    match family {
        Family::Portal => "portal",
        Family::Weighbridge => "weighbridge",
        Family::SealReader => "seal_reader",
        Family::PlateCamera => "plate_camera",
        Family::Scanner => "scanner",
    }
}

/// Seconds with an empty scale after which a vehicle that is weighed axle by axle can be taken to have gone.
const NO_WEIGHT_S: RangeInclusive<u16> = 3..=600;
/// The longest topic of a device.
const TOPIC_BYTES: usize = 128;
