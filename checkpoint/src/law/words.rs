//! Names that an edition may use: moments that start and stop clocks, ways to count, causes of alarms.

use serde::Deserialize;

use crate::event::AlarmCause;
use crate::input::observation::Radiation;
use crate::input::order::PapersKind;

/// Something that happens to a vehicle or a consignment and may start or stop a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The vehicle stopped at the place of movement (art. 453.1).
    VehicleStopped,
    /// Goods were presented (art. 252.4, AMB-10).
    GoodsPresented,
    /// Storage papers were filed (art. 267.1).
    StorageFiled,
    /// Storage papers were registered (art. 267.2).
    StorageRegistered,
    /// Storage papers were refused.
    StorageRefused,
    /// A declaration was filed (art. 288.1).
    DeclarationFiled,
    /// A declaration was registered (art. 288.3).
    DeclarationRegistered,
    /// A declaration was refused (art. 288.4).
    DeclarationRefused,
    /// A transit declaration was filed (art. 280).
    TransitDeclarationFiled,
    /// A transit declaration was registered.
    TransitDeclarationRegistered,
    /// A transit declaration was refused.
    TransitDeclarationRefused,
    /// The goods were released (art. 296, 319).
    GoodsReleased,
    /// The vehicle may leave (art. 186.6, 453.3).
    ExitPermitted,
}

impl Moment {
    /// Papers of this kind were filed.
    pub fn filed(papers: PapersKind) -> Moment {
        match papers {
            PapersKind::Storage => Moment::StorageFiled,
            PapersKind::Declaration => Moment::DeclarationFiled,
            PapersKind::TransitDeclaration => Moment::TransitDeclarationFiled,
        }
    }

    /// Papers of this kind were registered.
    pub fn registered(papers: PapersKind) -> Moment {
        match papers {
            PapersKind::Storage => Moment::StorageRegistered,
            PapersKind::Declaration => Moment::DeclarationRegistered,
            PapersKind::TransitDeclaration => Moment::TransitDeclarationRegistered,
        }
    }

    /// Papers of this kind were refused.
    pub fn refused(papers: PapersKind) -> Moment {
        match papers {
            PapersKind::Storage => Moment::StorageRefused,
            PapersKind::Declaration => Moment::DeclarationRefused,
            PapersKind::TransitDeclaration => Moment::TransitDeclarationRefused,
        }
    }

    /// The name in editions and events.
    pub fn name(self) -> &'static str {
        match self {
            Moment::VehicleStopped => "vehicle_stopped",
            Moment::GoodsPresented => "goods_presented",
            Moment::StorageFiled => "storage_filed",
            Moment::StorageRegistered => "storage_registered",
            Moment::StorageRefused => "storage_refused",
            Moment::DeclarationFiled => "declaration_filed",
            Moment::DeclarationRegistered => "declaration_registered",
            Moment::DeclarationRefused => "declaration_refused",
            Moment::TransitDeclarationFiled => "transit_declaration_filed",
            Moment::TransitDeclarationRegistered => "transit_declaration_registered",
            Moment::TransitDeclarationRefused => "transit_declaration_refused",
            Moment::GoodsReleased => "goods_released",
            Moment::ExitPermitted => "exit_permitted",
        }
    }
}

/// How a term is counted (art. 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Hours as they pass, from the instant of the trigger (AMB-01, AMB-02).
    ElapsedHours,
    /// Until the body closes on the next day on which it works (AMB-07).
    BodyNextWorkingDayEnd,
}

/// Causes of alarms as an edition's table names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseName {
    /// Gamma.
    RadiationGamma,
    /// Neutron.
    RadiationNeutron,
    /// Background of a portal.
    Background,
    /// Cabinet of a portal.
    Tamper,
    /// Weight.
    Weight,
    /// Seal.
    Seal,
    /// A term near its end.
    TermNear,
    /// A term run out.
    TermOver,
    /// A device.
    DeviceSilent,
    /// A lane without radiation control.
    LaneUnguarded,
    /// The hub.
    HubAway,
    /// The machine's clock.
    ClockDoubtful,
    /// The disk.
    RecordingSlow,
}

impl CauseName {
    /// Every name, for checking that an edition's table is whole.
    pub const ALL: [CauseName; 13] = [
        CauseName::RadiationGamma,
        CauseName::RadiationNeutron,
        CauseName::Background,
        CauseName::Tamper,
        CauseName::Weight,
        CauseName::Seal,
        CauseName::TermNear,
        CauseName::TermOver,
        CauseName::DeviceSilent,
        CauseName::LaneUnguarded,
        CauseName::HubAway,
        CauseName::ClockDoubtful,
        CauseName::RecordingSlow,
    ];

    /// The row of the table for this cause.
    pub fn of(cause: &AlarmCause) -> CauseName {
        match cause {
            AlarmCause::Radiation { radiation: Radiation::Gamma } => CauseName::RadiationGamma,
            AlarmCause::Radiation { radiation: Radiation::Neutron } => CauseName::RadiationNeutron,
            AlarmCause::Background => CauseName::Background,
            AlarmCause::Tamper => CauseName::Tamper,
            AlarmCause::Weight => CauseName::Weight,
            AlarmCause::Seal { .. } => CauseName::Seal,
            AlarmCause::TermNear { .. } => CauseName::TermNear,
            AlarmCause::TermOver { .. } => CauseName::TermOver,
            AlarmCause::DeviceSilent => CauseName::DeviceSilent,
            AlarmCause::LaneUnguarded => CauseName::LaneUnguarded,
            AlarmCause::HubAway => CauseName::HubAway,
            AlarmCause::ClockDoubtful => CauseName::ClockDoubtful,
            AlarmCause::RecordingSlow => CauseName::RecordingSlow,
        }
    }
}
