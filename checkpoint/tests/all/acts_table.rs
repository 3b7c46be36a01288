//! The acts of the built-in edition: every name in their rows is known, everything has words, and the table reads as a lawyer would read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use checkpoint::input::order::Answer;
use checkpoint::law::Edition;
use checkpoint::law::act::{ActRule, Answers};
use checkpoint::law::course::Step;
use expect_test::expect_file;
use toml::{Table, Value};

const FILE: &str = include_str!("../../../config/law/kz-2010.toml");
const LANGUAGES: [&str; 3] = ["ru", "en", "kk"];

fn edition() -> Edition {
    Edition::built_in().unwrap()
}

fn rows(table: &str) -> Vec<Table> {
    let file: Table = FILE.parse().unwrap();
    file[table].as_array().unwrap().iter().map(|row| row.as_table().unwrap().clone()).collect()
}

fn words_of(kind: &str) -> BTreeMap<String, Table> {
    let file: Table = FILE.parse().unwrap();
    let words = file[kind].as_table().unwrap().clone();
    words.into_iter().map(|(id, label)| (id, label.as_table().unwrap().clone())).collect()
}

fn text<'a>(row: &'a Table, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn texts(row: &Table, key: &str) -> Vec<String> {
    let list = row.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn tables(row: &Table, key: &str) -> Vec<Table> {
    let list = row.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().filter_map(Value::as_table).cloned().collect()
}

fn ids(table: &str) -> BTreeSet<String> {
    rows(table).iter().map(|row| text(row, "id").to_owned()).collect()
}

/// Moments that need no act: what orders, devices and the passing of time bring.
const MOMENTS: [&str; 14] = [
    "vehicle_stopped",
    "goods_presented",
    "storage_filed",
    "storage_registered",
    "storage_refused",
    "declaration_filed",
    "declaration_registered",
    "declaration_refused",
    "transit_declaration_filed",
    "transit_declaration_registered",
    "transit_declaration_refused",
    "goods_released",
    "exit_permitted",
    "parking_ended",
];

#[test]
fn every_act_that_a_clock_names_is_there() {
    let acts = ids("act");
    let mut unknown = Vec::new();
    for clock in rows("clock") {
        let mut named: Vec<String> = ["start", "stop", "stop_provisionally", "confirm", "restore"]
            .iter()
            .flat_map(|key| texts(&clock, key))
            .collect();
        named.extend(tables(&clock, "prolong").iter().map(|way| text(way, "by").to_owned()));
        for moment in named {
            if !MOMENTS.contains(&moment.as_str()) && !acts.contains(&moment) {
                unknown.push(format!("{} names {moment}", text(&clock, "id")));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_effect_names_a_known_step_control_or_rule() {
    let clocks = ids("clock");
    let mut problems = Vec::new();
    let (mut opened, mut closed) = (BTreeSet::new(), BTreeSet::new());
    for act in rows("act") {
        let id = text(&act, "id");
        for effect in tables(&act, "effects") {
            let mut step = None;
            match text(&effect, "do") {
                "step" => step = Some(text(&effect, "step").to_owned()),
                "open_control" => drop(opened.insert(text(&effect, "control").to_owned())),
                "close_control" => drop(closed.insert(text(&effect, "control").to_owned())),
                "lift_term" if !clocks.contains(text(&effect, "rule")) => {
                    problems.push(format!("{id} lifts {}", text(&effect, "rule")));
                }
                _ => {}
            }
            let unknown = step.filter(|step| Step::named(step).is_none());
            problems.extend(unknown.map(|step| format!("{id} does step {step}")));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(opened, closed, "what is opened can be closed");
}

#[test]
fn everything_that_an_act_shows_has_words_in_three_languages() {
    let mut missing = Vec::new();
    let mut whole = |owner: &str, label: Option<&Table>| match label {
        Some(label) if LANGUAGES.iter().all(|one| !text(label, one).trim().is_empty()) => {}
        Some(_) | None => missing.push(owner.to_owned()),
    };
    let (fields, flags, choices) = (words_of("field"), words_of("flag"), words_of("choice"));
    for act in rows("act") {
        let id = text(&act, "id");
        whole(id, act.get("title").and_then(Value::as_table));
        for field in tables(&act, "fields") {
            let field_id = text(&field, "id");
            let name = format!("{id}: field {field_id}");
            whole(&name, fields.get(field_id).or_else(|| flags.get(field_id)));
            for option in texts(&field, "options") {
                whole(&format!("{id}: choice {option}"), choices.get(&option));
            }
        }
        for effect in tables(&act, "effects") {
            if let Some(control) = effect.get("control").and_then(Value::as_str) {
                whole(&format!("{id}: control {control}"), choices.get(control));
            }
            if let Some(flag) = effect.get("flag").and_then(Value::as_str) {
                whole(&format!("{id}: flag {flag}"), flags.get(flag));
            }
            if text(&effect, "do") == "set_flag_from" {
                let field = tables(&act, "fields")
                    .into_iter()
                    .find(|field| text(field, "id") == text(&effect, "field"))
                    .unwrap();
                let set = match text(&field, "kind") {
                    "flag" => vec![text(&field, "id").to_owned()],
                    _ => texts(&field, "options"),
                };
                for flag in set {
                    whole(&format!("{id}: flag {flag}"), flags.get(&flag));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no words, or not in every language: {missing:#?}");
}

#[test]
fn every_act_cites_an_article_and_asks_nothing_twice() {
    for act in edition().acts {
        assert!(act.article.starts_with(|first: char| first.is_ascii_digit()), "{}", act.id);
        let asked: BTreeSet<&String> = act.fields.iter().map(|field| &field.id).collect();
        assert_eq!(asked.len(), act.fields.len(), "{} asks something twice", act.id);
    }
}

fn said(pairs: &[(&str, Answer)]) -> Answers {
    pairs.iter().map(|(field, answer)| ((*field).to_owned(), answer.clone())).collect()
}

fn words(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn rule(id: &str) -> ActRule {
    edition().act(id).unwrap().clone()
}

/// What is wrong with these answers: `field: code`.
fn wrong(rule: &ActRule, answers: &Answers) -> Vec<String> {
    let grounds: Vec<String> =
        edition().detention_grounds.iter().map(|ground| ground.id.clone()).collect();
    let problems = rule.problems(answers, &grounds, |_| false);
    problems.iter().map(|one| format!("{}: {}", one.field, one.code)).collect()
}

/// A whole act of an opening inspection, with or without the declarant.
fn inspection(absent: bool) -> Answers {
    let mut answers = said(&[
        ("inspecting_officers", words("Sadykova")),
        ("persons_present", words("the driver")),
        ("declarant_absent", Answer::Flag(absent)),
        ("results", words("ceramics, as declared")),
        ("other_data", words("none")),
    ]);
    if absent {
        answers.insert("reasons_without_declarant".into(), words("threat_or_urgency"));
        answers.insert("witness_count".into(), Answer::Number(2.into()));
    }
    answers
}

#[test]
fn an_opening_inspection_act_has_its_four_items() {
    let act = rule("opening_inspection_act");
    assert_eq!(wrong(&act, &inspection(false)), [""; 0]);
    assert_eq!(wrong(&act, &inspection(true)), [""; 0]);
    for item in inspection(true).keys() {
        let mut answers = inspection(true);
        answers.remove(item);
        // Without the word whether the declarant was there, nothing tells that his absence has to be explained.
        assert_eq!(wrong(&act, &answers), [format!("{item}: missing")], "without {item}");
    }
    let mut one_witness = inspection(true);
    one_witness.insert("witness_count".into(), Answer::Number(1.into()));
    assert_eq!(wrong(&act, &one_witness), ["witness_count: too_small"]);
    let mut another_reason = inspection(true);
    another_reason.insert("reasons_without_declarant".into(), words("it was late"));
    assert_eq!(wrong(&act, &another_reason), ["reasons_without_declarant: not_in_list"]);
}

#[test]
fn goods_are_detained_on_one_of_nine_grounds_and_no_other() {
    let act = rule("detention_protocol");
    let protocol = |ground: &str| {
        said(&[
            ("ground", words(ground)),
            ("detained_goods", words("20 boxes")),
            ("detained_papers", words("waybill 7")),
            ("detention_place", words("store 2")),
            ("possessor", words("the carrier")),
        ])
    };
    for ground in edition().detention_grounds {
        assert_eq!(wrong(&act, &protocol(&ground.id)), [""; 0]);
    }
    for other in ["ART_252", "ART_198", "weight", "radiation", ""] {
        assert_eq!(wrong(&act, &protocol(other)), ["ground: not_in_list"]);
    }
    for item in protocol("ART_244").keys() {
        let mut answers = protocol("ART_244");
        answers.remove(item);
        assert_eq!(wrong(&act, &answers), [format!("{item}: missing")], "without {item}");
    }
}

#[test]
fn a_handheld_measurement_without_a_background_leaves_the_verdict_open() {
    let without = rule("handheld_screening_without_background");
    let mut answers = said(&[
        ("instrument", words("DKS-96 no. 12")),
        ("dose_rate_usv_h", Answer::Number("0.12".parse().unwrap())),
        ("distance_cm", Answer::Number(10.into())),
        ("verdict", words("indeterminate")),
    ]);
    assert_eq!(wrong(&without, &answers), [""; 0]);
    let with = rule("handheld_screening");
    assert_eq!(wrong(&with, &answers), ["background_usv_h: missing", "background_at: missing"]);
    answers.insert("verdict".into(), words("within_background"));
    assert_eq!(wrong(&without, &answers), ["verdict: not_in_list"]);
}

#[test]
fn permission_to_depart_needs_marks_on_both_papers() {
    let marks = rule("departure_marks");
    let paper = || Answer::Papers(vec!["7".to_owned()]);
    let both = said(&[
        ("never_left_the_place", Answer::Flag(false)),
        ("marked_export_document", paper()),
        ("marked_transport_documents", paper()),
    ]);
    assert_eq!(wrong(&marks, &both), [""; 0]);
    for one in ["marked_export_document", "marked_transport_documents"] {
        let mut answers = both.clone();
        answers.remove(one);
        assert_eq!(wrong(&marks, &answers), [format!("{one}: missing")]);
    }
    let back = said(&[
        ("never_left_the_place", Answer::Flag(true)),
        ("marked_transport_documents", paper()),
    ]);
    assert_eq!(wrong(&marks, &back), [""; 0], "255.1/3: no declaration for goods that never left");
    for permission in ["departure_permitted", "return_abroad_permitted"] {
        assert!(rule(permission).needs.iter().any(|needed| needed == "departure_marks"));
    }
}

#[test]
fn cargo_operations_in_transit_need_a_permission_or_a_notification() {
    let act = rule("transit_cargo_operation");
    let operation = |whole: bool| {
        said(&[
            ("transit_operation", words("reloading")),
            ("seals_stay_whole", Answer::Flag(whole)),
        ])
    };
    assert_eq!(wrong(&act, &operation(false)), ["permission_of: missing"]);
    assert_eq!(wrong(&act, &operation(true)), ["notification_reference: missing"]);
}

/// What is asked and may be left out, to see at a glance that nothing grew beyond the law.
#[test]
fn acts_as_a_lawyer_reads_them() {
    let (fields, flags, choices) = (words_of("field"), words_of("flag"), words_of("choice"));
    let mut groups: Vec<String> = Vec::new();
    for act in rows("act") {
        let group = text(&act, "group").to_owned();
        if groups.last() != Some(&group) {
            assert!(!groups.contains(&group), "the acts of {group} stand in two places");
            groups.push(group);
        }
    }
    let mut out = String::new();
    for group in groups {
        writeln!(out, "{}\n", group.to_uppercase()).unwrap();
        for act in rows("act").iter().filter(|act| text(act, "group") == group) {
            let title = act["title"].as_table().unwrap();
            writeln!(out, "{}  {}", text(act, "article"), text(title, "ru")).unwrap();
            writeln!(out, "    {} [{}]", text(title, "en"), text(act, "id")).unwrap();
            for line in header(act, &choices) {
                writeln!(out, "    {line}").unwrap();
            }
            for field in tables(act, "fields") {
                let id = text(&field, "id");
                let label = fields.get(id).or_else(|| flags.get(id)).unwrap();
                writeln!(out, "      {} {}", asked(&field), text(label, "ru")).unwrap();
                for option in texts(&field, "options") {
                    writeln!(out, "          - {}", text(&choices[&option], "ru")).unwrap();
                }
            }
            writeln!(out).unwrap();
        }
    }
    expect_file!["../golden/acts.txt"].assert_eq(&out);
}

/// Paper, who records it, what it needs and does.
fn header(act: &Table, choices: &BTreeMap<String, Table>) -> Vec<String> {
    let mut about = format!("about: {}", text(act, "about"));
    for (key, name) in [("modes", "by"), ("directions", "")] {
        let list = texts(act, key);
        if !list.is_empty() {
            write!(about, ", {name} {}", list.join(", ")).unwrap();
        }
    }
    if act.contains_key("who") {
        write!(about, ", recorded by: {}", text(act, "who")).unwrap();
    }
    let mut lines = vec![about.replace("  ", " ")];
    if act.contains_key("number") {
        let copies = act.get("copies").and_then(Value::as_integer);
        let copies = copies.map(|count| format!(", {count} copies")).unwrap_or_default();
        let to = choices.get(text(act, "copy_to"));
        let to = to.map(|label| format!(", to: {}", text(label, "ru"))).unwrap_or_default();
        lines.push(format!("paper: {}{copies}{to}", text(act, "number")));
    }
    let mut needs = texts(act, "needs");
    needs.extend(act.get("needs_control").and_then(Value::as_str).map(|one| format!("open {one}")));
    if !needs.is_empty() {
        lines.push(format!("needs: {}", needs.join(", ")));
    }
    if act.contains_key("ends") {
        lines.push(format!("ends the act named in: {}", text(act, "ends")));
    }
    if act.contains_key("validity") {
        lines.push(format!("holds: {}", text(act, "validity")));
    }
    let does: Vec<String> = tables(act, "effects").iter().map(effect).collect();
    if !does.is_empty() {
        lines.push(format!("does: {}", does.join("; ")));
    }
    lines
}

fn effect(effect: &Table) -> String {
    let what: Vec<String> = effect
        .iter()
        .filter(|(key, _)| *key != "do")
        .map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    format!("{} {}", text(effect, "do").replace('_', " "), what.join(" ")).trim_end().to_owned()
}

fn asked(field: &Table) -> String {
    let mut how = String::from(text(field, "kind"));
    if let Some(list) = field.get("of").and_then(Value::as_str) {
        write!(how, " of {list}").unwrap();
    }
    if let Some(least) = field.get("at_least") {
        write!(how, " from {least}").unwrap();
    }
    for (key, word) in [("when", "if"), ("unless", "unless")] {
        if field.contains_key(key) {
            write!(how, ", {word} {}", text(field, key)).unwrap();
        }
    }
    let mark = if field.get("optional").is_some_and(|value| value.as_bool() == Some(true)) {
        "(may)"
    } else {
        "must "
    };
    format!("{mark} {how}:")
}

#[test]
fn samples_without_the_declarant_have_a_ground_and_two_witnesses() {
    let act = rule("sampling_act");
    let taken = |absent: bool| {
        said(&[("samples", words("2 of 0.5 kg")), ("declarant_absent", Answer::Flag(absent))])
    };
    assert_eq!(wrong(&act, &taken(false)), [""; 0]);
    assert_eq!(
        wrong(&act, &taken(true)),
        ["sampling_without_declarant: missing", "witness_count: missing"]
    );
    assert_eq!(act.copies, Some(3), "the body, the laboratory, the declarant (234.3)");
}

#[test]
fn a_smaller_quantity_of_union_goods_needs_no_cause() {
    let act = rule("quantity_condition_checked");
    let less = said(&[
        ("quantity_comparison", words("less")),
        ("differs", Answer::Flag(true)),
        ("difference", words("3 boxes of 40")),
    ]);
    let missing = |of_union: bool| {
        let problems = act.problems(&less, &[], |flag| of_union && flag == "union_goods");
        problems.into_iter().map(|one| one.field).collect::<Vec<String>>()
    };
    assert_eq!(missing(false), ["difference_cause"], "256.1");
    assert_eq!(missing(true), [""; 0], "256.3: whatever the reason");
}
