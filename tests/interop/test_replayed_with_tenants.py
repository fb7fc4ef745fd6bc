"""What the ACD was told is told again alike, with tenants and a reload between, over the wire."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.audio import speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone, Station
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

CODES = {"acme": "95001", "globex": "95002"}
STATION = "2001"
_LONGEST_CALL_S = 30.0
_PATIENCE_S = 20.0


def sections_of(tenant: str, *queues: str, **rules: Any) -> str:
    return "\n".join(
        [
            section("[tenant]", domain=f"{tenant}.example"),
            section("[[stations]]", name=STATION, password=f"secret of {tenant}"),
            section("[[access_codes]]", number=CODES[tenant], target=f"queue:{queues[0]}"),
            *(section("[[queues]]", name=queue, wrap_up_s=0, **rules) for queue in queues),
            section("[[agents]]", id=STATION, queues=list(queues)),
        ]
    )


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    (tmp_path / "tenants").mkdir()
    for tenant in CODES:
        (tmp_path / "tenants" / f"{tenant}.toml").write_text(sections_of(tenant, "service"), "utf-8")
    with switch_process(tmp_path, more=section("[tenants]", folder="tenants")) as switch:
        yield switch


def test_what_two_tenants_agents_were_given_is_decided_alike_again_though_queues_changed_between(
    switch: SwitchProcess, tmp_path: Path
) -> None:
    with EventFollower(switch.control_socket) as events:
        for tenant in CODES:
            serve_one(switch, events, tenant, "service")
        text = sections_of("acme", "报修", "service", max_wait_s=60)
        (tmp_path / "tenants" / "acme.toml").write_text(text, "utf-8")
        (tmp_path / "tenants" / "globex.toml").write_text(sections_of("globex", "billing"), "utf-8")
        counts = events.call("configuration.reload")["counts"]
        assert (counts["queues.added"], counts["queues.removed"]) == (2, 1)
        for tenant, queue in (("acme", "报修"), ("globex", "billing")):
            serve_one(switch, events, tenant, queue)
    switch.terminate()
    switch.wait(_PATIENCE_S)
    verdict = ask(switch, "acd", "replay")
    assert (verdict["difference"], verdict["lost"]) == (None, 0)
    assert verdict["events"] >= 4 * 6, "all four calls are compared"


def serve_one(switch: SwitchProcess, events: EventFollower, tenant: str, queue: str) -> None:
    """A call comes, rings at the tenant's agent, and is over."""
    name = f"{tenant}/{STATION}"
    station = Station(
        switch.sip, STATION, f"secret of {tenant}", switch.path.parent, domain=f"{tenant}.example"
    )
    station.register()
    events.wait_for("station.registered", station=name)
    events.call("agent.sign_in", agent=name, station=name)
    events.call("agent.ready", agent=name)
    voice = speech(1, _LONGEST_CALL_S)
    with (
        station.expect_call(voice) as agent,
        CallerPhone(switch.sip, CODES[tenant], voice, switch.path.parent, "13800000001") as caller,
    ):
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        events.wait_for("queue.caller_left", queue=f"{tenant}/{queue}", reason="connected")
        caller.hang_up()
        agent.wait_hung_up_on()
    events.call("agent.sign_out", agent=name)


def ask(switch: SwitchProcess, *words: str) -> Any:
    told = CliRunner().invoke(app, [*words, "--json", "--config", str(switch.path)])
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)
