"""Verbs that begin, end and pause the recording of a live call."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from runtime.errors import UsageError
from runtime.models import Answer
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, CallState
from switch.commands import PauseCallRecording, ResumeCallRecording, StartCallRecording, StopCallRecording
from switch.exchange import Exchange
from switch.recording_rule import RecordingRule
from switch.roles import BUSINESS, DESK_AND_BUSINESS
from switch.verbs import CallParams

_Channel = Literal["both", "customer", "agent"]
_BOTH: _Channel = "both"


class PauseParams(CallParams):
    """What is not to be recorded."""

    channel: _Channel = Field(
        default=_BOTH, description="customer, agent, or both: what is not to be recorded"
    )


class RecordedCall(Answer):
    """A call and its recording."""

    call_id: str
    recording_id: str | None


class CallRecordingVerbs:
    """``call.record``, ``call.stop_recording``, ``call.pause_recording``, ``call.resume_recording``."""

    def __init__(self, exchange: Exchange, submit: Callable[[Command], None]) -> None:
        self._exchange = exchange
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.record", CallParams, self._record, "Record a call from now on.", who=DESK_AND_BUSINESS
            ),
            Verb(
                "call.stop_recording", CallParams, self._stop, "Finish the recording of a call.", who=BUSINESS
            ),
            Verb(
                "call.pause_recording",
                PauseParams,
                self._pause,
                "Record silence instead of what is said; the recording's clock goes on.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.resume_recording",
                CallParams,
                self._resume,
                "Record what is said again.",
                who=DESK_AND_BUSINESS,
            ),
        )

    def _record(self, params: CallParams) -> RecordedCall:
        call = self._call(params.call_id)
        if call.recording_id is not None:
            raise UsageError(
                f"call {call.call_id} is recorded already, as {call.recording_id}", reason="already_recorded"
            )
        if call.recording_rule is RecordingRule.NEVER:
            raise UsageError(
                f"calls to {call.called_number} are never recorded: record of the access code",
                reason="never_recorded",
            )
        if call.state is CallState.ARRIVING:
            raise UsageError(
                f"call {call.call_id} is only arriving; try again when it is in a flow or queue",
                reason="arriving",
            )
        self._submit(StartCallRecording(call_id=call.call_id))
        return _answer(call.call_id, call.recording_id)

    def _stop(self, params: CallParams) -> RecordedCall:
        recording_id = self._recorded(params.call_id)
        self._submit(StopCallRecording(call_id=params.call_id))
        return _answer(params.call_id, recording_id)

    def _pause(self, params: PauseParams) -> RecordedCall:
        recording_id = self._recorded(params.call_id)
        customer, agent = (params.channel in (name, _BOTH) for name in ("customer", "agent"))
        self._submit(PauseCallRecording(call_id=params.call_id, customer=customer, agent=agent))
        return _answer(params.call_id, recording_id)

    def _resume(self, params: CallParams) -> RecordedCall:
        recording_id = self._recorded(params.call_id)
        self._submit(ResumeCallRecording(call_id=params.call_id))
        return _answer(params.call_id, recording_id)

    def _recorded(self, call_id: str) -> str:
        recording_id = self._call(call_id).recording_id
        if recording_id is None:
            raise UsageError(
                f"call {call_id} is not recorded; call.record begins that", reason="not_recorded"
            )
        return recording_id

    def _call(self, call_id: str) -> Call:
        call = self._exchange.find(call_id)
        if call is None:
            raise UsageError(
                f"no call {call_id} is up; call.list names those that are", reason="no_such_call"
            )
        return call


def _answer(call_id: str, recording_id: str | None) -> RecordedCall:
    return {"call_id": call_id, "recording_id": recording_id}
