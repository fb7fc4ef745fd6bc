"""A station that dials a feature code: asked for number and PIN to sign in, told what was done, let go of.

dialled ──► number # ──► PIN # ──► told ──► hung up
   └───────────────────────────────► told: whatever needs no number

dialled ──► number #, unless it was dialled too ──► talks: a call is picked up
dialled ──► told a slot ──► transfers: the call is parked
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from media.masking import MASKED
from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.target import parse_target
from runtime.tenancy import bare, qualify, tenant_of
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.commands import AnswerCall, HangUpCall, MaskDigits, PickUpCall, PlayPrompt, UnmaskDigits
from switch.events import (
    CallArrived,
    CallEnded,
    CallHandedOff,
    CallTransferred,
    DigitReceived,
    PromptFinished,
)
from switch.feature_codes.actions import FEATURE_SCHEME, OF_CALLS, Action, PhoneDesk, parse_action
from switch.feature_codes.config import FeatureCodesConfig
from switch.feature_codes.parking_by_phone import ParkingByPhone
from switch.feature_codes.waiting_calls import Waiting, WaitingCalls
from switch.parking.events import CallParked

PROMPTS: Mapping[Action, str] = {
    Action.SIGN_IN: "signed_in",
    Action.SIGN_OUT: "signed_out",
    Action.READY: "ready",
    Action.NOT_READY: "not_ready",
    Action.END_WRAP_UP: "wrap_up_ended",
    Action.LEAVE: "leave_asked",
}
"""What is heard when it is done."""
_ASKED: Mapping[Action, str] = {
    Action.PICK_UP: "enter_station",
    Action.PICK_UP_PARKED: "enter_slot",
}
"""What is asked for a number, where that is not the agent's."""
_PARKING = (Action.PARK, Action.SLOT)
_END, _CLEAR = "#", "*"
_MOST_KEYS = 32
_MASK_S = 300.0
"""After which a mask ends by itself."""


class Masks(Protocol):
    """Where keys are hidden from all but who asked for them."""

    def digits(self, call_id: str) -> tuple[str, str] | None:
        """The mask of the call's customer and the keys pressed behind it; None when there is none."""

    def leg(self, call_id: str, mask_id: str) -> str | None:
        """Whose keys a mask of a call hides; None when it is over."""


class Stage(Enum):
    """What a call waits for."""

    NUMBER = auto()
    PIN = auto()
    TRANSFER = auto()
    """Being given somebody to park."""
    END = auto()
    """The end of the last prompt, or of the call."""


@dataclass(slots=True)
class FeatureCall:
    """A station on its way."""

    call_id: str
    station: str
    action: Action
    stage: Stage = Stage.END
    slot: str = ""
    """The one it was told, to park somebody there."""
    keys: str = field(default="", repr=False)
    number: str = ""
    wrong: int = 0
    playback_id: str = ""
    mask_id: str = field(default="", repr=False)
    """Behind which the PIN is pressed."""
    masked_taken: int = 0
    """Keys behind it that are in ``keys`` already, or were."""


