//! A consignment: the law's unit (art. 4.1(48)). Its papers decide whether the vehicle may leave.

use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};
use units::Kilograms;

use super::Signature;
use crate::event::{MissingRow, Warning};
use crate::ids::{ActId, ConsignmentNo};
use crate::input::order::PapersKind;
use crate::law::course::{ArrivalState, Course, DepartureState, Step};
use crate::site::Direction;

/// What is known of one consignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consignment {
    /// Declared gross weight.
    pub gross: Option<Kilograms>,
    /// When it was presented, and who recorded that.
    pub presented: Option<Signature>,
    /// Papers filed and not refused.
    pub papers: Option<Papers>,
    /// Registered storage papers under which the goods lie while later papers are pending: a refusal brings them back.
    pub storage: Option<Papers>,
    /// Grounds of refusals.
    pub refusals: Vec<String>,
    /// When it was released, and under which procedure.
    pub released: Option<(Timestamp, PapersKind)>,
    /// Forms of control that are open, and the acts that opened them.
    pub controls: RedBlackTreeMapSync<String, ActId>,
    /// What is true of the goods, such as `perishable`.
    pub flags: RedBlackTreeSetSync<String>,
    /// Rules whose terms do not apply to the goods.
    pub lifted: RedBlackTreeSetSync<String>,
    /// Where it stands in the eyes of the law.
    pub course: Course,
    /// What it went on as after it was split or merged (art. 4.1(48)); empty while it stands for itself.
    #[serde(default)]
    pub into: Vec<ConsignmentNo>,
    /// What it came from: the one that was split, or those that were merged; empty if it was declared as it is.
    #[serde(default)]
    pub from: Vec<ConsignmentNo>,
}

/// Papers that were filed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Papers {
    /// Which.
    pub kind: PapersKind,
    /// Reference as filed.
    pub reference: String,
    /// When.
    pub filed_at: Timestamp,
    /// The number under which they were registered, and when.
    pub registered: Option<(String, Timestamp)>,
    /// What they do not say and the law wants them to say, in its order; none if nobody typed what they say.
    #[serde(default)]
    pub missing: Option<Vec<MissingRow>>,
    /// What looks wrong in them.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

impl Consignment {
    /// Goods that became known, on a vehicle that goes this way.
    pub(super) fn known(direction: Direction) -> Consignment {
        Consignment {
            gross: None,
            presented: None,
            papers: None,
            storage: None,
            refusals: Vec::new(),
            released: None,
            controls: RedBlackTreeMapSync::new_sync(),
            flags: RedBlackTreeSetSync::new_sync(),
            lifted: RedBlackTreeSetSync::new_sync(),
            course: Course::start(direction),
            into: Vec::new(),
            from: Vec::new(),
        }
    }

    /// The goods take a step of their course; one that the law does not allow from here changes nothing.
    pub(super) fn go(&mut self, step: Step) {
        if let Ok(course) = self.course.next(step) {
            self.course = course;
        }
    }

    /// Whether it was split or merged: what it became goes on under other numbers.
    pub fn is_replaced(&self) -> bool {
        matches!(
            self.course,
            Course::Arrival(ArrivalState::Split | ArrivalState::Merged)
                | Course::Departure(DepartureState::Split | DepartureState::Merged)
        )
    }

    /// The step that a release under papers of this kind is.
    pub fn release_step(procedure: PapersKind) -> Step {
        match procedure {
            PapersKind::Storage | PapersKind::Declaration => Step::Released,
            PapersKind::TransitDeclaration => Step::TransitReleased,
        }
    }

    /// Why the goods do not let their vehicle go: a `[[hold]]` of the edition.
    ///
    /// A journal of before the course was kept may tell of a release without a presentation. It stays a release: the exit was decided by it.
    pub fn exit_hold(&self) -> Option<&'static str> {
        let declared = matches!(
            self.course,
            Course::Arrival(ArrivalState::DeclarationRegistered { .. })
                | Course::Departure(DepartureState::DeclarationRegistered { .. })
        );
        if self.released.is_some() && declared { None } else { self.course.exit_hold() }
    }

    /// Papers that lie with the body unanswered.
    pub fn pending(&self) -> Option<&Papers> {
        self.papers.as_ref().filter(|papers| papers.registered.is_none())
    }

    /// Papers that the body registered.
    pub fn registered(&self) -> Option<&Papers> {
        self.papers.as_ref().filter(|papers| papers.registered.is_some())
    }

    /// Whether anything was ever done about these goods.
    pub fn is_handled(&self) -> bool {
        self.presented.is_some() || self.papers.is_some() || self.released.is_some()
    }
}
