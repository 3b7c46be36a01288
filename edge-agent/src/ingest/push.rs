//! Devices that post over HTTP: cameras, to `/push/<device>`.
//!
//! The answer 200 means that what the document said is on the disk; a camera that gets another answer sends it again. Of pictures that travel
//! beside the document the journal has size and digest, and the tape of the device has the body as it came, for its time. A body that is too large,
//! too slow or breaks off is refused whole, and counted as a fault of its device: nothing of it is told or kept.
//!
//! Bodies that come slowly cost memory as long as they come: a device sends few at once, and all of them not many. Beyond that a camera is asked to
//! come again, and other cameras are not its business.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use checkpoint::ids::DeviceId;
use firmware_protocols::{Fault, FaultKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_stream::StreamExt;

use super::{Delivery, Mailbox, Pushes};

/// The routes of devices that push; they stand on a listener of their own, or beside the terminal's.
pub fn routes(pushes: Pushes) -> Router {
    Router::new().route("/push/{device}", post(push)).with_state(Arc::new(Doors::of(&pushes)))
}

/// Where the devices that push come in.
struct Doors {
    devices: HashMap<DeviceId, Door>,
    /// Room for bodies of all of them.
    room: Arc<Semaphore>,
}

struct Door {
    mailbox: Mailbox,
    room: Arc<Semaphore>,
}

impl Doors {
    fn of(pushes: &Pushes) -> Doors {
        let door = |mailbox: &Mailbox| Door {
            mailbox: mailbox.clone(),
            room: Arc::new(Semaphore::new(BODIES_OF_A_DEVICE)),
        };
        Doors {
            devices: pushes.iter().map(|(id, mailbox)| (id.clone(), door(mailbox))).collect(),
            room: Arc::new(Semaphore::new(BODIES)),
        }
    }

    /// Room for one more body of this device, until it is given back.
    fn room_at(&self, door: &Door) -> Option<[OwnedSemaphorePermit; 2]> {
        let of_device = Arc::clone(&door.room).try_acquire_owned().ok()?;
        let of_all = Arc::clone(&self.room).try_acquire_owned().ok()?;
        Some([of_device, of_all])
    }
}

async fn push(
    State(doors): State<Arc<Doors>>,
    Path(device): Path<String>,
    request: Request,
) -> (StatusCode, &'static str) {
    let id = DeviceId::try_from(device);
    let Some(door) = id.ok().and_then(|id| doors.devices.get(&id)) else {
        return (StatusCode::NOT_FOUND, "no device of this name pushes here\n");
    };
    let mailbox = &door.mailbox;
    let Some(_room) = doors.room_at(door) else {
        mailbox.turn_away();
        return (StatusCode::SERVICE_UNAVAILABLE, TOO_MANY);
    };
    // Only now is anything of the body taken in: nobody is known here but by the name of the device.
    let body = match taken_in(request.into_body(), BODY_LIMIT).await {
        Ok(body) => body,
        Err(Refused { status, why, kind }) => {
            mailbox.tell_fault(Fault::new(kind, why.trim_end(), &[]));
            return (status, why);
        }
    };
    let (kept, answer) = oneshot::channel();
    if mailbox.try_put(Delivery { body, kept }).is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many documents of this device wait\n");
    }
    match tokio::time::timeout(ANSWER_LIMIT, answer).await {
        Ok(Ok(())) => (StatusCode::OK, "recorded\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not recorded\n"),
    }
}

/// Why a body is not taken in, and what fault of its device that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused {
    status: StatusCode,
    why: &'static str,
    kind: FaultKind,
}

const TOO_LARGE: Refused = Refused {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    why: "a document with its pictures has at most 8 MiB: send fewer or smaller pictures\n",
    kind: FaultKind::TooLong,
};
const TOO_SLOW: Refused = Refused {
    status: StatusCode::REQUEST_TIMEOUT,
    why: "a document has to be here within 30 seconds\n",
    kind: FaultKind::CutOff,
};
const BROKEN_OFF: Refused = Refused {
    status: StatusCode::BAD_REQUEST,
    why: "the document broke off before its end\n",
    kind: FaultKind::CutOff,
};