class FeatureCodes:
    """A core between the exchange's events and commands."""

    def __init__(
        self,
        ids: Ids,
        desk: PhoneDesk,
        config: FeatureCodesConfig,
        is_prompt: Callable[[str], bool],
        masks: Masks,
        waiting: WaitingCalls,
    ) -> None:
        """``is_prompt`` tells whether there is a prompt; those that are not there are not heard."""
        self._ids = ids
        self._desk = desk
        self._config = config
        self._is_prompt = is_prompt
        self._masks = masks
        self._waiting = waiting
        self._parking = ParkingByPhone(ids, waiting, lambda: self._config)
        self._transferred: dict[str, str] = {}
        """Calls that are transferred here → by which station, until they are here."""
        self._calls: dict[str, FeatureCall] = {}
        self.calls: tuple[Container[str], ...] = (self._calls, self._transferred, self._parking.calls)
        """Those it is concerned with, for one reason or another."""
        self._waits: Deadlines[str] = Deadlines()

    def configure(self, config: FeatureCodesConfig) -> None:
        """Go by these from the next key on."""
        self._config = config

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        target = parse_target(event.target)
        if target.scheme != FEATURE_SCHEME:
            return ()
        return self._begin(event.call_id, event.station, target.name, answered=False, now=now)

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """From a flow, perhaps; or to somebody else."""
        left = self._calls.get(event.call_id)
        shown = () if left is None else self._show_keys(left)
        self._forget(event.call_id)
        target = parse_target(event.target)
        by = self._transferred.pop(event.call_id, None)
        if target.scheme != FEATURE_SCHEME:
            return shown
        asked = parse_action(target.name)
        if by is not None and asked is not None and asked[0] in _PARKING:
            return (*shown, *self._parking.park(event.call_id, by, asked[1]))
        begun = self._begin(event.call_id, event.station, target.name, answered=event.answered, now=now)
        return (*shown, *begun)

    def call_transferred(self, event: CallTransferred, now: float) -> Sequence[Output]:
        """Blindly it arrives here next; attended it is here, in place of the station that was told a slot."""
        call = self._calls.get(event.call_id)
        if call is not None and call.stage is Stage.TRANSFER:
            self._forget(call.call_id)
            return self._parking.park(call.call_id, call.station, bare(call.slot))
        if parse_target(event.target).scheme == FEATURE_SCHEME:
            self._transferred[event.call_id] = event.by
        return ()

    def call_parked(self, event: CallParked, now: float) -> Sequence[Output]:
        return self._parking.parked(event)

    def digit_received(self, event: DigitReceived, now: float) -> Sequence[Output]:
        call = self._calls.get(event.call_id)
        if call is None:
            return ()
        return [output for key in self._keys(call, event.digit) for output in self._pressed(call, key, now)]

    def prompt_finished(self, event: PromptFinished, now: float) -> Sequence[Output]:
        call = self._calls.get(event.call_id)
        if call is None or call.stage is not Stage.END or event.playback_id != call.playback_id:
            return ()
        return (_hang_up(call),)

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        self._forget(event.call_id)
        self._parking.forget(event.call_id)
        self._transferred.pop(event.call_id, None)
        return ()

    def next_deadline(self) -> float | None:
        return self._waits.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """No key has come for too long, or the end of the last prompt was never told."""
        call = self._calls.get(self._waits.first_due(now) or "")
        return () if call is None else (_hang_up(call),)

    def _begin(
        self, call_id: str, station: str | None, name: str, *, answered: bool, now: float
    ) -> Sequence[Output]:
        """Only stations are let in: nobody else sits at a phone of ours."""
        asked = parse_action(name)
        if station is None or asked is None:
            return (HangUpCall(call_id=call_id, cause=Cause.CALL_REJECTED),)
        action, told = asked
        call = self._calls[call_id] = FeatureCall(call_id, station, action)
        self._waits.set(call_id, now + self._config.keys_s)
        answer = () if answered else (AnswerCall(call_id=call_id),)
        if action in OF_CALLS:
            return (*answer, *self._serve(call, told))
        if action is Action.SIGN_IN:
            return (*answer, *self._ask(call, Stage.NUMBER))
        return (*answer, *self._do(call, action, told, now))

    def _serve(self, call: FeatureCall, number: str) -> Sequence[Output]:
        """About calls; ``number`` was dialled with the code, or is empty."""
        if call.action is Action.TELL_SLOT:
            return self._end(call, *_spelled("parked_at", number))
        if call.action is Action.PARK:
            return self._give_slot(call, number)
        if not number:
            return self._ask(call, Stage.NUMBER)
        found = self._find(call, number)
        if found is None and call.action is Action.SLOT:
            return self._give_slot(call, number)
        return self._pick_up(call, found)

    def _find(self, call: FeatureCall, number: str) -> Waiting | None:
        name = qualify(tenant_of(call.station), number)
        if call.action is not Action.PICK_UP:
            return self._waiting.parked_in(name)
        seat = self._desk.seat_of(number, call.station)
        return self._waiting.ringing_at(name) or (self._waiting.ringing_at(seat) if seat else None)

    def _pick_up(self, call: FeatureCall, found: Waiting | None) -> Sequence[Output]:
        """Its own call is over as soon as it talks in the other one."""
        if found is None:
            return self._end(call, "nobody_there")
        call.stage = Stage.END
        return (PickUpCall(call_id=found.call_id, by_call_id=call.call_id, leg_id=found.leg_id),)

    def _give_slot(self, call: FeatureCall, number: str) -> Sequence[Output]:
        tenant, promised = tenant_of(call.station), {each.slot for each in self._calls.values()}
        slot = qualify(tenant, number) if number else self._waiting.free_slot(tenant, promised)
        if self._waiting.parked_in(slot) is not None:
            return self._end(call, "slot_taken")
        call.stage, call.slot = Stage.TRANSFER, slot
        return self._play(call, *_spelled("parked_at", bare(slot)))

    def _keys(self, call: FeatureCall, told: str) -> str:
        """What was pressed; a key behind the mask is told by no event, but where the mask is."""
        if told != MASKED:
            return told
        mask_id, digits = self._masks.digits(call.call_id) or ("", "")
        if not mask_id or mask_id != call.mask_id:
            return ""
        fresh = digits[call.masked_taken :]
        call.masked_taken = len(digits)
        return fresh

    def _pressed(self, call: FeatureCall, key: str, now: float) -> Sequence[Output]:
        if call.stage not in (Stage.NUMBER, Stage.PIN):
            return ()
        self._waits.set(call.call_id, now + self._config.keys_s)
        if key == _END:
            keys, call.keys = call.keys, ""
            return self._entered(call, keys, now)
        call.keys = "" if key == _CLEAR else (call.keys + key)[:_MOST_KEYS]
        return ()

    def _ask(self, call: FeatureCall, stage: Stage, first: str = "") -> Sequence[Output]:
        call.stage = stage
        name = "enter_pin" if stage is Stage.PIN else _ASKED.get(call.action, "enter_number")
        return self._play(call, *filter(None, (first, name)))

    def _entered(self, call: FeatureCall, keys: str, now: float) -> Sequence[Output]:
        if call.action in OF_CALLS:
            return self._pick_up(call, self._find(call, keys))
        if call.stage is Stage.NUMBER:
            call.number = keys
            if self._desk.has_pin(keys, call.station):
                return (self._hide_keys(call), *self._ask(call, Stage.PIN))
            keys = ""
        return (*self._show_keys(call), *self._sign_in(call, keys, now))

    def _hide_keys(self, call: FeatureCall) -> Output:
        """Whatever is told of keys is kept for long, and many hear it."""
        call.mask_id, call.masked_taken = self._ids.new("mask"), 0
        return MaskDigits(call_id=call.call_id, mask_id=call.mask_id, max_s=_MASK_S)

    def _show_keys(self, call: FeatureCall) -> tuple[Output, ...]:
        leg_id = self._masks.leg(call.call_id, call.mask_id) if call.mask_id else None
        call.mask_id = ""
        return () if leg_id is None else (UnmaskDigits(leg_id=leg_id),)

    def _sign_in(self, call: FeatureCall, pin: str, now: float) -> Sequence[Output]:
        try:
            done = self._desk.sign_in(call.number, pin, call.station, now)
        except UsageError:
            return self._end(call, "refused")
        if done is not None:
            return (*done, *self._end(call, PROMPTS[Action.SIGN_IN]))
        call.wrong += 1
        return self._end(call, "wrong") if call.wrong >= self._config.tries else self._again(call)

    def _again(self, call: FeatureCall) -> Sequence[Output]:
        return self._ask(call, Stage.NUMBER, "wrong")

    def _do(self, call: FeatureCall, action: Action, reason: str, now: float) -> Sequence[Output]:
        if action is Action.TOGGLE_READY:
            action = Action.READY if self._desk.is_not_ready(call.station) else Action.NOT_READY
        try:
            done = self._desk.do(action, reason, call.station, now)
        except UsageError:
            return self._end(call, "refused")
        if done is None:
            return self._end(call, "not_signed_in")
        return (*done, *self._end(call, PROMPTS[action]))

    def _end(self, call: FeatureCall, *names: str) -> Sequence[Output]:
        call.stage = Stage.END
        return self._play(call, *names) or (_hang_up(call),)

    def _play(self, call: FeatureCall, *names: str) -> Sequence[Output]:
        language = self._config.language
        prompts = tuple(filter(self._is_prompt, (f"{language}/{_in_folder(name)}" for name in names)))
        if not prompts:
            return ()
        call.playback_id = self._ids.new("playback")
        barge_in = call.stage in (Stage.NUMBER, Stage.PIN)
        return (
            PlayPrompt(
                call_id=call.call_id, playback_id=call.playback_id, prompts=prompts, barge_in=barge_in
            ),
        )

    def _forget(self, call_id: str) -> None:
        if self._calls.pop(call_id, None) is not None:
            self._waits.cancel(call_id)


def _hang_up(call: FeatureCall) -> HangUpCall:
    return HangUpCall(call_id=call.call_id, cause=Cause.NORMAL_CLEARING)


def _spelled(name: str, number: str) -> tuple[str, ...]:
    return (name, *(f"digits/{digit}" for digit in number))


def _in_folder(name: str) -> str:
    return name if "/" in name else f"feature_codes/{name}"
