//! Stories of the accounting of goods under control (art. 209): what stands in it, and when goods come into it and leave it.

use std::fmt::Write as _;
use std::sync::Arc;

use checkpoint::view::{ControlStanding, GoodsFilter, GoodsUnderControl, Ledger, goods_csv};
use expect_test::{Expect, expect};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::world::{World, local};

/// Tells a story and writes the accounting as it is then: from the state, and, where the journal knows more, what it knows.
fn check(story: &str, expected: Expect) {
    let mut world = World::new();
    world.tell(story);
    expected.assert_eq(&accounting(&world, &GoodsFilter::default()));
}

fn ledger(world: &World) -> Ledger {
    let mut ledger = Ledger::new(Arc::clone(&world.rules.edition));
    world.entries.iter().for_each(|entry| ledger.follow(entry));
    ledger
}

fn accounting(world: &World, filter: &GoodsFilter) -> String {
    let state = world.state.goods_under_control(&world.rules.edition, filter, None);
    let journal =
        world.state.goods_under_control(&world.rules.edition, filter, Some(&ledger(world)));
    assert_eq!(state.len(), journal.len());
    let mut text = String::new();
    for (state, journal) in state.iter().zip(&journal) {
        write_goods(state, &mut text);
        for operation in &journal.operations {
            let known = state
                .operations
                .iter()
                .find(|one| (one.at_ms, &one.what) == (operation.at_ms, &operation.what));
            let by = operation.officer.as_ref().map(|officer| format!(" {officer}"));
            let reference = operation.reference.as_deref().map(|text| format!(" {text}"));
            let only = if known.is_some() { "" } else { " (journal)" };
            writeln!(
                text,
                "    {} {} art. {}{}{}{only}",
                at(operation.at_ms),
                operation.what,
                operation.article,
                by.unwrap_or_default(),
                reference.unwrap_or_default()
            )
            .unwrap();
        }
        let untold = state.operations.iter().filter(|one| {
            !journal
                .operations
                .iter()
                .any(|told| (told.at_ms, &told.what) == (one.at_ms, &one.what))
        });
        assert_eq!(untold.count(), 0, "the state knows nothing that the journal does not");
    }
    text
}

fn write_goods(goods: &GoodsUnderControl, text: &mut String) {
    let standing = match goods.standing {
        ControlStanding::UnderControl => "under control",
        ControlStanding::LeftUnderControl => "left under control",
        ControlStanding::Ended => "ended",
    };
    write!(
        text,
        "{} {} consignment {}: {standing} since {} art. {}",
        goods.number,
        goods.plate.as_deref().unwrap_or("-"),
        goods.consignment,
        at(goods.since_ms),
        goods.since_article
    )
    .unwrap();
    if let (Some(until), Some(article)) = (goods.until_ms, &goods.until_article) {
        write!(text, " until {} art. {article}", at(until)).unwrap();
    }
    text.push('\n');
    let clocks: Vec<&str> = goods.clocks.iter().map(|clock| clock.rule.as_str()).collect();
    let holds: Vec<&str> = goods.holds.iter().map(|hold| hold.reason.as_str()).collect();
    for (name, values) in [("terms", clocks), ("holds", holds)] {
        if !values.is_empty() {
            writeln!(text, "    {name}: {}", values.join(", ")).unwrap();
        }
    }
    if !goods.flags.is_empty() {
        writeln!(text, "    flags: {}", goods.flags.join(", ")).unwrap();
    }
}

/// What officers record before goods go out (255).
fn permitted(visit: u64) -> String {
    format!(
        "12:06 bekov: act {visit} 1 departure_papers_submitted never_left_the_place=no export_document=D-1 restrictions_apply=no
         12:07 bekov: act {visit} 1 departure_marks never_left_the_place=no marked_export_document=D-1 marked_transport_documents=CMR-1
         12:08 sadykova: act {visit} 1 departure_permitted"
    )
}

fn at(ms: i64) -> String {
    local(Timestamp::from_millisecond(ms).unwrap())
}

