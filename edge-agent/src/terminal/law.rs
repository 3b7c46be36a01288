//! What a page asks of the law: when a term would end, and how doubtful places are read. Nothing is recorded.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use checkpoint::desk::clocks::{ClockAnswers, Question, clocks};
use checkpoint::desk::unnamed;
use checkpoint::law::readings::Reading;
use checkpoint::law::term::{Body, Stated, Trigger};
use checkpoint::site::Mode;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;
use super::signing::Signed;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// How the goods move.
    mode: Mode,
    /// The clock, such as `ARR-1`; all of the mode if not given.
    rule: Option<String>,
    /// What started it: an instant with its offset (`2025-03-12T10:00:00+05:00`) or with its zone (`2025-03-12T10:00[Asia/Almaty]`).
    trigger: String,
    /// The end that was stated with the trigger: a day, or an instant.
    until: Option<String>,
    /// How far the goods go, in kilometres.
    distance_km: Option<u32>,
    /// Until when the term was prolonged: a day, or an instant.
    prolong: Option<String>,
}

/// When a term would end, with every step, by the edition, the calendar and the timetable in force.
#[utoipa::path(get, path = "/api/law/clocks", params(Asked), responses(
    (status = 200, body = ClockAnswers), (status = 400, body = Problem), (status = 401, body = Problem)
))]
pub(super) async fn law_clocks(
    State(terminal): State<Terminal>,
    _: Signed,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<ClockAnswers>, Denied> {
    let Query(asked) = query?;
    let bad = |error: checkpoint::law::term::TermError| Denied::BadRequest(error.to_string());
    let stated = |text: Option<&String>| text.map(|text| Stated::parse(text)).transpose();
    let mut trigger = Trigger::parse(&asked.trigger).map_err(bad)?;
    trigger.stated = stated(asked.until.as_ref()).map_err(bad)?;
    trigger.distance_km = asked.distance_km;
    let question = Question {
        mode: asked.mode,
        rule: asked.rule,
        trigger,
        prolonged: stated(asked.prolong.as_ref()).map_err(bad)?,
    };
    let checkpoint = std::sync::Arc::clone(&terminal.board.borrow());
    let zone = checkpoint.site().and_then(|site| TimeZone::get(&site.zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let calendar = checkpoint.calendar().cloned().unwrap_or_else(unnamed::no_days_off);
    let timetable = match checkpoint.timetable() {
        Some(timetable) => timetable.clone(),
        None => {
            unnamed::round_the_clock().map_err(|error| Denied::Unavailable(error.to_string()))?
        }
    };
    let body = Body { zone: &zone, timetable: &timetable, calendar: &calendar };
    let answers = clocks(&terminal.edition, body, &question);
    answers.map(Json).map_err(|error| Denied::BadRequest(error.to_string()))
}

/// How a doubtful place of the law is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadingView {
    /// Key of the switch in the edition.
    pub key: String,
    /// The place in the list of doubtful places, such as `AMB-01`.
    pub ambiguity: String,
    /// What is doubtful, in English.
    pub question: String,
    /// The reading in force.
    pub chosen: String,
    /// All readings, the recommended one first.
    pub options: Vec<String>,
}

/// How every doubtful place of the edition in force is read.
#[utoipa::path(get, path = "/api/law/readings", responses(
    (status = 200, body = Vec<ReadingView>), (status = 401, body = Problem)
))]
pub(super) async fn law_readings(
    State(terminal): State<Terminal>,
    _: Signed,
) -> Json<Vec<ReadingView>> {
    let view = |reading: &Reading| ReadingView {
        key: reading.key.to_owned(),
        ambiguity: reading.ambiguity.to_owned(),
        question: reading.question.to_owned(),
        chosen: reading.chosen.to_owned(),
        options: reading.options.iter().map(|option| (*option).to_owned()).collect(),
    };
    Json(terminal.edition.readings.table().iter().map(view).collect())
}
