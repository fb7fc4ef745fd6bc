//! The engine as its one caller sees it: verbs that check, post to the owning worker and return.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::bounded;
use forking::forks;
use forking::order::Order;
use rustc_hash::FxHashMap;

use crate::clock::Clock;
use crate::commands::{Command, Security};
use crate::event_ring::EventRing;
use crate::events::{EndpointCounters, EndpointId, ForkId, RecordingId};
use crate::forks::{Mix, NewFork};
use crate::identity::Identity;
use crate::places::{Move, Places};
use crate::ports::PortPool;
use crate::prompt::Prompt;
use crate::prompt_maker::PromptMaker;
use crate::rules::Rules;
use crate::settings::{Senseless, Settings};
use crate::storage::{Storage, WriterId};
use crate::threads::{Crew, Plan};

mod joining;
mod masking;
mod playing;
mod recording;

/// How long `counters_of` waits for a worker; one takes microseconds to answer unless it is starved.
const QUERY_PATIENCE: Duration = Duration::from_millis(200);

/// Why a verb was refused.
#[derive(Debug)]
pub enum Refusal {
    /// The caller's mistake.
    Senseless(String),
    /// No port, no room: what the caller may ask again later.
    Unable(String),
    /// What the verb names is gone (or never was).
    Gone,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Senseless(reason) | Self::Unable(reason) => f.write_str(reason),
            Self::Gone => f.write_str("it is gone"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Senseless> for Refusal {
    fn from(senseless: Senseless) -> Self {
        Self::Senseless(senseless.to_string())
    }
}

impl From<forks::Refusal> for Refusal {
    fn from(refusal: forks::Refusal) -> Self {
        match refusal {
            forks::Refusal::Senseless(senseless) => Self::Senseless(senseless.0.into()),
            forks::Refusal::Unable(fault) => Self::Unable(format!("no fork can be started: {fault}")),
        }
    }
}

/// How an engine is to be built.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where legs are bound.
    pub host: IpAddr,
    /// Where those are whose peers speak IPv6, if it is to be elsewhere.
    pub host6: Option<IpAddr>,
    pub port_min: u16,
    pub port_max: u16,
    pub workers: usize,
    /// How long a port pair rests after a call, so that a late sender does not reach the next one.
    pub port_rest_us: u64,
    pub rules: Rules,
    /// A PEM file of whom forks trust beside the system's authorities.
    pub fork_authorities: Option<PathBuf>,
    pub max_forks: usize,
    pub storage: Storage,
    pub identity: Identity,
    /// Packets of many legs leave together, through a raw socket, where the process may have one.
    pub raw_sending: bool,
}

#[derive(Debug)]
struct OpenEndpoint {
    port: u16,
    settings: Option<Settings>,
}

#[derive(Debug)]
struct OpenRecording {
    writer: WriterId,
    started_us: u64,
}

#[derive(Debug)]
struct OpenFork {
    endpoint: EndpointId,
    returns: bool,
}

/// Endpoints, recordings and forks by their ids, and the threads that carry them.
///
/// Legs that are to be joined are brought to one worker by the verb that joins them.
#[derive(Debug)]
pub struct Engine {
    host: IpAddr,
    host6: Option<IpAddr>,
    clock: Clock,
    ports: PortPool,
    crew: Crew,
    facts: Arc<EventRing>,
    prompts: HashMap<String, Arc<Prompt>>,
    prompt_maker: PromptMaker,
    places: Places,
    endpoints: FxHashMap<EndpointId, OpenEndpoint>,
    recordings: FxHashMap<RecordingId, OpenRecording>,
    forks: FxHashMap<ForkId, OpenFork>,
    max_forks: usize,
    storage: Storage,
    last_id: u64,
}

impl Engine {
    /// Start the threads, once it is certain that legs can be opened.
    pub fn start(setup: &Setup) -> io::Result<Self> {
        let clock = Clock::start();
        let ports = try_ports(setup)?;
        let facts = Arc::new(EventRing::new()?);
        let plan = Plan {
            clock,
            workers: setup.workers,
            rules: setup.rules,
            fork_authorities: setup.fork_authorities.clone(),
            storage: setup.storage.clone(),
            identity: setup.identity.clone(),
            raw_host: setup.raw_sending.then_some(setup.host),
        };
        Ok(Self {
            host: setup.host,
            host6: setup.host6,
            clock,
            ports,
            crew: Crew::start(&plan, &facts)?,
            facts,
            prompts: HashMap::new(),
            prompt_maker: PromptMaker::start()?,
            places: Places::new(setup.workers),
            endpoints: FxHashMap::default(),
            recordings: FxHashMap::default(),
            forks: FxHashMap::default(),
            max_forks: setup.max_forks,
            storage: setup.storage.clone(),
            last_id: 0,
        })
    }

    /// Where facts come from.
    pub fn facts(&self) -> &Arc<EventRing> {
        &self.facts
    }

    /// Take a port pair, on the worker of the leg `near` or the one with the fewest legs; of IPv6 where we have it.
    ///
    /// Nobody is woken for it: until it is configured there is nothing to be said, and what comes is not heard.
    pub fn open_endpoint(
        &mut self,
        near: Option<EndpointId>,
        ipv6: bool,
    ) -> Result<(EndpointId, u16), Refusal> {
        let host = self.host6.filter(|_| ipv6).unwrap_or(self.host);
        let sockets = self
            .ports
            .bind(host, self.clock.now_us())
            .map_err(|error| Refusal::Unable(format!("no RTP port on {host}: {error}")))?;
        let (endpoint, port) = (self.new_id(), sockets.local.port());
        let worker = self.places.open(endpoint, near);
        self.endpoints.insert(endpoint, OpenEndpoint { port, settings: None });
        self.crew.leave(worker, Command::Open { endpoint, sockets });
        Ok((endpoint, port))
    }

