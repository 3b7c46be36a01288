//! The devices of the site for their page: how each is reached and set, and when it was heard. What was recorded of them is on the board.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use firmware_protocols::Settings;
use tokio_serial::{DataBits, Parity, StopBits};

use super::Terminal;
use super::messages::{DeviceStatus, Problem};
use super::signing::Signed;
use crate::config::{Connect, DeviceLine, SerialLine};
use crate::ingest::hearing::{Hearing, Hearings};

/// The devices of the site. A copy is the same.
#[derive(Debug, Clone)]
pub struct Equipment(Arc<Vec<(DeviceStatus, Arc<Hearing>)>>);

impl Equipment {
    /// As the site describes them.
    pub fn new(lines: &[DeviceLine], hearings: Hearings) -> Equipment {
        let described = |line: &DeviceLine| {
            let settings = given(&line.settings);
            let keys = line.dialect.settings().iter();
            let usual = keys.filter(|key| !settings.contains_key(**key)).map(|key| (*key).into());
            let status = DeviceStatus {
                id: line.device.id.clone(),
                link: link(line),
                usual: usual.collect(),
                settings,
                silence_limit_s: line.silence_limit.as_secs(),
                heard_ms: None,
                reading_ms: None,
                readings: 0,
            };
            (status, hearings.of(&line.device.id))
        };
        Equipment(Arc::new(lines.iter().map(described).collect()))
    }

    fn now(&self) -> Vec<DeviceStatus> {
        let now = |(status, hearing): &(DeviceStatus, Arc<Hearing>)| DeviceStatus {
            heard_ms: hearing.bytes_ms(),
            reading_ms: hearing.reading_ms(),
            readings: hearing.count(),
            ..status.clone()
        };
        self.0.iter().map(now).collect()
    }
}

/// How each device is reached and set, and when it was heard, in the order of the configuration.
#[utoipa::path(get, path = "/api/devices", responses(
    (status = 200, body = Vec<DeviceStatus>), (status = 401, body = Problem)
))]
pub(super) async fn devices(
    State(terminal): State<Terminal>,
    _: Signed,
) -> Json<Vec<DeviceStatus>> {
    Json(terminal.equipment.now())
}

/// What the site sets, each as JSON.
fn given(settings: &Settings) -> BTreeMap<String, String> {
    let Ok(serde_json::Value::Object(keys)) = serde_json::to_value(settings) else {
        return BTreeMap::new();
    };
    let given = keys.into_iter().filter(|(_, value)| !value.is_null());
    given.map(|(key, value)| (key, value.to_string())).collect()
}

fn link(line: &DeviceLine) -> String {
    match &line.connect {
        Connect::Tcp(address) => format!("tcp {address}"),
        Connect::Listen(address) => format!("tcp port {address}"),
        Connect::Udp(address) => format!("udp port {address}"),
        Connect::Serial(serial) => serial_words(serial),
        Connect::Mqtt { topic, .. } => format!("mqtt {topic}"),
        Connect::Sparkplug(watched) => format!("sparkplug {}", watched.address),
        Connect::HttpPush => format!("http /push/{}", line.device.id),
    }
}

/// As technicians write it: `/dev/ttyUSB0 9600 8N1`.
fn serial_words(line: &SerialLine) -> String {
    let bits = match line.data_bits {
        DataBits::Five => 5,
        DataBits::Six => 6,
        DataBits::Seven => 7,
        DataBits::Eight => 8,
    };
    let parity = match line.parity {
        Parity::None => 'N',
        Parity::Odd => 'O',
        Parity::Even => 'E',
    };
    let stop = match line.stop_bits {
        StopBits::One => 1,
        StopBits::Two => 2,
    };
    format!("{} {} {bits}{parity}{stop}", line.path, line.baud)
}
