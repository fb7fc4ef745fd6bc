"""The configuration shown, changed and taken back by verbs, in a switch that goes by it at once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.configuration.changing.transaction import journal_of
from cli.configuration.installation import load_installation
from cli.house.tenants import scoped_verbs
from cli.log import HIDDEN
from cli.switchboard import Switchboard
from cli.tenant_names import qualified_target
from switch.configuration_events import ConfigurationReloaded
from switch.control.messages import ErrorCode
from switch.control.verbs import VerbError, VerbRegistry
from switch.tenants.view import TenantView
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section


class Desk:
    """A switch with two tenants, and clients of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.main = folder / "ringmain.toml"
        self.loop = asyncio.new_event_loop()
        self.open()

    def open(self) -> None:
        self.board = Switchboard(load_installation(self.main), self.loop)
        self.loop.run_until_complete(self.board.open())

    def close(self) -> None:
        self.loop.run_until_complete(self.board.close())

    def call(self, verb: str, /, *, acting: str | None = None, **params: Any) -> Any:
        verbs = list(self.board._all_verbs())
        if acting is not None:
            verbs = scoped_verbs(TenantView(acting, qualified_target), verbs)
        answer = VerbRegistry(verbs).call(f"configuration.{verb}", [params])
        return self.loop.run_until_complete(answer) if asyncio.iscoroutine(answer) else answer

    def refused(self, verb: str, /, *, acting: str | None = None, **params: Any) -> str:
        before = self.files()
        with pytest.raises(VerbError) as caught:
            self.call(verb, acting=acting, **params)
        assert caught.value.failure.code == ErrorCode.REFUSED
        assert self.files() == before
        return caught.value.failure.message

    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_text("utf-8")
            for path in self.folder.rglob("*.toml")
        }

    def agents(self) -> dict[str, list[str]]:
        listed = VerbRegistry(self.board._all_verbs()).call("agent.list", [])
        assert isinstance(listed, list)
        return {agent["id"]: agent["queues"] for agent in listed}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    tenants = tmp_path / "tenants"
    tenants.mkdir()
    for name, code in {"acme": "95001", "globex": "95002"}.items():
        sections = [
            section("[tenant]", domain=f"{name}.example", calls=3),
            section("[[access_codes]]", number=code, target="queue:service"),
            section("[[stations]]", name="81", password="secret"),
            section("[[queues]]", name="service"),
            section("[[agents]]", id="81", queues=["service"]),
        ]
        (tenants / f"{name}.toml").write_text("\n".join(sections))
    switch_process(tmp_path, more=section("[tenants]", folder="tenants"))  # only writes the configuration
    desk = Desk(tmp_path)
    try:
        yield desk
    finally:
        desk.close()
        desk.loop.close()


def test_a_new_agent_is_in_the_file_and_at_work_at_once(desk: Desk) -> None:
    before = desk.main.read_text("utf-8")
    told = desk.call("set", section="agents", name="2003", keys={"name": "李娜", "queues": ["service"]})
    assert [(c["section"], c["kind"], c["name"]) for c in told["changes"]] == [("agents", "added", "2003")]
    assert desk.agents()["2003"] == ["service"]
    block = '\n[[agents]]\nid = "2003"\nname = "李娜"\nqueues = ["service"]\n'
    assert desk.main.read_text("utf-8").replace(block, "", 1) == before
    desk.call("remove", section="agents", name="2003")
    assert "2003" not in desk.agents()


def test_several_changes_hold_together_or_none_does(desk: Desk) -> None:
    queue = {"section": "queues", "name": "vip", "keys": {"weight": 2}}
    agent = {"section": "agents", "name": "2001", "keys": {"queues": ["service", "vip"]}}
    told = desk.refused("change", changes=[agent])
    assert "agents[0].queues[1]" in told
    assert "queues" not in told.split("expected")[0].split("agents")[0]
    desk.call("change", changes=[agent, queue, {"section": "agents", "name": "2002", "remove": True}])
    assert desk.agents()["2001"] == ["service", "vip"]
    assert "2002" not in desk.agents()


def test_files_of_several_owners_change_together(desk: Desk) -> None:
    desk.call(
        "change",
        changes=[
            {"section": "agents", "name": "2009", "keys": {}},
            {"section": "agents", "name": "82", "tenant": "acme", "keys": {"queues": ["service"]}},
        ],
    )
    assert desk.agents()["acme/82"] == ["acme/service"]
    desk.call("undo")
    assert not {"acme/82", "2009"} & desk.agents().keys()


