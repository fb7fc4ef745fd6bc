"""The IVR as the exchange sees it: its events in, its commands out, through the real driver."""

from typing import Any

import pytest

from ivr.config import IvrConfig
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.flow_verbs import FlowNodesParams
from ivr.service import build
from media._core import Ways
from media.masking import MASKED
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.contact_data import Data
from runtime.driver import Driver
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.models import TenantParams
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, HangUpCall, PlayPrompt, SetCallData, StopPrompt
from switch.events import (
    CallAnswered,
    CallArrived,
    CallDataChanged,
    CallEnded,
    CallHandedOff,
    DigitReceived,
    PromptFinished,
)
from switch.mrcp.commands import Recognise
from switch.mrcp.events import Recognised
from tests.ivr.scripted_caller import flow_of, world_of

HOTLINE = flow_of(
    {
        "menu": {
            "type": "menu",
            "prompts": ["zh/menu"],
            "choices": {"1": "service"},
            "tries": 1,
            "next": "bye",
        },
        "service": {"type": "queue", "queue": "客服"},
        "bye": {"type": "hang_up", "cause": "NO_USER_RESPONSE"},
    }
)
EXCHANGE_COMMANDS = (AnswerCall, HandOff, HangUpCall, PlayPrompt, SetCallData, StopPrompt)


class House:
    """The application on a driver, and in the exchange's place a list of what it is told."""

    def __init__(self, flow: Flow = HOTLINE) -> None:
        self.noted: Data = {}
        self.clock = ManualClock()
        self.alarm = ManualAlarm()
        self.faults: list[Exception] = []
        self.told: list[Any] = []
        self.events: list[Event] = []
        self.application = build(
            IvrConfig(),
            FlowSet.of({"hotline": flow}),
            SeededIds(),
            world_of(),
            data_of=lambda _: self.noted,
        ).application
        self.driver = Driver(self.clock, self.alarm, self._note_fault, Ways())
        self.driver.add_routes(self.application.routes)
        self.driver.add_routes(dict.fromkeys(EXCHANGE_COMMANDS, self.tell))
        self.driver.observe(lambda event, _: self.events.append(event))
        for core in self.application.cores:
            self.driver.add_core(core)

    def _note_fault(self, _: object, fault: Exception) -> tuple[()]:
        self.faults.append(fault)
        return ()

    def tell(self, command: Any, _: float) -> tuple[()]:
        self.told.append(command)
        return ()

    def arrive(self, target: str) -> None:
        self.driver.submit(
            CallArrived(
                call_id="call-1",
                contact_id="contact-1",
                leg_id="leg-1",
                sip_call_id="x@example.org",
                caller_number="13800138000",
                caller_name="",
                called_number="95598",
                access_code="95598",
                target=target,
                peer="trunk",
            )
        )

    def hand_off(self, target: str, back: str | None = None) -> None:
        self.driver.submit(
            CallHandedOff(
                call_id="call-1",
                contact_id="contact-1",
                caller_number="13800138000",
                caller_name="",
                access_code="95598",
                target=target,
                back=back,
            )
        )

    def press(self, digit: str) -> None:
        self.driver.submit(DigitReceived(call_id="call-1", digit=digit, duration_ms=80))

    def flow_calls(self) -> float:
        (gauge,) = self.application.gauges
        return gauge.read()["hotline",]


@pytest.fixture
def house() -> House:
    return House()


MENU = PlayPrompt(call_id="call-1", playback_id="playback-1", prompts=("zh/menu",), barge_in=True)


def test_masked_keys_are_not_the_flows(house: House) -> None:
    house.arrive("flow:hotline")
    house.driver.submit(CallAnswered(call_id="call-1"))
    house.press(MASKED)
    assert house.told == [AnswerCall(call_id="call-1"), MENU]


def test_a_call_for_a_flow_is_answered_greeted_and_queued(house: House) -> None:
    house.arrive("flow:hotline")
    house.driver.submit(CallAnswered(call_id="call-1"))
    house.press("1")
    assert house.told == [
        AnswerCall(call_id="call-1"),
        MENU,
        StopPrompt(call_id="call-1"),
        HandOff(call_id="call-1", target="queue:客服", language="zh"),
    ]
    assert house.faults == []


def test_a_call_handed_to_a_flow_is_led_in_at_once(house: House) -> None:
    house.hand_off("flow:hotline")
    assert house.told == [MENU]


def test_a_call_for_another_application_is_left_alone(house: House) -> None:
    house.arrive("queue:客服")
    house.driver.submit(CallAnswered(call_id="call-1"))
    house.press("1")
    assert house.told == []


def test_a_call_taken_from_a_flow_is_let_go(house: House) -> None:
    house.hand_off("flow:hotline")
    house.hand_off("queue:客服")
    house.press("1")
    assert house.told == [MENU]
    assert house.flow_calls() == 0


