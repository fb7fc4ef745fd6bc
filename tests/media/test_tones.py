"""Call progress tones: what the configuration says, and what is heard of it."""

import numpy as np
import pytest

from media.tones import Step, TonesConfig, parse_tone, render_tone


def test_a_cadence_is_read_step_by_step() -> None:
    assert parse_tone("450/1000,0/4000") == (Step((450,), 1000), Step((), 4000))
    assert parse_tone("350+440") == (Step((350, 440), 1000),)
    assert parse_tone("480+620/500, 0/500") == (Step((480, 620), 500), Step((), 500))


@pytest.mark.parametrize("text", ["", "loud", "450,0", "450/0", "450/", "9999/100", "450/50000,0/50000"])
def test_what_is_no_cadence_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cadence|Hz"):
        parse_tone(text)


def test_a_tone_has_its_frequency_and_level_while_it_sounds_and_is_silent_between() -> None:
    busy = render_tone(parse_tone("450/350,0/350"), -10.0, 8000).astype(float)
    assert len(busy) == 5600
    assert not busy[2800:].any()
    spectrum = np.abs(np.fft.rfft(busy[:2800] * np.hanning(2800)))
    assert np.fft.rfftfreq(2800, 1 / 8000)[spectrum.argmax()] == pytest.approx(450, abs=3)
    level_dbm0 = 20 * np.log10(np.sqrt(2 * np.mean(busy[:2800] ** 2)) / 32767) + 3.14
    assert level_dbm0 == pytest.approx(-10, abs=0.1)


def test_two_frequencies_at_once_are_as_loud_as_one() -> None:
    one, two = (render_tone(parse_tone(text), -10.0, 8000).astype(float) for text in ("450", "350+440"))
    assert np.std(two) == pytest.approx(np.std(one), rel=0.01)


def test_a_steady_tone_goes_on_without_a_click_when_it_is_repeated() -> None:
    for rate_hz in (8000, 16_000):
        tone = render_tone(parse_tone("450"), -10.0, rate_hz).astype(int)
        largest_step = np.abs(np.diff(tone)).max()
        assert abs(tone[0] - tone[-1]) <= largest_step


def test_the_tones_are_those_of_china_unless_told_otherwise() -> None:
    tones = TonesConfig().rendered(8000)
    assert {name: len(tone) / 8 for name, tone in tones.items()} == {
        "tone:dial": 1000,
        "tone:ring_back": 5000,
        "tone:busy": 700,
        "tone:congestion": 1400,
        "tone:recorded": 400,
        "tone:zip": 200,
    }
