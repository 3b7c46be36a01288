//! Goods in transit, until the destination body has completed it (art. 319-330; A1 to A10).
//!
//! A completed transit is no state of its own here: from its completion the terms of 329.6 run and the same steps follow as after a
//! presentation, so the goods go on as an arrival. Where they leave the territory, 329.6/4 sends them to the departure instead.

use serde::{Deserialize, Serialize};

use super::arrival::{ArrivalState, Standing};
use super::departure::{DepartureState, OutboundStanding};
use super::detention::{DetentionState, Keeping};
use super::step::{Ground, Step};
use super::{Guard, Next, guarded, no, to};

/// Where goods in transit stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransitState {
    /// On the way to the place of delivery (319).
    InTransit,
    /// On the way to another place of delivery than at first (324.4).
    DeliveryPlaceChanged,
    /// The transit broke off (330).
    Interrupted,
    /// At the place of delivery: the term to hand in the papers runs (329.3).
    ArrivedAtDelivery,
    /// In the control zone (329.2).
    InZone,
    /// The papers were handed in (329.3).
    PapersSubmitted,
    /// Their submission was registered: the body has its term to complete (329.4, 329.5).
    PapersRegistered,
    /// Seals and weight were checked (329.3, 327).
    Checked,
}

use TransitState::{
    ArrivedAtDelivery, Checked, DeliveryPlaceChanged, InTransit, InZone, Interrupted,
    PapersRegistered, PapersSubmitted,
};

const DELIVERY_CHANGE: &[Guard] = &[Guard {
    article: "324.4",
    text: "application and papers were given to a body on the way; it decides at the latest on the next day, completes the old transit \
           and opens the new one on the same day",
}];
const CARGO: &[Guard] = &[Guard {
    article: "326.1",
    text: "permission of the body of departure or of the body on the spot; a notification is enough where no seal is damaged or none is on",
}];
const COMPLETION: &[Guard] =
    &[Guard { article: "329.5", text: "the mark of completion stands on the transit declaration" }];
const COMPLETION_HERE: &[Guard] = &[
    Guard { article: "329.5", text: "the mark of completion stands on the transit declaration" },
    Guard { article: "329.6", text: "the goods leave the territory from this place" },
];
const INFORM: &[Guard] = &[Guard {
    article: "330",
    text: "the body that was told informs the bodies of departure and of destination",
}];
const PROCEDURE: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "312.3",
        text: "the procedure cannot go on after a liability, and was not completed in fifteen days",
    },
];

