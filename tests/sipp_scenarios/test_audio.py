import numpy as np
import pytest

from sipp_scenarios.audio import SAMPLE_RATE_HZ, compare, find, from_alaw, speech, to_alaw


def test_a_signal_is_the_same_every_time_and_unlike_any_other() -> None:
    assert np.array_equal(speech(1, 3), speech(1, 3))
    assert find(speech(2, 1), speech(1, 3)).score < 0.1


def test_a_law_keeps_a_signal_recognisable() -> None:
    signal = speech(1, 2)
    heard = from_alaw(to_alaw(signal))
    assert len(heard) == len(signal)
    assert find(signal, heard).score > 0.998


def test_a_signal_is_found_where_it_lies_in_a_longer_one() -> None:
    signal = speech(1, 2)
    kept = np.concatenate([speech(2, 1), signal // 3, speech(3, 1)])
    match = find(signal, kept)
    assert match.at == SAMPLE_RATE_HZ
    assert match.score > 0.99


def test_silence_and_too_little_match_nothing() -> None:
    signal = speech(1, 1)
    assert find(signal, np.zeros(20_000, np.int16)).score == 0
    assert find(signal, signal[:-1]).score == 0


def test_what_was_kept_whole_agrees_piece_by_piece() -> None:
    said = speech(1, 3)
    agreement = compare(said, np.concatenate([np.zeros(777, np.int16), said]))
    assert agreement.whole
    assert (agreement.pieces, agreement.delay) == (6, 777)


@pytest.mark.parametrize("gap_ms", [40, 300])
def test_a_piece_that_was_cut_out_shifts_the_rest_and_is_noticed(gap_ms: int) -> None:
    said = speech(1, 4)
    cut = gap_ms * SAMPLE_RATE_HZ // 1000
    kept = np.concatenate([said[:16_000], said[16_000 + cut :], np.zeros(cut, np.int16)])
    assert not compare(said, kept).whole


def test_a_piece_that_was_silenced_is_noticed() -> None:
    said = speech(1, 4)
    kept = said.copy()
    kept[8000:12_000] = 0
    agreement = compare(said, kept)
    assert agreement.found == agreement.pieces - 1


def test_an_end_within_the_last_packet_is_no_gap_but_a_missing_tenth_of_a_second_is() -> None:
    said = speech(1, 3)
    assert compare(said, said[:-159]).whole
    assert not compare(said, said[:-800]).whole


def test_the_first_packet_may_be_missing() -> None:
    said = speech(1, 3)
    assert compare(said, said[150:]).whole
    assert compare(said, said[150:]).delay == -150
    assert not compare(said, said[800:]).whole


def test_another_voice_agrees_in_nothing() -> None:
    assert compare(speech(1, 3), speech(2, 3)).found == 0


def test_silent_pieces_of_what_was_said_do_not_count() -> None:
    said = speech(1, 2)
    said[4000:8000] = 0
    assert compare(said, said).pieces == 3
    assert not compare(np.zeros(8000, np.int16), said).whole


def test_silence_before_the_first_sound_was_not_said() -> None:
    said = speech(1, 2)
    assert compare(np.concatenate([np.zeros(180, np.int16), said]), said).whole
