//! Stories of papers and clocks: what starts them, what stops them, what holds the exit.

use checkpoint::input::{Input, Order, OrderKind};
use expect_test::{Expect, expect};

use crate::world::{World, time, told};

fn check(story: &str, happened: Expect) {
    happened.assert_eq(&told(story));
}

#[test]
fn a_declared_consignment_is_released_and_the_vehicle_leaves() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000
         10:12 bekov: permit 1
         10:20 bekov: present 1
         10:21 bekov: present 1
         10:30 bekov: permit 1
         10:40 bekov: file 1 1 declaration
         10:50 bekov: permit 1
         11:00 bekov: register 1 1 declaration
         11:10 bekov: permit 1
         11:20 bekov: release 1 1 declaration
         11:25 bekov: exit 1
         11:30 bekov: permit 1
         11:31 bekov: permit 1
         11:40 bekov: exit 1
         11:41 bekov: exit 1",
        expect![[r#"
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:10 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            10:12 bekov: permit 1
              ! held: held under KZ-CC-2010: not_presented (art. 252.4)
                not_presented consignment 1: art. 252.4, present_goods
            10:20 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 13:20:00
            10:21 bekov: present 1
              ! already_presented: all consignments of visit 1 were presented
            10:30 bekov: permit 1
              ! held: held under KZ-CC-2010: papers_not_filed (art. 252.5)
                papers_not_filed consignment 1: art. 252.5, file_papers
            10:40 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_stopped_provisionally as_of=10:40:00 clock=2
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 12:40:00
            10:50 bekov: permit 1
              ! held: held under KZ-CC-2010: papers_not_registered (art. 252.5)
                papers_not_registered consignment 1: art. 252.5, register_papers
            11:00 bekov: register 1 1 declaration
              papers_registered visit 1 consignment=1 number=R-1 papers=declaration
              clock_stopped as_of=10:40:00 clock=2
              clock_stopped as_of=11:00:00 clock=3
              clock_started visit 1 consignment 1 REL-1 art. 297.1/1 due 2025-03-13 20:00:00
            11:10 bekov: permit 1
              ! held: held under KZ-CC-2010: not_released (art. 453.3)
                not_released consignment 1: art. 453.3, release_goods
            11:20 bekov: release 1 1 declaration
              goods_released visit 1 consignment=1 procedure=declaration
              clock_stopped as_of=11:20:00 clock=4
            11:25 bekov: exit 1
              ! held: held under KZ-CC-2010: exit_not_permitted (art. 186.6)
                exit_not_permitted: art. 186.6, permit_exit
            11:30 bekov: permit 1
              exit_permitted visit 1
              clock_stopped as_of=11:30:00 clock=1
            11:31 bekov: permit 1
              ! already_permitted: bekov permitted it at 2025-03-12T06:30:00Z
            11:40 bekov: exit 1
              vehicle_left visit 1
            11:41 bekov: exit 1
              ! visit_left: visit 1 left at 2025-03-12T06:40:00Z
        "#]],
    );
}

#[test]
fn three_hours_pass() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000
         10:20 bekov: present 1
         13:30 bekov: file 1 1 storage
         13:40 bekov: register 1 1 storage
         13:50 bekov: permit 1
         14:00 bekov: file 1 1 transit
         14:05 bekov: refuse 1 1 transit
         14:06 bekov: permit 1",
        expect![[r#"
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:10 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            10:20 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 13:20:00
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:20:00 -
              clock_nearing clock=2 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=1 cause=term_near lane=1 priority=p3
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=2 cause=term_over lane=1 priority=p3
            13:10:00 -
              clock_nearing clock=2 minutes_left=10
            13:20:00 -
              clock_expired clock=2
              alarm_ended alarm=1
              alarm_raised visit 1 alarm=3 cause=term_over lane=1 priority=p2
            13:30 bekov: file 1 1 storage
              papers_filed visit 1 consignment=1 papers=storage reference=D-1
              clock_stopped_provisionally as_of=13:30:00 clock=2
              alarm_ended alarm=3
              clock_started visit 1 consignment 1 TS-1 art. 267.2 due 14:30:00
            13:40 bekov: register 1 1 storage
              papers_registered visit 1 consignment=1 number=R-1 papers=storage
              clock_stopped as_of=13:30:00 clock=2
              clock_stopped as_of=13:40:00 clock=3
              clock_started visit 1 consignment 1 TS-2 art. 268 due 2025-05-12 20:00:00
            13:50 bekov: permit 1
              ! held: held under KZ-CC-2010: in_storage_only (art. 252.5)
                in_storage_only consignment 1: art. 252.5, file_papers
            14:00 bekov: file 1 1 transit
              papers_filed visit 1 consignment=1 papers=transit_declaration reference=D-1
            14:05 bekov: refuse 1 1 transit
              papers_refused visit 1 article=288.4(4) consignment=1 ground=not signed papers=transit_declaration refused_on=ART_288_4_4
            14:06 bekov: permit 1
              ! held: held under KZ-CC-2010: in_storage_only (art. 252.5)
                in_storage_only consignment 1: art. 252.5, file_papers
        "#]],
    );
}

