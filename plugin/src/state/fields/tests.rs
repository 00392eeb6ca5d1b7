use serde_json::json;

use super::*;

words! {
    /// An enum with a word of two parts.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Meal {
        /// A.
        Breakfast = "breakfast",
        /// B.
        LateDinner = "late-dinner",
    }
}

record! {
    /// Nested.
    #[derive(Debug, PartialEq)]
    struct Guest {
        /// A.
        name: String,
    }
}

record! {
    /// A field of each kind.
    #[derive(Debug, PartialEq)]
    struct Visit {
        guest: Guest,
        meal: Meal,
        paid: bool,
        at: u64,
        rooms: u32 = 1,
        note: Option<String>,
        company: Option<Guest>,
        days: Vec<u32>,
        pairs: Vec<(String, String)>,
        by_name: BTreeMap<String, Json>,
        by_number: BTreeMap<u32, Vec<Meal>>,
    }
}

fn stored() -> Json {
    json!({
        "guest": { "name": "An" }, "meal": "late-dinner", "paid": true, "at": u64::MAX, "rooms": 2, "note": "n",
        "company": { "name": "Bình" }, "days": [1, 2], "pairs": [["a", "b"]], "by_name": { "x": { "y": [1.50, null] } },
        "by_number": { "7": ["breakfast"], "10": [] },
    })
}

fn changed(name: &str, value: Json) -> Option<Visit> {
    let mut json = stored();
    json[name] = value;
    Visit::read(&json)
}

fn without(names: &[&str]) -> Option<Visit> {
    let mut json = stored();
    for name in names {
        json.as_object_mut().unwrap().remove(*name);
    }
    Visit::read(&json)
}

#[test]
fn every_kind_of_field_is_written_as_it_was_read() {
    let visit = Visit::read(&stored()).unwrap();
    assert_eq!(visit.write(), stored());
    assert_eq!(visit.meal, Meal::LateDinner);
    assert_eq!(visit.at, u64::MAX);
    assert_eq!(visit.by_number[&10], []);
}

#[test]
fn nothing_is_written_as_null_and_read_from_null_or_absence() {
    let absent = without(&["note", "company"]).unwrap();
    assert_eq!((&absent.note, &absent.company), (&None, &None));
    assert_eq!(absent.write()["note"], Json::Null);
    assert_eq!(Visit::read(&absent.write()), Some(absent));
}

#[test]
fn a_declared_value_stands_for_an_absent_field_only() {
    assert_eq!(without(&["rooms"]).unwrap().rooms, 1);
    assert_eq!(changed("rooms", Json::Null), None);
}

#[test]
fn unknown_members_go_back_as_they_came_at_every_level() {
    let mut json = stored();
    json["colour"] = json!("red");
    json["guest"]["age"] = json!(30);
    json["company"]["tax"] = json!({ "id": [1.50] });
    let mut visit = Visit::read(&json).unwrap();
    assert_eq!(visit.write(), json);
    // Known members change; what goes with them goes.
    visit.paid = false;
    visit.company = None;
    json["paid"] = json!(false);
    json["company"] = Json::Null;
    assert_eq!(visit.write(), json);
    assert_ne!(Visit::read(&json), without(&[]));
    let shown = format!("{visit:?}");
    assert!(
        !shown.contains("red") && !shown.contains("colour"),
        "{shown}"
    );
}

#[test]
fn a_record_that_lacks_a_field_is_not_read() {
    for name in [
        "guest",
        "meal",
        "paid",
        "at",
        "days",
        "pairs",
        "by_name",
        "by_number",
    ] {
        assert_eq!(without(&[name]), None, "{name}");
    }
}

#[test]
fn a_field_of_another_kind_is_not_read() {
    for (name, value) in [
        ("guest", json!("An")),
        ("guest", json!([])),
        ("meal", json!("lunch")),
        ("meal", json!("LateDinner")),
        ("meal", json!(0)),
        ("paid", json!(1)),
        ("at", json!(-1)),
        ("at", json!(1.5)),
        ("at", json!("1")),
        ("rooms", json!(4_294_967_296_u64)),
        ("note", json!(1)),
        ("days", json!({})),
        ("days", json!([1, "2"])),
        ("pairs", json!([["a"]])),
        ("pairs", json!([["a", "b", "c"]])),
        ("by_name", json!([])),
        ("by_number", json!({ "a": [] })),
        ("by_number", json!({ "1": ["lunch"] })),
    ] {
        assert_eq!(changed(name, value.clone()), None, "{name}: {value}");
    }
    for json in [json!(null), json!([]), json!("x")] {
        assert_eq!(Guest::read(&json), None);
    }
}
