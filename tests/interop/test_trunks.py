"""Trunks over the wire: SIPp is the carrier, and the caller on the other side."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sipp_scenarios.conductor import ConductedScenario
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import Address, Scenario, ScenarioResult, SippProcess, free_port, run_scenario
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.dns_server import DnsServer
from tests.helpers.switch_process import HOTLINE, STATIONS, switch_process
from tests.helpers.toml_text import section

CARRIER = "127.0.0.2"
"""Calls from here come from a trunk; the caller of the tests is at 127.0.0.1."""
OTHER_CARRIER = "127.0.0.3"
OUTSIDE = "8001"
"""An access code that leads to an outside number."""


class Site:
    """A switch with trunks, and somebody to call through it."""

    def __init__(self, switch: SwitchProcess, events: EventFollower, folder: Path) -> None:
        self.switch = switch
        self.events = events
        self.folder = folder

    def caller(self, dialled: str = OUTSIDE, **changes: Any) -> Scenario:
        """Somebody who dials, and hangs up a moment after the answer."""
        keys: dict[str, str | int] = {"caller": "13700137000", "caller_name": "客户", "rtp_port": 9}
        brief = Scenario(name="caller_calls_briefly", switch=self.switch.sip, dialled=dialled, keys=keys)
        return replace(brief, timeout_s=60, **changes)

    def call(self, dialled: str = OUTSIDE, **changes: Any) -> ScenarioResult:
        """Let the caller do so."""
        return run_scenario(self.caller(dialled, **changes), self.folder)

    def wait_until_found(self, trunk: str) -> None:
        """Wait until DNS has told where a trunk is."""
        while not self.events.call("trunk.show", trunk=trunk)["addresses"]:
            self.events.wait_for_next(f"the addresses of {trunk}")

    def wait_for_trunk(self, trunk: str, **fields: object) -> None:
        """Wait until a trunk is shown with these fields, or EventMissingError."""
        while not fields.items() <= (shown := self.events.call("trunk.show", trunk=trunk)).items():
            self.events.wait_for_next(f"{trunk} with {fields} instead of {shown}")


def carrier(folder: Path, name: str, port: int, **changes: Any) -> SippProcess:
    """A carrier's end on a port of its own; use it as a context manager."""
    scenario = Scenario(name=name, switch=Address(CARRIER, port), port=port, timeout_s=60)
    return SippProcess(replace(scenario, **changes), folder)


@contextmanager
def site(folder: Path, *trunks: Mapping[str, Any], more: str = "") -> Iterator[Site]:
    """A switch with these trunks, all of them in one route for every outside number."""
    defaults = {"options_interval_s": 0, "attempt_timeout_s": 2}
    sections = [
        section("[[access_codes]]", number=OUTSIDE, target="number:01012345678", record=False),
        *(section("[[trunks]]", **{**defaults, **trunk}) for trunk in trunks),
        section("[[routes]]", numbers=["."], trunks=[trunk["name"] for trunk in trunks]),
        section("[[areas]]", name="柳州", codes=["0772"]),
        more,
    ]
    with ExitStack() as stack:
        switch = stack.enter_context(switch_process(folder, more="\n".join(sections)))
        events = stack.enter_context(EventFollower(switch.control_socket))
        yield Site(switch, events, folder)


def at(*ports: int, **keys: Any) -> list[dict[str, Any]]:
    """Addresses of the carrier, the first to be tried first."""
    return [{"host": CARRIER, "port": port, "priority": n, **keys} for n, port in enumerate(ports)]


def messages(process: SippProcess) -> str:
    return (process.folder / "messages.log").read_text("utf-8")


def test_a_call_goes_past_a_dead_address_and_a_busy_one_to_a_good_one(tmp_path: Path) -> None:
    dead, busy, good = (free_port(CARRIER) for _ in range(3))
    first = {"name": "telecom", "addresses": at(dead, busy)}
    second = {"name": "mobile", "addresses": at(good)}
    with (
        site(tmp_path, first, second) as there,
        carrier(tmp_path, "carrier_is_congested", busy) as congested,
        carrier(tmp_path, "carrier_answers", good) as answering,
    ):
        there.call().check()
        congested.finish().check()
        answering.finish().check()
        there.events.wait_for("leg.branch_failed", branch=f"telecom/udp:{CARRIER}:{busy}", status=503)
        there.events.wait_for("call.ended", by_caller=True)
        paused = [
            address["address"]
            for address in there.events.call("trunk.show", trunk="telecom")["addresses"]
            if 0 < address["paused_s"] <= 20
        ]
        assert paused == [f"udp:{CARRIER}:{busy}"]


