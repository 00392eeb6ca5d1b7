//! Comparing what is with what should be, with a message that shows both.

use std::fmt::Debug;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Fails when the two differ.
pub(super) fn same<A, B>(what: &str, found: A, wanted: B) -> Result<()>
where
    A: Debug + PartialEq<B>,
    B: Debug,
{
    ensure!(
        found == wanted,
        "{what}: found {found:?}, wanted {wanted:?}"
    );
    Ok(())
}

/// Fails when one of the members of `found` differs from what is wanted of it. Names may be paths with dots.
pub(super) fn members(what: &str, found: &Value, wanted: &[(&str, Value)]) -> Result<()> {
    for (path, value) in wanted {
        let place = path
            .split('.')
            .fold(found, |place, name| match name.parse::<usize>() {
                Ok(index) => &place[index],
                Err(_) => &place[name],
            });
        ensure!(
            place == value,
            "{what}: `{path}` is {place}, wanted {value}; all of it: {found}"
        );
    }
    Ok(())
}

/// The list under a name.
pub(super) fn list<'a>(found: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    found[name]
        .as_array()
        .with_context(|| format!("there is no list `{name}` in {found}"))
}

/// The text under a name.
pub(super) fn text(found: &Value, name: &str) -> Result<String> {
    match &found[name] {
        Value::String(text) => Ok(text.clone()),
        _ => bail!("there is no text `{name}` in {found}"),
    }
}

/// The whole number under a name.
pub(super) fn number(found: &Value, name: &str) -> Result<u64> {
    found[name]
        .as_u64()
        .with_context(|| format!("there is no number `{name}` in {found}"))
}

/// The texts under a name in each item of a list.
pub(super) fn each<'a>(items: &'a [Value], name: &str) -> Vec<&'a str> {
    items
        .iter()
        .map(|item| item[name].as_str().unwrap_or("(no text)"))
        .collect()
}
