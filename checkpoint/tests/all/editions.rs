//! Another edition is another file: with other numbers the same story goes otherwise, and a wrong file says where.

use checkpoint::law::{Calendar, Edition, LawError, Timetable};
use expect_test::{Expect, expect};

use crate::world::World;

fn built_in() -> &'static str {
    checkpoint::law::BUILT_IN_EDITION.1
}

/// The built-in edition with these words replaced, each of which must be there.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(built_in().to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the edition");
        text.replacen(from, to, 1)
    })
}

#[test]
fn another_edition_changes_terms_stops_and_alarms_without_a_change_of_code() {
    let text = changed(&[
        ("id = \"KZ-CC-2010\"", "id = \"XX-INVENTED\""),
        (
            "term = { count = \"hours\", amount = 3 }\nobliged = \"carrier_or",
            "term = { count = \"hours\", amount = 1 }\nobliged = \"carrier_or",
        ),
        ("article = \"252.4/1\"", "article = \"7.1\""),
        (
            "stop = [\"released_before_declaration\", \"return_abroad_permitted\", \"removed_from_territory\", \"detention_protocol\"]\nstop_provisionally = [\"storage_filed\", \"declaration_filed\", \"transit_declaration_filed\"]",
            "stop = [\"storage_filed\"]",
        ),
        ("near_minutes = 30", "near_minutes = 10"),
        ("start = [\"vehicle_stopped\"]", "start = [\"goods_released\"]"),
        ("cause = \"weight\"\npriority = 3", "cause = \"weight\"\npriority = 1"),
    ]);
    let mut world = World::under(Edition::parse(&text, "invented.toml").unwrap());
    let told = world.tell(
        "10:00 bekov: open 1 123ABC02
         10:02 scale-1: weigh 90000
         10:10 bekov: notice 1 20000
         10:11 bekov: tare 1 10000
         10:20 bekov: present 1
         10:30 bekov: file 1 1 declaration
         11:30 bekov: register 1 1 declaration
         11:31 bekov: release 1 1 declaration",
    );
    expect![[r#"
        10:00 bekov: open 1 123ABC02
          visit_opened visit 1 lane=1 number=57402-2025-000001
          vehicle_identified visit 1 plate=123ABC02
        10:02 scale-1: weigh 90000
          vehicle_weighed visit 1 gross_kg=90000 lane=1 reading=1
        10:07:00 -
          lane_left visit 1 lane=1
        10:10 bekov: notice 1 20000
          notice_registered visit 1 missing=19 number=57402-N-000001 revision=1
          consignment_recorded visit 1 consignment=1 gross_kg=20000
        10:11 bekov: tare 1 10000
          tare_recorded visit 1 source=vehicle papers tare_kg=10000
          weight_compared visit 1 allowed_kg=440 beyond=true difference_kg=60000
          alarm_raised visit 1 alarm=1 cause=weight lane=1 priority=p1
        10:13:00 -
          alarm_escalated alarm=1
        10:20 bekov: present 1
          goods_presented visit 1 consignment=1
          clock_started visit 1 consignment 1 ARR-1 art. 7.1 due 11:20:00
        10:30 bekov: file 1 1 declaration
          papers_filed visit 1 consignment=1 papers=declaration reference=D-1
          clock_started visit 1 consignment 1 DEC-4 art. 288.3 due 12:30:00
        10:50:00 -
          clock_nearing clock=1 minutes_left=30
        11:10:00 -
          clock_nearing clock=1 minutes_left=10
          alarm_raised visit 1 alarm=2 cause=term_near lane=1 priority=p3
        11:20:00 -
          clock_expired clock=1
          alarm_ended alarm=2
          alarm_raised visit 1 alarm=3 cause=term_over lane=1 priority=p2
        11:30:00 -
          clock_nearing clock=2 minutes_left=60
        11:30 bekov: register 1 1 declaration
          papers_registered visit 1 consignment=1 number=R-1 papers=declaration
          clock_stopped as_of=11:30:00 clock=2
          clock_started visit 1 consignment 1 REL-1 art. 297.1/1 due 2025-03-13 20:00:00
        11:31 bekov: release 1 1 declaration
          goods_released visit 1 consignment=1 procedure=declaration
          clock_stopped as_of=11:31:00 clock=3
          clock_started visit 1 PRK-1 art. 453.2 due 14:31:00 (performance_only)
    "#]]
    .assert_eq(&told);
}

/// The line is told by what stands on it, so that rows can be added above.
fn refused(text: &str, expected: Expect) {
    let error: LawError = Edition::parse(text, "law/kz-2010.toml").unwrap_err();
    let (line, key) = (error.line, error.key.clone());
    assert!(text.lines().nth(line - 1).unwrap().contains(&key), "{key:?} is not on line {line}");
    expected.assert_eq(&error.to_string().replace(&format!(":{line}:"), ":"));
}

#[test]
fn a_wrong_edition_says_where_and_what_would_be_right() {
    refused(
        &changed(&[("count = \"hours\", amount = 3", "count = \"hour\", amount = 3")]),
        expect![[
            r#"law/kz-2010.toml: term: unknown variant `hour`, expected one of `hours`, `hours_in_working_time`, `hours_before_closing`, `next_working_day_end`, `days`, `body_working_days`, `working_days`, `months`, `years`, `years_after_year_end`, `calendar_year`, `day_of_next_month`, `immediately`, `stated`, `stated_or_next_working_day_end`, `transit_cap`, `none`"#
        ]],
    );
    refused(
        &changed(&[("count = \"hours\", amount = 3", "count = \"hours\", days = 3")]),
        expect![[
            r#"law/kz-2010.toml: term: unknown field `days`, expected one of `count`, `amount`, `from_opening`, `from`, `day`, `km`, `months`, `rest_days`"#
        ]],
    );
    refused(
        &changed(&[("count = \"hours\", amount = 3", "count = \"hours\", amount = 0")]),
        expect![[r#"law/kz-2010.toml: term: `amount = 0`: use a number of hours from 1 to 8784"#]],
    );
    refused(
        &changed(&[("count = \"hours\", amount = 3", "count = \"hours\", amount = 3, day = 10")]),
        expect![[
            r#"law/kz-2010.toml: term: `day` means nothing with `count = "hours"`: take it out"#
        ]],
    );
    refused(
        &changed(&[("count = \"hours\", amount = 3", "count = \"hours\"")]),
        expect![[r#"law/kz-2010.toml: term: `count = "hours"` needs `amount`"#]],
    );
    refused(
        &changed(&[(
            "term_by_mode = { water",
            "term_by_mode = { road = { count = \"none\" }, sea",
        )]),
        expect![[
            r#"law/kz-2010.toml: term_by_mode: unknown variant `sea`, expected one of `road`, `water`, `air`, `rail`"#
        ]],
    );
    refused(
        &changed(&[("term = { count = \"hours\", amount = 3 }", "term = { count = \"none\" }")]),
        expect![[r#"law/kz-2010.toml: [[clock]]: clock ARR-1 never runs: say why in its `note`"#]],
    );
    refused(
        &changed(&[("near_minutes = 30", "near_minuts = 30")]),
        expect![
            "law/kz-2010.toml: near_minuts: unknown field `near_minuts`, expected one of `id`, `article`, `title`, `modes`, `directions`, `bearer`, `start`, `stop`, `stop_provisionally`, `confirm`, `restore`, `filing_is_doubtful`, `when`, `unless`, `term`, `term_by_mode`, `prolong`, `obliged`, `on_expiry`, `note`, `remarks`, `over_priority`, `near_minutes`"
        ],
    );
    refused(
        &changed(&[("start = [\"goods_presented\"]", "start = [\"goods_shown\"]")]),
        expect![[
            r#"law/kz-2010.toml: [[clock]]: "goods_shown" is no moment: use the id of an [[act]] of the edition, or one of vehicle_stopped, goods_presented, storage_filed, storage_registered, storage_refused, declaration_filed, declaration_registered, declaration_refused, transit_declaration_filed, transit_declaration_registered, transit_declaration_refused, goods_released, exit_permitted, parking_ended"#
        ]],
    );
    refused(
        &changed(&[("id = \"in_storage_only\"", "id = \"in_store\"")]),
        expect![[
            r#"law/kz-2010.toml: [[hold]]: no [[hold]] with id "in_storage_only": it needs its article"#
        ]],
    );
    refused(
        &changed(&[("cause = \"hub_away\"", "cause = \"tamper\"")]),
        expect![[
            r#"law/kz-2010.toml: [[alarm]]: no [[alarm]] for HubAway: every cause needs one"#
        ]],
    );
    refused(
        &changed(&[("when = \"carries_postal_items\"", "when = \"carries_post\"")]),
        expect![[
            r#"law/kz-2010.toml: id: flag "carries_post" has no words: add [flag.carries_post]"#
        ]],
    );
    refused(
        &changed(&[("priority = 2", "priority = 4")]),
        expect![[r#"law/kz-2010.toml: priority: priority 4: use 1, 2 or 3"#]],
    );
    refused(
        "id = 3",
        expect![[r#"law/kz-2010.toml: id: invalid type: integer `3`, expected a string"#]],
    );
}

#[test]
fn wrong_calendars_and_timetables_say_where() {
    let calendar = |text: &str| Calendar::parse(text, "calendar.toml").unwrap_err().to_string();
    let timetable = |text: &str| Timetable::parse(text, "timetable.toml").unwrap_err().to_string();
    let head =
        "version = \"1\"\ntitle = \"t\"\nissued = \"2025-01-01\"\nclosed_on_holidays = true\n";
    let year = "version = \"1\"\nsource = \"s\"\nissued = \"2025-01-01\"\ncovers = { from = \"2025-01-01\", through = \"2025-12-31\" }\n";
    let holiday = |day: &str| {
        format!("{year}[[holiday]]\ndate = \"{day}\"\nkind = \"holiday\"\nname = \"n\"\n")
    };
    let working = |day: &str| {
        format!("{year}[[working_day]]\ndate = \"{day}\"\nname = \"n\"\ncounts = true\n")
    };
    let rows = [
        calendar(&holiday("2025-02-30")),
        calendar(&holiday("2026-01-01")),
        calendar(&(holiday("2025-03-21") + &holiday("2025-03-21").replace(year, ""))),
        calendar(&working("2025-03-21")),
        calendar(&(holiday("2025-03-22") + &working("2025-03-22").replace(year, ""))),
        calendar(&year.replace("2025-12-31", "2024-12-31")),
        calendar("version = \"1\"\nsource = \"s\"\n"),
        timetable(&format!("{head}[weekly]\nmonday = []\n")),
        timetable(&format!("{head}[weekly]\nmon = [[\"08:00\", \"25:00\"]]\n")),
        timetable(&format!(
            "{head}[weekly]\nmon = [[\"08:00\", \"13:00\"], [\"12:00\", \"18:00\"]]\n"
        )),
    ];
    expect![[r#"
        calendar.toml:6: date: parsed date is not valid: parameter 'day' for `2025-02` is invalid, must be in range `1..=28`; write a date such as "2025-03-21"
        calendar.toml:6: date: 2026-01-01 is not between 2025-01-01 and 2025-12-31
        calendar.toml:10: date: 2025-03-21 is there twice
        calendar.toml:6: date: 2025-03-21 is no Saturday or Sunday: it works anyway
        calendar.toml:10: date: 2025-03-22 is a day off too: it cannot be both
        calendar.toml:4: covers: 2025-01-01 is after 2024-12-31
        calendar.toml:1: version: missing field `issued`
        timetable.toml:6: monday: "monday" is no day: use mon, tue, wed, thu, fri, sat, sun
        timetable.toml:6: mon: failed to parse two digit integer as hour: parameter 'hour' is not in the required range of 0..=23; write a time such as "08:00"
        timetable.toml:6: mon: begins before the hours before it end: write them in order, apart"#]].assert_eq(&rows.join("\n"));
}

#[test]
fn shipped_calendars_and_timetables_can_be_read() {
    Calendar::parse(include_str!("../../../config/calendars/kz-assumed.toml"), "kz-assumed.toml")
        .unwrap();
    for text in [
        include_str!("../../../config/timetables/day.toml"),
        include_str!("../../../config/timetables/five-days.toml"),
        include_str!("../../../config/timetables/round-the-clock.toml"),
    ] {
        Timetable::parse(text, "timetable.toml").unwrap();
    }
}

#[test]
fn no_screen_offers_detention_on_a_ground_that_the_law_does_not_list() {
    let view = Edition::built_in().unwrap().view();
    let articles: Vec<String> =
        view.detention_grounds.into_iter().map(|ground| ground.article).collect();
    assert_eq!(articles, ["244", "268", "283", "290", "312", "335", "338", "410", "466"]);
}
