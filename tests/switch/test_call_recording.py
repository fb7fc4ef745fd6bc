"""From when on a call is recorded, by its rule and by whoever orders it."""

from collections.abc import Callable

import pytest

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    PauseRecording,
    StartPlayback,
    StartRecording,
    StopRecording,
)
from media.events import PlaybackEnded, RecordingFailed
from runtime.errors import UsageError
from switch.call_recording_verbs import CallRecordingVerbs
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    HangUpCall,
    OfferCall,
    PauseCallRecording,
    ResumeCallRecording,
    StartCallRecording,
    StopCallRecording,
    WithdrawOffer,
)
from switch.config import AccessCodeConfig, policies_of
from switch.events import (
    CallAnswered,
    CallRecorded,
    PromptFinished,
    RecordingPaused,
    RecordingResumed,
    RecordingStopped,
)
from switch.recording_beeps import NO_BEEP, RecordingBeep, RecordingBeeps
from switch.recording_rule import RecordingPolicies, RecordingPolicy, RecordingRule, in_share
from tests.helpers.exchange_rig import ExchangeRig

BEEP = RecordingBeep(prompt="tone:recorded")
MOMENTS = ("arrived", "answered", "connected")


class RecordedCall(ExchangeRig):
    """A customer's call to an access code with a rule, led from moment to moment."""

    def __init__(
        self, record: RecordingRule | bool, share: float = 1.0, beep: RecordingBeep = NO_BEEP
    ) -> None:
        code = AccessCodeConfig(number="95598", target="flow:hotline", record=record, record_share=share)
        super().__init__([code], recording_beep=beep)
        self.beeps = RecordingBeeps(self.exchange.find, 15)
        self.driver.add_routes(self.beeps.routes())
        self.driver.add_core(self.beeps)
        self.call_id = self.arrive()
        self.begun = {"arrived": bool(self.all(StartRecording))}

    def connect(self) -> None:
        self.feed(AnswerCall(call_id=self.call_id))
        self.begun["answered"] = bool(self.all(StartRecording))
        self.feed(OfferCall(call_id=self.call_id, offer_id="o1", station="1001"))
        self.answer_station()
        self.feed(ConnectCall(call_id=self.call_id, offer_id="o1"))
        self.begun["connected"] = bool(self.all(StartRecording))

    @property
    def recorded(self) -> list[Channel]:
        return [attached.channel for attached in self.all(AttachToRecording)]


@pytest.mark.parametrize(
    ("record", "begun"),
    [
        (RecordingRule.FROM_ARRIVAL, (True, True, True)),
        (RecordingRule.FROM_ANSWER, (False, True, True)),
        (True, (False, True, True)),
        (RecordingRule.FROM_CONNECT, (False, False, True)),
        (RecordingRule.ON_COMMAND, (False, False, False)),
        (False, (False, False, False)),
        (RecordingRule.NEVER, (False, False, False)),
    ],
)
def test_a_recording_begins_at_the_moment_its_rule_names(
    record: RecordingRule | bool, begun: tuple[bool, ...]
) -> None:
    rig = RecordedCall(record)
    rig.connect()
    assert tuple(rig.begun[moment] for moment in MOMENTS) == begun
    assert rig.recorded == ([Channel.CUSTOMER, Channel.AGENT] if begun[-1] else [])
    rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.NORMAL_CLEARING))
    assert len(rig.all(StopRecording)) == len(rig.all(StartRecording))
    rig.assert_idle()


def test_each_recording_is_told_before_its_call_can_end() -> None:
    assert RecordedCall(RecordingRule.FROM_ARRIVAL).last(CallRecorded).recording_id
    answered = RecordedCall(RecordingRule.FROM_ANSWER)
    answered.connect()
    assert answered.last(CallAnswered).recording_id == answered.last(StartRecording).recording_id
    assert answered.all(CallRecorded) == []


