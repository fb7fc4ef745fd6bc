"""How an application (IVR, ACD) joins the exchange: the places it can fill.

``cli/switchboard.py`` composes the applications; the exchange knows none of them by name.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.driver import Core, Handler, Outputs
from runtime.errors import UsageError
from runtime.models import Params
from runtime.target import parse_target
from switch.alarms.sources import Source
from switch.events import CallArrived
from switch.feature_codes.actions import PhoneDesk
from switch.records.projection import Projection
from switch.records.queries import RecordReader
from switch.roles import Role


@dataclass(frozen=True, slots=True)
class Verb:
    """One request of the control socket, such as ``agent.ready``."""

    name: str
    params: type[Params]
    """Checked before ``handle`` runs; a bad parameter never reaches it."""
    handle: Callable[[Any], object]
    """Takes the checked parameters, returns plain data. Raises UsageError with a sentence for people.

    What takes its time is a coroutine: its client waits for the answer, nobody else.
    """
    help: str
    who: frozenset[Role]
    """The roles it is for: a circle of switch/roles.py, considered for each verb."""
    reads: bool = False
    """Whether it changes nothing, so that nobody keeps who asked; see docs/security.md."""
    private: frozenset[str] = frozenset()
    """Parameters whose values are kept nowhere: what programs say to and of customers is in no journal."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number that is true now, read when metrics are asked for."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[], Mapping[tuple[str, ...], float]]
    """Label values → number."""


def _no_agents(agent: str) -> str:
    raise UsageError(f"there is no agent {agent}", reason="no_such_agent")


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What an application knows of its agents now, in the names of the switch."""

    seats: Mapping[str, str] = field(default_factory=dict)
    """Who sits where: station → agent."""
    station_of: Callable[[str], str | None] = lambda agent: None
    """Where an agent sits; None for who is signed out."""
    queues_of: Callable[[str], Collection[str]] = lambda agent: ()
    """The queues an agent serves."""
    has_item: Callable[[str, str], bool] = lambda agent, item: False
    """Whether an item is offered to an agent, or the agent has it."""
    station_to_call: Callable[[str], str] = _no_agents
    """Where an agent can be called first now. Raises UsageError with the reason why not."""

    def agent_at(self, station: str) -> str | None:
        """Who sits at a station."""
        return self.seats.get(station)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What somebody may expect who is led to a queue now."""

    wait_s: float | None
    """On average; 0 when an agent is free; None when too little is known."""
    waiting: int
    """How many wait there."""
    is_open: bool
    repeats: int
    """How often they talked with agents lately."""


ProspectOf = Callable[[str, str], Prospect | None]
"""Takes what follows ``queue:`` in a target, and the caller's number; None when there is no such queue."""


CatchUp = Callable[[RecordReader], Iterable[Callable[[], None]]]
"""Reads, on a thread, something of the runs before; what comes back takes it in on the loop, piece by piece,
with calls in between. Raises NoRecords.
"""


@dataclass(frozen=True, slots=True)
class Application:
    """Everything one application brings."""

    scheme: str
    """The first part of the targets it takes, such as ``queue`` in ``queue:service``."""
    knows: Callable[[str], bool]
    """Whether a target's second part names something it has."""
    cores: tuple[Core, ...] = ()
    routes: Mapping[type, Handler] = field(default_factory=dict)
    verbs: tuple[Verb, ...] = ()
    projections: tuple[Projection, ...] = ()
    gauges: tuple[Gauge, ...] = ()
    agents: AgentFacts | None = None
    """What it knows of agents, if it has any."""
    catch_up: tuple[CatchUp, ...] = ()
    """What it wants to know of the runs before."""
    desk: PhoneDesk | None = None
    """What its agents can do from the keys of their phones."""
    prospect: ProspectOf = lambda queue, number: None
    """What it knows of its queues."""
    alarm_sources: tuple[Source, ...] = ()
    """The figures it has for alarms."""
    more_schemes: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    """Further schemes of targets it takes, with what ``knows`` is for each."""

    obstacle: Callable[[str, str], str | None] = lambda scheme, name: None
    """Why nobody can be had now at a target that it has, as a sentence; None when somebody can."""

    def takes(self, scheme: str, name: str) -> bool:
        """Whether a target leads to something it has."""
        knows = self.knows if scheme == self.scheme else self.more_schemes.get(scheme)
        return knows is not None and knows(name)


def routes_of(applications: Iterable[Application]) -> Iterator[Mapping[type, Handler]]:
    """What the driver sends applications: a call that arrives to whom its target names, all else to all.

    Raises UsageError when calls of one scheme would arrive at two.
    """
    takers: dict[str, Handler] = {}
    for application in applications:
        routes = dict(application.routes)
        if CallArrived in routes:
            schemes = (application.scheme, *application.more_schemes)
            if taken := takers.keys() & schemes:
                raise UsageError(f"two applications take calls for {min(taken)}: each needs its own")
            takers.update(dict.fromkeys(schemes, routes.pop(CallArrived)))
        yield routes

    def arrived(event: CallArrived, now: float) -> Outputs:
        take = takers.get(parse_target(event.target).scheme)
        return () if take is None else take(event, now)

    yield {CallArrived: arrived}
