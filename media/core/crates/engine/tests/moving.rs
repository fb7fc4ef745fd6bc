//! The whole engine with three workers: calls that began on different ones are joined by the verbs alone.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use audio::codec::Codec;
use engine::commands::{Channel, Security};
use engine::engine::{Engine, Setup};
use engine::events::{EndpointId, Event, RecordingSummary};
use engine::identity::Identity;
use engine::mix::Role;
use engine::rules::Rules;
use engine::settings::{Rtcp, Settings};
use engine::storage::Storage;
use rtp::packet::{Header, Packet};

/// One packet; phones here talk faster than people, as leaving no time between moves is what matters.
const PACE: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(10);

/// A port range of this test's own below those that the kernel gives out.
fn engine(folder: &Path, port_min: u16) -> Engine {
    let certificate = rcgen::generate_simple_self_signed(vec!["ringmain".to_string()]).unwrap();
    let identity =
        Identity::new(certificate.cert.der().to_vec(), certificate.signing_key.serialize_der()).unwrap();
    let setup = Setup {
        host: Ipv4Addr::LOCALHOST.into(),
        host6: None,
        port_min,
        port_max: port_min + 200,
        workers: 3,
        port_rest_us: 0,
        rules: Rules::default(),
        fork_authorities: None,
        max_forks: 1,
        storage: Storage { folder: folder.to_path_buf(), ..Storage::default() },
        identity,
        raw_sending: true,
    };
    Engine::start(&setup).unwrap()
}

/// A leg of the engine and its phone.
struct Phone {
    id: EndpointId,
    leg: SocketAddr,
    socket: UdpSocket,
    sequence: u16,
}

impl Phone {
    /// Each opens on the worker with the fewest legs: one after the other.
    fn new(engine: &mut Engine) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let (id, port) = engine.open_endpoint(None, false).unwrap();
        let settings = Settings {
            remote: socket.local_addr().ok(),
            codec: Codec::Pcma,
            payload_type: 8,
            dtmf_payload_type: None,
            dtmf_clock_hz: 8000,
            noise_payload_type: None,
            ptime_ms: 20,
            longest_ms: None,
            sending: true,
            receiving: true,
            answered: true,
            rtcp: Rtcp::default(),
        };
        engine.configure_endpoint(id, settings, Security::Plain).unwrap();
        engine.wake();
        Self { id, leg: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), socket, sequence: 0 }
    }

    fn talk(&mut self) {
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * 160;
        let ssrc = self.id as u32;
        let header = Header { marker: false, payload_type: 8, sequence: self.sequence, timestamp, ssrc };
        self.socket.send_to(&[&header.to_bytes()[..], &[0x2a; 160]].concat(), self.leg).unwrap();
    }

    fn hear(&self) -> Header {
        let mut buffer = [0; 512];
        loop {
            let (length, source) = self.socket.recv_from(&mut buffer).expect("something to hear");
            if source == self.leg {
                return Packet::parse(&buffer[..length]).unwrap().header;
            }
        }
    }
}

/// A company of three on whatever worker, with a recording that draws others there.
fn conference(engine: &mut Engine, place: &str) -> (Vec<Phone>, u64) {
    let (mix, phones) = (engine.open_mix(), (0..3).map(|_| Phone::new(engine)).collect::<Vec<_>>());
    for phone in &phones {
        engine.join_mix(mix, phone.id, Role::Speaker).unwrap();
    }
    let recording = engine.start_recording(Path::new(place)).unwrap();
    engine.attach(recording, phones[0].id, Channel::Customer).unwrap();
    (phones, recording)
}

/// Wait until a leg has received so many packets, and all that was ordered before is done.
fn received(engine: &Engine, leg: EndpointId, packets: u64) {
    let deadline = Instant::now() + PATIENCE;
    while engine.counters_of(leg).unwrap().packets_received < packets {
        assert!(Instant::now() < deadline, "only some of {packets} packets were received");
        thread::sleep(PACE);
    }
}

