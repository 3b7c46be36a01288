//! The course of a consignment: where the goods stand in the eyes of the law, and which steps it allows from there.
//!
//! Four machines that hand over to one another: arrival, departure, transit at the destination body, and detention (Code of the
//! Republic of Kazakhstan on customs affairs (2010), ch. 26, 28-30, 32, 33, 37). Each is a total function: every step is either allowed
//! from a state, with its article and its guards, or forbidden with a code, the article and what to do. The identifiers of the transitions
//! (T9, D4, A6) are those of `docs/law.md`.
//!
//! Promises: pure, without panics, without an edition, so that a fold may follow it anywhere. Papers, numbers and moments are kept
//! beside it. Guards that need other facts (working hours, marks, the seven conditions of 320) are named here and judged by `decide`.
//! The arrival notice is no state: it may come at any time (250). Open forms of control are a count beside the course (199).

pub mod arrival;
pub mod departure;
pub mod detention;
pub mod step;
pub mod table;
pub mod transit;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::input::order::PapersKind;
use crate::site::Direction;

pub use arrival::{ArrivalState, Standing};
pub use departure::{DepartureState, OutboundStanding};
pub use detention::{DetentionState, Keeping};
pub use step::{Ground, Step};
pub use transit::TransitState;

/// Where a consignment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// Goods that came in, until they leave the place (ch. 28, 30, 32, 33).
    Arrival(ArrivalState),
    /// Goods that are to leave the territory (ch. 29).
    Departure(DepartureState),
    /// Goods in transit, until it is completed (ch. 37).
    Transit(TransitState),
    /// Detained goods (ch. 26).
    Detention(DetentionState),
}

/// A step that the law allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Where the goods stand then.
    pub to: Course,
    /// The transition in `docs/law.md`, or none where the article alone carries it.
    pub id: &'static str,
    /// The article that allows it.
    pub article: &'static str,
    /// What must be true besides, judged by those who know the facts.
    pub guards: &'static [Guard],
}

/// A condition of a transition that the state alone does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The article that sets it.
    pub article: &'static str,
    /// What must be true, in English.
    pub text: &'static str,
}

/// A step that the law does not allow from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{why} (art. {article})")]
pub struct Forbidden {
    /// The kind of obstacle, for programs and words.
    pub code: &'static str,
    /// The article that forbids it, or that asks for another step first.
    pub article: &'static str,
    /// What stands against it and what to do, in English.
    pub why: &'static str,
}

type Next = Result<Transition, Forbidden>;

fn to(course: impl Into<Course>, id: &'static str, article: &'static str) -> Next {
    Ok(Transition { to: course.into(), id, article, guards: &[] })
}

fn no(code: &'static str, article: &'static str, why: &'static str) -> Next {
    Err(Forbidden { code, article, why })
}

/// Adds guards to an allowed step.
fn guarded(next: Next, guards: &'static [Guard]) -> Next {
    next.map(|transition| Transition { guards, ..transition })
}

impl Course {
    /// Goods whose vehicle stands at the checkpoint.
    pub fn start(direction: Direction) -> Course {
        match direction {
            Direction::Inbound => ArrivalState::Standing(Standing::AtPlace).into(),
            Direction::Outbound => DepartureState::Standing(OutboundStanding::AtPlace).into(),
        }
    }

    /// Goods that nobody has seen yet: what prior information tells of (66).
    pub fn expected(direction: Direction) -> Course {
        match direction {
            Direction::Inbound => ArrivalState::Standing(Standing::Expected).into(),
            Direction::Outbound => DepartureState::Standing(OutboundStanding::Expected).into(),
        }
    }

    /// Goods on the way under transit to this body (319).
    pub fn in_transit() -> Course {
        TransitState::InTransit.into()
    }

    /// Where the goods stand after `step`, or why the law does not allow it.
    ///
    /// # Errors
    ///
    /// [`Forbidden`], with the article and what to do.
    pub fn next(self, step: Step) -> Result<Course, Forbidden> {
        self.transition(step).map(|transition| transition.to)
    }

    /// The same with the article and the guards.
    ///
    /// # Errors
    ///
    /// [`Forbidden`], with the article and what to do.
    pub fn transition(self, step: Step) -> Result<Transition, Forbidden> {
        match self {
            Course::Arrival(state) => state.transition(step),
            Course::Departure(state) => state.transition(step),
            Course::Transit(state) => state.transition(step),
            Course::Detention(state) => state.transition(step),
        }
    }

