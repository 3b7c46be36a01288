//! Dialect `spectroscopic-daily`: the daily files of spectroscopic portals (ASP, straddle carriers, mobile systems).
//!
//! ```text
//! S1,NaI,SPM,512,1.4,NSigma,8                  setup: detectors, application, channels, algorithm, then names and values
//! GB,Aa1,0,3,17,..   NB,030,12,9,..  BX,time   periodic background: a spectrum a detector, neutrons, end
//! GS,Aa1,001,0,1,..  NS,010,001,1,0,..         one second of an occupancy: a spectrum a detector, neutrons of all
//! AB,Gamma,300,..    AB,Neutron,300,240        the background that the algorithm used
//! ID,Cs-137,..                                 what it identified
//! GX,Red,594,time,file,entry speed,exit speed  end of the occupancy
//! ```
//!
//! Two of these tags are those of dialect `tsa` with other fields: which of the two a file is follows from the device, never from a tag. A file is
//! written when the occupancy is over, so nothing here is live.
//!
//! Deliberately absent: spectra. They are added up to one count each; the tape has them. Sources: `docs/protocols/spectroscopic-daily.md`.
//!
//! Assumed: Red and Yellow are told as gamma.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::record::Record;
use crate::codec::{Codec, Item, Settings};
use crate::dialect::Reading;
use crate::fault::{Fault, FaultKind};
use crate::limits;
use crate::lines::Lines;

/// One line of a spectroscopic daily file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// `S1`: how the portal is set.
    Setup {
        /// `NaI` or `HPGe`.
        detectors: String,
        /// `SPM`, `RDSC` or `MRDIS`.
        application: String,
        /// Channels of a spectrum.
        channels: u32,
        /// Version of the algorithm.
        algorithm: String,
        /// Further settings: names and values.
        parameters: Vec<(String, String)>,
    },
    /// `S2`: deviation pairs of the detectors, as they came.
    Deviations(Vec<String>),
    /// `GB`: the periodic background of one detector.
    GammaBackground(Spectrum),
    /// `NB`: the periodic background of the neutron detectors.
    NeutronBackground {
        /// How long it took, in seconds.
        seconds: Decimal,
        /// Counts of each detector.
        counts: Vec<Decimal>,
    },
    /// `BX`: the end of the periodic background, and when it was taken.
    BackgroundEnd(String),
    /// `GS`: one time chunk of one detector in an occupancy.
    GammaSignal {
        /// Its number in the occupancy, from 1.
        chunk: u32,
        /// The detector and its counts.
        spectrum: Spectrum,
    },
    /// `NS`: one time chunk of all neutron detectors.
    NeutronSignal {
        /// How many slices of 0.1 s make a chunk: 10.
        slices: u32,
        /// Its number in the occupancy, from 1.
        chunk: u32,
        /// Counts of each detector.
        counts: Vec<Decimal>,
    },
    /// `AB`: the background that the algorithm used, of all detectors.
    Analyzed {
        /// Whether it is of neutrons.
        neutron: bool,
        /// How long it took, in seconds.
        seconds: Decimal,
        /// Counts.
        counts: Decimal,
    },
    /// `ID`: what was identified, and from what.
    Identified {
        /// The nuclide; `NONE` if there was none.
        nuclide: String,
        /// Detectors and slices, as they came.
        from: Vec<String>,
    },
    /// `GX`: the end of an occupancy.
    End {
        /// The colour of the alarm light.
        light: Light,
        /// The number of the occupancy.
        occupancy: u32,
        /// When it ended, by the portal.
        time: String,
        /// The file that has all of it.
        file: String,
        /// Speed at the entry, as it came: no source gives the unit.
        entry_speed: Option<Decimal>,
        /// Speed at the exit.
        exit_speed: Option<Decimal>,
    },
}

/// A spectrum, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spectrum {
    /// The detector, such as `Aa1`.
    pub detector: String,
    /// Counts of all channels.
    pub counts: Decimal,
    /// How many channels there are.
    pub channels: u32,
}

/// The alarm light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Alarm.
    Red,
    /// Alarm of a lesser kind; which is the maker's to say.
    Yellow,
    /// None.
    Green,
}

/// Decodes the lines of a file.
#[derive(Debug)]
pub struct Decoder {
    lines: Lines,
}

impl Codec for Decoder {
    fn new(_: &Settings) -> Decoder {
        Decoder { lines: Lines::new(limits::SPECTRUM_LINE_BYTES) }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Item>) {
        self.lines.push(bytes, |line| {
            let line = line.and_then(decode);
            out.push(line.map(|line| Reading::Portal(Record::Spectroscopic(Box::new(line)))));
        });
    }

    fn cut(&mut self) -> Option<Fault> {
        self.lines.cut()
    }
}

/// Reads one line, without terminator.
pub fn decode(line: &[u8]) -> Result<Line, Fault> {
    read(line).map_err(|(kind, detail)| Fault::new(kind, detail, line))
}

