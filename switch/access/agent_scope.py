"""What an agent's client may do and hear: what is the agent's own, and nothing else.

As with tenants, what another agent has is answered exactly as what never was: its name is put into one that
nothing can have before the verb sees it, and taken out of what the verb then says.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from runtime.errors import UsageError
from runtime.models import Params
from runtime.tenancy import SEPARATOR, bare, qualify
from switch.access.agent_reach import AgentReach, AgentsWayOut
from switch.access.participation import Participation
from switch.application import AgentFacts, Verb
from switch.control.verbs import NotAllowed
from switch.dial_plan import AGENT_SCHEME, STATION_SCHEME
from switch.records.projection import AnyEntry

NOBODYS = f"-{SEPARATOR}"
"""Before a name: no tenant is called so, and no object has a name with a separator."""


class Own(Enum):
    """What a parameter of a verb may name of an agent's own."""

    AGENT = auto()
    """The agent; filled in when it is absent."""
    STATION = auto()
    """Where the agent sits; filled in too."""
    PHONE = auto()
    """The same as a target, ``station:1001``; or the agent, which is filled in: ``agent:1001``."""
    CALL = auto()
    """A call that the station takes part in."""
    TENANT = auto()
    """The agent's call centre, whatever is given."""
    NAME = auto()
    """Who does it: the agent, whatever is given."""
    ITEM = auto()
    """A chat, mail and the like that is offered to the agent, or that the agent has."""
    CONTACT = auto()
    """A customer's visit that the agent has or had a part in."""
    TARGET = auto()
    """Whoever the agent's own phone may call."""
    NUMBER = auto()
    """By which customers know the agent's queues."""
    SEAT = auto()
    """A station where nobody talks."""


OWN: Mapping[str, Own] = {
    "access_code": Own.NUMBER,
    "agent": Own.AGENT,
    "by": Own.NAME,
    "call_id": Own.CALL,
    "caller_number": Own.NUMBER,
    "contact_id": Own.CONTACT,
    "from_call_id": Own.CALL,
    "item": Own.ITEM,
    "shown_number": Own.NUMBER,
    "station": Own.STATION,
    "target": Own.TARGET,
    "tenant": Own.TENANT,
    "way_out": Own.TARGET,
    "whom": Own.TARGET,
}
"""What parameters name, by their names; all others are free."""
OWN_OF: Mapping[str, Mapping[str, Own]] = {
    "agent.sign_in": {"agent": Own.AGENT, "station": Own.SEAT},
    "call.originate": {"whom": Own.PHONE, **{key: own for key, own in OWN.items() if key != "whom"}},
    "session.authenticate": {},
}
"""Verbs whose parameters are otherwise: agents choose the station they sign in at, and call from it; whoever
shows a token may be anybody."""
_WHATEVER_IS_GIVEN = frozenset({Own.TENANT, Own.NAME})
"""What nothing is looked up by: it is put right instead of being hidden."""


def own_of(verb: str) -> Mapping[str, Own]:
    """What the parameters of a verb may name of an agent's own."""
    return OWN_OF.get(verb, OWN)


