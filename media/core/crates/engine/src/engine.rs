//! The engine as its one caller sees it: verbs that check, post to the owning worker and return.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::bounded;
use forking::forks;
use forking::order::Order;
use recording::marks::Channels;

use crate::clock::Clock;
use crate::commands::{Channel, Command, Security};
use crate::event_ring::EventRing;
use crate::events::{EndpointCounters, EndpointId, ForkId, MixId, RecordingId};
use crate::forks::{Mix, NewFork};
use crate::identity::Identity;
use crate::mix::{MAX_MEMBERS, Role};
use crate::ports::PortPool;
use crate::prompt::Prompt;
use crate::prompt_maker::PromptMaker;
use crate::recorder::Begun;
use crate::rules::Rules;
use crate::settings::{Senseless, Settings};
use crate::storage::{Job, Storage, WriterId};
use crate::threads::{Crew, Plan};

mod masking;
mod playing;

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
}

#[derive(Debug)]
struct PlacedEndpoint {
    worker: usize,
    port: u16,
    settings: Option<Settings>,
}

/// A recording goes to the worker of the first leg attached to it.
#[derive(Debug)]
struct PlacedRecording {
    worker: Option<usize>,
    writer: WriterId,
    started_us: u64,
}

#[derive(Debug)]
struct PlacedFork {
    endpoint: EndpointId,
    worker: usize,
    returns: bool,
}

