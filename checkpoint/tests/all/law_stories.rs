//! Every story of `tests/scenarios/law` is told, its expectations hold, and its whole report stands beside it. Stories that cannot be
//! told say so with line and remedy.

use std::path::{Path, PathBuf};

use checkpoint::desk::draft::WrittenNotice;
use checkpoint::desk::{Bounds, Shelf, Story, tell};
use checkpoint::input::order::NoticeDraft;
use expect_test::{Expect, expect, expect_file};

/// Files beside the stories.
struct Folder(PathBuf);

impl Shelf for Folder {
    fn text(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.0.join(name)).map_err(|_| format!("there is no file {name}"))
    }

    fn notice(&self, name: &str) -> Result<NoticeDraft, String> {
        let written: WrittenNotice =
            toml::from_str(&self.text(name)?).map_err(|error| format!("{name}: {error}"))?;
        written.draft(None, None).map_err(|error| error.to_string())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios/law")
}

#[test]
fn every_story_goes_as_it_is_told() {
    let folder = folder();
    let mut stories: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    stories.sort();
    let mut otherwise = Vec::new();
    for path in stories {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let told = Story::parse(&name, &std::fs::read_to_string(&path).unwrap())
            .and_then(|story| tell(&story, &Folder(folder.clone()), Bounds::default()));
        match told {
            Ok(report) => {
                expect_file![folder.join("told").join(&name)].assert_eq(&report.to_string());
                otherwise.extend(report.surprises.iter().map(|surprise| {
                    format!("{name}:{}: {}: {}", surprise.line, surprise.about, surprise.what)
                }));
            }
            Err(error) => otherwise.push(error.to_string()),
        }
    }
    assert!(otherwise.is_empty(), "\n{}", otherwise.join("\n"));
}

#[track_caller]
fn check_bad(story: &str, expected: Expect) {
    let told = Story::parse("story.txt", story)
        .and_then(|story| tell(&story, &Folder(folder()), Bounds::default()));
    let error = told.expect_err("the story cannot be told");
    expected.assert_eq(&format!("{error}\n"));
}

