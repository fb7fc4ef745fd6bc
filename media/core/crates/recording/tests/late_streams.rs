//! Streams that come later for good, halt, or begin in bursts: nothing that came is thrown away, and what is said later
//! lies where it was heard.

mod common;

use audio::g711::Law;
use recording::source::Measure;
use recording::stereo::Stereo;
use recording::timeline::Decoded;

use common::{ALIGNMENT, FRAME_LENGTH, GOOD, Link, Luck, PACKET, Packet, header, pulses, record, talk};

#[test]
fn a_stream_that_takes_longer_from_now_on_is_kept_and_lies_where_it_was_heard() {
    let jittery = Link { delay_max: 320, ..GOOD };
    for delay in [160, 400, 800, 1600, 2300, 3000, 3300, 4000, 4800, 16_000, 80_000] {
        let mut packets = talk(20, jittery, &mut Luck(7));
        for packet in &mut packets[100..] {
            packet.arrival += delay;
        }
        packets.sort_by_key(|packet| packet.arrival);
        let (stereo, left, _) = record(&packets, 160_000 + delay);
        let counters = stereo.customer.counters();
        assert_eq!((counters.packets, counters.lost_samples), (1000, 0), "{delay}");
        let heard = pulses(&left);
        // A delay that endangers nothing is believed after three seconds.
        for second in 6..20 {
            let place = second * 8000 + delay as i64;
            let there = heard.iter().any(|at| (at - place).abs() <= ALIGNMENT);
            assert!(there, "{delay}: second {second} not at {place}: {heard:?}");
        }
        assert!((19..=21).contains(&heard.len()), "{delay}: {heard:?}");
    }
}

#[test]
fn a_stream_that_catches_up_after_a_delay_comes_back_to_its_place() {
    let mut packets = talk(10, GOOD, &mut Luck(1));
    for (late, packet) in (0_u64..).zip(&mut packets[100..300]) {
        packet.arrival = packet.arrival.max(16_000 + 12_000 + late * PACKET / 2);
    }
    let heard = pulses(&record(&packets, 80_000).1);
    assert!(heard.iter().all(|at| at % 8000 == 0) && heard.len() == 8, "{heard:?}");
}

/// Packets that came at these moments, counted from 8000; their samples tell their number.
fn counting(arrivals: &[i64]) -> Vec<i16> {
    let packets: Vec<_> = (0_u8..)
        .zip(arrivals)
        .map(|(number, &arrival)| Packet {
            header: header(u16::from(number), u32::from(number) * 160, 7),
            octets: vec![number; 160],
            arrival: (8000 + arrival) as u64,
        })
        .collect();
    record(&packets, 32_000).1
}

/// Where the first sample of each of these packets lies, if all of it is there.
fn places(samples: &[i16], packets: u8) -> Vec<Option<i64>> {
    let value = |number: u8| Law::Pcma.decode_table()[usize::from(number)];
    let whole =
        |number| samples.windows(160).position(|part| part.iter().all(|&sample| sample == value(number)));
    (0..packets).map(|number| whole(number).map(|at| at as i64)).collect()
}

/// When a packet of this number comes.
type Arrivals = fn(i64) -> i64;

