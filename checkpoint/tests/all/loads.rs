//! Stories of seals and weights: what the papers say against what was read.

use expect_test::{Expect, expect};

use crate::world::told;

pub(crate) fn check(story: &str, happened: Expect) {
    happened.assert_eq(&told(story));
}

#[test]
fn seals_are_judged_against_the_papers() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 bekov: seals 1 K1 K2 K3 K4
         10:00:20 portal-1: ended
         10:00:30 scale-1: weigh 9000
         10:00:40 seals-1: seal k-1 intact m1
         10:00:41 seals-1: seal k-1 intact m1
         10:00:42 seals-1: seal K2 opened m2
         10:00:43 seals-1: seal X9 intact m3
         10:00:44 seals-1: seal K4 unknown m4
         10:06 -
         10:07 bekov: inspect 1 K3 intact
         10:08 bekov: inspect 1 K4 intact",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 bekov: seals 1 K1 K2 K3 K4
              seals_expected visit 1 seals=K1 K2 K3 K4
            10:00:20 portal-1: ended
              passage_began visit 1 lane=1 passage=1
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=within_background
            10:00:30 scale-1: weigh 9000
              vehicle_weighed visit 1 gross_kg=9000 lane=1 reading=3
            10:00:40 seals-1: seal k-1 intact m1
              seal_read visit 1 condition=intact lane=1 reading=4 seal=k-1
              seal_judged visit 1 article=198.1 seal=K1 verdict=intact_match
            10:00:41 seals-1: seal k-1 intact m1
            10:00:42 seals-1: seal K2 opened m2
              seal_read visit 1 condition=opened lane=1 reading=5 seal=K2
              seal_judged visit 1 article=248.2 seal=K2 verdict=damaged
              alarm_raised visit 1 alarm=1 cause=seal_damaged lane=1 priority=p2
            10:00:43 seals-1: seal X9 intact m3
              seal_read visit 1 condition=intact lane=1 reading=6 seal=X9
              seal_judged visit 1 article=248.2 seal=X9 verdict=intact_mismatch
              alarm_raised visit 1 alarm=2 cause=seal_intact_mismatch lane=1 priority=p2
            10:00:44 seals-1: seal K4 unknown m4
              seal_read visit 1 condition=unknown lane=1 reading=7 seal=K4
              seal_judged visit 1 article=204 seal=K4 verdict=unreadable_device
            10:05:44 -
              lane_left visit 1 lane=1
              seal_judged visit 1 article=248.2 seal=K3 verdict=missing
              alarm_raised visit 1 alarm=3 cause=seal_missing lane=1 priority=p2
            10:06 -
            10:07 bekov: inspect 1 K3 intact
              seal_inspected visit 1 found=intact seal=K3
              seal_judged visit 1 article=198.1 seal=K3 verdict=intact_match
              alarm_ended alarm=3
            10:08 bekov: inspect 1 K4 intact
              seal_inspected visit 1 found=intact seal=K4
              seal_judged visit 1 article=198.1 seal=K4 verdict=intact_match
        "#]],
    );
}

#[test]
fn a_seal_on_two_vehicles_is_a_duplicate_and_a_dead_reader_is_no_violation() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 seals-1: seal K1 intact
         10:01 camera-2: plate 777ABC02 98%
         10:01:10 seals-2: seal K1 intact
         10:02 seals-1: offline
         10:03 bekov: seals 1 K1 K9
         10:06 -",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=2 seal=K1
            10:01 camera-2: plate 777ABC02 98%
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:01:00 (performance_only)
              plate_read visit 2 lane=2 late=false plate=777ABC02 reading=3
              vehicle_identified visit 2 plate=777ABC02
            10:01:10 seals-2: seal K1 intact
              seal_read visit 2 condition=intact lane=2 reading=4 seal=K1
              seal_judged visit 1 article=4.1(46) seal=K1 verdict=duplicate_number
              alarm_raised visit 1 alarm=1 cause=seal_duplicate_number lane=1 priority=p2
              seal_judged visit 2 article=4.1(46) seal=K1 verdict=duplicate_number
              alarm_raised visit 2 alarm=2 cause=seal_duplicate_number lane=2 priority=p2
            10:02 seals-1: offline
              device_health_changed detail=port gone health=offline
              alarm_raised alarm=3 cause=device_silent lane=1 priority=p3
            10:03 bekov: seals 1 K1 K9
              seals_expected visit 1 seals=K1 K9
            10:05:10 -
              lane_left visit 1 lane=1
              seal_judged visit 1 article=204 seal=K9 verdict=unreadable_device
            10:06 -
        "#]],
    );
}

