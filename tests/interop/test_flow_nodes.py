"""Every node of flows over the wire: SIPp's callers press keys, agents and others answer, a service and an
application are asked.

``back`` and what waits meanwhile is in ``test_self_service.py``.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
import soundfile

from media.prompts import load_prompts, resampled
from media.recordings.tone_search import ToneSearch
from media.recordings.wav import read_recording
from sipp_scenarios.audio import Samples, find
from sipp_scenarios.phones import CallerPhone
from sipp_scenarios.runner import SippProcess
from sipp_scenarios.switch_process import SwitchProcess
from switch.control.client import connect_sync
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

PROMPTS, _ = load_prompts(Path(__file__).parents[2] / "conf" / "prompts")
BILL, DIALS, ENDS = "95590", "95591", "95592"
CALLER = "13800138000"
_PATIENCE_S = 45.0
CARD = "490749074907"
"""Too long to stand anywhere by chance, as a time or an id."""

FLOWS = {
    "bill": """
name: bill
title: 电费账单
language: zh
variables: { 次数: 1 }
start: 账单
nodes:
  账单:
    type: play
    prompts: [zh/digits/1, { money: 12.5 }, { telephone: caller_number }, { say: "您好" }]
    next: 说
  说: { type: say, text: "请按二。", next: 选 }
  选: { type: menu, prompts: [zh/digits/2], choices: { 2: 录 }, timeout_s: 20, next: 完 }
  录: { type: record, action: start, next: 户号 }
  户号:
    type: collect
    prompts: [zh/digits/3]
    variable: 户号
    max_digits: 4
    check: starts_with(digits, '7')
    timeout_s: 20
    between_s: 5
    on_invalid: [zh/digits/4]
    next: 卡号
    otherwise: 完
  卡号:
    type: collect
    prompts: [zh/digits/5]
    variable: 卡号
    min_digits: 12
    max_digits: 12
    masked: true
    timeout_s: 20
    between_s: 5
    next: 记
    otherwise: 完
  记: { type: set, values: { 次数: 次数 + 1, 位数: len(卡号), 合: "户号 + '-' + text(次数)" }, next: 标 }
  标: { type: tag, add: [老客户], next: 查 }
  查:
    type: lookup
    service: billing
    path: "accounts/{户号}"
    query: { month: "'2026-10'" }
    set: { 余额: answer.balance }
    next: 问
  问: { type: hook, hook: crm.ticket, data: { 合: 合 }, set: { 工单: answer.ticket }, next: 短 }
  短: { type: text_message, to: "{caller_number}", text: "余额{余额}元，工单{工单}", next: 内 }
  内: { type: flow, flow: inner, given: { 余额: 余额 }, set: { 双倍: result.double }, next: 分 }
  分:
    type: branch
    ways: [{ tag: 老客户, when: 双倍 == 173 and 位数 == 12, go: 排 }]
    next: 完
  排: { type: queue, queue: service, next: 评 }
  评:
    type: survey
    questions:
      - { name: 满意度, prompts: [zh/digits/6], keys: [1, 2, 3] }
      - { name: 解决, prompts: [zh/digits/7], keys: [1, 2] }
    timeout_s: 20
    thanks: [zh/digits/8]
    next: 完
  完: { type: hang_up }
""",
    "inner": """
name: inner
title: 内流程
language: zh
variables: { 余额: 0 }
start: 报
nodes:
  报: { type: play, prompts: [{ number: 余额 }], next: 回 }
  回: { type: return, values: { double: 余额 * 2 } }
""",
    "dials": """
name: dials
title: 值班电话
language: zh
start: 拨
nodes:
  拨: { type: dial, to: "station:2002", next: 通, busy: 忙, no_answer: 无, otherwise: 否 }
  通: { type: play, prompts: [zh/digits/1], next: 完 }
  忙: { type: play, prompts: [zh/digits/2], next: 完 }
  无: { type: play, prompts: [zh/digits/3], next: 完 }
  否: { type: hang_up, cause: CALL_REJECTED }
  完: { type: hang_up }
""",
    "ends": """
name: ends
title: 各种去处
language: zh
on_error: 歉
start: 选
nodes:
  选:
    type: menu
    prompts: [zh/digits/1]
    choices: { 1: 专家, 2: 回拨, 3: 转接, 4: 留言, 5: 错, 6: 除零 }
    timeout_s: 20
    next: 完
  专家: { type: agent, agent: "2002", queue: service, wait_s: 30, next: 完 }
  回拨: { type: callback, queue: back, number: "'2002'" }
  转接: { type: transfer, to: "station:{'2002'}" }
  留言: { type: voice_message, box: complaints, next: 回去 }
  回去: { type: back, next: 跳 }
  跳: { type: goto, flow: busy }
  错: { type: transfer, to: "queue:nobody" }
  除零: { type: set, values: { 数: 1 / 0 }, on_error: 零, next: 完 }
  零: { type: tag, remove: [老客户], next: 再 }
  再: { type: goto, node: 完 }
  歉: { type: play, prompts: [zh/digits/9], next: 完 }
  完: { type: hang_up, cause: NO_USER_RESPONSE }
