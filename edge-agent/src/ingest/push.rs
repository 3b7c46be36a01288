//! Devices that post over HTTP: cameras, to `/push/<device>`.
//!
//! The answer 200 means that what the document said is on the disk; a camera that gets another answer sends it again. Of pictures that travel
//! beside the document the journal has size and digest, and the tape of the device has the body as it came, for its time. A body that is too large
//! or too slow is refused, and counted as a fault of its device.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use checkpoint::ids::DeviceId;
use firmware_protocols::{Fault, FaultKind};
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
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            mailbox.tell_fault(Fault::new(FaultKind::TooLong, TOO_LARGE.trim_end(), &[]));
            return (error.status(), TOO_LARGE);
        }
        Ok(Err(error)) => return (error.status(), "the document cannot be taken in\n"),
        Err(_) => {
            mailbox.tell_fault(Fault::new(FaultKind::CutOff, TOO_SLOW.trim_end(), &[]));
            return (StatusCode::REQUEST_TIMEOUT, TOO_SLOW);
        }
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
const TOO_LARGE: &str =
    "a document with its pictures has at most 8 MiB: send fewer or smaller pictures\n";
const TOO_SLOW: &str = "a document has to be here within 30 seconds\n";
/// A document is here within this time, or is not waited for.
const BODY_LIMIT: Duration = Duration::from_secs(30);
/// A camera waits no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use axum::body::Body;

    use super::super::mailbox::next_fault;
    use super::*;

    #[tokio::test]
    async fn a_stranger_is_sent_away_before_the_document_is_read() {
        let never: tokio_stream::Pending<Result<Bytes, std::io::Error>> = tokio_stream::pending();
        let request = Request::new(Body::from_stream(never));
        let pushes: Pushes = Arc::new(HashMap::new());
        let (status, _) = push(State(pushes), Path("camera-9".to_owned()), request).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_large_or_too_slow_is_refused_and_counted() {
        let (mailbox, letters) = super::super::mailbox::mailbox();
        let id = DeviceId::try_from("camera-1".to_owned()).unwrap();
        let pushes: Pushes = Arc::new(HashMap::from([(id, mailbox)]));
        let never: tokio_stream::Pending<Result<Bytes, std::io::Error>> = tokio_stream::pending();
        for (body, status, kind) in [
            (Body::from(vec![b'x'; BODY_BYTES]), StatusCode::PAYLOAD_TOO_LARGE, FaultKind::TooLong),
            (Body::from_stream(never), StatusCode::REQUEST_TIMEOUT, FaultKind::CutOff),
        ] {
            let device = Path("camera-1".to_owned());
            let told = push(State(Arc::clone(&pushes)), device, Request::new(body)).await;
            assert_eq!(told.0, status);
            assert_eq!(next_fault(&letters).await.unwrap().kind, kind);
        }
    }
}
