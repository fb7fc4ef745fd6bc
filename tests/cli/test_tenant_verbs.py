"""Tenants made, changed, suspended and removed by verb, while the switch runs."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cli.house.tenants import scoped_verbs
from cli.switchboard import Switchboard
from cli.tenant_names import qualified_target
from switch.control.client import ControlClient
from switch.control.verbs import VerbRegistry
from switch.events import CallRefused
from switch.sip.events import LegArrived
from switch.sip.messages.uri import parse_uri
from switch.tenants.events import (
    TenantDraining,
    TenantFull,
    TenantNotRemoved,
    TenantRemoved,
    TenantResumed,
    TenantSuspended,
)
from switch.tenants.view import TenantView
from tests.cli.test_administration import Desk, desk
from tests.helpers.control_house import until
from tests.helpers.exchange_rig import CALLER_SDP

__all__ = ["desk"]

TEMPLATE = """\
# {title}
[tenant]
domain = "{domain}"
title = "{title}"
calls = 5
control = "{tenant}.sock"
[[queues]]
name = "service"
"""
BEGINNING: list[dict[str, Any]] = [
    {"section": "queues", "name": "service", "keys": {"weight": 2}},
    {"section": "access_codes", "name": "95003", "keys": {"target": "queue:service"}},
    {"section": "stations", "name": "81", "keys": {"password": "x"}},
    {"section": "agents", "name": "81", "keys": {"queues": ["service"]}},
]


def tenant(desk: Desk, verb: str, **params: Any) -> Any:
    answer = VerbRegistry(desk.board._all_verbs()).call(f"tenant.{verb}", [params])
    return desk.loop.run_until_complete(answer) if hasattr(answer, "__await__") else answer


def refused(desk: Desk, verb: str, **params: Any) -> str:
    before = desk.files()
    with pytest.raises(Exception) as caught:  # noqa: PT011
        tenant(desk, verb, **params)
    assert desk.files() == before
    return str(caught.value)


def arrive(board: Switchboard, number: str) -> None:
    board.driver.submit(
        LegArrived(
            leg_id=f"leg-{number}-{board.exchange.open_calls}",
            sip_call_id=f"{number}@test",
            caller_number="13800138000",
            caller_name="",
            called_number=number,
            peer="udp:127.0.0.1:5060",
            sdp=CALLER_SDP,
        )
    )


def collect(board: Switchboard, *kinds: type) -> list[Any]:
    seen: list[Any] = []
    board.driver.observe(lambda event, wall: seen.append(event) if isinstance(event, kinds) else None)
    return seen


def create(desk: Desk, **more: Any) -> Any:
    return tenant(desk, "create", tenant="umbra", domain="umbra.example", changes=BEGINNING, **more)


def test_a_tenant_is_made_with_all_it_has_and_takes_calls_at_once(desk: Desk) -> None:
    told = create(desk, keys={"control": "umbra.sock"}, by="运维")
    assert told["restart_needed"] == []
    arrive(desk.board, "95003")
    assert desk.board.exchange.calls_of("umbra") == 1
    assert desk.agents()["umbra/81"] == ["umbra/service"]
    shown = tenant(desk, "show", tenant="umbra")
    assert (shown["calls"], shown["access_codes"], shown["use"]["stations"]) == (1, ["95003"], 1)


def test_its_phones_register_at_its_domain_and_its_programs_connect(desk: Desk) -> None:
    create(desk, keys={"control": "umbra.sock"})
    stack = desk.board._signalling.stack
    assert stack._proof.station(parse_uri("sip:81@umbra.example")) == "umbra/81"
    assert stack._proof.knows("umbra/81")

    async def agents() -> Any:
        async with ControlClient.connect(desk.folder / "tenants" / "umbra.sock") as client:
            return await client.call("agent.list")

    assert [agent["id"] for agent in desk.loop.run_until_complete(agents())] == ["81"]
    tenant(desk, "remove", tenant="umbra")
    assert not (desk.folder / "tenants" / "umbra.sock").exists()
    assert stack._proof.station(parse_uri("sip:81@umbra.example")) == "81"
    assert "umbra/81" not in desk.agents()


def test_a_tenant_is_made_from_a_template(desk: Desk) -> None:
    templates = desk.folder / "templates"
    templates.mkdir()
    (templates / "basic.toml").write_text(TEMPLATE, "utf-8")
    desk.call("set", section="tenants", keys={"templates": "templates"})
    assert "there are none" in refused(desk, "create", tenant="umbra", template="basic")
    desk.close()
    desk.open()
    told = refused(desk, "create", tenant="umbra", template="other")
    assert "there is no template 'other'; there are basic" in told
    create(desk, template="basic", title='供电 "umbra"', keys={"calls": 9})
    text = (desk.folder / "tenants" / "umbra.toml").read_text("utf-8")
    assert text.startswith('# 供电 \\"umbra\\"\n[tenant]\ndomain = "umbra.example"\n')
    shown = tenant(desk, "show", tenant="umbra")
    assert (shown["title"], shown["limits"]["calls"]) == ('供电 "umbra"', 9)


def test_what_cannot_be_a_tenant_is_refused_and_leaves_no_file(desk: Desk) -> None:
    assert "already" in refused(desk, "create", tenant="acme")
    assert "globex has this one" in refused(desk, "create", tenant="umbra", domain="globex.example")
    codes = [{"section": "access_codes", "name": "95001", "keys": {"target": "hang_up:x"}}]
    assert "access_codes[0]" in refused(desk, "create", tenant="umbra", changes=codes)
    for name in ("Acme", "../acme", "a/b", ""):
        refused(desk, "create", tenant=name)
    (desk.folder / "tenants" / "umbra.toml").write_text("", "utf-8")
    assert "has not read it yet" in refused(desk, "create", tenant="umbra")


def test_a_suspended_tenant_gets_no_new_call_and_others_do(desk: Desk) -> None:
    told = collect(desk.board, TenantSuspended, TenantResumed, TenantFull, CallRefused)
    arrive(desk.board, "95001")
    tenant(desk, "suspend", tenant="acme", why="合同到期")
    arrive(desk.board, "95001")
    arrive(desk.board, "95002")
    assert (desk.board.exchange.calls_of("acme"), desk.board.exchange.calls_of("globex")) == (1, 1)
    assert [type(event) for event in told] == [TenantSuspended, CallRefused]
    assert told[0].calls == 1
    tenant(desk, "resume", tenant="acme")
    arrive(desk.board, "95001")
    assert desk.board.exchange.calls_of("acme") == 2
    assert told[-1] == TenantResumed(tenant="acme")
    assert [each["why"] for each in desk.call("history")] == ["", "合同到期", ""]


def test_a_tenant_is_not_removed_while_its_calls_are_up(desk: Desk) -> None:
    arrive(desk.board, "95001")
    assert "1 of its calls are up" in refused(desk, "remove", tenant="acme")
    for call in list(desk.board.exchange.calls()):
        VerbRegistry(desk.board._all_verbs()).call("call.hang_up", [call.call_id])
    tenant(desk, "remove", tenant="acme")
    assert [each["tenant"] for each in tenant(desk, "list")] == ["globex"]
    arrive(desk.board, "95001")
    assert desk.board.exchange.open_calls == 0
    desk.call("undo")
    assert [each["tenant"] for each in tenant(desk, "list")] == ["acme", "globex"]
    arrive(desk.board, "95001")
    assert desk.board.exchange.calls_of("acme") == 1


def end_a_call(desk: Desk) -> None:
    call = next(iter(desk.board.exchange.calls()))
    VerbRegistry(desk.board._all_verbs()).call("call.hang_up", [call.call_id])


def come_to(desk: Desk, told: list[Any], kind: type) -> Any:
    """Let the loop run until something is told."""

    desk.loop.run_until_complete(asyncio.wait_for(until(lambda: isinstance(told[-1], kind)), 30))
    return told[-1]


def test_a_tenant_that_drains_is_removed_when_its_last_call_is_over(desk: Desk) -> None:
    arrive(desk.board, "95001")
    arrive(desk.board, "95001")
    told = collect(desk.board, TenantDraining, TenantNotRemoved, TenantRemoved, CallRefused)
    answer = tenant(desk, "remove", tenant="acme", drain=True, why="合同到期")
    assert [change["kind"] for change in answer["changes"]] == ["changed"]
    assert told == [TenantDraining(tenant="acme", calls=2)]
    assert [(each["draining"], each["suspended"]) for each in tenant(desk, "list")] == [
        (True, True),
        (False, False),
    ]
    arrive(desk.board, "95001")
    assert type(told[-1]) is CallRefused
    end_a_call(desk)
    assert come_to(desk, told, TenantDraining).calls == 1
    assert desk.board.exchange.calls_of("acme") == 1, "nobody is cut off"
    end_a_call(desk)
    assert come_to(desk, told, TenantRemoved) == TenantRemoved(tenant="acme")
    assert [each["tenant"] for each in tenant(desk, "list")] == ["globex"]
    assert [each["why"] for each in desk.call("history")][:2] == ["合同到期"] * 2


def test_a_tenant_that_is_resumed_meanwhile_stays(desk: Desk) -> None:
    arrive(desk.board, "95001")
    told = collect(desk.board, TenantDraining, TenantRemoved)
    tenant(desk, "suspend", tenant="acme")
    assert tenant(desk, "remove", tenant="acme", drain=True)["checked_only"], "it is suspended already"
    tenant(desk, "resume", tenant="acme")
    assert not tenant(desk, "list")[0]["draining"]
    end_a_call(desk)
    arrive(desk.board, "95001")
    assert desk.board.exchange.calls_of("acme") == 1
    assert told == [TenantDraining(tenant="acme", calls=1)]


def test_a_tenant_that_cannot_be_removed_in_the_end_stays_suspended_and_that_is_told(desk: Desk) -> None:
    arrive(desk.board, "95001")
    told = collect(desk.board, TenantDraining, TenantNotRemoved)
    tenant(desk, "remove", tenant="acme", drain=True)
    file = desk.folder / "tenants" / "acme.toml"
    file.write_text(file.read_text("utf-8") + "# by hand\n", "utf-8")
    end_a_call(desk)
    assert "acme.toml" in come_to(desk, told, TenantNotRemoved).reason
    (acme, _) = tenant(desk, "list")
    assert (acme["tenant"], acme["suspended"], acme["draining"]) == ("acme", True, False)


def test_another_limit_of_calls_holds_at_once(desk: Desk) -> None:
    tenant(desk, "change", tenant="acme", keys={"calls": 1})
    arrive(desk.board, "95001")
    arrive(desk.board, "95001")
    assert desk.board.exchange.calls_of("acme") == 1
    assert "there is no tenant nobody" in refused(desk, "change", tenant="nobody", keys={})


@pytest.mark.parametrize("section", ["agents", "queues", "stations"])
def test_a_tenant_has_no_more_than_it_may(desk: Desk, section: str) -> None:
    tenant(desk, "change", tenant="acme", keys={section: 1})
    more = {"password": "x"} if section == "stations" else {}
    told = desk.refused("set", acting="acme", section=section, name="another", keys=more)
    assert f"1 {section} at most" in told
    assert "is for the house" in desk.refused("set", acting="acme", section="tenant", keys={section: 9})


def test_a_tenants_client_is_shown_its_own_whatever_it_names(desk: Desk) -> None:
    verbs = scoped_verbs(TenantView("acme", qualified_target), list(desk.board._all_verbs()))
    for named in ("acme", "globex", "nobody"):
        shown = VerbRegistry(verbs).call("tenant.show", [{"tenant": named}])
        assert isinstance(shown, dict)
        assert shown["tenant"] == "acme"


def test_a_socket_that_cannot_be_had_changes_nothing(desk: Desk) -> None:
    (desk.folder / "tenants" / "taken").write_text("")
    told = refused(desk, "change", tenant="acme", keys={"control": "taken"})
    assert "is not a socket" in told
    tenant(desk, "change", tenant="acme", keys={"control": "acme.sock"})
    assert Path(desk.folder / "tenants" / "acme.sock").exists()