/// Endpoints, recordings and forks by their ids, and the threads that carry them.
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
    endpoints: HashMap<EndpointId, PlacedEndpoint>,
    /// How many each worker has.
    legs: Vec<usize>,
    recordings: HashMap<RecordingId, PlacedRecording>,
    forks: HashMap<ForkId, PlacedFork>,
    max_forks: usize,
    storage: Storage,
    mixes: HashMap<MixId, Vec<EndpointId>>,
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
            endpoints: HashMap::new(),
            legs: vec![0; setup.workers],
            recordings: HashMap::new(),
            forks: HashMap::new(),
            max_forks: setup.max_forks,
            storage: setup.storage.clone(),
            mixes: HashMap::new(),
            last_id: 0,
        })
    }

    /// Where facts come from.
    pub fn facts(&self) -> &Arc<EventRing> {
        &self.facts
    }

    /// Take a port pair, on the worker of the leg `near` or the one with the fewest legs; of IPv6 where we have it.
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
        let neighbour = near.and_then(|near| self.endpoints.get(&near)).map(|placed| placed.worker);
        let worker = neighbour.unwrap_or_else(|| self.idlest_worker());
        let (endpoint, port) = (self.new_id(), sockets.port);
        self.endpoints.insert(endpoint, PlacedEndpoint { worker, port, settings: None });
        self.legs[worker] += 1;
        self.crew.post(worker, Command::Open { endpoint, sockets });
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
        let placed = self.endpoints.remove(&endpoint).ok_or(Refusal::Gone)?;
        self.legs[placed.worker] -= 1;
        self.forget_membership(endpoint);
        self.ports.give_back(placed.port, self.clock.now_us());
        self.crew.post(placed.worker, Command::Close { endpoint });
        Ok(())
    }

    pub fn bridge(&mut self, endpoint: EndpointId, peer: EndpointId) -> Result<(), Refusal> {
        if endpoint == peer {
            return Err(Refusal::Senseless("a leg cannot be bridged with itself".into()));
        }
        if self.worker_of(endpoint)? != self.worker_of(peer)? {
            let reason = "legs on two workers cannot be bridged; open the second near the first";
            return Err(Refusal::Senseless(reason.into()));
        }
        let (mix, legs) = (self.new_id(), [endpoint, peer]);
        for leg in legs {
            self.forget_membership(leg);
        }
        self.post(endpoint, Command::Bridge { mix, legs })
    }

    pub fn unbridge(&self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.post(endpoint, Command::Unbridge { endpoint })
    }

    /// A mix that nobody is in yet.
    pub fn open_mix(&mut self) -> MixId {
        let mix = self.new_id();
        self.mixes.insert(mix, Vec::new());
        mix
    }

    /// Take a leg into a mix, out of the one it is in; or give it another role there.
    pub fn join_mix(&mut self, mix: MixId, endpoint: EndpointId, role: Role) -> Result<(), Refusal> {
        let worker = self.worker_of(endpoint)?;
        let members = self.mixes.get(&mix).ok_or(Refusal::Gone)?;
        if members.iter().any(|&member| self.worker_of(member).is_ok_and(|other| other != worker)) {
            let reason = "legs on two workers cannot be mixed; open the second near the first";
            return Err(Refusal::Unable(reason.into()));
        }
        if members.len() == MAX_MEMBERS && !members.contains(&endpoint) {
            return Err(Refusal::Unable(format!("a mix has room for {MAX_MEMBERS} legs")));
        }
        if role == (Role::Whisper { to: endpoint }) {
            return Err(Refusal::Senseless("a leg cannot whisper to itself".into()));
        }
        self.forget_membership(endpoint);
        self.mixes.entry(mix).or_default().push(endpoint);
        self.crew.post(worker, Command::JoinMix { mix, endpoint, role });
        Ok(())
    }

    pub fn leave_mix(&mut self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.forget_membership(endpoint);
        self.post(endpoint, Command::LeaveMix { endpoint })
    }

    /// Nobody will join it any more.
    pub fn close_mix(&mut self, mix: MixId) {
        self.mixes.remove(&mix);
    }

    /// Begin a recording at this place of the folder, or of the spool; the writer reports whether the file
    /// could be made.
    pub fn start_recording(&mut self, place: &Path) -> Result<RecordingId, Refusal> {
        let (recording, now_us) = (self.new_id(), self.clock.now_us());
        let writers = self.crew.writers().ok_or(Refusal::Gone)?;
        let writer = writers.choose(recording);
        let (path, spooled) = self.storage.paths(place, writers.is_spool(writer));
        if !writers.try_send(writer, Job::Open { recording, path, spooled }, now_us) {
            return Err(Refusal::Unable("the disk cannot keep up with the recordings under way".into()));
        }
        let placed = PlacedRecording { worker: None, writer, started_us: now_us };
        self.recordings.insert(recording, placed);
        Ok(recording)
    }

    pub fn attach(
        &mut self,
        recording: RecordingId,
        endpoint: EndpointId,
        channel: Channel,
    ) -> Result<(), Refusal> {
        let worker = self.worker_of(endpoint)?;
        if self.place_recording(recording, worker)? != worker {
            let reason = "legs on two workers cannot share a recording; open the second near the first";
            return Err(Refusal::Senseless(reason.into()));
        }
        self.crew.post(worker, Command::Attach { recording, endpoint, channel });
        Ok(())
    }

    /// Record silence on these channels from now on, in place of those before.
    pub fn pause_recording(&mut self, recording: RecordingId, channels: Channels) -> Result<(), Refusal> {
        let worker = self.recordings.get(&recording).and_then(|placed| placed.worker).ok_or(Refusal::Gone)?;
        let at_us = self.clock.now_us();
        self.crew.post(worker, Command::PauseRecording { recording, channels, at_us });
        Ok(())
    }

    pub fn stop_recording(&mut self, recording: RecordingId) -> Result<(), Refusal> {
        let worker = self.place_recording(recording, 0)?;
        self.recordings.remove(&recording);
        let ended_us = self.clock.now_us();
        self.crew.post(worker, Command::StopRecording { recording, ended_us });
        Ok(())
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
        self.forks.insert(fork, PlacedFork { endpoint: leg, worker, returns });
        let about = NewFork { leg, mix, rate_hz, returns, interrupts, end };
        self.crew.post(worker, Command::Fork { fork, about });
        Ok(fork)
    }

    pub fn stop_fork(&mut self, fork: ForkId) -> Result<(), Refusal> {
        let placed = self.forks.remove(&fork).ok_or(Refusal::Gone)?;
        self.crew.post(placed.worker, Command::StopFork { fork });
        Ok(())
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

    /// Close legs and recordings and end the threads. False if one was still stuck after `patience`.
    pub fn close(&mut self, patience: Duration) -> bool {
        let unplaced: Vec<_> = self.recordings.keys().copied().collect();
        for recording in unplaced {
            // Those without a leg yet are finished by some worker; the others by their own.
            let _ = self.place_recording(recording, 0);
        }
        self.endpoints.clear();
        self.recordings.clear();
        self.crew.dismiss(patience)
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn forget_membership(&mut self, endpoint: EndpointId) {
        self.mixes.values_mut().for_each(|members| members.retain(|&member| member != endpoint));
    }

    fn worker_of(&self, endpoint: EndpointId) -> Result<usize, Refusal> {
        self.endpoints.get(&endpoint).map(|placed| placed.worker).ok_or(Refusal::Gone)
    }

    fn post(&self, endpoint: EndpointId, command: Command) -> Result<(), Refusal> {
        self.crew.post(self.worker_of(endpoint)?, command);
        Ok(())
    }

    fn idlest_worker(&self) -> usize {
        (0..self.legs.len()).min_by_key(|&worker| self.legs[worker]).unwrap_or(0)
    }

    /// The worker that carries a recording; `worker` takes it if none does yet.
    fn place_recording(&mut self, recording: RecordingId, worker: usize) -> Result<usize, Refusal> {
        let placed = self.recordings.get_mut(&recording).ok_or(Refusal::Gone)?;
        if let Some(worker) = placed.worker {
            return Ok(worker);
        }
        placed.worker = Some(worker);
        let begun =
            Begun { writer: placed.writer, started_us: placed.started_us, placed_us: self.clock.now_us() };
        self.crew.post(worker, Command::Record { recording, begun });
        Ok(worker)
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
        ports.put_back(pair.port);
    }
    Ok(ports)
}
