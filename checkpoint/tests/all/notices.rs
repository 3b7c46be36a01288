//! What is missing in an arrival notice, in the law's order.

use std::collections::BTreeMap;

use checkpoint::input::order::{Answer, ConsignmentDraft, NoticeDraft, Purpose};
use checkpoint::law::notice::{FieldKind, FieldRule, Form, NoticeCheck, Scope};
use checkpoint::law::{Edition, notice};
use checkpoint::site::Mode;
use expect_test::{Expect, expect};
use rust_decimal::Decimal;

/// Answers as text: `vehicle_docs=[CMR 1]`, `hs_code=8703`, `package_count=#4`, `oversize_cargo=yes`, `passenger_list=nil`; `/` begins a consignment,
/// `//` a goods item.
pub(crate) fn draft(mode: Mode, text: &str) -> NoticeDraft {
    let mut draft = NoticeDraft::of(mode);
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

pub(crate) fn check(mode: Mode, text: &str, expected: Expect) {
    check_draft(&draft(mode, text), expected);
}

pub(crate) fn check_draft(draft: &NoticeDraft, expected: Expect) {
    expected.assert_eq(&said(&notice::check(&Edition::built_in().unwrap(), draft)));
}

pub(crate) fn said(found: &NoticeCheck) -> String {
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
    lines.join("\n")
}

pub(crate) const FULL_ROAD: &str = "vehicle_docs=[P 1]; transport_docs=[CMR 1]; vehicle_registration=123ABC02 KZ; carrier_name=A; carrier_address=B;
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
        ! hs_code hs_code_not_digits"#]],
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
            packages_per_waybill 1
            ! waybill_numbers air_waybill_shape
            ! waybill_numbers air_waybill_shape"#]],
    );
}

/// An answer that satisfies a row.
fn good(rule: &FieldRule) -> Answer {
    match rule.kind {
        FieldKind::Papers => Answer::Papers(vec!["P 1".to_owned()]),
        FieldKind::List => Answer::Papers(vec!["1".to_owned()]),
        FieldKind::Text if rule.min_digits.is_some() => Answer::Text("690721".to_owned()),
        FieldKind::Text => Answer::Text("words".to_owned()),
        FieldKind::Number => Answer::Number(Decimal::ONE),
        FieldKind::Flag => Answer::Flag(false),
        FieldKind::Statement | FieldKind::People => Answer::Nil,
    }
}

/// Every row of a form answered where it is asked, all conditions set but those in `unset`.
fn full(mode: Mode, form: &Form, unset: &[&str]) -> NoticeDraft {
    let mut draft = NoticeDraft::of(mode);
    draft.consignments =
        vec![ConsignmentDraft { answers: BTreeMap::new(), goods: vec![BTreeMap::new()] }];
    for rule in &form.fields {
        for flag in rule.when.iter().filter(|flag| !unset.contains(&flag.as_str())) {
            draft.answers.insert(flag.clone(), Answer::Flag(true));
        }
        if let Some(counter) = &rule.counted_by {
            draft.answers.insert(counter.clone(), Answer::Number(Decimal::ONE));
            for part in &rule.parts {
                let id = format!("{}[0].{part}", rule.id);
                let day = part == "birth_date";
                let text = if day { "1990-01-31" } else { "words" };
                draft.answers.insert(id, Answer::Text(text.to_owned()));
            }
            continue;
        }
        let id = rule.any_of.first().unwrap_or(&rule.id).clone();
        let consignment = &mut draft.consignments[0];
        let into = match rule.scope {
            Scope::Visit => &mut draft.answers,
            Scope::Consignment => &mut consignment.answers,
            Scope::GoodsItem => &mut consignment.goods[0],
        };
        into.entry(id).or_insert_with(|| good(rule));
    }
    draft
}