#[test]
fn a_refusal_restores_the_clock_as_if_nothing_had_been_filed() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000
         10:20 bekov: present 1
         10:30 bekov: file 1 1 declaration
         10:31 bekov: file 1 1 declaration
         10:32 bekov: register 1 1 transit
         10:40 bekov: refuse 1 1 declaration
         13:00 bekov: file 1 1 declaration
         14:00 bekov: refuse 1 1 declaration
         14:10 bekov: file 1 1 transit
         14:20 bekov: register 1 1 transit
         14:30 bekov: release 1 1 declaration
         14:31 bekov: release 1 1 transit",
        expect![[r#"
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:10 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            10:20 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 13:20:00
            10:30 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_stopped_provisionally as_of=10:30:00 clock=2
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 12:30:00
            10:31 bekov: file 1 1 declaration
              ! already_filed: papers "D-1" were filed for consignment 1 at 2025-03-12T05:30:00Z
            10:32 bekov: register 1 1 transit
              ! not_filed: no such papers wait for consignment 1
            10:40 bekov: refuse 1 1 declaration
              papers_refused visit 1 article=288.4(4) consignment=1 ground=not signed papers=declaration refused_on=ART_288_4_4
              clock_restored clock=2
              clock_stopped as_of=10:40:00 clock=3
            12:00:00 -
              clock_nearing clock=1 minutes_left=60
            12:20:00 -
              clock_nearing clock=2 minutes_left=60
            12:30:00 -
              clock_nearing clock=1 minutes_left=30
            12:50:00 -
              clock_nearing clock=1 minutes_left=10
              clock_nearing clock=2 minutes_left=30
              alarm_raised visit 1 alarm=1 cause=term_near lane=1 priority=p3
            13:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=2 cause=term_over lane=1 priority=p3
            13:00 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_stopped_provisionally as_of=13:00:00 clock=2
              alarm_ended alarm=1
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 15:00:00
            14:00:00 -
              clock_nearing clock=4 minutes_left=60
            14:00 bekov: refuse 1 1 declaration
              papers_refused visit 1 article=288.4(4) consignment=1 ground=not signed papers=declaration refused_on=ART_288_4_4
              clock_restored clock=2
              clock_expired clock=2
              alarm_raised visit 1 alarm=3 cause=term_over lane=1 priority=p2
              clock_stopped as_of=14:00:00 clock=4
            14:10 bekov: file 1 1 transit
              papers_filed visit 1 consignment=1 papers=transit_declaration reference=D-1
              clock_stopped_provisionally as_of=14:10:00 clock=2
              alarm_ended alarm=3
            14:20 bekov: register 1 1 transit
              papers_registered visit 1 consignment=1 number=R-1 papers=transit_declaration
              clock_stopped as_of=14:10:00 clock=2
              clock_started visit 1 consignment 1 REL-1 art. 297.1/1 due 2025-03-13 20:00:00
            14:30 bekov: release 1 1 declaration
              ! not_registered: no such papers are registered for consignment 1
            14:31 bekov: release 1 1 transit
              goods_released visit 1 consignment=1 procedure=transit_declaration
              clock_stopped as_of=14:31:00 clock=5
        "#]],
    );
}

