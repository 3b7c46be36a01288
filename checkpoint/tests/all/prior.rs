//! What somebody told before a vehicle came: found again by its plate, laid beside the notice, and never in anybody's way.

use std::fmt::Write as _;

use checkpoint::event::{Author, Difference, Event, PriorFacts};
use checkpoint::ids::{PriorId, VisitId};
use checkpoint::input::order::Answer;
use checkpoint::law::Edition;
use checkpoint::law::notice::differences;
use checkpoint::retention::{Keeper, Keeping, UnknownEnd, Walker};
use checkpoint::site::Mode;
use checkpoint::state::prior::KEPT_PRIORS;
use checkpoint::view::PriorStanding;
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use crate::notices::draft;
use crate::world::{World, orders, time};

#[track_caller]
fn check(story: &str, expected: Expect) {
    let mut world = World::new();
    let mut told = world.tell(story);
    for row in world.state.prior_rows() {
        let view = world.state.prior_view(row.id).unwrap();
        assert_eq!(view.row, row);
        write!(told, "{} {:?}", row.number, row.standing).unwrap();
        if let Some(number) = &row.visit_number {
            write!(told, " {number}").unwrap();
        }
        if let Some(course) = &row.course {
            write!(told, " {}", course.state).unwrap();
        }
        told.push('\n');
        if let Some(compared) = view.comparison {
            write!(told, "  revision {}", compared.revision).unwrap();
            told.push_str(&written(&compared.differences));
        }
    }
    expected.assert_eq(&told);
}

fn written(differences: &[Difference]) -> String {
    let mut text = String::new();
    for one in differences {
        write!(text, "\n    {}", one.field).unwrap();
        let number = |no: checkpoint::ids::ConsignmentNo| no.to_string();
        let goods = one.consignment.map(number).unwrap_or_default();
        let item = one.item.map(|item| format!(".{item}")).unwrap_or_default();
        let beside = one.in_notice.map(number).unwrap_or_default();
        if !goods.is_empty() {
            write!(text, " [{goods}{item}/{beside}]").unwrap();
        }
        let said = |answer: &Option<Answer>| match answer {
            None => "nothing".to_owned(),
            Some(Answer::Text(text)) => text.clone(),
            Some(Answer::Number(number)) => number.to_string(),
            Some(Answer::Papers(papers)) => papers.join("+"),
            Some(Answer::Flag(flag)) => flag.to_string(),
            Some(Answer::Nil) => "none".to_owned(),
        };
        write!(text, ": {} -> {}", said(&one.stated), said(&one.declared)).unwrap();
    }
    text + "\n"
}

