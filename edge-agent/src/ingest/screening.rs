//! What a portal measured on one vehicle, in the checkpoint's words.

use checkpoint::input::observation::{Agreement, Radiation, RadiationSeen, Screening};
use firmware_protocols::portal::{
    self, AlarmSeen, Algorithm, EndedBy, Measure, Occupancy, Quality, SeenBy,
};
use rust_decimal::Decimal;
use units::CountsPerSecond;

use super::observe::sigma;

/// The first sign of a radiation alarm.
pub(super) fn seen(seen: &AlarmSeen) -> RadiationSeen {
    let agreement = match seen.by {
        SeenBy::Device => Agreement::DeviceOnly,
        SeenBy::Own => Agreement::OwnOnly,
        SeenBy::Both => Agreement::Agree,
    };
    match &seen.measure {
        Measure::Gamma { window_sum, background, distance, n_sigma, .. } => RadiationSeen {
            radiation: Radiation::Gamma,
            agreement,
            z: distance.map(sigma),
            threshold: sigma(*n_sigma),
            sum: *window_sum,
            background: *background,
        },
        // The neutron test adds up a likelihood instead of comparing one second: the ratio stands where gamma has its distance.
        Measure::Neutron { counts, background, likelihood_milli, upper_milli, .. } => {
            RadiationSeen {
                radiation: Radiation::Neutron,
                agreement,
                z: likelihood_milli.map(milli),
                threshold: milli(*upper_milli),
                sum: *counts,
                background: background
                    .map(|background| CountsPerSecond(background.0.div_ceil(1000))),
            }
        }
    }
}

/// All that was measured.
pub(super) fn screening(occupancy: &Occupancy) -> Screening {
    let ended_by = match occupancy.ended_by {
        EndedBy::Device => "gx",
        EndedBy::Implied => "implied",
        EndedBy::Quiet => "quiet",
        EndedBy::Timeout => "timeout",
        EndedBy::LinkLost => "link_lost",
    };
    let speeds = &occupancy.speeds;
    let mean =
        speeds.iter().map(|speed| u64::from(speed.0)).sum::<u64>().checked_div(speeds.len() as u64);
    Screening {
        began: occupancy.began,
        ended: occupancy.ended,
        ended_by: ended_by.to_owned(),
        device_counter: occupancy.device_counter,
        missed_before: occupancy.missed_before,
        gamma_lines: occupancy.gamma_lines,
        gamma_alarm_lines: occupancy.gamma_alarm_lines,
        neutron_lines: occupancy.neutron_lines,
        neutron_alarm_lines: occupancy.neutron_alarm_lines,
        gamma_background: occupancy.gamma_background.clone(),
        neutron_background_cps: occupancy
            .neutron_background
            .map(|background| Decimal::new(i64::from(background.0), 3)),
        max_sum: occupancy.max_window_sum,
        max_z: occupancy.max_distance.and_then(|distance| distance.largest()).map(sigma),
        gamma: agreement(occupancy.gamma),
        neutron: agreement(occupancy.neutron),
        n_sigma: sigma(occupancy.settings.n_sigma_milli),
        speed_mm_s: mean.and_then(|mean| u32::try_from(mean).ok()),
        quality: quality(occupancy.quality),
    }
}

/// The four digits of a portal's algorithm: sum, horizontal, vertical, single.
pub(super) fn digits(algorithm: Algorithm) -> String {
    let Algorithm { sum, horizontal, vertical, single } = algorithm;
    [sum, horizontal, vertical, single].map(|on| if on { '1' } else { '0' }).iter().collect()
}

fn agreement(agreement: portal::Agreement) -> Agreement {
    match agreement {
        portal::Agreement::None => Agreement::Neither,
        portal::Agreement::Agree => Agreement::Agree,
        portal::Agreement::DeviceOnly => Agreement::DeviceOnly,
        portal::Agreement::OwnOnly => Agreement::OwnOnly,
    }
}

fn quality(quality: Quality) -> Vec<String> {
    let Quality {
        start_truncated,
        missed_occupancy,
        interval_missing,
        no_background,
        background_depressed,
        background_fault,
        tamper_during,
        speed_saturated,
        assumed_config,
        interval_unknown,
        no_presence,
        device_fault,
    } = quality;
    let flags = [
        (start_truncated, "start_truncated"),
        (missed_occupancy, "missed_occupancy"),
        (interval_missing, "interval_missing"),
        (no_background, "no_background"),
        (background_depressed, "background_depressed"),
        (background_fault, "background_fault"),
        (tamper_during, "tamper_during"),
        (speed_saturated, "speed_saturated"),
        (assumed_config, "assumed_config"),
        (interval_unknown, "interval_unknown"),
        (no_presence, "no_presence"),
        (device_fault, "device_fault"),
    ];
    flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()).collect()
}

fn milli(thousandths: i32) -> Decimal {
    Decimal::new(i64::from(thousandths), 3)
}
