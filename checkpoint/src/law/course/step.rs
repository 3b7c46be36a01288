//! What can happen to a consignment in the eyes of the law: one closed list for the arrival, the departure, the transit and the detention.
//!
//! A step is a fact that somebody recorded, never a wish; whether the law allows it where the goods stand is asked of
//! [`Course::next`](super::Course::next). Who may record it, on what paper and with which data are the rows of the edition.

use serde::{Deserialize, Serialize};

use crate::input::order::PapersKind;

/// A ground of detention: the closed list of art. 237.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Ground {
    /// Prohibited or unproven restricted goods whose removal is impossible or was not immediate (art. 244.5).
    #[serde(rename = "ART_244")]
    Art244,
    /// The term of temporary storage expired (art. 268.4).
    #[serde(rename = "ART_268")]
    Art268,
    /// Goods returned after an offence and not declared in thirty days (art. 283.4).
    #[serde(rename = "ART_283")]
    Art283,
    /// A declaration was withdrawn and no new one filed in time (art. 290.1).
    #[serde(rename = "ART_290")]
    Art290,
    /// A procedure that had to be completed in fifteen days was not (art. 312.3).
    #[serde(rename = "ART_312")]
    Art312,
    /// The term of storage in a bonded warehouse expired (art. 335.3).
    #[serde(rename = "ART_335")]
    Art335,
    /// The bonded warehouse closed (art. 338.3).
    #[serde(rename = "ART_338")]
    Art338,
    /// The duty-free shop closed (art. 410.2).
    #[serde(rename = "ART_410")]
    Art410,
    /// Goods for personal use whose customs operations were not done (art. 466.4).
    #[serde(rename = "ART_466")]
    Art466,
}

impl Ground {
    /// All nine, in the order of the Code.
    pub const ALL: [Ground; 9] = [
        Ground::Art244,
        Ground::Art268,
        Ground::Art283,
        Ground::Art290,
        Ground::Art312,
        Ground::Art335,
        Ground::Art338,
        Ground::Art410,
        Ground::Art466,
    ];

    /// The code in editions and protocols: `ART_244`.
    pub fn code(self) -> &'static str {
        match self {
            Ground::Art244 => "ART_244",
            Ground::Art268 => "ART_268",
            Ground::Art283 => "ART_283",
            Ground::Art290 => "ART_290",
            Ground::Art312 => "ART_312",
            Ground::Art335 => "ART_335",
            Ground::Art338 => "ART_338",
            Ground::Art410 => "ART_410",
            Ground::Art466 => "ART_466",
        }
    }

    /// The ground of this code, if it is one of the nine.
    pub fn of_code(code: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| ground.code() == code)
    }

    /// Where the Code commands this detention.
    pub fn article(self) -> &'static str {
        match self {
            Ground::Art244 => "244.5",
            Ground::Art268 => "268.4",
            Ground::Art283 => "283.4",
            Ground::Art290 => "290.1",
            Ground::Art312 => "312.3",
            Ground::Art335 => "335.3",
            Ground::Art338 => "338.3",
            Ground::Art410 => "410.2",
            Ground::Art466 => "466.4",
        }
    }
}

