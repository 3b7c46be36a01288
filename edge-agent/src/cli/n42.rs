//! `edge-agent n42`: occupancies as documents that others can read, and documents of others looked at.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use checkpoint::ids::DeviceId;
use clap::{Args, Subcommand};
use edge_agent::daily;
use edge_agent::journal::Reader;
use edge_agent::n42::{self, About};
use edge_agent::replay::pieces;
use firmware_protocols::Dialect;
use firmware_protocols::n42::{Document, write};
use firmware_protocols::portal::daily::FileDay;
use jiff::Timestamp;
use jiff::tz::Offset;
use wire::entry::Decoded;

#[derive(Subcommand)]
pub(super) enum N42 {
    /// Writes one N42.42-2012 document for each passage through a portal.
    #[command(after_help = r#"Examples:
  edge-agent n42 export --recording tapes/portal-1/1479700000.tape.gz --device portal-1 --dialect tsa --out n42/
  edge-agent n42 export --recording yantar.tape.gz --device portal-2 --dialect aspect --settings '{"aspect":{"counts_ms":200}}' --out n42/
  edge-agent n42 export --journal /var/lib/beket/edge/journal.db --from 1000 --out n42/

A recording (a tape of the agent, or a daily file of a portal) gives every interval of each passage. The journal has what they
amounted to, and the documents say so."#)]
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
    /// A tape of the agent, or a daily file of a portal.
    #[arg(
        long,
        required_unless_present = "journal",
        conflicts_with = "journal",
        requires = "device"
    )]
    recording: Option<PathBuf>,
    /// The day, with its offset from UTC, of a daily file whose lines tell the time of day only: 2016-06-01-07:00.
    #[arg(long, value_name = "DATE+HH:MM", value_parser = daily::day, conflicts_with = "journal")]
    day: Option<FileDay>,
    /// A journal. The agent may be running meanwhile.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// The device: of a recording its name, of a journal the only one that is looked at.
    #[arg(long)]
    device: Option<DeviceId>,
    /// How the device of the recording speaks.
    #[arg(long, default_value = "tsa", value_parser = super::dialect)]
    dialect: Dialect,
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
    /// Who made the portal.
    #[arg(long, default_value = "not stated")]
    manufacturer: String,
    /// Its model.
    #[arg(long, default_value = "not stated")]
    model: String,
    /// The version of its software.
    #[arg(long, default_value = "not stated")]
    firmware: String,
    /// The offset from UTC in which times are written.
    #[arg(long, default_value = "+05:00", value_parser = daily::offset, allow_hyphen_values = true)]
    offset: Offset,
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
        let about = About {
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            firmware: self.firmware.clone(),
            offset: self.offset,
            spectra: self.spectra,
        };
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("failed to make {}", self.out.display()))?;
        let mut put = Folder { out: &self.out, taken: BTreeSet::new(), written: 0 };
        if let (Some(recording), Some(device)) = (&self.recording, &self.device) {
            let settings = super::decoding::settings(self.dialect, self.settings.as_deref())?
                .unwrap_or_default();
            let (pieces, misread) = pieces(recording, device, self.day)?;
            super::misread(&misread, recording)?;
            let (documents, faults) =
                n42::of_recording(&pieces, device, self.dialect, &settings, &about);
            for document in documents {
                put.document(&document)?;
            }
            if faults > 0 {
                writeln!(
                    io::stderr(),
                    "{faults} faults in {}: see edge-agent decode",
                    recording.display()
                )?;
            }
        }
        if let Some(journal) = &self.journal {
            self.of_journal(journal, &about, &mut put)?;
        }
        writeln!(io::stdout(), "{} documents in {}", put.written, self.out.display())?;
        Ok(ExitCode::SUCCESS)
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
