//! `edge-agent tape`: what an engineer does with the raw bytes that the agent recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use checkpoint::ids::DeviceId;
use clap::{Args, Subcommand, ValueEnum};
use edge_agent::config::Config;
use edge_agent::recording::anonymise::{self, Treatment};
use edge_agent::recording::{Met, Recording, export, free, listing};
use edge_agent::tape;
use firmware_protocols::{Dialect, Settings};
use jiff::{SignedDuration, Timestamp};
use rand::RngCore;

#[derive(Subcommand)]
#[command(
    after_help = "Tapes are only read: the agent may be running. What it has written in the last seconds may not be on the disk yet.

TAPE is a tape file, a device's folder of them, or the folder `tapes` of all devices."
)]
pub(super) enum Tape {
    /// Lists devices: from when to when, how much, where nothing came, what could not be read.
    #[command(after_help = "Examples:
  edge-agent tape list /var/lib/beket/edge/tapes
  edge-agent tape list --config /etc/beket/edge/checkpoint.toml --gap 300 /var/lib/beket/edge/tapes/scale-1")]
    List(List),
    /// Copies what came between two moments, both included, into a tape of its own.
    #[command(after_help = "Example:
  edge-agent tape cut --device portal-1 --from 2026-05-21T11:00:00+05:00 --to 2026-05-21T11:05:00+05:00 -o alarm.tape.gz /var/lib/beket/edge/tapes")]
    Cut(Cut),
    /// Writes a tape in a form that others read: a capture that becomes a test, its bytes, hexadecimal text, a table.
    #[command(after_help = "Examples:
  edge-agent tape export alarm.tape.gz -o source-in-a-truck.bin
  edge-agent tape export --form csv alarm.tape.gz -o alarm.csv

A capture is one file of bytes. Copied to firmware-protocols/tests/captures/DIALECT/ it is a test from then on; NAME.jsonl beside it is what it
says, NAME.settings.json how the device is set. Look at both, and anonymise the tape first.")]
    Export(Export),
    /// Writes tapes in which plates, seals, documents, codes and places are replaced by others of the same shape.
    #[command(after_help = "Examples:
  edge-agent tape anonymise alarm.tape.gz camera.tape.gz -o for-the-maker/
  edge-agent tape anonymise --list

What belonged together still does, in all tapes of one command; check digits and check sums fit; masses, radiation and moments stay. What no
decoder reads is dropped and counted. A tape that holds more than can be replaced is refused, and then nothing is written. Times stay:
who has the journal can still tell which passage it was.")]
    Anonymise(Anonymise),
}

/// How the devices are set.
#[derive(Args)]
struct Set {
    /// The configuration of the site, which tells how each device is set.
    #[arg(long)]
    config: Option<PathBuf>,
    /// How the device is set: JSON, or a file of JSON.
    #[arg(long, value_name = "JSON|FILE", conflicts_with = "config")]
    settings: Option<String>,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    set: Set,
    /// Tells times without a byte that are longer, in seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    gap: u32,
    /// Prints one JSON object a device.
    #[arg(long)]
    json: bool,
    /// The tapes.
    tape: PathBuf,
}

#[derive(Args)]
pub(super) struct Cut {
    /// The device, if there are tapes of several.
    #[arg(long)]
    device: Option<String>,
    /// From this moment on, with its offset; from the beginning if not given.
    #[arg(long)]
    from: Option<Timestamp>,
    /// Up to this moment, with its offset; to the end if not given.
    #[arg(long)]
    to: Option<Timestamp>,
    /// The new tape.
    #[arg(long, short)]
    out: PathBuf,
    /// The tapes.
    tape: PathBuf,
}

#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    set: Set,
    /// The device, if there are tapes of several.
    #[arg(long)]
    device: Option<String>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Form::Capture)]
    form: Form,
    /// The new file.
    #[arg(long, short)]
    out: PathBuf,
    /// The tape.
    tape: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The bytes, and beside them what they say and how the device is set.
    Capture,
    /// The bytes alone.
    Raw,
    /// Hexadecimal digits, a line for each piece that came; `decode --hex` reads it.
    Hex,
    /// A table: moment, hexadecimal digits, escaped text.
    Csv,
}

#[derive(Args)]
pub(super) struct Anonymise {
    #[command(flatten)]
    set: Set,
    /// Lists what is done with each dialect.
    #[arg(long, conflicts_with_all = ["tapes", "out"])]
    list: bool,
    /// The folder for the new tapes; it is made if it is not there.
    #[arg(long, short, required_unless_present = "list")]
    out: Option<PathBuf>,
    /// The tapes.
    #[arg(required_unless_present = "list")]
    tapes: Vec<PathBuf>,
}

