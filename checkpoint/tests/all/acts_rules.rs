//! Acts of the built-in edition in stories: which must stand before which, what they hold, what they make true.

use checkpoint::ids::VisitId;

use crate::world::World;

/// Tells a story and gives back what became of each act: `recorded`, or the code of its refusal.
fn outcomes(story: &str) -> Vec<String> {
    let mut world = World::new();
    let mut found = Vec::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let told = world.tell(line);
        if !line.contains(": act ") && !line.contains(": permit ") {
            assert!(!told.contains("  ! "), "{told}");
            continue;
        }
        let refused = told.lines().find_map(|line| line.trim().strip_prefix("! "));
        let refused = refused.and_then(|line| line.split(':').next());
        found.push(refused.unwrap_or("recorded").to_owned());
    }
    found
}

const PRESENTED: &str = "10:00 bekov: open 1 123ABC02
    10:01 bekov: notice 1 20000
    10:02 bekov: present 1
    ";

const RELEASED: &str = "10:03 bekov: file 1 1 declaration
    10:04 bekov: register 1 1 declaration
    10:05 bekov: release 1 1 declaration
    ";

#[test]
fn a_control_that_was_begun_holds_the_exit_until_it_ends() {
    let inspected = "inspecting_officers=Bekov persons_present=driver declarant_absent=no results=as~declared other_data=none";
    for (begin, end, first) in [
        ("document_check_opened", "document_check_closed", "no_such_control"),
        ("view_inspection_opened", "view_inspection_closed", "no_such_control"),
        ("view_inspection_opened", "view_inspection_act results=whole", "no_such_control"),
        (
            "opening_inspection_ordered",
            &format!("opening_inspection_act {inspected}"),
            "no_such_control",
        ),
        (
            "opening_inspection_ordered",
            "opening_inspection_called_off reason=mistake",
            "no_such_control",
        ),
    ] {
        let story = format!(
            "{PRESENTED}{RELEASED}10:10 bekov: act 1 1 {end}
             10:11 bekov: act 1 1 {begin}
             10:12 bekov: permit 1
             10:13 bekov: act 1 1 {end}
             10:14 bekov: permit 1"
        );
        let expected = [first, "recorded", "held", "recorded", "recorded"];
        assert_eq!(outcomes(&story), expected, "{begin}, {end}");
    }
}

#[test]
fn a_personal_search_needs_the_decision_of_the_head() {
    let decision = "personal_search_decision person=Kim search_grounds=bulge";
    let search = |number: &str| {
        format!(
            "personal_search_done decision_number={number} decision_shown=signed_by_person rights_explained=yes \
             surrender_offered=yes same_sex_witness_count=#2 minor_or_incapable=no body_examined=no"
        )
    };
    let act = "personal_search_act person=Kim signed_by=all results=nothing statements=none";
    let first = search("57402-SD-000001");
    let story = format!(
        "{PRESENTED}10:10 bekov: act 1 - {first}
         10:11 bekov: act 1 - {decision}
         10:12 bekov: act 1 - {act}
         10:13 bekov: act 1 - {}
         10:14 bekov: act 1 - {first}
         10:15 bekov: act 1 - {first}
         10:16 bekov: act 1 - {act}",
        search("57402-SD-000009")
    );
    let expected = [
        "act_missing_before",
        "recorded",
        "act_missing_before",
        "unknown_act_number",
        "recorded",
        // The decision served one search (206.1).
        "act_missing_before",
        "recorded",
    ];
    assert_eq!(outcomes(&story), expected);
}

#[test]
fn acts_of_the_checkpoint_itself_follow_one_another() {
    let story = "10:00 bekov: act - - premises_inspection_act premises=store results=none
         10:01 bekov: act - - premises_inspection_started order_reference=7 premises=store
         10:02 bekov: act - - prosecutor_notified
         10:03 bekov: act - - forced_entry premises=store witness_count=#1
         10:04 bekov: act - - forced_entry premises=store witness_count=#2
         10:05 bekov: act - - prosecutor_notified
         10:06 bekov: act - - premises_inspection_act premises=store results=none
         10:07 bekov: act - - temporary_pass_issued holder=Kim organisation=veterinary request_reference=5 until=2025-03-13T10:00:00+05:00
         10:08 bekov: act - - pass_withdrawn pass_number=57402-TP-000002
         10:09 bekov: act - - pass_withdrawn pass_number=57402-TP-000002
         10:10 bekov: act - - zone_entry person=Kim entry_basis=friendship";
    let expected = [
        "act_missing_before",
        "recorded",
        "act_missing_before",
        "incomplete_act",
        "recorded",
        "recorded",
        "recorded",
        "recorded",
        "recorded",
        "unknown_act_number",
        "incomplete_act",
    ];
    assert_eq!(outcomes(story), expected);
}

