//! What is missing in an arrival notice, in the law's order.

use std::collections::BTreeMap;

use checkpoint::input::order::{Answer, ConsignmentDraft, NoticeDraft};
use checkpoint::law::{Edition, notice};
use checkpoint::site::Mode;
use expect_test::{Expect, expect};
use rust_decimal::Decimal;

/// Answers as text: `vehicle_docs=[CMR 1]`, `hs_code=8703`, `package_count=#4`, `oversize_cargo=yes`, `passenger_list=nil`; `/` begins a consignment,
/// `//` a goods item.
fn draft(mode: Mode, text: &str) -> NoticeDraft {
    let mut draft = NoticeDraft {
        mode,
        filed_by: "carrier".to_owned(),
        authority: String::new(),
        answers: BTreeMap::new(),
        consignments: Vec::new(),
    };
    for word in text.split(';').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "/" => draft.consignments.push(ConsignmentDraft::default()),
            "//" => draft.consignments.last_mut().unwrap().goods.push(BTreeMap::new()),
            answer => {
                let (id, value) = answer.split_once('=').unwrap();
                let into = match draft.consignments.last_mut() {
                    None => &mut draft.answers,
                    Some(consignment) => match consignment.goods.last_mut() {
                        None => &mut consignment.answers,
                        Some(item) => item,
                    },
                };
                into.insert(id.trim().to_owned(), self::answer(value.trim()));
            }
        }
    }
    draft
}

fn answer(text: &str) -> Answer {
    match text {
        "yes" => Answer::Flag(true),
        "no" => Answer::Flag(false),
        "nil" => Answer::Nil,
        other => {
            let list = other.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            match (list, other.strip_prefix('#')) {
                (Some(list), _) => Answer::Papers(
                    list.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
                ),
                (None, Some(number)) => Answer::Number(number.parse::<Decimal>().unwrap()),
                (None, None) => Answer::Text(other.to_owned()),
            }
        }
    }
}

fn check(mode: Mode, text: &str, expected: Expect) {
    let found = notice::check(&Edition::built_in().unwrap(), &draft(mode, text));
    let mut lines: Vec<String> = Vec::new();
    for row in &found.missing {
        let place = match (row.consignment, row.item) {
            (Some(consignment), Some(item)) => format!(" {consignment}.{item}"),
            (Some(consignment), None) => format!(" {consignment}"),
            (None, _) => String::new(),
        };
        lines.push(format!("{}{place}", row.field));
    }
    for warning in &found.warnings {
        lines.push(format!("! {} {}", warning.field, warning.code));
    }
    for field in &found.not_required {
        lines.push(format!("? {field}"));
    }
    expected.assert_eq(&lines.join("\n"));
}

const FULL_ROAD: &str = "vehicle_docs=[P 1]; transport_docs=[CMR 1]; vehicle_registration=123ABC02 KZ; carrier_name=A; carrier_address=B;
    departure_country=DE; destination_country=KZ; prohibited_restricted_goods=nil;
    /; consignor_name=C; consignor_address=D; consignee_name=E; consignee_address=F; package_count=#4; package_marks=nil;
    package_kinds=pallets; gross_weight_kg=#20000; waybill_place=Berlin; waybill_date=2025-03-01;
    //; goods_name=tiles; hs_code=6907;";

