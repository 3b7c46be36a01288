//! `edge-agent journal purge`: what the law lets go of a journal, what stands in the way, and letting it go.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use checkpoint::event::Event;
use checkpoint::retention::{Obstacle, Purge, Why};
use clap::Args;
use edge_agent::clock::Clock;
use edge_agent::config::Config;
use edge_agent::journal::{Reader, Verified};
use edge_agent::purge::{Done, Survey, purge_closed, survey};
use edge_agent::{history, rules};
use jiff::civil;
use jiff::tz::TimeZone;

#[derive(Args)]
#[command(after_help = "Examples:
  edge-agent journal purge --config /etc/beket/edge/checkpoint.toml --dry-run
  edge-agent journal purge --config /etc/beket/edge/checkpoint.toml --before 2026-01-01

Entries go in whole days from the beginning of the journal, and only those that the hub has acknowledged, that are older than the
keeping term of the law (art. 187.5), and that tell of nothing that is still open. The agent must be stopped, but for --dry-run; an
agent with `[journal] purge = \"when_lawful\"` does the same by itself once a day.")]
pub(super) struct PurgeArgs {
    /// The configuration of the site: where the journal lies, the law, the calendar.
    #[arg(long)]
    config: PathBuf,
    /// Only days before this one, at the checkpoint.
    #[arg(long)]
    before: Option<civil::Date>,
    /// Only says what would go, and what stands in the way. The agent may be running meanwhile.
    #[arg(long)]
    dry_run: bool,
    /// As if it were this moment, for a dry run: RFC 3339 with its offset.
    #[arg(long, requires = "dry_run")]
    at: Option<jiff::Timestamp>,
}

impl PurgeArgs {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.config)?;
        let rules = Arc::new(rules::rules(&config)?);
        let file = config.data_dir.join("journal.db");
        let clock = Clock::new(config.synchronised_file.clone());
        let settings = config.journal.purge;
        let zone = TimeZone::get(&config.site.zone).unwrap_or(TimeZone::UTC);
        let mut out = io::stdout().lock();
        if self.dry_run {
            let reader = Reader::open(&file)
                .with_context(|| format!("failed to look into {}", file.display()))?;
            let now = self.at.unwrap_or_else(|| clock.now());
            let found = survey(&reader, &rules, settings, now, self.before, None)?;
            told(&found, "would go", &zone, &mut out)?;
            return Ok(ExitCode::SUCCESS);
        }
        let Done { survey, removed } = purge_closed(&file, &rules, settings, &clock, self.before)?;
        told(&survey, "go", &zone, &mut out)?;
        if removed > 0 {
            writeln!(out, "{removed} entries are gone")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(found: &Survey, go: &str, zone: &TimeZone, out: &mut impl Write) -> io::Result<()> {
    let local = |at: jiff::Timestamp| at.to_zoned(zone.clone()).strftime("%F %T").to_string();
    match &found.free {
        Some((purge, _)) => writeln!(
            out,
            "entries {} to {} {go}: all before {} ({}, art. {})",
            found.first_seq, purge.through_seq, purge.kept_from, purge.rule, purge.article
        )?,
        None => writeln!(out, "nothing may go")?,
    }
    for obstacle in &found.answer.obstacles {
        writeln!(out, "  entry {} stays: {}", obstacle.seq, sentence(obstacle, &local))?;
    }
    if found.answer.more > 0 {
        writeln!(out, "  and {} more", found.answer.more)?;
    }
    if let Some(young) = &found.answer.young {
        match &young.until {
            Some(until) => writeln!(
                out,
                "  from entry {} on all are younger: kept until {} ({}, art. {})",
                young.seq,
                local(until.at),
                until.rule,
                until.article
            )?,
            None if young.seq > found.acknowledged => writeln!(
                out,
                "  from entry {} on the hub has not acknowledged what it was sent",
                young.seq
            )?,
            None => writeln!(out, "  from entry {} on nothing was asked about", young.seq)?,
        }
    }
    Ok(())
}

fn sentence(obstacle: &Obstacle, local: &dyn Fn(jiff::Timestamp) -> String) -> String {
    let name = obstacle.name.as_deref().unwrap_or("without a number");
    let what = match obstacle.why {
        Why::VisitHere => "the vehicle is here".to_owned(),
        Why::ControlNotEnded => "nobody told the end of control".to_owned(),
        Why::Kept => "its keeping term runs".to_owned(),
        Why::AlarmOpen => format!("alarm {name} waits for an officer"),
        Why::TermRuns => format!("the term {name} runs"),
        Why::ActValid => format!("act {name} is valid"),
        Why::ProceedingsOpen => format!("proceedings {name} are open"),
        Why::Unreadable => "a newer release wrote it".to_owned(),
    };
    let visit = obstacle.visit.as_deref().map(|visit| format!("visit {visit}, "));
    let goods = obstacle.consignment.map(|number| format!("consignment {number}, "));
    let article = if obstacle.article.is_empty() {
        String::new()
    } else {
        format!(" (art. {})", obstacle.article)
    };
    let until = obstacle.until.map(|at| format!(" until {}", local(at)));
    format!(
        "{}{}{what}{article}{}",
        visit.unwrap_or_default(),
        goods.unwrap_or_default(),
        until.unwrap_or_default()
    )
}

/// Where a verified journal is whole from, and whether what is missing before it went lawfully. Answers whether it did.
pub(super) fn beginning(
    file: &std::path::Path,
    found: &Verified,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let gone = found.origin.seq;
    if gone == 0 {
        return Ok(true);
    }
    let reader = Reader::open(file)?;
    let mut purged = None;
    history::each(&reader, gone, |_, entry| {
        if let Some(entry) = entry
            && let Event::JournalPurged(Purge { through_seq, through_hash, rule, article, .. }) =
                &entry.event
            && *through_seq >= gone
        {
            let same = *through_seq > gone || *through_hash == found.origin.hash.to_string();
            purged =
                Some((entry.seq, entry.at, *through_seq, format!("{rule}, art. {article}"), same));
        }
        std::ops::ControlFlow::Continue(())
    })?;
    match purged {
        Some((seq, at, through, rule, true)) => {
            writeln!(
                out,
                "first {}: those before were purged, entry {seq} of {at} ({rule})",
                gone + 1
            )?;
            if through > gone {
                writeln!(out, "the purge through {through} was interrupted: run it again")?;
            }
            Ok(true)
        }
        Some((seq, _, _, _, false)) => {
            writeln!(
                out,
                "first {}: entry {seq} purged a history with another hash than {}",
                gone + 1,
                found.origin.hash
            )?;
            Ok(false)
        }
        None => {
            writeln!(
                out,
                "first {}: those before are gone, and no entry says that they were purged",
                gone + 1
            )?;
            Ok(false)
        }
    }
}
