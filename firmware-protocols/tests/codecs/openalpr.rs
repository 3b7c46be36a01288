//! Plate cameras with the JSON of OpenALPR.

use expect_test::{Expect, expect};
use firmware_protocols::plate::{CameraMessage, openalpr};
use firmware_protocols::{Decoder, Dialect, Reading};

fn check(bytes: &str, expected: Expect) {
    crate::check::check(Dialect::Openalpr, bytes.as_bytes(), &expected);
}

pub(crate) const PICTURE: &str = r#"{"version":2,"data_type":"alpr_results","epoch_time":1779361206000,"uuid":"u-1","camera_id":7,"img_width":1280,"results":[{"plate":"123ABC02","confidence":94.3,"matches_template":1,"region":"kz","coordinates":[{"x":1,"y":2}],"candidates":[{"plate":"123A8C02","confidence":80.1}]}]}"#;
pub(crate) const GROUP: &str = r#"{"version":2,"data_type":"alpr_group","epoch_start":1779361206000,"best_uuid":"u-2","camera_id":"gate","best_plate":{"plate":"777AAA01","confidence":99.9},"best_region":"kz-01","vehicle":{"body_type":[{"name":"truck","confidence":88}]}}"#;

#[test]
fn pictures_and_groups_are_vehicles_and_a_heartbeat_is_none() {
    let bytes = format!(
        "{PICTURE}\n{GROUP}\n{{\"data_type\":\"heartbeat\"}}\n{{\"data_type\":\"alpr_results\",\"results\":[]}}\n"
    );
    check(
        &bytes,
        expect![[r#"
            {"plate":{"sighting":{"id":"u-1","device_time":"2026-05-21T11:00:06Z","plate":{"read":{"text":"123ABC02","confidence_percent":94}},"country":{"known":"KZ"},"lane":null,"direction":null,"vehicle_type":null,"dangerous_goods":null,"container":null,"more_follows":false,"retransmitted":false,"camera":"7"}}}
            {"plate":{"sighting":{"id":"u-2","device_time":"2026-05-21T11:00:06Z","plate":{"read":{"text":"777AAA01","confidence_percent":99}},"country":{"known":"KZ"},"lane":null,"direction":null,"vehicle_type":"truck","dangerous_goods":null,"container":null,"more_follows":false,"retransmitted":false,"camera":"gate"}}}
            {"plate":{"other":{"event_type":"heartbeat","active":true,"device_time":null}}}
            {"plate":{"other":{"event_type":"alpr_results","active":false,"device_time":null}}}
        "#]],
    );
}

#[test]
fn several_plates_of_one_picture_are_several_vehicles() {
    let two = PICTURE.replace(r#""results":["#, r#""results":[{"plate":"","confidence":0},"#);
    let messages = openalpr::decode(two.as_bytes()).unwrap();
    let ids: Vec<_> = messages
        .iter()
        .map(|message| match message {
            CameraMessage::Sighting(sighting) => sighting.id.clone().unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["u-1/0", "u-1/1"]);
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    let cases = [
        (r#""version":2"#, r#""version":1"#, "version 1; 2 expected"),
        (r#""data_type":"alpr_results","#, "", "`data_type` is missing"),
        ("94.3", "194.3", "`confidence` is 0 to 100"),
        ("\"123ABC02\"", "7", "invalid type"),
    ];
    for (from, to, complaint) in cases {
        let document = PICTURE.replace(from, to);
        let fault = openalpr::decode(document.as_bytes()).unwrap_err();
        assert!(fault.detail.contains(complaint), "{to}: {fault}");
    }
    let long = PICTURE.replace("123ABC02", &"A".repeat(257));
    assert!(openalpr::decode(long.as_bytes()).is_err());
    let many = PICTURE
        .replace(r#""results":["#, &format!(r#""results":[{}"#, r#"{"plate":"1"},"#.repeat(32)));
    assert!(openalpr::decode(many.as_bytes()).unwrap_err().detail.contains("more than 32 plates"));
    assert!(openalpr::decode("[".repeat(17).as_bytes()).is_err());
}

#[test]
fn what_is_written_is_read() {
    let document = PICTURE.replace("94.3", "94").replace(":7,", ":\"gate\",");
    let [CameraMessage::Sighting(sighting)] = &openalpr::decode(document.as_bytes()).unwrap()[..]
    else {
        panic!()
    };
    let written = openalpr::encode(sighting).unwrap();
    let items = Decoder::new(Dialect::Openalpr).document(written.as_bytes());
    assert_eq!(items, [Ok(Reading::Plate(CameraMessage::Sighting(sighting.clone())))]);
}
