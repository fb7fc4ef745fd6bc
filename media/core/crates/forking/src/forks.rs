//! The WebSocket thread: it carries the sessions of all forks and starts with the first.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::link::{WorkerEnd, link};
use crate::order::{ForkId, Order, Senseless};
use crate::session::Session;
use crate::trust::client_config;

pub use crate::ending::{Ending, Reason};

/// Threads that resolve names; the rest of a connection needs none.
const RESOLVERS: usize = 4;
/// How long sessions have to say good-bye when all is over.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What is told of a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The handshake is done; again after a connection that broke.
    Connected { fork: ForkId },
    /// It is over.
    Ended { fork: ForkId, ending: Ending, frames_sent: u64, frames_dropped: u64, overrun_ms: u64 },
}

/// Takes reports on the WebSocket thread; must not wait.
pub type Reporter = Arc<dyn Fn(Report) + Send + Sync>;

/// Why no fork was started.
#[derive(Debug)]
pub enum Refusal {
    Senseless(Senseless),
    /// No thread, or authorities that cannot be read.
    Unable(io::Error),
}

/// All forks of the engine.
pub struct Forks {
    report: Reporter,
    /// A PEM file of authorities to trust beside the system's.
    authorities: Option<PathBuf>,
    tls: Option<Arc<ClientConfig>>,
    thread: Option<Thread>,
}

struct Thread {
    sessions: UnboundedSender<Session>,
    handle: thread::JoinHandle<()>,
}

impl Forks {
    /// No thread is started before the first fork.
    pub fn new(authorities: Option<PathBuf>, report: Reporter) -> Self {
        Self { report, authorities, tls: None, thread: None }
    }

    /// Start connecting; returns the media thread's end.
    pub fn start(&mut self, fork: ForkId, order: Order) -> Result<WorkerEnd, Refusal> {
        let request = order.request().map_err(Refusal::Senseless)?;
        let secure = request.uri().scheme_str() == Some("wss");
        let tls = if secure { Some(self.tls().map_err(Refusal::Unable)?) } else { None };
        let report = self.report.clone();
        let sessions = self.sessions().map_err(Refusal::Unable)?;
        let (worker_end, wire) = link();
        // The thread ends only with us.
        let _ = sessions.send(Session { fork, order, request, tls, wire, report });
        Ok(worker_end)
    }

    /// End the thread. False if it was still at work after `patience`; it is left to itself.
    pub fn dismiss(&mut self, patience: Duration) -> bool {
        let Some(Thread { sessions, handle }) = self.thread.take() else { return true };
        drop(sessions);
        let deadline = Instant::now() + patience;
        while !handle.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        handle.is_finished()
    }

    fn tls(&mut self) -> io::Result<Arc<ClientConfig>> {
        if let Some(tls) = &self.tls {
            return Ok(tls.clone());
        }
        let tls = client_config(self.authorities.as_deref())?;
        Ok(self.tls.insert(tls).clone())
    }

    fn sessions(&mut self) -> io::Result<&UnboundedSender<Session>> {
        let thread = match self.thread.take() {
            Some(thread) => thread,
            None => Thread::start()?,
        };
        Ok(&self.thread.insert(thread).sessions)
    }
}

impl Thread {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(RESOLVERS).build()?;
        let (sessions, orders) = unbounded_channel();
        let handle =
            thread::Builder::new().name("media-forks".into()).spawn(move || carry(runtime, orders))?;
        Ok(Self { sessions, handle })
    }
}

fn carry(runtime: Runtime, orders: UnboundedReceiver<Session>) {
    runtime.block_on(run_sessions(orders));
    // A name that is being resolved cannot be called back.
    runtime.shutdown_background();
}

async fn run_sessions(mut orders: UnboundedReceiver<Session>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(session) => sessions.spawn(session.run()),
                None => break,
            },
            Some(_) = sessions.join_next() => continue,
        };
    }
    let _ = timeout(LAST_WORDS, sessions.join_all()).await;
}

impl fmt::Debug for Forks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forks").field("running", &self.thread.is_some()).finish_non_exhaustive()
    }
}
