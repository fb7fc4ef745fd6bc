"""A switch of its own for tests: free ports, short times, everything it writes in one folder."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from sipp_scenarios.runner import free_port
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.forked_switch import ForkedSwitch
from tests.helpers.media_ports import own_media_ports

_CONF = Path(__file__).resolve().parents[2] / "conf"
_MEDIA_PORTS = 200
_ANY_DELAY_MS = 10_000
"""A machine that is busy with other tests must not have the switch refuse calls."""

HOTLINE = "95598"
"""Greeting, menu, queue: the shipped flow."""
QUEUE_ONLY = "95599"
"""Straight into the queue."""
STATIONS = {"2001": "secret-2001", "2002": "secret-2002"}
"""Names with passwords; the agents have the same numbers."""
DIRECT = "95596"
"""Rings station 2001."""
RINGING = "95597"
"""Rings for as long as any test lasts."""
UNLISTED = "2999"
"""No station has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What tests want to be shorter than in life."""

    ring_timeout_s: float = 4.0
    wrap_up_s: float = 0.5
    drain_s: float = 20.0
    retry_after_s: int = 7
    t1_ms: int = 100
    """RFC 3261's T1; transactions are forgotten after 64 of them."""
    session_min_s: int = 2
    """Sessions that expire in seconds show what becomes of them."""
    station_options_interval_s: float = 0.0


_RINGING_FLOW = """
name: ringing
title: 振铃
language: zh
ring_s: 60
start: bye
nodes:
  bye: {type: hang_up}
"""


def switch_process(
    folder: Path,
    times: Times | None = None,
    *,
    algorithms: Sequence[str] = ("MD5",),
    station_algorithms: Sequence[str] = (),
    guard: Mapping[str, object] | None = None,
    codecs: Sequence[str] = ("PCMA", "PCMU"),
    listeners: Sequence[Mapping[str, object]] = (),
    srtp: str = "accept",
    browsers: Sequence[str] = (),
    media: Mapping[str, object] | None = None,
    recordings: Mapping[str, object] | None = None,
    more: str = "",
    begun_as: type[SwitchProcess] = ForkedSwitch,
) -> SwitchProcess:
    """A switch that is not started yet; its configuration, journal, recordings and log are in ``folder``.

    ``media``: further keys of that section; ``more``: further sections of its configuration; ``begun_as``:
    ``SwitchProcess`` begins it by the command line.
    """
    flows = copytree(_CONF / "flows", folder / "flows")
    (flows / "ringing.yaml").write_text(_RINGING_FLOW, "utf-8")
    configuration = folder / "ringmain.toml"
    phones = {"algorithms": list(station_algorithms)}
    voice = {"codecs": list(codecs), "srtp": srtp, **(media or {})}
    text = _configuration(
        folder, times or Times(), list(algorithms), phones, guard or {}, voice, recordings or {}, browsers
    )
    heard = [_section("[[listeners]]", **listener) for listener in listeners]
    configuration.write_text("\n".join([text, *heard, more]), "utf-8")
    return begun_as(configuration, folder / "switch.log")


def _configuration(
    folder: Path,
    times: Times,
    algorithms: list[str],
    phones: Mapping[str, object],
    guard: Mapping[str, object],
    media: Mapping[str, object],
    recordings: Mapping[str, object],
    browsers: Sequence[str],
) -> str:
    first = own_media_ports()[0]
    sections = [
        _section("[switch]", drain_s=times.drain_s, retry_after_s=times.retry_after_s, hold_music="music"),
        _section(
            "[sip]",
            host="127.0.0.1",
            port=free_port("127.0.0.1"),
            t1_ms=times.t1_ms,
            session_min_s=times.session_min_s,
            station_options_interval_s=times.station_options_interval_s,
            algorithms=algorithms,
        ),
        _section(
            "[media]",
            **{
                "port_min": first,
                "port_max": first + _MEDIA_PORTS - 1,
                "prompts": str(_CONF / "prompts"),
                **media,
            },
        ),
        _section(
            "[guard]",
            **{"ban_file": str(folder / "bans.json"), "max_loop_delay_ms": _ANY_DELAY_MS, **guard},
        ),
        _section("[recordings]", folder=str(folder / "recordings"), **recordings),
        _section("[ivr]", flows=str(folder / "flows")),
        _section("[control]", socket=str(folder / "ringmain.sock")),
        _section("[trace]", enabled=True, folder=str(folder / "trace")),
        _section("[records]", journal=str(folder / "journal"), database=f"sqlite:///{folder}/ringmain.db"),
        _section("[[access_codes]]", number=HOTLINE, target="flow:hotline"),
        _section("[[access_codes]]", number=QUEUE_ONLY, target="queue:service"),
        _section("[[access_codes]]", number=DIRECT, target="station:2001"),
        _section("[[access_codes]]", number=RINGING, target="flow:ringing"),
        _section(
            "[[queues]]",
            name="service",
            ring_timeout_s=times.ring_timeout_s,
            wrap_up_s=times.wrap_up_s,
            music="music",
        ),
    ]
    for name, password in STATIONS.items():
        sections.append(
            _section("[[stations]]", name=name, password=password, webrtc=name in browsers, **phones)
        )
        sections.append(_section("[[agents]]", id=name, name=f"坐席 {name}", queues=["service"]))
    return "\n".join(sections)


def _section(header: str, **keys: object) -> str:
    """JSON writes text, numbers and lists as TOML does."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join([header, *lines, ""])
