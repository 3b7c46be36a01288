//! Where arriving goods stand, whatever papers are over them.

use serde::{Deserialize, Serialize};

use super::super::detention::Keeping;
use super::super::{Forbidden, Guard};
use super::guards;

/// Where arriving goods stand, whatever papers are over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nobody told of them yet.
    Expected,
    /// Prior information told of them (66, 250.2).
    PreAdvised,
    /// Across the border, on the way to the place of arrival (185.1, 253.1).
    Crossed,
    /// Broken off on that way (249).
    Interrupted,
    /// At the place of arrival (248.2, 453.1).
    AtPlace,
    /// At the place of arrival with registered storage papers, not presented yet.
    StorageRegistered,
    /// Presented: the term of 252.4 runs.
    Presented,
    /// Their transit was completed here: the term of 329.6 runs.
    TransitCompleted,
    /// In temporary storage, on the vehicle (267.3).
    InTemporaryStorage,
    /// In temporary storage, taken off into a storage place (252.1, 259.1).
    InStoragePlace,
}

use Standing::{
    AtPlace, Crossed, Expected, InStoragePlace, InTemporaryStorage, Interrupted, PreAdvised,
    Presented, StorageRegistered, TransitCompleted,
};

/// A standing that a step led to.
pub(super) struct Moved {
    pub(super) to: Standing,
    pub(super) id: &'static str,
    pub(super) article: &'static str,
    pub(super) guards: &'static [Guard],
}

type Move = Result<Moved, Forbidden>;

fn to(
    standing: Standing,
    id: &'static str,
    article: &'static str,
    guards: &'static [Guard],
) -> Move {
    Ok(Moved { to: standing, id, article, guards })
}

