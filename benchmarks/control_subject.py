"""A control socket in a process of its own: nothing but the socket, its verbs and its events.

``python -m benchmarks.control_subject SOCKET``; it ends with its standard input.
"""

import asyncio
import sys
import time
from pathlib import Path

import uvloop

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.config import ControlConfig
from switch.control.server import ControlServer
from switch.records.projection import FreshEntry
from switch.roles import EVERYBODY

EVENTS_PER_TURN = 20
"""What one run of the driver tells, of a call that moves."""


class AgentParams(Params):
    """Names one agent."""

    agent: str


class EmitParams(Params):
    """How many events to tell."""

    count: int


class Subject:
    """Tells events when it is asked to."""

    def __init__(self, socket: Path) -> None:
        verbs = [
            Verb("bench.look", AgentParams, self._look, "A small verb.", EVERYBODY),
            Verb("bench.emit", EmitParams, self._emit, "Tell so many events.", EVERYBODY),
            Verb("bench.cpu", NoParams, lambda _: time.process_time(), "CPU seconds so far.", EVERYBODY),
        ]
        self._server = ControlServer(ControlConfig(socket=socket), verbs)
        self._sequence = 0

    async def serve(self) -> None:
        await self._server.open()
        await asyncio.to_thread(sys.stdin.read)
        await self._server.close()

    def _look(self, params: AgentParams) -> dict[str, object]:
        return {"agent": params.agent, "state": "AVAILABLE", "queues": ["service"]}

    async def _emit(self, params: EmitParams) -> None:
        for number in range(params.count):
            self._sequence += 1
            event = AgentStateChanged(
                agent=str(number % 500),
                from_state=AgentState.AVAILABLE,
                to_state=AgentState.OFFERED,
                reason="",
                lasted_ms=number,
                call_id="call-5f0c9a1e7b2d4c38",
            )
            self._server.observe(FreshEntry(self._sequence, time.time(), event.topic, event))
            if number % EVENTS_PER_TURN == EVENTS_PER_TURN - 1:
                await asyncio.sleep(0)


if __name__ == "__main__":
    uvloop.run(Subject(Path(sys.argv[1])).serve())
