//! Any origins after each other, over links that lose, delay, reorder and double packets: one even stream.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const PACKET_US: u64 = 20_000;
const JITTER_US: u64 = 80_000;
const SSRC: u32 = 0xabcd;

#[derive(Clone, Copy, Debug)]
enum Origin {
    /// One peer or, after a transfer, another, from where its own counts stand.
    Peer {
        ssrc: u32,
        sequence: u16,
        timestamp: u32,
        /// Two of three of its packets are cut into so many; 1: all are relayed as they are.
        pieces: u16,
    },
    Prompt,
    Key,
    Silence,
}

/// What is sent for so many packet times, under a codec of this clock.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    origin: Origin,
    packets: u16,
    clock_hz: u32,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let pieces = prop_oneof![2 => Just(1_u16), 1 => 2..5_u16];
    let peer = (1..4_u32, any::<u16>(), any::<u32>(), pieces)
        .prop_map(|(ssrc, sequence, timestamp, pieces)| Origin::Peer { ssrc, sequence, timestamp, pieces });
    let origin =
        prop_oneof![3 => peer, 1 => Just(Origin::Prompt), 1 => Just(Origin::Key), 1 => Just(Origin::Silence)];
    (origin, 1..80_u16, prop_oneof![3 => Just(8000_u32), 1 => Just(48_000)])
        .prop_map(|(origin, packets, clock_hz)| Stretch { origin, packets, clock_hz })
}

/// A packet of ours.
#[derive(Clone, Copy, Debug)]
struct Sent {
    header: Header,
    /// The stretch, and in it the peer's sequence number.
    stretch: usize,
    theirs: Option<u16>,
    is_audio: bool,
    now_us: u64,
}

/// The link from a peer to us, the same in every run.
struct Link(u64);

impl Link {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// When each packet of a stretch arrives, as long as that lasts.
    fn arrivals(&mut self, packets: u16, begun_us: u64) -> Vec<(u64, u16)> {
        let mut arrivals = Vec::new();
        for packet in 0..packets {
            let copies = [1, 1, 1, 1, 1, 1, 1, 1, 0, 2][self.draw(10) as usize];
            for _ in 0..copies {
                arrivals.push((begun_us + u64::from(packet) * PACKET_US + self.draw(JITTER_US), packet));
            }
        }
        let ended_us = begun_us + u64::from(packets) * PACKET_US;
        arrivals.retain(|&(arrival_us, _)| arrival_us < ended_us);
        arrivals.sort_unstable();
        arrivals
    }
}

fn send(stretches: &[Stretch], seed: u64) -> Vec<Sent> {
    let mut stream = OutgoingStream::new(SSRC, 65_500, u32::MAX - 20_000, 0);
    let mut link = Link(seed | 1);
    let mut sent = Vec::new();
    let mut begun_us = PACKET_US;
    for (index, &Stretch { origin, packets, clock_hz }) in stretches.iter().enumerate() {
        stream.set_clock(clock_hz, begun_us);
        let ticks = clock_hz / 50;
        let mut note = |header, theirs, is_audio, now_us| {
            sent.push(Sent { header, stretch: index, theirs, is_audio, now_us });
        };
        match origin {
            Origin::Peer { ssrc, sequence, timestamp, pieces } => {
                for (now_us, packet) in link.arrivals(packets, begun_us) {
                    let theirs = Header {
                        marker: false,
                        payload_type: 0,
                        sequence: sequence.wrapping_add(packet),
                        timestamp: timestamp.wrapping_add(u32::from(packet) * ticks),
                        ssrc,
                    };
                    let pieces = if packet % 3 == 0 { 1 } else { pieces };
                    let cut = Cut { pieces, ticks: ticks / u32::from(pieces) };
                    let headers: Vec<_> = match pieces {
                        1 => stream.relay(&theirs, true, 8, now_us).into_iter().collect(),
                        _ => stream.relay_cut(&theirs, cut, 8, now_us).into_iter().flatten().collect(),
                    };
                    for header in headers {
                        note(header, Some(theirs.sequence), true, now_us);
                    }
                }
            }
            Origin::Prompt => {
                for packet in 0..packets {
                    let now_us = begun_us + u64::from(packet) * PACKET_US;
                    note(stream.own_audio(ticks, packet == 0, 8, now_us), None, true, now_us);
                }
            }
            Origin::Key => {
                let timestamp = stream.begin_event(begun_us);
                for packet in 0..packets {
                    let now_us = begun_us + u64::from(packet) * PACKET_US;
                    note(stream.own_event(timestamp, packet == 0, 101), None, false, now_us);
                }
            }
            Origin::Silence => {}
        }
        begun_us += u64::from(packets) * PACKET_US;
    }
    sent
}