def test_a_call_goes_on_with_whom_the_carrier_names_at_another_address(tmp_path: Path) -> None:
    port, inside = free_port(CARRIER), free_port(OTHER_CARRIER)
    place = Address(OTHER_CARRIER, inside)
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port)}) as there,
        carrier(tmp_path, "carrier_answers_for_another", port, keys={"inside": str(place)}) as border,
        carrier(tmp_path, "carrier_goes_on_with_a_call", inside, switch=place) as machine,
    ):
        there.call().check()
        border.finish().check()
        machine.finish().check()


def test_a_call_is_led_on_by_a_carriers_redirect_server(tmp_path: Path) -> None:
    port, elsewhere = free_port(CARRIER), free_port(OTHER_CARRIER)
    place = Address(OTHER_CARRIER, elsewhere)
    trunk = {"name": "telecom", "addresses": at(port), "redirects": 1}
    with (
        site(tmp_path, trunk) as there,
        carrier(tmp_path, "carrier_sends_elsewhere", port, keys={"elsewhere": str(place)}) as redirecting,
        carrier(tmp_path, "carrier_answers", elsewhere, switch=place) as answering,
    ):
        there.call().check()
        redirecting.finish().check()
        answering.finish().check()
        there.events.wait_for("leg.redirected", branch=f"telecom/udp:{CARRIER}:{port}")
    assert f"INVITE sip:07725551234@{place} SIP/2.0" in messages(answering)


def test_a_trunk_is_registered_at_with_the_password_and_challenges_calls(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    account = {"user": "95598", "password": "secret", "registration": True, "domain": "ims.example"}
    trunk = {"name": "ims", "addresses": at(port), **account}
    with (
        carrier(tmp_path, "carrier_wants_password", port, calls=2) as far_end,
        site(tmp_path, trunk) as there,
    ):
        there.wait_for_trunk("ims", registration="registered")
        there.call().check()
        far_end.finish().check()
        assert "sip:01012345678@ims.example" in messages(far_end)


def test_a_trunk_goes_down_when_nobody_answers_and_comes_up_again(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    health = {
        "options_interval_s": 1,
        "options_timeout_s": 1,
        "failures_to_down": 2,
        "successes_to_up": 2,
    }
    with site(tmp_path, {"name": "telecom", "addresses": at(port), **health}) as there:
        there.wait_for_trunk("telecom", state="down")
        there.call()
        there.events.wait_for("call.ended", cause="DESTINATION_OUT_OF_ORDER")
        with carrier(tmp_path, "carrier_answers_options", port, calls=1000):
            there.events.wait_for("trunk.up", trunk="telecom")
        there.wait_for_trunk("telecom", state="down")


def test_calls_beyond_the_limit_a_second_are_turned_away(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port), "calls_per_s_out": 1}) as there,
        carrier(tmp_path, "carrier_answers", port) as far_end,
    ):
        there.call().check()
        there.call()
        there.events.wait_for("trunk.full", trunk="telecom", direction="out", limit="calls_per_s")
        there.events.wait_for("call.ended", cause="NORMAL_CIRCUIT_CONGESTION")
        far_end.finish().check()


