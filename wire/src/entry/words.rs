//! Enumerations: each value of the checkpoint has one of protobuf, and the other way round.
//!
//! Neither side can gain a value without the other: both matches are complete.

use checkpoint::event::{Priority, RadiationVerdict, SealVerdict};
use checkpoint::input::ClockQuality;
use checkpoint::input::observation::{
    Agreement, BackgroundState, DocumentKind, Health, Radiation, ScanChecked, ScanConclusion,
    ScanImage, ScanJudge, ScanKind, SealCondition, WeightRefusal,
};
use checkpoint::input::order::{
    Informant, LaneControl, Outcome, PapersKind, Purpose, SealFinding, Secondary, WeighingOutcome,
};
use checkpoint::site::{Direction, Family, Mode};

use super::field::{Field, Misread};
use crate::generated::entry as proto;

macro_rules! words {
    ($($type:ident { $($value:ident),* })*) => {$(
        impl Field<i32> for $type {
            fn write(&self) -> i32 {
                match self {
                    $($type::$value => proto::$type::$value.into(),)*
                }
            }
            fn read(kept: i32) -> Result<Self, Misread> {
                match proto::$type::try_from(kept) {
                    $(Ok(proto::$type::$value) => Ok($type::$value),)*
                    Ok(proto::$type::Unspecified) => Err(Misread::bad("0")),
                    Err(_) => Err(Misread::newer(kept)),
                }
            }
        }
    )*};
}

words! {
    ClockQuality { Synchronised, Unsynchronised, Unknown }
    Direction { Inbound, Outbound }
    Mode { Road, Water, Air, Rail }
    Family { Portal, Weighbridge, SealReader, PlateCamera, Scanner }
    Health { Online, Silent, Mismatch, Offline }
    BackgroundState { Normal, High, Low, NeutronHigh, Depressed }
    LaneControl { Automatic, Manual }
    RadiationVerdict { WithinBackground, AboveBackground, Indeterminate }
    Agreement { Neither, Agree, DeviceOnly, OwnOnly }
    WeightRefusal {
        Overload, Underload, Incomplete, Discarded, NotZeroed, ZeroError, HighResolution, Held,
        OffStep
    }
    WeighingOutcome { Counted, Discarded }
    SealCondition { Intact, Opened, HousingOpened, Unknown }
    SealFinding { Intact, Damaged, Missing }
    ScanKind {
        Code, Declaration, Container, Plate, Seal, Gs1, Url, TravelDocument, Inspection
    }
    ScanChecked { Nothing, CheckDigit, Date, Shape, WrongDigit }
    DocumentKind { Passport, Visa, Card, Other }
    ScanImage { Uff2, Uff3, Dicos, Vendor, Jpeg }
    ScanJudge { System, Operator }
    ScanConclusion { Clear, Suspicious, Alarm, NotInspectable, Rescan }
    SealVerdict {
        IntactMatch, IntactMismatch, Damaged, Missing, DuplicateNumber, UnreadableDevice, ReplacedWithAct,
        RemovedByPermission, ThreatExceptionClaimed
    }
    Purpose { Arrival, Departure }
    Informant { Aeo, Carrier, CustomsRepresentative, InterestedPerson }
    PapersKind { Storage, Declaration, TransitDeclaration }
    Radiation { Gamma, Neutron }
    Priority { P1, P2, P3 }
    Outcome { Real, Innocent, False, Test, Tamper, Other }
    Secondary { None, Requested, Done }
}