/// Those that came in sequence: each is newer than all before it.
fn newest(sent: &[Sent]) -> Vec<Sent> {
    let mut highest: Option<u16> = None;
    let is_newer = |packet: &&Sent| {
        let newer = highest.is_none_or(|highest| packet.header.sequence.wrapping_sub(highest) as i16 > 0);
        highest = if newer { Some(packet.header.sequence) } else { highest };
        newer
    };
    sent.iter().filter(is_newer).copied().collect()
}

proptest! {
    #[test]
    fn sequence_numbers_close_up_where_the_origin_changes_and_show_loss_within_one(
        stretches in prop::collection::vec(stretch(), 1..10), seed: u64,
    ) {
        let sent = send(&stretches, seed);
        prop_assert!(sent.first().is_none_or(|first| first.header.sequence == 65_501));
        for pair in newest(&sent).windows(2) {
            let step = pair[1].header.sequence.wrapping_sub(pair[0].header.sequence);
            match (pair[0].theirs, pair[1].theirs) {
                (Some(before), Some(after)) if pair[0].stretch == pair[1].stretch => {
                    prop_assert_eq!(step, after.wrapping_sub(before).max(1), "1 between pieces of one packet");
                }
                // The same peer may go on where it was, with what it lost between.
                (Some(_), Some(_)) => prop_assert!((1..1000).contains(&step)),
                _ => prop_assert_eq!(step, 1),
            }
        }
    }

    #[test]
    fn no_number_is_given_to_two_packets_and_every_packet_is_ours(
        stretches in prop::collection::vec(stretch(), 1..10), seed: u64,
    ) {
        let mut given = BTreeMap::new();
        for packet in send(&stretches, seed) {
            prop_assert_eq!(packet.header.ssrc, SSRC);
            // A packet that the network doubled is sent on twice, and is the same both times.
            let identity = (packet.stretch, packet.theirs, packet.header.timestamp);
            let before = given.insert(packet.header.sequence, identity);
            let is_copy = before == Some(identity) && packet.theirs.is_some();
            prop_assert!(before.is_none() || is_copy, "{:?} and {:?}", before, packet);
        }
    }

    #[test]
    fn timestamps_of_audio_go_on_as_time_does_whoever_speaks(
        stretches in prop::collection::vec(stretch(), 1..10), seed: u64,
    ) {
        let sent = send(&stretches, seed);
        let audio: Vec<_> = newest(&sent).into_iter().filter(|packet| packet.is_audio).collect();
        for pair in audio.windows(2) {
            let moved = pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp) as i32;
            prop_assert!(moved > 0, "{:?}", pair);
            let passed_us = pair[1].now_us - pair[0].now_us;
            let clocks = || stretches[pair[0].stretch..=pair[1].stretch].iter().map(|stretch| stretch.clock_hz);
            let (slowest, fastest) = (clocks().min().unwrap(), clocks().max().unwrap());
            // Each change of origin moves the clock by one packet at least.
            let slack_us = 2 * JITTER_US + clocks().count() as u64 * PACKET_US;
            let most = ticks(passed_us + slack_us, fastest);
            let least = ticks(passed_us.saturating_sub(slack_us), slowest);
            prop_assert!((least..=most).contains(&moved), "{} ticks in {} us: {:?}", moved, passed_us, pair);
        }
    }
}

fn ticks(us: u64, clock_hz: u32) -> i32 {
    us_to_ticks(us, clock_hz) as i32
}
