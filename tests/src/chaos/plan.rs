//! Who applies where, and what is sent of it: drawn from the seed, and so known in advance.

use anyhow::{Context, Result};
use fastrand::Rng;
use serde_json::{Value, json};

use super::senders::{Expect, Sending};
use super::world::World;

/// A name that only forged deliveries carry.
pub(super) const FORGED: &str = "GIẢ MẠO";

/// How one person's deliveries come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One delivery.
    Plain,
    /// The same bytes several times.
    Copies(usize),
    /// The same person again, at another time, with another file.
    Again,
    /// The same application once more with a fresh link.
    FreshLink,
    /// Without a candidate id: the phone tells who it is.
    ByPhone,
    /// As before, and again at another time with the phone in another spelling.
    ByPhoneAgain,
    /// Neither candidate id nor phone: the bytes tell, and they come twice.
    ByBody,
    /// First with a hidden contact, then with an open one, in any order.
    Masked,
    /// Followed by a copy with the right signature and other unsigned fields.
    Tampered,
}

/// One person at one posting. The name is nobody else's, and so tells who a row is about.
pub(super) struct Person {
    pub(super) posting: usize,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) candidate: Option<u64>,
    pub(super) phone: Option<String>,
    kind: Kind,
}

impl Person {
    fn draw(rng: &mut Rng, serial: usize, postings: usize) -> Self {
        let kind = match rng.u32(0..100) {
            0..48 => Kind::Plain,
            48..60 => Kind::Copies(rng.usize(2..=3)),
            60..68 => Kind::Again,
            68..71 => Kind::FreshLink,
            71..77 => Kind::ByPhone,
            77..81 => Kind::ByPhoneAgain,
            81..83 => Kind::ByBody,
            83..87 => Kind::Masked,
            _ => Kind::Tampered,
        };
        let by_id = !matches!(kind, Kind::ByPhone | Kind::ByPhoneAgain | Kind::ByBody);
        Self {
            posting: rng.usize(0..postings),
            name: format!("Nguyễn Văn {serial}"),
            email: format!("nguoi.{serial}@example.com"),
            candidate: by_id.then_some(5_000_000 + serial as u64),
            // Ten digits, different for everybody.
            phone: (kind != Kind::ByBody).then(|| format!("09{serial:08}")),
            kind,
        }
    }

    fn deliveries(&self) -> usize {
        match self.kind {
            Kind::Plain | Kind::ByPhone => 1,
            Kind::Copies(count) => count,
            _ => 2,
        }
    }

    /// How often the person applied.
    pub(super) fn times(&self) -> i64 {
        match self.kind {
            Kind::Again | Kind::ByPhoneAgain => 2,
            _ => 1,
        }
    }

    pub(super) fn is_masked_first(&self) -> bool {
        self.kind == Kind::Masked
    }

    /// What the board is told, for the first delivery or the second one.
    fn application(&self, second: bool) -> Value {
        let mut body = json!({
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "apply_at": "2026-03-02 09:00:00",
            "hold": true,
            "no_cv": true,
        });
        match self.candidate {
            Some(id) => body["candidate_id"] = json!(id),
            None => body["omit_candidate_id"] = json!(true),
        }
        match (self.kind, second) {
            (Kind::Copies(count), _) => body["count"] = json!(count),
            (Kind::ByBody, _) => body["count"] = json!(2),
            (Kind::Again | Kind::ByPhoneAgain, true) => {
                body["apply_at"] = json!("2026-03-05 14:30:00");
                body["no_cv"] = json!(false);
                let phone = self.phone.as_deref().unwrap_or_default();
                let spelled = format!("+84 {}", phone.trim_start_matches('0'));
                body["phone"] = json!(spelled);
            }
            (Kind::FreshLink, _) => body["no_cv"] = json!(false),
            (Kind::Masked, false) => body["masked"] = json!("stars"),
            _ => {}
        }
        body
    }

    fn has_second(&self) -> bool {
        matches!(
            self.kind,
            Kind::Again | Kind::ByPhoneAgain | Kind::FreshLink | Kind::Masked
        )
    }
}

/// A delivery that is nobody's application.
enum Stray {
    /// Somebody's delivery, changed where it is signed: refused.
    Forged { person: usize, how: u32 },
    /// An event that nobody knows yet: taken, told once, nothing done.
    Unknown { posting: usize, copies: usize },
}

/// Everything that is sent besides verdicts.
pub(super) struct Plan {
    pub(super) people: Vec<Person>,
    strays: Vec<Stray>,
}

