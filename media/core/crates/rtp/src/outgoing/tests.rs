//! One origin after another, packet by packet.

use super::*;

const US: u64 = 20_000;

fn stream() -> OutgoingStream {
    OutgoingStream::new(0xabcd, 65_534, 1000, 0)
}

fn theirs(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
    Header { marker: false, payload_type: 0, sequence, timestamp, ssrc }
}

fn relay(stream: &mut OutgoingStream, packet: Header, now_us: u64) -> Option<(u16, u32, bool)> {
    let sent = stream.relay(&packet, true, 8, now_us)?;
    assert_eq!((sent.ssrc, sent.payload_type), (0xabcd, 8));
    Some((sent.sequence, sent.timestamp, sent.marker))
}

#[test]
fn packets_passed_over_leave_no_hole_and_lost_ones_do() {
    let mut stream = stream();
    let number = |stream: &mut OutgoingStream, sequence: u16| {
        let packet = theirs(7, sequence, u32::from(sequence) * 160);
        relay(stream, packet, u64::from(sequence) * US).map(|(sequence, ..)| sequence)
    };
    assert_eq!([10, 11].map(|sequence| number(&mut stream, sequence)), [Some(65_535), Some(0)]);
    for key in [12, 13, 14] {
        stream.pass_over(&theirs(7, key, 0));
    }
    // 17 was lost on its way to us; 9 comes late, as does 16.
    let numbers = [15, 18, 9, 16].map(|sequence| number(&mut stream, sequence));
    assert_eq!(numbers, [Some(1), Some(4), None, Some(2)]);
}

#[test]
fn a_relayed_stream_goes_on_where_ours_stood_and_shows_its_loss() {
    let mut ours = stream();
    assert_eq!(relay(&mut ours, theirs(7, 9000, 50), US), Some((65_535, 1160, true)));
    assert_eq!(relay(&mut ours, theirs(7, 9001, 210), 2 * US), Some((0, 1320, false)));
    assert_eq!(relay(&mut ours, theirs(7, 9003, 530), 4 * US), Some((2, 1640, false)));
    assert_eq!(relay(&mut ours, theirs(7, 9002, 370), 4 * US), Some((1, 1480, false)));
    assert_eq!(relay(&mut ours, theirs(7, 9004, 690), 5 * US), Some((3, 1800, false)));
}

#[test]
fn prompt_then_one_peer_then_another_is_one_even_stream() {
    let mut ours = stream();
    let prompt = ours.own_audio(160, true, 8, US);
    let more = ours.own_audio(160, false, 8, 2 * US);
    assert_eq!((prompt.sequence, prompt.timestamp, prompt.marker), (65_535, 1160, true));
    assert_eq!((more.sequence, more.timestamp, more.marker), (0, 1320, false));
    assert_eq!(relay(&mut ours, theirs(7, 500, 0), 3 * US), Some((1, 1480, true)));
    assert_eq!(relay(&mut ours, theirs(9, 2, 99_999), 53 * US), Some((2, 1480 + 50 * 160, true)));
}

#[test]
fn another_codecs_clock_goes_on_from_where_the_one_before_stood() {
    let mut ours = stream();
    ours.own_audio(160, true, 8, US);
    ours.set_clock(48_000, 2 * US);
    let opus = ours.own_audio(960, true, 111, 3 * US);
    assert_eq!((opus.sequence, opus.timestamp), (0, 1160 + 160 + 960));
    let opus = relay(&mut ours, theirs(7, 500, 0), 4 * US);
    assert_eq!(opus, Some((1, 1160 + 160 + 2 * 960, true)));
    let opus = relay(&mut ours, theirs(7, 501, 48_000), US * 54);
    assert_eq!(opus, Some((2, 1160 + 160 + 2 * 960 + 48_000, false)));
}

