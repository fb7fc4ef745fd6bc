"""The ACD's core under the load of a large centre: events a second, time of a decision, memory, loading.

``python -m benchmarks.bench_acd [--seconds S] [--agents N] [--queues N] [--waiting N] [--json]
[--keep-nothing]``

Everything happens in this process, without an exchange: every agent is busy at first and everybody waits.
Then conversations end one after the other at random, agents wrap up, are rung for the caller whose turn it
is, mostly answer, and for each caller served another one comes, so that the numbers stay as they are. An
event is one call of the core, and is kept on disk as the switch keeps it. Time is CPU time of this process,
whatever else the machine does; a *decision* is an event that rings a phone. Loading is of a whole
configuration, file, checks and core, as the switch starts: without looking for garbage meanwhile.
"""

import argparse
import gc
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from acd.agent_config import AgentConfig
from acd.commands import MakeReady, SignIn
from acd.core import AcdCore
from acd.events import OfferMade, OfferResult
from acd.inputs import (
    CallerCame,
    CallerConnected,
    Input,
    PhoneAnswered,
    PhoneLost,
    PhoneRang,
    StationChanged,
)
from acd.queue_config import QueueConfig, StrategyName
from acd.queue_rules import RingRule
from acd.replay.keeping import InputKeeper
from acd.replay.recorded_core import RecordedCore
from cli.configuration.installation import load_installation
from cli.configuration.loading import load_configuration
from runtime.ids import Ids, SeededIds
from runtime.vocabulary import Command, Output
from switch.records.config import RecordsConfig

SKILLS = 40
QUEUES_OF_AN_AGENT = 5
SKILLS_OF_AN_AGENT = 5
WRAP_UP_S = 0.5
STEP_S = 0.001
"""Of the core's time between two events."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a configuration to be loaded."""

    agents: int = 50_000
    queues: int = 2_000
    access_codes: int = 10_000
    tenants: int = 5_000
    """Among which the agents and access codes are shared out, each with a queue, in another file each."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    events_per_s: float
    decision_p50_ms: float
    decision_p99_ms: float
    filling_events_per_s: float
    """While callers meet free agents, until so many wait."""
    filling_decision_p99_ms: float
    event_p99_ms: float
    events: int
    decisions: int
    bytes_per_entry: int
    bytes_per_agent: int
    load_s: float
    load_tenants_s: float


@dataclass(slots=True)
class Centre:
    """The core with its clock, and who talks on which offer."""

    core: AcdCore
    now: float = 0.0
    calls: int = 0
    times: list[tuple[float, bool]] = field(default_factory=list)
    """Of each event: CPU seconds, and whether a phone was rung."""
    talking: list[str] = field(default_factory=list)
    ringing: list[str] = field(default_factory=list)

    def tell(self, given: Command | Input) -> list[Output]:
        return self._timed(lambda: self.core.handle(given, now=self.now))

    def pass_time(self) -> None:
        """One step, and all that is due then."""
        self.now += STEP_S
        while (at := self.core.next_deadline()) is not None and at <= self.now:
            self._timed(lambda: self.core.wake(now=self.now))

    def _timed(self, work: Callable[[], list[Output]]) -> list[Output]:
        began = time.process_time()
        outputs = work()
        lasted = time.process_time() - began
        made = [output.offer_id for output in outputs if isinstance(output, OfferMade)]
        self.ringing += made
        self.times.append((lasted, bool(made)))
        return outputs


def queues(count: int) -> list[QueueConfig]:
    """Of all strategies but ring-all, which rings more phones than there are callers for."""
    strategies = [strategy for strategy in StrategyName if strategy is not StrategyName.RING_ALL]
    rings = [RingRule(after_s=600, drop_callers_own=True)]
    return [
        QueueConfig(
            name=f"queue-{n}", strategy=strategies[n % len(strategies)], wrap_up_s=WRAP_UP_S, rings=rings
        )
        for n in range(count)
    ]


def agents(count: int, names: Sequence[str], choices: Random) -> list[AgentConfig]:
    """Each in five queues, or all there are, with five skills."""
    return [
        AgentConfig(
            id=str(10_000 + n),
            queues=choices.sample(names, min(QUEUES_OF_AN_AGENT, len(names))),
            skills={
                f"skill-{s}": choices.randint(1, 9) for s in choices.sample(range(SKILLS), SKILLS_OF_AN_AGENT)
            },
        )
        for n in range(count)
    ]


def come(centre: Centre, names: Sequence[str], choices: Random) -> None:
    """A caller: every second asks for a skill, every tenth for two, in one queue or two, with a priority."""
    centre.calls += 1
    asked = choices.sample(range(SKILLS), choices.choice([0, 0, 0, 0, 0, 1, 1, 1, 1, 2]))
    came = CallerCame(
        call_id=f"call-{centre.calls}",
        contact_id=f"contact-{centre.calls}",
        caller_number="13800138000",
        queues=tuple(choices.sample(names, min(choices.choice([1, 1, 1, 2]), len(names)))),
        priority=choices.choice([0, 0, 0, 5, 50]),
        requirement=" and ".join(f"skill-{skill}>=2" for skill in asked),
    )
    centre.tell(came)


def seat_everybody(centre: Centre, staff: Sequence[AgentConfig]) -> None:
    """At phones that are registered, ready."""
    for agent in staff:
        centre.tell(StationChanged(station=agent.id, reachable=True))
        centre.tell(SignIn(agent_id=agent.id, station=agent.id))
        centre.tell(MakeReady(agent_id=agent.id))


def fill(centre: Centre, names: Sequence[str], waiting: int, choices: Random) -> None:
    """Let callers come until so many wait beside those who talk."""
    while True:
        lined_up = len(centre.core.state.entries) - len(centre.core.state.offers)
        if lined_up >= waiting:
            return
        come(centre, names, choices)
        take_calls(centre, choices)


def take_calls(centre: Centre, choices: Random) -> None:
    """Whoever is rung answers; one in twenty rejects."""
    while centre.ringing:
        offer_id = centre.ringing.pop()
        centre.tell(PhoneRang(offer_id=offer_id))
        if choices.random() < 0.05:
            centre.tell(PhoneLost(offer_id=offer_id, result=OfferResult.REJECTED, by_agent=True))
        else:
            centre.tell(PhoneAnswered(offer_id=offer_id))
            centre.tell(CallerConnected(offer_id=offer_id))
            centre.talking.append(offer_id)


def run(centre: Centre, names: Sequence[str], seconds: float, choices: Random) -> None:
    """Conversations end, agents get the next call, callers come: for so much CPU time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        if centre.talking:
            end_one(centre, choices)
        centre.pass_time()
        take_calls(centre, choices)
        come(centre, names, choices)
        take_calls(centre, choices)


