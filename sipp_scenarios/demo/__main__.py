"""Runs the demonstration: ``python -m sipp_scenarios.demo``. Exits 0 only when every check holds."""

import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.configuration.error import ConfigurationError
from media.recordings.wav import RecordingError, read_recording
from sipp_scenarios.demo.call import Cast, Evidence, place_call
from sipp_scenarios.demo.checks import Check, check_audio, check_left_open, check_lengths, check_record
from sipp_scenarios.demo.report import show_checks, show_events, show_record
from sipp_scenarios.follower import EventFollower, EventMissingError
from sipp_scenarios.runner import ScenarioError
from sipp_scenarios.switch_process import SwitchError, SwitchProcess
from switch.archive.picture import draw_recording
from switch.control.client import NotConnected, VerbRefused
from switch.records.errors import NoRecords, RecordNotFound
from switch.records.queries import RecordReader

_ROOT = Path(__file__).resolve().parents[2]
_CONFIGURATION = _ROOT / "conf" / "ringmain.toml"
_FOLDER = _ROOT / "run" / "demo"
_AGENT = "1001"
_DIALLED = "95598"
_TALK_S = 5.0
_WIDTH = 140
"""Of the tables in a log, where nobody can ask the terminal."""


class ImpossibleError(Exception):
    """Something on this machine stands in the way; the message says what, and what to do."""


_FAILURES = (
    ConfigurationError,
    SwitchError,
    ScenarioError,
    EventMissingError,
    TimeoutError,
    VerbRefused,
    NotConnected,
    RecordingError,
    NoRecords,
    RecordNotFound,
)


def main() -> int:
    """The whole demonstration. Returns the exit code."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    try:
        good = _demonstrate(console)
    except ImpossibleError as obstacle:
        console.print(f"[bold red]The demonstration cannot begin:[/] {escape(str(obstacle))}")
        return 1
    except _FAILURES as failure:
        console.print(f"\n[bold red]The demonstration failed:[/] {escape(str(failure))}")
        console.print(f"SIPp's messages and the switch's log are in {_FOLDER}")
        return 1
    if not good:
        console.print("\n[bold red]The demonstration failed:[/] see the lines marked WRONG above")
        return 1
    console.print("\n[bold green]The call went through and was recorded as it was.[/]")
    return 0


def _demonstrate(console: Console) -> bool:
    began = monotonic()

    def progress(step: str) -> None:
        console.print(f"[dim]{monotonic() - began:6.2f} s[/]  {step}")

    switch = SwitchProcess(_CONFIGURATION, _FOLDER / "switch.log")
    _make_room(switch)
    cast = _cast(switch)
    with switch:
        progress(f"the switch is up at sip:{switch.sip.host}:{switch.sip.port}")
        with EventFollower(switch.control_socket) as events:
            evidence = place_call(cast, events, _FOLDER, progress)
        switch.terminate()
        exit_code = switch.wait()
    progress("the switch is down")
    reader = RecordReader(switch.configuration.records)  # the switch is down: all it knew is there
    good = _show(console, evidence, cast, reader.call(evidence.call_id), exit_code)
    picture = evidence.recording.with_suffix(".png")
    draw_recording(reader.recording(evidence.completed["recording_id"]), evidence.events, picture)
    console.print(f"recording  {evidence.recording}", soft_wrap=True)
    console.print(f"picture    {picture}", soft_wrap=True)
    return good


def _make_room(switch: SwitchProcess) -> None:
    if shutil.which("sipp") is None:
        raise ImpossibleError("SIPp is not installed; `apt-get install sip-tester` brings it")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(switch.sip)
        except OSError as error:
            raise ImpossibleError(
                f"UDP port {switch.sip.port} cannot be had ({error.strerror}): "
                "stop the switch or other SIP program that runs there"
            ) from error
    shutil.rmtree(_FOLDER, ignore_errors=True)


def _cast(switch: SwitchProcess) -> Cast:
    station = next((s for s in switch.configuration.stations if s.name == _AGENT), None)
    if station is None or station.password is None:
        raise ImpossibleError(
            f"{_CONFIGURATION} has no station {_AGENT} with a password; the agent's phone needs it"
        )
    return Cast(
        sip=switch.sip,
        dialled=_DIALLED,
        agent=_AGENT,
        station=station.name,
        password=station.password.get_secret_value(),
        talk_s=_TALK_S,
    )


def _show(
    console: Console, evidence: Evidence, cast: Cast, record: Mapping[str, Any], exit_code: int
) -> bool:
    recording = read_recording(evidence.recording)
    checks = [
        *check_audio(evidence, recording),
        *check_lengths(evidence, record, recording),
        *check_record(evidence, record, cast),
        check_left_open(evidence),
        Check("the switch ended cleanly after SIGTERM", exit_code == 0, f"exit code {exit_code}"),
    ]
    console.print()
    show_events(console, evidence.events)
    show_record(console, record)
    show_checks(console, checks)
    return all(check.good for check in checks)


if __name__ == "__main__":
    sys.exit(main())