/// The whole body. What is too large is heard to its end and not kept, or its sender would never read the answer.
async fn taken_in(body: Body, limit: Duration) -> Result<Vec<u8>, Refused> {
    let mut taken = Vec::new();
    let mut large = false;
    let mut pieces = body.into_data_stream();
    let all = async {
        while let Some(piece) = pieces.next().await {
            let piece: Bytes = piece.map_err(|_| BROKEN_OFF)?;
            large |= taken.len() + piece.len() > BODY_BYTES;
            if large {
                taken = Vec::new();
            } else {
                taken.extend_from_slice(&piece);
            }
        }
        Ok(())
    };
    let came = tokio::time::timeout(limit, all).await;
    if large {
        return Err(TOO_LARGE);
    }
    came.unwrap_or(Err(TOO_SLOW))?;
    Ok(taken)
}

/// A document with its pictures.
const BODY_BYTES: usize = 8 * 1024 * 1024;
/// A document is here within this time, or is not waited for.
const BODY_LIMIT: Duration = Duration::from_secs(30);
/// So many bodies of one device come at once: a camera that sends its pictures later may have two of them.
const BODIES_OF_A_DEVICE: usize = 4;
/// So many of all devices: 256 MiB at the very most.
const BODIES: usize = 32;
const TOO_MANY: &str = "too many documents come at once: send this one again\n";
/// A camera waits no longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::io;

    use super::super::mailbox::{next_fault, turned_away};
    use super::*;

    fn never() -> Body {
        let never: tokio_stream::Pending<Result<Bytes, io::Error>> = tokio_stream::pending();
        Body::from_stream(never)
    }

    fn doors() -> (Arc<Doors>, super::super::mailbox::Letters) {
        let (mailbox, letters) = super::super::mailbox::mailbox();
        let id = DeviceId::try_from("camera-1".to_owned()).unwrap();
        (Arc::new(Doors::of(&Arc::new(HashMap::from([(id, mailbox)])))), letters)
    }

    async fn pushed(doors: &Arc<Doors>, device: &str, body: Body) -> StatusCode {
        push(State(Arc::clone(doors)), Path(device.to_owned()), Request::new(body)).await.0
    }

    #[tokio::test]
    async fn a_stranger_is_sent_away_before_the_document_is_read() {
        let (doors, _letters) = doors();
        assert_eq!(pushed(&doors, "camera-9", never()).await, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_or_breaks_off_is_refused_and_counted() {
        let (doors, letters) = doors();
        let broken = [Ok(Bytes::from("<Event")), Err(io::Error::from(io::ErrorKind::BrokenPipe))];
        let broken = Body::from_stream(tokio_stream::iter(broken));
        let cases = [(Body::from(vec![b'x'; BODY_BYTES + 1]), TOO_LARGE), (broken, BROKEN_OFF)];
        for (body, refused) in cases {
            assert_eq!(pushed(&doors, "camera-1", body).await, refused.status);
            assert_eq!(next_fault(&letters).await.unwrap().kind, refused.kind);
        }
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_refused() {
        let refused = taken_in(never(), Duration::from_millis(1)).await.unwrap_err();
        assert_eq!(refused, TOO_SLOW);
    }

    #[tokio::test]
    async fn what_is_as_large_as_it_may_be_is_taken_in_whole() {
        let pieces =
            (0..BODY_BYTES / 1024).map(|_| Ok::<_, io::Error>(Bytes::from(vec![b'x'; 1024])));
        let body = Body::from_stream(tokio_stream::iter(pieces));
        assert_eq!(taken_in(body, BODY_LIMIT).await.unwrap().len(), BODY_BYTES);
    }

    #[tokio::test]
    async fn a_device_that_sends_too_much_at_once_is_asked_to_come_again_and_has_room_afterwards() {
        let (doors, letters) = doors();
        let door = doors.devices.values().next().unwrap();
        let held: Vec<_> = (0..BODIES_OF_A_DEVICE).filter_map(|_| doors.room_at(door)).collect();
        assert_eq!(held.len(), BODIES_OF_A_DEVICE);
        assert_eq!(pushed(&doors, "camera-1", never()).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(turned_away(&letters).await, 1);
        drop(held);
        assert!(doors.room_at(door).is_some());
    }

    #[tokio::test]
    async fn a_document_for_which_there_is_no_room_is_turned_away_and_counted() {
        let (doors, letters) = doors();
        let door = doors.devices.values().next().unwrap();
        let empty = || Delivery { body: Vec::new(), kept: oneshot::channel().0 };
        while door.mailbox.try_put(empty()).is_ok() {}
        let document = Body::from("<EventNotificationAlert/>");
        let status = pushed(&doors, "camera-1", document).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(turned_away(&letters).await, 2);
    }
}
