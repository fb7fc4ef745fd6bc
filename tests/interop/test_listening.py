"""Recordings heard by programs other people wrote: a browser that seeks, and curl."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.events import RecordingFailed
from media.recordings.tiers import Access
from runtime.clock import ManualClock
from sipp_scenarios.runner import free_port
from switch.archive.listening.links import Link, LinkSigner
from switch.archive.listening.service import Listening
from switch.config import HttpConfig
from switch.http import HttpServer
from switch.records.config import RecordsConfig
from tests.helpers.headless_chromium import CHROMIUM, chromium

HOST = "127.0.0.1"
RATE_HZ = 8000
KEY = b"k" * 32


@contextmanager
def served(folder: Path, recording: Path) -> Iterator[str]:
    """An HTTP port with one recording; gives where its page is."""
    clock = ManualClock()
    (folder / "journal").mkdir()
    records = RecordsConfig(journal=folder / "journal", database=f"sqlite:///{folder / 'none.db'}")
    http = HttpConfig(enabled=True, host=HOST, port=free_port(HOST))
    listening = Listening(KEY, http, records, clock, lambda event: None, Access())
    event = RecordingFailed(
        recording_id="recording-1",
        contact_id="contact-1",
        call_id="call-1",
        path=str(recording),
        reason="a test",
    )
    listening.finder.observe(event, clock.wall())
    with loop_beside() as loop:
        server = HttpServer(http, bytes, dict, listening.pages())
        asyncio.run_coroutine_threadsafe(server.open(), loop).result()
        query = LinkSigner(KEY).query(Link("recording-1", int(clock.wall()) + 60, "test"))
        try:
            yield f"{http.address}/recordings/recording-1/listen?{query}"
        finally:
            asyncio.run_coroutine_threadsafe(server.close(), loop).result()
            listening.close()


@contextmanager
def loop_beside() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def write_recording(path: Path, minutes: int, subtype: str | None = None) -> None:
    """Noise, which no codec makes small."""
    noise = np.random.default_rng(5)
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, subtype, format=FORMATS.get(path.suffix)) as file:
        for _ in range(minutes):
            file.write(noise.integers(-3000, 3000, (60 * RATE_HZ, 2), np.int16))


FORMATS = {".opus": "OGG"}
"""What libsndfile calls them, where the ending does not say."""

SEEK = """
new Promise((done, fail) => {
  const audio = document.querySelector('audio');
  audio.onerror = () => fail(audio.error.message);
  const seek = () => {
    const length = audio.duration;
    audio.onseeked = () => {
      audio.onplaying = () => setTimeout(() => done([length, audio.currentTime]), 300);
      audio.play();
    };
    audio.currentTime = length * 0.9;
  };
  audio.readyState >= 1 ? seek() : audio.onloadedmetadata = seek;
})"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium-headless-shell")
@pytest.mark.parametrize(
    ("name", "subtype", "minutes"),
    [
        ("r.wav", "PCM_16", 30),
        ("r.wav", "ALAW", 30),
        ("r.wav", "ULAW", 30),
        ("r.flac", "PCM_16", 30),
        ("r.opus", "OPUS", 3),  # takes long to make
    ],
)
def test_a_browser_seeks_in_a_recording_and_plays_on(
    tmp_path: Path, name: str, subtype: str, minutes: int
) -> None:
    write_recording(tmp_path / name, minutes, subtype)
    with served(tmp_path, tmp_path / name) as page, chromium(tmp_path / "profile") as tab:
        tab.open(page)
        length_s, time_s = tab.run(SEEK)
        assert time_s == pytest.approx(length_s * 0.9 + 0.3, abs=1)
        assert length_s == pytest.approx(minutes * 60, abs=0.1)
        tab.run("document.querySelector('img').decode()")


def test_curl_goes_on_with_a_download_that_was_broken_off(tmp_path: Path) -> None:
    write_recording(tmp_path / "r.wav", 5)
    octets = (tmp_path / "r.wav").read_bytes()
    part = tmp_path / "part.wav"
    part.write_bytes(octets[:1_000_001])
    with served(tmp_path, tmp_path / "r.wav") as page:
        sound = page.replace("/listen", "")
        curl(sound, "--continue-at", "-", "--output", str(part))
        assert part.read_bytes() == octets
        assert curl(sound, "--range", "44-99") == octets[44:100]
        assert b"416" in curl(sound, "--range", f"{len(octets)}-", "--include")
        assert curl(sound, "--head").startswith(b"HTTP/1.1 200 OK")


def curl(*words: str) -> bytes:
    return subprocess.run(["curl", "-sS", "-m", "20", *words], check=True, capture_output=True).stdout