class AgentScope:
    """Narrows verbs and events to one agent of a tenant. Verbs are met in the tenant's own names."""

    def __init__(
        self, tenant: str, agent: str, facts: AgentFacts, calls: Participation, reach: AgentReach
    ) -> None:
        self._tenant = tenant
        self._agent = agent
        self._qualified = qualify(tenant, agent)
        self._facts = facts
        self._calls = calls
        self._reach = reach

    def complete(self, verb: Verb, given: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters as they came, with the agent's own where they are absent."""
        completed = dict(given)
        for key, own in own_of(verb.name).items():
            if key in verb.params.model_fields and completed.get(key) in (None, ""):
                filled = self._own_name(own)
                if filled is not None:
                    completed[key] = filled
        return completed

    def narrow(self, verb: Verb, params: Params) -> Params:
        """The parameters, with names of what is not the agent's own put where nothing is found.

        Raises NotAllowed or UsageError for what agents may not name at all.
        """
        for key, own in own_of(verb.name).items():
            value = getattr(params, key, None)
            if isinstance(value, str) and value:
                self._refuse(own, value)
        update = {
            key: self._own_name(own) if own in _WHATEVER_IS_GIVEN else NOBODYS + value
            for key, own in own_of(verb.name).items()
            if own in _NARROWED
            and isinstance(value := getattr(params, key, None), str)
            and not self._is_own(own, value)
        }
        return params.model_copy(update=update) if update else params

    def told(self, verb: Verb, answer: Any) -> Any:
        """An answer with the agent's own entries only, where it is a list of everybody's."""
        if verb.name == "agent.list":
            return [each for each in answer if each["id"] == self._agent]
        if verb.name == "queue.list":
            own = {bare(queue) for queue in self._facts.queues_of(self._qualified)}
            return [each for each in answer if each["name"] in own]
        if verb.name == "call.list":
            return [each for each in answer if self._is_own(Own.CALL, each["call_id"])]
        return answer

    def said(self, text: str) -> str:
        """A sentence about what was asked for, as it was asked for."""
        return text.replace(NOBODYS, "")

    def may_hear(self, topic: str) -> bool:
        """Whether events of a topic can be about an agent or an agent's call."""
        return topic.partition(".")[0] in _OF_AGENTS | _OF_CALLS

    def hears(self, entry: AnyEntry) -> bool:
        """Whether an event, as its tenant is told it, is about the agent or a call the agent is in."""
        fields, family = entry.fields, entry.topic.partition(".")[0]
        agent = fields.get("agent")
        if agent and agent != self._agent:
            return False
        if agent and family in _OF_AGENTS:
            return True
        call_id = fields.get("call_id")
        if family not in _OF_CALLS or not isinstance(call_id, str):
            return False
        return self._calls.concerns(self._qualified, call_id, entry.sequence)

    def _refuse(self, own: Own, value: str) -> None:
        if own is Own.PHONE and not self._is_own(Own.PHONE, value):
            raise NotAllowed("agents call from the station they sit at; leave out whom, or sign in first")
        if own is Own.CONTACT and not self._calls.took_part(self._qualified, value):
            raise UsageError(f"there is no contact {value}", reason="no_such_contact")
        way_out = self._way_out()
        if own is Own.TARGET:
            way_out.refuse_target(value)
        elif own is Own.NUMBER:
            way_out.refuse_number(value)
        elif own is Own.SEAT:
            way_out.refuse_seat(value)

    def _way_out(self) -> AgentsWayOut:
        facts, agent = self._facts, self._qualified
        return AgentsWayOut(self._reach, self._tenant, facts.station_of(agent), facts.queues_of(agent))

    def _own_name(self, own: Own) -> str | None:
        if own in (Own.AGENT, Own.NAME):
            return self._agent
        if own is Own.TENANT:
            return self._tenant
        if own is Own.PHONE:
            return f"{AGENT_SCHEME}:{self._agent}"
        return self._station() if own is Own.STATION else None

    def _is_own(self, own: Own, value: str) -> bool:
        if own is Own.CALL:
            station = self._facts.station_of(self._qualified)
            return station is not None and self._calls.takes_part(station, value)
        if own is Own.PHONE and value == f"{STATION_SCHEME}:{self._station()}":
            return True
        if own is Own.ITEM:
            return self._facts.has_item(self._qualified, qualify(self._tenant, value))
        return value == self._own_name(own)

    def _station(self) -> str | None:
        station = self._facts.station_of(self._qualified)
        return None if station is None else bare(station)


_NARROWED = frozenset({Own.AGENT, Own.NAME, Own.STATION, Own.CALL, Own.TENANT, Own.ITEM})
"""What is answered as what never was when it is another's; the rest is refused at once."""
_OF_AGENTS = frozenset({"agent", "item", "message", "queue"})
"""First words of topics of events that are about one agent."""
_OF_CALLS = frozenset({"call", "offer"})
"""First words of topics of events that are about a call. An agent does not learn who listens to it."""
