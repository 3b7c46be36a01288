//! Goods that are to leave the territory (art. 244.3, 254-258; D1 to D9).
//!
//! Most come with a declaration that another body registered; one may be filed and released here as well, before the departure (283.2).
//! Goods that came under transit complete it here first and then go on as the others do, without the terms of 329.6.

use serde::{Deserialize, Serialize};

use super::step::Step;

use super::{Next, guarded, no, to};
use crate::input::order::PapersKind;

mod after;
mod answers;
mod before;
mod guards;
mod standing;

pub use standing::OutboundStanding;

/// Where goods stand that are to leave the territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DepartureState {
    /// No declaration waits here, none is registered here.
    Standing(OutboundStanding),
    /// A declaration was filed here and waits for its registration (288.1).
    FiledPendingRegistration {
        /// Which.
        papers: PapersKind,
        /// Where the goods stand, and stay if it is refused.
        standing: OutboundStanding,
    },
    /// A declaration is registered here (288.7).
    DeclarationRegistered {
        /// Which.
        papers: PapersKind,
        /// Where the goods stand.
        standing: OutboundStanding,
    },
    /// The release was refused (302).
    ReleaseRefused(OutboundStanding),
    /// Released here under a procedure that lets them leave (296); the papers for the departure follow.
    Released(OutboundStanding),
    /// The papers for the departure were submitted (255.1).
    PapersSubmitted,
    /// Quantity and condition were compared (256).
    QuantityChecked,
    /// The departure is permitted: the marks are on both papers (255.4).
    Permitted,
    /// Broken off between the place of departure and the border (257).
    Interrupted,
    /// Across the border (185.2(5), 258.2), as far as anybody here knows: they left the place of departure with permission. A report of the carrier
    /// that the way there was broken off (257.1) takes that back.
    CrossedOut,
    /// Prohibited to export, or restricted and without proof (244.3, 244.4).
    NotAllowedToLeave,
    /// Going back into the country (185.5, 290.2).
    TurnedBack,
    /// Back in the country.
    LeftPlace,
    /// The consignment was split: its parts have own numbers (4.1(48)).
    Split,
    /// The consignment is part of another now (4.1(48)).
    Merged,
}

use DepartureState::{
    CrossedOut, DeclarationRegistered, FiledPendingRegistration, Interrupted, LeftPlace, Merged,
    NotAllowedToLeave, PapersSubmitted, Permitted, QuantityChecked, ReleaseRefused, Released,
    Split, Standing, TurnedBack,
};