fn completed(engine: &Engine, recording: u64) -> RecordingSummary {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        for fact in engine.facts().drain(100) {
            if let Event::RecordingCompleted { recording: ended, summary } = fact
                && ended == recording
            {
                return *summary;
            }
        }
        thread::sleep(PACE);
    }
    panic!("recording {recording} never ended");
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("ringmain-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_stream_that_is_relayed_while_its_call_goes_from_worker_to_worker_has_no_gap() {
    const PACKETS: u16 = 600;
    const LAG: u16 = 20;
    let folder = folder("moving");
    let mut engine = engine(&folder, 21_000);
    let (mut caller, agent) = (Phone::new(&mut engine), Phone::new(&mut engine));
    engine.bridge(caller.id, agent.id).unwrap();
    let draws = [conference(&mut engine, "one.wav"), conference(&mut engine, "other.wav")];
    let mut heard = Vec::new();
    for number in 0..PACKETS {
        // Whoever is recorded with three goes where they are.
        let (_, recording) = draws[usize::from(number) % 2];
        engine.attach(recording, caller.id, Channel::Agent).unwrap();
        caller.talk();
        engine.wake();
        caller.talk();
        thread::sleep(PACE);
        // A phone's own buffer is not endless either.
        if number >= LAG {
            heard.extend([agent.hear(), agent.hear()]);
        }
    }
    heard.extend((0..2 * LAG).map(|_| agent.hear()));
    for (number, header) in heard.iter().enumerate() {
        assert_eq!(header.sequence.wrapping_sub(heard[0].sequence), number as u16);
        assert_eq!(header.timestamp.wrapping_sub(heard[0].timestamp), number as u32 * 160);
    }
    let counters = engine.counters_of(caller.id).unwrap();
    assert_eq!(counters.packets_received, u64::from(2 * PACKETS));
    assert_eq!(counters.packets_lost + counters.packets_dropped + counters.packets_duplicated, 0);
    assert!(engine.close(PATIENCE));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_recording_goes_on_when_its_call_is_joined_with_one_of_another_worker() {
    let folder = folder("joining");
    let mut engine = engine(&folder, 21_400);
    let mut phones: Vec<_> = (0..4).map(|_| Phone::new(&mut engine)).collect();
    let [customer, away, other, target] = [0, 1, 2, 3].map(|index: usize| phones[index].id);
    let recording = engine.start_recording(Path::new("call.wav")).unwrap();
    engine.bridge(customer, away).unwrap();
    engine.bridge(other, target).unwrap();
    engine.attach(recording, customer, Channel::Customer).unwrap();
    engine.attach(recording, away, Channel::Agent).unwrap();
    received(&engine, customer, 0);
    received(&engine, away, 0);
    let begun = Instant::now();
    for number in 0..100_u32 {
        if number == 50 {
            // Otherwise the last packet of who leaves, or comes, may still be on its way.
            received(&engine, away, 50);
            received(&engine, target, 50);
            engine.bridge(customer, target).unwrap();
            engine.attach(recording, target, Channel::Agent).unwrap();
            engine.close_endpoint(away).unwrap();
            engine.close_endpoint(other).unwrap();
            received(&engine, target, 50);
        }
        for phone in &mut phones {
            phone.talk();
        }
        thread::sleep((begun + number * Duration::from_millis(20)).saturating_duration_since(Instant::now()));
    }
    received(&engine, customer, 100);
    received(&engine, target, 100);
    engine.stop_recording(recording).unwrap();
    engine.wake();
    let summary = completed(&engine, recording);
    assert_eq!(summary.customer.counters.packets, 100);
    assert_eq!(summary.customer.counters.lost_samples, 0);
    assert_eq!(summary.agent.counters.packets, 100, "{:?}", summary.agent);
    assert!(engine.close(PATIENCE));
    fs::remove_dir_all(folder).unwrap();
}
