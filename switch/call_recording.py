"""When a call is recorded, and what of it: by its rule, or by whoever orders it."""

from media.commands import (
    PauseRecording,
    StartPlayback,
    StartRecording,
    StopRecording,
)
from media.events import RecordingFailed
from runtime.ids import Ids
from runtime.tenancy import bare, id_kind
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg
from switch.commands import (
    BeepCall,
    PauseCallRecording,
    ResumeCallRecording,
    StartCallRecording,
    StopCallRecording,
)
from switch.conversation import record_others
from switch.events import CallRecorded, RecordingPaused, RecordingResumed, RecordingStopped
from switch.recorded_legs import forget_all, record_two
from switch.recording_beeps import RecordingBeep
from switch.recording_rule import RecordingRule, in_share


class CallRecording:
    """The part of the exchange that begins and ends recordings. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, ids: Ids, beep: RecordingBeep) -> None:
        self._calls = calls
        self._ids = ids
        self._beep = beep

    def reached(self, call: Call, moment: RecordingRule) -> list[Output]:
        """The call has come to the moment that a rule may name; CallRecorded tells what begins."""
        begins = call.recording_rule is moment and not call.recording_failed
        return self._begin(call) if begins else []

    def answered(self, call: Call) -> list[Output]:
        """As ``reached``; CallAnswered tells it."""
        if call.recording_rule is not RecordingRule.FROM_ANSWER or call.recording_id is not None:
            return []
        return self._open(call)

    def start(self, command: StartCallRecording) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None or call.state is CallState.ARRIVING or call.recording_rule is RecordingRule.NEVER:
            return []
        if call.recording_id is not None or not in_share(call.contact_id, command.share):
            return []
        return [*self._begin(call), *self.announced(call)]

    def announced(self, call: Call, greeting: tuple[str, ...] = ()) -> list[Output]:
        """Both who talk hear that they are recorded, if they are; nobody in place of music on hold.

        ``greeting``: what the customer hears then.
        """
        if not greeting and call.recording_id is None:
            return []
        customer, station = call.customer, call.connected_leg
        if station is None or customer.holding or station.holding:
            return []
        outputs = [self._play(customer, greeting)] if greeting else []
        return [*outputs, *self._sound(call)]

    def beep(self, command: BeepCall) -> list[Output]:
        """It is time to tell those who talk again."""
        call = self._calls.by_id.get(command.call_id)
        return [] if call is None or call.recording_paused else self._sound(call)

    def stop(self, command: StopCallRecording) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None or call.recording_id is None:
            return []
        recording_id, call.recording_id = call.recording_id, None
        call.recording_paused = False
        forget_all(self._calls, call)
        told = RecordingStopped(call_id=call.call_id, recording_id=recording_id)
        return [StopRecording(recording_id=recording_id), told]

    def failed(self, event: RecordingFailed) -> list[Output]:
        """Its call is recorded no longer; whoever wants it recorded all the same orders that anew."""
        call = self._recorded_as(event.recording_id, event.call_id)
        if call is not None:
            call.recording_id, call.recording_paused, call.recording_failed = None, False, True
            forget_all(self._calls, call)
        return []

    def pause(self, command: PauseCallRecording) -> list[Output]:
        return self._silence(command.call_id, customer=command.customer, agent=command.agent)

    def resume(self, command: ResumeCallRecording) -> list[Output]:
        return self._silence(command.call_id, customer=False, agent=False)

    def _sound(self, call: Call) -> list[Output]:
        """The beep beside what those hear who talk, if they are recorded; on hold nobody talks."""
        customer, station = call.customer, call.connected_leg
        if not self._beep.prompt or call.recording_id is None or station is None:
            return []
        if customer.holding or station.holding:
            return []
        hears = {True: self._beep.for_customer, False: self._beep.for_agent}
        legs = [leg for leg in (customer, station) if hears[leg is call.customers_leg]]
        return [self._play(leg, (self._beep.prompt,), laid_over=True) for leg in legs]

    def _play(self, leg: Leg, prompts: tuple[str, ...], *, laid_over: bool = False) -> Output:
        playback_id = self._ids.new("playback")
        self._calls.own_playbacks.add(playback_id)
        return StartPlayback(playback_id=playback_id, leg_id=leg.leg_id, prompts=prompts, laid_over=laid_over)

    def _begin(self, call: Call) -> list[Output]:
        if call.recording_id is not None:
            return []
        outputs = self._open(call)
        assert call.recording_id is not None, "it was opened just now"
        return [*outputs, CallRecorded(call_id=call.call_id, recording_id=call.recording_id)]

    def _open(self, call: Call) -> list[Output]:
        recording_id = call.recording_id = self._ids.new(id_kind("recording", call.tenant))
        outputs: list[Output] = [
            StartRecording(
                recording_id=recording_id,
                contact_id=call.contact_id,
                call_id=call.call_id,
                caller=call.caller_number,
                called=call.called_number,
                trunk=call.trunk or "",
                access_code=bare(call.access_code),
                tenant=call.tenant,
            ),
            *record_two(call),
        ]
        return outputs if call.connected_leg is None else [*outputs, *record_others(self._calls, call)]

    def _recorded_as(self, recording_id: str, begun_in: str) -> Call | None:
        """The call that a recording holds now: that in which it began, or another it went to."""
        calls = self._calls.by_id
        call = calls.get(begun_in)
        if call is not None and call.recording_id == recording_id:
            return call
        return next((other for other in calls.values() if other.recording_id == recording_id), None)

    def _silence(self, call_id: str, *, customer: bool, agent: bool) -> list[Output]:
        call = self._calls.by_id.get(call_id)
        if call is None or call.recording_id is None:
            return []
        call.recording_paused = customer and agent
        names = {"call_id": call_id, "recording_id": call.recording_id}
        told = RecordingPaused(**names, customer=customer, agent=agent)
        pause = PauseRecording(recording_id=call.recording_id, customer=customer, agent=agent)
        return [pause, told if customer or agent else RecordingResumed(**names)]
