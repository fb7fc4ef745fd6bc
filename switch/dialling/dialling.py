"""Calls to one phone, as in any private exchange: ring it, answer the caller when it answers.

dialled ──► rings (the caller hears ring-back) ──► answered: caller and phone talk until one hangs up
   └───────────┴──► busy, refused, unreachable, no answer: the way out, or the caller is told why
"""

from collections.abc import Container, Mapping, Sequence
from copy import deepcopy

from media.commands import FOR_EVER
from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    DialNumber,
    HandOff,
    HangUpCall,
    OfferCall,
    PlayPrompt,
    RingCall,
    WithdrawOffer,
)
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.dialling.config import DiallingConfig
from switch.dialling.dialled_call import DialledCall, DialledCalls
from switch.events import (
    CallArrived,
    CallConnected,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
)

TALKED = "talked"
"""The outcome of a lent call whose phone was answered; else the cause why it could not be had."""


class Dialling:
    """A core between the exchange's events and commands. Calls it does not have are none of its business."""

    def __init__(
        self,
        config: DiallingConfig,
        ways_out: Mapping[str, str],
        ids: Ids,
        calls: DialledCalls | None = None,
    ) -> None:
        """``ways_out``: access code → the target for callers whose phone cannot be had.

        ``calls`` is an earlier ``snapshot``, to go on from.
        """
        self._config = config
        self._ways_out = ways_out
        self._ids = ids
        self._calls = calls if calls is not None else DialledCalls()
        self.calls: Container[str] = self._calls.by_id
        """Those it has."""

    @property
    def open_calls(self) -> int:
        return len(self._calls.by_id)

    def snapshot(self) -> DialledCalls:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._calls)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        return self._dial(event, answered=False, now=now)

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """The call leaves the phone it was at, also to come back to it; not if its ringing comes along."""
        left = self._forget(event.call_id)
        stays = left is None or left.offer_id == event.offer_id
        released = [] if left is None or stays else [_withdrawal(left, Cause.NORMAL_CLEARING)]
        return [*released, *self._dial(event, answered=event.answered, now=now)]

    def offer_ringing(self, event: OfferRinging, now: float) -> Sequence[Output]:
        dialled = self._find(event)
        if dialled is None or dialled.connected:
            return ()
        if event.early_media:
            return (RingCall(call_id=dialled.call_id, offer_id=dialled.offer_id),)
        return self._ring_back(dialled) if dialled.answered else (RingCall(call_id=dialled.call_id),)

    def offer_accepted(self, event: OfferAccepted, now: float) -> Sequence[Output]:
        dialled = self._find(event)
        if dialled is None:
            return ()
        self._calls.ringing.cancel(dialled.call_id)
        connect = ConnectCall(call_id=dialled.call_id, offer_id=dialled.offer_id)
        return (connect,) if dialled.answered else (AnswerCall(call_id=dialled.call_id), connect)

    def call_connected(self, event: CallConnected, now: float) -> Sequence[Output]:
        dialled = self._find(event)
        if dialled is not None:
            dialled.connected = dialled.answered = True
        return ()

    def offer_ended(self, event: OfferEnded, now: float) -> Sequence[Output]:
        """The phone is out of the call: a conversation is over, or it never came to one."""
        dialled = self._find(event)
        if dialled is None:
            return ()
        self._forget(dialled.call_id)
        if dialled.way_out is not None and not dialled.connected:
            return (HandOff(call_id=dialled.call_id, target=dialled.way_out, back=dialled.back),)
        if dialled.back is None:
            return (HangUpCall(call_id=dialled.call_id, cause=event.cause),)
        outcome = TALKED if dialled.connected else event.cause.name
        return (HandOff(call_id=dialled.call_id, target=dialled.back, outcome=outcome),)

    def call_due_back(self, event: CallDueBack, now: float) -> Sequence[Output]:
        """Another customer has taken the place of the one who called."""
        dialled = self._calls.by_id.get(event.call_id)
        if dialled is not None and dialled.back is None:
            dialled.back = event.target
        return ()

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        self._forget(event.call_id)
        return ()

    def next_deadline(self) -> float | None:
        return self._calls.ringing.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """A phone has rung long enough; what its end means is decided when that is told."""
        call_id = self._calls.ringing.first_due(now)
        return () if call_id is None else (_withdrawal(self._calls.by_id[call_id], Cause.NO_ANSWER),)

    def _dial(self, event: CallArrived | CallHandedOff, *, answered: bool, now: float) -> Sequence[Output]:
        target = parse_target(event.target)
        if target.scheme not in (STATION_SCHEME, NUMBER_SCHEME):
            return ()
        comes_along = event.offer_id if isinstance(event, CallHandedOff) else None
        dialled = DialledCall(
            call_id=event.call_id,
            offer_id=comes_along or self._ids.new("offer"),
            way_out=self._way_out(event),
            back=event.back if isinstance(event, CallHandedOff) else None,
            answered=answered,
        )
        self._calls.by_id[event.call_id] = dialled
        self._calls.ringing.set(event.call_id, now + self._config.ring_timeout_s)
        return () if comes_along else (_offer(dialled, target),)

    def _way_out(self, event: CallArrived | CallHandedOff) -> str | None:
        """Of the access code only where nobody waits to have the call back."""
        if isinstance(event, CallHandedOff) and (event.way_out or event.back):
            return event.way_out
        return self._ways_out.get(event.access_code)

    def _ring_back(self, dialled: DialledCall) -> Sequence[Output]:
        if not self._config.ring_back:
            return ()
        playback_id = self._ids.new("playback")
        prompts = (self._config.ring_back,)
        return (
            PlayPrompt(call_id=dialled.call_id, playback_id=playback_id, prompts=prompts, times=FOR_EVER),
        )

    def _find(self, event: OfferRinging | OfferAccepted | OfferEnded | CallConnected) -> DialledCall | None:
        dialled = self._calls.by_id.get(event.call_id)
        return dialled if dialled is not None and dialled.offer_id == event.offer_id else None

    def _forget(self, call_id: str) -> DialledCall | None:
        self._calls.ringing.cancel(call_id)
        return self._calls.by_id.pop(call_id, None)


def _offer(dialled: DialledCall, target: Target) -> Output:
    call_id, offer_id = dialled.call_id, dialled.offer_id
    if target.scheme == NUMBER_SCHEME:
        return DialNumber(call_id=call_id, offer_id=offer_id, number=target.name)
    return OfferCall(call_id=call_id, offer_id=offer_id, station=target.name)


def _withdrawal(dialled: DialledCall, cause: Cause) -> WithdrawOffer:
    return WithdrawOffer(call_id=dialled.call_id, offer_id=dialled.offer_id, cause=cause)
