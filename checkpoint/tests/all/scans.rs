//! What scanners read belongs to a vehicle, is told once, and rings only where the site says so.

use std::sync::Arc;

use checkpoint::ids::{ReadingId, VisitId};
use checkpoint::input::observation::{ScanConclusion, ScanKind};
use checkpoint::law::{Edition, Timetable};
use checkpoint::site::{Device, Family, Limit, Limits, ScanLimits};
use checkpoint::view::{JournalLine, ScanView};
use expect_test::{Expect, expect};
use jiff::SignedDuration;

use crate::world::{World, limits, site};

/// The checkpoint of the stories with a reader of passports and an X-ray system in the first lane, beside the reader of codes.
pub(crate) fn world(alarming: &[ScanConclusion]) -> World {
    let mut site = site();
    for id in ["passports-1", "xray-1"] {
        site.devices.push(Device {
            id: id.parse().unwrap(),
            lane: "1".parse().unwrap(),
            family: Family::Scanner,
            dialect: "barcode".to_owned(),
            title: id.to_owned(),
        });
    }
    let timetable = include_str!("../../../config/timetables/day.toml");
    let timetable = Timetable::parse(timetable, "day.toml").unwrap();
    let mut world = World::open(site, Edition::built_in().unwrap(), timetable);
    let value = ScanLimits {
        repeated_within: SignedDuration::from_secs(5),
        waits: SignedDuration::from_mins(2),
        stays: SignedDuration::from_mins(15),
        alarming: alarming.to_vec(),
    };
    let scans = Limit { value, author: "shift lead".into(), approval: "order 1".into() };
    world.rules.limits = Arc::new(Limits { scans: Some(scans), ..limits() });
    world.tell("06:00 agent: started");
    world
}

/// What a reader gets.
fn json(view: &impl serde::Serialize) -> String {
    serde_json::to_string(view).unwrap()
}

#[track_caller]
pub(crate) fn check(story: &str, expected: Expect) {
    expected.assert_eq(&world(&[ScanConclusion::Alarm]).tell(story));
}

pub(crate) fn scans(world: &World, visit: u64) -> Vec<ScanView> {
    world.state.visit(VisitId(visit), &world.rules.edition).unwrap().scans
}

fn of_lane(world: &World) -> Vec<ScanView> {
    let snapshot = world.state.snapshot(&world.rules.edition);
    snapshot.lanes.into_iter().next().unwrap().scans
}

#[test]
fn a_scan_belongs_to_the_vehicle_in_the_lane() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 scanner-1: scan container CSQU3054383 digit",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 scanner-1: scan container CSQU3054383 digit
              scanned visit 1 checked=check_digit lane=1 reading=1 scan=container value=CSQU3054383
        "#]],
    );
}

#[test]
fn papers_are_read_after_the_vehicle_has_passed_its_lane_and_before_the_next_has_come_so_far() {
    check(
        "08:00 scale-1: weigh 20000
         08:01 seals-1: seal K1 intact
         08:08 scanner-1: scan container CSQU3054383 digit
         08:20 camera-1: plate 777KKA05 98%
         08:20:30 scanner-1: scan seal K448812 shape
         08:21 seals-1: seal K2 intact
         08:21:30 scanner-1: scan seal K2 shape",
        expect![[r#"
            08:00 scale-1: weigh 20000
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_weighed visit 1 gross_kg=20000 lane=1 reading=1
            08:01 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=2 seal=K1
            08:06:00 -
              lane_left visit 1 lane=1
            08:08 scanner-1: scan container CSQU3054383 digit
              scanned visit 1 checked=check_digit lane=1 reading=3 scan=container value=CSQU3054383
            08:20 camera-1: plate 777KKA05 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:20:00 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777KKA05 reading=4
              vehicle_identified visit 2 plate=777KKA05
            08:20:30 scanner-1: scan seal K448812 shape
              scanned visit 1 checked=shape lane=1 reading=5 scan=seal value=K448812
              seal_read visit 1 condition=unknown lane=1 reading=6 seal=K448812
            08:21 seals-1: seal K2 intact
              seal_read visit 2 condition=intact lane=1 reading=7 seal=K2
            08:21:30 scanner-1: scan seal K2 shape
              scanned visit 2 checked=shape lane=1 reading=8 scan=seal value=K2
              seal_read visit 2 condition=unknown lane=1 reading=9 seal=K2
        "#]],
    );
}

#[test]
fn a_double_scan_is_one_and_counted_and_a_later_one_is_another() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01:00 scanner-1: scan seal K448812 shape
         08:01:01 scanner-1: scan seal K448812 shape
         08:01:06 scanner-1: scan seal K448812 shape
         08:01:07 scanner-1: scan seal K448813 shape
         08:01:20 scanner-1: scan seal K448812 shape",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01:00 scanner-1: scan seal K448812 shape
              scanned visit 1 checked=shape lane=1 reading=1 scan=seal value=K448812
              seal_read visit 1 condition=unknown lane=1 reading=2 seal=K448812
            08:01:01 scanner-1: scan seal K448812 shape
              scan_repeated visit 1 lane=1 reading=1 times=2
            08:01:06 scanner-1: scan seal K448812 shape
              scan_repeated visit 1 lane=1 reading=1 times=3
            08:01:07 scanner-1: scan seal K448813 shape
              scanned visit 1 checked=shape lane=1 reading=3 scan=seal value=K448813
              seal_read visit 1 condition=unknown lane=1 reading=4 seal=K448813
            08:01:20 scanner-1: scan seal K448812 shape
              scanned visit 1 checked=shape lane=1 reading=5 scan=seal value=K448812
        "#]],
    );
}

