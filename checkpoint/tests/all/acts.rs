//! Acts: refused without what they must say, recorded with what follows from them, put right by further acts, never changed.

use checkpoint::ids::VisitId;
use checkpoint::law::{Edition, LawError};
use expect_test::{Expect, expect};

use crate::world::World;

/// The built-in law with the invented rows of `data/acts.toml` behind it.
fn edition() -> Edition {
    with_rows(include_str!("../data/acts.toml")).unwrap()
}

/// The built-in law with these rows behind it; words that the law has already are left to it.
pub(crate) fn with_rows(rows: &str) -> Result<Edition, LawError> {
    let (_, law) = checkpoint::law::BUILT_IN_EDITION;
    let known: toml::Table = toml::from_str(law).unwrap();
    let mut more = String::new();
    let mut skip = false;
    for line in rows.lines() {
        if line.starts_with('[') {
            let path: Vec<&str> = line.trim_matches(['[', ']']).split('.').collect();
            skip = matches!(path[..], [table, id] if known.get(table).is_some_and(|rows| rows.get(id).is_some()));
        }
        if !skip {
            more.push_str(line);
            more.push('\n');
        }
    }
    Edition::parse(&format!("{law}\n{more}"), "law.toml")
}

fn check(story: &str, expected: Expect) {
    expected.assert_eq(&World::under(edition()).tell(story));
}

#[test]
fn an_act_without_what_it_must_say_is_refused() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: act 1 1 look
         08:03 bekov: act 1 1 look_act alone=yes witnesses=#1 nature=gold seen_at=2025-03-12T08:00
         08:04 bekov: act 1 1 look_act result=clean
         08:05 bekov: act 1 1 nothing_such
         08:06 bekov: act 1 7 look
         08:07 bekov: act - - look
         08:08 bekov: act 9 - look",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: act 1 1 look
              act_recorded visit 1 act=1 act_kind=look article=204 as_of=08:02:00 consignments=1
            08:03 bekov: act 1 1 look_act alone=yes witnesses=#1 nature=gold seen_at=2025-03-12T08:00
              ! incomplete_act: look_act under art. 204.5: result (missing), witnesses (too_small), nature (not_in_list), seen_at (no_offset)
            08:04 bekov: act 1 1 look_act result=clean
              act_recorded visit 1 act=2 act_kind=look_act article=204.5 as_of=08:04:00 consignments=1 number=57402-L-000001
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: act 1 1 nothing_such
              ! unknown_act: the edition KZ-CC-2010 has no act "nothing_such"
            08:06 bekov: act 1 7 look
              ! unknown_consignment: visit 1 has no consignment 7
            08:07 bekov: act - - look
              ! no_visit: look is about a vehicle or its goods: name the visit
            08:08 bekov: act 9 - look
              ! unknown_visit: there is no visit 9, or it left long ago
        "#]],
    );
}

#[test]
fn an_open_control_holds_the_exit_until_it_is_closed() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: present 1 1
         08:03 bekov: file 1 1 declaration
         08:04 bekov: register 1 1 declaration
         08:05 bekov: release 1 1 declaration
         08:06 bekov: act 1 1 look_act result=clean
         08:07 bekov: act 1 1 look
         08:08 bekov: permit 1
         08:09 bekov: act 1 1 look_act result=clean
         08:10 bekov: permit 1",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:03 bekov: file 1 1 declaration
              papers_filed visit 1 consignment=1 papers=declaration reference=D-1
              clock_stopped_provisionally as_of=08:03:00 clock=2
              clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 10:03:00
            08:04 bekov: register 1 1 declaration
              papers_registered visit 1 consignment=1 number=R-1 papers=declaration
              clock_stopped as_of=08:03:00 clock=2
              clock_stopped as_of=08:04:00 clock=3
              clock_started visit 1 consignment 1 REL-1 art. 297.1/1 due 2025-03-13 20:00:00
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: release 1 1 declaration
              goods_released visit 1 consignment=1 procedure=declaration
              clock_stopped as_of=08:05:00 clock=4
            08:06 bekov: act 1 1 look_act result=clean
              ! act_missing_before: look_act needs look (art. 204) first
            08:07 bekov: act 1 1 look
              act_recorded visit 1 act=1 act_kind=look article=204 as_of=08:07:00 consignments=1
            08:08 bekov: permit 1
              ! held: held under KZ-CC-2010: control_open (art. 453.3)
                control_open consignment 1: art. 453.3, record_act
            08:09 bekov: act 1 1 look_act result=clean
              act_recorded visit 1 act=2 act_kind=look_act article=204.5 as_of=08:09:00 consignments=1 number=57402-L-000001
            08:10 bekov: permit 1
              exit_permitted visit 1
              clock_stopped as_of=08:10:00 clock=1
        "#]],
    );
}

