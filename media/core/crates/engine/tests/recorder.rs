//! Recordings of a worker in virtual time, with the writer's queue held in the test's hand.

use audio::codec::Codec;
use crossbeam_channel::{Receiver, bounded};
use engine::commands::Channel;
use engine::intake::{Content, Received};
use engine::recorder::{RecordedPacket, Recorder, Tap};
use engine::writer::{Ending, Job};
use recording::timeline::ChannelCounters;
use rtp::packet::Header;

const RECORDING: u64 = 3;
const CUSTOMER: u64 = 10;
const AGENT: u64 = 11;
const SECOND_US: u64 = 1_000_000;

fn rig(queue_length: usize) -> (Recorder, Receiver<Job>) {
    let (jobs, queue) = bounded(queue_length);
    (Recorder::new(jobs), queue)
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

fn appended(queue: &Receiver<Job>) -> usize {
    queue
        .try_iter()
        .map(|job| match job {
            Job::Append { recording: RECORDING, block } => block.len() / 4,
            other => panic!("{other:?}"),
        })
        .sum()
}

fn ending(queue: &Receiver<Job>) -> (usize, Ending) {
    let mut frames = 0;
    for job in queue.try_iter() {
        match job {
            Job::Append { block, .. } => frames += block.len() / 4,
            Job::Finish { recording: RECORDING, ending } => return (frames, ending),
            other => panic!("{other:?}"),
        }
    }
    panic!("no ending");
}

#[test]
fn blocks_are_handed_over_while_it_runs_and_the_rest_at_its_end() {
    let (mut recorder, queue) = rig(8);
    let first_us = recorder.start(RECORDING, 0, 0);
    assert!((SECOND_US..2 * SECOND_US).contains(&first_us));
    assert_eq!(recorder.flush(RECORDING, first_us), Some(first_us + SECOND_US));
    let early = appended(&queue);
    assert_eq!(early, first_us as usize / 125 - 3200);
    recorder.stop(RECORDING, 3 * SECOND_US);
    assert_eq!(recorder.flush(RECORDING, 3 * SECOND_US), None);
    let (rest, ending) = ending(&queue);
    assert_eq!(early + rest, 24_000);
    assert!(matches!(ending, Ending::Whole { .. }));
    assert_eq!(recorder.flush(RECORDING, 4 * SECOND_US), None);
}

#[test]
fn each_leg_is_heard_on_its_own_channel_until_another_takes_its_place() {
    let (mut recorder, queue) = rig(8);
    recorder.start(RECORDING, 0, 0);
    let customer = recorder.attach(RECORDING, Channel::Customer, CUSTOMER).unwrap();
    let agent = recorder.attach(RECORDING, Channel::Agent, AGENT).unwrap();
    for packet in 0..10 {
        say(&mut recorder, customer, CUSTOMER, packet * 20_000);
        say(&mut recorder, agent, AGENT, packet * 20_000);
    }
    let second_agent = AGENT + 1;
    recorder.attach(RECORDING, Channel::Agent, second_agent);
    for packet in 10..15 {
        say(&mut recorder, agent, AGENT, packet * 20_000);
        say(&mut recorder, agent, second_agent, packet * 20_000);
    }
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    let Ending::Whole { customer, agent } = ending(&queue).1 else { panic!("broken") };
    assert_eq!(customer, ChannelCounters { packets: 10, lost_samples: 0 });
    assert_eq!(agent, ChannelCounters { packets: 15, lost_samples: 0 });
}

#[test]
fn a_tap_of_a_recording_that_is_over_does_not_reach_the_next_one() {
    let (mut recorder, queue) = rig(8);
    recorder.start(1, 0, 0);
    let old = recorder.attach(1, Channel::Customer, CUSTOMER).unwrap();
    recorder.stop(1, 0);
    assert_eq!(recorder.flush(1, 0), None);
    queue.try_iter().count();
    recorder.start(RECORDING, 0, 0);
    say(&mut recorder, old, CUSTOMER, 20_000);
    recorder.stop(RECORDING, SECOND_US);
    recorder.flush(RECORDING, SECOND_US);
    let Ending::Whole { customer, .. } = ending(&queue).1 else { panic!("broken") };
    assert_eq!(customer.packets, 0);
}

#[test]
fn a_full_queue_breaks_the_recording_and_never_holds_the_worker_up() {
    let (mut recorder, queue) = rig(1);
    recorder.start(RECORDING, 0, 0);
    assert!(recorder.flush(RECORDING, 2 * SECOND_US).is_some());
    let retry_us = recorder.flush(RECORDING, 3 * SECOND_US).expect("the ending waits for room");
    assert!(retry_us < 4 * SECOND_US);
    assert_eq!(appended(&queue), 12_800);
    assert_eq!(recorder.flush(RECORDING, retry_us), None);
    let Ending::Broken { reason } = ending(&queue).1 else { panic!("whole") };
    assert!(reason.contains("1100 ms"), "{reason}");
}

#[test]
fn the_last_words_are_kept_whole() {
    let (mut recorder, queue) = rig(8);
    recorder.start(RECORDING, 0, 0);
    let tap = recorder.attach(RECORDING, Channel::Customer, CUSTOMER).unwrap();
    (0..10).for_each(|packet| say(&mut recorder, tap, CUSTOMER, packet * 20_000));
    recorder.stop(RECORDING, 181_000);
    recorder.flush(RECORDING, 181_000);
    assert_eq!(ending(&queue).0, 1600);
}

#[test]
fn packets_ahead_of_their_time_do_not_draw_the_end_out() {
    let (mut recorder, queue) = rig(8);
    recorder.start(RECORDING, 0, 0);
    let tap = recorder.attach(RECORDING, Channel::Agent, AGENT).unwrap();
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
    let (mut recorder, queue) = rig(8);
    let hour_us = 3600 * SECOND_US;
    let first_us = recorder.start(RECORDING, 0, hour_us);
    assert!((SECOND_US..2 * SECOND_US).contains(&(first_us - hour_us)));
    let tap = recorder.attach(RECORDING, Channel::Customer, CUSTOMER).unwrap();
    say(&mut recorder, tap, CUSTOMER, hour_us);
    recorder.stop(RECORDING, hour_us + SECOND_US);
    recorder.flush(RECORDING, hour_us + SECOND_US);
    let Ok(Job::AppendSilence { recording: RECORDING, frames }) = queue.recv() else { panic!("no silence") };
    let Ok(Job::Append { block, .. }) = queue.recv() else { panic!("no speech") };
    assert_eq!(frames as usize + block.len() / 4, 3601 * 8000);
    let speech = (3600 * 8000 - frames as usize) * 4;
    assert!(block[..speech].iter().all(|&octet| octet == 0));
    assert!(block[speech..].chunks_exact(4).take(160).all(|frame| frame[..2] != [0, 0]));
    let (rest, Ending::Whole { customer, .. }) = ending(&queue) else { panic!("broken") };
    assert_eq!((rest, customer.packets), (0, 1));
}

#[test]
fn shutting_down_finishes_every_recording() {
    let (mut recorder, queue) = rig(8);
    for id in [1, 2] {
        recorder.start(id, 0, 0);
    }
    recorder.shut_down(SECOND_US);
    let finished =
        queue.try_iter().filter(|job| matches!(job, Job::Finish { ending: Ending::Whole { .. }, .. }));
    assert_eq!(finished.count(), 2);
}
