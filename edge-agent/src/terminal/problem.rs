//! How a request is told that it is not served: a status, a name, a sentence.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::messages::{Problem, RefusalView, Refused};

/// A request that is not served.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Denied {
    /// The request itself is wrong.
    BadRequest(String),
    /// Nobody is signed in.
    SignInFirst,
    /// Who is signed in may not do this.
    Forbidden(String),
    /// There is no such thing.
    NotFound(String),
    /// The order cannot be carried out as things stand.
    Refused(RefusalView),
    /// Larger than is taken.
    TooLarge(String),
    /// Try again in a moment.
    TooMany(String),
    /// The agent cannot do it now.
    Unavailable(String),
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Denied::Refused(refusal) => {
                return (StatusCode::CONFLICT, Json(Refused { refusal })).into_response();
            }
            Denied::BadRequest(message) => (StatusCode::BAD_REQUEST, "bad_request", message),
            Denied::SignInFirst => {
                (StatusCode::UNAUTHORIZED, "sign_in_first", "nobody is signed in here".to_owned())
            }
            Denied::Forbidden(message) => (StatusCode::FORBIDDEN, "forbidden", message),
            Denied::NotFound(message) => (StatusCode::NOT_FOUND, "not_found", message),
            Denied::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", message),
            Denied::TooMany(message) => (StatusCode::TOO_MANY_REQUESTS, "too_many", message),
            Denied::Unavailable(message) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
            }
        };
        (status, Json(Problem { code: code.to_owned(), message })).into_response()
    }
}

impl From<JsonRejection> for Denied {
    fn from(rejection: JsonRejection) -> Denied {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Denied::TooLarge(rejection.body_text())
        } else {
            Denied::BadRequest(rejection.body_text())
        }
    }
}

impl From<PathRejection> for Denied {
    fn from(rejection: PathRejection) -> Denied {
        Denied::BadRequest(rejection.body_text())
    }
}

impl From<QueryRejection> for Denied {
    fn from(rejection: QueryRejection) -> Denied {
        Denied::BadRequest(rejection.body_text())
    }
}
