//! An application, taken over by the contract's upsert rules.

use super::AppError;
use super::unit::Unit;
use crate::domain::basis::Basis;
use crate::domain::board_event::Application;
use crate::domain::contact::{Contact, merge};
use crate::domain::notice;
use crate::domain::posting::Posting;
use crate::store::candidates::{self, Destination, StoredApplication};
use crate::store::cvs;

fn shown_name(contact: &Contact) -> Option<&str> {
    let name = contact.full_name.as_ref().filter(|name| !name.masked)?;
    Some(name.value.as_str()).filter(|name| !name.is_empty())
}

impl Unit<'_> {
    /// Makes a candidate in the first stage, or adds to the one that the same application made before.
    ///
    /// A candidate belongs to one application identity: the same person at another job is another candidate here, and people are shown
    /// that the two are alike. Merging them is their decision.
    pub(super) fn take_application(
        &self,
        posting: &Posting,
        said: &Application,
        received_at: u64,
        fresh: bool,
    ) -> Result<(), AppError> {
        let destination = Destination {
            job: posting.job,
            posting: posting.row,
            connection: self.connection.id,
        };
        match candidates::application_by_board(self.db, self.tenant, &destination, &said.id)? {
            Some(known) => self.add_to(posting, &known, said, received_at, fresh),
            None if self.is_erased(said)? => Ok(()),
            None if fresh => self.admit(posting, &destination, said, received_at),
            // Seen before, and taken for another job that this posting was connected with then.
            None => Ok(()),
        }
    }

    fn admit(
        &self,
        posting: &Posting,
        destination: &Destination,
        said: &Application,
        received_at: u64,
    ) -> Result<(), AppError> {
        let candidate = candidates::insert(self.db, self.tenant, &said.contact, self.now)?;
        let application = candidates::insert_application(
            self.db,
            self.tenant,
            candidate,
            destination,
            said,
            received_at,
            self.now,
        )?;
        for attachment in &said.attachments {
            cvs::insert(
                self.db,
                self.sealer,
                self.tenant,
                application,
                attachment,
                self.now,
            )?;
        }
        let title = self.title_of(posting)?;
        let notice = notice::applied(self.board, &title, shown_name(&said.contact));
        self.tell_owner(posting, &notice, Some(candidate))
    }

    fn add_to(
        &self,
        posting: &Posting,
        known: &StoredApplication,
        said: &Application,
        received_at: u64,
        fresh: bool,
    ) -> Result<(), AppError> {
        let mut links = 0;
        for attachment in &said.attachments {
            let added = cvs::insert(
                self.db,
                self.sealer,
                self.tenant,
                known.id,
                attachment,
                self.now,
            )?;
            links += usize::from(added);
        }
        if !fresh {
            return Ok(());
        }
        let Some(mut candidate) = candidates::get(self.db, self.tenant, known.candidate)? else {
            return Ok(());
        };
        let merged = merge(&candidate.contact, &said.contact, received_at);
        candidate.contact = merged.contact;
        for found in merged.differing {
            let noted = candidate.differing.iter().any(|noted| {
                noted.field == found.field && noted.statement.value == found.statement.value
            });
            if !noted {
                candidate.differing.push(found);
            }
        }
        candidates::update(self.db, self.tenant, &candidate)?;
        let mut supplemented = known.clone();
        supplement(&mut supplemented, said, received_at);
        candidates::update_application(self.db, self.tenant, &supplemented, self.now)?;
        let title = self.title_of(posting)?;
        let name = shown_name(&candidate.contact);
        if applied_again(known, said, links, merged.opened) {
            candidates::note_another_time(self.db, self.tenant, known.id, said.applied_at)?;
            let notice = notice::applied_again(self.board, &title, name);
            return self.tell_owner(posting, &notice, Some(candidate.id));
        }
        if merged.opened {
            let notice = notice::contact_opened(self.board, &title, name);
            return self.tell_owner(posting, &notice, Some(candidate.id));
        }
        Ok(())
    }
}

/// Fills what the first report left open. What it said stays; what contradicts it in the board's other words is not kept.
fn supplement(known: &mut StoredApplication, said: &Application, received_at: u64) {
    if known.applied_at.is_none() {
        known.applied_at = said.applied_at;
        known.last_applied_at = said.applied_at;
    }
    if known.board_candidate.is_none() {
        known.board_candidate.clone_from(&said.board_candidate);
    }
    if said.verified && !known.verified {
        known.verified = true;
        known.basis = Basis::of(true);
        known.basis_at = received_at;
    }
    for (name, value) in &said.extra {
        if !known.extra.contains_key(name) {
            known.extra.insert(name.clone(), value.clone());
        }
    }
}

/// The board's time of application tells a second application from a second report of the first; a time that the first report lacked
/// only completes it. Where the board gives no time, a new file that does not come with an opened contact tells.
fn applied_again(
    known: &StoredApplication,
    said: &Application,
    links: usize,
    opened: bool,
) -> bool {
    match said.applied_at {
        Some(_) => {
            known.applied_at.is_some()
                && said.applied_at != known.applied_at
                && said.applied_at != known.last_applied_at
        }
        None => links > 0 && !opened,
    }
}
