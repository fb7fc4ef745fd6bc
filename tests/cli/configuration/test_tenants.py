"""Tenants' files: each a call centre by itself, in its own names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from cli.configuration.error import ConfigurationError
from cli.configuration.expectations import model_type
from cli.configuration.installation import Installation, load_installation
from cli.configuration.qualifying import REFERENCES, Naming, qualified_flow
from cli.configuration.sections import CENTRE_SECTIONS, TenantFile
from cli.phone_files import read_phones
from ivr.document import Flow
from ivr.nodes.branch import Branch
from ivr.parts import PromptName, QueueTargetName, found_in
from runtime.models import Section
from switch.sip.authentication.digest import Algorithm, ha1
from tests.cli.small_installation import FLOW, replace

ACME = """\
[tenant]
domain = "acme.example"
flows = "acme/flows"
prompts = "acme/prompts"
[[stations]]
name = "1001"
password = "secret"
[[access_codes]]
number = "95001"
target = "flow:hotline"
on_failure = "queue:service?agent=1001"
[[calendars]]
name = "office"
hours = ["mon-fri 08:30-17:30"]
[[message_boxes]]
name = "box"
greeting = ["hello", "ours"]
then = "queue:service"
[[number_lists]]
name = "bad"
kind = "black"
target = "message:box"
[[queues]]
name = "service"
calendar = "office"
music = "hello"
agent_greeting = ["ours", "{agent}"]
exit_keys = { "0" = "agent:1001", "1" = "callback" }
overflow = [{ when = "length", above = 3, also = "second" }, { when = "closed", to = "station:1001" }]
[[queues]]
name = "second"
[[agents]]
id = "1001"
queues = ["service"]
priorities = { service = 2 }
"""
PLAIN_TEXT = {
    "StationConfig": {
        "auto_answer", "data_headers", "password", "ha1", "algorithms", "networks", "srtp", "phone", "mac",
    },
    "AccessCodeConfig": {"business_type", "record"},
    "CalendarConfig": {"title", "time_zone", "hours", "exceptions", "holidays", "work_days_as"},
    "MessageBoxConfig": {"end_key"},
    "NumberListConfig": {"title", "kind", "tags"},
    "LookupConfig": {"url", "headers", "token_header", "proxy"},
    "QueueConfig": {
        "title", "business_type", "strategy", "rank_skills", "tag_rules", "rings", "closing",
        "callback_policy",
        "callback_shown_number", "callback_confirm_key", "repeat", "rona_reason", "rona", "language",
        "self_service_turn",
    },
    "OverflowRule": {"when", "tag", "not_counting"},
    "Announcements": {"position"},
    "AlarmConfig": frozenset({"title", "kind", "of", "measure", "metric", "levels", "path"}),
    "AgentConfig": {"name", "pin", "skills", "tags", "capacity", "password_hash"},
    "TokenConfig": {"tenant", "sha256", "networks", "role"},
}  # fmt: skip
"""Keys with text that names nothing of a call centre's."""


def write_tenants(configuration: Path, **tenants: str) -> Path:
    """Tenants beside the small installation; returns their folder."""
    folder = configuration.parent / "tenants"
    folder.mkdir()
    replace(configuration, "[[access_codes]]", '[tenants]\nfolder = "tenants"\n[[access_codes]]')
    for name, text in tenants.items():
        (folder / f"{name}.toml").write_text(text)
    flows, prompts = folder / "acme" / "flows", folder / "acme" / "prompts"
    flows.mkdir(parents=True)
    (flows / "hotline.yaml").write_text(FLOW.replace("[hello]", "[hello, ours]"), encoding="utf-8")
    prompts.mkdir()
    (prompts / "ours.wav").write_bytes((configuration.parent / "prompts" / "hello.wav").read_bytes())
    return folder


@pytest.fixture
def installation(configuration_path: Path) -> Installation:
    write_tenants(configuration_path, acme=ACME, globex='[[queues]]\nname = "service"\n')
    return load_installation(configuration_path)


def test_objects_of_tenants_stand_beside_those_of_the_house(installation: Installation) -> None:
    names = [queue.name for queue in installation.configuration.queues]
    assert names == ["service", "acme/service", "acme/second", "globex/service"]
    assert list(installation.tenants) == ["acme", "globex"]
    assert installation.tenants["acme"].domain == "acme.example"


def test_all_that_a_tenants_file_refers_to_is_the_tenants(installation: Installation) -> None:
    configuration = installation.configuration
    code = configuration.access_codes[1]
    assert (code.number, code.target) == ("acme/95001", "flow:acme/hotline")
    assert code.on_failure == "queue:acme/service?agent=acme/1001"
    queue = configuration.queues[1]
    assert queue.calendar == configuration.calendars[0].name == "acme/office"
    assert queue.exit_keys == {"0": "agent:acme/1001", "1": "callback"}
    assert [(rule.also, rule.to) for rule in queue.overflow] == [
        ("acme/second", ""),
        ("", "station:acme/1001"),
    ]
    agent = configuration.agents[0]
    assert (agent.id, agent.queues, agent.priorities) == ("acme/1001", ["acme/service"], {"acme/service": 2})
    assert configuration.number_lists[0].target == "message:acme/box"
    assert configuration.message_boxes[0].then == "queue:acme/service"


