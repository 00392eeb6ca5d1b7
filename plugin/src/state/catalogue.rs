//! The last copy of each list of options. A list can be larger than a value, so it is kept in pieces under a head.
//!
//! Pieces are named by their content and never change: a reader sees the old list or the new one, never a mixture. The head is
//! written last.

use super::fields::{Rest, record};
use super::keys;
use super::record::{self, Record, SaveError};
use crate::contract::storage::Precondition;
use crate::digest;
use crate::failure::Failure;
use crate::ports::Ports;

/// Bytes of ids and names a piece, far enough below a value's 64 KB for quotes and escapes.
const PIECE_BYTES: usize = 24 * 1024;

record! {
    /// Stored under [`keys::catalogue`] of the list's name.
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Head {
        /// When the board last answered the list.
        read_at: u64,
        /// Digest of the content; part of the pieces' names.
        content: String,
        /// How many pieces there are.
        pieces: u32,
    }
}

impl Record for Head {
    const SCHEMA: u32 = 1;
}

record! {
    /// Some of a list's options.
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Piece {
        /// Pairs of id and name.
        options: Vec<(String, String)>,
    }
}

impl Record for Piece {
    const SCHEMA: u32 = 1;
}

/// A list as it was last read from the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredList {
    /// When.
    pub read_at: u64,
    /// Pairs of id and name, in the board's order.
    pub options: Vec<(String, String)>,
}

/// Reads a list. One that is not there, or not whole, is `None`: it can be read from the board again.
pub fn load(ports: Ports<'_>, list: &str) -> Result<Option<StoredList>, Failure> {
    // A second try for a list that was replaced between its head and its pieces.
    for _ in 0..2 {
        let Some(head) = lenient::<Head>(ports, &keys::catalogue(list))? else {
            return Ok(None);
        };
        if let Some(options) = pieces(ports, list, &head)? {
            return Ok(Some(StoredList {
                read_at: head.read_at,
                options,
            }));
        }
    }
    Ok(None)
}

/// Replaces a list by what the board answered at `read_at`.
pub fn save(
    ports: Ports<'_>,
    list: &str,
    options: &[(String, String)],
    read_at: u64,
) -> Result<(), Failure> {
    // What cannot be read is replaced; what a later release wrote is left to it.
    let before = match record::load_or_broken::<Head>(ports.storage, &keys::catalogue(list))? {
        Ok(head) => head.map(|stored| stored.value),
        Err(failure) if failure.code == "record-too-new" => return Err(failure),
        Err(_) => None,
    };
    let parts: Vec<&str> = options
        .iter()
        .flat_map(|(id, name)| [id.as_str(), name.as_str()])
        .collect();
    let content = digest::short(&parts);
    let mut count = 0;
    for options in cut(options) {
        let piece = Piece {
            options: options.to_vec(),
            rest: Rest::default(),
        };
        put(ports, &piece_key(list, &content, count), &piece)?;
        count += 1;
    }
    let head = Head {
        read_at,
        content,
        pieces: count,
        rest: Rest::default(),
    };
    put(ports, &keys::catalogue(list), &head)?;
    if let Some(before) = before.filter(|before| before.content != head.content) {
        for index in 0..before.pieces {
            let key = piece_key(list, &before.content, index);
            // A damaged head may count four thousand million pieces: the first that is not there was the last.
            if !matches!(ports.storage.get(&key), Ok(Some(_))) {
                break;
            }
            // What cannot be removed only takes up room.
            let _ = ports.storage.delete(&key, &Precondition::Any);
        }
    }
    Ok(())
}

fn piece_key(list: &str, content: &str, index: u32) -> String {
    keys::catalogue(&format!("{list}/{content}/{index}"))
}

fn pieces(
    ports: Ports<'_>,
    list: &str,
    head: &Head,
) -> Result<Option<Vec<(String, String)>>, Failure> {
    let mut options = Vec::new();
    for index in 0..head.pieces {
        match lenient::<Piece>(ports, &piece_key(list, &head.content, index))? {
            Some(piece) => options.extend(piece.options),
            None => return Ok(None),
        }
    }
    Ok(Some(options))
}

/// A copy that cannot be read is as good as none; a store that does not work is a failure.
fn lenient<T: Record>(ports: Ports<'_>, key: &str) -> Result<Option<T>, Failure> {
    let stored = record::load_or_broken::<T>(ports.storage, key)?;
    Ok(stored.ok().flatten().map(|stored| stored.value))
}

