//! The accounting of goods under control (art. 209) for a page or a spreadsheet, as of the last durable entry.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use checkpoint::view::{GoodsAsked, GoodsForm, GoodsUnderControl, goods_csv};
use jiff::tz::TimeZone;

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;
use super::signing::SeesVehicles;

/// Goods under control here and the customs operations with them (art. 209.1), in the order in which their vehicles came. With `as=csv`
/// a table in UTF-8 with a header, one line an operation.
#[utoipa::path(get, path = "/api/goods", params(GoodsAsked), responses(
    (status = 200, body = Vec<GoodsUnderControl>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem)
))]
pub(super) async fn goods(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    query: Result<Query<GoodsAsked>, QueryRejection>,
) -> Result<Response, Denied> {
    let Query(asked) = query?;
    let filter = asked.filter().map_err(Denied::BadRequest)?;
    let checkpoint = Arc::clone(&terminal.board.borrow());
    let goods = checkpoint.goods_under_control(&terminal.edition, &filter, None);
    if asked.form != Some(GoodsForm::Csv) {
        return Ok(Json(goods).into_response());
    }
    let zone = checkpoint.site().and_then(|site| TimeZone::get(&site.zone).ok());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"goods.csv\""),
    ];
    Ok((headers, goods_csv(&goods, &zone.unwrap_or(TimeZone::UTC))).into_response())
}
