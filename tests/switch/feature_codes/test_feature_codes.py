"""Feature codes from the phone: what is asked, done and heard, with real agents behind it."""

from collections.abc import Sequence

import pytest

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.commands import SignIn
from acd.config import AcdConfig, NotReadyReason
from acd.phone_desk import AgentPhoneDesk
from runtime.ids import SeededIds
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.commands import AnswerCall, HangUpCall, MaskDigits, PlayPrompt, UnmaskDigits
from switch.events import CallArrived, CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.feature_codes.actions import Action, parse_action
from switch.feature_codes.config import FeatureCodesConfig
from switch.feature_codes.feature_codes import FeatureCodes
from switch.feature_codes.waiting_calls import CallsOfHouse
from switch.parking.parking import Parking
from tests.acd.centre import Centre

RULES = AcdConfig(not_ready_reasons=[NotReadyReason(code="lunch")])
AGENTS = [
    AgentConfig(id="1001", queues=["service"]),
    AgentConfig.model_validate({"id": "1002", "queues": ["service"], "pin": "2580"}),
]

NO_CALLS = CallsOfHouse(lambda: iter(()), Parking(SeededIds(), ""))


class Masks:
    """What the exchange knows of keys that are hidden."""

    def __init__(self) -> None:
        self.mask: MaskDigits | None = None
        self.behind = ""

    def note(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            if isinstance(output, MaskDigits):
                self.mask, self.behind = output, ""
            elif isinstance(output, UnmaskDigits):
                self.mask = None

    def digits(self, call_id: str) -> tuple[str, str] | None:
        return None if self.mask is None else (self.mask.mask_id, self.behind)

    def leg(self, call_id: str, mask_id: str) -> str | None:
        return "leg" if self.mask is not None and self.mask.mask_id == mask_id else None


class Phone:
    """A station that dials feature codes at a centre."""

    def __init__(self, *, prompts: bool = True, station: str | None = "phone-1001") -> None:
        self.masks = Masks()
        self.centre = Centre(agents=AGENTS, config=RULES)
        desk = AgentPhoneDesk(
            self.centre.core.state, lambda command, now: self.centre.core.handle(command, now=now)
        )
        self.core = FeatureCodes(
            SeededIds(), desk, FeatureCodesConfig(), lambda name: prompts, self.masks, NO_CALLS
        )
        self.told = ""
        self.station, self.now = station, 0.0
        self.outputs: list[Output] = []

    def dial(self, code: str) -> Sequence[Output]:
        arrived = CallArrived(
            call_id="call",
            contact_id="contact",
            leg_id="leg",
            sip_call_id="",
            caller_number="1001",
            caller_name="",
            called_number="*11",
            access_code="*11",
            target=f"feature:{code}",
            peer="",
            station=self.station,
        )
        return self._note(self.core.call_arrived(arrived, self.now))

    def press(self, keys: str) -> Sequence[Output]:
        told: list[Output] = []
        for key in keys:
            if self.masks.mask is not None:
                self.masks.behind += key
            seen = key if self.masks.mask is None else "x"
            self.told += seen
            event = DigitReceived(call_id="call", digit=seen, duration_ms=100)
            told += self._note(self.core.digit_received(event, self.now))
        return told

    def hear_out(self) -> Sequence[Output]:
        playback = next(o for o in reversed(self.outputs) if isinstance(o, PlayPrompt)).playback_id
        over = PromptFinished(call_id="call", playback_id=playback, reason="finished")
        return self._note(self.core.prompt_finished(over, self.now))

    def _note(self, outputs: Sequence[Output]) -> Sequence[Output]:
        self.masks.note(outputs)
        self.outputs += outputs
        return outputs

    def state(self, agent: str = "1001") -> AgentState:
        return self.centre.core.state.agent(agent).state


def heard(outputs: Sequence[Output]) -> list[str]:
    played = [output for output in outputs if isinstance(output, PlayPrompt)]
    return [name.removeprefix("zh/feature_codes/") for one in played for name in one.prompts]


HUNG_UP = HangUpCall(call_id="call", cause=Cause.NORMAL_CLEARING)


def test_an_agent_signs_in_with_the_number_and_hears_it() -> None:
    phone = Phone()
    begun = phone.dial("sign_in")
    assert begun[0] == AnswerCall(call_id="call")
    assert heard(begun) == ["enter_number"]
    assert heard(phone.press("1001#")) == ["signed_in"]
    assert phone.state() is AgentState.NOT_READY
    assert phone.centre.core.state.seats == {"phone-1001": "1001"}
    assert phone.hear_out() == (HUNG_UP,)


def test_who_has_a_pin_is_asked_for_it_and_a_star_takes_keys_back() -> None:
    phone = Phone()
    phone.dial("sign_in")
    assert heard(phone.press("99*1002#")) == ["enter_pin"]
    assert phone.state("1002") is AgentState.LOGGED_OUT
    assert heard(phone.press("2580#")) == ["signed_in"]
    assert phone.state("1002") is AgentState.NOT_READY


def test_a_stranger_cannot_tell_a_wrong_number_from_a_wrong_pin_and_has_three_tries() -> None:
    phone = Phone()
    phone.dial("sign_in")
    for number, answer in (("9999", ["wrong", "enter_number"]), ("1002", ["wrong", "enter_number"])):
        assert heard(phone.press(f"{number}#")) == ["enter_pin"]
        assert heard(phone.press("0000#")) == answer
    phone.press("1002#")
    assert heard(phone.press("1111#")) == ["wrong"]
    assert phone.hear_out() == (HUNG_UP,)
    assert phone.state("1002") is AgentState.LOGGED_OUT


def test_a_seat_that_is_taken_is_refused_aloud() -> None:
    phone = Phone()
    phone.centre.tell(SignIn(agent_id="1002", station="phone-1001"))
    phone.dial("sign_in")
    assert heard(phone.press("1001#")) == ["refused"]


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        ("ready", "ready", AgentState.AVAILABLE),
        ("not_ready:lunch", "not_ready", AgentState.NOT_READY),
        ("not_ready:beach", "refused", AgentState.NOT_READY),
        ("toggle_ready:lunch", "ready", AgentState.AVAILABLE),
        ("end_wrap_up", "refused", AgentState.NOT_READY),
        ("leave:lunch", "leave_asked", AgentState.NOT_READY),
        ("sign_out", "signed_out", AgentState.LOGGED_OUT),
    ],
)
def test_who_sits_there_does_by_keys_what_the_verbs_do(code: str, said: str, state: AgentState) -> None:
    phone = Phone()
    phone.centre.seat("1001")
    assert heard(phone.dial(code)) == [said]
    assert phone.state() is state