type Wrong = (FaultKind, String);

fn read(line: &[u8]) -> Result<Line, Wrong> {
    let text = core::str::from_utf8(line)
        .ok()
        .filter(|text| text.bytes().all(|byte| (0x20..0x7f).contains(&byte) || byte == b'\t'));
    let Some(text) = text else {
        return Err((FaultKind::NotText, "a line is printable ASCII".to_owned()));
    };
    let mut fields = Fields::of(text);
    let tag = fields.next().unwrap_or_default();
    match tag {
        "S1" => setup(fields),
        "S2" => Ok(Line::Deviations(owned(fields))),
        "GB" => gamma_background(fields),
        "NB" => neutron_background(fields),
        "BX" => background_end(fields),
        "GS" => gamma_signal(fields),
        "NS" => neutron_signal(fields),
        "AB" => analyzed(fields),
        "ID" => identified(fields),
        "GX" => end(fields),
        _ => {
            let detail = "one of S1 S2 GB NB BX GS NS AB ID GX expected".to_owned();
            return Err((FaultKind::BadField, detail));
        }
    }
    .map_err(|detail| (FaultKind::BadField, format!("{tag}: {detail}")))
}

/// The fields of a line, one after another: there are as many as a spectrum has channels.
#[derive(Debug, Clone)]
struct Fields<'a>(core::str::Split<'a, char>);

impl<'a> Fields<'a> {
    fn of(line: &'a str) -> Fields<'a> {
        // A comma at the end of a line ends its last field.
        let line = line.trim_end();
        Fields(line.strip_suffix(',').unwrap_or(line).split(','))
    }

    /// The first so many, if there are.
    fn first<const COUNT: usize>(&mut self) -> Option<[&'a str; COUNT]> {
        let mut first = [""; COUNT];
        for field in &mut first {
            *field = self.next()?;
        }
        Some(first)
    }

    fn is_empty(&self) -> bool {
        self.clone().next().is_none()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.next().map(str::trim)
    }
}

fn setup(mut fields: Fields<'_>) -> Result<Line, String> {
    let [detectors, application, channels, algorithm] =
        fields.first().ok_or("detectors, application, channels and algorithm expected")?;
    let channels = whole(channels)?;
    let pairs = fields.clone().count().div_ceil(2).min(limits::PORTAL_NAMES);
    let mut part = || fields.next().unwrap_or_default().to_owned();
    Ok(Line::Setup {
        detectors: detectors.to_owned(),
        application: application.to_owned(),
        channels,
        algorithm: algorithm.to_owned(),
        parameters: (0..pairs).map(|_| (part(), part())).collect(),
    })
}

fn gamma_background(mut fields: Fields<'_>) -> Result<Line, String> {
    let [detector] = fields.first().ok_or("a detector expected")?;
    Ok(Line::GammaBackground(spectrum(detector, fields)?))
}

fn neutron_background(mut fields: Fields<'_>) -> Result<Line, String> {
    match fields.first() {
        Some([seconds]) if !fields.is_empty() => {
            Ok(Line::NeutronBackground { seconds: number(seconds)?, counts: numbers(fields)? })
        }
        _ => Err("seconds and counts expected".to_owned()),
    }
}

fn background_end(mut fields: Fields<'_>) -> Result<Line, String> {
    match fields.first() {
        Some([time]) if fields.is_empty() => Ok(Line::BackgroundEnd(time.to_owned())),
        _ => Err("one time expected".to_owned()),
    }
}

fn gamma_signal(mut fields: Fields<'_>) -> Result<Line, String> {
    let [detector, chunk] = fields.first().ok_or("a detector, a chunk and counts expected")?;
    Ok(Line::GammaSignal { chunk: whole(chunk)?, spectrum: spectrum(detector, fields)? })
}

fn neutron_signal(mut fields: Fields<'_>) -> Result<Line, String> {
    match fields.first() {
        Some([slices, chunk]) if !fields.is_empty() => Ok(Line::NeutronSignal {
            slices: whole(slices)?,
            chunk: whole(chunk)?,
            counts: numbers(fields)?,
        }),
        _ => Err("slices, a chunk and counts expected".to_owned()),
    }
}

fn analyzed(mut fields: Fields<'_>) -> Result<Line, String> {
    let [kind, seconds] = fields.first().ok_or("a radiation, seconds and counts expected")?;
    let neutron = match kind {
        "Gamma" => false,
        "Neutron" => true,
        other => return Err(format!("`{other}` is neither Gamma nor Neutron")),
    };
    if fields.is_empty() {
        return Err("counts expected".to_owned());
    }
    Ok(Line::Analyzed { neutron, seconds: number(seconds)?, counts: sum(fields)? })
}

fn identified(mut fields: Fields<'_>) -> Result<Line, String> {
    let [nuclide] = fields.first().ok_or("a nuclide expected")?;
    Ok(Line::Identified { nuclide: nuclide.to_owned(), from: owned(fields) })
}

fn end(mut fields: Fields<'_>) -> Result<Line, String> {
    let [light, occupancy, time, file] =
        fields.first().ok_or("a light, a number, a time and a file expected")?;
    let light = match light {
        "Red" => Light::Red,
        "Yellow" => Light::Yellow,
        "Green" => Light::Green,
        other => return Err(format!("`{other}` is neither Red nor Yellow nor Green")),
    };
    let occupancy = whole(occupancy)?;
    let mut speed = || fields.next().filter(|speed| !speed.is_empty()).map(number).transpose();
    let (entry_speed, exit_speed) = (speed()?, speed()?);
    let (time, file) = (time.to_owned(), file.to_owned());
    Ok(Line::End { light, occupancy, time, file, entry_speed, exit_speed })
}

fn spectrum(detector: &str, channels: Fields<'_>) -> Result<Spectrum, String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    // A line of a `tsa` portal has a number here.
    if !detector.starts_with(|first: char| first.is_ascii_alphabetic())
        || !detector.bytes().all(is_name)
    {
        return Err(format!("`{detector}` is not the name of a detector"));
    }
    let count = channels.clone().count();
    if count < 2 {
        return Err("a spectrum expected".to_owned());
    }
    Ok(Spectrum {
        detector: detector.to_owned(),
        counts: sum(channels)?,
        channels: u32::try_from(count).unwrap_or(u32::MAX),
    })
}

fn owned(fields: Fields<'_>) -> Vec<String> {
    let count = fields.clone().count().min(limits::N42_CHANNELS);
    let mut owned = Vec::with_capacity(count);
    owned.extend(fields.take(count).map(ToOwned::to_owned));
    owned
}

fn sum(mut fields: Fields<'_>) -> Result<Decimal, String> {
    fields.try_fold(Decimal::ZERO, |sum, field| Ok(sum.saturating_add(number(field)?)))
}

fn numbers(fields: Fields<'_>) -> Result<Vec<Decimal>, String> {
    let mut numbers = Vec::with_capacity(fields.clone().count());
    for field in fields {
        numbers.push(number(field)?);
    }
    Ok(numbers)
}

fn whole(field: &str) -> Result<u32, String> {
    let digits = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| field.parse().ok()).flatten();
    number.ok_or_else(|| format!("`{field}` is not a whole number"))
}