#[test]
fn papers_filed_before_the_presentation_count() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000 3000
         10:15 bekov: file 1 1 declaration
         10:16 bekov: register 1 1 declaration
         10:20 bekov: present 1
         10:21 bekov: present 1 2
         10:22 bekov: present 1 3",
        expect![[r#"
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:10 bekov: notice 1 20000 3000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=3000
            10:15 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 12:15:00
            10:16 bekov: register 1 1 declaration
              papers_registered visit 1 consignment=1 number=R-1 papers=declaration
              clock_stopped as_of=10:16:00 clock=2
              clock_started visit 1 consignment 1 REL-1 art. 297.1/1 due 2025-03-13 20:00:00
            10:20 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 13:20:00
              clock_stopped_provisionally as_of=10:20:00 clock=4
              clock_stopped as_of=10:20:00 clock=4
              goods_presented visit 1 consignment=2
              clock_started visit 1 consignment 2 ARR-1 art. 252.4/1 due 13:20:00
            10:21 bekov: present 1 2
              ! already_presented: consignment 2 was presented at 2025-03-12T05:20:00Z, recorded by bekov
            10:22 bekov: present 1 3
              ! unknown_consignment: visit 1 has no consignment 3
        "#]],
    );
}

#[test]
fn goods_can_be_presented_before_any_notice() {
    check(
        "10:00 bekov: open 1
         10:05 bekov: present 1
         10:06 bekov: notice 1 20000 3000
         10:07 bekov: present 1
         10:08 bekov: open 2
         10:08:10 bekov: notice 2 empty
         10:08:20 bekov: present 2",
        expect![[r#"
            10:00 bekov: open 1
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: present 1
              consignment_recorded visit 1 consignment=1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 13:05:00
            10:06 bekov: notice 1 20000 3000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=3000
            10:07 bekov: present 1
              goods_presented visit 1 consignment=2
              clock_started visit 1 consignment 2 ARR-1 art. 252.4/1 due 13:07:00
            10:08 bekov: open 2
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:08:00 (performance_only)
            10:08:10 bekov: notice 2 empty
              notice_registered visit 2 missing=4 number=57402-N-000002 revision=1
            10:08:20 bekov: present 2
              ! no_consignments: the notice of visit 2 names no goods
        "#]],
    );
}

#[test]
fn by_rail_the_term_ends_with_the_bodys_next_working_day() {
    check(
        "10:00 bekov: open rail
         10:10 bekov: rail notice 1 20000
         10:11 bekov: notice 1 20000
         10:20 bekov: present 1",
        expect![[r#"
            10:00 bekov: open rail
              visit_opened visit 1 lane=rail number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
            10:05:00 -
              lane_left visit 1 lane=rail
            10:10 bekov: rail notice 1 20000
              notice_registered visit 1 missing=14 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            10:11 bekov: notice 1 20000
              ! wrong_mode: the vehicle came by Rail, the notice is for Road
            10:20 bekov: present 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-2 art. 252.4/2 due 2025-03-13 20:00:00
        "#]],
    );
}

#[test]
fn a_notice_that_is_corrected_keeps_its_number() {
    check(
        "10:00 bekov: open 1
         10:01 bekov: open 2
         10:10 bekov: notice 1 20000 3000
         10:11 bekov: notice 1 20000
         10:12 bekov: notice 2 empty
         10:13 bekov: permit 2
         10:14 bekov: notice 7 1",
        expect![[r#"
            10:00 bekov: open 1
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
            10:01 bekov: open 2
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:01:00 (performance_only)
            10:05:00 -
              lane_left visit 1 lane=1
            10:06:00 -
              lane_left visit 2 lane=2
            10:10 bekov: notice 1 20000 3000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=3000
            10:11 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=2
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            10:12 bekov: notice 2 empty
              notice_registered visit 2 missing=4 number=57402-N-000002 revision=1
            10:13 bekov: permit 2
              exit_permitted visit 2
              clock_stopped as_of=10:13:00 clock=2
            10:14 bekov: notice 7 1
              ! unknown_visit: there is no visit 7, or it left long ago
        "#]],
    );
}

#[test]
fn a_vehicle_that_leaves_the_territory_has_no_clock_of_arrival() {
    check(
        "10:00 camera-9: plate 123ABC02 98%
         10:01 bekov: permit 1
         10:02 bekov: exit 1",
        expect![[r#"
            10:00 camera-9: plate 123ABC02 98%
              visit_opened visit 1 lane=9 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=9 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:01 bekov: permit 1
              exit_permitted visit 1
              clock_stopped as_of=10:01:00 clock=1
            10:02 bekov: exit 1
              vehicle_left visit 1
        "#]],
    );
}

#[test]
fn goods_that_leave_the_territory_have_no_three_hours() {
    check(
        "10:00 bekov: open 9
         10:01 bekov: present 1",
        expect![[r#"
            10:00 bekov: open 9
              visit_opened visit 1 lane=9 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
            10:01 bekov: present 1
              consignment_recorded visit 1 consignment=1
              goods_presented visit 1 consignment=1
        "#]],
    );
}

/// A declaration is refused on one of five grounds or not at all (288.4); for storage papers the law has no list, and a ground is said in words.
#[test]
fn a_declaration_is_refused_on_a_ground_of_the_list() {
    let told = told(
        "10:00 bekov: open 1 123ABC02
         10:01 bekov: present 1
         10:02 bekov: file 1 1 declaration
         10:03 bekov: refuse 1 1 declaration - the weather
         10:04 bekov: refuse 1 1 declaration ART_244 the weather
         10:05 bekov: refuse 1 1 declaration ART_288_4_2
         10:06 bekov: file 1 1 transit
         10:07 bekov: refuse 1 1 transit ART_288_4_5 not presented
         10:08 bekov: file 1 1 storage
         10:09 bekov: refuse 1 1 storage ART_288_4_5 no copy
         10:10 bekov: refuse 1 1 storage - no copy",
    );
    let shown = told.lines().filter(|line| line.contains("papers_refused") || line.contains('!'));
    expect![[r#"
        ! ground_not_listed: "" is no ground of refusing such papers; the list: ART_288_4_1 (art. 288.4(1)), ART_288_4_2 (art. 288.4(2)), ART_288_4_3 (art. 288.4(3)), ART_288_4_4 (art. 288.4(4)), ART_288_4_5 (art. 288.4(5))
        ! ground_not_listed: "ART_244" is no ground of refusing such papers; the list: ART_288_4_1 (art. 288.4(1)), ART_288_4_2 (art. 288.4(2)), ART_288_4_3 (art. 288.4(3)), ART_288_4_4 (art. 288.4(4)), ART_288_4_5 (art. 288.4(5))
        papers_refused visit 1 article=288.4(2) consignment=1 papers=declaration refused_on=ART_288_4_2
        papers_refused visit 1 article=288.4(5) consignment=1 ground=not presented papers=transit_declaration refused_on=ART_288_4_5
        ! ground_not_listed: "ART_288_4_5" is no ground of refusing such papers; the list: none: say it in words
        papers_refused visit 1 consignment=1 ground=no copy papers=storage"#]].assert_eq(&shown.map(str::trim).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_refusal_without_a_ground_is_none() {
    let mut world = World::new();
    world.tell(
        "10:00 bekov: open 1
         10:01 bekov: present 1
         10:02 bekov: file 1 1 storage",
    );
    let now = time("10:03");
    let mut input = world.input("bekov", "refuse 1 1 storage", now);
    if let Input::Ordered(Order { kind: OrderKind::RefusePapers { ground, code, .. }, .. }) =
        &mut input
    {
        *ground = "  ".to_owned();
        *code = None;
    }
    assert_eq!(world.put(&input, now).refusal.unwrap().code, "no_ground");
}

#[test]
fn papers_count_from_when_they_were_filed_here_however_late_the_hub_hears() {
    let told = told(
        "10:00 bekov: open 1 123ABC02
         10:01 bekov: notice 1 20000
         10:02 bekov: present 1
         10:03 agent: hub down
         12:00 bekov: file 1 1 declaration
         16:00 agent: hub up
         16:01 bekov: register 1 1 declaration",
    );
    let stopped: Vec<&str> = told.lines().filter(|line| line.contains("clock_stopped ")).collect();
    assert!(stopped.iter().any(|line| line.contains("as_of=12:00:00")), "288.2: {told}");
    assert!(!told.contains("clock_expired clock=2"), "the three hours were kept: {told}");
}
