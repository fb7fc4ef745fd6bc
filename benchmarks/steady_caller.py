"""A caller who dials at a steady rate and measures each call by itself."""

import socket
import time
from typing import Self

from sipp_scenarios.runner import Address

_PATIENCE_S = 2.0
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class CallFailed(Exception):
    """A call was refused, or its answer did not come in time."""


class SteadyCaller:
    """One call after the other: INVITE, 200, ACK, BYE, 200. Nothing is repeated: what is lost has failed."""

    def __init__(self, switch: Address, number: str, calls_per_s: float) -> None:
        self._uri = f"sip:{number}@{switch.host}:{switch.port}"
        self._pause_s = 1 / calls_per_s
        self._calls = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(switch)
        self._socket.settimeout(_PATIENCE_S)
        self._mine = "{}:{}".format(*self._socket.getsockname())
        self._sdp = _SDP.format(host=self._mine.partition(":")[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def call(self, seconds: float) -> tuple[list[float], int]:
        """Dial for so long; the set-up times in milliseconds and how many calls failed."""
        times_ms: list[float] = []
        failed = 0
        due = start = time.perf_counter()
        while due < start + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            due += self._pause_s
            try:
                times_ms.append(self._call_once())
            except CallFailed:
                failed += 1
        return times_ms, failed

    def _call_once(self) -> float:
        """Set-up time in milliseconds. Raises CallFailed."""
        self._calls += 1
        sent_at = time.perf_counter()
        self._send("INVITE", 1, f"<{self._uri}>", self._sdp)
        to = self._wait_ok("INVITE")
        took_ms = (time.perf_counter() - sent_at) * 1000
        self._send("ACK", 1, to)
        self._send("BYE", 2, to)
        self._wait_ok("BYE")
        return took_ms

    def _send(self, method: str, cseq: int, to: str, body: str = "") -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self._socket.send(
            (
                f"{method} {self._uri} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {self._mine};branch=z9hG4bK{self._calls}{method};rport\r\n"
                f"From: <sip:13800138000@{self._mine}>;tag={self._calls}\r\nTo: {to}\r\n"
                f"Call-ID: {self._calls}@{self._mine}\r\nCSeq: {cseq} {method}\r\n"
                f"Contact: <sip:13800138000@{self._mine}>\r\nMax-Forwards: 70\r\n"
                f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )

    def _wait_ok(self, method: str) -> str:
        """The To of this call's 200; what belongs to others is passed over."""
        deadline = time.perf_counter() + _PATIENCE_S
        while time.perf_counter() < deadline:
            lines = self._hear()
            status = int(lines[0].split()[1])
            if status >= 200 and self._is_mine(lines, method):
                if status != 200:
                    raise CallFailed(lines[0])
                return next(line[4:] for line in lines if line.startswith("To: "))
        raise CallFailed("no answer")

    def _hear(self) -> list[str]:
        try:
            return self._socket.recv(65_535).decode().split("\r\n")
        except TimeoutError as silence:
            raise CallFailed("no answer") from silence

    def _is_mine(self, lines: list[str], method: str) -> bool:
        return f"Call-ID: {self._calls}@{self._mine}" in lines and any(
            line.startswith("CSeq: ") and line.endswith(method) for line in lines
        )