#[test]
fn a_halting_start_is_not_torn_apart() {
    let even = |packet: i64| packet * 160;
    let starts: [(&str, i64, Arrivals); 6] = [
        ("the first waited", -380, |packet| if packet == 0 { 0 } else { packet * 160 - 380 }),
        ("the first five waited", -380, |packet| (packet * 160 - 380).max(if packet < 5 { 0 } else { 300 })),
        ("a burst that waited", -1440, |packet| (packet * 160 - 1440).max(0)),
        ("a long burst that waited", -2240, |packet| (packet * 160 - 2240).max(0)),
        ("a burst ahead of its time", 0, |packet| if packet < 8 { 0 } else { packet * 160 }),
        ("the first came ahead", 800, |packet| if packet == 0 { 0 } else { packet * 160 + 800 }),
    ];
    for (name, begin, arrival) in starts {
        let arrivals: Vec<_> = (0..100).map(arrival).collect();
        let found = places(&counting(&arrivals), 100);
        let wanted: Vec<_> = (0..100).map(|packet| Some(8000 + begin + even(packet))).collect();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn a_short_halt_leaves_each_packet_where_its_timestamp_says() {
    for halt in [400, 1600, 2400, 3000] {
        let arrivals: Vec<_> = (0..100)
            .map(|packet| if packet < 40 { packet * 160 } else { (packet * 160).max(6400 + halt) })
            .collect();
        let found = places(&counting(&arrivals), 100);
        assert!(
            found.iter().zip(0..).all(|(&place, packet)| place == Some(8000 + packet * 160)),
            "{halt}: {found:?}"
        );
    }
}

#[test]
fn a_burst_after_a_stall_is_kept_whole_where_its_timestamps_say() {
    for (stall, pace_percent) in [(3400, 0), (5600, 0), (7200, 0), (7200, 10), (5600, 25), (4800, 50)] {
        let arrivals: Vec<_> = (0..100)
            .map(|packet| {
                let owed = 6400 + stall + (packet - 40) * 160 * pace_percent / 100;
                if packet < 40 { packet * 160 } else { owed.max(packet * 160) }
            })
            .collect();
        let found = places(&counting(&arrivals), 100);
        let wanted: Vec<_> = (0..100).map(|packet| Some(8000 + packet * 160)).collect();
        assert_eq!(found, wanted, "{stall} samples, at {pace_percent} %");
    }
}

#[test]
fn who_sends_a_few_packets_of_a_stall_at_once_and_stays_late_is_not_torn_apart() {
    let arrivals: Vec<_> = (0..100)
        .map(|packet| if packet < 40 { packet * 160 } else { (6400 + 5600).max(packet * 160 + 4800) })
        .collect();
    let found = places(&counting(&arrivals), 100);
    let late: Vec<_> = (40..100).map(|packet| Some(8000 + packet * 160 + 4800)).collect();
    assert_eq!(found[40..], late);
}

#[test]
fn what_is_decoded_too_late_lies_as_much_earlier_as_decoding_takes() {
    let (mut stereo, mut frames) = (Stereo::default(), Vec::new());
    let measure = Measure { ticks: 1, length: 160 };
    for packet in 0..100_u8 {
        let (timestamp, late) = (u32::from(packet) * 160, if packet < 40 { 0 } else { 4000 });
        let arrival = 8000 + i64::from(timestamp) + late;
        stereo.customer.expect(&header(u16::from(packet), timestamp, 7), measure, arrival);
        let samples = [Law::Pcma.decode_table()[usize::from(packet)]; 160];
        let decoded = Decoded { older: 52, made_up: false, now: arrival };
        stereo.customer.place_decoded(timestamp, &samples, decoded);
        if packet % 25 == 0 {
            frames.extend(stereo.take_settled(arrival as u64).unwrap());
        }
    }
    frames.extend(stereo.take_until(32_000).unwrap());
    let left: Vec<_> =
        frames.chunks_exact(FRAME_LENGTH).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect();
    let wanted: Vec<_> = (40..100).map(|packet| Some(8000 + packet * 160 + 4000 - 52)).collect();
    assert_eq!(places(&left, 100)[40..], wanted);
}

#[test]
fn what_came_late_before_the_end_is_kept_though_nothing_tells_any_more_where_it_belongs() {
    let mut stereo = Stereo::default();
    for packet in 0..50_u8 {
        let late = if packet < 40 { 0 } else { 5600 };
        let header = header(u16::from(packet), u32::from(packet) * 160, 7);
        stereo.customer.place(&header, &[packet; 160], Law::Pcma, i64::from(packet) * 160 + late);
    }
    let block = stereo.take_rest(14_000).unwrap();
    let left: Vec<_> =
        block.chunks_exact(FRAME_LENGTH).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect();
    assert_eq!(places(&left, 50), (0..50).map(|packet| Some(packet * 160)).collect::<Vec<_>>());
    assert_eq!(stereo.customer.counters().lost_samples, 0);
}

#[test]
fn an_outage_is_lost_however_long_it_is_and_told_as_a_gap() {
    for minutes in [0.3_f64, 1.0, 15.0, 25.0] {
        let missing = (minutes * 3000.0) as u64;
        let mut packets = talk(4, GOOD, &mut Luck(1));
        for packet in &mut packets[100..] {
            packet.header.sequence = packet.header.sequence.wrapping_add(missing as u16);
            packet.header.timestamp += (missing * PACKET) as u32;
            packet.arrival += missing * PACKET + 300;
        }
        let (stereo, ..) = record(&packets, 32_000 + missing * PACKET);
        let facts = stereo.customer.facts();
        assert_eq!(facts.counters.lost_samples, missing * PACKET, "{minutes} minutes");
        let [gap] = facts.gaps.ranges() else { panic!("{:?}", facts.gaps) };
        // What comes again after long may have drifted.
        assert!(gap.end - gap.start == missing * PACKET && gap.start.abs_diff(16_000) <= 300, "{gap:?}");
    }
}

#[test]
fn what_came_too_late_is_told_as_a_gap() {
    let mut packets = talk(4, GOOD, &mut Luck(1));
    for packet in &mut packets[100..170] {
        packet.arrival = packet.arrival.max(16_000 + 10_000);
    }
    let facts = record(&packets, 32_000).0.customer.facts();
    let gaps: u64 = facts.gaps.ranges().iter().map(|gap| gap.end - gap.start).sum();
    assert_eq!(gaps, facts.counters.lost_samples);
    assert_eq!(facts.gaps.ranges().len(), 1, "{:?}", facts.gaps);
    assert_eq!(facts.gaps.ranges()[0].start, 16_000);
}

/// What may become of a sender and its way, once in a while.
#[derive(Clone, Copy, Debug)]
enum Mishap {
    /// The way is longer or shorter from now on.
    OtherWay,
    /// The phone stalls and goes on later, its timestamps as if nothing was.
    Stall,
    /// It stalls and sends what it owes in one burst.
    ShortHalt,
    /// Its timestamps stand still over a pause.
    FrozenPause,
    /// Nothing arrives for a while, and numbers and timestamps went on.
    Outage,
}

/// A second is too short for two of them.
const APART: u64 = 60 * 8000;

/// An hour of talk with mishaps; pulses say the second of arrival at the least delay, when each was heard.
fn unlucky_talk(luck: &mut Luck) -> (Vec<Packet>, Vec<(u64, Mishap)>, u64) {
    let (mut packets, mut mishaps) = (Vec::new(), Vec::new());
    let (mut delay, mut stall, mut next) = (400_u64, 0, APART);
    let (mut said, mut number, mut frozen, mut outage) = (0_u64, 1000_u64, 0_u64, 0);
    let mut sent = 0;
    let mut owed_until = 0;
    while said + stall < 3600 * 8000 {
        let now = said + stall;
        if now >= next {
            let mishap =
                [Mishap::OtherWay, Mishap::Stall, Mishap::ShortHalt, Mishap::FrozenPause, Mishap::Outage]
                    [luck.below(5) as usize];
            match mishap {
                Mishap::OtherWay => delay = [100, 200, 400, 1000, 2000][luck.below(5) as usize],
                Mishap::Stall => stall += 800 + luck.below(40_000),
                Mishap::ShortHalt => owed_until = now + 400 + luck.below(2400),
                Mishap::FrozenPause => {
                    let pause = luck.below(100) * PACKET;
                    (frozen, said) = (frozen + pause, said + pause);
                }
                Mishap::Outage => outage = luck.below(2000),
            }
            mishaps.push((now, mishap));
            next = now + APART + luck.below(APART);
        }
        let now = said + stall;
        number += 1;
        let loud = |at: u64| (now + delay + at) % 8000 < PACKET;
        said += PACKET;
        if outage > 0 {
            outage -= 1;
            continue;
        }
        if luck.below(40) == 0 {
            continue;
        }
        sent += 1;
        let jitter = if luck.below(30) == 0 { luck.below(1000) } else { luck.below(160) };
        packets.push(Packet {
            header: header(number as u16, (said - PACKET - frozen) as u32, 7),
            octets: (0..PACKET).map(|at| Law::Pcma.encode(if loud(at) { 8000 } else { 300 })).collect(),
            arrival: now.max(owed_until) + delay + jitter,
        });
    }
    packets.sort_by_key(|packet| packet.arrival);
    (packets, mishaps, sent)
}

#[test]
fn whatever_becomes_of_a_sender_all_that_came_is_kept_where_it_was_heard() {
    for seed in 1..5 {
        let (packets, mishaps, sent) = unlucky_talk(&mut Luck(seed * 0x9e37_79b9));
        let end = packets.last().unwrap().arrival + 8000;
        let (stereo, left, right) = record(&packets, end);
        assert_eq!((left.len() as u64, right.len() as u64), (end, end));
        let kept = stereo.customer.counters().packets;
        assert!(sent - kept <= mishaps.len() as u64, "seed {seed}: {kept} of {sent} kept, {mishaps:?}");
        let settled =
            |at: i64| !mishaps.iter().any(|&(when, _)| (-4000..64_000).contains(&(at - when as i64)));
        let (mut checked, mut worst) = (0, 0);
        // Of a pulse whose packets were lost in part it is not known where it began.
        let whole = |at: i64| at > 8000 && left[at as usize - 1] != 0 && settled(at);
        for at in pulses(&left).into_iter().filter(|&at| whole(at)) {
            checked += 1;
            worst = worst.max(((at + 4000) % 8000 - 4000).abs());
        }
        println!("seed {seed}: {kept} of {sent} kept, {checked} pulses at most {worst} samples off");
        assert!(checked > 2500 && worst <= ALIGNMENT, "seed {seed}: {checked} pulses, {worst} samples off");
    }
}
