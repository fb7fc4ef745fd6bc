//! Recordings of a worker in virtual time, with the writer's queue held in the test's hand.

use audio::codec::Codec;
use crossbeam_channel::Receiver;
use engine::commands::Channel;
use engine::intake::{Content, Received};
use engine::recorder::{Begun, RecordedPacket, Recorder, Tap};
use engine::storage::{Ending, Job, Storage, Waiting, Writers};
use recording::format::SampleFormat;
use recording::marks::{Channels, Kind, Mark};
use rtp::packet::Header;

const RECORDING: u64 = 3;
const CUSTOMER: u64 = 10;
const AGENT: u64 = 11;
const SECOND_US: u64 = 1_000_000;
const LEFT: Channels = Channels { customer: true, agent: false };
const RIGHT: Channels = Channels { customer: false, agent: true };

/// Since the engine began.
const BEGUN: Begun = Begun { writer: 0, started_us: 0, placed_us: 0 };

fn rig() -> (Recorder, Receiver<Waiting>) {
    let (writers, mut ends) = Writers::new(&Storage::default());
    (Recorder::new(writers, SampleFormat::Linear16), ends.remove(0).jobs)
}

/// One packet of a leg at a moment, its sequence number and timestamp telling that moment.
fn say(recorder: &mut Recorder, tap: Tap, leg: u64, now_us: u64) {
    say_early(recorder, tap, leg, now_us, now_us);
}

/// The packet of a moment, sent already at `now_us`.
fn say_early(recorder: &mut Recorder, tap: Tap, leg: u64, moment_us: u64, now_us: u64) {
    let packet = moment_us / 20_000;
    let header = Header {
        marker: false,
        payload_type: 8,
        sequence: packet as u16,
        timestamp: packet as u32 * 160,
        ssrc: leg as u32,
    };
    let received = Received { header, payload: 12..172, content: Content::Audio(Codec::Pcma) };
    let datagram = [0x2a; 172];
    let packet = RecordedPacket { leg, received: &received, datagram: &datagram };
    recorder.place(tap, &packet, now_us);
}

/// A packet of the moment in a codec that is only relayed.
fn say_in_g729(recorder: &mut Recorder, tap: Tap, leg: u64, now_us: u64) {
    let packet = now_us / 20_000;
    let (sequence, timestamp) = (packet as u16, packet as u32 * 160);
    let header = Header { marker: false, payload_type: 18, sequence, timestamp, ssrc: leg as u32 };
    let received = Received { header, payload: 12..32, content: Content::Audio(Codec::G729) };
    recorder.place(tap, &RecordedPacket { leg, received: &received, datagram: &[0; 32] }, now_us);
}

fn appended(queue: &Receiver<Waiting>) -> usize {
    queue
        .try_iter()
        .map(|(_, job)| match job {
            Job::Append { recording: RECORDING, block } => block.len() / 4,
            other => panic!("{other:?}"),
        })
        .sum()
}

fn ending(queue: &Receiver<Waiting>) -> (usize, Ending) {
    let mut frames = 0;
    for (_, job) in queue.try_iter() {
        match job {
            Job::Append { block, .. } => frames += block.len() / 4,
            Job::AppendSilence { frames: silence, .. } => frames += silence as usize,
            Job::Finish { recording: RECORDING, ending } => return (frames, *ending),
            other => panic!("{other:?}"),
        }
    }
    panic!("no ending");
}

/// Both channels, and the ending.
fn recorded(queue: &Receiver<Waiting>) -> (Vec<i16>, Vec<i16>, Ending) {
    let mut samples = (Vec::new(), Vec::new());
    for (_, job) in queue.try_iter() {
        match job {
            Job::Append { block, .. } => {
                let sample = |octets: &[u8]| i16::from_le_bytes([octets[0], octets[1]]);
                samples.extend(block.chunks_exact(4).map(|frame| (sample(frame), sample(&frame[2..]))));
            }
            Job::Finish { recording: RECORDING, ending } => return (samples.0, samples.1, *ending),
            other => panic!("{other:?}"),
        }
    }
    panic!("no ending");
}

