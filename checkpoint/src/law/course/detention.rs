//! Detained goods, and what becomes of them (ch. 26; T19 to T21).
//!
//! They are taken and kept by the body (237.3). They may be declared meanwhile: other than prohibited and restricted goods they are returned
//! once they are placed under a procedure (239.5, 239.6). A detention has a protocol and one of nine grounds; the step carries it.

use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Guard, Next, guarded, no, to};
use crate::input::order::PapersKind;

/// Where detained goods are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// Still on the vehicle.
    Aboard,
    /// In a storage place or another place that the body named (237.3).
    InStorage,
}

/// Where detained goods stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DetentionState {
    /// Detained by a protocol (237.2).
    Held(Keeping),
    /// A declaration waits for its registration (239.6).
    Filed {
        /// Which.
        papers: PapersKind,
        /// Where the goods are kept.
        keeping: Keeping,
    },
    /// A declaration was registered.
    Registered {
        /// Which.
        papers: PapersKind,
        /// Where the goods are kept.
        keeping: Keeping,
    },
    /// Placed under a procedure: they are to be returned (239.5).
    Released(Keeping),
    /// Returned (239).
    ReturnedToOwner,
    /// Sold (240.1).
    Sold,
    /// Destroyed or used otherwise (240.1, 240.3).
    Destroyed,
}

use DetentionState::{Destroyed, Filed, Held, Registered, Released, ReturnedToOwner, Sold};

const RETURN: &[Guard] = &[
    Guard {
        article: "239.1",
        text: "the person who asks is the declarant, the owner or the possessor at the detention",
    },
    Guard {
        article: "239.2",
        text: "import-prohibited goods are returned for removal from the territory, to whoever of them asks first",
    },
    Guard {
        article: "239.4",
        text: "restricted goods are returned for removal, or for use here once the restriction is proven",
    },
    Guard {
        article: "239.3",
        text: "goods detained on the way out are returned where the law allows to own them",
    },
];
const RETURN_PLACED: &[Guard] = &[Guard {
    article: "239.5",
    text: "to the person who placed the goods under the procedure, or a representative",
}];
const UNCLAIMED: &[Guard] = &[Guard {
    article: "240.1",
    text: "nobody claimed the goods within the term of 238.1 or 238.2",
}];
const CONDITIONS: &[Guard] = &[Guard {
    article: "296.1",
    text: "papers, conditions of the procedure, payments or security",
}];
const TRANSIT: &[Guard] = &[Guard { article: "320", text: "the seven conditions of transit" }];

