//! Devices behind nodes of Sparkplug: where they are, and which metric means what.

use firmware_protocols::Dialect;
use firmware_protocols::sparkplug::{Address, Watched};
use toml::Spanned;

use super::Look;
use super::devices::{family_name, family_of};
use crate::config::written;

/// The device behind `address`, which is written as `group/node/device`.
pub(super) fn watched(
    look: &mut Look,
    device: &written::Device,
    address: &Spanned<String>,
) -> Option<Watched> {
    let id = device.id.get_ref();
    let said = address.get_ref();
    let parsed = Address::parse(said);
    if parsed.is_none() {
        look.at(
            address,
            format!("device {id}: sparkplug: {said:?}"),
            "group/node, or group/node/device, without + and #, as the node publishes them",
        );
    }
    if device.dialect.get_ref() != Dialect::Json.name() {
        look.at(
            &device.dialect,
            format!("device {id}: sparkplug: dialect {:?}", device.dialect.get_ref()),
            "dialect = \"json\", into which metrics are put",
        );
    }
    let Some(metrics) = &device.connect.get_ref().metrics else {
        look.at(
            address,
            format!("device {id}: sparkplug: metrics are missing"),
            "such as metrics = { weight = \"Weight/Gross\", unit = \"kg\", stable = \"Weight/Stable\" }",
        );
        return None;
    };
    let family = match metrics.get_ref().family() {
        Ok(family) => family_of(family),
        Err(what) => {
            look.at(
                metrics,
                format!("device {id}: metrics: {what}"),
                "weight with unit and perhaps kind, stable, overload; or seal with locked, housing_ok, battery_pct; or plate with country, confidence_pct",
            );
            return None;
        }
    };
    if let Some(named) = &device.family
        && *named.get_ref() != family
    {
        look.at(
            metrics,
            format!(
                "device {id}: metrics are those of a {}, and the device is a {}",
                family_name(family),
                family_name(*named.get_ref())
            ),
            "one of the two",
        );
    }
    Some(Watched { address: parsed?, metrics: metrics.get_ref().clone() })
}