def test_a_check_tells_what_would_change_and_changes_nothing(desk: Desk) -> None:
    before = desk.files()
    told = desk.call("set", section="agents", name="2003", keys={}, check=True)
    assert (told["checked_only"], len(told["changes"]), told["version"]) == (True, 1, None)
    assert desk.files() == before
    assert "2003" not in desk.agents()
    assert len(desk.call("history")) == 1


def test_what_would_be_a_mistake_is_refused_with_its_place(desk: Desk) -> None:
    told = desk.refused("set", section="queues", name="service", keys={"ring_timeout_s": "long"})
    assert "ringmain.toml:" in told
    assert "queues[0].ring_timeout_s" in told
    assert "nothing was changed" in desk.refused("set", section="agents", name="2001", keys={})


def test_an_edit_by_hand_is_not_overwritten_and_can_be_taken_first(desk: Desk) -> None:
    text = desk.main.read_text("utf-8").replace('name = "坐席 2001"', 'name = "王芳"')
    desk.main.write_text(text, "utf-8")
    told = desk.refused("set", section="agents", name="2002", keys={"weight": 2})
    assert "ringmain.toml was changed by hand" in told
    assert "agents 2001 changed (name)" in told
    assert desk.call("diff") == [
        {
            "tenant": "",
            "section": "agents",
            "name": "2001",
            "kind": "changed",
            "keys": {"name": ("坐席 2001", "王芳")},
        }
    ]
    desk.call("set", tenant="acme", section="agents", name="82", keys={})  # another file
    assert desk.main.read_text("utf-8") == text
    desk.call("reload", by="李娜")
    desk.call("set", section="agents", name="2002", keys={"weight": 2})
    assert [(each["origin"], each["by"]) for each in desk.call("history")] == [
        ("change", ""),
        ("files", "李娜"),
        ("change", ""),
        ("start", ""),
    ]


def test_one_undo_brings_back_the_files_to_the_letter(desk: Desk) -> None:
    before = desk.files()
    desk.call("set", section="agents", name="2001", keys={"queues": []}, by="李娜", why="休假")
    desk.call("remove", section="agents", name="2002")
    desk.call("undo", by="王芳")
    assert "2002" in desk.agents()
    assert desk.agents()["2001"] == []
    desk.call("undo")
    assert desk.files() == before
    assert desk.agents()["2001"] == ["service"]
    assert "no earlier version" in desk.refused("undo")
    desk.call("undo", to=3)
    assert "2002" not in desk.agents()
    (change,) = [each for each in desk.call("history") if each["why"] == "休假"]
    assert (change["by"], change["version"]) == ("李娜", 2)
    (difference,) = desk.call("diff", version=2)
    assert difference["keys"] == {"queues": (["service"], [])}


def test_secrets_are_never_shown(desk: Desk) -> None:
    desk.call("set", section="stations", name="2001", keys={"password": "other-secret"})
    (shown,) = desk.call("show", section="stations", name="2001")
    assert shown["keys"]["password"] == HIDDEN
    (difference,) = desk.call("diff", version=2)
    assert difference["keys"] == {"password": (HIDDEN, HIDDEN)}
    assert "is hidden" in desk.refused("set", section="stations", name="2001", keys=shown["keys"])
    everything = str([desk.call("show"), desk.call("show", tenant="acme"), desk.call("diff", version=2)])
    assert not [secret for secret in ("'secret'", "secret-2002", "other-secret") if secret in everything]


def test_the_event_tells_who_and_why_and_which_version(desk: Desk) -> None:
    seen: list[ConfigurationReloaded] = []
    desk.board.driver.observe(
        lambda event, wall: seen.append(event) if isinstance(event, ConfigurationReloaded) else None
    )
    desk.call("set", section="agents", name="2003", keys={}, by="李娜", why="新员工")
    assert [(event.by, event.why, event.version) for event in seen] == [("李娜", "新员工", 2)]


def test_when_the_switch_cannot_go_by_it_the_files_are_put_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.files()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk.board, "prepare", fail)
    with pytest.raises(VerbError) as caught:
        desk.call("set", section="agents", name="2003", keys={})
    assert caught.value.failure.code == ErrorCode.INTERNAL
    assert desk.files() == before
    monkeypatch.undo()
    desk.call("set", section="agents", name="2003", keys={})
    assert "2003" in desk.agents()


