"""Recordings through the real core: what was said lies where it was said, and every ending is told."""

import hashlib
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    CloseEndpoint,
    Codec,
    PauseRecording,
    StartPlayback,
    StartRecording,
    StopRecording,
)
from media.events import (
    RecordingCompleted,
    RecordingFailed,
    RecordingStarted,
    StorageLagging,
    StorageRecovered,
)
from runtime.clock import ManualClock
from runtime.errors import UsageError
from tests.helpers.media_rig import MediaRig, Phone, media_rig


class FullDisk:
    """While it lasts, no file of this process grows beyond a WAV header (setrlimit(2), RLIMIT_FSIZE)."""

    def __enter__(self) -> None:
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        self._handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (44, self._limits[1]))

    def __exit__(self, *error: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        signal.signal(signal.SIGXFSZ, self._handler)


LOUD = {Codec.PCMA: bytes([0x2A]) * 160, Codec.PCMU: bytes([0x00]) * 160}
"""The most negative value of each law."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        yield rig


def start(rig: MediaRig, recording_id: str = "r-1") -> None:
    rig.order(StartRecording(recording_id=recording_id, contact_id="contact-1", call_id="call-1"))


def test_a_recording_lies_where_the_template_says(tmp_path: Path) -> None:
    template = "{date}/{trunk}/{access_code}-{called}/{caller}/{recording_id}"
    who = {"caller": "../138", "called": "95598", "access_code": "95598"}
    with media_rig(tmp_path, recordings={"path": template}) as rig:
        rig.order(StartRecording(recording_id="r-1", contact_id="contact-1", call_id="call-1", **who))
        path = Path(stop(rig).path)
    day, *below = path.relative_to(tmp_path).parts
    assert below == ["none", "95598-95598", "___138", "r-1.wav"]
    assert day == time.strftime("%Y-%m-%d", time.localtime(ManualClock().wall()))
    assert path.exists()


def attach(rig: MediaRig, leg_id: str, channel: Channel, recording_id: str = "r-1") -> None:
    rig.order(AttachToRecording(recording_id=recording_id, leg_id=leg_id, channel=channel))


def stop(rig: MediaRig, recording_id: str = "r-1") -> RecordingCompleted:
    rig.order(StopRecording(recording_id=recording_id))
    return rig.wait(RecordingCompleted)[-1]


def say(rig: MediaRig, leg_id: str, phone: Phone, packets: int) -> None:
    """Loud packets, all at once: early for their timestamps, but within what is allowed."""
    counters = rig.engine.counters_of(leg_id)
    assert counters is not None
    phone.talk(LOUD[phone.codec], count=packets)
    rig.wait_received(leg_id, counters.packets_received + packets)


def loud_samples(path: str) -> list[int]:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == 8000
    assert samples.shape[1] == 2
    return [int(count) for count in np.sum(samples < -30_000, axis=0)]


def test_the_customer_is_left_and_the_agent_right_in_either_law(rig: MediaRig) -> None:
    caller, agent = rig.leg("a", codec=Codec.PCMA), rig.leg("b", near="a", codec=Codec.PCMU)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    attach(rig, "b", Channel.AGENT)
    say(rig, "a", caller, 4)
    say(rig, "b", agent, 2)
    rig.let_pass(100)
    completed = stop(rig)
    assert loud_samples(completed.path) == [4 * 160, 2 * 160]
    assert (completed.customer_packets, completed.agent_packets) == (4, 2)
    assert (completed.customer_lost_ms, completed.agent_lost_ms) == (0, 0)


def test_a_leg_is_recorded_by_the_law_of_its_packets_not_by_the_one_agreed(rig: MediaRig) -> None:
    caller = rig.leg("a", codec=Codec.PCMA)
    caller.codec, caller.payload_type = Codec.PCMU, 0
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    say(rig, "a", caller, 2)
    rig.let_pass(60)
    assert loud_samples(stop(rig).path) == [2 * 160, 0]


def test_the_file_is_what_the_event_says(rig: MediaRig, tmp_path: Path) -> None:
    start(rig)
    started = rig.wait(RecordingStarted)[0]
    rig.let_pass(100)
    completed = stop(rig)
    content = Path(completed.path).read_bytes()
    assert (completed.recording_id, completed.contact_id, completed.call_id) == ("r-1", "contact-1", "call-1")
    assert started.path == completed.path
    assert Path(completed.path).relative_to(tmp_path).parts[1] == "r-1.wav"
    assert (completed.size_bytes, completed.sha256) == (
        len(content),
        hashlib.sha256(content[44:]).hexdigest(),
    )
    assert completed.duration_ms == (len(content) - 44) // 32
    assert 100 <= completed.duration_ms < 2000
    assert rig.engine.open_recordings == 0


def test_a_recording_tells_when_its_first_sample_was_however_late_that_is_heard_of(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.engine.load_prompt("beats", np.zeros(8000, dtype=np.int16))
    start(rig)
    rig.order(StartPlayback(playback_id="p", leg_id="a", prompts=("beats",)))
    for _ in range(16):  # each is 20 ms after the one before
        phone.hear()
    (started,) = rig.wait(RecordingStarted)
    assert started.began_at is not None
    assert 0.28 < ManualClock().wall() - started.began_at < 10


def test_what_packets_carried_is_told_for_each_channel_and_how_much_of_it_was_silent(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    attach(rig, "b", Channel.AGENT)
    say(rig, "a", caller, 4)
    agent.talk(bytes([0xD5]) * 160, count=3)
    rig.wait_received("b", 3)
    rig.let_pass(100)
    told = stop(rig)
    assert (told.customer_placed_ms, told.customer_silent_ms) == (80, 0)
    assert (told.agent_placed_ms, told.agent_silent_ms) == (60, 60)


def test_packets_that_never_came_are_silence_and_told(rig: MediaRig) -> None:
    caller = rig.leg("a")
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    say(rig, "a", caller, 2)
    caller.drop(LOUD[caller.codec], count=3)
    say(rig, "a", caller, 2)
    rig.let_pass(160)
    completed = stop(rig)
    assert (completed.customer_packets, completed.customer_lost_ms) == (4, 60)
    ((lost_from, lost_to),) = completed.customer_gaps
    assert lost_to - lost_from == 60
    samples, _ = soundfile.read(completed.path, dtype="int16")
    edges = np.flatnonzero(np.diff((samples[:, 0] < -30_000).astype(int)))
    assert np.diff(edges).tolist()[-2:] == [3 * 160, 2 * 160]


def test_another_leg_takes_a_channel_over(rig: MediaRig) -> None:
    first, second = rig.leg("b"), rig.leg("c")
    start(rig)
    attach(rig, "b", Channel.AGENT)
    say(rig, "b", first, 2)
    rig.let_pass(60)
    attach(rig, "c", Channel.AGENT)
    say(rig, "c", second, 3)
    first.talk(LOUD[first.codec])
    rig.wait_received("b", 3)
    rig.let_pass(80)
    completed = stop(rig)
    assert completed.agent_packets == 5
    assert loud_samples(completed.path) == [0, 5 * 160]


def test_a_recording_outlives_its_legs(rig: MediaRig) -> None:
    caller = rig.leg("a")
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    say(rig, "a", caller, 1)
    rig.order(CloseEndpoint(leg_id="a"))
    rig.let_pass(40)
    assert stop(rig).customer_packets == 1


def test_a_recording_nobody_was_attached_to_is_silence(rig: MediaRig) -> None:
    start(rig)
    rig.let_pass(40)
    completed = stop(rig)
    assert loud_samples(completed.path) == [0, 0]
    assert completed.duration_ms >= 40


def test_closing_the_engine_completes_what_is_recorded(tmp_path: Path) -> None:
    with media_rig(tmp_path) as rig:
        caller = rig.leg("a")
        start(rig)
        start(rig, "r-2")
        attach(rig, "a", Channel.CUSTOMER)
        say(rig, "a", caller, 1)
        rig.let_pass(40)
    completed = {e.recording_id: e for e in rig.events if isinstance(e, RecordingCompleted)}
    assert completed.keys() == {"r-1", "r-2"}
    assert loud_samples(completed["r-1"].path) == [160, 0]
    assert (rig.engine.open_recordings, rig.engine.open_endpoints) == (0, 0)


def test_a_file_that_cannot_be_made_fails_once_with_its_reason(rig: MediaRig, tmp_path: Path) -> None:
    start(rig)
    rig.wait(RecordingStarted)
    day = next(tmp_path.iterdir())
    (day / "r-2.wav").write_bytes(b"somebody else's")
    start(rig, "r-2")
    (failed,) = rig.wait(RecordingFailed)
    assert failed.recording_id == "r-2"
    assert "File exists" in failed.reason
    assert (day / "r-2.wav").read_bytes() == b"somebody else's"
    rig.order(StopRecording(recording_id="r-2"))
    stop(rig)
    assert len(rig.wait(RecordingFailed)) == 1


def test_a_disk_that_takes_nothing_fails_with_its_reason(rig: MediaRig, tmp_path: Path) -> None:
    start(rig)
    rig.wait(RecordingStarted)
    day = next(tmp_path.iterdir())
    with FullDisk():
        start(rig, "r-2")
        rig.wait(RecordingStarted, count=2)
        rig.let_pass(40)
        rig.order(StopRecording(recording_id="r-2"))
        (failed,) = rig.wait(RecordingFailed)
        (lagging,) = rig.wait(StorageLagging)
    assert "could not be written" in failed.reason
    assert lagging.folder == str(tmp_path)
    samples, _ = soundfile.read(day / "r-2.wav")
    assert len(samples) == 0, "valid, with nothing in it"


def test_what_a_full_disk_did_not_take_is_told_and_the_rest_lies_in_its_place(tmp_path: Path) -> None:
    with media_rig(tmp_path) as rig:
        rig.leg("a")
        start(rig)
        attach(rig, "a", Channel.CUSTOMER)
        rig.wait(RecordingStarted)
        with FullDisk():
            rig.wait(StorageLagging)  # with the first block, within a second
        rig.wait(StorageRecovered)
        completed = stop(rig)
    ((lost_from, lost_to),) = completed.unwritten
    assert lost_from == 0
    assert 0 < lost_to < completed.duration_ms
    samples, _ = soundfile.read(completed.path)
    assert len(samples) // 8 == completed.duration_ms


def test_a_recording_goes_to_the_spool_while_its_folder_cannot_be_written(tmp_path: Path) -> None:
    folder, spool = tmp_path / "recordings", tmp_path / "spool"
    folder.write_bytes(b"a file where the folder should be")
    with media_rig(folder, recordings={"spool": spool}) as rig:
        start(rig)
        (started,) = rig.wait(RecordingStarted)
        completed = stop(rig)
        start(rig, "r-2")
        rig.wait(RecordingStarted, count=2)
        also = stop(rig, "r-2")
    assert Path(started.path).relative_to(spool).name == "r-1.wav"
    assert (completed.path, completed.unwritten) == (started.path, ())
    assert Path(also.path).is_relative_to(spool)


@pytest.mark.parametrize(("format", "subtype"), [("alaw", "ALAW"), ("mulaw", "ULAW")])
def test_samples_are_kept_as_configured(tmp_path: Path, format: str, subtype: str) -> None:
    with media_rig(tmp_path, recordings={"format": format}) as rig:
        caller = rig.leg("a")
        start(rig)
        attach(rig, "a", Channel.CUSTOMER)
        say(rig, "a", caller, 4)
        rig.let_pass(100)
        completed = stop(rig)
    assert soundfile.info(completed.path).subtype == subtype
    assert loud_samples(completed.path) == [4 * 160, 0]
    assert completed.size_bytes == Path(completed.path).stat().st_size
    assert completed.customer_codecs[0][1] == "PCMA"


def test_what_is_only_relayed_is_told_as_undecoded(rig: MediaRig) -> None:
    caller = rig.leg("a", codec=Codec.G729)
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    caller.talk(bytes(20), count=4)
    rig.wait_received("a", 4)
    rig.let_pass(60)
    completed = stop(rig)
    assert loud_samples(completed.path) == [0, 0]
    ((why, where, began, ended),) = completed.marks
    assert (why, where) == ("undecoded", "customer")
    assert 60 <= ended - began < completed.duration_ms + 1
    assert (completed.customer_packets, [codec for _, codec in completed.customer_codecs]) == (0, ["G729"])


def test_what_is_paused_is_silent_on_its_channel_and_marked(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    start(rig)
    attach(rig, "a", Channel.CUSTOMER)
    attach(rig, "b", Channel.AGENT)
    rig.order(PauseRecording(recording_id="r-1", customer=True, agent=False))
    say(rig, "a", caller, 2)
    say(rig, "b", agent, 2)
    rig.let_pass(60)
    rig.order(PauseRecording(recording_id="r-1", customer=False, agent=False))
    completed = stop(rig)
    assert loud_samples(completed.path) == [0, 2 * 160]
    ((why, where, paused_from, paused_to),) = completed.marks
    assert (why, where) == ("paused", "customer")
    assert 60 <= paused_to - paused_from < completed.duration_ms + 1


def test_stopping_twice_or_attaching_afterwards_does_no_harm(rig: MediaRig) -> None:
    rig.leg("a")
    start(rig)
    stop(rig)
    assert rig.order(StopRecording(recording_id="r-1")) == []
    attach(rig, "a", Channel.CUSTOMER)
    rig.let_pass(20)
    assert len(rig.wait(RecordingCompleted)) == 1


@pytest.mark.parametrize("recording_id", ["../r-1", "a/b", "", "."])
def test_an_id_that_is_no_file_name_is_refused(rig: MediaRig, recording_id: str) -> None:
    with pytest.raises(UsageError, match="file name"):
        start(rig, recording_id)