def test_one_key_toggles_ready_and_not_ready() -> None:
    phone = Phone()
    phone.centre.seat("1001")
    for said, state in (("ready", AgentState.AVAILABLE), ("not_ready", AgentState.NOT_READY)):
        assert heard(phone.dial("toggle_ready:lunch")) == [said]
        assert phone.state() is state
        phone.hear_out()


def test_a_pin_is_told_by_no_event_and_the_number_after_a_wrong_one_is() -> None:
    phone = Phone()
    phone.dial("sign_in")
    assert heard(phone.press("1002#1111#")) == ["enter_pin", "wrong", "enter_number"]
    assert heard(phone.press("1002#99*2580#")) == ["enter_pin", "signed_in"]
    assert phone.told == "1002#xxxxx1002#xxxxxxxx"
    assert phone.masks.mask is None
    assert phone.state("1002") is AgentState.NOT_READY


def test_keys_are_hidden_no_longer_when_the_call_goes_elsewhere() -> None:
    phone = Phone()
    phone.dial("sign_in")
    phone.press("1002#25")
    away = CallHandedOff(
        call_id="call",
        contact_id="contact",
        caller_number="1001",
        caller_name="",
        access_code="*11",
        target="queue:service",
    )
    assert phone.core.call_handed_off(away, 1.0) == (UnmaskDigits(leg_id="leg"),)
    assert phone.core.open_calls == 0


def test_where_nobody_is_signed_in_that_is_said() -> None:
    assert heard(Phone().dial("ready")) == ["not_signed_in"]


def test_who_comes_from_outside_is_rejected() -> None:
    outside = Phone(station=None)
    assert outside.dial("sign_in") == (HangUpCall(call_id="call", cause=Cause.CALL_REJECTED),)
    assert outside.core.open_calls == 0


def test_who_presses_nothing_is_let_go_of() -> None:
    phone = Phone()
    phone.dial("sign_in")
    phone.now = 10.0
    phone.press("1")
    assert phone.core.next_deadline() == 25.0
    assert phone.core.wake(now=25.0) == (HUNG_UP,)


def test_another_language_is_heard_from_the_next_answer_on() -> None:
    phone = Phone()
    phone.centre.seat("1001")
    phone.core.configure(FeatureCodesConfig(language="en"))
    (played,) = (output for output in phone.dial("ready") if isinstance(output, PlayPrompt))
    assert played.prompts == ("en/feature_codes/ready",)


def test_without_prompts_it_is_done_in_silence() -> None:
    phone = Phone(prompts=False)
    phone.centre.seat("1001")
    assert phone.dial("ready")[-1] == HUNG_UP
    assert phone.state() is AgentState.AVAILABLE


def test_nothing_is_left_of_a_call_that_is_over() -> None:
    phone = Phone()
    phone.dial("sign_in")
    ended = CallEnded(call_id="call", contact_id="contact", cause=Cause.NORMAL_CLEARING, by_caller=True)
    phone.core.call_ended(ended, 1.0)
    assert (phone.core.open_calls, phone.core.next_deadline()) == (0, None)


@pytest.mark.parametrize("name", ["dance", "not_ready", "leave:", "ready:lunch", ""])
def test_a_target_that_names_no_action_is_known_as_such(name: str) -> None:
    assert parse_action(name) is None


def test_a_reason_may_be_any_text() -> None:
    assert parse_action("not_ready:午休") == (Action.NOT_READY, "午休")
