//! Signing in and out, and the proof of it that every other request brings along.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use checkpoint::ids::RequestId;
use checkpoint::input::{Order, OrderKind};
use rand::RngCore;

use super::Terminal;
use super::messages::{OfficerListed, Problem, SessionView, SignIn};
use super::need;
use super::problem::Denied;
use super::session::SignInError;
use crate::agent::OrderError;

/// Whoever is signed in at the page that asks.
pub(super) struct Signed {
    pub(super) session: SessionView,
    token: String,
}

impl FromRequestParts<Terminal> for Signed {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, terminal: &Terminal) -> Result<Signed, Denied> {
        let token = token(&parts.headers).ok_or(Denied::SignInFirst)?;
        let now = terminal.clock.now();
        let session = terminal.sessions.find(&token, now).ok_or(Denied::SignInFirst)?;
        Ok(Signed { session, token })
    }
}

/// Whoever is signed in and may see vehicles, goods and papers.
pub(super) struct SeesVehicles;

impl FromRequestParts<Terminal> for SeesVehicles {
    type Rejection = Denied;

    async fn from_request_parts(
        parts: &mut Parts,
        terminal: &Terminal,
    ) -> Result<SeesVehicles, Denied> {
        let signed = Signed::from_request_parts(parts, terminal).await?;
        if need::sees_vehicles(signed.session.role) {
            return Ok(SeesVehicles);
        }
        Err(Denied::Forbidden(
            "whoever looks after devices is shown no vehicles, goods or papers (art. 16.2)"
                .to_owned(),
        ))
    }
}

/// A request that changes something comes from our own page. A browser says where a page is from; another page's is refused.
pub(super) struct OwnPage;

impl<S: Sync> FromRequestParts<S> for OwnPage {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<OwnPage, Denied> {
        let text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
            && site != "same-origin"
            && site != "none"
        {
            return Err(Denied::Forbidden(format!("the page is from another site ({site})")));
        }
        let Some(origin) = text(header::ORIGIN) else { return Ok(OwnPage) };
        let host =
            text(header::HOST).or(parts.uri.authority().map(axum::http::uri::Authority::as_str));
        let from = origin.split_once("://").map(|(_, authority)| authority);
        if from.is_some() && from == host {
            return Ok(OwnPage);
        }
        Err(Denied::Forbidden(format!("the page is from {origin}, not from this terminal")))
    }
}

/// The officers who may sign in.
#[utoipa::path(get, path = "/api/officers", responses((status = 200, body = Vec<OfficerListed>)))]
pub(super) async fn officers(State(terminal): State<Terminal>) -> Json<Vec<OfficerListed>> {
    Json(terminal.sessions.officers())
}

/// Signs in. A wrong password makes the next answer slower.
#[utoipa::path(post, path = "/api/session", request_body = SignIn, responses(
    (status = 200, body = SessionView, description = "Signed in; the cookie `beket_session` is set."),
    (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 429, body = Problem), (status = 503, body = Problem)
))]
pub(super) async fn sign_in(
    State(terminal): State<Terminal>,
    _: OwnPage,
    jar: CookieJar,
    body: Result<Json<SignIn>, JsonRejection>,
) -> Result<(CookieJar, Json<SessionView>), Denied> {
    let Json(SignIn { officer, password, workplace }) = body?;
    let workplace = workplace.trim().to_owned();
    if workplace.is_empty() || workplace.chars().count() > WORKPLACE_CHARS {
        return Err(Denied::BadRequest(format!(
            "a workplace has 1 to {WORKPLACE_CHARS} characters"
        )));
    }
    terminal.sessions.check(&officer, password).await.map_err(|error| match error {
        SignInError::Wrong => {
            tracing::warn!(%officer, workplace, "sign-in refused");
            Denied::SignInFirst
        }
        SignInError::Busy => Denied::TooMany(error.to_string()),
    })?;
    let order = Order {
        officer: officer.clone(),
        workplace: workplace.clone(),
        request: own_request(),
        kind: OrderKind::SignIn,
    };
    recorded(terminal.inbox.ordered(order).await)?;
    let now = terminal.clock.now();
    // Whoever sat here before has left: a browser has one session.
    if let Some(before) = jar.get(COOKIE) {
        terminal.sessions.close(before.value());
    }
    let token = terminal.sessions.open(officer, workplace, now);
    let session = terminal.sessions.find(&token, now).ok_or(Denied::SignInFirst)?;
    let cookie =
        Cookie::build((COOKIE, token)).path("/").http_only(true).same_site(SameSite::Strict);
    Ok((jar.add(cookie), Json(session)))
}

/// Who is signed in here.
#[utoipa::path(get, path = "/api/session", responses(
    (status = 200, body = SessionView), (status = 401, body = Problem)
))]
pub(super) async fn session(signed: Signed) -> Json<SessionView> {
    Json(signed.session)
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem)
))]
pub(super) async fn sign_out(
    State(terminal): State<Terminal>,
    _: OwnPage,
    signed: Signed,
    jar: CookieJar,
) -> Result<(CookieJar, StatusCode), Denied> {
    terminal.sessions.close(&signed.token);
    let SessionView { officer, workplace, .. } = signed.session;
    let order = Order { officer, workplace, request: own_request(), kind: OrderKind::SignOut };
    // The session is over whatever the disk says.
    if let Err(error) = terminal.inbox.ordered(order).await {
        tracing::warn!(%error, "a sign-out was not recorded");
    }
    Ok((jar.remove(Cookie::build(COOKIE).path("/")), StatusCode::NO_CONTENT))
}

fn recorded(answer: Result<u64, OrderError>) -> Result<u64, Denied> {
    answer.map_err(Denied::from)
}

impl From<OrderError> for Denied {
    fn from(error: OrderError) -> Denied {
        match error {
            OrderError::Refused(refusal) => Denied::Refused(refusal),
            OrderError::RecordingFailed => Denied::Unavailable("recording has failed".to_owned()),
            OrderError::Busy => {
                Denied::TooMany("the agent is too busy; nothing was done".to_owned())
            }
        }
    }
}

fn token(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The request id of an order that no button of a page gave.
fn own_request() -> RequestId {
    let number = rand::rng().next_u64();
    match RequestId::try_from(format!("agent-{number:016x}")) {
        Ok(id) => id,
        Err(_) => unreachable!("22 letters, digits and hyphens are a request id"),
    }
}

/// The session's cookie.
const COOKIE: &str = "beket_session";
/// The longest name of a workplace.
const WORKPLACE_CHARS: usize = 40;
