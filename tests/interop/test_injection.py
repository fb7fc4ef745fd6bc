"""Packets on the wire from somebody who is not in the call, and ports that rest after one."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sipp_scenarios.audio import compare, find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import Address
from sipp_scenarios.voice import Voice
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import DIRECT, QUEUE_ONLY, switch_process

FOREIGN = "127.0.0.2"
"""No SDP of these tests names it."""
INJECTED = speech(66, 2.0)
FLOOD = 50


@contextmanager
def house(folder: Path, **media: object) -> Iterator[CallCentre]:
    with switch_process(folder, media=media) as switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, folder)


@contextmanager
def injector(host: str) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as bound:
        bound.bind((host, 0))
        yield bound


def inject(injector: socket.socket, victim: Address) -> None:
    """Say something at once, as a flood."""
    voice = Voice(INJECTED, seed=66)
    for _ in range(FLOOD):
        for packet in voice.next_packets():
            injector.sendto(packet, victim)


@pytest.mark.parametrize(("latching", "is_heard"), [("strict", False), ("symmetric", True)])
def test_a_stranger_who_is_first_is_heard_only_where_phones_may_come_from_anywhere(
    tmp_path: Path, latching: str, is_heard: bool
) -> None:
    with (
        house(tmp_path, latching=latching) as centre,
        injector(FOREIGN) as stranger,
        centre.conduct("caller_talks", QUEUE_ONLY) as silent,
    ):
        said = silent.wait_for("answered")
        inject(stranger, Address(said["Host"], int(said["Port"])))
        media = centre.wait_for_media(
            lambda media: media["packets_received"] + media["packets_dropped"] >= FLOOD
        )
        silent.tell("hang up")
        silent.finish().check()
    assert (media["packets_received"] == FLOOD) is is_heard
    assert (media["packets_dropped"] == FLOOD) is not is_heard


@pytest.mark.parametrize("host", [FOREIGN, "127.0.0.1"])
def test_nobody_gets_into_a_call_that_has_begun(centre: CallCentre, host: str) -> None:
    station = centre.register("2001")
    with injector(host) as stranger, centre.phone(station) as agent, centre.caller(DIRECT) as caller:
        agent.wait_ringing()
        agent.answer()
        leg = caller.wait_answered()
        agent.talker.wait_to_hear(0.3)
        for _ in range(5):
            inject(stranger, leg)
            agent.talker.wait_to_hear(0.3)
        caller.hang_up()
        agent.wait_hung_up_on()
    assert compare(agent.talker.heard, caller.talker.said).whole
    assert find(INJECTED[:160], agent.talker.heard).score < 0.9
    centre.events.wait_for("endpoint.closed", packets_dropped=5 * FLOOD)


@pytest.mark.parametrize(("rest_s", "call_three"), [(600, None), (0, 0)])
def test_ports_of_a_call_that_is_over_rest_before_others_are_heard_there(
    tmp_path: Path, rest_s: float, call_three: int | None
) -> None:
    """There are two pairs; the third call gets the first call's pair, or none while it rests."""
    first = 32_600
    with house(tmp_path, port_min=first, port_max=first + 3, port_rest_s=rest_s) as centre:
        ports = [call(centre), call(centre)]
        if call_three is None:
            with centre.conduct("caller_is_refused", QUEUE_ONLY) as refused:
                refused.wait_for("refused")
        else:
            assert call(centre) == ports[call_three]
    assert ports == [first, first + 2]


def call(centre: CallCentre) -> int:
    """The port it was given."""
    with centre.caller(QUEUE_ONLY) as caller:
        leg = caller.wait_answered()
        caller.hang_up()
    return leg.port