fn take_out(draft: &mut NoticeDraft, id: &str) {
    draft.answers.remove(id);
    for consignment in &mut draft.consignments {
        consignment.answers.remove(id);
        for item in &mut consignment.goods {
            item.remove(id);
        }
    }
}

#[test]
fn each_single_row_that_is_left_out_is_missing_and_nothing_else() {
    let edition = Edition::built_in().unwrap();
    let mut asked = 0;
    for mode in [Mode::Road, Mode::Water, Mode::Air, Mode::Rail] {
        for purpose in [Purpose::Arrival, Purpose::Departure] {
            let form = edition.notice(mode, purpose).unwrap();
            let whole = NoticeDraft { purpose: Some(purpose), ..full(mode, form, &[]) };
            assert_eq!(notice::check(&edition, &whole).missing, [], "{mode:?} {purpose:?}");
            for rule in &form.fields {
                // One person less in the list is one row less for each of its parts.
                let ids: Vec<String> = match rule.parts.first() {
                    Some(part) => vec![format!("{}[0].{part}", rule.id)],
                    None if rule.any_of.is_empty() => vec![rule.id.clone()],
                    None => rule.any_of.clone(),
                };
                let mut draft = whole.clone();
                for id in &ids {
                    take_out(&mut draft, id);
                }
                let missing = notice::check(&edition, &draft).missing;
                let fields: Vec<&str> = missing.iter().map(|row| row.field.as_str()).collect();
                let expected = if rule.parts.is_empty() { &rule.id } else { &ids[0] };
                let counts_others =
                    form.fields.iter().any(|one| one.counted_by.as_ref() == Some(&rule.id));
                assert_eq!(fields, [expected], "{mode:?} {purpose:?} {}", rule.id);
                assert!(
                    counts_others || rule.article.is_some() || missing[0].article == form.article
                );
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 224, "rows of eight notices");
}

#[test]
fn what_the_law_does_not_ask_is_never_missing() {
    let edition = Edition::built_in().unwrap();
    for mode in [Mode::Road, Mode::Water, Mode::Air, Mode::Rail] {
        let form = edition.notice(mode, Purpose::Arrival).unwrap();
        let mut draft = full(mode, form, &[]);
        let before = notice::check(&edition, &draft);
        draft.answers.insert("colour".to_owned(), Answer::Nil);
        draft.consignments[0].answers.insert("mood_of_the_driver".to_owned(), Answer::Flag(true));
        let after = notice::check(&edition, &draft);
        assert_eq!((&after.missing, &after.warnings), (&before.missing, &before.warnings));
        assert_eq!(after.not_required, ["colour", "mood_of_the_driver"]);
    }
    // No row asks for an HS code, a weight or a volume by air and water, nor for the carrier's name by rail.
    let not_asked = |mode, id: &str| {
        let form = edition.notice(mode, Purpose::Arrival).unwrap();
        !form
            .fields
            .iter()
            .any(|rule| rule.id.contains(id) || rule.any_of.iter().any(|one| one.contains(id)))
    };
    for (mode, id) in [
        (Mode::Air, "hs_code"),
        (Mode::Air, "weight"),
        (Mode::Water, "hs_code"),
        (Mode::Water, "weight"),
        (Mode::Rail, "volume"),
        (Mode::Rail, "carrier_name"),
        (Mode::Rail, "vehicle_registration"),
        (Mode::Rail, "prohibited"),
    ] {
        assert!(not_asked(mode, id), "{mode:?} {id}");
    }
}

#[test]
fn what_each_consignment_tells_nobody_tells_again_for_the_vehicle() {
    let by_consignment =
        FULL_ROAD.replace("departure_country=DE; destination_country=KZ;", "").replace(
            "consignor_name=C;",
            "departure_country=DE; destination_country=KZ; consignor_name=C;",
        );
    check(Mode::Road, &by_consignment, expect![""]);
    check(
        Mode::Road,
        &format!("{by_consignment} /; consignor_name=X; departure_country=CN"),
        expect![[r#"
            destination_country
            consignor_address 2
            consignee_name 2
            consignee_address 2
            package_count 2
            package_marks 2
            package_kinds 2
            goods_name 2.1
            hs_code 2.1
            gross_weight_kg_or_volume_m3 2
            waybill_place 2
            waybill_date 2"#]],
    );
}

#[test]
fn each_waybill_has_its_own_count_of_packages() {
    let air = |numbers: &str, packages: &str| {
        let edition = Edition::built_in().unwrap();
        let mut draft = full(Mode::Air, edition.notice(Mode::Air, Purpose::Arrival).unwrap(), &[]);
        draft.consignments[0].answers.insert("waybill_numbers".to_owned(), answer(numbers));
        draft.consignments[0].answers.insert("packages_per_waybill".to_owned(), answer(packages));
        said(&notice::check(&edition, &draft))
    };
    let cases = [
        ("[057-12345675,125-20755571]", "[4,6]", ""),
        ("[057-12345675,125-20755571]", "4, 6", ""),
        ("057-12345675, 125-20755571", "4; 6", ""),
        ("[057-12345675,125-20755571]", "[4]", "packages_per_waybill 1"),
        ("[057-12345675,125-20755571]", "4", "packages_per_waybill 1"),
        ("[057-12345675,125-20755571]", "#10", "packages_per_waybill 1"),
        ("057-12345675", "#10", ""),
        ("057-12345676", "#10", "! waybill_numbers air_waybill_check_digit"),
    ];
    for (numbers, packages, expected) in cases {
        assert_eq!(air(numbers, packages), expected, "{numbers} {packages}");
    }
}

#[test]
fn an_explicit_nothing_answers_what_can_be_nothing() {
    let edition = Edition::built_in().unwrap();
    let mut nils = Vec::new();
    for mode in [Mode::Road, Mode::Water, Mode::Air, Mode::Rail] {
        let form = edition.notice(mode, Purpose::Arrival).unwrap();
        for rule in form.fields.iter().filter(|rule| rule.counted_by.is_none()) {
            let mut draft = full(mode, form, &[]);
            let id = rule.any_of.first().unwrap_or(&rule.id).clone();
            take_out(&mut draft, &id);
            draft.answers.insert(id.clone(), Answer::Nil);
            if notice::check(&edition, &draft).missing.is_empty() {
                nils.push(format!("{mode:?} {id}"));
            }
        }
    }
    expect![[r#"
        Road package_marks
        Road prohibited_restricted_goods
        Water ship_stores_declaration
        Water crew_effects_declaration
        Water passenger_list
        Water package_marks
        Water bill_of_lading_numbers
        Water ship_stores_names
        Water ship_stores_quantity
        Water prohibited_restricted_on_board
        Air stores_doc
        Air passenger_manifest
        Air stores_quantity
        Air prohibited_restricted_on_board
        Rail supplies_doc
        Rail package_marks
    "#]]
    .assert_eq(&(nils.join("\n") + "\n"));
}

#[test]
fn what_is_declared_on_board_brings_its_paper() {
    let edition = Edition::built_in().unwrap();
    let form = edition.notice(Mode::Water, Purpose::Arrival).unwrap();
    let mut draft = full(Mode::Water, form, &["carries_postal_items"]);
    take_out(&mut draft, "postal_accompanying_doc");
    assert_eq!(said(&notice::check(&edition, &draft)), "");
    draft.answers.insert("postal_items_on_board".to_owned(), Answer::Flag(true));
    assert_eq!(said(&notice::check(&edition, &draft)), "postal_accompanying_doc");
    // A list of what is on board states its presence as well as a yes does.
    let weapons = Answer::Papers(vec!["two hunting rifles".to_owned()]);
    draft.answers.insert("prohibited_restricted_on_board".to_owned(), weapons);
    assert_eq!(said(&notice::check(&edition, &draft)), "postal_accompanying_doc");
}