""",
    "busy": """
name: busy
title: 忙
language: zh
start: 完
nodes:
  完: { type: hang_up, cause: USER_BUSY }
""",
}


class Billing(BaseHTTPRequestHandler):
    """Knows one account."""

    def do_GET(self) -> None:
        known = self.path == "/api/accounts/7012?month=2026-10"
        answer = json.dumps({"balance": 86.5}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def billing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Billing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory, billing: str) -> Iterator[SwitchProcess]:
    folder = tmp_path_factory.mktemp("switch")
    back = {"callback_prompt": "ring_back", "callback_ring_s": 5, "callback_retry_s": 1}
    codes = {BILL: "flow:bill", DIALS: "flow:dials", ENDS: "flow:ends"}
    more = [
        '[log]\nlevel = "debug"\n',
        section("[speech]", cache=str(folder / "speech")),
        section("[dialling]", ring_timeout_s=1.5),
        section("[[lookups]]", name="billing", url=billing),
        section("[[queues]]", name="back", wrap_up_s=0.5, **back),
        section("[[message_boxes]]", name="complaints", max_s=1.2),
        *(
            section("[[access_codes]]", number=code, target=flow, record=False)
            for code, flow in codes.items()
        ),
    ]
    running = switch_process(folder, more="\n".join(more))
    for name, text in FLOWS.items():
        (folder / "flows" / f"{name}.yaml").write_text(text, "utf-8")
    with running:
        yield running


@contextmanager
def application(centre: CallCentre) -> Iterator[list[Mapping[str, Any]]]:
    """Answers hooks on a connection of its own; what it was asked."""
    asked: list[Mapping[str, Any]] = []
    socket = centre.switch.control_socket
    with connect_sync(socket) as client, connect_sync(socket) as answers:
        events = client.events("hook.asked", timeout_s=30)

        def answer() -> None:
            for event in events:
                asked.append(event.fields)
                answers.call("hook.answer", hook_id=event.fields["hook_id"], data={"ticket": "T-7"})
                return

        thread = threading.Thread(target=answer)
        thread.start()
        yield asked
        thread.join()


def press(centre: CallCentre, caller: CallerPhone, node: str, keys: str) -> None:
    """Once the flow is at the node, each key when the one before was told."""
    centre.events.wait_for("flow.node_entered", node=node)
    for key in keys:
        told = keys_told(centre)
        caller.talker.press(key)
        while keys_told(centre) == told:
            centre.events.wait_for_next("a key")


def hear_out(centre: CallCentre) -> None:
    """Return when what is played next, or now, is over."""
    while centre.events.wait_for_next("the end of a prompt").topic != "call.prompt_finished":
        """Whatever else happens meanwhile."""


def keys_told(centre: CallCentre) -> int:
    return len([entry for entry in centre.events.seen if entry.topic == "call.digit_received"])


def says(caller: CallerPhone, *names: str) -> bool:
    """Whether these prompts were heard one after the other without a gap."""
    said = np.concatenate([PROMPTS.samples(name) for name in names])
    return find(said, caller.talker.heard).score > 0.9


def spoken_texts(switch: SwitchProcess) -> dict[Path, Samples]:
    """All that was made to speech, as a telephone carries it."""
    read = {path: soundfile.read(path, dtype="int16") for path in (home(switch) / "speech").glob("*.wav")}
    return {path: resampled(samples, rate_hz, 8000) for path, (samples, rate_hz) in read.items()}


def home(switch: SwitchProcess) -> Path:
    return switch.control_socket.parent


def reached(centre: CallCentre, flow: str) -> str:
    """The nodes of a flow in order, when the call has ended."""
    centre.events.wait_for("call.ended")
    told = [entry.fields for entry in centre.events.seen if entry.topic == "flow.node_entered"]
    return " ".join(fields["node"] for fields in told if fields["flow"] == flow)


def survey_answers(switch: SwitchProcess, call_id: str, count: int) -> list[tuple[str, str]]:
    asked = "select question, answer from survey_answers where call_id = ? order by answer_id"
    return rows(switch, asked, call_id, count)


def rated_stations(switch: SwitchProcess, call_id: str, count: int) -> set[str]:
    """With whom the customer talked in the visit that the survey in this call is about."""
    contact = "select contact_id from survey_answers where call_id = ?"
    asked = f"select distinct station from call_records where contact_id in ({contact})"
    return {station for (station,) in rows(switch, asked, call_id, count)}


def rows(switch: SwitchProcess, asked: str, value: str, count: int) -> list[Any]:
    """Once there are so many: they are written a moment after the events that they are made of."""
    deadline = monotonic() + _PATIENCE_S
    with closing(sqlite3.connect(home(switch) / "ringmain.db")) as database:
        while len(found := database.execute(asked, (value,)).fetchall()) < count:
            assert monotonic() < deadline, found
        return found


def keys_in(sound: Samples) -> list[str]:
    search = ToneSearch(8000)
    search.add(sound)
    return [heard.key for heard in search.found()]


def talk_and_rate(centre: CallCentre, caller: CallerPhone) -> None:
    """A second agent, who was consulted, hangs up first; then a key that is no answer, and two that are."""
    first, second = centre.seat("2001"), centre.register("2002")
    with centre.phone(first) as agent, centre.phone(second) as expert:
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.5)
        call_id = centre.events.wait_for("call.connected", station="2001").fields["call_id"]
        centre.sign_in("2002")
        centre.events.call("call.consult", call_id=call_id, target="agent:2002")
        expert.wait_ringing()
        expert.answer()
        centre.events.wait_for("call.connected", station="2002")
        centre.events.call("call.complete_transfer", call_id=call_id)
        agent.wait_hung_up_on()
        expert.talker.wait_to_hear(0.5)
        expert.hang_up()
    press(centre, caller, "评", "52")
    centre.events.wait_for("flow.survey_answered", question="满意度", answer="2")
    press(centre, caller, "评", "1")
    caller.wait_hung_up_on()


def test_a_caller_hears_a_bill_pays_unseen_and_rates_the_agent(centre: CallCentre) -> None:
    with application(centre) as asked, centre.caller(BILL, CALLER) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "2")
        press(centre, caller, "户号", "812#")
        centre.events.wait_for("flow.digits_refused", node="户号", reason="check")
        hear_out(centre)
        press(centre, caller, "户号", "7012")
        press(centre, caller, "卡号", CARD)
        centre.events.wait_for("queue.caller_joined", queue="service", caller_number=CALLER)
        talk_and_rate(centre, caller)
    left = centre.events.wait_for("flow.left", flow="bill").fields
    assert (left["reason"], left["keys"]) == ("hung_up", "27012" + "*" * len(CARD) + "521")
    assert reached(centre, "bill") == "账单 说 选 录 户号 卡号 记 标 查 问 短 内 分 排 评 完"
    assert reached(centre, "inner") == "报 回"
    assert [fields["data"] for fields in asked] == [{"合": "7012-2"}]
    message = centre.events.wait_for("text_message.requested").fields
    assert (message["to"], message["text"]) == (CALLER, "余额86.5元，工单T-7")
    assert says(caller, "zh/digits/1", "zh/numbers/10", "zh/digits/2", "zh/money/yuan", "zh/digits/5")
    assert says(caller, "zh/digits/yao", "zh/digits/3", "zh/digits/8")
    assert says(caller, "zh/digits/8", "zh/numbers/10", "zh/digits/6", "zh/numbers/point", "zh/digits/5")
    assert says(caller, "zh/digits/4", "zh/digits/3")
    texts = spoken_texts(centre.switch)
    assert len(texts) == 2
    assert all(find(text, caller.talker.heard).score > 0.9 for text in texts.values())
    assert_unseen(centre)
    centre.wait_until_nothing_is_left()
    assert survey_answers(centre.switch, left["call_id"], 2) == [("满意度", "2"), ("解决", "1")]
    assert rated_stations(centre.switch, left["call_id"], 2) == {"2001", "2002"}


def assert_unseen(centre: CallCentre) -> None:
    """No event, file, log or recording tells a key of the card."""
    told = [entry.fields["digit"] for entry in centre.events.seen if entry.topic == "call.digit_received"]
    assert "".join(told) == "2812#7012" + "x" * len(CARD) + "521"
    completed = centre.events.wait_for("recording.completed").fields
    recording = read_recording(Path(completed["path"]))
    assert len(recording.customer) > 8000
    assert keys_in(recording.customer) == keys_in(recording.agent) == []
    for path in home(centre.switch).rglob("*"):
        assert not path.is_file() or CARD.encode() not in path.read_bytes(), path


def test_a_phone_is_dialled_and_the_flow_goes_on_when_they_have_talked(centre: CallCentre) -> None:
    with centre.phone(centre.register("2002")) as phone, centre.caller(DIALS) as caller:
        phone.wait_ringing()
        phone.answer()
        caller.wait_answered()
        caller.talker.wait_to_hear(0.5)
        phone.talker.wait_to_hear(0.5)
        phone.hang_up()
        caller.wait_hung_up_on()
    assert centre.events.wait_for("flow.resumed").fields["outcome"] == "talked"
    assert reached(centre, "dials") == "拨 通 完"
    assert says(caller, "zh/digits/1")


def test_a_phone_that_is_dialled_is_busy(centre: CallCentre) -> None:
    station = centre.register("2002")
    with (
        SippProcess(station.scenario("agent_is_busy"), centre.folder) as busy,
        centre.caller(DIALS) as caller,
    ):
        caller.wait_answered()
        busy.finish().check()
        caller.wait_hung_up_on()
    assert centre.events.wait_for("flow.resumed").fields["outcome"] == "USER_BUSY"
    assert reached(centre, "dials") == "拨 忙 完"
    assert says(caller, "zh/digits/2")


def test_a_phone_that_is_dialled_is_not_answered(centre: CallCentre) -> None:
    with centre.ring_in_vain(centre.register("2002")) as ringing, centre.caller(DIALS) as caller:
        ringing.wait_for("ringing")
        caller.wait_answered()
        caller.wait_hung_up_on()
        ringing.finish().check()
    assert centre.events.wait_for("flow.resumed").fields["outcome"] == "NO_ANSWER"
    assert reached(centre, "dials") == "拨 无 完"
    assert says(caller, "zh/digits/3")


def test_one_agent_alone_is_asked_for_though_another_is_free(centre: CallCentre) -> None:
    centre.seat("2001")
    with centre.phone(centre.seat("2002")) as agent, centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "1")
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.3)
        agent.hang_up()
        caller.wait_hung_up_on()
    assert centre.events.wait_for("queue.offer_ended").fields["agent"] == "2002"
    assert reached(centre, "ends") == "选 专家 完"


def test_a_caller_asks_to_be_called_back_and_is(centre: CallCentre) -> None:
    customer, desk = centre.register("2002"), centre.register("2001")
    centre.events.call("agent.set_queues", agent="2001", queues=["back"])
    with centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "2")
        requested = centre.events.wait_for("queue.callback_requested", queue="back").fields
        caller.wait_hung_up_on()
    assert requested["numbers"] == ["2002"]
    with centre.phone(customer) as called, centre.phone(desk) as agent:
        centre.sign_in("2001")
        called.wait_ringing()
        called.answer()
        agent.wait_ringing()
        agent.answer()
        agent.talker.wait_to_hear(0.3)
        called.hang_up()
        agent.wait_hung_up_on()
    ended = centre.events.wait_for("queue.callback_ended", callback_id=requested["callback_id"]).fields
    assert ended["reason"] == "connected"
    centre.events.call("agent.set_queues", agent="2001", queues=["service"])


def test_a_call_is_transferred_for_good(centre: CallCentre) -> None:
    with centre.phone(centre.register("2002")) as phone, centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "3")
        phone.wait_ringing()
        phone.answer()
        phone.talker.wait_to_hear(0.3)
        caller.hang_up()
        phone.wait_hung_up_on()
    assert centre.events.wait_for("flow.left").fields["reason"] == "passed_on"


def test_a_voice_message_is_left_and_another_flow_ends_the_call(centre: CallCentre) -> None:
    with centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "4")
        message = centre.events.wait_for("voice_message.left", box="complaints").fields
        caller.wait_hung_up_on()
    assert message["length_ms"] >= 1200
    assert reached(centre, "ends") == "选 留言 回去 跳"
    assert reached(centre, "busy") == "完"
    assert centre.events.wait_for("call.ended").fields["cause"] == "USER_BUSY"


def test_what_goes_wrong_is_handled_by_the_flow(centre: CallCentre) -> None:
    with centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "5")
        caller.wait_hung_up_on()
    assert centre.events.wait_for("flow.node_failed").fields["reason"] == "nobody takes queue:nobody"
    assert reached(centre, "ends") == "选 错 歉 完"
    assert says(caller, "zh/digits/9")
    assert centre.events.wait_for("call.ended").fields["cause"] == "NO_USER_RESPONSE"


def test_what_goes_wrong_is_handled_by_the_node_before_the_flow(centre: CallCentre) -> None:
    with centre.caller(ENDS) as caller:
        caller.wait_answered()
        press(centre, caller, "选", "6")
        caller.wait_hung_up_on()
    assert centre.events.wait_for("flow.node_failed").fields["reason"] == "1 / 0: division by zero"
    assert reached(centre, "ends") == "选 除零 零 再 完"
