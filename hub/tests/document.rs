//! The OpenAPI document is what was agreed.

use expect_test::expect_file;

#[test]
fn the_document_is_the_one_in_the_repository() {
    let document = hub::api::document().to_pretty_json().unwrap() + "\n";
    expect_file!["../openapi.json"].assert_eq(&document);
}
