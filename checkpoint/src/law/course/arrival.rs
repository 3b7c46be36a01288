//! Goods that came in, from the first word of them until they leave the place (art. 244, 248-253, 259-268, 288-302; T1 to T24).
//!
//! Two things move apart: where the goods stand, and which papers wait or are registered over them. Papers may be filed before the
//! goods are presented (291.1), and a refusal makes them as if never filed (288.6), so filed papers keep the standing beneath them
//! and a refusal lays it bare again.

use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Next, no};
use crate::input::order::PapersKind;

mod guards;
mod outcome;
mod papers;
mod standing;

pub use standing::Standing;

/// Where arriving goods stand in the eyes of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArrivalState {
    /// No papers wait, none but those of storage are registered.
    Standing(Standing),
    /// Papers were filed and wait for their registration: they stop the term of 252.4 provisionally (267.1, 288.1).
    FiledPendingRegistration {
        /// Which.
        papers: PapersKind,
        /// Where the goods stand, and stay if the papers are refused.
        standing: Standing,
    },
    /// A declaration is registered (288.7).
    DeclarationRegistered {
        /// A goods declaration or a transit declaration.
        papers: PapersKind,
        /// Where the goods stand.
        standing: Standing,
    },
    /// The release was refused: the goods stay where they stand, and no term starts again (302).
    ReleaseRefused(Standing),
    /// Released under a procedure (296).
    Released {
        /// Whether the procedure keeps them under control (185.2).
        under_control: bool,
    },
    /// Released for transit from here (252.5, 319, 320).
    TransitReleased,
    /// Prohibited or unproven restricted goods, to be taken out at once (244.2, 244.4).
    MustLeaveTerritory(Standing),
    /// The same, whose removal was found impossible or was not immediate (244.5).
    RemovalImpossible(Standing),
    /// The body permitted that the goods go back abroad, never having left the place (255.1, 255.4).
    ReturnPermitted(Standing),
    /// They left for abroad (253.2, 255.1).
    ReturnedAbroad,
    /// They left the place lawfully for the rest of the territory (186.6, 453.3).
    LeftPlace {
        /// Whether they are under control still, elsewhere (185.2).
        under_control: bool,
    },
    /// The consignment was split: its parts have own numbers (4.1(48)).
    Split,
    /// The consignment is part of another now (4.1(48)).
    Merged,
}

use ArrivalState::{
    DeclarationRegistered, FiledPendingRegistration, LeftPlace, Merged, MustLeaveTerritory,
    ReleaseRefused, Released, RemovalImpossible, ReturnPermitted, ReturnedAbroad, Split,
    TransitReleased,
};