/// Frames handed over since, in any number of blocks.
fn given(queue: &Receiver<Waiting>) -> usize {
    let frames = |(_, job)| match job {
        Job::Append { block, .. } => block.len() / 4,
        other => panic!("{other:?}"),
    };
    queue.try_iter().map(frames).sum()
}

#[test]
fn blocks_are_handed_over_while_it_runs_and_the_rest_at_its_end() {
    let (mut recorder, queue) = rig();
    let first_us = recorder.start(RECORDING, BEGUN);
    assert!((1..=SECOND_US / 2).contains(&first_us));
    let second_us = first_us + SECOND_US / 2;
    assert_eq!(recorder.flush(RECORDING, first_us), Some(second_us));
    assert_eq!(recorder.flush(RECORDING, second_us), Some(second_us + SECOND_US / 2));
    let early = appended(&queue);
    assert_eq!(early, second_us as usize / 125 - 3200);
    recorder.stop(RECORDING, 3 * SECOND_US);
    assert_eq!(recorder.flush(RECORDING, 3 * SECOND_US), None);
    let (rest, ending) = ending(&queue);
    assert_eq!(early + rest, 24_000);
    assert_eq!(ending.unwritten, []);
    assert_eq!(recorder.flush(RECORDING, 4 * SECOND_US), None);
}

#[test]
fn what_a_recording_has_not_handed_over_yet_is_younger_than_a_second() {
    let (mut recorder, queue) = rig();
    for recording in 1..=200 {
        let mut due_us = recorder.start(recording, BEGUN);
        let mut frames = 0;
        while due_us < 3 * SECOND_US {
            let oldest_us = due_us - frames as u64 * 125;
            assert!(oldest_us < SECOND_US, "recording {recording}: {oldest_us} us");
            due_us = recorder.flush(recording, due_us).unwrap();
            frames += given(&queue);
        }
    }
}

#[test]
fn who_stalls_is_waited_for_but_nothing_is_kept_back_for_a_second() {
    for stalls_at in 50..100 {
        let (mut recorder, queue) = rig();
        let first_us = recorder.start(RECORDING, BEGUN);
        let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
        let (mut due_us, mut frames) = (first_us, 0);
        for packet in 0..150 {
            let now_us = packet * 20_000;
            while due_us <= now_us {
                let oldest_us = due_us - frames as u64 * 125;
                assert!(oldest_us < SECOND_US, "stalls at {stalls_at}: {oldest_us} us");
                let next_us = recorder.flush(RECORDING, due_us).unwrap();
                // The agenda may be up to 5 ms early.
                let early_us = next_us - next_us % 5000;
                assert!(early_us > due_us, "stalls at {stalls_at}: {due_us} us again");
                due_us = early_us;
                frames += given(&queue);
            }
            if packet < stalls_at {
                say(&mut recorder, customer, CUSTOMER, now_us);
            }
            let since_stall_us = now_us.saturating_sub(stalls_at * 20_000);
            if (1..900_000).contains(&since_stall_us) {
                assert!(frames as u64 <= stalls_at * 160, "stalls at {stalls_at}: taken to {frames} already");
            }
        }
    }
}

#[test]
fn recordings_begun_together_are_flushed_at_moments_spread_evenly() {
    let (mut recorder, _queue) = rig();
    let mut counts = [0; 50];
    for recording in 0..2000 {
        counts[((recorder.start(recording, BEGUN) - 1) / 10_000) as usize] += 1;
    }
    assert!(counts.iter().all(|count| (39..=41).contains(count)), "{counts:?}");
}

#[test]
fn each_leg_is_heard_on_its_own_channel_until_another_takes_its_place() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    for packet in 0..10 {
        say(&mut recorder, customer, CUSTOMER, packet * 20_000);
        say(&mut recorder, agent, AGENT, packet * 20_000);
    }
    let second_agent = AGENT + 1;
    recorder.attach(RECORDING, Channel::Agent, second_agent, 0);
    for packet in 10..15 {
        say(&mut recorder, agent, AGENT, packet * 20_000);
        say(&mut recorder, agent, second_agent, packet * 20_000);
    }
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    let Ending { customer, agent, .. } = ending(&queue).1;
    assert_eq!((customer.counters.packets, customer.counters.lost_samples), (10, 0));
    assert_eq!((agent.counters.packets, agent.counters.lost_samples), (15, 0));
    assert_eq!(customer.codecs, [(0, Codec::Pcma)]);
}

