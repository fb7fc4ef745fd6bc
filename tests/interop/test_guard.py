"""Strangers at the door: floods, scanners and guessers, over the wire."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import Address, run_scenario
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, STATIONS, switch_process

STRANGER = "127.0.0.2"
"""Not in guard.allow, as this machine's usual address is."""
FLOOD = 3000
_OPTIONS = (
    "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {mine};branch=z9hG4bK{name};rport\r\n"
    "From: <sip:stranger@{mine}>;tag={name}\r\nTo: <sip:{to}>\r\nCall-ID: {name}\r\nCSeq: 1 OPTIONS\r\n"
    "User-Agent: {agent}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)


LATE_S = 0.6


class Stranger:
    """A raw UDP socket at an address of its own."""

    def __init__(self, sip: Address) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.bind((STRANGER, 0))
        self._socket.connect(sip)
        self._to = f"{sip.host}:{sip.port}"

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.send(datagram)

    def ask(self, name: str, agent: str = "Phone") -> None:
        mine = "{}:{}".format(*self._socket.getsockname())
        self.send(_OPTIONS.format(to=self._to, mine=mine, name=name, agent=agent).encode())

    def next_answer(self) -> str:
        """Status and Call-ID of the first answer that was not read yet."""
        lines = self._socket.recv(65_535).decode().split("\r\n")
        name = next(line for line in lines if line.startswith("Call-ID: "))
        return f"{lines[0].split()[1]} {name.removeprefix('Call-ID: ')}"


@pytest.fixture
def stranger(own_switch: SwitchProcess) -> Iterator[Stranger]:
    with closing(Stranger(own_switch.sip)) as stranger:
        yield stranger


def banned(centre: CallCentre) -> dict[str, str]:
    """Who is banned, with why."""
    return {ban["source"]: ban["reason"] for ban in centre.events.call("ban.list")}


def assert_nobody_answers(stranger: Stranger, centre: CallCentre) -> None:
    """What is asked while the ban lasts is never answered: the next answer is to what is asked after it."""
    stranger.ask("banned")
    centre.run("caller_asks_options")  # by now the switch has read it
    centre.events.call("ban.lift", source=STRANGER)
    stranger.ask("heard")
    while (answer := stranger.next_answer()) != "200 heard":
        assert not answer.endswith(" banned")


def test_a_flood_bans_its_source_and_good_calls_go_on(own_centre: CallCentre, stranger: Stranger) -> None:
    for _ in range(FLOOD):
        stranger.send(os.urandom(200))
    own_centre.events.wait_for("security.source_banned", source=STRANGER, reason="malformed")
    own_centre.run("caller_dials_unknown_number", "10000")
    own_centre.events.wait_for("call.refused", called_number="10000")
    assert banned(own_centre) == {STRANGER: "malformed"}
    assert_nobody_answers(stranger, own_centre)
    lifted = own_centre.events.wait_for("security.ban_lifted", source=STRANGER)
    assert 0 < lifted.fields["dropped"] <= FLOOD


def test_a_scanner_gets_silence(own_centre: CallCentre, stranger: Stranger) -> None:
    stranger.ask("scan", agent="friendly-scanner")
    own_centre.events.wait_for("security.source_refused", kind="scanner", detail="friendly-scanner")
    own_centre.events.wait_for("security.source_banned", source=STRANGER, reason="scanner")
    assert_nobody_answers(stranger, own_centre)


def test_svmap_finds_nobody(own_centre: CallCentre, tmp_path: Path) -> None:
    sip = own_centre.switch.sip
    found = subprocess.run(
        [Path(sys.executable).with_name("sipvicious_svmap"), "-b", STRANGER, "-p", str(sip.port), sip.host],
        capture_output=True,
        text=True,
        timeout=50,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        check=False,
    )
    own_centre.events.wait_for("security.source_banned", source=STRANGER, reason="scanner")
    assert f"{sip.host}:{sip.port}" not in found.stdout, found.stdout


def test_a_series_of_wrong_passwords_bans(tmp_path: Path) -> None:
    guard = {"allow": [], "password_failures_burst": 5}
    with switch_process(tmp_path, guard=guard) as running, EventFollower(running.control_socket) as events:
        station = Station(running.sip, "2001", "guessed", tmp_path)
        guess = station.scenario("agent_has_wrong_password", expires=600)
        for _ in range(6):
            run_scenario(guess, tmp_path).check()
        events.wait_for("security.source_banned", source=running.sip.host, reason="wrong_password")
        phone = Station(running.sip, "2001", STATIONS["2001"], tmp_path)
        right = phone.scenario("agent_registers", expires=600)
        assert run_scenario(replace(right, timeout_s=2), tmp_path).exit_code != 0
        assert events.call("station.list") == []


def test_bans_survive_a_restart(tmp_path: Path) -> None:
    with switch_process(tmp_path) as running:
        with EventFollower(running.control_socket) as events:
            events.call("ban.add", source=STRANGER, reason="盗打")
            running.terminate()
            running.wait()
        running.start()
        with EventFollower(running.control_socket) as events:
            (ban,) = events.call("ban.list")
            assert (ban["source"], ban["reason"], ban["left_s"]) == (STRANGER, "盗打", None)


def test_while_the_switch_is_late_new_calls_get_503_and_those_that_are_up_go_on(tmp_path: Path) -> None:
    guard = {"max_loop_delay_ms": 300, "overload_after_s": 0.3}
    with switch_process(tmp_path, guard=guard) as switch, EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        with centre.caller(HOTLINE) as caller:
            caller.wait_answered()
            with switch.made_late(LATE_S):
                events.wait_for("switch.overloaded")
                with centre.conduct("caller_is_refused", HOTLINE) as turned_away:
                    assert int(turned_away.wait_for("refused")["Retry-After"]) > 0
                    turned_away.finish().check()
            events.wait_for("security.source_refused", kind="overload")
            events.wait_for("switch.recovered")
            caller.talker.wait_to_hear(0.3)
            caller.hang_up()
        events.wait_for("call.ended", by_caller=True)
