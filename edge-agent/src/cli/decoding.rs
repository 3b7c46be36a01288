//! `edge-agent decode`: what a device said, reading by reading.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use edge_agent::daily;
use edge_agent::decode::{self, Capture, Form};
use firmware_protocols::portal::daily::FileDay;
use firmware_protocols::{Dialect, Settings};

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Decode {
    /// Lists the dialects, the families that speak them, and what they are.
    #[arg(long, conflicts_with_all = ["dialect", "settings", "file", "daily", "day", "hex", "escaped"])]
    list: bool,
    /// How the device speaks, as `--list` names it. A tape of the agent names it by itself.
    #[arg(long, value_parser = super::dialect)]
    dialect: Option<Dialect>,
    /// How the device is set, as the configuration writes it below `settings`: JSON, or a file of JSON.
    #[arg(long, value_name = "JSON|FILE")]
    settings: Option<String>,
    /// The capture is a daily file of a portal, whose lines end with the moment of their arrival; its first line tells so by itself.
    #[arg(long, group = "form")]
    daily: bool,
    /// The day, with its offset from UTC, of a daily file whose lines tell the time of day only: 2016-06-01-07:00.
    #[arg(long, value_name = "DATE+HH:MM", value_parser = daily::day, conflicts_with_all = ["hex", "escaped"])]
    day: Option<FileDay>,
    /// The capture is hexadecimal text, such as `02 2B 30`.
    #[arg(long, group = "form")]
    hex: bool,
    /// The capture is text in which bytes that are not printable stand as `\xNN`, as in faults, logs and good.txt.
    #[arg(long, group = "form")]
    escaped: bool,
    /// The capture; `-` is standard input.
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,
}

const EXAMPLES: &str = r#"Examples:
  edge-agent decode --list
  edge-agent decode --dialect xk3190 scale.bin
  edge-agent decode --dialect tsa portal-2026-05-21.csv
  edge-agent decode --dialect tsa --day 2016-06-01-07:00 06-01.csv
  edge-agent decode /var/lib/beket/edge/tapes/scale-1/00001479700000000000-0.tape.gz
  edge-agent decode --dialect modbus-rtu --settings '{"modbus":{"weight":{"register":7,"number":"i32"},"unit":"kg","least":"-1000","most":"100000"}}' scale.bin
  echo '02 2B 30 34 30 30 30 30 30 31 46 03' | edge-agent decode --dialect xk3190 --hex -
  nc 192.168.10.21 1600 | edge-agent decode --dialect tsa -"#;

impl Decode {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let out = io::BufWriter::new(io::stdout().lock());
        let Some(file) = &self.file else {
            decode::list(out)?;
            return Ok(ExitCode::SUCCESS);
        };
        let mut capture = open(file, self.dialect, self.form())?;
        let dialect = self.dialect.or(capture.dialect).context(
            "--dialect is missing: only a tape of the agent names it by itself; `--list` shows those there are",
        )?;
        let settings = match settings(dialect, self.settings.as_deref())? {
            Some(settings) => settings,
            None => capture.settings.clone().unwrap_or_default(),
        };
        capture.day = self.day;
        let counted = decode::decode(capture, dialect, &settings, out)?;
        super::misread(&counted.misread, named(file))?;
        Ok(ExitCode::SUCCESS)
    }

    fn form(&self) -> Option<Form> {
        [(self.daily, Form::Daily), (self.hex, Form::Hex), (self.escaped, Form::Escaped)]
            .into_iter()
            .find_map(|(given, form)| given.then_some(form))
    }
}

/// By what people know a capture.
fn named(file: &Path) -> &Path {
    if file.as_os_str() == "-" { Path::new("standard input") } else { file }
}

/// Opens a capture; `-` is standard input.
pub(super) fn open(
    file: &Path,
    dialect: Option<Dialect>,
    form: Option<Form>,
) -> anyhow::Result<Capture> {
    if file.as_os_str() == "-" {
        return Ok(Capture::open(named(file), io::stdin(), dialect, form)?);
    }
    let from =
        std::fs::File::open(file).with_context(|| format!("failed to open {}", file.display()))?;
    Ok(Capture::open(file, from, dialect, form)?)
}

/// The settings that were typed, if they fit the dialect.
pub(super) fn settings(dialect: Dialect, given: Option<&str>) -> anyhow::Result<Option<Settings>> {
    let Some(given) = given else { return Ok(None) };
    let settings = decode::settings(given)?;
    decode::check(dialect, &settings)?;
    Ok(Some(settings))
}