def test_what_was_changed_while_the_switch_was_down_is_a_version_too(desk: Desk) -> None:
    desk.close()
    text = desk.main.read_text("utf-8")
    desk.main.write_text(text.replace('name = "坐席 2001"', 'name = "王芳"'), "utf-8")
    desk.open()
    assert [each["origin"] for each in desk.call("history")] == ["start", "start"]
    desk.call("undo")
    assert desk.main.read_text("utf-8") == text
    assert not journal_of(desk.main).exists()


def test_a_tenants_client_changes_its_own_file_in_its_own_names(desk: Desk) -> None:
    before = desk.files()
    told = desk.call("set", acting="acme", section="agents", name="82", keys={"queues": ["service"]})
    assert told["changes"] == [{"section": "agents", "kind": "added", "name": "82", "keys": []}]
    assert desk.agents()["acme/82"] == ["acme/service"]
    other = {file for file, text in desk.files().items() if before[file] != text}
    assert other == {"tenants/acme.toml"}
    assert [each["version"] for each in desk.call("history", acting="acme")] == [2, 1]
    assert [each["version"] for each in desk.call("history", acting="globex")] == [1]
    desk.call("undo", acting="acme")
    assert desk.files() == before


@pytest.mark.parametrize("named", ["", "globex", "acme"])
def test_a_tenants_client_reaches_no_file_but_its_own_whatever_it_names(desk: Desk, named: str) -> None:
    desk.call("set", acting="acme", tenant=named, acting_for=named, section="agents", name="82", keys={})
    change = {"section": "agents", "name": "83", "tenant": named}
    desk.call("change", acting="acme", acting_for=named, changes=[change])
    assert {"acme/82", "acme/83"} == {agent for agent in desk.agents() if agent[-2:] in ("82", "83")}
    shown = desk.call("show", acting="acme", tenant=named, section="agents")
    assert [each["name"] for each in shown] == ["81", "82", "83"]
    assert desk.call("diff", acting="acme", tenant=named, version=2)[0]["name"] == "82"


def test_a_tenants_client_cannot_undo_what_the_house_set(desk: Desk) -> None:
    desk.call("set", tenant="acme", section="tenant", keys={"calls": 1}, by="运维", why="unpaid")
    assert "calls is for the house to set" in desk.refused("undo", acting="acme")
    assert "calls is for the house" in desk.refused("set", acting="acme", section="tenant", keys={"calls": 9})
    assert "unpaid" not in str(desk.call("history", acting="acme"))


def test_a_tenants_client_learns_of_its_own_mistakes_only(desk: Desk) -> None:
    flows = desk.folder / "flows"
    (flows / "broken.yaml").write_text("name: broken\n", "utf-8")
    told = desk.refused("set", acting="acme", section="agents", name="82", keys={"queues": ["nowhere"]})
    assert "acme.toml:" in told
    assert "agents[1].queues[0]" in told
    assert "broken" not in told
    assert str(desk.folder) not in told


def test_a_tenants_change_takes_no_document_that_others_are_writing(desk: Desk) -> None:
    flow = desk.folder / "flows" / "ringing.yaml"
    flow.write_text(flow.read_text("utf-8").replace("title: 振铃", "title: 未完成"), "utf-8")
    desk.call("set", acting="acme", section="agents", name="82", keys={})
    running = desk.board.reloading.running.flows["ringing"].current.flow
    assert running.title == "振铃"
    (change,) = desk.call("reload")["changes"]
    assert change["name"] == "ringing"


def test_what_is_seldom_meant_is_told_by_a_reload(desk: Desk) -> None:
    assert desk.call("reload")["cautions"] == []
    hiding = section("[[access_codes]]", number="2001", target="queue:service")
    theirs = section("[[access_codes]]", number="81", target="queue:service")
    for path, code in ((desk.main, hiding), (desk.folder / "tenants" / "acme.toml", theirs)):
        path.write_text(f"{path.read_text('utf-8')}\n{code}", "utf-8")
    ours, acme = desk.call("reload", check=True)["cautions"]
    assert ours.startswith(f"{desk.main}:")
    assert "access_codes" in ours
    assert "acme.toml:" in acme
    assert acme.endswith("nobody can dial station 81")
    assert desk.call("reload")["cautions"] == [ours, acme]


@pytest.mark.parametrize("tenant", ["nobody", "../ringmain", "..", "Acme"])
def test_there_is_no_tenant_of_such_a_name(desk: Desk, tenant: str) -> None:
    agent = {"tenant": tenant, "section": "agents", "name": "1"}
    assert "there is no tenant" in desk.refused("set", keys={}, **agent)
    assert "there is no tenant" in desk.refused("remove", **agent)
    assert "there is no tenant" in desk.refused("show", tenant=tenant)
