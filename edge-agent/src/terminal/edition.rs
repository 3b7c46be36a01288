//! The edition of the law in force, as forms need it. It is large and changes with the agent's configuration alone, so it is written once,
//! packed once, and sent again only to a page that has another.

use std::io::Write;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use checkpoint::law::Edition;
use checkpoint::law::edition::EditionView;
use flate2::Compression;
use flate2::write::GzEncoder;
use wire::chain::Hash;

use super::Terminal;
use super::messages::Problem;
use super::signing::Signed;

/// An edition as it goes to pages. A copy is the same.
#[derive(Debug, Clone)]
pub struct SentEdition(Arc<Sent>);

#[derive(Debug)]
struct Sent {
    plain: Bytes,
    packed: Bytes,
    tag: String,
}

impl SentEdition {
    /// Writes and packs it.
    pub fn new(edition: &Edition) -> SentEdition {
        let view = serde_json::to_vec(&edition.view());
        let plain = view
            .inspect_err(
                |error| tracing::error!(%error, "the edition could not be written as JSON"),
            )
            .unwrap_or_default();
        let packed = packed(&plain).unwrap_or_default();
        let tag = format!("\"{}\"", Hash::of(&plain));
        SentEdition(Arc::new(Sent { plain: plain.into(), packed: packed.into(), tag }))
    }
}

fn packed(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(plain)?;
    packed.finish()
}

/// The edition of the law in force, as forms need it. A page that names the one it has in `If-None-Match` is told if it is still the same.
#[utoipa::path(get, path = "/api/edition", responses(
    (status = 200, body = EditionView), (status = 304), (status = 401, body = Problem)
))]
pub(super) async fn edition(
    State(terminal): State<Terminal>,
    _: Signed,
    headers: HeaderMap,
) -> Response {
    let Sent { plain, packed, tag } = &*terminal.sent_edition.0;
    // Kept by the browser, and asked about each time: who has signed out is answered 401 here and sees nothing.
    let mut answer = HeaderMap::new();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        answer.insert(header::ETAG, tag);
    }
    if names(&headers, &header::IF_NONE_MATCH, |one| {
        one.trim_start_matches("W/") == tag || one == "*"
    }) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let takes_gzip = names(&headers, &header::ACCEPT_ENCODING, |one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == "gzip" && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    });
    if takes_gzip && !packed.is_empty() {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return (answer, packed.clone()).into_response();
    }
    (answer, plain.clone()).into_response()
}

/// Whether one of the words of a header, parted by commas, is the one.
fn names(headers: &HeaderMap, name: &header::HeaderName, is_it: impl Fn(&str) -> bool) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| is_it(one.trim()))
}