#[test]
fn weight_beyond_the_tolerance_rings_and_a_better_number_ends_it() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 scale-1: weigh 36241
         10:01 bekov: notice 1 15000 5000
         10:02 bekov: tare 1 15800
         10:03 bekov: tare 1 15801
         10:04 bekov: tare 1 15000
         10:05 bekov: notice 1 15000
         10:06 scale-1: overload",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 scale-1: weigh 36241
              vehicle_weighed visit 1 gross_kg=36241 lane=1 reading=2
            10:01 bekov: notice 1 15000 5000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=15000
              consignment_recorded visit 1 consignment=2 gross_kg=5000
            10:02 bekov: tare 1 15800
              tare_recorded visit 1 source=vehicle papers tare_kg=15800
              weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=441
              alarm_raised visit 1 alarm=1 cause=weight lane=1 priority=p3
            10:03 bekov: tare 1 15801
              tare_recorded visit 1 source=vehicle papers tare_kg=15801
              weight_compared visit 1 allowed_kg=440 beyond=false difference_kg=440
              alarm_ended alarm=1
            10:04 bekov: tare 1 15000
              tare_recorded visit 1 source=vehicle papers tare_kg=15000
              weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=1241
              alarm_repeated alarm=1 count=2
            10:05 bekov: notice 1 15000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=2
              consignment_recorded visit 1 consignment=1 gross_kg=15000
              weight_compared visit 1 allowed_kg=340 beyond=true difference_kg=6241
              alarm_repeated alarm=1 count=3
            10:05:10 -
              lane_left visit 1 lane=1
            10:06 scale-1: overload
              weighing_refused visit 1 lane=1 refusal=overload
        "#]],
    );
}