#[test]
fn a_packet_that_is_cut_takes_a_number_for_each_piece_and_those_behind_it_follow() {
    let mut ours = stream();
    let cut = |ours: &mut OutgoingStream, packet: u16, pieces| -> Vec<_> {
        let theirs = theirs(7, 500 + packet, u32::from(packet) * 480);
        let headers = ours.relay_cut(&theirs, Cut { pieces, ticks: 160 }, 18, u64::from(packet) * 3 * US);
        headers
            .into_iter()
            .flatten()
            .map(|header| (header.sequence, header.timestamp, header.marker))
            .collect()
    };
    let begun = [(65_535, 1160, true), (0, 1320, false), (1, 1480, false)];
    assert_eq!(cut(&mut ours, 0, 3), begun);
    assert_eq!(cut(&mut ours, 0, 3), [], "a copy of it");
    assert_eq!(cut(&mut ours, 1, 2), [(2, 1640, false), (3, 1800, false)]);
    // The next was lost, or comes late.
    assert_eq!(cut(&mut ours, 3, 3), [(5, 2600, false), (6, 2760, false), (7, 2920, false)]);
    assert_eq!(cut(&mut ours, 2, 3), []);
    assert_eq!(relay(&mut ours, theirs(7, 504, 4 * 480), 12 * US), Some((8, 3080, false)));
    assert_eq!(ours.own_audio(160, true, 8, 12 * US).timestamp, 3240);
}

#[test]
fn packets_older_than_the_relay_are_not_sent() {
    let mut ours = stream();
    relay(&mut ours, theirs(7, 500, 0), US);
    assert_eq!(relay(&mut ours, theirs(7, 499, 0u32.wrapping_sub(160)), US), None);
}

#[test]
fn a_peer_that_jumps_in_sequence_or_clock_does_not_make_us_jump() {
    for (sequence, timestamp) in [(30_000, 160), (501, 4_000_000)] {
        let mut ours = stream();
        relay(&mut ours, theirs(7, 500, 0), US);
        assert_eq!(relay(&mut ours, theirs(7, sequence, timestamp), 2 * US), Some((0, 1320, true)));
    }
}

#[test]
fn a_pause_of_the_peer_is_kept_as_a_pause() {
    let mut ours = stream();
    relay(&mut ours, theirs(7, 500, 0), US);
    assert_eq!(relay(&mut ours, theirs(7, 501, 80_000), US + 10_000_000), Some((0, 81_160, false)));
}

#[test]
fn a_long_relayed_event_keeps_its_timestamp_and_the_audio_after_it_its_time() {
    let mut ours = stream();
    relay(&mut ours, theirs(7, 500, 0), US);
    for packet in 1..=300_u16 {
        let event = theirs(7, 500 + packet, 160);
        let sent = ours.relay(&event, false, 101, US + u64::from(packet) * US).unwrap();
        assert_eq!((sent.timestamp, sent.payload_type), (1320, 101));
    }
    let audio = theirs(7, 801, 301 * 160);
    assert_eq!(relay(&mut ours, audio, US + 301 * US), Some((300, 1160 + 301 * 160, false)));
}

#[test]
fn an_event_of_our_own_keeps_its_timestamp_and_counts_in_sequence() {
    let mut ours = stream();
    let begun = ours.begin_event(5 * US);
    assert_eq!(begun, 1800);
    let first = ours.own_event(begun, true, 101);
    let second = ours.own_event(begun, false, 101);
    assert_eq!((first.sequence, first.timestamp, first.marker), (65_535, 1800, true));
    assert_eq!((second.sequence, second.timestamp, second.marker), (0, 1800, false));
}

#[test]
fn a_stream_relayed_for_hours_never_takes_its_own_packets_for_old() {
    let mut ours = stream();
    for packet in 0..200_000_u32 {
        let sent = relay(&mut ours, theirs(7, packet as u16, packet * 160), u64::from(packet) * US);
        assert_eq!(sent.map(|sent| sent.0), Some(65_535_u16.wrapping_add(packet as u16)));
    }
}
