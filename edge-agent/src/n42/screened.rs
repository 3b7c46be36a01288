//! What the journal has of a passage, in the words it came from.

use checkpoint::input::observation::{Agreement, Screening};
use firmware_protocols::portal::evaluation::Distance;
use firmware_protocols::portal::{
    self, EndedBy, Occupancy, PortalSettings, Quality, SettingsOrigin,
};
use rust_decimal::Decimal;
use units::{MilliCountsPerSecond, MilliSigma, MillimetresPerSecond};

/// A screening in the words it came from. What it does not tell stands at its usual value, and no document mentions that.
pub(super) fn occupancy(screening: &Screening) -> Occupancy {
    let ended_by = match screening.ended_by.as_str() {
        "gx" => EndedBy::Device,
        "implied" => EndedBy::Implied,
        "quiet" => EndedBy::Quiet,
        "link_lost" => EndedBy::LinkLost,
        _ => EndedBy::Timeout,
    };
    let sigma = |sigma: Decimal| MilliSigma(thousandths(sigma));
    let assumed = screening.quality.iter().any(|flag| flag == "assumed_config");
    Occupancy {
        began: screening.began,
        ended: screening.ended,
        ended_by,
        device_counter: screening.device_counter,
        missed_before: screening.missed_before,
        gamma_lines: screening.gamma_lines,
        gamma_alarm_lines: screening.gamma_alarm_lines,
        first_gamma_alarm: None,
        neutron_lines: screening.neutron_lines,
        neutron_alarm_lines: screening.neutron_alarm_lines,
        gamma_background: screening.gamma_background.clone(),
        neutron_background: screening
            .neutron_background_cps
            .and_then(|rate| u32::try_from(thousandths(rate)).ok())
            .map(MilliCountsPerSecond),
        max_window_sum: screening.max_sum,
        max_distance: screening.max_z.map(|z| Distance {
            sum: Some(sigma(z)),
            pillar_12: None,
            pillar_34: None,
        }),
        max_neutrons: None,
        gamma: agreement(screening.gamma),
        neutron: agreement(screening.neutron),
        speeds: screening.speed_mm_s.map(MillimetresPerSecond).into_iter().collect(),
        settings: PortalSettings {
            n_sigma_milli: sigma(screening.n_sigma),
            origin: if assumed { SettingsOrigin::Assumed } else { SettingsOrigin::Device },
            ..PortalSettings::default()
        },
        quality: quality(&screening.quality),
        given: None,
    }
}

fn thousandths(value: Decimal) -> i32 {
    let scaled = value.saturating_mul(Decimal::ONE_THOUSAND).round();
    i32::try_from(scaled).unwrap_or(if value.is_sign_negative() { i32::MIN } else { i32::MAX })
}

fn agreement(agreement: Agreement) -> portal::Agreement {
    match agreement {
        Agreement::Neither => portal::Agreement::None,
        Agreement::Agree => portal::Agreement::Agree,
        Agreement::DeviceOnly => portal::Agreement::DeviceOnly,
        Agreement::OwnOnly => portal::Agreement::OwnOnly,
    }
}

fn quality(flags: &[String]) -> Quality {
    let is = |name: &str| flags.iter().any(|flag| flag == name);
    Quality {
        start_truncated: is("start_truncated"),
        missed_occupancy: is("missed_occupancy"),
        interval_missing: is("interval_missing"),
        no_background: is("no_background"),
        background_depressed: is("background_depressed"),
        background_fault: is("background_fault"),
        tamper_during: is("tamper_during"),
        speed_saturated: is("speed_saturated"),
        assumed_config: is("assumed_config"),
        interval_unknown: is("interval_unknown"),
        no_presence: is("no_presence"),
        device_fault: is("device_fault"),
    }
}
