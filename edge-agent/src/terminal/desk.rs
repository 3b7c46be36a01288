//! The lawyer's desk on a page: a story told, a notice checked, a file of the law looked into. The same answers as `edge-agent law`, under
//! the edition, the calendar and the timetable that are in force here. Nothing is recorded, and no file of the machine is read.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use checkpoint::desk::draft::NoticeAnswer;
use checkpoint::desk::holdings::{self, CalendarHoldings, EditionHoldings, TimetableHoldings};
use checkpoint::desk::{Bounds, InForce, Report, Shelf, Story, StoryError, draft, tell, unnamed};
use checkpoint::input::order::{NoticeDraft, Purpose};
use checkpoint::law::{Calendar, Edition, LawError, Timetable};
use checkpoint::site::Mode;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;
use super::signing::Signed;
use crate::written;

/// A line that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TextProblem {
    /// Line, from 1.
    pub line: usize,
    /// The key, where the text has keys.
    pub key: Option<String>,
    /// What is wrong and what would be right, in English.
    pub what: String,
}

/// A story as it was typed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StoryTyped {
    /// The text; its words are in `docs/law-stories.md`.
    text: String,
}

/// A story told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoryTold {
    /// What it tells back; none if a line is not understood.
    pub told: Option<Report>,
    /// The same as `edge-agent law story` prints it, in English.
    pub printed: String,
    /// Lines that are not understood, in order.
    pub problems: Vec<TextProblem>,
}

/// Tells a story: after each fact every clock, state, task and flag, and what holds the exit. Nothing is recorded.
#[utoipa::path(post, path = "/api/law/story", request_body = StoryTyped, responses(
    (status = 200, body = StoryTold), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 413, body = Problem), (status = 429, body = Problem)
))]
pub(super) async fn law_story(
    State(terminal): State<Terminal>,
    _: Signed,
    body: Result<Json<StoryTyped>, JsonRejection>,
) -> Result<Json<StoryTold>, Denied> {
    let Json(StoryTyped { text }) = body?;
    bounded(&text, STORY_BYTES)?;
    let here = Here::of(&terminal)?;
    let told = aside(move || {
        let story = Story::parse_at("story", &text, &here.zone, &here.office);
        story.and_then(|story| tell(&story, &here, BOUNDS))
    });
    Ok(Json(match told.await? {
        Ok(report) => {
            let printed = report.to_string();
            StoryTold { told: Some(report), printed, problems: Vec::new() }
        }
        Err(StoryError { problems, .. }) => {
            let problem = |one: checkpoint::desk::Problem| TextProblem {
                line: one.line,
                key: None,
                what: one.what,
            };
            let problems = problems.into_iter().map(problem).collect();
            StoryTold { told: None, printed: String::new(), problems }
        }
    }))
}

/// A notice as it was written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeTyped {
    /// JSON or TOML.
    text: String,
    /// How the goods move, if the text does not say it.
    mode: Option<Mode>,
    /// Whether they come or leave, if the text does not say it.
    purpose: Option<Purpose>,
}

/// What the law says of a notice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoticeTold {
    /// What is missing, in the law's order; none if the text cannot be read.
    pub told: Option<NoticeAnswer>,
    /// The same as `edge-agent law notice` prints it, in English.
    pub printed: String,
    /// Where the text cannot be read.
    pub problems: Vec<TextProblem>,
}

/// What is missing in a written notice, in the law's order. Nothing is recorded.
#[utoipa::path(post, path = "/api/law/notice", request_body = NoticeTyped, responses(
    (status = 200, body = NoticeTold), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 413, body = Problem)
))]
pub(super) async fn law_notice(
    State(terminal): State<Terminal>,
    _: Signed,
    body: Result<Json<NoticeTyped>, JsonRejection>,
) -> Result<Json<NoticeTold>, Denied> {
    let Json(NoticeTyped { text, mode, purpose }) = body?;
    bounded(&text, NOTICE_BYTES)?;
    let read = written::notice(&text, false)
        .map_err(|misread| TextProblem {
            line: misread.line,
            key: Some(misread.key),
            what: misread.problem,
        })
        .and_then(|written| {
            let nowhere = |error: draft::NoticeModeError| TextProblem {
                line: 1,
                key: None,
                what: error.to_string(),
            };
            written.draft(mode, purpose).map_err(nowhere)
        });
    Ok(Json(match read {
        Ok(notice) => {
            let told = draft::notice(&terminal.edition, &notice);
            NoticeTold { printed: told.to_string(), told: Some(told), problems: Vec::new() }
        }
        Err(problem) => NoticeTold { told: None, printed: String::new(), problems: vec![problem] },
    }))
}

/// What a file of the law is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LawFile {
    /// An edition of the law.
    Edition,
    /// Days off.
    Calendar,
    /// Working hours.
    Timetable,
}

/// A file of the law as it was typed or chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileTyped {
    /// What it is.
    file: LawFile,
    /// Its text; nothing asks about the one that is in force.
    text: String,
}

