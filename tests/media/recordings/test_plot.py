"""The picture shows each channel in its own lane, at its own time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread
from numpy.typing import NDArray

from media import fonts
from media.recordings.manifest import ChannelFacts, Channels, Manifest, ManifestLeg, Span
from media.recordings.manifest import Mark as ManifestMark
from media.recordings.plot import Mark, plot_recording
from media.recordings.plot_marks import GAP, HOLD, Stretch, Voice, stretches_of, voices_of
from runtime.errors import UsageError

RATE_HZ = 8000
DURATION_S = 10


def record(path: Path, customer: list[tuple[float, float]], agent: list[tuple[float, float]]) -> Path:
    """Ten seconds in which each side hums at a quarter of full scale in the given spans."""
    times = np.arange(RATE_HZ * DURATION_S) / RATE_HZ
    hum = 8192 * np.sin(2 * np.pi * 440 * times)
    sides = [
        sum(hum * ((times >= a) & (times < b)) for a, b in spans) + 0 * hum for spans in (customer, agent)
    ]
    soundfile.write(path, np.array(sides).T.astype(np.int16), RATE_HZ)
    return path


def ink_span_s(
    picture: NDArray[np.float32], colour: tuple[int, int, int]
) -> tuple[float, float, float, float]:
    """Where tall strokes of a colour stand: first and last second, top and bottom row (0 to 1)."""
    near = np.all(np.abs(picture[:, :, :3] * 255 - np.array(colour)) < 3, axis=2)
    near &= near.sum(axis=0) > picture.shape[0] // 20  # leaves out the base line and the letters
    rows, columns = np.nonzero(near)
    height, width = near.shape
    # The axes begin and end within three per cent of the picture's edges.
    return (
        columns.min() / width * DURATION_S,
        columns.max() / width * DURATION_S,
        rows.min() / height,
        rows.max() / height,
    )


def test_a_png_shows_the_customer_above_and_the_agent_below_at_their_times(tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    plot_recording(record(tmp_path / "r.wav", [(1, 4)], [(5, 9)]), out, "call-1")
    picture = imread(out)
    start, end, top, bottom = ink_span_s(picture, (0x1F, 0x6F, 0x8B))
    assert (start, end) == pytest.approx((1, 4), abs=0.4)
    assert top > 0.05
    assert bottom < 0.5
    start, end, top, bottom = ink_span_s(picture, (0xC8, 0x64, 0x3C))
    assert (start, end) == pytest.approx((5, 9), abs=0.4)
    assert top > 0.5


def test_an_svg_is_well_formed_and_the_same_each_time(tmp_path: Path) -> None:
    path = record(tmp_path / "r.wav", [(0, 1)], [(2, 3)])
    for name in ("a.svg", "b.svg"):
        plot_recording(path, tmp_path / name, "客户服务", [Mark(1.5, "talk")])
    first = (tmp_path / "a.svg").read_bytes()
    assert ElementTree.fromstring(first).tag.endswith("svg")
    assert first == (tmp_path / "b.svg").read_bytes()


def test_a_mark_changes_the_picture(tmp_path: Path) -> None:
    path = record(tmp_path / "r.wav", [(0, 1)], [(2, 3)])
    plot_recording(path, tmp_path / "bare.png", "call-1")
    plot_recording(path, tmp_path / "marked.png", "call-1", [Mark(7.0, "hold")])
    changed = np.nonzero(
        np.any(imread(tmp_path / "bare.png") != imread(tmp_path / "marked.png"), axis=(0, 2))
    )[0]
    width = imread(tmp_path / "bare.png").shape[1]
    assert changed.min() / width * DURATION_S == pytest.approx(7.0, abs=0.2)


def test_without_a_chinese_font_the_labels_are_english_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts.chinese_family.cache_clear()
    fonts._drawable.cache_clear()
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: ["/usr/share/fonts/DejaVuSans.ttf"])
    try:
        assert fonts.chinese_family() is None
        assert fonts.legible("agent 1001 张伟 → 客户服务 ok") == "agent 1001 → ok"
        # A glyph the font lacks would be a warning, and warnings are errors here.
        plot_recording(record(tmp_path / "r.wav", [(0, 1)], []), tmp_path / "p.png", "客户服务 95598")
    finally:
        fonts.chinese_family.cache_clear()
        fonts._drawable.cache_clear()
    assert (tmp_path / "p.png").stat().st_size > 0


def test_an_empty_recording_can_be_drawn(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "r.wav", np.zeros((0, 2), np.int16), RATE_HZ)
    plot_recording(tmp_path / "r.wav", tmp_path / "p.png", "call-1")
    assert imread(tmp_path / "p.png").shape[2] == 4


def test_another_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"should end in \.png or \.svg"):
        plot_recording(tmp_path / "missing.wav", tmp_path / "p.pdf", "call-1")


def test_who_cuts_in_has_a_triangle_where_it_happens(tmp_path: Path) -> None:
    plot_recording(record(tmp_path / "r.wav", [(1, 6)], [(4, 8)]), tmp_path / "p.png", "call-1")
    picture = imread(tmp_path / "p.png")
    agent = np.all(np.abs(picture[:, :, :3] * 255 - np.array((0xC8, 0x64, 0x3C))) < 3, axis=2)
    height, width = agent.shape
    beside_label = agent[:, int(width * 0.2) :]
    wave = int(np.argmax(beside_label.sum(axis=1) > width * 0.05))
    rows, columns = np.nonzero(beside_label[wave - int(height * 0.03) : wave])
    assert (columns.mean() + width * 0.2) / width * DURATION_S == pytest.approx(4.0, abs=0.3)
    assert len(rows) > 20


def marked(path: Path, out: Path, *stretches: Stretch, voices: Sequence[Voice] = ()) -> NDArray[np.float32]:
    plot_recording(path, out, "call-1", stretches=stretches, voices=voices)
    picture: NDArray[np.float32] = imread(out)
    return picture


def changed(one: NDArray[np.float32], other: NDArray[np.float32], lane: int) -> tuple[float, float]:
    """First and last second in which two pictures differ, in the middle of the upper or the lower lane."""
    height, width = one.shape[:2]
    part = slice(height // 5, height * 2 // 5) if lane == 0 else slice(height * 3 // 5, height * 7 // 10)
    columns = np.nonzero(np.any(one[part] != other[part], axis=(0, 2)))[0]
    if not len(columns):
        return (0.0, 0.0)
    return (columns.min() / width * DURATION_S, columns.max() / width * DURATION_S)


@pytest.mark.parametrize("kind", ["paused", "masked", "lost", "undecoded", HOLD])
def test_silence_that_has_a_reason_is_shaded_on_its_channel_for_as_long_as_it_lasts(
    tmp_path: Path, kind: str
) -> None:
    path = record(tmp_path / "r.wav", [(0, 1)], [(2, 3)])
    elsewhere = marked(path, tmp_path / "a.png", Stretch(kind, "nobody", 4, 8))
    there = marked(path, tmp_path / "b.png", Stretch(kind, "customer", 4, 8))
    assert changed(elsewhere, there, 0) == pytest.approx((4, 8), abs=0.3)
    assert changed(elsewhere, there, 1) == (0.0, 0.0)


def test_where_both_talk_a_strip_lies_at_the_foot_of_both_lanes(tmp_path: Path) -> None:
    plot_recording(record(tmp_path / "r.wav", [(1, 6)], [(4, 8)]), tmp_path / "a.png", "call-1")
    picture = imread(tmp_path / "a.png")
    strip = np.all(np.abs(picture[:, :, :3] * 255 - np.array((0x5B, 0x4B, 0x8A))) < 25, axis=2)
    height, width = strip.shape
    for lane in (slice(0, height // 2), slice(height // 2, height * 9 // 10)):
        columns = np.nonzero(strip[lane].sum(axis=0) > 5)[0]
        ends = (columns.min() / width * DURATION_S, columns.max() / width * DURATION_S)
        assert ends == pytest.approx((4, 6), abs=0.3)


def test_the_legend_tells_of_talk_at_once_where_there_is_any(tmp_path: Path) -> None:
    for name, agent in (("together.svg", (4, 8)), ("in-turn.svg", (7, 8))):
        plot_recording(record(tmp_path / "r.wav", [(1, 6)], [agent]), tmp_path / name, "call-1")
        shown = "both talk" in (tmp_path / name).read_text("utf-8")
        assert shown is (name == "together.svg")


def test_who_is_heard_is_named_where_they_begin(tmp_path: Path) -> None:
    path = record(tmp_path / "r.wav", [(0, 1)], [(2, 3)])
    voices = [
        Voice("agent", "1001 · 8001", 2, 5),
        Voice("agent", "9001", 4, 6),
        Voice("agent", "1002", 6, None),
    ]
    plot_recording(path, tmp_path / "a.svg", "call-1", voices=voices)
    shown = (tmp_path / "a.svg").read_text("utf-8")
    assert all(f"<!-- {voice.label} -->" in shown for voice in voices)


def test_the_legend_names_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = record(tmp_path / "r.wav", [(0, 1)], [(2, 3)])
    stretches = [
        Stretch("masked", "customer", 1, 2),
        Stretch(GAP, "agent", 3, 3.1),
        Stretch("new", "both", 1, 2),
    ]
    plot_recording(path, tmp_path / "a.svg", "call-1", stretches=stretches)
    shown = (tmp_path / "a.svg").read_text("utf-8")
    assert ("masked" in shown, "packets lost" in shown, "hold" in shown) == (True, True, False)


def test_a_manifest_tells_all_that_is_shaded_and_who_is_heard() -> None:
    manifest = Manifest(
        recording_id="recording-1",
        contact_id="contact-1",
        call_ids=("call-1",),
        legs=(
            ManifestLeg(leg_id="a", channel="customer", party="13800138000", joined_ms=0),
            ManifestLeg(leg_id="b", channel="agent", party="1001", agent="8001", joined_ms=500, left_ms=2000),
        ),
        started_at=datetime.now(UTC),
        channels=Channels(agent=ChannelFacts(packets=1, lost_ms=20, gaps=(Span(from_ms=100, to_ms=120),))),
        marks=(ManifestMark(kind="paused", channels="both", from_ms=1000, to_ms=1500),),
        state="completed",
    )
    assert list(stretches_of(manifest)) == [
        Stretch("paused", "both", 1.0, 1.5),
        Stretch(GAP, "agent", 0.1, 0.12),
    ]
    assert list(voices_of(manifest)) == [
        Voice("customer", "13800138000", 0.0, None),
        Voice("agent", "1001 · 8001", 0.5, 2.0),
    ]
