//! In which format records are written: what lets a release be taken back while postings are live.
//!
//! A release reads its own format and the one before. It writes the one before until the operator says that nobody will go back, with the
//! setting `record-format`. The number stands in storage and in secrets, each for its own records.

use super::fields::record;
use super::keys;
use super::record::{self, Record, Stored};
use crate::failure::Failure;
use crate::ports::{Ports, Records};

/// The newest format that this build writes.
pub const NEWEST: u32 = if cfg!(feature = "rehearse-next-release") {
    2
} else {
    1
};

/// The oldest format that this build writes: that of the release before it. There is none before 1.
pub const OLDEST: u32 = if NEWEST > 1 { NEWEST - 1 } else { 1 };

record! {
    /// Stored under [`keys::FORMAT`]. Absent: the operator has not finalised anything.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub struct FormatRecord {
        /// The format to write.
        pub number: u32,
    }
}

impl Record for FormatRecord {
    const SCHEMA: u32 = 1;
}

/// The format that records are written in. A number that cannot be read is the careful one: what every build of today can read.
pub fn in_force(records: &dyn Records) -> Result<u32, Failure> {
    let stored = record::load_or_broken::<FormatRecord>(records, keys::FORMAT)?;
    let number = match stored {
        Ok(Some(Stored { value, .. })) => value.number,
        Ok(None) | Err(_) => OLDEST,
    };
    Ok(number.clamp(OLDEST, NEWEST))
}

/// The operator's word, for both stores.
pub fn set(ports: Ports<'_>, number: u32) -> Result<(), Failure> {
    for records in [ports.storage as &dyn Records, ports.secrets] {
        record::modify_or_replace::<FormatRecord, ()>(records, keys::FORMAT, |present| {
            let mut next = present.unwrap_or_default();
            if next.number == number {
                return Ok((None, ()));
            }
            next.number = number;
            Ok((Some(next), ()))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
