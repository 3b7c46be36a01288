//! The hub's screens, inside the binary.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::Served;

/// What `npm run build` made. A hub that was built without it serves the interface alone, and says so.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Screens;

/// Scripts, styles, fonts and connections from the hub alone; no frames around it.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/", get(|| async { screen("hub.html", "no-cache") }))
        // Names of assets contain the hash of what is in them.
        .route(
            "/assets/{*path}",
            get(|Path(path): Path<String>| async move {
                screen(&format!("assets/{path}"), "public, max-age=31536000, immutable")
            }),
        )
}

fn screen(path: &str, cache: &'static str) -> Response {
    let Some(file) = Screens::get(path) else {
        let message = if path == "hub.html" {
            "This hub was built without its screens: run `make web` and build it again. The interface is under /api, its description at \
             /openapi.json.\n"
        } else {
            "There is no such file.\n"
        };
        return (StatusCode::NOT_FOUND, message).into_response();
    };
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, file.metadata.mimetype());
    set(header::CACHE_CONTROL, cache);
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    (headers, file.data).into_response()
}
