//! Prior information (art. 66, 250.2) for a page: what is expected, and what it says. It is recorded, linked and withdrawn by orders.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use checkpoint::ids::PriorId;
use checkpoint::view::{PriorRow, PriorView};

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;
use super::signing::SeesVehicles;

/// What somebody told before vehicles came: what is expected, the earliest first; then what is linked to a vehicle or was withdrawn, the latest first. At most 1,000.
#[utoipa::path(get, path = "/api/prior", responses(
    (status = 200, body = Vec<PriorRow>), (status = 401, body = Problem), (status = 403, body = Problem)
))]
pub(super) async fn rows(State(terminal): State<Terminal>, _: SeesVehicles) -> Json<Vec<PriorRow>> {
    let checkpoint = Arc::clone(&terminal.board.borrow());
    Json(checkpoint.prior_rows())
}

/// One of them with all that it says, and what the notice says otherwise.
#[utoipa::path(get, path = "/api/prior/{id}", params(("id" = u64, Path, description = "The number of the prior information here.")), responses(
    (status = 200, body = PriorView), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem)
))]
pub(super) async fn one(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    id: Result<Path<u64>, PathRejection>,
) -> Result<Json<PriorView>, Denied> {
    let Path(id) = id?;
    let checkpoint = Arc::clone(&terminal.board.borrow());
    checkpoint.prior_view(PriorId(id)).map(Json).ok_or_else(|| {
        Denied::NotFound(format!(
            "there is no prior information {id} here, or it was over long ago"
        ))
    })
}