impl DepartureState {
    /// All of them.
    pub fn all() -> Vec<DepartureState> {
        let mut all = Vec::new();
        for standing in OutboundStanding::ALL {
            all.push(Standing(standing));
            for papers in [PapersKind::Declaration, PapersKind::TransitDeclaration] {
                all.push(FiledPendingRegistration { papers, standing });
                all.push(DeclarationRegistered { papers, standing });
            }
            all.push(ReleaseRefused(standing));
            all.push(Released(standing));
        }
        all.extend([
            PapersSubmitted,
            QuantityChecked,
            Permitted,
            Interrupted,
            CrossedOut,
            NotAllowedToLeave,
            TurnedBack,
            LeftPlace,
            Split,
            Merged,
        ]);
        all
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Standing(standing) => standing.name(),
            FiledPendingRegistration { .. } => "filed_pending_registration",
            DeclarationRegistered { .. } => "declaration_registered",
            ReleaseRefused(_) => "release_refused",
            Released(_) => "released",
            PapersSubmitted => "papers_submitted",
            QuantityChecked => "quantity_checked",
            Permitted => "departure_permitted",
            Interrupted => "interrupted",
            CrossedOut => "crossed_out",
            NotAllowedToLeave => "not_allowed_to_leave",
            TurnedBack => "turned_back",
            LeftPlace => "left_place",
            Split => "split",
            Merged => "merged",
        }
    }

    pub(super) fn papers_kind(self) -> Option<PapersKind> {
        match self {
            FiledPendingRegistration { papers, .. } | DeclarationRegistered { papers, .. } => {
                Some(papers)
            }
            Standing(_) | ReleaseRefused(_) | Released(_) | PapersSubmitted | QuantityChecked
            | Permitted | Interrupted | CrossedOut | NotAllowedToLeave | TurnedBack | LeftPlace
            | Split | Merged => None,
        }
    }

    /// What the state lies over, in words; none where the state is the standing itself.
    pub(super) fn beneath(self) -> Option<&'static str> {
        match self {
            FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing)
            | Released(standing) => Some(standing.name()),
            Standing(_) | PapersSubmitted | QuantityChecked | Permitted | Interrupted
            | CrossedOut | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => None,
        }
    }

    /// On the way out control begins with the registered declaration or with an act aimed at the export, and ends at the border (185.4).
    pub(super) fn is_under_control(self) -> bool {
        match self {
            Standing(standing)
            | FiledPendingRegistration { standing, .. }
            | ReleaseRefused(standing) => standing.is_here(),
            DeclarationRegistered { .. }
            | Released(_)
            | PapersSubmitted
            | QuantityChecked
            | Permitted
            | Interrupted
            | NotAllowedToLeave
            | TurnedBack => true,
            // Union goods whose declaration is withdrawn (185.5); foreign goods go back under a procedure that is recorded as such.
            LeftPlace => false,
            CrossedOut | Split | Merged => false,
        }
    }

    pub(super) fn exit_hold(self) -> Option<&'static str> {
        match self {
            Standing(_) | Released(_) => Some("departure_papers_missing"),
            FiledPendingRegistration { .. } => Some("papers_not_registered"),
            DeclarationRegistered { .. } => Some("not_released"),
            ReleaseRefused(_) => Some("release_refused"),
            PapersSubmitted | QuantityChecked => Some("departure_marks_missing"),
            NotAllowedToLeave => Some("not_allowed_to_leave"),
            Permitted | Interrupted | CrossedOut | TurnedBack | LeftPlace | Split | Merged => None,
        }
    }

    pub(super) fn is_ended(self) -> bool {
        match self {
            CrossedOut | LeftPlace | Split | Merged => true,
            Standing(_)
            | FiledPendingRegistration { .. }
            | DeclarationRegistered { .. }
            | ReleaseRefused(_)
            | Released(_)
            | PapersSubmitted
            | QuantityChecked
            | Permitted
            | Interrupted
            | NotAllowedToLeave
            | TurnedBack => false,
        }
    }

    /// The same papers over another standing.
    fn over(self, standing: OutboundStanding) -> DepartureState {
        match self {
            Standing(_) => Standing(standing),
            FiledPendingRegistration { papers, .. } => {
                FiledPendingRegistration { papers, standing }
            }
            DeclarationRegistered { papers, .. } => DeclarationRegistered { papers, standing },
            ReleaseRefused(_) => ReleaseRefused(standing),
            Released(_) => Released(standing),
            PapersSubmitted | QuantityChecked | Permitted | Interrupted | CrossedOut
            | NotAllowedToLeave | TurnedBack | LeftPlace | Split | Merged => self,
        }
    }

    pub(super) fn transition(self, step: Step) -> Next {
        match self {
            Standing(standing)
            | FiledPendingRegistration { standing, .. }
            | DeclarationRegistered { standing, .. }
            | ReleaseRefused(standing)
            | Released(standing) => self.before_papers(standing, step),
            PapersSubmitted | QuantityChecked | Permitted | Interrupted | NotAllowedToLeave
            | TurnedBack => self.after_papers(step),
            // Nobody here sees the border: that the goods went out with permission was taken for the crossing. A report that they were stopped on the
            // way there says otherwise (257.1), and the duty that ended with the crossing is as it was (258.2).
            CrossedOut if step == Step::DepartureInterrupted => {
                guarded(to(Interrupted, "D8", "257"), guards::INFORM)
            }
            CrossedOut | LeftPlace | Split | Merged => no(
                "course_ended",
                "185.4",
                "The course of this consignment is over: it left, or goes on under another number.",
            ),
        }
    }
}
