"""Agents, supervisors and programs at the control socket for ten minutes, at random: nothing is left over.

Time is virtual, the socket is real: who is at it calls any verb there is, with whatever there is to name.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig, StrategyName
from switch.control.client import ControlClient, EventStream, VerbRefused
from switch.events import CallArrived, CallEnded, CallPlaced
from switch.roles import Role
from tests.acd.invariants import check_idle, check_state
from tests.sim.desk import DeskCentre
from tests.sim.onlookers import Onlookers
from tests.sim.people import Habits
from tests.sim.walkers import Knowledge, Walker

TEN_MINUTES_S = 600.0
BETWEEN_ACTS_S = 0.1
DESKS = {Role.AGENT: 4, Role.SUPERVISOR: 2, Role.INTEGRATOR: 2}
QUEUES = [
    QueueConfig(name="报修", wrap_up_s=5, refusal_delay_s=2),
    QueueConfig(name="投诉", wrap_up_s=0, refusal_delay_s=2, strategy=StrategyName.RING_ALL),
]
SUPERVISORS = ["9001", "9002"]
AGENTS = [
    AgentConfig(id=agent, queues=["报修", "投诉"], capacity={"voice": 1, "chat": 2})
    for agent in [*(f"10{n:02}" for n in range(8)), *SUPERVISORS]
]
STATIONS = [agent.id for agent in AGENTS]
DIRECT = {"直拨": "station:1003", "直拨二": "agent:1004"}
"""Numbers that do not lead to a queue."""
HABITS = Habits(between_calls_s=4, patience_s=60, talk_s=40, answer_s=2, break_s=10)
NAMES: dict[str, list[Any]] = {
    "agent": [agent.id for agent in AGENTS],
    "agents": [["1001", "1002"], ["1005"]],
    "by": SUPERVISORS,
    "station": STATIONS,
    "tenant": [""],
    "queue": [queue.name for queue in QUEUES],
    "queues": [["报修"], ["投诉"], ["报修", "投诉"]],
    "whom": ["station:1001", "agent:1004", "station:9001", "number:02088886666"],
    "target": [
        "queue:报修",
        "queue:投诉",
        "station:1002",
        "station:9002",
        "number:02088886666",
        "agent:1005",
    ],
    "access_code": ["报修"],
    "numbers": [["13800138000"], ["02088886666"]],
    "require": ["", "lang:zh"],
    "skills": [{"lang": 3}, {}],
    "preferred": [["1001"]],
    "mode": ["monitor", "whisper", "barge"],
    "medium": ["chat"],
    "item": ["chat-1", "chat-2", "chat-3"],
    "max_s": [5, 30],
    "extend_s": [5, 10],
    "topics": [["call.*"], ["queue.caller_joined", "agent.*"]],
}


class Shift:
    """A centre, the desks at its socket, one program that follows all events, and some that look on."""

    def __init__(self, seed: int) -> None:
        self.centre = DeskCentre(QUEUES, AGENTS, STATIONS, DIRECT, callers=120, habits=HABITS, seed=seed)
        self.random = Random(seed)
        self.knowledge = Knowledge(NAMES, self.random)
        self.followed: list[tuple[int, str]] = []
        self.walkers: list[Walker] = []
        self.onlookers = Onlookers(self.centre.verbs(), Random(seed))
        self.seen = 0
        """How many events those have seen."""

    async def run(self, folder: Path) -> None:
        async with AsyncExitStack() as stack:
            path = await stack.enter_async_context(self.centre.socket(folder))
            clients = [
                await stack.enter_async_context(ControlClient.connect(path))
                for _ in range(sum(DESKS.values()) + 1)
            ]
            stream = await stack.enter_async_context(clients[0].subscription("*"))
            await self._open(clients[0])
            self.walkers = await self._seat(clients[1:])
            await self._walk(stream)
            await self._close(clients[0], stream)

    async def _open(self, client: ControlClient) -> None:
        for agent in AGENTS:
            await client.call("agent.sign_in", agent=agent.id, station=agent.id)
            await client.call("agent.ready", agent=agent.id)

    async def _seat(self, clients: list[ControlClient]) -> list[Walker]:
        verbs = await clients[0].call("verb.list")
        roles = [role for role, desks in DESKS.items() for _ in range(desks)]
        return [
            Walker(client, [verb for verb in verbs if role in verb["for"]], self.knowledge, self.random)
            for client, role in zip(clients, roles, strict=True)
        ]

    async def _walk(self, stream: EventStream) -> None:
        while (now := self.centre.clock.now()) < TEN_MINUTES_S:
            self.centre.move_to(now + self.random.expovariate(1 / BETWEEN_ACTS_S))
            await self.random.choice(self.walkers).act()
            await self._hear(stream)
            self._look_on()
            check_state(self.centre.acd_core.state)

    def _look_on(self) -> None:
        self.onlookers.see(self.centre.told[self.seen :])
        self.seen = len(self.centre.told)
        self.onlookers.act()

    async def _hear(self, stream: EventStream) -> None:
        """Follow until nothing more was told."""
        while len(self.followed) < len(self.centre.told):
            entry = await anext(stream)
            self.followed.append((entry.sequence, entry.topic))
            self.knowledge.learn(entry.fields)
            if entry.topic == "call.ended":
                self.knowledge.forget("call_id", entry.fields["call_id"])

    async def _close(self, client: ControlClient, stream: EventStream) -> None:
        """Whoever is there hangs up, and everybody's shift is over."""
        for item in await client.call("item.list"):
            await client.call("item.withdraw", item=item["item"])
        for callback in await client.call("queue.callbacks"):
            with suppress(VerbRefused):  # it may be under way
                await client.call("queue.cancel_callback", callback_id=callback["callback_id"])
        for call in self.centre.calls():
            with suppress(VerbRefused):  # it may have ended with another
                await client.call("call.hang_up", call_id=call.call_id)
        self.centre.people.stay_away()
        self.centre.move_to(self.centre.clock.now() + 3600)
        await self._hear(stream)
        self._look_on()
        self.onlookers.look()