    /// Let the workers do what the verbs asked for. They do it at the latest now.
    pub fn wake(&self) {
        self.crew.wake();
    }

    /// Tell what the peer's SDP agreed to.
    pub fn configure_endpoint(
        &mut self,
        endpoint: EndpointId,
        settings: Settings,
        security: Security,
    ) -> Result<(), Refusal> {
        let settings = settings.checked()?;
        self.endpoints.get_mut(&endpoint).ok_or(Refusal::Gone)?.settings = Some(settings);
        self.post(endpoint, Command::Configure { endpoint, settings, security })
    }

    pub fn close_endpoint(&mut self, endpoint: EndpointId) -> Result<(), Refusal> {
        let open = self.endpoints.remove(&endpoint).ok_or(Refusal::Gone)?;
        self.ports.give_back(open.port, self.clock.now_us());
        let posted = self.post(endpoint, Command::Close { endpoint });
        self.places.close(endpoint);
        posted
    }

    /// Begin to carry a leg's audio to a WebSocket; ends with one `ForkEnded`.
    pub fn start_fork(&mut self, leg: EndpointId, mix: Mix, order: Order) -> Result<ForkId, Refusal> {
        let (worker, returns) = (self.worker_of(leg)?, order.returns);
        if self.forks.len() >= self.max_forks {
            return Err(Refusal::Unable(format!(
                "{} forks are under way, as many as may be",
                self.max_forks
            )));
        }
        if returns && self.forks.values().any(|fork| fork.returns && fork.endpoint == leg) {
            return Err(Refusal::Unable("another fork speaks to this leg already".into()));
        }
        let fork = self.new_id();
        let Order { rate_hz, interrupts, .. } = order;
        let end = self.crew.connect(fork, order)?;
        self.forks.insert(fork, OpenFork { endpoint: leg, returns });
        let about = NewFork { leg, mix, rate_hz, returns, interrupts, end };
        self.crew.post(worker, Command::Fork { fork, about });
        Ok(fork)
    }

    pub fn stop_fork(&mut self, fork: ForkId) -> Result<(), Refusal> {
        let OpenFork { endpoint, .. } = self.forks.remove(&fork).ok_or(Refusal::Gone)?;
        if let Some(worker) = self.places.worker_of(endpoint) {
            self.crew.post(worker, Command::StopFork { fork, endpoint });
        }
        Ok(()) // a fork ends with its leg
    }

    /// What a leg carried so far. Asks its worker and waits for the answer, not for long.
    pub fn counters_of(&self, endpoint: EndpointId) -> Result<EndpointCounters, Refusal> {
        let (answer, answered) = bounded(1);
        self.post(endpoint, Command::Query { endpoint, answer })?;
        self.wake();
        let no_answer = |_| Refusal::Unable("the media worker did not answer in time".into());
        answered.recv_timeout(QUERY_PATIENCE).map_err(no_answer)
    }

    /// By how much the latest worker was behind, recently and at worst.
    pub fn lateness_us(&self) -> (u64, u64) {
        self.crew.lateness_us()
    }

    /// Whether packets leave through raw sockets.
    pub fn sends_raw(&self) -> bool {
        self.crew.sends_raw()
    }

    /// Close legs and recordings and end the threads. False if one was still stuck after `patience`.
    pub fn close(&mut self, patience: Duration) -> bool {
        let unplaced: Vec<_> = self.recordings.keys().copied().collect();
        for recording in unplaced {
            // Those without a leg yet are finished by some worker; the others by their own.
            self.place_recording(recording, 0);
        }
        self.endpoints.clear();
        self.recordings.clear();
        self.places.clear();
        self.crew.dismiss(patience)
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn worker_of(&self, endpoint: EndpointId) -> Result<usize, Refusal> {
        self.places.worker_of(endpoint).ok_or(Refusal::Gone)
    }

    fn post(&self, endpoint: EndpointId, command: Command) -> Result<(), Refusal> {
        self.crew.post(self.worker_of(endpoint)?, command);
        Ok(())
    }

    /// Have a company go to another worker. That one hears of it first, so that what it is told from now on waits.
    fn go(&self, moved: Option<Move>) {
        let Some(Move { company, from, to }) = moved else { return };
        let Some(door) = self.crew.door_of(to).cloned() else { return };
        self.crew.post(to, Command::Await { company: company.clone() });
        self.crew.post(from, Command::Depart { company, to: door });
    }
}

/// The pool of ports, after one pair of it could be bound.
fn try_ports(setup: &Setup) -> io::Result<PortPool> {
    let mut ports = PortPool::new(setup.port_min, setup.port_max, setup.port_rest_us);
    for host in [Some(setup.host), setup.host6].into_iter().flatten() {
        let pair = ports.bind(host, 0).map_err(|error| {
            let reason = format!("cannot open media ports on {host}: {error}");
            io::Error::new(error.kind(), reason)
        })?;
        ports.put_back(pair.local.port());
    }
    Ok(ports)
}
