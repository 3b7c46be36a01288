//! `edge-agent journal`: what is kept, looked at from outside.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use checkpoint::law::Edition;
use checkpoint::view::JournalLine;
use clap::Subcommand;
use edge_agent::attest::public_key_beside;
use edge_agent::journal::{Reader, verify};
use wire::chain::Hash;
use wire::entry::Decoded;

#[derive(Subcommand)]
pub(super) enum Journal {
    /// Reads every entry and checks the chain, and the signatures by `site.pub` beside the file. Exit code 1 if anything does not fit.
    #[command(
        after_help = "A chain does not protect its last line: compare the head with what the hub has."
    )]
    Verify {
        /// The journal's file.
        file: PathBuf,
    },
    /// Removes the oldest days whose keeping term is over (art. 187.5), or says what stands in the way.
    Purge(super::purge::PurgeArgs),
    /// Writes entries: one JSON object a line, or as they stand.
    #[command(after_help = "Examples:\n  edge-agent journal export journal.db > entries.jsonl\n  \
        edge-agent journal export journal.db --raw --from 1000 --to 2000 > entries.bin\n\n\
        --raw writes each body behind its length as a varint (protobuf, length-delimited): these are the bytes that are hashed.")]
    Export {
        /// The journal's file.
        file: PathBuf,
        /// The first entry.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// The last entry; all if not given.
        #[arg(long)]
        to: Option<u64>,
        /// The bodies, byte for byte, with what lines keep back (art. 219.4): for the customs bodies alone.
        #[arg(long)]
        raw: bool,
        /// An edition of the law instead of the one in the program: it says what is confidential.
        #[arg(long, conflicts_with = "raw")]
        edition: Option<PathBuf>,
    },
    /// Shows the last entries, one JSON object a line.
    Tail {
        /// The journal's file.
        file: PathBuf,
        /// How many.
        #[arg(long, short = 'n', default_value_t = 20)]
        count: u64,
        /// An edition of the law instead of the one in the program: it says what is confidential.
        #[arg(long)]
        edition: Option<PathBuf>,
    },
}

impl Journal {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        match self {
            Journal::Verify { file } => verified(&file),
            Journal::Purge(purge) => purge.done(),
            Journal::Export { file, from, to, raw, edition } => {
                let reader = open(&file)?;
                let to = to.map_or_else(|| reader.stats().map(|stats| stats.head.seq), Ok)?;
                let mut out = io::BufWriter::new(io::stdout().lock());
                if raw {
                    reader.export(from, to, &mut out)?;
                } else {
                    lines(&reader, from, to, &self::edition(edition.as_deref())?, &mut out)?;
                }
                out.flush()?;
                Ok(ExitCode::SUCCESS)
            }
            Journal::Tail { file, count, edition } => {
                let reader = open(&file)?;
                let head = reader.stats()?.head.seq;
                let from = head.saturating_sub(count).saturating_add(1);
                let mut out = io::BufWriter::new(io::stdout().lock());
                lines(&reader, from, head, &self::edition(edition.as_deref())?, &mut out)?;
                out.flush()?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn edition(file: Option<&Path>) -> anyhow::Result<Edition> {
    let Some(file) = file else { return Ok(Edition::built_in()?) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("failed to read {}", file.display()))?;
    Ok(Edition::parse(&text, &file.display().to_string())?)
}

fn open(file: &Path) -> anyhow::Result<Reader> {
    Reader::open(file).with_context(|| format!("failed to look into {}", file.display()))
}

fn verified(file: &Path) -> anyhow::Result<ExitCode> {
    let key = public_key_beside(file)?;
    let found = verify(file, key.as_ref(), &mut |_| {})?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} entries, {} signed heads", found.entries, found.signed_heads)?;
    match &key {
        Some(key) => writeln!(out, "key   {}", Hash(key.to_bytes()))?,
        None => writeln!(out, "no site.pub beside it: signatures were not checked")?,
    }
    writeln!(out, "epoch {}", found.head.epoch)?;
    writeln!(out, "head  {} {}", found.head.seq, found.head.hash)?;
    let lawful = super::purge::beginning(file, &found, &mut out)?;
    for damage in &found.damage {
        writeln!(out, "entry {}: {}", damage.seq, damage.what)?;
    }
    if found.damage.is_empty() && lawful {
        match found.origin.seq {
            0 => writeln!(out, "the chain is whole")?,
            gone => writeln!(out, "the chain is whole from entry {} on", gone.saturating_add(1))?,
        }
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

fn lines(
    reader: &Reader,
    from: u64,
    to: u64,
    edition: &Edition,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut next = from;
    while next <= to {
        let entries = reader.scan(next, SCAN)?;
        let Some(last) = entries.last() else { return Ok(()) };
        next = last.seq().saturating_add(1);
        for entry in entries.iter().filter(|entry| entry.seq() <= to) {
            match wire::entry::decode(entry.body())? {
                Decoded::Entry(entry) => {
                    let line = JournalLine::of(&entry).without_confidential(edition);
                    serde_json::to_writer(&mut *out, &line)?;
                }
                Decoded::Newer { seq, unknown, .. } => {
                    serde_json::to_writer(
                        &mut *out,
                        &serde_json::json!({ "seq": seq, "unknown": unknown }),
                    )?;
                }
            }
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// Entries that are read at once.
pub(super) const SCAN: usize = 1000;