/// Everything that can happen to a consignment. Its name is its form in editions and in JSON, unique with its papers or its ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Step {
    /// Prior information came in (art. 66, 250.2).
    PreAdvised,
    /// The goods crossed the customs border, observed or inferred (art. 185.1).
    Crossed,
    /// The delivery to the place of arrival broke off (art. 249.1).
    Interrupted,
    /// After a breaking off the goods were brought to the nearest body or to the place that it named (art. 249.1, 257, 330).
    BroughtToPlace,
    /// The vehicle is at the place of arrival (art. 248.1).
    Arrived,
    /// The goods were presented to the body (art. 252.4).
    Presented,
    /// The record of the presentation was corrected: its moment, never its having been (art. 252.4).
    PresentationCorrected,
    /// Papers were filed (art. 267.1, 288.1).
    Filed(PapersKind),
    /// Filed papers were registered (art. 267.2, 288.3).
    Registered(PapersKind),
    /// Registration was refused: the papers count as never filed (art. 288.5, 288.6).
    Refused(PapersKind),
    /// A registered declaration was withdrawn before the release (art. 290.1).
    DeclarationWithdrawn,
    /// The goods were released under a procedure that keeps them under control, or one that is not told (art. 296.1).
    Released,
    /// The goods were released for domestic consumption, not conditionally, or for re-import: control ends (art. 185.2).
    ReleasedFromControl,
    /// The goods were released before their declaration (art. 298.1).
    ReleasedBeforeDeclaration,
    /// The release was refused in writing (art. 302.1).
    ReleaseRefused,
    /// The goods were released for transit from here (art. 320).
    TransitReleased,
    /// Prohibited goods, or restricted goods without proof: they must be taken out at once (art. 244.2, 244.4).
    MustLeave,
    /// Their removal was found impossible, or it was not immediate (art. 244.5).
    RemovalFoundImpossible,
    /// The observance of the restriction was proven after all (art. 244.4).
    RestrictionProven,
    /// The goods left for abroad without ever having left the place (art. 255.1).
    ReturnedAbroad,
    /// The goods were detained, with a protocol, on one of the nine grounds (art. 237.1).
    Detained(Ground),
    /// Detained goods were returned (art. 239).
    DetainedReturned,
    /// Detained goods that nobody claimed were sold (art. 240.1).
    DetainedSold,
    /// Detained goods that nobody claimed were destroyed or used otherwise (art. 240.1, 240.3).
    DetainedDestroyed,
    /// The goods left the place for the rest of the territory (art. 186.6, 453.3).
    LeftPlace,
    /// The goods were taken off the vehicle into a storage place within the place of movement (art. 252.1, 237.3).
    Unloaded,
    /// The goods were put on another vehicle (art. 252.1, 326.1).
    VehicleChanged,
    /// The consignment was split: its parts go on under own numbers (art. 4.1(48)).
    Split,
    /// The consignment was merged into another and goes on under that number (art. 4.1(48)).
    Merged,
    /// The vehicle is at the place of departure (art. 254.1).
    DepartureArrived,
    /// The papers for the departure were submitted (art. 255.1).
    DeparturePapersSubmitted,
    /// Quantity and condition were compared (art. 256).
    QuantityChecked,
    /// The transit of goods that leave the territory was completed at the place of departure (art. 329.5, 329.6).
    TransitCompletedHere,
    /// The departure was permitted by marks on the declaration and on the transport documents (art. 255.4).
    DeparturePermitted,
    /// The goods crossed the customs border outwards (art. 185.2(5), 258.2).
    CrossedOut,
    /// The way from the place of departure to the border broke off (art. 257).
    DepartureInterrupted,
    /// The goods may not leave the territory (art. 244.3, 244.4).
    NotAllowedToLeave,
    /// The goods that came to leave go back into the country (art. 185.5, 290.2).
    TurnedBack,
    /// Goods in transit arrived at the place of delivery (art. 329.3).
    TransitArrived,
    /// Goods in transit were placed in the control zone (art. 329.2).
    PlacedInZone,
    /// The transit declaration and the other papers were handed in (art. 329.3).
    TransitPapersSubmitted,
    /// Their submission was registered (art. 329.4).
    TransitPapersRegistered,
    /// Seals, weight and, on demand, the goods were checked (art. 329.3, 327).
    TransitChecked,
    /// The transit was completed at the destination body by its mark (art. 329.5).
    TransitCompleted,
    /// The place of delivery was changed on the way (art. 324.4).
    DeliveryPlaceChanged,
    /// The transit broke off (art. 330).
    TransitInterrupted,
    /// A cargo operation in transit was permitted or notified (art. 326.1).
    CargoOperation,
}