def test_a_tenants_prompts_go_before_the_houses(installation: Installation) -> None:
    queue = installation.configuration.queues[1]
    assert queue.music == "hello"
    assert queue.agent_greeting == ["acme/ours", "{agent}"]
    assert installation.configuration.message_boxes[0].greeting == ["hello", "acme/ours"]
    assert {"hello", "acme/ours"} <= set(installation.prompts.names)


def test_a_tenants_branch_asks_of_its_own_queue_and_lists() -> None:
    ways = ({"list": "vip", "go": "bye"}, {"tag": "老人", "go": "bye"})
    who = {"type": "branch", "queue": "billing?priority=1", "ways": ways, "next": "bye"}
    document = {"name": "a", "title": "a", "language": "zh", "start": "who"}
    flow = Flow.model_validate({**document, "nodes": {"who": who, "bye": {"type": "hang_up"}}})
    branch = qualified_flow(flow, Naming("acme")).nodes["who"]
    assert isinstance(branch, Branch)
    assert branch.queue == "acme/billing?priority=1"
    assert [(way.list, way.tag) for way in branch.ways] == [("acme/vip", None), (None, "老人")]


def test_a_tenants_flow_leads_to_its_own_queue(installation: Installation) -> None:
    assert set(installation.flows) == {"hotline", "acme/hotline"}
    nodes = installation.flows["acme/hotline"].current.flow.nodes
    assert [name for _, name in found_in(nodes["wait"], QueueTargetName)] == ["acme/service"]
    assert [name for _, name in found_in(nodes["greet"], PromptName)] == ["hello", "acme/ours"]


def test_a_tenants_passwords_are_kept_as_hashes_of_its_realm(installation: Installation) -> None:
    (station,) = installation.configuration.stations
    assert station.name == "acme/1001"
    assert station.password is None
    assert station.hashes("")[Algorithm.MD5] == ha1(Algorithm.MD5, "1001", "acme.example", "secret")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('target = "flow:hotline"', 'target = "flow:globex/hotline"', "access_codes[0].target"),
        ('target = "flow:hotline"', 'target = "queue:vip"', "access_codes[0].target"),
        ('queues = ["service"]', 'queues = ["globex/service"]', "agents[0].queues[0]"),
        ('music = "hello"', 'music = "polka"', "queues[0].music"),
        ('calendar = "office"', 'calendar = "house"', "queues[0].calendar"),
        ('name = "second"', 'name = "sec/ond"', "queues[1].name"),
        ('domain = "acme.example"', 'domain = "acme example"', "tenant.domain"),
        ("[[message_boxes]]", "[[routes]]", "routes"),
        ('number = "95001"', 'number = "95598"', "access_codes[0].number"),
    ],
)
def test_a_mistake_is_told_with_the_tenants_file_and_line(
    configuration_path: Path, old: str, new: str, key: str
) -> None:
    folder = write_tenants(configuration_path, acme=ACME)
    replace(folder / "acme.toml", old, new)
    line = ACME[: ACME.index(old)].count("\n") + 1
    with pytest.raises(ConfigurationError) as caught:
        load_installation(configuration_path)
    assert (str(folder / "acme.toml"), line, key) in [(p.file, p.line, p.key) for p in caught.value.problems]


def test_folders_that_a_tenant_has_not_are_told_by_the_keys_of_its_file(configuration_path: Path) -> None:
    folders = '[tenant]\nflows = "no/flows"\nprompts = "no/prompts"\n'
    write_tenants(configuration_path, acme=folders)
    with pytest.raises(ConfigurationError) as caught:
        load_installation(configuration_path)
    assert [(Path(problem.file).name, problem.key) for problem in caught.value.problems] == [
        ("flows", "tenant.flows"),
        ("prompts", "tenant.prompts"),
    ]
    assert all("here, be it empty" in problem.expected for problem in caught.value.problems)


def test_a_tenant_with_stations_needs_a_domain(configuration_path: Path) -> None:
    folder = write_tenants(configuration_path, acme=ACME)
    replace(folder / "acme.toml", 'domain = "acme.example"\n', "")
    with pytest.raises(ConfigurationError, match="expected the domain that its stations register at"):
        load_installation(configuration_path)