def test_numbers_are_rewritten_on_the_way_out(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    rules = {"form_out": "e164", "called_out": ["+86. => 86."], "caller_out": ["+8613700. => 1370*."]}
    with (
        site(tmp_path, {"name": "telecom", "addresses": at(port), **rules}) as there,
        carrier(tmp_path, "carrier_answers", port) as far_end,
    ):
        there.call().check()
        far_end.finish().check()
        assert f"INVITE sip:861012345678@{CARRIER}:{port} SIP/2.0" in messages(far_end)
        assert re.search(r"^From: .*<sip:1370\*137000@127\.0\.0\.1>", messages(far_end), re.MULTILINE)


def test_numbers_and_landing_codes_are_understood_on_the_way_in(tmp_path: Path) -> None:
    rules = {"landing_code": "called", "called_in": ["+86. => 0."], "form_in": "e164"}
    with site(tmp_path, {"name": "telecom", "addresses": at(free_port(CARRIER)), **rules}) as there:
        called = f"+86772{HOTLINE}"
        there.call(called, local_host=CARRIER).check()
        arrived = there.events.wait_for("call.arrived", trunk="telecom")
        assert (arrived.fields["access_code"], arrived.fields["area"]) == (HOTLINE, "柳州")


def test_calls_beyond_what_a_trunk_may_bring_get_503_with_a_time_to_come_back(tmp_path: Path) -> None:
    trunk = {"name": "telecom", "addresses": at(free_port(CARRIER)), "calls_per_s_in": 1, "retry_after_s": 9}
    with site(tmp_path, trunk) as there:
        there.call(HOTLINE, local_host=CARRIER).check()
        with ConductedScenario(
            there.caller(HOTLINE, local_host=CARRIER, name="caller_is_refused"), tmp_path
        ) as caller:
            assert caller.wait_for("refused")["Retry-After"] == "9"
        there.events.wait_for("trunk.full", trunk="telecom", direction="in", limit="calls_per_s")


def test_channels_kept_for_a_tenant_are_its_callers_alone(tmp_path: Path) -> None:
    tenants = tmp_path / "tenants"
    tenants.mkdir()
    code = section("[[access_codes]]", number="95001", target="queue:service")
    (tenants / "acme.toml").write_text("\n".join([code, section("[[queues]]", name="service")]))
    trunk = {"name": "telecom", "addresses": at(free_port(CARRIER)), "channels": 1, "shares": {"acme": 1}}
    with site(tmp_path, trunk, more=section("[tenants]", folder="tenants")) as there:
        refused = there.caller(HOTLINE, local_host=CARRIER, name="caller_is_refused")
        with ConductedScenario(refused, tmp_path) as caller:
            caller.wait_for("refused")
        there.events.wait_for("trunk.full", trunk="telecom", limit="channels", tenant="")
        there.call("95001", local_host=CARRIER).check()
        there.events.wait_for("queue.caller_joined", queue="acme/service")


def test_a_trunk_that_dns_knows_is_reached_and_survives_its_dns(tmp_path: Path) -> None:
    port = free_port(CARRIER)
    with DnsServer(CARRIER) as dns:
        dns.add("_sip._udp.carrier.test", "SRV", f"10 5 {port} sbc.carrier.test.", ttl_s=1)
        dns.add("sbc.carrier.test", "A", CARRIER, ttl_s=1)
        trunk = {"name": "telecom", "addresses": [{"host": "carrier.test", "transport": "udp"}]}
        more = section("[dns]", servers=[f"{CARRIER}:{dns.port}"], timeout_s=1)
        with site(tmp_path, trunk, more=more) as there:
            there.wait_until_found("telecom")
            dns.close()
            with carrier(tmp_path, "carrier_answers", port) as far_end:
                there.call().check()
                far_end.finish().check()
            assert "INVITE sip:01012345678@carrier.test SIP/2.0" in messages(far_end)


def test_a_station_cannot_dial_beyond_its_level(tmp_path: Path) -> None:
    abroad = section("[[routes]]", numbers=["00."], trunks=["telecom"], level=1)
    trunk = {"name": "telecom", "addresses": at(free_port(CARRIER))}
    with site(tmp_path, trunk, more=abroad) as there:
        station = Station(there.switch.sip, "2001", STATIONS["2001"], tmp_path)
        barred = replace(station.scenario("agent_is_barred"), dialled="0044207946000")
        run_scenario(barred, tmp_path).check()
        there.events.wait_for("call.refused", cause="OUTGOING_CALL_BARRED", called_number="0044207946000")


def test_neither_side_of_a_call_learns_more_than_was_agreed_on(tmp_path: Path) -> None:
    """Call data go in and out by the headers that are configured; the caller sends others too."""
    port = free_port(CARRIER)
    told: dict[str, Any] = {"data_headers": {"X-Grade": "level", "X-Order": "order_no"}}
    brings: dict[str, Any] = {"data_headers": {"X-Level": "level", "User-to-User": "order_no"}}
    far = {"name": "telecom", "addresses": at(port), **told}
    near = {"name": "mobile", "addresses": [{"host": OTHER_CARRIER}], **brings}
    with site(tmp_path, far, near) as there, carrier(tmp_path, "carrier_answers", port) as far_end:
        caller = there.call(local_host=OTHER_CARRIER).check()
        far_end.finish().check()
        noted = there.events.wait_for("call.data_changed").fields["changed"]
        assert noted == {"level": "金卡", "order_no": "D-7"}
    heard_near, heard_far = (caller.folder / "messages.log").read_text("utf-8"), messages(far_end)
    names = ("telecom", "mobile", "Diversion", "History-Info")
    secrets_of_near = (*_call_ids(heard_near), OTHER_CARRIER, OUTSIDE, "tag=caller-", *names)
    secrets_of_near += ("X-Secret", "X-Level", "User-to-User")
    assert [secret for secret in secrets_of_near if secret in heard_far] == []
    secrets_of_far = (*_call_ids(heard_far), CARRIER, f":{port}", "01012345678", *names)
    assert [secret for secret in secrets_of_far if secret in heard_near] == []
    assert re.search(r"^x-grade: 金卡\r?$", heard_far, re.MULTILINE | re.IGNORECASE)
    assert re.search(r"^x-order: D-7\r?$", heard_far, re.MULTILINE | re.IGNORECASE)
    for heard in (heard_near, heard_far):
        assert set(re.findall(r"^(?:User-Agent|Server): (.*?)\r?$", heard, re.MULTILINE)) <= {"Ringmain"}


def _call_ids(heard: str) -> set[str]:
    found = set(re.findall(r"^Call-ID: (\S+)", heard, re.MULTILINE))
    assert found
    return found
