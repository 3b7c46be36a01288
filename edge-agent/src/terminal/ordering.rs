//! Orders: the one request that changes something about a vehicle.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use checkpoint::ids::RequestId;
use checkpoint::input::order::AlarmDecision;
use checkpoint::input::{Order, OrderKind};
use checkpoint::law::act::Who;

use super::Terminal;
use super::messages::{Problem, Recorded, Refused, Role};
use super::problem::Denied;
use super::signing::{OwnPage, Signed};

/// Gives an order. Answers when what followed from it is on the disk; the same request again has no further effect and gets the
/// same answer.
#[utoipa::path(post, path = "/api/orders", request_body = OrderKind,
    params(("Idempotency-Key" = String, Header, description = "One press of a button: 8 to 64 letters, digits and hyphens.")),
    responses(
        (status = 200, body = Recorded), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Refused), (status = 429, body = Problem),
        (status = 503, body = Problem)
    ))]
pub(super) async fn order(
    State(terminal): State<Terminal>,
    _: OwnPage,
    signed: Signed,
    headers: HeaderMap,
    body: Result<Json<OrderKind>, JsonRejection>,
) -> Result<Json<Recorded>, Denied> {
    let request = headers
        .get("idempotency-key")
        .ok_or_else(|| Denied::BadRequest("the header Idempotency-Key is missing".to_owned()))?
        .to_str()
        .ok()
        .and_then(|text| text.parse::<RequestId>().ok())
        .ok_or_else(|| {
            Denied::BadRequest("Idempotency-Key: 8 to 64 letters, digits and hyphens".to_owned())
        })?;
    let Json(kind) = body?;
    let session = signed.session;
    if session.role == Role::Engineer && !is_for_engineers(&kind) {
        return Err(Denied::Forbidden("an engineer gives no orders about vehicles".to_owned()));
    }
    if session.role != Role::ShiftLead && is_for_shift_leads(&kind) {
        return Err(Denied::Forbidden(
            "a shift lead applies calendars and timetables: they move the terms of everybody here"
                .to_owned(),
        ));
    }
    if let OrderKind::DecideAlarm {
        decision: AlarmDecision { second_officer: Some(second), .. },
        ..
    } = &kind
    {
        let role = terminal.sessions.role(second);
        if *second == session.officer
            || !matches!(role, Some(Role::SeniorOfficer | Role::ShiftLead))
        {
            return Err(Denied::Forbidden(format!(
                "{second} cannot be the second pair of eyes: another senior officer or shift lead can"
            )));
        }
    }
    if let OrderKind::RecordAct { act, .. } = &kind
        && let Some(who) = terminal.edition.act(act).map(|rule| rule.who)
        && !may(session.role, who)
    {
        return Err(Denied::Forbidden(match who {
            Who::Officer => format!("{act} is recorded by an officer"),
            Who::Senior => format!("{act} is recorded by a senior officer or the shift lead"),
            Who::Head => format!("{act} is recorded by the shift lead, for the head of the body"),
        }));
    }
    let order = Order { officer: session.officer, workplace: session.workplace, request, kind };
    let seq = terminal.inbox.ordered(order).await?;
    Ok(Json(Recorded { seq }))
}

fn may(role: Role, who: Who) -> bool {
    match who {
        Who::Officer => role != Role::Engineer,
        Who::Senior => matches!(role, Role::SeniorOfficer | Role::ShiftLead),
        Who::Head => role == Role::ShiftLead,
    }
}

/// Orders about devices and about the person who gives them.
fn is_for_engineers(kind: &OrderKind) -> bool {
    matches!(
        kind,
        OrderKind::SignIn
            | OrderKind::SignOut
            | OrderKind::SilenceSound
            | OrderKind::SetLaneControl { .. }
    )
}

/// Orders that change what every term here is computed with.
fn is_for_shift_leads(kind: &OrderKind) -> bool {
    matches!(kind, OrderKind::ApplyCalendar { .. } | OrderKind::ApplyTimetable { .. })
}
