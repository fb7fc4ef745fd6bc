"""The example flows over the wire: announcements and the all-to-agents switch while callers come in, and a
customer who is called for a bill."""

import runpy
import threading
import tomllib
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from shutil import copy

import numpy as np
import pytest

from media.prompts import load_prompts
from sipp_scenarios.audio import Samples, find
from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

CONF = Path(__file__).parents[2] / "conf"
EXAMPLES = CONF / "examples"
CODE = "95501"
FROM_LIUZHOU = f"0772{CODE}"
"""The landing code stands before the number that was called."""
PROMPTS, _ = load_prompts(CONF / "prompts")
OUTAGE = PROMPTS.samples("zh/power/outage")[:24_000]
"""Three seconds tell it from all others."""
SECTIONS = ("calendars", "number_lists", "areas", "message_boxes", "queues")
STUB = runpy.run_path(str(CONF.parent / "docs" / "examples" / "power_service.py"))


@pytest.fixture
def power() -> Iterator[str]:
    """The address of the stub."""
    with ThreadingHTTPServer(("127.0.0.1", 0), STUB["PowerService"]) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


@pytest.fixture
def centre(tmp_path: Path, power: str) -> Iterator[CallCentre]:
    setting = tomllib.loads((EXAMPLES / "ringmain.toml").read_text("utf-8"))
    needed = [section(f"[[{name}]]", **one) for name in SECTIONS for one in setting[name]]
    (bureau,) = setting["trunks"]
    near = {**bureau, "addresses": [{"host": "127.0.0.1"}], "options_interval_s": 0}
    needed.append(section("[[trunks]]", **near))
    needed.append(section("[[lookups]]", name="power", url=power))
    needed.append(section("[speech]", cache=str(tmp_path / "speech")))
    code = section("[[access_codes]]", number=CODE, target="flow:power_hotline", record=False)
    switch = switch_process(tmp_path, more="\n".join([*needed, code]))
    for flow in ("power_hotline", "identify", "city_hotline", "bill_collection"):
        copy(EXAMPLES / "flows" / f"{flow}.yaml", tmp_path / "flows")
    with switch, EventFollower(switch.control_socket) as events:
        yield CallCentre(switch, events, tmp_path)


def way(centre: CallCentre, until: str) -> tuple[list[str], Samples]:
    """The nodes that a caller from 柳州 passes, and what is heard there."""
    before = len(centre.events.seen)
    with centre.caller(FROM_LIUZHOU) as caller:
        caller.wait_answered()
        while until not in nodes_since(centre, before):
            centre.events.wait_for_next(until)
        caller.hang_up()
    centre.wait_until_nothing_is_left()
    return nodes_since(centre, before), caller.talker.heard


def nodes_since(centre: CallCentre, before: int) -> list[str]:
    told = centre.events.seen[before:]
    return [entry.fields["node"] for entry in told if entry.topic == "flow.node_entered"]


def test_an_operator_switches_an_announcement_and_then_all_callers_to_agents(centre: CallCentre) -> None:
    override = "calendar.override"
    nodes, heard = way(centre, "主菜单")
    assert ("停电" in nodes, find(OUTAGE, heard).score > 0.9) == (False, False)

    centre.events.call(override, calendar="停电通知", state="open", reason="柳北变电站检修")
    nodes, heard = way(centre, "主菜单")
    assert ("停电" in nodes, find(OUTAGE, heard).score > 0.9) == (True, True)

    centre.events.call(override, calendar="停电通知", state="hours")
    centre.events.call(override, calendar="全部转人工", state="open")
    nodes, _ = way(centre, "人工")
    assert nodes == ["总开关", "人工"]


def test_a_customer_is_told_what_there_is_to_pay_and_promises_to(centre: CallCentre) -> None:
    called = centre.register("2002")
    to_pay = ["zh/digits/1", "zh/numbers/100", "zh/digits/2", "zh/numbers/10", "zh/digits/8", "zh/money/yuan"]
    with centre.phone(called) as customer:
        order = {"target": "flow:bill_collection", "caller_number": "13800138000"}
        call_id = centre.events.call("call.originate", whom="station:2002", **order)["call_id"]
        customer.wait_ringing()
        customer.answer()
        centre.events.wait_for("flow.node_entered", call_id=call_id, node="选择")
        customer.talker.press("2")
        customer.wait_hung_up_on()
    left = centre.events.wait_for("flow.left", call_id=call_id).fields
    assert (left["reason"], left["keys"]) == ("hung_up", "2")
    path = " ".join(nodes_since(centre, 0))
    assert path == "资料 还欠吗 提醒 选择 答应 标记答应 谢谢 报结果 再见 结束"
    for said in (to_pay, ["zh/collection/promised"]):
        sound = np.concatenate([PROMPTS.samples(name) for name in said])
        assert find(sound, customer.talker.heard).score > 0.9, said
