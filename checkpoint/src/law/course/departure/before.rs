//! The steps of a departure until the papers for it are submitted (255.1).

use super::super::step::{Ground, Step};
use super::super::transit::TransitState;
use super::super::{Next, guarded, no, to};
use super::answers::*;
use super::standing::OutboundStanding;
use super::{DepartureState, guards};
use crate::input::order::PapersKind;

use DepartureState::{
    CrossedOut, DeclarationRegistered, FiledPendingRegistration, Interrupted, LeftPlace, Merged,
    NotAllowedToLeave, PapersSubmitted, Permitted, QuantityChecked, ReleaseRefused, Released,
    Split, Standing, TurnedBack,
};
use OutboundStanding::{AtPlace, Expected, PreAdvised, TransitCompleted};

impl DepartureState {
    pub(super) fn before_papers(self, standing: OutboundStanding, step: Step) -> Next {
        match step {
            Step::PreAdvised => match standing {
                Expected | PreAdvised => {
                    guarded(to(self.over(PreAdvised), "T1", "66.1"), guards::PRIOR)
                }
                AtPlace | TransitCompleted => already_here(),
            },
            Step::DepartureArrived => match standing {
                Expected | PreAdvised => {
                    guarded(to(self.over(AtPlace), "D1", "254.1"), guards::ARRIVED)
                }
                AtPlace | TransitCompleted => already_here(),
            },
            // Goods are shown on demand; no term of a departure starts from it.
            Step::Presented | Step::PresentationCorrected => match standing {
                AtPlace | TransitCompleted => to(self, "", "256"),
                Expected | PreAdvised => not_here(),
            },
            Step::Filed(PapersKind::Storage) => no(
                "no_storage_at_departure",
                "259.1",
                "Goods that leave are under a procedure already and are not stored before one: let them go back, or complete their transit as \
                 at a destination, if they are to stay.",
            ),
            Step::Filed(papers @ (PapersKind::Declaration | PapersKind::TransitDeclaration)) => {
                match self {
                    Standing(standing) | ReleaseRefused(standing) => guarded(
                        to(FiledPendingRegistration { papers, standing }, "", "283.2"),
                        guards::DECLARANT,
                    ),
                    FiledPendingRegistration { .. } | DeclarationRegistered { .. } => no(
                        "already_filed",
                        "288.1",
                        "A declaration was filed for these goods already: answer it, or have it withdrawn, before another.",
                    ),
                    Released(_) => already_released(),
                    PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                    | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
                }
            }
            Step::Registered(kind) => match self {
                FiledPendingRegistration { papers, standing } if papers == kind => guarded(
                    to(DeclarationRegistered { papers, standing }, "", "288.7"),
                    guards::REGISTRATION,
                ),
                FiledPendingRegistration { .. }
                | Standing(_)
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_) => not_filed(),
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::Refused(kind) => match self {
                FiledPendingRegistration { papers, standing } if papers == kind => {
                    guarded(to(Standing(standing), "", "288.6"), guards::REFUSAL)
                }
                FiledPendingRegistration { .. }
                | Standing(_)
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_) => not_filed(),
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            // Goods of the Union may be withdrawn after the release too, until they actually left (290.2).
            Step::DeclarationWithdrawn => match self {
                DeclarationRegistered { .. } | Released(_) => {
                    guarded(to(Standing(standing), "", "290.2"), guards::WITHDRAWAL)
                }
                Standing(_) | FiledPendingRegistration { .. } | ReleaseRefused(_) => {
                    not_registered()
                }
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::Released => match self {
                DeclarationRegistered { papers: PapersKind::Declaration, .. } => {
                    guarded(to(Released(standing), "", "296.1"), guards::RELEASE)
                }
                DeclarationRegistered { .. } => no(
                    "released_for_transit",
                    "320",
                    "A transit declaration is registered: the goods are released for transit.",
                ),
                Released(_) => already_released(),
                Standing(_) | FiledPendingRegistration { .. } | ReleaseRefused(_) => {
                    not_registered()
                }
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::TransitReleased => match self {
                FiledPendingRegistration { papers: PapersKind::TransitDeclaration, .. }
                | DeclarationRegistered { papers: PapersKind::TransitDeclaration, .. } => {
                    guarded(to(Released(standing), "", "320"), guards::TRANSIT)
                }
                Released(_) => already_released(),
                Standing(_)
                | FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_) => not_filed(),
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::ReleaseRefused => match self {
                DeclarationRegistered { standing, .. } => {
                    guarded(to(ReleaseRefused(standing), "", "302.1"), guards::RELEASE_REFUSAL)
                }
                Released(_) => already_released(),
                Standing(_) | FiledPendingRegistration { .. } | ReleaseRefused(_) => {
                    not_registered()
                }
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::DeparturePapersSubmitted => match self {
                Standing(AtPlace | TransitCompleted) | Released(AtPlace | TransitCompleted) => {
                    guarded(to(PapersSubmitted, "D2", "255.1"), guards::PAPERS)
                }
                Standing(Expected | PreAdvised) | Released(Expected | PreAdvised) => not_here(),
                FiledPendingRegistration { .. } => no(
                    "papers_not_registered",
                    "288.6",
                    "The declaration waits for its registration and allows no export before: answer it first.",
                ),
                DeclarationRegistered { .. } => no(
                    "not_released",
                    "255.1",
                    "The declaration is registered and the goods are not released: release them first.",
                ),
                ReleaseRefused(_) => no(
                    "release_refused",
                    "302.1",
                    "The release was refused: mend what the refusal names and declare again, or let the goods go back.",
                ),
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::QuantityChecked | Step::DeparturePermitted => match standing {
                AtPlace | TransitCompleted => no(
                    "departure_papers_missing",
                    "255.1",
                    "Take in the papers for the departure first: they are what the goods are compared with and what bears the marks.",
                ),
                Expected | PreAdvised => not_here(),
            },
            Step::CrossedOut | Step::DepartureInterrupted => no(
                "departure_not_permitted",
                "255.4",
                "The departure is not permitted: take in the papers and set the marks first.",
            ),
            Step::NotAllowedToLeave => {
                guarded(to(NotAllowedToLeave, "D9", "244.3"), guards::FORBIDDEN)
            }
            Step::RestrictionProven => no(
                "not_held_back",
                "244.4",
                "Nothing holds these goods back for a restriction: submit the proof with the papers.",
            ),
            Step::TurnedBack => match standing {
                AtPlace | TransitCompleted => guarded(to(TurnedBack, "", "185.5"), guards::BACK),
                Expected | PreAdvised => not_here(),
            },
            Step::LeftPlace => match standing {
                AtPlace | TransitCompleted => not_turned_back(),
                Expected | PreAdvised => not_here(),
            },
            Step::VehicleChanged => match standing {
                AtPlace | TransitCompleted => guarded(to(self, "", "186.6"), guards::VEHICLE),
                Expected | PreAdvised => not_here(),
            },
            Step::Split => self.divide(Split),
            Step::Merged => self.divide(Merged),
            // Goods that came under transit complete it here (D5): their arrival opens the transit machine.
            Step::TransitArrived => match self {
                Standing(Expected | PreAdvised | AtPlace) => {
                    to(TransitState::ArrivedAtDelivery, "A1", "329.3")
                }
                Standing(TransitCompleted) => no(
                    "transit_completed",
                    "329.5",
                    "The transit of these goods was completed already.",
                ),
                FiledPendingRegistration { .. }
                | DeclarationRegistered { .. }
                | ReleaseRefused(_)
                | Released(_) => no(
                    "already_filed",
                    "329.6",
                    "The goods are declared here: goods under transit complete it before.",
                ),
                PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
            },
            Step::Detained(ground) => match (ground, standing) {
                (Ground::Art283, AtPlace | TransitCompleted) => match self {
                    Standing(_) => held(ground, guards::ART_283),
                    FiledPendingRegistration { .. }
                    | DeclarationRegistered { .. }
                    | ReleaseRefused(_)
                    | Released(_) => no(
                        "not_a_ground",
                        "283.4",
                        "A declaration was filed for these goods: its absence is no ground any more.",
                    ),
                    PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
                    | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => submitted(),
                },
                (Ground::Art312, AtPlace | TransitCompleted) => held(ground, guards::ART_312),
                (Ground::Art466, AtPlace | TransitCompleted) => held(ground, guards::ART_466),
                (Ground::Art283 | Ground::Art312 | Ground::Art466, Expected | PreAdvised) => {
                    not_here()
                }
                (Ground::Art244, Expected | PreAdvised | AtPlace | TransitCompleted) => no(
                    "not_a_ground",
                    "244.3",
                    "Record first that the goods may not leave the territory.",
                ),
                (
                    Ground::Art268
                    | Ground::Art290
                    | Ground::Art335
                    | Ground::Art338
                    | Ground::Art410,
                    Expected | PreAdvised | AtPlace | TransitCompleted,
                ) => no(
                    "not_a_ground",
                    "237.1",
                    "This ground arises in storage, in a warehouse or in a shop, not with goods on their way out.",
                ),
            },
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => not_detained(),
            Step::Crossed
            | Step::Interrupted
            | Step::BroughtToPlace
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
