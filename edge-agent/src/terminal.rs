//! The officers' terminal: an interface of JSON and server-sent events, and the pages that use it.
//!
//! It shows what is durable, takes orders, and decides nothing. Two things reach a page before they are on the disk, by design: an
//! alarm that is being recorded, and frames of the live plot. `openapi.json` beside this crate describes every answer; a test keeps it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use checkpoint::Checkpoint;
use checkpoint::law::Edition;
use tokio::sync::watch;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod desk;
pub mod devices;
mod documents;
pub mod edition;
pub mod gauges;
mod goods;
pub mod law;
pub mod live;
mod looking;
pub mod messages;
mod need;
mod ordering;
mod pages;
mod prior;
mod problem;
pub mod public;
pub mod session;
mod signing;
mod stream;
mod views;

use devices::Equipment;
use edition::SentEdition;
use gauges::Gauges;
use live::Live;
use session::Sessions;

use crate::agent::Inbox;
use crate::clock::Clock;
use crate::index::Index;
use crate::n42::Folder;

/// All that the terminal needs; a copy is the same.
#[derive(Clone)]
pub struct Terminal {
    /// The clock of the agent.
    pub clock: Clock,
    /// Accounts and sessions.
    pub sessions: Sessions,
    /// Where orders go.
    pub inbox: Inbox,
    /// Where pages listen.
    pub live: Live,
    /// How the agent is.
    pub gauges: Gauges,
    /// What is durable.
    pub board: watch::Receiver<Arc<Checkpoint>>,
    /// The edition of the law in force.
    pub edition: Arc<Edition>,
    /// The same as it goes to pages.
    pub sent_edition: SentEdition,
    /// The journal's file, for looking back.
    pub journal: Arc<PathBuf>,
    /// The lookup index, if it can be used.
    pub index: Option<Arc<Index>>,
    /// The devices of the site, and when they were heard.
    pub equipment: Equipment,
    /// Documents of passages, if the site has them written.
    pub documents: Option<Arc<Folder>>,
    /// Restrictions that everybody may read, as the site words them.
    pub public_notice: Option<Arc<str>>,
}

/// The terminal without a socket: tests call it, and the agent serves it.
pub fn app(terminal: Terminal) -> Router {
    let (router, api) = routes().split_for_parts();
    let description: Arc<str> = api.to_json().unwrap_or_default().into();
    router
        .route("/", axum::routing::get(pages::terminal))
        .route("/public", axum::routing::get(pages::public))
        .route("/assets/{name}", axum::routing::get(pages::asset))
        .route("/openapi.json", axum::routing::get(async move || described(&description)))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn(pages::guard))
        .with_state(terminal)
}

/// The interface as an OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

fn routes() -> OpenApiRouter<Terminal> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(signing::officers))
        .routes(routes!(signing::sign_in, signing::session, signing::sign_out))
        .routes(routes!(looking::snapshot))
        .routes(routes!(looking::find))
        .routes(routes!(looking::visit))
        .routes(routes!(looking::visit_journal))
        .routes(routes!(documents::document))
        .routes(routes!(looking::own_acts))
        .routes(routes!(devices::devices))
        .routes(routes!(edition::edition))
        .routes(routes!(goods::goods))
        .routes(routes!(prior::rows))
        .routes(routes!(prior::one))
        .routes(routes!(looking::check_notice))
        .routes(routes!(law::law_clocks))
        .routes(routes!(law::law_readings))
        .routes(routes!(desk::law_story))
        .routes(routes!(desk::law_notice))
        .routes(routes!(desk::law_check))
        .routes(routes!(public::public))
        .routes(routes!(looking::check_papers))
        .routes(routes!(looking::time))
        .routes(routes!(looking::status))
        .routes(routes!(ordering::order))
        .routes(routes!(stream::events))
}

fn described(description: &str) -> ([(axum::http::HeaderName, &'static str); 1], String) {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], description.to_owned())
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Beket terminal", description = "One checkpoint, as its officers see it."),
    components(schemas(
        checkpoint::view::Changes,
        checkpoint::view::GoodsForm,
        messages::AlarmRinging,
        messages::Frame,
        messages::Heartbeat,
        messages::Hello,
        messages::Lost,
    ))
)]
struct Description;

/// The largest body of a request: the notice of a ferry lists a thousand passengers.
const BODY_BYTES: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    #[test]
    fn the_description_of_the_interface_is_current() {
        let described = super::openapi().to_pretty_json().unwrap();
        expect_test::expect_file!["../openapi.json"].assert_eq(&format!("{described}\n"));
    }
}