/// What a file of the law holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct FileTold {
    /// For an edition.
    pub edition: Option<EditionHoldings>,
    /// For a calendar.
    pub calendar: Option<CalendarHoldings>,
    /// For a timetable.
    pub timetable: Option<TimetableHoldings>,
    /// The same as `edge-agent law ... check` prints it, in English.
    pub printed: String,
    /// Where it is wrong.
    pub problems: Vec<TextProblem>,
}

/// What an edition, a calendar or a timetable holds, or where it is wrong. Nothing is applied and nothing recorded.
#[utoipa::path(post, path = "/api/law/check", request_body = FileTyped, responses(
    (status = 200, body = FileTold), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 413, body = Problem), (status = 429, body = Problem)
))]
pub(super) async fn law_check(
    State(terminal): State<Terminal>,
    _: Signed,
    body: Result<Json<FileTyped>, JsonRejection>,
) -> Result<Json<FileTold>, Denied> {
    let Json(FileTyped { file, text }) = body?;
    bounded(&text, FILE_BYTES)?;
    let here = Here::of(&terminal)?;
    let told = aside(move || held(file, &text, &here)).await?;
    Ok(Json(told.unwrap_or_else(|error| {
        let problem = TextProblem { line: error.line, key: Some(error.key), what: error.problem };
        FileTold { problems: vec![problem], ..FileTold::default() }
    })))
}

fn held(file: LawFile, text: &str, here: &Here) -> Result<FileTold, LawError> {
    let in_force = text.trim().is_empty();
    Ok(match file {
        LawFile::Edition => {
            let read = (!in_force).then(|| Edition::parse(text, "edition")).transpose()?;
            let told = holdings::edition(read.as_ref().unwrap_or(&here.edition));
            FileTold { printed: told.to_string(), edition: Some(told), ..FileTold::default() }
        }
        LawFile::Calendar => {
            let read = (!in_force).then(|| Calendar::parse(text, "calendar")).transpose()?;
            let told = holdings::calendar(read.as_ref().unwrap_or(&here.calendar));
            FileTold { printed: told.to_string(), calendar: Some(told), ..FileTold::default() }
        }
        LawFile::Timetable => {
            let read = (!in_force).then(|| Timetable::parse(text, "timetable")).transpose()?;
            let told = holdings::timetable(read.as_ref().unwrap_or(&here.timetable));
            FileTold { printed: told.to_string(), timetable: Some(told), ..FileTold::default() }
        }
    })
}

/// The law that is in force at this checkpoint, and a shelf without files.
struct Here {
    edition: std::sync::Arc<Edition>,
    calendar: Calendar,
    timetable: Timetable,
    zone: String,
    office: String,
}

impl Here {
    fn of(terminal: &Terminal) -> Result<Here, Denied> {
        let checkpoint = std::sync::Arc::clone(&terminal.board.borrow());
        let site = checkpoint.site();
        let timetable = checkpoint.timetable().cloned().map_or_else(unnamed::round_the_clock, Ok);
        Ok(Here {
            edition: std::sync::Arc::clone(&terminal.edition),
            calendar: checkpoint.calendar().cloned().unwrap_or_else(unnamed::no_days_off),
            timetable: timetable.map_err(|error| Denied::Unavailable(error.to_string()))?,
            zone: site.map_or_else(|| "UTC".to_owned(), |site| site.zone.clone()),
            office: site.map_or_else(|| "00000".to_owned(), |site| site.office_code.clone()),
        })
    }
}

impl Shelf for Here {
    fn text(&self, named: &str) -> Result<String, String> {
        Err(format!(
            "{named:?}: a page reads no files; without a name the edition, the calendar and the timetable in force here are taken"
        ))
    }

    fn notice(&self, named: &str) -> Result<NoticeDraft, String> {
        Err(format!(
            "{named:?}: a page reads no files; write `notice complete` or `notice lacks FIELD`"
        ))
    }

    fn in_force(&self) -> Option<InForce<'_>> {
        let Here { edition, calendar, timetable, zone, office } = self;
        Some(InForce { edition, calendar, timetable, zone, office })
    }
}

fn bounded(text: &str, most: usize) -> Result<(), Denied> {
    if text.len() > most {
        return Err(Denied::TooLarge(format!(
            "the text has {} bytes, of {most} at most",
            text.len()
        )));
    }
    Ok(())
}

/// One at a time, on a thread of its own: whoever plays with the law keeps neither the pages nor the lanes waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Denied> {
    let Ok(_turn) = TELLING.try_acquire() else {
        return Err(Denied::TooMany("somebody else's question is being answered".to_owned()));
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Denied::Unavailable("the question could not be answered".to_owned()))
}

static TELLING: Semaphore = Semaphore::const_new(1);
/// The longest story of a page, in bytes.
const STORY_BYTES: usize = 32 * 1024;
/// The longest notice of a page, in bytes.
const NOTICE_BYTES: usize = 256 * 1024;
/// The longest file of the law that a page asks about, in bytes.
const FILE_BYTES: usize = 768 * 1024;
/// How much the answer to a page's story holds.
const BOUNDS: Bounds = Bounds { moments: 500, lines: 10_000 };
