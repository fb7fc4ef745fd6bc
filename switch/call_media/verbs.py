"""Verbs by which programs let themselves be heard in calls, press keys and take those that are pressed."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Literal

from pydantic import Field

from media.commands import SendDigits
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, Leg
from switch.call_control.live import live_call
from switch.call_media.collecting import DigitCollecting
from switch.call_media.commands import (
    CallSide,
    CollectKeys,
    MuteSide,
    PlayToCall,
    StopCollecting,
    StopPlayingToCall,
)
from switch.call_media.playing import leg_of, may_hear
from switch.call_media.prompt_names import PromptNames
from switch.exchange import Exchange
from switch.roles import BUSINESS, DESK_AND_BUSINESS, INTEGRATORS
from switch.speech_verbs import SpeechParams, SpeechView
from switch.verbs import CallParams

MakeSpeech = Callable[[SpeechParams], Awaitable[SpeechView]]
"""Makes a prompt of a text, as ``speech.make`` answers. Raises UsageError when no engine says it."""
_PAUSE_MS = 1000
"""Of a comma among digits."""
_DIGITS = re.compile(r"([0-9A-D*#]+)(,*)")
_LONGEST_PAUSE_MS = 10_000


class PlayParams(CallParams):
    """What is played to whom."""

    prompts: list[str] = Field(
        min_length=1, max_length=32, description="names in the prompt library, such as zh/greeting"
    )
    to: Literal["customer", "station", "both"] = Field(default="customer", description="who hears it")
    times: int = Field(default=1, ge=0, le=1000, description="how often; 0: until call.stop_playing")
    barge_in: bool = Field(default=False, description="whether a key of whoever hears it ends it")
    over: bool = Field(
        default=False,
        description="laid over what is heard otherwise, once, to its end; else in place of that",
    )


class SayParams(CallParams):
    """What is said to whom."""

    text: str = Field(min_length=1, max_length=20_000, description="what is said")
    language: str = Field(
        default="zh", pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", description="such as zh or en"
    )
    voice: str = Field(default="", max_length=100, description="a name that speech.engines gives a voice")
    to: Literal["customer", "station", "both"] = Field(default="customer", description="who hears it")
    barge_in: bool = Field(default=False, description="whether a key of whoever hears it ends it")


class SendDigitsParams(CallParams):
    """Which keys are pressed, and on whose line."""

    digits: str = Field(
        pattern=r"^[0-9A-D*#][0-9A-D*#,]*$",
        max_length=64,
        description="0-9, A-D, * and #; a comma is a pause of a second",
    )
    to: Literal["customer", "station"] = Field(default="customer", description="who hears them")
    press_ms: int = Field(default=100, ge=40, le=5000, description="how long each is pressed")
    pause_ms: int = Field(default=80, ge=40, le=5000, description="how long nothing is, after each")


class MuteParams(CallParams):
    """Who is heard by nobody."""

    side: Literal["customer", "station"] = Field(default="station", description="who is not heard")
    by: str = Field(default="", max_length=100, description="who wants it, as events tell it")


class CollectParams(CallParams):
    """Which keys are taken, and how long that may take."""

    max_digits: int = Field(ge=1, le=64, description="so many end it")
    min_digits: int = Field(default=1, ge=1, le=64, description="fewer are told to be not enough")
    terminators: str = Field(
        default="#", pattern=r"^[0-9A-D*#]*$", max_length=16, description="keys of which each ends it"
    )
    first_s: float = Field(
        default=10, gt=0, le=600, description="how long the first may take, from the end of the prompts on"
    )
    between_s: float = Field(default=5, gt=0, le=60, description="how long the next may take")
    prompts: list[str] = Field(default_factory=list, max_length=32, description="played first; a key ends it")
    masked: bool = Field(
        default=False, description="whether nobody else may know them, such as those of a PIN"
    )
    side: Literal["customer", "station"] = Field(default="customer", description="whose keys")


class CollectIdParams(Params):
    """Names a collection."""

    collect_id: str = Field(min_length=1, max_length=128, description="as call.collect answered")


class PlaybackView(Answer):
    """Something that is played for a program."""

    call_id: str
    playback_id: str
    """As call.prompt_finished tells of it."""
    to: Literal["customer", "station", "both"]


class StoppedView(Answer):
    """What was played."""

    call_id: str
    playback_ids: list[str]


class MuteView(Answer):
    """Who is heard by nobody, or by all again."""

    call_id: str
    side: CallSide
    muted: bool


class SentView(Answer):
    """Keys that are being pressed."""

    call_id: str
    digits: str
    to: Literal["customer", "station"]


class CollectionView(Answer):
    """A collection that has begun."""

    call_id: str
    collect_id: str


class CollectionName(Answer):
    """A collection."""

    collect_id: str


class TakenDigits(CollectionName):
    """Masked keys, which are forgotten now."""

    digits: str


class CallMediaVerbs:
    """``call.play``, ``call.say``, ``call.mute``, ``call.send_digits``, ``call.collect``; what ends them."""

    def __init__(
        self,
        exchange: Exchange,
        collecting: DigitCollecting,
        prompts: PromptNames,
        make_speech: MakeSpeech,
        ids: Ids,
        submit: Callable[[Command], None],
    ) -> None:
        self._exchange = exchange
        self._collecting = collecting
        self._prompts = prompts
        self._make_speech = make_speech
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb("call.play", PlayParams, self._play, "Play prompts in a call.", who=BUSINESS),
            Verb(
                "call.say",
                SayParams,
                self._say,
                "Say a text in a call (TTS).",
                who=BUSINESS,
                private=frozenset({"text"}),
            ),
            Verb(
                "call.stop_playing",
                CallParams,
                self._stop_playing,
                "End what programs play in a call.",
                who=BUSINESS,
            ),
            Verb(
                "call.mute",
                MuteParams,
                self._mute,
                "Let one side of a call be heard by nobody.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.unmute",
                MuteParams,
                self._unmute,
                "Let it be heard by all again.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "call.send_digits",
                SendDigitsParams,
                self._send_digits,
                "Press keys on a line of a call.",
                who=DESK_AND_BUSINESS,
            ),
            Verb("call.collect", CollectParams, self._collect, "Take keys of a call.", who=INTEGRATORS),
            Verb(
                "call.stop_collecting",
                CollectIdParams,
                self._stop_collecting,
                "Take no more keys.",
                who=INTEGRATORS,
            ),
            Verb(
                "call.take_digits",
                CollectIdParams,
                self._take_digits,
                "The masked keys of a collection that is over, once.",
                who=INTEGRATORS,
            ),
        )

    def _play(self, params: PlayParams) -> PlaybackView:
        call = live_call(self._exchange, params.call_id)
        sides = self._audible(call, params.to)
        prompts = self._prompts.meant(call.tenant, params.prompts)
        return self._start(call, sides, prompts, params)

    async def _say(self, params: SayParams) -> PlaybackView:
        """Refused after all when nobody is there any more once the speech is made."""
        self._audible(live_call(self._exchange, params.call_id), params.to)
        wanted = SpeechParams(
            text=params.text, language=params.language, voice=params.voice, call_id=params.call_id
        )
        made = await self._make_speech(wanted)
        call = live_call(self._exchange, params.call_id)
        return self._start(call, self._audible(call, params.to), (made["prompt"],), params)

    def _start(
        self,
        call: Call,
        sides: tuple[CallSide, ...],
        prompts: tuple[str, ...],
        params: PlayParams | SayParams,
    ) -> PlaybackView:
        order = PlayToCall(
            call_id=call.call_id,
            playback_id=self._ids.new(id_kind("playback", call.tenant)),
            prompts=prompts,
            sides=sides,
            times=getattr(params, "times", 1),
            barge_in=params.barge_in,
            over=getattr(params, "over", False),
        )
        self._submit(order)
        return {"call_id": call.call_id, "playback_id": order.playback_id, "to": params.to}

    def _stop_playing(self, params: CallParams) -> StoppedView:
        call = live_call(self._exchange, params.call_id)
        playing = list(call.program_playbacks)
        if not playing:
            raise UsageError(f"no program plays anything in call {call.call_id}", reason="nothing_plays")
        self._submit(StopPlayingToCall(call_id=call.call_id))
        return {"call_id": call.call_id, "playback_ids": playing}

    def _mute(self, params: MuteParams) -> MuteView:
        return self._muted(params, muted=True)

    def _unmute(self, params: MuteParams) -> MuteView:
        return self._muted(params, muted=False)

    def _muted(self, params: MuteParams, *, muted: bool) -> MuteView:
        call, side = live_call(self._exchange, params.call_id), CallSide(params.side)
        if not self._leg(call, side).answered:
            raise _not_answered(call)
        self._submit(MuteSide(call_id=call.call_id, side=side, muted=muted, by=params.by))
        return {"call_id": call.call_id, "side": side, "muted": muted}

    def _send_digits(self, params: SendDigitsParams) -> SentView:
        call = live_call(self._exchange, params.call_id)
        leg = self._leg(call, CallSide(params.to))
        if not leg.answered:
            raise _not_answered(call)
        for digits, pause_ms in presses(params.digits, params.pause_ms):
            self._submit(
                SendDigits(leg_id=leg.leg_id, digits=digits, press_ms=params.press_ms, pause_ms=pause_ms)
            )
        return {"call_id": call.call_id, "digits": params.digits, "to": params.to}

    def _collect(self, params: CollectParams) -> CollectionView:
        call, side = live_call(self._exchange, params.call_id), CallSide(params.side)
        leg = self._leg(call, side)
        self._refuse_collection(call, leg, params)
        order = CollectKeys(
            call_id=call.call_id,
            collect_id=self._ids.new(id_kind("collection", call.tenant)),
            side=side,
            most=params.max_digits,
            least=params.min_digits,
            terminators=params.terminators,
            first_s=params.first_s,
            between_s=params.between_s,
            masked=params.masked,
            prompts=self._prompts.meant(call.tenant, params.prompts),
        )
        self._submit(order)
        return {"call_id": call.call_id, "collect_id": order.collect_id}

    def _refuse_collection(self, call: Call, leg: Leg, params: CollectParams) -> None:
        """Raises UsageError when these keys cannot be taken."""
        if not may_hear(call, leg):
            raise _not_answered(call)
        if params.min_digits > params.max_digits:
            raise UsageError("min_digits is more than max_digits", reason="bad_limits")
        under_way = self._collecting.of_call(call.call_id)
        if under_way is not None or leg.collect_id or (params.masked and leg.mask is not None):
            raise UsageError(f"keys of call {call.call_id} are collected already", reason="collected_already")
        if params.masked and leg is not call.customers_leg:
            raise UsageError("only the customer's keys can be masked", reason="not_the_customer")

    def _stop_collecting(self, params: CollectIdParams) -> CollectionName:
        if not self._collecting.is_under_way(params.collect_id):
            raise UsageError(f"no collection {params.collect_id} is under way", reason="no_such_collection")
        self._submit(StopCollecting(collect_id=params.collect_id))
        return {"collect_id": params.collect_id}

    def _take_digits(self, params: CollectIdParams) -> TakenDigits:
        digits = self._collecting.take_kept(params.collect_id)
        if digits is None:
            raise UsageError(
                f"there are no masked keys of {params.collect_id}: it is not over, was not masked, or they "
                "were taken or a minute old",
                reason="no_such_collection",
            )
        return {"collect_id": params.collect_id, "digits": digits}

    def _audible(self, call: Call, to: str) -> tuple[CallSide, ...]:
        """Who is meant, all of whom can hear something. Raises UsageError."""
        sides = tuple(CallSide) if to == "both" else (CallSide(to),)
        for side in sides:
            if not may_hear(call, self._leg(call, side)):
                raise _not_answered(call)
        return sides

    def _leg(self, call: Call, side: CallSide) -> Leg:
        leg = leg_of(call, side)
        if leg is None:
            raise UsageError(
                f"no {side.value} talks in call {call.call_id}; it is {call.state.value}",
                reason="not_connected",
            )
        return leg


def presses(digits: str, pause_ms: int) -> Iterator[tuple[str, int]]:
    """Keys pressed in turn, with the pause after each: ``12,,3`` → ``1`` 80, ``2`` 2080, ``3`` 80."""
    for keys, commas in _DIGITS.findall(digits):
        if not commas:
            yield keys, pause_ms
            continue
        if keys[:-1]:
            yield keys[:-1], pause_ms
        yield keys[-1], min(_LONGEST_PAUSE_MS, pause_ms + len(commas) * _PAUSE_MS)


def _not_answered(call: Call) -> UsageError:
    return UsageError(
        f"call {call.call_id} is {call.state.value}: nobody hears anything in it yet", reason="not_answered"
    )
