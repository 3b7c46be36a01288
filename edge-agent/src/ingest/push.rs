//! Devices that post over HTTP: cameras, to `/push/<device>`.
//!
//! The answer 200 means that what the document said is on the disk; a camera that gets another answer sends it again. Pictures that
//! travel beside the document are passed over by the decoder and not kept.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use checkpoint::ids::DeviceId;
use tokio::sync::oneshot;

use super::{Delivery, Pushes};

/// The routes of devices that push; they stand on a listener of their own, or beside the terminal's.
pub fn routes(pushes: Pushes) -> Router {
    Router::new()
        .route("/push/{device}", post(push))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(pushes)
}

async fn push(
    State(pushes): State<Pushes>,
    Path(device): Path<String>,
    request: Request,
) -> (StatusCode, &'static str) {
    let id = DeviceId::try_from(device);
    let Some(mailbox) = id.ok().and_then(|id| pushes.get(&id)) else {
        return (StatusCode::NOT_FOUND, "no device of this name pushes here\n");
    };
    // Only now is anything of the body taken in: nobody is known here but by the name of the device.
    let body = match tokio::time::timeout(BODY_LIMIT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => return (error.status(), "the document cannot be taken in\n"),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the document came too slowly\n"),
    };
    let (kept, answer) = oneshot::channel();
    if mailbox.try_put(Delivery { body: body.into(), kept }).is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many documents of this device wait\n");
    }
    match tokio::time::timeout(ANSWER_LIMIT, answer).await {
        Ok(Ok(())) => (StatusCode::OK, "recorded\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not recorded\n"),
    }
}

/// A document with its pictures.
const BODY_BYTES: usize = 8 * 1024 * 1024;
/// A document is here within this time, or is not waited for.
const BODY_LIMIT: Duration = Duration::from_secs(30);
/// A camera waits no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use axum::body::Body;

    use super::*;

    #[tokio::test]
    async fn a_stranger_is_sent_away_before_the_document_is_read() {
        let never: tokio_stream::Pending<Result<Bytes, std::io::Error>> = tokio_stream::pending();
        let request = Request::new(Body::from_stream(never));
        let pushes: Pushes = Arc::new(HashMap::new());
        let (status, _) = push(State(pushes), Path("camera-9".to_owned()), request).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}
