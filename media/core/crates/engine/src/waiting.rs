//! Commands for what is still on its way to a worker: they wait for it, and each thing is told in the order of the
//! commands that name it.
//!
//! The departure of a thing waits its turn too, and so does the order to await it when it is to come back: when it
//! arrives, all that was said of it before is done, and it is awaited.

use std::collections::{HashSet, VecDeque};

use crate::commands::Command;
use crate::company::Company;

/// What a worker awaits, and the commands that wait for it.
#[derive(Debug, Default)]
pub struct Waiting {
    awaited: HashSet<u64>,
    /// All that is awaited or named by a command that waits.
    held: HashSet<u64>,
    commands: VecDeque<Command>,
}

impl Waiting {
    /// A company is on its way.
    pub fn await_company(&mut self, company: &Company) {
        self.awaited.extend(company.ids());
        self.held.extend(company.ids());
    }

    /// The command again when it can be obeyed now; None when it waits.
    pub fn pass(&mut self, command: Command) -> Option<Command> {
        if self.awaited.is_empty() || self.is_urgent(&command) {
            return Some(command);
        }
        self.held.extend(command.named());
        self.commands.push_back(command);
        None
    }

    /// A company is here. Returns the commands that waited, each to be let pass anew.
    pub fn arrived(&mut self, company: &Company) -> VecDeque<Command> {
        self.awaited.retain(|&awaited| company.ids().all(|id| id != awaited));
        self.held.clone_from(&self.awaited);
        std::mem::take(&mut self.commands)
    }

    /// Whether nothing before it concerns what it names. The end of a worker concerns all.
    fn is_urgent(&self, command: &Command) -> bool {
        match command {
            Command::Arrive(_) => true,
            Command::Shutdown => false,
            command => !command.named().iter().any(|id| self.held.contains(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legs(legs: &[u64]) -> Company {
        Company { legs: legs.to_vec(), ..Company::default() }
    }

    fn passes(waiting: &mut Waiting, command: Command) -> bool {
        waiting.pass(command).is_some()
    }

    fn bridge(one: u64, other: u64) -> Command {
        Command::Bridge { mix: 100 + one, legs: [one, other] }
    }

    #[test]
    fn only_what_concerns_the_awaited_waits_and_whatever_comes_after_that_for_the_same() {
        let mut waiting = Waiting::default();
        assert!(passes(&mut waiting, Command::Unmask { endpoint: 1 }));
        waiting.await_company(&legs(&[1, 2]));
        assert!(passes(&mut waiting, Command::Unmask { endpoint: 3 }));
        assert!(!passes(&mut waiting, bridge(1, 3)));
        assert!(!passes(&mut waiting, Command::Unmask { endpoint: 3 }), "it follows the bridge");
        assert!(!passes(&mut waiting, Command::LeaveMix { endpoint: 2 }));
        assert!(passes(&mut waiting, Command::Unmask { endpoint: 4 }));
        let commands = waiting.arrived(&legs(&[1, 2]));
        let named: Vec<_> = commands.iter().map(Command::named).collect();
        assert_eq!(named, [vec![101, 1, 3], vec![3], vec![2]]);
        assert!(commands.into_iter().all(|command| passes(&mut waiting, command)));
        assert!(passes(&mut waiting, Command::Unmask { endpoint: 3 }));
    }

    #[test]
    fn what_comes_twice_is_awaited_anew_behind_its_departure() {
        let mut waiting = Waiting::default();
        waiting.await_company(&legs(&[1]));
        assert!(!passes(&mut waiting, Command::Unmask { endpoint: 1 }));
        assert!(!passes(&mut waiting, Command::Await { company: legs(&[1, 2]) }));
        assert!(!passes(&mut waiting, Command::Close { endpoint: 2 }));
        let mut commands = waiting.arrived(&legs(&[1]));
        assert!(passes(&mut waiting, commands.pop_front().unwrap()));
        assert!(passes(&mut waiting, commands.pop_front().unwrap()));
        waiting.await_company(&legs(&[1, 2]));
        assert!(!passes(&mut waiting, commands.pop_front().unwrap()));
    }

    #[test]
    fn the_end_waits_for_all() {
        let mut waiting = Waiting::default();
        waiting.await_company(&legs(&[1]));
        assert!(!passes(&mut waiting, Command::Shutdown));
        let mut commands = waiting.arrived(&legs(&[1]));
        assert!(passes(&mut waiting, commands.pop_front().unwrap()));
    }
}
