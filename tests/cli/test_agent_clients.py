"""What an agent's client sees, does and hears: what is the agent's own, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.configuration.installation import load_installation
from cli.house.own_numbers import numbers_of
from cli.house.tenants import scoped_verbs
from cli.tenant_names import qualified_target
from runtime.errors import UsageError
from switch.access.agent_reach import AgentReach
from switch.access.agent_scope import AgentScope, own_of
from switch.access.participation import Participation
from switch.application import Verb
from switch.call import Call, Leg
from switch.causes import Cause
from switch.control.caller import Caller
from switch.control.messages import ErrorCode
from switch.control.rights import Rights
from switch.control.topics import known_topics
from switch.control.verbs import VerbError, VerbRegistry
from switch.control.wires import Told
from switch.events import CallConnected, CallEnded, OfferRinging
from switch.recording_rule import RecordingRule
from switch.records.projection import JournalEntry
from switch.roles import Role
from switch.tenants.view import TenantView
from tests.cli.test_tenant_clients import House, _may_hold_text, open_house

FREE = frozenset(
    [
        "agents",
        "caller_name",
        "cause",
        "channel",
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
        "slot",
        "tags",
        "text",
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
                assert key in FREE, f"{verb.name} {key}"


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


def test_an_agent_calls_by_the_numbers_of_its_own_queues_only(house: House) -> None:
    client, known = AgentClient(house), house.calls["acme"]
    for key in ("shown_number", "caller_number", "access_code"):
        codes = {
            number: client.refusal("call.originate", {"target": "queue:service", key: number})
            for number in ("95001", "950019", "95002", "110")
        }
        assert codes["95001"] == ("refused", "no phone is registered at station 81")
        for number in ("950019", "95002", "110"):  # of a queue it does not serve, of globex, of nobody
            assert codes[number] == (
                "not_allowed",
                f"agents call by the numbers of their own queues (95001), and not by {number}",
            )
    for contact in (known["contact_id"], "contact-acme-ffffffffffffffff"):
        refused = client.refusal("call.originate", {"target": "queue:service", "contact_id": contact})
        assert refused == ("refused", f"there is no contact {contact}")


def test_a_queue_is_known_by_codes_whose_flows_lead_there_and_by_what_it_shows() -> None:
    installation = load_installation(Path("conf/ringmain.toml"))
    assert numbers_of(installation, ["service"]) == {"95598"}
    assert numbers_of(installation, ["no-such-queue"]) == set()
    known = installation.configuration
    shows = [queue.model_copy(update={"callback_shown_number": "10086"}) for queue in known.queues]
    shown = replace(installation, configuration=known.model_copy(update={"queues": shows}))
    assert numbers_of(shown, ["service"]) == {"95598", "10086"}


def test_an_agent_goes_on_with_the_contact_of_a_call_it_had() -> None:
    desk = Desk()
    desk.happens(CallConnected(call_id="c1", offer_id="o1", station="81", leg_id="l1"), "81")
    desk.happens(CallConnected(call_id="c1", offer_id="o2", station="82", leg_id="l2"), "82")
    assert desk.calls.took_part("81", "contact-of-c1")
    assert not desk.calls.took_part("83", "contact-of-c1")
    assert not desk.calls.took_part("81", "contact-of-c2")


@pytest.mark.parametrize(
    "target", ["supervision:x", "recording:x", "prompt:zh/x", "feature:sign_in", "sip:x@evil.example"]
)
def test_an_agent_leads_calls_to_people_only(target: str, house: House) -> None:
    client = AgentClient(house)
    for verb in ("call.originate", "call.transfer", "call.redirect", "call.consult"):
        call = {} if verb == "call.originate" else {"call_id": "call-acme-eeeeeeeeeeeeeeee"}
        code, message = client.refusal(verb, call | {"target": target}) or ("", "")
        assert (code, message.partition(";")[0]) == (
            "refused",
            f"nothing takes agents' calls for {target}",
        )


def test_no_verb_takes_an_agent_further_than_its_phone_dials(house: House) -> None:
    way_out = AgentReach(bars=lambda station, number: (station, number) == ("acme/81", "00900"))
    access = house.board._access
    scope = AgentScope("acme", "81", access._facts, access._participation, way_out)
    tried = set()
    for verb in AgentClient(house).verbs:
        for key in {"target", "whom", "way_out"} & verb.params.model_fields.keys():
            for number, barred in (("00900", True), ("139", False)):
                given = verb.params.model_construct(None, **{key: f"number:{number}"})
                try:
                    scope.narrow(verb, given)
                except UsageError as error:
                    reason = getattr(error, "reason", None)
                    if (verb.name, key) != ("call.originate", "whom"):
                        assert (reason, barred) == ("barred", True), (verb.name, key)
                        tried.add((verb.name, key))
    assert tried == {
        ("call.redirect", "target"), ("call.transfer", "target"), ("call.consult", "target"),
        ("call.park", "way_out"), ("call.originate", "target"), ("call.add_party", "whom"),
    }  # fmt: skip


def test_an_agent_sits_down_at_no_station_that_talks(house: House) -> None:
    access = house.board._access
    scope = AgentScope(
        "acme", "81", access._facts, access._participation, AgentReach(talks=lambda station: True)
    )
    verb = next(verb for verb in house.verbs() if verb.name == "agent.sign_in")
    with pytest.raises(UsageError, match="station 82 has a call"):
        scope.narrow(verb, verb.params.model_validate({"agent": "81", "station": "82"}))
    own = verb.params.model_validate({"agent": "81", "station": "81", "force": True})
    assert scope.narrow(verb, own) == own, "who lost the session comes back to the own call"


@pytest.mark.parametrize("tenant", ["", "acme"])
def test_a_tenant_that_an_agent_names_is_its_own(house: House, tenant: str) -> None:
    scope = AgentScope(
        tenant,
        "81",
        house.board._applications.agent_facts,
        house.board._access._participation,
        AgentReach(),
    )
    verb = next(verb for verb in house.verbs() if verb.name == "call.list")
    given = verb.params.model_validate({"tenant": "globex"})
    assert scope.narrow(verb, given).model_dump()["tenant"] == tenant


def entry(sequence: int, topic: str, **fields: object) -> JournalEntry:
    return JournalEntry(sequence, 0.0, topic, fields)


class Desk:
    """Agent 81 at station 81; calls have whoever is put into them."""

    def __init__(self, most: int = 100) -> None:
        self.stations: dict[str, set[str]] = {}
        self.newest = 0
        self.calls = Participation(self._find, {"81": "81", "82": "82"}, lambda: self.newest, most)

    def _find(self, call_id: str) -> Call | None:
        stations = self.stations.get(call_id)
        if stations is None:
            return None
        return Call(
            call_id=call_id,
            contact_id=f"contact-of-{call_id}",
            sip_call_id="",
            caller_number="",
            caller_name="",
            called_number="",
            access_code="",
            target="",
            peer="",
            trunk=None,
            area="",
            recording_rule=RecordingRule.NEVER,
            arrived_at=0.0,
            customer=Leg(leg_id=f"leg-of-{call_id}", call_id=call_id, offer_id=None),
            caller_station=next(iter(stations), None),
        )

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


def test_calls_without_agents_push_no_agents_call_out_of_memory() -> None:
    desk = Desk(most=2)
    for call_id in ("c0", "c1"):
        desk.happens(CallConnected(call_id=call_id, offer_id="o1", station="81", leg_id="l1"), "81")
    for number in range(2, 6):
        desk.happens(CallConnected(call_id=f"c{number}", offer_id="o1", station="", leg_id="l1"))
    joins = desk.happens(CallConnected(call_id="c6", offer_id="o1", station="81", leg_id="l1"), "81")
    heard = [call_id for call_id in ("c0", "c1", "c6") if desk.calls.concerns("81", call_id, joins)]
    assert heard == ["c1", "c6"]
    assert [desk.calls.took_part("81", f"contact-of-{call_id}") for call_id in ("c0", "c1")] == [False, True]


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
