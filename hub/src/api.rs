//! What the hub serves to screens and to other programs: JSON with an OpenAPI document, server-sent events, and the screens.
//!
//! Everything is read-only: the hub has no act that a checkpoint would have to wait for. `hub/openapi.json` is the document as last
//! agreed; a test fails when it is stale, and the screens' types are made from it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use checkpoint::ids::{CheckpointId, VisitId};
use checkpoint::law::edition::EditionView;
use checkpoint::view::{GoodsAsked, GoodsForm, GoodsUnderControl, VisitView, goods_csv};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::chain::Epoch;

use crate::board::{Board, Shown};
use crate::compose::{self, Editions, Shares};
use crate::directing::{self, DirectiveView};
use crate::moment::{ms, now_us};
use crate::overview::{CheckpointPage, Overview, RawEntry};
use crate::store::{Store, StoreError};

mod events;
mod screens;

pub use events::Feed;

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct Served {
    /// What is shown.
    pub board: Arc<Board>,
    /// What was made of the entries for the first page.
    pub shares: Arc<Shares>,
    /// The editions of the law that are known.
    pub editions: Arc<Editions>,
    /// Where entries are.
    pub store: Store,
    /// The overview as it goes to every listener.
    pub feed: Feed,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Beket hub",
        description = "What every checkpoint has reported. Instants are milliseconds since 1970 UTC, masses decimal text in kilograms."
    ),
    components(schemas(GoodsForm))
)]
struct Document;

/// The interface and the screens.
pub fn router(served: Served) -> axum::Router {
    let (router, document) = documented();
    let document = Arc::new(document);
    router
        .route(
            "/openapi.json",
            get(move || {
                let document = document.clone();
                async move { Json(document.as_ref().clone()) }
            }),
        )
        .merge(screens::router())
        .with_state(served)
}

/// The OpenAPI document, as `/openapi.json` gives it.
pub fn document() -> utoipa::openapi::OpenApi {
    documented().1
}

fn documented() -> (axum::Router<Served>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(overview))
        .routes(routes!(checkpoint_page))
        .routes(routes!(visit))
        .routes(routes!(goods))
        .routes(routes!(entries))
        .routes(routes!(edition))
        .routes(routes!(directives))
        .routes(routes!(events::events))
        .routes(routes!(health))
        .split_for_parts()
}

/// What went wrong, for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct Failure {
    /// A sentence.
    message: String,
}

/// An answer that is not the one that was asked for.
enum Denied {
    NoSuch(String),
    /// The question cannot be understood.
    Misasked(String),
    Store(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Denied {
        Denied::Store(error)
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Denied::NoSuch(message) => (StatusCode::NOT_FOUND, message),
            Denied::Misasked(message) => (StatusCode::BAD_REQUEST, message),
            Denied::Store(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "a request failed");
                (StatusCode::SERVICE_UNAVAILABLE, "the hub's store does not answer".to_owned())
            }
        };
        (status, Json(Failure { message })).into_response()
    }
}

/// Everything on the first page.
#[utoipa::path(get, path = "/api/overview", responses((status = 200, body = Overview)))]
async fn overview(State(served): State<Served>) -> Json<Overview> {
    Json(events::overview(&served.board, &served.shares, &served.editions))
}

/// One checkpoint with its board.
#[utoipa::path(
    get, path = "/api/checkpoints/{id}",
    params(("id" = String, Path, description = "Name of the checkpoint")),
    responses((status = 200, body = CheckpointPage), (status = 404, body = Failure))
)]
async fn checkpoint_page(
    State(served): State<Served>,
    Path(id): Path<String>,
) -> Result<Json<CheckpointPage>, Denied> {
    let (id, shown) = shown(&served, &id)?;
    Ok(Json(compose::page(&id, &shown, &served.shares, &served.editions, now_us())))
}

/// The words of an edition of the law; of the built-in one, where the hub does not know that edition.
#[utoipa::path(
    get, path = "/api/editions/{id}",
    params(("id" = String, Path, description = "Id of the edition, as entries name it")),
    responses((status = 200, body = EditionView))
)]
async fn edition(State(served): State<Served>, Path(id): Path<String>) -> Json<EditionView> {
    Json(served.editions.of(&id).view())
}

/// All about one visit.
#[utoipa::path(
    get, path = "/api/checkpoints/{id}/visits/{visit}",
    params(
        ("id" = String, Path, description = "Name of the checkpoint"),
        ("visit" = u64, Path, description = "Number of the visit there")
    ),
    responses((status = 200, body = VisitView), (status = 404, body = Failure))
)]
async fn visit(
    State(served): State<Served>,
    Path((id, visit)): Path<(String, u64)>,
) -> Result<Json<VisitView>, Denied> {
    let (id, shown) = shown(&served, &id)?;
    compose::visit(&shown, VisitId(visit), &served.editions)
        .map(Json)
        .ok_or_else(|| Denied::NoSuch(format!("no visit {visit} is known at `{id}`")))
}

