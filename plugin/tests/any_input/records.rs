//! Stored records: what was written is read, and what a later build wrote beside it stays.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use topcv_plugin::contract::storage::Precondition;
use topcv_plugin::ports::Records as _;
use topcv_plugin::state::connection::ConnectionRecord;
use topcv_plugin::state::posting::{Candidate, PostingRecord};
use topcv_plugin::state::record::{self, Stored};
use topcv_plugin::state::{fields::Rest, keys};

use super::cases;
use super::checks::input::posting_records;
use super::testing::MapRecords;

/// The posting of the checks.
fn posting() -> PostingRecord {
    let records = MapRecords::default();
    let (key, bytes) = &posting_records()[0];
    records
        .put(key, bytes.as_bytes(), &Precondition::Absent)
        .unwrap();
    load(&records, key)
}

fn load(records: &MapRecords, key: &str) -> PostingRecord {
    let Stored { value, .. } = record::load(records, key).unwrap().unwrap();
    value
}

fn a_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(any::<String>(), inner, 0..3)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_posting_is_read_as_it_was_written(
        texts in prop::array::uniform4(any::<String>()),
        numbers in prop::array::uniform4(any::<u64>()),
        words in prop::option::of(any::<String>()),
        sent in prop::collection::btree_map(any::<String>(), a_json(), 0..4),
        truths in any::<(bool, bool)>(),
    ) {
        let [id, job, title, request_digest] = texts;
        let [revision, created_at, sent_at, lease_until] = numbers;
        let written = PostingRecord {
            id, job, title, request_digest, revision, created_at, sent_at, lease_until, sent,
            board_id: words.clone(),
            reason: words.clone(),
            unlinked: truths.0,
            linked: truths.1,
            candidates: vec![Candidate { id: "1".into(), title: words.clone().unwrap_or_default(), url: words, rest: Rest::default() }],
            ..posting()
        };
        let records = MapRecords::default();
        record::save(&records, "posting/x", &written, &Precondition::Absent).map_err(|_| "not saved").unwrap();
        prop_assert_eq!(load(&records, "posting/x"), written);
    }

    #[test]
    fn members_of_a_later_build_go_back_as_they_came(later in prop::collection::btree_map("[a-z]{3,8}_later", a_json(), 1..4)) {
        let (key, bytes) = &posting_records()[0];
        let mut envelope: Json = serde_json::from_str(bytes).unwrap();
        for (name, value) in &later {
            envelope["data"][name] = value.clone();
        }
        let records = MapRecords::default();
        records.put(key, envelope.to_string().as_bytes(), &Precondition::Absent).unwrap();
        let mut read = load(&records, key);
        read.title = "another".into();
        record::save(&records, key, &read, &Precondition::Any).map_err(|_| "not saved").unwrap();
        let stored: Json = serde_json::from_slice(&records.get(key).unwrap().unwrap().value).unwrap();
        prop_assert_eq!(&stored["data"]["title"], &json!("another"));
        for (name, value) in &later {
            prop_assert_eq!(&stored["data"][name], value);
        }
    }

    #[test]
    fn any_bytes_are_a_record_or_a_named_failure_and_never_written_over(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        a_json().prop_map(|json| json.to_string().into_bytes()),
        a_json().prop_map(|json| json!({"schema": 1, "data": json}).to_string().into_bytes()),
    ]) {
        let records = MapRecords::default();
        records.put(keys::CONNECTION, &bytes, &Precondition::Absent).unwrap();
        match record::load::<ConnectionRecord>(&records, keys::CONNECTION) {
            Ok(stored) => prop_assert!(stored.is_some()),
            Err(failure) => {
                prop_assert!(record::is_broken(&failure), "{failure:?}");
                let named = format!("{:?}", failure.extra).contains(keys::CONNECTION);
                prop_assert!(named);
                let changed = record::modify::<ConnectionRecord, ()>(&records, keys::CONNECTION, |_| Ok((Some(ConnectionRecord::default()), ())));
                prop_assert!(changed.is_err());
                prop_assert_eq!(&records.get(keys::CONNECTION).unwrap().unwrap().value, &bytes);
            }
        }
    }

    #[test]
    fn a_connection_is_read_as_it_was_written(protocol in prop::collection::btree_map(any::<String>(), any::<String>(), 0..4), known in prop::collection::btree_map(any::<u32>(), prop::collection::vec(any::<String>(), 0..3), 0..3), at in any::<Option<u64>>()) {
        let written = ConnectionRecord { protocol, known, signed_in_at: at, ..ConnectionRecord::default() };
        let records = MapRecords::default();
        record::save(&records, keys::CONNECTION, &written, &Precondition::Absent).map_err(|_| "not saved").unwrap();
        let Stored { value, .. } = record::load::<ConnectionRecord>(&records, keys::CONNECTION).unwrap().unwrap();
        prop_assert!(value == written, "written and read are not the same");
    }
}

#[test]
fn the_posting_of_the_checks_is_a_whole_one() {
    assert_eq!(posting().board_id.as_deref(), Some("9001"));
    assert_eq!(posting().sent, BTreeMap::new());
}