impl Step {
    /// All steps, each with all its papers or grounds.
    pub fn all() -> Vec<Step> {
        const KINDS: [PapersKind; 3] =
            [PapersKind::Storage, PapersKind::Declaration, PapersKind::TransitDeclaration];
        let mut steps = vec![
            Step::PreAdvised,
            Step::Crossed,
            Step::Interrupted,
            Step::BroughtToPlace,
            Step::Arrived,
            Step::Presented,
            Step::PresentationCorrected,
        ];
        steps.extend(KINDS.map(Step::Filed));
        steps.extend(KINDS.map(Step::Registered));
        steps.extend(KINDS.map(Step::Refused));
        steps.extend([
            Step::DeclarationWithdrawn,
            Step::Released,
            Step::ReleasedFromControl,
            Step::ReleasedBeforeDeclaration,
            Step::ReleaseRefused,
            Step::TransitReleased,
            Step::MustLeave,
            Step::RemovalFoundImpossible,
            Step::RestrictionProven,
            Step::ReturnedAbroad,
        ]);
        steps.extend(Ground::ALL.map(Step::Detained));
        steps.extend([
            Step::DetainedReturned,
            Step::DetainedSold,
            Step::DetainedDestroyed,
            Step::LeftPlace,
            Step::Unloaded,
            Step::VehicleChanged,
            Step::Split,
            Step::Merged,
            Step::DepartureArrived,
            Step::DeparturePapersSubmitted,
            Step::QuantityChecked,
            Step::TransitCompletedHere,
            Step::DeparturePermitted,
            Step::CrossedOut,
            Step::DepartureInterrupted,
            Step::NotAllowedToLeave,
            Step::TurnedBack,
            Step::TransitArrived,
            Step::PlacedInZone,
            Step::TransitPapersSubmitted,
            Step::TransitPapersRegistered,
            Step::TransitChecked,
            Step::TransitCompleted,
            Step::DeliveryPlaceChanged,
            Step::TransitInterrupted,
            Step::CargoOperation,
        ]);
        steps
    }

    /// The step of this name: what an edition's row says.
    pub fn named(name: &str) -> Option<Step> {
        Step::all().into_iter().find(|step| step.name() == name)
    }