def test_a_call_is_recorded_on_command_in_the_middle_and_again() -> None:
    rig = RecordedCall(RecordingRule.ON_COMMAND)
    rig.connect()
    rig.feed(StartCallRecording(call_id=rig.call_id), StartCallRecording(call_id=rig.call_id))
    assert rig.recorded == [Channel.CUSTOMER, Channel.AGENT]
    rig.feed(StopCallRecording(call_id=rig.call_id), StopCallRecording(call_id=rig.call_id))
    assert rig.last(StopRecording).recording_id == rig.last(CallRecorded).recording_id
    assert [told.recording_id for told in rig.all(RecordingStopped)] == [rig.last(CallRecorded).recording_id]
    rig.feed(StartCallRecording(call_id=rig.call_id))
    ids = [told.recording_id for told in rig.all(CallRecorded)]
    assert len(set(ids)) == len(ids) == 2


def test_what_must_never_be_recorded_is_not_recorded_on_command() -> None:
    rig = RecordedCall(RecordingRule.NEVER)
    rig.connect()
    rig.feed(StartCallRecording(call_id=rig.call_id))
    assert rig.all(StartRecording) == []


def test_a_share_of_contacts_is_recorded_and_a_contact_always_falls_the_same_way() -> None:
    ids = [f"contact-{number:016x}" for number in range(10_000)]
    chosen = [contact_id for contact_id in ids if in_share(contact_id, 0.1)]
    assert 900 < len(chosen) < 1100
    assert all(in_share(contact_id, 0.2) for contact_id in chosen)
    assert not any(in_share(contact_id, 0) for contact_id in ids)
    assert all(in_share(contact_id, 1) for contact_id in ids)
    unlucky = RecordedCall(RecordingRule.FROM_ARRIVAL, share=0)
    assert unlucky.all(StartRecording) == []
    unlucky.feed(StartCallRecording(call_id=unlucky.call_id))
    assert len(unlucky.all(StartRecording)) == 1


def test_a_pause_silences_channels_until_it_is_over() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER)
    rig.connect()
    rig.feed(PauseCallRecording(call_id=rig.call_id, customer=True, agent=False))
    paused = rig.last(PauseRecording)
    assert (paused.customer, paused.agent) == (True, False)
    assert (rig.last(RecordingPaused).customer, rig.last(RecordingPaused).agent) == (True, False)
    rig.feed(ResumeCallRecording(call_id=rig.call_id))
    over = rig.last(PauseRecording)
    assert (over.customer, over.agent) == (False, False)
    assert rig.last(RecordingResumed).recording_id == paused.recording_id


def verbs_of(rig: ExchangeRig) -> dict[str, Callable[..., dict[str, str]]]:
    verbs = CallRecordingVerbs(rig.exchange, rig.driver.submit).verbs()

    def asked(verb: object) -> Callable[..., dict[str, str]]:
        return lambda **params: verb.handle(verb.params(**params))  # type: ignore[attr-defined]

    return {verb.name: asked(verb) for verb in verbs}


def test_verbs_answer_with_the_recording_and_say_what_is_wrong() -> None:
    rig = RecordedCall(RecordingRule.ON_COMMAND)
    rig.connect()
    ask = verbs_of(rig)
    with pytest.raises(UsageError, match=r"is not recorded; call\.record begins that"):
        ask["call.pause_recording"](call_id=rig.call_id)
    begun = ask["call.record"](call_id=rig.call_id)
    assert begun["recording_id"] == rig.last(StartRecording).recording_id
    with pytest.raises(UsageError, match="is recorded already"):
        ask["call.record"](call_id=rig.call_id)
    assert ask["call.pause_recording"](call_id=rig.call_id, channel="agent") == begun
    assert (rig.last(RecordingPaused).customer, rig.last(RecordingPaused).agent) == (False, True)
    assert ask["call.resume_recording"](call_id=rig.call_id) == begun
    assert ask["call.stop_recording"](call_id=rig.call_id) == begun
    with pytest.raises(UsageError, match="no call call-9 is up"):
        ask["call.record"](call_id="call-9")


def test_verbs_refuse_what_must_never_be_recorded() -> None:
    rig = RecordedCall(RecordingRule.NEVER)
    rig.connect()
    with pytest.raises(UsageError, match="never recorded"):
        verbs_of(rig)["call.record"](call_id=rig.call_id)


