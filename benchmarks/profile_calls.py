"""Where the CPU of a call or a registration goes inside the switch's own thread; no network.

``python -m benchmarks.profile_calls [--subject call|register] [--times N] [--top N] [--json]``

The call is that of bench_calls, the registration that of bench_register. The whole switchboard runs in
this process, with journal, database and media core; only the sockets of SIP are left out: messages are
handed to the driver as bytes and taken from it as bytes, one at each turn of the event loop, in which the
driver's alarm rings and the media core's facts come in as they do in service. Calls of Python functions are
counted exactly and do not depend on how busy the machine is; time is that of this thread, best of several
rounds. The share of the caller and the phone, who are played in the same thread, is measured and taken off.
"""

import argparse
import asyncio
import cProfile
import gc
import json
import pstats
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.bench_calls import NUMBER, PASSWORD, SECTIONS, STATION
from benchmarks.switch_subject import SwitchSubject
from cli.configuration.installation import load_installation
from cli.serve import COLLECTIONS
from cli.switchboard import Switchboard
from runtime.driver import Handler, Outputs
from switch.sip.authentication.digest import Algorithm, ha1, response
from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.header_values import format_auth, parse_auth
from switch.sip.transport.reports import MessageReceived

SWITCH = "127.0.0.1:5060"
CALLER = Hop("udp", "127.0.0.1", 6001)
PHONE = Hop("udp", "127.0.0.1", 6002)
Act = Callable[[], Awaitable[None]]
"""One call or one registration."""
ROUNDS = 5
WARM_UP = 200
_NOT_THE_SWITCH = ("~", __file__)
PATIENT = """
[guard]
max_loop_delay_ms = 10000
"""
SDP = (
    "v=0\r\no=phone 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\na=ptime:20\r\n"
)


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    subject: str
    cpu_us: float
    """Of the switch's own thread, for one."""
    python_calls: int
    """Calls of functions written in Python, for one."""
    items: int
    """Events and commands that pass the driver, for one."""
    times: int


@dataclass(slots=True)
class Cost:
    """What handling one kind of item took."""

    items: int = 0
    us: float = 0.0
    """In all handlers together."""


class Lab:
    """A switchboard whose SIP messages are kept instead of sent, with a caller and a phone."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        SwitchSubject(folder, SECTIONS + PATIENT)  # writes the configuration
        self._board = Switchboard(load_installation(folder / "ringmain.toml"), loop)
        self._driver = self._board.driver
        self._sent: list[bytes] = []
        self.cpu_s = 0.0
        """Of this thread in the switch so far."""
        self._calls = 0
        self._registrations = 0
        self._challenge: dict[str, str] = {}

    async def open(self) -> None:
        """Open the switchboard and register the phone."""
        await self._board.open()
        self._routes()[SendMessage] = (self._keep,)
        self._driver.add_routes({})
        (refused,) = await self._hear(_register(0, None), PHONE)
        _, self._challenge = parse_auth(_header(refused, "WWW-Authenticate"))
        await self.register()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTIONS)

    async def close(self) -> None:
        await self._board.close()

    async def call(self) -> None:
        """One call from INVITE to the last 200."""
        self._calls += 1
        tag = str(self._calls)
        asked = await self._hear(_invite(tag), CALLER)
        dialled = _first(asked, b"INVITE")
        await self._hear(_answer(dialled, "100 Trying", tag), PHONE)
        await self._hear(_answer(dialled, "180 Ringing", tag), PHONE)
        ok = _first(await self._hear(_answer(dialled, "200 OK", tag, SDP), PHONE), b"SIP/2.0 200")
        await self._hear(_within(ok, "ACK", 1, tag), CALLER)
        bye = _first(await self._hear(_within(ok, "BYE", 2, tag), CALLER), b"BYE")
        await self._hear(_answer(bye, "200 OK", tag), PHONE)

    async def follow_items(self, act: Act, times: int) -> dict[str, Cost]:
        """What the kinds of items that pass the driver cost, in the handlers that they go to."""
        costs: dict[str, Cost] = defaultdict(Cost)
        routes = self._routes()
        before = dict(routes)
        for kind, handlers in before.items():
            routes[kind] = (_timed(handlers, costs[kind.__name__]),)
        self._driver.add_routes({})  # it must not go by what it found before
        for _ in range(times):
            await act()
        routes.update(before)
        self._driver.add_routes({})
        return {kind: cost for kind, cost in costs.items() if cost.items}

    def _routes(self) -> dict[type, tuple[Any, ...]]:
        """The driver's table: the one place where a measurement reaches into the switch."""
        return self._driver._routes

    def _keep(self, message: SendMessage, now: float) -> tuple[()]:
        self._sent.append(message.data)
        return ()

    async def _hear(self, data: bytes, source: Hop) -> list[bytes]:
        """Hand the switch one message, and the event loop its turn; what was sent."""
        self._sent.clear()
        batch = [MessageReceived(data, source)]
        begun = time.thread_time()
        self._driver.run_step(lambda now: batch)
        await asyncio.sleep(0)
        self.cpu_s += time.thread_time() - begun
        return list(self._sent)

    async def register(self) -> None:
        """The phone registers once more with the nonce it has, as all phones do every few minutes."""
        self._registrations += 1
        await self._hear(_register(self._registrations, self._challenge), PHONE)