#[test]
fn seals_that_an_act_replaced_are_neither_missing_nor_wrong() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: seals 1 K-1 K-2
         08:02 bekov: inspect 1 K-1 missing
         08:03 bekov: act 1 - reseal old_seals=K-1 new_seals=N-9
         08:04 bekov: inspect 1 N-9 intact",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: seals 1 K-1 K-2
              seals_expected visit 1 seals=K1 K2
            08:02 bekov: inspect 1 K-1 missing
              seal_inspected visit 1 found=missing seal=K1
              seal_judged visit 1 article=248.2 seal=K1 verdict=missing
              alarm_raised visit 1 alarm=1 cause=seal_missing lane=1 priority=p2
            08:03 bekov: act 1 - reseal old_seals=K-1 new_seals=N-9
              act_recorded visit 1 act=1 act_kind=reseal article=198.4 as_of=08:03:00 number=57402-S-000001
              seal_judged visit 1 article=198.4 seal=K1 verdict=removed_by_permission
              alarm_ended alarm=1
            08:04 bekov: inspect 1 N-9 intact
              seal_inspected visit 1 found=intact seal=N9
              seal_judged visit 1 article=198.4 seal=N9 verdict=replaced_with_act
        "#]],
    );
}

#[test]
fn goods_are_detained_by_a_protocol_on_a_ground_of_the_list_and_where_it_can_arise() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: present 1 1
         08:03 bekov: act 1 1 protocol ground=ART_252
         08:04 bekov: act 1 1 protocol ground=ART_244
         08:05 bekov: act 1 1 find_prohibited
         08:06 bekov: permit 1
         08:07 bekov: act 1 1 no_way_out
         08:08 bekov: act 1 1 protocol ground=ART_244
         08:09 bekov: permit 1",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:03 bekov: act 1 1 protocol ground=ART_252
              ! incomplete_act: protocol under art. 237.2: ground (not_in_list)
            08:04 bekov: act 1 1 protocol ground=ART_244
              ! not_a_ground: consignment 1: Record first that the goods must leave the territory: only when their removal is impossible or was not immediate are they detained. (art. 244.5)
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: act 1 1 find_prohibited
              act_recorded visit 1 act=1 act_kind=find_prohibited article=244 as_of=08:05:00 consignments=1
            08:06 bekov: permit 1
              ! held: held under KZ-CC-2010: must_leave_territory (art. 244.2)
                must_leave_territory consignment 1: art. 244.2, record_act
            08:07 bekov: act 1 1 no_way_out
              act_recorded visit 1 act=2 act_kind=no_way_out article=244.5 as_of=08:07:00 consignments=1
            08:08 bekov: act 1 1 protocol ground=ART_244
              act_recorded visit 1 act=3 act_kind=protocol article=237.2 as_of=08:08:00 consignments=1 number=57402-D-000001
            08:09 bekov: permit 1
              ! held: held under KZ-CC-2010: detained (art. 237.3)
                detained consignment 1: art. 237.3, record_act
        "#]],
    );
}

#[test]
fn a_handheld_measurement_above_the_background_rings_as_a_portal_does() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: act 1 - handheld found=within_background
         08:02 bekov: act 1 - handheld found=above_background
         08:03 bekov: permit 1",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: act 1 - handheld found=within_background
              act_recorded visit 1 act=1 act_kind=handheld article=192.4 as_of=08:01:00
            08:02 bekov: act 1 - handheld found=above_background
              act_recorded visit 1 act=2 act_kind=handheld article=192.4 as_of=08:02:00
              alarm_raised visit 1 alarm=1 cause=radiation_gamma lane=1 priority=p1
            08:03 bekov: permit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 192.4), notice_not_registered (art. 250.1)
                alarm_undecided alarm 1: art. 192.4, decide_alarm
                notice_not_registered: art. 250.1, register_notice
        "#]],
    );
}

