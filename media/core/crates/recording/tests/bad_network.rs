//! A caller's voice over a bad network, in virtual time: it must lie in the recording where it was said.

mod common;

use audio::g711::Law;
use recording::stereo::Stereo;

use common::{ALIGNMENT, BAD, GOOD, Link, Luck, PACKET, Packet, header, pulses, record, talk};

#[test]
fn an_even_stream_is_recorded_sample_by_sample() {
    let packets = talk(5, GOOD, &mut Luck(1));
    let (stereo, left, right) = record(&packets, 40_000);
    assert_eq!((left.len(), right.len()), (40_000, 40_000));
    assert_eq!(pulses(&left), [0, 8000, 16_000, 24_000, 32_000]);
    assert!(right.iter().all(|&sample| sample == 0));
    assert_eq!((stereo.customer.counters().packets, stereo.customer.counters().lost_samples), (250, 0));
}

#[test]
fn loss_jitter_reordering_and_duplicates_move_nothing() {
    for seed in 1..40 {
        let mut luck = Luck(seed);
        let packets = talk(20, BAD, &mut luck);
        let (stereo, left, right) = record(&packets, 160_000);
        assert_eq!((left.len(), right.len()), (160_000, 160_000), "seed {seed}");
        let heard = pulses(&left);
        assert!(heard.len() >= 12, "seed {seed}: {heard:?}");
        // The first packet's own delay is unknowable; it anchors until the first correction.
        for &at in heard.iter().filter(|&&at| at > 12_000) {
            let off = (at + 4000) % 8000 - 4000;
            assert!((-ALIGNMENT..=2 * ALIGNMENT).contains(&off), "seed {seed}: a pulse at {at}");
        }
        let counters = stereo.customer.counters();
        let lost = counters.lost_samples / PACKET;
        assert!(
            counters.packets + lost <= 1000 && counters.packets + lost >= 990,
            "seed {seed}: {counters:?}"
        );
    }
}

#[test]
fn a_gap_is_no_longer_than_the_packets_that_were_lost() {
    let mut packets = talk(10, GOOD, &mut Luck(1));
    // Five seconds of silence are not sent, and the packets before and after them are lost.
    packets.drain(249..251);
    for packet in packets.iter_mut().skip(249) {
        packet.header.timestamp += 40_000;
        packet.arrival += 40_000;
    }
    let (stereo, ..) = record(&packets, 120_000);
    let facts = stereo.customer.facts();
    let gaps: u64 = facts.gaps.ranges().iter().map(|gap| gap.end - gap.start).sum();
    assert_eq!((facts.counters.lost_samples, gaps), (320, 320), "{:?}", facts.gaps);
}

#[test]
fn both_channels_agree_on_when_things_were_said() {
    let mut luck = Luck(5);
    let mut stereo = Stereo::default();
    let customer = talk(3, GOOD, &mut luck);
    for packet in &customer {
        stereo.customer.place(&packet.header, &packet.octets, Law::Pcma, packet.arrival as i64);
        // The agent's phone echoes everything half a second later, on a clock of its own.
        let echo = header(packet.header.sequence, packet.header.timestamp.wrapping_sub(77_777), 9);
        stereo.agent.place(&echo, &packet.octets, Law::Pcma, packet.arrival as i64 + 4000);
    }
    let block: Vec<u8> = std::iter::from_fn(|| stereo.take_until(24_000)).flatten().collect();
    let sample =
        |at: usize, side: usize| i16::from_le_bytes([block[at * 4 + side], block[at * 4 + side + 1]]);
    assert!(sample(8000, 0) > 4000 && sample(8000, 2) < 100);
    assert!(sample(12_000, 2) > 4000 && sample(12_000, 0) < 100);
    assert!(sample(12_159, 2) > 4000 && sample(12_160, 2) < 100);
}

#[test]
fn a_phone_whose_clock_runs_differently_stays_in_place() {
    for fast_ppm in [-400, 400] {
        let link = Link { fast_ppm, ..GOOD };
        let packets = talk(600, link, &mut Luck(3));
        let (_, left, _) = record(&packets, 600 * 8000);
        let last = *pulses(&left).last().unwrap();
        let said = 599 * 8000 - 599 * 8000 * fast_ppm / 1_000_000;
        assert!((last - said).abs() <= 2 * ALIGNMENT, "{fast_ppm} ppm: {last} instead of {said}");
    }
}

#[test]
fn a_jump_of_the_timestamp_does_not_move_what_follows_in_time() {
    let mut packets = talk(4, GOOD, &mut Luck(1));
    for packet in packets.iter_mut().skip(100) {
        packet.header.timestamp = packet.header.timestamp.wrapping_add(3_000_000);
    }
    assert_eq!(pulses(&record(&packets, 32_000).1), [0, 8000, 16_000, 24_000]);
}

#[test]
fn another_source_is_placed_by_its_arrival() {
    let mut packets = talk(4, GOOD, &mut Luck(1));
    for packet in packets.iter_mut().skip(100) {
        packet.header.ssrc = 8;
        packet.header.timestamp = 99 + u32::from(packet.header.sequence) * 160;
    }
    assert_eq!(pulses(&record(&packets, 32_000).1), [0, 8000, 16_000, 24_000]);
}

#[test]
fn a_pause_of_the_speaker_is_silence_and_not_loss() {
    let mut packets = talk(4, GOOD, &mut Luck(1));
    packets.drain(60..140);
    for packet in packets.iter_mut().skip(60) {
        packet.header.sequence -= 80;
    }
    let (stereo, left, _) = record(&packets, 32_000);
    assert_eq!(pulses(&left), [0, 8000, 24_000]);
    assert_eq!(stereo.customer.counters().lost_samples, 0);
}

#[test]
fn what_comes_too_late_is_lost_and_the_stream_goes_on_in_place() {
    let mut packets = talk(4, GOOD, &mut Luck(1));
    for packet in &mut packets[100..150] {
        packet.arrival = packet.arrival.max(16_000 + 6000);
    }
    let (stereo, left, _) = record(&packets, 32_000);
    assert_eq!(pulses(&left), [0, 8000, 24_000]);
    let counters = stereo.customer.counters();
    assert!((12..=20).contains(&(counters.lost_samples / PACKET)), "{counters:?}");
}

#[test]
fn missing_packets_between_others_are_told_in_samples() {
    let mut packets = talk(2, GOOD, &mut Luck(1));
    packets.drain(30..40);
    let (stereo, left, _) = record(&packets, 16_000);
    assert_eq!(stereo.customer.counters().lost_samples, 1600);
    assert_eq!(left.len(), 16_000);
}

#[test]
fn hostile_timestamps_and_sequences_never_panic_and_keep_the_length() {
    let mut luck = Luck(99);
    let mut arrival = 0;
    let packets: Vec<_> = (0..20_000)
        .map(|_| {
            arrival += luck.below(400);
            let bits = luck.below(u64::MAX);
            Packet {
                header: header(bits as u16, (bits >> 16) as u32, (bits >> 63) as u32),
                octets: vec![1; luck.below(2000) as usize],
                arrival,
            }
        })
        .collect();
    let (_, left, right) = record(&packets, arrival);
    assert_eq!((left.len() as u64, right.len() as u64), (arrival, arrival));
}