def end_one(centre: Centre, choices: Random) -> None:
    """An agent hangs up."""
    place = choices.randrange(len(centre.talking))
    centre.talking[place], centre.talking[-1] = centre.talking[-1], centre.talking[place]
    ended = centre.talking.pop()
    centre.tell(PhoneLost(offer_id=ended, result=OfferResult.FAILED, by_agent=True))


MakeCore = Callable[[Sequence[QueueConfig], Sequence[AgentConfig], Ids], AcdCore]


@contextmanager
def core_maker(keep_inputs: bool) -> Iterator[MakeCore]:
    """Makes cores whose inputs are kept on disk as the switch keeps them, or bare ones."""
    if not keep_inputs:
        yield AcdCore
        return
    with tempfile.TemporaryDirectory(prefix="bench-acd-") as name:
        records = RecordsConfig(journal=Path(name), buffer_entries=10_000_000)
        keeper = InputKeeper(records, report=lambda event: None, wall=time.time)
        yield partial(RecordedCore, inputs=keeper)
        keeper.close()


def measure(
    seconds: float, agent_count: int, queue_count: int, waiting: int, size: Size, make_core: MakeCore
) -> Result:
    """Fill the centre, then run it for about ``seconds`` of CPU time."""
    bytes_per_agent, bytes_per_entry = memory(agent_count, queue_count, waiting)
    choices, rules = Random(1), queues(queue_count)
    names = [queue.name for queue in rules]
    staff = agents(agent_count, names, choices)
    centre = Centre(make_core(rules, staff, SeededIds()))
    seat_everybody(centre, staff)
    centre.times.clear()
    fill(centre, names, waiting, choices)
    filling, first_decisions = _sorted_times(centre)
    gc.collect()
    gc.freeze()
    run(centre, names, seconds / 5, choices)
    centre.times.clear()
    run(centre, names, seconds, choices)
    events, decisions = _sorted_times(centre)
    return Result(
        events_per_s=round(len(events) / sum(events)),
        decision_p50_ms=_percentile_ms(decisions, 0.5),
        decision_p99_ms=_percentile_ms(decisions, 0.99),
        filling_events_per_s=round(len(filling) / sum(filling)),
        filling_decision_p99_ms=_percentile_ms(first_decisions, 0.99),
        event_p99_ms=_percentile_ms(events, 0.99),
        events=len(events),
        decisions=len(decisions),
        bytes_per_entry=bytes_per_entry,
        bytes_per_agent=bytes_per_agent,
        load_s=load(size),
        load_tenants_s=load_tenants(size),
    )


def _sorted_times(centre: Centre) -> tuple[list[float], list[float]]:
    """Seconds of all events, and of decisions among them."""
    return sorted(lasted for lasted, _ in centre.times), sorted(
        lasted for lasted, decided in centre.times if decided
    )


