//! A caller's voice over a bad network, in virtual time: it must lie in the recording where it was said.

mod common;

use audio::g711::Law;
use recording::sound::Carried;
use recording::source::Measure;
use recording::stereo::Stereo;
use recording::timeline::{Decoded, Timeline};

use common::{ALIGNMENT, BAD, GOOD, Link, Luck, PACKET, Packet, header, pulses, record, talk};

#[test]
fn an_even_stream_is_recorded_sample_by_sample() {
    let packets = talk(5, GOOD, &mut Luck(1));
    let (stereo, left, right) = record(&packets, 40_000);
    assert_eq!((left.len(), right.len()), (40_000, 40_000));
    assert_eq!(pulses(&left), [0, 8000, 16_000, 24_000, 32_000]);
    assert!(right.iter().all(|&sample| sample == 0));
    let counters = stereo.customer.counters();
    assert_eq!((counters.packets, counters.lost_samples), (250, 0));
    assert_eq!(counters.carried, Carried { placed: 40_000, silent: 245 * 160 });
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
        assert_eq!(counters.carried.placed, counters.packets * PACKET, "seed {seed}");
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
    for packet in &mut packets[100..170] {
        packet.arrival = packet.arrival.max(16_000 + 10_000);
    }
    let (stereo, left, _) = record(&packets, 32_000);
    assert_eq!(pulses(&left), [0, 8000, 24_000]);
    let counters = stereo.customer.counters();
    assert!((25..=40).contains(&(counters.lost_samples / PACKET)), "{counters:?}");
}

#[test]
fn missing_packets_between_others_are_told_in_samples() {
    let mut packets = talk(2, GOOD, &mut Luck(1));
    packets.drain(30..40);
    let (stereo, left, _) = record(&packets, 16_000);
    assert_eq!(stereo.customer.counters().lost_samples, 1600);
    assert_eq!(left.len(), 16_000);
}

/// Packets of these lengths one after another, each sent when it is full, without those of these numbers.
fn of_lengths(lengths: impl Iterator<Item = u64>, lost: &[usize]) -> Vec<Packet> {
    let mut said = 0;
    let packet = |(number, length)| {
        said += length;
        Packet {
            header: header(number as u16, (said - length) as u32, 7),
            octets: vec![Law::Pcma.encode(8000); length as usize],
            arrival: said,
        }
    };
    let packets = (0_usize..).zip(lengths).map(packet);
    packets.filter(|packet| !lost.contains(&usize::from(packet.header.sequence))).collect()
}

#[test]
fn what_is_lost_counts_by_its_time_when_packets_become_longer_or_shorter() {
    for (before, after) in [(160, 480), (480, 160), (80, 320)] {
        let lengths = || (0..200).map(|number| if number < 100 { before } else { after });
        let lost = [10, 50, 51, 98, 99, 100, 150];
        let mut packets = of_lengths(lengths(), &lost);
        // The packet after the change is mended, and counts as long as it is.
        let mended = of_lengths(lengths(), &[]).remove(100);
        let late = packets.iter().position(|packet| packet.header.sequence == 102).unwrap();
        packets.insert(late, Packet { arrival: packets[late].arrival - 1, ..mended });
        let (stereo, left, _) = record(&packets, 100 * (before + after) + 1000);
        let facts = stereo.customer.facts();
        let missing = 5 * before + after;
        assert_eq!(facts.counters.lost_samples, missing, "{before} {after}");
        let gaps: u64 = facts.gaps.ranges().iter().map(|gap| gap.end - gap.start).sum();
        let heard = left.iter().filter(|&&sample| sample != 0).count() as u64;
        let sent = 100 * (before + after) - missing;
        assert_eq!((gaps, heard), (missing, sent), "{before} {after}: {:?}", facts.gaps);
    }
}

#[test]
fn packets_that_come_too_late_to_be_decoded_count_as_long_as_they_are() {
    let mut timeline = Timeline::default();
    for packet in of_lengths((0..20).map(|number| if number < 10 { 160 } else { 480 }), &[]) {
        let measure = Measure { ticks: 1, length: packet.octets.len() as u64 };
        timeline.expect(&packet.header, measure, packet.arrival as i64);
    }
    timeline.miss(8 * 160);
    timeline.miss(1600 + 480);
    let facts = timeline.facts();
    assert_eq!((facts.counters.packets, facts.counters.lost_samples), (18, 160 + 480));
    let gaps: Vec<_> = facts.gaps.ranges().iter().map(|gap| gap.end - gap.start).collect();
    assert_eq!(gaps, [160, 480]);
}

#[test]
fn of_what_is_decoded_only_what_packets_held_counts_as_carried() {
    let mut timeline = Timeline::default();
    timeline.expect(&header(1, 0, 7), Measure { ticks: 1, length: 160 }, 160);
    let said = |made_up, now| Decoded { older: 0, made_up, now };
    timeline.place_decoded(0, &[500; 160], said(false, 160));
    timeline.place_decoded(160, &[0; 160], said(false, 320));
    timeline.place_decoded(320, &[500; 160], said(true, 480));
    timeline.place_decoded(480, &[500; 160], said(false, 8000));
    assert_eq!(timeline.counters().carried, Carried { placed: 320, silent: 160 });
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