#[test]
fn who_is_beside_the_agent_is_heard_with_the_agent_until_detached() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let third = AGENT + 1;
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    let beside = recorder.attach(RECORDING, Channel::Beside, third, 0).unwrap();
    assert_eq!(recorder.seat_of(beside, third), Some((RECORDING, Channel::Beside)));
    let say_all = |recorder: &mut Recorder, packets: std::ops::Range<u64>| {
        for packet in packets {
            say(recorder, agent, AGENT, packet * 20_000);
            say(recorder, beside, third, packet * 20_000);
        }
    };
    say_all(&mut recorder, 0..10);
    recorder.detach(beside, third, 200_000);
    say_all(&mut recorder, 10..15);
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    let (_, right, ending) = recorded(&queue);
    assert_eq!((ending.agent.counters.packets, ending.agent.counters.lost_samples), (25, 0));
    let alone = right[10 * 160];
    assert_ne!(alone, 0);
    assert!(right[..10 * 160].iter().all(|&sample| sample == alone.saturating_mul(2)));
    assert!(right[10 * 160..15 * 160].iter().all(|&sample| sample == alone));
}

#[test]
fn a_tap_of_a_recording_that_is_over_does_not_reach_the_next_one() {
    let (mut recorder, queue) = rig();
    recorder.start(1, BEGUN);
    let old = recorder.attach(1, Channel::Customer, CUSTOMER, 0).unwrap();
    recorder.stop(1, 0);
    assert_eq!(recorder.flush(1, 0), None);
    queue.try_iter().count();
    recorder.start(RECORDING, BEGUN);
    say(&mut recorder, old, CUSTOMER, 20_000);
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    assert_eq!(ending(&queue).1.customer.counters.packets, 0);
}

#[test]
fn a_full_queue_costs_silence_in_its_place_and_never_holds_the_worker_up() {
    let (mut recorder, queue) = rig();
    recorder.start(1, BEGUN);
    recorder.start(RECORDING, BEGUN);
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    let mut now_us = SECOND_US;
    while !is_full(&queue) {
        recorder.flush(1, now_us); // another recording takes all the room
        now_us += SECOND_US / 100;
    }
    for packet in 0..50 {
        say(&mut recorder, customer, CUSTOMER, now_us + packet * 20_000);
    }
    assert!(recorder.flush(RECORDING, now_us + SECOND_US).is_some());
    recorder.stop(RECORDING, now_us + 2 * SECOND_US);
    let retry_us = recorder.flush(RECORDING, now_us + 2 * SECOND_US).expect("the ending waits for room");
    assert!(retry_us < now_us + 3 * SECOND_US);
    queue.try_iter().for_each(drop);
    assert_eq!(recorder.flush(RECORDING, retry_us), None);
    let (frames, ending) = ending(&queue);
    let all = (now_us + 2 * SECOND_US) / 125;
    assert_eq!((frames as u64, ending.unwritten), (all, vec![(0, all)]));
}

fn is_full(queue: &Receiver<Waiting>) -> bool {
    queue.capacity() == Some(queue.len())
}

#[test]
fn what_is_paused_is_silent_on_its_channels_and_marked() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    let customer_only = Channels { customer: true, ..Channels::NONE };
    for packet in 0..50 {
        match packet {
            10 => assert!(recorder.pause(RECORDING, customer_only, 200_000)),
            20 => assert!(recorder.pause(RECORDING, Channels::NONE, 400_000)),
            30 => assert!(recorder.pause(RECORDING, Channels::BOTH, 600_000)),
            _ => {}
        }
        say(&mut recorder, customer, CUSTOMER, packet * 20_000);
        say(&mut recorder, agent, AGENT, packet * 20_000);
    }
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    let (_, Job::Append { block, .. }) = queue.recv().unwrap() else { panic!("no block") };
    let loud = |channel: usize, packet: usize| {
        let frames = block.chunks_exact(4).skip(160 * packet).take(160);
        frames.map(|frame| usize::from(frame[channel..channel + 2] != [0, 0])).sum::<usize>()
    };
    let packets = [0, 9, 10, 19, 20, 29, 30, 49];
    assert_eq!(packets.map(|packet| loud(0, packet)), [160, 160, 0, 0, 160, 160, 0, 0]);
    assert_eq!(packets.map(|packet| loud(2, packet)), [160, 160, 160, 160, 160, 160, 0, 0]);
    let marks = ending(&queue).1.marks;
    let told: Vec<_> = marks.iter().map(|mark| (mark.kind, mark.from, mark.to)).collect();
    assert_eq!(told, [(Kind::Paused, 1600, Some(3200)), (Kind::Paused, 4800, Some(8000))]);
}

