//! The published schema of our own contract says what the codec says: what one accepts the other does, and the same the other way round.
//!
//! Known differences, which a schema without patterns cannot say: the digits of a weight and of an event, capitals of a country, days that are none.

use firmware_protocols::json;
use serde_json::Value;

/// Whether `value` fits `schema`; the words of JSON Schema that ours uses, and no others.
fn fits(schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(word, wanted)| match word.as_str() {
        "$schema" | "title" | "description" | "format" => true,
        "type" => match wanted {
            Value::Array(types) => types.iter().any(|one| is(one.as_str().unwrap(), value)),
            one => is(one.as_str().unwrap(), value),
        },
        "const" => value == wanted,
        "enum" => wanted.as_array().unwrap().contains(value),
        "required" => match value.as_object() {
            Some(object) => wanted
                .as_array()
                .unwrap()
                .iter()
                .all(|key| object.contains_key(key.as_str().unwrap())),
            None => true,
        },
        "properties" => match value.as_object() {
            Some(object) => {
                let properties = wanted.as_object().unwrap();
                object.iter().all(|(key, value)| {
                    properties.get(key).is_none_or(|schema| fits(schema, value))
                })
            }
            None => true,
        },
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(wanted, item))),
        "oneOf" => {
            wanted.as_array().unwrap().iter().filter(|schema| fits(schema, value)).count() == 1
        }
        "minLength" => value
            .as_str()
            .is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().unwrap()),
        "maxLength" => value
            .as_str()
            .is_none_or(|text| text.chars().count() as u64 <= wanted.as_u64().unwrap()),
        "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
        other => panic!("a word that this test does not know: {other}"),
    })
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("{other}"),
    }
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/protocols/json.schema.json")).unwrap()
}

/// The documents that the page of the contract shows.
fn examples() -> Vec<String> {
    let page = include_str!("../../../docs/protocols/json.md");
    let blocks = page.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let joined = blocks.map(|block| block.replace("\n ", " "));
    joined.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_examples_of_the_page_are_right_for_both_and_so_is_what_is_written() {
    let (schema, examples) = (schema(), examples());
    assert!(examples.len() >= 4, "{examples:?}");
    for document in examples {
        let value: Value = serde_json::from_str(&document).unwrap();
        assert!(fits(&schema, &value), "{document}");
        let reading = json::decode(document.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        let written = json::encode(&reading).unwrap();
        assert!(fits(&schema, &serde_json::from_str(&written).unwrap()), "{written}");
    }
}

#[test]
fn what_one_refuses_the_other_does() {
    let long = format!(r#"{{"v":1,"seal":"{}"}}"#, "x".repeat(257));
    let documents = [
        (r#"{"v":1,"seal":"A"}"#, true),
        (r#"{"v":1,"plate":null}"#, true),
        (r#"{"v":1,"plate":"A","lane":65535,"new":{}}"#, true),
        (r#"{"v":1,"weight":{"condition":"blank"}}"#, true),
        (r#"{"v":1,"weight":{"value":"1","unit":"t"}}"#, true),
        (r#"{"v":2,"seal":"A"}"#, false),
        (r#"{"seal":"A"}"#, false),
        (r#"{"v":1}"#, false),
        (r#"{"v":1,"seal":"A","plate":"B"}"#, false),
        (r#"{"v":1,"seal":""}"#, false),
        (r#"{"v":1,"seal":7}"#, false),
        (r#"{"v":1,"seal":"A","event":"00001"}"#, false),
        (r#"{"v":1,"seal":"A","state":{"battery_pct":101}}"#, false),
        (r#"{"v":1,"seal":"A","state":{"housing":"ajar"}}"#, false),
        (r#"{"v":1,"seal":"A","pos":{"lat":95.0,"lon":1.0,"valid":true}}"#, false),
        (r#"{"v":1,"seal":"A","pos":{"lat":5.0,"lon":1.0}}"#, false),
        (r#"{"v":1,"plate":"A","confidence_pct":101}"#, false),
        (r#"{"v":1,"plate":"A","char_confidence_pct":[1,101]}"#, false),
        (r#"{"v":1,"plate":"A","lane":65536}"#, false),
        (r#"{"v":1,"plate":"A","country":"KAZ"}"#, false),
        (r#"{"v":1,"plate":"A","retransmitted":"yes"}"#, false),
        (r#"{"v":1,"weight":{"value":40000}}"#, false),
        (r#"{"v":1,"weight":{"value":"1","condition":"blank"}}"#, false),
        (r#"{"v":1,"weight":{}}"#, false),
        (r#"{"v":1,"weight":{"value":"1","unit":"pood"}}"#, false),
        (&long, false),
    ];
    for (document, sound) in documents {
        let value: Value = serde_json::from_str(document).unwrap();
        assert_eq!(fits(&schema(), &value), sound, "schema: {document}");
        assert_eq!(json::decode(document.as_bytes()).is_ok(), sound, "codec: {document}");
    }
}