    /// Its unique name. Papers and grounds are part of it: `storage_filed`, `detained_art_244`.
    pub fn name(self) -> &'static str {
        match self {
            Step::PreAdvised => "pre_advised",
            Step::Crossed => "crossed",
            Step::Interrupted => "interrupted",
            Step::BroughtToPlace => "brought_to_place",
            Step::Arrived => "arrived",
            Step::Presented => "presented",
            Step::PresentationCorrected => "presentation_corrected",
            Step::Filed(PapersKind::Storage) => "storage_filed",
            Step::Filed(PapersKind::Declaration) => "declaration_filed",
            Step::Filed(PapersKind::TransitDeclaration) => "transit_declaration_filed",
            Step::Registered(PapersKind::Storage) => "storage_registered",
            Step::Registered(PapersKind::Declaration) => "declaration_registered",
            Step::Registered(PapersKind::TransitDeclaration) => "transit_declaration_registered",
            Step::Refused(PapersKind::Storage) => "storage_refused",
            Step::Refused(PapersKind::Declaration) => "declaration_refused",
            Step::Refused(PapersKind::TransitDeclaration) => "transit_declaration_refused",
            Step::DeclarationWithdrawn => "declaration_withdrawn",
            Step::Released => "released",
            Step::ReleasedFromControl => "released_from_control",
            Step::ReleasedBeforeDeclaration => "released_before_declaration",
            Step::ReleaseRefused => "release_refused",
            Step::TransitReleased => "transit_released",
            Step::MustLeave => "must_leave",
            Step::RemovalFoundImpossible => "removal_found_impossible",
            Step::RestrictionProven => "restriction_proven",
            Step::ReturnedAbroad => "returned_abroad",
            Step::Detained(Ground::Art244) => "detained_art_244",
            Step::Detained(Ground::Art268) => "detained_art_268",
            Step::Detained(Ground::Art283) => "detained_art_283",
            Step::Detained(Ground::Art290) => "detained_art_290",
            Step::Detained(Ground::Art312) => "detained_art_312",
            Step::Detained(Ground::Art335) => "detained_art_335",
            Step::Detained(Ground::Art338) => "detained_art_338",
            Step::Detained(Ground::Art410) => "detained_art_410",
            Step::Detained(Ground::Art466) => "detained_art_466",
            Step::DetainedReturned => "detained_returned",
            Step::DetainedSold => "detained_sold",
            Step::DetainedDestroyed => "detained_destroyed",
            Step::LeftPlace => "left_place",
            Step::Unloaded => "unloaded",
            Step::VehicleChanged => "vehicle_changed",
            Step::Split => "split",
            Step::Merged => "merged",
            Step::DepartureArrived => "departure_arrived",
            Step::DeparturePapersSubmitted => "departure_papers_submitted",
            Step::QuantityChecked => "quantity_checked",
            Step::TransitCompletedHere => "transit_completed_here",
            Step::DeparturePermitted => "departure_permitted",
            Step::CrossedOut => "crossed_out",
            Step::DepartureInterrupted => "departure_interrupted",
            Step::NotAllowedToLeave => "not_allowed_to_leave",
            Step::TurnedBack => "turned_back",
            Step::TransitArrived => "transit_arrived",
            Step::PlacedInZone => "placed_in_zone",
            Step::TransitPapersSubmitted => "transit_papers_submitted",
            Step::TransitPapersRegistered => "transit_papers_registered",
            Step::TransitChecked => "transit_checked",
            Step::TransitCompleted => "transit_completed",
            Step::DeliveryPlaceChanged => "delivery_place_changed",
            Step::TransitInterrupted => "transit_interrupted",
            Step::CargoOperation => "cargo_operation",
        }
    }

    /// The article that speaks of it.
    pub fn article(self) -> &'static str {
        match self {
            Step::PreAdvised => "66.1",
            Step::Crossed => "185.1",
            Step::Interrupted | Step::BroughtToPlace => "249.1",
            Step::Arrived => "248.1",
            Step::Presented | Step::PresentationCorrected => "252.4",
            Step::Filed(PapersKind::Storage) => "267.1",
            Step::Filed(PapersKind::Declaration) => "288.1",
            Step::Filed(PapersKind::TransitDeclaration) => "280",
            Step::Registered(PapersKind::Storage) => "267.2",
            Step::Registered(PapersKind::Declaration | PapersKind::TransitDeclaration) => "288.7",
            Step::Refused(PapersKind::Storage) => "267.2",
            Step::Refused(PapersKind::Declaration | PapersKind::TransitDeclaration) => "288.5",
            Step::DeclarationWithdrawn => "290.1",
            Step::Released => "296.1",
            Step::ReleasedFromControl => "185.2",
            Step::ReleasedBeforeDeclaration => "298.1",
            Step::ReleaseRefused => "302.1",
            Step::TransitReleased => "320",
            Step::MustLeave => "244.2",
            Step::RemovalFoundImpossible => "244.5",
            Step::RestrictionProven => "244.4",
            Step::ReturnedAbroad => "255.1",
            Step::Detained(ground) => ground.article(),
            Step::DetainedReturned => "239",
            Step::DetainedSold => "240.1",
            Step::DetainedDestroyed => "240.3",
            Step::LeftPlace => "453.3",
            Step::Unloaded => "252.1",
            Step::VehicleChanged => "252.2",
            Step::Split | Step::Merged => "4.1(48)",
            Step::DepartureArrived => "254.1",
            Step::DeparturePapersSubmitted => "255.1",
            Step::QuantityChecked => "256",
            Step::TransitCompletedHere | Step::TransitCompleted => "329.5",
            Step::DeparturePermitted => "255.4",
            Step::CrossedOut => "185.2(5)",
            Step::DepartureInterrupted => "257",
            Step::NotAllowedToLeave => "244.3",
            Step::TurnedBack => "185.5",
            Step::TransitArrived | Step::TransitPapersSubmitted | Step::TransitChecked => "329.3",
            Step::PlacedInZone => "329.2",
            Step::TransitPapersRegistered => "329.4",
            Step::DeliveryPlaceChanged => "324.4",
            Step::TransitInterrupted => "330",
            Step::CargoOperation => "326.1",
        }
    }
}

impl From<Step> for String {
    fn from(step: Step) -> String {
        step.name().to_owned()
    }
}

impl TryFrom<String> for Step {
    type Error = String;

    fn try_from(name: String) -> Result<Step, String> {
        Step::named(&name).ok_or_else(|| {
            let names: Vec<&str> = Step::all().into_iter().map(Step::name).collect();
            format!("no step {name:?}: it is one of {}", names.join(", "))
        })
    }
}
