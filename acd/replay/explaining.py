"""Decisions explained that are over: told again up to them, and explained as they would have been live."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from acd.entry import Entry
from acd.events import OfferCause, OfferMade
from acd.explain import explain_agent, explain_caller
from acd.explained import AgentExplained, CallerExplained, ChoiceView
from acd.replay.folder import entries_from, start_before
from acd.replay.player import Player
from acd.state import AcdState
from runtime.vocabulary import Output

_TURN = "turn"
"""What decided, where an agent became free: the caller is the first of those the agent can serve."""
_SOONER = "sooner"
"""Those rung could be found already; others became free with the same input and were looked at later."""


def player_at(folder: Path, wall: float) -> Player:
    """A core as the switch's was at a moment. Raises NotKept, Diverged, OSError."""
    player = Player(only_this_code=True)
    start = start_before(folder, wall)
    player.start(start)
    for entry in entries_from(folder, start, wall):
        player.take(entry)
    player.ready()
    return player


def caller_at(folder: Path, call_id: str, wall: float, most: int) -> CallerExplained | None:
    """As ``explain_caller`` at a moment; None for one who was in no queue then. Raises as ``player_at``."""
    player = player_at(folder, wall)
    state = player.ready().state
    entry = state.entry_of(call_id)
    return None if entry is None else explain_caller(state, entry, player.now_at(wall), most)


def agent_at(folder: Path, agent_id: str, wall: float) -> AgentExplained:
    """As ``explain_agent`` at a moment.

    Raises UsageError when there was no such agent, and as ``player_at``.
    """
    player = player_at(folder, wall)
    state = player.ready().state
    return explain_agent(state, state.agent(agent_id), player.now_at(wall))


def decisions(
    folder: Path, call_id: str, began: float, ended: float, most: int
) -> dict[str, CallerExplained]:
    """For each offer of a call, by its id: the explanation of the moment it was decided on.

    Raises as ``player_at``.
    """
    watch = DecisionWatch(call_id, most)
    player = Player(on_decision=watch.decided, only_this_code=True)
    start = start_before(folder, began)
    player.start(start)
    for entry in entries_from(folder, start, ended):
        retold = player.take(entry)
        if retold is not None:
            watch.note(retold.outputs)
    player.ready()
    return watch.by_offer


class DecisionWatch:
    """Explains each decision on a call just before it is carried out, at most so many agents of a queue."""

    def __init__(self, call_id: str, most: int) -> None:
        self.by_offer: dict[str, CallerExplained] = {}
        self._call_id = call_id
        self._most = most
        self._open: list[tuple[Entry, str, CallerExplained]] = []
        """Entry, agent and explanation of what is being offered within the present input."""

    def decided(
        self,
        state: AcdState,
        entry: Entry,
        queue: str,
        agents: Sequence[str],
        cause: OfferCause,
        now: float,
    ) -> None:
        """The core's ``on_decision``. A callback may be about to get the call that is asked for."""
        if entry.call_id != self._call_id and entry.callback is None:
            return
        told = explain_caller(state, entry, now, self._most)
        decided_by = _decided_by(told["choice"], agents, cause)
        told["choice"] = {"queue": queue, "agents": tuple(agents), "decided_by": decided_by}
        self._open += [(entry, agent, told) for agent in agents]

    def note(self, outputs: Iterable[Output]) -> None:
        """What the core said to the input. An entry that was dialled for has the new call by now."""
        told = {agent: told for entry, agent, told in self._open if entry.call_id == self._call_id}
        for made in outputs:
            if isinstance(made, OfferMade) and made.call_id == self._call_id:
                self.by_offer[made.offer_id] = told[made.agent]
        self._open.clear()


def _decided_by(found: ChoiceView | None, agents: Sequence[str], cause: OfferCause) -> str:
    """As the rules have it, unless the order in which agents became free with one input decided."""
    if cause is OfferCause.TURN:
        return _TURN
    return found["decided_by"] if found is not None and found["agents"] == tuple(agents) else _SOONER
