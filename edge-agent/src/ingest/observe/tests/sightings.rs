//! What a camera posts reaches the lane: the plate, and of each picture its kind, its size and its digest.

use checkpoint::input::observation::Said;

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