#[test]
fn prior_information_is_found_by_its_plate_and_compared_with_the_notice() {
    check(
        "09:00 bekov: prior 123~ABC~02 /;consignee_name=Alpha;gross_weight_kg=#12000;package_count=#40;/;consignee_name=Beta;gross_weight_kg=#8000
         10:00 camera-1: plate 123ABC02 98%
         10:05 bekov: notice 1 says /;consignee_name=ALPHA;gross_weight_kg=#12500;package_count=#41",
        expect![[r#"
            09:00 bekov: prior 123~ABC~02 /;consignee_name=Alpha;gross_weight_kg=#12000;package_count=#40;/;consignee_name=Beta;gross_weight_kg=#8000
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
              prior_information_linked visit 1 prior=1
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: notice 1 says /;consignee_name=ALPHA;gross_weight_kg=#12500;package_count=#41
              notice_registered visit 1 missing=17 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=12500
              prior_information_compared visit 1 differences=4 prior=1 revision=1
            57402-I-000001 Linked 57402-2025-000001
              revision 1
                consignment_count: 2 -> 1
                consignment [2/]: nothing -> nothing
                package_count [1/1]: 40 -> 41
                gross_weight_kg [1/1]: 12000 -> 12500
        "#]],
    );
}

#[test]
fn of_two_that_wait_for_one_plate_none_is_linked_by_itself() {
    check(
        "09:00 bekov: prior 123ABC02 /;consignee_name=Alpha
         09:01 bekov: prior 123ABC02,111AAA01 /;consignee_name=Beta
         10:00 camera-1: plate 123ABC02 98%
         10:05 bekov: notice 1 says /;consignee_name=Beta
         10:06 bekov: link 2 to 1
         10:07 bekov: notice 1 says /;consignee_name=Alpha",
        expect![[r#"
            09:00 bekov: prior 123ABC02 /;consignee_name=Alpha
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            09:01 bekov: prior 123ABC02,111AAA01 /;consignee_name=Beta
              prior_information_recorded from=carrier names=111AAA01 123ABC02 number=57402-I-000002 prior=2
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: notice 1 says /;consignee_name=Beta
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1
            10:06 bekov: link 2 to 1
              prior_information_linked visit 1 prior=2
              prior_information_compared visit 1 differences=1 prior=2 revision=1
            10:07 bekov: notice 1 says /;consignee_name=Alpha
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=2
              consignment_recorded visit 1 consignment=1
              prior_information_compared visit 1 differences=2 prior=2 revision=2
            57402-I-000001 Expected pre_advised
            57402-I-000002 Linked 57402-2025-000001
              revision 2
                plates: 111AAA01 -> 123ABC02
                consignee_name [1/1]: Beta -> Alpha
        "#]],
    );
}

#[test]
fn a_corrected_notice_is_compared_again() {
    check(
        "09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
         10:00 bekov: open 1 123авс02
         10:05 bekov: notice 1 says /;gross_weight_kg=#12500
         10:15 bekov: notice 1 says /;gross_weight_kg=#12000.0",
        expect![[r#"
            09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            10:00 bekov: open 1 123авс02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
              prior_information_linked visit 1 prior=1
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: notice 1 says /;gross_weight_kg=#12500
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=12500
              prior_information_compared visit 1 differences=1 prior=1 revision=1
            10:15 bekov: notice 1 says /;gross_weight_kg=#12000.0
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=2
              consignment_recorded visit 1 consignment=1 gross_kg=12000
              prior_information_compared visit 1 differences=0 prior=1 revision=2
            57402-I-000001 Linked 57402-2025-000001
              revision 2
        "#]],
    );
}

#[test]
fn the_plates_of_the_notice_find_it_where_the_vehicle_bears_another() {
    check(
        "09:00 bekov: prior - vehicle_registration=123ABC02~KZ,77AAA05;/;hs_code=3104
         10:00 camera-1: plate 999XXX09 98%
         10:05 bekov: notice 1 says vehicle_registration=[77~AAA~05,999XXX09];/;hs_code=310420",
        expect![[r#"
            09:00 bekov: prior - vehicle_registration=123ABC02~KZ,77AAA05;/;hs_code=3104
              prior_information_recorded from=carrier names=123ABC02 77AAA05 number=57402-I-000001 prior=1
            10:00 camera-1: plate 999XXX09 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=999XXX09 reading=1
              vehicle_identified visit 1 plate=999XXX09
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: notice 1 says vehicle_registration=[77~AAA~05,999XXX09];/;hs_code=310420
              notice_registered visit 1 missing=18 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1
              prior_information_linked visit 1 prior=1
              prior_information_compared visit 1 differences=1 prior=1 revision=1
            57402-I-000001 Linked 57402-2025-000001
              revision 1
                vehicle_registration: 123ABC02 KZ,77AAA05 -> 77 AAA 05+999XXX09
        "#]],
    );
}

#[test]
fn what_was_linked_in_error_is_taken_away_and_the_plate_does_not_bring_it_back() {
    check(
        "09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
         10:00 bekov: open 1 123ABC02
         10:05 bekov: link 1 to 1
         10:06 bekov: withdraw 1
         10:10 bekov: unlink 1
         10:11 bekov: unlink 1
         10:15 bekov: notice 1 says /;gross_weight_kg=#12500
         11:00 bekov: open 2 123ABC02",
        expect![[r#"
            09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
              prior_information_linked visit 1 prior=1
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: link 1 to 1
              ! prior_linked: prior information 1 is about visit 1: take it from there first
            10:06 bekov: withdraw 1
              ! prior_linked: prior information 1 is about visit 1: take it from there first
            10:10 bekov: unlink 1
              prior_information_unlinked visit 1 prior=1
            10:11 bekov: unlink 1
              ! prior_not_linked: prior information 1 is not linked
            10:15 bekov: notice 1 says /;gross_weight_kg=#12500
              notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
              consignment_recorded visit 1 consignment=1 gross_kg=12500
            11:00 bekov: open 2 123ABC02
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 14:00:00 (performance_only)
              vehicle_identified visit 2 plate=123ABC02
              prior_information_linked visit 2 prior=1
            57402-I-000001 Linked 57402-2025-000002
        "#]],
    );
}

#[test]
fn what_was_withdrawn_waits_for_nobody() {
    check(
        "09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
         09:10 bekov: withdraw 1
         10:00 bekov: open 1 123ABC02
         10:05 bekov: link 1 to 1
         10:06 bekov: withdraw 1
         10:07 bekov: link 7 to 1
         10:08 bekov: prior -",
        expect![[r#"
            09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            09:10 bekov: withdraw 1
              prior_information_withdrawn prior=1 reason=another route
            10:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:05:00 -
              lane_left visit 1 lane=1
            10:05 bekov: link 1 to 1
              ! prior_withdrawn: prior information 1 was withdrawn
            10:06 bekov: withdraw 1
              ! prior_withdrawn: prior information 1 was withdrawn
            10:07 bekov: link 7 to 1
              ! unknown_prior_information: there is no prior information 7, or it was over long ago
            10:08 bekov: prior -
              ! nothing_stated: prior information names a vehicle, a container or goods (art. 66.1)
            57402-I-000001 Withdrawn
        "#]],
    );
}

#[test]
fn it_waits_for_the_vehicle_that_goes_its_way() {
    check(
        "09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
         10:00 bekov: open 9 123ABC02
         10:01 bekov: link 1 to 1
         10:05 bekov: exit 1
         10:10 bekov: open 1 123ABC02",
        expect![[r#"
            09:00 bekov: prior 123ABC02 /;gross_weight_kg=#12000
              prior_information_recorded from=carrier names=123ABC02 number=57402-I-000001 prior=1
            10:00 bekov: open 9 123ABC02
              visit_opened visit 1 lane=9 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            10:01 bekov: link 1 to 1
              ! prior_other_way: 57402-I-000001 is about another mode or direction than visit 1
            10:05:00 -
              lane_left visit 1 lane=9
            10:05 bekov: exit 1
              ! held: held under KZ-CC-2010: exit_not_permitted (art. 186.6)
                exit_not_permitted: art. 186.6, permit_exit
            10:10 bekov: open 1 123ABC02
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:10:00 (performance_only)
              vehicle_identified visit 2 plate=123ABC02
              prior_information_linked visit 2 prior=1
            57402-I-000001 Linked 57402-2025-000002
        "#]],
    );
}

#[test]
fn prior_information_holds_nobody_and_starts_no_term() {
    let goods = "/;consignee_name=Alpha;gross_weight_kg=#12000";
    let otherwise = "/;consignee_name=Beta;gross_weight_kg=#19000";
    let story = |before: &str| {
        let mut world = World::new();
        world.tell(&format!(
            "{before}
             10:00 bekov: open 1 123ABC02
             10:05 bekov: notice 1 says {otherwise}
             10:10 bekov: present 1"
        ));
        let edition = &world.rules.edition;
        let view = world.state.visit(VisitId(1), edition).unwrap();
        (view.prior.len(), view.holds, view.clocks, view.alarms, view.consignments)
    };
    let (none, holds, clocks, alarms, consignments) = story("");
    let with = story(&format!("09:00 bekov: prior 123ABC02 {goods}"));
    assert_eq!((none, with.0), (0, 1));
    assert_eq!((with.1, with.2, with.3, with.4), (holds, clocks, alarms, consignments));
}

/// What was told, what the notice says, and what differs.
#[track_caller]
fn check_differences(told: &str, notice: &str, expected: Expect) {
    let edition = Edition::built_in().unwrap();
    let (names, told) = told.split_once(": ").unwrap_or(("", told));
    let prior = orders::prior(names, told);
    let found = differences(&edition, &prior, &draft(Mode::Road, notice), &["123ABC02".to_owned()]);
    expected.assert_eq(written(&found).replace("\n    ", "\n").trim_start());
}

#[test]
fn only_what_was_stated_can_differ() {
    check_differences("", "/;hs_code=3104;gross_weight_kg=#7", expect![[""]]);
    check_differences("/;hs_code=3104", "/;hs_code=3104;gross_weight_kg=#7", expect![[""]]);
    check_differences(
        "/;hs_code=3104",
        "/;gross_weight_kg=#7",
        expect![[r#"
                hs_code [1/1]: 3104 -> nothing
        "#]],
    );
    check_differences(
        "/;hs_code=3104",
        "",
        expect![[r#"
                consignment_count: 1 -> 0
                consignment [1/]: nothing -> nothing
        "#]],
    );
    check_differences(
        "empty_vehicle=no;prohibited_restricted_goods=nil",
        "/;hs_code=3104",
        expect![[""]],
    );
    check_differences(
        "prohibited_restricted_goods=nil",
        "prohibited_restricted_goods=timber;/",
        expect![[r#"
                prohibited_restricted_goods: none -> timber
        "#]],
    );
    check_differences(
        "oversize_cargo=yes",
        "/;hs_code=3104",
        expect![[r#"
                oversize_cargo: true -> nothing
        "#]],
    );
}

#[test]
fn two_spellings_are_no_difference() {
    check_differences(
        "vehicle_registration=123 АВС 02 KZ;departure_country=kz;/;consignee_name=ТОО «Жол»;gross_weight_kg=#12000.50;hs_code=3104 20",
        "vehicle_registration=[123abc02];departure_country=KZ;/;consignee_name=тоо  \"ЖОЛ\";gross_weight_kg=12000.5;hs_code=310420",
        expect![""],
    );
    check_differences(
        "/;transport_docs=[CMR 1,CMR 2]",
        "/;transport_docs=CMR 2, CMR 1",
        expect![""],
    );
    check_differences("/;waybill_date=2025-03-12", "/;waybill_date=12.03.2025", expect![[""]]);
}

#[test]
fn a_total_is_what_its_parts_add_up_to() {
    check_differences(
        "gross_weight_kg=#20000",
        "/;gross_weight_kg=#12000;/;gross_weight_kg=#8000",
        expect![[""]],
    );
    check_differences(
        "/;gross_weight_kg=#12000;/;gross_weight_kg=#8000",
        "gross_weight_kg=#20001;/;/",
        expect![[r#"
                gross_weight_kg: 20000 -> 20001
        "#]],
    );
    check_differences(
        "/;package_count=#40",
        "/;//;package_count=#25;//;package_count=#14",
        expect![[r#"
                package_count [1/1]: 40 -> 39
        "#]],
    );
    check_differences(
        "/;//;hs_code=3104;package_count=#25;//;hs_code=6907;package_count=#15",
        "/;hs_code=3104,6907;package_count=#40",
        expect![[""]],
    );
    check_differences(
        "consignee_name=Alpha",
        "/;consignee_name=Alpha;/;consignee_name=Beta",
        expect![[r#"
                consignee_name: Alpha -> Alpha, Beta
        "#]],
    );
}

#[test]
fn consignments_and_goods_are_matched_by_what_is_equal_in_them() {
    check_differences(
        "/;consignee_name=Alpha;package_count=#1;/;consignee_name=Beta;package_count=#2",
        "/;consignee_name=Beta;package_count=#2;/;consignee_name=Alpha;package_count=#3",
        expect![[r#"
                package_count [1/2]: 1 -> 3
        "#]],
    );
    check_differences(
        "/;consignee_name=Alpha;/;consignee_name=Beta;/;consignee_name=Gamma",
        "/;consignee_name=Gamma;/;consignee_name=Alpha",
        expect![[r#"
                consignment_count: 3 -> 2
                consignment [2/]: nothing -> nothing
        "#]],
    );
    check_differences(
        "/;consignee_name=Alpha",
        "/;consignee_name=Beta;/;consignee_name=Alpha",
        expect![[r#"
                consignment_count: 1 -> 2
        "#]],
    );
    check_differences(
        "/;//;hs_code=3104;gross_weight_kg=#7000;//;hs_code=6907;gross_weight_kg=#5000",
        "/;//;hs_code=6907;gross_weight_kg=#5500;//;hs_code=3104;gross_weight_kg=#7000;//;hs_code=8703;gross_weight_kg=#1",
        expect![[r#"
                goods_count [1/1]: 2 -> 3
                gross_weight_kg [1.2/1]: 5000 -> 5500
        "#]],
    );
}

#[test]
fn plates_and_containers_that_nobody_brings_are_named() {
    check_differences(
        "123ABC02,45AA02,-CSQU3054383: /",
        "vehicle_registration=[77BBB07];container_ids=[MSKU 602323 2];/",
        expect![[r#"
                containers: CSQU3054383 -> MSKU6023232
                plates: 45AA02 -> 123ABC02, 77BBB07
        "#]],
    );
    check_differences("123ABC02,-CSQU3054383: /", "/", expect![[""]]);
}

#[test]
fn a_container_brings_it_before_the_officer_and_links_nothing() {
    let mut world = World::new();
    world.tell(
        "09:00 bekov: prior -CSQU3054383 /;hs_code=3104
         09:05 bekov: prior 555EEE05 /;hs_code=3104
         10:00 bekov: open 1 123ABC02
         10:05 bekov: notice 1 says container_ids=CSQU~305438-3;/;hs_code=3104",
    );
    let edition = &world.rules.edition;
    let view = world.state.visit(VisitId(1), edition).unwrap();
    let candidates: Vec<PriorId> = view.prior_candidates.iter().map(|row| row.id).collect();
    assert_eq!((view.prior.len(), candidates), (0, vec![PriorId(1)]));
}

fn told(world: &mut World, lines: &[&str]) -> Vec<Option<String>> {
    let now = time("09:00").checked_add(SignedDuration::from_hours(1)).unwrap();
    let refusal = |line: &&str| {
        let input = world.input("bekov", line, now);
        world.put(&input, now).refusal.map(|refusal| refusal.code)
    };
    lines.iter().map(refusal).collect()
}

#[test]
fn what_is_waited_for_is_not_forgotten_and_what_is_finished_goes_first() {
    let mut world = World::new();
    for _ in 0..KEPT_PRIORS {
        assert_eq!(told(&mut world, &["prior 123ABC02 /"]), [None]);
    }
    assert_eq!(told(&mut world, &["prior 1AB02 /"]), [Some("prior_information_full".to_owned())]);
    let lines = ["open 1 999XXX09", "link 3 to 1", "prior 1AB02 /"];
    let full = Some("prior_information_full".to_owned());
    assert_eq!(told(&mut world, &lines), [None, None, full.clone()], "its vehicle is here");
    assert_eq!(
        told(&mut world, &["notice 1 empty", "permit 1", "exit 1", "prior 1AB02 /"])[3],
        None
    );
    let lines = ["withdraw 700", "withdraw 5", "prior 2AB02 /", "prior 3AB02 /", "prior 4AB02 /"];
    assert_eq!(told(&mut world, &lines), [None, None, None, None, full]);
    let kept: Vec<u64> = world.state.priors().iter().map(|(id, _)| id.0).collect();
    let gone = [3, 5, 700].map(|gone| kept.contains(&gone));
    assert_eq!((kept.len(), gone), (KEPT_PRIORS, [false; 3]));
    assert_eq!(kept.last(), Some(&1003));
    world.keep();
    let waiting = world.state.priors().with_plate("123ABC02").count();
    assert_eq!(waiting, KEPT_PRIORS - 3, "the index forgets what is forgotten");
}

#[test]
fn a_fold_keeps_its_limit_whatever_it_is_told() {
    let mut world = World::new();
    for id in 1..=(KEPT_PRIORS as u64 + 5) {
        let facts = PriorFacts {
            prior: PriorId(id),
            number: id.to_string(),
            information: orders::prior("123ABC02", ""),
            plates: vec!["123ABC02".to_owned()],
            containers: Vec::new(),
            edition: "?".to_owned(),
        };
        let event = Event::PriorInformationRecorded { information: Box::new(facts) };
        world.fold(event, Author::Agent, time("09:00"));
        if id % 2 == 0 {
            let event = Event::PriorInformationLinked { visit: VisitId(77), prior: PriorId(id) };
            world.fold(event, Author::Agent, time("09:00"));
        }
    }
    let rows = world.state.prior_rows();
    let expected = rows.iter().filter(|row| row.standing == PriorStanding::Expected).count();
    assert_eq!((rows.len(), expected), (KEPT_PRIORS, 503), "linked to nobody goes first");
    world.keep();
}

#[test]
fn what_was_told_before_stays_as_long_as_the_papers_of_its_vehicle() {
    let mut world = World::new();
    world.tell("09:00 bekov: prior 123ABC02 /;hs_code=3104");
    world.tell(
        "+1 09:00 bekov: open 9 999XXX09
         +1 09:01 bekov: permit 1
         +1 09:02 bekov: exit 1
         +1 10:00 bekov: open 1 123ABC02",
    );
    let keeping =
        Keeping::new(world.rules.clone(), &world.state, Keeper::Body, UnknownEnd::Stay).unwrap();
    let now = time("10:00").checked_add(SignedDuration::from_hours(24 * 366 * 6)).unwrap();
    let base = checkpoint::Checkpoint::default();
    let mut walker = Walker::new(&keeping, base, now, now, u64::MAX);
    for entry in &world.entries {
        walker.follow(entry).unwrap();
    }
    let answer = walker.finish(&world.state).unwrap();
    let first = world
        .entries
        .iter()
        .find(|entry| matches!(entry.event, Event::PriorInformationRecorded { .. }))
        .unwrap();
    assert_eq!((answer.free, answer.obstacles[0].seq), (None, first.seq));
}
