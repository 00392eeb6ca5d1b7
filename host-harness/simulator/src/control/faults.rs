//! Errors on demand.

use axum::extract::State;
use serde_json::{Value, json};

use super::http::{Answered, Id, Input, ok};
use crate::app::App;
use crate::faults::{Fault, Kind, When};
use crate::input::{Fields, InputError};
use crate::partner::Operation;

const OPERATIONS: [(&str, Option<Operation>); 12] = [
    ("connect", Some(Operation::Connect)),
    ("disconnect", Some(Operation::Disconnect)),
    ("check", Some(Operation::Check)),
    ("metadata", Some(Operation::Metadata)),
    ("create", Some(Operation::Create)),
    ("edit", Some(Operation::Edit)),
    ("publish", Some(Operation::Publish)),
    ("stop", Some(Operation::Stop)),
    ("detail", Some(Operation::Detail)),
    ("list", Some(Operation::List)),
    ("download", Some(Operation::Download)),
    ("any", None),
];

/// `POST /control/faults`.
pub(crate) async fn create(State(app): State<App>, Input(mut fields): Input) -> Answered {
    let employer_id = fields.optional_integer("employer_id", 1, i64::MAX)?;
    let employer_id = employer_id.and_then(|id| u64::try_from(id).ok());
    let operation = fields.optional_choice("operation", &OPERATIONS)?;
    let operation = operation.ok_or_else(|| InputError::missing("operation"))?;
    let kind = fields.text("kind", 100)?;
    let times = fields.optional_integer("times", 0, 1_000_000)?.unwrap_or(1);
    let whens = [("before", When::Before), ("after", When::After)];
    let when = fields.optional_choice("when", &whens)?;
    let mut params = fields
        .optional_fields("params")?
        .unwrap_or_else(Fields::empty);
    let kind = Kind::read(&kind, &mut params)?;
    params.finish()?;
    fields.finish()?;
    if kind.only_for().is_some_and(|only| operation != Some(only)) {
        return Err(InputError::bad_value(
            "operation",
            &format!("the one that {} is for", kind.name()),
        ));
    }
    let id = app.with(|world| -> Result<u64, InputError> {
        if let Some(id) = employer_id {
            world.employer(id)?;
        }
        let id = world.new_fault_id();
        world.faults.push(Fault {
            id,
            employer_id,
            operation,
            kind,
            when: when.unwrap_or(When::Before),
            left: u32::try_from(times).ok().filter(|times| *times > 0),
            used: 0,
        });
        Ok(id)
    })?;
    ok(&json!({"fault_id": id}))
}

fn view(fault: &Fault) -> Value {
    json!({
        "fault_id": fault.id,
        "employer_id": fault.employer_id,
        "operation": fault.operation.map_or(json!("any"), |operation| json!(operation)),
        "kind": fault.kind.name(),
        "when": fault.when,
        "left": fault.left,
        "used": fault.used,
    })
}

/// `GET /control/faults`: used-up ones too, with `left` 0.
pub(crate) async fn list(State(app): State<App>) -> Answered {
    let faults: Vec<Value> = app.with(|world| world.faults.iter().map(view).collect());
    ok(&json!({"faults": faults}))
}

/// `DELETE /control/faults`.
pub(crate) async fn clear(State(app): State<App>) -> Answered {
    let cleared = app.with(|world| std::mem::take(&mut world.faults).len());
    ok(&json!({"cleared": cleared}))
}

/// `DELETE /control/faults/{id}`.
pub(crate) async fn remove(State(app): State<App>, Id(id): Id) -> Answered {
    app.with(|world| {
        let before = world.faults.len();
        world.faults.retain(|fault| fault.id != id);
        if world.faults.len() == before {
            return Err(InputError::not_found("fault_id", id));
        }
        Ok(())
    })?;
    ok(&json!({"cleared": 1}))
}