def _timed(handlers: tuple[Handler, ...], cost: Cost) -> Handler:
    def handle(item: Any, now: float) -> Outputs:
        begun = time.perf_counter()
        outputs = [output for handler in handlers for output in handler(item, now)]
        cost.us += (time.perf_counter() - begun) * 1e6
        cost.items += 1
        return outputs

    return handle


async def measure(lab: Lab, act: Act, times: int) -> float:
    """Microseconds of the switch for one ``act``, best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = lab.cpu_s
        for _ in range(times):
            await act()
        best = min(best, lab.cpu_s - begun)
    return best * 1e6 / times


async def profile(act: Act, times: int) -> pstats.Stats:
    """Where it goes: functions by name."""
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(times):
        await act()
    profiler.disable()
    return pstats.Stats(profiler)


async def run(subject: str, times: int, top: int, console: Console | None = None) -> Result:
    """Measure; with a console, show there what costs most."""
    with tempfile.TemporaryDirectory(prefix="profile-calls-") as name:
        lab = Lab(Path(name), asyncio.get_running_loop())
        await lab.open()
        try:
            act = lab.call if subject == "call" else lab.register
            for _ in range(WARM_UP):
                await act()
            cpu_us = await measure(lab, act, times)
            costs = await lab.follow_items(act, times)
            stats = await profile(act, times)
        finally:
            await lab.close()
    items = sum(cost.items for cost in costs.values()) / times
    result = Result(subject, round(cpu_us, 1), _python_calls(stats, times), round(items), times)
    if console is not None:
        _show(console, stats, costs, times, top)
    return result


def _python_calls(stats: pstats.Stats, times: int) -> int:
    entries: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    counts: list[int] = [
        count for (file, *_), (_, count, *_) in entries.items() if file not in _NOT_THE_SWITCH
    ]
    return sum(counts) // times


def _show(console: Console, stats: pstats.Stats, costs: dict[str, Cost], times: int, top: int) -> None:
    entries: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    table = Table("function", "calls", "own µs", "µs with what it calls", title="One unit under the profiler")
    slowest = sorted(entries.items(), key=lambda entry: -entry[1][2])[:top]
    for (file, line, name), (_, count, own, total, _) in slowest:
        where = name if file == "~" else f"{_short(file)}:{line} {name}"
        table.add_row(where, *(f"{value / times:.1f}" for value in (count, own * 1e6, total * 1e6)))
    console.print(table)
    table = Table("through the driver", "items", "µs in all", title="One unit, by what passes the driver")
    for kind, cost in sorted(costs.items(), key=lambda entry: -entry[1].us):
        table.add_row(kind, f"{cost.items / times:.1f}", f"{cost.us / times:.1f}")
    console.print(table)


def _short(file: str) -> str:
    root = Path(__file__).resolve().parent.parent
    path = Path(file)
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name


def _invite(tag: str) -> bytes:
    return _message(
        f"INVITE sip:{NUMBER}@{SWITCH} SIP/2.0",
        f"Via: SIP/2.0/UDP {CALLER.host}:{CALLER.port};branch=z9hG4bK-{tag}-1;rport",
        f'From: "客户" <sip:13800138000@{CALLER.host}:{CALLER.port}>;tag=caller-{tag}',
        f"To: <sip:{NUMBER}@{SWITCH}>",
        f"Call-ID: {tag}@{CALLER.host}",
        "CSeq: 1 INVITE",
        f"Contact: <sip:13800138000@{CALLER.host}:{CALLER.port}>",
        "Max-Forwards: 70",
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS",
        body=SDP,
    )


def _within(ok: bytes, method: str, cseq: int, tag: str) -> bytes:
    """The caller's request in the dialog that this 200 opened."""
    return _message(
        f"{method} {_header(ok, 'Contact')[1:-1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {CALLER.host}:{CALLER.port};branch=z9hG4bK-{tag}-{cseq}-{method};rport",
        f"From: {_header(ok, 'From')}",
        f"To: {_header(ok, 'To')}",
        f"Call-ID: {_header(ok, 'Call-ID')}",
        f"CSeq: {cseq} {method}",
        "Max-Forwards: 70",
    )


