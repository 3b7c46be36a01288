//! What the devices of these tests say, made here.

/// One line of a portal with four numbers.
pub(crate) fn line(tag: &str, numbers: [u32; 4]) -> String {
    let [a, b, c, d] = numbers;
    format!("{tag},{a:06},{b:06},{c:06},{d:06}\r\n")
}

/// A quiet background.
pub(crate) fn background() -> String {
    line("GB", [100, 100, 100, 100])
}

/// A vehicle that shields a little and carries nothing.
pub(crate) fn vehicle() -> String {
    let scans: String = (0..20).map(|_| line("GS", [20, 20, 20, 20])).collect();
    format!("{}{scans}GX,000001,004500,000000,000000\r\n", background())
}

/// A vehicle that carries a gamma source, and whose alarm the portal flags.
pub(crate) fn source() -> String {
    let quiet: String = (0..10).map(|_| line("GS", [20, 20, 20, 20])).collect();
    let loud: String = (0..5).map(|_| line("GA", [220, 220, 220, 220])).collect();
    format!("{}{quiet}{loud}GX,000002,004500,000000,000000\r\n", background())
}

/// The document of a plate camera.
pub(crate) fn plate(text: &str, event: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<EventNotificationAlert version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\">
<ipAddress>192.0.2.11</ipAddress><channelID>1</channelID>
<dateTime>2026-05-21T11:00:00+05:00</dateTime>
<eventType>ANPR</eventType><eventState>active</eventState>
<ANPR><licensePlate>{text}</licensePlate><confidenceLevel>98</confidenceLevel>
<country>30</country><direction>forward</direction></ANPR>
<UUID>{event}</UUID></EventNotificationAlert>"
    )
}

/// 2026-05-21T11:00:00Z, in microseconds.
pub(crate) const NOON_US: i64 = 1_779_361_200_000_000;

/// Writes a tape of the device `device-1`: what came so many seconds after [`NOON_US`].
pub(crate) fn tape(path: &std::path::Path, dialect: &str, said: &[(i64, &[u8])]) {
    tape_of("device-1", path, dialect, said);
}

/// The same of another device.
pub(crate) fn tape_of(device: &str, path: &std::path::Path, dialect: &str, said: &[(i64, &[u8])]) {
    let (device, dialect) = (device.to_owned(), dialect.to_owned());
    let header = edge_agent::tape::Header { device, dialect };
    let records = said.iter().map(|(second, bytes)| edge_agent::tape::Record {
        at_us: NOON_US + second * 1_000_000,
        bytes: bytes.to_vec(),
    });
    edge_agent::tape::write(path, &header, records).unwrap();
}

/// A daily file of a portal whose lines tell the date and the offset.
pub(crate) const DAILY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../firmware-protocols/tests/captures/tsa/own-portal-with-alarm.day"
);

/// The day of [`DAILY`], as it is typed.
pub(crate) const DAY: &str = "2026-05-21+05:00";

/// What [`DAILY`] says, in lines that tell the time of day only.
pub(crate) fn daily_without_its_day() -> String {
    let text = std::fs::read_to_string(DAILY).unwrap();
    let line = |line: &str| {
        let (live, moment) = line.rsplit_once(',').unwrap();
        let time = moment.split(' ').nth(1).unwrap().replace(':', "-");
        format!("{live},{time}\r\n")
    };
    text.lines().map(line).collect()
}
