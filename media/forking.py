"""Forks of legs to WebSockets: the shell's part. The messages on the wire: docs/media_streams.md."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from media import _core, commands
from media.names import ForkIdentity, Names
from runtime.clock import Clock
from runtime.driver import Handler
from runtime.errors import UsageError
from runtime.vocabulary import Event

_CHANNELS = {commands.ForkMix.MIXED: "mixed", commands.ForkMix.STEREO: "stereo"}
"""How the first message names them; a single direction is ``mono``."""


class Forking:
    """Begins and ends forks. Shares the engine's endpoints and names."""

    def __init__(self, core: _core.Core, endpoints: Mapping[str, int], names: Names, clock: Clock) -> None:
        self._core = core
        self._endpoints = endpoints
        self._names = names
        self._clock = clock
        self._forks: dict[str, int] = {}

    def routes(self) -> dict[type, Handler]:
        return {commands.StartFork: self._start, commands.StopFork: self._stop}

    def under_way(self) -> list[ForkIdentity]:
        """The forks that have not ended, oldest first."""
        return list(self._names.forks.values())

    def forget(self, fork_id: str) -> None:
        """It is over, whoever ended it."""
        fork = self._forks.pop(fork_id, None)
        if fork is not None:
            self._core.stop_fork(fork)

    def _start(self, command: commands.StartFork, now: float) -> list[Event]:
        if command.fork_id in self._forks:
            raise UsageError(f"fork {command.fork_id} is under way already")
        identity = ForkIdentity.of(command)
        endpoint = self._endpoints.get(command.leg_id)
        if endpoint is None:
            return [identity.failed("leg_closed", "")]
        try:
            fork = self._core.start_fork(
                endpoint,
                url=command.url,
                mix=command.mix,
                rate_hz=command.rate_hz,
                metadata=json.dumps(self._metadata(command), ensure_ascii=False),
                headers=(command.authorization, command.subprotocol),
                returns=command.returns,
                interrupts=command.interrupts,
                reconnects=command.reconnects,
            )
        except (OSError, ValueError) as fault:
            return [identity.failed("failed", str(fault))]
        self._forks[command.fork_id] = fork
        self._names.forks[fork] = identity
        return []

    def _stop(self, command: commands.StopFork, now: float) -> tuple[()]:
        self.forget(command.fork_id)
        return ()

    def _metadata(self, command: commands.StartFork) -> dict[str, Any]:
        started_at = datetime.fromtimestamp(self._clock.wall(), UTC)
        return {
            "event": "start",
            "callSid": command.call_id,
            "forkId": command.fork_id,
            "legId": command.leg_id,
            "sampleRate": command.rate_hz,
            "encoding": "L16",
            "mixType": _CHANNELS.get(command.mix, "mono"),
            "direction": command.mix if command.mix not in _CHANNELS else "both",
            "startedAt": started_at.isoformat(timespec="milliseconds"),
            "metadata": dict(command.details),
        }
