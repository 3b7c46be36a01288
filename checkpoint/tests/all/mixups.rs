//! Stories in which a reading could go to the wrong vehicle, or an alarm be lost between two.

use checkpoint::ids::VisitId;
use expect_test::{Expect, expect};

use crate::world::{World, time, told};

/// Checks what follows from the last line of a story.
fn check(story: &str, happened: Expect) {
    let told = told(story);
    let lines: Vec<&str> = told.lines().collect();
    let last = lines.iter().rposition(|line| !line.starts_with("  ")).unwrap();
    let after = &lines[last..];
    happened.assert_eq(&after.join("\n"));
}

#[test]
fn a_pass_that_was_never_seen_to_end_hides_no_later_alarm() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:05 portal-1: gamma agree
         10:00:30 bekov: decide 1 innocent
         10:01 portal-1: began
         10:01:05 portal-1: ended
         10:01:30 camera-1: plate 222BBB02 98%
         10:02 camera-2: plate 111AAA01 98%
         10:02:05 portal-2: began
         10:02:10 portal-2: gamma agree",
        expect![[r#"
            10:02:10 portal-2: gamma agree
              alarm_raised visit 1 alarm=2 cause=radiation_gamma lane=2 priority=p1"#]],
    );
}

#[test]
fn a_vehicle_that_comes_back_through_its_lane_is_known_again() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 portal-1: ended
         10:06 -
         10:30 camera-1: plate 111AAA01 98%
         10:30:10 portal-1: gamma agree",
        expect![[r#"
            10:30:10 portal-1: gamma agree
              passage_began visit 1 lane=1 passage=2
              alarm_raised visit 1 alarm=1 cause=radiation_gamma lane=1 priority=p1"#]],
    );
}

#[test]
fn a_vehicle_that_changes_lanes_leaves_the_first() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 camera-2: plate 111AAA01 98%",
        expect![[r#"
            10:00:10 camera-2: plate 111AAA01 98%
              lane_left visit 1 lane=1
              plate_read visit 1 lane=2 late=false plate=111AAA01 reading=2"#]],
    );
}