    /// What must be true besides for `step`; empty for a forbidden one.
    pub fn guards(self, step: Step) -> &'static [Guard] {
        self.transition(step).map_or(&[], |transition| transition.guards)
    }

    /// Whether customs control covers the goods now (185, 209).
    pub fn is_under_control(self) -> bool {
        match self {
            Course::Arrival(state) => state.is_under_control(),
            Course::Departure(state) => state.is_under_control(),
            // Foreign goods, from the crossing of the border until the procedure that ends control (185.1, 185.2).
            Course::Transit(_) => true,
            Course::Detention(state) => state.is_under_control(),
        }
    }

    /// Why the course does not let the vehicle that carries the goods go: the code of a `[[hold]]` of the edition.
    ///
    /// None for goods that may go, that are no more on the vehicle, or that went.
    pub fn exit_hold(self) -> Option<&'static str> {
        match self {
            Course::Arrival(state) => state.exit_hold(),
            Course::Departure(state) => state.exit_hold(),
            Course::Transit(state) => state.exit_hold(),
            Course::Detention(state) => state.exit_hold(),
        }
    }

    /// Whether the course is over: no step leads on.
    pub fn is_ended(self) -> bool {
        match self {
            Course::Arrival(state) => state.is_ended(),
            Course::Departure(state) => state.is_ended(),
            Course::Transit(_) => false,
            Course::Detention(state) => state.is_ended(),
        }
    }

    /// The step that the leaving of the vehicle is for these goods: abroad, over the border, or into the country.
    pub fn leaving(self) -> Step {
        match self {
            Course::Arrival(ArrivalState::ReturnPermitted(_)) => Step::ReturnedAbroad,
            Course::Departure(DepartureState::Permitted | DepartureState::Interrupted) => {
                Step::CrossedOut
            }
            Course::Arrival(_)
            | Course::Departure(_)
            | Course::Transit(_)
            | Course::Detention(_) => Step::LeftPlace,
        }
    }

    /// All states of all machines.
    pub fn all() -> Vec<Course> {
        let mut all: Vec<Course> = Vec::new();
        all.extend(ArrivalState::all().into_iter().map(Course::Arrival));
        all.extend(DepartureState::all().into_iter().map(Course::Departure));
        all.extend(TransitState::ALL.into_iter().map(Course::Transit));
        all.extend(DetentionState::all().into_iter().map(Course::Detention));
        all
    }

    /// The state in words of the trade, without its papers: `presented`, `filed_pending_registration`.
    pub fn name(self) -> &'static str {
        match self {
            Course::Arrival(state) => state.name(),
            Course::Departure(state) => state.name(),
            Course::Transit(state) => state.name(),
            Course::Detention(state) => state.name(),
        }
    }
}

impl Course {
    /// Which machine: `arrival`, `departure`, `transit`, `detention`.
    pub fn machine(self) -> &'static str {
        match self {
            Course::Arrival(_) => "arrival",
            Course::Departure(_) => "departure",
            Course::Transit(_) => "transit",
            Course::Detention(_) => "detention",
        }
    }

    /// The papers that wait or are registered here.
    pub fn papers(self) -> Option<PapersKind> {
        match self {
            Course::Arrival(state) => state.papers_kind(),
            Course::Departure(state) => state.papers_kind(),
            Course::Transit(_) => None,
            Course::Detention(state) => state.papers_kind(),
        }
    }

    /// What the state lies over: where the goods stand beneath their papers, where they are kept, whether control goes on.
    pub fn beneath(self) -> Option<&'static str> {
        match self {
            Course::Arrival(state) => state.beneath(),
            Course::Departure(state) => state.beneath(),
            Course::Transit(_) => None,
            Course::Detention(state) => state.beneath(),
        }
    }

    /// The name to show where forms of control are open on the goods: T8 and D3 are no states, for nothing is lost when a form closes.
    pub fn shown(self, controls_open: usize) -> &'static str {
        if controls_open > 0 && !self.is_ended() { "under_control" } else { self.name() }
    }
}

impl From<ArrivalState> for Course {
    fn from(state: ArrivalState) -> Course {
        Course::Arrival(state)
    }
}

impl From<DepartureState> for Course {
    fn from(state: DepartureState) -> Course {
        Course::Departure(state)
    }
}

impl From<TransitState> for Course {
    fn from(state: TransitState) -> Course {
        Course::Transit(state)
    }
}

impl From<DetentionState> for Course {
    fn from(state: DetentionState) -> Course {
        Course::Detention(state)
    }
}

/// `arrival: filed_pending_registration(declaration) over in_temporary_storage`
impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.machine(), self.name())?;
        if let Some(papers) = self.papers() {
            write!(f, "({})", papers_name(papers))?;
        }
        match self.beneath() {
            Some(beneath) => write!(f, " over {beneath}"),
            None => Ok(()),
        }
    }
}

fn papers_name(papers: PapersKind) -> &'static str {
    match papers {
        PapersKind::Storage => "storage",
        PapersKind::Declaration => "declaration",
        PapersKind::TransitDeclaration => "transit_declaration",
    }
}