fn no(code: &'static str, article: &'static str, why: &'static str) -> Move {
    Err(Forbidden { code, article, why })
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 10] = [
        Expected,
        PreAdvised,
        Crossed,
        Interrupted,
        AtPlace,
        StorageRegistered,
        Presented,
        TransitCompleted,
        InTemporaryStorage,
        InStoragePlace,
    ];

    pub(in crate::law::course) fn name(self) -> &'static str {
        match self {
            Expected => "expected",
            PreAdvised => "pre_advised",
            Crossed => "crossed",
            Interrupted => "interrupted",
            AtPlace => "at_place_of_arrival",
            StorageRegistered => "storage_registered",
            Presented => "presented",
            TransitCompleted => "transit_completed",
            InTemporaryStorage => "in_temporary_storage",
            InStoragePlace => "in_storage_place",
        }
    }

    /// Whether the body has seen the goods: presented, or shown to the end of their transit.
    pub fn is_presented(self) -> bool {
        match self {
            Presented | TransitCompleted | InTemporaryStorage | InStoragePlace => true,
            Expected | PreAdvised | Crossed | Interrupted | AtPlace | StorageRegistered => false,
        }
    }

    /// Whether the goods are in temporary storage (267.3).
    pub fn is_in_storage(self) -> bool {
        match self {
            InTemporaryStorage | InStoragePlace => true,
            Expected | PreAdvised | Crossed | Interrupted | AtPlace | StorageRegistered
            | Presented | TransitCompleted => false,
        }
    }

    /// Whether storage papers may be filed: the goods are at a place where they can be stored, and are not stored (252.3, 267.1).
    pub(super) fn may_be_stored(self) -> bool {
        match self {
            AtPlace | Presented | TransitCompleted => true,
            Expected | PreAdvised | Crossed | Interrupted | StorageRegistered
            | InTemporaryStorage | InStoragePlace => false,
        }
    }

    /// Where goods stand whose storage papers were registered; presentation makes it storage, and is an act of its own (AMB-10).
    pub(super) fn stored(self) -> Standing {
        match self {
            AtPlace => StorageRegistered,
            Presented | TransitCompleted => InTemporaryStorage,
            Expected | PreAdvised | Crossed | Interrupted | StorageRegistered
            | InTemporaryStorage | InStoragePlace => self,
        }
    }

    /// Whether goods can go back abroad from here without a declaration: they never left the place of their arrival (255.1).
    pub(super) fn may_return(self) -> bool {
        match self {
            AtPlace | StorageRegistered | Presented | InTemporaryStorage | InStoragePlace => true,
            Expected | PreAdvised | Crossed | Interrupted | TransitCompleted => false,
        }
    }

    /// Where goods are kept that are detained from here.
    pub(super) fn keeping(self) -> Keeping {
        match self {
            InStoragePlace => Keeping::InStorage,
            Expected | PreAdvised | Crossed | Interrupted | AtPlace | StorageRegistered
            | Presented | TransitCompleted | InTemporaryStorage => Keeping::Aboard,
        }
    }

    /// From the crossing of the border customs control covers them (185.1).
    pub(super) fn is_in_the_territory(self) -> bool {
        match self {
            Expected | PreAdvised => false,
            Crossed | Interrupted | AtPlace | StorageRegistered | Presented | TransitCompleted
            | InTemporaryStorage | InStoragePlace => true,
        }
    }

    pub(super) fn exit_hold(self) -> Option<&'static str> {
        match self {
            Expected | PreAdvised | Crossed | Interrupted | AtPlace | StorageRegistered => {
                Some("not_presented")
            }
            Presented => Some("papers_not_filed"),
            TransitCompleted => Some("papers_not_filed_after_transit"),
            // From storage goods leave only under transit or another procedure (252.5, 259.3).
            InTemporaryStorage => Some("in_storage_only"),
            // The vehicle goes, the goods do not.
            InStoragePlace => None,
        }
    }

    /// Where a step moves the goods that leaves the papers over them as they are.
    pub(super) fn moved(self, step: Movement) -> Move {
        match step {
            Movement::PreAdvised => match self {
                Expected | PreAdvised => to(PreAdvised, "T1", "66.1", guards::PRIOR),
                Crossed | Interrupted => to(self, "T1", "66.1", guards::PRIOR),
                AtPlace | StorageRegistered | Presented | TransitCompleted | InTemporaryStorage
                | InStoragePlace => no(
                    "already_arrived",
                    "250.2",
                    "Prior information is given before the actual arrival: register the notice of arrival instead.",
                ),
            },
            Movement::Crossed => match self {
                Expected | PreAdvised => to(Crossed, "T2", "185.1", &[]),
                Crossed | Interrupted | AtPlace | StorageRegistered | Presented
                | TransitCompleted | InTemporaryStorage | InStoragePlace => {
                    no("already_crossed", "185.1", "The goods crossed the border already.")
                }
            },
            Movement::Interrupted => match self {
                // Who reports from inside the territory has crossed the border (T2: observed or inferred).
                Expected | PreAdvised | Crossed => to(Interrupted, "T3", "249.1", &[]),
                Interrupted => {
                    no("already_interrupted", "249.1", "The breaking off was reported already.")
                }
                AtPlace | StorageRegistered | Presented | TransitCompleted | InTemporaryStorage
                | InStoragePlace => already_arrived(),
            },
            Movement::BroughtToPlace => match self {
                Interrupted => to(AtPlace, "T4", "249.1", &[]),
                Expected | PreAdvised | Crossed | AtPlace | StorageRegistered | Presented
                | TransitCompleted | InTemporaryStorage | InStoragePlace => no(
                    "not_interrupted",
                    "249.1",
                    "No breaking off was reported for these goods: record their arrival.",
                ),
            },
            Movement::Arrived => match self {
                Expected | PreAdvised | Crossed | Interrupted => {
                    to(AtPlace, "T4", "248.1", guards::ARRIVED)
                }
                AtPlace | StorageRegistered | Presented | TransitCompleted | InTemporaryStorage
                | InStoragePlace => already_arrived(),
            },
            Movement::Presented => match self {
                AtPlace => to(Presented, "T5", "252.4", &[]),
                StorageRegistered => to(InTemporaryStorage, "T5", "252.4", &[]),
                Expected | PreAdvised | Crossed | Interrupted => no(
                    "not_at_place",
                    "252.4",
                    "Goods are presented at the place of arrival: record their arrival first.",
                ),
                Presented | InTemporaryStorage | InStoragePlace => no(
                    "already_presented",
                    "252.4",
                    "The goods were presented already; a wrong record is corrected by a new one.",
                ),
                TransitCompleted => no(
                    "already_presented",
                    "329.6",
                    "The term of these goods runs from the completion of their transit; they need no presentation.",
                ),
            },
            Movement::Unloaded => match self {
                InTemporaryStorage => to(InStoragePlace, "", "252.1", guards::VEHICLE),
                InStoragePlace => {
                    no("already_unloaded", "252.1", "The goods are in the storage place already.")
                }
                Presented | TransitCompleted => no(
                    "not_in_storage",
                    "267.3",
                    "Register the storage papers first: a storage place takes goods in temporary storage.",
                ),
                AtPlace | StorageRegistered => not_presented(),
                Expected | PreAdvised | Crossed | Interrupted => not_at_place(),
            },
            Movement::VehicleChanged => match self {
                AtPlace | StorageRegistered | Presented | TransitCompleted | InTemporaryStorage => {
                    to(self, "T24", "252.2", guards::VEHICLE)
                }
                InStoragePlace => to(InTemporaryStorage, "T24", "252.2", guards::VEHICLE),
                Expected | PreAdvised | Crossed | Interrupted => not_at_place(),
            },
        }
    }
}

/// The steps that move goods and leave their papers alone.
#[derive(Debug, Clone, Copy)]
pub(super) enum Movement {
    PreAdvised,
    Crossed,
    Interrupted,
    BroughtToPlace,
    Arrived,
    Presented,
    Unloaded,
    VehicleChanged,
}

fn already_arrived() -> Move {
    no("already_arrived", "248.1", "The goods are at the place of arrival already.")
}

fn not_presented() -> Move {
    no("not_presented", "252.4", "Present the goods first.")
}

fn not_at_place() -> Move {
    no(
        "not_at_place",
        "252.1",
        "The goods are not at the place of arrival: record their arrival first.",
    )
}
