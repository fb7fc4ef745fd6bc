"""Administrators and operators change a switch that runs, over TLS; callers notice, who talks does not."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import Address, Scenario, SippProcess, free_port, run_scenario
from switch.access.secrets import token_hash
from switch.control.client import VerbRefused
from switch.roles import Role
from tests.helpers.call_centre import CallCentre
from tests.helpers.offices import HOST, Offices, secret_of, serving_offices
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, Times
from tests.helpers.toml_text import section

BY = "王工"
NIGHT, ACME, OUTSIDE = "95700", "95001", "8001"
CARRIER = "127.0.0.2"


@pytest.fixture(scope="module")
def phones_port() -> int:
    """Where phones that speak TLS come."""
    return free_port(HOST)


@pytest.fixture(scope="module")
def billing() -> Iterator[str]:
    """The address of a service that tells a bill."""
    server = HTTPServer((HOST, 0), _Billing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{HOST}:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Billing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"asked": self.path, "amount": "86.50"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory, phones_port: int, billing: str) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("switch")
    (folder / "tenants").mkdir()
    files = {"certificate": str(folder / "switch.pem"), "private_key": str(folder / "switch.key")}
    far_end = {"host": CARRIER, "port": free_port(CARRIER)}
    more = [
        section("[tenants]", folder="tenants"),
        section("[[listeners]]", transport="tls", host=HOST, port=phones_port, **files),
        section("[[lookups]]", name="billing", url=billing),
        section("[[trunks]]", name="telecom", addresses=[far_end], options_interval_s=0),
        section("[[routes]]", numbers=["."], trunks=["telecom"]),
        section("[[access_codes]]", number=OUTSIDE, target="number:01012345678", record=False),
        section("[second_tier]", to=str(folder / "second"), after_days=30),
    ]
    with serving_offices(folder, Times(wrap_up_s=0), "\n".join(more)) as offices:
        yield offices


@pytest.fixture
def centre(offices: Offices, tmp_path: Path) -> Iterator[CallCentre]:
    with EventFollower(offices.switch.control_socket) as events:
        centre = CallCentre(offices.switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()


@contextmanager
def waiting(centre: CallCentre, code: str, number: str, queue: str) -> Iterator[str]:
    """The call of a customer who dials this and waits there."""
    with centre.caller(code, number) as caller:
        caller.wait_answered()
        joined = centre.events.wait_for("queue.caller_joined", caller_number=number, queue=queue)
        yield str(joined.fields["call_id"])
        caller.hang_up()


def test_a_number_and_its_queue_come_by_verb_and_go_again_by_undo(
    offices: Offices, centre: CallCentre
) -> None:
    administrator = offices.of("administrator")
    night = {"section": "queues", "name": "night", "keys": {"music": "music"}}
    assert administrator.call("configuration.set", **night, check=True)["checked_only"]
    centre.run("caller_dials_unknown_number", NIGHT)
    first = administrator.call("configuration.set", **night, by=BY, why="夜班")["version"]
    number = {"section": "access_codes", "name": NIGHT, "keys": {"target": "queue:night"}}
    moved = {"section": "agents", "name": "2002", "keys": {"queues": ["night"]}}
    changed = administrator.call("configuration.change", changes=[number, moved], by=BY, why="夜班")
    assert changed["version"] == first + 1
    (agent,) = administrator.call("configuration.show", section="agents", name="2002")
    assert agent["keys"]["queues"] == ["night"]
    with waiting(centre, NIGHT, "13800000001", "night") as call_id:
        with pytest.raises(VerbRefused, match="stays as it is"):
            administrator.call("configuration.remove", section="queues", name="night", by=BY)
        administrator.call("configuration.undo", by=BY, why="回退")
        assert [call["call_id"] for call in administrator.call("call.list")] == [call_id]
    centre.run("caller_dials_unknown_number", NIGHT)
    administrator.call("configuration.remove", section="queues", name="night", by=BY)
    told = administrator.call("configuration.history", limit=4)
    assert [(row["origin"], row["by"]) for row in told] == [
        ("change", BY),
        ("undo", BY),
        *[("change", BY)] * 2,
    ]
    differs = administrator.call("configuration.diff", version=first + 1)
    assert [(row["section"], row["kind"]) for row in differs] == [
        ("access_codes", "added"),
        ("agents", "changed"),
    ]
    assert administrator.call("configuration.diff") == []


def test_a_tenant_is_made_let_go_on_stopped_and_taken_out(offices: Offices, centre: CallCentre) -> None:
    administrator, operator = offices.of("administrator"), offices.of("operator")
    token = {"role": str(Role.SUPERVISOR), "sha256": token_hash(secret_of("acme"))}
    has = [
        {"section": "queues", "name": "service", "keys": {"music": "music"}},
        {"section": "access_codes", "name": ACME, "keys": {"target": "queue:service"}},
        {"section": "tokens", "name": "acme", "keys": token},
    ]
    acme = {"tenant": "acme", "by": BY}
    administrator.call("tenant.create", **acme, domain="acme.example", keys={"calls": 2}, changes=has)
    administrator.call("tenant.change", **acme, keys={"title": "供电服务"})
    lead = offices.of("acme")
    with waiting(centre, ACME, "13800000002", "acme/service") as call_id:
        assert [call["call_id"] for call in lead.call("call.list")] == [call_id]
        shown = operator.call("tenant.show", tenant="acme")
        assert (shown["title"], shown["use"]["calls"], shown["limits"]["calls"]) == ("供电服务", 1, 2)
        with pytest.raises(VerbRefused, match="1 of its calls are up"):
            administrator.call("tenant.remove", **acme)
        administrator.call("tenant.suspend", **acme, why="合同到期")
        with centre.conduct("caller_is_refused", ACME) as refused:
            refused.wait_for("refused")
    assert [row["suspended"] for row in operator.call("tenant.list")] == [True]
    administrator.call("tenant.resume", **acme)
    administrator.call("tenant.change", **acme, keys={"calls": 1})
    with waiting(centre, ACME, "13800000003", "acme/service"):
        assert [row["caller_number"] for row in lead.call("queue.waiting", queue="service")] == [
            "13800000003"
        ]
        with centre.conduct("caller_is_refused", ACME) as refused:
            refused.wait_for("refused")
        centre.events.wait_for("tenant.full", tenant="acme")
        administrator.call("tenant.remove", **acme, drain=True)
        assert [row["draining"] for row in operator.call("tenant.list")] == [True]
    centre.events.wait_for("tenant.removed", tenant="acme")
    assert operator.call("tenant.list") == []
    centre.run("caller_dials_unknown_number", ACME)


def test_a_flow_is_published_tried_on_some_and_taken_back(offices: Offices, centre: CallCentre) -> None:
    administrator, supervisor = offices.of("administrator"), offices.of("supervisor")
    document = offices.switch.path.parent / "flows" / "hotline.yaml"
    administrator.call("flow.publish", flow="hotline", by=BY, note="第一版")
    text = document.read_text("utf-8").replace("start: greeting", "start: welcome")
    document.write_text(text.replace("  greeting:\n", "  welcome:\n"), "utf-8")
    tried = administrator.call("flow.publish", flow="hotline", share=0.5, by=BY)
    assert (tried["version"], tried["current"]) == (2, 1)
    assert administrator.call("flow.share", flow="hotline", share=1.0, by=BY)["current"] == 2
    with centre.caller(HOTLINE, "13800000004") as caller:
        caller.wait_answered()
        call_id = centre.events.wait_for("call.arrived", caller_number="13800000004").fields["call_id"]
        entered = centre.events.wait_for("flow.node_entered", call_id=call_id)
        assert entered.fields["node"] == "welcome"
        assert supervisor.call("flow.nodes", flow="hotline")["callers"]["welcome"] == 1
        assert administrator.call("flow.rollback", flow="hotline", by=BY)["version"] == 1
        caller.hang_up()
    history = supervisor.call("flow.history", flow="hotline")
    assert (history["current"], [version["number"] for version in history["versions"]]) == (1, [2, 1])


def test_an_operator_takes_a_trunk_out_of_service_and_back(
    offices: Offices, centre: CallCentre, tmp_path: Path
) -> None:
    operator = offices.of("operator")
    (trunk,) = operator.call("trunk.list")
    port = int(trunk["addresses"][0]["address"].rpartition(":")[2])
    carrier = Scenario(name="carrier_answers", switch=Address(CARRIER, port), port=port)
    assert not operator.call("trunk.disable", trunk="telecom")["enabled"]
    with SippProcess(carrier, tmp_path) as far_end:
        run_scenario(calling(centre), tmp_path)
        operator.wait_for("call.ended", by_caller=False)
        assert operator.call("trunk.enable", trunk="telecom")["enabled"]
        run_scenario(calling(centre), tmp_path).check()
        far_end.finish().check()


def calling(centre: CallCentre) -> Scenario:
    """Somebody who calls outside, and hangs up a moment after the answer."""
    keys: dict[str, str | int] = {"caller": "13700137000", "caller_name": "客户", "rtp_port": 9}
    return Scenario(name="caller_calls_briefly", switch=centre.switch.sip, dialled=OUTSIDE, keys=keys)


def test_certificates_are_renewed_while_who_is_connected_stays(offices: Offices, phones_port: int) -> None:
    operator = offices.of("operator")
    before = ssl.get_server_certificate((HOST, phones_port))
    offices.authority.issue(HOST)
    assert ssl.get_server_certificate((HOST, phones_port)) == before
    assert operator.call("sip.reload_certificates")["certificates"] == [
        str(offices.authority.folder / "switch.pem")
    ]
    assert ssl.get_server_certificate((HOST, phones_port)) != before
    assert operator.call("session.ping")["role"] == "operator"


def test_an_operator_asks_a_service_by_hand_and_has_a_recording_moved(
    offices: Offices, centre: CallCentre
) -> None:
    operator = offices.of("operator")
    told = operator.call("lookup.try", service="billing", path="/bills", query={"id": "0042"})
    assert (told["status"], told["answer"]) == (200, {"asked": "/bills?id=0042", "amount": "86.50"})
    (service,) = operator.call("lookup.list")
    assert (service["outcomes"], service["breaker"]) == ({"answered": 1}, "closed")
    with centre.caller(QUEUE_ONLY, "13800000005") as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.2)
        caller.hang_up()
    one = operator.wait_for("recording.completed").fields["recording_id"]
    operator.call("recording.move", recording_id=one, by=BY)
    moved = operator.wait_for("recording.moved", recording_id=one).fields
    assert moved["by"] == BY
    assert Path(moved["path"]).is_relative_to(offices.switch.path.parent / "second")


def test_a_text_that_is_made_speech_is_played_to_a_caller(offices: Offices, centre: CallCentre) -> None:
    business = offices.of("integrator")
    assert [engine["state"] for engine in business.call("speech.engines")] == ["speaking"]
    made = business.call("speech.make", text="您的工单已受理", language="zh")
    with waiting(centre, QUEUE_ONLY, "13800000006", "service") as call_id:
        playing = business.call("call.play", call_id=call_id, prompts=[made["prompt"]], to="customer")
        ended = business.wait_for("call.prompt_finished", playback_id=playing["playback_id"])
        assert ended.fields["reason"] == "finished"


def test_who_takes_a_picture_follows_from_there_and_no_longer(offices: Offices, centre: CallCentre) -> None:
    business = offices.of("integrator")
    verbs = {verb["name"]: verb for verb in business.call("verb.list")}
    assert verbs["configuration.set"]["for"] == ["administrator"]
    picture = business.call("event.snapshot", topics=["call.arrived"])
    assert (picture["parts"]["calls"], picture["left_out"]) == ([], ["trunks"])
    assert business.call("event.unsubscribe", topics=["*"])["topics"] == ["call.arrived"]
    business.seen.clear()
    with waiting(centre, QUEUE_ONLY, "13800000007", "service") as call_id:
        arrived = business.wait_for("call.arrived", call_id=call_id)
    assert arrived.sequence > picture["sequence"]
    assert business.call("event.unsubscribe", topics=["call.arrived"])["topics"] == []


def test_what_was_recorded_before_is_converted_when_an_operator_asks(
    offices: Offices, tmp_path: Path
) -> None:
    """The last of these tests, since the switch is started anew."""
    switch = offices.switch
    with EventFollower(switch.control_socket) as events:
        centre = CallCentre(switch, events, tmp_path)
        with centre.caller(QUEUE_ONLY, "13800000008") as caller:
            caller.wait_answered()
            caller.talker.wait_to_hear(0.2)
            caller.hang_up()
        one = events.wait_for("recording.completed").fields["recording_id"]
    text = switch.path.read_text("utf-8")
    switch.path.write_text(text.replace("[recordings]", '[recordings]\nconvert = "flac"'), "utf-8")
    switch.terminate()
    switch.wait()
    switch.start()
    operator = offices.of("operator")
    operator.call("recording.convert", recording_id=one)
    converted = operator.wait_for("recording.converted", recording_id=one).fields
    assert Path(converted["path"]).suffix == ".flac"
    assert Path(converted["path"]).exists()