def _answer(request: bytes, status: str, tag: str, body: str = "") -> bytes:
    """The phone's answer."""
    called = _header(request, "To")
    tagged = called if ";tag=" in called or status.startswith("100") else f"{called};tag=phone-{tag}"
    return _message(
        f"SIP/2.0 {status}",
        f"Via: {_header(request, 'Via')}",
        f"From: {_header(request, 'From')}",
        f"To: {tagged}",
        f"Call-ID: {_header(request, 'Call-ID')}",
        f"CSeq: {_header(request, 'CSeq')}",
        f"Contact: <sip:{STATION}@{PHONE.host}:{PHONE.port}>",
        body=body,
    )


def _register(number: int, challenge: dict[str, str] | None) -> bytes:
    uri = f"sip:{SWITCH}"
    proof = [] if challenge is None else [f"Authorization: {_proof(challenge, uri, number)}"]
    return _message(
        f"REGISTER {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {PHONE.host}:{PHONE.port};branch=z9hG4bK-register-{number};rport",
        f"From: <sip:{STATION}@{SWITCH}>;tag=register",
        f"To: <sip:{STATION}@{SWITCH}>",
        f"Call-ID: register@{PHONE.host}",
        f"Contact: <sip:{STATION}@{PHONE.host}:{PHONE.port}>",
        "Expires: 3600",
        "Max-Forwards: 70",
        "User-Agent: Bench 1.0",
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REFER, UPDATE, PRACK",
        "Supported: replaces, path",
        f"CSeq: {number + 1} REGISTER",
        *proof,
    )


def _proof(challenge: dict[str, str], uri: str, count: int) -> str:
    secret = ha1(Algorithm.MD5, STATION, challenge["realm"], PASSWORD)
    use = {"qop": "auth", "cnonce": "c0ffee", "nc": f"{count:08x}"}
    proof = response(Algorithm.MD5, secret, "REGISTER", uri, challenge["nonce"], **use)
    known = {"username": STATION, "realm": challenge["realm"], "nonce": challenge["nonce"], "uri": uri}
    return format_auth("Digest", {**known, "response": proof, **use}, bare={"qop", "nc"})


def _message(*lines: str, body: str = "") -> bytes:
    kind = ("Content-Type: application/sdp",) if body else ()
    head = (*lines, *kind, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode() + body.encode()


def _header(message: bytes, name: str) -> str:
    _, _, rest = message.decode().partition(f"\r\n{name}: ")
    return rest.partition("\r\n")[0]


def _first(messages: list[bytes], start: bytes) -> bytes:
    """Raises StopIteration when the switch did not send one: the call did not go as it should."""
    return next(message for message in messages if message.startswith(start))


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--subject", choices=("call", "register"), default="call", help="what is measured")
    parser.add_argument("--times", type=int, default=1000, help="calls or registrations a round")
    parser.add_argument("--top", type=int, default=40, help="functions in the table")
    parser.add_argument("--json", action="store_true", help="only the line for machines")
    given = parser.parse_args()
    console = None if given.json else Console(width=130)
    print(json.dumps(asdict(uvloop.run(run(given.subject, given.times, given.top, console)))))


if __name__ == "__main__":
    main()
