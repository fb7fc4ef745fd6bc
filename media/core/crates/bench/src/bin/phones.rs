//! N phones that talk at 50 packets a second in their codecs, or only listen, and count what they hear.
//!
//! `phones <streams> <codec> … [SRTP]`: the codecs are dealt out in turn; SRTP has all talk under `bench::MASTER_KEY`.
//! Prints the ports. For each line
//! `<1 to talk, 0 to listen> <milliseconds> <port to talk to> …` it answers with a line of JSON: packets
//! sent and received.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use audio::codec::Codec;
use audio::encoder::{Encoder, MAX_PAYLOAD};
use bench::bulk::SharedSockets;
use bench::{MASTER_KEY, hear_numbers, say, streams};
use rtp::packet::{HEADER_LENGTH, Header};
use rtp::rtcp::is_rtcp;
use srtp::MAX_TRAILER;
use srtp::keys::{Keys, Suite};
use srtp::outbound::Outbound;

const PTIME_MS: u32 = 20;
/// What came is taken, and what is due is said, so often.
const LOOK: Duration = Duration::from_millis(1);
/// What is on its way comes within so long.
const PAUSE: Duration = Duration::from_millis(100);
/// Different packets of a codec, said over and over.
const PHRASE: usize = 50;
/// Of codecs without a static one.
const PAYLOAD_TYPE: u8 = 111;

fn main() -> io::Result<()> {
    let count = streams()?;
    let mut sockets = SharedSockets::open(count)?;
    let mut phones = phones(count)?;
    sockets.announce()?;
    while let Some(numbers) = hear_numbers()? {
        let [talking, milliseconds, ports @ ..] = &numbers[..] else { break };
        for (phone, &port) in phones.iter_mut().zip(ports) {
            phone.target.set_port(port);
        }
        let length = Duration::from_millis((*milliseconds).into());
        say(&run(&mut sockets, &mut phones, *talking == 1, length))?;
    }
    Ok(())
}

/// Talk, if they are to, and listen for so long.
fn run(sockets: &mut SharedSockets, phones: &mut [Phone], talking: bool, length: Duration) -> String {
    hear(sockets);
    let begin = Instant::now();
    let (mut sent, mut received) = (0, 0);
    while begin.elapsed() < length {
        // They look from time to time: to be woken for each packet would be charged to who sends it.
        thread::sleep(LOOK);
        if talking {
            sent = talk_until(sockets, phones, sent, begin.elapsed().min(length));
        }
        received += hear(sockets);
    }
    if talking {
        received += hear_the_rest(sockets);
    }
    format!(r#"{{"sent": {sent}, "received": {received}}}"#)
}

/// Send what is due at this moment of the round, of which so many packets are sent; says how many then are.
fn talk_until(sockets: &mut SharedSockets, phones: &mut [Phone], mut sent: usize, moment: Duration) -> usize {
    let due = (moment.as_micros() * phones.len() as u128 / u128::from(PTIME_MS * 1000)) as usize;
    while sent < due {
        let first = sent % phones.len();
        let room = sockets.batch_from(first).min(due - sent);
        let batch = &mut phones[first..first + room];
        let packets: Vec<_> = batch.iter_mut().map(Phone::packet).collect();
        let targets: Vec<_> = batch.iter().map(|phone| phone.target).collect();
        sockets.send(first, &packets, &targets);
        sent += room;
    }
    sent
}

/// Take what still comes until nothing does, for a second at most; says how many packets it was.
fn hear_the_rest(sockets: &mut SharedSockets) -> usize {
    let begin = Instant::now();
    let (mut received, mut before) = (0, usize::MAX);
    while received != before && begin.elapsed() < Duration::from_secs(1) {
        thread::sleep(PAUSE);
        before = received;
        received += hear(sockets);
    }
    received
}

/// Take all that is there; says how many packets it was. Reports do not count.
fn hear(sockets: &mut SharedSockets) -> usize {
    let mut received = 0;
    sockets.receive(|datagram, _| received += usize::from(!is_rtcp(datagram)));
    received
}

struct Phone {
    target: SocketAddrV4,
    codec: Codec,
    phrase: Rc<Vec<Vec<u8>>>,
    header: Header,
    outbound: Option<Outbound>,
}

impl Phone {
    /// The next that it says.
    fn packet(&mut self) -> Vec<u8> {
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.timestamp = self.header.timestamp.wrapping_add(self.codec.ticks(PTIME_MS));
        let payload = &self.phrase[usize::from(self.header.sequence) % PHRASE];
        let mut buffer = [0; HEADER_LENGTH + MAX_PAYLOAD + MAX_TRAILER];
        buffer[..HEADER_LENGTH].copy_from_slice(&self.header.to_bytes());
        buffer[HEADER_LENGTH..][..payload.len()].copy_from_slice(payload);
        let mut packet = 0..HEADER_LENGTH + payload.len();
        if let Some(outbound) = &mut self.outbound {
            packet = outbound.protect_rtp(&mut buffer, packet).unwrap_or_default();
        }
        buffer[packet].to_vec()
    }
}

fn phones(count: usize) -> io::Result<Vec<Phone>> {
    let (words, codecs): (Vec<_>, Vec<_>) = std::env::args().skip(2).partition(|word| word == "SRTP");
    let codecs = codecs.iter().map(|name| voice_of(name)).collect::<io::Result<Vec<_>>>()?;
    let keys = Keys::new(Suite::AesCm128HmacSha1_80, &MASTER_KEY).filter(|_| !words.is_empty());
    let phone = |index: usize| {
        let (codec, phrase) = codecs[index % codecs.len()].clone();
        let payload_type = codec.payload_type().unwrap_or(PAYLOAD_TYPE);
        let header =
            Header { marker: false, payload_type, sequence: 0, timestamp: 0, ssrc: index as u32 + 1 };
        let target = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);
        Phone { target, codec, phrase, header, outbound: keys.as_ref().map(Outbound::new) }
    };
    Ok((0..count).map(phone).collect())
}

/// A codec by its name, and what phones say in it.
fn voice_of(name: &str) -> io::Result<(Codec, Rc<Vec<Vec<u8>>>)> {
    let codec = Codec::of_name(name).ok_or_else(|| io::Error::other(format!("no codec {name}")))?;
    Ok((codec, Rc::new(phrase(codec)?)))
}

/// A second of something like a vowel: two tones whose loudness rises and falls.
fn phrase(codec: Codec) -> io::Result<Vec<Vec<u8>>> {
    let mut encoder = Encoder::new(codec).ok_or_else(|| io::Error::other("a codec that is only relayed"))?;
    let length = codec.samples(PTIME_MS);
    let packet = |number: usize| {
        let samples: Vec<i16> = (number * length..(number + 1) * length)
            .map(|sample| vowel(sample as f64 / f64::from(codec.rate_hz())))
            .collect();
        let mut payload = vec![0; MAX_PAYLOAD];
        let written = encoder.encode(&samples, &mut payload).map_err(|_| io::Error::other("not encoded"))?;
        payload.truncate(written);
        Ok(payload)
    };
    (0..PHRASE).map(packet).collect()
}

fn vowel(at_s: f64) -> i16 {
    let tone = |hz: f64| (std::f64::consts::TAU * hz * at_s).sin();
    (tone(2.0).abs() * (tone(220.0) * 6000.0 + tone(730.0) * 3000.0)) as i16
}
