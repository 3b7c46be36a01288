//! What can happen to arriving goods before they are released or sent back: moving, filing, registration, refusal, release, detention.
//!
//! All steps are answered for the four states that have a standing beneath them, so each answer reads as "which papers, over what".

use super::super::detention::DetentionState;
use super::super::step::{Ground, Step};
use super::super::transit::TransitState;
use super::super::{Next, guarded, no, to};
use super::standing::{Movement, Standing};
use super::{ArrivalState, guards};
use crate::input::order::PapersKind;

use ArrivalState::{DeclarationRegistered, FiledPendingRegistration, ReleaseRefused};

/// Which papers lie over a standing.
#[derive(Clone, Copy)]
enum Over {
    Nothing,
    Pending(PapersKind),
    Declared(PapersKind),
    Refused,
}

impl ArrivalState {
    fn papers(self) -> Over {
        match self {
            FiledPendingRegistration { papers, .. } => Over::Pending(papers),
            DeclarationRegistered { papers, .. } => Over::Declared(papers),
            ReleaseRefused(_) => Over::Refused,
            ArrivalState::Standing(_)
            | ArrivalState::Released { .. }
            | ArrivalState::TransitReleased
            | ArrivalState::MustLeaveTerritory(_)
            | ArrivalState::RemovalImpossible(_)
            | ArrivalState::ReturnPermitted(_)
            | ArrivalState::ReturnedAbroad
            | ArrivalState::LeftPlace { .. }
            | ArrivalState::Split
            | ArrivalState::Merged => Over::Nothing,
        }
    }

