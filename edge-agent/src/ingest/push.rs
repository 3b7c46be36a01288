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
    let body = match taken_in(request, BODY_LIMIT).await {
        Ok(body) => body,
        Err(Refused { status, why, kind }) => {
            if let Some(kind) = kind {
                mailbox.tell_fault(Fault::new(kind, why.trim_end(), &[]));
            }
            return (status, why);
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

/// Why a body is not taken in, and what fault of its device that is, if it is one.
#[derive(Debug)]
struct Refused {
    status: StatusCode,
    why: &'static str,
    kind: Option<FaultKind>,
}

async fn taken_in(request: Request, limit: Duration) -> Result<Bytes, Refused> {
    match tokio::time::timeout(limit, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Refused { status: error.status(), why: TOO_LARGE, kind: Some(FaultKind::TooLong) })
        }
        Ok(Err(error)) => Err(Refused {
            status: error.status(),
            why: "the document cannot be taken in\n",
            kind: None,
        }),
        Err(_) => Err(Refused {
            status: StatusCode::REQUEST_TIMEOUT,
            why: TOO_SLOW,
            kind: Some(FaultKind::CutOff),
        }),
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

    use super::super::mailbox::{next_fault, turned_away};
    use super::*;

    #[tokio::test]
    async fn a_stranger_is_sent_away_before_the_document_is_read() {
        let never: tokio_stream::Pending<Result<Bytes, std::io::Error>> = tokio_stream::pending();
        let request = Request::new(Body::from_stream(never));
        let pushes: Pushes = Arc::new(HashMap::new());
        let (status, _) = push(State(pushes), Path("camera-9".to_owned()), request).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_and_counted() {
        let (mailbox, letters) = super::super::mailbox::mailbox();
        let id = DeviceId::try_from("camera-1".to_owned()).unwrap();
        let pushes: Pushes = Arc::new(HashMap::from([(id, mailbox)]));
        // axum's own limit, since the route's is not asked here.
        let large = Request::new(Body::from(vec![b'x'; BODY_BYTES]));
        let (status, _) = push(State(pushes), Path("camera-1".to_owned()), large).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(next_fault(&letters).await.unwrap().kind, FaultKind::TooLong);
    }

    #[tokio::test]
    async fn a_document_for_which_there_is_no_room_is_turned_away_and_counted() {
        let (mailbox, letters) = super::super::mailbox::mailbox();
        while mailbox.try_put(Delivery { body: Vec::new(), kept: oneshot::channel().0 }).is_ok() {}
        let id = DeviceId::try_from("camera-1".to_owned()).unwrap();
        let pushes: Pushes = Arc::new(HashMap::from([(id, mailbox)]));
        let request = Request::new(Body::from("<EventNotificationAlert/>"));
        let (status, _) = push(State(pushes), Path("camera-1".to_owned()), request).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(turned_away(&letters).await, 2);
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_refused_as_a_fault() {
        let never: tokio_stream::Pending<Result<Bytes, std::io::Error>> = tokio_stream::pending();
        let request = Request::new(Body::from_stream(never));
        let refused = taken_in(request, Duration::from_millis(1)).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::REQUEST_TIMEOUT);
        assert_eq!(refused.kind, Some(FaultKind::CutOff));
    }
}
