//! How many calls of one connection run at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;

use crate::connection_id::ConnectionId;

/// A semaphore for each connection that is in use. By id, because a platform may make a new `Connection` for every call.
#[derive(Default)]
pub(super) struct Turns {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_connection: HashMap<ConnectionId, Weak<Semaphore>>,
    /// Look for connections that nobody uses any more when there are this many.
    tidy_at: usize,
}

impl Turns {
    /// The connection's own, made with so many permits if it has none.
    pub(super) fn of(&self, connection: &ConnectionId, at_once: u32) -> Arc<Semaphore> {
        // The map is whole at every step.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = known.by_connection.get(connection).and_then(Weak::upgrade) {
            return turns;
        }
        known.tidy();
        // Without a permit no call would ever run.
        let turns = Arc::new(Semaphore::new(at_once.max(1) as usize));
        known
            .by_connection
            .insert(connection.clone(), Arc::downgrade(&turns));
        turns
    }
}

impl Known {
    /// Forgets connections that are not in use. At twice the number that was left the last time, so that each costs little.
    fn tidy(&mut self) {
        const FEW: usize = 64;
        if self.by_connection.len() < self.tidy_at.max(FEW) {
            return;
        }
        self.by_connection
            .retain(|_, turns| turns.strong_count() > 0);
        self.tidy_at = 2 * self.by_connection.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new(number.to_string()).unwrap()
    }

    #[test]
    fn a_connection_has_one_semaphore_while_it_is_in_use() {
        let turns = Turns::default();
        let first = turns.of(&id(1), 3);
        assert!(Arc::ptr_eq(&first, &turns.of(&id(1), 3)));
        assert!(!Arc::ptr_eq(&first, &turns.of(&id(2), 3)));
        assert_eq!(first.available_permits(), 3);
        drop(first);
        assert_eq!(turns.of(&id(1), 5).available_permits(), 5);
        assert_eq!(turns.of(&id(3), 0).available_permits(), 1);
    }

    #[test]
    fn connections_that_nobody_uses_are_forgotten_and_the_others_kept() {
        let turns = Turns::default();
        let kept: Vec<_> = (0..100).map(|number| turns.of(&id(number), 1)).collect();
        for number in 100..10_000 {
            turns.of(&id(number), 1);
        }
        assert!(turns.known.lock().unwrap().by_connection.len() < 300);
        for (number, turn) in kept.iter().enumerate() {
            assert!(Arc::ptr_eq(turn, &turns.of(&id(number), 1)), "{number}");
        }
    }
}
