//! Names that an edition may use: moments that start and stop clocks, ways to count, causes of alarms.

use serde::Deserialize;

use crate::event::AlarmCause;
use crate::input::observation::Radiation;
use crate::input::order::PapersKind;

/// Declares the moments that the checkpoint itself knows, with their names in editions and events.
macro_rules! moments {
    ($($(#[$about:meta])* $moment:ident = $name:literal,)+) => {
        /// Something that happens to a vehicle or a consignment and may start or stop a clock.
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(from = "String")]
        pub enum Moment {
            $($(#[$about])* $moment,)+
            /// An act that an officer recorded, by its id in the edition.
            Act(String),
        }

        impl Moment {
            /// Names of the moments that the checkpoint itself knows.
            pub const BUILT_IN: &'static [&'static str] = &[$($name),+];

            /// The name in editions and events.
            pub fn name(&self) -> &str {
                match self {
                    $(Moment::$moment => $name,)+
                    Moment::Act(id) => id,
                }
            }

            /// The id of the act, if it is one.
            pub fn act(&self) -> Option<&str> {
                match self {
                    $(Moment::$moment => None,)+
                    Moment::Act(id) => Some(id),
                }
            }

            fn built_in(name: &str) -> Option<Moment> {
                match name {
                    $($name => Some(Moment::$moment),)+
                    _ => None,
                }
            }
        }
    };
}

moments! {
    /// The vehicle stopped at the place of movement (art. 453.1).
    VehicleStopped = "vehicle_stopped",
    /// Goods were presented (art. 252.4, AMB-10).
    GoodsPresented = "goods_presented",
    /// Storage papers were filed (art. 267.1).
    StorageFiled = "storage_filed",
    /// Storage papers were registered (art. 267.2).
    StorageRegistered = "storage_registered",
    /// Storage papers were refused.
    StorageRefused = "storage_refused",
    /// A declaration was filed (art. 288.1).
    DeclarationFiled = "declaration_filed",
    /// A declaration was registered (art. 288.3).
    DeclarationRegistered = "declaration_registered",
    /// A declaration was refused (art. 288.4).
    DeclarationRefused = "declaration_refused",
    /// A transit declaration was filed (art. 280).
    TransitDeclarationFiled = "transit_declaration_filed",
    /// A transit declaration was registered.
    TransitDeclarationRegistered = "transit_declaration_registered",
    /// A transit declaration was refused.
    TransitDeclarationRefused = "transit_declaration_refused",
    /// The goods were released (art. 296, 319).
    GoodsReleased = "goods_released",
    /// The vehicle may leave (art. 186.6, 453.3).
    ExitPermitted = "exit_permitted",
    /// The parking for customs operations is over (art. 453.2): with the permission to leave, or with the leaving (AMB-18).
    ParkingEnded = "parking_ended",
}

impl From<String> for Moment {
    fn from(name: String) -> Moment {
        if let Some(moment) = Moment::built_in(&name) {
            return moment;
        }
        // Whether the edition has such an act is known when all of it is read.
        Moment::Act(name)
    }
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
    /// Conclusion of an X-ray system.
    Scan,
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
    pub const ALL: [CauseName; 14] = [
        CauseName::RadiationGamma,
        CauseName::RadiationNeutron,
        CauseName::Background,
        CauseName::Tamper,
        CauseName::Weight,
        CauseName::Seal,
        CauseName::Scan,
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
            AlarmCause::Scan { .. } => CauseName::Scan,
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