    pub(super) fn before_release(self, standing: Standing, step: Step) -> Next {
        let over = self.papers();
        match step {
            Step::PreAdvised => self.moved(standing, Movement::PreAdvised),
            Step::Crossed => self.moved(standing, Movement::Crossed),
            Step::Interrupted => self.moved(standing, Movement::Interrupted),
            Step::BroughtToPlace => self.moved(standing, Movement::BroughtToPlace),
            Step::Arrived => self.moved(standing, Movement::Arrived),
            Step::Presented => self.moved(standing, Movement::Presented),
            Step::Unloaded => self.moved(standing, Movement::Unloaded),
            Step::VehicleChanged => self.moved(standing, Movement::VehicleChanged),
            Step::PresentationCorrected => match standing {
                Standing::Presented | Standing::InTemporaryStorage | Standing::InStoragePlace => {
                    to(self, "", "252.4")
                }
                Standing::TransitCompleted => no(
                    "not_presented",
                    "329.6",
                    "The term of these goods runs from the completion of their transit, not from a presentation.",
                ),
                Standing::Expected
                | Standing::PreAdvised
                | Standing::Crossed
                | Standing::Interrupted
                | Standing::AtPlace
                | Standing::StorageRegistered => no(
                    "not_presented",
                    "252.4",
                    "There is no presentation to correct: present the goods.",
                ),
            },
            Step::Filed(papers) => match over {
                Over::Nothing | Over::Refused => file(papers, standing),
                Over::Pending(_) | Over::Declared(_) => no(
                    "already_filed",
                    "288.1",
                    "Papers were filed for these goods already: answer them, or have the declaration withdrawn (290), before others.",
                ),
            },
            Step::Registered(kind) => match over {
                Over::Pending(papers) if papers == kind => register(papers, standing),
                Over::Pending(_) | Over::Nothing | Over::Declared(_) | Over::Refused => not_filed(),
            },
            Step::Refused(kind) => match over {
                Over::Pending(papers) if papers == kind => {
                    guarded(to(ArrivalState::Standing(standing), "T13", "288.6"), guards::REFUSAL)
                }
                Over::Pending(_) | Over::Nothing | Over::Declared(_) | Over::Refused => not_filed(),
            },
            Step::DeclarationWithdrawn => match over {
                Over::Declared(_) => {
                    guarded(to(ArrivalState::Standing(standing), "", "290.1"), guards::WITHDRAWAL)
                }
                Over::Pending(_) | Over::Nothing | Over::Refused => not_registered(),
            },
            Step::Released => release(over, standing, true),
            Step::ReleasedFromControl => release(over, standing, false),
            Step::ReleasedBeforeDeclaration => match over {
                Over::Nothing | Over::Refused if standing.is_presented() => guarded(
                    to(ArrivalState::Released { under_control: true }, "", "298.1"),
                    guards::RELEASE_BEFORE,
                ),
                Over::Nothing | Over::Refused => not_presented(),
                Over::Pending(_) | Over::Declared(_) => no(
                    "already_filed",
                    "298.1",
                    "A declaration was filed for these goods: they are released under it.",
                ),
            },
            // A prior declaration whose goods were not presented in time is refused as well (291.7).
            Step::ReleaseRefused => match over {
                Over::Declared(_) => {
                    guarded(to(ReleaseRefused(standing), "T15", "302.1"), guards::RELEASE_REFUSAL)
                }
                Over::Pending(_) | Over::Nothing | Over::Refused => not_registered(),
            },
            Step::TransitReleased => match over {
                Over::Pending(PapersKind::TransitDeclaration)
                | Over::Declared(PapersKind::TransitDeclaration)
                    if standing.is_presented() =>
                {
                    guarded(to(ArrivalState::TransitReleased, "T16", "320"), guards::TRANSIT)
                }
                Over::Pending(PapersKind::TransitDeclaration)
                | Over::Declared(PapersKind::TransitDeclaration) => not_presented(),
                Over::Pending(PapersKind::Storage | PapersKind::Declaration)
                | Over::Declared(PapersKind::Storage | PapersKind::Declaration)
                | Over::Nothing
                | Over::Refused => no(
                    "not_filed",
                    "320(4)",
                    "Goods are placed under transit with a transit declaration: file it first.",
                ),
            },
            // What is prohibited is so whatever papers were filed; it concerns all goods that came into the territory (244.2).
            Step::MustLeave => match standing {
                Standing::AtPlace
                | Standing::StorageRegistered
                | Standing::Presented
                | Standing::TransitCompleted
                | Standing::InTemporaryStorage
                | Standing::InStoragePlace
                | Standing::Crossed
                | Standing::Interrupted => guarded(
                    to(ArrivalState::MustLeaveTerritory(standing), "T17", "244.2"),
                    guards::MUST_LEAVE,
                ),
                Standing::Expected | Standing::PreAdvised => no(
                    "not_crossed",
                    "244.2",
                    "The goods have not entered the territory: prohibited goods need no removal before.",
                ),
            },
            Step::RemovalFoundImpossible | Step::RestrictionProven => no(
                "need_not_leave",
                "244.5",
                "Nobody found that the goods must leave the territory: record that first, with its ground.",
            ),
            // Whoever brought goods may take them back, as long as they never left the place (253.2(1), 255.1/3).
            Step::DeparturePermitted => match standing {
                Standing::AtPlace
                | Standing::StorageRegistered
                | Standing::Presented
                | Standing::InTemporaryStorage
                | Standing::InStoragePlace => match over {
                    Over::Nothing | Over::Refused => guarded(
                        to(ArrivalState::ReturnPermitted(standing), "T18", "255.1"),
                        guards::RETURN,
                    ),
                    Over::Pending(_) => no(
                        "papers_not_registered",
                        "288.3",
                        "Papers wait for these goods: answer them before the goods go back abroad.",
                    ),
                    Over::Declared(_) => no(
                        "declaration_registered",
                        "290.1",
                        "A declaration is registered for these goods: have it withdrawn, or refuse the release, before they go back abroad.",
                    ),
                },
                Standing::TransitCompleted => no(
                    "left_the_place_of_arrival",
                    "255.1",
                    "These goods left their place of arrival under transit: they leave the territory with a declaration.",
                ),
                Standing::Expected
                | Standing::PreAdvised
                | Standing::Crossed
                | Standing::Interrupted => no(
                    "not_at_place",
                    "255.1",
                    "The goods are not at the place: record their arrival first.",
                ),
            },
            Step::ReturnedAbroad => no(
                "departure_not_permitted",
                "255.4",
                "The body has not permitted that the goods go back abroad: permit it first.",
            ),
            Step::Detained(ground) => detain(ground, over, standing),
            Step::LeftPlace => self.leave(over, standing),
            Step::Split => self.divide(over, standing, ArrivalState::Split),
            Step::Merged => self.divide(over, standing, ArrivalState::Merged),
            Step::TransitArrived => match (over, standing) {
                // A vehicle that came from inside the country: its goods are under transit, and nobody knew it before.
                (Over::Nothing, Standing::Expected | Standing::PreAdvised | Standing::AtPlace) => {
                    to(TransitState::ArrivedAtDelivery, "A1", "329.3")
                }
                (
                    Over::Nothing | Over::Pending(_) | Over::Declared(_) | Over::Refused,
                    Standing::Expected
                    | Standing::PreAdvised
                    | Standing::Crossed
                    | Standing::Interrupted
                    | Standing::AtPlace
                    | Standing::StorageRegistered
                    | Standing::Presented
                    | Standing::TransitCompleted
                    | Standing::InTemporaryStorage
                    | Standing::InStoragePlace,
                ) => no(
                    "not_in_transit",
                    "329.3",
                    "These goods came over the border to this place: a transit ends only where goods came under one.",
                ),
            },
            Step::DepartureArrived
            | Step::DeparturePapersSubmitted
            | Step::QuantityChecked
            | Step::CrossedOut
            | Step::DepartureInterrupted
            | Step::NotAllowedToLeave
            | Step::TurnedBack => no(
                "not_a_departure",
                "255.1",
                "The goods came in: permit that they go back abroad, if they never left the place, or place them under a procedure.",
            ),
            Step::PlacedInZone
            | Step::TransitPapersSubmitted
            | Step::TransitPapersRegistered
            | Step::TransitChecked
            | Step::TransitCompleted
            | Step::TransitCompletedHere
            | Step::DeliveryPlaceChanged
            | Step::TransitInterrupted
            | Step::CargoOperation => no(
                "not_in_transit",
                "329.3",
                "The goods are not under transit: record the arrival of a transit first if they are.",
            ),
            Step::DetainedReturned | Step::DetainedSold | Step::DetainedDestroyed => {
                no("not_detained", "237.1", "The goods are not detained.")
            }
        }
    }

