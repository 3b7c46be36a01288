//! Rows of acts that name what there is not: refused, with what would be right.

use expect_test::{Expect, expect};

use crate::acts::with_rows;

#[test]
fn rows_of_acts_that_name_what_there_is_not_are_refused_with_their_line() {
    let check = |from: &str, to: &str, expected: Expect| {
        let rows = include_str!("../data/acts.toml").replacen(from, to, 1);
        let shown = match with_rows(&rows) {
            Ok(_) => "read".to_owned(),
            Err(error) => format!("{}: {}", error.key, error.problem),
        };
        expected.assert_eq(&shown);
    };
    check(
        "needs = [\"look\"]",
        "needs = [\"gaze\"]",
        expect![[r#"[[act]]: act look_act needs "gaze", and there is no [[act]] of that id"#]],
    );
    check(
        "control = \"looking\"",
        "control = \"gazing\"",
        expect![[r#"[[act]]: act look: control "gazing" has no words: add [choice.gazing]"#]],
    );
    check(
        "step = \"must_leave\"",
        "step = \"vanish\"",
        expect![[
            r#"effects: no step "vanish": it is one of pre_advised, crossed, interrupted, brought_to_place, arrived, presented, presentation_corrected, storage_filed, declaration_filed, transit_declaration_filed, storage_registered, declaration_registered, transit_declaration_registered, storage_refused, declaration_refused, transit_declaration_refused, declaration_withdrawn, released, released_from_control, released_before_declaration, release_refused, transit_released, must_leave, removal_found_impossible, restriction_proven, returned_abroad, detained_art_244, detained_art_268, detained_art_283, detained_art_290, detained_art_312, detained_art_335, detained_art_338, detained_art_410, detained_art_466, detained_returned, detained_sold, detained_destroyed, left_place, unloaded, vehicle_changed, split, merged, departure_arrived, departure_papers_submitted, quantity_checked, transit_completed_here, departure_permitted, crossed_out, departure_interrupted, not_allowed_to_leave, turned_back, transit_arrived, placed_in_zone, transit_papers_submitted, transit_papers_registered, transit_checked, transit_completed, delivery_place_changed, transit_interrupted, cargo_operation"#
        ]],
    );
    check(
        "validity = \"PASS\"",
        "validity = \"ARR-1\"",
        expect![[r#"[[act]]: act pass: validity "ARR-1" is no [[clock]] with bearer = "act""#]],
    );
    check(
        "of = \"detention_ground\"",
        "of = \"whim\"",
        expect![[
            r#"[[act]]: act protocol: field "ground": `of` can be "detention_ground", not "whim""#
        ]],
    );
    check(
        "field = \"old_seals\"",
        "field = \"seals\"",
        expect![[r#"[[act]]: act reseal: an effect names field "seals", and there is none"#]],
    );
    check("id = \"look_act\"", "id = \"look\"", expect!["[[act]]: act look is there twice"]);
    check(
        "options = [\"perishable_goods\"",
        "options = [\"rotten_goods\"",
        expect![[
            r#"[[act]]: act look_act: "rotten_goods" has no words: add [choice.rotten_goods]"#
        ]],
    );
    check(
        "ends = \"pass_number\"",
        "ends = \"pass\"",
        expect![[r#"[[act]]: act pass_ended ends an act by field "pass", and has no such field"#]],
    );
}
