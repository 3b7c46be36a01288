//! Acts and open forms of control.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SignatureView;
use super::alarm::signature;
use crate::Checkpoint;
use crate::ids::{ActId, ConsignmentNo, VisitId};
use crate::input::order::Answer;
use crate::state::act::Act;
use crate::state::visit::Visit;

view! {
    /// A recorded act.
    struct ActView {
        /// Its number here.
        pub act: ActId,
        /// Entry in which it stands.
        pub seq: u64,
        /// Which act of the edition.
        pub kind: String,
        /// The number that people write.
        pub number: Option<String>,
        /// The article.
        pub article: String,
        /// About which visit.
        pub visit: Option<VisitId>,
        /// About which consignments; empty for acts about the vehicle.
        pub consignments: Vec<ConsignmentNo>,
        /// When it happened.
        pub as_of_ms: i64,
        /// When it was recorded, and by whom.
        pub recorded: Option<SignatureView>,
        /// Answers to its fields.
        pub answers: BTreeMap<String, Answer>,
        /// Until when it holds.
        pub valid_until_ms: Option<i64>,
        /// The act that it puts right.
        pub corrects: Option<ActId>,
        /// The later act that puts it right.
        pub corrected_by: Option<ActId>,
        /// The later act by which it holds no more.
        pub ended_by: Option<ActId>,
    }
}

view! {
    /// A form of control that is open (art. 199).
    struct ControlView {
        /// Which form, such as `opening_inspection`.
        pub control: String,
        /// Of which consignment; none if it is of the vehicle.
        pub consignment: Option<ConsignmentNo>,
        /// The act that opened it.
        pub act: ActId,
        /// Since when.
        pub since_ms: Option<i64>,
    }
}

impl Checkpoint {
    /// Acts of the checkpoint itself, newest first: passes, what was passed on to others.
    pub fn own_acts(&self) -> Vec<ActView> {
        let mut acts: Vec<ActView> = self.checkpoint_acts().map(|(_, act)| act_view(act)).collect();
        acts.reverse();
        acts
    }

    pub(super) fn act_views(&self, visit: VisitId) -> Vec<ActView> {
        let mut acts: Vec<ActView> = self.acts_of(visit).map(|(_, act)| act_view(act)).collect();
        acts.reverse();
        acts
    }

    pub(super) fn control_views(&self, visit: &Visit) -> Vec<ControlView> {
        let view = |control: &String, act: &ActId, consignment| ControlView {
            control: control.clone(),
            consignment,
            act: *act,
            since_ms: self.act_state(*act).map(|act| act.facts.as_of.as_millisecond()),
        };
        let of_vehicle = visit.controls.iter().map(|(control, act)| view(control, act, None));
        let of_goods = visit.consignments.iter().flat_map(|(number, goods)| {
            goods.controls.iter().map(|(control, act)| view(control, act, Some(*number)))
        });
        let mut controls: Vec<ControlView> = of_vehicle.chain(of_goods).collect();
        controls.sort_by_key(|control| (control.act, control.consignment));
        controls
    }
}

fn act_view(act: &Act) -> ActView {
    let facts = &act.facts;
    ActView {
        act: facts.act,
        seq: act.seq,
        kind: facts.kind.clone(),
        number: facts.number.clone(),
        article: facts.article.clone(),
        visit: facts.visit,
        consignments: facts.consignments.clone(),
        as_of_ms: facts.as_of.as_millisecond(),
        recorded: act.recorded.as_ref().map(signature),
        answers: facts.answers.clone(),
        valid_until_ms: facts.validity.as_ref().map(|validity| validity.until.as_millisecond()),
        corrects: facts.corrects,
        corrected_by: act.corrected_by,
        ended_by: act.ended_by,
    }
}
