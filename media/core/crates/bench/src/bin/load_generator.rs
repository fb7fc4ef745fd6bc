//! N streams of G.711 at 50 packets a second, spread evenly over the 20 ms, and what became of them.
//!
//! Prints their ports, of which there are few. For each line
//! `<milliseconds> <port of stream 0> <port of stream 1> …` it sends for that long and answers with a line of JSON:
//! packets sent and received and the added delay. A packet's payload carries its moment of sending; when it came
//! is the kernel's word.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use bench::bulk::SharedSockets;
use bench::{hear_numbers, say, streams};
use rtp::packet::{HEADER_LENGTH, Header, Packet};

const PTIME: Duration = Duration::from_millis(20);
/// What is due is sent, and what came is taken, so often.
const STEP: Duration = Duration::from_micros(500);
const PAYLOAD_LENGTH: usize = 160;
const TICKS: u32 = PAYLOAD_LENGTH as u32;
const PCMA: u8 = 8;
/// How long after the last packet was sent the rest may still arrive, at most.
const GRACE: Duration = Duration::from_secs(1);

type Datagram = [u8; HEADER_LENGTH + PAYLOAD_LENGTH];

fn main() -> io::Result<()> {
    let count = streams()?;
    let mut sockets = SharedSockets::open(count)?;
    sockets.announce()?;
    let mut streams: Vec<Stream> = (0..count).map(Stream::new).collect();
    while let Some(numbers) = hear_numbers()? {
        let Some((&milliseconds, ports)) = numbers.split_first() else { break };
        for (stream, &port) in streams.iter_mut().zip(ports) {
            stream.target.set_port(port);
        }
        say(&Round::new(&mut sockets, &mut streams).run(Duration::from_millis(milliseconds.into())))?;
    }
    Ok(())
}

/// One direction of a call.
struct Stream {
    target: SocketAddrV4,
    header: Header,
}

impl Stream {
    fn new(index: usize) -> Self {
        let header =
            Header { marker: false, payload_type: PCMA, sequence: 0, timestamp: 0, ssrc: index as u32 + 1 };
        Self { target: SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0), header }
    }

    fn packet(&mut self, sent_at: Duration) -> Datagram {
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = self.header.timestamp.wrapping_add(TICKS);
        let mut packet = [0xd5; HEADER_LENGTH + PAYLOAD_LENGTH];
        packet[..HEADER_LENGTH].copy_from_slice(&self.header.to_bytes());
        packet[HEADER_LENGTH..][..8].copy_from_slice(&(sent_at.as_nanos() as u64).to_be_bytes());
        packet
    }
}

/// One measurement.
struct Round<'a> {
    sockets: &'a mut SharedSockets,
    streams: &'a mut [Stream],
    /// When it began, by the clock that arrivals are told by.
    began: Duration,
    sent: usize,
    delays_ns: Vec<u32>,
}

impl<'a> Round<'a> {
    fn new(sockets: &'a mut SharedSockets, streams: &'a mut [Stream]) -> Self {
        Self { sockets, streams, began: unix_time(), sent: 0, delays_ns: Vec::new() }
    }

    fn run(mut self, length: Duration) -> String {
        let begin = Instant::now();
        while begin.elapsed() < length {
            thread::sleep(STEP);
            self.send_until(begin.elapsed().min(length));
            self.receive();
        }
        let end = Instant::now() + GRACE;
        while self.delays_ns.len() < self.sent && Instant::now() < end {
            thread::sleep(STEP);
            self.receive();
        }
        self.answer()
    }

    /// Send what is due at this moment of the round.
    fn send_until(&mut self, moment: Duration) {
        let count = self.streams.len();
        let due = (moment.as_nanos() * count as u128 / PTIME.as_nanos()) as usize;
        while self.sent < due {
            let first = self.sent % count;
            let room = self.sockets.batch_from(first).min(due - self.sent);
            let batch = &mut self.streams[first..first + room];
            let now = unix_time();
            let packets: Vec<Datagram> = batch.iter_mut().map(|stream| stream.packet(now)).collect();
            let targets: Vec<_> = batch.iter().map(|stream| stream.target).collect();
            self.sockets.send(first, &packets, &targets);
            self.sent += packets.len();
        }
    }

    fn receive(&mut self) {
        self.sockets.receive(|datagram, came_at| {
            // One from before is a late packet of the round before, lost there.
            let sent_at = sending_moment(datagram).filter(|sent_at| *sent_at >= self.began);
            let delay = sent_at.map(|sent_at| came_at.saturating_sub(sent_at));
            self.delays_ns.extend(delay.map(|delay| u32::try_from(delay.as_nanos()).unwrap_or(u32::MAX)));
        });
    }

    fn answer(mut self) -> String {
        let received = self.delays_ns.len();
        let [p50_us, p99_us] = [50, 99].map(|percent| self.percentile_us(percent));
        let sent = self.sent;
        format!(r#"{{"sent": {sent}, "received": {received}, "p50_us": {p50_us:.1}, "p99_us": {p99_us:.1}}}"#)
    }

    fn percentile_us(&mut self, percent: usize) -> f64 {
        let at = self.delays_ns.len() * percent / 100;
        if at >= self.delays_ns.len() {
            return 0.0;
        }
        f64::from(*self.delays_ns.select_nth_unstable(at).1) / 1000.0
    }
}

/// None for what is none of our packets, such as a report.
fn sending_moment(datagram: &[u8]) -> Option<Duration> {
    let Packet { header, payload } = Packet::parse(datagram).ok()?;
    let stamp = datagram[payload].first_chunk().filter(|_| header.payload_type == PCMA)?;
    Some(Duration::from_nanos(u64::from_be_bytes(*stamp)))
}

fn unix_time() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()
}
