"""Collections of keys: a program asks for a number, a PIN or one key, and gets what was pressed.

ordered ──► prompts play ──► over, or a key ──► keys ──► enough, a terminator, or none in time
                                                  └──► stopped, or the one who presses is gone
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from runtime.deadlines import Deadlines
from runtime.driver import Handler, of_own
from runtime.vocabulary import Output
from switch.call_media.commands import (
    CollectKeys,
    ListenForKeys,
    PlayToCall,
    StopCollecting,
    StopListening,
    StopPlayingToCall,
    TakeKey,
)
from switch.call_media.events import CollectEnd, DigitsCollected
from switch.commands import MaskDigits
from switch.events import CallEnded, PromptFinished

KEPT_S = 60.0
"""How long masked keys wait for the program that asked for them."""
LONGEST_PROMPTS_S = 600.0
"""A mask that is forgotten lasts so much longer than keys may take."""


@dataclass(slots=True)
class Collection:
    """One under way."""

    order: CollectKeys
    digits: str = field(default="", repr=False)
    plays: bool = False
    """Whether its prompts are to be heard still."""


@dataclass(slots=True)
class Collections:
    """All of them, and masked keys that nobody has taken yet."""

    under_way: dict[str, Collection] = field(default_factory=dict)
    of_calls: dict[str, str] = field(default_factory=dict)
    """The collection under way by its call."""
    kept: dict[str, str] = field(default_factory=dict, repr=False)
    """Masked keys by collection."""
    waiting: Deadlines[str] = field(default_factory=Deadlines)
    """Collection → until when it waits for a key, or its keys are kept."""


class DigitCollecting:
    """A core beside the exchange, which gives it the keys."""

    def __init__(self, collections: Collections | None = None) -> None:
        """``collections`` is an earlier ``snapshot``, to go on from."""
        self._all = collections if collections is not None else Collections()

    def routes(self) -> dict[type, Handler]:
        return {
            CollectKeys: self.begin,
            TakeKey: self.take,
            StopCollecting: self.stop,
            PromptFinished: self.prompt_finished,
            CallEnded: of_own(self._all.of_calls, self.call_ended),
        }

    def snapshot(self) -> Collections:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._all)

    def of_call(self, call_id: str) -> Collection | None:
        """The collection of a call's keys that is under way; there is one at a time."""
        collect_id = self._all.of_calls.get(call_id)
        return None if collect_id is None else self._all.under_way[collect_id]

    def is_under_way(self, collect_id: str) -> bool:
        return collect_id in self._all.under_way

    def take_kept(self, collect_id: str) -> str | None:
        """Masked keys, once; None when there are none, or it is not over."""
        if collect_id in self._all.kept:
            self._all.waiting.cancel(collect_id)
        return self._all.kept.pop(collect_id, None)

    def begin(self, order: CollectKeys, now: float) -> Sequence[Output]:
        """Whoever asks has made sure that nobody else collects the call's keys."""
        one = self._all.under_way[order.collect_id] = Collection(order, plays=bool(order.prompts))
        self._all.of_calls[order.call_id] = order.collect_id
        if not one.plays:
            self._await(one, order.first_s, now)
        listen = ListenForKeys(call_id=order.call_id, side=order.side, collect_id=order.collect_id)
        return (listen, *_mask(order), *_prompts(order))

    def take(self, key: TakeKey, now: float) -> Sequence[Output]:
        """A key is pressed."""
        one = self._all.under_way.get(key.collect_id)
        if one is None:
            return ()
        silence = _silence(one)
        if key.digit in one.order.terminators:
            return (*silence, *self._end(one, CollectEnd.TERMINATED, now, key.digit))
        one.digits += key.digit
        if len(one.digits) >= one.order.most:
            return (*silence, *self._end(one, CollectEnd.COMPLETE, now))
        self._await(one, one.order.between_s, now)
        return silence

    def prompt_finished(self, event: PromptFinished, now: float) -> Sequence[Output]:
        """Time counts from the end of the prompts on, unless a key came already."""
        one = self._all.under_way.get(event.playback_id)
        if one is not None and one.plays:
            one.plays = False
            self._await(one, one.order.first_s, now)
        return ()

    def stop(self, command: StopCollecting, now: float) -> Sequence[Output]:
        one = self._all.under_way.get(command.collect_id)
        return () if one is None else (*_silence(one), *self._end(one, CollectEnd.STOPPED, now))

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        collect_id = self._all.of_calls[event.call_id]
        return self._end(self._all.under_way[collect_id], CollectEnd.LEFT, now)

    def next_deadline(self) -> float | None:
        return self._all.waiting.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """No key came in time; or masked keys were not taken."""
        collect_id = self._all.waiting.first_due(now)
        if collect_id is None:
            return ()
        self._all.kept.pop(collect_id, None)
        one = self._all.under_way.get(collect_id)
        return self._end(one, CollectEnd.TIMED_OUT, now) if one is not None else ()

    def _await(self, one: Collection, within_s: float, now: float) -> None:
        self._all.waiting.set(one.order.collect_id, now + within_s)

    def _end(self, one: Collection, reason: CollectEnd, now: float, terminator: str = "") -> Sequence[Output]:
        order = one.order
        del self._all.under_way[order.collect_id], self._all.of_calls[order.call_id]
        self._all.waiting.cancel(order.collect_id)
        if order.masked:
            self._all.kept[order.collect_id] = one.digits
            self._all.waiting.set(order.collect_id, now + KEPT_S)
        told = DigitsCollected(
            call_id=order.call_id,
            collect_id=order.collect_id,
            digits="" if order.masked else one.digits,
            count=len(one.digits),
            enough=len(one.digits) >= order.least,
            reason=reason,
            terminator=terminator,
        )
        return (StopListening(collect_id=order.collect_id), told)


def _mask(order: CollectKeys) -> Sequence[Output]:
    if not order.masked:
        return ()
    longest_s = min(3600.0, LONGEST_PROMPTS_S + order.first_s + order.most * order.between_s)
    return (MaskDigits(call_id=order.call_id, mask_id=order.collect_id, max_s=longest_s),)


def _prompts(order: CollectKeys) -> Sequence[Output]:
    """The playback has the collection's id."""
    if not order.prompts:
        return ()
    playback = PlayToCall(
        call_id=order.call_id,
        playback_id=order.collect_id,
        prompts=order.prompts,
        sides=(order.side,),
        barge_in=True,
    )
    return (playback,)


def _silence(one: Collection) -> Sequence[Output]:
    """Its prompts have been heard enough."""
    if not one.plays:
        return ()
    one.plays = False
    return (StopPlayingToCall(call_id=one.order.call_id),)
