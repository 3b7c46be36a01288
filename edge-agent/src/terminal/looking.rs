//! What a page reads: the board, a visit, its journal, the edition, the status. Everything as of the last durable entry.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use checkpoint::ids::VisitId;
use checkpoint::input::order::NoticeDraft;
use checkpoint::law::notice::NoticeCheck;
use checkpoint::view::{ActView, JournalLine, VisitRow, VisitView};
use serde::Deserialize;

use super::Terminal;
use super::messages::{Board, PapersToCheck, Problem, StatusView, TimeView};
use super::need;
use super::problem::Denied;
use super::signing::{SeesVehicles, Signed};
use super::views;

/// The whole board, as of one entry. Whoever looks after devices gets lanes, devices and their alarms (art. 16.2).
#[utoipa::path(get, path = "/api/snapshot", responses(
    (status = 200, body = Board), (status = 401, body = Problem)
))]
pub(super) async fn snapshot(State(terminal): State<Terminal>, signed: Signed) -> Json<Board> {
    let Board { epoch, snapshot } = views::board(&terminal);
    let seen = need::sees_vehicles(signed.session.role);
    Json(Board { epoch, snapshot: if seen { snapshot } else { need::snapshot(snapshot) } })
}

/// All about one visit.
#[utoipa::path(get, path = "/api/visits/{id}", params(("id" = u64, Path, description = "The visit's number here.")), responses(
    (status = 200, body = VisitView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem)
))]
pub(super) async fn visit(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    id: Result<Path<u64>, PathRejection>,
) -> Result<Json<VisitView>, Denied> {
    let Path(id) = id?;
    views::visit(&terminal, VisitId(id)).map(Json).ok_or_else(|| unknown_visit(id))
}

/// What happened to one visit, newest first, at most 500 lines.
#[utoipa::path(get, path = "/api/visits/{id}/journal", params(("id" = u64, Path, description = "The visit's number here.")), responses(
    (status = 200, body = Vec<JournalLine>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 503, body = Problem)
))]
pub(super) async fn visit_journal(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    id: Result<Path<u64>, PathRejection>,
) -> Result<Json<Vec<JournalLine>>, Denied> {
    let Path(id) = id?;
    views::visit_journal(&terminal, VisitId(id)).await.map(Json)
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Find {
    /// A plate, a container, a seal, a number of papers or of a visit: the beginning is enough.
    find: String,
}

/// Visits by what is known of them, newest first, at most 50.
#[utoipa::path(get, path = "/api/visits", params(Find), responses(
    (status = 200, body = Vec<VisitRow>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 503, body = Problem)
))]
pub(super) async fn find(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    query: Result<Query<Find>, QueryRejection>,
) -> Result<Json<Vec<VisitRow>>, Denied> {
    let Query(Find { find }) = query?;
    if find.chars().count() > FIND_CHARS {
        return Err(Denied::BadRequest(format!(
            "at most {FIND_CHARS} characters can be looked for"
        )));
    }
    views::find(&terminal, &find).await.map(Json)
}

/// Acts of the checkpoint itself, newest first: passes, what was passed on to others.
#[utoipa::path(get, path = "/api/acts", responses(
    (status = 200, body = Vec<ActView>), (status = 401, body = Problem), (status = 403, body = Problem)
))]
pub(super) async fn own_acts(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
) -> Json<Vec<ActView>> {
    Json(views::own_acts(&terminal))
}

/// What is still missing in a notice. Changes nothing and records nothing.
#[utoipa::path(post, path = "/api/notice/check", request_body = NoticeDraft, responses(
    (status = 200, body = NoticeCheck), (status = 400, body = Problem), (status = 401, body = Problem)
))]
pub(super) async fn check_notice(
    State(terminal): State<Terminal>,
    _: Signed,
    body: Result<Json<NoticeDraft>, JsonRejection>,
) -> Result<Json<NoticeCheck>, Denied> {
    let Json(draft) = body?;
    Ok(Json(views::check_notice(&terminal, &draft)))
}

/// What papers do not say and the law wants them to say, before they are filed. Changes nothing and records nothing.
#[utoipa::path(post, path = "/api/papers/check", request_body = PapersToCheck, responses(
    (status = 200, body = NoticeCheck), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 404, body = Problem)
))]
pub(super) async fn check_papers(
    State(terminal): State<Terminal>,
    _: Signed,
    body: Result<Json<PapersToCheck>, JsonRejection>,
) -> Result<Json<NoticeCheck>, Denied> {
    let Json(papers) = body?;
    views::check_papers(&terminal, &papers).map(Json).ok_or_else(|| {
        Denied::NotFound("the edition does not say what these papers say".to_owned())
    })
}

/// What time it is here.
#[utoipa::path(get, path = "/api/time", responses((status = 200, body = TimeView), (status = 401, body = Problem)))]
pub(super) async fn time(State(terminal): State<Terminal>, _: Signed) -> Json<TimeView> {
    Json(TimeView { ts_ms: terminal.gauges.now_ms() })
}

/// How the agent itself is.
#[utoipa::path(get, path = "/api/status", responses((status = 200, body = StatusView), (status = 401, body = Problem)))]
pub(super) async fn status(State(terminal): State<Terminal>, _: Signed) -> Json<StatusView> {
    Json(terminal.gauges.status())
}

fn unknown_visit(id: u64) -> Denied {
    Denied::NotFound(format!("there is no visit {id} here"))
}

/// The longest text that can be looked for.
const FIND_CHARS: usize = 64;
