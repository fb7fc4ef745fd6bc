//! The engine's threads: starting them, reaching them, ending them in bounded time.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use forking::forks::{self, Forks, Report};
use forking::link::WorkerEnd;
use forking::order::Order;

use crate::clock::Clock;
use crate::commands::Command;
use crate::event_ring::EventRing;
use crate::events::{Event, ForkEnding, ForkId};
use crate::identity::Identity;
use crate::joiner::Joiner;
use crate::lateness::Lateness;
use crate::raw_sender::RawSender;
use crate::rules::Rules;
use crate::storage::{Storage, Writers};
use crate::wake::Wake;
use crate::worker::{Surroundings, Worker};
use crate::writer::Writer;

/// How many threads and what they need to know.
#[derive(Clone, Debug)]
pub struct Plan {
    pub clock: Clock,
    pub workers: usize,
    /// A PEM file of whom forks trust beside the system's authorities.
    pub fork_authorities: Option<PathBuf>,
    pub rules: Rules,
    pub storage: Storage,
    pub identity: Identity,
    /// The address whose packets may leave through a raw socket, if they may.
    pub raw_host: Option<IpAddr>,
}

/// A thread that tells when it is over.
#[derive(Debug)]
struct Hand {
    /// Disconnected once the thread has ended.
    running: Receiver<()>,
}

/// The way to a worker.
#[derive(Clone, Debug)]
pub struct Door {
    commands: Sender<Command>,
    wake: Arc<Wake>,
}

impl Door {
    pub fn new(commands: Sender<Command>, wake: Arc<Wake>) -> Self {
        Self { commands, wake }
    }

    /// Let the worker have a command at once. One that has been dismissed takes none, and that does no harm.
    pub fn send(&self, command: Command) {
        if self.commands.send(command).is_ok() {
            self.wake.ring();
        }
    }
}

/// A worker's letter box. Unbounded: a full one could only lose a close, and its ports with it, or hold
/// signalling up. Neither packets nor peers fill it: a call posts a dozen commands in its life, and a worker
/// that does not empty its box has stopped answering calls too.
#[derive(Debug)]
struct Desk {
    door: Door,
    lateness: Arc<Lateness>,
    /// There are commands that the worker was not woken for.
    waiting: AtomicBool,
    /// Its packets leave through a raw socket.
    sends_raw: bool,
}

/// The workers and the writers.
#[derive(Debug)]
pub struct Crew {
    desks: Vec<Desk>,
    /// None once dismissed; writers end when the last way to them is gone.
    writers: Option<Writers>,
    hands: Vec<Hand>,
    forks: Forks,
}

impl Crew {
    pub fn start(plan: &Plan, facts: &Arc<EventRing>) -> io::Result<Self> {
        let (writers, ends) = Writers::new(&plan.storage);
        let mut crew = Self {
            desks: Vec::new(),
            writers: Some(writers.clone()),
            hands: Vec::new(),
            forks: new_forks(plan, facts),
        };
        let (door, joiner) = Joiner::new(plan.clock, facts.clone(), plan.storage.sync);
        crew.hire("media-joiner".into(), || joiner.run())?;
        for (number, end) in ends.into_iter().enumerate() {
            let writer = Writer::new(end, plan.clock, facts.clone(), plan.storage.clone(), door.clone());
            crew.hire(format!("media-writer-{number}"), || writer.run())?;
        }
        for number in 0..plan.workers {
            let (desk, worker) = seat(plan, facts, &writers)?;
            crew.desks.push(desk);
            crew.hire(format!("media-{number}"), || worker.run())?;
        }
        Ok(crew)
    }

    /// Give a worker a command, to be done at the latest after the next `wake`. One that has been dismissed
    /// takes none, and that does no harm.
    pub fn post(&self, worker: usize, command: Command) {
        self.leave(worker, command);
        self.desks.get(worker).inspect(|desk| desk.waiting.store(true, Ordering::Relaxed));
    }

    /// Give a worker a command that it need not be woken for: it is done before any that comes after it, and
    /// at the latest when the worker wakes by itself, ten times a second.
    pub fn leave(&self, worker: usize, command: Command) {
        if let Some(desk) = self.desks.get(worker) {
            let _ = desk.door.commands.send(command);
        }
    }

