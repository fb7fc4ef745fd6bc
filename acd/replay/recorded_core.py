"""The core, with all that it is told, and answered, handed to whoever keeps it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.core import AcdCore
from acd.inputs import Input
from acd.queue_config import QueueConfig
from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.lines import BEGAN, RESUMED, WOKEN
from acd.state import CanDial, KnowsTarget, dialling_anybody, knowing_every_target
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.vocabulary import Command, Output

log = structlog.get_logger(__name__)

STATE_AT_MOST = 2000
"""Queues, agents and callers; writing a larger state would hold calls for longer than 50 ms."""
CALLER_WEIGHS = 4
"""As much as so many queues or agents: 2000 in all took 34 ms, and 48 ms with 20 queues for each agent."""


class Inputs(Protocol):
    """Where inputs are kept."""

    is_broken: bool
    """Whether some were lost; whoever gives the whole state says that it goes on from there."""

    def put(self, topic: str, fields: Mapping[str, Any]) -> None:
        """Take one; never waits."""


class Outside:
    """What a core asks beside its inputs, and what it was answered."""

    def __init__(self, ids: Ids, can_dial: CanDial, knows_target: KnowsTarget) -> None:
        self._ids = ids
        self._can_dial = can_dial
        self._knows_target = knows_target
        self.ids: list[str] = []
        self.dialled: list[bool] = []
        self.known: list[bool] = []

    def new(self, prefix: str) -> str:
        self.ids.append(self._ids.new(prefix))
        return self.ids[-1]

    def token(self) -> str:
        self.ids.append(self._ids.token())
        return self.ids[-1]

    def secret(self) -> bytes:
        raise UsageError("the ACD's core keeps no secrets, since what it is answered is kept")

    def can_dial(self, number: str, level: int | None, queue_name: str) -> bool:
        self.dialled.append(self._can_dial(number, level, queue_name))
        return self.dialled[-1]

    def knows_target(self, target: str) -> bool:
        self.known.append(self._knows_target(target))
        return self.known[-1]

    def hand_over(self, fields: dict[str, Any]) -> None:
        """Put the answers since this was asked last into a line's fields."""
        if self.ids:
            fields["ids"], self.ids = self.ids, []
        if self.dialled:
            fields["dialled"], self.dialled = self.dialled, []
        if self.known:
            fields["known"], self.known = self.known, []


class RecordedCore(AcdCore):
    """Hands every input to ``inputs`` once it was worked on, as long as ``acd.inputs_kept_days`` says so."""

    def __init__(
        self,
        queues: Sequence[QueueConfig],
        agents: Sequence[AgentConfig],
        ids: Ids,
        config: AcdConfig | None = None,
        *,
        inputs: Inputs,
        seed: int = 0,
        can_dial: CanDial = dialling_anybody,
        knows_target: KnowsTarget = knowing_every_target,
        now: float = 0.0,
    ) -> None:
        self._inputs = inputs
        self._outside = Outside(ids, can_dial, knows_target)
        super().__init__(
            queues,
            agents,
            self._outside,
            config,
            seed=seed,
            can_dial=self._outside.can_dial,
            knows_target=self._outside.knows_target,
            now=now,
        )
        self._is_kept = bool(self.state.config.inputs_kept_days)
        """Whether what is kept can be told again up to now."""
        self._is_put_off = False
        """Whether it was told that the state is too large to be written."""
        if self._is_kept:
            centre = {"queues": list(queues), "agents": list(agents), "rules": self.state.config}
            inputs.put(BEGAN, {**ABOUT_THIS_CODE, "now": now, "seed": seed, **centre})

    def handle(self, given: Command | Input, *, now: float) -> list[Output]:
        """As the core does; what is refused changes nothing, and is not kept."""
        self._get_ready(now)
        topic, fields = type(given).__name__, {"now": now, "given": given}
        try:
            outputs = super().handle(given, now=now)
        except UsageError:
            self._outside.hand_over({})
            raise
        except Exception as fault:
            self._keep(topic, {**fields, "fault": type(fault).__name__})
            raise
        self._keep(topic, fields)
        return outputs

    def wake(self, *, now: float) -> list[Output]:
        self._get_ready(now)
        try:
            outputs = super().wake(now=now)
        except Exception as fault:
            self._keep(WOKEN, {"now": now, "fault": type(fault).__name__})
            raise
        self._keep(WOKEN, {"now": now})
        return outputs

    def _keep(self, topic: str, fields: dict[str, Any]) -> None:
        self._outside.hand_over(fields)
        if self._is_kept:
            self._inputs.put(topic, fields)

    def _get_ready(self, now: float) -> None:
        if self._inputs.is_broken or self._is_kept != bool(self.state.config.inputs_kept_days):
            self._resume(now)

    def _resume(self, now: float) -> None:
        """From here on what is kept can be told again, if it is to be kept and the state is not too large."""
        self._is_kept = False
        if not self.state.config.inputs_kept_days:
            return
        centre = len(self.state.queues) + len(self.state.agents)
        if centre + CALLER_WEIGHS * len(self.state.entries) > STATE_AT_MOST:
            self._put_off(centre)
            return
        self._is_kept, self._is_put_off, self._inputs.is_broken = True, False, False
        self._inputs.put(RESUMED, {**ABOUT_THIS_CODE, "now": now, "snapshot": self.snapshot()})

    def _put_off(self, centre: int) -> None:
        if self._is_put_off:
            return
        self._is_put_off = True
        until = (
            "the next start of the switch" if centre > STATE_AT_MOST else "fewer callers are in the queues"
        )
        log.warning("what the ACD is told is not kept, since writing its state would hold calls", until=until)
