"""Forks of a live call, with a foreign WebSocket server that listens and speaks."""

from typing import Any

import numpy as np
import pytest

from sipp_scenarios.audio import Samples, compare, find, speech
from switch.control.client import VerbRefused
from tests.helpers.call_centre import CallCentre
from tests.helpers.stream_server import Stream, StreamServer, stream_server
from tests.helpers.switch_process import QUEUE_ONLY

VOICE = speech(7, 2.0)


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
