//! An inspection by X-rays is one reading, belongs to the vehicle that it is about, and rings only where the site says so.

use checkpoint::event::{Author, Event};
use checkpoint::ids::VisitId;
use checkpoint::input::observation::{
    Said, ScanChecked, ScanConclusion, ScanInspection, ScanKind, ScanReading,
};
use checkpoint::input::{Input, Observation};
use expect_test::expect;
use jiff::Timestamp;

use crate::scans::{check, scans, world};

#[test]
fn an_inspection_that_names_a_plate_is_about_the_vehicle_that_bears_it() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: open 2 777KKA05
         08:02 xray-1: inspection X-1 777KKA05 clear
         08:03 xray-1: inspection X-2 999ZZZ01 clear
         08:04 camera-9: plate 999ZZZ01 98%",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: open 2 777KKA05
              visit_opened visit 2 lane=2 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:01:00 (performance_only)
              vehicle_identified visit 2 plate=777KKA05
            08:02 xray-1: inspection X-1 777KKA05 clear
              scanned visit 2 checked=nothing conclusion=clear judged_by=auto lane=1 names_vehicle=777KKA05 reading=1 scan=inspection value=X-1
            08:03 xray-1: inspection X-2 999ZZZ01 clear
              scanned checked=nothing conclusion=clear judged_by=auto lane=1 names_vehicle=999ZZZ01 reading=2 scan=inspection value=X-2
            08:04 camera-9: plate 999ZZZ01 98%
              visit_opened visit 3 lane=9 number=57402-2025-000003
              clock_started visit 3 PRK-1 art. 453.2 due 11:04:00 (performance_only)
              plate_read visit 3 lane=9 late=false plate=999ZZZ01 reading=3
              vehicle_identified visit 3 plate=999ZZZ01
              scan_assigned visit 3 lane=1 reading=2
        "#]],
    );
}

#[test]
fn a_later_document_of_an_inspection_is_about_the_same_vehicle_and_says_the_rest() {
    let mut world = world(&[]);
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 xray-1: inspection X-1 123ABC02
         09:30 bekov: open 1 777KKA05
         09:31 xray-1: inspection X-1 - suspicious",
    );
    let [judged] = &scans(&world, 1)[..] else { panic!("it is one inspection") };
    let inspection = judged.inspection.as_ref().unwrap();
    assert_eq!(inspection.vehicle.as_deref(), Some("123ABC02"));
    assert_eq!(inspection.conclusion, Some(ScanConclusion::Suspicious));
    assert_eq!(inspection.image_sha256, Some("9f".repeat(32)));
    let first: Timestamp = "2025-03-12T08:01:00+05:00".parse().unwrap();
    assert_eq!(judged.at_ms, first.as_millisecond(), "it was told first then");
}

#[test]
fn all_documents_of_an_inspection_and_its_alarm_go_where_the_officer_gives_it() {
    // Two documents that ring are one reading and one alarm.
    check(
        "08:00 xray-1: inspection X-1 - alarm
         08:00:10 xray-1: inspection X-1 123ABC02 alarm
         08:01 bekov: open 1 777KKA05
         08:01 bekov: assign 1 to 1
         08:01:30 bekov: exit 1",
        expect![[r#"
            08:00 xray-1: inspection X-1 - alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 reading=1 scan=inspection value=X-1
              alarm_raised alarm=1 cause=scan lane=1 priority=p1
            08:00:10 xray-1: inspection X-1 123ABC02 alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 names_vehicle=123ABC02 reading=1 scan=inspection value=X-1
              alarm_repeated alarm=1 count=2
            08:01 bekov: open 1 777KKA05
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:01:00 (performance_only)
              vehicle_identified visit 1 plate=777KKA05
            08:01 bekov: assign 1 to 1
              scan_assigned visit 1 lane=1 reading=1
            08:01:30 bekov: exit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 204.4), notice_not_registered (art. 250.1)
                alarm_undecided alarm 1: art. 204.4, decide_alarm
                notice_not_registered: art. 250.1, register_notice
        "#]],
    );
    // The first document says nothing yet; the second rings, and goes with it.
    check(
        "08:00 xray-1: inspection X-1 123ABC02
         08:00:10 xray-1: inspection X-1 - alarm
         08:01 bekov: open 1 777KKA05
         08:01 bekov: assign 1 to 1
         08:01:30 bekov: exit 1",
        expect![[r#"
            08:00 xray-1: inspection X-1 123ABC02
              scanned checked=nothing lane=1 names_vehicle=123ABC02 reading=1 scan=inspection value=X-1
            08:00:10 xray-1: inspection X-1 - alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 reading=1 scan=inspection value=X-1
              alarm_raised alarm=1 cause=scan lane=1 priority=p1
            08:01 bekov: open 1 777KKA05
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:01:00 (performance_only)
              vehicle_identified visit 1 plate=777KKA05
            08:01 bekov: assign 1 to 1
              scan_assigned visit 1 lane=1 reading=1
            08:01:30 bekov: exit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 204.4), notice_not_registered (art. 250.1)
                alarm_undecided alarm 1: art. 204.4, decide_alarm
                notice_not_registered: art. 250.1, register_notice
        "#]],
    );
}

#[test]
fn a_later_document_tells_whose_an_inspection_is_that_waits() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 bekov: open 1 777KKA05
         08:02 xray-1: inspection X-1 999ZZZ01 alarm
         08:03 camera-9: plate 555AAA02 98%
         08:04 xray-1: inspection X-1 555AAA02",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 bekov: open 1 777KKA05
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 11:01:00 (performance_only)
              vehicle_identified visit 2 plate=777KKA05
            08:02 xray-1: inspection X-1 999ZZZ01 alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 names_vehicle=999ZZZ01 reading=1 scan=inspection value=X-1
              alarm_raised alarm=1 cause=scan lane=1 priority=p1
            08:03 camera-9: plate 555AAA02 98%
              visit_opened visit 3 lane=9 number=57402-2025-000003
              clock_started visit 3 PRK-1 art. 453.2 due 11:03:00 (performance_only)
              plate_read visit 3 lane=9 late=false plate=555AAA02 reading=2
              vehicle_identified visit 3 plate=555AAA02
            08:04:00 -
              alarm_escalated alarm=1
            08:04 xray-1: inspection X-1 555AAA02
              scanned checked=nothing lane=1 names_vehicle=555AAA02 reading=1 scan=inspection value=X-1
              scan_assigned visit 3 lane=1 reading=1
        "#]],
    );
}