@pytest.mark.parametrize(
    ("of_access_code", "of_trunk", "expected"),
    [
        (None, None, RecordingRule.FROM_ANSWER),
        (None, RecordingRule.NEVER, RecordingRule.NEVER),
        (RecordingRule.FROM_CONNECT, RecordingRule.NEVER, RecordingRule.FROM_CONNECT),
    ],
)
def test_the_trunk_counts_where_the_access_code_says_nothing(
    of_access_code: RecordingRule | None, of_trunk: RecordingRule | None, expected: RecordingRule
) -> None:
    codes = policies_of([AccessCodeConfig(number="95598", target="flow:hotline", record=of_access_code)])
    trunks = {"telecom": RecordingPolicy(of_trunk)} if of_trunk else {}
    policies = RecordingPolicies(codes, trunks)
    assert policies.rule_for("contact", "95598", "telecom") is expected
    assert policies.rule_for("contact", "95598", None) is (of_access_code or RecordingRule.FROM_ANSWER)


def test_a_share_alone_is_of_what_is_recorded_from_the_answer() -> None:
    codes = [AccessCodeConfig(number="95598", target="flow:hotline", record_share=0.5)]
    policies = RecordingPolicies(policies_of(codes), {"telecom": RecordingPolicy(RecordingRule.NEVER)})
    rules = [policies.rule_for(f"contact-{n}", "95598", "telecom") for n in range(1000)]
    assert set(rules) == {RecordingRule.FROM_ANSWER, RecordingRule.ON_COMMAND}
    assert 400 < rules.count(RecordingRule.FROM_ANSWER) < 600


@pytest.mark.parametrize("rule", [RecordingRule.FROM_ANSWER, RecordingRule.FROM_CONNECT])
def test_calls_between_stations_are_recorded_as_it_is_said_of_them(rule: RecordingRule) -> None:
    rig = ExchangeRig([], recording=RecordingPolicies({}, direct=RecordingPolicy(rule)))
    call_id = rig.arrive(called="1002", station="1001")
    assert not rig.all(StartRecording)
    rig.feed(OfferCall(call_id=call_id, offer_id="o1", station="1002"))
    rig.answer_station()
    rig.feed(AnswerCall(call_id=call_id), ConnectCall(call_id=call_id, offer_id="o1"))
    assert [one.channel for one in rig.all(AttachToRecording)] == [Channel.CUSTOMER, Channel.AGENT]


def test_an_order_for_a_share_falls_as_every_other_order_for_the_contact() -> None:
    rig = RecordedCall(RecordingRule.ON_COMMAND)
    rig.feed(StartCallRecording(call_id=rig.call_id, share=0))
    assert not rig.all(StartRecording)
    rig.feed(StartCallRecording(call_id=rig.call_id, share=1))
    assert rig.all(StartRecording)


def test_both_hear_a_beep_once_when_they_talk_and_are_recorded() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER, beep=BEEP)
    assert not rig.all(StartPlayback)
    rig.connect()
    beeps = rig.all(StartPlayback)
    assert [(beep.prompts, beep.laid_over) for beep in beeps] == [(("tone:recorded",), True)] * 2
    assert len({beep.leg_id for beep in beeps}) == 2
    rig.feed(StartCallRecording(call_id=rig.call_id))
    assert len(rig.all(StartPlayback)) == 2
    for beep in beeps:
        rig.feed(
            PlaybackEnded(
                playback_id=beep.playback_id, leg_id=beep.leg_id, reason="finished", position_ms=400
            )
        )
    assert not rig.all(PromptFinished)
    assert rig.exchange.snapshot().own_playbacks == set()


def test_who_begins_to_be_recorded_while_talking_hears_the_beep_then() -> None:
    rig = RecordedCall(RecordingRule.ON_COMMAND, beep=BEEP)
    rig.connect()
    assert not rig.all(StartPlayback)
    rig.feed(StartCallRecording(call_id=rig.call_id))
    assert len(rig.all(StartPlayback)) == 2


def beeps_after(rig: RecordedCall, seconds: float) -> list[str]:
    """The legs that hear a beep within so many seconds from now."""
    before = len(rig.all(StartPlayback))
    rig.pass_time(seconds)
    return [beep.leg_id for beep in rig.all(StartPlayback)[before:]]