#[test]
fn a_pass_holds_for_its_term_and_can_be_withdrawn() {
    check(
        "08:00 bekov: act - - pass holder=Kim
         08:01 bekov: act - - pass_ended pass_number=57402-P-000009
         08:02 bekov: act - - pass_ended pass_number=57402-P-000001
         08:03 bekov: act - - pass_ended pass_number=57402-P-000001",
        expect![[r#"
            08:00 bekov: act - - pass holder=Kim
              act_recorded act=1 act_kind=pass article=186.4 as_of=08:00:00 number=57402-P-000001
            08:01 bekov: act - - pass_ended pass_number=57402-P-000009
              ! unknown_act_number: pass_ended: no act that still stands has the number 57402-P-000009
            08:02 bekov: act - - pass_ended pass_number=57402-P-000001
              act_recorded act=2 act_kind=pass_ended article=186.4 as_of=08:02:00
            08:03 bekov: act - - pass_ended pass_number=57402-P-000001
              ! unknown_act_number: pass_ended: no act that still stands has the number 57402-P-000001
        "#]],
    );
}

#[test]
fn an_act_is_put_right_by_a_further_one_of_its_kind() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: act 1 1 look
         08:03 bekov: act 1 1 look_act result=clean as_of=08:02:30
         08:04 bekov: act 1 1 look_act result=damp corrects=2
         08:05 bekov: act 1 1 look_act result=wet corrects=2
         08:06 bekov: act 1 1 look_act result=wet corrects=1
         08:07 bekov: act 1 1 look_act result=wet corrects=3 as_of=09:00",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: act 1 1 look
              act_recorded visit 1 act=1 act_kind=look article=204 as_of=08:02:00 consignments=1
            08:03 bekov: act 1 1 look_act result=clean as_of=08:02:30
              act_recorded visit 1 act=2 act_kind=look_act article=204.5 as_of=08:02:30 consignments=1 number=57402-L-000001
            08:04 bekov: act 1 1 look_act result=damp corrects=2
              act_recorded visit 1 act=3 act_kind=look_act article=204.5 as_of=08:04:00 consignments=1 corrects=2 number=57402-L-000002
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: act 1 1 look_act result=wet corrects=2
              ! already_corrected: act 2 was put right by act 3: correct that one
            08:06 bekov: act 1 1 look_act result=wet corrects=1
              ! not_the_same_act: act 1 is look of another kind or vehicle
            08:07 bekov: act 1 1 look_act result=wet corrects=3 as_of=09:00
              ! in_future: 2025-03-12T04:00:00Z is still to come: record an act when it has happened
        "#]],
    );
}

#[test]
fn an_exception_lifts_the_parking_cap_and_it_does_not_come_back() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: act 1 - escort_here
         11:30 bekov: act 1 - escort_here",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: act 1 - escort_here
              act_recorded visit 1 act=1 act_kind=escort_here article=453.2 as_of=08:01:00
              clock_withdrawn because=term_lifted clock=1
            08:05:00 -
              lane_left visit 1 lane=1
            11:30 bekov: act 1 - escort_here
              act_recorded visit 1 act=2 act_kind=escort_here article=453.2 as_of=11:30:00
        "#]],
    );
}

#[test]
fn goods_that_were_presented_earlier_than_was_written_have_their_terms_from_there() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: act 1 1 shown_earlier as_of=08:01
         11:00 bekov: present 1 1
         11:30 bekov: act 1 1 shown_earlier as_of=08:30
         11:31 -",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: act 1 1 shown_earlier as_of=08:01
              ! not_presented: consignment 1 was not presented: present it first
            08:05:00 -
              lane_left visit 1 lane=1
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:30:00 -
              clock_nearing clock=1 minutes_left=30
            10:50:00 -
              clock_nearing clock=1 minutes_left=10
            11:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=1 cause=term_over lane=1 priority=p3
            11:00 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 14:00:00
            11:30 bekov: act 1 1 shown_earlier as_of=08:30
              act_recorded visit 1 act=1 act_kind=shown_earlier article=252.4 as_of=08:30:00 consignments=1
              clock_recomputed visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:30:00, not 14:00:00: presentation_corrected
              clock_expired clock=2
              alarm_raised visit 1 alarm=2 cause=term_over lane=1 priority=p2
            11:31 -
        "#]],
    );
}