#[test]
fn goods_that_came_in_are_under_control_from_the_crossing_with_every_operation() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000 500
         10:20 bekov: present 1
         10:30 bekov: file 1 1 storage
         10:40 bekov: register 1 1 storage
         10:50 bekov: file 1 2 declaration
         10:55 sadykova: refuse 1 2 declaration",
        expect![[r#"
            57402-2025-000001 123ABC02 consignment 1: under control since 10:00:00 art. 185.1
                terms: TS-2, PRK-1
                holds: in_storage_only
                10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
                10:20:00 goods_presented art. 252.4 bekov
                10:30:00 storage_filed art. 267.1 bekov D-1
                10:40:00 storage_registered art. 267.2 bekov R-1
            57402-2025-000001 123ABC02 consignment 2: under control since 10:00:00 art. 185.1
                terms: ARR-1, PRK-1
                holds: papers_not_filed
                10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
                10:20:00 goods_presented art. 252.4 bekov
                10:50:00 declaration_filed art. 288.1 bekov D-1 (journal)
                10:55:00 declaration_refused art. 288.4 sadykova not signed (journal)
        "#]],
    );
}

#[test]
fn goods_that_leave_in_transit_go_on_under_control() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000
         10:20 bekov: present 1
         10:30 bekov: file 1 1 transit
         10:40 bekov: register 1 1 transit
         10:50 bekov: release 1 1 transit
         11:00 sadykova: permit 1
         11:10 bekov: exit 1",
        expect![[r#"
            57402-2025-000001 123ABC02 consignment 1: left under control since 10:00:00 art. 185.1 until 11:10:00 art. 185.2
                10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
                10:20:00 goods_presented art. 252.4 bekov
                10:30:00 transit_declaration_filed art. 280.1 bekov D-1
                10:40:00 transit_declaration_registered art. 288.7 bekov R-1
                10:50:00 goods_released art. 296.3 bekov transit_declaration
                11:00:00 exit_permitted art. 186.6 sadykova
                11:10:00 vehicle_left art. 453.3 bekov
        "#]],
    );
}

