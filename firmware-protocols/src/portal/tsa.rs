//! Dialect `tsa`: the ASCII lines of Rapiscan/TSA portals (SC-770 family, VM-250, TM-850).
//!
//! ```text
//! G  B  ,  0  0  0  3  8  3  ,  0  0  0  3  8  9  ,  0  0  0  4  3  2  ,  0  0  0  4  2  3  CR LF
//! tag      detector 1           2                    3                    4
//! ```
//!
//! A base record has exactly 30 characters; extended records of newer firmware have other lengths. There is no check sum, no
//! sequence number and no clock on the wire, so every character is checked and every instant is an arrival time. Guard characters `!` and
//! `#` of the environment board are tolerated around a line. A well-formed line with an unknown tag is a reading.
//!
//! Deliberately absent: what the lines mean together (see [`super::Occupancies`]). Sources: `docs/protocols/tsa.md`.
//!
//! Assumed: nothing of a line; what is assumed of a portal stands in [`super::PortalSettings`] and is marked `assumed_config` until the
//! portal has spoken.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use units::{Counts, CountsPerSecond, MilliCountsPerSecond};

use super::environment;
use super::record::{
    AdvancedAlarm, Level, Record, SetupGamma1, SetupGamma2, SetupGamma3, SetupNeutron1,
    SetupNeutron2, Speed,
};
use super::settings::Algorithm;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::few::Few;
use crate::limits;
use crate::lines::Lines;

/// The length of a base record without its terminator: all 77 888 lines of a day's recording.
const BASE_CHARS: usize = 30;

/// Decodes the lines of one portal.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::PORTAL_LINE_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| match line {
            Ok(line) => match without_guards(line) {
                [] => {}
                line => out.push(decode(line).map(Reading::Portal)),
            },
            Err(fault) => out.push(Err(fault)),
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        // The guard behind the last line of an environment board is no beginning of another.
        self.lines.cut().filter(|fault| !without_guards(&fault.excerpt.0).is_empty())
    }
}

/// The line between the guard characters of the environment board: `!` before it, `#` after its terminator.
fn without_guards(mut line: &[u8]) -> &[u8] {
    while let [b'!' | b'#', rest @ ..] = line {
        line = rest;
    }
    line
}

/// More than any line that is known has; of others the text is kept as it came.
const MOST_FIELDS: usize = 24;

