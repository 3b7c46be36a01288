//! The screens: built by Vite, carried inside the binary, served with headers that let nothing else in.

use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

/// What `npm run build` made. Without it the agent works, and the page says what is missing.
#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// The terminal's page.
pub(super) async fn terminal() -> Response {
    page("terminal.html")
}

/// The page for everybody.
pub(super) async fn public() -> Response {
    page("public.html")
}

fn page(name: &str) -> Response {
    match Dist::get(name) {
        Some(page) => {
            let headers = [(header::CACHE_CONTROL, "no-cache")];
            (headers, Html(page.data.into_owned())).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// A script, a style, a font: its name holds its hash, so it may be kept for ever.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match Dist::get(&format!("assets/{name}")) {
        Some(file) => {
            let headers = [
                (header::CONTENT_TYPE, file.metadata.mimetype().to_owned()),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
            ];
            (headers, file.data.into_owned()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}

/// Headers of every answer.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if api {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

const POLICY: &str =
    "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Beket</title>\
<h1>The screens are not built</h1>\
<p>The agent works, and its interface answers under <code>/api</code>. Build the screens with <code>make web</code>, \
then build the agent anew.</p>";