def test_the_beep_comes_again_as_long_as_they_talk_and_are_recorded() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER, beep=BEEP)
    rig.connect()
    bridge = rig.last(BridgeEndpoints)
    both = [bridge.leg_id, bridge.peer_leg_id]
    assert beeps_after(rig, 14.9) == []
    assert beeps_after(rig, 0.2) == both
    assert beeps_after(rig, 60) == both * 4
    rig.feed(PauseCallRecording(call_id=rig.call_id, customer=True, agent=True))
    assert beeps_after(rig, 60) == []
    rig.feed(ResumeCallRecording(call_id=rig.call_id))
    assert beeps_after(rig, 30) == both * 2
    rig.feed(StopCallRecording(call_id=rig.call_id))
    assert beeps_after(rig, 60) == []
    rig.feed(StartCallRecording(call_id=rig.call_id))
    assert beeps_after(rig, 15.1) == both
    rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.NORMAL_CLEARING))
    assert beeps_after(rig, 60) == []
    assert rig.exchange.snapshot().own_playbacks == set()
    assert rig.beeps.next_deadline() is None


def fail_recording(rig: ExchangeRig, recording_id: str, call_id: str) -> None:
    rig.feed(
        RecordingFailed(
            recording_id=recording_id,
            contact_id="contact-1",
            call_id=call_id,
            path="recording.wav",
            reason="the file could not be created: No space left on device",
        )
    )


def test_a_call_whose_recording_failed_is_recorded_again_on_command_alone() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER)
    rig.connect()
    ask = verbs_of(rig)
    ask["call.pause_recording"](call_id=rig.call_id)
    failed = rig.last(StartRecording)
    fail_recording(rig, failed.recording_id, rig.call_id)
    assert len(rig.all(StartRecording)) == 1
    with pytest.raises(UsageError, match="is not recorded"):
        ask["call.stop_recording"](call_id=rig.call_id)
    begun = ask["call.record"](call_id=rig.call_id)
    assert begun["recording_id"] not in (None, failed.recording_id)
    assert rig.recorded == [Channel.CUSTOMER, Channel.AGENT] * 2
    fail_recording(rig, failed.recording_id, rig.call_id)  # told late: it is not the one that runs
    assert ask["call.stop_recording"](call_id=rig.call_id) == begun


def test_a_recording_that_failed_does_not_begin_again_with_the_next_station() -> None:
    rig = RecordedCall(RecordingRule.FROM_CONNECT)
    rig.connect()
    fail_recording(rig, rig.last(StartRecording).recording_id, rig.call_id)
    rig.feed(WithdrawOffer(call_id=rig.call_id, offer_id="o1", cause=Cause.NORMAL_CLEARING))
    rig.feed(OfferCall(call_id=rig.call_id, offer_id="o2", station="1002"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=rig.call_id, offer_id="o2"))
    assert len(rig.all(StartRecording)) == 1
    assert verbs_of(rig)["call.record"](call_id=rig.call_id)["recording_id"]


def test_nobody_hears_that_they_are_recorded_once_the_recording_failed() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER, beep=BEEP)
    rig.connect()
    assert len(beeps_after(rig, 15.1)) == 2
    fail_recording(rig, rig.last(StartRecording).recording_id, rig.call_id)
    assert beeps_after(rig, 60) == []


def test_a_pause_of_one_channel_does_not_end_the_beeps() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER, beep=BEEP)
    rig.connect()
    rig.feed(PauseCallRecording(call_id=rig.call_id, customer=True, agent=False))
    assert len(beeps_after(rig, 15)) == 2


@pytest.mark.parametrize(("customer", "agent"), [(True, False), (False, True)])
def test_the_beep_is_heard_by_whom_it_is_for(customer: bool, agent: bool) -> None:
    rig = RecordedCall(
        RecordingRule.FROM_ANSWER,
        beep=RecordingBeep(prompt="tone:recorded", for_customer=customer, for_agent=agent),
    )
    rig.connect()
    bridge = rig.last(BridgeEndpoints)
    hearing = bridge.leg_id if customer else bridge.peer_leg_id
    assert [beep.leg_id for beep in rig.all(StartPlayback)] == [hearing]
    assert beeps_after(rig, 30) == [hearing] * 2


def test_beeps_go_on_from_a_snapshot() -> None:
    rig = RecordedCall(RecordingRule.FROM_ANSWER, beep=BEEP)
    rig.connect()
    rig.pass_time(10)
    rebuilt = RecordingBeeps(rig.exchange.find, 15, rig.beeps.snapshot())
    assert rebuilt.next_deadline() == rig.beeps.next_deadline()