impl ArrivalState {
    /// All of them.
    pub fn all() -> Vec<ArrivalState> {
        let mut all: Vec<ArrivalState> =
            Standing::ALL.into_iter().map(ArrivalState::Standing).collect();
        for standing in Standing::ALL {
            for papers in
                [PapersKind::Storage, PapersKind::Declaration, PapersKind::TransitDeclaration]
            {
                if papers != PapersKind::Storage || standing.may_be_stored() {
                    all.push(FiledPendingRegistration { papers, standing });
                }
                if papers != PapersKind::Storage {
                    all.push(DeclarationRegistered { papers, standing });
                }
            }
            all.push(ReleaseRefused(standing));
            if standing.is_in_the_territory() {
                all.push(MustLeaveTerritory(standing));
                all.push(RemovalImpossible(standing));
            }
            if standing.may_return() {
                all.push(ReturnPermitted(standing));
            }
        }
        all.extend([
            Released { under_control: true },
            Released { under_control: false },
            TransitReleased,
            ReturnedAbroad,
            LeftPlace { under_control: true },
            LeftPlace { under_control: false },
            Split,
            Merged,
        ]);
        all
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            ArrivalState::Standing(standing) => standing.name(),
            FiledPendingRegistration { .. } => "filed_pending_registration",
            DeclarationRegistered { .. } => "declaration_registered",
            ReleaseRefused(_) => "release_refused",
            Released { .. } => "released",
            TransitReleased => "transit_released",
            MustLeaveTerritory(_) => "must_leave_territory",
            RemovalImpossible(_) => "removal_impossible",
            ReturnPermitted(_) => "return_permitted",
            ReturnedAbroad => "returned_abroad",
            LeftPlace { .. } => "left_place",
            Split => "split",
            Merged => "merged",
        }
    }

    /// The papers that wait or are registered.
    pub(super) fn papers_kind(self) -> Option<PapersKind> {
        match self {
            FiledPendingRegistration { papers, .. } | DeclarationRegistered { papers, .. } => {
                Some(papers)
            }
            ArrivalState::Standing(_)
            | ReleaseRefused(_)
            | Released { .. }
            | TransitReleased
            | MustLeaveTerritory(_)
            | RemovalImpossible(_)
            | ReturnPermitted(_)
            | ReturnedAbroad
            | LeftPlace { .. }
            | Split
            | Merged => None,
        }
    }

    /// What the state lies over, in words; none where the state is the standing itself.
    pub(super) fn beneath(self) -> Option<&'static str> {
        match self {
            FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing)
            | MustLeaveTerritory(standing)
            | RemovalImpossible(standing)
            | ReturnPermitted(standing) => Some(standing.name()),
            Released { under_control: true } | LeftPlace { under_control: true } => {
                Some("control_goes_on")
            }
            Released { under_control: false } | LeftPlace { under_control: false } => {
                Some("control_ended")
            }
            ArrivalState::Standing(_) | TransitReleased | ReturnedAbroad | Split | Merged => None,
        }
    }

    /// The standing beneath the papers, while there is one.
    pub fn standing(self) -> Option<Standing> {
        match self {
            ArrivalState::Standing(standing)
            | FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing)
            | MustLeaveTerritory(standing)
            | RemovalImpossible(standing)
            | ReturnPermitted(standing) => Some(standing),
            Released { .. }
            | TransitReleased
            | ReturnedAbroad
            | LeftPlace { .. }
            | Split
            | Merged => None,
        }
    }

    /// The same papers over another standing.
    fn over(self, standing: Standing) -> ArrivalState {
        match self {
            ArrivalState::Standing(_) => ArrivalState::Standing(standing),
            FiledPendingRegistration { papers, .. } => {
                FiledPendingRegistration { papers, standing }
            }
            DeclarationRegistered { papers, .. } => DeclarationRegistered { papers, standing },
            ReleaseRefused(_) => ReleaseRefused(standing),
            MustLeaveTerritory(_) => MustLeaveTerritory(standing),
            RemovalImpossible(_) => RemovalImpossible(standing),
            ReturnPermitted(_) => ReturnPermitted(standing),
            Released { .. }
            | TransitReleased
            | ReturnedAbroad
            | LeftPlace { .. }
            | Split
            | Merged => self,
        }
    }

    pub(super) fn is_under_control(self) -> bool {
        match self {
            ArrivalState::Standing(standing)
            | FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing) => standing.is_in_the_territory(),
            Released { under_control } | LeftPlace { under_control } => under_control,
            TransitReleased | MustLeaveTerritory(_) | RemovalImpossible(_) | ReturnPermitted(_) => {
                true
            }
            // Control of the goods goes on under the other numbers.
            Split | Merged => false,
            ReturnedAbroad => false,
        }
    }

    pub(super) fn exit_hold(self) -> Option<&'static str> {
        match self {
            ArrivalState::Standing(standing) => standing.exit_hold(),
            // What lies in the storage place does not leave with the vehicle.
            FiledPendingRegistration { standing: Standing::InStoragePlace, .. }
            | DeclarationRegistered { standing: Standing::InStoragePlace, .. }
            | ReleaseRefused(Standing::InStoragePlace)
            | MustLeaveTerritory(Standing::InStoragePlace)
            | RemovalImpossible(Standing::InStoragePlace) => None,
            FiledPendingRegistration { standing, .. } | DeclarationRegistered { standing, .. }
                if !standing.is_presented() =>
            {
                Some("not_presented")
            }
            FiledPendingRegistration { .. } => Some("papers_not_registered"),
            DeclarationRegistered { .. } => Some("not_released"),
            ReleaseRefused(_) => Some("release_refused"),
            MustLeaveTerritory(_) | RemovalImpossible(_) => Some("must_leave_territory"),
            Released { .. }
            | TransitReleased
            | ReturnPermitted(_)
            | ReturnedAbroad
            | LeftPlace { .. }
            | Split
            | Merged => None,
        }
    }

    pub(super) fn is_ended(self) -> bool {
        match self {
            ReturnedAbroad | LeftPlace { .. } | Split | Merged => true,
            ArrivalState::Standing(_)
            | FiledPendingRegistration { .. }
            | DeclarationRegistered { .. }
            | ReleaseRefused(_)
            | Released { .. }
            | TransitReleased
            | MustLeaveTerritory(_)
            | RemovalImpossible(_)
            | ReturnPermitted(_) => false,
        }
    }

    pub(super) fn transition(self, step: Step) -> Next {
        match self {
            ArrivalState::Standing(standing)
            | FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing) => self.before_release(standing, step),
            Released { .. } | TransitReleased => self.after_release(step),
            MustLeaveTerritory(standing)
            | RemovalImpossible(standing)
            | ReturnPermitted(standing) => self.on_the_way_out(standing, step),
            ReturnedAbroad | LeftPlace { .. } | Split | Merged => no(
                "course_ended",
                "185.2",
                "The course of this consignment is over: it left, or goes on under another number.",
            ),
        }
    }
}
