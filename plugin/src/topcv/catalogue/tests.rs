use serde_json::json;

use super::*;
use crate::testing::{TestHost, json as answer, lost};

fn serve(host: &TestHost) {
    host.board(|request| {
        let list = match request.url.rsplit('/').next().unwrap_or("") {
            "categories" => json!([{"id": 10015, "name": "Công nghệ thông tin"}]),
            "skills" => json!([{"id": 1, "name": "Rust"}, {"id": 1, "name": "again"}, {"id": 2, "name": " "}]),
            "cities" => json!([{"id": "2", "name": "Hồ Chí Minh"}, {"name": "no id"}]),
            _ => return answer(404, &json!({"message": "none"})),
        };
        answer(200, &json!({ "data": list }))
    });
}

fn refresh(host: &TestHost) -> Catalogue {
    let mut client = Client::open(host.ports()).unwrap();
    refreshed(host.ports(), Some(&mut client)).unwrap()
}

#[test]
fn lists_are_read_once_a_day_and_a_missing_one_does_not_stop_the_others() {
    let host = TestHost::configured();
    serve(&host);
    let first = refresh(&host);
    assert_eq!(host.requests.borrow().len(), 4);
    assert_eq!(first.as_of, Some(host.now.get()));
    assert!(first.stale, "there is no list of job types");
    assert_eq!(first.lists.get("skills").unwrap().len(), 1);
    assert_eq!(first.choices("locations")[0].id, "2");
    assert_eq!(first.choices("job_type")[0].label.en, "Full time");

    let second = refresh(&host);
    assert_eq!(
        host.requests.borrow().len(),
        5,
        "only the missing one is asked for"
    );
    assert_eq!(second.lists, first.lists);

    host.now.set(host.now.get() + DUE_AFTER_MS);
    assert_eq!(refresh(&host).as_of, Some(host.now.get()));
    assert_eq!(host.requests.borrow().len(), 9);
}

#[test]
fn the_last_copy_serves_while_the_board_is_down_and_says_its_age() {
    let host = TestHost::configured();
    serve(&host);
    let before = refresh(&host);
    let read_at = host.now.get();
    host.now.set(read_at + 3 * DUE_AFTER_MS);
    host.board(|_| lost());
    let asked = host.requests.borrow().len();
    let after = refresh(&host);
    assert_eq!(
        host.requests.borrow().len(),
        asked + 1,
        "one time-out is enough"
    );
    assert_eq!((after.as_of, after.stale), (Some(read_at), true));
    assert_eq!(after.lists, before.lists);
    assert_eq!(stored(host.ports()).unwrap(), after);
}

#[test]
fn without_any_copy_the_lists_are_what_is_known_in_advance() {
    let host = TestHost::new();
    let catalogue = stored(host.ports()).unwrap();
    assert_eq!((catalogue.as_of, catalogue.stale), (None, true));
    assert_eq!(catalogue.choices("locations").len(), 2);
    assert_eq!(catalogue.choices("employee_level").len(), 8);
    assert!(catalogue.choices("skills").is_empty());
    assert!(host.requests.borrow().is_empty());
}

#[test]
fn an_empty_list_does_not_replace_the_last_copy() {
    let host = TestHost::configured();
    serve(&host);
    refresh(&host);
    host.now.set(host.now.get() + DUE_AFTER_MS);
    host.board(|_| answer(200, &json!({"data": []})));
    let after = refresh(&host);
    assert!(after.stale);
    assert_eq!(after.lists.get("skills").unwrap()[0].name, "Rust");
}

#[test]
fn the_operators_fields_are_keys_that_are_not_there_already() {
    let host = TestHost::configured();
    ConnectionRecord::modify(host.ports(), |connection| {
        connection.protocol.insert(
            "form.extra_fields".into(),
            "working_time, address,title,address,job_id,Bad Key".into(),
        );
        true
    })
    .unwrap();
    assert_eq!(
        stored(host.ports()).unwrap().extra_fields,
        ["working_time", "address"]
    );
}
