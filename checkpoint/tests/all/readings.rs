//! Stories of vehicles in lanes: whose reading is whose, and what rings.

use std::sync::Arc;

use checkpoint::event::Event;
use checkpoint::ids::VisitId;
use expect_test::{Expect, expect};

use crate::world::{World, site, told};

fn check(story: &str, happened: Expect) {
    happened.assert_eq(&told(story));
}

#[test]
fn a_lorry_goes_through_its_lane_and_every_reading_is_its_own() {
    check(
        "10:00 camera-1: plate 123АВС02 98%
         10:00:05 portal-1: began
         10:00:13 portal-1: ended
         10:00:20 scale-1: weigh 42180
         10:00:30 scale-1: empty
         10:00:40 seals-1: seal K-448812 intact
         10:00:42 seals-1: seal K-448813 intact
         10:00:43 seals-1: seal K-448813 intact
         10:06 -",
        expect![[r#"
            10:00 camera-1: plate 123АВС02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:05 portal-1: began
              passage_began visit 1 lane=1 passage=1
            10:00:13 portal-1: ended
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=within_background
            10:00:20 scale-1: weigh 42180
              vehicle_weighed visit 1 gross_kg=42180 lane=1 reading=3
            10:00:30 scale-1: empty
              scale_emptied lane=1
            10:00:40 seals-1: seal K-448812 intact
              seal_read visit 1 condition=intact lane=1 reading=4 seal=K-448812
            10:00:42 seals-1: seal K-448813 intact
              seal_read visit 1 condition=intact lane=1 reading=5 seal=K-448813
            10:00:43 seals-1: seal K-448813 intact
            10:05:42 -
              lane_left visit 1 lane=1
            10:06 -
        "#]],
    );
}

#[test]
fn two_vehicles_behind_each_other_are_told_apart() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:05 portal-1: began
         10:00:10 camera-1: plate 222BBB02 97%
         10:00:13 portal-1: ended
         10:00:15 portal-1: began
         10:00:20 scale-1: weigh 10000
         10:00:23 portal-1: ended
         10:00:25 scale-1: empty
         10:00:30 scale-1: weigh 20000
         10:00:31 scale-1: weigh 20000
         10:00:32 scale-1: weigh 20010",
        expect![[r#"
            10:00 camera-1: plate 111AAA01 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=111AAA01 reading=1
              vehicle_identified visit 1 plate=111AAA01
            10:00:05 portal-1: began
              passage_began visit 1 lane=1 passage=1
            10:00:10 camera-1: plate 222BBB02 97%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:00:10 (performance_only)
              plate_read visit 2 lane=1 late=false plate=222BBB02 reading=2
              vehicle_identified visit 2 plate=222BBB02
            10:00:13 portal-1: ended
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=3 verdict=within_background
            10:00:15 portal-1: began
              passage_began visit 2 lane=1 passage=2
            10:00:20 scale-1: weigh 10000
              vehicle_weighed visit 1 gross_kg=10000 lane=1 reading=4
            10:00:23 portal-1: ended
              vehicle_screened visit 2 lane=1 max_z=9.480 reading=5 verdict=within_background
            10:00:25 scale-1: empty
              scale_emptied lane=1
            10:00:30 scale-1: weigh 20000
              vehicle_weighed visit 2 gross_kg=20000 lane=1 reading=6
            10:00:31 scale-1: weigh 20000
            10:00:32 scale-1: weigh 20010
              vehicle_weighed visit 2 gross_kg=20010 lane=1 reading=7
        "#]],
    );
}

#[test]
fn a_vehicle_that_no_camera_saw_gets_a_visit_and_a_late_plate_opens_none() {
    check(
        "10:00 portal-1: began
         10:00:08 portal-1: ended
         10:01 camera-1: plate 999ZZZ09 99% late
         10:02 camera-2: plate 111AAA01 50%
         10:02:03 camera-2: plate 111AAA07 96%
         10:02:04 camera-2: plate 111AAA07 96%
         10:03 camera-1: plate 111AAA07 99%",
        expect![[r#"
            10:00 portal-1: began
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              passage_began visit 1 lane=1 passage=1
            10:00:08 portal-1: ended
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=1 verdict=within_background
            10:01 camera-1: plate 999ZZZ09 99% late
              device_faulted count=1 detail=a plate that was kept and sent late is of no vehicle that is here fault=too-late
            10:02 camera-2: plate 111AAA01 50%
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:02:00 (performance_only)
              plate_read visit 2 lane=2 late=false plate=111AAA01 reading=2
            10:02:03 camera-2: plate 111AAA07 96%
              plate_read visit 2 lane=2 late=false plate=111AAA07 reading=3
              vehicle_identified visit 2 plate=111AAA07
            10:02:04 camera-2: plate 111AAA07 96%
            10:03 camera-1: plate 111AAA07 99%
              lane_left visit 2 lane=2
              plate_read visit 2 lane=1 late=false plate=111AAA07 reading=4
        "#]],
    );
}

#[test]
fn a_gamma_alarm_rings_at_once_and_holds_the_exit_until_decided() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:05 portal-1: began
         10:00:07 portal-1: gamma device
         10:00:08 portal-1: gamma agree
         10:00:13 portal-1: ended gamma=agree
         10:00:20 bekov: notice 1 empty
         10:00:30 bekov: permit 1
         10:01 bekov: acknowledge 1
         10:01:05 sadykova: acknowledge 1
         10:02 bekov: decide 1 real
         10:02:05 bekov: decide 1 real bekov
         10:02:10 bekov: decide 1 real nobody
         10:02:15 bekov: decide 1 innocent
         10:02:20 bekov: decide 1 test sadykova
         10:03 bekov: permit 1
         10:04 bekov: exit 1",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:05 portal-1: began
              passage_began visit 1 lane=1 passage=1
            10:00:07 portal-1: gamma device
              alarm_raised visit 1 alarm=1 cause=radiation_gamma lane=1 priority=p1
            10:00:08 portal-1: gamma agree
              alarm_assessed agreement=agree alarm=1 z=7.120
            10:00:13 portal-1: ended gamma=agree
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=above_background
              alarm_assessed agreement=agree alarm=1 z=9.480
              alarm_ended alarm=1
            10:00:20 bekov: notice 1 empty
              notice_registered visit 1 missing=4 number=57402-N-000001 revision=1
            10:00:30 bekov: permit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 192.4)
                alarm_undecided alarm 1: art. 192.4, decide_alarm
            10:01 bekov: acknowledge 1
              alarm_acknowledged alarm=1
            10:01:05 sadykova: acknowledge 1
              ! already_acknowledged: bekov acknowledged alarm 1 at 2025-03-12T05:01:00Z
            10:02 bekov: decide 1 real
              ! second_officer_needed: real and test of the first priority need a second officer
            10:02:05 bekov: decide 1 real bekov
              ! second_officer_same: bekov cannot be the second pair of eyes to bekov
            10:02:10 bekov: decide 1 real nobody
              ! second_officer_unknown: nobody here is called nobody
            10:02:15 bekov: decide 1 innocent
              alarm_decided alarm=1 cause=ceramics outcome=innocent
            10:02:20 bekov: decide 1 test sadykova
              alarm_decided alarm=1 cause=ceramics outcome=test
            10:03 bekov: permit 1
              exit_permitted visit 1
              clock_stopped as_of=10:03:00 clock=1
            10:04 bekov: exit 1
              vehicle_left visit 1
        "#]],
    );
}

#[test]
fn an_alarm_that_nobody_acknowledges_is_escalated() {
    check(
        "10:00 portal-1: neutron own
         10:00:08 portal-1: ended neutron=own
         10:03 -",
        expect![[r#"
            10:00 portal-1: neutron own
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              passage_began visit 1 lane=1 passage=1
              alarm_raised visit 1 alarm=1 cause=radiation_neutron lane=1 priority=p1
            10:00:08 portal-1: ended neutron=own
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=1 verdict=above_background
              alarm_assessed agreement=own_only alarm=1
              alarm_ended alarm=1
            10:02:00 -
              alarm_escalated alarm=1
            10:03 -
        "#]],
    );
}

#[test]
fn a_second_pass_of_the_same_vehicle_repeats_its_alarm() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:05 portal-1: gamma agree
         10:00:13 portal-1: ended gamma=agree
         10:00:30 bekov: acknowledge 1
         10:01 camera-2: plate 123ABC02 98%
         10:01:05 portal-2: began
         10:01:13 portal-2: ended gamma=device",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:05 portal-1: gamma agree
              passage_began visit 1 lane=1 passage=1
              alarm_raised visit 1 alarm=1 cause=radiation_gamma lane=1 priority=p1
            10:00:13 portal-1: ended gamma=agree
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=above_background
              alarm_assessed agreement=agree alarm=1 z=9.480
              alarm_ended alarm=1
            10:00:30 bekov: acknowledge 1
              alarm_acknowledged alarm=1
            10:01 camera-2: plate 123ABC02 98%
              lane_left visit 1 lane=1
              plate_read visit 1 lane=2 late=false plate=123ABC02 reading=3
            10:01:05 portal-2: began
              passage_began visit 1 lane=2 passage=2
            10:01:13 portal-2: ended gamma=device
              vehicle_screened visit 1 lane=2 max_z=9.480 reading=4 verdict=above_background
              alarm_repeated alarm=1 count=2
              alarm_assessed agreement=device_only alarm=1 z=9.480
              alarm_ended alarm=1
        "#]],
    );
}

#[test]
fn without_a_background_nothing_can_be_compared() {
    check(
        "10:00 portal-1: ended nobackground
         10:01 portal-2: ended by=link_lost",
        expect![[r#"
            10:00 portal-1: ended nobackground
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              passage_began visit 1 lane=1 passage=1
              vehicle_screened visit 1 lane=1 reading=1 verdict=indeterminate
            10:01 portal-2: ended by=link_lost
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:01:00 (performance_only)
              passage_began visit 2 lane=2 passage=2
              vehicle_screened visit 2 lane=2 max_z=9.480 reading=2 verdict=indeterminate
        "#]],
    );
}

#[test]
fn a_dead_portal_makes_control_manual_and_its_recovery_automatic() {
    check(
        "10:00 portal-1: offline
         10:00:30 portal-1: silent
         10:01 bekov: control 1 automatic
         10:02 portal-1: online
         10:03 bekov: control 1 manual
         10:04 portal-1: offline
         10:05 portal-1: online",
        expect![[r#"
            10:00 portal-1: offline
              device_health_changed detail=port gone health=offline
              alarm_raised alarm=1 cause=device_silent lane=1 priority=p3
              lane_control_changed control=manual lane=1 reason=portals_out
              alarm_raised alarm=2 cause=lane_unguarded lane=1 priority=p2
            10:00:30 portal-1: silent
              device_health_changed detail=nothing for 15 s health=silent
            10:01 bekov: control 1 automatic
              ! portals_out: no portal of lane 1 can be relied on: control is by hand (art. 192.4)
            10:02 portal-1: online
              device_health_changed detail=frames come health=online
              alarm_ended alarm=1
              lane_control_changed control=automatic lane=1 reason=portal_back
              alarm_ended alarm=2
            10:03 bekov: control 1 manual
              lane_control_changed control=manual lane=1 reason=ordered
            10:04 portal-1: offline
              device_health_changed detail=port gone health=offline
              alarm_repeated alarm=1 count=2
            10:05 portal-1: online
              device_health_changed detail=frames come health=online
              alarm_ended alarm=1
        "#]],
    );
}

#[test]
fn alarms_about_what_was_taken_away_end() {
    let mut world = World::new();
    world.tell(
        "10:00 portal-1: offline
         10:00 portal-2: began",
    );
    let mut site = site();
    site.devices.retain(|device| !device.id.as_str().starts_with("portal-"));
    world.rules.site = Arc::new(site);
    let told = world.tell(
        "10:01 agent: started
         10:20 -",
    );
    expect![[r#"
        10:01 agent: started
          agent_started edition=KZ-CC-2010 limits=limits-1 version=2
          site_described site=example
          alarm_ended alarm=1
          lane_control_changed control=automatic lane=1 reason=portal_back
          alarm_ended alarm=2
        10:05:00 -
          lane_left visit 1 lane=2
        10:20 -
    "#]]
    .assert_eq(&told);
}

#[test]
fn background_tamper_and_faults_are_heard() {
    check(
        "10:00 portal-1: background normal
         10:01 portal-1: background depressed
         10:02 portal-1: background high
         10:03 portal-1: background normal
         10:04 portal-1: cabinet open
         10:05 portal-1: cabinet closed
         10:06 portal-1: fault checksum
         10:07 bekov: acknowledge 1
         10:08 bekov: decide 2 innocent",
        expect![[r#"
            10:00 portal-1: background normal
              background_changed background=normal
            10:01 portal-1: background depressed
              background_changed background=depressed
              alarm_raised alarm=1 cause=background lane=1 priority=p3
            10:02 portal-1: background high
              background_changed background=high
            10:03 portal-1: background normal
              background_changed background=normal
              alarm_ended alarm=1
            10:04 portal-1: cabinet open
              tamper_changed open=true
              alarm_raised alarm=2 cause=tamper lane=1 priority=p2
            10:05 portal-1: cabinet closed
              tamper_changed open=false
              alarm_ended alarm=2
            10:06 portal-1: fault checksum
              device_faulted count=1 detail=bytes fault=checksum
            10:07 bekov: acknowledge 1
              alarm_acknowledged alarm=1
            10:08 bekov: decide 2 innocent
              ! no_decision_needed: alarm 2 closes by itself when it has ended and was acknowledged
        "#]],
    );
}

#[test]
fn an_officer_moves_a_reading_and_its_alarm_goes_along() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:05 bekov: open 2 222BBB02
         10:00:10 portal-1: gamma agree
         10:00:18 portal-1: ended gamma=agree
         10:00:20 scale-1: weigh 30000
         10:01 bekov: notice 2 10000
         10:01:10 bekov: tare 2 10000
         10:02 bekov: assign 2 to 2
         10:02:10 bekov: assign 3 to 2
         10:02:20 bekov: assign 3 to 2
         10:02:30 bekov: assign 77 to 2
         10:03 bekov: permit 2",
        expect![[r#"
            10:00 camera-1: plate 111AAA01 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=111AAA01 reading=1
              vehicle_identified visit 1 plate=111AAA01
            10:00:05 bekov: open 2 222BBB02
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:00:05 (performance_only)
              vehicle_identified visit 2 plate=222BBB02
            10:00:10 portal-1: gamma agree
              passage_began visit 1 lane=1 passage=1
              alarm_raised visit 1 alarm=1 cause=radiation_gamma lane=1 priority=p1
            10:00:18 portal-1: ended gamma=agree
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=above_background
              alarm_assessed agreement=agree alarm=1 z=9.480
              alarm_ended alarm=1
            10:00:20 scale-1: weigh 30000
              vehicle_weighed visit 1 gross_kg=30000 lane=1 reading=3
            10:01 bekov: notice 2 10000
              notice_registered visit 2 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 2 consignment=1 gross_kg=10000
            10:01:10 bekov: tare 2 10000
              tare_recorded visit 2 source=vehicle papers tare_kg=10000
            10:02 bekov: assign 2 to 2
              reading_assigned visit 2 from=1 reading=2 to=2
            10:02:10 -
              alarm_escalated alarm=1
            10:02:10 bekov: assign 3 to 2
              reading_assigned visit 2 from=1 reading=3 to=2
              weight_compared visit 2 allowed_kg=240 beyond=true difference_kg=10000
              alarm_raised visit 2 alarm=2 cause=weight lane=1 priority=p3
            10:02:20 bekov: assign 3 to 2
              ! same_visit: reading 3 belongs to visit 2 already
            10:02:30 bekov: assign 77 to 2
              ! unknown_reading: there is no reading 77, or it is too old
            10:03 bekov: permit 2
              ! held: held under KZ-CC-2010: alarm_undecided (art. 192.4), alarm_undecided (art. 197), not_presented (art. 252.4)
                alarm_undecided alarm 1: art. 192.4, decide_alarm
                alarm_undecided alarm 2: art. 197, decide_alarm
                not_presented consignment 1: art. 252.4, present_goods
        "#]],
    );
}

#[test]
fn hub_clock_and_disk_are_watched() {
    check(
        "10:00 agent: hub down
         10:00 agent: clock free
         10:01 agent: clock synchronised
         10:02 agent: clock jumped -5000
         10:03 agent: recording slow
         10:04 agent: recording well
         10:16 agent: hub up
         10:17 agent: started",
        expect![[r#"
            10:00 agent: hub down
              hub_link_changed up=false
            10:00 agent: clock free
              clock_sync_changed synchronised=false
              alarm_raised alarm=1 cause=clock_doubtful priority=p3
            10:01 agent: clock synchronised
              clock_sync_changed synchronised=true
              alarm_ended alarm=1
            10:02 agent: clock jumped -5000
              clock_stepped by=-5000
              alarm_repeated alarm=1 count=2
              alarm_ended alarm=1
            10:03 agent: recording slow
              recording_slowed slow=true worst=900
              alarm_raised alarm=2 cause=recording_slow priority=p3
            10:04 agent: recording well
              recording_slowed slow=false worst=20
              alarm_ended alarm=2
            10:15:00 -
              alarm_raised alarm=3 cause=hub_away priority=p3
            10:16 agent: hub up
              hub_link_changed up=true
              alarm_ended alarm=3
            10:17 agent: started
              agent_started edition=KZ-CC-2010 limits=limits-1 version=2
        "#]],
    );
}

#[test]
fn one_button_press_has_one_effect() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:00:01 bekov: again 1 open 1 123ABC02
         10:00:02 bekov: sign in
         10:00:03 bekov: silence",
        expect![[r#"
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:00:01 bekov: again 1 open 1 123ABC02
              = already entry 6
            10:00:02 bekov: sign in
              officer_signed_in
            10:00:03 bekov: silence
              sound_silenced alarms=0
        "#]],
    );
}

#[test]
fn a_portal_that_counts_no_second_rings_without_a_sum() {
    let sums = |story: &str| {
        let mut world = World::new();
        world.tell(story);
        let raised = world.entries.iter().find_map(|entry| {
            let Event::AlarmRaised { facts, .. } = &entry.event else { return None };
            Some(facts.numbers.get("sum").cloned())
        });
        let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
        (raised.unwrap(), view.screenings[0].max_sum)
    };
    let told = sums("10:00:08 portal-1: ended gamma=device nosum");
    assert_eq!(told, (None, None), "no number, and not the number 0");
    let told = sums("10:00:08 portal-1: ended gamma=device");
    assert_eq!(told, (Some("1300".to_owned()), Some(1300)));
}
