"""Conducts a running scenario: hears what the phone says has happened, tells it when to go on.

SIPp calls this third-party call control: ``<sendCmd>`` and ``<recvCmd>`` travel over a TCP connection
between two SIPp processes, each message ending in an escape character. Here the second process is us,
so that a phone answers or hangs up exactly when a test or the demonstration wants it to, and no
scenario guesses with pauses.
"""

import socket
from pathlib import Path
from time import monotonic
from typing import Self

from sipp_scenarios.runner import Scenario, ScenarioError, ScenarioResult, SippProcess

_END = b"\x1b"
_PATIENCE_S = 45.0


class ConductedScenario:
    """One scenario with ``<sendCmd>`` in it, run for one call. Use it as a context manager."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            host, port = listener.getsockname()
            self._sipp = SippProcess(scenario, folder, "-3pcc", f"{host}:{port}")
            self._line = self._accept(listener)
        self._unread = b""
        self._sip_call_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sipp.__exit__()
        self._line.close()

    def wait_for(self, what: str, timeout_s: float = _PATIENCE_S) -> dict[str, str]:
        """Wait until the phone says ``what``; return all it says about it.

        Raises ScenarioError when it says something else, ends, or says nothing in time.
        """
        said = self._next_message(monotonic() + timeout_s)
        if said.get("Said") != what:
            raise self._failure(f"said {said.get('Said')!r} when {what!r} was expected")
        self._sip_call_id = said["Call-ID"]
        return said

    def tell(self, what: str) -> None:
        """Tell the phone to go on. Raises ScenarioError when it has ended."""
        message = f"Call-ID: {self._sip_call_id}\r\nDo: {what}\r\n\r\n"
        try:
            self._line.sendall(message.encode() + _END)
        except OSError as error:
            raise self._failure(f"ended before it was told to {what}") from error

    def finish(self, timeout_s: float | None = None) -> ScenarioResult:
        """Wait for the scenario's end."""
        return self._sipp.finish(timeout_s)

    def _accept(self, listener: socket.socket) -> socket.socket:
        listener.settimeout(_PATIENCE_S)
        try:
            return listener.accept()[0]
        except TimeoutError:
            raise self._failure("did not start") from None

    def _next_message(self, deadline: float) -> dict[str, str]:
        while _END not in self._unread:
            self._line.settimeout(max(deadline - monotonic(), 0.001))
            try:
                octets = self._line.recv(4096)
            except TimeoutError:
                raise self._failure("said nothing in time") from None
            if not octets:
                raise self._failure("ended before its time")
            self._unread += octets
        message, _, self._unread = self._unread.partition(_END)
        lines = (line.partition(": ") for line in message.decode().splitlines())
        return {name: value for name, _, value in lines if name}

    def _failure(self, what: str) -> ScenarioError:
        with self._sipp:
            result = self._sipp.finish(timeout_s=0.5)
        return ScenarioError(f"{result.scenario} {what}; see {result.folder}\n{result.errors}")
