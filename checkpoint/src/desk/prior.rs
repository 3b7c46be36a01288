//! Prior information in a story (art. 66, 250.2): the words of its facts, and the orders that they become.
//!
//! What it says of the goods is worded as a notice is. Which one is meant is told by its number: 1 is the first of the story.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Shelf;
use super::complete::{NoticeWords, notice};
use super::line::{Word, date, instant, texts};
use super::story::{Place, written};
use crate::ids::PriorId;
use crate::input::OrderKind;
use crate::input::order::{Informant, PriorInformation, Purpose};
use crate::law::Edition;

/// What happens to prior information.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PriorFact {
    /// It came in.
    Told(Box<PriorWords>),
    /// An officer says that it is about the vehicle.
    Linked(PriorId),
    /// An officer says that it is not.
    Unlinked(PriorId),
    /// It was taken back.
    Withdrawn { prior: PriorId, reason: String },
}

/// Prior information as a story words it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PriorWords {
    from: Informant,
    expected_at: Option<Timestamp>,
    plates: Vec<String>,
    containers: Vec<String>,
    says: NoticeWords,
}

impl PriorFact {
    /// Reads what stands behind `prior information`.
    pub(super) fn parse(
        what: &[&str],
        rest: &[Vec<Word>],
        today: Date,
        zone: &TimeZone,
    ) -> Result<PriorFact, String> {
        if let [number, verb] = what
            && let Ok(number) = number.parse()
        {
            let prior = PriorId(number);
            return match (*verb, rest) {
                ("linked", []) => Ok(PriorFact::Linked(prior)),
                ("unlinked", []) => Ok(PriorFact::Unlinked(prior)),
                ("withdrawn", _) => {
                    let reason = super::fact::reason(rest, "the withdrawal")?;
                    Ok(PriorFact::Withdrawn { prior, reason })
                }
                ("linked" | "unlinked", [more, ..]) => {
                    Err(format!("{:?} is too much", written(more)))
                }
                (other, _) => Err(format!(
                    "{other:?} does not happen to prior information: linked, unlinked, withdrawn"
                )),
            };
        }
        let mut from = Informant::Carrier;
        let (mut expected_at, mut plates, mut containers) = (None, Vec::new(), Vec::new());
        let mut of_goods = Vec::new();
        let names = |all: &mut Vec<String>, named: &[&str]| {
            all.extend(named.iter().map(|name| (*name).to_owned()));
        };
        for part in rest {
            match texts(part).as_slice() {
                ["vehicle" | "vehicles", named @ ..] => names(&mut plates, named),
                ["container" | "containers", named @ ..] => names(&mut containers, named),
                ["from", who @ ..] => from = informant(who)?,
                ["expected", clock] => expected_at = Some(instant(today, clock, zone)?),
                ["expected", day, clock] => {
                    expected_at = Some(instant(date(day)?, clock, zone)?);
                }
                _ => of_goods.push(part.clone()),
            }
        }
        let says = NoticeWords::parse(what, &of_goods)?;
        Ok(PriorFact::Told(Box::new(PriorWords { from, expected_at, plates, containers, says })))
    }
}

impl PriorWords {
    /// The order that records it. Names that the edition does not know are an error of the story.
    pub(super) fn order(
        &self,
        edition: &Edition,
        place: &Place,
        today: Date,
        shelf: &dyn Shelf,
    ) -> Result<OrderKind, String> {
        self.says.check(edition, place)?;
        let mut draft = match &self.says {
            NoticeWords::File { file } => shelf.notice(file)?,
            NoticeWords::Made { .. } => notice(&self.says, edition, place, today),
        };
        draft.purpose = draft.purpose.or(Some(Purpose::of(place.direction)));
        let information = PriorInformation {
            from: self.from,
            expected_at: self.expected_at,
            place: String::new(),
            plates: self.plates.clone(),
            containers: self.containers.clone(),
            draft,
            note: String::new(),
        };
        Ok(OrderKind::RecordPriorInformation { information: Box::new(information) })
    }
}

fn informant(words: &[&str]) -> Result<Informant, String> {
    match words {
        ["aeo"] => Ok(Informant::Aeo),
        ["carrier"] => Ok(Informant::Carrier),
        ["customs", "representative"] => Ok(Informant::CustomsRepresentative),
        ["interested", "person"] => Ok(Informant::InterestedPerson),
        other => Err(format!(
            "{:?} gives no prior information: from aeo, carrier, customs representative, interested person",
            other.join(" ")
        )),
    }
}
