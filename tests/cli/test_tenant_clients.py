"""What clients of a tenant see, do and hear: their own call centre by its own names, and nothing else."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import pytest

from cli.configuration.installation import load_installation
from cli.house.tenants import HOUSE_FAMILIES, OF_HOUSE, OWNERS, VERBS, owner_of, scoped_verbs
from cli.switchboard import Switchboard
from cli.tenant_names import qualified_target
from runtime.tenancy import HOUSE
from runtime.vocabulary import Event, field_names
from switch.access.secrets import token_hash
from switch.application import Verb
from switch.control.client import ControlClient
from switch.control.messages import ErrorCode
from switch.control.topics import known_topics
from switch.control.verbs import VerbError, VerbRegistry
from switch.records.projection import JournalEntry
from switch.roles import Role
from switch.sip.events import LegArrived
from switch.tenants.view import Naming, TenantView
from tests.helpers.exchange_rig import CALLER_SDP
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

CODES = {"acme": "95001", "globex": "95002"}
PLAIN_TEXTS = frozenset(
    [
        "body",
        "by",
        "called",
        "caller",
        "caller_name",
        "caller_number",
        "cause",
        "changes",
        "channel",
        "contact",
        "customer",
        "data",
        "details",
        "digits",
        "entries",
        "grammars",
        "headers",
        "keys",
        "importance",
        "language",
        "leg",
        "medium",
        "method",
        "mode",
        "name",
        "note",
        "number",
        "numbers",
        "path",
        "prompts",
        "query",
        "reason",
        "remove",
        "request_id",
        "require",
        "section",
        "sender",
        "sender_name",
        "shown_name",
        "shown_number",
        "side",
        "skills",
        "state",
        "tag",
        "tags",
        "terminators",
        "text",
        "to",
        "trunk",
        "until",
        "voice",
        "who",
        "why",
    ]
)
"""Parameters of tenants' verbs that are text and name no object of a call centre's."""
NEEDED: Mapping[str, Any] = {
    "by": "9001", "entries": [{"number": "139"}], "extend_s": 10.0, "medium": "chat", "new": 0,
    "number": "139", "numbers": ["139"], "rating": 3, "reason": "x", "state": "open", "tag": "x", "text": "x",
    "channel": "both", "grammars": ["builtin:speech/transcribe"], "request_id": "speech-1",
}  # fmt: skip
"""Values of parameters that must be given, and name nothing."""


@dataclass(slots=True)
class House:
    """A switch with two tenants that have everything alike, and a caller waiting at each."""

    loop: asyncio.AbstractEventLoop
    board: Switchboard
    folder: Path
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def verbs(self) -> list[Verb]:
        return list(self.board._all_verbs())

    def call(self, tenant: str | None, verb: str, /, **params: object) -> Any:
        """As a client of a tenant, or of the house, would."""
        verbs = self.verbs()
        if tenant is not None:
            verbs = scoped_verbs(TenantView(tenant, qualified_target), verbs)
        answer = VerbRegistry(verbs).call(verb, [params])
        return self.loop.run_until_complete(answer) if asyncio.iscoroutine(answer) else answer

    def arrive(self, tenant: str) -> None:
        self.board.driver.submit(
            LegArrived(
                leg_id=f"leg-{tenant}",
                sip_call_id=f"{tenant}@test",
                caller_number="13800138000",
                caller_name="",
                called_number=CODES[tenant],
                peer="udp:127.0.0.1:5060",
                sdp=CALLER_SDP,
            )
        )
        (self.calls[tenant],) = self.call(None, "call.list", tenant=tenant)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, *CODES) as house:
        yield house


def secret_of(role: Role, tenant: str = "") -> str:
    """Of the token that every tenant has for each role; agents' are agent 81's."""
    return f"ringmain_{tenant}_{role}"


def token_sections(tenant: str, agent: str) -> list[str]:
    """Tokens of a tenant's file, or of the house's."""
    return [
        section(
            "[[tokens]]",
            name=f"{tenant}-{role}",
            role=role,
            sha256=token_hash(secret_of(role, tenant)),
            **({"agent": agent} if role is Role.AGENT else {}),
        )
        for role in Role
    ]


@contextmanager
def open_house(
    folder: Path, *names: str, more: Sequence[str] = (), control: Mapping[str, object] = MappingProxyType({})
) -> Iterator[House]:
    """A switch with these tenants; ``more`` sections of its configuration, ``control``: keys of that one."""
    loop = asyncio.new_event_loop()
    tenants = folder / "tenants"
    tenants.mkdir()
    for name in names:
        code = CODES[name]
        sections = [
            section("[tenant]", domain=f"{name}.example", control=f"{name}.sock"),
            section("[[stations]]", name="81", password="secret"),
            section("[[access_codes]]", number=code, target="queue:service"),
            section("[[access_codes]]", number=f"{code}9", target=f"queue:only-{name}"),
            section("[[calendars]]", name="office", hours=["mon-sun 00:00-24:00"]),
            section("[[number_lists]]", name="vip"),
            section("[[lookups]]", name="billing", url="http://127.0.0.1:9"),
            section("[[queues]]", name="service"),
            section("[[queues]]", name=f"only-{name}"),
            section("[[agents]]", id="81", queues=["service"]),
            *token_sections(name, "81"),
        ]
        (tenants / f"{name}.toml").write_text("\n".join(sections))
    silence = {"media_timeout_s": 0}  # nobody talks, however long a busy machine takes
    sections = [section("[tenants]", folder="tenants"), *more]
    switch_process(folder, media=silence, more="\n".join(sections))  # only writes the configuration
    path = folder / "ringmain.toml"
    path.write_text(path.read_text("utf-8").replace("[control]\n", section("[control]", **control)), "utf-8")
    board = Switchboard(load_installation(path), loop)
    loop.run_until_complete(board.open())
    house = House(loop, board, folder)
    for name in names:
        house.call(None, "agent.sign_in", agent=f"{name}/81", station=f"{name}/81")
        house.call(None, "item.submit", item=f"{name}/chat-1", medium="chat", queues=[f"{name}/service"])
        house.call(None, "list.add", list=f"{name}/vip", entries=[{"number": "138"}], by="")
        house.arrive(name)
    try:
        yield house
    finally:
        loop.run_until_complete(board.close())
        loop.close()


def refusal(house: House, verb: str, params: Mapping[str, Any]) -> tuple[str, str] | None:
    try:
        house.call("acme", verb, **params)
    except VerbError as error:
        return error.failure.code, error.failure.message
    return None


def test_every_verb_is_for_tenants_or_is_not(house: House) -> None:
    """A new verb must be put into VERBS or OF_HOUSE of cli/house/tenants.py."""
    assert not VERBS.keys() & OF_HOUSE
    assert {verb.name for verb in house.verbs()} == VERBS.keys() | OF_HOUSE


def test_every_parameter_of_a_tenants_verb_names_something_or_is_plain(house: House) -> None:
    """A new parameter must be put into NAMED of cli/house/tenants.py, or into PLAIN_TEXTS here."""
    for verb in house.verbs():
        for key, info in verb.params.model_fields.items() if verb.name in VERBS else ():
            if _may_hold_text(info.annotation) and key not in VERBS[verb.name]:
                assert key in PLAIN_TEXTS, f"{verb.name} {key}"


def _may_hold_text(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, str) or not issubclass(annotation, int | float | type(None))
    return any(map(_may_hold_text, get_args(annotation)))


def test_every_event_is_a_tenants_or_the_houses() -> None:
    """A new family of topics must be put into OWNERS or HOUSE_FAMILIES of cli/house/tenants.py."""
    assert not OWNERS.keys() & HOUSE_FAMILIES
    families = {topic.partition(".")[0] for topic in known_topics()} - {"test"}  # of other tests' own events
    assert families == OWNERS.keys() | HOUSE_FAMILIES
    unowned = {
        kind.topic
        for kind in _kinds(Event)
        if (family := kind.topic.partition(".")[0]) in OWNERS
        and not set(OWNERS[family]) & set(field_names(kind))
    }
    assert unowned == {"list.loaded"}


def _kinds(base: type[Event]) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        if "topic" in vars(kind):
            yield kind
        yield from _kinds(kind)


@pytest.mark.parametrize("verb", sorted(OF_HOUSE))
def test_a_verb_about_the_whole_switch_is_refused_by_name(house: House, verb: str) -> None:
    params = {
        "source": "192.0.2.1",
        "recording_id": "x",
        "trunk": "x",
        "call_id": "x",
        "url": "ws://x",
        "fork_id": "x",
        "reason": "x",
        "text": "x",
        "language": "zh",
        "prompt": "x",
        "station": "x",
        "tenant": "x",
        "keys": {},
    }
    given = next(known for known in house.verbs() if known.name == verb).params.model_fields
    with pytest.raises(VerbError) as caught:
        house.call("acme", verb, **{key: value for key, value in params.items() if key in given})
    assert caught.value.failure.code == ErrorCode.NOT_ALLOWED


def test_lists_hold_what_is_the_tenants_by_its_own_names(house: House) -> None:
    assert [agent["id"] for agent in house.call("acme", "agent.list")] == ["81"]
    assert [queue["name"] for queue in house.call("acme", "queue.list")] == ["service", "only-acme"]
    assert [known["name"] for known in house.call("acme", "list.list")] == ["vip"]
    assert [known["name"] for known in house.call("acme", "calendar.list")] == ["office"]
    assert [known["name"] for known in house.call("acme", "lookup.list")] == ["billing"]
    assert [item["item"] for item in house.call("acme", "item.list")] == ["chat-1"]
    assert [call["call_id"] for call in house.call("acme", "call.list")] == [house.calls["acme"]["call_id"]]
    (waiting, _) = house.call("acme", "queue.waiting", queue="service")
    assert "acme/" not in str(waiting)
    assert house.call("acme", "list.lookup", number="138")["lists"] == ["vip"]
    assert len(house.call(None, "agent.list")) > 2


def test_a_tenants_client_steers_its_own_agents_and_callers(house: House) -> None:
    house.call("acme", "agent.set_queues", agent="81", queues=["only-acme"])
    (acme,) = house.call("acme", "agent.list")
    (globex,) = house.call("globex", "agent.list")
    assert (acme["queues"], globex["queues"]) == (["only-acme"], ["service"])
    call_id = house.calls["acme"]["call_id"]
    assert house.call("acme", "queue.change_caller", call_id=call_id, priority=7)["priority"] == 7
    house.call("acme", "call.hang_up", call_id=call_id)
    assert house.call("acme", "call.list") == []
    assert len(house.call("globex", "call.list")) == 1


def guesses(house: House, verb: Verb) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """For each parameter that names something: globex's in its place, and what never was anybody's."""
    call = house.calls["globex"]
    ids = {"call_id": call["call_id"], "contact_id": call["contact_id"], "recording_id": call["recording_id"]}
    fields = verb.params.model_fields
    base = {key: NEEDED[key] for key, info in fields.items() if info.is_required() and key in NEEDED}
    own = {"agent": "81", "station": "81", "queue": "service", "queues": ["service"], "item": "chat-1"}
    own |= {"service": "billing"}
    own |= {"call_id": house.calls["acme"]["call_id"], "whom": "number:139", "target": "queue:service"}
    base |= {key: own[key] for key, info in fields.items() if info.is_required() and key in own}
    for key, naming in VERBS[verb.name].items():
        if key not in fields or naming in (Naming.TENANT, Naming.PLACE):
            continue
        if naming is Naming.ID:
            known = ids.get(key, call["call_id"].replace("call-", f"{key.removesuffix('_id')}-"))
            never = known[:-6] + "ffffff"
        else:
            known, never = f"globex/{_name(key)}", f"nobody/{_name(key)}"
        if naming is Naming.TARGET:
            known, never = f"queue:{known}", f"queue:{never}"
        pair = [[value] if naming is Naming.NAMES else value for value in (known, never)]
        yield known, base | {key: pair[0]}, base | {key: pair[1]}


def _name(key: str) -> str:
    names = {
        "queue": "service",
        "queues": "service",
        "target": "service",
        "calendar": "office",
        "list": "vip",
        "service": "billing",
    }
    return names.get(key, "chat-1" if key == "item" else "81")


def everything_of_globex(house: House) -> list[object]:
    """But for what changes by itself."""
    views = [
        view
        for verb in ("agent.list", "call.list", "item.list", "list.list", "calendar.list", "queue.list")
        for view in house.call("globex", verb)
    ]
    return [{key: value for key, value in view.items() if not key.endswith("_s")} for view in views]


def test_what_is_anothers_is_to_every_verb_as_if_it_never_was(house: House) -> None:
    before = everything_of_globex(house)
    tried = 0
    for verb in house.verbs():
        if verb.name not in VERBS:
            continue
        for known, foreign, never in guesses(house, verb):
            first, second = refusal(house, verb.name, foreign), refusal(house, verb.name, never)
            plain = known.removeprefix("queue:")
            wrong = plain[:-6] + "ffffff" if "/" not in plain else plain.replace("globex", "nobody")
            assert (first is None) == (second is None), (verb.name, foreign, first, second)
            if first is not None and second is not None:
                assert first[0] == second[0] != ErrorCode.INTERNAL, (verb.name, first, second)
                assert first[1].replace(plain, "X") == second[1].replace(wrong, "X"), verb.name
            tried += 1
    assert tried > 60
    assert everything_of_globex(house) == before


@pytest.mark.parametrize(
    ("topic", "fields", "owner"),
    [
        ("call.connected", {"call_id": "call-acme-5f", "station": "13800138000"}, "acme"),
        ("queue.caller_joined", {"queue": "acme/service", "call_id": "call-acme-5f"}, "acme"),
        ("queue.caller_changed", {"call_id": "acme/chat-1"}, "acme"),
        ("queue.caller_joined", {"queue": "service", "call_id": "chat-acme-7"}, HOUSE),
        ("item.passed_on", {"item": "chat-acme-7"}, HOUSE),
        ("agent.signed_in", {"agent": "a-acme-1"}, HOUSE),
        ("recording.tagged", {"recording_id": "recording-acme-5f"}, "acme"),
        ("lookup.completed", {"service": "acme/billing", "call_id": ""}, "acme"),
        ("hook.asked", {"call_id": "call-acme-5f"}, "acme"),
        ("text_message.requested", {"call_id": "call-acme-5f"}, "acme"),
        ("leg.arrived", {"leg_id": "leg-acme-1"}, HOUSE),
    ],
)
def test_an_event_is_whose_object_it_is_about(topic: str, fields: dict[str, str], owner: str) -> None:
    assert owner_of(JournalEntry(1, 0.0, topic, fields)) == owner


def test_events_come_to_the_clients_of_their_tenant_only(house: House) -> None:
    async def follow() -> dict[str, list[JournalEntry]]:
        heard: dict[str, list[JournalEntry]] = {}
        tenants = house.folder / "tenants"
        async with (
            ControlClient.connect(tenants / "acme.sock") as acme,
            ControlClient.connect(tenants / "globex.sock") as globex,
            acme.subscription("*") as acmes,
            globex.subscription("*") as globexes,
        ):
            await globex.call("queue.change_caller", call_id=house.calls["globex"]["call_id"], priority=9)
            await acme.call("call.hang_up", call_id=house.calls["acme"]["call_id"])
            for name, events, last in (
                ("acme", acmes, "queue.caller_left"),
                ("globex", globexes, "queue.caller_changed"),
            ):
                heard[name] = []
                async for event in events:
                    heard[name].append(event)
                    if event.topic == last:
                        break
        return heard

    heard = house.loop.run_until_complete(asyncio.wait_for(follow(), 20))
    assert [event.topic for event in heard["globex"]] == ["queue.caller_changed"]
    topics = [event.topic for event in heard["acme"]]
    assert "queue.caller_left" in topics
    assert "queue.caller_changed" not in topics
    left = next(event for event in heard["acme"] if event.topic == "queue.caller_left")
    assert left.fields["queue"] == "service"
    assert "globex" not in str(heard["acme"])