#[test]
fn facts_of_the_goods_are_flags() {
    let mut world = World::new();
    world.tell(&format!(
        "{PRESENTED}10:10 bekov: act 1 1 goods_facts perishable=yes union_goods=no
         10:11 bekov: act 1 1 inspection_exemption exemption=military_property
         10:12 bekov: act 1 1 inspection_exemption exemption=diplomatic_mail corrects=2
         10:13 bekov: act 1 - priority_goods priority_category=live_animals"
    ));
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    let goods: Vec<&str> = view.consignments[0].flags.iter().map(String::as_str).collect();
    assert_eq!(goods, ["diplomatic_mail", "exempt_from_inspection", "perishable"]);
    let priority = "10:14 bekov: act 1 - priority_goods priority_category=friends";
    assert!(world.tell(priority).contains("not_in_list"), "the lists of 242.4 and 276 are closed");
}

#[test]
fn what_the_law_forbids_with_goods_is_refused_with_its_article() {
    let protocol = |ground: &str| {
        format!(
            "act 1 1 detention_protocol ground={ground} detained_goods=boxes detained_papers=waybill detention_place=store possessor=carrier"
        )
    };
    let story = format!(
        "{PRESENTED}10:10 bekov: {}
         10:11 bekov: {}
         10:12 bekov: act 1 1 removal_impossible removal_failure=impossible
         10:13 bekov: act 1 1 prohibited_goods_found prohibition_basis=list~1
         10:14 bekov: permit 1
         10:15 bekov: act 1 1 removal_impossible removal_failure=impossible
         10:16 bekov: {}
         10:17 bekov: {}
         10:18 bekov: act 1 1 detained_goods_sold
         10:19 bekov: act 1 1 sale_proceeds_received",
        protocol("ART_252"),
        protocol("ART_268"),
        protocol("ART_244"),
        protocol("ART_244"),
    );
    let expected = [
        // 252 is no ground (237.1), and 268 speaks of goods in storage.
        "incomplete_act",
        "not_a_ground",
        "need_not_leave",
        "recorded",
        "held",
        "recorded",
        "recorded",
        "already_detained",
        "recorded",
        "recorded",
    ];
    assert_eq!(outcomes(&story), expected);
}

#[test]
fn class_b_facts_are_recorded_and_hold_nobody() {
    let weighing = "act 1 - transport_control_weighing measured_gross_kg=#44100 measured_axle_masses_kg=7100~11900~8400~8300~8400";
    let permitted = "permitted_is_known=yes permitted_gross_kg=#40000 permitted_by=permit~12";
    let corridor = "act 1 - corridor_chosen corridor";
    let status = "register_extract=extract~of~10~March";
    let story = format!(
        "{PRESENTED}{RELEASED}10:10 bekov: {weighing} {permitted}
         10:11 bekov: {weighing} permitted_is_known=no
         10:12 bekov: {weighing} permitted_is_known=yes permitted_gross_kg=#40000
         10:13 bekov: {weighing}
         10:14 bekov: {corridor}=green_corridor person_count=#2 declared_in_writing=no
         10:15 bekov: {corridor}=red_corridor declared_in_writing=yes written_because=cultural_property
         10:16 bekov: {corridor}=red_corridor declared_in_writing=yes
         10:17 bekov: {corridor}=yellow declared_in_writing=no
         10:18 bekov: act 1 1 register_status register=authorised_economic_operators registered_person=Alfa register_says=suspended_in_register {status}
         10:19 bekov: act 1 1 register_status register=friends registered_person=Alfa register_says=in_register {status}
         10:20 bekov: act 1 1 register_status register=bonded_warehouses registered_person=Alfa register_says=not_in_register
         10:21 bekov: act 1 - customs_carrier_status registered_person=Beta register_says=taken_off_register {status} located_by_signal=no
         10:30 bekov: permit 1"
    );
    let expected = [
        "recorded",
        "recorded",
        // What a paper permits is told with the paper.
        "incomplete_act",
        "incomplete_act",
        "recorded",
        "recorded",
        "incomplete_act",
        "incomplete_act",
        "recorded",
        "incomplete_act",
        "incomplete_act",
        "recorded",
        // Too heavy, off the register, and free to go.
        "recorded",
    ];
    assert_eq!(outcomes(&story), expected);
}

#[test]
fn a_change_of_what_was_declared_before_is_proved_by_papers() {
    let changed = "act 1 1 prior_declaration_change_proved changed_data=changed_weight";
    let story = format!(
        "{PRESENTED}10:10 bekov: {changed} change_proved_by=invoice~8
         10:11 bekov: act 1 1 prior_declaration_registered declaration_number=D-7
         10:12 bekov: {changed}
         10:13 bekov: {changed} change_proved_by=invoice~8"
    );
    let expected = ["act_missing_before", "recorded", "incomplete_act", "recorded"];
    assert_eq!(outcomes(&story), expected);
}