#[test]
fn a_vehicle_that_left_is_not_weighed_again() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 scale-1: weigh 20000
         10:01 bekov: notice 1 empty
         10:02 bekov: permit 1
         10:03 bekov: exit 1
         10:04 scale-1: weigh 30000",
        expect![[r#"
            10:04 scale-1: weigh 30000
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:04:00 (performance_only)
              vehicle_weighed visit 2 gross_kg=30000 lane=1 reading=3"#]],
    );
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 scale-1: weigh 20000
         10:01 bekov: notice 1 empty
         10:02 bekov: permit 1
         10:03 bekov: exit 1
         10:04 scale-1: overload",
        expect![[r#"
            10:04 scale-1: overload
              weighing_refused lane=1 refusal=overload"#]],
    );
}

#[test]
fn a_seal_in_one_lane_is_not_that_of_a_vehicle_in_another() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 bekov: seals 1 K1
         10:00:20 camera-2: plate 222BBB02 98%
         10:00:30 seals-2: seal K1 intact
         10:00:40 seals-1: seal K1 intact",
        expect![[r#"
            10:00:40 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=4 seal=K1
              seal_judged visit 1 article=4.1(46) seal=K1 verdict=duplicate_number
              alarm_raised visit 1 alarm=1 cause=seal_duplicate_number lane=1 priority=p2
              seal_judged visit 2 article=4.1(46) seal=K1 verdict=duplicate_number
              alarm_raised visit 2 alarm=2 cause=seal_duplicate_number lane=2 priority=p2"#]],
    );
}

#[test]
fn a_repeated_alarm_goes_with_each_of_its_readings() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 portal-1: ended gamma=agree
         10:01 camera-2: plate 111AAA01 98%
         10:01:10 portal-2: ended gamma=device
         10:02 bekov: open 9 222BBB02
         10:03 bekov: assign 4 to 2",
        expect![[r#"
            10:03 bekov: assign 4 to 2
              reading_assigned visit 2 from=1 reading=4 to=2
              alarm_raised visit 2 alarm=2 cause=radiation_gamma lane=2 priority=p1
              alarm_assessed agreement=device_only alarm=2 z=9.480
              alarm_ended alarm=2"#]],
    );
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 portal-1: ended gamma=agree
         10:00:20 bekov: decide 1 innocent
         10:02 bekov: open 9 222BBB02
         10:03 bekov: assign 2 to 2",
        expect![[r#"
            10:03 bekov: assign 2 to 2
              reading_assigned visit 2 from=1 reading=2 to=2"#]],
    );
}

#[test]
fn what_comes_to_light_after_the_permission_holds_the_vehicle() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:01 bekov: notice 1 empty
         10:02 bekov: permit 1
         10:03 camera-1: plate 111AAA01 98% event=2
         10:03:10 portal-1: ended neutron=agree
         10:04 bekov: exit 1",
        expect![[r#"
            10:04 bekov: exit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 192.4)
                alarm_undecided alarm 1: art. 192.4, decide_alarm"#]],
    );
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:01 bekov: notice 1 empty
         10:02 bekov: permit 1
         10:03:10 portal-1: ended neutron=agree
         10:04 bekov: decide 1 real sadykova
         10:05 bekov: exit 1",
        expect![[r#"
            10:05 bekov: exit 1
              vehicle_left visit 1"#]],
    );
}

#[test]
fn an_alarm_that_moved_is_not_repeated_by_the_vehicle_it_left() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 portal-1: ended gamma=agree
         10:00:20 bekov: open 9 222BBB02
         10:00:30 bekov: assign 2 to 2
         10:00:40 camera-2: plate 111AAA01 98%
         10:00:50 portal-2: gamma agree",
        expect![[r#"
            10:00:50 portal-2: gamma agree
              passage_began visit 1 lane=2 passage=2
              alarm_raised visit 1 alarm=2 cause=radiation_gamma lane=2 priority=p1"#]],
    );
}

#[test]
fn a_vehicle_that_went_through_makes_room_for_the_next() {
    check(
        "10:00 camera-9: plate 111AAA01 98%
         10:00:10 portal-9: ended
         10:00:20 camera-9: plate 222BBB02 98%
         10:00:30 portal-9: began",
        expect![[r#"
            10:00:30 portal-9: began
              lane_left visit 1 lane=9
              passage_began visit 2 lane=9 passage=2"#]],
    );
}

#[test]
fn nothing_is_decided_before_the_last_entry() {
    check(
        "10:00 bekov: open 1
         09:00 bekov: open 2",
        expect![[r#"
            09:00 bekov: open 2
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:00:00 (performance_only)"#]],
    );
}

#[test]
fn a_weight_that_is_beyond_again_rings_again() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:10 scale-1: weigh 30000
         10:01 bekov: tare 1 10000
         10:02 bekov: notice 1 10000
         10:03 bekov: notice 1
         10:04 bekov: notice 1 10000",
        expect![[r#"
            10:04 bekov: notice 1 10000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=3
              consignment_recorded visit 1 consignment=1 gross_kg=10000
              weight_compared visit 1 allowed_kg=240 beyond=true difference_kg=10000
              alarm_repeated alarm=1 count=2"#]],
    );
}

#[test]
fn storage_ends_the_term_for_goods_whose_declaration_is_refused_later() {
    check(
        "10:00 bekov: open 1
         10:01 bekov: notice 1 10000
         10:02 bekov: file 1 1 storage
         10:03 bekov: register 1 1 storage
         10:04 bekov: file 1 1 declaration
         10:05 bekov: present 1
         10:06 bekov: refuse 1 1 declaration",
        expect![[r#"
            10:06 bekov: refuse 1 1 declaration
              papers_refused visit 1 article=288.4(4) consignment=1 ground=not signed papers=declaration refused_on=ART_288_4_4
              clock_stopped as_of=10:06:00 clock=4"#]],
    );
}

#[test]
fn a_portal_that_found_nothing_ends_no_alarm_of_the_portal_that_the_vehicle_is_still_in() {
    check(
        "10:00 camera-1: plate 111AAA01 98%
         10:00:05 portal-1: gamma agree
         10:00:06 camera-2: plate 111AAA01 98%
         10:00:10 portal-2: ended",
        expect![[r#"
            10:00:10 portal-2: ended
              passage_began visit 1 lane=2 passage=2
              vehicle_screened visit 1 lane=2 max_z=9.480 reading=3 verdict=within_background"#]],
    );
}

#[test]
fn a_term_that_a_refusal_brings_back_is_near_its_end_again() {
    check(
        "10:00 bekov: open 1
         10:01 bekov: notice 1 10000
         10:02 bekov: present 1
         12:40 bekov: file 1 1 storage
         12:45 bekov: refuse 1 1 storage",
        expect![[r#"
            12:45 bekov: refuse 1 1 storage
              papers_refused visit 1 consignment=1 ground=not signed papers=storage
              clock_restored clock=2
              alarm_repeated alarm=1 count=2
              clock_stopped as_of=12:45:00 clock=3"#]],
    );
}

#[test]
fn a_reader_that_sees_seals_everywhere_does_not_ring_for_ever() {
    let mut world = World::new();
    world.tell("10:00 camera-1: plate 111AAA01 98%\n10:00:01 bekov: seals 1 K1");
    let now = time("10:00:02");
    for number in 0..150 {
        let input = world.input("seals-1", &format!("seal X{number} intact"), now);
        world.put(&input, now);
    }
    let input = world.input("seals-1", "seal K1 opened", now);
    world.put(&input, now);
    let visit = world.state.visit_state(VisitId(1)).unwrap();
    assert_eq!(
        visit.seals_judged.size(),
        101,
        "a hundred that nobody named, and the one of the papers"
    );
    assert_eq!(world.state.alarm_states().count(), 101);
    for number in 0..100 {
        let input = world.input("bekov", &format!("inspect 1 Y{number} missing"), now);
        assert_eq!(world.put(&input, now).refusal, None);
    }
    let input = world.input("bekov", "inspect 1 Z intact", now);
    assert_eq!(world.put(&input, now).refusal.unwrap().code, "too_many_seals");
}

#[test]
fn a_scanned_seal_is_read_of_the_vehicle_that_stands_there_and_moves_nobody() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:01 bekov: seals 1 KZ0012345 448812
         10:02 scanner-1: scan seal KZ0012345 shape",
        expect![[r#"
            10:02 scanner-1: scan seal KZ0012345 shape
              scanned visit 1 checked=shape lane=1 reading=2 scan=seal value=KZ0012345
              seal_read visit 1 condition=unknown lane=1 reading=3 seal=KZ0012345
              seal_judged visit 1 article=204 seal=KZ0012345 verdict=unreadable_device"#]],
    );
    // Figures alone could be anything: they are a seal's because the papers name them.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:01 bekov: seals 1 KZ0012345 448812
         10:02 scanner-1: scan code 448812 none",
        expect![[r#"
            10:02 scanner-1: scan code 448812 none
              scanned visit 1 checked=nothing lane=1 reading=2 scan=code value=448812
              seal_read visit 1 condition=unknown lane=1 reading=3 seal=448812
              seal_judged visit 1 article=204 seal=448812 verdict=unreadable_device"#]],
    );
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:01 bekov: seals 1 KZ0012345
         10:02 scanner-1: scan seal 99448812 shape",
        expect![[r#"
            10:02 scanner-1: scan seal 99448812 shape
              scanned visit 1 checked=shape lane=1 reading=2 scan=seal value=99448812"#]],
    );
    // A reader that scans nothing but seals: what it reads is one, and is not what the papers name.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:01 bekov: seals 1 KZ0012345
         10:02 scanner-1: seal 99448812 unknown",
        expect![[r#"
            10:02 scanner-1: seal 99448812 unknown
              scanned visit 1 checked=nothing lane=1 reading=2 scan=seal value=99448812
              seal_read visit 1 condition=unknown lane=1 reading=3 seal=99448812
              seal_judged visit 1 article=248.2 seal=99448812 verdict=intact_mismatch
              alarm_raised visit 1 alarm=1 cause=seal_intact_mismatch lane=1 priority=p2"#]],
    );
    // Nobody is there, and nobody comes by it.
    check(
        "10:02 scanner-1: seal KZ0012345 unknown",
        expect![[r#"
            10:02 scanner-1: seal KZ0012345 unknown
              scanned checked=nothing lane=1 reading=1 scan=seal value=KZ0012345"#]],
    );
}

#[test]
fn a_scanned_number_says_nothing_against_what_the_electronics_said() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:01 bekov: seals 1 KZ0012345
         10:02 seals-1: seal KZ0012345 intact
         10:03 scanner-1: scan seal KZ0012345 shape",
        expect![[r#"
            10:03 scanner-1: scan seal KZ0012345 shape
              scanned visit 1 checked=shape lane=1 reading=3 scan=seal value=KZ0012345
              seal_read visit 1 condition=unknown lane=1 reading=4 seal=KZ0012345"#]],
    );
}

#[test]
fn a_seals_event_is_told_though_its_lock_is_as_it_was() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:02 seals-1: seal KZ0012345 intact
         10:03 seals-1: seal KZ0012345 intact
         10:04 seals-1: seal KZ0012345 intact event=3",
        expect![[r#"
            10:04 seals-1: seal KZ0012345 intact event=3
              seal_read visit 1 condition=intact lane=1 reading=3 seal=KZ0012345 seal_event=3"#]],
    );
    let mut world = World::new();
    world.tell(
        "10:00 camera-1: plate 123ABC02 98%
         10:02 seals-1: seal KZ1 intact event=3
         10:03 seals-1: seal KZ1 intact event=5
         10:04 seals-1: seal KZ1 intact",
    );
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    let classes: Vec<Option<u32>> = view.seals[0].events.iter().map(|event| event.class).collect();
    assert_eq!(classes, [Some(5), Some(3)], "they stay when the seal is quiet again");
}

#[test]
fn a_sighting_in_two_messages_is_one_reading_whichever_plate_the_second_brings() {
    check(
        "10:00 camera-1: plate 123ABO02 85% event=u-1
         10:00:01 camera-1: plate 123ABC02 98% event=u-1 picture=plate picture=scene",
        expect![[r#"
            10:00:01 camera-1: plate 123ABC02 98% event=u-1 picture=plate picture=scene
              plate_read visit 1 lane=1 late=false pictures=2 plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02"#]],
    );
    // Said again by a camera that had lost its line: nothing is added, and no second vehicle comes.
    check(
        "10:00 camera-1: plate 123ABC02 98% event=u-1 picture=plate
         10:05 camera-1: plate 123ABC02 98% event=u-1 picture=plate late",
        expect!["10:05 camera-1: plate 123ABC02 98% event=u-1 picture=plate late"],
    );
    // A vehicle that is known is not another one because its plate was misread at first; and nobody stands before it who never was.
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 portal-1: began
         10:00:20 portal-1: ended gamma=agree
         10:05 camera-9: plate 123A8C02 40% event=e1
         10:05:01 camera-9: plate 123ABC02 98% event=e1",
        expect![[r#"
            10:05:01 camera-9: plate 123ABC02 98% event=e1
              reading_assigned visit 1 from=2 reading=3 to=1
              lane_left visit 2 lane=9
              lane_left visit 1 lane=1
              plate_read visit 1 lane=9 late=false plate=123ABC02 reading=3"#]],
    );
    // A camera whose numbers repeat: the next vehicle is another vehicle.
    check(
        "10:00 camera-1: plate 123ABC02 98% event=0
         10:00:30 camera-1: plate 777KKA05 97% event=0",
        expect![[r#"
            10:00:30 camera-1: plate 777KKA05 97% event=0
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:00:30 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777KKA05 reading=2
              vehicle_identified visit 2 plate=777KKA05"#]],
    );
    check(
        "10:00 camera-1: plate 123ABC02 40% event=0
         11:00 camera-1: plate 777KKA05 97% event=0",
        expect![[r#"
            11:00 camera-1: plate 777KKA05 97% event=0
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 14:00:00 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777KKA05 reading=2
              vehicle_identified visit 2 plate=777KKA05"#]],
    );
    // What an officer stated stays.
    check(
        "10:00 camera-1: plate 123ABO02 85% event=u-1
         10:00:30 bekov: identify 1 777AAA01
         10:00:31 camera-1: plate 123ABC02 98% event=u-1",
        expect![[r#"
            10:00:31 camera-1: plate 123ABC02 98% event=u-1
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1"#]],
    );
}