    fn moved(self, standing: Standing, movement: Movement) -> Next {
        let moved = standing.moved(movement)?;
        guarded(to(self.over(moved.to), moved.id, moved.article), moved.guards)
    }

    /// T23: no goods leave the place without storage, procedure or transit, and from storage only under one of the latter.
    fn leave(self, over: Over, standing: Standing) -> Next {
        match standing {
            Standing::InTemporaryStorage | Standing::InStoragePlace => no(
                "in_storage_only",
                "252.5, 259.3",
                "Goods in temporary storage leave only under transit or another procedure: file its declaration and release them.",
            ),
            Standing::Presented => match over {
                Over::Nothing => no(
                    "papers_not_filed",
                    "252.5",
                    "Goods leave the place of arrival under a procedure or under transit: file the papers first.",
                ),
                Over::Pending(_) => no(
                    "papers_not_registered",
                    "252.5",
                    "The filed papers wait for their registration: answer them first.",
                ),
                Over::Declared(_) => {
                    no("not_released", "453.3", "The goods are declared and not released.")
                }
                Over::Refused => no(
                    "release_refused",
                    "302.1",
                    "The release was refused: mend what the refusal names and declare again, or place the goods in storage.",
                ),
            },
            Standing::TransitCompleted => no(
                "papers_not_filed_after_transit",
                "329.6",
                "After their transit the goods stay in the control zone until storage or a procedure.",
            ),
            Standing::Expected
            | Standing::PreAdvised
            | Standing::Crossed
            | Standing::Interrupted
            | Standing::AtPlace
            | Standing::StorageRegistered => not_presented(),
        }
    }

    /// Papers cover a consignment as it is; without them it may be divided or put together.
    fn divide(self, over: Over, standing: Standing, end: ArrivalState) -> Next {
        match over {
            Over::Nothing | Over::Refused => match standing {
                Standing::StorageRegistered => no(
                    "not_presented",
                    "252.4",
                    "The storage papers cover the consignment as it is: present it first.",
                ),
                Standing::Expected
                | Standing::PreAdvised
                | Standing::Crossed
                | Standing::Interrupted
                | Standing::AtPlace
                | Standing::Presented
                | Standing::TransitCompleted
                | Standing::InTemporaryStorage
                | Standing::InStoragePlace => guarded(to(end, "", "4.1(48)"), guards::DIVISION),
            },
            Over::Pending(_) | Over::Declared(_) => no(
                "already_filed",
                "4.1(48)",
                "Papers cover the consignment as it is: answer them, or have the declaration withdrawn, first.",
            ),
        }
    }
}

fn file(papers: PapersKind, standing: Standing) -> Next {
    let filed = || FiledPendingRegistration { papers, standing };
    match papers {
        PapersKind::Storage => match standing {
            Standing::AtPlace | Standing::Presented => {
                guarded(to(filed(), "T9", "267.1"), guards::STORAGE_PAPERS)
            }
            Standing::TransitCompleted => {
                guarded(to(filed(), "A7", "329.6"), guards::STORAGE_PAPERS)
            }
            Standing::StorageRegistered
            | Standing::InTemporaryStorage
            | Standing::InStoragePlace => no(
                "already_filed",
                "267.3",
                "The goods are in temporary storage already: declare them under a procedure.",
            ),
            Standing::Expected
            | Standing::PreAdvised
            | Standing::Crossed
            | Standing::Interrupted => no(
                "not_at_place",
                "252.3",
                "Temporary storage begins at the place of arrival: record the arrival first.",
            ),
        },
        // Foreign goods may be declared before they are brought in (291.1).
        PapersKind::Declaration | PapersKind::TransitDeclaration => match standing {
            Standing::TransitCompleted => guarded(to(filed(), "A7", "329.6"), guards::DECLARANT),
            Standing::Expected
            | Standing::PreAdvised
            | Standing::Crossed
            | Standing::Interrupted
            | Standing::AtPlace
            | Standing::StorageRegistered => {
                guarded(to(filed(), "T11", "291.1"), guards::DECLARANT)
            }
            Standing::Presented | Standing::InTemporaryStorage | Standing::InStoragePlace => {
                guarded(to(filed(), "T11", "288.1"), guards::DECLARANT)
            }
        },
    }
}

