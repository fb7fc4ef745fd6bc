"""Forks of a live call, with a foreign WebSocket server that listens and speaks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sipp_scenarios.audio import Samples, compare, find, speech
from sipp_scenarios.follower import EventFollower
from switch.control.client import VerbRefused
from tests.helpers.baresip import Baresip
from tests.helpers.call_centre import CallCentre
from tests.helpers.stream_server import Stream, StreamServer, stream_server
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.voices import level_of

VOICE = speech(7, 2.0)
CALLER_HZ, BOT_HZ = 1000.0, 427.0
"""Between the notes of the music."""
AMPLITUDE = 8000
needs_baresip = pytest.mark.skipif(
    shutil.which("baresip") is None, reason="baresip is not installed (Debian package baresip-core)"
)


def bot(server: StreamServer, stream: Stream) -> None:
    """Tells what it was told first, speaks, and tells what it heard meanwhile."""
    server.leave(stream.start)
    stream.say(VOICE)
    stream.tell(type="mark", data={"name": "said"})
    server.leave(stream.hear_until_told())
    server.leave(stream.text())


def test_a_bot_hears_a_caller_and_is_heard_by_her_alone(centre: CallCentre) -> None:
    with (
        stream_server(bot) as server,
        centre.caller(QUEUE_ONLY) as caller,
        centre.phone(centre.seat("2001")) as agent,
    ):
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        fork = start_fork(centre, server, mix="stereo", returns=True, details={"language": "zh"})
        start = server.outcome()
        heard, mark = server.outcome()
        centre.events.wait_for("media.fork_started", fork_id=fork["fork_id"])
        assert [one["fork_id"] for one in centre.events.call("media.forks")] == [fork["fork_id"]]
        centre.events.call("media.unfork", fork_id=fork["fork_id"])
        end = server.outcome()
        centre.events.wait_for("media.fork_ended", fork_id=fork["fork_id"], reason="stopped")
        agent.talker.wait_to_hear(1.0)
        caller.hang_up()
        agent.wait_hung_up_on()
    assert start["mixType"] == "stereo"
    assert start["metadata"] == {"from": "13800138000", "to": QUEUE_ONLY, "language": "zh"}
    assert mark == {"type": "mark", "data": {"name": "said", "event": "playout"}}
    assert end["type"] == "end"
    check_both_sides(heard.reshape(-1, 2), caller.talker.said)
    assert find(VOICE, caller.talker.heard).score > 0.95
    assert find(VOICE, agent.talker.heard).score < 0.5


def check_both_sides(heard: Samples, said: Samples) -> None:
    assert compare(without_silence(heard[:, 0]), said).whole
    assert find(VOICE[:8000], heard[:, 1]).score > 0.95


def without_silence(samples: Samples) -> Samples:
    """A fork begins before its first packet."""
    return samples[int(np.flatnonzero(samples)[0]) :]


def test_a_call_ends_with_its_forks(centre: CallCentre) -> None:
    with stream_server(lambda server, stream: server.leave(stream.text())) as server:
        with centre.caller(QUEUE_ONLY) as caller:
            caller.wait_answered()
            fork = start_fork(centre, server)
            centre.events.wait_for("media.fork_started", fork_id=fork["fork_id"])
            caller.hang_up()
        assert server.outcome() == {"type": "end", "data": {"reason": "leg_closed", "framesDropped": 0}}
        centre.events.wait_for("media.fork_ended", fork_id=fork["fork_id"], reason="leg_closed")


@needs_baresip
@pytest.mark.parametrize("module", ["opus", "g722"])
@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_a_bot_at_either_rate_talks_with_a_wide_band_caller_in_a_queue(
    tmp_path: Path, module: str, rate_hz: int
) -> None:
    """Music plays there without an end: the bot interrupts it."""

    def talk(server: StreamServer, stream: Stream) -> None:
        server.leave(stream.hear(3 * 50))
        stream.say(sine(BOT_HZ, rate_hz, 2))
        stream.tell(type="mark", data={"name": "said"})
        server.leave(stream.text())

    with wide_house(tmp_path) as centre, stream_server(talk) as server:
        sip = centre.switch.sip
        phone = Baresip.wide(
            sip.host, module, lambda rate_hz: sine(CALLER_HZ, rate_hz, 30), tmp_path / "baresip"
        )
        with phone as baresip:
            baresip.order("dial", f"sip:{QUEUE_ONLY}@{sip.host}:{sip.port}")
            baresip.wait_for("CALL_ESTABLISHED")
            centre.events.wait_for("media.started")
            start_fork(centre, server, mix="stereo", returns=True, interrupts=True, rate_hz=rate_hz)
            heard = server.outcome()[-2 * rate_hz :].reshape(-1, 2)
            assert server.outcome()["data"] == {"name": "said", "event": "playout"}
            baresip.order("hangup")
            centre.events.wait_for("call.ended")
            baresip.order("quit")
            baresip.wait_for("EXIT")
    assert level_of(heard[:, 0], rate_hz, CALLER_HZ) > 0.7 * AMPLITUDE
    assert np.std(heard[:, 1]) > 100, "it hears music"
    assert level_of(heard[:, 1], rate_hz, CALLER_HZ) < 0.05 * AMPLITUDE
    assert level_of(heard[:, 1], rate_hz, BOT_HZ) < 0.05 * AMPLITUDE
    assert find(sine(BOT_HZ, 8000, 1), baresip.heard).score > 0.95


@contextmanager
def wide_house(folder: Path) -> Iterator[CallCentre]:
    codecs = ["PCMA", "PCMU", "G722", "opus"]
    with switch_process(folder, codecs=codecs) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, folder)


def sine(hz: float, rate_hz: int, duration_s: int) -> Samples:
    turns = np.arange(rate_hz * duration_s) * hz / rate_hz
    return (AMPLITUDE * np.sin(2 * np.pi * turns)).astype(np.int16)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ws://", "ws://me:secret@127.0.0.1/", "bot"])
def test_what_cannot_be_a_fork_is_refused(centre: CallCentre, url: str) -> None:
    with pytest.raises(VerbRefused, match="url"):
        centre.events.call("media.fork", call_id="call-1", url=url)
    with pytest.raises(VerbRefused, match=r"call\.list"):
        centre.events.call("media.fork", call_id="call-1", url="ws://127.0.0.1/")
    with pytest.raises(VerbRefused, match=r"media\.forks"):
        centre.events.call("media.unfork", fork_id="fork-1")


def start_fork(centre: CallCentre, server: StreamServer, **params: Any) -> dict[str, Any]:
    """Fork the customer of the one call that is up."""
    (call,) = centre.events.call("call.list")
    fork: dict[str, Any] = centre.events.call("media.fork", call_id=call["call_id"], url=server.url, **params)
    return fork