#[test]
fn goods_that_go_out_are_under_control_until_they_have_left() {
    let mut world = World::new();
    world.tell(
        "10:00 bekov: open 9 777XYZ01
         10:10 bekov: notice 1 20000
         10:15 bekov: present 1
         10:20 bekov: file 1 1 declaration
         10:30 bekov: register 1 1 declaration
         10:40 bekov: release 1 1 declaration",
    );
    world.tell(&permitted(1));
    let here = accounting(&world, &GoodsFilter::default());
    world.tell("12:10 bekov: permit 1\n12:11 bekov: exit 1");
    expect![[r#"
        57402-2025-000001 777XYZ01 consignment 1: under control since 10:00:00 art. 185.4
            terms: PRK-1
            10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
            10:15:00 goods_presented art. 252.4 bekov
            10:20:00 declaration_filed art. 288.1 bekov D-1
            10:30:00 declaration_registered art. 288.3 bekov R-1
            10:40:00 goods_released art. 296.3 bekov declaration
            12:06:00 departure_papers_submitted art. 255.1 bekov
            12:07:00 departure_marks art. 255.4/2 bekov
            12:08:00 departure_permitted art. 255.4 sadykova
        57402-2025-000001 777XYZ01 consignment 1: ended since 10:00:00 art. 185.4 until 12:11:00 art. 185.4
            10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
            10:15:00 goods_presented art. 252.4 bekov
            10:20:00 declaration_filed art. 288.1 bekov D-1
            10:30:00 declaration_registered art. 288.3 bekov R-1
            10:40:00 goods_released art. 296.3 bekov declaration
            12:06:00 departure_papers_submitted art. 255.1 bekov
            12:07:00 departure_marks art. 255.4/2 bekov
            12:08:00 departure_permitted art. 255.4 sadykova
            12:10:00 exit_permitted art. 186.6 bekov
            12:11:00 vehicle_left art. 453.3 bekov
    "#]].assert_eq(&format!("{here}{}", accounting(&world, &GoodsFilter::default())));
}

#[test]
fn detained_goods_stay_on_the_books_with_their_protocol() {
    check(
        "10:00 bekov: open 1 123ABC02
         10:10 bekov: notice 1 20000
         10:20 bekov: present 1
         10:25 bekov: act 1 1 goods_facts perishable=yes
         10:30 bekov: act 1 1 prohibited_goods_found prohibition_basis=list~1.2
         10:40 bekov: act 1 1 removal_impossible removal_failure=impossible
         11:00 bekov: act 1 1 detention_protocol ground=ART_244 detained_goods=boxes detained_papers=CMR-1 detention_place=shed~2 possessor=carrier",
        expect![[r#"
            57402-2025-000001 123ABC02 consignment 1: under control since 10:00:00 art. 185.1
                terms: DET-3, PRK-1
                holds: detained
                flags: perishable, prohibited
                10:10:00 notice_registered art. 250.1 bekov 57402-N-000001
                10:20:00 goods_presented art. 252.4 bekov
                10:25:00 goods_facts art. 238, 256, 268.2, 281.4, 291, 297.1 bekov
                10:30:00 prohibited_goods_found art. 244.2 bekov
                10:40:00 removal_impossible art. 244.5 bekov
                11:00:00 detention_protocol art. 237.2 bekov 57402-DP-000001
        "#]],
    );
}

#[test]
fn the_accounting_is_asked_by_standing_plate_and_time() {
    let mut world = World::new();
    world.tell(
        "10:00 bekov: open 1 123ABC02
         10:01 bekov: notice 1 20000
         11:00 bekov: open 1 124ABC02
         11:01 bekov: notice 2 20000
         12:00 bekov: open 9 777XYZ01
         12:01 bekov: notice 3 20000
         12:02 bekov: present 3
         12:03 bekov: file 3 1 declaration
         12:04 bekov: register 3 1 declaration
         12:05 bekov: release 3 1 declaration",
    );
    world.tell(&permitted(3));
    world.tell("12:10 bekov: permit 3\n12:11 bekov: exit 3");
    let asked = |filter: GoodsFilter| -> Vec<u64> {
        let goods = world.state.goods_under_control(&world.rules.edition, &filter, None);
        goods.iter().map(|goods| goods.visit.0).collect()
    };
    let standing = |standing| GoodsFilter { standing: Some(standing), ..GoodsFilter::default() };
    assert_eq!(asked(GoodsFilter::default()), [1, 2, 3]);
    assert_eq!(asked(standing(ControlStanding::UnderControl)), [1, 2]);
    assert_eq!(asked(standing(ControlStanding::Ended)), [3]);
    assert_eq!(asked(standing(ControlStanding::LeftUnderControl)), [0; 0]);
    // However it is typed: small, with blanks, with a Cyrillic letter.
    let plate = |text: &str| GoodsFilter { plate: Some(text.to_owned()), ..GoodsFilter::default() };
    assert_eq!(asked(plate("123 авс")), [1]);
    assert_eq!(asked(plate("12")), [1, 2]);
    assert_eq!(asked(plate("9")), [0; 0]);
    let at = crate::world::time;
    let between = |since: &str, until: &str| GoodsFilter {
        since: Some(at(since)),
        until: Some(at(until)),
        ..GoodsFilter::default()
    };
    assert_eq!(asked(between("10:00", "11:00")), [1]);
    assert_eq!(asked(between("10:00:01", "11:00:01")), [2]);
}

#[test]
fn the_table_for_a_spreadsheet_has_one_line_an_operation_and_no_formula() {
    let mut world = World::new();
    world.tell(
        "10:00 bekov: open 1 123ABC02
         10:01 bekov: notice 1 20000 300
         10:02 bekov: present 1 1",
    );
    let mut goods =
        world.state.goods_under_control(&world.rules.edition, &GoodsFilter::default(), None);
    goods[0].operations[0].reference = Some("=HYPERLINK(\"x\"),1".to_owned());
    goods[1].operations.clear();
    let zone = TimeZone::get("Asia/Almaty").unwrap();
    expect![[r#"
        visit,number,plate,mode,direction,consignment,course,standing,since,since_article,until,until_article,gross_kg,flags,at,operation,article,officer,reference,open_terms,holds
        1,57402-2025-000001,123ABC02,road,inbound,1,presented,under_control,2025-03-12T10:00:00+05:00,185.1,,,20000,,2025-03-12T10:01:00+05:00,notice_registered,250.1,bekov,"'=HYPERLINK(""x""),1",ARR-1 PRK-1,papers_not_filed
        1,57402-2025-000001,123ABC02,road,inbound,1,presented,under_control,2025-03-12T10:00:00+05:00,185.1,,,20000,,2025-03-12T10:02:00+05:00,goods_presented,252.4,bekov,,ARR-1 PRK-1,papers_not_filed
        1,57402-2025-000001,123ABC02,road,inbound,2,at_place_of_arrival,under_control,2025-03-12T10:00:00+05:00,185.1,,,300,,,,,,,PRK-1,not_presented
    "#]].assert_eq(&goods_csv(&goods, &zone).replace("\r\n", "\n"));
}