#[test]
fn a_load_that_is_lighter_than_declared_rings_as_well() {
    check(
        "10:00 scale-1: weigh 20000
         10:01 bekov: notice 1 15000
         10:02 bekov: tare 1 10000",
        expect![[r#"
            10:00 scale-1: weigh 20000
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_weighed visit 1 gross_kg=20000 lane=1 reading=1
            10:01 bekov: notice 1 15000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=15000
            10:02 bekov: tare 1 10000
              tare_recorded visit 1 source=vehicle papers tare_kg=10000
              weight_compared visit 1 allowed_kg=340 beyond=true difference_kg=-5000
              alarm_raised visit 1 alarm=1 cause=weight lane=1 priority=p3
        "#]],
    );
}

#[test]
fn after_a_scale_was_not_heard_the_same_vehicle_is_weighed_once_more_unless_another_came_up_to_it()
{
    // The second vehicle is at the camera, and has not come up to the scale.
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:30 scale-1: weigh 40000
         10:01 scale-1: offline
         10:01:05 scale-1: online
         10:01:06 scale-1: weigh 40000
         10:01:10 scale-1: weigh 40020
         10:02 scale-1: offline
         10:02:10 camera-1: plate 222BBB02 98%
         10:02:30 scale-1: online
         10:02:31 scale-1: weigh 40020
         10:02:40 scale-1: weigh 40040",
        expect![[r#"
            10:00 camera-1: plate 111AAA01 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=111AAA01 reading=1
              vehicle_identified visit 1 plate=111AAA01
            10:00:30 scale-1: weigh 40000
              vehicle_weighed visit 1 gross_kg=40000 lane=1 reading=2
            10:01 scale-1: offline
              device_health_changed detail=port gone health=offline
              alarm_raised alarm=1 cause=device_silent lane=1 priority=p3
            10:01:05 scale-1: online
              device_health_changed detail=frames come health=online
              alarm_ended alarm=1
            10:01:06 scale-1: weigh 40000
            10:01:10 scale-1: weigh 40020
              vehicle_weighed visit 1 gross_kg=40020 lane=1 reading=3
            10:02 scale-1: offline
              device_health_changed detail=port gone health=offline
              alarm_repeated alarm=1 count=2
            10:02:10 camera-1: plate 222BBB02 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:02:10 (performance_only)
              plate_read visit 2 lane=1 late=false plate=222BBB02 reading=4
              vehicle_identified visit 2 plate=222BBB02
            10:02:30 scale-1: online
              device_health_changed detail=frames come health=online
              alarm_ended alarm=1
            10:02:31 scale-1: weigh 40020
            10:02:40 scale-1: weigh 40040
              vehicle_weighed visit 1 gross_kg=40040 lane=1 reading=5
        "#]],
    );
}

#[test]
fn axles_are_the_vehicles_that_drove_onto_the_scale_though_another_stands_there_by_now() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:30 scale-1: axles
         10:01 seals-1: seal K1 intact
         10:01:10 camera-1: plate 222BBB02 98%
         10:01:20 scale-1: axles 7180 9200 9180.5
         10:02 scale-1: axles
         10:02:40 scale-1: axles 6000 8000",
        expect![[r#"
            10:00 camera-1: plate 111AAA01 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=111AAA01 reading=1
              vehicle_identified visit 1 plate=111AAA01
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:01 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=2 seal=K1
            10:01:10 camera-1: plate 222BBB02 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:01:10 (performance_only)
              plate_read visit 2 lane=1 late=false plate=222BBB02 reading=3
              vehicle_identified visit 2 plate=222BBB02
            10:01:20 scale-1: axles 7180 9200 9180.5
              vehicle_weighed visit 1 axles=3 gross_kg=25560.5 lane=1 reading=4
            10:02 scale-1: axles
              weighing_began visit 2 lane=1 resumed=false
            10:02:40 scale-1: axles 6000 8000
              vehicle_weighed visit 2 axles=2 gross_kg=14000 lane=1 reading=5
        "#]],
    );
}

#[test]
fn a_sum_of_fewer_axles_than_were_counted_is_no_weight() {
    check(
        "08:00 camera-1: plate 123ABC02 98%
         08:01 bekov: act 1 - axles_counted axle_count=#5
         08:02 scale-1: axles
         08:03 scale-1: axles 7000 8000",
        expect![[r#"
            08:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: act 1 - axles_counted axle_count=#5
              act_recorded visit 1 act=1 act_kind=axles_counted article=8(18), 192.9 as_of=08:01:00
            08:02 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            08:03 scale-1: axles 7000 8000
              weighing_refused visit 1 axles=2 lane=1 missed=0 refusal=incomplete
        "#]],
    );
}

#[test]
fn a_sum_that_comes_when_the_vehicle_is_in_another_lane_leaves_it_there() {
    check(
        "08:00 camera-1: plate 123ABC02 98%
         08:00:30 scale-1: axles
         08:01 camera-9: plate 123ABC02 98%
         08:01:10 scale-1: axles 7000 8000
         08:01:20 camera-9: plate 123ABC02 98%",
        expect![[r#"
            08:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            08:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            08:01 camera-9: plate 123ABC02 98%
              lane_left visit 1 lane=1
              plate_read visit 1 lane=9 late=false plate=123ABC02 reading=2
            08:01:10 scale-1: axles 7000 8000
              vehicle_weighed visit 1 axles=2 gross_kg=15000 lane=1 reading=3
            08:01:20 camera-9: plate 123ABC02 98%
        "#]],
    );
}

#[test]
fn axles_that_are_not_all_weighed_are_no_weight_and_are_compared_with_nothing() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 bekov: notice 1 15000
         10:00:20 bekov: tare 1 10000
         10:00:30 scale-1: axles
         10:00:40 scale-1: overload
         10:01 scale-1: axles 7180 missed 9200
         10:02 scale-1: axles
         10:03 scale-1: axles 12000 13000",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 bekov: notice 1 15000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=15000
            10:00:20 bekov: tare 1 10000
              tare_recorded visit 1 source=vehicle papers tare_kg=10000
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:00:40 scale-1: overload
              weighing_refused visit 1 lane=1 refusal=overload
            10:01 scale-1: axles 7180 missed 9200
              weighing_refused visit 1 axles=2 lane=1 missed=1 refusal=incomplete
            10:02 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:03 scale-1: axles 12000 13000
              vehicle_weighed visit 1 axles=2 gross_kg=25000 lane=1 reading=2
              weight_compared visit 1 allowed_kg=340 beyond=false difference_kg=0
        "#]],
    );
}

#[test]
fn a_weighing_that_broke_off_with_the_agent_goes_on_and_is_not_whole() {
    // The same vehicle still stands there: its front axles were weighed by nobody.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:01 scale-1: axles
         10:02 scale-1: axles 9000 9100",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:01 scale-1: axles
              weighing_began visit 1 lane=1 resumed=true
            10:02 scale-1: axles 9000 9100
              weighing_refused visit 1 axles=2 lane=1 missed=0 refusal=incomplete
        "#]],
    );
    // It has gone on: what comes is another vehicle.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:01 seals-1: seal K1 intact
         10:02 scale-1: axles
         10:03 scale-1: axles 9000 9100",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:01 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=2 seal=K1
            10:02 scale-1: axles
              weighing_refused visit 1 lane=1 refusal=incomplete
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:02:00 (performance_only)
              weighing_began visit 2 lane=1 resumed=false
            10:03 scale-1: axles 9000 9100
              vehicle_weighed visit 2 axles=2 gross_kg=18100 lane=1 reading=3
        "#]],
    );
}

#[test]
fn an_officer_ends_a_weighing_that_does_not_end_by_itself_and_what_was_weighed_counts() {
    // The last axle stays on the scale: nothing else would ever end it.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:10 bekov: end scale-1 counted the last axle stays on the plate
         10:10 bekov: end scale-1 counted once more
         10:10 scale-1: axles 7180 9200
         10:10 bekov: end scale-1 counted too late",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:05:30 -
              lane_left visit 1 lane=1
            10:10 bekov: end scale-1 counted the last axle stays on the plate
              weighing_ended visit 1 lane=1 outcome=counted reason=the last axle stays on the plate
            10:10 bekov: end scale-1 counted once more
              ! no_weighing: no vehicle is being weighed axle by axle on scale-1
            10:10 scale-1: axles 7180 9200
              vehicle_weighed visit 1 axles=2 gross_kg=16380 lane=1 reading=2
            10:10 bekov: end scale-1 counted too late
              ! no_weighing: no vehicle is being weighed axle by axle on scale-1
        "#]],
    );
    // An axle was missed: no officer makes a weight of the rest.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:10 bekov: end scale-1 counted it has gone
         10:10 scale-1: axles 7180 missed 9200",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:05:30 -
              lane_left visit 1 lane=1
            10:10 bekov: end scale-1 counted it has gone
              weighing_ended visit 1 lane=1 outcome=counted reason=it has gone
            10:10 scale-1: axles 7180 missed 9200
              weighing_refused visit 1 axles=2 lane=1 missed=1 refusal=incomplete
        "#]],
    );
}

#[test]
fn a_weighing_that_an_officer_discards_is_no_weight_whatever_was_weighed() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:10 bekov: end scale-1 discarded two vehicles stood on it
         10:10 scale-1: axles 7180 9200
         10:11 scale-1: axles
         10:12 scale-1: axles 7000 9000",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:05:30 -
              lane_left visit 1 lane=1
            10:10 bekov: end scale-1 discarded two vehicles stood on it
              weighing_ended visit 1 lane=1 outcome=discarded reason=two vehicles stood on it
            10:10 scale-1: axles 7180 9200
              weighing_refused visit 1 axles=2 lane=1 missed=0 refusal=discarded
            10:11 scale-1: axles
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:11:00 (performance_only)
              weighing_began visit 2 lane=1 resumed=false
            10:12 scale-1: axles 7000 9000
              vehicle_weighed visit 2 axles=2 gross_kg=16000 lane=1 reading=2
        "#]],
    );
}

