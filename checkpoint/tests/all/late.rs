//! What a device kept while its way here was cut comes late, and says nothing of who stands there now.

use expect_test::expect;

use crate::loads::check;

#[test]
fn a_seal_that_was_kept_and_comes_late_is_never_that_of_the_vehicle_that_stands_there_now() {
    check(
        "10:00 camera-1: plate 123ABC02 98%
         10:00:10 seals-1: seal K1 intact
         10:10 camera-1: plate 777ABC02 98%
         10:10:10 seals-1: seal K7 opened late=04:30:00
         10:10:11 seals-1: seal K8 intact late=04:31:00
         10:10:12 seals-1: seal K1 opened late=05:05:00
         10:10:13 seals-1: seal K1 intact late=05:06:00
         10:10:20 camera-1: plate 999ABC02 98% late
         10:10:30 seals-1: seal K9 intact",
        expect![[r#"
            10:00 camera-1: plate 123ABC02 98%
              visit_opened visit 1 lane=1 number=57402-2025-000001
              clock_started visit 1 PRK-1 art. 453.2 due 13:00:00 (performance_only)
              plate_read visit 1 lane=1 late=false plate=123ABC02 reading=1
              vehicle_identified visit 1 plate=123ABC02
            10:00:10 seals-1: seal K1 intact
              seal_read visit 1 condition=intact lane=1 reading=2 seal=K1
            10:05:10 -
              lane_left visit 1 lane=1
            10:10 camera-1: plate 777ABC02 98%
              visit_opened visit 2 lane=1 number=57402-2025-000002
              clock_started visit 2 PRK-1 art. 453.2 due 13:10:00 (performance_only)
              plate_read visit 2 lane=1 late=false plate=777ABC02 reading=3
              vehicle_identified visit 2 plate=777ABC02
            10:10:10 seals-1: seal K7 opened late=04:30:00
              alarm_raised alarm=1 cause=seal_damaged lane=1 priority=p2
            10:10:11 seals-1: seal K8 intact late=04:31:00
              device_faulted count=1 detail=a seal that was kept and sent late is of no vehicle that is here fault=too-late
            10:10:12 seals-1: seal K1 opened late=05:05:00
              seal_read visit 1 condition=opened device_time=2026-05-21T05:05:00Z lane=1 late=true reading=4 seal=K1
              seal_judged visit 1 article=248.2 seal=K1 verdict=damaged
              alarm_raised visit 1 alarm=2 cause=seal_damaged lane=1 priority=p2
            10:10:13 seals-1: seal K1 intact late=05:06:00
              seal_read visit 1 condition=intact device_time=2026-05-21T05:06:00Z lane=1 late=true reading=5 seal=K1
            10:10:20 camera-1: plate 999ABC02 98% late
              device_faulted count=1 detail=a plate that was kept and sent late is of no vehicle that is here fault=too-late
            10:10:30 seals-1: seal K9 intact
              seal_read visit 2 condition=intact lane=1 reading=6 seal=K9
        "#]],
    );
}