#[test]
fn parts_of_a_consignment_go_on_with_its_clocks_and_one_of_several_with_the_earliest() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000 5000
         08:02 bekov: present 1 1
         08:12 bekov: present 1 2
         08:13 bekov: split 1 1 1
         08:14 bekov: split 1 1 2
         08:15 bekov: split 1 1 2
         08:16 bekov: merge 1 3
         08:17 bekov: merge 1 2 3
         08:18 bekov: file 1 4 storage
         08:19 bekov: merge 1 4 5
         08:20 bekov: permit 1
         11:10 -",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000 5000
              notice_registered visit 1 missing=30 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
              consignment_recorded visit 1 consignment=2 gross_kg=5000
            08:02 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:05:00 -
              lane_left visit 1 lane=1
            08:12 bekov: present 1 2
              goods_presented visit 1 consignment=2
              clock_started visit 1 consignment 2 ARR-1 art. 252.4/1 due 11:12:00
            08:13 bekov: split 1 1 1
              ! parts_out_of_range: 1 parts: 2 to 100 are possible
            08:14 bekov: split 1 1 2
              consignment_split visit 1 consignment=1 into=3 4 reason=two consignees
              clock_withdrawn because=consignment_split clock=2
              clock_started visit 1 consignment 3 ARR-1 art. 252.4/1 due 11:02:00 (carried_over)
              clock_started visit 1 consignment 4 ARR-1 art. 252.4/1 due 11:02:00 (carried_over)
            08:15 bekov: split 1 1 2
              ! replaced: consignment 1 was split or merged before: name what it became
            08:16 bekov: merge 1 3
              ! too_few: name at least two consignments
            08:17 bekov: merge 1 2 3
              consignments_merged visit 1 consignment=5 from=2 3 reason=one waybill
              clock_withdrawn because=consignments_merged clock=4
              clock_started visit 1 consignment 5 ARR-1 art. 252.4/1 due 11:02:00 (carried_over)
              clock_withdrawn because=consignments_merged clock=3
            08:18 bekov: file 1 4 storage
              papers_filed visit 1 consignment=4 papers=storage reference=D-1
              clock_stopped_provisionally as_of=08:18:00 clock=5
              clock_started visit 1 consignment 4 TS-1 art. 267.2 due 09:18:00
            08:19 bekov: merge 1 4 5
              ! not_alike: they stand at different places of their course, or under different papers: bring them to the same first
            08:20 bekov: permit 1
              ! held: held under KZ-CC-2010: papers_not_registered (art. 252.5), papers_not_filed (art. 252.5)
                papers_not_registered consignment 4: art. 252.5, register_papers
                papers_not_filed consignment 5: art. 252.5, file_papers
            08:48:00 -
              clock_nearing clock=7 minutes_left=30
            09:08:00 -
              clock_nearing clock=7 minutes_left=10
            09:18:00 -
              clock_expired clock=7
              alarm_raised visit 1 alarm=1 cause=term_over lane=1 priority=p3
            10:00:00 -
              clock_nearing clock=1 minutes_left=60
            10:02:00 -
              clock_nearing clock=6 minutes_left=60
            10:30:00 -
              clock_nearing clock=1 minutes_left=30
            10:32:00 -
              clock_nearing clock=6 minutes_left=30
              alarm_raised visit 1 alarm=2 cause=term_near lane=1 priority=p3
            10:50:00 -
              clock_nearing clock=1 minutes_left=10
            10:52:00 -
              clock_nearing clock=6 minutes_left=10
            11:00:00 -
              clock_expired clock=1
              alarm_raised visit 1 alarm=3 cause=term_over lane=1 priority=p3
            11:02:00 -
              clock_expired clock=6
              alarm_ended alarm=2
              alarm_raised visit 1 alarm=4 cause=term_over lane=1 priority=p2
            11:10 -
        "#]],
    );
}

