"""From a scenario and a configuration to what can be run, or to everything that does not fit."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.forecast import Step, read_forecast
from acd.queue_config import QueueConfig
from acd.queue_target import QueueTarget, parse_queue_target
from acd.simulation.callers import Stream, stream_of
from acd.simulation.day import Centre
from acd.simulation.duties import Duty, counted_agents, duties_of
from acd.simulation.history import Fact, History, PastCaller, past_callers
from acd.simulation.scenario import CallersConfig, HabitsConfig, Scenario, ShiftConfig, seconds_of
from runtime.errors import UsageError
from runtime.problems import Finding, listed


def find_problems(
    scenario: Scenario, queues: Sequence[QueueConfig], agents: Sequence[AgentConfig]
) -> list[Finding]:
    """What of a scenario does not fit a configuration, or itself. Raises SheetError for its tables."""
    names, known = {queue.name for queue in queues}, {agent.id for agent in agents}
    return [
        *_missing(scenario),
        *(finding for i, one in enumerate(scenario.callers) for finding in _of_callers(i, one, names)),
        *(finding for i, one in enumerate(scenario.shifts) for finding in _of_shift(i, one, names, known)),
        *_overlapping(scenario.shifts),
    ]


def centre_of(
    scenario: Scenario, queues: Sequence[QueueConfig], agents: Sequence[AgentConfig], acd: AcdConfig
) -> Centre:
    """A configuration with the agents the scenario brings, and their plans and habits."""
    everybody = [*agents, *counted_agents(scenario.shifts)]
    return Centre(queues, everybody, acd, duties_of(scenario.shifts), scenario.habits)


def stream_for(
    callers: CallersConfig, scenario: Scenario, queues: Sequence[QueueConfig], facts: Sequence[Fact]
) -> Stream | History:
    """One stream of callers. ``facts``: of the journal that the section names, or none.

    Raises SheetError, and UsageError for a journal that cannot be replayed.
    """
    if callers.journal is None:
        target = parse_queue_target(callers.queue)
        wrap_up_s = _wrap_up_s(scenario.habits, next(q for q in queues if q.name == target.queues[0]))
        return stream_of(callers, scenario.day, wrap_up_s)
    begins, ends = seconds_of(scenario.day.begins), seconds_of(scenario.day.ends)
    past = [caller for caller in past_callers(facts) if begins <= caller.comes_at < ends]
    _check_past(callers, past, {queue.name for queue in queues})
    return _known_history(callers, past)


def edges_of(scenario: Scenario) -> list[float]:
    """Where the steps of pictures begin, and where the last one ends, in seconds since midnight."""
    begins, ends = seconds_of(scenario.day.begins), seconds_of(scenario.day.ends)
    steps = int((ends - begins) / scenario.day.step_s + 0.999)
    return [begins + step * scenario.day.step_s for step in range(steps + 1)]


def _known_history(callers: CallersConfig, past: Sequence[PastCaller]) -> History:
    history = History.of(past, callers.talk, callers.patience)
    if history.talk.needs_mean:
        raise UsageError(
            f"in {callers.journal} nobody talked on {callers.journal_day}; tell how long, such as "
            "talk = { mean_s = 180 }"
        )
    return history


def _check_past(callers: CallersConfig, past: Sequence[PastCaller], names: set[str]) -> None:
    if not past:
        raise UsageError(f"{callers.journal} has no callers on {callers.journal_day} at these hours")
    unknown = {queue for caller in past for queue in caller.queues} - names
    if unknown:
        raise UsageError(
            f"callers of {callers.journal} came to {listed(unknown)}; the configuration has {listed(names)}"
        )


def _wrap_up_s(habits: HabitsConfig, queue: QueueConfig) -> float:
    spread = habits.wrap_up
    if spread is None:
        return queue.wrap_up_s
    return sum(spread.values_s) / len(spread.values_s) if spread.mean_s is None else spread.mean_s


def _missing(scenario: Scenario) -> Iterator[Finding]:
    for section in ("callers", "shifts"):
        if not getattr(scenario, section):
            yield Finding((), f"at least one [[{section}]]")


def _of_callers(index: int, callers: CallersConfig, names: set[str]) -> Iterator[Finding]:
    path = ("callers", index)
    if callers.journal is None:
        try:
            target: QueueTarget | None = parse_queue_target(callers.queue)
        except UsageError as mistake:
            target = None
            yield Finding((*path, "queue"), f"a queue and what is asked of it ({mistake})")
        if target is not None and not set(target.queues) <= names:
            yield Finding((*path, "queue"), f"the name of a queue: {listed(names)}")
    if callers.forecast is not None:
        yield from _of_forecast(path, callers, read_forecast(callers.forecast))


def _of_forecast(
    path: tuple[str | int, ...], callers: CallersConfig, steps: Sequence[Step]
) -> Iterator[Finding]:
    patience = callers.patience
    lacks = [step.begins for step in steps if step.calls and step.patience_s is None]
    if patience is not None and patience.needs_mean and lacks:
        yield Finding((*path, "patience"), f"a mean, for steps without patience: {', '.join(lacks[:3])}")


def _of_shift(index: int, shift: ShiftConfig, names: set[str], known: set[str]) -> Iterator[Finding]:
    for place, agent_id in enumerate(shift.agents):
        if agent_id not in known:
            yield Finding(("shifts", index, "agents", place), f"the number of an agent: {listed(known)}")
    for place, queue in enumerate(shift.queues):
        if queue not in names:
            yield Finding(("shifts", index, "queues", place), f"the name of a queue: {listed(names)}")
    if shift.table is not None:
        unknown = {duty.agent_id for duty in duties_of([shift])} - known
        if unknown:
            yield Finding(
                ("shifts", index, "table"), f"agents of the configuration only; not {listed(unknown)}"
            )


def _overlapping(shifts: Sequence[ShiftConfig]) -> Iterator[Finding]:
    of_agent: dict[str, list[tuple[Duty, int]]] = {}
    for index, shift in enumerate(shifts):
        for duty in duties_of([shift]):
            if not shift.count:
                of_agent.setdefault(duty.agent_id, []).append((duty, index))
    yield from (finding for duties in of_agent.values() for finding in _clashes(duties))


def _clashes(duties: list[tuple[Duty, int]]) -> Iterator[Finding]:
    for (first, _), (second, index) in pairwise(sorted(duties, key=lambda one: one[0].begins_s)):
        if second.begins_s < first.ends_s:
            expected = f"one shift at a time; agent {second.agent_id} has another at these hours"
            yield Finding(("shifts", index), expected)