#[test]
fn a_weighing_that_was_ended_and_of_which_the_scale_knows_nothing_is_over() {
    // The agent began anew in between.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:01 bekov: end scale-1 counted the power was cut
         10:01 scale-1: no axles
         10:02 scale-1: axles
         10:03 scale-1: axles 7000 9000
         10:03 scale-1: no axles",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:01 bekov: end scale-1 counted the power was cut
              weighing_ended visit 1 lane=1 outcome=counted reason=the power was cut
            10:01 scale-1: no axles
              weighing_refused visit 1 lane=1 refusal=incomplete
            10:02 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:03 scale-1: axles 7000 9000
              vehicle_weighed visit 1 axles=2 gross_kg=16000 lane=1 reading=2
            10:03 scale-1: no axles
        "#]],
    );
    // It was cut off before the scale could answer: what begins next is another weighing.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:30 scale-1: axles
         10:01 bekov: end scale-1 discarded wrong lane
         10:02 scale-1: axles
         10:03 scale-1: axles 7000 9000",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:01 bekov: end scale-1 discarded wrong lane
              weighing_ended visit 1 lane=1 outcome=discarded reason=wrong lane
            10:02 scale-1: axles
              weighing_refused visit 1 lane=1 refusal=discarded
              weighing_began visit 1 lane=1 resumed=false
            10:03 scale-1: axles 7000 9000
              vehicle_weighed visit 1 axles=2 gross_kg=16000 lane=1 reading=2
        "#]],
    );
}

#[test]
fn nobody_ends_a_weighing_that_does_not_run_or_without_a_reason() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 bekov: end scale-1 counted nothing runs
         10:00:20 bekov: end scale-7 counted there is no such scale
         10:00:25 bekov: end portal-1 counted a portal weighs nothing
         10:00:30 scale-1: axles
         10:00:40 bekov: end scale-1 counted",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 bekov: end scale-1 counted nothing runs
              ! no_weighing: no vehicle is being weighed axle by axle on scale-1
            10:00:20 bekov: end scale-7 counted there is no such scale
              ! no_weighing: no vehicle is being weighed axle by axle on scale-7
            10:00:25 bekov: end portal-1 counted a portal weighs nothing
              ! no_weighing: no vehicle is being weighed axle by axle on portal-1
            10:00:30 scale-1: axles
              weighing_began visit 1 lane=1 resumed=false
            10:00:40 bekov: end scale-1 counted
              ! no_reason: say why the weighing is ended
        "#]],
    );
}
