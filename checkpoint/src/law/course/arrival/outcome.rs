//! What can happen to arriving goods once they are released, or once they must or may go back abroad.

use super::super::detention::{DetentionState, Keeping};
use super::super::step::{Ground, Step};
use super::super::{Next, guarded, no, to};
use super::standing::{Movement, Standing};
use super::{ArrivalState, guards};

use ArrivalState::{
    DeclarationRegistered, FiledPendingRegistration, LeftPlace, Merged, MustLeaveTerritory,
    ReleaseRefused, Released, RemovalImpossible, ReturnPermitted, ReturnedAbroad, Split,
    TransitReleased,
};

impl ArrivalState {
    /// Released goods may go. What the Code still knows of them here is another vehicle, the exit, and grounds that a procedure brings.
    pub(super) fn after_release(self, step: Step) -> Next {
        match step {
            Step::LeftPlace => {
                let under_control = self.is_under_control();
                guarded(to(LeftPlace { under_control }, "T22", "453.3"), guards::EXIT)
            }
            Step::VehicleChanged => guarded(to(self, "T24", "252.2"), guards::VEHICLE),
            Step::PresentationCorrected => to(self, "", "252.4"),
            Step::Detained(Ground::Art312) => {
                guarded(to(DetentionState::Held(Keeping::Aboard), "", "312.3"), guards::PROTOCOL)
            }
            // Placed under the bonded warehouse or the duty-free procedure and still here: 335.3, 338.3, 410.2.
            Step::Detained(ground @ (Ground::Art335 | Ground::Art338 | Ground::Art410)) => {
                match self {
                    Released { under_control: true } => guarded(
                        to(DetentionState::Held(Keeping::Aboard), "", ground.article()),
                        guards::PROTOCOL,
                    ),
                    Released { under_control: false }
                    | TransitReleased
                    | ArrivalState::Standing(_)
                    | FiledPendingRegistration { .. }
                    | DeclarationRegistered { .. }
                    | ReleaseRefused(_)
                    | MustLeaveTerritory(_)
                    | RemovalImpossible(_)
                    | ReturnPermitted(_)
                    | ReturnedAbroad
                    | LeftPlace { .. }
                    | Split
                    | Merged => no(
                        "not_a_ground",
                        ground.article(),
                        "This ground arises only under the procedure that it names: bonded warehouse or duty-free trade.",
                    ),
                }
            }
            Step::Detained(
                Ground::Art244 | Ground::Art268 | Ground::Art283 | Ground::Art290 | Ground::Art466,
            ) => no(
                "not_a_ground",
                "237.1",
                "The goods are released under a procedure: this ground arises only before.",
            ),
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => not_detained(),
            Step::PreAdvised
            | Step::Crossed
            | Step::Interrupted
            | Step::BroughtToPlace
            | Step::Arrived
            | Step::Presented
            | Step::Filed(_)
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
            | Step::Unloaded
            | Step::Split
            | Step::Merged
            | Step::DepartureArrived
            | Step::DeparturePapersSubmitted
            | Step::QuantityChecked
            | Step::TransitCompletedHere
            | Step::DeparturePermitted
            | Step::CrossedOut
            | Step::DepartureInterrupted
            | Step::NotAllowedToLeave
            | Step::TurnedBack
            | Step::TransitArrived
            | Step::PlacedInZone
            | Step::TransitPapersSubmitted
            | Step::TransitPapersRegistered
            | Step::TransitChecked
            | Step::TransitCompleted
            | Step::DeliveryPlaceChanged
            | Step::TransitInterrupted
            | Step::CargoOperation => {
                no("already_released", "453.3", "The goods are released: permit the exit.")
            }
        }
    }

