//! `edge-agent n42`: occupancies as documents that others can read, and documents of others looked at.

mod recordings;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use checkpoint::ids::DeviceId;
use clap::{Args, Subcommand};
use edge_agent::config::{Config, DeviceLine, Instrument};
use edge_agent::daily;
use edge_agent::journal::Reader;
use edge_agent::n42::{self, About, Recorded, Source};
use edge_agent::replay::RecordingError;
use firmware_protocols::Dialect;
use firmware_protocols::n42::{Document, write};
use firmware_protocols::portal::daily::FileDay;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use wire::entry::Decoded;

use self::recordings::Recordings;

#[derive(Subcommand)]
pub(super) enum N42 {
    /// Writes one N42.42-2012 document for each passage through a portal.
    #[command(after_help = r#"Examples:
  edge-agent n42 export --recording tapes/portal-1/1479700000.tape.gz --device portal-1 --out n42/
  edge-agent n42 export --recording tapes/portal-1 --device portal-1 --config /etc/beket/edge/checkpoint.toml --out n42/
  edge-agent n42 export --recording 06-01.csv 06-02.csv --device portal-1 --out n42/
  edge-agent n42 export --recording yantar.tape.gz --device portal-2 --dialect aspect --settings '{"aspect":{"counts_ms":200}}' --out n42/
  edge-agent n42 export --journal /var/lib/beket/edge/journal.db --from 1000 --out n42/

A recording (tapes of the agent, or daily files of a portal) gives every interval of each passage. The journal has what they
amounted to, and the documents say so. An agent whose configuration has a table [n42] writes each passage by itself, with both.

Exit code 1 if nothing of a recording was understood, or a document could not be written."#)]
    Export(Box<Export>),
    /// Reads documents of 2012 or 2006 and says what does not hold of them. Exit code 1 if anything does not.
    #[command(after_help = "Example:\n  edge-agent n42 check n42/*.n42")]
    Check {
        /// A moment that no time in them may exceed, with its offset.
        #[arg(long)]
        now: Option<Timestamp>,
        /// The documents.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(super) struct Export {
    /// Tapes of the agent, a device's folder of them, or daily files of a portal, each by its name. Several are one recording, in the order of
    /// time, however long: it is heard piece by piece.
    #[arg(
        long,
        num_args = 1..,
        value_name = "FILE|FOLDER",
        required_unless_present = "journal",
        conflicts_with = "journal",
        requires = "device"
    )]
    recording: Vec<PathBuf>,
    /// The day, with its offset from UTC, of a daily file whose lines tell the time of day only: 2016-06-01-07:00.
    #[arg(long, value_name = "DATE+HH:MM", value_parser = daily::day, conflicts_with = "journal")]
    day: Option<FileDay>,
    /// A journal. The agent may be running meanwhile.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// The device: of a recording its name, of a journal the only one that is looked at.
    #[arg(long)]
    device: Option<DeviceId>,
    /// The configuration of the site, which tells how the device of the recording speaks and is set, who made it, and the time there.
    #[arg(long, conflicts_with_all = ["dialect", "settings", "journal"])]
    config: Option<PathBuf>,
    /// How the device of the recording speaks. A tape names it by itself; a daily file is of tsa.
    #[arg(long, value_parser = super::dialect)]
    dialect: Option<Dialect>,
    /// How the device of the recording is set: JSON, or a file of JSON.
    #[arg(long, value_name = "JSON|FILE", conflicts_with = "journal")]
    settings: Option<String>,
    /// The folder for the documents; it is made if it is not there.
    #[arg(long)]
    out: PathBuf,
    /// The first entry of the journal.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// The last entry of the journal; all if not given.
    #[arg(long)]
    to: Option<u64>,
    /// Who made the portal. Without it, its model and its software the site's configuration is asked; what nobody says is `not stated`.
    #[arg(long)]
    manufacturer: Option<String>,
    /// Its model.
    #[arg(long)]
    model: Option<String>,
    /// The version of its software.
    #[arg(long)]
    firmware: Option<String>,
    /// The offset from UTC in which times are written. Without it that of the site's zone is taken, and without --config +05:00.
    #[arg(long, value_parser = daily::offset, allow_hyphen_values = true)]
    offset: Option<Offset>,
    /// Repeats gamma counts as spectra of eight channels, for readers that pass over counts without a spectrum.
    #[arg(long)]
    spectra: bool,
}

impl N42 {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        match self {
            N42::Export(export) => export.done(),
            N42::Check { now, files } => checked(&files, now),
        }
    }
}