#[test]
fn a_word_that_is_none_is_named_with_those_that_are() {
    check_bad(
        "checkpoint road\nvehicle 1 arrives 2025-03-12 10:00\nat 10:10 goods shown\nat 10:20 consignment 1: eaten\nat 10:30 storage papers burnt\n",
        expect![[r#"
            story.txt:3: "goods shown" is nothing that can happen here: vehicle … arrives, prior information, notice, goods presented, consignment N: …, storage papers, declaration, transit declaration, released, act, seals expected, seal … found, exit permitted, vehicle left, calendar applied, timetable applied, time passes
            story.txt:4: "eaten" does not happen to a consignment: presented, storage papers filed (registered, refused), declaration …, transit declaration …, released, act …, split into N, merged
            story.txt:5: "burnt" is nothing that papers are: filed, registered, refused
        "#]],
    );
}

#[test]
fn a_day_or_a_time_that_never_was_is_refused() {
    check_bad(
        "checkpoint road, Asia/Almaty\nvehicle 1 arrives 2025-02-30 10:00\non 2025-13-01 at 10:00 time passes\non 12.03.2025 at 10:00 time passes\n\
         on 2025-03-12 at 25:00 time passes\non 2024-02-29 at 23:30 time passes\non 2024-02-29 at 23:30+03:00 time passes\n",
        expect![[r#"
            story.txt:2: there is no day 2025-02-30: that month has fewer days
            story.txt:3: there is no day 2025-13-01: months are 01 to 12, days 01 to 31
            story.txt:4: "12.03.2025" is no date: write year, month and day, such as 2025-03-12
            story.txt:5: "25:00" is no time: write hours and minutes, such as 18:10, or 18:10+05:00
            story.txt:6: 2024-02-29 23:30 came twice, because the clocks were set back: write 23:30+06:00 for the first or 23:30+05:00 for the second
            story.txt:7: 23:30+03:00 is not the time of the checkpoint: its offset was +05:00 then
        "#]],
    );
}

#[test]
fn an_act_that_is_not_in_the_edition_is_named_with_the_nearest() {
    check_bad(
        "checkpoint road\nvehicle 1 arrives 2025-03-12 10:00\nat 10:10 act opening_inspection_acts\nat 10:20 act parking_cap_lifted, reasons \"x\"\n\
         at 10:30 act papers_requested, until tomorrow\nat 10:40 notice lacks consignee\nat 10:50 notice complete, with ghosts\n",
        expect![[r#"
            story.txt:3: KZ-CC-2010 has no act "opening_inspection_acts": the nearest are opening_inspection_act, opening_inspection_notified, opening_inspection_ordered
            story.txt:4: parking_cap_lifted (art. 453.2) has no field "reasons"; its fields: parking_exception, reason
            story.txt:5: until of papers_requested: "tomorrow" is no time: write hours and minutes, such as 18:10, or 18:10+05:00
            story.txt:6: "consignee" is no row of the notice by road in KZ-CC-2010: vehicle_docs, transport_docs, postal_accompanying_doc, commercial_docs, vehicle_registration, carrier_name, carrier_address, departure_country, destination_country, consignor_name, consignor_address, consignee_name, consignee_address, seller, commercial_recipient, package_count, package_marks, package_kinds, goods_name, hs_code, gross_weight_kg_or_volume_m3, prohibited_restricted_goods, waybill_place, waybill_date, compliance_docs, translation
            story.txt:7: "ghosts" is no flag of the notice by road in KZ-CC-2010: carries_postal_items, commercial_docs_held, documents_need_translation, goods_under_restrictions, oversize_cargo
        "#]],
    );
}

#[test]
fn a_story_goes_forward_and_says_where_it_happens() {
    check_bad(
        "vehicle 1 arrives 2025-03-12 10:00\n",
        expect![[r#"
        story.txt:1: the checkpoint is named first: checkpoint road, Asia/Almaty
    "#]],
    );
    check_bad(
        "checkpoint river\n",
        expect![[r#"
        story.txt:1: "river" is no mode: road, rail, water, air
    "#]],
    );
    check_bad(
        "checkpoint road, Asia/Atlantis, timetable day.toml\n",
        expect![[r#"
        story.txt:1: "Asia/Atlantis" is no time zone: use an IANA name such as Asia/Almaty
    "#]],
    );
    check_bad(
        "checkpoint road, timetable nowhere.toml\nvehicle 1 arrives 2025-03-12 10:00\n",
        expect![[r#"
            story.txt:1: there is no file nowhere.toml
        "#]],
    );
    check_bad(
        "checkpoint road\nat 10:00 goods presented\n",
        expect![[r#"
        story.txt:2: the first fact names its day: on 2025-03-12 at 18:10 …
    "#]],
    );
    check_bad(
        "checkpoint road\nvehicle 1 arrives 2025-03-12 10:00\nat 09:00 goods presented\nexpect the best\nexpect ARR-1 sleeping\n",
        expect![[r#"
            story.txt:3: this is before the fact above: a story goes forward (a fact that is learnt late has `since`)
            story.txt:4: "the best" is nothing that can be expected: refused CODE, CLOCK [of consignment N] running until TIME (open, provisional, stopped, expired, withdrawn, none, flagged FLAG), exit held by REASONS, exit free, missing FIELDS, consignment N is STATE, consignment N has FLAG, stage STAGE, prior information N is STANDING, prior information N differs in FIELDS
            story.txt:5: "sleeping" is no way in which a clock stands: running until TIME, open, provisional, stopped [as of TIME], expired, withdrawn, none, flagged FLAG
        "#]],
    );
    check_bad(
        "checkpoint road\non 2025-03-12 at 10:00 goods presented\n",
        expect![[r#"
        story.txt:2: no vehicle is here yet: vehicle 123ABC02 arrives 2025-03-12 18:10
    "#]],
    );
    check_bad(
        "# nothing\n",
        expect![[r#"
        story.txt:1: a story tells at least one fact, such as: vehicle 123ABC02 arrives 2025-03-12 18:10
    "#]],
    );
}
