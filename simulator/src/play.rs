//! Plays a story over real lines, in real time or faster.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::node::NodeAct;
use crate::officers::{Answer, Officers};
use crate::programs::Program;
use crate::score::{Happening, Score};
use crate::stage::{Inbound, Stage};

/// What a story may take away and bring back. Where a program is absent, the story goes on and says so.
#[derive(Debug, Default)]
pub struct Wings {
    /// The hub.
    pub hub: Option<Program>,
    /// The broker.
    pub broker: Option<Program>,
    /// The agent.
    pub agent: Option<Program>,
}

/// How a story is played.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many times faster than life; 1 to 1000.
    pub speed: f64,
    /// How long the devices speak on after the story is told.
    pub linger: Duration,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Orders that were carried out, or refused as the story expects.
    pub orders: u32,
    /// Orders that went otherwise.
    pub surprises: u32,
}

/// Plays `score` on `stage`, telling `tell` one line for each thing that people should know.
pub async fn play(
    score: &mut Score,
    stage: &mut Stage,
    officers: &mut Officers,
    wings: &mut Wings,
    pace: Pace,
    tell: &mut impl FnMut(&str),
) -> Outcome {
    let began = instant();
    let speed = pace.speed.clamp(0.01, 1000.0);
    let mut outcome = Outcome::default();
    let mut told_at = None;
    // A story's time is asked for in small steps, so that devices without an end do not run ahead.
    let step = Duration::from_millis(20).mul_f64(speed.max(1.0));
    let mut horizon = step;
    let mut orders = VecDeque::new();
    let passed = move || instant().duration_since(began).mul_f64(speed);
    loop {
        while let Some((at, happening)) = score.next(horizon) {
            wait(began + at.div_f64(speed), score, stage, passed).await;
            stage.expects(score.expected());
            if let Happening::Order { .. } = happening {
                orders.push_back(happening);
            } else {
                happens(happening, speed, stage, wings, tell).await;
            }
        }
        while let Some(order) = orders.pop_front() {
            ordered(order, officers, &mut outcome, tell).await;
        }
        if score.told() {
            let told = *told_at.get_or_insert(horizon);
            if horizon >= told + pace.linger {
                return outcome;
            }
        }
        stage.expects(score.expected()); // also what has no happening of its own yet
        wait(began + horizon.div_f64(speed), score, stage, passed).await;
        horizon += step;
    }
}

/// Lets `lines`, which are lines of stories without a time, take effect one by one as they come, at life's own speed. What is not understood, or cannot happen, is told
/// and ends nothing. Ends so long after the last of them.
pub async fn hands(
    score: &mut Score,
    stage: &mut Stage,
    officers: &mut Officers,
    mut lines: mpsc::Receiver<String>,
    linger: Duration,
    tell: &mut impl FnMut(&str),
) {
    let began = instant();
    let passed = move || instant().duration_since(began);
    let mut wings = Wings::default();
    let mut outcome = Outcome::default();
    let mut horizon = HAND;
    let mut ends = None;
    let mut number = 0;
    while ends.is_none_or(|ends| horizon < ends) {
        while let Some((at, happening)) = score.next(horizon) {
            wait(began + at, score, stage, passed).await;
            stage.expects(score.expected());
            happens(happening, 1.0, stage, &mut wings, tell).await;
        }
        let waits = wait(began + horizon, score, stage, passed);
        let line = tokio::select! {
            () = waits => None,
            line = lines.recv(), if ends.is_none() => Some(line),
        };
        horizon = horizon.max(passed()) + HAND;
        let Some(line) = line else { continue };
        let Some(line) = line else {
            ends = Some(horizon + linger);
            continue;
        };
        number += 1;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match score.hand(passed(), number, &line) {
            Err(error) => tell(&error.to_string()),
            Ok(None) => {}
            Ok(Some((_, order @ Happening::Order { .. }))) => {
                ordered(order, officers, &mut outcome, tell).await;
            }
            Ok(Some((_, happening))) => happens(happening, 1.0, stage, &mut wings, tell).await,
        }
        stage.expects(score.expected());
    }
}

