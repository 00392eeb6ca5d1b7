//! The promises of publish and update, against a small scripted board that counts what it is asked.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::contract::events::PostingState;
use crate::contract::http::{HttpError, Request, Response};
use crate::contract::postings::Resolution;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::named;
use crate::testing::{TestHost, json as answer, lost};

mod backing_off;
mod clocks;
mod damage;
mod publishing;
mod restore;
mod review;
mod standing;
mod updating;

/// What happens to the next create.
#[derive(Clone, Copy, PartialEq)]
enum Create {
    Works,
    LostAfter,
    LostBefore,
    Refused,
}

/// Postings by id, and what was asked.
struct Board {
    postings: Vec<(u64, Map<String, Json>)>,
    create: Create,
    creates: u32,
    connects: u32,
    edits: u32,
    writes: u32,
    draft: bool,
}

impl Board {
    fn on(host: &TestHost) -> Rc<RefCell<Self>> {
        let board = Rc::new(RefCell::new(Self {
            postings: Vec::new(),
            create: Create::Works,
            creates: 0,
            connects: 0,
            edits: 0,
            writes: 0,
            draft: false,
        }));
        let shared = Rc::clone(&board);
        host.board(move |request| shared.borrow_mut().answer(request));
        board
    }

    fn answer(&mut self, request: &Request) -> Result<Response, HttpError> {
        let path = request.url.splitn(4, '/').nth(3).unwrap();
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<_> = path.split('/').collect();
        if request.method != "GET" {
            self.writes += 1;
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["api", "jobs"]) => self.create(request),
            ("POST", ["api", "connect"]) => {
                self.connects += 1;
                let session = format!("session-{}", self.connects + 1);
                answer(200, &json!({"data": {"access_token": session}}))
            }
            ("GET", ["api", "jobs"]) => {
                let items: Vec<_> = self
                    .postings
                    .iter()
                    .rev()
                    .map(|(id, body)| json!({"job_id": id, "title": body["title"]}))
                    .collect();
                answer(200, &json!({"data": items, "last_page": 1}))
            }
            ("PUT", ["api", "disconnect"]) => answer(200, &json!({"status": "success"})),
            ("GET", ["api", "metadata", _]) => answer(404, &json!({"message": "Không tìm thấy"})),
            (method, ["api", "jobs", id, rest @ ..]) => self.one(method, id, rest, request),
            other => panic!("unexpected request {other:?}"),
        }
    }

    fn create(&mut self, request: &Request) -> Result<Response, HttpError> {
        let body: Map<String, Json> =
            serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
        match self.create {
            Create::Refused => {
                return answer(
                    422,
                    &json!({"message": "x", "errors": {"title": ["Tiêu đề trùng"]}}),
                );
            }
            Create::LostBefore => return lost(),
            Create::Works | Create::LostAfter => {}
        }
        self.creates += 1;
        let id = 1000 + u64::from(self.creates);
        self.add(id, body);
        if self.create == Create::LostAfter {
            return lost();
        }
        answer(
            200,
            &json!({"data": {"job_id": id, "job_url": format!("https://www.topcv.vn/viec-lam/x/{id}.html")}}),
        )
    }

    fn add(&mut self, id: u64, mut body: Map<String, Json>) {
        body.insert(
            "run_status".into(),
            json!(if self.draft { "draft" } else { "running" }),
        );
        body.insert("approval_status".into(), json!("pending"));
        body.insert("working_time".into(), json!("Thứ 2 - Thứ 6"));
        self.postings.push((id, body));
    }

    fn one(
        &mut self,
        method: &str,
        id: &str,
        rest: &[&str],
        request: &Request,
    ) -> Result<Response, HttpError> {
        let Some((_, fields)) = self
            .postings
            .iter_mut()
            .find(|(known, _)| known.to_string() == id)
        else {
            return answer(404, &json!({"message": "Không tìm thấy"}));
        };
        match (method, rest) {
            ("GET", []) => {
                let mut shown = fields.clone();
                shown.insert("job_id".into(), json!(id.parse::<u64>().unwrap()));
                answer(200, &json!({ "data": shown }))
            }
            ("PUT", []) => {
                self.edits += 1;
                let body: Map<String, Json> =
                    serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
                let run = fields["run_status"].clone();
                // What is absent is wiped: that is the danger for fields that only the board knows.
                *fields = body;
                fields.insert("run_status".into(), run);
                fields.insert("approval_status".into(), json!("pending"));
                answer(200, &json!({"status": "success"}))
            }
            ("POST", ["publish"]) => {
                fields.insert("run_status".into(), json!("running"));
                answer(200, &json!({"status": "success"}))
            }
            ("POST", ["stop"]) => {
                fields.insert("run_status".into(), json!("stopped"));
                answer(200, &json!({"status": "success"}))
            }
            other => panic!("unexpected request {other:?}"),
        }
    }

    fn set(&mut self, id: u64, key: &str, value: Json) {
        let (_, fields) = self
            .postings
            .iter_mut()
            .find(|(known, _)| *known == id)
            .unwrap();
        fields.insert(key.into(), value);
    }

    fn get(&self, id: u64, key: &str) -> Json {
        self.postings
            .iter()
            .find(|(known, _)| *known == id)
            .unwrap()
            .1[key]
            .clone()
    }
}

fn value(name: &str, value: Value) -> NamedValue {
    NamedValue {
        name: name.into(),
        value,
    }
}

fn values() -> Vec<NamedValue> {
    vec![
        named("title", "Kỹ sư phần mềm"),
        named("position_title", "Kỹ sư phần mềm"),
        named("main_category", "10"),
        value("locations", Value::Texts(vec!["1".into()])),
        value("salary_from", Value::Integer(15_000_000)),
        value("salary_to", Value::Integer(25_000_000)),
        named("job_type", "1"),
        named("employee_level", "1"),
        named("experience", "1-0"),
        value("quantity", Value::Integer(2)),
        named("gender", "0"),
        named("job_description", "Viết mã."),
        named("job_requirement", "Biết Rust."),
        named("job_benefit", "Lương tháng 13."),
        named("deadline", "2026-12-31"),
        named("contact_name", "Nguyễn Thị Ánh"),
        named("contact_phone", "0912345678"),
        value("contact_email", Value::Texts(vec!["anh@example.vn".into()])),
    ]
}

fn with(name: &str, text: &str) -> Vec<NamedValue> {
    let mut values = values();
    values.retain(|value| value.name != name);
    values.push(named(name, text));
    values
}

fn later(host: &TestHost) {
    host.now.set(host.now.get() + 60 * 60 * 1000);
}