#[test]
fn nothing_submitted_is_everything_missing_in_the_laws_order() {
    check(
        Mode::Road,
        "",
        expect![[r#"
        vehicle_docs
        transport_docs
        vehicle_registration
        carrier_name
        carrier_address
        departure_country
        destination_country
        consignor_name 1
        consignor_address 1
        consignee_name 1
        consignee_address 1
        package_count 1
        package_marks 1
        package_kinds 1
        goods_name 1.1
        hs_code 1.1
        gross_weight_kg_or_volume_m3 1
        prohibited_restricted_goods
        waybill_place 1
        waybill_date 1"#]],
    );
    check(
        Mode::Rail,
        "",
        expect![[r#"
        transport_docs
        rolling_stock_transfer_sheet
        supplies_doc
        consignor_name 1
        consignor_address 1
        consignee_name 1
        consignee_address 1
        dispatch_station
        destination_station
        package_count 1
        package_marks 1
        package_kinds 1
        goods_name 1.1
        hs_code 1.1
        gross_weight_kg 1"#]],
    );
    check(
        Mode::Air,
        "",
        expect![[r#"
        general_declaration
        cargo_manifest
        stores_doc
        transport_docs
        passenger_manifest
        aircraft_marks
        flight_number
        flight_route
        departure_point
        arrival_point
        operator_name
        crew_count
        passenger_count
        goods_name 1.1
        waybill_numbers 1
        packages_per_waybill 1
        loading_point 1
        unloading_point 1
        stores_quantity
        postal_items_on_board
        prohibited_restricted_on_board"#]],
    );
    check(
        Mode::Water,
        "",
        expect![[r#"
        general_declaration
        cargo_declaration
        ship_stores_declaration
        crew_effects_declaration
        crew_list
        passenger_list
        transport_docs
        ship_registration
        ship_nationality
        ship_name
        ship_description
        master_surname
        ship_agent_surname
        ship_agent_address
        passenger_count
        crew_count
        crew_composition
        port_of_departure
        port_of_call
        goods_name 1.1
        goods_total_quantity 1
        goods_description 1.1
        package_count 1
        package_marks 1
        package_kinds 1
        port_of_loading 1
        port_of_discharge 1
        bill_of_lading_numbers 1
        original_dispatch_ports 1
        ship_stores_names
        ship_stores_quantity
        stowage_description
        postal_items_on_board
        prohibited_restricted_on_board"#]],
    );
}

#[test]
fn a_whole_notice_lacks_nothing() {
    check(Mode::Road, FULL_ROAD, expect![[""]]);
}

#[test]
fn conditions_bring_their_rows() {
    let flags = "carries_postal_items=yes; commercial_docs_held=yes; goods_under_restrictions=yes; documents_need_translation=yes;";
    check(
        Mode::Road,
        &format!("{flags}{FULL_ROAD}"),
        expect![[r#"
        postal_accompanying_doc
        commercial_docs
        seller 1
        commercial_recipient 1
        compliance_docs
        translation"#]],
    );
}

#[test]
fn weight_or_volume_unless_oversize_by_road_only() {
    let without = FULL_ROAD.replace("gross_weight_kg=#20000;", "");
    check(Mode::Road, &without, expect!["gross_weight_kg_or_volume_m3 1"]);
    check(
        Mode::Road,
        &without.replace("waybill_place", "volume_m3=#12; waybill_place"),
        expect![[""]],
    );
    check(Mode::Road, &format!("oversize_cargo=yes;{without}"), expect![[""]]);
    check(
        Mode::Road,
        &FULL_ROAD.replace("#20000", "#0"),
        expect!["gross_weight_kg_or_volume_m3 1"],
    );
    let rail = "transport_docs=[1]; rolling_stock_transfer_sheet=[1]; supplies_doc=nil; dispatch_station=A; destination_station=B; oversize_cargo=yes;
        /; consignor_name=C; consignor_address=D; consignee_name=E; consignee_address=F; package_count=#4; package_marks=nil;
        package_kinds=pallets; volume_m3=#12; //; goods_name=tiles; hs_code=6907;";
    check(
        Mode::Rail,
        rail,
        expect![[r#"
        gross_weight_kg 1
        ? oversize_cargo
        ? volume_m3"#]],
    );
}

#[test]
fn a_short_code_is_missing_and_says_so() {
    check(
        Mode::Road,
        &FULL_ROAD.replace("6907", "690"),
        expect![[r#"
        hs_code 1.1
        ! hs_code hs_code_too_short"#]],
    );
    check(
        Mode::Road,
        &FULL_ROAD.replace("6907", "69O7"),
        expect![[r#"
        hs_code 1.1
        ! hs_code hs_code_too_short"#]],
    );
    check(Mode::Road, &FULL_ROAD.replace("hs_code=6907", "hs_code= "), expect!["hs_code 1.1"]);
}

#[test]
fn every_consignment_and_item_is_asked() {
    let two = format!(
        "{FULL_ROAD} //; goods_name=grout; /; consignor_name=X; //; goods_name=glue; hs_code=3506; //; hs_code=3214;"
    );
    check(
        Mode::Road,
        &two,
        expect![[r#"
        consignor_address 2
        consignee_name 2
        consignee_address 2
        package_count 2
        package_marks 2
        package_kinds 2
        goods_name 2.2
        hs_code 1.2
        gross_weight_kg_or_volume_m3 2
        waybill_place 2
        waybill_date 2"#]],
    );
}

#[test]
fn an_empty_vehicle_is_not_asked_about_goods() {
    check(
        Mode::Road,
        "empty_vehicle=yes;",
        expect![[r#"
            vehicle_docs
            vehicle_registration
            carrier_name
            carrier_address"#]],
    );
    check(
        Mode::Road,
        "empty_vehicle=yes; transport_docs=[CMR]; colour=red; transport_docs=[1]",
        expect![[r#"
            vehicle_docs
            vehicle_registration
            carrier_name
            carrier_address
            ? colour
            ? transport_docs"#]],
    );
}

#[test]
fn the_way_of_goods_is_not_asked_of_an_empty_train() {
    check(
        Mode::Rail,
        "empty_vehicle=yes;",
        expect![[r#"
        rolling_stock_transfer_sheet
        supplies_doc"#]],
    );
}

#[test]
fn what_is_asked_of_a_consignment_is_answered_by_each_of_its_goods() {
    let each = FULL_ROAD
        .replace("gross_weight_kg=#20000;", "")
        .replace("//;", "//; gross_weight_kg=#7000;");
    check(Mode::Road, &each, expect![""]);
    let one = format!("{each} //; goods_name=nails; hs_code=7317");
    check(Mode::Road, &one, expect!["gross_weight_kg_or_volume_m3 1"]);
}

#[test]
fn blank_answers_and_empty_lists_are_no_answers() {
    let blank = FULL_ROAD.replace("carrier_name=A", "carrier_name=  ").replace("[CMR 1]", "[]");
    check(
        Mode::Road,
        &blank,
        expect![[r#"
        transport_docs
        carrier_name"#]],
    );
    check(
        Mode::Road,
        &FULL_ROAD.replace("carrier_name=A", "carrier_name=nil"),
        expect!["carrier_name"],
    );
}

#[test]
fn passengers_are_asked_one_by_one() {
    let air = "general_declaration=[1]; cargo_manifest=[1]; stores_doc=nil; transport_docs=[1]; passenger_manifest=[1]; aircraft_marks=UP; flight_number=1;
        flight_route=R; departure_point=A; arrival_point=B; operator_name=O; crew_count=#2; passenger_count=#2; stores_quantity=nil;
        postal_items_on_board=no; prohibited_restricted_on_board=no; passengers[0].surname_initials=X Y; passengers[0].embarkation_point=A;
        passengers[0].disembarkation_point=B; passengers[1].embarkation_point=A;
        /; waybill_numbers=[1,2]; packages_per_waybill=[4]; loading_point=A; unloading_point=B; //; goods_name=mail;";
    check(
        Mode::Air,
        air,
        expect![[r#"
        passengers[1].surname_initials
        passengers[1].disembarkation_point
        packages_per_waybill 1"#]],
    );
}