impl Plan {
    pub(super) fn draw(rng: &mut Rng, postings: usize, deliveries: usize) -> Self {
        let mut plan = Self {
            people: Vec::new(),
            strays: Vec::new(),
        };
        let mut left = deliveries;
        while left > 0 {
            let taken = match rng.u32(0..100) {
                0..8 if !plan.people.is_empty() => {
                    plan.strays.push(Stray::Forged {
                        person: rng.usize(0..plan.people.len()),
                        how: rng.u32(0..4),
                    });
                    1
                }
                8..12 => {
                    let copies = rng.usize(1..=2);
                    let posting = rng.usize(0..postings);
                    plan.strays.push(Stray::Unknown { posting, copies });
                    copies
                }
                _ => {
                    let person = Person::draw(rng, plan.people.len(), postings);
                    let taken = person.deliveries();
                    plan.people.push(person);
                    taken
                }
            };
            left = left.saturating_sub(taken);
        }
        plan
    }

    /// How many deliveries there are.
    pub(super) fn deliveries(&self) -> usize {
        let strays = self.strays.iter().map(|stray| match stray {
            Stray::Forged { .. } => 1,
            Stray::Unknown { copies, .. } => *copies,
        });
        let people = self.people.iter().map(Person::deliveries);
        people.chain(strays).sum()
    }

    /// The event types that nobody knows, each with its posting.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (String, usize)> {
        let strays = self.strays.iter().enumerate();
        strays.filter_map(|(number, stray)| match stray {
            Stray::Unknown { posting, .. } => Some((unknown_kind(number), *posting)),
            Stray::Forged { .. } => None,
        })
    }

    /// Makes every delivery at the board, which holds them all back: they are sent later, in any order.
    pub(super) async fn put_at_board(&self, world: &World) -> Result<Vec<Sending>> {
        world.hold_webhooks(true).await?;
        let mut queue = Vec::new();
        let mut bodies = Vec::new();
        for person in &self.people {
            let posting = &world.postings[person.posting];
            let mut body = String::new();
            for second in [false, true] {
                if second && !person.has_second() {
                    break;
                }
                let applied = world
                    .board
                    .apply(&posting.board, person.application(second))
                    .await?;
                for delivery in applied["deliveries"].as_array().context("no deliveries")? {
                    queue.push(Sending::new(delivery, Expect::Taken)?);
                    delivery["body"]
                        .as_str()
                        .unwrap_or("")
                        .clone_into(&mut body);
                }
            }
            if person.kind == Kind::Tampered {
                let changed = body
                    .replace(&person.name, FORGED)
                    .replace(&person.email, "gia.mao@example.com");
                let made = world.raw(posting.account, &changed).await?;
                // Before the real one it could not be told from it: what is not signed counts once the real one is there.
                if let Some(real) = queue.last_mut() {
                    real.then = Some(Box::new(Sending::new(&made, Expect::Taken)?));
                }
            }
            bodies.push(body);
        }
        for (number, stray) in self.strays.iter().enumerate() {
            match stray {
                Stray::Forged { person, how } => {
                    let posting = &world.postings[self.people[*person].posting];
                    let body = self.forged(&bodies[*person], *person, *how);
                    let made = world.raw(posting.account, &body).await?;
                    queue.push(Sending::new(&made, Expect::Refused)?);
                }
                Stray::Unknown { posting, copies } => {
                    let posting = &world.postings[*posting];
                    let body = json!({
                        "event_type": unknown_kind(number),
                        "job_id": posting.board.parse::<u64>()?,
                        "candidate_name": FORGED,
                        "candidate_id": 1,
                    });
                    for _ in 0..*copies {
                        let made = world.raw(posting.account, &body.to_string()).await?;
                        queue.push(Sending::new(&made, Expect::Taken)?);
                    }
                }
            }
        }
        world.hold_webhooks(false).await?;
        Ok(queue)
    }

    /// Changed where it is signed, or signed with a key that is not the board's.
    fn forged(&self, body: &str, person: usize, how: u32) -> String {
        let person = &self.people[person];
        let named = body.replace(&person.name, FORGED);
        let Ok(mut fields) = serde_json::from_str::<Value>(&named) else {
            return named;
        };
        match how {
            0 => fields["candidate_id"] = json!(9_999_999),
            1 => fields["candidate_phone"] = json!("0999999999"),
            2 => fields["signature"] = json!("0".repeat(64)),
            _ => {
                if let Some(fields) = fields.as_object_mut() {
                    fields.remove("signature");
                }
            }
        }
        fields.to_string()
    }
}

fn unknown_kind(number: usize) -> String {
    format!("cv_viewed_{number}")
}