SEEDS = (1, 2, 3, 4, 5)


@cache
def walked(seed: int) -> Shift:
    shift = Shift(seed)
    with TemporaryDirectory() as folder:
        asyncio.run(shift.run(Path(folder)))
    return shift


@pytest.fixture(params=SEEDS)
def shift(request: pytest.FixtureRequest) -> Shift:
    return walked(request.param)


def test_nothing_is_left_over(shift: Shift) -> None:
    centre, media = shift.centre, shift.centre.media
    assert centre.faults == []
    assert centre.calls() == []
    check_idle(centre.acd_core.state)
    assert (list(centre.supervision.watches), centre.people.open_legs) == ([], set())
    assert (media.open_endpoints, media.open_recordings, media.bridges) == (set(), set(), set())
    assert (media.mixes, media.playing, media.laid_over, media.recorded) == ({}, {}, {}, {})


def test_every_call_ended_once(shift: Shift) -> None:
    events = shift.centre.events
    begun = Counter(event.call_id for event in events if isinstance(event, CallArrived | CallPlaced))
    ended = Counter(event.call_id for event in events if isinstance(event, CallEnded))
    assert set(begun) == set(ended)
    assert set(ended.values()) == {1}


def test_who_follows_is_told_everything_once_and_in_order(shift: Shift) -> None:
    assert shift.followed == [(entry.sequence, entry.topic) for entry in shift.centre.told]


def test_who_looks_once_and_follows_sees_what_who_looks_again_does(shift: Shift) -> None:
    programs = shift.onlookers.programs
    assert [difference for program in programs for difference in program.differences] == []
    assert min(program.looks for program in programs) > 50
    assert min(program.cuts for program in programs) > 50
    assert sum(program.gaps for program in programs) > 20


def test_no_verb_fails_inside_the_switch(shift: Shift) -> None:
    refusals = [text for walker in shift.walkers for told in walker.refusals.values() for text in told]
    assert [text for text in refusals if text.startswith("internal")] == []


def test_every_verb_was_carried_out_by_somebody() -> None:
    walkers = [walker for seed in SEEDS for walker in walked(seed).walkers]
    done = {name for walker in walkers for name in walker.done}
    refused = {name for walker in walkers for name in walker.refusals}
    assert refused - done == {"session.authenticate"}  # nobody here has a token
