//! What the edition marks as confidential is in no export and on no dashboard (art. 219.4), and an officer at the terminal sees it.

use std::sync::Arc;

use checkpoint::ids::VisitId;
use checkpoint::law::Edition;
use checkpoint::view::{GoodsFilter, JournalLine, Ledger, goods_csv};
use jiff::tz::TimeZone;

use crate::world::World;

const MARKERS: [&str; 3] = ["risk_instruction", "PLANTED", "216.1"];

fn inspected() -> World {
    let mut world = World::new();
    let told = world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: notice 1 20000
         08:02 bekov: act 1 - risk_instruction instruction=PLANTED-OPEN profile_id=PLANTED-7
         08:03 bekov: act 1 1 view_inspection_opened",
    );
    assert!(!told.contains("  ! "), "{told}");
    world
}

#[track_caller]
fn has_no_marker(text: &str) {
    for marker in MARKERS {
        assert!(!text.contains(marker), "{marker} is in {text}");
    }
}

#[test]
fn an_officer_sees_the_instruction_and_the_number_of_the_profile() {
    let world = inspected();
    let view = world.state.visit(VisitId(1), &world.rules.edition).unwrap();
    let text = serde_json::to_string(&view).unwrap();
    assert!(text.contains("PLANTED-OPEN") && text.contains("PLANTED-7"), "{text}");
}

#[test]
fn a_visit_for_others_tells_of_the_inspection_and_not_why() {
    let world = inspected();
    let edition = &world.rules.edition;
    let view = world.state.visit(VisitId(1), edition).unwrap().without_confidential(edition);
    let text = serde_json::to_string(&view).unwrap();
    has_no_marker(&text);
    assert!(text.contains("view_inspection_opened"), "{text}");
}

#[test]
fn the_document_of_a_driver_that_a_notice_names_stays_at_the_checkpoint() {
    let mut world = World::new();
    world.tell("08:00 bekov: open 1 123ABC02\n08:01 bekov: notice 1 says driver_document=PLANTED");
    let edition = &world.rules.edition;
    let view = world.state.visit(VisitId(1), edition).unwrap();
    assert!(serde_json::to_string(&view).unwrap().contains("PLANTED"));
    has_no_marker(&serde_json::to_string(&view.without_confidential(edition)).unwrap());
}

#[test]
fn an_answer_that_would_tell_why_is_left_out_of_an_act_that_may_be_told() {
    let edition = Edition::built_in().unwrap();
    let rule = edition.acts.iter().find(|rule| rule.field("escort_ground").is_some()).unwrap();
    assert!(!rule.confidential);
    assert!(
        rule.field("escort_ground").unwrap().confidential,
        "an escort may follow from risk management"
    );
}

#[test]
fn the_accounting_of_goods_has_no_risk_instruction_from_the_state_nor_from_the_journal() {
    let world = inspected();
    let mut ledger = Ledger::new(Arc::clone(&world.rules.edition));
    world.entries.iter().for_each(|entry| ledger.follow(entry));
    for ledger in [None, Some(&ledger)] {
        let filter = GoodsFilter::default();
        let goods = world.state.goods_under_control(&world.rules.edition, &filter, ledger);
        let text = serde_json::to_string(&goods).unwrap();
        has_no_marker(&text);
        has_no_marker(&goods_csv(&goods, &TimeZone::UTC));
        assert!(text.contains("view_inspection_opened"), "{text}");
    }
}

#[test]
fn a_line_of_an_export_says_that_there_was_an_entry_and_not_which_act() {
    let world = inspected();
    let lines: Vec<JournalLine> = world
        .entries
        .iter()
        .map(|entry| JournalLine::of(entry).without_confidential(&world.rules.edition))
        .collect();
    has_no_marker(&serde_json::to_string(&lines).unwrap());
    let seqs: Vec<u64> = lines.iter().map(|line| line.seq).collect();
    assert_eq!(seqs, (1..=world.state.seq()).collect::<Vec<_>>(), "no number is left out");
    assert!(lines.iter().any(|line| {
        line.with.get("act_kind").is_some_and(|kind| kind == "view_inspection_opened")
    }));
}
