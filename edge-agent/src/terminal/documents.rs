//! Documents of passages (N42.42), as the agent wrote them, for whoever has to hand one over.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use checkpoint::ids::VisitId;
use jiff::Timestamp;

use super::Terminal;
use super::messages::Problem;
use super::problem::Denied;
use super::signing::SeesVehicles;
use super::views;
use crate::n42::name_of;

/// The N42.42-2012 document of one passage of a visit, as the file that the agent wrote. It is written a moment after the passage, and
/// is removed when it is old: then it is not found.
#[utoipa::path(get, path = "/api/visits/{id}/n42/{seq}",
    params(("id" = u64, Path, description = "The visit's number here."), ("seq" = u64, Path, description = "The entry of the screening.")),
    responses(
        (status = 200, body = String, content_type = "application/xml"), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)
    )
)]
pub(super) async fn document(
    State(terminal): State<Terminal>,
    _: SeesVehicles,
    path: Result<Path<(u64, u64)>, PathRejection>,
) -> Result<Response, Denied> {
    let Path((id, seq)) = path?;
    let Some(folder) = terminal.documents.as_ref().map(Arc::clone) else {
        return Err(Denied::NotFound("this site has no documents of passages written".to_owned()));
    };
    let name = views::visit(&terminal, VisitId(id))
        .and_then(|visit| visit.screenings.into_iter().find(|one| one.seq == seq))
        .and_then(|one| {
            let began = Timestamp::from_millisecond(one.began_ms).ok()?;
            Some(name_of(&one.device, began, seq))
        })
        .ok_or_else(|| Denied::NotFound(format!("visit {id} has no screening in entry {seq}")))?;
    let file = name.clone();
    let found = tokio::task::spawn_blocking(move || folder.get(&file)).await;
    match found {
        Ok(Ok(Some(xml))) => {
            let headers = [
                (header::CONTENT_TYPE, "application/xml".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            Ok((headers, xml).into_response())
        }
        Ok(Ok(None)) => {
            Err(Denied::NotFound(format!("{name} is not written yet, or not kept any more")))
        }
        Ok(Err(error)) => Err(Denied::Unavailable(format!("{name} cannot be read: {error}"))),
        Err(_) => Err(Denied::Unavailable(format!("{name} could not be read"))),
    }
}