fn register(papers: PapersKind, standing: Standing) -> Next {
    match papers {
        PapersKind::Storage => {
            guarded(to(ArrivalState::Standing(standing.stored()), "T10", "267.3"), guards::STORED)
        }
        PapersKind::Declaration => guarded(
            to(DeclarationRegistered { papers, standing }, "T12", "288.7"),
            guards::REGISTRATION,
        ),
        PapersKind::TransitDeclaration => guarded(
            to(DeclarationRegistered { papers, standing }, "T12", "288.7"),
            guards::TRANSIT_REGISTRATION,
        ),
    }
}

fn release(over: Over, standing: Standing, under_control: bool) -> Next {
    match over {
        Over::Declared(PapersKind::Declaration) if standing.is_presented() => {
            guarded(to(ArrivalState::Released { under_control }, "T14", "296.1"), guards::RELEASE)
        }
        Over::Declared(PapersKind::Declaration) => not_presented(),
        Over::Declared(PapersKind::TransitDeclaration) => no(
            "released_for_transit",
            "320",
            "A transit declaration is registered: the goods are released for transit.",
        ),
        Over::Declared(PapersKind::Storage) | Over::Pending(_) | Over::Nothing | Over::Refused => {
            not_registered()
        }
    }
}

/// Where each ground of 237.1 can arise before a release.
fn detain(ground: Ground, over: Over, standing: Standing) -> Next {
    let held = |guards| {
        guarded(to(DetentionState::Held(standing.keeping()), "T20", ground.article()), guards)
    };
    match ground {
        // 244.5 speaks of goods that had to leave, and whose removal failed.
        Ground::Art244 => no(
            "not_a_ground",
            "244.5",
            "Record first that the goods must leave the territory: only when their removal is impossible or was not immediate are they \
             detained.",
        ),
        // 268.4: not placed under a procedure when the term ends; a declaration that waits or was refused has placed them under none.
        Ground::Art268 if standing.is_in_storage() => held(guards::ART_268),
        Ground::Art268 => no(
            "not_a_ground",
            "268.4",
            "The goods are not in temporary storage: the expiry of another term is no ground of detention.",
        ),
        // 283.4 and 290.1 punish that no declaration was filed; the goods lie with the body all the while.
        Ground::Art283 | Ground::Art290 => match over {
            Over::Nothing if standing.is_presented() => {
                held(if ground == Ground::Art283 { guards::ART_283 } else { guards::ART_290 })
            }
            Over::Nothing => not_presented(),
            Over::Pending(_) | Over::Declared(_) | Over::Refused => no(
                "not_a_ground",
                "237.1",
                "A declaration was filed for these goods: its absence is no ground any more.",
            ),
        },
        // 466.4: the operations of 466.4 were not done with goods for personal use that are here.
        Ground::Art466 => match (over, standing) {
            (
                Over::Nothing | Over::Refused,
                Standing::AtPlace | Standing::Presented | Standing::TransitCompleted,
            ) => held(guards::ART_466),
            (
                Over::Nothing | Over::Refused,
                Standing::StorageRegistered
                | Standing::InTemporaryStorage
                | Standing::InStoragePlace,
            )
            | (Over::Pending(_) | Over::Declared(_), _) => no(
                "not_a_ground",
                "466.4",
                "Operations were begun with these goods: that none were done is no ground any more.",
            ),
            (
                Over::Nothing | Over::Refused,
                Standing::Expected
                | Standing::PreAdvised
                | Standing::Crossed
                | Standing::Interrupted,
            ) => no("not_at_place", "466.4", "The goods are not at the place of arrival."),
        },
        // 312, 335, 338, 410: goods that were placed under a procedure.
        Ground::Art312 | Ground::Art335 | Ground::Art338 | Ground::Art410 => no(
            "not_a_ground",
            ground.article(),
            "This ground arises only with goods that were placed under a procedure: these are not released.",
        ),
    }
}

fn not_filed() -> Next {
    no("not_filed", "288.1", "No such papers wait for these goods: file them first.")
}

fn not_registered() -> Next {
    no(
        "not_registered",
        "296.1",
        "No such declaration is registered for these goods: file and register it first.",
    )
}

fn not_presented() -> Next {
    no("not_presented", "252.4", "Present the goods first.")
}
