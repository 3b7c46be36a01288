//! `edge-agent law notice` and `edge-agent law story`: texts that a lawyer wrote, read from files and answered.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checkpoint::desk::draft::{WrittenNotice, notice};
use checkpoint::desk::{Bounds, Shelf, Story, StoryError, tell};
use checkpoint::input::order::{NoticeDraft, Purpose};
use clap::Args;
use edge_agent::written::Misread;
use serde::Serialize;

use super::{FileError, ModeName, edition, misasked, name, print, read, wrong_file};

#[derive(Args)]
pub(in crate::cli) struct Notice {
    /// The notice: JSON or TOML.
    file: PathBuf,
    /// How the goods move, if the notice does not say it.
    #[arg(long)]
    mode: Option<ModeName>,
    /// A notice of goods that leave (art. 255), if it does not say it: `purpose = "departure"`.
    #[arg(long)]
    departure: bool,
    /// The edition of the law; the one that is built in if not given.
    #[arg(long)]
    edition: Option<PathBuf>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Told {
    /// The story.
    file: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Notice {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let edition = match edition(self.edition.as_deref()) {
            Ok(edition) => edition,
            Err(error) => return wrong_file(&error, self.json),
        };
        let written = match written(&self.file) {
            Ok(written) => written,
            Err(error) => return wrong_file(&error, self.json),
        };
        let purpose = self.departure.then_some(Purpose::Departure);
        match written.draft(self.mode.map(ModeName::mode), purpose) {
            Ok(draft) => {
                print(&notice(&edition, &draft), self.json)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => misasked(&format!("{}: {error}", self.file.display())),
        }
    }
}

/// JSON if the file's name or its first character says so, TOML otherwise.
fn written(file: &Path) -> Result<WrittenNotice, FileError> {
    let text = read(file)?;
    let is_json = file.extension().is_some_and(|end| end == "json");
    edge_agent::written::notice(&text, is_json).map_err(|misread| {
        let Misread { line, key, problem } = misread;
        FileError::Notice { file: name(file), line, key, problem }
    })
}

/// The folder of a story.
struct Beside(PathBuf);

impl Shelf for Beside {
    fn text(&self, named: &str) -> Result<String, String> {
        read(&self.0.join(named)).map_err(|error| error.to_string())
    }

    fn notice(&self, named: &str) -> Result<NoticeDraft, String> {
        let written = written(&self.0.join(named)).map_err(|error| error.to_string())?;
        written.draft(None, None).map_err(|error| format!("{named}: {error}"))
    }
}

#[derive(Serialize)]
struct CannotBeTold<'a> {
    file: &'a str,
    problems: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    line: usize,
    problem: &'a str,
}

impl Told {
    pub(super) fn done(self) -> anyhow::Result<ExitCode> {
        let text = match read(&self.file) {
            Ok(text) => text,
            Err(error) => return wrong_file(&error, self.json),
        };
        let folder = self.file.parent().map(Path::to_path_buf).unwrap_or_default();
        let told = Story::parse(&name(&self.file), &text)
            .and_then(|story| tell(&story, &Beside(folder), Bounds::default()));
        match told {
            Ok(report) => {
                print(&report, self.json)?;
                let as_expected = report.surprises.is_empty();
                Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Err(error) => cannot_be_told(&error, self.json),
        }
    }
}

fn cannot_be_told(error: &StoryError, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let problems = error.problems.iter();
        let problems = problems.map(|one| Place { line: one.line, problem: &one.what }).collect();
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &CannotBeTold { file: &error.file, problems })?;
        writeln!(out)?;
    }
    writeln!(io::stderr(), "{error}")?;
    Ok(ExitCode::FAILURE)
}