impl Tape {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        match self {
            Tape::List(list) => list.done(),
            Tape::Cut(cut) => cut.done(),
            Tape::Export(export) => export.done(),
            Tape::Anonymise(anonymise) => anonymise.done(),
        }
    }
}

/// The settings of each device, as far as somebody said them.
struct Known {
    devices: BTreeMap<String, (Dialect, Settings)>,
    typed: Option<Settings>,
}

impl Set {
    fn known(&self) -> anyhow::Result<Known> {
        let config = self.config.as_deref().map(Config::load).transpose()?;
        let lines = config.into_iter().flat_map(|config| config.lines);
        let devices =
            lines.map(|line| (line.device.id.to_string(), (line.dialect, line.settings))).collect();
        let typed = self.settings.as_deref().map(edge_agent::decode::settings).transpose()?;
        Ok(Known { devices, typed })
    }
}

impl Known {
    /// The settings of the device of this recording; the usual ones if nobody said others.
    fn of(&self, recording: &Recording, dialect: Dialect) -> anyhow::Result<Settings> {
        if let Some(typed) = &self.typed {
            edge_agent::decode::check(dialect, typed)?;
            return Ok(typed.clone());
        }
        let known = self.devices.get(&recording.header.device);
        let known = known.filter(|(of, _)| *of == dialect);
        Ok(known.map(|(_, settings)| settings.clone()).unwrap_or_default())
    }
}