fn put<T: Record>(ports: Ports<'_>, key: &str, value: &T) -> Result<(), Failure> {
    record::save(ports.storage, key, value, &Precondition::Any)
        .map(drop)
        .map_err(|error| match error {
            SaveError::Failed(failure) => failure,
            SaveError::Raced => SaveError::Raced.into(),
        })
}

fn cut(options: &[(String, String)]) -> Vec<&[(String, String)]> {
    let mut pieces = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, (id, name)) in options.iter().enumerate() {
        let more = id.len() + name.len() + 8;
        if bytes + more > PIECE_BYTES && index > start {
            pieces.push(&options[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += more;
    }
    if start < options.len() {
        pieces.push(&options[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::contract::storage::{Entry, KeyPage, StorageError};
    use crate::ports::{Records, Storage};
    use crate::testing::{MapRecords, TestHost};

    fn options(count: usize, name: &str) -> Vec<(String, String)> {
        (0..count)
            .map(|id| (id.to_string(), format!("{name} \"{id}\"")))
            .collect()
    }

    #[test]
    fn a_list_of_thousands_is_kept_whole_and_replaced_whole() {
        let host = TestHost::new();
        let many = options(5_000, "Kỹ năng có tên khá dài để chiếm chỗ");
        save(host.ports(), "skills", &many, 7).unwrap();
        let keys = host.storage.entries.borrow().len();
        assert!(keys > 5, "{keys}");
        let list = load(host.ports(), "skills").unwrap().unwrap();
        assert_eq!((list.read_at, list.options), (7, many.clone()));

        save(host.ports(), "skills", &many, 8).unwrap();
        assert_eq!(host.storage.entries.borrow().len(), keys);
        assert_eq!(load(host.ports(), "skills").unwrap().unwrap().read_at, 8);

        save(host.ports(), "skills", &options(3, "a"), 9).unwrap();
        assert_eq!(host.storage.entries.borrow().len(), 2);
        assert_eq!(load(host.ports(), "job_type").unwrap(), None);
    }

    #[test]
    fn a_list_with_a_lost_or_broken_piece_is_no_list() {
        let host = TestHost::new();
        save(host.ports(), "skills", &options(2, "a"), 7).unwrap();
        let head = keys::catalogue("skills");
        let piece = {
            let entries = host.storage.entries.borrow();
            entries.keys().find(|key| **key != head).cloned().unwrap()
        };
        host.storage
            .entries
            .borrow_mut()
            .get_mut(&piece)
            .unwrap()
            .value = b"{".to_vec();
        assert_eq!(load(host.ports(), "skills").unwrap(), None);
        host.storage.entries.borrow_mut().remove(&piece);
        assert_eq!(load(host.ports(), "skills").unwrap(), None);
        save(host.ports(), "skills", &options(2, "a"), 8).unwrap();
        assert_eq!(load(host.ports(), "skills").unwrap().unwrap().read_at, 8);
    }

    /// A store that is asked too often says so, where the host would stop the plugin.
    struct Patient {
        records: MapRecords,
        asked: Cell<u32>,
    }

    impl Patient {
        fn count(&self) {
            self.asked.set(self.asked.get() + 1);
            assert!(self.asked.get() < 100, "the store is asked without end");
        }
    }

    impl Records for Patient {
        fn get(&self, key: &str) -> Result<Option<Entry>, StorageError> {
            self.count();
            self.records.get(key)
        }

        fn put(&self, key: &str, value: &[u8], on: &Precondition) -> Result<String, StorageError> {
            self.records.put(key, value, on)
        }

        fn delete(&self, key: &str, on: &Precondition) -> Result<(), StorageError> {
            self.count();
            self.records.delete(key, on)
        }
    }

    impl Storage for Patient {
        fn list_keys(&self, _: &str, _: Option<&str>, _: u32) -> Result<KeyPage, StorageError> {
            Err(StorageError::InvalidKey)
        }
    }

    #[test]
    fn a_head_that_counts_pieces_that_never_were_is_replaced_at_once() {
        let host = TestHost::new();
        let storage = Patient {
            records: MapRecords::default(),
            asked: Cell::new(0),
        };
        let ports = Ports {
            storage: &storage,
            ..host.ports()
        };
        let head = br#"{"schema":1,"data":{"read_at":1,"content":"x","pieces":4294967295}}"#;
        let key = keys::catalogue("skills");
        storage.put(&key, head, &Precondition::Absent).unwrap();
        assert_eq!(load(ports, "skills").unwrap(), None);
        save(ports, "skills", &options(2, "a"), 8).unwrap();
        assert_eq!(load(ports, "skills").unwrap().unwrap().read_at, 8);
    }
}
