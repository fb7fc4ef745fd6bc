//! Transactions of one side by their keys: where each stands, and which of its timers run.

use rustc_hash::FxHashMap;

use crate::transactions::fingerprints::{Fingerprint, Fingerprints};
use crate::transactions::machine::{Action, Input, Machine, State, Timer};
use crate::transactions::running::{Durations, Entry, Running};

/// Names a transaction, for as long as anybody may ask for it; never given twice.
pub type Id = u64;

#[derive(Debug)]
struct Transaction<U> {
    machine: Machine,
    state: State,
    /// How long the timer that repeats ran before it fires next.
    pause_s: f64,
    key: Fingerprint,
    user: U,
}

/// Each has a value of its user's.
#[derive(Debug)]
pub struct Table<U> {
    durations: Durations,
    fingerprints: Fingerprints,
    ids: FxHashMap<Fingerprint, Id>,
    transactions: FxHashMap<Id, Transaction<U>>,
    running: Running,
    last_id: Id,
}

impl<U> Table<U> {
    pub fn new(durations: Durations) -> Self {
        Self {
            durations,
            fingerprints: Fingerprints::default(),
            ids: FxHashMap::default(),
            transactions: FxHashMap::default(),
            running: Running::new(durations),
            last_id: 0,
        }
    }

    /// One of the same key is found no longer.
    pub fn open(&mut self, key: &[u8], machine: Machine, user: U, now: f64) -> Id {
        self.last_id += 1;
        let (id, key, state) = (self.last_id, self.fingerprints.of(key), machine.initial());
        self.ids.insert(key, id);
        for timer in machine.started(None, state) {
            self.running.start(id, timer, now);
        }
        let pause_s = self.durations.t1_s;
        self.transactions.insert(id, Transaction { machine, state, pause_s, key, user });
        id
    }

    /// Move on; what is to be done. An input the table of its machine does not list is absorbed.
    pub fn step(&mut self, id: Id, input: Input, now: f64) -> Action {
        let Some(transaction) = self.transactions.get_mut(&id) else { return Action::Nothing };
        let Transaction { machine, state: before, .. } = *transaction;
        let Some((state, action)) = machine.step(before, input) else { return Action::Nothing };
        transaction.state = state;
        if state != before {
            for timer in machine.started(Some(before), state) {
                self.running.start(id, timer, now);
            }
        }
        if let Input::Due(timer) = input
            && timer.repeats()
        {
            transaction.pause_s = longer(transaction.pause_s, timer, state, self.durations.t2_s);
            self.running.repeat(id, timer, now + transaction.pause_s);
        }
        action
    }

    pub fn find(&self, key: &[u8]) -> Option<Id> {
        self.ids.get(&self.fingerprints.of(key)).copied()
    }

    pub fn get(&self, id: Id) -> Option<&U> {
        self.transactions.get(&id).map(|transaction| &transaction.user)
    }

    pub fn get_mut(&mut self, id: Id) -> Option<&mut U> {
        self.transactions.get_mut(&id).map(|transaction| &mut transaction.user)
    }

    /// One that is forgotten is terminated.
    pub fn state(&self, id: Id) -> State {
        self.transactions.get(&id).map_or(State::Terminated, |transaction| transaction.state)
    }

    /// Whether nothing is waited for.
    pub fn is_over(&self, id: Id) -> bool {
        self.state(id) == State::Terminated
    }

    /// Forget one, whatever it waits for.
    pub fn close(&mut self, id: Id) -> Option<U> {
        let Transaction { key, user, .. } = self.transactions.remove(&id)?;
        if self.ids.get(&key) == Some(&id) {
            self.ids.remove(&key);
        }
        Some(user)
    }

    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// In no order.
    pub fn users(&self) -> impl Iterator<Item = &U> {
        self.transactions.values().map(|transaction| &transaction.user)
    }

    /// When the first timer is due.
    pub fn next_deadline(&mut self) -> Option<f64> {
        self.running.next(runs(&self.transactions))
    }

    /// Stop a timer that is due.
    pub fn first_due(&mut self, now: f64) -> Option<(Id, Timer)> {
        let entry = self.running.first_due(now, runs(&self.transactions))?;
        Some((entry.id, entry.timer))
    }
}

/// A timer runs where its transaction stands in a state that lists it.
fn runs<U>(transactions: &FxHashMap<Id, Transaction<U>>) -> impl Fn(&Entry) -> bool {
    |entry| {
        let transaction = transactions.get(&entry.id);
        transaction.is_some_and(|transaction| transaction.machine.runs(transaction.state, entry.timer))
    }
}

/// The next interval: doubled (RFC 3261 §17.1.1.2), for E and G up to T2 (§17.1.2.2, §17.2.1).
fn longer(pause_s: f64, timer: Timer, state: State, t2_s: f64) -> f64 {
    match (timer, state) {
        (Timer::A, _) => 2.0 * pause_s,
        (Timer::E, State::Proceeding) => t2_s,
        _ => t2_s.min(2.0 * pause_s),
    }
}
