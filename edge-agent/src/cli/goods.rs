//! `edge-agent goods`: the accounting of goods under customs control (art. 209), out of the journal.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use checkpoint::Checkpoint;
use checkpoint::law::Edition;
use checkpoint::law::term::Trigger;
use checkpoint::view::{ControlStanding, GoodsAsked, GoodsUnderControl, Ledger, goods_csv};
use clap::{Args, ValueEnum};
use edge_agent::history;
use edge_agent::journal::Reader;
use jiff::Timestamp;
use jiff::tz::TimeZone;

#[derive(Args)]
#[command(after_help = "Examples:
  edge-agent goods --data-dir /var/lib/beket/edge
  edge-agent goods --data-dir /var/lib/beket/edge --at 2026-11-20T12:00+05:00 --state under-control --csv > goods.csv

The journal is folded up to the moment that is asked for, so the answer is what was on the books then. --csv writes one line an
operation, --json one object a consignment. The agent may be running meanwhile.")]
pub(super) struct Goods {
    /// The folder with the journal.
    #[arg(long)]
    data_dir: PathBuf,
    /// As of this moment, with its offset; as of the last entry if not given.
    #[arg(long, value_parser = moment)]
    at: Option<Timestamp>,
    /// Those that stand so; all if not given.
    #[arg(long, value_enum)]
    state: Option<Standing>,
    /// Those of vehicles whose plate begins like this.
    #[arg(long)]
    plate: Option<String>,
    /// Those whose control began at this moment or later.
    #[arg(long)]
    since: Option<String>,
    /// Those whose control began before this moment.
    #[arg(long)]
    until: Option<String>,
    /// An edition of the law instead of the one in the program: it names the articles.
    #[arg(long)]
    edition: Option<PathBuf>,
    /// A table for a spreadsheet: UTF-8, one line an operation.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// One JSON object a line, one for each consignment.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Standing {
    /// Under control at this checkpoint.
    UnderControl,
    /// Gone on from here under control.
    LeftUnderControl,
    /// Not under control any more.
    Ended,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Trigger::parse(text).map(|trigger| trigger.at).map_err(|error| error.to_string())
}

impl Goods {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let edition = match &self.edition {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("failed to read {}", file.display()))?;
                Edition::parse(&text, &file.display().to_string())?
            }
            None => Edition::built_in()?,
        };
        let edition = Arc::new(edition);
        let asked = GoodsAsked {
            state: self.state.map(|state| match state {
                Standing::UnderControl => ControlStanding::UnderControl,
                Standing::LeftUnderControl => ControlStanding::LeftUnderControl,
                Standing::Ended => ControlStanding::Ended,
            }),
            plate: self.plate.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            form: None,
        };
        let filter = asked.filter().map_err(anyhow::Error::msg)?;
        let file = self.data_dir.join("journal.db");
        let reader = Reader::open(&file)
            .with_context(|| format!("failed to look into {}", file.display()))?;
        let (checkpoint, ledger) = self.fold(&reader, &edition)?;
        let goods = checkpoint.goods_under_control(&edition, &filter, Some(&ledger));
        let zone = checkpoint.site().and_then(|site| TimeZone::get(&site.zone).ok());
        let zone = zone.unwrap_or(TimeZone::UTC);
        let mut out = io::BufWriter::new(io::stdout().lock());
        if self.csv {
            out.write_all(goods_csv(&goods, &zone).as_bytes())?;
        } else if self.json {
            for one in &goods {
                serde_json::to_writer(&mut out, one)?;
                out.write_all(b"\n")?;
            }
        } else {
            told(&goods, &zone, &mut out)?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn fold(
        &self,
        reader: &Reader,
        edition: &Arc<Edition>,
    ) -> anyhow::Result<(Checkpoint, Ledger)> {
        let (mut checkpoint, origin) = history::beginning(reader)?;
        let mut ledger = Ledger::new(Arc::clone(edition));
        let mut followed = 0_u64;
        history::each(reader, origin.seq, |_, entry| {
            let Some(entry) = entry else { return ControlFlow::Continue(()) };
            if self.at.is_some_and(|at| entry.at > at) {
                return ControlFlow::Break(());
            }
            checkpoint.follow(entry);
            ledger.follow(entry);
            followed += 1;
            if followed.is_multiple_of(FORGET_EVERY) {
                ledger.forget_unknown(&checkpoint);
            }
            ControlFlow::Continue(())
        })?;
        Ok((checkpoint, ledger))
    }
}

/// For people: the goods, and under them what was done.
fn told(goods: &[GoodsUnderControl], zone: &TimeZone, out: &mut impl Write) -> io::Result<()> {
    let local = |ms: i64| {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(zone.clone()).strftime("%F %T").to_string()
    };
    for one in goods {
        let plate = one.plate.as_deref().unwrap_or("no plate");
        let gross = one.gross_kg.as_deref().map(|kg| format!(", {kg} kg")).unwrap_or_default();
        let standing = match one.standing {
            ControlStanding::UnderControl => "under control",
            ControlStanding::LeftUnderControl => "left under control",
            ControlStanding::Ended => "control ended",
        };
        writeln!(
            out,
            "{}, {plate}, consignment {}{gross}: {standing}, {}",
            one.number, one.consignment, one.course
        )?;
        writeln!(out, "  since {} (art. {})", local(one.since_ms), one.since_article)?;
        if let (Some(until), Some(article)) = (one.until_ms, &one.until_article) {
            writeln!(out, "  until {} (art. {article})", local(until))?;
        }
        for done in &one.operations {
            let officer = done.officer.as_ref().map(ToString::to_string).unwrap_or_default();
            let reference = done.reference.as_deref().unwrap_or_default();
            let line = format!(
                "    {}  {:<32} art. {:<8} {officer} {reference}",
                local(done.at_ms),
                done.what,
                done.article
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        for clock in &one.clocks {
            writeln!(
                out,
                "    {} (art. {}) due {}",
                clock.rule,
                clock.article,
                local(clock.due_ms)
            )?;
        }
        for hold in &one.holds {
            writeln!(out, "    held: {} (art. {})", hold.reason, hold.article)?;
        }
    }
    if goods.is_empty() {
        writeln!(out, "no such goods")?;
    }
    Ok(())
}

/// So many entries are followed before what the state has forgotten is forgotten here as well.
const FORGET_EVERY: u64 = 10_000;
