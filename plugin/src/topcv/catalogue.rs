//! TopCV's lists of options: as last read from its metadata, and what is known without it.

use super::client::{Client, protocol_of};
use super::enumerations::{self, KEYS, Known};
use super::errors::BoardError;
use super::protocol::Protocol;
use crate::contract::forms::Choice;
use crate::contract::log::Level;
use crate::failure::{Failure, text};
use crate::name_map::{NameMap, NameSet};
use crate::ports::Ports;
use crate::state::catalogue::{self as store, StoredList};
use crate::state::connection::ConnectionRecord;
use crate::vietnam::compose::nfc;
use crate::vietnam::masking::is_invisible;

/// The form fields whose options come from the metadata; `metadata.<field>` in the protocol names each list.
pub const LISTS: [&str; 4] = ["main_category", "skills", "locations", "job_type"];

/// A copy older than this is read again.
const DUE_AFTER_MS: u64 = 24 * 60 * 60 * 1000;

/// Bounds on what one list may hold; TopCV's are far below.
const MOST_OPTIONS: usize = 20_000;
const LONGEST_NAME: usize = 300;

/// One option of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// TopCV's id, as text.
    pub id: String,
    /// TopCV's name for it, Vietnamese.
    pub name: String,
}

/// All lists that the form needs, and what the operator added to the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// By form field, one of [`LISTS`].
    pub lists: NameMap<Vec<Entry>>,
    /// Wire keys beyond the 25 that the operator added to the form.
    pub extra_fields: Vec<String>,
    /// When the oldest list was read from TopCV. Absent: none ever was.
    pub as_of: Option<u64>,
    /// A list that is due, or was never read, could not be read from TopCV.
    pub stale: bool,
}

impl Catalogue {
    /// The options of a field, in TopCV's order. What is known in advance stands in for a list that was never read.
    pub fn choices(&self, field: &str) -> Vec<Choice> {
        if let Some(options) = enumerations::fixed(field) {
            return options.iter().map(of_known).collect();
        }
        match self.lists.get(field).filter(|list| !list.is_empty()) {
            Some(list) => list.iter().map(of_entry).collect(),
            None => enumerations::first(field).iter().map(of_known).collect(),
        }
    }
}

/// The last copies, from storage alone.
pub fn stored(ports: Ports<'_>) -> Result<Catalogue, Failure> {
    refreshed(ports, None)
}

/// As [`stored`], with lists that are missing or older than a day read again through `client` where that works.
///
/// Whatever TopCV answers, the last copies are there; `stale` says that some of them are old.
pub fn refreshed(
    ports: Ports<'_>,
    mut client: Option<&mut Client<'_>>,
) -> Result<Catalogue, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let mut catalogue = Catalogue {
        extra_fields: extra_fields(&protocol_of(&connection)),
        ..Catalogue::default()
    };
    for field in LISTS {
        let mut list = store::load(ports, field)?;
        if is_due(list.as_ref(), ports.clock.now()) {
            match client
                .as_deref_mut()
                .map(|client| read(ports, client, field))
            {
                Some(Ok(fresh)) => list = Some(fresh),
                Some(Err(error)) => {
                    catalogue.stale = true;
                    // One list that TopCV does not have says nothing of the others; anything else would only cost more time-outs.
                    if !matches!(error, BoardError::NotFound | BoardError::Refused { .. }) {
                        client = None;
                    }
                }
                None => catalogue.stale = true,
            }
        }
        if let Some(list) = list {
            let read_at = catalogue.as_of.unwrap_or(list.read_at).min(list.read_at);
            catalogue.as_of = Some(read_at);
            let entries = list.options.into_iter();
            let entries = entries.map(|(id, name)| Entry { id, name }).collect();
            catalogue.lists.insert(field.to_owned(), entries);
        }
    }
    Ok(catalogue)
}

fn is_due(list: Option<&StoredList>, now: u64) -> bool {
    list.is_none_or(|list| now.abs_diff(list.read_at) >= DUE_AFTER_MS)
}

/// Reads one list from TopCV and keeps it. That it could not be kept is no reason not to use it.
fn read(ports: Ports<'_>, client: &mut Client<'_>, field: &str) -> Result<StoredList, BoardError> {
    let kind = client
        .protocol()
        .get(&format!("metadata.{field}"))
        .to_owned();
    let answer = client.metadata(&kind).map(clean);
    let log = |event: &str, code: &str| {
        let fields = [("list", field), ("code", code)];
        ports.log.write(Level::Warn, event, &fields);
    };
    let options = match answer {
        Ok(options) if options.is_empty() => {
            log("catalogue.not-read", "empty");
            return Err(BoardError::NotFound);
        }
        Ok(options) => options,
        Err(error) => {
            log("catalogue.not-read", &error.clone().into_failure().code);
            return Err(error);
        }
    };
    let read_at = ports.clock.now();
    if let Err(failure) = store::save(ports, field, &options, read_at) {
        log("catalogue.not-kept", &failure.code);
    }
    Ok(StoredList { read_at, options })
}

fn clean(options: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut ids = NameSet::new();
    options
        .into_iter()
        .map(|(id, name)| {
            let name: String = nfc(&name)
                .chars()
                .filter(|c| !is_invisible(*c))
                .take(LONGEST_NAME)
                .collect();
            (id.trim().to_owned(), name.trim().to_owned())
        })
        .filter(|(id, name)| !id.is_empty() && id.len() <= 40 && !name.is_empty() && ids.insert(id))
        .take(MOST_OPTIONS)
        .collect()
}

fn extra_fields(protocol: &Protocol) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for key in protocol.list("form.extra_fields") {
        let usable = key.len() <= 64
            && key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let taken = KEYS.contains(&key)
            || key == "salary_negotiable"
            || protocol.lists("detail.read_only", key);
        if usable && !taken && !fields.iter().any(|field| field == key) {
            fields.push(key.to_owned());
        }
    }
    fields
}

fn of_known(known: &Known) -> Choice {
    Choice {
        id: known.id.to_owned(),
        label: text(known.vi, known.en),
        group: None,
    }
}

fn of_entry(entry: &Entry) -> Choice {
    Choice {
        id: entry.id.clone(),
        label: text(entry.name.as_str(), entry.name.as_str()),
        group: None,
    }
}

#[cfg(test)]
mod tests;
