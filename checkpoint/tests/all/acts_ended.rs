//! Acts that end others: a pass is withdrawn, the withdrawal is put right, and what stands is what the last word says.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use crate::world::World;

const TWO_PASSES: &str = "08:00 bekov: act - - permanent_pass_issued holder=Kim organisation=post request_reference=1 pass_for=controlling_agency
    08:01 bekov: act - - permanent_pass_issued holder=Lee organisation=post request_reference=2 pass_for=controlling_agency
    08:02 bekov: act - - pass_withdrawn pass_number=57402-PP-000001 reason=moved";

/// What stands after two passes, the withdrawal of the first, and these acts.
fn check(then: &str, expected: Expect) {
    let mut world = World::new();
    let before = world.tell(TWO_PASSES);
    assert!(!before.contains('!'), "{before}");
    let told = world.tell(then);
    let mut found: String =
        told.lines().filter(|line| line.contains('!')).map(|line| format!("{line}\n")).collect();
    for (id, act) in world.state.checkpoint_acts() {
        let name = act.facts.number.as_deref().unwrap_or(&act.facts.kind);
        write!(found, "{id} {name}:").unwrap();
        for (what, by) in [("corrected", act.corrected_by), ("ended", act.ended_by)] {
            by.iter().for_each(|by| write!(found, " {what} by {by}").unwrap());
        }
        writeln!(found, "{}", if act.stands() { " stands" } else { "" }).unwrap();
    }
    expected.assert_eq(&found);
}

#[test]
fn a_withdrawal_is_put_right_with_another_reason() {
    check(
        "08:10 bekov: act - - pass_withdrawn pass_number=57402-PP-000001 reason=retired corrects=3
         08:11 bekov: act - - pass_withdrawn pass_number=1 reason=dismissed corrects=4",
        expect![[r#"
            1 57402-PP-000001: ended by 5
            2 57402-PP-000002: stands
            3 pass_withdrawn: corrected by 4
            4 pass_withdrawn: corrected by 5
            5 pass_withdrawn: stands
        "#]],
    );
}

#[test]
fn a_pass_that_was_withdrawn_by_mistake_stands_again() {
    check(
        "08:10 bekov: act - - pass_withdrawn pass_number=57402-PP-000002 reason=moved corrects=3",
        expect![[r#"
            1 57402-PP-000001: stands
            2 57402-PP-000002: ended by 4
            3 pass_withdrawn: corrected by 4
            4 pass_withdrawn: stands
        "#]],
    );
}

#[test]
fn only_what_the_corrected_act_ended_can_be_ended_again() {
    check(
        "08:10 bekov: act - - pass_withdrawn pass_number=57402-PP-000001
         08:11 bekov: act - - pass_withdrawn pass_number=57402-PP-000002
         08:12 bekov: act - - pass_withdrawn pass_number=57402-PP-000001 corrects=4",
        expect![[r#"
              ! unknown_act_number: pass_withdrawn: no act that still stands has the number 57402-PP-000001
              ! unknown_act_number: pass_withdrawn: no act that still stands has the number 57402-PP-000001
            1 57402-PP-000001: ended by 3
            2 57402-PP-000002: ended by 4
            3 pass_withdrawn: stands
            4 pass_withdrawn: stands
        "#]],
    );
}

/// A withdrawn pass does not come back by being put right; it does when the withdrawal is.
#[test]
fn a_withdrawn_pass_stays_withdrawn_when_it_is_put_right() {
    let put_right = "08:10 bekov: act - - permanent_pass_issued holder=Kim organisation=customs request_reference=1 pass_for=controlling_agency corrects=1";
    check(
        put_right,
        expect![[r#"
        1 57402-PP-000001: corrected by 4 ended by 3
        2 57402-PP-000002: stands
        3 pass_withdrawn: stands
        4 57402-PP-000003: ended by 3
    "#]],
    );
    check(
        &format!(
            "{put_right}
             08:11 bekov: act - - pass_withdrawn pass_number=57402-PP-000002 corrects=3"
        ),
        expect![[r#"
            1 57402-PP-000001: corrected by 4
            2 57402-PP-000002: ended by 5
            3 pass_withdrawn: corrected by 5
            4 57402-PP-000003: stands
            5 pass_withdrawn: stands
        "#]],
    );
    check(
        &format!(
            "{put_right}
             08:11 bekov: act - - pass_withdrawn pass_number=57402-PP-000003 reason=retired corrects=3"
        ),
        expect![[r#"
            1 57402-PP-000001: corrected by 4
            2 57402-PP-000002: stands
            3 pass_withdrawn: corrected by 5
            4 57402-PP-000003: ended by 5
            5 pass_withdrawn: stands
        "#]],
    );
}