    /// Goods that must leave the territory, or that may go back, until they are across the border or detained.
    pub(super) fn on_the_way_out(self, standing: Standing, step: Step) -> Next {
        let returning = matches!(self, ReturnPermitted(_));
        match step {
            Step::RemovalFoundImpossible => match self {
                MustLeaveTerritory(_) => to(RemovalImpossible(standing), "T19", "244.5"),
                RemovalImpossible(_) => no(
                    "already_found",
                    "244.5",
                    "That was found already: draw up the protocol of detention.",
                ),
                // The permission stands while nobody used it; that it cannot be used is a finding as well.
                ReturnPermitted(_) => to(RemovalImpossible(standing), "T19", "244.5"),
                ArrivalState::Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released { .. }
                | TransitReleased
                | ReturnedAbroad
                | LeftPlace { .. }
                | Split
                | Merged => no(
                    "need_not_leave",
                    "244.5",
                    "Nobody found that the goods must leave the territory.",
                ),
            },
            Step::DeparturePermitted if returning => {
                no("already_permitted", "255.4", "The departure was permitted already.")
            }
            Step::DeparturePermitted if standing.may_return() => {
                guarded(to(ReturnPermitted(standing), "T18", "255.1"), guards::RETURN)
            }
            Step::DeparturePermitted if standing == Standing::TransitCompleted => no(
                "left_the_place_of_arrival",
                "255.1",
                "These goods left their place of arrival under transit: they leave the territory with a declaration.",
            ),
            Step::DeparturePermitted => no(
                "not_at_place",
                "255.4",
                "The goods are not at the place: record their arrival first.",
            ),
            // 244.4 holds as long as the proof is missing; with it the goods stand where they stood.
            Step::RestrictionProven => {
                guarded(to(ArrivalState::Standing(standing), "", "244.4"), guards::PROVEN)
            }
            Step::Arrived => self.brought(standing, Movement::Arrived),
            Step::BroughtToPlace => self.brought(standing, Movement::BroughtToPlace),
            Step::Unloaded => self.brought(standing, Movement::Unloaded),
            Step::ReturnedAbroad if returning => {
                guarded(to(ReturnedAbroad, "T18", "255.1"), guards::EXIT)
            }
            Step::ReturnedAbroad => no(
                "departure_not_permitted",
                "255.4",
                "The body has not permitted that the goods leave the territory: permit it first.",
            ),
            Step::Detained(Ground::Art244) if !returning => guarded(
                to(DetentionState::Held(standing.keeping()), "T19", "244.5"),
                guards::ART_244,
            ),
            Step::Detained(Ground::Art244) => no(
                "not_a_ground",
                "244.5",
                "The goods may go back abroad: record first that their removal is impossible.",
            ),
            Step::Detained(
                Ground::Art268
                | Ground::Art283
                | Ground::Art290
                | Ground::Art312
                | Ground::Art335
                | Ground::Art338
                | Ground::Art410
                | Ground::Art466,
            ) => no(
                "not_a_ground",
                "237.1",
                "Goods that must leave the territory are detained when their removal failed (ART_244).",
            ),
            Step::VehicleChanged => guarded(to(self, "T24", "252.2"), guards::VEHICLE),
            Step::PresentationCorrected => to(self, "", "252.4"),
            Step::Presented => no(
                "already_presented",
                "252.4",
                "The goods are known to the body; what they must do now is leave.",
            ),
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => not_detained(),
            Step::PreAdvised
            | Step::Crossed
            | Step::Interrupted
            | Step::Filed(_)
            | Step::Registered(_)
            | Step::Refused(_)
            | Step::DeclarationWithdrawn
            | Step::Released
            | Step::ReleasedFromControl
            | Step::ReleasedBeforeDeclaration
            | Step::ReleaseRefused
            | Step::TransitReleased
            | Step::MustLeave
            | Step::LeftPlace
            | Step::Split
            | Step::Merged
            | Step::DepartureArrived
            | Step::DeparturePapersSubmitted
            | Step::QuantityChecked
            | Step::TransitCompletedHere
            | Step::CrossedOut
            | Step::DepartureInterrupted
            | Step::NotAllowedToLeave
            | Step::TurnedBack
            | Step::TransitArrived
            | Step::PlacedInZone
            | Step::TransitPapersSubmitted
            | Step::TransitPapersRegistered
            | Step::TransitChecked
            | Step::TransitCompleted
            | Step::DeliveryPlaceChanged
            | Step::TransitInterrupted
            | Step::CargoOperation => no(
                "must_leave_territory",
                "244.2",
                "The goods go out of the territory and nowhere else: permit their departure, or detain them if their removal is impossible.",
            ),
        }
    }
}

impl ArrivalState {
    fn brought(self, standing: Standing, movement: Movement) -> Next {
        let moved = standing.moved(movement)?;
        guarded(to(self.over(moved.to), moved.id, moved.article), moved.guards)
    }
}

fn not_detained() -> Next {
    no("not_detained", "237.1", "The goods are not detained.")
}
