//! What a camera posts reaches the lane: the plate, and of each picture its kind, its size and its digest.

use checkpoint::input::observation::Said;
use firmware_protocols::FaultKind;

use super::listened;

#[test]
fn a_picture_is_told_and_one_that_is_only_listed_is_not() {
    let document = "<EventNotificationAlert><eventType>ANPR</eventType><ANPR><licensePlate>123ABC02</licensePlate><pictureInfoList>\
        <pictureInfo><fileName>plate.jpg</fileName><type>licensePlatePicture</type></pictureInfo>\
        <pictureInfo><fileName>late.jpg</fileName><type>vehiclePicture</type></pictureInfo>\
        </pictureInfoList></ANPR><UUID>u-1</UUID></EventNotificationAlert>";
    let body = format!(
        "--M\r\nContent-Type: application/xml\r\n\r\n{document}\r\n--M\r\nContent-Disposition: form-data; name=\"plate.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nabc\r\n--M--\r\n"
    );
    let said = listened("dialect = \"hikvision-anpr\"").takes(body.as_bytes());
    let [Said::Plate(plate)] = &said[..] else { panic!("{said:?}") };
    assert_eq!((plate.text.as_str(), plate.event.as_deref()), ("123ABC02", Some("u-1")));
    let [picture] = &plate.pictures[..] else { panic!("{:?}", plate.pictures) };
    let told = (picture.kind.as_str(), picture.media_type.as_deref(), picture.bytes);
    assert_eq!(told, ("licensePlatePicture", Some("image/jpeg"), 3));
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(picture.sha256, digest, "SHA-256 of abc (FIPS 180-4)");
}

#[test]
fn what_a_camera_says_of_itself_is_counted_and_its_heartbeat_is_not() {
    let event = |kind: &str, state: &str| {
        format!(
            "<EventNotificationAlert><eventType>{kind}</eventType>{state}</EventNotificationAlert>"
        )
    };
    let inactive = "<eventState>inactive</eventState>";
    let cases = [
        (event("videoloss", "<eventState>active</eventState>"), Some("the camera says videoloss")),
        (event("shelteralarm", ""), Some("the camera says shelteralarm")),
        (event("videoloss", inactive), None),
        (event("heartBeat", ""), None),
        // A vehicle whose plate was not read is seen by the other devices of its lane.
        (event("ANPR", "<ANPR><licensePlate>unknown</licensePlate></ANPR>"), None),
    ];
    for (document, expected) in cases {
        let mut camera = listened("dialect = \"hikvision-anpr\"");
        let heard = camera.pipeline.document(camera.now, document.as_bytes());
        let faults: Vec<(FaultKind, &str)> =
            heard.faults.iter().map(|fault| (fault.kind, fault.detail.as_str())).collect();
        let counted: Vec<_> =
            expected.map(|detail| (FaultKind::NotDecoded, detail)).into_iter().collect();
        assert_eq!(faults, counted, "{document}");
        // It lives, and says nothing about a vehicle.
        assert_eq!((heard.valid, heard.said), (1, vec![]), "{document}");
    }
}