/// Reads one line, without terminator and guards.
pub fn decode(line: &[u8]) -> Result<Record, Fault> {
    read(line).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

fn read(line: &[u8]) -> Result<Record, (FaultKind, String)> {
    let text = core::str::from_utf8(line)
        .ok()
        .filter(|text| text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    let Some(text) = text else {
        return Err((FaultKind::NotText, "a line of a portal is printable ASCII".to_owned()));
    };
    let (tag, rest) = text.split_once(',').unwrap_or((text, ""));
    if !is_tag(tag) {
        return Err((
            FaultKind::BadField,
            "a tag of two to four capital letters or digits, then a comma, expected".into(),
        ));
    }
    if is_base(tag) && text.len() != BASE_CHARS {
        return Err((
            FaultKind::WrongLength,
            format!("{tag} has {BASE_CHARS} characters, this line has {}", text.len()),
        ));
    }
    let fields: Few<&str, MOST_FIELDS> = Few::of(rest.split(','));
    let (fields, more) = (fields.as_slice(), fields.is_over());
    let record = match tag {
        "GB" => gamma_background(fields, Level::Normal),
        "GH" => gamma_background(fields, Level::High),
        "GL" => gamma_background(fields, Level::Low),
        "NB" => neutron_background(fields, Level::Normal),
        "NH" => neutron_background(fields, Level::High),
        "GS" => integers(fields)
            .map(|counts| Record::GammaScan { alarm: false, counts: counts.map(Counts) }),
        "GA" => integers(fields)
            .map(|counts| Record::GammaScan { alarm: true, counts: counts.map(Counts) }),
        "NS" => integers(fields)
            .map(|counts| Record::NeutronScan { alarm: false, counts: counts.map(Counts) }),
        "NA" => integers(fields)
            .map(|counts| Record::NeutronScan { alarm: true, counts: counts.map(Counts) }),
        "GX" => integers(fields).map(|[counter, background, third, fourth]| Record::OccupancyEnd {
            counter,
            neutron_background: MilliCountsPerSecond(background),
            reserved: [third, fourth],
        }),
        "SP" => speed(fields).map(Record::Speed),
        "TT" => integers::<4>(fields).map(|_| Record::TamperFault),
        "TC" => integers::<4>(fields).map(|_| Record::TamperCleared),
        "SG1" => setup_gamma_1(fields),
        "SG2" => setup_gamma_2(fields),
        "SG3" => setup_gamma_3(fields),
        "SN1" => setup_neutron_1(fields),
        "SN2" => setup_neutron_2(fields),
        "NB1" => decimals(fields).map(Record::NeutronBackgroundFine),
        "NC" => decimals(fields)
            .map(|[per_second, per_count]| Record::NeutronTest { per_second, per_count }),
        "NX" => decimals(fields).map(|[upper, lower]| Record::NeutronLimits { upper, lower }),
        "NZ" => decimals(fields).map(|[sum, again]| Record::NeutronState { sum, again }),
        "AB1" => decimals(fields).map(Record::WindowBackground),
        "AR" => decimals(fields).map(Record::WindowShares),
        "AC" => decimals(fields).map(Record::WindowRatios),
        "AS" => integers(fields).map(|counts| Record::WindowCounts(counts.map(Counts))),
        "AM" => integers(fields).map(Record::WindowWorking),
        "AX" => decimals(fields).map(Record::WindowDeviations),
        "AA" => advanced_alarm(fields),
        "RW" => integers(fields).map(Record::Reserved),
        _ => match environment::read_line(tag, fields).filter(|_| !more) {
            Some(environment) => environment.map(Record::Environment),
            None => Ok(Record::Unknown { tag: tag.to_owned(), raw: text.to_owned() }),
        },
    };
    record.map_err(|detail| (FaultKind::BadField, format!("{tag}: {detail}")))
}

fn is_tag(tag: &str) -> bool {
    (2..=4).contains(&tag.len())
        && tag.starts_with(|first: char| first.is_ascii_uppercase())
        && tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_base(tag: &str) -> bool {
    matches!(
        tag,
        "GB" | "GH" | "GL" | "NB" | "NH" | "GS" | "GA" | "NS" | "NA" | "GX" | "SP" | "TT" | "TC"
    )
}

fn gamma_background(fields: &[&str], level: Level) -> Result<Record, String> {
    Ok(Record::GammaBackground { level, cps: integers(fields)?.map(CountsPerSecond) })
}

fn neutron_background(fields: &[&str], level: Level) -> Result<Record, String> {
    Ok(Record::NeutronBackground { level, cps: integers(fields)?.map(CountsPerSecond) })
}

fn speed(fields: &[&str]) -> Result<Speed, String> {
    let [seconds, mph, kmh, reserved] = exactly(fields)?;
    Ok(Speed {
        seconds_per_foot: decimal(seconds)?,
        mph: decimal(mph)?,
        kmh: decimal(kmh)?,
        reserved: integer(reserved)?,
    })
}

fn setup_gamma_1(fields: &[&str]) -> Result<Record, String> {
    let [high, low, intervals, hold_in, n_sigma, rest] = exactly(fields)?;
    Ok(Record::SetupGamma1(SetupGamma1 {
        high_fault_cps: CountsPerSecond(integer(high)?),
        low_fault_cps: CountsPerSecond(integer(low)?),
        intervals: small(intervals)?,
        hold_in: small(hold_in)?,
        n_sigma: decimal(n_sigma)?,
        rest: rest.to_owned(),
    }))
}

fn setup_gamma_2(fields: &[&str]) -> Result<Record, String> {
    let [on_line, lld, uld, relay, algorithm, software] = exactly(fields)?;
    let [sum, horizontal, vertical, single] = switches(algorithm)?;
    Ok(Record::SetupGamma2(SetupGamma2 {
        on_line: switches(on_line)?,
        master_lld: decimal(lld)?,
        master_uld: decimal(uld)?,
        relay: small(relay)?,
        algorithm: Algorithm { sum, horizontal, vertical, single },
        software: software.to_owned(),
    }))
}

fn setup_gamma_3(fields: &[&str]) -> Result<Record, String> {
    let [lld, uld, time, sigma, firmware] = exactly(fields)?;
    Ok(Record::SetupGamma3(SetupGamma3 {
        slave_lld: decimal(lld)?,
        slave_uld: decimal(uld)?,
        background_time_s: small(time)?,
        background_sigma: small(sigma)?,
        firmware: firmware.to_owned(),
    }))
}

fn setup_neutron_1(fields: &[&str]) -> Result<Record, String> {
    let [high, max, alpha, z_max, sequential, time] = exactly(fields)?;
    Ok(Record::SetupNeutron1(SetupNeutron1 {
        high_fault_cps: CountsPerSecond(integer(high)?),
        max_intervals: small(max)?,
        alpha: integer(alpha)?,
        z_max: integer(z_max)?,
        sequential_intervals: small(sequential)?,
        background_time_s: small(time)?,
    }))
}

fn setup_neutron_2(fields: &[&str]) -> Result<Record, String> {
    let [master_lld, master_uld, slave_lld, slave_uld, rest] = exactly(fields)?;
    Ok(Record::SetupNeutron2(SetupNeutron2 {
        master_lld: decimal(master_lld)?,
        master_uld: decimal(master_uld)?,
        slave_lld: decimal(slave_lld)?,
        slave_uld: decimal(slave_uld)?,
        rest: rest.to_owned(),
    }))
}

fn advanced_alarm(fields: &[&str]) -> Result<Record, String> {
    let [first, second, third, mask] = exactly(fields)?;
    let numbers = [integer(first)?, integer(second)?, integer(third)?];
    Ok(Record::AdvancedAlarm(AdvancedAlarm { numbers, mask: mask.to_owned() }))
}

fn exactly<'a, const N: usize>(fields: &[&'a str]) -> Result<[&'a str; N], String> {
    fields.try_into().map_err(|_| format!("{N} fields expected, {} found", fields.len()))
}

fn integers<const N: usize>(fields: &[&str]) -> Result<[u32; N], String> {
    let mut numbers = [0; N];
    for (number, field) in numbers.iter_mut().zip(exactly::<N>(fields)?) {
        *number = integer(field)?;
    }
    Ok(numbers)
}

fn decimals<const N: usize>(fields: &[&str]) -> Result<[Decimal; N], String> {
    let mut numbers = [Decimal::ZERO; N];
    for (number, field) in numbers.iter_mut().zip(exactly::<N>(fields)?) {
        *number = decimal(field)?;
    }
    Ok(numbers)
}

/// Digits only: `str::parse` would take a sign.
fn integer(field: &str) -> Result<u32, String> {
    let digits = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .then(|| field.parse().ok())
        .flatten()
        .ok_or_else(|| format!("`{field}` is not a whole number"))
}

fn small<T: TryFrom<u32>>(field: &str) -> Result<T, String> {
    T::try_from(integer(field)?).map_err(|_| format!("`{field}` is too large"))
}

/// Blanks in front (records with a fixed column width), a sign, digits and a point.
fn decimal(field: &str) -> Result<Decimal, String> {
    let number = field.trim_start();
    let shape = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
        && number.ends_with(|last: char| last.is_ascii_digit());
    shape
        .then(|| Decimal::from_str_exact(number).ok())
        .flatten()
        .ok_or_else(|| format!("`{field}` is not a decimal number"))
}

fn switches(field: &str) -> Result<[bool; 4], String> {
    let digits: Option<[u8; 4]> = field.as_bytes().try_into().ok();
    let digits = digits.filter(|digits| digits.iter().all(|digit| matches!(digit, b'0' | b'1')));
    digits
        .map(|digits| digits.map(|digit| digit == b'1'))
        .ok_or_else(|| format!("`{field}` is not four digits 0 or 1"))
}

/// The line of `record`, with its CR LF.
///
/// Numbers that do not fit their columns are sent as the largest that fits, as a counter with six digits would.
///
/// `None` for what no line says: a whole state, the read-out of an environment board.
pub fn encode(record: &Record) -> Option<String> {
    let mut line = match record {
        Record::GammaBackground { level, cps } => {
            let tag = match level {
                Level::Normal => "GB",
                Level::High => "GH",
                Level::Low => "GL",
            };
            columns(tag, cps.map(|rate| rate.0))
        }
        Record::NeutronBackground { level, cps } => {
            let tag = match level {
                Level::Normal | Level::Low => "NB",
                Level::High => "NH",
            };
            columns(tag, cps.map(|rate| rate.0))
        }
        Record::GammaScan { alarm, counts } => {
            columns(if *alarm { "GA" } else { "GS" }, counts.map(|count| count.0))
        }
        Record::NeutronScan { alarm, counts } => {
            columns(if *alarm { "NA" } else { "NS" }, counts.map(|count| count.0))
        }
        Record::OccupancyEnd { counter, neutron_background, reserved: [third, fourth] } => {
            columns("GX", [*counter, neutron_background.0, *third, *fourth])
        }
        Record::Speed(Speed { seconds_per_foot, mph, kmh, reserved }) => format!(
            "SP,{:.4},{:06.3},{:06.2},{:06}",
            (*seconds_per_foot).min(Decimal::new(99_999, 4)),
            (*mph).min(Decimal::new(99_999, 3)),
            (*kmh).min(Decimal::new(99_999, 2)),
            reserved.min(&999_999),
        ),
        Record::TamperFault => columns("TT", [0; 4]),
        Record::TamperCleared => columns("TC", [111_111; 4]),
        Record::SetupGamma1(setup) => format!(
            "SG1,{:06},{:06},{:02},{:02},{:04.1},{}",
            setup.high_fault_cps.0,
            setup.low_fault_cps.0,
            setup.intervals,
            setup.hold_in,
            setup.n_sigma,
            setup.rest,
        ),
        Record::SetupGamma2(setup) => {
            let Algorithm { sum, horizontal, vertical, single } = setup.algorithm;
            format!(
                "SG2,{},{:.3},{:.3},{:02},{},{}",
                digits(setup.on_line),
                setup.master_lld,
                setup.master_uld,
                setup.relay,
                digits([sum, horizontal, vertical, single]),
                setup.software,
            )
        }
        Record::SetupGamma3(setup) => format!(
            "SG3,{:.3},{:.3},{:03},{:03},{}",
            setup.slave_lld,
            setup.slave_uld,
            setup.background_time_s,
            setup.background_sigma,
            setup.firmware,
        ),
        Record::SetupNeutron1(setup) => format!(
            "SN1,{:06},{:02},{:04},{:04},{:02},{:03}",
            setup.high_fault_cps.0,
            setup.max_intervals,
            setup.alpha,
            setup.z_max,
            setup.sequential_intervals,
            setup.background_time_s,
        ),
        Record::SetupNeutron2(setup) => format!(
            "SN2,{:.3},{:.3},{:.3},{:.3},{}",
            setup.master_lld, setup.master_uld, setup.slave_lld, setup.slave_uld, setup.rest,
        ),
        Record::NeutronBackgroundFine([a, b, c, d]) => format!("NB1,{a:.8},{b:.8},{c:.8},{d:.8}"),
        Record::NeutronTest { per_second, per_count } => {
            format!("NC,{per_second:.8},{per_count:.8}")
        }
        Record::NeutronLimits { upper, lower } => format!("NX,{upper:.8},{lower:.8}"),
        Record::NeutronState { sum, again } => format!("NZ,{sum:.8},{again:.8}"),
        Record::WindowBackground([a, b, c, d]) => format!("AB1,{a:.8},{b:.8},{c:.8},{d:.8}"),
        Record::WindowShares([a, b, c, d]) => format!("AR,{a:.4},{b:.4},{c:.4},{d:.4}"),
        Record::WindowRatios([a, b]) => format!("AC,{a:.8},{b:.8}"),
        Record::WindowCounts(counts) => columns("AS", counts.map(|count| count.0)),
        Record::WindowWorking(values) => columns("AM", *values),
        Record::WindowDeviations([a, b, c, d, e]) => {
            format!("AX,{a:8.4},{b:8.4},{c:8.4},{d:8.4},{e:8.4}")
        }
        Record::AdvancedAlarm(AdvancedAlarm { numbers: [a, b, c], mask }) => {
            format!("AA,{a:06},{b:06},{c:06},{mask}")
        }
        Record::Reserved(values) => columns("RW", *values),
        Record::Environment(environment) => match environment::write_line(environment) {
            // The guards are what tells the controller that the line came whole.
            Some(line) => return Some(format!("!{line}\r\n#")),
            None => return None,
        },
        Record::Snapshot(_) | Record::Spectroscopic(_) => return None,
        Record::Unknown { tag: _, raw } => raw.clone(),
    };
    line.push_str("\r\n");
    Some(line)
}

fn columns(tag: &str, numbers: [u32; 4]) -> String {
    let [a, b, c, d] = numbers.map(|number| number.min(999_999));
    format!("{tag},{a:06},{b:06},{c:06},{d:06}")
}

fn digits(switches: [bool; 4]) -> String {
    switches.iter().map(|&on| if on { '1' } else { '0' }).collect()
}
