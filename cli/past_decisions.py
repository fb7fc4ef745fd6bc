"""Decisions that are over: what the journal tells, and the explanation of then, from inputs told again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from acd.events import OfferMade
from acd.explained import CallerExplained
from acd.replay.explaining import agent_at, caller_at, decisions
from acd.replay.folder import NotKept, folder_of
from acd.replay.player import Diverged
from acd.story import Line
from cli.explanation import moment, show_agent, show_caller, show_story, story_of
from cli.options import configuration
from cli.output import print_json, print_line, print_note, time_of_day

T = TypeVar("T")

_SLACK_S = 1.0
"""An input is stamped a little later than the events of its run of the loop."""


def tell_caller(config: Path | None, call_id: str, at: str | None, limit: int, *, as_json: bool) -> None:
    """A call, up to a moment: each decision on it, and how it stood then when a moment is given.

    Raises UsageError when the journal has nothing of it, and ConfigurationError.
    """
    journal, end = configuration(config).records.journal, moment(at)
    told = story_of(journal, "call_id", call_id, end)
    past = _Past(folder_of(journal))
    then = past.ask(lambda folder: caller_at(folder, call_id, end.timestamp(), limit)) if at else None
    made = past.ask(lambda folder: _decisions(folder, call_id, told, limit)) or {}
    if as_json:
        lines = [_plain(line, made.get(line.fields.get("offer_id", ""))) for line in told]
        print_json({"explained": then, "unexplained": past.problem, "story": lines})
        return
    show_story(f"call {call_id}", told)
    for line in told:
        if line.topic == OfferMade.topic and line.fields["offer_id"] in made:
            _show_decision(line, made[line.fields["offer_id"]])
    if then is not None:
        _show_moment(end)
        show_caller(then)
    past.note()


def tell_agent(config: Path | None, agent_id: str, at: str, *, as_json: bool) -> None:
    """An agent up to a moment, and how the agent stood then. Raises as ``tell_caller``."""
    journal, end = configuration(config).records.journal, moment(at)
    told = story_of(journal, "agent", agent_id, end)
    past = _Past(folder_of(journal))
    then = past.ask(lambda folder: agent_at(folder, agent_id, end.timestamp()))
    if as_json:
        lines = [_plain(line) for line in told]
        print_json({"explained": then, "unexplained": past.problem, "story": lines})
        return
    show_story(f"agent {agent_id}", told)
    if then is not None:
        _show_moment(end)
        show_agent(then)
    past.note()


class _Past:
    """Asks what was kept; remembers why there is no answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problem = ""

    def ask(self, question: Callable[[Path], T]) -> T | None:
        if self.problem:
            return None
        try:
            return question(self._folder)
        except (NotKept, Diverged, OSError) as problem:
            self.problem = str(problem)
            return None

    def note(self) -> None:
        """Beside the answer."""
        if self.problem:
            print_note(f"who else could have been rung cannot be told any more: {self.problem}")


def _decisions(folder: Path, call_id: str, told: list[Line], limit: int) -> dict[str, CallerExplained]:
    """By offer; none when there was none."""
    times = [line.time for line in told if line.topic == OfferMade.topic]
    if not times:
        return {}
    return decisions(folder, call_id, times[0], times[-1] + _SLACK_S, limit)


def _show_decision(line: Line, told: Mapping[str, Any]) -> None:
    print_line(f"\n[bold]{time_of_day(line.time)}[/], as agent {line.fields['agent']} was chosen:")
    show_caller(told)


def _show_moment(end: datetime) -> None:
    print_line(f"\n[bold]{end:%H:%M:%S}[/]:")


def _plain(line: Line, decision: Mapping[str, Any] | None = None) -> dict[str, Any]:
    plain = {"time": line.time, "topic": line.topic, "text": line.text, "fields": dict(line.fields)}
    return plain if decision is None or line.topic != OfferMade.topic else {**plain, "decision": decision}
