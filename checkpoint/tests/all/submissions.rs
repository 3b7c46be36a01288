//! What looks wrong in a notice, what originals answer, what departure changes, and what filed papers are to say.

use checkpoint::input::order::{FiledBy, NoticeDraft, Original, PapersKind, Purpose};
use checkpoint::law::{Edition, notice};
use checkpoint::site::Mode;
use expect_test::{Expect, expect};

use crate::notices::{FULL_ROAD, check, check_draft, draft, said};

#[test]
fn numbers_of_a_wrong_shape_are_told_and_hinder_nothing() {
    let odd = FULL_ROAD
        .replace("123ABC02 KZ", "123ABC77 KZ, 9999ZZ99 KZ")
        .replace("departure_country=DE", "departure_country=UK")
        .replace("6907", "7701 10")
        .replace("#4", "#4.5")
        .replace("2025-03-01", "in March");
    check(
        Mode::Road,
        &format!("containers_carried=yes; container_ids=[CSQU3054384]; driver_iin=1; {odd}"),
        expect![[r#"
            ! vehicle_registration plate_region
            ! vehicle_registration plate_shape
            ! departure_country country_unknown
            ! package_count not_whole
            ! hs_code hs_chapter_unknown
            ! waybill_date not_a_date
            ! container_ids container_check_digit
            ! driver_iin iin_shape
            ? container_ids
            ? containers_carried
            ? driver_iin"#]],
    );
    check(Mode::Road, &FULL_ROAD.replace("#4", "#0"), expect!["! package_count no_packages"]);
    check(
        Mode::Road,
        &FULL_ROAD.replace("#4", "#0").replace("pallets", "Bulk, tipped"),
        expect![""],
    );
    check(
        Mode::Road,
        &FULL_ROAD.replace("#4", "four"),
        expect![[r#"
        package_count 1
        ! package_count not_a_number"#]],
    );
}

#[test]
fn a_code_may_be_written_in_groups() {
    check(Mode::Road, &FULL_ROAD.replace("6907", "69.07 21"), expect![""]);
    check(
        Mode::Road,
        &FULL_ROAD.replace("6907", "69.0"),
        expect![[r#"
        hs_code 1.1
        ! hs_code hs_code_too_short"#]],
    );
}

#[test]
fn whoever_submits_for_the_carrier_states_the_mandate_or_is_asked_about_it() {
    let by = |filed_by, authority: &str| {
        let edition = Edition::built_in().unwrap();
        let authority = authority.to_owned();
        said(&notice::check(
            &edition,
            &NoticeDraft { filed_by, authority, ..draft(Mode::Road, FULL_ROAD) },
        ))
    };
    assert_eq!(by(FiledBy::Carrier, ""), "");
    assert_eq!(by(FiledBy::CustomsRepresentative, ""), "! authority authority_missing");
    assert_eq!(by(FiledBy::Other, " "), "! authority authority_missing");
    assert_eq!(by(FiledBy::Other, "power of attorney 4"), "");
}

pub(crate) fn original(field: &str, language: &str) -> Original {
    Original {
        field: field.to_owned(),
        name: "scan.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".parse().unwrap(),
        language: language.to_owned(),
        size_bytes: 48_211,
    }
}

#[test]
fn an_electronic_original_answers_its_row_and_its_language_may_ask_for_a_translation() {
    let without = FULL_ROAD.replace("transport_docs=[CMR 1];", "");
    check(Mode::Road, &without, expect!["transport_docs"]);
    let with = |languages: &[&str], translated: bool| {
        let mut draft = draft(Mode::Road, &without);
        draft.originals = languages.iter().map(|one| original("transport_docs", one)).collect();
        if translated {
            draft.originals.push(original("translation", "ru"));
        }
        said(&notice::check(&Edition::built_in().unwrap(), &draft))
    };
    assert_eq!(with(&["ru"], false), "");
    assert_eq!(with(&["kk-KZ"], false), "");
    assert_eq!(with(&[""], false), "");
    assert_eq!(with(&["zh"], false), "translation");
    assert_eq!(with(&["ru", "DE-de"], false), "translation");
    assert_eq!(with(&["zh"], true), "");
    // A departing vehicle is not asked for translations (255 has no such rule).
    let mut leaving = draft(Mode::Road, &without);
    leaving.purpose = Some(Purpose::Departure);
    leaving.originals = vec![original("transport_docs", "zh"), original("export_document", "zh")];
    check_draft(&leaving, expect![""]);
}

#[test]
fn a_hash_is_a_hash() {
    for (text, fits) in [
        ("9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", true),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0", false),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0g", false),
        ("", false),
    ] {
        let read = serde_json::from_value::<checkpoint::input::order::Digest>(text.into());
        assert_eq!(read.is_ok(), fits, "{text}");
        assert!(read.is_ok_and(|digest| digest.as_str() == text.to_lowercase()) == fits);
    }
}

fn leaving(text: &str) -> NoticeDraft {
    NoticeDraft { purpose: Some(Purpose::Departure), ..draft(Mode::Road, text) }
}

#[test]
fn departure_asks_for_the_export_document_and_non_tariff_papers_and_arrival_for_neither() {
    check_draft(&leaving(FULL_ROAD), expect!["export_document"]);
    check_draft(&leaving(&format!("never_left_the_place=yes;{FULL_ROAD}")), expect![""]);
    check_draft(
        &leaving(&format!("export_document=[57402/120325/0000123];{FULL_ROAD}")),
        expect![""],
    );
    let tariffs =
        format!("goods_under_non_tariff_measures=yes; never_left_the_place=yes; {FULL_ROAD}");
    check_draft(&leaving(&tariffs), expect!["departure_compliance_docs"]);
    let restricted = format!("goods_under_restrictions=yes; never_left_the_place=yes; {FULL_ROAD}");
    check_draft(&leaving(&restricted), expect!["departure_compliance_docs"]);
    // At arrival 251.2 excepts non-tariff measures: the flag asks for nothing there.
    check(
        Mode::Road,
        &format!("goods_under_non_tariff_measures=yes;{FULL_ROAD}"),
        expect!["? goods_under_non_tariff_measures"],
    );
    check_draft(
        &leaving("empty_vehicle=yes"),
        expect![[r#"
        vehicle_docs
        vehicle_registration
        carrier_name
        carrier_address"#]],
    );
}

fn check_papers(papers: PapersKind, text: &str, expected: Expect) {
    let edition = Edition::built_in().unwrap();
    let found = notice::check_papers(&edition, papers, &draft(Mode::Road, text)).unwrap();
    expected.assert_eq(&said(&found));
}

#[test]
fn storage_papers_name_one_of_each_pair() {
    check_papers(
        PapersKind::Storage,
        "",
        expect![[r#"
        storage_papers 1
        goods_name 1.1
        consignor_or_consignee 1
        departure_or_destination_country 1"#]],
    );
    check_papers(
        PapersKind::Storage,
        "transport_docs=[CMR 1]; /; consignee_name=E; departure_country=DE; //; goods_name=tiles",
        expect![""],
    );
    check_papers(
        PapersKind::Storage,
        "commercial_docs=[I 1]; /; consignor_name=E; destination_country=KZ; //; goods_name=tiles",
        expect![""],
    );
}

#[test]
fn a_transit_declaration_has_six_digits_and_a_weight_for_each_code() {
    check_papers(
        PapersKind::TransitDeclaration,
        "",
        expect![[r#"
        consignor_name 1
        consignee_name 1
        departure_country 1
        destination_country 1
        declarant_name 1
        carrier_name
        international_vehicle
        goods_name 1.1
        goods_quantity 1.1
        goods_value 1.1
        hs_code 1.1
        gross_weight_kg_or_volume_m3 1.1
        package_count 1
        destination_point 1
        planned_transshipment 1"#]],
    );
    let whole = "carrier_name=A; international_vehicle=123ABC02 KZ;
        /; consignor_name=C; consignee_name=E; departure_country=DE; destination_country=KG; declarant_name=A; package_count=#4;
        destination_point=Bishkek; planned_transshipment=nil;
        //; goods_name=tiles; goods_quantity=400 m2; goods_value=8000 EUR; hs_code=690721; gross_weight_kg=#20000;
        //; goods_name=grout; goods_quantity=20 bags; goods_value=200 EUR; hs_code=321410; volume_m3=#1;";
    check_papers(PapersKind::TransitDeclaration, whole, expect![""]);
    check_papers(
        PapersKind::TransitDeclaration,
        &whole.replace("321410", "3214").replace("volume_m3=#1;", "additional_units=none"),
        expect![[r#"
            hs_code 1.2
            gross_weight_kg_or_volume_m3 1.2
            ! hs_code hs_code_too_short"#]],
    );
    check_papers(
        PapersKind::TransitDeclaration,
        &format!("movement_needs_papers=yes; {whole}"),
        expect!["restriction_docs 1"],
    );
    // A total of the consignment is no weight of each code, unless there is one code.
    let total = whole
        .replace("gross_weight_kg=#20000;", "")
        .replace("declarant_name=A", "declarant_name=A; gross_weight_kg=#20100");
    check_papers(
        PapersKind::TransitDeclaration,
        &total,
        expect!["gross_weight_kg_or_volume_m3 1.1"],
    );
    let one = &total[..total.rfind("//").unwrap()];
    check_papers(PapersKind::TransitDeclaration, one, expect![""]);
    let edition = Edition::built_in().unwrap();
    assert_eq!(
        notice::check_papers(&edition, PapersKind::Declaration, &draft(Mode::Road, "")),
        None
    );
}

/// The built-in edition with one doubtful place read otherwise.
pub(crate) fn read_otherwise(key: &str, word: &str) -> Edition {
    let (file, text) = checkpoint::law::BUILT_IN_EDITION;
    let line = format!("\n{key} = ");
    let text = match text.split_once(&line) {
        Some((before, rest)) => {
            let (_, after) = rest.split_once('\n').unwrap();
            format!("{before}{line}{word:?}\n{after}")
        }
        None => format!("{text}\n[readings]\n{key} = {word:?}\n"),
    };
    Edition::parse(&text, file).unwrap()
}

#[test]
fn doubtful_places_of_the_notice_can_be_read_otherwise() {
    let said_by = |key: &str, word: &str, draft: &NoticeDraft| {
        said(&notice::check(&read_otherwise(key, word), draft))
    };
    let light = FULL_ROAD.replace("gross_weight_kg=#20000;", "");
    let oversize = draft(Mode::Road, &format!("oversize_cargo=yes;{light}"));
    assert_eq!(said_by("oversize_cargo", "needs_neither", &oversize), "");
    assert_eq!(
        said_by("oversize_cargo", "needs_weight", &oversize),
        "gross_weight_kg_or_volume_m3 1"
    );
    let weighed = draft(Mode::Road, &format!("oversize_cargo=yes;{FULL_ROAD}"));
    assert_eq!(said_by("oversize_cargo", "needs_weight", &weighed), "");

    let mut russian = draft(Mode::Road, FULL_ROAD);
    russian.originals = vec![original("transport_docs", "ru")];
    assert_eq!(said_by("russian_papers", "accepted", &russian), "");
    assert_eq!(said_by("russian_papers", "need_translation", &russian), "translation");

    assert_eq!(said_by("nothing_to_list", "explicit_nothing", &draft(Mode::Road, FULL_ROAD)), "");
    assert_eq!(
        said_by("nothing_to_list", "missing", &draft(Mode::Road, FULL_ROAD)),
        "package_marks 1"
    );

    let empty =
        draft(Mode::Rail, "empty_vehicle=yes; rolling_stock_transfer_sheet=[1]; supplies_doc=nil");
    assert_eq!(said_by("empty_vehicles", "are_not_asked_about_goods", &empty), "");
    assert!(
        said_by("empty_vehicles", "are_asked_about_goods", &empty).starts_with("transport_docs\n")
    );

    let storage = draft(
        Mode::Road,
        "transport_docs=[1]; /; consignee_name=E; departure_country=DE; destination_country=KZ; //; goods_name=tiles",
    );
    let papers = |word| {
        let edition = read_otherwise("storage_pairs", word);
        said(&notice::check_papers(&edition, PapersKind::Storage, &storage).unwrap())
    };
    assert_eq!(papers("at_least_one"), "");
    assert_eq!(papers("both"), "consignor_or_consignee 1");
}
