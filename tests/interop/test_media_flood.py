"""Somebody floods the port of a leg with far more packets than any call has."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from media.recordings.wav import read_recording
from sipp_scenarios.audio import compare
from sipp_scenarios.phones import CalledPhone, CallerPhone
from sipp_scenarios.runner import Address
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY

FLOOD_A_S = 30_000
FLOOD_S = 4
MAY_BE_TAKEN_A_S = 2000
"""Of one leg, by media/core/crates/engine/src/budget.rs."""


@contextmanager
def flood(stranger: str, victim: Address) -> Iterator[subprocess.Popen[str]]:
    """Flood from a process of its own, so that phones and flood do not wait for each other."""
    flooder = [sys.executable, "-m", "benchmarks.flooder"]
    with subprocess.Popen(flooder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(f"junk {stranger} {victim.host} {victim.port} {FLOOD_A_S} {FLOOD_S}\n")
        process.stdin.close()
        yield process


def sent_by(flooder: subprocess.Popen[str]) -> int:
    assert flooder.stdout is not None
    return int(flooder.stdout.readline())


@contextmanager
def talk(centre: CallCentre, agent: str, number: str) -> Iterator[tuple[CallerPhone, CalledPhone, Address]]:
    """A caller and an agent who hear each other, and the leg that the caller talks to."""
    station = centre.seat(agent)
    with centre.phone(station) as phone, centre.caller(QUEUE_ONLY, number) as caller:
        leg = caller.wait_answered()
        phone.wait_ringing()
        phone.answer()
        phone.talker.wait_to_hear(0.3)
        yield caller, phone, leg
        caller.hang_up()
        phone.wait_hung_up_on()


@pytest.mark.parametrize("stranger", ["127.0.0.2", "127.0.0.1"])
def test_whoever_talks_to_a_flooded_leg_is_heard_and_recorded_in_full(
    own_centre: CallCentre, stranger: str
) -> None:
    events = own_centre.events
    with (
        talk(own_centre, "2001", "13800138001") as (victim, agent, leg),
        talk(own_centre, "2002", "13800138002") as (other, other_agent, _),
        flood(stranger, leg) as flooder,
    ):
        agent.talker.wait_to_hear(FLOOD_S)
        other_agent.talker.wait_to_hear(0.5)
        sent = sent_by(flooder)
        flooded = events.wait_for("media.flooded").fields
    assert sent >= 10 * MAY_BE_TAKEN_A_S * FLOOD_S
    assert flooded["host"] == stranger
    for caller, phone in ((victim, agent), (other, other_agent)):
        assert compare(phone.talker.heard, caller.talker.said).whole
        assert compare(caller.talker.heard[-8000 * FLOOD_S :], phone.talker.said).whole
    for caller, number in ((victim, "13800138001"), (other, "13800138002")):
        call_id = events.wait_for("call.arrived", caller_number=number).fields["call_id"]
        recorded = events.wait_for("recording.completed", call_id=call_id).fields
        assert recorded["customer_lost_ms"] == 0
        assert compare(caller.talker.said, read_recording(Path(recorded["path"])).customer).whole