fn number(field: &str) -> Result<Decimal, String> {
    let shape = field.starts_with(|first: char| first.is_ascii_digit())
        && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && !field.ends_with('.');
    let number = shape.then(|| Decimal::from_str_exact(field).ok()).flatten();
    number.ok_or_else(|| format!("`{field}` is not a number"))
}

/// The line with its CR LF, where it can be written again: a spectrum was added up, so its sum goes to the first channel.
pub fn encode(line: &Line) -> String {
    let list = |numbers: &[Decimal]| -> String {
        numbers.iter().map(|number| format!(",{number}")).collect()
    };
    let channels = |spectrum: &Spectrum| -> String {
        let rest = usize::try_from(spectrum.channels).unwrap_or(0).saturating_sub(1);
        format!(",{}{}", spectrum.counts, ",0".repeat(rest))
    };
    let mut text = match line {
        Line::Setup { detectors, application, channels, algorithm, parameters } => {
            let parameters: String =
                parameters.iter().map(|(name, value)| format!(",{name},{value}")).collect();
            format!("S1,{detectors},{application},{channels},{algorithm}{parameters}")
        }
        Line::Deviations(fields) => format!("S2,{}", fields.join(",")),
        Line::GammaBackground(spectrum) => {
            format!("GB,{}{}", spectrum.detector, channels(spectrum))
        }
        Line::NeutronBackground { seconds, counts } => format!("NB,{seconds:03}{}", list(counts)),
        Line::BackgroundEnd(time) => format!("BX,{time}"),
        Line::GammaSignal { chunk, spectrum } => {
            format!("GS,{},{chunk:03}{}", spectrum.detector, channels(spectrum))
        }
        Line::NeutronSignal { slices, chunk, counts } => {
            format!("NS,{slices:03},{chunk:03}{}", list(counts))
        }
        Line::Analyzed { neutron, seconds, counts } => {
            let (radiation, rest) = if *neutron { ("Neutron", "") } else { ("Gamma", ",0") };
            format!("AB,{radiation},{seconds},{counts}{rest}")
        }
        Line::Identified { nuclide, from } => {
            let from: String = from.iter().map(|part| format!(",{part}")).collect();
            format!("ID,{nuclide}{from}")
        }
        Line::End { light, occupancy, time, file, entry_speed, exit_speed } => {
            let speeds: String = [entry_speed, exit_speed]
                .into_iter()
                .flatten()
                .map(|speed| format!(",{speed}"))
                .collect();
            format!("GX,{light:?},{occupancy},{time},{file}{speeds}")
        }
    };
    text.push_str("\r\n");
    text
}
