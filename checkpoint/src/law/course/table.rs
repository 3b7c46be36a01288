//! The machines as text that a lawyer can read: every state, every step, what is allowed and what is not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{ArrivalState, Course, DepartureState, DetentionState, Step, TransitState};

/// The table of arrivals.
pub fn arrival() -> String {
    of("Arrival of a consignment", ArrivalState::all().into_iter().map(Course::Arrival))
}

/// The table of departures.
pub fn departure() -> String {
    of("Departure of a consignment", DepartureState::all().into_iter().map(Course::Departure))
}

/// The table of transit at the destination body.
pub fn transit() -> String {
    of("Transit at the destination body", TransitState::ALL.into_iter().map(Course::Transit))
}

/// The table of detained goods.
pub fn detention() -> String {
    of("Detained goods", DetentionState::all().into_iter().map(Course::Detention))
}

fn of(title: &str, states: impl Iterator<Item = Course>) -> String {
    let mut text = format!("{title}\n{}\n", "=".repeat(title.chars().count()));
    for state in states {
        block(&mut text, state);
    }
    text
}

/// One state: what holds the vehicle, what is allowed with target, transition, article and guards, and what is forbidden, by code.
fn block(text: &mut String, state: Course) {
    let control = if state.is_under_control() { "under control" } else { "not under control" };
    let exit = match state.exit_hold() {
        Some(code) => format!("holds the exit: {code}"),
        None => "does not hold the exit".to_owned(),
    };
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n{state}\n  {control}; {exit}");
    let mut forbidden: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for step in Step::all() {
        match state.transition(step) {
            Ok(allowed) => {
                let id = if allowed.id.is_empty() { "-" } else { allowed.id };
                let target =
                    if allowed.to == state { "(stays)".to_owned() } else { allowed.to.to_string() };
                let _ = writeln!(
                    text,
                    "  {:<31} -> {target}  [{id}, art. {}]",
                    step.name(),
                    allowed.article
                );
                for guard in allowed.guards {
                    let _ = writeln!(text, "      if art. {}: {}", guard.article, guard.text);
                }
            }
            Err(refusal) => {
                let key = (refusal.code, refusal.article, refusal.why);
                forbidden.entry(key).or_default().push(step.name());
            }
        }
    }
    for ((code, article, why), steps) in forbidden {
        let _ = writeln!(text, "  forbidden, {code} (art. {article}): {why}");
        let mut line = "     ".to_owned();
        for name in steps {
            if line.len() + name.len() > 116 {
                let _ = writeln!(text, "{line}");
                line = "     ".to_owned();
            }
            line.push(' ');
            line.push_str(name);
        }
        let _ = writeln!(text, "{line}");
    }
}