impl Export {
    fn done(self) -> anyhow::Result<ExitCode> {
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("failed to make {}", self.out.display()))?;
        let mut put = Folder { out: &self.out, taken: BTreeSet::new(), written: 0 };
        if let Some(device) = self.device.as_ref().filter(|_| !self.recording.is_empty()) {
            self.of_recordings(device, &mut put)?;
        }
        if let Some(journal) = &self.journal {
            self.of_journal(journal, &self.about(None), &mut put)?;
        }
        writeln!(io::stdout(), "{} documents in {}", put.written, self.out.display())?;
        Ok(ExitCode::SUCCESS)
    }

    /// What is typed stands above what the site says.
    fn about(&self, site: Option<(&Config, &DeviceLine)>) -> About {
        let said = site.map(|(_, line)| line.instrument.clone()).unwrap_or_default();
        let zone = site.and_then(|(config, _)| TimeZone::get(&config.site.zone).ok());
        About {
            instrument: Instrument {
                manufacturer: self.manufacturer.clone().or(said.manufacturer),
                model: self.model.clone().or(said.model),
                firmware: self.firmware.clone().or(said.firmware),
            },
            zone: self.offset.map(TimeZone::fixed).or(zone).unwrap_or(TimeZone::fixed(OFFSET)),
            spectra: self.spectra,
        }
    }

    fn of_recordings(&self, device: &DeviceId, put: &mut Folder<'_>) -> anyhow::Result<()> {
        let config = self.config.as_deref().map(Config::load).transpose()?;
        let line = config.as_ref().map(|config| line_of(config, device)).transpose()?;
        let recordings = Recordings::find(&self.recording, device, self.day)?;
        let told = recordings.dialects();
        anyhow::ensure!(
            told.len() < 2 || self.dialect.is_some(),
            "tapes of several dialects: export those of one at a time, or say --dialect"
        );
        let told = told.into_iter().next();
        let source = match line {
            Some(line) => {
                if let Some(dialect) = told.filter(|dialect| *dialect != line.dialect) {
                    anyhow::bail!(
                        "the tape of {device} is of the dialect {dialect}, and the configuration says {}: export it without --config",
                        line.dialect
                    );
                }
                Source::of(line)
            }
            None => {
                let dialect = self.dialect.or(told).unwrap_or(Dialect::Tsa);
                let settings = super::decoding::settings(dialect, self.settings.as_deref())?;
                Source::new(dialect, settings.unwrap_or_default())
            }
        };
        let about = self.about(config.as_ref().zip(line));
        let mut recorded = Recorded::new(&source);
        recordings.hear(&mut recorded, &mut |passage| {
            put.document(&n42::of_passage(device, &passage, &about))
        })?;
        let names: Vec<String> =
            self.recording.iter().map(|path| path.display().to_string()).collect();
        let names = names.join(", ");
        let (understood, faults) = (recorded.understood(), recorded.faults());
        anyhow::ensure!(
            understood > 0,
            "nothing in {names} was understood as what a portal of the dialect {dialect} says: look at it with `edge-agent decode --dialect {dialect}`, \
             name the portal's own with --dialect, and give --day for a daily file that tells no date",
            dialect = source.dialect
        );
        if faults > 0 {
            writeln!(io::stderr(), "{faults} faults in {names}: see edge-agent decode")?;
        }
        Ok(())
    }

    fn of_journal(
        &self,
        journal: &Path,
        about: &About,
        put: &mut Folder<'_>,
    ) -> anyhow::Result<()> {
        let reader = Reader::open(journal)
            .with_context(|| format!("failed to look into {}", journal.display()))?;
        let to = self.to.map_or_else(|| reader.stats().map(|stats| stats.head.seq), Ok)?;
        let mut next = self.from;
        while next <= to {
            let entries = reader.scan(next, super::journal::SCAN)?;
            let Some(last) = entries.last() else { break };
            next = last.seq().saturating_add(1);
            for entry in entries.iter().filter(|entry| entry.seq() <= to) {
                if let Decoded::Entry(entry) = wire::entry::decode(entry.body())?
                    && let Some(document) = n42::of_entry(&entry, self.device.as_ref(), about)
                {
                    put.document(&document)?;
                }
            }
        }
        Ok(())
    }
}

/// Where documents go, each under a name of its own.
struct Folder<'a> {
    out: &'a Path,
    taken: BTreeSet<String>,
    written: usize,
}

impl Folder<'_> {
    fn document(&mut self, document: &Document) -> anyhow::Result<()> {
        let name = n42::file_name(document);
        anyhow::ensure!(
            self.taken.insert(name.clone()),
            "two passages would be {name}: the recording repeats itself"
        );
        let path = self.out.join(name);
        std::fs::write(&path, write(document))
            .with_context(|| format!("failed to write {}", path.display()))?;
        self.written += 1;
        Ok(())
    }
}

/// How the site has this device.
fn line_of<'a>(config: &'a Config, device: &DeviceId) -> Result<&'a DeviceLine, RecordingError> {
    config.lines.iter().find(|line| line.device.id == *device).ok_or_else(|| {
        let known: Vec<&str> = config.lines.iter().map(|line| line.device.id.as_str()).collect();
        RecordingError::NoDevice { device: device.to_string(), known: known.join(", ") }
    })
}

fn checked(files: &[PathBuf], now: Option<Timestamp>) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut whole = true;
    for file in files {
        let bytes =
            std::fs::read(file).with_context(|| format!("failed to read {}", file.display()))?;
        let checked = n42::check(&bytes, now);
        writeln!(out, "{}: {}", file.display(), checked.summary)?;
        for (line, what) in &checked.findings {
            match line {
                Some(line) => writeln!(out, "{}:{line}: {what}", file.display())?,
                None => writeln!(out, "{}: {what}", file.display())?,
            }
        }
        whole &= checked.findings.is_empty();
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The time of all of Kazakhstan (since 1 March 2024), where nobody says another.
const OFFSET: Offset = Offset::constant(5);