/// The marks of an ending: what, where, from when to when in milliseconds.
fn told(ending: &Ending) -> Vec<(Kind, Channels, u64, u64)> {
    let told = |mark: &Mark| (mark.kind, mark.channels, mark.from / 8, mark.to.unwrap() / 8);
    ending.marks.iter().map(told).collect()
}

#[test]
fn each_legs_mask_is_marked_for_as_long_as_it_holds_wherever_the_recording_goes() {
    let (mut recorder, _) = rig();
    recorder.start(RECORDING, BEGUN);
    let supervisor = AGENT + 1;
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    let beside = recorder.attach(RECORDING, Channel::Beside, supervisor, 0).unwrap();
    assert!(recorder.mask(customer, CUSTOMER, true, 100_000).is_some());
    assert!(recorder.mask(agent, AGENT, true, 200_000).is_some());
    assert!(recorder.mask(beside, supervisor, true, 300_000).is_some());
    assert!(recorder.mask(agent, AGENT, false, 400_000).is_some());
    let (mut other, queue) = rig();
    other.take_over(recorder.give_up(RECORDING).unwrap());
    let customer = other.tap_at((RECORDING, Channel::Customer)).unwrap();
    let beside = other.tap_at((RECORDING, Channel::Beside)).unwrap();
    assert!(other.mask(beside, supervisor, false, 500_000).is_some());
    assert!(other.mask(customer, CUSTOMER, false, 600_000).is_some());
    other.stop(RECORDING, SECOND_US);
    other.flush(RECORDING, SECOND_US);
    assert_eq!(
        told(&ending(&queue).1),
        [(Kind::Masked, LEFT, 100, 600), (Kind::Masked, RIGHT, 200, 400), (Kind::Masked, RIGHT, 300, 500)]
    );
}

#[test]
fn a_mask_ends_in_the_recording_when_its_leg_goes_and_who_comes_after_it_is_heard() {
    for leaves in [true, false] {
        let (mut recorder, queue) = rig();
        recorder.start(RECORDING, BEGUN);
        let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
        recorder.mask(agent, AGENT, true, 100_000);
        say_in_g729(&mut recorder, agent, AGENT, 120_000);
        if leaves {
            recorder.detach(agent, AGENT, 200_000);
        }
        let next = AGENT + 1;
        let tap = recorder.attach(RECORDING, Channel::Agent, next, 200_000).unwrap();
        (10..20).for_each(|packet| say(&mut recorder, tap, next, packet * 20_000));
        recorder.stop(RECORDING, SECOND_US / 2);
        recorder.flush(RECORDING, SECOND_US / 2);
        let (_, right, ending) = recorded(&queue);
        assert_eq!(
            told(&ending),
            [(Kind::Masked, RIGHT, 100, 200), (Kind::Undecoded, RIGHT, 120, 200)],
            "{leaves}"
        );
        assert!(right[1600..3200].iter().all(|&sample| sample != 0), "{leaves}");
    }
}

