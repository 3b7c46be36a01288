//! What befalls seals, tags and what is scanned, in a story.

use std::time::Duration;

use firmware_protocols::scanner::mrz::Form;
use firmware_protocols::scanner::xray::ConclusionCode;
use firmware_protocols::seal::Trip;
use units::{Microdegrees, Percent};

/// What can befall a seal.
#[derive(Debug, Clone, PartialEq)]
pub enum SealAct {
    /// It reports.
    Reports(SealState),
    /// It is closed and told what it guards; whatever was latched in it is forgotten.
    Arms {
        /// How often it says where it is from then on.
        every: Option<Duration>,
        /// What it guards.
        trip: Option<Trip>,
    },
    /// It is opened by whoever may, and says no more where it is.
    Disarms,
    /// It is here now, or where nothing tells it where it is.
    Moves(Option<Place>),
    /// The charge of its battery.
    Battery(Percent),
}

/// What a seal reports: that nothing happened to it, or an event of the classifier of the Eurasian Economic Commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealState {
    /// Nothing happened since it was asked last.
    Intact,
    /// 01: the locking element was opened.
    Opened,
    /// 02: the housing was opened.
    HousingOpened,
    /// 03: more than 50 km off the route.
    OffRoute,
    /// 04: malfunction.
    Malfunction,
    /// 05: battery below 15 %.
    LowBattery,
    /// 06: no data for two periods, as an operator's system says of it.
    Silent,
    /// 07: unauthorised actions.
    Unauthorised,
}

impl SealState {
    /// Each, and its word in a story.
    pub const ALL: [(SealState, &'static str); 8] = [
        (SealState::Intact, "intact"),
        (SealState::Opened, "opened"),
        (SealState::HousingOpened, "housing-opened"),
        (SealState::OffRoute, "off-route"),
        (SealState::Malfunction, "malfunction"),
        (SealState::LowBattery, "low-battery"),
        (SealState::Silent, "silent"),
        (SealState::Unauthorised, "unauthorised"),
    ];
}

/// A place on the globe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// North is positive.
    pub latitude: Microdegrees,
    /// East is positive.
    pub longitude: Microdegrees,
}

/// A tag in the field of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTag {
    /// Its EPC.
    pub epc: Vec<u8>,
    /// Whether its loop was opened, if it is one that remembers.
    pub opened: Option<bool>,
}

/// What is scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// A barcode.
    Code {
        /// What it holds.
        text: String,
        /// The AIM identifier that the reader puts before it, if it is switched on.
        aim: Option<String>,
    },
    /// The machine readable zone of a document.
    Document(Zone),
    /// An inspection by X-rays.
    Inspection {
        /// Its number at the scanner.
        scan: String,
        /// The vehicle.
        vehicle: String,
        /// What an operator makes of it, and who; nothing while nobody has looked.
        conclusion: Option<(ConclusionCode, String)>,
    },
}

/// What stands in the zone of a document; its check digits are reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The form of the zone.
    pub form: Form,
    /// The number of the document, at most nine characters.
    pub number: String,
    /// Who issued it, and whose citizen the holder is: three letters.
    pub state: String,
    /// Capital letters.
    pub surname: String,
    /// Capital letters, with blanks between.
    pub given_names: String,
    /// `YYMMDD`.
    pub birth: String,
    /// `YYMMDD`.
    pub expiry: String,
}
