//! The steps of a departure from the papers for it to the border, or back into the country (255.4, 256-258).

use super::super::step::{Ground, Step};
use super::super::{Next, guarded, no, to};
use super::answers::*;
use super::standing::OutboundStanding::AtPlace;
use super::{DepartureState, guards};

use DepartureState::{
    CrossedOut, DeclarationRegistered, FiledPendingRegistration, Interrupted, LeftPlace, Merged,
    NotAllowedToLeave, PapersSubmitted, Permitted, QuantityChecked, ReleaseRefused, Released,
    Split, Standing, TurnedBack,
};
impl DepartureState {
    pub(super) fn after_papers(self, step: Step) -> Next {
        match step {
            Step::QuantityChecked => match self {
                PapersSubmitted | QuantityChecked => {
                    guarded(to(QuantityChecked, "D4", "256"), guards::QUANTITY)
                }
                Permitted | Interrupted => already_permitted(),
                NotAllowedToLeave => held_back(),
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            // The comparison is the choice of the body (183.1); the marks are not.
            Step::DeparturePermitted => match self {
                PapersSubmitted | QuantityChecked => {
                    guarded(to(Permitted, "D6", "255.4"), guards::MARKS)
                }
                Permitted | Interrupted => already_permitted(),
                NotAllowedToLeave => held_back(),
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            Step::CrossedOut => match self {
                Permitted | Interrupted => to(CrossedOut, "D7", "185.4"),
                PapersSubmitted | QuantityChecked => not_permitted(),
                NotAllowedToLeave => held_back(),
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            Step::DepartureInterrupted => match self {
                Permitted => guarded(to(Interrupted, "D8", "257"), guards::INFORM),
                Interrupted => {
                    no("already_interrupted", "257", "The breaking off was reported already.")
                }
                PapersSubmitted | QuantityChecked => not_permitted(),
                NotAllowedToLeave => held_back(),
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            // 257 takes no permission back.
            Step::BroughtToPlace => match self {
                Interrupted => to(Permitted, "", "257"),
                PapersSubmitted
                | QuantityChecked
                | Permitted
                | NotAllowedToLeave
                | TurnedBack
                | Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => {
                    no("not_interrupted", "257", "No breaking off was reported for these goods.")
                }
            },
            Step::NotAllowedToLeave => match self {
                PapersSubmitted | QuantityChecked | Permitted | Interrupted => {
                    guarded(to(NotAllowedToLeave, "D9", "244.3"), guards::FORBIDDEN)
                }
                NotAllowedToLeave => held_back(),
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            // 244.4 holds as long as the proof is missing; the papers for the departure are then submitted with it.
            Step::RestrictionProven => match self {
                NotAllowedToLeave => guarded(to(Standing(AtPlace), "", "244.4"), guards::PROVEN),
                PapersSubmitted
                | QuantityChecked
                | Permitted
                | Interrupted
                | TurnedBack
                | Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => no(
                    "not_held_back",
                    "244.4",
                    "Nothing holds these goods back for a restriction.",
                ),
            },
            Step::TurnedBack => match self {
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | NotAllowedToLeave => {
                    guarded(to(TurnedBack, "", "185.5"), guards::BACK)
                }
                TurnedBack => going_back(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            Step::LeftPlace => match self {
                TurnedBack => guarded(to(LeftPlace, "T22", "453.3"), guards::EXIT),
                PapersSubmitted
                | QuantityChecked
                | Permitted
                | Interrupted
                | NotAllowedToLeave
                | Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => not_turned_back(),
            },
            // 239.3 speaks of goods detained on the way out: 244.3 and 244.4 are where that comes from.
            Step::Detained(Ground::Art244) => match self {
                NotAllowedToLeave => held(Ground::Art244, guards::ART_244),
                PapersSubmitted
                | QuantityChecked
                | Permitted
                | Interrupted
                | TurnedBack
                | Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => no(
                    "not_a_ground",
                    "244.3",
                    "Record first that the goods may not leave the territory.",
                ),
            },
            Step::Detained(Ground::Art312) => held(Ground::Art312, guards::ART_312),
            Step::Detained(Ground::Art466) => held(Ground::Art466, guards::ART_466),
            Step::Detained(
                Ground::Art268
                | Ground::Art283
                | Ground::Art290
                | Ground::Art335
                | Ground::Art338
                | Ground::Art410,
            ) => no(
                "not_a_ground",
                "237.1",
                "This ground arises where no declaration is filed, in storage, in a warehouse or in a shop, not with goods on their way out.",
            ),
            Step::VehicleChanged => guarded(to(self, "", "186.6"), guards::VEHICLE),
            Step::Presented | Step::PresentationCorrected => to(self, "", "256"),
            Step::Split => self.divide(Split),
            Step::Merged => self.divide(Merged),
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => not_detained(),
            Step::PreAdvised | Step::DepartureArrived => already_here(),
            // Goods of the Union: until they actually left (290.2). The papers fall with it.
            Step::DeclarationWithdrawn => match self {
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | NotAllowedToLeave
                | TurnedBack => guarded(to(Standing(AtPlace), "", "290.2"), guards::WITHDRAWAL),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_)
                | CrossedOut
                | LeftPlace
                | Split
                | Merged => papers_missing(),
            },
            Step::Filed(_)
            | Step::Registered(_)
            | Step::Refused(_)
            | Step::Released
            | Step::ReleaseRefused
            | Step::TransitReleased
            | Step::DeparturePapersSubmitted
            | Step::TransitArrived => submitted(),
            Step::Crossed
            | Step::Interrupted
            | Step::Arrived
            | Step::ReleasedFromControl
            | Step::ReleasedBeforeDeclaration
            | Step::MustLeave
            | Step::RemovalFoundImpossible
            | Step::ReturnedAbroad
            | Step::Unloaded => not_an_arrival(),
            Step::PlacedInZone
            | Step::TransitPapersSubmitted
            | Step::TransitPapersRegistered
            | Step::TransitChecked
            | Step::TransitCompleted
            | Step::TransitCompletedHere
            | Step::DeliveryPlaceChanged
            | Step::TransitInterrupted
            | Step::CargoOperation => not_in_transit(),
        }
    }
}