def test_a_call_that_is_lent_is_given_back() -> None:
    flow = flow_of(
        {"bill": {"type": "play", "prompts": ["zh/bill"], "next": "back"}, "back": {"type": "back"}}
    )
    house = House(flow)
    house.hand_off("flow:hotline", back="queue:billing?place=call")
    house.driver.submit(PromptFinished(call_id="call-1", playback_id="playback-1", reason="finished"))
    assert house.told[-1] == HandOff(call_id="call-1", target="queue:billing?place=call", language="zh")


def test_silence_ends_the_call_with_the_flows_cause(house: House) -> None:
    house.hand_off("flow:hotline")
    house.driver.submit(PromptFinished(call_id="call-1", playback_id="playback-1", reason="finished"))
    assert house.alarm.deadline == 5.0
    house.clock.move_to(5.0)
    house.alarm.ring()
    assert house.told[-1] == HangUpCall(call_id="call-1", cause=Cause.NO_USER_RESPONSE)
    assert [core.next_deadline() for core in house.application.cores] == [None]


def test_a_prompt_that_fails_is_skipped(house: House) -> None:
    house.hand_off("flow:hotline")
    house.driver.submit(PromptFinished(call_id="call-1", playback_id="playback-1", reason="failed"))
    assert house.alarm.deadline == 5.0


def test_a_caller_who_hangs_up_leaves_no_timer(house: House) -> None:
    house.hand_off("flow:hotline")
    house.driver.submit(PromptFinished(call_id="call-1", playback_id="playback-1", reason="finished"))
    house.driver.submit(
        CallEnded(call_id="call-1", contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True)
    )
    assert house.alarm.deadline is None
    assert [event.topic for event in house.events][-2:] == ["call.ended", "flow.left"]


def test_callers_are_counted_by_node() -> None:
    house = House()
    house.arrive("flow:hotline")
    verb = next(verb for verb in house.application.verbs if verb.name == "flow.nodes")
    house.driver.submit(CallAnswered(call_id="call-1", recording_id=None))
    callers = verb.handle(FlowNodesParams(flow="hotline"))["callers"]  # type: ignore[index]
    assert sorted(callers.values()) == [0, 0, 1]
    with pytest.raises(UsageError, match="there is no flow 'other'"):
        verb.handle(FlowNodesParams(flow="other"))


def test_the_list_tells_each_flow_with_its_calls(house: House) -> None:
    house.hand_off("flow:hotline")
    verb = next(verb for verb in house.application.verbs if verb.name == "flow.list")
    assert verb.handle(TenantParams()) == [
        {
            "name": "hotline",
            "title": "客户服务热线",
            "nodes": 3,
            "version": 0,
            "canary": None,
            "share": 0.0,
            "edited": False,
            "calls": 1,
        }
    ]
    assert house.flow_calls() == 1


def test_it_knows_its_flows_by_name(house: House) -> None:
    assert house.application.scheme == "flow"
    assert house.application.knows("hotline")
    assert not house.application.knows("coldline")


def test_a_meaning_nested_without_end_is_taken_as_it_is_written() -> None:
    ask = {
        "type": "recognise",
        "prompts": ["zh/ask"],
        "grammars": ["builtin:speech/text"],
        "variable": "话",
        "next": "bye",
        "otherwise": "bye",
    }
    house = House(flow_of({"ask": ask, "bye": {"type": "queue", "queue": "客服"}}))
    house.driver.add_routes({Recognise: house.tell})
    house.arrive("flow:hotline")
    house.driver.submit(CallAnswered(call_id="call-1"))
    (asked,) = (told for told in house.told if isinstance(told, Recognise))
    house.driver.submit(
        Recognised(
            request_id=asked.request_id,
            call_id="call-1",
            text="你好",
            interpretation="[" * 100_000,
            confidence=0.9,
        )
    )
    assert house.faults == []
    assert house.told[-1] == HandOff(call_id="call-1", target="queue:客服", language="zh")


def test_a_flow_is_given_what_is_noted_and_notes_more() -> None:
    flow = flow_of(
        {
            "wait": {"type": "menu", "prompts": ["zh/menu"], "choices": {"1": "note"}, "next": "note"},
            "note": {"type": "data", "keep": {"seen": "data.order + '!'"}, "next": "bye"},
            "bye": {"type": "hang_up"},
        }
    )
    house = House(flow)
    house.noted = {"order": "D-7"}
    house.arrive("flow:hotline")
    house.driver.submit(CallAnswered(call_id="call-1"))
    house.noted = {"order": "D-8"}
    house.driver.submit(CallDataChanged(call_id="call-1", contact_id="contact-1", changed={"order": "***"}))
    house.press("1")
    assert SetCallData(call_id="call-1", data={"seen": "D-8!"}) in house.told
    house.noted = {"order": "D-9"}
    house.hand_off("flow:hotline")
    house.press("1")
    assert SetCallData(call_id="call-1", data={"seen": "D-9!"}) in house.told
