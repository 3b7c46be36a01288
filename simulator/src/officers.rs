//! Officers who are not there: they sign in at the agent's terminal and press its buttons, through the interface that a browser uses.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};

use crate::story::{AlarmWords, Snapshot, StoryOrder, Subjects, Unresolved};

/// The officers of one terminal.
#[derive(Debug)]
pub struct Officers {
    client: reqwest::Client,
    address: String,
    password: String,
    /// Session cookies by name.
    sessions: BTreeMap<String, String>,
    presses: u64,
    run: u64,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was carried out and recorded.
    Recorded {
        /// The entry in which it stands.
        seq: u64,
    },
    /// It was refused, with this code.
    Refused(String),
}

/// Why an officer cannot work.
#[derive(Debug, thiserror::Error)]
pub enum OfficerError {
    /// The terminal does not answer, or not as it should.
    #[error("failed to {step} at http://{address}")]
    Terminal {
        /// What was tried.
        step: &'static str,
        /// Where.
        address: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The terminal answers with a status that no story expects.
    #[error("the terminal at http://{address} answers {status} to {step}: {body}")]
    Status {
        /// What was tried.
        step: &'static str,
        /// Where.
        address: String,
        /// The status.
        status: StatusCode,
        /// What it says.
        body: String,
    },
    /// What the order is about is not there.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
}

/// A board on which nothing is.
struct Nobody;

impl Subjects for Nobody {
    fn visit(&self, _plate: &str) -> Option<u64> {
        None
    }

    fn alarm(&self, _alarm: &AlarmWords) -> Option<u64> {
        None
    }
}

/// An order may be a moment ahead of what it is about; so long is waited.
const PATIENCE: Duration = Duration::from_secs(20);

impl Officers {
    /// Officers at the terminal at `address` (`host:port`), who share one password. `run` tells one run's button presses from another's.
    pub fn at(address: &str, password: &str, run: u64) -> Officers {
        Officers {
            client: reqwest::Client::new(),
            address: address.to_owned(),
            password: password.to_owned(),
            sessions: BTreeMap::new(),
            presses: 0,
            run,
        }
    }

    /// `officer` gives `order`, once what it is about is there.
    pub async fn order(
        &mut self,
        officer: &str,
        order: &StoryOrder,
    ) -> Result<Answer, OfficerError> {
        let mut waited = Duration::ZERO;
        let body = loop {
            // Most orders are about a vehicle or an alarm; one that is not needs no look at the board.
            let resolved = match order.to_json(&Nobody) {
                Ok(body) => Ok(body),
                Err(_) => order.to_json(&self.snapshot(officer).await?),
            };
            match resolved {
                Ok(body) => break body,
                Err(unresolved) if waited >= PATIENCE => return Err(unresolved.into()),
                Err(_) => {
                    let pause = Duration::from_millis(250);
                    tokio::time::sleep(pause).await;
                    waited += pause;
                }
            }
        };
        self.presses += 1;
        let press = format!("story-{}-{}", self.run, self.presses);
        let answer = self
            .send(
                officer,
                reqwest::Method::POST,
                "/api/orders",
                "give an order",
                Some((&press, &body)),
            )
            .await?;
        match answer.status() {
            StatusCode::OK => {
                let recorded: Value = answer
                    .json()
                    .await
                    .map_err(|source| self.terminal("read an answer", source))?;
                Ok(Answer::Recorded { seq: recorded["seq"].as_u64().unwrap_or_default() })
            }
            StatusCode::CONFLICT => {
                let refusal: Value = answer
                    .json()
                    .await
                    .map_err(|source| self.terminal("read a refusal", source))?;
                Ok(Answer::Refused(
                    refusal["refusal"]["code"].as_str().unwrap_or("unnamed").to_owned(),
                ))
            }
            status => Err(self.unexpected("an order", status, answer).await),
        }
    }

    /// The checkpoint as `officer` sees it.
    pub async fn snapshot(&mut self, officer: &str) -> Result<Snapshot, OfficerError> {
        let answer = self
            .send(officer, reqwest::Method::GET, "/api/snapshot", "read the board", None)
            .await?;
        if answer.status() != StatusCode::OK {
            return Err(self.unexpected("the board", answer.status(), answer).await);
        }
        let mut board: Value =
            answer.json().await.map_err(|source| self.terminal("read the board", source))?;
        Ok(Snapshot(board["snapshot"].take()))
    }

    async fn send(
        &mut self,
        officer: &str,
        method: reqwest::Method,
        path: &str,
        step: &'static str,
        order: Option<(&str, &Value)>,
    ) -> Result<reqwest::Response, OfficerError> {
        for _ in 0..2 {
            let cookie = match self.sessions.get(officer) {
                Some(cookie) => cookie.clone(),
                None => self.sign_in(officer).await?,
            };
            let mut request = self
                .client
                .request(method.clone(), format!("http://{}{path}", self.address))
                .header(COOKIE, cookie)
                .header(ORIGIN, format!("http://{}", self.address));
            if let Some((press, body)) = order {
                request = request.header("idempotency-key", press).json(body);
            }
            let answer = request.send().await.map_err(|source| self.terminal(step, source))?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            self.sessions.remove(officer); // the agent was restarted and knows no sessions
        }
        let answer = self.client.get(format!("http://{}/api/session", self.address)).send().await;
        let answer = answer.map_err(|source| self.terminal(step, source))?;
        Err(self.unexpected(step, StatusCode::UNAUTHORIZED, answer).await)
    }

    async fn sign_in(&mut self, officer: &str) -> Result<String, OfficerError> {
        let who = json!({ "officer": officer, "password": self.password, "workplace": "story" });
        let answer = self
            .client
            .post(format!("http://{}/api/session", self.address))
            .header(ORIGIN, format!("http://{}", self.address))
            .json(&who)
            .send()
            .await
            .map_err(|source| self.terminal("sign in", source))?;
        let cookie = answer
            .headers()
            .get(SET_COOKIE)
            .and_then(|cookie| cookie.to_str().ok())
            .map(str::to_owned);
        match cookie {
            Some(cookie) if answer.status().is_success() => {
                let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
                self.sessions.insert(officer.to_owned(), cookie.clone());
                Ok(cookie)
            }
            Some(_) | None => Err(self.unexpected("signing in", answer.status(), answer).await),
        }
    }

    fn terminal(&self, step: &'static str, source: reqwest::Error) -> OfficerError {
        OfficerError::Terminal { step, address: self.address.clone(), source }
    }

    async fn unexpected(
        &self,
        step: &'static str,
        status: StatusCode,
        answer: reqwest::Response,
    ) -> OfficerError {
        let body = answer.text().await.unwrap_or_default();
        OfficerError::Status {
            step,
            address: self.address.clone(),
            status,
            body: body.chars().take(400).collect(),
        }
    }
}