impl List {
    fn done(self) -> anyhow::Result<ExitCode> {
        let known = self.set.known()?;
        let mut out = io::stdout().lock();
        for recording in Recording::find(&self.tape)? {
            let settings = match recording.dialect() {
                Ok(dialect) => known.of(&recording, dialect)?,
                Err(_) => Settings::default(),
            };
            let listed = listing::listed(&recording, &settings, self.gap)?;
            if self.json {
                serde_json::to_writer(&mut out, &listed)?;
                writeln!(out)?;
            } else {
                self.tell(&listed, &mut out)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, listed: &listing::Listed, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}  {}", listed.device, listed.dialect)?;
        writeln!(out, "  files    {}, {} bytes on the disk", listed.files, listed.disk_bytes)?;
        if let (Some(from), Some(to)) = (listed.from, listed.to) {
            writeln!(out, "  span     {from} .. {to}")?;
        }
        writeln!(out, "  bytes    {} in {} pieces", listed.bytes, listed.records)?;
        writeln!(out, "  gaps     {} longer than {} s", listed.gaps_in_all, self.gap)?;
        for gap in &listed.gaps {
            let long: SignedDuration = gap.to.duration_since(gap.from);
            writeln!(out, "           {} .. {}, {} s", gap.from, gap.to, long.as_secs())?;
        }
        match listed.readings {
            None => writeln!(out, "  decoded  not: this program does not know the dialect")?,
            Some(readings) => {
                let faults: u64 = listed.faults.values().sum();
                let kinds: Vec<String> =
                    listed.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
                let kinds =
                    if faults > 0 { format!(": {}", kinds.join(", ")) } else { String::new() };
                writeln!(out, "  decoded  {readings} readings, {faults} faults{kinds}")?;
            }
        }
        if listed.cut_off > 0 {
            writeln!(
                out,
                "  cut off  {} files end before their end: the agent is writing them, or the power went",
                listed.cut_off
            )?;
        }
        Ok(())
    }
}

/// Says what was met.
pub(super) fn told(met: Met) -> io::Result<()> {
    if met.gone > 0 {
        writeln!(io::stderr(), "{} files had rolled off before they were read", met.gone)?;
    }
    Ok(())
}

impl Cut {
    fn done(self) -> anyhow::Result<ExitCode> {
        let us = |moment: Option<Timestamp>| moment.map(Timestamp::as_microsecond);
        let (from_us, to_us) = (us(self.from).unwrap_or(i64::MIN), us(self.to).unwrap_or(i64::MAX));
        anyhow::ensure!(from_us <= to_us, "--from is later than --to");
        let recording = Recording::of_device(&self.tape, self.device.as_deref())?;
        let (records, met) = recording.cut(from_us, to_us, &self.out)?;
        told(met)?;
        writeln!(io::stdout(), "{records} pieces in {}", self.out.display())?;
        if records == 0 {
            writeln!(
                io::stderr(),
                "nothing came in this time: `edge-agent tape list` shows what there is"
            )?;
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    fn done(self) -> anyhow::Result<ExitCode> {
        let known = self.set.known()?;
        let recording = Recording::of_device(&self.tape, self.device.as_deref())?;
        let dialect = recording.dialect()?;
        let settings = known.of(&recording, dialect)?;
        let (records, met) = recording.load(i64::MIN, i64::MAX)?;
        told(met)?;
        let form = match self.form {
            Form::Capture => export::Form::Capture,
            Form::Raw => export::Form::Raw,
            Form::Hex => export::Form::Hex,
            Form::Csv => export::Form::Csv,
        };
        for file in export::export(&records, dialect, &settings, form, &self.out)? {
            writeln!(io::stdout(), "{}", file.display())?;
        }
        if self.form == Form::Capture {
            writeln!(
                io::stderr(),
                "to make it a test: copy {} to firmware-protocols/tests/captures/{dialect}/",
                self.out.display()
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Anonymise {
    fn done(self) -> anyhow::Result<ExitCode> {
        let Some(out) = &self.out else {
            treatments(io::stdout().lock())?;
            return Ok(ExitCode::SUCCESS);
        };
        let known = self.set.known()?;
        let mut loaded = Vec::new();
        for path in &self.tapes {
            for recording in Recording::find(path)? {
                let dialect = recording.dialect()?;
                let settings = known.of(&recording, dialect)?;
                let (records, met) = recording.load(i64::MIN, i64::MAX)?;
                told(met)?;
                loaded.push((recording.header, dialect, settings, records));
            }
        }
        let mut names = BTreeSet::new();
        for (header, ..) in &loaded {
            let path = Self::file(out, header)?;
            free(&path)?;
            anyhow::ensure!(
                names.insert(path),
                "two tapes of {} ({}): give them to two commands",
                header.device,
                header.dialect
            );
        }
        let tapes: Vec<anonymise::Tape<'_>> = loaded
            .iter()
            .map(|(_, dialect, settings, records)| anonymise::Tape {
                dialect: *dialect,
                settings,
                records,
            })
            .collect();
        let done = anonymise::anonymise(&tapes, rand::rng().next_u64())?;
        std::fs::create_dir_all(out)
            .with_context(|| format!("failed to make {}", out.display()))?;
        for ((header, ..), (records, report)) in loaded.iter().zip(done) {
            let path = Self::file(out, header)?;
            tape::write(&path, header, records)?;
            tell(&path, &report, io::stdout().lock())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Names come from the tape, which somebody else may have written: they name a device and a dialect, and no folder.
    fn file(out: &Path, header: &tape::Header) -> anyhow::Result<PathBuf> {
        let device = DeviceId::try_from(header.device.clone()).with_context(|| {
            format!("the tape says that its device is called {:?}", header.device)
        })?;
        let dialect: Dialect = header.dialect.parse().map_err(anyhow::Error::msg)?;
        Ok(out.join(format!("{device}-{dialect}.tape.gz")))
    }
}

fn tell(path: &Path, report: &anonymise::Report, mut out: impl Write) -> io::Result<()> {
    let listed = |counts: Vec<String>| match counts.as_slice() {
        [] => "nothing".to_owned(),
        counts => counts.join(", "),
    };
    let replaced = report.replaced.iter().map(|(what, count)| format!("{count} {what}"));
    writeln!(out, "{}", path.display())?;
    writeln!(out, "  readings  {}", report.readings)?;
    writeln!(out, "  replaced  {}", listed(replaced.collect()))?;
    let faults = report.faults.iter().map(|(kind, count)| format!("{kind} {count}"));
    let bytes = report.undecoded_bytes;
    if bytes > 0 {
        writeln!(
            out,
            "  dropped   {bytes} bytes that no decoder reads: {}",
            listed(faults.collect())
        )?;
    }
    if report.dropped > 0 {
        writeln!(out, "  dropped   {} readings that could not be said again", report.dropped)?;
    }
    Ok(())
}

fn treatments(mut out: impl Write) -> io::Result<()> {
    for &dialect in Dialect::ALL {
        let what = match Treatment::of(dialect) {
            Treatment::Nothing => "stays as it came: it says nothing of anybody".to_owned(),
            Treatment::Replaced(what) => {
                let what: Vec<String> = what.iter().map(ToString::to_string).collect();
                format!("replaced: {}", what.join(", "))
            }
            Treatment::Refused(why) => format!("refused: {why}"),
        };
        writeln!(out, "{:<20} {what}", dialect.name())?;
    }
    Ok(())
}