#[test]
fn the_same_at_another_reader_is_another_scan() {
    let mut world = world(&[]);
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01:00 scanner-1: scan seal K448812 shape
         08:01:01 passports-1: scan seal K448812 shape
         08:01:02 scanner-1: scan seal K448812 shape",
    );
    let times: Vec<_> = scans(&world, 1).iter().map(|scan| scan.times).collect();
    assert_eq!(times, [1, 2]);
}

#[test]
fn what_is_scanned_at_an_empty_lane_waits_for_its_vehicle_and_not_for_a_stranger() {
    check(
        "08:00:00 scanner-1: scan seal OLD111 shape
         08:02:30 scanner-1: scan container CSQU3054383 digit
         08:02:31 scanner-1: scan container CSQU3054383 digit
         08:03 camera-1: plate 123ABC02 98%",
        expect![[r#"
            08:00:00 scanner-1: scan seal OLD111 shape
              scanned checked=shape lane=1 reading=1 scan=seal value=OLD111
            08:02:30 scanner-1: scan container CSQU3054383 digit
              scanned checked=check_digit lane=1 reading=2 scan=container value=CSQU3054383
            08:02:31 scanner-1: scan container CSQU3054383 digit
              scan_repeated lane=1 reading=2 times=2
            08:03 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:03:00 (performance_only)
              scan_assigned visit 1 lane=1 reading=2
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=3
              vehicle_identified visit 1 plate=123ABC02
        "#]],
    );
}

#[test]
fn a_scan_that_waits_is_shown_at_its_lane_until_its_vehicle_has_it() {
    let mut world = world(&[]);
    world.tell("08:00 scanner-1: scan seal K448812 shape");
    let [waiting] = &of_lane(&world)[..] else { panic!("one scan waits") };
    assert_eq!(waiting.waits_until_ms.map(|until| until - waiting.at_ms), Some(120_000));
    world.tell("08:01 camera-1: plate 123ABC02 98%");
    let [shown] = &of_lane(&world)[..] else { panic!("the lane shows the vehicle's scan") };
    assert_eq!((shown.reading, shown.waits_until_ms), (waiting.reading, None));
    assert_eq!(scans(&world, 1).len(), 1);
}

#[test]
fn an_officer_gives_a_scan_to_another_vehicle_waiting_or_not() {
    check(
        "08:00 scanner-1: scan seal K448812 shape
         08:10 bekov: open 1 123ABC02
         08:10 bekov: assign 1 to 1
         08:11 bekov: open 2 777KKA05
         08:12 bekov: assign 1 to 2
         08:13 bekov: assign 9 to 2",
        expect![[r#"
            08:00 scanner-1: scan seal K448812 shape
              scanned checked=shape lane=1 reading=1 scan=seal value=K448812
            08:10 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:10:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:10 bekov: assign 1 to 1
              scan_assigned visit 1 lane=1 reading=1
              seal_read visit 1 condition=unknown lane=1 reading=2 seal=K448812
            08:11 bekov: open 2 777KKA05
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:11:00 (performance_only)
              vehicle_identified visit 2 plate=777KKA05
            08:12 bekov: assign 1 to 2
              reading_assigned visit 2 from=1 reading=1 to=2
              reading_assigned visit 2 from=1 reading=2 to=2
            08:13 bekov: assign 9 to 2
              ! unknown_reading: there is no reading 9, or it is too old
        "#]],
    );
}

#[test]
fn papers_are_of_the_vehicle_that_came_though_its_seal_cannot_be_read() {
    check(
        "08:00 camera-1: plate 123ABC02 98%
         08:00:10 portal-1: began
         08:00:20 portal-1: ended
         08:00:30 scale-1: weigh 20000
         08:00:40 seals-1: seal K1 intact
         08:04 scale-1: empty
         08:05 camera-1: plate 777KKA05 98%
         08:05:10 portal-1: began
         08:05:20 portal-1: ended
         08:05:50 scale-1: weigh 30000
         08:06 scanner-1: scan container CSQU3054383 digit",
        expect![[r#"
            08:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            08:00:10 portal-1: began
              passage_began visit 1 lane=1 passage=1
            08:00:20 portal-1: ended
              vehicle_screened visit 1 lane=1 max_z=9.480 reading=2 verdict=within_background
            08:00:30 scale-1: weigh 20000
              vehicle_weighed visit 1 gross_kg=20000 lane=1 reading=3
            08:00:40 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=4 seal=K1
            08:04 scale-1: empty
              scale_emptied lane=1
            08:05 camera-1: plate 777KKA05 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:05:00 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777KKA05 reading=5
              vehicle_identified visit 2 plate=777KKA05
            08:05:10 portal-1: began
              passage_began visit 2 lane=1 passage=2
            08:05:20 portal-1: ended
              vehicle_screened visit 2 lane=1 max_z=9.480 reading=6 verdict=within_background
            08:05:40 -
              lane_left visit 1 lane=1
            08:05:50 scale-1: weigh 30000
              vehicle_weighed visit 2 gross_kg=30000 lane=1 reading=7
            08:06 scanner-1: scan container CSQU3054383 digit
              scanned visit 2 checked=check_digit lane=1 reading=8 scan=container value=CSQU3054383
        "#]],
    );
}

#[test]
fn a_known_vehicle_that_enters_a_lane_takes_what_waits_there() {
    check(
        "08:00 camera-9: plate 123ABC02 98%
         08:07 passports-1: passport L898902C3
         08:07:10 camera-1: plate 123ABC02 98%
         08:08 camera-1: plate 777KKA05 98%",
        expect![[r#"
            08:00 camera-9: plate 123ABC02 98%
              visit_opened visit 1 lane=9 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              plate_read visit 1 lane=9 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            08:05:00 -
              lane_left visit 1 lane=9
            08:07 passports-1: passport L898902C3
              scanned checked=check_digit document=passport expires=2030-04-15 lane=1 reading=2 scan=travel_document value=UTO L898902C3
            08:07:10 camera-1: plate 123ABC02 98%
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=3
              scan_assigned visit 1 lane=1 reading=2
            08:08 camera-1: plate 777KKA05 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:08:00 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777KKA05 reading=4
              vehicle_identified visit 2 plate=777KKA05
        "#]],
    );
}

#[test]
fn the_number_of_a_document_is_told_to_officers_and_leaves_the_post_nowhere() {
    let mut world = world(&[]);
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 passports-1: passport L898902C3",
    );
    let edition = &world.rules.edition;
    let officer = world.state.visit(VisitId(1), edition).unwrap();
    assert!(json(&officer).contains("L898902C3"));
    let board = world.state.snapshot(edition);
    let others = officer.without_confidential(edition);
    assert_eq!(others.scans.len(), 1, "that there was a document is told");
    let lines: Vec<JournalLine> = world.entries.iter().map(JournalLine::of).collect();
    let exported: Vec<_> =
        lines.into_iter().map(|line| line.without_confidential(edition)).collect();
    let lanes: Vec<_> = board.lanes.into_iter().map(|lane| lane.without_confidential()).collect();
    for text in [json(&others), json(&exported), json(&lanes)] {
        assert!(!text.contains("L898902C3"), "the number is in {text}");
    }
}

#[test]
fn a_reader_that_never_stops_fills_nothing() {
    let mut world = world(&[]);
    world.tell("08:59 bekov: open 1 123ABC02");
    for minute in 0..30 {
        for second in [0, 10, 20, 30, 40, 50] {
            world.tell(&format!(
                "09:{minute:02}:{second:02} scanner-1: scan code {minute}-{second} none"
            ));
        }
    }
    assert_eq!(scans(&world, 1).len(), 64);
    let newest = scans(&world, 1).first().unwrap().clone();
    assert_eq!((newest.what, newest.value.as_str()), (ScanKind::Code, "29-50"));
    assert_eq!(newest.reading, ReadingId(180));
}