#[test]
fn an_inspection_whose_vehicle_has_left_is_about_that_vehicle_still() {
    let mut world = world(&[ScanConclusion::Alarm]);
    world.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 xray-1: inspection X-1 123ABC02",
    );
    let now = world.state.at().unwrap();
    world.fold(Event::VehicleLeft { visit: VisitId(1) }, Author::Agent, now);
    let told = world.tell(
        "08:03 bekov: open 1 777KKA05
         08:04 xray-1: inspection X-1 - alarm",
    );
    expect![[r#"
        08:03 bekov: open 1 777KKA05
          visit_opened visit 2 lane=1 number=57402-2025-000002
          clock_started visit 2 PRK-1 art. 453.2 due 11:03:00 (performance_only)
          vehicle_identified visit 2 plate=777KKA05
        08:04 xray-1: inspection X-1 - alarm
          scanned visit 1 checked=nothing conclusion=alarm judged_by=auto lane=1 reading=1 scan=inspection value=X-1
          alarm_raised visit 1 alarm=1 cause=scan lane=1 priority=p1
    "#]].assert_eq(&told);
}

#[test]
fn an_inspection_that_rang_waits_behind_any_number_of_papers() {
    let mut world = world(&[ScanConclusion::Alarm]);
    world.tell("08:00 xray-1: inspection X-1 123ABC02 alarm");
    for second in 10..30 {
        world.tell(&format!("08:00:{second} passports-1: passport P{second}"));
        world.tell(&format!("08:00:{second} xray-1: inspection X-{second} - clear"));
    }
    let told = world.tell("08:01 camera-1: plate 123ABC02 98%");
    assert!(told.contains("scan_assigned visit 1 lane=1 reading=1\n"), "{told}");
    let told = world.tell("08:01:30 bekov: exit 1");
    assert!(told.contains("alarm_undecided alarm 1"), "{told}");
}

#[test]
fn a_bus_full_of_passports_leaves_the_inspection_on_its_page() {
    let mut world = world(&[]);
    world.tell("08:00 bekov: open 1 123ABC02\n08:00 xray-1: inspection X-1 123ABC02 clear");
    for passenger in 100..180 {
        world.tell(&format!("08:10 passports-1: passport P{passenger}"));
    }
    let kept = scans(&world, 1);
    assert_eq!(kept.len(), 65, "64 passports and the inspection");
    assert_eq!(kept.last().map(|scan| scan.what), Some(ScanKind::Inspection));
}

#[test]
fn an_inspection_waits_for_the_plate_that_the_second_message_brings() {
    check(
        "08:00 xray-1: inspection X-2 999ZZZ01 alarm
         08:00:20 camera-9: plate 999ZZZ01 40% event=e1
         08:00:21 camera-9: plate 999ZZZ01 98% event=e1",
        expect![[r#"
            08:00 xray-1: inspection X-2 999ZZZ01 alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 names_vehicle=999ZZZ01 reading=1 scan=inspection value=X-2
              alarm_raised alarm=1 cause=scan lane=1 priority=p1
            08:00:20 camera-9: plate 999ZZZ01 40% event=e1
              visit_opened visit 1 lane=9 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:20 (performance_only)
              plate_read visit 1 lane=9 late=false plate=999ZZZ01 reading=2
            08:00:21 camera-9: plate 999ZZZ01 98% event=e1
              plate_read visit 1 lane=9 late=false plate=999ZZZ01 reading=2
              vehicle_identified visit 1 plate=999ZZZ01
              scan_assigned visit 1 lane=1 reading=1
        "#]],
    );
}

#[test]
fn what_was_decided_of_a_scan_is_what_the_journal_holds() {
    let mut world = world(&[]);
    let fine: Timestamp = "2025-03-12T03:01:00.123456789Z".parse().unwrap();
    let told = ScanInspection {
        started: Some(fine),
        ended: Some(fine),
        judged_at: Some(fine),
        ..ScanInspection::default()
    };
    let scan = ScanReading {
        inspection: Some(Box::new(told)),
        ..ScanReading::new(ScanKind::Inspection, "X-1".to_owned(), ScanChecked::Nothing)
    };
    let (device, at) = ("xray-1".parse().unwrap(), fine);
    world.put(&Input::Observed(Observation { device, at, said: Said::Scan(scan) }), fine);
    let scanned = world.entries.iter().rev().find_map(|entry| {
        let Event::Scanned(scanned) = &entry.event else { return None };
        scanned.scan.inspection.as_deref().cloned()
    });
    let told = scanned.unwrap();
    let kept = Some(Timestamp::from_microsecond(fine.as_microsecond()).unwrap());
    assert_eq!([told.started, told.ended, told.judged_at], [kept; 3]);
}

#[test]
fn only_a_conclusion_that_the_site_has_made_ring_rings_and_holds_the_exit() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01 xray-1: inspection X-1 123ABC02 suspicious
         08:02 xray-1: inspection X-2 123ABC02 alarm
         08:03 bekov: exit 1",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01 xray-1: inspection X-1 123ABC02 suspicious
              scanned visit 1 checked=nothing conclusion=suspicious judged_by=auto lane=1 names_vehicle=123ABC02 reading=1 scan=inspection value=X-1
            08:02 xray-1: inspection X-2 123ABC02 alarm
              scanned visit 1 checked=nothing conclusion=alarm judged_by=auto lane=1 names_vehicle=123ABC02 reading=2 scan=inspection value=X-2
              alarm_raised visit 1 alarm=1 cause=scan lane=1 priority=p1
            08:03 bekov: exit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 204.4), notice_not_registered (art. 250.1)
                alarm_undecided alarm 1: art. 204.4, decide_alarm
                notice_not_registered: art. 250.1, register_notice
        "#]],
    );
    let mut strict = world(&[ScanConclusion::Alarm, ScanConclusion::Suspicious]);
    let told = strict.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 xray-1: inspection X-1 123ABC02 suspicious",
    );
    assert!(told.contains("alarm_raised"), "{told}");
    let mut silent = world(&[]);
    let told = silent.tell(
        "08:00 bekov: open 1 123ABC02
         08:01 xray-1: inspection X-1 123ABC02 alarm",
    );
    assert!(!told.contains("alarm_raised"), "{told}");
}

#[test]
fn an_alarm_of_the_scanner_rings_before_its_vehicle_is_known_and_goes_with_the_scan() {
    check(
        "08:00 xray-1: inspection X-1 123ABC02 alarm
         08:01 camera-1: plate 123ABC02 98%
         08:02 bekov: exit 1",
        expect![[r#"
            08:00 xray-1: inspection X-1 123ABC02 alarm
              scanned checked=nothing conclusion=alarm judged_by=auto lane=1 names_vehicle=123ABC02 reading=1 scan=inspection value=X-1
              alarm_raised alarm=1 cause=scan lane=1 priority=p1
            08:01 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:01:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=2
              vehicle_identified visit 1 plate=123ABC02
              scan_assigned visit 1 lane=1 reading=1
            08:02:00 -
              alarm_escalated alarm=1
            08:02 bekov: exit 1
              ! held: held under KZ-CC-2010: alarm_undecided (art. 204.4), notice_not_registered (art. 250.1)
                alarm_undecided alarm 1: art. 204.4, decide_alarm
                notice_not_registered: art. 250.1, register_notice
        "#]],
    );
}