/// A hand is waited for no longer before the devices speak on.
const HAND: Duration = Duration::from_millis(20);

/// Until then the devices hear what is said to them.
async fn wait(until: Instant, score: &mut Score, stage: &mut Stage, passed: impl Fn() -> Duration) {
    loop {
        let (device, inbound) = tokio::select! {
            () = tokio::time::sleep_until(until) => return,
            heard = stage.hears() => heard,
        };
        match inbound {
            Inbound::Opened => score.opened(passed(), &device),
            Inbound::Bytes(bytes) => score.hears(passed(), &device, &bytes),
            Inbound::Speed(baud) => score.heard_at(&device, baud),
        }
    }
}

/// What the devices' own clocks show: the machine's time.
#[expect(
    clippy::disallowed_methods,
    reason = "the live player is where a story's time meets real time"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the live player is where a story's time meets real time"
)]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

async fn happens(
    happening: Happening,
    speed: f64,
    stage: &mut Stage,
    wings: &mut Wings,
    tell: &mut impl FnMut(&str),
) {
    match happening {
        Happening::Bytes { device, bytes } => stage.send(&device, &bytes),
        Happening::Node { device, act: NodeAct::Misbehaves { how, time } } => {
            let time = time.div_f64(speed);
            stage.befalls_node(&device, NodeAct::Misbehaves { how, time });
        }
        Happening::Node { device, act } => stage.befalls_node(&device, act),
        Happening::Slow { device, time } => stage.slows(&device, time.div_f64(speed)),
        Happening::Line { device, up } => {
            tell(&format!("the line to {device} is {}", if up { "whole again" } else { "cut" }));
            stage.line(&device, up).await;
        }
        Happening::Hub { up } => {
            tell(if up { "the hub is back" } else { "the hub is taken away" });
            turn(&mut wings.hub, up, tell).await;
        }
        Happening::BrokerRestarts => {
            tell("the broker is restarted");
            turn(&mut wings.broker, false, tell).await;
            turn(&mut wings.broker, true, tell).await;
        }
        Happening::AgentKilled => {
            tell("the agent is killed, and started again");
            turn(&mut wings.agent, false, tell).await;
            turn(&mut wings.agent, true, tell).await;
        }
        Happening::Order { .. } | Happening::Expect { .. } => {} // orders have their own queue; expectations belong to the tests
    }
}

async fn turn(program: &mut Option<Program>, up: bool, tell: &mut impl FnMut(&str)) {
    match program {
        None => tell("(it is not mine to start or stop)"),
        Some(program) if up => {
            if let Err(error) = program.start().await {
                tell(&error.to_string());
            }
        }
        Some(program) => program.kill().await,
    }
}

async fn ordered(
    happening: Happening,
    officers: &mut Officers,
    outcome: &mut Outcome,
    tell: &mut impl FnMut(&str),
) {
    let Happening::Order { line, officer, order, refused } = happening else { return };
    let answer = officers.order(&officer, &order).await;
    let expected = match (&answer, &refused) {
        (Ok(Answer::Recorded { .. }), None) => true,
        (Ok(Answer::Refused(code)), Some(expected)) => code == expected,
        (Ok(Answer::Recorded { .. } | Answer::Refused(_)) | Err(_), _) => false,
    };
    if expected {
        outcome.orders += 1;
        tell(&format!(
            "{officer} {order}{}",
            refused.map_or(String::new(), |code| format!(", refused as it should be: {code}"))
        ));
    } else {
        outcome.surprises += 1;
        let came = answer.map_or_else(|error| error.to_string(), |answer| format!("{answer:?}"));
        tell(&format!("line {line}: {officer} {order}: went otherwise: {came}"));
    }
}

#[cfg(test)]
mod tests;