    /// The way to a worker, for another.
    pub fn door_of(&self, worker: usize) -> Option<&Door> {
        self.desks.get(worker).map(|desk| &desk.door)
    }

    /// Let the workers see what was posted: once for all of a call's commands, since each time costs the
    /// poster a system call and, on a busy machine, its place on the processor.
    pub fn wake(&self) {
        let waiting = self.desks.iter().filter(|desk| desk.waiting.swap(false, Ordering::Relaxed));
        waiting.for_each(|desk| desk.door.wake.ring());
    }

    /// How late the latest worker is: recently, and at worst.
    pub fn lateness_us(&self) -> (u64, u64) {
        let of = |desk: &Desk| (desk.lateness.recent_us(), desk.lateness.worst_us());
        self.desks.iter().map(of).fold((0, 0), |most, desk| (most.0.max(desk.0), most.1.max(desk.1)))
    }

    /// Whether packets leave through raw sockets.
    pub fn sends_raw(&self) -> bool {
        self.desks.iter().all(|desk| desk.sends_raw)
    }

    /// The ways to the writers; None once they were dismissed.
    pub fn writers(&self) -> Option<&Writers> {
        self.writers.as_ref()
    }

    /// Start a fork's connection; returns the worker's end of it.
    pub fn connect(&mut self, fork: ForkId, order: Order) -> Result<WorkerEnd, forks::Refusal> {
        self.forks.start(fork, order)
    }

    /// End all threads. False if one was still running after `patience`; it is left to itself.
    pub fn dismiss(&mut self, patience: Duration) -> bool {
        (0..self.desks.len()).for_each(|worker| self.post(worker, Command::Shutdown));
        self.wake();
        self.writers = None;
        let deadline = Instant::now() + patience;
        let hands_ended = self.hands.drain(..).all(|hand| hand.ends_before(deadline));
        self.forks.dismiss(deadline.saturating_duration_since(Instant::now())) && hands_ended
    }

    fn hire(&mut self, name: String, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let (alive, running) = bounded(0);
        thread::Builder::new().name(name).spawn(move || {
            let _alive = alive;
            work();
        })?;
        self.hands.push(Hand { running });
        Ok(())
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.dismiss(Duration::from_secs(2));
    }
}

impl Hand {
    fn ends_before(&self, deadline: Instant) -> bool {
        // Nothing is ever sent: an error is either the end of the thread or of our patience.
        let ended = self.running.recv_deadline(deadline);
        ended.is_err_and(|error| error.is_disconnected())
    }
}

fn new_forks(plan: &Plan, facts: &Arc<EventRing>) -> Forks {
    let facts = facts.clone();
    Forks::new(plan.fork_authorities.clone(), Arc::new(move |report| facts.push(fact(report))))
}

fn fact(report: Report) -> Event {
    match report {
        Report::Connected { fork } => Event::ForkConnected { fork },
        Report::Ended { fork, ending, frames_sent, frames_dropped, overrun_ms } => {
            let (reason, detail) = (ending.reason.name(), ending.detail);
            let ending = ForkEnding { reason, detail, frames_sent, frames_dropped, overrun_ms };
            Event::ForkEnded { fork, ending }
        }
    }
}

fn seat(plan: &Plan, facts: &Arc<EventRing>, writers: &Writers) -> io::Result<(Desk, Worker)> {
    let (sender, commands) = unbounded();
    let wake = Arc::new(Wake::new()?);
    let lateness = Arc::new(Lateness::default());
    let waiting = AtomicBool::new(false);
    let door = Door::new(sender, wake.clone());
    let raw = plan.raw_host.and_then(|host| RawSender::open(host).ok());
    let desk = Desk { door, lateness: lateness.clone(), waiting, sends_raw: raw.is_some() };
    let around = Surroundings {
        clock: plan.clock,
        commands,
        wake,
        facts: facts.clone(),
        writers: writers.clone(),
        format: plan.storage.format,
        rules: plan.rules,
        lateness,
        identity: plan.identity.clone(),
    };
    Ok((desk, Worker::new(around, raw)?))
}