/// Goods under control at one checkpoint and the customs operations with them (art. 209.1). With `as=csv` a table in UTF-8 with a header,
/// one line an operation.
#[utoipa::path(
    get, path = "/api/checkpoints/{id}/goods",
    params(("id" = String, Path, description = "Name of the checkpoint"), GoodsAsked),
    responses(
        (status = 200, body = Vec<GoodsUnderControl>), (status = 400, body = Failure), (status = 404, body = Failure)
    )
)]
async fn goods(
    State(served): State<Served>,
    Path(id): Path<String>,
    Query(asked): Query<GoodsAsked>,
) -> Result<Response, Denied> {
    let (_, shown) = shown(&served, &id)?;
    let filter = asked.filter().map_err(Denied::Misasked)?;
    let goods = compose::goods(&shown, &filter, &served.editions);
    if asked.form != Some(GoodsForm::Csv) {
        return Ok(Json(goods).into_response());
    }
    let zone = shown.fold.checkpoint.site().and_then(|site| TimeZone::get(&site.zone).ok());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"goods.csv\""),
    ];
    Ok((headers, goods_csv(&goods, &zone.unwrap_or(TimeZone::UTC))).into_response())
}

/// Which entries are wanted; the document tells what holds when one is left out.
#[derive(Debug, Deserialize)]
struct Span {
    from: Option<u64>,
    limit: Option<u32>,
    epoch: Option<String>,
}

/// The most entries that one answer holds.
const MOST_ENTRIES: u32 = 500;

/// Entries as they are stored, in order.
#[utoipa::path(
    get, path = "/api/checkpoints/{id}/entries",
    params(
        ("id" = String, Path, description = "Name of the checkpoint"),
        ("from" = Option<u64>, Query, description = "The first number; 1 if it is left out."),
        ("limit" = Option<u32>, Query, description = "How many at most; 100 if it is left out, 500 at most."),
        ("epoch" = Option<String>, Query, description = "Of which epoch, 32 hexadecimal digits; the one in force if it is left out.")
    ),
    responses((status = 200, body = Vec<RawEntry>), (status = 404, body = Failure))
)]
async fn entries(
    State(served): State<Served>,
    Path(id): Path<String>,
    Query(span): Query<Span>,
) -> Result<Json<Vec<RawEntry>>, Denied> {
    let (id, shown) = shown(&served, &id)?;
    let epoch: Option<Epoch> = match &span.epoch {
        Some(text) => Some(text.parse().map_err(|error| Denied::NoSuch(format!("{error}")))?),
        None => shown.chain.as_ref().map(|chain| chain.head.epoch),
    };
    let Some(epoch) = epoch else { return Ok(Json(Vec::new())) };
    let limit = span.limit.unwrap_or(100).min(MOST_ENTRIES);
    let stored = served.store.entries(id.as_str(), epoch, span.from.unwrap_or(1), limit).await?;
    let edition = served.editions.of(&shown.fold.edition);
    Ok(Json(stored.iter().map(|stored| compose::raw_entry(stored, edition)).collect()))
}

/// The last directives to a checkpoint and what became of them, the newest first. They are given with `hub directive`.
#[utoipa::path(
    get, path = "/api/checkpoints/{id}/directives",
    params(("id" = String, Path, description = "Name of the checkpoint")),
    responses((status = 200, body = Vec<DirectiveView>), (status = 404, body = Failure))
)]
async fn directives(
    State(served): State<Served>,
    Path(id): Path<String>,
) -> Result<Json<Vec<DirectiveView>>, Denied> {
    let (id, _) = shown(&served, &id)?;
    Ok(Json(directing::list(&served.store, id.as_str()).await?))
}

/// Whether the hub can work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct Readiness {
    /// Whether the store answers.
    store: bool,
    /// Version of the program.
    version: String,
    /// The hub's clock.
    ts_ms: i64,
}

/// Whether the hub can work: 200 if the store answers, else 503.
#[utoipa::path(
    get, path = "/health",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
async fn health(State(served): State<Served>) -> impl IntoResponse {
    let store = served.store.answers().await.is_ok();
    let status = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let answer = Json(Readiness { store, version, ts_ms: ms(now_us()) });
    (status, [(header::CACHE_CONTROL, "no-store")], answer)
}

fn shown(served: &Served, id: &str) -> Result<(CheckpointId, Arc<Shown>), Denied> {
    let no_such = || Denied::NoSuch(format!("no checkpoint `{id}` has reported"));
    let id: CheckpointId = id.parse().map_err(|_| no_such())?;
    let shown = served.board.one(&id).ok_or_else(no_such)?;
    Ok((id, shown))
}