def test_channels_can_be_kept_for_tenants_that_there_are(configuration_path: Path) -> None:
    write_tenants(configuration_path, acme=ACME)
    carrier = '[[trunks]]\nname = "carrier"\naddresses = [{ host = "192.0.2.1" }]\nchannels = 4\n'
    house = configuration_path.read_text("utf-8") + carrier
    configuration_path.write_text(house + "shares = { acme = 4 }\n", "utf-8")
    assert load_installation(configuration_path).configuration.trunks[0].shares == {"acme": 4}
    for shares, expected in (
        ("{ acme = 3, acne = 1 }", "acne is 1; expected the name of a tenant"),
        ("{ acme = 5 }", "at most the channels, which are 4"),
    ):
        configuration_path.write_text(house + f"shares = {shares}\n", "utf-8")
        with pytest.raises(ConfigurationError, match=expected):
            load_installation(configuration_path)


@pytest.mark.parametrize("reader", [load_installation, read_phones])
def test_a_tenant_cannot_have_the_phone_of_another_or_of_the_house(
    configuration_path: Path, reader: Callable[[Path], object]
) -> None:
    stations = '[[stations]]\nname = "{}"\npassword = "pw"\nmac = "{}"\n'
    house = configuration_path.read_text("utf-8") + stations.format("9001", "00:15:65:00:00:01")
    configuration_path.write_text(house, "utf-8")
    file = '[tenant]\ndomain = "{}.example"\n' + stations
    taken = stations.format("8002", "0015650000AA") + stations.format("8003", "00-15-65-00-00-aa")
    folder = write_tenants(
        configuration_path,
        a=file.format("a", "8001", "001565000001") + stations.format("8002", "00:15:65:00:00:02"),
        b=file.format("b", "8001", "00-15-65-00-00-02") + taken,
    )
    with pytest.raises(ConfigurationError) as caught:
        reader(configuration_path)
    a, b = str(folder / "a.toml"), str(folder / "b.toml")
    assert {(p.file, p.key, p.expected) for p in caught.value.problems} == {
        (a, "stations[0].mac", "an address of its own; another centre's station has this one"),
        (b, "stations[0].mac", "an address of its own; another centre's station has this one"),
        (b, "stations[2].mac", "an address of its own; station 8002 has this one"),
    }


def test_two_tenants_cannot_have_one_number_or_one_domain(configuration_path: Path) -> None:
    file = '[tenant]\ndomain = "{}"\n[[access_codes]]\nnumber = "95001"\ntarget = "counter:record"\n'
    folder = write_tenants(configuration_path, a=file.format("x.example"), b=file.format("X.example"))
    with pytest.raises(ConfigurationError) as caught:
        load_installation(configuration_path)
    assert [(p.file, p.key, p.expected) for p in caught.value.problems] == [
        (str(folder / "b.toml"), "tenant.domain", "a domain of its own; a has this one"),
        (str(folder / "b.toml"), "access_codes[0].number", "a number of its own; a has this one"),
    ]


@pytest.mark.parametrize("name", ["Acme", "a-b", "a.b", "x" * 25])
def test_a_tenants_name_is_one_that_ids_and_paths_can_have(configuration_path: Path, name: str) -> None:
    write_tenants(configuration_path, **{name: ""})
    with pytest.raises(ConfigurationError, match="expected a name of 1 to 24"):
        load_installation(configuration_path)


def test_every_text_in_a_tenants_file_is_known_to_name_something_or_nothing() -> None:
    """A new key must be put into REFERENCES, or into PLAIN_TEXT here."""
    entries: list[type[Section]] = [_section_model(name) for name in CENTRE_SECTIONS]
    for model in (*entries, *(kind for kind in REFERENCES if kind not in entries)):
        texts = {key for key, info in model.model_fields.items() if _may_hold_text(info.annotation)}
        assert texts == REFERENCES[model].keys() | PLAIN_TEXT[model.__name__], model.__name__


def _section_model(name: str) -> Any:
    return model_type(TenantFile.model_fields[name].annotation)


def _may_hold_text(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, str | Section) or "Secret" in annotation.__name__
    return any(map(_may_hold_text, get_args(annotation)))


ALARM = """
[[alarms]]
name = "line"
kind = "{kind}"
measure = "{measure}"
levels = [{{ level = "warning", on = 5, off = 3 }}]
"""


def test_a_tenants_alarm_is_of_its_own_queues(configuration_path: Path) -> None:
    text = ALARM.format(kind="queue", measure="waiting")
    write_tenants(configuration_path, acme='[[queues]]\nname = "second"\n' + text)
    (alarm,) = load_installation(configuration_path).configuration.alarms
    assert alarm.name == "acme/line"
    assert [name for name in ("service", "acme/second") if alarm.watches(name)] == ["acme/second"]


def test_a_tenants_alarm_is_not_of_the_house(configuration_path: Path) -> None:
    write_tenants(configuration_path, acme=ALARM.format(kind="trunk", measure="calls"))
    with pytest.raises(ConfigurationError, match="queue or agent, of which a tenant has its own"):
        load_installation(configuration_path)
