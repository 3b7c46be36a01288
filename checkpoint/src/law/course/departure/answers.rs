//! Answers that both halves of a departure give.

use super::super::detention::{DetentionState, Keeping};
use super::super::step::Ground;
use super::super::{Guard, Next, guarded, no, to};
use super::{DepartureState, guards};

use DepartureState::{
    CrossedOut, DeclarationRegistered, FiledPendingRegistration, Interrupted, LeftPlace, Merged,
    NotAllowedToLeave, PapersSubmitted, Permitted, QuantityChecked, ReleaseRefused, Released,
    Split, Standing, TurnedBack,
};

impl DepartureState {
    /// Papers cover a consignment as it is; without them it may be divided or put together.
    pub(super) fn divide(self, end: DepartureState) -> Next {
        match self {
            Standing(_) | ReleaseRefused(_) => guarded(to(end, "", "4.1(48)"), guards::DIVISION),
            FiledPendingRegistration { .. }
            | DeclarationRegistered { .. }
            | Released(_)
            | PapersSubmitted
            | QuantityChecked
            | Permitted
            | Interrupted
            | NotAllowedToLeave
            | TurnedBack
            | CrossedOut
            | LeftPlace
            | Split
            | Merged => no(
                "already_filed",
                "4.1(48)",
                "Papers cover the consignment as it is: have the declaration withdrawn first.",
            ),
        }
    }
}

pub(super) fn held(ground: Ground, guards: &'static [Guard]) -> Next {
    guarded(to(DetentionState::Held(Keeping::Aboard), "", ground.article()), guards)
}

pub(super) fn already_here() -> Next {
    no("already_arrived", "254.1", "The goods are at the place of departure already.")
}

pub(super) fn not_here() -> Next {
    no("not_at_place", "254.1", "The goods are not at the place of departure: record that first.")
}

pub(super) fn submitted() -> Next {
    no(
        "already_submitted",
        "255.1",
        "The papers for the departure were submitted: permit it, let the goods go back, or have the declaration withdrawn.",
    )
}

pub(super) fn papers_missing() -> Next {
    no("departure_papers_missing", "255.1", "Take in the papers for the departure first.")
}

pub(super) fn not_permitted() -> Next {
    no(
        "departure_marks_missing",
        "255.4",
        "The departure is not permitted: set the marks on the declaration and on the transport documents first.",
    )
}

pub(super) fn already_permitted() -> Next {
    no("already_permitted", "255.4", "The departure was permitted already.")
}

pub(super) fn held_back() -> Next {
    no(
        "not_allowed_to_leave",
        "244.3",
        "The goods may not leave the territory: let them go back, prove the restriction, or detain them.",
    )
}

pub(super) fn going_back() -> Next {
    no("turned_back", "185.5", "The goods go back into the country: permit the exit.")
}

pub(super) fn not_turned_back() -> Next {
    no(
        "not_turned_back",
        "254.1",
        "The goods came to leave the territory: record that they go back into the country, or that they crossed the border.",
    )
}

pub(super) fn already_released() -> Next {
    no("already_released", "296.1", "The goods are released: take in the papers for the departure.")
}

pub(super) fn not_filed() -> Next {
    no("not_filed", "288.1", "No such declaration waits for these goods: file it first.")
}

pub(super) fn not_registered() -> Next {
    no("not_registered", "296.1", "No such declaration is registered for these goods.")
}

pub(super) fn not_detained() -> Next {
    no("not_detained", "237.1", "The goods are not detained.")
}

pub(super) fn not_an_arrival() -> Next {
    no(
        "not_an_arrival",
        "254.1",
        "The goods are on their way out: this belongs to goods that come in.",
    )
}

pub(super) fn not_in_transit() -> Next {
    no(
        "not_in_transit",
        "329.3",
        "The goods are not under transit: record the arrival of a transit first if they are.",
    )
}