#[test]
fn goods_that_prove_to_be_perishable_are_kept_for_a_day_and_not_for_a_month() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: present 1 1
         08:05 bekov: act 1 1 find_prohibited
         08:07 bekov: act 1 1 no_way_out
         08:08 bekov: act 1 1 detention_protocol ground=ART_244 detained_goods=fish detained_papers=none detention_place=yard possessor=Kim
         08:09 bekov: act 1 1 goods_facts perishable=yes",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: act 1 1 find_prohibited
              act_recorded visit 1 act=1 act_kind=find_prohibited article=244 as_of=08:05:00 consignments=1
            08:07 bekov: act 1 1 no_way_out
              act_recorded visit 1 act=2 act_kind=no_way_out article=244.5 as_of=08:07:00 consignments=1
            08:08 bekov: act 1 1 detention_protocol ground=ART_244 detained_goods=fish detained_papers=none detention_place=yard possessor=Kim
              act_recorded visit 1 act=3 act_kind=detention_protocol article=237.2 as_of=08:08:00 consignments=1 number=57402-DP-000001
              clock_stopped as_of=08:08:00 clock=2
              clock_started visit 1 consignment 1 DET-1 art. 238.1 due 2025-04-14 20:00:00
            08:09 bekov: act 1 1 goods_facts perishable=yes
              act_recorded visit 1 act=4 act_kind=goods_facts article=238, 256, 268.2, 281.4, 291, 297.1 as_of=08:09:00 consignments=1
              clock_withdrawn because=not_these_goods clock=3
              clock_started visit 1 consignment 1 DET-2 art. 238.1, 238.3 due 2025-03-13 08:08:00
        "#]],
    );
}

#[test]
fn storage_is_prolonged_as_asked_and_never_beyond_the_ceiling() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: present 1 1
         08:03 bekov: file 1 1 storage
         08:04 bekov: register 1 1 storage
         08:05 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-06-12
         08:06 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-09-12
         08:07 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-07-01",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: notice 1 20000
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=20000
            08:02 bekov: present 1 1
              goods_presented visit 1 consignment=1
              clock_started visit 1 consignment 1 ARR-1 art. 252.4/1 due 11:02:00
            08:03 bekov: file 1 1 storage
              papers_filed visit 1 consignment=1 papers=storage reference=D-1
              clock_stopped_provisionally as_of=08:03:00 clock=2
              clock_started visit 1 consignment 1 TS-1 art. 267.2 due 09:03:00
            08:04 bekov: register 1 1 storage
              papers_registered visit 1 consignment=1 number=R-1 papers=storage
              clock_stopped as_of=08:03:00 clock=2
              clock_stopped as_of=08:04:00 clock=3
              clock_started visit 1 consignment 1 TS-2 art. 268 due 2025-05-12 20:00:00
            08:05:00 -
              lane_left visit 1 lane=1
            08:05 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-06-12
              act_recorded visit 1 act=1 act_kind=storage_prolonged article=268.2 as_of=08:05:00 consignments=1
              clock_recomputed visit 1 consignment 1 TS-2 art. 268 due 2025-06-12 20:00:00 (prolonged), not 2025-05-12 20:00:00: storage_prolonged
            08:06 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-09-12
              ! not_prolonged: 2025-09-12 is later than TS-2 may be prolonged to: 2025-07-14T19:00:00Z at most (art. 268.2)
            08:07 bekov: act 1 1 storage_prolonged request_reference=R-1 until=2025-07-01
              act_recorded visit 1 act=2 act_kind=storage_prolonged article=268.2 as_of=08:07:00 consignments=1
              clock_recomputed visit 1 consignment 1 TS-2 art. 268 due 2025-07-01 20:00:00 (prolonged), not 2025-06-12 20:00:00: storage_prolonged
        "#]],
    );
}

#[test]
fn what_is_true_of_goods_is_shown_with_them() {
    let mut world = World::under(edition());
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000 5000
         08:02 bekov: act 1 - look
         08:03 bekov: act 1 2 look_act result=fish nature=perishable_goods",
    );
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    let flags: Vec<_> =
        view.consignments.iter().map(|one| (one.number.0, one.flags.clone())).collect();
    assert_eq!(flags, [(1, vec![]), (2, vec!["perishable_goods".to_owned()])]);
    let controls: Vec<_> = view.controls.iter().map(|one| one.consignment.unwrap().0).collect();
    assert_eq!(controls, [1], "the look at consignment 1 is still going on");
    let numbers: Vec<_> = view.acts.iter().map(|act| act.number.clone()).collect();
    assert_eq!(numbers, [Some("57402-L-000001".to_owned()), None], "newest first");
}