impl DetentionState {
    /// All of them.
    pub fn all() -> Vec<DetentionState> {
        let mut all = Vec::new();
        for keeping in [Keeping::Aboard, Keeping::InStorage] {
            all.push(Held(keeping));
            for papers in [PapersKind::Declaration, PapersKind::TransitDeclaration] {
                all.push(Filed { papers, keeping });
                all.push(Registered { papers, keeping });
            }
            all.push(Released(keeping));
        }
        all.extend([ReturnedToOwner, Sold, Destroyed]);
        all
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Held(_) => "detained",
            Filed { .. } => "filed_pending_registration",
            Registered { .. } => "declaration_registered",
            Released(_) => "released",
            ReturnedToOwner => "returned_to_owner",
            Sold => "sold",
            Destroyed => "destroyed",
        }
    }

    pub(super) fn papers_kind(self) -> Option<PapersKind> {
        match self {
            Filed { papers, .. } | Registered { papers, .. } => Some(papers),
            Held(_) | Released(_) | ReturnedToOwner | Sold | Destroyed => None,
        }
    }

    /// Where the goods are kept, in words.
    pub(super) fn beneath(self) -> Option<&'static str> {
        self.keeping().map(|keeping| match keeping {
            Keeping::Aboard => "aboard",
            Keeping::InStorage => "in_storage",
        })
    }

    pub(super) fn is_under_control(self) -> bool {
        match self {
            Held(_) | Filed { .. } | Registered { .. } | Released(_) => true,
            // Returned for removal or under a procedure: what ends control is recorded there (185.2).
            ReturnedToOwner => true,
            Sold | Destroyed => false,
        }
    }

    /// Detained goods do not drive off; the vehicle may go once they are off it (237.3).
    pub(super) fn exit_hold(self) -> Option<&'static str> {
        match self {
            Held(keeping)
            | Filed { keeping, .. }
            | Registered { keeping, .. }
            | Released(keeping) => match keeping {
                Keeping::Aboard => Some("detained"),
                Keeping::InStorage => None,
            },
            ReturnedToOwner | Sold | Destroyed => None,
        }
    }

    pub(super) fn is_ended(self) -> bool {
        match self {
            ReturnedToOwner | Sold | Destroyed => true,
            Held(_) | Filed { .. } | Registered { .. } | Released(_) => false,
        }
    }

    fn keeping(self) -> Option<Keeping> {
        match self {
            Held(keeping)
            | Filed { keeping, .. }
            | Registered { keeping, .. }
            | Released(keeping) => Some(keeping),
            ReturnedToOwner | Sold | Destroyed => None,
        }
    }

    fn kept(self, keeping: Keeping) -> DetentionState {
        match self {
            Held(_) => Held(keeping),
            Filed { papers, .. } => Filed { papers, keeping },
            Registered { papers, .. } => Registered { papers, keeping },
            Released(_) => Released(keeping),
            ReturnedToOwner | Sold | Destroyed => self,
        }
    }

    pub(super) fn transition(self, step: Step) -> Next {
        let Some(keeping) = self.keeping() else { return ended() };
        match step {
            Step::DetainedReturned => match self {
                Released(_) => guarded(to(ReturnedToOwner, "T21", "239.5"), RETURN_PLACED),
                Held(_) | Filed { .. } | Registered { .. } => {
                    guarded(to(ReturnedToOwner, "T21", "239"), RETURN)
                }
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::DetainedSold => self.disposed(Sold, "240.1"),
            Step::DetainedDestroyed => self.disposed(Destroyed, "240.3"),
            Step::Unloaded => match keeping {
                Keeping::Aboard => to(self.kept(Keeping::InStorage), "", "237.3"),
                Keeping::InStorage => {
                    no("already_unloaded", "237.3", "The goods are in the storage place already.")
                }
            },
            Step::Filed(PapersKind::Storage) => no(
                "detained",
                "237.3",
                "Detained goods are kept by the body: they are declared under a procedure or returned, not placed in storage.",
            ),
            Step::Filed(papers @ (PapersKind::Declaration | PapersKind::TransitDeclaration)) => {
                match self {
                    Held(_) => to(Filed { papers, keeping }, "T11", "239.5"),
                    Filed { .. } | Registered { .. } => {
                        no("already_filed", "288.1", "Papers were filed for these goods already.")
                    }
                    Released(_) => no("already_released", "239.5", "Return the goods."),
                    ReturnedToOwner | Sold | Destroyed => ended(),
                }
            }
            Step::Registered(kind) => match self {
                Filed { papers, .. } if papers == kind => {
                    to(Registered { papers, keeping }, "T12", "288.7")
                }
                Held(_) | Filed { .. } | Registered { .. } | Released(_) => not_filed(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::Refused(kind) => match self {
                Filed { papers, .. } if papers == kind => to(Held(keeping), "T13", "288.6"),
                Held(_) | Filed { .. } | Registered { .. } | Released(_) => not_filed(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::DeclarationWithdrawn => match self {
                Registered { .. } => to(Held(keeping), "", "290.1"),
                Held(_) | Filed { .. } | Released(_) => not_registered(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::ReleaseRefused => match self {
                Registered { .. } => to(Held(keeping), "T15", "302.1"),
                Held(_) | Filed { .. } | Released(_) => not_registered(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::Released | Step::ReleasedFromControl => match self {
                Registered { papers: PapersKind::Declaration, .. } => {
                    guarded(to(Released(keeping), "T14", "239.5"), CONDITIONS)
                }
                Held(_) | Filed { .. } | Registered { .. } | Released(_) => not_registered(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::TransitReleased => match self {
                Filed { papers: PapersKind::TransitDeclaration, .. }
                | Registered { papers: PapersKind::TransitDeclaration, .. } => {
                    guarded(to(Released(keeping), "T16", "239.5"), TRANSIT)
                }
                Held(_) | Filed { .. } | Registered { .. } | Released(_) => not_filed(),
                ReturnedToOwner | Sold | Destroyed => ended(),
            },
            Step::PresentationCorrected => to(self, "", "252.4"),
            Step::Detained(_) => no("already_detained", "237.2", "The goods are detained already."),
            Step::PreAdvised
            | Step::Crossed
            | Step::Interrupted
            | Step::BroughtToPlace
            | Step::Arrived
            | Step::Presented
            | Step::ReleasedBeforeDeclaration
            | Step::MustLeave
            | Step::RemovalFoundImpossible
            | Step::RestrictionProven
            | Step::ReturnedAbroad
            | Step::LeftPlace
            | Step::VehicleChanged
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
            | Step::CargoOperation => no(
                "detained",
                "237.3",
                "The goods are detained and kept by the body: return them first (239), or record their sale or destruction (240).",
            ),
        }
    }

    /// Sale, destruction or other use of what nobody claimed.
    fn disposed(self, end: DetentionState, article: &'static str) -> Next {
        match self {
            Held(_) | Filed { .. } | Registered { .. } => {
                guarded(to(end, "T21", article), UNCLAIMED)
            }
            Released(_) => no(
                "already_released",
                "239.5",
                "The goods were placed under a procedure: they are returned to the person who did so.",
            ),
            ReturnedToOwner | Sold | Destroyed => ended(),
        }
    }
}

fn ended() -> Next {
    no("course_ended", "240", "The detention is over: the goods were returned, sold or destroyed.")
}

fn not_filed() -> Next {
    no("not_filed", "239.5", "No such papers wait for these goods: file them first.")
}

fn not_registered() -> Next {
    no("not_registered", "296.1", "No such declaration is registered for these goods.")
}
