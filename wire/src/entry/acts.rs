//! Acts that officers recorded, and what followed from them.

use checkpoint::event::{ActEffect, ActFacts, Validity};
use checkpoint::law::course::Step;

use super::field::{self, Field, Misread, messages, read, required, write};
use crate::generated::entry as proto;
use proto::act_effect::{Effect, FlagSet, Seals, SealsApplied};

messages! {
    ActFacts as Act {
        act, kind, number, article, edition, visit, consignments, answers, effects, validity, corrects; as_of => as_of_us
    }
    Validity as Validity { rule; until => until_us }
}

impl Field<proto::ActEffect> for ActEffect {
    fn write(&self) -> proto::ActEffect {
        let effect = match self {
            ActEffect::Step { step } => Effect::Step(write(step)),
            ActEffect::ControlOpened { control } => Effect::ControlOpened(write(control)),
            ActEffect::ControlClosed { control } => Effect::ControlClosed(write(control)),
            ActEffect::SealsApplied { seals, replacing } => Effect::SealsApplied(SealsApplied {
                seals: write(seals),
                replacing: write(replacing),
            }),
            ActEffect::SealsRemoved { seals } => {
                Effect::SealsRemoved(Seals { seals: write(seals) })
            }
            ActEffect::SealsGivenUp { seals } => {
                Effect::SealsGivenUp(Seals { seals: write(seals) })
            }
            ActEffect::FlagSet { flag, value } => {
                Effect::FlagSet(FlagSet { flag: write(flag), value: write(value) })
            }
            ActEffect::ScreenedByHand { verdict } => Effect::ScreenedByHand(write(verdict)),
            ActEffect::PresentedSince { at } => Effect::PresentedSinceUs(write(at)),
            ActEffect::TermLifted { rule } => Effect::TermLifted(write(rule)),
            ActEffect::ActEnded { act } => Effect::ActEnded(write(act)),
        };
        proto::ActEffect { effect: Some(effect) }
    }

    fn read(kept: proto::ActEffect) -> Result<Self, Misread> {
        let effect = kept.effect.ok_or_else(|| Misread::newer("a case that is not known"))?;
        Ok(match effect {
            Effect::Step(step) => ActEffect::Step { step: read(step, "step")? },
            Effect::ControlOpened(control) => {
                ActEffect::ControlOpened { control: read(control, "control_opened")? }
            }
            Effect::ControlClosed(control) => {
                ActEffect::ControlClosed { control: read(control, "control_closed")? }
            }
            Effect::SealsApplied(SealsApplied { seals, replacing }) => ActEffect::SealsApplied {
                seals: read(seals, "seals_applied.seals")?,
                replacing: read(replacing, "seals_applied.replacing")?,
            },
            Effect::SealsRemoved(Seals { seals }) => {
                ActEffect::SealsRemoved { seals: read(seals, "seals_removed.seals")? }
            }
            Effect::SealsGivenUp(Seals { seals }) => {
                ActEffect::SealsGivenUp { seals: read(seals, "seals_given_up.seals")? }
            }
            Effect::FlagSet(FlagSet { flag, value }) => ActEffect::FlagSet {
                flag: read(flag, "flag_set.flag")?,
                value: read(value, "flag_set.value")?,
            },
            Effect::ScreenedByHand(verdict) => {
                ActEffect::ScreenedByHand { verdict: read(verdict, "screened_by_hand")? }
            }
            Effect::PresentedSinceUs(at) => {
                ActEffect::PresentedSince { at: read(at, "presented_since_us")? }
            }
            Effect::TermLifted(rule) => ActEffect::TermLifted { rule: read(rule, "term_lifted")? },
            Effect::ActEnded(act) => ActEffect::ActEnded { act: read(act, "act_ended")? },
        })
    }
}

/// By its name; a step of a newer release is passed over.
impl Field<String> for Step {
    fn write(&self) -> String {
        self.name().to_owned()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Step::named(&kept).ok_or_else(|| Misread::newer(format!("{kept:?}")))
    }
}
