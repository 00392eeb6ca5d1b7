//! `--operator-setting NAME=VALUE`: what every connection gets from the operator, in the kind that the plugin's manifest says.

use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use job_board_demo::{FieldValue, Values};
use job_board_host::contract::connection::Manifest;
use job_board_host::contract::forms::{Audience, Setting};

/// One setting as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSetting {
    /// The manifest's id.
    pub name: String,
    /// The value's text.
    pub value: String,
}

impl FromStr for OperatorSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("write NAME=VALUE; `job-board inspect FILE` shows the names".to_owned()),
        }
    }
}

/// The settings as values. A name that is given twice has its last value.
///
/// # Errors
/// When the plugin has no such operator setting, or the text is no value of its kind.
pub fn values(settings: &[OperatorSetting], manifest: &Manifest) -> Result<Values> {
    settings
        .iter()
        .map(|given| {
            let known = find(&given.name, manifest)?;
            Ok((given.name.clone(), value(given, &known.kind)?))
        })
        .collect()
}

fn find<'a>(name: &str, manifest: &'a Manifest) -> Result<&'a Setting> {
    let operators = || {
        let settings = manifest.settings.iter();
        settings.filter(|setting| setting.audience == Audience::Operator)
    };
    match operators().find(|setting| setting.id == name) {
        Some(setting) => Ok(setting),
        None => bail!(
            "the plugin {} has no operator setting `{name}`; it has: {}",
            manifest.id,
            operators()
                .map(|setting| setting.id.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// The kinds stand in the contract's `forms`; one that is not known is text.
fn value(given: &OperatorSetting, kind: &str) -> Result<FieldValue> {
    let OperatorSetting { name, value } = given;
    Ok(match kind {
        "json" => {
            let read = serde_json::from_str::<serde_json::Value>(value);
            ensure!(
                read.is_ok(),
                "the operator setting `{name}` takes JSON, such as {name}='{{\"key\": \"value\"}}'; put quotes around it for the shell"
            );
            FieldValue::Json(value.clone())
        }
        "integer" | "money" => match value.parse() {
            Ok(number) => FieldValue::Integer(number),
            Err(_) => bail!("the operator setting `{name}` takes a whole number, not `{value}`"),
        },
        "switch" => match value.parse() {
            Ok(truth) => FieldValue::Truth(truth),
            Err(_) => bail!("the operator setting `{name}` takes true or false, not `{value}`"),
        },
        "choices" | "texts" | "emails" => {
            FieldValue::Texts(value.split(',').map(|one| one.trim().to_owned()).collect())
        }
        _ => FieldValue::Text(value.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: &str) -> Result<FieldValue> {
        value(&text.parse().unwrap(), kind)
    }

    #[test]
    fn a_value_has_the_kind_that_the_manifest_says() {
        assert_eq!(
            read("protocol={\"base_url\":\"a=b\"}", "json").unwrap(),
            FieldValue::Json("{\"base_url\":\"a=b\"}".into())
        );
        assert_eq!(read("a=3", "integer").unwrap(), FieldValue::Integer(3));
        assert_eq!(read("a=true", "switch").unwrap(), FieldValue::Truth(true));
        assert_eq!(
            read("a=x, y", "texts").unwrap(),
            FieldValue::Texts(vec!["x".into(), "y".into()])
        );
        assert_eq!(read("a=3", "text").unwrap(), FieldValue::Text("3".into()));
    }

    #[test]
    fn a_value_of_another_kind_names_the_setting_and_what_it_takes() {
        for (text, kind, wanted) in [
            ("protocol={base_url:x}", "json", "takes JSON"),
            ("a=three", "integer", "whole number"),
            ("a=yes", "switch", "true or false"),
        ] {
            let error = read(text, kind).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
        for text in ["protocol", "=x", ""] {
            assert!(text.parse::<OperatorSetting>().is_err(), "{text}");
        }
    }
}