def memory(agent_count: int, queue_count: int, waiting: int) -> tuple[int, int]:
    """Bytes Python holds for an agent, configuration included, and for an entry that waits."""
    choices, rules = Random(1), queues(queue_count)
    names = [queue.name for queue in rules]
    tracemalloc.start()
    held, _ = tracemalloc.get_traced_memory()
    staff = agents(agent_count, names, choices)
    core = AcdCore(rules, staff, SeededIds())
    centre = Centre(core)
    seat_everybody(centre, staff)
    centre.times.clear()
    with_agents, _ = tracemalloc.get_traced_memory()
    nobody = AcdCore(rules, [], SeededIds())
    lonely = Centre(nobody)
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(waiting):
        come(lonely, names, choices)
    lonely.times.clear()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (with_agents - held) // agent_count, (after - before) // waiting


def load(size: Size) -> float:
    """Seconds of CPU from the file to the core that knows all of it."""
    choices = Random(1)
    with tempfile.TemporaryDirectory(prefix="bench-acd-") as name:
        path = Path(name) / "ringmain.toml"
        for folder in ("flows", "prompts"):
            (path.parent / folder).mkdir()
        path.write_text("\n".join(_lines(size, choices)), "utf-8")
        gc.disable()
        began = time.process_time()
        configuration = load_configuration(path)
        AcdCore(configuration.queues, configuration.agents, SeededIds(), configuration.acd)
        lasted = time.process_time() - began
        gc.enable()
        return round(lasted, 2)


def load_tenants(size: Size) -> float:
    """The same for as many agents and access codes in the files of tenants."""
    with tempfile.TemporaryDirectory(prefix="bench-acd-") as name:
        folder = Path(name)
        for inner in ("flows", "prompts", "tenants"):
            (folder / inner).mkdir()
        (folder / "ringmain.toml").write_text('[tenants]\nfolder = "tenants"\n', "utf-8")
        for tenant in range(size.tenants):
            (folder / "tenants" / f"t{tenant}.toml").write_text(
                "\n".join(_tenant_lines(size, tenant)), "utf-8"
            )
        gc.disable()
        began = time.process_time()
        configuration = load_installation(folder / "ringmain.toml").configuration
        AcdCore(configuration.queues, configuration.agents, SeededIds(), configuration.acd)
        lasted = time.process_time() - began
        gc.enable()
        return round(lasted, 2)


def _tenant_lines(size: Size, tenant: int) -> Iterator[str]:
    skills = ", ".join(f'"skill-{s}" = {s + 1}' for s in range(5))
    yield '[[queues]]\nname = "service"'
    for n in range(size.agents // size.tenants):
        yield f'[[agents]]\nid = "{1000 + n}"\nqueues = ["service"]\nskills = {{ {skills} }}'
    codes = size.access_codes // size.tenants
    for n in range(codes):
        yield f'[[access_codes]]\nnumber = "{400_000_0000 + tenant * codes + n}"\ntarget = "queue:service"'


def _lines(size: Size, choices: Random) -> Iterator[str]:
    names = [f"queue-{n}" for n in range(size.queues)]
    for name in names:
        yield f'[[queues]]\nname = "{name}"'
    for n in range(size.agents):
        served = json.dumps(choices.sample(names, QUEUES_OF_AN_AGENT))
        skills = ", ".join(f'"skill-{s}" = {s % 9 + 1}' for s in choices.sample(range(SKILLS), 5))
        yield f'[[agents]]\nid = "{10_000 + n}"\nqueues = {served}\nskills = {{ {skills} }}'
    for n in range(size.access_codes):
        yield f'[[access_codes]]\nnumber = "{400_000_0000 + n}"\ntarget = "queue:{choices.choice(names)}"'


def _percentile_ms(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 4)


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of CPU time, after a warm-up")
    parser.add_argument("--agents", type=int, default=5_000, help="signed in, each in five queues, or in all")
    parser.add_argument("--queues", type=int, default=2_000, help="1: everybody in one")
    parser.add_argument("--waiting", type=int, default=20_000, help="callers")
    parser.add_argument("--keep-nothing", action="store_true", help="inputs are not kept on disk")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    with core_maker(not arguments.keep_nothing) as make_core:
        numbers = arguments.agents, arguments.queues, arguments.waiting
        result = measure(arguments.seconds, *numbers, Size(), make_core)
    if not arguments.json:
        table = Table(
            "figure", title=f"the ACD's core, {arguments.agents} agents, {arguments.waiting} callers"
        )
        table.add_column("value", justify="right")
        for name, value in asdict(result).items():
            table.add_row(name, f"{value:g}")
        Console().print(table)
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
