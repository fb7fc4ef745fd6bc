"""Many callers who press keys and hear what comes of it: the load of bench_ivr.

SIPp places the calls and keeps them; the keys are telephone-events of RFC 4733 in packets from the ports that
SIPp names in its SDP, one socket for each caller, and each key is timed where the caller is.
"""

import heapq
import select
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sipp_scenarios import rtp
from sipp_scenarios.runner import Address, free_port
from sipp_scenarios.talker import bind_even_port

SCENARIO = Path(__file__).resolve().parent.parent / "sipp_scenarios" / "caller_keeps_the_line.xml"
PACKET_S = 0.02
SILENCE_S = 0.04
"""After a prompt has been stopped no packet comes for at least so long, or it was not stopped."""
GRACE_S = 60.0
_LOOK_AGAIN_S = 0.1
_LONGEST_PACKET = 2048
_TIMESTAMP_NS = 35
"""SO_TIMESTAMPNS: the kernel tells when a packet came (socket(7)), as CLOCK_REALTIME."""


@dataclass(slots=True)
class Line:
    """A caller's end of the audio."""

    socket: socket.socket
    sequence: int = 0
    key_up_at: float = 0.0
    """When the key that is being timed was let go; 0 when none is."""
    last_heard_at: float = 0.0

    def send(self, tick: rtp.PressTick, began: int) -> None:
        """What a key that went down at the RTP time ``began`` sends in these 20 ms."""
        for payload in tick.payloads:
            self.sequence = (self.sequence + 1) & 0xFFFF
            marker = tick.since_press == 0
            packet = rtp.RtpPacket(rtp.TELEPHONE_EVENT, self.sequence, began, 1, payload, marker)
            self.socket.send(packet.encode())

    def hear(self) -> Iterator[float]:
        """When each packet came that is there now."""
        while True:
            try:
                _, told, _, _ = self.socket.recvmsg(_LONGEST_PACKET, 64)
            except (BlockingIOError, ConnectionRefusedError):
                return
            seconds, nanoseconds = struct.unpack("qq", told[0][2])
            self.last_heard_at = seconds + nanoseconds / 1e9
            yield self.last_heard_at


@dataclass(slots=True)
class Heard:
    """What came of the keys."""

    delays_ms: list[float] = field(default_factory=list)
    """From letting a key go until the first packet of the next prompt came."""
    not_stopped: int = 0
    """Keys that did not silence the prompt before: what came next could not be told from it."""
    unanswered: int = 0


class KeypadCallers:
    """So many calls to one number. Use it as a context manager: when it begins, all are answered."""

    def __init__(self, switch: Address, number: str, count: int, rate: int, folder: Path) -> None:
        self._switch = switch
        self._number = number
        self._count = count
        self._rate = rate
        self._folder = folder

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            sockets = [begun.enter_context(_ear(self._switch.host)) for _ in range(self._count)]
            own = {bound.getsockname()[1]: bound for bound in sockets}
            self._sipp = begun.enter_context(_Sipp(self._command(list(own)), self._folder))
            self._lines = [self._connected(own[port], peer) for port, peer in self._answers()]
            self._begun = begun.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._begun.close()

    def press(self, key: str, keys_per_s: float, seconds: float) -> Heard:
        """One caller after the other presses the key; returns when the last prompt should have begun."""
        return _Round(self._lines, key, keys_per_s, seconds).run()

    def _command(self, ports: list[int]) -> list[str]:
        callers = self._folder / "callers.csv"
        callers.write_text("SEQUENTIAL\n" + "".join(f"{port};\n" for port in ports), "utf-8")
        return [
            *("sipp", str(self._switch), "-sf", str(SCENARIO), "-s", self._number, "-inf", callers.name),
            *("-i", self._switch.host, "-p", str(free_port(self._switch.host)), "-nostdin"),
            *("-buff_size", "1048576", "-key", "caller", "13800138000", "-key", "caller_name", ""),
            *("-r", str(self._rate), "-m", str(len(ports)), "-l", str(len(ports)), "-d", "3600000"),
            *("-trace_logs", "-log_file", "answers.log"),
        ]

    def _answers(self) -> list[tuple[int, int]]:
        """The two ports of each call. Raises SystemExit when some are not answered."""
        log = self._folder / "answers.log"
        deadline = time.monotonic() + self._count / self._rate + GRACE_S
        while True:
            lines = log.read_text("utf-8").splitlines() if log.exists() else []
            if len(lines) == self._count:
                return [(int(own), int(peer)) for own, peer in map(str.split, lines)]
            if time.monotonic() > deadline:
                raise SystemExit(f"of {self._count} calls only {len(lines)} were answered")
            time.sleep(_LOOK_AGAIN_S)

    def _connected(self, bound: socket.socket, peer: int) -> Line:
        bound.connect((self._switch.host, peer))
        return Line(bound)


def _ear(host: str) -> socket.socket:
    """A port whose packets are stamped from the first one on."""
    bound = bind_even_port(host)
    bound.setblocking(False)
    bound.setsockopt(socket.SOL_SOCKET, _TIMESTAMP_NS, 1)
    return bound


class _Sipp:
    """SIPp, until the block ends."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._command = command
        self._folder = folder

    def __enter__(self) -> Self:
        quiet = subprocess.DEVNULL
        self._child = subprocess.Popen(
            self._command, cwd=self._folder, stdin=quiet, stdout=quiet, stderr=quiet
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()


class _Round:
    """Callers press in turn, for so long."""

    def __init__(self, lines: list[Line], key: str, keys_per_s: float, seconds: float) -> None:
        self._lines = {line.socket.fileno(): line for line in lines}
        self._ticks = list(rtp.key_press(key))
        self._heard = Heard()
        self._poll = select.epoll()
        began = time.monotonic()
        in_turn = list(self._lines)
        presses = round(keys_per_s * seconds)
        self._due = [(began + n / keys_per_s, in_turn[n % len(in_turn)], 0) for n in range(presses)]
        self._over_at = began + seconds + 2.0

    def run(self) -> Heard:
        while (now := time.monotonic()) < self._over_at:
            while self._due and self._due[0][0] <= now:
                self._tick(*heapq.heappop(self._due))
            next_at = self._due[0][0] if self._due else self._over_at
            for descriptor, _ in self._poll.poll(max(0.0, next_at - time.monotonic())):
                self._answered(descriptor)
        self._poll.close()
        self._heard.unanswered = sum(line.key_up_at > 0 for line in self._lines.values())
        return self._heard

    def _tick(self, due: float, descriptor: int, place: int) -> None:
        """20 ms of a press; with the last one the key is up."""
        line, tick = self._lines[descriptor], self._ticks[place]
        if tick is self._ticks[-1]:
            self._let_go(line)
        else:
            heapq.heappush(self._due, (due + PACKET_S, descriptor, place + 1))
        line.send(tick, round(due * 8000) - tick.since_press & 0xFFFFFFFF)

    def _let_go(self, line: Line) -> None:
        for _ in line.hear():
            """What came until now belongs to the prompt before."""
        line.key_up_at = time.time()
        if line.key_up_at - line.last_heard_at < SILENCE_S:
            self._heard.not_stopped += 1
            line.key_up_at = 0
        else:
            self._poll.register(line.socket, select.EPOLLIN)

    def _answered(self, descriptor: int) -> None:
        line = self._lines[descriptor]
        first = next(line.hear(), None)
        if first is not None:
            self._poll.unregister(descriptor)
            self._heard.delays_ms.append((first - line.key_up_at) * 1000)
            line.key_up_at = 0
