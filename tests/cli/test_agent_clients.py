"""What an agent's client sees, does and hears: what is the agent's own, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cli.house.tenants import scoped_verbs
from cli.tenant_names import qualified_target
from switch.access.agent_scope import AgentScope, own_of
from switch.access.participation import Participation
from switch.application import Verb
from switch.call import Call
from switch.causes import Cause
from switch.control.caller import Caller
from switch.control.messages import ErrorCode
from switch.control.rights import Rights
from switch.control.topics import known_topics
from switch.control.verbs import VerbError, VerbRegistry
from switch.control.wires import Told
from switch.events import CallConnected, CallEnded, OfferRinging
from switch.records.projection import JournalEntry
from switch.roles import Role
from switch.tenants.view import TenantView
from tests.cli.test_tenant_clients import House, _may_hold_text, open_house

FREE = frozenset(
    [
        "access_code",
        "agents",
        "caller_name",
        "caller_number",
        "cause",
        "channel",
        "contact_id",
        "data",
        "digits",
        "importance",
        "leg",
        "message_id",
        "party_id",
        "queue",
        "queues",
        "reason",
        "remove",
        "shown_name",
        "shown_number",
        "slot",
        "tags",
        "target",
        "text",
        "way_out",
        "whom",
    ]
)
"""Parameters by which agents may name what is not their own, within their tenant, or nothing at all."""


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[House]:
    with open_house(tmp_path, "acme", "globex") as house:
        yield house


class AgentClient:
    """Of agent 81 of acme, who is signed in at station 81."""

    def __init__(self, house: House, tenant: str = "acme", agent: str = "81") -> None:
        view = TenantView(tenant, qualified_target)
        self.verbs = [verb for verb in scoped_verbs(view, house.verbs()) if Role.AGENT in verb.who]
        self._registry = VerbRegistry(scoped_verbs(view, house.verbs()))
        access = house.board._access
        self.rights: Rights = access.rights_of(Caller("desk", Role.AGENT, tenant, agent))

    def call(self, verb: str, /, **params: object) -> Any:
        return self._registry.call(verb, [params], self.rights)

    def refusal(self, verb: str, params: Mapping[str, Any]) -> tuple[str, str] | None:
        try:
            self.call(verb, **params)
        except VerbError as error:
            return error.failure.code, error.failure.message
        return None


def test_every_parameter_of_an_agents_verb_is_narrowed_or_free(house: House) -> None:
    """A new parameter must be put into OWN of switch/access/agent_scope.py, or into FREE here."""
    for verb in AgentClient(house).verbs:
        for key, info in verb.params.model_fields.items():
            if _may_hold_text(info.annotation) and key not in own_of(verb.name):
                free = key in FREE or (verb.name, key) == ("agent.sign_in", "station")
                assert free, f"{verb.name} {key}"


def test_what_goes_without_saying_is_filled_in(house: House) -> None:
    client = AgentClient(house)
    assert client.call("agent.ready")["id"] == "81"
    assert client.call("agent.figures")["agent"] == "81"
    assert client.call("agent.not_ready", reason="lunch")["station"] == "81"


def test_lists_hold_what_is_the_agents(house: House) -> None:
    client = AgentClient(house)
    assert [agent["id"] for agent in client.call("agent.list")] == ["81"]
    assert [queue["name"] for queue in client.call("queue.list")] == ["service"]
    assert client.call("call.list") == []
    assert client.call("item.list") == []


def guesses(verb: Verb, house: House) -> Iterator[tuple[dict[str, Any], dict[str, Any], str, str]]:
    """For each narrowed parameter: what another has, and what never was."""
    fields = verb.params.model_fields
    needed: dict[str, Any] = dict.fromkeys(("reason", "party_id", "message_id", "text", "slot"), "x")
    needed |= {"target": "queue:service", "whom": "number:139", "item": "chat-1"}
    needed |= {"extend_s": 10.0, "data": {}, "on": True}
    base = {key: needed[key] for key, info in fields.items() if info.is_required() and key in needed}
    for key, theirs, never in (
        ("agent", "82", "83"),
        ("station", "82", "83"),
        ("item", "chat-1", "chat-9"),
        ("call_id", house.calls["acme"]["call_id"], "call-acme-ffffffffffffffff"),
        ("from_call_id", house.calls["acme"]["call_id"], "call-acme-ffffffffffffffff"),
    ):
        if key in fields and key in own_of(verb.name):
            rest = {"call_id": "call-acme-eeeeeeeeeeeeeeee"} if "call_id" in fields else {}
            yield base | rest | {key: theirs}, base | rest | {key: never}, theirs, never


def test_what_is_anothers_is_to_every_verb_as_if_it_never_was(house: House) -> None:
    """The caller who waits is acme's, and no call of agent 81's; so is the item."""
    client, tried = AgentClient(house), 0
    before = house.call("acme", "call.list"), house.call("acme", "item.list")
    for verb in client.verbs:
        for foreign, never, theirs, unknown in guesses(verb, house):
            first, second = client.refusal(verb.name, foreign), client.refusal(verb.name, never)
            if verb.name == "item.list":  # which tells of nobody's items then
                assert (first, second) == (None, None)
                continue
            assert first is not None, (verb.name, foreign)
            assert second is not None, (verb.name, never)
            assert first[0] == second[0] != ErrorCode.INTERNAL, (verb.name, first, second)
            assert first[1].replace(theirs, "X") == second[1].replace(unknown, "X"), verb.name
            tried += 1
    assert tried > 40
    after = house.call("acme", "call.list"), house.call("acme", "item.list")
    assert _still(after) == _still(before)


def _still(views: tuple[Any, Any]) -> list[Any]:
    return [{k: v for k, v in each.items() if not k.endswith("_s")} for view in views for each in view]


def test_an_agent_calls_from_the_own_station_and_lies_about_nobody(house: House) -> None:
    client = AgentClient(house)
    elsewhere = client.refusal("call.originate", {"whom": "station:82", "target": "number:139"})
    assert elsewhere is not None
    assert elsewhere[0] == "not_allowed"
    params = next(verb for verb in client.verbs if verb.name == "station.record")
    given = params.params.model_validate({"station": "81", "by": "boss"})
    assert client.rights.narrow(params, given).model_dump()["by"] == "81"


@pytest.mark.parametrize("tenant", ["", "acme"])
def test_a_tenant_that_an_agent_names_is_its_own(house: House, tenant: str) -> None:
    scope = AgentScope(
        tenant, "81", house.board._applications.agent_facts, house.board._access._participation
    )
    verb = next(verb for verb in house.verbs() if verb.name == "call.list")
    given = verb.params.model_validate({"tenant": "globex"})
    assert scope.narrow(verb, given).model_dump()["tenant"] == tenant


def entry(sequence: int, topic: str, **fields: object) -> JournalEntry:
    return JournalEntry(sequence, 0.0, topic, fields)


class Desk:
    """Agent 81 at station 81; calls have whoever is put into them."""

    def __init__(self) -> None:
        self.stations: dict[str, set[str]] = {}
        self.newest = 0
        self.calls = Participation(self._find, lambda station: station, lambda: self.newest)

    def _find(self, call_id: str) -> Call | None:
        stations = self.stations.get(call_id)
        if stations is None:
            return None
        call = object.__new__(Call)
        call.offers, call.placement = {}, None
        call.caller_station = next(iter(stations), None)
        return call

    def happens(self, event: Any, *stations: str, gone: bool = False) -> int:
        self.newest += 1
        self.stations[event.call_id] = set(stations)
        if gone:
            del self.stations[event.call_id]
        self.calls.observe(event, 0.0)
        return self.newest


def test_of_a_call_an_agent_hears_while_in_it_and_how_it_left() -> None:
    desk = Desk()
    rings = desk.happens(OfferRinging(call_id="c1", offer_id="o1", early_media=False), "82")
    joins = desk.happens(CallConnected(call_id="c1", offer_id="o1", station="81", leg_id="l1"), "81")
    moves = desk.happens(CallConnected(call_id="c1", offer_id="o2", station="82", leg_id="l2"), "82")
    ended = CallEnded(call_id="c1", contact_id="x", cause=Cause.NORMAL_CLEARING, by_caller=True)
    over = desk.happens(ended, gone=True)
    all_of_it = [rings, joins, moves, over]
    assert [n for n in all_of_it if desk.calls.concerns("81", "c1", n)] == [joins, moves]
    assert [n for n in all_of_it if desk.calls.concerns("82", "c1", n)] == all_of_it
    assert not desk.calls.concerns("81", "c2", joins)


def test_events_of_others_are_not_heard_whatever_their_topic(house: House) -> None:
    scope = AgentClient(house).rights
    for topic in known_topics():
        for fields in ({"agent": "82", "call_id": "c1"}, {"call_id": house.calls["acme"]["call_id"]}, {}):
            assert not scope.hears(Told(entry(1, topic, **fields))), topic
    for topic in ("agent.state_changed", "queue.offer_made", "item.offered"):
        assert scope.hears(Told(entry(1, topic, agent="81")))
        assert scope.may_hear(topic)
    for topic in ("supervision.began", "hook.asked", "trace.sip", "recording.completed", "verb.carried_out"):
        assert not scope.hears(Told(entry(1, topic, agent="81")))
        assert not scope.may_hear(topic)
