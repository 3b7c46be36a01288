//! A reader that sticks: its repetitions are counted where they are heard, and told together.

use expect_test::expect;

use crate::scans::check;

#[test]
fn repetitions_that_a_reader_counted_are_one_entry_and_the_same_scan_however_late_they_are_told() {
    check(
        "08:00 bekov: open 1 123ABC02
         08:01:00 scanner-1: scan seal K448812 shape
         08:01:01 scanner-1: scan seal K448812 shape times 1 last 08:01:01
         08:11:06 scanner-1: scan seal K448812 shape times 36000 last 08:11:01
         08:11:07 scanner-1: scan seal K448812 shape
         08:12 scanner-1: scan seal K448999 shape times 7 last 08:11:50",
        expect![[r#"
            08:00 bekov: open 1 123ABC02
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 11:00:00 (performance_only)
              vehicle_identified visit 1 plate=123ABC02
            08:01:00 scanner-1: scan seal K448812 shape
              scanned visit 1 checked=shape lane=1 reading=1 scan=seal value=K448812
              seal_read visit 1 condition=unknown lane=1 reading=2 seal=K448812
            08:01:01 scanner-1: scan seal K448812 shape times 1 last 08:01:01
              scan_repeated visit 1 lane=1 last=08:01:01 reading=1 times=2
            08:05:00 -
              lane_left visit 1 lane=1
            08:11:06 scanner-1: scan seal K448812 shape times 36000 last 08:11:01
              scan_repeated visit 1 lane=1 last=08:11:01 reading=1 times=36002
            08:11:07 scanner-1: scan seal K448812 shape
              scanned visit 1 checked=shape lane=1 reading=3 scan=seal value=K448812
            08:12 scanner-1: scan seal K448999 shape times 7 last 08:11:50
              scanned visit 1 checked=shape lane=1 reading=4 scan=seal value=K448999
              seal_read visit 1 condition=unknown lane=1 reading=5 seal=K448999
        "#]],
    );
}
