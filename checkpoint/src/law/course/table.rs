//! The machines as text that a lawyer can read: every state, every step, what is allowed and what is not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{
    ArrivalState, Course, DepartureState, DetentionState, Forbidden, Guard, Step, TransitState,
};

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

/// One block for each state; conditions and obstacles are numbered and stand in full once, at the end.
fn of(title: &str, states: impl Iterator<Item = Course>) -> String {
    let mut text = format!("{title}\n{}\n", "=".repeat(title.chars().count()));
    let mut guards: Vec<Guard> = Vec::new();
    let mut obstacles: BTreeMap<&str, Vec<Forbidden>> = BTreeMap::new();
    for state in states {
        block(&mut text, state, &mut guards, &mut obstacles);
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, "\nConditions\n----------");
    for (number, guard) in guards.iter().enumerate() {
        let _ = writeln!(text, "{:>4}  art. {}: {}", number + 1, guard.article, guard.text);
    }
    let _ = writeln!(text, "\nWhat stands against a step\n--------------------------");
    for (code, kinds) in obstacles {
        let _ = writeln!(text, "  {code}");
        for kind in kinds {
            let _ = writeln!(text, "      art. {}: {}", kind.article, kind.why);
        }
    }
    text
}

/// One state: what holds the vehicle, what is allowed with target, transition, article and conditions, and what is forbidden, by code.
fn block(
    text: &mut String,
    state: Course,
    guards: &mut Vec<Guard>,
    obstacles: &mut BTreeMap<&'static str, Vec<Forbidden>>,
) {
    let control = if state.is_under_control() { "under control" } else { "not under control" };
    let exit = match state.exit_hold() {
        Some(code) => format!("holds the exit: {code}"),
        None => "does not hold the exit".to_owned(),
    };
    let _ = writeln!(text, "\n{state}\n  {control}; {exit}");
    let mut forbidden: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for step in Step::all() {
        match state.transition(step) {
            Ok(allowed) => {
                let id = if allowed.id.is_empty() { "" } else { &format!("{}, ", allowed.id) };
                let target =
                    if allowed.to == state { "(stays)".to_owned() } else { allowed.to.to_string() };
                let numbers: Vec<String> =
                    allowed.guards.iter().map(|guard| number(guards, *guard).to_string()).collect();
                let conditions = if numbers.is_empty() {
                    String::new()
                } else {
                    format!("  if {}", numbers.join(", "))
                };
                let (name, article) = (step.name(), allowed.article);
                let _ =
                    writeln!(text, "  {name:<31} -> {target}  [{id}art. {article}]{conditions}");
            }
            Err(refusal) => {
                forbidden.entry(refusal.code).or_default().push(step.name());
                let kinds = obstacles.entry(refusal.code).or_default();
                if !kinds.contains(&refusal) {
                    kinds.push(refusal);
                }
            }
        }
    }
    // An ended course forbids all, and says so once.
    if let (1, Some(code)) = (forbidden.len(), forbidden.keys().next().copied())
        && state.is_ended()
    {
        let _ = writeln!(text, "  every step is forbidden: {code}");
        return;
    }
    for (code, steps) in forbidden {
        let mut line = format!("  forbidden, {code}:");
        for name in steps {
            if line.len() + name.len() > 136 {
                let _ = writeln!(text, "{line}");
                line = "     ".to_owned();
            }
            line.push(' ');
            line.push_str(name);
        }
        let _ = writeln!(text, "{line}");
    }
}

/// The number of a condition in its table.
fn number(guards: &mut Vec<Guard>, guard: Guard) -> usize {
    if let Some(place) = guards.iter().position(|known| *known == guard) {
        return place + 1;
    }
    guards.push(guard);
    guards.len()
}