#[test]
fn one_who_cannot_be_decoded_silences_nobody_who_is_heard_beside() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let third = AGENT + 1;
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    let beside = recorder.attach(RECORDING, Channel::Beside, third, 0).unwrap();
    for packet in 0..25 {
        say(&mut recorder, agent, AGENT, packet * 20_000);
        if packet >= 5 {
            say_in_g729(&mut recorder, beside, third, packet * 20_000);
        }
    }
    recorder.stop(RECORDING, SECOND_US / 2);
    recorder.flush(RECORDING, SECOND_US / 2);
    let (_, right, ending) = recorded(&queue);
    assert!(right.iter().all(|&sample| sample == right[0]) && right[0] != 0);
    assert_eq!(told(&ending), [(Kind::Undecoded, RIGHT, 100, 500)]);
}

#[test]
fn the_last_words_are_kept_whole() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let tap = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    (0..10).for_each(|packet| say(&mut recorder, tap, CUSTOMER, packet * 20_000));
    recorder.stop(RECORDING, 181_000);
    recorder.flush(RECORDING, 181_000);
    assert_eq!(ending(&queue).0, 1600);
}

#[test]
fn packets_ahead_of_their_time_do_not_draw_the_end_out() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let tap = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    say(&mut recorder, tap, AGENT, 0);
    for packet in 1..10 {
        say_early(&mut recorder, tap, AGENT, packet * 20_000, 20_000);
    }
    recorder.stop(RECORDING, 20_000);
    recorder.flush(RECORDING, 20_000);
    assert_eq!(ending(&queue).0, 160 + 800);
}

#[test]
fn the_silence_before_the_first_leg_is_one_job_and_what_is_said_then_lies_behind_it() {
    let (mut recorder, queue) = rig();
    let hour_us = 3600 * SECOND_US;
    let first_us = recorder.start(RECORDING, Begun { placed_us: hour_us, ..BEGUN });
    assert!((1..=SECOND_US).contains(&(first_us - hour_us)));
    let tap = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    say(&mut recorder, tap, CUSTOMER, hour_us);
    recorder.stop(RECORDING, hour_us + SECOND_US);
    recorder.flush(RECORDING, hour_us + SECOND_US);
    let Ok((_, Job::AppendSilence { recording: RECORDING, frames })) = queue.recv() else {
        panic!("no silence")
    };
    let Ok((_, Job::Append { block, .. })) = queue.recv() else { panic!("no speech") };
    assert_eq!(frames as usize + block.len() / 4, 3601 * 8000);
    let speech = (3600 * 8000 - frames as usize) * 4;
    assert!(block[..speech].iter().all(|&octet| octet == 0));
    assert!(block[speech..].chunks_exact(4).take(160).all(|frame| frame[..2] != [0, 0]));
    let (rest, ending) = ending(&queue);
    assert_eq!((rest, ending.customer.counters.packets), (0, 1));
}

#[test]
fn shutting_down_finishes_every_recording() {
    let (mut recorder, queue) = rig();
    for id in [1, 2] {
        recorder.start(id, BEGUN);
    }
    recorder.shut_down(SECOND_US);
    let finished = queue.try_iter().filter(|(_, job)| matches!(job, Job::Finish { .. }));
    assert_eq!(finished.count(), 2);
}

#[test]
fn what_can_only_be_relayed_is_told_as_undecoded_until_something_else_is_spoken() {
    let (mut recorder, queue) = rig();
    recorder.start(RECORDING, BEGUN);
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER, 0).unwrap();
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT, 0).unwrap();
    for packet in 0..150 {
        let now_us = packet * 20_000;
        match packet {
            0..50 => say_in_g729(&mut recorder, customer, CUSTOMER, now_us),
            _ => say(&mut recorder, customer, CUSTOMER, now_us),
        }
        match packet {
            0..25 | 100.. => say(&mut recorder, agent, AGENT, now_us),
            _ => say_in_g729(&mut recorder, agent, AGENT, now_us),
        }
    }
    recorder.stop(RECORDING, 3 * SECOND_US);
    recorder.flush(RECORDING, 3 * SECOND_US);
    let (_, ending) = ending(&queue);
    assert_eq!(told(&ending), [(Kind::Undecoded, LEFT, 0, 1000), (Kind::Undecoded, RIGHT, 500, 2000)]);
    assert_eq!(ending.customer.codecs, [(0, Codec::G729), (8000, Codec::Pcma)]);
    assert_eq!((ending.customer.counters.packets, ending.customer.counters.lost_samples), (100, 0));
}
