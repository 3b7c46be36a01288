//! Names that an edition may use: moments that start and stop clocks, ways to count, causes of alarms.

use serde::Deserialize;

use crate::event::AlarmCause;
use crate::input::observation::Radiation;
use crate::input::order::PapersKind;

/// Acts of officers that clocks name before the edition has a row for them.
pub const ACT_MOMENTS: &[&str] = &[
    "prohibited_goods_found",
    "removed_from_territory",
    "removal_impossible",
    "interruption_reported",
    "brought_to_body",
    "parking_cap_lifted",
    "stopped_outside_zone",
    "stop_outside_zone_ended",
    "storage_prolonged",
    "storage_short_term_set",
    "storage_ip_suspended",
    "offence_goods_return_decided",
    "declaration_withdrawn",
    "prior_declaration_registered",
    "incomplete_declaration_registered",
    "periodic_period_ended",
    "temporary_period_ended",
    "release_term_extended",
    "release_refused",
    "released_before_declaration",
    "release_suspended_ip",
    "release_resumed",
    "transit_released",
    "transit_delivered",
    "escort_decided",
    "escort_organised",
    "delivery_place_change_requested",
    "delivery_place_change_decided",
    "transit_arrived",
    "transit_papers_submitted",
    "transit_papers_registered",
    "transit_completed",
    "vehicle_approval_requested",
    "vehicle_approval_issued",
    "procedure_impossible_decided",
    "procedure_completed",
    "departure_papers_submitted",
    "departure_permitted",
    "departure_interrupted",
    "detention_protocol",
    "detained_goods_returned",
    "detained_goods_disposed",
    "opening_inspection_notified",
    "opening_inspection_act",
    "personal_search_done",
    "personal_search_act",
    "forced_entry",
    "prosecutor_notified",
    "premises_inspection_started",
    "premises_inspection_act",
    "seal_threat_claimed",
    "seal_threat_proved",
    "papers_requested",
    "papers_provided",
    "expert_examination_ordered",
    "expert_examination_notified",
    "expert_materials_accepted",
    "expert_conclusion",
    "control_ended",
    "permanent_pass_issued",
    "temporary_pass_issued",
    "vehicle_temporarily_imported",
    "vehicle_exported",
    "ownership_transferred_abroad",
    "vehicle_placed_under_procedure",
    "sale_proceeds_received",
];

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
