//! A weighing against what transport control lets a vehicle weigh: a fact that holds nobody. And goods that leave: what their weight may differ by.

use std::sync::Arc;

use checkpoint::ids::VisitId;
use checkpoint::site::{GrossLimit, Limit, Limits, VehicleMass};
use expect_test::{Expect, expect};
use units::Kilograms;

use crate::world::{World, limits};

/// Invented numbers: none is that of a law.
fn limited() -> Limits {
    let row = |axles, or_more, kg| GrossLimit { axles, or_more, limit: Kilograms::whole(kg) };
    let value = VehicleMass {
        source: "order 5".to_owned(),
        gross: vec![
            row(None, false, 40_000),
            row(Some(4), false, 30_000),
            row(Some(6), true, 42_000),
        ],
        axle: Some(Kilograms::whole(9_000)),
    };
    let by = |value| Limit { value, author: "head".to_owned(), approval: "order 9".to_owned() };
    Limits { vehicle_mass: Some(by(value)), ..limits() }
}

/// The lines about masses and alarms, and what is refused.
fn check(world: &mut World, story: &str, expected: Expect) {
    let told = world.tell(story);
    let kinds = ["vehicle_mass_compared", "weight_compared", "alarm_", "exit_permitted", "!"];
    let shown = told.lines().filter(|line| kinds.iter().any(|kind| line.trim().starts_with(kind)));
    expected.assert_eq(&shown.map(str::trim).collect::<Vec<_>>().join("\n"));
}

fn site_with_limits() -> World {
    let mut world = World::new();
    world.rules.limits = Arc::new(limited());
    world
}

/// The limit is that of its number of axles once an officer counted them; the error of the instrument is no excess.
#[test]
fn a_vehicle_that_is_too_heavy_for_the_road_is_a_fact_and_holds_nobody() {
    let mut world = site_with_limits();
    check(
        &mut world,
        "08:00 camera-1: plate 123ABC02 98%
         08:01 scale-1: weigh 30030
         08:02 bekov: notice 1 empty
         08:03 bekov: act 1 - axles_counted axle_count=#4
         08:04 bekov: act 1 - axles_counted axle_count=#4 heaviest_axle_kg=#9500
         08:05 bekov: act 1 - axles_counted axle_count=#7 corrects=2
         08:06 bekov: permit 1",
        expect![[r#"
            vehicle_mass_compared visit 1 beyond=false over_kg=0 source=order 5
            vehicle_mass_compared visit 1 axles=4 beyond=false over_kg=30 source=order 5
            vehicle_mass_compared visit 1 axles=4 beyond=true over_kg=500 source=order 5
            vehicle_mass_compared visit 1 axles=7 beyond=false over_kg=0 source=order 5
            exit_permitted visit 1"#]],
    );
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    assert_eq!(view.mass.unwrap().source, "order 5");
}

#[test]
fn without_limits_of_the_site_nothing_is_compared() {
    let mut world = World::new();
    check(
        &mut world,
        "08:00 camera-1: plate 123ABC02 98%
         08:01 scale-1: weigh 99000
         08:02 bekov: act 1 - axles_counted axle_count=#2",
        expect![[""]],
    );
}

/// Goods of the union may be fewer, whatever the reason (256.3); others may differ by what the measurement errs (256.2); more is more.
#[test]
fn goods_that_leave_may_be_fewer_or_err_as_the_instrument_does() {
    let mut site = crate::world::site();
    let scale = site.devices.iter().find(|device| device.id.as_str() == "scale-1").unwrap().clone();
    site.devices.push(checkpoint::site::Device {
        id: "scale-9".parse().unwrap(),
        lane: "9".parse().unwrap(),
        ..scale
    });
    let timetable = include_str!("../../../config/timetables/day.toml");
    let timetable = checkpoint::law::Timetable::parse(timetable, "day.toml").unwrap();
    let edition = checkpoint::law::Edition::built_in().unwrap();
    let mut world = World::open(site, edition, timetable);
    check(
        &mut world,
        "08:00 camera-9: plate 777XYZ01 98%
         08:01 scale-9: weigh 28000
         08:02 bekov: notice 1 20000
         08:03 bekov: tare 1 10000
         08:04 bekov: act 1 1 goods_facts union_goods=yes
         08:05 bekov: tare 1 7900
         08:06 bekov: tare 1 5000
         08:07 bekov: tare 1 8030
         08:08 bekov: act 1 1 goods_facts union_goods=no foreign_goods=yes
         08:09 bekov: tare 1 10000",
        expect![[r#"
            weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=-2000
            alarm_raised visit 1 alarm=1 cause=weight lane=9 priority=p3
            weight_compared visit 1 allowed_kg=440 beyond=false difference_kg=-2000
            alarm_ended alarm=1
            weight_compared visit 1 allowed_kg=440 beyond=false difference_kg=100
            weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=3000
            alarm_repeated alarm=1 count=2
            weight_compared visit 1 allowed_kg=440 beyond=false difference_kg=-30
            alarm_ended alarm=1
            weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=-2000
            alarm_repeated alarm=1 count=3"#]],
    );
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    assert_eq!(view.comparison.unwrap().instrument_error_kg.as_deref(), Some("40"));
}