impl TransitState {
    /// All of them.
    pub const ALL: [TransitState; 8] = [
        InTransit,
        DeliveryPlaceChanged,
        Interrupted,
        ArrivedAtDelivery,
        InZone,
        PapersSubmitted,
        PapersRegistered,
        Checked,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            InTransit => "in_transit",
            DeliveryPlaceChanged => "delivery_place_changed",
            Interrupted => "interrupted",
            ArrivedAtDelivery => "arrived_at_delivery",
            InZone => "in_zone",
            PapersSubmitted => "papers_submitted",
            PapersRegistered => "papers_registered",
            Checked => "checked",
        }
    }

    /// On the way the transit itself is the ground to drive on; at the place of delivery the goods stay until it is completed.
    pub(super) fn exit_hold(self) -> Option<&'static str> {
        match self {
            InTransit | DeliveryPlaceChanged | Interrupted => None,
            ArrivedAtDelivery | InZone | PapersSubmitted | PapersRegistered | Checked => {
                Some("transit_not_completed")
            }
        }
    }

    pub(super) fn transition(self, step: Step) -> Next {
        match step {
            Step::TransitArrived => match self {
                InTransit | DeliveryPlaceChanged | Interrupted => {
                    to(ArrivedAtDelivery, "A1", "329.3")
                }
                ArrivedAtDelivery | InZone | PapersSubmitted | PapersRegistered | Checked => {
                    already_arrived()
                }
            },
            Step::PlacedInZone => match self {
                ArrivedAtDelivery => to(InZone, "A2", "329.2"),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                InZone | PapersSubmitted | PapersRegistered | Checked => {
                    no("already_in_zone", "329.2", "The goods are in the control zone already.")
                }
            },
            // The place of delivery is a control zone itself (324.3): nothing asks for its record before the papers.
            Step::TransitPapersSubmitted => match self {
                ArrivedAtDelivery | InZone => to(PapersSubmitted, "A3", "329.3"),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                PapersSubmitted | PapersRegistered | Checked => {
                    no("already_submitted", "329.3", "The transit papers were handed in already.")
                }
            },
            Step::TransitPapersRegistered => match self {
                PapersSubmitted => to(PapersRegistered, "A4", "329.4"),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                ArrivedAtDelivery | InZone => papers_missing(),
                PapersRegistered | Checked => no(
                    "already_registered",
                    "329.4",
                    "The submission of the transit papers was registered already.",
                ),
            },
            Step::TransitChecked => match self {
                PapersRegistered => to(Checked, "A5", "329.3"),
                Checked => to(Checked, "A5", "329.3"),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                ArrivedAtDelivery | InZone => papers_missing(),
                PapersSubmitted => not_registered(),
            },
            // The check is the choice of the body (183.1): the registration is what the completion waits for (329.5).
            Step::TransitCompleted => match self {
                PapersRegistered | Checked => guarded(
                    to(ArrivalState::Standing(Standing::TransitCompleted), "A6", "329.5"),
                    COMPLETION,
                ),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                ArrivedAtDelivery | InZone => papers_missing(),
                PapersSubmitted => not_registered(),
            },
            Step::TransitCompletedHere => match self {
                PapersRegistered | Checked => guarded(
                    to(DepartureState::Standing(OutboundStanding::TransitCompleted), "D5", "329.6"),
                    COMPLETION_HERE,
                ),
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
                ArrivedAtDelivery | InZone => papers_missing(),
                PapersSubmitted => not_registered(),
            },
            Step::DeliveryPlaceChanged => match self {
                InTransit | DeliveryPlaceChanged | Interrupted => {
                    guarded(to(DeliveryPlaceChanged, "A8", "324.4"), DELIVERY_CHANGE)
                }
                ArrivedAtDelivery | InZone | PapersSubmitted | PapersRegistered | Checked => {
                    already_arrived()
                }
            },
            Step::TransitInterrupted => match self {
                InTransit | DeliveryPlaceChanged => guarded(to(Interrupted, "A9", "330"), INFORM),
                Interrupted => no("already_interrupted", "330", "The breaking off was reported."),
                ArrivedAtDelivery | InZone | PapersSubmitted | PapersRegistered | Checked => {
                    already_arrived()
                }
            },
            Step::BroughtToPlace => match self {
                Interrupted => to(InTransit, "", "330"),
                InTransit | DeliveryPlaceChanged | ArrivedAtDelivery | InZone | PapersSubmitted
                | PapersRegistered | Checked => {
                    no("not_interrupted", "330", "No breaking off was reported.")
                }
            },
            Step::CargoOperation | Step::VehicleChanged => match self {
                InTransit | DeliveryPlaceChanged | Interrupted | ArrivedAtDelivery | InZone
                | PapersSubmitted | PapersRegistered | Checked => {
                    guarded(to(self, "A10", "326.1"), CARGO)
                }
            },
            // On demand of the body the carrier shows the goods; no term starts from it.
            Step::Presented => match self {
                ArrivedAtDelivery | InZone | PapersSubmitted | PapersRegistered | Checked => {
                    to(self, "A5", "329.3")
                }
                InTransit | DeliveryPlaceChanged | Interrupted => not_arrived(),
            },
            Step::Detained(Ground::Art312) => {
                guarded(to(DetentionState::Held(Keeping::Aboard), "", "312.3"), PROCEDURE)
            }
            Step::Detained(
                Ground::Art244
                | Ground::Art268
                | Ground::Art283
                | Ground::Art290
                | Ground::Art335
                | Ground::Art338
                | Ground::Art410
                | Ground::Art466,
            ) => no(
                "not_a_ground",
                "237.1",
                "Goods under transit are detained only where the procedure itself had to be completed and was not (ART_312): complete the \
                 transit, then record what the ground rests on.",
            ),
            Step::Filed(_)
            | Step::Registered(_)
            | Step::Refused(_)
            | Step::DeclarationWithdrawn
            | Step::Released
            | Step::ReleasedFromControl
            | Step::ReleasedBeforeDeclaration
            | Step::ReleaseRefused
            | Step::TransitReleased
            | Step::MustLeave
            | Step::RemovalFoundImpossible
            | Step::RestrictionProven
            | Step::ReturnedAbroad
            | Step::LeftPlace
            | Step::Unloaded
            | Step::DeparturePapersSubmitted
            | Step::QuantityChecked
            | Step::DeparturePermitted
            | Step::CrossedOut
            | Step::DepartureInterrupted
            | Step::NotAllowedToLeave
            | Step::TurnedBack => no(
                "transit_not_completed",
                "329.6",
                "The goods are under transit: complete it first; storage or a procedure follow it.",
            ),
            Step::PreAdvised
            | Step::Crossed
            | Step::Interrupted
            | Step::Arrived
            | Step::PresentationCorrected
            | Step::DepartureArrived => no(
                "in_transit",
                "319",
                "The goods are inside the territory under transit: record what happens to the transit.",
            ),
            Step::Split | Step::Merged => no(
                "in_transit",
                "319",
                "The transit declaration covers the consignment as it is: complete the transit first.",
            ),
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => {
                no("not_detained", "237.1", "The goods are not detained.")
            }
        }
    }
}

fn not_arrived() -> Next {
    no("transit_not_arrived", "329.3", "Record the arrival at the place of delivery first.")
}

fn already_arrived() -> Next {
    no("already_arrived", "329.3", "The goods are at the place of delivery already.")
}

fn papers_missing() -> Next {
    no("transit_papers_missing", "329.3", "Take in the transit declaration and the papers first.")
}

fn not_registered() -> Next {
    no("transit_papers_not_registered", "329.4", "Register the submission of the papers first.")
}
